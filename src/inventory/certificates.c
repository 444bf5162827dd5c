/* SPDX-License-Identifier: MIT */
/* Makes certificates from the groups of pb_identity_group; and, in a later pass, adds what other
 * evidence says of them: the deployments that use them, and tag lists, whose file's name is the
 * certificate's. What is referred to and is not in the evidence becomes a gap. */
#include "inventory/passes.h"
#include "inventory/sentences.inc"

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

/* A deletion after as_of does not count: it was not done yet, or its date is odd. */
static void add_event(struct pb_inventory *inventory, struct history *history,
                      const struct pb_observation *seen)
{
    const struct pb_particulars *particulars = pb_observation_particulars(seen);
    const struct pb_date *time = &particulars->event_time;
    char room[PB_INSTANT_BYTES];

    if (is_later(&seen->upload_date, &history->uploaded))
        history->uploaded = seen->upload_date;
    if (particulars->event == PB_EVENT_DELETE && pb_date_is_known(time) &&
        pb_instant_compare(pb_date_earliest(time), inventory->as_of) > 0) {
        pb_diagnostic_at(pb_diagnostics_add(&inventory->evidence.diagnostics, PB_SEVERITY_WARNING,
                                            "odd-date", PB_SAY_DELETION_LATER,
                                            PB_SLICE_ARGS(pb_date_text(time, room))),
                         seen);
    } else if (particulars->event == PB_EVENT_DELETE &&
               (!history->is_deleted || is_later(time, &history->deleted))) {
        history->is_deleted = true;
        history->deleted = *time;
    }
    if (particulars->event == PB_EVENT_UPDATE && particulars->new_name.size_bytes > 0 &&
        (history->new_name.data == NULL || is_later(time, &history->renamed))) {
        history->new_name = particulars->new_name;
        history->renamed = *time;
    }
}

static void fill_certificate(struct pb_inventory *inventory, struct pb_certificate *certificate)
{
    struct history history = {0};
    certificate->is_names_only = true;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *seen = &certificate->observations[i];
        add_observation(certificate, seen);
        add_event(inventory, &history, seen);
        if (pb_inventory_is_answer(inventory, seen))
            certificate->presence = PB_PRESENCE_PRESENT;
        certificate->is_names_only &= pb_inventory_is_name_alone(inventory, seen);
    }
    keep_text(&certificate->name, history.new_name);
    /* Deleted, unless a later upload or rename shows that it existed again. */
    if (history.is_deleted && !is_later(&history.uploaded, &history.deleted) &&
        !is_later(&history.renamed, &history.deleted))
        certificate->presence = PB_PRESENCE_DELETED;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *seen = &certificate->observations[i];
        if (seen->name.size_bytes > 0 && !seen->is_name_from_file &&
            !pb_slice_equals(seen->name, certificate->name))
            pb_diagnostic_at(pb_diagnostics_add(&inventory->evidence.diagnostics, PB_SEVERITY_NOTE,
                                                "other-name", PB_SAY_OTHER_NAME,
                                                PB_SLICE_ARGS(seen->name),
                                                PB_SLICE_ARGS(certificate->name)),
                             seen);
    }
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
    return order != 0 ? order : pb_place_compare(a->observations, b->observations);
}

/* By group; in one group as they stood. */
static int compare_observations(const void *left, const void *right)
{
    const struct pb_observation *a = left, *b = right;
    int order = pb_number_compare(a->group, b->group);
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

struct references {
    struct pb_inventory *inventory;
    /* Of struct pb_term: */
    struct pb_vector handles; /* what names certificates; account PB_NO_INDEX: an ARN or id */
    struct pb_vector uses;    /* certificate as account, label, listener, is_further as number */
    struct pb_vector missing; /* ARNs and ids that are not in the evidence, and their records */
};

static void add_term(struct references *references, struct pb_vector *terms, uint32_t account,
                     struct pb_slice text, uint32_t number)
{
    if (text.size_bytes > 0)
        pb_terms_add(references->inventory, terms,
                     (struct pb_term){.account = account, .text = text, .number = number});
}

/* Every ARN and id under which a certificate was seen, former ones included. A projection shows
 * names without ARNs: then the account and name of an ARN find the certificate. */
static void collect_handles(struct references *references)
{
    const struct pb_inventory *inventory = references->inventory;
    struct pb_vector *handles = &references->handles;
    size_t kept = 0;

    for (uint32_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        for (uint32_t k = 0; k < certificate->observation_count; k++) {
            const struct pb_observation *seen = &certificate->observations[k];
            add_term(references, handles, PB_NO_INDEX, seen->arn, i);
            add_term(references, handles, PB_NO_INDEX, seen->id, i);
        }
        if (certificate->arn.size_bytes == 0)
            add_term(references, handles, certificate->account, certificate->name, i);
    }
    pb_vector_sort(handles, pb_term_compare);
    struct pb_term *all = handles->data;
    for (size_t i = 0; i < handles->count; i++)
        if (kept == 0 || pb_term_compare(&all[kept - 1], &all[i]) != 0)
            all[kept++] = all[i];
    handles->count = kept;
}

/* The first handle that is the record's target, else the name in it; NULL where there is none. */
static const struct pb_term *find_handle(const struct references *references,
                                         const struct pb_record *record, struct pb_slice target)
{
    struct pb_term like = {.account = PB_NO_INDEX, .text = target};
    const struct pb_term *found = pb_terms_find(&references->handles, like);
    struct pb_certificate_arn arn;
    if (found != NULL || !pb_certificate_arn_parse(target, &arn))
        return found;
    like = (struct pb_term){.account = record->account_index, .text = arn.name};
    return pb_terms_find(&references->handles, like);
}

/* Of several with the name, the one that is not deleted and was uploaded last; NULL for none. */
static struct pb_certificate *find_present(const struct pb_inventory *inventory, uint32_t account,
                                           struct pb_slice name)
{
    struct pb_certificate *all = inventory->certificates.data, *found = NULL;
    size_t first = pb_inventory_find_named(inventory, account, name);
    for (size_t i = first; i < inventory->certificates.count && i - first < PB_MOST_NAMED; i++) {
        struct pb_certificate *here = &all[i];
        if (here->account != account || !pb_slice_equals(here->name, name))
            break;
        if (found == NULL || found->presence == PB_PRESENCE_DELETED ||
            (here->presence != PB_PRESENCE_DELETED &&
             pb_instant_compare(here->upload_date.instant, found->upload_date.instant) > 0))
            found = here;
    }
    return found;
}

/* A mark, an ARN, id or name anywhere in the evidence, shows that the certificate exists. In a
 * sentence it may end before a comma or point; but names may hold these, too. */
static void resolve_mark(struct references *references, const struct pb_record *record,
                         uint32_t number)
{
    struct pb_slice target = record->target;
    for (size_t size = target.size_bytes + 1; size-- > 0;) {
        if (size < target.size_bytes &&
            (!record->is_from_text || (target.data[size] != ',' && target.data[size] != '.')))
            continue;
        struct pb_slice name = pb_slice_first(target, size);
        if (find_handle(references, record, name) != NULL ||
            find_present(references->inventory, record->account_index, name) != NULL)
            return;
    }
    if (record->is_from_text) {
        target = pb_slice_first(target, pb_slice_find(target, PB_SLICE(","), 0));
        while (pb_slice_ends_with(target, PB_SLICE(".")))
            target.size_bytes--;
    }
    add_term(references, &references->missing, record->account_index, target, number);
}

/* Adds one gap for each certificate, with the first place that names it. */
static void add_missing(struct references *references)
{
    const struct pb_inventory *inventory = references->inventory;
    pb_vector_sort(&references->missing, pb_term_compare);
    const struct pb_term *all = references->missing.data;
    for (size_t i = 0; i < references->missing.count; i++) {
        const struct pb_record *mark = pb_inventory_record(inventory, all[i].number);
        if (i == 0 || !pb_term_is_alike(&all[i], &all[i - 1]))
            pb_gap_add(references->inventory, pb_gap_at(mark, all[i].text), PB_SAY_GAP_NAMED,
                       PB_SLICE_ARGS(pb_inventory_path(inventory, mark->entry)),
                       (unsigned)mark->line, PB_SLICE_ARGS(all[i].text));
    }
}

/* An ACM ARN that is not in the evidence is no gap: the rule is about IAM. */
static void resolve_use(struct references *references, const struct pb_record *record)
{
    const struct pb_term *first = find_handle(references, record, record->target);
    const struct pb_term *handles = references->handles.data;
    struct pb_certificate_arn arn;

    for (const struct pb_term *at = first;
         at != NULL && at < handles + references->handles.count && at - first < PB_MOST_NAMED &&
         pb_term_is_alike(at, first);
         at++) {
        pb_terms_add(references->inventory, &references->uses,
                     (struct pb_term){.account = at->number,
                                      .number = record->is_further,
                                      .scope = record->label,
                                      .text = record->listener});
    }
    if (first == NULL && (!pb_slice_starts_with(record->target, PB_SLICE("arn:")) ||
                          pb_certificate_arn_parse(record->target, &arn)))
        pb_gap_add(references->inventory, pb_gap_at(record, record->target), PB_SAY_GAP_USED,
                   PB_SLICE_ARGS(record->label), PB_SLICE_ARGS(record->target));
}

/* Makes each certificate's uses and labels, sorted, as parts of two arrays. */
static void assign_uses(struct pb_inventory *inventory, struct pb_vector *uses)
{
    struct pb_arena *arena = &inventory->evidence.arena;
    struct pb_certificate *certificates = inventory->certificates.data;
    struct pb_slice *label = pb_arena_allocate_array(arena, uses->count, sizeof *label);
    struct pb_use *kept = pb_arena_allocate_array(arena, uses->count, sizeof *kept);
    const struct pb_term *all = uses->data;

    inventory->has_failed |= label == NULL || kept == NULL;
    pb_vector_sort(uses, pb_term_compare);
    for (size_t i = 0; i < uses->count && !inventory->has_failed; i++) {
        struct pb_certificate *certificate = &certificates[all[i].account];
        if (i > 0 && pb_term_compare(&all[i], &all[i - 1]) == 0)
            continue;
        *kept = (struct pb_use){all[i].scope, all[i].text, all[i].number != 0};
        bool is_first = certificate->use_count++ == 0;
        if (is_first) {
            certificate->uses = kept;
            certificate->in_use_by = label;
        }
        if (is_first || !pb_slice_equals(kept[-1].label, kept->label)) {
            *label++ = kept->label;
            certificate->in_use_by_count++;
        }
        kept++;
    }
}

static void resolve_tags(struct pb_inventory *inventory, const struct pb_record *record)
{
    struct pb_certificate *named = find_present(inventory, record->account_index, record->target);
    if (named == NULL) {
        pb_gap_add(inventory, pb_gap_at(record, record->target), PB_SAY_GAP_TAGS,
                   PB_SLICE_ARGS(pb_inventory_path(inventory, record->entry)),
                   PB_SLICE_ARGS(record->target));
    } else if (named->tags == NULL) {
        named->tags = record->tags;
        named->tag_count = record->tag_count;
    }
}

void pb_references_resolve(struct pb_inventory *inventory)
{
    struct references references = {.inventory = inventory};
    for (uint32_t i = 0; i < inventory->evidence.records.count; i++) {
        const struct pb_record *record = pb_inventory_record(inventory, i);
        if (record->kind == PB_RECORD_TAGS && record->target.size_bytes > 0)
            resolve_tags(inventory, record);
        if (record->kind != PB_RECORD_REFERENCE)
            continue;
        if (references.handles.count == 0)
            collect_handles(&references);
        if (record->label.size_bytes == 0)
            resolve_mark(&references, record, i);
        else
            resolve_use(&references, record);
    }
    add_missing(&references);
    if (references.uses.count > 0)
        assign_uses(inventory, &references.uses);
    pb_vector_release(&references.handles);
    pb_vector_release(&references.uses);
    pb_vector_release(&references.missing);
}
