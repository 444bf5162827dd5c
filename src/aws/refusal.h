/* SPDX-License-Identifier: MIT */
/* Documents that no shape claims: which of them were to be evidence, and what to tell of them. */
#ifndef PB_AWS_REFUSAL_H
#define PB_AWS_REFUSAL_H

#include "aws/reading.h"
#include "aws/walk.h"

/* Input for a command, printed by --generate-cli-skeleton; to be asked before the shapes are.
 * is_expected: named by the caller, or at a path that speaks of server certificates. */
bool pb_is_input_skeleton(const struct pb_json *root, bool is_expected);

/* Refuses what was to be evidence, and leaves the rest alone. has_field_name: one of the field
 * names of a server certificate is a key in the document. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_refuse_unclaimed(struct pb_reading *reading, bool has_field_name);

/* Refuses the value where a collector keeps a failed ListServerCertificates beside what it
 * collected, as CloudSploit does. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_refuse_failed_call(struct pb_reading *reading, const struct pb_node *node);

/* The same for an input skeleton. */
enum pb_status pb_refuse_input_skeleton(struct pb_reading *reading);

#endif
