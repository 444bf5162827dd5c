/* SPDX-License-Identifier: MIT */
/* Certificates from observations that pb_identity_group has grouped. Puts the observations of one
 * certificate together; accounts are renumbered and references resolved after that. */
#include <stdlib.h>

#include "inventory/passes.h"

/* Keeps the earliest of two dates, and of equal ones the more precise. A date that cannot be read
 * stands only until one that can. */
static void keep_date(struct pb_date *kept, const struct pb_date *other)
{
    if (other->state == PB_DATE_ABSENT)
        return;
    if (!pb_date_is_known(kept)) {
        if (kept->state == PB_DATE_ABSENT || pb_date_is_known(other))
            *kept = *other;
        return;
    }
    if (!pb_date_is_known(other))
        return;
    bool is_same = !pb_date_differs(kept, other);
    bool is_better = is_same ? pb_date_is_coarser(kept, other)
                             : pb_instant_compare(other->instant, kept->instant) < 0;
    if (is_better)
        *kept = *other;
}

static void keep_text(struct pb_slice *kept, struct pb_slice other)
{
    if (other.size_bytes > 0)
        *kept = other;
}

/* Until some observation gives the date as an UploadDate. */
static bool is_date_unnamed(const struct pb_certificate *certificate,
                            const struct pb_observation *seen)
{
    if (!pb_date_is_known(&seen->upload_date))
        return certificate->is_date_unnamed;
    return seen->is_date_unnamed &&
           (certificate->is_date_unnamed || !pb_date_is_known(&certificate->upload_date));
}

/* Later evidence goes before earlier for what a rename changes; the rest is the same or a
 * conflict, which the rules name. */
static void add_observation(struct pb_certificate *certificate, const struct pb_observation *seen)
{
    const struct pb_bodies *bodies = pb_observation_bodies(seen);

    if (seen->name.size_bytes > 0 && (!seen->is_name_from_file || certificate->name.data == NULL)) {
        certificate->name = seen->name;
        certificate->is_name_from_file = seen->is_name_from_file;
    }
    keep_text(&certificate->path, seen->path);
    keep_text(&certificate->arn, seen->arn);
    keep_text(&certificate->id, seen->id);
    certificate->is_date_unnamed = is_date_unnamed(certificate, seen);
    keep_date(&certificate->upload_date, &seen->upload_date);
    keep_date(&certificate->expiration, &seen->expiration);
    certificate->origin = seen->origin;
    if (certificate->body == NULL)
        certificate->body = seen->body;
    if (certificate->chain_count == 0) {
        certificate->chain = bodies->chain;
        certificate->chain_count = bodies->chain_count;
    }
    /* The known account, if any has one: those of unknown account joined it. */
    if (seen->account_index > certificate->account)
        certificate->account = seen->account_index;
}

struct pb_extras *pb_certificate_extend(struct pb_inventory *inventory,
                                        struct pb_certificate *certificate)
{
    if (certificate->extras == NULL)
        certificate->extras =
            pb_arena_allocate(&inventory->evidence.arena, sizeof *certificate->extras);
    return certificate->extras;
}

static bool add_extras(struct pb_inventory *inventory, struct pb_certificate *certificate,
                       const struct pb_observation *seen)
{
    const struct pb_particulars *particulars = pb_observation_particulars(seen);

    if (particulars->imported_at.state == PB_DATE_ABSENT && particulars->tags == NULL)
        return true;
    struct pb_extras *extras = pb_certificate_extend(inventory, certificate);
    if (extras == NULL)
        return false;
    keep_date(&extras->imported_at, &particulars->imported_at);
    if (particulars->tags != NULL) {
        extras->tags = particulars->tags;
        extras->tag_count = particulars->tag_count;
    }
    return true;
}

/* What happened to one certificate: the latest event of each kind counts. */
struct events {
    const struct pb_observation *rename, *deletion, *upload;
};

static bool is_later(const struct pb_date *date, const struct pb_date *than)
{
    return pb_date_is_known(date) &&
           (!pb_date_is_known(than) || pb_instant_compare(date->instant, than->instant) > 0);
}

static void keep_latest_event(const struct pb_observation **kept, const struct pb_observation *seen)
{
    if (*kept == NULL ||
        is_later(&seen->particulars->event_time, &(*kept)->particulars->event_time))
        *kept = seen;
}

static void note_event(struct events *events, const struct pb_observation *seen)
{
    const struct pb_particulars *particulars = pb_observation_particulars(seen);

    if (pb_date_is_known(&seen->upload_date) &&
        (events->upload == NULL || is_later(&seen->upload_date, &events->upload->upload_date)))
        events->upload = seen;
    if (particulars->event == PB_EVENT_DELETE)
        keep_latest_event(&events->deletion, seen);
    if (particulars->event == PB_EVENT_UPDATE && particulars->new_name.size_bytes > 0)
        keep_latest_event(&events->rename, seen);
}

/* Deleted, unless a later dated event says that it was there. */
static void apply_events(struct pb_certificate *certificate, const struct events *events)
{
    if (events->rename != NULL)
        certificate->name = events->rename->particulars->new_name;
    if (events->deletion == NULL)
        return;
    const struct pb_date *deleted = &events->deletion->particulars->event_time;
    if ((events->upload == NULL || !is_later(&events->upload->upload_date, deleted)) &&
        (events->rename == NULL || !is_later(&events->rename->particulars->event_time, deleted)))
        certificate->presence = PB_PRESENCE_DELETED;
}

static bool is_of_names_list(const struct pb_inventory *inventory,
                             const struct pb_observation *seen)
{
    return seen->record != PB_NO_RECORD &&
           pb_inventory_record(inventory, seen->record)->kind == PB_RECORD_NAMES;
}

/* members are the numbers of its observations. */
static bool fill_certificate(struct pb_inventory *inventory, struct pb_certificate *certificate,
                             const uint32_t *members)
{
    struct events events = {0};

    certificate->is_names_only = true;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *seen = pb_inventory_observation(inventory, members[i]);
        add_observation(certificate, seen);
        if (!add_extras(inventory, certificate, seen))
            return false;
        if (pb_inventory_is_answer(inventory, seen))
            certificate->presence = PB_PRESENCE_PRESENT;
        certificate->is_names_only &= is_of_names_list(inventory, seen);
        note_event(&events, seen);
    }
    apply_events(certificate, &events);
    return true;
}

/* One certificate a group, whose members stand together. Its first_observation counts in members
 * until order_observations. */
static bool make_certificates(struct pb_inventory *inventory, const uint32_t *group,
                              const uint32_t *members)
{
    size_t count = inventory->evidence.observations.count;

    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && group[members[end]] == group[members[first]];)
            end++;
        struct pb_certificate *certificate = pb_vector_push(&inventory->certificates);
        if (certificate == NULL)
            return false;
        certificate->first_observation = (uint32_t)first;
        certificate->observation_count = (uint32_t)(end - first);
        if (!fill_certificate(inventory, certificate, members + first))
            return false;
    }
    return true;
}

static int compare_certificates(const void *left, const void *right)
{
    const struct pb_certificate *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    int order = pb_slice_compare(a->name, b->name);
    if (order == 0)
        order = pb_slice_compare(a->id, b->id);
    return order != 0 ? order
                      : (a->first_observation > b->first_observation) -
                            (a->first_observation < b->first_observation);
}

/* Puts the observations into the order of their certificates; order has room for their numbers. */
static void order_observations(struct pb_inventory *inventory, const uint32_t *members,
                               uint32_t *order)
{
    struct pb_certificate *certificates = inventory->certificates.data;
    uint32_t next = 0;

    for (size_t i = 0; i < inventory->certificates.count; i++) {
        uint32_t first = certificates[i].first_observation;
        certificates[i].first_observation = next;
        for (uint32_t k = 0; k < certificates[i].observation_count; k++)
            order[next++] = members[first + k];
    }
    pb_order_apply(order, &inventory->evidence.observations);
}

static bool note_other_name(struct pb_inventory *inventory,
                            const struct pb_certificate *certificate,
                            const struct pb_observation *seen)
{
    struct pb_diagnostics *diagnostics = &inventory->evidence.diagnostics;
    struct pb_diagnostic *added;

    if (seen->name.size_bytes == 0 || seen->is_name_from_file ||
        pb_slice_equals(seen->name, certificate->name))
        return true;
    diagnostics->entry = seen->entry;
    if (pb_diagnostics_add(
            diagnostics, PB_SEVERITY_NOTE, "other-name", &added,
            "this certificate is called %.*s here and %.*s elsewhere in the evidence",
            PB_SLICE_ARGS(seen->name), PB_SLICE_ARGS(certificate->name)) != PB_OK)
        return false;
    added->line = seen->line;
    added->pointer = seen->pointer;
    return true;
}

static bool note_other_names(struct pb_inventory *inventory)
{
    for (size_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        for (uint32_t k = 0; k < certificate->observation_count; k++)
            if (!note_other_name(
                    inventory, certificate,
                    pb_inventory_observation(inventory, certificate->first_observation + k)))
                return false;
    }
    return true;
}

bool pb_certificates_make(struct pb_inventory *inventory, uint32_t *group)
{
    size_t count = inventory->evidence.observations.count;
    uint32_t *members = calloc(count + 1, sizeof *members);

    bool is_made = members != NULL && pb_order_by_key(group, count, count, members) &&
                   make_certificates(inventory, group, members);
    pb_vector_sort(&inventory->certificates, compare_certificates);
    if (is_made)
        order_observations(inventory, members, group);
    free(members);
    return is_made && note_other_names(inventory);
}

static int compare_account_and_name(const void *left, const void *right)
{
    const struct pb_certificate *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    return pb_slice_compare(a->name, b->name);
}

size_t pb_inventory_find_named(const struct pb_inventory *inventory, uint32_t account,
                               struct pb_slice name)
{
    const struct pb_certificate key = {.account = account, .name = name};

    return pb_vector_lower_bound(&inventory->certificates, &key, compare_account_and_name);
}
