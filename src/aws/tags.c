/* SPDX-License-Identifier: MIT */
#include "aws/tags.h"

static const struct pb_json *find_either(const struct pb_json *object, const char *pascal,
                                         const char *camel)
{
    const struct pb_json *value = pb_json_find(object, pascal);

    return value != NULL ? value : pb_json_find(object, camel);
}

static bool keep_tag(struct pb_arena *arena, struct pb_slice key, const struct pb_json *value,
                     struct pb_tag *tag)
{
    tag->value = PB_SLICE("");
    pb_json_string(value, &tag->value);
    return pb_arena_copy(arena, key, &tag->key) && pb_arena_copy(arena, tag->value, &tag->value);
}

/* The service's own form. */
static bool read_pairs(struct pb_arena *arena, const struct pb_json *array, struct pb_tag *tags)
{
    size_t count = pb_json_count(array);

    for (size_t i = 0; i < count; i++) {
        const struct pb_json *pair = pb_json_element(array, i);
        struct pb_slice key = PB_SLICE("");
        pb_json_string(find_either(pair, "Key", "key"), &key);
        if (!keep_tag(arena, key, find_either(pair, "Value", "value"), &tags[i]))
            return false;
    }
    return true;
}

/* Terraform's, Steampipe's and Ansible's. */
static bool read_map(struct pb_arena *arena, const struct pb_json *object, struct pb_tag *tags)
{
    struct pb_json_member member = {0};

    for (size_t i = 0; pb_json_next_member(object, &member); i++)
        if (!keep_tag(arena, member.key, member.value, &tags[i]))
            return false;
    return true;
}

enum pb_status pb_tags_read(struct pb_reading *reading, const struct pb_json *value,
                            const struct pb_tag **tags, size_t *count)
{
    struct pb_arena *arena = &reading->batch->arena;
    enum pb_json_type type = pb_json_type(value);
    size_t size = pb_json_count(value);

    if (type <= PB_JSON_NULL || (*tags != NULL && (*count > 0 || size == 0)))
        return PB_OK;
    if (type != PB_JSON_ARRAY && type != PB_JSON_OBJECT)
        return pb_reading_remark(reading, PB_REMARK_ODD_TAGS,
                                 "tags are %s; expected an array of {Key, Value}",
                                 pb_json_type_name(type));
    struct pb_tag *read = pb_arena_allocate_array(arena, size, sizeof *read);
    if (read == NULL)
        return PB_FAILED_MEMORY;
    if (type == PB_JSON_ARRAY ? !read_pairs(arena, value, read) : !read_map(arena, value, read))
        return PB_FAILED_MEMORY;
    *tags = read;
    *count = size;
    return PB_OK;
}
