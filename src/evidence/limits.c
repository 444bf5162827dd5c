/* SPDX-License-Identifier: MIT */
/* Why reading stops: damage, and the ceilings of a run. */
#include "evidence/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A file that stores less than this part of its size is mostly holes. */
#define SPARSE_RATIO 1000
/* What an item's line may take on the average. */
#define LEDGER_BYTES_AN_ITEM 256
/* The least, however few items there may be. */
#define LEAST_LEDGER_BYTES (UINT64_C(1) << 20)

bool pb_fault_is_encryption(const struct pb_fault *fault)
{
    static const char prefix[] = "encrypted";

    return pb_fault_is_set(fault) && strncmp(fault->code, prefix, sizeof prefix - 1) == 0;
}

bool pb_fault_is_damage(const struct pb_fault *fault)
{
    static const char *const codes[] = {"archive-member-damaged", "compressed-damaged", "gzip-crc",
                                        "gzip-damaged", "gzip-length"};

    for (size_t i = 0; pb_fault_is_set(fault) && i < sizeof codes / sizeof *codes; i++)
        if (strcmp(fault->code, codes[i]) == 0)
            return true;
    return false;
}

void pb_fault_set(struct pb_fault *fault, enum pb_entry_status status, const char *code,
                  const char *format, ...)
{
    if (pb_fault_is_set(fault))
        return;
    fault->code = code;
    fault->status = status;
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
    pb_fault_set(fault, PB_ENTRY_UNREADABLE, "unreadable", "could not be read: %s",
                 pb_errno_text(number));
}

void pb_fault_set_memory(struct pb_fault *fault)
{
    pb_fault_set(fault, PB_ENTRY_UNREADABLE, "archive-memory",
                 "it takes more memory to read it than there is");
}

void pb_budget_set_fault(const struct pb_budget *budget, enum pb_ceiling ceiling,
                         struct pb_fault *fault)
{
    const struct pb_limits *limits = &budget->limits;
    const struct {
        const char *code, *what, *option;
        uint64_t value;
    } ceilings[] = {
        [PB_CEILING_ITEM_BYTES] = {"limit-item-bytes", "larger than one item may be",
                                   "--max-item-bytes", limits->item_bytes},
        [PB_CEILING_TOTAL_BYTES] = {"limit-total-bytes",
                                    "more bytes than all the evidence together may have",
                                    "--max-total-bytes", limits->total_bytes},
        [PB_CEILING_ITEMS] = {"limit-items", "more items than there may be; the rest was not read",
                              "--max-items", limits->items},
        [PB_CEILING_DEPTH] = {"limit-depth", "nested deeper than archives may be", "--max-depth",
                              limits->depth},
        [PB_CEILING_RATIO] = {"limit-ratio", "expands to more than it may for its size",
                              "--max-ratio", limits->ratio},
        [PB_CEILING_LEDGER] = {"limit-ledger",
                               "more names and digests than there is room for in the evidence "
                               "ledger; the rest was not read",
                               "--max-items", limits->items},
    };

    pb_fault_set(fault, PB_ENTRY_SKIPPED, ceilings[ceiling].code, "%s (%s %" PRIu64 ")",
                 ceilings[ceiling].what, ceilings[ceiling].option, ceilings[ceiling].value);
}

bool pb_budget_take_content(struct pb_budget *budget, uint64_t has_bytes, uint64_t more_bytes,
                            struct pb_fault *fault)
{
    if (has_bytes > budget->limits.item_bytes ||
        more_bytes > budget->limits.item_bytes - has_bytes) {
        pb_budget_set_fault(budget, PB_CEILING_ITEM_BYTES, fault);
        return false;
    }
    if (budget->is_exhausted || more_bytes > budget->limits.total_bytes - budget->content_bytes) {
        budget->is_exhausted = true;
        pb_budget_set_fault(budget, PB_CEILING_TOTAL_BYTES, fault);
        return false;
    }
    budget->content_bytes += more_bytes;
    return true;
}

static uint64_t most_expanded_bytes(const struct pb_limits *limits)
{
    uint64_t total = limits->total_bytes;

    if (total > UINT64_MAX / 2 || limits->ratio_free_bytes > UINT64_MAX - 2 * total)
        return UINT64_MAX;
    return 2 * total + limits->ratio_free_bytes;
}

bool pb_budget_take_expanded(struct pb_budget *budget, uint64_t used_bytes, uint64_t made_bytes,
                             uint64_t more_bytes, struct pb_fault *fault)
{
    uint64_t ratio = budget->limits.ratio > 0 ? budget->limits.ratio : 1;

    if (made_bytes > budget->limits.ratio_free_bytes && made_bytes / ratio > used_bytes) {
        pb_budget_set_fault(budget, PB_CEILING_RATIO, fault);
        return false;
    }
    if (more_bytes > most_expanded_bytes(&budget->limits) - budget->expanded_bytes) {
        pb_budget_set_fault(budget, PB_CEILING_TOTAL_BYTES, fault);
        return false;
    }
    budget->expanded_bytes += more_bytes;
    return true;
}

bool pb_budget_allows_file(const struct pb_budget *budget, uint64_t size_bytes,
                           uint64_t stored_bytes, struct pb_fault *fault)
{
    const struct pb_limits *limits = &budget->limits;

    if (size_bytes <= most_expanded_bytes(limits) || stored_bytes >= size_bytes / SPARSE_RATIO)
        return true;
    pb_budget_set_fault(budget, PB_CEILING_TOTAL_BYTES, fault);
    return false;
}

uint64_t pb_budget_most_ledger_bytes(const struct pb_budget *budget)
{
    uint64_t most_items = (UINT64_MAX - LEAST_LEDGER_BYTES) / LEDGER_BYTES_AN_ITEM;
    uint64_t items = budget->limits.items < most_items ? budget->limits.items : most_items;

    return LEAST_LEDGER_BYTES + items * LEDGER_BYTES_AN_ITEM;
}
