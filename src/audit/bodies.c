/* SPDX-License-Identifier: MIT */
/* PEM in an item: private keys are found and overwritten before anything is parsed or quoted; then
 * item.c has the bodies of each document's observations made X.509 facts. */
#include "audit/pipeline.h"
#include "inventory/sentences.inc"

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

/* Where the mark at the offset ends, however JSON spells it; SIZE_MAX where it is not there. */
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
    if (is_known) {
        const struct pb_slice bytes = {(const char *)digest, sizeof digest};
        record->target = pb_arena_copy(&batch->arena, bytes);
        return batch->arena.has_failed ? PB_FAILED_MEMORY : PB_OK;
    }
    struct pb_diagnostic *added = pb_diagnostics_add(
        &batch->diagnostics, PB_SEVERITY_WARNING, "private-key-unread", PB_SAY_PRIVATE_KEY_UNREAD);
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

/* Most texts without a key have neither the end of PRIVATE KEY----- nor an escape to spell it. */
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
    text = pb_slice_from(text, at);
    return pb_slice_find(text, PB_SLICE("Y--"), 0) != SIZE_MAX ||
           pb_slice_find(text, PB_SLICE("\\u"), 0) != SIZE_MAX;
}

enum pb_status pb_private_keys_take(struct pb_slice *text, struct pb_buffer *storage,
                                    struct pb_batch *batch, bool *has_key)
{
    enum pb_status status = PB_OK;
    size_t count = 0, counted = 0, column = 1;
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
        for (; counted < key.begin; counted++) {
            bool is_end = text->data[counted] == '\n';
            line += is_end;
            column = is_end ? 1 : column + pb_utf8_is_first(text->data[counted]);
        }
        if (count++ < PB_MOST_PRIVATE_KEYS)
            status = add_record(pb_slice_from(*text, key.begin), line, column, batch);
        size_t end = next.begin < text->size_bytes ? next.begin : text->size_bytes;
        overwrite_key(bytes + key.content, end - key.content);
    }
    if (count > PB_MOST_PRIVATE_KEYS)
        pb_diagnostics_add(&batch->diagnostics, PB_SEVERITY_ERROR, "limit-private-keys",
                           PB_SAY_LIMIT_PRIVATE_KEYS, PB_MOST_PRIVATE_KEYS);
    return status;
}

/* Shorter than any certificate, longer than a digest in hexadecimal and than a sentence. */
#define LEAST_BODY_BYTES 200

static const char body_member[] = "CertificateBody";

/* The certificates of one observation. */
struct bodies {
    struct pb_item_reader *reader;
    struct pb_batch *batch;
    struct pb_arena der; /* the certificates' bytes, needed until all are read */
    const struct pb_observation *observation;
    const char *member;     /* body_member or "CertificateChain" */
    struct pb_vector links; /* of struct pb_chain_link: the certificates so far */
    bool has_warned;        /* something in body or chain cannot be read */
    bool has_failed;        /* memory is missing */
};

/* "CertificateBody: WHAT: DETAIL", the latter unless it is absent. */
static void add_diagnostic(struct bodies *bodies, enum pb_severity severity, const char *code,
                           const char *what, struct pb_slice detail)
{
    struct pb_diagnostic *added = pb_diagnostics_add(
        &bodies->batch->diagnostics, severity, code, "%s: %s%s%.*s", bodies->member, what,
        detail.data != NULL ? ": " : "", PB_SLICE_ARGS(detail));
    added->line = bodies->observation->line;
    added->pointer = bodies->observation->pointer;
    bodies->has_warned |= severity != PB_SEVERITY_NOTE;
}

/* An error where it would be the body itself, whose key then was compared with no other. */
static enum pb_severity severity_of_unreadable(const struct bodies *bodies)
{
    bool is_body = bodies->links.count == 0 && bodies->member == body_member;
    return is_body ? PB_SEVERITY_ERROR : PB_SEVERITY_WARNING;
}

/* One that OpenSSL would refuse, or with unreadable fields, counts with what was read of it. */
static void read_certificate(struct bodies *bodies, struct pb_slice der)
{
    struct pb_arena *arena = &bodies->batch->bodies;
    struct pb_chain_link link = {.der = der};
    struct pb_slice reason = PB_SLICE_ABSENT;

    bodies->has_failed |=
        pb_x509_facts_read(bodies->reader->cache, der, arena, &link.facts, &reason) != PB_OK;
    if (!pb_slice_is_absent(reason))
        add_diagnostic(bodies, severity_of_unreadable(bodies), "certificate-unreadable",
                       "a certificate that cannot be parsed", reason);
    if (link.facts == NULL)
        return;
    /* A key that cannot be read is compared by its bytes alone. */
    bool has_key = (link.facts->unread & PB_X509_KEY) == 0;
    if (link.facts->unread != 0)
        add_diagnostic(bodies, has_key ? PB_SEVERITY_WARNING : severity_of_unreadable(bodies),
                       "certificate-fields", PB_SAY_UNREAD_FIELDS,
                       pb_x509_unread_text(link.facts, &bodies->der));
    bodies->has_failed |= !pb_vector_append(&bodies->links, &link, sizeof link);
    if (!pb_crls_has_issuer(&bodies->reader->audit->crls, link.facts->subject))
        return;
    /* A CRL may be signed with this key; some are collected more than once. */
    struct pb_issuer_key key = {.name = link.facts->subject,
                                .public_key = pb_arena_copy(arena, pb_x509_public_key(der)),
                                .spki_sha256 = link.facts->key.spki_sha256};
    bodies->has_failed |=
        arena->has_failed || !pb_vector_append(&bodies->batch->issuer_keys, &key, sizeof key);
}

static void read_pem(struct bodies *bodies, struct pb_slice text)
{
    struct pb_pem_reader pem = {.text = text};
    /* What is empty, or as long as a certificate, is no stand-in ("REDACTED"). */
    bool is_damaged = text.size_bytes == 0 || pb_slice_trim(text).size_bytes >= LEAST_BODY_BYTES;
    enum pb_severity severity = is_damaged ? severity_of_unreadable(bodies) : PB_SEVERITY_WARNING;

    struct pb_pem_block block;
    bool has_block = false;

    for (; text.data != NULL && pb_pem_next(&pem, &bodies->der, &block); has_block = true) {
        if (block.reason != NULL)
            add_diagnostic(bodies, severity_of_unreadable(bodies), "pem-damaged",
                           "a damaged PEM block", pb_slice_from_string(block.reason));
        else if (!block.is_certificate)
            add_diagnostic(bodies, severity_of_unreadable(bodies), "pem-unexpected",
                           "a PEM block that is no certificate", block.label);
        else
            read_certificate(bodies, block.der);
    }
    if (text.data != NULL && !has_block)
        add_diagnostic(bodies, severity, "no-pem", PB_SAY_NO_PEM, PB_SLICE_ABSENT);
    bodies->has_failed |= bodies->der.has_failed;
}

/* Few chains serve many bodies, so they are cached; issuers' keys are collected the first time. One
 * with a warning is not cached: each observation gets the warning. */
static void read_chain(struct bodies *bodies, struct pb_slice text)
{
    struct pb_x509_cache *cache = bodies->reader->cache;
    struct pb_vector *links = &bodies->links;
    size_t first = links->count, count;
    const struct pb_chain_link *known = pb_x509_cache_find_chain(cache, text, &count);
    if (known != NULL) {
        bodies->has_failed |= !pb_vector_append_all(links, known, count, sizeof *known);
        return;
    }
    read_pem(bodies, text);
    count = links->count - first;
    if (!bodies->has_failed && !bodies->has_warned && count > 0)
        bodies->has_failed |=
            pb_x509_cache_keep_chain(cache, text, &PB_VECTOR_AT(struct pb_chain_link, links, first),
                                     count) != PB_OK;
}

static void check_chain(struct bodies *bodies, struct pb_bodies *kept)
{
    const struct pb_chain_link *links = bodies->links.data;
    bodies->has_failed |= pb_chain_check(bodies->reader->cache, links, links + 1,
                                         bodies->links.count - 1, &kept->chain_check) != PB_OK;
    if (kept->chain_check == PB_CHAIN_UNRELATED && bodies->has_warned)
        kept->chain_check = PB_CHAIN_UNDECIDED; /* what cannot be read may be the issuer */
    if (kept->chain_check == PB_CHAIN_UNDECIDED)
        add_diagnostic(bodies, PB_SEVERITY_NOTE, "chain-not-verified",
                       "whether it signs the body cannot be verified", PB_SLICE_ABSENT);
}

/* The body's first certificate is the body; its further ones come before the chain's. */
static void read_observation(struct bodies *bodies, struct pb_observation *observation)
{
    struct pb_bodies *kept = observation->bodies;

    bodies->observation = observation;
    bodies->member = body_member;
    bodies->links.count = 0;
    bodies->has_warned = false;
    read_pem(bodies, kept->body_pem);
    bool has_body = bodies->links.count > 0;
    bodies->member = "CertificateChain";
    read_chain(bodies, kept->chain_pem);
    kept->body_pem = kept->chain_pem = PB_SLICE_ABSENT;
    const struct pb_chain_link *links = bodies->links.data;
    if (has_body) {
        observation->body = links->facts;
        if (pb_rule_is_chosen(&pb_rules[PB_RULE_CONFLICTING_EVIDENCE],
                              &bodies->reader->audit->parameters))
            check_chain(bodies, kept);
    }
    kept->chain_count = bodies->links.count - has_body;
    const struct pb_x509_facts **chain =
        pb_arena_allocate_array(&bodies->batch->bodies, kept->chain_count, sizeof *chain);
    for (size_t i = 0; chain != NULL && i < kept->chain_count; i++)
        chain[i] = links[has_body + i].facts;
    kept->chain = chain;
    bodies->has_failed |= chain == NULL;
    pb_arena_release(&bodies->der);
}

enum pb_status pb_bodies_read(struct pb_item_reader *reader, struct pb_batch *batch,
                              size_t first_observation)
{
    struct bodies bodies = {.reader = reader, .batch = batch};
    for (size_t i = first_observation; i < batch->observations.count && !bodies.has_failed; i++) {
        struct pb_observation *observation =
            &PB_VECTOR_AT(struct pb_observation, &batch->observations, i);
        if (observation->bodies != NULL)
            read_observation(&bodies, observation);
    }
    pb_vector_release(&bodies.links);
    return bodies.has_failed ? PB_FAILED_MEMORY : PB_OK;
}
