/* SPDX-License-Identifier: MIT */
/* The parts of a server certificate's ARN. */
#ifndef PB_INVENTORY_ARN_H
#define PB_INVENTORY_ARN_H

#include <stdbool.h>

#include "base/slice.h"

/* Slices are borrowed from the ARN's text. */
struct pb_arn {
    struct pb_slice partition; /* "aws", "aws-cn", "aws-us-gov" */
    struct pb_slice account;   /* as it stands: redacted samples have letters here; may be empty */
    struct pb_slice path;      /* "/" or "/cloudfront/", with both slashes */
    struct pb_slice name;
};

/* "arn:PARTITION:iam::ACCOUNT:server-certificate/PATH/NAME" (AWS IAM User Guide, IAM identifiers).
 * False for anything else. */
bool pb_arn_parse(struct pb_slice text, struct pb_arn *arn);

#endif
