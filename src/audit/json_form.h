/* SPDX-License-Identifier: MIT */
/* Files in JSON that the caller gives besides evidence: what is wrong in them is refused by line
 * and column, because the caller can correct it. */
#ifndef PB_AUDIT_JSON_FORM_H
#define PB_AUDIT_JSON_FORM_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/status.h"
#include "json/document.h"
#include "json/tree.h"

/* One document, and where in it the reader stands. Zero-initialise; close in any case. */
struct pb_form {
    struct pb_json_document document; /* owned */
    struct pb_slice text;
    struct pb_buffer storage; /* of text that had to be decoded */
    struct pb_buffer pointer; /* RFC 6901, of the value being read */
    struct pb_error *error;   /* borrowed */
};

/* Reads the bytes (UTF-8 or UTF-16) as exactly one JSON document without repairs. Fails with
 * PB_FAILED_USAGE and a place, and with PB_FAILED_MEMORY. */
enum pb_status pb_form_open(struct pb_form *form, struct pb_slice bytes,
                            const struct pb_limits *limits, struct pb_error *error);
void pb_form_close(struct pb_form *form);

/* Steps into a member or an element; pb_form_leave takes what the step returned. */
size_t pb_form_enter_key(struct pb_form *form, struct pb_slice key);
size_t pb_form_enter_index(struct pb_form *form, size_t index);
void pb_form_leave(struct pb_form *form, size_t where);

/* Returns PB_FAILED_USAGE: "line 3, column 5: ..." about the value where the reader stands. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
enum pb_status
pb_form_refuse(struct pb_form *form, const char *format, ...);

/* Members of an object where the reader stands; refused where the member is absent or of another
 * type. Strings are borrowed from the document; one that may be null is absent then. */
enum pb_status pb_form_string(struct pb_form *form, const struct pb_json *object, const char *key,
                              struct pb_slice *text);
enum pb_status pb_form_string_or_null(struct pb_form *form, const struct pb_json *object,
                                      const char *key, struct pb_slice *text);
/* An index below limit, or null, which is PB_NO_INDEX. */
enum pb_status pb_form_index_or_null(struct pb_form *form, const struct pb_json *object,
                                     const char *key, size_t limit, uint32_t *index);
enum pb_status pb_form_array(struct pb_form *form, const struct pb_json *object, const char *key,
                             const struct pb_json **array);
enum pb_status pb_form_object(struct pb_form *form, const struct pb_json *object, const char *key,
                              const struct pb_json **member);

/* Refuses unless the value where the reader stands is an object. */
enum pb_status pb_form_be_object(struct pb_form *form, const struct pb_json *value);

/* Reads 64 lower-case hexadecimal digits into 32 bytes; false for anything else. */
bool pb_form_parse_sha256(struct pb_slice text, unsigned char sha256[32]);

#endif
