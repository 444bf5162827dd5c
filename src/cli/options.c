/* SPDX-License-Identifier: MIT */
/* Every option: what it is called, what the help says, and what its value does. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/cli.h"

static bool set_text(void *member, const char *value)
{
    *(const char **)member = value;
    return true;
}

/* Reads the digits at *text and moves it behind them. */
static bool read_digits(const char **text, uint64_t maximum, uint64_t *number)
{
    const char *cursor = *text;
    uint64_t sum = 0;

    for (; *cursor >= '0' && *cursor <= '9'; cursor++) {
        uint64_t digit = (uint64_t)(*cursor - '0');
        if (digit > maximum || sum > (maximum - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    if (cursor == *text)
        return false;
    *text = cursor;
    *number = sum;
    return true;
}

/* Digits and nothing else. */
static bool read_count(const char *value, uint64_t maximum, uint64_t *count)
{
    return read_digits(&value, maximum, count) && *value == '\0' && *count > 0;
}

static bool set_count(void *member, const char *value)
{
    return read_count(value, UINT64_MAX, member);
}

static bool set_limit(void *member, const char *value, uint64_t maximum)
{
    uint64_t count = 0;
    bool is_count = read_count(value, maximum, &count);

    *(uint32_t *)member = (uint32_t)count;
    return is_count;
}

static bool set_small_count(void *member, const char *value)
{
    return set_limit(member, value, UINT32_MAX);
}

static bool set_jobs(void *member, const char *value)
{
    return set_limit(member, value, PREBLEED_MOST_JOBS);
}

/* Digits, then nothing or a unit. */
static bool set_size(void *member, const char *value)
{
    static const struct {
        const char *name;
        unsigned shift;
    } units[] = {
        {"", 0}, {"K", 10}, {"M", 20}, {"G", 30}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30},
    };
    uint64_t number = 0;

    if (!read_digits(&value, UINT64_MAX, &number) || number == 0)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(value, units[i].name) != 0)
            continue;
        if (number > UINT64_MAX >> units[i].shift)
            return false;
        *(uint64_t *)member = number << units[i].shift;
        return true;
    }
    return false;
}

static bool set_size_or_none(void *member, const char *value)
{
    *(uint64_t *)member = 0;
    return strcmp(value, "0") == 0 || set_size(member, value);
}

static bool set_instant(void *member, const char *value)
{
    return prebleed_instant_parse(value, member);
}

/* *index is that of the name, whatever its case; false where it is none of them. */
static bool find_name(const char *const *names, size_t count, const char *value, size_t *index)
{
    for (*index = 0; *index < count; ++*index)
        if (strcasecmp(value, names[*index]) == 0)
            return true;
    return false;
}

static const char *const levels[] = {"low", "medium", "high", "never"};

static bool set_severity(void *member, const char *value)
{
    size_t index;

    if (!find_name(levels, 3, value, &index))
        return false;
    *(enum prebleed_severity *)member = (enum prebleed_severity)index;
    return true;
}

static bool set_fail_on(void *member, const char *value)
{
    struct prebleed_parameters *parameters = member;
    size_t index;

    if (!find_name(levels, 4, value, &index))
        return false;
    parameters->has_fail_on = index < 3;
    parameters->fail_on =
        parameters->has_fail_on ? (enum prebleed_severity)index : parameters->fail_on;
    return true;
}

static bool set_when(void *member, const char *value)
{
    static const char *const names[] = {"auto", "always", "never"};
    size_t index;

    if (!find_name(names, 3, value, &index))
        return false;
    *(enum pb_when *)member = (enum pb_when)index;
    return true;
}

/* options->crls has room: the parser makes as many as there are arguments. */
static bool add_crl(void *member, const char *value)
{
    struct pb_options *options = member;

    options->crls[options->crl_count++] = value;
    return true;
}

/* The row of a table whose name is the size bytes at text, whatever their case. */
static bool find_row(const char *table, const char *text, size_t size,
                     struct prebleed_table_row *row)
{
    for (size_t i = 0; prebleed_table_row(table, i, row); i++)
        if (strlen(row->name) == size && strncasecmp(row->name, text, size) == 0)
            return true;
    return false;
}

static enum prebleed_status refuse_rule(const char *text, size_t size, struct prebleed_error *error)
{
    struct prebleed_table_row row;
    const char *nearest = NULL;
    char name[64];

    snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), text);
    for (size_t i = 0; prebleed_table_row("rules", i, &row); i++)
        nearest = pb_nearer(name, nearest, row.name);
    return pb_refuse_unknown(error, "rule", "", name, nearest);
}

static enum prebleed_status explain(const char *value, struct pb_options *options,
                                    struct prebleed_error *error)
{
    struct prebleed_table_row row;

    if (!find_row("rules", value, strlen(value), &row))
        return refuse_rule(value, strlen(value), error);
    options->explanation = prebleed_rule_explanation(row.name);
    return PREBLEED_OK;
}

static enum prebleed_status choose_rules(const char *value, struct pb_options *options,
                                         struct prebleed_error *error)
{
    struct prebleed_table_row row;
    size_t count = 0;

    options->rules = calloc(strlen(value) + 1, sizeof *options->rules);
    if (!options->rules)
        return pb_refuse(error, PREBLEED_FAILED_MEMORY, "out of memory");
    for (const char *text = value;; text++) {
        size_t size = strcspn(text, ",");
        if (size == 0)
            return pb_refuse(error, PREBLEED_FAILED_USAGE,
                             "--rules: a rule name is empty; see prebleed --list-rules");
        if (!find_row("rules", text, size, &row))
            return refuse_rule(text, size, error);
        options->rules[count++] = row.name;
        text += size;
        if (*text == '\0')
            break;
    }
    options->parameters.rules = options->rules;
    options->parameters.rule_count = count;
    return PREBLEED_OK;
}

/* The format that a file's name asks for by its end; false for none. */
static bool find_format_of_file(const char *file, struct prebleed_table_row *row)
{
    static const char *const endings[][2] = {
        {"txt", "text"}, {"md", "markdown"}, {"htm", "html"}, {"xml", "junit"}, {"jsonl", "ndjson"},
    };
    const char *dot = strrchr(file, '.');

    for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(dot + 1, endings[i][0]) == 0)
            return find_row("formats", endings[i][1], strlen(endings[i][1]), row);
    return dot && find_row("formats", dot + 1, strlen(dot + 1), row);
}

static enum prebleed_status refuse_format(const char *value, size_t size,
                                          struct prebleed_error *error)
{
    struct prebleed_table_row row;
    char known[256] = "";

    if (value[size] == '\0' && find_format_of_file(value, &row))
        return pb_refuse(error, PREBLEED_FAILED_USAGE,
                         "'%.200s' is no report format; did you mean '--output %s=%.200s'?", value,
                         row.name, value);
    if (size == 0)
        size = strlen(value);
    for (size_t i = 0; prebleed_table_row("formats", i, &row); i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "", row.name);
    }
    return pb_refuse(error, PREBLEED_FAILED_USAGE, "unknown report format '%.*s'; known are %s",
                     (int)(size < 100 ? size : 100), value, known);
}

/* options->requests has room: the parser makes as many as there are arguments. */
static enum prebleed_status add_request(const char *format, const char *file,
                                        struct pb_options *options, struct prebleed_error *error)
{
    if (strcmp(file, "-") == 0 || strcmp(file, "/dev/stdout") == 0)
        file = NULL;
    for (size_t i = 0; i < options->request_count; i++) {
        const char *other = options->requests[i].file;
        if (!file && !other)
            return pb_refuse(error, PREBLEED_FAILED_USAGE,
                             "--output: only one report can go to standard output");
        if (file && other && strcmp(file, other) == 0)
            return pb_refuse(error, PREBLEED_FAILED_USAGE,
                             "--output: two reports cannot go to one file '%.200s'", file);
    }
    options->has_report |= !file;
    options->requests[options->request_count++] =
        (struct pb_request){.format = format, .file = file};
    return PREBLEED_OK;
}

static enum prebleed_status add_report(const char *value, struct pb_options *options,
                                       struct prebleed_error *error)
{
    struct prebleed_table_row row;
    size_t size = strcspn(value, "=");
    const char *file = value[size] == '=' ? value + size + 1 : "-";

    if (!find_row("formats", value, size, &row))
        return refuse_format(value, size, error);
    if (*file == '\0')
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--output: no FILE after '%s'", value);
    options->has_report = true;
    return add_request(row.name, file, options, error);
}

static enum prebleed_status add_map(const char *value, struct pb_options *options,
                                    struct prebleed_error *error)
{
    options->parameters.is_redacted = true;
    return add_request("redaction-map", value, options, error);
}

static enum prebleed_status add_template(const char *value, struct pb_options *options,
                                         struct prebleed_error *error)
{
    options->has_template = true;
    return add_request("waivers", value, options, error);
}

static const struct pb_value waivers_value = {"FILE", .apply = add_template};
static const struct pb_value map_value = {"FILE", .apply = add_map};
static const struct pb_value text_value = {"FILE", .set = set_text};
static const struct pb_value crl_value = {"FILE", .is_repeatable = true, .set = add_crl};
static const struct pb_value size_value = {
    "SIZE", .set = set_size,
    .expected = "a number of bytes above 0, with K, M, G, KiB, MiB or GiB for powers of 1,024"};
static const struct pb_value size_or_none_value = {
    "SIZE", .set = set_size_or_none,
    .expected =
        "a number of bytes, with K, M, G, KiB, MiB or GiB for powers of 1,024, or 0 for no limit"};
static const struct pb_value count_value = {"NUMBER", .set = set_count,
                                            .expected = "a number from 1 to 18446744073709551615"};
static const struct pb_value small_count_value = {"NUMBER", .set = set_small_count,
                                                  .expected = "a number from 1 to 4294967295"};
static const struct pb_value jobs_value = {"NUMBER", .set = set_jobs,
                                           .expected = "a number from 1 to 256"};
static const struct pb_value instant_value = {
    "WHEN", .set = set_instant,
    .expected =
        "an instant such as 2014-04-08T00:00:00Z, a date, iam-033, disclosure or aws-patched"};
static const struct pb_value when_value = {"WHEN", .set = set_when,
                                           .expected = "auto, always or never"};
static const struct pb_value fail_on_value = {"SEVERITY", .set = set_fail_on,
                                              .expected = "high, medium, low or never"};
static const struct pb_value severity_value = {"SEVERITY", .set = set_severity,
                                               .expected = "high, medium or low"};
static const struct pb_value words_value = {"TEXT", .set = set_text};
static const struct pb_value rule_value = {"RULE", .apply = explain};
static const struct pb_value rule_list_value = {"LIST", .apply = choose_rules};
static const struct pb_value report_value = {"FORMAT[=FILE]", .is_repeatable = true,
                                             .apply = add_report};

#define MEMBER(name) .offset = offsetof(struct pb_options, name)

static const struct pb_option table[] = {
    {.name = "absolute-paths",
     .group = "Reports",
     .help = "show evidence paths in html whole: else without the folders that all PATHs share",
     MEMBER(has_absolute_paths)},
    {.name = "as-of",
     .value = &instant_value,
     .group = "Judging",
     .help = "judge expiry as of this instant, given like --cutoff",
     .fallback = "SOURCE_DATE_EPOCH, else now",
     MEMBER(parameters.as_of)},
    {.name = "author",
     .value = &words_value,
     .group = "Reports",
     .help = "who made the audit, for the first lines of html",
     MEMBER(report.author)},
    {.name = "baseline",
     .value = &text_value,
     .group = "Judging",
     .help = "an earlier json report: findings become new, unchanged or resolved against it",
     MEMBER(baseline)},
    {.name = "color",
     .value = &when_value,
     .group = "Reports",
     .help = "colour text reports: always, never, or auto for a terminal only",
     .fallback = "auto",
     MEMBER(color)},
    {.name = "crl",
     .value = &crl_value,
     .group = "Judging",
     .help = "look certificates up in this revocation list, DER or PEM; may be repeated"},
    {.name = "cutoff",
     .value = &instant_value,
     .group = "Judging",
     .help = "uploads before it are vulnerable: an RFC 3339 instant, a date (midnight UTC), "
             "iam-033 (2014-04-01), disclosure (2014-04-08) or aws-patched (2014-04-09)",
     .fallback = "iam-033",
     MEMBER(parameters.cutoff)},
    {.name = "date",
     .value = &words_value,
     .group = "Reports",
     .help = "when the audit was made, for the first lines of html",
     MEMBER(report.date)},
    {.name = "explain",
     .value = &rule_value,
     .group = "About",
     .help = "print what a rule means, why, its sources, and how to fix it",
     .information = PB_INFORMATION_EXPLANATION},
    {.name = "fail-on",
     .value = &fail_on_value,
     .group = "Judging",
     .help = "lowest severity that makes exit status 1: high, medium, low or never",
     .fallback = "high",
     MEMBER(parameters)},
    {.name = "help",
     .letter = 'h',
     .group = "About",
     .help = "print this help",
     .information = PB_INFORMATION_HELP},
    {.name = "jobs",
     .value = &jobs_value,
     .group = "Limits",
     .help = "worker threads; no report depends on it",
     .fallback = "the number of processors",
     MEMBER(parameters.jobs)},
    {.name = "list-formats",
     .group = "About",
     .help = "print the report formats and their media types",
     .information = PB_INFORMATION_FORMATS},
    {.name = "list-rules",
     .group = "About",
     .help = "print the rules and their severities",
     .information = PB_INFORMATION_RULES},
    {.name = "list-shapes",
     .group = "About",
     .help = "print the forms of evidence that are recognised",
     .information = PB_INFORMATION_SHAPES},
    {.name = "manifest",
     .value = &text_value,
     .group = "Judging",
     .help = "a sha256sum list that the evidence must match",
     MEMBER(manifest)},
    {.name = "max-depth",
     .value = &small_count_value,
     .group = "Limits",
     .help = "archives within archives",
     .fallback = "4",
     MEMBER(parameters.limits.depth)},
    {.name = "max-item-bytes",
     .value = &size_value,
     .group = "Limits",
     .help = "one evidence item after decompression",
     .fallback = "64MiB",
     MEMBER(parameters.limits.item_bytes)},
    {.name = "max-items",
     .value = &count_value,
     .group = "Limits",
     .help = "evidence items in all",
     .fallback = "5000000",
     MEMBER(parameters.limits.items)},
    {.name = "max-memory",
     .value = &size_or_none_value,
     .group = "Limits",
     .help = "memory of the whole process; 0 for as much as there is",
     .fallback = "8GiB",
     MEMBER(max_memory_bytes)},
    {.name = "max-ratio",
     .value = &small_count_value,
     .group = "Limits",
     .help = "expanded to compressed bytes, past the first 64 MiB",
     .fallback = "1000",
     MEMBER(parameters.limits.ratio)},
    {.name = "max-total-bytes",
     .value = &size_value,
     .group = "Limits",
     .help = "all evidence items after decompression",
     .fallback = "16GiB",
     MEMBER(parameters.limits.total_bytes)},
    {.name = "max-values",
     .value = &count_value,
     .group = "Limits",
     .help = "JSON values in one document (an array or object counts as four)",
     .fallback = "2000000",
     MEMBER(parameters.limits.values)},
    {.name = "new-only",
     .group = "Judging",
     .help = "exit with 1 or 3 only for findings that --baseline has not",
     MEMBER(parameters.is_new_only)},
    {.name = "no-sandbox",
     .group = "Limits",
     .help = "do not give up access to other files, networks and programs: for kernels that object",
     MEMBER(has_no_sandbox)},
    {.name = "organization",
     .value = &words_value,
     .group = "Reports",
     .help = "whose audit it is, for the first lines of html",
     MEMBER(report.organization)},
    {.name = "output",
     .letter = 'o',
     .value = &report_value,
     .group = "Reports",
     .help = "write a report, to standard output without a FILE or with -; may be repeated",
     .fallback = "text"},
    {.name = "passphrase-file",
     .value = &text_value,
     .group = "Judging",
     .help = "what opens encrypted zips; one newline at its end is no part of it",
     MEMBER(passphrase_file)},
    {.name = "progress",
     .value = &when_value,
     .group = "Reports",
     .help = "show progress on standard error: always, never, or auto, which is on a terminal "
             "after half a second",
     .fallback = "auto",
     MEMBER(progress)},
    {.name = "quiet",
     .letter = 'q',
     .group = "Reports",
     .help = "print nothing on standard error but why the program could not do its work",
     MEMBER(is_quiet)},
    {.name = "redact",
     .group = "Reports",
     .help = "show stand-ins for accounts, names, ids, ARNs, tags, subjects and paths in all "
             "reports and on standard error",
     MEMBER(parameters.is_redacted)},
    {.name = "redact-keep-digests",
     .group = "Reports",
     .help = "leave digests of keys and certificates, and serial numbers, as they are",
     MEMBER(parameters.keeps_digests)},
    {.name = "redact-key",
     .value = &text_value,
     .group = "Reports",
     .help = "a secret of at least 16 bytes, with which stand-ins are the same in every run",
     MEMBER(redaction_key)},
    {.name = "redact-map",
     .value = &map_value,
     .group = "Reports",
     .help = "write a table of the stand-ins and their originals, to be kept"},
    {.name = "require-complete",
     .group = "Judging",
     .help = "exit with 3 unless every account's coverage is complete",
     MEMBER(parameters.require_complete)},
    {.name = "rules",
     .value = &rule_list_value,
     .group = "Judging",
     .help = "apply only these rules, separated by commas",
     .fallback = "all"},
    {.name = "severity",
     .value = &severity_value,
     .group = "Reports",
     .help = "show only findings of at least this severity in text and html: high, medium or "
             "low; all are counted",
     .fallback = "low",
     MEMBER(report.severity)},
    {.name = "title",
     .value = &words_value,
     .group = "Reports",
     .help = "the title of html, instead of its own",
     MEMBER(report.title)},
    {.name = "verbose",
     .letter = 'v',
     .group = "Reports",
     .help = "show every certificate, note and remediation command in text reports, and notes on "
             "standard error",
     MEMBER(is_verbose)},
    {.name = "version",
     .letter = 'V',
     .group = "About",
     .help = "print the version, the license and the libraries",
     .information = PB_INFORMATION_VERSION},
    {.name = "waivers",
     .value = &text_value,
     .group = "Judging",
     .help = "findings that somebody accepts until a day, as JSON of the schema "
             "prebleed-waivers/1: they stay in every report and do not count",
     MEMBER(waivers)},
    {.name = "write-waivers",
     .value = &waivers_value,
     .group = "Judging",
     .help =
         "write a template of waivers for what fails now; reason, owner and the last day are to "
         "be filled in"}};

const struct pb_option *pb_option_table(size_t *count)
{
    *count = sizeof table / sizeof table[0];
    return table;
}

enum prebleed_status pb_option_apply(const struct pb_option *option, const char *value,
                                     struct pb_options *options, struct prebleed_error *error)
{
    void *member = (char *)options + option->offset;

    options->information = option->information;
    if (option->value && option->value->apply)
        return option->value->apply(value, options, error);
    if (option->value && !option->value->set(member, value))
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s: '%.200s' is not %s", option->name,
                         value, option->value->expected);
    if (!option->value && option->information == PB_INFORMATION_NONE)
        *(bool *)member = true;
    return PREBLEED_OK;
}
