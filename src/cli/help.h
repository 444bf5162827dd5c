/* SPDX-License-Identifier: MIT */
/* The help, made from the table of options. */
#ifndef PB_CLI_HELP_H
#define PB_CLI_HELP_H

#include <stdio.h>

/* No line is longer than 80 columns. Errors are left to ferror. */
void pb_help_print(FILE *stream);

#endif
