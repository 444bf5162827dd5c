/* SPDX-License-Identifier: MIT */
/* ASN.1 times as instants. Private to the room. */
#ifndef PB_X509_TIME_H
#define PB_X509_TIME_H

#include <stdbool.h>

#include <openssl/asn1.h>

#include "base/instant.h"

/*
 * RFC 5280, section 4.1.2.5: UTCTime means 1950 to 2049, GeneralizedTime names its year. Offsets,
 * fractions and missing seconds, which that section forbids, are read as OpenSSL prints them.
 * False where it is no time, or none of the years 1 to 9999.
 */
bool pb_x509_time_read(const ASN1_TIME *time, struct pb_instant *instant);

#endif
