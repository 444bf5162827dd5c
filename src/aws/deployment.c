/* SPDX-License-Identifier: MIT */
#include "aws/deployment.h"

#include "aws/query.h"
#include "base/message.h"
#include "inventory/arn.h"

bool pb_deployment_is_certificate_arn(const struct pb_json *value, struct pb_slice *arn)
{
    struct pb_certificate_arn iam;
    struct pb_arn parts;

    if (!pb_json_string(value, arn))
        return false;
    *arn = pb_slice_trim(*arn);
    return pb_certificate_arn_parse(*arn, &iam) ||
           (pb_arn_parse(*arn, &parts) && pb_slice_equals(parts.service, PB_SLICE("acm")) &&
            pb_slice_starts_with(parts.resource, PB_SLICE("certificate/")));
}

static bool write_label(struct pb_arena *arena, const struct pb_deployment *deployment,
                        struct pb_slice *label)
{
    if (deployment->port > 0)
        return pb_message_format(arena, label, "%s/%.*s:%lld", deployment->kind,
                                 PB_SLICE_ARGS(deployment->name), (long long)deployment->port);
    return pb_message_format(arena, label, "%s/%.*s", deployment->kind,
                             PB_SLICE_ARGS(deployment->name));
}

enum pb_status pb_deployment_add(struct pb_reading *reading, const struct pb_deployment *deployment,
                                 struct pb_slice target, const char *shape)
{
    struct pb_arena *arena = &reading->batch->arena;
    struct pb_deployment named = *deployment;
    uint32_t index;
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_REFERENCE, shape, &index);

    if (status != PB_OK)
        return status;
    if (named.name.size_bytes == 0)
        named.name = pb_query_file_name(reading->context->path);
    struct pb_record *record = pb_reading_record(reading, index);
    record->is_further = named.is_further;
    bool is_written = write_label(arena, &named, &record->label) &&
                      pb_arena_copy(arena, target, &record->target) &&
                      pb_arena_copy(arena, named.listener, &record->listener);
    return is_written ? PB_OK : PB_FAILED_MEMORY;
}
