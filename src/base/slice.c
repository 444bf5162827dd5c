/* SPDX-License-Identifier: MIT */
#include "base/slice.h"

#include <stdint.h>

int pb_slice_compare(struct pb_slice a, struct pb_slice b)
{
    if (a.data == NULL || b.data == NULL)
        return (a.data != NULL) - (b.data != NULL);
    size_t common = a.size_bytes < b.size_bytes ? a.size_bytes : b.size_bytes;
    int order = common > 0 ? memcmp(a.data, b.data, common) : 0;
    if (order != 0)
        return order;
    return (a.size_bytes > b.size_bytes) - (a.size_bytes < b.size_bytes);
}

bool pb_slice_ends_with(struct pb_slice slice, struct pb_slice suffix)
{
    return slice.size_bytes >= suffix.size_bytes &&
           (suffix.size_bytes == 0 || memcmp(slice.data + slice.size_bytes - suffix.size_bytes,
                                             suffix.data, suffix.size_bytes) == 0);
}

bool pb_slice_equals_ignoring_case(struct pb_slice a, struct pb_slice b)
{
    if ((a.data == NULL) != (b.data == NULL) || a.size_bytes != b.size_bytes)
        return false;
    for (size_t i = 0; i < a.size_bytes; i++)
        if (pb_byte_lower(a.data[i]) != pb_byte_lower(b.data[i]))
            return false;
    return true;
}

bool pb_slice_contains_ignoring_case(struct pb_slice slice, struct pb_slice needle)
{
    if (needle.size_bytes == 0)
        return true;
    const char first = pb_byte_lower(needle.data[0]);
    for (; slice.size_bytes >= needle.size_bytes; slice = pb_slice_from(slice, 1))
        if (pb_byte_lower(slice.data[0]) == first &&
            pb_slice_equals_ignoring_case(pb_slice_first(slice, needle.size_bytes), needle))
            return true;
    return false;
}

size_t pb_slice_find(struct pb_slice slice, struct pb_slice needle, size_t from)
{
    if (needle.size_bytes == 0)
        return from <= slice.size_bytes ? from : SIZE_MAX;
    while (from <= slice.size_bytes && slice.size_bytes - from >= needle.size_bytes) {
        const char *first = memchr(slice.data + from, needle.data[0],
                                   slice.size_bytes - from - needle.size_bytes + 1);
        if (first == NULL)
            break;
        if (memcmp(first, needle.data, needle.size_bytes) == 0)
            return (size_t)(first - slice.data);
        from = (size_t)(first - slice.data) + 1;
    }
    return SIZE_MAX;
}

size_t pb_slice_find_last(struct pb_slice slice, char byte)
{
    for (size_t i = slice.size_bytes; i > 0; i--)
        if (slice.data[i - 1] == byte)
            return i - 1;
    return SIZE_MAX;
}

struct pb_slice pb_slice_trim(struct pb_slice slice)
{
    while (slice.size_bytes > 0 && pb_is_blank(slice.data[0]))
        slice = pb_slice_from(slice, 1);
    while (slice.size_bytes > 0 && pb_is_blank(slice.data[slice.size_bytes - 1]))
        slice.size_bytes--;
    return slice;
}
