/* SPDX-License-Identifier: MIT */
/* bzip2, xz, zstd and lz4 through libarchive: its raw format with the one filter and nothing else.
 */
#include "evidence/stream.h"

#include <errno.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>

#include "evidence/tail.h"

struct filter_stream {
    struct pb_stream base;
    struct pb_stream *source;
    struct pb_budget *budget;
    struct archive *archive;
    const char *name;
    int code; /* libarchive's, of the filter */
    struct pb_tail input;
    uint64_t made_bytes;
    enum pb_status status; /* of the source, which libarchive cannot pass on */
    bool is_open;
    bool has_seen_end; /* libarchive asked for more input than there is */
};

static la_ssize_t read_input(struct archive *archive, void *context, const void **data)
{
    struct filter_stream *filter = context;
    struct pb_slice block;

    (void)archive;
    filter->status = pb_stream_pull(&filter->base, filter->source, &block);
    if (filter->status != PB_OK)
        return ARCHIVE_FATAL;
    pb_tail_add(&filter->input, block);
    filter->has_seen_end = block.size_bytes == 0;
    *data = block.data;
    return (la_ssize_t)block.size_bytes;
}

static void fail(struct filter_stream *filter)
{
    if (archive_errno(filter->archive) == ENOMEM)
        pb_fault_set(&filter->base.fault, PB_ENTRY_UNREADABLE, "archive-memory",
                     "it takes more memory to decompress it than there is");
    else if (filter->has_seen_end)
        pb_fault_set(&filter->base.fault, PB_ENTRY_UNREADABLE, "truncated",
                     "cut: the %s data end too early", filter->name);
    else
        pb_fault_set(&filter->base.fault, PB_ENTRY_UNREADABLE, "compressed-damaged",
                     "damaged: the %s data cannot be decompressed", filter->name);
}

/* Some of libarchive's filters stop at the first bytes that are not theirs. */
static enum pb_status check_rest(struct filter_stream *filter)
{
    int64_t used = archive_filter_bytes(filter->archive, -1);
    const void *data;

    while (read_input(filter->archive, filter, &data) > 0)
        ;
    if (used >= 0 && !pb_tail_is_zero_from(&filter->input, (uint64_t)used))
        pb_fault_set(&filter->base.fault, PB_ENTRY_UNREADABLE, "data-after-stream",
                     "other data follow the end of the %s data", filter->name);
    return filter->status;
}

/* libarchive calls data from which nothing comes empty, whether or not they are damaged, and gives
 * bytes that it takes for no data of the filter's as they are. */
static enum pb_status open_archive(struct filter_stream *filter, bool *has_data)
{
    struct archive_entry *entry;

    filter->is_open = true;
    int result = archive_read_open1(filter->archive);
    if (result >= ARCHIVE_WARN)
        result = archive_read_next_header(filter->archive, &entry);
    bool is_filtered = archive_filter_code(filter->archive, 0) == filter->code;
    *has_data = is_filtered && (result == ARCHIVE_OK || result == ARCHIVE_WARN);
    if (filter->status != PB_OK || *has_data)
        return filter->status;
    if (!is_filtered || result != ARCHIVE_EOF || archive_errno(filter->archive) != 0) {
        fail(filter);
        return PB_OK;
    }
    return check_rest(filter);
}

static enum pb_status filter_next(struct pb_stream *base, struct pb_slice *block)
{
    struct filter_stream *filter = (struct filter_stream *)base;
    const void *data;
    size_t size;
    la_int64_t offset;

    if (!filter->is_open) {
        bool has_data;
        enum pb_status status = open_archive(filter, &has_data);
        if (status != PB_OK || !has_data)
            return status;
    }
    int result = archive_read_data_block(filter->archive, &data, &size, &offset);
    if (filter->status != PB_OK)
        return filter->status;
    if (result == ARCHIVE_EOF)
        return check_rest(filter);
    if (result != ARCHIVE_OK) {
        fail(filter);
        return PB_OK;
    }
    filter->made_bytes += size;
    if (pb_budget_take_expanded(filter->budget, filter->input.size_bytes, filter->made_bytes, size,
                                &base->fault))
        *block = (struct pb_slice){data, size};
    return PB_OK;
}

static void filter_free(struct pb_stream *base)
{
    struct filter_stream *filter = (struct filter_stream *)base;

    archive_read_free(filter->archive);
    pb_stream_free(filter->source);
    free(filter);
}

static bool enable_filter(struct filter_stream *filter, enum pb_kind kind)
{
    static const struct {
        int (*enable)(struct archive *);
        int code;
        const char *name;
    } filters[] = {
        [PB_KIND_BZIP2] = {archive_read_support_filter_bzip2, ARCHIVE_FILTER_BZIP2, "bzip2"},
        [PB_KIND_XZ] = {archive_read_support_filter_xz, ARCHIVE_FILTER_XZ, "xz"},
        [PB_KIND_ZSTD] = {archive_read_support_filter_zstd, ARCHIVE_FILTER_ZSTD, "zstd"},
        [PB_KIND_LZ4] = {archive_read_support_filter_lz4, ARCHIVE_FILTER_LZ4, "lz4"},
    };
    struct archive *archive = filter->archive = archive_read_new();

    filter->code = filters[kind].code;
    filter->name = filters[kind].name;
    return archive != NULL && filters[kind].enable(archive) == ARCHIVE_OK &&
           archive_read_support_format_raw(archive) == ARCHIVE_OK &&
           archive_read_support_format_empty(archive) == ARCHIVE_OK &&
           archive_read_set_read_callback(archive, read_input) == ARCHIVE_OK &&
           archive_read_set_callback_data(archive, filter) == ARCHIVE_OK;
}

enum pb_status pb_filter_stream_new(struct pb_stream *source, enum pb_kind kind,
                                    struct pb_budget *budget, struct pb_stream **stream)
{
    static const struct pb_stream_type type = {filter_next, filter_free};
    struct filter_stream *filter = calloc(1, sizeof *filter);

    *stream = NULL;
    if (filter == NULL) {
        pb_stream_free(source);
        return PB_FAILED_MEMORY;
    }
    filter->base.type = &type;
    filter->source = source;
    filter->budget = budget;
    if (!enable_filter(filter, kind)) {
        filter_free(&filter->base);
        return PB_FAILED_MEMORY;
    }
    *stream = &filter->base;
    return PB_OK;
}
