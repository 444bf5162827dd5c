/* SPDX-License-Identifier: MIT */
/* Classic load balancers, which know a certificate by its ARN alone. */
#include "aws/deployment.h"

#include "json/tree.h"

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
