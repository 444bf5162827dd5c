/* SPDX-License-Identifier: MIT */
/* The text report to the byte. */
#include "test_report_sample.h"

#include "base/escape.h"
#include "report/layout.h"
#include "rules/verdict.h"

static const struct pb_report_options plain = {0};
static const struct pb_report_options verbose = {.is_verbose = true};

/* clang-format off */
static const char *const nothing_report[] = {
    "IAM-033  Pre-Heartbleed server certificates                       prebleed 0.1.0\n",
    "cutoff    2014-04-01T00:00:00Z: what was uploaded before is vulnerable\n",
    "as of     2016-06-01T12:00:00Z: expiry is judged against it\n",
    "rules     IAM-033\n",
    "\n",
    "evidence  0 items: 0 used, 0 ignored, 0 unreadable\n",
    "judged    0 certificates in 0 accounts\n",
    "findings  0 high, 0 medium, 0 low\n",
    "\n",
    "INCONCLUSIVE: nothing was judged; the sample is no evidence.\n",
    NULL,
};

static const char *const empty_report[] = {
    "IAM-033  Pre-Heartbleed server certificates                       prebleed 0.1.0\n",
    "cutoff    2014-04-01T00:00:00Z: what was uploaded before is vulnerable\n",
    "as of     2016-06-01T12:00:00Z: expiry is judged against it\n",
    "rules     IAM-033\n",
    "\n",
    "account 111122223333 \302\267 0 certificates\n",
    "  coverage  unknown: an empty list without any sign of truncation\n",
    "\n",
    "evidence  1 item: 1 used, 0 ignored, 0 unreadable\n",
    "judged    0 certificates in 1 account\n",
    "findings  0 high, 0 medium, 0 low\n",
    "\n",
    "PASS: the evidence shows no server certificate; 1 of 1 account may have more\n",
    "  than the evidence shows.\n",
    NULL,
};

static const char *const filled_report[] = {
    "IAM-033  Pre-Heartbleed server certificates                       prebleed 0.1.0\n",
    "cutoff    2014-04-01T00:00:00Z: what was uploaded before is vulnerable\n",
    "as of     2016-06-01T12:00:00Z: expiry is judged against it\n",
    "rules     IAM-033\n",
    "\n",
    "account 111122223333 \302\267 4 certificates \302\267 1 vulnerable \302\267 1 undetermined\n",
    "  coverage  incomplete: the account summary counts 5 server certificates, 4 were\n",
    "            seen\n",
    "  gaps      elb/prod-web:443 uses shop-2012, which is not in the evidence\n",
    "\n",
    "  HIGH    vulnerable    Frontend\n",
    "          uploaded  2014-03-24 21:11:59.068Z, 7 days before the cutoff\n",
    "          validity  from 2013-05-01, expired 2016-05-02\n",
    "          exposed   at most 15 days, if always served by a vulnerable OpenSSL\n",
    "          issuer    CN=Example Class 3 Secure Server CA - G4,OU=Terms of use at\n",
    "                    https://ca.example/rpa (c)10,O=Example Trust Network\\,\n",
    "                    Inc.,C=US\n",
    "          key       RSA 2048\n",
    "          id        ASCAEXAMPLE0000000001\n",
    "          seen      b.tar!/111122223333/list.json:12\n",
    "                    b.tar!/111122223333/get.json:4\n",
    "\n",
    "  MEDIUM  undetermined  legacy-api (named after its file)\n",
    "          uploaded  not in the evidence\n",
    "          seen      b.tar!/111122223333/list.json#/\n",
    "                      ServerCertificateMetadataList/0\n",
    "          reason    sample-reason\n",
    "\n",
    "  HIGH    clear         Checkout\n",
    "          uploaded  2015-01-09 08:00:00Z, 283 days after the cutoff\n",
    "          validity  from 2013-05-01, expired 2016-05-02\n",
    "          issuer    CN=Example Class 3 Secure Server CA - G4,OU=Terms of use at\n",
    "                    https://ca.example/rpa (c)10,O=Example Trust Network\\,\n",
    "                    Inc.,C=US\n",
    "          key       RSA 2048\n",
    "          seen      b.tar!/111122223333/list.json:31\n",
    "          finding   HIGH key-reuse: the same public key as Frontend, which is\n",
    "                    vulnerable, so a new upload changed nothing\n",
    "\n",
    "  not shown: 1 clear (listed by -v)\n",
    "\n",
    "findings about the evidence itself\n",
    "  HIGH    private-key-in-evidence: a PEM private key in line 17\n",
    "          seen      b.tar!/111122223333/get.json\n",
    "\n",
    "evidence that was not read\n",
    "  b.tar!/222233334444/list.json\n",
    "    unreadable: cut off inside the document\n",
    "    error at #/ServerCertificateMetadataList/8, json-truncated: the text ends\n",
    "      inside an object\n",
    "\n",
    "evidence to look at\n",
    "  b.tar!/111122223333/get.json\n",
    "    warning at 3:40, json-repaired: a raw line break inside a string was escaped\n",
    "\n",
    "evidence  3 items: 2 used, 0 ignored, 1 unreadable; 1 archive\n",
    "judged    4 certificates in 1 account: 1 vulnerable, 2 clear, 1 undetermined\n",
    "findings  3 high, 2 medium, 1 low\n",
    "note      inconclusive besides: the sample is no evidence\n",
    "\n",
    "FAIL: 1 of 4 certificates was uploaded before the cutoff: replace it, with a new\n",
    "  key, and have it revoked; and 2 other high findings above.\n",
    NULL,
};

static const char *const hostile_report[] = {
    "IAM-033  Pre-Heartbleed server certificates                       prebleed 0.1.0\n",
    "cutoff    2014-04-01T00:00:00Z: what was uploaded before is vulnerable\n",
    "as of     2016-06-01T12:00:00Z: expiry is judged against it\n",
    "rules     IAM-033\n",
    "\n",
    "account unknown \302\267 8 certificates \302\267 8 vulnerable\n",
    "  folder    fol\\x09der\n",
    "  coverage  unknown: reason \\x1b[2J with \\xfe\n",
    "\n",
    "  HIGH    vulnerable    \\x1b[31mred\\x07\\x0a\n",
    "          uploaded  2014-03-31 23:59:59.5Z, less than a second before the cutoff\n",
    "          exposed   at most 8 days, if always served by a vulnerable OpenSSL\n",
    "          seen      dir\\\\with\\x0anewline/\\xff\\xe2\\x80\\xae.json:1\n",
    "\n",
    "  HIGH    vulnerable    abc\\xe2\\x80\\xaetxt.exe\n",
    "          uploaded  2014-03-31 23:59:59.5Z, less than a second before the cutoff\n",
    "          exposed   at most 8 days, if always served by a vulnerable OpenSSL\n",
    "          seen      dir\\\\with\\x0anewline/\\xff\\xe2\\x80\\xae.json:1\n",
    "\n",
    "  HIGH    vulnerable    not utf-8 \\xff\\xc3(\n",
    "          uploaded  2014-03-31 23:59:59.5Z, less than a second before the cutoff\n",
    "          exposed   at most 8 days, if always served by a vulnerable OpenSSL\n",
    "          seen      dir\\\\with\\x0anewline/\\xff\\xe2\\x80\\xae.json:1\n",
    "\n",
    "  HIGH    vulnerable    quote \" ' \\ $(id) `\n",
    "          uploaded  2014-03-31 23:59:59.5Z, less than a second before the cutoff\n",
    "          exposed   at most 8 days, if always served by a vulnerable OpenSSL\n",
    "          seen      dir\\\\with\\x0anewline/\\xff\\xe2\\x80\\xae.json:1\n",
    "\n",
    "  HIGH    vulnerable    --no-verify-ssl\n",
    "          uploaded  2014-03-31 23:59:59.5Z, less than a second before the cutoff\n",
    "          exposed   at most 8 days, if always served by a vulnerable OpenSSL\n",
    "          seen      dir\\\\with\\x0anewline/\\xff\\xe2\\x80\\xae.json:1\n",
    "\n",
    "  HIGH    vulnerable    nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n",
    "                        nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n",
    "                        nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n",
    "                        nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n",
    "                        nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n",
    "                        nnnnnnnnnnnnnnnnnnnn\n",
    "          uploaded  2014-03-31 23:59:59.5Z, less than a second before the cutoff\n",
    "          exposed   at most 8 days, if always served by a vulnerable OpenSSL\n",
    "          seen      dir\\\\with\\x0anewline/\\xff\\xe2\\x80\\xae.json:1\n",
    "\n",
    "  HIGH    vulnerable    (no name)\n",
    "          uploaded  2014-03-31 23:59:59.5Z, less than a second before the cutoff\n",
    "          exposed   at most 8 days, if always served by a vulnerable OpenSSL\n",
    "          seen      dir\\\\with\\x0anewline/\\xff\\xe2\\x80\\xae.json:1\n",
    "\n",
    "  HIGH    vulnerable    (no name)\n",
    "          uploaded  2014-03-31 23:59:59.5Z, less than a second before the cutoff\n",
    "          exposed   at most 8 days, if always served by a vulnerable OpenSSL\n",
    "          seen      dir\\\\with\\x0anewline/\\xff\\xe2\\x80\\xae.json:1\n",
    "\n",
    "evidence  1 item: 1 used, 0 ignored, 0 unreadable\n",
    "judged    8 certificates in 1 account: 8 vulnerable, 0 clear, 0 undetermined\n",
    "findings  8 high, 0 medium, 0 low\n",
    "\n",
    "FAIL: 8 of 8 certificates were uploaded before the cutoff: replace them, with\n",
    "  new keys, and have them revoked.\n",
    NULL,
};
/* clang-format on */

static void no_evidence_at_all_is_inconclusive(void **state)
{
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_sum_up(&sample);
    sample_expect(&sample, "text", plain, nothing_report);
    sample_release(&sample);
}

static void an_account_without_certificates_passes_and_says_what_is_not_proven(void **state)
{
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_fill_empty(&sample);
    sample_expect(&sample, "text", plain, empty_report);
    sample_release(&sample);
}

static void hostile_names_are_escaped(void **state)
{
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_fill_hostile(&sample);
    sample_expect(&sample, "text", plain, hostile_report);
    sample_release(&sample);
}

static void everything_to_act_on_is_there_worst_first(void **state)
{
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    sample_expect(&sample, "text", plain, filled_report);
    sample_release(&sample);
}

static bool is_command(struct pb_slice line)
{
    struct pb_slice text = pb_slice_trim(line);

    return pb_slice_starts_with(text, S("--")) || pb_slice_starts_with(text, S("aws "));
}

static void expect_lines_of_text(struct pb_slice report)
{
    while (report.size_bytes > 0) {
        size_t end = pb_slice_find(report, S("\n"), 0);
        assert_true(end != SIZE_MAX);
        struct pb_slice line = pb_slice_first(report, end);
        assert_true(is_command(line) || pb_layout_width(line) <= PB_LAYOUT_COLUMNS);
        assert_true(end == 0 || line.data[end - 1] != ' ');
        assert_int_equal(pb_utf8_find_invalid(line), SIZE_MAX);
        for (size_t i = 0; i < end; i++)
            assert_true((unsigned char)line.data[i] >= 0x20 && line.data[i] != 0x7F);
        report = pb_slice_from(report, end + 1);
    }
}

static void no_line_is_too_wide_or_holds_a_control_byte(void **state)
{
    static void (*const fills[])(struct sample *) = {
        sample_fill,
        sample_fill_hostile,
        sample_fill_empty,
    };
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    for (size_t i = 0; i < 2 * sizeof fills / sizeof fills[0]; i++) {
        sample_init(&sample);
        fills[i / 2](&sample);
        sample_write(&sample, "text", i % 2 == 0 ? plain : verbose, &out);
        expect_lines_of_text(pb_slice_first(pb_buffer_slice(&out), out.size_bytes - 1));
        pb_buffer_release(&out);
        sample_release(&sample);
    }
}

static void colours_add_escapes_and_nothing_else(void **state)
{
    struct sample sample;
    struct pb_buffer out, expected;
    size_t kept = 0;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    sample_write(&sample, "text", (struct pb_report_options){.has_color = true}, &out);
    for (size_t i = 0; i < out.size_bytes; i++) {
        if (out.data[i] == '\033')
            i += strcspn(out.data + i, "m");
        else
            out.data[kept++] = out.data[i];
    }
    assert_true(kept < out.size_bytes);
    sample_join(filled_report, &expected);
    assert_string_equal(out.data, expected.data);
    pb_buffer_release(&expected);
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void expect_holds(const struct pb_buffer *report, const char *text, bool is_there)
{
    if ((strstr(report->data, text) != NULL) != is_there)
        fail_msg("%s the report: %s", is_there ? "not in" : "in", text);
}

static void verbose_adds_commands_for_the_vulnerable_only(void **state)
{
    static const struct {
        const char *text;
        bool is_there;
    } cases[] = {
        {"history", true},
        {"    aws iam upload-server-certificate \\\n"
         "        --server-certificate-name 'Frontend-new' \\\n"
         "        --path '/cloudfront/' \\\n",
         true},
        {"    aws iam delete-server-certificate \\\n"
         "        --server-certificate-name 'Frontend'\n",
         true},
        {"'Checkout'", false},
        {"'legacy-api'", false},
        {"  -       clear         cdn\n", true},
        {"note, id-prefix: an odd id\n", true},
    };
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    sample_write(&sample, "text", verbose, &out);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_holds(&out, cases[i].text, cases[i].is_there);
    pb_buffer_release(&out);
    sample_release(&sample);
}

#define OLD_ARN "arn:aws-cn:iam::111122223333:server-certificate/x/shop"

static void the_plan_moves_every_deployment_and_begins_with_what_is_in_use(void **state)
{
    static const struct pb_use uses[] = {
        {{"cloudfront/E1", 13}, {NULL, 0}, false},
        {{"elb/we'b:443", 12}, {NULL, 0}, false},
        {{"elb/web:8443", 12}, {NULL, 0}, false},
        {{"elbv2/alb:443", 13},
         {"arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/alb/1/2", 72},
         false},
        {{"elbv2/nlb:443", 13}, {"arn:aws:elasticloadbalancing:$(id):1:listener/x", 47}, false},
        {.label = {"elbv2/sni", 9}, .is_further = true},
    };
    static const struct {
        const char *text;
        bool is_there;
    } cases[] = {
        {"  1 of 2: shop of account 111122223333, in use by 6 deployments\n", true},
        {"  2 of 2: idle of account 111122223333\n", true},
        {"        --id 'E1' \\\n", true},
        {"        --load-balancer-name 'web' \\\n        --load-balancer-port '8443' \\\n"
         "        --ssl-certificate-id "
         "'arn:aws-cn:iam::111122223333:server-certificate/x/shop-new'\n",
         true},
        {"        --region 'eu-west-1' \\\n", true},
        {"CertificateArn='arn:aws-cn:iam::111122223333:server-certificate/x/shop-new'\n", true},
        {"        --listener-arn LISTENER-ARN \\\n", true},
        {"    aws elbv2 add-listener-certificates \\\n"
         "        --listener-arn LISTENER-ARN \\\n"
         "        --certificates CertificateArn='arn:aws-cn:iam::111122223333:"
         "server-certificate/x/shop-new'\n"
         "    aws elbv2 remove-listener-certificates \\\n"
         "        --listener-arn LISTENER-ARN \\\n"
         "        --certificates CertificateArn='" OLD_ARN "'\n",
         true},
        {"# No command for a deployment whose name AWS does not allow", true},
        {"# Move elb/we'b", false},
        {"$(id)", false},
    };
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample_entry(&sample, S("list.json"), PB_ENTRY_USED);
    sample_account(&sample, S("111122223333"))->partition = S("aws-cn");
    sample_judge(sample_certificate(&sample, S("idle"), 1), PB_VERDICT_VULNERABLE,
                 "2013-01-01T00:00:00Z");
    struct pb_certificate *shop = sample_certificate(&sample, S("shop"), 1);
    sample_judge(shop, PB_VERDICT_VULNERABLE, "2013-01-01T00:00:00Z");
    shop->path = S("/x/");
    shop->arn = S(OLD_ARN);
    const size_t count = sizeof uses / sizeof uses[0];
    struct pb_slice labels[sizeof uses / sizeof uses[0]];
    for (size_t i = 0; i < count; i++)
        labels[i] = uses[i].label;
    struct pb_extras extras = {
        .uses = uses, .use_count = count, .in_use_by = labels, .in_use_by_count = count};
    shop->extras = &extras;
    sample_sum_up(&sample);
    sample_write(&sample, "text", verbose, &out);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_holds(&out, cases[i].text, cases[i].is_there);
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void a_comma_in_a_name_does_not_end_the_value_of_an_option(void **state)
{
    static const struct pb_use use = {{"elbv2/alb:443", 13}, {NULL, 0}, false};
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample_entry(&sample, S("list.json"), PB_ENTRY_USED);
    sample_account(&sample, S("111122223333"))->partition = S("aws");
    struct pb_certificate *shop = sample_certificate(&sample, S("a,b=c"), 1);
    sample_judge(shop, PB_VERDICT_VULNERABLE, "2013-01-01T00:00:00Z");
    shop->path = S("/x/");
    struct pb_extras extras = {
        .uses = &use, .use_count = 1, .in_use_by = &use.label, .in_use_by_count = 1};
    shop->extras = &extras;
    sample_sum_up(&sample);
    sample_write(&sample, "text", verbose, &out);
    expect_holds(&out,
                 "CertificateArn='\"arn:aws:iam::111122223333:server-certificate/x/a,b=c-new\"'\n",
                 true);
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void a_new_name_that_the_account_has_is_not_proposed(void **state)
{
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample_entry(&sample, S("list.json"), PB_ENTRY_USED);
    sample_account(&sample, S("111122223333"))->partition = S("aws");
    sample_judge(sample_certificate(&sample, S("shop"), 1), PB_VERDICT_VULNERABLE,
                 "2013-01-01T00:00:00Z");
    sample_judge(sample_certificate(&sample, S("shop-new"), 1), PB_VERDICT_CLEAR,
                 "2015-01-01T00:00:00Z");
    sample_sum_up(&sample);
    sample_write(&sample, "text", verbose, &out);
    expect_holds(&out, "--server-certificate-name 'NEW-NAME' \\\n", true);
    expect_holds(&out, "'shop-new'", false);
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void a_hostile_name_gets_a_comment_instead_of_a_command(void **state)
{
    static const struct {
        const char *text;
        bool is_there;
    } cases[] = {
        {"# No command: IAM allows no such name.\n", true},
        {"# No command: the evidence does not give its name.\n", true},
        {"--server-certificate-name='--no-verify-ssl'\n", true},
        {"--server-certificate-name '--", false},
        {"--server-certificate-name 'quote", false},
        {"--server-certificate-name ''", false},
        {"--server-certificate-name 'nnn", false},
    };
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample_fill_hostile(&sample);
    sample_write(&sample, "text", verbose, &out);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_holds(&out, cases[i].text, cases[i].is_there);
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void a_name_as_long_as_iam_allows_gets_another_new_name(void **state)
{
    static char name[128];
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    memset(name, 'x', sizeof name);
    sample_init(&sample);
    sample_entry(&sample, S("list.json"), PB_ENTRY_USED);
    sample_account(&sample, PB_SLICE_ABSENT);
    struct pb_certificate *certificate =
        sample_certificate(&sample, (struct pb_slice){name, sizeof name}, 1);
    sample_judge(certificate, PB_VERDICT_VULNERABLE, "2013-01-01T00:00:00Z");
    certificate->path = S("/it's/");
    sample_sum_up(&sample);
    sample_write(&sample, "text", verbose, &out);
    expect_holds(&out, "--server-certificate-name 'NEW-NAME' \\\n", true);
    expect_holds(&out, "--path '/it'\\''s/' \\\n", true);
    expect_holds(&out, "xxxx-new", false);
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void much_unread_evidence_is_listed_in_part_and_counted_in_full(void **state)
{
    struct sample sample;
    struct pb_buffer out;
    size_t listed = 0;

    (void)state;
    sample_init(&sample);
    for (size_t i = 0; i < 120; i++)
        sample_entry(&sample, S("cut.json"), i % 2 ? PB_ENTRY_UNREADABLE : PB_ENTRY_SKIPPED);
    sample_sum_up(&sample);
    sample_write(&sample, "text", plain, &out);
    for (const char *at = out.data; (at = strstr(at, "  cut.json\n")) != NULL; at++)
        listed++;
    assert_int_equal(listed, 50);
    expect_holds(&out, "and 70 more items: the json report lists all\n", true);
    expect_holds(&out, "120 items: 0 used, 0 ignored, 60 unreadable, 60 skipped\n", true);
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void dates_that_are_not_exact_say_so(void **state)
{
    static const struct {
        enum pb_date_state state;
        const char *expected;
    } cases[] = {
        {PB_DATE_ABSENT, "uploaded  not in the evidence\n"},
        {PB_DATE_UNPARSEABLE, "uploaded  no date: soon\\x1b\n"},
        {PB_DATE_WITHOUT_TIME, "uploaded  2014-04-01, without a time of day\n"},
        {PB_DATE_WITHOUT_ZONE, "uploaded  2014-04-01 00:00:00Z if in UTC: it names no time zone\n"},
        {PB_DATE_EXACT, "uploaded  2014-04-01 00:00:00Z, exactly at the cutoff\n"},
    };
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sample_init(&sample);
        sample_entry(&sample, S("list.json"), PB_ENTRY_USED);
        sample_account(&sample, S("111122223333"));
        struct pb_certificate *certificate = sample_certificate(&sample, S("shop"), 1);
        certificate->verdict = PB_VERDICT_UNDETERMINED;
        certificate->reason = "unparseable-date";
        certificate->upload_date = (struct pb_date){
            .state = cases[i].state,
            .instant = sample.parameters.cutoff,
        };
        pb_date_spell(&certificate->upload_date, S("soon\033"));
        sample_sum_up(&sample);
        sample_write(&sample, "text", plain, &out);
        expect_holds(&out, cases[i].expected, true);
        pb_buffer_release(&out);
        sample_release(&sample);
    }
}

static void an_undetermined_certificate_says_why_and_what_would_settle_it(void **state)
{
    const struct pb_verdict_reason *reason = pb_verdict_reason_find("names-only");
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    assert_non_null(reason);
    sample_init(&sample);
    sample_entry(&sample, S("names.json"), PB_ENTRY_USED);
    sample_account(&sample, S("111122223333"));
    struct pb_certificate *certificate = sample_certificate(&sample, S("shop"), 1);
    certificate->verdict = PB_VERDICT_UNDETERMINED;
    certificate->reason = reason->name;
    sample_sum_up(&sample);
    sample_write(&sample, "text", plain, &out);
    expect_holds(&out, "  -       undetermined  shop\n", true);
    expect_holds(&out, "          reason    names-only: ", true);
    expect_holds(&out, reason->meaning, true);
    expect_holds(&out, "          to settle ", true);
    expect_holds(&out, reason->remedy, true);
    pb_buffer_release(&out);
    sample_release(&sample);
}

/* Both printed in places of their own; as findings they would be there twice. */
static void gaps_and_reasons_stand_once(void **state)
{
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    sample_write(&sample, "text", verbose, &out);
    const char *first = strstr(out.data, "elb/prod-web:443");
    assert_non_null(first);
    assert_null(strstr(first + 1, "elb/prod-web:443"));
    expect_holds(&out, "no date", false);
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void what_the_rules_do_not_look_at_is_said(void **state)
{
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample.parameters.rules = 0;
    sample_entry(&sample, S("list.json"), PB_ENTRY_USED);
    sample_account(&sample, S("111122223333"))->coverage = PB_COVERAGE_COMPLETE;
    sample_judge(sample_certificate(&sample, S("shop"), 1), PB_VERDICT_VULNERABLE,
                 "2013-01-01T00:00:00Z");
    sample_sum_up(&sample);
    sample_write(&sample, "text", plain, &out);
    expect_holds(&out, "rules     none\n", true);
    expect_holds(&out, "IAM-033 is off", true);
    expect_holds(&out, "PASS: 1 of 1 certificate was uploaded before the cutoff, and rule IAM-033",
                 true);
    pb_buffer_release(&out);
    sample_release(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_evidence_at_all_is_inconclusive),
        cmocka_unit_test(hostile_names_are_escaped),
        cmocka_unit_test(no_line_is_too_wide_or_holds_a_control_byte),
        cmocka_unit_test(the_plan_moves_every_deployment_and_begins_with_what_is_in_use),
        cmocka_unit_test(a_comma_in_a_name_does_not_end_the_value_of_an_option),
        cmocka_unit_test(a_new_name_that_the_account_has_is_not_proposed),
        cmocka_unit_test(a_hostile_name_gets_a_comment_instead_of_a_command),
        cmocka_unit_test(a_name_as_long_as_iam_allows_gets_another_new_name),
        cmocka_unit_test(much_unread_evidence_is_listed_in_part_and_counted_in_full),
        cmocka_unit_test(dates_that_are_not_exact_say_so),
        cmocka_unit_test(an_undetermined_certificate_says_why_and_what_would_settle_it),
        cmocka_unit_test(gaps_and_reasons_stand_once),
        cmocka_unit_test(what_the_rules_do_not_look_at_is_said),
        cmocka_unit_test(an_account_without_certificates_passes_and_says_what_is_not_proven),
        cmocka_unit_test(everything_to_act_on_is_there_worst_first),
        cmocka_unit_test(colours_add_escapes_and_nothing_else),
        cmocka_unit_test(verbose_adds_commands_for_the_vulnerable_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
