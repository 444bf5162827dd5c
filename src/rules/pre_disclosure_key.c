/* SPDX-License-Identifier: MIT */
/* pre-disclosure-key: clear by its UploadDate, but the certificate is older than the cutoff. */
#include "rules/catalogue.h"

#include "rules/exposure.h"

static bool is_carried_on(const struct pb_certificate *certificate, struct pb_instant cutoff)
{
    return certificate->verdict == PB_VERDICT_CLEAR && certificate->basis == PB_BASIS_UPLOAD_DATE &&
           certificate->body != NULL &&
           pb_instant_compare(certificate->body->not_before, cutoff) < 0;
}

static enum pb_status name_old(const struct pb_rule *rule, const struct pb_inventory *inventory,
                               uint32_t number, struct pb_findings *findings)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(inventory, number);
    struct pb_instant since = certificate->body->not_before;
    uint32_t in_iam = pb_exposure_days(certificate, pb_exposure_start(certificate));

    return pb_findings_add(
        findings, rule, inventory, number,
        "valid since %s, before the cutoff, so its key may be older than its upload: if a "
        "vulnerable OpenSSL served it from then on, it was exposed for at most %s up to disclosure "
        "(7 April 2014), %s of them in IAM",
        pb_instant_text(since).text, pb_exposure_text(pb_exposure_days(certificate, since)).text,
        in_iam > 0 ? pb_exposure_text(in_iam).text : "none");
}

static enum pb_status check(const struct pb_rule *rule, const struct pb_inventory *inventory,
                            const struct pb_parameters *parameters, struct pb_findings *findings)
{
    enum pb_status status = PB_OK;

    for (uint32_t i = 0; i < inventory->certificates.count && status == PB_OK; i++)
        if (is_carried_on(pb_inventory_certificate(inventory, i), parameters->cutoff))
            status = name_old(rule, inventory, i, findings);
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
        "when OpenSSL 1.0.1 came out) to the end of 7 April 2014, the day of disclosure,\n"
        "or to NotAfter if that is earlier, begun days counted whole, on the assumption\n"
        "that a vulnerable OpenSSL served the key all that time. Those in IAM count from\n"
        "the later of NotBefore and UploadDate.\n"
        "\n"
        "How to fix it: find out whether the key was in service before the cutoff. If\n"
        "it was, or nobody knows, have the certificate reissued for a new key.\n"
        "\n"
        "Sources: OpenSSL NEWS for 1.0.1 and 1.0.1g.\n",
    .need = PB_NEEDS_BODY,
    .check = check,
};
