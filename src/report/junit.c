/* SPDX-License-Identifier: MIT */
/* The junit report: a suite an account, with a case for each certificate and rule; then, if it has
 * cases, one of the evidence that could not be read. A finding that makes exit status 1 is a
 * failure, one that makes 3 an error; waived findings and rules that lack what they need are
 * skipped. No two cases have the same name and class, by which servers tell them apart. */
#include "report/report.h"

enum outcome { PASSED, SKIPPED, ERROR, FAILURE, OUTCOME_COUNT };

/* The writer's context. A suite's counts precede its cases, so the cases are gone through twice,
 * first to count them. */
struct junit {
    bool is_counting;
    size_t cases, counts[OUTCOME_COUNT];
    const struct pb_account *account; /* whose suite it is; NULL: that of the evidence */
    struct pb_buffer class;           /* behind "prebleed.": what the suite is about */
    size_t number; /* of the certificate among the account's of its name; 0 of the only one */
};

/* Counts a case and returns false; or returns true, with an empty value to fill for write_case. */
static bool begin_case(struct pb_report *report, enum outcome outcome)
{
    struct junit *junit = report->context;
    pb_begin_value(report);
    junit->cases += junit->is_counting;
    junit->counts[outcome] += junit->is_counting;
    return !junit->is_counting;
}

/* The value's first line is the case's name, the others are its text. Unless the case passed, the
 * first of these is also its message, which servers list. */
static void write_case(struct pb_report *report, enum outcome outcome)
{
    static const char *const elements[] = {
        [PASSED] = "system-out", [SKIPPED] = "skipped", [ERROR] = "error", [FAILURE] = "failure"};
    const struct junit *junit = report->context;
    struct pb_slice text = pb_take_value(report), line;
    bool is_first = true;

    if (!pb_next_line(&text, &line))
        return; /* memory was missing, and the report has failed */
    pb_put(report, "    <testcase name=\"");
    pb_escape_append(&report->out, line, PB_ESCAPE_MARKUP);
    pb_put(report, "\" classname=\"prebleed.");
    pb_escape_append(&report->out, pb_buffer_slice(&junit->class), PB_ESCAPE_MARKUP);
    pb_put(report, text.size_bytes > 0 ? "\">\n      <" : "\"/>\n");
    if (text.size_bytes == 0)
        return;
    pb_put(report, elements[outcome]);
    for (; pb_next_line(&text, &line); is_first = false) {
        if (is_first && outcome != PASSED) {
            pb_put(report, " message=\"");
            pb_escape_append(&report->out, line, PB_ESCAPE_MARKUP);
            pb_put(report, "\"");
        }
        pb_put(report, is_first ? ">" : "\n");
        pb_escape_append(&report->out, line, PB_ESCAPE_MARKUP);
    }
    pb_buffer_append_format(&report->out, "</%s>\n    </testcase>\n", elements[outcome]);
    pb_report_flush(report);
}

/* The id follows a name that repeats, or, where that does too, the number. */
static void append_name(struct pb_report *report, const struct pb_certificate *certificate)
{
    size_t number = ((const struct junit *)report->context)->number;
    bool has_id = certificate->id.size_bytes > 0 &&
                  (number <= 1 || !pb_slice_equals(certificate->id, certificate[-1].id));

    pb_words_name(&report->value, certificate);
    if (number > 0 && has_id) {
        pb_buffer_append_byte(&report->value, ' ');
        pb_words_text(&report->value, certificate->id);
    } else if (number > 1) {
        pb_buffer_append_format(&report->value, " (%zu)", number);
    }
    pb_buffer_append_string(&report->value, ": ");
}

static void append_finding(struct pb_report *report, const struct pb_finding *finding)
{
    struct pb_buffer *value = &report->value;
    struct pb_place place = pb_finding_place(report, finding);

    pb_words_message(value, report->result, finding);
    pb_buffer_append_byte(value, '\n');
    if (finding->waiver != NULL)
        pb_words_waiver(value, finding->waiver);
    pb_buffer_append_string(value, finding->waiver != NULL ? "\n" : "");
    pb_place_append(value, report->inventory, place);
    pb_buffer_append_string(value, place.entry != PB_NO_ENTRY ? "\n" : "");
}

/* Writes the rule's case: its findings among those of one certificate; certificate NULL: of an
 * account, or of neither. Without findings a certificate's case passed, or is skipped if the rule
 * lacks what it needs; there is no case then of an account or of rules about accounts and files. */
static void write_rule(struct pb_report *report, const struct pb_rule *rule,
                       const struct pb_certificate *certificate, const struct pb_finding *first)
{
    static const enum outcome outcomes[] = {[0] = PASSED, [1] = FAILURE, [3] = ERROR};
    const char *lack = certificate == NULL ? NULL : pb_rule_find_missing(rule, certificate);
    enum outcome outcome = lack != NULL ? SKIPPED : PASSED;
    size_t own = 0; /* of this rule */
    const struct pb_finding *it;

    for (it = first; it != NULL; it = pb_next_finding(report, it)) {
        enum outcome now = outcomes[pb_finding_exit_status(it, report->result->parameters)];
        if (it->rule != rule)
            continue;
        now = it->waiver != NULL ? SKIPPED : now;
        outcome = own++ == 0 || now > outcome ? now : outcome;
    }
    if (own == 0 && (certificate == NULL || rule == &pb_rules[PB_RULE_COVERAGE_GAP] ||
                     rule == &pb_rules[PB_RULE_PRIVATE_KEY_IN_EVIDENCE]))
        return;
    if (!begin_case(report, outcome))
        return;
    if (certificate != NULL)
        append_name(report, certificate);
    pb_buffer_append_format(&report->value, "%s\n%s", rule->name,
                            own == 0 && lack != NULL ? lack : "");
    for (it = first; it != NULL; it = pb_next_finding(report, it))
        if (it->rule == rule)
            append_finding(report, it);
    write_case(report, outcome);
}

static void write_rules(struct pb_report *report, const struct pb_certificate *certificate,
                        const struct pb_finding *first)
{
    for (size_t i = 0; i < PB_RULE_COUNT; i++)
        if (pb_rule_is_chosen(&pb_rules[i], report->result->parameters))
            write_rule(report, &pb_rules[i], certificate, first);
}

/* Writes all cases of the account; index accounts.count: findings of no account, items that could
 * not be read, and the cause of exit status 3. */
static void write_suite_cases(struct pb_report *report, uint32_t index)
{
    const struct pb_inventory *inventory = report->inventory;
    struct junit *junit = report->context;

    junit->account =
        index < inventory->accounts.count ? pb_inventory_account(inventory, index) : NULL;
    pb_buffer_clear(&junit->class);
    if (junit->account == NULL)
        pb_buffer_append_string(&junit->class, "evidence");
    else
        pb_words_account(&junit->class, "", junit->account);
    if (junit->account != NULL && !pb_slice_is_absent(junit->account->id) &&
        pb_slice_is_absent(junit->account->partition)) /* not the one of the same id */
        pb_buffer_append_string(&junit->class, " in unknown");
    write_rules(
        report, NULL,
        pb_first_finding(report, PB_NO_INDEX, junit->account != NULL ? index : PB_NO_INDEX));
    if (junit->account != NULL) {
        uint32_t first = junit->account->first_certificate;
        uint32_t count = junit->account->all_certificate_count;
        for (uint32_t i = 0; i < count && !report->has_failed; i++) {
            const struct pb_certificate *one = pb_inventory_certificate(inventory, first + i);
            bool is_first = i == 0 || !pb_slice_equals(one->name, one[-1].name);
            bool is_last = i + 1 == count || !pb_slice_equals(one->name, one[1].name);
            junit->number = is_first ? !is_last : junit->number + 1;
            write_rules(report, one, pb_first_finding(report, first + i, index));
        }
        return;
    }
    if (report->result->summary->exit_status == 3 && begin_case(report, ERROR)) {
        pb_buffer_append_string(&report->value, "conclusion\n");
        pb_words_conclusion(&report->value, report->result, "in this report");
        write_case(report, ERROR);
    }
    for (uint32_t i = 0; i < inventory->evidence.entries.count; i++) {
        const struct pb_entry *entry = pb_batch_entry(&inventory->evidence, i);
        struct pb_slice reason = pb_find_reason(report, i);
        bool is_known = report->result->parameters->is_new_only &&
                        pb_baseline_has_item(report->result->parameters->baseline, entry);
        enum outcome outcome = is_known ? SKIPPED : ERROR;
        if (!pb_entry_is_unread(entry) || !begin_case(report, outcome))
            continue;
        pb_place_append(&report->value, inventory, (struct pb_place){.entry = i});
        pb_buffer_append_format(&report->value, "\n%s", pb_entry_status_names[entry->status]);
        pb_buffer_append_string(&report->value, pb_slice_is_absent(reason) ? "" : ": ");
        pb_words_text(&report->value, reason);
        write_case(report, outcome);
    }
}

/* Appends the counts as attributes, and sets them to 0. */
static void append_counts(struct pb_report *report)
{
    struct junit *junit = report->context;
    pb_buffer_append_format(
        &report->out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
        junit->cases, junit->counts[FAILURE], junit->counts[ERROR], junit->counts[SKIPPED]);
    *junit = (struct junit){.is_counting = true, .class = junit->class};
}

void pb_report_write_junit(struct pb_report *report)
{
    uint32_t accounts = (uint32_t)report->inventory->accounts.count;
    struct junit junit = {.is_counting = true};

    report->context = &junit;
    for (uint32_t i = 0; i <= accounts; i++)
        write_suite_cases(report, i);
    pb_put(report, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"prebleed");
    append_counts(report);
    for (uint32_t i = 0; i <= accounts && !report->has_failed; i++) {
        write_suite_cases(report, i);
        if (junit.account == NULL && junit.cases == 0)
            break;
        struct pb_slice class = pb_buffer_slice(&junit.class);
        bool is_stand_in = pb_slice_starts_with(class, PB_SLICE("account-"));
        pb_put(report, "  <testsuite name=\"");
        pb_put(report, junit.account != NULL && !is_stand_in ? "account " : "");
        pb_escape_append(&report->out, class, PB_ESCAPE_MARKUP);
        append_counts(report);
        junit.is_counting = false;
        write_suite_cases(report, i);
        pb_put(report, "  </testsuite>\n");
        junit.is_counting = true;
    }
    pb_put(report, "</testsuites>\n");
    if (junit.class.has_failed)
        pb_report_fail(report);
    pb_buffer_release(&junit.class);
}
