/* SPDX-License-Identifier: MIT */
#include "x509/plain_extension.h"

#include "x509/strict_der.h"

/* Context-specific and primitive: RFC 5280, section 4.2.1.6. */
#define MAIL_TAG 0x81
#define DNS_TAG 0x82
#define URI_TAG 0x86

bool pb_plain_constraints_read(struct pb_slice extension, bool *is_ca)
{
    struct pb_slice constraints, ca, path_length;

    *is_ca = false;
    if (pb_slice_is_absent(extension))
        return true;
    if (!pb_der_take(&extension, PB_DER_SEQUENCE, &constraints) || extension.size_bytes > 0)
        return false;
    if (constraints.size_bytes == 0)
        return true;
    if (!pb_der_take(&constraints, PB_DER_BOOLEAN, &ca) || !pb_slice_equals(ca, PB_SLICE("\xFF")))
        return false;
    *is_ca = true;
    return constraints.size_bytes == 0 ||
           (pb_der_take_unsigned(&constraints, &path_length) && constraints.size_bytes == 0);
}

static struct pb_slice prefix_of(unsigned char tag)
{
    switch (tag) {
    case DNS_TAG: return PB_SLICE("DNS:");
    case MAIL_TAG: return PB_SLICE("email:");
    case URI_TAG: return PB_SLICE("URI:");
    default: return PB_SLICE_ABSENT;
    }
}

/* Printable ASCII but the backslash, which PB_ESCAPE_REVERSIBLE doubles. */
static bool is_plain_text(struct pb_slice text)
{
    for (size_t i = 0; i < text.size_bytes; i++)
        if (text.data[i] < ' ' || text.data[i] > '~' || text.data[i] == '\\')
            return false;
    return true;
}

static bool take_name(struct pb_slice *rest, struct pb_slice *prefix, struct pb_slice *name)
{
    unsigned char tag = pb_der_next_tag(*rest);

    *prefix = prefix_of(tag);
    return !pb_slice_is_absent(*prefix) && pb_der_take(rest, tag, name) && is_plain_text(*name);
}

/* How many names there are and how long their texts are together; false unless all are plain. */
static bool measure(struct pb_slice names, size_t *count, size_t *size)
{
    struct pb_slice prefix, name;

    for (*count = *size = 0; names.size_bytes > 0; ++*count) {
        if (!take_name(&names, &prefix, &name))
            return false;
        *size += prefix.size_bytes + name.size_bytes;
    }
    return *count > 0;
}

static void write_names(struct pb_slice names, struct pb_slice *texts, char *at)
{
    struct pb_slice prefix, name;

    for (; take_name(&names, &prefix, &name); texts++) {
        *texts = (struct pb_slice){at, prefix.size_bytes + name.size_bytes};
        memcpy(at, prefix.data, prefix.size_bytes);
        memcpy(at + prefix.size_bytes, name.data, name.size_bytes);
        at += texts->size_bytes;
    }
}

enum pb_status pb_plain_alternative_names_read(struct pb_slice extension, struct pb_arena *arena,
                                               const struct pb_slice **names, size_t *count,
                                               bool *is_plain)
{
    struct pb_slice general;
    size_t size;

    *names = NULL;
    *count = 0;
    *is_plain = pb_slice_is_absent(extension);
    if (*is_plain || !pb_der_take(&extension, PB_DER_SEQUENCE, &general) ||
        extension.size_bytes > 0 || !measure(general, count, &size))
        return PB_OK;
    struct pb_slice *texts = pb_arena_allocate_array(arena, *count, sizeof *texts);
    char *bytes = pb_arena_allocate(arena, size);
    if (texts == NULL || bytes == NULL)
        return PB_FAILED_MEMORY;
    write_names(general, texts, bytes);
    *names = texts;
    *is_plain = true;
    return PB_OK;
}
