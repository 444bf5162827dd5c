/* SPDX-License-Identifier: MIT */
#include "audit/waiver_file.h"

#include "audit/json_form.h"
#include "json/document.h"

#define SECONDS_A_DAY 86400

/* A file on its way into the list. */
struct reading {
    struct pb_form form;
    struct pb_waivers *waivers;
};

/* Refuses a member that is not in the list: a misspelt one must not be a waiver without it. */
static enum pb_status refuse_others(struct reading *reading, const struct pb_json *object,
                                    const char *const *known, size_t count)
{
    struct pb_json_member member = {0};

    while (pb_json_next_member(object, &member)) {
        size_t i = 0;
        while (i < count && !pb_slice_equals(member.key, pb_slice_from_string(known[i])))
            i++;
        if (i < count)
            continue;
        size_t here = pb_form_enter_key(&reading->form, member.key);
        enum pb_status status = pb_form_refuse(&reading->form, "there is no member '%.*s' here",
                                               PB_SLICE_ARGS(pb_slice_first(member.key, 100)));
        pb_form_leave(&reading->form, here);
        return status;
    }
    return PB_OK;
}

/* About one member of the waiver where the reader stands. */
static enum pb_status refuse_value(struct reading *reading, const char *key, const char *sentence)
{
    size_t here = pb_form_enter_key(&reading->form, pb_slice_from_string(key));
    enum pb_status status = pb_form_refuse(&reading->form, "%s", sentence);

    pb_form_leave(&reading->form, here);
    return status;
}

static enum pb_status read_rule(struct reading *reading, const struct pb_json *value,
                                struct pb_waiver *waiver)
{
    struct pb_slice name;
    size_t index;
    enum pb_status status = pb_form_string(&reading->form, value, "rule", &name);

    if (status != PB_OK)
        return status;
    waiver->rule = pb_rule_find(name, &index);
    if (waiver->rule != NULL)
        return PB_OK;
    size_t here = pb_form_enter_key(&reading->form, PB_SLICE("rule"));
    status = pb_form_refuse(&reading->form, "there is no rule '%.*s'; see prebleed --list-rules",
                            PB_SLICE_ARGS(pb_slice_first(name, 100)));
    pb_form_leave(&reading->form, here);
    return status;
}

static enum pb_status read_subject(struct reading *reading, const struct pb_json *value,
                                   struct pb_waiver *waiver)
{
    unsigned char sha256[32];
    size_t count = 0;

    for (int covers = 0; covers <= PB_WAIVER_ACCOUNT; covers++)
        if (pb_json_find(value, pb_waiver_subject_name((enum pb_waiver_subject)covers)) != NULL) {
            waiver->covers = (enum pb_waiver_subject)covers;
            count++;
        }
    if (count != 1)
        return pb_form_refuse(&reading->form,
                              "this waiver has %zu of 'id', 'arn', 'key_sha256' and 'account', not "
                              "exactly one",
                              count);
    const char *key = pb_waiver_subject_name(waiver->covers);
    enum pb_status status = pb_form_string(&reading->form, value, key, &waiver->subject);
    if (status == PB_OK && waiver->subject.size_bytes == 0)
        status = refuse_value(reading, key, "this is empty");
    if (status == PB_OK && waiver->covers == PB_WAIVER_KEY &&
        !pb_form_parse_sha256(waiver->subject, sha256))
        status = refuse_value(reading, key, "a key is 64 lower-case hexadecimal digits");
    return status;
}

static enum pb_status read_words(struct reading *reading, const struct pb_json *value,
                                 const char *key, struct pb_slice *words)
{
    enum pb_status status = pb_form_string(&reading->form, value, key, words);

    if (status == PB_OK && pb_slice_trim(*words).size_bytes == 0)
        status = refuse_value(reading, key, "this is empty");
    return status;
}

static enum pb_status read_end(struct reading *reading, const struct pb_json *value,
                               struct pb_waiver *waiver)
{
    enum pb_status status = pb_form_string(&reading->form, value, "expires", &waiver->expires);
    struct pb_instant day;

    if (status != PB_OK)
        return status;
    if (!pb_instant_parse_date(waiver->expires, &day))
        return refuse_value(reading, "expires", "this is no date such as 2027-03-31");
    if (!pb_instant_add_seconds(day, SECONDS_A_DAY, &waiver->end))
        waiver->end = (struct pb_instant){INT64_MAX, 0};
    return PB_OK;
}

/* What the report quotes outlives the document. */
static enum pb_status keep(struct reading *reading, struct pb_waiver *waiver)
{
    struct pb_arena *arena = &reading->waivers->arena;

    return pb_arena_copy(arena, waiver->subject, &waiver->subject) &&
                   pb_arena_copy(arena, waiver->reason, &waiver->reason) &&
                   pb_arena_copy(arena, waiver->owner, &waiver->owner) &&
                   pb_arena_copy(arena, waiver->expires, &waiver->expires) &&
                   pb_vector_append(&reading->waivers->items, waiver, 1)
               ? PB_OK
               : PB_FAILED_MEMORY;
}

static enum pb_status read_waiver(struct reading *reading, const struct pb_json *value)
{
    static const char *const known[] = {"rule",    "id",     "arn",   "key_sha256",
                                        "account", "reason", "owner", "expires"};
    struct pb_waiver waiver = {0};
    enum pb_status status = pb_form_be_object(&reading->form, value);

    if (status == PB_OK)
        status = refuse_others(reading, value, known, sizeof known / sizeof known[0]);
    if (status == PB_OK)
        status = read_rule(reading, value, &waiver);
    if (status == PB_OK)
        status = read_subject(reading, value, &waiver);
    if (status == PB_OK)
        status = read_words(reading, value, "reason", &waiver.reason);
    if (status == PB_OK)
        status = read_words(reading, value, "owner", &waiver.owner);
    if (status == PB_OK)
        status = read_end(reading, value, &waiver);
    return status == PB_OK ? keep(reading, &waiver) : status;
}

/* For the diagnostics: all places in one pass over the text. */
static enum pb_status find_lines(struct reading *reading, size_t count)
{
    struct pb_vector places;
    struct pb_arena pointers = {0};
    bool is_made = true;

    pb_vector_init(&places, sizeof(struct pb_json_place));
    for (size_t i = 0; i < count && is_made; i++) {
        struct pb_json_place *place = pb_vector_push(&places);
        size_t here = pb_form_enter_index(&reading->form, i);
        is_made = place != NULL && pb_arena_copy(&pointers, pb_buffer_slice(&reading->form.pointer),
                                                 &place->pointer);
        pb_form_leave(&reading->form, here);
    }
    if (is_made)
        pb_json_find_places(&reading->form.document, places.data, places.count);
    for (size_t i = 0; i < count && is_made; i++)
        PB_VECTOR_AT(struct pb_waiver, &reading->waivers->items, i).line =
            PB_VECTOR_AT(struct pb_json_place, &places, i).line;
    pb_vector_release(&places);
    pb_arena_release(&pointers);
    return is_made ? PB_OK : PB_FAILED_MEMORY;
}

static enum pb_status read_list(struct reading *reading, const struct pb_json *root)
{
    const struct pb_json *list;
    enum pb_status status = pb_form_array(&reading->form, root, "waivers", &list);
    size_t count = pb_json_count(list);

    if (status != PB_OK)
        return status;
    size_t here = pb_form_enter_key(&reading->form, PB_SLICE("waivers"));
    for (size_t i = 0; i < count && status == PB_OK; i++) {
        size_t there = pb_form_enter_index(&reading->form, i);
        status = read_waiver(reading, pb_json_element(list, i));
        pb_form_leave(&reading->form, there);
    }
    if (status == PB_OK)
        status = find_lines(reading, count);
    pb_form_leave(&reading->form, here);
    return status;
}

static enum pb_status read_file(struct reading *reading)
{
    static const char *const known[] = {"schema", "waivers"};
    const struct pb_json *root = reading->form.document.root;
    struct pb_slice schema;
    enum pb_status status = pb_form_be_object(&reading->form, root);

    if (status == PB_OK)
        status = pb_form_string(&reading->form, root, "schema", &schema);
    if (status == PB_OK && !pb_slice_equals(schema, PB_SLICE("prebleed-waivers/1")))
        status = refuse_value(reading, "schema", "the schema is not prebleed-waivers/1");
    if (status == PB_OK)
        status = refuse_others(reading, root, known, sizeof known / sizeof known[0]);
    return status == PB_OK ? read_list(reading, root) : status;
}

enum pb_status pb_waivers_read(struct pb_waivers *waivers, struct pb_slice bytes,
                               const struct pb_limits *limits, struct pb_error *error)
{
    struct reading reading = {.waivers = waivers};
    enum pb_status status = pb_form_open(&reading.form, bytes, limits, error);

    if (status == PB_OK)
        status = read_file(&reading);
    pb_form_close(&reading.form);
    return status;
}
