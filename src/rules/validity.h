/* SPDX-License-Identifier: MIT */
/* When a certificate ends, by its body or, without one, by the service's Expiration. */
#ifndef PB_RULES_VALIDITY_H
#define PB_RULES_VALIDITY_H

#include "inventory/types.h"

/* False where neither is known, and for a deleted certificate, whose expiry is nobody's task. */
bool pb_validity_find_end(const struct pb_certificate *certificate, struct pb_instant *end);

#endif
