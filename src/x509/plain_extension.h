/* SPDX-License-Identifier: MIT */
/* The ordinary forms of the two extensions that matter here. Private to the room. */
#ifndef PB_X509_PLAIN_EXTENSION_H
#define PB_X509_PLAIN_EXTENSION_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/* extension is what its OCTET STRING holds, absent where the certificate has none: then it says
 * nothing. Both say false where only the full decoder knows what it means. */

/* basicConstraints (RFC 5280, section 4.2.1.9). */
bool pb_plain_constraints_read(struct pb_slice extension, bool *is_ca);

/*
 * subjectAltName (RFC 5280, section 4.2.1.6) of DNS names, addresses of mail and URIs without a
 * character to escape. The names are as pb_alternative_names_read gives them, in the arena. Fails
 * only with PB_FAILED_MEMORY.
 */
enum pb_status pb_plain_alternative_names_read(struct pb_slice extension, struct pb_arena *arena,
                                               const struct pb_slice **names, size_t *count,
                                               bool *is_plain);

#endif
