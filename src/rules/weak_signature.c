/* SPDX-License-Identifier: MIT */
/* weak-signature: MD5 or SHA-1 on a leaf or an intermediate. */
#include "rules/rule.h"

/* OpenSSL's long names: md5WithRSAEncryption, sha1WithRSA, ecdsa-with-SHA1, dsaWithSHA1, ... */
static bool names_weak_digest(struct pb_slice text)
{
    return pb_slice_contains_ignoring_case(text, PB_SLICE("md5")) ||
           pb_slice_contains_ignoring_case(text, PB_SLICE("sha1"));
}

static bool is_weak(const struct pb_x509_facts *facts)
{
    return !facts->is_self_signed && (names_weak_digest(facts->signature_algorithm) ||
                                      names_weak_digest(facts->signature_digest));
}

static const struct pb_x509_facts *find_weak(const struct pb_certificate *certificate)
{
    if (certificate->body != NULL && is_weak(certificate->body))
        return certificate->body;
    for (size_t i = 0; i < certificate->chain_count; i++)
        if (is_weak(certificate->chain[i]))
            return certificate->chain[i];
    return NULL;
}

static enum pb_status check(const struct pb_rule *rule, const struct pb_rule_input *input,
                            struct pb_findings *findings)
{
    const struct pb_inventory *inventory = input->inventory;
    enum pb_status status = PB_OK;

    for (uint32_t i = 0; i < inventory->certificates.count && status == PB_OK; i++) {
        const struct pb_x509_facts *weak = find_weak(pb_inventory_certificate(inventory, i));
        if (weak != NULL)
            status = pb_findings_add(findings, rule, inventory, i, "signed with %.*s%s%.*s: %.*s",
                                     PB_SLICE_ARGS(weak->signature_algorithm),
                                     weak->signature_digest.size_bytes > 0 ? " and " : "",
                                     PB_SLICE_ARGS(weak->signature_digest),
                                     PB_SLICE_ARGS(weak->subject));
    }
    return status;
}

const struct pb_rule pb_rule_weak_signature = {
    .name = "weak-signature",
    .level = PB_LEVEL_LOW,
    .title = "an MD5 or SHA-1 signature on the leaf or an intermediate",
    .explanation =
        "The leaf or a certificate of its chain is signed with MD5 or SHA-1. Collisions\n"
        "in either can be made, so the signature does not prove that the issuer signed\n"
        "this certificate and no other; browsers refuse both. A self-signed root's own\n"
        "signature is not judged: it is trusted because it is installed.\n"
        "\n"
        "How to fix it: have the certificate reissued with SHA-256 or better.\n"
        "\n"
        "Sources: RFC 6194 (SHA-1), RFC 6151 (MD5); CA/Browser Forum Baseline\n"
        "Requirements, section 7.1.3.\n",
    .need = PB_NEEDS_BODY,
    .check = check,
};
