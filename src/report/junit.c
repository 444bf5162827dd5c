/* SPDX-License-Identifier: MIT */
/* The junit report: a suite an account, in it a case a certificate and rule; then a suite of the
 * evidence that could not be read. A finding at or above --fail-on is a failure, what makes exit
 * status 3 an error; a waived finding is skipped, and so is a rule that lacks what it needs. */
#include "report/model.h"

#include "base/utf8.h"

enum outcome { PASSED, SKIPPED, ERROR, FAILURE, OUTCOME_COUNT };

/* The renderer's context. Suites name their figures before their cases, so each is walked twice,
 * first to count. */
struct junit {
    bool is_counting;
    size_t counts[OUTCOME_COUNT];
};

static void append(struct pb_report *report, const char *markup)
{
    pb_buffer_append_string(&report->sink->buffer, markup);
}

/* The report's value as text or as an attribute's value. */
static void append_value(struct pb_report *report)
{
    pb_escape_append(&report->sink->buffer, pb_report_take_value(report), PB_ESCAPE_MARKUP);
}

static enum outcome outcome_of(const struct pb_finding *finding,
                               const struct pb_parameters *parameters)
{
    int status = pb_finding_exit_status(finding, parameters);

    if (finding->waiver != NULL)
        return SKIPPED;
    return status == 1 ? FAILURE : status == 3 ? ERROR : PASSED;
}

static const char *const elements[] = {
    [PASSED] = "system-out", [SKIPPED] = "skipped", [ERROR] = "error", [FAILURE] = "failure"};

/* Counts a case, or begins it; name is the report's value. */
static bool begin_case(struct pb_report *report, const struct pb_account *account,
                       enum outcome outcome)
{
    struct junit *junit = report->context;

    if (junit->is_counting) {
        junit->counts[outcome]++;
        return false;
    }
    append(report, "    <testcase name=\"");
    append_value(report);
    append(report, "\" classname=\"prebleed.");
    pb_report_begin_value(report);
    if (account == NULL)
        pb_buffer_append_string(&report->value, "evidence");
    else if (pb_slice_is_absent(account->id))
        pb_buffer_append_string(&report->value, "unknown");
    else
        pb_words_text(&report->value, account->id);
    append_value(report);
    append(report, "\"");
    return true;
}

/* Ends a case. Elements with an outcome have their text as message, too, which servers list. */
static void end_case(struct pb_report *report, enum outcome outcome)
{
    struct pb_slice text = pb_report_take_value(report), line = pb_slice_first(text, 0);
    struct pb_slice rest = text;

    if (text.size_bytes == 0) {
        append(report, "/>\n");
        return;
    }
    pb_buffer_append_format(&report->sink->buffer, ">\n      <%s", elements[outcome]);
    pb_take_line(&rest, &line);
    if (outcome != PASSED) {
        append(report, " message=\"");
        pb_escape_append(&report->sink->buffer, line, PB_ESCAPE_MARKUP);
        append(report, "\"");
    }
    append(report, ">");
    for (rest = text; pb_take_line(&rest, &line);) {
        pb_escape_append(&report->sink->buffer, line, PB_ESCAPE_MARKUP);
        append(report, rest.size_bytes > 0 ? "\n" : "");
    }
    pb_buffer_append_format(&report->sink->buffer, "</%s>\n    </testcase>\n", elements[outcome]);
    pb_sink_pass_on(report->sink);
}

/* "MESSAGE", "waived by ...", where it stands: a line each. */
static void append_finding(struct pb_report *report, const struct pb_finding *finding)
{
    struct pb_buffer *value = &report->value;
    struct pb_place place = pb_finding_place(report, finding);
    char room[PB_SENTENCE_BYTES];

    pb_words_text(value,
                  pb_finding_message(finding, report->inventory, report->result->parameters, room));
    pb_buffer_append_byte(value, '\n');
    if (finding->waiver != NULL) {
        pb_words_waiver(value, finding->waiver);
        pb_buffer_append_byte(value, '\n');
    }
    if (place.entry != PB_NO_ENTRY) {
        pb_place_append(value, report->inventory, place);
        pb_buffer_append_byte(value, '\n');
    }
}

static void append_case_name(struct pb_report *report, const struct pb_rule *rule,
                             const struct pb_certificate *certificate)
{
    struct pb_buffer *value = pb_report_begin_value(report);

    if (certificate != NULL) {
        pb_words_name(value, certificate);
        pb_buffer_append_string(value, ": ");
    }
    pb_buffer_append_string(value, rule->name);
}

/* One case: the rule's findings among those of one certificate, account or neither. Without any, a
 * certificate's case passed, or lacks what the rule needs; the others have none, and neither have
 * the rules about accounts and files. */
static void write_case(struct pb_report *report, const struct pb_rule *rule,
                       const struct pb_account *account, const struct pb_certificate *certificate,
                       const struct pb_finding *const *findings, size_t count)
{
    const char *lack = certificate == NULL ? NULL : pb_rule_find_lack(rule, certificate);
    enum outcome outcome = PASSED;
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        if (findings[i]->rule == rule) {
            enum outcome now = outcome_of(findings[i], report->result->parameters);
            outcome = found++ == 0 || now > outcome ? now : outcome;
        }
    if (found == 0 && (certificate == NULL || rule == &pb_rule_coverage_gap ||
                       rule == &pb_rule_private_key_in_evidence))
        return;
    if (found == 0 && lack != NULL)
        outcome = SKIPPED;
    append_case_name(report, rule, certificate);
    if (!begin_case(report, account, outcome))
        return;
    pb_report_begin_value(report);
    for (size_t i = 0; i < count; i++)
        if (findings[i]->rule == rule)
            append_finding(report, findings[i]);
    if (found == 0 && lack != NULL)
        pb_buffer_append_string(&report->value, lack);
    end_case(report, outcome);
}

/* Every chosen rule's case. */
static void write_cases(struct pb_report *report, const struct pb_account *account,
                        uint32_t account_index, uint32_t certificate_index)
{
    size_t count;
    const struct pb_finding *const *findings =
        pb_report_findings(report, certificate_index, account_index, &count);
    const struct pb_certificate *certificate =
        certificate_index == PB_NO_INDEX
            ? NULL
            : pb_inventory_certificate(report->inventory, certificate_index);

    for (size_t i = 0; i < PB_RULE_COUNT; i++)
        if (pb_rule_is_chosen(pb_rules[i], report->result->parameters))
            write_case(report, pb_rules[i], account, certificate, findings, count);
}

/* What could not be read, and findings that belong to no account. */
static void write_evidence_cases(struct pb_report *report)
{
    const struct pb_vector *entries = &report->inventory->evidence.entries;

    write_cases(report, NULL, PB_NO_INDEX, PB_NO_INDEX);
    for (uint32_t i = 0; i < entries->count; i++) {
        const struct pb_entry *entry = pb_inventory_entry(report->inventory, i);
        if (entry->status != PB_ENTRY_UNREADABLE && entry->status != PB_ENTRY_SKIPPED)
            continue;
        pb_place_append(pb_report_begin_value(report), report->inventory,
                        (struct pb_place){.entry = i});
        if (!begin_case(report, NULL, ERROR))
            continue;
        pb_buffer_append_string(pb_report_begin_value(report), pb_entry_status_name(entry->status));
        if (!pb_slice_is_absent(entry->detail)) {
            pb_buffer_append_string(&report->value, ": ");
            pb_words_text(&report->value, entry->detail);
        }
        end_case(report, ERROR);
    }
}

/* All cases of the account; of no account for PB_NO_INDEX. */
static void write_suite_cases(struct pb_report *report, uint32_t index)
{
    if (index == PB_NO_INDEX) {
        write_evidence_cases(report);
        return;
    }
    const struct pb_account *account = pb_inventory_account(report->inventory, index);
    write_cases(report, account, index, PB_NO_INDEX);
    for (uint32_t i = 0; i < account->all_certificate_count && !report->sink->has_failed; i++)
        write_cases(report, account, index, account->first_certificate + i);
}

/* The attributes that tell how many cases of which outcome there are. */
static void append_counts(struct pb_report *report, const struct junit *junit)
{
    const size_t *counts = junit->counts;

    pb_buffer_append_format(&report->sink->buffer,
                            " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
                            counts[PASSED] + counts[SKIPPED] + counts[ERROR] + counts[FAILURE],
                            counts[FAILURE], counts[ERROR], counts[SKIPPED]);
}

static void write_suite(struct pb_report *report, uint32_t index)
{
    struct junit *junit = report->context;

    *junit = (struct junit){.is_counting = true};
    write_suite_cases(report, index);
    junit->is_counting = false;
    append(report, "  <testsuite name=\"");
    pb_report_begin_value(report);
    if (index == PB_NO_INDEX)
        pb_buffer_append_string(&report->value, "evidence");
    else
        pb_words_account(&report->value, pb_inventory_account(report->inventory, index));
    append_value(report);
    append(report, "\"");
    append_counts(report, junit);
    write_suite_cases(report, index);
    append(report, "  </testsuite>\n");
}

void pb_report_write_junit(struct pb_report *report)
{
    struct junit all = {.is_counting = true};
    uint32_t accounts = (uint32_t)report->inventory->accounts.count;

    report->context = &all;
    for (uint32_t i = 0; i < accounts; i++)
        write_suite_cases(report, i);
    write_suite_cases(report, PB_NO_INDEX);
    append(report, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"prebleed\"");
    append_counts(report, &all);
    for (uint32_t i = 0; i < accounts && !report->sink->has_failed; i++)
        write_suite(report, i);
    write_suite(report, PB_NO_INDEX);
    append(report, "</testsuites>\n");
}
