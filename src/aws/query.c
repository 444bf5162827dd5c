/* SPDX-License-Identifier: MIT */
#include "aws/query.h"

#define MOST_SIBLINGS 16

static bool is_container(const struct pb_json *value)
{
    enum pb_json_type type = pb_json_type(value);

    return type == PB_JSON_ARRAY || type == PB_JSON_OBJECT;
}

bool pb_query_is_result(const struct pb_node *node)
{
    struct pb_json_member member = {0};
    size_t containers = 0;

    if (node->depth != 1)
        return node->depth == 0;
    if (pb_json_type(node->parent) != PB_JSON_OBJECT || pb_json_count(node->parent) > MOST_SIBLINGS)
        return false;
    while (pb_json_next_member(node->parent, &member))
        containers += is_container(member.value);
    return containers == 1;
}

static bool cut_suffix(struct pb_slice *name, struct pb_slice suffix)
{
    struct pb_slice end;

    if (name->size_bytes <= suffix.size_bytes)
        return false;
    end = pb_slice_from(*name, name->size_bytes - suffix.size_bytes);
    if (!pb_slice_equals_ignoring_case(end, suffix))
        return false;
    name->size_bytes -= suffix.size_bytes;
    return true;
}

static void cut_one_of(struct pb_slice *name, const char *const *suffixes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cut_suffix(name, pb_slice_from_string(suffixes[i])))
            return;
}

struct pb_slice pb_query_file_name(struct pb_slice path)
{
    static const char *const compressions[] = {".gz", ".bz2", ".xz", ".zst", ".lz4"};
    static const char *const texts[] = {".json", ".txt"};
    size_t slash = pb_slice_find_last(path, '/');
    struct pb_slice name = slash == SIZE_MAX ? path : pb_slice_from(path, slash + 1);

    cut_one_of(&name, compressions, sizeof compressions / sizeof compressions[0]);
    cut_one_of(&name, texts, sizeof texts / sizeof texts[0]);
    return name;
}
