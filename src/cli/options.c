/* SPDX-License-Identifier: MIT */
/* Every option: what it is called, and what its value does. Then from the program's arguments, the
 * clock and the machine to the options, and from the files that these name to the audit. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "cli/cli.h"
#include "cli/sentences.inc"

static bool set_flag(void *member, const char *value)
{
    (void)value;
    *(bool *)member = true;
    return true;
}

static bool set_text(void *member, const char *value)
{
    *(const char **)member = value;
    return true;
}

/* Digits, then nothing or, of a size, a unit: K, M or G, and iB or not. */
static bool set_number(void *member, const char *value, const struct pb_value *kind)
{
    static const char units[] = "KMG";
    char *end;

    errno = 0;
    uint64_t number = strtoull(value, &end, 10);
    const char *unit = kind->is_size && *end != '\0' ? strchr(units, *end) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    bool is_none = kind->may_be_none && strcmp(value, "0") == 0;
    end += unit != NULL;
    if (*value < '0' || *value > '9' || errno != 0 || number > kind->maximum >> shift ||
        (*end != '\0' && !(unit && strcmp(end, "iB") == 0)) || (number == 0 && !is_none))
        return false;
    if (kind->maximum > UINT32_MAX)
        *(uint64_t *)member = number << shift;
    else
        *(uint32_t *)member = (uint32_t)number;
    return true;
}

static bool set_instant(void *member, const char *value)
{
    return prebleed_instant_parse(value, member);
}

static const char *const whens[] = {"auto", "always", "never", NULL};
static const char *const severities[] = {"low", "medium", "high", NULL};
static const char *const levels[] = {"low", "medium", "high", "never", NULL};

_Static_assert(sizeof(enum prebleed_severity) == sizeof(unsigned), "a choice is an unsigned");

static bool set_choice(void *member, const char *value, const char *const *choices)
{
    unsigned index = 0;
    while (choices[index] && strcasecmp(value, choices[index]) != 0)
        index++;
    *(unsigned *)member = index;
    return choices[index] != NULL;
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

static enum prebleed_status refuse_row(const char *table, const char *what, const char *text,
                                       size_t size, struct prebleed_error *error)
{
    struct prebleed_table_row row;
    const char *nearest = NULL;
    char name[100];
    snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), text);
    for (size_t i = 0; prebleed_table_row(table, i, &row); i++)
        nearest = pb_nearer(name, nearest, row.name);
    if (nearest)
        return pb_refuse_unknown(error, what, "", name, nearest);
    return pb_refuse(error, PREBLEED_FAILED_USAGE, PB_SAY_NO_ROW, what, name, table);
}

static enum prebleed_status explain(const char *value, struct pb_options *options,
                                    struct prebleed_error *error)
{
    struct prebleed_table_row row;
    if (!find_row("rules", value, strlen(value), &row))
        return refuse_row("rules", "rule", value, strlen(value), error);
    options->information = "explain";
    options->explanation = row.text;
    return PREBLEED_OK;
}

static enum prebleed_status choose_rules(const char *value, struct pb_options *options,
                                         struct prebleed_error *error)
{
    struct prebleed_table_row row;
    for (const char *text = value;; text++) {
        size_t size = strcspn(text, ",");
        if (size == 0)
            return pb_refuse(error, PREBLEED_FAILED_USAGE, PB_SAY_NO_RULE_NAME);
        if (!find_row("rules", text, size, &row))
            return refuse_row("rules", "rule", text, size, error);
        text += size;
        if (*text == '\0')
            break;
    }
    options->parameters.rules = value;
    return PREBLEED_OK;
}

/* The format that a file's name, or its end alone, asks for; false for none. */
static bool find_format_of_file(const char *file, struct prebleed_table_row *row)
{
    static const char *const endings[][2] = {
        {"txt", "text"}, {"md", "markdown"}, {"htm", "html"}, {"xml", "junit"}, {"jsonl", "ndjson"},
    };
    const char *dot = strrchr(file, '.'), *end = dot ? dot + 1 : file;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(end, endings[i][0]) == 0)
            return find_row("formats", endings[i][1], strlen(endings[i][1]), row);
    return find_row("formats", end, strlen(end), row);
}

/* options->requests has room for as many as there are arguments. */
static enum prebleed_status add_request(const char *format, const char *file,
                                        struct pb_options *options, struct prebleed_error *error)
{
    if (strcmp(file, "-") == 0 || strcmp(file, "/dev/stdout") == 0)
        file = NULL;
    for (size_t i = 0; i < options->request_count; i++)
        if (!file && !options->requests[i].file)
            return pb_refuse(error, PREBLEED_FAILED_USAGE, PB_SAY_OUTPUT_TWICE);
    options->has_report |= !file;
    options->prints_text |= !file && strcmp(format, "text") == 0;
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

    if (!find_row("formats", value, size, &row)) {
        if (value[size] != '\0' || !find_format_of_file(value, &row))
            return refuse_row("formats", "report format", value, size > 0 ? size : strlen(value),
                              error);
        bool is_file = strchr(value, '.') != NULL;
        return pb_refuse(error, PREBLEED_FAILED_USAGE, PB_SAY_NO_FORMAT, value, row.name,
                         is_file ? "=" : "", is_file ? value : "");
    }
    if (*file == '\0')
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--output: no FILE after '%s'", value);
    options->has_report = true;
    return add_request(row.name, file, options, error);
}

static const struct pb_value flag = {.set = set_flag};
/* The member becomes the option's name; parsing ends there. */
static const struct pb_value information = {.set = set_text};
static const struct pb_value words = {"TEXT", .set = set_text, .formats = "html"};
static const struct pb_value html_flag = {.set = set_flag, .formats = "html"};
static const struct pb_value crl = {"FILE", .is_repeatable = true, .input = PREBLEED_CRL};
static const struct pb_value manifest = {"FILE", .input = PREBLEED_MANIFEST};
static const struct pb_value passphrase = {"FILE", .input = PREBLEED_PASSPHRASE};
static const struct pb_value waivers = {"FILE", .input = PREBLEED_WAIVERS};
static const struct pb_value baseline = {"FILE", .input = PREBLEED_BASELINE};
static const struct pb_value key = {"FILE", .input = PREBLEED_REDACTION_KEY};
static const struct pb_value map = {"FILE", .format = "redaction-map"};
static const struct pb_value template = {"FILE", .format = "waivers"};
static const struct pb_value report = {"FORMAT[=FILE]", .is_repeatable = true, .apply = add_report};
static const struct pb_value rule = {"RULE", .apply = explain};
static const struct pb_value rules = {"LIST", .apply = choose_rules};
static const struct pb_value jobs = {"NUMBER", .maximum = PREBLEED_MOST_JOBS};
static const struct pb_value small_count = {"NUMBER", .maximum = UINT32_MAX};
static const struct pb_value count = {"NUMBER", .maximum = UINT64_MAX};
static const struct pb_value size = {"SIZE", .maximum = UINT64_MAX, .is_size = true,
                                     .expected = PB_SAY_SIZE};
static const struct pb_value size_or_none = {"SIZE", .maximum = UINT64_MAX, .is_size = true,
                                             .may_be_none = true, .expected = PB_SAY_SIZE_OR_NONE};
static const struct pb_value instant = {"WHEN", .set = set_instant, .expected = PB_SAY_INSTANT};
static const struct pb_value when = {"WHEN", .choices = whens, .expected = PB_SAY_WHEN};
static const struct pb_value fail_on = {"SEVERITY", .choices = levels, .expected = PB_SAY_FAIL_ON};
static const struct pb_value severity = {"SEVERITY", .choices = severities,
                                         .formats = "text and html", .expected = PB_SAY_SEVERITY};

#define MEMBER(name) offsetof(struct pb_options, name)

const struct pb_option pb_option_table[] = {
    {"absolute-paths", 0, &html_flag, MEMBER(report.has_absolute_paths), NULL},
    {"author", 0, &words, MEMBER(report.author), NULL},
    {"color", 0, &when, MEMBER(color), "auto"},
    {"date", 0, &words, MEMBER(report.date), NULL},
    {"organization", 0, &words, MEMBER(report.organization), NULL},
    {"output", 'o', &report, 0, "text"},
    {"progress", 0, &when, MEMBER(progress), "auto"},
    {"quiet", 'q', &flag, MEMBER(is_quiet), NULL},
    {"redact", 0, &flag, MEMBER(parameters.is_redacted), NULL},
    {"redact-keep-digests", 0, &flag, MEMBER(parameters.keeps_digests), NULL},
    {"redact-key", 0, &key, MEMBER(parameters.is_redacted), NULL},
    {"redact-map", 0, &map, MEMBER(parameters.is_redacted), NULL},
    {"severity", 0, &severity, MEMBER(report.severity), "low"},
    {"title", 0, &words, MEMBER(report.title), NULL},
    {"verbose", 'v', &flag, MEMBER(report.is_verbose), NULL},
    {"as-of", 0, &instant, MEMBER(parameters.as_of), "SOURCE_DATE_EPOCH, else now"},
    {"baseline", 0, &baseline, 0, NULL},
    {"crl", 0, &crl, 0, NULL},
    {"cutoff", 0, &instant, MEMBER(parameters.cutoff), "iam-033"},
    {"fail-on", 0, &fail_on, MEMBER(parameters.fail_on), "high"},
    {"manifest", 0, &manifest, 0, NULL},
    {"new-only", 0, &flag, MEMBER(parameters.is_new_only), NULL},
    {"passphrase-file", 0, &passphrase, 0, NULL},
    {"require-complete", 0, &flag, MEMBER(parameters.require_complete), NULL},
    {"rules", 0, &rules, 0, "all"},
    {"waivers", 0, &waivers, 0, NULL},
    {"write-waivers", 0, &template, MEMBER(has_template), NULL},
    {"jobs", 0, &jobs, MEMBER(parameters.jobs), "the number of processors"},
    {"max-depth", 0, &small_count, MEMBER(parameters.limits.depth), "4"},
    {"max-item-bytes", 0, &size, MEMBER(parameters.limits.item_bytes), "64MiB"},
    {"max-items", 0, &count, MEMBER(parameters.limits.items), "5000000"},
    {"max-memory", 0, &size_or_none, MEMBER(max_memory_bytes), "8GiB"},
    {"max-ratio", 0, &small_count, MEMBER(parameters.limits.ratio), "1000"},
    {"max-total-bytes", 0, &size, MEMBER(parameters.limits.total_bytes), "16GiB"},
    {"max-values", 0, &count, MEMBER(parameters.limits.values), "2000000"},
    {"no-sandbox", 0, &flag, MEMBER(has_no_sandbox), NULL},
    {"explain", 0, &rule, 0, NULL},
    {"help", 'h', &information, MEMBER(information), NULL},
    {"list-formats", 0, &information, MEMBER(information), NULL},
    {"list-rules", 0, &information, MEMBER(information), NULL},
    {"list-shapes", 0, &information, MEMBER(information), NULL},
    {"version", 'V', &information, MEMBER(information), NULL},
    {0}};

/* Does what the row says; PREBLEED_FAILED_USAGE where the value is not what is expected. */
static enum prebleed_status apply(const struct pb_option *option, const char *value,
                                  struct pb_options *options, struct prebleed_error *error)
{
    const struct pb_value *kind = option->value;
    void *member = (char *)options + option->offset;

    if ((kind->input && option->offset > 0) || kind->format)
        *(bool *)member = true;
    if (kind->input) { /* there is room, as for requests */
        options->inputs[options->input_count++] = (struct pb_input){option, value};
        return PREBLEED_OK;
    }
    if (kind->format)
        return add_request(kind->format, value, options, error);
    if (kind->apply)
        return kind->apply(value, options, error);
    if (kind->set       ? kind->set(member, kind->name ? value : option->name)
        : kind->choices ? set_choice(member, value, kind->choices)
                        : set_number(member, value, kind))
        return PREBLEED_OK;
    if (kind->expected)
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s: '%.200s' is not %s", option->name,
                         value, kind->expected);
    return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s: '%.200s' is not a number from 1 to %llu",
                     option->name, value, (unsigned long long)kind->maximum);
}

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

/* By turns what other scanners call an option, and what it is here. */
static const char *const synonyms[] = {
#include "cli/synonyms.lines.inc"
};

static enum prebleed_status refuse_name(const char *argument, struct prebleed_error *error)
{
    size_t length = strcspn(argument + 2, "=");
    const char *nearest = NULL;
    char wanted[64] = "";
    memcpy(wanted, argument + 2, length < sizeof wanted ? length : sizeof wanted - 1);
    for (size_t i = 0; pb_option_table[i].name; i++)
        nearest = pb_nearer(wanted, nearest, pb_option_table[i].name);
    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i += 2)
        if (strcmp(synonyms[i], wanted) == 0)
            nearest = synonyms[i + 1];
    return pb_refuse_unknown(error, "option", "--", wanted, nearest);
}

/* found: what getopt_long returned. */
static enum prebleed_status take_option(int found, char **argv, struct pb_options *options,
                                        struct prebleed_error *error)
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
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "unknown option '-%c'%s", code,
                         code == 'f' ? "; did you mean '--output'?" : "");
    if (found == '?')
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s takes no value", option->name);
    if (found == ':')
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s needs a value: --%s %s", option->name,
                         option->name, option->value->name);
    uint64_t bit = UINT64_C(1) << (option - pb_option_table);
    if (option->value->name && !option->value->is_repeatable && (options->given & bit))
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s is given twice", option->name);
    options->given |= bit;
    return apply(option, optarg, options, error);
}

static enum prebleed_status take_all(int argc, char **argv, struct pb_options *options,
                                     struct prebleed_error *error)
{
    struct option names[PB_MOST_OPTIONS + 1] = {0};
    /* '-' has getopt_long return paths in their places, ':' has it print no messages. */
    char letters[2 * PB_MOST_OPTIONS + 3] = "-:", *letter = letters + 2;
    enum prebleed_status status = PREBLEED_OK;

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
    /* Paths move to the front of argv, which has been read so far. */
    while (status == PREBLEED_OK && !options->information) {
        int found = getopt_long(argc, argv, letters, names, NULL);
        if (found == -1)
            break;
        if (found == A_PATH)
            options->paths[options->path_count++] = optarg;
        else
            status = take_option(found, argv, options, error);
    }
    while (status == PREBLEED_OK && optind < argc) /* behind "--" */
        options->paths[options->path_count++] = argv[optind++];
    return status;
}

/* Refuses what is missing or does not fit together, and fills in what the arguments leave open. */
static enum prebleed_status complete(struct pb_options *options, struct prebleed_error *error)
{
    /* Up to 9999-12-31T23:59:59Z: RFC 3339, section 5.6 has no more digits for a year. */
    static const struct pb_value seconds = {.maximum = 253402300799, .may_be_none = true};
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    struct prebleed_instant *as_of = &options->parameters.as_of;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    if (options->information)
        return PREBLEED_OK;
    if (options->path_count == 0)
        return pb_refuse(error, PREBLEED_FAILED_USAGE, PB_SAY_NO_PATH);
    options->parameters.is_redacted |= options->parameters.keeps_digests;
    if (options->parameters.is_redacted && options->has_template)
        return pb_refuse(error, PREBLEED_FAILED_USAGE, PB_SAY_REDACTED_TEMPLATE);
    if (!options->has_report && add_request("text", "-", options, error) != PREBLEED_OK)
        return error->status;
    for (const struct pb_option *row = pb_option_table; row->name; row++) {
        const char *formats = row->value->formats;
        bool is_of_use = !formats || !(options->given >> (row - pb_option_table) & 1);
        for (size_t i = 0; i < options->request_count && !is_of_use; i++)
            is_of_use = strstr(formats, options->requests[i].format) != NULL;
        if (!is_of_use)
            return pb_refuse(error, PREBLEED_FAILED_USAGE, PB_SAY_CHANGES_ONLY, row->name, formats);
    }
    if (options->parameters.jobs == 0)
        options->parameters.jobs = processors < 1 ? 1 : (unsigned)processors;
    if (options->parameters.jobs > PREBLEED_MOST_JOBS)
        options->parameters.jobs = PREBLEED_MOST_JOBS;
    if (as_of->nanoseconds >= 0)
        return PREBLEED_OK;
    *as_of = (struct prebleed_instant){.seconds = time(NULL)};
    if (epoch && !set_number(&as_of->seconds, epoch, &seconds))
        return pb_refuse(error, PREBLEED_FAILED_USAGE, PB_SAY_NO_EPOCH, epoch);
    return PREBLEED_OK;
}

enum prebleed_status pb_arguments_parse(int argc, char **argv, struct pb_options *options,
                                        struct prebleed_error *error)
{
    size_t room = (size_t)(argc > 0 ? argc : 0) + 1;
    *options = (struct pb_options){0};
    prebleed_parameters_init(&options->parameters);
    options->max_memory_bytes = UINT64_C(8) << 30;
    /* Not given, which complete() finds. */
    options->parameters.jobs = 0;
    options->parameters.as_of.nanoseconds = -1;
    options->paths = argv + 1;
    options->requests = calloc(room, sizeof *options->requests);
    options->inputs = calloc(room, sizeof *options->inputs);
    if (!options->requests || !options->inputs)
        return pb_refuse(error, PREBLEED_FAILED_MEMORY, "out of memory");
    enum prebleed_status status = take_all(argc, argv, options, error);
    return status == PREBLEED_OK ? complete(options, error) : status;
}

void pb_options_release(struct pb_options *options)
{
    free(options->requests);
    free(options->inputs);
    *options = (struct pb_options){0};
}

#define LARGEST_BYTES ((size_t)64 << 20)

/* Read whole, because it is small. "-" is no standard input here. */
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
    size_t read_bytes = bytes ? fread(bytes, 1, LARGEST_BYTES + 1, stream) : 0, end = read_bytes;
    /* The newline with which editors and echo end a file is no part of the passphrase. */
    if (kind == PREBLEED_PASSPHRASE && end > 0 && bytes[end - 1] == '\n' && --end > 0)
        end -= bytes[end - 1] == '\r';
    if (!bytes)
        pb_refuse(&cause, PREBLEED_FAILED_MEMORY, "out of memory");
    else if (ferror(stream) || read_bytes > LARGEST_BYTES)
        pb_refuse(&cause, PREBLEED_FAILED_INPUT, "cannot be read, or has more than 64 MiB");
    else
        cause.status = prebleed_audit_add(audit, kind, input->file, bytes, end, &cause);
    if (cause.status != PREBLEED_OK)
        pb_refuse(error, cause.status, "--%s %.100s: %.350s", input->option->name, input->file,
                  cause.message);
    fclose(stream);
    OPENSSL_cleanse(bytes, read_bytes);
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
