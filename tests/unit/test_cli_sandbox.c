/* SPDX-License-Identifier: MIT */
/* What the sandbox refuses, each tried in a process of its own, by its first thread and by one that
 * is started afterwards; and what it must still allow. */
#define _GNU_SOURCE
#include "cli/cli.h"

#include <errno.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <seccomp.h>

#include "unit.h"

enum outcome { DONE, REFUSED };

static enum outcome outcome_of(bool is_done)
{
    return is_done ? DONE : REFUSED;
}

static int early_socket; /* opened before the sandbox is entered */

static enum outcome open_socket(void)
{
    return outcome_of(socket(AF_INET, SOCK_STREAM, 0) != -1);
}

/* To nobody, by a socket from before. */
static enum outcome connect_socket(void)
{
    struct sockaddr_in nobody = {.sin_family = AF_INET, .sin_port = htons(9)};

    nobody.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return outcome_of(connect(early_socket, (const struct sockaddr *)&nobody, sizeof nobody) == 0 ||
                      errno != EACCES);
}

static enum outcome signal_itself(void)
{
    return outcome_of(raise(SIGCHLD) == 0);
}

static enum outcome signal_another(void)
{
    return outcome_of(syscall(SYS_tgkill, getppid(), getppid(), 0) == 0);
}

static enum outcome signal_by_a_file(void)
{
    return outcome_of(fcntl(STDIN_FILENO, F_SETOWN, getppid()) == 0);
}

static enum outcome limit_another(void)
{
    return outcome_of(syscall(SYS_prlimit64, getppid(), RLIMIT_CPU, NULL, NULL) == 0);
}

static enum outcome start_process(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return outcome_of(child != -1);
}

/* Whose flags no filter can see. */
static enum outcome start_by_clone3(void)
{
    return outcome_of(syscall(SYS_clone3, NULL, 0) != -1 || errno != ENOSYS);
}

static enum outcome ask_terminal(void)
{
    return outcome_of(ioctl(-1, TIOCGWINSZ, NULL) == 0 || errno == EBADF);
}

static enum outcome type_for_terminal(void)
{
    return outcome_of(ioctl(-1, TIOCSTI, "") == 0 || errno == EBADF);
}

/* Calls that do nothing with these arguments, and only return. */
static const char calls[] =
    "accept accept4 acct add_key adjtimex bind bpf capset chmod chown chroot clock_settime "
    "connect delete_module execve execveat fchmod fchmodat fchmodat2 fchown fchownat "
    "finit_module fremovexattr fsetxattr fsmount fsopen futimesat init_module io_setup "
    "io_uring_enter io_uring_register io_uring_setup ioperm iopl kexec_file_load kexec_load "
    "keyctl kill lchown link linkat listen lremovexattr lsetxattr memfd_create mkdir "
    "mkdirat mknod mknodat mount mount_setattr move_mount mq_open msgget name_to_handle_at "
    "open_by_handle_at open_tree perf_event_open personality pidfd_getfd pidfd_open "
    "pidfd_send_signal pivot_root process_madvise process_vm_readv process_vm_writev ptrace "
    "recvfrom recvmsg removexattr request_key rmdir rt_sigqueueinfo rt_tgsigqueueinfo "
    "semget sendmmsg sendmsg sendto setdomainname setgid setgroups sethostname setns "
    "setresgid setresuid settimeofday setuid setxattr socket socketpair splice swapoff "
    "swapon symlink symlinkat tkill truncate umount umount2 unshare userfaultfd utime "
    "utimensat utimes vmsplice ioprio_set migrate_pages move_pages sched_setattr sched_setparam "
    "sched_setaffinity sched_setscheduler shmat shmget";
static int number; /* of the next one */

static enum outcome make_call(void)
{
    syscall(number, -1L, 0L, 0L, 0L, 0L, 0L);
    return DONE;
}

static enum outcome read_outside(void)
{
    return outcome_of(open("/etc/passwd", O_RDONLY) != -1);
}

static enum outcome list_outside(void)
{
    return outcome_of(open("/etc", O_RDONLY | O_DIRECTORY) != -1);
}

static enum outcome write_evidence(void)
{
    return outcome_of(open("evidence/new", O_WRONLY | O_CREAT, 0600) != -1);
}

static enum outcome write_outside(void)
{
    return outcome_of(open("outside", O_WRONLY) != -1);
}

static enum outcome remove_evidence(void)
{
    return outcome_of(unlink("evidence/list.json") == 0);
}

static enum outcome read_evidence(void)
{
    return outcome_of(open("evidence/list.json", O_RDONLY) != -1);
}

static enum outcome write_report(void)
{
    return outcome_of(open("reports/.new", O_WRONLY | O_CREAT, 0600) != -1 &&
                      rename("reports/.new", "reports/report.json") == 0);
}

static void *run_attempt(void *context)
{
    enum outcome (*attempt)(void) = *(enum outcome(**)(void))context;

    _exit(attempt());
}

/* In a child: whether the attempt came to its end there. */
static enum outcome try_inside(enum outcome (*attempt)(void), bool has_thread)
{
    char evidence[] = "evidence";
    char *paths[] = {evidence};
    struct pb_request requests[] = {{.format = "json", .file = "reports/report.json"}};
    struct pb_options options = {
        .paths = paths, .path_count = 1, .requests = requests, .request_count = 1};
    char message[PB_SANDBOX_BYTES];
    pid_t child = fork();
    int status;

    if (child == 0) {
        pthread_t thread;
        early_socket = socket(AF_INET, SOCK_STREAM, 0);
        pb_process_limit(&options);
        pb_sandbox_enter(&options, message);
        if (!has_thread)
            _exit(attempt());
        if (pthread_create(&thread, NULL, run_attempt, &attempt) == 0)
            pthread_join(thread, NULL);
        _exit(2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGSYS);
        return REFUSED;
    }
    assert_true(WEXITSTATUS(status) == DONE || WEXITSTATUS(status) == REFUSED);
    return (enum outcome)WEXITSTATUS(status);
}

/* What took effect on this machine. */
static void probe(char message[PB_SANDBOX_BYTES])
{
    struct pb_options options = {0};
    int ends[2];
    ssize_t size;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        pb_sandbox_enter(&options, message);
        _exit(write(ends[1], message, strlen(message)) < 0);
    }
    close(ends[1]);
    size = read(ends[0], message, PB_SANDBOX_BYTES - 1);
    assert_true(size > 0);
    message[size] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static bool is_bound(int resource, uint64_t least, uint64_t most)
{
    struct rlimit limit;
    return getrlimit(resource, &limit) == 0 && limit.rlim_cur >= least && limit.rlim_cur <= most;
}

static void memory_is_bounded_on_any_kernel(void **state)
{
    const uint64_t mebibyte = UINT64_C(1) << 20;
    struct pb_options options = {.max_memory_bytes = 64 * mebibyte, .parameters.jobs = 2};
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        pb_process_limit(&options);
        _exit(is_bound(RLIMIT_DATA, 80 * mebibyte, 80 * mebibyte) &&
                      is_bound(RLIMIT_AS, 80 * mebibyte, 1024 * mebibyte)
                  ? DONE
                  : REFUSED);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
#ifndef HAS_SANITIZER /* whose runtime takes address space of its own */
    assert_int_equal(status, DONE);
#endif
}

/* But those that this machine has not, or the library does not know. */
static void each_call_is_refused(void)
{
    char name[32];

    for (const char *next = calls; sscanf(next, "%31s", name) == 1; next += strlen(name) + 1) {
        number = seccomp_syscall_resolve_name(name);
        if (number >= 0 && try_inside(make_call, false) != REFUSED)
            fail_msg("%s is not refused", name);
        if (next[strlen(name)] == '\0')
            break;
    }
}

static void each_attempt_is_refused_or_allowed(void **state)
{
    static const struct {
        const char *name;
        enum outcome (*attempt)(void);
        enum outcome expected;
        bool is_about_files;
    } cases[] = {
        {"socket", open_socket, REFUSED, false},
        {"connection", connect_socket, REFUSED, false},
        {"signal itself", signal_itself, DONE, false},
        {"signal another", signal_another, REFUSED, false},
        {"have a file signal another", signal_by_a_file, REFUSED, false},
        {"limit another", limit_another, REFUSED, false},
        {"start a process", start_process, REFUSED, false},
        {"start one by clone3", start_by_clone3, REFUSED, false},
        {"ask the terminal", ask_terminal, DONE, false},
        {"type for the terminal", type_for_terminal, REFUSED, false},
        {"read outside", read_outside, REFUSED, true},
        {"list outside", list_outside, REFUSED, true},
        {"write into the evidence", write_evidence, REFUSED, true},
        {"write outside", write_outside, REFUSED, true},
        {"remove evidence", remove_evidence, REFUSED, true},
        {"read the evidence", read_evidence, DONE, true},
        {"write the report", write_report, DONE, true},
    };
    char message[PB_SANDBOX_BYTES];
    size_t skipped = 0;

    (void)state;
    probe(message);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool is_in_effect =
            strstr(message, cases[i].is_about_files ? "Landlock," : "by seccomp") != NULL;
        if (!is_in_effect && cases[i].expected == REFUSED) {
            skipped++;
            continue;
        }
        for (int has_thread = 0; has_thread < 2; has_thread++)
            if (try_inside(cases[i].attempt, has_thread) != cases[i].expected)
                fail_msg("%s is not as expected (thread: %d; %s)", cases[i].name, has_thread,
                         message);
    }
    if (strstr(message, "by seccomp") != NULL)
        each_call_is_refused();
    if (skipped > 0)
        print_message("%zu attempts are not tried here: %s\n", skipped, message);
    if (skipped == sizeof cases / sizeof cases[0] - 4)
        skip();
}

static int enter_folder(void **state)
{
    static char folder[] = "/tmp/prebleed-sandbox-XXXXXX";
    int descriptor = -1;

    *state = mkdtemp(folder);
    if (*state == NULL || chdir(folder) != 0 || mkdir("evidence", 0700) != 0 ||
        mkdir("reports", 0700) != 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        descriptor = open(i == 0 ? "evidence/list.json" : "outside", O_WRONLY | O_CREAT, 0600);
        if (descriptor == -1 || close(descriptor) != 0)
            return -1;
    }
    return 0;
}

static int leave_folder(void **state)
{
    static const char *const files[] = {"evidence/list.json", "evidence/new", "outside",
                                        "reports/.new", "reports/report.json"};

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        unlink(files[i]);
    return rmdir("evidence") == 0 && rmdir("reports") == 0 && chdir("/") == 0 ? rmdir(*state) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_attempt_is_refused_or_allowed),
        cmocka_unit_test(memory_is_bounded_on_any_kernel),
    };

    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
