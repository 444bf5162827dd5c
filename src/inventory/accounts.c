/* SPDX-License-Identifier: MIT */
/* Which account each piece of evidence belongs to. Runs on sorted evidence, before observations
 * become certificates; pb_accounts_renumber follows when they did. */
#include <stdlib.h>

#include "inventory/arn.h"
#include "inventory/passes.h"

/* An answer of get-caller-identity. */
struct caller_identity {
    struct pb_slice folder; /* whose evidence it speaks for */
    struct pb_slice account, partition;
    bool is_contradicted; /* another answer in this folder names another account */
};

/* What one piece of evidence says of its account. */
struct claim {
    struct pb_slice id, partition, folder;
    enum pb_id_from id_from;
    uint32_t number; /* its index before claims are sorted */
};

/* Where the accounts known from an observation on are: numbers of observations. */
struct known {
    uint32_t first; /* of a known account */
    uint32_t other; /* the next one of another known account */
};

/* Until make_accounts, account_index of observations and records is the index of a claim. */
struct resolver {
    struct pb_batch *evidence;
    struct pb_vector identities; /* of struct caller_identity, by folder, one a folder */
    struct pb_vector claims;     /* of struct claim; neighbours differ */
    struct known *known;         /* one an observation, and one behind the last */
    struct pb_vector ids;        /* of pointers to observations, by id; once it is asked for */
};

/* False at the top of a path and at the root of an archive, above which another bundle begins. */
static bool find_parent(struct pb_slice folder, struct pb_slice *parent)
{
    if (folder.size_bytes == 0 || folder.data[folder.size_bytes - 1] == '!')
        return false;
    *parent = pb_path_folder(folder);
    return true;
}

/* A folder named "sts" holds one service's answers: its identity speaks for the folder above. */
static struct pb_slice folder_of_identity(struct pb_slice folder)
{
    struct pb_slice parent;
    bool is_service =
        pb_slice_equals(folder, PB_SLICE("sts")) || pb_slice_ends_with(folder, PB_SLICE("/sts"));

    return is_service && find_parent(folder, &parent) ? parent : folder;
}

static int compare_folders(const void *left, const void *right)
{
    const struct caller_identity *a = left, *b = right;

    return pb_slice_compare(a->folder, b->folder);
}

static void keep_one_a_folder(struct pb_vector *identities)
{
    struct caller_identity *all = identities->data;
    size_t kept = 0;

    for (size_t i = 0; i < identities->count; i++) {
        if (kept > 0 && pb_slice_equals(all[kept - 1].folder, all[i].folder))
            all[kept - 1].is_contradicted |=
                !pb_slice_equals(all[kept - 1].account, all[i].account);
        else
            all[kept++] = all[i];
    }
    identities->count = kept;
}

static bool collect_identities(struct resolver *resolver)
{
    const struct pb_record *records = resolver->evidence->records.data;

    for (size_t i = 0; i < resolver->evidence->records.count; i++) {
        if (records[i].kind != PB_RECORD_CALLER_IDENTITY)
            continue;
        struct caller_identity *identity = pb_vector_push(&resolver->identities);
        if (identity == NULL)
            return false;
        identity->folder =
            folder_of_identity(pb_batch_folder(resolver->evidence, records[i].entry));
        identity->account = records[i].account;
        identity->partition = records[i].partition;
    }
    pb_vector_sort(&resolver->identities, compare_folders);
    keep_one_a_folder(&resolver->identities);
    return true;
}

/* The answer in the folder or in the nearest one above it in the same bundle; NULL for none. */
static const struct caller_identity *find_identity(const struct pb_vector *identities,
                                                   struct pb_slice folder)
{
    if (identities->count == 0)
        return NULL;
    do {
        struct caller_identity key = {.folder = folder};
        const struct caller_identity *found = bsearch(&key, identities->data, identities->count,
                                                      identities->element_bytes, compare_folders);
        if (found != NULL)
            return found->is_contradicted ? NULL : found;
    } while (find_parent(folder, &folder));
    return NULL;
}

/* Told by any ARN that has an account (a server certificate's, an ACM certificate's), else by an
 * account that the document names, else by the folder. */
static struct claim claim_of(const struct resolver *resolver, struct pb_slice arn_text,
                             struct claim named, uint32_t entry)
{
    struct pb_arn arn;

    if (pb_arn_parse(arn_text, &arn) && arn.account.size_bytes > 0)
        return (struct claim){
            .id = arn.account, .partition = arn.partition, .id_from = PB_ID_FROM_ARN};
    if (named.id.size_bytes > 0)
        return named;
    struct pb_slice folder = pb_batch_folder(resolver->evidence, entry);
    const struct caller_identity *identity = find_identity(&resolver->identities, folder);
    if (identity == NULL)
        return (struct claim){.folder = folder};
    return (struct claim){.id = identity->account,
                          .partition = identity->partition,
                          .id_from = PB_ID_FROM_CALLER_IDENTITY};
}

static struct claim claim_of_observation(const struct resolver *resolver,
                                         const struct pb_observation *observation)
{
    const struct claim named = {.id = pb_observation_particulars(observation)->account,
                                .id_from = PB_ID_FROM_DOCUMENT};

    return claim_of(resolver, observation->arn, named, observation->entry);
}

static bool is_same_account(const struct claim *a, const struct claim *b)
{
    return pb_slice_equals(a->id, b->id) && pb_slice_equals(a->partition, b->partition) &&
           pb_slice_equals(a->folder, b->folder);
}

/* A claim that repeats the one before, as in a list, takes no new number. */
static bool add_claim(struct pb_vector *claims, struct claim claim, uint32_t *number)
{
    const struct claim *all = claims->data;
    size_t count = claims->count;

    if (count == 0 || !is_same_account(&all[count - 1], &claim) ||
        all[count - 1].id_from != claim.id_from) {
        claim.number = (uint32_t)count++;
        if (!pb_vector_append(claims, &claim, 1))
            return false;
    }
    *number = (uint32_t)(count - 1);
    return true;
}

/* A record that came with certificates belongs to the account of the first one. */
static bool claim_observations(struct resolver *resolver)
{
    struct pb_observation *observations = resolver->evidence->observations.data;
    struct pb_record *records = resolver->evidence->records.data;

    for (size_t i = 0; i < resolver->evidence->records.count; i++)
        records[i].account_index = PB_NO_INDEX;
    for (size_t i = 0; i < resolver->evidence->observations.count; i++) {
        struct pb_observation *here = &observations[i];
        if (!add_claim(&resolver->claims, claim_of_observation(resolver, here),
                       &here->account_index))
            return false;
        if (here->record != PB_NO_RECORD && records[here->record].account_index == PB_NO_INDEX)
            records[here->record].account_index = here->account_index;
    }
    return true;
}

static struct claim claim_of_record(const struct resolver *resolver, const struct pb_record *record)
{
    bool is_reference = record->kind == PB_RECORD_REFERENCE;
    bool is_identity = record->kind == PB_RECORD_CALLER_IDENTITY;
    const struct claim named = {.id = record->account,
                                .partition = record->partition,
                                .id_from =
                                    is_identity ? PB_ID_FROM_CALLER_IDENTITY : PB_ID_FROM_DOCUMENT};

    return claim_of(resolver, is_reference ? record->target : PB_SLICE_ABSENT, named,
                    record->entry);
}

static bool is_list(const struct pb_record *record)
{
    return record->kind == PB_RECORD_LIST || record->kind == PB_RECORD_PROJECTION;
}

static bool is_about_folder(const struct pb_record *record)
{
    return record->kind == PB_RECORD_ACCOUNT_SUMMARY || record->kind == PB_RECORD_UNREADABLE ||
           record->kind == PB_RECORD_REFERENCE || record->kind == PB_RECORD_TAGS ||
           record->kind == PB_RECORD_FAILED_CALL;
}

static const struct claim *claim_at(const struct resolver *resolver, uint32_t observation)
{
    const struct pb_observation *all = resolver->evidence->observations.data;

    return &PB_VECTOR_AT(const struct claim, &resolver->claims, all[observation].account_index);
}

/* Remembers what claim_by_certificates asks for, which nested folders may do by the thousand. */
static bool find_known(struct resolver *resolver)
{
    uint32_t count = (uint32_t)resolver->evidence->observations.count;
    struct known *known = calloc((size_t)count + 1, sizeof *known);

    resolver->known = known;
    if (known == NULL)
        return false;
    known[count] = (struct known){count, count};
    for (uint32_t i = count; i > 0; i--) {
        uint32_t next = known[i].first;
        known[i - 1] = known[i];
        if (claim_at(resolver, i - 1)->id.data == NULL)
            continue;
        known[i - 1].first = i - 1;
        if (next < count &&
            !pb_slice_equals(claim_at(resolver, i - 1)->id, claim_at(resolver, next)->id))
            known[i - 1].other = next;
    }
    return true;
}

struct folder_key {
    const struct pb_batch *evidence;
    struct pb_slice folder;
    bool is_end; /* the key stands behind what lies beneath the folder, else before it */
};

static int compare_folder_to_observation(const void *left, const void *right)
{
    const struct folder_key *key = left;
    struct pb_slice path =
        pb_batch_entry(key->evidence, ((const struct pb_observation *)right)->entry)->path;
    size_t size = key->folder.size_bytes;
    int order = pb_slice_compare(key->folder, pb_slice_first(path, size));

    if (order == 0 && size > 0) /* "a-b/x" and "a" itself are not beneath "a" */
        order = path.size_bytes == size ? 1 : '/' - (int)(unsigned char)path.data[size];
    return order != 0 ? order : key->is_end;
}

/* The claim stays as it is where the observations from begin to end have no known account, or
 * several. */
static void claim_by_observations(const struct resolver *resolver, size_t begin, size_t end,
                                  struct claim *claim)
{
    const struct known *known = &resolver->known[begin];

    if (known->first < end && known->other >= end)
        *claim = *claim_at(resolver, known->first);
}

/*
 * An account summary names no account. People save it beside the list, often without
 * get-caller-identity; then it is about the account whose certificates stand in its folder or
 * beneath.
 */
static void claim_by_certificates(const struct resolver *resolver, struct pb_slice folder,
                                  struct claim *claim)
{
    const struct pb_vector *observations = &resolver->evidence->observations;
    struct folder_key key = {resolver->evidence, folder, false};
    size_t begin = pb_vector_lower_bound(observations, &key, compare_folder_to_observation);

    key.is_end = true;
    size_t end = pb_vector_lower_bound(observations, &key, compare_folder_to_observation);
    claim_by_observations(resolver, begin, end, claim);
}

static int compare_entry_to_observation(const void *entry, const void *observation)
{
    uint32_t a = *(const uint32_t *)entry, b = ((const struct pb_observation *)observation)->entry;

    return (a > b) - (a < b);
}

/* What is whole of a cut list says whose it is, whatever its folder says. */
static void claim_by_own_certificates(const struct resolver *resolver, uint32_t entry,
                                      struct claim *claim)
{
    const struct pb_vector *observations = &resolver->evidence->observations;
    size_t begin = pb_vector_lower_bound(observations, &entry, compare_entry_to_observation);

    entry++;
    size_t end = pb_vector_lower_bound(observations, &entry, compare_entry_to_observation);
    claim_by_observations(resolver, begin, end, claim);
}

static int compare_ids(const void *left, const void *right)
{
    const struct pb_observation *const *a = left, *const *b = right;

    return pb_slice_compare((*a)->id, (*b)->id);
}

/* An id that stands alone names no account; where a certificate has it, it is of that one's. */
static bool claim_by_id(struct resolver *resolver, struct pb_record *record)
{
    const struct pb_observation *observations = resolver->evidence->observations.data;
    size_t count = resolver->evidence->observations.count;
    const struct pb_observation key = {.id = record->target}, *wanted = &key;

    if (record->kind != PB_RECORD_REFERENCE || record->label.size_bytes > 0)
        return true;
    for (size_t i = 0; resolver->ids.count < count; i++) {
        const struct pb_observation *observation = &observations[i];
        if (!pb_vector_append(&resolver->ids, &observation, 1))
            return false;
        if (i + 1 == count)
            pb_vector_sort(&resolver->ids, compare_ids);
    }
    size_t found = pb_vector_lower_bound(&resolver->ids, &wanted, compare_ids);
    if (found == count)
        return true;
    const struct pb_observation *named =
        PB_VECTOR_AT(const struct pb_observation *, &resolver->ids, found);
    if (pb_slice_equals(named->id, record->target))
        record->account_index = named->account_index;
    return true;
}

static bool claim_records(struct resolver *resolver)
{
    struct pb_record *records = resolver->evidence->records.data;
    struct claim last_found = {0};
    struct pb_slice last_folder = PB_SLICE_ABSENT;

    for (size_t i = 0; i < resolver->evidence->records.count; i++) {
        struct pb_record *record = &records[i];
        if (record->account_index == PB_NO_INDEX && !claim_by_id(resolver, record))
            return false;
        if (record->account_index != PB_NO_INDEX || record->kind == PB_RECORD_PRIVATE_KEY)
            continue;
        struct claim claim = claim_of_record(resolver, record);
        if (record->kind == PB_RECORD_UNREADABLE)
            claim_by_own_certificates(resolver, record->entry, &claim);
        /* A page without certificates goes with the pages before it. */
        if (claim.id.data == NULL && is_list(record) && i > 0 && is_list(record - 1) &&
            record[-1].entry == record->entry) {
            record->account_index = record[-1].account_index;
            continue;
        }
        if (claim.id.data == NULL && is_about_folder(record)) {
            if (!pb_slice_equals(claim.folder, last_folder)) {
                last_folder = claim.folder;
                last_found = claim;
                claim_by_certificates(resolver, claim.folder, &last_found);
            }
            claim = last_found;
        }
        if (!add_claim(&resolver->claims, claim, &record->account_index))
            return false;
    }
    return true;
}

static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    int order = pb_slice_compare(a->id, b->id);

    if (order == 0)
        order = pb_slice_compare(a->partition, b->partition);
    if (order == 0)
        order = pb_slice_compare(a->folder, b->folder);
    return order != 0 ? order : (a->id_from > b->id_from) - (a->id_from < b->id_from);
}

/* A claim without a partition is of the partition that all others with its id name. */
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
static bool make_accounts(struct pb_vector *claims, struct pb_vector *accounts,
                          uint32_t *account_of_claim)
{
    struct claim *all = claims->data;

    pb_vector_sort(claims, compare_claims);
    complete_partitions(all, claims->count);
    for (size_t i = 0; i < claims->count; i++) {
        bool is_new = i == 0 || !is_same_account(&all[i], &all[i - 1]);
        struct pb_account *account =
            is_new ? pb_vector_push(accounts)
                   : &PB_VECTOR_AT(struct pb_account, accounts, accounts->count - 1);
        if (account == NULL)
            return false;
        account->id = all[i].id;
        account->partition = all[i].partition;
        account->folder = all[i].folder;
        if (account->id_from == PB_ID_UNKNOWN || all[i].id_from < account->id_from)
            account->id_from = all[i].id_from;
        account_of_claim[all[i].number] = (uint32_t)(accounts->count - 1);
    }
    return true;
}

static void renumber_records(struct pb_batch *evidence, const uint32_t *number)
{
    struct pb_record *records = evidence->records.data;

    for (size_t i = 0; i < evidence->records.count; i++)
        if (records[i].account_index != PB_NO_INDEX)
            records[i].account_index = number[records[i].account_index];
}

static bool resolve(struct resolver *resolver, struct pb_vector *accounts)
{
    struct pb_batch *evidence = resolver->evidence;
    struct pb_observation *observations = evidence->observations.data;

    if (!collect_identities(resolver) || !claim_observations(resolver) || !find_known(resolver) ||
        !claim_records(resolver))
        return false;
    uint32_t *account_of_claim = calloc(resolver->claims.count + 1, sizeof *account_of_claim);
    bool is_made =
        account_of_claim != NULL && make_accounts(&resolver->claims, accounts, account_of_claim);
    for (size_t i = 0; i < evidence->observations.count && is_made; i++)
        observations[i].account_index = account_of_claim[observations[i].account_index];
    if (is_made)
        renumber_records(evidence, account_of_claim);
    free(account_of_claim);
    return is_made;
}

bool pb_accounts_resolve(struct pb_inventory *inventory)
{
    struct resolver resolver = {.evidence = &inventory->evidence};

    pb_vector_init(&resolver.identities, sizeof(struct caller_identity));
    pb_vector_init(&resolver.claims, sizeof(struct claim));
    pb_vector_init(&resolver.ids, sizeof(const struct pb_observation *));
    bool is_resolved = resolve(&resolver, &inventory->accounts);
    pb_vector_release(&resolver.identities);
    pb_vector_release(&resolver.claims);
    pb_vector_release(&resolver.ids);
    free(resolver.known);
    return is_resolved;
}

/* A record belongs to the account of the first certificate that came with it. */
static void follow_certificates(struct pb_inventory *inventory)
{
    struct pb_record *records = inventory->evidence.records.data;

    for (size_t i = inventory->certificates.count; i > 0; i--) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i - 1);
        for (uint32_t k = 0; k < certificate->observation_count; k++) {
            uint32_t record =
                pb_inventory_observation(inventory, certificate->first_observation + k)->record;
            if (record != PB_NO_RECORD)
                records[record].account_index = certificate->account;
        }
    }
}

/* number[account] becomes the new index, where number is 1 for each account that is used. */
static void drop_unused(struct pb_vector *accounts, uint32_t *number)
{
    struct pb_account *all = accounts->data;
    uint32_t kept = 0;

    for (size_t i = 0; i < accounts->count; i++) {
        if (number[i] == 0)
            continue;
        all[kept] = all[i];
        number[i] = kept++;
    }
    accounts->count = kept;
}

bool pb_accounts_renumber(struct pb_inventory *inventory)
{
    uint32_t *number = calloc(inventory->accounts.count + 1, sizeof *number);
    struct pb_certificate *certificates = inventory->certificates.data;
    const struct pb_record *records = inventory->evidence.records.data;

    if (number == NULL)
        return false;
    follow_certificates(inventory);
    for (size_t i = 0; i < inventory->certificates.count; i++)
        number[certificates[i].account] = 1;
    for (size_t i = 0; i < inventory->evidence.records.count; i++)
        if (records[i].account_index != PB_NO_INDEX)
            number[records[i].account_index] = 1;
    drop_unused(&inventory->accounts, number);
    for (size_t i = 0; i < inventory->certificates.count; i++)
        certificates[i].account = number[certificates[i].account];
    renumber_records(&inventory->evidence, number);
    free(number);
    return true;
}
