/* SPDX-License-Identifier: MIT */
#include "evidence/checksums.h"

#include <stdlib.h>

#include "evidence/crc32.h"

static struct pb_checksum_block *block_at(const struct pb_checksums *checksums, size_t index)
{
    return PB_VECTOR_AT(struct pb_checksum_block *, &checksums->blocks, index);
}

void pb_checksums_init(struct pb_checksums *checksums)
{
    *checksums = (struct pb_checksums){.is_shared = false};
    pb_vector_init(&checksums->blocks, sizeof(struct pb_checksum_block *));
}

void pb_checksums_release(struct pb_checksums *checksums)
{
    for (size_t i = 0; i < checksums->blocks.count; i++)
        free(block_at(checksums, i));
    pb_vector_release(&checksums->blocks);
}

static struct pb_checksum_block *add_block(struct pb_checksums *checksums)
{
    struct pb_checksum_block *block = malloc(sizeof *block);

    if (block != NULL && !pb_vector_append(&checksums->blocks, &block, 1)) {
        free(block);
        return NULL;
    }
    return block;
}

struct pb_checksum_block *pb_checksums_find_block(struct pb_checksums *checksums)
{
    struct pb_checksum_block *block = NULL;

    for (size_t i = 0; i < checksums->blocks.count && block == NULL; i++)
        if (block_at(checksums, i)->is_free && block_at(checksums, i)->state == PB_CHECKSUM_NONE)
            block = block_at(checksums, i);
    if (block == NULL)
        block = add_block(checksums);
    if (block == NULL)
        return NULL;
    block->state = PB_CHECKSUM_NONE;
    block->is_free = false;
    block->size_bytes = 0;
    return block;
}

static uint32_t checksum(const struct pb_checksum_block *block)
{
    return pb_crc32(0, block->bytes, block->size_bytes);
}

uint32_t pb_checksums_settle(const struct pb_checksum_block *block)
{
    return block->state == PB_CHECKSUM_DONE ? block->crc : checksum(block);
}

void pb_checksums_drop(struct pb_checksum_block *block)
{
    if (block == NULL)
        return;
    block->is_free = true;
    if (block->state != PB_CHECKSUM_TAKEN)
        block->state = PB_CHECKSUM_NONE;
}

struct pb_checksum_block *pb_checksums_take(struct pb_checksums *checksums)
{
    for (size_t i = 0; i < checksums->blocks.count; i++) {
        struct pb_checksum_block *block = block_at(checksums, i);
        if (block->state == PB_CHECKSUM_WAITING) {
            block->state = PB_CHECKSUM_TAKEN;
            return block;
        }
    }
    return NULL;
}

void pb_checksums_give_back(struct pb_checksum_block *block)
{
    block->state = block->is_free ? PB_CHECKSUM_NONE : PB_CHECKSUM_DONE;
}

void pb_checksums_work(struct pb_checksum_block *block)
{
    block->crc = checksum(block);
}
