/* SPDX-License-Identifier: MIT */
/* Certificates, CRLs, PEM and keys as plain values, without OpenSSL's types. What returns a status
 * fails only with PB_FAILED_MEMORY if it says nothing else. */
#ifndef PB_X509_X509_H
#define PB_X509_X509_H

#include "base/error.h"
#include "base/time.h"

/* A cache of decoded keys, and of chains by their PEM text: thousands of leaves share a few. It
 * changes no result, and keeps few of both. Each thread has its own. */
struct pb_x509_cache;

/* --- facts.c, name.c: what one certificate says --- */

struct pb_key_facts {
    struct pb_slice algorithm; /* RSA, RSA-PSS, EC, DSA, Ed25519, Ed448, else name or dotted OID */
    uint32_t bits;             /* 0 where the algorithm has none (Ed25519) or it is unknown */
    struct pb_slice curve;     /* NIST name, else OpenSSL's, else the OID; absent if spelt out */
    struct pb_slice exponent;  /* public exponent of RSA and RSA-PSS in decimal; absent for other
                                  keys, for one not decoded, and past 16384 bits */
    unsigned char spki_sha256[32]; /* over the raw bytes of SubjectPublicKeyInfo */
    unsigned char identity[32];    /* the same for all spellings of one key: key.c says of what */
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
    PB_X509_OWN_SIGNATURE = 1 << 9,     /* of a subject that is the issuer: a ceiling is passed */
};

/* All is borrowed from the arena of pb_x509_facts_read. Texts that cannot be read are absent. */
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

/* Call once, before anything else uses OpenSSL and before the first thread starts: keeps OpenSSL
 * from reading its configuration file. Calling it again does nothing. Fails only with
 * PB_FAILED_MEMORY: then nothing may use OpenSSL. */
enum pb_status pb_x509_prepare(void);
/* Call before several threads read certificates. OpenSSL looks a decoder up when it is first
 * needed, and threads that decode the first RSA-PSS key at the same time sometimes fail to: this
 * decodes one beforehand. Without memory it does nothing. */
void pb_x509_prepare_threads(void);

/* Reads one DER certificate (RFC 5280). On PB_OK, *facts is either the facts, in the arena, or NULL
 * where the bytes do not even have a certificate's fields. *reason is absent, or one phrase, in the
 * arena, why the certificate would be refused: OpenSSL's own, or what else is wrong (a notBefore
 * that is no time, bytes behind it). What can be read of it is in the facts all the same. A key or
 * an extension that OpenSSL cannot decode is no such reason, and only unread. */
enum pb_status pb_x509_facts_read(struct pb_x509_cache *cache, struct pb_slice der,
                                  struct pb_arena *arena, const struct pb_x509_facts **facts,
                                  struct pb_slice *reason);

/* The unread fields by name, separated by ", "; in the arena. */
struct pb_slice pb_x509_unread_text(const struct pb_x509_facts *facts, struct pb_arena *arena);

/* Orders names, given as RFC 4514 text, so that those are equal which RFC 5280, section 7.1, calls
 * so: case (of ASCII) and the number of blanks do not matter, nor does the type of a string. An
 * absent name is before all others. */
int pb_x509_name_compare(struct pb_slice a, struct pb_slice b);
/* The same; false where either is absent. */
bool pb_x509_is_same_name(struct pb_slice a, struct pb_slice b);

/* --- verify.c: signatures alone: weak algorithms are accepted, trust is not looked at --- */

enum pb_signature {
    PB_SIGNATURE_VALID,
    PB_SIGNATURE_INVALID,
    PB_SIGNATURE_UNDECIDED, /* an algorithm, a key or a form that OpenSSL cannot deal with */
    PB_SIGNATURE_NOT_TRIED, /* it would pass a ceiling */
};

/* Where the certificates of a chain give several of these, the last of them here. */
enum pb_chain {
    PB_CHAIN_NONE,      /* nothing to compare: no chain, no leaf, or a chain of the leaf alone */
    PB_CHAIN_UNRELATED, /* none of its certificates signs the leaf */
    PB_CHAIN_UNDECIDED, /* an algorithm or a key that cannot be verified, or too many to try */
    PB_CHAIN_SIGNS,     /* one of its certificates signs the leaf */
};

/* One certificate with its bytes; both borrowed. */
struct pb_chain_link {
    struct pb_slice der;
    const struct pb_x509_facts *facts;
};

/* The certificate's subjectPublicKeyInfo (RFC 5280, section 4.1) as it stands; absent for none. */
struct pb_slice pb_x509_public_key(struct pb_slice der);

/* A certificate signs the leaf if its subject is the leaf's issuer (RFC 5280, section 6.1.3 (a)(4),
 * names compared as in section 7.1) and the leaf's signature verifies with its key. The order of
 * the chain, its validity, its extensions and the strength of the algorithms do not matter, and a
 * self-signed leaf in its own chain signs itself. */
enum pb_status pb_chain_check(struct pb_x509_cache *cache, const struct pb_chain_link *leaf,
                              const struct pb_chain_link *chain, size_t count,
                              enum pb_chain *outcome);

/* *cache is freed by pb_x509_cache_free, which leaves all facts valid; NULL on failure. */
enum pb_status pb_x509_cache_new(struct pb_x509_cache **cache);
void pb_x509_cache_free(struct pb_x509_cache *cache);

/* Counts signatures from 0 again, with that ceiling (struct pb_limits); a new cache has none. What
 * is past it stays undecided, the same for one item whatever the cache holds. Next: the count. */
void pb_x509_cache_begin_item(struct pb_x509_cache *cache, uint64_t most_signatures);
uint64_t pb_x509_cache_computed(const struct pb_x509_cache *cache);

/* The links that were kept for the same text, byte for byte, borrowed with their DER until the next
 * pb_x509_cache_keep_chain; NULL where none are remembered. */
const struct pb_chain_link *pb_x509_cache_find_chain(struct pb_x509_cache *cache,
                                                     struct pb_slice text, size_t *count);

/* Keeps what was read since the text was not found. Copies text, links and DER. Facts stay
 * borrowed: the arenas that hold them must outlive the last use of the cache; they may be adopted
 * by others meanwhile (pb_arena_adopt), since their pieces do not move. What is too long, has no
 * links or passes the ceiling is not kept. */
enum pb_status pb_x509_cache_keep_chain(struct pb_x509_cache *cache, struct pb_slice text,
                                        const struct pb_chain_link *links, size_t count);

/* --- crl.c: certificate revocation lists (RFC 5280, section 5), complete ones --- */

struct pb_crl {
    struct pb_slice name;   /* of its file, escaped as PB_ESCAPE_REVERSIBLE */
    struct pb_slice issuer; /* RFC 4514 text, as struct pb_x509_facts spells names */
    struct pb_instant this_update;
    struct pb_instant next_update; /* valid with has_next_update */
    bool has_next_update;
    bool is_partial;          /* it names a distribution point: it need not list what others list */
    bool contains_only_users; /* onlyContainsUserCerts: none of CA certificates */
    struct pb_slice der;      /* in the arena of the list of CRLs */
    struct X509_crl_st *decoded; /* private, owned */
};

/* Zero-initialised: none. Owns everything that its CRLs point to. Several threads may call
 * pb_crls_has_issuer once all are added; the rest is for one thread. */
struct pb_crls {
    struct pb_arena arena;
    struct pb_vector items; /* of struct pb_crl, in the order in which they were added */
};

void pb_crls_release(struct pb_crls *crls);

/* Adds the CRL in the bytes, DER, or all those of PEM text; both are copied. Fails with
 * PB_FAILED_INPUT, adding none, where that is no complete CRL that can list server
 * certificates: anything else than a CRL, bytes behind it, a delta or an indirect CRL, one for CAs,
 * attributes or some reasons alone, a critical extension that is not known here. */
enum pb_status pb_crls_add(struct pb_crls *crls, struct pb_slice name, struct pb_slice bytes,
                           struct prebleed_error *error);

/* Whether any of them is of that issuer. */
bool pb_crls_has_issuer(const struct pb_crls *crls, struct pb_slice issuer);

/* Whether the CRL is signed with the key in that SubjectPublicKeyInfo; undecided for a key that
 * OpenSSL cannot decode. Sets *has_failed where memory is missing, as the next one does. */
enum pb_signature pb_crl_verify(const struct pb_crl *crl, struct pb_slice public_key,
                                bool *has_failed);

struct pb_crl_entry {
    struct pb_instant date; /* of the revocation; valid with has_date */
    bool has_date;
    const char *reason; /* RFC 5280, section 5.3.1: "keyCompromise", ...; NULL: none is given */
};

/* Looks the serial number up, which is spelt as in struct pb_x509_facts. False, and leaves *entry
 * alone, where it is not listed. */
bool pb_crl_find(const struct pb_crl *crl, struct pb_slice serial, struct pb_crl_entry *entry,
                 bool *has_failed);

/* --- pem.c: blocks (RFC 7468) in text that may hold more than one, and anything between --- */

struct pb_pem_block {
    struct pb_slice label; /* "CERTIFICATE", borrowed from the text; absent: none */
    struct pb_slice der;   /* in the arena; absent when damaged */
    const char *reason;    /* NULL, or a string literal: a BEGIN without its END, or no base64
                              between them. Scanning goes on behind it */
    bool is_certificate;   /* by its label */
};

/* Zero-initialise with the text to read. */
struct pb_pem_reader {
    struct pb_slice text; /* borrowed while reading */
    size_t offset_bytes;
};

/* The next block; false where there is none, and without memory. Lines may end with LF, CRLF or CR
 * and be padded with blanks; base64 lines of any length are accepted, and escapes of JSON that were
 * left over in them ("\\n", "\\/", "\\u003d"). For TRUSTED CERTIFICATE der is the certificate
 * alone, without OpenSSL's trust settings behind it. */
bool pb_pem_next(struct pb_pem_reader *reader, struct pb_arena *arena, struct pb_pem_block *block);

/* --- key.c: private keys in evidence, of which only the public half is used --- */

/* The identity, as in struct pb_key_facts, of the public half of an unencrypted private key in PEM
 * (RFC 7468 with real line ends). *is_known is false where the key cannot be read: encrypted, cut,
 * of an unknown kind, DSA or DH above PB_MOST_COMPUTED_KEY_BYTES, on a curve that is spelt out.
 * Nothing of the key is kept: pem is overwritten and emptied, and OpenSSL clears its own copies. */
enum pb_status pb_x509_private_key_identify(struct pb_buffer *pem, unsigned char identity[32],
                                            bool *is_known);

#endif
