/* SPDX-License-Identifier: MIT */
/* Waivers from their file, whose form report/prebleed-waivers-1.schema.json fixes. */
#ifndef PB_AUDIT_WAIVER_FILE_H
#define PB_AUDIT_WAIVER_FILE_H

#include "base/limits.h"
#include "rules/waiver.h"

/* Appends the file's waivers to the initialised list; nothing of bytes is borrowed. Whatever is not
 * as the schema says fails with PB_FAILED_USAGE, naming line and column. */
enum pb_status pb_waivers_read(struct pb_waivers *waivers, struct pb_slice bytes,
                               const struct pb_limits *limits, struct pb_error *error);

#endif
