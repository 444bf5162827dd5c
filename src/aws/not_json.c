/* SPDX-License-Identifier: MIT */
/* Recognises text that is saved in the place of JSON, for advice that fits. */
#include "aws/context.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

/* The shortest of pb_aws_has_encoded_names' words, with some bytes around it. */
#define LONGEST_START_BYTES 24
/* A date is looked for in so much of a text that begins with an object. */
#define LONGEST_FIRST_OBJECT_BYTES 400
#define LONGEST_ERROR_BYTES 500
/* Longer lists are of other things. */
#define MOST_CELLS 10000

static struct pb_slice first_line(struct pb_slice text)
{
    struct pb_slice line;
    pb_next_line(&text, &line);
    return line;
}

static bool is_none(struct pb_slice text)
{
    return pb_is_key(first_line(text), "None");
}

static bool is_bracketed(struct pb_slice text)
{
    return pb_begins(text, "{") || pb_begins(text, "[");
}

/* "Key:" before a blank or the end of the line. */
static bool starts_with_plain_key(struct pb_slice text)
{
    size_t size = pb_skip(text, 0, PB_LETTERS PB_DIGITS "_$");
    struct pb_slice after = pb_slice_from(text, size);
    return size > 0 && pb_skip(text, 0, PB_DIGITS) == 0 && pb_begins(after, ":") &&
           (after.size_bytes == 1 || pb_skip(after, 1, " \n\r") > 1);
}

/* util.inspect prints keys and dates without quotes. */
static bool is_javascript(struct pb_slice text)
{
    return is_bracketed(text) &&
           starts_with_plain_key(pb_slice_from(text, pb_skip(text, 0, "{[ \t\r\n")));
}

/* The text without the dashes of YAML's documents and sequences. */
static struct pb_slice skip_dashes(struct pb_slice text)
{
    text = pb_slice_trim(pb_slice_from(text, pb_begins(text, "---") ? 3 : 0));
    while (pb_begins(text, "- "))
        text = pb_slice_trim(pb_slice_from(text, 2));
    return text;
}

static bool is_yaml(struct pb_slice text)
{
    return starts_with_plain_key(skip_dashes(text)) &&
           pb_contains_any(text, "ServerCertificate|server_certificate|UploadDate|Arn:");
}

/* The cell at the start of a line, without blanks and quotes; *line moves past it. */
static struct pb_slice take_cell(struct pb_slice *line, char separator)
{
    size_t end = pb_slice_find(*line, (struct pb_slice){&separator, 1}, 0);
    if (line->size_bytes <= PB_LONGEST_DATE_BYTES &&
        pb_field_of_text(pb_slice_trim(*line)) == PB_FIELD_UPLOAD_DATE)
        end = SIZE_MAX; /* it may have the separator in it */
    struct pb_slice cell = pb_slice_trim(end == SIZE_MAX ? *line : pb_slice_first(*line, end));
    *line = end == SIZE_MAX ? PB_SLICE_ABSENT : pb_slice_from(*line, end + 1);
    if (cell.size_bytes >= 2 && (cell.data[0] == '"' || cell.data[0] == '\'') &&
        cell.data[cell.size_bytes - 1] == cell.data[0])
        cell = pb_slice_first(pb_slice_from(cell, 1), cell.size_bytes - 2);
    return cell;
}

/* A heading that names a field, or a row with a date or an ARN in it. */
static bool is_csv(struct pb_slice text)
{
    struct pb_slice line = first_line(text);
    bool has_own = false;

    if (is_bracketed(text) || !pb_text_has(line, ","))
        return false;
    while (line.data != NULL) {
        struct pb_slice cell = take_cell(&line, ',');
        enum pb_field look = pb_field_of_text(cell);
        has_own |= look == PB_FIELD_UPLOAD_DATE || look == PB_FIELD_ARN ||
                   pb_is_own_field(pb_field_of(cell));
    }
    return has_own;
}

bool pb_is_row(struct pb_slice line, char separator)
{
    size_t cells = 0;

    while (line.data != NULL) {
        struct pb_slice cell = take_cell(&line, separator);
        if (cell.size_bytes > 0 && pb_field_of(cell) == PB_FIELD_NONE &&
            pb_field_of_text(cell) == PB_FIELD_NONE)
            return false;
        cells += cell.size_bytes > 0;
    }
    return cells > 0;
}

static bool is_text_output(struct pb_slice text)
{
    return !is_bracketed(text) && pb_is_row(first_line(text), '\t');
}

/* What a shell says of the AWS CLI, or a program beside it says, when it does not run. */
static bool is_of_program(struct pb_slice text)
{
    return text.size_bytes <= LONGEST_ERROR_BYTES && !pb_begins_like_json(text) &&
           pb_contains_any(text, PB_WORDS_OF_PROGRAM);
}

/* A text is of the format if it begins with an opening, in any letter case, or is_format. */
struct format {
    const char *code;
    const char *advice;
    const char *openings;                    /* words for pb_begins_any; NULL: none */
    bool (*is_format)(struct pb_slice text); /* without white space around it, never empty */
};

/* Tested in this order: a table's rules and a PEM's dashes would match YAML too. */
static const struct format formats[] = {
    {"cli-error", PB_SAY_CLI_ERROR, .openings = PB_WORDS_CLI_ERROR},
    {"program-error", PB_SAY_PROGRAM_ERROR, .openings = PB_WORDS_PROGRAM_ERROR,
     .is_format = is_of_program},
    {"pointer-file", PB_SAY_POINTER_FILE, .openings = PB_WORDS_POINTER_FILE},
    {"html-page", PB_SAY_HTML_PAGE, .openings = "<!doctype html|<html"},
    {"xml-response", PB_SAY_XML_RESPONSE, .openings = PB_WORDS_XML_RESPONSE},
    {"pem-file", PB_SAY_PEM_FILE, .openings = PB_WORDS_PEM_FILE},
    {"none-output", PB_SAY_NONE_OUTPUT, .is_format = is_none},
    {"table-output", PB_SAY_TABLE_OUTPUT, .openings = "+--|-----\n|-----\r\n|------"},
    {"python-repr", PB_SAY_PYTHON_REPR, .openings = PB_WORDS_PYTHON_REPR},
    {"javascript-inspect", PB_SAY_JAVASCRIPT_INSPECT, .is_format = is_javascript},
    {"yaml-output", PB_SAY_YAML_OUTPUT, .is_format = is_yaml},
    {"csv-output", PB_SAY_CSV_OUTPUT, .is_format = is_csv},
    {"text-output", PB_SAY_TEXT_OUTPUT, /* rows of structures begin with their name in capitals */
     .openings = "SERVERCERTIFICATE\t|NEXTTOKEN\t|True\t|False\t|TAGS\t|SUMMARYMAP\t",
     .is_format = is_text_output},
};

const char *pb_aws_explain_text(struct pb_slice text, const char **code)
{
    static const char inside[] = "MetadataList\":|<ListServerCert|<GetServerCert|properties:";
    const struct format *format = formats, *end = formats + sizeof formats / sizeof formats[0];

    text = pb_slice_trim(text);
    for (; format < end && text.size_bytes > 0; format++) {
        bool is_match = pb_begins_any(text, format->openings) ||
                        (format->is_format != NULL && format->is_format(text));
        /* A log, a recording or a schema has lines that look like other formats. */
        if (is_match && (text.data[0] == '<' || !pb_contains_any(text, inside))) {
            *code = format->code;
            return format->advice;
        }
    }
    return NULL;
}

bool pb_may_tell_failure(struct pb_slice text)
{
    return text.size_bytes <= LONGEST_ERROR_BYTES / (is_bracketed(text) ? 2 : 1) &&
           pb_contains_any(text, PB_WORDS_FAILURE);
}

/* Between a line's cells: the first of these in it, else a tab. */
static char separator_of(struct pb_slice line)
{
    size_t at = pb_find_any(line, 0, "\t,; ");
    bool is_one = at == line.size_bytes || pb_field_of_text(line) == PB_FIELD_UPLOAD_DATE;
    return is_one ? '\t' : line.data[at];
}

static bool may_be_rows(struct pb_slice text)
{
    struct pb_slice line = first_line(skip_dashes(text));
    if (is_bracketed(text) || (pb_begins(text, "\"") && !pb_text_has(line, "\",\"")))
        return false; /* most texts */
    return pb_is_row(line, separator_of(line)) && !pb_is_any(line, PB_WORDS_NO_ROW) &&
           pb_skip(line, 0, PB_DIGITS "+-.") < line.size_bytes;
}

struct rows {
    struct pb_buffer *json;
    char separator;
    bool is_about; /* the context says that it is */
    size_t count, cells, dates;
    uint64_t looks; /* a bit for each field */
};

/* Appends the cells of a line as JSON strings. False if one is no name, date or path. */
static bool append_cells(struct rows *rows, struct pb_slice line)
{
    bool is_first = true, is_loose = rows->separator != '\t' && !rows->is_about;

    for (; line.data != NULL; is_first = false) {
        struct pb_slice cell = take_cell(&line, rows->separator);
        enum pb_field look = pb_field_of_text(cell);
        if (cell.size_bytes == 0 && rows->separator == ' ')
            continue;
        /* Logs have their times before words, and other lists have days behind them. */
        bool is_log = is_first ? line.data != NULL : !pb_text_has(cell, ":");
        if (look == PB_FIELD_UPLOAD_DATE && is_loose && is_log)
            return false;
        bool is_next = pb_ends(pb_slice_trim(pb_buffer_slice(rows->json)), "\"");
        if ((look != PB_FIELD_NAME && look != PB_FIELD_UPLOAD_DATE && look != PB_FIELD_PATH) ||
            pb_field_of(cell) != PB_FIELD_NONE || rows->cells++ == MOST_CELLS ||
            pb_find_any(cell, 0, rows->separator == ' ' ? "\"\\[]=\t,;" : "\"\\[]=\t") <
                cell.size_bytes ||
            (look == PB_FIELD_NAME && pb_aws_names_certificates(cell)) ||
            pb_is_any(cell, "ListServerCertificates|list_server_certificates"))
            return false; /* the last in a log */
        pb_buffer_append_format(rows->json, "%s\"%.*s\"", is_next ? "," : "", PB_SLICE_ARGS(cell));
        rows->dates += look == PB_FIELD_UPLOAD_DATE;
        rows->looks |= UINT64_C(1) << look;
    }
    return true;
}

/* get-caller-identity in any notation: one ARN, its account's number and UserId or tabs beside. */
static bool rewrite_identity(struct pb_slice text, struct pb_buffer *json)
{
    size_t at = pb_slice_find(text, PB_SLICE("arn:"), 0);
    size_t end = pb_skip(text, at, PB_LETTERS PB_DIGITS ":/_+=,.@-");
    struct pb_slice arn = pb_slice_from(pb_slice_first(text, end), at);
    struct pb_arn parts;
    if (text.size_bytes > LONGEST_ERROR_BYTES || pb_begins_like_json(text) ||
        !pb_arn_parse(arn, &parts) || !pb_is_account(parts.account) ||
        pb_slice_find(text, PB_SLICE("arn:"), at + 1) < SIZE_MAX ||
        pb_slice_find(text, parts.account, pb_slice_find(text, parts.account, 0) + 1) == SIZE_MAX ||
        !pb_contains_any(text, "userid|\tarn:"))
        return false;
    pb_buffer_append_format(json, "{\"Account\":\"%.*s\",\"Arn\":\"%.*s\",\"UserId\":\"\"}",
                            PB_SLICE_ARGS(parts.account), PB_SLICE_ARGS(arn));
    return true;
}

bool pb_aws_rewrite_rows(struct pb_slice text, const struct pb_aws_context *context,
                         struct pb_buffer *json)
{
    struct rows rows = {.json = json,
                        .is_about = context->is_named || pb_is_path_about(context->path)};
    size_t dates_a_row = 0;
    struct pb_slice line;

    text = pb_slice_trim(text);
    if (rewrite_identity(text, json))
        return true;
    if (!may_be_rows(text) || pb_aws_has_encoded_names(text))
        return false;
    rows.separator = separator_of(first_line(skip_dashes(text)));
    pb_buffer_append_byte(json, '[');
    for (; pb_next_line(&text, &line); pb_buffer_append_byte(json, '\n')) {
        bool goes_on = pb_begins(line, " ");
        line = pb_slice_trim(line);
        if (pb_is_any(line, "|---|..."))
            continue;
        /* A loop prints a name and its date in a line each. */
        goes_on |= rows.dates + 1 == rows.count && rows.cells + 1 == 2 * rows.count &&
                   pb_field_of_text(line) == PB_FIELD_UPLOAD_DATE;
        if (!goes_on || rows.count == 0) {
            dates_a_row = rows.count == 1 ? rows.dates : dates_a_row;
            pb_buffer_append_string(json, rows.count++ > 0 ? "],[" : "[");
        }
        if (!append_cells(&rows, skip_dashes(line)))
            return false;
    }
    pb_buffer_append_string(json, "]]");
    /* Between blanks there may be sentences; a heading has no date. */
    bool is_pair = rows.dates == rows.count && rows.cells == 2 * rows.count;
    if (rows.cells == 0 || json->has_failed || (rows.separator == ' ' && !is_pair) ||
        (rows.count > 1 && rows.dates != rows.count * dates_a_row))
        return false;
    /* One value is no array; one row, and values of one look, are one array. */
    bool is_flat = rows.count == 1 || (rows.looks & (rows.looks - 1)) == 0;
    for (size_t i = rows.cells > 1; is_flat && i < json->size_bytes - (rows.cells > 1); i++)
        if (strchr("[]", json->data[i]) != NULL)
            json->data[i] = ' ';
    return true;
}

bool pb_aws_may_be_candidate(struct pb_slice text, int last_year)
{
    text = pb_slice_trim(text);
    if (may_be_rows(text) || pb_may_tell_failure(text) ||
        (!pb_begins_like_json(text) && text.size_bytes <= LONGEST_ERROR_BYTES &&
         pb_text_has(text, "arn:")) ||
        (text.size_bytes > 0 && pb_skip(text, 0, PB_DIGITS) == text.size_bytes))
        return true;
    if (pb_skip(pb_slice_first(text, LONGEST_START_BYTES), 0, PB_LETTERS PB_DIGITS "+/") ==
        LONGEST_START_BYTES)
        return pb_aws_has_encoded_names(text);
    for (int i = 0; i < 2 && pb_begins(text, "["); i++)
        text = pb_slice_trim(pb_slice_from(text, 1));
    if (!pb_begins(text, "{"))
        return pb_begins(text, "\"");
    bool is_cut = pb_find_any(pb_slice_from(text, text.size_bytes - 1), 0, "]}") > 0;
    text = pb_slice_first(text, LONGEST_FIRST_OBJECT_BYTES);
    struct pb_slice value = pb_slice_from(text, pb_slice_find(text, PB_SLICE(":"), 0) + 1);
    /* An account alone, also where the rest is cut off, and [{"n": "shop"}, ...]. */
    if (is_cut || pb_text_has(text, "ccount\"") ||
        pb_find_any(value, 0, ",{[") > pb_find_any(value, 0, "}"))
        return true;
    /* Answers are arrays under a key, and policies have the version 2012-10-17. */
    return !pb_begins(pb_slice_trim(value), "[") && !pb_text_has(text, "-10-17\"") &&
           pb_text_has_date(text, last_year);
}

size_t pb_aws_prologue_size(struct pb_slice text)
{
    size_t size = pb_skip(text, sizeof "scoutsuite_results" - 1, " \t");
    bool is_equal = pb_begins(pb_slice_from(text, size), "=");
    return is_equal && pb_begins(text, "scoutsuite_results") ? size + 1 : 0;
}
