/* SPDX-License-Identifier: MIT */
/* The program's own words: errors that are filled once, and lines on standard error. */
#ifndef PB_CLI_COMPLAIN_H
#define PB_CLI_COMPLAIN_H

#include "prebleed.h"

/* Fills *error, which must still be empty, and returns status. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
enum prebleed_status
pb_refuse(struct prebleed_error *error, enum prebleed_status status, const char *format, ...);

/* "unknown WHAT 'PREFIXWANTED'", and the nearest known name unless that is NULL. */
enum prebleed_status pb_refuse_unknown(struct prebleed_error *error, const char *what,
                                       const char *prefix, const char *wanted, const char *nearest);

/*
 * One line "prebleed: MESSAGE" on standard error. Arguments and paths stand in messages as they
 * were given, so control characters and bytes that are not UTF-8 come out as \xNN.
 */
void pb_complain(const char *message);

/* "prebleed: WHERE: MESSAGE [CODE]"; where may be NULL. */
void pb_complain_of(const char *where, const char *message, const char *code);

#endif
