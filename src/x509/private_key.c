/* SPDX-License-Identifier: MIT */
#include "x509/private_key.h"

#include <limits.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "x509/der.h"

/* Without a passphrase: an encrypted key stays unknown, and nobody is asked. */
static int refuse_passphrase(char *buffer, int size, int is_writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)context;
    return -1;
}

enum pb_status pb_x509_private_key_identify(struct pb_buffer *pem, unsigned char identity[32],
                                            bool *is_known)
{
    EVP_PKEY *key = NULL;

    *is_known = false;
    ERR_clear_error();
    BIO *bio = pem->size_bytes > INT_MAX ? NULL : BIO_new_mem_buf(pem->data, (int)pem->size_bytes);
    if (bio != NULL)
        key = PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, NULL);
    enum pb_status status =
        key != NULL ? pb_key_identify(key, identity, is_known) : pb_openssl_take_errors(NULL);
    EVP_PKEY_free(key);
    BIO_free(bio);
    if (pem->data != NULL)
        OPENSSL_cleanse(pem->data, pem->capacity_bytes);
    pb_buffer_clear(pem);
    return status;
}
