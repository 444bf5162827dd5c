/* SPDX-License-Identifier: MIT */
/* pre-disclosure-key: clear by its UploadDate, but the certificate is older than the cutoff. */
#include "rules/catalogue.h"

#include "rules/exposure.h"
#include "rules/span.h"

static bool is_carried_on(const struct pb_certificate *certificate, struct pb_instant cutoff)
{
    return certificate->verdict == PB_VERDICT_CLEAR && certificate->basis == PB_BASIS_UPLOAD_DATE &&
           certificate->body != NULL &&
           pb_instant_compare(certificate->body->not_before, cutoff) < 0;
}

static enum pb_status check(const struct pb_rule *rule, const struct pb_inventory *inventory,
                            const struct pb_parameters *parameters, struct pb_findings *findings)
{
    enum pb_status status = PB_OK;

    for (uint32_t i = 0; i < inventory->certificates.count && status == PB_OK; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        if (!is_carried_on(certificate, parameters->cutoff))
            continue;
        struct pb_instant since = certificate->body->not_before;
        status = pb_findings_add(
            findings, rule, inventory, i,
            "valid since %s, before the cutoff, so its key may be older than its upload; if it was "
            "in service, it was exposed for at most %s",
            pb_instant_text(since).text,
            pb_exposure_text(since, certificate->body->not_after).text);
    }
    return status;
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
        "The days given are an upper bound: from NotBefore (not before 14 March 2012,\n"
        "when OpenSSL 1.0.1 came out) to 7 April 2014, the day of disclosure, on the\n"
        "assumption that the key was served by a vulnerable OpenSSL all that time.\n"
        "\n"
        "How to fix it: find out whether the key was in service before the cutoff. If\n"
        "it was, or nobody knows, have the certificate reissued for a new key.\n"
        "\n"
        "Sources: OpenSSL NEWS for 1.0.1 and 1.0.1g.\n",
    .need = PB_NEEDS_BODY,
    .check = check,
};
