/* SPDX-License-Identifier: MIT */
/* Tables of other tools: the service's fields, known by members that only one tool adds. */
#ifndef PB_AWS_MARKED_H
#define PB_AWS_MARKED_H

#include "aws/certificate.h"
#include "aws/producers.h"

enum pb_mark {
    PB_MARK_NONE,
    PB_MARK_CUSTODIAN,  /* "c7n:MatchedFilters" and others */
    PB_MARK_CLOUDQUERY, /* "_cq_sync_time" and others */
    PB_MARK_STEAMPIPE,  /* the table's "name" beside server_certificate_id, or "tags_src" */
};

/* Whose mark a certificate bears, or the first certificate of an array. */
enum pb_mark pb_mark_of(const struct pb_node *node);

/* Adds the object, or each object of the array, under a record of an inventory; elements that are
 * none are errors. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_marked_read(struct pb_reading *reading, const struct pb_node *node,
                              const struct pb_alias *aliases, const char *name);

#endif
