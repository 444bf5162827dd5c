/* SPDX-License-Identifier: MIT */
/* PEM blocks (RFC 7468) in text that may hold more than one, and anything between them. */
#ifndef PB_X509_PEM_H
#define PB_X509_PEM_H

#include "base/memory.h"
#include "base/bytes.h"
#include "base/error.h"

enum pb_pem_outcome {
    PB_PEM_BLOCK,   /* *block is the next block */
    PB_PEM_END,     /* no further block */
    PB_PEM_DAMAGED, /* a BEGIN without its END, or no base64 between them: *block has label and
                       what is wrong in reason; scanning goes on behind it */
};

struct pb_pem_block {
    struct pb_slice label; /* "CERTIFICATE", borrowed from the text */
    struct pb_slice der;   /* in the arena; absent when damaged */
    size_t offset_bytes;   /* of the BEGIN line in the text */
    const char *reason;    /* string literal, NULL unless damaged */
};

/* Zero-initialise with the text to read. */
struct pb_pem_reader {
    struct pb_slice text; /* borrowed while reading */
    size_t offset_bytes;
};

/* CERTIFICATE, X509 CERTIFICATE and TRUSTED CERTIFICATE hold a certificate. */
bool pb_pem_is_certificate(struct pb_slice label);

/*
 * The next block. Lines may end with LF, CRLF or CR and be padded with blanks; base64 lines of any
 * length are accepted, and escapes of JSON that were left over in them ("\\n", "\\/", "\\u003d").
 * For TRUSTED CERTIFICATE der is the certificate alone, without OpenSSL's trust settings behind it.
 * Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_pem_next(struct pb_pem_reader *reader, struct pb_arena *arena,
                           enum pb_pem_outcome *outcome, struct pb_pem_block *block);

#endif
