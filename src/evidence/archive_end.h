/* SPDX-License-Identifier: MIT */
/* Whether a zip or 7-Zip holds more than its table of contents says. */
#ifndef PB_EVIDENCE_ARCHIVE_END_H
#define PB_EVIDENCE_ARCHIVE_END_H

#include <stdint.h>

#include "base/status.h"
#include "evidence/random_access.h"

/* zip: bytes that no entry of the central directory covers may hide entries that some readers see
 * and others do not. *count: of entries; one more than most where there are too many, which are not
 * looked at then. Fails only with PB_FAILED_MEMORY; what is found is in *fault. */
enum pb_status pb_zip_check_directory(const struct pb_random_access *bytes, uint64_t most,
                                      struct pb_fault *fault, uint64_t *count);

/* 7-Zip: what follows its header. The header's size, or 0 where there is none. */
uint64_t pb_seven_zip_check_end(const struct pb_random_access *bytes, struct pb_fault *fault);

#endif
