/* SPDX-License-Identifier: MIT */
/* The documents of a text in turn, and where their values stand: tokens become jansson's values,
 * which src/aws/ reads. jansson's own reader is not used, because it goes on without memory: a byte
 * of a key that did not fit is left out, and the document read as if it had never been there. */
#include "json/document.h"

#include <errno.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "json/token.h"

/* Enough of a key to find it by. */
#define LONGEST_QUOTE_BYTES 100

static const char limit_code[] = "limit-values";

enum repair {
    REPAIR_CONTROL,         /* a raw control character in a string was taken as it stood */
    REPAIR_SURROGATE_VALUE, /* a string with half a character became null */
    REPAIR_SURROGATE_KEY,   /* half a character in a key became U+FFFD */
    REPAIR_BYTES,           /* a string with bytes that are not UTF-8 became null */
    REPAIR_NUMBER,          /* a number that neither int64 nor double holds became null */
    REPAIRS,
};

/* One document on its way. Functions that return bool return false where the scanner has a fault,
 * or has_memory is false. */
struct builder {
    struct pb_json_document *document;
    struct pb_json_scanner scanner;
    struct pb_json_token token;
    json_t *open[PB_JSON_DEEPEST_VALUE]; /* arrays and objects, borrowed from the document's root */
    size_t depth;
    uint64_t values, most_values;
    struct pb_slice key; /* of the value to come: in the text or in key_buffer */
    struct pb_buffer key_buffer, scratch;
    struct {
        size_t count;
        size_t first_bytes; /* the offset of the first */
    } repairs[REPAIRS];
    bool has_memory;
};

static bool refuse(struct builder *builder, const char *code, const char *problem,
                   struct pb_slice quote)
{
    builder->scanner.fault = (struct pb_json_fault){code, builder->token.offset_bytes, problem,
                                                    pb_slice_first(quote, LONGEST_QUOTE_BYTES)};
    return false;
}

static bool refuse_token(struct builder *builder, const char *problem)
{
    if (builder->token.kind == PB_JSON_TOKEN_END)
        return refuse(builder, "json-truncated", "the text ends inside an array or object",
                      PB_SLICE_ABSENT);
    return builder->token.kind != PB_JSON_TOKEN_FAULT &&
           refuse(builder, "json-invalid", problem, builder->token.text);
}

static void note_repair(struct builder *builder, enum repair repair, size_t count,
                        size_t offset_bytes)
{
    if (builder->repairs[repair].count == 0)
        builder->repairs[repair].first_bytes = offset_bytes;
    builder->repairs[repair].count += count;
}

/* The characters of a string token: in the text itself where nothing is escaped. */
static struct pb_slice read_characters(struct builder *builder, struct pb_buffer *buffer,
                                       size_t *lone_surrogates)
{
    const struct pb_json_token *token = &builder->token;

    *lone_surrogates = 0;
    if (token->controls > 0)
        note_repair(builder, REPAIR_CONTROL, token->controls, token->first_control_bytes);
    if (!token->has_escapes)
        return token->text;
    pb_buffer_clear(buffer);
    *lone_surrogates = pb_json_decode_string(token->text, buffer);
    builder->has_memory = !buffer->has_failed;
    return pb_buffer_slice(buffer);
}

static json_t *make_string(struct builder *builder)
{
    size_t lone_surrogates;

    if (builder->token.has_invalid_bytes) {
        note_repair(builder, REPAIR_BYTES, 1, builder->token.offset_bytes);
        return json_null();
    }
    struct pb_slice characters = read_characters(builder, &builder->scratch, &lone_surrogates);

    if (!builder->has_memory)
        return NULL;
    if (lone_surrogates == 0)
        return json_stringn_nocheck(characters.data, characters.size_bytes);
    note_repair(builder, REPAIR_SURROGATE_VALUE, 1, builder->token.offset_bytes);
    return json_null();
}

/* strtod expects the decimal point of the thread's locale, which the process may have set. NULL
 * without memory. */
static json_t *make_real(struct builder *builder)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);

    if (plain == (locale_t)0)
        return NULL;
    locale_t previous = uselocale(plain);
    double real = strtod(builder->scratch.data, NULL); /* an underflow is 0 */
    uselocale(previous);
    freelocale(plain);
    if (isfinite(real))
        return json_real(real);
    note_repair(builder, REPAIR_NUMBER, 1, builder->token.offset_bytes);
    return json_null();
}

static json_t *make_number(struct builder *builder)
{
    struct pb_buffer *copy = &builder->scratch;
    char *end;

    pb_buffer_clear(copy);
    pb_buffer_append(copy, builder->token.text);
    pb_buffer_append_byte(copy, '\0');
    if (copy->has_failed)
        return NULL;
    errno = 0;
    long long integer = strtoll(copy->data, &end, 10);
    if (*end != '\0')
        return make_real(builder);
    if (errno == 0)
        return json_integer(integer);
    note_repair(builder, REPAIR_NUMBER, 1, builder->token.offset_bytes);
    return json_null();
}

static json_t *make_value(struct builder *builder)
{
    switch (builder->token.kind) {
    case PB_JSON_TOKEN_BEGIN_OBJECT: return json_object();
    case PB_JSON_TOKEN_BEGIN_ARRAY: return json_array();
    case PB_JSON_TOKEN_STRING: return make_string(builder);
    case PB_JSON_TOKEN_NUMBER: return make_number(builder);
    case PB_JSON_TOKEN_TRUE: return json_true();
    case PB_JSON_TOKEN_FALSE: return json_false();
    default: return json_null();
    }
}

/* Takes the value, also on failure. */
static bool attach(struct builder *builder, json_t *value)
{
    if (builder->depth == 0) {
        builder->document->root = (struct pb_json *)value;
        return true;
    }
    json_t *container = builder->open[builder->depth - 1];
    if (json_is_array(container))
        return json_array_append_new(container, value) == 0;
    return json_object_setn_new_nocheck(container, builder->key.data, builder->key.size_bytes,
                                        value) == 0;
}

/* jansson has one value each for true, false and null. */
static bool is_shared(const json_t *value)
{
    return json_is_null(value) || json_is_boolean(value);
}

static bool add_row(struct builder *builder, const json_t *value)
{
    size_t offset = builder->token.offset_bytes - builder->document->start.offset_bytes;
    struct pb_json_row row = {(const struct pb_json *)value,
                              offset < UINT32_MAX ? (uint32_t)offset : UINT32_MAX};

    return (builder->depth > 0 && is_shared(value)) ||
           pb_vector_append(&builder->document->rows, &row, 1);
}

static void next_token(struct builder *builder)
{
    pb_json_scan(&builder->scanner, &builder->token);
}

/* The value at the token, which begins it. */
static bool take_value(struct builder *builder, const char *problem)
{
    enum pb_json_token_kind kind = builder->token.kind;
    bool is_open = kind == PB_JSON_TOKEN_BEGIN_OBJECT || kind == PB_JSON_TOKEN_BEGIN_ARRAY;

    if (!is_open && (kind < PB_JSON_TOKEN_STRING || kind > PB_JSON_TOKEN_NULL))
        return refuse_token(builder, problem);
    if (kind == PB_JSON_TOKEN_NUMBER && builder->depth > 0 &&
        builder->scanner.offset_bytes == builder->scanner.text.size_bytes) {
        next_token(builder); /* the number may go on behind the cut */
        return refuse_token(builder, problem);
    }
    if (builder->depth == PB_JSON_DEEPEST_VALUE)
        return refuse(builder, "json-too-deep", "values stand more than 2048 levels deep",
                      PB_SLICE_ABSENT);
    /* An empty array or object costs jansson some 200 bytes, a number or a short string 50. */
    builder->values += is_open ? 4 : 1;
    if (builder->values > builder->most_values)
        return refuse(builder, limit_code, "the document holds too many values", PB_SLICE_ABSENT);
    json_t *value = make_value(builder);
    builder->has_memory = value != NULL && attach(builder, value) && add_row(builder, value);
    if (is_open && builder->has_memory)
        builder->open[builder->depth++] = value;
    return builder->has_memory;
}

/* The key at the token and the colon behind it. */
static bool take_key(struct builder *builder, const json_t *object, const char *problem)
{
    size_t lone_surrogates;

    if (builder->token.kind != PB_JSON_TOKEN_STRING)
        return refuse_token(builder, problem);
    if (builder->token.has_invalid_bytes)
        return refuse(builder, "invalid-utf8", "a key holds a byte that is not UTF-8",
                      PB_SLICE_ABSENT);
    builder->key = read_characters(builder, &builder->key_buffer, &lone_surrogates);
    if (!builder->has_memory)
        return false;
    if (lone_surrogates > 0)
        note_repair(builder, REPAIR_SURROGATE_KEY, lone_surrogates, builder->token.offset_bytes);
    if (json_object_getn(object, builder->key.data, builder->key.size_bytes) != NULL)
        return refuse(builder, "json-duplicate-key", "an object has two members named",
                      builder->token.text);
    next_token(builder);
    return builder->token.kind == PB_JSON_TOKEN_COLON ||
           refuse_token(builder, "':' was expected after the key, not");
}

/* The next member or element of the innermost array or object, or its end (RFC 8259, sections 4
 * and 5). */
static bool take_next(struct builder *builder)
{
    const json_t *container = builder->open[builder->depth - 1];
    bool is_object = json_is_object(container);
    bool is_empty = (is_object ? json_object_size(container) : json_array_size(container)) == 0;

    next_token(builder);
    if (builder->token.kind == (is_object ? PB_JSON_TOKEN_END_OBJECT : PB_JSON_TOKEN_END_ARRAY)) {
        builder->depth--;
        return true;
    }
    if (!is_empty && builder->token.kind != PB_JSON_TOKEN_COMMA)
        return refuse_token(builder, "',' or the end of the array or object was expected, not");
    if (!is_empty)
        next_token(builder);
    if (!is_object)
        return take_value(builder, is_empty ? "a value or ']' was expected, not"
                                            : "a value was expected, not");
    if (!take_key(builder, container,
                  is_empty ? "a key in quotes or '}' was expected, not"
                           : "a key in quotes was expected, not"))
        return false;
    next_token(builder);
    return take_value(builder, "a value was expected, not");
}

/* After a cut: what is whole stays, without the value that was not read to its end. Of an object
 * without arrays and objects too little is known: it goes as a whole, with its key. Returns whether
 * anything stays. */
static bool drop_incomplete(struct builder *builder)
{
    json_t *innermost = builder->open[builder->depth - 1], *parent;
    struct pb_vector *rows = &builder->document->rows;
    const struct pb_json_row *last = &PB_VECTOR_AT(struct pb_json_row, rows, rows->count - 1);

    if (!json_is_object(innermost))
        return true;
    for (; last->value != (const struct pb_json *)innermost; last--)
        if (json_is_object((const json_t *)last->value) ||
            json_is_array((const json_t *)last->value))
            return true;
    if (builder->depth == 1)
        return false;
    rows->count = (size_t)(last - (const struct pb_json_row *)rows->data);
    parent = builder->open[builder->depth - 2];
    if (json_is_array(parent)) {
        json_array_remove(parent, json_array_size(parent) - 1);
        return true;
    }
    void *member = json_object_iter(parent);
    while (json_object_iter_value(member) != innermost)
        member = json_object_iter_next(parent, member);
    json_object_deln(parent, json_object_iter_key(member), json_object_iter_key_len(member));
    return true;
}

/* So that "12" cut in two, or "truefalse", is not read as two documents. */
static bool check_boundary(struct builder *builder)
{
    struct pb_slice rest = pb_slice_from(builder->scanner.text, builder->scanner.offset_bytes);
    const json_t *root = (const json_t *)builder->document->root;

    builder->token.offset_bytes = builder->scanner.offset_bytes;
    return json_is_array(root) || json_is_object(root) || rest.size_bytes == 0 ||
           pb_is_blank(rest.data[0]) ||
           refuse(builder, "json-invalid", "white space was expected after the value, not",
                  pb_slice_first(rest, 1));
}

/* Reads the document at the scanner's place. Without memory the outcome means nothing. */
static enum pb_json_outcome build(struct builder *builder)
{
    next_token(builder);
    bool is_whole = take_value(builder, "a value was expected, not");
    while (is_whole && builder->depth > 0)
        is_whole = take_next(builder);
    if (is_whole && check_boundary(builder))
        return PB_JSON_DOCUMENT;
    if (!is_whole && builder->has_memory && builder->depth > 0 &&
        strcmp(builder->scanner.fault.code, "json-truncated") == 0 && drop_incomplete(builder))
        return PB_JSON_CUT;
    return PB_JSON_INVALID;
}

/* Moves the position to that offset of its text, which must not lie before it. */
static void move(struct pb_json_position *position, struct pb_slice text, size_t offset_bytes)
{
    const char *end = text.data + offset_bytes;
    const char *newline = NULL;

    for (const char *at = text.data + position->offset_bytes; at < end; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL)
            break;
        position->lines_before++;
        position->line_start_bytes = (size_t)(newline + 1 - text.data);
    }
    position->offset_bytes = offset_bytes;
}

uint32_t pb_json_line(struct pb_json_position position)
{
    return position.lines_before + 1;
}

static uint32_t column_of(struct pb_json_position position)
{
    size_t column = position.offset_bytes - position.line_start_bytes + 1;

    return column > UINT32_MAX ? UINT32_MAX : (uint32_t)column;
}

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
    move(&position, reader->text, offset_bytes);
    added->offset_bytes = offset_bytes;
    added->line = pb_json_line(position);
    added->column = column_of(position);
    return PB_OK;
}

static enum pb_status tell_repairs(const struct pb_json_reader *reader,
                                   struct pb_diagnostics *diagnostics,
                                   const struct builder *builder)
{
    static const char *const problems[REPAIRS] = {
        [REPAIR_CONTROL] = "a raw control character inside a string was read as if it were escaped",
        [REPAIR_SURROGATE_VALUE] = "a string with half a surrogate pair was read as null",
        [REPAIR_SURROGATE_KEY] = "half a surrogate pair in a key was read as U+FFFD",
        [REPAIR_BYTES] = ("a string with bytes that are not UTF-8, perhaps of another code "
                          "page, was read as null"),
        [REPAIR_NUMBER] = "a number out of range was read as null",
    };
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < REPAIRS && status == PB_OK; i++) {
        size_t count = builder->repairs[i].count;
        struct pb_diagnostic *added = NULL;
        if (count == 0)
            continue;
        builder->document->is_repaired = true;
        status = count == 1
                     ? pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "json-repaired", &added,
                                          "%s", problems[i])
                     : pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "json-repaired", &added,
                                          "%s: %zu times in this document, here first", problems[i],
                                          count);
        status = put_place(reader, status, added, builder->repairs[i].first_bytes);
    }
    return status;
}

static enum pb_status tell_fault(const struct pb_json_reader *reader,
                                 struct pb_diagnostics *diagnostics,
                                 const struct pb_json_fault *fault)
{
    bool has_quote = !pb_slice_is_absent(fault->quote);
    struct pb_diagnostic *added = NULL;
    enum pb_status status;

    if (strcmp(fault->code, limit_code) == 0)
        status =
            pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, fault->code, &added,
                               "more than %llu values in the document, or documents in the file "
                               "(--max-values; an array or object counts as four)",
                               (unsigned long long)reader->limits->values);
    else
        status = pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, fault->code, &added,
                                    "%s%s%.*s%s", fault->problem, has_quote ? " '" : "",
                                    PB_SLICE_ARGS(fault->quote), has_quote ? "'" : "");
    return put_place(reader, status, added, fault->offset_bytes);
}

static void begin(struct builder *builder, const struct pb_json_reader *reader,
                  struct pb_json_document *document)
{
    pb_vector_init(&document->rows, sizeof(struct pb_json_row));
    document->start = reader->position;
    document->ordinal = reader->next_ordinal;
    builder->document = document;
    builder->depth = 0;
    builder->values = 0;
    builder->most_values =
        reader->next_ordinal < reader->limits->values ? reader->limits->values : 0;
    memset(builder->repairs, 0, sizeof builder->repairs);
    builder->has_memory = true;
    pb_buffer_init(&builder->key_buffer, SIZE_MAX);
    pb_buffer_init(&builder->scratch, SIZE_MAX);
}

/* Tells what was wrong and what was repaired, and moves the reader behind the document. */
static enum pb_status end(struct pb_json_reader *reader, struct builder *builder,
                          struct pb_diagnostics *diagnostics, enum pb_json_outcome *outcome)
{
    struct pb_json_document *document = builder->document;
    const size_t start = document->start.offset_bytes;
    enum pb_status status = PB_OK;

    reader->offset_bytes = builder->scanner.offset_bytes;
    if (*outcome != PB_JSON_DOCUMENT) {
        reader->offset_bytes = reader->end_bytes; /* nothing more is read */
        status = tell_fault(reader, diagnostics, &builder->scanner.fault);
    }
    if (*outcome == PB_JSON_INVALID) {
        if (strcmp(builder->scanner.fault.code, limit_code) == 0)
            *outcome = PB_JSON_TOO_LARGE;
        pb_json_document_release(document);
        return status;
    }
    reader->next_ordinal++;
    document->text =
        pb_slice_first(pb_slice_from(reader->text, start), reader->offset_bytes - start);
    return status == PB_OK ? tell_repairs(reader, diagnostics, builder) : status;
}

enum pb_status pb_json_next(struct pb_json_reader *reader, struct pb_diagnostics *diagnostics,
                            enum pb_json_outcome *outcome, struct pb_json_document *document)
{
    struct builder builder; /* not initialised as a whole: open is large and documents are many */

    *document = (struct pb_json_document){0};
    *outcome = PB_JSON_END;
    if (reader->end_bytes == 0)
        reader->end_bytes = find_padding(reader->text);
    builder.scanner =
        (struct pb_json_scanner){.text = pb_slice_first(reader->text, reader->end_bytes),
                                 .offset_bytes = reader->offset_bytes};
    if (!pb_json_skip_blanks(&builder.scanner))
        return PB_OK;
    move(&reader->position, reader->text, builder.scanner.offset_bytes);
    begin(&builder, reader, document);
    *outcome = build(&builder);
    enum pb_status status =
        builder.has_memory ? end(reader, &builder, diagnostics, outcome) : PB_FAILED_MEMORY;
    if (status != PB_OK)
        pb_json_document_release(document);
    pb_buffer_release(&builder.key_buffer);
    pb_buffer_release(&builder.scratch);
    return status;
}

enum pb_status pb_json_load(struct pb_slice text, const struct pb_limits *limits,
                            struct pb_json_document *document, struct pb_error *error)
{
    struct pb_json_reader reader = {.text = text, .limits = limits};
    struct pb_slice sentence = PB_SLICE_ABSENT;
    struct pb_arena arena = {0};
    struct pb_diagnostics diagnostics;
    enum pb_json_outcome outcome = PB_JSON_END;

    pb_diagnostics_init(&diagnostics, &arena);
    enum pb_status status = pb_json_next(&reader, &diagnostics, &outcome, document);
    struct pb_json_scanner rest = {.text = text, .offset_bytes = reader.offset_bytes};
    if (outcome == PB_JSON_END)
        sentence = PB_SLICE("the file is empty");
    else if (pb_json_skip_blanks(&rest))
        sentence = PB_SLICE("nothing may follow the document");
    move(&reader.position, text, rest.offset_bytes);
    unsigned line = pb_json_line(reader.position), column = column_of(reader.position);
    if (diagnostics.items.count > 0) {
        const struct pb_diagnostic *first = diagnostics.items.data;
        sentence = first->message;
        line = first->line;
        column = first->column;
    }
    if (status == PB_OK && !pb_slice_is_absent(sentence))
        status = pb_error_set(error, PB_FAILED_USAGE, "line %u, column %u: %.*s", line, column,
                              PB_SLICE_ARGS(sentence));
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

bool pb_json_find_places(const struct pb_json_document *document, struct pb_json_place *places,
                         size_t count)
{
    struct pb_json_place **sorted = calloc(count + 1, sizeof *sorted);
    struct pb_json_position position = document->start;
    /* The reader's text up to the document's end, because positions count in that. */
    const struct pb_slice text = {document->text.data - position.offset_bytes,
                                  position.offset_bytes + document->text.size_bytes};

    if (sorted == NULL)
        return false;
    for (size_t i = 0, row = 0; i < count; i++) {
        places[i] = (struct pb_json_place){places[i].value, SIZE_MAX, 0, 0};
        const struct pb_json_row *found = find_row(&document->rows, places[i].value, &row);
        if (found != NULL && found->offset_bytes != UINT32_MAX)
            places[i].offset_bytes = position.offset_bytes + found->offset_bytes;
        sorted[i] = &places[i];
    }
    qsort(sorted, count, sizeof *sorted, compare_offsets);
    for (size_t i = 0; i < count && sorted[i]->offset_bytes != SIZE_MAX; i++) {
        move(&position, text, sorted[i]->offset_bytes);
        sorted[i]->line = pb_json_line(position);
        sorted[i]->column = column_of(position);
    }
    free(sorted);
    return true;
}

void pb_json_document_release(struct pb_json_document *document)
{
    json_decref((json_t *)document->root);
    pb_vector_release(&document->rows);
    *document = (struct pb_json_document){0};
}
