/* SPDX-License-Identifier: MIT */
/* PEM: every block that OpenSSL reads is read, with the same bytes, or said to be damaged. */
#include "fuzz.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "x509/x509.h"

static bool is_read(struct pb_slice text, struct pb_slice label, struct pb_slice der)
{
    struct pb_pem_reader reader = {.text = text};
    struct pb_arena arena = {0};
    struct pb_pem_block block;
    size_t last = 0;
    bool is_found = false;

    while (pb_pem_next(&reader, &arena, &block), !pb_slice_is_absent(block.label)) {
        assert_true(reader.offset_bytes > last);
        last = reader.offset_bytes;
        is_found |= block.reason != NULL ||
                    (pb_slice_equals(block.label, label) && pb_slice_starts_with(der, block.der));
    }
    pb_arena_release(&arena);
    return is_found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    BIO *bio = BIO_new_mem_buf(size > 0 ? (const void *)data : "", (int)size);
    unsigned char *bytes = NULL;
    char *label = NULL, *header = NULL;
    long der_size = 0;

    bool has_block = PEM_read_bio(bio, &label, &header, &bytes, &der_size) == 1;
    struct pb_slice der = {(const char *)bytes, (size_t)der_size};
    bool is_same = is_read(fuzz_slice(data, size), pb_slice_from_string(label), der);
    assert_true(is_same || !has_block || header[0] != '\0');
    OPENSSL_free(bytes);
    OPENSSL_free(header);
    OPENSSL_free(label);
    BIO_free(bio);
    ERR_clear_error();
    return 0;
}
