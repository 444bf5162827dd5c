/* SPDX-License-Identifier: MIT */
#include "x509/layout.h"

#include "x509/strict_der.h"

/* Longer ones are no ordinary certificates, and OpenSSL has ceilings of its own past here. */
#define LARGEST_BYTES 65536

/* Context-specific and constructed: RFC 5280, section 4.1. */
#define VERSION_TAG 0xA0
#define EXTENSIONS_TAG 0xA3

/* The version is a field only where it is not v1; v2 and v3 are all that there is. */
static bool take_version(struct pb_slice *rest)
{
    struct pb_slice explicit, version;

    if (pb_der_next_tag(*rest) != VERSION_TAG)
        return true;
    return pb_der_take(rest, VERSION_TAG, &explicit) && pb_der_take_unsigned(&explicit, &version) &&
           explicit.size_bytes == 0 && version.size_bytes == 1 &&
           (version.data[0] == 1 || version.data[0] == 2);
}

/* Two digits; -1 where they are none. */
static int read_pair(const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    return (text[0] - '0') * 10 + text[1] - '0';
}

/* RFC 5280, sections 4.1.2.5.1 and 4.1.2.5.2: seconds are there, fractions are not, Z is the zone.
 */
static bool take_time(struct pb_slice *rest, struct pb_instant *instant)
{
    struct pb_slice text;
    struct pb_civil civil;
    size_t year_digits = pb_der_next_tag(*rest) == PB_DER_UTC_TIME ? 2 : 4;
    unsigned char tag = year_digits == 2 ? PB_DER_UTC_TIME : PB_DER_GENERALIZED_TIME;

    if (!pb_der_take(rest, tag, &text) || text.size_bytes != year_digits + 11 ||
        text.data[text.size_bytes - 1] != 'Z')
        return false;
    int century = year_digits == 4 ? read_pair(text.data) : 0;
    const char *at = text.data + year_digits - 2;
    int year = read_pair(at);
    if (century < 0 || year < 0)
        return false;
    if (year_digits == 2)
        century = year < 50 ? 20 : 19;
    civil = (struct pb_civil){century * 100 + year, read_pair(at + 2), read_pair(at + 4),
                              read_pair(at + 6),    read_pair(at + 8), read_pair(at + 10)};
    return pb_instant_from_civil(&civil, instant);
}

static bool take_validity(struct pb_slice *rest, struct pb_x509_layout *layout)
{
    struct pb_slice validity;

    return pb_der_take(rest, PB_DER_SEQUENCE, &validity) &&
           take_time(&validity, &layout->not_before) && take_time(&validity, &layout->not_after) &&
           validity.size_bytes == 0;
}

/* X.690, section 11.5: FALSE, which is the default, is left out; section 11.1: TRUE is 0xFF. */
static bool take_critical(struct pb_slice *rest)
{
    struct pb_slice critical;

    if (pb_der_next_tag(*rest) != PB_DER_BOOLEAN)
        return true;
    return pb_der_take(rest, PB_DER_BOOLEAN, &critical) &&
           pb_slice_equals(critical, PB_SLICE("\xFF"));
}

/* RFC 5280, section 4.2: no extension stands twice; of those that matter here none may. */
static bool keep_extension(struct pb_x509_layout *layout, struct pb_slice object,
                           struct pb_slice value)
{
    struct pb_slice *kept;

    if (pb_slice_equals(object, PB_SLICE("\x55\x1D\x13")))
        kept = &layout->basic_constraints;
    else if (pb_slice_equals(object, PB_SLICE("\x55\x1D\x11")))
        kept = &layout->alternative_names;
    else
        return true;
    bool is_first = pb_slice_is_absent(*kept);
    *kept = value;
    return is_first;
}

static bool take_extension(struct pb_slice *rest, struct pb_x509_layout *layout)
{
    struct pb_slice extension, object, value;

    return pb_der_take(rest, PB_DER_SEQUENCE, &extension) &&
           pb_der_take_object(&extension, &object) && take_critical(&extension) &&
           pb_der_take(&extension, PB_DER_OCTET_STRING, &value) && extension.size_bytes == 0 &&
           keep_extension(layout, object, value);
}

static bool take_extensions(struct pb_slice *rest, struct pb_x509_layout *layout)
{
    struct pb_slice explicit, extensions;

    if (rest->size_bytes == 0)
        return true;
    if (!pb_der_take(rest, EXTENSIONS_TAG, &explicit) ||
        !pb_der_take(&explicit, PB_DER_SEQUENCE, &extensions) || explicit.size_bytes > 0)
        return false;
    do {
        if (!take_extension(&extensions, layout))
            return false;
    } while (extensions.size_bytes > 0);
    return rest->size_bytes == 0;
}

/* issuerUniqueID and subjectUniqueID are not ordinary: nobody has used them since 1996. */
static bool read_body(struct pb_slice body, struct pb_x509_layout *layout)
{
    return take_version(&body) && pb_der_take_unsigned(&body, &layout->serial) &&
           pb_der_take_whole(&body, PB_DER_SEQUENCE, &layout->signature_algorithm) &&
           pb_der_take_whole(&body, PB_DER_SEQUENCE, &layout->issuer) &&
           take_validity(&body, layout) &&
           pb_der_take_whole(&body, PB_DER_SEQUENCE, &layout->subject) &&
           pb_der_take_whole(&body, PB_DER_SEQUENCE, &layout->public_key) &&
           take_extensions(&body, layout);
}

bool pb_x509_layout_read(struct pb_slice der, struct pb_x509_layout *layout)
{
    struct pb_slice certificate, body, algorithm, signature;

    *layout = (struct pb_x509_layout){.basic_constraints = PB_SLICE_ABSENT};
    return der.size_bytes <= LARGEST_BYTES && pb_der_take(&der, PB_DER_SEQUENCE, &certificate) &&
           der.size_bytes == 0 && pb_der_take(&certificate, PB_DER_SEQUENCE, &body) &&
           pb_der_take_whole(&certificate, PB_DER_SEQUENCE, &algorithm) &&
           pb_der_take_bits(&certificate, &signature) && certificate.size_bytes == 0 &&
           read_body(body, layout) && pb_slice_equals(algorithm, layout->signature_algorithm);
}
