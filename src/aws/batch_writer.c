/* SPDX-License-Identifier: MIT */
/* Adds records, observations and diagnostics to the batch, each with its place. Called by the
 * readers of shapes; the inventory reads the batch. */
#include <stdarg.h>
#include <stdio.h>

#include "aws/context.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

#define MOST_PLACES 20
#define LONGEST_SENTENCE_BYTES 700

struct remark {
    const char *code;
    enum pb_severity severity;
    size_t count, last; /* last: the index of the last diagnostic */
};

/* How many remarks with the code a document gets. Where one id has another prefix (EHDG, ADWA), or
 * one value is a skeleton's, all usually are. */
static size_t ceiling_of(const char *code)
{
    return pb_is_any(pb_slice_from_string(code), PB_WORDS_ONCE) ? 1 : MOST_PLACES;
}

void pb_writer_forget_taken(struct pb_writer *out, size_t first)
{
    for (size_t i = first; i < out->taken.count; i++)
        pb_json_release(PB_VECTOR_AT(const struct pb_json *, &out->taken, i));
    out->taken.count = first;
}

/* Values of a document inside a string have the place of the string; null, true and false have
 * that of their container. */
struct pb_place pb_writer_place(struct pb_writer *out)
{
    const struct pb_json_member *path = out->path.data;
    bool is_inside = false, is_short = true;

    if (out->document == NULL)
        return (struct pb_place){.pointer = PB_SLICE(""), .line = out->line};
    const struct pb_json *at = out->document->root;
    pb_buffer_clear(&out->pointer);
    for (size_t i = 0; i < out->path.count; i++) {
        is_short &= out->pointer.size_bytes + path[i].key.size_bytes <= PB_MOST_POINTER_BYTES;
        if (is_short)
            pb_pointer_push(&out->pointer, &path[i]);
        is_inside |= path[i].value == NULL;
        if (!is_inside && pb_json_type(path[i].value) > PB_JSON_BOOLEAN)
            at = path[i].value;
    }
    out->has_failed |= out->pointer.has_failed;
    pb_json_find_place(out->document, at, &out->place);
    return (struct pb_place){
        .pointer = pb_writer_copy(out, pb_buffer_slice(&out->pointer)),
        .line = out->place.line,
        .column = out->context->is_rewritten ? 0 : out->place.column,
        .offset_bytes = out->place.offset_bytes,
    };
}

static struct pb_record *current_record(const struct pb_writer *out)
{
    return out->record == PB_NO_RECORD
               ? NULL
               : &PB_VECTOR_AT(struct pb_record, &out->batch->records, out->record);
}

struct pb_record *pb_writer_add_record(struct pb_writer *out, enum pb_record_kind kind)
{
    struct pb_vector *records = &out->batch->records;
    const struct pb_place place = pb_writer_place(out);
    struct pb_record record = {
        .kind = kind,
        .entry = out->batch->diagnostics.entry,
        .shape = out->shape,
        .pointer = place.pointer,
        .line = place.line,
        .column = place.column,
    };
    bool is_added =
        records->count < PB_NO_RECORD && pb_vector_append(records, &record, sizeof record);

    out->has_failed |= !is_added;
    out->record = is_added ? (uint32_t)(records->count - 1) : PB_NO_RECORD;
    return is_added ? current_record(out) : &out->spare;
}

struct pb_record *pb_writer_add_reference(struct pb_writer *out, struct pb_slice target)
{
    struct pb_record *record = pb_writer_add_record(out, PB_RECORD_REFERENCE);
    out->record = PB_NO_RECORD;
    record->target = pb_writer_copy(out, target);
    return record;
}

/* Only an account's list may be empty, and some records have no observations at all. */
void pb_writer_end_record(struct pb_writer *out)
{
    const struct pb_record *record = current_record(out);
    bool may_be_empty = record == NULL || record->observation_count > 0 ||
                        record->kind == PB_RECORD_LIST || record->kind > PB_RECORD_EVENT;
    if (!may_be_empty && out->record + 1 == out->batch->records.count)
        out->batch->records.count--;
    out->record = PB_NO_RECORD;
}

static void *copy_bytes(struct pb_writer *out, const void *said, size_t size_bytes)
{
    void *kept = pb_arena_allocate(&out->batch->arena, size_bytes);
    out->has_failed |= kept == NULL;
    return kept != NULL ? memcpy(kept, said, size_bytes) : NULL;
}

static void refuse_more(struct pb_writer *out, size_t ceiling)
{
    if (!out->is_overfull)
        pb_writer_refuse(out, "limit-certificates", PB_SAY_LIMIT_CERTIFICATES, ceiling);
    out->is_overfull = true;
}

static void compare_part(struct pb_writer *out, const char *code, const char *part,
                         struct pb_slice said, struct pb_slice in_arn)
{
    if (said.data != NULL && !pb_slice_equals(said, in_arn))
        pb_writer_remark(out, PB_SEVERITY_NOTE, code, "the %s is \"%.*s\", but \"%.*s\" in the ARN",
                         part, PB_SLICE_ARGS(said), PB_SLICE_ARGS(in_arn));
}

void pb_writer_add(struct pb_writer *out, const struct pb_draft *draft)
{
    size_t count = out->batch->observations.count - out->first_observation;
    struct pb_record *record = current_record(out);
    struct pb_observation added = draft->seen;
    static const struct pb_draft nothing = {0};
    struct pb_certificate_arn arn;

    if (out->is_overfull || count >= PB_MOST_CERTIFICATES_A_DOCUMENT) {
        refuse_more(out, PB_MOST_CERTIFICATES_A_DOCUMENT);
        return;
    }
    /* Skeletons of input have empty values, those of output the name of each field as its value. */
    bool is_only_name = added.id.size_bytes + added.arn.size_bytes == 0 &&
                        added.upload_date.state == PB_DATE_ABSENT;
    bool is_empty = is_only_name &&
                    added.name.size_bytes + draft->bodies.body_pem.size_bytes == 0 &&
                    added.expiration.state == PB_DATE_ABSENT;
    if (is_only_name && pb_is_stand_in(added.name)) {
        out->excuse = PB_SAY_EXCUSE_DOCUMENTATION;
        return;
    }
    if (is_empty || pb_is_key(added.name, "ServerCertificateName") ||
        pb_is_key(added.id, "ServerCertificateId") || pb_is_key(added.arn, "Arn")) {
        out->is_refused = true;
        pb_writer_remark(out, PB_SEVERITY_ERROR, is_empty ? "skeleton-input" : "skeleton-output",
                         PB_SAY_SKELETON);
        return;
    }
    if (pb_certificate_arn_parse(added.arn, &arn)) {
        compare_part(out, "path-differs", "path", added.path, arn.path);
        compare_part(out, "name-differs", "name", added.name, arn.name);
    }
    added.entry = out->batch->diagnostics.entry;
    added.document = out->document->ordinal;
    added.record = out->record;
    added.shape = out->shape;
    const struct pb_place place = pb_writer_place(out);
    added.pointer = place.pointer;
    added.line = place.line;
    added.column = place.column;
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): different padding costs a copy */
    if (memcmp(&draft->particulars, &nothing.particulars, sizeof nothing.particulars) != 0)
        added.particulars = copy_bytes(out, &draft->particulars, sizeof draft->particulars);
    if (draft->bodies.body_pem.data != NULL || draft->bodies.chain_pem.data != NULL)
        added.bodies = copy_bytes(out, &draft->bodies, sizeof draft->bodies);
    if (out->has_failed || !pb_vector_append(&out->batch->observations, &added, sizeof added))
        out->has_failed = true;
    else if (record != NULL)
        record->observation_count++;
}

/* Adds a diagnostic at the current place, or at the first mark that is left over. Of documents one
 * a line the line is enough: values in the first line of a document that does not begin the item
 * get no column. */
PB_PRINTF(4, 0)
static void add_diagnostic(struct pb_writer *out, enum pb_severity severity, const char *code,
                           const char *format, va_list arguments)
{
    const struct pb_json_place start = out->document->start;
    const struct pb_place place =
        out->left_over.is_reported ? out->left_over.first : pb_writer_place(out);
    char sentence[LONGEST_SENTENCE_BYTES];

    vsnprintf(sentence, sizeof sentence, format, arguments);
    struct pb_diagnostic *added =
        pb_diagnostics_add(&out->batch->diagnostics, severity, code, "%s", sentence);
    out->has_failed |= out->batch->diagnostics.has_failed;
    bool is_in_first_line = place.line == start.line && start.offset_bytes > 0;
    added->pointer = place.pointer;
    added->line = place.line;
    added->column = is_in_first_line ? 0 : place.column;
    added->offset_bytes = place.offset_bytes;
}

void pb_writer_remark(struct pb_writer *out, enum pb_severity severity, const char *code,
                      const char *format, ...)
{
    struct remark *all = out->remarks.data;
    va_list arguments;
    size_t i = 0;

    while (i < out->remarks.count &&
           (all[i].severity != severity || strcmp(all[i].code, code) != 0))
        i++;
    struct remark *remark =
        i < out->remarks.count ? &all[i] : pb_vector_push(&out->remarks, sizeof *remark);
    out->has_failed |= remark == NULL;
    if (remark == NULL || remark->count++ >= ceiling_of(code))
        return;
    remark->code = code;
    remark->severity = severity;
    va_start(arguments, format);
    add_diagnostic(out, severity, code, format, arguments);
    va_end(arguments);
    remark->last = out->batch->diagnostics.items.count - 1;
}

void pb_writer_refuse(struct pb_writer *out, const char *code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_diagnostic(out, PB_SEVERITY_ERROR, code, format, arguments);
    va_end(arguments);
    out->is_refused = true;
}

struct pb_child pb_children(struct pb_writer *out, const struct pb_json *container)
{
    return (struct pb_child){.key = PB_SLICE_ABSENT,
                             .most = SIZE_MAX,
                             .out = out,
                             .container = container,
                             .depth = out->path.count};
}

bool pb_next_child(struct pb_child *child)
{
    struct pb_writer *out = child->out;
    bool is_array = pb_json_type(child->container) == PB_JSON_ARRAY;

    out->path.count = child->depth;
    if (child->is_alone) {
        child->value = child->container;
        return !out->has_failed && child->member.count++ == 0;
    }
    if (out->has_failed || (is_array && out->is_overfull) ||
        !pb_json_next_member(child->container, &child->member))
        return false;
    if (child->member.count > child->most) {
        refuse_more(out, child->most);
        return false;
    }
    child->key = child->member.key;
    child->value = child->member.value;
    child->field = pb_field_of(child->key);
    pb_writer_enter(out, &child->member);
    return true;
}

static void append_counts(struct pb_writer *out)
{
    struct pb_diagnostics *diagnostics = &out->batch->diagnostics;

    for (size_t i = 0; i < out->remarks.count; i++) {
        const struct remark *remark = &PB_VECTOR_AT(struct remark, &out->remarks, i);
        struct pb_slice *message =
            &PB_VECTOR_AT(struct pb_diagnostic, &diagnostics->items, remark->last).message;
        size_t most = ceiling_of(remark->code);
        if (remark->count > most)
            *message = pb_message_format(&diagnostics->arena, "%.*s; the same in %zu more place%s",
                                         PB_SLICE_ARGS(*message), remark->count - most,
                                         remark->count - most == 1 ? "" : "s");
    }
    out->has_failed = out->batch->arena.has_failed || diagnostics->arena.has_failed;
}

enum pb_status pb_writer_close(struct pb_writer *out)
{
    if (!out->has_failed)
        append_counts(out);
    pb_writer_forget_taken(out, 0);
    pb_vector_release(&out->taken);
    pb_vector_release(&out->remarks);
    pb_vector_release(&out->path);
    pb_buffer_release(&out->pointer);
    return out->has_failed ? PB_FAILED_MEMORY : PB_OK;
}

/* Remarks on a sign of paging that is neither null nor fine; returns whether it does. */
static bool is_odd(struct pb_writer *out, const struct pb_json *value, bool is_fine,
                   const char *name, const char *expected)
{
    bool is_odd = !is_fine && pb_json_type(value) > PB_JSON_NULL;
    if (is_odd)
        pb_writer_remark(out, PB_SEVERITY_ERROR, "wrong-type", "%s beside it is %s; expected %s",
                         name, pb_json_type_name(pb_json_type(value)), expected);
    return is_odd;
}

struct pb_record *pb_writer_add_page(struct pb_writer *out, enum pb_record_kind kind,
                                     const struct pb_node *node)
{
    const struct pb_json *const *values = node->parent_fields->values;
    const struct pb_json *flag = values[PB_FIELD_IS_TRUNCATED];
    struct pb_slice token = pb_fields_text(node->parent_fields, PB_FIELD_NEXT_TOKEN);
    struct pb_slice marker = pb_fields_text(node->parent_fields, PB_FIELD_MARKER);
    struct pb_slice word = pb_fields_text(node->parent_fields, PB_FIELD_IS_TRUNCATED);
    bool is_truncated = pb_is_word(word, "true"); /* as in XML */
    bool has_flag =
        pb_json_boolean(flag, &is_truncated) || is_truncated || pb_is_word(word, "false");
    enum pb_page page = PB_PAGE_UNMARKED;

    /* A value of another type may have said that more follows. */
    bool is_cut =
        is_odd(out, values[PB_FIELD_NEXT_TOKEN], token.data != NULL, "NextToken", "a string");
    bool is_more = is_odd(out, values[PB_FIELD_MARKER], marker.data != NULL, "Marker", "a string");
    is_odd(out, flag, has_flag, "IsTruncated", "a boolean");
    if (node->is_cut || is_cut || token.size_bytes > 0)
        page = PB_PAGE_CUT;
    else if (is_more || is_truncated || marker.size_bytes > 0) /* even beside IsTruncated: false */
        page = PB_PAGE_MORE;
    else if (has_flag)
        page = PB_PAGE_LAST;
    struct pb_record *record = pb_writer_add_record(out, kind);
    record->page = page;
    return record;
}
