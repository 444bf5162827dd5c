/* SPDX-License-Identifier: MIT */
/* The library's public functions that take what was accepted before: waivers and a baseline. */
#include "prebleed.h"

#include "audit/baseline_file.h"
#include "audit/handle.h"
#include "audit/waiver_file.h"

enum prebleed_status prebleed_audit_set_waivers(struct prebleed_audit *audit, const void *bytes,
                                                size_t size_bytes, struct prebleed_error *error)
{
    const struct pb_slice text = {bytes != NULL ? bytes : "", size_bytes};
    struct pb_error from = {0};
    enum pb_status status;

    if (audit->parameters.waivers != NULL || audit->has_run)
        status =
            pb_error_set(&from, PB_FAILED_USAGE, "waivers are set once, before the audit is run");
    else
        status = pb_waivers_read(&audit->waivers, text, &audit->limits, &from);
    if (status == PB_OK)
        audit->parameters.waivers = &audit->waivers;
    return pb_report_error(error, status, &from);
}

enum prebleed_status prebleed_audit_set_baseline(struct prebleed_audit *audit, const void *bytes,
                                                 size_t size_bytes, struct prebleed_error *error)
{
    const struct pb_slice text = {bytes != NULL ? bytes : "", size_bytes};
    struct pb_error from = {0};
    enum pb_status status;

    if (audit->parameters.baseline != NULL || audit->has_run)
        status =
            pb_error_set(&from, PB_FAILED_USAGE, "a baseline is set once, before the audit is run");
    else
        status = pb_baseline_read(&audit->baseline, text, &audit->limits, &from);
    if (status == PB_OK)
        audit->parameters.baseline = &audit->baseline;
    return pb_report_error(error, status, &from);
}
