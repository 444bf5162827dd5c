/* SPDX-License-Identifier: MIT */
#include "evidence/container.h"

#include <stdlib.h>

#include "evidence/archive_end.h"

static bool needs_random_access(const struct pb_container *container)
{
    enum pb_kind kind = container->layers.what.kind;

    return kind == PB_KIND_ZIP || kind == PB_KIND_SEVEN_ZIP;
}

/* As bytes come, not as sizes are declared. */
static enum pb_status store(struct pb_container *container, struct pb_budget *budget)
{
    struct pb_stream *content = container->layers.content;

    for (;;) {
        struct pb_slice block;
        enum pb_status status = pb_stream_next(content, &block);
        if (status != PB_OK || block.size_bytes == 0)
            return status;
        if (block.size_bytes > budget->limits.item_bytes ||
            container->storage.size_bytes > budget->limits.item_bytes - block.size_bytes) {
            pb_budget_set_fault(budget, PB_CEILING_ITEM_BYTES, &container->fault);
            return PB_OK;
        }
        pb_buffer_append(&container->storage, block);
        if (container->storage.has_failed)
            return PB_FAILED_MEMORY;
    }
}

/* Makes the bytes of a zip or 7-Zip readable anywhere, in place or stored. */
static enum pb_status find_bytes(struct pb_container *container,
                                 const struct pb_random_access *bytes, struct pb_budget *budget)
{
    if (bytes != NULL && !container->layers.is_compressed) {
        container->bytes = *bytes;
        return PB_OK;
    }
    enum pb_status status = store(container, budget);
    container->bytes = pb_random_access_from_memory(pb_buffer_slice(&container->storage));
    return status;
}

/* libarchive takes 176 bytes for each member of the directory before it gives the first one. */
#define ZIP_MEMBERS 5000000

static enum pb_status check_zip(struct pb_container *container, bool *is_empty)
{
    uint64_t items = container->budget->limits.items;
    uint64_t most = items > ZIP_MEMBERS ? items : ZIP_MEMBERS, count;
    enum pb_status status =
        pb_zip_check_directory(&container->bytes, most, &container->directory_fault, &count);

    if (count > most)
        pb_budget_set_fault(container->budget, PB_CEILING_ITEMS, &container->fault);
    *is_empty = count == 0 && !pb_fault_is_set(&container->directory_fault);
    return status;
}

/* What a small header makes libarchive take of memory is bounded for the process alone. */
static enum pb_status check_seven_zip(struct pb_container *container)
{
    uint64_t header_bytes = pb_seven_zip_check_end(&container->bytes, &container->directory_fault);

    if (header_bytes > container->budget->limits.item_bytes)
        pb_budget_set_fault(container->budget, PB_CEILING_ITEM_BYTES, &container->fault);
    return PB_OK;
}

static enum pb_status open_archive(struct pb_container *container,
                                   const struct pb_random_access *bytes, const char *passphrase,
                                   struct pb_budget *budget)
{
    enum pb_status status = PB_OK;
    bool is_empty = false; /* libarchive does not take a zip without entries for one */

    if (needs_random_access(container)) {
        status = find_bytes(container, bytes, budget);
        if (status != PB_OK || pb_fault_is_set(&container->fault))
            return status;
        status = container->layers.what.kind == PB_KIND_ZIP ? check_zip(container, &is_empty)
                                                            : check_seven_zip(container);
    }
    if (status == PB_OK && !is_empty && !pb_fault_is_set(&container->fault))
        status = pb_archive_new(container->layers.what.kind, container->layers.content,
                                &container->bytes, passphrase, budget, &container->archive);
    return status;
}

enum pb_status pb_container_new(struct pb_layers *layers, const struct pb_random_access *bytes,
                                struct pb_slice path, const char *passphrase,
                                struct pb_budget *budget, struct pb_container **container)
{
    struct pb_container *made = calloc(1, sizeof *made);

    *container = NULL;
    if (made == NULL) {
        pb_layers_release(layers);
        return PB_FAILED_MEMORY;
    }
    made->budget = budget;
    made->layers = *layers;
    *layers = (struct pb_layers){0};
    pb_buffer_init(&made->storage, SIZE_MAX);
    pb_buffer_init(&made->path, SIZE_MAX);
    pb_buffer_append(&made->path, path);
    enum pb_status status =
        made->path.has_failed ? PB_FAILED_MEMORY : open_archive(made, bytes, passphrase, budget);
    if (status != PB_OK) {
        pb_container_free(made);
        return status;
    }
    *container = made;
    return PB_OK;
}

void pb_container_free(struct pb_container *container)
{
    if (container == NULL)
        return;
    pb_archive_free(container->archive);
    pb_layers_release(&container->layers);
    pb_buffer_release(&container->storage);
    pb_buffer_release(&container->path);
    free(container);
}

enum pb_status pb_container_next(struct pb_container *container, struct pb_member *member,
                                 bool *has_member)
{
    *has_member = false;
    if (container->archive == NULL || pb_fault_is_set(&container->fault))
        return PB_OK;
    return pb_archive_next(container->archive, member, has_member);
}

void pb_container_stop(struct pb_container *container, const struct pb_fault *fault)
{
    if (!pb_fault_is_set(&container->fault))
        container->fault = *fault;
}

/* What was taken off the archive may be damaged behind its last block. */
static void collect_faults(struct pb_container *container)
{
    const struct pb_fault *layers = &container->layers.content->fault;

    if (pb_fault_is_set(&container->fault))
        return;
    if (container->archive != NULL && pb_fault_is_set(pb_archive_fault(container->archive)))
        container->fault = *pb_archive_fault(container->archive);
    if (pb_fault_is_set(layers))
        container->fault = *layers;
}

enum pb_status pb_container_close(struct pb_container *container)
{
    enum pb_status status = PB_OK;

    if (container->archive != NULL && !pb_fault_is_set(&container->fault))
        status = pb_archive_finish(container->archive);
    if (status == PB_OK)
        status = pb_stream_drain(container->layers.meter);
    collect_faults(container);
    return status;
}
