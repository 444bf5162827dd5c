/* SPDX-License-Identifier: MIT */
/* The facts of ordinary certificates without OpenSSL's decoder, which takes a hundred times as
 * long, most of it over the key. Private to the room. */
#ifndef PB_X509_LEAN_H
#define PB_X509_LEAN_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "x509/facts.h"
#include "x509/plain_key.h"

/* What is kept from certificate to certificate. Zero-initialise. For one thread. */
struct pb_lean {
    struct pb_curves curves;
};

void pb_lean_release(struct pb_lean *lean);

/*
 * *facts is what pb_x509_facts_read gives; or NULL where the certificate is not ordinary in all of
 * its parts, damaged, or perhaps self-signed: then only the full decoder knows. sha256 is the
 * digest of der. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_lean_read(struct pb_lean *lean, struct pb_slice der,
                            const unsigned char sha256[32], struct pb_arena *arena,
                            const struct pb_x509_facts **facts);

#endif
