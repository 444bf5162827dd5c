/* SPDX-License-Identifier: MIT */
/* Evidence through the library to every report: jansson reads JSON, libxml2 reads JUnit and HTML,
 * CSV has its form, and nothing is in any that a terminal obeys. */
#include "fuzz.h"

#include "report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct prebleed_audit *audit = oracle_audit();

    assert_int_equal(prebleed_audit_add(audit, PREBLEED_BUFFER, "dump/certificates",
                                        fuzz_slice(data, size).data, size, NULL),
                     PREBLEED_OK);
    oracle_run(audit);
    return 0;
}
