/* SPDX-License-Identifier: MIT */
#include "evidence/layers.h"

#define XZ_STREAM_HEADER_BYTES 12
#define XZ_FILTER_LZMA2 0x21
/* Section 5.3.1: 64 MiB, what `xz -9` asks for. */
#define XZ_LARGEST_DICTIONARY 0x1C

static bool is_compression(enum pb_kind kind)
{
    return kind >= PB_KIND_GZIP && kind <= PB_KIND_LZ4;
}

/* The .xz file format 1.1.0, section 1.2: seven bits a byte, the lowest first. */
static uint64_t take_number(struct pb_slice *header)
{
    uint64_t number = 0;
    bool has_more = true;

    for (unsigned shift = 0; shift < 63 && has_more && header->size_bytes > 0; shift += 7) {
        unsigned char byte = (unsigned char)header->data[0];
        number |= (uint64_t)(byte & 0x7F) << shift;
        has_more = byte >= 0x80;
        *header = pb_slice_from(*header, 1);
    }
    return number;
}

/* The byte for the first block's dictionary (section 3.1); 0 if there is none. libarchive itself
 * holds later blocks to 1 GiB, and does not let that be set. */
static unsigned xz_dictionary(struct pb_slice prefix)
{
    struct pb_slice header = pb_slice_from(prefix, XZ_STREAM_HEADER_BYTES + 2);
    unsigned flags = header.size_bytes > 0 ? (unsigned char)header.data[-1] : 0;

    for (unsigned size_flag = 0x40; size_flag <= 0x80; size_flag *= 2)
        if ((flags & size_flag) != 0)
            take_number(&header);
    for (unsigned left = (flags & 3) + 1; left > 0; left--) {
        uint64_t filter = take_number(&header), size = take_number(&header);
        if (filter == XZ_FILTER_LZMA2 && header.size_bytes > 0)
            return (unsigned char)header.data[0] & 0x3F;
        header = pb_slice_from(header, size < header.size_bytes ? (size_t)size : SIZE_MAX);
    }
    return 0;
}

/* liblzma takes a block's dictionary at once, and a few hundred bytes may ask for 4 GiB. */
static void check_dictionary(struct pb_layers *layers, struct pb_slice prefix)
{
    if (layers->what.kind == PB_KIND_XZ && xz_dictionary(prefix) > XZ_LARGEST_DICTIONARY)
        pb_fault_set(&layers->fault, PB_ENTRY_SKIPPED, "limit-dictionary",
                     "its xz data ask for a larger dictionary than 64 MiB");
}

/* Puts a peek stream over content and looks. */
static enum pb_status look(struct pb_layers *layers)
{
    struct pb_slice prefix;
    struct pb_stream *source = layers->content;
    enum pb_status status = pb_peek_stream_new(source, &layers->content);

    if (status == PB_OK)
        status = pb_peek_stream_look(layers->content, PB_SNIFF_BYTES, &prefix);
    if (status == PB_OK)
        layers->what = pb_sniff(prefix);
    check_dictionary(layers, status == PB_OK ? prefix : PB_SLICE(""));
    return status;
}

static enum pb_status take_off(struct pb_layers *layers, struct pb_budget *budget)
{
    struct pb_stream *source = layers->content;
    enum pb_status status =
        layers->what.kind == PB_KIND_GZIP
            ? pb_gzip_stream_new(source, budget, &layers->content)
            : pb_filter_stream_new(source, layers->what.kind, budget, &layers->content);

    layers->is_compressed = true;
    return status == PB_OK ? look(layers) : status;
}

static enum pb_status open_layers(struct pb_layers *layers, struct pb_budget *budget)
{
    enum pb_status status = look(layers);

    if (status != PB_OK || layers->what.kind == PB_KIND_PLAIN)
        return status;
    struct pb_stream *source = layers->content;
    status = pb_meter_stream_new(source, &layers->meter);
    layers->content = layers->meter;
    for (uint32_t depth = 0;
         status == PB_OK && is_compression(layers->what.kind) && !pb_fault_is_set(&layers->fault);
         depth++) {
        if (depth == budget->limits.depth) {
            pb_budget_set_fault(budget, PB_CEILING_DEPTH, &layers->fault);
            break;
        }
        status = take_off(layers, budget);
    }
    return status;
}

enum pb_status pb_layers_open(struct pb_stream *source, struct pb_budget *budget,
                              struct pb_layers *layers)
{
    *layers = (struct pb_layers){.content = source};
    enum pb_status status = open_layers(layers, budget);
    if (status != PB_OK)
        pb_layers_release(layers);
    return status;
}

void pb_layers_release(struct pb_layers *layers)
{
    pb_stream_free(layers->content);
    *layers = (struct pb_layers){0};
}
