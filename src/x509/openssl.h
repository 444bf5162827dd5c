/* SPDX-License-Identifier: MIT */
/* What this room needs of OpenSSL's error queue and object identifiers. Private to the room. */
#ifndef PB_X509_OPENSSL_H
#define PB_X509_OPENSSL_H

#include <openssl/asn1.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/*
 * Empties the thread's error queue after a failed call. Returns PB_FAILED_MEMORY where the queue
 * tells of a failed allocation, else PB_OK: the input was bad. *reason (which may be NULL) is the
 * earliest error's phrase, which is the most specific one: static text of OpenSSL's, or NULL where
 * the queue holds none.
 */
enum pb_status pb_openssl_take_errors(const char **reason);

/* The object's long name, else its dotted form, as `openssl x509 -text` prints it; "<INVALID>" for
 * one that OpenSSL cannot spell. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_openssl_object_name(const ASN1_OBJECT *object, struct pb_arena *arena,
                                      struct pb_slice *name);
/* The same, but always the dotted form. */
enum pb_status pb_openssl_object_digits(const ASN1_OBJECT *object, struct pb_arena *arena,
                                        struct pb_slice *digits);

#endif
