/* SPDX-License-Identifier: MIT */
#include "rules/rules.h"

#include <stddef.h>
#include <stdio.h>

#include "rules/form.h"

#define SECONDS_A_DAY 86400

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

/* One of the subjects, which may be missing, but not empty. Returns whether it is there. */
static bool read_subject(struct pb_form *form, const struct pb_json *object,
                         enum pb_waiver_subject covers, struct pb_waiver *waiver)
{
    const char *key = pb_waiver_subject_names[covers];
    char *digest;

    if (pb_json_find(object, key) == NULL)
        return false;
    waiver->covers = covers;
    waiver->subject = waiver->bytes = pb_form_text(form, object, key, false);
    if (waiver->subject.size_bytes == 0)
        pb_form_refuse(form, object, key, "this is empty");
    if (covers == PB_WAIVER_KEY && (digest = pb_arena_allocate(form->arena, 32)) != NULL) {
        pb_form_sha256(form, object, key, (unsigned char *)digest);
        waiver->bytes = (struct pb_slice){digest, 32};
    } else if (covers == PB_WAIVER_KEY) {
        form->status = PB_FAILED_MEMORY;
    }
    return true;
}

static void read_subjects(struct pb_form *form, const struct pb_json *object,
                          struct pb_waiver *waiver)
{
    size_t count = 0;

    for (int covers = 0; covers < PB_WAIVER_SUBJECTS; covers++)
        count += read_subject(form, object, (enum pb_waiver_subject)covers, waiver);
    if (count != 1)
        pb_form_refuse(form, object, NULL,
                       "this waiver has %zu of 'id', 'arn', 'key_sha256', 'account' and "
                       "'folder', not exactly one",
                       count);
}

/* A text that is not blank. */
static struct pb_slice read_words(struct pb_form *form, const struct pb_json *object,
                                  const char *key)
{
    struct pb_slice words = pb_form_text(form, object, key, false);

    if (pb_slice_trim(words).size_bytes == 0)
        pb_form_refuse(form, object, key, "this is empty");
    return words;
}

static struct pb_waiver read_waiver(struct pb_form *form, const struct pb_json *object)
{
    static const char *const keys[] = {"rule",   "id",     "arn",   "key_sha256", "account",
                                       "folder", "reason", "owner", "expires"};
    struct pb_waiver waiver = {0};

    pb_form_refuse_others(form, object, keys, sizeof keys / sizeof keys[0]);
    struct pb_slice rule = pb_form_text(form, object, "rule", false);
    size_t row = pb_rule_find(rule);
    if (row < PB_RULE_COUNT)
        waiver.rule = pb_rules[row];
    else
        pb_form_refuse(form, object, "rule", "there is no rule '%.*s'; see prebleed --list-rules",
                       PB_SLICE_ARGS(pb_slice_first(rule, 100)));
    read_subjects(form, object, &waiver);
    waiver.reason = read_words(form, object, "reason");
    waiver.owner = read_words(form, object, "owner");
    waiver.expires = pb_form_text(form, object, "expires", false);
    if (!pb_instant_parse_date(waiver.expires, &waiver.end))
        pb_form_refuse(form, object, "expires", "not a date (YYYY-MM-DD)");
    waiver.end.seconds += SECONDS_A_DAY;
    return waiver;
}

static enum pb_status read_file(struct pb_form *form, struct pb_vector *waivers)
{
    static const char *const keys[] = {"schema", "waivers"};
    const struct pb_json *root = form->document.root;
    struct pb_json_place place = {.position = form->document.start};

    if (!pb_slice_equals(pb_form_text(form, root, "schema", false), PB_SLICE("prebleed-waivers/1")))
        pb_form_refuse(form, root, "schema", "the schema is not prebleed-waivers/1");
    const struct pb_json *list = pb_form_member(form, root, "waivers", PB_JSON_ARRAY, false);
    pb_form_refuse_others(form, root, keys, 2);
    for (size_t i = 0; i < pb_json_count(list) && form->status == PB_OK; i++) {
        struct pb_waiver waiver = read_waiver(form, pb_json_element(list, i));
        pb_json_find_place(&form->document, pb_json_element(list, i), &place);
        waiver.line = pb_json_line(place.position);
        if (form->status == PB_OK && !pb_vector_append(waivers, &waiver, 1))
            form->status = PB_FAILED_MEMORY;
    }
    return form->status;
}

enum pb_status pb_waivers_read(struct pb_waivers *waivers, struct pb_slice text,
                               struct pb_error *error)
{
    struct pb_form form;

    pb_form_open(&form, text, &waivers->arena, error);
    enum pb_status status = read_file(&form, &waivers->items);
    pb_json_document_release(&form.document);
    return status;
}

/* A waiver while it is applied. */
struct applied {
    const struct pb_waiver *waiver; /* an element of the list */
    bool is_expired;
    bool is_matched; /* a finding has its rule and subject; of several that cover the same, it is
                        the first that knows */
};

static int compare_subjects(const void *left, const void *right)
{
    const struct pb_waiver *a = ((const struct applied *)left)->waiver;
    const struct pb_waiver *b = ((const struct applied *)right)->waiver;
    int order = strcmp(a->rule->name, b->rule->name);

    if (order == 0)
        order = (a->covers > b->covers) - (a->covers < b->covers);
    return order != 0 ? order : pb_slice_compare(a->bytes, b->bytes);
}

/* Of those that cover the same, the first is the one that holds. */
static int compare_applied(const void *left, const void *right)
{
    const struct applied *a = left, *b = right;
    int order = compare_subjects(a, b);

    if (order == 0)
        order = (a->is_expired > b->is_expired) - (a->is_expired < b->is_expired);
    return order != 0 ? order : (a->waiver > b->waiver) - (a->waiver < b->waiver);
}

static int compare_files(const void *left, const void *right)
{
    const struct applied *a = left, *b = right;

    return (a->waiver > b->waiver) - (a->waiver < b->waiver);
}

void pb_waiver_find_subjects(const struct pb_inventory *inventory, const struct pb_finding *finding,
                             struct pb_slice subjects[PB_WAIVER_SUBJECTS])
{
    const struct pb_former_finding *carried = pb_finding_former(finding);
    const struct pb_statement *statement = finding->statement;
    const struct pb_certificate *one = NULL;

    if (finding->certificate != PB_NO_INDEX)
        one = pb_inventory_certificate(inventory, finding->certificate);
    else if (carried != NULL && carried->certificate != NULL)
        one = &carried->certificate->is;
    if (one != NULL) {
        subjects[PB_WAIVER_ID] = one->id;
        subjects[PB_WAIVER_ARN] = one->arn;
        if (one->body != NULL)
            subjects[PB_WAIVER_KEY] =
                (struct pb_slice){(const char *)one->body->key.spki_sha256, 32};
    } else if (statement != NULL) {
        bool is_arn = pb_slice_starts_with(statement->missing, PB_SLICE("arn:"));
        subjects[is_arn ? PB_WAIVER_ARN : PB_WAIVER_ID] = statement->missing;
        subjects[PB_WAIVER_KEY] = statement->key;
    }
    if (finding->account != PB_NO_INDEX) {
        const struct pb_account *account = pb_inventory_account(inventory, finding->account);
        subjects[PB_WAIVER_ACCOUNT] = account->id;
        subjects[PB_WAIVER_FOLDER] = account->folder;
    } else if (carried != NULL) {
        subjects[PB_WAIVER_ACCOUNT] = carried->account;
    }
}

static void waive(const struct pb_inventory *inventory, struct pb_vector *applied,
                  struct pb_finding *finding)
{
    struct pb_slice subjects[PB_WAIVER_SUBJECTS] = {{NULL, 0}};

    pb_waiver_find_subjects(inventory, finding, subjects);
    for (size_t covers = 0; covers < PB_WAIVER_SUBJECTS; covers++) {
        const struct pb_waiver sought = {.rule = finding->rule,
                                         .covers = (enum pb_waiver_subject)covers,
                                         .bytes = subjects[covers]};
        const struct applied wanted = {.waiver = &sought};
        size_t place = pb_vector_lower_bound(applied, &wanted, compare_subjects);
        if (sought.bytes.size_bytes == 0 || place == applied->count)
            continue;
        struct applied *found = &PB_VECTOR_AT(struct applied, applied, place);
        if (compare_subjects(&wanted, found) != 0)
            continue;
        found->is_matched = true;
        if (finding->waiver == NULL && !found->is_expired)
            finding->waiver = found->waiver;
    }
}

static enum pb_status warn(struct pb_diagnostics *diagnostics, const char *code,
                           const struct pb_waiver *waiver, const char *problem)
{
    return pb_diagnostics_add(
        diagnostics, PB_SEVERITY_WARNING, code, NULL,
        "the waiver in line %u of the waivers (%s, %s %.*s, by %.*s) %s", (unsigned)waiver->line,
        waiver->rule->name, pb_waiver_subject_names[waiver->covers], PB_SLICE_ARGS(waiver->subject),
        PB_SLICE_ARGS(waiver->owner), problem);
}

static enum pb_status warn_of_all(struct pb_vector *applied, const struct pb_parameters *parameters,
                                  struct pb_diagnostics *diagnostics)
{
    struct applied *all = applied->data;
    enum pb_status status = PB_OK;

    for (size_t i = 1; i < applied->count; i++)
        all[i].is_matched |= all[i - 1].is_matched && compare_subjects(&all[i - 1], &all[i]) == 0;
    pb_vector_sort(applied, compare_files);
    diagnostics->entry = PB_NO_ENTRY;
    for (size_t i = 0; i < applied->count && status == PB_OK; i++) {
        const struct pb_waiver *waiver = all[i].waiver;
        char expired[80];
        snprintf(expired, sizeof expired, "expired on %.*s: it covers nothing any more",
                 PB_SLICE_ARGS(waiver->expires));
        if (all[i].is_expired)
            status = warn(diagnostics, "waiver-expired", waiver, expired);
        if (status == PB_OK && !all[i].is_matched && pb_rule_is_chosen(waiver->rule, parameters))
            status =
                warn(diagnostics, "waiver-unmatched", waiver, "names no finding of this evidence");
    }
    return status == PB_OK ? pb_diagnostics_end_entry(diagnostics) : status;
}

enum pb_status pb_waivers_apply(const struct pb_waivers *waivers,
                                const struct pb_inventory *inventory,
                                const struct pb_parameters *parameters,
                                struct pb_findings *findings, struct pb_diagnostics *diagnostics)
{
    enum pb_status status = PB_OK;
    struct pb_vector applied;

    pb_vector_init(&applied, sizeof(struct applied));
    for (size_t i = 0; i < waivers->items.count && status == PB_OK; i++) {
        const struct pb_waiver *waiver = &PB_VECTOR_AT(const struct pb_waiver, &waivers->items, i);
        const struct applied one = {.waiver = waiver,
                                    .is_expired =
                                        pb_instant_compare(parameters->as_of, waiver->end) >= 0};
        status = pb_vector_append(&applied, &one, 1) ? PB_OK : PB_FAILED_MEMORY;
    }
    pb_vector_sort(&applied, compare_applied);
    for (size_t i = 0; i < findings->items.count; i++)
        if (pb_findings_at(findings, i)->state != PB_STATE_RESOLVED)
            waive(inventory, &applied, pb_findings_at(findings, i));
    if (status == PB_OK)
        status = warn_of_all(&applied, parameters, diagnostics);
    pb_vector_release(&applied);
    return status;
}
