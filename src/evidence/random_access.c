/* SPDX-License-Identifier: MIT */
#include "evidence/random_access.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct pb_random_access pb_random_access_from_memory(struct pb_slice bytes)
{
    return (struct pb_random_access){.size_bytes = bytes.size_bytes, .memory = bytes, .fd = -1};
}

struct pb_random_access pb_random_access_from_file(int fd, uint64_t size_bytes)
{
    return (struct pb_random_access){.size_bytes = size_bytes, .fd = fd};
}

static size_t read_file(int fd, uint64_t offset_bytes, char *buffer, size_t wanted_bytes,
                        struct pb_fault *fault)
{
    size_t done = 0;

    while (done < wanted_bytes) {
        ssize_t size = pread(fd, buffer + done, wanted_bytes - done, (off_t)(offset_bytes + done));
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            pb_fault_set_errno(fault, errno);
        if (size <= 0)
            break;
        done += (size_t)size;
    }
    return done;
}

size_t pb_random_access_read(const struct pb_random_access *bytes, uint64_t offset_bytes,
                             char *buffer, size_t wanted_bytes, struct pb_fault *fault)
{
    if (offset_bytes >= bytes->size_bytes)
        return 0;
    if (wanted_bytes > bytes->size_bytes - offset_bytes)
        wanted_bytes = (size_t)(bytes->size_bytes - offset_bytes);
    if (bytes->memory.data == NULL)
        return read_file(bytes->fd, offset_bytes, buffer, wanted_bytes, fault);
    memcpy(buffer, bytes->memory.data + offset_bytes, wanted_bytes);
    return wanted_bytes;
}
