/* SPDX-License-Identifier: MIT */
/* Whole audits over evidence in memory, for the tests of waivers and baselines. */
#ifndef TEST_ACCEPTED_H
#define TEST_ACCEPTED_H

#include "unit.h"
#include "prebleed.h"

#define ACCOUNT "111122223333"
#define ARN_IN(account, name) "arn:aws:iam::" account ":server-certificate/" name
#define ARN_OF(name) ARN_IN(ACCOUNT, name)
#define CERTIFICATE_IN(account, name, id, upload)                                                  \
    "{\"ServerCertificateName\":\"" name "\",\"ServerCertificateId\":\"" id                        \
    "\",\"Path\":\"/\",\"Arn\":\"" ARN_IN(account, name) "\",\"UploadDate\":\"" upload "\"}"
#define CERTIFICATE(name, id, upload) CERTIFICATE_IN(ACCOUNT, name, id, upload)
#define CLEAR CERTIFICATE("fresh", "ASCA0009", "2015-01-01T00:00:00Z")
#define LIST(...) "{\"ServerCertificateMetadataList\":[" __VA_ARGS__ "]}"

static inline struct prebleed_parameters parameters_of(const char *as_of, bool is_new_only)
{
    struct prebleed_parameters parameters;

    prebleed_parameters_init(&parameters);
    assert_true(prebleed_instant_parse(as_of, &parameters.as_of));
    parameters.is_new_only = is_new_only;
    return parameters;
}

static inline struct prebleed_audit *new_audit(const char *as_of, bool is_new_only)
{
    struct prebleed_parameters parameters = parameters_of(as_of, is_new_only);
    struct prebleed_audit *audit;

    assert_int_equal(prebleed_audit_new(&parameters, &audit, NULL), PREBLEED_OK);
    return audit;
}

static inline void set_waivers(struct prebleed_audit *audit, const char *file)
{
    struct prebleed_error error = {0};

    if (prebleed_audit_add(audit, PREBLEED_WAIVERS, "", file, strlen(file), &error) != PREBLEED_OK)
        fail_msg("%s", error.message);
}

static inline void set_baseline(struct prebleed_audit *audit, const char *report)
{
    struct prebleed_error error = {0};

    if (prebleed_audit_add(audit, PREBLEED_BASELINE, "", report, strlen(report), &error) !=
        PREBLEED_OK)
        fail_msg("%s", error.message);
}

static inline struct prebleed_summary run_over(struct prebleed_audit *audit, const char *evidence)
{
    struct prebleed_summary summary;

    assert_int_equal(
        prebleed_audit_add(audit, PREBLEED_BUFFER, "list.json", evidence, strlen(evidence), NULL),
        PREBLEED_OK);
    assert_int_equal(prebleed_audit_run(audit, NULL), PREBLEED_OK);
    prebleed_audit_summary(audit, &summary);
    return summary;
}

static inline bool has_diagnostic(struct prebleed_audit *audit, const char *code)
{
    struct prebleed_diagnostic diagnostic;

    for (size_t i = 0; prebleed_audit_diagnostic(audit, i, &diagnostic); i++)
        if (strcmp(diagnostic.code, code) == 0)
            return true;
    return false;
}

static inline bool collect(void *context, const char *bytes, size_t size_bytes)
{
    char **text = context;
    size_t before = *text == NULL ? 0 : strlen(*text);
    char *grown = realloc(*text, before + size_bytes + 1);

    if (grown == NULL)
        return false;
    memcpy(grown + before, bytes, size_bytes);
    grown[before + size_bytes] = '\0';
    *text = grown;
    return true;
}

/* To be freed by free(). */
static inline char *report_of(const struct prebleed_audit *audit, const char *format)
{
    char *text = NULL;

    assert_int_equal(prebleed_audit_write_report(audit, format, NULL, collect, &text, NULL),
                     PREBLEED_OK);
    return text;
}

#endif
