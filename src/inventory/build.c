/* SPDX-License-Identifier: MIT */
/* Makes the inventory: runs every pass over the merged evidence, in the order of this file. The
 * audit's pipeline calls it when all items are read; the rules judge its certificates next. */
#include <stdlib.h>
#include <string.h>

#include "inventory/passes.h"

/* Candidates: bare dates, lists of names, rows and bare bodies, which could be of anything. They
 * count where another item of their folder is evidence of server certificates, and a names list and
 * the files that are named after its names vouch for each other. */

/* Words before and behind a certificate's name in a file's: "get-server-certificate-NAME". */
#define MOST_OTHER_WORDS 4

/* What folders say: the account of a term is one of these, its scope the folder. */
enum {
    EVIDENCE, /* there is some */
    NAME,     /* number 0: something else than a bare list has it, 1: a bare list */
    CONTENT,  /* the digest of a body, or the second of a date, that no candidate has */
};

struct vouching {
    struct pb_inventory *inventory;
    struct pb_batch *evidence;
    struct pb_vector terms; /* of struct pb_term */
};

static void add_term(struct vouching *vouching, struct pb_term term)
{
    vouching->inventory->has_failed |= !pb_vector_append(&vouching->terms, &term, 1);
}

static bool has_term(const struct vouching *vouching, struct pb_term term)
{
    size_t place = pb_vector_lower_bound(&vouching->terms, &term, pb_term_compare);

    return place < vouching->terms.count &&
           pb_term_compare(&PB_VECTOR_AT(struct pb_term, &vouching->terms, place), &term) == 0;
}

/* The record that the observation came with, if that is a candidate; else NULL. */
static struct pb_record *candidate_of(const struct pb_batch *evidence,
                                      const struct pb_observation *seen)
{
    struct pb_record *records = evidence->records.data;
    bool is_candidate = seen->record != PB_NO_RECORD && records[seen->record].is_candidate;

    return is_candidate ? &records[seen->record] : NULL;
}

/* Has its name from the document, as lists of names and rows do. */
static bool is_listed(const struct pb_observation *seen)
{
    return seen->name.size_bytes > 0 && !seen->is_name_from_file;
}

/* Of its body or of its date, which is to be known. */
static struct pb_term content_of(const struct pb_observation *seen, struct pb_slice folder,
                                 bool is_of_body)
{
    const char *digest = is_of_body ? (const char *)seen->body->sha256 : NULL;

    return (struct pb_term){
        .account = CONTENT,
        .scope = folder,
        .text = {digest, digest == NULL ? 0 : sizeof seen->body->sha256},
        .since.seconds = is_of_body ? 0 : seen->upload_date.instant.seconds,
    };
}

/* Names of the service's, and what is known without the candidates. */
static void collect_names(struct vouching *vouching)
{
    const struct pb_observation *all = vouching->evidence->observations.data;

    for (size_t i = 0; i < vouching->evidence->observations.count; i++) {
        const struct pb_observation *seen = &all[i];
        struct pb_slice folder = pb_batch_folder(vouching->evidence, seen->entry);
        bool is_bare = candidate_of(vouching->evidence, seen) != NULL;
        if (seen->origin != PB_ORIGIN_IAM || seen->is_name_from_file)
            continue;
        if (!is_bare && pb_date_is_known(&seen->upload_date))
            add_term(vouching, content_of(seen, folder, false));
        if (!is_bare && seen->body != NULL)
            add_term(vouching, content_of(seen, folder, true));
        if (seen->name.size_bytes > 0)
            add_term(vouching, (struct pb_term){NAME, is_bare, folder, seen->name, {0}});
    }
    pb_vector_sort(&vouching->terms, pb_term_compare);
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

/* The longest of the folder's names that is all of the text but words before and behind; absent for
 * none. */
static struct pb_slice find_name(const struct vouching *vouching, struct pb_slice folder,
                                 struct pb_slice text)
{
    struct pb_slice found = PB_SLICE_ABSENT;

    for (size_t i = 0; i <= MOST_OTHER_WORDS; i++) {
        struct pb_term part = {NAME, 0, folder, text, {0}};
        for (size_t k = 0; k <= MOST_OTHER_WORDS; k++) {
            if (part.text.size_bytes > found.size_bytes &&
                pb_terms_find(&vouching->terms, part) != NULL)
                found = part.text;
            if (!cut_word(&part.text, false))
                break;
        }
        if (!cut_word(&text, true))
            break;
    }
    return found;
}

/* A body alone in a file is looked for by the file's name, as a date is by its reader. Nameless
 * candidates that repeat what the folder shows are dropped. */
static void name_files(struct vouching *vouching)
{
    struct pb_vector *observations = &vouching->evidence->observations;
    struct pb_observation *all = observations->data;
    size_t kept = 0;

    for (size_t i = 0; i < observations->count; i++) {
        struct pb_observation *seen = &all[i];
        struct pb_slice path = pb_batch_entry(vouching->evidence, seen->entry)->path;
        struct pb_slice folder = pb_path_folder(path), name = seen->name;
        bool is_bare = candidate_of(vouching->evidence, seen) != NULL;
        if (is_bare && name.size_bytes == 0 && seen->body != NULL)
            name = pb_slice_from(path, folder.size_bytes + (folder.size_bytes < path.size_bytes));
        else if (!seen->is_name_from_file)
            name = PB_SLICE_ABSENT;
        name = find_name(vouching, folder, name);
        if (name.size_bytes > 0) {
            seen->name = name;
            seen->is_name_from_file = true;
        }
        bool has_content = seen->body != NULL || pb_date_is_known(&seen->upload_date);
        bool is_repeated = is_bare && seen->name.size_bytes == 0 && has_content &&
                           has_term(vouching, content_of(seen, folder, seen->body != NULL));
        if (!is_repeated)
            all[kept++] = *seen;
    }
    observations->count = kept;
    for (size_t i = 0; i < kept; i++)
        if (all[i].is_name_from_file)
            add_term(
                vouching,
                (struct pb_term){
                    NAME, 0, pb_batch_folder(vouching->evidence, all[i].entry), all[i].name, {0}});
    pb_vector_sort(&vouching->terms, pb_term_compare);
}

/* Folders that hold evidence of certificates. */
static void collect_folders(struct vouching *vouching)
{
    const struct pb_batch *evidence = vouching->evidence;
    const struct pb_observation *seen = evidence->observations.data;
    const struct pb_record *records = evidence->records.data;
    struct pb_term term = {EVIDENCE};

    for (size_t i = 0; i < evidence->records.count; i++) {
        term.scope = pb_batch_folder(evidence, records[i].entry);
        if (!records[i].is_candidate && records[i].kind <= PB_RECORD_EVENT)
            add_term(vouching, term);
    }
    for (size_t i = 0; i < evidence->observations.count; i++) {
        term.scope = pb_batch_folder(evidence, seen[i].entry);
        if (seen[i].origin == PB_ORIGIN_IAM && !seen[i].is_name_from_file &&
            candidate_of(evidence, &seen[i]) == NULL)
            add_term(vouching, term);
    }
    pb_vector_sort(&vouching->terms, pb_term_compare);
}

/* A list of names needs a file or other evidence with one of its names, for such lists are of
 * users and regions too. Whether the list has one whose observations begin with the first. */
static bool is_list_vouched(const struct vouching *vouching, size_t first)
{
    const struct pb_observation *all = vouching->evidence->observations.data;
    struct pb_slice folder = pb_batch_folder(vouching->evidence, all[first].entry);

    for (size_t i = first;
         i < vouching->evidence->observations.count && all[i].entry == all[first].entry; i++)
        if (is_listed(&all[i]) && candidate_of(vouching->evidence, &all[i]) != NULL &&
            has_term(vouching, (struct pb_term){NAME, 0, folder, all[i].name, {0}}))
            return true;
    return false;
}

/* Decides on candidates of the one sort, names or anything else, which needs some evidence in its
 * folder: those that stay are evidence. */
static void vouch(const struct vouching *vouching, bool is_of_names)
{
    struct pb_batch *evidence = vouching->evidence;
    const struct pb_observation *all = evidence->observations.data;
    uint32_t last_entry = PB_NO_ENTRY;
    bool is_vouched = false;

    for (size_t i = 0; i < evidence->observations.count; i++) {
        const struct pb_observation *seen = &all[i];
        struct pb_record *record = candidate_of(evidence, seen);
        if (record == NULL || is_listed(seen) != is_of_names)
            continue;
        if (seen->entry != last_entry)
            is_vouched =
                is_of_names
                    ? is_list_vouched(vouching, i)
                    : has_term(vouching,
                               (struct pb_term){.scope = pb_batch_folder(evidence, seen->entry)});
        last_entry = seen->entry;
        if (!is_vouched)
            continue;
        record->is_candidate = false;
        struct pb_entry *entry = &PB_VECTOR_AT(struct pb_entry, &evidence->entries, seen->entry);
        if (entry->status == PB_ENTRY_IGNORED)
            entry->status = PB_ENTRY_USED;
        entry->shape = record->shape;
        entry->detail = PB_SLICE_ABSENT;
    }
}

/* Takes the candidates that are left out of the evidence: their items stay ignored. */
static void drop_candidates(struct pb_batch *evidence)
{
    struct pb_observation *observations = evidence->observations.data;
    struct pb_record *records = evidence->records.data;
    size_t kept = 0;

    for (size_t i = 0; i < evidence->observations.count; i++)
        if (candidate_of(evidence, &observations[i]) == NULL)
            observations[kept++] = observations[i];
    evidence->observations.count = kept;
    for (size_t i = 0; i < evidence->records.count; i++)
        if (records[i].is_candidate)
            records[i].kind = PB_RECORD_NONE;
}

static void settle_candidates(struct pb_inventory *inventory)
{
    struct vouching vouching = {.inventory = inventory, .evidence = &inventory->evidence};
    bool has_work = false;

    for (size_t i = 0; i < inventory->evidence.records.count; i++)
        has_work |= pb_inventory_record(inventory, i)->is_candidate;
    for (size_t i = 0; i < inventory->evidence.observations.count; i++)
        has_work |= pb_inventory_observation(inventory, i)->is_name_from_file;
    if (!has_work)
        return;
    pb_vector_init(&vouching.terms, sizeof(struct pb_term));
    collect_names(&vouching);
    name_files(&vouching);
    vouch(&vouching, true);
    collect_folders(&vouching);
    vouch(&vouching, false);
    drop_candidates(vouching.evidence);
    pb_vector_release(&vouching.terms);
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
    for (size_t i = 0; i < inventory->evidence.observations.count; i++)
        inventory->list_evidence_count +=
            pb_inventory_observation(inventory, i)->origin == PB_ORIGIN_IAM;
    for (size_t i = 0; i < inventory->evidence.records.count; i++)
        inventory->list_evidence_count +=
            pb_inventory_record(inventory, i)->kind <= PB_RECORD_EVENT;
}

enum pb_status pb_inventory_build(struct pb_inventory *inventory, struct pb_batch *batch)
{
    static void (*const passes[])(struct pb_inventory *) = {
        settle_candidates,  pb_accounts_resolve,   pb_certificates_make, pb_accounts_renumber,
        count_certificates, pb_references_resolve, pb_coverage_judge,
    };
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
    for (size_t i = 0; i < sizeof passes / sizeof passes[0] && !inventory->has_failed; i++)
        passes[i](inventory);
    return inventory->has_failed ? PB_FAILED_MEMORY : PB_OK;
}

void pb_inventory_release(struct pb_inventory *inventory)
{
    pb_vector_release(&inventory->accounts);
    pb_vector_release(&inventory->certificates);
    pb_vector_release(&inventory->gaps);
    pb_batch_release(&inventory->evidence);
}
