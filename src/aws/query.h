/* SPDX-License-Identifier: MIT */
/* What the shapes of --query results without the service's field names have in common. */
#ifndef PB_AWS_QUERY_H
#define PB_AWS_QUERY_H

#include "aws/producers.h"

/* A --query result is the document, or the only container among the few members of its root:
 * {List: [...], IsTruncated: true}. */
bool pb_query_is_result(const struct pb_node *node);

/* The last component of an evidence path without a compression's and a text's suffix. */
struct pb_slice pb_query_file_name(struct pb_slice path);

#endif
