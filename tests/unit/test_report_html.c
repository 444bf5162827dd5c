/* SPDX-License-Identifier: MIT */
/* The html report: its frame, its order, what is folded, and hostile text in every place. What a
 * browser makes of it is held by tests/html_reports.py. */
#include "test_report_sample.h"

#include <stdio.h>

#include "rules/baseline.h"
#include "rules/waiver.h"

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

static void expect_parts_in_order(const char *text, const char *const *parts)
{
    for (; *parts != NULL; parts++) {
        const char *found = strstr(text, *parts);
        if (found == NULL)
            fail_msg("%s does not stand where it should", *parts);
        text = found + strlen(*parts);
    }
}

static void it_starts_with_a_policy_that_allows_one_style(void **state)
{
    static const char *const parts[] = {
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'sha256-",
        "'; base-uri 'none'; form-action 'none'\">\n",
        "<title>INCONCLUSIVE: pre-Heartbleed server certificates (IAM-033)</title>\n<style>",
        "</style>\n</head>\n<body>\n",
        "</body>\n</html>\n",
        NULL,
    };
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample_sum_up(&sample);
    sample_write(&sample, "html", plain, &out);
    assert_ptr_equal(strstr(out.data, parts[0]), out.data);
    expect_parts_in_order(out.data, parts);
    assert_int_equal(count_of(out.data, "<script"), 0);
    assert_int_equal(count_of(out.data, "src="), 0);
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void what_to_act_on_comes_first(void **state)
{
    static const char *const parts[] = {
        "<h2>Conclusion: FAIL</h2>\n<p>1 of 4 certificates was uploaded before the cutoff: replace "
        "it, with a new key, and have it revoked; and 2 other high findings below.</p>",
        "<h2>Figures</h2>",
        "<tr><th scope=\"row\">vulnerable</th><td class=\"number\">1</td></tr>",
        "<dt>cutoff</dt><dd><time datetime=\"2014-04-01T00:00:00Z\">2014-04-01 00:00:00Z</time>",
        "<h2>Accounts</h2>",
        "<a href=\"#a0\">account 111122223333</a>",
        "<section id=\"a0\">\n<h2>account 111122223333</h2>",
        "<span class=\"badge doubtful\">incomplete</span>",
        "<li>the account summary counts 5 server certificates, 4 were seen</li>",
        "<article class=\"certificate\" id=\"c1\">\n<h3><span class=\"badge "
        "bad\">vulnerable</span> "
        "<bdi>Frontend</bdi></h3>",
        "<dt>uploaded</dt><dd>2014-03-24 21:11:59.068Z, 7 days before the cutoff</dd>",
        "<code>b.tar!/111122223333/list.json:12</code> <a href=\"#e2\">e2</a>",
        "<span class=\"badge bad\">high</span> <strong>IAM-033</strong>: uploaded 7 days",
        "<article class=\"certificate\" id=\"c3\">\n<h3><span class=\"badge "
        "doubtful\">undetermined",
        "<article class=\"certificate\" id=\"c0\">\n<h3><span class=\"badge good\">clear</span> "
        "<bdi>Checkout</bdi></h3>",
        "<summary>1 certificate without anything urgent</summary>\n<details class=\"certificate\" "
        "id=\"c2\">\n<summary><span class=\"title\"><span class=\"badge good\">clear</span> "
        "<bdi>cdn</bdi></span> uploaded 2014-10-01</summary>",
        "<h2>Findings about the evidence itself</h2>",
        "<strong>private-key-in-evidence</strong>: a PEM private key in line 17",
        "<h2>Evidence</h2>\n<h3>Not read</h3>",
        "<tr id=\"e0\"><td>e0</td><th scope=\"row\"><code>b.tar</code></th>",
        "<h2>Diagnostics</h2>",
        "<h2>Rules</h2>",
        NULL,
    };
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    sample_write(&sample, "html", plain, &out);
    expect_parts_in_order(out.data, parts);
    pb_buffer_release(&out);
    sample_release(&sample);
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

static void a_long_list_opens_on_demand(void **state)
{
    struct pb_slice uses[10];
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    for (size_t count = 8; count <= 10; count++) {
        sample_init(&sample);
        sample_fill(&sample);
        struct pb_certificate *certificate = sample.inventory.certificates.data;
        for (size_t i = 0; i < count; i++)
            uses[i] = S("elb/one-of-many:443");
        struct pb_extras extras = {.in_use_by = uses, .in_use_by_count = count};
        certificate->extras = &extras;
        sample_write(&sample, "html", plain, &out);
        assert_int_equal(count_of(out.data, "<li>elb/one-of-many:443</li>"), count);
        assert_int_equal(count_of(out.data, "<summary>and 2 more</summary>"), count == 10);
        assert_int_equal(count_of(out.data, "<ul"), count_of(out.data, "</ul>"));
        pb_buffer_release(&out);
        sample_release(&sample);
    }
}

static void colour_and_verbosity_change_nothing(void **state)
{
    struct sample sample;
    struct pb_buffer one, other;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    sample_write(&sample, "html", plain, &one);
    sample_write(&sample, "html", (struct pb_report_options){.has_color = true, .is_verbose = true},
                 &other);
    assert_string_equal(one.data, other.data);
    pb_buffer_release(&one);
    pb_buffer_release(&other);
    sample_release(&sample);
}

static bool keep_largest(void *context, const char *bytes, size_t size_bytes)
{
    size_t *largest = context;

    (void)bytes;
    if (size_bytes > *largest)
        *largest = size_bytes;
    return true;
}

static void a_long_report_is_handed_on_in_pieces(void **state)
{
    struct sample sample;
    struct pb_sink sink;
    size_t largest = 0;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    for (uint32_t i = 0; i < 2000; i++) {
        sample_judge(sample_certificate(&sample, S("many"), i), PB_VERDICT_CLEAR,
                     "2015-01-01T00:00:00Z");
        sample_observe(&sample, 1, i);
        sample_entry(&sample, S("many.json"), PB_ENTRY_SKIPPED);
    }
    sample_sum_up(&sample);
    pb_sink_init(&sink, keep_largest, &largest);
    pb_report_format_find("html")->write(&sample.result, &plain, &sink);
    assert_int_equal(pb_sink_finish(&sink), PB_OK);
    assert_in_range(largest, 65536, 65536 + 8192);
    assert_true(sink.buffer.capacity_bytes <= 262144);
    pb_sink_release(&sink);
    sample_release(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_with_a_policy_that_allows_one_style),
        cmocka_unit_test(what_to_act_on_comes_first),
        cmocka_unit_test(hostile_text_is_escaped_wherever_it_stands),
        cmocka_unit_test(a_long_list_opens_on_demand),
        cmocka_unit_test(colour_and_verbosity_change_nothing),
        cmocka_unit_test(a_long_report_is_handed_on_in_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
