/* SPDX-License-Identifier: MIT */
#include "inventory/caller_identity.h"

#include <stdlib.h>

#include "inventory/folder.h"

static struct pb_slice spoken_for(struct pb_path path)
{
    struct pb_slice folder = pb_path_folder(path), parent;
    bool is_service =
        pb_slice_equals(folder, PB_SLICE("sts")) || pb_slice_ends_with(folder, PB_SLICE("/sts"));

    return is_service && pb_folder_parent(folder, &parent) ? parent : folder;
}

static int compare_folders(const void *left, const void *right)
{
    const struct pb_caller_identity *a = left, *b = right;

    return pb_slice_compare(a->folder, b->folder);
}

static void keep_one_a_folder(struct pb_vector *identities)
{
    struct pb_caller_identity *all = identities->data;
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

enum pb_status pb_caller_identities_collect(const struct pb_batch *evidence,
                                            struct pb_vector *identities)
{
    pb_vector_init(identities, sizeof(struct pb_caller_identity));
    for (size_t i = 0; i < evidence->records.count; i++) {
        const struct pb_record *record =
            &PB_VECTOR_AT(const struct pb_record, &evidence->records, i);
        if (record->kind != PB_RECORD_CALLER_IDENTITY)
            continue;
        struct pb_caller_identity *identity = pb_vector_push(identities);
        if (identity == NULL)
            return PB_FAILED_MEMORY;
        identity->folder = spoken_for(pb_ledger_path(&evidence->ledger, record->entry));
        identity->account = record->account;
        identity->partition = record->partition;
    }
    if (identities->count > 0)
        qsort(identities->data, identities->count, identities->element_bytes, compare_folders);
    keep_one_a_folder(identities);
    return PB_OK;
}

const struct pb_caller_identity *pb_caller_identity_find(const struct pb_vector *identities,
                                                         struct pb_slice folder)
{
    if (identities->count == 0)
        return NULL;
    do {
        struct pb_caller_identity key = {.folder = folder};
        const struct pb_caller_identity *found = bsearch(
            &key, identities->data, identities->count, identities->element_bytes, compare_folders);
        if (found != NULL)
            return found->is_contradicted ? NULL : found;
    } while (pb_folder_parent(folder, &folder));
    return NULL;
}
