/* SPDX-License-Identifier: MIT */
/* Distinguished names and alternative names as text. Ordinary distinguished names are spelt without
 * decoding them, which takes OpenSSL twice as long as all the rest of a certificate. */
#include "x509/der.h"

/* More than any ordinary name has. */
#define LONGEST_NAME_BYTES 1024

/* OpenSSL's short names. RFC 5280, section 4.1.2.4; RFC 4519, section 2; and the CA/Browser Forum's
 * EV guidelines, section 9.2.4, for the jurisdictions. The commonest come first. */
static const struct {
    struct pb_slice object; /* contents of the OBJECT IDENTIFIER */
    struct pb_slice prefix;
} attribute_types[] = {
    {PB_BYTES("\x55\x04\x03"), PB_BYTES("CN=")},
    {PB_BYTES("\x55\x04\x0A"), PB_BYTES("O=")},
    {PB_BYTES("\x55\x04\x06"), PB_BYTES("C=")},
    {PB_BYTES("\x55\x04\x0B"), PB_BYTES("OU=")},
    {PB_BYTES("\x55\x04\x07"), PB_BYTES("L=")},
    {PB_BYTES("\x55\x04\x08"), PB_BYTES("ST=")},
    {PB_BYTES("\x55\x04\x05"), PB_BYTES("serialNumber=")},
    {PB_BYTES("\x55\x04\x09"), PB_BYTES("street=")},
    {PB_BYTES("\x55\x04\x0F"), PB_BYTES("businessCategory=")},
    {PB_BYTES("\x55\x04\x11"), PB_BYTES("postalCode=")},
    {PB_BYTES("\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01"), PB_BYTES("emailAddress=")},
    {PB_BYTES("\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19"), PB_BYTES("DC=")},
    {PB_BYTES("\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x01"), PB_BYTES("jurisdictionL=")},
    {PB_BYTES("\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x02"), PB_BYTES("jurisdictionST=")},
    {PB_BYTES("\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x03"), PB_BYTES("jurisdictionC=")},
};

/* Writes the value in front of *at, from its end, into room that begins at start. False without
 * room, and for rare values: with control characters, blanks at either end or '#' at the start,
 * which are escaped otherwise, and neither ASCII nor a UTF8String. */
static bool put_value(char **at, const char *start, struct pb_slice value, unsigned char tag)
{
    bool is_ascii = true;

    if (value.size_bytes == 0 || value.size_bytes > (size_t)(*at - start) / 2 ||
        value.data[0] == ' ' || value.data[0] == '#' || value.data[value.size_bytes - 1] == ' ')
        return false;
    for (size_t i = value.size_bytes; i > 0; i--) {
        unsigned char byte = (unsigned char)value.data[i - 1];
        if (byte < ' ' || byte == 0x7F)
            return false;
        is_ascii &= byte < 0x80;
        *--*at = value.data[i - 1];
        if (strchr(",+\"\\<>;", byte) != NULL) /* RFC 4514, section 2.4 */
            *--*at = '\\';
    }
    return is_ascii || (tag == V_ASN1_UTF8STRING && pb_utf8_find_invalid(value) == SIZE_MAX);
}

/* RFC 5280, section 4.1.2.4: a RelativeDistinguishedName is a set, here of one attribute. */
static bool put_attribute(char **at, const char *start, struct pb_slice *names)
{
    struct pb_slice set, pair, object, value, prefix = PB_SLICE_ABSENT;

    if (!pb_der_take(names, PB_DER_SET, &set) || !pb_der_take(&set, PB_DER_SEQUENCE, &pair) ||
        set.size_bytes > 0 || !pb_der_take(&pair, V_ASN1_OBJECT, &object))
        return false;
    unsigned char tag = pb_der_next_tag(pair);
    bool is_text = tag == V_ASN1_UTF8STRING || tag == V_ASN1_PRINTABLESTRING ||
                   tag == V_ASN1_T61STRING || tag == V_ASN1_IA5STRING;
    for (size_t i = 0; prefix.data == NULL && i < sizeof attribute_types / sizeof *attribute_types;
         i++)
        if (pb_slice_equals(object, attribute_types[i].object))
            prefix = attribute_types[i].prefix;
    if (!is_text || !pb_der_take(&pair, tag, &value) || pair.size_bytes > 0 ||
        pb_slice_is_absent(prefix) || !put_value(at, start, value, tag) ||
        prefix.size_bytes > (size_t)(*at - start))
        return false;
    *at -= prefix.size_bytes;
    memcpy(*at, prefix.data, prefix.size_bytes);
    return true;
}

/* RFC 4514, section 2.1: from the last attribute to the first. Absent where an attribute is not of
 * the usual types, a value is neither ASCII nor UTF-8 or needs more than backslashes, a set holds
 * two attributes, something is not strict DER, or the name is long. */
static struct pb_slice read_ordinary(struct pb_slice name, struct pb_arena *arena)
{
    char room[LONGEST_NAME_BYTES], *const end = room + sizeof room, *at = end;
    struct pb_slice names;

    if (!pb_der_take(&name, PB_DER_SEQUENCE, &names))
        return PB_SLICE_ABSENT;
    while (names.size_bytes > 0) {
        if (at == room)
            return PB_SLICE_ABSENT;
        if (at < end)
            *--at = ',';
        if (!put_attribute(&at, room, &names))
            return PB_SLICE_ABSENT;
    }
    return pb_arena_copy(arena, (struct pb_slice){at, (size_t)(end - at)});
}

struct pb_slice pb_name_text(const X509_NAME *name, struct pb_arena *arena)
{
    const unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    struct pb_slice text = PB_SLICE_ABSENT;
    BIO *bio = BIO_new(BIO_s_mem());

    arena->has_failed |= bio == NULL;
    if (bio != NULL && X509_NAME_print_ex(bio, name, 0, flags) >= 0) {
        char *printed;
        long size = BIO_get_mem_data(bio, &printed);
        text = pb_arena_copy(arena, (struct pb_slice){size > 0 ? printed : "", (size_t)size});
    }
    pb_openssl_take_errors(&arena->has_failed);
    BIO_free(bio);
    return text;
}

struct pb_slice pb_name_read(struct pb_slice der, struct pb_arena *arena)
{
    struct pb_slice text = read_ordinary(der, arena);
    if (!pb_slice_is_absent(text) || arena->has_failed)
        return text;
    X509_NAME *name = pb_der_decode(der, ASN1_ITEM_rptr(X509_NAME));
    if (name != NULL)
        text = pb_name_text(name, arena);
    pb_openssl_take_errors(&arena->has_failed);
    X509_NAME_free(name);
    return text;
}

static void write_text(struct pb_buffer *buffer, const char *prefix, const ASN1_STRING *string)
{
    struct pb_slice bytes = {(const char *)ASN1_STRING_get0_data(string),
                             (size_t)ASN1_STRING_length(string)};
    pb_buffer_append_string(buffer, prefix);
    pb_escape_append(buffer, bytes, PB_ESCAPE_REVERSIBLE);
}

static void write_address(struct pb_buffer *buffer, const ASN1_OCTET_STRING *address)
{
    const unsigned char *bytes = ASN1_STRING_get0_data(address);
    int size = ASN1_STRING_length(address);

    pb_buffer_append_string(buffer, "IP:");
    if (size == 4)
        pb_buffer_append_format(buffer, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2], bytes[3]);
    for (int i = 0; size == 16 && i < size; i += 2)
        pb_buffer_append_format(buffer, i > 0 ? ":%X" : "%X",
                                (unsigned)bytes[i] << 8 | bytes[i + 1]);
    if (size != 4 && size != 16)
        pb_buffer_append_string(buffer, "<invalid>");
}

static void write_value(struct pb_buffer *buffer, const ASN1_TYPE *value)
{
    unsigned char *der = NULL;

    if (value->type == V_ASN1_UTF8STRING) {
        write_text(buffer, ";UTF8:", value->value.utf8string);
        return;
    }
    int size = i2d_ASN1_TYPE(value, &der);
    if (size >= 0) {
        pb_buffer_append_string(buffer, ";#");
        pb_buffer_append_hex(buffer, der, (size_t)size);
    }
    pb_openssl_take_errors(&buffer->has_failed);
    OPENSSL_free(der);
}

static void write_name(struct pb_buffer *buffer, const GENERAL_NAME *name, struct pb_arena *arena)
{
    struct pb_slice text = PB_SLICE("<unsupported>");
    const char *prefix = NULL;

    switch (name->type) {
    case GEN_DNS: write_text(buffer, "DNS:", name->d.dNSName); break;
    case GEN_EMAIL: write_text(buffer, "email:", name->d.rfc822Name); break;
    case GEN_URI: write_text(buffer, "URI:", name->d.uniformResourceIdentifier); break;
    case GEN_IPADD: write_address(buffer, name->d.iPAddress); break;
    case GEN_DIRNAME:
        prefix = "dirName:";
        text = pb_name_text(name->d.directoryName, arena);
        break;
    case GEN_RID:
        prefix = "RID:";
        text = pb_object_text(name->d.registeredID, true, arena);
        break;
    case GEN_OTHERNAME:
        prefix = "othername:";
        text = pb_object_text(name->d.otherName->type_id, true, arena);
        break;
    default: prefix = name->type == GEN_X400 ? "X400Name:" : "EdiPartyName:"; break;
    }
    pb_buffer_append_string(buffer, prefix);
    if (prefix != NULL)
        pb_buffer_append(buffer, pb_slice_is_absent(text) ? PB_SLICE("<invalid>") : text);
    if (name->type == GEN_OTHERNAME)
        write_value(buffer, name->d.otherName->value);
}

const struct pb_slice *pb_alternative_names_text(const GENERAL_NAMES *general,
                                                 struct pb_arena *arena, size_t *count)
{
    struct pb_buffer buffer = {0};

    *count = general != NULL ? (size_t)sk_GENERAL_NAME_num(general) : 0;
    if (*count == 0)
        return NULL;
    struct pb_slice *texts = pb_arena_allocate_array(arena, *count, sizeof *texts);
    for (size_t i = 0; i < *count && !arena->has_failed; i++) {
        pb_buffer_clear(&buffer);
        write_name(&buffer, sk_GENERAL_NAME_value(general, (int)i), arena);
        texts[i] = pb_arena_copy_buffer(arena, &buffer);
    }
    pb_buffer_release(&buffer);
    return texts;
}

/* RFC 4514 text on its way through a comparison. */
struct name_text {
    struct pb_slice rest;
    bool is_value;  /* behind an attribute's '=' */
    bool has_begun; /* behind the value's first character that is no blank */
};

/* The size of a blank that X.520 folds, as RFC 4514 spells it, at the start: "\\20" is never
 * written, and control characters are escaped in hexadecimal. 0 where there is none. */
static size_t blank_size(struct pb_slice text)
{
    if (pb_slice_starts_with(text, PB_SLICE("\\0")))
        return pb_skip(text, 2, "9ABCD") > 2 ? 3 : 0;
    if (pb_slice_starts_with(text, PB_SLICE("\\ ")))
        return 2;
    return pb_slice_starts_with(text, PB_SLICE(" "));
}

/* The next character as names are compared: ASCII in lower case, blanks in a value as one or, at
 * its ends, none; escaped ones from 0x100 on. 0 at the end. */
static unsigned take_character(struct name_text *text)
{
    bool has_blank = false;
    size_t size;

    for (; text->is_value && (size = blank_size(text->rest)) > 0; has_blank = true)
        text->rest = pb_slice_from(text->rest, size);
    if (text->rest.size_bytes == 0)
        return 0;
    unsigned char byte = (unsigned char)text->rest.data[0];
    bool is_separator = byte == ',' || byte == '+';
    if (has_blank && text->has_begun && !is_separator)
        return ' ';
    bool is_escape = byte == '\\' && text->rest.size_bytes > 1;
    unsigned escaped = is_escape ? (unsigned char)text->rest.data[1] : 0;
    text->rest = pb_slice_from(text->rest, is_escape ? 2 : 1);
    text->has_begun = text->is_value;
    text->is_value = is_separator ? false : text->is_value || byte == '=';
    return is_escape ? 0x100 | escaped : (unsigned char)pb_byte_lower((char)byte);
}

int pb_x509_name_compare(struct pb_slice a, struct pb_slice b)
{
    struct name_text left = {.rest = a}, right = {.rest = b};
    unsigned one, other;

    if (pb_slice_is_absent(a) || pb_slice_is_absent(b))
        return pb_slice_is_absent(b) - pb_slice_is_absent(a);
    if (pb_slice_equals(a, b))
        return 0;
    do {
        one = take_character(&left);
        other = take_character(&right);
    } while (one == other && one != 0);
    return (one > other) - (one < other);
}

bool pb_x509_is_same_name(struct pb_slice a, struct pb_slice b)
{
    return !pb_slice_is_absent(a) && !pb_slice_is_absent(b) && pb_x509_name_compare(a, b) == 0;
}
