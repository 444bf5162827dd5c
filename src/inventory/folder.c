/* SPDX-License-Identifier: MIT */
#include "inventory/folder.h"

#include <stdint.h>

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
