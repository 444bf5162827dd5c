/* SPDX-License-Identifier: MIT */
#include "aws/certificate.h"
#include "aws/date.h"
#include "aws/guess.h"
#include "aws/query.h"
#include "json/pointer.h"

#define MOST_SIBLINGS 16

static bool is_container(const struct pb_json *value)
{
    enum pb_json_type type = pb_json_type(value);

    return type == PB_JSON_ARRAY || type == PB_JSON_OBJECT;
}

bool pb_query_is_result(const struct pb_node *node)
{
    struct pb_json_member member = {0};
    size_t containers = 0;

    if (node->depth != 1)
        return node->depth == 0;
    if (pb_json_type(node->parent) != PB_JSON_OBJECT || pb_json_count(node->parent) > MOST_SIBLINGS)
        return false;
    while (pb_json_next_member(node->parent, &member))
        containers += is_container(member.value);
    return containers == 1;
}

static bool cut_suffix(struct pb_slice *name, struct pb_slice suffix)
{
    struct pb_slice end;

    if (name->size_bytes <= suffix.size_bytes)
        return false;
    end = pb_slice_from(*name, name->size_bytes - suffix.size_bytes);
    if (!pb_slice_equals_ignoring_case(end, suffix))
        return false;
    name->size_bytes -= suffix.size_bytes;
    return true;
}

static void cut_one_of(struct pb_slice *name, const char *const *suffixes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cut_suffix(name, pb_slice_from_string(suffixes[i])))
            return;
}

struct pb_slice pb_query_file_name(struct pb_slice path)
{
    static const char *const compressions[] = {".gz", ".bz2", ".xz", ".zst", ".lz4"};
    static const char *const texts[] = {".json", ".txt"};
    size_t slash = pb_slice_find_last(path, '/');
    struct pb_slice name = slash == SIZE_MAX ? path : pb_slice_from(path, slash + 1);

    cut_one_of(&name, compressions, sizeof compressions / sizeof compressions[0]);
    cut_one_of(&name, texts, sizeof texts / sizeof texts[0]);
    return name;
}

/* --query results that are rows, [[name, date], ...]: columns are known by what all rows hold. */

#define MOST_COLUMNS 8

struct columns {
    enum pb_guess guesses[MOST_COLUMNS]; /* PB_GUESS_NOTHING: only nulls */
    size_t count;
    size_t kinds[PB_GUESS_PEM + 1]; /* how many columns of each */
};

/* False where the value cannot stand in the column. */
static bool guess_cell(enum pb_guess *column, const struct pb_json *value)
{
    struct pb_slice text;

    if (pb_json_type(value) == PB_JSON_NULL)
        return true;
    if (!pb_json_string(value, &text))
        return false;
    enum pb_guess guess = pb_guess_text(text);
    if (*column == PB_GUESS_NOTHING || *column == guess) {
        *column = guess;
        return guess != PB_GUESS_NOTHING;
    }
    bool are_names = (*column == PB_GUESS_NAME || *column == PB_GUESS_ID) &&
                     (guess == PB_GUESS_NAME || guess == PB_GUESS_ID);
    *column = PB_GUESS_NAME;
    return are_names;
}

static bool guess_columns(const struct pb_json *table, struct columns *columns)
{
    size_t rows = pb_json_count(table);

    *columns = (struct columns){.count = pb_json_count(pb_json_element(table, 0))};
    if (columns->count == 0 || columns->count > MOST_COLUMNS)
        return false;
    for (size_t i = 0; i < rows; i++) {
        const struct pb_json *row = pb_json_element(table, i);
        if (pb_json_type(row) != PB_JSON_ARRAY || pb_json_count(row) != columns->count)
            return false;
        for (size_t k = 0; k < columns->count; k++)
            if (!guess_cell(&columns->guesses[k], pb_json_element(row, k)))
                return false;
    }
    for (size_t k = 0; k < columns->count; k++)
        columns->kinds[columns->guesses[k]]++;
    return true;
}

/* Nothing else has such ids and ARNs, wherever the rows stand. */
static bool leave_no_doubt(const struct columns *columns)
{
    return columns->kinds[PB_GUESS_ID] > 0 || columns->kinds[PB_GUESS_ARN] > 0;
}

/* A date somewhere, or a column of nulls that a misspelt date left beside a name. */
static bool are_certificates(const struct columns *columns)
{
    const size_t *kinds = columns->kinds;

    return kinds[PB_GUESS_DATE] > 0 || leave_no_doubt(columns) ||
           (kinds[PB_GUESS_NOTHING] == 1 &&
            kinds[PB_GUESS_NAME] + kinds[PB_GUESS_ARN] + kinds[PB_GUESS_ID] > 0);
}

static bool are_ambiguous(const struct columns *columns)
{
    for (enum pb_guess guess = PB_GUESS_NAME; guess <= PB_GUESS_PEM; guess++)
        if (columns->kinds[guess] > 1)
            return true;
    return false;
}

enum pb_claim pb_rows_claim(const struct pb_node *node)
{
    struct columns columns;
    bool are_rows = node->type == PB_JSON_ARRAY && pb_query_is_result(node) &&
                    guess_columns(node->value, &columns) && are_certificates(&columns) &&
                    (node->is_suggested || leave_no_doubt(&columns));

    return are_rows ? PB_CLAIM_LOOK : PB_CLAIM_NONE;
}

static enum pb_status read_cell(struct pb_reading *reading, const struct pb_json *value,
                                enum pb_guess guess, struct pb_draft *draft)
{
    switch (guess) {
    case PB_GUESS_NAME: return pb_certificate_read_name(reading, value, &draft->seen.name);
    case PB_GUESS_ID: return pb_certificate_read_id(reading, value, &draft->seen.id);
    case PB_GUESS_PATH: return pb_certificate_read_text(reading, value, &draft->seen.path);
    case PB_GUESS_ARN: return pb_certificate_read_text(reading, value, &draft->seen.arn);
    case PB_GUESS_DATE: return pb_certificate_read_date(reading, value, &draft->seen.upload_date);
    case PB_GUESS_PEM: return pb_certificate_read_pem(reading, value, &draft->bodies.body_pem);
    case PB_GUESS_NOTHING: break;
    }
    return PB_OK;
}

static enum pb_status add_row(struct pb_reading *reading, const struct pb_json *row,
                              const struct columns *columns, uint32_t record)
{
    struct pb_draft draft = {0};
    enum pb_status status = PB_OK;

    for (size_t k = 0; k < columns->count && status == PB_OK; k++) {
        size_t here = pb_pointer_push_index(&reading->pointer, k);
        status = read_cell(reading, pb_json_element(row, k), columns->guesses[k], &draft);
        pb_pointer_cut(&reading->pointer, here);
    }
    if (status == PB_OK)
        status = pb_certificate_compare_arn(reading, &draft.seen);
    return status == PB_OK ? pb_reading_add_observation(reading, record, &draft) : status;
}

static enum pb_status add_rows(struct pb_reading *reading, const struct pb_json *table,
                               const struct columns *columns, uint32_t record)
{
    size_t count = pb_json_count(table);
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && i < PB_MOST_BARE_ELEMENTS && status == PB_OK; i++) {
        size_t here = pb_pointer_push_index(&reading->pointer, i);
        status = add_row(reading, pb_json_element(table, i), columns, record);
        pb_pointer_cut(&reading->pointer, here);
    }
    if (status == PB_OK && count > PB_MOST_BARE_ELEMENTS)
        status = pb_reading_refuse_more(reading, PB_MOST_BARE_ELEMENTS);
    return status;
}

enum pb_status pb_rows_read(struct pb_reading *reading, const struct pb_node *node,
                            const char *name)
{
    struct columns columns;
    enum pb_page page;
    uint32_t index;

    guess_columns(node->value, &columns);
    /* Where nothing but the values says that this is evidence, the refusal must not be lost. */
    reading->is_recognised |= are_ambiguous(&columns) && !node->is_suggested;
    if (are_ambiguous(&columns))
        return pb_reading_refuse(
            reading, "ambiguous-columns",
            "two columns of these rows look alike, so nothing says which is which: export with "
            "--query 'ServerCertificateMetadataList[*].{Name:ServerCertificateName,"
            "UploadDate:UploadDate}', or without --query");
    enum pb_status status = pb_reading_page(reading, node, &page);
    if (status == PB_OK)
        status = pb_reading_add_record(reading, PB_RECORD_PROJECTION, name, &index);
    if (status != PB_OK)
        return status;
    pb_reading_record(reading, index)->page = page;
    return add_rows(reading, node->value, &columns, index);
}

/* --query results that are bare texts: names, dates, bodies. Only where they stand says of what. */

static bool is_marked_as_page(const struct pb_fields *envelope)
{
    return pb_fields_has(envelope, PB_FIELD_IS_TRUNCATED) ||
           pb_fields_has(envelope, PB_FIELD_NEXT_TOKEN);
}

/* Below the root any array of words could be anything, unless the flag stands beside it. */
static bool is_place(const struct pb_node *node)
{
    return pb_query_is_result(node) && (node->depth == 0 || is_marked_as_page(node->parent_fields));
}

static enum pb_guess guess_value(const struct pb_json *value)
{
    struct pb_slice text;

    return pb_json_string(value, &text) ? pb_guess_text(text) : PB_GUESS_NOTHING;
}

/* An id is a name too; any other mixture is nothing. */
static enum pb_guess combine(enum pb_guess all, enum pb_guess next)
{
    if (all == next)
        return all;
    bool are_names = (all == PB_GUESS_NAME || all == PB_GUESS_ID) &&
                     (next == PB_GUESS_NAME || next == PB_GUESS_ID);
    return are_names ? PB_GUESS_NAME : PB_GUESS_NOTHING;
}

/* What all elements of an array look like, or the one text. */
static enum pb_guess guess_node(const struct pb_node *node)
{
    size_t count = pb_json_count(node->value);

    if (node->type == PB_JSON_STRING)
        return guess_value(node->value);
    if (node->type != PB_JSON_ARRAY || count == 0)
        return PB_GUESS_NOTHING;
    enum pb_guess all = guess_value(pb_json_element(node->value, 0));
    for (size_t i = 1; i < count && all != PB_GUESS_NOTHING; i++)
        all = combine(all, guess_value(pb_json_element(node->value, i)));
    return all;
}

enum pb_claim pb_names_claim(const struct pb_node *node)
{
    if (!is_place(node) || node->type != PB_JSON_ARRAY)
        return PB_CLAIM_NONE;
    enum pb_guess guess = guess_node(node);
    bool are_names = (node->is_suggested && guess == PB_GUESS_NAME) || guess == PB_GUESS_ID ||
                     guess == PB_GUESS_ARN;
    return are_names ? PB_CLAIM_LOOK : PB_CLAIM_NONE;
}

enum pb_claim pb_dates_claim(const struct pb_node *node)
{
    bool are_dates = node->is_suggested && is_place(node) && guess_node(node) == PB_GUESS_DATE;

    return are_dates ? PB_CLAIM_LOOK : PB_CLAIM_NONE;
}

enum pb_claim pb_bodies_claim(const struct pb_node *node)
{
    bool are_bodies = node->is_suggested && is_place(node) && guess_node(node) == PB_GUESS_PEM;

    return are_bodies ? PB_CLAIM_LOOK : PB_CLAIM_NONE;
}

static enum pb_status add_text(struct pb_reading *reading, const struct pb_json *value,
                               enum pb_guess guess, struct pb_draft *draft, uint32_t record)
{
    enum pb_status status = PB_OK;

    switch (guess) {
    case PB_GUESS_NAME: status = pb_certificate_read_name(reading, value, &draft->seen.name); break;
    case PB_GUESS_ID: status = pb_certificate_read_id(reading, value, &draft->seen.id); break;
    case PB_GUESS_ARN: status = pb_certificate_read_text(reading, value, &draft->seen.arn); break;
    case PB_GUESS_DATE:
        status = pb_certificate_read_date(reading, value, &draft->seen.upload_date);
        break;
    case PB_GUESS_PEM:
        draft->bodies.is_body_unproven = true;
        status = pb_certificate_read_pem(reading, value, &draft->bodies.body_pem);
        break;
    case PB_GUESS_PATH:
    case PB_GUESS_NOTHING: break;
    }
    return status == PB_OK ? pb_reading_add_observation(reading, record, draft) : status;
}

/* A single date says nothing of its certificate; people name the file after it. */
static enum pb_status name_after_file(struct pb_reading *reading, struct pb_draft *draft)
{
    struct pb_slice name = pb_query_file_name(reading->context->path);

    if (!pb_guess_is_name(name))
        return PB_OK;
    draft->seen.is_name_from_file = true;
    return pb_arena_copy(&reading->batch->arena, name, &draft->seen.name) ? PB_OK
                                                                          : PB_FAILED_MEMORY;
}

static enum pb_status add_single(struct pb_reading *reading, const struct pb_node *node,
                                 enum pb_guess guess, uint32_t record)
{
    struct pb_draft draft = {0};
    enum pb_status status = PB_OK;

    if (guess == PB_GUESS_DATE)
        status = name_after_file(reading, &draft);
    return status == PB_OK ? add_text(reading, node->value, guess, &draft, record) : status;
}

static enum pb_status add_elements(struct pb_reading *reading, const struct pb_node *node,
                                   enum pb_guess guess, uint32_t record)
{
    size_t count = pb_json_count(node->value);
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && i < PB_MOST_BARE_ELEMENTS && status == PB_OK; i++) {
        struct pb_draft draft = {0};
        size_t here = pb_pointer_push_index(&reading->pointer, i);
        status = add_text(reading, pb_json_element(node->value, i), guess, &draft, record);
        pb_pointer_cut(&reading->pointer, here);
    }
    if (status == PB_OK && count > PB_MOST_BARE_ELEMENTS)
        status = pb_reading_refuse_more(reading, PB_MOST_BARE_ELEMENTS);
    return status;
}

enum pb_status pb_texts_read(struct pb_reading *reading, const struct pb_node *node,
                             const char *name)
{
    enum pb_guess guess = guess_node(node);
    bool has_content = guess == PB_GUESS_DATE || guess == PB_GUESS_PEM;
    enum pb_page page;
    uint32_t index;
    enum pb_status status = pb_reading_page(reading, node, &page);

    if (status == PB_OK)
        status = pb_reading_add_record(
            reading, has_content ? PB_RECORD_PROJECTION : PB_RECORD_NAMES, name, &index);
    if (status != PB_OK)
        return status;
    pb_reading_record(reading, index)->page = page;
    return node->type == PB_JSON_ARRAY ? add_elements(reading, node, guess, index)
                                       : add_single(reading, node, guess, index);
}

/* --query results under the user's own keys: {Name: ..., Upload: ...}. */

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
