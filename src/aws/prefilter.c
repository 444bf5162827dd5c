/* SPDX-License-Identifier: MIT */
/* What can be told from a path and, in one pass, from raw text: most of an account's dump cannot be
 * evidence. The audit asks before it parses. */
#include <stdint.h>

#include "aws/read.h"
#include "base/simd.h"

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

static struct pb_slice last_component(struct pb_slice path)
{
    size_t slash = pb_slice_find_last(path, '/');

    return slash == SIZE_MAX ? path : pb_slice_from(path, slash + 1);
}

bool pb_aws_is_expected_file(struct pb_slice path)
{
    return pb_aws_is_expected_path(last_component(path));
}

bool pb_aws_is_telling_path(struct pb_slice path)
{
    static const char *const suffixes[] = {".json", ".jsonl", ".ndjson", ".txt", ".out", NULL};
    struct pb_slice file = last_component(path);
    struct pb_slice folder = last_component(pb_slice_first(
        path, path.size_bytes - file.size_bytes - (file.size_bytes < path.size_bytes)));
    bool is_answer = pb_slice_find_last(file, '.') == SIZE_MAX;

    for (size_t i = 0; suffixes[i] != NULL; i++)
        is_answer |= pb_slice_ends_with(file, pb_slice_from_string(suffixes[i]));
    return is_answer && !pb_slice_contains_ignoring_case(file, PB_SLICE("acm")) &&
           !pb_slice_contains_ignoring_case(folder, PB_SLICE("acm")) &&
           (pb_slice_contains_ignoring_case(file, PB_SLICE("cert")) ||
            pb_slice_contains_ignoring_case(folder, PB_SLICE("cert")));
}

/* A block is first tested for letters that may belong to a word, then, which is seldom, searched
 * byte by byte. */
#define BLOCK_BYTES 128
/* The lanes look so far behind the byte that they are about. */
#define LOOK_AHEAD_BYTES 5

/*
 * A document that neither its path nor the command line marks shows nothing without one of these
 * words, in any case. "prebleed-" is for reports and waivers of our own, "-begin" for PEM. A caller
 * identity needs one of the last three as a key, and an account beside it: users in lists have
 * none, and userIdentity is in every trail. A word is told by two or three letters, the first of
 * them at telling_at, that stand so far from each other in few other words of account data.
 */
static const struct {
    struct pb_slice letters;
    size_t telling_at;
    bool is_of_identity;
} words[] = {
    {{"certificate", 11}, 3, false}, {{"upload", 6}, 2, false}, {{"asca", 4}, 1, false},
    {{"prebleed-", 9}, 0, false},    {{"-begin", 6}, 1, false}, {{"userid", 6}, 0, true},
    {{"user_id", 7}, 1, true},       {{"user-id", 7}, 1, true},
};

/* One text, and what has been found out about it. */
struct search {
    struct pb_slice text;
    bool has_account, is_account_known;
};

/* The key may stand in a string inside a string, its quotes escaped. */
static bool ends_key(struct pb_slice rest)
{
    return rest.size_bytes == 0 || rest.data[0] == '"' || rest.data[0] == '\\' ||
           rest.data[0] == '\'';
}

static bool has_account(struct search *search)
{
    if (!search->is_account_known)
        search->has_account = pb_slice_contains_ignoring_case(search->text, PB_SLICE("account"));
    search->is_account_known = true;
    return search->has_account;
}

/* Letters, '_' and '-' may be written as escapes: \u0041 to \u007a, and \u002d. */
static bool is_escape(struct pb_slice text)
{
    if (!pb_slice_starts_with(text, PB_SLICE("\\u00")) || text.size_bytes < 6)
        return false;
    return (text.data[4] >= '4' && text.data[4] <= '7') ||
           (text.data[4] == '2' && (text.data[5] | 0x20) == 'd');
}

/* The telling letters of a word, or an escape, begin at the offset. */
static bool is_word(struct search *search, size_t offset)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct pb_slice letters = words[i].letters;
        if (offset < words[i].telling_at)
            continue;
        struct pb_slice text = pb_slice_from(search->text, offset - words[i].telling_at);
        if (pb_slice_equals_ignoring_case(pb_slice_first(text, letters.size_bytes), letters) &&
            (!words[i].is_of_identity ||
             (ends_key(pb_slice_from(text, letters.size_bytes)) && has_account(search))))
            return true;
    }
    return is_escape(pb_slice_from(search->text, offset));
}

static inline pb_lanes are_both(pb_lanes one, char letter, pb_lanes other, char other_letter)
{
    return pb_lanes_equal(one, letter) & pb_lanes_equal(other, other_letter);
}

/* The lanes where the telling letters of a word begin. Bit 0x20 makes small letters of capital
 * ones, and something else of '\\'. */
static inline pb_lanes word_lanes(const char *bytes)
{
    const pb_lanes first = pb_lanes_load(bytes) | 0x20, second = pb_lanes_load(bytes + 1) | 0x20;
    const pb_lanes third = pb_lanes_load(bytes + 2) | 0x20;
    const pb_lanes sixth = pb_lanes_load(bytes + LOOK_AHEAD_BYTES) | 0x20;
    const pb_lanes is_s = pb_lanes_equal(first, 's');
    const pb_lanes l_or_sc = pb_lanes_equal(first, 'l') | (is_s & pb_lanes_equal(second, 'c'));
    const pb_lanes s_or_u = pb_lanes_equal(first, 'u') | is_s;

    return are_both(first, 't', third, 'f') | are_both(first, 'p', third, 'e') |
           are_both(first, 'b', third, 'g') | (l_or_sc & pb_lanes_equal(third, 'a')) |
           (s_or_u & pb_lanes_equal(sixth, 'd')) |
           (are_both(first, '\\' | 0x20, second, 'u') & pb_lanes_equal(third, '0'));
}

/* The lanes are made once more, because keeping them costs every block more than that. */
static bool block_holds_word(struct search *search, size_t offset)
{
    const size_t end = offset + BLOCK_BYTES;

    for (; offset < end; offset += PB_LANES) {
        const pb_lanes lanes = word_lanes(search->text.data + offset);
        if (pb_lanes_any(lanes))
            for (size_t i = 0; i < PB_LANES; i++)
                if (lanes[i] != 0 && is_word(search, offset + i))
                    return true;
    }
    return false;
}

static bool block_may_hold_word(const char *bytes)
{
    pb_lanes any = {0};

    for (size_t i = 0; i < BLOCK_BYTES; i += PB_LANES)
        any |= word_lanes(bytes + i);
    return pb_lanes_any(any);
}

/* What is left behind the last block, less than one and what is looked at behind it. */
static bool end_holds_word(struct search *search, size_t offset)
{
    const struct pb_slice end = pb_slice_from(search->text, offset);
    char padded[BLOCK_BYTES + LOOK_AHEAD_BYTES] = {0};

    if (end.size_bytes > 0)
        memcpy(padded, end.data, end.size_bytes);
    for (size_t i = block_may_hold_word(padded) ? 0 : BLOCK_BYTES; i < end.size_bytes; i++)
        if (is_word(search, offset + i))
            return true;
    return false;
}

bool pb_aws_may_be_evidence(struct pb_slice text)
{
    struct search search = {.text = text};
    size_t offset = 0;

    for (; text.size_bytes - offset >= BLOCK_BYTES + LOOK_AHEAD_BYTES; offset += BLOCK_BYTES)
        if (block_may_hold_word(text.data + offset) && block_holds_word(&search, offset))
            return true;
    return end_holds_word(&search, offset);
}
