/* SPDX-License-Identifier: MIT */
/* Tags in the two forms that producers print. */
#ifndef PB_AWS_TAGS_H
#define PB_AWS_TAGS_H

#include "aws/reading.h"

/*
 * Reads [{Key, Value}] or {key: value} into the batch; of two answers the first that is not empty
 * counts. Remarks on anything else, and leaves absent or null values alone. Fails only with
 * PB_FAILED_MEMORY.
 */
enum pb_status pb_tags_read(struct pb_reading *reading, const struct pb_json *value,
                            const struct pb_tag **tags, size_t *count);

#endif
