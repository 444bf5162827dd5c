/* SPDX-License-Identifier: MIT */
/* What dates in the evidence prove about the order in which dumps were made. */
#include "inventory/dump.h"
#include "inventory/summary_count.h"

static const struct pb_certificate *certificate_at(const struct pb_inventory *inventory,
                                                   const struct pb_dump *dump, uint32_t index)
{
    return pb_inventory_certificate(inventory, dump->certificates[index]);
}

const struct pb_certificate *pb_dump_find_newest(const struct pb_inventory *inventory,
                                                 const struct pb_dump *dump)
{
    const struct pb_certificate *newest = NULL;

    for (uint32_t i = 0; i < dump->certificate_count; i++) {
        const struct pb_certificate *here = certificate_at(inventory, dump, i);
        if (here->upload_date.state == PB_DATE_EXACT &&
            (newest == NULL ||
             pb_instant_compare(here->upload_date.instant, newest->upload_date.instant) > 0))
            newest = here;
    }
    return newest;
}

/* The account summary of the dump's own folder counts as many certificates as the dump shows. */
static bool is_complete(const struct pb_dump *dump, const struct pb_vector *summaries)
{
    const struct pb_summary_count *all = summaries->data;
    size_t low = 0, high = summaries->count;
    bool is_found = false;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pb_summary_count_compare(&all[middle], dump->account, dump->folder) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < summaries->count &&
           pb_summary_count_compare(&all[low], dump->account, dump->folder) == 0;
         low++) {
        if (all[low].count != dump->certificate_count)
            return false;
        is_found = true;
    }
    return is_found;
}

static void keep_latest(const struct pb_date *date, struct pb_instant *latest, bool *is_known,
                        bool *is_doubtful)
{
    if (date->state == PB_DATE_ABSENT)
        return;
    *is_doubtful |= date->state != PB_DATE_EXACT;
    if (!*is_known || pb_instant_compare(date->instant, *latest) > 0)
        *latest = date->instant;
    *is_known = true;
}

/* The instant by which the certificate was uploaded, or deleted, on every word of it. */
static bool find_latest(const struct pb_inventory *inventory,
                        const struct pb_certificate *certificate, bool is_deletion,
                        struct pb_instant *latest)
{
    bool is_known = false, is_doubtful = false;

    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *seen =
            pb_inventory_observation(inventory, certificate->first_observation + i);
        const struct pb_particulars *more = seen->particulars;
        if (!is_deletion)
            keep_latest(&seen->upload_date, latest, &is_known, &is_doubtful);
        else if (more != NULL && more->event == PB_EVENT_DELETE)
            keep_latest(&more->event_time, latest, &is_known, &is_doubtful);
    }
    return is_known && !is_doubtful;
}

static bool shows(const struct pb_dump *dump, uint32_t certificate)
{
    uint32_t low = 0, high = dump->certificate_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (dump->certificates[middle] < certificate)
            low = middle + 1;
        else
            high = middle;
    }
    return low < dump->certificate_count && dump->certificates[low] == certificate;
}

/* Whether what one dump shows was gone before the newest that the other shows was uploaded. */
static bool precedes(const struct pb_inventory *inventory, const struct pb_dump *earlier,
                     const struct pb_dump *later, const struct pb_vector *summaries,
                     struct pb_dump_order *order)
{
    const struct pb_certificate *last = pb_dump_find_newest(inventory, later);
    bool is_later_complete = is_complete(later, summaries);

    for (uint32_t i = 0; last != NULL && i < earlier->certificate_count; i++) {
        const struct pb_certificate *gone = certificate_at(inventory, earlier, i);
        for (int is_deletion = 1; is_deletion >= 0; is_deletion--) {
            struct pb_instant at;
            if ((!is_deletion && (!is_later_complete || gone->id.size_bytes == 0)) ||
                shows(later, earlier->certificates[i]) ||
                !find_latest(inventory, gone, is_deletion, &at) ||
                pb_instant_compare(at, last->upload_date.instant) >= 0)
                continue;
            *order = (struct pb_dump_order){earlier, later, gone, last, at, is_deletion};
            return true;
        }
    }
    return false;
}

bool pb_dumps_find_order(const struct pb_inventory *inventory, const struct pb_dump *a,
                         const struct pb_dump *b, const struct pb_vector *summaries,
                         struct pb_dump_order *order)
{
    struct pb_dump_order contrary;

    if (precedes(inventory, a, b, summaries, order))
        return !precedes(inventory, b, a, summaries, &contrary);
    return precedes(inventory, b, a, summaries, order);
}
