/* SPDX-License-Identifier: MIT */
/* What load balancers and distributions say of the certificates that they use. */
#ifndef PB_AWS_DEPLOYMENT_H
#define PB_AWS_DEPLOYMENT_H

#include "aws/producers.h"

/* The value is the ARN of an IAM server certificate or of an ACM certificate. */
bool pb_deployment_is_certificate_arn(const struct pb_json *value, struct pb_slice *arn);

/* A name and, where it has one, the port of a listener. */
struct pb_deployment {
    const char *kind;         /* "elb", "elbv2" or "cloudfront" */
    struct pb_slice name;     /* absent: the file's name has to do */
    int64_t port;             /* 0 for none */
    struct pb_slice listener; /* its ARN; absent where not known */
    bool is_further;          /* the certificate is not the listener's default one */
};

/* Adds the record that the deployment uses the certificate. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_deployment_add(struct pb_reading *reading, const struct pb_deployment *deployment,
                                 struct pb_slice target, const char *shape);

#endif
