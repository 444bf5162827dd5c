/* SPDX-License-Identifier: MIT */
/* Batches, and the dates and Amazon resource names in them. Each thread of src/audit fills one;
 * workers.c merges them, and pb_inventory_build sorts by path, so that threads change no result. */
#include "inventory/passes.h"

#include <stdlib.h>

static const struct pb_entry no_entry;

void pb_batch_release(struct pb_batch *batch)
{
    pb_vector_release(&batch->entries);
    pb_vector_release(&batch->observations);
    pb_vector_release(&batch->records);
    pb_vector_release(&batch->issuer_keys);
    pb_diagnostics_release(&batch->diagnostics);
    pb_arena_release(&batch->bodies);
    pb_arena_release(&batch->arena);
    *batch = (struct pb_batch){0};
}

static struct pb_slice digest_of(const struct pb_entry *entry)
{
    return (struct pb_slice){(const char *)entry->sha256, entry->sha256 == NULL ? 0 : 32};
}

enum pb_status pb_batch_add_entry(struct pb_batch *batch, const struct pb_entry *entry)
{
    size_t count = batch->entries.count;
    struct pb_entry *added =
        count >= PB_NO_ENTRY ? NULL : pb_vector_push(&batch->entries, sizeof *added);

    if (added == NULL)
        return PB_FAILED_MEMORY;
    *added = *entry;
    bool is_last_detail = count > 0 && pb_slice_equals(entry->detail, added[-1].detail); /* most */
    added->detail = is_last_detail ? added[-1].detail : pb_arena_copy(&batch->arena, entry->detail);
    added->path = pb_arena_copy(&batch->arena, entry->path);
    added->sha256 = (const unsigned char *)pb_arena_copy(&batch->arena, digest_of(entry)).data;
    if (!batch->arena.has_failed)
        return PB_OK;
    batch->entries.count = count;
    return PB_FAILED_MEMORY;
}

/* The members of observations, records and diagnostics that are renumbered. */
enum {
    ENTRY = 0, /* the first one of each */
    RECORD = offsetof(struct pb_observation, record),
};

static uint32_t *member_at(const struct pb_vector *elements, size_t index, size_t offset)
{
    return (void *)((char *)elements->data + index * elements->element_bytes + offset);
}

void pb_renumber(const struct pb_vector *elements, size_t first, size_t offset,
                 const uint32_t *rank, size_t added)
{
    for (size_t i = first; i < elements->count; i++) {
        uint32_t *number = member_at(elements, i, offset);
        if (*number != PB_NO_INDEX)
            *number = (rank == NULL ? *number : rank[*number]) + (uint32_t)added;
    }
}

static bool append(struct pb_vector *vector, const struct pb_vector *from)
{
    return pb_vector_append_all(vector, from->data, from->count, from->element_bytes);
}

enum pb_status pb_batch_merge(struct pb_batch *batch, struct pb_batch *from)
{
    const size_t entries = batch->entries.count, records = batch->records.count;
    const size_t first_observation = batch->observations.count;
    const size_t first_diagnostic = batch->diagnostics.items.count;

    if (entries + from->entries.count >= PB_NO_ENTRY || !append(&batch->entries, &from->entries) ||
        !append(&batch->observations, &from->observations) ||
        !append(&batch->records, &from->records) ||
        !append(&batch->issuer_keys, &from->issuer_keys) ||
        !append(&batch->diagnostics.items, &from->diagnostics.items))
        return PB_FAILED_MEMORY;
    for (int i = 0; i <= PB_SEVERITY_ERROR; i++)
        batch->diagnostics.left_out_of_all[i] += from->diagnostics.left_out_of_all[i];
    pb_renumber(&batch->observations, first_observation, ENTRY, NULL, entries);
    pb_renumber(&batch->observations, first_observation, RECORD, NULL, records);
    pb_renumber(&batch->records, records, ENTRY, NULL, entries);
    pb_renumber(&batch->diagnostics.items, first_diagnostic, ENTRY, NULL, entries);
    pb_arena_adopt(&batch->arena, &from->arena);
    pb_arena_adopt(&batch->bodies, &from->bodies);
    pb_arena_adopt(&batch->diagnostics.arena, &from->diagnostics.arena);
    pb_batch_release(from);
    return PB_OK;
}

/* Ends with the number, so that equal entries keep their order. */
static int compare_entries(const void *left, const void *right)
{
    const struct pb_entry *a = left, *b = right;
    int order = pb_slice_compare(a->path, b->path);

    order = order != 0 ? order : pb_slice_compare(digest_of(a), digest_of(b));
    order = order != 0 ? order : pb_number_compare(a->size_bytes, b->size_bytes);
    order = order != 0 ? order : pb_number_compare(a->status, b->status);
    order = order != 0 ? order : pb_number_compare(a->is_named, b->is_named);
    order = order != 0 ? order : pb_slice_compare(a->detail, b->detail);
    return order != 0 ? order : pb_number_compare(a->number, b->number);
}

size_t pb_batch_find_entry(const struct pb_batch *batch, struct pb_slice path)
{
    const struct pb_entry first = {.path = path};
    return pb_vector_lower_bound(&batch->entries, &first, compare_entries);
}

int pb_term_compare(const void *left, const void *right)
{
    const struct pb_term *a = left, *b = right;
    int order = pb_number_compare(a->account, b->account);
    order = order != 0 ? order : pb_slice_compare(a->scope, b->scope);
    order = order != 0 ? order : pb_slice_compare(a->text, b->text);
    order = order != 0 ? order : pb_instant_compare(a->since, b->since);
    return order != 0 ? order : pb_number_compare(a->number, b->number);
}

const struct pb_term *pb_terms_find(const struct pb_vector *terms, struct pb_term like)
{
    const struct pb_term *all = terms->data;
    size_t place = pb_vector_lower_bound(terms, &like, pb_term_compare);
    return place < terms->count && pb_term_is_alike(&all[place], &like) ? &all[place] : NULL;
}

/* Adds a record for each missed list. */
static bool record_missed_lists(struct pb_batch *batch)
{
    size_t missed = 0;

    for (uint32_t i = 0; i < batch->entries.count; i++) {
        if (!pb_batch_entry(batch, i)->is_list_missed || ++missed > PB_MOST_MISSED_LISTS)
            continue;
        struct pb_record *record = pb_vector_push(&batch->records, sizeof *record);
        if (record == NULL)
            return false;
        *record = (struct pb_record){.kind = PB_RECORD_UNREADABLE, .entry = i};
    }
    batch->left_out_lists = missed > PB_MOST_MISSED_LISTS ? missed - PB_MOST_MISSED_LISTS : 0;
    return true;
}

/* Of observations and records, by their first two members: entry and number. */
static int compare_numbered(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    int order = pb_number_compare(a[0], b[0]);
    return order != 0 ? order : pb_number_compare(a[1], b[1]);
}

/* Sorts observations or records by entry, and those of one entry as they stood. */
static void sort_numbered(struct pb_vector *elements)
{
    for (uint32_t i = 0; i < elements->count; i++)
        *member_at(elements, i, offsetof(struct pb_record, number)) = i;
    pb_vector_sort(elements, compare_numbered);
}

/* The archive in which the entry is, else PB_NO_ENTRY; guess is tried first. */
static uint32_t find_container(const struct pb_batch *batch, const struct pb_entry *entry,
                               uint32_t guess)
{
    struct pb_slice outer = pb_slice_first(entry->path, entry->container);
    size_t count = outer.size_bytes > 0 ? batch->entries.count : 0;

    if (count > 0 &&
        (guess == PB_NO_ENTRY || !pb_slice_equals(pb_batch_entry(batch, guess)->path, outer)))
        guess = (uint32_t)pb_batch_find_entry(batch, outer);
    bool is_found = guess < count && pb_slice_equals(pb_batch_entry(batch, guess)->path, outer);
    return is_found ? guess : PB_NO_ENTRY;
}

enum pb_status pb_batch_sort(struct pb_batch *batch)
{
    struct pb_entry *all = batch->entries.data;
    uint32_t container = PB_NO_ENTRY;
    size_t most = batch->entries.count + batch->records.count + PB_MOST_MISSED_LISTS;
    uint32_t *rank =
        calloc(most, sizeof *rank); /* of entries by their old number, then of records */

    if (rank == NULL)
        return PB_FAILED_MEMORY;
    for (uint32_t i = 0; i < batch->entries.count; i++)
        all[i].number = i;
    pb_vector_sort(&batch->entries, compare_entries);
    for (uint32_t i = 0; i < batch->entries.count; i++) {
        rank[all[i].number] = i;
        container = all[i].container = find_container(batch, &all[i], container);
        if (container != PB_NO_ENTRY) /* which stands before its members */
            all[i].is_damaged |= all[container].is_damaged;
    }
    pb_renumber(&batch->diagnostics.items, 0, ENTRY, rank, 0);
    pb_renumber(&batch->observations, 0, ENTRY, rank, 0);
    pb_renumber(&batch->records, 0, ENTRY, rank, 0);
    bool is_kept = record_missed_lists(batch);
    sort_numbered(&batch->observations);
    sort_numbered(&batch->records);
    const struct pb_record *records = batch->records.data;
    for (uint32_t i = 0; i < batch->records.count; i++)
        rank[records[i].number] = i;
    pb_renumber(&batch->observations, 0, RECORD, rank, 0);
    free(rank);
    return is_kept ? PB_OK : PB_FAILED_MEMORY;
}

/* A diagnostic with its entry, or no_entry: the entries of the batch need not be sorted. */
struct ranked_diagnostic {
    const struct pb_entry *entry;
    const struct pb_diagnostic *diagnostic;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked_diagnostic *one = left, *two = right;
    const struct pb_diagnostic *a = one->diagnostic, *b = two->diagnostic;
    int order = one->entry == two->entry ? 0 : compare_entries(one->entry, two->entry);
    order = order != 0 ? order : pb_number_compare(a->offset_bytes, b->offset_bytes);
    order = order != 0 ? order : strcmp(a->code, b->code);
    order = order != 0 ? order : pb_slice_compare(a->pointer, b->pointer);
    return order != 0 ? order : pb_slice_compare(a->message, b->message);
}

enum pb_status pb_batch_sort_diagnostics(struct pb_batch *batch, size_t most)
{
    struct pb_diagnostics *list = &batch->diagnostics;
    struct pb_diagnostics kept = *list;
    size_t count = list->items.count;

    struct ranked_diagnostic *ranked = calloc(count + 1, sizeof *ranked);
    if (ranked == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct pb_diagnostic *here = &PB_VECTOR_AT(struct pb_diagnostic, &list->items, i);
        ranked[i] = (struct ranked_diagnostic){
            here->entry == PB_NO_ENTRY ? &no_entry : pb_batch_entry(batch, here->entry), here};
    }
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    /* Copies what is kept, with its texts, so that the memory of the others can be freed. */
    kept.items = (struct pb_vector){0};
    kept.arena = (struct pb_arena){0};
    for (size_t i = 0; i < count && i < most; i++) {
        struct pb_diagnostic copy = *ranked[i].diagnostic;
        copy.pointer = pb_arena_copy(&kept.arena, copy.pointer);
        copy.message = pb_arena_copy(&kept.arena, copy.message);
        kept.has_failed |= !pb_vector_append(&kept.items, &copy, sizeof copy);
    }
    for (size_t i = most; i < count; i++)
        kept.left_out_of_all[ranked[i].diagnostic->severity]++;
    free(ranked);
    pb_diagnostics_release(list);
    *list = kept;
    return kept.has_failed || kept.arena.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

/* How many seconds before and after its instant a date may mean. */
static const struct {
    int32_t before, after;
} spans[] = {
    [PB_DATE_WITHOUT_ZONE] = {14 * 3600, 14 * 3600},
    [PB_DATE_WITHOUT_TIME] = {14 * 3600, (14 + 24) * 3600},
    [PB_DATE_REFUSED] = {0, 0},
};

struct pb_slice pb_date_text(const struct pb_date *date, char room[PB_INSTANT_BYTES])
{
    if (date->spelling != NULL)
        return (struct pb_slice){date->spelling, date->spelling_bytes};
    if (date->state != PB_DATE_EXACT && date->state != PB_DATE_REFUSED)
        return PB_SLICE_ABSENT;
    return (struct pb_slice){room, pb_instant_spell(date->instant, room)};
}

bool pb_date_spell(struct pb_date *date, struct pb_slice text)
{
    char room[PB_INSTANT_BYTES];
    date->spelling = NULL;
    if (pb_slice_equals(pb_date_text(date, room), text))
        return false;
    date->spelling = text.data;
    date->spelling_bytes = (uint32_t)pb_slice_first(text, UINT32_MAX).size_bytes;
    return true;
}

struct pb_instant pb_date_earliest(const struct pb_date *date)
{
    struct pb_instant instant = date->instant;
    instant.seconds -= spans[date->state].before;
    return instant;
}

struct pb_instant pb_date_latest(const struct pb_date *date)
{
    struct pb_instant instant = date->instant;
    instant.seconds += spans[date->state].after;
    return instant;
}

/* Both are truncated to multiples of so many nanoseconds. */
static bool is_over_a_second_later(struct pb_instant late, struct pb_instant early, int32_t unit)
{
    late.nanoseconds -= late.nanoseconds % unit;
    early.nanoseconds -= early.nanoseconds % unit;
    early.seconds += 1;
    return pb_instant_compare(late, early) > 0;
}

bool pb_date_differs(const struct pb_date *a, const struct pb_date *b)
{
    int32_t unit = 1000000000;
    for (int i = 0; i < a->fraction_digits && i < b->fraction_digits; i++)
        unit /= 10;
    return is_over_a_second_later(pb_date_earliest(a), pb_date_latest(b), unit) ||
           is_over_a_second_later(pb_date_earliest(b), pb_date_latest(a), unit);
}

bool pb_arn_parse(struct pb_slice text, struct pb_arn *arn)
{
    struct pb_slice *const parts[] = {&arn->partition, &arn->service, &arn->region, &arn->account};

    if (!pb_slice_starts_with(text, PB_SLICE("arn:")))
        return false;
    text = pb_slice_from(text, 4);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *colon = text.size_bytes > 0 ? memchr(text.data, ':', text.size_bytes) : NULL;
        if (colon == NULL)
            return false;
        *parts[i] = pb_slice_first(text, (size_t)(colon - text.data));
        text = pb_slice_from(text, parts[i]->size_bytes + 1);
    }
    arn->resource = text;
    return true;
}

bool pb_certificate_arn_parse(struct pb_slice text, struct pb_certificate_arn *arn)
{
    const struct pb_slice kind = PB_SLICE("server-certificate/");
    struct pb_arn parts;

    if (!pb_arn_parse(text, &parts) || !pb_slice_equals(parts.service, PB_SLICE("iam")) ||
        !pb_slice_starts_with(parts.resource, kind))
        return false;
    struct pb_slice rest = pb_slice_from(parts.resource, kind.size_bytes - 1);
    size_t slash = pb_slice_find_last(rest, '/');
    arn->partition = parts.partition;
    arn->account = parts.account;
    arn->path = pb_slice_first(rest, slash + 1);
    arn->name = pb_slice_from(rest, slash + 1);
    /* Templates have variables. */
    return arn->name.size_bytes > 0 && pb_slice_find(text, PB_SLICE("${"), 0) == SIZE_MAX;
}
