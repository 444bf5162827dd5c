/* SPDX-License-Identifier: MIT */
#include "stages.h"

#include <jansson.h>
#include <openssl/x509.h>

#include "aws/read.h"
#include "evidence/archive.h"
#include "evidence/digest.h"
#include "evidence/stream.h"
#include "evidence/text.h"
#include "json/document.h"
#include "x509/cache.h"
#include "x509/chain.h"
#include "x509/hash.h"
#include "x509/known_chains.h"
#include "x509/lean.h"
#include "x509/pem.h"

/* Full decoding takes its time: every row that does it looks at this many at most. */
#define SOME_CERTIFICATES 2000

static size_t count_of(const struct pb_vector *vector)
{
    return vector->count;
}

static struct pb_slice text_at(const struct pb_vector *vector, size_t index)
{
    return PB_VECTOR_AT(struct pb_slice, vector, index);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static uint64_t drain(struct pb_stream *stream)
{
    struct pb_slice block;
    uint64_t size = 0;

    while (expect(pb_stream_next(stream, &block) == PB_OK, "stream"), block.size_bytes > 0)
        size += block.size_bytes;
    return size;
}

static struct amount read_file(const struct workload *workload)
{
    struct pb_arena arena = {NULL};
    uint64_t size = workload_read_file(&arena, workload->path).size_bytes;

    pb_arena_release(&arena);
    return (struct amount){count_of(&workload->items), size};
}

static struct amount inflate(const struct workload *workload)
{
    struct pb_stream *memory, *gzip;
    struct pb_checksums checksums;
    struct pb_budget budget;

    pb_budget_init(&budget, &workload->limits);
    pb_checksums_init(&checksums);
    expect(pb_memory_stream_new(workload->archive, &memory) == PB_OK, "memory");
    expect(pb_gzip_stream_new(memory, &budget, &checksums, &gzip) == PB_OK, "memory");
    uint64_t size = drain(gzip);
    pb_stream_free(gzip);
    pb_checksums_release(&checksums);
    return (struct amount){count_of(&workload->items), size};
}

static struct amount walk_tar(const struct workload *workload)
{
    struct amount amount = {0, 0};
    struct pb_stream *memory;
    struct pb_archive *archive;
    struct pb_budget budget;
    struct pb_member member;
    bool has_member;

    pb_budget_init(&budget, &workload->limits);
    expect(pb_memory_stream_new(workload->tar, &memory) == PB_OK, "memory");
    expect(pb_archive_new(PB_KIND_TAR, memory, NULL, NULL, &budget, &archive) == PB_OK, "memory");
    while (expect(pb_archive_next(archive, &member, &has_member) == PB_OK, "tar"), has_member) {
        amount.bytes += drain(member.content);
        amount.items++;
    }
    pb_archive_free(archive);
    pb_stream_free(memory);
    return amount;
}

static struct amount digest_items(const struct workload *workload)
{
    struct amount amount = {count_of(&workload->items), 0};
    struct pb_digest *digest;
    unsigned char sha256[32];

    expect(pb_digest_new(&digest) == PB_OK, "memory");
    for (size_t i = 0; i < amount.items; i++) {
        pb_digest_update(digest, text_at(&workload->items, i));
        pb_digest_finish(digest, sha256);
        amount.bytes += text_at(&workload->items, i).size_bytes;
    }
    pb_digest_free(digest);
    return amount;
}

static struct amount decode_texts(const struct workload *workload)
{
    struct amount amount = {count_of(&workload->items), 0};
    enum pb_text_outcome outcome;
    struct pb_buffer storage;
    struct pb_slice text;

    pb_buffer_init(&storage, SIZE_MAX);
    for (size_t i = 0; i < amount.items; i++) {
        expect(pb_text_decode(text_at(&workload->items, i), &storage, &outcome, &text) == PB_OK,
               "text");
        amount.bytes += text.size_bytes;
    }
    pb_buffer_release(&storage);
    return amount;
}

/* On what is left of each file without its first field names, so that all of it is looked at. */
static struct amount scan_for_names(const struct workload *workload)
{
    struct amount amount = {count_of(&workload->items), 0};
    size_t found = 0;

    for (size_t i = 0; i < amount.items; i++) {
        struct pb_slice text = pb_slice_from(text_at(&workload->items, i), 700);
        found += pb_aws_may_be_evidence(text);
        amount.bytes += text.size_bytes;
    }
    expect(found <= amount.items, "scan");
    return amount;
}

static void use_document(const struct workload *workload, size_t index, bool reads_shape,
                         struct pb_batch *batch)
{
    const struct pb_aws_context context = {text_at(&workload->paths, index), false,
                                           &workload->limits};
    struct pb_json_reader reader = {.text = text_at(&workload->items, index),
                                    .limits = &workload->limits};
    struct pb_json_document document;
    enum pb_json_outcome outcome;
    enum pb_aws_outcome is_ours;
    const char *shape;

    expect(pb_json_next(&reader, &batch->diagnostics, &outcome, &document) == PB_OK, "JSON");
    if (reads_shape)
        expect(pb_aws_read(&document, &context, batch, &is_ours, &shape) == PB_OK, "shape");
    pb_json_document_release(&document);
}

static struct amount read_documents(const struct workload *workload, bool reads_shape)
{
    struct amount amount = {count_of(&workload->items), 0};
    struct pb_batch batch;

    pb_batch_init(&batch);
    for (size_t i = 0; i < amount.items; i++) {
        use_document(workload, i, reads_shape, &batch);
        amount.bytes += text_at(&workload->items, i).size_bytes;
    }
    pb_batch_release(&batch);
    return amount;
}

static struct amount parse_documents(const struct workload *workload)
{
    return read_documents(workload, false);
}

static struct amount parse_and_recognise(const struct workload *workload)
{
    return read_documents(workload, true);
}

static struct amount parse_with_jansson(const struct workload *workload)
{
    struct amount amount = {count_of(&workload->items), 0};

    for (size_t i = 0; i < amount.items; i++) {
        struct pb_slice text = text_at(&workload->items, i);
        json_t *root = json_loadb(text.data, text.size_bytes, JSON_REJECT_DUPLICATES, NULL);
        expect(root != NULL, "jansson");
        json_decref(root);
        amount.bytes += text.size_bytes;
    }
    return amount;
}

static uint64_t decode_blocks(struct pb_slice text)
{
    struct pb_pem_reader reader = {.text = text};
    struct pb_arena arena = {NULL};
    enum pb_pem_outcome outcome;
    struct pb_pem_block block;

    do
        expect(pb_pem_next(&reader, &arena, &outcome, &block) == PB_OK, "PEM");
    while (outcome == PB_PEM_BLOCK);
    pb_arena_release(&arena);
    return text.size_bytes;
}

static struct amount read_bodies(const struct workload *workload)
{
    struct amount amount = {count_of(&workload->bodies), 0};

    for (size_t i = 0; i < amount.items; i++)
        amount.bytes += decode_blocks(text_at(&workload->bodies, i));
    return amount;
}

static struct amount read_chains(const struct workload *workload)
{
    struct amount amount = {count_of(&workload->chains), 0};

    for (size_t i = 0; i < amount.items; i++)
        amount.bytes += decode_blocks(text_at(&workload->chains, i));
    return amount;
}

static struct amount find_chains(const struct workload *workload)
{
    const struct pb_chain_link link = {PB_SLICE("DER"), NULL};
    struct amount amount = {count_of(&workload->chains), 0};
    struct pb_known_chains *known;
    size_t count;

    expect(pb_known_chains_new(&known) == PB_OK, "memory");
    for (size_t i = 0; i < amount.items; i++) {
        struct pb_slice text = text_at(&workload->chains, i);
        if (pb_known_chains_find(known, text, &count) == NULL)
            expect(pb_known_chains_keep(known, text, &link, 1) == PB_OK, "memory");
        amount.bytes += text.size_bytes;
    }
    pb_known_chains_free(known);
    return amount;
}

static struct amount read_leanly(const struct workload *workload)
{
    struct amount amount = {count_of(&workload->leaves), 0};
    struct pb_lean lean = {.curves = {{NULL}, {NULL}, NULL}};
    const struct pb_x509_facts *facts;
    unsigned char sha256[32];

    for (size_t i = 0; i < amount.items; i++) {
        struct pb_slice der = text_at(&workload->leaves, i);
        struct pb_arena arena = {NULL};
        pb_hash_sha256(der, sha256);
        expect(pb_lean_read(&lean, der, sha256, &arena, &facts) == PB_OK && facts != NULL, "lean");
        amount.bytes += der.size_bytes;
        pb_arena_release(&arena);
    }
    pb_lean_release(&lean);
    return amount;
}

static struct amount read_issuers_cached(const struct workload *workload)
{
    struct amount amount = {count_of(&workload->issuers), 0};
    struct pb_arena arena = {NULL};
    struct pb_x509_cache *cache;
    const struct pb_x509_facts *facts;
    struct pb_slice reason;

    expect(pb_x509_cache_new(&cache) == PB_OK, "memory");
    for (size_t i = 0; i < amount.items; i++) {
        struct pb_slice der = text_at(&workload->issuers, i);
        expect(pb_x509_facts_read_cached(cache, der, &arena, &facts, &reason) == PB_OK, "cache");
        amount.bytes += der.size_bytes;
    }
    pb_x509_cache_free(cache);
    pb_arena_release(&arena);
    return amount;
}

static struct amount read_fully(const struct workload *workload)
{
    struct amount amount = {least(count_of(&workload->leaves), SOME_CERTIFICATES), 0};
    const struct pb_x509_facts *facts;
    struct pb_slice reason;

    for (size_t i = 0; i < amount.items; i++) {
        struct pb_slice der = text_at(&workload->leaves, i);
        struct pb_arena arena = {NULL};
        expect(pb_x509_facts_read(der, &arena, &facts, &reason) == PB_OK && facts != NULL, "full");
        amount.bytes += der.size_bytes;
        pb_arena_release(&arena);
    }
    return amount;
}

static struct amount decode_with_openssl(const struct workload *workload)
{
    struct amount amount = {least(count_of(&workload->leaves), SOME_CERTIFICATES), 0};

    for (size_t i = 0; i < amount.items; i++) {
        struct pb_slice der = text_at(&workload->leaves, i);
        const unsigned char *place = (const unsigned char *)der.data;
        X509 *certificate = d2i_X509(NULL, &place, (long)der.size_bytes);
        expect(certificate != NULL, "d2i_X509");
        X509_free(certificate);
        amount.bytes += der.size_bytes;
    }
    return amount;
}

static struct amount verify_chains(const struct workload *workload)
{
    struct amount amount = {least(count_of(&workload->leaves), SOME_CERTIFICATES), 0};
    struct pb_arena arena = {NULL};
    struct pb_chain_checker *checker;
    struct pb_x509_cache *cache;
    struct pb_slice reason;
    enum pb_chain outcome;

    expect(pb_x509_cache_new(&cache) == PB_OK && pb_chain_checker_new(&checker) == PB_OK, "memory");
    for (size_t i = 0; i < amount.items; i++) {
        struct pb_chain_link leaf = {text_at(&workload->leaves, i), NULL};
        struct pb_chain_link issuer = {text_at(&workload->issuers, i), NULL};
        pb_x509_facts_read_cached(cache, leaf.der, &arena, &leaf.facts, &reason);
        pb_x509_facts_read_cached(cache, issuer.der, &arena, &issuer.facts, &reason);
        expect(pb_chain_check(checker, &leaf, &issuer, 1, &outcome) == PB_OK, "memory");
        expect(outcome == PB_CHAIN_SIGNS, "a chain that signs its leaf");
        amount.bytes += leaf.der.size_bytes;
    }
    pb_chain_checker_free(checker);
    pb_x509_cache_free(cache);
    pb_arena_release(&arena);
    return amount;
}

const struct stage stages[] = {
    {"read the file", read_file},
    {"inflate, with CRC", inflate},
    {"walk the tar, copying nothing out", walk_tar},
    {"SHA-256 of items", digest_items},
    {"text as UTF-8", decode_texts},
    {"scan for field names, past the first 700 bytes", scan_for_names},
    {"parse JSON", parse_documents},
    {"parse JSON, recognise and read the shape", parse_and_recognise},
    {"for comparison: jansson's own json_loadb", parse_with_jansson},
    {"PEM and base64 of the body", read_bodies},
    {"the chain, known by its text", find_chains},
    {"for comparison: PEM and base64 of the chain", read_chains},
    {"facts of a leaf, lean, with its SHA-256", read_leanly},
    {"for comparison: facts of an issuer, by its digest", read_issuers_cached},
    {"for comparison: facts of a leaf, fully decoded", read_fully},
    {"for comparison: d2i_X509 alone", decode_with_openssl},
    {"facts of leaf and issuer, and the chain's signature", verify_chains},
};

const size_t stage_count = sizeof stages / sizeof stages[0];
