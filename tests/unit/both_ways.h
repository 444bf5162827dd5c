/* SPDX-License-Identifier: MIT */
/* Reads items with and without passing over what cannot be evidence, which is to give the same but
 * for candidates, which count only beside other evidence, and for errors in text without one of
 * the words that are looked for. */
#ifndef TEST_BOTH_WAYS_H
#define TEST_BOTH_WAYS_H

#include "audit/pipeline.h"

/* One way of going through items. */
struct run {
    struct prebleed_audit audit;
    struct pb_item_reader reader;
    struct pb_batch batch;
};

static inline void run_open(struct run *run, const struct pb_limits *limits,
                            const struct pb_crls *crls, bool reads_everything)
{
    *run = (struct run){.audit = {.limits = *limits,
                                  .crls = *crls,
                                  .parameters.rules = UINT64_MAX,
                                  .reads_everything = reads_everything}};
    assert_int_equal(pb_item_reader_init(&run->reader, &run->audit), PB_OK);
}

static inline void run_close(struct run *run)
{
    pb_item_reader_release(&run->reader);
    pb_batch_release(&run->batch);
}

static inline const struct pb_entry *last_entry(const struct run *run)
{
    return pb_batch_entry(&run->batch, run->batch.entries.count - 1);
}

static inline bool is_weak(const struct run *run, uint32_t index)
{
    const struct pb_record *records = run->batch.records.data;

    return index != PB_NO_RECORD &&
           (records[index].is_candidate || records[index].kind == PB_RECORD_FAILED_CALL);
}

/* Records and observations that count by themselves. */
static inline size_t count_evidence(const struct run *run)
{
    const struct pb_observation *seen = run->batch.observations.data;
    size_t count = 0;

    for (uint32_t i = 0; i < run->batch.records.count; i++)
        count += !is_weak(run, i);
    for (size_t i = 0; i < run->batch.observations.count; i++)
        count += !is_weak(run, seen[i].record);
    return count;
}

static inline bool is_passed_over(const struct run *run)
{
    return pb_slice_equals(last_entry(run)->detail,
                           PB_SLICE("no word in it is of server certificates"));
}

static inline void assert_same_entry(const struct run *one, const struct run *other)
{
    const struct pb_entry *a = last_entry(one), *b = last_entry(other);

    if (is_passed_over(one)) {
        assert_int_not_equal(b->status, PB_ENTRY_USED);
    } else {
        assert_int_equal(a->status, b->status);
        assert_ptr_equal(a->shape, b->shape);
    }
    assert_int_equal(a->sha256 == NULL, b->sha256 == NULL);
    if (a->sha256 != NULL)
        assert_memory_equal(a->sha256, b->sha256, 32);
    assert_int_equal(count_evidence(one), count_evidence(other));
}

static inline void assert_same_diagnostics(const struct run *one, const struct run *other,
                                           size_t first, size_t first_of_other)
{
    const struct pb_vector *left = &one->batch.diagnostics.items;
    const struct pb_vector *right = &other->batch.diagnostics.items;

    assert_int_equal(left->count - first, right->count - first_of_other);
    for (size_t i = 0; first + i < left->count; i++) {
        const struct pb_diagnostic *a = &PB_VECTOR_AT(const struct pb_diagnostic, left, first + i);
        const struct pb_diagnostic *b =
            &PB_VECTOR_AT(const struct pb_diagnostic, right, first_of_other + i);
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
static inline enum pb_entry_status compare(struct run *one, struct run *other,
                                           const struct pb_item *item)
{
    size_t first = one->batch.diagnostics.items.count;
    size_t first_of_other = other->batch.diagnostics.items.count;

    assert_int_equal(pb_item_read(&one->reader, item, &one->batch), PB_OK);
    assert_int_equal(pb_item_read(&other->reader, item, &other->batch), PB_OK);
    assert_same_entry(one, other);
    if (!is_passed_over(one))
        assert_same_diagnostics(one, other, first, first_of_other);
    return last_entry(one)->status;
}

#endif
