/* SPDX-License-Identifier: MIT */
#include "inventory/arn.h"

static bool take_part(struct pb_slice *text, struct pb_slice *part)
{
    const char *colon = text->size_bytes > 0 ? memchr(text->data, ':', text->size_bytes) : NULL;

    if (colon == NULL)
        return false;
    *part = pb_slice_first(*text, (size_t)(colon - text->data));
    *text = pb_slice_from(*text, part->size_bytes + 1);
    return true;
}

bool pb_arn_parse(struct pb_slice text, struct pb_arn *arn)
{
    struct pb_slice scheme;

    if (!take_part(&text, &scheme) || !pb_slice_equals(scheme, PB_SLICE("arn")))
        return false;
    if (!take_part(&text, &arn->partition) || !take_part(&text, &arn->service) ||
        !take_part(&text, &arn->region) || !take_part(&text, &arn->account))
        return false;
    arn->resource = text;
    return true;
}

bool pb_certificate_arn_parse(struct pb_slice text, struct pb_certificate_arn *arn)
{
    const struct pb_slice kind = PB_SLICE("server-certificate/");
    struct pb_arn parts;

    if (!pb_arn_parse(text, &parts) || !pb_slice_equals(parts.service, PB_SLICE("iam")) ||
        !pb_slice_starts_with(parts.resource, kind))
        return false;
    struct pb_slice rest = pb_slice_from(parts.resource, kind.size_bytes - 1);
    size_t slash = pb_slice_find_last(rest, '/');
    arn->partition = parts.partition;
    arn->account = parts.account;
    arn->path = pb_slice_first(rest, slash + 1);
    arn->name = pb_slice_from(rest, slash + 1);
    return arn->name.size_bytes > 0;
}
