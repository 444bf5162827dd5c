/* SPDX-License-Identifier: MIT */
/* weak-key: too short, or with an exponent that makes RSA worthless. */
#include "rules/rule.h"

#include <inttypes.h>

static const struct {
    const char *algorithm;
    uint32_t fewest_bits;
} minimums[] = {{"RSA", 2048}, {"RSA-PSS", 2048}, {"DSA", 2048}, {"EC", 224}};

static bool is_short(const struct pb_key_facts *key)
{
    for (size_t i = 0; i < sizeof minimums / sizeof minimums[0]; i++)
        if (pb_slice_equals(key->algorithm, pb_slice_from_string(minimums[i].algorithm)))
            return key->bits > 0 && key->bits < minimums[i].fewest_bits;
    return false;
}

/* Even, or 1: decimal digits. */
static bool is_bad_exponent(struct pb_slice exponent)
{
    if (exponent.size_bytes == 0)
        return false;
    char last = exponent.data[exponent.size_bytes - 1];
    return (last - '0') % 2 == 0 || pb_slice_equals(exponent, PB_SLICE("1"));
}

static void check_key(const struct pb_check *check, uint32_t certificate)
{
    const struct pb_x509_facts *body =
        pb_inventory_certificate(check->inventory, certificate)->body;

    if (body != NULL && is_short(&body->key))
        pb_findings_add(check, certificate, "the key is %.*s %" PRIu32 " bits",
                        PB_SLICE_ARGS(body->key.algorithm), body->key.bits);
    if (body != NULL && is_bad_exponent(body->key.exponent))
        pb_findings_add(check, certificate, "the RSA public exponent is %.*s",
                        PB_SLICE_ARGS(pb_slice_first(body->key.exponent, 40)));
}

const struct pb_rule pb_rule_weak_key = {
    .name = "weak-key",
    .level = PB_LEVEL_MEDIUM,
    .title = "RSA or DSA under 2048 bits, EC under 224, a bad RSA exponent",
    .explanation =
        "The certificate's key is RSA or DSA with fewer than 2048 bits, EC with fewer\n"
        "than 224 bits, or RSA with an even public exponent or the exponent 1. Such keys\n"
        "can be computed from the certificate alone, or encrypt nothing.\n"
        "\n"
        "How to fix it: have the certificate reissued for a new key: RSA 2048 bits or\n"
        "more with exponent 65537, or EC P-256.\n"
        "\n"
        "Sources: NIST SP 800-131A Revision 2, table 2 (112 bits of security); CA/Browser\n"
        "Forum Baseline Requirements, sections 6.1.5 and 6.1.6.\n",
    .need = PB_NEEDS_BODY,
    .check = check_key,
};
