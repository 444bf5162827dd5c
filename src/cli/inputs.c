/* SPDX-License-Identifier: MIT */
/* Files that options name besides evidence: small, and read whole. "-" is no standard input here.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "cli/cli.h"

#define LARGEST_BYTES ((size_t)64 << 20)

/* The newline with which editors and echo end a file is no part of the passphrase. */
static enum prebleed_status set_passphrase(struct prebleed_audit *audit, const void *bytes,
                                           size_t size_bytes, struct prebleed_error *error)
{
    const char *text = bytes;

    if (size_bytes > 0 && text[size_bytes - 1] == '\n' && --size_bytes > 0 &&
        text[size_bytes - 1] == '\r')
        size_bytes--;
    return prebleed_audit_set_passphrase(audit, bytes, size_bytes, error);
}

static const struct {
    const char *option;
    enum prebleed_status (*set)(struct prebleed_audit *audit, const void *bytes, size_t size_bytes,
                                struct prebleed_error *error);
} kinds[] = {
    {"manifest", prebleed_audit_set_manifest},        {"passphrase-file", set_passphrase},
    {"redact-key", prebleed_audit_set_redaction_key}, {"waivers", prebleed_audit_set_waivers},
    {"baseline", prebleed_audit_set_baseline},
};

/* The error names option and file; of a CRL the library names the file itself. */
static enum prebleed_status hand_to_audit(const struct pb_input *input, const char *bytes,
                                          size_t size_bytes, struct prebleed_audit *audit,
                                          struct prebleed_error *error)
{
    struct prebleed_error cause = {0};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(input->option, kinds[i].option) != 0)
            continue;
        enum prebleed_status status = kinds[i].set(audit, bytes, size_bytes, &cause);
        return status == PREBLEED_OK ? status
                                     : pb_refuse(error, status, "--%s %.100s: %.350s",
                                                 input->option, input->file, cause.message);
    }
    return prebleed_audit_add_crl(audit, input->file, bytes, size_bytes, error);
}

static enum prebleed_status read_input(const struct pb_input *input, struct prebleed_audit *audit,
                                       struct prebleed_error *error)
{
    FILE *stream = fopen(input->file, "rb");
    enum prebleed_status status = PREBLEED_OK;

    if (stream == NULL)
        return pb_refuse(error, PREBLEED_FAILED_INPUT, "--%s %.200s: %s", input->option,
                         input->file, strerror(errno));
    setvbuf(stream, NULL, _IONBF, 0); /* a passphrase leaves no copy in a buffer of stdio's */
    char *bytes = malloc(LARGEST_BYTES + 1);
    size_t size_bytes = bytes ? fread(bytes, 1, LARGEST_BYTES + 1, stream) : 0;
    if (!bytes)
        status = pb_refuse(error, PREBLEED_FAILED_MEMORY, "out of memory");
    else if (ferror(stream) || size_bytes > LARGEST_BYTES)
        status = pb_refuse(error, PREBLEED_FAILED_INPUT,
                           "--%s %.200s: cannot be read, or has more than 64 MiB", input->option,
                           input->file);
    else
        status = hand_to_audit(input, bytes, size_bytes, audit, error);
    fclose(stream);
    OPENSSL_cleanse(bytes, size_bytes);
    free(bytes);
    return status;
}

enum prebleed_status pb_inputs_add(const struct pb_options *options, struct prebleed_audit *audit,
                                   struct prebleed_error *error)
{
    enum prebleed_status status = PREBLEED_OK;

    for (size_t i = 0; status == PREBLEED_OK && i < options->input_count; i++)
        status = read_input(&options->inputs[i], audit, error);
    return status;
}
