/* SPDX-License-Identifier: MIT */
/* How reports call one certificate in the lineage of a key: who, when, which account. */
#ifndef PB_REPORT_RELATIVE_H
#define PB_REPORT_RELATIVE_H

#include "base/buffer.h"
#include "rules/key_groups.h"

/*
 * Appends "FrontendSSL (account 111122223333, uploaded 2013-05-02, vulnerable)"; what was renamed,
 * deleted, is in ACM, in use or known from the baseline alone is called so. Evidence's own bytes
 * are escaped by PB_ESCAPE_CONTROLS.
 */
void pb_relative_append(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                        const struct pb_key_member *relative);

/*
 * Another name that the evidence has for the certificate, borrowed from the inventory; absent for
 * none. *is_former: an event renamed it; without one nobody knows which name came first.
 */
struct pb_slice pb_relative_other_name(const struct pb_inventory *inventory,
                                       const struct pb_certificate *certificate, bool *is_former);

#endif
