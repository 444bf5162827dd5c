/* SPDX-License-Identifier: MIT */
#include "x509/base64.h"

#include <stdint.h>

/* What a byte is: its six bits, or one of these, none of which is below 64. */
#define OTHER 0x40
#define SPACE 0x80
#define PAD 0xC0

/* clang-format off */
#define O OTHER
#define S SPACE
#define P PAD
static const unsigned char classes[256] = {
    O,  O,  O,  O,  O,  O,  O,  O,  O,  S,  S,  O,  O,  S,  O,  O,
    O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,
    S,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  62, O,  O,  O,  63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, O,  O,  O,  P,  O,  O,
    O,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, O,  O,  O,  O,  O,
    O,  26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, O,  O,  O,  O,  O,
    O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,
    O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,
    O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,
    O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,
    O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,
    O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,
    O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,
    O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,  O,
};
#undef O
#undef S
#undef P
/* clang-format on */

/* Text on its way to bytes. */
struct decoding {
    const unsigned char *at, *end;
    unsigned char *out;
    size_t digits, padding; /* taken so far */
    uint32_t group;         /* bits of the last digits that make no whole group yet */
};

static unsigned char *write_group(unsigned char *out, uint32_t group)
{
    out[0] = (unsigned char)(group >> 16 & 0xFF);
    out[1] = (unsigned char)(group >> 8 & 0xFF);
    out[2] = (unsigned char)(group & 0xFF);
    return out + 3;
}

/* Four digits at a time, up to the first group with something else in it: most of the text. */
static void take_groups(struct decoding *decoding)
{
    const unsigned char *at = decoding->at;
    unsigned char *out = decoding->out;

    for (; decoding->end - at >= 4; at += 4) {
        uint32_t a = classes[at[0]], b = classes[at[1]], c = classes[at[2]], d = classes[at[3]];
        if ((a | b | c | d) >= OTHER)
            break;
        out = write_group(out, a << 18 | b << 12 | c << 6 | d);
    }
    decoding->digits += (size_t)(at - decoding->at);
    decoding->at = at;
    decoding->out = out;
}

static const char *take_byte(struct decoding *decoding)
{
    uint32_t class = classes[*decoding->at++];

    if (class == SPACE)
        return NULL;
    if (class == OTHER)
        return "a character is not base64";
    if (class == PAD) {
        decoding->padding++;
        return NULL;
    }
    if (decoding->padding > 0)
        return "base64 goes on behind its end";
    decoding->group = decoding->group << 6 | class;
    if (++decoding->digits % 4 == 0)
        decoding->out = write_group(decoding->out, decoding->group);
    return NULL;
}

/* RFC 4648, section 4: '=' stands for what is missing of the last group's four characters. The
 * bits that belong to no byte are dropped, as OpenSSL does. */
static const char *take_rest(struct decoding *decoding)
{
    size_t missing = decoding->padding;

    if (decoding->digits + missing == 0)
        return "there is no base64";
    if ((decoding->digits + missing) % 4 != 0 || missing > 2)
        return "the base64 is cut or wrongly padded";
    if (missing > 0)
        decoding->out = write_group(decoding->out, decoding->group << 6 * missing) - missing;
    return NULL;
}

static const char *take_all(struct decoding *decoding)
{
    while (decoding->at < decoding->end) {
        if (decoding->digits % 4 == 0 && decoding->padding == 0)
            take_groups(decoding);
        if (decoding->at == decoding->end)
            break;
        const char *reason = take_byte(decoding);
        if (reason != NULL)
            return reason;
    }
    return take_rest(decoding);
}

enum pb_status pb_base64_decode(struct pb_slice text, struct pb_arena *arena,
                                struct pb_slice *bytes, const char **reason)
{
    static const unsigned char nothing = 0;
    struct decoding decoding = {.at = &nothing};

    *bytes = PB_SLICE_ABSENT;
    *reason = NULL;
    /* Of each four characters begun three bytes, whatever they turn out to be. */
    unsigned char *out = pb_arena_allocate_array(arena, text.size_bytes / 4 + 1, 3);
    if (out == NULL)
        return PB_FAILED_MEMORY;
    if (text.data != NULL)
        decoding.at = (const unsigned char *)text.data;
    decoding.end = decoding.at + text.size_bytes;
    decoding.out = out;
    *reason = take_all(&decoding);
    if (*reason == NULL)
        *bytes = (struct pb_slice){(const char *)out, (size_t)(decoding.out - out)};
    return PB_OK;
}
