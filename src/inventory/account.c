/* SPDX-License-Identifier: MIT */
#include "inventory/account.h"

#include <stdlib.h>

#include "inventory/account_within.h"
#include "inventory/arn.h"
#include "inventory/caller_identity.h"
#include "inventory/folder.h"

struct resolver {
    const struct pb_batch *evidence;
    struct pb_vector identities;
    struct pb_vector claims; /* of struct pb_account_claim; neighbours differ */
    struct pb_accounts_within within;
};

static struct pb_slice folder_of_entry(const struct resolver *resolver, uint32_t entry)
{
    return pb_path_folder(pb_ledger_path(&resolver->evidence->ledger, entry));
}

static struct pb_account_claim claim_by_folder(const struct resolver *resolver, uint32_t entry)
{
    struct pb_slice folder = folder_of_entry(resolver, entry);
    const struct pb_caller_identity *identity =
        pb_caller_identity_find(&resolver->identities, folder);

    if (identity == NULL)
        return (struct pb_account_claim){.folder = folder};
    return (struct pb_account_claim){.id = identity->account,
                                     .partition = identity->partition,
                                     .id_from = PB_ID_FROM_CALLER_IDENTITY};
}

/* The account of any ARN that has one: a server certificate's, an ACM certificate's. */
static bool claim_by_arn(struct pb_slice text, struct pb_account_claim *claim)
{
    struct pb_arn arn;

    if (!pb_arn_parse(text, &arn) || arn.account.size_bytes == 0)
        return false;
    *claim = (struct pb_account_claim){
        .id = arn.account, .partition = arn.partition, .id_from = PB_ID_FROM_ARN};
    return true;
}

static struct pb_account_claim claim_of_observation(const struct resolver *resolver,
                                                    const struct pb_observation *observation)
{
    struct pb_account_claim claim;

    if (claim_by_arn(observation->arn, &claim))
        return claim;
    struct pb_slice account = pb_observation_particulars(observation)->account;
    if (account.size_bytes > 0)
        return (struct pb_account_claim){.id = account, .id_from = PB_ID_FROM_DOCUMENT};
    return claim_by_folder(resolver, observation->entry);
}

static bool is_same_claim(const struct pb_account_claim *a, const struct pb_account_claim *b)
{
    return pb_slice_equals(a->id, b->id) && pb_slice_equals(a->partition, b->partition) &&
           pb_slice_equals(a->folder, b->folder) && a->id_from == b->id_from;
}

/* *number is the claim's; a claim that repeats its neighbour, as in a list, takes no new one. */
static enum pb_status add_claim(struct resolver *resolver, struct pb_account_claim claim,
                                uint32_t *number)
{
    size_t count = resolver->claims.count;

    if (count == 0 ||
        !is_same_claim(&PB_VECTOR_AT(struct pb_account_claim, &resolver->claims, count - 1),
                       &claim)) {
        struct pb_account_claim *added = pb_vector_push(&resolver->claims);
        if (added == NULL)
            return PB_FAILED_MEMORY;
        *added = claim;
        added->number = (uint32_t)count++;
    }
    *number = (uint32_t)(count - 1);
    return PB_OK;
}

static enum pb_status claim_observations(struct resolver *resolver, uint32_t *numbers)
{
    const struct pb_vector *observations = &resolver->evidence->observations;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < observations->count && status == PB_OK; i++)
        status = add_claim(resolver,
                           claim_of_observation(resolver, &PB_VECTOR_AT(const struct pb_observation,
                                                                        observations, i)),
                           &numbers[i]);
    return status;
}

/* A record that came with certificates belongs to the account of the first one. */
static void follow_observations(const struct pb_batch *evidence, struct pb_account_map *map)
{
    for (size_t i = 0; i < evidence->records.count; i++)
        map->of_record[i] = PB_NO_INDEX;
    for (size_t i = evidence->observations.count; i > 0; i--) {
        const struct pb_observation *observation =
            &PB_VECTOR_AT(const struct pb_observation, &evidence->observations, i - 1);
        if (observation->record != PB_NO_RECORD)
            map->of_record[observation->record] = map->of_observation[i - 1];
    }
}

static struct pb_account_claim claim_of_record(const struct resolver *resolver,
                                               const struct pb_record *record)
{
    struct pb_account_claim claim;

    if (record->kind == PB_RECORD_REFERENCE && claim_by_arn(record->target, &claim))
        return claim;
    if (record->account.size_bytes > 0)
        return (struct pb_account_claim){.id = record->account,
                                         .partition = record->partition,
                                         .id_from = record->kind == PB_RECORD_CALLER_IDENTITY
                                                        ? PB_ID_FROM_CALLER_IDENTITY
                                                        : PB_ID_FROM_DOCUMENT};
    return claim_by_folder(resolver, record->entry);
}

static bool is_list(const struct pb_record *record)
{
    return record->kind == PB_RECORD_LIST || record->kind == PB_RECORD_PROJECTION;
}

static bool is_about_folder(const struct pb_record *record)
{
    return record->kind == PB_RECORD_ACCOUNT_SUMMARY || record->kind == PB_RECORD_UNREADABLE ||
           record->kind == PB_RECORD_REFERENCE || record->kind == PB_RECORD_TAGS;
}

static enum pb_status claim_records(struct resolver *resolver, uint32_t *numbers)
{
    const struct pb_vector *records = &resolver->evidence->records;
    struct pb_account_claim last_found = {0};
    struct pb_slice last_folder = PB_SLICE_ABSENT;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < records->count && status == PB_OK; i++) {
        const struct pb_record *record = &PB_VECTOR_AT(const struct pb_record, records, i);
        if (numbers[i] != PB_NO_INDEX || record->kind == PB_RECORD_PRIVATE_KEY)
            continue;
        struct pb_account_claim claim = claim_of_record(resolver, record);
        /* A page without certificates goes with the pages before it. */
        if (claim.id.data == NULL && is_list(record) && i > 0 &&
            PB_VECTOR_AT(const struct pb_record, records, i - 1).entry == record->entry &&
            is_list(&PB_VECTOR_AT(const struct pb_record, records, i - 1))) {
            numbers[i] = numbers[i - 1];
            continue;
        }
        if (claim.id.data == NULL && is_about_folder(record)) {
            if (!pb_slice_equals(claim.folder, last_folder)) {
                last_folder = claim.folder;
                last_found = claim;
                pb_accounts_find_only_within(&resolver->within, claim.folder, &last_found);
            }
            claim = last_found;
        }
        status = add_claim(resolver, claim, &numbers[i]);
    }
    return status;
}

static int compare_claims(const void *left, const void *right)
{
    const struct pb_account_claim *a = left, *b = right;
    int order = pb_slice_compare(a->id, b->id);

    if (order == 0)
        order = pb_slice_compare(a->partition, b->partition);
    if (order == 0)
        order = pb_slice_compare(a->folder, b->folder);
    return order != 0 ? order : (a->id_from > b->id_from) - (a->id_from < b->id_from);
}

/* A claim without a partition is of the partition that all others with its id name. */
static void complete_partitions(struct pb_account_claim *claims, size_t count)
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

/* accounts[number of claim] becomes the number of its account. */
static enum pb_status make_accounts(struct pb_vector *claims, struct pb_vector *accounts,
                                    uint32_t *account_of_claim)
{
    struct pb_account_claim *all = claims->data;

    if (claims->count > 0)
        qsort(all, claims->count, sizeof *all, compare_claims);
    complete_partitions(all, claims->count);
    for (size_t i = 0; i < claims->count; i++) {
        bool is_new = i == 0 || !pb_slice_equals(all[i].id, all[i - 1].id) ||
                      !pb_slice_equals(all[i].partition, all[i - 1].partition) ||
                      !pb_slice_equals(all[i].folder, all[i - 1].folder);
        struct pb_account *account =
            is_new ? pb_vector_push(accounts)
                   : &PB_VECTOR_AT(struct pb_account, accounts, accounts->count - 1);
        if (account == NULL)
            return PB_FAILED_MEMORY;
        account->id = all[i].id;
        account->partition = all[i].partition;
        account->folder = all[i].folder;
        if (account->id_from == PB_ID_UNKNOWN || all[i].id_from < account->id_from)
            account->id_from = all[i].id_from;
        account_of_claim[all[i].number] = (uint32_t)(accounts->count - 1);
    }
    return PB_OK;
}

static void translate(uint32_t *numbers, size_t count, const uint32_t *account_of_claim)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] != PB_NO_INDEX)
            numbers[i] = account_of_claim[numbers[i]];
}

enum pb_status pb_accounts_resolve(const struct pb_batch *evidence, struct pb_vector *accounts,
                                   struct pb_account_map *map)
{
    struct resolver resolver = {.evidence = evidence};
    uint32_t *account_of_claim = NULL;

    pb_vector_init(&resolver.claims, sizeof(struct pb_account_claim));
    map->of_observation = calloc(evidence->observations.count + 1, sizeof(uint32_t));
    map->of_record = calloc(evidence->records.count + 1, sizeof(uint32_t));
    enum pb_status status = pb_caller_identities_collect(evidence, &resolver.identities);
    if (map->of_observation == NULL || map->of_record == NULL)
        status = PB_FAILED_MEMORY;
    if (status == PB_OK)
        status = claim_observations(&resolver, map->of_observation);
    if (status == PB_OK)
        follow_observations(evidence, map);
    if (status == PB_OK)
        status = pb_accounts_within_make(&resolver.within, evidence, &resolver.claims,
                                         map->of_observation);
    if (status == PB_OK)
        status = claim_records(&resolver, map->of_record);
    if (status != PB_OK)
        goto out;
    status = PB_FAILED_MEMORY;
    account_of_claim = calloc(resolver.claims.count + 1, sizeof *account_of_claim);
    if (account_of_claim == NULL)
        goto out;
    status = make_accounts(&resolver.claims, accounts, account_of_claim);
    translate(map->of_observation, evidence->observations.count, account_of_claim);
    translate(map->of_record, evidence->records.count, account_of_claim);
out:
    free(account_of_claim);
    pb_accounts_within_release(&resolver.within);
    pb_vector_release(&resolver.claims);
    pb_vector_release(&resolver.identities);
    return status;
}

void pb_account_map_release(struct pb_account_map *map)
{
    free(map->of_observation);
    free(map->of_record);
    *map = (struct pb_account_map){0};
}
