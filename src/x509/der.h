/* SPDX-License-Identifier: MIT */
/* What the files of this room share: elements of DER, what OpenSSL makes of them, and what is kept
 * from one certificate to the next. Private to the room. Where memory is missing, has_failed of the
 * arena, kept key or cache that a function is given is set, and what it returns does not matter. */
#ifndef PB_X509_DER_H
#define PB_X509_DER_H

#include <openssl/x509v3.h>

#include "x509/x509.h"

/* Initialises a static slice, which PB_SLICE cannot. */
/* clang-format off */
#define PB_BYTES(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */

/* Identifier octets (X.690, section 8.1.2); of other types OpenSSL's V_ASN1_INTEGER and so on. */
#define PB_DER_SEQUENCE (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED)
#define PB_DER_SET (V_ASN1_SET | V_ASN1_CONSTRUCTED)

/* The tag of the next element, 0 where there is none. */
static inline unsigned char pb_der_next_tag(struct pb_slice rest)
{
    return rest.size_bytes > 0 ? (unsigned char)rest.data[0] : 0;
}

/* Strict DER (X.690, section 10), whose lengths are definite and in their shortest form: takes an
 * element with that tag off the front of *rest. Where another element stands there, a damaged one
 * or none, returns false and leaves *rest as it was. What it takes, OpenSSL takes too. */
bool pb_der_take(struct pb_slice *rest, unsigned char tag, struct pb_slice *contents);

/* BER too, as OpenSSL reads it: takes any element with its header off the front of *rest. Absent,
 * and *rest as it was, where there is none. */
struct pb_slice pb_der_take_any(struct pb_slice *rest);

/* The outer fields of a certificate or CRL (RFC 5280, sections 4.1.1 and 5.1.1) as elements with
 * their headers; borrowed from the bytes. */
struct pb_signed {
    struct pb_slice body, algorithm, bits;
    struct pb_slice inner_algorithm; /* the one in the body, which must be equal */
};

/* The fields of a certificate (RFC 5280, section 4.1) likewise. */
struct pb_certificate_parts {
    struct pb_signed outer;
    struct pb_slice version; /* absent in version 1 */
    struct pb_slice serial, issuer, validity, subject, public_key;
    struct pb_slice rest;  /* unique identifiers and extensions */
    struct pb_slice whole; /* the certificate itself */
};

/* False where the bytes are not exactly one such sequence. */
bool pb_signed_split(struct pb_slice der, struct pb_signed *parts);
/* Takes the certificate off the front of *der; false where no such sequence stands there. */
bool pb_certificate_split(struct pb_slice *der, struct pb_certificate_parts *parts);

/* Whether the DER spells out a curve anywhere (X9.62, fieldType). For a compressed point OpenSSL
 * takes a square root in the curve's field, which may be chosen to make that slow. */
bool pb_has_explicit_curve(struct pb_slice der);
/* Whether the SubjectPublicKeyInfo spells out a curve, and has a compressed point or is not strict
 * DER. Such a key is not decoded. */
bool pb_key_may_be_slow(struct pb_slice public_key);

/* The element as OpenSSL decodes it, to be freed by ASN1_item_free or the type's own function; NULL
 * where it cannot, with the reason in OpenSSL's error queue. */
void *pb_der_decode(struct pb_slice element, const ASN1_ITEM *item);

/* Empties the thread's error queue after a failed call. Sets *has_failed (which may be NULL) where
 * an allocation failed; else the input was bad. Returns the phrase of the earliest error, which is
 * the most specific one: static text of OpenSSL's, or NULL without errors. */
const char *pb_openssl_take_errors(bool *has_failed);

/* The object's long name unless only_digits, else its dotted form, as `openssl x509 -text` prints
 * it; "<INVALID>" for one that OpenSSL cannot spell. */
struct pb_slice pb_object_text(const ASN1_OBJECT *object, bool only_digits, struct pb_arena *arena);

/* RFC 5280, section 4.1.2.5: UTCTime means 1950 to 2049, GeneralizedTime names its year. Offsets,
 * fractions and missing seconds, which that section forbids, are read as OpenSSL prints them. False
 * where it is no time, or none of the years 1 to 9999. */
bool pb_asn1_time_read(const ASN1_TIME *time, struct pb_instant *instant);

/* --- name.c --- */

/* RFC 4514 text as `openssl x509 -nameopt RFC2253,utf8,-esc_msb` prints it; always UTF-8, because
 * OpenSSL decodes no other name. Empty for an empty name; absent where OpenSSL cannot print it. */
struct pb_slice pb_name_text(const X509_NAME *name, struct pb_arena *arena);

/* The same for a name in DER, with its header; absent, too, where OpenSSL cannot decode it. */
struct pb_slice pb_name_read(struct pb_slice der, struct pb_arena *arena);

/* The names of a subjectAltName extension (RFC 5280, section 4.2.1.6), in its order, each with the
 * prefix that OpenSSL's configuration gives it:
 *   DNS: email: URI:  the name, escaped as PB_ESCAPE_REVERSIBLE, since it may hold any byte
 *   IP:               192.0.2.1, or eight groups of capital hexadecimal digits without leading
 *                     zeros and without "::" (2001:DB8:0:0:0:0:0:1), as OpenSSL prints them;
 *                     <invalid> for any other number of bytes
 *   dirName:          RFC 4514 text, like a subject
 *   RID:              the dotted object identifier
 *   othername:        the dotted object identifier, then ";UTF8:" and the name if it is a
 *                     UTF8String, else ";#" and the value's DER in hexadecimal
 *   X400Name: EdiPartyName:  <unsupported>
 * NULL, of no names, where general is NULL. */
const struct pb_slice *pb_alternative_names_text(const GENERAL_NAMES *general,
                                                 struct pb_arena *arena, size_t *count);

/* --- key.c --- */

/* All of *facts from a SubjectPublicKeyInfo in DER. False where OpenSSL cannot decode that. */
bool pb_key_facts_read(struct pb_x509_cache *cache, struct pb_slice public_key,
                       struct pb_arena *arena, struct pb_key_facts *facts);

/* --- verify.c --- */

/* A decoded public key, and what is kept of its last verification for the next. All are owned. */
struct pb_kept_key {
    unsigned char spki_sha256[32];
    EVP_PKEY *key;         /* NULL: a free place, or a key that OpenSSL cannot decode */
    uint64_t cost;         /* of a signature; past the ceiling it verifies nothing */
    EVP_PKEY_CTX *context; /* NULL, or verifies RSA signatures over that digest */
    EVP_MD *digest;
    bool has_failed; /* memory was missing, for the key or a signature */
};

void pb_kept_key_release(struct pb_kept_key *kept);

/* Fills a zero-initialised place with the key in a SubjectPublicKeyInfo. */
void pb_kept_key_decode(struct pb_kept_key *kept, struct pb_slice public_key);

/* Without a key every signature is undecided. */
enum pb_signature pb_signature_verify(const struct pb_signed *parts, struct pb_kept_key *kept);
/* The same with the issuer's key, which the cache keeps; not tried past the ceiling. */
enum pb_signature pb_signature_verify_with(struct pb_x509_cache *cache,
                                           const struct pb_signed *parts,
                                           const struct pb_chain_link *issuer);

/* --- kept from one certificate to the next --- */

#define PB_CURVE_COUNT 3
/* Enough for the issuers of usual evidence: to decode a key takes as long as six verifications. */
#define PB_KEPT_KEYS 32
#define PB_KEPT_CHAINS 64

struct pb_kept_chain {
    struct pb_arena arena; /* of all the rest but the facts */
    struct pb_slice text;  /* absent: a free place */
    const struct pb_chain_link *links;
    size_t count;
    uint64_t computed; /* while it was read */
};

struct pb_x509_cache {
    EC_GROUP *curves[PB_CURVE_COUNT]; /* NULL until the first key on the curve */
    struct pb_kept_key keys[PB_KEPT_KEYS];
    struct pb_kept_chain chains[PB_KEPT_CHAINS];
    size_t next_key, next_chain;      /* modulo the number of places: what is replaced next */
    uint64_t computed, most_computed; /* as struct pb_limits counts signatures, for one item */
    uint64_t computed_before_chain;   /* computed, when the last unknown chain was looked up */
    bool has_failed;                  /* memory was missing, for a key or a signature */
};

/* What a signature counts, an ordinary one of RSA 1, which takes at most 0.2 ms: others, as
 * decoding a rare key; those of DSA, binary curves, long moduli and exponents; what is past a
 * ceiling. */
#define PB_COST_OF_RARE_KEY 10
#define PB_COST_OF_SLOW_KEY 200
#define PB_COST_PAST_CEILING 1000

/* Counts even what is not computed: the sum depends on the item alone. False past the ceiling. */
static inline bool pb_computation_allow(struct pb_x509_cache *cache, uint64_t cost)
{
    cache->computed += cost;
    return cache->computed <= cache->most_computed;
}

#endif
