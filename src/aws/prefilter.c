/* SPDX-License-Identifier: MIT */
/* What can be told from a path and, in one pass, from raw text: most of an account's dump cannot be
 * evidence. The audit asks before it parses. */
#include <stdint.h>

#include "aws/read.h"
#include "base/lanes.h"

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

/* Of these some are looked at in a block at a time; what they promise is then looked for byte by
 * byte, which is seldom. */
#define BLOCK_BYTES 128
/* The lanes look so far behind the byte that they are about. */
#define LOOK_AHEAD_BYTES 5
/* Of either part of an action's name: looking for the ends of one must cost little. */
#define LONGEST_ACTION_BYTES 128

/*
 * What pb_aws_read needs where nothing vouches for the text: keys and values hold one of these in
 * any case. The last ones are for reports and waivers of our own, and for PEM.
 * A word is told by two or three letters, the first of them at telling_at, that stand so far from
 * each other in few other words of account data.
 */
static const struct scent {
    struct pb_slice word;
    size_t telling_at;
} words[] = {
    {{"certificate", 11}, 3}, {{"upload", 6}, 2}, {{"asca", 4}, 1},
    {{"prebleed-", 9}, 0},    {{"-begin", 6}, 1},
};

/* A caller identity needs one of these keys, and an account beside it: users in lists have none,
 * and userIdentity is in every trail. */
static const struct scent identity_keys[] = {
    {{"userid", 6}, 0},
    {{"user_id", 7}, 1},
    {{"user-id", 7}, 1},
};

/* One text, and what has been found out about it. */
struct sift {
    struct pb_slice text;
    bool overlooks_actions;
    bool has_account, is_account_known;
};

/* The scent's telling letters begin at the offset. */
static bool is_around(const struct sift *sift, const struct scent *scent, size_t offset)
{
    if (offset < scent->telling_at)
        return false;
    struct pb_slice text = pb_slice_from(sift->text, offset - scent->telling_at);
    return pb_slice_equals_ignoring_case(pb_slice_first(text, scent->word.size_bytes), scent->word);
}

static bool is_word(const struct sift *sift, size_t offset)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (is_around(sift, &words[i], offset))
            return true;
    return false;
}

/* The key may stand in a string inside a string, its quotes escaped. */
static bool sift_ends_key(struct pb_slice rest)
{
    return rest.size_bytes == 0 || rest.data[0] == '"' || rest.data[0] == '\\' ||
           rest.data[0] == '\'';
}

static bool has_account(struct sift *sift)
{
    if (!sift->is_account_known)
        sift->has_account = pb_slice_contains_ignoring_case(sift->text, PB_SLICE("account"));
    sift->is_account_known = true;
    return sift->has_account;
}

static bool is_identity_key(struct sift *sift, size_t offset)
{
    for (size_t i = 0; i < sizeof identity_keys / sizeof identity_keys[0]; i++) {
        const struct scent *key = &identity_keys[i];
        if (is_around(sift, key, offset) &&
            sift_ends_key(
                pb_slice_from(sift->text, offset - key->telling_at + key->word.size_bytes)))
            return has_account(sift);
    }
    return false;
}

/* Letters, '_' and '-' may be written as escapes: \u0041 to \u007a, and \u002d. */
static bool is_escape(struct pb_slice text)
{
    if (!pb_slice_starts_with(text, PB_SLICE("\\u00")) || text.size_bytes < 6)
        return false;
    return (text.data[4] >= '4' && text.data[4] <= '7') ||
           (text.data[4] == '2' && (text.data[5] | 0x20) == 'd');
}

static bool is_scent_of_any(struct sift *sift, size_t offset)
{
    return is_word(sift, offset) || is_escape(pb_slice_from(sift->text, offset)) ||
           is_identity_key(sift, offset);
}

static bool is_small_or_digit(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool is_name_byte(char byte)
{
    return is_small_or_digit(pb_byte_lower(byte)) || byte == '*' || byte == '?';
}

static bool is_service_byte(char byte)
{
    return is_small_or_digit(byte) || byte == '-';
}

/* How many of the bytes from the offset on, in steps of 1 or -1, are of a kind. */
static size_t count_bytes(struct pb_slice text, size_t offset, int step, bool (*is_of)(char))
{
    size_t count = 0;

    for (; count < LONGEST_ACTION_BYTES && offset < text.size_bytes && is_of(text.data[offset]);
         offset += (size_t)step)
        count++;
    return count;
}

/* A string that ends before the offset is a value: a key would be followed by a colon. */
static bool is_value(struct pb_slice text, size_t end)
{
    while (end < text.size_bytes && strchr(" \t\r\n", text.data[end]) != NULL &&
           text.data[end] != '\0')
        end++;
    return end < text.size_bytes && text.data[end] != ':';
}

/*
 * The offset is inside a value that is a string of the form service:Name, iam:GetServerCertificate,
 * as policies name actions. In JSON a quotation mark that no backslash precedes begins or ends a
 * string, so it is the whole of one. No shape's word, field, date, ARN or id is spelt so: to
 * pb_aws_read it is a value like "service:Other", in which there is no scent, unless a field's name
 * ends it.
 */
static bool is_in_action(struct pb_slice text, size_t offset)
{
    size_t colon = offset + count_bytes(text, offset, 1, is_service_byte);

    if (colon == text.size_bytes || text.data[colon] != ':')
        colon = offset - count_bytes(text, offset, -1, is_name_byte);
    if (colon >= text.size_bytes || text.data[colon] != ':' || colon < 3)
        return false;
    size_t begin = colon - count_bytes(text, colon - 1, -1, is_service_byte);
    size_t end = colon + 1 + count_bytes(text, colon + 1, 1, is_name_byte);
    bool is_whole = begin >= 2 && begin < colon && text.data[begin - 1] == '"' &&
                    text.data[begin - 2] != '\\' && end < text.size_bytes &&
                    text.data[end] == '"' && is_value(text, end + 1);
    return is_whole &&
           !pb_aws_has_metadata_names(pb_slice_first(pb_slice_from(text, begin), end + 1 - begin));
}

static bool is_scent(struct sift *sift, size_t offset)
{
    return is_scent_of_any(sift, offset) &&
           !(sift->overlooks_actions && is_in_action(sift->text, offset));
}

static inline pb_lanes are_both(pb_lanes one, char letter, pb_lanes other, char other_letter)
{
    return pb_lanes_equal(one, letter) & pb_lanes_equal(other, other_letter);
}

/* The lanes where the telling letters of a scent begin. Bit 0x20 makes small letters of capital
 * ones, and something else of '\\'. */
static inline pb_lanes scent_lanes(const char *bytes)
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
static bool block_holds_scent(struct sift *sift, size_t offset)
{
    const size_t end = offset + BLOCK_BYTES;

    for (; offset < end; offset += PB_LANES) {
        const pb_lanes lanes = scent_lanes(sift->text.data + offset);
        if (pb_lanes_any(lanes))
            for (size_t i = 0; i < PB_LANES; i++)
                if (lanes[i] != 0 && is_scent(sift, offset + i))
                    return true;
    }
    return false;
}

static bool block_may_hold_scent(const char *bytes)
{
    pb_lanes any = {0};

    for (size_t i = 0; i < BLOCK_BYTES; i += PB_LANES)
        any |= scent_lanes(bytes + i);
    return pb_lanes_any(any);
}

/* What is left behind the last block, less than one and what is looked at behind it. */
static bool end_holds_scent(struct sift *sift, size_t offset)
{
    const struct pb_slice end = pb_slice_from(sift->text, offset);
    char padded[BLOCK_BYTES + LOOK_AHEAD_BYTES] = {0};

    if (end.size_bytes > 0)
        memcpy(padded, end.data, end.size_bytes);
    for (size_t i = block_may_hold_scent(padded) ? 0 : BLOCK_BYTES; i < end.size_bytes; i++)
        if (is_scent(sift, offset + i))
            return true;
    return false;
}

static bool holds_scent(struct sift sift)
{
    const struct pb_slice text = sift.text;
    size_t offset = 0;

    for (; text.size_bytes - offset >= BLOCK_BYTES + LOOK_AHEAD_BYTES; offset += BLOCK_BYTES)
        if (block_may_hold_scent(text.data + offset) && block_holds_scent(&sift, offset))
            return true;
    return end_holds_scent(&sift, offset);
}

bool pb_aws_may_be_evidence(struct pb_slice text)
{
    return holds_scent((struct sift){.text = text});
}

bool pb_aws_may_be_more_than_actions(struct pb_slice text)
{
    return holds_scent((struct sift){.text = text, .overlooks_actions = true});
}
