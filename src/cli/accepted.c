/* SPDX-License-Identifier: MIT */
#include "cli/accepted.h"

#include "cli/complain.h"
#include "cli/input_file.h"

static enum prebleed_status set(const char *option, const char *path, struct prebleed_audit *audit,
                                enum prebleed_status (*take)(struct prebleed_audit *audit,
                                                             const void *bytes, size_t size_bytes,
                                                             struct prebleed_error *error),
                                struct prebleed_error *error)
{
    struct pb_input_file file = {0};
    struct prebleed_error cause = {0};

    if (!path)
        return PREBLEED_OK;
    enum prebleed_status status = pb_input_file_read(option, path, &file, error);
    if (status == PREBLEED_OK) {
        status = take(audit, file.bytes, file.size_bytes, &cause);
        if (status != PREBLEED_OK)
            pb_refuse(error, status, "--%s %.100s: %.350s", option, path, cause.message);
    }
    pb_input_file_release(&file);
    return status;
}

enum prebleed_status pb_accepted_set(const struct pb_options *options, struct prebleed_audit *audit,
                                     struct prebleed_error *error)
{
    enum prebleed_status status =
        set("waivers", options->waivers, audit, prebleed_audit_set_waivers, error);

    return status == PREBLEED_OK
               ? set("baseline", options->baseline, audit, prebleed_audit_set_baseline, error)
               : status;
}
