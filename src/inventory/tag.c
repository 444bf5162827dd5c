/* SPDX-License-Identifier: MIT */
#include "inventory/reference.h"

#include "base/message.h"

size_t pb_first_named(const struct pb_inventory *inventory, uint32_t account, struct pb_slice name)
{
    size_t low = 0, high = inventory->certificates.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct pb_certificate *here = pb_inventory_certificate(inventory, middle);
        bool is_before = here->account != account ? here->account < account
                                                  : pb_slice_compare(here->name, name) < 0;
        if (is_before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum pb_status add_gap(struct pb_inventory *inventory, const struct pb_record *record,
                              uint32_t account)
{
    struct pb_gap *gap = pb_vector_push(&inventory->gaps);

    if (gap == NULL)
        return PB_FAILED_MEMORY;
    *gap = (struct pb_gap){.account = account,
                           .certificate = PB_NO_INDEX,
                           .entry = record->entry,
                           .missing = record->name};
    return pb_message_format(&inventory->evidence.arena, &gap->message,
                             "%.*s holds tags of %.*s, which is not in the evidence",
                             PB_SLICE_ARGS(pb_inventory_entry(inventory, record->entry)->path),
                             PB_SLICE_ARGS(record->name))
               ? PB_OK
               : PB_FAILED_MEMORY;
}

enum pb_status pb_tags_resolve(struct pb_inventory *inventory, const uint32_t *of_record)
{
    const struct pb_vector *records = &inventory->evidence.records;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < records->count && status == PB_OK; i++) {
        const struct pb_record *record = &PB_VECTOR_AT(const struct pb_record, records, i);
        if (record->kind != PB_RECORD_TAGS || record->name.size_bytes == 0)
            continue;
        size_t place = pb_first_named(inventory, of_record[i], record->name);
        struct pb_certificate *named =
            place < inventory->certificates.count
                ? &PB_VECTOR_AT(struct pb_certificate, &inventory->certificates, place)
                : NULL;
        if (named == NULL || named->account != of_record[i] ||
            !pb_slice_equals(named->name, record->name))
            status = add_gap(inventory, record, of_record[i]);
        else if (named->tags == NULL) {
            named->tags = record->tags;
            named->tag_count = record->tag_count;
        }
    }
    return status;
}
