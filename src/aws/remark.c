/* SPDX-License-Identifier: MIT */
#include "aws/remark.h"

#include <stdio.h>

#define MOST_PLACES 20
#define LONGEST_SENTENCE_BYTES 700

struct kind {
    const char *code;
    enum pb_severity severity;
    size_t most;
};

static const struct kind kinds[PB_REMARK_COUNT] = {
    [PB_REMARK_WRONG_TYPE] = {"wrong-type", PB_SEVERITY_ERROR, MOST_PLACES},
    [PB_REMARK_UNKNOWN_ELEMENT] = {"unrecognised-element", PB_SEVERITY_ERROR, MOST_PLACES},
    [PB_REMARK_PASSED_OVER] = {"passed-over-element", PB_SEVERITY_NOTE, MOST_PLACES},
    [PB_REMARK_REPEATED_FIELD] = {"repeated-field", PB_SEVERITY_ERROR, MOST_PLACES},
    [PB_REMARK_UNPARSEABLE_DATE] = {"unparseable-date", PB_SEVERITY_WARNING, MOST_PLACES},
    [PB_REMARK_ODD_DATE] = {"odd-date", PB_SEVERITY_WARNING, MOST_PLACES},
    [PB_REMARK_OUTER_WHITESPACE] = {"outer-whitespace", PB_SEVERITY_NOTE, MOST_PLACES},
    /* Whole sets of examples have other prefixes (EHDG, ADWA): once is enough. */
    [PB_REMARK_ODD_ID_PREFIX] = {"odd-id-prefix", PB_SEVERITY_NOTE, 1},
    [PB_REMARK_ODD_NAME] = {"odd-name", PB_SEVERITY_NOTE, MOST_PLACES},
    [PB_REMARK_CONTROL_IN_NAME] = {"odd-name", PB_SEVERITY_WARNING, MOST_PLACES},
    [PB_REMARK_ODD_ACCOUNT] = {"odd-account", PB_SEVERITY_NOTE, MOST_PLACES},
    [PB_REMARK_ODD_TAGS] = {"odd-tags", PB_SEVERITY_NOTE, MOST_PLACES},
    [PB_REMARK_PATH_DIFFERS] = {"path-differs", PB_SEVERITY_NOTE, MOST_PLACES},
    [PB_REMARK_NAME_DIFFERS] = {"name-differs", PB_SEVERITY_NOTE, MOST_PLACES},
    [PB_REMARK_SKELETON_OUTPUT] = {"skeleton-output", PB_SEVERITY_ERROR, 1},
    [PB_REMARK_REFUSED_CALL] = {"refused-call", PB_SEVERITY_NOTE, MOST_PLACES},
    [PB_REMARK_EMBEDDED_DAMAGED] = {"json-invalid", PB_SEVERITY_ERROR, MOST_PLACES},
    [PB_REMARK_EMBEDDED_DEEPER] = {"json-nested", PB_SEVERITY_ERROR, MOST_PLACES},
    [PB_REMARK_EMBEDDED_TOO_LARGE] = {"limit-values", PB_SEVERITY_ERROR, MOST_PLACES},
    [PB_REMARK_EMBEDDED_REPAIRED] = {"json-repaired", PB_SEVERITY_WARNING, MOST_PLACES},
};

enum pb_status pb_remark_add(struct pb_remarks *remarks, struct pb_diagnostics *diagnostics,
                             enum pb_remark kind, struct pb_slice pointer, const char *format,
                             va_list arguments)
{
    struct pb_diagnostic *added;
    char sentence[LONGEST_SENTENCE_BYTES];

    if (remarks->counts[kind]++ >= kinds[kind].most)
        return PB_OK;
    vsnprintf(sentence, sizeof sentence, format, arguments);
    enum pb_status status = pb_diagnostics_add(diagnostics, kinds[kind].severity, kinds[kind].code,
                                               &added, "%s", sentence);
    if (status == PB_OK && !pb_arena_copy(diagnostics->arena, pointer, &added->pointer))
        status = PB_FAILED_MEMORY;
    remarks->last[kind] = diagnostics->items.count - 1;
    return status;
}

/* The new sentence takes the old one's place, so that the count stands with an example. */
static enum pb_status append_count(struct pb_diagnostics *diagnostics, size_t index, size_t more)
{
    struct pb_diagnostic old = PB_VECTOR_AT(struct pb_diagnostic, &diagnostics->items, index);
    struct pb_diagnostic *added;
    enum pb_status status = pb_diagnostics_add(
        diagnostics, old.severity, old.code, &added, "%.*s; the same in %zu more place%s",
        PB_SLICE_ARGS(old.message), more, more == 1 ? "" : "s");

    if (status != PB_OK)
        return status;
    added->pointer = old.pointer;
    PB_VECTOR_AT(struct pb_diagnostic, &diagnostics->items, index) = *added;
    diagnostics->items.count--;
    return PB_OK;
}

enum pb_status pb_remarks_close(const struct pb_remarks *remarks,
                                struct pb_diagnostics *diagnostics)
{
    for (size_t i = 0; i < PB_REMARK_COUNT; i++) {
        if (remarks->counts[i] <= kinds[i].most)
            continue;
        enum pb_status status =
            append_count(diagnostics, remarks->last[i], remarks->counts[i] - kinds[i].most);
        if (status != PB_OK)
            return status;
    }
    return PB_OK;
}
