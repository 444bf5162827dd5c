/* SPDX-License-Identifier: MIT */
#include "x509/name.h"

#include <openssl/bio.h>
#include <openssl/buffer.h>

#include "x509/openssl.h"

enum pb_status pb_name_text(const X509_NAME *name, struct pb_arena *arena, struct pb_slice *text)
{
    const unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;

    *text = PB_SLICE_ABSENT;
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL)
        return PB_FAILED_MEMORY;
    enum pb_status status = PB_OK;
    if (X509_NAME_print_ex(bio, name, 0, flags) < 0) {
        status = pb_openssl_take_errors(NULL);
    } else {
        BUF_MEM *printed = NULL;
        BIO_get_mem_ptr(bio, &printed);
        struct pb_slice bytes = {printed->length > 0 ? printed->data : "", printed->length};
        if (!pb_arena_copy(arena, bytes, text))
            status = PB_FAILED_MEMORY;
    }
    BIO_free(bio);
    return status;
}
