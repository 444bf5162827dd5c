/* SPDX-License-Identifier: MIT */
/* --query results without the service's field names: objects under the user's own keys, rows, and
 * bare texts, of which the look of the values says what they are. */
#include "aws/context.h"

#define MOST_SIBLINGS 16
#define MOST_MEMBERS 16
#define MOST_COLUMNS 8
/* No account has as many certificates; longer lists of words are of other things. */
#define MOST_CANDIDATES 5000

bool pb_is_query_result(const struct pb_node *node)
{
    struct pb_json_member member = {0};
    size_t containers = 0;

    if (node->depth != 1)
        return node->depth == 0;
    if (pb_json_type(node->parent) != PB_JSON_OBJECT || pb_json_count(node->parent) > MOST_SIBLINGS)
        return false;
    while (pb_json_next_member(node->parent, &member))
        containers += pb_is_container(member.value);
    return containers == 1;
}

static void cut_one_of(struct pb_slice *name, const char *const *suffixes)
{
    for (; *suffixes != NULL; suffixes++) {
        size_t size = strlen(*suffixes);
        if (name->size_bytes <= size ||
            !pb_slice_equals_ignoring_case(pb_slice_from(*name, name->size_bytes - size),
                                           pb_slice_from_string(*suffixes)))
            continue;
        name->size_bytes -= size;
        return;
    }
}

struct pb_slice pb_stem_of(struct pb_slice path)
{
    static const char *const compressions[] = {".gz", ".bz2", ".xz", ".zst", ".lz4", NULL};
    static const char *const texts[] = {".json", ".txt", NULL};
    size_t slash = pb_slice_find_last(path, '/');
    struct pb_slice name = slash == SIZE_MAX ? path : pb_slice_from(path, slash + 1);

    cut_one_of(&name, compressions);
    cut_one_of(&name, texts);
    return name;
}

static bool contains(struct pb_slice key, const char *word)
{
    return pb_slice_contains_ignoring_case(key, pb_slice_from_string(word));
}

/* Keys of things that are uploaded or named too, or that only refer to a certificate: SSH and
 * signing keys, files, functions; load balancers, listeners, tagged resources. */
static bool is_foreign_key(struct pb_slice key)
{
    static const char *const words[] = {
        "user",  "ssh",    "file", "bucket",   "function", "image",          "video",
        "layer", "object", "key",  "listener", "resource", "certificatearn", "certificateid",
    };

    if (pb_field_of(key) == PB_FIELD_ID)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (contains(key, words[i]))
            return true;
    return false;
}

static bool is_date_or_null(const struct pb_json *value)
{
    double seconds;

    if (pb_json_type(value) == PB_JSON_STRING)
        return pb_field_of_value(value) == PB_FIELD_UPLOAD_DATE;
    return pb_json_type(value) == PB_JSON_NULL ||
           (pb_json_real(value, &seconds) && seconds >= PB_EARLIEST_SECOND);
}

/* The field that a member is under whatever key: the key says which date, and whether a text that
 * could be more is a name or a chain. */
static enum pb_field field_of(struct pb_slice key, const struct pb_json *value)
{
    struct pb_slice text = PB_SLICE_ABSENT;

    if (contains(key, "upload"))
        return PB_FIELD_UPLOAD_DATE;
    if (contains(key, "expir") || contains(key, "notafter"))
        return PB_FIELD_EXPIRATION;
    pb_json_string(value, &text);
    enum pb_field field = pb_field_of_text(text);
    switch (field) {
    case PB_FIELD_ID: return contains(key, "name") ? PB_FIELD_NAME : field;
    case PB_FIELD_BODY: return contains(key, "chain") ? PB_FIELD_CHAIN : field;
    case PB_FIELD_NAME:
    case PB_FIELD_UPLOAD_DATE:
        return contains(key, "name") && pb_is_certificate_name(pb_slice_trim(text)) ? PB_FIELD_NAME
                                                                                    : PB_FIELD_NONE;
    default: return field;
    }
}

/* How many members or columns there are of each field. */
struct counts {
    size_t of[PB_FIELD_COUNT];
    bool has_upload_date; /* under its key stands a date, or null */
};

static bool are_ambiguous(const struct counts *counts)
{
    for (enum pb_field field = PB_FIELD_NONE + 1; field < PB_FIELD_COUNT; field++)
        if (counts->of[field] > 1)
            return true;
    return false;
}

/* False where it is no flat object of few members, or nothing says which of two is which. */
static bool count_members(const struct pb_json *object, struct counts *counts)
{
    struct pb_json_member member = {0};

    *counts = (struct counts){{0}, false};
    if (pb_json_type(object) != PB_JSON_OBJECT || pb_json_count(object) > MOST_MEMBERS)
        return false;
    while (pb_json_next_member(object, &member)) {
        if (pb_is_container(member.value) || is_foreign_key(member.key))
            return false;
        enum pb_field field = field_of(member.key, member.value);
        counts->of[field]++;
        counts->has_upload_date |= field == PB_FIELD_UPLOAD_DATE && is_date_or_null(member.value);
    }
    return !are_ambiguous(counts);
}

static bool is_certificate(const struct pb_json *object)
{
    struct counts counts;

    return count_members(object, &counts) &&
           (counts.of[PB_FIELD_ARN] == 1 || counts.of[PB_FIELD_ID] == 1 ||
            (counts.of[PB_FIELD_NAME] == 1 && counts.has_upload_date));
}

/* Beside a certificate half of its fields are enough, so that an unreadable date is diagnosed. */
static bool is_sibling(const struct pb_json *object)
{
    struct counts counts;

    return count_members(object, &counts) && counts.of[PB_FIELD_NAME] + counts.of[PB_FIELD_ID] +
                                                     counts.of[PB_FIELD_ARN] +
                                                     counts.of[PB_FIELD_UPLOAD_DATE] >
                                                 0;
}

/* One certificate among the elements is enough: the others are then read or diagnosed. */
static bool holds_certificate(const struct pb_json *array)
{
    size_t count = pb_json_count(array);

    for (size_t i = 0; i < count; i++)
        if (is_certificate(pb_json_element(array, i)))
            return true;
    return false;
}

static bool matches_renamed(const struct pb_node *node)
{
    if (!pb_is_query_result(node))
        return false;
    return node->type == PB_JSON_ARRAY ? holds_certificate(node->value)
                                       : is_certificate(node->value);
}

static void add_object(struct pb_writer *out, const struct pb_json *object)
{
    struct pb_draft draft = {0};

    if (!is_sibling(object)) {
        pb_writer_remark(out, PB_SEVERITY_ERROR, "unrecognised-element",
                         "nothing says that this is a certificate as those beside it are; "
                         "export without --query");
        return;
    }
    for (struct pb_child member = pb_children(out, object); pb_next_child(&member);)
        pb_read_field(out, field_of(member.key, member.value), member.value, &draft);
    pb_compare_arn(out, &draft.seen);
    pb_writer_add(out, &draft);
}

static void read_renamed(struct pb_writer *out, const struct pb_node *node)
{
    pb_writer_add_page(out, PB_RECORD_PROJECTION, node);
    for (struct pb_child row = pb_rows(out, node->value); pb_next_child(&row);)
        add_object(out, row.value);
}

/* Where neither caller nor path speaks for the values, their folder may. */
static bool may_be_candidate(const struct pb_node *node)
{
    return node->is_suggested ||
           (node->depth == 0 && pb_json_count(node->value) <= MOST_CANDIDATES);
}

/* What two values of one column or array are: an id is a name too, any other mixture is nothing. */
static enum pb_field combine(enum pb_field one, enum pb_field other)
{
    bool are_names = (one == PB_FIELD_NAME || one == PB_FIELD_ID) &&
                     (other == PB_FIELD_NAME || other == PB_FIELD_ID);

    if (one == other)
        return one;
    return are_names ? PB_FIELD_NAME : PB_FIELD_NONE;
}

struct columns {
    enum pb_field fields[MOST_COLUMNS]; /* PB_FIELD_NONE: only nulls */
    size_t count;
    struct counts counts;
};

/* False where the value cannot stand in the column. */
static bool add_cell(enum pb_field *column, const struct pb_json *value)
{
    enum pb_field field = pb_field_of_value(value);

    if (pb_json_type(value) == PB_JSON_NULL)
        return true;
    *column = *column == PB_FIELD_NONE ? field : combine(*column, field);
    return *column != PB_FIELD_NONE;
}

/* An array of texts is one row, as jq prints them one a line. */
static bool is_row(const struct pb_json *table)
{
    return pb_json_type(pb_json_element(table, 0)) == PB_JSON_STRING;
}

static bool find_columns(const struct pb_json *table, struct columns *columns)
{
    size_t rows = is_row(table) ? 1 : pb_json_count(table);

    *columns =
        (struct columns){.count = pb_json_count(is_row(table) ? table : pb_json_element(table, 0))};
    if (columns->count == 0 || columns->count > MOST_COLUMNS)
        return false;
    for (size_t i = 0; i < rows; i++) {
        const struct pb_json *row = is_row(table) ? table : pb_json_element(table, i);
        if (pb_json_type(row) != PB_JSON_ARRAY || pb_json_count(row) != columns->count)
            return false;
        for (size_t k = 0; k < columns->count; k++)
            if (!add_cell(&columns->fields[k], pb_json_element(row, k)))
                return false;
    }
    for (size_t k = 0; k < columns->count; k++)
        columns->counts.of[columns->fields[k]]++;
    return true;
}

/* Nothing else has ids and ARNs of certificates, wherever the rows stand. Elsewhere a date must be
 * somewhere, or a column of nulls that a misspelt date left beside a name. */
static bool matches_rows(const struct pb_node *node)
{
    struct columns columns;

    if (node->type != PB_JSON_ARRAY || !pb_is_query_result(node) ||
        !find_columns(node->value, &columns))
        return false;
    const size_t *of = columns.counts.of;
    bool is_pair = of[PB_FIELD_UPLOAD_DATE] == 1 && of[PB_FIELD_NAME] == 1;
    if (is_row(node->value) && of[PB_FIELD_UPLOAD_DATE] != 1)
        return false;
    if (of[PB_FIELD_ID] > 0 || of[PB_FIELD_ARN] > 0)
        return true;
    if (is_pair || (columns.count == 1 && of[PB_FIELD_NAME] == 1))
        return may_be_candidate(node);
    return node->is_suggested && !is_row(node->value) &&
           (of[PB_FIELD_UPLOAD_DATE] > 0 || (of[PB_FIELD_NONE] == 1 && of[PB_FIELD_NAME] > 0));
}

static void add_row(struct pb_writer *out, const struct pb_json *row, const struct columns *columns)
{
    struct pb_draft draft = {
        .seen = {.is_date_unnamed = columns->counts.of[PB_FIELD_UPLOAD_DATE] > 0}};

    for (struct pb_child cell = pb_children(out, row); pb_next_child(&cell);)
        pb_read_field(out, columns->fields[cell.index], cell.value, &draft);
    pb_compare_arn(out, &draft.seen);
    pb_writer_add(out, &draft);
}

static void read_rows(struct pb_writer *out, const struct pb_node *node)
{
    struct columns columns;

    find_columns(node->value, &columns);
    if (are_ambiguous(&columns.counts)) {
        /* Where nothing but the values says that this is evidence, the refusal must not be lost. */
        out->is_recognised |= !node->is_suggested;
        pb_writer_refuse(
            out, "ambiguous-columns",
            "two columns of these rows look alike, so nothing says which is which: export with "
            "--query 'ServerCertificateMetadataList[*].{Name:ServerCertificateName,"
            "UploadDate:UploadDate}', or without --query");
        return;
    }
    bool is_names = columns.count == 1 && columns.counts.of[PB_FIELD_NAME] == 1;
    struct pb_record *record =
        pb_writer_add_page(out, is_names ? PB_RECORD_NAMES : PB_RECORD_PROJECTION, node);
    if (record != NULL)
        record->is_candidate = !node->is_suggested && columns.counts.of[PB_FIELD_ID] == 0 &&
                               columns.counts.of[PB_FIELD_ARN] == 0;
    if (is_row(node->value)) {
        add_row(out, node->value, &columns);
        return;
    }
    struct pb_child row = pb_children(out, node->value);
    row.most = PB_MOST_BARE_ELEMENTS;
    while (pb_next_child(&row))
        add_row(out, row.value, &columns);
}

/* What all elements of an array look like, or the one text. Below the root any array of words
 * could be anything, unless a sign of paging stands beside it. */
static enum pb_field field_of_node(const struct pb_node *node)
{
    bool is_page = pb_fields_has(node->parent_fields, PB_FIELD_IS_TRUNCATED) ||
                   pb_fields_has(node->parent_fields, PB_FIELD_NEXT_TOKEN);
    size_t count = pb_json_count(node->value);

    if (!pb_is_query_result(node) || (node->depth > 0 && !is_page))
        return PB_FIELD_NONE;
    if (node->type != PB_JSON_ARRAY)
        return pb_field_of_value(node->value);
    enum pb_field all = pb_field_of_value(pb_json_element(node->value, 0));
    for (size_t i = 1; i < count && all != PB_FIELD_NONE; i++)
        all = combine(all, pb_field_of_value(pb_json_element(node->value, i)));
    return all;
}

static bool matches_names(const struct pb_node *node)
{
    enum pb_field field = field_of_node(node);

    if (node->type != PB_JSON_ARRAY) /* jq '.[]' prints one a line */
        return field == PB_FIELD_NAME && !node->is_suggested && node->depth == 0;
    return (may_be_candidate(node) && field == PB_FIELD_NAME) || field == PB_FIELD_ID ||
           field == PB_FIELD_ARN;
}

static bool matches_dates(const struct pb_node *node)
{
    return may_be_candidate(node) && field_of_node(node) == PB_FIELD_UPLOAD_DATE;
}

static bool matches_bodies(const struct pb_node *node)
{
    return may_be_candidate(node) && field_of_node(node) == PB_FIELD_BODY;
}

static void add_text(struct pb_writer *out, enum pb_field field, const struct pb_json *value,
                     struct pb_slice name)
{
    struct pb_draft draft = {.seen = {.name = name,
                                      .is_name_from_file = name.size_bytes > 0,
                                      .is_date_unnamed = field == PB_FIELD_UPLOAD_DATE},
                             .bodies = {.is_body_unproven = true}};

    pb_read_field(out, field, value, &draft);
    pb_writer_add(out, &draft);
}

static void read_texts(struct pb_writer *out, const struct pb_node *node)
{
    enum pb_field field = field_of_node(node);
    bool has_content = field == PB_FIELD_UPLOAD_DATE || field == PB_FIELD_BODY;
    struct pb_slice name = pb_stem_of(out->context->path);

    struct pb_record *record =
        pb_writer_add_page(out, has_content ? PB_RECORD_PROJECTION : PB_RECORD_NAMES, node);
    if (record != NULL)
        record->is_candidate = !node->is_suggested && (has_content || field == PB_FIELD_NAME);
    if (node->type != PB_JSON_ARRAY) {
        /* A single date says nothing of its certificate; people name the file after it. */
        bool is_named = field == PB_FIELD_UPLOAD_DATE && pb_is_certificate_name(name);
        add_text(out, field, node->value, is_named ? name : PB_SLICE_ABSENT);
        return;
    }
    struct pb_child text = pb_children(out, node->value);
    text.most = PB_MOST_BARE_ELEMENTS;
    while (pb_next_child(&text))
        add_text(out, field, text.value, PB_SLICE_ABSENT);
}

const struct pb_shape pb_query_shapes[] = {
    {.name = "query.renamed",
     .producer = "--query '...[*].{Name:ServerCertificateName,Upload:UploadDate}'",
     .proves = "what the objects show under the user's own keys",
     .claim = PB_CLAIM_VALUES,
     .matches = matches_renamed,
     .read = read_renamed},
    {.name = "query.rows",
     .producer = "--query '...[*].[ServerCertificateName,UploadDate]'",
     .proves = "what the rows show; columns are known by their values",
     .claim = PB_CLAIM_LOOK,
     .matches = matches_rows,
     .read = read_rows},
    {.name = "query.names",
     .producer = "--query '...[*].ServerCertificateName' (or Arn, ServerCertificateId)",
     .proves = "that these certificates exist; nothing of their dates",
     .claim = PB_CLAIM_LOOK,
     .matches = matches_names,
     .read = read_texts},
    {.name = "query.dates",
     .producer = "--query '...[*].UploadDate', --query '...UploadDate'",
     .proves = "dates of upload, without saying of which certificate",
     .claim = PB_CLAIM_LOOK,
     .matches = matches_dates,
     .read = read_texts},
    {.name = "query.body",
     .producer = "--query 'ServerCertificate.CertificateBody'",
     .proves = "a certificate's body, without name and UploadDate",
     .claim = PB_CLAIM_LOOK,
     .matches = matches_bodies,
     .read = read_texts},
    {.name = NULL},
};
