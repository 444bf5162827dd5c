/* SPDX-License-Identifier: MIT */
/* Numbers as people type them on a command line. */
#ifndef PB_CLI_VALUES_H
#define PB_CLI_VALUES_H

#include <stdbool.h>
#include <stdint.h>

/* Digits and nothing else, at most maximum. */
bool pb_value_parse_number(const char *text, uint64_t maximum, uint64_t *number);

/* Bytes above 0: digits, then nothing or one of K, M, G, KiB, MiB, GiB (powers of 1,024). */
bool pb_value_parse_size(const char *text, uint64_t *size_bytes);

#endif
