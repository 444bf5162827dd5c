/* SPDX-License-Identifier: MIT */
/* Certificate revocation lists (RFC 5280, section 5): complete ones, and what they list. */
#ifndef PB_X509_CRL_H
#define PB_X509_CRL_H

#include <stdbool.h>

#include "base/memory.h"
#include "base/time.h"
#include "base/bytes.h"
#include "base/error.h"
#include "x509/verify.h"

struct X509_crl_st;

struct pb_crl {
    struct pb_slice name;   /* of its file, escaped as PB_ESCAPE_REVERSIBLE */
    struct pb_slice issuer; /* RFC 4514 text, as struct pb_x509_facts spells names */
    struct pb_instant this_update;
    struct pb_instant next_update; /* valid with has_next_update */
    bool has_next_update;
    bool is_partial;     /* it names a distribution point: it need not list what others list */
    bool has_no_cas;     /* onlyContainsUserCerts */
    struct pb_slice der; /* in the list's arena */
    struct X509_crl_st *decoded; /* private, owned */
};

/* Owns everything that its CRLs point to. Zero-initialise, then init. Several threads may ask for
 * issuers once all are added; the rest is for one thread. */
struct pb_crls {
    struct pb_arena arena;
    struct pb_vector items; /* of struct pb_crl, in the order in which they were added */
};

void pb_crls_init(struct pb_crls *crls);
void pb_crls_release(struct pb_crls *crls);

/*
 * Adds the CRL in the bytes, DER, or all those of PEM text; both are copied. Fails with
 * PB_FAILED_INPUT, adding none, where that is no complete CRL that can speak of server
 * certificates: anything else than a CRL, bytes behind it, a delta or an indirect CRL, one for CAs,
 * attributes or some reasons alone, a critical extension that is not known here.
 */
enum pb_status pb_crls_add(struct pb_crls *crls, struct pb_slice name, struct pb_slice bytes,
                           struct pb_error *error);

/* Whether any of them is of that issuer. */
bool pb_crls_has_issuer(const struct pb_crls *crls, struct pb_slice issuer);

/* Whether the CRL is signed with the key in that SubjectPublicKeyInfo; undecided for a key that
 * OpenSSL cannot decode. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_crl_verify(const struct pb_crl *crl, struct pb_slice public_key,
                             enum pb_signature *outcome);

struct pb_crl_entry {
    struct pb_instant date; /* of the revocation; valid with has_date */
    bool has_date;
    const char
        *reason; /* RFC 5280, section 5.3.1: "keyCompromise", ...; NULL where none is given */
};

/* Looks the serial number up, which is spelt as in struct pb_x509_facts; *is_listed tells whether
 * *entry is filled. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_crl_find(const struct pb_crl *crl, struct pb_slice serial, bool *is_listed,
                           struct pb_crl_entry *entry);

#endif
