/* SPDX-License-Identifier: MIT */
/* Batches. The audit's workers fill one each, item by item; the pipeline merges them in the order
 * of the items, and pb_inventory_build sorts the whole by path, so that the order of reading leaves
 * no trace. */
#include "inventory/batch.h"

#include <stdlib.h>

#include "inventory/passes.h"

/* Each missed list becomes a record, and so a gap; of more, every account has one gap that counts
 * them. */
#define MOST_MISSED_LISTS 1000
#define LARGEST_ELEMENT_BYTES 256

_Static_assert(sizeof(struct pb_observation) <= LARGEST_ELEMENT_BYTES &&
                   sizeof(struct pb_record) <= LARGEST_ELEMENT_BYTES &&
                   sizeof(struct pb_diagnostic) <= LARGEST_ELEMENT_BYTES,
               "pb_places_apply has room for one of each");

void pb_batch_init(struct pb_batch *batch)
{
    batch->arena = batch->bodies = batch->messages = (struct pb_arena){0};
    batch->left_out_lists = 0;
    pb_vector_init(&batch->entries, sizeof(struct pb_entry));
    pb_vector_init(&batch->observations, sizeof(struct pb_observation));
    pb_vector_init(&batch->records, sizeof(struct pb_record));
    pb_vector_init(&batch->issuer_keys, sizeof(struct pb_issuer_key));
    pb_diagnostics_init(&batch->diagnostics, &batch->messages);
}

void pb_batch_release(struct pb_batch *batch)
{
    pb_vector_release(&batch->entries);
    pb_vector_release(&batch->observations);
    pb_vector_release(&batch->records);
    pb_vector_release(&batch->issuer_keys);
    pb_diagnostics_release(&batch->diagnostics);
    pb_arena_release(&batch->messages);
    pb_arena_release(&batch->bodies);
    pb_arena_release(&batch->arena);
}

void pb_batch_begin_entry(struct pb_batch *batch)
{
    batch->diagnostics.arena = &batch->messages; /* the batch may have been moved */
    pb_diagnostics_begin_entry(&batch->diagnostics, (uint32_t)batch->entries.count);
}

/* Copies the text, or borrows the copy that the entry before has of the same. */
static bool keep(struct pb_arena *arena, struct pb_slice text, struct pb_slice before,
                 struct pb_slice *kept)
{
    *kept = before;
    return pb_slice_equals(text, before) || pb_arena_copy(arena, text, kept);
}

static struct pb_slice digest_of(const struct pb_entry *entry)
{
    return (struct pb_slice){(const char *)entry->sha256, entry->sha256 == NULL ? 0 : 32};
}

enum pb_status pb_batch_add_entry(struct pb_batch *batch, const struct pb_entry *entry)
{
    static const struct pb_entry none = {0};
    size_t count = batch->entries.count;
    struct pb_entry *added = count >= PB_NO_ENTRY ? NULL : pb_vector_push(&batch->entries);
    const struct pb_entry *before = count == 0 ? &none : pb_batch_entry(batch, count - 1);
    struct pb_slice digest;

    if (added == NULL)
        return PB_FAILED_MEMORY;
    *added = *entry;
    if (!pb_arena_copy(&batch->arena, entry->path, &added->path) ||
        !keep(&batch->arena, entry->detail, before->detail, &added->detail) ||
        !keep(&batch->arena, digest_of(entry), digest_of(before), &digest)) {
        batch->entries.count = count;
        return PB_FAILED_MEMORY;
    }
    added->sha256 = (const unsigned char *)digest.data;
    return PB_OK;
}

static int compare_path(const void *path, const void *entry)
{
    return pb_slice_compare(*(const struct pb_slice *)path, ((const struct pb_entry *)entry)->path);
}

size_t pb_batch_find_entry(const struct pb_batch *batch, struct pb_slice path)
{
    return pb_vector_lower_bound(&batch->entries, &path, compare_path);
}

struct pb_slice pb_path_folder(struct pb_slice path)
{
    size_t slash = pb_slice_find_last(path, '/');

    return slash == SIZE_MAX ? PB_SLICE("") : pb_slice_first(path, slash);
}

struct pb_slice pb_batch_folder(const struct pb_batch *batch, uint32_t entry)
{
    return pb_path_folder(pb_batch_entry(batch, entry)->path);
}

static void renumber_merged(struct pb_batch *batch, const struct pb_batch *before)
{
    uint32_t entries = (uint32_t)before->entries.count;

    for (size_t i = before->observations.count; i < batch->observations.count; i++) {
        struct pb_observation *observation =
            &PB_VECTOR_AT(struct pb_observation, &batch->observations, i);
        observation->entry += entries;
        if (observation->record != PB_NO_RECORD)
            observation->record += (uint32_t)before->records.count;
    }
    for (size_t i = before->records.count; i < batch->records.count; i++)
        PB_VECTOR_AT(struct pb_record, &batch->records, i).entry += entries;
    for (size_t i = before->diagnostics.items.count; i < batch->diagnostics.items.count; i++) {
        uint32_t *entry = &PB_VECTOR_AT(struct pb_diagnostic, &batch->diagnostics.items, i).entry;
        if (*entry != PB_NO_ENTRY)
            *entry += entries;
    }
}

static bool append(struct pb_vector *vector, const struct pb_vector *from)
{
    return pb_vector_append(vector, from->data, from->count);
}

enum pb_status pb_batch_merge(struct pb_batch *batch, struct pb_batch *from)
{
    const struct pb_batch before = *batch; /* for its counts */

    if (before.entries.count + before.observations.count + before.records.count +
            before.diagnostics.items.count ==
        0) {
        pb_batch_release(batch);
        *batch = *from;
        batch->diagnostics.arena = &batch->messages;
        pb_batch_init(from);
        return PB_OK;
    }
    if (before.entries.count + from->entries.count >= PB_NO_ENTRY ||
        !append(&batch->entries, &from->entries) ||
        !append(&batch->observations, &from->observations) ||
        !append(&batch->records, &from->records) ||
        !append(&batch->issuer_keys, &from->issuer_keys) ||
        !append(&batch->diagnostics.items, &from->diagnostics.items))
        return PB_FAILED_MEMORY;
    for (int i = 0; i <= PB_SEVERITY_ERROR; i++)
        batch->diagnostics.left_out_of_all[i] += from->diagnostics.left_out_of_all[i];
    renumber_merged(batch, &before);
    pb_arena_adopt(&batch->arena, &from->arena);
    pb_arena_adopt(&batch->bodies, &from->bodies);
    pb_arena_adopt(&batch->messages, &from->messages);
    pb_batch_release(from);
    pb_batch_init(from);
    return PB_OK;
}

static int compare_entries(const struct pb_entry *a, const struct pb_entry *b)
{
    int order = pb_slice_compare(a->path, b->path);

    if (order == 0)
        order = pb_slice_compare(digest_of(a), digest_of(b));
    if (order == 0)
        order = (a->size_bytes > b->size_bytes) - (a->size_bytes < b->size_bytes);
    if (order == 0)
        order = (int)a->status - (int)b->status;
    if (order == 0)
        order = (int)a->is_named - (int)b->is_named;
    return order != 0 ? order : pb_slice_compare(a->detail, b->detail);
}

/* Of pointers to entries, which stand in one array. */
static int compare_entry_pointers(const void *left, const void *right)
{
    const struct pb_entry *a = *(const struct pb_entry *const *)left;
    const struct pb_entry *b = *(const struct pb_entry *const *)right;
    int order = compare_entries(a, b);

    return order != 0 ? order : (a > b) - (a < b);
}

static int compare_places(const void *left, const void *right)
{
    const struct pb_place_in_order *a = left, *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

void pb_places_sort(struct pb_place_in_order *places, size_t count)
{
    size_t in_order = 1;

    while (in_order < count && compare_places(&places[in_order - 1], &places[in_order]) < 0)
        in_order++;
    if (in_order < count)
        qsort(places, count, sizeof *places, compare_places);
}

static char *element_at(struct pb_vector *vector, size_t index)
{
    return (char *)vector->data + index * vector->element_bytes;
}

void pb_places_apply(struct pb_place_in_order *places, struct pb_vector *elements)
{
    char kept[LARGEST_ELEMENT_BYTES];
    size_t size = elements->element_bytes;

    for (uint32_t i = 0; i < elements->count; i++) {
        uint32_t here = i, next;
        if (places[i].index == i)
            continue;
        memcpy(kept, element_at(elements, i), size);
        for (; (next = places[here].index) != i; here = next) {
            memcpy(element_at(elements, here), element_at(elements, next), size);
            places[here].index = here;
        }
        memcpy(element_at(elements, here), kept, size);
        places[here].index = here;
    }
}

/* Sorts the entries; (*rank)[old number] = new number, to be freed with free(). */
static enum pb_status sort_entries(struct pb_vector *entries, uint32_t **rank)
{
    struct pb_entry *all = entries->data;
    size_t count = entries->count;
    struct pb_entry **order = calloc(count + 1, sizeof *order);
    struct pb_entry *sorted = calloc(count + 1, sizeof *sorted);

    *rank = calloc(count + 1, sizeof **rank);
    if (order == NULL || sorted == NULL || *rank == NULL) {
        free(order);
        free(sorted);
        return PB_FAILED_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        order[i] = &all[i];
    qsort(order, count, sizeof *order, compare_entry_pointers);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = *order[i];
        (*rank)[order[i] - all] = (uint32_t)i;
    }
    free(order);
    free(all);
    entries->data = sorted;
    entries->capacity = count + 1;
    return PB_OK;
}

/* A vector whose elements have a number of an entry at an offset. */
struct by_entry {
    struct pb_vector *elements;
    size_t offset;
};

static uint32_t *entry_of(const struct by_entry *by, size_t index)
{
    return (uint32_t *)(void *)(element_at(by->elements, index) + by->offset);
}

static void renumber(const struct by_entry *by, const uint32_t *rank)
{
    for (size_t i = 0; i < by->elements->count; i++) {
        uint32_t *entry = entry_of(by, i);
        *entry = *entry == PB_NO_ENTRY ? PB_NO_ENTRY : rank[*entry];
    }
}

/* Sorts by entry, none first, keeping the order within an entry. moved[old index] = new index,
 * unless it is NULL. */
static enum pb_status sort_by_entry(const struct by_entry *by, uint32_t *moved)
{
    size_t count = by->elements->count;
    struct pb_place_in_order *places = calloc(count + 1, sizeof *places);

    if (places == NULL)
        return PB_FAILED_MEMORY;
    for (uint32_t i = 0; i < count; i++) /* PB_NO_ENTRY + 1 is 0 */
        places[i] = (struct pb_place_in_order){*entry_of(by, i) + 1, i};
    pb_places_sort(places, count);
    for (uint32_t i = 0; moved != NULL && i < count; i++)
        moved[places[i].index] = i;
    pb_places_apply(places, by->elements);
    free(places);
    return PB_OK;
}

static enum pb_status record_missed_lists(struct pb_batch *batch)
{
    size_t missed = 0;

    for (size_t i = 0; i < batch->entries.count; i++) {
        if (!pb_batch_entry(batch, i)->is_list_missed || ++missed > MOST_MISSED_LISTS)
            continue;
        struct pb_record *record = pb_vector_push(&batch->records);
        if (record == NULL)
            return PB_FAILED_MEMORY;
        *record = (struct pb_record){.kind = PB_RECORD_UNREADABLE, .entry = (uint32_t)i};
    }
    batch->left_out_lists = missed > MOST_MISSED_LISTS ? missed - MOST_MISSED_LISTS : 0;
    return PB_OK;
}

static enum pb_status sort_records(struct pb_batch *batch, const struct by_entry *by)
{
    uint32_t *moved = calloc(batch->records.count + 1, sizeof *moved);
    enum pb_status status = moved == NULL ? PB_FAILED_MEMORY : sort_by_entry(by, moved);

    for (size_t i = 0; status == PB_OK && i < batch->observations.count; i++) {
        uint32_t *record = &PB_VECTOR_AT(struct pb_observation, &batch->observations, i).record;
        if (*record != PB_NO_RECORD)
            *record = moved[*record];
    }
    free(moved);
    return status;
}

enum pb_status pb_batch_sort(struct pb_batch *batch)
{
    const struct by_entry observations = {&batch->observations,
                                          offsetof(struct pb_observation, entry)};
    const struct by_entry records = {&batch->records, offsetof(struct pb_record, entry)};
    const struct by_entry diagnostics = {&batch->diagnostics.items,
                                         offsetof(struct pb_diagnostic, entry)};
    uint32_t *rank;
    enum pb_status status = sort_entries(&batch->entries, &rank);

    if (status == PB_OK) {
        renumber(&observations, rank);
        renumber(&records, rank);
        renumber(&diagnostics, rank);
        status = record_missed_lists(batch);
    }
    free(rank);
    if (status == PB_OK)
        status = sort_by_entry(&observations, NULL);
    if (status == PB_OK)
        status = sort_records(batch, &records);
    return status == PB_OK ? sort_by_entry(&diagnostics, NULL) : status;
}

/* A diagnostic beside its entry, NULL for none: compared without the batch, whose entries need not
 * be sorted. */
struct ranked_diagnostic {
    const struct pb_entry *entry;
    const struct pb_diagnostic *diagnostic;
};

static int compare_in_entry(const struct pb_diagnostic *a, const struct pb_diagnostic *b)
{
    if (a->offset_bytes != b->offset_bytes)
        return a->offset_bytes < b->offset_bytes ? -1 : 1;
    int order = strcmp(a->code, b->code);
    if (order == 0)
        order = pb_slice_compare(a->pointer, b->pointer);
    return order != 0 ? order : pb_slice_compare(a->message, b->message);
}

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked_diagnostic *a = left, *b = right;
    int order = 0;

    if (a->entry == NULL || b->entry == NULL)
        order = (a->entry != NULL) - (b->entry != NULL);
    else if (a->entry != b->entry)
        order = compare_entries(a->entry, b->entry);
    return order != 0 ? order : compare_in_entry(a->diagnostic, b->diagnostic);
}

static int compare_diagnostics(const void *left, const void *right)
{
    const struct pb_diagnostic *a = left, *b = right;
    uint32_t a_entry = a->entry + 1, b_entry = b->entry + 1; /* PB_NO_ENTRY comes first */

    if (a_entry != b_entry)
        return a_entry < b_entry ? -1 : 1;
    return compare_in_entry(a, b);
}

void pb_batch_sort_diagnostics(struct pb_batch *batch)
{
    pb_vector_sort(&batch->diagnostics.items, compare_diagnostics);
}

/* Copies what is kept, with its texts, so that the memory of the others can go. */
static enum pb_status copy_first(const struct ranked_diagnostic *ranked, size_t count,
                                 struct pb_vector *kept, struct pb_arena *texts)
{
    for (size_t i = 0; i < count; i++) {
        struct pb_diagnostic *diagnostic = pb_vector_push(kept);
        if (diagnostic == NULL)
            return PB_FAILED_MEMORY;
        *diagnostic = *ranked[i].diagnostic;
        if (!pb_arena_copy(texts, diagnostic->pointer, &diagnostic->pointer) ||
            !pb_arena_copy(texts, diagnostic->message, &diagnostic->message))
            return PB_FAILED_MEMORY;
    }
    return PB_OK;
}

enum pb_status pb_batch_cut_diagnostics(struct pb_batch *batch, size_t most)
{
    struct pb_diagnostics *list = &batch->diagnostics;
    size_t count = list->items.count;
    struct pb_vector kept;
    struct pb_arena texts = {0};

    if (count <= most)
        return PB_OK;
    struct ranked_diagnostic *ranked = calloc(count, sizeof *ranked);
    if (ranked == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct pb_diagnostic *here = &PB_VECTOR_AT(struct pb_diagnostic, &list->items, i);
        ranked[i] = (struct ranked_diagnostic){
            here->entry == PB_NO_ENTRY ? NULL : pb_batch_entry(batch, here->entry), here};
    }
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    pb_vector_init(&kept, sizeof(struct pb_diagnostic));
    enum pb_status status = copy_first(ranked, most, &kept, &texts);
    for (size_t i = most; i < count && status == PB_OK; i++)
        list->left_out_of_all[ranked[i].diagnostic->severity]++;
    free(ranked);
    pb_vector_release(status == PB_OK ? &list->items : &kept);
    pb_arena_release(status == PB_OK ? &batch->messages : &texts);
    if (status != PB_OK)
        return status;
    list->items = kept;
    batch->messages = texts;
    pb_diagnostics_begin_entry(list, list->entry);
    return PB_OK;
}

enum pb_status pb_batch_bound_diagnostics(struct pb_batch *batch, size_t most)
{
    return batch->diagnostics.items.count / 2 < most ? PB_OK
                                                     : pb_batch_cut_diagnostics(batch, most);
}
