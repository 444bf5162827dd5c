/* SPDX-License-Identifier: MIT */
/* The library's public functions for making, feeding and running an audit. */
#include "prebleed.h"

#include <stdlib.h>

#include "audit/handle.h"
#include "json/document.h"
#include "rules/verdict.h"
#include "x509/facts.h"

/* The two enums are one: the library's is the public spelling. */
_Static_assert((int)PREBLEED_FAILED_OUTPUT == (int)PB_FAILED_OUTPUT, "the statuses differ");
_Static_assert((int)PREBLEED_SEVERITY_HIGH == (int)PB_LEVEL_HIGH, "the severities differ");
_Static_assert(sizeof(((struct prebleed_error *)0)->message) ==
                   sizeof(((struct pb_error *)0)->message),
               "the messages differ");

enum prebleed_status pb_report_error(struct prebleed_error *error, enum pb_status status,
                                     const struct pb_error *from)
{
    struct pb_error memory = {0};

    if (status == PB_OK || error == NULL || error->status != PREBLEED_OK)
        return (enum prebleed_status)status;
    if (from == NULL || from->status == PB_OK) {
        pb_error_memory(&memory);
        from = &memory;
    }
    error->status = (enum prebleed_status)status;
    memcpy(error->message, from->message, sizeof error->message);
    return error->status;
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
    size_t count;

    pb_rules(&count);
    *chosen = parameters->rules == NULL ? (UINT64_C(1) << count) - 1 : 0;
    for (size_t i = 0; parameters->rules != NULL && i < parameters->rule_count; i++) {
        size_t index;
        if (pb_rule_find(pb_slice_from_string(parameters->rules[i]), &index) == NULL)
            return pb_error_set(error, PB_FAILED_USAGE, "there is no rule '%s'",
                                parameters->rules[i]);
        *chosen |= UINT64_C(1) << index;
    }
    return PB_OK;
}

static uint64_t multiply(uint64_t count, uint64_t size_bytes)
{
    return count > UINT64_MAX / size_bytes ? UINT64_MAX : count * size_bytes;
}

static struct pb_limits take_limits(const struct prebleed_limits *limits)
{
    struct pb_limits taken = PB_LIMITS_DEFAULT;

    taken.item_bytes = limits->item_bytes;
    taken.total_bytes = limits->total_bytes;
    if (limits->items > taken.items) {
        taken.ledger_bytes = multiply(limits->items, PB_LEDGER_BYTES_AN_ITEM);
        taken.directory_bytes = multiply(limits->items, PB_DIRECTORY_BYTES_AN_ITEM);
    }
    taken.items = limits->items;
    taken.depth = limits->depth;
    taken.ratio = limits->ratio;
    taken.values = limits->values;
    return taken;
}

static enum pb_status audit_new(const struct prebleed_parameters *parameters,
                                struct prebleed_audit **made, struct pb_error *error)
{
    uint64_t rules;
    enum pb_status status = choose_rules(parameters, &rules, error);

    if (status != PB_OK)
        return status;
    status = pb_x509_prepare();
    if (status != PB_OK)
        return status;
    pb_json_prepare();
    struct prebleed_audit *audit = calloc(1, sizeof *audit);
    if (audit == NULL)
        return PB_FAILED_MEMORY;
    pb_crls_init(&audit->crls);
    audit->jobs = parameters->jobs > 0 ? parameters->jobs : 1;
    audit->limits = take_limits(&parameters->limits);
    audit->parameters = (struct pb_parameters){
        .cutoff = {parameters->cutoff.seconds, parameters->cutoff.nanoseconds},
        .as_of = {parameters->as_of.seconds, parameters->as_of.nanoseconds},
        .has_fail_on = parameters->has_fail_on,
        .fail_on = (enum pb_level)parameters->fail_on,
        .require_complete = parameters->require_complete,
        .is_new_only = parameters->is_new_only,
        .rules = rules,
    };
    pb_waivers_init(&audit->waivers);
    pb_baseline_init(&audit->baseline);
    status = pb_evidence_reader_new(&audit->limits, &audit->reader);
    if (status != PB_OK) {
        free(audit);
        return status;
    }
    *made = audit;
    return PB_OK;
}

enum prebleed_status prebleed_audit_new(const struct prebleed_parameters *parameters,
                                        struct prebleed_audit **audit, struct prebleed_error *error)
{
    struct pb_error from = {0};

    *audit = NULL;
    return pb_report_error(error, audit_new(parameters, audit, &from), &from);
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
    pb_waivers_release(&audit->waivers);
    pb_baseline_release(&audit->baseline);
    free(audit);
}

enum prebleed_status prebleed_audit_add_path(struct prebleed_audit *audit, const char *path,
                                             struct prebleed_error *error)
{
    struct pb_error from = {0};

    return pb_report_error(error, pb_evidence_add_path(audit->reader, path, &from), &from);
}

enum prebleed_status prebleed_audit_add_buffer(struct prebleed_audit *audit, const char *name,
                                               const void *bytes, size_t size_bytes,
                                               struct prebleed_error *error)
{
    struct pb_error from = {0};
    struct pb_slice slice = {bytes != NULL ? bytes : "", size_bytes};

    return pb_report_error(error, pb_evidence_add_buffer(audit->reader, name, slice, &from), &from);
}

enum prebleed_status prebleed_audit_add_stream(struct prebleed_audit *audit, const char *name,
                                               int64_t (*read)(void *context, void *buffer,
                                                               size_t size_bytes),
                                               void *context, struct prebleed_error *error)
{
    struct pb_error from = {0};

    return pb_report_error(error, pb_evidence_add_stream(audit->reader, name, read, context, &from),
                           &from);
}

enum prebleed_status prebleed_audit_add_crl(struct prebleed_audit *audit, const char *name,
                                            const void *bytes, size_t size_bytes,
                                            struct prebleed_error *error)
{
    struct pb_error from = {0};
    struct pb_slice slice = {bytes != NULL ? bytes : "", size_bytes};

    return pb_report_error(
        error, pb_crls_add(&audit->crls, pb_slice_from_string(name), slice, &from), &from);
}

static enum pb_status set_manifest(struct prebleed_audit *audit, struct pb_slice bytes,
                                   struct pb_error *error)
{
    struct pb_manifest manifest = {0};
    enum pb_status status = pb_manifest_read(bytes, &manifest, error);

    if (status != PB_OK) {
        pb_manifest_release(&manifest);
        return status;
    }
    pb_manifest_release(&audit->manifest);
    audit->manifest = manifest;
    return PB_OK;
}

enum prebleed_status prebleed_audit_set_manifest(struct prebleed_audit *audit, const void *bytes,
                                                 size_t size_bytes, struct prebleed_error *error)
{
    struct pb_error from = {0};
    struct pb_slice slice = {bytes != NULL ? bytes : "", size_bytes};

    return pb_report_error(error, set_manifest(audit, slice, &from), &from);
}

enum prebleed_status prebleed_audit_set_passphrase(struct prebleed_audit *audit,
                                                   const void *passphrase, size_t size_bytes,
                                                   struct prebleed_error *error)
{
    struct pb_error from = {0};
    struct pb_slice slice = {passphrase != NULL ? passphrase : "", size_bytes};

    return pb_report_error(error, pb_evidence_set_passphrase(audit->reader, slice, &from), &from);
}

static enum pb_status audit_run(struct prebleed_audit *audit, struct pb_error *error)
{
    const struct pb_pipeline pipeline = {
        .reader = audit->reader,
        .extraction = {.limits = &audit->limits,
                       .crls = &audit->crls,
                       .checks_chains = pb_rules_ask_chains(&audit->parameters)},
        .jobs = audit->jobs,
        .parameters = &audit->parameters,
        .baseline = audit->parameters.baseline != NULL ? &audit->baseline : NULL,
        .manifest = audit->manifest.lines.count > 0 ? &audit->manifest : NULL,
    };

    if (audit->has_run)
        return pb_error_set(error, PB_FAILED_USAGE, "this audit has already been run");
    if (audit->parameters.is_new_only && audit->parameters.baseline == NULL)
        return pb_error_set(error, PB_FAILED_USAGE,
                            "only new findings are to count, but there is no baseline that could "
                            "tell them");
    audit->has_run = true;
    return pb_pipeline_run(&pipeline, &audit->outcome);
}

enum prebleed_status prebleed_audit_run(struct prebleed_audit *audit, struct prebleed_error *error)
{
    struct pb_error from = {0};

    return pb_report_error(error, audit_run(audit, &from), &from);
}

static bool write_to_sink(const struct prebleed_audit *audit, const struct pb_report_format *format,
                          const struct pb_report_options *options, struct pb_sink *sink)
{
    const struct pb_result result = {
        .inventory = &audit->outcome.inventory,
        .parameters = &audit->parameters,
        .findings = &audit->outcome.findings,
        .summary = &audit->outcome.summary,
        .version = PREBLEED_VERSION,
    };

    format->write(&result, options, sink);
    return pb_sink_finish(sink) == PB_OK;
}

enum prebleed_status
prebleed_audit_write_report(const struct prebleed_audit *audit, const char *format,
                            const struct prebleed_report_options *options,
                            bool (*write)(void *context, const char *bytes, size_t size_bytes),
                            void *context, struct prebleed_error *error)
{
    const struct pb_report_format *found = pb_report_format_find(format);
    struct pb_report_options chosen = {0};
    struct pb_error from = {0};
    struct pb_sink sink;
    enum pb_status status = PB_OK;

    if (found == NULL)
        status = pb_error_set(&from, PB_FAILED_USAGE, "there is no report format '%s'", format);
    else if (!audit->outcome.is_judged)
        status = pb_error_set(&from, PB_FAILED_USAGE, "this audit has not been run");
    if (status != PB_OK)
        return pb_report_error(error, status, &from);
    if (options != NULL)
        chosen = (struct pb_report_options){options->has_color, options->is_verbose};
    pb_sink_init(&sink, write, context);
    if (!write_to_sink(audit, found, &chosen, &sink)) {
        status = pb_sink_finish(&sink);
        if (status == PB_FAILED_OUTPUT)
            pb_error_set(&from, status, "the report could not be written");
    }
    pb_sink_release(&sink);
    return pb_report_error(error, status, &from);
}
