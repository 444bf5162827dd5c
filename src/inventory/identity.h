/* SPDX-License-Identifier: MIT */
/* Which observations are one certificate. */
#ifndef PB_INVENTORY_IDENTITY_H
#define PB_INVENTORY_IDENTITY_H

#include "inventory/batch.h"

/*
 * The identity of observations, decided in this order:
 *  - the same ServerCertificateId in one account, which IAM documents as unique and stable. Two
 *    ARNs under one id are a rename only if no body and no UploadDate differs and the two do not
 *    stand in one list; otherwise they are split by ARN (mocks give every certificate one id);
 *  - else the same ARN, if that ARN has at most one id;
 *  - else the same known account and name.
 * A CloudTrail rename or deletion belongs to the certificate that had the name at its time; an ACM
 * body to the ACM description of its folder with the same serial.
 * Evidence without account is compared within its folder only. When in doubt, split: a split costs
 * a row, a merge costs a certificate.
 *
 * group[i] becomes the lowest observation that is the same certificate as observation i. Notes
 * ("id-shared") go to the evidence's diagnostics. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_identity_group(struct pb_batch *evidence, const struct pb_vector *accounts,
                                 uint32_t *group);

#endif
