/* SPDX-License-Identifier: MIT */
/* Documents that stand inside a JSON string: AWS Config and lookup-events print such. */
#ifndef PB_AWS_EMBEDDED_H
#define PB_AWS_EMBEDDED_H

#include "aws/reading.h"

/* The value is a string that begins like a JSON object or array. */
bool pb_embedded_is_likely(const struct pb_json *value);

/* A string being read. */
struct pb_embedded {
    struct pb_json_reader reader;
    struct pb_diagnostics diagnostics; /* with places inside the string: nobody could find them */
    struct pb_arena arena;
};

/* String and limits must outlive the reading of it. */
void pb_embedded_open(struct pb_embedded *embedded, const struct pb_json *string,
                      const struct pb_limits *limits);
void pb_embedded_close(struct pb_embedded *embedded);

/*
 * The next document, root NULL after the last one; to be released before the next. What is wrong
 * or was repaired becomes a remark at the reading's pointer, which is the string's. Fails only
 * with PB_FAILED_MEMORY.
 */
enum pb_status pb_embedded_next(struct pb_embedded *embedded, struct pb_reading *reading,
                                struct pb_json_document *document);

#endif
