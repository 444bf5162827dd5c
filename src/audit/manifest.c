/* SPDX-License-Identifier: MIT */
/* Comes after all evidence is read and before it is judged: reads the lines of a manifest, and
 * compares the ledger's entries with them. */
#include <stdint.h>
#include <stdlib.h>

#include "audit/pipeline.h"

#define HEX_DIGITS 64
#define BSD_START "SHA256 ("
#define BSD_MIDDLE ") = "

/* One line while it is read. Its functions return what is expected at the offset that they have
 * come to, NULL where all is well. */
struct parse {
    struct pb_slice line;
    size_t at;
    struct pb_slice name;
    bool is_escaped;
    unsigned char *sha256;
};

/* The byte that the parse has come to, NUL behind the end. */
static char byte_at(const struct parse *parse)
{
    return parse->at < parse->line.size_bytes ? parse->line.data[parse->at] : '\0';
}

static const char *read_digest(struct parse *parse)
{
    for (size_t i = 0; i < HEX_DIGITS; i++, parse->at++) {
        int value = pb_hex_value(byte_at(parse));
        if (value < 0)
            return "the 64 hexadecimal digits of a SHA-256, or 'SHA256 ('";
        parse->sha256[i / 2] =
            (unsigned char)(i % 2 == 0 ? value << 4 : parse->sha256[i / 2] | value);
    }
    return NULL;
}

/* coreutils, "cksum output modes": a space for text, '*' for binary; both mean the same bytes. */
static const char *read_gnu(struct parse *parse)
{
    const char *expected = read_digest(parse);

    if (expected != NULL)
        return expected;
    if (byte_at(parse) != ' ')
        return "a space after the 64 digits of a SHA-256";
    parse->at++;
    if (byte_at(parse) != ' ' && byte_at(parse) != '*')
        return "a second space, or '*'";
    parse->at++;
    parse->name = pb_slice_from(parse->line, parse->at);
    return parse->name.size_bytes > 0 ? NULL : "a file name";
}

/* The digest has no parenthesis, so the last one ends the name, whatever the name holds. */
static const char *read_bsd(struct parse *parse)
{
    size_t start = parse->at + strlen(BSD_START), end = pb_slice_find_last(parse->line, ')');
    bool has_end = end != SIZE_MAX && end >= start;

    parse->at = has_end ? end : parse->line.size_bytes;
    if (!pb_slice_starts_with(pb_slice_from(parse->line, parse->at), PB_SLICE(BSD_MIDDLE)))
        return "') = ' and the digest";
    parse->name = pb_slice_from(pb_slice_first(parse->line, end), start);
    if (parse->name.size_bytes == 0)
        return "a file name";
    parse->at += strlen(BSD_MIDDLE);
    const char *expected = read_digest(parse);
    return expected == NULL && parse->at < parse->line.size_bytes ? "the end of the line"
                                                                  : expected;
}

/* coreutils and shasum: \n, \r and \\ in the names of lines that begin with a backslash. */
static const char *unescape(struct parse *parse, struct pb_buffer *name)
{
    struct pb_slice from = parse->name;

    for (size_t i = 0; i < from.size_bytes; i++) {
        char byte = from.data[i];
        if (parse->is_escaped && byte == '\\') {
            char letter = ++i < from.size_bytes ? from.data[i] : '\0';
            parse->at = (size_t)(from.data - parse->line.data) + i - 1;
            if (letter != 'n' && letter != 'r' && letter != '\\')
                return "\\n, \\r or \\\\ in an escaped name";
            byte = letter == 'n' ? '\n' : letter == 'r' ? '\r' : letter;
        }
        pb_buffer_append_byte(name, byte);
    }
    return NULL;
}

static const char *read_line(struct parse *parse, struct pb_buffer *name)
{
    const char *nul = memchr(parse->line.data, '\0', parse->line.size_bytes);

    if (nul != NULL) {
        parse->at = (size_t)(nul - parse->line.data);
        return "text without NUL bytes";
    }
    parse->is_escaped = parse->line.data[0] == '\\';
    parse->at = parse->is_escaped;
    bool is_bsd = pb_slice_starts_with(pb_slice_from(parse->line, parse->at), PB_SLICE(BSD_START));
    const char *expected = is_bsd ? read_bsd(parse) : read_gnu(parse);
    return expected == NULL ? unescape(parse, name) : expected;
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
                               struct pb_error *error)
{
    struct pb_manifest_line *line = pb_vector_push(&manifest->lines);
    struct pb_buffer name = {0}, simplified = {0};

    if (line == NULL)
        return pb_error_memory(error);
    struct parse parse = {.line = text, .sha256 = line->sha256};
    const char *expected = read_line(&parse, &name);
    simplify(pb_buffer_slice(&name), &simplified);
    line->number = number;
    bool is_copied = !name.has_failed && !simplified.has_failed &&
                     pb_arena_copy(&manifest->arena, pb_buffer_slice(&simplified), &line->name);
    pb_buffer_release(&name);
    pb_buffer_release(&simplified);
    if (expected != NULL)
        return pb_error_set(error, PB_FAILED_USAGE, "line %zu, column %zu: expected %s", number,
                            parse.at + 1, expected);
    return is_copied ? PB_OK : pb_error_memory(error);
}

static int compare_lines(const void *left, const void *right)
{
    const struct pb_manifest_line *a = left, *b = right;
    int order = pb_slice_compare(a->name, b->name);

    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

enum pb_status pb_manifest_read(struct pb_slice bytes, struct pb_manifest *manifest,
                                struct pb_error *error)
{
    struct pb_slice rest =
        pb_slice_starts_with(bytes, PB_SLICE("\xEF\xBB\xBF")) ? pb_slice_from(bytes, 3) : bytes;

    pb_vector_init(&manifest->lines, sizeof(struct pb_manifest_line));
    for (size_t number = 1; rest.size_bytes > 0; number++) {
        size_t size = pb_slice_find(rest, PB_SLICE("\n"), 0);
        struct pb_slice line = pb_slice_first(rest, size);
        rest = size == SIZE_MAX ? PB_SLICE("") : pb_slice_from(rest, size + 1);
        if (pb_slice_ends_with(line, PB_SLICE("\r")))
            line.size_bytes--;
        if (line.size_bytes == 0 || line.data[0] == '#')
            continue;
        enum pb_status status = add_line(manifest, line, number, error);
        if (status != PB_OK)
            return status;
    }
    if (manifest->lines.count == 0)
        return pb_error_set(error, PB_FAILED_USAGE, "it lists no file");
    pb_vector_sort(&manifest->lines, compare_lines);
    pb_digest_of(bytes, manifest->sha256);
    return PB_OK;
}

void pb_manifest_release(struct pb_manifest *manifest)
{
    pb_vector_release(&manifest->lines);
    pb_arena_release(&manifest->arena);
    *manifest = (struct pb_manifest){0};
}

/* How a line's name may stand for an entry's path, strongest first; pb_manifest_check explains
 * them. Links, which have no bytes, are meant only where nothing else has the name. */
enum way { WAY_PATH, WAY_BESIDE_SOURCE, WAY_IN_SOURCE, WAY_IN_ARCHIVE, WAY_LINK, NO_WAY = 255 };

/* What is known of an entry; a later state replaces an earlier one. */
enum state { STATE_UNLISTED, STATE_LISTED, STATE_SAME, STATE_DIFFERENT };

struct check {
    const struct pb_manifest *manifest;
    struct pb_batch *evidence;
    struct pb_arena arena;                /* owns the sources' names */
    struct pb_vector sources;             /* of struct pb_slice: simplified and sorted */
    struct pb_vector folders;             /* the same: those in which the sources stand */
    unsigned char *ways;                  /* enum way, one a line: the strongest found */
    unsigned char *states;                /* enum state, one an entry */
    struct pb_buffer path, text;          /* reused */
    bool is_second;                       /* the walk that compares goes on */
    size_t counts[PB_SEVERITY_ERROR + 1]; /* of diagnostics about entries, by severity */
};

static const struct pb_manifest_line *line_at(const struct check *check, size_t index)
{
    return &PB_VECTOR_AT(const struct pb_manifest_line, &check->manifest->lines, index);
}

static int compare_paths(const void *left, const void *right)
{
    const struct pb_slice *a = left, *b = right;

    return pb_slice_compare(*a, *b);
}

static bool is_one_of(const struct pb_vector *paths, struct pb_slice path)
{
    size_t index = pb_vector_lower_bound(paths, &path, compare_paths);

    return index < paths->count &&
           pb_slice_equals(PB_VECTOR_AT(struct pb_slice, paths, index), path);
}

/* Of "/d/e" and the slash at 2, "/d"; of the slash at 0, the root. */
static struct pb_slice folder_before(struct pb_slice path, size_t slash)
{
    return pb_slice_first(path, slash > 0 ? slash : 1);
}

/* A source without a slash stands in the current folder, to which evidence paths are relative. */
static enum pb_status add_sources(struct check *check, const struct pb_evidence_reader *reader)
{
    struct pb_slice source, folder;

    for (size_t i = 0; source = pb_evidence_source(reader, i), !pb_slice_is_absent(source); i++) {
        pb_buffer_clear(&check->path);
        simplify(source, &check->path);
        if (check->path.has_failed ||
            !pb_arena_copy(&check->arena, pb_buffer_slice(&check->path), &source) ||
            !pb_vector_append(&check->sources, &source, 1))
            return PB_FAILED_MEMORY;
        size_t slash = pb_slice_find_last(source, '/');
        folder = folder_before(source, slash);
        if (slash != SIZE_MAX && !pb_vector_append(&check->folders, &folder, 1))
            return PB_FAILED_MEMORY;
    }
    pb_vector_sort(&check->sources, compare_paths);
    pb_vector_sort(&check->folders, compare_paths);
    return PB_OK;
}

/* Deeper archives than any usable --max-depth permits are not looked for. */
#define MOST_ARCHIVES_A_PATH 100

/* Whether an archive that holds the path is listed and the same: all archives of one name, since
 * each may be the one. *outermost is where the outermost one's path ends, SIZE_MAX for none. */
static bool is_in_same_archive(const struct check *check, struct pb_slice path, size_t *outermost)
{
    bool is_found = false;
    size_t at = pb_slice_find(path, PB_SLICE("!/"), 0);

    *outermost = SIZE_MAX;
    for (int i = 0; at != SIZE_MAX && i < MOST_ARCHIVES_A_PATH; i++) {
        struct pb_slice archive = pb_slice_first(path, at);
        size_t archives = 0, same = 0;
        for (size_t k = pb_batch_find_entry(check->evidence, archive);
             k < check->evidence->entries.count; k++) {
            const struct pb_entry *entry = pb_batch_entry(check->evidence, k);
            if (!pb_slice_equals(entry->path, archive))
                break;
            if (entry->status == PB_ENTRY_USED || entry->status == PB_ENTRY_IGNORED)
                continue;
            archives++;
            same += check->states[k] == STATE_SAME;
        }
        if (archives > 0 && *outermost == SIZE_MAX)
            *outermost = at;
        is_found |= archives > 0 && same == archives;
        at = pb_slice_find(path, PB_SLICE("!/"), at + 1);
    }
    return is_found;
}

/* A file that was read by another of its paths has the digest that it has there. */
static const unsigned char *find_digest(const struct check *check, const struct pb_entry *entry)
{
    struct pb_slice same_file = PB_SLICE(PB_SAME_FILE);
    const struct pb_batch *evidence = check->evidence;

    if (entry->sha256 != NULL || entry->status != PB_ENTRY_IGNORED ||
        !pb_slice_starts_with(entry->detail, same_file))
        return entry->sha256;
    struct pb_slice path = pb_slice_from(entry->detail, same_file.size_bytes);
    for (size_t i = pb_batch_find_entry(evidence, path); i < evidence->entries.count; i++) {
        const struct pb_entry *other = pb_batch_entry(evidence, i);
        if (!pb_slice_equals(other->path, path))
            break;
        if (other->sha256 != NULL)
            return other->sha256;
    }
    return NULL;
}

/* The following diagnostic is about the entry; false where it is one too many and only counted. */
static bool begin_diagnostic(struct check *check, uint32_t entry, enum pb_severity severity)
{
    check->evidence->diagnostics.entry = entry;
    if (++check->counts[severity] <= PB_MOST_DIAGNOSTICS)
        return true;
    check->evidence->diagnostics.left_out_of_all[severity]++;
    return false;
}

static enum pb_status report_mismatch(struct check *check, const struct pb_manifest_line *line,
                                      const unsigned char *sha256)
{
    pb_buffer_clear(&check->text);
    pb_buffer_append_hex(&check->text, sha256, sizeof line->sha256);
    pb_buffer_append_hex(&check->text, line->sha256, sizeof line->sha256);
    if (check->text.has_failed)
        return PB_FAILED_MEMORY;
    return pb_diagnostics_add(&check->evidence->diagnostics, PB_SEVERITY_ERROR, "manifest-mismatch",
                              NULL, "its SHA-256 is %.64s, but line %zu of the manifest says %.64s",
                              check->text.data, line->number, check->text.data + HEX_DIGITS);
}

/* Compares the digest of the line with that of an entry for which it stands. */
static enum pb_status compare(struct check *check, const struct pb_manifest_line *line,
                              uint32_t entry)
{
    struct pb_slice detail = pb_batch_entry(check->evidence, entry)->detail;
    const unsigned char *sha256 = find_digest(check, pb_batch_entry(check->evidence, entry));
    enum state state = sha256 == NULL                          ? STATE_LISTED
                       : memcmp(sha256, line->sha256, 32) == 0 ? STATE_SAME
                                                               : STATE_DIFFERENT;

    if (check->states[entry] < state)
        check->states[entry] = (unsigned char)state;
    if (state == STATE_SAME || !begin_diagnostic(check, entry, PB_SEVERITY_ERROR))
        return PB_OK;
    if (state == STATE_DIFFERENT)
        return report_mismatch(check, line, sha256);
    return pb_diagnostics_add(
        &check->evidence->diagnostics, PB_SEVERITY_ERROR, "manifest-unverified", NULL,
        "line %zu of the manifest lists it, but its bytes were not read: %.*s", line->number,
        PB_SLICE_ARGS(detail));
}

static enum pb_status match_lines(struct check *check, struct pb_slice name, enum way way,
                                  uint32_t index)
{
    const struct pb_vector *lines = &check->manifest->lines;
    const struct pb_manifest_line key = {.name = name};
    const struct pb_entry *entry = pb_batch_entry(check->evidence, index);
    enum pb_status status = PB_OK;

    if (entry->status == PB_ENTRY_IGNORED && find_digest(check, entry) == NULL)
        way = WAY_LINK;
    for (size_t i = pb_vector_lower_bound(lines, &key, compare_lines);
         status == PB_OK && i < lines->count && pb_slice_equals(line_at(check, i)->name, name);
         i++) {
        if (check->is_second && check->ways[i] == way)
            status = compare(check, line_at(check, i), index);
        else if (!check->is_second && check->ways[i] > way)
            check->ways[i] = (unsigned char)way;
    }
    return status;
}

/* Tries all names that the manifest may have for the entry. */
static enum pb_status match_entry(struct check *check, uint32_t entry)
{
    struct pb_slice path = pb_batch_entry(check->evidence, entry)->path;
    struct pb_buffer *text = &check->path;
    size_t archive;

    is_in_same_archive(check, path, &archive);
    pb_buffer_clear(text);
    simplify(pb_slice_first(path, archive), text);
    size_t file_bytes = text->size_bytes;
    if (archive != SIZE_MAX) {
        pb_buffer_append_byte(text, '!');
        simplify(pb_slice_from(path, archive + 1), text);
    }
    if (text->has_failed)
        return PB_FAILED_MEMORY;
    struct pb_slice whole = pb_buffer_slice(text);
    enum pb_status status = match_lines(check, whole, WAY_PATH, entry);
    for (size_t i = 0; status == PB_OK && i < file_bytes; i++) {
        if (whole.data[i] != '/')
            continue;
        struct pb_slice folder = folder_before(whole, i), rest = pb_slice_from(whole, i + 1);
        if (is_one_of(&check->folders, folder))
            status = match_lines(check, rest, WAY_BESIDE_SOURCE, entry);
        else if (is_one_of(&check->sources, folder))
            status = match_lines(check, rest, WAY_IN_SOURCE, entry);
    }
    if (status == PB_OK && archive != SIZE_MAX)
        status = match_lines(check, pb_slice_from(whole, file_bytes + 2), WAY_IN_ARCHIVE, entry);
    return status;
}

static enum pb_status report_missing(struct check *check)
{
    struct pb_diagnostics *diagnostics = &check->evidence->diagnostics;
    enum pb_status status = PB_OK;

    diagnostics->entry = PB_NO_ENTRY;
    for (size_t i = 0; status == PB_OK && i < check->manifest->lines.count; i++) {
        const struct pb_manifest_line *line = line_at(check, i);
        struct pb_diagnostic *added;
        if (check->ways[i] != NO_WAY)
            continue;
        status =
            pb_diagnostics_add(diagnostics, PB_SEVERITY_ERROR, "manifest-missing", &added,
                               "line %zu of the manifest lists %.*s, which is not in the evidence",
                               line->number, PB_SLICE_ARGS(line->name));
        if (status == PB_OK)
            added->offset_bytes = line->number;
    }
    return status == PB_OK ? pb_diagnostics_end_entry(diagnostics) : status;
}

/* Links and devices have no bytes of their own. */
static enum pb_status report_unlisted(struct check *check, uint32_t index)
{
    const struct pb_entry *entry = pb_batch_entry(check->evidence, index);
    bool is_manifest = entry->sha256 != NULL && memcmp(entry->sha256, check->manifest->sha256,
                                                       sizeof check->manifest->sha256) == 0;
    size_t outermost;

    if (check->states[index] != STATE_UNLISTED || is_manifest ||
        (entry->status == PB_ENTRY_IGNORED && entry->sha256 == NULL) ||
        is_in_same_archive(check, entry->path, &outermost) ||
        !begin_diagnostic(check, index, PB_SEVERITY_WARNING))
        return PB_OK;
    return pb_diagnostics_add(&check->evidence->diagnostics, PB_SEVERITY_WARNING,
                              "manifest-unlisted", NULL, "the manifest does not list it");
}

/* The strongest ways must be known before anything is compared: hence two walks. */
static enum pb_status run_check(struct check *check, const struct pb_evidence_reader *reader)
{
    size_t line_count = check->manifest->lines.count, entry_count = check->evidence->entries.count;

    check->ways = malloc(line_count + 1);
    check->states = calloc(entry_count + 1, 1);
    if (check->ways == NULL || check->states == NULL)
        return PB_FAILED_MEMORY;
    memset(check->ways, NO_WAY, line_count);
    enum pb_status status = add_sources(check, reader);
    for (int walk = 0; walk < 2; walk++) {
        check->is_second = walk == 1;
        for (size_t i = 0; status == PB_OK && i < entry_count; i++)
            status = match_entry(check, (uint32_t)i);
    }
    if (status == PB_OK)
        status = report_missing(check);
    for (size_t i = 0; status == PB_OK && i < entry_count; i++)
        status = report_unlisted(check, (uint32_t)i);
    if (status == PB_OK)
        pb_batch_sort_diagnostics(check->evidence);
    return status;
}

enum pb_status pb_manifest_check(const struct pb_manifest *manifest,
                                 const struct pb_evidence_reader *sources,
                                 struct pb_batch *evidence)
{
    struct check check = {.manifest = manifest, .evidence = evidence};

    pb_vector_init(&check.sources, sizeof(struct pb_slice));
    pb_vector_init(&check.folders, sizeof(struct pb_slice));
    enum pb_status status = run_check(&check, sources);
    free(check.ways);
    free(check.states);
    pb_vector_release(&check.sources);
    pb_vector_release(&check.folders);
    pb_buffer_release(&check.path);
    pb_buffer_release(&check.text);
    pb_arena_release(&check.arena);
    return status;
}
