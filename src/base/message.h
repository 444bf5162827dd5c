/* SPDX-License-Identifier: MIT */
/* Sentences that quote input, formatted into an arena as printable text. */
#ifndef PB_BASE_MESSAGE_H
#define PB_BASE_MESSAGE_H

#include <stdarg.h>

#include "base/arena.h"
#include "base/slice.h"

/*
 * Formats like vsnprintf, cuts what is longer than 1,024 bytes, escapes control characters and
 * bytes that are not UTF-8, and copies the result into the arena. False without memory.
 */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 0)))
#endif
bool pb_message_format_list(struct pb_arena *arena, struct pb_slice *message, const char *format,
                            va_list arguments);
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
bool pb_message_format(struct pb_arena *arena, struct pb_slice *message, const char *format, ...);

#endif
