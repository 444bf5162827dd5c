/* SPDX-License-Identifier: MIT */
/* Hostile text in every place of the html report. Its form and what it says are held by
 * tests/html_reports.py. */
#include "test_report_sample.h"

#include <stdio.h>

#include "rules/baseline.h"
#include "rules/waivers.h"

#define HOSTILE "<b id=\"x\" class='y'>&\x1B[1m\xE2\x80\xAE\xFF"
#define ESCAPED "&lt;b id=&quot;x&quot; class=&#39;y&#39;&gt;&amp;\\x1b[1m\\xe2\\x80\\xae\\xff"

static const struct pb_report_options plain = {0};

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

/* One of everything that a report can quote. */
struct quoted {
    struct sample sample;
    struct pb_slice texts[1];
    struct pb_tag tag;
    struct pb_extras extras;
    struct pb_x509_facts facts;
    const struct pb_x509_facts *chain[1];
    struct pb_revocation revocation;
    struct pb_waiver waiver;
    struct pb_former_finding former;
    struct pb_statement carried, resolved;
};

static void quote_in_facts(struct quoted *quoted)
{
    quoted->facts = sample_facts();
    quoted->facts.subject = S("subject " HOSTILE);
    quoted->facts.issuer = S("issuer " HOSTILE);
    quoted->facts.serial = S("serial " HOSTILE);
    quoted->facts.signature_algorithm = S("signature " HOSTILE);
    quoted->facts.key.algorithm = S("algorithm " HOSTILE);
    quoted->facts.key.curve = S("curve " HOSTILE);
    quoted->facts.key.exponent = S("exponent " HOSTILE);
    quoted->facts.alternative_names = quoted->texts;
    quoted->facts.alternative_name_count = 1;
}

static void quote_in_certificate(struct quoted *quoted)
{
    struct pb_certificate *certificate = sample_certificate(&quoted->sample, S("name " HOSTILE), 0);
    struct pb_observation *observation = quoted->sample.inventory.evidence.observations.data;

    quote_in_facts(quoted);
    quoted->texts[0] = S("listed " HOSTILE);
    quoted->tag = (struct pb_tag){S("key " HOSTILE), S("value " HOSTILE)};
    quoted->chain[0] = &quoted->facts;
    quoted->revocation = (struct pb_revocation){
        .crl = S("crl " HOSTILE),
        .detail = S("revocation " HOSTILE),
    };
    certificate->path = S("path " HOSTILE);
    certificate->id = S("id " HOSTILE);
    certificate->arn = S("arn " HOSTILE);
    certificate->upload_date.state = PB_DATE_UNPARSEABLE;
    pb_date_spell(&certificate->upload_date, S("date " HOSTILE));
    quoted->extras = (struct pb_extras){
        .tags = &quoted->tag, .tag_count = 1, .in_use_by = quoted->texts, .in_use_by_count = 1};
    certificate->extras = &quoted->extras;
    certificate->body = &quoted->facts;
    certificate->chain = quoted->chain;
    certificate->chain_count = 1;
    certificate->revocation = &quoted->revocation;
    certificate->verdict = PB_VERDICT_UNDETERMINED;
    certificate->reason = "unparseable-date";
    observation->pointer = S("/pointer " HOSTILE);
    pb_date_spell(&observation->upload_date, S("observed " HOSTILE));
}

static void quote_in_findings(struct quoted *quoted)
{
    struct pb_finding *finding;

    quoted->carried =
        (struct pb_statement){.message = S("carried " HOSTILE), .former = &quoted->former};
    quoted->resolved =
        (struct pb_statement){.message = S("resolved " HOSTILE), .former = &quoted->former};
    quoted->waiver = (struct pb_waiver){
        .owner = S("owner " HOSTILE),
        .reason = S("waived " HOSTILE),
        .expires = S("expires " HOSTILE),
    };
    sample_finding(&quoted->sample, "IAM-033", 0, S("finding " HOSTILE))->waiver = &quoted->waiver;
    sample_finding(&quoted->sample, "IAM-033", PB_NO_INDEX, S("evidence's " HOSTILE))->entry = 0;
    sample_finding(&quoted->sample, "IAM-033", PB_NO_INDEX, S("account's " HOSTILE))->account = 0;
    finding = sample_finding(&quoted->sample, "IAM-033", PB_NO_INDEX, PB_SLICE_ABSENT);
    finding->statement = &quoted->carried;
    finding->state = PB_STATE_UNCHANGED;
    finding = pb_vector_push(&quoted->sample.findings.resolved);
    assert_non_null(finding);
    *finding = PB_VECTOR_AT(struct pb_finding, &quoted->sample.findings.items, 3);
    finding->state = PB_STATE_RESOLVED;
    finding->statement = &quoted->resolved;
}

static void quote_everywhere(struct quoted *quoted)
{
    struct sample *sample = &quoted->sample;
    struct pb_diagnostic *added;

    sample_init(sample);
    sample->reason = S("reason " HOSTILE);
    sample_line(sample, &(struct pb_entry){.path = S("file " HOSTILE),
                                           .status = PB_ENTRY_UNREADABLE,
                                           .detail = S("detail " HOSTILE)});
    sample_account(sample, S("id " HOSTILE))->partition = S("partition " HOSTILE);
    quote_in_certificate(quoted);
    quote_in_findings(quoted);
    assert_int_equal(pb_diagnostics_add(&sample->inventory.evidence.diagnostics, PB_SEVERITY_ERROR,
                                        "code", &added, "diagnostic"),
                     PB_OK);
    added->message = S("diagnostic " HOSTILE);
    added->pointer = S("place " HOSTILE);
    sample_account(sample, PB_SLICE_ABSENT)->folder = S("folder " HOSTILE);
    sample_sum_up(sample);
}

static void hostile_text_is_escaped_wherever_it_stands(void **state)
{
    static const char *const places[] = {
        "subject ",       "issuer ",     "serial ",   "signature ", "algorithm ", "curve ",
        "exponent ",      "listed ",     "key ",      "value ",     "crl ",       "revocation ",
        "name ",          "path ",       "id ",       "arn ",       "date ",      "/pointer ",
        "observed ",      "owner ",      "waived ",   "expires ",   "finding ",   "evidence&#39;s ",
        "account&#39;s ", "carried ",    "resolved ", "reason ",    "file ",      "detail ",
        "partition ",     "diagnostic ", "place ",    "folder ",
    };
    struct quoted quoted = {0};
    struct pb_buffer out;

    (void)state;
    quote_everywhere(&quoted);
    sample_write(&quoted.sample, "html", plain, &out);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char expected[200];
        snprintf(expected, sizeof expected, "%s%s", places[i], ESCAPED);
        if (strstr(out.data, expected) == NULL)
            fail_msg("%s is not shown as it should be", places[i]);
    }
    assert_int_equal(count_of(out.data, "<b"), count_of(out.data, "<bdi>") +
                                                   count_of(out.data, "<body>") +
                                                   count_of(out.data, "<br>"));
    for (size_t i = 0; i < out.size_bytes - 1; i++)
        assert_true(out.data[i] == '\n' || (unsigned char)out.data[i] >= 0x20);
    pb_buffer_release(&out);
    sample_release(&quoted.sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_is_escaped_wherever_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
