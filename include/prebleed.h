/* SPDX-License-Identifier: MIT */
/* The whole interface of the prebleed library: judge saved AWS IAM server-certificate evidence. */
#ifndef PREBLEED_H
#define PREBLEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Ownership: an audit owns everything that is read from it; how long returned strings live is said
 * at each function. Arguments are borrowed until the call returns unless their function says
 * otherwise.
 * Threads: two audits may be used by two threads; one audit by one thread at a time. A callback is
 * called by one thread at a time, which with more than one job need not be the caller's.
 * Pointer arguments are not NULL unless their function allows it. An audit gets its evidence and
 * other files, is run, and is read, in this order: what comes too late is PREBLEED_FAILED_USAGE and
 * changes nothing, and there is nothing to read before the run.
 * The library never prints, exits, or reads the clock, the environment or the network.
 * Returned strings are NUL-terminated UTF-8; control characters and bytes that are not UTF-8 stand
 * in them as \xNN. NULL means "not known" unless their comment says otherwise.
 * Times are seconds since 1970-01-01T00:00:00Z with nanoseconds forward in time. */

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

enum prebleed_status {
    PREBLEED_OK = 0,
    PREBLEED_FAILED_MEMORY, /* an allocation failed */
    PREBLEED_FAILED_USAGE,  /* a parameter, rule or format that does not exist, bytes of a wrong
                               form, or a call that comes too late */
    PREBLEED_FAILED_INPUT, /* a path that does not exist or is a device, or bytes that are no CRL */
    PREBLEED_FAILED_OUTPUT, /* a report's callback said that it could not write */
};

/* Filled at the first failure; zero-initialise. May be passed as NULL. */
struct prebleed_error {
    enum prebleed_status status;
    char message[512];
};

struct prebleed_instant {
    int64_t seconds;
    int32_t nanoseconds;
};

/* Reads an RFC 3339 instant, a date (midnight UTC), or a named cutoff: "iam-033", "disclosure",
 * "aws-patched". False where the text is none of these.
 *     is_date = prebleed_instant_parse("2014-04-01", &parameters.cutoff); */
bool prebleed_instant_parse(const char *text, struct prebleed_instant *instant);

enum prebleed_severity {
    PREBLEED_SEVERITY_LOW,
    PREBLEED_SEVERITY_MEDIUM,
    PREBLEED_SEVERITY_HIGH,
    PREBLEED_SEVERITY_NEVER, /* of fail_on alone: no finding is so severe */
};

/* Ceilings; reaching one makes the evidence inconclusive, never the program fail. */
struct prebleed_limits {
    uint64_t item_bytes;  /* one item after decompression; default 64 MiB */
    uint64_t total_bytes; /* all items after decompression; default 16 GiB */
    uint64_t items;       /* default 5,000,000 */
    uint32_t depth;       /* archives within archives; default 4 */
    uint32_t ratio;       /* expanded to compressed, past the first 64 MiB; default 1,000 */
    uint64_t values;      /* JSON values in a document; default 2,000,000 */
};

#define PREBLEED_MOST_JOBS 256

/* How far prebleed_audit_run is. */
struct prebleed_progress {
    uint64_t read_bytes;   /* of files and streams; of a zip or 7-Zip, its digest included */
    uint64_t items;        /* read so far */
    uint64_t certificates; /* that they show; one that several show counts each time */
    uint64_t vulnerable;   /* those of them that were uploaded before the cutoff */
};

/* Instants are in the years 1 to 9999. */
struct prebleed_parameters {
    struct prebleed_instant cutoff; /* uploads before it are vulnerable */
    struct prebleed_instant as_of;  /* expiry is judged against it; the caller's clock */
    enum prebleed_severity fail_on; /* lowest severity that makes exit status 1 */
    bool require_complete;          /* exit status 3 unless every coverage is complete */
    const char *rules;              /* names of rules to apply, with commas between; NULL: all */
    bool is_new_only;   /* only findings that the baseline has not make exit status 1 or 3 */
    bool is_redacted;   /* reports and all that is read after the run have stand-ins for accounts,
                           names, ids, ARNs, tags, subjects, alternative names and paths */
    bool keeps_digests; /* redacted: digests of keys and certificates, and serial numbers, stay */
    unsigned jobs;      /* threads, at most PREBLEED_MOST_JOBS; 1 (the default) and 0: the caller's
                           alone; no result depends on it */
    struct prebleed_limits limits;
    /* Called after every few items that prebleed_audit_run reads, which waits for it; NULL: not. */
    void (*show)(void *context, const struct prebleed_progress *progress);
    void *show_context;
};

/* Fills in the defaults: cutoff iam-033, as_of the epoch (set it), fail_on high, all rules. */
void prebleed_parameters_init(struct prebleed_parameters *parameters);

struct prebleed_audit;

/* *audit is to be freed by prebleed_audit_free, which allows NULL; it is NULL on failure. The
 * parameters are copied; PREBLEED_FAILED_USAGE where one is out of its range, or a rule unknown.
 *     status = prebleed_audit_new(&parameters, &audit, &error); */
enum prebleed_status prebleed_audit_new(const struct prebleed_parameters *parameters,
                                        struct prebleed_audit **audit,
                                        struct prebleed_error *error);
void prebleed_audit_free(struct prebleed_audit *audit);

/* Evidence from a callback, called by prebleed_audit_run, that returns the number of bytes it put
 * into buffer, 0 at the end, -1 on failure.
 *     status = prebleed_audit_add_stream(audit, "upload", read, file, &error); */
enum prebleed_status prebleed_audit_add_stream(struct prebleed_audit *audit, const char *name,
                                               int64_t (*read)(void *context, void *buffer,
                                                               size_t size_bytes),
                                               void *context, struct prebleed_error *error);

/* What prebleed_audit_add takes: paths, buffers and CRLs any number of times, all else once an
 * audit; copied as far as it is needed, but for buffers. */
enum prebleed_input {
    /* Evidence: name is the path of a file, a directory, an archive or a FIFO, or "-" for standard
     * input. Nothing is read before prebleed_audit_run, but PREBLEED_FAILED_INPUT says that the
     * path does not exist, or is a device. */
    PREBLEED_PATH,
    PREBLEED_BUFFER, /* evidence, borrowed until prebleed_audit_run returns; name stands for its
                        path */
    /* A certificate revocation list, DER or PEM (also several); name stands for it in reports.
     * Fails with PREBLEED_FAILED_INPUT where the bytes are no complete CRL that can speak of server
     * certificates: delta and indirect ones are refused. */
    PREBLEED_CRL,
    /* A sha256sum or shasum list (GNU or BSD style) that the evidence must match. What differs is
     * in the diagnostics: manifest-mismatch, -missing and -unverified, which make the run
     * inconclusive, and -unlisted. Names are evidence paths, or relative to a source, to the folder
     * in which it stands, or to the archive that holds the member. */
    PREBLEED_MANIFEST,
    PREBLEED_PASSPHRASE,    /* opens encrypted members of zips (ZipCrypto and AES): 1 to 4,096 bytes
                               without a NUL; overwritten before it is freed, never shown */
    PREBLEED_WAIVERS,       /* accepted findings (JSON, schema prebleed-waivers/1) */
    PREBLEED_BASELINE,      /* an earlier json report (schema prebleed-report/1), against which
                               findings become new, unchanged or resolved */
    PREBLEED_REDACTION_KEY, /* of 16 bytes to 4,096: stand-ins are the same in all audits that have
                               it; overwritten before it is freed */
};
/* Before prebleed_audit_run. bytes may be NULL where size_bytes is 0; name is not looked at where
 * nothing is said of it. What is not in the right form fails with PREBLEED_FAILED_USAGE, where it
 * has lines naming line and column.
 *     status = prebleed_audit_add(audit, PREBLEED_PATH, "dump.tar.gz", NULL, 0, &error); */
enum prebleed_status prebleed_audit_add(struct prebleed_audit *audit, enum prebleed_input input,
                                        const char *name, const void *bytes, size_t size_bytes,
                                        struct prebleed_error *error);

/* Reads and judges everything that was added. Once an audit. Bad evidence is no failure: it shows
 * in the diagnostics and in the summary's exit status. Fails with
 * PREBLEED_FAILED_USAGE where is_new_only is set and no baseline was added, PREBLEED_FAILED_INPUT
 * where more than 25,000,000 signatures would have to be verified.
 *     status = prebleed_audit_run(audit, &error); */
enum prebleed_status prebleed_audit_run(struct prebleed_audit *audit, struct prebleed_error *error);

enum prebleed_conclusion {
    PREBLEED_PASS,
    PREBLEED_FAIL,
    PREBLEED_INCONCLUSIVE,
};

/* Valid after a successful run, like everything below. */
struct prebleed_summary {
    enum prebleed_conclusion conclusion;
    int exit_status; /* 0 pass, 1 findings at or above fail_on, 3 inconclusive */
    size_t accounts, certificates, vulnerable, clear, undetermined, not_judged;
    size_t findings;          /* all that prebleed_audit_finding shows */
    size_t high, medium, low; /* those of them that are neither waived nor resolved */
    size_t waived, resolved;
    size_t diagnostics;
    size_t items, used, ignored, unreadable, skipped, containers; /* of the evidence */
};
/* False, with exit status 2, PREBLEED_INCONCLUSIVE and zeros, where no run has succeeded.
 *     is_clean = prebleed_audit_summary(audit, &summary) && summary.exit_status == 0; */
bool prebleed_audit_summary(const struct prebleed_audit *audit, struct prebleed_summary *summary);

enum prebleed_verdict {
    PREBLEED_VERDICT_NONE, /* not judged: an ACM or a deleted certificate */
    PREBLEED_VERDICT_VULNERABLE,
    PREBLEED_VERDICT_CLEAR,
    PREBLEED_VERDICT_UNDETERMINED,
};

struct prebleed_account {
    const char *id;        /* NULL: unknown */
    const char *partition; /* "aws", "aws-cn", ...; NULL: unknown */
    const char *coverage;  /* "complete", "incomplete" or "unknown" */
    size_t certificates;
};

struct prebleed_certificate {
    size_t account; /* index of its account */
    const char *name, *path, *id, *arn;
    enum prebleed_verdict verdict;
    const char *reason; /* stable word, such as "no-upload-date"; NULL where none is needed */
    bool has_upload_date;
    struct prebleed_instant upload_date;
    bool has_x509;                                 /* the members below are known */
    const char *issuer;                            /* RFC 4514 */
    const char *subject;                           /* RFC 4514 */
    const char *key_algorithm;                     /* "RSA", "EC", ... */
    uint32_t key_bits;                             /* 0: none or unknown */
    struct prebleed_instant not_before, not_after; /* the first instant of the year 1 and the last
                                                      of 9999 where they cannot be read */
    unsigned char spki_sha256[32];
    const char *revocation; /* "revoked", "not-revoked" or "unknown"; NULL: no CRL of its issuer */
};

#define PREBLEED_NO_INDEX SIZE_MAX

struct prebleed_finding {
    const char *rule;
    enum prebleed_severity severity;
    size_t account;     /* index, PREBLEED_NO_INDEX where it concerns none */
    size_t certificate; /* index, PREBLEED_NO_INDEX where it concerns none */
    const char *message;
    const char *state;        /* "new", "unchanged" or "resolved"; NULL without a baseline */
    const char *waiver_owner; /* who accepted it; NULL: nobody */
};

struct prebleed_diagnostic {
    const char *severity; /* "note", "warning" or "error" */
    const char *code;     /* stable, such as "json-invalid" */
    const char *where;    /* evidence path, then ":line:column" or "#pointer" where known */
    const char *message;
};

/* Each fills *out and returns true, or returns false where index is past the end: walk from 0.
 * Order is that of the reports. Strings may be valid only until the next call on this audit.
 *     for (size_t i = 0; prebleed_audit_diagnostic(audit, i, &diagnostic); i++)
 *         printf("%s: %s\n", diagnostic.where, diagnostic.message); */
bool prebleed_audit_account(struct prebleed_audit *audit, size_t index,
                            struct prebleed_account *out);
bool prebleed_audit_certificate(struct prebleed_audit *audit, size_t index,
                                struct prebleed_certificate *out);
bool prebleed_audit_finding(struct prebleed_audit *audit, size_t index,
                            struct prebleed_finding *out);
bool prebleed_audit_diagnostic(struct prebleed_audit *audit, size_t index,
                               struct prebleed_diagnostic *out);
/* Whether memory was missing for a string that one of these gave: it is NULL though it is known. */
bool prebleed_audit_has_failed(const struct prebleed_audit *audit);

struct prebleed_report_options {
    const char *sandbox;             /* json, ndjson: what the program has given up; NULL: null */
    bool has_color;                  /* text: ANSI colours */
    bool is_verbose;                 /* text: every certificate, note and remediation command */
    unsigned columns;                /* text: width of the lines, 60 to 1000; 0: 80 */
    enum prebleed_severity severity; /* text, html: findings below it are counted and not shown */
    /* html: what stands on top, borrowed for the call; NULL: nothing, but for the title, which then
     * is the report's subject. */
    const char *title, *organization, *author, *date;
    bool has_absolute_paths; /* html: else the folders that all absolute paths share are left out */
    const char *working_folder; /* sarif: that of the run with its slash: evidence paths that begin
                                   with it are relative to it; NULL: not known */
};

/* Writes a report piece by piece. write returns false to stop: then PREBLEED_FAILED_OUTPUT.
 * PREBLEED_FAILED_USAGE for an unknown format. options may be NULL.
 *     status = prebleed_audit_write_report(audit, "json", NULL, write, file, &error); */
enum prebleed_status
prebleed_audit_write_report(const struct prebleed_audit *audit, const char *format,
                            const struct prebleed_report_options *options,
                            bool (*write)(void *context, const char *bytes, size_t size_bytes),
                            void *context, struct prebleed_error *error);

/* One row of a table: "rules", "shapes", "formats" or "libraries". Its strings live as long as the
 * process. */
struct prebleed_table_row {
    const char *name;
    const char *kind;  /* severity of a rule, producer, media type, version of a library */
    const char *title; /* what it says, proves or is for */
    const char *text;  /* of a rule: why it exists, its sources, and how to fix what it finds */
};
/* False where index is past the end, or the table's name is unknown.
 *     for (size_t i = 0; prebleed_table_row("rules", i, &row); i++)
 *         puts(row.name); */
bool prebleed_table_row(const char *table, size_t index, struct prebleed_table_row *row);

/* "0.1.0" */
const char *prebleed_version(void);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
