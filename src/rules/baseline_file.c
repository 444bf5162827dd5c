/* SPDX-License-Identifier: MIT */
/* Reads an earlier json report. */
#include <stdlib.h>

#include "rules/baseline.h"
#include "rules/form.h"

/* A report on its way into the baseline. */
struct reading {
    struct pb_form form;
    struct pb_baseline *baseline;
    struct pb_instant cutoff;
    const struct pb_json *evidence;
};

struct report {
    const struct pb_json *parameters, *certificates, *findings, *evidence;
};

static const struct pb_form_member report_members[] = {
    {"parameters", PB_FORM_OBJECT, offsetof(struct report, parameters)},
    {"certificates", PB_FORM_ARRAY, offsetof(struct report, certificates)},
    {"findings", PB_FORM_ARRAY, offsetof(struct report, findings)},
    {"evidence", PB_FORM_ARRAY, offsetof(struct report, evidence)},
};

static const struct pb_form_member cutoff_member = {"cutoff", PB_FORM_INSTANT, 0};

/* As certificates of a report and those of its own baseline are written. */
struct report_certificate {
    struct pb_former_certificate certificate; /* upload_date of INT64_MIN seconds: null */
    struct pb_slice origin, presence, verdict;
    const struct pb_json *x509;
};

static const struct pb_form_member certificate_members[] = {
    {"account", PB_FORM_TEXT_OR_NULL, offsetof(struct report_certificate, certificate.account)},
    {"name", PB_FORM_TEXT_OR_NULL, offsetof(struct report_certificate, certificate.name)},
    {"id", PB_FORM_TEXT_OR_NULL, offsetof(struct report_certificate, certificate.id)},
    {"arn", PB_FORM_TEXT_OR_NULL, offsetof(struct report_certificate, certificate.arn)},
    {"upload_date", PB_FORM_INSTANT_OR_NULL,
     offsetof(struct report_certificate, certificate.upload_date)},
    {"origin", PB_FORM_TEXT, offsetof(struct report_certificate, origin)},
    {"x509", PB_FORM_OBJECT_OR_NULL, offsetof(struct report_certificate, x509)},
    {"presence", PB_FORM_TEXT, offsetof(struct report_certificate, presence)},
    {"verdict", PB_FORM_TEXT_OR_NULL, offsetof(struct report_certificate, verdict)},
};

/* The last two are not in a certificate of the report's own baseline. */
#define CERTIFICATE_MEMBERS (sizeof certificate_members / sizeof certificate_members[0])
#define FORMER_MEMBERS (CERTIFICATE_MEMBERS - 2)

static const struct pb_form_member body_members[] = {
    {"sha256", PB_FORM_SHA256, offsetof(struct pb_former_certificate, sha256)},
    {"not_after", PB_FORM_INSTANT, offsetof(struct pb_former_certificate, not_after)},
};

static const struct pb_form_member body_key_member = {"key", PB_FORM_OBJECT, 0};
static const struct pb_form_member key_member = {"spki_sha256", PB_FORM_SHA256, 0};

struct report_finding {
    struct pb_slice rule, account, message, state;
    uint32_t certificate, evidence;
};

static const struct pb_form_member finding_members[] = {
    {"rule", PB_FORM_TEXT, offsetof(struct report_finding, rule)},
    {"account", PB_FORM_TEXT_OR_NULL, offsetof(struct report_finding, account)},
    {"certificate", PB_FORM_INDEX_OR_NULL, offsetof(struct report_finding, certificate)},
    {"evidence", PB_FORM_INDEX_OR_NULL, offsetof(struct report_finding, evidence)},
    {"message", PB_FORM_TEXT, offsetof(struct report_finding, message)},
    {"state", PB_FORM_TEXT_OR_NULL, offsetof(struct report_finding, state)},
};

/* What the report's own baseline said of a finding that it carried over. */
struct report_former {
    struct pb_slice message;
    const struct pb_json *certificate;
};

static const struct pb_form_member former_members[] = {
    {"message", PB_FORM_TEXT, offsetof(struct report_former, message)},
    {"certificate", PB_FORM_OBJECT_OR_NULL, offsetof(struct report_former, certificate)},
};

struct report_entry {
    struct pb_slice path, shape;
};

static const struct pb_form_member entry_members[] = {
    {"path", PB_FORM_TEXT, offsetof(struct report_entry, path)},
    {"shape", PB_FORM_TEXT_OR_NULL, offsetof(struct report_entry, shape)},
};

#define READ(form, object, members, target)                                                        \
    pb_form_read(form, object, members, sizeof(members) / sizeof(members)[0], target)

void pb_baseline_init(struct pb_baseline *baseline)
{
    *baseline = (struct pb_baseline){0};
    pb_vector_init(&baseline->findings, sizeof(struct pb_former_finding));
    pb_vector_init(&baseline->exposed, sizeof(const struct pb_former_certificate *));
}

void pb_baseline_release(struct pb_baseline *baseline)
{
    pb_vector_release(&baseline->findings);
    pb_vector_release(&baseline->exposed);
    pb_arena_release(&baseline->arena);
}

struct pb_slice pb_former_name(const struct pb_former_certificate *former)
{
    const struct pb_certificate names = {
        .name = former->name, .id = former->id, .arn = former->arn};

    return pb_certificate_name(&names);
}

static enum pb_status read_body(struct pb_form *form, const struct pb_json *x509,
                                struct pb_former_certificate *certificate)
{
    const struct pb_json *key = NULL;
    enum pb_status status = READ(form, x509, body_members, certificate);

    if (status == PB_OK)
        status = pb_form_read(form, x509, &body_key_member, 1, &key);
    if (status == PB_OK)
        status = pb_form_read(form, key, &key_member, 1, certificate->spki_sha256);
    certificate->has_body = status == PB_OK;
    return status;
}

/* A deleted certificate has no verdict, but its key was exposed all the same. */
static bool is_exposed(const struct reading *reading, const struct report_certificate *from,
                       const struct pb_former_certificate *certificate)
{
    return pb_slice_equals(from->verdict, PB_SLICE("vulnerable")) ||
           (pb_slice_is_absent(from->verdict) && certificate->is_of_iam &&
            certificate->has_upload_date && pb_slice_equals(from->presence, PB_SLICE("deleted")) &&
            pb_instant_compare(certificate->upload_date, reading->cutoff) < 0);
}

static enum pb_status read_certificate(struct reading *reading, const struct pb_json *object,
                                       size_t member_count,
                                       struct pb_former_certificate *certificate)
{
    struct report_certificate from = {.certificate.upload_date = {INT64_MIN, 0}};
    enum pb_status status =
        pb_form_read(&reading->form, object, certificate_members, member_count, &from);

    *certificate = from.certificate;
    certificate->is_of_iam = pb_slice_equals(from.origin, PB_SLICE("iam"));
    certificate->has_upload_date = certificate->upload_date.seconds != INT64_MIN;
    if (!certificate->has_upload_date)
        certificate->upload_date = (struct pb_instant){0};
    certificate->is_exposed = is_exposed(reading, &from, certificate);
    return status == PB_OK && from.x509 != NULL ? read_body(&reading->form, from.x509, certificate)
                                                : status;
}

static enum pb_status read_place(struct reading *reading, const struct pb_json *object,
                                 uint32_t index, struct pb_former_finding *finding)
{
    struct report_entry entry = {0};

    if (index == PB_NO_INDEX)
        return PB_OK;
    if (index >= pb_json_count(reading->evidence))
        return pb_form_refuse(&reading->form, object, "evidence", "there is no such evidence");
    enum pb_status status =
        READ(&reading->form, pb_json_element(reading->evidence, index), entry_members, &entry);
    finding->place = entry.path;
    finding->is_of_summary = pb_slice_equals(entry.shape, PB_SLICE("iam.get-account-summary"));
    return status;
}

/* A certificate that the report does not list, and the finding about it. */
struct mention {
    struct pb_former_certificate certificate;
    size_t finding;
};

/* A finding that the report carried over is the one that its own baseline had. */
static enum pb_status read_former(struct reading *reading, const struct pb_json *object,
                                  struct pb_former_finding *finding, struct pb_vector *mentions)
{
    struct report_former former = {0};
    struct mention mention = {.finding = reading->baseline->findings.count};
    enum pb_status status = READ(&reading->form, object, former_members, &former);

    finding->message = former.message;
    if (status != PB_OK || former.certificate == NULL || finding->certificate != NULL)
        return status;
    status = read_certificate(reading, former.certificate, FORMER_MEMBERS, &mention.certificate);
    return status == PB_OK && !pb_vector_append(mentions, &mention, 1) ? PB_FAILED_MEMORY : status;
}

static enum pb_status read_finding(struct reading *reading, const struct pb_json *object,
                                   struct pb_vector *mentions)
{
    struct pb_baseline *baseline = reading->baseline;
    struct report_finding from = {0};
    enum pb_status status = READ(&reading->form, object, finding_members, &from);
    struct pb_former_finding finding = {.account = from.account, .message = from.message};
    const struct pb_json *former = pb_json_find(object, "former");
    size_t row;

    if (status != PB_OK || pb_slice_equals(from.state, PB_SLICE("resolved")))
        return status;
    if (from.certificate != PB_NO_INDEX && from.certificate >= baseline->certificate_count)
        return pb_form_refuse(&reading->form, object, "certificate",
                              "there is no such certificate");
    if (from.certificate != PB_NO_INDEX)
        finding.certificate = &baseline->certificates[from.certificate];
    finding.rule = pb_rule_find(from.rule, &row);
    if (finding.rule == NULL) {
        baseline->unknown_rule_count++;
        return PB_OK;
    }
    status = read_place(reading, object, from.evidence, &finding);
    if (status == PB_OK && pb_json_type(former) == PB_JSON_OBJECT)
        status = read_former(reading, former, &finding, mentions);
    return status == PB_OK && !pb_vector_append(&baseline->findings, &finding, 1) ? PB_FAILED_MEMORY
                                                                                  : status;
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

/* By key, then in the report's order. */
static int compare_exposed(const void *left, const void *right)
{
    const struct pb_former_certificate *a = *(const struct pb_former_certificate *const *)left;
    const struct pb_former_certificate *b = *(const struct pb_former_certificate *const *)right;
    int order = memcmp(a->spki_sha256, b->spki_sha256, sizeof a->spki_sha256);

    /* Elements of one array, so that their addresses have an order too. */
    return order != 0 ? order : (a > b) - (a < b);
}

enum pb_status pb_baseline_index(struct pb_baseline *baseline)
{
    struct pb_vector *exposed = &baseline->exposed;

    for (size_t i = 0; i < baseline->certificate_count; i++) {
        const struct pb_former_certificate *one = &baseline->certificates[i];
        if ((one->is_exposed || one->has_exposed_key) && one->has_body &&
            !pb_vector_append(exposed, &one, 1))
            return PB_FAILED_MEMORY;
    }
    pb_vector_sort(exposed, compare_exposed);
    return PB_OK;
}

static enum pb_status read_lists(struct reading *reading, const struct report *report,
                                 struct pb_vector *mentions)
{
    struct pb_baseline *baseline = reading->baseline;
    size_t count = pb_json_count(report->certificates);
    size_t finding_count = pb_json_count(report->findings);
    enum pb_status status = PB_OK;

    /* With room for one more a finding. */
    baseline->certificates = pb_arena_allocate_array(&baseline->arena, count + finding_count,
                                                     sizeof *baseline->certificates);
    if (baseline->certificates == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < count && status == PB_OK; i++)
        status = read_certificate(reading, pb_json_element(report->certificates, i),
                                  CERTIFICATE_MEMBERS, &baseline->certificates[i]);
    baseline->certificate_count = count;
    for (size_t i = 0; i < finding_count && status == PB_OK; i++)
        status = read_finding(reading, pb_json_element(report->findings, i), mentions);
    return status;
}

static enum pb_status read_report(struct reading *reading)
{
    struct pb_form *form = &reading->form;
    const struct pb_json *root = form->document.root;
    struct pb_slice name = PB_SLICE_ABSENT, schema = PB_SLICE_ABSENT;
    struct report report = {0};
    struct pb_vector mentions;

    pb_json_string(pb_json_find(pb_json_find(root, "tool"), "name"), &name);
    pb_json_string(pb_json_find(root, "schema"), &schema);
    if (!pb_slice_equals(name, PB_SLICE("prebleed")) ||
        !pb_slice_starts_with(schema, PB_SLICE("prebleed-report/")))
        return pb_form_refuse(form, root, NULL, "this is no json report of prebleed");
    if (!pb_slice_equals(schema, PB_SLICE("prebleed-report/1")))
        return pb_form_refuse(form, root, "schema", "the report's schema is not prebleed-report/1");
    enum pb_status status = READ(form, root, report_members, &report);
    if (status == PB_OK)
        status = pb_form_read(form, report.parameters, &cutoff_member, 1, &reading->cutoff);
    if (status != PB_OK)
        return status;
    reading->evidence = report.evidence;
    pb_vector_init(&mentions, sizeof(struct mention));
    status = read_lists(reading, &report, &mentions);
    if (status == PB_OK) {
        add_mentioned(reading->baseline, &mentions);
        note_exposure(reading->baseline);
        status = pb_baseline_index(reading->baseline);
    }
    pb_vector_release(&mentions);
    return status;
}

enum pb_status pb_baseline_read(struct pb_baseline *baseline, struct pb_slice text,
                                struct pb_error *error)
{
    struct reading reading = {.baseline = baseline};
    enum pb_status status = pb_form_open(&reading.form, text, &baseline->arena, error);

    if (status == PB_OK)
        status = read_report(&reading);
    pb_form_close(&reading.form);
    return status;
}
