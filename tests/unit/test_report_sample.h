/* SPDX-License-Identifier: MIT */
/* Small inventories made by hand, as the stages before the report would leave them. */
#ifndef TEST_REPORT_SAMPLE_H
#define TEST_REPORT_SAMPLE_H

#include "unit.h"
#include "inventory/types.h"
#include "report/report.h"

#define S(literal) PB_SLICE(literal)

struct sample {
    struct pb_inventory inventory;
    struct pb_parameters parameters;
    struct pb_findings findings;
    struct pb_key_groups key_groups;
    struct pb_vector stand_ins; /* none */
    struct pb_summary summary;
    struct pb_result result;
    struct pb_x509_facts facts;
    struct pb_slice reason; /* of every account's coverage */
};

static inline struct pb_instant sample_instant(const char *text)
{
    struct pb_instant instant;

    assert_true(pb_instant_parse_rfc3339(pb_slice_from_string(text), &instant));
    return instant;
}

static inline struct pb_date sample_date(const char *text)
{
    struct pb_date date = {.state = PB_DATE_EXACT, .instant = sample_instant(text)};

    pb_date_spell(&date, pb_slice_from_string(text));
    return date;
}

static inline const struct pb_rule *sample_rule(const char *name)
{
    return pb_rule_find(pb_slice_from_string(name));
}

static inline void sample_init(struct sample *sample)
{
    *sample = (struct sample){0};
    sample->parameters = (struct pb_parameters){
        .cutoff = sample_instant("2014-04-01T00:00:00Z"),
        .as_of = sample_instant("2016-06-01T12:00:00Z"),
        .fail_on = PB_LEVEL_HIGH,
        .rules = UINT64_C(1) << PB_RULE_IAM_033,
    };
    sample->result = (struct pb_result){
        .inventory = &sample->inventory,
        .parameters = &sample->parameters,
        .findings = &sample->findings,
        .key_groups = &sample->key_groups,
        .stand_ins = &sample->stand_ins,
        .summary = &sample->summary,
        .version = "0.1.0",
    };
}

static inline void sample_release(struct sample *sample)
{
    pb_batch_release(&sample->inventory.evidence);
    pb_vector_release(&sample->inventory.accounts);
    pb_vector_release(&sample->inventory.certificates);
    pb_vector_release(&sample->inventory.gaps);
    pb_vector_release(&sample->findings.items);
    pb_arena_release(&sample->findings.arena);
    pb_key_groups_release(&sample->key_groups);
}

static inline void sample_line(struct sample *sample, const struct pb_entry *entry)
{
    struct pb_batch *batch = &sample->inventory.evidence;

    pb_diagnostics_begin_entry(&batch->diagnostics, (uint32_t)batch->entries.count);
    assert_int_equal(pb_batch_add_entry(&sample->inventory.evidence, entry), PB_OK);
}

static inline void sample_entry(struct sample *sample, struct pb_slice path,
                                enum pb_entry_status status)
{
    sample_line(sample, &(struct pb_entry){.path = path, .status = status});
}

static inline struct pb_account *sample_account(struct sample *sample, struct pb_slice id)
{
    struct pb_account *account = pb_vector_push(&sample->inventory.accounts, sizeof *account);

    assert_non_null(account);
    account->id = id;
    account->reasons = (struct pb_vector){.data = &sample->reason, .count = 1};
    account->first_certificate = (uint32_t)sample->inventory.certificates.count;
    return account;
}

/* A certificate of the last account, seen in the given line of the last entry. */
static inline struct pb_certificate *sample_certificate(struct sample *sample, struct pb_slice name,
                                                        uint32_t line)
{
    struct pb_inventory *inventory = &sample->inventory;
    struct pb_observation *observation =
        pb_arena_allocate(&inventory->evidence.arena, sizeof *observation);
    struct pb_certificate *certificate =
        pb_vector_push(&inventory->certificates, sizeof *certificate);
    uint32_t account = (uint32_t)inventory->accounts.count - 1;

    assert_true(observation != NULL && certificate != NULL);
    *observation = (struct pb_observation){
        .entry = (uint32_t)inventory->evidence.entries.count - 1,
        .line = line,
        .shape = "iam.list-server-certificates",
        .pointer = S("/ServerCertificateMetadataList/0"),
        .name = name,
    };
    *certificate = (struct pb_certificate){
        .account = account,
        .observations = observation,
        .observation_count = 1,
        .name = name,
    };
    inventory->has_list_evidence = true;
    PB_VECTOR_AT(struct pb_account, &inventory->accounts, account).certificate_count++;
    PB_VECTOR_AT(struct pb_account, &inventory->accounts, account).all_certificate_count++;
    return certificate;
}

static inline struct pb_finding *sample_finding(struct sample *sample, const char *rule,
                                                uint32_t certificate, struct pb_slice message)
{
    struct pb_finding *finding = pb_vector_push(&sample->findings.items, sizeof *finding);

    assert_non_null(finding);
    *finding = (struct pb_finding){
        .rule = sample_rule(rule),
        .account = PB_NO_INDEX,
        .certificate = certificate,
        .entry = PB_NO_INDEX,
        .message = message,
    };
    if (certificate != PB_NO_INDEX)
        finding->account = pb_inventory_certificate(&sample->inventory, certificate)->account;
    return finding;
}

static inline void sample_judge(struct pb_certificate *certificate, enum pb_verdict verdict,
                                const char *upload_date)
{
    certificate->verdict = verdict;
    certificate->basis = PB_BASIS_UPLOAD_DATE;
    certificate->upload_date = sample_date(upload_date);
}

/* The summary of what the sample holds now, in words that no golden text shares with the rules. */
static inline void sample_sum_up(struct sample *sample)
{
    for (size_t i = 0; i < sample->inventory.certificates.count; i++) {
        const struct pb_certificate *one = pb_inventory_certificate(&sample->inventory, i);
        PB_VECTOR_AT(struct pb_account, &sample->inventory.accounts, one->account)
            .verdicts[one->verdict]++;
    }
    pb_key_groups_release(&sample->key_groups);
    assert_int_equal(pb_key_groups_make(&sample->key_groups, &sample->inventory, NULL), PB_OK);
    pb_summary_make(&sample->inventory, &sample->parameters, &sample->findings, &sample->summary);
    pb_findings_link(&sample->findings, &sample->inventory);
    if (sample->summary.inconclusive_because != NULL)
        sample->summary.inconclusive_because = "the sample is no evidence";
}

static inline struct pb_x509_facts sample_facts(void)
{
    struct pb_x509_facts facts = {
        .subject = S("CN=www.example.com,O=Example Shop,C=US"),
        .issuer = S("CN=Example Class 3 Secure Server CA - G4,OU=Terms of use at "
                    "https://ca.example/rpa (c)10,O=Example Trust Network\\, Inc.,C=US"),
        .serial = S("0A1B2C3D"),
        .not_before = sample_instant("2013-05-01T00:00:00Z"),
        .not_after = sample_instant("2016-05-02T23:59:59Z"),
        .key = {.algorithm = S("RSA"), .bits = 2048, .exponent = S("65537")},
        .signature_algorithm = S("sha1WithRSAEncryption"),
    };

    memset(facts.sha256, 0xAB, sizeof facts.sha256);
    memset(facts.sha1, 0xCD, sizeof facts.sha1);
    memset(facts.key.spki_sha256, 0xEF, sizeof facts.key.spki_sha256);
    memset(facts.key.identity, 0xEF, sizeof facts.key.identity);
    return facts;
}

/* One account, a certificate of every verdict, and something to say of everything. */
static inline void sample_fill(struct sample *sample)
{
    struct pb_diagnostics *diagnostics = &sample->inventory.evidence.diagnostics;
    struct pb_diagnostic *added;

    sample->facts = sample_facts();
    sample->reason = S("the account summary counts 5 server certificates, 4 were seen");
    sample_entry(sample, S("b.tar"), PB_ENTRY_CONTAINER);
    sample_entry(sample, S("b.tar!/111122223333/list.json"), PB_ENTRY_USED);
    added = pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "json-repaired",
                               "a raw line break inside a string was escaped");
    added->line = 3;
    sample_account(sample, S("111122223333"))->coverage = PB_COVERAGE_INCOMPLETE;
    struct pb_certificate *certificate = sample_certificate(sample, S("Checkout"), 31);
    sample_judge(certificate, PB_VERDICT_CLEAR, "2015-01-09T08:00:00Z");
    certificate->body = &sample->facts;
    certificate = sample_certificate(sample, S("Frontend"), 12);
    sample_judge(certificate, PB_VERDICT_VULNERABLE, "2014-03-24T21:11:59.068Z");
    certificate->path = S("/cloudfront/");
    certificate->body = &sample->facts;
    certificate = sample_certificate(sample, S("legacy-api"), 0);
    certificate->verdict = PB_VERDICT_UNDETERMINED;
    certificate->reason = "no-upload-date";
    struct pb_gap *gap = pb_vector_push(&sample->inventory.gaps, sizeof *gap);
    assert_non_null(gap);
    *gap = (struct pb_gap){
        .certificate = PB_NO_INDEX,
        .entry = PB_NO_INDEX,
        .message = S("elb/prod-web:443 uses shop-2012, which is not in the evidence"),
    };
    sample_line(sample, &(struct pb_entry){.path = S("b.tar!/222233334444/list.json"),
                                           .status = PB_ENTRY_UNREADABLE,
                                           .detail = S("cut off inside the document")});
    sample_finding(sample, "IAM-033", 1, S("uploaded 7 days before the cutoff"));
    sample_finding(sample, "key-reuse", 0, S("the same public key as Frontend"));
    sample_finding(sample, "private-key-in-evidence", PB_NO_INDEX, S("a PEM private key"))->entry =
        1;
    sample_finding(sample, "undetermined", 2, S("no date"));
    sample_finding(sample, "coverage-gap", PB_NO_INDEX, gap->message)->account = 0;
    sample_sum_up(sample);
}

/* Names and paths that nobody should have, each meant to break something. */
static inline void sample_fill_hostile(struct sample *sample)
{
    static char long_name[300];
    const struct pb_slice names[] = {
        S("\033[31mred\a\n"),     S("abc\u202Etxt.exe"),
        S("not utf-8 \xFF\xC3("), S("quote \" ' \\ $(id) `"),
        S("--no-verify-ssl"),     {long_name, sizeof long_name},
        PB_SLICE_ABSENT,          S(""),
    };

    memset(long_name, 'n', sizeof long_name);
    sample->reason = S("reason \033[2J with \xFE");
    sample_entry(sample, S("dir\\with\nnewline/\xFF\u202E.json"), PB_ENTRY_USED);
    sample_account(sample, PB_SLICE_ABSENT)->folder = S("fol\tder");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        sample_judge(sample_certificate(sample, names[i], 1), PB_VERDICT_VULNERABLE,
                     "2014-03-31T23:59:59.5Z");
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++)
        sample_finding(sample, "IAM-033", i, S("message \033[31m \xFF"));
    sample_sum_up(sample);
}

static inline bool sample_collect(void *context, const char *bytes, size_t size_bytes)
{
    pb_buffer_append(context, (struct pb_slice){bytes, size_bytes});
    return true;
}

/* The report of a sample, NUL-terminated; release the buffer. */
static inline void sample_write(struct sample *sample, const char *format,
                                struct prebleed_report_options options, struct pb_buffer *out)
{

    *out = (struct pb_buffer){0};
    assert_int_equal(pb_report_write(pb_report_format_find(format), &sample->result, &options,
                                     sample_collect, out),
                     PB_OK);
    pb_buffer_append_byte(out, '\0');
    assert_false(out->has_failed);
}

#endif
