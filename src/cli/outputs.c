/* SPDX-License-Identifier: MIT */
/* Reports: checks before the evidence is read that they can be written, shows how far the reading
 * is, and writes them. A file is written beside its target under a temporary name, and renamed to
 * the target when it is whole. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/sentences.inc"

/* The file that a signal which ends the program removes, and the message that it prints. A signal
 * handler sees only globals; the file changes only while the signals are blocked. */
static const char *temporary_file;
static const char *_Atomic interruption = "prebleed: interrupted before evidence was read\n";

static bool is_terminal(int descriptor)
{
    const char *terminal = getenv("TERM");
    return terminal && strcmp(terminal, "dumb") != 0 && isatty(descriptor);
}

/* Writes into the text that no handler is printing. One thread at a time. */
__attribute__((format(printf, 1, 2))) static void set_interruption(const char *format, ...)
{
    static char texts[2][256];
    char *text = texts[interruption == texts[0]];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof texts[0], format, arguments);
    va_end(arguments);
    interruption = text;
}

/* The signal's own action follows when this returns (SA_RESETHAND), but for a crash of a library
 * that did not look whether it got memory. */
static void end_early(int number)
{
    bool is_crash = number == SIGSEGV || number == SIGBUS || number == SIGABRT;
    bool is_memory = is_crash && pb_memory_has_failed();
    const char *said = is_memory ? "prebleed: out of memory\n" : is_crash ? "" : interruption;

    if (temporary_file)
        unlink(temporary_file);
    (void)!write(STDERR_FILENO, said, strlen(said));
    if (is_memory)
        _exit(PB_COULD_NOT_DO_ITS_WORK);
    raise(number);
}

static void hold_signals(bool is_held)
{
    static sigset_t others; /* that were held before */
    sigset_t all;
    sigfillset(&all);
    if (is_held)
        sigprocmask(SIG_BLOCK, &all, &others);
    else
        sigprocmask(SIG_SETMASK, &others, NULL);
}

void pb_outputs_prepare(void)
{
    struct sigaction old, handler = {.sa_handler = end_early, .sa_flags = (int)SA_RESETHAND};

    /* The wrong way round on purpose: using a descriptor that was closed stays an error. */
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
        if (fcntl(i, F_GETFD) == -1 && errno == EBADF &&
            open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY) != i)
            abort();
    setlocale(LC_CTYPE, "C.UTF-8"); /* messages are, whatever the environment says */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    /* All that end a program by default; what is ignored, as nohup has it, or handled stays so. */
    for (int i = 1; i <= SIGRTMAX; i++)
        if (i != SIGKILL && i != SIGSTOP && i != SIGCHLD && i != SIGCONT && i != SIGTSTP &&
            i != SIGTTIN && i != SIGTTOU && i != SIGURG && i != SIGWINCH &&
            sigaction(i, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(i, &handler, NULL);
    /* A line at a time, so that lines of several programs do not mix. */
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
}

/* Seconds before the first line, so that short runs show none, and before it changes. */
#define FIRST_AFTER 0.5
#define NEXT_AFTER 0.2
#define CLEAR_LINE "\r\033[K"

static double now(void)
{
    struct timespec time = {0};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double known_bytes; /* of all PATHs; nftw() gives its function no context */

static int add_size(const char *path, const struct stat *found, int type, struct FTW *where)
{
    (void)path;
    bool is_file = type == FTW_F && S_ISREG(found->st_mode);
    known_bytes += is_file ? (double)found->st_size : 0;
    return is_file || type == FTW_D || where->level > 0 ? 0 : -1; /* a FIFO has no size */
}

/* As they stand on the disk; 0 where that is not known. */
static double measure_paths(const struct pb_options *options)
{
    bool is_known = true;
    known_bytes = 0;
    for (size_t i = 0; is_known && i < options->path_count; i++) {
        char *path = strcmp(options->paths[i], "-") == 0 ? NULL : realpath(options->paths[i], NULL);
        is_known = path && nftw(path, add_size, 16, FTW_PHYS) == 0;
        free(path);
    }
    return is_known ? known_bytes : 0;
}

/* "12.5 of 1210.0 MiB, 42 s left, 10 items, ...": what matters least may be cut off. */
static void show(void *context, const struct prebleed_progress *progress)
{
    struct pb_display *display = context;
    double time = now(), seconds = time - display->begin, total = display->total_bytes / 1048576;
    double done = (double)progress->read_bytes / 1048576;
    char of[32] = "", left[64] = "", counts[128], line[256];
    struct winsize window;

    snprintf(counts, sizeof counts, PB_SAY_COUNTS, (unsigned long long)progress->items,
             (unsigned long long)progress->certificates, (unsigned long long)progress->vulnerable);
    set_interruption(PB_SAY_INTERRUPTED "\n", display->is_shown ? CLEAR_LINE : "", done, counts);
    if (time < display->next)
        return;
    if (!display->is_shown)
        total = (display->total_bytes = measure_paths(display->options)) / 1048576;
    display->next = time + NEXT_AFTER;
    display->is_shown = true;
    done = total > 0 && done > total ? total : done;
    if (total > 0)
        snprintf(of, sizeof of, "of %.1f ", total);
    if (total > 0 && done > 0)
        snprintf(left, sizeof left, ", %.0f s left", (total - done) / done * seconds);
    snprintf(line, sizeof line, "%.1f %sMiB%s, %s, %.1f MiB/s", done, of, left, counts,
             seconds > 0 ? done / seconds : 0);
    bool has_window = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
    fprintf(stderr, "\r%.*s\033[K", has_window ? window.ws_col - 1 : 79, line);
    fflush(stderr);
}

void pb_display_begin(struct pb_display *display, struct pb_options *options)
{
    bool is_automatic = options->progress == PB_WHEN_AUTO;
    bool is_wanted = is_automatic ? !options->is_quiet && is_terminal(STDERR_FILENO)
                                  : options->progress == PB_WHEN_ALWAYS;
    *display = (struct pb_display){.options = options, .begin = now()};
    display->next = display->begin + (!is_wanted ? INFINITY : is_automatic ? FIRST_AFTER : 0);
    options->parameters.show = show;
    options->parameters.show_context = display;
}

void pb_display_end(const struct pb_display *display)
{
    if (display->is_shown)
        fputs(CLEAR_LINE, stderr);
    fflush(stderr);
}

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

/* file is NULL for standard output. */
static enum prebleed_status find_target(const char *file, struct target *target,
                                        struct prebleed_error *error)
{
    const char *slash = file ? strrchr(file, '/') : NULL;
    struct stat link;

    *target = (struct target){.base = slash ? slash + 1 : file};
    target->is_there =
        (file ? stat(file, &target->found) : fstat(STDOUT_FILENO, &target->found)) == 0;
    if (file && target->is_there && S_ISDIR(target->found.st_mode))
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, PB_SAY_IS_DIRECTORY, file);
    if (file && !target->is_there && lstat(file, &link) == 0)
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, PB_SAY_IS_DEAD_LINK, file);
    if (!file || (target->is_there && !S_ISREG(target->found.st_mode)))
        return PREBLEED_OK;
    char *folder = slash ? strndup(file, (size_t)(target->base - file)) : strdup(".");
    if (!folder || stat(folder, &target->folder) != 0 ||
        faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0)
        pb_refuse(error, PREBLEED_FAILED_OUTPUT, PB_SAY_CANNOT_WRITE, file, strerror(errno));
    free(folder);
    return error->status;
}

/* Whether the file's folder is the given one or lies beneath it, however they are spelt: every
 * folder above the resolved file is compared. False where that cannot be found out. */
static bool is_beneath(const char *file, const struct stat *folder)
{
    char *path = realpath(file, NULL);
    bool is_found = false;
    while (path && !is_found) {
        struct stat above;
        char *slash = strrchr(path, '/');
        if (!slash || path[1] == '\0')
            break;
        slash[slash == path] = '\0';
        is_found = stat(path, &above) == 0 && is_same_file(&above, folder);
    }
    free(path);
    return is_found;
}

/* Whether it is empty or a report of an earlier run, by its beginning: it may be replaced. */
static bool is_own_report(const char *file)
{
    static const char *const signs[] = {
        "{\n  \"schema\": \"prebleed-report/1\",\n  \"tool\": {",
        "{\"type\": \"report\", \"schema\": \"prebleed-report/1\"}\n",
        "IAM-033  Pre-Heartbleed server certificates",
        "\"account\",\"name\",\"verdict\",\"severity\"",
        "<testsuites name=\"prebleed\"",
        "\"$schema\": \"https://docs.oasis-open.org/sarif/",
        "## prebleed: ",
        "content=\"default-src 'none'; script-src 'sha256-",
    };
    char start[256] = "";
    FILE *stream = fopen(file, "rb");
    size_t size = stream ? fread(start, 1, sizeof start - 1, stream) : 0;
    bool is_own = stream && size == 0 && !ferror(stream);

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        is_own |= strstr(start, signs[i]) != NULL;
    if (stream)
        fclose(stream);
    return is_own;
}

/* other: evidence, or the file of an option. */
static enum prebleed_status check_other(const char *other, bool is_evidence,
                                        const struct pb_request *request, const struct stat *found,
                                        struct prebleed_error *error)
{
    struct stat status;
    bool is_standard_input = is_evidence && strcmp(other, "-") == 0;
    if ((is_standard_input ? fstat(STDIN_FILENO, &status) : stat(other, &status)) != 0)
        return PREBLEED_OK;
    if (is_same_file(&status, found))
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, PB_SAY_OVERWRITES, request->format,
                         is_evidence ? "the evidence " : "", other);
    if (request->file && S_ISDIR(status.st_mode) && is_beneath(request->file, &status) &&
        !is_own_report(request->file))
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, PB_SAY_OVERWRITES_BENEATH, request->format,
                         request->file, other);
    return PREBLEED_OK;
}

static enum prebleed_status check_request(const struct pb_options *options, size_t index,
                                          struct prebleed_error *error)
{
    const struct pb_request *request = &options->requests[index];
    struct target target, other;
    enum prebleed_status status = find_target(request->file, &target, error);
    bool is_regular = target.is_there && S_ISREG(target.found.st_mode);

    if (status == PREBLEED_OK && is_regular && strcmp(request->format, "waivers") == 0)
        return pb_refuse(error, PREBLEED_FAILED_OUTPUT, PB_SAY_TEMPLATE_EXISTS, request->file);
    for (size_t i = 0; is_regular && status == PREBLEED_OK && i < options->path_count; i++)
        status = check_other(options->paths[i], true, request, &target.found, error);
    for (size_t i = 0; is_regular && status == PREBLEED_OK && i < options->input_count; i++)
        status = check_other(options->inputs[i].file, false, request, &target.found, error);
    /* Whether an earlier request, which was checked itself, has the same target. */
    for (size_t i = 0; status == PREBLEED_OK && i < index; i++) {
        const char *earlier = options->requests[i].file;
        status = find_target(earlier, &other, error);
        bool is_same =
            target.is_there
                ? other.is_there && is_regular && is_same_file(&target.found, &other.found)
                : !other.is_there && is_same_file(&target.folder, &other.folder) &&
                      strcmp(target.base, other.base) == 0;
        if (status == PREBLEED_OK && is_same)
            status = pb_refuse(error, PREBLEED_FAILED_USAGE, PB_SAY_ONE_FILE,
                               request->file ? request->file : "-", earlier ? earlier : "-");
    }
    return status;
}

enum prebleed_status pb_outputs_check(const struct pb_options *options,
                                      struct prebleed_error *error)
{
    enum prebleed_status status = PREBLEED_OK;
    for (size_t i = 0; status == PREBLEED_OK && i < options->request_count; i++)
        status = check_request(options, i, error);
    return status;
}

/* One output: standard output, a device or FIFO in place, or a file that appears when whole. */
struct output {
    const char *file; /* as it was given, borrowed; NULL: standard output */
    char *target;     /* owned: what is replaced in the end; NULL where nothing is */
    char *temporary;  /* owned: beside the target; NULL where the output is written in place */
    int descriptor;
    int error_number; /* of the first failure, else 0 */
};

/* is_private: a new file is for its owner alone. */
static int open_file(struct output *output, bool is_private)
{
    struct stat found;
    bool is_there = stat(output->file, &found) == 0;
    mode_t mode = is_there ? found.st_mode & 0777 : is_private ? 0600 : 0666;

    if (is_there && !S_ISREG(found.st_mode))
        return open(output->file, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    /* What a link points to is replaced, not the link. */
    output->target = is_there ? realpath(output->file, NULL) : strdup(output->file);
    size_t room = output->target ? strlen(output->target) + 64 : 0;
    output->temporary = room > 0 ? malloc(room) : NULL;
    if (!output->temporary)
        return -1;
    const char *slash = strrchr(output->target, '/');
    snprintf(output->temporary, room, "%.*s.prebleed-%ld-%.0f.tmp",
             slash ? (int)(slash - output->target) + 1 : 0, output->target, (long)getpid(),
             now() * 1e9);
    hold_signals(true);
    int descriptor =
        open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    temporary_file = descriptor == -1 ? NULL : output->temporary;
    hold_signals(false);
    return descriptor;
}

/* As prebleed_audit_write_report wants it: context is the output. */
static bool write_output(void *context, const char *bytes, size_t size_bytes)
{
    struct output *output = context;
    while (size_bytes > 0 && output->error_number == 0) {
        ssize_t written = write(output->descriptor, bytes, size_bytes);
        if (written >= 0) {
            bytes += written;
            size_bytes -= (size_t)written;
        } else if (errno != EINTR) {
            output->error_number = errno;
        }
    }
    return output->error_number == 0;
}

static void note_failure(struct output *output, int result)
{
    if (result != 0 && output->error_number == 0)
        output->error_number = errno;
}

/* Publishes what was written if it is whole and no write failed; else a target that was there
 * before stays as it was. Nothing temporary is left behind, whatever happens. */
static void close_output(struct output *output, bool is_whole)
{
    bool is_published = output->temporary && is_whole && output->error_number == 0;
    if (is_published)
        note_failure(output, fsync(output->descriptor));
    if (output->file)
        note_failure(output, close(output->descriptor));
    hold_signals(true);
    if (is_published && output->error_number == 0)
        note_failure(output, rename(output->temporary, output->target));
    if (output->temporary && (!is_whole || output->error_number != 0))
        unlink(output->temporary);
    temporary_file = NULL;
    hold_signals(false);
}

static enum prebleed_status write_report(const struct pb_options *options,
                                         const struct pb_request *request,
                                         const struct prebleed_audit *audit,
                                         struct prebleed_error *error)
{
    char working_folder[PATH_MAX + 1];
    const char *refusal = getenv("NO_COLOR");
    struct prebleed_report_options form = options->report;
    struct winsize window; /* of a terminal */
    struct output output = {.file = request->file, .descriptor = STDOUT_FILENO};
    enum prebleed_status status = PREBLEED_OK;

    if (getcwd(working_folder, PATH_MAX))
        form.working_folder = strncat(working_folder, "/", 2);
    form.has_color = options->color == PB_WHEN_ALWAYS;
    if (options->color == PB_WHEN_AUTO && !request->file && !(refusal && *refusal != '\0'))
        form.has_color = is_terminal(STDOUT_FILENO);
    if (!request->file && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0)
        form.columns = window.ws_col;
    if (output.file)
        output.descriptor = open_file(&output, strcmp(request->format, "redaction-map") == 0);
    if (output.descriptor == -1) {
        output.error_number = errno;
    } else {
        status = prebleed_audit_write_report(audit, request->format, &form, write_output, &output,
                                             error);
        close_output(&output, status == PREBLEED_OK);
    }
    free(output.target);
    free(output.temporary);
    if (output.error_number == 0)
        return status;
    return pb_refuse(error, PREBLEED_FAILED_OUTPUT, "cannot write %s%.300s%s: %s",
                     output.file ? "'" : "to ", output.file ? output.file : "standard output",
                     output.file ? "'" : "", strerror(output.error_number));
}

static void print_diagnostics(const struct pb_options *options, struct prebleed_audit *audit)
{
    enum { MOST_SHOWN = 20 }; /* on a screen; the reports have all */
    struct prebleed_diagnostic diagnostic;
    char rest[80];
    size_t count = 0;

    if (options->is_quiet || options->prints_text) /* which has them itself */
        return;
    for (size_t i = 0; prebleed_audit_diagnostic(audit, i, &diagnostic); i++) {
        if (prebleed_audit_has_failed(audit))
            return;
        if (!options->report.is_verbose && strcmp(diagnostic.severity, "note") == 0)
            continue;
        if (count++ < MOST_SHOWN)
            pb_message_print(diagnostic.where, diagnostic.message, diagnostic.code);
    }
    if (count <= MOST_SHOWN)
        return;
    snprintf(rest, sizeof rest, "... and %zu more; see the report", count - MOST_SHOWN);
    pb_message_print(NULL, rest, NULL);
}

enum prebleed_status pb_outputs_write(const struct pb_options *options,
                                      struct prebleed_audit *audit)
{
    enum prebleed_status first = PREBLEED_OK;
    size_t written = 0;

    print_diagnostics(options, audit);
    for (size_t i = 0; i < options->request_count; i++) {
        set_interruption(PB_SAY_INTERRUPTED_LATER "\n", written, options->request_count);
        struct prebleed_error error = {0};
        enum prebleed_status status = write_report(options, &options->requests[i], audit, &error);
        written += status == PREBLEED_OK;
        if (status == PREBLEED_OK)
            continue;
        pb_message_print(NULL, error.message, NULL);
        if (first == PREBLEED_OK)
            first = status;
    }
    if (first == PREBLEED_OK && (prebleed_audit_has_failed(audit) || pb_memory_has_failed())) {
        pb_message_print(NULL, "out of memory", NULL);
        first = PREBLEED_FAILED_MEMORY;
    }
    return first;
}
