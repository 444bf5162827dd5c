/* SPDX-License-Identifier: MIT */
/* Whether a zip or 7-Zip holds more than its table of contents says. */
#ifndef PB_EVIDENCE_ARCHIVE_END_H
#define PB_EVIDENCE_ARCHIVE_END_H

#include <stdbool.h>

#include "base/status.h"
#include "evidence/random_access.h"

/* zip: bytes that no entry of the central directory covers may hide entries that some readers see
 * and others do not. *is_empty: it lists nothing, and nothing is wrong with that. Fails only with
 * PB_FAILED_MEMORY; what is found is in *fault. */
enum pb_status pb_zip_check_directory(const struct pb_random_access *bytes, struct pb_fault *fault,
                                      bool *is_empty);

/* 7-Zip: what follows its last header. */
void pb_seven_zip_check_end(const struct pb_random_access *bytes, struct pb_fault *fault);

#endif
