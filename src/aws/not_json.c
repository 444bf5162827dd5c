/* SPDX-License-Identifier: MIT */
/* Text that people save in JSON's place, told apart so that the advice fits. The audit asks where
 * the JSON reader finds no document. */
#include <stdint.h>

#include "aws/context.h"

/* A client's error stands at the start, after a blank line or a few lines of progress. */
#define HEAD_BYTES 4096
#define MOST_CELLS 64
#define MOST_NAMES 5
#define FEWEST_WORDS 5
#define LONGEST_ROW_DATE_BYTES 48
#define LONGEST_HEADING_BYTES 24
#define SHORTEST_STAMP_BYTES 16
#define MOST_HEADINGS 1
#define FEWEST_ENCODED_BYTES 60
#define LAST_YEAR 2099

/* The next line, without its end; *text moves past it. False where none is left. */
static bool next_line(struct pb_slice *text, struct pb_slice *line)
{
    size_t end = pb_slice_find(*text, PB_SLICE("\n"), 0);
    bool is_line = text->size_bytes > 0;

    *line = pb_slice_first(*text, end);
    *text = pb_slice_from(*text, line->size_bytes + 1);
    if (pb_slice_ends_with(*line, PB_SLICE("\r")))
        line->size_bytes--;
    return is_line;
}

static struct pb_slice first_line(struct pb_slice text)
{
    struct pb_slice line;

    next_line(&text, &line);
    return line;
}

static bool has(struct pb_slice text, struct pb_slice needle)
{
    return pb_slice_find(text, needle, 0) != SIZE_MAX;
}

/* Where bytes other than these begin, from the offset on. */
static size_t skip(struct pb_slice text, size_t at, const char *bytes)
{
    while (at < text.size_bytes && text.data[at] != '\0' && strchr(bytes, text.data[at]) != NULL)
        at++;
    return at;
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
    return pb_is_key(first_line(text), "None");
}

static bool is_table(struct pb_slice text)
{
    size_t rules = skip(text, 0, "-+");

    return rules > 2 && rules == first_line(text).size_bytes &&
           pb_slice_starts_with(pb_slice_trim(pb_slice_from(text, rules)), PB_SLICE("|"));
}

static bool is_bracketed(struct pb_slice text)
{
    return text.size_bytes > 0 && (text.data[0] == '{' || text.data[0] == '[');
}

/* What stands behind the brackets that the text begins with. */
static struct pb_slice skip_brackets(struct pb_slice text)
{
    return pb_slice_from(text, skip(text, 0, "{[ \t\r\n"));
}

static bool is_python(struct pb_slice text)
{
    struct pb_slice inside = skip_brackets(text);

    return is_bracketed(text) && (pb_slice_starts_with(inside, PB_SLICE("'")) ||
                                  pb_slice_starts_with(inside, PB_SLICE("datetime.datetime(")));
}

/* "Key:" before a blank or the end of the line. */
static bool starts_with_plain_key(struct pb_slice text)
{
    size_t size = 0;

    while (size < text.size_bytes && (pb_is_alphanumeric(text.data[size]) ||
                                      text.data[size] == '_' || text.data[size] == '$'))
        size++;
    struct pb_slice after = pb_slice_from(text, size);
    return size > 0 && (text.data[0] < '0' || text.data[0] > '9') &&
           pb_slice_starts_with(after, PB_SLICE(":")) &&
           (after.size_bytes == 1 || strchr(" \n\r", after.data[1]) != NULL);
}

/* util.inspect leaves the quotes of keys out, and of dates. */
static bool is_javascript(struct pb_slice text)
{
    struct pb_slice inside = skip_brackets(text);

    return is_bracketed(text) &&
           (starts_with_plain_key(inside) || pb_slice_starts_with(inside, PB_SLICE("'$metadata'")));
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

/* The cell at the start of a line, without blanks and quotes; *line moves past it. */
static struct pb_slice take_cell(struct pb_slice *line, char separator)
{
    size_t end = pb_slice_find(*line, (struct pb_slice){&separator, 1}, 0);
    struct pb_slice cell = pb_slice_trim(end == SIZE_MAX ? *line : pb_slice_first(*line, end));

    *line = end == SIZE_MAX ? PB_SLICE_ABSENT : pb_slice_from(*line, end + 1);
    if (cell.size_bytes >= 2 && cell.data[0] == '"' && cell.data[cell.size_bytes - 1] == '"')
        cell = pb_slice_first(pb_slice_from(cell, 1), cell.size_bytes - 2);
    return cell;
}

/* A field that only certificates have. */
static bool is_own(enum pb_field field)
{
    return field == PB_FIELD_NAME || field == PB_FIELD_ID || field == PB_FIELD_UPLOAD_DATE;
}

/* A heading that names a field, or a row with a date or an ARN in it. */
static bool is_csv(struct pb_slice text)
{
    struct pb_slice line = first_line(text);
    bool has_own = false;

    if (is_bracketed(text) || !has(line, PB_SLICE(",")))
        return false;
    while (!pb_slice_is_absent(line)) {
        struct pb_slice cell = take_cell(&line, ',');
        enum pb_field look = pb_field_of_text(cell);
        has_own |=
            look == PB_FIELD_UPLOAD_DATE || look == PB_FIELD_ARN || is_own(pb_field_of(cell));
    }
    return has_own;
}

/* Cells that each look like a field's value, or are its name. */
static bool is_row(struct pb_slice line, char separator)
{
    size_t cells = 0;

    while (!pb_slice_is_absent(line)) {
        struct pb_slice cell = take_cell(&line, separator);
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
    return !is_bracketed(text) && is_row(first_line(text), '\t');
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

void pb_aws_append_names(struct pb_buffer *buffer, struct pb_slice text)
{
    struct pb_buffer names = {0};
    struct pb_mark mark = {.end = 0};
    size_t count = 0;

    for (; pb_mark_next(text, &mark) && !mark.is_id; count++) {
        struct pb_slice arn = pb_slice_first(mark.text, pb_slice_find(mark.text, PB_SLICE(","), 0));
        if (count < MOST_NAMES)
            pb_buffer_append_format(
                &names, "%s%.*s", count > 0 ? ", " : "",
                PB_SLICE_ARGS(pb_slice_from(arn, pb_slice_find_last(arn, '/') + 1)));
    }
    if (count > 0)
        pb_buffer_append_format(buffer, ". It names %zu certificate%s: %.*s%s", count,
                                count == 1 ? "" : "s", PB_SLICE_ARGS(pb_buffer_slice(&names)),
                                count > MOST_NAMES ? ", ..." : "");
    pb_buffer_release(&names);
}

bool pb_aws_is_bare_date(struct pb_slice text)
{
    text = pb_slice_trim(text);
    return text.size_bytes < PB_LONGEST_BARE_DATE && pb_slice_starts_with(text, PB_SLICE("20")) &&
           has(text, PB_SLICE("T")) && pb_field_of_text(text) == PB_FIELD_UPLOAD_DATE;
}

/* Marks in text that is no JSON, line by line. */

/* What looks for them, and what the lines so far say of the next. */
struct text_search {
    struct pb_batch *batch;
    const struct pb_aws_context *context; /* NULL: only listings are looked for */
    uint32_t line;                        /* from 0 */
    bool is_policy, is_listing;
    bool is_path_telling; /* it speaks of certificates */
    bool is_telling;      /* so does a line that opens a block */
    bool is_answer;       /* the line before called for certificates */
    bool wants_names;     /* the path tells that names alone are a list */
    size_t references;
    size_t names, others; /* lines that are rows of names, and that are not */
};

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

static bool has_letter(struct pb_slice text)
{
    size_t at = 0;

    while (at < text.size_bytes && (pb_byte_lower(text.data[at]) < 'a' || text.data[at] > 'z'))
        at++;
    return at < text.size_bytes;
}

/* Behind what may stand between a key and its value a date begins, be it with the day's name. */
static bool precedes_date(struct pb_slice text)
{
    const struct pb_slice constructor = PB_SLICE("datetime.datetime(");
    size_t at = skip(text, 0, "_-:=>|],;(\"'\\ \t");
    struct pb_slice between = pb_slice_first(text, at), value = pb_slice_from(text, at);

    if (at == 0 || pb_slice_starts_with(text, PB_SLICE(" >")) || has(between, PB_SLICE(">=")))
        return false; /* a comparison */
    if (pb_slice_starts_with(value, constructor))
        value = pb_slice_from(value, constructor.size_bytes);
    bool is_named = has(between, PB_SLICE(":")) || has(between, PB_SLICE("="));
    return value.size_bytes > 0 && (is_named || (value.data[0] >= '0' && value.data[0] <= '9')) &&
           pb_text_has_date(pb_slice_first(value, LONGEST_ROW_DATE_BYTES), LAST_YEAR);
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

/* A name, what may stand between cells or between a key and its value, and a date. */
static bool is_dated_name(struct pb_slice line)
{
    size_t begin = skip(line, 0, "|\"'{[( \t"), end = begin;

    while (end < line.size_bytes && strchr(" \t,;|:=\"'", line.data[end]) == NULL)
        end++;
    struct pb_slice name = pb_slice_first(pb_slice_from(line, begin), end - begin);
    return has_letter(name) && pb_is_certificate_name(name) &&
           precedes_date(pb_slice_from(line, end)) && !is_prose(line);
}

/* What the cells of a heading, or of a table's title, say. PowerShell's tables and PHP's dumps have
 * no separator of one kind. */
static bool is_heading(struct pb_slice line)
{
    bool is_boxed = pb_slice_starts_with(pb_slice_trim(line), PB_SLICE("|"));
    bool is_code = has(line, PB_SLICE("(")) || has(line, PB_SLICE("="));

    for (const char *separator = ",\t|; "; *separator != '\0'; separator++) {
        struct pb_slice rest = line;
        size_t cells = 0, own = 0, fields = 0, words = 0, others = 0;
        for (; !pb_slice_is_absent(rest) && cells < MOST_CELLS; cells++) {
            struct pb_slice cell = take_cell(&rest, *separator);
            enum pb_field field = pb_field_of(cell);
            bool is_short = cell.size_bytes < LONGEST_HEADING_BYTES;
            if (is_boxed && *separator == '|' &&
                (pb_is_key(cell, "ListServerCertificates") ||
                 pb_is_key(cell, "GetServerCertificate")))
                return true;
            own += is_own(field);
            fields += field != PB_FIELD_NONE;
            others += field == PB_FIELD_NONE && cell.size_bytes > 0;
            if (is_short && pb_slice_contains_ignoring_case(cell, PB_SLICE("upload")))
                words |= 1;
            else if (is_short && pb_slice_contains_ignoring_case(cell, PB_SLICE("cert")))
                words |= 2;
        }
        bool is_table = *separator != ' ' || others == 0;
        if ((own > 0 && fields > 1 && is_table) ||
            (words == 3 && !is_code && (*separator != ' ' || (fields > 0 && cells == 2))))
            return true;
    }
    return false;
}

/* A field's name fills a cell of a table in markup, or is the key of PHP's var_dump. */
static bool has_marked_up_field(struct pb_slice line)
{
    static const struct pb_slice sides[][2] = {
        {{">", 1}, {"</t", 3}}, {{">", 1}, {"</Data", 6}}, {{"[\"", 2}, {"\"]=>", 4}}};

    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++)
        for (size_t end = pb_slice_find(line, sides[i][1], 0); end != SIZE_MAX;
             end = pb_slice_find(line, sides[i][1], end + 1)) {
            struct pb_slice before = pb_slice_first(line, end);
            size_t begin = pb_slice_find_last(before, sides[i][0].data[0]);
            if (begin != SIZE_MAX &&
                is_own(pb_field_of(pb_slice_from(before, begin + sides[i][0].size_bytes))))
                return true;
        }
    return false;
}

/* "$ aws iam list-server-certificates ...", in a transcript or a log of commands. */
static bool is_call(struct pb_slice line)
{
    size_t at = pb_slice_find(line, PB_SLICE("aws iam "), 0);

    return at != SIZE_MAX && at > 1 && strchr("$#>+%n", line.data[at - 2]) != NULL &&
           (has(line, PB_SLICE("list-server-certificates")) ||
            has(line, PB_SLICE("get-server-certificate")));
}

/* Whether the text lists certificates, as far as the line says. */
static void read_listing(struct text_search *search, struct pb_slice line)
{
    struct pb_slice trimmed = pb_slice_trim(line);
    bool is_empty = trimmed.size_bytes == 0;
    char last = is_empty ? '\0' : trimmed.data[trimmed.size_bytes - 1];
    bool is_names = (search->is_answer || search->wants_names) && has_letter(trimmed) &&
                    is_row(trimmed, trimmed.data[0] == '|' ? '|' : '\t');

    search->is_listing |=
        has_dated_field(line) || is_heading(line) || has_marked_up_field(line) ||
        ((search->is_path_telling || search->is_telling) && is_dated_name(line)) ||
        (search->is_answer && is_names) ||
        (has(line, PB_SLICE("aws_iam_server_certificate.")) &&
         (has(line, PB_SLICE(" will be destroyed")) || has(line, PB_SLICE(" must be replaced"))));
    if (!is_empty)
        search->is_answer = is_call(trimmed);
    search->names += is_names;
    search->others += !is_names && has_letter(trimmed);
    if (last == '{' || last == '[' || last == ':')
        search->is_telling = pb_slice_contains_ignoring_case(trimmed, PB_SLICE("cert")) ||
                             pb_slice_contains_ignoring_case(trimmed, PB_SLICE("upload"));
    else if (is_empty || last == '}' || last == ']')
        search->is_telling = false;
}

/* Documentation shows AWS's own examples. */
static bool is_example(struct pb_slice mark)
{
    return pb_slice_ends_with(mark, PB_SLICE("EXAMPLE")) || has(mark, PB_SLICE("::123456789012:"));
}

const char pb_documentation_excuse[] =
    "documentation: all that it names are AWS's own examples, of no real account";

bool pb_aws_is_documentation(struct pb_slice text)
{
    size_t marks = 0, ids = 0, rows = 0;
    struct pb_slice line;
    struct pb_mark mark;

    for (pb_mark_begin(&mark); pb_mark_next(text, &mark); marks++) {
        if (!is_example(mark.text))
            return false;
        ids += mark.is_id;
    }
    while (ids > 0 && next_line(&text, &line))
        rows += has_dated_field(line) && !is_prose(line);
    return ids > 0 && 2 * rows <= marks; /* each has its ARN and id */
}

/* Without the date and time that logs begin a line with. */
static struct pb_slice skip_stamp(struct pb_slice line)
{
    size_t end = skip(line, 0, "0123456789-/:.,+TZ[] ");

    return end > SHORTEST_STAMP_BYTES && line.data[end - 1] == ' ' ? pb_slice_from(line, end)
                                                                   : line;
}

/* What a policy is about, on the line of its key or in a list below it. */
static bool is_of_policy(struct pb_slice line)
{
    struct pb_slice trimmed = pb_slice_trim(line);

    return pb_slice_contains_ignoring_case(line, PB_SLICE("resource")) ||
           pb_slice_starts_with(trimmed, PB_SLICE("-")) ||
           pb_slice_starts_with(trimmed, PB_SLICE("\"")) ||
           pb_slice_starts_with(trimmed, PB_SLICE("'"));
}

static enum pb_status read_line(struct text_search *search, struct pb_slice line)
{
    bool is_dated =
        pb_text_has_date(skip_stamp(line), search->context->cutoff_year) && !is_prose(line);
    struct pb_mark mark;

    read_listing(search, line);
    pb_mark_begin(&mark);
    while (search->references < PB_MOST_BARE_ELEMENTS && pb_mark_next(line, &mark)) {
        struct pb_record record = {.kind = PB_RECORD_REFERENCE,
                                   .entry = search->batch->diagnostics.entry,
                                   .line = search->line + 1,
                                   .shape = pb_reference_shape,
                                   .pointer = PB_SLICE(""),
                                   .is_from_text = true};
        if (is_example(mark.text))
            continue;
        search->is_listing |= is_dated;
        if (search->is_policy && is_of_policy(line))
            continue;
        search->references++;
        if (!pb_arena_copy(&search->batch->arena, mark.text, &record.target) ||
            !pb_vector_append(&search->batch->records, &record, 1))
            return PB_FAILED_MEMORY;
    }
    search->is_listing |= search->references >= PB_MOST_BARE_ELEMENTS; /* the rest is unread */
    return PB_OK;
}

bool pb_text_is_listing(struct pb_slice text)
{
    struct text_search search = {0};
    struct pb_slice line;

    /* Of most texts one of these says that they list nothing. */
    search.is_listing = !has(pb_slice_first(text, FEWEST_ENCODED_BYTES), PB_SLICE(" ")) &&
                        text.size_bytes > FEWEST_ENCODED_BYTES && pb_aws_has_encoded_names(text);
    if (!has(text, PB_SLICE("pload")) && !has(text, PB_SLICE("erverCert")) &&
        !has(text, PB_SLICE("erver_cert")))
        return search.is_listing;
    while (!search.is_listing && next_line(&text, &line))
        read_listing(&search, line);
    return search.is_listing;
}

/* Nothing but names, below a heading or two at the most, where the path tells of what. */
static bool are_names(const struct text_search *search, struct pb_slice text)
{
    return search->names > 0 && search->others <= MOST_HEADINGS && search->wants_names &&
           !has(text, PB_SLICE("-----BEGIN"));
}

enum pb_status pb_aws_read_text(struct pb_slice text, const struct pb_aws_context *context,
                                struct pb_batch *batch, enum pb_aws_outcome *outcome,
                                const char **excuse)
{
    struct text_search search = {
        .batch = batch,
        .context = context,
        .is_policy = pb_is_policy(text),
        .wants_names = pb_aws_is_telling_path(context->path),
        .is_path_telling = pb_slice_contains_ignoring_case(context->path, PB_SLICE("cert")),
        .is_listing = pb_aws_has_encoded_names(text)};
    struct pb_slice rest = text, line;
    enum pb_status status = PB_OK;

    for (; status == PB_OK && next_line(&rest, &line); search.line++)
        status = read_line(&search, line);
    *outcome = PB_AWS_UNRELATED;
    *excuse = search.is_policy ? pb_policy_excuse : NULL;
    if (search.is_listing || are_names(&search, text))
        *outcome = PB_AWS_LEFT_OVER;
    else if (search.references > 0)
        *outcome = PB_AWS_RECOGNISED;
    return status;
}

size_t pb_aws_prologue_size(struct pb_slice text)
{
    const struct pb_slice word = PB_SLICE("scoutsuite_results");
    size_t size = skip(text, word.size_bytes, " \t");

    return pb_slice_starts_with(text, word) && size < text.size_bytes && text.data[size] == '='
               ? size + 1
               : 0;
}
