/* SPDX-License-Identifier: MIT */
/* Reads the user's files besides evidence: waivers, and a baseline, which is an earlier json
 * report. Errors name the value, like "waivers[2].expires", because its author can correct it. */
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>

#include "inventory/sentences.inc"
#include "json/document.h"

/* A document while it is read. The first failure stays in status and error, or in the arena; from
 * then on all that is read is absent, NULL or zero, so that close_form's answer is enough. */
struct form {
    struct pb_json *root;   /* owned; NULL on failure */
    struct pb_arena *arena; /* gets all texts */
    struct prebleed_error *error;
    enum pb_status status;
    const char *list, *inside; /* for messages: the array that is read, and "former.certificate." */
    size_t index;              /* of the array's element that is read */
};

static enum pb_status close_form(struct form *form)
{
    pb_json_release(form->root);
    return form->arena->has_failed ? PB_FAILED_MEMORY : form->status;
}

/* Fails with "waivers[2].expires: ..." about the value under the key, a path in the element that is
 * read; about the element where the key is "". */
PB_PRINTF(3, 4)
static void refuse(struct form *form, const char *key, const char *format, ...)
{
    char element[100] = "";
    va_list arguments;

    if (form->status != PB_OK)
        return;
    if (form->list != NULL)
        snprintf(element, sizeof element, "%s[%zu]%s%s", form->list, form->index,
                 *key != '\0' ? "." : "", form->inside);
    va_start(arguments, format);
    struct pb_slice problem = pb_message_format_list(form->arena, format, arguments);
    va_end(arguments);
    form->status =
        pb_error_set(form->error, PB_FAILED_USAGE, "%s%s%s%.*s", element, key,
                     form->list != NULL || *key != '\0' ? ": " : "", PB_SLICE_ARGS(problem));
}

/* Moves to the next element of the array under the key list; false after a failure, too. */
static bool next_element(struct form *form, const struct pb_json *array, const char *list,
                         struct pb_json_member *element)
{
    form->list = list;
    form->inside = "";
    form->index = element->count;
    return form->status == PB_OK && pb_json_next_member(array, element);
}

/* The object's member of that type; NULL for null, where it may be null. Whatever else there is,
 * and a member that is missing, is refused. Its key is what follows the key's last point. */
static const struct pb_json *read_member(struct form *form, const struct pb_json *object,
                                         const char *key, enum pb_json_type type, bool may_be_null)
{
    const char *point = strrchr(key, '.');
    const struct pb_json *value = pb_json_find(object, point != NULL ? point + 1 : key);
    enum pb_json_type found = pb_json_type(value);

    if (form->status != PB_OK || (found == PB_JSON_NULL && may_be_null))
        return NULL;
    if (found == type)
        return value;
    if (pb_json_type(object) != PB_JSON_OBJECT)
        refuse(form, "", "here stands %s, not an object", pb_json_type_name(pb_json_type(object)));
    else if (value == NULL)
        refuse(form, key, "it is missing");
    else
        refuse(form, key, "it is %s, not %s%s", pb_json_type_name(found), pb_json_type_name(type),
               may_be_null ? " or null" : "");
    return NULL;
}

/* The same of a string, copied; absent for null. */
static struct pb_slice read_text(struct form *form, const struct pb_json *object, const char *key,
                                 bool may_be_null)
{
    struct pb_slice text = PB_SLICE_ABSENT;
    pb_json_string(read_member(form, object, key, PB_JSON_STRING, may_be_null), &text);
    return pb_arena_copy(form->arena, text);
}

static void append(struct form *form, struct pb_vector *vector, const void *element,
                   size_t element_bytes)
{
    form->arena->has_failed |= !pb_vector_append(vector, element, element_bytes);
}

static void read_sha256(struct form *form, const struct pb_json *object, const char *key,
                        unsigned char sha256[32])
{
    struct pb_slice text;

    if (!pb_json_string(read_member(form, object, key, PB_JSON_STRING, false), &text))
        return;
    if (text.size_bytes != 64 || pb_skip(text, 0, "0123456789abcdef") != 64)
        refuse(form, key, "a digest is 64 lower-case hexadecimal digits");
    for (size_t i = 0; i < 64 && form->status == PB_OK; i++)
        sha256[i / 2] = (unsigned char)(sha256[i / 2] << 4 | pb_hex_value(text.data[i]));
}

/* Refuses members with other keys: a misspelt one must not pass for none. */
static void refuse_others(struct form *form, const struct pb_json *object, const char *keys)
{
    struct pb_json_member member = {0};
    while (pb_json_next_member(object, &member))
        if (!pb_is_any(member.key, keys))
            refuse(form, "", PB_SAY_NO_MEMBER, PB_SLICE_ARGS(pb_slice_first(member.key, 100)));
}

static struct pb_slice read_words(struct form *form, const struct pb_json *object, const char *key)
{
    struct pb_slice words = read_text(form, object, key, false);
    if (pb_slice_trim(words).size_bytes == 0)
        refuse(form, key, "it is empty");
    return words;
}

static void read_waiver(struct form *form, const struct pb_json *object, struct pb_waiver *waiver)
{
    size_t count = 0; /* of subjects */

    refuse_others(form, object, "rule|id|arn|key_sha256|account|folder|reason|owner|expires");
    struct pb_slice rule = read_text(form, object, "rule", false);
    waiver->rule = pb_rule_find(rule);
    if (waiver->rule == NULL)
        refuse(form, "rule", PB_SAY_NO_RULE "; see prebleed --list-rules",
               PB_SLICE_ARGS(pb_slice_first(rule, 100)));
    for (unsigned covers = 0; covers < PB_WAIVER_SUBJECTS; covers++) {
        const char *key = pb_waiver_subject_names[covers];
        unsigned char digest[32] = {0};
        if (pb_json_find(object, key) == NULL)
            continue;
        count++;
        waiver->covers = (enum pb_waiver_subject)covers;
        waiver->subject = read_text(form, object, key, false);
        if (waiver->subject.size_bytes == 0)
            refuse(form, key, "it is empty");
        if (covers == PB_WAIVER_KEY)
            read_sha256(form, object, key, digest);
    }
    if (count != 1)
        refuse(form, "", PB_SAY_WAIVER_SUBJECTS, count);
    waiver->reason = read_words(form, object, "reason");
    waiver->owner = read_words(form, object, "owner");
    waiver->expires = read_text(form, object, "expires", false);
    if (!pb_instant_parse_date(waiver->expires, &waiver->end))
        refuse(form, "expires", "not a date (YYYY-MM-DD)");
    waiver->end.seconds += 86400;
}

enum pb_status pb_waivers_read(struct pb_waivers *waivers, struct pb_slice text,
                               struct prebleed_error *error)
{
    struct form form = {.arena = &waivers->arena, .error = error};

    form.status = pb_json_load(text, &form.root, error);
    struct pb_slice schema = read_text(&form, form.root, "schema", false);
    if (!pb_slice_equals(schema, PB_SLICE("prebleed-waivers/1")))
        refuse(&form, "schema", "the schema is not prebleed-waivers/1");
    const struct pb_json *list = read_member(&form, form.root, "waivers", PB_JSON_ARRAY, false);
    refuse_others(&form, form.root, "schema|waivers");
    for (struct pb_json_member at = {0}; next_element(&form, list, "waivers", &at);) {
        struct pb_waiver waiver = {.index = (uint32_t)form.index};
        read_waiver(&form, at.value, &waiver);
        append(&form, &waivers->items, &waiver, sizeof waiver);
    }
    return close_form(&form);
}

void pb_waivers_release(struct pb_waivers *waivers)
{
    pb_vector_release(&waivers->items);
    pb_arena_release(&waivers->arena);
}

/* An RFC 3339 instant; false, and *instant is left alone, for null. */
static bool read_instant(struct form *form, const struct pb_json *object, const char *key,
                         bool may_be_null, struct pb_instant *instant)
{
    struct pb_slice text;
    if (!pb_json_string(read_member(form, object, key, PB_JSON_STRING, may_be_null), &text))
        return false;
    if (!pb_instant_parse_rfc3339(text, instant))
        refuse(form, key, "not an RFC 3339 instant");
    return true;
}

/* An index below count; PB_NO_INDEX for null. */
static uint32_t read_index(struct form *form, const struct pb_json *object, const char *key,
                           size_t count)
{
    double number;

    if (!pb_json_real(read_member(form, object, key, PB_JSON_REAL, true), &number))
        return PB_NO_INDEX;
    if (number >= 0 && number < (double)count && number == (double)(uint64_t)number)
        return (uint32_t)number;
    refuse(form, key, "there is no such %s", key);
    return PB_NO_INDEX;
}

/* A certificate of the report's list, or one that only a finding shows. */
static void read_certificate(struct form *form, const struct pb_json *object,
                             struct pb_former_certificate *former)
{
    struct pb_certificate *one = &former->seen;
    struct pb_x509_facts *body = NULL;

    former->account = read_text(form, object, "account", true);
    one->name = read_text(form, object, "name", true);
    one->id = read_text(form, object, "id", true);
    one->arn = read_text(form, object, "arn", true);
    if (read_instant(form, object, "upload_date", true, &one->upload_date.instant))
        one->upload_date.state = PB_DATE_EXACT;
    if (!pb_slice_equals(read_text(form, object, "origin", false), PB_SLICE("iam")))
        one->origin = PB_ORIGIN_ACM;
    const struct pb_json *x509 = read_member(form, object, "x509", PB_JSON_OBJECT, true);
    if (x509 == NULL)
        return;
    one->body = body = pb_arena_allocate(form->arena, sizeof *body);
    if (body == NULL)
        return;
    body->unread = PB_X509_NOT_BEFORE;
    read_sha256(form, x509, "x509.sha256", body->sha256);
    if (!read_instant(form, x509, "x509.not_after", true, &body->not_after))
        body->not_after = (struct pb_instant){INT64_C(253402300799), 0}; /* of the year 9999 */
    read_sha256(form, read_member(form, x509, "x509.key", PB_JSON_OBJECT, false),
                "x509.key.spki_sha256", body->key.spki_sha256);
}

/* listed: how many certificates the report lists. Appends the certificate of a finding that the
 * report carried over from its own baseline, where it does not list that. */
static void read_finding(struct form *form, const struct pb_json *object, size_t listed,
                         const struct pb_json *evidence, struct pb_baseline *baseline)
{
    struct pb_former_finding finding = {
        .account = read_text(form, object, "account", true),
        .message = read_text(form, object, "message", false),
        .index = read_index(form, object, "certificate", listed),
        .rule = pb_rule_find(read_text(form, object, "rule", false)),
    };
    struct pb_slice state = read_text(form, object, "state", true);
    uint32_t entry = read_index(form, object, "evidence", pb_json_count(evidence));
    const struct pb_json *former = pb_json_find(object, "former"), *certificate = NULL;

    if (entry != PB_NO_INDEX) {
        const struct pb_json *item = pb_json_element(evidence, entry);
        finding.place = read_text(form, item, "evidence.path", false);
        finding.is_of_summary = pb_slice_equals(read_text(form, item, "evidence.shape", true),
                                                PB_SLICE("iam.get-account-summary"));
    }
    if (pb_json_type(former) == PB_JSON_OBJECT) {
        certificate = read_member(form, former, "former.certificate", PB_JSON_OBJECT, true);
        finding.message = read_text(form, former, "former.message", false);
    }
    if (form->status != PB_OK || pb_slice_equals(state, PB_SLICE("resolved")))
        return;
    if (finding.rule == NULL) {
        baseline->unknown_rule_count++;
        return;
    }
    if (certificate != NULL && finding.index == PB_NO_INDEX) {
        struct pb_former_certificate one = {.finding = (uint32_t)baseline->findings.count};
        form->inside = "former.certificate.";
        read_certificate(form, certificate, &one);
        append(form, &baseline->certificates, &one, sizeof one);
    }
    append(form, &baseline->findings, &finding, sizeof finding);
}

static int compare_unlisted(const void *left, const void *right)
{
    const struct pb_former_certificate *a = left, *b = right;
    struct pb_instant uploaded = a->seen.upload_date.instant;
    int order = pb_slice_compare(a->seen.id, b->seen.id);

    order = order != 0 ? order : pb_slice_compare(a->seen.arn, b->seen.arn);
    order = order != 0 ? order : pb_slice_compare(a->account, b->account);
    order = order != 0 ? order : pb_slice_compare(a->seen.name, b->seen.name);
    order = order != 0 ? order : pb_compare_bodies(a->seen.body, b->seen.body);
    return order != 0 ? order : pb_instant_compare(uploaded, b->seen.upload_date.instant);
}

/* Certificates that only findings show stand behind the listed ones: keeps one of each. After that
 * certificates do not move: points findings to theirs, and marks those whose exposure only a
 * finding shows, because the report carried it over from a baseline of its own. */
static void link_findings(struct pb_baseline *baseline, size_t listed)
{
    struct pb_former_certificate *all = baseline->certificates.data;
    struct pb_former_finding *findings = baseline->findings.data;
    size_t count = baseline->certificates.count, kept = listed;

    if (count > listed)
        qsort(all + listed, count - listed, sizeof *all, compare_unlisted);
    for (size_t i = listed; i < count; i++) {
        if (i == listed || compare_unlisted(&all[kept - 1], &all[i]) != 0)
            all[kept++] = all[i];
        findings[all[i].finding].index = (uint32_t)kept - 1;
    }
    baseline->certificates.count = kept;
    for (size_t i = 0; i < baseline->findings.count; i++) {
        if (findings[i].index == PB_NO_INDEX)
            continue;
        struct pb_former_certificate *one = &all[findings[i].index];
        findings[i].certificate = one;
        one->seen.is_exposed |= findings[i].rule == &pb_rules[PB_RULE_IAM_033];
        one->is_unjudged &= findings[i].rule != &pb_rules[PB_RULE_IAM_033];
        one->has_exposed_key |= findings[i].rule == &pb_rules[PB_RULE_KEY_REUSE];
    }
}

static void check_schema(struct form *form)
{
    struct pb_slice name = PB_SLICE_ABSENT, schema = PB_SLICE_ABSENT;

    pb_json_string(pb_json_find(pb_json_find(form->root, "tool"), "name"), &name);
    pb_json_string(pb_json_find(form->root, "schema"), &schema);
    if (!pb_slice_equals(name, PB_SLICE("prebleed")) ||
        !pb_slice_starts_with(schema, PB_SLICE("prebleed-report/")))
        refuse(form, "", "not a json report of prebleed");
    else if (!pb_slice_equals(schema, PB_SLICE("prebleed-report/1")))
        refuse(form, "schema", "the report's schema is not prebleed-report/1");
    if (pb_json_find(pb_json_find(form->root, "parameters"), "redacted") != NULL)
        refuse(form, "parameters.redacted", PB_SAY_BASELINE_REDACTED);
}

struct item {
    struct pb_slice status, mark; /* mark: its SHA-256 in hexadecimal, else its path */
};

static int compare_items(const void *left, const void *right)
{
    const struct item *a = left, *b = right;
    int order = pb_slice_compare(a->mark, b->mark);
    return order != 0 ? order : pb_slice_compare(a->status, b->status);
}

bool pb_baseline_has_item(const struct pb_baseline *baseline, const struct pb_entry *entry)
{
    struct item sought = {.status = pb_slice_from_string(pb_entry_status_names[entry->status])};
    struct pb_buffer mark = {0};

    if (baseline == NULL)
        return false;
    if (entry->sha256 != NULL)
        pb_buffer_append_hex(&mark, entry->sha256, 32);
    else
        pb_escape_append(&mark, entry->path, PB_ESCAPE_REVERSIBLE);
    sought.mark = pb_buffer_slice(&mark);
    bool has_item = !mark.has_failed && baseline->items.count > 0 &&
                    bsearch(&sought, baseline->items.data, baseline->items.count, sizeof sought,
                            compare_items) != NULL;
    pb_buffer_release(&mark);
    return has_item;
}

enum pb_status pb_baseline_read(struct pb_baseline *baseline, struct pb_slice text,
                                struct prebleed_error *error)
{
    struct form form = {.arena = &baseline->arena, .error = error};
    struct pb_instant cutoff = {0};

    form.status = pb_json_load(text, &form.root, error);
    const struct pb_json *root = form.root;
    check_schema(&form);
    read_instant(&form, read_member(&form, root, "parameters", PB_JSON_OBJECT, false),
                 "parameters.cutoff", false, &cutoff);
    const struct pb_json *certificates =
        read_member(&form, root, "certificates", PB_JSON_ARRAY, false);
    const struct pb_json *findings = read_member(&form, root, "findings", PB_JSON_ARRAY, false);
    const struct pb_json *evidence = read_member(&form, root, "evidence", PB_JSON_ARRAY, false);
    for (struct pb_json_member at = {0}; next_element(&form, certificates, "certificates", &at);) {
        struct pb_former_certificate one = {.finding = PB_NO_INDEX};
        read_certificate(&form, at.value, &one);
        /* A deleted certificate has no verdict, but its key was exposed all the same. */
        struct pb_slice verdict = read_text(&form, at.value, "verdict", true);
        struct pb_slice presence = read_text(&form, at.value, "presence", false);
        one.is_unjudged = pb_slice_is_absent(verdict) && one.seen.origin == PB_ORIGIN_IAM &&
                          pb_slice_equals(presence, PB_SLICE("deleted")) &&
                          pb_date_is_known(&one.seen.upload_date) &&
                          pb_instant_compare(one.seen.upload_date.instant, cutoff) < 0;
        one.seen.is_exposed = one.is_unjudged || pb_slice_equals(verdict, PB_SLICE("vulnerable"));
        append(&form, &baseline->certificates, &one, sizeof one);
    }
    size_t listed = baseline->certificates.count;
    for (struct pb_json_member at = {0}; next_element(&form, findings, "findings", &at);)
        read_finding(&form, at.value, listed, evidence, baseline);
    for (struct pb_json_member at = {0}; next_element(&form, evidence, "evidence", &at);) {
        struct item item = {.status = read_text(&form, at.value, "status", false),
                            .mark = read_text(&form, at.value, "sha256", true)};
        if (pb_slice_is_absent(item.mark))
            item.mark = read_text(&form, at.value, "path", false);
        append(&form, &baseline->items, &item, sizeof item);
    }
    pb_vector_sort(&baseline->items, compare_items);
    if (form.status == PB_OK && !form.arena->has_failed)
        link_findings(baseline, listed);
    return close_form(&form);
}

void pb_baseline_release(struct pb_baseline *baseline)
{
    pb_vector_release(&baseline->certificates);
    pb_vector_release(&baseline->findings);
    pb_vector_release(&baseline->names);
    pb_vector_release(&baseline->items);
    pb_arena_release(&baseline->arena);
}
