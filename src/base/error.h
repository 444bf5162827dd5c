/* SPDX-License-Identifier: MIT */
/* The program's status and error, the ceilings that hostile evidence can reach, and diagnostics
 * about the evidence, each with its place and one sentence. */
#ifndef PB_BASE_ERROR_H
#define PB_BASE_ERROR_H

#include <stdarg.h>

#include "base/bytes.h"
#include "prebleed.h"

/* Like enum prebleed_status. Zero is success. Bad input is never a status: it becomes a diagnostic
 * and the run goes on. A status other than PB_OK means that the program could not do its work. */
enum pb_status {
    PB_OK = 0,
    PB_FAILED_MEMORY, /* an allocation failed */
    PB_FAILED_USAGE,  /* the caller asked for something that does not exist or makes no sense */
    PB_FAILED_INPUT,  /* no such path, or a device; bytes that are no CRL; too many signatures */
    PB_FAILED_OUTPUT, /* a report could not be written */
};

/* Fills *error, which may be NULL, if it is still empty: what failed, where, and what was expected,
 * cut at a UTF-8 boundary where it does not fit. Returns status either way. */
PB_PRINTF(3, 4)
enum pb_status pb_error_set(struct prebleed_error *error, enum pb_status status, const char *format,
                            ...);

/* Formats like vsnprintf, cuts what is longer than 1,024 bytes, escapes control characters and
 * bytes that are not UTF-8, and copies the result into the arena; absent without memory. */
PB_PRINTF(2, 0)
struct pb_slice pb_message_format_list(struct pb_arena *arena, const char *format,
                                       va_list arguments);
PB_PRINTF(2, 3)
struct pb_slice pb_message_format(struct pb_arena *arena, const char *format, ...);

/* Ceilings. Reaching one gives a diagnostic that names it; the item is skipped, the rest read. */
struct pb_limits {
    uint64_t item_bytes;  /* one item, after decompression */
    uint64_t total_bytes; /* all items together, after decompression */
    uint64_t items;       /* evidence items, containers included */
    uint32_t depth;       /* archives within archives; 1 is an archive in a directory */
    uint32_t ratio;       /* expanded to compressed bytes, past the first ratio_free_bytes */
    uint64_t values;      /* JSON values in one document */
    uint64_t ratio_free_bytes;
    uint64_t signatures;        /* verified for one item, as x509/der.h counts them */
    uint64_t signatures_of_run; /* of all items together; past it the run fails */
    uint64_t bytes_in_flight; /* of items that all threads together have; one item always passes */
};

#define PB_LIMITS_DEFAULT                                                                          \
    ((struct pb_limits){                                                                           \
        .item_bytes = UINT64_C(64) << 20,                                                          \
        .total_bytes = UINT64_C(16) << 30,                                                         \
        .items = 5000000,                                                                          \
        .depth = 4,                                                                                \
        .ratio = 1000,                                                                             \
        .ratio_free_bytes = UINT64_C(64) << 20,                                                    \
        .values = 2000000,                                                                         \
        .signatures = 100000,                                                                      \
        .signatures_of_run = 25000000,                                                             \
        .bytes_in_flight = UINT64_C(16) << 20,                                                     \
    })

/* Ceilings for single values, whose use takes time or memory; those of displays stand with them. */
enum pb_value_limit {
    /* A certificate's DER, of which names and extensions take a hundred times as much memory. */
    PB_MOST_CERTIFICATE_BYTES = 1 << 20,
    /* The DER of a private DSA or DH key, whose public half has to be computed. */
    PB_MOST_COMPUTED_KEY_BYTES = 1024,
    /* An RSA exponent with which signatures are verified (FIPS 186-4, appendix B.3.1). */
    PB_MOST_EXPONENT_BITS = 256,
    /* Certificates of a chain that have the issuer's name: the keys that are tried. */
    PB_MOST_ISSUERS = 16,
    /* Of an item; more are overwritten and not identified. An RSA key of 16384 bits has 13 KB. */
    PB_MOST_PRIVATE_KEYS = 100,
    PB_COST_OF_PRIVATE_KEY = 100, /* as signatures of a run count: binary curves take 3.5 ms */
    PB_MOST_PRIVATE_KEY_BYTES = 65536,
    /* What liblzma allocates at once, as a few bytes tell it; `xz -9` asks for as much. */
    PB_MOST_DICTIONARY_BYTES = 64 << 20,
    /* Of a document of 2,000,000 values, which lists fewer unless their fields are cut; and of
     * texts and rows without keys, of which a few bytes cost a certificate's memory. */
    PB_MOST_CERTIFICATES_A_DOCUMENT = 200000,
    PB_MOST_BARE_ELEMENTS = 100000,
    PB_MOST_NAME_BYTES = 2048,      /* of a member with its archive's path */
    PB_MOST_POINTER_BYTES = 1024,   /* of a JSON pointer; a longer one ends at what is around */
    PB_MOST_SEARCHED_MEMBERS = 100, /* of an object that is searched for marks */
    PB_MOST_BEGINNINGS = 16,        /* lines at which text that is no JSON may hold a document */
    PB_MOST_MISSED_LISTS = 1000,    /* with a record and a gap each; the rest are counted */
    /* Observations of one name that are compared with each other; certificates with one name or id
     * that a reference is looked up in; those that a baseline's is compared with. */
    PB_MOST_COMPARED = 512,
    PB_MOST_NAMED = 64,
    PB_MOST_OF_ONE_NAME = 16,
    /* Evidence may hold any number of certificates with a CA's name: to try their keys on one CRL
     * takes as long as to digest so many bytes. Keys that verify it encode the same key. */
    PB_MOST_CRL_BYTES = 1 << 30,
    PB_MOST_CRL_SIGNERS = 16,
    PB_MOST_DIAGNOSTICS_AN_ENTRY = 1000, /* a file must not take memory by being wrong often */
    PB_MOST_DIAGNOSTICS = 10000,         /* of all entries together */
    PB_JSON_DEEPEST_VALUE = 2048,        /* the depth at which jansson's own reader stops */
};

enum pb_severity {
    PB_SEVERITY_NOTE,    /* worth knowing; changes no conclusion */
    PB_SEVERITY_WARNING, /* something was repaired, skipped or odd */
    PB_SEVERITY_ERROR,   /* evidence was not read: the run is inconclusive */
};

extern const char *const pb_severity_names[]; /* "note", "warning", "error" */

/* The outcome of one evidence item, as the report's list of evidence has it. */
enum pb_entry_status {
    PB_ENTRY_USED,       /* something in it was recognised */
    PB_ENTRY_IGNORED,    /* read, and nothing in it was recognised; or a link, a device */
    PB_ENTRY_UNREADABLE, /* could not be read in whole or in part */
    PB_ENTRY_SKIPPED,    /* not read because a ceiling was reached */
    PB_ENTRY_CONTAINER,  /* an archive that was read to its end */
};

extern const char *const pb_entry_status_names[]; /* "used", "ignored", ... */

#define PB_NO_ENTRY UINT32_MAX

struct pb_diagnostic {
    uint32_t entry; /* index of the evidence entry, PB_NO_ENTRY for none; the first member */
    enum pb_severity severity;
    const char *code;        /* stable, lower-case words joined by '-': a string literal */
    uint32_t line, column;   /* from 1, 0 where not known; columns count code points */
    uint64_t offset_bytes;   /* in the item's text; orders diagnostics of one item */
    struct pb_slice pointer; /* RFC 6901 JSON pointer, absent where not known */
    struct pb_slice message; /* one sentence: what is wrong and what was expected */
};

/* A list and the memory of its texts. Zero-initialise, and set entry. */
struct pb_diagnostics {
    struct pb_arena arena;  /* owns pointers and messages */
    struct pb_vector items; /* of struct pb_diagnostic */
    uint32_t entry;         /* the entry that new diagnostics are about */

    bool has_failed;                               /* without memory: some are missing; stays set */
    size_t left_out_of_all[PB_SEVERITY_ERROR + 1]; /* by severity: of entries past the ceiling */

    struct pb_arena_mark mark;  /* private from here on: of the arena, when the entry began */
    size_t mark_count;          /* how many diagnostics there were then */
    bool is_counting;           /* an entry has begun and not ended */
    size_t added;               /* to that entry, those left out included */
    enum pb_severity worst;     /* of those left out */
    struct pb_diagnostic spare; /* stands for one that is left out or missing */
};

void pb_diagnostics_release(struct pb_diagnostics *list);

/* Appends a diagnostic about list->entry without a place inside the item and returns it, never
 * NULL, for the caller to add line, column, offset or pointer to before the next one. The message
 * is copied; bytes of it that are not printable text are escaped. Past the ceiling for an entry
 * that has begun it is only counted. A failure is remembered by the list. */
PB_PRINTF(4, 5)
struct pb_diagnostic *pb_diagnostics_add(struct pb_diagnostics *list, enum pb_severity severity,
                                         const char *code, const char *format, ...);
/* Sets list->entry, for which the ceiling of one entry holds until its end. Where some were left
 * out then, one more says how many, as severe as the worst of them. */
void pb_diagnostics_begin_entry(struct pb_diagnostics *list, uint32_t entry);
void pb_diagnostics_end_entry(struct pb_diagnostics *list);
/* Removes all but the first count diagnostics, which must include those from before the entry, and
 * forgets what was left out of it. Frees the texts if none of the entry's are kept. */
void pb_diagnostics_keep_first(struct pb_diagnostics *list, size_t count);
/* When all is done: one more, about no entry, says how many of entries past the ceiling are out. */
void pb_diagnostics_close(struct pb_diagnostics *list);

#endif
