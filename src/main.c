/* SPDX-License-Identifier: MIT */
/* The program: a command line becomes parameters, an audit, reports and an exit status. */
#include <stdio.h>

#include "cli/accepted.h"
#include "cli/arguments.h"
#include "cli/attachments.h"
#include "cli/complain.h"
#include "cli/environment.h"
#include "cli/information.h"
#include "cli/reports.h"
#include "cli/revocation_lists.h"
#include "cli/targets.h"
#include "prebleed.h"

enum { COULD_NOT_DO_ITS_WORK = 2 };

static enum prebleed_status read_evidence(const struct pb_options *options,
                                          struct prebleed_audit *audit,
                                          struct prebleed_error *error)
{
    enum prebleed_status status = pb_revocation_lists_add(options, audit, error);

    if (status == PREBLEED_OK)
        status = pb_accepted_set(options, audit, error);
    for (size_t i = 0; status == PREBLEED_OK && i < options->path_count; i++)
        status = prebleed_audit_add_path(audit, options->paths[i], error);
    return status == PREBLEED_OK ? prebleed_audit_run(audit, error) : status;
}

/* *error stays empty where what failed was said already. */
static enum prebleed_status judge(const struct pb_options *options, int *exit_status,
                                  struct prebleed_error *error)
{
    struct prebleed_audit *audit = NULL;
    struct prebleed_summary summary;
    enum prebleed_status status = pb_targets_check(options, error);

    if (status == PREBLEED_OK)
        status = prebleed_audit_new(&options->parameters, &audit, error);
    if (status == PREBLEED_OK)
        status = pb_attachments_hand_over(options, audit, error);
    if (status == PREBLEED_OK)
        status = read_evidence(options, audit, error);
    if (status == PREBLEED_OK) {
        prebleed_audit_summary(audit, &summary);
        *exit_status = summary.exit_status;
        pb_diagnostics_print(audit, options);
        status = pb_reports_write(audit, options);
    }
    prebleed_audit_free(audit);
    return status;
}

int main(int argc, char **argv)
{
    struct prebleed_error error = {0};
    struct pb_options options;
    int exit_status = 0;

    pb_environment_prepare();
    enum prebleed_status status = pb_arguments_parse(argc, argv, &options, &error);
    if (status == PREBLEED_OK && options.information != PB_INFORMATION_NONE)
        status = pb_information_print(&options, &error);
    else if (status == PREBLEED_OK)
        status = judge(&options, &exit_status, &error);
    pb_options_release(&options);

    if (status != PREBLEED_OK && error.message[0] != '\0')
        pb_complain(error.message);
    if (status == PREBLEED_FAILED_USAGE)
        fputs("Try 'prebleed --help'.\n", stderr);
    return status == PREBLEED_OK ? exit_status : COULD_NOT_DO_ITS_WORK;
}
