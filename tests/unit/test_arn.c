/* SPDX-License-Identifier: MIT */
/* ARNs of server certificates: partition, account, path and name as they stand. */
#include "unit.h"
#include "inventory/types.h"

static void other_resources_and_broken_arns_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "arn",
        "arn:aws:iam",
        "arn:aws:iam::111122223333",
        "arn:aws:iam::111122223333:",
        "arn:aws:iam::111122223333:server-certificate",
        "arn:aws:iam::111122223333:server-certificate/",
        "arn:aws:iam::111122223333:server-certificate/path/",
        "arn:aws:iam::111122223333:server-certificates/shop",
        "arn:aws:iam::111122223333:user/server-certificate/shop",
        "arn:aws:acm:us-east-1:111122223333:server-certificate/shop",
        "ARN:aws:iam::111122223333:server-certificate/shop",
        "see arn:aws:iam::111122223333:server-certificate/shop",
    };
    struct pb_certificate_arn arn;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(pb_certificate_arn_parse(pb_slice_from_string(texts[i]), &arn));
}

static void partition_account_path_and_name_are_taken_as_they_stand(void **state)
{
    static const char *const rows[][5] = {
        {"arn:aws:iam::111122223333:server-certificate/shop", "aws", "111122223333", "/", "shop"},
        {"arn:aws:iam::111122223333:server-certificate/cloudfront/prod/cdn", "aws", "111122223333",
         "/cloudfront/prod/", "cdn"},
        {"arn:aws-cn:iam::222233334444:server-certificate/cn-web", "aws-cn", "222233334444", "/",
         "cn-web"},
        {"arn:aws-us-gov:iam::xxxxxxxxxxxx:server-certificate/a", "aws-us-gov", "xxxxxxxxxxxx", "/",
         "a"},
        {"arn:aws:iam::123456789:server-certificate/nine", "aws", "123456789", "/", "nine"},
        {"arn:aws:iam::1234567890123:server-certificate/thirteen", "aws", "1234567890123", "/",
         "thirteen"},
        {"arn:aws:iam:::server-certificate/none", "aws", "", "/", "none"},
        {"arn:aws:iam::1:server-certificate/a:b", "aws", "1", "/", "a:b"},
    };
    struct pb_certificate_arn arn;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(pb_certificate_arn_parse(pb_slice_from_string(rows[i][0]), &arn));
        assert_true(pb_slice_equals(arn.partition, pb_slice_from_string(rows[i][1])));
        assert_true(pb_slice_equals(arn.account, pb_slice_from_string(rows[i][2])));
        assert_true(pb_slice_equals(arn.path, pb_slice_from_string(rows[i][3])));
        assert_true(pb_slice_equals(arn.name, pb_slice_from_string(rows[i][4])));
    }
}

static void any_arn_has_its_six_parts(void **state)
{
    struct pb_arn arn;

    (void)state;
    assert_true(pb_arn_parse(PB_SLICE("arn:aws:sts::111122223333:assumed-role/a/b:c"), &arn));
    assert_true(pb_slice_equals(arn.service, PB_SLICE("sts")));
    assert_true(pb_slice_equals(arn.region, PB_SLICE("")));
    assert_true(pb_slice_equals(arn.resource, PB_SLICE("assumed-role/a/b:c")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_resources_and_broken_arns_are_refused),
        cmocka_unit_test(partition_account_path_and_name_are_taken_as_they_stand),
        cmocka_unit_test(any_arn_has_its_six_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
