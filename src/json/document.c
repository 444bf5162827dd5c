/* SPDX-License-Identifier: MIT */
#include "json/document.h"

#include <jansson.h>

#include "json/parse.h"

/* Nobody reads more, and a hostile text could ask for millions. */
#define MOST_REPAIRS_TOLD 100

void pb_json_prepare(void)
{
    json_object_seed(0);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Where the run of NUL bytes and white space at the end has its first NUL, or the text's end. */
static size_t find_padding(struct pb_slice text)
{
    size_t padding = text.size_bytes;
    size_t i = text.size_bytes;

    for (; i > 0 && (text.data[i - 1] == '\0' || is_blank(text.data[i - 1])); i--)
        if (text.data[i - 1] == '\0')
            padding = i - 1;
    return padding;
}

static void set_place(struct pb_diagnostic *diagnostic, struct pb_json_position position)
{
    diagnostic->offset_bytes = position.offset_bytes;
    diagnostic->line = position.line;
    diagnostic->column = pb_json_column(position);
}

static enum pb_status add_fault(struct pb_diagnostics *diagnostics,
                                const struct pb_json_fault *fault)
{
    struct pb_diagnostic *added = NULL;
    enum pb_status status;

    if (pb_slice_is_absent(fault->quote))
        status = pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, fault->code, &added, "%s",
                                    fault->problem);
    else
        status = pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, fault->code, &added,
                                    "%s '%.*s'", fault->problem, PB_SLICE_ARGS(fault->quote));
    if (status == PB_OK)
        set_place(added, fault->position);
    return status;
}

static enum pb_status add_repair(struct pb_diagnostics *diagnostics, const char *problem,
                                 size_t count, struct pb_json_position first)
{
    struct pb_diagnostic *added = NULL;
    enum pb_status status;

    if (count == 1)
        status = pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "json-repaired", &added, "%s",
                                    problem);
    else
        status = pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "json-repaired", &added,
                                    "%s: %zu times in this document, here first", problem, count);
    if (status == PB_OK)
        set_place(added, first);
    return status;
}

static enum pb_status add_repairs(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                                  const struct pb_json_parse *parse, bool *is_repaired)
{
    static const char *const problems[PB_JSON_REPAIRS] = {
        [PB_JSON_REPAIR_CONTROL] =
            "a raw control character inside a string was read as if it were escaped",
        [PB_JSON_REPAIR_SURROGATE_VALUE] = "a string with half a surrogate pair was read as null",
        [PB_JSON_REPAIR_SURROGATE_KEY] = "half a surrogate pair in a key was read as U+FFFD",
        [PB_JSON_REPAIR_NUMBER] = "a number out of range was read as null",
    };
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < PB_JSON_REPAIRS && status == PB_OK; i++) {
        if (parse->repairs[i].count == 0)
            continue;
        *is_repaired = true;
        if (reader->told_repairs == MOST_REPAIRS_TOLD) {
            reader->untold_repairs++;
            continue;
        }
        reader->told_repairs++;
        status =
            add_repair(diagnostics, problems[i], parse->repairs[i].count, parse->repairs[i].first);
    }
    return status;
}

/* Ends the text: whatever follows is not read. */
static enum pb_status finish(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics)
{
    uint64_t untold = reader->untold_repairs;
    struct pb_diagnostic *added = NULL;

    reader->offset_bytes = reader->end_bytes;
    reader->untold_repairs = 0;
    if (untold == 0)
        return PB_OK;
    enum pb_status status = pb_diagnostics_add(
        diagnostics, PB_SEVERITY_WARNING, "json-repaired", &added,
        "%llu more warnings like these were left out", (unsigned long long)untold);
    if (status == PB_OK)
        added->offset_bytes = reader->end_bytes;
    return status;
}

/* So that "12" cut in two, or "truefalse", is not read as two documents. */
static void check_boundary(struct pb_json_parse *parse)
{
    const struct pb_json_scanner *scanner = &parse->scanner;
    struct pb_slice rest = pb_slice_from(scanner->text, scanner->position.offset_bytes);
    enum pb_json_type type = pb_json_type(parse->root);

    if (parse->root == NULL || type == PB_JSON_ARRAY || type == PB_JSON_OBJECT ||
        rest.size_bytes == 0 || is_blank(rest.data[0]))
        return;
    parse->fault = (struct pb_json_fault){"json-invalid", scanner->position,
                                          "white space was expected after the value, not",
                                          pb_slice_first(rest, 1)};
}

static enum pb_status deliver(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                              const struct pb_json_parse *parse, struct pb_json_position start,
                              struct pb_json_document *document)
{
    const struct pb_json_position end = parse->scanner.position;
    bool is_repaired = false;
    enum pb_status status = add_repairs(reader, diagnostics, parse, &is_repaired);

    if (status != PB_OK)
        return status;
    reader->offset_bytes = end.offset_bytes;
    reader->line_start_bytes = end.line_start_bytes;
    reader->line = end.line;
    *document = (struct pb_json_document){
        .root = parse->root,
        .text = pb_slice_first(pb_slice_from(reader->text, start.offset_bytes),
                               end.offset_bytes - start.offset_bytes),
        .offset_bytes = start.offset_bytes,
        .line = start.line,
        .ordinal = reader->next_ordinal++,
        .is_repaired = is_repaired,
    };
    return PB_OK;
}

static enum pb_status add_too_large(struct pb_json_reader *reader,
                                    struct pb_diagnostics *diagnostics,
                                    const struct pb_json_fault *fault)
{
    struct pb_diagnostic *added = NULL;
    enum pb_status status = pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, fault->code, &added,
                                               "more than %llu values in the document, or "
                                               "documents in the file (--max-values; an array or "
                                               "object counts as four)",
                                               (unsigned long long)reader->limits->values);

    if (status == PB_OK)
        set_place(added, fault->position);
    return status;
}

static enum pb_status refuse(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                             const struct pb_json_fault *fault, enum pb_json_outcome *outcome)
{
    bool is_too_large = strcmp(fault->code, "limit-values") == 0;
    enum pb_status status =
        is_too_large ? add_too_large(reader, diagnostics, fault) : add_fault(diagnostics, fault);

    *outcome = is_too_large ? PB_JSON_TOO_LARGE : PB_JSON_INVALID;
    return status == PB_OK ? finish(reader, diagnostics) : status;
}

enum pb_status pb_json_next(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                            enum pb_json_outcome *outcome, struct pb_json_document *document)
{
    *document = (struct pb_json_document){0};
    if (reader->line == 0) {
        reader->line = 1;
        reader->end_bytes = find_padding(reader->text);
    }
    struct pb_json_parse parse = {
        .scanner = {.text = pb_slice_first(reader->text, reader->end_bytes),
                    .position = {reader->offset_bytes, reader->line_start_bytes, reader->line}},
        .most_values = reader->limits->values,
    };
    if (!pb_json_skip_blanks(&parse.scanner)) {
        *outcome = PB_JSON_END;
        return finish(reader, diagnostics);
    }
    const struct pb_json_position start = parse.scanner.position;
    enum pb_status status = PB_OK;
    if (reader->next_ordinal >= reader->limits->values)
        parse.fault = (struct pb_json_fault){"limit-values", start, "", PB_SLICE_ABSENT};
    else
        status = pb_json_parse(&parse);
    if (status != PB_OK)
        return status;
    check_boundary(&parse);
    if (parse.fault.code == NULL) {
        *outcome = PB_JSON_DOCUMENT;
        status = deliver(reader, diagnostics, &parse, start, document);
    } else {
        status = refuse(reader, diagnostics, &parse.fault, outcome);
    }
    if (document->root == NULL)
        pb_json_free(parse.root);
    return status;
}

static uint32_t column_of(struct pb_slice text, size_t offset_bytes)
{
    size_t newline = pb_slice_find_last(pb_slice_first(text, offset_bytes), '\n');

    return (uint32_t)(offset_bytes - (newline == SIZE_MAX ? 0 : newline + 1) + 1);
}

static enum pb_status load(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                           struct pb_json_document *document, struct pb_error *error)
{
    struct pb_json_document rest = {0};
    enum pb_json_outcome outcome;
    enum pb_status status = pb_json_next(reader, diagnostics, &outcome, document);

    if (status == PB_OK && outcome == PB_JSON_END)
        return pb_error_set(error, PB_FAILED_USAGE, "line 1, column 1: the file is empty");
    if (status == PB_OK && diagnostics->items.count == 0)
        status = pb_json_next(reader, diagnostics, &outcome, &rest);
    if (status == PB_OK && diagnostics->items.count > 0) {
        const struct pb_diagnostic *first = diagnostics->items.data;
        status =
            pb_error_set(error, PB_FAILED_USAGE, "line %u, column %u: %.*s", (unsigned)first->line,
                         (unsigned)first->column, PB_SLICE_ARGS(first->message));
    } else if (status == PB_OK && outcome != PB_JSON_END) {
        status = pb_error_set(
            error, PB_FAILED_USAGE, "line %u, column %u: nothing may follow the document",
            (unsigned)rest.line, (unsigned)column_of(reader->text, rest.offset_bytes));
    }
    pb_json_document_release(&rest);
    return status;
}

enum pb_status pb_json_load(struct pb_slice text, const struct pb_limits *limits,
                            struct pb_json_document *document, struct pb_error *error)
{
    struct pb_json_reader reader = {.text = text, .limits = limits};
    struct pb_arena arena = {0};
    struct pb_diagnostics diagnostics;

    *document = (struct pb_json_document){0};
    pb_diagnostics_init(&diagnostics, &arena);
    enum pb_status status = load(&reader, &diagnostics, document, error);
    if (status != PB_OK)
        pb_json_document_release(document);
    pb_diagnostics_release(&diagnostics);
    pb_arena_release(&arena);
    return status;
}

void pb_json_document_release(struct pb_json_document *document)
{
    pb_json_free(document->root);
    *document = (struct pb_json_document){0};
}
