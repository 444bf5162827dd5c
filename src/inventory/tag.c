/* SPDX-License-Identifier: MIT */
#include "inventory/tag.h"

#include "inventory/certificate.h"
#include "inventory/gap.h"

/* Of several that had the name, the one that was uploaded last and is not deleted. */
static struct pb_certificate *find_present(const struct pb_inventory *inventory, uint32_t account,
                                           struct pb_slice name)
{
    struct pb_certificate *found = NULL;

    for (size_t i = pb_inventory_find_named(inventory, account, name);
         i < inventory->certificates.count; i++) {
        struct pb_certificate *here =
            &PB_VECTOR_AT(struct pb_certificate, &inventory->certificates, i);
        if (here->account != account || !pb_slice_equals(here->name, name))
            break;
        bool is_deleted = here->presence == PB_PRESENCE_DELETED;
        if (found == NULL || found->presence == PB_PRESENCE_DELETED ||
            (!is_deleted &&
             pb_instant_compare(here->upload_date.instant, found->upload_date.instant) > 0))
            found = here;
    }
    return found;
}

static enum pb_status add_gap(struct pb_inventory *inventory, const struct pb_record *record,
                              uint32_t account)
{
    const struct pb_gap about = {.account = account,
                                 .certificate = PB_NO_INDEX,
                                 .entry = record->entry,
                                 .missing = record->name};

    return pb_gap_add(inventory, about, "%.*s holds tags of %.*s, which is not in the evidence",
                      PB_SLICE_ARGS(pb_inventory_path(inventory, record->entry)),
                      PB_SLICE_ARGS(record->name));
}

static enum pb_status hand_over(struct pb_inventory *inventory, struct pb_certificate *named,
                                const struct pb_record *record)
{
    struct pb_extras *extras = pb_certificate_extend(inventory, named);

    if (extras == NULL)
        return PB_FAILED_MEMORY;
    extras->tags = record->tags;
    extras->tag_count = record->tag_count;
    return PB_OK;
}

enum pb_status pb_tags_resolve(struct pb_inventory *inventory)
{
    const struct pb_vector *records = &inventory->evidence.records;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < records->count && status == PB_OK; i++) {
        const struct pb_record *record = &PB_VECTOR_AT(const struct pb_record, records, i);
        if (record->kind != PB_RECORD_TAGS || record->name.size_bytes == 0)
            continue;
        struct pb_certificate *named = find_present(inventory, record->account_index, record->name);
        if (named == NULL)
            status = add_gap(inventory, record, record->account_index);
        else if (pb_certificate_extras(named)->tags == NULL)
            status = hand_over(inventory, named, record);
    }
    return status;
}
