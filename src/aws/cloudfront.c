/* SPDX-License-Identifier: MIT */
/* CloudFront distributions, which know a certificate by its ServerCertificateId. */
#include "aws/deployment.h"
#include "inventory/arn.h"

static const struct pb_json *find_any(const struct pb_json *object, const char *const *keys)
{
    for (; *keys != NULL; keys++)
        if (pb_json_find(object, *keys) != NULL)
            return pb_json_find(object, *keys);
    return NULL;
}

/* The deprecated twin of IAMCertificateId. */
static bool is_iam_source(const struct pb_json *certificate)
{
    static const char *const keys[] = {"CertificateSource", "certificate_source", NULL};
    struct pb_slice source;

    return pb_json_string(find_any(certificate, keys), &source) &&
           pb_slice_equals_ignoring_case(source, PB_SLICE("iam"));
}

/* Security Hub spells the key its own way, ScoutSuite the envelope's. */
static bool find_target(const struct pb_json *certificate, struct pb_slice *target)
{
    static const char *const ids[] = {"IAMCertificateId", "IamCertificateId", NULL};
    static const char *const arns[] = {"ACMCertificateArn", "AcmCertificateArn", NULL};

    *target = PB_SLICE_ABSENT;
    pb_json_string(find_any(certificate, ids), target);
    if (target->size_bytes == 0 && is_iam_source(certificate))
        pb_json_string(pb_json_find(certificate, "Certificate"), target);
    *target = pb_slice_trim(*target);
    return target->size_bytes > 0 ||
           pb_deployment_is_certificate_arn(find_any(certificate, arns), target);
}

/* The certificate's member lies below the value in get-distribution, which has the id beside
 * DistributionConfig, and in Security Hub's findings, where it is beside Details. */
static const struct pb_json *find_certificate(const struct pb_node *node)
{
    if (pb_slice_equals(node->key_text, PB_SLICE("ViewerCertificate")) ||
        pb_slice_equals(node->key_text, PB_SLICE("viewer_certificate")))
        return node->value;
    if (pb_slice_equals(node->key_text, PB_SLICE("DistributionConfig")))
        return pb_json_find(node->value, "ViewerCertificate");
    if (pb_slice_equals(node->key_text, PB_SLICE("Details")))
        return pb_json_find(pb_json_find(node->value, "AwsCloudFrontDistribution"),
                            "ViewerCertificate");
    return NULL;
}

enum pb_claim pb_cloudfront_claim(const struct pb_node *node)
{
    const struct pb_json *certificate = find_certificate(node);
    struct pb_slice target;

    return certificate != NULL && find_target(certificate, &target) ? PB_CLAIM_ENVELOPE
                                                                    : PB_CLAIM_NONE;
}

/* Security Hub gives the distribution's ARN, which ends with the id. */
static struct pb_slice id_of(const struct pb_json *distribution)
{
    static const char *const keys[] = {"Id", "id", NULL};
    struct pb_slice id = PB_SLICE_ABSENT;

    pb_json_string(find_any(distribution, keys), &id);
    size_t slash = pb_slice_find_last(id, '/');
    return slash == SIZE_MAX ? id : pb_slice_from(id, slash + 1);
}

enum pb_status pb_cloudfront_read(struct pb_reading *reading, const struct pb_node *node,
                                  const char *name)
{
    struct pb_deployment distribution = {.kind = "cloudfront", .name = id_of(node->parent)};
    struct pb_slice target;

    if (!find_target(find_certificate(node), &target))
        return PB_OK;
    return pb_deployment_add(reading, &distribution, target, name);
}
