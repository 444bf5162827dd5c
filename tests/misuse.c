/* SPDX-License-Identifier: MIT */
/* A client that calls the library in the wrong order and out of range: each time an error. */
#include <stdio.h>

#include "prebleed.h"

static int failures;

static void check(const char *what, bool is_right)
{
    if (!is_right)
        printf("FAIL %s\n", what);
    failures += !is_right;
}

static bool is_refused(const struct prebleed_parameters *parameters)
{
    struct prebleed_audit *audit = NULL;
    struct prebleed_error error = {0};
    enum prebleed_status status = prebleed_audit_new(parameters, &audit, &error);
    bool is_right = status == PREBLEED_FAILED_USAGE && audit == NULL && error.message[0] != '\0';

    prebleed_audit_free(audit);
    return is_right;
}

static void check_parameters(void)
{
    struct prebleed_parameters good, bad;

    prebleed_parameters_init(&good);
    bad = good;
    bad.as_of.seconds = INT64_MAX;
    check("an as_of beyond the year 9999", is_refused(&bad));
    bad = good;
    bad.cutoff.seconds = INT64_MIN;
    check("a cutoff before the year 1", is_refused(&bad));
    bad = good;
    bad.as_of.nanoseconds = 1000000000;
    check("nanoseconds of a whole second", is_refused(&bad));
    bad = good;
    bad.fail_on = (enum prebleed_severity)4;
    check("a fail_on that is no severity", is_refused(&bad));
    bad = good;
    bad.jobs = PREBLEED_MOST_JOBS + 1;
    check("more jobs than there may be", is_refused(&bad));
}

static int64_t read_nothing(void *context, void *buffer, size_t size_bytes)
{
    (void)context, (void)buffer, (void)size_bytes;
    return 0;
}

static void check_order(void)
{
    static const char list[] = "{\"ServerCertificateMetadataList\": []}";
    struct prebleed_parameters parameters;
    struct prebleed_audit *audit = NULL;
    struct prebleed_summary summary;
    struct prebleed_diagnostic diagnostic;

    prebleed_parameters_init(&parameters);
    prebleed_audit_new(&parameters, &audit, NULL);
    check("no summary before the run",
          !prebleed_audit_summary(audit, &summary) && summary.exit_status == 2);
    check("no name",
          prebleed_audit_add(audit, PREBLEED_BUFFER, NULL, list, 1, NULL) == PREBLEED_FAILED_USAGE);
    check("no bytes",
          prebleed_audit_add(audit, PREBLEED_CRL, "crl", NULL, 1, NULL) == PREBLEED_FAILED_USAGE);
    check("no path",
          prebleed_audit_add(audit, PREBLEED_PATH, NULL, NULL, 0, NULL) == PREBLEED_FAILED_USAGE);
    check("a buffer",
          !prebleed_audit_add(audit, PREBLEED_BUFFER, "list", list, sizeof list - 1, NULL));
    check("what is no input", prebleed_audit_add(audit, PREBLEED_REDACTION_KEY + 1, "", "{}", 2,
                                                 NULL) == PREBLEED_FAILED_USAGE);
    check("a passphrase", !prebleed_audit_add(audit, PREBLEED_PASSPHRASE, "", "one", 3, NULL));
    check("a second passphrase", prebleed_audit_add(audit, PREBLEED_PASSPHRASE, "", "two", 3,
                                                    NULL) == PREBLEED_FAILED_USAGE);
    check("the run", !prebleed_audit_run(audit, NULL));
    check("the summary", prebleed_audit_summary(audit, &summary) && summary.items == 1);
    check("no failure", !prebleed_audit_has_failed(audit));
    enum prebleed_status late[] = {
        prebleed_audit_add(audit, PREBLEED_PATH, "/", NULL, 0, NULL),
        prebleed_audit_add_stream(audit, "late", read_nothing, NULL, NULL),
        prebleed_audit_add(audit, PREBLEED_BUFFER, "late", list, sizeof list - 1, NULL),
        prebleed_audit_add(audit, PREBLEED_PASSPHRASE, "", "late", 4, NULL),
        prebleed_audit_run(audit, NULL),
    };
    for (size_t i = 0; i < sizeof late / sizeof late[0]; i++)
        check("what comes after the run", late[i] == PREBLEED_FAILED_USAGE);
    check("the end of a walk", !prebleed_audit_diagnostic(audit, SIZE_MAX, &diagnostic));
    prebleed_audit_free(audit);
}

int main(void)
{
    check_parameters();
    check_order();
    return failures > 0;
}
