/* SPDX-License-Identifier: MIT */
/* Finds the account of each observation and record. Runs on sorted evidence, before observations
 * become certificates; pb_accounts_renumber runs after that. */
#include <stdlib.h>

#include "inventory/passes.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

struct claim {
    struct pb_slice id, partition, folder;
    enum pb_id_from id_from;
    uint32_t number; /* its index before claims are sorted */
    /* Of observations: the first claim from this one on that has an id, and the next one whose id
     * differs from that; PB_NO_INDEX for none. */
    uint32_t known, other;
};

/* Until make_accounts, account_index of observations and records is the index of a claim. */
struct finder {
    struct pb_inventory *inventory;
    struct pb_batch *evidence;
    struct pb_vector identities; /* of struct pb_term: folder and account, number of the record */
    struct pb_vector claims;     /* of struct claim; neighbours differ */
    struct pb_vector ids;        /* of struct pb_term: ids of observations, made when first used */
    struct pb_slice folder;      /* the last one whose identity was looked for, and that */
    const struct pb_record *identity;
};

/* Folders of one service or region have some answers of the account whose folder is around them. */
static struct pb_slice leave_services(struct pb_slice folder)
{
    struct pb_slice outer;

    for (; pb_folder_parent(folder, &outer); folder = outer) {
        struct pb_slice name = pb_slice_from(folder, outer.size_bytes + (outer.size_bytes > 0));
        bool is_region = name.size_bytes > 8 && name.data[2] == '-' && /* us-east-1 */
                         pb_contains_any(name, "north|south|east|west|central");
        if (!is_region && !pb_is_any(name, PB_WORDS_SERVICES))
            break;
    }
    return folder;
}

static void collect_identities(struct finder *finder)
{
    const struct pb_record *records = finder->evidence->records.data;

    for (uint32_t i = 0; i < finder->evidence->records.count; i++) {
        if (records[i].kind != PB_RECORD_CALLER_IDENTITY)
            continue;
        struct pb_slice folder = pb_batch_folder(finder->evidence, records[i].entry);
        struct pb_term identity = {0, i, leave_services(folder), records[i].account, {0}};
        pb_terms_add(finder->inventory, &finder->identities, identity);
    }
    pb_vector_sort(&finder->identities, pb_term_compare);
}

/* The answer of get-caller-identity in the folder or in the nearest one above it in the same
 * bundle; NULL for none, and where answers of one folder name several accounts. */
static const struct pb_record *find_identity(const struct finder *finder, struct pb_slice folder)
{
    const struct pb_vector *identities = &finder->identities;
    const struct pb_term *all = identities->data;

    do {
        struct pb_term key = {.scope = folder};
        size_t first = pb_vector_lower_bound(identities, &key, pb_term_compare);
        if (first == identities->count || !pb_slice_equals(all[first].scope, folder))
            continue;
        key = all[first];
        key.number = PB_NO_INDEX;
        size_t next = pb_vector_lower_bound(identities, &key, pb_term_compare);
        if (next < identities->count && pb_slice_equals(all[next].scope, folder))
            return NULL;
        return &PB_VECTOR_AT(const struct pb_record, &finder->evidence->records, all[first].number);
    } while (identities->count > 0 && pb_folder_parent(folder, &folder));
    return NULL;
}

/* The account is that of an ARN that has one (a server certificate's, an ACM certificate's), else
 * the one that the document names, else the folder's. */
static struct claim claim_of(struct finder *finder, struct pb_slice arn_text, struct claim named,
                             uint32_t entry)
{
    struct pb_arn arn;

    if (pb_arn_parse(arn_text, &arn) && arn.account.size_bytes > 0)
        return (struct claim){
            .id = arn.account, .partition = arn.partition, .id_from = PB_ID_FROM_ARN};
    if (named.id.size_bytes > 0)
        return named;
    struct pb_slice folder = pb_batch_folder(finder->evidence, entry);
    if (!pb_slice_equals(folder, finder->folder))
        finder->identity = find_identity(finder, folder);
    finder->folder = folder;
    if (finder->identity == NULL)
        return (struct claim){.folder = folder};
    return (struct claim){.id = finder->identity->account,
                          .partition = finder->identity->partition,
                          .id_from = PB_ID_FROM_CALLER_IDENTITY};
}

static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    int order = pb_slice_compare(a->id, b->id);
    order = order != 0 ? order : pb_slice_compare(a->partition, b->partition);
    return order != 0 ? order : pb_slice_compare(a->folder, b->folder);
}

/* Returns the claim's index: the last one's, if that is the same claim, as in a list. */
static uint32_t add_claim(struct finder *finder, struct claim claim)
{
    const struct claim *all = finder->claims.data;
    size_t count = finder->claims.count;

    if (count > 0 && compare_claims(&all[count - 1], &claim) == 0 &&
        all[count - 1].id_from == claim.id_from)
        return (uint32_t)(count - 1);
    claim.number = (uint32_t)count;
    finder->inventory->has_failed |= !pb_vector_append(&finder->claims, &claim, sizeof claim);
    return claim.number;
}

/* Rows of one answer are of one account: gives the record that which ARNs name, "" if several. */
static void name_accounts_of_answers(struct finder *finder)
{
    const struct pb_observation *all = finder->evidence->observations.data;
    struct pb_record *records = finder->evidence->records.data;
    struct pb_arn arn;

    for (size_t i = 0; i < finder->evidence->observations.count; i++) {
        if (!pb_inventory_is_answer(finder->inventory, &all[i]) ||
            !pb_arn_parse(all[i].arn, &arn) || arn.account.size_bytes == 0)
            continue;
        struct pb_slice *account = &records[all[i].record].account;
        bool is_first = pb_slice_is_absent(*account) || pb_slice_equals(*account, arn.account);
        *account = is_first ? arn.account : PB_SLICE("");
    }
}

/* A record with observations has the claim of the first one. */
static void claim_observations(struct finder *finder)
{
    struct pb_observation *observations = finder->evidence->observations.data;
    struct pb_record *records = finder->evidence->records.data;
    struct claim *all, next = {.known = PB_NO_INDEX, .other = PB_NO_INDEX};

    for (size_t i = 0; i < finder->evidence->records.count; i++)
        records[i].account_index = PB_NO_INDEX;
    for (size_t i = 0; i < finder->evidence->observations.count; i++) {
        struct pb_observation *here = &observations[i];
        struct claim named = {.id = pb_observation_particulars(here)->account,
                              .id_from = PB_ID_FROM_DOCUMENT};
        if (named.id.size_bytes == 0 && here->record != PB_NO_RECORD)
            named.id = records[here->record].account;
        here->account_index = add_claim(finder, claim_of(finder, here->arn, named, here->entry));
        if (here->record != PB_NO_RECORD && records[here->record].account_index == PB_NO_INDEX)
            records[here->record].account_index = here->account_index;
    }
    all = finder->claims.data;
    for (size_t i = finder->claims.count; i > 0; i--) {
        struct claim *here = &all[i - 1];
        if (here->id.data != NULL) {
            if (next.known != PB_NO_INDEX && !pb_slice_equals(here->id, all[next.known].id))
                next.other = next.known;
            next.known = here->number;
        }
        here->known = next.known;
        here->other = next.other;
    }
}

/* Of an observation or a record, of which it is the first member. */
static int compare_to_entry(const void *entry, const void *element)
{
    return pb_number_compare(*(const uint32_t *)entry, *(const uint32_t *)element);
}

/* Replaces the claim by that of the only known account of the observations from entry begin up to
 * entry end, not included; leaves it where they have none or several. */
static void claim_by_entries(const struct finder *finder, uint32_t begin, uint32_t end,
                             struct claim *claim)
{
    const struct pb_vector *observations = &finder->evidence->observations;
    const struct pb_observation *all = observations->data;
    const struct claim *claims = finder->claims.data;
    size_t first = pb_vector_lower_bound(observations, &begin, compare_to_entry);
    size_t behind = pb_vector_lower_bound(observations, &end, compare_to_entry);

    if (first == behind)
        return;
    const struct claim *here = &claims[all[first].account_index];
    uint32_t last = all[behind - 1].account_index;
    if (here->known <= last && here->other > last)
        *claim = claims[here->known];
}

/* An entry is behind the prefix if its path sorts behind all that begin with it. */
static int compare_to_prefix(const void *prefix, const void *entry)
{
    const struct pb_slice *begin = prefix, path = ((const struct pb_entry *)entry)->path;
    return pb_slice_starts_with(path, *begin) || pb_slice_compare(*begin, path) > 0 ? 1 : -1;
}

/* The end of the entries whose paths begin with the prefix. */
static uint32_t find_end(const struct finder *finder, struct pb_slice prefix)
{
    return (uint32_t)pb_vector_lower_bound(&finder->evidence->entries, &prefix, compare_to_prefix);
}

/* An id alone names no account: the record has that of an observation with the id. */
static void claim_by_id(struct finder *finder, struct pb_record *record)
{
    const struct pb_observation *observations = finder->evidence->observations.data;

    if (record->kind != PB_RECORD_REFERENCE || record->label.size_bytes > 0)
        return;
    if (finder->ids.count == 0) {
        for (uint32_t i = 0; i < finder->evidence->observations.count; i++)
            pb_terms_add(finder->inventory, &finder->ids,
                         (struct pb_term){.text = observations[i].id, .number = i});
        pb_vector_sort(&finder->ids, pb_term_compare);
    }
    const struct pb_term *found =
        pb_terms_find(&finder->ids, (struct pb_term){.text = record->target});
    if (found != NULL)
        record->account_index = observations[found->number].account_index;
}

/* An account's number in a component of a path: "dump/111122223333/", "list-111122223333.json". */
struct number {
    struct pb_slice account;
    struct pb_term place; /* of dumps of one run: the folder above; of files what is around it */
    size_t end;           /* of the component, with its '/' */
};

/* Finds the first number from number->end on: each 12th byte is in one, or in none. */
static bool find_number(struct pb_slice path, struct number *number)
{
    for (size_t i = number->end, begin; (i += PB_ACCOUNT_BYTES) <= path.size_bytes;) {
        for (begin = --i; begin > number->end && pb_is_digit(path.data[begin - 1]);)
            begin--;
        while (i < path.size_bytes && pb_is_digit(path.data[i]))
            i++;
        const char *digits = path.data + begin;
        /* 202401311759 and the like are minutes, and accounts hardly ever. */
        if (i - begin != PB_ACCOUNT_BYTES ||
            (digits[0] == '2' && digits[1] == '0' && digits[4] <= '1' && digits[6] <= '3' &&
             digits[8] <= '2' && digits[10] <= '5'))
            continue;
        struct pb_slice rest = pb_slice_from(path, i);
        rest = pb_slice_first(rest, pb_slice_find(rest, PB_SLICE("/"), 0));
        bool is_folder = i + rest.size_bytes < path.size_bytes;
        number->end = i + rest.size_bytes + is_folder;
        number->account = pb_slice_first(pb_slice_from(path, begin), PB_ACCOUNT_BYTES);
        number->place.scope = pb_slice_first(path, begin);
        number->place.text = pb_slice_first(rest, pb_slice_find(rest, PB_SLICE("."), 0));
        if (is_folder)
            number->place = (struct pb_term){.scope = pb_path_folder(number->place.scope)};
        return true;
    }
    return false;
}

#define LEVELS 3 /* of a path, at which folders and files of accounts may stand */
/* Sets of kinds of records. */
#define LISTS (1u << PB_RECORD_LIST | 1u << PB_RECORD_PROJECTION)
#define ANSWERS ((2u << PB_RECORD_NAMES) - 1)
#define OF_ACCOUNTS                                                                                \
    (((2u << PB_RECORD_CALLER_IDENTITY) - 1) & ~(1u << PB_RECORD_REFERENCE | 1u << PB_RECORD_TAGS))

/* Some record from the index on, of the entries up to end, not included, is of one of the kinds. */
static bool has_record(const struct pb_vector *records, size_t index, uint32_t end, uint32_t kinds)
{
    const struct pb_record *all = records->data;
    while (index < records->count && all[index].entry < end && (kinds >> all[index].kind & 1) == 0)
        index++;
    return index < records->count && all[index].entry < end;
}

/* The path without its file's name, or its folder's, or that of the folder around it, which may be
 * an account's; else without text. */
static struct pb_term place_of(struct pb_slice path, int level)
{
    size_t end = level == 0 ? pb_slice_find_last(path, '.') : path.size_bytes;
    for (int i = 0; i < level; i++)
        end = pb_slice_find_last(pb_slice_first(path, end), '/');
    struct pb_slice outer = pb_slice_first(path, end);
    struct pb_term place = {.account = (uint32_t)level + 1, /* 0 is of numbers */
                            .scope = pb_path_folder(outer),
                            .text = pb_slice_from(path, end)};
    struct pb_slice name = pb_slice_from(outer, place.scope.size_bytes);
    if (pb_contains_any(name, PB_WORDS_ANSWER) || find_number(name, &(struct number){0}))
        place.text = PB_SLICE_ABSENT;
    return place;
}

/* The entry holds nothing, or an error, which other folders show to be in an answer's place even if
 * it only may be one. */
static bool is_missing(const struct pb_entry *entry, int level)
{
    return entry->status == PB_ENTRY_IGNORED &&
           (entry->is_error || (entry->is_no_answer && level > 0));
}

/* Adds a record for each account without certificates, and item without an answer, beside one with
 * an answer. */
static void add_siblings(struct finder *finder)
{
    struct pb_vector *records = &finder->evidence->records;
    struct pb_entry *entries = finder->evidence->entries.data;
    struct pb_vector places = {0};   /* of struct pb_term, of those with an answer */
    struct pb_vector siblings = {0}; /* of struct pb_record */
    bool has_empty = false;

    for (uint32_t i = 0; i < finder->evidence->entries.count && !has_empty; i++)
        has_empty = is_missing(&entries[i], 1);
    for (size_t i = 0; i < records->count; i++) {
        const struct pb_record *record = pb_inventory_record(finder->inventory, i);
        struct number number = {0};
        struct pb_slice path = entries[record->entry].path;
        if (record->kind > PB_RECORD_NAMES || /* or of the same file as the last */
            (i > 0 && record[-1].kind <= PB_RECORD_NAMES && record[-1].entry == record->entry))
            continue;
        while (find_number(path, &number))
            pb_terms_add(finder->inventory, &places, number.place);
        for (int k = 0; has_empty && k < LEVELS; k++) {
            const struct pb_term place = place_of(path, k);
            if (place.text.size_bytes > 0)
                pb_terms_add(finder->inventory, &places, place);
        }
    }
    pb_vector_sort(&places, pb_term_compare);
    for (uint32_t i = 0; places.count > 0 && i < finder->evidence->entries.count; i++) {
        struct pb_record sibling = {.kind = PB_RECORD_UNREADABLE, .entry = i};
        struct number number = {0};
        struct pb_slice path = entries[i].path;
        for (int k = 0; k < LEVELS; k++) {
            if (siblings.count >= PB_MOST_MISSED_LISTS || !is_missing(&entries[i], k) ||
                pb_terms_find(&places, place_of(path, k)) == NULL)
                continue;
            entries[i].status = PB_ENTRY_UNREADABLE;
            entries[i].detail = PB_SLICE(PB_SAY_PLACE_NO_ANSWER);
            finder->inventory->has_failed |= !pb_vector_append(&siblings, &sibling, sizeof sibling);
        }
        while (find_number(path, &number)) {
            struct pb_slice place = pb_slice_first(path, number.end);
            if ((i > 0 && pb_slice_starts_with(entries[i - 1].path, place)) ||
                pb_terms_find(&places, number.place) == NULL ||
                has_record(records, pb_vector_lower_bound(records, &i, compare_to_entry),
                           find_end(finder, place), OF_ACCOUNTS))
                continue;
            sibling.kind = PB_RECORD_ACCOUNT;
            sibling.account = number.account;
            finder->inventory->has_failed |= !pb_vector_append(&siblings, &sibling, sizeof sibling);
        }
    }
    finder->inventory->has_failed |=
        !pb_vector_append_all(records, siblings.data, siblings.count, sizeof(struct pb_record));
    pb_vector_release(&places);
    pb_vector_release(&siblings);
}

static void claim_records(struct finder *finder)
{
    struct pb_record *records = finder->evidence->records.data;
    bool has_answer = false;

    for (size_t i = 0; i < finder->evidence->records.count; i++) {
        struct pb_record *record = &records[i];
        /* Accounts of other documents than the item's answers count only beside such. */
        if (i == 0 || record->entry != record[-1].entry)
            has_answer = has_record(&finder->evidence->records, i, record->entry + 1, ANSWERS);
        if (record->is_candidate && !has_answer)
            continue;
        if (record->account_index == PB_NO_INDEX)
            claim_by_id(finder, record);
        if (record->account_index != PB_NO_INDEX || record->kind > PB_RECORD_ACCOUNT)
            continue;
        bool is_identity = record->kind == PB_RECORD_CALLER_IDENTITY;
        const struct claim named = {.id = record->account,
                                    .partition = record->partition,
                                    .id_from = is_identity ? PB_ID_FROM_CALLER_IDENTITY
                                                           : PB_ID_FROM_DOCUMENT};
        struct pb_slice arn = record->kind == PB_RECORD_REFERENCE ? record->target : PB_SLICE("");
        struct claim claim = claim_of(finder, arn, named, record->entry);
        /* The certificates of its item show its account, whatever its folder shows. */
        if (record->kind == PB_RECORD_UNREADABLE ||
            (record->kind == PB_RECORD_ACCOUNT_SUMMARY && record->account.data == NULL))
            claim_by_entries(finder, record->entry, record->entry + 1, &claim);
        /* A page without certificates has the account of the page before it. */
        if (claim.id.data == NULL && (LISTS >> record->kind & 1) != 0 && i > 0 &&
            (LISTS >> record[-1].kind & 1) != 0 && record[-1].entry == record->entry) {
            record->account_index = record[-1].account_index;
            continue;
        }
        /* Account summaries, often saved beside the list without get-caller-identity, are of the
         * account whose certificates are in their folder or below. */
        if (claim.id.data == NULL && record->kind >= PB_RECORD_ACCOUNT_SUMMARY &&
            record->kind <= PB_RECORD_FAILED_CALL) {
            struct pb_slice begin = pb_folder_prefix(leave_services(claim.folder));
            claim_by_entries(finder, (uint32_t)pb_batch_find_entry(finder->evidence, begin),
                             find_end(finder, begin), &claim);
        }
        record->account_index = add_claim(finder, claim);
    }
}

/* Gives claims without a partition that of all others with their id, if those agree. */
static void complete_partitions(struct claim *claims, size_t count)
{
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && pb_slice_equals(claims[end].id, claims[first].id);)
            end++;
        size_t known = first;
        while (known < end && claims[known].partition.data == NULL)
            known++;
        bool is_one = claims[first].id.data != NULL && known < end &&
                      pb_slice_equals(claims[known].partition, claims[end - 1].partition);
        for (size_t i = first; is_one && i < known; i++)
            claims[i].partition = claims[known].partition;
    }
}

/* account_of_claim[number of claim] becomes the index of its account. */
static void make_accounts(struct finder *finder, uint32_t *account_of_claim)
{
    struct pb_vector *claims = &finder->claims, *accounts = &finder->inventory->accounts;
    struct claim *all = claims->data;
    struct pb_account *account = NULL;

    pb_vector_sort(claims, compare_claims);
    complete_partitions(all, claims->count);
    for (size_t i = 0; i < claims->count; i++) {
        if (i == 0 || compare_claims(&all[i], &all[i - 1]) != 0)
            account = pb_vector_push(accounts, sizeof *account);
        if (account == NULL) {
            finder->inventory->has_failed = true;
            return;
        }
        account->id = all[i].id;
        account->partition = all[i].partition;
        account->folder = all[i].folder;
        if (account->id_from == PB_ID_UNKNOWN || all[i].id_from < account->id_from)
            account->id_from = all[i].id_from;
        account_of_claim[all[i].number] = (uint32_t)(accounts->count - 1);
    }
}

void pb_accounts_resolve(struct pb_inventory *inventory)
{
    struct pb_batch *evidence = &inventory->evidence;
    struct finder finder = {.inventory = inventory, .evidence = evidence};

    collect_identities(&finder);
    finder.identity = find_identity(&finder, finder.folder);
    add_siblings(&finder);
    name_accounts_of_answers(&finder);
    claim_observations(&finder);
    if (!inventory->has_failed)
        claim_records(&finder);
    uint32_t *account_of_claim = calloc(finder.claims.count + 1, sizeof *account_of_claim);
    inventory->has_failed |= account_of_claim == NULL;
    if (!inventory->has_failed) {
        make_accounts(&finder, account_of_claim);
        pb_renumber(&evidence->observations, 0, offsetof(struct pb_observation, account_index),
                    account_of_claim, 0);
        pb_renumber(&evidence->records, 0, offsetof(struct pb_record, account_index),
                    account_of_claim, 0);
    }
    free(account_of_claim);
    pb_vector_release(&finder.identities);
    pb_vector_release(&finder.claims);
    pb_vector_release(&finder.ids);
}

void pb_accounts_renumber(struct pb_inventory *inventory)
{
    uint32_t *number = calloc(inventory->accounts.count + 1, sizeof *number), kept = 0;
    struct pb_account *accounts = inventory->accounts.data;
    struct pb_record *records = inventory->evidence.records.data;

    if (number == NULL) {
        inventory->has_failed = true;
        return;
    }
    for (size_t i = inventory->certificates.count; i > 0; i--) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i - 1);
        struct pb_account *account = &accounts[certificate->account];
        account->first_certificate = (uint32_t)(i - 1);
        account->all_certificate_count++;
        account->certificate_count += certificate->origin == PB_ORIGIN_IAM;
        inventory->has_list_evidence |= certificate->origin == PB_ORIGIN_IAM;
        number[certificate->account] = 1;
        for (uint32_t k = 0; k < certificate->observation_count; k++) {
            uint32_t record = certificate->observations[k].record;
            if (record == PB_NO_RECORD)
                continue;
            records[record].account_index = certificate->account;
            account->shown_by |= 1u << records[record].kind;
        }
    }
    for (size_t i = 0; i < inventory->evidence.records.count; i++) {
        inventory->has_list_evidence |= records[i].kind <= PB_RECORD_EVENT;
        if (records[i].account_index == PB_NO_INDEX)
            continue;
        number[records[i].account_index] = 1;
        accounts[records[i].account_index].shown_by |= 1u << records[i].kind;
    }
    for (size_t i = 0; i < inventory->accounts.count; i++) {
        if (number[i] == 0)
            continue;
        accounts[kept] = accounts[i];
        number[i] = kept++;
    }
    inventory->accounts.count = kept;
    pb_renumber(&inventory->certificates, 0, offsetof(struct pb_certificate, account), number, 0);
    pb_renumber(&inventory->evidence.records, 0, offsetof(struct pb_record, account_index), number,
                0);
    free(number);
}
