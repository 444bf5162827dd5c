/* SPDX-License-Identifier: MIT */
/* The central directory of a zip (PKWARE APPNOTE.TXT 6.3.10), read only to see which bytes its
 * entries cover; the members themselves are libarchive's. */
#include "evidence/internal.h"

#include <inttypes.h>
#include <string.h>

/* As far from the end as libarchive looks: both must find the same directory. */
#define END_SEARCH_BYTES 16384
#define END_BYTES 22       /* 4.3.16 */
#define LOCATOR_BYTES 20   /* 4.3.15 */
#define ZIP64_END_BYTES 56 /* 4.3.14 */
#define ENTRY_BYTES 46     /* 4.3.12 */
#define LOCAL_BYTES 30     /* 4.3.7 */
#define MARKER_BYTES 4     /* 8.5.4, of a zip that was split or might have been */
#define ZIP64_EXTRA 1      /* 4.5.3 */
#define FLAG_ENCRYPTED 1   /* 4.4.4, bit 0 */
#define FLAG_DESCRIPTOR 8  /* 4.4.4, bit 3: checksum and sizes stand behind the data */
#define FLAG_MASKED 0x2000 /* 4.4.4, bit 13: values of the local header are hidden */

/* The bytes of one member: its local header, name, extra field and data. */
struct range {
    uint64_t start, end;
    bool has_descriptor;
};

/* Zips that are documents have members whose names begin so. */
enum document_mark { MARK_OFFICE = 1, MARK_SHEET = 2, MARK_TEXT = 4, MARK_JAVA = 8 };

static const struct {
    struct pb_slice name;
    enum document_mark mark;
} document_names[] = {
    {{"[Content_Types].xml", 19}, MARK_OFFICE}, /* ECMA-376, part 2 */
    {{"xl/", 3}, MARK_SHEET},
    {{"word/", 5}, MARK_TEXT},
    {{"META-INF/MANIFEST.MF", 20}, MARK_JAVA},
};

#define DOCUMENT_NAME_BYTES 20

struct directory {
    const struct pb_input *bytes;
    struct pb_fault *fault;
    uint64_t start, end;     /* of the central directory */
    uint64_t end_record;     /* where what comes after the directory begins */
    uint64_t shift;          /* what to add to offsets, if something was put before the zip */
    struct pb_vector ranges; /* of struct range */
    unsigned marks;          /* of enum document_mark */
    bool is_contradicted;    /* by a member's local header */
};

/* An entry of the directory. */
struct entry {
    uint64_t flags, method, checksum, compressed_bytes, expanded_bytes;
    uint64_t name, name_bytes; /* where the name stands in the file */
    uint64_t offset;           /* of the local header */
};

static bool read_at(const struct directory *directory, uint64_t offset, char *bytes, size_t size)
{
    return pb_input_read(directory->bytes, offset, bytes, size, directory->fault) == size;
}

static void fail(struct directory *directory, const char *what)
{
    pb_fault_set(directory->fault, "zip-directory", "damaged or cut: %s", what);
}

static void set_hidden(struct directory *directory, uint64_t start, uint64_t end)
{
    pb_fault_set(directory->fault, "zip-hidden-bytes",
                 "no entry of the zip's directory covers its bytes %" PRIu64 " to %" PRIu64
                 ": they may hide members",
                 start, end - 1);
}

/* libarchive takes the last signature that it finds, whatever a comment holds. */
static bool find_end_record(struct directory *directory, uint64_t *offset, char record[END_BYTES])
{
    char tail[END_SEARCH_BYTES];
    uint64_t size = directory->bytes->size_bytes;
    size_t searched = size < sizeof tail ? (size_t)size : sizeof tail;

    if (searched < END_BYTES || !read_at(directory, size - searched, tail, searched))
        return false;
    for (size_t i = searched - END_BYTES + 1; i > 0; i--) {
        if (memcmp(tail + i - 1, "PK\5\6", 4) == 0) {
            *offset = size - searched + i - 1;
            memcpy(record, tail + i - 1, END_BYTES);
            return true;
        }
    }
    return false;
}

/* The zip64 record, where a locator stands before the end record. */
static bool read_zip64_end(struct directory *directory, uint64_t end_record)
{
    char locator[LOCATOR_BYTES], record[ZIP64_END_BYTES];

    if (end_record < sizeof locator ||
        !read_at(directory, end_record - sizeof locator, locator, sizeof locator) ||
        memcmp(locator, "PK\6\7", 4) != 0)
        return false;
    uint64_t offset = pb_read_little_endian(locator + 8, 8);
    if (!read_at(directory, offset, record, sizeof record) || memcmp(record, "PK\6\6", 4) != 0)
        return false;
    directory->end_record = offset;
    directory->start = pb_read_little_endian(record + 48, 8);
    return true;
}

static bool find_directory(struct directory *directory)
{
    char record[END_BYTES];
    uint64_t offset;

    if (!find_end_record(directory, &offset, record)) {
        fail(directory, "the zip's end of central directory record is missing");
        return false;
    }
    uint64_t size = pb_read_little_endian(record + 12, 4);
    uint64_t start = pb_read_little_endian(record + 16, 4);
    uint64_t end = offset + END_BYTES + pb_read_little_endian(record + 20, 2);
    if (end < directory->bytes->size_bytes)
        pb_fault_set(directory->fault, "data-after-archive",
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

/* 4.5.3: the sizes and offset that did not fit stand in an extra field in this order, and only
 * these. The entry's extra fields stand between the two offsets. */
static bool read_zip64_extra(const struct directory *directory, uint64_t at, uint64_t end,
                             struct entry *entry)
{
    uint64_t *const values[] = {&entry->expanded_bytes, &entry->compressed_bytes, &entry->offset};
    char field[4], value[8];
    uint64_t next;

    for (; at + sizeof field <= end && read_at(directory, at, field, sizeof field); at = next) {
        next = at + sizeof field + pb_read_little_endian(field + 2, 2);
        if (pb_read_little_endian(field, 2) != ZIP64_EXTRA)
            continue;
        at += sizeof field;
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            if (*values[i] != UINT32_MAX)
                continue;
            if (at + sizeof value > next || next > end || !read_at(directory, at, value, 8))
                return false;
            *values[i] = pb_read_little_endian(value, 8);
            at += sizeof value;
        }
        return true;
    }
    return false;
}

/*
 * How much of an entry's data is believed: a directory that claims more than the local header, or
 * more than the bytes of a stored member, would cover a member that no reader shows.
 */
static uint64_t believed_size(const struct entry *entry, const char *local)
{
    uint64_t size = entry->compressed_bytes;
    uint64_t local_size = pb_read_little_endian(local + 18, 4);
    bool has_descriptor = (pb_read_little_endian(local + 6, 2) & FLAG_DESCRIPTOR) != 0;
    bool is_stored = entry->method == 0 && pb_read_little_endian(local + 8, 2) == 0;

    if (!has_descriptor && local_size != UINT32_MAX && local_size < size)
        size = local_size;
    if (is_stored && (entry->flags & FLAG_ENCRYPTED) == 0 && entry->expanded_bytes < size)
        size = entry->expanded_bytes;
    return size;
}

static bool has_equal_bytes(const struct directory *directory, uint64_t a, uint64_t b,
                            uint64_t size)
{
    char first[256], second[256];

    for (uint64_t done = 0, part; done < size; done += part) {
        part = size - done < sizeof first ? size - done : sizeof first;
        if (!read_at(directory, a + done, first, part) ||
            !read_at(directory, b + done, second, part) || memcmp(first, second, part) != 0)
            return false;
    }
    return true;
}

/* A local header has UINT32_MAX for sizes that stand in its extra field. */
static bool has_other_size(const char *local, uint64_t size)
{
    uint64_t local_size = pb_read_little_endian(local, 4);

    return local_size != UINT32_MAX && local_size != size;
}

/* Programs that unpack by local headers see another member than those that use the directory. */
static bool is_contradicted(const struct directory *directory, const struct entry *entry,
                            uint64_t start, const char local[LOCAL_BYTES])
{
    uint64_t flags = pb_read_little_endian(local + 6, 2);

    if ((flags & FLAG_MASKED) != 0)
        return false;
    if (pb_read_little_endian(local + 8, 2) != entry->method ||
        pb_read_little_endian(local + 26, 2) != entry->name_bytes ||
        !has_equal_bytes(directory, entry->name, start + LOCAL_BYTES, entry->name_bytes))
        return true;
    return (flags & FLAG_DESCRIPTOR) == 0 &&
           (pb_read_little_endian(local + 14, 4) != entry->checksum ||
            has_other_size(local + 18, entry->compressed_bytes) ||
            has_other_size(local + 22, entry->expanded_bytes));
}

/* False where the entry points to no member. */
static bool measure(struct directory *directory, const struct entry *entry, struct range *range)
{
    char local[LOCAL_BYTES];
    uint64_t start = entry->offset + directory->shift;

    if (start < entry->offset || !read_at(directory, start, local, sizeof local) ||
        memcmp(local, "PK\3\4", 4) != 0)
        return false;
    uint64_t header =
        sizeof local + pb_read_little_endian(local + 26, 2) + pb_read_little_endian(local + 28, 2);
    uint64_t rest = directory->bytes->size_bytes - start;
    if (header > rest || entry->compressed_bytes > rest - header)
        return false;
    range->start = start;
    range->end = start + header + believed_size(entry, local);
    directory->is_contradicted |= is_contradicted(directory, entry, start, local);
    range->has_descriptor = (entry->flags & FLAG_DESCRIPTOR) != 0;
    return true;
}

/* One entry, whose fixed part is given; *at is where it stands, and then the next one. */
static bool read_entry(struct directory *directory, const char fixed[ENTRY_BYTES], uint64_t *at,
                       struct range *range)
{
    struct entry entry = {
        .flags = pb_read_little_endian(fixed + 8, 2),
        .method = pb_read_little_endian(fixed + 10, 2),
        .checksum = pb_read_little_endian(fixed + 16, 4),
        .compressed_bytes = pb_read_little_endian(fixed + 20, 4),
        .expanded_bytes = pb_read_little_endian(fixed + 24, 4),
        .name = *at + ENTRY_BYTES,
        .name_bytes = pb_read_little_endian(fixed + 28, 2),
        .offset = pb_read_little_endian(fixed + 42, 4),
    };
    uint64_t extra = entry.name + entry.name_bytes;
    uint64_t extra_end = extra + pb_read_little_endian(fixed + 30, 2);

    *at = extra_end + pb_read_little_endian(fixed + 32, 2);
    bool is_large = entry.compressed_bytes == UINT32_MAX || entry.offset == UINT32_MAX ||
                    entry.expanded_bytes == UINT32_MAX;
    return (!is_large || read_zip64_extra(directory, extra, extra_end, &entry)) &&
           measure(directory, &entry, range);
}

static unsigned document_marks(struct pb_slice name)
{
    unsigned marks = 0;

    for (size_t i = 0; i < sizeof document_names / sizeof *document_names; i++)
        if (pb_slice_starts_with(name, document_names[i].name))
            marks |= document_names[i].mark;
    return marks;
}

/* OpenDocument 1.3, part 2, section 3.3: the first member is stored and named mimetype. */
static const char *open_document(const struct directory *directory)
{
    static const char start[] = "mimetypeapplication/";
    static const char open_document[] = "vnd.oasis.opendocument.";
    char bytes[LOCAL_BYTES + sizeof start - 1 + sizeof open_document - 1 + 1];
    const char *type = bytes + LOCAL_BYTES + sizeof start - 1;

    if (!read_at(directory, 0, bytes, sizeof bytes) ||
        memcmp(bytes + LOCAL_BYTES, start, sizeof start - 1) != 0)
        return NULL;
    if (memcmp(type, open_document, sizeof open_document - 1) != 0)
        return "Document";
    char kind = type[sizeof open_document - 1];
    return kind == 's' ? "Spreadsheet" : kind == 't' ? "Word document" : "Office document";
}

/* What the zip is by its members' names; NULL where it is an archive. */
static const char *document_of(const struct directory *directory)
{
    unsigned marks = directory->marks;

    if ((marks & MARK_OFFICE) != 0)
        return (marks & MARK_SHEET) != 0  ? "Spreadsheet"
               : (marks & MARK_TEXT) != 0 ? "Word document"
                                          : "Office document";
    return (marks & MARK_JAVA) != 0 ? "Java archive" : open_document(directory);
}

/* Stops where there are more than most entries. */
static bool read_entries(struct directory *directory, uint64_t most, uint64_t *count)
{
    char fixed[ENTRY_BYTES], name[DOCUMENT_NAME_BYTES];
    uint64_t at = directory->start;

    while (*count <= most && read_at(directory, at, fixed, sizeof fixed) &&
           memcmp(fixed, "PK\1\2", 4) == 0) {
        struct range range;
        size_t name_bytes = pb_read_little_endian(fixed + 28, 2);
        if (name_bytes > sizeof name)
            name_bytes = sizeof name;
        if (read_at(directory, at + sizeof fixed, name, name_bytes))
            directory->marks |= document_marks((struct pb_slice){name, name_bytes});
        if (!read_entry(directory, fixed, &at, &range))
            fail(directory, "an entry of the zip's directory points to no member");
        else if (!pb_vector_append(&directory->ranges, &range, 1))
            return false;
        ++*count;
    }
    directory->end = at;
    return true;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct range *first = a, *second = b;

    if (first->start != second->start)
        return first->start < second->start ? -1 : 1;
    return (first->end > second->end) - (first->end < second->end);
}

/* Members that share bytes unpack to far more than there is. The ranges are sorted. */
static bool overlaps(const struct directory *directory)
{
    uint64_t end = 0;

    for (size_t i = 0; i < directory->ranges.count; i++) {
        const struct range *range = &PB_VECTOR_AT(const struct range, &directory->ranges, i);
        if (range->start < end)
            return true;
        end = range->end;
    }
    return false;
}

/* 4.3.9: checksum and sizes of four or eight bytes, with or without a signature. */
static bool is_descriptor(const struct range *range, uint64_t size_bytes)
{
    return range->has_descriptor &&
           (size_bytes == 12 || size_bytes == 16 || size_bytes == 20 || size_bytes == 24);
}

/* Nothing but a descriptor may stand between a member and what follows it. */
static void check_gap(struct directory *directory, const struct range *last, uint64_t next)
{
    if (next > last->end && !is_descriptor(last, next - last->end))
        set_hidden(directory, last->end, next);
}

/* Whether a member or an entry of a directory may stand in these bytes. */
static bool has_signature(const struct directory *directory, uint64_t start, uint64_t end)
{
    char block[4096];
    uint64_t size;

    for (; start + 4 <= end; start += size - 3) {
        size = end - start < sizeof block ? end - start : sizeof block;
        struct pb_slice bytes = {block, (size_t)size};
        if (!read_at(directory, start, block, bytes.size_bytes) ||
            pb_slice_find(bytes, PB_SLICE("PK\3\4"), 0) != SIZE_MAX ||
            pb_slice_find(bytes, PB_SLICE("PK\1\2"), 0) != SIZE_MAX)
            return true;
    }
    return false;
}

/* Before the first member a program may stand, which unpacks the zip. The ranges are sorted. */
static void check_cover(struct directory *directory)
{
    struct range last = {0, 0, false};
    char start[MARKER_BYTES];

    if (read_at(directory, 0, start, sizeof start) &&
        (memcmp(start, "PK\7\10", sizeof start) == 0 || memcmp(start, "PK00", sizeof start) == 0))
        last.end = sizeof start;
    for (size_t i = 0; i < directory->ranges.count; i++) {
        struct range range = PB_VECTOR_AT(struct range, &directory->ranges, i);
        if (i > 0 || has_signature(directory, 0, range.start))
            check_gap(directory, &last, range.start);
        if (range.end > last.end)
            last = range;
    }
    check_gap(directory, &last, directory->start);
    /* 4.3.13: a signature of the directory. */
    if (directory->end_record > directory->end &&
        (!read_at(directory, directory->end, start, sizeof start) ||
         memcmp(start, "PK\5\5", sizeof start) != 0))
        set_hidden(directory, directory->end, directory->end_record);
}

bool pb_zip_is_end(struct pb_slice bytes)
{
    struct pb_slice tail = pb_slice_from(
        bytes, bytes.size_bytes -
                   (bytes.size_bytes < END_SEARCH_BYTES ? bytes.size_bytes : END_SEARCH_BYTES));

    for (size_t i = pb_slice_find(tail, PB_SLICE("PK\5\6"), 0); i != SIZE_MAX;
         i = pb_slice_find(tail, PB_SLICE("PK\5\6"), i + 1))
        if (tail.size_bytes - i >= END_BYTES &&
            pb_read_little_endian(tail.data + i + 20, 2) == tail.size_bytes - i - END_BYTES)
            return true;
    return false;
}

bool pb_zip_check_directory(const struct pb_input *bytes, uint64_t most, struct pb_fault *fault,
                            uint64_t *count, const char **document, bool *has_overlap)
{
    struct directory directory = {.bytes = bytes, .fault = fault};

    *count = 0;
    pb_vector_init(&directory.ranges, sizeof(struct range));
    bool is_read = !find_directory(&directory) || read_entries(&directory, most, count);
    pb_vector_sort(&directory.ranges, compare_ranges);
    if (is_read && *count <= most && !pb_fault_is_set(fault))
        check_cover(&directory);
    if (directory.is_contradicted)
        pb_fault_set(fault, "zip-contradiction",
                     "damaged or changed: the zip's directory and a member's own header differ in "
                     "name, method, checksum or size");
    *document = document_of(&directory);
    *has_overlap = overlaps(&directory);
    pb_vector_release(&directory.ranges);
    return is_read;
}
