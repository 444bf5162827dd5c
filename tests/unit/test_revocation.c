/* SPDX-License-Identifier: MIT */
/* What revocation lists say of certificates, and when not-revoked speaks (run from the repository's
 * top). */
#include "evidence_builder.h"

#include "rules/rules.h"
#include "x509/x509.h"

#define OLD "2013-06-12T16:46:59Z"
#define NEW "2015-06-12T16:46:59Z"
#define SHOP ARN(ACCOUNT_1, "shop")
#define ISSUER "CN=Example Issuing CA,O=Example Trust"
#define ID_1 "ASCAEXAMPLE0000000001"
#define ID_2 "ASCAEXAMPLE0000000002"

#define BODY(number, digits)                                                                       \
    {                                                                                              \
        .sha256 = {number}, .serial = {digits, sizeof(digits) - 1},                                \
        .issuer = {ISSUER, sizeof ISSUER - 1}, .not_before = {1356998400, 0}, .not_after = {       \
            1451606400,                                                                            \
            0                                                                                      \
        }                                                                                          \
    }
/* 2013-01-01 to 2016-01-01; crl-full of 2014-06-01 lists 1002. */
static const struct pb_x509_facts good = BODY(1, "1001");
static const struct pb_x509_facts other = BODY(2, "1009");
static const struct pb_x509_facts listed = BODY(3, "1002");
static const struct pb_x509_facts stranger = {.sha256 = {4}, .issuer = {"CN=Other", 8}};

struct run {
    struct pb_inventory inventory;
    struct pb_judgement judgement;
};

static void add_list(struct pb_crls *crls, const char *name)
{
    static char bytes[65536];
    char path[128];

    snprintf(path, sizeof path, "testdata/chains/crl-%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct pb_slice text = {bytes, fread(bytes, 1, sizeof bytes, file)};
    fclose(file);
    assert_int_equal(pb_crls_add(crls, pb_slice_from_string(name), text, NULL), PB_OK);
}

static void judge(struct run *run, struct pb_batch *batch, const struct pb_crls *crls)
{
    struct pb_parameters parameters = {.cutoff = PB_CUTOFF_IAM_033};

    /* In place: its diagnostics point to its own arena. */
    assert_int_equal(pb_inventory_build(&run->inventory, batch, NO_END), PB_OK);
    pb_batch_release(batch);
    parameters.rules = UINT64_C(1) << PB_RULE_NOT_REVOKED;
    assert_int_equal(pb_judge(&run->inventory, crls, &parameters, &run->judgement), PB_OK);
}

static void judge_rows(struct run *run, const struct row *rows, size_t count, const char *name)
{
    struct pb_batch batch = {0};
    struct pb_crls crls = {0};

    add_list(&crls, name);
    add_rows(&batch, rows, count);
    judge(run, &batch, &crls);
    pb_crls_release(&crls);
}

static void release(struct run *run)
{
    pb_judgement_release(&run->judgement);
    pb_inventory_release(&run->inventory);
}

static size_t count_findings(const struct row *rows, size_t count)
{
    struct run run;

    judge_rows(&run, rows, count, "full.der");
    size_t findings = run.judgement.findings.items.count;
    release(&run);
    return findings;
}

#define GET(...)                                                                                   \
    {                                                                                              \
        .path = "shop.json", .name = "shop", .id = ID_1, .arn = SHOP, .kind = PB_RECORD_GET,       \
        __VA_ARGS__                                                                                \
    }
#define LATER(...)                                                                                 \
    {                                                                                              \
        .path = "later.json", .name = "shop", .id = ID_2, .arn = SHOP, .kind = PB_RECORD_GET,      \
        __VA_ARGS__                                                                                \
    }

static void a_vulnerable_one_needs_to_be_revoked_and_a_clear_one_need_not(void **state)
{
    const struct row clear = GET(.upload = NEW, .body = &good);
    const struct row vulnerable = GET(.upload = OLD, .body = &good);
    const struct row revoked = GET(.upload = OLD, .body = &listed);

    (void)state;
    assert_int_equal(count_findings(&clear, 1), 0);
    assert_int_equal(count_findings(&vulnerable, 1), 1);
    assert_int_equal(count_findings(&revoked, 1), 0);
}

static void one_without_a_body_or_of_another_issuer_is_not_looked_up(void **state)
{
    const struct row rows[] = {GET(.upload = OLD), LATER(.upload = OLD, .body = &stranger)};
    struct run run;

    (void)state;
    judge_rows(&run, rows, 2, "full.der");
    assert_int_equal(run.judgement.findings.items.count, 0);
    assert_null(pb_inventory_certificate(&run.inventory, 0)->revocation);
    assert_null(pb_inventory_certificate(&run.inventory, 1)->revocation);
    assert_true(has_note(&run.inventory, "crl-unused"));
    release(&run);
}

static void a_later_upload_of_the_name_replaces_the_earlier(void **state)
{
    const struct row rows[] = {GET(.upload = "2014-10-01T00:00:00Z", .body = &good),
                               LATER(.upload = NEW, .body = &other)};
    struct run run;

    (void)state;
    judge_rows(&run, rows, 2, "full.der");
    assert_int_equal(run.judgement.findings.items.count, 1);
    const struct pb_finding *finding =
        &PB_VECTOR_AT(const struct pb_finding, &run.judgement.findings.items, 0);
    assert_true(pb_slice_equals(pb_inventory_certificate(&run.inventory, finding->certificate)->id,
                                PB_SLICE(ID_1)));
    assert_true(pb_slice_starts_with(finding->message, PB_SLICE("replaced under its name")));
    release(&run);
}

static void the_same_body_or_another_account_or_name_replaces_nothing(void **state)
{
    const struct row same[] = {GET(.upload = "2014-10-01T00:00:00Z", .body = &good),
                               LATER(.upload = NEW, .body = &good)};
    const struct row foreign[] = {
        GET(.upload = "2014-10-01T00:00:00Z", .body = &good),
        {.path = "b.json",
         .name = "shop",
         .arn = ARN(ACCOUNT_2, "shop"),
         .kind = PB_RECORD_GET,
         .upload = NEW,
         .body = &other},
        {.path = "c.json",
         .name = "shop2",
         .arn = ARN(ACCOUNT_1, "shop2"),
         .kind = PB_RECORD_GET,
         .upload = NEW,
         .body = &other},
    };

    (void)state;
    assert_int_equal(count_findings(same, 2), 0);
    assert_int_equal(count_findings(foreign, 3), 0);
}

static void a_deleted_one_needs_to_be_revoked(void **state)
{
    const struct row get = GET(.upload = NEW, .body = &good);
    const struct row event = {
        .path = "trail.json", .name = "shop", .kind = PB_RECORD_EVENT, .arn = SHOP};
    const struct pb_particulars particulars = {.event = PB_EVENT_DELETE,
                                               .event_time = date_of("2015-10-01T00:00:00Z")};
    struct pb_batch batch = {0};
    struct pb_crls crls = {0};
    struct run run;

    (void)state;
    add_list(&crls, "full.pem");
    add_rows(&batch, &get, 1);
    add_rows(&batch, &event, 1);
    PB_VECTOR_AT(struct pb_observation, &batch.observations, 1).particulars = &particulars;
    judge(&run, &batch, &crls);
    assert_int_equal(run.judgement.findings.items.count, 1);
    assert_true(pb_slice_starts_with(
        PB_VECTOR_AT(const struct pb_finding, &run.judgement.findings.items, 0).message,
        PB_SLICE("deleted, but not revoked")));
    release(&run);
    pb_crls_release(&crls);
}

/* Whatever the order in which they are given: crl-late proves nothing, of crl-empty (May) and
 * crl-full (June) the later one counts. */
static void the_newest_list_that_proves_something_counts(void **state)
{
    static const char *const orders[][3] = {{"empty.der", "full.der", "late.der"},
                                            {"late.der", "full.der", "empty.der"}};
    const struct row rows[] = {GET(.upload = OLD, .body = &good),
                               LATER(.upload = OLD, .body = &listed)};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct pb_batch batch = {0};
        struct pb_crls crls = {0};
        struct run run;
        for (size_t k = 0; k < 3; k++)
            add_list(&crls, orders[i][k]);
        add_rows(&batch, rows, 2);
        judge(&run, &batch, &crls);
        const struct pb_revocation *first = pb_inventory_certificate(&run.inventory, 0)->revocation;
        const struct pb_revocation *second =
            pb_inventory_certificate(&run.inventory, 1)->revocation;
        assert_int_equal(first->status, PB_REVOCATION_NOT_REVOKED);
        assert_true(pb_slice_equals(first->crl, PB_SLICE("full.der")));
        /* Listed in a CRL from after its end, which is where RFC 5280 says to keep it once. */
        assert_int_equal(second->status, PB_REVOCATION_REVOKED);
        assert_true(pb_slice_equals(second->crl, PB_SLICE("late.der")));
        assert_string_equal(second->entry.reason, "keyCompromise");
        release(&run);
        pb_crls_release(&crls);
    }
}

static void what_proves_nothing_is_unknown_and_says_why(void **state)
{
    static const struct {
        const char *list, *words;
    } cases[] = {{"late.der", "from after its NotAfter"},
                 {"partial.der", "one distribution point alone"}};
    const struct row rows[] = {GET(.upload = OLD, .body = &good)};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct run run;
        judge_rows(&run, rows, 1, cases[i].list);
        const struct pb_revocation *found = pb_inventory_certificate(&run.inventory, 0)->revocation;
        assert_int_equal(found->status, PB_REVOCATION_UNKNOWN);
        assert_non_null(strstr(found->detail, cases[i].words));
        assert_int_equal(run.judgement.findings.items.count, 0);
        release(&run);
    }
}

static void a_key_of_the_name_that_cannot_verify_the_list_voids_it(void **state)
{
    const struct row rows[] = {GET(.upload = OLD, .body = &listed)};
    struct pb_batch batch = {0};
    struct pb_crls crls = {0};
    struct run run;

    (void)state;
    add_list(&crls, "full.der");
    add_rows(&batch, rows, 1);
    struct pb_issuer_key *key = pb_vector_push(&batch.issuer_keys, sizeof *key);
    assert_non_null(key);
    *key = (struct pb_issuer_key){.name = PB_SLICE(ISSUER),
                                  .public_key = PB_SLICE("no key"),
                                  .spki_sha256 = good.key.spki_sha256};
    judge(&run, &batch, &crls);
    assert_true(has_note(&run.inventory, "crl-not-verified"));
    assert_int_equal(pb_inventory_certificate(&run.inventory, 0)->revocation->status,
                     PB_REVOCATION_UNKNOWN);
    release(&run);
    pb_crls_release(&crls);
}

/* The SubjectPublicKeyInfo of the CA that signed the lists: second in a chain. */
static struct pb_slice read_ca_key(struct pb_arena *arena)
{
    static char text[16384];
    FILE *file = fopen("testdata/chains/chain-good.pem", "rb");
    struct pb_pem_reader reader = {.text = {text, 0}};
    struct pb_pem_block block;

    assert_non_null(file);
    reader.text.size_bytes = fread(text, 1, sizeof text, file);
    fclose(file);
    for (size_t i = 0; i < 2; i++) {
        pb_pem_next(&reader, arena, &block);
        assert_null(block.reason);
    }
    return pb_x509_public_key(block.der);
}

/* Keys under the name of the CA, its own last. */
static void add_keys(struct pb_batch *batch, size_t strangers, struct pb_slice ca_key)
{
    for (size_t i = 0; i <= strangers; i++) {
        struct pb_issuer_key *key = pb_vector_push(&batch->issuer_keys, sizeof *key);
        unsigned char *digest = pb_arena_allocate(&batch->arena, 32);
        assert_true(key != NULL && digest != NULL);
        memset(digest, 0, 32);
        digest[0] = (unsigned char)(i >> 8);
        digest[1] = (unsigned char)i;
        *key = (struct pb_issuer_key){.name = PB_SLICE(ISSUER),
                                      .public_key = i < strangers ? PB_SLICE("no key") : ca_key,
                                      .spki_sha256 = digest};
    }
}

static void the_key_of_a_list_is_found_among_many_of_its_name(void **state)
{
    static const struct {
        size_t strangers;
        enum pb_revocation_status status;
        bool is_cut;
    } cases[] = {{17, PB_REVOCATION_REVOKED, false},
                 {4000, PB_REVOCATION_REVOKED, false},
                 {5000, PB_REVOCATION_UNKNOWN, true}};
    const struct row rows[] = {GET(.upload = OLD, .body = &listed)};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_arena arena = {0};
        struct pb_batch batch = {0};
        struct pb_crls crls = {0};
        struct run run;
        add_list(&crls, "full.der");
        add_rows(&batch, rows, 1);
        add_keys(&batch, cases[i].strangers, read_ca_key(&arena));
        judge(&run, &batch, &crls);
        assert_int_equal(pb_inventory_certificate(&run.inventory, 0)->revocation->status,
                         cases[i].status);
        assert_int_equal(has_note(&run.inventory, "crl-keys"), cases[i].is_cut);
        if (!cases[i].is_cut)
            assert_non_null(strstr(pb_inventory_certificate(&run.inventory, 0)->revocation->detail,
                                   "no chain tells which of them signed this certificate"));
        release(&run);
        pb_crls_release(&crls);
        pb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vulnerable_one_needs_to_be_revoked_and_a_clear_one_need_not),
        cmocka_unit_test(one_without_a_body_or_of_another_issuer_is_not_looked_up),
        cmocka_unit_test(a_later_upload_of_the_name_replaces_the_earlier),
        cmocka_unit_test(the_same_body_or_another_account_or_name_replaces_nothing),
        cmocka_unit_test(a_deleted_one_needs_to_be_revoked),
        cmocka_unit_test(the_newest_list_that_proves_something_counts),
        cmocka_unit_test(what_proves_nothing_is_unknown_and_says_why),
        cmocka_unit_test(a_key_of_the_name_that_cannot_verify_the_list_voids_it),
        cmocka_unit_test(the_key_of_a_list_is_found_among_many_of_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
