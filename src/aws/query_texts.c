/* SPDX-License-Identifier: MIT */
/* --query results that are bare texts: names, dates, bodies. Only where they stand says of what. */
#include "aws/certificate.h"
#include "aws/guess.h"
#include "aws/query.h"
#include "json/tree.h"

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
