/* SPDX-License-Identifier: MIT */
/* Two ways of going through items, with and without passing over what cannot be evidence, and what
 * they must have in common. */
#ifndef PB_TEST_EXTRACT_WAYS_H
#define PB_TEST_EXTRACT_WAYS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "audit/pipeline.h"

/* One way of going through items. */
struct way {
    struct pb_item_settings settings;
    struct pb_item_reader reader;
    struct pb_batch batch;
};

static inline void way_open(struct way *way, const struct pb_limits *limits,
                            const struct pb_crls *crls, bool reads_everything)
{
    *way = (struct way){.settings = {.limits = limits,
                                     .crls = crls,
                                     .checks_chains = true,
                                     .reads_everything = reads_everything}};
    pb_batch_init(&way->batch);
    assert_int_equal(pb_item_reader_init(&way->reader, &way->settings), PB_OK);
}

static inline void way_close(struct way *way)
{
    pb_item_reader_release(&way->reader);
    pb_batch_release(&way->batch);
}

static inline const struct pb_entry *last_entry(const struct way *way)
{
    return pb_batch_entry(&way->batch, way->batch.entries.count - 1);
}

static inline void assert_same_entry(const struct way *one, const struct way *other)
{
    const struct pb_entry *a = last_entry(one), *b = last_entry(other);

    assert_int_equal(a->status, b->status);
    assert_ptr_equal(a->shape, b->shape);
    assert_int_equal(a->sha256 == NULL, b->sha256 == NULL);
    if (a->sha256 != NULL)
        assert_memory_equal(a->sha256, b->sha256, 32);
    assert_int_equal(one->batch.observations.count, other->batch.observations.count);
    assert_int_equal(one->batch.records.count, other->batch.records.count);
    assert_int_equal(one->batch.diagnostics.items.count, other->batch.diagnostics.items.count);
}

static inline void assert_same_diagnostics(const struct way *one, const struct way *other,
                                           size_t first)
{
    for (size_t i = first; i < one->batch.diagnostics.items.count; i++) {
        const struct pb_diagnostic *a =
            &PB_VECTOR_AT(const struct pb_diagnostic, &one->batch.diagnostics.items, i);
        const struct pb_diagnostic *b =
            &PB_VECTOR_AT(const struct pb_diagnostic, &other->batch.diagnostics.items, i);
        assert_string_equal(a->code, b->code);
        assert_true(pb_slice_equals(a->message, b->message));
        assert_true(pb_slice_equals(a->pointer, b->pointer));
        assert_int_equal(a->severity, b->severity);
        assert_int_equal(a->offset_bytes, b->offset_bytes);
        assert_int_equal(a->line, b->line);
        assert_int_equal(a->column, b->column);
    }
}

/* Goes both ways with one item, and returns what became of it. */
static inline enum pb_entry_status compare(struct way *one, struct way *other,
                                           const struct pb_item *item)
{
    size_t first = one->batch.diagnostics.items.count;

    assert_int_equal(pb_item_read(&one->reader, item, &one->batch), PB_OK);
    assert_int_equal(pb_item_read(&other->reader, item, &other->batch), PB_OK);
    assert_same_entry(one, other);
    assert_same_diagnostics(one, other, first);
    return last_entry(one)->status;
}

#endif
