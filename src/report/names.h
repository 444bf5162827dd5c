/* SPDX-License-Identifier: MIT */
/* How reports spell the inventory's enumerations: stable words that scripts depend on. */
#ifndef PB_REPORT_NAMES_H
#define PB_REPORT_NAMES_H

#include "inventory/types.h"

/* Each returns a string literal, or NULL where the report says null. */
const char *pb_report_id_from_name(enum pb_id_from id_from);
const char *pb_report_coverage_name(enum pb_coverage coverage);
const char *pb_report_origin_name(enum pb_origin origin);
const char *pb_report_presence_name(enum pb_presence presence);
/* Where a certificate's name is from: "evidence", "file", or NULL where it has none. */
const char *pb_report_name_from(const struct pb_certificate *certificate);

#endif
