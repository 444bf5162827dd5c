/* SPDX-License-Identifier: MIT */
/* The central directory of a zip (PKWARE APPNOTE.TXT 6.3.10), read only to see which bytes its
 * entries cover; the members themselves are libarchive's. */
#include "base/sentences.inc"
#include "evidence/internal.h"

/* As far from the end as libarchive looks: both must find the same directory. */
#define END_SEARCH_BYTES 16384
#define END_BYTES 22                        /* 4.3.16 */
#define TAIL_BYTES (END_BYTES + UINT16_MAX) /* in which other programs look for the end record */
#define LOCATOR_BYTES 20                    /* 4.3.15 */
#define ZIP64_END_BYTES 56                  /* 4.3.14 */
#define ENTRY_BYTES 46                      /* 4.3.12 */
#define LOCAL_BYTES 30                      /* 4.3.7 */
#define ZIP64_EXTRA 1                       /* 4.5.3 */
#define FLAG_ENCRYPTED 1                    /* 4.4.4, bit 0 */
#define FLAG_DESCRIPTOR 8 /* 4.4.4, bit 3: checksum and sizes are behind the data */

/* The ceiling of members is not lower. libarchive allocates 176 bytes for each before the first. */
#define LEAST_MEMBERS 5000000

/* The bytes of one member: its local header, name, extra field and data. */
struct range {
    uint64_t start, end;
    bool has_descriptor;
};

struct directory {
    const struct pb_input *bytes;
    struct pb_fault *fault;
    uint64_t start, end;     /* of the central directory */
    uint64_t end_record;     /* offset of the first record behind the directory */
    uint64_t entry_count;    /* by its end record */
    uint64_t comment_bytes;  /* what follows that */
    uint64_t shift;          /* to be added to offsets, if something was put before the zip */
    struct pb_vector ranges; /* of struct range */
    bool is_document;        /* its members are no exports */
    bool is_contradicted;    /* by its end record, a local header or a descriptor */
};

/* The fields that an entry of the directory and a local header have in common. */
struct entry {
    uint64_t flags, method, checksum, compressed_bytes, expanded_bytes, name_bytes, extra_bytes;
};

static bool read_at(const struct directory *directory, uint64_t offset, char *bytes, size_t size)
{
    return pb_input_read(directory->bytes, offset, bytes, size, directory->fault) == size;
}

/* Returns false. */
static bool fail(struct directory *directory, const char *what)
{
    pb_fault_set(directory->fault, "zip-directory", "damaged or cut: %s", what);
    return false;
}

/* Uses the last signature found, even in a comment, as libarchive does. */
static bool find_directory(struct directory *directory)
{
    char tail[END_SEARCH_BYTES], record[ZIP64_END_BYTES];
    uint64_t file_bytes = directory->bytes->size_bytes;
    size_t searched = file_bytes < sizeof tail ? (size_t)file_bytes : sizeof tail;
    bool is_read =
        searched >= END_BYTES && read_at(directory, file_bytes - searched, tail, searched);
    size_t behind = is_read ? searched - END_BYTES + 1 : 0;

    while (behind > 0 && memcmp(tail + behind - 1, "PK\5\6", 4) != 0)
        behind--;
    if (behind == 0)
        return fail(directory, "the zip's end of central directory record is missing");
    const char *end_record = tail + behind - 1;
    uint64_t offset = file_bytes - searched + behind - 1;
    uint64_t size = pb_read_little_endian(end_record + 12, 4);
    uint64_t start = pb_read_little_endian(end_record + 16, 4);
    directory->comment_bytes = searched - (behind - 1) - END_BYTES;
    if (pb_read_little_endian(end_record + 20, 2) < directory->comment_bytes)
        pb_fault_set(directory->fault, "data-after-archive", PB_SAY_DATA_AFTER_ARCHIVE);
    /* The zip64 record, if a locator precedes the end record. */
    if (offset >= LOCATOR_BYTES &&
        read_at(directory, offset - LOCATOR_BYTES, record, LOCATOR_BYTES) &&
        memcmp(record, "PK\6\7", 4) == 0) {
        directory->end_record = pb_read_little_endian(record + 8, 8);
        if (read_at(directory, directory->end_record, record, sizeof record) &&
            memcmp(record, "PK\6\6", 4) == 0) {
            directory->start = pb_read_little_endian(record + 48, 8);
            directory->entry_count = pb_read_little_endian(record + 32, 8);
            return true;
        }
    }
    if (size > offset || start > offset - size)
        return fail(directory, "the zip's central directory is not where its end record says");
    directory->end_record = offset;
    directory->entry_count = pb_read_little_endian(end_record + 10, 2);
    directory->start = offset - size;
    directory->shift = directory->start - start;
    return true;
}

/* 4.5.3: those of the sizes and offset that did not fit are in an extra field, in this order. */
static bool read_zip64_extra(struct pb_slice extra, struct entry *entry, uint64_t *offset)
{
    uint64_t *const values[] = {&entry->expanded_bytes, &entry->compressed_bytes, offset};
    struct pb_slice field;
    uint64_t kind;

    do {
        if (extra.size_bytes < 4)
            return false;
        kind = pb_read_little_endian(extra.data, 2);
        field = pb_slice_from(extra, 4);
        field = pb_slice_first(field, pb_read_little_endian(extra.data + 2, 2));
        extra = pb_slice_from(extra, 4 + field.size_bytes);
    } while (kind != ZIP64_EXTRA);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (*values[i] != UINT32_MAX)
            continue;
        if (field.size_bytes < 8)
            return false;
        *values[i] = pb_read_little_endian(field.data, 8);
        field = pb_slice_from(field, 8);
    }
    return true;
}

/* local is a local header, or a directory's entry plus 2: there the fields are two bytes later. */
static struct entry parse_entry(const char *local)
{
    return (struct entry){
        .flags = pb_read_little_endian(local + 6, 2),
        .method = pb_read_little_endian(local + 8, 2),
        .checksum = pb_read_little_endian(local + 14, 4),
        .compressed_bytes = pb_read_little_endian(local + 18, 4),
        .expanded_bytes = pb_read_little_endian(local + 22, 4),
        .name_bytes = pb_read_little_endian(local + 26, 2),
        .extra_bytes = pb_read_little_endian(local + 28, 2),
    };
}

/* The size of the descriptor (4.3.9) at start; 0 where none there says what the entry does. */
static uint64_t descriptor_size(const struct directory *directory, const struct entry *entry,
                                uint64_t start)
{
    char bytes[24] = "";

    (void)pb_input_read(directory->bytes, start, bytes, sizeof bytes, directory->fault);
    size_t at = memcmp(bytes, "PK\7\10", 4) == 0 ? 4 : 0;
    for (size_t width = 4; width <= 8; width += 4)
        if (pb_read_little_endian(bytes + at, 4) == entry->checksum &&
            pb_read_little_endian(bytes + at + 4, width) == entry->compressed_bytes &&
            pb_read_little_endian(bytes + at + 4 + width, width) == entry->expanded_bytes)
            return at + 4 + 2 * width;
    return 0;
}

/* Finds the bytes of the entry's member; false where it points to none. Where entry and local
 * header or descriptor differ, or a stored member's two sizes, programs that use the one unpack
 * something else than those that use the other. */
static bool find_range(struct directory *directory, const struct entry *entry, const char *name,
                       uint64_t start, struct range *range)
{
    char header[LOCAL_BYTES], local_name[UINT16_MAX];

    if (!read_at(directory, start, header, sizeof header) || memcmp(header, "PK\3\4", 4) != 0)
        return false;
    struct entry local = parse_entry(header);
    uint64_t rest = directory->bytes->size_bytes - start, size = entry->compressed_bytes;
    uint64_t header_bytes = sizeof header + local.name_bytes + local.extra_bytes;
    if (header_bytes > rest || size > rest - header_bytes)
        return false;
    uint64_t end = start + header_bytes + size;
    bool has_descriptor = (local.flags & FLAG_DESCRIPTOR) != 0;
    directory->is_contradicted |=
        local.method != entry->method || local.name_bytes != entry->name_bytes ||
        !read_at(directory, start + sizeof header, local_name, local.name_bytes) ||
        memcmp(local_name, name, local.name_bytes) != 0 ||
        (entry->method == 0 && (entry->flags & FLAG_ENCRYPTED) == 0 &&
         entry->expanded_bytes != size) ||
        (!has_descriptor &&
         (local.checksum != entry->checksum ||
          (local.compressed_bytes != UINT32_MAX && /* else in its extra field */
           local.compressed_bytes != size) ||
          (local.expanded_bytes != UINT32_MAX && local.expanded_bytes != entry->expanded_bytes)));
    end += has_descriptor ? descriptor_size(directory, entry, end) : 0;
    *range = (struct range){start, end, has_descriptor};
    return true;
}

/* How names begin that members of documents and programs have: ECMA-376, OpenDocument 1.3 (part 2,
 * section 3.3), Java archives. */
static const struct pb_slice document_names[] = {
    {"xl/work", 7},  {"word/document.", 14},       {"[Content_Types].xml", 19},
    {"mimetype", 8}, {"META-INF/MANIFEST.MF", 20},
};

/* Stops where there are more than most entries. False without memory. */
static bool read_entries(struct directory *directory, uint64_t most, uint64_t *count)
{
    char fixed[ENTRY_BYTES], texts[2 * UINT16_MAX];

    for (directory->end = directory->start;
         *count <= most && read_at(directory, directory->end, fixed, sizeof fixed) &&
         memcmp(fixed, "PK\1\2", 4) == 0;
         ++*count) {
        struct range range;
        struct entry entry = parse_entry(fixed + 2);
        uint64_t offset = pb_read_little_endian(fixed + 42, 4);
        struct pb_slice both = {texts, entry.name_bytes + entry.extra_bytes};
        struct pb_slice name = pb_slice_first(both, entry.name_bytes);
        bool is_whole = read_at(directory, directory->end + sizeof fixed, texts, both.size_bytes);
        directory->end +=
            sizeof fixed + both.size_bytes + pb_read_little_endian(fixed + 32, 2); /* comment */
        for (size_t i = 0; i < sizeof document_names / sizeof *document_names; i++)
            directory->is_document |= is_whole && pb_slice_starts_with(name, document_names[i]);
        bool is_large = entry.compressed_bytes == UINT32_MAX || offset == UINT32_MAX ||
                        entry.expanded_bytes == UINT32_MAX;
        if (!is_whole ||
            (is_large &&
             !read_zip64_extra(pb_slice_from(both, name.size_bytes), &entry, &offset)) ||
            offset > UINT64_MAX - directory->shift ||
            !find_range(directory, &entry, name.data, offset + directory->shift, &range))
            fail(directory, "an entry of the zip's directory points to no member");
        else if (!pb_vector_append(&directory->ranges, &range, sizeof range))
            return false;
    }
    return true;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct range *first = a, *second = b;
    int order = pb_number_compare(first->start, second->start);
    return order != 0 ? order : pb_number_compare(first->end, second->end);
}

/* Between a member and what follows it is nothing, unless its descriptor says something else. */
static void check_gap(struct directory *directory, const struct range *last, uint64_t next)
{
    directory->is_contradicted |= next > last->end && last->has_descriptor;
    if (next > last->end && !last->has_descriptor)
        pb_fault_set(directory->fault, "zip-hidden-bytes", PB_SAY_ZIP_HIDDEN_BYTES,
                     (unsigned long long)last->end, (unsigned long long)next - 1);
}

/* A program that unpacks the zip may precede the first member, or a document. Members that share
 * bytes would unpack to far more than the zip has. The ranges are sorted. */
static void check_cover(struct directory *directory, struct pb_archive *archive)
{
    struct range last = {0};

    for (size_t i = 0; i < directory->ranges.count; i++) {
        struct range range = PB_VECTOR_AT(struct range, &directory->ranges, i);
        if (i > 0 && range.start < last.end)
            pb_fault_set(&archive->fault, "zip-overlap", PB_SAY_ZIP_OVERLAP);
        if (i > 0)
            check_gap(directory, &last, range.start);
        else if (directory->fault->code == NULL)
            archive->front_bytes = range.start;
        if (range.end > last.end)
            last = range;
    }
    check_gap(directory, &last, directory->start);
    check_gap(directory, &(struct range){.end = directory->end}, directory->end_record);
}

bool pb_zip_is_end(struct pb_slice bytes)
{
    size_t size = bytes.size_bytes, i = size < TAIL_BYTES ? 0 : size - TAIL_BYTES;

    for (; (i = pb_slice_find(bytes, PB_SLICE("PK\5\6"), i)) != SIZE_MAX && size - i >= END_BYTES;
         i++) {
        uint64_t directory = pb_read_little_endian(bytes.data + i + 12, 4);
        if (pb_read_little_endian(bytes.data + i + 20, 2) == size - i - END_BYTES ||
            (directory >= ENTRY_BYTES && directory <= i &&
             memcmp(bytes.data + i - directory, "PK\1\2", 4) == 0))
            return true;
    }
    return false;
}

bool pb_zip_check(struct pb_archive *archive)
{
    struct pb_fault *fault = &archive->directory_fault;
    struct directory directory = {.bytes = &archive->bytes, .fault = fault};
    uint64_t items = archive->budget->limits.items;
    uint64_t most = items > LEAST_MEMBERS ? items : LEAST_MEMBERS, count = 0;

    bool is_read = !find_directory(&directory) || read_entries(&directory, most, &count);
    if (count > most)
        pb_budget_set_fault(archive->budget, PB_CEILING_ITEMS, &archive->fault);
    else if (directory.is_document)
        pb_fault_set(&archive->fault, "zip-document", PB_SAY_ZIP_DOCUMENT);
    pb_vector_sort(&directory.ranges, compare_ranges);
    if (is_read && count <= most)
        check_cover(&directory, archive);
    /* Old programs count no further than two bytes do. */
    directory.is_contradicted |= (uint16_t)(count - directory.entry_count) != 0;
    if (directory.is_contradicted && count <= most) {
        *fault = (struct pb_fault){0}; /* others leave what is clear clear */
        pb_fault_set(fault, "zip-contradiction", PB_SAY_ZIP_CONTRADICTION);
    }
    archive->comment_bytes = directory.comment_bytes;
    archive->has_ended = count == 0 && fault->code == NULL;
    pb_vector_release(&directory.ranges);
    return is_read;
}
