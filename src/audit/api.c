/* SPDX-License-Identifier: MIT */
/* The public functions of prebleed.h: they make an audit, add evidence and other files to it, run
 * pipeline.c, and give results and reports. */
#include "prebleed.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "audit/pipeline.h"
#include "aws/read.h"
#include "base/utf8.h"
#include "evidence/reader.h"
#include "json/document.h"
#include "report/report.h"
#include "rules/rules.h"

/* The public enums are those of the rooms, under public names. */
_Static_assert((int)PREBLEED_FAILED_OUTPUT == (int)PB_FAILED_OUTPUT, "the statuses differ");
_Static_assert((int)PREBLEED_SEVERITY_HIGH == (int)PB_LEVEL_HIGH, "the severities differ");
_Static_assert((int)PREBLEED_VERDICT_UNDETERMINED == (int)PB_VERDICT_UNDETERMINED,
               "the verdicts differ");
_Static_assert((int)PREBLEED_INCONCLUSIVE == (int)PB_CONCLUSION_INCONCLUSIVE,
               "the conclusions differ");
_Static_assert(sizeof(((struct prebleed_error *)0)->message) ==
                   sizeof(((struct pb_error *)0)->message),
               "the messages differ");

struct prebleed_audit {
    struct pb_limits limits;
    unsigned jobs;
    struct pb_parameters parameters;   /* points to waivers and baseline once they are set */
    struct pb_waivers waivers;         /* owned */
    struct pb_baseline baseline;       /* owned */
    struct pb_evidence_reader *reader; /* owned */
    struct pb_crls crls;               /* owned */
    struct pb_manifest manifest;       /* owned; of no lines where none was given */
    struct pb_progress progress;
    bool is_redacted, keeps_digests;
    struct pb_buffer redaction_key; /* owned; empty where none was given */
    struct pb_vector stand_ins;     /* owned */
    bool has_run;                   /* whether or not it succeeded */
    struct pb_outcome outcome;      /* owned */
    struct pb_arena strings;        /* given by a getter; freed by the next call of one */
    bool has_failed;                /* a getter had no memory for a string */
    struct pb_error error;          /* of the call in progress */
};

/* Moves the error into the public one; a failure without a message is out of memory. */
static enum prebleed_status report(struct prebleed_error *error, enum pb_status status,
                                   struct pb_error *from)
{
    if (status != PB_OK && error != NULL && error->status == PREBLEED_OK) {
        if (from->status == PB_OK)
            pb_error_memory(from);
        error->status = (enum prebleed_status)status;
        memcpy(error->message, from->message, sizeof error->message);
    }
    *from = (struct pb_error){0};
    return (enum prebleed_status)status;
}

/* False, and the audit's error, once it has been run: nothing can be added to it any more. */
static bool is_open(struct prebleed_audit *audit)
{
    if (audit->has_run)
        pb_error_set(&audit->error, PB_FAILED_USAGE,
                     "nothing can be added: the audit has been run");
    return !audit->has_run;
}

/* NULL is allowed for no bytes. */
static struct pb_slice slice_of(const void *bytes, size_t size_bytes)
{
    return (struct pb_slice){bytes != NULL ? bytes : "", size_bytes};
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

void prebleed_parameters_init(struct prebleed_parameters *parameters)
{
    const struct pb_limits limits = PB_LIMITS_DEFAULT;

    *parameters = (struct prebleed_parameters){
        .cutoff = {PB_CUTOFF_IAM_033.seconds, PB_CUTOFF_IAM_033.nanoseconds},
        .has_fail_on = true,
        .fail_on = PREBLEED_SEVERITY_HIGH,
        .jobs = 1,
        .limits =
            {
                .item_bytes = limits.item_bytes,
                .total_bytes = limits.total_bytes,
                .items = limits.items,
                .depth = limits.depth,
                .ratio = limits.ratio,
                .values = limits.values,
            },
    };
}

static enum pb_status choose_rules(const struct prebleed_parameters *parameters, uint64_t *chosen,
                                   struct pb_error *error)
{
    *chosen = parameters->rules == NULL ? (UINT64_C(1) << PB_RULE_COUNT) - 1 : 0;
    for (size_t i = 0; parameters->rules != NULL && i < parameters->rule_count; i++) {
        size_t row = pb_rule_find(pb_slice_from_string(parameters->rules[i]));
        if (row == PB_RULE_COUNT)
            return pb_error_set(error, PB_FAILED_USAGE, "there is no rule '%s'",
                                parameters->rules[i]);
        *chosen |= UINT64_C(1) << row;
    }
    return PB_OK;
}

static struct pb_limits take_limits(const struct prebleed_limits *limits)
{
    struct pb_limits taken = PB_LIMITS_DEFAULT;

    taken.item_bytes = limits->item_bytes;
    taken.total_bytes = limits->total_bytes;
    taken.items = limits->items;
    taken.depth = limits->depth;
    taken.ratio = limits->ratio;
    taken.values = limits->values;
    return taken;
}

/* Years 1 to 9999, which is what RFC 3339 can write. */
static bool is_writable(struct prebleed_instant instant)
{
    return instant.seconds >= -INT64_C(62135596800) && instant.seconds <= INT64_C(253402300799) &&
           instant.nanoseconds >= 0 && instant.nanoseconds < 1000000000;
}

static enum pb_status check_parameters(const struct prebleed_parameters *parameters,
                                       struct pb_error *error)
{
    const char *wrong = !is_writable(parameters->cutoff)  ? "cutoff is outside the years 1 to 9999"
                        : !is_writable(parameters->as_of) ? "as_of is outside the years 1 to 9999"
                        : (unsigned)parameters->fail_on > PREBLEED_SEVERITY_HIGH
                            ? "fail_on is no severity"
                        : parameters->jobs > PREBLEED_MOST_JOBS ? "more jobs than there may be"
                                                                : NULL;

    return wrong == NULL ? PB_OK : pb_error_set(error, PB_FAILED_USAGE, "parameters: %s", wrong);
}

static enum pb_status prepare(struct prebleed_audit *audit,
                              const struct prebleed_parameters *parameters, struct pb_error *error)
{
    audit->jobs = parameters->jobs > 0 ? parameters->jobs : 1;
    audit->limits = take_limits(&parameters->limits);
    audit->is_redacted = parameters->is_redacted;
    audit->keeps_digests = parameters->keeps_digests;
    pb_buffer_init(&audit->redaction_key, 4096);
    audit->parameters = (struct pb_parameters){
        .cutoff = {parameters->cutoff.seconds, parameters->cutoff.nanoseconds},
        .as_of = {parameters->as_of.seconds, parameters->as_of.nanoseconds},
        .has_fail_on = parameters->has_fail_on,
        .fail_on = (enum pb_level)parameters->fail_on,
        .require_complete = parameters->require_complete,
        .is_new_only = parameters->is_new_only,
    };
    pb_crls_init(&audit->crls);
    pb_waivers_init(&audit->waivers);
    pb_baseline_init(&audit->baseline);
    pb_json_prepare();
    enum pb_status status = check_parameters(parameters, error);
    if (status == PB_OK)
        status = choose_rules(parameters, &audit->parameters.rules, error);
    if (status == PB_OK)
        status = pb_x509_prepare();
    return status == PB_OK ? pb_evidence_reader_new(&audit->limits, &audit->reader) : status;
}

enum prebleed_status prebleed_audit_new(const struct prebleed_parameters *parameters,
                                        struct prebleed_audit **audit, struct prebleed_error *error)
{
    struct prebleed_audit *made = calloc(1, sizeof *made);
    struct pb_error from = {0};
    enum pb_status status = made != NULL ? prepare(made, parameters, &from) : PB_FAILED_MEMORY;

    if (status != PB_OK) {
        prebleed_audit_free(made);
        made = NULL;
    }
    *audit = made;
    return report(error, status, &from);
}

void prebleed_audit_free(struct prebleed_audit *audit)
{
    if (audit == NULL)
        return;
    pb_evidence_reader_free(audit->reader);
    pb_crls_release(&audit->crls);
    pb_outcome_release(&audit->outcome);
    pb_manifest_release(&audit->manifest);
    pb_arena_release(&audit->strings);
    OPENSSL_cleanse(audit->redaction_key.data, audit->redaction_key.size_bytes);
    pb_buffer_release(&audit->redaction_key);
    pb_vector_release(&audit->stand_ins);
    pb_waivers_release(&audit->waivers);
    pb_baseline_release(&audit->baseline);
    free(audit);
}

enum prebleed_status prebleed_audit_add_path(struct prebleed_audit *audit, const char *path,
                                             struct prebleed_error *error)
{
    enum pb_status status =
        is_open(audit) ? pb_evidence_add_path(audit->reader, path, &audit->error) : PB_FAILED_USAGE;

    return report(error, status, &audit->error);
}

enum prebleed_status prebleed_audit_add_buffer(struct prebleed_audit *audit, const char *name,
                                               const void *bytes, size_t size_bytes,
                                               struct prebleed_error *error)
{
    enum pb_status status =
        !is_open(audit) ? PB_FAILED_USAGE
                        : pb_evidence_add_buffer(audit->reader, name, slice_of(bytes, size_bytes),
                                                 &audit->error);

    return report(error, status, &audit->error);
}

enum prebleed_status prebleed_audit_add_stream(struct prebleed_audit *audit, const char *name,
                                               int64_t (*read)(void *context, void *buffer,
                                                               size_t size_bytes),
                                               void *context, struct prebleed_error *error)
{
    enum pb_status status =
        !is_open(audit) ? PB_FAILED_USAGE
                        : pb_evidence_add_stream(audit->reader, name, read, context, &audit->error);

    return report(error, status, &audit->error);
}

enum prebleed_status prebleed_audit_add_crl(struct prebleed_audit *audit, const char *name,
                                            const void *bytes, size_t size_bytes,
                                            struct prebleed_error *error)
{
    enum pb_status status = !is_open(audit)
                                ? PB_FAILED_USAGE
                                : pb_crls_add(&audit->crls, pb_slice_from_string(name),
                                              slice_of(bytes, size_bytes), &audit->error);

    return report(error, status, &audit->error);
}

enum prebleed_status prebleed_audit_set_manifest(struct prebleed_audit *audit, const void *bytes,
                                                 size_t size_bytes, struct prebleed_error *error)
{
    struct pb_manifest manifest = {0};
    enum pb_status status =
        !is_open(audit) ? PB_FAILED_USAGE
                        : pb_manifest_read(slice_of(bytes, size_bytes), &manifest, &audit->error);

    if (status == PB_OK) {
        pb_manifest_release(&audit->manifest);
        audit->manifest = manifest;
    } else {
        pb_manifest_release(&manifest);
    }
    return report(error, status, &audit->error);
}

enum prebleed_status prebleed_audit_set_passphrase(struct prebleed_audit *audit,
                                                   const void *passphrase, size_t size_bytes,
                                                   struct prebleed_error *error)
{
    enum pb_status status =
        !is_open(audit) ? PB_FAILED_USAGE
                        : pb_evidence_set_passphrase(
                              audit->reader, slice_of(passphrase, size_bytes), &audit->error);

    return report(error, status, &audit->error);
}

/* What people write for us may be UTF-16: a shell saves it so. is_set: it was given before. The
 * caller releases storage, in which the text may stand. */
static enum pb_status take_text(struct prebleed_audit *audit, bool is_set, struct pb_slice bytes,
                                struct pb_buffer *storage, struct pb_slice *text)
{
    enum pb_text_outcome outcome;

    pb_buffer_init(storage, SIZE_MAX);
    if (!is_open(audit))
        return PB_FAILED_USAGE;
    if (is_set)
        return pb_error_set(&audit->error, PB_FAILED_USAGE,
                            "waivers and a baseline are set once an audit");
    enum pb_status status = pb_text_decode(bytes, storage, &outcome, text);
    if (status == PB_OK && outcome != PB_TEXT_DECODED)
        return pb_error_set(&audit->error, PB_FAILED_USAGE, "line 1, column 1: not a text file");
    return status;
}

enum prebleed_status prebleed_audit_set_waivers(struct prebleed_audit *audit, const void *bytes,
                                                size_t size_bytes, struct prebleed_error *error)
{
    struct pb_buffer storage;
    struct pb_slice text = PB_SLICE_ABSENT;
    enum pb_status status = take_text(audit, audit->parameters.waivers != NULL,
                                      slice_of(bytes, size_bytes), &storage, &text);

    if (status == PB_OK)
        status = pb_waivers_read(&audit->waivers, text, &audit->error);
    pb_buffer_release(&storage);
    if (status == PB_OK)
        audit->parameters.waivers = &audit->waivers;
    return report(error, status, &audit->error);
}

enum prebleed_status prebleed_audit_set_baseline(struct prebleed_audit *audit, const void *bytes,
                                                 size_t size_bytes, struct prebleed_error *error)
{
    struct pb_buffer storage;
    struct pb_slice text = PB_SLICE_ABSENT;
    enum pb_status status = take_text(audit, audit->parameters.baseline != NULL,
                                      slice_of(bytes, size_bytes), &storage, &text);

    if (status == PB_OK)
        status = pb_baseline_read(&audit->baseline, text, &audit->error);
    pb_buffer_release(&storage);
    if (status == PB_OK)
        audit->parameters.baseline = &audit->baseline;
    return report(error, status, &audit->error);
}

static int year_of(struct pb_instant instant)
{
    struct pb_civil civil = {0};

    pb_instant_to_civil(instant, &civil);
    return civil.year;
}

void prebleed_audit_set_progress(struct prebleed_audit *audit,
                                 void (*show)(void *context,
                                              const struct prebleed_progress *progress),
                                 void *context)
{
    audit->progress =
        (struct pb_progress){.show = show, .context = context, .cutoff = audit->parameters.cutoff};
}

enum prebleed_status prebleed_audit_set_redaction_key(struct prebleed_audit *audit, const void *key,
                                                      size_t size_bytes,
                                                      struct prebleed_error *error)
{
    enum pb_status status = is_open(audit) ? PB_OK : PB_FAILED_USAGE;

    pb_buffer_clear(&audit->redaction_key);
    pb_buffer_append(&audit->redaction_key, slice_of(key, size_bytes));
    if (status == PB_OK && (size_bytes < 16 || size_bytes > 4096))
        status = pb_error_set(&audit->error, PB_FAILED_USAGE,
                              "a key has 16 bytes to 4,096, this has %zu", size_bytes);
    else if (status == PB_OK && audit->redaction_key.has_failed)
        status = PB_FAILED_MEMORY;
    return report(error, status, &audit->error);
}

static enum pb_status redact(struct prebleed_audit *audit)
{
    const struct pb_redaction how = {
        .key = audit->redaction_key.size_bytes > 0 ? pb_buffer_slice(&audit->redaction_key)
                                                   : PB_SLICE_ABSENT,
        .keeps_digests = audit->keeps_digests,
        .waivers = &audit->waivers,
        .baseline = &audit->baseline,
        .manifest = &audit->manifest,
    };
    enum pb_status status = pb_redact(&how, &audit->outcome, &audit->stand_ins);

    audit->outcome.is_judged = status == PB_OK;
    return status;
}

static enum pb_status audit_run(struct prebleed_audit *audit, struct pb_error *error)
{
    const struct pb_pipeline pipeline = {
        .reader = audit->reader,
        .settings = {.limits = &audit->limits,
                     .crls = &audit->crls,
                     .cutoff_year = year_of(audit->parameters.cutoff),
                     .checks_chains = pb_rules_ask_chains(&audit->parameters)},
        .jobs = audit->jobs,
        .parameters = &audit->parameters,
        .manifest = audit->manifest.lines.count > 0 ? &audit->manifest : NULL,
        .progress = &audit->progress,
    };

    if (audit->has_run)
        return pb_error_set(error, PB_FAILED_USAGE, "this audit has already been run");
    if (audit->parameters.is_new_only && audit->parameters.baseline == NULL)
        return pb_error_set(error, PB_FAILED_USAGE,
                            "only new findings are to count, but there is no baseline that could "
                            "tell them");
    audit->has_run = true;
    enum pb_status status = pb_pipeline_run(&pipeline, &audit->outcome);
    return status == PB_OK && audit->is_redacted ? redact(audit) : status;
}

enum prebleed_status prebleed_audit_run(struct prebleed_audit *audit, struct prebleed_error *error)
{
    return report(error, audit_run(audit, &audit->error), &audit->error);
}

enum prebleed_status
prebleed_audit_write_report(const struct prebleed_audit *audit, const char *format,
                            const struct prebleed_report_options *options,
                            bool (*write)(void *context, const char *bytes, size_t size_bytes),
                            void *context, struct prebleed_error *error)
{
    const struct pb_judgement *judgement = &audit->outcome.judgement;
    const struct pb_result result = {
        .inventory = &audit->outcome.inventory,
        .parameters = &audit->parameters,
        .findings = &judgement->findings,
        .key_groups = &judgement->key_groups,
        .summary = &judgement->summary,
        .stand_ins = &audit->stand_ins,
        .version = PREBLEED_VERSION,
    };
    const struct pb_report_format *found = pb_report_format_find(format);
    struct pb_report_options chosen = {0};
    struct pb_error from = {0};
    struct pb_sink sink;

    if (found == NULL)
        pb_error_set(&from, PB_FAILED_USAGE, "there is no report format '%s'", format);
    else if (!audit->outcome.is_judged)
        pb_error_set(&from, PB_FAILED_USAGE, "this audit has not been run");
    if (found == NULL || from.status != PB_OK)
        return report(error, from.status, &from);
    if (options != NULL)
        chosen = (struct pb_report_options){
            .has_color = options->has_color,
            .is_verbose = options->is_verbose,
            .columns = options->columns,
            .severity = (enum pb_level)options->severity,
            .title = options->title,
            .organization = options->organization,
            .author = options->author,
            .date = options->date,
            .hidden_folder = options->hidden_folder,
        };
    pb_sink_init(&sink, write, context);
    pb_report_write(found, &result, &chosen, &sink);
    enum pb_status status = pb_sink_finish(&sink);
    if (status == PB_FAILED_OUTPUT)
        pb_error_set(&from, status, "the report could not be written");
    pb_sink_release(&sink);
    return report(error, status, &from);
}

/* NUL-terminated printable text in the audit's strings; NULL for an absent slice, and, which
 * prebleed_audit_has_failed tells, where memory is missing. */
static const char *copy_text(struct prebleed_audit *audit, struct pb_slice text)
{
    struct pb_buffer escaped;
    struct pb_slice copy = PB_SLICE_ABSENT;

    if (text.data == NULL)
        return NULL;
    pb_buffer_init(&escaped, SIZE_MAX);
    pb_escape_append(&escaped, text, PB_ESCAPE_CONTROLS);
    pb_buffer_append_byte(&escaped, '\0');
    if (!escaped.has_failed)
        pb_arena_copy(&audit->strings, pb_buffer_slice(&escaped), &copy);
    pb_buffer_release(&escaped);
    audit->has_failed |= copy.data == NULL;
    return copy.data;
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
    const struct pb_summary *from = &audit->outcome.judgement.summary;
    const struct pb_findings *findings = &audit->outcome.judgement.findings;

    *summary = (struct prebleed_summary){.conclusion = PREBLEED_INCONCLUSIVE, .exit_status = 2};
    if (!audit->outcome.is_judged)
        return false;
    *summary = (struct prebleed_summary){
        .conclusion = (enum prebleed_conclusion)from->conclusion,
        .exit_status = from->exit_status,
        .accounts = from->accounts,
        .certificates = from->certificates,
        .vulnerable = from->vulnerable,
        .clear = from->clear,
        .undetermined = from->undetermined,
        .not_judged = from->not_judged,
        .findings = findings->items.count,
        .waived = from->waived,
        .resolved = from->resolved_findings,
        .high = from->findings[PB_LEVEL_HIGH],
        .medium = from->findings[PB_LEVEL_MEDIUM],
        .low = from->findings[PB_LEVEL_LOW],
        .diagnostics = audit->outcome.inventory.evidence.diagnostics.items.count,
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
    static const char *const coverage[] = {
        [PB_COVERAGE_UNKNOWN] = "unknown",
        [PB_COVERAGE_COMPLETE] = "complete",
        [PB_COVERAGE_INCOMPLETE] = "incomplete",
    };

    pb_arena_release(&audit->strings);
    if (!audit->outcome.is_judged || index >= audit->outcome.inventory.accounts.count)
        return false;
    const struct pb_account *account = pb_inventory_account(&audit->outcome.inventory, index);
    *out = (struct prebleed_account){
        .id = copy_text(audit, account->id),
        .partition = copy_text(audit, account->partition),
        .coverage = coverage[account->coverage],
        .certificates = account->certificate_count,
    };
    return true;
}

static void copy_facts(struct prebleed_audit *audit, const struct pb_x509_facts *facts,
                       struct prebleed_certificate *out)
{
    out->has_x509 = true;
    out->issuer = copy_text(audit, facts->issuer);
    out->subject = copy_text(audit, facts->subject);
    out->key_algorithm = copy_text(audit, facts->key.algorithm);
    out->key_bits = facts->key.bits;
    out->not_before = public_instant(facts->not_before);
    out->not_after = public_instant(facts->not_after);
    memcpy(out->spki_sha256, facts->key.spki_sha256, sizeof out->spki_sha256);
}

bool prebleed_audit_certificate(struct prebleed_audit *audit, size_t index,
                                struct prebleed_certificate *out)
{
    pb_arena_release(&audit->strings);
    if (!audit->outcome.is_judged || index >= audit->outcome.inventory.certificates.count)
        return false;
    const struct pb_certificate *certificate =
        pb_inventory_certificate(&audit->outcome.inventory, index);
    *out = (struct prebleed_certificate){
        .account = certificate->account,
        .name = copy_text(audit, certificate->name),
        .path = copy_text(audit, certificate->path),
        .id = copy_text(audit, certificate->id),
        .arn = copy_text(audit, certificate->arn),
        .verdict = (enum prebleed_verdict)certificate->verdict,
        .reason = certificate->reason,
        .has_upload_date = certificate->upload_date.state != PB_DATE_ABSENT &&
                           certificate->upload_date.state != PB_DATE_UNPARSEABLE,
        .upload_date = public_instant(certificate->upload_date.instant),
    };
    if (certificate->body != NULL)
        copy_facts(audit, certificate->body, out);
    if (certificate->revocation != NULL)
        out->revocation = pb_revocation_names[certificate->revocation->status];
    return true;
}

bool prebleed_audit_finding(struct prebleed_audit *audit, size_t index,
                            struct prebleed_finding *out)
{
    char room[PB_SENTENCE_BYTES];

    pb_arena_release(&audit->strings);
    if (!audit->outcome.is_judged || index >= audit->outcome.judgement.findings.items.count)
        return false;
    const struct pb_finding *finding = pb_findings_at(&audit->outcome.judgement.findings, index);
    *out = (struct prebleed_finding){
        .rule = finding->rule->name,
        .severity = (enum prebleed_severity)finding->rule->level,
        .account = public_index(finding->account),
        .certificate = public_index(finding->certificate),
        .message = copy_text(audit, pb_finding_message(finding, &audit->outcome.inventory,
                                                       &audit->parameters, room)),
        .state = pb_finding_state_names[finding->state],
        .waiver_owner = finding->waiver == NULL ? NULL : copy_text(audit, finding->waiver->owner),
    };
    return true;
}

bool prebleed_audit_diagnostic(struct prebleed_audit *audit, size_t index,
                               struct prebleed_diagnostic *out)
{
    const struct pb_batch *evidence = &audit->outcome.inventory.evidence;
    struct pb_buffer where;

    pb_arena_release(&audit->strings);
    if (!audit->outcome.is_judged || index >= evidence->diagnostics.items.count)
        return false;
    const struct pb_diagnostic *diagnostic =
        &PB_VECTOR_AT(const struct pb_diagnostic, &evidence->diagnostics.items, index);
    pb_buffer_init(&where, SIZE_MAX);
    pb_place_append(&where, &audit->outcome.inventory, pb_place_of_diagnostic(diagnostic));
    audit->has_failed |= where.has_failed;
    *out = (struct prebleed_diagnostic){
        .severity = pb_severity_name(diagnostic->severity),
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

/* libarchive allocates its text at each call, for ever: only who asks for it gets it. */
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
    size_t format_count;
    const struct pb_report_format *formats = pb_report_formats(&format_count);
    const struct pb_shape *shape = pb_shape_at(index);

    if (strcmp(table, "rules") == 0 && index < PB_RULE_COUNT)
        *row = (struct prebleed_table_row){
            pb_rules[index]->name, pb_level_names[pb_rules[index]->level], pb_rules[index]->title};
    else if (strcmp(table, "shapes") == 0 && shape != NULL)
        *row = (struct prebleed_table_row){shape->name, shape->producer, shape->proves};
    else if (strcmp(table, "formats") == 0 && index < format_count)
        *row = (struct prebleed_table_row){formats[index].name, formats[index].media_type,
                                           formats[index].title};
    else if (strcmp(table, "libraries") == 0 && index < sizeof libraries / sizeof libraries[0])
        *row = (struct prebleed_table_row){libraries[index].name, libraries[index].version(),
                                           libraries[index].title};
    else
        return false;
    return true;
}

const char *prebleed_rule_explanation(const char *rule)
{
    size_t row = pb_rule_find(pb_slice_from_string(rule));

    return row == PB_RULE_COUNT ? NULL : pb_rules[row]->explanation;
}
