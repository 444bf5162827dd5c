/* SPDX-License-Identifier: MIT */
/* Documents that stand inside a JSON string: AWS Config and lookup-events print such. */
#ifndef PB_AWS_EMBEDDED_H
#define PB_AWS_EMBEDDED_H

#include "aws/reading.h"

/* The value is a string that begins like a JSON object or array. */
bool pb_embedded_is_likely(const struct pb_json *value);

/* Reads one of the string's documents; reading->pointer ends in '#' meanwhile. */
typedef enum pb_status pb_embedded_reader(struct pb_reading *reading, const struct pb_json *root,
                                          void *context);

/*
 * Hands the string's documents to the reader, most of them at the most. What is wrong or was
 * repaired becomes a remark at the reading's pointer, which is the string's. Fails only as the
 * reader does, or with PB_FAILED_MEMORY.
 */
enum pb_status pb_embedded_read(struct pb_reading *reading, const struct pb_json *string,
                                size_t most, pb_embedded_reader *read, void *context);

#endif
