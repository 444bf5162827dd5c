/* SPDX-License-Identifier: MIT */
/* An audit from its parameters to its judgement: read this file first, then item.c. Before it,
 * main.c turns the command line into parameters and api.c takes evidence and other files. Here
 * items become observations (workers.c, item.c), these become certificates with coverage
 * (inventory/build.c), and these get verdicts and findings (rules/engine.c). After it, api.c hands
 * what came of it to report/. */
#include "audit/pipeline.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "inventory/sentences.inc"
#include "json/document.h"

/* The public limits are the first ones of base/error.h. */
_Static_assert(offsetof(struct pb_limits, values) == offsetof(struct prebleed_limits, values) &&
                   offsetof(struct pb_limits, ratio) == offsetof(struct prebleed_limits, ratio) &&
                   offsetof(struct pb_limits, ratio_free_bytes) == sizeof(struct prebleed_limits),
               "the limits differ");

void prebleed_parameters_init(struct prebleed_parameters *parameters)
{
    *parameters = (struct prebleed_parameters){
        .cutoff = {PB_CUTOFF_IAM_033.seconds, PB_CUTOFF_IAM_033.nanoseconds},
        .fail_on = PREBLEED_SEVERITY_HIGH,
        .jobs = 1,
    };
    memcpy(&parameters->limits, &PB_LIMITS_DEFAULT, sizeof parameters->limits);
}

/* Fills in the set of rules with these names, whatever their case. */
static enum pb_status choose_rules(const char *names, uint64_t *chosen,
                                   struct prebleed_error *error)
{
    *chosen = names == NULL ? (UINT64_C(1) << PB_RULE_COUNT) - 1 : 0;
    while (names != NULL) {
        const struct pb_slice name = {names, strcspn(names, ",")};
        size_t i = 0;
        while (i < PB_RULE_COUNT &&
               !pb_slice_equals_ignoring_case(name, pb_slice_from_string(pb_rules[i].name)))
            i++;
        if (i == PB_RULE_COUNT)
            return pb_error_set(error, PB_FAILED_USAGE, PB_SAY_NO_RULE, PB_SLICE_ARGS(name));
        *chosen |= UINT64_C(1) << i;
        names = names[name.size_bytes] == ',' ? names + name.size_bytes + 1 : NULL;
    }
    return PB_OK;
}

/* Years 1 to 9999, which is what RFC 3339 can write. */
static bool is_writable(struct prebleed_instant instant)
{
    return instant.seconds >= -INT64_C(62135596800) && instant.seconds <= INT64_C(253402300799) &&
           instant.nanoseconds >= 0 && instant.nanoseconds < 1000000000;
}

static enum pb_status prepare(struct prebleed_audit *audit,
                              const struct prebleed_parameters *parameters,
                              struct prebleed_error *error)
{
    struct pb_civil civil = {0};
    const char *wrong = !is_writable(parameters->cutoff)  ? "cutoff is outside the years 1 to 9999"
                        : !is_writable(parameters->as_of) ? "as_of is outside the years 1 to 9999"
                        : (unsigned)parameters->fail_on > PREBLEED_SEVERITY_NEVER
                            ? "fail_on is no severity"
                        : parameters->jobs > PREBLEED_MOST_JOBS ? "more jobs than there may be"
                                                                : NULL;

    audit->given = *parameters;
    audit->given.rules = NULL;
    audit->given.jobs += parameters->jobs == 0;
    audit->limits = PB_LIMITS_DEFAULT;
    memcpy(&audit->limits, &parameters->limits, sizeof parameters->limits);
    audit->parameters = (struct pb_parameters){
        .cutoff = {parameters->cutoff.seconds, parameters->cutoff.nanoseconds},
        .as_of = {parameters->as_of.seconds, parameters->as_of.nanoseconds},
        .fail_on = (enum pb_level)parameters->fail_on,
        .require_complete = parameters->require_complete,
        .is_new_only = parameters->is_new_only,
    };
    if (wrong != NULL)
        return pb_error_set(error, PB_FAILED_USAGE, "parameters: %s", wrong);
    pb_json_prepare();
    enum pb_status status = choose_rules(parameters->rules, &audit->parameters.rules, error);
    if (status == PB_OK)
        status = pb_x509_prepare();
    if (status != PB_OK)
        return status;
    pb_instant_to_civil(audit->parameters.cutoff, &civil);
    audit->cutoff_year = civil.year;
    audit->reader = pb_evidence_reader_new(&audit->limits);
    return audit->reader != NULL ? PB_OK : PB_FAILED_MEMORY;
}

enum prebleed_status prebleed_audit_new(const struct prebleed_parameters *parameters,
                                        struct prebleed_audit **audit, struct prebleed_error *error)
{
    struct prebleed_audit *made = calloc(1, sizeof *made);
    enum pb_status status = made != NULL ? prepare(made, parameters, error) : PB_FAILED_MEMORY;
    if (status != PB_OK) {
        prebleed_audit_free(made);
        made = NULL;
    }
    *audit = made;
    return pb_audit_report(error, status);
}

void prebleed_audit_free(struct prebleed_audit *audit)
{
    if (audit == NULL)
        return;
    pb_evidence_reader_free(audit->reader);
    pb_crls_release(&audit->crls);
    pb_judgement_release(&audit->judgement);
    pb_inventory_release(&audit->inventory);
    pb_manifest_release(&audit->manifest);
    pb_arena_release(&audit->strings);
    OPENSSL_cleanse(audit->redaction_key, sizeof audit->redaction_key);
    pb_vector_release(&audit->stand_ins);
    pb_waivers_release(&audit->waivers);
    pb_baseline_release(&audit->baseline);
    free(audit);
}

/* Evidence -> observations -> certificates and coverage -> verdicts -> findings -> figures. */
static enum pb_status run(struct prebleed_audit *audit, struct prebleed_error *error)
{
    struct pb_batch *evidence = &audit->inventory.evidence;
    struct pb_batch batch = {0};
    enum pb_status status = pb_workers_read(audit, &batch, error);
    if (status == PB_OK)
        status = pb_inventory_build(&audit->inventory, &batch, audit->parameters.as_of);
    pb_batch_release(&batch);
    if (status == PB_OK && audit->manifest.lines.count > 0)
        status = pb_manifest_check(&audit->manifest, audit->reader, evidence);
    if (status == PB_OK)
        status = pb_judge(&audit->inventory, &audit->crls, &audit->parameters, &audit->judgement);
    if (status == PB_OK)
        status = pb_batch_sort_diagnostics(evidence, SIZE_MAX);
    return status == PB_OK && audit->given.is_redacted ? pb_redact(audit) : status;
}

enum prebleed_status prebleed_audit_run(struct prebleed_audit *audit, struct prebleed_error *error)
{
    enum pb_status status = PB_FAILED_USAGE;
    bool lacks_baseline = audit->parameters.is_new_only && audit->parameters.baseline == NULL;

    if (audit->has_run || lacks_baseline)
        pb_error_set(error, status, audit->has_run ? PB_SAY_HAS_RUN : PB_SAY_LACKS_BASELINE);
    else
        status = run(audit, error);
    audit->is_judged |= status == PB_OK;
    audit->has_run |= !lacks_baseline;
    return pb_audit_report(error, status);
}
