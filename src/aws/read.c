/* SPDX-License-Identifier: MIT */
/* Reads one document and those inside its strings: visits its values, parents first; the row of
 * shapes that claims a value most strongly reads it. Then marks.c accounts for marks not read. */
#include "aws/context.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

static const struct pb_shape *const families[] = {
    pb_iam_shapes, pb_query_shapes, pb_tool_shapes, pb_history_shapes, pb_service_shapes,
};

/* By turns a shape's name, who prints it, and what it proves. */
static const char *const texts[] = {
#include "aws/shapes.lines.inc"
};

const char *const *pb_shape_at(size_t index)
{
    return index < sizeof texts / sizeof texts[0] / 3 ? &texts[3 * index] : NULL;
}

/* The row that claims the value most strongly, the first of such; NULL where none does. */
static const struct pb_shape *find_shape(const struct pb_node *node)
{
    const struct pb_shape *found = NULL;
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        for (const struct pb_shape *row = families[i]; row->name != NULL; row++)
            if ((found == NULL || row->claim > found->claim) &&
                (row->keys == NULL ||
                 (node->key_text.size_bytes > 0 && pb_is_any(node->key_text, row->keys))) &&
                (row->members == NULL || pb_json_find(node->certificate, row->members) != NULL) &&
                (row->matches == NULL || row->matches(node)) &&
                (row->beside == NULL || pb_json_find(node->parent, row->beside) != NULL))
                found = row;
    return found;
}

/* The value is a string, which *text becomes, and begins like JSON. */
static bool is_embedded(const struct pb_json *value, struct pb_slice *text)
{
    return pb_json_string(value, text) && pb_begins_like_json(*text);
}

/* Reads a document inside a string and accounts for its marks, before it is released. A row that
 * has the string read goes on under its own record and name. */
static void read_embedded_document(struct pb_writer *out, const struct pb_json *root,
                                   pb_embedded_reader *read, struct pb_draft *draft)
{
    size_t depth = out->path.count, taken = out->taken.count;
    const char *shape = out->shape;
    uint32_t record = out->record;

    pb_writer_enter(out, &(const struct pb_json_member){0});
    out->is_embedded = true;
    read(out, root, draft);
    pb_marks_account(out, root);
    pb_writer_forget_taken(out, taken); /* most of the document's memory goes with it */
    out->is_embedded = false;
    out->path.count = depth;
    out->shape = shape;
    out->record = record;
}

/* Reads the first documents, at most so many, of a text at the writer's place. Any text may begin
 * like JSON: that one is damaged or cut is told only if it has a field's name, or a mark and is no
 * policy. */
static void read_embedded_text(struct pb_writer *out, struct pb_slice text, size_t most,
                               pb_embedded_reader *read, struct pb_draft *draft)
{
    struct pb_json_reader reader = {.most_values = out->context->limits->values, .text = text};
    struct pb_diagnostics diagnostics = {0}; /* dropped: their places are inside the string */
    enum pb_json_outcome outcome = PB_JSON_DOCUMENT;

    for (size_t i = 0; i < most && outcome == PB_JSON_DOCUMENT && !out->has_failed; i++) {
        struct pb_json_document document = {0};
        outcome = pb_json_next(&reader, &diagnostics, &document);
        out->has_failed |= outcome == PB_JSON_FAILED;
        if (outcome == PB_JSON_TOO_LARGE)
            pb_writer_remark(out, PB_SEVERITY_ERROR, "limit-values", PB_SAY_STRING_VALUES,
                             (unsigned long long)reader.most_values);
        bool is_damaged = outcome == PB_JSON_INVALID || outcome == PB_JSON_CUT;
        bool has_mark = is_damaged && pb_aws_names_certificates(text) && !pb_is_policy(text);
        out->is_refused |= has_mark; /* an unrelated document's remark would be dropped */
        if (has_mark || (is_damaged && pb_aws_has_field_names(
                                           pb_slice_from(text, reader.position.offset_bytes)))) {
            out->is_cut_inside = true;
            pb_writer_remark(out, PB_SEVERITY_ERROR, "json-invalid", PB_SAY_STRING_DAMAGED);
        }
        if (outcome == PB_JSON_DOCUMENT && document.is_repaired)
            pb_writer_remark(out, PB_SEVERITY_WARNING, "json-repaired", PB_SAY_STRING_REPAIRED);
        if (outcome == PB_JSON_DOCUMENT || outcome == PB_JSON_CUT)
            read_embedded_document(out, document.root, read, draft);
        pb_json_document_release(&document);
    }
    pb_diagnostics_release(&diagnostics);
}

bool pb_read_inside(struct pb_writer *out, const struct pb_json *value, pb_embedded_reader *read,
                    struct pb_draft *draft)
{
    struct pb_slice text;

    if (pb_json_type(value) == PB_JSON_OBJECT) {
        read(out, value, draft);
        return true;
    }
    if (out->is_embedded || !is_embedded(value, &text))
        return false;
    pb_writer_take(out, value);
    read_embedded_text(out, text, 1, read, draft);
    return true;
}

/* Reads the node at the current place by the row; name: the row whose name becomes the shape. */
static void read_by(struct pb_writer *out, const struct pb_shape *name, const struct pb_shape *row,
                    const struct pb_node *node)
{
    bool is_first = out->recognised == NULL; /* documents inside strings may set another */
    out->shape = name->name;
    pb_writer_take(out, node->value);
    row->read(out, node);
    pb_writer_end_record(out);
    if (is_first && pb_writer_has_added(out))
        out->recognised = name->name;
}

struct frame {
    struct pb_child child;
    struct pb_fields fields;
    struct pb_slice account;         /* named by it or the nearest container */
    const struct pb_json *answer;    /* its child that is or has an answer of IAM; NULL for none */
    struct pb_slice answer_key;      /* of that child */
    bool is_around;                  /* a child was an answer itself */
    const struct pb_shape *envelope; /* the row whose name becomes their shape; NULL for none */
    bool is_cut;                     /* a container of it has a NextToken */
};

static void read_values(struct pb_writer *out, const struct pb_json *root, struct pb_draft *unused);

static void open_text(struct pb_writer *out, struct pb_slice text)
{
    read_embedded_text(out, text, SIZE_MAX, read_values, NULL);
}

/* An array's first certificate, found once for all rows of shapes. */
static const struct pb_json *find_first_certificate(const struct pb_json *value)
{
    struct pb_json_member element = {0};
    struct pb_fields fields;
    while (pb_json_type(value) == PB_JSON_ARRAY && pb_json_next_member(value, &element)) {
        pb_fields_read(element.value, &fields);
        if (pb_fields_are_metadata(&fields) || pb_is_config_item(element.value, &fields))
            return element.value;
    }
    return NULL;
}

/* The innermost frame's current value is an answer (is_around), or has one inside it. */
static void note_answer(struct pb_vector *frames, bool is_around)
{
    if (frames->count == 0)
        return;
    struct frame *frame = &PB_VECTOR_AT(struct frame, frames, frames->count - 1);
    frame->answer = frame->child.value;
    frame->answer_key = frame->child.key;
    frame->is_around |= is_around;
}

/* Nothing stands beside an answer, under a key that may be an account's or profile's, or in an
 * object under the key that the answer has in its own, or behind the name of another profile. */
static bool is_missing_answer(const struct pb_child *child, const struct pb_json *answer)
{
    const struct pb_json_member profile = pb_profile_find(child->value, true);

    for (struct pb_json_member inner = {0}; pb_json_next_member(child->value, &inner);) {
        const struct pb_json *there = pb_json_find_key(answer, inner.key);
        if (pb_is_empty(inner.value) &&
            (pb_json_is_retained(there) ||
             (pb_says_certificate(inner.key) && pb_json_count(there) > 0)))
            return true;
    }
    if (profile.value != NULL) {
        struct pb_slice other = pb_text_of(pb_json_find_key(answer, profile.key));
        return other.data != NULL && !pb_slice_equals(other, pb_text_of(profile.value));
    }
    return pb_is_empty(child->value) && child->field == PB_FIELD_NONE &&
           !pb_contains_any(child->key, PB_WORDS_BESIDE_ANSWER);
}

/* Adds failed calls for errors beside an answer, or nothing, and records of the accounts that are
 * named there. Returns false where the answer's key says that the container is one account's. */
static bool note_failures_beside(struct pb_writer *out, const struct frame *frame)
{
    struct pb_slice call_name = pb_find_text(frame->answer, PB_WORDS_CALL_KEYS);

    if (pb_contains_any(frame->answer_key, PB_WORDS_ANSWER) ||
        pb_says_certificate(
            pb_find_text(frame->answer, "name|Name|type|kind|table|resource|title")))
        return false;
    for (struct pb_child child = pb_children(out, frame->child.container); pb_next_child(&child);) {
        struct pb_failed_call call;
        struct pb_fields fields;
        pb_fields_read(child.value, &fields);
        struct pb_slice account = pb_account_at(child.key, &fields, PB_SLICE_ABSENT);
        if (child.value == frame->answer || pb_json_is_retained(child.value))
            continue;
        bool has_failed = pb_failed_call_read(PB_SLICE_ABSENT, child.value, &call) ||
                          pb_failed_call_read(PB_SLICE("ServerCertErrors"), child.value, &call);
        bool is_alike = pb_slice_equals(pb_find_text(child.value, PB_WORDS_CALL_KEYS), call_name);
        if (has_failed && is_alike)
            pb_writer_take(out, child.value);
        else
            call.code = is_alike && account.data == NULL && is_missing_answer(&child, frame->answer)
                            ? PB_SLICE("an empty answer")
                            : PB_SLICE_ABSENT;
        if (call.code.data != NULL || account.data != NULL)
            pb_failed_call_add(out, call, account.data != NULL ? account : frame->account);
    }
    return true;
}

/* A container with an answer in it was read: looks for errors around the answer, and beside it.
 * Returns whether what stands around the container may be said of the answer. */
static bool note_failures(struct pb_writer *out, const struct frame *frame)
{
    const struct pb_json *container = frame->child.container;
    struct pb_failed_call call;

    if (frame->is_around && pb_json_count(container) == 1)
        return true; /* nothing stands beside the answer */
    const struct pb_json *only = pb_only_container(container);
    bool is_of_several = note_failures_beside(out, frame);
    if (!frame->is_around && only == NULL)
        return is_of_several;
    size_t count = frame->is_around ? pb_count_find(container) : 0;
    if (only != NULL && count > pb_json_count(only)) {
        pb_writer_add_record(out, PB_RECORD_ACCOUNT_SUMMARY)->count = count;
        out->record = PB_NO_RECORD;
    }
    bool has_failed = pb_failure_find(container, &call);
    if (has_failed) {
        pb_failed_call_add(out, call, frame->account);
        pb_writer_take(out, container);
    }
    return !has_failed;
}

/* Reads the node by the row that claims it. A container with values to visit becomes a frame. */
static void visit(struct pb_writer *out, struct pb_vector *frames, const struct pb_node *node,
                  struct pb_slice account, const struct pb_shape *envelope)
{
    const struct pb_shape *row = find_shape(node);
    size_t records = out->batch->records.count;
    struct pb_slice text;

    if (row != NULL) {
        out->is_claimed = true;
        read_by(out, envelope != NULL ? envelope : row, row, node);
        envelope = row->is_envelope ? row : envelope;
    } else if (!out->is_embedded && is_embedded(node->value, &text) &&
               pb_aws_may_be_evidence(text)) {
        out->account = account;
        pb_writer_take(out, node->value);
        open_text(out, text);
        out->account = PB_SLICE_ABSENT;
    }
    for (; records < out->batch->records.count; records++) {
        struct pb_record *record = &PB_VECTOR_AT(struct pb_record, &out->batch->records, records);
        if (record->kind <= PB_RECORD_ACCOUNT_SUMMARY && record->account.data == NULL &&
            pb_is_account(account))
            record->account = pb_writer_copy(out, account);
        if (record->kind <= PB_RECORD_EVENT && node->depth > 0)
            record->profile =
                pb_writer_copy(out, pb_text_of(pb_profile_find(out->document->root, false).value));
        if (record->kind <= PB_RECORD_NAMES ||
            (row != NULL && node->type == PB_JSON_ARRAY && row->claim == PB_CLAIM_FIELDS))
            note_answer(frames, true);
    }
    const struct frame frame = {
        .child = pb_children(out, node->value),
        .fields = *node->fields,
        .account = account,
        .envelope = envelope,
        .is_cut =
            node->is_cut || pb_fields_text(node->parent_fields, PB_FIELD_NEXT_TOKEN).size_bytes > 0,
    };
    if ((row == NULL || row->visits_inside) && pb_is_container(node->value))
        out->has_failed |= !pb_vector_append(frames, &frame, sizeof frame);
}

/* The innermost frame with a next value to visit: a container, a string that begins like one, or
 * any value of a list's or get answer's key, but metadata, read with its object. NULL: no more. */
static const struct frame *next_frame(struct pb_writer *out, struct pb_vector *frames)
{
    while (frames->count > 0) {
        struct frame *frame = &PB_VECTOR_AT(struct frame, frames, frames->count - 1);
        struct pb_child *child = &frame->child;
        struct pb_slice text;
        if (!pb_next_child(child)) {
            const struct frame done = *frame;
            frames->count--;
            if (done.answer != NULL && !out->has_failed && note_failures(out, &done) &&
                pb_json_type(done.answer) > PB_JSON_NULL)
                note_answer(frames, false);
            continue;
        }
        if (pb_json_type(child->value) == PB_JSON_NULL && pb_aws_is_expected_path(child->key))
            note_answer(frames, true);
        bool is_read = child->field == PB_FIELD_METADATA &&
                       pb_json_type(child->value) == PB_JSON_OBJECT &&
                       pb_json_type(frame->fields.values[PB_FIELD_METADATA]) == PB_JSON_OBJECT;
        if (child->field == PB_FIELD_LIST || child->field == PB_FIELD_CERTIFICATE ||
            (!is_read && (pb_is_container(child->value) || is_embedded(child->value, &text))))
            return frame;
    }
    return NULL;
}

/* Visits all values from the root, in time linear in their number. */
static void read_values(struct pb_writer *out, const struct pb_json *root, struct pb_draft *unused)
{
    bool is_suggested =
        !out->is_embedded && (out->context->is_named || pb_is_path_about(out->context->path));
    const struct frame outside = {.child = {.value = root, .key = PB_SLICE_ABSENT},
                                  .account = out->account};
    const struct frame *frame = &outside;
    struct pb_vector frames = {0}; /* of struct frame: the containers around the current value */

    do {
        const struct pb_child *child = &frame->child;
        struct pb_fields fields;
        struct pb_node node = {
            .value = child->value,
            .type = pb_json_type(child->value),
            .fields = &fields,
            .key_text = child->key,
            .key = child->field,
            .certificate = find_first_certificate(child->value),
            .parent = child->container,
            .parent_fields = &frame->fields,
            .depth = out->path.count - out->is_embedded,
            .is_suggested = is_suggested,
            .is_cut = frame->is_cut,
        };
        pb_fields_read(child->value, &fields);
        if (pb_fields_are_metadata(&fields))
            node.certificate = child->value;
        visit(out, &frames, &node, pb_account_at(child->key, &fields, frame->account),
              frame->envelope);
        frame = next_frame(out, &frames);
    } while (frame != NULL);
    pb_vector_release(&frames);
    (void)unused;
}

/* For marks.c: reads a value inside one that a row read whole; a null only has its row found. */
static bool show_again(struct pb_writer *out, const struct pb_node *node)
{
    const struct pb_shape *row = find_shape(node);
    if (row != NULL && node->type > PB_JSON_NULL)
        read_by(out, row, row, node);
    return row != NULL;
}

/* The document describes the service's interface: botocore's models and examples, a schema. */
static bool is_description(const struct pb_json_document *document)
{
    const struct pb_json *root = document->root;
    return pb_json_type(pb_json_find(root, "pagination|waiters|shapes")) == PB_JSON_OBJECT ||
           pb_find_text(root, "openapi|swagger").data != NULL ||
           (pb_json_find(root, "typeName") != NULL && pb_json_find(root, "properties") != NULL) ||
           (pb_json_find(root, "examples") != NULL &&
            pb_aws_is_documentation(document->text, true));
}

enum pb_status pb_aws_read(const struct pb_json_document *document,
                           const struct pb_aws_context *context, struct pb_batch *batch,
                           struct pb_aws_reading *reading)
{
    struct pb_writer out = {
        .document = document,
        .context = context,
        .batch = batch,
        .place = document->start,
        .record = PB_NO_RECORD,
        .is_expected = context->is_named || pb_aws_is_expected_path(context->path),
        .first_observation = batch->observations.count,
        .first_record = batch->records.count,
        .show = show_again,
        .open = open_text,
    };

    if (is_description(document)) {
        out.excuse = PB_SAY_EXCUSE_DESCRIPTION;
    } else {
        read_values(&out, document->root, NULL);
        if (!out.has_failed)
            pb_marks_account(&out, document->root);
        if (!out.has_failed)
            pb_marks_refuse(&out);
        /* Its folder decides about what only looks like certificates. */
        if (out.is_lookalike && !out.is_expected && !out.is_refused && !pb_writer_has_added(&out))
            pb_writer_add_record(&out, PB_RECORD_UNREADABLE)->is_candidate = true;
    }
    /* An overfull document shows nothing, if anything says that it is about certificates. */
    bool is_cut = out.is_overfull && (out.is_expected || pb_aws_has_field_names(document->text));
    bool is_used = pb_writer_has_added(&out) && !is_cut;
    bool is_left_over =
        (is_used && (out.left_over.count > 0 || out.is_cut_inside)) || out.left_over.is_reported;
    reading->excuse = out.excuse;
    reading->is_recognised = is_used || is_left_over;
    reading->is_missed = !reading->is_recognised && out.is_missed;
    reading->is_refused = is_left_over || reading->is_missed || (!is_used && out.is_refused);
    reading->shape = reading->is_recognised ? out.recognised : NULL;
    return pb_writer_close(&out);
}
