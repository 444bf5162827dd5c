/* SPDX-License-Identifier: MIT */
/* Reads JSON of a fixed form: waivers and baselines. What is wrong with it is refused by line and
 * column, because its author can correct it. */
#ifndef PB_RULES_FORM_H
#define PB_RULES_FORM_H

#include "base/memory.h"
#include "base/time.h"
#include "json/document.h"

/* One document. Open it, and release the document in any case. The first failure stays in status
 * and error; from then on all that is read is absent, NULL or zero, so that one look at status is
 * enough. */
struct pb_form {
    struct pb_json_document document; /* owned */
    struct pb_arena *arena;           /* borrowed: gets all texts */
    struct pb_error *error;           /* borrowed */
    enum pb_status status;            /* PB_FAILED_USAGE has a place in error */
};

/* Reads UTF-8 text as exactly one JSON document of any size, without repairs. */
void pb_form_open(struct pb_form *form, struct pb_slice text, struct pb_arena *arena,
                  struct pb_error *error);

/* The object's member of that type; NULL for null, where it may be null. Whatever else there is,
 * and a member that is missing, is refused. */
const struct pb_json *pb_form_member(struct pb_form *form, const struct pb_json *object,
                                     const char *key, enum pb_json_type type, bool may_be_null);
/* The same of a string, copied; absent for null. */
struct pb_slice pb_form_text(struct pb_form *form, const struct pb_json *object, const char *key,
                             bool may_be_null);
/* An index below count; PB_NO_INDEX for null. */
uint32_t pb_form_index(struct pb_form *form, const struct pb_json *object, const char *key,
                       size_t count);
/* An RFC 3339 instant; false, and *instant is left alone, for null. */
bool pb_form_instant(struct pb_form *form, const struct pb_json *object, const char *key,
                     bool may_be_null, struct pb_instant *instant);
/* 64 lower-case hexadecimal digits. */
void pb_form_sha256(struct pb_form *form, const struct pb_json *object, const char *key,
                    unsigned char sha256[32]);
/* Refuses members with other keys: a misspelt one must not pass for none. */
void pb_form_refuse_others(struct pb_form *form, const struct pb_json *object,
                           const char *const keys[], size_t count);

/* Fails with "line 3, column 5: ..." about the object's member, or about the object itself where
 * key is NULL or leads to nothing. */
PB_PRINTF(4, 5)
void pb_form_refuse(struct pb_form *form, const struct pb_json *object, const char *key,
                    const char *format, ...);

#endif
