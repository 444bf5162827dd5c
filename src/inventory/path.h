/* SPDX-License-Identifier: MIT */
/* Evidence paths in two parts, so that items of one folder share the first. */
#ifndef PB_INVENTORY_PATH_H
#define PB_INVENTORY_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Raw bytes as found, "!/" before a member of an archive. Both parts are borrowed, none absent. */
struct pb_path {
    struct pb_slice folder; /* up to the last '/', with it; "" where there is none */
    struct pb_slice name;   /* the rest */
};

/* For printf's "%.*s%.*s". */
#define PB_PATH_ARGS(path) PB_SLICE_ARGS((path).folder), PB_SLICE_ARGS((path).name)

struct pb_path pb_path_split(struct pb_slice path);

static inline size_t pb_path_size(struct pb_path path)
{
    return path.folder.size_bytes + path.name.size_bytes;
}

/* In the order of pb_slice_compare, of the paths as wholes. */
int pb_path_compare(struct pb_path a, struct pb_path b);
bool pb_path_equals(struct pb_path a, struct pb_path b);
bool pb_path_starts_with(struct pb_path path, struct pb_slice prefix);
void pb_path_append(struct pb_buffer *buffer, struct pb_path path);

/* Where it stands: without the last '/'. The root of an archive is "bundle.tar.gz!". */
struct pb_slice pb_path_folder(struct pb_path path);

#endif
