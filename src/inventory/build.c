/* SPDX-License-Identifier: MIT */
/* Makes the inventory: runs every pass over the merged evidence, in pb_inventory_build's order, and
 * has the first two, candidates and later dates. The audit's pipeline calls it when all items are
 * read; the rules judge its certificates next. */
#include "inventory/passes.h"
#include "inventory/sentences.inc"

/* Candidates are dates, lists of names, rows and bodies that nothing says to be of server
 * certificates. They are accepted as evidence where their folder has other such evidence; a list of
 * names, or of names and later dates, and a file with one of the names are accepted together. */

/* Words before and behind a certificate's name in a file's: "get-server-certificate-NAME". */
#define MOST_OTHER_WORDS 4

/* Of a file that answers for one certificate of a list: null, two dates, an error; no get-user. */
#define MOST_BARE_BYTES 100

/* What a folder has. A term has one of these as its account, and the folder as its scope. */
enum {
    EVIDENCE, /* evidence that is no candidate */
    EMPTY,    /* a list without certificates */
    NAME,     /* a name that is no candidate's, nor a file's */
    LISTED,   /* a candidate's, in its folder and in that around it */
    WALKED,   /* a file's, likewise */
    CONTENT,  /* the digest of a body, or a date in seconds, of what is no candidate */
    PROFILE,  /* the name of an account or profile with an answer: number is its entry */
    LIST,     /* a candidate with a NAME or a profile's answer: number is its entry; in no folder */
};

static bool has_term(const struct pb_vector *terms, struct pb_term term)
{
    const struct pb_term *found = pb_terms_find(terms, term);
    return found != NULL && pb_term_compare(found, &term) == 0;
}

/* The record that the observation came with, if that is a candidate; else NULL. */
static struct pb_record *candidate_of(const struct pb_batch *evidence,
                                      const struct pb_observation *seen)
{
    struct pb_record *records = evidence->records.data;
    bool is_candidate = seen->record != PB_NO_RECORD && records[seen->record].is_candidate;
    return is_candidate ? &records[seen->record] : NULL;
}

/* The CONTENT term of its body or its date, which must be known. */
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

/* Adds the term, in its folder and in the one around it. */
static void add_near(struct pb_inventory *inventory, struct pb_vector *terms, struct pb_term term)
{
    pb_terms_add(inventory, terms, term);
    if (pb_folder_parent(term.scope, &term.scope))
        pb_terms_add(inventory, terms, term);
}

/* Adds the NAME and LISTED terms of names that are not a file's, the CONTENT of observations, and
 * the WALKED terms of files with little in them. */
static void collect_names(struct pb_inventory *inventory, struct pb_vector *terms)
{
    const struct pb_observation *all = inventory->evidence.observations.data;

    for (uint32_t i = 0; i < inventory->evidence.entries.count; i++) {
        const struct pb_entry *entry = pb_batch_entry(&inventory->evidence, i);
        struct pb_slice folder = pb_path_folder(entry->path), name = entry->path;
        name = pb_slice_from(name, folder.size_bytes + (folder.size_bytes > 0));
        name = pb_slice_first(name, pb_slice_find_last(name, '.'));
        if (entry->size_bytes <= MOST_BARE_BYTES && entry->status != PB_ENTRY_USED)
            add_near(inventory, terms, (struct pb_term){WALKED, 0, folder, name, {0}});
    }
    for (size_t i = 0; i < inventory->evidence.observations.count; i++) {
        const struct pb_observation *seen = &all[i];
        struct pb_slice folder = pb_batch_folder(&inventory->evidence, seen->entry);
        bool is_candidate = candidate_of(&inventory->evidence, seen) != NULL;
        bool is_listed = is_candidate || pb_inventory_is_name_alone(inventory, seen);
        if (seen->origin != PB_ORIGIN_IAM || seen->is_name_from_file)
            continue;
        if (!is_candidate && pb_date_is_known(&seen->upload_date))
            pb_terms_add(inventory, terms, content_of(seen, folder, false));
        if (!is_candidate && seen->body != NULL)
            pb_terms_add(inventory, terms, content_of(seen, folder, true));
        if (seen->name.size_bytes > 0 && is_listed)
            add_near(inventory, terms, (struct pb_term){LISTED, 0, folder, seen->name, {0}});
        if (seen->name.size_bytes > 0 && !is_candidate)
            pb_terms_add(inventory, terms, (struct pb_term){NAME, 0, folder, seen->name, {0}});
    }
    pb_vector_sort(terms, pb_term_compare);
}

/* Removes the first or the last word; false where there is only one. */
static bool cut_word(struct pb_slice *name, bool is_first)
{
    for (size_t i = 1; i + 1 < name->size_bytes; i++) {
        size_t at = is_first ? i : name->size_bytes - 1 - i;
        if (strchr("._-=+,@", name->data[at]) == NULL)
            continue;
        *name = is_first ? pb_slice_from(*name, at + 1) : pb_slice_first(*name, at);
        return true;
    }
    return false;
}

/* The folder's longest name that the text is but for some words around it; absent for none. */
static struct pb_slice find_name(const struct pb_vector *terms, uint32_t kind,
                                 struct pb_slice folder, struct pb_slice text)
{
    struct pb_slice found = PB_SLICE_ABSENT;

    for (size_t i = 0; i <= MOST_OTHER_WORDS; i++) {
        struct pb_term part = {kind, 0, folder, text, {0}};
        for (size_t k = 0; k <= MOST_OTHER_WORDS; k++) {
            if (part.text.size_bytes > found.size_bytes && pb_terms_find(terms, part) != NULL)
                found = part.text;
            if (!cut_word(&part.text, false))
                break;
        }
        if (!cut_word(&text, true))
            break;
    }
    return found;
}

/* Names bodies and dates that are alone in a file after the file, where the folder has that name.
 * Removes candidates without a name whose content the folder has elsewhere. */
static void name_files(struct pb_inventory *inventory, struct pb_vector *terms)
{
    struct pb_vector *observations = &inventory->evidence.observations;
    struct pb_observation *all = observations->data;
    size_t kept = 0;

    for (size_t i = 0; i < observations->count; i++) {
        struct pb_observation *seen = &all[i];
        struct pb_slice path = pb_batch_entry(&inventory->evidence, seen->entry)->path;
        struct pb_slice folder = pb_path_folder(path), name = seen->name;
        struct pb_record *record = candidate_of(&inventory->evidence, seen);
        if (record != NULL && name.size_bytes == 0 && seen->body != NULL)
            name = pb_slice_from(path, folder.size_bytes + (folder.size_bytes < path.size_bytes));
        else if (!seen->is_name_from_file)
            name = PB_SLICE_ABSENT;
        struct pb_slice found = find_name(terms, NAME, folder, name), around;
        struct pb_slice listed = find_name(terms, LISTED, folder, name);
        found = listed.size_bytes > found.size_bytes ? listed : found;
        if (found.size_bytes == 0 && pb_folder_parent(folder, &around))
            found = find_name(terms, LISTED, around, name);
        if (found.size_bytes > 0) {
            seen->name = found;
            seen->is_name_from_file = true;
        }
        bool has_content = seen->body != NULL || pb_date_is_known(&seen->upload_date);
        bool is_repeated = record != NULL && seen->name.size_bytes == 0 && has_content &&
                           has_term(terms, content_of(seen, folder, seen->body != NULL));
        if (is_repeated)
            record->needs_name |= --record->observation_count == 0;
        else
            all[kept++] = *seen;
    }
    observations->count = kept;
    for (size_t i = 0; i < kept; i++) {
        struct pb_slice folder = pb_batch_folder(&inventory->evidence, all[i].entry);
        if (all[i].is_name_from_file)
            add_near(inventory, terms, (struct pb_term){WALKED, 0, folder, all[i].name, {0}});
    }
    pb_vector_sort(terms, pb_term_compare);
}

/* Adds the EVIDENCE and EMPTY terms of records. */
static void collect_folders(struct pb_inventory *inventory, struct pb_vector *terms)
{
    const struct pb_batch *evidence = &inventory->evidence;
    const struct pb_record *records = evidence->records.data;

    for (size_t i = 0; i < evidence->records.count; i++) {
        struct pb_slice folder = pb_batch_folder(evidence, records[i].entry);
        bool is_empty = records[i].kind == PB_RECORD_LIST && records[i].observation_count == 0;
        if (!records[i].is_candidate && records[i].kind <= PB_RECORD_EVENT)
            pb_terms_add(inventory, terms, (struct pb_term){.account = EVIDENCE, .scope = folder});
        if (is_empty)
            pb_terms_add(inventory, terms, (struct pb_term){.account = EMPTY, .scope = folder});
        if (records[i].profile.size_bytes == 0 || records[i].is_candidate)
            continue;
        const uint32_t at = records[i].entry;
        pb_terms_add(inventory, terms, (struct pb_term){LIST, at, {0}, {0}, {0}});
        pb_terms_add(inventory, terms, (struct pb_term){PROFILE, at, {0}, records[i].profile, {0}});
    }
    pb_vector_sort(terms, pb_term_compare);
}

/* Adds the LIST terms: without a name that the folder has elsewhere, a file near it that is called
 * after one, bare dates behind it in the item, or a folder of dates, it may be of users. */
static void collect_lists(struct pb_inventory *inventory, struct pb_vector *terms)
{
    const struct pb_observation *seen = inventory->evidence.observations.data;

    for (size_t i = 0; i < inventory->evidence.observations.count; i++) {
        struct pb_slice folder = pb_batch_folder(&inventory->evidence, seen[i].entry);
        struct pb_term name = {NAME, 0, folder, seen[i].name, {0}};
        bool is_file = seen[i].is_name_from_file, is_list = !is_file && has_term(terms, name);
        is_list |= seen[i].is_date_unnamed && i > 0 && seen[i - 1].entry == seen[i].entry &&
                   !seen[i - 1].is_date_unnamed;
        name.account = is_file ? LISTED : WALKED;
        is_list |= has_term(terms, name) ||
                   (pb_folder_parent(folder, &name.scope) && has_term(terms, name));
        struct pb_term around = {.account = EVIDENCE, .scope = name.scope};
        is_list |= seen[i].is_date_unnamed && is_file && has_term(terms, around) &&
                   pb_contains_any(pb_slice_from(folder, name.scope.size_bytes), "date|upload");
        if (is_list && candidate_of(&inventory->evidence, &seen[i]) != NULL)
            pb_terms_add(inventory, terms, (struct pb_term){LIST, seen[i].entry, {0}, {0}, {0}});
    }
    pb_vector_sort(terms, pb_term_compare);
}

/* The candidate's item is used, or unreadable if nothing says what it shows. */
static void accept_candidates(struct pb_inventory *inventory, const struct pb_vector *terms)
{
    struct pb_batch *evidence = &inventory->evidence;
    struct pb_record *records = evidence->records.data;
    struct pb_entry *entries = evidence->entries.data;

    for (size_t i = 0; i < evidence->records.count; i++) {
        struct pb_record *record = &records[i];
        struct pb_entry *entry = &entries[record->entry];
        const struct pb_term list = {.account = LIST, .number = record->entry};
        bool is_error = record->kind == PB_RECORD_FAILED_CALL;
        const struct pb_term folder = {.account = is_error ? EMPTY : EVIDENCE,
                                       .scope = pb_batch_folder(evidence, record->entry)};
        const struct pb_term profile = {PROFILE, record->entry, {0}, record->profile, {0}};
        if (!record->is_candidate || record->kind == PB_RECORD_ACCOUNT ||
            has_term(terms, profile) ||
            (!has_term(terms, list) && (record->needs_name || !has_term(terms, folder))))
            continue;
        record->is_candidate = false;
        if (record->kind == PB_RECORD_UNREADABLE || is_error) {
            entry->status = PB_ENTRY_UNREADABLE;
            entry->detail =
                is_error ? PB_SLICE(PB_SAY_FOLDER_FAILED) : PB_SLICE(PB_SAY_FOLDER_LOOKALIKE);
            continue;
        }
        if (entry->status == PB_ENTRY_IGNORED)
            entry->status = PB_ENTRY_USED;
        entry->shape = record->shape;
        entry->detail = PB_SLICE_ABSENT;
    }
}

/* Removes the candidates that were not accepted: their items stay ignored. */
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
        if (records[i].is_candidate && records[i].kind != PB_RECORD_ACCOUNT)
            records[i].kind = PB_RECORD_NONE;
}

static void resolve_candidates(struct pb_inventory *inventory)
{
    struct pb_vector terms = {0}; /* of struct pb_term */
    const struct pb_observation *seen = inventory->evidence.observations.data;
    bool has_work = false;

    for (size_t i = 0; i < inventory->evidence.records.count; i++)
        has_work |= pb_inventory_record(inventory, i)->is_candidate;
    for (size_t i = 0; i < inventory->evidence.observations.count; i++)
        has_work |= seen[i].is_name_from_file;
    if (!has_work)
        return;
    collect_names(inventory, &terms);
    name_files(inventory, &terms);
    collect_folders(inventory, &terms);
    collect_lists(inventory, &terms);
    accept_candidates(inventory, &terms);
    collect_folders(inventory, &terms); /* those that were accepted vouch for others */
    accept_candidates(inventory, &terms);
    drop_candidates(&inventory->evidence);
    pb_vector_release(&terms);
}

/* No certificate was uploaded after as_of: a date that says so is odd, or that of something else if
 * the document does not call it an UploadDate. */
static void refuse_later_dates(struct pb_inventory *inventory)
{
    struct pb_observation *all = inventory->evidence.observations.data;
    struct pb_record *records = inventory->evidence.records.data;
    size_t count = inventory->evidence.observations.count;
    char room[PB_INSTANT_BYTES];

    for (size_t i = 0; i < count; i++) {
        const struct pb_date *date = &all[i].upload_date;
        if (!pb_date_is_known(date) ||
            pb_instant_compare(pb_date_earliest(date), inventory->as_of) <= 0)
            continue;
        if (all[i].is_date_unnamed && all[i].record != PB_NO_RECORD)
            records[all[i].record].has_later_date = true;
        else
            pb_diagnostic_at(pb_diagnostics_add(&inventory->evidence.diagnostics,
                                                PB_SEVERITY_WARNING, "odd-date", PB_SAY_DATE_LATER,
                                                PB_SLICE_ARGS(pb_date_text(date, room))),
                             &all[i]);
    }
    for (size_t i = 0; i < count; i++)
        if (all[i].is_date_unnamed && pb_date_is_known(&all[i].upload_date) &&
            all[i].record != PB_NO_RECORD && records[all[i].record].has_later_date)
            all[i].upload_date.state = PB_DATE_REFUSED;
}

enum pb_status pb_inventory_build(struct pb_inventory *inventory, struct pb_batch *batch,
                                  struct pb_instant as_of)
{
    static void (*const passes[])(struct pb_inventory *) = {
        resolve_candidates,   refuse_later_dates,    pb_accounts_resolve,   pb_certificates_make,
        pb_accounts_renumber, pb_references_resolve, pb_coverage_determine,
    };
    struct pb_batch *evidence = &inventory->evidence;

    *inventory = (struct pb_inventory){.evidence = *batch, .as_of = as_of};
    *batch = (struct pb_batch){0};
    if (pb_batch_sort(evidence) != PB_OK ||
        pb_batch_sort_diagnostics(evidence, PB_MOST_DIAGNOSTICS) != PB_OK)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < sizeof passes / sizeof passes[0] && !inventory->has_failed; i++)
        passes[i](inventory);
    return inventory->has_failed || evidence->diagnostics.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

void pb_inventory_release(struct pb_inventory *inventory)
{
    struct pb_account *accounts = inventory->accounts.data;
    for (size_t i = 0; i < inventory->accounts.count; i++)
        pb_vector_release(&accounts[i].reasons);
    pb_vector_release(&inventory->accounts);
    pb_vector_release(&inventory->certificates);
    pb_vector_release(&inventory->gaps);
    pb_batch_release(&inventory->evidence);
}
