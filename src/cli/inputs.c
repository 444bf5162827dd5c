/* SPDX-License-Identifier: MIT */
/* Files that options name besides evidence: small, and read whole. "-" is no standard input here.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

#define LARGEST_BYTES ((size_t)64 << 20)
#define FIRST_BYTES ((size_t)64 << 10)

/* A file's bytes, owned. */
struct input {
    char *bytes;
    size_t size_bytes;
};

static enum prebleed_status read_all(FILE *stream, struct input *input)
{
    size_t room = 0;

    while (!feof(stream)) {
        if (input->size_bytes == room) {
            room = room == 0 ? FIRST_BYTES : room * 2;
            char *grown = realloc(input->bytes, room);
            if (grown == NULL)
                return PREBLEED_FAILED_MEMORY;
            input->bytes = grown;
        }
        input->size_bytes +=
            fread(input->bytes + input->size_bytes, 1, room - input->size_bytes, stream);
        if (ferror(stream) || input->size_bytes > LARGEST_BYTES)
            return PREBLEED_FAILED_INPUT;
    }
    return PREBLEED_OK;
}

static enum prebleed_status read_input(const char *option, const char *path, struct input *input,
                                       struct prebleed_error *error)
{
    FILE *stream = fopen(path, "rb");

    if (stream == NULL)
        return pb_refuse(error, PREBLEED_FAILED_INPUT, "--%s %.200s: %s", option, path,
                         strerror(errno));
    setvbuf(stream, NULL, _IONBF, 0); /* a passphrase leaves no copy in a buffer of stdio's */
    enum prebleed_status status = read_all(stream, input);
    fclose(stream);
    if (status == PREBLEED_FAILED_MEMORY)
        return pb_refuse(error, status, "out of memory");
    if (status != PREBLEED_OK)
        return pb_refuse(error, status, "--%s %.200s: cannot be read, or has more than 64 MiB",
                         option, path);
    return PREBLEED_OK;
}

typedef enum prebleed_status set_input(struct prebleed_audit *audit, const void *bytes,
                                       size_t size_bytes, struct prebleed_error *error);

/* Editors and echo end a file with a newline, which nobody means to be a part of it. */
static enum prebleed_status set_passphrase(struct prebleed_audit *audit, const void *bytes,
                                           size_t size_bytes, struct prebleed_error *error)
{
    const char *text = bytes;

    if (size_bytes > 0 && text[size_bytes - 1] == '\n' && --size_bytes > 0 &&
        text[size_bytes - 1] == '\r')
        size_bytes--;
    return prebleed_audit_set_passphrase(audit, bytes, size_bytes, error);
}

/* volatile: a store to memory that is about to be freed would be optimised away. */
static void overwrite(struct input *input)
{
    volatile char *bytes = input->bytes;

    for (size_t i = 0; i < input->size_bytes; i++)
        bytes[i] = '\0';
}

/* Names the option and the file in what the library says of it. */
static enum prebleed_status add(const char *option, const char *path, set_input *set,
                                struct prebleed_audit *audit, struct prebleed_error *error)
{
    struct input input = {0};
    struct prebleed_error cause = {0};

    if (path == NULL)
        return PREBLEED_OK;
    enum prebleed_status status = read_input(option, path, &input, error);
    if (status == PREBLEED_OK) {
        status = set(audit, input.bytes, input.size_bytes, &cause);
        if (status != PREBLEED_OK)
            pb_refuse(error, status, "--%s %.100s: %.350s", option, path, cause.message);
    }
    if (set == set_passphrase || set == prebleed_audit_set_redaction_key)
        overwrite(&input);
    free(input.bytes);
    return status;
}

/* The library names the file itself. */
static enum prebleed_status add_crl(const char *path, struct prebleed_audit *audit,
                                    struct prebleed_error *error)
{
    struct input input = {0};
    enum prebleed_status status = read_input("crl", path, &input, error);

    if (status == PREBLEED_OK)
        status = prebleed_audit_add_crl(audit, path, input.bytes, input.size_bytes, error);
    free(input.bytes);
    return status;
}

enum prebleed_status pb_inputs_add(const struct pb_options *options, struct prebleed_audit *audit,
                                   struct prebleed_error *error)
{
    enum prebleed_status status =
        add("manifest", options->manifest, prebleed_audit_set_manifest, audit, error);

    if (status == PREBLEED_OK)
        status = add("passphrase-file", options->passphrase_file, set_passphrase, audit, error);
    if (status == PREBLEED_OK)
        status = add("redact-key", options->redaction_key, prebleed_audit_set_redaction_key, audit,
                     error);
    for (size_t i = 0; status == PREBLEED_OK && i < options->crl_count; i++)
        status = add_crl(options->crls[i], audit, error);
    if (status == PREBLEED_OK)
        status = add("waivers", options->waivers, prebleed_audit_set_waivers, audit, error);
    if (status == PREBLEED_OK)
        status = add("baseline", options->baseline, prebleed_audit_set_baseline, audit, error);
    return status;
}
