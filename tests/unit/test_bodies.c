/* SPDX-License-Identifier: MIT */
/* Chains that come again are read as at first, warnings included (run from the repository's top).
 */
#include "unit.h"
#include "audit/pipeline.h"
#include "json/document.h"

static const char *const files[] = {
    "alone",          "both",  "good",       "impostor", "md5",         "none",
    "other-spelling", "P-256", "root-alone", "shuffled", "with-itself", "wrong-kind",
};
#define FILES (sizeof files / sizeof files[0])

/* What is made of each of the files' text. */
enum spelling {
    AS_IT_IS,
    WITH_CRLF,
    ONE_LETTER_CHANGED, /* which damages a certificate */
    ONE_CHARACTER_LOST, /* which damages the base64 */
    WITH_A_KEY_BEHIND,
    NO_PEM,
    SPELLINGS,
};

struct run {
    struct prebleed_audit audit;
    struct pb_item_reader reader;
    struct pb_batch batch;
};

static void run_open(struct run *run)
{
    *run = (struct run){.audit = {.limits = PB_LIMITS_DEFAULT, .parameters.rules = UINT64_MAX}};
    assert_int_equal(pb_item_reader_init(&run->reader, &run->audit), PB_OK);
}

static void run_close(struct run *run)
{
    pb_item_reader_release(&run->reader);
    pb_batch_release(&run->batch);
}

static void append_byte(struct pb_buffer *json, char byte)
{
    if (byte == '\n')
        pb_buffer_append_string(json, "\\n");
    else
        pb_buffer_append_byte(json, byte);
}

static void append_chain(struct pb_buffer *json, const char *file, enum spelling spelling)
{
    char path[64], text[16384];

    snprintf(path, sizeof path, "testdata/chains/chain-%s.pem", file);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    size_t size = fread(text, 1, sizeof text, stream);
    fclose(stream);
    assert_in_range(size, 0, sizeof text - 1);
    for (size_t i = spelling == NO_PEM ? 200 : 0; i < size && (spelling != NO_PEM || i < 260);
         i++) {
        if (spelling == WITH_CRLF && text[i] == '\n')
            pb_buffer_append_string(json, "\\r");
        if (spelling == ONE_LETTER_CHANGED && i == 200)
            text[i] = text[i] == 'A' ? 'B' : 'A';
        if (spelling != ONE_CHARACTER_LOST || i != 200)
            append_byte(json, text[i]);
    }
    if (spelling == WITH_A_KEY_BEHIND)
        pb_buffer_append_string(json, "-----BEGIN KEY-----\\nMAA=\\n-----END KEY-----\\n");
}

/* The leaf of all chains, and one of them. */
static void make_document(struct pb_buffer *json, const char *file, enum spelling spelling)
{
    pb_buffer_clear(json);
    pb_buffer_append_string(json, "{\"ServerCertificate\": {\"CertificateBody\": \"");
    append_chain(json, "alone", AS_IT_IS);
    pb_buffer_append_string(json, "\", \"CertificateChain\": \"");
    append_chain(json, file, spelling);
    pb_buffer_append_string(json,
                            "\", \"ServerCertificateMetadata\": {\"ServerCertificateName\": "
                            "\"shop\", \"ServerCertificateId\": \"ASCAEXAMPLE0000000001\"}}}");
}

static const struct pb_observation *read_document(struct run *run, const struct pb_buffer *json)
{
    const struct pb_item item = {
        .path = PB_SLICE("cert.json"), .content = pb_buffer_slice(json), .status = PB_ENTRY_USED};
    size_t index = run->batch.observations.count;

    assert_int_equal(pb_item_read(&run->reader, &item, &run->batch), PB_OK);
    assert_int_equal(run->batch.observations.count, index + 1);
    return &PB_VECTOR_AT(const struct pb_observation, &run->batch.observations, index);
}

static void expect_same_chain(const struct pb_bodies *one, const struct pb_bodies *other)
{
    assert_int_equal(one->chain_check, other->chain_check);
    assert_int_equal(one->chain_count, other->chain_count);
    for (size_t i = 0; i < one->chain_count; i++) {
        assert_memory_equal(one->chain[i]->sha256, other->chain[i]->sha256, 32);
        assert_int_equal(one->chain[i]->is_self_signed, other->chain[i]->is_self_signed);
        assert_true(pb_slice_equals(one->chain[i]->subject, other->chain[i]->subject));
    }
}

/* The last diagnostics of one, and all of the other's. */
static void expect_same_warnings(const struct pb_vector *one, size_t first,
                                 const struct pb_vector *other)
{
    assert_int_equal(one->count - first, other->count);
    for (size_t i = 0; i < other->count; i++) {
        const struct pb_diagnostic *a = &PB_VECTOR_AT(const struct pb_diagnostic, one, first + i);
        const struct pb_diagnostic *b = &PB_VECTOR_AT(const struct pb_diagnostic, other, i);
        assert_string_equal(a->code, b->code);
        assert_true(pb_slice_equals(a->message, b->message));
    }
}

static size_t count_code(const struct pb_vector *diagnostics, const char *code)
{
    size_t count = 0;

    for (size_t i = 0; i < diagnostics->count; i++)
        count += strcmp(PB_VECTOR_AT(const struct pb_diagnostic, diagnostics, i).code, code) == 0;
    return count;
}

static void a_chain_is_read_every_time_as_at_first(void **state)
{
    struct run run, fresh;
    struct pb_buffer json = {0};
    size_t warnings = 0;

    (void)state;
    run_open(&run);
    for (size_t i = 0; i < 3 * FILES * SPELLINGS; i++) {
        size_t first = run.batch.diagnostics.items.count;
        make_document(&json, files[i / SPELLINGS % FILES], i % SPELLINGS);
        run_open(&fresh);
        const struct pb_observation *one = read_document(&run, &json);
        const struct pb_observation *other = read_document(&fresh, &json);
        expect_same_chain(one->bodies, other->bodies);
        expect_same_warnings(&run.batch.diagnostics.items, first, &fresh.batch.diagnostics.items);
        warnings += fresh.batch.diagnostics.items.count;
        run_close(&fresh);
    }
    assert_true(warnings > FILES);
    run_close(&run);
    pb_buffer_release(&json);
}

/* Whatever the ceiling is: below what is needed it is told once, and from there on never. */
static void a_ceiling_of_signatures_cuts_a_known_chain_as_a_new_one(void **state)
{
    struct run run, fresh;
    struct pb_buffer json = {0};
    size_t cut = 0;

    (void)state;
    run_open(&run);
    for (size_t i = 0; i < 3 * FILES; i++) {
        make_document(&json, files[i % FILES], AS_IT_IS);
        for (uint64_t most = 0, told = 1; told > 0; most++) {
            size_t first = run.batch.diagnostics.items.count;
            run_open(&fresh);
            run.audit.limits.signatures = fresh.audit.limits.signatures = most;
            const struct pb_observation *one = read_document(&run, &json);
            const struct pb_observation *other = read_document(&fresh, &json);
            expect_same_chain(one->bodies, other->bodies);
            expect_same_warnings(&run.batch.diagnostics.items, first,
                                 &fresh.batch.diagnostics.items);
            told = pb_x509_cache_computed(fresh.reader.cache) > most;
            assert_int_equal(pb_x509_cache_computed(run.reader.cache),
                             pb_x509_cache_computed(fresh.reader.cache));
            assert_int_equal(count_code(&fresh.batch.diagnostics.items, "limit-signatures"), told);
            assert_true(!told || other->bodies->chain_check != PB_CHAIN_UNRELATED);
            cut += told;
            run_close(&fresh);
        }
    }
    assert_true(cut > FILES);
    run_close(&run);
    pb_buffer_release(&json);
}

/* Their sum does not depend on who reads what: at the ceiling the run succeeds, above it fails. */
static void signatures_of_a_run_have_a_ceiling(void **state)
{
    enum { ITEMS = 600 };
    struct prebleed_parameters parameters;
    struct prebleed_audit *audit;
    struct pb_buffer json = {0};
    struct run run;

    (void)state;
    run_open(&run);
    make_document(&json, "P-256", AS_IT_IS);
    read_document(&run, &json);
    assert_in_range(run.reader.signatures, 10, 100);
    prebleed_parameters_init(&parameters);
    for (unsigned i = 0; i < 4; i++) {
        struct prebleed_error error = {0};
        unsigned above = i % 2;
        parameters.jobs = i < 2 ? 1 : 4;
        assert_int_equal(prebleed_audit_new(&parameters, &audit, NULL), PREBLEED_OK);
        audit->limits.signatures_of_run = ITEMS * run.reader.signatures - above;
        for (size_t k = 0; k < ITEMS; k++)
            assert_int_equal(prebleed_audit_add(audit, PREBLEED_BUFFER, "cert.json", json.data,
                                                json.size_bytes, NULL),
                             PREBLEED_OK);
        assert_int_equal(prebleed_audit_run(audit, &error),
                         above ? PREBLEED_FAILED_INPUT : PREBLEED_OK);
        assert_int_equal(strstr(error.message, "signatures") != NULL, above);
        prebleed_audit_free(audit);
    }
    run_close(&run);
    pb_buffer_release(&json);
}

/* They take as long, even those that cannot be read. */
static void private_keys_count_as_signatures(void **state)
{
    struct run run;
    const struct pb_item item = {.path = PB_SLICE("key.pem"),
                                 .content = PB_SLICE("-----BEGIN PRIVATE KEY-----\nMIIC\n"
                                                     "-----END PRIVATE KEY-----\n"),
                                 .status = PB_ENTRY_USED};

    (void)state;
    run_open(&run);
    assert_int_equal(pb_item_read(&run.reader, &item, &run.batch), PB_OK);
    assert_int_equal(run.reader.signatures, PB_COST_OF_PRIVATE_KEY);
    run_close(&run);
}

/* Which tells that it was not read again. */
static void a_chain_that_comes_again_has_the_same_facts(void **state)
{
    struct run run;
    struct pb_buffer json = {0};

    (void)state;
    run_open(&run);
    make_document(&json, "good", AS_IT_IS);
    const struct pb_x509_facts *facts = read_document(&run, &json)->bodies->chain[0];
    assert_ptr_equal(read_document(&run, &json)->bodies->chain[0], facts);
    run_close(&run);
    pb_buffer_release(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_is_read_every_time_as_at_first),
        cmocka_unit_test(a_ceiling_of_signatures_cuts_a_known_chain_as_a_new_one),
        cmocka_unit_test(signatures_of_a_run_have_a_ceiling),
        cmocka_unit_test(private_keys_count_as_signatures),
        cmocka_unit_test(a_chain_that_comes_again_has_the_same_facts),
    };

    pb_json_prepare();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
