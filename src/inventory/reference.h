/* SPDX-License-Identifier: MIT */
/* What other evidence says of certificates: the deployments that use them. */
#ifndef PB_INVENTORY_REFERENCE_H
#define PB_INVENTORY_REFERENCE_H

#include "inventory/types.h"

/*
 * Fills in_use_by of certificates from records of deployments, by ARN or ServerCertificateId. A
 * reference to an IAM server certificate that is not in the evidence becomes a gap of its account,
 * appended to inventory->gaps; coverage counts it. Certificates must be made; of_record is as
 * pb_accounts_resolve made it. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_references_resolve(struct pb_inventory *inventory);

#endif
