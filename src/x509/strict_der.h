/* SPDX-License-Identifier: MIT */
/* Strict DER (X.690, section 10) in the few forms that certificates are mostly made of: what it
 * takes, OpenSSL takes too and reads the same; what it refuses may still be right. Private. */
#ifndef PB_X509_STRICT_DER_H
#define PB_X509_STRICT_DER_H

#include <stdbool.h>

#include "base/slice.h"

/* The identifier octets of X.690, section 8.1.2, that are met here. */
enum pb_der_tag {
    PB_DER_BOOLEAN = 0x01,
    PB_DER_INTEGER = 0x02,
    PB_DER_BIT_STRING = 0x03,
    PB_DER_OCTET_STRING = 0x04,
    PB_DER_OBJECT = 0x06,
    PB_DER_UTF8_STRING = 0x0C,
    PB_DER_PRINTABLE_STRING = 0x13,
    PB_DER_T61_STRING = 0x14,
    PB_DER_IA5_STRING = 0x16,
    PB_DER_UTC_TIME = 0x17,
    PB_DER_GENERALIZED_TIME = 0x18,
    PB_DER_SEQUENCE = 0x30,
    PB_DER_SET = 0x31,
};

/*
 * Each takes one element off the front of *rest and returns true; where another element stands
 * there, a damaged one or none, it returns false and *rest is as it was. Lengths are definite and
 * in their shortest form.
 */
bool pb_der_take(struct pb_slice *rest, unsigned char tag, struct pb_slice *contents);
/* The element with its header. */
bool pb_der_take_whole(struct pb_slice *rest, unsigned char tag, struct pb_slice *element);
/* The magnitude of an INTEGER in its shortest form that is not negative: without the zero that
 * keeps a high bit from being a sign; one zero for 0. */
bool pb_der_take_unsigned(struct pb_slice *rest, struct pb_slice *magnitude);
/* The contents of an OBJECT IDENTIFIER that is well formed. */
bool pb_der_take_object(struct pb_slice *rest, struct pb_slice *contents);
/* The bytes of a BIT STRING of whole bytes. */
bool pb_der_take_bits(struct pb_slice *rest, struct pb_slice *bytes);

/* The tag of the next element, 0 where there is none. */
static inline unsigned char pb_der_next_tag(struct pb_slice rest)
{
    return rest.size_bytes > 0 ? (unsigned char)rest.data[0] : 0;
}

#endif
