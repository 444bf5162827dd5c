/* SPDX-License-Identifier: MIT */
/* What the dumps of one account show that others of it do not. */
#include <inttypes.h>
#include <stdlib.h>

#include "inventory/dump.h"

#define MOST_NOTES 20 /* an account */
#define MOST_NAMES 3  /* of a kind, in a note */
#define LONGEST_NAME_BYTES 128
#define LONGEST_PATH_BYTES 256

/* The dumps of one account, one of each content. */
struct comparison {
    struct pb_inventory *inventory;
    const struct pb_vector *summaries;
    struct pb_buffer *sentence;
    struct pb_dump *versions; /* in the order of the evidence */
    size_t version_count;
    uint32_t *shown_by; /* how many versions show each certificate of the account */
    uint32_t first_certificate, certificate_count;
    size_t shown_count;  /* certificates that any version shows */
    size_t common_count; /* that all of them show */
};

static int compare_contents(const struct pb_dump *a, const struct pb_dump *b)
{
    if (a->certificate_count != b->certificate_count)
        return a->certificate_count < b->certificate_count ? -1 : 1;
    for (uint32_t i = 0; i < a->certificate_count; i++)
        if (a->certificates[i] != b->certificates[i])
            return a->certificates[i] < b->certificates[i] ? -1 : 1;
    return 0;
}

static int compare_records(const void *left, const void *right)
{
    const struct pb_dump *a = left, *b = right;

    return (a->record > b->record) - (a->record < b->record);
}

static int compare_dumps(const void *left, const void *right)
{
    int order = compare_contents(left, right);

    return order != 0 ? order : compare_records(left, right);
}

/* Whole dumps, the first of each content, stand first then; returns how many. */
static size_t make_versions(struct pb_dump *dumps, size_t count)
{
    size_t whole = 0, kept = 0;

    for (size_t i = 0; i < count; i++)
        if (!dumps[i].is_open)
            dumps[whole++] = dumps[i];
    qsort(dumps, whole, sizeof *dumps, compare_dumps);
    for (size_t i = 0; i < whole; i++) {
        if (kept > 0 && compare_contents(&dumps[kept - 1], &dumps[i]) == 0)
            dumps[kept - 1].copy_count++;
        else
            dumps[kept++] = dumps[i];
    }
    qsort(dumps, kept, sizeof *dumps, compare_records);
    return kept;
}

static void count_shown(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->version_count; i++) {
        const struct pb_dump *version = &comparison->versions[i];
        for (uint32_t k = 0; k < version->certificate_count; k++)
            comparison->shown_by[version->certificates[k] - comparison->first_certificate]++;
    }
    for (uint32_t i = 0; i < comparison->certificate_count; i++) {
        comparison->shown_count += comparison->shown_by[i] > 0;
        comparison->common_count += comparison->shown_by[i] == comparison->version_count;
    }
}

static void append_certificate(struct pb_buffer *sentence, const struct pb_certificate *certificate)
{
    struct pb_slice name = certificate->name.size_bytes > 0  ? certificate->name
                           : certificate->arn.size_bytes > 0 ? certificate->arn
                                                             : certificate->id;

    if (name.size_bytes == 0)
        name = PB_SLICE("one without a name");
    pb_buffer_append(sentence, pb_slice_first(name, LONGEST_NAME_BYTES));
    if (certificate->id.size_bytes > 0 && !pb_slice_equals(name, certificate->id))
        pb_buffer_append_format(sentence, " (%.*s)",
                                PB_SLICE_ARGS(pb_slice_first(certificate->id, LONGEST_NAME_BYTES)));
}

/* Names those of a kind, as they are found; beyond the first few they are only counted. */
static void append_found(struct comparison *comparison, uint32_t certificate, size_t found)
{
    if (found >= MOST_NAMES)
        return;
    if (found > 0)
        pb_buffer_append_string(comparison->sentence, ", ");
    append_certificate(comparison->sentence,
                       pb_inventory_certificate(comparison->inventory, certificate));
}

static void append_rest(struct comparison *comparison, size_t count)
{
    if (count > MOST_NAMES)
        pb_buffer_append_format(comparison->sentence, " and %zu more", count - MOST_NAMES);
}

static void append_alone(struct comparison *comparison, const struct pb_dump *version)
{
    size_t found = 0;

    for (uint32_t i = 0; i < version->certificate_count; i++) {
        uint32_t certificate = version->certificates[i];
        if (comparison->shown_by[certificate - comparison->first_certificate] == 1)
            append_found(comparison, certificate, found++);
    }
    if (found == 0)
        pb_buffer_append_string(comparison->sentence, "nothing");
    append_rest(comparison, found);
}

static void append_missing(struct comparison *comparison, const struct pb_dump *version)
{
    size_t count = comparison->shown_count - version->certificate_count, found = 0;
    uint32_t next = 0;

    if (count == 0)
        return;
    pb_buffer_append_string(comparison->sentence, " and lacks ");
    for (uint32_t i = 0; i < comparison->certificate_count && found < MOST_NAMES; i++) {
        uint32_t certificate = comparison->first_certificate + i;
        if (next < version->certificate_count && version->certificates[next] == certificate)
            next++;
        else if (comparison->shown_by[i] > 0)
            append_found(comparison, certificate, found++);
    }
    append_rest(comparison, count);
}

static void append_age(struct comparison *comparison, const struct pb_dump *version)
{
    const struct pb_certificate *newest = pb_dump_find_newest(comparison->inventory, version);

    if (newest == NULL)
        return;
    pb_buffer_append_string(comparison->sentence, "; it was made no earlier than ");
    pb_instant_append(comparison->sentence, newest->upload_date.instant);
    pb_buffer_append_string(comparison->sentence, ", when ");
    append_certificate(comparison->sentence, newest);
    pb_buffer_append_string(comparison->sentence, " was uploaded");
}

static struct pb_path path_of(const struct comparison *comparison, const struct pb_dump *dump)
{
    const struct pb_batch *evidence = &comparison->inventory->evidence;
    uint32_t entry = PB_VECTOR_AT(const struct pb_record, &evidence->records, dump->record).entry;
    struct pb_path path = pb_ledger_path(&evidence->ledger, entry);

    path.folder = pb_slice_first(path.folder, LONGEST_PATH_BYTES);
    path.name = pb_slice_first(path.name, LONGEST_PATH_BYTES - path.folder.size_bytes);
    return path;
}

static void append_order(struct comparison *comparison, const struct pb_dump_order *order,
                         const struct pb_dump *version)
{
    bool is_later = order->later == version;

    pb_buffer_append_format(
        comparison->sentence,
        "; it is %s than the one in %.*s%.*s: ", is_later ? "later" : "earlier",
        PB_PATH_ARGS(path_of(comparison, is_later ? order->earlier : order->later)));
    append_certificate(comparison->sentence, order->gone);
    pb_buffer_append_format(comparison->sentence, ", %s ",
                            order->is_deletion ? "deleted" : "uploaded");
    pb_instant_append(comparison->sentence, order->gone_at);
    pb_buffer_append_string(comparison->sentence, ", was gone when ");
    append_certificate(comparison->sentence, order->last);
    pb_buffer_append_string(comparison->sentence, " was there");
}

static void begin_sentence(struct comparison *comparison, const struct pb_dump *version)
{
    pb_buffer_clear(comparison->sentence);
    pb_buffer_append_format(comparison->sentence,
                            "the evidence holds %zu lists of this account's server certificates "
                            "that differ: this one",
                            comparison->version_count);
    if (version->copy_count > 0)
        pb_buffer_append_format(comparison->sentence, ", of which there %s %" PRIu32 " more %s,",
                                version->copy_count == 1 ? "is" : "are", version->copy_count,
                                version->copy_count == 1 ? "copy" : "copies");
    pb_buffer_append_string(comparison->sentence, " alone shows ");
}

static enum pb_status add_note(struct comparison *comparison, const struct pb_dump *version)
{
    struct pb_diagnostics *diagnostics = &comparison->inventory->evidence.diagnostics;
    const struct pb_record *record = &PB_VECTOR_AT(
        const struct pb_record, &comparison->inventory->evidence.records, version->record);
    struct pb_diagnostic *added;

    diagnostics->entry = record->entry;
    enum pb_status status =
        pb_diagnostics_add(diagnostics, PB_SEVERITY_NOTE, "dumps-differ", &added, "%.*s",
                           PB_SLICE_ARGS(pb_buffer_slice(comparison->sentence)));
    if (status != PB_OK)
        return status;
    added->line = record->line;
    added->pointer = record->pointer;
    return comparison->sentence->has_failed ? PB_FAILED_MEMORY : PB_OK;
}

static enum pb_status note_versions(struct comparison *comparison)
{
    size_t count = comparison->version_count;
    struct pb_dump_order order;
    bool has_order =
        count == 2 && pb_dumps_find_order(comparison->inventory, &comparison->versions[0],
                                          &comparison->versions[1], comparison->summaries, &order);
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && i < MOST_NOTES && status == PB_OK; i++) {
        const struct pb_dump *version = &comparison->versions[i];
        begin_sentence(comparison, version);
        append_alone(comparison, version);
        append_missing(comparison, version);
        pb_buffer_append_format(comparison->sentence, "; they have %zu in common",
                                comparison->common_count);
        append_age(comparison, version);
        if (has_order)
            append_order(comparison, &order, version);
        if (i + 1 == MOST_NOTES && count > MOST_NOTES)
            pb_buffer_append_format(comparison->sentence, "; %zu more lists differ",
                                    count - MOST_NOTES);
        status = add_note(comparison, version);
    }
    return status;
}

static enum pb_status compare_account(struct comparison *comparison, struct pb_dump *dumps,
                                      size_t count)
{
    const struct pb_account *account =
        pb_inventory_account(comparison->inventory, dumps[0].account);

    comparison->version_count = make_versions(dumps, count);
    if (comparison->version_count < 2)
        return PB_OK;
    comparison->versions = dumps;
    comparison->first_certificate = account->first_certificate;
    comparison->certificate_count = account->all_certificate_count;
    comparison->shown_count = comparison->common_count = 0;
    comparison->shown_by =
        calloc((size_t)comparison->certificate_count + 1, sizeof *comparison->shown_by);
    if (comparison->shown_by == NULL)
        return PB_FAILED_MEMORY;
    count_shown(comparison);
    enum pb_status status = note_versions(comparison);
    free(comparison->shown_by);
    return status;
}

enum pb_status pb_dumps_compare(struct pb_inventory *inventory, const uint32_t *of_record,
                                const struct pb_vector *summaries)
{
    struct pb_buffer sentence;
    struct pb_dumps dumps = {0};
    struct comparison comparison = {
        .inventory = inventory, .summaries = summaries, .sentence = &sentence};
    enum pb_status status = pb_dumps_collect(inventory, of_record, &dumps);
    struct pb_dump *all = dumps.all.data;

    pb_buffer_init(&sentence, SIZE_MAX);
    for (size_t first = 0, end; first < dumps.all.count && status == PB_OK; first = end) {
        for (end = first + 1; end < dumps.all.count && all[end].account == all[first].account;)
            end++;
        status = compare_account(&comparison, all + first, end - first);
    }
    pb_buffer_release(&sentence);
    pb_dumps_release(&dumps);
    return status;
}
