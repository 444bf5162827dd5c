/* SPDX-License-Identifier: MIT */
/* Comes after tree.c, which builds one document, and before src/aws/, which reads it: the documents
 * of a text in turn, and where their values stand. */
#include "json/document.h"

#include <stdlib.h>

/* Where the run of NUL bytes and white space at the end has its first NUL, or the text's end. */
static size_t find_padding(struct pb_slice text)
{
    size_t padding = text.size_bytes;
    size_t i = text.size_bytes;

    for (; i > 0 && (text.data[i - 1] == '\0' || pb_is_blank(text.data[i - 1])); i--)
        if (text.data[i - 1] == '\0')
            padding = i - 1;
    return padding;
}

/* Gives the diagnostic, if it was added, the place of an offset that is not before the document
 * being read. */
static enum pb_status put_place(const struct pb_json_reader *reader, enum pb_status status,
                                struct pb_diagnostic *added, size_t offset_bytes)
{
    struct pb_json_position position = reader->position;

    if (status != PB_OK)
        return status;
    pb_json_move(&position, reader->text, offset_bytes);
    added->offset_bytes = offset_bytes;
    added->line = pb_json_line(position);
    added->column = pb_json_column(position);
    return PB_OK;
}

static enum pb_status tell_repairs(const struct pb_json_reader *reader,
                                   struct pb_diagnostics *diagnostics,
                                   const struct pb_json_parse *parse, bool *is_repaired)
{
    static const char *const problems[PB_JSON_REPAIRS] = {
        [PB_JSON_REPAIR_CONTROL] =
            "a raw control character inside a string was read as if it were escaped",
        [PB_JSON_REPAIR_SURROGATE_VALUE] = "a string with half a surrogate pair was read as null",
        [PB_JSON_REPAIR_SURROGATE_KEY] = "half a surrogate pair in a key was read as U+FFFD",
        [PB_JSON_REPAIR_BYTES] = "a string with bytes that are not UTF-8, perhaps of another code "
                                 "page, was read as null",
        [PB_JSON_REPAIR_NUMBER] = "a number out of range was read as null",
    };
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < PB_JSON_REPAIRS && status == PB_OK; i++) {
        size_t count = parse->repairs[i].count;
        struct pb_diagnostic *added = NULL;
        if (count == 0)
            continue;
        *is_repaired = true;
        status = count == 1
                     ? pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "json-repaired", &added,
                                          "%s", problems[i])
                     : pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "json-repaired", &added,
                                          "%s: %zu times in this document, here first", problems[i],
                                          count);
        status = put_place(reader, status, added, parse->repairs[i].first_bytes);
    }
    return status;
}

/* So that "12" cut in two, or "truefalse", is not read as two documents. */
static void check_boundary(struct pb_json_parse *parse)
{
    const struct pb_json_scanner *scanner = &parse->scanner;
    struct pb_slice rest = pb_slice_from(scanner->text, scanner->offset_bytes);
    enum pb_json_type type = pb_json_type(parse->root);

    if (parse->root == NULL || type == PB_JSON_ARRAY || type == PB_JSON_OBJECT ||
        rest.size_bytes == 0 || pb_is_blank(rest.data[0]))
        return;
    parse->fault = (struct pb_json_fault){"json-invalid", scanner->offset_bytes,
                                          "white space was expected after the value, not",
                                          pb_slice_first(rest, 1)};
}

/* Takes the values of the parse. */
static enum pb_status deliver(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                              struct pb_json_parse *parse, struct pb_json_document *document)
{
    const size_t start = reader->position.offset_bytes;
    bool is_repaired = false;
    enum pb_status status = tell_repairs(reader, diagnostics, parse, &is_repaired);

    if (status != PB_OK)
        return status;
    reader->offset_bytes = parse->scanner.offset_bytes;
    *document = (struct pb_json_document){
        .root = parse->root,
        .rows = parse->rows,
        .text = pb_slice_first(pb_slice_from(reader->text, start), reader->offset_bytes - start),
        .start = reader->position,
        .ordinal = reader->next_ordinal++,
        .is_repaired = is_repaired,
    };
    parse->root = NULL;
    parse->rows = (struct pb_vector){0};
    return PB_OK;
}

static enum pb_status refuse(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                             const struct pb_json_fault *fault, enum pb_json_outcome *outcome)
{
    bool has_quote = !pb_slice_is_absent(fault->quote);
    struct pb_diagnostic *added = NULL;
    enum pb_status status;

    *outcome = strcmp(fault->code, "limit-values") == 0 ? PB_JSON_TOO_LARGE : PB_JSON_INVALID;
    if (*outcome == PB_JSON_TOO_LARGE)
        status =
            pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, fault->code, &added,
                               "more than %llu values in the document, or documents in the file "
                               "(--max-values; an array or object counts as four)",
                               (unsigned long long)reader->limits->values);
    else
        status = pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, fault->code, &added,
                                    "%s%s%.*s%s", fault->problem, has_quote ? " '" : "",
                                    PB_SLICE_ARGS(fault->quote), has_quote ? "'" : "");
    reader->offset_bytes = reader->end_bytes; /* nothing more is read */
    return put_place(reader, status, added, fault->offset_bytes);
}

enum pb_status pb_json_next(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                            enum pb_json_outcome *outcome, struct pb_json_document *document)
{
    *document = (struct pb_json_document){0};
    if (reader->end_bytes == 0)
        reader->end_bytes = find_padding(reader->text);
    struct pb_json_parse parse = {
        .scanner = {.text = pb_slice_first(reader->text, reader->end_bytes),
                    .offset_bytes = reader->offset_bytes},
        .most_values = reader->limits->values,
    };
    if (!pb_json_skip_blanks(&parse.scanner)) {
        *outcome = PB_JSON_END;
        return PB_OK;
    }
    pb_json_move(&reader->position, reader->text, parse.scanner.offset_bytes);
    enum pb_status status = PB_OK;
    if (reader->next_ordinal >= reader->limits->values)
        parse.fault =
            (struct pb_json_fault){"limit-values", parse.scanner.offset_bytes, "", PB_SLICE_ABSENT};
    else
        status = pb_json_parse(&parse);
    if (status == PB_OK)
        check_boundary(&parse);
    if (status == PB_OK && parse.fault.code == NULL) {
        *outcome = PB_JSON_DOCUMENT;
        status = deliver(reader, diagnostics, &parse, document);
    } else if (status == PB_OK) {
        status = refuse(reader, diagnostics, &parse.fault, outcome);
        if (status == PB_OK && parse.is_cut) {
            *outcome = PB_JSON_CUT;
            status = deliver(reader, diagnostics, &parse, document);
        }
    }
    pb_json_free(parse.root);
    pb_vector_release(&parse.rows);
    return status;
}

static enum pb_status refuse_file(struct pb_error *error, uint32_t line, uint32_t column,
                                  struct pb_slice sentence)
{
    return pb_error_set(error, PB_FAILED_USAGE, "line %u, column %u: %.*s", (unsigned)line,
                        (unsigned)column, PB_SLICE_ARGS(sentence));
}

enum pb_status pb_json_load(struct pb_slice text, const struct pb_limits *limits,
                            struct pb_json_document *document, struct pb_error *error)
{
    struct pb_json_reader reader = {.text = text, .limits = limits};
    struct pb_json_document rest = {0};
    struct pb_arena arena = {0};
    struct pb_diagnostics diagnostics;
    enum pb_json_outcome outcome = PB_JSON_END;

    pb_diagnostics_init(&diagnostics, &arena);
    enum pb_status status = pb_json_next(&reader, &diagnostics, &outcome, document);
    bool is_empty = outcome == PB_JSON_END;
    if (status == PB_OK && diagnostics.items.count == 0)
        status = pb_json_next(&reader, &diagnostics, &outcome, &rest);
    if (status == PB_OK && diagnostics.items.count > 0) {
        const struct pb_diagnostic *first = diagnostics.items.data;
        status = refuse_file(error, first->line, first->column, first->message);
    } else if (status == PB_OK && is_empty) {
        status = refuse_file(error, 1, 1, PB_SLICE("the file is empty"));
    } else if (status == PB_OK && outcome != PB_JSON_END) {
        status = refuse_file(error, pb_json_line(rest.start), pb_json_column(rest.start),
                             PB_SLICE("nothing may follow the document"));
    }
    pb_json_document_release(&rest);
    if (status != PB_OK)
        pb_json_document_release(document);
    pb_diagnostics_release(&diagnostics);
    pb_arena_release(&arena);
    return status;
}

/* The row of the value, NULL for none. Values are mostly asked for in the document's order, so the
 * search goes from the row found before, *near, in both directions. */
static const struct pb_json_row *find_row(const struct pb_vector *rows, const struct pb_json *value,
                                          size_t *near)
{
    const struct pb_json_row *all = rows->data;
    size_t from = *near;

    for (size_t step = 0; value != NULL && (step <= from || step < rows->count - from); step++) {
        if (step < rows->count - from && all[from + step].value == value)
            *near = from + step;
        else if (step > 0 && step <= from && all[from - step].value == value)
            *near = from - step;
        else
            continue;
        return &all[*near];
    }
    return NULL;
}

static int compare_offsets(const void *a, const void *b)
{
    const struct pb_json_place *const *one = a, *const *other = b;

    return ((*one)->offset_bytes > (*other)->offset_bytes) -
           ((*one)->offset_bytes < (*other)->offset_bytes);
}

void pb_json_find_places(const struct pb_json_document *document, struct pb_json_place *places,
                         size_t count)
{
    struct pb_json_place **sorted = calloc(count + 1, sizeof *sorted);
    struct pb_json_position position = document->start;
    /* The reader's text up to the document's end, because positions count in that. */
    const struct pb_slice text = {document->text.data - position.offset_bytes,
                                  position.offset_bytes + document->text.size_bytes};

    for (size_t i = 0, row = 0; i < count; i++) {
        places[i] = (struct pb_json_place){places[i].value, SIZE_MAX, 0, 0};
        const struct pb_json_row *found = find_row(&document->rows, places[i].value, &row);
        if (found != NULL && found->offset_bytes != UINT32_MAX)
            places[i].offset_bytes = position.offset_bytes + found->offset_bytes;
        if (sorted != NULL)
            sorted[i] = &places[i];
    }
    if (sorted == NULL)
        return;
    qsort(sorted, count, sizeof *sorted, compare_offsets);
    for (size_t i = 0; i < count && sorted[i]->offset_bytes != SIZE_MAX; i++) {
        pb_json_move(&position, text, sorted[i]->offset_bytes);
        sorted[i]->line = pb_json_line(position);
        sorted[i]->column = pb_json_column(position);
    }
    free(sorted);
}

void pb_json_document_release(struct pb_json_document *document)
{
    pb_json_free(document->root);
    pb_vector_release(&document->rows);
    *document = (struct pb_json_document){0};
}
