/* SPDX-License-Identifier: MIT */
#include "cli/attachments.h"

#include "cli/complain.h"
#include "cli/input_file.h"

/* What the library says of a file, with the option and the file before it. */
static enum prebleed_status refuse(const char *option, const char *path,
                                   const struct prebleed_error *cause, struct prebleed_error *error)
{
    return pb_refuse(error, cause->status, "--%s %.200s: %.250s", option, path, cause->message);
}

static enum prebleed_status hand_over_manifest(const char *path, struct prebleed_audit *audit,
                                               struct prebleed_error *error)
{
    struct pb_input_file file = {0};
    struct prebleed_error cause = {0};
    enum prebleed_status status = pb_input_file_read("manifest", path, &file, error);

    if (status == PREBLEED_OK &&
        prebleed_audit_set_manifest(audit, file.bytes, file.size_bytes, &cause) != PREBLEED_OK)
        status = refuse("manifest", path, &cause, error);
    pb_input_file_release(&file);
    return status;
}

/* Editors and echo end a file with a newline, which nobody means to be a part of it. */
static size_t without_newline(const struct pb_input_file *file)
{
    size_t size = file->size_bytes;

    if (size > 0 && file->bytes[size - 1] == '\n')
        size--;
    if (size < file->size_bytes && size > 0 && file->bytes[size - 1] == '\r')
        size--;
    return size;
}

/* volatile: a store to memory that is about to be freed would be optimised away. */
static void overwrite(struct pb_input_file *file)
{
    volatile char *bytes = file->bytes;

    for (size_t i = 0; i < file->size_bytes; i++)
        bytes[i] = '\0';
}

static enum prebleed_status hand_over_passphrase(const char *path, struct prebleed_audit *audit,
                                                 struct prebleed_error *error)
{
    struct pb_input_file file = {0};
    struct prebleed_error cause = {0};
    enum prebleed_status status = pb_input_file_read("passphrase-file", path, &file, error);

    if (status == PREBLEED_OK &&
        prebleed_audit_set_passphrase(audit, file.bytes, without_newline(&file), &cause) !=
            PREBLEED_OK)
        status = refuse("passphrase-file", path, &cause, error);
    overwrite(&file);
    pb_input_file_release(&file);
    return status;
}

enum prebleed_status pb_attachments_hand_over(const struct pb_options *options,
                                              struct prebleed_audit *audit,
                                              struct prebleed_error *error)
{
    enum prebleed_status status = PREBLEED_OK;

    if (options->manifest)
        status = hand_over_manifest(options->manifest, audit, error);
    if (status == PREBLEED_OK && options->passphrase_file)
        status = hand_over_passphrase(options->passphrase_file, audit, error);
    return status;
}
