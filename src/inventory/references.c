/* SPDX-License-Identifier: MIT */
/* What other evidence says of certificates: the deployments that use them, and tag lists, which
 * name no certificate but have its name as their file's. Comes after certificates are made; what
 * is referred to and not in the evidence becomes a gap, which coverage counts. */
#include "inventory/arn.h"
#include "inventory/passes.h"

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

/* A certificate that a mark names and nothing describes, and the mark's place. */
struct missing {
    struct pb_gap gap;
    uint32_t line;
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
    const struct handle handle = {text, certificate};

    return text.size_bytes == 0 || pb_vector_append(handles, &handle, 1);
}

/* Every ARN and id under which a certificate was seen, former ones included. */
static enum pb_status collect_handles(const struct pb_inventory *inventory,
                                      struct pb_vector *handles)
{
    for (uint32_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        for (uint32_t k = 0; k < certificate->observation_count; k++) {
            const struct pb_observation *seen =
                pb_inventory_observation(inventory, certificate->first_observation + k);
            if (!add_handle(handles, seen->arn, i) || !add_handle(handles, seen->id, i))
                return PB_FAILED_MEMORY;
        }
    }
    pb_vector_sort(handles, compare_handles);
    return PB_OK;
}

static enum pb_status add_use(struct pb_vector *uses, const struct pb_record *record,
                              uint32_t certificate)
{
    const struct use use = {{record->label, record->listener, record->is_further}, certificate};

    return pb_vector_append(uses, &use, 1) ? PB_OK : PB_FAILED_MEMORY;
}

static enum pb_status add_uses_by_handle(const struct pb_vector *handles,
                                         const struct pb_record *record, struct pb_vector *uses)
{
    const struct handle key = {.text = record->target};
    const struct handle *all = handles->data;
    uint32_t last = PB_NO_INDEX;
    enum pb_status status = PB_OK;

    for (size_t i = pb_vector_lower_bound(handles, &key, compare_handles);
         i < handles->count && pb_slice_equals(all[i].text, record->target) && status == PB_OK;
         i++) {
        if (all[i].certificate != last)
            status = add_use(uses, record, all[i].certificate);
        last = all[i].certificate;
    }
    return status;
}

/* A projection shows names without ARNs: then the ARN's account and name find the certificate. */
static enum pb_status add_uses_by_name(const struct pb_inventory *inventory,
                                       const struct pb_record *record, struct pb_vector *uses)
{
    struct pb_certificate_arn arn;
    enum pb_status status = PB_OK;

    if (!pb_certificate_arn_parse(record->target, &arn))
        return PB_OK;
    for (size_t i = pb_inventory_find_named(inventory, record->account_index, arn.name);
         i < inventory->certificates.count && status == PB_OK; i++) {
        const struct pb_certificate *named = pb_inventory_certificate(inventory, i);
        if (named->account != record->account_index || !pb_slice_equals(named->name, arn.name))
            break;
        if (named->arn.size_bytes == 0)
            status = add_use(uses, record, (uint32_t)i);
    }
    return status;
}

/* An ACM ARN that is not in the evidence is no gap: the rule is about IAM. */
static bool is_of_iam(struct pb_slice target)
{
    struct pb_certificate_arn arn;

    return !pb_slice_starts_with(target, PB_SLICE("arn:")) ||
           pb_certificate_arn_parse(target, &arn);
}

/* Some certificate has the ARN or id, or its ARN's account and name. */
static bool is_described(const struct pb_inventory *inventory, const struct pb_vector *handles,
                         const struct pb_record *record, struct pb_slice target)
{
    const struct handle key = {.text = target};
    const struct handle *all = handles->data;
    size_t at = pb_vector_lower_bound(handles, &key, compare_handles);
    struct pb_certificate_arn arn;

    if (at < handles->count && pb_slice_equals(all[at].text, target))
        return true;
    if (!pb_certificate_arn_parse(target, &arn))
        return false;
    at = pb_inventory_find_named(inventory, record->account_index, arn.name);
    if (at >= inventory->certificates.count)
        return false;
    const struct pb_certificate *named = pb_inventory_certificate(inventory, (uint32_t)at);
    return named->account == record->account_index && pb_slice_equals(named->name, arn.name) &&
           named->arn.size_bytes == 0;
}

/* Without the sentence's last commas and points, which are legal in names too. */
static bool shorten(struct pb_slice *target)
{
    size_t size = target->size_bytes;

    while (size > 0 && target->data[size - 1] != ',' && target->data[size - 1] != '.')
        size--;
    if (size == 0)
        return false;
    target->size_bytes = size - 1;
    return true;
}

/* A mark that stands somewhere in the evidence proves that the certificate exists. */
static enum pb_status resolve_mark(const struct pb_inventory *inventory,
                                   const struct pb_record *record, const struct pb_vector *handles,
                                   struct pb_vector *missing)
{
    struct pb_slice target = record->target, shown = record->target;
    bool is_known = is_described(inventory, handles, record, target);

    while (!is_known && record->is_from_text && shorten(&target))
        is_known = is_described(inventory, handles, record, target);
    if (is_known)
        return PB_OK;
    if (record->is_from_text) {
        const char *comma = memchr(shown.data, ',', shown.size_bytes);
        shown.size_bytes = comma != NULL ? (size_t)(comma - shown.data) : shown.size_bytes;
        while (pb_slice_ends_with(shown, PB_SLICE(".")))
            shown.size_bytes--;
    }
    const struct missing found = {
        {record->account_index, PB_NO_INDEX, record->entry, .missing = shown}, record->line};
    return pb_vector_append(missing, &found, 1) ? PB_OK : PB_FAILED_MEMORY;
}

static int compare_missing(const void *left, const void *right)
{
    const struct missing *a = left, *b = right;
    int order = pb_slice_compare(a->gap.missing, b->gap.missing);

    if (order == 0)
        order = (a->gap.account > b->gap.account) - (a->gap.account < b->gap.account);
    if (order == 0)
        order = (a->gap.entry > b->gap.entry) - (a->gap.entry < b->gap.entry);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

/* One gap a certificate, at the first place that names it. */
static enum pb_status add_missing(struct pb_inventory *inventory, struct pb_vector *missing)
{
    const struct missing *all = missing->data;
    enum pb_status status = PB_OK;

    pb_vector_sort(missing, compare_missing);
    for (size_t i = 0; i < missing->count && status == PB_OK; i++) {
        const struct pb_gap *gap = &all[i].gap;
        if (i > 0 && gap->account == all[i - 1].gap.account &&
            pb_slice_equals(gap->missing, all[i - 1].gap.missing))
            continue;
        status = pb_gap_add(inventory, *gap, "%.*s:%u names %.*s, which is not in the evidence",
                            PB_SLICE_ARGS(pb_inventory_path(inventory, gap->entry)),
                            (unsigned)all[i].line, PB_SLICE_ARGS(gap->missing));
    }
    return status;
}

static enum pb_status resolve_reference(struct pb_inventory *inventory,
                                        const struct pb_record *record,
                                        const struct pb_vector *handles, struct pb_vector *uses)
{
    const struct pb_gap gap = {.account = record->account_index,
                               .certificate = PB_NO_INDEX,
                               .entry = record->entry,
                               .missing = record->target};
    size_t before = uses->count;
    enum pb_status status = add_uses_by_handle(handles, record, uses);

    if (status == PB_OK && uses->count == before)
        status = add_uses_by_name(inventory, record, uses);
    if (status == PB_OK && uses->count == before && is_of_iam(record->target))
        status = pb_gap_add(inventory, gap, "%.*s uses %.*s, which is not in the evidence",
                            PB_SLICE_ARGS(record->label), PB_SLICE_ARGS(record->target));
    return status;
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

/* Gives each certificate its uses and their labels, sorted: parts of two arrays. */
static enum pb_status share_out_uses(struct pb_inventory *inventory, struct pb_vector *uses)
{
    struct pb_arena *arena = &inventory->evidence.arena;
    struct pb_slice *label = pb_arena_allocate_array(arena, uses->count, sizeof *label);
    struct pb_use *kept = pb_arena_allocate_array(arena, uses->count, sizeof *kept);
    const struct use *all = uses->data;

    if (label == NULL || kept == NULL)
        return PB_FAILED_MEMORY;
    pb_vector_sort(uses, compare_uses);
    for (size_t i = 0; i < uses->count; i++) {
        if (i > 0 && compare_uses(&all[i], &all[i - 1]) == 0)
            continue;
        struct pb_extras *extras = pb_certificate_extend(
            inventory,
            &PB_VECTOR_AT(struct pb_certificate, &inventory->certificates, all[i].certificate));
        if (extras == NULL)
            return PB_FAILED_MEMORY;
        *kept = all[i].by;
        bool is_first = extras->use_count++ == 0;
        if (is_first) {
            extras->uses = kept;
            extras->in_use_by = label;
        }
        if (is_first || !pb_slice_equals(kept[-1].label, kept->label)) {
            *label++ = kept->label;
            extras->in_use_by_count++;
        }
        kept++;
    }
    return PB_OK;
}

/* Of several that had the name, the one that was uploaded last and is not deleted. */
static struct pb_certificate *find_present(const struct pb_inventory *inventory, uint32_t account,
                                           struct pb_slice name)
{
    struct pb_certificate *all = inventory->certificates.data, *found = NULL;

    for (size_t i = pb_inventory_find_named(inventory, account, name);
         i < inventory->certificates.count; i++) {
        struct pb_certificate *here = &all[i];
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

static enum pb_status resolve_tags(struct pb_inventory *inventory, const struct pb_record *record)
{
    const struct pb_gap gap = {.account = record->account_index,
                               .certificate = PB_NO_INDEX,
                               .entry = record->entry,
                               .missing = record->name};
    struct pb_certificate *named = find_present(inventory, record->account_index, record->name);

    if (named == NULL)
        return pb_gap_add(inventory, gap, "%.*s holds tags of %.*s, which is not in the evidence",
                          PB_SLICE_ARGS(pb_inventory_path(inventory, record->entry)),
                          PB_SLICE_ARGS(record->name));
    if (pb_certificate_extras(named)->tags != NULL)
        return PB_OK;
    struct pb_extras *extras = pb_certificate_extend(inventory, named);
    if (extras == NULL)
        return PB_FAILED_MEMORY;
    extras->tags = record->tags;
    extras->tag_count = record->tag_count;
    return PB_OK;
}

static enum pb_status resolve_references(struct pb_inventory *inventory, struct pb_vector *handles,
                                         struct pb_vector *uses, struct pb_vector *missing)
{
    const struct pb_record *records = inventory->evidence.records.data;
    bool is_collected = false;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < inventory->evidence.records.count && status == PB_OK; i++) {
        if (records[i].kind != PB_RECORD_REFERENCE)
            continue;
        if (!is_collected)
            status = collect_handles(inventory, handles);
        is_collected = true;
        if (status == PB_OK)
            status = records[i].label.size_bytes == 0
                         ? resolve_mark(inventory, &records[i], handles, missing)
                         : resolve_reference(inventory, &records[i], handles, uses);
    }
    if (status == PB_OK)
        status = add_missing(inventory, missing);
    return status == PB_OK && uses->count > 0 ? share_out_uses(inventory, uses) : status;
}

enum pb_status pb_references_resolve(struct pb_inventory *inventory)
{
    const struct pb_record *records = inventory->evidence.records.data;
    struct pb_vector handles, uses, missing;

    pb_vector_init(&handles, sizeof(struct handle));
    pb_vector_init(&uses, sizeof(struct use));
    pb_vector_init(&missing, sizeof(struct missing));
    enum pb_status status = resolve_references(inventory, &handles, &uses, &missing);
    pb_vector_release(&handles);
    pb_vector_release(&uses);
    pb_vector_release(&missing);
    for (size_t i = 0; i < inventory->evidence.records.count && status == PB_OK; i++)
        if (records[i].kind == PB_RECORD_TAGS && records[i].name.size_bytes > 0)
            status = resolve_tags(inventory, &records[i]);
    return status;
}
