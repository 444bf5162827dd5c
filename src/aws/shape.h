/* SPDX-License-Identifier: MIT */
/* The table of document shapes: one row a form, recognised by content and never by order. */
#ifndef PB_AWS_SHAPE_H
#define PB_AWS_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct pb_node;
struct pb_reading;

/* How much a match says: the strongest wins, and two rows never share a strength and a value. */
enum pb_claim {
    PB_CLAIM_NONE,
    PB_CLAIM_LOOK,      /* values that look right, where path or caller say what they are */
    PB_CLAIM_PEM,       /* a PEM text under another service's key */
    PB_CLAIM_VALUES,    /* own keys of a --query, with values that leave no doubt */
    PB_CLAIM_FIELDS,    /* the service's own names of fields */
    PB_CLAIM_RESOURCE,  /* a server certificate's ARN under another tool's key */
    PB_CLAIM_MARKED,    /* the service's names beside a member that one tool only adds */
    PB_CLAIM_COMPANION, /* the service's names of another operation's answer */
    PB_CLAIM_TYPED,     /* an object that says itself that it is about a server certificate */
    PB_CLAIM_EVENT,     /* an object that is the record of an API call, whatever is in it */
    PB_CLAIM_METADATA,  /* an object that holds ServerCertificateMetadata */
    PB_CLAIM_LIST,      /* the value of ServerCertificateMetadataList */
    PB_CLAIM_ENVELOPE,  /* the value of a key that one producer puts around such things */
};

struct pb_shape {
    const char *name;     /* "iam.list-server-certificates" */
    const char *producer; /* who prints it, for people */
    const char *proves;   /* what it proves, one phrase */

    /* Private to this room. Says how surely the value is of this shape; pure and cheap. */
    enum pb_claim (*claim)(const struct pb_node *node);
    /* Adds what the value shows; the reading's pointer is the value's. Records get the shape's
     * name. Fails only with PB_FAILED_MEMORY. */
    enum pb_status (*read)(struct pb_reading *reading, const struct pb_node *node,
                           const char *name);
    /* read also takes what is inside the value: the walk leaves it out. */
    bool is_whole;
};

/* All rows in the order in which --list-shapes prints them; *count is their number. */
const struct pb_shape *pb_shapes(size_t *count);

/* The row that claims the value most strongly, NULL where none does; *rivals is the number of
 * rows that do so with the same strength, 1 unless the table is wrong. */
const struct pb_shape *pb_shape_find(const struct pb_node *node, size_t *rivals);

#endif
