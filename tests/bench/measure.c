/* SPDX-License-Identifier: MIT */
/* Runs a command with its output thrown away and prints wall seconds, peak memory in KiB and exit
 * status. A small program, because a child's peak counts the memory of what forked it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

pid_t wait4(pid_t child, int *status, int options, struct rusage *usage); /* not in POSIX */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void become(char **command)
{
    int null = open("/dev/null", O_WRONLY);

    if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
        _exit(127);
    close(null);
    execvp(command[0], command);
    _exit(127);
}

int main(int count, char **arguments)
{
    struct rusage usage;
    int status;

    if (count < 2)
        return 2;
    double begin = now();
    pid_t child = fork();
    if (child == 0)
        become(arguments + 1);
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return 2;
    double seconds = now() - begin;
    printf("%.6f %ld %d\n", seconds, usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    return 0;
}
