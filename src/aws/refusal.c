/* SPDX-License-Identifier: MIT */
#include "aws/refusal.h"

#include "aws/guess.h"
#include "json/tree.h"

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
