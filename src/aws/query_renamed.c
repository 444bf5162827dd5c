/* SPDX-License-Identifier: MIT */
/* --query results under the user's own keys: {Name: ..., Upload: ...}. */
#include "aws/certificate.h"
#include "aws/date.h"
#include "aws/guess.h"
#include "aws/query.h"
#include "json/tree.h"

#define MOST_MEMBERS 16
#define FIRST_SECOND_OF_2006 1136073600 /* AWS began; smaller numbers are rates and sizes */

/* What a member of a renamed object is. */
enum role {
    ROLE_OTHER,
    ROLE_NAME,
    ROLE_ID,
    ROLE_ARN,
    ROLE_PATH,
    ROLE_UPLOAD_DATE,
    ROLE_EXPIRATION,
    ROLE_BODY,
    ROLE_CHAIN,
    ROLE_COUNT,
};

/* Keys of things that are uploaded or named too, or that only refer to a certificate: SSH and
 * signing keys, files, functions; load balancers, listeners, tagged resources. */
static const char *const foreign_words[] = {
    "user",  "ssh",    "file", "bucket",   "function", "image",          "video",
    "layer", "object", "key",  "listener", "resource", "certificatearn", "certificateid",
};

static bool contains(struct pb_slice key, const char *word)
{
    return pb_slice_contains_ignoring_case(key, pb_slice_from_string(word));
}

static bool is_foreign_key(struct pb_slice key)
{
    if (pb_field_of(key) == PB_FIELD_ID)
        return false;
    for (size_t i = 0; i < sizeof foreign_words / sizeof foreign_words[0]; i++)
        if (contains(key, foreign_words[i]))
            return true;
    return false;
}

static bool is_date(const struct pb_json *value)
{
    struct pb_slice text;
    double seconds;

    if (pb_json_string(value, &text))
        return pb_guess_text(text) == PB_GUESS_DATE;
    return pb_json_real(value, &seconds) && seconds >= FIRST_SECOND_OF_2006;
}

static enum role role_of_text(struct pb_slice key, struct pb_slice text)
{
    switch (pb_guess_text(text)) {
    case PB_GUESS_ARN: return ROLE_ARN;
    case PB_GUESS_ID: return contains(key, "name") ? ROLE_NAME : ROLE_ID;
    case PB_GUESS_PEM: return contains(key, "chain") ? ROLE_CHAIN : ROLE_BODY;
    case PB_GUESS_PATH: return ROLE_PATH;
    case PB_GUESS_NAME:
    case PB_GUESS_DATE:
        return contains(key, "name") && pb_guess_is_name(pb_slice_trim(text)) ? ROLE_NAME
                                                                              : ROLE_OTHER;
    case PB_GUESS_NOTHING: break;
    }
    return ROLE_OTHER;
}

static enum role role_of(const struct pb_json_member *member)
{
    struct pb_slice text;

    if (contains(member->key, "upload"))
        return ROLE_UPLOAD_DATE;
    if (contains(member->key, "expir") || contains(member->key, "notafter"))
        return ROLE_EXPIRATION;
    return pb_json_string(member->value, &text) ? role_of_text(member->key, text) : ROLE_OTHER;
}

/* How many members an object has of each role; false where it is no flat object of few members. */
static bool count_roles(const struct pb_json *object, size_t *counts, bool *has_upload_date)
{
    struct pb_json_member member = {0};

    *has_upload_date = false;
    if (pb_json_type(object) != PB_JSON_OBJECT || pb_json_count(object) > MOST_MEMBERS)
        return false;
    while (pb_json_next_member(object, &member)) {
        enum pb_json_type type = pb_json_type(member.value);
        if (type == PB_JSON_ARRAY || type == PB_JSON_OBJECT || is_foreign_key(member.key))
            return false;
        enum role role = role_of(&member);
        counts[role]++;
        if (role == ROLE_UPLOAD_DATE && (type == PB_JSON_NULL || is_date(member.value)))
            *has_upload_date = true;
    }
    return true;
}

static bool has_ambiguity(const size_t *counts)
{
    for (enum role role = ROLE_NAME; role < ROLE_COUNT; role++)
        if (counts[role] > 1)
            return true;
    return false;
}

static bool is_certificate(const struct pb_json *object)
{
    size_t counts[ROLE_COUNT] = {0};
    bool has_upload_date;

    if (!count_roles(object, counts, &has_upload_date) || has_ambiguity(counts))
        return false;
    return counts[ROLE_ARN] == 1 || counts[ROLE_ID] == 1 ||
           (counts[ROLE_NAME] == 1 && has_upload_date);
}

/* Beside a certificate half of the evidence is enough: an unreadable date is to be told. */
static bool is_sibling(const struct pb_json *object)
{
    size_t counts[ROLE_COUNT] = {0};
    bool has_upload_date;

    return count_roles(object, counts, &has_upload_date) && !has_ambiguity(counts) &&
           counts[ROLE_NAME] + counts[ROLE_ID] + counts[ROLE_ARN] + counts[ROLE_UPLOAD_DATE] > 0;
}

/* One certificate among the elements makes the others its siblings, to be explained. */
static bool holds_certificate(const struct pb_json *array)
{
    size_t count = pb_json_count(array);

    for (size_t i = 0; i < count; i++)
        if (is_certificate(pb_json_element(array, i)))
            return true;
    return false;
}

enum pb_claim pb_renamed_claim(const struct pb_node *node)
{
    if (!pb_query_is_result(node))
        return PB_CLAIM_NONE;
    bool is_claimed =
        node->type == PB_JSON_ARRAY ? holds_certificate(node->value) : is_certificate(node->value);
    return is_claimed ? PB_CLAIM_VALUES : PB_CLAIM_NONE;
}

static enum pb_status read_member(struct pb_reading *reading, const struct pb_json_member *member,
                                  struct pb_draft *draft)
{
    switch (role_of(member)) {
    case ROLE_NAME: return pb_certificate_read_name(reading, member->value, &draft->seen.name);
    case ROLE_ID: return pb_certificate_read_id(reading, member->value, &draft->seen.id);
    case ROLE_ARN: return pb_certificate_read_text(reading, member->value, &draft->seen.arn);
    case ROLE_PATH: return pb_certificate_read_text(reading, member->value, &draft->seen.path);
    case ROLE_UPLOAD_DATE:
        return pb_certificate_read_date(reading, member->value, &draft->seen.upload_date);
    case ROLE_EXPIRATION:
        return pb_certificate_read_date(reading, member->value, &draft->seen.expiration);
    case ROLE_BODY: return pb_certificate_read_pem(reading, member->value, &draft->bodies.body_pem);
    case ROLE_CHAIN:
        return pb_certificate_read_pem(reading, member->value, &draft->bodies.chain_pem);
    case ROLE_OTHER:
    case ROLE_COUNT: break;
    }
    return PB_OK;
}

static enum pb_status add_object(struct pb_reading *reading, const struct pb_json *object,
                                 uint32_t record)
{
    struct pb_json_member member = {0};
    struct pb_draft draft = {0};
    enum pb_status status = PB_OK;

    if (!is_sibling(object))
        return pb_reading_remark(reading, PB_REMARK_UNKNOWN_ELEMENT,
                                 "nothing says that this is a certificate as those beside it are; "
                                 "export without --query");
    while (status == PB_OK && pb_json_next_member(object, &member)) {
        size_t here = pb_pointer_push_key(&reading->pointer, member.key);
        status = read_member(reading, &member, &draft);
        pb_pointer_cut(&reading->pointer, here);
    }
    if (status == PB_OK)
        status = pb_certificate_compare_arn(reading, &draft.seen);
    return status == PB_OK ? pb_reading_add_observation(reading, record, &draft) : status;
}

enum pb_status pb_renamed_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name)
{
    size_t count = pb_json_count(node->value);
    enum pb_page page;
    uint32_t index;
    enum pb_status status = pb_reading_page(reading, node, &page);

    if (status == PB_OK)
        status = pb_reading_add_record(reading, PB_RECORD_PROJECTION, name, &index);
    if (status != PB_OK)
        return status;
    pb_reading_record(reading, index)->page = page;
    if (node->type == PB_JSON_OBJECT)
        return add_object(reading, node->value, index);
    for (size_t i = 0; i < count && status == PB_OK && !reading->is_overfull; i++) {
        size_t here = pb_pointer_push_index(&reading->pointer, i);
        status = add_object(reading, pb_json_element(node->value, i), index);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}
