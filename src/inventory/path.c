/* SPDX-License-Identifier: MIT */
#include "inventory/path.h"

#include <stdint.h>

struct pb_path pb_path_split(struct pb_slice path)
{
    size_t slash = pb_slice_find_last(path, '/');
    size_t folder_bytes = slash == SIZE_MAX ? 0 : slash + 1;

    return (struct pb_path){pb_slice_first(path, folder_bytes), pb_slice_from(path, folder_bytes)};
}

/* Takes what both have in front, at least one byte of it: both must have some. */
static int compare_front(struct pb_path *a, struct pb_path *b)
{
    struct pb_slice *left = a->folder.size_bytes > 0 ? &a->folder : &a->name;
    struct pb_slice *right = b->folder.size_bytes > 0 ? &b->folder : &b->name;
    size_t common = left->size_bytes < right->size_bytes ? left->size_bytes : right->size_bytes;
    int order = memcmp(left->data, right->data, common);

    *left = pb_slice_from(*left, common);
    *right = pb_slice_from(*right, common);
    return order;
}

int pb_path_compare(struct pb_path a, struct pb_path b)
{
    int order = 0;

    if (a.folder.data == b.folder.data && a.folder.size_bytes == b.folder.size_bytes)
        return pb_slice_compare(a.name, b.name);
    while (order == 0 && pb_path_size(a) > 0 && pb_path_size(b) > 0)
        order = compare_front(&a, &b);
    return order != 0 ? order : (pb_path_size(a) > 0) - (pb_path_size(b) > 0);
}

bool pb_path_equals(struct pb_path a, struct pb_path b)
{
    return pb_path_size(a) == pb_path_size(b) && pb_path_compare(a, b) == 0;
}

bool pb_path_starts_with(struct pb_path path, struct pb_slice prefix)
{
    size_t in_folder =
        prefix.size_bytes < path.folder.size_bytes ? prefix.size_bytes : path.folder.size_bytes;

    return pb_slice_starts_with(path.folder, pb_slice_first(prefix, in_folder)) &&
           pb_slice_starts_with(path.name, pb_slice_from(prefix, in_folder));
}

void pb_path_append(struct pb_buffer *buffer, struct pb_path path)
{
    pb_buffer_append(buffer, path.folder);
    pb_buffer_append(buffer, path.name);
}

struct pb_slice pb_path_folder(struct pb_path path)
{
    return pb_slice_first(path.folder, path.folder.size_bytes > 0 ? path.folder.size_bytes - 1 : 0);
}
