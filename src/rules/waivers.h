/* SPDX-License-Identifier: MIT */
/* Waivers: findings that somebody accepts until a day. */
#ifndef PB_RULES_WAIVERS_H
#define PB_RULES_WAIVERS_H

#include "base/memory.h"
#include "base/error.h"
#include "rules/rule.h"

enum pb_waiver_subject {
    PB_WAIVER_ID,
    PB_WAIVER_ARN,
    PB_WAIVER_KEY,
    PB_WAIVER_ACCOUNT,
    PB_WAIVER_FOLDER, /* of the evidence, of an account whose id is not known */
    PB_WAIVER_SUBJECTS,
};

/* "id", "arn", "key_sha256", "account" or "folder": the member that holds the subject. */
const char *pb_waiver_subject_name(enum pb_waiver_subject covers);

/* Slices are borrowed from the list's arena. */
struct pb_waiver {
    const struct pb_rule *rule;
    enum pb_waiver_subject covers;
    struct pb_slice subject; /* as it stands in the file; a key in lower-case hexadecimal */
    struct pb_slice bytes;   /* what is compared: the subject, 32 bytes of a key */
    struct pb_slice reason, owner;
    struct pb_slice expires; /* "2027-03-31": the last day on which it holds, in UTC */
    struct pb_instant end;   /* the first instant after that day */
    uint32_t line;           /* in its file */
};

/* Zero-initialise, then init; release in any case. */
struct pb_waivers {
    struct pb_arena arena;
    struct pb_vector items; /* of struct pb_waiver, in the order of their file */
};

void pb_waivers_init(struct pb_waivers *waivers);
void pb_waivers_release(struct pb_waivers *waivers);

/* Fills the initialised, empty list from a file in UTF-8, whose form is fixed by
 * report/prebleed-waivers-1.schema.json; nothing of text is borrowed. Whatever is not as the schema
 * says fails with PB_FAILED_USAGE, naming line and column. */
enum pb_status pb_waivers_read(struct pb_waivers *waivers, struct pb_slice text,
                               struct pb_error *error);

/* What a waiver can name the finding by; what the finding has not is left as it was. A gap is named
 * by the certificate that is missing, a private key by its public one. */
void pb_waiver_find_subjects(const struct pb_inventory *inventory, const struct pb_finding *finding,
                             struct pb_slice subjects[PB_WAIVER_SUBJECTS]);

/*
 * Sets each finding's waiver: of those that cover it and hold at as_of, the most specific (id, ARN,
 * key, account, folder), then the first in the file. Adds the diagnostics "waiver-expired" (from
 * as_of at the end of its day on; what it covered counts) and "waiver-unmatched" (it covers no
 * finding, though its rule was applied). Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_waivers_apply(const struct pb_waivers *waivers,
                                const struct pb_inventory *inventory,
                                const struct pb_parameters *parameters,
                                struct pb_findings *findings, struct pb_diagnostics *diagnostics);

#endif
