/* SPDX-License-Identifier: MIT */
/* Certificates from grouped observations. */
#ifndef PB_INVENTORY_CERTIFICATE_H
#define PB_INVENTORY_CERTIFICATE_H

#include "inventory/types.h"

/*
 * Fills inventory->certificates, sorted by account, name, id, then first observation, and puts the
 * evidence's observations into that order, so that those of one certificate stand together in the
 * order of their evidence. group is as pb_identity_group made it, of_observation as
 * pb_accounts_resolve did. Notes on differing names go to the evidence's diagnostics.
 * Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_certificates_make(struct pb_inventory *inventory, const uint32_t *group);

/* The certificate's extras, made where it has none yet, to be filled in; NULL without memory. */
struct pb_extras *pb_certificate_extend(struct pb_inventory *inventory,
                                        struct pb_certificate *certificate);

#endif
