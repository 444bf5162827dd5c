/* SPDX-License-Identifier: MIT */
#include "x509/signature.h"

#include <limits.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "x509/der.h"
#include "x509/public_key.h"

/* What ASN1_get_object says of an error, or of a length that an end marker ends. */
#define FORM_UNUSABLE 0x81

static bool enter_sequence(struct pb_slice *bytes, bool is_whole)
{
    const unsigned char *start = (const unsigned char *)bytes->data, *at = start;
    long size = 0;
    int tag = 0, class = 0;

    if (bytes->size_bytes == 0 || bytes->size_bytes > LONG_MAX)
        return false;
    int form = ASN1_get_object(&at, &size, &tag, &class, (long)bytes->size_bytes);
    if ((form & FORM_UNUSABLE) != 0) {
        ERR_clear_error();
        return false;
    }
    if (tag != V_ASN1_SEQUENCE || class != V_ASN1_UNIVERSAL)
        return false;
    if (is_whole && (size_t)(at - start) + (size_t)size != bytes->size_bytes)
        return false;
    *bytes = (struct pb_slice){(const char *)at, (size_t)size};
    return true;
}

static struct pb_slice take_element(struct pb_slice *rest)
{
    struct pb_slice element = pb_der_first_element(*rest);

    *rest = pb_slice_from(*rest, element.size_bytes);
    return element;
}

/* RFC 5280, section 4.1: version [0] and serialNumber go before the algorithm; section 5.1: a
 * version alone may. The algorithm is the first sequence in both. */
static struct pb_slice find_inner_algorithm(struct pb_slice body)
{
    struct pb_slice element;

    if (!enter_sequence(&body, true))
        return PB_SLICE_ABSENT;
    do
        element = take_element(&body);
    while (element.size_bytes > 0 && (unsigned char)element.data[0] != 0x30);
    return element;
}

bool pb_signed_read(struct pb_slice der, struct pb_signed *parts)
{
    struct pb_slice rest = der;

    *parts = (struct pb_signed){.body = PB_SLICE_ABSENT};
    if (!enter_sequence(&rest, true))
        return false;
    parts->body = take_element(&rest);
    parts->algorithm = take_element(&rest);
    parts->bits = take_element(&rest);
    if (pb_slice_is_absent(parts->body) || pb_slice_is_absent(parts->algorithm) ||
        pb_slice_is_absent(parts->bits) || rest.size_bytes > 0)
        return false;
    parts->inner_algorithm = find_inner_algorithm(parts->body);
    return !pb_slice_is_absent(parts->inner_algorithm);
}

/* Empties the error queue; *is_unsupported where it tells of something that OpenSSL does not know,
 * and so cannot judge. */
static enum pb_status take_errors(bool *is_unsupported)
{
    enum pb_status status = PB_OK;
    unsigned long code;

    *is_unsupported = false;
    while ((code = ERR_get_error()) != 0) {
        int reason = ERR_GET_REASON(code);
        if (reason == ERR_R_MALLOC_FAILURE)
            status = PB_FAILED_MEMORY;
        *is_unsupported |= reason == ERR_R_UNSUPPORTED || reason == ERR_R_FETCH_FAILED;
        if (ERR_GET_LIB(code) == ERR_LIB_ASN1)
            *is_unsupported |= reason == ASN1_R_UNKNOWN_SIGNATURE_ALGORITHM ||
                               reason == ASN1_R_UNKNOWN_MESSAGE_DIGEST_ALGORITHM ||
                               reason == ASN1_R_UNKNOWN_PUBLIC_KEY_TYPE ||
                               reason == ASN1_R_DIGEST_AND_KEY_TYPE_NOT_SUPPORTED;
        if (ERR_GET_LIB(code) == ERR_LIB_EVP)
            *is_unsupported |= reason == EVP_R_UNSUPPORTED_ALGORITHM ||
                               reason == EVP_R_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE;
    }
    return status;
}

/* The parts as OpenSSL's objects. */
struct decoded {
    ASN1_TYPE *body; /* of any type: its bytes stay as they are */
    X509_ALGOR *algorithm;
    ASN1_BIT_STRING *bits;
};

static bool decode(const struct pb_signed *parts, struct decoded *decoded)
{
    const unsigned char *body = (const unsigned char *)parts->body.data;
    const unsigned char *algorithm = (const unsigned char *)parts->algorithm.data;
    const unsigned char *bits = (const unsigned char *)parts->bits.data;

    decoded->body = d2i_ASN1_TYPE(NULL, &body, (long)parts->body.size_bytes);
    decoded->algorithm = d2i_X509_ALGOR(NULL, &algorithm, (long)parts->algorithm.size_bytes);
    decoded->bits = d2i_ASN1_BIT_STRING(NULL, &bits, (long)parts->bits.size_bytes);
    return decoded->body != NULL && decoded->algorithm != NULL && decoded->bits != NULL;
}

static void release(struct decoded *decoded)
{
    ASN1_TYPE_free(decoded->body);
    X509_ALGOR_free(decoded->algorithm);
    ASN1_BIT_STRING_free(decoded->bits);
}

static enum pb_status try(const struct pb_signed *parts, EVP_PKEY *key, enum pb_signature *outcome)
{
    struct decoded decoded = {0};
    bool is_unsupported;

    ERR_clear_error();
    bool is_decoded = decode(parts, &decoded);
    bool is_valid = is_decoded && ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), decoded.algorithm,
                                                   decoded.bits, decoded.body, key) == 1;
    release(&decoded);
    enum pb_status status = take_errors(&is_unsupported);
    *outcome = is_valid                        ? PB_SIGNATURE_VALID
               : !is_decoded || is_unsupported ? PB_SIGNATURE_UNDECIDED
                                               : PB_SIGNATURE_INVALID;
    return is_valid ? PB_OK : status;
}

/* OpenSSL does not always say that memory was missing: what fails is tried once more. */
enum pb_status pb_signature_verify(const struct pb_signed *parts, struct pb_public_key *key,
                                   enum pb_signature *outcome)
{
    EVP_PKEY *decoded;

    *outcome = PB_SIGNATURE_UNDECIDED;
    if (key == NULL)
        return PB_OK;
    /* RFC 5280, sections 4.1.1.2 and 5.1.1.2: both places name the same algorithm. */
    if (!pb_slice_equals(parts->algorithm, parts->inner_algorithm)) {
        *outcome = PB_SIGNATURE_INVALID;
        return PB_OK;
    }
    if (pb_public_key_verifies(key, parts)) {
        *outcome = PB_SIGNATURE_VALID;
        return PB_OK;
    }
    enum pb_status status = pb_public_key_decode(key, &decoded);
    for (int attempt = 0; attempt < 2 && status == PB_OK; attempt++) {
        status = try(parts, decoded, outcome);
        if (*outcome == PB_SIGNATURE_VALID)
            break;
    }
    return status;
}
