/* SPDX-License-Identifier: MIT */
/* Reads an earlier json report. */
#include <stdlib.h>

#include "rules/baseline.h"
#include "rules/form.h"

/* A report while it is read. */
struct reading {
    struct pb_form form;
    struct pb_baseline *baseline;
    struct pb_vector mentions; /* of struct mention */
    const struct pb_json *evidence;
};

/* A certificate that the report does not list, and the finding about it. */
struct mention {
    struct pb_former_certificate certificate;
    size_t finding;
};

void pb_baseline_init(struct pb_baseline *baseline)
{
    *baseline = (struct pb_baseline){0};
    pb_vector_init(&baseline->findings, sizeof(struct pb_former_finding));
}

void pb_baseline_release(struct pb_baseline *baseline)
{
    pb_vector_release(&baseline->findings);
    pb_arena_release(&baseline->arena);
}

struct pb_slice pb_former_name(const struct pb_former_certificate *former)
{
    const struct pb_certificate names = {
        .name = former->name, .id = former->id, .arn = former->arn};

    return pb_certificate_name(&names);
}

/* What certificates of a report and those of its own baseline have. */
static void read_certificate(struct pb_form *form, const struct pb_json *object,
                             struct pb_former_certificate *one)
{
    one->account = pb_form_text(form, object, "account", true);
    one->name = pb_form_text(form, object, "name", true);
    one->id = pb_form_text(form, object, "id", true);
    one->arn = pb_form_text(form, object, "arn", true);
    one->has_upload_date = pb_form_instant(form, object, "upload_date", true, &one->upload_date);
    one->is_of_iam = pb_slice_equals(pb_form_text(form, object, "origin", false), PB_SLICE("iam"));
    const struct pb_json *body = pb_form_member(form, object, "x509", PB_JSON_OBJECT, true);
    if (body == NULL)
        return;
    one->has_body = true;
    pb_form_sha256(form, body, "sha256", one->sha256);
    if (!pb_form_instant(form, body, "not_after", true, &one->not_after))
        one->not_after = (struct pb_instant){INT64_C(253402300799), 0}; /* of the year 9999 */
    pb_form_sha256(form, pb_form_member(form, body, "key", PB_JSON_OBJECT, false), "spki_sha256",
                   one->spki_sha256);
}

/* A deleted certificate has no verdict, but its key was exposed all the same. */
static bool is_exposed(struct pb_form *form, const struct pb_json *object,
                       const struct pb_former_certificate *one, struct pb_instant cutoff)
{
    struct pb_slice presence = pb_form_text(form, object, "presence", false);
    struct pb_slice verdict = pb_form_text(form, object, "verdict", true);

    if (!pb_slice_is_absent(verdict))
        return pb_slice_equals(verdict, PB_SLICE("vulnerable"));
    return one->is_of_iam && one->has_upload_date &&
           pb_slice_equals(presence, PB_SLICE("deleted")) &&
           pb_instant_compare(one->upload_date, cutoff) < 0;
}

static void read_place(struct reading *reading, const struct pb_json *object,
                       struct pb_former_finding *finding)
{
    struct pb_form *form = &reading->form;
    uint32_t index = pb_form_index(form, object, "evidence", pb_json_count(reading->evidence));
    const struct pb_json *entry = pb_json_element(reading->evidence, index);

    if (index == PB_NO_INDEX)
        return;
    finding->place = pb_form_text(form, entry, "path", false);
    finding->is_of_summary = pb_slice_equals(pb_form_text(form, entry, "shape", true),
                                             PB_SLICE("iam.get-account-summary"));
}

/* A finding that the report carried over is the one that its own baseline had. */
static void read_former(struct reading *reading, const struct pb_json *former,
                        struct pb_former_finding *finding)
{
    struct pb_form *form = &reading->form;
    struct mention mention = {.finding = reading->baseline->findings.count};
    const struct pb_json *object =
        pb_form_member(form, former, "certificate", PB_JSON_OBJECT, true);

    finding->message = pb_form_text(form, former, "message", false);
    if (object == NULL || finding->certificate != NULL)
        return;
    read_certificate(form, object, &mention.certificate);
    if (!pb_vector_append(&reading->mentions, &mention, 1))
        form->status = PB_FAILED_MEMORY;
}

static void read_finding(struct reading *reading, const struct pb_json *object)
{
    struct pb_form *form = &reading->form;
    struct pb_baseline *baseline = reading->baseline;
    struct pb_slice rule = pb_form_text(form, object, "rule", false);
    struct pb_former_finding finding = {
        .account = pb_form_text(form, object, "account", true),
        .message = pb_form_text(form, object, "message", false),
    };
    uint32_t certificate = pb_form_index(form, object, "certificate", baseline->certificate_count);
    struct pb_slice state = pb_form_text(form, object, "state", true);
    const struct pb_json *former = pb_json_find(object, "former");
    size_t row;

    read_place(reading, object, &finding);
    if (form->status != PB_OK || pb_slice_equals(state, PB_SLICE("resolved")))
        return;
    finding.rule = pb_rule_find(rule, &row);
    if (finding.rule == NULL) {
        baseline->unknown_rule_count++;
        return;
    }
    if (certificate != PB_NO_INDEX)
        finding.certificate = &baseline->certificates[certificate];
    if (pb_json_type(former) == PB_JSON_OBJECT)
        read_former(reading, former, &finding);
    if (!pb_vector_append(&baseline->findings, &finding, 1))
        form->status = PB_FAILED_MEMORY;
}

static int compare_mentions(const void *left, const void *right)
{
    const struct mention *a = left, *b = right;
    int order = pb_slice_compare(a->certificate.id, b->certificate.id);

    if (order == 0)
        order = pb_slice_compare(a->certificate.arn, b->certificate.arn);
    if (order == 0)
        order = pb_slice_compare(a->certificate.account, b->certificate.account);
    if (order == 0)
        order = pb_slice_compare(a->certificate.name, b->certificate.name);
    return order != 0
               ? order
               : memcmp(a->certificate.sha256, b->certificate.sha256, sizeof a->certificate.sha256);
}

/* One certificate, however many findings mention it. */
static void add_mentioned(struct pb_baseline *baseline, struct pb_vector *mentions)
{
    const struct mention *all = mentions->data;

    pb_vector_sort(mentions, compare_mentions);
    for (size_t i = 0; i < mentions->count; i++) {
        if (i == 0 || compare_mentions(&all[i - 1], &all[i]) != 0)
            baseline->certificates[baseline->certificate_count++] = all[i].certificate;
        PB_VECTOR_AT(struct pb_former_finding, &baseline->findings, all[i].finding).certificate =
            &baseline->certificates[baseline->certificate_count - 1];
    }
}

/* What a report found out by a baseline of its own is not in the certificate's verdict. */
static void note_exposure(struct pb_baseline *baseline)
{
    for (size_t i = 0; i < baseline->findings.count; i++) {
        const struct pb_former_finding *finding =
            &PB_VECTOR_AT(struct pb_former_finding, &baseline->findings, i);
        if (finding->certificate == NULL)
            continue;
        struct pb_former_certificate *certificate =
            &baseline->certificates[finding->certificate - baseline->certificates];
        certificate->is_exposed |= finding->rule == &pb_rule_iam_033;
        certificate->has_exposed_key |= finding->rule == &pb_rule_key_reuse;
    }
}

static enum pb_status read_lists(struct reading *reading, const struct pb_json *root)
{
    struct pb_form *form = &reading->form;
    struct pb_baseline *baseline = reading->baseline;
    struct pb_instant cutoff = {0};

    pb_form_instant(form, pb_form_member(form, root, "parameters", PB_JSON_OBJECT, false), "cutoff",
                    false, &cutoff);
    const struct pb_json *certificates =
        pb_form_member(form, root, "certificates", PB_JSON_ARRAY, false);
    const struct pb_json *findings = pb_form_member(form, root, "findings", PB_JSON_ARRAY, false);
    reading->evidence = pb_form_member(form, root, "evidence", PB_JSON_ARRAY, false);
    /* With room for one more a finding. */
    baseline->certificates = pb_arena_allocate_array(
        &baseline->arena, pb_json_count(certificates) + pb_json_count(findings),
        sizeof *baseline->certificates);
    if (baseline->certificates == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < pb_json_count(certificates) && form->status == PB_OK; i++) {
        const struct pb_json *object = pb_json_element(certificates, i);
        struct pb_former_certificate *one = &baseline->certificates[baseline->certificate_count++];
        read_certificate(form, object, one);
        one->is_exposed = is_exposed(form, object, one, cutoff);
    }
    for (size_t i = 0; i < pb_json_count(findings) && form->status == PB_OK; i++)
        read_finding(reading, pb_json_element(findings, i));
    return form->status;
}

static void check_schema(struct pb_form *form)
{
    const struct pb_json *root = form->document.root;
    struct pb_slice name = PB_SLICE_ABSENT, schema = PB_SLICE_ABSENT;

    pb_json_string(pb_json_find(pb_json_find(root, "tool"), "name"), &name);
    pb_json_string(pb_json_find(root, "schema"), &schema);
    if (!pb_slice_equals(name, PB_SLICE("prebleed")) ||
        !pb_slice_starts_with(schema, PB_SLICE("prebleed-report/")))
        pb_form_refuse(form, root, NULL, "this is no json report of prebleed");
    else if (!pb_slice_equals(schema, PB_SLICE("prebleed-report/1")))
        pb_form_refuse(form, root, "schema", "the report's schema is not prebleed-report/1");
}

enum pb_status pb_baseline_read(struct pb_baseline *baseline, struct pb_slice text,
                                struct pb_error *error)
{
    struct reading reading = {.baseline = baseline};

    pb_vector_init(&reading.mentions, sizeof(struct mention));
    pb_form_open(&reading.form, text, &baseline->arena, error);
    check_schema(&reading.form);
    enum pb_status status = read_lists(&reading, reading.form.document.root);
    if (status == PB_OK) {
        add_mentioned(baseline, &reading.mentions);
        note_exposure(baseline);
    }
    pb_vector_release(&reading.mentions);
    pb_form_close(&reading.form);
    return status;
}
