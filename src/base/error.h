/* SPDX-License-Identifier: MIT */
/* The one status of every function that can fail, and the error that says what went wrong. */
#ifndef PB_BASE_ERROR_H
#define PB_BASE_ERROR_H

#include <stdarg.h>

#include "base/arena.h"
#include "base/slice.h"

/*
 * Zero is success. Bad input is never a status: it becomes a diagnostic and the run goes on.
 * A status other than PB_OK means that the program could not do its work.
 */
enum pb_status {
    PB_OK = 0,
    PB_FAILED_MEMORY, /* an allocation failed */
    PB_FAILED_USAGE,  /* the caller asked for something that does not exist or makes no sense */
    PB_FAILED_INPUT,  /* a path given by the caller does not exist */
    PB_FAILED_OUTPUT, /* a report could not be written */
};

/*
 * What failed, where, and what was expected. Filled once, at the first failure; later calls of
 * pb_error_set on a filled error change nothing. Zero-initialise before use.
 */
struct pb_error {
    enum pb_status status;
    char message[512]; /* NUL-terminated, cut at a UTF-8 boundary where it did not fit */
};

/* Fills *error (which may be NULL) if it is still empty, and returns status either way. */
PB_PRINTF(3, 4)
enum pb_status pb_error_set(struct pb_error *error, enum pb_status status, const char *format, ...);

/* The same for PB_FAILED_MEMORY, whose message is always the same. */
enum pb_status pb_error_memory(struct pb_error *error);

/*
 * Formats like vsnprintf, cuts what is longer than 1,024 bytes, escapes control characters and
 * bytes that are not UTF-8, and copies the result into the arena. False without memory.
 */
PB_PRINTF(3, 0)
bool pb_message_format_list(struct pb_arena *arena, struct pb_slice *message, const char *format,
                            va_list arguments);
PB_PRINTF(3, 4)
bool pb_message_format(struct pb_arena *arena, struct pb_slice *message, const char *format, ...);

#endif
