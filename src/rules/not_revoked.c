/* SPDX-License-Identifier: MIT */
/* not-revoked: vulnerable or replaced, and its issuer's CRL does not list it. */
#include "rules/rule.h"

static bool is_same_body(const struct pb_certificate *a, const struct pb_certificate *b)
{
    return a->body != NULL && b->body != NULL &&
           memcmp(a->body->sha256, b->body->sha256, sizeof a->body->sha256) == 0;
}

/* How many certificates of one account and one name stand together, from the first on. *last is the
 * one of IAM that was uploaded last; NULL where no UploadDate is known. */
static uint32_t count_of_one_name(const struct pb_inventory *inventory, uint32_t first,
                                  const struct pb_certificate **last)
{
    const struct pb_certificate *head = pb_inventory_certificate(inventory, first);
    uint32_t count = 0;

    *last = NULL;
    do {
        const struct pb_certificate *here = pb_inventory_certificate(inventory, first + count);
        if (here != head && (head->name.size_bytes == 0 || here->account != head->account ||
                             !pb_slice_equals(here->name, head->name)))
            break;
        if (here->origin == PB_ORIGIN_IAM && pb_date_is_known(&here->upload_date) &&
            (*last == NULL ||
             pb_instant_compare(here->upload_date.instant, (*last)->upload_date.instant) > 0))
            *last = here;
    } while (first + ++count < inventory->certificates.count);
    return count;
}

/* Why it should be on the CRL; NULL where nothing says so. */
static const char *find_cause(const struct pb_certificate *certificate,
                              const struct pb_certificate *last)
{
    if (certificate->is_exposed)
        return "uploaded before the cutoff";
    if (certificate->presence == PB_PRESENCE_DELETED)
        return "deleted";
    if (last != NULL && certificate->origin == PB_ORIGIN_IAM &&
        pb_date_is_known(&certificate->upload_date) &&
        pb_date_differs(&last->upload_date, &certificate->upload_date) &&
        pb_instant_compare(last->upload_date.instant, certificate->upload_date.instant) > 0 &&
        !is_same_body(last, certificate))
        return "replaced under its name";
    return NULL;
}

static void check_one(const struct pb_check *check, uint32_t index,
                      const struct pb_certificate *last)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(check->inventory, index);
    const struct pb_revocation *revocation = certificate->revocation;
    const char *cause = find_cause(certificate, last);

    if (revocation == NULL || revocation->status != PB_REVOCATION_NOT_REVOKED || cause == NULL)
        return;
    pb_findings_add(
        check, index,
        "%s, but not revoked: the CRL %.*s of %s does not list its serial %.*s, so whoever has its "
        "key can pass for it until %s",
        cause, PB_SLICE_ARGS(revocation->crl), pb_instant_text(revocation->this_update).text,
        PB_SLICE_ARGS(pb_slice_first(certificate->body->serial, 64)),
        pb_instant_text(certificate->body->not_after).text);
}

static void check_all(const struct pb_check *check)
{
    const struct pb_inventory *inventory = check->inventory;

    for (uint32_t first = 0, count; first < inventory->certificates.count; first += count) {
        const struct pb_certificate *last;
        count = count_of_one_name(inventory, first, &last);
        for (uint32_t i = first; i < first + count; i++)
            check_one(check, i, last);
    }
}

const struct pb_rule pb_rule_not_revoked = {
    .name = "not-revoked",
    .level = PB_LEVEL_MEDIUM,
    .title = "vulnerable or replaced, and not on the given CRL of its issuer (--crl)",
    .explanation =
        "The certificate was uploaded before the cutoff, was deleted, or was replaced by\n"
        "a later upload under the same name in the same account, and a revocation list\n"
        "given with --crl, which its issuer published while the certificate was valid,\n"
        "does not list it. Whoever read its private key can pass for the server until it\n"
        "expires: to replace a certificate does not stop the old one from being trusted.\n"
        "\n"
        "Three weeks after the disclosure, over 73 % of the vulnerable certificates had\n"
        "not been reissued and over 87 % had not been revoked; of the domains that\n"
        "reissued because of Heartbleed, 60 % did not revoke, and 20 % of those\n"
        "certificates were valid for two more years or longer (Zhang et al.).\n"
        "\n"
        "A CRL from after a certificate's NotAfter proves nothing, since CAs drop expired\n"
        "certificates from their CRLs; nor does one from before its NotBefore, one of a\n"
        "single distribution point, or one whose signature does not verify with the key\n"
        "of its issuer where that is in the evidence. The JSON report then says\n"
        "\"unknown\" and why, and this rule says nothing. Of several CRLs the newest one\n"
        "that proves something counts. Without a CRL of the issuer nothing is checked.\n"
        "\n"
        "How to fix it: ask the certificate authority to revoke it, with the reason\n"
        "keyCompromise if it was in service before the cutoff, and keep the CRL that\n"
        "lists it. Nothing need be done once it has expired.\n"
        "\n"
        "Sources: RFC 5280, sections 5 and 6.3; Zhang et al., \"Analysis of SSL\n"
        "certificate reissues and revocations in the wake of Heartbleed\", IMC 2014, and\n"
        "CACM 3/2018; CA/Browser Forum, which holds a key for compromised when there is\n"
        "a practical technique to recover it, even without proof of use (Netcraft,\n"
        "9 May 2014).\n",
    .need = PB_NEEDS_REVOCATION,
    .check_all = check_all,
};
