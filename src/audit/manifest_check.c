/* SPDX-License-Identifier: MIT */
/* One walk over the ledger finds the strongest way in which each name of the manifest fits; a
 * second one checks what fits in that way. */
#include <stdlib.h>

#include "audit/pipeline.h"
#include "audit/manifest_name.h"
#include "inventory/batch.h"

/* What a line of the manifest has come to. */
struct found {
    uint32_t way;     /* the strongest in which it fits an entry, or PB_NO_WAY */
    uint32_t unread;  /* an entry that it fits and that has no digest, or PB_NO_ENTRY */
    bool is_compared; /* with a digest */
};

struct check {
    const struct pb_manifest *manifest;
    struct pb_batch *evidence;
    struct pb_manifest_bases bases;
    struct found *found;        /* one a line */
    bool *is_covered;           /* one an entry: listed with these bytes, or within what is */
    bool is_final;              /* the second walk */
    struct pb_vector ancestors; /* of uint32_t: entries whose paths the present one's begins with */
    struct pb_buffer raw, path, name;
    size_t unlisted_count;

    /* The present entry. */
    uint32_t entry;
    const unsigned char *sha256; /* NULL: it has none */
    bool is_listed, is_different;
};

static const struct pb_entry *entry_at(const struct check *check, size_t index)
{
    return pb_batch_entry(check->evidence, index);
}

static const struct pb_manifest_line *line_at(const struct check *check, size_t index)
{
    return &PB_VECTOR_AT(const struct pb_manifest_line, &check->manifest->lines, index);
}

static size_t find_line(const struct check *check, struct pb_slice name)
{
    size_t first = 0, end = check->manifest->lines.count;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (pb_slice_compare(line_at(check, middle)->name, name) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* A file that was read by another of its paths has the digest that it has there. */
static const unsigned char *find_digest(const struct check *check, const struct pb_entry *entry)
{
    struct pb_slice same_file = PB_SLICE(PB_SAME_FILE);

    if (entry->sha256 != NULL)
        return entry->sha256;
    if (entry->status != PB_ENTRY_IGNORED || !pb_slice_starts_with(entry->detail, same_file))
        return NULL;
    struct pb_slice path = pb_slice_from(entry->detail, same_file.size_bytes);
    for (size_t i = pb_batch_find_entry(check->evidence, path); i < check->evidence->entries.count;
         i++) {
        const struct pb_entry *other = entry_at(check, i);
        if (!pb_slice_equals(other->path, path))
            break;
        if (other->sha256 != NULL)
            return other->sha256;
    }
    return NULL;
}

static void write_hex(const unsigned char sha256[32], char hex[65])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < 32; i++) {
        hex[2 * i] = digits[sha256[i] >> 4];
        hex[2 * i + 1] = digits[sha256[i] & 15];
    }
    hex[64] = '\0';
}

static enum pb_status report_mismatch(struct check *check, const struct pb_manifest_line *line)
{
    char is[65], listed[65];

    check->is_different = true;
    write_hex(check->sha256, is);
    write_hex(line->sha256, listed);
    return pb_diagnostics_add(&check->evidence->diagnostics, PB_SEVERITY_ERROR, "manifest-mismatch",
                              NULL, "its SHA-256 is %s, but line %zu of the manifest says %s", is,
                              line->number, listed);
}

static enum pb_status report_unverified(struct check *check, const struct pb_manifest_line *line,
                                        uint32_t entry)
{
    struct pb_slice detail = entry_at(check, entry)->detail;

    check->evidence->diagnostics.entry = entry;
    return pb_diagnostics_add(
        &check->evidence->diagnostics, PB_SEVERITY_ERROR, "manifest-unverified", NULL,
        "line %zu of the manifest lists it, but its bytes were not read: %.*s", line->number,
        PB_SLICE_ARGS(detail));
}

/* The present entry is what the line speaks of. */
static enum pb_status compare(struct check *check, size_t index)
{
    const struct pb_manifest_line *line = line_at(check, index);
    struct found *found = &check->found[index];

    check->is_listed = true;
    if (check->sha256 == NULL) {
        found->unread = check->entry;
        /* A link may have the name of what was read by another source. */
        if (entry_at(check, check->entry)->status == PB_ENTRY_IGNORED)
            return PB_OK;
        return report_unverified(check, line, check->entry);
    }
    found->is_compared = true;
    return memcmp(check->sha256, line->sha256, sizeof line->sha256) == 0
               ? PB_OK
               : report_mismatch(check, line);
}

/* The present entry fits that name in that way. */
static enum pb_status weigh(struct check *check, struct pb_slice name, uint32_t way)
{
    enum pb_status status = PB_OK;

    for (size_t i = find_line(check, name); status == PB_OK && i < check->manifest->lines.count &&
                                            pb_slice_equals(line_at(check, i)->name, name);
         i++) {
        struct found *found = &check->found[i];
        if (!check->is_final)
            found->way = way < found->way ? way : found->way;
        else if (found->way == way)
            status = compare(check, i);
    }
    return status;
}

/* file: the part of the path that leads through folders, and not into archives. */
static enum pb_status try_folders(struct check *check, struct pb_slice path, struct pb_slice file)
{
    pb_buffer_clear(&check->name);
    pb_manifest_simplify(file, &check->name);
    size_t file_bytes = check->name.size_bytes;
    pb_buffer_clear(&check->path);
    pb_manifest_simplify(path, &check->path);
    if (check->name.has_failed || check->path.has_failed)
        return PB_FAILED_MEMORY;
    struct pb_slice whole = pb_buffer_slice(&check->path);
    enum pb_status status = weigh(check, whole, PB_WAY_PATH);
    for (size_t i = 0; status == PB_OK && i < file_bytes && i < whole.size_bytes; i++) {
        if (whole.data[i] != '/')
            continue;
        uint32_t way = pb_manifest_bases_find(&check->bases, pb_slice_first(whole, i + 1));
        if (way != PB_NO_WAY)
            status = weigh(check, pb_slice_from(whole, i + 1), way);
    }
    return status;
}

static bool is_archive(enum pb_entry_status status)
{
    return status != PB_ENTRY_USED && status != PB_ENTRY_IGNORED;
}

/* Tries the names in the archives that hold the entry. *is_covered: all archives of one name are;
 * *file is the outermost one's path. */
static enum pb_status try_archives(struct check *check, struct pb_slice path, bool *is_covered,
                                   struct pb_slice *file)
{
    uint32_t way = PB_WAY_IN_ARCHIVE;
    size_t last_bytes = 0;
    bool is_level_covered = false;
    enum pb_status status = PB_OK;

    *is_covered = false;
    *file = path;
    for (size_t i = 0; status == PB_OK && i < check->ancestors.count; i++) {
        uint32_t index = PB_VECTOR_AT(uint32_t, &check->ancestors, i);
        size_t size = entry_at(check, index)->path.size_bytes;
        if (!is_archive(entry_at(check, index)->status) ||
            !pb_slice_starts_with(pb_slice_from(path, size), PB_SLICE("!/")))
            continue;
        if (size == last_bytes) { /* two archives of one name: either may hold the entry */
            is_level_covered &= check->is_covered[index];
            continue;
        }
        *is_covered |= is_level_covered;
        is_level_covered = check->is_covered[index];
        if (last_bytes == 0)
            *file = pb_slice_first(path, size);
        last_bytes = size;
        pb_buffer_clear(&check->name);
        pb_manifest_simplify(pb_slice_from(path, size + 2), &check->name);
        if (check->name.has_failed)
            return PB_FAILED_MEMORY;
        status = weigh(check, pb_buffer_slice(&check->name), way++);
    }
    *is_covered |= is_level_covered;
    return status;
}

/* In the ledger's order an entry comes after all whose paths its own begins with. */
static void leave_ancestors(struct check *check, struct pb_slice path)
{
    struct pb_vector *ancestors = &check->ancestors;

    while (ancestors->count > 0) {
        uint32_t last = PB_VECTOR_AT(uint32_t, ancestors, ancestors->count - 1);
        if (pb_slice_starts_with(path, entry_at(check, last)->path))
            break;
        ancestors->count--;
    }
}

static enum pb_status report_unlisted(struct check *check)
{
    const struct pb_entry *entry = entry_at(check, check->entry);
    bool is_manifest =
        entry->sha256 != NULL && memcmp(entry->sha256, check->manifest->sha256, 32) == 0;

    /* Links and devices have no bytes of their own. */
    if (is_manifest || (entry->status == PB_ENTRY_IGNORED && entry->sha256 == NULL))
        return PB_OK;
    if (++check->unlisted_count > PB_MOST_DIAGNOSTICS) {
        check->evidence->diagnostics.left_out_of_all[PB_SEVERITY_WARNING]++;
        return PB_OK;
    }
    return pb_diagnostics_add(&check->evidence->diagnostics, PB_SEVERITY_WARNING,
                              "manifest-unlisted", NULL, "the manifest does not list it");
}

static enum pb_status visit(struct check *check, uint32_t index)
{
    const struct pb_entry *entry = entry_at(check, index);
    struct pb_slice path = entry->path, file;
    bool is_within_covered;

    check->entry = check->evidence->diagnostics.entry = index;
    check->sha256 = find_digest(check, entry);
    check->is_listed = check->is_different = false;
    leave_ancestors(check, path);
    enum pb_status status = try_archives(check, path, &is_within_covered, &file);
    if (status == PB_OK)
        status = try_folders(check, path, file);
    check->is_covered[index] =
        is_within_covered || (check->is_listed && !check->is_different && check->sha256 != NULL);
    if (status == PB_OK && check->is_final && !check->is_listed && !is_within_covered)
        status = report_unlisted(check);
    if (status == PB_OK)
        status = pb_diagnostics_end_entry(&check->evidence->diagnostics);
    uint32_t *place = pb_vector_push(&check->ancestors);
    if (place == NULL)
        return PB_FAILED_MEMORY;
    *place = index;
    return status;
}

static enum pb_status walk(struct check *check, bool is_final)
{
    enum pb_status status = PB_OK;

    check->is_final = is_final;
    check->ancestors.count = 0;
    for (size_t i = 0; status == PB_OK && i < check->evidence->entries.count; i++)
        status = visit(check, (uint32_t)i);
    return status;
}

static enum pb_status report_missing(struct check *check, size_t index)
{
    const struct pb_manifest_line *line = line_at(check, index);
    struct pb_diagnostic *added;

    check->evidence->diagnostics.entry = PB_NO_ENTRY;
    enum pb_status status = pb_diagnostics_add(
        &check->evidence->diagnostics, PB_SEVERITY_ERROR, "manifest-missing", &added,
        "line %zu of the manifest lists %.*s, which is not in the evidence", line->number,
        PB_SLICE_ARGS(line->name));
    if (status == PB_OK)
        added->offset_bytes = line->number;
    return status;
}

/* What is known only after all entries. */
static enum pb_status settle_lines(struct check *check)
{
    enum pb_status status = PB_OK;

    for (size_t i = 0; status == PB_OK && i < check->manifest->lines.count; i++) {
        const struct found *found = &check->found[i];
        if (found->unread != PB_NO_ENTRY && !found->is_compared &&
            entry_at(check, found->unread)->status == PB_ENTRY_IGNORED)
            status = report_unverified(check, line_at(check, i), found->unread);
    }
    for (size_t i = 0; status == PB_OK && i < check->manifest->lines.count; i++)
        if (check->found[i].way == PB_NO_WAY)
            status = report_missing(check, i);
    return status == PB_OK ? pb_diagnostics_end_entry(&check->evidence->diagnostics) : status;
}

static enum pb_status prepare(struct check *check, const struct pb_evidence_reader *sources)
{
    size_t line_count = check->manifest->lines.count;

    pb_vector_init(&check->ancestors, sizeof(uint32_t));
    pb_buffer_init(&check->raw, SIZE_MAX);
    pb_buffer_init(&check->path, SIZE_MAX);
    pb_buffer_init(&check->name, SIZE_MAX);
    check->found = calloc(line_count, sizeof *check->found);
    check->is_covered = calloc(check->evidence->entries.count + 1, sizeof *check->is_covered);
    if (check->found == NULL || check->is_covered == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < line_count; i++)
        check->found[i] = (struct found){.way = PB_NO_WAY, .unread = PB_NO_ENTRY};
    return pb_manifest_bases_make(sources, &check->bases);
}

enum pb_status pb_manifest_check(const struct pb_manifest *manifest,
                                 const struct pb_evidence_reader *sources,
                                 struct pb_batch *evidence)
{
    struct check check = {.manifest = manifest, .evidence = evidence};
    enum pb_status status = prepare(&check, sources);

    if (status == PB_OK)
        status = walk(&check, false);
    if (status == PB_OK)
        status = walk(&check, true);
    if (status == PB_OK)
        status = settle_lines(&check);
    if (status == PB_OK)
        pb_batch_sort_diagnostics(evidence);
    free(check.found);
    free(check.is_covered);
    pb_manifest_bases_release(&check.bases);
    pb_vector_release(&check.ancestors);
    pb_buffer_release(&check.raw);
    pb_buffer_release(&check.path);
    pb_buffer_release(&check.name);
    return status;
}
