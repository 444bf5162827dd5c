/* SPDX-License-Identifier: MIT */
/* Faults (why something could not be read) and the ceilings of a run. */
#include "evidence/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The ledger's ceiling: so much for each item that the ceiling of items allows, and so much more.
 */
#define LEDGER_BYTES_AN_ITEM 256
#define LEAST_LEDGER_BYTES (UINT64_C(1) << 20)

void pb_fault_set(struct pb_fault *fault, const char *code, const char *format, ...)
{
    static const char ceiling[] = "limit-";

    if (pb_fault_is_set(fault))
        return;
    fault->code = code;
    fault->status =
        strncmp(code, ceiling, sizeof ceiling - 1) == 0 ? PB_ENTRY_SKIPPED : PB_ENTRY_UNREADABLE;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
}

const char *pb_errno_text(int number)
{
    static const struct {
        int number;
        const char *text;
    } known[] = {
        {EACCES, "permission denied"},
        {EPERM, "operation not permitted"},
        {ENOENT, "no such file or directory"},
        {ENOTDIR, "a part of the path is not a directory"},
        {EISDIR, "is a directory"},
        {EIO, "input/output error"},
        {ELOOP, "too many levels of symbolic links"},
        {ENAMETOOLONG, "the path is too long"},
        {EMFILE, "too many open files"},
        {ENFILE, "too many open files in the system"},
        {ENXIO, "no such device or address"},
        {ENODEV, "no such device"},
        {EBADF, "not open for reading"},
        {EINVAL, "the file cannot be read"},
        {EOVERFLOW, "the file is too large for this system"},
        {ESTALE, "stale file handle"},
        {ETIMEDOUT, "timed out"},
        {EBUSY, "device or resource busy"},
        {EAGAIN, "no data where there should be some"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == number)
            return known[i].text;
    return "a system error without a name here";
}

void pb_fault_set_errno(struct pb_fault *fault, int number)
{
    pb_fault_set(fault, "unreadable", "could not be read: %s", pb_errno_text(number));
}

void pb_fault_set_memory(struct pb_fault *fault)
{
    pb_fault_set(fault, "archive-memory", "it takes more memory to read it than there is");
}

void pb_budget_init(struct pb_budget *budget, const struct pb_limits *limits)
{
    uint64_t total = limits->total_bytes, free = limits->ratio_free_bytes;
    bool is_bounded = total <= UINT64_MAX / 2 && free <= UINT64_MAX - 2 * total;
    uint64_t most_items = (UINT64_MAX - LEAST_LEDGER_BYTES) / LEDGER_BYTES_AN_ITEM;
    uint64_t items = limits->items < most_items ? limits->items : most_items;

    *budget = (struct pb_budget){
        .limits = *limits,
        .most_expanded_bytes = is_bounded ? 2 * total + free : UINT64_MAX,
        .most_ledger_bytes = LEAST_LEDGER_BYTES + items * LEDGER_BYTES_AN_ITEM,
    };
}

void pb_budget_set_fault(const struct pb_budget *budget, enum pb_ceiling ceiling,
                         struct pb_fault *fault)
{
    const struct pb_limits *limits = &budget->limits;
    const struct {
        const char *code, *what, *option;
        uint64_t value;
    } ceilings[] = {
        [PB_CEILING_ITEM_BYTES] = {"limit-item-bytes", "larger than one item may be", "item-bytes",
                                   limits->item_bytes},
        [PB_CEILING_TOTAL_BYTES] = {"limit-total-bytes",
                                    "more bytes than all the evidence together may have",
                                    "total-bytes", limits->total_bytes},
        [PB_CEILING_ITEMS] = {"limit-items", "more items than there may be; the rest was not read",
                              "items", limits->items},
        [PB_CEILING_DEPTH] = {"limit-depth", "nested deeper than archives may be", "depth",
                              limits->depth},
        [PB_CEILING_RATIO] = {"limit-ratio", "expands to more than it may for its size", "ratio",
                              limits->ratio},
        [PB_CEILING_LEDGER] = {"limit-ledger",
                               "more names and digests than there is room for in the evidence "
                               "ledger; the rest was not read",
                               "items", limits->items},
    };

    pb_fault_set(fault, ceilings[ceiling].code, "%s (--max-%s %" PRIu64 ")", ceilings[ceiling].what,
                 ceilings[ceiling].option, ceilings[ceiling].value);
}
