/* SPDX-License-Identifier: MIT */
/* Application and network load balancers: listeners, and the further certificates of one. */
#include "aws/deployment.h"
#include "inventory/arn.h"
#include "json/tree.h"

static bool has_certificate(const struct pb_json *certificates)
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
    return pb_slice_equals(node->key_text, PB_SLICE("Certificates")) && has_certificate(node->value)
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
