/* SPDX-License-Identifier: MIT */
/* Looks up rules, appends findings, and has the phrases that sentences share. */
#include "rules/rules.h"

#include <stdio.h>

#include "inventory/sentences.inc"

/* In the order of their enums. */
const char *const pb_level_names[] = {"low", "medium", "high", "never"};
const char *const pb_finding_state_names[] = {NULL, "new", "unchanged", "resolved"};
const char *const pb_conclusion_names[] = {"pass", "fail", "inconclusive"};
const char *const pb_coverage_names[] = {"unknown", "complete", "incomplete"};
const char *const pb_id_from_names[] = {NULL, "arn", "document", "caller-identity"};
const char *const pb_presence_names[] = {"unknown", "present", "deleted"};
const char *const pb_verdict_names[] = {NULL, "vulnerable", "clear", "undetermined"};
const char *const pb_basis_names[] = {NULL, "upload-date", "validity"};
const char *const pb_revocation_names[] = {"unknown", "revoked", "not-revoked"};
const char *const pb_waiver_subject_names[] = {"id", "arn", "key_sha256", "account", "folder"};

const struct pb_rule *pb_rule_find(struct pb_slice name)
{
    for (size_t i = 0; i < PB_RULE_COUNT; i++)
        if (pb_slice_equals(pb_slice_from_string(pb_rules[i].name), name))
            return &pb_rules[i];
    return NULL;
}

/* "", because the included text begins with a comma; then by turns a rule's name and its text. */
static const char *const explanations[] = {""
#include "rules/explanations.txt.inc"
};

const char *pb_rule_explanation(const struct pb_rule *rule)
{
    for (size_t i = 1; i < sizeof explanations / sizeof explanations[0]; i += 2)
        if (strcmp(explanations[i], rule->name) == 0)
            return explanations[i + 1];
    return NULL;
}

bool pb_rule_is_chosen(const struct pb_rule *rule, const struct pb_parameters *parameters)
{
    return (parameters->rules >> (rule - pb_rules) & 1) != 0;
}

bool pb_rule_makes_inconclusive(const struct pb_rule *rule)
{
    return rule == &pb_rules[PB_RULE_UNDETERMINED] || rule == &pb_rules[PB_RULE_COVERAGE_GAP];
}

int pb_finding_exit_status(const struct pb_finding *finding, const struct pb_parameters *parameters)
{
    if (!pb_finding_makes_status(finding, parameters->is_new_only))
        return 0;
    if (finding->rule->level >= parameters->fail_on)
        return 1;
    return pb_rule_makes_inconclusive(finding->rule) ? 3 : 0;
}

const char *pb_rule_find_missing(const struct pb_rule *rule,
                                 const struct pb_certificate *certificate)
{
    struct pb_instant end;

    if (rule->need == PB_NEEDS_VERDICT && certificate->verdict == PB_VERDICT_NONE)
        return PB_SAY_NEEDS_VERDICT;
    if (rule->need == PB_NEEDS_VERDICT && certificate->verdict == PB_VERDICT_UNDETERMINED)
        return PB_SAY_NEEDS_DATES;
    if ((rule->need == PB_NEEDS_BODY || rule->need == PB_NEEDS_REVOCATION) &&
        certificate->body == NULL)
        return PB_SAY_NEEDS_BODY;
    if (rule->need == PB_NEEDS_VALIDITY && !pb_certificate_find_end(certificate, &end))
        return PB_SAY_NEEDS_END;
    if (rule->need == PB_NEEDS_REVOCATION && certificate->revocation == NULL)
        return PB_SAY_NEEDS_CRL;
    return NULL;
}

struct pb_slice pb_finding_message(const struct pb_finding *finding,
                                   const struct pb_inventory *inventory,
                                   const struct pb_parameters *parameters,
                                   char room[PB_SENTENCE_BYTES])
{
    if (finding->message.data != NULL)
        return finding->message;
    finding->rule->say(pb_inventory_certificate(inventory, finding->certificate), parameters, room);
    return pb_slice_from_string(room);
}

void pb_findings_append(const struct pb_check *check, struct pb_finding finding)
{
    finding.rule = check->rule;
    check->findings->arena.has_failed |=
        !pb_vector_append(&check->findings->items, &finding, sizeof finding);
}

void pb_findings_add(const struct pb_check *check, const struct pb_certificate *certificate,
                     const char *format, ...)
{
    struct pb_finding finding = {
        .account = certificate->account,
        .certificate = pb_inventory_index(check->inventory, certificate),
        .entry = PB_NO_INDEX,
    };
    va_list arguments;

    va_start(arguments, format);
    finding.message = pb_message_format_list(&check->findings->arena, format, arguments);
    va_end(arguments);
    pb_findings_append(check, finding);
}

#define DAY_SECONDS 86400

struct pb_text pb_instant_text(struct pb_instant instant)
{
    struct pb_text result = {.text = ""};
    pb_instant_spell(instant, result.text);
    return result;
}

struct pb_text pb_count_text(size_t count, const char *unit)
{
    struct pb_text result;
    snprintf(result.text, sizeof result.text, "%zu %s%s", count, unit, count == 1 ? "" : "s");
    return result;
}

struct pb_text pb_hex_text(const unsigned char *bytes, size_t size_bytes)
{
    static const char digits[] = "0123456789abcdef";
    struct pb_text result = {.text = ""};
    for (size_t i = 0; i < size_bytes; i++) {
        result.text[2 * i] = digits[bytes[i] >> 4];
        result.text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return result;
}

/* Between the two, whichever is first, rounded down. */
static int64_t seconds_between(struct pb_instant a, struct pb_instant b)
{
    bool is_forward = pb_instant_compare(a, b) <= 0;
    struct pb_instant early = is_forward ? a : b, late = is_forward ? b : a;
    return late.seconds - early.seconds - (late.nanoseconds < early.nanoseconds);
}

int64_t pb_days_between(struct pb_instant a, struct pb_instant b)
{
    return seconds_between(a, b) / DAY_SECONDS;
}

struct pb_text pb_duration_text(struct pb_instant a, struct pb_instant b)
{
    static const struct {
        size_t seconds;
        const char *name;
    } units[] = {{DAY_SECONDS, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    size_t seconds = (size_t)seconds_between(a, b);

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (seconds >= units[i].seconds)
            return pb_count_text(seconds / units[i].seconds, units[i].name);
    return (struct pb_text){"less than a second"};
}

struct pb_slice pb_certificate_name(const struct pb_certificate *certificate)
{
    if (certificate->name.size_bytes > 0)
        return certificate->name;
    if (certificate->arn.size_bytes > 0)
        return certificate->arn;
    return certificate->id.size_bytes > 0 ? certificate->id : PB_SLICE("(no name)");
}

struct pb_text pb_arrival_text(const struct pb_certificate *certificate, bool has_time)
{
    bool is_acm = certificate->origin == PB_ORIGIN_ACM;
    const struct pb_date *date = pb_certificate_arrival(certificate);
    const struct pb_x509_facts *body = certificate->body;
    bool has_begin = body != NULL && (body->unread & PB_X509_NOT_BEFORE) == 0;
    int columns = has_time ? (int)PB_INSTANT_BYTES : 10;
    struct pb_text text;

    if (pb_date_is_known(date))
        snprintf(text.text, sizeof text.text, "%s %.*s", is_acm ? "imported into ACM" : "uploaded",
                 columns, pb_instant_text(date->instant).text);
    else
        snprintf(text.text, sizeof text.text, "%s%s%.*s",
                 is_acm ? "in ACM" : "upload date not known", has_begin ? ", issued " : "", columns,
                 has_begin ? pb_instant_text(body->not_before).text : "");
    return text;
}

const struct pb_observation *pb_find_source(const struct pb_certificate *certificate)
{
    const struct pb_observation *all = certificate->observations;
    const struct pb_observation *with_body = NULL;
    const struct pb_date *kept = pb_certificate_arrival(certificate);
    bool is_acm = certificate->origin == PB_ORIGIN_ACM;

    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_date *date =
            is_acm ? &pb_observation_particulars(&all[i])->imported_at : &all[i].upload_date;
        if (pb_date_is_known(kept) && pb_date_is_known(date) &&
            pb_instant_compare(kept->instant, date->instant) == 0)
            return &all[i];
        if (with_body == NULL && all[i].body != NULL)
            with_body = &all[i];
    }
    return with_body != NULL ? with_body : all;
}

static bool has_end(const struct pb_x509_facts *body)
{
    return body != NULL && (body->unread & PB_X509_NOT_AFTER) == 0;
}

bool pb_certificate_find_end(const struct pb_certificate *certificate, struct pb_instant *end)
{
    bool has_body_end = has_end(certificate->body);
    if (certificate->presence == PB_PRESENCE_DELETED ||
        (!has_body_end && !pb_date_is_known(&certificate->expiration)))
        return false;
    *end = has_body_end ? certificate->body->not_after : certificate->expiration.instant;
    return true;
}

/* OpenSSL NEWS: 1.0.1 of 14 March 2012 has the heartbeat, and 1.0.1g of 7 April 2014 the fix. */
static const struct pb_instant introduced = {INT64_C(1331683200), 0};
static const struct pb_instant disclosed = {PB_DISCLOSED_SECONDS - 1, 999999999};

static struct pb_instant later(struct pb_instant a, struct pb_instant b)
{
    return pb_instant_compare(a, b) > 0 ? a : b;
}

uint32_t pb_exposure_days(const struct pb_certificate *certificate, struct pb_instant since)
{
    const struct pb_date *expiration = &certificate->expiration;
    struct pb_instant start = later(since, introduced), end = {INT64_MIN, 0};

    /* The later end where the body and the service disagree, because the bound is an upper one. */
    if (has_end(certificate->body))
        end = certificate->body->not_after;
    if (pb_date_is_known(expiration))
        end = later(end, pb_date_latest(expiration));
    if (end.seconds == INT64_MIN || pb_instant_compare(end, disclosed) > 0)
        end = disclosed;
    if (pb_instant_compare(start, end) >= 0)
        return 0;
    int64_t days = end.seconds / DAY_SECONDS - start.seconds / DAY_SECONDS;
    return days > 0 ? (uint32_t)days : 1;
}

struct pb_instant pb_exposure_start(const struct pb_certificate *certificate)
{
    struct pb_instant start = introduced;
    if (certificate->body != NULL)
        start = later(start, certificate->body->not_before);
    if (pb_date_is_known(&certificate->upload_date))
        start = later(start, pb_date_earliest(&certificate->upload_date));
    return start;
}
