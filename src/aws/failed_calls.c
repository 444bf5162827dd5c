/* SPDX-License-Identifier: MIT */
/* What is saved in the place of an answer: errors, each of which becomes a record and so a coverage
 * gap of its account, and documents that should be evidence and prove nothing. */
#include "aws/context.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

#define NEAR_BYTES 64 /* from the operation: a sign that may be prose must not be farther */
#define LONGEST_LINE_BYTES 1000
#define SHORTEST_ERROR_BYTES 30
#define LONGEST_CODE_BYTES 400
#define MOST_BYTES_BEFORE_NOUN 20
#define MOST_MEMBERS 32 /* of an answer's wrapper */

/* Signs of errors, and their codes; NULL: the word after the sign. */
static const char *const signs[][2] = {
    {"An error occurred (", NULL},
    {"n error occurred\n(", NULL},
    {"api error ", NULL},
    {"Error Code: ", NULL},
    {"not authorized", "AccessDenied"},
    {"Could not connect", "no connection"},
    {"Unable to locate", "no credentials"},
    {"No credentials", "no credentials"},
    {"token included in the request is", "InvalidClientTokenId"},
};

static struct pb_slice first_word(struct pb_slice text)
{
    text = pb_slice_first(text, LONGEST_CODE_BYTES);
    return pb_slice_first(text, pb_skip(text, 0, PB_LETTERS PB_DIGITS "_"));
}

/* The code of the error that the text has a sign of, after any tag; absent if it has none. */
static struct pb_slice find_code(struct pb_slice text)
{
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t at = pb_slice_find(text, pb_slice_from_string(signs[i][0]), 0);
        if (at == SIZE_MAX)
            continue;
        at = pb_find_any(text, at + strlen(signs[i][0]), PB_CAPITALS PB_DIGITS);
        return signs[i][1] != NULL ? pb_slice_from_string(signs[i][1])
                                   : first_word(pb_slice_from(text, at));
    }
    return PB_SLICE_ABSENT;
}

/* The first word of an error in the text, not of none and no "error message". */
static struct pb_slice find_near_code(struct pb_slice text)
{
    struct pb_slice word = PB_SLICE_ABSENT;

    for (size_t at = 0; at < text.size_bytes; at += word.size_bytes + 1) {
        bool is_none = pb_is_any(word, "0|no");
        word = first_word(pb_slice_from(text, at));
        is_none |= pb_begins(pb_slice_from(text, at + word.size_bytes), " message") &&
                   !pb_text_has(text, ":"); /* which follows where it tells one */
        if ((pb_contains_any(word, PB_WORDS_NEAR) && !is_none && !pb_is_key(word, "errors")) ||
            pb_is_any(word, "401|403|500|503"))
            return word;
    }
    return pb_contains_any(text, "could not|unable to|non-zero") ? PB_SLICE("an error")
                                                                 : PB_SLICE_ABSENT;
}

/* The account of a server certificate's ARN in the line, else the first number of an account. */
static struct pb_slice find_account(struct pb_slice line)
{
    struct pb_slice found = PB_SLICE_ABSENT;

    for (size_t at = 0, end; at < line.size_bytes; at = end + 1) {
        end = pb_skip(line, at, PB_LETTERS PB_DIGITS);
        struct pb_slice word = pb_slice_from(pb_slice_first(line, end), at);
        if (pb_is_account(word) &&
            (found.data == NULL || pb_begins(pb_slice_from(line, end), ":server-certificate/")))
            found = word;
    }
    return found;
}

/* The line is a sentence or code, or names an action as policies do: it tells of no call. */
static bool is_prose(struct pb_slice line, struct pb_slice before, struct pb_slice after)
{
    bool is_action = pb_ends(before, ":") && !pb_begins(after, ":") &&
                     !pb_contains_any(before, "denied: iam:|denied iam:|denied for iam:");
    bool is_code = pb_contains_any(before, "(\"|('|(f\"|(f'|fix ") || pb_text_has(after, "||");
    return is_action || is_code || pb_begins(after, ". ") ||
           (pb_is_prose(line) &&
            !pb_contains_any(line, "error:|[error]|n error IAM: |failed to|could not|unable to") &&
            !pb_text_has(line, "ERROR") && !pb_text_has(line, "WARN"));
}

/* Where the line before an operation begins, or the error's sentence that is broken over lines. */
static size_t find_begin(struct pb_slice before)
{
    size_t start = before.size_bytes;
    size_t near = start > MOST_BYTES_BEFORE_NOUN ? start - MOST_BYTES_BEFORE_NOUN : 0;
    bool is_sentence = pb_contains_any(pb_slice_from(before, near), " calling| the|IAM:|perform:");

    for (size_t i = 0; is_sentence && i < before.size_bytes; i++)
        if ((before.data[i] == 'n' && pb_begins(pb_slice_from(before, i), "n error")) ||
            (before.data[i] == 'U' && pb_begins(pb_slice_from(before, i), "User:")))
            start = i;
    bool is_other = pb_contains_any(pb_slice_from(before, start), "\n\n| operation|api error ");
    return pb_slice_find_last(is_other ? before : pb_slice_first(before, start), '\n') + 1;
}

/* The first line that is not empty or indented, which a command printed in the place of an answer,
 * if it tells of an error; else absent. */
static struct pb_slice find_printed_error(struct pb_slice text)
{
    struct pb_slice line;
    const char *code = "";

    while (pb_next_line(&text, &line) && (line.size_bytes == 0 || pb_is_blank(line.data[0])))
        ;
    bool is_told = pb_aws_explain_text(line, &code) != NULL && !pb_aws_is_other_error(line);
    return is_told && strstr(code, "-error") != NULL ? line : PB_SLICE_ABSENT;
}

/* The error that a line below the operation tells: the next one, or in YAML one of its record. */
static struct pb_slice find_code_below(struct pb_slice before, struct pb_slice below)
{
    bool is_record = pb_ends(before, ": ") || pb_ends(before, ": iam:");
    struct pb_slice line, code;

    do {
        pb_next_line(&below, &line);
        struct pb_slice key = pb_slice_trim(pb_slice_first(line, pb_find_any(line, 0, ":")));
        struct pb_slice value = pb_slice_trim(pb_slice_from(line, pb_find_any(line, 0, ":") + 1));
        bool is_key = pb_contains_any(key, "error|result|status|code") && !pb_text_has(key, " ");
        code = pb_text_has(line, " when calling the ") ? PB_SLICE_ABSENT : find_code(line);
        if (code.data == NULL && is_key && value.size_bytes > 0 && !pb_is_any(value, PB_WORDS_NONE))
            code = find_near_code(line);
    } while (code.data == NULL && is_record && line.size_bytes > 0 && line.data[0] != '-' &&
             pb_skip(line, 0, " ") >= pb_skip(before, 0, " -"));
    return code;
}

/* The line is the operation, behind a log's prefix and no bullet, a colon and what went wrong. */
static bool is_told(struct pb_slice line, struct pb_slice before, struct pb_slice after)
{
    return pb_begins(after, ": ") && pb_contains_any(after, PB_WORDS_BAD) &&
           pb_skip(line, 0, "-*#+") == 0 && pb_find_any(before, 0, "(\"'`=") == before.size_bytes &&
           !pb_contains_any(line, ": lists|: list the|: returns|: gets|: retrieves|fix ");
}

/* Reads the error in the line around the operation's name, at the offset; false for none. */
static bool read_line(struct pb_slice text, size_t at, size_t size, struct pb_failed_call *call)
{
    size_t from = at > LONGEST_LINE_BYTES ? at - LONGEST_LINE_BYTES : 0;
    struct pb_slice before = pb_slice_from(pb_slice_first(text, at), from), line, after;
    struct pb_slice below = pb_slice_first(pb_slice_from(text, at + size), LONGEST_LINE_BYTES);
    struct pb_slice told = pb_slice_first(below, LONGEST_CODE_BYTES);

    bool is_frame = pb_text_has(before, "Traceback (most recent");
    struct pb_slice above =
        pb_ends(before, "ManagementClient.") ? before : PB_SLICE_ABSENT; /* Java's */
    pb_next_line(&below, &after);
    before = pb_slice_from(before, find_begin(before));
    line = pb_slice_first(pb_slice_from(text, at - before.size_bytes),
                          before.size_bytes + size + after.size_bytes);
    size_t near = before.size_bytes > NEAR_BYTES ? before.size_bytes - NEAR_BYTES : 0;
    struct pb_slice account = find_account(line), code = find_code(line);
    struct pb_slice word = find_near_code(pb_slice_from(before, near));

    if (word.data == NULL)
        word = find_near_code(pb_slice_first(after, NEAR_BYTES));
    if (account.data == NULL) /* a line below names the user */
        account = find_account(pb_slice_first(
            pb_slice_from(told, pb_slice_find(told, PB_SLICE("User:"), 0)), NEAR_BYTES));
    if (code.data == NULL && word.data == NULL)
        code = find_code_below(before, below);
    if (code.data == NULL && (account.data != NULL || !is_prose(line, before, after)))
        code = word;
    /* Behind a prompt, or in a traceback, the error may be below, and name no operation. */
    if (code.data == NULL && (is_frame || (pb_is_command(line) && line.data[0] != '>')))
        code = find_printed_error(below);
    code = code.data == NULL ? find_code(above) : code;
    if (code.data == NULL && is_told(line, before, after))
        code = pb_slice_trim(pb_slice_from(after, 1));
    /* Without an account, the condition of a guide's sentence is no report. */
    if (code.size_bytes == 0 ||
        (account.data == NULL && pb_contains_any(before, "if you see|if you get")))
        return false;
    *call = (struct pb_failed_call){code, .account = account, .end = at + size + after.size_bytes};
    return true;
}

/* The name of the operation around the offset of "erver", in any spelling: ListServerCertificates,
 * Get-IAMServerCertificateList, "listing server certificates", aws_iam_server_certificates. Absent
 * where it may be of other services' certificates, or of a test. */
static struct pb_slice find_operation(struct pb_slice text, size_t at)
{
    char room[PB_LONGEST_PLAIN_KEY_BYTES];
    /* Longer words, which may fill a text, are no names. */
    text = pb_slice_first(text, at + PB_LONGEST_PLAIN_KEY_BYTES + 1);
    size_t end = pb_skip(text, at, PB_LETTERS "_-"), begin = at;
    bool is_spaced = pb_is_any(pb_slice_first(pb_slice_from(text, end), 5), " cert| Cert|\nCert");

    end = is_spaced ? pb_skip(text, end + 1, PB_LETTERS) : end;
    for (int words = is_spaced ? 2 : 1; begin > 0 && at - begin < MOST_BYTES_BEFORE_NOUN; begin--)
        if (pb_skip(pb_slice_first(text, begin), begin - 1, PB_WORD_BYTES) < begin &&
            (text.data[begin - 1] != ' ' || --words == 0))
            break;
    struct pb_slice name = pb_slice_from(pb_slice_first(text, end), begin);
    struct pb_slice plain = pb_plain_key(name, room), noun = PB_SLICE("servercertificate");
    size_t place = pb_slice_find(plain, noun, 0);
    struct pb_slice before = pb_slice_first(plain, place);
    struct pb_slice after = pb_slice_from(plain, place + noun.size_bytes);
    bool is_of_iam = pb_ends(before, "iam");
    bool is_call = is_of_iam || pb_contains_any(before, "list|get|ing|read|fetch|describe|collect");
    bool is_name = pb_is_any(after, "s|list|slist")
                       ? is_call || (before.size_bytes == 0 && !is_spaced)
                       : after.size_bytes == 0 && is_call && (is_of_iam || !is_spaced);
    return place != SIZE_MAX && is_name && !pb_contains_any(before, "test|awsiam")
               ? name
               : PB_SLICE_ABSENT;
}

static bool find_failed_call(struct pb_slice text, struct pb_failed_call *call)
{
    for (size_t at = call->end; pb_find_next(text, "erver", &at); at++) {
        struct pb_slice name = find_operation(text, at);
        if (name.data == NULL ||
            !read_line(text, (size_t)(name.data - text.data), name.size_bytes, call))
            continue;
        bool is_get = pb_contains_any(name, "get") && !pb_contains_any(name, "certificates|list");
        call->operation =
            pb_slice_from_string(is_get ? "GetServerCertificate" : "ListServerCertificates");
        return true;
    }
    return false;
}

/* Finds the first call, or the next one after *call: after those on certificates, refused roles: a
 * client of the account whose role is refused does not come to ask for its certificates. */
static bool find_call(struct pb_slice text, struct pb_failed_call *call)
{
    bool is_role = pb_is_key(call->operation, "sts:AssumeRole");
    struct pb_arn role;

    if (!is_role && find_failed_call(text, call))
        return true;
    for (size_t at = is_role ? call->end : 0; pb_find_next(text, "arn:", &at); at++) {
        size_t begin = at > LONGEST_CODE_BYTES ? at - LONGEST_CODE_BYTES : 0;
        struct pb_slice near = pb_slice_first(pb_slice_from(text, begin), 2 * LONGEST_CODE_BYTES);
        struct pb_slice before = pb_slice_first(text, at);
        bool is_refused =
            (pb_ends(before, "IAM Role (") && pb_text_has(near, "cannot be assumed")) ||
            (pb_ends(before, "sts:AssumeRole on resource: ") && pb_text_has(near, "AccessDenied"));
        if (!is_refused || !pb_arn_parse(pb_slice_from(near, at - begin), &role))
            continue;
        *call = (struct pb_failed_call){PB_SLICE("AccessDenied"), PB_SLICE("sts:AssumeRole"),
                                        role.account, at + 1};
        return true;
    }
    return false;
}

/* Adds a record, an account's if the call has no code. NULL if the item's last one is the same. */
static struct pb_record *add_record(struct pb_writer *out, const struct pb_failed_call *call)
{
    enum pb_record_kind kind = call->code.data == NULL ? PB_RECORD_ACCOUNT : PB_RECORD_FAILED_CALL;
    const struct pb_vector *records = &out->batch->records;
    const struct pb_record *last =
        records->count > 0 ? &PB_VECTOR_AT(struct pb_record, records, records->count - 1) : NULL;

    if (last != NULL && last->kind == kind && last->entry == out->batch->diagnostics.entry &&
        pb_slice_equals(last->account, call->account) &&
        pb_slice_equals(last->target, call->operation))
        return NULL;
    struct pb_record *record = pb_writer_add_record(out, kind);
    out->record = PB_NO_RECORD;
    record->target = call->operation;
    record->account = pb_writer_copy(out, call->account);
    record->label = pb_writer_copy(out, pb_slice_first(call->code, 100));
    return record;
}

bool pb_aws_is_other_error(struct pb_slice text)
{
    return (pb_text_has(text, "https://") && !pb_text_has(text, "https://iam.")) ||
           (pb_text_has(text, " when calling the ") && !pb_contains_any(text, PB_WORDS_OWN_CALLS));
}

static bool is_client_error(struct pb_slice text)
{
    const char *code = "";
    bool is_told = text.size_bytes <= LONGEST_LINE_BYTES &&
                   pb_aws_explain_text(text, &code) != NULL &&
                   pb_is_any(pb_slice_from_string(code), "cli-error|program-error");
    struct pb_slice line, rest = pb_may_tell_failure(text) ? text : PB_SLICE_ABSENT;
    while (!is_told && pb_next_line(&rest, &line))
        is_told = find_near_code(line).data != NULL && !pb_is_prose(line);
    return is_told && !pb_aws_is_other_error(text);
}

void pb_aws_test_answer(struct pb_slice text, struct pb_entry *entry)
{
    text = pb_slice_trim(text);
    entry->is_error = text.size_bytes == 0 || is_client_error(text);
    entry->is_no_answer =
        text.size_bytes <= LONGEST_LINE_BYTES &&
        (entry->is_error || pb_find_any(text, 0, "[{") > 0 || pb_contains_any(text, "\"message\""));
}

enum pb_status pb_aws_read_failed_calls(struct pb_slice text, struct pb_batch *batch)
{
    struct pb_writer out = {.batch = batch};
    struct pb_failed_call call = {0};
    size_t before = batch->records.count;

    while (!out.has_failed && find_call(text, &call))
        add_record(&out, &call);
    text = pb_slice_trim(text);
    if (batch->records.count == before && is_client_error(text)) {
        call = (struct pb_failed_call){
            .operation = PB_SLICE("ListServerCertificates"),
            .code = pb_slice_first(text, pb_slice_find(text, PB_SLICE("\n"), 0))};
        struct pb_record *record = add_record(&out, &call);
        if (record != NULL)
            record->is_candidate = true;
    }
    return pb_writer_close(&out);
}

/* The code or text of the error that the member is, or of the first of several, as boto3,
 * JavaScript or CloudSploit print it, else its key; absent if it says of none. An error that names
 * an account has no code: it is that account's, wherever it stands. */
static struct pb_slice failure_of(struct pb_slice key, const struct pb_json *value)
{
    const struct pb_json *inner = pb_json_find(value, "HTTPStatusCode|httpStatusCode");
    const struct pb_json *error = pb_json_find(value, "Error");
    const struct pb_json *told = error != NULL ? error : value;
    int64_t number = 0;
    bool has_failed = false;

    told = pb_json_type(told) == PB_JSON_ARRAY ? pb_json_element(told, 0) : told;
    struct pb_slice code = pb_text_of(told);
    if (code.data == NULL && pb_json_find(told, PB_WORDS_ACCOUNT) == NULL)
        code = pb_find_text(told, "Code|code|__type|name|message|Message");
    if (pb_json_boolean(value, &has_failed))
        has_failed = pb_is_any(key, has_failed ? PB_WORDS_FAILED : PB_WORDS_SUCCESS);
    else if (pb_json_integer(inner != NULL ? inner : value, &number)) /* HTTP's, or a process's */
        has_failed =
            pb_is_any(key, PB_WORDS_STATUS_KEYS) && number != 0 &&
            (number >= 400 || (!pb_is_key(key, "status") && (number < 200 || number % 100 >= 10)));
    else if (pb_is_any(key, PB_WORDS_WORD_KEYS))
        has_failed = pb_contains_any(code, PB_WORDS_BAD);
    else
        has_failed =
            code.size_bytes > 0 && !pb_is_any(code, PB_WORDS_NONE) &&
            (error != NULL || pb_is_any(key, PB_WORDS_ERROR_KEYS) ||
             (told != value && !pb_is_account(code) && pb_contains_any(key, "fail|skip|denied")));
    return !has_failed ? PB_SLICE_ABSENT : code.size_bytes > 0 ? code : key;
}

/* The text names an operation that is not on server certificates, nor on credentials. */
static bool names_other_call(struct pb_slice text)
{
    bool is_name = !pb_text_has(text, " ") && pb_is_any(pb_slice_first(text, 3), "Lis|Get|Des");
    return (is_name || pb_contains_any(text, PB_WORDS_CALLS)) &&
           !pb_contains_any(text, "calleridentity|caller-identity");
}

bool pb_is_of_other_call(const struct pb_json *object, struct pb_slice code)
{
    struct pb_json_member member = {0};
    bool is_other = names_other_call(code);

    while (pb_json_count(object) <= PB_MOST_SEARCHED_MEMBERS &&
           pb_json_next_member(object, &member)) {
        struct pb_slice text = pb_slice_first(pb_text_of(member.value), LONGEST_LINE_BYTES);
        if (pb_aws_is_expected_path(text))
            return false;
        is_other |= names_other_call(text);
    }
    return is_other;
}

struct pb_json_member pb_profile_find(const struct pb_json *object, bool is_alone)
{
    struct pb_json_member member = {0}, found = {0};
    bool may_be = pb_json_type(object) == PB_JSON_OBJECT && pb_json_count(object) <= MOST_MEMBERS;

    while (may_be && pb_json_next_member(object, &member)) {
        struct pb_slice text = pb_text_of(member.value);
        may_be = !is_alone || pb_json_count(member.value) == 0;
        if (found.value == NULL && text.size_bytes > 0 &&
            (pb_is_account(text) || pb_contains_any(member.key, PB_WORDS_ACCOUNT_NAMES)))
            found = member;
    }
    if (!may_be || (is_alone && (pb_json_find(object, "service|Service|type|level") != NULL ||
                                 pb_is_of_other_call(object, PB_SLICE_ABSENT))))
        found.value = NULL;
    return found;
}

bool pb_failure_find(const struct pb_json *object, struct pb_failed_call *call)
{
    struct pb_json_member member = {0};
    bool is_told = false;

    *call = (struct pb_failed_call){.operation = PB_SLICE("ListServerCertificates")};
    while (pb_json_type(object) == PB_JSON_OBJECT && pb_json_count(object) <= MOST_MEMBERS &&
           !is_told && pb_json_next_member(object, &member)) {
        struct pb_slice code = failure_of(member.key, member.value);
        is_told = code.size_bytes > 0 && code.data != member.key.data;
        call->code = is_told || call->code.size_bytes == 0 ? code : call->code;
    }
    if (call->code.size_bytes == 0 || pb_is_of_other_call(object, call->code))
        return false;
    find_call(call->code, call);
    return true;
}

bool pb_names_call(struct pb_slice key, struct pb_slice text)
{
    return text.size_bytes < LONGEST_CODE_BYTES && pb_aws_is_expected_path(text) &&
           (pb_begins(text, "Action=") || (pb_contains_any(text, "list|get|server_certificates") &&
                                           (pb_is_any(key, "name|table|op|function|request") ||
                                            pb_contains_any(key, PB_WORDS_CALL))));
}

size_t pb_count_find(const struct pb_json *object)
{
    int64_t count = 0;
    if (!pb_json_integer(pb_json_find(object, PB_WORDS_TOTAL), &count))
        pb_json_integer(pb_json_find(pb_json_find(object, PB_WORDS_SIDE), PB_WORDS_TOTAL), &count);
    return count > 0 ? (size_t)count : 0;
}

const struct pb_json *pb_only_container(const struct pb_json *object)
{
    const struct pb_json *found = NULL;
    struct pb_json_member member = {0};

    while (pb_json_count(object) <= MOST_MEMBERS && pb_json_next_member(object, &member)) {
        if (!pb_is_container(member.value) || pb_is_any(member.key, PB_WORDS_SIDE) ||
            failure_of(member.key, member.value).data != NULL)
            continue;
        if (found != NULL)
            return NULL;
        found = member.value;
    }
    return found;
}

bool pb_failed_call_read(struct pb_slice key, const struct pb_json *value,
                         struct pb_failed_call *call)
{
    struct pb_slice text = pb_text_of(value);

    *call = (struct pb_failed_call){text, .operation = PB_SLICE("ListServerCertificates")};
    if (key.data == NULL)
        return text.size_bytes >= SHORTEST_ERROR_BYTES && text.data[0] != '-' &&
               find_call(text, call);
    if (pb_json_type(value) == PB_JSON_NULL) {
        call->code = PB_SLICE("null");
        return pb_field_of(key) == PB_FIELD_COUNT_OF_CERTIFICATES;
    }
    if (text.data == NULL)
        return pb_failure_find(value, call);
    return pb_aws_is_expected_path(key) && pb_contains_any(key, "certificates|certs|err") &&
           call->code.size_bytes < LONGEST_CODE_BYTES && pb_contains_any(call->code, PB_WORDS_BAD);
}

const char pb_proving_codes[] = "conflict|alreadyexists";

void pb_failed_call_add(struct pb_writer *out, struct pb_failed_call call, struct pb_slice account)
{
    call.account = call.account.data == NULL ? account : call.account;
    bool is_added = add_record(out, &call) != NULL;
    out->failed_calls += is_added;
    if (is_added && call.code.data != NULL)
        pb_writer_refuse(out, "error-response", PB_SAY_CALL_FAILED, PB_SLICE_ARGS(call.operation),
                         PB_SLICE_ARGS(pb_slice_first(call.code, 100)));
}

/* What --query and jq print: a value, an array of those, rows or flat objects, a map to dates. */
static bool is_like_query_result(const struct pb_json *root)
{
    bool is_array = pb_json_type(root) == PB_JSON_ARRAY;
    struct pb_json_member member = {0};

    while (pb_json_next_member(root, &member)) {
        struct pb_json_member inner = {0};
        if (!is_array && pb_field_of_value(member.value) != PB_FIELD_UPLOAD_DATE)
            return false;
        while (pb_json_type(member.value) == PB_JSON_OBJECT &&
               pb_json_next_member(member.value, &inner))
            if (pb_is_container(inner.value))
                return false;
    }
    return pb_json_type(root) != PB_JSON_OBJECT || pb_json_count(root) > 0;
}

/* The text is a schema, a template, or of tables or types: it names fields without their values. */
static bool is_description(struct pb_slice text)
{
    return (pb_contains_any(text, PB_WORDS_DESCRIPTION) ||
            (pb_text_has(text, "::ServerCertificate") &&
             pb_contains_any(text, "\"Fn::|\"Ref\"|\"Ref\\"))) &&
           !pb_text_has(text, "CERTIFICATE-----");
}

/* Refuses a document of which nothing was read, if it should be evidence: nothing or an error is in
 * an answer's place, or it has marks or a name of certificates. */
static void refuse_whole(struct pb_writer *out)
{
    const struct pb_json *root = out->document->root;
    bool is_path_about = pb_aws_is_certificate_path(out->context->path);
    /* Or a name; or TODO, "[REDACTED]", or what sops leaves, where the path promises JSON. */
    struct pb_slice text = pb_text_of(pb_json_count(root) == 1 ? pb_json_element(root, 0) : root);
    bool is_other = pb_ends(out->context->path, ".json") &&
                    (text.data != NULL || pb_text_has(out->document->text, "\"ENC[AES256_GCM,"));
    bool is_name = pb_field_of_text(text) == PB_FIELD_NAME &&
                   pb_find_any(text, 0, PB_DIGITS "-_") < text.size_bytes;
    bool is_empty = pb_is_empty(root) || (is_path_about && (is_other || is_name));
    /* Tables with their columns' names apart, and logs, have names of fields that are no keys. */
    bool has_marks = out->left_over.count > 0 ||
                     (!out->is_claimed && pb_aws_has_metadata_names(out->document->text) &&
                      !is_description(out->document->text));
    const char *sentence = NULL;
    struct pb_failed_call call;

    out->is_missed =
        (out->is_expected || is_path_about) && (is_empty || pb_failure_find(root, &call));
    if (out->is_missed && is_empty)
        pb_writer_refuse(out, "empty-document", PB_SAY_EMPTY_DOCUMENT,
                         pb_is_empty(root) ? "nothing" : "no answer");
    else if (out->is_missed)
        pb_writer_refuse(out, "error-response", PB_SAY_REQUEST_FAILED,
                         PB_SLICE_ARGS(pb_slice_first(call.code, 200)));
    else if (has_marks)
        sentence = PB_SAY_UNKNOWN_FORM;
    else if (out->is_expected && is_like_query_result(root))
        sentence = PB_SAY_QUERY_RESULT;
    else if (out->document->ordinal == 0 && !out->is_claimed &&
             pb_aws_is_expected_path(pb_stem_of(out->context->path)) &&
             !pb_is_policy(out->document->text))
        sentence = PB_SAY_ONLY_FILE_NAME;
    if (sentence == NULL)
        return;
    out->left_over.is_reported = out->left_over.count > 0;
    pb_writer_refuse(out, "unrecognised", "%s", sentence);
}

/* Notes the account of what may be an error beside other documents' answers, the name of one that
 * has none there, and in a file that is named so an exit status that is no success, which may be
 * that of an empty list beside it. */
static void note_candidate(struct pb_writer *out)
{
    struct pb_failed_call call = {.account = pb_find_text(out->document->root, PB_WORDS_ACCOUNT),
                                  .operation = PB_SLICE("ListServerCertificates")};
    const struct pb_json *root = out->document->root;
    struct pb_json_member profile = pb_profile_find(root, true);
    struct pb_failed_call told;

    if (call.account.data == NULL &&
        pb_contains_any(pb_stem_of(out->context->path), "err|exit|status|result|meta|return|rc") &&
        pb_json_find(root, "service|Service|operation|command|check") == NULL)
        call.code =
            pb_failure_find(root, &told) ? told.code : failure_of(PB_SLICE("exit_code"), root);
    if (call.account.size_bytes != PB_ACCOUNT_BYTES && profile.value != NULL) {
        call.code = pb_message_format(&out->batch->arena, "no answer for \"%.*s\"",
                                      PB_SLICE_ARGS(pb_text_of(profile.value)));
        call.account = PB_SLICE_ABSENT;
    }
    bool is_told = call.account.size_bytes == PB_ACCOUNT_BYTES || call.code.data != NULL;
    struct pb_record *record = is_told ? add_record(out, &call) : NULL;
    if (record == NULL)
        return;
    record->is_candidate = true;
    record->needs_name = profile.value != NULL; /* beside another's answer in the item */
    record->profile = pb_writer_copy(out, pb_text_of(profile.value));
    out->failed_calls++;
}

void pb_marks_refuse(struct pb_writer *out)
{
    if (!out->is_refused && !pb_writer_has_added(out))
        refuse_whole(out);
    if (!out->is_refused && out->left_over.count > 0) { /* others may have been read */
        out->left_over.is_reported = true;
        pb_writer_refuse(out, "unread-mark", PB_SAY_UNREAD_MARK, out->left_over.count,
                         out->left_over.count == 1 ? "" : "s");
    }
    if (!out->is_refused && !out->is_claimed && !pb_writer_has_added(out))
        note_candidate(out);
}
