/* SPDX-License-Identifier: MIT */
/* What was left behind: marks of server certificates in texts and in values that no shape claims,
 * and the documents that were to be evidence and prove nothing. read.c asks when all is read. */
#include <stdint.h>

#include "aws/context.h"

#include "json/document.h"

#define FEWEST_ID_BYTES 16

/* "server" or "server_" stands before the offset. */
static bool follows_server(struct pb_slice text, size_t offset)
{
    const struct pb_slice word = PB_SLICE("server");
    struct pb_slice before = pb_slice_first(text, offset);

    if (before.size_bytes > 0 && before.data[before.size_bytes - 1] == '_')
        before.size_bytes--;
    return before.size_bytes >= word.size_bytes &&
           pb_slice_equals_ignoring_case(pb_slice_from(before, before.size_bytes - word.size_bytes),
                                         word);
}

static bool ends_key(struct pb_slice text, size_t offset)
{
    return offset < text.size_bytes && (text.data[offset] == '"' || text.data[offset] == '\'');
}

/* "Name", "_id" or "Metadata" stands after the offset. */
static bool precedes_rest_of_field(struct pb_slice text, size_t offset)
{
    static const char *const rests[] = {"name", "id", "metadata"};
    struct pb_slice after = pb_slice_from(text, offset);

    if (after.size_bytes > 0 && after.data[0] == '_')
        after = pb_slice_from(after, 1);
    for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
        struct pb_slice rest = pb_slice_from_string(rests[i]);
        if (pb_slice_equals_ignoring_case(pb_slice_first(after, rest.size_bytes), rest))
            return true;
    }
    return false;
}

/* The word that begins before the offset ends with a quotation mark, which may be escaped. */
static bool is_quoted(struct pb_slice text, size_t offset)
{
    while (offset < text.size_bytes &&
           (text.data[offset] == '_' || text.data[offset] == '-' ||
            (pb_byte_lower(text.data[offset]) >= 'a' && pb_byte_lower(text.data[offset]) <= 'z')))
        offset++;
    return ends_key(text, offset) ||
           (offset < text.size_bytes && text.data[offset] == '\\' && ends_key(text, offset + 1));
}

static bool is_field_name(struct pb_slice text, size_t end)
{
    return ends_key(text, end) || precedes_rest_of_field(text, end);
}

static bool is_metadata_name(struct pb_slice text, size_t end)
{
    return precedes_rest_of_field(text, end) && is_quoted(text, end);
}

/* Calls see with each offset at which "certificate" ends that follows "server"; whether any is
 * what it looks for. The letter f stands in few other words of account data. */
static bool find_server_certificate(struct pb_slice text, bool (*see)(struct pb_slice, size_t))
{
    const struct pb_slice word = PB_SLICE("certificate");
    const size_t before = 5; /* letters before the f */

    for (const char *letter = "fF"; *letter != '\0'; letter++) {
        struct pb_slice f = {letter, 1};
        for (size_t at = pb_slice_find(text, f, before); at != SIZE_MAX;
             at = pb_slice_find(text, f, at + 1)) {
            size_t begin = at - before;
            struct pb_slice found = pb_slice_first(pb_slice_from(text, begin), word.size_bytes);
            if (pb_slice_equals_ignoring_case(found, word) && follows_server(text, begin) &&
                see(text, begin + word.size_bytes))
                return true;
        }
    }
    return false;
}

bool pb_aws_has_field_names(struct pb_slice text)
{
    /* CloudSploit's name of the call, under which it keeps a failure too. */
    return pb_slice_find(text, PB_SLICE("\"listServerCertificates\""), 0) != SIZE_MAX ||
           find_server_certificate(text, is_field_name);
}

bool pb_aws_has_metadata_names(struct pb_slice text)
{
    return find_server_certificate(text, is_metadata_name);
}

/* ASCA and at least as many capitals and digits as make an id. */
static bool holds_id(struct pb_slice text)
{
    const struct pb_slice prefix = PB_SLICE("ASCA");

    for (size_t at = pb_slice_find(text, prefix, 0); at != SIZE_MAX;
         at = pb_slice_find(text, prefix, at + 1)) {
        size_t end = at;
        while (end < text.size_bytes && ((text.data[end] >= 'A' && text.data[end] <= 'Z') ||
                                         (text.data[end] >= '0' && text.data[end] <= '9')))
            end++;
        if (end - at >= FEWEST_ID_BYTES)
            return true;
        at = end - 1;
    }
    return false;
}

bool pb_aws_names_certificates(struct pb_slice text)
{
    return pb_begins_like_json(text) &&
           (pb_slice_find(text, PB_SLICE(":server-certificate/"), 0) != SIZE_MAX || holds_id(text));
}

/* A map from certificates' ARNs or ids to anything. */
static bool has_certificate_keys(const struct pb_json *object)
{
    struct pb_json_member member = {0};

    while (pb_json_next_member(object, &member)) {
        bool is_likely =
            pb_slice_starts_with(member.key, PB_SLICE("arn:")) || pb_has_id_prefix(member.key);
        enum pb_field field = is_likely ? pb_field_of_text(member.key) : PB_FIELD_NONE;
        if (field == PB_FIELD_ARN || field == PB_FIELD_ID)
            return true;
    }
    return false;
}

void pb_marks_note_keys(struct pb_marks *marks, const struct pb_node *node)
{
    static const enum pb_field own[] = {PB_FIELD_LIST, PB_FIELD_METADATA, PB_FIELD_CERTIFICATE,
                                        PB_FIELD_NAME, PB_FIELD_ID};

    if (node->type != PB_JSON_OBJECT || marks->has_own_key)
        return;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        marks->has_own_key |= pb_fields_has(node->fields, own[i]);
    marks->has_own_key |= has_certificate_keys(node->value);
}

/* Containers inside are nodes of their own and are tested there; tags say nothing here. */
static bool holds_containers(const struct pb_json *object)
{
    struct pb_json_member member = {0};

    while (pb_json_next_member(object, &member))
        if (pb_is_container(member.value) && pb_json_count(member.value) > 0 &&
            pb_field_of(member.key) != PB_FIELD_TAGS)
            return true;
    return false;
}

static bool is_unclaimed_answer(const struct pb_node *node, bool is_expected)
{
    const struct pb_json *metadata = node->fields->values[PB_FIELD_METADATA];

    if (node->key == PB_FIELD_LIST)
        return true;
    if (node->key == PB_FIELD_CERTIFICATE)
        return node->type == PB_JSON_ARRAY ? pb_json_count(node->value) == 0
                                           : !holds_containers(node->value);
    if (metadata != NULL && !pb_is_container(metadata))
        return true;
    return is_expected && !pb_certificate_is_owned(node->value) &&
           (pb_fields_has(node->fields, PB_FIELD_UPLOAD_DATE) ||
            pb_fields_has(node->fields, PB_FIELD_BODY));
}

void pb_marks_note_unclaimed(struct pb_marks *marks, struct pb_writer *out,
                             const struct pb_node *node)
{
    struct pb_slice text = PB_SLICE_ABSENT;

    if (is_unclaimed_answer(node, out->is_expected) && marks->count++ == 0) {
        marks->type = node->type;
        marks->pointer = pb_writer_copy(out, pb_buffer_slice(&out->pointer));
    }
    /* A string in a document that stands in a string itself is not opened. */
    if (out->is_embedded && pb_json_string(node->value, &text) && pb_aws_has_metadata_names(text)) {
        out->is_refused = true;
        pb_writer_remark(out, PB_REMARK_EMBEDDED_DEEPER,
                         "this string speaks of server certificates, but stands in a document "
                         "that is a string itself, and only one level is opened");
    }
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

bool pb_refuse_input_skeleton(struct pb_writer *out)
{
    const struct pb_json *root = out->document->root;
    struct pb_json_member member = {0};
    bool has_name = false, has_max_items = false, has_marker = false;

    while (pb_json_type(root) == PB_JSON_OBJECT && pb_json_next_member(root, &member)) {
        if (!is_blank_value(member.value))
            return false;
        enum pb_field field = pb_field_of(member.key);
        bool is_text = pb_json_type(member.value) == PB_JSON_STRING;
        has_name |= field == PB_FIELD_NAME && is_text;
        has_max_items |= field == PB_FIELD_MAX_ITEMS;
        has_marker |= field == PB_FIELD_MARKER && is_text;
    }
    /* The skeleton of every list operation has Marker and MaxItems. */
    if (!has_name && !(has_marker && has_max_items && out->is_expected))
        return false;
    pb_writer_refuse(out, "skeleton-input",
                     "this is what --generate-cli-skeleton prints, input for a command and "
                     "no answer to one; run the command without it");
    return true;
}

static bool is_empty(const struct pb_json *root)
{
    struct pb_slice text;

    if (pb_json_string(root, &text))
        return pb_slice_trim(text).size_bytes == 0;
    return pb_json_type(root) == PB_JSON_NULL ||
           (pb_is_container(root) && pb_json_count(root) == 0);
}

/* boto3's and JavaScript's errors, CloudSploit's {"err": ...} and the JSON protocols'
 * {"__type": ..., "message": ...}. */
bool pb_find_error_code(const struct pb_json *answer, struct pb_slice *code)
{
    static const char *const envelopes[] = {"Error", "error", "err"};
    static const char *const codes[] = {"Code", "code", "__type", "name", "message", "Message"};

    for (size_t i = 0; i < sizeof envelopes / sizeof envelopes[0]; i++) {
        const struct pb_json *error = pb_json_find(answer, envelopes[i]);
        if (pb_json_string(error, code))
            return true;
        for (size_t k = 0; k < sizeof codes / sizeof codes[0]; k++)
            if (pb_json_string(pb_json_find(error, codes[k]), code))
                return true;
    }
    return pb_json_string(pb_json_find(answer, "__type"), code);
}

static void refuse_error(struct pb_writer *out, struct pb_slice code)
{
    pb_writer_refuse(out, "error-response",
                     "the request failed with \"%.*s\": this shows no certificates, "
                     "and not that there are none",
                     PB_SLICE_ARGS(pb_slice_first(code, 200)));
}

/* A flat object in an array, and a date in a map. */
static bool is_like_member(const struct pb_json *value, bool is_in_array)
{
    struct pb_json_member member = {0};

    if (!is_in_array)
        return pb_field_of_value(value) == PB_FIELD_UPLOAD_DATE;
    while (pb_json_type(value) == PB_JSON_OBJECT && pb_json_next_member(value, &member))
        if (pb_is_container(member.value))
            return false;
    return true;
}

/* What --query and jq print: a text or number, an array of those, of rows or of flat objects, or a
 * map from names to dates. */
static bool is_like_query_result(const struct pb_json *root)
{
    struct pb_json_member member = {0};

    for (size_t i = 0; pb_json_type(root) == PB_JSON_ARRAY && i < pb_json_count(root); i++)
        if (!is_like_member(pb_json_element(root, i), true))
            return false;
    while (pb_json_next_member(root, &member))
        if (!is_like_member(member.value, false))
            return false;
    return pb_json_type(root) != PB_JSON_OBJECT || pb_json_count(root) > 0;
}

/* Tables that name their columns apart from their rows, and logs that quote an answer, hold names
 * of fields without such keys. */
static bool holds_marks(const struct pb_writer *out, const struct pb_marks *marks)
{
    return marks->has_own_key || marks->count > 0 ||
           (!out->is_claimed && pb_aws_has_metadata_names(out->document->text));
}

static void refuse_whole(struct pb_writer *out, const struct pb_marks *marks)
{
    const struct pb_json *root = out->document->root;
    bool is_awaited = out->is_expected || pb_aws_is_telling_path(out->context->path);
    struct pb_slice code;

    out->is_missed = is_awaited && (is_empty(root) || pb_find_error_code(root, &code));
    if (is_awaited && is_empty(root))
        pb_writer_refuse(out, "empty-document",
                         "nothing stands here, which an error and a misspelt --query leave "
                         "behind as well as an account without certificates; export without "
                         "--query");
    else if (is_awaited && pb_find_error_code(root, &code))
        refuse_error(out, code);
    else if (holds_marks(out, marks))
        pb_writer_refuse(out, "unrecognised",
                         "this speaks of server certificates, but is no form that is known; "
                         "export with aws iam list-server-certificates --output json");
    else if (out->is_expected && is_like_query_result(root))
        pb_writer_refuse(out, "unrecognised",
                         "nothing says what this --query result shows of server "
                         "certificates; export without --query, or with "
                         "'{Name:ServerCertificateName,UploadDate:UploadDate}'");
    else if (out->document->ordinal == 0 && !out->is_claimed &&
             pb_aws_is_expected_file(out->context->path))
        pb_writer_refuse(out, "unrecognised",
                         "the file is named after server certificates, and nothing in it "
                         "speaks of any: an export that failed leaves such behind");
}

/* The first value that was to be an answer, in a document of which other values were read. */
static void refuse_part(struct pb_writer *out, const struct pb_marks *marks)
{
    pb_buffer_append(&out->pointer, marks->pointer);
    if (marks->type == PB_JSON_OBJECT)
        pb_writer_refuse(out, "unrecognised",
                         "a key speaks of server certificates, but the object is no form "
                         "that is known (%zu such in the document)",
                         marks->count);
    else
        pb_writer_refuse(out, "wrong-type",
                         "this is %s where an answer about server certificates was to "
                         "stand (%zu such in the document)",
                         pb_json_type_name(marks->type), marks->count);
    out->pointer.size_bytes = 0;
}

void pb_refuse_unread(struct pb_writer *out, const struct pb_marks *marks)
{
    if (!pb_writer_has_added(out)) {
        if (!out->is_refused)
            refuse_whole(out, marks);
    } else if (marks->count > 0) {
        refuse_part(out, marks);
    }
}
