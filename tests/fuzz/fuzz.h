/* SPDX-License-Identifier: MIT */
/* What fuzz targets share. A target is one file; a failed assertion of cmocka ends it. */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include "unit.h"
#include "json/document.h"
#include "x509/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What main would prepare, and the input as the library takes it. */
static inline struct pb_slice fuzz_slice(const uint8_t *data, size_t size)
{
    pb_json_prepare();
    assert_int_equal(pb_x509_prepare(), PB_OK);
    return (struct pb_slice){size > 0 ? (const char *)data : "", size};
}

#endif
