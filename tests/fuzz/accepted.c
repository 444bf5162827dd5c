/* SPDX-License-Identifier: MIT */
/* Waivers, baselines and manifests: refused with a place, or the reports are whole. */
#include "fuzz.h"

#include "report.h"

static const char evidence[] =
    "{\"ServerCertificateMetadataList\": [{\"Path\": \"/\", \"ServerCertificateName\": \"a\","
    "\"ServerCertificateId\": \"ASCA00000000000000001\", \"Arn\":"
    "\"arn:aws:iam::111122223333:server-certificate/a\", \"UploadDate\": "
    "\"2013-05-02T10:00:00Z\"}]}";

/* A message without a place is about the whole file. */
static struct pb_slice first_word(const char *message)
{
    struct pb_slice text = pb_slice_from_string(message);
    return pb_slice_first(text, pb_slice_find(text, PB_SLICE(" "), 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum prebleed_input inputs[] = {PREBLEED_WAIVERS, PREBLEED_BASELINE,
                                                 PREBLEED_MANIFEST};
    struct prebleed_audit *audit = oracle_audit();
    size_t taken = 0;

    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        struct prebleed_error error = {.status = PREBLEED_OK};
        enum prebleed_status status =
            prebleed_audit_add(audit, inputs[i], "", fuzz_slice(data, size).data, size, &error);
        assert_true(status == PREBLEED_OK || status == PREBLEED_FAILED_USAGE);
        assert_int_equal(error.status, status);
        assert_true(status == PREBLEED_OK || strstr(error.message, ": ") != NULL ||
                    pb_is_any(first_word(error.message), "line|not|there|here|it"));
        taken += status == PREBLEED_OK;
    }
    assert_int_equal(prebleed_audit_add(audit, PREBLEED_BUFFER, "list.json", evidence,
                                        sizeof evidence - 1, NULL),
                     PREBLEED_OK);
    assert_in_range(taken, 0, 2);
    if (taken > 0)
        oracle_run(audit);
    else
        prebleed_audit_free(audit);
    return 0;
}
