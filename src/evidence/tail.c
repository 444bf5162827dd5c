/* SPDX-License-Identifier: MIT */
#include "evidence/tail.h"

static void watch(struct pb_tail *tail, struct pb_slice bytes)
{
    size_t zeros = 0;

    while (zeros < bytes.size_bytes && bytes.data[zeros] == 0)
        zeros++;
    tail->watched_zero_bytes += zeros;
    tail->is_watching = zeros == bytes.size_bytes;
}

void pb_tail_add(struct pb_tail *tail, struct pb_slice bytes)
{
    size_t zeros = 0;

    while (zeros < bytes.size_bytes && bytes.data[bytes.size_bytes - 1 - zeros] == 0)
        zeros++;
    tail->size_bytes += bytes.size_bytes;
    tail->zero_bytes = zeros == bytes.size_bytes ? tail->zero_bytes + zeros : zeros;
    if (tail->is_watching)
        watch(tail, bytes);
    tail->last = bytes;
}

void pb_tail_watch(struct pb_tail *tail, uint64_t offset_bytes)
{
    pb_tail_unwatch(tail);
    if (offset_bytes > tail->size_bytes || tail->size_bytes - offset_bytes > tail->last.size_bytes)
        return;
    size_t ahead = (size_t)(tail->size_bytes - offset_bytes);
    watch(tail, pb_slice_from(tail->last, tail->last.size_bytes - ahead));
}

void pb_tail_unwatch(struct pb_tail *tail)
{
    tail->is_watching = false;
    tail->watched_zero_bytes = 0;
}

bool pb_tail_is_zero_from(const struct pb_tail *tail, uint64_t offset_bytes)
{
    return offset_bytes >= tail->size_bytes || tail->zero_bytes >= tail->size_bytes - offset_bytes;
}
