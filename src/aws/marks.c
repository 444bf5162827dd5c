/* SPDX-License-Identifier: MIT */
/* Accounts for a document's marks in one walk over its values, after the rows have read it. */
#include "aws/context.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

#define MOST_MEMBERS_OF_ERROR 6 /* findings, which fail as well, have more */
#define LONGEST_TYPE_BYTES 64

struct search {
    struct pb_writer *out;
    size_t depth;            /* of the document: in the writer's path */
    struct pb_slice account; /* named around the document */
    bool is_expected;        /* about certificates: by its name, or a shape has read some */
    size_t names;            /* of stacks, parameters and tags so far; at the first one */
    bool has_old_date;       /* the document is searched for a date up to the cutoff's year */
    struct pb_vector levels; /* of struct level: what is around the document, and its containers
                                around the current value */
};

struct level {
    const struct pb_json *container; /* NULL around the document */
    struct pb_json_member member;    /* the current one; without a key in arrays */
    const char *excuse; /* for marks in the current member, if is_tested; NULL for none */
    bool is_tested, is_shown, is_counted, is_foreign; /* the last: not of IAM */
    bool has_date, has_field, has_mark, says_upload;  /* set if is_counted */
    enum pb_topic topic;
};

static struct level *level_at(const struct search *search, size_t depth)
{
    return &PB_VECTOR_AT(struct level, &search->levels, depth);
}

static struct level *innermost(const struct search *search)
{
    return level_at(search, search->levels.count - 1);
}

/* The writer's place becomes that of the current value in the last of so many levels. */
static void set_place(struct search *search, size_t depth)
{
    search->out->path.count = search->depth;
    for (size_t i = 1; i < depth; i++)
        pb_writer_enter(search->out, &level_at(search, i)->member);
}

/* Leaves the fields of large objects absent: they would be read for each member. */
static void read_fields(const struct pb_json *container, struct pb_fields *fields)
{
    pb_fields_read(pb_json_count(container) <= PB_MOST_SEARCHED_MEMBERS ? container : NULL, fields);
}

/* The account that the value, or the nearest container of it, names. */
static struct pb_slice account_around(const struct search *search, size_t depth,
                                      const struct pb_json *value)
{
    struct pb_slice found = search->account, key = PB_SLICE_ABSENT;
    struct pb_fields fields;

    for (size_t i = 0; i < depth; i++) {
        const struct level *level = level_at(search, i);
        read_fields(level->container, &fields);
        found = pb_account_at(key, &fields, found);
        key = level->member.key;
    }
    pb_fields_read(value, &fields);
    return pb_account_at(key, &fields, found);
}

static void note_left_over(struct search *search)
{
    struct pb_writer *out = search->out;
    if (out->left_over.count++ > 0)
        return;
    set_place(search, search->levels.count);
    out->left_over.first = pb_writer_place(out);
}

const char pb_reference_shape[] = "reference";

/* Never NULL; valid until the next one is added. */
static struct pb_record *add_reference(struct search *search, struct pb_slice target)
{
    struct pb_writer *out = search->out;

    if (out->references++ >= PB_MOST_BARE_ELEMENTS) {
        note_left_over(search);
        return &out->spare;
    }
    set_place(search, search->levels.count);
    out->shape = pb_reference_shape;
    if (out->recognised == NULL)
        out->recognised = pb_reference_shape;
    return pb_writer_add_reference(out, target);
}

/* The value has elements, or a member that is a container, not empty and not of tags. */
static bool holds_containers(const struct pb_json *value)
{
    struct pb_json_member member = {0};
    while (pb_json_next_member(value, &member))
        if (pb_json_type(value) == PB_JSON_ARRAY ||
            (pb_is_container(member.value) && pb_json_count(member.value) > 0 &&
             pb_field_of(member.key) != PB_FIELD_TAGS))
            return true;
    return false;
}

/* A date under a key that says upload, beside a key that says certificate. */
static bool is_upload(const struct pb_json *container, struct pb_slice key,
                      const struct pb_json *value)
{
    struct pb_json_member member = {0};
    bool has_key = false;

    if (!pb_contains_any(key, "upload") || !pb_json_has_date(value, INT_MAX) ||
        pb_json_count(container) >= PB_MOST_SEARCHED_MEMBERS || pb_is_of_domain(container))
        return false;
    while (pb_json_next_member(container, &member)) {
        if (pb_is_foreign_key(member.key))
            return false;
        has_key |= pb_says_certificate(member.key);
    }
    return has_key;
}

/* The key is a field that only certificates have, and the value is one that should be read. */
static bool is_own_key(const struct search *search, const struct pb_json *container,
                       struct pb_slice key, const struct pb_json *value)
{
    bool is_long = key.size_bytes >= sizeof "ServerCertificate" - 1;

    switch (is_long || search->is_expected ? pb_field_of(key) : PB_FIELD_NONE) {
    case PB_FIELD_LIST:
    case PB_FIELD_METADATA: return true;
    case PB_FIELD_NAME:
    case PB_FIELD_ID: /* a schema has an object there, and a template {"Ref": ...} */
        return pb_json_type(value) > PB_JSON_BOOLEAN && pb_json_type(value) < PB_JSON_OBJECT;
    case PB_FIELD_CERTIFICATE: return !holds_containers(value);
    case PB_FIELD_UPLOAD_DATE:
    case PB_FIELD_BODY: return search->is_expected && !pb_certificate_is_owned(container);
    default: return is_upload(container, key, value);
    }
}

/* A text or number with a date up to the cutoff's year, or under a key that says upload; long texts
 * must say it. */
static bool is_date(const struct search *search, struct pb_slice key, const struct pb_json *value)
{
    int last_year = search->out->context->cutoff_year;
    struct pb_slice text = pb_text_of(value);
    return pb_json_has_date(value, last_year) ||
           (pb_contains_any(text, "upload") && pb_text_has_date(text, last_year)) ||
           (pb_contains_any(key, "upload") && !pb_contains_any(key, "by|uploader") &&
            pb_json_type(value) > PB_JSON_BOOLEAN && !pb_is_container(value));
}

/* Sets the level's has_ flags, once, and returns it: what a reader took does not count. */
static const struct level *count_members(struct search *search, struct level *level)
{
    struct pb_json_member member = {0};

    while (!level->is_counted && pb_json_next_member(level->container, &member)) {
        bool is_own = is_own_key(search, level->container, member.key, member.value);
        bool is_read = pb_json_is_retained(member.value);
        struct pb_slice text = pb_text_of(member.value);
        level->has_mark |=
            is_own || pb_aws_names_certificates(text) || pb_aws_names_certificates(member.key);
        level->has_field |= is_own && !is_read;
        level->has_date |= !is_read && is_date(search, member.key, member.value);
        level->says_upload |= pb_contains_any(text, "upload");
    }
    level->is_counted = true;
    return level;
}

/* An older date that no reader took, in a certificate's object or near below, or of its upload. */
static bool is_other_date(struct search *search, struct pb_slice key, const struct pb_json *value)
{
    size_t count = search->levels.count;
    for (size_t i = count; i-- > 0 && count - i <= 4;) {
        struct level *level = level_at(search, i);
        key = key.data == NULL ? level->member.key : key; /* an array's element has the array's */
        if (pb_json_is_retained(level->container))
            return is_date(search, key, value) && !pb_contains_any(key, pb_other_dates) &&
                   (count - i <= 2 || (pb_field_of(level->member.key) != PB_FIELD_TAGS &&
                                       count_members(search, innermost(search))->says_upload)) &&
                   count_members(search, level)->has_mark;
    }
    return false;
}

/* Why the marks in the object's member of the key prove nothing; NULL if they may do. */
static const char *excuse_of(const struct pb_json *object, struct pb_slice key)
{
    struct pb_fields fields;

    if (pb_contains_any(key, "resource|action|condition|principal")) {
        if (pb_json_find(object, "Effect|effect") != NULL &&
            pb_json_find(object, PB_WORDS_ACTIONS) != NULL)
            return PB_SAY_EXCUSE_POLICY;
        bool is_asked = pb_json_find(object, "EvalActionName|evalActionName") != NULL;
        return is_asked ? PB_SAY_EXCUSE_SIMULATION : NULL;
    }
    if (pb_field_of(key) != PB_FIELD_REQUEST && !pb_is_key(key, "errorMessage"))
        return NULL;
    pb_fields_read(object, &fields);
    struct pb_slice source = pb_fields_text(&fields, PB_FIELD_EVENT_SOURCE);
    struct pb_slice error = pb_fields_text(&fields, PB_FIELD_ERROR_CODE);
    bool is_idle = error.size_bytes > 0 ? !pb_contains_any(error, pb_proving_codes)
                                        : pb_begins(source, "iam.") || pb_begins(source, "acm.");
    return is_idle && pb_fields_has(&fields, PB_FIELD_EVENT_NAME) ? PB_SAY_EXCUSE_IDLE : NULL;
}

/* If marks in a member around the value are excused, leaves that member and returns true. */
static bool skip_excused(struct search *search)
{
    for (size_t i = 0; i < search->levels.count; i++) {
        struct level *level = level_at(search, i);
        if (!level->is_tested)
            level->excuse = excuse_of(level->container, level->member.key);
        level->is_tested = true;
        if (level->excuse == NULL)
            continue;
        search->out->excuse = level->excuse;
        search->levels.count = i + 1;
        return true;
    }
    return false;
}

/* Lets the rows of shapes read the value inside so many levels, which a row claimed with others. */
static bool show(struct search *search, size_t depth, const struct pb_json *value)
{
    const struct level *outer = level_at(search, depth - 1);
    struct pb_fields fields, parent_fields;
    struct pb_node node = {
        .value = value,
        .type = pb_json_type(value),
        .fields = &fields,
        .key_text = outer->member.key,
        .key = pb_field_of(outer->member.key),
        .parent = outer->container,
        .parent_fields = &parent_fields,
        .depth = depth + 1, /* no --query result */
    };

    pb_fields_read(value, &fields);
    node.certificate = pb_fields_are_metadata(&fields) ? value : NULL;
    read_fields(node.parent, &parent_fields);
    set_place(search, depth);
    return search->out->show(search->out, &node);
}

/* The same for the innermost object around the current value, if it was not shown or read yet. */
static bool show_around(struct search *search)
{
    for (size_t i = search->levels.count; i-- > 0;) {
        struct level *level = level_at(search, i);
        if (level->member.key.data == NULL)
            continue;
        if (level->is_shown || pb_json_is_retained(level->container))
            return false;
        level->is_shown = true;
        return show(search, i, level->container);
    }
    return false;
}

static void add_references(struct search *search, struct pb_slice text)
{
    size_t whole_bytes = pb_slice_trim(text).size_bytes;
    bool is_policy = pb_is_policy(text), is_below = false;
    struct pb_slice line;

    while (pb_next_line(&text, &line)) {
        bool is_excused = is_policy && pb_is_of_policy(line, &is_below);
        for (struct pb_mark mark = {0}; pb_mark_next(line, &mark);)
            if (is_excused)
                search->out->excuse = PB_SAY_EXCUSE_POLICY;
            else if (mark.end - mark.begin < whole_bytes && pb_is_example(mark.text))
                search->out->excuse = PB_SAY_EXCUSE_DOCUMENTATION;
            else
                add_reference(search, mark.text)->is_from_text =
                    mark.end - mark.begin < whole_bytes;
    }
}

/* Each mark in a string is a reference, unless a date or field beside it asks for a reader. */
static void read_references(struct search *search, struct pb_slice text, bool has_names)
{
    int last_year = search->out->context->cutoff_year;
    bool is_listing =
        has_names || pb_text_is_listing(text, last_year) ||
        (text.size_bytes > PB_LONGEST_DATE_BYTES && pb_text_has_date(text, last_year));
    const struct level *level = count_members(search, innermost(search));

    if (is_listing || level->has_date || level->has_field)
        note_left_over(search);
    else
        add_references(search, text);
}

/* The offset of the first document in a text with other lines before it; SIZE_MAX if none. */
static size_t find_document(struct pb_slice text)
{
    size_t end;
    for (size_t at = pb_find_any(text, 0, "{["); at < text.size_bytes;
         at = pb_find_any(text, end, "{[")) {
        if (pb_begins_like_json(pb_slice_from(text, at)))
            return at;
        /* Brackets before a word, as in TOML, begin no document, and nor do any but the first. */
        end = text.data[at] == '[' ? pb_skip(text, at, "[ \t\r\n") : at + 1;
    }
    return SIZE_MAX;
}

/* Reads the documents of a text in the current value of the last of so many levels. */
static void open_text(struct search *search, struct pb_slice text, size_t depth)
{
    set_place(search, depth);
    search->out->account = account_around(search, depth, NULL);
    search->out->open(search->out, text);
    search->out->account = search->account;
}

/* Reads a document whose lines are the elements of an array, as in Ansible's stdout_lines. */
static bool open_lines(struct search *search)
{
    const struct level *level = innermost(search);
    struct pb_json_member member = {0};
    struct pb_buffer joined = {0};

    if (level->member.key.data != NULL || level->member.count > 3)
        return false;
    while (pb_json_next_member(level->container, &member)) {
        pb_buffer_append(&joined, pb_text_of(member.value));
        pb_buffer_append_byte(&joined, '\n');
    }
    search->out->has_failed |= joined.has_failed;
    size_t begin = find_document(pb_buffer_slice(&joined));
    if (begin != SIZE_MAX) {
        open_text(search, pb_slice_from(pb_buffer_slice(&joined), begin), search->levels.count - 1);
        search->levels.count--;
    }
    pb_buffer_release(&joined);
    return begin != SIZE_MAX;
}

static const char pem_end[] = "CERTIFICATE-----"; /* of the line that begins or ends PEM */

/* Adds a failed call at the value inside so many levels; returns true. */
static bool add_failed_call(struct search *search, size_t depth, const struct pb_json *value,
                            const struct pb_failed_call *call)
{
    set_place(search, depth);
    pb_failed_call_add(search->out, *call, account_around(search, depth, value));
    return true;
}

/* Adds a failed call, and returns true, if the value is an error in an answer's place. */
static bool note_failed_call(struct search *search, struct pb_slice key,
                             const struct pb_json *value)
{
    struct pb_failed_call call;
    return pb_failed_call_read(key, value, &call) &&
           add_failed_call(search, search->levels.count, value, &call);
}

/* A string that no reader took, with a mark, a failed call or a list of certificates in it, or PEM,
 * which is a server certificate's if a container around it has a mark. */
static void visit_string(struct search *search, const struct pb_json *value, struct pb_slice text)
{
    bool has_names = pb_aws_has_metadata_names(text);
    bool is_body = pb_text_has(text, pem_end) && !has_names && !pb_aws_is_expected_path(text);
    bool is_marked = !is_body;

    for (size_t i = 0; i < search->levels.count && !is_marked; i++)
        is_marked = count_members(search, level_at(search, i))->has_mark;
    if (!is_marked || skip_excused(search) || (show_around(search) && pb_json_is_retained(value)))
        return;
    if (is_body)
        note_left_over(search);
    if (is_body || note_failed_call(search, PB_SLICE_ABSENT, value))
        return;
    size_t begin = search->out->is_embedded ? SIZE_MAX : find_document(text);
    if (!search->out->is_embedded && has_names && begin == SIZE_MAX && open_lines(search))
        return;
    if (begin != SIZE_MAX && pb_aws_may_be_evidence(pb_slice_from(text, begin)))
        open_text(search, pb_slice_from(text, begin), search->levels.count);
    else
        read_references(search, text, has_names);
}

/* A key that is a field's name (is_own) or has an ARN or an id in it. null, true and false are
 * never retained, for all nulls of a document are one value; their container is. */
static void visit_key(struct search *search, struct pb_slice key, const struct pb_json *value,
                      bool is_own)
{
    const struct pb_json *around = innermost(search)->container;
    bool is_single = pb_json_type(value) <= PB_JSON_BOOLEAN;
    struct level inner = {.container = value};

    if (pb_json_is_retained(is_single ? around : value) || skip_excused(search))
        return;
    if (is_own && pb_field_of(key) == PB_FIELD_LIST && !pb_json_is_retained(around) &&
        show(search, search->levels.count, value))
        return;
    if (!is_single && show_around(search) && pb_json_is_retained(value))
        return;
    count_members(search, &inner);
    if (is_own || inner.has_date || inner.has_field ||
        pb_json_has_date(value, search->out->context->cutoff_year))
        note_left_over(search);
    else
        add_references(search, key);
}

/* The value is in what a key near it says that it failed: "FailedAccounts": [...] */
static bool is_among_failed(struct search *search, struct pb_slice *key)
{
    size_t depth = search->levels.count;

    for (size_t i = depth > 3 ? depth - 3 : 0; i < depth; i++) {
        *key = level_at(search, i)->member.key;
        if (pb_contains_any(*key, "fail|error|denied|skip|inaccess") &&
            !pb_is_of_other_call(innermost(search)->container, *key))
            return true;
    }
    return false;
}

/* Adds a failed call, and returns true, if the key or the string is an account's number, and the
 * object around it or a key near it says that something failed. */
static bool note_failed_account(struct search *search, struct pb_slice key,
                                const struct pb_json *value, struct pb_slice text)
{
    size_t depth = search->levels.count;
    const struct pb_json *object = innermost(search)->container;
    bool is_key = pb_is_account(key);
    struct pb_slice account = is_key ? key : text;
    struct pb_failed_call call = {.operation = PB_SLICE("ListServerCertificates")};

    if (!pb_is_account(account) || pb_json_is_retained(object))
        return false;
    bool has_failed = pb_json_count(object) <= MOST_MEMBERS_OF_ERROR &&
                      pb_failure_find(is_key ? value : object, &call);
    has_failed = has_failed || is_among_failed(search, &call.code);
    call.account = account;
    return has_failed && add_failed_call(search, depth, value, &call);
}

/* The string, or the array that it is in, names a call about server certificates, and the object
 * around it, or the response beside that, says that the call failed. What a command printed, and no
 * reader took, is left over. */
static bool note_failed_operation(struct search *search, struct pb_slice text)
{
    size_t depth = search->levels.count - 1;
    const struct level *level = innermost(search);
    struct pb_failed_call call = {.operation = PB_SLICE("ListServerCertificates")};

    if (level->member.key.data == NULL && depth > 0)
        level = level_at(search, --depth);
    bool is_call = pb_names_call(level->member.key, text);
    bool is_told = (is_call && pb_failure_find(level->container, &call)) ||
                   (pb_is_any(text, PB_WORDS_LIST_CALLS) && is_among_failed(search, &call.code));
    for (size_t i = depth; is_call && i-- > 0 && !is_told && depth - i <= 2;)
        is_told = pb_failure_find(pb_json_find(level_at(search, i)->container, "response"), &call);
    const struct pb_json *printed = pb_json_find(level->container, "stdout");
    if (is_call && !is_told && printed != NULL && !pb_json_is_retained(printed))
        note_left_over(search);
    return is_told && add_failed_call(search, depth, level->container, &call);
}

/* The string says that the object around it, a stack's resource, a failed check, a parameter or a
 * tag, has a certificate's name, which becomes a reference unless the document has an old date. */
static bool note_name(struct search *search, struct pb_slice key, struct pb_slice text)
{
    const struct pb_json *object = innermost(search)->container;
    bool is_type = pb_is_key(text, "AWS::IAM::ServerCertificate");
    bool is_key = pb_is_any(key, "Key|key|ParameterKey") && pb_field_of(text) == PB_FIELD_NAME;
    if (!is_type && !is_key)
        return false; /* most strings */
    struct pb_arn stack;
    static const char keys[] = "PhysicalResourceId|resource_id|ResourceId|resourceId|resourceName";
    struct pb_slice name = pb_find_text(object, is_type ? keys : "Value|value|ParameterValue");
    bool is_passed = pb_is_word(pb_find_text(object, "status|Status|result"), "PASS");
    if (search->names++ == 0)
        search->has_old_date =
            pb_text_has_date(search->out->document->text, search->out->context->cutoff_year);
    if (is_passed || pb_is_account(name) || pb_json_is_retained(object) ||
        !pb_is_certificate_name(name) || pb_is_stand_in(name) || search->has_old_date ||
        count_members(search, innermost(search))->has_date)
        return false;
    struct pb_record *record = add_reference(search, name);
    struct pb_slice account = account_around(search, search->levels.count, NULL);
    bool is_stack = pb_arn_parse(pb_find_text(object, "StackId"), &stack);
    record->account = pb_writer_copy(search->out, is_stack ? stack.account : account);
    pb_writer_take(search->out, object);
    return true;
}

/* The string is the date's name in a pair of an array, {"key": "UploadDate", "value": "2013-..."},
 * and another pair has a certificate's name, id or ARN. */
static bool is_pair_of_date(struct search *search, struct pb_slice key, struct pb_slice text)
{
    struct pb_json_member pair = {0};
    bool has_name = false;

    if (pb_field_of(text) != PB_FIELD_UPLOAD_DATE || search->levels.count < 3 ||
        !count_members(search, innermost(search))->has_date)
        return false;
    const struct pb_json *pairs = level_at(search, search->levels.count - 2)->container;
    while (pb_json_count(pairs) <= PB_MOST_SEARCHED_MEMBERS && !has_name &&
           pb_json_next_member(pairs, &pair)) {
        enum pb_field field = pb_field_of(pb_text_of(pb_json_find_key(pair.value, key)));
        has_name = field == PB_FIELD_NAME || field == PB_FIELD_ID ||
                   count_members(search, &(struct level){.container = pair.value})->has_mark;
    }
    return has_name;
}

/* A member of the object says that its type is IAM's server certificate. */
static bool has_own_type(const struct pb_json *object)
{
    struct pb_json_member member = {0};

    bool is_type = pb_text_has(pb_find_text(object, "TypeArn|Arn"), ":type/"); /* itself */
    while (!is_type && pb_json_type(object) == PB_JSON_OBJECT &&
           pb_json_next_member(object, &member)) {
        struct pb_slice text = pb_slice_first(pb_text_of(member.value), LONGEST_TYPE_BYTES);
        if ((pb_aws_is_expected_path(text) || pb_contains_any(text, "server certificate")) &&
            pb_contains_any(member.key, "type|kind|class|category|table"))
            return true;
    }
    return false;
}

static void enter(struct search *search, struct pb_slice key, const struct pb_json *container)
{
    struct level level = {.container = container,
                          .topic = innermost(search)->topic,
                          .is_foreign = innermost(search)->is_foreign};
    const struct pb_json *list = key.data == NULL ? innermost(search)->container : NULL;
    bool is_element = pb_json_is_retained(list) && !pb_json_is_retained(container);

    if (pb_json_is_retained(container))
        level.topic = PB_TOPIC_OTHER;
    else if (pb_aws_is_expected_path(key))
        level.topic = PB_TOPIC_IAM;
    else if (level.is_foreign || pb_is_other_service(key))
        level.is_foreign = true;
    else if (level.topic < PB_TOPIC_LIKELY && pb_says_certificate(key) &&
             !pb_contains_any(key, "acm"))
        level.topic = PB_TOPIC_LIKELY;
    /* An error in the place of an answer, under a collector's own key, or of a list's element. */
    if ((level.topic == PB_TOPIC_IAM || is_element) &&
        note_failed_call(search, PB_SLICE("ServerCertificates"), container))
        return;
    if (level.topic < PB_TOPIC_TYPED && !pb_json_is_retained(container) && has_own_type(container))
        level.topic = PB_TOPIC_TYPED;
    search->out->has_failed |= !pb_vector_append(&search->levels, &level, sizeof level);
}

/* The innermost container's values were visited: it may be a list of certificates as a whole. With
 * an unknown topic the file's name and the keys around must not be other things'. */
static void leave(struct search *search)
{
    const struct level level = *level_at(search, --search->levels.count);
    const struct pb_aws_context *context = search->out->context;
    int last_year = level.topic < PB_TOPIC_LIKELY ? context->cutoff_year : INT_MAX;
    bool is_element = search->levels.count > 1 && innermost(search)->member.key.data == NULL;

    if (pb_json_is_retained(level.container) ||
        (level.is_foreign && level.topic != PB_TOPIC_IAM && level.topic != PB_TOPIC_TYPED) ||
        !pb_looks_like_certificates(level.container, level.topic, is_element, last_year))
        return;
    bool is_foreign = pb_is_foreign_key(pb_stem_of(context->path));
    for (size_t i = 0; i < search->levels.count && !is_foreign; i++)
        is_foreign = pb_is_foreign_key(level_at(search, i)->member.key);
    if (level.topic == PB_TOPIC_UNKNOWN && is_foreign)
        return;
    if (level.topic > PB_TOPIC_UNKNOWN || search->out->recognised != NULL)
        note_left_over(search);
    else
        search->out->is_lookalike = true;
}

static void visit_value(struct search *search, struct pb_slice key, const struct pb_json *value)
{
    size_t depth = search->levels.count;
    struct pb_slice text = pb_text_of(value);
    const struct pb_json *around = innermost(search)->container;
    bool is_used = pb_json_is_retained(value);
    bool is_long = text.size_bytes > sizeof "ServerCertificate";
    struct pb_failed_call call;

    if (!is_used && search->is_expected && note_failed_account(search, key, value, text))
        return;
    if (!is_used && key.size_bytes > 0) {
        bool is_own = is_own_key(search, around, key, value);
        if (is_own || (key.size_bytes >= PB_SHORTEST_ID_BYTES && pb_aws_names_certificates(key)))
            visit_key(search, key, value, is_own);
    }
    if (search->levels.count != depth)
        return; /* the key's marks are excused, and the container with it */
    if (pb_is_container(value))
        enter(search, key, value);
    else if (is_used)
        return;
    else if (is_long && (pb_aws_names_certificates(text) || pb_text_has(text, pem_end) ||
                         pb_aws_has_metadata_names(text) ||
                         pb_failed_call_read(PB_SLICE_ABSENT, value, &call) ||
                         pb_text_is_listing(text, search->out->context->cutoff_year)))
        visit_string(search, value, text);
    else if (is_other_date(search, key, value) ||
             (depth == 1 && pb_is_own_field(pb_field_of(text))) || /* a column's heading */
             is_pair_of_date(search, key, text) ||
             (is_long && pb_is_any(text, "UploadServerCertificate|UpdateServerCertificate") &&
              (pb_field_of(key) == PB_FIELD_EVENT_NAME ||
               count_members(search, innermost(search))->has_date) &&
              !pb_json_is_retained(around) &&
              pb_json_find(around, "CloudTrailEvent") == NULL)) /* lookup-events, without it */
        note_left_over(search);
    else if (!(is_long && (note_name(search, key, text) || note_failed_operation(search, text))) &&
             key.size_bytes > 0 && !pb_json_is_retained(around))
        note_failed_call(search, key, value);
}

void pb_marks_account(struct pb_writer *out, const struct pb_json *root)
{
    struct search search = {.out = out,
                            .depth = out->path.count,
                            .account = out->account,
                            .is_expected = out->is_expected || out->recognised != NULL};
    bool is_path_about = !out->is_embedded && pb_aws_is_certificate_path(out->context->path);
    const struct level around = {.topic = is_path_about ? PB_TOPIC_LIKELY : PB_TOPIC_UNKNOWN,
                                 .is_foreign = pb_find_text(root, "apiVersion").data != NULL &&
                                               pb_find_text(root, "kind").data != NULL};

    out->has_failed |= !pb_vector_append(&search.levels, &around, sizeof around);
    if (!out->has_failed)
        visit_value(&search, PB_SLICE_ABSENT, root);
    while (search.levels.count > 1 && !out->has_failed) {
        struct level *level = innermost(&search);
        level->is_tested = false;
        if (pb_json_next_member(level->container, &level->member))
            visit_value(&search, level->member.key, level->member.value);
        else
            leave(&search);
    }
    set_place(&search, 0);
    pb_vector_release(&search.levels);
}
