/* SPDX-License-Identifier: MIT */
/* --query results that are rows, [[name, date], ...]: columns are known by what all rows hold. */
#include "aws/certificate.h"
#include "aws/guess.h"
#include "aws/query.h"
#include "json/tree.h"

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
