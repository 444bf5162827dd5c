/* SPDX-License-Identifier: MIT */
#include "cli/revocation_lists.h"

#include "cli/input_file.h"

static enum prebleed_status add(const char *path, struct prebleed_audit *audit,
                                struct prebleed_error *error)
{
    struct pb_input_file file = {0};
    enum prebleed_status status = pb_input_file_read("crl", path, &file, error);

    if (status == PREBLEED_OK)
        status = prebleed_audit_add_crl(audit, path, file.bytes, file.size_bytes, error);
    pb_input_file_release(&file);
    return status;
}

enum prebleed_status pb_revocation_lists_add(const struct pb_options *options,
                                             struct prebleed_audit *audit,
                                             struct prebleed_error *error)
{
    enum prebleed_status status = PREBLEED_OK;

    for (size_t i = 0; status == PREBLEED_OK && i < options->crl_count; i++)
        status = add(options->crls[i], audit, error);
    return status;
}
