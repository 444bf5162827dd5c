/* SPDX-License-Identifier: MIT */
/* Redaction of a judged audit. One walk goes over every field that a report can show, twice: first
 * it collects the originals, then it puts stand-ins in their place. In sentences it replaces the
 * originals of fields, what is quoted, and what looks like an ARN, an id or an account. Sentences
 * quote names, which can be words of theirs. */
#include <openssl/hmac.h>
#include <stdio.h>

#include "audit/pipeline.h"

/* Sentences that are longer are cut: here by aws/batch_writer.c, elsewhere later. */
#define SHORTEST_CUT_BYTES 699
#define MOST_MARKS 64 /* in an item's name behind which its archive is looked for */

/* Where two fields have the same text, sentences show the stand-in of the first kind. */
enum kind {
    AUTHORITY, /* the name of a certificate authority, which stays */
    ACCOUNT,
    NAME,
    ID,
    ARN,
    IAM_PATH,
    HOST,
    SUBJECT,
    ITEM,
    TARGET,
    CRL,
    OWNER,
    KEY, /* from here to SERIAL: the stand-ins are hexadecimal digits, as programs expect */
    BODY,
    SERIAL,
    VALUE,  /* replaced in texts only in quotes, or as a whole member of a JSON pointer */
    MEMBER, /* only as a whole member of a JSON pointer */
    TAG,    /* from here on: only in its fields, never in texts */
    REASON,
    KINDS,
};

static const char *const words[KINDS] = {"authority", "account", "certificate", "id",    "arn",
                                         "path",      "host",    "subject",     "item",  "target",
                                         "crl",       "owner",   "key",         "body",  "serial",
                                         "value",     "member",  "tag",         "reason"};

struct redactor {
    struct prebleed_audit *audit;
    struct pb_vector *table; /* of struct pb_stand_in, by original and kind once it is whole */
    struct pb_buffer scratch;
    bool is_replacing; /* the second walk */
    bool has_failed;   /* memory is missing */
};

static int compare_numbers(const void *left, const void *right)
{
    const struct pb_stand_in *a = left, *b = right;
    return pb_number_compare(a->number, b->number);
}

static int compare_keys(const void *left, const void *right)
{
    const struct pb_stand_in *a = left, *b = right;
    int order = pb_slice_compare(a->original, b->original);
    return order != 0 ? order : pb_number_compare(a->kind, b->kind);
}

static struct pb_slice keep_scratch(struct redactor *redactor)
{
    struct pb_arena *arena = &redactor->audit->inventory.evidence.arena;
    struct pb_slice kept = pb_arena_copy_buffer(arena, &redactor->scratch);
    redactor->has_failed |= arena->has_failed;
    return kept;
}

static void add(struct redactor *redactor, enum kind kind, struct pb_slice original, size_t number)
{
    const struct pb_stand_in added = {.original = original, .kind = kind, .number = number};
    if (original.size_bytes > 0 && !redactor->has_failed)
        redactor->has_failed |= !pb_vector_append(redactor->table, &added, sizeof added);
}

/* Collects the original, and how sentences show it: printf ends a text at its first NUL, messages
 * escape what is not printable, and of a body's digest they have eight bytes. Of an ARN they may
 * have the certificate's name. */
static void collect(struct redactor *redactor, enum kind kind, struct pb_slice original)
{
    size_t number = redactor->table->count;
    size_t end = pb_slice_find(original, (struct pb_slice){"", 1}, 0);
    add(redactor, kind, original, number);
    pb_buffer_clear(&redactor->scratch);
    pb_escape_append(&redactor->scratch, pb_slice_first(original, end), PB_ESCAPE_CONTROLS);
    if (!pb_slice_equals(pb_buffer_slice(&redactor->scratch), original))
        add(redactor, kind, keep_scratch(redactor), number);
    if (kind == BODY)
        add(redactor, kind, pb_slice_first(original, 16), number);
    if (kind == ARN && pb_slice_find(original, PB_SLICE(":server-certificate/"), 0) != SIZE_MAX)
        collect(redactor, NAME, pb_slice_from(original, pb_slice_find_last(original, '/') + 1));
}

/* "2014-04-01 00:00:00+0000", but not "1234-5678-9012", which is an account. */
static bool is_date(struct pb_slice text)
{
    return text.size_bytes >= 8 && text.size_bytes <= 40 && pb_skip(text, 0, PB_DIGITS) == 4 &&
           text.data[4] == '-' && text.data[7] == '-' &&
           pb_skip(text, 4, PB_DIGITS "-:.+ TZ") == text.size_bytes;
}

/* Collects what a sentence quotes of the evidence, but for dates, and for codes of errors, which
 * are one word. It quotes one value, or two with ", but" between them, which may hold quotes. */
static void collect_quoted(struct redactor *redactor, struct pb_slice text)
{
    const struct pb_slice but = PB_SLICE("\", but \"");
    size_t begin = pb_slice_find(text, PB_SLICE("\""), 0), end = pb_slice_find_last(text, '"');
    size_t key = pb_slice_find(text, PB_SLICE(" '"), 0); /* with which json/parse.c ends */
    bool is_error = begin != SIZE_MAX &&                 /* "failed with", "refused with" */
                    pb_slice_ends_with(pb_slice_first(text, begin), PB_SLICE("ed with "));

    while (begin < end && end != SIZE_MAX) {
        size_t middle = pb_slice_find(text, but, begin + 1);
        size_t size = (middle < end ? middle : end) - begin - 1;
        struct pb_slice quoted = pb_slice_first(pb_slice_from(text, begin + 1), size);
        bool is_code = is_error && pb_skip(quoted, 0, PB_LETTERS PB_DIGITS ".") == size;
        if (!is_code && !is_date(quoted))
            collect(redactor, VALUE, quoted);
        begin = middle < end ? middle + but.size_bytes - 1 : end;
    }
    if (key != SIZE_MAX && pb_slice_ends_with(text, PB_SLICE("'")))
        collect(redactor, VALUE, pb_slice_from(pb_slice_first(text, text.size_bytes - 1), key + 2));
}

/* Collects what the text begins with if it looks like an ARN, an id or an account. */
static void collect_look_alike(struct redactor *redactor, struct pb_slice text)
{
    size_t digits = pb_skip(text, 0, PB_DIGITS), word = pb_skip(text, 0, PB_CAPITALS PB_DIGITS);
    bool is_word = pb_skip(text, word, PB_LETTERS) == word;
    bool has_digit = pb_skip(text, 0, PB_CAPITALS) < word;

    if (pb_slice_starts_with(text, PB_SLICE("arn:"))) {
        size_t arn = 0;
        while (arn < text.size_bytes && strchr(" \"';,)", text.data[arn]) == NULL)
            arn++;
        while (!pb_is_alphanumeric(text.data[arn - 1]))
            arn--;
        collect(redactor, ARN, pb_slice_first(text, arn));
    } else if (is_word && word == 12 && digits == 12) {
        collect(redactor, ACCOUNT, pb_slice_first(text, word));
    } else if (is_word && word >= 16 && has_digit) {
        collect(redactor, ID, pb_slice_first(text, word));
    }
}

static const struct pb_stand_in *find(const struct redactor *redactor, enum kind kind,
                                      struct pb_slice original)
{
    const struct pb_stand_in key = {.original = original, .kind = kind};
    size_t index = pb_vector_lower_bound(redactor->table, &key, compare_keys);
    const struct pb_stand_in *found = (const struct pb_stand_in *)redactor->table->data + index;
    return index < redactor->table->count && compare_keys(found, &key) == 0 ? found : NULL;
}

/* Whether the original, which the text has at start, where a word begins, may be replaced there. A
 * short one without letters, such as the name "1", may be one of the sentence's own numbers, and a
 * name of small letters, such as "key", one of its own words, unless it is quoted. */
static bool is_to_replace(const struct pb_stand_in *found, struct pb_slice text, size_t start)
{
    size_t size = found->original.size_bytes, end = start + size;
    char before = start > 0 ? text.data[start - 1] : '\0';
    char after = end < text.size_bytes ? text.data[end] : '\0';
    bool is_number = size < (found->kind == SERIAL ? 8 : 12);
    bool is_word =
        found->kind == NAME && pb_skip(found->original, 0, "abcdefghijklmnopqrstuvwxyz") == size;
    for (size_t i = start; i < end && is_number && found->kind != SERIAL; i++)
        is_number = pb_is_digit(text.data[i]) ||
                    (!pb_is_alphanumeric(text.data[i]) && (unsigned char)text.data[i] < 0x80);
    if (pb_is_alphanumeric(after))
        return false;
    bool is_member = before == '/' && (after == '/' || after == '\0');
    if (is_member && found->kind >= VALUE)
        return found->kind <= MEMBER;
    return (before == '"' || before == '\'') && after == before
               ? found->kind <= VALUE
               : found->kind < VALUE && !is_number && (!is_word || is_member);
}

/* The longest original that stands in the text at start and may be replaced there. */
static const struct pb_stand_in *find_longest(const struct redactor *redactor, struct pb_slice text,
                                              size_t start)
{
    struct pb_stand_in key = {.original = pb_slice_from(text, start), .kind = KINDS};
    size_t behind;

    while (key.original.size_bytes > 0 &&
           (behind = pb_vector_lower_bound(redactor->table, &key, compare_keys)) > 0) {
        const struct pb_stand_in *found =
            &PB_VECTOR_AT(const struct pb_stand_in, redactor->table, behind - 1);
        size_t common = 0, size = found->original.size_bytes;
        while (common < size && common < key.original.size_bytes &&
               found->original.data[common] == key.original.data[common])
            common++;
        const struct pb_stand_in *last = found;
        while (--behind > 0 && pb_slice_equals(found[-1].original, found->original))
            found--; /* to the first kind */
        for (; common == size && found <= last; found++)
            if (is_to_replace(found, text, start))
                return found;
        key.original.size_bytes = common == size ? common - 1 : common;
    }
    return NULL;
}

static void replace_in_text(struct redactor *redactor, struct pb_slice *text)
{
    bool is_changed = false;
    pb_buffer_clear(&redactor->scratch);
    for (size_t i = 0, size; i < text->size_bytes; i += size) {
        bool is_start = i == 0 || !pb_is_alphanumeric(text->data[i - 1]);
        const struct pb_stand_in *found = is_start ? find_longest(redactor, *text, i) : NULL;
        size = found != NULL ? found->original.size_bytes : 1;
        pb_buffer_append(&redactor->scratch,
                         found != NULL ? found->text : pb_slice_first(pb_slice_from(*text, i), 1));
        is_changed |= found != NULL;
    }
    if (is_changed)
        *text = keep_scratch(redactor);
}

/* Visits the field without its outer slashes, "DNS:", "elb/" and ":443". */
static void visit(struct redactor *redactor, enum kind kind, struct pb_slice *field)
{
    size_t start = 0, end = field->size_bytes, mark;

    if (kind == IAM_PATH) {
        start = pb_slice_starts_with(*field, PB_SLICE("/cloudfront/"))
                    ? strlen("/cloudfront/")
                    : pb_slice_starts_with(*field, PB_SLICE("/"));
        end -= end > start && field->data[end - 1] == '/';
    } else if (kind == HOST || kind == TARGET) {
        mark = pb_slice_find(*field, kind == HOST ? PB_SLICE(":") : PB_SLICE("/"), 0);
        start = mark == SIZE_MAX ? 0 : mark + 1;
        mark = pb_slice_find_last(*field, ':');
        end = kind == TARGET && mark != SIZE_MAX && mark > start ? mark : end;
    }
    struct pb_slice inner = pb_slice_from(pb_slice_first(*field, end), start);
    const struct pb_stand_in *found = redactor->is_replacing ? find(redactor, kind, inner) : NULL;
    if (!redactor->is_replacing)
        collect(redactor, kind, inner);
    if (found == NULL)
        return;
    pb_buffer_clear(&redactor->scratch);
    pb_buffer_append(&redactor->scratch, pb_slice_first(*field, start));
    pb_buffer_append(&redactor->scratch, found->text);
    pb_buffer_append(&redactor->scratch, pb_slice_from(*field, end));
    *field = keep_scratch(redactor);
}

static void visit_digest(struct redactor *redactor, enum kind kind, unsigned char *bytes,
                         size_t size_bytes)
{
    pb_buffer_clear(&redactor->scratch);
    pb_buffer_append_hex(&redactor->scratch, bytes, size_bytes);
    struct pb_slice text = keep_scratch(redactor);
    visit(redactor, kind, &text);
    for (size_t i = 0; redactor->is_replacing && i < size_bytes; i++)
        bytes[i] = (unsigned char)(pb_hex_value(text.data[2 * i]) * 16 +
                                   pb_hex_value(text.data[2 * i + 1]));
}

/* A sentence of a finding, a gap or an account's coverage: it quotes the originals of fields. */
static void visit_text(struct redactor *redactor, struct pb_slice *text)
{
    /* Where it was cut, its end may be a part of what is replaced, which nothing finds. */
    if (text->size_bytes >= SHORTEST_CUT_BYTES)
        *text = PB_SLICE("this sentence is left out, for it is too long to be redacted");
    if (redactor->is_replacing)
        replace_in_text(redactor, text);
    for (size_t i = 0; !redactor->is_replacing && i < text->size_bytes; i++)
        if (i == 0 || !pb_is_alphanumeric(text->data[i - 1]))
            collect_look_alike(redactor, pb_slice_from(*text, i));
}

/* A sentence that may quote anything. */
static void visit_remark(struct redactor *redactor, struct pb_slice *text)
{
    if (!redactor->is_replacing)
        collect_quoted(redactor, *text);
    visit_text(redactor, text);
}

/* Members of a JSON pointer that are letters alone, as names of fields are, and indices stay. */
static void visit_pointer(struct redactor *redactor, struct pb_slice *pointer)
{
    struct pb_slice rest = pb_slice_from(*pointer, 1);
    if (redactor->is_replacing)
        replace_in_text(redactor, pointer);
    while (!redactor->is_replacing && rest.size_bytes > 0) {
        struct pb_slice token = pb_slice_first(rest, pb_slice_find(rest, PB_SLICE("/"), 0));
        if (pb_skip(token, 0, PB_LETTERS "_") < token.size_bytes &&
            pb_skip(token, 0, PB_DIGITS) < token.size_bytes)
            collect(redactor, MEMBER, token);
        rest = pb_slice_from(rest, token.size_bytes + 1);
    }
}

/* Stand-ins have the original's number in its kind, or digits: with a redaction key those of the
 * HMAC of kind and original, else of the number. That of an archive's member begins with that of
 * its archive, which is made before it: its path sorts first. */
static void make_stand_in(struct redactor *redactor, struct pb_stand_in *made)
{
    const struct prebleed_audit *audit = redactor->audit;
    const struct pb_stand_in *container = NULL;
    struct pb_buffer *text = &redactor->scratch;
    size_t mark = made->kind == ITEM ? made->original.size_bytes : SIZE_MAX;
    unsigned char code[EVP_MAX_MD_SIZE] = {0};
    char digits[65];

    for (int i = 0; i < MOST_MARKS && container == NULL && mark != SIZE_MAX; i++) {
        mark = pb_slice_find_last(pb_slice_first(made->original, mark), '!');
        if (pb_slice_starts_with(pb_slice_from(made->original, mark), PB_SLICE("!/")))
            container = find(redactor, ITEM, pb_slice_first(made->original, mark));
    }
    pb_buffer_clear(text);
    pb_buffer_append_format(text, "%s:", words[made->kind]);
    pb_escape_append(text, pb_slice_first(made->original, made->kind == BODY ? 16 : SIZE_MAX),
                     PB_ESCAPE_CONTROLS);
    for (size_t i = 0; i < 8; i++)
        code[i] = (unsigned char)((uint64_t)made->number >> (56 - 8 * i));
    if (audit->redaction_key_bytes > 0 && !text->has_failed)
        redactor->has_failed |=
            HMAC(EVP_sha256(), audit->redaction_key, (int)audit->redaction_key_bytes,
                 (const unsigned char *)text->data, text->size_bytes, code, NULL) == NULL;
    for (size_t i = 0; i < 32; i++)
        snprintf(digits + 2 * i, 3, made->kind == SERIAL ? "%02X" : "%02x", code[i]);
    pb_buffer_clear(text);
    if (container != NULL)
        pb_buffer_append_format(text, "%.*s!/", PB_SLICE_ARGS(container->text));
    if (made->kind >= KEY && made->kind <= SERIAL)
        pb_buffer_append(
            text, (struct pb_slice){digits, made->kind == SERIAL ? 16 : made->original.size_bytes});
    else if (audit->redaction_key_bytes == 0)
        pb_buffer_append_format(text, "%s-%zu", words[made->kind], made->number);
    else
        pb_buffer_append_format(text, "%s-%.16s", words[made->kind], digits);
    made->text = keep_scratch(redactor);
}

/* Numbers count from 1 in each kind, those that are printed as digits together, in the order of the
 * walk. Authorities get no stand-ins. */
static void make_stand_ins(struct redactor *redactor)
{
    size_t last[KINDS] = {0}, counts[KINDS] = {0}, kept = 0;
    struct pb_stand_in *table = redactor->table->data;
    struct pb_slice authority = PB_SLICE_ABSENT;

    pb_vector_sort(redactor->table, compare_keys);
    for (size_t i = 0; i < redactor->table->count; i++) {
        bool is_same = kept > 0 && compare_keys(&table[i], &table[kept - 1]) == 0;
        if (table[i].kind == AUTHORITY)
            authority = table[i].original;
        else if (is_same && table[i].number < table[kept - 1].number)
            table[kept - 1].number = table[i].number;
        else if (!is_same &&
                 (table[i].kind != SUBJECT || !pb_slice_equals(table[i].original, authority)))
            table[kept++] = table[i];
    }
    redactor->table->count = kept;
    pb_vector_sort(redactor->table, compare_numbers);
    for (size_t i = 0; i < kept; i++) {
        enum kind kind = table[i].kind >= KEY && table[i].kind <= SERIAL ? KEY : table[i].kind;
        counts[kind] += table[i].number + 1 != last[kind];
        last[kind] = table[i].number + 1;
        table[i].number = counts[kind];
    }
    pb_vector_sort(redactor->table, compare_keys);
    for (size_t i = 0; i < kept; i++)
        make_stand_in(redactor, &table[i]);
}

/* What the walk changes is the audit's own memory. Certificates share some of it: a second visit
 * finds a stand-in there, which is no original, and leaves it. */
static void *writable(const void *memory)
{
    return (void *)(uintptr_t)memory;
}

/* Names of authorities stay: whatever is the issuer of another certificate. */
static void visit_facts(struct redactor *redactor, const struct pb_x509_facts *facts)
{
    struct pb_x509_facts *body = writable(facts);

    if (facts == NULL)
        return;
    if (pb_x509_is_same_name(body->subject, body->issuer))
        visit(redactor, SUBJECT, &body->issuer);
    else if (!redactor->is_replacing)
        collect(redactor, AUTHORITY, body->issuer);
    visit(redactor, SUBJECT, &body->subject);
    for (size_t i = 0; i < body->alternative_name_count; i++)
        visit(redactor, HOST, writable(&body->alternative_names[i]));
    if (redactor->audit->given.keeps_digests)
        return;
    visit(redactor, SERIAL, &body->serial);
    visit_digest(redactor, KEY, body->key.spki_sha256, sizeof body->key.spki_sha256);
    visit_digest(redactor, BODY, body->sha256, sizeof body->sha256);
    visit_digest(redactor, BODY, body->sha1, sizeof body->sha1);
}

static void visit_bodies(struct redactor *redactor, const struct pb_x509_facts *body,
                         const struct pb_x509_facts *const *chain, size_t count)
{
    visit_facts(redactor, body);
    for (size_t i = 0; i < count; i++)
        visit_facts(redactor, chain[i]);
}

static void visit_account(struct redactor *redactor, void *element)
{
    struct pb_account *account = element;
    visit(redactor, ACCOUNT, &account->id);
    visit(redactor, ITEM, &account->folder);
    for (size_t i = 0; i < account->reasons.count; i++)
        visit_text(redactor, &PB_VECTOR_AT(struct pb_slice, &account->reasons, i));
}

/* The text of an unparseable date can be anything. */
static void visit_date(struct redactor *redactor, struct pb_date *date)
{
    struct pb_slice text = {date->spelling, date->spelling_bytes};
    if (date->state != PB_DATE_UNPARSEABLE)
        return;
    visit(redactor, VALUE, &text);
    date->spelling = text.data;
    date->spelling_bytes = (uint32_t)text.size_bytes;
}

static void visit_certificate(struct redactor *redactor, void *element)
{
    struct pb_certificate *certificate = element;
    struct pb_tag *tags = writable(certificate->tags);
    struct pb_use *uses = writable(certificate->uses);
    struct pb_revocation *revocation = writable(certificate->revocation);

    visit(redactor, NAME, &certificate->name);
    visit(redactor, IAM_PATH, &certificate->path);
    visit(redactor, ID, &certificate->id);
    visit(redactor, ARN, &certificate->arn);
    visit_date(redactor, &certificate->upload_date);
    visit_date(redactor, &certificate->expiration);
    visit_bodies(redactor, certificate->body, certificate->chain, certificate->chain_count);
    for (size_t i = 0; i < certificate->tag_count; i++) {
        visit(redactor, TAG, &tags[i].key);
        visit(redactor, TAG, &tags[i].value);
    }
    for (size_t i = 0; i < certificate->use_count; i++) {
        visit(redactor, TARGET, &uses[i].label);
        visit(redactor, ARN, &uses[i].listener);
    }
    for (size_t i = 0; i < certificate->in_use_by_count; i++)
        visit(redactor, TARGET, writable(&certificate->in_use_by[i]));
    if (revocation != NULL)
        visit(redactor, CRL, &revocation->crl);
}

static void visit_observations(struct redactor *redactor, void *element)
{
    const struct pb_certificate *certificate = element;
    struct pb_observation *all = writable(certificate->observations);
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_bodies *bodies = pb_observation_bodies(&all[i]);
        struct pb_particulars *particulars = writable(all[i].particulars);
        visit(redactor, NAME, &all[i].name);
        visit_date(redactor, &all[i].upload_date);
        visit_bodies(redactor, all[i].body, bodies->chain, bodies->chain_count);
        visit_pointer(redactor, &all[i].pointer);
        if (particulars != NULL)
            visit(redactor, NAME, &particulars->new_name);
    }
}

/* The detail "symbolic link to TARGET, not followed" may be the only place that has the target. */
static void visit_entry(struct redactor *redactor, void *element)
{
    const struct pb_slice link = PB_SLICE(" link to ");
    struct pb_entry *entry = element;
    size_t start = pb_slice_find(entry->detail, link, 0);
    size_t end = pb_slice_find_last(entry->detail, ',');
    visit(redactor, ITEM, &entry->path);
    if (!redactor->is_replacing && start != SIZE_MAX && start + link.size_bytes < end)
        collect(redactor, ITEM,
                pb_slice_from(pb_slice_first(entry->detail, end), start + link.size_bytes));
    visit_remark(redactor, &entry->detail);
}

/* Of what is missing, an ARN, an id, or the name of a certificate that nothing else shows. */
static enum kind kind_of(struct pb_slice missing)
{
    if (pb_slice_starts_with(missing, PB_SLICE("arn:")))
        return ARN;
    return pb_slice_starts_with(missing, PB_SLICE("ASC")) ? ID : NAME;
}

/* The end of a sentence that is the baseline's ("; it was: ...") may name what was not read. */
static void visit_finding(struct redactor *redactor, void *element)
{
    struct pb_finding *finding = element;
    if (finding->message.data == NULL)
        return;
    if (finding->former != NULL)
        finding->message = pb_slice_first(
            finding->message, pb_slice_find(finding->message, PB_SLICE("; it was: "), 0));
    visit_text(redactor, &finding->message);
    visit(redactor, kind_of(finding->missing), &finding->missing);
}

static void visit_waiver(struct redactor *redactor, void *element)
{
    static const enum kind subjects[] = {[PB_WAIVER_ID] = ID,
                                         [PB_WAIVER_ARN] = ARN,
                                         [PB_WAIVER_KEY] = KEY,
                                         [PB_WAIVER_ACCOUNT] = ACCOUNT,
                                         [PB_WAIVER_FOLDER] = ITEM};
    struct pb_waiver *waiver = element;
    if (waiver->covers != PB_WAIVER_KEY || !redactor->audit->given.keeps_digests)
        visit(redactor, subjects[waiver->covers], &waiver->subject);
    visit(redactor, OWNER, &waiver->owner);
    visit(redactor, REASON, &waiver->reason);
}

static void visit_each(struct redactor *redactor, struct pb_vector *vector,
                       void (*visit_one)(struct redactor *redactor, void *element))
{
    for (size_t i = 0; i < vector->count; i++)
        visit_one(redactor, (char *)vector->data + i * vector->element_bytes);
}

static void walk(struct redactor *redactor)
{
    struct prebleed_audit *audit = redactor->audit;
    struct pb_inventory *inventory = &audit->inventory;
    struct pb_diagnostic *diagnostics = inventory->evidence.diagnostics.items.data;
    struct pb_manifest_line *lines = audit->manifest.lines.data;
    struct pb_former_certificate *certificates = audit->baseline.certificates.data;
    struct pb_former_finding *findings = audit->baseline.findings.data;
    struct pb_gap *gaps = inventory->gaps.data;
    struct pb_record *records = inventory->evidence.records.data;

    visit_each(redactor, &inventory->accounts, visit_account);
    visit_each(redactor, &inventory->certificates, visit_certificate);
    visit_each(redactor, &inventory->evidence.entries, visit_entry);
    visit_each(redactor, &inventory->certificates, visit_observations);
    for (size_t i = 0; i < inventory->evidence.diagnostics.items.count; i++) {
        visit_pointer(redactor, &diagnostics[i].pointer);
        visit_remark(redactor, &diagnostics[i].message);
    }
    for (size_t i = 0; i < audit->manifest.lines.count; i++)
        visit(redactor, ITEM, &lines[i].name);
    visit_each(redactor, &audit->waivers.items, visit_waiver);
    for (size_t i = 0; i < audit->baseline.certificates.count; i++) {
        visit(redactor, ACCOUNT, &certificates[i].account);
        visit_certificate(redactor, &certificates[i].seen);
    }
    for (size_t i = 0; i < audit->baseline.findings.count; i++) {
        visit(redactor, ACCOUNT, &findings[i].account);
        visit(redactor, ITEM, &findings[i].place);
        findings[i].message = pb_slice_from_string(findings[i].rule->title);
    }
    for (size_t i = 0; i < inventory->evidence.records.count; i++)
        if (records[i].kind == PB_RECORD_REFERENCE) /* of certificates that are gaps too */
            visit(redactor, TARGET, &records[i].label);
    for (size_t i = 0; i < inventory->gaps.count; i++) {
        visit(redactor, kind_of(gaps[i].missing), &gaps[i].missing);
        visit_text(redactor, &gaps[i].message);
    }
    visit_each(redactor, &audit->judgement.findings.items, visit_finding);
}

enum pb_status pb_redact(struct prebleed_audit *audit)
{
    struct redactor redactor = {.audit = audit, .table = &audit->stand_ins};
    walk(&redactor);
    if (!redactor.has_failed)
        make_stand_ins(&redactor);
    redactor.is_replacing = true;
    if (!redactor.has_failed)
        walk(&redactor);
    pb_buffer_release(&redactor.scratch);
    return redactor.has_failed ? PB_FAILED_MEMORY : PB_OK;
}
