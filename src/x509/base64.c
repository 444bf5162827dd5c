/* SPDX-License-Identifier: MIT */
#include "x509/base64.h"

#include <openssl/evp.h>

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool is_digit(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '+' || byte == '/';
}

/* EVP_DecodeBlock takes '=' anywhere for zero bits and drops odd characters at the end, so the
 * text is checked first. */
static const char *check(struct pb_slice text, size_t *characters, size_t *padding)
{
    *characters = 0;
    *padding = 0;
    for (size_t i = 0; i < text.size_bytes; i++) {
        char byte = text.data[i];
        if (is_space(byte))
            continue;
        if (byte == '=')
            ++*padding;
        else if (!is_digit(byte))
            return "a character is not base64";
        else if (*padding > 0)
            return "base64 goes on behind its end";
        ++*characters;
    }
    if (*characters == 0)
        return "there is no base64";
    if (*characters % 4 != 0 || *padding > 2)
        return "the base64 is cut or wrongly padded";
    return NULL;
}

static void decode(struct pb_slice text, unsigned char *out)
{
    unsigned char group[1024]; /* a multiple of four, to be decoded on its own */
    size_t filled = 0;

    for (size_t i = 0; i < text.size_bytes; i++) {
        if (is_space(text.data[i]))
            continue;
        group[filled++] = (unsigned char)text.data[i];
        if (filled == sizeof group) {
            out += EVP_DecodeBlock(out, group, (int)filled);
            filled = 0;
        }
    }
    if (filled > 0)
        EVP_DecodeBlock(out, group, (int)filled);
}

enum pb_status pb_base64_decode(struct pb_slice text, struct pb_arena *arena,
                                struct pb_slice *bytes, const char **reason)
{
    size_t characters, padding;

    *bytes = PB_SLICE_ABSENT;
    *reason = check(text, &characters, &padding);
    if (*reason != NULL)
        return PB_OK;
    size_t room = characters / 4 * 3;
    unsigned char *out = pb_arena_allocate(arena, room);
    if (out == NULL)
        return PB_FAILED_MEMORY;
    decode(text, out);
    *bytes = (struct pb_slice){(const char *)out, room - padding};
    return PB_OK;
}
