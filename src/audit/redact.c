/* SPDX-License-Identifier: MIT */
/* Makes a judged outcome fit to be shown to others. One walk goes over every field that a report
 * can show, twice: first it collects the originals, then it puts stand-ins in their place. In
 * sentences it replaces what fields have, and what looks like a name of somebody's. */
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "audit/pipeline.h"
#include "base/utf8.h"

/* Where two fields have the same text, sentences show the stand-in of the first kind. */
enum kind {
    ACCOUNT,
    NAME,
    ID,
    ARN,
    IAM_PATH,
    HOST,
    SUBJECT,
    ITEM,
    TARGET,
    LIST,
    OWNER,
    KEY, /* from here to SERIAL: hexadecimal digits, for programs that read them */
    BODY,
    SERIAL,
    VALUE,
    MEMBER,
    TAG,
    REASON,
    KINDS,
};

enum where { NOWHERE, IN_QUOTES, ANYWHERE };

/* Where in texts it is replaced besides its own fields. */
static const struct {
    const char *word;
    enum where where;
} kinds[KINDS] = {
    [ACCOUNT] = {"account", ANYWHERE}, [NAME] = {"certificate", ANYWHERE},
    [ID] = {"id", ANYWHERE},           [ARN] = {"arn", ANYWHERE},
    [IAM_PATH] = {"path", ANYWHERE},   [HOST] = {"host", ANYWHERE},
    [SUBJECT] = {"subject", ANYWHERE}, [ITEM] = {"item", ANYWHERE},
    [TARGET] = {"target", ANYWHERE},   [LIST] = {"crl", ANYWHERE},
    [OWNER] = {"owner", ANYWHERE},     [KEY] = {"key", ANYWHERE},
    [BODY] = {"body", ANYWHERE},       [SERIAL] = {"serial", ANYWHERE},
    [VALUE] = {"value", IN_QUOTES},    [MEMBER] = {"member", NOWHERE},
    [TAG] = {"tag", NOWHERE},          [REASON] = {"reason", NOWHERE},
};

struct redactor {
    const struct pb_redaction *how;
    struct pb_arena *arena;   /* of what replaces the originals */
    struct pb_vector *table;  /* of struct pb_stand_in, by original and kind once it is whole */
    struct pb_vector issuers; /* of struct pb_slice: names of authorities, which stay */
    struct pb_buffer scratch;
    bool is_replacing; /* the second walk */
    bool has_failed;   /* memory is missing */
};

static int compare_originals(const void *left, const void *right)
{
    const struct pb_stand_in *a = left, *b = right;
    int order = pb_slice_compare(a->original, b->original);

    if (order == 0)
        order = (a->kind > b->kind) - (a->kind < b->kind);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static int compare_numbers(const void *left, const void *right)
{
    const struct pb_stand_in *a = left, *b = right;

    return (a->number > b->number) - (a->number < b->number);
}

static int compare_slices(const void *left, const void *right)
{
    return pb_slice_compare(*(const struct pb_slice *)left, *(const struct pb_slice *)right);
}

/* A copy in the arena of what was put into the scratch buffer. */
static struct pb_slice keep_scratch(struct redactor *redactor)
{
    struct pb_slice kept = PB_SLICE("");

    redactor->has_failed |=
        redactor->scratch.has_failed ||
        !pb_arena_copy(redactor->arena, pb_buffer_slice(&redactor->scratch), &kept);
    return kept;
}

/* A copy in the arena, to be changed; of no items without memory. */
static void *own(struct redactor *redactor, const void *items, size_t *count, size_t item_bytes)
{
    void *owned = pb_arena_allocate_array(redactor->arena, *count, item_bytes);

    redactor->has_failed |= owned == NULL;
    if (owned == NULL)
        *count = 0;
    if (*count > 0)
        memcpy(owned, items, *count * item_bytes);
    return owned;
}

/* Collecting. */

static void collect(struct redactor *redactor, enum kind kind, struct pb_slice original,
                    size_t number)
{
    const struct pb_stand_in added = {.original = original, .kind = kind, .number = number};

    if (original.size_bytes > 0 && !redactor->has_failed)
        redactor->has_failed |= !pb_vector_append(redactor->table, &added, 1);
}

/* As sentences have it too: printf ends a text at its first NUL, and messages escape what is not
 * printable. Of a body's digest they show eight bytes. */
static void collect_spellings(struct redactor *redactor, enum kind kind, struct pb_slice original)
{
    size_t number = redactor->table->count;
    size_t end = pb_slice_find(original, (struct pb_slice){"", 1}, 0);

    collect(redactor, kind, original, number);
    pb_buffer_clear(&redactor->scratch);
    pb_escape_append(&redactor->scratch, pb_slice_first(original, end), PB_ESCAPE_CONTROLS);
    if (!pb_slice_equals(pb_buffer_slice(&redactor->scratch), original))
        collect(redactor, kind, keep_scratch(redactor), number);
    if (kind == BODY)
        collect(redactor, kind, pb_slice_first(original, 16), number);
}

/* "2014-04-01 00:00:00+0000": dates stay, whatever their spelling. */
static bool is_date(struct pb_slice text)
{
    bool is_fine = text.size_bytes >= 8 && text.size_bytes <= 40 && text.data[4] == '-';

    for (size_t i = 0; i < text.size_bytes; i++)
        is_fine &= pb_is_digit(text.data[i]) || (i >= 4 && strchr("-:.+ TZ", text.data[i]) != NULL);
    return is_fine;
}

/* What stands in quotes is the evidence's, but for dates and the codes of errors. A sentence quotes
 * a value or two; where they have quotes themselves, everything between is one. */
static void collect_quoted(struct redactor *redactor, struct pb_slice text)
{
    static const struct pb_slice but = {", but \"", 7}, with = {"ed with \"", 9};
    size_t first = pb_slice_find(text, PB_SLICE("\""), 0), last = pb_slice_find_last(text, '"');

    if (first == SIZE_MAX || last <= first + 1)
        return;
    struct pb_slice quoted = pb_slice_from(pb_slice_first(text, last), first + 1);
    size_t second = pb_slice_find(quoted, PB_SLICE("\""), 0);
    size_t next = pb_slice_find(quoted, but, 0);
    if (next != SIZE_MAX && second <= next &&
        pb_slice_find(quoted, PB_SLICE("\""), next + but.size_bytes) == SIZE_MAX) {
        collect_quoted(redactor, pb_slice_first(text, first + second + 2));
        collect_quoted(redactor, pb_slice_from(text, first + 1 + next + but.size_bytes - 1));
    } else if (!is_date(quoted) && !pb_slice_ends_with(pb_slice_first(text, first + 1), with)) {
        collect_spellings(redactor, VALUE, quoted);
    }
}

/* The ARN, id or account that begins the text, if it looks like one. */
static void collect_look_alike(struct redactor *redactor, struct pb_slice text)
{
    size_t word = 0, digits = 0, capitals = 0, arn = 0;

    for (; word < text.size_bytes && pb_is_alphanumeric(text.data[word]); word++) {
        digits += pb_is_digit(text.data[word]);
        capitals += !pb_is_digit(text.data[word]) && text.data[word] < 'a';
    }
    if (pb_slice_starts_with(text, PB_SLICE("arn:"))) {
        while (arn < text.size_bytes && strchr(" \"';,)", text.data[arn]) == NULL)
            arn++;
        while (!pb_is_alphanumeric(text.data[arn - 1]))
            arn--;
        collect_spellings(redactor, ARN, pb_slice_first(text, arn));
    } else if (word == 12 && digits == 12) {
        collect_spellings(redactor, ACCOUNT, pb_slice_first(text, word));
    } else if (word >= 16 && digits > 0 && digits + capitals == word) {
        collect_spellings(redactor, ID, pb_slice_first(text, word));
    }
}

/* Replacing. */

/* Where the original is replaced in texts. A short one without letters, such as the name "1",
 * cannot be told from the figures of a sentence. */
static enum where find_where(const struct pb_stand_in *of)
{
    struct pb_slice text = of->original;
    enum where where = kinds[of->kind].where;
    bool is_figure = text.size_bytes < (of->kind == SERIAL ? 8 : 12);

    for (size_t i = 0; i < text.size_bytes && is_figure && of->kind != SERIAL; i++)
        is_figure = pb_is_digit(text.data[i]) ||
                    (!pb_is_alphanumeric(text.data[i]) && (unsigned char)text.data[i] < 0x80);
    return is_figure && where == ANYWHERE ? IN_QUOTES : where;
}

static bool is_same(const struct pb_stand_in *a, const struct pb_stand_in *b)
{
    return a->kind == b->kind && pb_slice_equals(a->original, b->original);
}

static const struct pb_stand_in *find(const struct redactor *redactor, enum kind kind,
                                      struct pb_slice original)
{
    const struct pb_stand_in key = {.original = original, .kind = kind};
    size_t index = pb_vector_lower_bound(redactor->table, &key, compare_originals);
    const struct pb_stand_in *found = (const struct pb_stand_in *)redactor->table->data + index;

    return index < redactor->table->count && is_same(found, &key) ? found : NULL;
}

/* Whether it may be replaced in the text at start. */
static bool is_to_replace(const struct pb_stand_in *of, struct pb_slice text, size_t start,
                          bool is_pointer)
{
    size_t end = start + of->original.size_bytes;
    char before = start > 0 ? text.data[start - 1] : '\0';
    char after = end < text.size_bytes ? text.data[end] : '\0';
    enum where where = find_where(of);

    if (pb_is_alphanumeric(before) || pb_is_alphanumeric(after))
        return false;
    return where == ANYWHERE || (is_pointer && (of->kind == VALUE || of->kind == MEMBER)) ||
           (where == IN_QUOTES && before == '"' && after == '"');
}

static int compare_behind(const void *key, const void *element)
{
    return compare_slices(key, &((const struct pb_stand_in *)element)->original) < 0 ? -1 : 1;
}

/* The longest original that stands in the text at start and may be replaced there. */
static const struct pb_stand_in *find_longest(const struct redactor *redactor, struct pb_slice text,
                                              size_t start, bool is_pointer)
{
    struct pb_slice rest = pb_slice_from(text, start);
    size_t behind;

    while (rest.size_bytes > 0 &&
           (behind = pb_vector_lower_bound(redactor->table, &rest, compare_behind)) > 0) {
        const struct pb_stand_in *found =
            &PB_VECTOR_AT(const struct pb_stand_in, redactor->table, behind - 1);
        size_t common = 0, size = found->original.size_bytes;
        while (common < size && common < rest.size_bytes &&
               found->original.data[common] == rest.data[common])
            common++;
        while (--behind > 0 && pb_slice_equals(found[-1].original, found->original))
            found--; /* to the first kind */
        if (common == size && is_to_replace(found, text, start, is_pointer))
            return found;
        rest.size_bytes = common == size ? common - 1 : common;
    }
    return NULL;
}

static void replace_in_text(struct redactor *redactor, struct pb_slice *text, bool is_pointer)
{
    size_t done = 0, i = 0;

    pb_buffer_clear(&redactor->scratch);
    while (i < text->size_bytes) {
        bool is_start = i == 0 || !pb_is_alphanumeric(text->data[i - 1]);
        const struct pb_stand_in *found =
            is_start ? find_longest(redactor, *text, i, is_pointer) : NULL;
        if (found == NULL) {
            i++;
            continue;
        }
        pb_buffer_append(&redactor->scratch, pb_slice_from(pb_slice_first(*text, i), done));
        pb_buffer_append(&redactor->scratch, found->text);
        done = i += found->original.size_bytes;
    }
    if (done == 0)
        return;
    pb_buffer_append(&redactor->scratch, pb_slice_from(*text, done));
    *text = keep_scratch(redactor);
}

/* Of IAM paths, hosts and targets, what names nothing stays: slashes, "DNS:", "elb/" and ":443". */
static struct pb_slice inner_part(enum kind kind, struct pb_slice text)
{
    static const struct pb_slice distributions = {"/cloudfront/", 12};
    size_t start = 0, end = text.size_bytes, mark;

    if (kind == IAM_PATH) {
        start = pb_slice_starts_with(text, distributions)
                    ? distributions.size_bytes
                    : text.size_bytes > 0 && text.data[0] == '/';
        end -= end > start && text.data[end - 1] == '/';
    } else if (kind == HOST || kind == TARGET) {
        mark = pb_slice_find(text, kind == HOST ? PB_SLICE(":") : PB_SLICE("/"), 0);
        start = mark == SIZE_MAX ? 0 : mark + 1;
        mark = pb_slice_find_last(text, ':');
        end = kind == TARGET && mark != SIZE_MAX && mark > start ? mark : end;
    }
    return pb_slice_from(pb_slice_first(text, end), start);
}

static void visit(struct redactor *redactor, enum kind kind, struct pb_slice *field)
{
    struct pb_slice inner = inner_part(kind, *field);

    if (!redactor->is_replacing && inner.size_bytes > 0)
        collect_spellings(redactor, kind, inner);
    const struct pb_stand_in *found =
        redactor->is_replacing && inner.size_bytes > 0 ? find(redactor, kind, inner) : NULL;
    if (found == NULL)
        return;
    size_t before = (size_t)(inner.data - field->data);
    pb_buffer_clear(&redactor->scratch);
    pb_buffer_append(&redactor->scratch, pb_slice_first(*field, before));
    pb_buffer_append(&redactor->scratch, found->text);
    pb_buffer_append(&redactor->scratch, pb_slice_from(*field, before + inner.size_bytes));
    *field = before + inner.size_bytes == inner.size_bytes ? found->text : keep_scratch(redactor);
}

static void visit_all(struct redactor *redactor, enum kind kind, const struct pb_slice **fields,
                      size_t count)
{
    struct pb_slice *owned = own(redactor, *fields, &count, sizeof **fields);

    for (size_t i = 0; i < count; i++)
        visit(redactor, kind, &owned[i]);
    *fields = owned;
}

static void visit_digest(struct redactor *redactor, enum kind kind, unsigned char *bytes,
                         size_t size_bytes)
{
    if (redactor->how->keeps_digests)
        return;
    pb_buffer_clear(&redactor->scratch);
    pb_buffer_append_hex(&redactor->scratch, bytes, size_bytes);
    struct pb_slice text = keep_scratch(redactor);
    visit(redactor, kind, &text);
    for (size_t i = 0; redactor->is_replacing && i < size_bytes; i++)
        bytes[i] = (unsigned char)(pb_hex_value(text.data[2 * i]) * 16 +
                                   pb_hex_value(text.data[2 * i + 1]));
}

static void visit_text(struct redactor *redactor, struct pb_slice *text)
{
    if (redactor->is_replacing) {
        replace_in_text(redactor, text, false);
        return;
    }
    collect_quoted(redactor, *text);
    for (size_t i = 0; i < text->size_bytes; i++)
        if (i == 0 || !pb_is_alphanumeric(text->data[i - 1]))
            collect_look_alike(redactor, pb_slice_from(*text, i));
}

/* Names of fields, which are letters, and places in arrays stay. */
static void visit_pointer(struct redactor *redactor, struct pb_slice *pointer)
{
    struct pb_slice rest = pb_slice_from(*pointer, 1);

    if (redactor->is_replacing) {
        replace_in_text(redactor, pointer, true);
        return;
    }
    while (rest.size_bytes > 0) {
        struct pb_slice token = pb_slice_first(rest, pb_slice_find(rest, PB_SLICE("/"), 0));
        size_t digits = 0, letters = 0;
        for (size_t i = 0; i < token.size_bytes; i++) {
            digits += pb_is_digit(token.data[i]);
            letters += token.data[i] == '_' ||
                       (pb_is_alphanumeric(token.data[i]) && !pb_is_digit(token.data[i]));
        }
        if (digits != token.size_bytes && letters != token.size_bytes)
            collect_spellings(redactor, MEMBER, token);
        rest = pb_slice_from(rest, token.size_bytes + 1);
    }
}

/* Stand-ins. */

/* 64 hexadecimal digits that tell the original from others of its kind: its number, or what only
 * who has the key can connect with it. */
static void make_digits(struct redactor *redactor, const struct pb_stand_in *of, char digits[65])
{
    struct pb_slice key = redactor->how->key;
    struct pb_buffer *text = &redactor->scratch;
    unsigned char code[EVP_MAX_MD_SIZE] = {0};

    pb_buffer_clear(text);
    pb_buffer_append_format(text, "%s:", kinds[of->kind].word);
    pb_escape_append(text, pb_slice_first(of->original, of->kind == BODY ? 16 : SIZE_MAX),
                     PB_ESCAPE_CONTROLS);
    for (size_t i = 0; i < 8; i++)
        code[i] = (unsigned char)((uint64_t)of->number >> (56 - 8 * i));
    if (!pb_slice_is_absent(key) && !text->has_failed)
        redactor->has_failed |=
            HMAC(EVP_sha256(), key.data, (int)key.size_bytes, (const unsigned char *)text->data,
                 text->size_bytes, code, NULL) == NULL;
    for (size_t i = 0; i < 32; i++)
        snprintf(digits + 2 * i, 3, of->kind == SERIAL ? "%02X" : "%02x", code[i]);
}

/* The item in which the member stands: paths stand in their order, so it has its stand-in. */
static const struct pb_stand_in *find_container(const struct redactor *redactor,
                                                const struct pb_stand_in *of)
{
    const struct pb_stand_in *found = NULL;
    size_t mark = of->kind == ITEM ? of->original.size_bytes : SIZE_MAX;

    while (found == NULL && mark != SIZE_MAX) {
        mark = pb_slice_find_last(pb_slice_first(of->original, mark), '!');
        if (pb_slice_starts_with(pb_slice_from(of->original, mark), PB_SLICE("!/")))
            found = find(redactor, ITEM, pb_slice_first(of->original, mark));
    }
    return found;
}

static void make_stand_in(struct redactor *redactor, struct pb_stand_in *made)
{
    const struct pb_stand_in *container = find_container(redactor, made);
    struct pb_buffer *text = &redactor->scratch;
    char digits[65];

    make_digits(redactor, made, digits);
    pb_buffer_clear(text);
    if (container != NULL)
        pb_buffer_append_format(text, "%.*s!/", PB_SLICE_ARGS(container->text));
    if (made->kind >= KEY && made->kind <= SERIAL)
        pb_buffer_append(
            text, (struct pb_slice){digits, made->kind == SERIAL ? 16 : made->original.size_bytes});
    else if (pb_slice_is_absent(redactor->how->key))
        pb_buffer_append_format(text, "%s-%zu", kinds[made->kind].word, made->number);
    else
        pb_buffer_append_format(text, "%s-%.16s", kinds[made->kind].word, digits);
    made->text = keep_scratch(redactor);
}

static bool is_authority(const struct redactor *redactor, struct pb_slice name)
{
    size_t index = pb_vector_lower_bound(&redactor->issuers, &name, compare_slices);

    return index < redactor->issuers.count &&
           pb_slice_equals(PB_VECTOR_AT(const struct pb_slice, &redactor->issuers, index), name);
}

/* Numbers count from 1 in each kind, in the order of the walk. */
static void make_stand_ins(struct redactor *redactor)
{
    size_t last[KINDS] = {0}, counts[KINDS] = {0}, kept = 0;
    struct pb_stand_in *table = redactor->table->data;

    pb_vector_sort(redactor->table, compare_originals);
    for (size_t i = 0; i < redactor->table->count; i++)
        if ((kept == 0 || !is_same(&table[i], &table[kept - 1])) &&
            !(table[i].kind == SUBJECT && is_authority(redactor, table[i].original)))
            table[kept++] = table[i];
    redactor->table->count = kept;
    pb_vector_sort(redactor->table, compare_numbers);
    for (size_t i = 0; i < redactor->table->count; i++) {
        enum kind kind = table[i].kind;
        counts[kind] += table[i].number + 1 != last[kind];
        last[kind] = table[i].number + 1;
        table[i].number = counts[kind];
    }
    pb_vector_sort(redactor->table, compare_originals);
    for (size_t i = 0; i < redactor->table->count; i++)
        make_stand_in(redactor, &table[i]);
}

/* Bodies. */

/* Names of authorities stay, and so does the issuer of every certificate that is not its own. */
static void visit_body(struct redactor *redactor, struct pb_x509_facts *body)
{
    bool is_self_issued = pb_x509_is_same_name(body->subject, body->issuer);

    if (!redactor->is_replacing && !is_self_issued)
        redactor->has_failed |= !pb_vector_append(&redactor->issuers, &body->issuer, 1);
    visit(redactor, SUBJECT, &body->subject);
    if (is_self_issued)
        visit(redactor, SUBJECT, &body->issuer);
    visit_all(redactor, HOST, &body->alternative_names, body->alternative_name_count);
    if (!redactor->how->keeps_digests)
        visit(redactor, SERIAL, &body->serial);
    visit_digest(redactor, KEY, body->key.spki_sha256, sizeof body->key.spki_sha256);
    visit_digest(redactor, BODY, body->sha256, sizeof body->sha256);
    visit_digest(redactor, BODY, body->sha1, sizeof body->sha1);
}

/* Facts stand in the inventory's own memory. Certificates share them, and what was replaced already
 * is no original any more. */
static void visit_facts(struct redactor *redactor, const struct pb_x509_facts *facts)
{
    if (facts != NULL)
        visit_body(redactor, (struct pb_x509_facts *)(uintptr_t)facts);
}

static void visit_chain(struct redactor *redactor, const struct pb_x509_facts *const *chain,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        visit_facts(redactor, chain[i]);
}

/* The walk. */

static void visit_accounts(struct redactor *redactor, struct pb_inventory *inventory)
{
    for (size_t i = 0; i < inventory->accounts.count; i++) {
        struct pb_account *account = &PB_VECTOR_AT(struct pb_account, &inventory->accounts, i);
        size_t count = account->reason_count;
        struct pb_slice *reasons = own(redactor, account->reasons, &count, sizeof *reasons);
        visit(redactor, ACCOUNT, &account->id);
        visit(redactor, ITEM, &account->folder);
        for (size_t k = 0; k < count; k++)
            visit_text(redactor, &reasons[k]);
        account->reasons = reasons;
    }
}

/* What is no date can be anything. */
static void visit_date(struct redactor *redactor, struct pb_date *date)
{
    struct pb_slice text = {date->spelling, date->spelling_bytes};

    if (date->state != PB_DATE_UNPARSEABLE)
        return;
    visit(redactor, VALUE, &text);
    date->spelling = text.data;
    date->spelling_bytes = (uint32_t)text.size_bytes;
}

static void visit_extras(struct redactor *redactor, struct pb_extras *extras)
{
    struct pb_tag *tags = own(redactor, extras->tags, &extras->tag_count, sizeof *tags);
    struct pb_use *uses = own(redactor, extras->uses, &extras->use_count, sizeof *uses);

    for (size_t i = 0; i < extras->tag_count; i++) {
        visit(redactor, TAG, &tags[i].key);
        visit(redactor, TAG, &tags[i].value);
    }
    for (size_t i = 0; i < extras->use_count; i++) {
        visit(redactor, TARGET, &uses[i].label);
        visit(redactor, ARN, &uses[i].listener);
    }
    extras->tags = tags;
    extras->uses = uses;
    visit_all(redactor, TARGET, &extras->in_use_by, extras->in_use_by_count);
}

static void visit_certificate(struct redactor *redactor, struct pb_certificate *certificate)
{
    visit(redactor, NAME, &certificate->name);
    visit(redactor, IAM_PATH, &certificate->path);
    visit(redactor, ID, &certificate->id);
    visit(redactor, ARN, &certificate->arn);
    visit_date(redactor, &certificate->upload_date);
    visit_date(redactor, &certificate->expiration);
    visit_facts(redactor, certificate->body);
    visit_chain(redactor, certificate->chain, certificate->chain_count);
}

static void visit_certificates(struct redactor *redactor, struct pb_inventory *inventory)
{
    for (size_t i = 0; i < inventory->certificates.count; i++) {
        struct pb_certificate *certificate =
            &PB_VECTOR_AT(struct pb_certificate, &inventory->certificates, i);
        visit_certificate(redactor, certificate);
        if (certificate->extras != NULL)
            visit_extras(redactor, certificate->extras);
        if (certificate->revocation == NULL)
            continue;
        struct pb_revocation *revocation =
            own(redactor, certificate->revocation, &(size_t){1}, sizeof *revocation);
        if (revocation == NULL)
            return;
        visit(redactor, LIST, &revocation->crl);
        visit_text(redactor, &revocation->detail);
        certificate->revocation = revocation;
    }
}

/* "symbolic link to TARGET, not followed": what a link leads to need not be an item. */
static void visit_detail(struct redactor *redactor, struct pb_slice *detail)
{
    static const struct pb_slice link = {" link to ", 9};
    size_t start = pb_slice_find(*detail, link, 0), end = pb_slice_find_last(*detail, ',');

    if (!redactor->is_replacing && start != SIZE_MAX && end != SIZE_MAX &&
        start + link.size_bytes < end)
        collect_spellings(redactor, ITEM,
                          pb_slice_from(pb_slice_first(*detail, end), start + link.size_bytes));
    visit_text(redactor, detail);
}

static void visit_observation(struct redactor *redactor, struct pb_observation *observation)
{
    const struct pb_bodies *bodies = pb_observation_bodies(observation);

    visit(redactor, NAME, &observation->name);
    visit_date(redactor, &observation->upload_date);
    visit_facts(redactor, observation->body);
    visit_chain(redactor, bodies->chain, bodies->chain_count);
    visit_pointer(redactor, &observation->pointer);
    if (observation->particulars == NULL)
        return;
    struct pb_particulars *particulars =
        own(redactor, observation->particulars, &(size_t){1}, sizeof *particulars);
    if (particulars == NULL)
        return;
    visit(redactor, NAME, &particulars->new_name);
    observation->particulars = particulars;
}

static void visit_evidence(struct redactor *redactor, struct pb_batch *evidence)
{
    for (size_t i = 0; i < evidence->entries.count; i++) {
        struct pb_entry *entry = &PB_VECTOR_AT(struct pb_entry, &evidence->entries, i);
        visit(redactor, ITEM, &entry->path);
        visit_detail(redactor, &entry->detail);
    }
    for (size_t i = 0; i < evidence->observations.count; i++)
        visit_observation(redactor,
                          &PB_VECTOR_AT(struct pb_observation, &evidence->observations, i));
    for (size_t i = 0; i < evidence->diagnostics.items.count; i++) {
        struct pb_diagnostic *diagnostic =
            &PB_VECTOR_AT(struct pb_diagnostic, &evidence->diagnostics.items, i);
        visit_pointer(redactor, &diagnostic->pointer);
        visit_text(redactor, &diagnostic->message);
    }
}

/* An ARN or an id; else the name of a certificate that nothing else shows. */
static void visit_missing(struct redactor *redactor, struct pb_slice *missing)
{
    bool is_arn = pb_slice_starts_with(*missing, PB_SLICE("arn:"));
    bool is_id = pb_slice_starts_with(*missing, PB_SLICE("ASC"));

    visit(redactor, is_arn ? ARN : is_id ? ID : NAME, missing);
}

/* A baseline's sentence names what only that run had read. */
static void visit_findings(struct redactor *redactor, struct pb_findings *findings)
{
    static const struct pb_slice was = {"; it was: ", 10};

    for (size_t i = 0; i < findings->items.count; i++) {
        struct pb_finding *finding = pb_findings_at(findings, i);
        if (finding->statement == NULL)
            continue;
        struct pb_statement *statement =
            own(redactor, finding->statement, &(size_t){1}, sizeof *statement);
        if (statement == NULL)
            return;
        if (statement->former != NULL)
            statement->message =
                pb_slice_first(statement->message, pb_slice_find(statement->message, was, 0));
        visit_text(redactor, &statement->message);
        visit_missing(redactor, &statement->missing);
        finding->statement = statement;
    }
}

static void visit_waivers(struct redactor *redactor, struct pb_vector *waivers)
{
    static const enum kind subjects[] = {[PB_WAIVER_ID] = ID,
                                         [PB_WAIVER_ARN] = ARN,
                                         [PB_WAIVER_KEY] = KEY,
                                         [PB_WAIVER_ACCOUNT] = ACCOUNT,
                                         [PB_WAIVER_FOLDER] = ITEM};

    for (size_t i = 0; i < waivers->count; i++) {
        struct pb_waiver *waiver = &PB_VECTOR_AT(struct pb_waiver, waivers, i);
        if (waiver->covers != PB_WAIVER_KEY || !redactor->how->keeps_digests)
            visit(redactor, subjects[waiver->covers], &waiver->subject);
        visit(redactor, OWNER, &waiver->owner);
        visit(redactor, REASON, &waiver->reason);
    }
}

static void visit_baseline(struct redactor *redactor, struct pb_baseline *baseline)
{
    for (size_t i = 0; i < baseline->certificates.count; i++) {
        struct pb_former_certificate *former =
            &PB_VECTOR_AT(struct pb_former_certificate, &baseline->certificates, i);
        visit(redactor, ACCOUNT, &former->account);
        visit_certificate(redactor, &former->is);
    }
    for (size_t i = 0; i < baseline->findings.count; i++) {
        struct pb_former_finding *former =
            &PB_VECTOR_AT(struct pb_former_finding, &baseline->findings, i);
        visit(redactor, ACCOUNT, &former->account);
        visit(redactor, ITEM, &former->place);
        former->message = pb_slice_from_string(former->rule->title);
    }
}

static void walk(struct redactor *redactor, struct pb_outcome *outcome)
{
    struct pb_inventory *inventory = &outcome->inventory;
    const struct pb_redaction *how = redactor->how;

    visit_accounts(redactor, inventory);
    visit_certificates(redactor, inventory);
    visit_evidence(redactor, &inventory->evidence);
    for (size_t i = 0; i < how->manifest->lines.count; i++) {
        struct pb_slice name = PB_VECTOR_AT(struct pb_manifest_line, &how->manifest->lines, i).name;
        visit(redactor, ITEM, &name);
    }
    visit_waivers(redactor, &how->waivers->items);
    visit_baseline(redactor, how->baseline);
    for (size_t i = 0; i < inventory->gaps.count; i++) {
        struct pb_gap *gap = &PB_VECTOR_AT(struct pb_gap, &inventory->gaps, i);
        visit_missing(redactor, &gap->missing);
        visit_text(redactor, &gap->message);
    }
    visit_findings(redactor, &outcome->judgement.findings);
}

enum pb_status pb_redact(const struct pb_redaction *how, struct pb_outcome *outcome,
                         struct pb_vector *stand_ins)
{
    struct redactor redactor = {
        .how = how, .arena = &outcome->inventory.evidence.arena, .table = stand_ins};

    pb_vector_init(stand_ins, sizeof(struct pb_stand_in));
    pb_vector_init(&redactor.issuers, sizeof(struct pb_slice));
    pb_buffer_init(&redactor.scratch, SIZE_MAX);
    walk(&redactor, outcome);
    pb_vector_sort(&redactor.issuers, compare_slices);
    if (!redactor.has_failed)
        make_stand_ins(&redactor);
    redactor.is_replacing = true;
    if (!redactor.has_failed)
        walk(&redactor, outcome);
    pb_buffer_release(&redactor.scratch);
    pb_vector_release(&redactor.issuers);
    return redactor.has_failed ? PB_FAILED_MEMORY : PB_OK;
}
