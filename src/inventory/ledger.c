/* SPDX-License-Identifier: MIT */
/* How lines are packed: a byte of flags, how far back the folder's text stands, the name, the size,
 * then the digest, and for few a shape and a detail. Distances stay true when ledgers are merged.
 */
#include "inventory/batch.h"

#include <stdlib.h>

#include "base/digest_of_nothing.h"

#define CHUNK_BITS 16
#define CHUNK_BYTES (UINT32_C(1) << CHUNK_BITS)
#define MOST_CHUNKS (UINT32_C(1) << (32 - CHUNK_BITS))
#define NO_PLACE UINT32_MAX
/* Of 64 bits, seven a byte. */
#define LONGEST_NUMBER_BYTES 10
#define LONGEST_LINE_BYTES (1 + 4 * LONGEST_NUMBER_BYTES + PB_SHA256_BYTES + sizeof(const char *))

enum {
    FLAG_STATUS = 0x07, /* enum pb_entry_status */
    FLAG_NAMED = 0x08,
    FLAG_LIST_MISSED = 0x10,
    FLAG_EMPTY_DIGEST = 0x20, /* that of no bytes, which is not packed */
    FLAG_DIGEST = 0x40,
    FLAG_MORE = 0x80, /* a shape, a detail or both */
};

/* CHUNK_BYTES of memory. What is longer lies in several that are one piece. */
struct chunk {
    char *bytes;
    bool is_continued; /* part of the piece that begins in a chunk before it */
};

void pb_ledger_init(struct pb_ledger *ledger)
{
    *ledger = (struct pb_ledger){.folder = NO_PLACE, .detail = NO_PLACE};
    pb_vector_init(&ledger->chunks, sizeof(struct chunk));
    pb_vector_init(&ledger->places, sizeof(uint32_t));
}

void pb_ledger_release(struct pb_ledger *ledger)
{
    for (size_t i = 0; i < ledger->chunks.count; i++) {
        const struct chunk *chunk = &PB_VECTOR_AT(const struct chunk, &ledger->chunks, i);
        if (!chunk->is_continued)
            free(chunk->bytes);
    }
    pb_vector_release(&ledger->chunks);
    pb_vector_release(&ledger->places);
    pb_ledger_init(ledger);
}

static char *bytes_at(const struct pb_ledger *ledger, uint32_t place)
{
    return PB_VECTOR_AT(struct chunk, &ledger->chunks, place >> CHUNK_BITS).bytes +
           place % CHUNK_BYTES;
}

static bool add_chunks(struct pb_ledger *ledger, size_t count)
{
    size_t before = ledger->chunks.count;
    char *bytes = count > MOST_CHUNKS - 1 - before ? NULL : malloc(count * CHUNK_BYTES);

    for (size_t i = 0; bytes != NULL && i < count; i++) {
        struct chunk *chunk = pb_vector_push(&ledger->chunks);
        if (chunk == NULL) {
            ledger->chunks.count = before;
            free(bytes);
            return false;
        }
        *chunk = (struct chunk){bytes + i * CHUNK_BYTES, i > 0};
    }
    if (bytes == NULL)
        return false;
    ledger->end = (uint32_t)(before << CHUNK_BITS);
    ledger->room_bytes = count * CHUNK_BYTES;
    return true;
}

/* Where size_bytes may be packed, to be claimed by claim; NULL without memory. */
static char *reserve(struct pb_ledger *ledger, size_t size_bytes)
{
    if (size_bytes > ledger->room_bytes &&
        (size_bytes > SIZE_MAX - CHUNK_BYTES ||
         !add_chunks(ledger, (size_bytes + CHUNK_BYTES - 1) / CHUNK_BYTES)))
        return NULL;
    return bytes_at(ledger, ledger->end);
}

/* Returns the place of what was packed. At the end of a chunk there may be no chunk yet: room is
 * zero then, and the end is not looked at. */
static uint32_t claim(struct pb_ledger *ledger, const char *packed, const char *end)
{
    uint32_t place = ledger->end;

    ledger->end += (uint32_t)(end - packed);
    ledger->room_bytes -= (size_t)(end - packed);
    return place;
}

static char *put_number(char *to, uint64_t number)
{
    while (number >= 0x80) {
        *to++ = (char)(number | 0x80);
        number >>= 7;
    }
    *to++ = (char)number;
    return to;
}

static const char *get_number(const char *from, uint64_t *number)
{
    *number = (unsigned char)*from & 0x7F;
    for (unsigned shift = 7; (unsigned char)*from++ >= 0x80; shift += 7)
        *number |= (uint64_t)((unsigned char)*from & 0x7F) << shift;
    return from;
}

static char *put_bytes(char *to, const void *bytes, size_t size_bytes)
{
    if (size_bytes > 0)
        memcpy(to, bytes, size_bytes);
    return to + size_bytes;
}

static struct pb_slice text_at(const struct pb_ledger *ledger, uint32_t place)
{
    uint64_t size;
    const char *text = get_number(bytes_at(ledger, place), &size);

    return (struct pb_slice){text, (size_t)size};
}

/* *place is that of the last such text, if this is the same one, or of a copy. */
static bool pack_text(struct pb_ledger *ledger, struct pb_slice text, uint32_t *place)
{
    if (*place != NO_PLACE && pb_slice_equals(text_at(ledger, *place), text))
        return true;
    if (text.size_bytes > SIZE_MAX - LONGEST_NUMBER_BYTES)
        return false;
    char *packed = reserve(ledger, text.size_bytes + LONGEST_NUMBER_BYTES);
    if (packed == NULL)
        return false;
    char *end = put_bytes(put_number(packed, text.size_bytes), text.data, text.size_bytes);
    *place = claim(ledger, packed, end);
    return true;
}

static bool is_digest_of_nothing(const unsigned char *sha256)
{
    return sha256 != NULL && memcmp(sha256, pb_digest_of_nothing, PB_SHA256_BYTES) == 0;
}

static unsigned flags_of(const struct pb_entry *entry)
{
    unsigned flags = (unsigned)entry->status;

    if (entry->is_named)
        flags |= FLAG_NAMED;
    if (entry->is_list_missed)
        flags |= FLAG_LIST_MISSED;
    if (entry->sha256 != NULL)
        flags |= is_digest_of_nothing(entry->sha256) ? FLAG_EMPTY_DIGEST : FLAG_DIGEST;
    if (entry->shape != NULL || entry->detail.data != NULL)
        flags |= FLAG_MORE;
    return flags;
}

/* The line itself, when its folder and detail are packed. */
static char *pack_line(const struct pb_ledger *ledger, const struct pb_entry *entry, char *to)
{
    unsigned flags = flags_of(entry);
    struct pb_slice name = entry->path.name;

    *to++ = (char)flags;
    to = put_number(to, ledger->end - ledger->folder);
    to = put_bytes(put_number(to, name.size_bytes), name.data, name.size_bytes);
    to = put_number(to, entry->size_bytes);
    if ((flags & FLAG_DIGEST) != 0)
        to = put_bytes(to, entry->sha256, PB_SHA256_BYTES);
    if ((flags & FLAG_MORE) == 0)
        return to;
    to = put_bytes(to, &entry->shape, sizeof entry->shape);
    return put_number(to, entry->detail.data == NULL ? 0 : ledger->end - ledger->detail);
}

enum pb_status pb_ledger_add(struct pb_ledger *ledger, const struct pb_entry *entry)
{
    if (ledger->places.count >= UINT32_MAX ||
        entry->path.name.size_bytes > SIZE_MAX - LONGEST_LINE_BYTES ||
        !pack_text(ledger, entry->path.folder, &ledger->folder) ||
        (entry->detail.data != NULL && !pack_text(ledger, entry->detail, &ledger->detail)))
        return PB_FAILED_MEMORY;
    char *packed = reserve(ledger, entry->path.name.size_bytes + LONGEST_LINE_BYTES);
    uint32_t *place = packed == NULL ? NULL : pb_vector_push(&ledger->places);
    if (place == NULL)
        return PB_FAILED_MEMORY;
    *place = claim(ledger, packed, pack_line(ledger, entry, packed));
    return PB_OK;
}

static uint32_t place_of(const struct pb_ledger *ledger, size_t index)
{
    return PB_VECTOR_AT(const uint32_t, &ledger->places, index);
}

/* Returns what is packed behind the path. */
static const char *unpack_path(const struct pb_ledger *ledger, uint32_t place, struct pb_path *path)
{
    uint64_t distance, size;
    const char *from = get_number(bytes_at(ledger, place) + 1, &distance);

    path->folder = text_at(ledger, place - (uint32_t)distance);
    from = get_number(from, &size);
    path->name = (struct pb_slice){from, (size_t)size};
    return from + size;
}

struct pb_path pb_ledger_path(const struct pb_ledger *ledger, size_t index)
{
    struct pb_path path;

    unpack_path(ledger, place_of(ledger, index), &path);
    return path;
}

enum pb_entry_status pb_ledger_status(const struct pb_ledger *ledger, size_t index)
{
    unsigned flags = (unsigned char)*bytes_at(ledger, place_of(ledger, index));

    return (enum pb_entry_status)(flags & FLAG_STATUS);
}

static void unpack_more(const struct pb_ledger *ledger, uint32_t place, const char *from,
                        struct pb_entry *entry)
{
    uint64_t distance;

    memcpy(&entry->shape, from, sizeof entry->shape);
    get_number(from + sizeof entry->shape, &distance);
    if (distance > 0)
        entry->detail = text_at(ledger, place - (uint32_t)distance);
}

struct pb_entry pb_ledger_entry(const struct pb_ledger *ledger, size_t index)
{
    uint32_t place = place_of(ledger, index);
    unsigned flags = (unsigned char)*bytes_at(ledger, place);
    struct pb_entry entry = {
        .status = (enum pb_entry_status)(flags & FLAG_STATUS),
        .is_named = (flags & FLAG_NAMED) != 0,
        .is_list_missed = (flags & FLAG_LIST_MISSED) != 0,
        .sha256 = (flags & FLAG_EMPTY_DIGEST) != 0 ? pb_digest_of_nothing : NULL,
    };

    const char *from = unpack_path(ledger, place, &entry.path);
    from = get_number(from, &entry.size_bytes);
    if ((flags & FLAG_DIGEST) != 0) {
        entry.sha256 = (const unsigned char *)from;
        from += PB_SHA256_BYTES;
    }
    if ((flags & FLAG_MORE) != 0)
        unpack_more(ledger, place, from, &entry);
    return entry;
}

size_t pb_ledger_find(const struct pb_ledger *ledger, struct pb_path path)
{
    size_t low = 0, high = pb_ledger_count(ledger);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pb_path_compare(pb_ledger_path(ledger, middle), path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum pb_status pb_ledger_merge(struct pb_ledger *ledger, struct pb_ledger *from)
{
    size_t first = ledger->places.count, chunks = ledger->chunks.count;
    uint32_t shift = (uint32_t)(chunks << CHUNK_BITS);

    if (from->chunks.count >= MOST_CHUNKS - chunks || from->places.count > UINT32_MAX - first ||
        !pb_vector_append(&ledger->chunks, from->chunks.data, from->chunks.count))
        return PB_FAILED_MEMORY;
    if (!pb_vector_append(&ledger->places, from->places.data, from->places.count)) {
        ledger->chunks.count = chunks;
        return PB_FAILED_MEMORY;
    }
    for (size_t i = first; i < ledger->places.count; i++)
        PB_VECTOR_AT(uint32_t, &ledger->places, i) += shift;
    if (from->chunks.count > 0) {
        ledger->end = from->end + shift;
        ledger->room_bytes = from->room_bytes;
        ledger->folder = ledger->detail = NO_PLACE;
    }
    from->chunks.count = 0;
    pb_ledger_release(from);
    return PB_OK;
}
