/* SPDX-License-Identifier: MIT */
/* The plan that ends the text report of -v: how to replace what is vulnerable, in the order of its
 * use. Its commands are printed as they are to be copied. */
#include "report/text_report.h"

#include <string.h>

#include "report/remedy.h"
#include "rules/sentence.h"

static void write_heading(struct text_report *report)
{
    text_write_blank_line(report);
    text_begin(report);
    text_append_words(report, "how to replace what is vulnerable, in the order of its use");
    text_end_line(report, 0, TEXT_STRONG);
    pb_buffer_append_repeated(&report->sink->buffer, ' ', TEXT_INDENT);
    text_begin(report);
    text_append_words(report, pb_remedy_advice);
    text_end_after(report, TEXT_INDENT, TEXT_INDENT);
}

static bool is_waived(const struct text_report *report, uint32_t certificate)
{
    size_t count;
    const struct pb_finding *const *findings =
        text_findings(report, certificate, PB_NO_INDEX, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(findings[i]->rule->name, "IAM-033") == 0)
            return findings[i]->waiver != NULL;
    return false;
}

static void write_step(struct text_report *report, uint32_t index, size_t number, size_t of)
{
    const struct pb_inventory *inventory = report->result->inventory;
    const struct pb_certificate *certificate = pb_inventory_certificate(inventory, index);
    struct pb_slice account = pb_inventory_account(inventory, certificate->account)->id;

    text_write_blank_line(report);
    pb_buffer_append_repeated(&report->sink->buffer, ' ', TEXT_INDENT);
    pb_buffer_append_format(text_begin(report), "%zu of %zu: ", number, of);
    text_append(report, pb_certificate_name(certificate));
    text_append_words(report, " of account ");
    text_append(report, pb_slice_is_absent(account) ? PB_SLICE("unknown") : account);
    if (pb_certificate_extras(certificate)->in_use_by_count > 0) {
        text_append_words(report, ", in use by ");
        text_append_count(report, pb_certificate_extras(certificate)->in_use_by_count,
                          "deployment");
    }
    if (is_waived(report, index))
        text_append_words(report, ", waived");
    text_end_after(report, TEXT_INDENT, TEXT_INDENT);
    pb_remedy_append(text_begin(report), inventory, certificate);
    text_end_verbatim(report, 2 * TEXT_INDENT);
}

void text_write_plan(struct text_report *report)
{
    const struct pb_inventory *inventory = report->result->inventory;
    size_t count = report->result->summary->vulnerable, number = 0;

    if (count == 0 || !report->options.is_verbose)
        return;
    write_heading(report);
    for (int is_in_use = 1; is_in_use >= 0; is_in_use--) {
        for (uint32_t i = 0; i < inventory->certificates.count && !report->sink->has_failed; i++) {
            const struct pb_certificate *one = pb_inventory_certificate(inventory, i);
            if (one->verdict == PB_VERDICT_VULNERABLE &&
                (pb_certificate_extras(one)->in_use_by_count > 0) == (is_in_use > 0))
                write_step(report, i, ++number, count);
        }
    }
}
