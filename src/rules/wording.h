/* SPDX-License-Identifier: MIT */
/* How findings call another certificate. */
#ifndef PB_RULES_WORDING_H
#define PB_RULES_WORDING_H

#include "inventory/inventory.h"
#include "rules/span.h"

/* Its name, else its ARN, else its id, else "a certificate without a name". */
struct pb_slice pb_wording_name(const struct pb_certificate *certificate);
/* "uploaded 2013-05-02T10:00:00Z", else "upload date not known". */
struct pb_text pb_wording_upload(const struct pb_certificate *certificate);
/* Where it was seen first. */
struct pb_slice pb_wording_place(const struct pb_inventory *inventory,
                                 const struct pb_certificate *certificate);
unsigned pb_wording_line(const struct pb_inventory *inventory,
                         const struct pb_certificate *certificate);

#endif
