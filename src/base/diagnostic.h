/* SPDX-License-Identifier: MIT */
/* Problems with the evidence itself, each with its place and one sentence. */
#ifndef PB_BASE_DIAGNOSTIC_H
#define PB_BASE_DIAGNOSTIC_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/vector.h"

enum pb_severity {
    PB_SEVERITY_NOTE,    /* worth knowing; changes no conclusion */
    PB_SEVERITY_WARNING, /* something was repaired, passed over or odd */
    PB_SEVERITY_ERROR,   /* evidence was not read: the run is inconclusive */
};

/* "note", "warning" or "error". */
const char *pb_severity_name(enum pb_severity severity);

#define PB_NO_ENTRY UINT32_MAX

struct pb_diagnostic {
    enum pb_severity severity;
    const char *code;        /* stable, lower-case words joined by '-': a string literal */
    uint32_t entry;          /* index of the evidence entry, PB_NO_ENTRY for none */
    uint32_t line, column;   /* from 1, 0 where not known; columns count bytes */
    uint64_t offset_bytes;   /* in the item's text; orders diagnostics of one item */
    struct pb_slice pointer; /* RFC 6901 JSON pointer, absent where not known */
    struct pb_slice message; /* one sentence: what is wrong and what was expected */
};

/* A list and the memory of its texts. Zero-initialise, then pb_diagnostics_init. */
struct pb_diagnostics {
    struct pb_arena *arena; /* borrowed: owns pointers and messages */
    struct pb_vector items; /* of struct pb_diagnostic */
    uint32_t entry;         /* the entry that new diagnostics are about */
};

/* arena must outlive the list. */
void pb_diagnostics_init(struct pb_diagnostics *list, struct pb_arena *arena);
void pb_diagnostics_release(struct pb_diagnostics *list);

/*
 * Appends a diagnostic about list->entry without a place inside the item; *added (may be NULL) is
 * the new element, for the caller to add line, column, offset or pointer to before the next one.
 * The message is copied; bytes of it that are not printable text are escaped.
 * Fails only with PB_FAILED_MEMORY.
 */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
enum pb_status
pb_diagnostics_add(struct pb_diagnostics *list, enum pb_severity severity, const char *code,
                   struct pb_diagnostic **added, const char *format, ...);

#endif
