/* SPDX-License-Identifier: MIT */
/* Builds batches of observations by hand, for the tests of inventory and rules. */
#ifndef EVIDENCE_BUILDER_H
#define NO_END ((struct pb_instant){INT64_MAX, 0})
#define EVIDENCE_BUILDER_H

#include "unit.h"
#include "inventory/types.h"
#include "rules/rules.h"

#define ACCOUNT_1 "111122223333"
#define ACCOUNT_2 "444455556666"
#define ARN(account, name) "arn:aws:iam::" account ":server-certificate/" name

/* What a test says of one observation; NULL is absent. Dates are RFC 3339; one that ends without a
 * zone is taken as such, a plain day too, anything else is unparseable. */
struct row {
    const char *path; /* of the evidence entry; a new one starts an entry */
    const char *name, *id, *arn, *upload, *expiration;
    enum pb_record_kind kind;
    const struct pb_x509_facts *body;
    bool is_name_from_file;
    bool is_body_unproven;
};

static inline struct pb_slice text_or_absent(const char *text)
{
    return text == NULL ? PB_SLICE_ABSENT : pb_slice_from_string(text);
}

static inline struct pb_date date_of(const char *text)
{
    struct pb_date date = {0};
    char zoned[64];

    if (text == NULL)
        return date;
    if (pb_instant_parse_rfc3339(pb_slice_from_string(text), &date.instant)) {
        const char *point = strchr(text, '.');
        date.state = PB_DATE_EXACT;
        date.fraction_digits = point == NULL ? 0 : (uint8_t)strspn(point + 1, "0123456789");
        pb_date_spell(&date, pb_slice_from_string(text));
        return date;
    }
    snprintf(zoned, sizeof zoned, "%sZ", text);
    if (pb_instant_parse_rfc3339(pb_slice_from_string(zoned), &date.instant))
        date.state = PB_DATE_WITHOUT_ZONE;
    else if (pb_instant_parse_date(pb_slice_from_string(text), &date.instant))
        date.state = PB_DATE_WITHOUT_TIME;
    else
        date.state = PB_DATE_UNPARSEABLE;
    pb_date_spell(&date, pb_slice_from_string(text));
    return date;
}

static inline uint32_t add_entry(struct pb_batch *batch, const struct pb_entry *entry)
{
    struct pb_entry added = *entry;
    size_t mark = pb_slice_find(entry->path, PB_SLICE("!/"), 0);
    added.container = mark == SIZE_MAX ? 0 : (uint32_t)mark;
    pb_diagnostics_begin_entry(&batch->diagnostics, (uint32_t)batch->entries.count);
    assert_int_equal(pb_batch_add_entry(batch, &added), PB_OK);
    return batch->diagnostics.entry;
}

static inline uint32_t entry_of(struct pb_batch *batch, const char *path)
{
    struct pb_slice wanted = pb_slice_from_string(path);

    for (size_t i = 0; i < batch->entries.count; i++)
        if (pb_slice_equals(pb_batch_entry(batch, i)->path, wanted))
            return (uint32_t)i;
    return add_entry(batch, &(struct pb_entry){.path = wanted});
}

static inline struct pb_record *add_record(struct pb_batch *batch, const char *path,
                                           enum pb_record_kind kind)
{
    struct pb_record *record = pb_vector_push(&batch->records, sizeof *record);

    assert_non_null(record);
    record->kind = kind;
    record->entry = entry_of(batch, path);
    return record;
}

/* Neighbouring rows of one path and kind came with one record, as in a list. */
static inline void add_rows(struct pb_batch *batch, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_next = i > 0 && rows[i].kind == rows[i - 1].kind && rows[i].kind != PB_RECORD_GET &&
                       strcmp(rows[i].path, rows[i - 1].path) == 0;
        if (!is_next)
            add_record(batch, rows[i].path, rows[i].kind);
        struct pb_observation *observation =
            pb_vector_push(&batch->observations, sizeof *observation);
        assert_non_null(observation);
        *observation = (struct pb_observation){
            .entry = entry_of(batch, rows[i].path),
            .record = (uint32_t)batch->records.count - 1,
            .shape = "test",
            .name = text_or_absent(rows[i].name),
            .id = text_or_absent(rows[i].id),
            .arn = text_or_absent(rows[i].arn),
            .upload_date = date_of(rows[i].upload),
            .expiration = date_of(rows[i].expiration),
            .body = rows[i].body,
            .is_name_from_file = rows[i].is_name_from_file,
            .bodies = pb_arena_allocate(&batch->arena, sizeof(struct pb_bodies)),
        };
        assert_non_null(observation->bodies);
        observation->bodies->is_body_unproven = rows[i].is_body_unproven;
    }
}

static inline struct pb_inventory build(struct pb_batch *batch)
{
    struct pb_inventory inventory;

    assert_int_equal(pb_inventory_build(&inventory, batch, NO_END), PB_OK);
    pb_batch_release(batch);
    return inventory;
}

static inline struct pb_inventory build_rows(const struct row *rows, size_t count)
{
    struct pb_batch batch = {0};

    add_rows(&batch, rows, count);
    return build(&batch);
}

#define BUILD_ROWS(rows) build_rows((rows), sizeof(rows) / sizeof((rows)[0]))

static inline bool has_note(const struct pb_inventory *inventory, const char *code)
{
    const struct pb_vector *diagnostics = &inventory->evidence.diagnostics.items;

    for (size_t i = 0; i < diagnostics->count; i++)
        if (strcmp(PB_VECTOR_AT(struct pb_diagnostic, diagnostics, i).code, code) == 0)
            return true;
    return false;
}

#endif
