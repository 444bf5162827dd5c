/* SPDX-License-Identifier: MIT */
/* From the program's arguments, the clock and the machine to its options, and from the files that
 * these name to the audit. */
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "cli/cli.h"

/* getopt_long returns FIRST_ROW + i for the name of row i, else its letter, A_PATH for a path. */
enum { FIRST_ROW = 256, A_PATH = 1 };

/* The row of what getopt_long returned; NULL for a letter that no row has. */
static const struct pb_option *find_option(int code)
{
    for (size_t i = 0; pb_option_table[i].name; i++)
        if (code == FIRST_ROW + (int)i || (code != 0 && pb_option_table[i].letter == code))
            return &pb_option_table[i];
    return NULL;
}

/* Our options, and what other scanners call them. */
static const char *const synonyms[][2] = {
    {"baseline", " baseline-commit "},
    {"color never", " no-color "},
    {"fail-on", " error exit-code fail fail-level hard-fail-on severity-threshold "},
    {"fail-on never", " soft-fail "},
    {"jobs", " parallel threads "},
    {"list-rules", " list list-checks "},
    {"output", " format out output-directory output-file output-file-path output-format "
               "output-formats report-format report-path "},
    {"output json", " json "},
    {"output junit", " junit-xml "},
    {"output sarif", " sarif "},
    {"quiet", " no-progress silent "},
    {"rules", " check checks compliance "},
    {"severity", " min-severity "},
    {"verbose", " debug "},
    {"waivers", " exclude ignorefile mutelist-file skip-check "},
};

static enum prebleed_status refuse_name(const char *argument, struct prebleed_error *error)
{
    size_t size = strcspn(argument + 2, "=");
    const char *nearest = NULL;
    char wanted[64] = "", spaced[sizeof wanted + 2];

    memcpy(wanted, argument + 2, size < sizeof wanted ? size : sizeof wanted - 1);
    snprintf(spaced, sizeof spaced, " %s ", wanted);
    for (size_t i = 0; pb_option_table[i].name; i++)
        nearest = pb_nearer(wanted, nearest, pb_option_table[i].name);
    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++)
        if (strstr(synonyms[i][1], spaced))
            nearest = synonyms[i][0];
    return pb_refuse_unknown(error, "option", "--", wanted, nearest);
}

/* found: what getopt_long returned. *seen: bit i tells that row i was given. */
static enum prebleed_status take_option(int found, char **argv, uint64_t *seen,
                                        struct pb_options *options, struct prebleed_error *error)
{
    bool is_wrong = found == '?' || found == ':';
    int code = is_wrong ? optopt : found;
    bool is_name = code == 0 || code >= FIRST_ROW;
    const struct pb_option *option = find_option(code);
    const char *argument = argv[optind - 1];

    if (is_name && !is_wrong && optarg == argument) /* a value of its own */
        argument = argv[optind - 2];
    size_t length = is_name ? strcspn(argument + 2, "=") : 0; /* abbreviations are refused */
    if (is_name && (!option || strlen(option->name) != length ||
                    memcmp(option->name, argument + 2, length) != 0))
        return refuse_name(argument, error);
    if (!option)
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "unknown option '-%c'", code);
    if (found == '?')
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s takes no value", option->name);
    if (found == ':')
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s needs a value: --%s %s", option->name,
                         option->name, option->value->name);
    uint64_t bit = UINT64_C(1) << (option - pb_option_table);
    if (option->value->name && !option->value->is_repeatable && (*seen & bit))
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s is given twice", option->name);
    *seen |= bit;
    return pb_option_apply(option, optarg, options, error);
}

static enum prebleed_status take_all(int argc, char **argv, struct pb_options *options,
                                     struct prebleed_error *error)
{
    struct option names[PB_MOST_OPTIONS + 1] = {0};
    /* '-' has getopt_long return paths in their places, ':' has it print no messages. */
    char letters[2 * PB_MOST_OPTIONS + 3] = "-:", *letter = letters + 2;
    enum prebleed_status status = PREBLEED_OK;
    uint64_t seen = 0;

    for (size_t i = 0; pb_option_table[i].name; i++) {
        const struct pb_option *option = &pb_option_table[i];
        bool has_value = option->value->name != NULL;
        names[i] = (struct option){.name = option->name,
                                   .has_arg = has_value ? required_argument : no_argument,
                                   .val = FIRST_ROW + (int)i};
        if (option->letter == '\0')
            continue;
        *letter++ = option->letter;
        if (has_value)
            *letter++ = ':';
    }
    optind = 0; /* starts anew: tests parse more than once */
    while (status == PREBLEED_OK && !options->information) {
        int found = getopt_long(argc, argv, letters, names, NULL);
        if (found == -1)
            break;
        if (found == A_PATH)
            options->paths[options->path_count++] = optarg;
        else
            status = take_option(found, argv, &seen, options, error);
    }
    while (status == PREBLEED_OK && optind < argc) /* behind "--" */
        options->paths[options->path_count++] = argv[optind++];
    return status;
}

/* Refuses what is missing or does not fit together, and fills in what the arguments leave open. */
static enum prebleed_status complete(struct pb_options *options, struct prebleed_error *error)
{
    /* 9999-12-31T23:59:59Z: RFC 3339, section 5.6 has no more digits for a year. */
    static const long long last_second = 253402300799;
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    struct prebleed_instant *as_of = &options->parameters.as_of;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    if (options->information)
        return PREBLEED_OK;
    if (options->path_count == 0)
        return pb_refuse(error, PREBLEED_FAILED_USAGE,
                         "no PATH is given; usage: prebleed [OPTIONS] PATH...");
    if (options->parameters.is_new_only && !options->has_baseline)
        return pb_refuse(error, PREBLEED_FAILED_USAGE,
                         "--new-only needs --baseline FILE, which says what is not new");
    options->report.severity = (enum prebleed_severity)options->severity;
    options->parameters.has_fail_on = options->fail_on <= PREBLEED_SEVERITY_HIGH;
    if (options->parameters.has_fail_on)
        options->parameters.fail_on = (enum prebleed_severity)options->fail_on;
    options->parameters.is_redacted |= options->parameters.keeps_digests;
    if (options->parameters.is_redacted && options->has_template)
        return pb_refuse(error, PREBLEED_FAILED_USAGE,
                         "--write-waivers needs the names that --redact takes away: run twice");
    if (!options->has_report)
        options->requests[options->request_count++] = (struct pb_request){.format = "text"};
    if (options->parameters.jobs == 0)
        options->parameters.jobs = processors < 1                    ? 1
                                   : processors > PREBLEED_MOST_JOBS ? PREBLEED_MOST_JOBS
                                                                     : (unsigned)processors;
    if (as_of->nanoseconds >= 0)
        return PREBLEED_OK;
    *as_of = (struct prebleed_instant){.seconds = epoch ? strtoll(epoch, NULL, 10) : time(NULL)};
    if (epoch && (*epoch == '\0' || epoch[strspn(epoch, "0123456789")] != '\0' ||
                  as_of->seconds > last_second))
        return pb_refuse(error, PREBLEED_FAILED_USAGE,
                         "SOURCE_DATE_EPOCH is '%.200s', not a number of seconds since 1970; "
                         "correct it or give --as-of",
                         epoch);
    return PREBLEED_OK;
}

enum prebleed_status pb_arguments_parse(int argc, char **argv, struct pb_options *options,
                                        struct prebleed_error *error)
{
    size_t room = (size_t)(argc > 0 ? argc : 0) + 1;

    *options = (struct pb_options){0};
    prebleed_parameters_init(&options->parameters);
    options->max_memory_bytes = UINT64_C(8) << 30;
    options->fail_on = PREBLEED_SEVERITY_HIGH;
    /* Not given, which complete() finds. */
    options->parameters.jobs = 0;
    options->parameters.as_of.nanoseconds = -1;
    options->paths = calloc(room, sizeof *options->paths);
    options->requests = calloc(room, sizeof *options->requests);
    options->inputs = calloc(room, sizeof *options->inputs);
    if (!options->paths || !options->requests || !options->inputs)
        return pb_refuse(error, PREBLEED_FAILED_MEMORY, "out of memory");
    enum prebleed_status status = take_all(argc, argv, options, error);
    return status == PREBLEED_OK ? complete(options, error) : status;
}

void pb_options_release(struct pb_options *options)
{
    free(options->paths);
    free(options->requests);
    free(options->inputs);
    free(options->rules);
    *options = (struct pb_options){0};
}

/* Files that options name besides evidence: small, and read whole. "-" is no standard input here.
 */

#define LARGEST_BYTES ((size_t)64 << 20)

static enum prebleed_status read_input(const struct pb_input *input, struct prebleed_audit *audit,
                                       struct prebleed_error *error)
{
    enum prebleed_input kind = input->option->value->input;
    FILE *stream = fopen(input->file, "rb");
    struct prebleed_error cause = {0};

    if (stream == NULL)
        return pb_refuse(error, PREBLEED_FAILED_INPUT, "--%s %.200s: %s", input->option->name,
                         input->file, strerror(errno));
    setvbuf(stream, NULL, _IONBF, 0); /* a passphrase leaves no copy in a buffer of stdio's */
    char *bytes = malloc(LARGEST_BYTES + 1);
    size_t size = bytes ? fread(bytes, 1, LARGEST_BYTES + 1, stream) : 0, end = size;
    /* The newline with which editors and echo end a file is no part of the passphrase. */
    if (kind == PREBLEED_PASSPHRASE && end > 0 && bytes[end - 1] == '\n' && --end > 0)
        end -= bytes[end - 1] == '\r';
    if (!bytes)
        pb_refuse(&cause, PREBLEED_FAILED_MEMORY, "out of memory");
    else if (ferror(stream) || size > LARGEST_BYTES)
        pb_refuse(&cause, PREBLEED_FAILED_INPUT, "cannot be read, or has more than 64 MiB");
    else
        cause.status = prebleed_audit_add(audit, kind, input->file, bytes, end, &cause);
    if (cause.status != PREBLEED_OK)
        pb_refuse(error, cause.status, "--%s %.100s: %.350s", input->option->name, input->file,
                  cause.message);
    fclose(stream);
    OPENSSL_cleanse(bytes, size);
    free(bytes);
    return cause.status;
}

enum prebleed_status pb_inputs_add(const struct pb_options *options, struct prebleed_audit *audit,
                                   struct prebleed_error *error)
{
    enum prebleed_status status = PREBLEED_OK;

    for (size_t i = 0; status == PREBLEED_OK && i < options->input_count; i++)
        status = read_input(&options->inputs[i], audit, error);
    return status;
}
