/* SPDX-License-Identifier: MIT */
/* Why a stream, an archive or an item could not be read: the first reason, as code and text. */
#ifndef PB_EVIDENCE_FAULT_H
#define PB_EVIDENCE_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/entry_status.h"

/* Zero-initialised: nothing is wrong. */
struct pb_fault {
    const char *code;            /* of the diagnostic: a string literal; NULL for no fault */
    enum pb_entry_status status; /* UNREADABLE for damage, SKIPPED for a ceiling */
    char text[256];              /* NUL-terminated; serves as message and as the ledger's detail */
};

static inline bool pb_fault_is_set(const struct pb_fault *fault)
{
    return fault->code != NULL;
}

/* Whether what was read was not, or wrongly, decrypted. */
bool pb_fault_is_encryption(const struct pb_fault *fault);

/* The first fault is the cause of the later ones, so a fault that is set stays as it is. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void pb_fault_set(struct pb_fault *fault, enum pb_entry_status status, const char *code,
                  const char *format, ...);

/* UNREADABLE, "unreadable", with our own words for the value of errno: strerror's follow the
 * locale. */
void pb_fault_set_errno(struct pb_fault *fault, int number);

/* The words alone, for other sentences. */
const char *pb_errno_text(int number);

#endif
