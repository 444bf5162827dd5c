/* SPDX-License-Identifier: MIT */
/* The table of formats: a new one is a writer in a file of its own, and a row here. */
#include "report/report.h"

#include "inventory/sentences.inc"

const struct pb_report_format pb_report_formats[] = {
    {"text", "text/plain; charset=utf-8", PB_SAY_FORMAT_TEXT, pb_report_write_text, true},
    {"json", "application/json", PB_SAY_FORMAT_JSON, pb_report_write_json, false},
    {"ndjson", "application/x-ndjson", PB_SAY_FORMAT_NDJSON, pb_report_write_ndjson, false},
    {"csv", "text/csv; charset=utf-8; header=present", PB_SAY_FORMAT_CSV, pb_report_write_csv,
     false},
    {"junit", "application/xml", PB_SAY_FORMAT_JUNIT, pb_report_write_junit, false},
    {"sarif", "application/sarif+json", PB_SAY_FORMAT_SARIF, pb_report_write_sarif, false},
    {"markdown", "text/markdown; charset=utf-8", PB_SAY_FORMAT_MARKDOWN, pb_report_write_markdown,
     false},
    {"html", "text/html; charset=utf-8", PB_SAY_FORMAT_HTML, pb_report_write_html, true},
    /* Not listed: these have options of their own, --redact-map and --write-waivers. */
    {"redaction-map", "text/csv; charset=utf-8; header=present", PB_SAY_FORMAT_MAP,
     pb_report_write_map, false},
    {"waivers", "application/json", PB_SAY_FORMAT_WAIVERS, pb_report_write_waivers, false},
};

const struct pb_report_format *pb_report_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof pb_report_formats / sizeof pb_report_formats[0]; i++)
        if (strcmp(pb_report_formats[i].name, name) == 0)
            return &pb_report_formats[i];
    return NULL;
}
