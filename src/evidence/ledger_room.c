/* SPDX-License-Identifier: MIT */
#include "evidence/ledger_room.h"

/* An index of 4 bytes, and flags, sizes and distances of 7 to 8 for an empty file. */
#define LINE_BYTES 12
/* A digest, and a longer size. */
#define CONTENT_BYTES 36
/* A text's size, and of a detail also its distance and the shape beside it. */
#define TEXT_BYTES 4
#define DETAIL_BYTES 16

void pb_ledger_room_init(struct pb_ledger_room *room)
{
    pb_buffer_init(&room->folder, SIZE_MAX);
    pb_buffer_init(&room->detail, SIZE_MAX);
}

void pb_ledger_room_release(struct pb_ledger_room *room)
{
    pb_buffer_release(&room->folder);
    pb_buffer_release(&room->detail);
}

/* The bytes of a text, or none if it is the last one again. */
static uint64_t count_text(struct pb_buffer *last, struct pb_slice text)
{
    if (last->size_bytes == text.size_bytes && pb_slice_equals(pb_buffer_slice(last), text))
        return 0;
    pb_buffer_clear(last);
    pb_buffer_append(last, text);
    return text.size_bytes + TEXT_BYTES;
}

enum pb_status pb_ledger_room_take(struct pb_ledger_room *room, struct pb_budget *budget,
                                   const struct pb_item *item)
{
    size_t slash = pb_slice_find_last(item->path, '/');
    size_t folder_bytes = slash == SIZE_MAX ? 0 : slash + 1;

    budget->ledger_bytes += LINE_BYTES + (item->path.size_bytes - folder_bytes) +
                            count_text(&room->folder, pb_slice_first(item->path, folder_bytes));
    if (item->size_bytes > 0)
        budget->ledger_bytes += CONTENT_BYTES;
    if (item->detail.size_bytes > 0)
        budget->ledger_bytes += DETAIL_BYTES + count_text(&room->detail, item->detail);
    return room->folder.has_failed || room->detail.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

uint64_t pb_ledger_room_share(const struct pb_budget *budget, uint64_t outer_end_bytes)
{
    uint64_t used = budget->ledger_bytes;

    return outer_end_bytes > used ? used + (outer_end_bytes - used) / 4 * 3 : used;
}
