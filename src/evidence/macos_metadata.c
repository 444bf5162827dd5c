/* SPDX-License-Identifier: MIT */
#include "evidence/walk.h"

#include <stdint.h>

bool pb_is_macos_metadata(struct pb_slice path)
{
    struct pb_slice part = path;

    for (;;) {
        size_t end = pb_slice_find(path, PB_SLICE("/"), 0);
        part = pb_slice_first(path, end);
        if (pb_slice_equals(part, PB_SLICE("__MACOSX")))
            return true;
        if (end == SIZE_MAX)
            break;
        path = pb_slice_from(path, end + 1);
    }
    return pb_slice_starts_with(part, PB_SLICE("._")) ||
           pb_slice_equals(part, PB_SLICE(".DS_Store"));
}
