/* SPDX-License-Identifier: MIT */
/* The table of formats: a new one is a renderer in a file of its own, and a row here. */
#include "report/model.h"

#include <string.h>

enum { COMPANIONS = 2 };

static const struct pb_report_format formats[] = {
    {
        .name = "text",
        .media_type = "text/plain; charset=utf-8",
        .title = "for people: what to act on, by account",
        .write = pb_report_write_text,
    },
    {
        .name = "json",
        .media_type = "application/json",
        .title = "everything, in the stable form prebleed-report/1",
        .write = pb_report_write_json,
    },
    {
        .name = "ndjson",
        .media_type = "application/x-ndjson",
        .title = "the records of json, one a line with its type, for databases",
        .write = pb_report_write_ndjson,
    },
    {
        .name = "csv",
        .media_type = "text/csv; charset=utf-8; header=present",
        .title = "a row a certificate, for spreadsheets",
        .write = pb_report_write_csv,
    },
    {
        .name = "junit",
        .media_type = "application/xml",
        .title = "a suite an account, a case a certificate and rule, for CI servers",
        .write = pb_report_write_junit,
    },
    {
        .name = "sarif",
        .media_type = "application/sarif+json",
        .title = "SARIF 2.1.0, for code scanning",
        .write = pb_report_write_sarif,
    },
    {
        .name = "markdown",
        .media_type = "text/markdown; charset=utf-8",
        .title = "for a pull request or a job summary, under 60 KB",
        .write = pb_report_write_markdown,
    },
    {
        .name = "html",
        .media_type = "text/html; charset=utf-8",
        .title = "for people: everything on one page, to be handed on",
        .write = pb_report_write_html,
    },
    /* From here on, what options of their own ask for. */
    {
        .name = "redaction-map",
        .media_type = "text/csv; charset=utf-8; header=present",
        .title = "the stand-ins of --redact and their originals, to be kept",
        .write = pb_report_write_map,
    },
    {
        .name = "waivers",
        .media_type = "application/json",
        .title = "a template of --waivers for what fails now",
        .write = pb_report_write_waivers,
    },
};

const struct pb_report_format *pb_report_formats(size_t *count)
{
    *count = sizeof formats / sizeof formats[0] - COMPANIONS;
    return formats;
}

const struct pb_report_format *pb_report_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}
