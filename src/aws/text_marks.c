/* SPDX-License-Identifier: MIT */
/* Searches text that is no JSON, line by line, for ARNs and ids of server certificates, each of
 * which is a reference, and for lists of certificates in any notation. */
#include "aws/context.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

#define FEWEST_WORDS 5
#define MOST_TAG_BYTES 200
#define LONGEST_TAGS_BYTES 1000
#define LONGEST_CALL_BYTES 200
#define MOST_LINES_OF_ROW 3
#define FEWEST_ENCODED_BYTES 60
#define SEPARATORS "_-:=>|],;(*`\"'\\ \t\r\n"
#define LAST_YEAR 2099

static bool has_any(struct pb_slice text, const char *bytes)
{
    return pb_find_any(text, 0, bytes) < text.size_bytes;
}

static const char certificate_type[] = "AWS::IAM::ServerCertificate";

struct text_search {
    struct pb_writer *out; /* of references */
    int cutoff_year;
    uint32_t line; /* the current one, from 0 */
    bool is_policy, is_listing;
    bool is_below_resource; /* of a policy: its last line that is no ARN is of its resources */
    bool has_body;          /* the text has a certificate in PEM */
    bool is_code;           /* names in it are arguments: only lines with a mark count */
    bool is_about;          /* the text says certificate */
    bool is_owned;          /* the lines up to an empty one name users, as SSH keys do */
    bool says_upload;       /* the text does */
    bool is_path_about;     /* the path says certificate */
    bool is_block_about;    /* the line that opened the current block says certificate */
    bool is_line_about;     /* the line does, and is no sentence */
    bool is_answer;         /* the line before is a command that lists certificates */
    /* The last lines, from 1, with a mark, key or heading that names a thing; with a heading. */
    uint32_t subject_line, table_line;
    int table_year; /* below a heading a line with a date up to its end is a row; 0: no heading */
    bool are_names_rows;      /* there a line of names is one, too */
    bool has_resource;        /* the text has the type of a stack's server certificate */
    bool has_old_date;        /* and a date up to the cutoff's year */
    bool has_heading;         /* and a line with the names of columns of resources */
    struct pb_slice resource; /* the name in the last one's id, empty for an ARN or none */
    struct pb_slice account;  /* of the last stack */
};

/* The line has cells: tabs, bars or tags stand in it, or a comma or semicolon without a blank. */
static bool has_cells(struct pb_slice line)
{
    size_t comma = pb_find_any(line, 0, pb_text_has(line, "&") ? "," : ",;");
    return (comma + 1 < line.size_bytes && line.data[comma + 1] != ' ') || has_any(line, "|") ||
           pb_text_has(pb_slice_trim(line), "\t") || pb_contains_any(line, "</td>");
}

bool pb_is_prose(struct pb_slice line)
{
    size_t words = 0, letters = 0;

    if (has_cells(line))
        return false;
    for (size_t i = 0; i <= line.size_bytes && words < FEWEST_WORDS; i++) {
        char byte = i < line.size_bytes ? line.data[i] : ' ';
        bool is_letter = byte >= 'a' && byte <= 'z';
        words += byte == ' ' && letters > 1;
        letters = is_letter && (letters > 0 || i == 0 || line.data[i - 1] == ' ') ? letters + 1 : 0;
    }
    return words >= FEWEST_WORDS;
}

bool pb_is_command(struct pb_slice line)
{
    size_t at = pb_slice_find(line, PB_SLICE("aws iam "), 0);
    struct pb_slice before = pb_slice_trim(pb_slice_first(line, at));
    return before.size_bytes > 0 && before.size_bytes < line.size_bytes &&
           (strchr("$#%+]>", before.data[before.size_bytes - 1]) != NULL || pb_ends(before, "Run"));
}

/* The size of the separators, quotation marks, ends of lines and markup tags that the text begins
 * with, which are between a key and its value. */
static size_t separator_size(struct pb_slice text)
{
    size_t at, end = 0;

    do {
        end = at = pb_skip(text, end, SEPARATORS);
        if (pb_begins(pb_slice_from(text, at), "<![CDATA["))
            end = at + 9;
        else if (at < LONGEST_TAGS_BYTES && at < text.size_bytes && text.data[at] == '<')
            end = pb_slice_find(pb_slice_first(text, at + MOST_TAG_BYTES), PB_SLICE(">"), at) + 1;
        else if (pb_is_any(pb_slice_first(pb_slice_from(text, at), 6), "value:|value=|!!str "))
            end = at + 6;
        else if (at < text.size_bytes && strchr(SEPARATORS, pb_unquote_byte(text, &end)) == NULL)
            end = at;
    } while (end > at);
    return at;
}

static bool may_be_name(struct pb_slice text)
{
    return pb_is_certificate_name(text) && has_any(text, PB_LETTERS) &&
           pb_field_of(text) == PB_FIELD_NONE && !pb_is_stand_in(text);
}

/* The certificate's name that the text begins with, if that is the whole value; else absent.
 * is_tight: a blank may end it. */
static struct pb_slice first_name(struct pb_slice text, bool is_quoted, bool is_tight)
{
    size_t size =
        pb_find_any(pb_slice_first(text, PB_LONGEST_NAME_BYTES + 1), 0, " \t\r\n\"'`\\<,;|&)}]%");
    struct pb_slice name = pb_slice_first(text, size);
    size_t blanks = pb_skip(text, size, " ");
    char next = blanks < text.size_bytes ? text.data[blanks] : '\n';
    bool is_whole = strchr(is_quoted ? "\"'`\\<|&%\r\n\t" : "<|&%\r\n\t,;#(}", next) != NULL ||
                    (is_tight && (blanks > size || next == ')')) ||
                    (next == ']' && pb_text_has(name, "-")) ||
                    pb_begins(pb_slice_from(text, size), "]]");
    return is_whole && may_be_name(name) ? name : PB_SLICE_ABSENT;
}

/* The value is a date, or where it may count, a number of seconds; between: what separates it from
 * its key. After ':' or '=' it may begin with a word, as a day's name. */
static bool begins_with_date(struct pb_slice between, struct pb_slice value, bool may_count)
{
    bool is_named = pb_text_has(between, ":") || pb_text_has(between, "=");

    value = pb_slice_first(value, PB_LONGEST_DATE_BYTES);
    size_t number = pb_skip(value, 0, PB_DIGITS); /* in a cell, which may be no date's */
    value = pb_slice_first(value, pb_find_any(value, number, number > 0 ? "\n,;|" : "\n"));
    struct pb_slice word_end = pb_slice_from(value, pb_skip(value, 0, PB_LETTERS "_"));
    if (pb_contains_any(between, ">=|<=|< |, ") || pb_begins(between, " >") ||
        (pb_begins(between, " =") && pb_text_has(value, "(")) || pb_begins(word_end, ":") ||
        (pb_begins(word_end, "-") && word_end.data > value.data + 9) || /* a name's end */
        pb_begins(value, "datetime(2015, 1, 1)") ||
        (pb_begins(value, "2014-04-01") && !pb_contains_any(pb_slice_first(value, 11), "1t|1 ")))
        return false; /* a comparison, a sentence, code, another key, a day of documentation */
    size_t digits = may_count ? pb_skip(value, 0, PB_DIGITS) : 0;
    return (is_named || pb_skip(value, 0, PB_DIGITS) > 0 || pb_begins(value, "datetime.")) &&
           (pb_text_has_date(value, LAST_YEAR) ||
            ((digits == 10 || digits == 13) && /* seconds or milliseconds */
             pb_slice_compare(pb_slice_first(value, 10), PB_SLICE("1136073600")) >= 0));
}

static bool is_near(const struct text_search *search, uint32_t line)
{
    return line > 0 && search->line < line + MOST_LINES_OF_ROW;
}

/* The value of a field's word in text is a name, and no variable, key or type. */
static bool is_sure_name(struct pb_slice text, struct pb_slice word)
{
    return may_be_name(text) &&
           has_any(text, pb_text_has(word, "_") ? ".-" PB_DIGITS : "._-" PB_DIGITS);
}

/* The line below has a name in the word's column; a separator or two blanks part columns. */
static bool has_name_below(struct pb_slice line, struct pb_slice text, struct pb_slice word)
{
    struct pb_slice start = pb_slice_first(line, LONGEST_TAGS_BYTES), heads = line, row, rest, cell;
    size_t begin = (size_t)(word.data - line.data), at = pb_find_any(start, 0, ",;^|~\t"), end;
    const char part[] = {at < start.size_bytes ? line.data[at] : ' ', '\0'};
    bool is_blank = part[0] == ' ';

    text = pb_slice_first(text, 2 * LONGEST_TAGS_BYTES);
    if (!pb_next_line(&text, &row) || !pb_next_line(&text, &row) || pb_is_prose(start) ||
        pb_ends(line, ",") || has_any(pb_slice_from(start, begin), "(){}[]=:<>") ||
        (is_blank && (!pb_text_has(start, "  ") || !pb_text_has(pb_slice_trim(row), "  "))))
        return false;
    for (rest = row; (cell = pb_take_part(&rest, part)).size_bytes > 0;) {
        end = row.size_bytes - rest.size_bytes;
        if (is_blank ? end == begin + word.size_bytes || end - cell.size_bytes == begin
                     : pb_take_part(&heads, part).size_bytes == 0 || heads.data > word.data)
            break;
    }
    cell = pb_slice_trim(cell);
    cell = pb_slice_from(cell, pb_slice_find_last(cell, ' ') + 1); /* behind a log's date */
    return is_sure_name(cell, word) && (is_blank || !heads.size_bytes == !rest.size_bytes);
}

/* The text, which begins with the line, has a value after the word, a field's name in it. */
static bool has_value(const struct text_search *search, struct pb_slice line, struct pb_slice text,
                      struct pb_slice word)
{
    size_t begin = (size_t)(word.data - text.data);
    struct pb_slice rest = pb_slice_from(text, begin + word.size_bytes);
    size_t size = separator_size(rest);
    struct pb_slice between = pb_slice_first(rest, size), value = pb_slice_from(rest, size);
    char before = begin > 0 ? text.data[begin - 1] : '\n';
    bool is_tight = size == 1 && has_any(between, ":=");
    bool is_quoted = size > 0 && has_any(pb_slice_from(between, size - 1), "\"'`");
    bool is_assigned = pb_text_has(between, "=") && !pb_text_has(between, "=>") &&
                       !pb_text_has(between, "<"); /* which may be an attribute's */

    /* Files have a date of upload too: only UploadDate needs no text or path about certificates,
     * and any other word a line about them, and an old date. */
    if (pb_contains_any(word, "upload")) {
        bool is_field = pb_field_of(word) == PB_FIELD_UPLOAD_DATE &&
                        (search->is_about || pb_is_key(word, "UploadDate"));
        bool is_told =
            pb_contains_any(pb_slice_first(word, 6), "upload") && search->is_line_about &&
            pb_text_has_date(pb_slice_first(value, PB_LONGEST_DATE_BYTES), search->cutoff_year);
        return !search->is_owned && (is_field || is_told) && begins_with_date(between, value, true);
    }
    /* PHP's dumps have the size of a value before it, and masked ones have none. */
    if (pb_is_any(pb_slice_first(rest, 4), "\"]=>|\";s:") || pb_contains_any(between, "\"***|'***"))
        return true;
    /* Assignments of variables, and arguments of calls, are code. */
    size_t from = begin > LONGEST_CALL_BYTES ? begin - LONGEST_CALL_BYTES : 0;
    struct pb_slice call = pb_slice_first(pb_slice_from(line, from), 2 * LONGEST_CALL_BYTES);
    struct pb_slice name = first_name(value, is_quoted, is_tight);
    bool is_literal = is_tight && !is_quoted && before != '$' && pb_text_has(name, "-");
    bool is_code = (!is_quoted && !is_tight && !pb_text_has(name, "-")) ||
                   (has_any(call, "()") && !pb_contains_any(call, "metadata(") && !is_literal);
    if (name.data == NULL || (is_assigned && is_code))
        return false;
    struct pb_slice pair = pb_slice_trim(call);
    bool is_pair = pair.data == word.data && is_sure_name(name, word) &&
                   pair.data + pair.size_bytes == name.data + name.size_bytes &&
                   pb_skip(between, 0, " ") != 1 && pb_skip(between, 0, " \t") == size;
    return (before == '\0' || strchr("./($", before) == NULL || pb_begins(line, "json") ||
            is_literal) &&
           (has_any(between, ":=>|%") || pb_text_has(between, "&gt") || is_pair ||
            (is_quoted && before == ':') ||
            (has_any(between, "\r\n") &&
             !pb_text_has(pb_slice_trim(pb_slice_first(call, begin - from)), " ")));
}

/* The word in the text, a list's key, is at its end, or the value is neither [] nor code: null, an
 * error, or elements without names, as "[ [Object] ]", "[...]", "{shop, web}". */
static bool lacks_elements(struct pb_slice text, struct pb_slice word)
{
    size_t begin = (size_t)(word.data - text.data);
    char before = begin > 0 ? text.data[begin - 1] : '\n';
    struct pb_slice rest = pb_slice_from(text, begin + word.size_bytes);
    const char *between = before == '<' ? ">" : pb_begins(rest, "=n") ? "=" : " \\\"':";
    size_t size = pb_skip(rest, 0, between), next = pb_skip(rest, size, " \r\n\t");
    bool is_assigned = pb_skip(rest, 0, " \\\"'") < size && before != '.';
    struct pb_slice near = pb_slice_first(pb_slice_from(rest, next), LONGEST_TAGS_BYTES);
    struct pb_slice inner = pb_slice_from(near, 1 + pb_skip(pb_slice_from(near, 1), 0, " \r\n\t"));
    struct pb_slice scalar = pb_slice_first(near, pb_find_any(near, 0, " ,;}\r\n"));

    if (near.size_bytes == 0)
        return is_assigned || before == '"' || before == '\'';
    if (!is_assigned)
        return false;
    if (near.data[0] == '{')
        return pb_begins(inner, "}") ||
               (pb_skip(inner, 0, PB_LETTERS) > 0 &&
                !pb_text_has(pb_slice_first(inner, pb_find_any(inner, 0, "\n}")), ":"));
    bool are_elements = near.data[0] == '['
                            ? pb_find_any(inner, 0, "[{\"'.\\") == 0
                            : pb_begins(near, "<member") || (next > size && pb_begins(near, "- "));
    return (are_elements && !pb_contains_any(near, "cate_name|catename")) ||
           pb_may_tell_failure(scalar) || pb_is_any(scalar, "null|Null|NULL|None|nil|undefined|~");
}

/* The text begins with headings as PowerShell prints them, above an object or a list in braces. */
static bool has_row_in_braces(struct pb_slice text)
{
    struct pb_slice headings, rule, row;
    return pb_next_line(&text, &headings) && pb_next_line(&text, &rule) &&
           pb_next_line(&text, &row) && pb_begins(pb_slice_trim(rule), "---") &&
           pb_skip(rule, 0, "- \r") == rule.size_bytes && has_any(row, "{") &&
           !pb_text_has(row, "{}");
}

/* The line that the text begins with is of cells alone, or a rule of columns is below it. */
static bool are_headings(struct pb_slice line, struct pb_slice text, bool are_several)
{
    struct pb_slice rule;

    pb_next_line(&text, &rule);
    if (!pb_next_line(&text, &rule) && are_several && pb_text_has(pb_slice_trim(line), "  ") &&
        pb_skip(line, 0, PB_LETTERS "_ \r") == line.size_bytes)
        return true; /* a string for each line */
    rule = pb_slice_trim(rule);
    bool is_ruled =
        has_any(rule, "-") && has_any(rule, " +|") && pb_skip(rule, 0, "-+|: ") == rule.size_bytes;
    return (are_several && pb_contains_any(line, "</th>|</td>")) ||
           pb_contains_any(line, "values ('") ||
           (pb_contains_any(line, "from stdin") && !pb_begins(rule, "\\")) ||
           ((is_ruled || (are_several && has_cells(line))) && !has_any(line, "(){}[]=:<>"));
}

/* The line that the text begins with has a field with its value, or a heading with a row. Keys or
 * headings that name a thing, and say when it was uploaded, make a table of the lines below. */
static bool lists_by_names(struct text_search *search, struct pb_slice line, struct pb_slice text)
{
    size_t fields = 0, own = 0, words = 0, end;
    bool says_upload = false, says_certificate = false;
    uint64_t seen = 0;
    struct pb_slice last = line;

    search->is_line_about = search->says_upload && pb_says_certificate(line) && !pb_is_prose(line);

    for (size_t at = 0; at < line.size_bytes; at = end + (end == at)) {
        end = pb_skip(line, at, PB_WORD_BYTES);
        struct pb_slice word = pb_slice_first(pb_slice_from(line, at), end - at);
        if (end == at || pb_ends(pb_slice_first(line, at), "iam:")) /* an action */
            continue;
        enum pb_field field = pb_field_of(word);
        bool is_upload = search->says_upload && pb_contains_any(word, "upload") &&
                         !pb_contains_any(word, "uploader");
        bool is_first = (seen >> field & 1) == 0; /* of its field, and so tests the lines below */
        if (((pb_is_own_field(field) || is_upload) && has_value(search, line, text, word)) ||
            (field == PB_FIELD_NAME && has_name_below(line, text, word)) ||
            (field == PB_FIELD_LIST && lacks_elements(text, word)) ||
            (is_first && (field == PB_FIELD_LIST || field == PB_FIELD_CERTIFICATE) &&
             has_row_in_braces(text)))
            return true;
        fields += field != PB_FIELD_NONE && is_first;
        seen |= UINT64_C(1) << field;
        own += pb_is_own_field(field);
        words++;
        size_t to = is_upload ? pb_skip(line, end + 1, PB_LETTERS) : end;
        if (pb_contains_any(pb_slice_from(pb_slice_first(line, to), end), " date| time| on"))
            end = to;
        if (field != PB_FIELD_NONE || (is_upload && !says_upload))
            last = pb_slice_from(line, end);
        struct pb_slice rest = pb_slice_from(line, end);
        size_t next = search->says_upload ? pb_skip(rest, 0, " ") : 0;
        if (!search->says_upload ||
            (next < rest.size_bytes && next < 2 &&
             strchr(":,;|<>=\t\"'" PB_DIGITS, rest.data[next]) == NULL &&
             !pb_contains_any(pb_slice_first(rest, sizeof " upload" - 1), " upload")))
            continue; /* what follows is no other cell and no value */
        if (is_upload && !pb_is_key(word, "upload"))
            says_upload |= at < 2 || memchr(line.data + at - 2, ':', 2) == NULL; /* no action */
        else if ((pb_says_certificate(word) || pb_contains_any(word, "name")) &&
                 !pb_is_foreign_key(word)) {
            says_certificate |= pb_says_certificate(word);
            search->subject_line = search->line + 1;
        }
    }
    bool are_columns = own > 0 && are_headings(line, text, words > 1);
    bool is_heading = own > 0 && (fields > 1 || are_columns) &&
                      !pb_contains_any(line, "username|sshpublickey|--query");
    if (!is_heading &&
        (search->is_owned || !says_upload || !is_near(search, search->subject_line) ||
         pb_contains_any(line, "(| = |< |--query") || pb_is_prose(line) || pb_is_foreign_key(line)))
        return false;
    search->table_line = search->line + 1;
    search->table_year = is_heading || says_certificate ? LAST_YEAR : search->cutoff_year;
    search->are_names_rows = is_heading && (fields == words || are_columns);
    /* A date that a name is compared with, or that a sentence tells of a known ARN, is no row's. */
    bool is_told = !has_cells(line) && pb_aws_names_certificates(line);
    bool has_row = (!pb_contains_any(pb_slice_first(last, 5), " < | > | <= | >= ") &&
                    pb_text_has_date(last, is_told ? search->cutoff_year : search->table_year)) ||
                   (is_heading && pb_contains_any(last, "<tr|values (|values("));
    return has_row && !pb_is_prose(line);
}

/* A row of a name and a date, with separators between them. */
static bool is_dated_name(struct pb_slice line)
{
    size_t begin = pb_skip(line, 0, "-|\"'{[( \t"), end = pb_find_any(line, begin, " \t,;|:=\"'");
    struct pb_slice name = pb_slice_first(pb_slice_from(line, begin), end - begin);
    struct pb_slice rest = pb_slice_from(line, end);
    size_t size = separator_size(rest);
    struct pb_slice between = pb_slice_trim(pb_slice_first(rest, size));
    return has_any(name, PB_LETTERS) && pb_is_certificate_name(name) &&
           !pb_contains_any(name, pb_other_dates) && !pb_ends(name, "At") &&
           !pb_ends(name, "Date") && !pb_ends(name, "Time") &&
           !pb_contains_any(name, "upload|creat|updat|modif|change|timestamp|copyright") &&
           begins_with_date(between, pb_slice_from(rest, size), false) && !pb_is_prose(line);
}

/* A phrase of existing certificates: of Terraform, aws-nuke, Pulumi, boto3 or a table's title. */
static bool is_phrase(struct pb_slice line)
{
    size_t begin = pb_skip(line, 0, "| \t");
    struct pb_slice title = pb_slice_from(line, begin);

    title = pb_slice_trim(pb_slice_first(title, pb_slice_find(title, PB_SLICE("|"), 0)));
    return (pb_text_has(line, "aws_iam_server_certificate.") &&
            pb_contains_any(line, " will be | must be replaced")) ||
           (pb_text_has(line, " IAMServerCertificate ") && pb_text_has(line, "remove")) ||
           pb_text_has(line, "iam/serverCertificate:ServerCertificate ") ||
           pb_begins(line, "iam.ServerCertificate(name='") ||
           (begin > 0 && line.data[0] == '|' &&
            pb_is_any(title, "ListServerCertificates|GetServerCertificate"));
}

/* A stack's certificate is a reference by its name. Without a name, beside an old date, and in a
 * string of JSON it is unread. An empty name: it is none yet, or an ARN refers to it. */
static void add_resource(struct text_search *search, struct pb_slice name)
{
    struct pb_writer *out = search->out;

    if (name.data != NULL && name.size_bytes == 0)
        return;
    if (out == NULL || search->has_old_date || name.data == NULL ||
        out->references++ >= PB_MOST_BARE_ELEMENTS)
        search->is_listing = true;
    else
        pb_writer_add_reference(out, name)->account = pb_writer_copy(out, search->account);
}

/* Reads a row with the type in a cell. The name is the nearest cell before it, else the last behind
 * it, that is no status; in --output text, which has no heading, cells end at tabs alone. */
static void read_resource_row(struct text_search *search, struct pb_slice line)
{
    const char *separators = search->has_heading ? " \t|,;\"'" : "\t";
    bool is_behind_tab =
        pb_text_has(line, "\tAWS::IAM::ServerC") && !pb_aws_names_certificates(line);
    bool is_certificate = is_behind_tab, is_found = false;
    struct pb_slice cell, name = PB_SLICE_ABSENT;
    struct pb_slice rest = pb_slice_from(line, sizeof "RESOURCECOUNTS");
    int count;

    if (search->out != NULL && pb_begins(line, "RESOURCECOUNTS\t") &&
        pb_take_number(&rest, 1, 9, &count)) { /* of AWS Config */
        pb_writer_add_record(search->out, PB_RECORD_ACCOUNT_SUMMARY)->count = (uint64_t)count;
        search->out->references++;
        return;
    }
    for (rest = line; (cell = pb_take_part(&rest, separators)).size_bytes > 0;)
        if (pb_is_key(cell, certificate_type)) {
            is_certificate = true;
            is_found = name.data != NULL;
        } else if (!is_found && may_be_name(cell) &&
                   !pb_contains_any(cell, "resource|_complete|_failed|_progress|_skipped"))
            name = cell;
    if (is_certificate && (is_behind_tab || name.data != NULL))
        add_resource(search, name);
}

static void read_resources(struct text_search *search, struct pb_slice line, struct pb_slice text)
{
    bool has_type = pb_contains_any(line, "resourcetype");
    bool is_heading =
        has_type && pb_text_has(line, "PhysicalResourceId") && !pb_text_has(line, "::");

    search->has_heading |= is_heading;
    if (!has_type && pb_text_has(line, certificate_type)) {
        read_resource_row(search, line);
        search->is_listing |=
            pb_text_has_date(line, search->cutoff_year) && !pb_is_prose(line); /* of an event */
    }
    for (size_t at = 0, end; at < line.size_bytes && !is_heading; at = end + (end == at)) {
        end = pb_skip(line, at, PB_LETTERS);
        struct pb_slice word = pb_slice_from(pb_slice_first(line, end), at);
        if (!pb_is_any(word, PB_WORDS_RESOURCE_KEYS) || (at > 0 && line.data[at - 1] == '/'))
            continue; /* another word, or an end tag */
        struct pb_slice rest = pb_slice_from(text, end);
        size_t size = separator_size(rest);
        struct pb_slice value = pb_slice_first(pb_slice_from(rest, size), LONGEST_CALL_BYTES);
        size_t stack = pb_slice_find(value, PB_SLICE(":stack/"), 0);
        struct pb_slice account =
            pb_slice_from(pb_slice_first(value, stack), stack - PB_ACCOUNT_BYTES);
        if (pb_is_account(account))
            search->account = account;
        bool is_none = pb_contains_any(pb_slice_first(rest, size), "''|\"\"|</") ||
                       pb_begins(rest, "/>") || pb_begins(value, "arn:");
        if (pb_begins(value, certificate_type))
            add_resource(search, search->resource);
        if (pb_is_key(word, "ResourceType"))
            search->resource = PB_SLICE_ABSENT;
        else if (!pb_is_key(word, "StackId"))
            search->resource = is_none ? PB_SLICE("") : first_name(value, true, false);
    }
}

/* An empty line, or a key of YAML that is not indented: there another block begins. */
static bool begins_block(struct pb_slice line)
{
    return pb_slice_trim(line).size_bytes == 0 || (pb_ends(line, ":") && line.data[0] != ' ');
}

/* The first line, or one below it in its block, names a user, as those of SSH keys do. */
static bool is_owned(struct pb_slice text)
{
    struct pb_slice line;
    bool has_user = pb_next_line(&text, &line) && pb_contains_any(line, "UserName|SSHPublicKey");

    while (!has_user && pb_next_line(&text, &line) && !begins_block(line))
        has_user = pb_contains_any(line, "UserName|SSHPublicKey");
    return has_user;
}

/* Updates the search by the line, with which rest begins; sets is_listing if it lists any. */
static void read_listing(struct text_search *search, struct pb_slice line, struct pb_slice rest)
{
    struct pb_slice trimmed = pb_slice_trim(line);
    bool is_empty = trimmed.size_bytes == 0;
    char last = is_empty ? '\0' : trimmed.data[trimmed.size_bytes - 1];
    bool is_names = search->is_answer && has_any(trimmed, PB_LETTERS) &&
                    pb_is_row(trimmed, trimmed.data[0] == '|' ? '|' : '\t');
    bool is_row =
        search->table_year > 0 && !pb_contains_any(line, "(|< |<=|>=|date > '") &&
        (!pb_is_prose(line) || pb_text_has(line, ", 20")) &&
        (pb_text_has_date(line, search->table_year) ||
         (search->are_names_rows && (!pb_begins(trimmed, "<") || pb_contains_any(trimmed, "<td")) &&
          pb_skip(line, 0, "-+|:= \t") < line.size_bytes));

    if (search->line == 0 || begins_block(line))
        search->is_owned = search->says_upload && is_owned(rest);
    if (search->has_resource)
        read_resources(search, line, rest);
    search->is_listing =
        search->is_listing || is_row || lists_by_names(search, line, rest) || is_phrase(line) ||
        ((search->is_path_about || search->is_block_about) && is_dated_name(line)) || is_names;
    if (!is_empty)
        search->is_answer =
            pb_is_command(line) &&
            pb_contains_any(line, "list-server-certificates|get-server-certificate");
    else if (!is_near(search, search->table_line))
        search->table_year = 0;
    if (last == '{' || last == '[' || last == ':')
        search->is_block_about =
            (pb_says_certificate(trimmed) || pb_contains_any(trimmed, "upload")) &&
            !pb_contains_any(trimmed, "def |func|class |){|) {"); /* code */
    else if (is_empty || last == '}' || last == ']')
        search->is_block_about = false;
}

bool pb_is_example(struct pb_slice mark)
{
    struct pb_certificate_arn arn;
    struct pb_slice path = pb_slice_from(mark, pb_slice_find(mark, PB_SLICE("/"), 0));
    return pb_text_has(pb_slice_from(mark, mark.size_bytes - sizeof "EXAMPLE"), "EXAMPLE") ||
           (pb_certificate_arn_parse(mark, &arn) &&
            pb_is_any(arn.account, "123456789012|1234567989012") && /* the latter misspelt */
            (pb_contains_any(path, "cert|example") || pb_is_stand_in(arn.name) ||
             pb_skip(arn.name, 0, PB_CAPITALS "_-") == arn.name.size_bytes));
}

bool pb_aws_is_documentation(struct pb_slice text, bool has_rows)
{
    struct text_search search = {.is_about = true, .says_upload = true};
    size_t marks = 0, ids = 0, rows = 0, sentences = 0;
    struct pb_mark mark = {0};
    struct pb_slice line;

    if (pb_contains_any(pb_slice_first(text, MOST_TAG_BYTES), "openapi: |swagger: ") ||
        (!has_rows && pb_text_has(text, "```") && pb_contains_any(text, "List\": []|List\":[]") &&
         !pb_contains_any(text, PB_WORDS_ANSWERED)))
        return true; /* an interface, or the answer that a call is expected to print */
    for (; pb_mark_next(text, &mark); marks++) {
        if (!pb_is_example(mark.text))
            return false;
        ids += mark.is_id;
    }
    if (!has_rows && pb_text_has(text, "User: arn:") &&
        !pb_contains_any(text, "iam::123456789012:user|sts::123456789012:|iam::1111|sts::1111"))
        return false; /* a call was refused in a real account */
    for (; marks > 0 && !has_rows && pb_next_line(&text, &line); search.line++) {
        bool is_prose = pb_is_prose(line), is_listed = lists_by_names(&search, line, line);
        bool is_row = !is_prose && pb_text_has_date(line, LAST_YEAR);
        if (is_row && search.table_year > 0 && (search.are_names_rows || has_cells(line)) &&
            !pb_aws_names_certificates(line))
            return false; /* of a table, without an example's mark */
        if (pb_slice_trim(line).size_bytes == 0)
            search.table_year = 0;
        sentences += is_prose;
        rows += is_row && (!pb_text_has(line, " ") || is_listed);
    }
    /* Each row has its ARN and id, or few rows stand between sentences. */
    return (ids > 0 && 2 * rows <= marks) || sentences > 4 * rows;
}

/* The line's last word is an ARN that ends before its name. */
static bool goes_on(struct pb_slice line)
{
    size_t excess = line.size_bytes > LONGEST_CALL_BYTES ? line.size_bytes - LONGEST_CALL_BYTES : 0;
    struct pb_slice end = pb_slice_from(line, excess); /* joined lines are long: read no more */
    struct pb_slice word = pb_slice_from(end, pb_slice_find_last(end, ' ') + 1); /* 0: none */
    return pb_text_has(word, "arn:aws") && pb_find_any(word, 0, "/") >= word.size_bytes - 1;
}

/* Appends the text without what quotes or breaks its words. The ends of lines in broken words
 * follow at the end of their line, so that lines have their numbers. */
static void write_plain(struct pb_slice text, struct pb_buffer *plain)
{
    size_t breaks = 0, begin = 0;
    bool is_row = false; /* of an HTML table */

    for (size_t at = 0; at < text.size_bytes;) {
        size_t from = at;
        at = pb_find_any(text, at, pb_escape_bytes);
        pb_buffer_append(plain, pb_slice_from(pb_slice_first(text, at), from));
        from = at;
        if (at == text.size_bytes)
            break;
        struct pb_slice tag = pb_slice_first(pb_slice_from(text, from), 4);
        is_row = (pb_is_word(pb_slice_first(tag, 3), "<tr") && pb_skip(tag, 3, " >\r\n") > 3) ||
                 (is_row && !pb_contains_any(tag, "</tr|</ta"));
        char byte = pb_unquote_byte(text, &at);
        bool is_break = byte == '\0' && at > from + 1;
        if (byte == '\n' && goes_on(pb_slice_trim(pb_slice_from(pb_buffer_slice(plain), begin)))) {
            is_break = true;
            plain->size_bytes -= pb_ends(pb_buffer_slice(plain), "\r");
            at = pb_skip(text, at, " \t>");
        }
        bool is_end = text.data[from] == '\n' && !is_row;
        breaks += (is_break || is_row) && (text.data[from] == '\n' || text.data[at - 1] == '\n');
        if (is_break)
            continue;
        pb_buffer_append_byte(plain, byte == '\n' && !is_end ? ' ' : byte);
        if (!is_end)
            continue;
        pb_buffer_append_repeated(plain, '\n', breaks);
        breaks = 0;
        begin = plain->size_bytes;
    }
}

static void read_line(struct text_search *search, struct pb_slice line, struct pb_slice rest)
{
    struct pb_writer *out = search->out;
    bool has_mark = false;
    struct pb_mark mark = {0};

    out->line = search->line + 1;
    /* A sentence about an upload may go on in the next line. */
    bool is_told = pb_contains_any(line, "upload") && !has_cells(line);
    struct pb_slice told =
        pb_slice_first(rest, line.size_bytes + (is_told ? PB_LONGEST_DATE_BYTES : 0));
    bool is_old = pb_text_has_date(told, search->cutoff_year) && (is_told || !pb_is_prose(line));
    bool is_of_policy = search->is_policy && pb_is_of_policy(line, &search->is_below_resource);
    if (!search->is_code)
        read_listing(search, line, rest);
    while (out->references < PB_MOST_BARE_ELEMENTS && pb_mark_next(line, &mark)) {
        has_mark = true;
        /* An example's ARN is in sentences and code, and no key's whole value. */
        bool is_value = pb_ends(pb_slice_first(line, mark.begin), ": ") && !mark.is_id &&
                        mark.end == line.size_bytes;
        if (pb_is_example(mark.text) && !is_old && !is_value)
            continue;
        search->is_listing |= is_old || search->has_body;
        search->subject_line = search->line + 1;
        if (is_of_policy)
            continue;
        out->references++;
        pb_writer_add_reference(out, mark.text)->is_from_text = true;
    }
    /* An ARN with something else than an account in it, or a mark beyond the ceiling, is unread. */
    search->is_listing |=
        (!has_mark && is_old && !search->is_policy &&
         pb_contains_any(line, ":server-certificate/") &&
         !pb_contains_any(line, "-certificate/*|-certificate/$|-certificate/{|-certificate/<")) ||
        out->references >= PB_MOST_BARE_ELEMENTS;
}

static struct text_search begin_search(struct pb_slice text, int cutoff_year)
{
    bool has_resource = pb_text_has(text, certificate_type);
    /* CloudFormation's XML names a date of its own: behind its first digit, or from 0. */
    size_t begin = pb_slice_find(text, PB_SLICE("2010-05-15/\""), 0) + 1;
    return (struct text_search){
        .cutoff_year = cutoff_year,
        .is_about = pb_says_certificate(text),
        .says_upload =
            pb_contains_any(text, "upload") && /* and no domain's of API Gateway */
            !(pb_text_has(text, "ertificateUploadDate") && pb_text_has(text, "omainName")),
        .has_resource = has_resource,
        .has_old_date = has_resource && pb_text_has_date(pb_slice_from(text, begin), cutoff_year),
    };
}

bool pb_text_is_listing(struct pb_slice text, int cutoff_year)
{
    struct pb_slice line, rest = text;
    bool is_encoded = !pb_text_has(pb_slice_first(text, FEWEST_ENCODED_BYTES), " ") &&
                      text.size_bytes > FEWEST_ENCODED_BYTES && pb_aws_has_encoded_names(text);

    /* Most texts have none of these words, and list nothing. */
    if (is_encoded || (!pb_text_has(text, "pload") && !pb_text_has(text, "PLOAD") &&
                       !pb_aws_is_expected_path(text)))
        return is_encoded;
    struct text_search search = begin_search(text, cutoff_year);
    for (; !search.is_listing && pb_next_line(&rest, &line); text = rest, search.line++)
        read_listing(&search, line, text);
    /* Logs have a string for each line, and headings alone in one. */
    return search.is_listing || (search.line == 1 && search.are_names_rows);
}

/* Why a text that lists nothing proves nothing; NULL if it may prove something. */
static const char *find_excuse(struct pb_slice text, const struct pb_aws_context *context)
{
    size_t point = pb_slice_find_last(context->path, '.');

    if (pb_begins(text, "apiVersion:") || pb_begins(text, "kind:"))
        return PB_SAY_EXCUSE_KUBERNETES;
    if (pb_contains_any(pb_slice_first(text, MOST_TAG_BYTES), PB_WORDS_OTHER_PEM) &&
        !pb_text_has(text, "CERTIFICATE-----"))
        return PB_SAY_EXCUSE_OTHER_PEM;
    /* A page that names calls, and nothing that may have been uploaded. */
    bool is_page = pb_is_any(pb_slice_from(context->path, point), ".html|.htm|.rst|.md") &&
                   pb_aws_is_expected_path(text) && !pb_text_has_date(text, context->cutoff_year);
    return is_page ? PB_SAY_EXCUSE_DOCUMENTATION : NULL;
}

/* get-account-summary as a table, YAML, XML or PowerShell prints it: the number behind the key. */
static bool read_summary(struct pb_writer *out, struct pb_slice text)
{
    bool may_be = pb_contains_any(text, "summarymap|users");
    int count;

    for (size_t at = 0; may_be && pb_find_next(text, "ServerCertificates", &at); at++) {
        struct pb_slice rest = pb_slice_from(text, at + sizeof "ServerCertificates" - 1);
        struct pb_slice value = pb_slice_from(rest, separator_size(rest));
        value = pb_slice_from(value, pb_skip(value, 0, " |"));
        if (value.data == rest.data || !pb_take_number(&value, 1, 9, &count))
            continue;
        out->shape = "iam.get-account-summary";
        pb_writer_add_record(out, PB_RECORD_ACCOUNT_SUMMARY)->count = (uint64_t)count;
        return true;
    }
    return false;
}

enum pb_status pb_aws_read_text(struct pb_slice text, const struct pb_aws_context *context,
                                struct pb_batch *batch, struct pb_aws_reading *reading)
{
    struct pb_writer out = {.batch = batch, .shape = pb_reference_shape};
    struct text_search search = begin_search(text, context->cutoff_year);
    struct pb_buffer plain = {0};
    struct pb_slice from, rest, line;

    search.out = &out;
    search.is_policy = pb_is_policy(text);
    search.has_body = pb_text_has(text, "-----BEGIN CERTIFICATE-----");
    search.is_path_about = pb_is_path_about(context->path);
    struct pb_slice suffix = pb_slice_from(context->path, pb_slice_find_last(context->path, '.'));
    /* A program's source, and no data that somebody saved as such. */
    search.is_code = pb_is_any(suffix, PB_WORDS_CODE_SUFFIXES) && !context->is_named &&
                     !pb_aws_is_expected_path(context->path) &&
                     pb_find_any(pb_slice_trim(text), 0, "{[(") > 0;
    search.is_about |= search.is_path_about;
    search.is_listing = pb_aws_has_encoded_names(text);
    write_plain(text, &plain);
    from = rest = pb_buffer_slice(&plain);
    out.has_failed = plain.has_failed;
    for (; !out.has_failed && pb_next_line(&rest, &line); search.line++, from = rest)
        read_line(&search, line, from);
    pb_buffer_release(&plain);
    reading->excuse = search.is_policy ? PB_SAY_EXCUSE_POLICY : find_excuse(text, context);
    if (reading->excuse == NULL && search.is_code && pb_aws_is_expected_path(text))
        reading->excuse = PB_SAY_EXCUSE_CODE;
    reading->is_refused = search.is_listing;
    reading->is_recognised = (read_summary(&out, text) || out.references > 0) && !search.is_listing;
    if (reading->is_recognised)
        reading->shape = out.shape;
    return pb_writer_close(&out);
}
