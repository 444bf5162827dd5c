/* SPDX-License-Identifier: MIT */
/* What other evidence says of certificates: the deployments that use them, and tag lists, which
 * name no certificate but have its name as their file's. Comes after certificates are made; what
 * is referred to and not in the evidence becomes a gap, which coverage counts. */
#include "inventory/arn.h"
#include "inventory/passes.h"

/* What names more certificates than that tells them apart no more, and is taken for the first. */
#define MOST_NAMED 64

/* What may name a certificate: its ARN or id, or in one account its name. */
struct handle {
    struct pb_slice text;
    uint32_t account; /* PB_NO_INDEX for an ARN or id */
    uint32_t certificate;
};

/* One deployment of one certificate. */
struct use {
    struct pb_use by;
    uint32_t certificate;
};

struct references {
    struct pb_inventory *inventory;
    struct pb_vector handles; /* of struct handle, sorted */
    struct pb_vector uses;    /* of struct use */
    struct pb_vector missing; /* of struct pb_record: marks of what nothing describes, whose target
                                 is what is shown of it */
};

static int compare_texts(const void *left, const void *right)
{
    const struct handle *a = left, *b = right;
    int order = pb_slice_compare(a->text, b->text);

    return order != 0 ? order : (a->account > b->account) - (a->account < b->account);
}

static int compare_handles(const void *left, const void *right)
{
    const struct handle *a = left, *b = right;
    int order = compare_texts(a, b);

    return order != 0 ? order
                      : (a->certificate > b->certificate) - (a->certificate < b->certificate);
}

static bool add_handle(struct references *references, struct pb_slice text, uint32_t account,
                       uint32_t certificate)
{
    const struct handle handle = {text, account, certificate};

    return text.size_bytes == 0 || pb_vector_append(&references->handles, &handle, 1);
}

/* Every ARN and id under which a certificate was seen, former ones included. A projection shows
 * names without ARNs: then the account and name of an ARN find the certificate. */
static bool collect_handles(struct references *references)
{
    const struct pb_inventory *inventory = references->inventory;
    size_t kept = 0;

    for (uint32_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        for (uint32_t k = 0; k < certificate->observation_count; k++) {
            const struct pb_observation *seen =
                pb_inventory_observation(inventory, certificate->first_observation + k);
            if (!add_handle(references, seen->arn, PB_NO_INDEX, i) ||
                !add_handle(references, seen->id, PB_NO_INDEX, i))
                return false;
        }
        if (certificate->arn.size_bytes == 0 &&
            !add_handle(references, certificate->name, certificate->account, i))
            return false;
    }
    pb_vector_sort(&references->handles, compare_handles);
    struct handle *all = references->handles.data;
    for (size_t i = 0; i < references->handles.count; i++)
        if (kept == 0 || compare_handles(&all[kept - 1], &all[i]) != 0)
            all[kept++] = all[i];
    references->handles.count = kept;
    return true;
}

/* The place of the first handle that is the record's target, else the name in it; the number of
 * handles where there is none. */
static size_t find_handle(const struct references *references, const struct pb_record *record,
                          struct pb_slice target)
{
    const struct pb_vector *handles = &references->handles;
    struct handle key = {target, PB_NO_INDEX, 0};
    struct pb_certificate_arn arn;

    for (;;) {
        size_t at = pb_vector_lower_bound(handles, &key, compare_handles);
        if (at < handles->count &&
            compare_texts(&PB_VECTOR_AT(const struct handle, handles, at), &key) == 0)
            return at;
        if (key.account != PB_NO_INDEX || !pb_certificate_arn_parse(target, &arn))
            return handles->count;
        key = (struct handle){arn.name, record->account_index, 0};
    }
}

static bool add_uses(struct references *references, const struct pb_record *record, size_t at)
{
    const struct handle *all = references->handles.data;

    for (size_t i = at; i < references->handles.count && i - at < MOST_NAMED &&
                        compare_texts(&all[i], &all[at]) == 0;
         i++) {
        const struct use use = {{record->label, record->listener, record->is_further},
                                all[i].certificate};
        if (!pb_vector_append(&references->uses, &use, 1))
            return false;
    }
    return true;
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
static bool resolve_mark(struct references *references, const struct pb_record *record)
{
    struct pb_record missing = *record;
    struct pb_slice target = record->target;

    do
        if (find_handle(references, record, target) < references->handles.count)
            return true;
    while (record->is_from_text && shorten(&target));
    if (record->is_from_text) {
        size_t comma = pb_slice_find(missing.target, PB_SLICE(","), 0);
        missing.target = pb_slice_first(missing.target, comma);
        while (pb_slice_ends_with(missing.target, PB_SLICE(".")))
            missing.target.size_bytes--;
    }
    return pb_vector_append(&references->missing, &missing, 1);
}

static int compare_missing(const void *left, const void *right)
{
    const struct pb_record *a = left, *b = right;
    int order = pb_slice_compare(a->target, b->target);

    if (order == 0)
        order = (a->account_index > b->account_index) - (a->account_index < b->account_index);
    if (order == 0)
        order = (a->entry > b->entry) - (a->entry < b->entry);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

/* One gap a certificate, at the first place that names it. */
static bool add_missing(struct references *references)
{
    const struct pb_record *all = references->missing.data;

    pb_vector_sort(&references->missing, compare_missing);
    for (size_t i = 0; i < references->missing.count; i++) {
        const struct pb_record *mark = &all[i];
        if (i > 0 && mark->account_index == mark[-1].account_index &&
            pb_slice_equals(mark->target, mark[-1].target))
            continue;
        if (!pb_gap_add(references->inventory,
                        pb_gap_at(mark->account_index, mark->entry, mark->target),
                        "%.*s:%u names %.*s, which is not in the evidence",
                        PB_SLICE_ARGS(pb_inventory_path(references->inventory, mark->entry)),
                        (unsigned)mark->line, PB_SLICE_ARGS(mark->target)))
            return false;
    }
    return true;
}

/* An ACM ARN that is not in the evidence is no gap: the rule is about IAM. */
static bool resolve_use(struct references *references, const struct pb_record *record)
{
    size_t at = find_handle(references, record, record->target);
    struct pb_certificate_arn arn;

    if (at < references->handles.count)
        return add_uses(references, record, at);
    return (pb_slice_starts_with(record->target, PB_SLICE("arn:")) &&
            !pb_certificate_arn_parse(record->target, &arn)) ||
           pb_gap_add(references->inventory,
                      pb_gap_at(record->account_index, record->entry, record->target),
                      "%.*s uses %.*s, which is not in the evidence", PB_SLICE_ARGS(record->label),
                      PB_SLICE_ARGS(record->target));
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
static bool share_out_uses(struct pb_inventory *inventory, struct pb_vector *uses)
{
    struct pb_arena *arena = &inventory->evidence.arena;
    struct pb_slice *label = pb_arena_allocate_array(arena, uses->count, sizeof *label);
    struct pb_use *kept = pb_arena_allocate_array(arena, uses->count, sizeof *kept);
    const struct use *all = uses->data;

    if (label == NULL || kept == NULL)
        return false;
    pb_vector_sort(uses, compare_uses);
    for (size_t i = 0; i < uses->count; i++) {
        if (i > 0 && compare_uses(&all[i], &all[i - 1]) == 0)
            continue;
        struct pb_extras *extras = pb_certificate_extend(
            inventory,
            &PB_VECTOR_AT(struct pb_certificate, &inventory->certificates, all[i].certificate));
        if (extras == NULL)
            return false;
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
    return true;
}

/* Of several that had the name, the one that was uploaded last and is not deleted. */
static struct pb_certificate *find_present(const struct pb_inventory *inventory, uint32_t account,
                                           struct pb_slice name)
{
    struct pb_certificate *all = inventory->certificates.data, *found = NULL;
    size_t first = pb_inventory_find_named(inventory, account, name);

    for (size_t i = first; i < inventory->certificates.count && i - first < MOST_NAMED; i++) {
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

static bool resolve_tags(struct pb_inventory *inventory, const struct pb_record *record)
{
    struct pb_certificate *named = find_present(inventory, record->account_index, record->name);

    if (named == NULL)
        return pb_gap_add(inventory, pb_gap_at(record->account_index, record->entry, record->name),
                          "%.*s holds tags of %.*s, which is not in the evidence",
                          PB_SLICE_ARGS(pb_inventory_path(inventory, record->entry)),
                          PB_SLICE_ARGS(record->name));
    if (pb_certificate_extras(named)->tags != NULL)
        return true;
    struct pb_extras *extras = pb_certificate_extend(inventory, named);
    if (extras == NULL)
        return false;
    extras->tags = record->tags;
    extras->tag_count = record->tag_count;
    return true;
}

static bool resolve_references(struct references *references)
{
    const struct pb_vector *records = &references->inventory->evidence.records;
    const struct pb_record *all = records->data;
    bool is_collected = false;

    for (size_t i = 0; i < records->count; i++) {
        if (all[i].kind != PB_RECORD_REFERENCE)
            continue;
        if (!is_collected && !collect_handles(references))
            return false;
        is_collected = true;
        if (!(all[i].label.size_bytes == 0 ? resolve_mark(references, &all[i])
                                           : resolve_use(references, &all[i])))
            return false;
    }
    if (!add_missing(references) ||
        (references->uses.count > 0 && !share_out_uses(references->inventory, &references->uses)))
        return false;
    for (size_t i = 0; i < records->count; i++)
        if (all[i].kind == PB_RECORD_TAGS && all[i].name.size_bytes > 0 &&
            !resolve_tags(references->inventory, &all[i]))
            return false;
    return true;
}

bool pb_references_resolve(struct pb_inventory *inventory)
{
    struct references references = {.inventory = inventory};

    pb_vector_init(&references.handles, sizeof(struct handle));
    pb_vector_init(&references.uses, sizeof(struct use));
    pb_vector_init(&references.missing, sizeof(struct pb_record));
    bool is_resolved = resolve_references(&references);
    pb_vector_release(&references.handles);
    pb_vector_release(&references.uses);
    pb_vector_release(&references.missing);
    return is_resolved;
}
