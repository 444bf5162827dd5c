/* SPDX-License-Identifier: MIT */
#include "base/entry_status.h"

const char *pb_entry_status_name(enum pb_entry_status status)
{
    static const char *const names[] = {
        [PB_ENTRY_USED] = "used",
        [PB_ENTRY_IGNORED] = "ignored",
        [PB_ENTRY_UNREADABLE] = "unreadable",
        [PB_ENTRY_SKIPPED] = "skipped",
        [PB_ENTRY_CONTAINER] = "container",
    };

    return names[status];
}
