/* SPDX-License-Identifier: MIT */
/* The central directory of a zip (PKWARE APPNOTE.TXT 6.3.10), read only to see which bytes its
 * entries cover; the members themselves are libarchive's. */
#include "evidence/internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/vector.h"

#define WINDOW_BYTES 65536
/* As far from the end as libarchive looks: both must find the same directory. */
#define END_SEARCH_BYTES 16384
#define END_BYTES 22            /* 4.3.16 */
#define LOCATOR_BYTES 20        /* 4.3.15 */
#define ZIP64_END_BYTES 56      /* 4.3.14 */
#define ENTRY_BYTES 46          /* 4.3.12 */
#define LOCAL_BYTES 30U         /* 4.3.7 */
#define SPANNING_MARKER_BYTES 4 /* 8.5.4 */
#define ZIP64_EXTRA 1           /* 4.5.3 */
#define FLAG_DESCRIPTOR 8       /* 4.4.4, bit 3 */
#define FLAG_ENCRYPTED 0x1      /* 4.4.4 */

struct range {
    uint64_t start, end;
    bool has_descriptor;
};

struct directory {
    const struct pb_input *bytes;
    struct pb_fault *fault;
    char *window;
    uint64_t window_start;
    size_t window_bytes;
    uint64_t start, end;     /* of the central directory */
    uint64_t end_record;     /* where what comes after the directory begins */
    uint64_t shift;          /* what to add to offsets, if something was put before the zip */
    struct pb_vector ranges; /* of struct range */
    uint64_t count;          /* of entries, those included that point to no member */
};

/* Bytes of the file in the window, valid until the next call; NULL where there are not as many. */
static const char *look(struct directory *directory, uint64_t offset, size_t size_bytes)
{
    bool is_inside =
        offset >= directory->window_start &&
        offset - directory->window_start <= directory->window_bytes &&
        size_bytes <= directory->window_bytes - (size_t)(offset - directory->window_start);
    if (!is_inside) {
        directory->window_start = offset;
        directory->window_bytes = pb_input_read(directory->bytes, offset, directory->window,
                                                WINDOW_BYTES, directory->fault);
    }
    uint64_t skipped = offset - directory->window_start;
    if (size_bytes > directory->window_bytes - (size_t)skipped)
        return NULL;
    return directory->window + (size_t)skipped;
}

static void fail(struct directory *directory, const char *what)
{
    pb_fault_set(directory->fault, PB_ENTRY_UNREADABLE, "zip-directory", "damaged or cut: %s",
                 what);
}

static void set_hidden(struct directory *directory, uint64_t start, uint64_t end)
{
    pb_fault_set(directory->fault, PB_ENTRY_UNREADABLE, "zip-hidden-bytes",
                 "no entry of the zip's directory covers its bytes %" PRIu64 " to %" PRIu64
                 ": they may hide members",
                 start, end - 1);
}

/* libarchive takes the last signature that it finds, whatever a comment holds. */
static bool find_end_record(struct directory *directory, uint64_t *offset)
{
    uint64_t size = directory->bytes->size_bytes;
    size_t searched = size < END_SEARCH_BYTES ? (size_t)size : END_SEARCH_BYTES;
    const char *tail = look(directory, size - searched, searched);

    if (tail == NULL || searched < END_BYTES)
        return false;
    for (size_t i = searched - END_BYTES + 1; i > 0; i--) {
        if (memcmp(tail + i - 1, "PK\5\6", 4) == 0) {
            *offset = size - searched + i - 1;
            return true;
        }
    }
    return false;
}

/* The zip64 record, where a locator stands before the end record. */
static bool read_zip64_end(struct directory *directory, uint64_t end_record)
{
    if (end_record < LOCATOR_BYTES)
        return false;
    const char *locator = look(directory, end_record - LOCATOR_BYTES, LOCATOR_BYTES);
    if (locator == NULL || memcmp(locator, "PK\6\7", 4) != 0)
        return false;
    uint64_t offset = pb_read_little_endian(locator + 8, 8);
    const char *record = look(directory, offset, ZIP64_END_BYTES);
    if (record == NULL || memcmp(record, "PK\6\6", 4) != 0)
        return false;
    directory->end_record = offset;
    directory->start = pb_read_little_endian(record + 48, 8);
    directory->shift = 0;
    return true;
}

static bool find_directory(struct directory *directory)
{
    uint64_t offset;

    if (!find_end_record(directory, &offset)) {
        fail(directory, "the zip's end of central directory record is missing");
        return false;
    }
    const char *record = look(directory, offset, END_BYTES);
    if (record == NULL)
        return false;
    uint64_t size = pb_read_little_endian(record + 12, 4);
    uint64_t start = pb_read_little_endian(record + 16, 4);
    uint64_t end = offset + END_BYTES + pb_read_little_endian(record + 20, 2);
    if (end < directory->bytes->size_bytes)
        pb_fault_set(directory->fault, PB_ENTRY_UNREADABLE, "data-after-archive",
                     "other data follow the end of the archive");
    if (read_zip64_end(directory, offset))
        return true;
    if (size > offset || start > offset - size) {
        fail(directory, "the zip's central directory is not where its end record says");
        return false;
    }
    directory->end_record = offset;
    directory->start = offset - size;
    directory->shift = directory->start - start;
    return true;
}

/* 4.5.3: the fields that did not fit stand in the extra field in this order, and only these. */
static bool read_zip64_extra(struct pb_slice extra, bool has_size, uint64_t *compressed,
                             bool needs_compressed, uint64_t *offset, bool needs_offset)
{
    while (extra.size_bytes >= 4) {
        size_t size = pb_read_little_endian(extra.data + 2, 2);
        struct pb_slice field = pb_slice_first(pb_slice_from(extra, 4), size);
        if (pb_read_little_endian(extra.data, 2) != ZIP64_EXTRA) {
            extra = pb_slice_from(extra, 4 + size);
            continue;
        }
        if (has_size)
            field = pb_slice_from(field, 8);
        if (field.size_bytes < (needs_compressed ? 8U : 0U) + (needs_offset ? 8U : 0U))
            return false;
        if (needs_compressed)
            *compressed = pb_read_little_endian(field.data, 8);
        if (needs_offset)
            *offset = pb_read_little_endian(field.data + (needs_compressed ? 8 : 0), 8);
        return true;
    }
    return false;
}

/*
 * How much of an entry's data is believed: a directory that claims more than the local header, or
 * more than the bytes of a stored member, would cover a member that no reader shows.
 */
static uint64_t believed_size(const char *local, const char *entry, uint64_t compressed)
{
    uint64_t flags = pb_read_little_endian(local + 6, 2);
    uint64_t local_size = pb_read_little_endian(local + 18, 4);
    uint64_t expanded = pb_read_little_endian(entry + 24, 4);
    bool is_stored =
        pb_read_little_endian(local + 8, 2) == 0 && pb_read_little_endian(entry + 10, 2) == 0;

    if ((flags & FLAG_DESCRIPTOR) == 0 && local_size != UINT32_MAX && local_size < compressed)
        compressed = local_size;
    if (is_stored && (flags & FLAG_ENCRYPTED) == 0 && expanded != UINT32_MAX &&
        expanded < compressed)
        compressed = expanded;
    return compressed;
}

/* What an entry covers: its local header, name and extra field, and its data. */
static bool measure(struct directory *directory, const char *entry, uint64_t offset,
                    uint64_t compressed, struct range *range)
{
    char local[LOCAL_BYTES];

    if (offset > UINT64_MAX - directory->shift)
        return false;
    offset += directory->shift;
    if (pb_input_read(directory->bytes, offset, local, sizeof local, directory->fault) !=
            sizeof local ||
        memcmp(local, "PK\3\4", 4) != 0)
        return false;
    uint64_t header =
        LOCAL_BYTES + pb_read_little_endian(local + 26, 2) + pb_read_little_endian(local + 28, 2);
    uint64_t rest = directory->bytes->size_bytes - offset;
    if (header > rest || compressed > rest - header)
        return false;
    range->start = offset;
    range->end = offset + header + believed_size(local, entry, compressed);
    return true;
}

/* One entry of the directory; *next is where the following one stands. */
static bool read_entry(struct directory *directory, uint64_t at, uint64_t *next,
                       struct range *range)
{
    const char *entry = look(directory, at, ENTRY_BYTES);
    size_t name = pb_read_little_endian(entry + 28, 2);
    size_t extra_bytes = pb_read_little_endian(entry + 30, 2);
    size_t comment = pb_read_little_endian(entry + 32, 2);
    uint64_t compressed = pb_read_little_endian(entry + 20, 4);
    bool has_size = pb_read_little_endian(entry + 24, 4) == UINT32_MAX;
    uint64_t offset = pb_read_little_endian(entry + 42, 4);

    *range = (struct range){.has_descriptor =
                                (pb_read_little_endian(entry + 8, 2) & FLAG_DESCRIPTOR) != 0};
    *next = at + ENTRY_BYTES + name + extra_bytes + comment;
    bool needs_compressed = compressed == UINT32_MAX;
    bool needs_offset = offset == UINT32_MAX;
    if (needs_compressed || needs_offset) {
        const char *extra = look(directory, at + ENTRY_BYTES + name, extra_bytes);
        if (extra == NULL ||
            !read_zip64_extra((struct pb_slice){extra, extra_bytes}, has_size, &compressed,
                              needs_compressed, &offset, needs_offset))
            return false;
    }
    entry = look(directory, at, ENTRY_BYTES); /* the extra field may have moved the window */
    return entry != NULL && measure(directory, entry, offset, compressed, range);
}

static enum pb_status read_entries(struct directory *directory, uint64_t most)
{
    uint64_t at = directory->start;

    for (directory->count = 0;; directory->count++) {
        const char *signature = look(directory, at, ENTRY_BYTES);
        if (signature == NULL || memcmp(signature, "PK\1\2", 4) != 0)
            break;
        if (directory->count == most) {
            directory->count++;
            return PB_OK;
        }
        struct range *range = pb_vector_push(&directory->ranges);
        if (range == NULL)
            return PB_FAILED_MEMORY;
        if (!read_entry(directory, at, &at, range)) {
            fail(directory, "an entry of the zip's directory points to no member");
            directory->ranges.count--;
        }
    }
    directory->end = at;
    return PB_OK;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct range *first = a;
    const struct range *second = b;

    if (first->start != second->start)
        return first->start < second->start ? -1 : 1;
    return (first->end > second->end) - (first->end < second->end);
}

/* 4.3.9: checksum and sizes of four or eight bytes, with or without a signature. */
static bool is_descriptor(const struct range *range, uint64_t size_bytes)
{
    return range->has_descriptor &&
           (size_bytes == 12 || size_bytes == 16 || size_bytes == 20 || size_bytes == 24);
}

static bool is_spanning_marker(struct directory *directory, uint64_t size_bytes)
{
    const char *start = look(directory, 0, SPANNING_MARKER_BYTES);

    return size_bytes == SPANNING_MARKER_BYTES && start != NULL &&
           (memcmp(start, "PK\7\10", 4) == 0 || memcmp(start, "PK00", 4) == 0);
}

static void check_cover(struct directory *directory)
{
    struct range last = {0, 0, false};

    for (size_t i = 0; i < directory->ranges.count; i++) {
        struct range range = PB_VECTOR_AT(struct range, &directory->ranges, i);
        uint64_t gap = range.start > last.end ? range.start - last.end : 0;
        bool is_known = is_descriptor(&last, gap) || (i == 0 && is_spanning_marker(directory, gap));
        if (gap > 0 && !is_known)
            set_hidden(directory, last.end, range.start);
        if (range.end > last.end)
            last = range;
    }
    if (directory->start > last.end && !is_descriptor(&last, directory->start - last.end))
        set_hidden(directory, last.end, directory->start);
    if (directory->end_record > directory->end) {
        const char *signature = look(directory, directory->end, 4);
        if (signature == NULL || memcmp(signature, "PK\5\5", 4) != 0)
            set_hidden(directory, directory->end, directory->end_record);
    }
}

enum pb_status pb_zip_check_directory(const struct pb_input *bytes, uint64_t most,
                                      struct pb_fault *fault, uint64_t *count)
{
    struct directory directory = {.bytes = bytes, .fault = fault};
    enum pb_status status = PB_OK;

    *count = 0;
    pb_vector_init(&directory.ranges, sizeof(struct range));
    directory.window = malloc(WINDOW_BYTES);
    if (directory.window == NULL)
        return PB_FAILED_MEMORY;
    if (find_directory(&directory))
        status = read_entries(&directory, most);
    *count = directory.count;
    if (status == PB_OK && *count <= most && !pb_fault_is_set(fault)) {
        if (directory.ranges.count > 1)
            qsort(directory.ranges.data, directory.ranges.count, sizeof(struct range),
                  compare_ranges);
        check_cover(&directory);
    }
    pb_vector_release(&directory.ranges);
    free(directory.window);
    return status;
}
