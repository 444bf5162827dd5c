/* SPDX-License-Identifier: MIT */
/* One output: standard output, a device or FIFO in place, or a file that appears when whole. */
#ifndef PB_CLI_OUTPUT_H
#define PB_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "prebleed.h"

struct pb_output {
    const char *file; /* as it was given, borrowed; NULL: standard output */
    char *target;     /* owned: what is replaced in the end; NULL where nothing is */
    char *temporary;  /* owned: beside the target; NULL where the output is written in place */
    int descriptor;
    int error_number; /* of the first write that failed, else 0 */
};

/* On success *output is to be closed; on failure (PREBLEED_FAILED_OUTPUT)
 * there is nothing left of it. */
enum prebleed_status pb_output_open(const char *file, struct pb_output *output,
                                    struct prebleed_error *error);

/* As prebleed_audit_write_report wants it: context is the output. */
bool pb_output_write(void *context, const char *bytes, size_t size_bytes);

/*
 * Publishes what was written if is_whole and no write failed; else a target that was there before
 * stays as it was. Nothing temporary is left behind, whatever happens. PREBLEED_FAILED_OUTPUT if
 * this or an earlier write failed.
 */
enum prebleed_status pb_output_close(struct pb_output *output, bool is_whole,
                                     struct prebleed_error *error);

#endif
