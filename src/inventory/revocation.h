/* SPDX-License-Identifier: MIT */
/* What the given revocation lists say of a certificate. */
#ifndef PB_INVENTORY_REVOCATION_H
#define PB_INVENTORY_REVOCATION_H

#include <stdbool.h>

#include "base/instant.h"
#include "base/slice.h"

enum pb_revocation_status {
    PB_REVOCATION_UNKNOWN, /* no CRL of its issuer proves anything: detail says why */
    PB_REVOCATION_REVOKED,
    PB_REVOCATION_NOT_REVOKED, /* at this_update */
};

/* Slices are borrowed from the CRLs, which outlive the inventory. */
struct pb_revocation {
    enum pb_revocation_status status;
    bool has_date;
    struct pb_instant date;        /* of the revocation */
    const char *reason;            /* "keyCompromise", ...; NULL where none is given */
    struct pb_slice crl;           /* the name of the CRL that says so */
    struct pb_instant this_update; /* of that CRL */
    struct pb_slice detail;        /* one phrase; absent where there is nothing to add */
};

/* A key that can have signed a CRL: that of a certificate with the name of a CRL's issuer. */
struct pb_issuer_key {
    struct pb_slice name;             /* the certificate's subject */
    struct pb_slice public_key;       /* its SubjectPublicKeyInfo */
    const unsigned char *spki_sha256; /* 32 bytes */
};

#endif
