/* SPDX-License-Identifier: MIT */
#include "rules/cutoff.h"

static const struct {
    const char *name;
    struct pb_instant instant;
} cutoffs[] = {
    {"iam-033", {INT64_C(1396310400), 0}},    /* Conformity's rule page: before April 1st 2014 */
    {"disclosure", {INT64_C(1396915200), 0}}, /* the end of 7 April 2014, OpenSSL NEWS for 1.0.1g */
    {"aws-patched", {INT64_C(1397001600), 0}}, /* the end of 8 April 2014, the AWS bulletin's day */
};

bool pb_cutoff_parse(struct pb_slice text, struct pb_instant *instant)
{
    for (size_t i = 0; i < sizeof cutoffs / sizeof cutoffs[0]; i++)
        if (pb_slice_equals(text, pb_slice_from_string(cutoffs[i].name))) {
            *instant = cutoffs[i].instant;
            return true;
        }
    return pb_instant_parse_rfc3339(text, instant) || pb_instant_parse_date(text, instant);
}
