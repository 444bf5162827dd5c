/* SPDX-License-Identifier: MIT */
/* A whole client of the library: prints the vulnerable certificates of some evidence. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "prebleed.h"

static void print_vulnerable(struct prebleed_audit *audit)
{
    struct prebleed_certificate certificate;
    struct prebleed_account account;

    for (size_t i = 0; prebleed_audit_certificate(audit, i, &certificate); i++) {
        if (certificate.verdict != PREBLEED_VERDICT_VULNERABLE)
            continue;
        printf("%s", certificate.name ? certificate.name : "(no name)");
        if (certificate.has_upload_date)
            printf(" uploaded at %" PRId64, certificate.upload_date.seconds);
        if (prebleed_audit_account(audit, certificate.account, &account) && account.id)
            printf(" in account %s", account.id);
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    struct prebleed_parameters parameters;
    struct prebleed_error error = {0};
    struct prebleed_summary summary = {.exit_status = 2};
    struct prebleed_audit *audit = NULL;

    prebleed_parameters_init(&parameters);
    parameters.as_of.seconds = (int64_t)time(NULL);
    enum prebleed_status status = prebleed_audit_new(&parameters, &audit, &error);
    for (int i = 1; status == PREBLEED_OK && i < argc; i++)
        status = prebleed_audit_add(audit, PREBLEED_PATH, argv[i], NULL, 0, &error);
    if (status == PREBLEED_OK)
        status = prebleed_audit_run(audit, &error);
    if (status == PREBLEED_OK) {
        print_vulnerable(audit);
        prebleed_audit_summary(audit, &summary);
    } else {
        fprintf(stderr, "example: %s\n", error.message);
    }
    prebleed_audit_free(audit);
    return summary.exit_status;
}
