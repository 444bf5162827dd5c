/* SPDX-License-Identifier: MIT */
#include "evidence/layers.h"

static bool is_compression(enum pb_kind kind)
{
    return kind >= PB_KIND_GZIP && kind <= PB_KIND_LZ4;
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
    return status;
}

static enum pb_status take_off(struct pb_layers *layers, struct pb_budget *budget,
                               struct pb_checksums *checksums)
{
    struct pb_stream *source = layers->content;
    enum pb_status status =
        layers->what.kind == PB_KIND_GZIP
            ? pb_gzip_stream_new(source, budget, checksums, &layers->content)
            : pb_filter_stream_new(source, layers->what.kind, budget, &layers->content);

    layers->is_compressed = true;
    return status == PB_OK ? look(layers) : status;
}

static enum pb_status open_layers(struct pb_layers *layers, struct pb_budget *budget,
                                  struct pb_checksums *checksums)
{
    enum pb_status status = look(layers);

    if (status != PB_OK || layers->what.kind == PB_KIND_PLAIN)
        return status;
    struct pb_stream *source = layers->content;
    status = pb_meter_stream_new(source, &layers->meter);
    layers->content = layers->meter;
    for (uint32_t depth = 0; status == PB_OK && is_compression(layers->what.kind); depth++) {
        if (depth == budget->limits.depth) {
            pb_budget_set_fault(budget, PB_CEILING_DEPTH, &layers->fault);
            break;
        }
        status = take_off(layers, budget, checksums);
    }
    return status;
}

enum pb_status pb_layers_open(struct pb_stream *source, struct pb_budget *budget,
                              struct pb_checksums *checksums, struct pb_layers *layers)
{
    *layers = (struct pb_layers){.content = source};
    enum pb_status status = open_layers(layers, budget, checksums);
    if (status != PB_OK)
        pb_layers_release(layers);
    return status;
}

void pb_layers_release(struct pb_layers *layers)
{
    pb_stream_free(layers->content);
    *layers = (struct pb_layers){0};
}
