/* SPDX-License-Identifier: MIT */
/* The table of formats: a new one is a writer in a file of its own, and a row here. */
#include "report/report.h"

#include <string.h>

const struct pb_report_format pb_report_formats[] = {
    {"text", "text/plain; charset=utf-8", "for people: what to act on, by account",
     pb_report_write_text, true},
    {"json", "application/json", "everything, in the stable form prebleed-report/1",
     pb_report_write_json, false},
    {"ndjson", "application/x-ndjson",
     "the records of json, one a line with its type, for databases", pb_report_write_ndjson, false},
    {"csv", "text/csv; charset=utf-8; header=present", "a row a certificate, for spreadsheets",
     pb_report_write_csv, false},
    {"junit", "application/xml",
     "a suite an account, a case a certificate and rule, for CI servers", pb_report_write_junit,
     false},
    {"sarif", "application/sarif+json", "SARIF 2.1.0, for code scanning", pb_report_write_sarif,
     false},
    {"markdown", "text/markdown; charset=utf-8", "for a pull request or a job summary, under 60 KB",
     pb_report_write_markdown, false},
    {"html", "text/html; charset=utf-8", "for people: everything on one page, to be handed on",
     pb_report_write_html, true},
    /* Not listed: these have options of their own, --redact-map and --write-waivers. */
    {"redaction-map", "text/csv; charset=utf-8; header=present",
     "the stand-ins of --redact and their originals, to be kept private", pb_report_write_map,
     false},
    {"waivers", "application/json", "a template of --waivers for what fails now",
     pb_report_write_waivers, false},
};

const struct pb_report_format *pb_report_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof pb_report_formats / sizeof pb_report_formats[0]; i++)
        if (strcmp(pb_report_formats[i].name, name) == 0)
            return &pb_report_formats[i];
    return NULL;
}
