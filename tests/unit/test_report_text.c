/* SPDX-License-Identifier: MIT */
/* The text report: its lines, and the commands it proposes, whatever names the evidence has. What
 * it says is golden in the command line's cases. */
#include "test_report_sample.h"

#include "report/report.h"

static const struct prebleed_report_options plain = {0};
static const struct prebleed_report_options verbose = {.is_verbose = true};

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
        /* A word that is longer is whole, and the last. */
        size_t words = pb_slice_find_last(line, ' ') + 1;
        assert_true(is_command(line) || pb_text_width(line) <= 80 ||
                    pb_text_width(pb_slice_first(line, words)) < 40);
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

struct expected {
    const char *text;
    bool is_there;
};

/* Sums the sample up, looks for each text in its report, and releases it. */
static void expect(struct sample *sample, struct prebleed_report_options options,
                   const struct expected *expected, size_t count)
{
    struct pb_buffer out;

    sample_sum_up(sample);
    sample_write(sample, "text", options, &out);
    for (size_t i = 0; i < count; i++)
        if ((strstr(out.data, expected[i].text) != NULL) != expected[i].is_there)
            fail_msg("%s the report: %s", expected[i].is_there ? "not in" : "in", expected[i].text);
    pb_buffer_release(&out);
    sample_release(sample);
}

/* A vulnerable certificate of one account of aws-cn. */
static struct pb_certificate *begin(struct sample *sample, struct pb_slice account,
                                    struct pb_slice name)
{
    sample_init(sample);
    sample_entry(sample, S("list.json"), PB_ENTRY_USED);
    sample_account(sample, account)->partition = S("aws-cn");
    struct pb_certificate *certificate = sample_certificate(sample, name, 1);
    sample_judge(certificate, PB_VERDICT_VULNERABLE, "2013-01-01T00:00:00Z");
    return certificate;
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
    static const struct expected expected[] = {
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
    const size_t count = sizeof uses / sizeof uses[0];
    struct pb_slice labels[sizeof uses / sizeof uses[0]];
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < count; i++)
        labels[i] = uses[i].label;
    begin(&sample, S("111122223333"), S("idle"));
    struct pb_certificate *shop = sample_certificate(&sample, S("shop"), 1);
    sample_judge(shop, PB_VERDICT_VULNERABLE, "2013-01-01T00:00:00Z");
    shop->path = S("/x/");
    shop->arn = S(OLD_ARN);
    shop->uses = uses;
    shop->in_use_by = labels;
    shop->use_count = shop->in_use_by_count = count;
    expect(&sample, verbose, expected, sizeof expected / sizeof expected[0]);
}

static void a_comma_in_a_name_does_not_end_the_value_of_an_option(void **state)
{
    static const struct pb_use use = {{"elbv2/alb:443", 13}, {NULL, 0}, false};
    static const struct expected expected = {
        "CertificateArn='\"arn:aws-cn:iam::111122223333:server-certificate/x/a,b=c-new\"'\n", true};
    struct sample sample;

    (void)state;
    struct pb_certificate *shop = begin(&sample, S("111122223333"), S("a,b=c"));
    shop->path = S("/x/");
    shop->uses = &use;
    shop->in_use_by = &use.label;
    shop->use_count = shop->in_use_by_count = 1;
    expect(&sample, verbose, &expected, 1);
}

static void a_new_name_that_the_account_has_is_not_proposed(void **state)
{
    static const struct expected expected[] = {
        {"--server-certificate-name 'NEW-NAME' \\\n", true},
        {"'shop-new'", false},
    };
    struct sample sample;

    (void)state;
    begin(&sample, S("111122223333"), S("shop"));
    sample_judge(sample_certificate(&sample, S("shop-new"), 1), PB_VERDICT_CLEAR,
                 "2015-01-01T00:00:00Z");
    expect(&sample, verbose, expected, sizeof expected / sizeof expected[0]);
}

static void a_hostile_name_gets_a_comment_instead_of_a_command(void **state)
{
    static const struct expected expected[] = {
        {"# No command: IAM allows no such name.\n", true},
        {"# No command: the evidence does not give its name.\n", true},
        {"--server-certificate-name='--no-verify-ssl'\n", true},
        {"--server-certificate-name '--", false},
        {"--server-certificate-name 'quote", false},
        {"--server-certificate-name ''", false},
        {"--server-certificate-name 'nnn", false},
    };
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_fill_hostile(&sample);
    expect(&sample, verbose, expected, sizeof expected / sizeof expected[0]);
}

static void a_name_as_long_as_iam_allows_gets_another_new_name(void **state)
{
    static const struct expected expected[] = {
        {"--server-certificate-name 'NEW-NAME' \\\n", true},
        {"--path '/it'\\''s/' \\\n", true},
        {"xxxx-new", false},
    };
    static char name[128];
    struct sample sample;

    (void)state;
    memset(name, 'x', sizeof name);
    begin(&sample, PB_SLICE_ABSENT, (struct pb_slice){name, sizeof name})->path = S("/it's/");
    expect(&sample, verbose, expected, sizeof expected / sizeof expected[0]);
}

static void much_unread_evidence_is_listed_in_part_and_counted_in_full(void **state)
{
    static const struct expected expected[] = {
        {"and 70 more items: -v shows more\n", true},
        {"120 items: 0 used, 0 ignored, 60 unreadable, 60 skipped\n", true},
    };
    struct sample sample;

    (void)state;
    sample_init(&sample);
    for (size_t i = 0; i < 120; i++)
        sample_entry(&sample, S("cut.json"), i % 2 ? PB_ENTRY_UNREADABLE : PB_ENTRY_SKIPPED);
    expect(&sample, plain, expected, sizeof expected / sizeof expected[0]);
}

static void dates_that_are_not_exact_say_so(void **state)
{
    static const struct {
        enum pb_date_state state;
        struct expected expected;
    } cases[] = {
        {PB_DATE_ABSENT, {"uploaded  not in the evidence\n", true}},
        {PB_DATE_UNPARSEABLE, {"uploaded  no date: soon\\x1b\n", true}},
        {PB_DATE_WITHOUT_TIME, {"uploaded  2014-04-01, without a time of day\n", true}},
        {PB_DATE_WITHOUT_ZONE,
         {"uploaded  2014-04-01 00:00:00Z if in UTC: it names no time zone\n", true}},
        {PB_DATE_EXACT, {"uploaded  2014-04-01 00:00:00Z, exactly at the cutoff\n", true}},
    };
    struct sample sample;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pb_certificate *certificate = begin(&sample, S("111122223333"), S("shop"));
        certificate->upload_date = (struct pb_date){
            .state = cases[i].state,
            .instant = sample.parameters.cutoff,
        };
        pb_date_spell(&certificate->upload_date, S("soon\033"));
        expect(&sample, plain, &cases[i].expected, 1);
    }
}

static void the_width_has_an_end(void **state)
{
    struct sample sample;
    struct pb_buffer widest, wide;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    sample_write(&sample, "text", (struct prebleed_report_options){.columns = 1000}, &wide);
    sample_write(&sample, "text", (struct prebleed_report_options){.columns = 100000}, &widest);
    assert_true(pb_slice_equals(pb_buffer_slice(&wide), pb_buffer_slice(&widest)));
    pb_buffer_release(&widest);
    pb_buffer_release(&wide);
    sample_release(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_is_too_wide_or_holds_a_control_byte),
        cmocka_unit_test(the_plan_moves_every_deployment_and_begins_with_what_is_in_use),
        cmocka_unit_test(a_comma_in_a_name_does_not_end_the_value_of_an_option),
        cmocka_unit_test(a_new_name_that_the_account_has_is_not_proposed),
        cmocka_unit_test(a_hostile_name_gets_a_comment_instead_of_a_command),
        cmocka_unit_test(a_name_as_long_as_iam_allows_gets_another_new_name),
        cmocka_unit_test(much_unread_evidence_is_listed_in_part_and_counted_in_full),
        cmocka_unit_test(dates_that_are_not_exact_say_so),
        cmocka_unit_test(the_width_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
