/* SPDX-License-Identifier: MIT */
/* An answer of IAM inside a producer's envelope: what the clients' own rows read at the root. */
#ifndef PB_AWS_ANSWER_H
#define PB_AWS_ANSWER_H

#include "aws/producers.h"

/* The object is the answer to ListServerCertificates, GetServerCertificate or
 * UploadServerCertificate. */
bool pb_answer_is(const struct pb_fields *fields);

/* Reads the answer at the reading's pointer, under the name of the envelope's row. Fails only with
 * PB_FAILED_MEMORY. */
enum pb_status pb_answer_read(struct pb_reading *reading, const struct pb_node *node,
                              const char *name);

#endif
