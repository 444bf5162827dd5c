/* SPDX-License-Identifier: MIT */
#include "cli/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every folder above the resolved file is looked at by device and inode. */
bool pb_guard_is_beneath(const char *file, const struct stat *folder)
{
    char *path = realpath(file, NULL);
    bool is_beneath = false;

    while (path != NULL && !is_beneath) {
        struct stat above;
        char *slash = strrchr(path, '/');
        if (slash == NULL || path[1] == '\0')
            break;
        slash[slash == path] = '\0';
        is_beneath = stat(path, &above) == 0 && above.st_dev == folder->st_dev &&
                     above.st_ino == folder->st_ino;
    }
    free(path);
    return is_beneath;
}

bool pb_guard_is_own_report(const char *file)
{
    static const char *const beginnings[] = {
        "{\n  \"schema\": \"prebleed-report/",
        "IAM-033  Pre-Heartbleed server certificates",
        "\033[1mIAM-033  Pre-Heartbleed server certificates",
    };
    char start[64];
    FILE *stream = fopen(file, "rb");
    size_t size = stream ? fread(start, 1, sizeof start, stream) : 0;
    bool is_own = stream && size == 0 && !ferror(stream);

    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        size_t length = strlen(beginnings[i]);
        is_own |= size >= length && memcmp(start, beginnings[i], length) == 0;
    }
    if (stream)
        fclose(stream);
    return is_own;
}
