/* SPDX-License-Identifier: MIT */
/* The facts of a certificate in DER against OpenSSL's own decoder and getters. */
#include "fuzz.h"

#include "x509_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_arena arena = {0};
    struct pb_x509_cache *cache;
    struct pb_slice der = fuzz_slice(data, size);

    assert_int_equal(pb_x509_cache_new(&cache), PB_OK);
    expect_same_from(cache, der, &arena);
    pb_x509_cache_free(cache);
    pb_arena_release(&arena);
    return 0;
}
