/* SPDX-License-Identifier: MIT */
/* Tests paths and raw text for signs of server certificates. The audit calls it before it parses,
 * because most files of an account's dump cannot be evidence. */
#include "aws/context.h"

#define LONGEST_FIELD_BYTES 40 /* a name of the service's with separators between its words */

bool pb_aws_is_expected_path(struct pb_slice path)
{
    static const char word[] = "servercert";
    size_t matched = 0;

    /* The first letter is only once in the word, so after a mismatch only it is compared again. */
    for (size_t i = 0; i < path.size_bytes && word[matched] != '\0'; i++) {
        char byte = pb_byte_lower(path.data[i]);
        if (byte != '-' && byte != '_')
            matched = byte == word[matched] ? matched + 1 : byte == word[0];
    }
    return word[matched] == '\0';
}

bool pb_says_certificate(struct pb_slice text)
{
    static const char *const ends[] = {"ification", "ifie", "ifying", "ain", "manager", "bot"};

    for (size_t at = 0; at + 4 <= text.size_bytes; at++) {
        struct pb_slice rest = pb_slice_from(text, at + 4);
        bool is_word =
            pb_byte_lower(text.data[at]) == 'c' &&
            pb_is_word(pb_slice_first(pb_slice_from(text, at), 4), "cert") &&
            (at < 3 || !pb_is_word(pb_slice_first(pb_slice_from(text, at - 3), 3), "con"));
        if (is_word && rest.size_bytes > 0 && (rest.data[0] == '-' || rest.data[0] == '_'))
            rest = pb_slice_from(rest, 1);
        for (size_t i = 0; is_word && i < sizeof ends / sizeof ends[0]; i++)
            is_word = !pb_is_word(pb_slice_first(rest, strlen(ends[i])), ends[i]);
        if (is_word)
            return true;
    }
    return false;
}

bool pb_is_other_service(struct pb_slice key)
{
    return pb_is_any(key, "acm|acm-pca|apigateway|appstream|docdb|dms|ds|iot|kafka|lightsail|"
                          "neptune|rds|redshift|ses|signer|transfer");
}

bool pb_is_path_about(struct pb_slice path)
{
    static const char kinds[] = "acm|signing|listener|client-cert|client_cert|clientcert|docdb|"
                                "iotlist|rdsdesc|dmsdesc|transferlist|lightsail|apigateway";
    struct pb_slice part, rest = path, file = PB_SLICE("");
    bool is_other = false, is_own = pb_aws_is_expected_path(path);

    if (is_own || !pb_says_certificate(path))
        return is_own;
    for (; (part = pb_take_part(&rest, "/")).size_bytes > 0;
         file = part) /* then it is a folder's */
        is_other = pb_is_other_service(file) ||
                   (is_other && pb_contains_any(file, "north|south|east|west|central|global"));
    is_other |= pb_contains_any(file, kinds) ||
                pb_is_other_service(pb_slice_first(file, pb_find_any(file, 0, "-_.")));
    return !is_other;
}

bool pb_aws_is_certificate_path(struct pb_slice path)
{
    size_t slash = pb_slice_find_last(path, '/');
    size_t outer = pb_slice_find_last(pb_slice_first(path, slash), '/');
    struct pb_slice file = pb_slice_from(path, slash + 1); /* 0 where there is none */
    struct pb_slice both = pb_slice_from(path, outer + 1);
    size_t point = pb_slice_find_last(file, '.');
    for (; pb_is_any(pb_slice_from(file, point), ".gz|.bz2|.xz|.zst|.lz4|.zip|.tar|.tgz");
         point = pb_slice_find_last(file, '.'))
        file = pb_slice_first(file, point);
    bool is_answer = point == SIZE_MAX ||
                     pb_is_any(pb_slice_from(file, point), ".json|.jsonl|.ndjson|.txt|.out");
    return is_answer && pb_is_path_about(path) && pb_says_certificate(both);
}

/* Templates begin with a brace too, but no key follows it. */
bool pb_begins_like_json(struct pb_slice text)
{
    text = pb_slice_from(text, pb_skip(text, 0, " \t\r\n"));
    if (text.size_bytes < 2 || (text.data[0] != '{' && text.data[0] != '['))
        return false;
    bool is_array = text.data[0] == '[';
    text = pb_slice_from(text, pb_skip(text, 1, " \t\r\n"));
    char next = text.size_bytes > 0 ? text.data[0] : '\0';
    struct pb_slice first = pb_slice_from(text, pb_skip(text, 0, "[ \t\r\n"));
    bool is_heading = pb_skip(first, 0, PB_LETTERS) > 0 && /* TOML's */
                      !pb_is_any(pb_slice_first(first, 4), "null|true|fals");
    return next == '"' || (is_array && !is_heading && (next == '{' || next == '['));
}

/* The word around the offset is a field with "server certificate" in its name. must_be_quoted: one
 * of metadata, with a quotation mark, which may be escaped, after it. */
static bool is_field_around(struct pb_slice text, size_t offset, bool must_be_quoted)
{
    size_t begin = offset;
    size_t end = pb_skip(pb_slice_first(text, offset + LONGEST_FIELD_BYTES), offset, PB_WORD_BYTES);

    while (begin > 0 && offset - begin < LONGEST_FIELD_BYTES &&
           pb_skip(pb_slice_first(text, begin), begin - 1, PB_WORD_BYTES) == begin)
        begin--;
    size_t quote = end + pb_begins(pb_slice_from(text, end), "\\");
    bool is_quoted = pb_skip(text, quote, "\"'") > quote;
    enum pb_field field = pb_field_of(pb_slice_first(pb_slice_from(text, begin), end - begin));
    if (field == PB_FIELD_CERTIFICATE)
        return is_quoted && !must_be_quoted;
    return (is_quoted || !must_be_quoted) &&
           (field == PB_FIELD_LIST || field == PB_FIELD_METADATA || field == PB_FIELD_NAME ||
            field == PB_FIELD_ID);
}

/* Searches for the f of "certificate", which is rare in account data. */
static bool find_field_name(struct pb_slice text, bool must_be_quoted)
{
    const struct pb_slice word = PB_SLICE("certificate");
    const size_t before = 5; /* letters before the f */

    for (int i = 0; i < 2; i++)
        for (size_t at = before; pb_find_next(text, i == 0 ? "f" : "F", &at); at++) {
            struct pb_slice found = pb_slice_from(text, at - before);
            if (pb_slice_equals_ignoring_case(pb_slice_first(found, word.size_bytes), word) &&
                is_field_around(text, at, must_be_quoted))
                return true;
        }
    return false;
}

bool pb_aws_has_field_names(struct pb_slice text)
{
    /* CloudSploit's name of the call, under which it keeps a failure too. */
    return pb_text_has(text, "\"listServerCertificates\"") || find_field_name(text, false);
}

bool pb_aws_has_metadata_names(struct pb_slice text)
{
    return find_field_name(text, true);
}

/* ServerCertificate and server-certificate in base64 (RFC 4648 section 4), for each of the three
 * alignments, without the digits that share bits with the bytes around them. */
bool pb_aws_has_encoded_names(struct pb_slice text)
{
    return pb_contains_any(text, "VydmVyQ2VydGlmaWNhdG|NlcnZlckNlcnRpZmljYXRl|"
                                 "ZXJ2ZXJDZXJ0aWZpY2F0Z|VydmVyLWNlcnRpZmljYXRl|"
                                 "NlcnZlci1jZXJ0aWZpY2F0Z|ZXJ2ZXItY2VydGlmaWNhdG");
}

#define MOST_BYTES_BEFORE_RESOURCE 120

/* Bytes as JSON, HTML, mail and broken lines have them, each behind what it stands for: a byte of
 * an ARN, or NUL for a break in a word. */
static const char *const escapes[] = {
    "/\\u002f",       "/\\/",          "/\\\\/",         "/&#47;",    ":\\u003a",       ":&#58;",
    "/&#x2f;",        ":&#x3a;",       "-\xe2\x80\x90",  "-&#45;",    "\"&quot;",       "\"&#34;",
    "-\xe2\x80\x91",  "\"&#x22;",      "'&apos;",        "'&#39;",    "-\xe2\x80\x93",  "\"=22",
    "/=2f",           ":=3a",          "\0\xc2\xad",     "\0=\n",     "\0=\r\n",        "\0\\\n",
    "\0\xe2\x80\x8b", "\0\\\r\n",      "\0<wbr>",        "\0&shy;",   "\"\xe2\x80\x9c", "\0<span>",
    "\0<wbr/>",       "==3d",          "\"\xe2\x80\x9d", "\0</span>", " &nbsp;",        "\"&ldquo;",
    "\"\xe2\x80\x9e", " \xc2\xa0",     "\"&bdquo;",      "\"&rdquo;", "\n<br>",         "\n<br/>",
    "\n<br />",       "<&lt;",         ">&gt;",          "\"\\x22",   "/\\x2f",         ":\\x3a",
    ":\xe2\x86\x92",  ":\xef\xbc\x9a",
};

const char pb_escape_bytes[] = "\\&=<%\xc2\xe2\xef\n";

char pb_unquote_byte(struct pb_slice text, size_t *at)
{
    struct pb_slice rest = pb_slice_from(text, *at);
    char byte = rest.data[0];
    size_t percents = 1;

    *at += 1;
    if (byte == '\0' || byte == '\n' || strchr(pb_escape_bytes, byte) == NULL)
        return byte;
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
        if (escapes[i][1] == byte &&
            pb_is_word(pb_slice_first(rest, strlen(escapes[i] + 1)), escapes[i] + 1)) {
            *at += strlen(escapes[i] + 1) - 1;
            return escapes[i][0];
        }
    while (byte == '%' && pb_begins(pb_slice_from(rest, percents), "25"))
        percents += 2; /* encoded more than once */
    struct pb_slice code = pb_slice_first(pb_slice_from(rest, percents), 2);
    if (byte != '%' || code.size_bytes < 2 || pb_hex_value(code.data[0]) < 0 ||
        pb_hex_value(code.data[1]) < 0)
        return byte;
    *at += percents + 1;
    return (char)(pb_hex_value(code.data[0]) * 16 + pb_hex_value(code.data[1]));
}

/* Decodes the id at the offset: ASCA and 12 to 30 capitals and digits, or ASC, a letter, and as
 * many with a digit among them, behind nothing alphanumeric but an escape as \t or %22. */
static bool read_id(struct pb_slice text, size_t at, struct pb_mark *mark)
{
    size_t size = 0, next = at;
    bool is_end = at == 0 || !pb_is_alphanumeric(text.data[at - 1]) ||
                  (at > 1 && text.data[at - 2] == '\\') || (at > 2 && text.data[at - 3] == '%');

    mark->begin = mark->end = at;
    for (; next < text.size_bytes && size <= PB_LONGEST_ID_BYTES; mark->end = next) {
        char byte = pb_unquote_byte(text, &next);
        bool is_break = byte == '\0' && next > mark->end + 1;
        if (!is_break && pb_skip((struct pb_slice){&byte, 1}, 0, PB_CAPITALS PB_DIGITS) == 0) {
            is_end &= !pb_is_alphanumeric(byte);
            break;
        }
        mark->room[size] = byte;
        size += !is_break;
    }
    mark->text = (struct pb_slice){mark->room, size};
    size_t letters = pb_skip(mark->text, 0, PB_CAPITALS);
    return is_end && size >= PB_SHORTEST_ID_BYTES && size <= PB_LONGEST_ID_BYTES && letters > 3 &&
           (mark->room[3] == 'A' || letters < size);
}

/* Decodes the ARN at mark->begin and sets the mark's text and end. Returns false, with the end
 * unchanged, if it is none, or a pattern. */
static bool read_arn(struct pb_slice text, struct pb_mark *mark)
{
    struct pb_certificate_arn arn;
    size_t size = 0, colons = 0, next = mark->begin, end = next;

    for (; next < text.size_bytes && size < sizeof mark->room; end = next) {
        char byte = pb_unquote_byte(text, &next);
        if ((byte == '\0' && next > end + 1) ||
            (byte == '\n' && memchr(mark->room, '/', size) == NULL))
            continue; /* a break */
        bool is_in_account = colons == 4 && byte == '*';
        colons += byte == ':';
        bool is_in_arn = pb_is_alphanumeric(byte) || strchr("-:_+=,.@/", byte) != NULL;
        if (byte == '\0' || (!is_in_arn && !is_in_account) || colons > 5) {
            struct pb_slice rest = pb_slice_from(text, end);
            bool is_tag = pb_begins(rest, "</") || pb_begins(rest, "&lt;/") ||
                          pb_begins(rest, "<https:") || pb_begins(rest, "{color}");
            bool is_bold = byte == '*' && mark->begin > 0 && text.data[mark->begin - 1] == '*';
            bool is_last = pb_skip(text, next, " \n") > next || next == text.size_bytes;
            bool is_mark = is_last && (byte == '?' || byte == '$'); /* of a sentence or regex */
            if (strchr("*?$<{[", byte) != NULL && byte != '\0' && !is_tag && !is_bold && !is_mark)
                return false;
            break;
        }
        mark->room[size] = size == 0 ? 'a' : byte;
        size++;
    }
    mark->text = (struct pb_slice){mark->room, size};
    size_t excess = colons > 5 && pb_ends(mark->text, ",arn") ? 4 : 0; /* of the next one */
    mark->text.size_bytes -= excess;
    if (!pb_certificate_arn_parse(mark->text, &arn) || arn.account.size_bytes == 0 ||
        (pb_skip(arn.account, 0, PB_DIGITS "xX*") < arn.account.size_bytes &&
         pb_skip(arn.account, 0, PB_DIGITS "abcdef") != PB_ACCOUNT_BYTES && /* of a digest */
         !pb_is_word(arn.account, "redacted")))
        return false;
    mark->end = end - excess;
    return true;
}

/* The offset of the nearest "arn" and colon before `at`, not before from; SIZE_MAX for none. */
static size_t find_scheme(struct pb_slice text, size_t from, size_t at)
{
    size_t floor = at > from + MOST_BYTES_BEFORE_RESOURCE ? at - MOST_BYTES_BEFORE_RESOURCE : from;
    for (size_t begin = at; begin-- > floor;) {
        size_t next = begin + 3;
        if ((text.data[begin] | 0x20) == 'a' && /* a spreadsheet may make it a capital */
            pb_begins(pb_slice_from(text, begin + 1), "rn") && pb_unquote_byte(text, &next) == ':')
            return begin;
    }
    return SIZE_MAX;
}

bool pb_mark_next(struct pb_slice text, struct pb_mark *mark)
{
    size_t at = mark->end;

    for (; !mark->is_id && pb_find_next(text, "server-certificate", &at); at++) {
        mark->begin = find_scheme(text, mark->end, at);
        if (mark->begin != SIZE_MAX && read_arn(text, mark))
            return true;
    }
    at = mark->is_id ? mark->end : 0;
    for (mark->is_id = true; pb_find_next(text, "ASC", &at); at++)
        if (read_id(text, at, mark))
            return true;
    return false;
}

bool pb_aws_names_certificates(struct pb_slice text)
{
    return pb_mark_next(text, &(struct pb_mark){0});
}

#define LONGEST_EFFECT_BYTES 32

bool pb_is_policy(struct pb_slice text)
{
    bool is_policy = pb_contains_any(text, "\"iam:|'iam:");

    for (size_t at = 0; !is_policy && pb_find_next(text, "ffect", &at); at++) {
        struct pb_slice rest = pb_slice_from(text, at + strlen("ffect"));
        size_t blanks = pb_skip(rest, 0, " ");
        is_policy = pb_skip(rest, blanks, PB_LETTERS ",.") == blanks && /* no sentence's */
                    pb_contains_any(pb_slice_first(rest, LONGEST_EFFECT_BYTES), "allow|deny");
    }
    return is_policy && pb_contains_any(text, "action");
}

/* A block is searched byte by byte only if it has letters that may belong to a word. */
#define BLOCK_BYTES 128
#define LOOK_AHEAD_BYTES 5 /* that the lanes load after their own */

/* A document that neither its path nor the command line marks shows nothing without one of these
 * words, in any case. "prebleed-" is for reports and waivers of our own, "-begin" for PEM, "asc"
 * for ids, and the last three are "certificate" in base64. A caller identity needs a spelling of
 * UserId as a key, and an account beside it: users in lists have none, and userIdentity is in every
 * trail. A word is found by two or three letters, the first of them at rare_at, that are so far
 * from each other in few other words of account data. */
static const struct {
    struct pb_slice letters;
    size_t rare_at;
    bool is_of_identity;
} words[] = {
    {{"cert", 4}, 0, false},        {{"upload", 6}, 2, false},      {{"asc", 3}, 0, false},
    {{"prebleed-", 9}, 0, false},   {{"-begin", 6}, 1, false},      {{"userid", 6}, 0, true},
    {{"user_id", 7}, 1, true},      {{"user-id", 7}, 1, true},      {{"dglmawnhdg", 10}, 2, false},
    {{"rpzmljyxrl", 10}, 2, false}, {{"0awzpy2f0z", 10}, 3, false},
};

struct search {
    struct pb_slice text;
    bool lacks_account; /* the text is searched for it once */
};

/* Letters, '_' and '-' may be written as escapes: \u0041 to \u007a, and \u002d. */
static bool is_escape(struct pb_slice text)
{
    return pb_begins(text, "\\u00") && text.size_bytes >= 6 &&
           ((text.data[4] >= '4' && text.data[4] <= '7') ||
            (text.data[4] == '2' && (text.data[5] | 0x20) == 'd'));
}

/* The last word of "iam:GetServerCertificate", a string of JSON, as policies name actions. */
static bool is_action(struct pb_slice text, size_t begin)
{
    size_t end = pb_skip(text, begin, PB_LETTERS PB_DIGITS);
    while (begin > 0 && pb_is_alphanumeric(text.data[begin - 1]))
        begin--;
    return end < text.size_bytes && text.data[end] == '"' &&
           pb_ends(pb_slice_first(text, begin), "\"iam:") && pb_begins_like_json(text);
}

/* The rare letters of one of the words, or an escape, are at the offset. */
static bool is_word(struct search *search, size_t offset)
{
    struct pb_mark mark;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct pb_slice letters = words[i].letters;
        if (offset < words[i].rare_at ||
            pb_byte_lower(search->text.data[offset - words[i].rare_at]) != letters.data[0])
            continue;
        struct pb_slice text = pb_slice_from(search->text, offset - words[i].rare_at);
        struct pb_slice rest = pb_slice_from(text, letters.size_bytes);
        /* A key may stand in a string inside a string, its quotes escaped. */
        bool is_key = rest.size_bytes == 0 || strchr("\"'\\", rest.data[0]) != NULL;
        if (!pb_slice_equals_ignoring_case(pb_slice_first(text, letters.size_bytes), letters) ||
            (words[i].is_of_identity && (!is_key || search->lacks_account)) ||
            (letters.size_bytes == 3 && !read_id(search->text, offset, &mark)))
            continue;
        if (!words[i].is_of_identity || pb_contains_any(search->text, "account"))
            return !is_action(search->text, offset - words[i].rare_at);
        search->lacks_account = true;
    }
    return is_escape(pb_slice_from(search->text, offset));
}

static inline pb_lanes are_both(pb_lanes one, char letter, pb_lanes other, char other_letter)
{
    return pb_lanes_equal(one, letter) & pb_lanes_equal(other, other_letter);
}

/* The lanes where rare letters of a word begin. Bit 0x20 makes lower case, and changes '\\'. */
static inline pb_lanes word_lanes(const char *bytes)
{
    const pb_lanes first = pb_lanes_load(bytes) | 0x20, second = pb_lanes_load(bytes + 1) | 0x20;
    const pb_lanes third = pb_lanes_load(bytes + 2) | 0x20;
    const pb_lanes sixth = pb_lanes_load(bytes + LOOK_AHEAD_BYTES) | 0x20;
    const pb_lanes is_s = pb_lanes_equal(first, 's');
    const pb_lanes l_or_y = pb_lanes_equal(third, 'l') | pb_lanes_equal(third, 'y');
    const pb_lanes s_or_u = pb_lanes_equal(first, 'u') | is_s;

    return (are_both(first, 'c', third, 'r') & pb_lanes_equal(second, 'e')) |
           (pb_lanes_equal(first, 'z') & l_or_y) | are_both(first, 'p', third, 'e') |
           are_both(first, 'b', third, 'g') | are_both(first, 'l', third, 'a') |
           (are_both(first, 'a', second, 's') & pb_lanes_equal(third, 'c')) |
           (s_or_u & pb_lanes_equal(sixth, 'd')) |
           (are_both(first, '\\' | 0x20, second, 'u') & pb_lanes_equal(third, '0'));
}

/* bytes: of the text from the offset on, or a copy of its end. The lanes are computed again rather
 * than stored, which would slow every block. */
static bool block_holds_word(struct search *search, size_t offset, const char *bytes)
{
    pb_lanes any = {0};

    for (size_t i = 0; i < BLOCK_BYTES; i += PB_LANES)
        any |= word_lanes(bytes + i);
    for (size_t i = pb_lanes_any(any) ? 0 : BLOCK_BYTES; i < BLOCK_BYTES; i += PB_LANES) {
        const pb_lanes lanes = word_lanes(bytes + i);
        for (size_t k = 0; pb_lanes_any(lanes) && k < PB_LANES; k++)
            if (lanes[k] != 0 && is_word(search, offset + i + k))
                return true;
    }
    return false;
}

bool pb_aws_may_be_evidence(struct pb_slice text)
{
    struct search search = {.text = text};
    char padded[BLOCK_BYTES + LOOK_AHEAD_BYTES] = {0};

    for (size_t offset = 0; offset < text.size_bytes; offset += BLOCK_BYTES) {
        struct pb_slice rest = pb_slice_from(text, offset);
        if (rest.size_bytes < sizeof padded) {
            memset(padded, 0, sizeof padded);
            rest.data = memcpy(padded, rest.data, rest.size_bytes);
        }
        if (block_holds_word(&search, offset, rest.data))
            return true;
    }
    return false;
}
