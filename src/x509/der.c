/* SPDX-License-Identifier: MIT */
#include "x509/der.h"

#include <time.h>

#include <openssl/err.h>

/* Bits of ASN1_get_object's result: an error, and a length that an end marker ends. */
#define FORM_ERROR 0x80
#define FORM_INDEFINITE 0x01

struct header {
    int form, tag, class;
    long size_bytes; /* of the contents, 0 where indefinite */
};

static bool read_header(const unsigned char **at, const unsigned char *end, struct header *header)
{
    if (*at >= end)
        return false;
    header->form =
        ASN1_get_object(at, &header->size_bytes, &header->tag, &header->class, end - *at);
    if ((header->form & FORM_ERROR) != 0)
        pb_openssl_take_errors(NULL);
    return (header->form & FORM_ERROR) == 0;
}

/* X.690, section 10.1: the length is definite, and in the long form only from 128 bytes on. */
bool pb_der_take(struct pb_slice *rest, unsigned char tag, struct pb_slice *contents)
{
    const unsigned char *at = (const unsigned char *)rest->data;
    size_t header_bytes = 2;

    if (rest->size_bytes < header_bytes || at[0] != tag)
        return false;
    size_t size_bytes = at[1];
    if (size_bytes >= 0x80) {
        header_bytes += size_bytes - 0x80;
        if (header_bytes == 2 || header_bytes > 6 || rest->size_bytes < header_bytes || at[2] == 0)
            return false;
        size_bytes = 0;
        for (size_t i = 2; i < header_bytes; i++)
            size_bytes = size_bytes << 8 | at[i];
        if (size_bytes < 0x80)
            return false;
    }
    if (size_bytes > rest->size_bytes - header_bytes)
        return false;
    *contents = (struct pb_slice){rest->data + header_bytes, size_bytes};
    *rest = pb_slice_from(*rest, header_bytes + size_bytes);
    return true;
}

/* Counts open indefinite lengths instead of recursing, because input may nest to any depth. */
struct pb_slice pb_der_take_any(struct pb_slice *rest)
{
    const unsigned char *at = (const unsigned char *)rest->data, *end;
    size_t open = 0;
    struct header header;

    if (rest->size_bytes == 0)
        return PB_SLICE_ABSENT;
    end = at + rest->size_bytes;
    do {
        if (!read_header(&at, end, &header))
            return PB_SLICE_ABSENT;
        if ((header.form & FORM_INDEFINITE) != 0)
            open++;
        else if (open > 0 && header.tag == 0 && header.class == V_ASN1_UNIVERSAL &&
                 header.size_bytes == 0)
            open--;
        else
            at += header.size_bytes;
    } while (open > 0);
    struct pb_slice element = pb_slice_first(*rest, (size_t)((const char *)at - rest->data));
    *rest = pb_slice_from(*rest, element.size_bytes);
    return element;
}

/* The contents of an element from pb_der_take_any, which may be absent; false for no SEQUENCE. */
static bool enter_sequence(struct pb_slice element, struct pb_slice *contents)
{
    const unsigned char *at = (const unsigned char *)element.data, *end;
    struct header header;

    if (pb_der_next_tag(element) != PB_DER_SEQUENCE)
        return false;
    end = at + element.size_bytes;
    if (!read_header(&at, end, &header))
        return false;
    if ((header.form & FORM_INDEFINITE) != 0)
        end -= 2; /* the end marker */
    *contents = (struct pb_slice){(const char *)at, (size_t)(end - at)};
    return true;
}

/* The algorithm is the first sequence in the body of a certificate and of a CRL. */
static struct pb_slice find_algorithm(struct pb_slice body)
{
    struct pb_slice element = PB_SLICE_ABSENT;
    if (!enter_sequence(body, &body))
        return element;
    do
        element = pb_der_take_any(&body);
    while (element.size_bytes > 0 && pb_der_next_tag(element) != PB_DER_SEQUENCE);
    return element;
}

static bool split_first(struct pb_slice *der, struct pb_signed *parts)
{
    struct pb_slice fields, element = pb_der_take_any(der);

    *parts = (struct pb_signed){.body = PB_SLICE_ABSENT};
    if (!enter_sequence(element, &fields))
        return false;
    parts->body = pb_der_take_any(&fields);
    parts->algorithm = pb_der_take_any(&fields);
    parts->bits = pb_der_take_any(&fields);
    parts->inner_algorithm = find_algorithm(parts->body);
    return !pb_slice_is_absent(parts->bits) && fields.size_bytes == 0 &&
           !pb_slice_is_absent(parts->inner_algorithm);
}

bool pb_signed_split(struct pb_slice der, struct pb_signed *parts)
{
    return split_first(&der, parts) && der.size_bytes == 0;
}

bool pb_certificate_split(struct pb_slice *der, struct pb_certificate_parts *parts)
{
    struct pb_slice fields;
    const char *start = der->data;

    *parts = (struct pb_certificate_parts){.version = PB_SLICE_ABSENT};
    if (!split_first(der, &parts->outer) || !enter_sequence(parts->outer.body, &fields))
        return false;
    if (pb_der_next_tag(fields) == 0xA0) /* [0] */
        parts->version = pb_der_take_any(&fields);
    parts->serial = pb_der_take_any(&fields);
    struct pb_slice algorithm = pb_der_take_any(&fields);
    parts->issuer = pb_der_take_any(&fields);
    parts->validity = pb_der_take_any(&fields);
    parts->subject = pb_der_take_any(&fields);
    parts->public_key = pb_der_take_any(&fields);
    parts->rest = fields;
    parts->whole = (struct pb_slice){start, (size_t)(der->data - start)};
    return !pb_slice_is_absent(parts->public_key) &&
           algorithm.data == parts->outer.inner_algorithm.data;
}

bool pb_has_explicit_curve(struct pb_slice der)
{
    /* id-fieldType (1.2.840.10045.1); OBJECT IDENTIFIERs are never split, even in BER. */
    return pb_slice_find(der, PB_SLICE("\x2A\x86\x48\xCE\x3D\x01"), 0) != SIZE_MAX;
}

/* Modulo a prime of at most 521 bits that is 3 modulo 4 a root is a single, quick power. */
static bool has_quick_roots(struct pb_slice field)
{
    struct pb_slice kind, prime;
    return pb_der_take(&field, V_ASN1_OBJECT, &kind) &&
           pb_der_take(&field, V_ASN1_INTEGER, &prime) && prime.size_bytes > 0 &&
           prime.size_bytes <= 66 && (prime.data[prime.size_bytes - 1] & 3) == 3;
}

/* X9.62: ECParameters; SEC 1, section 2.3.3: 0x04 begins an uncompressed point. */
bool pb_key_may_be_slow(struct pb_slice public_key)
{
    struct pb_slice info, algorithm, object, parameters, skipped, field, base, point;

    if (!pb_has_explicit_curve(public_key))
        return false;
    return !pb_der_take(&public_key, PB_DER_SEQUENCE, &info) ||
           !pb_der_take(&info, PB_DER_SEQUENCE, &algorithm) ||
           !pb_der_take(&info, V_ASN1_BIT_STRING, &point) ||
           !pb_der_take(&algorithm, V_ASN1_OBJECT, &object) ||
           !pb_der_take(&algorithm, PB_DER_SEQUENCE, &parameters) ||
           !pb_der_take(&parameters, V_ASN1_INTEGER, &skipped) ||
           !pb_der_take(&parameters, PB_DER_SEQUENCE, &field) ||
           !pb_der_take(&parameters, PB_DER_SEQUENCE, &skipped) ||
           !pb_der_take(&parameters, V_ASN1_OCTET_STRING, &base) ||
           ((!pb_slice_starts_with(base, PB_SLICE("\x04")) ||
             !pb_slice_starts_with(point, PB_SLICE("\0\x04"))) &&
            !has_quick_roots(field));
}

void *pb_der_decode(struct pb_slice element, const ASN1_ITEM *item)
{
    const unsigned char *at = (const unsigned char *)element.data;
    if (element.size_bytes == 0 || element.size_bytes > LONG_MAX)
        return NULL;
    return ASN1_item_d2i(NULL, &at, (long)element.size_bytes, item);
}

const char *pb_openssl_take_errors(bool *has_failed)
{
    const char *earliest = NULL;
    unsigned long code;

    while ((code = ERR_get_error()) != 0) {
        if (has_failed != NULL)
            *has_failed |= ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
        if (earliest == NULL)
            earliest = ERR_reason_error_string(code);
    }
    return earliest;
}

struct pb_slice pb_object_text(const ASN1_OBJECT *object, bool only_digits, struct pb_arena *arena)
{
    int size = OBJ_obj2txt(NULL, 0, object, only_digits);

    char *bytes = size > 0 ? pb_arena_allocate(arena, (size_t)size + 1) : NULL;
    if (bytes == NULL) {
        pb_openssl_take_errors(&arena->has_failed);
        return PB_SLICE("<INVALID>");
    }
    arena->has_failed |= OBJ_obj2txt(bytes, size + 1, object, only_digits) != size;
    return (struct pb_slice){bytes, (size_t)size};
}

bool pb_asn1_time_read(const ASN1_TIME *time, struct pb_instant *instant)
{
    struct pb_slice text = {(const char *)ASN1_STRING_get0_data(time),
                            (size_t)ASN1_STRING_length(time)};
    struct tm tm;

    if (ASN1_TIME_to_tm(time, &tm) != 1) {
        pb_openssl_take_errors(NULL);
        return false;
    }
    struct pb_civil civil = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                             tm.tm_hour,        tm.tm_min,     tm.tm_sec};
    if (!pb_instant_from_civil(&civil, instant))
        return false;
    text = pb_slice_from(text, pb_slice_find(text, PB_SLICE("."), 0)); /* which tm has not */
    if (pb_take_byte(&text, "."))
        pb_take_fraction(&text, &instant->nanoseconds);
    return true;
}
