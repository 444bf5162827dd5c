/* SPDX-License-Identifier: MIT */
/* Keeps reports from being written over evidence that stands in a given folder. */
#ifndef PB_CLI_GUARD_H
#define PB_CLI_GUARD_H

#include <stdbool.h>
#include <sys/stat.h>

/* Whether the file's folder is the given one or lies beneath it, however they are spelt. False
 * where that cannot be found out. */
bool pb_guard_is_beneath(const char *file, const struct stat *folder);

/* Whether the file is empty or begins as prebleed's own reports do: an earlier run's, which may be
 * replaced. */
bool pb_guard_is_own_report(const char *file);

#endif
