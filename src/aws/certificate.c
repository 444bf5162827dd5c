/* SPDX-License-Identifier: MIT */
/* Reads certificate objects, in any letter case and with or without their envelopes. Values are
 * trimmed and copied into the batch; odd ones get a remark. */
#include "aws/context.h"
#include "inventory/sentences.inc"

/* Marks the value as read. Returns whether it is a string; remarks on other types but null. */
static bool take_string(struct pb_writer *out, const struct pb_json *value, const char *expected,
                        struct pb_slice *text)
{
    if (pb_json_type(value) <= PB_JSON_NULL)
        return false;
    pb_writer_take(out, value);
    if (pb_json_string(value, text))
        return true;
    if (!pb_is_function(value))
        pb_writer_remark_type(out, value, expected);
    return false;
}

static void merge_text(struct pb_writer *out, struct pb_slice value, struct pb_slice *text)
{
    if (text->data == NULL)
        *text = pb_writer_copy(out, value);
    else if (!pb_slice_equals(*text, value))
        pb_writer_remark(out, PB_SEVERITY_ERROR, "repeated-field", PB_SAY_FIELD_TWICE,
                         PB_SLICE_ARGS(value), PB_SLICE_ARGS(*text));
}

void pb_read_text(struct pb_writer *out, const struct pb_json *value, struct pb_slice *text)
{
    struct pb_slice whole;

    if (!take_string(out, value, "a string", &whole))
        return;
    const struct pb_slice trimmed = pb_slice_trim(whole);
    if (trimmed.size_bytes == 0)
        return;
    if (trimmed.size_bytes != whole.size_bytes)
        pb_writer_remark(out, PB_SEVERITY_NOTE, "outer-whitespace", PB_SAY_WHITE_SPACE,
                         PB_SLICE_ARGS(trimmed));
    merge_text(out, trimmed, text);
}

void pb_read_name(struct pb_writer *out, const struct pb_json *value, struct pb_slice *name)
{
    bool has_control = false;
    struct pb_buffer shown = {0};

    pb_read_text(out, value, name);
    if (name->data == NULL || pb_is_certificate_name(*name))
        return;
    for (size_t i = 0; i < name->size_bytes; i++)
        has_control |= (unsigned char)name->data[i] < 0x20 || name->data[i] == 0x7f;
    /* "%.*s" would stop at a NUL and show another name. */
    pb_escape_append(&shown, pb_slice_first(*name, has_control ? 200 : SIZE_MAX),
                     PB_ESCAPE_CONTROLS);
    pb_writer_remark(out, has_control ? PB_SEVERITY_WARNING : PB_SEVERITY_NOTE, "odd-name",
                     "%s: \"%.*s\"", has_control ? PB_SAY_NAME_CONTROL : PB_SAY_NAME_ODD,
                     PB_SLICE_ARGS(pb_buffer_slice(&shown)));
    out->has_failed |= shown.has_failed;
    pb_buffer_release(&shown);
}

static void read_id(struct pb_writer *out, const struct pb_json *value, struct pb_slice *id)
{
    pb_read_text(out, value, id);
    if (id->data != NULL && !pb_begins(*id, PB_ID_PREFIX))
        pb_writer_remark(out, PB_SEVERITY_NOTE, "odd-id-prefix", PB_SAY_ID_PREFIX,
                         PB_SLICE_ARGS(*id));
}

static void merge_date(struct pb_writer *out, struct pb_date *date, const struct pb_date *next)
{
    char room[PB_INSTANT_BYTES], next_room[PB_INSTANT_BYTES];
    struct pb_slice text = pb_date_text(date, room), next_text = pb_date_text(next, next_room);

    if (pb_slice_equals(text, next_text))
        return;
    text = pb_writer_copy(out, text);
    date->state = PB_DATE_UNPARSEABLE;
    pb_date_spell(date, text);
    pb_writer_remark(out, PB_SEVERITY_ERROR, "repeated-field", PB_SAY_DATE_TWICE,
                     PB_SLICE_ARGS(next_text), PB_SLICE_ARGS(text));
}

void pb_read_date(struct pb_writer *out, const struct pb_json *value, struct pb_date *date)
{
    struct pb_date next;
    double number;

    pb_writer_take(out, value);
    if (!pb_date_from_json(value, &out->batch->arena, &next)) {
        out->has_failed = true;
        return;
    }
    struct pb_slice text = {next.spelling, next.spelling_bytes};
    if (next.state == PB_DATE_UNPARSEABLE && pb_json_real(value, &number))
        pb_writer_remark(out, PB_SEVERITY_WARNING, "odd-date", PB_SAY_DATE_NUMBER,
                         PB_SLICE_ARGS(text));
    else if (next.state == PB_DATE_UNPARSEABLE && text.data != NULL)
        pb_writer_remark(out, PB_SEVERITY_WARNING, "unparseable-date", PB_SAY_DATE_NONE,
                         PB_SLICE_ARGS(text));
    else if (next.state == PB_DATE_UNPARSEABLE)
        pb_writer_remark_type(out, value, "a date");
    if (date->state == PB_DATE_ABSENT)
        *date = next;
    else if (next.state != PB_DATE_ABSENT)
        merge_date(out, date, &next);
}

/* An empty body was damaged, and stays as an empty text; an empty chain is none. */
static void read_pem(struct pb_writer *out, const struct pb_json *value, bool is_body,
                     struct pb_slice *pem)
{
    struct pb_slice text;

    if (!take_string(out, value, "a string in PEM", &text))
        return;
    bool is_empty = pb_slice_trim(text).size_bytes == 0;
    if (is_empty && (!is_body || pem->data != NULL))
        return;
    /* A document inside a string is released before the PEM text is parsed. */
    if (pem->size_bytes == 0)
        *pem = is_empty ? PB_SLICE("") : out->is_embedded ? pb_writer_copy(out, text) : text;
    else if (!pb_slice_equals(*pem, text))
        pb_writer_remark(out, PB_SEVERITY_ERROR, "repeated-field", PB_SAY_PEM_TWICE);
}

/* Some exports print the account as a number, which loses its leading zeros. */
static void read_account(struct pb_writer *out, const struct pb_json *value,
                         struct pb_slice *account)
{
    int64_t number;
    if (!pb_json_integer(value, &number) || number < 0) {
        pb_read_text(out, value, account);
        return;
    }
    merge_text(out, pb_message_format(&out->batch->arena, "%012lld", (long long)number), account);
}

void pb_read_tags(struct pb_writer *out, const struct pb_json *value, struct pb_slice prefix,
                  const struct pb_tag **tags, size_t *count)
{
    enum pb_json_type type = pb_json_type(value);
    struct pb_json_member member = {0};
    size_t most = pb_json_count(value), size = 0, odd = 0;

    if (type <= PB_JSON_NULL || (*tags != NULL && (*count > 0 || most == 0)))
        return;
    if (!pb_is_container(value)) {
        pb_writer_remark(out, PB_SEVERITY_NOTE, "odd-tags", PB_SAY_TAGS_WRONG,
                         pb_json_type_name(type));
        return;
    }
    struct pb_tag *read = pb_arena_allocate_array(&out->batch->arena, most, sizeof *read);
    out->has_failed |= read == NULL;
    while (read != NULL && pb_json_next_member(value, &member)) {
        bool is_pair = type == PB_JSON_ARRAY;
        struct pb_slice text =
            is_pair ? pb_find_text(member.value, "Value|value") : pb_text_of(member.value);
        struct pb_slice key = is_pair ? pb_find_text(member.value, "Key|key")
                                      : pb_slice_from(member.key, prefix.size_bytes);
        odd += key.data == NULL;
        if (key.data == NULL ||
            (prefix.size_bytes > 0 &&
             (!pb_slice_starts_with(member.key, prefix) || pb_is_key(key, "%"))))
            continue;
        text = text.data != NULL ? text : PB_SLICE("");
        read[size++] = (struct pb_tag){pb_writer_copy(out, key), pb_writer_copy(out, text)};
    }
    if (odd > 0)
        pb_writer_remark(out, PB_SEVERITY_NOTE, "odd-tags", PB_SAY_TAGS_ODD, odd);
    if (size == 0 && prefix.size_bytes > 0)
        return;
    *tags = read;
    *count = size;
}

void pb_read_field(struct pb_writer *out, enum pb_field field, const struct pb_json *value,
                   struct pb_draft *draft)
{
    struct pb_observation *seen = &draft->seen;
    struct pb_particulars *more = &draft->particulars;

    switch (field) {
    case PB_FIELD_NAME: pb_read_name(out, value, &seen->name); break;
    case PB_FIELD_ID: read_id(out, value, &seen->id); break;
    case PB_FIELD_ARN: pb_read_text(out, value, &seen->arn); break;
    case PB_FIELD_PATH: pb_read_text(out, value, &seen->path); break;
    case PB_FIELD_ACCOUNT: read_account(out, value, &more->account); break;
    case PB_FIELD_UPLOAD_DATE: pb_read_date(out, value, &seen->upload_date); break;
    case PB_FIELD_EXPIRATION: pb_read_date(out, value, &seen->expiration); break;
    case PB_FIELD_BODY: read_pem(out, value, true, &draft->bodies.body_pem); break;
    case PB_FIELD_CHAIN: read_pem(out, value, false, &draft->bodies.chain_pem); break;
    case PB_FIELD_TAGS:
        pb_read_tags(out, value, PB_SLICE(""), &more->tags, &more->tag_count);
        break;
    default: break;
    }
}

/* Other keys for the fields, in lower case without separators. The value must look like the field
 * `look`. BEGINNING and ANYWHERE: a key that begins with, or contains, the word is enough. */
static const struct {
    const char *keys;
    enum pb_field field, look;
    enum { WHOLE, BEGINNING, ANYWHERE } part;
} synonyms[] = {
    {"name|resourcename", PB_FIELD_NAME, PB_FIELD_NAME, WHOLE},
    {"", PB_FIELD_ID, PB_FIELD_ID, BEGINNING},
    {"", PB_FIELD_ARN, PB_FIELD_ARN, BEGINNING},
    {"upload", PB_FIELD_UPLOAD_DATE, PB_FIELD_UPLOAD_DATE, ANYWHERE},
    {"expir", PB_FIELD_EXPIRATION, PB_FIELD_UPLOAD_DATE, BEGINNING},
    {"notafter|validto|validuntil", PB_FIELD_EXPIRATION, PB_FIELD_UPLOAD_DATE, WHOLE},
    {"chain", PB_FIELD_CHAIN, PB_FIELD_BODY, ANYWHERE},
    {"body|pem", PB_FIELD_BODY, PB_FIELD_BODY, ANYWHERE},
    {"cert", PB_FIELD_BODY, PB_FIELD_BODY, BEGINNING},
};

struct pb_slice pb_plain_key(struct pb_slice key, char room[PB_LONGEST_PLAIN_KEY_BYTES])
{
    size_t size = 0;
    for (size_t i = 0; i < key.size_bytes && key.size_bytes <= PB_LONGEST_PLAIN_KEY_BYTES; i++)
        if (key.data[i] != '_' && key.data[i] != '-' && !pb_is_blank(key.data[i]))
            room[size++] = pb_byte_lower(key.data[i]);
    return (struct pb_slice){room, size};
}

/* The field that the object's member stands for, by the service's own key, else by a synonym if the
 * object lacks that field. */
static enum pb_field field_of(const struct pb_json *object, const struct pb_child *member)
{
    char room[PB_LONGEST_PLAIN_KEY_BYTES];
    double seconds;

    if (member->field != PB_FIELD_NONE && member->field != PB_FIELD_RESOURCE_ID &&
        member->field != PB_FIELD_RESOURCE_NAME)
        return member->field;
    struct pb_slice text = pb_text_of(member->value);
    bool is_count = pb_json_real(member->value, &seconds) && seconds >= PB_EARLIEST_SECOND;
    enum pb_field look = is_count ? PB_FIELD_UPLOAD_DATE : pb_field_of_text(text);
    const struct pb_slice key = pb_plain_key(member->key, room);
    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++) {
        const char *words = synonyms[i].keys;
        bool is_meant = synonyms[i].part == WHOLE      ? pb_is_any(key, words)
                        : synonyms[i].part == ANYWHERE ? pb_contains_any(key, words)
                                                       : pb_begins(key, words);
        struct pb_fields fields;
        if (!is_meant ||
            (synonyms[i].look == PB_FIELD_NAME ? !pb_is_certificate_name(pb_slice_trim(text))
                                               : look != synonyms[i].look))
            continue;
        pb_fields_read(object, &fields);
        if (!pb_fields_has(&fields, PB_FIELD_METADATA) &&
            !pb_fields_has(&fields, synonyms[i].field))
            return synonyms[i].field;
    }
    return PB_FIELD_NONE;
}

void pb_certificate_read(struct pb_writer *out, const struct pb_json *object,
                         struct pb_draft *draft)
{
    pb_writer_take(out, object);
    for (struct pb_child member = pb_children(out, object); pb_next_child(&member);) {
        enum pb_json_type type = pb_json_type(member.value);
        pb_read_field(out, field_of(object, &member), member.value, draft);
        if (member.field != PB_FIELD_METADATA)
            continue;
        if (type > PB_JSON_NULL && type != PB_JSON_OBJECT)
            pb_writer_remark_type(out, member.value, "an object");
        pb_writer_take(out, member.value);
        for (struct pb_child inner = pb_children(out, member.value); pb_next_child(&inner);)
            pb_read_field(out, field_of(member.value, &inner), inner.value, draft);
    }
}

static bool is_foreign(const struct pb_json *element, const struct pb_fields *fields)
{
    struct pb_arn arn;
    return pb_certificate_is_owned(element) ||
           pb_arn_parse(pb_slice_trim(pb_fields_text(fields, PB_FIELD_ARN)), &arn);
}

/* In a list of certificates any field is enough; other arrays hold other things with an ARN. */
static bool is_certificate(const struct pb_json *element, const struct pb_fields *fields,
                           bool is_list)
{
    if (pb_fields_are_metadata(fields) || pb_fields_has(fields, PB_FIELD_METADATA))
        return true;
    if (!is_list)
        return pb_fields_has(fields, PB_FIELD_UPLOAD_DATE) && !is_foreign(element, fields);
    return pb_fields_has(fields, PB_FIELD_ARN) || pb_fields_has(fields, PB_FIELD_PATH) ||
           pb_fields_has(fields, PB_FIELD_UPLOAD_DATE) ||
           pb_fields_has(fields, PB_FIELD_EXPIRATION) || pb_fields_has(fields, PB_FIELD_BODY);
}

static void add_bare(struct pb_writer *out, const struct pb_json *element, bool is_list)
{
    struct pb_fields fields;

    pb_fields_read(element, &fields);
    if (is_certificate(element, &fields, is_list))
        pb_certificate_add(out, element);
    else if (!is_list && is_foreign(element, &fields))
        pb_writer_remark(out, PB_SEVERITY_NOTE, "passed-over-element", PB_SAY_ELEMENT_NONE);
    else if (pb_json_type(element) == PB_JSON_OBJECT)
        pb_writer_remark(out, PB_SEVERITY_ERROR, "unrecognised-element", PB_SAY_ELEMENT_FIELDS);
    else
        pb_writer_remark_type(out, element, "a certificate's metadata, an object");
}

void pb_certificates_add(struct pb_writer *out, const struct pb_json *array, bool is_list)
{
    for (struct pb_child element = pb_children(out, array); pb_next_child(&element);) {
        struct pb_fields fields;
        pb_fields_read(element.value, &fields);
        const struct pb_json *inner = fields.values[PB_FIELD_CERTIFICATE];
        bool is_envelope = pb_json_type(inner) == PB_JSON_OBJECT;
        /* The fields beside a get answer's envelope may be another certificate's. */
        for (struct pb_child member = pb_children(out, is_envelope ? element.value : NULL);
             pb_next_child(&member);)
            if (member.value == inner)
                add_bare(out, inner, is_list);
        if (!is_envelope || is_certificate(element.value, &fields, is_list))
            add_bare(out, element.value, is_list);
    }
}
