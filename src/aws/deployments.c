/* SPDX-License-Identifier: MIT */
/* Load balancers and distributions, and the certificates that they use. */
#include <stdio.h>

#include "aws/context.h"
#include "base/error.h"
#include "inventory/arn.h"

/* What uses a certificate. */
struct deployment {
    const char *kind;         /* "elb", "elbv2" or "cloudfront" */
    struct pb_slice name;     /* absent: the file's name has to do */
    int64_t port;             /* of a listener, 0 for none */
    struct pb_slice listener; /* its ARN; absent where not known */
    bool is_further;          /* the certificate is not the listener's default one */
};

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

static void add_reference(struct pb_writer *out, const struct deployment *deployment,
                          struct pb_slice target)
{
    struct pb_slice name =
        deployment->name.size_bytes > 0 ? deployment->name : pb_stem_of(out->context->path);
    struct pb_record *record = pb_writer_add_record(out, PB_RECORD_REFERENCE);
    char port[32] = "";

    if (record == NULL)
        return;
    if (deployment->port > 0)
        snprintf(port, sizeof port, ":%lld", (long long)deployment->port);
    record->is_further = deployment->is_further;
    record->target = pb_writer_copy(out, target);
    record->listener = pb_writer_copy(out, deployment->listener);
    out->has_failed |= !pb_message_format(&out->batch->arena, &record->label, "%s/%.*s%s",
                                          deployment->kind, PB_SLICE_ARGS(name), port);
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
    size_t count = pb_is_key(node->key_text, key) ? pb_json_count(node->value) : 0;

    for (size_t i = 0; i < count; i++)
        if (!pb_slice_is_absent(find_arn(certificate_of(pb_json_element(node->value, i)))))
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
    static const char *const keys[] = {"LoadBalancerArn", "ListenerArn", NULL};
    struct pb_slice text = PB_SLICE_ABSENT;
    struct pb_arn arn;

    pb_json_string(pb_find_any(listener, keys), &text);
    if (!pb_arn_parse(text, &arn))
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
    struct deployment listener = {
        .kind = is_classic ? "elb" : "elbv2",
        .name =
            is_classic ? pb_find_text(node->parent, "LoadBalancerName") : balancer_of(node->parent),
        .listener = is_classic ? PB_SLICE_ABSENT : pb_find_text(node->parent, "ListenerArn"),
    };

    pb_json_integer(pb_json_find(node->parent, "Port"), &listener.port);
    for (struct pb_child child = pb_children(out, node->value); pb_next_child(&child);) {
        const struct pb_json *certificate = certificate_of(child.value);
        struct pb_slice arn = find_arn(certificate);
        bool is_default = true;
        pb_json_integer(pb_json_find(pb_json_find(child.value, "Listener"), "LoadBalancerPort"),
                        &listener.port);
        pb_json_boolean(pb_json_find(child.value, "IsDefault"), &is_default);
        listener.is_further = !is_default;
        pb_writer_take(out, certificate);
        if (!pb_slice_is_absent(arn))
            add_reference(out, &listener, arn);
    }
}

/* Distributions name a certificate by its id, one in ACM by its ARN; Certificate with a source is
 * the deprecated form. Security Hub and ScoutSuite spell some of the keys otherwise. */
static const char *const ids[] = {"IAMCertificateId", "IamCertificateId", NULL};
static const char *const arns[] = {"ACMCertificateArn", "AcmCertificateArn", NULL};

static struct pb_slice find_target(const struct pb_json *certificate)
{
    static const char *const sources[] = {"CertificateSource", "certificate_source", NULL};
    struct pb_slice target = PB_SLICE_ABSENT, source = PB_SLICE_ABSENT;

    pb_json_string(pb_find_any(certificate, ids), &target);
    pb_json_string(pb_find_any(certificate, sources), &source);
    if (target.size_bytes == 0 && pb_slice_equals_ignoring_case(source, PB_SLICE("iam")))
        target = pb_find_text(certificate, "Certificate");
    target = pb_slice_trim(target);
    return target.size_bytes > 0 ? target : find_arn(pb_find_any(certificate, arns));
}

/* The certificate's member lies below the value in get-distribution, which has the id beside
 * DistributionConfig, and in Security Hub's findings, where it is beside Details. */
static const struct pb_json *find_viewer_certificate(const struct pb_node *node)
{
    if (pb_is_key(node->key_text, "ViewerCertificate") ||
        pb_is_key(node->key_text, "viewer_certificate"))
        return node->value;
    if (pb_is_key(node->key_text, "DistributionConfig"))
        return pb_json_find(node->value, "ViewerCertificate");
    if (pb_is_key(node->key_text, "Details"))
        return pb_json_find(pb_json_find(node->value, "AwsCloudFrontDistribution"),
                            "ViewerCertificate");
    return NULL;
}

static bool matches_cloudfront(const struct pb_node *node)
{
    const struct pb_json *certificate = find_viewer_certificate(node);

    return certificate != NULL && !pb_slice_is_absent(find_target(certificate));
}

/* Security Hub gives the distribution's ARN, which ends with the id. */
static void read_cloudfront(struct pb_writer *out, const struct pb_node *node)
{
    static const char *const keys[] = {"Id", "id", NULL};
    const struct pb_json *certificate = find_viewer_certificate(node);
    struct deployment distribution = {.kind = "cloudfront"};
    struct pb_slice id = PB_SLICE_ABSENT;

    pb_json_string(pb_find_any(node->parent, keys), &id);
    size_t slash = pb_slice_find_last(id, '/');
    distribution.name = slash == SIZE_MAX ? id : pb_slice_from(id, slash + 1);
    add_reference(out, &distribution, find_target(certificate));
    pb_writer_take(out, pb_find_any(certificate, ids));
    pb_writer_take(out, pb_find_any(certificate, arns));
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
