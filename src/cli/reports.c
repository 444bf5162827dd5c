/* SPDX-License-Identifier: MIT */
#include "cli/reports.h"

#include <stdio.h>
#include <string.h>

#include "cli/complain.h"
#include "cli/environment.h"
#include "cli/output.h"

/* A screenful; the reports have them all. */
enum { DIAGNOSTICS_SHOWN = 20 };

static bool has_text_on_standard_output(const struct pb_options *options)
{
    for (size_t i = 0; i < options->request_count; i++)
        if (!options->requests[i].file && strcmp(options->requests[i].format, "text") == 0)
            return true;
    return false;
}

void pb_diagnostics_print(struct prebleed_audit *audit, const struct pb_options *options)
{
    struct prebleed_diagnostic diagnostic;
    char rest[80];
    size_t count = 0;

    if (options->is_quiet || has_text_on_standard_output(options))
        return;
    for (size_t i = 0; prebleed_audit_diagnostic(audit, i, &diagnostic); i++) {
        if (!options->is_verbose && strcmp(diagnostic.severity, "note") == 0)
            continue;
        if (count++ < DIAGNOSTICS_SHOWN)
            pb_complain_of(diagnostic.where, diagnostic.message, diagnostic.code);
    }
    if (count <= DIAGNOSTICS_SHOWN)
        return;
    snprintf(rest, sizeof rest, "... and %zu more; see the report", count - DIAGNOSTICS_SHOWN);
    pb_complain(rest);
}

static bool has_color(const struct pb_options *options, const struct pb_request *request)
{
    if (options->color == PB_COLOR_AUTO)
        return !request->file && pb_environment_has_color();
    return options->color == PB_COLOR_ALWAYS;
}

static enum prebleed_status write_report(const struct prebleed_audit *audit,
                                         const struct pb_options *options,
                                         const struct pb_request *request,
                                         struct prebleed_error *error)
{
    struct prebleed_report_options form = {
        .has_color = has_color(options, request),
        .is_verbose = options->is_verbose,
    };
    struct prebleed_error cause = {0};
    struct pb_output output;
    enum prebleed_status status = pb_output_open(request->file, &output, error);

    if (status != PREBLEED_OK)
        return status;
    status = prebleed_audit_write_report(audit, request->format, &form, pb_output_write, &output,
                                         &cause);
    enum prebleed_status closed = pb_output_close(&output, status == PREBLEED_OK, error);
    if (closed != PREBLEED_OK)
        return closed;
    *error = cause;
    return status;
}

enum prebleed_status pb_reports_write(const struct prebleed_audit *audit,
                                      const struct pb_options *options)
{
    enum prebleed_status first = PREBLEED_OK;

    for (size_t i = 0; i < options->request_count; i++) {
        struct prebleed_error error = {0};
        enum prebleed_status status = write_report(audit, options, &options->requests[i], &error);
        if (status == PREBLEED_OK)
            continue;
        pb_complain(error.message);
        if (first == PREBLEED_OK)
            first = status;
    }
    return first;
}
