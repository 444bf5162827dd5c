/* SPDX-License-Identifier: MIT */
#include "rules/waiver.h"

#include <stdlib.h>

#include "rules/baseline.h"

const char *pb_waiver_subject_name(enum pb_waiver_subject covers)
{
    static const char *const names[] = {
        [PB_WAIVER_ID] = "id",
        [PB_WAIVER_ARN] = "arn",
        [PB_WAIVER_KEY] = "key_sha256",
        [PB_WAIVER_ACCOUNT] = "account",
    };

    return names[covers];
}

void pb_waivers_init(struct pb_waivers *waivers)
{
    waivers->arena = (struct pb_arena){0};
    pb_vector_init(&waivers->items, sizeof(struct pb_waiver));
}

void pb_waivers_release(struct pb_waivers *waivers)
{
    pb_vector_release(&waivers->items);
    pb_arena_release(&waivers->arena);
}

/* What a waiver may name a finding by, absent where the finding has no such thing. */
struct subjects {
    struct pb_slice of[PB_WAIVER_ACCOUNT + 1];
    char key[64];
};

/* Waivers of one rule that cover the same: neighbours among the sorted. */
struct cover {
    size_t first, count;
    const struct pb_waiver *holding; /* the first of the file that holds; NULL: all have expired */
    bool is_matched;
};

/* One run over the findings. */
struct office {
    const struct pb_inventory *inventory;
    const struct pb_waivers *waivers;
    struct pb_instant as_of;
    const struct pb_waiver **sorted; /* by what they cover, then their order in the file */
    struct cover *covers;
    size_t cover_count;
    bool *is_matched; /* one a waiver, in the order of the file */
};

static bool is_expired(const struct office *office, const struct pb_waiver *waiver)
{
    return pb_instant_compare(office->as_of, waiver->end) >= 0;
}

static int compare_subjects(const struct pb_waiver *a, const struct pb_waiver *b)
{
    int order = strcmp(a->rule->name, b->rule->name);

    if (order == 0)
        order = (a->covers > b->covers) - (a->covers < b->covers);
    return order != 0 ? order : pb_slice_compare(a->subject, b->subject);
}

static int compare_waivers(const void *left, const void *right)
{
    const struct pb_waiver *a = *(const struct pb_waiver *const *)left;
    const struct pb_waiver *b = *(const struct pb_waiver *const *)right;
    int order = compare_subjects(a, b);

    /* Elements of one array, so that their addresses have an order too. */
    return order != 0 ? order : (a > b) - (a < b);
}

static void write_hex(const unsigned char *bytes, char digits[64])
{
    for (size_t i = 0; i < 32; i++) {
        digits[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        digits[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
}

static void name_certificate(struct subjects *subjects, struct pb_slice id, struct pb_slice arn,
                             const unsigned char *spki_sha256)
{
    subjects->of[PB_WAIVER_ID] = id;
    subjects->of[PB_WAIVER_ARN] = arn;
    if (spki_sha256 == NULL)
        return;
    write_hex(spki_sha256, subjects->key);
    subjects->of[PB_WAIVER_KEY] = (struct pb_slice){subjects->key, sizeof subjects->key};
}

/* A gap is named by the certificate that is missing, a private key by its public one. */
static void name_subject(struct subjects *subjects, const struct pb_statement *statement)
{
    bool is_arn = pb_slice_starts_with(statement->missing, PB_SLICE("arn:"));

    name_certificate(subjects, is_arn ? PB_SLICE_ABSENT : statement->missing,
                     is_arn ? statement->missing : PB_SLICE_ABSENT,
                     statement->key.size_bytes == 32 ? (const unsigned char *)statement->key.data
                                                     : NULL);
}

static void find_subjects(const struct pb_inventory *inventory, const struct pb_finding *finding,
                          struct subjects *subjects)
{
    const struct pb_former_finding *carried = pb_finding_former(finding);
    const struct pb_former_certificate *former = carried == NULL ? NULL : carried->certificate;

    *subjects = (struct subjects){0};
    if (finding->certificate != PB_NO_INDEX) {
        const struct pb_certificate *one =
            pb_inventory_certificate(inventory, finding->certificate);
        name_certificate(subjects, one->id, one->arn,
                         one->body == NULL ? NULL : one->body->key.spki_sha256);
    } else if (former != NULL) {
        name_certificate(subjects, former->id, former->arn,
                         former->has_body ? former->spki_sha256 : NULL);
    } else if (finding->statement != NULL) {
        name_subject(subjects, finding->statement);
    }
    if (finding->account != PB_NO_INDEX)
        subjects->of[PB_WAIVER_ACCOUNT] = pb_inventory_account(inventory, finding->account)->id;
    else if (carried != NULL)
        subjects->of[PB_WAIVER_ACCOUNT] = carried->account;
}

static void group_waivers(struct office *office)
{
    size_t count = office->waivers->items.count;

    for (size_t i = 0; i < count; i++)
        office->sorted[i] = &PB_VECTOR_AT(const struct pb_waiver, &office->waivers->items, i);
    qsort(office->sorted, count, sizeof(const struct pb_waiver *), compare_waivers);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_subjects(office->sorted[i - 1], office->sorted[i]) != 0)
            office->covers[office->cover_count++] = (struct cover){.first = i};
        struct cover *cover = &office->covers[office->cover_count - 1];
        cover->count++;
        if (cover->holding == NULL && !is_expired(office, office->sorted[i]))
            cover->holding = office->sorted[i];
    }
}

static struct cover *find_cover(const struct office *office, const struct pb_waiver *wanted)
{
    size_t low = 0, high = office->cover_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_subjects(office->sorted[office->covers[middle].first], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == office->cover_count ||
        compare_subjects(office->sorted[office->covers[low].first], wanted) != 0)
        return NULL;
    return &office->covers[low];
}

static void waive(const struct office *office, struct pb_finding *finding)
{
    struct subjects subjects;

    find_subjects(office->inventory, finding, &subjects);
    for (size_t covers = 0; covers <= PB_WAIVER_ACCOUNT; covers++) {
        const struct pb_waiver wanted = {.rule = finding->rule,
                                         .covers = (enum pb_waiver_subject)covers,
                                         .subject = subjects.of[covers]};
        struct cover *cover = wanted.subject.size_bytes > 0 ? find_cover(office, &wanted) : NULL;
        if (cover == NULL)
            continue;
        cover->is_matched = true;
        if (finding->waiver == NULL)
            finding->waiver = cover->holding;
    }
}

static void waive_all(const struct office *office, struct pb_vector *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        waive(office, &PB_VECTOR_AT(struct pb_finding, findings, i));
}

static void note_matches(struct office *office)
{
    const struct pb_waiver *first = office->waivers->items.data;

    for (size_t i = 0; i < office->cover_count; i++)
        for (size_t k = 0; k < office->covers[i].count; k++)
            office->is_matched[office->sorted[office->covers[i].first + k] - first] =
                office->covers[i].is_matched;
}

static enum pb_status remark(const struct office *office, size_t index,
                             const struct pb_parameters *parameters,
                             struct pb_diagnostics *diagnostics)
{
    const struct pb_waiver *waiver =
        &PB_VECTOR_AT(const struct pb_waiver, &office->waivers->items, index);
    enum pb_status status = PB_OK;

    if (is_expired(office, waiver))
        status = pb_diagnostics_add(
            diagnostics, PB_SEVERITY_WARNING, "waiver-expired", NULL,
            "the waiver in line %u of the waivers (%s, %s %.*s, by %.*s) expired on %.*s: it "
            "covers nothing any more",
            (unsigned)waiver->line, waiver->rule->name, pb_waiver_subject_name(waiver->covers),
            PB_SLICE_ARGS(waiver->subject), PB_SLICE_ARGS(waiver->owner),
            PB_SLICE_ARGS(waiver->expires));
    if (status == PB_OK && !office->is_matched[index] &&
        pb_rule_is_chosen(waiver->rule, parameters))
        status = pb_diagnostics_add(
            diagnostics, PB_SEVERITY_WARNING, "waiver-unmatched", NULL,
            "the waiver in line %u of the waivers (%s, %s %.*s, by %.*s) names no finding of this "
            "evidence",
            (unsigned)waiver->line, waiver->rule->name, pb_waiver_subject_name(waiver->covers),
            PB_SLICE_ARGS(waiver->subject), PB_SLICE_ARGS(waiver->owner));
    return status;
}

static enum pb_status remark_all(const struct office *office,
                                 const struct pb_parameters *parameters,
                                 struct pb_diagnostics *diagnostics)
{
    enum pb_status status = PB_OK;

    diagnostics->entry = PB_NO_ENTRY;
    for (size_t i = 0; i < office->waivers->items.count && status == PB_OK; i++)
        status = remark(office, i, parameters, diagnostics);
    return status == PB_OK ? pb_diagnostics_end_entry(diagnostics) : status;
}

enum pb_status pb_waivers_apply(const struct pb_waivers *waivers,
                                const struct pb_inventory *inventory,
                                const struct pb_parameters *parameters,
                                struct pb_findings *findings, struct pb_diagnostics *diagnostics)
{
    size_t count = waivers->items.count;
    struct office office = {.inventory = inventory, .waivers = waivers, .as_of = parameters->as_of};
    enum pb_status status = PB_FAILED_MEMORY;

    if (count == 0)
        return PB_OK;
    office.sorted = calloc(count, sizeof(const struct pb_waiver *));
    office.covers = calloc(count, sizeof *office.covers);
    office.is_matched = calloc(count, sizeof *office.is_matched);
    if (office.sorted == NULL || office.covers == NULL || office.is_matched == NULL)
        goto out;
    group_waivers(&office);
    waive_all(&office, &findings->items);
    waive_all(&office, &findings->silent);
    note_matches(&office);
    status = remark_all(&office, parameters, diagnostics);
out:
    free(office.sorted);
    free(office.covers);
    free(office.is_matched);
    return status;
}
