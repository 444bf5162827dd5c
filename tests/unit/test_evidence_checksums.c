/* SPDX-License-Identifier: MIT */
/* Checksums of gzip data that others take, or fail to take: the same faults as without them. */
#include "test_evidence_fixture.h"

#include "evidence/stream.h"

#define BLOCKS 40

/* A gzip stream of some blocks that differ from each other, and who takes their checksums. */
struct sharing {
    struct pb_buffer text, gzip;
    struct pb_limits limits;
    struct pb_budget budget;
    struct pb_checksums checksums;
    struct pb_stream *stream;
};

static void sharing_open(struct sharing *sharing, size_t flipped_from_end)
{
    const struct pb_limits limits = PB_LIMITS_DEFAULT;
    struct pb_stream *memory;

    sharing->limits = limits;
    pb_budget_init(&sharing->budget, &sharing->limits);
    pb_checksums_init(&sharing->checksums);
    sharing->checksums.is_shared = true;
    pb_buffer_init(&sharing->text, SIZE_MAX);
    for (unsigned i = 0; sharing->text.size_bytes < BLOCKS * PB_CHECKSUM_BLOCK_BYTES; i++)
        pb_buffer_append_format(&sharing->text, "%u,%u\n", i, i * 2654435761U);
    make_gzip(&sharing->gzip, pb_buffer_slice(&sharing->text));
    if (flipped_from_end > 0)
        sharing->gzip.data[sharing->gzip.size_bytes - flipped_from_end] ^= 1;
    assert_int_equal(pb_memory_stream_new(pb_buffer_slice(&sharing->gzip), &memory), PB_OK);
    assert_int_equal(
        pb_gzip_stream_new(memory, &sharing->budget, &sharing->checksums, &sharing->stream), PB_OK);
}

static void sharing_close(struct sharing *sharing)
{
    pb_stream_free(sharing->stream);
    pb_checksums_release(&sharing->checksums);
    pb_buffer_release(&sharing->text);
    pb_buffer_release(&sharing->gzip);
}

/* False at the end. */
static bool read_block(struct sharing *sharing, size_t *offset)
{
    struct pb_slice block;

    assert_int_equal(pb_stream_next(sharing->stream, &block), PB_OK);
    assert_true(
        pb_slice_starts_with(pb_slice_from(pb_buffer_slice(&sharing->text), *offset), block));
    *offset += block.size_bytes;
    return block.size_bytes > 0;
}

/* Every second block is given back at once, every third never; of the others nobody knows. */
static void read_with_help(struct sharing *sharing, uint32_t error)
{
    size_t offset = 0;

    for (size_t i = 0; read_block(sharing, &offset); i++) {
        struct pb_checksum_block *block =
            i % 2 == 0 || i % 3 == 0 ? pb_checksums_take(&sharing->checksums) : NULL;
        if (block == NULL || i % 2 != 0)
            continue;
        pb_checksums_work(block);
        block->crc ^= error;
        pb_checksums_give_back(block);
    }
    assert_int_equal(offset, sharing->text.size_bytes);
}

static void checksums_count_whoever_takes_them(void **state)
{
    struct sharing sharing;

    (void)state;
    sharing_open(&sharing, 0);
    read_with_help(&sharing, 0);
    assert_false(pb_fault_is_set(&sharing.stream->fault));
    sharing_close(&sharing);
    sharing_open(&sharing, 8);
    read_with_help(&sharing, 0);
    assert_string_equal(sharing.stream->fault.code, "gzip-crc");
    sharing_close(&sharing);
    sharing_open(&sharing, 4);
    read_with_help(&sharing, 0);
    assert_string_equal(sharing.stream->fault.code, "gzip-length");
    sharing_close(&sharing);
}

static void what_others_say_of_a_block_is_what_counts(void **state)
{
    struct sharing sharing;

    (void)state;
    sharing_open(&sharing, 0);
    read_with_help(&sharing, 1);
    assert_string_equal(sharing.stream->fault.code, "gzip-crc");
    sharing_close(&sharing);
}

/* The one who took it may still be reading. */
static void a_block_stays_until_it_is_given_back(void **state)
{
    struct pb_checksum_block *taken;
    struct sharing sharing;
    size_t offset = 0;

    (void)state;
    sharing_open(&sharing, 0);
    assert_true(read_block(&sharing, &offset));
    taken = pb_checksums_take(&sharing.checksums);
    assert_non_null(taken);
    assert_null(pb_checksums_take(&sharing.checksums));
    while (read_block(&sharing, &offset))
        ;
    assert_false(pb_fault_is_set(&sharing.stream->fault));
    assert_memory_equal(taken->bytes, sharing.text.data, taken->size_bytes);
    for (size_t i = 0; i < 3; i++)
        assert_ptr_not_equal(pb_checksums_find_block(&sharing.checksums), taken);
    pb_checksums_give_back(taken);
    assert_ptr_equal(pb_checksums_find_block(&sharing.checksums), taken);
    sharing_close(&sharing);
}

static void few_blocks_wait_at_a_time(void **state)
{
    struct sharing sharing;
    size_t offset = 0;

    (void)state;
    sharing_open(&sharing, 0);
    while (read_block(&sharing, &offset))
        ;
    assert_false(pb_fault_is_set(&sharing.stream->fault));
    assert_in_range(sharing.checksums.blocks.count, 2, BLOCKS - 1);
    sharing_close(&sharing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_count_whoever_takes_them),
        cmocka_unit_test(what_others_say_of_a_block_is_what_counts),
        cmocka_unit_test(a_block_stays_until_it_is_given_back),
        cmocka_unit_test(few_blocks_wait_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
