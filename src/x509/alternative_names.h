/* SPDX-License-Identifier: MIT */
/* subjectAltName (RFC 5280, section 4.2.1.6) as one text a name. Private to the room. */
#ifndef PB_X509_ALTERNATIVE_NAMES_H
#define PB_X509_ALTERNATIVE_NAMES_H

#include <openssl/x509.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/*
 * The names in the certificate's order, each with the prefix that OpenSSL's configuration gives it:
 *   DNS: email: URI:  the name, escaped as PB_ESCAPE_REVERSIBLE, since it may hold any byte
 *   IP:               192.0.2.1, or eight groups of capital hexadecimal digits without leading
 *                     zeros and without "::" (2001:DB8:0:0:0:0:0:1), as OpenSSL prints them;
 *                     <invalid> for any other number of bytes
 *   dirName:          RFC 4514 text, like a subject
 *   RID:              the dotted object identifier
 *   othername:        the dotted object identifier, then ";UTF8:" and the name if it is a
 *                     UTF8String, else ";#" and the value's DER in hexadecimal
 *   X400Name: EdiPartyName:  <unsupported>
 * None where the extension is absent, repeated or cannot be decoded.
 * Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_alternative_names_read(const X509 *certificate, struct pb_arena *arena,
                                         const struct pb_slice **names, size_t *count);

#endif
