/* SPDX-License-Identifier: MIT */
/* Diagnostics about odd values in a document, few enough to be read. */
#ifndef PB_AWS_REMARK_H
#define PB_AWS_REMARK_H

#include <stdarg.h>
#include <stddef.h>

#include "base/diagnostic.h"
#include "base/slice.h"
#include "base/status.h"

enum pb_remark {
    PB_REMARK_WRONG_TYPE,
    PB_REMARK_UNKNOWN_ELEMENT,
    PB_REMARK_PASSED_OVER,
    PB_REMARK_REPEATED_FIELD,
    PB_REMARK_UNPARSEABLE_DATE,
    PB_REMARK_ODD_DATE,
    PB_REMARK_OUTER_WHITESPACE,
    PB_REMARK_ODD_ID_PREFIX,
    PB_REMARK_ODD_NAME,
    PB_REMARK_CONTROL_IN_NAME,
    PB_REMARK_ODD_ACCOUNT,
    PB_REMARK_ODD_TAGS,
    PB_REMARK_PATH_DIFFERS,
    PB_REMARK_NAME_DIFFERS,
    PB_REMARK_SKELETON_OUTPUT,
    PB_REMARK_REFUSED_CALL,
    PB_REMARK_EMBEDDED_DAMAGED,
    PB_REMARK_EMBEDDED_DEEPER,
    PB_REMARK_EMBEDDED_TOO_LARGE,
    PB_REMARK_EMBEDDED_REPAIRED,
    PB_REMARK_COUNT,
};

/* How often each was made in one document. Zero-initialise. */
struct pb_remarks {
    size_t counts[PB_REMARK_COUNT];
    size_t last[PB_REMARK_COUNT]; /* private: index of the last diagnostic of the kind */
};

/*
 * Adds a diagnostic at the pointer, or only counts it where the document has had its fill of the
 * kind. Fails only with PB_FAILED_MEMORY.
 */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 0)))
#endif
enum pb_status
pb_remark_add(struct pb_remarks *remarks, struct pb_diagnostics *diagnostics, enum pb_remark kind,
              struct pb_slice pointer, const char *format, va_list arguments);

/* Lets the last diagnostic of each kind say how many more were only counted. Fails only with
 * PB_FAILED_MEMORY. */
enum pb_status pb_remarks_close(const struct pb_remarks *remarks,
                                struct pb_diagnostics *diagnostics);

#endif
