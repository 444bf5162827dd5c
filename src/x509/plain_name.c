/* SPDX-License-Identifier: MIT */
#include "x509/plain_name.h"

#include <stdint.h>

#include "base/escape.h"
#include "x509/strict_der.h"

/* More attributes than any ordinary name has. */
#define MOST_ATTRIBUTES 24

struct attribute {
    struct pb_slice prefix; /* "CN=" */
    struct pb_slice value;
    size_t escape_count; /* characters of the value that get a backslash */
};

/* What PB_SLICE cannot be: the initialiser of a static slice. */
/* clang-format off */
#define BYTES(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */

/* OpenSSL's short names. RFC 5280, section 4.1.2.4; RFC 4519, section 2; and the CA/Browser Forum's
 * EV guidelines, section 9.2.4, for the jurisdictions. The commonest come first. */
static const struct {
    struct pb_slice object; /* contents of the OBJECT IDENTIFIER */
    struct pb_slice prefix;
} attribute_types[] = {
    {BYTES("\x55\x04\x03"), BYTES("CN=")},
    {BYTES("\x55\x04\x0A"), BYTES("O=")},
    {BYTES("\x55\x04\x06"), BYTES("C=")},
    {BYTES("\x55\x04\x0B"), BYTES("OU=")},
    {BYTES("\x55\x04\x07"), BYTES("L=")},
    {BYTES("\x55\x04\x08"), BYTES("ST=")},
    {BYTES("\x55\x04\x05"), BYTES("serialNumber=")},
    {BYTES("\x55\x04\x09"), BYTES("street=")},
    {BYTES("\x55\x04\x0F"), BYTES("businessCategory=")},
    {BYTES("\x55\x04\x11"), BYTES("postalCode=")},
    {BYTES("\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01"), BYTES("emailAddress=")},
    {BYTES("\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19"), BYTES("DC=")},
    {BYTES("\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x01"), BYTES("jurisdictionL=")},
    {BYTES("\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x02"), BYTES("jurisdictionST=")},
    {BYTES("\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x03"), BYTES("jurisdictionC=")},
};

static struct pb_slice find_prefix(struct pb_slice object)
{
    for (size_t i = 0; i < sizeof attribute_types / sizeof attribute_types[0]; i++)
        if (pb_slice_equals(object, attribute_types[i].object))
            return attribute_types[i].prefix;
    return PB_SLICE_ABSENT;
}

/* RFC 4514, section 2.4: what gets a backslash wherever it stands. */
static bool is_special(char byte)
{
    switch (byte) {
    case ',':
    case '+':
    case '"':
    case '\\':
    case '<':
    case '>':
    case ';': return true;
    default: return false;
    }
}

/* Control characters are escaped in hexadecimal, a blank at either end and '#' at the start with a
 * backslash: too rare to be worth the case. Other than ASCII only UTF8String is text as it is. */
static bool is_plain(struct pb_slice value, unsigned char tag, size_t *escape_count)
{
    bool is_ascii = true;

    *escape_count = 0;
    for (size_t i = 0; i < value.size_bytes; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        if (byte < ' ' || byte == 0x7F)
            return false;
        is_ascii &= byte < 0x80;
        *escape_count += is_special(value.data[i]);
    }
    if (value.size_bytes == 0 || value.data[0] == ' ' || value.data[0] == '#' ||
        value.data[value.size_bytes - 1] == ' ')
        return false;
    return is_ascii || (tag == PB_DER_UTF8_STRING && pb_utf8_find_invalid(value) == SIZE_MAX);
}

static bool take_value(struct pb_slice *rest, struct attribute *attribute)
{
    unsigned char tag = pb_der_next_tag(*rest);

    switch (tag) {
    case PB_DER_UTF8_STRING:
    case PB_DER_PRINTABLE_STRING:
    case PB_DER_T61_STRING:
    case PB_DER_IA5_STRING: break;
    default: return false;
    }
    return pb_der_take(rest, tag, &attribute->value) &&
           is_plain(attribute->value, tag, &attribute->escape_count);
}

/* RFC 5280, section 4.1.2.4: a RelativeDistinguishedName is a set, here of one attribute. */
static bool take_attribute(struct pb_slice *names, struct attribute *attribute)
{
    struct pb_slice set, pair, object;

    if (!pb_der_take(names, PB_DER_SET, &set) || !pb_der_take(&set, PB_DER_SEQUENCE, &pair) ||
        set.size_bytes > 0 || !pb_der_take(&pair, PB_DER_OBJECT, &object) ||
        !take_value(&pair, attribute) || pair.size_bytes > 0)
        return false;
    attribute->prefix = find_prefix(object);
    return !pb_slice_is_absent(attribute->prefix);
}

static char *write_slice(char *at, struct pb_slice bytes)
{
    memcpy(at, bytes.data, bytes.size_bytes);
    return at + bytes.size_bytes;
}

static char *write_value(char *at, const struct attribute *attribute)
{
    struct pb_slice value = attribute->value;

    if (attribute->escape_count == 0)
        return write_slice(at, value);
    for (size_t i = 0; i < value.size_bytes; i++) {
        if (is_special(value.data[i]))
            *at++ = '\\';
        *at++ = value.data[i];
    }
    return at;
}

/* RFC 4514, section 2.1: from the last attribute to the first. */
static void write_text(char *at, const struct attribute *attributes, size_t count)
{
    for (size_t i = count; i > 0; i--) {
        at = write_slice(at, attributes[i - 1].prefix);
        at = write_value(at, &attributes[i - 1]);
        if (i > 1)
            *at++ = ',';
    }
}

enum pb_status pb_plain_name_text(struct pb_slice name, struct pb_arena *arena,
                                  struct pb_slice *text)
{
    struct attribute attributes[MOST_ATTRIBUTES];
    struct pb_slice names;
    size_t count = 0, size = 0;

    *text = PB_SLICE_ABSENT;
    if (!pb_der_take(&name, PB_DER_SEQUENCE, &names) || name.size_bytes > 0)
        return PB_OK;
    for (; names.size_bytes > 0; count++) {
        if (count == MOST_ATTRIBUTES || !take_attribute(&names, &attributes[count]))
            return PB_OK;
        const struct attribute *attribute = &attributes[count];
        size += (count > 0) + attribute->prefix.size_bytes + attribute->value.size_bytes +
                attribute->escape_count;
    }
    char *bytes = pb_arena_allocate(arena, size);
    if (bytes == NULL)
        return PB_FAILED_MEMORY;
    write_text(bytes, attributes, count);
    *text = (struct pb_slice){bytes, size};
    return PB_OK;
}
