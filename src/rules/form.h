/* SPDX-License-Identifier: MIT */
/* Reads JSON that somebody writes for us by tables of members. What is wrong is refused by line and
 * column, because its author can correct it. */
#ifndef PB_RULES_FORM_H
#define PB_RULES_FORM_H

#include "base/arena.h"
#include "json/document.h"

/* What a member must be, and the type that it is read into. */
enum pb_form_kind {
    PB_FORM_TEXT,            /* a string: struct pb_slice */
    PB_FORM_WORDS,           /* a string that is not blank: struct pb_slice */
    PB_FORM_TEXT_OR_NULL,    /* struct pb_slice, absent for null */
    PB_FORM_SUBJECT,         /* may be missing, else not empty: struct pb_slice, absent then */
    PB_FORM_SHA256,          /* 64 lower-case hexadecimal digits: unsigned char[32] */
    PB_FORM_INSTANT,         /* RFC 3339: struct pb_instant */
    PB_FORM_INSTANT_OR_NULL, /* the same; null leaves it alone */
    PB_FORM_INDEX_OR_NULL,   /* uint32_t, PB_NO_INDEX for null */
    PB_FORM_ARRAY,           /* const struct pb_json * */
    PB_FORM_OBJECT,          /* const struct pb_json * */
    PB_FORM_OBJECT_OR_NULL,  /* const struct pb_json *, NULL for null */
};

struct pb_form_member {
    const char *key;
    enum pb_form_kind kind;
    size_t offset_bytes; /* of what it is read into */
};

/* One document. Zero-initialise; close in any case. */
struct pb_form {
    struct pb_json_document document; /* owned */
    struct pb_arena *arena;           /* borrowed: gets all texts */
    struct pb_error *error;           /* borrowed */
    struct pb_slice text;             /* borrowed */
    struct pb_json_position position; /* where the last question for a line ended, ... */
    size_t row;                       /* ... and the value it was about */
};

/* Reads UTF-8 text as exactly one JSON document of any size, without repairs. Fails with
 * PB_FAILED_USAGE and a place, and with PB_FAILED_MEMORY. */
enum pb_status pb_form_open(struct pb_form *form, struct pb_slice text, struct pb_arena *arena,
                            struct pb_error *error);
void pb_form_close(struct pb_form *form);

/* Reads the members of an object into target; refuses what is no object, and members that are
 * missing or not as the table says. Other members are passed over. */
enum pb_status pb_form_read(struct pb_form *form, const struct pb_json *object,
                            const struct pb_form_member *members, size_t count, void *target);
/* Refuses members that are not in the table: a misspelt one must not pass for none. */
enum pb_status pb_form_refuse_others(struct pb_form *form, const struct pb_json *object,
                                     const struct pb_form_member *members, size_t count);

/* Returns PB_FAILED_USAGE: "line 3, column 5: ..." about the object's member, or about the object
 * itself where key is NULL or leads to nothing. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
enum pb_status
pb_form_refuse(struct pb_form *form, const struct pb_json *object, const char *key,
               const char *format, ...);

/* The line of a value, from 1. Questions in the document's order take one pass over it. */
uint32_t pb_form_line(struct pb_form *form, const struct pb_json *value);

#endif
