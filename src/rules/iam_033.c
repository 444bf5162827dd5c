/* SPDX-License-Identifier: MIT */
/* IAM-033: uploaded before the cutoff. */
#include <stdio.h>

#include "rules/rule.h"

static bool say(const struct pb_certificate *certificate, const struct pb_parameters *parameters,
                char *room)
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
    .say = say,
};
