/* SPDX-License-Identifier: MIT */
/* What an earlier report says of a certificate's body that a CRL is asked by. */
#ifndef PB_AUDIT_BASELINE_X509_H
#define PB_AUDIT_BASELINE_X509_H

#include "json/tree.h"
#include "rules/baseline.h"

/*
 * Fills the certificate's body and the part of its chain that has its issuer's name, in the arena,
 * from one of the report's certificates. What is not as a report has it leaves the body absent: it
 * is no fault, since nothing but revocation needs it. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_baseline_read_x509(struct pb_arena *arena, const struct pb_json *value,
                                     struct pb_former_certificate *certificate);

#endif
