/* SPDX-License-Identifier: MIT */
/* For the tests of src/x509: has one allocation of OpenSSL's fail, by its number. */
#ifndef TEST_FAILING_OPENSSL_H
#define TEST_FAILING_OPENSSL_H

#include <stdlib.h>

#include <openssl/crypto.h>

static size_t until_failure; /* allocations of OpenSSL's; 0: none is to fail */

static void *reallocate(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (until_failure > 0 && --until_failure == 0)
        return NULL;
    return realloc(old, size);
}

static void *allocate(size_t size, const char *file, int line)
{
    return reallocate(NULL, size, file, line);
}

static void deallocate(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

/* Once, before OpenSSL has allocated anything. */
static inline void make_openssl_fallible(void)
{
    CRYPTO_set_mem_functions(allocate, reallocate, deallocate);
}

#endif
