/* SPDX-License-Identifier: MIT */
/* How findings call another certificate. */
#ifndef PB_RULES_WORDING_H
#define PB_RULES_WORDING_H

#include "inventory/types.h"
#include "rules/span.h"

/* Its name, else its ARN, else its id, else "a certificate without a name". */
struct pb_slice pb_wording_name(const struct pb_certificate *certificate);
/* "uploaded 2013-05-02T10:00:00Z", for one of ACM "imported into ACM 2016-02-10T16:20:00Z"; else
 * "upload date not known" or "in ACM", with ", issued 2013-05-01T00:00:00Z" where it has a body. */
struct pb_text pb_wording_upload(const struct pb_certificate *certificate);
/* ":12", or nothing where the line is not known. */
struct pb_text pb_wording_line(const struct pb_observation *observation);
/* The observation that shows this date, else the one that shows its body, else the first. */
const struct pb_observation *pb_wording_witness(const struct pb_inventory *inventory,
                                                const struct pb_certificate *certificate);

#endif
