/* SPDX-License-Identifier: MIT */
/* Amazon resource names, and what a server certificate's says. */
#ifndef PB_INVENTORY_ARN_H
#define PB_INVENTORY_ARN_H

#include <stdbool.h>

#include "base/bytes.h"

/* arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE. Slices are borrowed from the text and may be
 * empty; nothing in them was checked. */
struct pb_arn {
    struct pb_slice partition, service, region, account, resource;
};

/* False where the text has not the six parts. */
bool pb_arn_parse(struct pb_slice text, struct pb_arn *arn);

struct pb_certificate_arn {
    struct pb_slice partition;
    struct pb_slice account; /* as it stands, redacted or not */
    struct pb_slice path;    /* "/" or "/cloudfront/prod/" */
    struct pb_slice name;
};

/* False where the text is no ARN of an IAM server certificate. Slices are borrowed from it. */
bool pb_certificate_arn_parse(struct pb_slice text, struct pb_certificate_arn *arn);

#endif
