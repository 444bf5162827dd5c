/* SPDX-License-Identifier: MIT */
/* An earlier json report as a baseline, and how a report is told from evidence. */
#ifndef PB_AUDIT_BASELINE_FILE_H
#define PB_AUDIT_BASELINE_FILE_H

#include "base/limits.h"
#include "json/tree.h"
#include "rules/baseline.h"

/* Fills the initialised baseline; nothing of bytes is borrowed. What is no report of prebleed, or
 * one of another schema than prebleed-report/1, fails with PB_FAILED_USAGE, naming line and column
 * of what is wrong. */
enum pb_status pb_baseline_read(struct pb_baseline *baseline, struct pb_slice bytes,
                                const struct pb_limits *limits, struct pb_error *error);

/* Whether the document is a report or a waiver file of prebleed, of whatever version. */
bool pb_is_own_document(const struct pb_json *root);

#endif
