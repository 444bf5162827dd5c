/* SPDX-License-Identifier: MIT */
/* What one certificate says: plain values, no OpenSSL types. */
#ifndef PB_X509_FACTS_H
#define PB_X509_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "base/slice.h"
#include "base/error.h"
#include "x509/cache.h"

struct pb_key_facts {
    struct pb_slice algorithm; /* RSA, RSA-PSS, EC, DSA, Ed25519, Ed448, else the OID's name or
                                  dotted form */
    uint32_t bits;             /* 0 where the algorithm has none (Ed25519) or it is unknown */
    struct pb_slice curve;     /* NIST name, else OpenSSL's, else the dotted OID; absent for
                                  explicit parameters */
    struct pb_slice exponent;  /* public exponent of RSA and RSA-PSS in decimal; absent for other
                                  keys, for one not decoded, and past 16384 bits */
    unsigned char spki_sha256[32]; /* over the raw bytes of SubjectPublicKeyInfo */
};

/* Everything is borrowed from the arena that pb_x509_facts_read was given. */
struct pb_x509_facts {
    struct pb_slice subject; /* RFC 4514 text in UTF-8, most specific attribute first */
    struct pb_slice issuer;
    struct pb_slice serial; /* upper-case hexadecimal as `openssl x509 -serial` prints it */
    struct pb_instant not_before;
    struct pb_instant not_after;
    struct pb_key_facts key;
    struct pb_slice signature_algorithm; /* OpenSSL's long name, else the dotted OID */
    struct pb_slice signature_digest;    /* that RSA-PSS names beside it, by OpenSSL's short name;
                                            absent for other algorithms and where unreadable */
    unsigned char sha256[32];            /* over the certificate's DER */
    unsigned char sha1[20];
    const struct pb_slice *alternative_names; /* "DNS:...", "IP:...", in the certificate's order */
    size_t alternative_name_count;
    bool is_ca;          /* basicConstraints says CA:TRUE */
    bool is_self_signed; /* subject equals issuer and the signature verifies with its own key */
};

/*
 * Call once, before anything else uses OpenSSL and before the first thread starts: keeps OpenSSL
 * from reading its configuration file. Calling it again does nothing. Fails only with
 * PB_FAILED_MEMORY: then nothing may use OpenSSL.
 */
enum pb_status pb_x509_prepare(void);

/*
 * Reads one DER certificate (RFC 5280), all of whose bytes must be consumed. On PB_OK, *facts is
 * either the facts, in the arena, or NULL where the bytes are no certificate; *reason is then one
 * phrase, in the arena: OpenSSL's own, or what it lacks (a notBefore that is no time). A key, a
 * signature or an extension that OpenSSL cannot decode is no reason to refuse: the key has its
 * algorithm and 0 bits, the extension says nothing. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_x509_facts_read(struct pb_x509_cache *cache, struct pb_slice der,
                                  struct pb_arena *arena, const struct pb_x509_facts **facts,
                                  struct pb_slice *reason);

/* The certificate's subjectPublicKeyInfo (RFC 5280, section 4.1) as it stands; absent where there
 * is none. */
struct pb_slice pb_x509_public_key(struct pb_slice der);

#endif
