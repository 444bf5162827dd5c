/* SPDX-License-Identifier: MIT */
#include "audit/baseline_file.h"

#include "audit/baseline_x509.h"
#include "audit/json_form.h"
#include "base/instant.h"

/* A report on its way into the baseline. */
struct reading {
    struct pb_form form;
    struct pb_baseline *baseline;
    const struct pb_json *certificates, *findings, *evidence;
    struct pb_instant cutoff;
};

bool pb_is_own_document(const struct pb_json *root)
{
    struct pb_slice schema;

    return pb_json_string(pb_json_find(root, "schema"), &schema) &&
           (pb_slice_starts_with(schema, PB_SLICE("prebleed-report/")) ||
            pb_slice_starts_with(schema, PB_SLICE("prebleed-waivers/")));
}

static enum pb_status refuse_member(struct reading *reading, const char *key, const char *sentence)
{
    size_t here = pb_form_enter_key(&reading->form, pb_slice_from_string(key));
    enum pb_status status = pb_form_refuse(&reading->form, "%s", sentence);

    pb_form_leave(&reading->form, here);
    return status;
}

static enum pb_status read_copy(struct reading *reading, const struct pb_json *object,
                                const char *key, struct pb_slice *text)
{
    enum pb_status status = pb_form_string_or_null(&reading->form, object, key, text);

    if (status == PB_OK && !pb_arena_copy(&reading->baseline->arena, *text, text))
        return PB_FAILED_MEMORY;
    return status;
}

static enum pb_status read_upload_date(struct reading *reading, const struct pb_json *value,
                                       struct pb_former_certificate *certificate)
{
    struct pb_slice text;
    enum pb_status status = pb_form_string_or_null(&reading->form, value, "upload_date", &text);

    if (status != PB_OK || text.data == NULL)
        return status;
    certificate->has_upload_date = pb_instant_parse_rfc3339(text, &certificate->upload_date);
    if (!certificate->has_upload_date)
        return refuse_member(reading, "upload_date", "this is no RFC 3339 instant");
    return PB_OK;
}

static enum pb_status read_digest(struct reading *reading, const struct pb_json *object,
                                  const char *key, unsigned char sha256[32])
{
    struct pb_slice text;
    enum pb_status status = pb_form_string(&reading->form, object, key, &text);

    if (status == PB_OK && !pb_form_parse_sha256(text, sha256))
        status = refuse_member(reading, key, "a digest is 64 lower-case hexadecimal digits");
    return status;
}

static enum pb_status read_body(struct reading *reading, const struct pb_json *value,
                                struct pb_former_certificate *certificate)
{
    const struct pb_json *body, *key;

    if (pb_json_type(pb_json_find(value, "x509")) == PB_JSON_NULL)
        return PB_OK;
    enum pb_status status = pb_form_object(&reading->form, value, "x509", &body);
    size_t here = pb_form_enter_key(&reading->form, PB_SLICE("x509"));
    if (status == PB_OK)
        status = read_digest(reading, body, "sha256", certificate->sha256);
    if (status == PB_OK)
        status = pb_form_object(&reading->form, body, "key", &key);
    size_t there = pb_form_enter_key(&reading->form, PB_SLICE("key"));
    if (status == PB_OK)
        status = read_digest(reading, key, "spki_sha256", certificate->spki_sha256);
    pb_form_leave(&reading->form, there);
    pb_form_leave(&reading->form, here);
    certificate->has_body = status == PB_OK;
    return status;
}

/* A deleted certificate has no verdict, but its key has the same history. */
static enum pb_status read_exposure(struct reading *reading, const struct pb_json *value,
                                    struct pb_former_certificate *certificate)
{
    struct pb_slice verdict, origin, presence;
    enum pb_status status = pb_form_string_or_null(&reading->form, value, "verdict", &verdict);

    if (status == PB_OK)
        status = pb_form_string(&reading->form, value, "origin", &origin);
    if (status == PB_OK)
        status = pb_form_string(&reading->form, value, "presence", &presence);
    if (status != PB_OK)
        return status;
    certificate->is_of_iam = pb_slice_equals(origin, PB_SLICE("iam"));
    certificate->is_exposed =
        pb_slice_equals(verdict, PB_SLICE("vulnerable")) ||
        (verdict.data == NULL && certificate->is_of_iam && certificate->has_upload_date &&
         pb_slice_equals(presence, PB_SLICE("deleted")) &&
         pb_instant_compare(certificate->upload_date, reading->cutoff) < 0);
    return PB_OK;
}

static enum pb_status read_certificate(struct reading *reading, const struct pb_json *value,
                                       struct pb_former_certificate *certificate)
{
    enum pb_status status = pb_form_be_object(&reading->form, value);

    if (status == PB_OK)
        status = read_copy(reading, value, "account", &certificate->account);
    if (status == PB_OK)
        status = read_copy(reading, value, "name", &certificate->name);
    if (status == PB_OK)
        status = read_copy(reading, value, "id", &certificate->id);
    if (status == PB_OK)
        status = read_copy(reading, value, "arn", &certificate->arn);
    if (status == PB_OK)
        status = read_upload_date(reading, value, certificate);
    if (status == PB_OK)
        status = read_body(reading, value, certificate);
    if (status == PB_OK)
        status = pb_baseline_read_x509(&reading->baseline->arena, value, certificate);
    return status == PB_OK ? read_exposure(reading, value, certificate) : status;
}

static enum pb_status read_certificates(struct reading *reading)
{
    struct pb_baseline *baseline = reading->baseline;
    size_t count = pb_json_count(reading->certificates);
    size_t room = count + pb_json_count(reading->findings); /* as pb_baseline_index asks */
    size_t here = pb_form_enter_key(&reading->form, PB_SLICE("certificates"));
    enum pb_status status = PB_OK;

    baseline->certificates =
        pb_arena_allocate_array(&baseline->arena, room, sizeof *baseline->certificates);
    if (baseline->certificates == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < count && status == PB_OK; i++) {
        size_t there = pb_form_enter_index(&reading->form, i);
        status = read_certificate(reading, pb_json_element(reading->certificates, i),
                                  &baseline->certificates[i]);
        pb_form_leave(&reading->form, there);
    }
    baseline->certificate_count = count;
    pb_form_leave(&reading->form, here);
    return status;
}

/* Paths stand with their backslashes doubled, messages do not. */
static bool copy_path(struct pb_arena *arena, struct pb_slice path, struct pb_slice *copy)
{
    char *text = pb_arena_allocate(arena, path.size_bytes);
    size_t kept = 0;

    if (text == NULL)
        return false;
    for (size_t i = 0; i < path.size_bytes; i++) {
        text[kept++] = path.data[i];
        if (path.data[i] == '\\' && i + 1 < path.size_bytes && path.data[i + 1] == '\\')
            i++;
    }
    *copy = (struct pb_slice){text, kept};
    return true;
}

static enum pb_status read_place(struct reading *reading, const struct pb_json *value,
                                 struct pb_former_finding *finding)
{
    uint32_t index;
    struct pb_slice path;
    enum pb_status status = pb_form_index_or_null(&reading->form, value, "evidence",
                                                  pb_json_count(reading->evidence), &index);

    if (status != PB_OK || index == PB_NO_INDEX)
        return status;
    if (!pb_json_string(pb_json_find(pb_json_element(reading->evidence, index), "path"), &path))
        return refuse_member(reading, "evidence", "this evidence has no path");
    return copy_path(&reading->baseline->arena, path, &finding->place) ? PB_OK : PB_FAILED_MEMORY;
}

static enum pb_status read_subject(struct reading *reading, const struct pb_json *value,
                                   struct pb_former_finding *finding)
{
    uint32_t index;
    enum pb_status status = pb_form_index_or_null(&reading->form, value, "certificate",
                                                  reading->baseline->certificate_count, &index);

    if (status == PB_OK && index != PB_NO_INDEX)
        finding->certificate = &reading->baseline->certificates[index];
    if (status == PB_OK)
        status = read_copy(reading, value, "account", &finding->account);
    if (status == PB_OK)
        status = pb_form_string(&reading->form, value, "message", &finding->message);
    if (status == PB_OK &&
        !pb_arena_copy(&reading->baseline->arena, finding->message, &finding->message))
        status = PB_FAILED_MEMORY;
    return status == PB_OK ? read_place(reading, value, finding) : status;
}

/* What a report found out by a baseline of its own is not in the certificate's verdict. */
static void note_history(struct pb_baseline *baseline, const struct pb_former_finding *finding)
{
    if (finding->certificate == NULL)
        return;
    size_t index = (size_t)(finding->certificate - baseline->certificates);
    baseline->certificates[index].is_exposed |= strcmp(finding->rule->name, "IAM-033") == 0;
    baseline->certificates[index].has_exposed_key |= strcmp(finding->rule->name, "key-reuse") == 0;
}

static enum pb_status read_finding(struct reading *reading, const struct pb_json *value)
{
    struct pb_former_finding finding = {0};
    struct pb_slice rule, state;
    size_t index;
    enum pb_status status = pb_form_be_object(&reading->form, value);

    if (status == PB_OK)
        status = pb_form_string(&reading->form, value, "rule", &rule);
    if (status == PB_OK)
        status = pb_form_string_or_null(&reading->form, value, "state", &state);
    if (status == PB_OK)
        status = read_subject(reading, value, &finding);
    if (status != PB_OK || pb_slice_equals(state, PB_SLICE("resolved")))
        return status;
    finding.rule = pb_rule_find(rule, &index);
    if (finding.rule == NULL) {
        reading->baseline->unknown_rule_count++;
        return PB_OK;
    }
    note_history(reading->baseline, &finding);
    return pb_vector_append(&reading->baseline->findings, &finding, 1) ? PB_OK : PB_FAILED_MEMORY;
}

static enum pb_status read_findings(struct reading *reading)
{
    size_t count = pb_json_count(reading->findings);
    size_t here = pb_form_enter_key(&reading->form, PB_SLICE("findings"));
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && status == PB_OK; i++) {
        size_t there = pb_form_enter_index(&reading->form, i);
        status = read_finding(reading, pb_json_element(reading->findings, i));
        pb_form_leave(&reading->form, there);
    }
    pb_form_leave(&reading->form, here);
    return status;
}

static enum pb_status read_cutoff(struct reading *reading, const struct pb_json *root)
{
    const struct pb_json *parameters;
    struct pb_slice text;
    enum pb_status status = pb_form_object(&reading->form, root, "parameters", &parameters);
    size_t here = pb_form_enter_key(&reading->form, PB_SLICE("parameters"));

    if (status == PB_OK)
        status = pb_form_string(&reading->form, parameters, "cutoff", &text);
    if (status == PB_OK && !pb_instant_parse_rfc3339(text, &reading->cutoff))
        status = refuse_member(reading, "cutoff", "this is no RFC 3339 instant");
    pb_form_leave(&reading->form, here);
    return status;
}

static enum pb_status check_origin(struct reading *reading, const struct pb_json *root)
{
    struct pb_slice name = PB_SLICE_ABSENT, schema = PB_SLICE_ABSENT;
    enum pb_status status = pb_form_be_object(&reading->form, root);

    if (status != PB_OK)
        return status;
    pb_json_string(pb_json_find(pb_json_find(root, "tool"), "name"), &name);
    pb_json_string(pb_json_find(root, "schema"), &schema);
    if (!pb_slice_equals(name, PB_SLICE("prebleed")) ||
        !pb_slice_starts_with(schema, PB_SLICE("prebleed-report/")))
        return pb_form_refuse(&reading->form, "this is no json report of prebleed");
    if (!pb_slice_equals(schema, PB_SLICE("prebleed-report/1")))
        return refuse_member(reading, "schema", "the report's schema is not prebleed-report/1");
    return PB_OK;
}

static enum pb_status read_report(struct reading *reading)
{
    const struct pb_json *root = reading->form.document.root;
    enum pb_status status = check_origin(reading, root);

    if (status == PB_OK)
        status = read_cutoff(reading, root);
    if (status == PB_OK)
        status = pb_form_array(&reading->form, root, "certificates", &reading->certificates);
    if (status == PB_OK)
        status = pb_form_array(&reading->form, root, "findings", &reading->findings);
    if (status == PB_OK)
        status = pb_form_array(&reading->form, root, "evidence", &reading->evidence);
    if (status == PB_OK)
        status = read_certificates(reading);
    if (status == PB_OK)
        status = read_findings(reading);
    return status == PB_OK ? pb_baseline_index(reading->baseline) : status;
}

enum pb_status pb_baseline_read(struct pb_baseline *baseline, struct pb_slice bytes,
                                const struct pb_limits *limits, struct pb_error *error)
{
    struct reading reading = {.baseline = baseline};
    enum pb_status status = pb_form_open(&reading.form, bytes, limits, error);

    if (status == PB_OK)
        status = read_report(&reading);
    pb_form_close(&reading.form);
    return status;
}
