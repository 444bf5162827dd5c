/* SPDX-License-Identifier: MIT */
/* What the program gives up before it reads a byte of evidence and starts a thread: files by
 * Landlock, system calls by seccomp, new privileges, core dumps, memory. What the kernel lacks is
 * left out, and the message says so. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <seccomp.h>

#include "cli/cli.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1 /* its runtime traces processes and lists threads */
#else
#define HAS_SANITIZER 0
#endif

/* Later rights by number, so that older headers of the kernel do. */
#define ALL_RIGHTS_1 ((UINT64_C(1) << 13) - 1)
#define RIGHT_REFER (UINT64_C(1) << 13)
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)
#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILE_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE)
#define WRITING                                                                                    \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |                                 \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | RIGHT_TRUNCATE)

/* Landlock's rules while they are made. */
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
    if (descriptor == -1)
        return;
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

/* A report is written in the folder of the file that it replaces; what is no regular file is
 * written in place. */
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

/* The version of the kernel's interface that took effect, 0 for none. */
static int restrict_files(const struct pb_options *options)
{
    /* What the C library reads to decode the names of archives' members. */
    static const char *const system[] = {"/usr/lib", "/usr/lib64", "/usr/share/locale",
                                         "/usr/share/zoneinfo", "/etc/localtime"};
    long version =
        syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    struct ruleset ruleset = {.handled = ALL_RIGHTS_1};

    if (version < 1)
        return 0;
    if (version >= 2)
        ruleset.handled |= RIGHT_REFER;
    if (version >= 3)
        ruleset.handled |= RIGHT_TRUNCATE;
    struct landlock_ruleset_attr attributes = {.handled_access_fs = ruleset.handled};
    ruleset.descriptor =
        (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset.descriptor == -1)
        return 0;
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
    return is_done ? (int)version : 0;
}

/* Networks, other programs, other processes' memory, and what changes the system. The program makes
 * none of these calls, so whoever makes one has taken it over: the process is killed. */
static bool restrict_calls(void)
{
    static const char calls[] =
        "socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg "
        "recvfrom recvmsg execve execveat fork vfork ptrace process_vm_readv "
        "process_vm_writev pidfd_getfd io_uring_setup bpf userfaultfd perf_event_open keyctl "
        "add_key request_key mount umount2 pivot_root chroot setns unshare init_module "
        "finit_module kexec_load symlink symlinkat link linkat mknod mknodat chown fchownat lchown "
        "chmod fchmodat setxattr lsetxattr fsetxattr utimensat truncate open_by_handle_at";
    char call[32];
    scmp_filter_ctx filter = HAS_SANITIZER ? NULL : seccomp_init(SCMP_ACT_ALLOW);
    bool is_fine = filter != NULL;

    for (const char *next = calls; is_fine && *next != '\0'; next += strspn(next, " ")) {
        int length = (int)strcspn(next, " ");
        snprintf(call, sizeof call, "%.*s", length, next);
        is_fine = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS,
                                   seccomp_syscall_resolve_name(call), 0) == 0;
        next += length;
    }
    is_fine = is_fine && seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    return is_fine;
}

bool pb_sandbox_enter(const struct pb_options *options, char message[PB_SANDBOX_BYTES])
{
    bool is_possible = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; /* else both are refused */
    int files_version = is_possible ? restrict_files(options) : 0;
    bool has_filter = is_possible && restrict_calls();
    snprintf(message, PB_SANDBOX_BYTES, "files %s, system calls %s",
             files_version > 0 ? "by Landlock" : "not restricted (no Landlock)",
             has_filter ? "by seccomp" : "not restricted (no seccomp)");
    return files_version > 0 && (has_filter || HAS_SANITIZER);
}

void pb_sandbox_describe(char text[PB_SANDBOX_BYTES])
{
    const struct scmp_version *version = seccomp_version();
    snprintf(text, PB_SANDBOX_BYTES, "Landlock, libseccomp %u.%u.%u", version->major,
             version->minor, version->micro);
}

/* Address space that a thread's stack and heap reserve, and do not use. */
#define THREAD_RESERVE_BYTES (UINT64_C(128) << 20)

void pb_process_limit(const struct pb_options *options)
{
    struct rlimit limit;
    uint64_t reserved = options->parameters.jobs * THREAD_RESERVE_BYTES;
    unsigned long long pages;
    FILE *file = fopen("/proc/self/statm", "r");

    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    /* What is mapped already: Linux tells it, and sanitizers have reserved terabytes. */
    if (file && fscanf(file, "%19llu", &pages) == 1)
        reserved += pages * (uint64_t)sysconf(_SC_PAGESIZE);
    if (file)
        fclose(file);
    if (options->max_memory_bytes == 0 || options->max_memory_bytes > UINT64_MAX - reserved ||
        getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur < options->max_memory_bytes + reserved)
        return;
    limit.rlim_cur = (rlim_t)(options->max_memory_bytes + reserved);
    (void)setrlimit(RLIMIT_AS, &limit);
}

/* Global, because OpenSSL hands its allocators no context. */
static atomic_bool has_failed_allocation;

static void *reallocate(void *old, size_t size_bytes, const char *file, int line)
{
    void *block = realloc(old, size_bytes);
    (void)file, (void)line;
    if (!block && size_bytes > 0)
        has_failed_allocation = true;
    return block;
}

static void *allocate(size_t size_bytes, const char *file, int line)
{
    return reallocate(NULL, size_bytes, file, line);
}

void pb_memory_watch(void)
{
    (void)CRYPTO_set_mem_functions(allocate, reallocate, NULL); /* what frees stays free() */
}

bool pb_memory_has_failed(void)
{
    return has_failed_allocation;
}
