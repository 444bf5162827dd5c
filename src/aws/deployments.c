/* SPDX-License-Identifier: MIT */
#include "aws/deployment.h"
#include "aws/query.h"
#include "base/message.h"
#include "inventory/arn.h"
#include "json/pointer.h"

bool pb_deployment_is_certificate_arn(const struct pb_json *value, struct pb_slice *arn)
{
    struct pb_certificate_arn iam;
    struct pb_arn parts;

    if (!pb_json_string(value, arn))
        return false;
    *arn = pb_slice_trim(*arn);
    return pb_certificate_arn_parse(*arn, &iam) ||
           (pb_arn_parse(*arn, &parts) && pb_slice_equals(parts.service, PB_SLICE("acm")) &&
            pb_slice_starts_with(parts.resource, PB_SLICE("certificate/")));
}

static bool write_label(struct pb_arena *arena, const struct pb_deployment *deployment,
                        struct pb_slice *label)
{
    if (deployment->port > 0)
        return pb_message_format(arena, label, "%s/%.*s:%lld", deployment->kind,
                                 PB_SLICE_ARGS(deployment->name), (long long)deployment->port);
    return pb_message_format(arena, label, "%s/%.*s", deployment->kind,
                             PB_SLICE_ARGS(deployment->name));
}

enum pb_status pb_deployment_add(struct pb_reading *reading, const struct pb_deployment *deployment,
                                 struct pb_slice target, const char *shape)
{
    struct pb_arena *arena = &reading->batch->arena;
    struct pb_deployment named = *deployment;
    uint32_t index;
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_REFERENCE, shape, &index);

    if (status != PB_OK)
        return status;
    if (named.name.size_bytes == 0)
        named.name = pb_query_file_name(reading->context->path);
    struct pb_record *record = pb_reading_record(reading, index);
    record->is_further = named.is_further;
    bool is_written = write_label(arena, &named, &record->label) &&
                      pb_arena_copy(arena, target, &record->target) &&
                      pb_arena_copy(arena, named.listener, &record->listener);
    return is_written ? PB_OK : PB_FAILED_MEMORY;
}

/* Classic load balancers, which know a certificate by its ARN alone. */

/* The certificate of a listener's description, absent where it has none. */
static struct pb_slice certificate_of(const struct pb_json *description)
{
    const struct pb_json *listener = pb_json_find(description, "Listener");
    struct pb_slice arn;

    if (pb_deployment_is_certificate_arn(pb_json_find(listener, "SSLCertificateId"), &arn))
        return arn;
    return PB_SLICE_ABSENT;
}

/* A balancer without a certificate is no evidence of any. */
static bool has_certificate(const struct pb_json *listeners)
{
    size_t count = pb_json_count(listeners);

    for (size_t i = 0; i < count; i++)
        if (!pb_slice_is_absent(certificate_of(pb_json_element(listeners, i))))
            return true;
    return false;
}

enum pb_claim pb_elb_claim(const struct pb_node *node)
{
    return pb_slice_equals(node->key_text, PB_SLICE("ListenerDescriptions")) &&
                   has_certificate(node->value)
               ? PB_CLAIM_ENVELOPE
               : PB_CLAIM_NONE;
}

enum pb_status pb_elb_read(struct pb_reading *reading, const struct pb_node *node, const char *name)
{
    struct pb_deployment balancer = {.kind = "elb"};
    size_t count = pb_json_count(node->value);
    enum pb_status status = PB_OK;

    pb_json_string(pb_json_find(node->parent, "LoadBalancerName"), &balancer.name);
    for (size_t i = 0; i < count && status == PB_OK; i++) {
        const struct pb_json *description = pb_json_element(node->value, i);
        struct pb_slice arn = certificate_of(description);
        if (pb_slice_is_absent(arn))
            continue;
        balancer.port = 0;
        pb_json_integer(pb_json_find(pb_json_find(description, "Listener"), "LoadBalancerPort"),
                        &balancer.port);
        size_t here = pb_pointer_push_index(&reading->pointer, i);
        status = pb_deployment_add(reading, &balancer, arn, name);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

/* Application and network load balancers: listeners, and the further certificates of one. */

static bool elbv2_has_certificate(const struct pb_json *certificates)
{
    size_t count = pb_json_count(certificates);
    struct pb_slice arn;

    for (size_t i = 0; i < count; i++)
        if (pb_deployment_is_certificate_arn(
                pb_json_find(pb_json_element(certificates, i), "CertificateArn"), &arn))
            return true;
    return false;
}

/* Both dumps have the array; RDS and IAM's signing certificates have others of that name. */
enum pb_claim pb_elbv2_claim(const struct pb_node *node)
{
    return pb_slice_equals(node->key_text, PB_SLICE("Certificates")) &&
                   elbv2_has_certificate(node->value)
               ? PB_CLAIM_ENVELOPE
               : PB_CLAIM_NONE;
}

/* "loadbalancer/app/NAME/ID" of the balancer, else "listener/app/NAME/ID/ID" of the listener;
 * absent where neither is there, as in describe-listener-certificates. */
static struct pb_slice name_of(const struct pb_json *listener)
{
    struct pb_slice text = PB_SLICE_ABSENT;
    struct pb_arn arn;

    if (!pb_json_string(pb_json_find(listener, "LoadBalancerArn"), &text))
        pb_json_string(pb_json_find(listener, "ListenerArn"), &text);
    if (!pb_arn_parse(text, &arn))
        return PB_SLICE_ABSENT;
    size_t first = pb_slice_find(arn.resource, PB_SLICE("/"), 0);
    size_t second =
        first == SIZE_MAX ? SIZE_MAX : pb_slice_find(arn.resource, PB_SLICE("/"), first + 1);
    if (second == SIZE_MAX)
        return PB_SLICE_ABSENT;
    size_t third = pb_slice_find(arn.resource, PB_SLICE("/"), second + 1);
    size_t end = third == SIZE_MAX ? arn.resource.size_bytes : third;
    return pb_slice_first(pb_slice_from(arn.resource, second + 1), end - second - 1);
}

enum pb_status pb_elbv2_read(struct pb_reading *reading, const struct pb_node *node,
                             const char *name)
{
    struct pb_deployment listener = {.kind = "elbv2", .name = name_of(node->parent)};
    size_t count = pb_json_count(node->value);
    enum pb_status status = PB_OK;

    pb_json_integer(pb_json_find(node->parent, "Port"), &listener.port);
    pb_json_string(pb_json_find(node->parent, "ListenerArn"), &listener.listener);
    for (size_t i = 0; i < count && status == PB_OK; i++) {
        const struct pb_json *element = pb_json_element(node->value, i);
        struct pb_slice arn;
        if (!pb_deployment_is_certificate_arn(pb_json_find(element, "CertificateArn"), &arn))
            continue;
        bool is_default = true;
        pb_json_boolean(pb_json_find(element, "IsDefault"), &is_default);
        listener.is_further = !is_default;
        size_t here = pb_pointer_push_index(&reading->pointer, i);
        status = pb_deployment_add(reading, &listener, arn, name);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

/* CloudFront distributions, which know a certificate by its ServerCertificateId. */

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
