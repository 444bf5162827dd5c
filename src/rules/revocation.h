/* SPDX-License-Identifier: MIT */
/* What the given revocation lists say of each certificate. */
#ifndef PB_RULES_REVOCATION_H
#define PB_RULES_REVOCATION_H

#include "inventory/types.h"
#include "x509/crl.h"

/*
 * Fills in the revocation of every certificate whose body's issuer has a CRL. The newest CRL that
 * proves something decides:
 *
 * 1. One whose signature does not verify with the issuer's key, where that is in the evidence,
 *    proves nothing; nor does one signed with another key than that of the issuer in the
 *    certificate's own chain.
 * 2. A certificate that is listed is revoked.
 * 3. One that is not listed is not revoked, unless the CRL is from before its validity or from
 *    after it (RFC 5280, section 5: CAs may drop expired certificates), speaks for one distribution
 *    point alone, or leaves CA certificates out and it is one.
 *
 * Issuers are compared by their RFC 4514 text, which is the same for two encodings only where the
 * attributes and all their characters are, so that RFC 5280, section 7.1, holds them for one name.
 *
 * Adds the diagnostics crl-signature, crl-keys (not all of them were tried), crl-expired
 * (nextUpdate before as_of; it is used all the same) and crl-unused. Fails only with
 * PB_FAILED_MEMORY.
 */
enum pb_status pb_revocation_judge(struct pb_inventory *inventory, const struct pb_crls *crls,
                                   struct pb_instant as_of);

/* "revoked", "not-revoked" or "unknown". */
const char *pb_revocation_name(enum pb_revocation_status status);

#endif
