/* SPDX-License-Identifier: MIT */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/bytes.h"

#include <openssl/sha.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int pb_slice_compare(struct pb_slice a, struct pb_slice b)
{
    if (a.data == NULL || b.data == NULL)
        return (a.data != NULL) - (b.data != NULL);
    size_t common = a.size_bytes < b.size_bytes ? a.size_bytes : b.size_bytes;
    int order = common > 0 && a.data != b.data ? memcmp(a.data, b.data, common) : 0;
    return order != 0 ? order : pb_number_compare(a.size_bytes, b.size_bytes);
}

bool pb_slice_equals_ignoring_case(struct pb_slice a, struct pb_slice b)
{
    if ((a.data == NULL) != (b.data == NULL) || a.size_bytes != b.size_bytes)
        return false;
    for (size_t i = 0; i < a.size_bytes; i++)
        if (pb_byte_lower(a.data[i]) != pb_byte_lower(b.data[i]))
            return false;
    return true;
}

static bool contains_ignoring_case(struct pb_slice slice, struct pb_slice needle)
{
    if (needle.size_bytes == 0)
        return true;
    const char first = pb_byte_lower(needle.data[0]);
    const char case_bit = first >= 'a' && first <= 'z' ? 'a' - 'A' : 0;
    for (size_t i = 0; i + needle.size_bytes <= slice.size_bytes; i++)
        if ((slice.data[i] | case_bit) == first &&
            pb_slice_equals_ignoring_case((struct pb_slice){slice.data + i, needle.size_bytes},
                                          needle))
            return true;
    return false;
}

size_t pb_slice_find(struct pb_slice slice, struct pb_slice needle, size_t from)
{
    if (needle.size_bytes == 0)
        return from <= slice.size_bytes ? from : SIZE_MAX;
    while (from <= slice.size_bytes && slice.size_bytes - from >= needle.size_bytes) {
        const char *first = memchr(slice.data + from, needle.data[0],
                                   slice.size_bytes - from - needle.size_bytes + 1);
        if (first == NULL)
            break;
        if (first[needle.size_bytes - 1] == needle.data[needle.size_bytes - 1] &&
            memcmp(first, needle.data, needle.size_bytes) == 0)
            return (size_t)(first - slice.data);
        from = (size_t)(first - slice.data) + 1;
    }
    return SIZE_MAX;
}

size_t pb_slice_find_last(struct pb_slice slice, char byte)
{
    for (size_t i = slice.size_bytes; i > 0; i--)
        if (slice.data[i - 1] == byte)
            return i - 1;
    return SIZE_MAX;
}

static bool is_met(bool (*test)(struct pb_slice text, struct pb_slice word), struct pb_slice text,
                   const char *words)
{
    for (const char *end; words != NULL; words = end != NULL ? end + 1 : NULL) {
        end = strchr(words, '|');
        if (test(text, (struct pb_slice){words, end ? (size_t)(end - words) : strlen(words)}))
            return true;
    }
    return false;
}

static bool begins_ignoring_case(struct pb_slice text, struct pb_slice word)
{
    return pb_slice_equals_ignoring_case(pb_slice_first(text, word.size_bytes), word);
}

bool pb_is_any(struct pb_slice text, const char *words)
{
    return is_met(pb_slice_equals, text, words);
}

bool pb_contains_any(struct pb_slice text, const char *words)
{
    return is_met(contains_ignoring_case, text, words);
}

bool pb_begins_any(struct pb_slice text, const char *words)
{
    return is_met(begins_ignoring_case, text, words);
}

bool pb_next_line(struct pb_slice *text, struct pb_slice *line)
{
    bool is_line = text->size_bytes > 0;
    *line = pb_slice_first(*text, pb_slice_find(*text, PB_SLICE("\n"), 0));
    *text = pb_slice_from(*text, line->size_bytes + 1);
    if (pb_slice_ends_with(*line, PB_SLICE("\r")))
        line->size_bytes--;
    return is_line;
}

struct pb_slice pb_slice_trim(struct pb_slice slice)
{
    while (slice.size_bytes > 0 && pb_is_blank(slice.data[0]))
        slice = pb_slice_from(slice, 1);
    while (slice.size_bytes > 0 && pb_is_blank(slice.data[slice.size_bytes - 1]))
        slice.size_bytes--;
    return slice;
}

void pb_sha1(struct pb_slice bytes, unsigned char digest[20])
{
    SHA_CTX state;
    (void)SHA1_Init(&state);
    (void)SHA1_Update(&state, bytes.data, bytes.size_bytes);
    (void)SHA1_Final(digest, &state);
}

void pb_sha256(struct pb_slice bytes, unsigned char digest[32])
{
    SHA256_CTX state;
    (void)SHA256_Init(&state);
    (void)SHA256_Update(&state, bytes.data, bytes.size_bytes);
    (void)SHA256_Final(digest, &state);
}

#define FIRST_CAPACITY 16 /* elements of a vector */
#define FIRST_CAPACITY_BYTES 1024
#define USUAL_TEXT_BYTES 64

void pb_buffer_release(struct pb_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct pb_buffer){0};
}

void pb_buffer_clear(struct pb_buffer *buffer)
{
    buffer->size_bytes = 0;
    buffer->has_failed = false;
}

/* The data with room for more elements than the count; NULL, and nothing changes, without memory.
 * *capacity leaves out one element, for the NUL that vsnprintf writes behind its text. */
static void *grow(void *data, size_t count, size_t more, size_t element_bytes, size_t *capacity)
{
    size_t most = PTRDIFF_MAX / element_bytes, room = *capacity; /* most is one too many */

    if (count >= most || more >= most - count)
        return NULL;
    while (room < count + more)
        room = room > most / 2 ? most - 1 : room + room / 2 + FIRST_CAPACITY;
    void *grown = realloc(data, (room + 1) * element_bytes);
    *capacity = grown != NULL ? room : *capacity;
    return grown;
}

char *pb_buffer_grow(struct pb_buffer *buffer, size_t size_bytes)
{
    bool is_small = buffer->data == NULL && size_bytes < FIRST_CAPACITY_BYTES;
    char *grown = buffer->has_failed ? NULL
                                     : grow(buffer->data, buffer->size_bytes,
                                            is_small ? FIRST_CAPACITY_BYTES : size_bytes, 1,
                                            &buffer->capacity_bytes);
    buffer->has_failed = grown == NULL;
    if (grown == NULL)
        return NULL;
    buffer->data = grown;
    return grown + buffer->size_bytes;
}

void pb_buffer_append_repeated(struct pb_buffer *buffer, char byte, size_t count)
{
    char *room = count > 0 ? pb_buffer_reserve(buffer, count) : NULL;
    if (room == NULL)
        return;
    memset(room, byte, count);
    buffer->size_bytes += count;
}

void pb_buffer_append_format(struct pb_buffer *buffer, const char *format, ...)
{
    char *room = pb_buffer_reserve(buffer, USUAL_TEXT_BYTES);
    size_t most = buffer->capacity_bytes - buffer->size_bytes;
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    int length = room != NULL ? vsnprintf(room, most + 1, format, arguments) : -1;
    va_end(arguments);
    buffer->has_failed |= length < 0;
    if (length > 0 && (size_t)length > most &&
        (room = pb_buffer_reserve(buffer, (size_t)length)) != NULL)
        vsnprintf(room, (size_t)length + 1, format, again);
    va_end(again);
    buffer->size_bytes += buffer->has_failed ? 0 : (size_t)length;
}

void pb_buffer_append_hex(struct pb_buffer *buffer, const unsigned char *bytes, size_t size_bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *room = pb_buffer_reserve(buffer, size_bytes > SIZE_MAX / 2 ? SIZE_MAX : size_bytes * 2);

    if (room == NULL)
        return;
    for (size_t i = 0; i < size_bytes; i++) {
        room[2 * i] = digits[bytes[i] >> 4];
        room[2 * i + 1] = digits[bytes[i] & 15];
    }
    buffer->size_bytes += size_bytes * 2;
}

/* The first chunk is small, because many arenas hold little. */
#define FIRST_CHUNK_BYTES 4096
#define LARGEST_CHUNK_BYTES 65536

struct pb_arena_chunk {
    struct pb_arena_chunk *next;
    size_t used_bytes;
    size_t size_bytes;
    alignas(max_align_t) char data[];
};

static void *allocate_aligned(struct pb_arena *arena, size_t size_bytes, size_t alignment)
{
    struct pb_arena_chunk *chunk = arena->chunks;
    size_t pad = chunk == NULL ? 0 : (alignment - chunk->used_bytes % alignment) % alignment;

    if (chunk == NULL || chunk->size_bytes - chunk->used_bytes < pad ||
        chunk->size_bytes - chunk->used_bytes - pad < size_bytes) {
        size_t chunk_bytes = chunk == NULL ? FIRST_CHUNK_BYTES : chunk->size_bytes * 2;
        if (chunk_bytes > LARGEST_CHUNK_BYTES)
            chunk_bytes = LARGEST_CHUNK_BYTES;
        if (chunk_bytes < size_bytes)
            chunk_bytes = size_bytes;
        chunk =
            chunk_bytes > PTRDIFF_MAX - sizeof *chunk ? NULL : malloc(sizeof *chunk + chunk_bytes);
        arena->has_failed |= chunk == NULL;
        if (chunk == NULL)
            return NULL;
        *chunk = (struct pb_arena_chunk){.next = arena->chunks, .size_bytes = chunk_bytes};
        arena->chunks = chunk;
        pad = 0;
    }
    void *allocated = chunk->data + chunk->used_bytes + pad;
    chunk->used_bytes += pad + size_bytes;
    return memset(allocated, 0, size_bytes);
}

void *pb_arena_allocate(struct pb_arena *arena, size_t size_bytes)
{
    return allocate_aligned(arena, size_bytes, alignof(max_align_t));
}

void *pb_arena_allocate_array(struct pb_arena *arena, size_t count, size_t size_bytes)
{
    bool is_too_large = size_bytes != 0 && count > SIZE_MAX / size_bytes;
    return pb_arena_allocate(arena, is_too_large ? SIZE_MAX : count * size_bytes);
}

struct pb_slice pb_arena_copy(struct pb_arena *arena, struct pb_slice slice)
{
    char *bytes = slice.data != NULL ? allocate_aligned(arena, slice.size_bytes, 1) : NULL;
    if (bytes == NULL)
        return PB_SLICE_ABSENT;
    if (slice.size_bytes > 0)
        memcpy(bytes, slice.data, slice.size_bytes);
    return (struct pb_slice){bytes, slice.size_bytes};
}

struct pb_slice pb_arena_copy_buffer(struct pb_arena *arena, const struct pb_buffer *buffer)
{
    arena->has_failed |= buffer->has_failed;
    return pb_arena_copy(arena, pb_buffer_slice(buffer));
}

struct pb_arena_mark pb_arena_mark(const struct pb_arena *arena)
{
    struct pb_arena_chunk *newest = arena->chunks;
    return (struct pb_arena_mark){newest, newest == NULL ? 0 : newest->used_bytes};
}

void pb_arena_rewind(struct pb_arena *arena, struct pb_arena_mark mark)
{
    while (arena->chunks != mark.newest) {
        struct pb_arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
    if (mark.newest != NULL)
        mark.newest->used_bytes = mark.used_bytes;
}

void pb_arena_adopt(struct pb_arena *arena, struct pb_arena *from)
{
    struct pb_arena_chunk **end = &from->chunks;
    while (*end != NULL)
        end = &(*end)->next;
    *end = arena->chunks;
    arena->chunks = from->chunks;
    arena->has_failed |= from->has_failed;
    *from = (struct pb_arena){0};
}

void pb_vector_release(struct pb_vector *vector)
{
    free(vector->data);
    *vector = (struct pb_vector){0};
}

bool pb_vector_reserve(struct pb_vector *vector, size_t more, size_t element_bytes)
{
    if (more <= vector->capacity - vector->count)
        return true;
    void *grown = grow(vector->data, vector->count, more, element_bytes, &vector->capacity);
    if (grown == NULL)
        return false;
    vector->data = grown;
    vector->element_bytes = element_bytes;
    return true;
}

void *pb_vector_push(struct pb_vector *vector, size_t element_bytes)
{
    if (!pb_vector_reserve(vector, 1, element_bytes))
        return NULL;
    return memset((char *)vector->data + vector->count++ * element_bytes, 0, element_bytes);
}

bool pb_vector_append_all(struct pb_vector *vector, const void *elements, size_t count,
                          size_t element_bytes)
{
    if (count == 0)
        return true;
    if (!pb_vector_reserve(vector, count, element_bytes))
        return false;
    memcpy((char *)vector->data + vector->count * element_bytes, elements, count * element_bytes);
    vector->count += count;
    return true;
}

void pb_vector_sort(struct pb_vector *vector, pb_compare *compare)
{
    const char *data = vector->data;
    size_t size = vector->element_bytes, in_order = 1;
    while (in_order < vector->count &&
           compare(data + (in_order - 1) * size, data + in_order * size) <= 0)
        in_order++;
    if (in_order < vector->count)
        qsort(vector->data, vector->count, size, compare);
}

size_t pb_lower_bound(const void *key, const void *elements, size_t count, size_t element_bytes,
                      pb_compare *compare)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(key, (const char *)elements + middle * element_bytes) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t pb_vector_lower_bound(const struct pb_vector *vector, const void *key, pb_compare *compare)
{
    return pb_lower_bound(key, vector->data, vector->count, vector->element_bytes, compare);
}
