/* SPDX-License-Identifier: MIT */
/* Makes certificates from the groups of pb_identity_group; accounts are renumbered and references
 * resolved after that. */
#include "inventory/passes.h"

/* Keeps the earlier of two dates, of equal ones the more precise, and any that can be read. */
static void keep_date(struct pb_date *kept, const struct pb_date *other)
{
    bool is_better = pb_date_is_known(other)
                         ? !pb_date_is_known(kept)
                         : kept->state == PB_DATE_ABSENT && other->state == PB_DATE_UNPARSEABLE;

    if (pb_date_is_known(kept) && pb_date_is_known(other)) {
        if (pb_date_differs(kept, other))
            is_better = pb_instant_compare(other->instant, kept->instant) < 0;
        else if (kept->state != other->state)
            is_better = kept->state > other->state; /* exact, without zone, without time */
        else
            is_better = kept->fraction_digits < other->fraction_digits;
    }
    if (is_better)
        *kept = *other;
}

static void keep_text(struct pb_slice *kept, struct pb_slice other)
{
    if (other.size_bytes > 0)
        *kept = other;
}

/* Later evidence replaces what a rename changes. The rest is the same, or a conflict. */
static void add_observation(struct pb_certificate *certificate, const struct pb_observation *seen)
{
    const struct pb_bodies *bodies = pb_observation_bodies(seen);
    const struct pb_particulars *particulars = pb_observation_particulars(seen);

    if (seen->name.size_bytes > 0 && (!seen->is_name_from_file || certificate->name.data == NULL)) {
        certificate->name = seen->name;
        certificate->is_name_from_file = seen->is_name_from_file;
    }
    keep_text(&certificate->path, seen->path);
    keep_text(&certificate->arn, seen->arn);
    keep_text(&certificate->id, seen->id);
    if (pb_date_is_known(&seen->upload_date)) /* until some observation calls it an UploadDate */
        certificate->is_date_unnamed =
            seen->is_date_unnamed &&
            (certificate->is_date_unnamed || !pb_date_is_known(&certificate->upload_date));
    keep_date(&certificate->upload_date, &seen->upload_date);
    keep_date(&certificate->expiration, &seen->expiration);
    keep_date(&certificate->imported_at, &particulars->imported_at);
    certificate->origin = seen->origin;
    if (particulars->tags != NULL) {
        certificate->tags = particulars->tags;
        certificate->tag_count = particulars->tag_count;
    }
    if (certificate->body == NULL)
        certificate->body = seen->body;
    if (certificate->chain_count == 0) {
        certificate->chain = bodies->chain;
        certificate->chain_count = bodies->chain_count;
    }
    /* A known account, if any observation has one: unknown ones sort before it. */
    if (seen->account_index > certificate->account)
        certificate->account = seen->account_index;
}

/* The latest event of each kind that happened to one certificate. */
struct history {
    struct pb_date uploaded, renamed, deleted;
    struct pb_slice new_name;
    bool is_deleted;
};

static bool is_later(const struct pb_date *date, const struct pb_date *than)
{
    return pb_date_is_known(date) &&
           (!pb_date_is_known(than) || pb_instant_compare(date->instant, than->instant) > 0);
}

static void add_event(struct history *history, const struct pb_observation *seen)
{
    const struct pb_particulars *particulars = pb_observation_particulars(seen);

    if (is_later(&seen->upload_date, &history->uploaded))
        history->uploaded = seen->upload_date;
    if (particulars->event == PB_EVENT_DELETE &&
        (!history->is_deleted || is_later(&particulars->event_time, &history->deleted))) {
        history->is_deleted = true;
        history->deleted = particulars->event_time;
    }
    if (particulars->event == PB_EVENT_UPDATE && particulars->new_name.size_bytes > 0 &&
        (history->new_name.data == NULL || is_later(&particulars->event_time, &history->renamed))) {
        history->new_name = particulars->new_name;
        history->renamed = particulars->event_time;
    }
}

static void note_other_name(struct pb_inventory *inventory,
                            const struct pb_certificate *certificate,
                            const struct pb_observation *seen)
{
    struct pb_diagnostics *diagnostics = &inventory->evidence.diagnostics;

    if (seen->name.size_bytes == 0 || seen->is_name_from_file ||
        pb_slice_equals(seen->name, certificate->name))
        return;
    diagnostics->entry = seen->entry;
    struct pb_diagnostic *added = pb_diagnostics_add(
        diagnostics, PB_SEVERITY_NOTE, "other-name",
        "this certificate is called %.*s here and %.*s elsewhere in the evidence",
        PB_SLICE_ARGS(seen->name), PB_SLICE_ARGS(certificate->name));
    added->line = seen->line;
    added->pointer = seen->pointer;
}

static void fill_certificate(struct pb_inventory *inventory, struct pb_certificate *certificate)
{
    struct history history = {0};

    certificate->is_names_only = true;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *seen = &certificate->observations[i];
        add_observation(certificate, seen);
        add_event(&history, seen);
        if (pb_inventory_is_answer(inventory, seen))
            certificate->presence = PB_PRESENCE_PRESENT;
        certificate->is_names_only &=
            seen->record != PB_NO_RECORD &&
            pb_inventory_record(inventory, seen->record)->kind == PB_RECORD_NAMES;
    }
    keep_text(&certificate->name, history.new_name);
    /* Deleted, unless a later upload or rename shows that it existed again. */
    if (history.is_deleted && !is_later(&history.uploaded, &history.deleted) &&
        !is_later(&history.renamed, &history.deleted))
        certificate->presence = PB_PRESENCE_DELETED;
    for (uint32_t i = 0; i < certificate->observation_count; i++)
        note_other_name(inventory, certificate, &certificate->observations[i]);
}

static int compare_account_and_name(const void *left, const void *right)
{
    const struct pb_certificate *a = left, *b = right;
    int order = pb_number_compare(a->account, b->account);

    return order != 0 ? order : pb_slice_compare(a->name, b->name);
}

static int compare_certificates(const void *left, const void *right)
{
    const struct pb_certificate *a = left, *b = right;
    int order = compare_account_and_name(a, b);

    order = order != 0 ? order : pb_slice_compare(a->id, b->id);
    /* Parts of one array, so that their addresses have an order too. */
    return order != 0 ? order
                      : (a->observations > b->observations) - (a->observations < b->observations);
}

/* By group; in one group as they stood. */
static int compare_observations(const void *left, const void *right)
{
    const struct pb_observation *a = left, *b = right;
    int order = pb_number_compare(a->group, b->group);

    order = order != 0 ? order : pb_number_compare(a->entry, b->entry);
    return order != 0 ? order : pb_number_compare(a->number, b->number);
}

void pb_certificates_make(struct pb_inventory *inventory)
{
    struct pb_vector *observations = &inventory->evidence.observations;
    const struct pb_observation *all = observations->data;

    pb_identity_group(inventory);
    pb_vector_sort(observations, compare_observations);
    for (size_t first = 0, end; first < observations->count; first = end) {
        for (end = first; end < observations->count && all[end].group == all[first].group;)
            end++;
        struct pb_certificate *certificate =
            pb_vector_push(&inventory->certificates, sizeof *certificate);
        if (certificate == NULL) {
            inventory->has_failed = true;
            return;
        }
        certificate->observations = &all[first];
        certificate->observation_count = (uint32_t)(end - first);
        fill_certificate(inventory, certificate);
    }
    pb_vector_sort(&inventory->certificates, compare_certificates);
}

size_t pb_inventory_find_named(const struct pb_inventory *inventory, uint32_t account,
                               struct pb_slice name)
{
    const struct pb_certificate key = {.account = account, .name = name};

    return pb_vector_lower_bound(&inventory->certificates, &key, compare_account_and_name);
}
