/* SPDX-License-Identifier: MIT */
#include "x509/der.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

/* ASN1_get_object's answer: a bit for an error, and one for a length that an end marker ends. */
#define FORM_ERROR 0x80
#define FORM_INDEFINITE 0x01

struct element {
    int form;
    int tag;
    int class;
    long size_bytes; /* of the contents, 0 where indefinite */
};

/* Reads a header and moves *at behind it. */
static bool read_header(const unsigned char **at, const unsigned char *end, struct element *element)
{
    if (*at >= end)
        return false;
    element->form =
        ASN1_get_object(at, &element->size_bytes, &element->tag, &element->class, end - *at);
    if (element->form & FORM_ERROR)
        ERR_clear_error();
    return (element->form & FORM_ERROR) == 0;
}

static bool is_end_marker(const struct element *element)
{
    return element->tag == 0 && element->class == V_ASN1_UNIVERSAL && element->size_bytes == 0;
}

/* Counts open indefinite lengths instead of recursing: hostile input nests as deep as it likes. */
static bool skip_element(const unsigned char **at, const unsigned char *end)
{
    size_t open = 0;
    struct element element;

    do {
        if (!read_header(at, end, &element))
            return false;
        if (element.form & FORM_INDEFINITE)
            open++;
        else if (open > 0 && is_end_marker(&element))
            open--;
        else
            *at += element.size_bytes;
    } while (open > 0);
    return true;
}

static struct pb_slice take_element(const unsigned char *start, const unsigned char *end)
{
    const unsigned char *at = start;

    if (!skip_element(&at, end))
        return PB_SLICE_ABSENT;
    return (struct pb_slice){(const char *)start, (size_t)(at - start)};
}

struct pb_slice pb_der_first_element(struct pb_slice bytes)
{
    const unsigned char *start = (const unsigned char *)bytes.data;

    return bytes.size_bytes > 0 ? take_element(start, start + bytes.size_bytes) : PB_SLICE_ABSENT;
}

static bool skip_version(const unsigned char **at, const unsigned char *end)
{
    const unsigned char *peek = *at;
    struct element element;

    if (!read_header(&peek, end, &element))
        return false;
    bool is_version = element.class == V_ASN1_CONTEXT_SPECIFIC && element.tag == 0;
    return !is_version || skip_element(at, end);
}

struct pb_slice pb_der_find_public_key(struct pb_slice certificate)
{
    const unsigned char *at = (const unsigned char *)certificate.data;
    const unsigned char *end = at + certificate.size_bytes;
    struct element sequence;

    for (int level = 0; level < 2; level++)
        if (!read_header(&at, end, &sequence) || sequence.tag != V_ASN1_SEQUENCE)
            return PB_SLICE_ABSENT;
    if (!skip_version(&at, end))
        return PB_SLICE_ABSENT;
    /* serialNumber, signature, issuer, validity, subject */
    for (int field = 0; field < 5; field++)
        if (!skip_element(&at, end))
            return PB_SLICE_ABSENT;
    return take_element(at, end);
}
