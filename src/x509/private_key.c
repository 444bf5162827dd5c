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

/* PKCS #8 holds no public half of DSA and DH keys, and ECPrivateKey may leave it out. Computing it
 * takes time that grows with the cube of the numbers, or with the curve's field. */
static bool is_cheap(BIO *bio)
{
    char *label = NULL, *header = NULL;
    unsigned char *bytes = NULL;
    const unsigned char *at, *key = NULL;
    const ASN1_OBJECT *object = NULL;
    long size = 0;
    int key_size = 0;

    if (PEM_read_bio(bio, &label, &header, &bytes, &size) != 1)
        return false;
    at = bytes;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, size);
    if (info != NULL)
        PKCS8_pkey_get0(&object, &key, &key_size, NULL, info);
    int kind = object != NULL ? OBJ_obj2nid(object) : NID_undef;
    bool is_computed = kind == NID_dsa || kind == NID_dhKeyAgreement || kind == NID_dhpublicnumber;
    bool is_cheap = !(is_computed && size > PB_MOST_COMPUTED_KEY_BYTES) &&
                    !pb_has_explicit_curve((struct pb_slice){(const char *)bytes, (size_t)size}) &&
                    !pb_has_explicit_curve((struct pb_slice){(const char *)key, (size_t)key_size});
    PKCS8_PRIV_KEY_INFO_free(info);
    OPENSSL_clear_free(bytes, (size_t)size);
    OPENSSL_free(header);
    OPENSSL_free(label);
    return is_cheap;
}

enum pb_status pb_x509_private_key_identify(struct pb_buffer *pem, unsigned char identity[32],
                                            bool *is_known)
{
    EVP_PKEY *key = NULL;

    *is_known = false;
    ERR_clear_error();
    BIO *bio = pem->size_bytes > INT_MAX ? NULL : BIO_new_mem_buf(pem->data, (int)pem->size_bytes);
    if (bio != NULL && is_cheap(bio) && BIO_reset(bio) == 1)
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
