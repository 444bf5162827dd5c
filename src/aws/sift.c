/* SPDX-License-Identifier: MIT */
/* Tells text that cannot be evidence in one pass: most of an account's dump is none. */
#include "aws/read.h"

#include "base/lanes.h"

/* What lanes promise is then looked for byte by byte, which is seldom: asked of some at once. */
#define BLOCK_BYTES 64
/* The lanes look so far behind the byte that they are about. */
#define LOOK_AHEAD_BYTES 3

/* What pb_aws_read needs where nothing vouches for the text: keys and values hold one of these in
 * any case. The last ones are for reports and waivers of our own, and for PEM. */
static const struct pb_slice words[] = {
    {"certificate", 11}, {"upload", 6}, {"asca", 4}, {"prebleed-", 9}, {"-begin", 6},
};

/* A caller identity needs one of these keys, and an account beside it: users in lists have none,
 * and userIdentity is in every trail. */
static const struct pb_slice identity_keys[] = {
    {"userid", 6},
    {"user_id", 7},
    {"user-id", 7},
};

/* One text, and what has been found out about it. */
struct sift {
    struct pb_slice text;
    bool has_account, is_account_known;
};

static bool begins_with(struct pb_slice text, struct pb_slice word)
{
    return pb_slice_equals_ignoring_case(pb_slice_first(text, word.size_bytes), word);
}

static bool begins_with_word(struct pb_slice text)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (begins_with(text, words[i]))
            return true;
    return false;
}

/* The key may stand in a string inside a string, its quotes escaped. */
static bool ends_key(struct pb_slice rest)
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

static bool begins_with_identity_key(struct sift *sift, size_t offset)
{
    struct pb_slice text = pb_slice_from(sift->text, offset);

    for (size_t i = 0; i < sizeof identity_keys / sizeof identity_keys[0]; i++)
        if (begins_with(text, identity_keys[i]) &&
            ends_key(pb_slice_from(text, identity_keys[i].size_bytes)))
            return has_account(sift);
    return false;
}

/* Letters, '_' and '-' may be written as escapes: \u0041 to \u007a, and \u002d. */
static bool begins_with_escape(struct pb_slice text)
{
    if (!pb_slice_starts_with(text, PB_SLICE("\\u00")) || text.size_bytes < 6)
        return false;
    return (text.data[4] >= '4' && text.data[4] <= '7') ||
           (text.data[4] == '2' && (text.data[5] | 0x20) == 'd');
}

/* The end of "user" and what follows it stand together in far fewer texts than "user". */
#define BEFORE_R 3

static bool is_scent(struct sift *sift, size_t offset)
{
    struct pb_slice here = pb_slice_from(sift->text, offset);

    return begins_with_word(here) || begins_with_escape(here) ||
           (offset >= BEFORE_R && begins_with_identity_key(sift, offset - BEFORE_R));
}

/* The lanes where one of the words or an escape may begin, or the "r" of a user's id may stand.
 * Bit 0x20 makes small letters of capital ones, and something else of '_' and '\\'. */
static pb_lanes scent_lanes(const char *bytes)
{
    const pb_lanes first = pb_lanes_load(bytes) | 0x20, second = pb_lanes_load(bytes + 1) | 0x20;
    const pb_lanes third = pb_lanes_load(bytes + 2) | 0x20;
    const pb_lanes fourth = pb_lanes_load(bytes + LOOK_AHEAD_BYTES) | 0x20;
    const pb_lanes is_dash = pb_lanes_equal(second, '-') | pb_lanes_equal(second, '_' | 0x20);

    return (pb_lanes_equal(first, 'c') & pb_lanes_equal(second, 'e') &
            pb_lanes_equal(fourth, 't')) |
           (pb_lanes_equal(first, 'u') & pb_lanes_equal(third, 'l') & pb_lanes_equal(fourth, 'o')) |
           (pb_lanes_equal(first, 'a') & pb_lanes_equal(third, 'c') & pb_lanes_equal(fourth, 'a')) |
           (pb_lanes_equal(first, 'r') &
            ((pb_lanes_equal(second, 'i') | is_dash) &
             (pb_lanes_equal(third, 'd') | pb_lanes_equal(third, 'i')))) |
           (pb_lanes_equal(first, '-') & pb_lanes_equal(second, 'b') & pb_lanes_equal(third, 'e')) |
           (pb_lanes_equal(first, 'p') & pb_lanes_equal(third, 'e') & pb_lanes_equal(fourth, 'b')) |
           (pb_lanes_equal(first, '\\' | 0x20) & pb_lanes_equal(second, 'u') &
            pb_lanes_equal(fourth, '0'));
}

static bool block_holds_scent(struct sift *sift, size_t offset)
{
    pb_lanes lanes[BLOCK_BYTES / PB_LANES], any = {0};

    for (size_t i = 0; i < BLOCK_BYTES / PB_LANES; i++)
        any |= lanes[i] = scent_lanes(sift->text.data + offset + i * PB_LANES);
    if (!pb_lanes_any(any))
        return false;
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        if (lanes[i / PB_LANES][i % PB_LANES] != 0 && is_scent(sift, offset + i))
            return true;
    return false;
}

bool pb_aws_may_be_evidence(struct pb_slice text)
{
    struct sift sift = {.text = text};
    size_t offset = 0;

    for (; text.size_bytes - offset >= BLOCK_BYTES + LOOK_AHEAD_BYTES; offset += BLOCK_BYTES)
        if (block_holds_scent(&sift, offset))
            return true;
    for (; offset < text.size_bytes; offset++)
        if (is_scent(&sift, offset))
            return true;
    return false;
}
