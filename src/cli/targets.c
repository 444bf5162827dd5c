/* SPDX-License-Identifier: MIT */
#include "cli/targets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/complain.h"
#include "cli/guard.h"

/* What a path leads to, however it is spelt. */
struct target {
    bool is_there;
    struct stat found;  /* of the file, if it is there */
    struct stat folder; /* of the folder that it is, or would be, in */
    const char *base;   /* its name there */
};

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_same_target(const struct target *a, const struct target *b)
{
    if (a->is_there && b->is_there)
        return S_ISREG(a->found.st_mode) && is_same_file(&a->found, &b->found);
    return a->is_there == b->is_there && is_same_file(&a->folder, &b->folder) &&
           strcmp(a->base, b->base) == 0;
}

/* False, with errno, where the folder cannot take a new file. */
static bool check_folder(const char *file, size_t size, struct stat *folder)
{
    char *path = strndup(size > 0 ? file : ".", size > 0 ? size : 1);
    bool is_fine =
        path && stat(path, folder) == 0 && faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0;
    int reason = errno;

    free(path);
    errno = reason;
    return is_fine;
}

static enum prebleed_status find_target(const char *file, struct target *target,
                                        struct prebleed_error *error)
{
    const char *slash = strrchr(file, '/');

    *target = (struct target){.base = slash ? slash + 1 : file};
    target->is_there = stat(file, &target->found) == 0;
    if (target->is_there && S_ISDIR(target->found.st_mode))
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, "cannot write '%.300s': it is a directory",
                         file);
    if (target->is_there && !S_ISREG(target->found.st_mode))
        return PREBLEED_OK;
    if (!check_folder(file, (size_t)(target->base - file), &target->folder))
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, "cannot write '%.300s': %s", file,
                         strerror(errno));
    return PREBLEED_OK;
}

static enum prebleed_status check_evidence(const struct pb_options *options,
                                           const struct pb_request *request,
                                           const struct target *target,
                                           struct prebleed_error *error)
{
    struct stat found;

    if (!target->is_there || !S_ISREG(target->found.st_mode))
        return PREBLEED_OK;
    for (size_t i = 0; i < options->path_count; i++) {
        const char *path = options->paths[i];
        int result = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &found) : stat(path, &found);
        if (result == 0 && is_same_file(&found, &target->found))
            return pb_refuse(error, PREBLEED_FAILED_OUTPUT,
                             "the %s report would overwrite the evidence '%.300s'", request->format,
                             path);
        if (result == 0 && request->file && S_ISDIR(found.st_mode) &&
            pb_guard_is_beneath(request->file, &found) && !pb_guard_is_own_report(request->file))
            return pb_refuse(
                error, PREBLEED_FAILED_OUTPUT,
                "the %s report would overwrite '%.200s', which is no report and stands "
                "in the evidence '%.200s'",
                request->format, request->file, path);
    }
    const char *const others[] = {options->manifest, options->passphrase_file};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i] && stat(others[i], &found) == 0 && is_same_file(&found, &target->found))
            return pb_refuse(error, PREBLEED_FAILED_OUTPUT,
                             "the %s report would overwrite '%.300s'", request->format, others[i]);
    return PREBLEED_OK;
}

static enum prebleed_status check_crls(const struct pb_options *options,
                                       const struct pb_request *request,
                                       const struct target *target, struct prebleed_error *error)
{
    struct stat found;

    for (size_t i = 0; target->is_there && i < options->crl_count; i++)
        if (S_ISREG(target->found.st_mode) && stat(options->crls[i], &found) == 0 &&
            is_same_file(&found, &target->found))
            return pb_refuse(error, PREBLEED_FAILED_OUTPUT,
                             "the %s report would overwrite the CRL '%.300s'", request->format,
                             options->crls[i]);
    return PREBLEED_OK;
}

/* Against the reports before it, which were checked themselves. */
static enum prebleed_status check_twins(const struct pb_options *options, size_t index,
                                        const struct target *target, struct prebleed_error *error)
{
    const char *file = options->requests[index].file;
    enum prebleed_status status = PREBLEED_OK;
    struct target other;

    for (size_t i = 0; file && status == PREBLEED_OK && i < index; i++) {
        const char *twin = options->requests[i].file;
        if (!twin)
            continue;
        status = find_target(twin, &other, error);
        if (status == PREBLEED_OK && is_same_target(target, &other))
            status =
                pb_refuse(error, PREBLEED_FAILED_USAGE,
                          "two reports cannot go to one file: '%.200s' is '%.200s'", file, twin);
    }
    return status;
}

enum prebleed_status pb_targets_check(const struct pb_options *options,
                                      struct prebleed_error *error)
{
    enum prebleed_status status = PREBLEED_OK;

    for (size_t i = 0; status == PREBLEED_OK && i < options->request_count; i++) {
        const struct pb_request *request = &options->requests[i];
        struct target target = {0};
        if (request->file)
            status = find_target(request->file, &target, error);
        else
            target.is_there = fstat(STDOUT_FILENO, &target.found) == 0;
        if (status == PREBLEED_OK)
            status = check_evidence(options, request, &target, error);
        if (status == PREBLEED_OK)
            status = check_crls(options, request, &target, error);
        if (status == PREBLEED_OK)
            status = check_twins(options, i, &target, error);
    }
    return status;
}
