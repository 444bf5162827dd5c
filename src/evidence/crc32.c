/* SPDX-License-Identifier: MIT */
/* A CRC is a remainder modulo P, so bytes may be moved wherever the remainder stays the same. */
#include "evidence/crc32.h"

#include <string.h>

#include <zlib.h>

#include "base/lanes.h"

/* P (RFC 1952, section 8) divides x^300 + x^155 + x^117 + x^89 + 1, of all its multiples with five
 * terms the shortest, and divides the same of x^128 instead of x, for squaring, seven times, only
 * doubles exponents. So sixteen bytes may be moved: added to what stands 300 times sixteen bytes
 * behind them, and 300 - 155, 300 - 117 and 300 - 89 times, they count for as much. */
#define REACH 300
static const size_t terms[] = {0, 89, 117, 155};

#define STEP 1024 /* lanes that are moved before the last REACH are brought to the front */
#define FEWEST_LANES (3 * REACH)

struct window {
    pb_lanes moved[REACH + STEP]; /* what stood there once what came from before was added */
};

static pb_lanes lanes_at(const unsigned char *bytes, size_t index)
{
    return pb_lanes_load((const char *)bytes + index * PB_LANES);
}

/* The count lanes are to stand behind the first REACH. */
static void move_lanes(struct window *window, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const pb_lanes *from = window->moved + i;
        window->moved[REACH + i] =
            lanes_at(bytes, i) ^ from[terms[0]] ^ from[terms[1]] ^ from[terms[2]] ^ from[terms[3]];
    }
    memmove(window->moved, window->moved + count, REACH * sizeof window->moved[0]);
}

/* The last REACH lanes, which stay where they are, with what was moved to them. */
static void settle_lanes(const struct window *window, const unsigned char *bytes,
                         pb_lanes settled[REACH])
{
    for (size_t i = 0; i < REACH; i++) {
        settled[i] = lanes_at(bytes, i);
        for (size_t term = 0; term < sizeof terms / sizeof terms[0]; term++)
            if (i + terms[term] < REACH)
                settled[i] ^= window->moved[i + terms[term]];
    }
}

/* The state of the checksum so far belongs to the first four bytes. Put where the window begins,
 * it is moved there, and nowhere else. */
static void begin_window(struct window *window, uint32_t crc)
{
    unsigned char state[4];

    for (size_t i = 0; i < sizeof state; i++)
        state[i] = (unsigned char)(~crc >> 8 * i);
    memset(window->moved, 0, REACH * sizeof window->moved[0]);
    memcpy(window->moved, state, sizeof state);
}

uint32_t pb_crc32(uint32_t crc, const unsigned char *bytes, size_t size_bytes)
{
    size_t lanes = size_bytes / PB_LANES;
    struct window window;
    pb_lanes settled[REACH];

    if (lanes < FEWEST_LANES)
        return (uint32_t)crc32_z(crc, bytes, size_bytes);
    begin_window(&window, crc);
    while (lanes > REACH) {
        size_t count = lanes - REACH < STEP ? lanes - REACH : STEP;
        move_lanes(&window, bytes, count);
        bytes += count * PB_LANES;
        lanes -= count;
    }
    settle_lanes(&window, bytes, settled);
    /* The state is among them, so zlib has to begin with a state of zero: all ones, inverted. */
    uLong settled_crc = crc32_z(UINT32_MAX, (const unsigned char *)settled, sizeof settled);
    return (uint32_t)crc32_z(settled_crc, bytes + sizeof settled, size_bytes % PB_LANES);
}
