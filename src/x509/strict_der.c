/* SPDX-License-Identifier: MIT */
#include "x509/strict_der.h"

/* X.690, section 10.1: the long form only where the short one is too short, and without leading
 * zeros. Returns the header's size with the tag, 0 where it is no such header. */
static size_t read_header(struct pb_slice bytes, size_t *contents_bytes)
{
    const unsigned char *data = (const unsigned char *)bytes.data;

    if (bytes.size_bytes < 2)
        return 0;
    if (data[1] < 0x80) {
        *contents_bytes = data[1];
        return 2;
    }
    size_t octets = data[1] & 0x7FU;
    if (octets < 1 || octets > 3 || bytes.size_bytes < 2 + octets || data[2] == 0)
        return 0;
    size_t size = 0;
    for (size_t i = 0; i < octets; i++)
        size = size << 8 | data[2 + i];
    *contents_bytes = size;
    return size >= 0x80 ? 2 + octets : 0;
}

static bool take(struct pb_slice *rest, unsigned char tag, struct pb_slice *element,
                 size_t *header_bytes)
{
    size_t contents_bytes = 0;

    if (pb_der_next_tag(*rest) != tag)
        return false;
    *header_bytes = read_header(*rest, &contents_bytes);
    if (*header_bytes == 0 || contents_bytes > rest->size_bytes - *header_bytes)
        return false;
    *element = (struct pb_slice){rest->data, *header_bytes + contents_bytes};
    rest->data += element->size_bytes;
    rest->size_bytes -= element->size_bytes;
    return true;
}

bool pb_der_take(struct pb_slice *rest, unsigned char tag, struct pb_slice *contents)
{
    struct pb_slice element;
    size_t header_bytes;

    if (!take(rest, tag, &element, &header_bytes))
        return false;
    *contents = (struct pb_slice){element.data + header_bytes, element.size_bytes - header_bytes};
    return true;
}

bool pb_der_take_whole(struct pb_slice *rest, unsigned char tag, struct pb_slice *element)
{
    size_t header_bytes;

    return take(rest, tag, element, &header_bytes);
}

/* X.690, section 8.3.2: the first nine bits are neither all zero nor all one. */
static bool read_unsigned(struct pb_slice contents, struct pb_slice *magnitude)
{
    const unsigned char *data = (const unsigned char *)contents.data;

    if (contents.size_bytes == 0 || data[0] >= 0x80)
        return false;
    *magnitude = contents;
    if (data[0] == 0 && contents.size_bytes > 1) {
        magnitude->data++;
        magnitude->size_bytes--;
        return data[1] >= 0x80;
    }
    return true;
}

/* X.690, section 8.19.2: no subidentifier begins with 0x80, and the last one ends. */
static bool is_object(struct pb_slice contents)
{
    bool is_start = true;

    for (size_t i = 0; i < contents.size_bytes; i++) {
        unsigned char byte = (unsigned char)contents.data[i];
        if (is_start && byte == 0x80)
            return false;
        is_start = byte < 0x80;
    }
    return contents.size_bytes > 0 && is_start;
}

/* X.690, section 8.6.2: the first byte counts the bits of the last one that do not belong. */
static bool read_bits(struct pb_slice contents, struct pb_slice *bytes)
{
    *bytes = pb_slice_from(contents, 1);
    return contents.size_bytes > 1 && contents.data[0] == 0;
}

static bool take_checked(struct pb_slice *rest, unsigned char tag,
                         bool (*read)(struct pb_slice contents, struct pb_slice *value),
                         struct pb_slice *value)
{
    struct pb_slice after = *rest, contents;

    if (!pb_der_take(&after, tag, &contents) || !read(contents, value))
        return false;
    *rest = after;
    return true;
}

static bool read_object(struct pb_slice contents, struct pb_slice *object)
{
    *object = contents;
    return is_object(contents);
}

bool pb_der_take_unsigned(struct pb_slice *rest, struct pb_slice *magnitude)
{
    return take_checked(rest, PB_DER_INTEGER, read_unsigned, magnitude);
}

bool pb_der_take_object(struct pb_slice *rest, struct pb_slice *contents)
{
    return take_checked(rest, PB_DER_OBJECT, read_object, contents);
}

bool pb_der_take_bits(struct pb_slice *rest, struct pb_slice *bytes)
{
    return take_checked(rest, PB_DER_BIT_STRING, read_bits, bytes);
}
