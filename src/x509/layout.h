/* SPDX-License-Identifier: MIT */
/* Where the fields of an ordinary certificate stand, found without decoding it. Private. */
#ifndef PB_X509_LAYOUT_H
#define PB_X509_LAYOUT_H

#include "base/instant.h"
#include "base/slice.h"

/* Spans of the certificate's bytes; "whole" ones are elements with their header. */
struct pb_x509_layout {
    struct pb_slice serial;              /* the magnitude */
    struct pb_slice signature_algorithm; /* whole, and the same in both places */
    struct pb_slice issuer, subject;     /* whole */
    struct pb_instant not_before, not_after;
    struct pb_slice public_key;        /* whole */
    struct pb_slice basic_constraints; /* inside of the extension; absent where there is none */
    struct pb_slice alternative_names; /* the same of subjectAltName */
};

/*
 * True where the certificate (RFC 5280, section 4.1) is strict DER of the ordinary form in every
 * part that OpenSSL looks at when it decodes one, except inside of signature_algorithm, the names
 * and the public key. False says only that the full decoder must be asked.
 */
bool pb_x509_layout_read(struct pb_slice der, struct pb_x509_layout *layout);

#endif
