/* SPDX-License-Identifier: MIT */
/* The cutoffs, and each certificate's verdict: vulnerable, clear or undetermined, with its basis.
 */
#ifndef PB_RULES_VERDICT_H
#define PB_RULES_VERDICT_H

#include "inventory/types.h"
#include "x509/crl.h"

/* 2014-04-01T00:00:00Z: the rule's own text. */
#define PB_CUTOFF_IAM_033 ((struct pb_instant){INT64_C(1396310400), 0})

/* An RFC 3339 instant, a date (midnight UTC), or the name of a cutoff. False for anything else. */
bool pb_cutoff_parse(struct pb_slice text, struct pb_instant *instant);

/* Of several dates the one that ends first and the one that begins last: if any two differ, these
 * do. Borrowed; NULL without dates. */
struct pb_date_range {
    const struct pb_date *first, *last;
};

/* Adds a date that is known. */
void pb_date_range_add(struct pb_date_range *range, const struct pb_date *date);

/*
 * Fills in verdict, basis and reason of every certificate, against the cutoff. Unnamed dates are no
 * UploadDates where one of their record lies after as_of.
 *
 * 1. An UploadDate before the cutoff (strictly) is vulnerable, else clear. One without a zone or
 *    without a time that can lie on either side decides nothing.
 * 2. Without a decisive UploadDate the validity decides, because IAM refuses an upload outside it
 *    (AWS IAM User Guide, "Managing server certificates in IAM"): NotBefore at or after the cutoff
 *    is clear, NotAfter or Expiration before it is vulnerable.
 * 3. Otherwise undetermined, with a reason.
 * 4. Disagreement never clears: dates on both sides, or an UploadDate at or after the cutoff with
 *    a NotAfter before it, are undetermined, "conflicting-dates".
 * Certificates of origin acm and deleted ones are not judged.
 */
void pb_verdict_judge(struct pb_inventory *inventory, struct pb_instant cutoff,
                      struct pb_instant as_of);

/* "vulnerable", "clear" or "undetermined"; NULL for PB_VERDICT_NONE. */
const char *pb_verdict_name(enum pb_verdict verdict);
/* "upload-date" or "validity"; NULL for PB_BASIS_NONE. */
const char *pb_basis_name(enum pb_basis basis);

/* What an undetermined verdict's reason means, and what would settle it: one phrase each. */
struct pb_verdict_reason {
    const char *name;
    const char *meaning;
    const char *remedy;
};

/* All reasons, by name. */
#define PB_REASON_COUNT 8
extern const struct pb_verdict_reason pb_verdict_reasons[PB_REASON_COUNT];

/* The reason's row; NULL for a word that is none. */
const struct pb_verdict_reason *pb_verdict_reason_find(const char *name);

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
 * Issuers are compared as RFC 5280, section 7.1, says.
 *
 * Adds the diagnostics crl-signature, crl-not-verified (its algorithm or the key is not known),
 * crl-keys (not all of them were tried), crl-expired (nextUpdate before as_of; it is used all the
 * same) and crl-unused. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_revocation_judge(struct pb_inventory *inventory, const struct pb_crls *crls,
                                   struct pb_instant as_of);

/* "revoked", "not-revoked" or "unknown". */
const char *pb_revocation_name(enum pb_revocation_status status);

#endif
