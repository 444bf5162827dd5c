/* SPDX-License-Identifier: MIT */
/* Errors of the AWS CLI and the SDKs in an answer's place: which call failed, why, and for which
 * account. Each becomes a record, of which the inventory makes a gap. */
#include <stdint.h>

#include "aws/context.h"
#include "inventory/arn.h"

#define ACCOUNT_BYTES 12
/* A code that stands alone must stand so near to the operation. */
#define NEAR_BYTES 48
#define SHORTEST_ERROR_BYTES 30

struct failed_call {
    struct pb_slice code, operation;
    struct pb_slice account; /* of the error's ARN; absent where it has none */
    size_t end;              /* of the line where it stands */
};

/* What tells an error, and where its code stands. */
static const struct {
    struct pb_slice sign;
    const char *code; /* NULL: the word behind the sign */
    bool is_near;
} signs[] = {
    {{"An error occurred (", 19}, NULL, false},
    {{"api error ", 10}, NULL, false},
    {{"Error Code: ", 12}, NULL, false},
    {{"not authorized to perform", 25}, "AccessDenied", false},
    {{"operation error IAM", 19}, "an error", false},
    {{"Error executing ", 16}, "an error", false},
    {{"AccessDenied", 12}, "AccessDenied", true},
    {{"Throttling", 10}, "Throttling", true},
    {{"ExpiredToken", 12}, "ExpiredToken", true},
    {{"InvalidClientTokenId", 20}, "InvalidClientTokenId", true},
};

static bool is_word_byte(char byte)
{
    char lower = pb_byte_lower(byte);

    return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9');
}

/* The word of letters and digits that begins at the offset. */
static struct pb_slice word_at(struct pb_slice text, size_t offset)
{
    struct pb_slice word = pb_slice_from(text, offset);
    size_t size = 0;

    while (size < word.size_bytes && is_word_byte(word.data[size]))
        size++;
    return pb_slice_first(word, size);
}

static struct pb_slice last_bytes(struct pb_slice text, size_t size)
{
    return text.size_bytes <= size ? text : pb_slice_from(text, text.size_bytes - size);
}

/* Absent where neither side of the operation tells an error. "iam:" before it is how policies name
 * an action, of which prose says what it is denied. */
static struct pb_slice find_code(struct pb_slice before, struct pb_slice after)
{
    bool is_action = pb_slice_ends_with(before, PB_SLICE(":"));

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        struct pb_slice sides[] = {before, after};
        if (signs[i].is_near && is_action)
            continue;
        if (signs[i].is_near) {
            sides[0] = last_bytes(before, NEAR_BYTES);
            sides[1] = pb_slice_first(after, NEAR_BYTES);
        }
        for (size_t k = 0; k < 2; k++) {
            size_t at = pb_slice_find(sides[k], signs[i].sign, 0);
            if (at != SIZE_MAX)
                return signs[i].code != NULL ? pb_slice_from_string(signs[i].code)
                                             : word_at(sides[k], at + signs[i].sign.size_bytes);
        }
    }
    return PB_SLICE_ABSENT;
}

/* The account of a server certificate's ARN in the line, else of the first that has one. */
static struct pb_slice find_account(struct pb_slice line)
{
    const struct pb_slice prefix = PB_SLICE("arn:");
    struct pb_slice found = PB_SLICE_ABSENT;
    struct pb_arn arn;

    for (size_t at = pb_slice_find(line, prefix, 0); at != SIZE_MAX;
         at = pb_slice_find(line, prefix, at + 1)) {
        if (!pb_arn_parse(pb_slice_from(line, at), &arn) || arn.account.size_bytes != ACCOUNT_BYTES)
            continue;
        if (found.data == NULL ||
            pb_slice_starts_with(arn.resource, PB_SLICE("server-certificate/")))
            found = arn.account;
    }
    return found;
}

/* What the line around the operation says of it; false where it is no error. */
static bool read_line(struct pb_slice text, size_t at, struct pb_slice operation,
                      struct failed_call *call)
{
    struct pb_slice before = pb_slice_first(text, at);
    size_t begin = pb_slice_find_last(before, '\n') + 1; /* 0 where there is none */
    size_t behind = at + operation.size_bytes, end = pb_slice_find(text, PB_SLICE("\n"), behind);

    /* PowerShell breaks its messages before the action. */
    if (begin > 0 && pb_slice_equals(pb_slice_from(before, begin), PB_SLICE("iam:")))
        begin = pb_slice_find_last(pb_slice_first(before, begin - 1), '\n') + 1;
    end = end == SIZE_MAX ? text.size_bytes : end;
    *call = (struct failed_call){
        .code = find_code(pb_slice_from(before, begin),
                          pb_slice_first(pb_slice_from(text, behind), end - behind)),
        .operation = operation,
        .account = find_account(pb_slice_first(pb_slice_from(text, begin), end - begin)),
        .end = end,
    };
    return call->code.size_bytes > 0;
}

/* The first failed call whose operation stands at or behind the offset. */
static bool find_failed_call(struct pb_slice text, size_t from, struct failed_call *call)
{
    static const struct {
        struct pb_slice name;
        size_t verb_bytes;
    } operations[] = {{{"ListServerCertificates", 22}, 4}, {{"GetServerCertificate", 20}, 3}};
    const struct pb_slice noun = PB_SLICE("ServerCertificate");

    for (size_t at = pb_slice_find(text, noun, from); at != SIZE_MAX;
         at = pb_slice_find(text, noun, at + 1))
        for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
            size_t verb_bytes = operations[i].verb_bytes;
            if (at >= verb_bytes &&
                pb_slice_equals(word_at(text, at - verb_bytes), operations[i].name) &&
                read_line(text, at - verb_bytes, operations[i].name, call))
                return true;
        }
    return false;
}

/* One record an item for the same call and account, one after the other. */
static bool is_repeated(const struct pb_batch *batch, const struct pb_record *record)
{
    if (batch->records.count == 0)
        return false;
    const struct pb_record *last =
        &PB_VECTOR_AT(const struct pb_record, &batch->records, batch->records.count - 1);
    return last->kind == PB_RECORD_FAILED_CALL && last->entry == record->entry &&
           pb_slice_equals(last->account, record->account) &&
           pb_slice_equals(last->target, record->target);
}

static enum pb_status add_record(struct pb_batch *batch, const struct failed_call *call,
                                 struct pb_slice pointer)
{
    struct pb_record record = {
        .kind = PB_RECORD_FAILED_CALL,
        .entry = batch->diagnostics.entry,
        .account = call->account,
        .target = call->operation,
        .pointer = pointer,
    };

    if (is_repeated(batch, &record))
        return PB_OK;
    if (!pb_arena_copy(&batch->arena, call->account, &record.account) ||
        !pb_arena_copy(&batch->arena, pb_slice_first(call->code, 100), &record.label) ||
        !pb_arena_copy(&batch->arena, pointer, &record.pointer) ||
        !pb_vector_append(&batch->records, &record, 1))
        return PB_FAILED_MEMORY;
    return PB_OK;
}

enum pb_status pb_aws_read_failed_calls(struct pb_slice text, struct pb_batch *batch)
{
    struct failed_call call = {0};
    enum pb_status status = PB_OK;

    while (status == PB_OK && find_failed_call(text, call.end, &call))
        status = add_record(batch, &call, PB_SLICE_ABSENT);
    return status;
}

/* account: around the call, for errors without one. */
static void note(struct pb_writer *out, struct failed_call *call, struct pb_slice account)
{
    size_t before = out->batch->records.count;

    if (call->account.data == NULL)
        call->account = account;
    if (add_record(out->batch, call, pb_buffer_slice(&out->pointer)) != PB_OK)
        out->has_failed = true;
    if (out->batch->records.count == before)
        return;
    pb_writer_note_record(out);
    out->failed_calls++;
    pb_writer_refuse(
        out, "error-response",
        "%.*s failed with \"%.*s\": this shows no certificates, and not that there are "
        "none",
        PB_SLICE_ARGS(call->operation), PB_SLICE_ARGS(pb_slice_first(call->code, 100)));
}

/* Most texts are short, or bodies of certificates. */
bool pb_is_failed_call(struct pb_slice text)
{
    struct failed_call call;

    return text.size_bytes >= SHORTEST_ERROR_BYTES && text.data[0] != '-' &&
           find_failed_call(text, 0, &call);
}

bool pb_failed_call_read(struct pb_writer *out, struct pb_slice text, struct pb_slice account)
{
    struct failed_call call;

    if (text.size_bytes < SHORTEST_ERROR_BYTES || !find_failed_call(text, 0, &call))
        return false;
    note(out, &call, account);
    return true;
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

/* Collectors keep what a call gave under its name, CloudSploit by region. */
bool pb_failed_answer_read(struct pb_writer *out, const struct pb_json *answer,
                           struct pb_slice account)
{
    struct failed_call call = {.operation = PB_SLICE("ListServerCertificates")};
    size_t before = out->failed_calls;
    struct pb_fields fields;

    if (pb_find_error_code(answer, &call.code)) {
        note(out, &call, account);
        return true;
    }
    for (struct pb_child region = pb_children(out, answer); pb_next_child(&region);)
        if (pb_find_error_code(region.value, &call.code)) {
            pb_fields_read(region.value, &fields);
            note(out, &call, pb_account_at(region.key, &fields, account));
            call.account = PB_SLICE_ABSENT;
        }
    return out->failed_calls > before;
}
