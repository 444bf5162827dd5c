/* SPDX-License-Identifier: MIT */
#include "x509/crl.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/escape.h"
#include "x509/crl_fields.h"
#include "x509/pem.h"

void pb_crls_init(struct pb_crls *crls)
{
    crls->arena = (struct pb_arena){0};
    pb_vector_init(&crls->items, sizeof(struct pb_crl));
}

static void take_back(struct pb_crls *crls, size_t count)
{
    while (crls->items.count > count)
        pb_vector_release(&PB_VECTOR_AT(struct pb_crl, &crls->items, --crls->items.count).revoked);
}

void pb_crls_release(struct pb_crls *crls)
{
    take_back(crls, 0);
    pb_vector_release(&crls->items);
    pb_arena_release(&crls->arena);
}

static int compare_entries(const void *left, const void *right)
{
    const struct pb_slice *a = left, *b = right;
    int order = pb_slice_compare(pb_crl_serial(*a), pb_crl_serial(*b));

    /* Where one is listed twice, the first counts: entries point into one list. */
    return order != 0 ? order : (a->data > b->data) - (a->data < b->data);
}

static enum pb_status refuse(struct pb_error *error, struct pb_slice name, const char *reason)
{
    return pb_error_set(error, PB_FAILED_INPUT, "'%.*s' is no CRL that can be used: %s",
                        PB_SLICE_ARGS(pb_slice_first(name, 200)), reason);
}

/* der is in the list's arena. */
static enum pb_status add_der(struct pb_crls *crls, struct pb_slice name, struct pb_slice der,
                              struct pb_error *error)
{
    struct pb_crl *crl = pb_vector_push(&crls->items);
    const char *reason;

    if (crl == NULL)
        return pb_error_memory(error);
    crl->name = name;
    pb_vector_init(&crl->revoked, sizeof(struct pb_slice));
    enum pb_status status = pb_crl_read_fields(der, &crls->arena, crl, &reason);
    if (status != PB_OK)
        return pb_error_memory(error);
    if (reason != NULL)
        return refuse(error, name, reason);
    if (crl->revoked.count > 0)
        qsort(crl->revoked.data, crl->revoked.count, crl->revoked.element_bytes, compare_entries);
    return PB_OK;
}

static enum pb_status add_block(struct pb_crls *crls, struct pb_slice name,
                                enum pb_pem_outcome outcome, const struct pb_pem_block *block,
                                struct pb_error *error)
{
    if (outcome == PB_PEM_DAMAGED)
        return refuse(error, name, block->reason);
    if (!pb_slice_equals(block->label, PB_SLICE("X509 CRL")))
        return refuse(error, name, "expected PEM blocks 'X509 CRL' and no others");
    return add_der(crls, name, block->der, error);
}

static enum pb_status add_pem(struct pb_crls *crls, struct pb_slice name, struct pb_slice text,
                              struct pb_error *error)
{
    struct pb_pem_reader reader = {.text = text};
    size_t count = crls->items.count;

    for (;;) {
        enum pb_pem_outcome outcome;
        struct pb_pem_block block;
        enum pb_status status = pb_pem_next(&reader, &crls->arena, &outcome, &block);
        if (status != PB_OK)
            return pb_error_memory(error);
        if (outcome == PB_PEM_END)
            break;
        status = add_block(crls, name, outcome, &block, error);
        if (status != PB_OK)
            return status;
    }
    return crls->items.count > count ? PB_OK : refuse(error, name, "expected DER or PEM");
}

static bool keep_name(struct pb_crls *crls, struct pb_slice *name)
{
    struct pb_buffer text;

    pb_buffer_init(&text, SIZE_MAX);
    pb_escape_append(&text, *name, PB_ESCAPE_REVERSIBLE);
    bool is_kept = !text.has_failed && pb_arena_copy(&crls->arena, pb_buffer_slice(&text), name);
    pb_buffer_release(&text);
    return is_kept;
}

enum pb_status pb_crls_add(struct pb_crls *crls, struct pb_slice name, struct pb_slice bytes,
                           struct pb_error *error)
{
    size_t count = crls->items.count;
    struct pb_slice der = PB_SLICE_ABSENT;
    struct pb_signed parts;
    bool is_pem = !pb_signed_read(bytes, &parts) &&
                  pb_slice_find(bytes, PB_SLICE("-----BEGIN "), 0) != SIZE_MAX;

    if (bytes.size_bytes == 0)
        return refuse(error, name, "it is empty");
    if (!keep_name(crls, &name) || (!is_pem && !pb_arena_copy(&crls->arena, bytes, &der)))
        return pb_error_memory(error);
    enum pb_status status =
        is_pem ? add_pem(crls, name, bytes, error) : add_der(crls, name, der, error);
    if (status != PB_OK)
        take_back(crls, count);
    return status;
}

bool pb_crls_has_issuer(const struct pb_crls *crls, struct pb_slice issuer)
{
    for (size_t i = 0; i < crls->items.count; i++)
        if (pb_slice_equals(PB_VECTOR_AT(const struct pb_crl, &crls->items, i).issuer, issuer))
            return true;
    return false;
}

static unsigned char digit_value(char digit)
{
    return (unsigned char)(digit <= '9' ? digit - '0' : digit - 'A' + 10);
}

/* X.690, section 8.3: the number's two's complement, as short as can be. */
static void append_integer(struct pb_buffer *buffer, struct pb_slice serial)
{
    bool is_negative = serial.size_bytes > 0 && serial.data[0] == '-';
    struct pb_slice digits = pb_slice_from(serial, is_negative);
    size_t first = 0;

    pb_buffer_append_byte(buffer, 0);
    for (size_t i = 0; i + 1 < digits.size_bytes; i += 2)
        pb_buffer_append_byte(
            buffer, (char)(digit_value(digits.data[i]) << 4 | digit_value(digits.data[i + 1])));
    if (buffer->has_failed)
        return;
    unsigned char *bytes = (unsigned char *)buffer->data;
    for (size_t i = buffer->size_bytes, carry = is_negative; is_negative && i-- > 0;) {
        carry += (unsigned char)~bytes[i];
        bytes[i] = (unsigned char)carry;
        carry >>= 8;
    }
    while (first + 1 < buffer->size_bytes && (bytes[first] == 0 || bytes[first] == 0xFF) &&
           (bytes[first] ^ bytes[first + 1]) < 0x80)
        first++;
    memmove(bytes, bytes + first, buffer->size_bytes - first);
    buffer->size_bytes -= first;
}

/* NULL where none has the serial number. */
static const struct pb_slice *find_entry(const struct pb_vector *revoked, struct pb_slice serial)
{
    size_t low = 0, high = revoked->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct pb_slice entry = PB_VECTOR_AT(const struct pb_slice, revoked, middle);
        if (pb_slice_compare(pb_crl_serial(entry), serial) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == revoked->count)
        return NULL;
    const struct pb_slice *entry = &PB_VECTOR_AT(const struct pb_slice, revoked, low);
    return pb_slice_equals(pb_crl_serial(*entry), serial) ? entry : NULL;
}

enum pb_status pb_crl_find(const struct pb_crl *crl, struct pb_slice serial, bool *is_listed,
                           struct pb_crl_entry *entry)
{
    struct pb_buffer integer;

    *is_listed = false;
    pb_buffer_init(&integer, SIZE_MAX);
    append_integer(&integer, serial);
    enum pb_status status = integer.has_failed ? PB_FAILED_MEMORY : PB_OK;
    const struct pb_slice *found =
        status == PB_OK ? find_entry(&crl->revoked, pb_buffer_slice(&integer)) : NULL;
    *is_listed = found != NULL;
    if (found != NULL)
        pb_crl_read_entry(*found, entry);
    pb_buffer_release(&integer);
    return status;
}
