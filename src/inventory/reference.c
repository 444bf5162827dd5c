/* SPDX-License-Identifier: MIT */
#include "inventory/reference.h"

#include <stdlib.h>

#include "inventory/arn.h"
#include "inventory/certificate.h"
#include "inventory/gap.h"

/* One ARN or id by which a deployment may name a certificate. */
struct handle {
    struct pb_slice text;
    uint32_t certificate;
};

/* One deployment of one certificate. */
struct use {
    struct pb_use by;
    uint32_t certificate;
};

static int compare_handles(const void *left, const void *right)
{
    const struct handle *a = left, *b = right;
    int order = pb_slice_compare(a->text, b->text);

    return order != 0 ? order
                      : (a->certificate > b->certificate) - (a->certificate < b->certificate);
}

static bool add_handle(struct pb_vector *handles, struct pb_slice text, uint32_t certificate)
{
    if (text.size_bytes == 0)
        return true;
    struct handle *handle = pb_vector_push(handles);
    if (handle == NULL)
        return false;
    *handle = (struct handle){text, certificate};
    return true;
}

/* Every ARN and id under which a certificate was seen, former ones included. */
static enum pb_status collect_handles(const struct pb_inventory *inventory,
                                      struct pb_vector *handles)
{
    for (uint32_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        for (uint32_t k = 0; k < certificate->observation_count; k++) {
            const struct pb_observation *observation =
                pb_inventory_observation(inventory, certificate->first_observation + k);
            if (!add_handle(handles, observation->arn, i) ||
                !add_handle(handles, observation->id, i))
                return PB_FAILED_MEMORY;
        }
    }
    if (handles->count > 0)
        qsort(handles->data, handles->count, handles->element_bytes, compare_handles);
    return PB_OK;
}

static size_t first_handle(const struct pb_vector *handles, struct pb_slice text)
{
    size_t low = 0, high = handles->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pb_slice_compare(PB_VECTOR_AT(struct handle, handles, middle).text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The certificates behind the target get the label; *is_found says whether there is any. */
static enum pb_status note_use(const struct pb_vector *handles, const struct pb_record *record,
                               struct pb_vector *uses, bool *is_found)
{
    uint32_t last = PB_NO_INDEX;

    *is_found = false;
    for (size_t i = first_handle(handles, record->target); i < handles->count; i++) {
        const struct handle *handle = &PB_VECTOR_AT(struct handle, handles, i);
        if (!pb_slice_equals(handle->text, record->target))
            break;
        *is_found = true;
        if (handle->certificate == last)
            continue;
        last = handle->certificate;
        struct use *use = pb_vector_push(uses);
        if (use == NULL)
            return PB_FAILED_MEMORY;
        *use = (struct use){{record->label, record->listener, record->is_further}, last};
    }
    return PB_OK;
}

/* An ACM ARN that is not in the evidence is nobody's gap: the rule is about IAM. */
static bool is_of_iam(struct pb_slice target)
{
    struct pb_certificate_arn arn;

    return !pb_slice_starts_with(target, PB_SLICE("arn:")) ||
           pb_certificate_arn_parse(target, &arn);
}

/* A projection shows names without ARNs: then the ARN's account and name find the certificate. */
static enum pb_status note_use_by_name(const struct pb_inventory *inventory,
                                       const struct pb_record *record, uint32_t account,
                                       struct pb_vector *uses, bool *is_found)
{
    struct pb_certificate_arn arn;

    if (!pb_certificate_arn_parse(record->target, &arn))
        return PB_OK;
    for (size_t i = pb_inventory_find_named(inventory, account, arn.name);
         i < inventory->certificates.count; i++) {
        const struct pb_certificate *named = pb_inventory_certificate(inventory, i);
        if (named->account != account || !pb_slice_equals(named->name, arn.name))
            break;
        if (named->arn.size_bytes > 0)
            continue;
        struct use *use = pb_vector_push(uses);
        if (use == NULL)
            return PB_FAILED_MEMORY;
        *use = (struct use){{record->label, record->listener, record->is_further}, (uint32_t)i};
        *is_found = true;
    }
    return PB_OK;
}

static enum pb_status add_gap(struct pb_inventory *inventory, const struct pb_record *record,
                              uint32_t account)
{
    const struct pb_gap about = {.account = account,
                                 .certificate = PB_NO_INDEX,
                                 .entry = record->entry,
                                 .missing = record->target};

    return pb_gap_add(inventory, about, "%.*s uses %.*s, which is not in the evidence",
                      PB_SLICE_ARGS(record->label), PB_SLICE_ARGS(record->target));
}

static int compare_uses(const void *left, const void *right)
{
    const struct use *a = left, *b = right;

    if (a->certificate != b->certificate)
        return a->certificate < b->certificate ? -1 : 1;
    int order = pb_slice_compare(a->by.label, b->by.label);
    if (order == 0)
        order = pb_slice_compare(a->by.listener, b->by.listener);
    return order != 0
               ? order
               : (a->by.is_further > b->by.is_further) - (a->by.is_further < b->by.is_further);
}

/* The use stands behind the certificate's others, and so does the place for its label. Returns
 * whether that was taken. */
static bool hand_over(struct pb_extras *extras, struct pb_use *use, struct pb_slice *label)
{
    bool is_first = extras->use_count++ == 0;

    if (is_first)
        extras->uses = use;
    else if (pb_slice_equals(use[-1].label, use->label))
        return false;
    *label = use->label;
    if (extras->in_use_by_count++ == 0)
        extras->in_use_by = label;
    return true;
}

/* Hands each certificate its uses and their labels, each of which are kept as one array. */
static enum pb_status deal_out_uses(struct pb_inventory *inventory, struct pb_vector *uses)
{
    struct pb_arena *arena = &inventory->evidence.arena;
    struct pb_slice *labels = pb_arena_allocate_array(arena, uses->count, sizeof *labels);
    struct pb_use *kept = pb_arena_allocate_array(arena, uses->count, sizeof *kept);
    const struct use *all = uses->data;

    if (labels == NULL || kept == NULL)
        return PB_FAILED_MEMORY;
    if (uses->count > 0)
        qsort(uses->data, uses->count, uses->element_bytes, compare_uses);
    for (size_t i = 0; i < uses->count; i++) {
        if (i > 0 && compare_uses(&all[i], &all[i - 1]) == 0)
            continue;
        struct pb_extras *extras = pb_certificate_extend(
            inventory,
            &PB_VECTOR_AT(struct pb_certificate, &inventory->certificates, all[i].certificate));
        if (extras == NULL)
            return PB_FAILED_MEMORY;
        *kept = all[i].by;
        labels += hand_over(extras, kept++, labels);
    }
    return PB_OK;
}

enum pb_status pb_references_resolve(struct pb_inventory *inventory)
{
    const struct pb_vector *records = &inventory->evidence.records;
    struct pb_vector handles, uses;
    enum pb_status status = PB_OK;
    bool is_collected = false;

    pb_vector_init(&handles, sizeof(struct handle));
    pb_vector_init(&uses, sizeof(struct use));
    for (size_t i = 0; i < records->count && status == PB_OK; i++) {
        const struct pb_record *record = &PB_VECTOR_AT(const struct pb_record, records, i);
        bool is_found = false;
        if (record->kind != PB_RECORD_REFERENCE)
            continue;
        if (!is_collected)
            status = collect_handles(inventory, &handles);
        is_collected = true;
        if (status == PB_OK)
            status = note_use(&handles, record, &uses, &is_found);
        if (status == PB_OK && !is_found)
            status = note_use_by_name(inventory, record, record->account_index, &uses, &is_found);
        if (status == PB_OK && !is_found && is_of_iam(record->target))
            status = add_gap(inventory, record, record->account_index);
    }
    if (status == PB_OK && uses.count > 0)
        status = deal_out_uses(inventory, &uses);
    pb_vector_release(&handles);
    pb_vector_release(&uses);
    return status;
}
