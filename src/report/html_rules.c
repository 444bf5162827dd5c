/* SPDX-License-Identifier: MIT */
/* The html report's appendix: what each applied rule means, how to fix it, and its sources. */
#include "report/html_report.h"

static void write_rule(struct html_report *report, const struct pb_rule *rule)
{
    html_write(report, "<details>\n<summary><strong>");
    html_write_words(report, rule->name);
    html_write(report, "</strong>, ");
    html_write(report, pb_level_name(rule->level));
    html_write(report, ": ");
    html_write_words(report, rule->title);
    html_write(report, "</summary>\n<pre>");
    html_write_lines(report, pb_slice_from_string(rule->explanation));
    html_write(report, "</pre>\n</details>\n");
    html_end_record(report);
}

void html_write_rules(struct html_report *report)
{
    size_t count;
    const struct pb_rule *const *rules = pb_rules(&count);

    html_write(report, "<section id=\"rules\">\n<h2>Rules</h2>\n"
                       "<p class=\"quiet\">What was applied: what each rule means, how to fix what "
                       "it finds, and where it comes from.</p>\n");
    if (report->result->parameters->rules == 0)
        html_write(report, "<p>None.</p>\n");
    for (size_t i = 0; i < count; i++)
        if (report->result->parameters->rules >> i & 1)
            write_rule(report, rules[i]);
    html_write(report, "</section>\n");
}
