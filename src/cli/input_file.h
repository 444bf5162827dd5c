/* SPDX-License-Identifier: MIT */
/* Files that the command line names besides evidence: small, whole, and refused where they are not
 * to be had. */
#ifndef PB_CLI_INPUT_FILE_H
#define PB_CLI_INPUT_FILE_H

#include <stddef.h>

#include "prebleed.h"

/* A file's bytes, owned. Zero-initialise; release in any case. */
struct pb_input_file {
    char *bytes;
    size_t size_bytes;
};

/*
 * Reads the file to its end; "-" is no standard input here. Fails with PREBLEED_FAILED_INPUT where
 * it cannot be read or has more than 64 MiB, naming the option, and with PREBLEED_FAILED_MEMORY.
 */
enum prebleed_status pb_input_file_read(const char *option, const char *path,
                                        struct pb_input_file *file, struct prebleed_error *error);
void pb_input_file_release(struct pb_input_file *file);

#endif
