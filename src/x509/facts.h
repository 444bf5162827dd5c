/* SPDX-License-Identifier: MIT */
/* What one certificate says: plain values, no OpenSSL types. */
#ifndef PB_X509_FACTS_H
#define PB_X509_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/time.h"
#include "base/bytes.h"
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
    unsigned char identity[32];    /* the same for all spellings of one key, see pb_key_identify */
};

/* What of a certificate cannot be read, one bit each. */
enum pb_x509_field {
    PB_X509_SUBJECT = 1 << 0,
    PB_X509_ISSUER = 1 << 1,
    PB_X509_SERIAL = 1 << 2,
    PB_X509_NOT_BEFORE = 1 << 3,
    PB_X509_NOT_AFTER = 1 << 4,
    PB_X509_KEY = 1 << 5, /* its structure, or numbers of an algorithm that OpenSSL knows */
    PB_X509_SIGNATURE_ALGORITHM = 1 << 6,
    PB_X509_ALTERNATIVE_NAMES = 1 << 7, /* damaged, or twice (RFC 5280, section 4.2) */
    PB_X509_CONSTRAINTS = 1 << 8,       /* likewise */
};

/* Everything is borrowed from the arena that pb_x509_facts_read was given. Texts that cannot be
 * read are absent. */
struct pb_x509_facts {
    unsigned unread;         /* of enum pb_x509_field */
    struct pb_slice subject; /* RFC 4514 text in UTF-8, most specific attribute first */
    struct pb_slice issuer;
    struct pb_slice serial;       /* upper-case hexadecimal as `openssl x509 -serial` prints it */
    struct pb_instant not_before; /* the beginning of the year 1 where it cannot be read */
    struct pb_instant not_after;  /* the end of the year 9999 where it cannot be read */
    struct pb_key_facts key;
    struct pb_slice signature_algorithm; /* OpenSSL's long name, else the dotted OID */
    struct pb_slice signature_digest;    /* that RSA-PSS names beside it, by OpenSSL's short name;
                                            absent for other algorithms and where unreadable */
    unsigned char sha256[32];            /* over the certificate's DER */
    unsigned char sha1[20];
    const struct pb_slice *alternative_names; /* "DNS:...", "IP:...", in the certificate's order */
    size_t alternative_name_count;
    bool is_ca;          /* basicConstraints says CA:TRUE */
    bool is_self_signed; /* subject is the issuer and the signature verifies with its own key */
};

/*
 * Call once, before anything else uses OpenSSL and before the first thread starts: keeps OpenSSL
 * from reading its configuration file. Calling it again does nothing. Fails only with
 * PB_FAILED_MEMORY: then nothing may use OpenSSL.
 */
enum pb_status pb_x509_prepare(void);
/* Call before threads read certificates. OpenSSL looks its decoders up as they are asked for, and
 * threads that decode the first RSA-PSS key at once find it unreadable now and then: this decodes
 * one. Where memory is missing for it, they may. */
void pb_x509_prepare_threads(void);

/*
 * Reads one DER certificate (RFC 5280). On PB_OK, *facts is either the facts, in the arena, or NULL
 * where the bytes do not even have a certificate's fields. *reason is absent, or one phrase, in the
 * arena, why the certificate would be refused: OpenSSL's own, or what else is wrong (a notBefore
 * that is no time, bytes behind it). What can be read of it is in the facts all the same. A key or
 * an extension that OpenSSL cannot decode is no such reason, and only unread. Fails only with
 * PB_FAILED_MEMORY.
 */
enum pb_status pb_x509_facts_read(struct pb_x509_cache *cache, struct pb_slice der,
                                  struct pb_arena *arena, const struct pb_x509_facts **facts,
                                  struct pb_slice *reason);

/* The unread fields by name, separated by ", "; in the arena. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_x509_unread_text(const struct pb_x509_facts *facts, struct pb_arena *arena,
                                   struct pb_slice *text);

/* Orders names, given as RFC 4514 text, so that those are equal which RFC 5280, section 7.1, calls
 * so: case (of ASCII) and the number of blanks do not matter, nor does the type of a string. An
 * absent name is before all others. */
int pb_x509_name_compare(struct pb_slice a, struct pb_slice b);
/* The same; false where either is absent. */
bool pb_x509_is_same_name(struct pb_slice a, struct pb_slice b);

#endif
