/* SPDX-License-Identifier: MIT */
/* The program: a command line becomes parameters, an audit, reports and an exit status. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/sentences.inc"

/* libarchive calls exit(1) when an allocation fails; of main's own end the status is right. */
static bool is_main_done;

static void correct_exit_status(void)
{
    if (!is_main_done)
        _exit(PB_COULD_NOT_DO_ITS_WORK);
}

/* *error stays empty where the failure was printed already. */
static enum prebleed_status judge(struct pb_options *options, int *exit_status,
                                  struct prebleed_error *error)
{
    struct prebleed_audit *audit = NULL;
    struct prebleed_summary summary;
    struct pb_display display;
    char sandbox[PB_SANDBOX_BYTES] = "off";
    bool is_told = options->report.is_verbose;
    enum prebleed_status status = pb_outputs_check(options, error);

    pb_display_begin(&display, options);
    if (status == PREBLEED_OK)
        status = prebleed_audit_new(&options->parameters, &audit, error);
    if (status == PREBLEED_OK) {
        if (!options->has_no_sandbox)
            is_told |= !pb_sandbox_enter(options, sandbox);
        options->report.sandbox = sandbox;
        if (is_told && !options->is_quiet)
            pb_message_print("sandbox", sandbox, NULL);
        status = pb_inputs_add(options, audit, error);
    }
    for (size_t i = 0; status == PREBLEED_OK && i < options->path_count; i++) {
        status = prebleed_audit_add(audit, PREBLEED_PATH, options->paths[i], NULL, 0, error);
        if (status != PREBLEED_OK && options->parameters.is_redacted)
            pb_refuse(error, status, PB_SAY_PATH_UNREAD, i + 1, options->path_count);
    }
    if (status == PREBLEED_OK)
        status = prebleed_audit_run(audit, error);
    pb_display_end(&display);
    if (pb_memory_has_failed()) /* whatever a library said without it */
        status = pb_refuse(error, PREBLEED_FAILED_MEMORY, "out of memory");
    if (status == PREBLEED_OK) {
        prebleed_audit_summary(audit, &summary);
        *exit_status = summary.exit_status;
        status = pb_outputs_write(options, audit);
    }
    prebleed_audit_free(audit);
    options->report.sandbox = NULL;
    return status;
}

int main(int argc, char **argv)
{
    struct prebleed_error error = {0};
    struct pb_options options;
    int exit_status = 0;

    pb_outputs_prepare();
    (void)atexit(correct_exit_status);
    enum prebleed_status status = pb_arguments_parse(argc, argv, &options, &error);
    if (status == PREBLEED_OK && options.information) {
        status = pb_information_print(&options, &error);
    } else if (status == PREBLEED_OK) {
        pb_process_limit(&options);
        status = judge(&options, &exit_status, &error);
    }
    pb_options_release(&options);

    if (status != PREBLEED_OK && error.message[0] != '\0')
        pb_message_print(NULL, error.message, NULL);
    if (status == PREBLEED_FAILED_USAGE)
        fputs("Try 'prebleed --help'.\n", stderr);
    is_main_done = true;
    return status == PREBLEED_OK ? exit_status : PB_COULD_NOT_DO_ITS_WORK;
}
