/* SPDX-License-Identifier: MIT */
/* Archives: the same items from memory and from a stream, within the ceilings, and none that is
 * lost without a word. */
#include "fuzz.h"

#include "evidence/reader.h"

struct source {
    struct pb_slice rest;
    struct pb_evidence_reader *reader;
    struct pb_diagnostics diagnostics;
    struct pb_buffer contents;
};

static const struct pb_limits limits = {.item_bytes = 1 << 20,
                                        .total_bytes = 1 << 22,
                                        .items = 500,
                                        .depth = 3,
                                        .ratio = 1000,
                                        .ratio_free_bytes = 1 << 20,
                                        .values = 1000};

static int64_t read_some(void *context, void *buffer, size_t size_bytes)
{
    struct source *source = context;
    size_t size = size_bytes < 777 ? size_bytes : 777;

    size = size < source->rest.size_bytes ? size : source->rest.size_bytes;
    memcpy(buffer, source->rest.data, size);
    source->rest = pb_slice_from(source->rest, size);
    return (int64_t)size;
}

static void source_open(struct source *source, struct pb_slice bytes, bool is_stream)
{
    *source = (struct source){.rest = bytes};
    assert_non_null(source->reader = pb_evidence_reader_new(&limits));
    enum pb_status status =
        is_stream ? pb_evidence_add(source->reader, "x", PB_SLICE_ABSENT, read_some, source)
                  : pb_evidence_add(source->reader, "x", bytes, NULL, NULL);
    assert_int_equal(status, PB_OK);
}

static void source_close(struct source *source)
{
    pb_evidence_reader_free(source->reader);
    pb_diagnostics_release(&source->diagnostics);
    pb_buffer_release(&source->contents);
}

static bool next(struct source *source, struct pb_item *item)
{
    size_t told = source->diagnostics.items.count;
    bool has_item;

    pb_buffer_clear(&source->contents);
    assert_int_equal(
        pb_evidence_next(source->reader, &source->diagnostics, &source->contents, item, &has_item),
        PB_OK);
    if (has_item && (item->status == PB_ENTRY_UNREADABLE || item->status == PB_ENTRY_SKIPPED))
        assert_true(source->diagnostics.items.count > told);
    assert_true(!has_item || item->content.size_bytes <= limits.item_bytes);
    return has_item;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source memory, stream;
    struct pb_item a, b;
    size_t total = 0, count = 0;

    source_open(&memory, fuzz_slice(data, size), false);
    source_open(&stream, fuzz_slice(data, size), true);
    while (next(&memory, &a)) {
        assert_true(next(&stream, &b));
        if (count == 0 && b.status == PB_ENTRY_UNREADABLE && pb_slice_equals(b.path, PB_SLICE("x")))
            break; /* a zip behind other data is told in a stream, and read in memory */
        assert_true(pb_slice_equals(a.path, b.path) && pb_slice_equals(a.content, b.content));
        assert_int_equal(a.status, b.status);
        total += a.content.size_bytes;
        count++;
    }
    assert_false(next(&stream, &b));
    assert_in_range(count, 0, limits.items + limits.depth + 2);
    assert_true(total <= limits.total_bytes);
    source_close(&memory);
    source_close(&stream);
    return 0;
}
