/* SPDX-License-Identifier: MIT */
/* Makes the inventory: runs every pass over the merged evidence, in the order of this file. The
 * audit's pipeline calls it when all items are read; the rules judge its certificates next. */
#include <stdlib.h>
#include <string.h>

#include "inventory/batch.h"
#include "inventory/passes.h"

/* Candidates: bare dates, lists of names, rows and bare bodies, which could be of anything. They
 * count where another item of their folder is evidence of server certificates, and a names list and
 * the files that are named after its names vouch for each other. */

/* Words before and behind a certificate's name in a file's: "get-server-certificate-NAME". */
#define MOST_OTHER_WORDS 4

/* A name in a folder; without a name, that the folder holds evidence. */
struct mark {
    struct pb_slice folder, name;
};

struct vouching {
    struct pb_batch *evidence;
    struct pb_vector known; /* of struct mark: what the folders say, names lists included */
    struct pb_vector hits;  /* of struct mark: names that something else than a bare list has */
    struct pb_vector seen;  /* of struct mark: dates and digests of bodies that no candidate has */
    bool *is_hit;           /* one an entry: a list in it has a name of the hits */
    bool *is_repeated;      /* one an observation: nameless, and another shows its date or body */
};

static int compare_marks(const void *left, const void *right)
{
    const struct mark *a = left, *b = right;
    int order = pb_slice_compare(a->folder, b->folder);

    return order != 0 ? order : pb_slice_compare(a->name, b->name);
}

static bool holds(const struct pb_vector *marks, struct pb_slice folder, struct pb_slice name)
{
    const struct mark key = {folder, name};
    size_t place = pb_vector_lower_bound(marks, &key, compare_marks);

    return place < marks->count &&
           compare_marks(&PB_VECTOR_AT(const struct mark, marks, place), &key) == 0;
}

/* What repeats the one before takes no room. */
static bool add_mark(struct pb_vector *marks, struct pb_slice folder, struct pb_slice name)
{
    const struct mark mark = {folder, name};

    return (marks->count > 0 &&
            compare_marks(&PB_VECTOR_AT(const struct mark, marks, marks->count - 1), &mark) == 0) ||
           pb_vector_append(marks, &mark, 1);
}

static struct pb_record *record_of(const struct vouching *vouching,
                                   const struct pb_observation *seen)
{
    return seen->record == PB_NO_RECORD
               ? NULL
               : &PB_VECTOR_AT(struct pb_record, &vouching->evidence->records, seen->record);
}

static bool is_candidate(const struct vouching *vouching, const struct pb_observation *seen)
{
    const struct pb_record *record = record_of(vouching, seen);

    return record != NULL && record->is_candidate;
}

static struct pb_observation *observation_at(const struct vouching *vouching, size_t index)
{
    return &PB_VECTOR_AT(struct pb_observation, &vouching->evidence->observations, index);
}

static struct pb_slice date_of(const struct pb_observation *seen)
{
    if (!pb_date_is_known(&seen->upload_date))
        return PB_SLICE_ABSENT;
    return (struct pb_slice){(const char *)&seen->upload_date.instant.seconds,
                             sizeof seen->upload_date.instant.seconds};
}

static struct pb_slice body_of(const struct pb_observation *seen)
{
    if (seen->body == NULL)
        return PB_SLICE_ABSENT;
    return (struct pb_slice){(const char *)seen->body->sha256, sizeof seen->body->sha256};
}

static bool add_content(struct vouching *vouching, struct pb_slice folder, struct pb_slice content)
{
    return content.data == NULL || add_mark(&vouching->seen, folder, content);
}

/* Names of the service's, by folder, and folders that hold evidence of certificates. */
static bool collect_known(struct vouching *vouching)
{
    const struct pb_batch *evidence = vouching->evidence;
    const struct pb_record *records = evidence->records.data;
    bool is_kept = true;

    for (size_t i = 0; i < evidence->records.count && is_kept; i++)
        if (!records[i].is_candidate && pb_record_is_of_certificates(&records[i]))
            is_kept = add_mark(&vouching->known, pb_batch_folder(evidence, records[i].entry),
                               PB_SLICE_ABSENT);
    for (size_t i = 0; i < evidence->observations.count && is_kept; i++) {
        const struct pb_observation *seen = observation_at(vouching, i);
        struct pb_slice folder = pb_batch_folder(evidence, seen->entry);
        if (seen->origin != PB_ORIGIN_IAM || seen->is_name_from_file)
            continue;
        bool is_vouching = !is_candidate(vouching, seen);
        if (is_vouching)
            is_kept = add_mark(&vouching->known, folder, PB_SLICE_ABSENT) &&
                      add_content(vouching, folder, date_of(seen)) &&
                      add_content(vouching, folder, body_of(seen));
        if (seen->name.size_bytes > 0)
            is_kept = is_kept && add_mark(&vouching->known, folder, seen->name) &&
                      (!is_vouching || add_mark(&vouching->hits, folder, seen->name));
    }
    pb_vector_sort(&vouching->known, compare_marks);
    pb_vector_sort(&vouching->seen, compare_marks);
    return is_kept;
}

/* Cuts the first or the last word off; false where there is but one. */
static bool cut_word(struct pb_slice *name, bool is_first)
{
    const char *separators = "._-=+,@";

    for (size_t i = 1; i + 1 < name->size_bytes; i++) {
        size_t at = is_first ? i : name->size_bytes - 1 - i;
        if (strchr(separators, name->data[at]) == NULL)
            continue;
        *name = is_first ? pb_slice_from(*name, at + 1) : pb_slice_first(*name, at);
        return true;
    }
    return false;
}

/* *name becomes the longest of the folder's names that is all of it but words before and behind. */
static bool find_name(const struct vouching *vouching, struct pb_slice folder,
                      struct pb_slice *name)
{
    struct pb_slice found = PB_SLICE_ABSENT, front = *name;

    for (size_t i = 0; i <= MOST_OTHER_WORDS; i++) {
        struct pb_slice part = front;
        for (size_t k = 0; k <= MOST_OTHER_WORDS; k++) {
            if (part.size_bytes > found.size_bytes && holds(&vouching->known, folder, part))
                found = part;
            if (!cut_word(&part, false))
                break;
        }
        if (!cut_word(&front, true))
            break;
    }
    if (found.size_bytes > 0)
        *name = found;
    return found.size_bytes > 0;
}

/* A body alone in a file is looked for by the file's name, as a date is by its reader. */
static void name_after_file(const struct vouching *vouching, struct pb_observation *seen)
{
    struct pb_slice path = pb_batch_entry(vouching->evidence, seen->entry)->path;
    struct pb_slice folder = pb_path_folder(path);
    struct pb_slice name =
        pb_slice_from(path, folder.size_bytes + (folder.size_bytes < path.size_bytes));

    if (seen->is_name_from_file) {
        find_name(vouching, folder, &seen->name);
    } else if (seen->body != NULL && find_name(vouching, folder, &name)) {
        seen->name = name;
        seen->is_name_from_file = true;
    }
}

static bool name_files(struct vouching *vouching)
{
    const struct pb_batch *evidence = vouching->evidence;

    for (size_t i = 0; i < evidence->observations.count; i++) {
        struct pb_observation *seen = observation_at(vouching, i);
        struct pb_slice folder = pb_batch_folder(evidence, seen->entry);
        bool is_bare = is_candidate(vouching, seen);
        if (seen->is_name_from_file || (is_bare && seen->name.size_bytes == 0))
            name_after_file(vouching, seen);
        if (seen->is_name_from_file && !add_mark(&vouching->hits, folder, seen->name))
            return false;
        struct pb_slice content = seen->body != NULL ? body_of(seen) : date_of(seen);
        vouching->is_repeated[i] = is_bare && seen->name.size_bytes == 0 && content.data != NULL &&
                                   holds(&vouching->seen, folder, content);
    }
    pb_vector_sort(&vouching->hits, compare_marks);
    return true;
}

/* Has its name from the document, as lists of names and rows do. */
static bool is_listed(const struct pb_observation *seen)
{
    return seen->name.size_bytes > 0 && !seen->is_name_from_file;
}

static bool find_hit_lists(struct vouching *vouching)
{
    for (size_t i = 0; i < vouching->evidence->observations.count; i++) {
        const struct pb_observation *seen = observation_at(vouching, i);
        if (is_candidate(vouching, seen) && is_listed(seen) &&
            holds(&vouching->hits, pb_batch_folder(vouching->evidence, seen->entry), seen->name))
            vouching->is_hit[seen->entry] = true;
    }
    return true;
}

/* A list of names needs a file or other evidence with one of its names, for such lists are of
 * users and regions too; anything else needs some evidence in its folder. */
static bool is_vouched(const struct vouching *vouching, const struct pb_observation *seen)
{
    struct pb_slice folder = pb_batch_folder(vouching->evidence, seen->entry);

    if (is_listed(seen))
        return vouching->is_hit[seen->entry];
    return holds(&vouching->known, folder, PB_SLICE_ABSENT);
}

/* Decides on candidates of the one sort; those that stay are evidence for the other. */
static bool vouch(struct vouching *vouching, bool is_of_names)
{
    struct pb_batch *evidence = vouching->evidence;

    for (size_t i = 0; i < evidence->observations.count; i++) {
        const struct pb_observation *seen = observation_at(vouching, i);
        struct pb_record *record = record_of(vouching, seen);
        if (vouching->is_repeated[i] || !is_candidate(vouching, seen) ||
            is_listed(seen) != is_of_names || !is_vouched(vouching, seen))
            continue;
        record->is_candidate = false;
        struct pb_entry *entry = &PB_VECTOR_AT(struct pb_entry, &evidence->entries, seen->entry);
        if (entry->status == PB_ENTRY_IGNORED)
            entry->status = PB_ENTRY_USED;
        entry->shape = record->shape;
        entry->detail = PB_SLICE_ABSENT;
        if (is_of_names &&
            !add_mark(&vouching->known, pb_batch_folder(evidence, seen->entry), PB_SLICE_ABSENT))
            return false;
    }
    pb_vector_sort(&vouching->known, compare_marks);
    return true;
}

/* Takes the candidates that are left out of the evidence: their items stay ignored. */
static bool drop_candidates(const struct vouching *vouching)
{
    struct pb_batch *evidence = vouching->evidence;
    uint32_t *number = calloc(evidence->records.count + 1, sizeof *number);
    struct pb_observation *observations = evidence->observations.data;
    struct pb_record *records = evidence->records.data;
    uint32_t kept = 0;

    if (number == NULL)
        return false;
    for (size_t i = 0; i < evidence->records.count; i++) {
        number[i] = records[i].is_candidate ? PB_NO_RECORD : kept;
        if (!records[i].is_candidate)
            records[kept++] = records[i];
    }
    evidence->records.count = kept;
    kept = 0;
    for (size_t i = 0; i < evidence->observations.count; i++) {
        uint32_t record = observations[i].record;
        if (vouching->is_repeated[i] || (record != PB_NO_RECORD && number[record] == PB_NO_RECORD))
            continue;
        observations[kept] = observations[i];
        observations[kept++].record = record == PB_NO_RECORD ? record : number[record];
    }
    evidence->observations.count = kept;
    free(number);
    return true;
}

static bool has_work(const struct pb_batch *evidence)
{
    const struct pb_observation *observations = evidence->observations.data;
    const struct pb_record *records = evidence->records.data;

    for (size_t i = 0; i < evidence->records.count; i++)
        if (records[i].is_candidate)
            return true;
    for (size_t i = 0; i < evidence->observations.count; i++)
        if (observations[i].is_name_from_file)
            return true;
    return false;
}

static bool settle_candidates(struct pb_inventory *inventory)
{
    struct vouching vouching = {.evidence = &inventory->evidence};

    if (!has_work(vouching.evidence))
        return true;
    vouching.is_repeated =
        calloc(vouching.evidence->observations.count + 1, sizeof *vouching.is_repeated);
    vouching.is_hit = calloc(vouching.evidence->entries.count + 1, sizeof *vouching.is_hit);
    pb_vector_init(&vouching.known, sizeof(struct mark));
    pb_vector_init(&vouching.hits, sizeof(struct mark));
    pb_vector_init(&vouching.seen, sizeof(struct mark));
    bool is_settled = vouching.is_repeated != NULL && vouching.is_hit != NULL &&
                      collect_known(&vouching) && name_files(&vouching) &&
                      find_hit_lists(&vouching) && vouch(&vouching, true) &&
                      vouch(&vouching, false) && drop_candidates(&vouching);
    free(vouching.is_hit);
    free(vouching.is_repeated);
    pb_vector_release(&vouching.known);
    pb_vector_release(&vouching.hits);
    pb_vector_release(&vouching.seen);
    return is_settled;
}

static void count_certificates(struct pb_inventory *inventory)
{
    struct pb_account *accounts = inventory->accounts.data;

    for (size_t i = inventory->certificates.count; i > 0; i--) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i - 1);
        struct pb_account *account = &accounts[certificate->account];
        account->first_certificate = (uint32_t)(i - 1);
        account->all_certificate_count++;
        account->certificate_count += certificate->origin == PB_ORIGIN_IAM;
    }
}

static void count_evidence(struct pb_inventory *inventory)
{
    for (size_t i = 0; i < inventory->evidence.observations.count; i++)
        inventory->list_evidence_count +=
            pb_inventory_observation(inventory, i)->origin == PB_ORIGIN_IAM;
    for (size_t i = 0; i < inventory->evidence.records.count; i++)
        inventory->list_evidence_count +=
            pb_record_is_of_certificates(pb_inventory_record(inventory, i));
}

static bool make_certificates(struct pb_inventory *inventory)
{
    uint32_t *group = calloc(inventory->evidence.observations.count + 1, sizeof *group);
    bool is_made = group != NULL && pb_identity_group(inventory, group) &&
                   pb_certificates_make(inventory, group);

    free(group);
    return is_made;
}

enum pb_status pb_inventory_build(struct pb_inventory *inventory, struct pb_batch *batch)
{
    struct pb_batch *evidence = &inventory->evidence;

    *inventory = (struct pb_inventory){0};
    pb_batch_init(evidence);
    pb_vector_init(&inventory->accounts, sizeof(struct pb_account));
    pb_vector_init(&inventory->certificates, sizeof(struct pb_certificate));
    pb_vector_init(&inventory->gaps, sizeof(struct pb_gap));
    if (pb_batch_merge(evidence, batch) != PB_OK || pb_batch_sort(evidence) != PB_OK ||
        pb_batch_cut_diagnostics(evidence, PB_MOST_DIAGNOSTICS) != PB_OK)
        return PB_FAILED_MEMORY;
    evidence->diagnostics.has_no_ceiling = true;
    if (!settle_candidates(inventory) || !pb_accounts_resolve(inventory) ||
        !make_certificates(inventory) || !pb_accounts_renumber(inventory))
        return PB_FAILED_MEMORY;
    count_certificates(inventory);
    count_evidence(inventory);
    return pb_references_resolve(inventory) && pb_coverage_judge(inventory) &&
                   !inventory->has_failed
               ? PB_OK
               : PB_FAILED_MEMORY;
}

void pb_inventory_release(struct pb_inventory *inventory)
{
    pb_vector_release(&inventory->accounts);
    pb_vector_release(&inventory->certificates);
    pb_vector_release(&inventory->gaps);
    pb_batch_release(&inventory->evidence);
}
