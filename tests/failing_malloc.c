/* SPDX-License-Identifier: MIT */
/* Preloaded: has the allocation of the number in FAIL_AT fail, and all further ones where FAIL_ON is
 * set. Writes to descriptor 3 which library asked for it, and at the end how many there were and
 * how many blocks were not freed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static atomic_long made, kept;
static long fail_at;
static int fails_on;

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("FAIL_AT");

    made = 0;
    fail_at = number != NULL ? atol(number) : 0;
    fails_on = fail_at > 0 && getenv("FAIL_ON") != NULL;
}

__attribute__((destructor)) static void end(void)
{
    dprintf(3, "%ld %ld\n", (long)made, (long)kept);
}

/* The block that was made, or what there is without one. */
static void *count(void *block, long blocks)
{
    kept += block != NULL ? blocks : 0;
    return block;
}

static int fails(const void *caller)
{
    Dl_info info;

    long number = ++made;
    if (number != fail_at && !(fails_on && number > fail_at))
        return 0;
    if (number == fail_at && dladdr(caller, &info) != 0)
        dprintf(3, "%s\n", info.dli_fname);
    errno = ENOMEM;
    return 1;
}

#define FAILS fails(__builtin_return_address(0))

void *malloc(size_t size)
{
    return FAILS ? NULL : count(__libc_malloc(size), 1);
}

void *calloc(size_t number, size_t size)
{
    return FAILS ? NULL : count(__libc_calloc(number, size), 1);
}

void *realloc(void *block, size_t size)
{
    return FAILS ? NULL : count(__libc_realloc(block, size), block == NULL);
}

void free(void *block)
{
    kept -= block != NULL;
    __libc_free(block);
}
