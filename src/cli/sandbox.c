/* SPDX-License-Identifier: MIT */
/* What the program gives up before it reads a byte of evidence and starts a thread: files by
 * Landlock, system calls by seccomp, new privileges, core dumps, memory. What the kernel lacks is
 * left out, and the message says so. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <seccomp.h>

#include "cli/cli.h"

#ifndef HAS_SANITIZER /* its runtime has its own allocators, traces processes, lists threads */
#define HAS_SANITIZER 0
#endif

/* By number, so that older headers of the kernel do. Version 1 has 13 rights; 2 added that to move
 * files between folders, 3 this one. */
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)
#define RIGHTS(version) ((UINT64_C(1) << (12 + (version))) - 1)
#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILE_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE)
#define WRITING                                                                                    \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |                                 \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | RIGHT_TRUNCATE)

struct ruleset {
    int descriptor;
    uint64_t handled; /* rights that are refused but where a rule allows them */
    bool has_failed;
};

static void allow_file(struct ruleset *ruleset, const char *path, uint64_t rights)
{
    struct stat found;
    int descriptor = open(path, O_PATH | O_CLOEXEC);

    /* A path that does not exist is reported where it is read. */
    if (descriptor == -1) {
        ruleset->has_failed |= errno == EMFILE || errno == ENFILE || errno == ENOMEM;
        return;
    }
    if (fstat(descriptor, &found) == 0 && !S_ISDIR(found.st_mode))
        rights &= FILE_RIGHTS;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights & ruleset->handled,
                                              .parent_fd = descriptor};
    /* EBADFD: a pipe by its name under /proc, which Landlock does not restrict. */
    if (syscall(SYS_landlock_add_rule, ruleset->descriptor, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) !=
            0 &&
        errno != EBADFD)
        ruleset->has_failed = true;
    close(descriptor);
}

/* A report is written in its file's folder, but in place of what is no regular file. */
static void allow_report(struct ruleset *ruleset, const char *file)
{
    struct stat found;
    bool is_there = stat(file, &found) == 0;
    if (is_there && !S_ISREG(found.st_mode)) {
        allow_file(ruleset, file, WRITING);
        return;
    }
    char *target = is_there ? realpath(file, NULL) : strdup(file);
    char *slash = target ? strrchr(target, '/') : NULL;
    if (slash)
        slash[slash == target] = '\0';
    allow_file(ruleset, slash ? target : ".", WRITING);
    free(target);
}

static bool restrict_files(const struct pb_options *options)
{
    /* What the C library reads to decode the names of archives' members. */
    static const char *const system[] = {"/usr/lib", "/usr/lib64", "/usr/share/locale",
                                         "/usr/share/zoneinfo", "/etc/localtime"};
    long version =
        syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    struct ruleset ruleset = {.handled = RIGHTS(version < 3 ? version : 3)};
    struct landlock_ruleset_attr attributes = {.handled_access_fs = ruleset.handled};

    if (version < 1)
        return false;
    ruleset.descriptor =
        (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset.descriptor == -1)
        return false;
    for (size_t i = 0; i < sizeof system / sizeof system[0]; i++)
        allow_file(&ruleset, system[i], READING);
    if (HAS_SANITIZER)
        allow_file(&ruleset, "/proc", READING);
    for (size_t i = 0; i < options->path_count; i++)
        allow_file(&ruleset, options->paths[i], READING);
    for (size_t i = 0; i < options->input_count; i++)
        allow_file(&ruleset, options->inputs[i].file, READING);
    for (size_t i = 0; i < options->request_count; i++)
        if (options->requests[i].file)
            allow_report(&ruleset, options->requests[i].file);
    bool is_done =
        !ruleset.has_failed && syscall(SYS_landlock_restrict_self, ruleset.descriptor, 0) == 0;
    close(ruleset.descriptor);
    return is_done;
}

/* Networks, other programs and processes, memory shared with them, and what changes the system. The
 * program makes none of these calls, so whoever makes one has taken it over: it is killed. */
static const char *const calls[] = {
#include "cli/refused_calls.lines.inc"
};

static bool restrict_calls(void)
{
    const uint32_t ending = SCMP_ACT_KILL_PROCESS, own = (uint32_t)getpid();
    /* Of these calls by an argument: raise() and abort() signal the process itself; fcntl has
     * signals sent to the owner of a file, and two of ioctl type for a terminal. */
    const struct {
        int call;
        struct scmp_arg_cmp killing;
    } rules[] = {
        {SCMP_SYS(tgkill), SCMP_A0_32(SCMP_CMP_NE, own, 0)},
        {SCMP_SYS(prlimit64), SCMP_A0_32(SCMP_CMP_NE, 0, 0)},
        {SCMP_SYS(fcntl), SCMP_A1_32(SCMP_CMP_EQ, F_SETOWN, 0)},
        {SCMP_SYS(fcntl), SCMP_A1_32(SCMP_CMP_EQ, F_SETOWN_EX, 0)},
        {SCMP_SYS(ioctl), SCMP_A1_32(SCMP_CMP_EQ, TIOCSTI, 0)},
        {SCMP_SYS(ioctl), SCMP_A1_32(SCMP_CMP_EQ, TIOCLINUX, 0)},
        {SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)},
    };
    scmp_filter_ctx filter = HAS_SANITIZER ? NULL : seccomp_init(SCMP_ACT_ALLOW);
    /* Of clone3 the flags cannot be seen: glibc takes it for missing, and uses clone. */
    bool is_fine = filter != NULL &&
                   seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;

    for (size_t i = 0; i < sizeof rules / sizeof *rules && is_fine; i++)
        is_fine = seccomp_rule_add_array(filter, ending, rules[i].call, 1, &rules[i].killing) == 0;
    for (size_t i = 0; is_fine && i < sizeof calls / sizeof calls[0]; i++) {
        int number = seccomp_syscall_resolve_name(calls[i]);
        is_fine = number == __NR_SCMP_ERROR || /* newer than the library */
                  seccomp_rule_add(filter, ending, number, 0) == 0;
    }
    is_fine = is_fine && seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    return is_fine;
}

bool pb_sandbox_enter(const struct pb_options *options, char message[PB_SANDBOX_BYTES])
{
    bool is_possible = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; /* else both are refused */
    bool has_rules = is_possible && restrict_files(options);
    bool has_filter = is_possible && restrict_calls();
    snprintf(message, PB_SANDBOX_BYTES, "files %s, system calls %s",
             has_rules ? "by Landlock" : "not restricted (no Landlock)",
             has_filter ? "by seccomp" : "not restricted (no seccomp)");
    return has_rules && (has_filter || HAS_SANITIZER);
}

void pb_sandbox_describe(char text[PB_SANDBOX_BYTES])
{
    const struct scmp_version *version = seccomp_version();
    snprintf(text, PB_SANDBOX_BYTES, "Landlock, libseccomp %u.%u.%u", version->major,
             version->minor, version->micro);
}

#define STACK_BYTES (UINT64_C(8) << 20)      /* that a thread may write to */
#define RESERVED_BYTES (UINT64_C(128) << 20) /* that its heap takes, and may leave unused */

static void lower_limit(unsigned resource, uint64_t most)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0 && limit.rlim_cur > most)
        (void)setrlimit(resource, &(struct rlimit){most, limit.rlim_max});
}

/* RLIMIT_DATA bounds the private memory that can be written, since Linux 4.7. RLIMIT_AS counts what
 * is only reserved too: it is wider, and the only bound of earlier kernels. */
void pb_process_limit(const struct pb_options *options)
{
    uint64_t most = options->max_memory_bytes, threads = options->parameters.jobs;

    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    if (HAS_SANITIZER || most == 0 || most > INT64_MAX)
        return;
    lower_limit(RLIMIT_DATA, most + threads * STACK_BYTES);
    lower_limit(RLIMIT_AS, most + (threads + 4) * (STACK_BYTES + RESERVED_BYTES));
}

/* Global, because an allocator has no context. */
static atomic_bool has_failed_allocation;

bool pb_memory_has_failed(void)
{
    return has_failed_allocation;
}

#if !HAS_SANITIZER
/* Evidence may declare a size that is asked for in vain, and is then said to be unreadable. After
 * any smaller allocation that fails, of a name for example, results cannot be relied upon. */
#define LARGEST_RELIED_ON_BYTES ((size_t)16 << 20)

static void *note_failure(size_t count, size_t size_bytes)
{
    if (size_bytes > 0 && count <= LARGEST_RELIED_ON_BYTES / size_bytes)
        has_failed_allocation = true;
    return NULL;
}

/* The C library's allocators, in front of which stand the program's, for all libraries too. */
void *__libc_malloc(size_t size_bytes);
void *__libc_calloc(size_t count, size_t size_bytes);
void *__libc_realloc(void *block, size_t size_bytes);

#pragma GCC visibility push(default)
void *malloc(size_t size_bytes)
{
    void *made = __libc_malloc(size_bytes);
    return made ? made : note_failure(1, size_bytes);
}

void *calloc(size_t count, size_t size_bytes)
{
    void *made = __libc_calloc(count, size_bytes);
    return made ? made : note_failure(count, size_bytes);
}

void *realloc(void *block, size_t size_bytes)
{
    void *made = __libc_realloc(block, size_bytes);
    return made ? made : note_failure(1, size_bytes);
}
#pragma GCC visibility pop
#endif
