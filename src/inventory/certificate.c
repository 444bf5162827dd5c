/* SPDX-License-Identifier: MIT */
#include "inventory/certificate.h"

#include <stdlib.h>

#include "base/permute.h"
#include "base/sort.h"
#include "inventory/types.h"

/* The later of two agreeing dates is not kept: the earliest is, and of equal ones the most
 * precise. A date that cannot be read stands only until one that can. */
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

/* Later evidence goes before earlier for what a rename changes; the rest is the same or a
 * conflict, which the rules name. */
static void add_observation(struct pb_certificate *certificate,
                            const struct pb_observation *observation)
{
    if (observation->name.size_bytes > 0 &&
        (!observation->is_name_from_file || certificate->name.data == NULL)) {
        certificate->name = observation->name;
        certificate->is_name_from_file = observation->is_name_from_file;
    }
    keep_text(&certificate->path, observation->path);
    keep_text(&certificate->arn, observation->arn);
    keep_text(&certificate->id, observation->id);
    keep_date(&certificate->upload_date, &observation->upload_date);
    keep_date(&certificate->expiration, &observation->expiration);
    if (certificate->body == NULL)
        certificate->body = observation->body;
    if (certificate->chain_count == 0) {
        certificate->chain = pb_observation_bodies(observation)->chain;
        certificate->chain_count = pb_observation_bodies(observation)->chain_count;
    }
}

struct pb_extras *pb_certificate_extend(struct pb_inventory *inventory,
                                        struct pb_certificate *certificate)
{
    if (certificate->extras == NULL)
        certificate->extras =
            pb_arena_allocate(&inventory->evidence.arena, sizeof *certificate->extras);
    return certificate->extras;
}

static enum pb_status add_extras(struct pb_inventory *inventory, struct pb_certificate *certificate,
                                 const struct pb_observation *observation)
{
    const struct pb_particulars *particulars = pb_observation_particulars(observation);

    if (particulars->imported_at.state == PB_DATE_ABSENT && particulars->tags == NULL)
        return PB_OK;
    struct pb_extras *extras = pb_certificate_extend(inventory, certificate);
    if (extras == NULL)
        return PB_FAILED_MEMORY;
    keep_date(&extras->imported_at, &particulars->imported_at);
    if (particulars->tags != NULL) {
        extras->tags = particulars->tags;
        extras->tag_count = particulars->tag_count;
    }
    return PB_OK;
}

/* The story that CloudTrail tells of one certificate: the latest of each kind counts. */
struct story {
    const struct pb_observation *rename, *deletion, *last_upload;
};

static bool is_later(const struct pb_date *date, const struct pb_date *than)
{
    return pb_date_is_known(date) &&
           (!pb_date_is_known(than) || pb_instant_compare(date->instant, than->instant) > 0);
}

static void keep_latest_event(const struct pb_observation **kept,
                              const struct pb_observation *observation)
{
    if (*kept == NULL ||
        is_later(&observation->particulars->event_time, &(*kept)->particulars->event_time))
        *kept = observation;
}

static void hear_story(struct story *story, const struct pb_observation *observation)
{
    const struct pb_particulars *particulars = pb_observation_particulars(observation);

    if (pb_date_is_known(&observation->upload_date) &&
        (story->last_upload == NULL ||
         is_later(&observation->upload_date, &story->last_upload->upload_date)))
        story->last_upload = observation;
    if (particulars->event == PB_EVENT_DELETE)
        keep_latest_event(&story->deletion, observation);
    if (particulars->event == PB_EVENT_UPDATE && particulars->new_name.size_bytes > 0)
        keep_latest_event(&story->rename, observation);
}

/* Deleted, unless a later dated event says that it was there. */
static void end_story(struct pb_certificate *certificate, const struct story *story)
{
    if (story->rename != NULL)
        certificate->name = story->rename->particulars->new_name;
    if (story->deletion == NULL)
        return;
    const struct pb_date *deleted = &story->deletion->particulars->event_time;
    if ((story->last_upload == NULL || !is_later(&story->last_upload->upload_date, deleted)) &&
        (story->rename == NULL || !is_later(&story->rename->particulars->event_time, deleted)))
        certificate->presence = PB_PRESENCE_DELETED;
}

static bool says_more_than_a_name(const struct pb_inventory *inventory,
                                  const struct pb_observation *observation)
{
    return observation->record == PB_NO_RECORD ||
           PB_VECTOR_AT(const struct pb_record, &inventory->evidence.records, observation->record)
                   .kind != PB_RECORD_NAMES;
}

static enum pb_status fill_certificate(struct pb_inventory *inventory,
                                       struct pb_certificate *certificate)
{
    struct story story = {0};
    enum pb_status status = PB_OK;

    certificate->is_names_only = true;
    for (uint32_t i = 0; i < certificate->observation_count && status == PB_OK; i++) {
        const struct pb_observation *observation =
            pb_inventory_observation(inventory, certificate->first_observation + i);
        add_observation(certificate, observation);
        status = add_extras(inventory, certificate, observation);
        if (pb_inventory_is_answer(inventory, observation))
            certificate->presence = PB_PRESENCE_PRESENT;
        if (says_more_than_a_name(inventory, observation))
            certificate->is_names_only = false;
        certificate->origin = observation->origin;
        hear_story(&story, observation);
    }
    end_story(certificate, &story);
    return status;
}

struct member {
    uint32_t group;
    uint32_t observation;
};

static int compare_members(const void *left, const void *right)
{
    const struct member *a = left, *b = right;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->observation > b->observation) - (a->observation < b->observation);
}

/* Moves the observations into the order of members, whose numbers then are their places. */
static enum pb_status gather(struct pb_vector *observations, const struct member *members)
{
    uint32_t *from = calloc(observations->count + 1, sizeof *from);

    if (from == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < observations->count; i++)
        from[i] = members[i].observation;
    pb_permute(observations->data, observations->count, observations->element_bytes, from);
    free(from);
    return PB_OK;
}

/* The known account, if any member has one: those of unknown account joined it. */
static uint32_t account_of(const struct pb_inventory *inventory, const struct member *members,
                           size_t count)
{
    uint32_t account = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t here = pb_inventory_observation(inventory, members[i].observation)->account_index;
        account = here > account ? here : account;
    }
    return account;
}

/* One certificate a group, which first_observation and observation_count mark in members. */
static enum pb_status mark_certificates(struct pb_inventory *inventory,
                                        const struct member *members)
{
    size_t count = inventory->evidence.observations.count;

    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && members[end].group == members[first].group;)
            end++;
        struct pb_certificate *certificate = pb_vector_push(&inventory->certificates);
        if (certificate == NULL)
            return PB_FAILED_MEMORY;
        certificate->account = account_of(inventory, members + first, end - first);
        certificate->first_observation = (uint32_t)first;
        certificate->observation_count = (uint32_t)(end - first);
    }
    return PB_OK;
}

static enum pb_status make_certificates(struct pb_inventory *inventory, const uint32_t *group)
{
    struct pb_vector *observations = &inventory->evidence.observations;
    struct member *members = calloc(observations->count + 1, sizeof *members);

    if (members == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < observations->count; i++)
        members[i] = (struct member){group[i], (uint32_t)i};
    enum pb_status status =
        pb_sort_elements(members, observations->count, sizeof *members, compare_members)
            ? mark_certificates(inventory, members)
            : PB_FAILED_MEMORY;
    if (status == PB_OK)
        status = gather(observations, members);
    free(members);
    for (size_t i = 0; status == PB_OK && i < inventory->certificates.count; i++)
        status = fill_certificate(
            inventory, &PB_VECTOR_AT(struct pb_certificate, &inventory->certificates, i));
    return status;
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

/* Certificates took their order after their observations did; these follow. */
static enum pb_status follow_certificates(struct pb_inventory *inventory)
{
    struct pb_vector *observations = &inventory->evidence.observations;
    uint32_t *from = calloc(observations->count + 1, sizeof *from);
    uint32_t next = 0;

    if (from == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < inventory->certificates.count; i++) {
        struct pb_certificate *certificate =
            &PB_VECTOR_AT(struct pb_certificate, &inventory->certificates, i);
        for (uint32_t k = 0; k < certificate->observation_count; k++)
            from[next + k] = certificate->first_observation + k;
        certificate->first_observation = next;
        next += certificate->observation_count;
    }
    pb_permute(observations->data, observations->count, observations->element_bytes, from);
    free(from);
    return PB_OK;
}

static enum pb_status note_other_name(struct pb_inventory *inventory,
                                      const struct pb_certificate *certificate,
                                      const struct pb_observation *observation)
{
    struct pb_diagnostic *added;

    inventory->evidence.diagnostics.entry = observation->entry;
    enum pb_status status = pb_diagnostics_add(
        &inventory->evidence.diagnostics, PB_SEVERITY_NOTE, "other-name", &added,
        "this certificate is called %.*s here and %.*s elsewhere in the evidence",
        PB_SLICE_ARGS(observation->name), PB_SLICE_ARGS(certificate->name));
    if (status == PB_OK) {
        added->line = observation->line;
        added->pointer = observation->pointer;
    }
    return status;
}

static enum pb_status note_other_names(struct pb_inventory *inventory)
{
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < inventory->certificates.count && status == PB_OK; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        for (uint32_t k = 0; k < certificate->observation_count && status == PB_OK; k++) {
            const struct pb_observation *observation =
                pb_inventory_observation(inventory, certificate->first_observation + k);
            if (observation->name.size_bytes > 0 && !observation->is_name_from_file &&
                !pb_slice_equals(observation->name, certificate->name))
                status = note_other_name(inventory, certificate, observation);
        }
    }
    return status;
}

enum pb_status pb_certificates_make(struct pb_inventory *inventory, const uint32_t *group)
{
    enum pb_status status = make_certificates(inventory, group);

    if (status != PB_OK)
        return status;
    if (!pb_sort_elements(inventory->certificates.data, inventory->certificates.count,
                          inventory->certificates.element_bytes, compare_certificates))
        return PB_FAILED_MEMORY;
    status = follow_certificates(inventory);
    return status == PB_OK ? note_other_names(inventory) : status;
}

size_t pb_inventory_find_named(const struct pb_inventory *inventory, uint32_t account,
                               struct pb_slice name)
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
