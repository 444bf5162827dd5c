/* SPDX-License-Identifier: MIT */
#include "x509/alternative_names.h"

#include <stdint.h>

#include <openssl/x509v3.h>

#include "base/buffer.h"
#include "base/escape.h"
#include "x509/name.h"
#include "x509/openssl.h"

/* What the writers of single names share; the text grows in buffer, whose failure is sticky. */
struct writing {
    struct pb_buffer *buffer;
    struct pb_arena *arena;
};

static struct pb_slice string_bytes(const ASN1_STRING *string)
{
    return (struct pb_slice){(const char *)ASN1_STRING_get0_data(string),
                             (size_t)ASN1_STRING_length(string)};
}

static void write_text(struct writing *writing, const char *prefix, const ASN1_STRING *string)
{
    pb_buffer_append_string(writing->buffer, prefix);
    pb_escape_append(writing->buffer, string_bytes(string), PB_ESCAPE_REVERSIBLE);
}

static void write_address(struct writing *writing, const ASN1_OCTET_STRING *address)
{
    const unsigned char *bytes = ASN1_STRING_get0_data(address);
    int size = ASN1_STRING_length(address);

    pb_buffer_append_string(writing->buffer, "IP:");
    if (size == 4) {
        pb_buffer_append_format(writing->buffer, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2],
                                bytes[3]);
    } else if (size == 16) {
        for (int i = 0; i < size; i += 2)
            pb_buffer_append_format(writing->buffer, i > 0 ? ":%X" : "%X",
                                    (unsigned)bytes[i] << 8 | bytes[i + 1]);
    } else {
        pb_buffer_append_string(writing->buffer, "<invalid>");
    }
}

static enum pb_status write_object(struct writing *writing, const char *prefix,
                                   const ASN1_OBJECT *object)
{
    struct pb_slice digits;

    enum pb_status status = pb_openssl_object_digits(object, writing->arena, &digits);
    pb_buffer_append_string(writing->buffer, prefix);
    pb_buffer_append(writing->buffer, digits);
    return status;
}

static enum pb_status write_directory(struct writing *writing, const X509_NAME *name)
{
    struct pb_slice text;

    enum pb_status status = pb_name_text(name, writing->arena, &text);
    pb_buffer_append_string(writing->buffer, "dirName:");
    pb_buffer_append(writing->buffer, pb_slice_is_absent(text) ? PB_SLICE("<invalid>") : text);
    return status;
}

static enum pb_status write_value(struct writing *writing, const ASN1_TYPE *value)
{
    if (value->type == V_ASN1_UTF8STRING) {
        write_text(writing, ";UTF8:", value->value.utf8string);
        return PB_OK;
    }
    unsigned char *der = NULL;
    int size = i2d_ASN1_TYPE(value, &der);
    if (size < 0)
        return pb_openssl_take_errors(NULL);
    pb_buffer_append_string(writing->buffer, ";#");
    pb_buffer_append_hex(writing->buffer, der, (size_t)size);
    OPENSSL_free(der);
    return PB_OK;
}

static enum pb_status write_other(struct writing *writing, const OTHERNAME *other)
{
    enum pb_status status = write_object(writing, "othername:", other->type_id);

    return status == PB_OK ? write_value(writing, other->value) : status;
}

static enum pb_status write_name(struct writing *writing, const GENERAL_NAME *name)
{
    switch (name->type) {
    case GEN_DNS: write_text(writing, "DNS:", name->d.dNSName); return PB_OK;
    case GEN_EMAIL: write_text(writing, "email:", name->d.rfc822Name); return PB_OK;
    case GEN_URI: write_text(writing, "URI:", name->d.uniformResourceIdentifier); return PB_OK;
    case GEN_IPADD: write_address(writing, name->d.iPAddress); return PB_OK;
    case GEN_DIRNAME: return write_directory(writing, name->d.directoryName);
    case GEN_RID: return write_object(writing, "RID:", name->d.registeredID);
    case GEN_OTHERNAME: return write_other(writing, name->d.otherName);
    case GEN_X400: pb_buffer_append_string(writing->buffer, "X400Name:<unsupported>"); return PB_OK;
    default: pb_buffer_append_string(writing->buffer, "EdiPartyName:<unsupported>"); return PB_OK;
    }
}

static enum pb_status write_names(const GENERAL_NAMES *general, struct pb_arena *arena,
                                  struct pb_slice *names)
{
    struct pb_buffer buffer;
    enum pb_status status = PB_OK;

    pb_buffer_init(&buffer, SIZE_MAX);
    struct writing writing = {&buffer, arena};
    for (int i = 0; i < sk_GENERAL_NAME_num(general) && status == PB_OK; i++) {
        pb_buffer_clear(&buffer);
        status = write_name(&writing, sk_GENERAL_NAME_value(general, i));
        if (buffer.has_failed || !pb_arena_copy(arena, pb_buffer_slice(&buffer), &names[i]))
            status = PB_FAILED_MEMORY;
    }
    pb_buffer_release(&buffer);
    return status;
}

enum pb_status pb_alternative_names_read(const X509 *certificate, struct pb_arena *arena,
                                         const struct pb_slice **names, size_t *count)
{
    *names = NULL;
    *count = 0;
    GENERAL_NAMES *general = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    if (general == NULL)
        return pb_openssl_take_errors(NULL);
    size_t found = (size_t)sk_GENERAL_NAME_num(general);
    struct pb_slice *texts = pb_arena_allocate_array(arena, found, sizeof *texts);
    enum pb_status status = PB_FAILED_MEMORY;
    if (texts != NULL)
        status = write_names(general, arena, texts);
    GENERAL_NAMES_free(general);
    if (status == PB_OK) {
        *names = texts;
        *count = found;
    }
    return status;
}
