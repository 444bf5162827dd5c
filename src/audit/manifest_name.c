/* SPDX-License-Identifier: MIT */
#include "audit/manifest_name.h"

#include <stdlib.h>

struct place {
    struct pb_slice folder; /* simplified, with its '/' at the end */
    uint32_t way;
};

void pb_manifest_simplify(struct pb_slice path, struct pb_buffer *simplified)
{
    size_t first = simplified->size_bytes;

    for (size_t start = 0; start < path.size_bytes;) {
        const char *slash = memchr(path.data + start, '/', path.size_bytes - start);
        size_t end = slash != NULL ? (size_t)(slash - path.data) : path.size_bytes;
        struct pb_slice component = {path.data + start, end - start};
        bool is_root = end == 0;
        bool is_dropped = pb_slice_equals(component, PB_SLICE(".")) || end == start;
        if (!is_dropped || is_root)
            pb_buffer_append(simplified, component);
        if (slash != NULL && (!is_dropped || is_root))
            pb_buffer_append_byte(simplified, '/');
        start = end + 1;
    }
    size_t size = simplified->size_bytes;
    if (size > first + 1 && simplified->data[size - 1] == '/')
        simplified->size_bytes--;
}

static enum pb_status add_place(struct pb_manifest_bases *bases, struct pb_slice folder,
                                uint32_t way)
{
    struct place *place = pb_vector_push(&bases->places);

    if (place == NULL || !pb_arena_copy(&bases->arena, folder, &place->folder))
        return PB_FAILED_MEMORY;
    place->way = way;
    return PB_OK;
}

/* A source without a '/' stands in the current folder, to which evidence paths are relative too. */
static enum pb_status add_source(struct pb_manifest_bases *bases, struct pb_slice source,
                                 struct pb_buffer *path)
{
    pb_buffer_clear(path);
    pb_manifest_simplify(source, path);
    size_t slash = pb_slice_find_last(pb_buffer_slice(path), '/');
    enum pb_status status = PB_OK;
    if (slash != SIZE_MAX)
        status = add_place(bases, pb_slice_first(pb_buffer_slice(path), slash + 1),
                           PB_WAY_BESIDE_SOURCE);
    if (slash == SIZE_MAX || slash + 1 < path->size_bytes)
        pb_buffer_append_byte(path, '/');
    if (status == PB_OK && !path->has_failed)
        status = add_place(bases, pb_buffer_slice(path), PB_WAY_IN_SOURCE);
    return path->has_failed ? PB_FAILED_MEMORY : status;
}

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int order = pb_slice_compare(a->folder, b->folder);

    return order != 0 ? order : (a->way > b->way) - (a->way < b->way);
}

enum pb_status pb_manifest_bases_make(const struct pb_evidence_reader *sources,
                                      struct pb_manifest_bases *bases)
{
    enum pb_status status = PB_OK;
    struct pb_buffer path;

    pb_vector_init(&bases->places, sizeof(struct place));
    pb_buffer_init(&path, SIZE_MAX);
    for (size_t i = 0; status == PB_OK; i++) {
        struct pb_slice source = pb_evidence_source(sources, i);
        if (pb_slice_is_absent(source))
            break;
        status = add_source(bases, source, &path);
    }
    pb_buffer_release(&path);
    if (status == PB_OK && bases->places.count > 0)
        qsort(bases->places.data, bases->places.count, sizeof(struct place), compare_places);
    return status;
}

void pb_manifest_bases_release(struct pb_manifest_bases *bases)
{
    pb_vector_release(&bases->places);
    pb_arena_release(&bases->arena);
}

uint32_t pb_manifest_bases_find(const struct pb_manifest_bases *bases, struct pb_slice folder)
{
    size_t first = 0, end = bases->places.count;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (pb_slice_compare(PB_VECTOR_AT(struct place, &bases->places, middle).folder, folder) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    if (first == bases->places.count)
        return PB_NO_WAY;
    const struct place *place = &PB_VECTOR_AT(struct place, &bases->places, first);
    return pb_slice_equals(place->folder, folder) ? place->way : PB_NO_WAY;
}
