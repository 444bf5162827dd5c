/* SPDX-License-Identifier: MIT */
/* From a stream to an item or a container: what it is, its bytes under the ceilings, its digest. */
#include "evidence/reader_state.h"

enum pb_status pb_reader_begin_item(struct pb_evidence_reader *reader, struct pb_slice path,
                                    bool is_named)
{
    struct pb_slice own = pb_buffer_slice(&reader->path);

    if (path.data != own.data) {
        pb_buffer_clear(&reader->path);
        pb_buffer_append(&reader->path, path);
        if (reader->path.has_failed)
            return PB_FAILED_MEMORY;
    }
    *reader->item = (struct pb_item){.path = pb_buffer_slice(&reader->path), .is_named = is_named};
    return PB_OK;
}

enum pb_status pb_reader_ignore(struct pb_evidence_reader *reader, const char *reason,
                                struct pb_slice subject, const char *rest)
{
    pb_buffer_clear(&reader->detail);
    pb_buffer_append_string(&reader->detail, reason);
    pb_buffer_append(&reader->detail, subject);
    pb_buffer_append_string(&reader->detail, rest);
    reader->item->status = PB_ENTRY_IGNORED;
    reader->item->detail = pb_buffer_slice(&reader->detail);
    reader->has_item = true;
    return reader->detail.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

enum pb_status pb_reader_settle(struct pb_evidence_reader *reader, const struct pb_fault *fault)
{
    pb_buffer_clear(&reader->detail);
    pb_buffer_append_string(&reader->detail, fault->text);
    reader->item->status = fault->status;
    reader->item->detail = pb_buffer_slice(&reader->detail);
    reader->has_item = true;
    if (reader->detail.has_failed)
        return PB_FAILED_MEMORY;
    return pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_ERROR, fault->code, NULL, "%s",
                              fault->text);
}

/* The size and digest of the bytes as they stand, which are read to their end for it. */
static enum pb_status measure(struct pb_item *item, struct pb_stream *meter)
{
    enum pb_status status = pb_stream_drain(meter);

    if (status != PB_OK)
        return status;
    item->has_sha256 = !pb_fault_is_set(&meter->fault);
    if (item->has_sha256) {
        item->size_bytes = pb_meter_stream_size(meter);
        pb_meter_stream_digest(meter, item->sha256);
    }
    return PB_OK;
}

/* What was read of the item's content so far. */
static struct pb_slice collected(const struct pb_evidence_reader *reader)
{
    return pb_slice_from(pb_buffer_slice(reader->content), reader->content_from_bytes);
}

static void forget_content(struct pb_evidence_reader *reader)
{
    reader->content->size_bytes = reader->content_from_bytes;
}

/* A plain item that is too large to keep still gets its digest, as long as the total allows. */
static enum pb_status measure_oversized(struct pb_evidence_reader *reader, struct pb_stream *stream,
                                        struct pb_slice block)
{
    const struct pb_budget *budget = &reader->budget;
    uint64_t allowed = budget->limits.total_bytes - budget->content_bytes;
    uint64_t size = collected(reader).size_bytes;
    enum pb_status status = PB_OK;

    pb_digest_update(reader->digest, collected(reader));
    while (status == PB_OK && block.size_bytes > 0 && size <= allowed) {
        pb_digest_update(reader->digest, block);
        size += block.size_bytes;
        status = pb_stream_next(stream, &block);
    }
    reader->item->has_sha256 = block.size_bytes == 0 && !pb_fault_is_set(&stream->fault);
    if (reader->item->has_sha256)
        reader->item->size_bytes = size;
    pb_digest_finish(reader->digest, reader->item->sha256);
    return status;
}

/* Reads content up to its end or a ceiling; *unread is the block that had no room. */
static enum pb_status collect(struct pb_evidence_reader *reader, struct pb_stream *content,
                              struct pb_fault *fault, struct pb_slice *unread)
{
    if (reader->content == &reader->own_content)
        pb_buffer_clear(reader->content);
    reader->content_from_bytes = reader->content->size_bytes;
    for (;;) {
        enum pb_status status = pb_stream_next(content, unread);
        if (status != PB_OK)
            return status;
        if (unread->size_bytes == 0)
            break;
        if (!pb_budget_take_content(&reader->budget, collected(reader).size_bytes,
                                    unread->size_bytes, fault))
            return PB_OK;
        pb_buffer_append(reader->content, *unread);
        if (reader->content->has_failed)
            return PB_FAILED_MEMORY;
    }
    if (pb_fault_is_set(&content->fault))
        *fault = content->fault;
    return PB_OK;
}

/* Damage leaves what was read before it to be judged; a ceiling leaves nothing. */
static enum pb_status settle_content(struct pb_evidence_reader *reader,
                                     const struct pb_fault *fault)
{
    struct pb_item *item = reader->item;

    if (pb_fault_is_set(fault) && fault->status == PB_ENTRY_SKIPPED) {
        reader->budget.content_bytes -= collected(reader).size_bytes;
        forget_content(reader);
        return pb_reader_settle(reader, fault);
    }
    if (!pb_fault_is_set(fault) || collected(reader).size_bytes > 0)
        item->content = collected(reader);
    if (pb_fault_is_set(fault))
        return pb_reader_settle(reader, fault);
    item->status = PB_ENTRY_USED;
    reader->has_item = true;
    return PB_OK;
}

/* What a wrong passphrase makes of bytes may look compressed, or like an archive: that it is noise
 * shows at its end, and is what is wrong with it. */
static enum pb_status read_item(struct pb_evidence_reader *reader, struct pb_layers *layers)
{
    struct pb_fault fault = {0};
    struct pb_slice unread;
    enum pb_status status = collect(reader, layers->content, &fault, &unread);

    if (status == PB_OK && layers->meter != NULL)
        status = measure(reader->item, layers->meter);
    else if (status == PB_OK && unread.size_bytes > 0 && !reader->budget.is_exhausted)
        status = measure_oversized(reader, layers->content, unread);
    if (status != PB_OK)
        return status;
    if (layers->meter != NULL && pb_fault_is_encryption(&layers->meter->fault))
        fault = layers->meter->fault;
    if (layers->meter == NULL && !pb_fault_is_set(&fault)) {
        reader->item->is_digest_of_content = true;
        reader->item->size_bytes = collected(reader).size_bytes;
    }
    return settle_content(reader, &fault);
}

static enum pb_status refuse(struct pb_evidence_reader *reader, struct pb_layers *layers,
                             const struct pb_fault *fault)
{
    enum pb_status status = measure(reader->item, layers->meter);

    if (pb_fault_is_encryption(&layers->meter->fault))
        fault = &layers->meter->fault;
    return status == PB_OK ? pb_reader_settle(reader, fault) : status;
}

static enum pb_status open_container(struct pb_evidence_reader *reader, struct pb_layers *layers,
                                     const struct pb_random_access *bytes)
{
    uint64_t end_bytes = reader->budget.limits.ledger_bytes;
    if (reader->containers.count > 0)
        end_bytes =
            PB_VECTOR_AT(struct pb_container *, &reader->containers, reader->containers.count - 1)
                ->ledger_end_bytes;
    struct pb_container **place = pb_vector_push(&reader->containers);

    if (place == NULL)
        return PB_FAILED_MEMORY;
    enum pb_status status = pb_container_new(layers, bytes, reader->item->path, reader->passphrase,
                                             &reader->budget, place);
    if (status != PB_OK) {
        reader->containers.count--;
        return status;
    }
    (*place)->is_named = reader->item->is_named;
    (*place)->ledger_end_bytes = pb_ledger_room_share(&reader->budget, end_bytes);
    return PB_OK;
}

static enum pb_status open_layers(struct pb_evidence_reader *reader, struct pb_layers *layers,
                                  const struct pb_random_access *bytes)
{
    struct pb_fault fault = layers->fault;

    if (layers->what.kind == PB_KIND_UNSUPPORTED)
        pb_fault_set(&fault, PB_ENTRY_UNREADABLE, "unsupported-container",
                     "%s is not supported: unpack it and give the files, or a tar or zip of them",
                     layers->what.name);
    else if (layers->what.kind != PB_KIND_PLAIN &&
             reader->containers.count >= reader->budget.limits.depth)
        pb_budget_set_fault(&reader->budget, PB_CEILING_DEPTH, &fault);
    if (pb_fault_is_set(&fault))
        return refuse(reader, layers, &fault);
    return layers->what.kind == PB_KIND_PLAIN ? read_item(reader, layers)
                                              : open_container(reader, layers, bytes);
}

enum pb_status pb_reader_open(struct pb_evidence_reader *reader, struct pb_stream *stream,
                              const struct pb_random_access *bytes, uint64_t declared_bytes)
{
    struct pb_layers layers;
    enum pb_status status = pb_layers_open(stream, &reader->budget, &layers);

    if (status != PB_OK)
        return status;
    reader->item->size_bytes = declared_bytes;
    status = open_layers(reader, &layers, bytes);
    pb_layers_release(&layers);
    return status;
}

static enum pb_status settle_container(struct pb_evidence_reader *reader,
                                       const struct pb_container *container)
{
    const struct pb_fault *first = &container->fault;
    const struct pb_fault *second = &container->directory_fault;

    if (!pb_fault_is_set(first))
        first = second;
    if (!pb_fault_is_set(first)) {
        reader->item->status = PB_ENTRY_CONTAINER;
        reader->has_item = true;
        return PB_OK;
    }
    enum pb_status status = pb_reader_settle(reader, first);
    if (status == PB_OK && pb_fault_is_set(second) && second != first)
        status = pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_ERROR, second->code, NULL,
                                    "%s", second->text);
    return status;
}

enum pb_status pb_reader_close_container(struct pb_evidence_reader *reader)
{
    struct pb_container *container =
        PB_VECTOR_AT(struct pb_container *, &reader->containers, reader->containers.count - 1);

    reader->containers.count--;
    enum pb_status status =
        pb_reader_begin_item(reader, pb_buffer_slice(&container->path), container->is_named);
    if (status == PB_OK && !reader->is_over)
        status = pb_container_close(container);
    if (status == PB_OK && !reader->is_over)
        status = measure(reader->item, container->layers.meter);
    if (status == PB_OK)
        status = settle_container(reader, container);
    pb_container_free(container);
    return status;
}
