/* SPDX-License-Identifier: MIT */
/* The stages of an audit, from evidence items to findings; pipeline.c has their order. Where
 * nothing else is said, a function that returns a status fails only with PB_FAILED_MEMORY. */
#ifndef PB_AUDIT_PIPELINE_H
#define PB_AUDIT_PIPELINE_H

#include "evidence/reader.h"
#include "report/report.h"

/* item.c: what one thread keeps from item to item; no result depends on it. Every batch that it
 * fills, or what that batch is merged into, must outlive it: pb_x509_cache_keep_chain says why. */
struct pb_item_reader {
    const struct prebleed_audit *audit; /* borrowed: limits, CRLs and what is in its first lines */
    struct pb_x509_cache *cache;        /* owned */
    struct pb_buffer text;              /* owned: decoded text that is not the item's own bytes */
    uint64_t signatures;                /* of all items, as struct pb_limits counts them */
};

/* Release in any case. */
enum pb_status pb_item_reader_init(struct pb_item_reader *reader,
                                   const struct prebleed_audit *audit);
void pb_item_reader_release(struct pb_item_reader *reader);

/* Appends the item's entry and everything that it says to the batch. Nothing of the item is
 * borrowed afterwards. The same item always gives the same additions. */
enum pb_status pb_item_read(struct pb_item_reader *reader, const struct pb_item *item,
                            struct pb_batch *batch);

/* bodies.c: fills in body and chain of the observations from first_observation on, and clears their
 * PEM texts. What cannot be read is a diagnostic and changes nothing else: the verdict by
 * UploadDate stands. */
enum pb_status pb_bodies_read(struct pb_item_reader *reader, struct pb_batch *batch,
                              size_t first_observation);

/* bodies.c too: overwrites the base64 of each PEM private key in the text, plain or JSON-escaped,
 * so that nothing can quote it; sizes and lines stay. For each of the first hundred it appends a
 * PB_RECORD_PRIVATE_KEY of the entry that the batch's diagnostics speak about, and a diagnostic
 * where it cannot be read; more are a diagnostic. *has_key says whether there is any. A text with a
 * key moves to storage, which the caller releases. */
enum pb_status pb_private_keys_take(struct pb_slice *text, struct pb_buffer *storage,
                                    struct pb_batch *batch, bool *has_key);

/* manifest.c: digests as sha256sum lists them. Zero-initialised: none. Release in any case. */
struct pb_manifest {
    struct pb_arena arena;    /* owns the names */
    struct pb_vector lines;   /* of struct pb_manifest_line, by name; at most two of one */
    unsigned char sha256[32]; /* of the file that the manifest is */
};

struct pb_manifest_line {
    struct pb_slice name; /* without "." components and repeated slashes */
    size_t number;        /* from 1 */
    unsigned char sha256[32];
};

/* GNU style ("HASH  NAME", "HASH *NAME", a backslash before a line whose name is escaped) and BSD
 * style ("SHA256 (NAME) = HASH"), line by line; empty lines and those that begin with '#' are
 * passed over. Nothing of the text is borrowed afterwards. PB_FAILED_USAGE for a line that is
 * neither, naming line and column, and for a manifest that lists nothing: it is of no lines then.
 * The caller sets sha256. */
enum pb_status pb_manifest_read(struct pb_slice text, struct pb_manifest *manifest,
                                struct prebleed_error *error);
void pb_manifest_release(struct pb_manifest *manifest);

/* Compares the evidence's sorted entries with the manifest, and appends what differs to its
 * diagnostics: manifest-mismatch, -missing and -unverified (errors), -unlisted (warning). Of those
 * about entries PB_MOST_DIAGNOSTICS of a severity are added, and the others counted.
 * A name may be the evidence path itself, else relative to the folder in which a source (a PATH)
 * stands, else to a source that is a folder, else to the outermost archive that holds the item. The
 * first of these that fits some entries means them all. What an archive holds is listed with the
 * archive, if that one matches; so is the manifest itself, if it is among the evidence. */
enum pb_status pb_manifest_check(const struct pb_manifest *manifest,
                                 const struct pb_evidence_reader *sources,
                                 struct pb_batch *evidence);

/* What the public functions work on. It owns all members. */
struct prebleed_audit {
    int cutoff_year;       /* see struct pb_aws_context */
    bool reads_everything; /* for tests: no item is passed over unparsed, with the same result */
    struct pb_limits limits;
    struct prebleed_parameters given; /* without its rules */
    struct pb_parameters parameters;  /* points to waivers and baseline once they are added */
    unsigned inputs;                  /* bit i: enum prebleed_input i was added */
    struct pb_evidence_reader *reader;
    struct pb_crls crls;
    struct pb_waivers waivers;
    struct pb_baseline baseline;
    struct pb_manifest manifest; /* that the evidence must match; of no lines: none */
    size_t redaction_key_bytes;  /* 0: stand-ins are numbered */
    char redaction_key[4096];    /* of the HMAC that makes them */

    bool has_run;   /* whether or not it succeeded */
    bool is_judged; /* it succeeded: what follows may be read */
    struct pb_inventory inventory;
    struct pb_judgement judgement;
    struct pb_vector stand_ins; /* of struct pb_stand_in */

    struct pb_arena strings; /* returned by a getter; freed by the next call of one */
    bool has_failed;         /* a getter had no memory for a string */
};

/* api.c: returns the status; a failure without a message is out of memory. error may be NULL. */
enum prebleed_status pb_audit_report(struct prebleed_error *error, enum pb_status status);

/* workers.c: appends what all of the audit's evidence says to the empty batch, with as many threads
 * as there are jobs, the caller's included; one that cannot be started is done without. No result
 * depends on which thread read what. PB_FAILED_INPUT past the run's ceiling of signatures. */
enum pb_status pb_workers_read(struct prebleed_audit *audit, struct pb_batch *batch,
                               struct prebleed_error *error);

/* redact.c: replaces accounts, names, ids, ARNs, tags, subjects, alternative names and paths by
 * stand-ins in all that the judged audit has, and what looks like one of them in sentences. One
 * original has the same stand-in everywhere. Verdicts, dates, issuers, rules, counts and the
 * digests of evidence stay. Inventory and findings are not in the order of their texts afterwards.
 * After a failure the audit must not be shown. */
enum pb_status pb_redact(struct prebleed_audit *audit);

#endif
