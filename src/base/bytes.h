/* SPDX-License-Identifier: MIT */
/* Slices, which borrow bytes, growing buffers and arrays, which own them, arenas, lanes, text. */
#ifndef PB_BASE_BYTES_H
#define PB_BASE_BYTES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Declares a function like printf: the positions, from 1, of its format and of what it formats. */
#define PB_PRINTF(format_argument, first_argument)                                                 \
    __attribute__((format(printf, format_argument, first_argument)))

/* A borrowed run of bytes. data == NULL is "absent", which is not the same as empty (a non-NULL
 * pointer with size_bytes 0). Whatever returns a slice says who owns its bytes. */
struct pb_slice {
    const char *data;
    size_t size_bytes;
};

/* A slice of a string literal, without its NUL. */
#define PB_SLICE(literal) ((struct pb_slice){(literal), sizeof(literal) - 1})
#define PB_SLICE_ABSENT ((struct pb_slice){NULL, 0})
/* For printf's "%.*s": the length is cut to INT_MAX. */
#define PB_SLICE_ARGS(slice) pb_slice_print_size(slice), ((slice).data ? (slice).data : "")

static inline int pb_slice_print_size(struct pb_slice slice)
{
    return slice.size_bytes > INT_MAX ? INT_MAX : (int)slice.size_bytes;
}

static inline struct pb_slice pb_slice_from_string(const char *text)
{
    return (struct pb_slice){text, text ? strlen(text) : 0};
}

static inline bool pb_slice_is_absent(struct pb_slice slice)
{
    return slice.data == NULL;
}

static inline bool pb_slice_equals(struct pb_slice a, struct pb_slice b)
{
    return (a.data == NULL) == (b.data == NULL) && a.size_bytes == b.size_bytes &&
           (a.size_bytes == 0 || memcmp(a.data, b.data, a.size_bytes) == 0);
}

/* Bytewise order, absent first, a prefix before what it begins. Returns <0, 0 or >0. */
int pb_slice_compare(struct pb_slice a, struct pb_slice b);

/* Compares the first byte before it calls memcmp, since most texts differ there. */
static inline bool pb_slice_starts_with(struct pb_slice slice, struct pb_slice prefix)
{
    return slice.size_bytes >= prefix.size_bytes &&
           (prefix.size_bytes == 0 || (slice.data[0] == prefix.data[0] &&
                                       memcmp(slice.data, prefix.data, prefix.size_bytes) == 0));
}

/* Changes only A to Z, where tolower() depends on the locale. */
static inline char pb_byte_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* ASCII only, in every locale. */
static inline bool pb_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static inline bool pb_is_alphanumeric(char byte)
{
    return pb_is_digit(byte) || (pb_byte_lower(byte) >= 'a' && pb_byte_lower(byte) <= 'z');
}

/* White space as JSON has it (RFC 8259, section 2). */
static inline bool pb_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* The value of a hexadecimal digit of either case, else -1. */
static inline int pb_hex_value(char digit)
{
    char lower = pb_byte_lower(digit);
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* ASCII case is ignored; other bytes compare as they are. */
bool pb_slice_equals_ignoring_case(struct pb_slice a, struct pb_slice b);
/* The offset of the first occurrence at or after from, or SIZE_MAX. An empty needle is found. */
size_t pb_slice_find(struct pb_slice slice, struct pb_slice needle, size_t from);
/* The offset of the last occurrence of the byte, or SIZE_MAX. */
size_t pb_slice_find_last(struct pb_slice slice, char byte);

/* Part of a slice; offsets past the end are cut to the end. */
static inline struct pb_slice pb_slice_from(struct pb_slice slice, size_t offset)
{
    if (offset > slice.size_bytes)
        offset = slice.size_bytes;
    if (slice.data != NULL)
        slice.data += offset;
    slice.size_bytes -= offset;
    return slice;
}

static inline struct pb_slice pb_slice_first(struct pb_slice slice, size_t size_bytes)
{
    if (size_bytes < slice.size_bytes)
        slice.size_bytes = size_bytes;
    return slice;
}

static inline bool pb_slice_ends_with(struct pb_slice slice, struct pb_slice suffix)
{
    return slice.size_bytes >= suffix.size_bytes &&
           pb_slice_starts_with(pb_slice_from(slice, slice.size_bytes - suffix.size_bytes), suffix);
}

/* The text is one of the words "create|delete"; or contains or begins with one, in any case. */
bool pb_is_any(struct pb_slice text, const char *words);
bool pb_contains_any(struct pb_slice text, const char *words);
bool pb_begins_any(struct pb_slice text, const char *words);

/* The next line, without its end; *text moves past it. False where none is left. */
bool pb_next_line(struct pb_slice *text, struct pb_slice *line);

/* Without leading and trailing white space (pb_is_blank). */
struct pb_slice pb_slice_trim(struct pb_slice slice);

/* Growing bytes; zero-initialised: none. Owns data. Once an append fails without memory, has_failed
 * stays set, so that writers need not test every append, and further appends do nothing; the bytes
 * appended before it stay readable. */
struct pb_buffer {
    char *data;
    size_t size_bytes;
    size_t capacity_bytes;
    bool has_failed;
};

/* The buffer is as zero-initialised afterwards. */
void pb_buffer_release(struct pb_buffer *buffer);
/* Empties the buffer and its failure, and keeps its memory. */
void pb_buffer_clear(struct pb_buffer *buffer);
/* The part of pb_buffer_reserve for a buffer that has to grow, or has failed. */
char *pb_buffer_grow(struct pb_buffer *buffer, size_t size_bytes);

/* Room for size_bytes more at the end, for the caller to write to and then to add to
 * buffer->size_bytes; NULL (and has_failed) without memory. Valid until the next append. */
static inline char *pb_buffer_reserve(struct pb_buffer *buffer, size_t size_bytes)
{
    return buffer->data != NULL && !buffer->has_failed &&
                   size_bytes <= buffer->capacity_bytes - buffer->size_bytes
               ? buffer->data + buffer->size_bytes
               : pb_buffer_grow(buffer, size_bytes);
}

static inline void pb_buffer_append(struct pb_buffer *buffer, struct pb_slice bytes)
{
    char *room = bytes.size_bytes > 0 ? pb_buffer_reserve(buffer, bytes.size_bytes) : NULL;
    if (room == NULL)
        return;
    memcpy(room, bytes.data, bytes.size_bytes);
    buffer->size_bytes += bytes.size_bytes;
}

static inline void pb_buffer_append_string(struct pb_buffer *buffer, const char *text)
{
    pb_buffer_append(buffer, pb_slice_from_string(text));
}

static inline void pb_buffer_append_byte(struct pb_buffer *buffer, char byte)
{
    pb_buffer_append(buffer, (struct pb_slice){&byte, 1});
}

/* count copies of the byte. */
void pb_buffer_append_repeated(struct pb_buffer *buffer, char byte, size_t count);
PB_PRINTF(2, 3)
void pb_buffer_append_format(struct pb_buffer *buffer, const char *format, ...);
/* Lower-case hexadecimal. */
void pb_buffer_append_hex(struct pb_buffer *buffer, const unsigned char *bytes, size_t size_bytes);
/* The bytes appended so far; valid until the next append. Never absent, even when empty. */
static inline struct pb_slice pb_buffer_slice(const struct pb_buffer *buffer)
{
    return (struct pb_slice){buffer->data ? buffer->data : "", buffer->size_bytes};
}

#define PB_CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define PB_LETTERS PB_CAPITALS "abcdefghijklmnopqrstuvwxyz"
#define PB_DIGITS "0123456789"
/* The offset of the first byte, from `at` on, that is not one of these. */
static inline size_t pb_skip(struct pb_slice text, size_t at, const char *bytes)
{
    while (at < text.size_bytes && text.data[at] != '\0' && strchr(bytes, text.data[at]) != NULL)
        at++;
    return at;
}

struct pb_arena_chunk;

/* Zero-initialised is empty and ready. Not safe for two threads at once. */
struct pb_arena {
    struct pb_arena_chunk *chunks; /* newest first; allocations never move */
    bool has_failed; /* without memory for some allocation; set until the arena is released */
};

/* Zeroed memory aligned for any object, freed with the arena; NULL only without memory. */
void *pb_arena_allocate(struct pb_arena *arena, size_t size_bytes);
/* count objects of size_bytes each, with the product checked. */
void *pb_arena_allocate_array(struct pb_arena *arena, size_t count, size_t size_bytes);
/* A copy in the arena; absent for an absent slice, and without memory. */
struct pb_slice pb_arena_copy(struct pb_arena *arena, struct pb_slice slice);
/* A copy of what the buffer holds. If the buffer has failed, so has the arena. */
struct pb_slice pb_arena_copy_buffer(struct pb_arena *arena, const struct pb_buffer *buffer);

/* How full the arena is, for pb_arena_rewind. */
struct pb_arena_mark {
    struct pb_arena_chunk *newest;
    size_t used_bytes;
};

struct pb_arena_mark pb_arena_mark(const struct pb_arena *arena);
/* Frees what was allocated since the mark was taken; nothing may have been adopted since then. */
void pb_arena_rewind(struct pb_arena *arena, struct pb_arena_mark mark);
/* Moves all of from's memory into the arena, and its failure; from is empty afterwards. */
void pb_arena_adopt(struct pb_arena *arena, struct pb_arena *from);
static inline void pb_arena_release(struct pb_arena *arena)
{
    pb_arena_rewind(arena, (struct pb_arena_mark){0});
    arena->has_failed = false;
}

/* Zero-initialised: of no elements. Owns data; a push may move it, with all elements. */
struct pb_vector {
    void *data;
    size_t count;
    size_t capacity;
    size_t element_bytes; /* of the first one that was added; all have the same */
};

/* PB_VECTOR_AT(struct thing, &vector, i): an lvalue; i must be below count. */
#define PB_VECTOR_AT(type, vector, index) (((type *)(vector)->data)[index])

/* Frees the array, not what the elements point to. */
void pb_vector_release(struct pb_vector *vector);
/* Makes room for so many more elements at once; false without memory. */
bool pb_vector_reserve(struct pb_vector *vector, size_t more, size_t element_bytes);
/* A new zeroed element at the end, valid until the next push; NULL without memory. */
void *pb_vector_push(struct pb_vector *vector, size_t element_bytes);
/* Copies the element, or count of them, to the end. False without memory: it appends none then. */
bool pb_vector_append_all(struct pb_vector *vector, const void *elements, size_t count,
                          size_t element_bytes);
static inline bool pb_vector_append(struct pb_vector *vector, const void *element, size_t size)
{
    return pb_vector_append_all(vector, element, 1, size);
}

/* Like the comparison of qsort and bsearch: <0, 0 or >0. */
typedef int pb_compare(const void *a, const void *b);

static inline int pb_number_compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Of elements of one array, whose addresses have an order; NULL is first. */
static inline int pb_place_compare(const void *a, const void *b)
{
    return (a > b) - (a < b);
}

/* Sorts by qsort unless the elements are in order. The order of equal elements is lost: where it
 * shows, the elements hold their number, and compare ends with that. */
void pb_vector_sort(struct pb_vector *vector, pb_compare *compare);

/* The index of the first of count sorted elements that is not below the key; count where all are.
 * compare gets the key and an element, in this order; where the key is an element too, it can be
 * the function that sorted them. */
size_t pb_lower_bound(const void *key, const void *elements, size_t count, size_t element_bytes,
                      pb_compare *compare);
size_t pb_vector_lower_bound(const struct pb_vector *vector, const void *key, pb_compare *compare);

/* Bytes that are compared at once, by GCC's vector extension. */
#define PB_LANES 16

typedef unsigned char pb_lanes __attribute__((vector_size(PB_LANES)));

/* Reads PB_LANES bytes; the address need not be aligned. */
static inline pb_lanes pb_lanes_load(const char *bytes)
{
    pb_lanes lanes;
    memcpy(&lanes, bytes, sizeof lanes);
    return lanes;
}

/* Sets all bits of each lane that equals the byte, and clears those of the others. */
static inline pb_lanes pb_lanes_equal(pb_lanes lanes, char byte)
{
    return (pb_lanes)(lanes == (unsigned char)byte);
}

/* Whether any bit is set. */
static inline bool pb_lanes_any(pb_lanes lanes)
{
    uint64_t halves[2];
    memcpy(halves, &lanes, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* Digests (FIPS 180-4). OpenSSL's low-level functions compute them: EVP loads its providers first,
 * which takes a fifth of a short run, and can fail; these allocate nothing. */
void pb_sha1(struct pb_slice bytes, unsigned char digest[20]);
void pb_sha256(struct pb_slice bytes, unsigned char digest[32]);

/* --- utf8.c: UTF-8 (RFC 3629), texts in UTF-16, and untrusted bytes in reports --- */

/* The size of the well-formed sequence (RFC 3629, section 4) at the start, and its character, for
 * which character may be NULL; 0 where there is none. */
size_t pb_utf8_decode(struct pb_slice bytes, uint32_t *character);
/* Whether the byte begins a character, or belongs to none: it is no continuation of one. */
static inline bool pb_utf8_is_first(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}
/* The offset of the first byte that does not belong to well-formed UTF-8, or SIZE_MAX. */
size_t pb_utf8_find_invalid(struct pb_slice bytes);

#define PB_UTF8_MOST_BYTES 4 /* of one character */

/* Writes the character, which must be no surrogate and at most U+10FFFF; returns its size. */
size_t pb_utf8_encode(uint32_t character, char bytes[PB_UTF8_MOST_BYTES]);
/* Whether the character is a control character (C0, DEL, C1), or reorders or hides text, as
 * bidirectional controls, zero-width and tag characters do. */
bool pb_utf8_is_deceptive(uint32_t character);

enum pb_escape {
    /* Bytes that are not UTF-8 and characters that are deceptive become \xNN, byte for byte. */
    PB_ESCAPE_CONTROLS,
    /* The same, and the first byte of what a build server takes for a command, for its log. */
    PB_ESCAPE_LOG,
    /* The same, and a backslash is doubled, so that the escaping can be undone: for paths. */
    PB_ESCAPE_REVERSIBLE,
    /* The first, for text and quoted attributes: & < > " ' become character references, and
     * noncharacters \xNN, which neither HTML (13.1.3) nor XML (section 2.2) may hold. */
    PB_ESCAPE_MARKUP,
    /* What stands between the quotes of a JSON string (RFC 8259, section 7): the first as \uNNNN,
     * but bytes that are not UTF-8 become U+FFFD. */
    PB_ESCAPE_JSON,
};

void pb_escape_append(struct pb_buffer *buffer, struct pb_slice bytes, enum pb_escape how);

enum pb_text_outcome {
    PB_TEXT_DECODED,
    PB_TEXT_BINARY,  /* NUL bytes that no text encoding explains */
    PB_TEXT_DAMAGED, /* UTF-16 with an odd byte at its end: *text is what precedes it */
    PB_TEXT_EBCDIC,  /* and about server certificates; *text is absent */
};

/* An item's bytes as UTF-8 text, whatever encoding a shell gave them. UTF-8 is passed on without a
 * copy, without its byte order mark, and invalid bytes are not looked for: the JSON parser reports
 * their place. UTF-16, with a byte order mark or recognised by the NULs beside ASCII characters, is
 * converted into *storage, which the caller releases, and half a surrogate pair into three bytes
 * that are not UTF-8, so that only its string is lost. NULs at the very end are padding and are cut
 * off. *text is borrowed from bytes or from *storage, which remembers a failure. */
enum pb_text_outcome pb_text_decode(struct pb_slice bytes, struct pb_buffer *storage,
                                    struct pb_slice *text);

#endif
