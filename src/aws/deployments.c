/* SPDX-License-Identifier: MIT */
/* Load balancers and distributions, and the certificates that they use. */
#include <stdio.h>

#include "aws/context.h"
#include "base/error.h"

/* The value's text, if it is the ARN of a server certificate or of a certificate in ACM. */
static struct pb_slice find_arn(const struct pb_json *value)
{
    struct pb_certificate_arn iam;
    struct pb_arn parts;
    struct pb_slice arn = PB_SLICE_ABSENT;

    pb_json_string(value, &arn);
    arn = pb_slice_trim(arn);
    bool is_certificate = pb_certificate_arn_parse(arn, &iam) ||
                          (pb_arn_parse(arn, &parts) && pb_is_key(parts.service, "acm") &&
                           pb_slice_starts_with(parts.resource, PB_SLICE("certificate/")));
    return is_certificate ? arn : PB_SLICE_ABSENT;
}

/* Adds a reference to the target from the deployment "elb", "elbv2" or "cloudfront"/NAME, or if
 * that has no name the one that the file is called after; a port of 0 is none. NULL without memory.
 */
static struct pb_record *add_reference(struct pb_writer *out, struct pb_slice target,
                                       const char *kind, struct pb_slice name, int64_t port)
{
    struct pb_record *record = pb_writer_add_record(out, PB_RECORD_REFERENCE);
    char digits[32] = "";

    if (record == NULL)
        return NULL;
    if (name.size_bytes == 0)
        name = pb_stem_of(out->context->path);
    if (port > 0)
        snprintf(digits, sizeof digits, ":%lld", (long long)port);
    record->target = pb_writer_copy(out, target);
    out->has_failed |= !pb_message_format(&out->batch->arena, &record->label, "%s/%.*s%s", kind,
                                          PB_SLICE_ARGS(name), digits);
    return record;
}

/* A classic load balancer's element has its certificate inside; a newer listener's list, and the
 * further certificates of one, name it. RDS and IAM's signing certificates have other lists of that
 * name, without an ARN. */
static const struct pb_json *certificate_of(const struct pb_json *element)
{
    const struct pb_json *listener = pb_json_find(element, "Listener");

    return listener != NULL ? pb_json_find(listener, "SSLCertificateId")
                            : pb_json_find(element, "CertificateArn");
}

/* Those without a certificate are no evidence of any. */
static bool has_certificate(const struct pb_node *node, const char *key)
{
    struct pb_json_member element = {0};

    while (pb_is_key(node->key_text, key) && pb_json_next_member(node->value, &element))
        if (!pb_slice_is_absent(find_arn(certificate_of(element.value))))
            return true;
    return false;
}

static bool matches_elb(const struct pb_node *node)
{
    return has_certificate(node, "ListenerDescriptions");
}

static bool matches_elbv2(const struct pb_node *node)
{
    return has_certificate(node, "Certificates");
}

/* NAME of "loadbalancer/app/NAME/ID", else of "listener/app/NAME/ID/ID"; absent where neither ARN
 * is there, as in describe-listener-certificates. */
static struct pb_slice balancer_of(const struct pb_json *listener)
{
    struct pb_arn arn;

    if (!pb_arn_parse(pb_find_text(listener, "LoadBalancerArn|ListenerArn"), &arn))
        return PB_SLICE_ABSENT;
    for (int i = 0; i < 2; i++) {
        size_t slash = pb_slice_find(arn.resource, PB_SLICE("/"), 0);
        if (slash == SIZE_MAX)
            return PB_SLICE_ABSENT;
        arn.resource = pb_slice_from(arn.resource, slash + 1);
    }
    return pb_slice_first(arn.resource, pb_slice_find(arn.resource, PB_SLICE("/"), 0));
}

/* The port stands beside the certificate, or beside the list of them. */
static void read_listeners(struct pb_writer *out, const struct pb_node *node)
{
    bool is_classic = pb_is_key(node->key_text, "ListenerDescriptions");
    struct pb_slice name =
        is_classic ? pb_find_text(node->parent, "LoadBalancerName") : balancer_of(node->parent);
    struct pb_slice listener = pb_find_text(node->parent, "ListenerArn");
    int64_t port = 0;

    pb_json_integer(pb_json_find(node->parent, "Port"), &port);
    for (struct pb_child child = pb_children(out, node->value); pb_next_child(&child);) {
        const struct pb_json *certificate = certificate_of(child.value);
        struct pb_slice arn = find_arn(certificate);
        bool is_default = true;
        pb_json_integer(pb_json_find(pb_json_find(child.value, "Listener"), "LoadBalancerPort"),
                        &port);
        pb_json_boolean(pb_json_find(child.value, "IsDefault"), &is_default);
        pb_writer_take(out, certificate);
        struct pb_record *record =
            pb_slice_is_absent(arn)
                ? NULL
                : add_reference(out, arn, is_classic ? "elb" : "elbv2", name, port);
        if (record != NULL) {
            record->is_further = !is_default;
            record->listener = is_classic ? PB_SLICE_ABSENT : pb_writer_copy(out, listener);
        }
    }
}

/* Distributions name a certificate by its id, one in ACM by its ARN; Certificate with a source is
 * the deprecated form. Security Hub and ScoutSuite spell some of the keys otherwise. */
static const char ids[] = "IAMCertificateId|IamCertificateId";
static const char arns[] = "ACMCertificateArn|AcmCertificateArn";

static struct pb_slice find_target(const struct pb_json *certificate)
{
    struct pb_slice target = pb_find_text(certificate, ids);
    struct pb_slice source = pb_find_text(certificate, "CertificateSource|certificate_source");

    if (target.size_bytes == 0 && pb_slice_equals_ignoring_case(source, PB_SLICE("iam")))
        target = pb_find_text(certificate, "Certificate");
    target = pb_slice_trim(target);
    return target.size_bytes > 0 ? target : find_arn(pb_json_find(certificate, arns));
}

/* The certificate's member lies below the value in get-distribution, which has the id beside
 * DistributionConfig, and in Security Hub's findings, where it is beside Details. */
static const struct pb_json *find_viewer_certificate(const struct pb_node *node)
{
    const struct pb_json *around = NULL;

    if (pb_is_key(node->key_text, "ViewerCertificate") ||
        pb_is_key(node->key_text, "viewer_certificate"))
        return node->value;
    if (pb_is_key(node->key_text, "DistributionConfig"))
        around = node->value;
    if (pb_is_key(node->key_text, "Details"))
        around = pb_json_find(node->value, "AwsCloudFrontDistribution");
    return pb_json_find(around, "ViewerCertificate");
}

static bool matches_cloudfront(const struct pb_node *node)
{
    const struct pb_json *certificate = find_viewer_certificate(node);

    return certificate != NULL && !pb_slice_is_absent(find_target(certificate));
}

/* Security Hub gives the distribution's ARN, which ends with the id. */
static void read_cloudfront(struct pb_writer *out, const struct pb_node *node)
{
    const struct pb_json *certificate = find_viewer_certificate(node);
    struct pb_slice id = pb_find_text(node->parent, "Id|id");

    id = pb_slice_from(id, pb_slice_find_last(id, '/') + 1); /* 0 where there is none */
    add_reference(out, find_target(certificate), "cloudfront", id, 0);
    pb_writer_take(out, pb_json_find(certificate, ids));
    pb_writer_take(out, pb_json_find(certificate, arns));
    pb_writer_take(out, pb_json_find(certificate, "Certificate"));
}

const struct pb_shape pb_deployment_shapes[] = {
    {"elb.load-balancers", "aws elb describe-load-balancers",
     "which certificates classic load balancers use", PB_CLAIM_ENVELOPE, .matches = matches_elb,
     .read = read_listeners},
    {"elbv2.listeners", "aws elbv2 describe-listeners, describe-listener-certificates",
     "which certificates a listener uses", PB_CLAIM_ENVELOPE, .matches = matches_elbv2,
     .read = read_listeners},
    {"cloudfront.distributions",
     "aws cloudfront list-distributions, get-distribution, Security Hub",
     "which certificates distributions use", PB_CLAIM_ENVELOPE, .matches = matches_cloudfront,
     .read = read_cloudfront},
    {.name = NULL},
};
