/* SPDX-License-Identifier: MIT */
/* The rules that look at one certificate alone: IAM-033, pre-disclosure-key, disclosure-window,
 * undetermined, weak-key, weak-signature, expired and expires-soon. */
#include <inttypes.h>
#include <stdio.h>

#include "rules/rules.h"

static bool say_iam_033(const struct pb_certificate *certificate,
                        const struct pb_parameters *parameters, char *room)
{
    struct pb_instant cutoff = parameters->cutoff, date = certificate->upload_date.instant;
    const struct pb_x509_facts *body = certificate->body;

    if (certificate->verdict != PB_VERDICT_VULNERABLE)
        return false;
    if (room != NULL && certificate->basis == PB_BASIS_UPLOAD_DATE) {
        snprintf(room, PB_SENTENCE_BYTES,
                 "uploaded %s, %s before the cutoff %s: its private key may have been read from "
                 "memory by Heartbleed (CVE-2014-0160)",
                 pb_instant_text(date).text, pb_duration_text(date, cutoff).text,
                 pb_instant_text(cutoff).text);
    } else if (room != NULL) {
        bool is_by_body = body != NULL && pb_instant_compare(body->not_after, cutoff) < 0;
        date = is_by_body ? body->not_after : certificate->expiration.instant;
        snprintf(room, PB_SENTENCE_BYTES,
                 "expired %s, before the cutoff %s, and IAM accepts no upload after expiry: it was "
                 "uploaded before the cutoff",
                 pb_instant_text(date).text, pb_instant_text(cutoff).text);
    }
    return true;
}

const struct pb_rule pb_rule_iam_033 = {
    .name = "IAM-033",
    .level = PB_LEVEL_HIGH,
    .title = "uploaded before the cutoff: its key may have leaked by Heartbleed",
    .explanation =
        "A server certificate that was uploaded to IAM before the cutoff may have been\n"
        "served while OpenSSL leaked memory to anyone who asked (Heartbleed,\n"
        "CVE-2014-0160, OpenSSL 1.0.1 to 1.0.1f, fixed in 1.0.1g; CVSS 3.1 7.5). The\n"
        "evidence does not say what served it, and an attack left no trace, so its\n"
        "private key counts as exposed until the certificate is replaced by one with a\n"
        "new key and the old one is revoked.\n"
        "\n"
        "Cutoffs (--cutoff):\n"
        "  iam-033      2014-04-01T00:00:00Z, the rule's own text (the default). It\n"
        "               calls 1 April the day of disclosure; that was 7 April.\n"
        "  disclosure   2014-04-08T00:00:00Z, the end of the day on which OpenSSL\n"
        "               published the fix and the bug (7 April 2014)\n"
        "  aws-patched  2014-04-09T00:00:00Z, the end of the day of the AWS bulletin\n"
        "               (8 April 2014) that all load balancers were updated; AWS\n"
        "               advised ELB and CloudFront customers to rotate certificates\n"
        "There is no lower bound: a certificate uploaded before OpenSSL 1.0.1\n"
        "(14 March 2012) may have been exposed too if it was still served.\n"
        "\n"
        "Reports say for how many days before disclosure the key can have been exposed:\n"
        "from the later of NotBefore and UploadDate (not before 14 March 2012) to the end\n"
        "of 7 April 2014, or to the certificate's end if that is earlier, if a vulnerable\n"
        "OpenSSL served the key all that time. Exposure after disclosure comes on top.\n"
        "\n"
        "How to fix it, what is in use first (text with -v prints these commands for\n"
        "each certificate, with the names that the evidence has)\n"
        "  1. Have the certificate reissued for a NEW key pair. A reissue that keeps\n"
        "     the old key keeps the problem: by 9 May 2014, over 30,000 certificates\n"
        "     had been revoked and reissued with an unchanged key (Netcraft).\n"
        "  2. Upload it under a new name, so that the history stays visible, or have\n"
        "     AWS Certificate Manager (ACM) issue one:\n"
        "       aws iam upload-server-certificate \\\n"
        "         --server-certificate-name 'NAME-new' \\\n"
        "         --certificate-body file://NEW-CERTIFICATE.pem \\\n"
        "         --certificate-chain file://NEW-CHAIN.pem \\\n"
        "         --private-key file://NEW-KEY.pem\n"
        "  3. Move every load balancer's listener and CloudFront distribution to it:\n"
        "       aws elb set-load-balancer-listener-ssl-certificate \\\n"
        "         --load-balancer-name 'BALANCER' --load-balancer-port 443 \\\n"
        "         --ssl-certificate-id 'NEW-ARN'\n"
        "       aws elbv2 modify-listener --listener-arn 'LISTENER-ARN' \\\n"
        "         --certificates CertificateArn='NEW-ARN'\n"
        "     (a further certificate of a listener, for SNI: add-listener-certificates\n"
        "     and remove-listener-certificates, for modify-listener replaces the default)\n"
        "       aws cloudfront get-distribution-config --id 'DISTRIBUTION'\n"
        "       aws cloudfront update-distribution --id 'DISTRIBUTION' \\\n"
        "         --if-match ETAG --distribution-config file://CONFIG.json\n"
        "     where CONFIG.json is the DistributionConfig printed before, with the new\n"
        "     certificate's id as IAMCertificateId.\n"
        "  4. Delete the old one:\n"
        "       aws iam delete-server-certificate --server-certificate-name 'NAME'\n"
        "     The rule's page deletes first and uploads under the same name; then no\n"
        "     reference has to change, but the list no longer shows that it was ever\n"
        "     replaced: keep the earlier export as evidence.\n"
        "  5. Have the old certificate revoked by its issuer.\n"
        "\n"
        "Sources: Trend Micro Cloud One Conformity, rule IAM-033, \"Pre-Heartbleed\n"
        "Server Certificates\" (risk level high; AWS Well-Architected pillar Security;\n"
        "PCI, APRA, MAS, NIST 800-53 Rev. 4); OpenSSL NEWS for 1.0.1 and 1.0.1g; AWS\n"
        "security bulletin of 8 April 2014, \"AWS Services Updated to Address OpenSSL\n"
        "Vulnerability\"; Netcraft, 9 May 2014; AWS IAM User Guide, \"Managing server\n"
        "certificates in IAM\".\n",
    .need = PB_NEEDS_VERDICT,
    .say = say_iam_033,
};

static bool say_pre_disclosure_key(const struct pb_certificate *certificate,
                                   const struct pb_parameters *parameters, char *room)
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
    .say = say_pre_disclosure_key,
};

/* 2014-04-09T00:00:00Z: the end of the day of the AWS bulletin. */
static const struct pb_instant window_end = {INT64_C(1397001600), 0};

static bool say_disclosure_window(const struct pb_certificate *certificate,
                                  const struct pb_parameters *parameters, char *room)
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
        "does not say when which one was patched. The rule's own cutoff, 1 "
        "April, lets it\n"
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
    .say = say_disclosure_window,
};

static bool say_undetermined(const struct pb_certificate *certificate,
                             const struct pb_parameters *parameters, char *room)
{
    const struct pb_verdict_reason *reason = pb_verdict_reason_find(certificate->reason);

    (void)parameters;
    if (certificate->verdict != PB_VERDICT_UNDETERMINED)
        return false;
    if (room != NULL)
        snprintf(room, PB_SENTENCE_BYTES, "%s; to settle it, %s", reason->meaning, reason->remedy);
    return true;
}

const struct pb_rule pb_rule_undetermined = {
    .name = "undetermined",
    .level = PB_LEVEL_MEDIUM,
    .title = "a certificate without a verdict: why, and what would settle it",
    .explanation = "The evidence names a certificate and does not prove on which side of the\n"
                   "cutoff it was uploaded. The report gives the reason:\n"
                   "  names-only         only its name is known (a --query for names)\n"
                   "  no-upload-date     no UploadDate, and a validity that spans the cutoff or\n"
                   "                     is not known\n"
                   "  unparseable-date   the UploadDate is no date\n"
                   "  date-without-zone  no time zone, and within 14 hours of the cutoff\n"
                   "  date-without-time  a day without a time, too near the cutoff\n"
                   "  conflicting-dates  dates on both sides of the cutoff\n"
                   "  damaged-evidence   what shows it as clear does not fit its checksum\n"
                   "  config-has-no-upload-date  AWS Config knows neither date nor body\n"
                   "Missing data is never taken for \"ok\": the exit status is 3.\n"
                   "\n"
                   "How to fix it: export again with\n"
                   "  aws iam list-server-certificates --output json\n"
                   "or, for one certificate,\n"
                   "  aws iam get-server-certificate --server-certificate-name 'NAME'\n",
    .say = say_undetermined,
};

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

static bool say_expired(const struct pb_certificate *certificate,
                        const struct pb_parameters *parameters, char *room)
{
    struct pb_instant end, as_of = parameters->as_of;

    if (!pb_certificate_find_end(certificate, &end) || pb_instant_compare(end, as_of) >= 0)
        return false;
    if (room != NULL)
        snprintf(room, PB_SENTENCE_BYTES, "expired %s, %s before %s", pb_instant_text(end).text,
                 pb_duration_text(end, as_of).text, pb_instant_text(as_of).text);
    return true;
}

const struct pb_rule pb_rule_expired = {
    .name = "expired",
    .level = PB_LEVEL_LOW,
    .title = "its validity ended before the instant of the audit (--as-of)",
    .explanation = "NotAfter of the body, or Expiration where no body is in the evidence, is\n"
                   "before --as-of. An expired certificate is no danger by itself, but browsers\n"
                   "refuse it, and one that stands in IAM can still be picked for a listener.\n"
                   "If it is vulnerable too, delete it; its key must not be used again.\n"
                   "\n"
                   "How to fix it:\n"
                   "  aws iam delete-server-certificate --server-certificate-name 'NAME'\n"
                   "\n"
                   "Source: CIS Amazon Web Services Foundations Benchmark, recommendation 1.19:\n"
                   "ensure that all expired SSL/TLS certificates stored in IAM are removed.\n",
    .need = PB_NEEDS_VALIDITY,
    .say = say_expired,
};

#define SOON_SECONDS (45 * 86400)

static bool say_expires_soon(const struct pb_certificate *certificate,
                             const struct pb_parameters *parameters, char *room)
{
    struct pb_instant end, as_of = parameters->as_of;
    struct pb_instant soon = {as_of.seconds + SOON_SECONDS, as_of.nanoseconds};

    if (!pb_certificate_find_end(certificate, &end) || pb_instant_compare(end, as_of) < 0 ||
        pb_instant_compare(end, soon) > 0)
        return false;
    if (room != NULL)
        snprintf(room, PB_SENTENCE_BYTES, "expires %s, %s after %s", pb_instant_text(end).text,
                 pb_duration_text(end, as_of).text, pb_instant_text(as_of).text);
    return true;
}

const struct pb_rule pb_rule_expires_soon = {
    .name = "expires-soon",
    .level = PB_LEVEL_LOW,
    .title = "its validity ends within 45 days of the audit (--as-of)",
    .explanation =
        "NotAfter of the body, or Expiration where no body is in the evidence, is at\n"
        "most 45 days after --as-of. IAM does not renew certificates.\n"
        "\n"
        "How to fix it: have it reissued, with a new key, and upload it, or move to AWS\n"
        "Certificate Manager (ACM), which renews the certificates it issues.\n",
    .need = PB_NEEDS_VALIDITY,
    .say = say_expires_soon,
};
