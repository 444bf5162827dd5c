/* SPDX-License-Identifier: MIT */
/* The public functions of prebleed.h that take an audit's evidence and other files, and those that
 * return its results and write its reports; pipeline.c has those between. */
#include "prebleed.h"

#include <openssl/crypto.h>

#include "audit/pipeline.h"
#include "aws/read.h"

/* The public enums are those of the rooms, under public names. */
_Static_assert((int)PREBLEED_FAILED_OUTPUT == (int)PB_FAILED_OUTPUT, "the statuses differ");
_Static_assert((int)PREBLEED_SEVERITY_NEVER == (int)PB_LEVEL_NEVER, "the severities differ");
_Static_assert((int)PREBLEED_VERDICT_UNDETERMINED == (int)PB_VERDICT_UNDETERMINED, "verdicts");

enum prebleed_status pb_audit_report(struct prebleed_error *error, enum pb_status status)
{
    if (status != PB_OK)
        pb_error_set(error, status, "out of memory");
    return (enum prebleed_status)status;
}

/* Reads a manifest, waivers or a baseline, which Windows PowerShell saves as UTF-16. */
static enum pb_status add_text(struct prebleed_audit *audit, enum prebleed_input input,
                               struct pb_slice bytes, struct prebleed_error *error)
{
    struct pb_buffer storage = {0};
    enum pb_status status = PB_FAILED_MEMORY;
    struct pb_slice text;

    if (pb_text_decode(bytes, &storage, &text) != PB_TEXT_DECODED)
        status = pb_error_set(error, PB_FAILED_USAGE, "line 1, column 1: not a text file");
    else if (!storage.has_failed && input == PREBLEED_MANIFEST)
        status = pb_manifest_read(text, &audit->manifest, error);
    else if (!storage.has_failed)
        status = input == PREBLEED_BASELINE ? pb_baseline_read(&audit->baseline, text, error)
                                            : pb_waivers_read(&audit->waivers, text, error);
    pb_buffer_release(&storage);
    if (status != PB_OK)
        return status;
    if (input == PREBLEED_MANIFEST)
        pb_sha256(bytes, audit->manifest.sha256);
    else if (input == PREBLEED_BASELINE)
        audit->parameters.baseline = &audit->baseline;
    else
        audit->parameters.waivers = &audit->waivers;
    return PB_OK;
}

enum prebleed_status prebleed_audit_add(struct prebleed_audit *audit, enum prebleed_input input,
                                        const char *name, const void *bytes, size_t size_bytes,
                                        struct prebleed_error *error)
{
    const struct pb_slice given = {bytes != NULL ? bytes : "", size_bytes};
    bool is_single = input > PREBLEED_CRL;
    enum pb_status status = PB_FAILED_USAGE;

    if (audit->has_run)
        pb_error_set(error, status, "nothing can be added: the audit has been run");
    else if ((name == NULL && !is_single) || (bytes == NULL && size_bytes > 0) ||
             (unsigned)input > PREBLEED_REDACTION_KEY)
        pb_error_set(error, status, "a name or bytes are missing, or there is no such input");
    else if (is_single && (audit->inputs & 1U << input) != 0)
        pb_error_set(error, status, "what there is one of in an audit is given twice");
    else if (input == PREBLEED_PATH)
        status = pb_evidence_add_path(audit->reader, name, error);
    else if (input == PREBLEED_BUFFER)
        status = pb_evidence_add(audit->reader, name, given, NULL, NULL);
    else if (input == PREBLEED_CRL)
        status = pb_crls_add(&audit->crls, pb_slice_from_string(name), given, error);
    else if (input == PREBLEED_PASSPHRASE)
        status = pb_evidence_set_passphrase(audit->reader, given, error);
    else if (input != PREBLEED_REDACTION_KEY)
        status = add_text(audit, input, given, error);
    else if (size_bytes < 16 || size_bytes > sizeof audit->redaction_key)
        pb_error_set(error, status, "a key has 16 bytes to 4,096, this has %zu", size_bytes);
    else {
        memcpy(audit->redaction_key, bytes, size_bytes);
        audit->redaction_key_bytes = size_bytes;
        status = PB_OK;
    }
    if (status == PB_OK)
        audit->inputs |= 1U << input;
    return pb_audit_report(error, status);
}

const char *prebleed_version(void)
{
    return PREBLEED_VERSION;
}

bool prebleed_instant_parse(const char *text, struct prebleed_instant *instant)
{
    struct pb_instant parsed;
    if (!pb_cutoff_parse(pb_slice_from_string(text), &parsed))
        return false;
    *instant = (struct prebleed_instant){parsed.seconds, parsed.nanoseconds};
    return true;
}

enum prebleed_status prebleed_audit_add_stream(struct prebleed_audit *audit, const char *name,
                                               int64_t (*read)(void *context, void *buffer,
                                                               size_t size_bytes),
                                               void *context, struct prebleed_error *error)
{
    if (audit->has_run)
        pb_error_set(error, PB_FAILED_USAGE, "nothing can be added: the audit has been run");
    return pb_audit_report(error, audit->has_run ? PB_FAILED_USAGE
                                                 : pb_evidence_add(audit->reader, name,
                                                                   PB_SLICE_ABSENT, read, context));
}

/* The folder in which all absolute sources are, with its slash; absent for none. */
static struct pb_slice find_hidden_folder(const struct pb_evidence_reader *reader)
{
    struct pb_slice common = PB_SLICE_ABSENT, source;

    for (size_t i = 0; source = pb_evidence_source(reader, i), source.data != NULL; i++) {
        size_t at = 0, same = 0;
        if (!pb_slice_starts_with(source, PB_SLICE("/")))
            continue;
        while (pb_slice_ends_with(source, PB_SLICE("/")))
            source.size_bytes--;
        common = common.data != NULL ? common : source;
        while (at < source.size_bytes && at < common.size_bytes &&
               source.data[at] == common.data[at])
            same = source.data[at++] == '/' ? at : same;
        common.size_bytes = same;
    }
    return common.size_bytes > 1 ? common : PB_SLICE_ABSENT;
}

enum prebleed_status
prebleed_audit_write_report(const struct prebleed_audit *audit, const char *format,
                            const struct prebleed_report_options *options,
                            bool (*write)(void *context, const char *bytes, size_t size_bytes),
                            void *context, struct prebleed_error *error)
{
    const struct pb_judgement *judgement = &audit->judgement;
    const struct prebleed_report_options usual = {0}, *form = options != NULL ? options : &usual;
    const struct pb_result result = {
        .inventory = &audit->inventory,
        .parameters = &audit->parameters,
        .findings = &judgement->findings,
        .key_groups = &judgement->key_groups,
        .summary = &judgement->summary,
        .stand_ins = &audit->stand_ins,
        .version = PREBLEED_VERSION,
        .hidden_folder =
            form->has_absolute_paths ? PB_SLICE_ABSENT : find_hidden_folder(audit->reader),
    };
    const struct pb_report_format *found = pb_report_format_find(format);
    enum pb_status status = PB_FAILED_USAGE;

    if (found == NULL)
        pb_error_set(error, status, "there is no report format '%s'", format);
    else if (!audit->is_judged)
        pb_error_set(error, status, "this audit has not been run");
    else
        status = pb_report_write(found, &result, form, write, context);
    if (status == PB_FAILED_OUTPUT)
        pb_error_set(error, status, "the report could not be written");
    return pb_audit_report(error, status);
}

/* Printable text in the audit's strings, NUL-terminated; NULL if absent or without memory. */
static const char *copy_text(struct prebleed_audit *audit, struct pb_slice text)
{
    struct pb_buffer escaped = {0};
    if (text.data == NULL)
        return NULL;
    pb_escape_append(&escaped, text, PB_ESCAPE_CONTROLS);
    pb_buffer_append_byte(&escaped, '\0');
    const char *copy = pb_arena_copy_buffer(&audit->strings, &escaped).data;
    pb_buffer_release(&escaped);
    audit->has_failed |= audit->strings.has_failed;
    return copy;
}

bool prebleed_audit_has_failed(const struct prebleed_audit *audit)
{
    return audit->has_failed;
}

static struct prebleed_instant public_instant(struct pb_instant instant)
{
    return (struct prebleed_instant){instant.seconds, instant.nanoseconds};
}

static size_t public_index(uint32_t index)
{
    return index == PB_NO_INDEX ? PREBLEED_NO_INDEX : index;
}

bool prebleed_audit_summary(const struct prebleed_audit *audit, struct prebleed_summary *summary)
{
    const struct pb_summary *from = &audit->judgement.summary;

    *summary = (struct prebleed_summary){.conclusion = PREBLEED_INCONCLUSIVE, .exit_status = 2};
    if (!audit->is_judged)
        return false;
    *summary = (struct prebleed_summary){
        .conclusion = from->conclusion,
        .exit_status = from->exit_status,
        .accounts = from->accounts,
        .certificates = from->certificates,
        .vulnerable = from->vulnerable,
        .clear = from->clear,
        .undetermined = from->undetermined,
        .not_judged = from->not_judged,
        .findings = audit->judgement.findings.items.count,
        .waived = from->waived,
        .resolved = from->states[PB_STATE_RESOLVED],
        .high = from->findings[PB_LEVEL_HIGH],
        .medium = from->findings[PB_LEVEL_MEDIUM],
        .low = from->findings[PB_LEVEL_LOW],
        .diagnostics = audit->inventory.evidence.diagnostics.items.count,
        .items = from->entries - from->entry_status[PB_ENTRY_CONTAINER],
        .used = from->entry_status[PB_ENTRY_USED],
        .ignored = from->entry_status[PB_ENTRY_IGNORED],
        .unreadable = from->entry_status[PB_ENTRY_UNREADABLE],
        .skipped = from->entry_status[PB_ENTRY_SKIPPED],
        .containers = from->entry_status[PB_ENTRY_CONTAINER],
    };
    return true;
}

bool prebleed_audit_account(struct prebleed_audit *audit, size_t index,
                            struct prebleed_account *out)
{
    pb_arena_release(&audit->strings);
    if (!audit->is_judged || index >= audit->inventory.accounts.count)
        return false;
    const struct pb_account *account = pb_inventory_account(&audit->inventory, index);
    *out = (struct prebleed_account){
        .id = copy_text(audit, account->id),
        .partition = copy_text(audit, account->partition),
        .coverage = pb_coverage_names[account->coverage],
        .certificates = account->certificate_count,
    };
    return true;
}

bool prebleed_audit_certificate(struct prebleed_audit *audit, size_t index,
                                struct prebleed_certificate *out)
{
    pb_arena_release(&audit->strings);
    if (!audit->is_judged || index >= audit->inventory.certificates.count)
        return false;
    const struct pb_certificate *certificate = pb_inventory_certificate(&audit->inventory, index);
    *out = (struct prebleed_certificate){
        .account = certificate->account,
        .name = copy_text(audit, certificate->name),
        .path = copy_text(audit, certificate->path),
        .id = copy_text(audit, certificate->id),
        .arn = copy_text(audit, certificate->arn),
        .verdict = (enum prebleed_verdict)certificate->verdict,
        .reason = certificate->reason,
        .has_upload_date = pb_date_is_known(&certificate->upload_date),
        .upload_date = public_instant(certificate->upload_date.instant),
    };
    const struct pb_x509_facts *facts = certificate->body;
    if (facts != NULL) {
        out->has_x509 = true;
        out->issuer = copy_text(audit, facts->issuer);
        out->subject = copy_text(audit, facts->subject);
        out->key_algorithm = copy_text(audit, facts->key.algorithm);
        out->key_bits = facts->key.bits;
        out->not_before = public_instant(facts->not_before);
        out->not_after = public_instant(facts->not_after);
        memcpy(out->spki_sha256, facts->key.spki_sha256, sizeof out->spki_sha256);
    }
    if (certificate->revocation != NULL)
        out->revocation = pb_revocation_names[certificate->revocation->status];
    return true;
}

bool prebleed_audit_finding(struct prebleed_audit *audit, size_t index,
                            struct prebleed_finding *out)
{
    char room[PB_SENTENCE_BYTES];

    pb_arena_release(&audit->strings);
    if (!audit->is_judged || index >= audit->judgement.findings.items.count)
        return false;
    const struct pb_finding *finding = pb_findings_at(&audit->judgement.findings, index);
    *out = (struct prebleed_finding){
        .rule = finding->rule->name,
        .severity = (enum prebleed_severity)finding->rule->level,
        .account = public_index(finding->account),
        .certificate = public_index(finding->certificate),
        .message = copy_text(
            audit, pb_finding_message(finding, &audit->inventory, &audit->parameters, room)),
        .state = pb_finding_state_names[finding->state],
        .waiver_owner = finding->waiver == NULL ? NULL : copy_text(audit, finding->waiver->owner),
    };
    return true;
}

bool prebleed_audit_diagnostic(struct prebleed_audit *audit, size_t index,
                               struct prebleed_diagnostic *out)
{
    const struct pb_batch *evidence = &audit->inventory.evidence;
    struct pb_buffer where = {0};

    pb_arena_release(&audit->strings);
    if (!audit->is_judged || index >= evidence->diagnostics.items.count)
        return false;
    const struct pb_diagnostic *diagnostic =
        &PB_VECTOR_AT(const struct pb_diagnostic, &evidence->diagnostics.items, index);
    pb_place_append(&where, &audit->inventory, pb_place_of_diagnostic(diagnostic));
    audit->has_failed |= where.has_failed;
    *out = (struct prebleed_diagnostic){
        .severity = pb_severity_names[diagnostic->severity],
        .code = diagnostic->code,
        .where =
            diagnostic->entry != PB_NO_ENTRY ? copy_text(audit, pb_buffer_slice(&where)) : NULL,
        .message = copy_text(audit, diagnostic->message),
    };
    pb_buffer_release(&where);
    return true;
}

static const char *openssl_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

/* Functions, not texts: libarchive allocates its text at each call and never frees it. */
static const struct {
    const char *name, *title;
    const char *(*version)(void);
} libraries[] = {
    {"OpenSSL", "certificates and digests", openssl_version},
    {"libarchive", "archives and compression", pb_evidence_library_version},
    {"jansson", "values of JSON documents", pb_json_library_version},
};

bool prebleed_table_row(const char *table, size_t index, struct prebleed_table_row *row)
{
    const char *const *shape = pb_shape_at(index);
    const struct pb_rule *rule = index < PB_RULE_COUNT ? &pb_rules[index] : NULL;
    const struct pb_report_format *format =
        index < PB_LISTED_FORMATS ? &pb_report_formats[index] : NULL;

    *row = (struct prebleed_table_row){0};
    if (strcmp(table, "rules") == 0 && rule != NULL)
        *row = (struct prebleed_table_row){rule->name, pb_level_names[rule->level], rule->title,
                                           pb_rule_explanation(rule)};
    else if (strcmp(table, "shapes") == 0 && shape != NULL)
        *row = (struct prebleed_table_row){shape[0], shape[1], shape[2], NULL};
    else if (strcmp(table, "formats") == 0 && format != NULL)
        *row = (struct prebleed_table_row){format->name, format->media_type, format->title, NULL};
    else if (strcmp(table, "libraries") == 0 && index < sizeof libraries / sizeof libraries[0])
        *row = (struct prebleed_table_row){libraries[index].name, libraries[index].version(),
                                           libraries[index].title, NULL};
    return row->name != NULL;
}
