/* SPDX-License-Identifier: MIT */
/* pre-disclosure-key: clear by its UploadDate, but the certificate is older than the cutoff. */
#include <stdio.h>

#include "rules/rule.h"

static bool say(const struct pb_certificate *certificate, const struct pb_parameters *parameters,
                char *room)
{
    const struct pb_x509_facts *body = certificate->body;

    if (certificate->verdict != PB_VERDICT_CLEAR || certificate->basis != PB_BASIS_UPLOAD_DATE ||
        body == NULL || (body->unread & PB_X509_NOT_BEFORE) != 0 ||
        pb_instant_compare(body->not_before, parameters->cutoff) >= 0)
        return false;
    if (room != NULL) {
        uint32_t in_iam = pb_exposure_days(certificate, pb_exposure_start(certificate));
        snprintf(room, PB_SENTENCE_BYTES,
                 "valid since %s, before the cutoff, so its key may be older than its upload; "
                 "exposed before disclosure (7 April 2014): up to %s, %s of them in IAM",
                 pb_instant_text(body->not_before).text,
                 pb_count_text(pb_exposure_days(certificate, body->not_before), "day").text,
                 in_iam > 0 ? pb_count_text(in_iam, "day").text : "none");
    }
    return true;
}

const struct pb_rule pb_rule_pre_disclosure_key = {
    .name = "pre-disclosure-key",
    .level = PB_LEVEL_MEDIUM,
    .title = "uploaded after the cutoff, but its certificate is older",
    .explanation =
        "The certificate is clear by its UploadDate, but its NotBefore is before the\n"
        "cutoff: it was issued, and may have been served elsewhere, while Heartbleed was\n"
        "open. An upload date says when IAM got a certificate, not how old its key is.\n"
        "\n"
        "The days given are those before disclosure: from NotBefore (not before 14 March\n"
        "2012, when OpenSSL 1.0.1 came out) to the end of 7 April 2014, or to NotAfter if\n"
        "that is earlier, begun days counted whole, if a vulnerable OpenSSL served the\n"
        "key all that time. Those in IAM count from the later of NotBefore and\n"
        "UploadDate. Exposure after disclosure is not counted in them.\n"
        "\n"
        "How to fix it: find out whether the key was in service before the cutoff. If\n"
        "it was, or nobody knows, have the certificate reissued for a new key.\n"
        "\n"
        "Sources: OpenSSL NEWS for 1.0.1 and 1.0.1g.\n",
    .need = PB_NEEDS_BODY,
    .say = say,
};
