/* SPDX-License-Identifier: MIT */
#include "inventory/folder.h"

#include <stdint.h>

/* Up to the last '/', without it; "" where there is none. */
static struct pb_slice cut_last(struct pb_slice path)
{
    size_t slash = pb_slice_find_last(path, '/');

    return slash == SIZE_MAX ? PB_SLICE("") : pb_slice_first(path, slash);
}

bool pb_folder_parent(struct pb_slice folder, struct pb_slice *parent)
{
    if (folder.size_bytes == 0 || folder.data[folder.size_bytes - 1] == '!')
        return false;
    *parent = cut_last(folder);
    return true;
}

bool pb_folder_is_within(struct pb_slice folder, struct pb_slice other)
{
    if (other.size_bytes == 0)
        return true;
    return pb_slice_starts_with(folder, other) &&
           (folder.size_bytes == other.size_bytes || folder.data[other.size_bytes] == '/');
}

int pb_folder_compare(struct pb_slice a, struct pb_slice b)
{
    size_t shorter = a.size_bytes < b.size_bytes ? a.size_bytes : b.size_bytes;

    for (size_t i = 0; i < shorter; i++) {
        unsigned char left = (unsigned char)a.data[i], right = (unsigned char)b.data[i];
        if (left != right)
            return left == '/' ? -1 : right == '/' ? 1 : (int)left - (int)right;
    }
    return (a.size_bytes > b.size_bytes) - (a.size_bytes < b.size_bytes);
}

size_t pb_folder_common(struct pb_slice a, struct pb_slice b)
{
    size_t shorter = a.size_bytes < b.size_bytes ? a.size_bytes : b.size_bytes;
    size_t components = 0, i = 0;

    for (; i < shorter && a.data[i] == b.data[i]; i++)
        components += a.data[i] == '/';
    bool a_ends = i == a.size_bytes || a.data[i] == '/';
    bool b_ends = i == b.size_bytes || b.data[i] == '/';
    return components + (a_ends && b_ends && shorter > 0);
}
