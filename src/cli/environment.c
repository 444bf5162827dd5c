/* SPDX-License-Identifier: MIT */
#include "cli/environment.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/complain.h"
#include "cli/values.h"

/* 9999-12-31T23:59:59Z: RFC 3339, section 5.6 has no more digits for a year. */
static const uint64_t LAST_SECOND = UINT64_C(253402300799);

enum prebleed_status pb_environment_as_of(struct prebleed_instant *as_of,
                                          struct prebleed_error *error)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    uint64_t seconds = 0;

    *as_of = (struct prebleed_instant){.seconds = (int64_t)time(NULL)};
    if (!epoch)
        return PREBLEED_OK;
    if (!pb_value_parse_number(epoch, LAST_SECOND, &seconds))
        return pb_refuse(error, PREBLEED_FAILED_USAGE,
                         "SOURCE_DATE_EPOCH is '%.200s', not a number of seconds since 1970; "
                         "correct it or give --as-of",
                         epoch);
    as_of->seconds = (int64_t)seconds;
    return PREBLEED_OK;
}

unsigned pb_environment_processors(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);

    return online < 1 ? 1 : online > 256 ? 256 : (unsigned)online;
}

bool pb_environment_has_color(void)
{
    const char *refusal = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    if (refusal && *refusal != '\0')
        return false;
    return terminal && strcmp(terminal, "dumb") != 0 && isatty(STDOUT_FILENO);
}

void pb_environment_prepare(void)
{
    /* The wrong way round on purpose: using a descriptor that was closed stays an error. */
    static const int modes[] = {
        [STDIN_FILENO] = O_WRONLY,
        [STDOUT_FILENO] = O_RDONLY,
        [STDERR_FILENO] = O_RDONLY,
    };

    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
        if (fcntl(i, F_GETFD) == -1 && errno == EBADF && open("/dev/null", modes[i]) != i)
            abort();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    /* A line at a time, so that lines of several programs do not mix. */
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
}
