/* SPDX-License-Identifier: MIT */
/* disclosure-window: clear, but uploaded before disclosure and patching were over. */
#include <stdio.h>

#include "rules/rule.h"

/* 2014-04-09T00:00:00Z: the end of the day of the AWS bulletin. */
static const struct pb_instant window_end = {INT64_C(1397001600), 0};

static bool say(const struct pb_certificate *certificate, const struct pb_parameters *parameters,
                char *room)
{
    struct pb_instant uploaded = certificate->upload_date.instant;

    (void)parameters;
    if (certificate->verdict != PB_VERDICT_CLEAR || certificate->basis != PB_BASIS_UPLOAD_DATE ||
        pb_instant_compare(uploaded, window_end) >= 0)
        return false;
    if (room != NULL) {
        uint32_t days = pb_exposure_days(certificate, pb_exposure_start(certificate));
        snprintf(room, PB_SENTENCE_BYTES,
                 "uploaded %s, %s before the day of the AWS bulletin was over: AWS may still have "
                 "been patching load balancers; exposed before disclosure (7 April 2014): %s%s",
                 pb_instant_text(uploaded).text, pb_duration_text(uploaded, window_end).text,
                 days > 0 ? "up to " : "no days", days > 0 ? pb_count_text(days, "day").text : "");
    }
    return true;
}

const struct pb_rule pb_rule_disclosure_window = {
    .name = "disclosure-window",
    .level = PB_LEVEL_MEDIUM,
    .title = "uploaded while disclosure and patching were under way",
    .explanation =
        "The certificate is clear, but it was uploaded before the end of the days of\n"
        "disclosure (7 April 2014) and of the AWS bulletin (8 April 2014). If a load\n"
        "balancer that was not yet patched served it, its key was exposed; the evidence\n"
        "does not say when which one was patched. The rule's own cutoff, 1 April, lets it\n"
        "pass.\n"
        "\n"
        "The days given are those before disclosure: from the later of NotBefore and\n"
        "UploadDate to the end of 7 April 2014, or to the certificate's end if that is\n"
        "earlier, begun days counted whole, if a vulnerable OpenSSL served the key all\n"
        "that time. Exposure after disclosure is not counted in them.\n"
        "\n"
        "How to fix it: treat it as IAM-033, or judge with --cutoff aws-patched.\n"
        "\n"
        "Sources: OpenSSL NEWS for 1.0.1g; AWS security bulletin of 8 April 2014, \"AWS\n"
        "Services Updated to Address OpenSSL Vulnerability\".\n",
    .need = PB_NEEDS_VERDICT,
    .say = say,
};
