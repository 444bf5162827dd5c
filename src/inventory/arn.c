/* SPDX-License-Identifier: MIT */
#include "inventory/arn.h"

#include <stdint.h>

/* The text up to the next ':', which *rest moves past. */
static bool take_part(struct pb_slice *rest, struct pb_slice *part)
{
    size_t colon = pb_slice_find(*rest, PB_SLICE(":"), 0);

    if (colon == SIZE_MAX)
        return false;
    *part = pb_slice_first(*rest, colon);
    *rest = pb_slice_from(*rest, colon + 1);
    return true;
}

bool pb_arn_parse(struct pb_slice text, struct pb_arn *arn)
{
    static const char resource_type[] = "server-certificate";
    struct pb_slice rest = text, scheme, service, region;

    if (!take_part(&rest, &scheme) || !take_part(&rest, &arn->partition) ||
        !take_part(&rest, &service) || !take_part(&rest, &region) ||
        !take_part(&rest, &arn->account))
        return false;
    if (!pb_slice_equals(scheme, PB_SLICE("arn")) || !pb_slice_equals(service, PB_SLICE("iam")) ||
        !pb_slice_starts_with(rest, PB_SLICE("server-certificate/")))
        return false;
    struct pb_slice resource = pb_slice_from(rest, sizeof resource_type - 1);
    size_t slash = pb_slice_find_last(resource, '/');
    arn->path = pb_slice_first(resource, slash + 1);
    arn->name = pb_slice_from(resource, slash + 1);
    return arn->name.size_bytes > 0;
}
