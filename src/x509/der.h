/* SPDX-License-Identifier: MIT */
/* Spans of DER as they stand, because what OpenSSL decodes it can only encode anew. */
#ifndef PB_X509_DER_H
#define PB_X509_DER_H

#include <stdbool.h>

#include "base/slice.h"

/* The first element, header included and what follows it left off; absent where there is none.
 * Both functions read BER's indefinite lengths too, as OpenSSL does. */
struct pb_slice pb_der_first_element(struct pb_slice bytes);

/* The certificate's subjectPublicKeyInfo (RFC 5280, section 4.1); absent where there is none. */
struct pb_slice pb_der_find_public_key(struct pb_slice certificate);

#endif
