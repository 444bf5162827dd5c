/* SPDX-License-Identifier: MIT */
/* Bytes with their length: borrowed, never NUL-terminated by promise. */
#ifndef PB_BASE_SLICE_H
#define PB_BASE_SLICE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Before a function whose arguments from the first on fill in its printf format. */
#define PB_PRINTF(format_argument, first_argument)                                                 \
    __attribute__((format(printf, format_argument, first_argument)))

/*
 * A borrowed run of bytes. data == NULL is "absent", which is not the same as empty (a non-NULL
 * pointer with size_bytes 0). Who owns the bytes is said where the slice is handed out.
 */
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

/* The first byte alone tells most texts apart. */
static inline bool pb_slice_starts_with(struct pb_slice slice, struct pb_slice prefix)
{
    return slice.size_bytes >= prefix.size_bytes &&
           (prefix.size_bytes == 0 || (slice.data[0] == prefix.data[0] &&
                                       memcmp(slice.data, prefix.data, prefix.size_bytes) == 0));
}

bool pb_slice_ends_with(struct pb_slice slice, struct pb_slice suffix);

/* Not tolower(): that one follows the locale. Only A to Z change. */
static inline char pb_byte_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* ASCII's, whatever the locale. */
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
bool pb_slice_contains_ignoring_case(struct pb_slice slice, struct pb_slice needle);

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

/* Without leading and trailing white space (pb_is_blank). */
struct pb_slice pb_slice_trim(struct pb_slice slice);

#endif
