/* SPDX-License-Identifier: MIT */
/* Text that people save in JSON's place, told apart so that the advice fits. The audit asks where
 * the JSON reader finds no document. */
#include <stdint.h>

#include "aws/context.h"

/* A client's error stands at the start, after a blank line or a few lines of progress. */
#define HEAD_BYTES 4096
#define MOST_CELLS 64
#define FEWEST_WORDS 5
#define LONGEST_ROW_DATE_BYTES 48

static struct pb_slice first_line(struct pb_slice text)
{
    size_t end = pb_slice_find(text, PB_SLICE("\n"), 0);
    struct pb_slice line = end == SIZE_MAX ? text : pb_slice_first(text, end);

    if (pb_slice_ends_with(line, PB_SLICE("\r")))
        line.size_bytes--;
    return line;
}

static bool has(struct pb_slice text, struct pb_slice needle)
{
    return pb_slice_find(text, needle, 0) != SIZE_MAX;
}

static bool is_reported_error(struct pb_slice text)
{
    struct pb_slice head = pb_slice_first(text, HEAD_BYTES);
    size_t at = pb_slice_find(head, PB_SLICE("An error occurred ("), 0);

    return at != SIZE_MAX && pb_slice_find(head, PB_SLICE(") when calling the "), at) != SIZE_MAX &&
           (at == 0 || head.data[at - 1] == '\n' || has(head, PB_SLICE("botocore.")) ||
            has(head, PB_SLICE("aws: [ERROR]")));
}

static bool is_pem(struct pb_slice text)
{
    return pb_field_of_text(text) == PB_FIELD_BODY;
}

static bool is_none(struct pb_slice text)
{
    return pb_slice_equals(first_line(text), PB_SLICE("None"));
}

static bool is_table(struct pb_slice text)
{
    struct pb_slice line = first_line(text);
    size_t rules = 0;

    while (rules < line.size_bytes && (line.data[rules] == '-' || line.data[rules] == '+'))
        rules++;
    return rules > 2 && rules == line.size_bytes &&
           pb_slice_starts_with(pb_slice_trim(pb_slice_from(text, rules)), PB_SLICE("|"));
}

static struct pb_slice skip_brackets(struct pb_slice text)
{
    while (text.size_bytes > 0 && (text.data[0] == '{' || text.data[0] == '['))
        text = pb_slice_trim(pb_slice_from(text, 1));
    return text;
}

static bool is_bracketed(struct pb_slice text)
{
    return text.size_bytes > 0 && (text.data[0] == '{' || text.data[0] == '[');
}

static bool is_python(struct pb_slice text)
{
    if (!is_bracketed(text))
        return false;
    struct pb_slice inside = skip_brackets(text);
    return pb_slice_starts_with(inside, PB_SLICE("'")) ||
           pb_slice_starts_with(inside, PB_SLICE("datetime.datetime("));
}

/* The length of a word of letters, digits, '_' and '$'. */
static size_t word_size(struct pb_slice text)
{
    size_t size = 0;

    while (size < text.size_bytes) {
        char byte = text.data[size];
        bool is_word = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (size > 0 && byte >= '0' && byte <= '9') || byte == '_' || byte == '$';
        if (!is_word)
            break;
        size++;
    }
    return size;
}

/* "Key:" before a blank or the end of the line. */
static bool starts_with_plain_key(struct pb_slice text)
{
    size_t size = word_size(text);
    struct pb_slice after = pb_slice_from(text, size);

    return size > 0 && pb_slice_starts_with(after, PB_SLICE(":")) &&
           (after.size_bytes == 1 || after.data[1] == ' ' || after.data[1] == '\n' ||
            after.data[1] == '\r');
}

/* util.inspect leaves the quotes of keys out, and of dates. */
static bool is_javascript(struct pb_slice text)
{
    if (!is_bracketed(text))
        return false;
    struct pb_slice inside = skip_brackets(text);
    return starts_with_plain_key(inside) || pb_slice_starts_with(inside, PB_SLICE("'$metadata'"));
}

static bool is_yaml(struct pb_slice text)
{
    if (pb_slice_starts_with(text, PB_SLICE("---")))
        text = pb_slice_trim(pb_slice_from(text, 3));
    while (pb_slice_starts_with(text, PB_SLICE("- ")))
        text = pb_slice_trim(pb_slice_from(text, 2));
    return starts_with_plain_key(text) &&
           (has(text, PB_SLICE("ServerCertificate")) || has(text, PB_SLICE("server_certificate")) ||
            has(text, PB_SLICE("UploadDate")) || has(text, PB_SLICE("Arn:")));
}

/* The cell at the start of a line, without its quotes; *line moves past it. */
static struct pb_slice take_cell(struct pb_slice *line, struct pb_slice separator)
{
    size_t end = pb_slice_find(*line, separator, 0);
    struct pb_slice cell = end == SIZE_MAX ? *line : pb_slice_first(*line, end);

    *line = end == SIZE_MAX ? PB_SLICE_ABSENT : pb_slice_from(*line, end + 1);
    if (cell.size_bytes >= 2 && cell.data[0] == '"' && cell.data[cell.size_bytes - 1] == '"')
        cell = pb_slice_first(pb_slice_from(cell, 1), cell.size_bytes - 2);
    return cell;
}

/* A heading that names a field, or a row with a date or an ARN in it. */
static bool is_csv(struct pb_slice text)
{
    struct pb_slice line = first_line(text);
    bool has_own = false;

    if (is_bracketed(text) || !has(line, PB_SLICE(",")))
        return false;
    while (!pb_slice_is_absent(line)) {
        struct pb_slice cell = take_cell(&line, PB_SLICE(","));
        enum pb_field look = pb_field_of_text(cell), field = pb_field_of(cell);
        has_own |= look == PB_FIELD_UPLOAD_DATE || look == PB_FIELD_ARN || field == PB_FIELD_NAME ||
                   field == PB_FIELD_ID || field == PB_FIELD_UPLOAD_DATE;
    }
    return has_own;
}

static bool is_text_row(struct pb_slice line)
{
    size_t cells = 0;

    while (!pb_slice_is_absent(line)) {
        struct pb_slice cell = take_cell(&line, PB_SLICE("\t"));
        if (cell.size_bytes > 0 && pb_field_of(cell) == PB_FIELD_NONE &&
            pb_field_of_text(cell) == PB_FIELD_NONE)
            return false;
        cells += cell.size_bytes > 0;
    }
    return cells > 0;
}

/* One row a line, cells separated by tabs. */
static bool is_text_output(struct pb_slice text)
{
    return !is_bracketed(text) && is_text_row(first_line(text));
}

#define MOST_OPENINGS 10

/* Text is of a format where it begins with an opening, markup in any case, or is_format says so. */
struct format {
    const char *code;
    const char *advice;
    const char *openings[MOST_OPENINGS + 1];
    bool (*is_format)(struct pb_slice text); /* without white space around it, never empty */
};

/* Tested in this order: a table's rules and a PEM's dashes would match YAML too. */
static const struct format formats[] = {
    {.code = "cli-error",
     .advice = "this is an error message of the AWS CLI and shows no certificates, nor that "
               "there are none; run the command again with --output json",
     .openings = {"usage: aws", "aws: error", "aws: [ERROR]", "Parameter validation failed",
                  "Unable to locate credentials", "Partial credentials found",
                  "Could not connect to the endpoint URL", "The config profile (",
                  "Invalid length for parameter", "Bad value for --query"},
     .is_format = is_reported_error},
    {.code = "html-page",
     .advice = "this is a web page, perhaps a proxy's or a sign-in's, and no answer of AWS",
     .openings = {"<!doctype html", "<html"}},
    {.code = "xml-response",
     .advice = "this is the service's own XML; save what a client prints with --output json "
               "instead",
     .openings = {"<?xml", "<ErrorResponse", "<ListServerCertificatesResponse",
                  "<GetServerCertificateResponse"}},
    {.code = "pem-file",
     .advice = "this is a certificate alone, without the name and UploadDate that IAM keeps "
               "beside it; save aws iam get-server-certificate --output json instead",
     .is_format = is_pem},
    {.code = "none-output",
     .advice = "None is what --output text prints where --query found nothing, and is no word "
               "on the certificates; export without --query and with --output json",
     .is_format = is_none},
    {.code = "table-output",
     .advice = "this was printed with --output table, which is made for people; export with "
               "--output json",
     .is_format = is_table},
    {.code = "python-repr",
     .advice = "this is Python's own notation and no JSON; write it with json.dumps(answer, "
               "default=str)",
     .openings = {"datetime.datetime("},
     .is_format = is_python},
    {.code = "javascript-inspect",
     .advice = "this is what console.log prints and no JSON; write it with "
               "JSON.stringify(answer)",
     .is_format = is_javascript},
    {.code = "yaml-output",
     .advice = "this was printed with --output yaml; export with --output json",
     .is_format = is_yaml},
    {.code = "csv-output",
     .advice = "CSV is not read; export as JSON (--output json)",
     .is_format = is_csv},
    {/* Rows of structures begin with their name in capitals. */
     .code = "text-output",
     .advice = "this was printed with --output text, which leaves out the names of the fields; "
               "export with --output json",
     .openings = {"SERVERCERTIFICATE", "NEXTTOKEN\t", "True\t", "False\t", "TAGS\t",
                  "SUMMARYMAP\t"},
     .is_format = is_text_output},
};

static bool is_of_format(struct pb_slice text, const struct format *format)
{
    for (const char *const *opening = format->openings; *opening != NULL; opening++) {
        struct pb_slice prefix = pb_slice_from_string(*opening);
        struct pb_slice start = pb_slice_first(text, prefix.size_bytes);
        if (prefix.data[0] == '<' ? pb_slice_equals_ignoring_case(start, prefix)
                                  : pb_slice_equals(start, prefix))
            return true;
    }
    return format->is_format != NULL && format->is_format(text);
}

const char *pb_aws_explain_text(struct pb_slice text, const char **code)
{
    text = pb_slice_trim(text);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0] && text.size_bytes > 0; i++)
        if (is_of_format(text, &formats[i])) {
            *code = formats[i].code;
            return formats[i].advice;
        }
    return NULL;
}

bool pb_aws_is_bare_date(struct pb_slice text)
{
    text = pb_slice_trim(text);
    return text.size_bytes > 0 && text.size_bytes < PB_LONGEST_BARE_DATE && text.data[0] >= '0' &&
           text.data[0] <= '9' && has(text, PB_SLICE("T")) &&
           pb_field_of_text(text) == PB_FIELD_UPLOAD_DATE;
}

/* Marks in text that is no JSON, line by line. */

/* A year of AWS's stands behind what may stand between a key and its value. */
static bool precedes_date(struct pb_slice text)
{
    const struct pb_slice constructor = PB_SLICE("datetime.datetime(");
    size_t at = 0;

    while (at < text.size_bytes && text.data[at] != '\0' &&
           strchr("_-:=>|]\"'\\ \t", text.data[at]) != NULL)
        at++;
    bool is_comparison = pb_slice_starts_with(text, PB_SLICE(" >")) ||
                         pb_slice_contains_ignoring_case(pb_slice_first(text, at), PB_SLICE(">="));
    text = pb_slice_from(text, at);
    if (pb_slice_starts_with(text, constructor))
        text = pb_slice_from(text, constructor.size_bytes);
    return at > 0 && !is_comparison && text.size_bytes >= 4 &&
           pb_slice_starts_with(text, PB_SLICE("20")) && text.data[2] >= '0' &&
           text.data[2] <= '9' && text.data[3] >= '0' && text.data[3] <= '9';
}

/* "UploadDate: 2013-...", in whatever notation. */
static bool has_dated_field(struct pb_slice line)
{
    const struct pb_slice word = PB_SLICE("pload");

    for (size_t at = pb_slice_find(line, word, 0); at != SIZE_MAX;
         at = pb_slice_find(line, word, at + 1)) {
        struct pb_slice rest = pb_slice_from(line, at + word.size_bytes);
        if (rest.size_bytes > 0 && (rest.data[0] == '_' || rest.data[0] == '-'))
            rest = pb_slice_from(rest, 1);
        if (pb_slice_equals_ignoring_case(pb_slice_first(rest, 4), PB_SLICE("date")) &&
            precedes_date(pb_slice_from(rest, 4)))
            return true;
    }
    return false;
}

/* A name, a blank or tab, and a date: what loops print one a line. */
static bool is_dated_name(struct pb_slice line)
{
    struct pb_slice trimmed = pb_slice_trim(line);
    size_t size = 0;

    while (size < trimmed.size_bytes && strchr(" \t,;", trimmed.data[size]) == NULL)
        size++;
    struct pb_slice rest = pb_slice_from(trimmed, size + 1);
    return pb_field_of_text(pb_slice_first(trimmed, size)) == PB_FIELD_NAME &&
           rest.size_bytes < LONGEST_ROW_DATE_BYTES && pb_mark_has_old_date(rest) &&
           pb_field_of_text(rest) == PB_FIELD_UPLOAD_DATE;
}

/* One of several cells names a field that only certificates have. PowerShell's tables and PHP's
 * dumps have no separator of one kind. */
static bool is_heading(struct pb_slice line)
{
    static const char *const separators[] = {",", "\t", "|", ";", " "};

    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        struct pb_slice rest = line, separator = pb_slice_from_string(separators[i]);
        size_t cells = 0, own = 0, fields = 0;
        for (; !pb_slice_is_absent(rest) && cells < MOST_CELLS; cells++) {
            struct pb_slice cell = pb_slice_trim(take_cell(&rest, separator));
            if (separator.data[0] == ' ' && cell.size_bytes > 0 &&
                pb_field_of(cell) == PB_FIELD_NONE) {
                own = 0;
                break;
            }
            enum pb_field field = pb_field_of(cell);
            own += field == PB_FIELD_NAME || field == PB_FIELD_ID || field == PB_FIELD_UPLOAD_DATE;
            fields += field != PB_FIELD_NONE;
        }
        if (own > 0 && fields > 1)
            return true;
    }
    return false;
}

/* Documentation shows AWS's own examples. */
static bool is_example(struct pb_slice mark)
{
    return pb_slice_contains_ignoring_case(mark, PB_SLICE("EXAMPLE")) ||
           pb_slice_contains_ignoring_case(mark, PB_SLICE("::123456789012:"));
}

/* Sentences have words, rows have values. */
static bool is_prose(struct pb_slice line)
{
    size_t words = 0, letters = 0;

    for (size_t i = 0; i <= line.size_bytes && words < FEWEST_WORDS; i++) {
        char byte = i < line.size_bytes ? line.data[i] : ' ';
        bool is_letter = byte >= 'a' && byte <= 'z';
        words += byte == ' ' && letters > 1;
        letters = is_letter && (letters > 0 || i == 0 || line.data[i - 1] == ' ') ? letters + 1 : 0;
    }
    return words >= FEWEST_WORDS;
}

struct text_search {
    struct pb_batch *batch;
    uint32_t line;
    bool is_policy, is_listing;
    bool is_telling; /* the path says that it is about certificates */
    size_t references;
};

static enum pb_status read_line(struct text_search *search, struct pb_slice line)
{
    bool is_dated = pb_mark_has_old_date(line) && !is_prose(line);
    struct pb_mark mark;

    search->is_listing |=
        has_dated_field(line) || is_heading(line) || (search->is_telling && is_dated_name(line));
    mark.end = 0;
    mark.is_id = false;
    while (search->references < PB_MOST_BARE_ELEMENTS && pb_mark_next(line, &mark)) {
        struct pb_record record = {.kind = PB_RECORD_REFERENCE,
                                   .entry = search->batch->diagnostics.entry,
                                   .line = search->line,
                                   .shape = pb_reference_shape,
                                   .pointer = PB_SLICE(""),
                                   .is_from_text = true};
        if (is_example(mark.text))
            continue;
        search->is_listing |= is_dated;
        if (search->is_policy)
            continue;
        search->references++;
        if (!pb_arena_copy(&search->batch->arena, mark.text, &record.target) ||
            !pb_vector_append(&search->batch->records, &record, 1))
            return PB_FAILED_MEMORY;
    }
    return PB_OK;
}

enum pb_status pb_aws_read_text(struct pb_slice text, struct pb_slice path, struct pb_batch *batch,
                                enum pb_aws_outcome *outcome, const char **excuse)
{
    struct text_search search = {.batch = batch,
                                 .is_policy = pb_is_policy(text),
                                 .is_telling =
                                     pb_slice_contains_ignoring_case(path, PB_SLICE("cert"))};
    enum pb_status status = PB_OK;

    while (text.size_bytes > 0 && status == PB_OK) {
        const char *end = memchr(text.data, '\n', text.size_bytes);
        size_t size = end != NULL ? (size_t)(end - text.data) : text.size_bytes;
        search.line++;
        status = read_line(&search, pb_slice_first(text, size));
        text = pb_slice_from(text, size + 1);
    }
    *outcome = PB_AWS_UNRELATED;
    *excuse = search.is_policy ? pb_policy_excuse : NULL;
    if (search.is_listing)
        *outcome = PB_AWS_LEFT_OVER;
    else if (search.references > 0)
        *outcome = PB_AWS_RECOGNISED;
    return status;
}

size_t pb_aws_prologue_size(struct pb_slice text)
{
    const struct pb_slice word = PB_SLICE("scoutsuite_results");
    size_t size = word.size_bytes;

    if (!pb_slice_starts_with(text, word))
        return 0;
    while (size < text.size_bytes && (text.data[size] == ' ' || text.data[size] == '\t'))
        size++;
    return size < text.size_bytes && text.data[size] == '=' ? size + 1 : 0;
}
