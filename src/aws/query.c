/* SPDX-License-Identifier: MIT */
/* --query results without the service's field names: objects with the user's own keys, rows, and
 * texts alone. The look of a value says which field it is. */
#include "aws/context.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

#define MOST_MEMBERS 16
#define MOST_COLUMNS 8
/* Longer lists are of other things: no account has so many certificates. */
#define MOST_ELEMENTS 5000

bool pb_is_query_result(const struct pb_node *node)
{
    struct pb_json_member member = {0};
    size_t containers = 0;

    if (node->depth != 1)
        return node->depth == 0;
    if (pb_json_type(node->parent) != PB_JSON_OBJECT || pb_json_count(node->parent) > MOST_MEMBERS)
        return false;
    while (pb_json_next_member(node->parent, &member))
        containers += pb_is_container(member.value);
    return containers == 1;
}

struct pb_slice pb_stem_of(struct pb_slice path)
{
    static const char *const suffixes[] = {".gz",   ".bz2", ".xz",  ".zst", ".lz4",
                                           ".json", ".txt", ".pem", ".crt", ".cer"};
    struct pb_slice name = pb_slice_from(path, pb_slice_find_last(path, '/') + 1);

    /* Compressions first: "list.json.gz". */
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        size_t rest = name.size_bytes - strlen(suffixes[i]);
        if (rest > 0 && pb_is_word(pb_slice_from(name, rest), suffixes[i]))
            name = pb_slice_first(name, rest);
    }
    return name;
}

bool pb_is_foreign_key(struct pb_slice key)
{
    return pb_field_of(key) != PB_FIELD_ID &&
           (pb_contains_any(key, PB_WORDS_FOREIGN) || pb_contains_any(key, PB_WORDS_PEOPLE));
}

/* A member's field by its value's look; the key tells dates, bodies and chains, and names apart. */
static enum pb_field field_of(struct pb_slice key, const struct pb_json *value)
{
    enum pb_field field = pb_field_of_value(value);
    bool is_name = pb_contains_any(key, "name");
    struct pb_slice text = pb_text_of(value);

    if (pb_contains_any(key, "upload"))
        return PB_FIELD_UPLOAD_DATE;
    if (pb_contains_any(key, "expir|notafter"))
        return PB_FIELD_EXPIRATION;
    if (field == PB_FIELD_BODY && pb_contains_any(key, "chain"))
        return PB_FIELD_CHAIN;
    if (field != PB_FIELD_NAME && field != PB_FIELD_UPLOAD_DATE &&
        (field != PB_FIELD_ID || !is_name))
        return field;
    struct pb_slice suffix = pb_slice_from(text, pb_slice_find_last(text, '.') + 1);
    is_name &=
        pb_is_certificate_name(pb_slice_trim(text)) && !pb_is_any(suffix, PB_WORDS_FILE_SUFFIXES);
    return is_name ? PB_FIELD_NAME : PB_FIELD_NONE;
}

/* How likely an object with the user's own keys is a certificate. */
enum likeness {
    LIKE_NOTHING, /* not flat, too many members, another thing's key, or two of one field */
    LIKE_SIBLING, /* enough in an array with a certificate: its odd date gets a remark */
    LIKE_CONTENT, /* an UploadDate or a body, with no name: if the folder has other evidence */
    LIKE_DATED,   /* a name and an UploadDate, as videos have */
    LIKE_CERTIFICATE,
};

static enum likeness likeness_of(const struct pb_json *object)
{
    struct pb_json_member member = {0};
    size_t of[PB_FIELD_COUNT] = {0};
    bool has_date = false; /* of upload, which may be null */
    bool has_body = false; /* ACM's is called Certificate */
    double seconds;

    if (pb_json_type(object) != PB_JSON_OBJECT || pb_json_count(object) > MOST_MEMBERS)
        return LIKE_NOTHING;
    while (pb_json_next_member(object, &member)) {
        if ((pb_is_container(member.value) && pb_field_of(member.key) != PB_FIELD_UPLOAD_DATE) ||
            pb_is_foreign_key(member.key) || pb_contains_any(member.key, "@type|duration|url"))
            return LIKE_NOTHING;
        enum pb_field field = field_of(member.key, member.value);
        if (of[field]++ > 0 && field != PB_FIELD_NONE)
            return LIKE_NOTHING;
        has_body |= field == PB_FIELD_BODY && pb_contains_any(member.key, "body");
        has_date |= field == PB_FIELD_UPLOAD_DATE &&
                    (pb_field_of_value(member.value) == field || pb_field_of(member.key) == field ||
                     pb_json_type(member.value) == PB_JSON_NULL ||
                     (pb_json_real(member.value, &seconds) && seconds >= PB_EARLIEST_SECOND));
    }
    if (of[PB_FIELD_ARN] + of[PB_FIELD_ID] > 0)
        return LIKE_CERTIFICATE;
    if (of[PB_FIELD_NAME] > 0 && has_date)
        return pb_is_of_domain(object) ? LIKE_NOTHING : LIKE_DATED;
    if ((has_date || has_body) && of[PB_FIELD_NAME] + of[PB_FIELD_NONE] == 0)
        return LIKE_CONTENT;
    return of[PB_FIELD_NAME] + of[PB_FIELD_UPLOAD_DATE] > 0 ? LIKE_SIBLING : LIKE_NOTHING;
}

/* An array is like a certificate if an element is; else its elements are like the least of them. */
static enum likeness likeness_of_rows(const struct pb_json *value)
{
    struct pb_json_member element = {0};
    enum likeness most = LIKE_NOTHING, least = LIKE_CERTIFICATE;

    if (pb_json_type(value) != PB_JSON_ARRAY)
        return likeness_of(value);
    while (most < LIKE_CERTIFICATE && pb_json_next_member(value, &element)) {
        enum likeness likeness = likeness_of(element.value);
        most = likeness > most ? likeness : most;
        least = likeness < least ? likeness : least;
    }
    return most < LIKE_DATED && least < most ? least : most;
}

static bool matches_renamed(const struct pb_node *node)
{
    return pb_is_query_result(node) &&
           likeness_of_rows(node->value) >= (node->depth == 0 ? LIKE_CONTENT : LIKE_DATED);
}

/* People name the file of a single date after its certificate. */
static void name_after_file(struct pb_writer *out, struct pb_observation *seen)
{
    struct pb_slice stem = pb_stem_of(out->context->path);
    seen->is_name_from_file = pb_is_certificate_name(stem);
    if (seen->is_name_from_file)
        seen->name = pb_writer_copy(out, stem);
}

static void read_renamed(struct pb_writer *out, const struct pb_node *node)
{
    enum likeness likeness = likeness_of_rows(node->value);
    bool is_content = likeness == LIKE_CONTENT;
    bool is_foreign = likeness == LIKE_DATED && (pb_is_foreign_key(node->key_text) ||
                                                 pb_is_foreign_key(pb_stem_of(out->context->path)));
    struct pb_record *record = pb_writer_add_page(out, PB_RECORD_PROJECTION, node);

    record->is_candidate = (is_content || is_foreign) && !node->is_suggested;
    record->needs_name = is_foreign;
    for (struct pb_child row = pb_rows(out, node->value); pb_next_child(&row);) {
        struct pb_draft draft = {0};
        if (likeness_of(row.value) == LIKE_NOTHING) {
            pb_writer_remark(out, PB_SEVERITY_ERROR, "unrecognised-element", PB_SAY_UNLIKE_OTHERS);
            continue;
        }
        for (struct pb_child member = pb_children(out, row.value); pb_next_child(&member);)
            pb_read_field(out, field_of(member.key, member.value), member.value, &draft);
        if (is_content && row.is_alone)
            name_after_file(out, &draft.seen);
        pb_writer_add(out, &draft);
    }
}

/* Where neither caller nor path names certificates, the audit decides by the folder. */
static bool may_be_candidate(const struct pb_node *node)
{
    return node->is_suggested || (node->depth == 0 && pb_json_count(node->value) <= MOST_ELEMENTS);
}

/* The field of two values in one column: a name and an id are names, other mixtures are none. */
static enum pb_field combine(enum pb_field one, enum pb_field other)
{
    bool are_names = (one == PB_FIELD_NAME || one == PB_FIELD_ID) &&
                     (other == PB_FIELD_NAME || other == PB_FIELD_ID);
    return one == other ? one : are_names ? PB_FIELD_NAME : PB_FIELD_NONE;
}

/* Values without keys: an array of rows; of texts, one row or one column; or one text. */
struct columns {
    enum pb_field fields[MOST_COLUMNS]; /* PB_FIELD_NONE: all null */
    size_t count;
    bool is_row, is_text;      /* the table is one row; its rows are texts */
    bool is_ambiguous;         /* two columns are of one field */
    size_t of[PB_FIELD_COUNT]; /* how many columns there are of each field */
};

/* The row, or the only value of an object, as in [{"n": "shop"}], if it is a name. */
static const struct pb_json *text_in(const struct pb_json *row)
{
    struct pb_json_member member = {0};
    bool is_name = pb_json_type(row) == PB_JSON_OBJECT && pb_json_count(row) == 1 &&
                   pb_json_next_member(row, &member) && !pb_is_foreign_key(member.key) &&
                   pb_field_of_value(member.value) == PB_FIELD_NAME;
    return is_name ? member.value : row;
}

/* The field of all elements, or of the value itself, if they are texts of one. */
static enum pb_field field_of_texts(const struct pb_json *table)
{
    size_t count = pb_json_count(table);
    enum pb_field field = pb_field_of_value(count > 0 ? text_in(pb_json_element(table, 0)) : table);
    for (size_t i = 1; i < count && field != PB_FIELD_NONE; i++)
        field = combine(field, pb_field_of_value(text_in(pb_json_element(table, i))));
    return field;
}

static bool find_columns(const struct pb_json *table, struct columns *columns)
{
    const struct pb_json *first = pb_json_element(table, 0);
    struct pb_json_member row = {.value = table};

    *columns = (struct columns){.count = 1, .fields = {field_of_texts(table)}};
    columns->is_text = columns->fields[0] != PB_FIELD_NONE;
    columns->is_row = !columns->is_text && pb_json_type(first) == PB_JSON_STRING;
    if (!columns->is_text)
        columns->count = pb_json_count(columns->is_row ? table : first);
    if (columns->count == 0 || columns->count > MOST_COLUMNS)
        return false;
    while (!columns->is_text &&
           (columns->is_row ? row.count++ == 0 : pb_json_next_member(table, &row))) {
        struct pb_json_member cell = {0};
        if (pb_json_type(row.value) != PB_JSON_ARRAY || pb_json_count(row.value) != columns->count)
            return false;
        while (pb_json_next_member(row.value, &cell)) {
            enum pb_field *field = &columns->fields[cell.count - 1];
            struct pb_slice text = pb_text_of(cell.value);
            bool is_hidden = text.size_bytes > 0 && pb_skip(text, 0, "*") == text.size_bytes;
            enum pb_field look = is_hidden ? PB_FIELD_NAME : pb_field_of_text(text);
            if (pb_json_type(cell.value) == PB_JSON_NULL)
                continue;
            *field = *field == PB_FIELD_NONE ? look : combine(*field, look);
            if (*field == PB_FIELD_NONE)
                return false;
        }
    }
    for (size_t i = 0; i < columns->count; i++)
        columns->is_ambiguous |=
            columns->of[columns->fields[i]]++ > 0 && columns->fields[i] != PB_FIELD_NONE;
    return true;
}

/* Rows with ids or ARNs are always of certificates. Others need a date, or beside a name a column
 * of nulls, which a misspelt UploadDate leaves. */
static bool matches_rows(const struct pb_node *node)
{
    struct columns columns;

    if (node->type != PB_JSON_ARRAY || !pb_is_query_result(node) ||
        !find_columns(node->value, &columns) || columns.is_text)
        return false;
    const size_t *of = columns.of;
    bool is_pair = of[PB_FIELD_UPLOAD_DATE] == 1 && of[PB_FIELD_NAME] == 1;
    if (columns.is_row && of[PB_FIELD_UPLOAD_DATE] != 1)
        return false;
    if (of[PB_FIELD_ID] > 0 || of[PB_FIELD_ARN] > 0)
        return true;
    if (is_pair || (columns.count == 1 && of[PB_FIELD_NAME] + of[PB_FIELD_UPLOAD_DATE] == 1))
        return may_be_candidate(node);
    return node->is_suggested && !columns.is_row &&
           (of[PB_FIELD_UPLOAD_DATE] > 0 || (of[PB_FIELD_NONE] == 1 && of[PB_FIELD_NAME] > 0));
}

/* The field of all texts. Below the root only arrays with a sign of paging beside them count. */
static enum pb_field look_of_texts(const struct pb_node *node)
{
    bool is_page = pb_fields_has(node->parent_fields, PB_FIELD_IS_TRUNCATED) ||
                   pb_fields_has(node->parent_fields, PB_FIELD_NEXT_TOKEN);
    return pb_is_query_result(node) && (node->depth == 0 || is_page) ? field_of_texts(node->value)
                                                                     : PB_FIELD_NONE;
}

static bool matches_names(const struct pb_node *node)
{
    enum pb_field field = look_of_texts(node);
    bool is_array = node->type == PB_JSON_ARRAY; /* jq '.[]' prints one a line */
    struct pb_slice text = pb_text_of(is_array ? pb_json_element(node->value, 0) : node->value);

    if (pb_is_own_field(pb_field_of(pb_take_part(&text, ","))) &&
        (!is_array || text.size_bytes > 0))
        return false; /* a column's heading, or one of lines of CSV */
    return (field == PB_FIELD_NAME &&
            (is_array ? may_be_candidate(node) : !node->is_suggested && node->depth == 0)) ||
           (is_array && (field == PB_FIELD_ID || field == PB_FIELD_ARN));
}

static bool matches_dates(const struct pb_node *node)
{
    return may_be_candidate(node) && look_of_texts(node) == PB_FIELD_UPLOAD_DATE;
}

static bool matches_bodies(const struct pb_node *node)
{
    return may_be_candidate(node) && look_of_texts(node) == PB_FIELD_BODY;
}

static void add_row(struct pb_writer *out, const struct pb_json *row, const struct columns *columns,
                    bool is_alone)
{
    bool has_date = columns->of[PB_FIELD_UPLOAD_DATE] > 0;
    bool has_content = has_date || columns->of[PB_FIELD_BODY] > 0;
    struct pb_draft draft = {.seen = {.is_date_unnamed = has_date},
                             .bodies = {.is_body_unproven = columns->is_text}};

    if (columns->is_text)
        pb_read_field(out, columns->fields[0], text_in(row), &draft);
    else
        for (struct pb_child cell = pb_children(out, row); pb_next_child(&cell);)
            pb_read_field(out, columns->fields[cell.member.count - 1], cell.value, &draft);
    if (is_alone && has_content && columns->is_text)
        name_after_file(out, &draft.seen);
    pb_writer_add(out, &draft);
}

static void read_rows(struct pb_writer *out, const struct pb_node *node)
{
    struct columns columns;

    find_columns(node->value, &columns);
    const size_t *of = columns.of;
    if (columns.is_ambiguous) {
        /* If only values or the path suggest certificates, the audit would drop this refusal. */
        out->is_recognised |= !out->is_expected;
        pb_writer_refuse(out, "ambiguous-columns", PB_SAY_COLUMNS_ALIKE);
        return;
    }
    bool is_candidate = !node->is_suggested && of[PB_FIELD_ID] == 0 && of[PB_FIELD_ARN] == 0;
    if (is_candidate && pb_aws_names_certificates(out->document->text))
        return; /* an id among other names is a reference */
    bool is_names = columns.count == 1 && of[PB_FIELD_UPLOAD_DATE] + of[PB_FIELD_BODY] == 0 &&
                    (columns.is_text || of[PB_FIELD_NAME] == 1);
    struct pb_record *record =
        pb_writer_add_page(out, is_names ? PB_RECORD_NAMES : PB_RECORD_PROJECTION, node);
    record->is_candidate = is_candidate;
    /* Other things have names and dates, too, but few so early. */
    record->needs_name = of[PB_FIELD_NAME] > 0 &&
                         (is_names || pb_is_foreign_key(pb_stem_of(out->context->path)) ||
                          !pb_text_has_date(out->document->text, out->context->cutoff_year));
    struct pb_child row = pb_rows(out, node->value);
    row.is_alone |= columns.is_row;
    row.most = PB_MOST_BARE_ELEMENTS;
    while (pb_next_child(&row))
        add_row(out, row.value, &columns, node->type != PB_JSON_ARRAY);
}

const char pb_other_dates[] = "expir|notafter|notbefore|valid|not_|version";

/* The value is a date up to the year, other than of expiry or validity, that no reader took. */
static bool is_date(struct pb_slice key, const struct pb_json *value, int last_year)
{
    return (pb_contains_any(key, "upload") || pb_field_of_value(value) == PB_FIELD_UPLOAD_DATE) &&
           !pb_json_is_retained(value) && !pb_contains_any(key, pb_other_dates) &&
           pb_json_has_date(value, last_year);
}

bool pb_looks_like_certificates(const struct pb_json *container, enum pb_topic topic,
                                bool is_element, int last_year)
{
    size_t dates = 0, names = 0, others = 0, map_dates = 0, arns = 0;
    bool is_array = pb_json_type(container) == PB_JSON_ARRAY;
    bool is_said = topic == PB_TOPIC_IAM || topic == PB_TOPIC_TYPED, is_named = false;
    struct pb_json_member member = {0};

    while (topic != PB_TOPIC_OTHER && (is_said || (others == 0 && names <= 3)) &&
           pb_json_next_member(container, &member)) {
        enum pb_field look = pb_field_of_value(member.value);
        bool is_name = look == PB_FIELD_NAME || look == PB_FIELD_ID;
        arns += look == PB_FIELD_ARN; /* which is a reference by itself */
        bool is_upload = is_date(member.key, member.value, last_year);
        struct pb_json_member inner = {0};
        /* CloudFormation's and Config's references to a certificate by its name. */
        is_named |= topic == PB_TOPIC_TYPED && look == PB_FIELD_NAME &&
                    pb_contains_any(member.key, "resourceid|identifier") &&
                    !pb_contains_any(member.key, "logical");
        while (!is_array && pb_is_container(member.value) && !is_upload &&
               pb_json_next_member(member.value, &inner))
            is_upload = is_date(inner.key, inner.value, last_year);
        bool is_common = is_upload && pb_contains_any(member.key, PB_WORDS_COMMON_DATES);
        dates += is_upload && (topic != PB_TOPIC_UNKNOWN || !is_common);
        /* In a map the key is a certificate's name. */
        map_dates += is_upload && !is_common && !pb_contains_any(member.key, "date");
        names += is_name;
        others += !is_upload && !is_name && look != PB_FIELD_UPLOAD_DATE && look != PB_FIELD_PATH &&
                  pb_json_type(member.value) > PB_JSON_NULL;
    }
    if (is_said)
        return dates > 0 || (is_named && arns == 0) ||
               ((is_array || is_element) && names > 0 && others == 0);
    bool is_map = names == 0 && !is_array && map_dates > 0;
    bool is_found = others == 0 && !pb_is_of_domain(container) &&
                    (is_map || (dates > 0 && names > 0 && names + dates <= 3));
    for (member.count = 0; is_found && pb_json_next_member(container, &member);)
        is_found = !pb_is_foreign_key(member.key) ||
                   (topic == PB_TOPIC_LIKELY && !pb_contains_any(member.key, PB_WORDS_PEOPLE));
    return is_found;
}

const struct pb_shape pb_query_shapes[] = {
    {"query.renamed", PB_CLAIM_VALUES, .matches = matches_renamed, .read = read_renamed},
    {"query.rows", PB_CLAIM_LOOK, .matches = matches_rows, .read = read_rows},
    {"query.names", PB_CLAIM_LOOK, .matches = matches_names, .read = read_rows},
    {"query.dates", PB_CLAIM_LOOK, .matches = matches_dates, .read = read_rows},
    {"query.body", PB_CLAIM_LOOK, .matches = matches_bodies, .read = read_rows},
    {.name = NULL},
};
