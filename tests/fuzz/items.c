/* SPDX-License-Identifier: MIT */
/* One item's way from bytes to observations, through every shape: the same whether or not what
 * cannot be evidence is passed over, and what is lost is said. */
#include "fuzz.h"

#include "both_ways.h"

static void read_item(struct pb_slice content, struct pb_slice path, bool is_named)
{
    const struct pb_limits limits = {
        .values = 20000, .item_bytes = 1 << 20, .depth = 4, .signatures = 25};
    const struct pb_crls crls = {.items = {0}};
    const struct pb_item item = {
        .path = path, .content = content, .status = PB_ENTRY_USED, .is_named = is_named};
    struct run one, other;

    run_open(&one, &limits, &crls, false);
    run_open(&other, &limits, &crls, true);
    enum pb_entry_status status = compare(&one, &other, &item);
    if (status == PB_ENTRY_UNREADABLE || status == PB_ENTRY_SKIPPED)
        assert_true(one.batch.diagnostics.items.count > 0);
    run_close(&one);
    run_close(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_item(fuzz_slice(data, size), PB_SLICE("bundle.tar!/dump/0001.json"), false);
    read_item(fuzz_slice(data, size), PB_SLICE("certificates.json"), true);
    return 0;
}
