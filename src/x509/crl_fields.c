/* SPDX-License-Identifier: MIT */
#include "x509/crl_fields.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include "x509/crl_extension.h"
#include "x509/name.h"
#include "x509/openssl.h"
#include "x509/strict_der.h"
#include "x509/time.h"

/* Context-specific and constructed: RFC 5280, section 5.1. */
#define EXTENSIONS_TAG 0xA0

#define NOT_A_CRL "expected a complete CRL in DER or PEM (RFC 5280, section 5.1)"

/* One CRL on its way. */
struct reading {
    struct pb_arena *arena;
    struct pb_crl *crl;
    struct pb_slice rest; /* of the list's fields */
    const char *reason;   /* why it cannot be used */
};

static enum pb_status refuse(struct reading *reading, const char *reason)
{
    reading->reason = reason;
    return PB_OK;
}

/* Lists are long: their lengths may have more octets than those of other elements here. */
static bool take_long_sequence(struct pb_slice *rest, struct pb_slice *contents)
{
    const unsigned char *start = (const unsigned char *)rest->data, *at = start;
    long size = 0;
    int tag = 0, class = 0;

    if (pb_der_next_tag(*rest) != PB_DER_SEQUENCE)
        return false;
    int form = ASN1_get_object(&at, &size, &tag, &class, (long)rest->size_bytes);
    if (form != V_ASN1_CONSTRUCTED) {
        ERR_clear_error();
        return false;
    }
    *contents = (struct pb_slice){(const char *)at, (size_t)size};
    *rest = pb_slice_from(*rest, (size_t)(at - start) + (size_t)size);
    return true;
}

static bool is_time_next(struct pb_slice rest)
{
    unsigned char tag = pb_der_next_tag(rest);

    return tag == PB_DER_UTC_TIME || tag == PB_DER_GENERALIZED_TIME;
}

/* A time that is well formed as an element; *is_known tells whether it is one as a text, too.
 * OpenSSL does not always say that memory was missing: what fails is tried once more. */
static bool take_time(struct pb_slice *rest, struct pb_instant *instant, bool *is_known)
{
    struct pb_slice element;
    ASN1_TIME *time = NULL;

    if (!is_time_next(*rest) || !pb_der_take_whole(rest, pb_der_next_tag(*rest), &element))
        return false;
    for (int attempt = 0; attempt < 2 && time == NULL; attempt++) {
        const unsigned char *at = (const unsigned char *)element.data;
        time = d2i_ASN1_TIME(NULL, &at, (long)element.size_bytes);
    }
    *is_known = time != NULL && pb_x509_time_read(time, instant);
    ASN1_TIME_free(time);
    ERR_clear_error();
    return true;
}

/* Version 2 is the integer 1; version 1 is no field at all. */
static enum pb_status read_version(struct reading *reading)
{
    struct pb_slice version;

    if (pb_der_next_tag(reading->rest) != PB_DER_INTEGER)
        return PB_OK;
    if (!pb_der_take_unsigned(&reading->rest, &version) ||
        !pb_slice_equals(version, PB_SLICE("\x01")))
        return refuse(reading, NOT_A_CRL);
    return PB_OK;
}

static enum pb_status read_algorithm(struct reading *reading)
{
    struct pb_slice algorithm;

    if (!pb_der_take_whole(&reading->rest, PB_DER_SEQUENCE, &algorithm))
        return refuse(reading, NOT_A_CRL);
    return PB_OK;
}

static enum pb_status read_issuer(struct reading *reading)
{
    struct pb_slice element;

    if (!pb_der_take_whole(&reading->rest, PB_DER_SEQUENCE, &element))
        return refuse(reading, NOT_A_CRL);
    const unsigned char *at = (const unsigned char *)element.data;
    X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)element.size_bytes);
    if (name == NULL) {
        enum pb_status status = pb_openssl_take_errors(NULL);
        return status != PB_OK ? status : refuse(reading, "its issuer cannot be read");
    }
    enum pb_status status = pb_name_text(name, reading->arena, &reading->crl->issuer);
    X509_NAME_free(name);
    if (status == PB_OK && pb_slice_is_absent(reading->crl->issuer))
        return refuse(reading, "its issuer cannot be read");
    return status;
}

static enum pb_status read_updates(struct reading *reading)
{
    struct pb_crl *crl = reading->crl;
    bool is_known = false;

    if (!take_time(&reading->rest, &crl->this_update, &is_known))
        return refuse(reading, NOT_A_CRL);
    if (!is_known)
        return refuse(reading, "its thisUpdate is no time");
    if (!is_time_next(reading->rest))
        return PB_OK;
    if (!take_time(&reading->rest, &crl->next_update, &crl->has_next_update))
        return refuse(reading, NOT_A_CRL);
    return crl->has_next_update ? PB_OK : refuse(reading, "its nextUpdate is no time");
}

/* X.690, section 8.3.2: an integer in its shortest form is spelt in one way alone. */
static bool is_shortest(struct pb_slice integer)
{
    const unsigned char *bytes = (const unsigned char *)integer.data;

    return integer.size_bytes == 1 ||
           (integer.size_bytes > 1 && !(bytes[0] == 0x00 && bytes[1] < 0x80) &&
            !(bytes[0] == 0xFF && bytes[1] >= 0x80));
}

/* Its date is not decoded: only those that are looked up are wanted. */
static const char *check_entry(struct pb_slice entry)
{
    struct pb_slice serial, date, extensions;

    if (!pb_der_take(&entry, PB_DER_INTEGER, &serial) || !is_shortest(serial) ||
        !is_time_next(entry) || !pb_der_take_whole(&entry, pb_der_next_tag(entry), &date))
        return "an entry cannot be read (RFC 5280, section 5.1.2.6)";
    if (entry.size_bytes == 0)
        return NULL;
    if (!pb_der_take(&entry, PB_DER_SEQUENCE, &extensions) || entry.size_bytes > 0)
        return "an entry cannot be read (RFC 5280, section 5.1.2.6)";
    return pb_crl_check_entry_extensions(extensions);
}

static enum pb_status read_revoked(struct reading *reading)
{
    struct pb_slice list, entry;

    if (pb_der_next_tag(reading->rest) != PB_DER_SEQUENCE)
        return PB_OK;
    if (!take_long_sequence(&reading->rest, &list))
        return refuse(reading, NOT_A_CRL);
    while (list.size_bytes > 0) {
        if (!pb_der_take(&list, PB_DER_SEQUENCE, &entry))
            return refuse(reading, NOT_A_CRL);
        const char *reason = check_entry(entry);
        if (reason != NULL)
            return refuse(reading, reason);
        if (!pb_vector_append(&reading->crl->revoked, &entry, 1))
            return PB_FAILED_MEMORY;
    }
    return PB_OK;
}

static enum pb_status read_extensions(struct reading *reading)
{
    struct pb_slice explicit, extensions;

    if (reading->rest.size_bytes == 0)
        return PB_OK;
    if (!pb_der_take(&reading->rest, EXTENSIONS_TAG, &explicit) || reading->rest.size_bytes > 0 ||
        !pb_der_take(&explicit, PB_DER_SEQUENCE, &extensions) || explicit.size_bytes > 0)
        return refuse(reading, NOT_A_CRL);
    return refuse(reading, pb_crl_read_extensions(extensions, reading->crl));
}

enum pb_status pb_crl_read_fields(struct pb_slice der, struct pb_arena *arena, struct pb_crl *crl,
                                  const char **reason)
{
    static enum pb_status (*const steps[])(struct reading *) = {
        read_version, read_algorithm, read_issuer, read_updates, read_revoked, read_extensions,
    };
    struct reading reading = {.arena = arena, .crl = crl, .reason = NOT_A_CRL};
    struct pb_slice body;
    enum pb_status status = PB_OK;

    *reason = NOT_A_CRL;
    if (!pb_signed_read(der, &crl->parts))
        return PB_OK;
    body = crl->parts.body;
    if (!take_long_sequence(&body, &reading.rest))
        return PB_OK;
    reading.reason = NULL;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        status = steps[i](&reading);
        if (status != PB_OK || reading.reason != NULL)
            break;
    }
    *reason = reading.reason;
    return status;
}

struct pb_slice pb_crl_serial(struct pb_slice entry)
{
    struct pb_slice serial = PB_SLICE_ABSENT;

    pb_der_take(&entry, PB_DER_INTEGER, &serial);
    return serial;
}

void pb_crl_read_entry(struct pb_slice entry, struct pb_crl_entry *read)
{
    struct pb_slice serial, extensions;

    *read = (struct pb_crl_entry){.reason = NULL};
    pb_der_take(&entry, PB_DER_INTEGER, &serial);
    take_time(&entry, &read->date, &read->has_date);
    if (pb_der_take(&entry, PB_DER_SEQUENCE, &extensions))
        read->reason = pb_crl_find_reason(extensions);
}
