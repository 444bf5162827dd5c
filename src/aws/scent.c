/* SPDX-License-Identifier: MIT */
/* What can be told from raw text and from a path, before anything is parsed. */
#include <stdint.h>

#include "aws/read.h"

#define FEWEST_ID_BYTES 16

/* A word of lower-case letters, ready for Horspool's search in text of any case. */
struct word {
    struct pb_slice letters;
    unsigned char shifts[UINT8_MAX + 1];
};

static void word_init(struct word *word, struct pb_slice letters)
{
    size_t last = letters.size_bytes - 1;

    word->letters = letters;
    memset(word->shifts, (int)letters.size_bytes, sizeof word->shifts);
    for (size_t i = 0; i < last; i++) {
        unsigned char letter = (unsigned char)letters.data[i];
        word->shifts[letter] = (unsigned char)(last - i);
        word->shifts[letter - 'a' + 'A'] = (unsigned char)(last - i);
    }
}

static size_t find_word(const struct word *word, struct pb_slice text, size_t from)
{
    const size_t size = word->letters.size_bytes;

    for (size_t end = from + size; end <= text.size_bytes;) {
        const char *window = text.data + end - size;
        size_t matched = size;
        while (matched > 0 && pb_byte_lower(window[matched - 1]) == word->letters.data[matched - 1])
            matched--;
        if (matched == 0)
            return end - size;
        end += word->shifts[(unsigned char)text.data[end - 1]];
    }
    return SIZE_MAX;
}

/* "server" or "server_" stands before the offset. */
static bool follows_server(struct pb_slice text, size_t offset)
{
    struct pb_slice before = pb_slice_first(text, offset);

    if (before.size_bytes > 0 && before.data[before.size_bytes - 1] == '_')
        before.size_bytes--;
    if (before.size_bytes < 6)
        return false;
    return pb_slice_equals_ignoring_case(pb_slice_from(before, before.size_bytes - 6),
                                         PB_SLICE("server"));
}

static bool ends_key(struct pb_slice text, size_t offset)
{
    return offset < text.size_bytes && (text.data[offset] == '"' || text.data[offset] == '\'');
}

/* "Name", "_id" or "Metadata" stands after the offset. */
static bool precedes_rest_of_field(struct pb_slice text, size_t offset)
{
    static const char *const rests[] = {"name", "id", "metadata"};
    struct pb_slice after = pb_slice_from(text, offset);

    if (after.size_bytes > 0 && after.data[0] == '_')
        after = pb_slice_from(after, 1);
    for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
        struct pb_slice rest = pb_slice_from_string(rests[i]);
        if (pb_slice_equals_ignoring_case(pb_slice_first(after, rest.size_bytes), rest))
            return true;
    }
    return false;
}

/* The word that begins before the offset ends with a quotation mark, which may be escaped. */
static bool is_quoted(struct pb_slice text, size_t offset)
{
    while (offset < text.size_bytes &&
           (text.data[offset] == '_' || text.data[offset] == '-' ||
            (pb_byte_lower(text.data[offset]) >= 'a' && pb_byte_lower(text.data[offset]) <= 'z')))
        offset++;
    return ends_key(text, offset) ||
           (offset < text.size_bytes && text.data[offset] == '\\' && ends_key(text, offset + 1));
}

/* Calls see with each offset at which "certificate" ends that follows "server"; whether any is
 * what it looks for. */
static bool find_server_certificate(struct pb_slice text, bool (*see)(struct pb_slice, size_t))
{
    struct word certificate;

    word_init(&certificate, PB_SLICE("certificate"));
    for (size_t at = find_word(&certificate, text, 0); at != SIZE_MAX;
         at = find_word(&certificate, text, at + certificate.letters.size_bytes))
        if (follows_server(text, at) && see(text, at + certificate.letters.size_bytes))
            return true;
    return false;
}

static bool is_field_name(struct pb_slice text, size_t end)
{
    return ends_key(text, end) || precedes_rest_of_field(text, end);
}

static bool is_metadata_name(struct pb_slice text, size_t end)
{
    return precedes_rest_of_field(text, end) && is_quoted(text, end);
}

bool pb_aws_has_field_names(struct pb_slice text)
{
    /* CloudSploit's name of the call, under which it keeps a failure too. */
    return pb_slice_find(text, PB_SLICE("\"listServerCertificates\""), 0) != SIZE_MAX ||
           find_server_certificate(text, is_field_name);
}

bool pb_aws_has_metadata_names(struct pb_slice text)
{
    return find_server_certificate(text, is_metadata_name);
}

static bool begins_like_json(struct pb_slice text)
{
    text = pb_slice_trim(text);
    if (text.size_bytes < 2 || (text.data[0] != '{' && text.data[0] != '['))
        return false;
    char opening = text.data[0];
    text = pb_slice_trim(pb_slice_from(text, 1));
    char next = text.size_bytes > 0 ? text.data[0] : '\0';
    return next == '"' || (opening == '[' && (next == '{' || next == '['));
}

/* ASCA and at least as many capitals and digits as make an id. */
static bool holds_id(struct pb_slice text)
{
    const struct pb_slice prefix = PB_SLICE("ASCA");

    for (size_t at = pb_slice_find(text, prefix, 0); at != SIZE_MAX;
         at = pb_slice_find(text, prefix, at + 1)) {
        size_t end = at;
        while (end < text.size_bytes && ((text.data[end] >= 'A' && text.data[end] <= 'Z') ||
                                         (text.data[end] >= '0' && text.data[end] <= '9')))
            end++;
        if (end - at >= FEWEST_ID_BYTES)
            return true;
        at = end - 1;
    }
    return false;
}

bool pb_aws_names_certificates(struct pb_slice text)
{
    return begins_like_json(text) &&
           (pb_slice_find(text, PB_SLICE(":server-certificate/"), 0) != SIZE_MAX || holds_id(text));
}

size_t pb_aws_prologue_size(struct pb_slice text)
{
    const struct pb_slice word = PB_SLICE("scoutsuite_results");
    size_t size = word.size_bytes;

    if (!pb_slice_starts_with(text, word))
        return 0;
    while (size < text.size_bytes && (text.data[size] == ' ' || text.data[size] == '\t'))
        size++;
    return size < text.size_bytes && text.data[size] == '=' ? size + 1 : 0;
}

bool pb_aws_is_expected_path(struct pb_slice path)
{
    const struct pb_slice word = PB_SLICE("servercert");
    size_t matched = 0;

    /* The word's first letter stands in it once: after a mismatch it can only begin anew. */
    for (size_t i = 0; i < path.size_bytes && matched < word.size_bytes; i++) {
        char byte = pb_byte_lower(path.data[i]);
        if (byte == '-' || byte == '_')
            continue;
        if (byte == word.data[matched])
            matched++;
        else
            matched = byte == word.data[0];
    }
    return matched == word.size_bytes;
}

bool pb_aws_is_expected_file(struct pb_slice path)
{
    size_t slash = pb_slice_find_last(path, '/');

    return pb_aws_is_expected_path(slash == SIZE_MAX ? path : pb_slice_from(path, slash + 1));
}
