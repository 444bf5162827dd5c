/* SPDX-License-Identifier: MIT */
/* Every option: what it is called, what the help says, and what its value does. */
#include "cli/options.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/complain.h"
#include "cli/names.h"
#include "cli/values.h"

static void *member(const struct pb_option *option, struct pb_options *options)
{
    return (char *)options + option->offset;
}

static enum prebleed_status refuse_value(const struct pb_option *option, const char *value,
                                         const char *expected, struct prebleed_error *error)
{
    return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s: '%.200s' is not %s", option->name, value,
                     expected);
}

static enum prebleed_status set_flag(const struct pb_option *option, const char *value,
                                     struct pb_options *options, struct prebleed_error *error)
{
    (void)value;
    (void)error;
    *(bool *)member(option, options) = true;
    return PREBLEED_OK;
}

static enum prebleed_status set_nothing(const struct pb_option *option, const char *value,
                                        struct pb_options *options, struct prebleed_error *error)
{
    (void)option;
    (void)value;
    (void)options;
    (void)error;
    return PREBLEED_OK;
}

static enum prebleed_status set_file(const struct pb_option *option, const char *value,
                                     struct pb_options *options, struct prebleed_error *error)
{
    (void)error;
    *(const char **)member(option, options) = value;
    return PREBLEED_OK;
}

static enum prebleed_status set_size(const struct pb_option *option, const char *value,
                                     struct pb_options *options, struct prebleed_error *error)
{
    if (!pb_value_parse_size(value, member(option, options)))
        return refuse_value(option, value, "a number of bytes above 0, such as 1000, 64M or 64MiB",
                            error);
    return PREBLEED_OK;
}

static enum prebleed_status read_count(const struct pb_option *option, const char *value,
                                       uint64_t maximum, uint64_t *count,
                                       struct prebleed_error *error)
{
    char expected[64];

    if (pb_value_parse_number(value, maximum, count) && *count > 0)
        return PREBLEED_OK;
    snprintf(expected, sizeof expected, "a number from 1 to %llu", (unsigned long long)maximum);
    return refuse_value(option, value, expected, error);
}

static enum prebleed_status set_count(const struct pb_option *option, const char *value,
                                      struct pb_options *options, struct prebleed_error *error)
{
    return read_count(option, value, UINT64_MAX, member(option, options), error);
}

static enum prebleed_status set_small_count(const struct pb_option *option, const char *value,
                                            struct pb_options *options,
                                            struct prebleed_error *error)
{
    uint64_t count = 0;
    enum prebleed_status status = read_count(option, value, UINT32_MAX, &count, error);

    if (status == PREBLEED_OK)
        *(uint32_t *)member(option, options) = (uint32_t)count;
    return status;
}

/* More threads than that only wait for each other. */
#define MOST_JOBS 256

static enum prebleed_status set_jobs(const struct pb_option *option, const char *value,
                                     struct pb_options *options, struct prebleed_error *error)
{
    uint64_t count = 0;
    enum prebleed_status status = read_count(option, value, MOST_JOBS, &count, error);

    if (status == PREBLEED_OK)
        options->parameters.jobs = (unsigned)count;
    return status;
}

static enum prebleed_status set_instant(const struct pb_option *option, const char *value,
                                        struct pb_options *options, struct prebleed_error *error)
{
    if (!prebleed_instant_parse(value, member(option, options)))
        return refuse_value(option, value,
                            "an instant such as 2014-04-08T00:00:00Z, a date, iam-033, disclosure "
                            "or aws-patched",
                            error);
    return PREBLEED_OK;
}

static enum prebleed_status set_as_of(const struct pb_option *option, const char *value,
                                      struct pb_options *options, struct prebleed_error *error)
{
    options->has_as_of = true;
    return set_instant(option, value, options, error);
}

static enum prebleed_status set_fail_on(const struct pb_option *option, const char *value,
                                        struct pb_options *options, struct prebleed_error *error)
{
    static const char *const names[] = {
        [PREBLEED_SEVERITY_LOW] = "low",
        [PREBLEED_SEVERITY_MEDIUM] = "medium",
        [PREBLEED_SEVERITY_HIGH] = "high",
    };

    options->parameters.has_fail_on = strcmp(value, "never") != 0;
    if (!options->parameters.has_fail_on)
        return PREBLEED_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(value, names[i]) == 0) {
            options->parameters.fail_on = (enum prebleed_severity)i;
            return PREBLEED_OK;
        }
    }
    return refuse_value(option, value, "high, medium, low or never", error);
}

static enum prebleed_status set_color(const struct pb_option *option, const char *value,
                                      struct pb_options *options, struct prebleed_error *error)
{
    static const char *const names[] = {
        [PB_COLOR_AUTO] = "auto",
        [PB_COLOR_ALWAYS] = "always",
        [PB_COLOR_NEVER] = "never",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(value, names[i]) == 0) {
            options->color = (enum pb_color)i;
            return PREBLEED_OK;
        }
    }
    return refuse_value(option, value, "auto, always or never", error);
}

/* options->crls has room: the parser makes as many as there are arguments. */
static enum prebleed_status add_crl(const struct pb_option *option, const char *value,
                                    struct pb_options *options, struct prebleed_error *error)
{
    (void)option;
    (void)error;
    options->crls[options->crl_count++] = value;
    return PREBLEED_OK;
}

#define MEMBER(name) .offset = offsetof(struct pb_options, name)

static const struct pb_option table[] = {
    {.name = "as-of",
     .argument = "WHEN",
     .group = PB_GROUP_JUDGING,
     .help = "judge expiry as of this instant, given like --cutoff",
     .fallback = "SOURCE_DATE_EPOCH, else now",
     MEMBER(parameters.as_of),
     .apply = set_as_of},
    {.name = "baseline",
     .argument = "FILE",
     .group = PB_GROUP_JUDGING,
     .help = "an earlier json report: findings become new, unchanged or resolved against it",
     MEMBER(baseline),
     .apply = set_file},
    {.name = "color",
     .argument = "WHEN",
     .group = PB_GROUP_REPORTS,
     .help = "colour text reports: always, never, or auto for a terminal only",
     .fallback = "auto",
     .apply = set_color},
    {.name = "crl",
     .argument = "FILE",
     .group = PB_GROUP_JUDGING,
     .is_repeatable = true,
     .help = "look certificates up in this revocation list, DER or PEM; may be repeated",
     .apply = add_crl},
    {.name = "cutoff",
     .argument = "WHEN",
     .group = PB_GROUP_JUDGING,
     .help = "uploads before it are vulnerable: an RFC 3339 instant, a date (midnight UTC), "
             "iam-033 (2014-04-01), disclosure (2014-04-08) or aws-patched (2014-04-09)",
     .fallback = "iam-033",
     MEMBER(parameters.cutoff),
     .apply = set_instant},
    {.name = "explain",
     .argument = "RULE",
     .group = PB_GROUP_ABOUT,
     .help = "print what a rule means, why, its sources, and how to fix it",
     .information = PB_INFORMATION_EXPLANATION,
     .apply = pb_name_explanation},
    {.name = "fail-on",
     .argument = "SEVERITY",
     .group = PB_GROUP_JUDGING,
     .help = "lowest severity that makes exit status 1: high, medium, low or never",
     .fallback = "high",
     .apply = set_fail_on},
    {.name = "help",
     .letter = 'h',
     .group = PB_GROUP_ABOUT,
     .help = "print this help",
     .information = PB_INFORMATION_HELP,
     .apply = set_nothing},
    {.name = "jobs",
     .argument = "NUMBER",
     .group = PB_GROUP_LIMITS,
     .help = "worker threads; no report depends on it",
     .fallback = "the number of processors",
     .apply = set_jobs},
    {.name = "list-formats",
     .group = PB_GROUP_ABOUT,
     .help = "print the report formats and their media types",
     .information = PB_INFORMATION_FORMATS,
     .apply = set_nothing},
    {.name = "list-rules",
     .group = PB_GROUP_ABOUT,
     .help = "print the rules and their severities",
     .information = PB_INFORMATION_RULES,
     .apply = set_nothing},
    {.name = "list-shapes",
     .group = PB_GROUP_ABOUT,
     .help = "print the forms of evidence that are recognised",
     .information = PB_INFORMATION_SHAPES,
     .apply = set_nothing},
    {.name = "manifest",
     .argument = "FILE",
     .group = PB_GROUP_JUDGING,
     .help = "a sha256sum list that the evidence must match",
     MEMBER(manifest),
     .apply = set_file},
    {.name = "max-depth",
     .argument = "NUMBER",
     .group = PB_GROUP_LIMITS,
     .help = "archives within archives",
     .fallback = "4",
     MEMBER(parameters.limits.depth),
     .apply = set_small_count},
    {.name = "max-item-bytes",
     .argument = "SIZE",
     .group = PB_GROUP_LIMITS,
     .help = "one evidence item after decompression",
     .fallback = "64MiB",
     MEMBER(parameters.limits.item_bytes),
     .apply = set_size},
    {.name = "max-items",
     .argument = "NUMBER",
     .group = PB_GROUP_LIMITS,
     .help = "evidence items in all",
     .fallback = "5000000",
     MEMBER(parameters.limits.items),
     .apply = set_count},
    {.name = "max-ratio",
     .argument = "NUMBER",
     .group = PB_GROUP_LIMITS,
     .help = "expanded to compressed bytes, past the first 64 MiB",
     .fallback = "1000",
     MEMBER(parameters.limits.ratio),
     .apply = set_small_count},
    {.name = "max-total-bytes",
     .argument = "SIZE",
     .group = PB_GROUP_LIMITS,
     .help = "all evidence items after decompression",
     .fallback = "16GiB",
     MEMBER(parameters.limits.total_bytes),
     .apply = set_size},
    {.name = "max-values",
     .argument = "NUMBER",
     .group = PB_GROUP_LIMITS,
     .help = "JSON values in one document (an array or object counts as four)",
     .fallback = "2000000",
     MEMBER(parameters.limits.values),
     .apply = set_count},
    {.name = "new-only",
     .group = PB_GROUP_JUDGING,
     .help = "exit with 1 or 3 only for findings that --baseline has not",
     MEMBER(parameters.is_new_only),
     .apply = set_flag},
    {.name = "output",
     .letter = 'o',
     .argument = "FORMAT[=FILE]",
     .group = PB_GROUP_REPORTS,
     .is_repeatable = true,
     .help = "write a report, to standard output without a FILE or with -; may be repeated",
     .fallback = "text",
     .apply = pb_name_report},
    {.name = "passphrase-file",
     .argument = "FILE",
     .group = PB_GROUP_JUDGING,
     .help = "what opens encrypted zips; one newline at its end is no part of it",
     MEMBER(passphrase_file),
     .apply = set_file},
    {.name = "quiet",
     .letter = 'q',
     .group = PB_GROUP_REPORTS,
     .help = "print nothing on standard error but why the program could not do its work",
     MEMBER(is_quiet),
     .apply = set_flag},
    {.name = "require-complete",
     .group = PB_GROUP_JUDGING,
     .help = "exit with 3 unless every account's coverage is complete",
     MEMBER(parameters.require_complete),
     .apply = set_flag},
    {.name = "rules",
     .argument = "LIST",
     .group = PB_GROUP_JUDGING,
     .help = "apply only these rules, separated by commas",
     .fallback = "all",
     .apply = pb_name_rules},
    {.name = "verbose",
     .letter = 'v',
     .group = PB_GROUP_REPORTS,
     .help = "show every certificate, note and remediation command in text reports, and notes on "
             "standard error",
     MEMBER(is_verbose),
     .apply = set_flag},
    {.name = "version",
     .letter = 'V',
     .group = PB_GROUP_ABOUT,
     .help = "print the version and the license",
     .information = PB_INFORMATION_VERSION,
     .apply = set_nothing},
    {.name = "waivers",
     .argument = "FILE",
     .group = PB_GROUP_JUDGING,
     .help = "findings that somebody accepts until a day, as JSON of the schema "
             "prebleed-waivers/1: they stay in every report and do not count",
     MEMBER(waivers),
     .apply = set_file},
};

const struct pb_option *pb_option_table(size_t *count)
{
    *count = sizeof table / sizeof table[0];
    return table;
}
