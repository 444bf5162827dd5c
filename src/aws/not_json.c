/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "aws/field.h"
#include "aws/guess.h"
#include "aws/read.h"
#include "aws/refusal.h"
#include "json/pointer.h"

/* Text that people save in JSON's place, told apart so that the advice fits. */

/* A client's error stands at the start, after a blank line or a few lines of progress. */
#define HEAD_BYTES 4096

static struct pb_slice first_line(struct pb_slice text)
{
    size_t end = pb_slice_find(text, PB_SLICE("\n"), 0);
    struct pb_slice line = end == SIZE_MAX ? text : pb_slice_first(text, end);

    if (pb_slice_ends_with(line, PB_SLICE("\r")))
        line.size_bytes--;
    return line;
}

static bool starts_ignoring_case(struct pb_slice text, struct pb_slice prefix)
{
    return pb_slice_equals_ignoring_case(pb_slice_first(text, prefix.size_bytes), prefix);
}

static bool has(struct pb_slice text, struct pb_slice needle)
{
    return pb_slice_find(text, needle, 0) != SIZE_MAX;
}

static bool starts_with_one_of(struct pb_slice text, const char *const *prefixes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pb_slice_starts_with(text, pb_slice_from_string(prefixes[i])))
            return true;
    return false;
}

static bool is_cli_error(struct pb_slice text)
{
    static const char *const openings[] = {
        "usage: aws",
        "aws: error",
        "aws: [ERROR]",
        "Parameter validation failed",
        "Unable to locate credentials",
        "Partial credentials found",
        "Could not connect to the endpoint URL",
        "The config profile (",
        "Invalid length for parameter",
        "Bad value for --query",
    };
    struct pb_slice head = pb_slice_first(text, HEAD_BYTES);
    size_t at = pb_slice_find(head, PB_SLICE("An error occurred ("), 0);

    if (starts_with_one_of(text, openings, sizeof openings / sizeof openings[0]))
        return true;
    return at != SIZE_MAX && pb_slice_find(head, PB_SLICE(") when calling the "), at) != SIZE_MAX &&
           (at == 0 || head.data[at - 1] == '\n' || has(head, PB_SLICE("botocore.")) ||
            has(head, PB_SLICE("aws: [ERROR]")));
}

static bool is_html(struct pb_slice text)
{
    return starts_ignoring_case(text, PB_SLICE("<!doctype html")) ||
           starts_ignoring_case(text, PB_SLICE("<html"));
}

static bool is_xml(struct pb_slice text)
{
    return starts_ignoring_case(text, PB_SLICE("<?xml")) ||
           pb_slice_starts_with(text, PB_SLICE("<ErrorResponse")) ||
           pb_slice_starts_with(text, PB_SLICE("<ListServerCertificatesResponse")) ||
           pb_slice_starts_with(text, PB_SLICE("<GetServerCertificateResponse"));
}

static bool is_pem(struct pb_slice text)
{
    return pb_guess_text(text) == PB_GUESS_PEM;
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
    if (pb_slice_starts_with(text, PB_SLICE("datetime.datetime(")))
        return true;
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

static bool is_field_or_guess(struct pb_slice cell)
{
    return pb_field_of(cell) != PB_FIELD_NONE || pb_guess_text(cell) != PB_GUESS_NOTHING;
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
        enum pb_guess guess = pb_guess_text(cell);
        enum pb_field field = pb_field_of(cell);
        has_own |= guess == PB_GUESS_DATE || guess == PB_GUESS_ARN || field == PB_FIELD_NAME ||
                   field == PB_FIELD_ID || field == PB_FIELD_UPLOAD_DATE;
    }
    return has_own;
}

static bool is_text_row(struct pb_slice line)
{
    size_t cells = 0;

    while (!pb_slice_is_absent(line)) {
        struct pb_slice cell = take_cell(&line, PB_SLICE("\t"));
        if (cell.size_bytes > 0 && !is_field_or_guess(cell))
            return false;
        cells += cell.size_bytes > 0;
    }
    return cells > 0;
}

/* One row a line, cells separated by tabs; rows of structures begin with their name in capitals. */
static bool is_text_output(struct pb_slice text)
{
    static const char *const openings[] = {"SERVERCERTIFICATE", "NEXTTOKEN\t", "True\t",
                                           "False\t",           "TAGS\t",      "SUMMARYMAP\t"};

    return starts_with_one_of(text, openings, sizeof openings / sizeof openings[0]) ||
           (!is_bracketed(text) && is_text_row(first_line(text)));
}

struct format {
    const char *code;
    const char *advice;
    bool (*is_format)(struct pb_slice text); /* without white space around it, never empty */
};

/* Asked in this order: a table's rules and a PEM's dashes are YAML to a careless eye. */
static const struct format formats[] = {
    {"cli-error",
     "this is an error message of the AWS CLI and shows no certificates, nor that there are none; "
     "run the command again with --output json",
     is_cli_error},
    {"html-page", "this is a web page, perhaps a proxy's or a sign-in's, and no answer of AWS",
     is_html},
    {"xml-response",
     "this is the service's own XML; save what a client prints with --output json instead", is_xml},
    {"pem-file",
     "this is a certificate alone, without the name and UploadDate that IAM keeps beside it; save "
     "aws iam get-server-certificate --output json instead",
     is_pem},
    {"none-output",
     "None is what --output text prints where --query found nothing, and is no word on the "
     "certificates; export without --query and with --output json",
     is_none},
    {"table-output",
     "this was printed with --output table, which is made for people; export with --output json",
     is_table},
    {"python-repr",
     "this is Python's own notation and no JSON; write it with json.dumps(answer, default=str)",
     is_python},
    {"javascript-inspect",
     "this is what console.log prints and no JSON; write it with JSON.stringify(answer)",
     is_javascript},
    {"yaml-output", "this was printed with --output yaml; export with --output json", is_yaml},
    {"csv-output",
     "these are comma-separated values, whose columns nothing names for sure; export with "
     "--output json",
     is_csv},
    {"text-output",
     "this was printed with --output text, which leaves out the names of the fields; export with "
     "--output json",
     is_text_output},
};

const char *pb_aws_explain_text(struct pb_slice text, const char **code)
{
    text = pb_slice_trim(text);
    if (text.size_bytes == 0)
        return NULL;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (formats[i].is_format(text)) {
            *code = formats[i].code;
            return formats[i].advice;
        }
    return NULL;
}

/* What a skeleton has for text, number, boolean and list. */
static bool is_blank_value(const struct pb_json *value)
{
    struct pb_slice text;
    int64_t number;
    bool flag;

    if (pb_json_string(value, &text))
        return text.size_bytes == 0;
    if (pb_json_integer(value, &number))
        return number == 0;
    if (pb_json_boolean(value, &flag))
        return !flag;
    return pb_json_type(value) == PB_JSON_ARRAY || pb_json_type(value) == PB_JSON_NULL;
}

bool pb_is_input_skeleton(const struct pb_json *root, bool is_expected)
{
    struct pb_json_member member = {0};
    bool has_name = false, has_max_items = false, has_marker = false;

    if (pb_json_type(root) != PB_JSON_OBJECT || pb_json_count(root) == 0)
        return false;
    while (pb_json_next_member(root, &member)) {
        if (!is_blank_value(member.value))
            return false;
        enum pb_field field = pb_field_of(member.key);
        bool is_text = pb_json_type(member.value) == PB_JSON_STRING;
        has_name |= field == PB_FIELD_NAME && is_text;
        has_max_items |= field == PB_FIELD_MAX_ITEMS;
        has_marker |= field == PB_FIELD_MARKER && is_text;
    }
    /* The skeleton of every list operation has Marker and MaxItems. */
    return has_name || (has_marker && has_max_items && is_expected);
}

enum pb_status pb_refuse_input_skeleton(struct pb_reading *reading)
{
    return pb_reading_refuse(reading, "skeleton-input",
                             "this is what --generate-cli-skeleton prints, input for a command and "
                             "no answer to one; run the command without it");
}

static bool is_empty(const struct pb_json *root)
{
    struct pb_slice text;

    switch (pb_json_type(root)) {
    case PB_JSON_NULL: return true;
    case PB_JSON_STRING: return pb_json_string(root, &text) && pb_slice_trim(text).size_bytes == 0;
    case PB_JSON_ARRAY:
    case PB_JSON_OBJECT: return pb_json_count(root) == 0;
    default: return false;
    }
}

static bool find_text(const struct pb_json *object, const char *const *keys, size_t count,
                      struct pb_slice *text)
{
    for (size_t i = 0; i < count; i++)
        if (pb_json_string(pb_json_find(object, keys[i]), text))
            return true;
    return false;
}

/* boto3's and JavaScript's errors, CloudSploit's {"err": ...} and the JSON protocols'
 * {"__type": ..., "message": ...}. */
static bool find_error_code(const struct pb_json *root, struct pb_slice *code)
{
    static const char *const envelopes[] = {"Error", "error", "err"};
    static const char *const codes[] = {"Code", "code", "__type", "name", "message", "Message"};
    const size_t code_count = sizeof codes / sizeof codes[0];

    for (size_t i = 0; i < sizeof envelopes / sizeof envelopes[0]; i++) {
        const struct pb_json *error = pb_json_find(root, envelopes[i]);
        if (pb_json_string(error, code) || find_text(error, codes, code_count, code))
            return true;
    }
    return pb_json_string(pb_json_find(root, "__type"), code);
}

static bool is_flat(const struct pb_json *object)
{
    struct pb_json_member member = {0};

    while (pb_json_next_member(object, &member)) {
        enum pb_json_type type = pb_json_type(member.value);
        if (type == PB_JSON_ARRAY || type == PB_JSON_OBJECT)
            return false;
    }
    return true;
}

static bool is_map_of_dates(const struct pb_json *object)
{
    struct pb_json_member member = {0};
    struct pb_slice text;

    while (pb_json_next_member(object, &member))
        if (!pb_json_string(member.value, &text) || pb_guess_text(text) != PB_GUESS_DATE)
            return false;
    return pb_json_count(object) > 0;
}

/* What --query and jq print: a text or number, an array of those, of rows or of flat objects, or a
 * map from names to dates. */
static bool is_like_query_result(const struct pb_json *root)
{
    size_t count = pb_json_count(root);

    if (pb_json_type(root) == PB_JSON_OBJECT)
        return is_map_of_dates(root);
    if (pb_json_type(root) != PB_JSON_ARRAY)
        return true;
    for (size_t i = 0; i < count; i++) {
        const struct pb_json *element = pb_json_element(root, i);
        if (pb_json_type(element) == PB_JSON_OBJECT && !is_flat(element))
            return false;
    }
    return true;
}

enum pb_status pb_refuse_unclaimed(struct pb_reading *reading, bool has_field_name)
{
    const struct pb_json *root = reading->document->root;
    bool is_expected = reading->is_expected;
    struct pb_slice code;

    if (is_expected && is_empty(root))
        return pb_reading_refuse(
            reading, "empty-document",
            "nothing stands here, which an error and a misspelt --query leave "
            "behind as well as an account without certificates; export without "
            "--query");
    if (is_expected && find_error_code(root, &code))
        return pb_reading_refuse(reading, "error-response",
                                 "the request failed with \"%.*s\": this shows no certificates, "
                                 "and not that there are none",
                                 PB_SLICE_ARGS(pb_slice_first(code, 200)));
    if (has_field_name)
        return pb_reading_refuse(
            reading, "unrecognised",
            "this speaks of server certificates, but is no form that is known; "
            "export with aws iam list-server-certificates "
            "--output json");
    if (is_expected && is_like_query_result(root))
        return pb_reading_refuse(reading, "unrecognised",
                                 "nothing says what this --query result shows of server "
                                 "certificates; export without --query, or with "
                                 "'{Name:ServerCertificateName,UploadDate:UploadDate}'");
    if (reading->document->ordinal == 0 && !reading->is_claimed &&
        pb_aws_is_expected_file(reading->context->path))
        return pb_reading_refuse(reading, "unrecognised",
                                 "the file is named after server certificates, and nothing in it "
                                 "speaks of any: an export that failed leaves such behind");
    return PB_OK;
}

/* CloudSploit: {"listServerCertificates": {"us-east-1": {"err": {...}}}}. */
enum pb_status pb_refuse_failed_call(struct pb_reading *reading, const struct pb_node *node)
{
    struct pb_json_member region = {0};
    struct pb_slice code;
    enum pb_status status = PB_OK;

    if (!pb_slice_equals(node->key_text, PB_SLICE("listServerCertificates")))
        return PB_OK;
    while (status == PB_OK && pb_json_next_member(node->value, &region)) {
        if (!find_error_code(region.value, &code))
            continue;
        size_t here = pb_pointer_push_key(&reading->pointer, region.key);
        status = pb_reading_refuse(reading, "error-response",
                                   "the request failed with \"%.*s\": this shows no certificates, "
                                   "and not that there are none",
                                   PB_SLICE_ARGS(pb_slice_first(code, 200)));
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}
