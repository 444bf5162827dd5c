/* SPDX-License-Identifier: MIT */
/* coverage-gap: a named gap in what the evidence shows of an account. */
#include "rules/rule.h"

static void check_all(const struct pb_check *check)
{
    const struct pb_vector *gaps = &check->inventory->gaps;

    for (size_t i = 0; i < gaps->count; i++) {
        const struct pb_gap *gap = &PB_VECTOR_AT(const struct pb_gap, gaps, i);
        struct pb_statement statement = {.message = gap->message};
        if (gap->certificate == PB_NO_INDEX)
            statement.missing = gap->missing;
        pb_findings_add_stated(check,
                               (struct pb_finding){.account = gap->account,
                                                   .certificate = gap->certificate,
                                                   .entry = gap->entry},
                               statement);
    }
}

const struct pb_rule pb_rule_coverage_gap = {
    .name = "coverage-gap",
    .level = PB_LEVEL_MEDIUM,
    .title = "a named gap in what the evidence shows of an account",
    .explanation =
        "The evidence itself shows that it lacks certificates of an account: a list cut\n"
        "by --max-items (NextToken), pages whose last one is missing (IsTruncated),\n"
        "fewer certificates than get-account-summary counts, a name in a names list\n"
        "that nothing else shows, a file that could not be read where a list was to be\n"
        "expected, a call that failed, or an account of which only its identity is\n"
        "known. Certificates that are not in the evidence were not judged.\n"
        "\n"
        "Coverage is \"complete\" only where SummaryMap.ServerCertificates of\n"
        "get-account-summary equals the certificates seen; a list alone proves nothing,\n"
        "because --path-prefix and --starting-token leave no trace in it. That is\n"
        "\"unknown\", which is no gap; --require-complete makes it inconclusive.\n"
        "\n"
        "How to fix it: export, without --max-items and --no-paginate,\n"
        "  aws iam list-server-certificates\n"
        "  aws iam get-account-summary\n"
        "  aws sts get-caller-identity\n"
        "into one folder an account.\n"
        "\n"
        "Source: AWS CLI user guide, pagination; IAM API reference,\n"
        "ListServerCertificates and GetAccountSummary.\n",
    .check_all = check_all,
};
