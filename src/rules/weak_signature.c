/* SPDX-License-Identifier: MIT */
/* weak-signature: a digest for which collisions can be made, on a leaf or an intermediate. */
#include "rules/rule.h"

/* OpenSSL's long names (md5WithRSAEncryption, ecdsa-with-SHA1, shaWithRSAEncryption), and the two
 * arcs of the OIW, whose algorithms are all of the time of MD2 to SHA-1. */
static bool names_weak_digest(struct pb_slice text)
{
    static const char *const words[] = {"md2", "md4", "md5", "sha1", "shawith"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (pb_slice_contains_ignoring_case(text, pb_slice_from_string(words[i])))
            return true;
    return pb_slice_ends_with(text, PB_SLICE("WithSHA")) ||
           pb_slice_equals(text, PB_SLICE("SHA")) ||
           pb_slice_starts_with(text, PB_SLICE("1.3.14.3.2.")) ||
           pb_slice_starts_with(text, PB_SLICE("1.3.14.7.2.3."));
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

static void check_signatures(const struct pb_check *check, uint32_t certificate)
{
    const struct pb_x509_facts *weak =
        find_weak(pb_inventory_certificate(check->inventory, certificate));

    if (weak != NULL)
        pb_findings_add(check, certificate, "signed with %.*s%s%.*s: %.*s",
                        PB_SLICE_ARGS(weak->signature_algorithm),
                        weak->signature_digest.size_bytes > 0 ? " and " : "",
                        PB_SLICE_ARGS(weak->signature_digest), PB_SLICE_ARGS(weak->subject));
}

const struct pb_rule pb_rule_weak_signature = {
    .name = "weak-signature",
    .level = PB_LEVEL_LOW,
    .title = "a signature with SHA-1, MD5 or older on the leaf or an intermediate",
    .explanation =
        "The leaf or a certificate of its chain is signed with MD2, MD4, MD5, SHA-0 or\n"
        "SHA-1. Collisions in each can be made, so the signature does not prove that the\n"
        "issuer signed this certificate and no other; browsers refuse them. A self-signed\n"
        "root's own signature is not judged: it is trusted because it is installed.\n"
        "\n"
        "How to fix it: have the certificate reissued with SHA-256 or better.\n"
        "\n"
        "Sources: RFC 6149 (MD2), RFC 6150 (MD4), RFC 6151 (MD5), RFC 6194 (SHA-0 and\n"
        "SHA-1); CA/Browser Forum Baseline Requirements, section 7.1.3.\n",
    .need = PB_NEEDS_BODY,
    .check = check_signatures,
};
