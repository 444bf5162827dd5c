/* SPDX-License-Identifier: MIT */
/* Manifests: reads their lines, and, when all evidence is read and before it is judged, compares
 * its entries with them. */
#include <stdlib.h>

#include "audit/pipeline.h"
#include "inventory/sentences.inc"

#define BSD_START "SHA256 ("
#define BSD_MIDDLE ") = "

/* One line while it is read. The functions that return a text return NULL, or what is expected
 * where the rest begins. */
struct parse {
    struct pb_slice line, rest, name;
    bool is_escaped;
    unsigned char *sha256;
};

/* coreutils and shasum: \n, \r and \\ in the names of lines that begin with a backslash. */
static const char *unescape(struct parse *parse, struct pb_buffer *name)
{
    struct pb_slice from = parse->name;
    for (size_t i = 0; i < from.size_bytes; i++) {
        char byte = from.data[i];
        if (parse->is_escaped && byte == '\\') {
            parse->rest = pb_slice_from(from, i);
            char letter = ++i < from.size_bytes ? from.data[i] : '\0';
            if (letter != 'n' && letter != 'r' && letter != '\\')
                return "\\n, \\r or \\\\ in an escaped name";
            byte = letter == 'n' ? '\n' : letter == 'r' ? '\r' : letter;
        }
        pb_buffer_append_byte(name, byte);
    }
    return NULL;
}

/* In BSD's style the digest has no parenthesis, so the last one ends the name, whatever the name
 * holds. GNU's (coreutils, "cksum output modes") has a space for text, '*' for binary; both mean
 * the same bytes. */
static const char *read_line(struct parse *parse)
{
    struct pb_slice line = parse->line;

    parse->is_escaped = line.data[0] == '\\';
    parse->rest = pb_slice_from(line, parse->is_escaped);
    bool is_bsd = pb_slice_starts_with(parse->rest, PB_SLICE(BSD_START));
    if (is_bsd) {
        struct pb_slice behind = pb_slice_from(parse->rest, strlen(BSD_START));
        size_t end = pb_slice_find_last(behind, ')');
        parse->name = pb_slice_first(behind, end);
        parse->rest = pb_slice_from(behind, end);
        if (!pb_slice_starts_with(parse->rest, PB_SLICE(BSD_MIDDLE)))
            return "') = ' and the digest";
        if (parse->name.size_bytes == 0)
            return "a file name";
        parse->rest = pb_slice_from(parse->rest, strlen(BSD_MIDDLE));
    }
    for (size_t i = 0; i < 64; i++, parse->rest = pb_slice_from(parse->rest, 1)) {
        int value = parse->rest.size_bytes > 0 ? pb_hex_value(parse->rest.data[0]) : -1;
        if (value < 0)
            return "the 64 hexadecimal digits of a SHA-256, or 'SHA256 ('";
        parse->sha256[i / 2] = (unsigned char)(parse->sha256[i / 2] << 4 | value);
    }
    if (is_bsd)
        return parse->rest.size_bytes > 0 ? "the end of the line" : NULL;
    if (!pb_take_byte(&parse->rest, " "))
        return "a space after the 64 digits of a SHA-256";
    if (!pb_take_byte(&parse->rest, " *"))
        return "a second space, or '*'";
    parse->name = parse->rest;
    return parse->name.size_bytes > 0 ? NULL : "a file name";
}

/* Appends the path without "." components, repeated slashes and a slash at its end. */
static void simplify(struct pb_slice path, struct pb_buffer *simplified)
{
    if (pb_slice_starts_with(path, PB_SLICE("/")))
        pb_buffer_append_byte(simplified, '/');
    for (size_t start = 0, end; start < path.size_bytes; start = end + 1) {
        end = pb_slice_find(path, PB_SLICE("/"), start);
        end = end < path.size_bytes ? end : path.size_bytes;
        struct pb_slice component = pb_slice_from(pb_slice_first(path, end), start);
        if (component.size_bytes == 0 || pb_slice_equals(component, PB_SLICE(".")))
            continue;
        if (simplified->size_bytes > 0 &&
            !pb_slice_ends_with(pb_buffer_slice(simplified), PB_SLICE("/")))
            pb_buffer_append_byte(simplified, '/');
        pb_buffer_append(simplified, component);
    }
}

static enum pb_status add_line(struct pb_manifest *manifest, struct pb_slice text, size_t number,
                               struct prebleed_error *error)
{
    struct pb_manifest_line *line = pb_vector_push(&manifest->lines, sizeof *line);
    struct pb_buffer name = {0}, simplified = {0};

    if (line == NULL)
        return PB_FAILED_MEMORY;
    struct parse parse = {.line = text, .sha256 = line->sha256};
    const char *expected = read_line(&parse);
    if (expected == NULL)
        expected = unescape(&parse, &name);
    simplify(pb_buffer_slice(&name), &simplified);
    line->number = number;
    line->name = pb_arena_copy_buffer(&manifest->arena, &simplified);
    manifest->arena.has_failed |= name.has_failed;
    pb_buffer_release(&name);
    pb_buffer_release(&simplified);
    if (expected != NULL)
        return pb_error_set(error, PB_FAILED_USAGE, "line %zu, column %zu: expected %s", number,
                            (size_t)(parse.rest.data - text.data) + 1, expected);
    return manifest->arena.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

static int compare_lines(const void *left, const void *right)
{
    const struct pb_manifest_line *a = left, *b = right;
    int order = pb_slice_compare(a->name, b->name);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* Of sorted lines with one name keeps the first, and the first with another digest than that: each
 * is compared with all entries of the name, and the others would add no other kind of mismatch. */
static void drop_repeated(struct pb_vector *lines)
{
    struct pb_manifest_line *all = lines->data;
    size_t kept = 0;
    for (size_t i = 0; i < lines->count; i++)
        if (kept == 0 || !pb_slice_equals(all[i].name, all[kept - 1].name) ||
            (memcmp(all[i].sha256, all[kept - 1].sha256, sizeof all[i].sha256) != 0 &&
             (kept == 1 || !pb_slice_equals(all[i].name, all[kept - 2].name))))
            all[kept++] = all[i];
    lines->count = kept;
}

enum pb_status pb_manifest_read(struct pb_slice text, struct pb_manifest *manifest,
                                struct prebleed_error *error)
{
    enum pb_status status = PB_OK;
    struct pb_slice line;
    for (size_t number = 1; status == PB_OK && pb_next_line(&text, &line); number++)
        if (line.size_bytes > 0 && line.data[0] != '#')
            status = add_line(manifest, line, number, error);
    if (status == PB_OK && manifest->lines.count == 0)
        status = pb_error_set(error, PB_FAILED_USAGE, "it lists no file");
    if (status != PB_OK)
        pb_manifest_release(manifest);
    pb_vector_sort(&manifest->lines, compare_lines);
    drop_repeated(&manifest->lines);
    return status;
}

void pb_manifest_release(struct pb_manifest *manifest)
{
    pb_vector_release(&manifest->lines);
    pb_arena_release(&manifest->arena);
    *manifest = (struct pb_manifest){0};
}

/* How a line's name may stand for an entry's path, strongest first. Links, which have no bytes, are
 * meant only where nothing else has the name. */
enum way { WAY_PATH, WAY_BESIDE_SOURCE, WAY_IN_SOURCE, WAY_IN_ARCHIVE, WAY_LINK, WAY_NONE };

/* What is known of an entry; a later state replaces an earlier one. */
enum state { STATE_UNLISTED, STATE_LISTED, STATE_SAME, STATE_DIFFERENT };

struct check {
    const struct pb_manifest *manifest;
    struct pb_batch *evidence;
    struct pb_arena arena;    /* owns the folders' names */
    struct pb_vector folders; /* of pb_manifest_line, sorted: roots of names; number: the way */
    unsigned char *ways;      /* enum way, one a line: the strongest */
    unsigned char *states;    /* enum state, one an entry */
    bool is_comparing;        /* ways are known */
    struct pb_buffer path;    /* reused */
    size_t counts[PB_SEVERITY_ERROR + 1]; /* of diagnostics about entries, by severity */
};

/* Of "/d/e" and the slash at 2, "/d"; of the slash at 0, the root. */
static struct pb_slice folder_before(struct pb_slice path, size_t slash)
{
    return pb_slice_first(path, slash > 0 ? slash : 1);
}

/* A source without a slash stands in the current folder, to which evidence paths are relative. */
static enum pb_status add_sources(struct check *check, const struct pb_evidence_reader *reader)
{
    struct pb_slice source;

    for (size_t i = 0; source = pb_evidence_source(reader, i), !pb_slice_is_absent(source); i++) {
        pb_buffer_clear(&check->path);
        simplify(source, &check->path);
        source = pb_arena_copy_buffer(&check->arena, &check->path);
        if (check->arena.has_failed)
            return PB_FAILED_MEMORY;
        size_t slash = pb_slice_find_last(source, '/');
        const struct pb_manifest_line folders[] = {
            {.name = source, .number = WAY_IN_SOURCE},
            {.name = folder_before(source, slash), .number = WAY_BESIDE_SOURCE}};
        if (!pb_vector_append_all(&check->folders, folders, slash == SIZE_MAX ? 1 : 2,
                                  sizeof *folders))
            return PB_FAILED_MEMORY;
    }
    pb_vector_sort(&check->folders, compare_lines);
    return PB_OK;
}

/* A file that was read by another path has its digest in that path's entry. */
static const unsigned char *find_digest(const struct check *check, const struct pb_entry *entry)
{
    struct pb_slice same_file = PB_SLICE(PB_SAME_FILE);
    const struct pb_batch *evidence = check->evidence;
    if (entry->sha256 != NULL || entry->status != PB_ENTRY_IGNORED ||
        !pb_slice_starts_with(entry->detail, same_file))
        return entry->sha256;
    struct pb_slice path = pb_slice_from(entry->detail, same_file.size_bytes);
    size_t other = pb_batch_find_entry(evidence, path);
    return other < evidence->entries.count &&
                   pb_slice_equals(pb_batch_entry(evidence, other)->path, path)
               ? pb_batch_entry(evidence, other)->sha256
               : NULL;
}

/* Makes the next diagnostic one about the entry; false where it is too many and only counted. */
static bool begin_diagnostic(struct check *check, uint32_t entry, enum pb_severity severity)
{
    check->evidence->diagnostics.entry = entry;
    if (++check->counts[severity] <= PB_MOST_DIAGNOSTICS)
        return true;
    check->evidence->diagnostics.left_out_of_all[severity]++;
    return false;
}

static void compare(struct check *check, const struct pb_manifest_line *line, uint32_t entry)
{
    struct pb_diagnostics *diagnostics = &check->evidence->diagnostics;
    struct pb_slice detail = pb_batch_entry(check->evidence, entry)->detail;
    const unsigned char *sha256 = find_digest(check, pb_batch_entry(check->evidence, entry));
    enum state state = sha256 == NULL                          ? STATE_LISTED
                       : memcmp(sha256, line->sha256, 32) == 0 ? STATE_SAME
                                                               : STATE_DIFFERENT;

    if (check->states[entry] < state)
        check->states[entry] = (unsigned char)state;
    if (state == STATE_SAME || !begin_diagnostic(check, entry, PB_SEVERITY_ERROR))
        return;
    if (state == STATE_LISTED) {
        pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, "manifest-unverified",
                           PB_SAY_MANIFEST_UNVERIFIED, line->number, PB_SLICE_ARGS(detail));
        return;
    }
    pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, "manifest-mismatch",
                       PB_SAY_MANIFEST_MISMATCH, pb_hex_text(sha256, 32).text, line->number,
                       pb_hex_text(line->sha256, 32).text);
}

/* Each line of that name may stand for the entry: notes how, and when that is known of all entries,
 * compares where no other way is stronger. */
static void match_lines(struct check *check, struct pb_slice name, enum way way, uint32_t entry)
{
    const struct pb_entry *found = pb_batch_entry(check->evidence, entry);
    const struct pb_vector *lines = &check->manifest->lines;
    const struct pb_manifest_line *all = lines->data, key = {.name = name};
    size_t i = pb_vector_lower_bound(lines, &key, compare_lines);
    if (found->status == PB_ENTRY_IGNORED && find_digest(check, found) == NULL)
        way = WAY_LINK;
    for (; i < lines->count && pb_slice_equals(all[i].name, name); i++) {
        if (check->is_comparing && check->ways[i] == way)
            compare(check, &all[i], entry);
        else if (check->ways[i] > way)
            check->ways[i] = (unsigned char)way;
    }
}

static void match_entry(struct check *check, uint32_t index)
{
    const struct pb_entry *entry = pb_batch_entry(check->evidence, index), *archive = entry;
    struct pb_buffer *text = &check->path;

    while (archive->container != PB_NO_ENTRY)
        archive = pb_batch_entry(check->evidence, archive->container);
    pb_buffer_clear(text);
    simplify(archive->path, text);
    size_t file_bytes = text->size_bytes;
    if (archive != entry) {
        pb_buffer_append_byte(text, '!');
        simplify(pb_slice_from(entry->path, archive->path.size_bytes + 1), text);
    }
    struct pb_slice whole = pb_buffer_slice(text);
    match_lines(check, whole, WAY_PATH, index);
    for (size_t i = 0; i < file_bytes && i < whole.size_bytes; i++) {
        if (whole.data[i] != '/')
            continue;
        const struct pb_manifest_line key = {.name = folder_before(whole, i)};
        size_t place = pb_vector_lower_bound(&check->folders, &key, compare_lines);
        const struct pb_manifest_line *folder =
            &PB_VECTOR_AT(const struct pb_manifest_line, &check->folders, place);
        if (place < check->folders.count && pb_slice_equals(folder->name, key.name))
            match_lines(check, pb_slice_from(whole, i + 1), (enum way)folder->number, index);
    }
    if (archive != entry)
        match_lines(check, pb_slice_from(whole, file_bytes + 2), WAY_IN_ARCHIVE, index);
}

/* Whether the manifest lists neither the entry nor an archive that holds it and matches. Links and
 * devices, which have no bytes, and the manifest itself are not to be listed. */
static bool is_unlisted(const struct check *check, uint32_t index)
{
    const struct pb_entry *entry = pb_batch_entry(check->evidence, index);
    if (check->states[index] != STATE_UNLISTED ||
        (entry->sha256 == NULL ? entry->status == PB_ENTRY_IGNORED
                               : memcmp(entry->sha256, check->manifest->sha256, 32) == 0))
        return false;
    for (; entry->container != PB_NO_ENTRY;
         entry = pb_batch_entry(check->evidence, entry->container))
        if (check->states[entry->container] == STATE_SAME)
            return false;
    return true;
}

static void report_missing(struct check *check)
{
    struct pb_diagnostics *diagnostics = &check->evidence->diagnostics;
    const struct pb_manifest_line *lines = check->manifest->lines.data;
    for (size_t i = 0; i < check->manifest->lines.count; i++) {
        if (check->ways[i] != WAY_NONE)
            continue;
        diagnostics->entry = PB_NO_ENTRY;
        pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, "manifest-missing",
                           PB_SAY_MANIFEST_MISSING, lines[i].number, PB_SLICE_ARGS(lines[i].name))
            ->offset_bytes = lines[i].number;
    }
}

static enum pb_status run_check(struct check *check, const struct pb_evidence_reader *reader)
{
    uint32_t count = (uint32_t)check->evidence->entries.count;
    size_t line_count = check->manifest->lines.count;

    check->states = calloc((size_t)count + 1, 1);
    check->ways = malloc(line_count + 1);
    if (check->states == NULL || check->ways == NULL || add_sources(check, reader) != PB_OK)
        return PB_FAILED_MEMORY;
    memset(check->ways, WAY_NONE, line_count + 1);
    for (uint32_t i = 0; i < count; i++)
        match_entry(check, i);
    check->is_comparing = true;
    for (uint32_t i = 0; i < count; i++)
        match_entry(check, i);
    report_missing(check);
    for (uint32_t i = 0; i < count; i++)
        if (is_unlisted(check, i) && begin_diagnostic(check, i, PB_SEVERITY_WARNING))
            pb_diagnostics_add(&check->evidence->diagnostics, PB_SEVERITY_WARNING,
                               "manifest-unlisted", "the manifest does not list it");
    bool has_failed = check->path.has_failed || check->evidence->diagnostics.has_failed;
    return has_failed ? PB_FAILED_MEMORY : PB_OK;
}

enum pb_status pb_manifest_check(const struct pb_manifest *manifest,
                                 const struct pb_evidence_reader *sources,
                                 struct pb_batch *evidence)
{
    struct check check = {.manifest = manifest, .evidence = evidence};
    enum pb_status status = run_check(&check, sources);
    free(check.states);
    free(check.ways);
    pb_vector_release(&check.folders);
    pb_buffer_release(&check.path);
    pb_arena_release(&check.arena);
    return status;
}
