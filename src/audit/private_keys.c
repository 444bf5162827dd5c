/* SPDX-License-Identifier: MIT */
/* Finds PEM private keys in a text and overwrites them, before any of it is parsed or quoted. */
#include "audit/pipeline.h"
#include "x509/x509.h"

/* "RSA", "EC", "OPENSSH", "ENCRYPTED", ...: what may stand before PRIVATE KEY. */
#define LONGEST_LABEL_BYTES 32

static const struct pb_slice begin_mark = {"-----BEGIN ", 11};
static const struct pb_slice key_mark = {"PRIVATE KEY-----", 16};
static const struct pb_slice end_mark = {"-----END ", 9};

/* One character of a JSON string: *size is how many bytes it takes. */
static char unescape(struct pb_slice text, size_t *size)
{
    bool is_escape = text.data[0] == '\\';
    char letter = text.size_bytes > 1 ? text.data[1] : 'n';
    int value = 0;

    text = pb_slice_first(text, !is_escape ? 1 : letter == 'u' ? 6 : 2);
    *size = text.size_bytes;
    if (!is_escape)
        return text.data[0];
    if (letter != 'u')
        return letter == 'n' ? '\n' : letter == 'r' ? '\r' : letter;
    for (size_t i = 2; i < text.size_bytes && value >= 0; i++)
        value = pb_hex_value(text.data[i]) < 0 ? -1 : value * 16 + pb_hex_value(text.data[i]);
    return value > 0 && value < 0x80 ? (char)value : ' ';
}

/* Where the mark ends that begins at the offset, however JSON spells it; SIZE_MAX where it is not
 * there. */
static size_t match(struct pb_slice text, size_t at, struct pb_slice mark)
{
    size_t size;
    for (size_t i = 0; i < mark.size_bytes; i++, at += size)
        if (at >= text.size_bytes || unescape(pb_slice_from(text, at), &size) != mark.data[i])
            return SIZE_MAX;
    return at;
}

/* The BEGIN of a private key's block. */
struct key {
    size_t begin;   /* SIZE_MAX for none */
    size_t content; /* where the line's dashes end */
};

/* The first key at or after the offset: a block whose label ends with the words of one. */
static struct key find_key(struct pb_slice text, size_t from)
{
    for (; from < text.size_bytes; from++) {
        if (text.data[from] != '-' && text.data[from] != '\\')
            continue;
        size_t label = match(text, from, begin_mark), size;
        for (size_t i = 0; i <= LONGEST_LABEL_BYTES && label < text.size_bytes;
             i++, label += size) {
            size_t content = match(text, label, key_mark);
            if (content != SIZE_MAX)
                return (struct key){from, content};
            if (unescape(pb_slice_from(text, label), &size) == '-')
                break;
        }
    }
    return (struct key){SIZE_MAX, SIZE_MAX};
}

/* The digest of the public half of the key whose block begins the text, without empty lines, which
 * OpenSSL does not read over. *is_known is false where the block does not end or cannot be read. */
static enum pb_status identify(struct pb_slice text, unsigned char digest[32], bool *is_known)
{
    struct pb_slice block = pb_slice_first(text, PB_MOST_PRIVATE_KEY_BYTES);
    size_t end = pb_slice_find(block, end_mark, begin_mark.size_bytes);
    size_t tail = end == SIZE_MAX ? SIZE_MAX : pb_slice_find(block, key_mark, end);
    struct pb_buffer pem = {0};
    char last = '\0';

    *is_known = false;
    if (tail == SIZE_MAX)
        return PB_OK;
    block = pb_slice_first(block, tail + key_mark.size_bytes);
    /* Reserved at once, so that growing leaves no copies of the key behind. */
    if (pb_buffer_reserve(&pem, block.size_bytes + 1) == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0, size; i < block.size_bytes; i += size) {
        char byte = unescape(pb_slice_from(block, i), &size);
        if (byte == '\r' || (byte == '\n' && last == '\n'))
            continue;
        pb_buffer_append_byte(&pem, last = byte);
    }
    pb_buffer_append_byte(&pem, '\n');
    enum pb_status status = pb_x509_private_key_identify(&pem, digest, is_known);
    pb_buffer_release(&pem);
    return status;
}

/* Adds a record of the key whose block begins the text. */
static enum pb_status add_record(struct pb_slice text, uint32_t line, size_t column,
                                 struct pb_batch *batch)
{
    struct pb_record *record = pb_vector_push(&batch->records, sizeof *record);
    unsigned char digest[32];
    bool is_known;

    if (record == NULL)
        return PB_FAILED_MEMORY;
    record->kind = PB_RECORD_PRIVATE_KEY;
    record->entry = batch->diagnostics.entry;
    record->line = line;
    record->column = column < UINT32_MAX ? (uint32_t)column : 0;
    enum pb_status status = identify(text, digest, &is_known);
    if (status != PB_OK)
        return status;
    if (is_known)
        return pb_arena_copy(&batch->arena, (struct pb_slice){(const char *)digest, sizeof digest},
                             &record->target)
                   ? PB_OK
                   : PB_FAILED_MEMORY;
    struct pb_diagnostic *added =
        pb_diagnostics_add(&batch->diagnostics, PB_SEVERITY_WARNING, "private-key-unread",
                           "a private key that is encrypted, cut, too large or damaged: it was not "
                           "compared with the certificates");
    added->line = line;
    added->column = record->column;
    return PB_OK;
}

/* Overwrites a key's base64, and the digits of \u escapes in it, with '7', which is valid in both.
 * What stands behind a backslash, or several in a string within a string, stays. No key holds a
 * quotation mark: what stands behind one is another value. */
static void overwrite_key(char *text, size_t size)
{
    for (size_t at = 0; at < size && text[at] != '"'; at++) {
        bool is_escape = text[at] == '\\';
        while (at < size && text[at] == '\\')
            at++;
        if (at == size || text[at] == '"' || (size - at >= 5 && memcmp(text + at, "-----", 5) == 0))
            return;
        if (!is_escape && (pb_is_alphanumeric(text[at]) || strchr("+/=", text[at]) != NULL))
            text[at] = '7';
    }
}

static inline bool is_sign(const char *bytes)
{
    return (bytes[0] == 'Y' && bytes[1] == '-' && bytes[2] == '-') ||
           (bytes[0] == '\\' && bytes[1] == 'u');
}

/* Nearly all texts without a key have neither the end of PRIVATE KEY----- nor an escape that could
 * spell it. */
static bool may_have_key(struct pb_slice text)
{
    size_t at = 0;

    for (; at + PB_LANES + 1 < text.size_bytes; at += PB_LANES) {
        pb_lanes first = pb_lanes_load(text.data + at), second = pb_lanes_load(text.data + at + 1);
        pb_lanes third = pb_lanes_load(text.data + at + 2);
        if (pb_lanes_any((pb_lanes_equal(first, 'Y') & pb_lanes_equal(second, '-') &
                          pb_lanes_equal(third, '-')) |
                         (pb_lanes_equal(first, '\\') & pb_lanes_equal(second, 'u'))))
            return true;
    }
    while (at + 2 < text.size_bytes && !is_sign(text.data + at))
        at++;
    return at + 2 < text.size_bytes;
}

enum pb_status pb_private_keys_take(struct pb_slice *text, struct pb_buffer *storage,
                                    struct pb_batch *batch, bool *has_key)
{
    enum pb_status status = PB_OK;
    size_t count = 0, counted = 0, line_start = 0;
    uint32_t line = 1;

    *has_key = false;
    if (!may_have_key(*text))
        return PB_OK;
    struct key next, key = find_key(*text, 0);
    *has_key = key.begin != SIZE_MAX;
    if (!*has_key)
        return PB_OK;
    if (storage->data == NULL || text->data < storage->data ||
        text->data >= storage->data + storage->capacity_bytes) {
        pb_buffer_clear(storage);
        pb_buffer_append(storage, *text);
        if (storage->has_failed)
            return PB_FAILED_MEMORY;
        *text = pb_buffer_slice(storage);
    }
    char *bytes = storage->data + (text->data - storage->data);
    for (; status == PB_OK && key.begin != SIZE_MAX; key = next) {
        next = find_key(*text, key.content);
        for (; counted < key.begin; counted++)
            if (text->data[counted] == '\n') {
                line++;
                line_start = counted + 1;
            }
        if (count++ < PB_MOST_PRIVATE_KEYS)
            status = add_record(pb_slice_from(*text, key.begin), line, key.begin - line_start + 1,
                                batch);
        size_t end = next.begin < text->size_bytes ? next.begin : text->size_bytes;
        overwrite_key(bytes + key.content, end - key.content);
    }
    if (count > PB_MOST_PRIVATE_KEYS)
        pb_diagnostics_add(&batch->diagnostics, PB_SEVERITY_ERROR, "limit-private-keys",
                           "more than %d private keys stand in this file: the rest were not "
                           "compared with the certificates",
                           PB_MOST_PRIVATE_KEYS);
    return status;
}
