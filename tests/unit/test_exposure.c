/* SPDX-License-Identifier: MIT */
/* For how many days a key can have been exposed: days between 1.0.1 and disclosure. */
#include "evidence_builder.h"

#include "rules/rules.h"

struct exposure {
    const char *sentence;
    const char *upload, *not_before, *not_after, *expiration; /* NULL: not known */
    uint32_t days;
};

static const struct exposure exposures[] = {
    {"a date without zone starts as early as it can", "2014-04-05T00:00:00", NULL, NULL, NULL, 3},
    {"nothing is known", NULL, NULL, NULL, NULL, 754},
    {"uploaded before OpenSSL 1.0.1", "2011-01-01T00:00:00Z", NULL, NULL, NULL, 754},
    {"from one date to another", "2014-04-05T00:00:00Z", NULL, NULL, NULL, 2},
    {"whatever the hour", "2014-04-04T23:59:59.5Z", NULL, NULL, NULL, 3},
    {"one second is a day", "2014-04-07T23:59:59Z", NULL, NULL, NULL, 1},
    {"uploaded after the day of disclosure", "2014-04-08T00:00:00Z", NULL, NULL, NULL, 0},
    {"uploaded after NotBefore", "2014-04-05T00:00:00Z", "2013-01-01T00:00:00Z",
     "2020-01-01T00:00:00Z", NULL, 2},
    {"a NotBefore after the upload", "2014-04-01T00:00:00Z", "2014-04-05T00:00:00Z",
     "2020-01-01T00:00:00Z", NULL, 2},
    {"no upload date, but a NotBefore", NULL, "2014-04-05T00:00:00Z", "2020-01-01T00:00:00Z", NULL,
     2},
    {"an end before disclosure", "2014-04-01T00:00:00Z", "2013-01-01T00:00:00Z",
     "2014-04-02T00:00:00Z", NULL, 1},
    {"an end by the service's word", "2014-04-01T00:00:00Z", NULL, NULL, "2014-04-03T00:00:00Z", 2},
    {"the later of two ends", "2014-04-01T00:00:00Z", "2013-01-01T00:00:00Z",
     "2014-04-02T00:00:00Z", "2014-04-03T00:00:00Z", 2},
    {"an end before OpenSSL 1.0.1", "2011-01-01T00:00:00Z", NULL, NULL, "2012-01-01T00:00:00Z", 0},
};

static struct pb_instant instant_of(const char *text)
{
    return date_of(text).instant;
}

static void exposure_lasts_from_the_later_start_to_the_earlier_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof exposures / sizeof exposures[0]; i++) {
        const struct exposure *row = &exposures[i];
        const struct pb_x509_facts body = {.not_before = instant_of(row->not_before),
                                           .not_after = instant_of(row->not_after)};
        const struct pb_certificate certificate = {
            .upload_date = date_of(row->upload),
            .expiration = date_of(row->expiration),
            .body = row->not_before == NULL ? NULL : &body,
        };
        uint32_t days = pb_exposure_days(&certificate, pb_exposure_start(&certificate));
        if (days != row->days)
            fail_msg("%s: %u days", row->sentence, (unsigned)days);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exposure_lasts_from_the_later_start_to_the_earlier_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
