/* SPDX-License-Identifier: MIT */
/* From a stream to an item or an archive: what it is, its bytes under the ceilings, its digest. */
#include "evidence/internal.h"

#include <errno.h>

bool pb_item_begin(struct pb_evidence_reader *reader, struct pb_slice path, bool is_named)
{
    pb_buffer_clear(&reader->path);
    pb_buffer_append(&reader->path, path);
    *reader->item = (struct pb_item){.path = pb_buffer_slice(&reader->path), .is_named = is_named};
    return !reader->path.has_failed;
}

bool pb_item_end(struct pb_evidence_reader *reader, enum pb_entry_status status, const char *reason,
                 struct pb_slice subject, const char *rest)
{
    pb_buffer_clear(&reader->detail);
    pb_buffer_append_string(&reader->detail, reason);
    pb_buffer_append(&reader->detail, subject);
    pb_buffer_append_string(&reader->detail, rest);
    reader->item->status = status;
    reader->item->detail = pb_buffer_slice(&reader->detail);
    reader->has_item = true;
    return !reader->detail.has_failed;
}

bool pb_item_ignore(struct pb_evidence_reader *reader, const char *reason)
{
    return pb_item_end(reader, PB_ENTRY_IGNORED, reason, PB_SLICE_ABSENT, "");
}

bool pb_item_fail(struct pb_evidence_reader *reader, const struct pb_fault *fault)
{
    reader->item->is_damaged = pb_fault_is_damage(fault);
    return pb_item_end(reader, fault->status, fault->text, PB_SLICE_ABSENT, "") &&
           pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_ERROR, fault->code, NULL, "%s",
                              fault->text) == PB_OK;
}

bool pb_item_fail_errno(struct pb_evidence_reader *reader, int number)
{
    struct pb_fault fault = {0};

    pb_fault_set_errno(&fault, number);
    return number != ENOMEM && pb_item_fail(reader, &fault);
}

void pb_item_measure(struct pb_item *item, struct pb_stream *source)
{
    pb_stream_drain(source);
    item->has_sha256 = !pb_fault_is_set(&source->fault);
    if (item->has_sha256) {
        item->size_bytes = source->size_bytes;
        pb_digest_finish(&source->digest, item->sha256);
    }
}

/* What was read of the item's content so far. */
static struct pb_slice collected(const struct pb_evidence_reader *reader)
{
    return pb_slice_from(pb_buffer_slice(reader->content), reader->content_from_bytes);
}

/* Begins to measure the source with what was kept of it and the block that follows that. */
static void measure_collected(const struct pb_evidence_reader *reader, struct pb_stream *source,
                              struct pb_slice block)
{
    pb_digest_init(&source->digest);
    pb_digest_update(&source->digest, collected(reader));
    pb_digest_update(&source->digest, block);
    source->size_bytes = (uint64_t)collected(reader).size_bytes + block.size_bytes;
    source->is_measured = true;
}

/* A plain item that is too large to keep has a digest all the same, as long as the total allows. */
static void measure_oversized(struct pb_evidence_reader *reader, struct pb_stream *source,
                              struct pb_slice block)
{
    uint64_t allowed = reader->budget.limits.total_bytes - reader->budget.content_bytes;

    if (reader->item->size_bytes > allowed)
        return;
    measure_collected(reader, source, block);
    while (block.size_bytes > 0 && source->size_bytes <= allowed)
        block = pb_stream_next(source);
    if (block.size_bytes == 0)
        pb_item_measure(reader->item, source);
}

/* Reads content up to its end or a ceiling; *unread is the block that had no room. */
static bool collect(struct pb_evidence_reader *reader, struct pb_stream *content,
                    struct pb_fault *fault, struct pb_slice *unread)
{
    if (reader->content == &reader->own_content)
        pb_buffer_clear(reader->content);
    reader->content_from_bytes = reader->content->size_bytes;
    while (*unread = pb_stream_next(content), unread->size_bytes > 0) {
        if (!pb_budget_take_content(&reader->budget, collected(reader).size_bytes,
                                    unread->size_bytes, fault))
            return true;
        pb_buffer_append(reader->content, *unread);
        if (reader->content->has_failed)
            return false;
    }
    *fault = content->fault;
    return true;
}

/* Damage leaves what was read before it to be judged; a ceiling leaves nothing. */
static bool end_content(struct pb_evidence_reader *reader, const struct pb_fault *fault)
{
    struct pb_slice content = collected(reader);

    if (pb_fault_is_set(fault) && fault->status == PB_ENTRY_SKIPPED) {
        reader->budget.content_bytes -= content.size_bytes;
        reader->content->size_bytes = reader->content_from_bytes;
    } else if (!pb_fault_is_set(fault) || content.size_bytes > 0) {
        reader->item->content = content;
    }
    if (pb_fault_is_set(fault))
        return pb_item_fail(reader, fault);
    reader->item->status = PB_ENTRY_USED;
    reader->has_item = true;
    return true;
}

/* What a wrong passphrase makes of bytes may look compressed, or like an archive: that it is noise
 * shows at its end, and is what is wrong with it. */
static void measure_source(struct pb_evidence_reader *reader, struct pb_stream *source,
                           struct pb_fault *fault)
{
    pb_item_measure(reader->item, source);
    if (pb_fault_is_encryption(&source->fault))
        *fault = source->fault;
}

/* What was read turned out to be a zip behind other data: its members are read in place. */
static void give_back_zip(struct pb_evidence_reader *reader, struct pb_layers *layers)
{
    layers->what = layers->in_place != NULL
                       ? (struct pb_recognition){PB_KIND_ZIP, "zip"}
                       : (struct pb_recognition){PB_KIND_UNSUPPORTED, "a zip behind other data"};
    reader->budget.content_bytes -= collected(reader).size_bytes;
    reader->content->size_bytes = reader->content_from_bytes;
}

/* Binary data, of which text has no byte, and a zip's end. */
static bool is_behind_other_data(struct pb_slice content)
{
    return content.size_bytes > 0 && memchr(content.data, '\0', content.size_bytes) != NULL &&
           pb_zip_is_end(content);
}

/* Plain content is digested by whoever takes the item, so that threads share the work. */
static void end_plain(struct pb_evidence_reader *reader, struct pb_stream *content,
                      struct pb_slice unread, const struct pb_fault *fault)
{
    if (unread.size_bytes > 0 && !reader->budget.is_exhausted)
        measure_oversized(reader, content, unread);
    else if (!pb_fault_is_set(fault)) {
        reader->item->is_digest_of_content = true;
        reader->item->size_bytes = collected(reader).size_bytes;
    }
}

static bool read_content(struct pb_evidence_reader *reader, struct pb_layers *layers)
{
    struct pb_fault fault = {0};
    struct pb_slice unread;
    bool is_plain = !layers->source->is_measured;

    if (!collect(reader, layers->content, &fault, &unread))
        return false;
    if (!pb_fault_is_set(&fault) && is_behind_other_data(collected(reader))) {
        if (is_plain)
            measure_collected(reader, layers->source, PB_SLICE(""));
        give_back_zip(reader, layers);
        return true;
    }
    if (is_plain)
        end_plain(reader, layers->content, unread, &fault);
    else
        measure_source(reader, layers->source, &fault);
    return end_content(reader, &fault);
}

/* Of the room that is left up to the end for what it lies in, an archive's members may fill all but
 * a quarter, so that what follows the archive can be read whatever it holds. */
static uint64_t ledger_share(const struct pb_evidence_reader *reader)
{
    uint64_t used = reader->budget.ledger_bytes;
    uint64_t end = reader->containers.count > 0 ? pb_container_innermost(reader)->ledger_end_bytes
                                                : pb_budget_most_ledger_bytes(&reader->budget);

    return end > used ? used + (end - used) / 4 * 3 : used;
}

static bool open_container(struct pb_evidence_reader *reader, struct pb_layers *layers)
{
    uint64_t ledger_end_bytes = ledger_share(reader);
    struct pb_container *container = pb_vector_push(&reader->containers);

    if (container == NULL)
        return false;
    container->is_named = reader->item->is_named;
    container->ledger_end_bytes = ledger_end_bytes;
    pb_buffer_init(&container->path, SIZE_MAX);
    pb_buffer_append(&container->path, reader->item->path);
    container->archive = pb_archive_new(layers, reader->passphrase, &reader->budget);
    return container->archive != NULL && !container->path.has_failed;
}

/* Of anything but plain bytes. */
static bool open_layers(struct pb_evidence_reader *reader, struct pb_layers *layers)
{
    struct pb_fault fault = layers->fault;

    if (layers->what.kind == PB_KIND_UNSUPPORTED)
        pb_fault_set(&fault, PB_ENTRY_UNREADABLE, "unsupported-container",
                     "%s is not supported: unpack it and give the files, or a tar or zip of them",
                     layers->what.name);
    else if (reader->containers.count >= reader->budget.limits.depth)
        pb_budget_set_fault(&reader->budget, PB_CEILING_DEPTH, &fault);
    if (!pb_fault_is_set(&fault))
        return open_container(reader, layers);
    measure_source(reader, layers->source, &fault);
    return pb_item_fail(reader, &fault);
}

bool pb_item_open(struct pb_evidence_reader *reader, struct pb_stream *stream,
                  const struct pb_input *in_place, uint64_t declared_bytes)
{
    struct pb_layers layers;

    if (!pb_layers_open(stream, in_place, &reader->budget, &layers))
        return false;
    reader->item->size_bytes = declared_bytes;
    bool has_memory = layers.what.kind != PB_KIND_PLAIN || read_content(reader, &layers);
    if (has_memory && layers.what.kind != PB_KIND_PLAIN)
        has_memory = open_layers(reader, &layers);
    pb_layers_release(&layers);
    return has_memory;
}
