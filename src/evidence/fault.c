/* SPDX-License-Identifier: MIT */
#include "evidence/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

bool pb_fault_is_encryption(const struct pb_fault *fault)
{
    static const char prefix[] = "encrypted";

    return pb_fault_is_set(fault) && strncmp(fault->code, prefix, sizeof prefix - 1) == 0;
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
