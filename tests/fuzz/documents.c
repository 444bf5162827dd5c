/* SPDX-License-Identifier: MIT */
/* JSON documents against jansson's own reader. */
#include "fuzz.h"

#include "json_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_slice text = fuzz_slice(data, size);
    size_t accepted = 0;

    check(text.data, size, &accepted);
    return 0;
}
