/* SPDX-License-Identifier: MIT */
/* What the tests of the evidence room share: archives made in memory, and everything that a reader
 * makes of its sources, kept to be looked at. */
#ifndef TEST_EVIDENCE_FIXTURE_H
#define TEST_EVIDENCE_FIXTURE_H

#include <locale.h>

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include "unit.h"
#include "base/bytes.h"
#include "evidence/reader.h"

/* All that a reader gave. */
struct seen {
    struct pb_arena arena;
    struct pb_diagnostics diagnostics;
    struct pb_buffer contents;
    struct pb_vector items; /* of struct pb_item, their slices in the arena */
};

static inline void seen_init(struct seen *seen)
{
    *seen = (struct seen){0};
}

static inline void seen_release(struct seen *seen)
{
    pb_diagnostics_release(&seen->diagnostics);
    pb_vector_release(&seen->items);
    pb_buffer_release(&seen->contents);
    pb_arena_release(&seen->arena);
}

static inline void check_item(const struct pb_item *item)
{
    assert_non_null(item->path.data);
    if (item->status == PB_ENTRY_USED)
        assert_non_null(item->content.data);
}

/* Reads everything and frees the reader. */
static inline void seen_read_all(struct seen *seen, struct pb_evidence_reader *reader)
{
    struct pb_item item;
    bool has_item = true;

    for (;;) {
        seen->diagnostics.entry = (uint32_t)seen->items.count;
        assert_int_equal(
            pb_evidence_next(reader, &seen->diagnostics, &seen->contents, &item, &has_item), PB_OK);
        if (!has_item)
            break;
        check_item(&item);
        item.path = pb_arena_copy(&seen->arena, item.path);
        item.content = pb_arena_copy(&seen->arena, item.content);
        item.detail = pb_arena_copy(&seen->arena, item.detail);
        *(struct pb_item *)pb_vector_push(&seen->items, sizeof item) = item;
    }
    pb_evidence_reader_free(reader);
}

static inline struct pb_evidence_reader *reader_with(const struct pb_limits *limits)
{
    struct pb_evidence_reader *reader;

    assert_non_null(reader = pb_evidence_reader_new(limits));
    return reader;
}

static inline void seen_read_buffer(struct seen *seen, const char *name, struct pb_slice bytes,
                                    const struct pb_limits *limits)
{
    struct pb_limits defaults = PB_LIMITS_DEFAULT;
    struct pb_evidence_reader *reader = reader_with(limits != NULL ? limits : &defaults);

    seen_init(seen);
    assert_int_equal(pb_evidence_add(reader, name, bytes, NULL, NULL), PB_OK);
    seen_read_all(seen, reader);
}

static inline const struct pb_item *item_at(const struct seen *seen, size_t index)
{
    assert_true(index < seen->items.count);
    return &PB_VECTOR_AT(struct pb_item, &seen->items, index);
}

static inline void assert_slice(struct pb_slice actual, const char *expected)
{
    assert_non_null(actual.data);
    assert_int_equal(actual.size_bytes, strlen(expected));
    assert_memory_equal(actual.data, expected, strlen(expected));
}

static inline void assert_item(const struct seen *seen, size_t index, const char *path,
                               enum pb_entry_status status)
{
    const struct pb_item *item = item_at(seen, index);

    assert_slice(item->path, path);
    assert_int_equal(item->status, status);
}

static inline void assert_content(const struct seen *seen, size_t index, const char *path,
                                  const char *content)
{
    assert_item(seen, index, path, PB_ENTRY_USED);
    assert_slice(item_at(seen, index)->content, content);
}

/* Whether there is exactly one diagnostic of that code about that item. */
static inline void assert_diagnostic(const struct seen *seen, size_t index, const char *code)
{
    size_t count = 0;

    for (size_t i = 0; i < seen->diagnostics.items.count; i++) {
        const struct pb_diagnostic *diagnostic =
            &PB_VECTOR_AT(struct pb_diagnostic, &seen->diagnostics.items, i);
        if (diagnostic->entry == index && strcmp(diagnostic->code, code) == 0) {
            assert_true(diagnostic->message.size_bytes > 0);
            count++;
        }
    }
    assert_int_equal(count, 1);
}

static inline void assert_no_diagnostics(const struct seen *seen)
{
    assert_int_equal(seen->diagnostics.items.count, 0);
}

static inline void assert_sha256_of(const struct pb_item *item, struct pb_slice bytes)
{
    unsigned char expected[32];

    pb_sha256(bytes, expected);
    assert_true(item->has_sha256);
    assert_memory_equal(item->sha256, expected, 32);
    assert_int_equal(item->size_bytes, bytes.size_bytes);
}

struct member {
    const char *name;
    struct pb_slice content;
    unsigned type;      /* AE_IF..., 0 for a file */
    const char *target; /* of a link; for a file: a hard link's */
};

#define MEMBER(member_name, text)                                                                  \
    {                                                                                              \
        .name = (member_name), .content = {(text), sizeof(text) - 1 }                              \
    }

static inline la_ssize_t write_to_buffer(struct archive *archive, void *context, const void *data,
                                         size_t size)
{
    (void)archive;
    pb_buffer_append(context, (struct pb_slice){data, size});
    return (la_ssize_t)size;
}

static inline void write_member(struct archive *archive, const struct member *member)
{
    struct archive_entry *entry = archive_entry_new();
    unsigned type = member->type != 0 ? member->type : AE_IFREG;

    archive_entry_set_pathname(entry, member->name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)member->content.size_bytes);
    if (member->target != NULL && type == AE_IFLNK)
        archive_entry_set_symlink(entry, member->target);
    else if (member->target != NULL)
        archive_entry_set_hardlink(entry, member->target);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    if (member->content.size_bytes > 0)
        assert_int_equal(
            archive_write_data(archive, member->content.data, member->content.size_bytes),
            (la_ssize_t)member->content.size_bytes);
    archive_entry_free(entry);
}

/* bytes are released by the caller. */
static inline void make_archive(struct pb_buffer *bytes, int format, int filter,
                                const struct member *members, size_t count)
{
    struct archive *archive = archive_write_new();

    *bytes = (struct pb_buffer){0};
    assert_int_equal(archive_write_set_format(archive, format), ARCHIVE_OK);
    assert_int_equal(archive_write_add_filter(archive, filter), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(archive, 1);
    assert_int_equal(archive_write_open(archive, bytes, NULL, write_to_buffer, NULL), ARCHIVE_OK);
    for (size_t i = 0; i < count; i++)
        write_member(archive, &members[i]);
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
    assert_false(bytes->has_failed);
}

static inline void make_tar(struct pb_buffer *bytes, const struct member *members, size_t count)
{
    make_archive(bytes, ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, members, count);
}

static inline void make_gzip(struct pb_buffer *bytes, struct pb_slice content)
{
    z_stream zlib = {0};

    *bytes = (struct pb_buffer){0};
    assert_int_equal(deflateInit2(&zlib, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    size_t most = deflateBound(&zlib, content.size_bytes);
    char *room = pb_buffer_reserve(bytes, most);
    char *copy = malloc(content.size_bytes + 1);
    memcpy(copy, content.data, content.size_bytes);
    zlib.next_in = (Bytef *)copy;
    zlib.avail_in = (uInt)content.size_bytes;
    zlib.next_out = (Bytef *)room;
    zlib.avail_out = (uInt)most;
    assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
    bytes->size_bytes = most - zlib.avail_out;
    deflateEnd(&zlib);
    free(copy);
}

/* One entry of a zip that is written by hand, with what no honest writer does. */
struct zip_entry {
    const char *name;
    const char *content;
    bool is_utf8;
    bool is_hidden;  /* not in the central directory */
    bool is_damaged; /* its checksum is wrong */
};

static inline void append_number(struct pb_buffer *bytes, uint64_t value, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++)
        pb_buffer_append_byte(bytes, (char)(value >> 8 * i & 0xFF));
}

/* What the local header and the central directory have in common (APPNOTE.TXT 4.4). */
static inline void append_zip_fields(struct pb_buffer *bytes, const struct zip_entry *entry)
{
    size_t size = strlen(entry->content);
    uLong sum = crc32(0, (const Bytef *)entry->content, (uInt)size);

    append_number(bytes, 20, 2);
    append_number(bytes, entry->is_utf8 ? 0x0800 : 0, 2);
    append_number(bytes, 0, 6);
    append_number(bytes, entry->is_damaged ? sum ^ 1 : sum, 4);
    append_number(bytes, size, 4);
    append_number(bytes, size, 4);
    append_number(bytes, strlen(entry->name), 2);
    append_number(bytes, 0, 2);
}

static inline void make_zip(struct pb_buffer *bytes, const struct zip_entry *entries, size_t count)
{
    struct pb_buffer directory = {0};
    size_t listed = 0;

    *bytes = (struct pb_buffer){0};
    for (size_t i = 0; i < count; i++) {
        size_t offset = bytes->size_bytes;
        pb_buffer_append(bytes, PB_SLICE("PK\3\4"));
        append_zip_fields(bytes, &entries[i]);
        pb_buffer_append_string(bytes, entries[i].name);
        pb_buffer_append_string(bytes, entries[i].content);
        if (entries[i].is_hidden)
            continue;
        listed++;
        pb_buffer_append(&directory, PB_SLICE("PK\1\2\24\3"));
        append_zip_fields(&directory, &entries[i]);
        append_number(&directory, 0, 6);
        append_number(&directory, UINT32_C(0100644) << 16, 4);
        append_number(&directory, offset, 4);
        pb_buffer_append_string(&directory, entries[i].name);
    }
    size_t start = bytes->size_bytes;
    pb_buffer_append(bytes, pb_buffer_slice(&directory));
    pb_buffer_append(bytes, PB_SLICE("PK\5\6\0\0\0\0"));
    append_number(bytes, listed, 2);
    append_number(bytes, listed, 2);
    append_number(bytes, directory.size_bytes, 4);
    append_number(bytes, start, 4);
    append_number(bytes, 0, 2);
    pb_buffer_release(&directory);
}

#endif
