/* SPDX-License-Identifier: MIT */
/* Preloaded behind the program's allocators, which stand in front of the C library's: has the
 * allocation of the number in FAIL_AT fail, and all further ones where FAIL_ON is set. Writes to
 * descriptor 3 which library asked for it and how many bytes it should have had, and at the end how
 * many allocations there were and how many blocks were not freed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unwind.h>

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

/* Says whose the first function is that is no allocator's. */
static _Unwind_Reason_Code say_caller(struct _Unwind_Context *context, void *size)
{
    Dl_info own, info;

    if (dladdr(&fail_at, &own) == 0 || dladdr((void *)_Unwind_GetIP(context), &info) == 0 ||
        info.dli_fbase == own.dli_fbase ||
        (info.dli_sname != NULL && strstr("malloc calloc realloc", info.dli_sname) != NULL))
        return _URC_NO_REASON;
    dprintf(3, "%s %zu\n", info.dli_fname, *(size_t *)size);
    return _URC_END_OF_STACK;
}

static int fails(size_t size)
{
    long number = ++made;
    if (number != fail_at && !(fails_on && number > fail_at))
        return 0;
    if (number == fail_at)
        _Unwind_Backtrace(say_caller, &size);
    errno = ENOMEM;
    return 1;
}

void *__libc_malloc(size_t size)
{
    static void *(*next)(size_t);
    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "__libc_malloc");
    return fails(size) ? NULL : count(next(size), 1);
}

void *__libc_calloc(size_t number, size_t size)
{
    static void *(*next)(size_t, size_t);
    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "__libc_calloc");
    return fails(number * size) ? NULL : count(next(number, size), 1);
}

void *__libc_realloc(void *block, size_t size)
{
    static void *(*next)(void *, size_t);
    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "__libc_realloc");
    return fails(size) ? NULL : count(next(block, size), block == NULL);
}

void free(void *block)
{
    kept -= block != NULL;
    __libc_free(block);
}
