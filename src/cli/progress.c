/* SPDX-License-Identifier: MIT */
/* How far the reading of evidence is, in one line of the terminal that is cleared at the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

/* Seconds before the first line, so that short runs show none, and before it changes. */
#define FIRST_AFTER 0.5
#define NEXT_AFTER 0.2

bool pb_is_terminal(int descriptor)
{
    const char *terminal = getenv("TERM");

    return terminal && strcmp(terminal, "dumb") != 0 && isatty(descriptor);
}

static double now(void)
{
    struct timespec time = {0};

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* "12.5 of 1210.0 MiB, 42 s left, 10 items, ...": what matters least may be cut off. */
static void show(void *context, const struct prebleed_progress *progress)
{
    struct pb_display *display = context;
    double time = now(), seconds = time - display->begin;
    double total = display->total_bytes / 1048576, done = (double)progress->read_bytes / 1048576;
    char of[64] = "", line[256];
    struct winsize window;

    if (time < display->next)
        return;
    bool is_terminal = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
    display->next = time + NEXT_AFTER;
    display->is_shown = true;
    if (total > 0 && done > total)
        done = total;
    if (total > 0 && done > 0)
        snprintf(of, sizeof of, "of %.1f MiB, %.0f s left", total, (total - done) / done * seconds);
    snprintf(line, sizeof line,
             "%.1f %s, %llu items, %llu certificates, %llu vulnerable, %.1f MiB/s", done,
             *of ? of : "MiB", (unsigned long long)progress->items,
             (unsigned long long)progress->certificates, (unsigned long long)progress->vulnerable,
             seconds > 0 ? done / seconds : 0);
    fprintf(stderr, "\r%.*s\033[K", is_terminal ? window.ws_col - 1 : 79, line);
    fflush(stderr);
}

void pb_display_begin(struct pb_display *display, const struct pb_options *options,
                      struct prebleed_audit *audit)
{
    bool is_automatic = options->progress == PB_WHEN_AUTO;
    struct stat found = {0};

    *display = (struct pb_display){.begin = now()};
    display->next = display->begin + (is_automatic ? FIRST_AFTER : 0);
    for (size_t i = 0; i < options->path_count; i++) {
        bool is_file = stat(options->paths[i], &found) == 0 && S_ISREG(found.st_mode);
        display->total_bytes += is_file ? (double)found.st_size : -1e300;
    }
    if (is_automatic ? !options->is_quiet && pb_is_terminal(STDERR_FILENO)
                     : options->progress == PB_WHEN_ALWAYS)
        prebleed_audit_set_progress(audit, show, display);
}

void pb_display_end(const struct pb_display *display)
{
    if (display->is_shown)
        fputs("\r\033[K", stderr);
    fflush(stderr);
}
