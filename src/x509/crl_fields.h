/* SPDX-License-Identifier: MIT */
/* The fields of a CRL and of its entries. Private to the room. */
#ifndef PB_X509_CRL_FIELDS_H
#define PB_X509_CRL_FIELDS_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "x509/crl.h"

/*
 * Fills everything but the name, with the entries in the list's order. der must outlive the CRL;
 * the issuer's text goes to the arena. *reason is a phrase that says why the CRL cannot be used, or
 * NULL. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_crl_read_fields(struct pb_slice der, struct pb_arena *arena, struct pb_crl *crl,
                                  const char **reason);

/* The contents of the entry's serial number. The entry was read by the function above. */
struct pb_slice pb_crl_serial(struct pb_slice entry);
void pb_crl_read_entry(struct pb_slice entry, struct pb_crl_entry *read);

#endif
