/* SPDX-License-Identifier: MIT */
#include "rules/family.h"

#include <stdlib.h>

#include "inventory/types.h"
#include "inventory/lineage.h"
#include "rules/baseline_match.h"

/* What is put together, and from what. */
struct gathering {
    struct pb_families *families;
    const struct pb_inventory *inventory;
    const struct pb_baseline *baseline; /* NULL: none whose keys matter */
    struct pb_baseline_match match;
    size_t next_former; /* in baseline->exposed, which is sorted by key as the kin are */
};

static struct pb_relative relative_of(const struct pb_inventory *inventory, uint32_t number)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(inventory, number);
    const struct pb_date *date = pb_certificate_arrival(certificate);
    bool has_date = pb_date_is_known(date);

    return (struct pb_relative){
        .certificate = number,
        .has_date = has_date,
        .date = has_date ? date->instant : certificate->body->not_before,
        .is_exposed = certificate->is_exposed,
    };
}

static struct pb_relative relative_of_former(const struct pb_former_certificate *former)
{
    struct pb_instant unknown = {former->is_exposed ? INT64_MIN : INT64_MAX, 0};

    return (struct pb_relative){
        .certificate = PB_NO_INDEX,
        .has_date = former->has_upload_date,
        .date = former->has_upload_date ? former->upload_date : unknown,
        .is_exposed = former->is_exposed,
        .former = former,
    };
}

static int compare_relatives(const void *left, const void *right)
{
    const struct pb_relative *a = left, *b = right;
    int order = pb_instant_compare(a->date, b->date);

    if (order == 0)
        order = (a->is_exposed < b->is_exposed) - (a->is_exposed > b->is_exposed);
    if (order == 0)
        order = (a->certificate > b->certificate) - (a->certificate < b->certificate);
    /* Elements of one array, so that their addresses have an order too. */
    return order != 0 ? order : (a->former > b->former) - (a->former < b->former);
}

static int compare_families(const void *left, const void *right)
{
    const struct pb_family *a = left, *b = right;

    return (a->first_certificate > b->first_certificate) -
           (a->first_certificate < b->first_certificate);
}

/* relatives are those of the evidence, by certificate. */
static struct pb_relative *find_relative(struct pb_relative *relatives, size_t count,
                                         uint32_t certificate)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (relatives[middle].certificate < certificate)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && relatives[low].certificate == certificate ? &relatives[low] : NULL;
}

/* One that is still in the evidence is no relative of itself. */
static enum pb_status add_former(struct gathering *gathering, const struct pb_family *family,
                                 size_t kin_count, const struct pb_former_certificate *former)
{
    struct pb_vector *relatives = &gathering->families->relatives;
    struct pb_relative *same =
        find_relative(&PB_VECTOR_AT(struct pb_relative, relatives, family->first_relative),
                      kin_count, pb_baseline_match_heirs(&gathering->match, former)->same);

    if (same == NULL) {
        struct pb_relative relative = relative_of_former(former);
        return pb_vector_append(relatives, &relative, 1) ? PB_OK : PB_FAILED_MEMORY;
    }
    same->former = former;
    same->is_exposed |= former->is_exposed;
    return PB_OK;
}

static enum pb_status add_formers(struct gathering *gathering, const struct pb_family *family,
                                  size_t kin_count, size_t *former_count)
{
    const struct pb_vector *exposed = &gathering->baseline->exposed;
    enum pb_status status = PB_OK;

    *former_count = 0;
    for (; gathering->next_former < exposed->count && status == PB_OK; gathering->next_former++) {
        const struct pb_former_certificate *former =
            PB_VECTOR_AT(const struct pb_former_certificate *, exposed, gathering->next_former);
        int order =
            memcmp(former->spki_sha256, family->key->spki_sha256, sizeof former->spki_sha256);
        if (order > 0)
            break;
        if (order < 0)
            continue;
        ++*former_count;
        status = add_former(gathering, family, kin_count, former);
    }
    return status;
}

static enum pb_status add_kin(struct gathering *gathering, const struct pb_kin *kin, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pb_relative relative = relative_of(gathering->inventory, kin[i].certificate);
        if (!pb_vector_append(&gathering->families->relatives, &relative, 1))
            return PB_FAILED_MEMORY;
    }
    return PB_OK;
}

/* Puts the family's relatives in order and keeps it, if it is one. */
static enum pb_status close_family(struct pb_families *families, struct pb_family *family,
                                   size_t former_count)
{
    struct pb_vector *relatives = &families->relatives;
    struct pb_relative *first =
        &PB_VECTOR_AT(struct pb_relative, relatives, family->first_relative);

    family->count = relatives->count - family->first_relative;
    for (size_t i = 0; i < family->count; i++)
        family->exposed_count += first[i].is_exposed;
    if (family->count < 2 || family->exposed_count + former_count == 0) {
        relatives->count = family->first_relative;
        return PB_OK;
    }
    qsort(first, family->count, sizeof *first, compare_relatives);
    return pb_vector_append(&families->items, family, 1) ? PB_OK : PB_FAILED_MEMORY;
}

/* kin are all certificates with one key. */
static enum pb_status gather(struct gathering *gathering, const struct pb_kin *kin, size_t count)
{
    struct pb_family family = {
        .key = kin[0].key,
        .first_certificate = kin[0].certificate,
        .first_relative = gathering->families->relatives.count,
    };
    size_t former_count = 0;
    enum pb_status status = add_kin(gathering, kin, count);

    if (status == PB_OK && gathering->baseline != NULL)
        status = add_formers(gathering, &family, count, &former_count);
    return status == PB_OK ? close_family(gathering->families, &family, former_count) : status;
}

static enum pb_status gather_all(struct gathering *gathering)
{
    struct pb_vector kin;
    enum pb_status status = pb_lineage_make(gathering->inventory, &kin);

    for (size_t first = 0, count = 0; first < kin.count && status == PB_OK; first += count) {
        count = pb_lineage_run(&kin, first);
        status = gather(gathering, &PB_VECTOR_AT(struct pb_kin, &kin, first), count);
    }
    pb_vector_release(&kin);
    return status;
}

/* One with contradicting bodies stays with the first of its keys. */
static void number_certificate(struct pb_families *families, uint32_t certificate, uint32_t row)
{
    if (certificate != PB_NO_INDEX && families->of_certificate[certificate] == PB_NO_INDEX)
        families->of_certificate[certificate] = row;
}

static enum pb_status number_certificates(struct pb_families *families, size_t certificate_count)
{
    struct pb_vector *items = &families->items;

    if (items->count == 0)
        return PB_OK;
    qsort(items->data, items->count, items->element_bytes, compare_families);
    families->of_certificate = calloc(certificate_count, sizeof *families->of_certificate);
    if (families->of_certificate == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < certificate_count; i++)
        families->of_certificate[i] = PB_NO_INDEX;
    for (uint32_t i = 0; i < items->count; i++) {
        const struct pb_family *family = &PB_VECTOR_AT(const struct pb_family, items, i);
        const struct pb_relative *relatives = pb_families_relatives(families, family);
        for (size_t k = 0; k < family->count; k++)
            number_certificate(families, relatives[k].certificate, i);
    }
    return PB_OK;
}

enum pb_status pb_families_make(struct pb_families *families, const struct pb_inventory *inventory,
                                const struct pb_baseline *baseline)
{
    bool has_formers = baseline != NULL && baseline->exposed.count > 0;
    struct gathering gathering = {
        .families = families, .inventory = inventory, .baseline = has_formers ? baseline : NULL};
    enum pb_status status = PB_OK;

    *families = (struct pb_families){0};
    pb_vector_init(&families->items, sizeof(struct pb_family));
    pb_vector_init(&families->relatives, sizeof(struct pb_relative));
    if (has_formers)
        status = pb_baseline_match_init(&gathering.match, baseline, inventory);
    if (status == PB_OK)
        status = gather_all(&gathering);
    if (status == PB_OK)
        status = number_certificates(families, inventory->certificates.count);
    pb_baseline_match_release(&gathering.match);
    return status;
}

void pb_families_release(struct pb_families *families)
{
    pb_vector_release(&families->items);
    pb_vector_release(&families->relatives);
    free(families->of_certificate);
}

uint32_t pb_families_find(const struct pb_families *families, uint32_t certificate)
{
    return families->of_certificate == NULL ? PB_NO_INDEX : families->of_certificate[certificate];
}

const struct pb_relative *pb_families_relatives(const struct pb_families *families,
                                                const struct pb_family *family)
{
    return &PB_VECTOR_AT(const struct pb_relative, &families->relatives, family->first_relative);
}
