/* SPDX-License-Identifier: MIT */
/* Extensions of CRLs and of their entries: what they say, and which make a CRL unusable here.
 * Private to the room. */
#ifndef PB_X509_CRL_EXTENSION_H
#define PB_X509_CRL_EXTENSION_H

#include "base/slice.h"
#include "x509/crl.h"

/* extensions is the inside of the sequence of them. Each returns a phrase that says why the CRL
 * cannot be used, NULL where it can. */

/* Of the list (RFC 5280, section 5.2); fills in is_partial and has_no_cas. */
const char *pb_crl_read_extensions(struct pb_slice extensions, struct pb_crl *crl);
/* Of an entry (section 5.3). */
const char *pb_crl_check_entry_extensions(struct pb_slice extensions);

/* The entry's reasonCode (section 5.3.1) by its name there; NULL where there is none. */
const char *pb_crl_find_reason(struct pb_slice extensions);

#endif
