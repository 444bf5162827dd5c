/* SPDX-License-Identifier: MIT */
/* Opens sources one after the other, and the directories, files and archives in them. Each step
 * makes an item, whose size the ceilings limit, or opens or closes what contains items. The items
 * go to audit/item.c, which reads their documents. */
#include "base/sentences.inc"
#include "evidence/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <search.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRY_BYTES 128 /* of memory for an entry of the report's list and its digest */
/* Of memory for entries: the first for each item that its ceiling allows, and the second. */
#define ENTRY_BYTES_AN_ITEM 256
#define LEAST_ENTRY_BYTES (UINT64_C(1) << 20)
#define STAT_BLOCK_BYTES 512 /* of st_blocks */
#define SPARSE_RATIO 1000    /* of size to stored bytes: above it a file is mostly holes */

struct source {
    struct pb_slice name; /* with a NUL behind it, which is not counted */
    bool is_path;
    char *root;            /* its path without links, owned; NULL until a link is met */
    struct pb_input input; /* of a buffer or a stream */
};

/* A file that was read. */
struct file_identity {
    dev_t device;
    ino_t inode;
    struct pb_slice path; /* under which it was read first */
};

struct pb_evidence_reader {
    struct pb_budget budget;
    locale_t utf8;            /* for libarchive, which converts names to the locale; 0 for none */
    struct pb_arena names;    /* of sources; files and their paths */
    struct pb_vector sources; /* of struct source */
    size_t next_source;
    struct pb_directory *directory; /* the innermost that is being read, or NULL */
    struct pb_archive *archive;     /* the innermost that is being read, or NULL */
    void *files;                    /* tsearch's tree of struct file_identity */

    /* The item that is being made; what it borrows stays until the next one. */
    struct pb_item *item;
    struct pb_diagnostics *diagnostics;
    struct pb_buffer path, detail;
    struct pb_fault fault;      /* why it was not read, or not whole */
    struct pb_buffer *contents; /* the caller's: contents are appended to it */
    size_t content_from_bytes;  /* where the item's begins */
    bool has_item;
    bool is_over;    /* the ceiling of items or of their entries was reached */
    bool has_failed; /* without memory; stays set */

    char passphrase[PB_LONGEST_PASSPHRASE_BYTES + 1]; /* of encrypted archives; "" for none */
    char block[PB_BLOCK_BYTES]; /* where the file or stream at the bottom is read to */
};

struct pb_evidence_reader *pb_evidence_reader_new(const struct pb_limits *limits)
{
    struct pb_evidence_reader *made = calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    uint64_t items = limits->items < PB_NO_ENTRY ? limits->items : PB_NO_ENTRY;
    made->budget.limits = *limits;
    made->budget.most_entry_bytes = LEAST_ENTRY_BYTES + items * ENTRY_BYTES_AN_ITEM;
    made->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return made;
}

static int compare_files(const void *a, const void *b)
{
    const struct file_identity *first = a, *second = b;
    int order = pb_number_compare(first->inode, second->inode);
    return order != 0 ? order : pb_number_compare(first->device, second->device);
}

void pb_evidence_reader_free(struct pb_evidence_reader *reader)
{
    if (reader == NULL)
        return;
    while (reader->archive != NULL)
        reader->archive = pb_archive_close(reader->archive);
    while (reader->directory != NULL)
        reader->directory = pb_directory_close(reader->directory);
    for (size_t i = 0; i < reader->sources.count; i++)
        free(PB_VECTOR_AT(struct source, &reader->sources, i).root);
    pb_vector_release(&reader->sources);
    OPENSSL_cleanse(reader->passphrase, sizeof reader->passphrase);
    while (reader->files != NULL)
        tdelete(*(void **)reader->files, &reader->files, compare_files);
    pb_arena_release(&reader->names);
    pb_buffer_release(&reader->path);
    pb_buffer_release(&reader->detail);
    if (reader->utf8 != (locale_t)0)
        freelocale(reader->utf8);
    free(reader);
}

/* Keeps the NUL behind the name, for open(). */
static enum pb_status add_source(struct pb_evidence_reader *reader, const char *name,
                                 struct source source)
{
    source.name = pb_arena_copy(&reader->names, (struct pb_slice){name, strlen(name) + 1});
    source.name.size_bytes--;
    return !reader->names.has_failed && pb_vector_append(&reader->sources, &source, sizeof source)
               ? PB_OK
               : PB_FAILED_MEMORY;
}

uint64_t pb_evidence_taken_bytes(const struct pb_evidence_reader *reader)
{
    return reader->budget.taken_bytes;
}

enum pb_status pb_evidence_add_path(struct pb_evidence_reader *reader, const char *path,
                                    struct prebleed_error *error)
{
    bool is_file = strcmp(path, "-") != 0;
    char text[PB_ERRNO_BYTES];
    struct stat found;

    if (is_file && stat(path, &found) != 0) {
        if (errno == ENOMEM)
            return PB_FAILED_MEMORY;
        if (errno != EACCES && errno != EIO && errno != EOVERFLOW)
            return pb_error_set(error, PB_FAILED_INPUT, "%s: %s", path, pb_errno_text(errno, text));
    } else if (is_file && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode) &&
               !S_ISFIFO(found.st_mode)) {
        return pb_error_set(error, PB_FAILED_INPUT, PB_SAY_ODD_PATH, path);
    }
    return add_source(reader, path, (struct source){.is_path = true});
}

enum pb_status pb_evidence_add(struct pb_evidence_reader *reader, const char *name,
                               struct pb_slice bytes,
                               int64_t (*read)(void *context, void *buffer, size_t size_bytes),
                               void *context)
{
    struct pb_input input = {.fd = -1, .size_bytes = bytes.size_bytes, .memory = bytes};
    input.read = read;
    input.context = context;
    return add_source(reader, name, (struct source){.input = input});
}

struct pb_slice pb_evidence_source(const struct pb_evidence_reader *reader, size_t index)
{
    return index < reader->sources.count
               ? PB_VECTOR_AT(const struct source, &reader->sources, index).name
               : PB_SLICE_ABSENT;
}

enum pb_status pb_evidence_set_passphrase(struct pb_evidence_reader *reader,
                                          struct pb_slice passphrase, struct prebleed_error *error)
{
    if (passphrase.size_bytes == 0 || passphrase.size_bytes > PB_LONGEST_PASSPHRASE_BYTES ||
        memchr(passphrase.data, '\0', passphrase.size_bytes) != NULL)
        return pb_error_set(error, PB_FAILED_USAGE, PB_SAY_PASSPHRASE_BYTES,
                            PB_LONGEST_PASSPHRASE_BYTES);
    OPENSSL_cleanse(reader->passphrase, sizeof reader->passphrase);
    memcpy(reader->passphrase, passphrase.data, passphrase.size_bytes);
    return PB_OK;
}

/* Starts the next item: its path is the first kept_bytes of the last one's, a separator, a name. */
static void begin_item(struct pb_evidence_reader *reader, size_t kept_bytes, const char *separator,
                       struct pb_slice name, bool is_named)
{
    reader->path.size_bytes = kept_bytes;
    pb_buffer_append_string(&reader->path, separator);
    pb_buffer_append(&reader->path, name);
    *reader->item = (struct pb_item){.is_named = is_named};
}

/* reader->detail, if not empty, becomes the item's. status is that of an item without fault. */
static void end_item(struct pb_evidence_reader *reader, enum pb_entry_status status)
{
    const struct pb_fault *fault = &reader->fault;

    reader->has_item = true;
    reader->item->status = status;
    if (fault->code == NULL)
        return;
    reader->item->status = fault->status;
    /* With one of these, the content that was read may differ from what was packed. */
    reader->item->is_damaged =
        pb_is_any(pb_slice_from_string(fault->code),
                  "archive-member-damaged|compressed-damaged|gzip-crc|gzip-damaged|gzip-length|"
                  "zip-contradiction");
    pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_ERROR, fault->code, "%s", fault->text);
    pb_buffer_append_string(&reader->detail, fault->text);
}

static void ignore_item(struct pb_evidence_reader *reader, const char *reason)
{
    pb_buffer_append_string(&reader->detail, reason);
    end_item(reader, PB_ENTRY_IGNORED);
}

/* What was read of the item's content so far. */
static struct pb_slice collected(const struct pb_evidence_reader *reader)
{
    return pb_slice_from(pb_buffer_slice(reader->contents), reader->content_from_bytes);
}

static void drop_content(struct pb_evidence_reader *reader)
{
    reader->budget.content_bytes -= collected(reader).size_bytes;
    reader->contents->size_bytes = reader->content_from_bytes;
}

/* Counts bytes that the item's content shall have more; false, with the fault, past a ceiling. */
static bool has_room(struct pb_evidence_reader *reader, uint64_t more, struct pb_fault *fault)
{
    struct pb_budget *budget = &reader->budget;
    bool is_large = more > budget->limits.item_bytes - collected(reader).size_bytes;

    budget->is_exhausted |= !is_large && more > budget->limits.total_bytes - budget->content_bytes;
    if (is_large || budget->is_exhausted) {
        pb_budget_set_fault(budget, is_large ? PB_CEILING_ITEM_BYTES : PB_CEILING_TOTAL_BYTES,
                            fault);
        return false;
    }
    budget->content_bytes += more;
    return true;
}

/* Reads content to its end or a ceiling. */
static void collect(struct pb_evidence_reader *reader, struct pb_stream *content)
{
    struct pb_slice block;

    while (block = pb_stream_next(content), block.size_bytes > 0 && !reader->contents->has_failed) {
        if (!has_room(reader, block.size_bytes, &reader->fault))
            return;
        pb_buffer_append(reader->contents, block);
    }
    reader->has_failed |= reader->contents->has_failed;
    reader->fault = content->fault;
}

/* Reads source to its end and sets the item's size and digest. What a wrong passphrase decrypts may
 * look like an archive: its fault, known only at the end, replaces the item's. */
static void measure(struct pb_evidence_reader *reader, struct pb_stream *source)
{
    struct pb_item *item = reader->item;

    pb_stream_drain(source);
    item->has_sha256 = source->fault.code == NULL;
    if (item->has_sha256) {
        item->size_bytes = source->size_bytes;
        (void)SHA256_Final(item->sha256, &source->digest);
    } else if (strncmp(source->fault.code, "encrypted", strlen("encrypted")) == 0) {
        reader->fault = source->fault;
    }
}

/* Whether a script has control characters, as text has not, or a line that begins uuencoded data.
 */
static bool is_self_extracting(struct pb_slice script)
{
    bool has_data = false;

    for (size_t i = 0; i < script.size_bytes && pb_slice_starts_with(script, PB_SLICE("#!")); i++) {
        unsigned char byte = (unsigned char)script.data[i];
        has_data |= byte < ' ' && (byte < '\a' || byte > '\r') && byte != '\033';
    }
    for (size_t i = 0; !has_data && pb_slice_starts_with(script, PB_SLICE("#")) &&
                       (i = pb_slice_find(script, PB_SLICE("\nbegin"), i)) != SIZE_MAX;
         i++)
        has_data = pb_sniff(pb_slice_from(script, i + 1)).kind == PB_KIND_UNSUPPORTED;
    return has_data;
}

/* Whether content is text or a program with an archive behind it: a zip, which is then read in
 * place, where content has NULs and ends as one, or what a script unpacks. */
static bool is_archive_behind_data(struct pb_evidence_reader *reader, struct pb_stream *stream,
                                   struct pb_recognition *what)
{
    struct pb_slice content = collected(reader);
    bool is_zip = content.size_bytes > 0 &&
                  memchr(content.data, '\0', content.size_bytes) != NULL && pb_zip_is_end(content);

    if (!is_zip && !is_self_extracting(content))
        return false;
    *what = is_zip && stream->in_place != NULL
                ? (struct pb_recognition){PB_KIND_ZIP, "zip"}
                : (struct pb_recognition){PB_KIND_UNSUPPORTED, "an archive behind other data"};
    if (!stream->item->is_measured)
        pb_stream_measure(stream->item, content);
    drop_content(reader);
    return true;
}

/* Whether a file is what macOS adds: its path, "__MACOSX/..." or "._NAME", and its content say so,
 * which is AppleDouble, a .DS_Store or empty. */
static bool is_macos_metadata(struct pb_slice path, struct pb_slice content)
{
    struct pb_slice name = pb_slice_from(path, pb_slice_find_last(path, '/') + 1);
    bool is_like_it = content.size_bytes == 0 ||
                      pb_slice_starts_with(content, PB_SLICE("\0\x05\x16\x07")) ||
                      pb_slice_starts_with(content, PB_SLICE("\0\0\0\1Bud1"));

    return is_like_it && (pb_slice_find(path, PB_SLICE("/__MACOSX/"), 0) != SIZE_MAX ||
                          pb_slice_starts_with(name, PB_SLICE("._")) ||
                          pb_slice_equals(name, PB_SLICE(".DS_Store")));
}

/* Keeps what was read before damage, nothing at a ceiling. Plain content the caller digests. */
static void read_content(struct pb_evidence_reader *reader, struct pb_stream *stream,
                         struct pb_recognition *what)
{
    const struct pb_fault *fault = &reader->fault;

    collect(reader, stream);
    if (reader->has_failed || (fault->code == NULL && is_archive_behind_data(reader, stream, what)))
        return;
    struct pb_slice content = collected(reader);
    if (stream->item->is_measured)
        measure(reader, stream->item);
    else if (fault->code == NULL)
        reader->item->size_bytes = content.size_bytes;
    if (fault->code == NULL && !reader->item->is_named &&
        is_macos_metadata(pb_buffer_slice(&reader->path), content)) {
        drop_content(reader);
        ignore_item(reader, "macOS metadata");
        return;
    }
    if (fault->code == NULL || (fault->status != PB_ENTRY_SKIPPED && content.size_bytes > 0))
        reader->item->content = content;
    else
        drop_content(reader);
    end_item(reader, PB_ENTRY_USED);
}

/* Takes the stream, of a container. An archive's members may use three quarters of the entries'
 * bytes that are left, so that what follows the archive can be read however many members it has. */
static void open_archive(struct pb_evidence_reader *reader, struct pb_stream *stream,
                         struct pb_recognition what)
{
    struct pb_archive *outer = reader->archive;
    const struct pb_budget *budget = &reader->budget;
    uint64_t used = budget->entry_bytes;
    uint64_t end = outer != NULL ? outer->most_entry_bytes : budget->most_entry_bytes;
    uint32_t depth = outer != NULL ? outer->depth : 0;

    if (what.kind == PB_KIND_UNSUPPORTED)
        pb_fault_set(&reader->fault, "unsupported-container", PB_SAY_CONTAINER, what.name);
    else if (depth >= budget->limits.depth)
        pb_budget_set_fault(budget, PB_CEILING_DEPTH, &reader->fault);
    if (reader->fault.code != NULL) {
        measure(reader, stream->item);
        end_item(reader, PB_ENTRY_UNREADABLE);
        pb_stream_free(stream);
        return;
    }
    struct pb_archive *archive =
        pb_archive_new(stream, what.kind, reader->passphrase, &reader->budget);
    reader->has_failed |= archive == NULL;
    if (archive == NULL)
        return;
    archive->outer = outer;
    archive->depth = depth + 1;
    archive->path_bytes = reader->path.size_bytes;
    archive->is_named = reader->item->is_named;
    archive->most_entry_bytes = end > used ? used + (end - used) / 4 * 3 : used;
    reader->archive = archive;
}

/* Makes the item that was begun from a stream, or opens the archive that the stream is. Takes
 * source, which is NULL where its allocation failed. The item has its declared size until its bytes
 * are counted. What is too large to keep by that is digested here, as total_bytes allows. */
static void open_item(struct pb_evidence_reader *reader, struct pb_stream *source)
{
    const struct pb_budget *budget = &reader->budget;
    uint64_t declared = reader->item->size_bytes;
    struct pb_recognition what;

    if (source != NULL && declared > budget->limits.item_bytes &&
        declared <= budget->limits.total_bytes - budget->content_bytes)
        pb_stream_measure(source, PB_SLICE(""));
    struct pb_stream *stream = pb_decompress(source, &reader->budget, &what, &reader->fault);
    reader->has_failed |= stream == NULL;
    if (stream != NULL && what.kind == PB_KIND_PLAIN)
        read_content(reader, stream, &what);
    if (reader->has_failed || what.kind == PB_KIND_PLAIN)
        pb_stream_free(stream);
    else
        open_archive(reader, stream, what);
}

/* Ignores a file that was read before under another path: by a hard link, or in two sources. */
static bool is_read_again(struct pb_evidence_reader *reader, const struct stat *found)
{
    if (!S_ISREG(found->st_mode) || (found->st_nlink < 2 && reader->sources.count < 2))
        return false;
    struct file_identity *file = pb_arena_allocate(&reader->names, sizeof *file);
    struct file_identity **node = NULL;
    if (file != NULL) {
        file->path = pb_arena_copy_buffer(&reader->names, &reader->path);
        file->device = found->st_dev;
        file->inode = found->st_ino;
    }
    if (!reader->names.has_failed)
        node = tsearch(file, &reader->files, compare_files);
    reader->has_failed |= node == NULL;
    if (node == NULL || *node == file)
        return reader->has_failed;
    ignore_item(reader, PB_SAME_FILE);
    pb_buffer_append(&reader->detail, (*node)->path);
    return true;
}

static void open_input(struct pb_evidence_reader *reader, struct pb_input input)
{
    input.taken_bytes = &reader->budget.taken_bytes;
    input.buffer = reader->block;
    open_item(reader, pb_input_stream_new(&input));
}

/* Takes fd, or -1 with errno. can_seek: it is at the file's first byte and can be read anywhere. */
static void open_descriptor(struct pb_evidence_reader *reader, int fd, bool can_seek)
{
    struct stat found;

    if (fd < 0 || fstat(fd, &found) != 0) {
        reader->has_failed |= errno == ENOMEM;
        pb_fault_set_errno(&reader->fault, errno);
        end_item(reader, PB_ENTRY_UNREADABLE);
    } else if (!is_read_again(reader, &found)) {
        uint64_t size = S_ISREG(found.st_mode) && found.st_size > 0 ? (uint64_t)found.st_size : 0;
        uint64_t stored = (uint64_t)found.st_blocks * STAT_BLOCK_BYTES;
        reader->item->size_bytes = size;
        if (size <= reader->budget.limits.total_bytes || stored >= size / SPARSE_RATIO) {
            open_input(reader, (struct pb_input){.fd = fd, .size_bytes = can_seek ? size : 0});
            return;
        }
        pb_budget_set_fault(&reader->budget, PB_CEILING_TOTAL_BYTES, &reader->fault);
        end_item(reader, PB_ENTRY_SKIPPED);
    }
    if (fd >= 0)
        close(fd);
}

/* Takes fd, of the directory at reader->path, or -1 with errno. */
static void open_directory(struct pb_evidence_reader *reader, int fd)
{
    char text[PB_ERRNO_BYTES];
    int number = errno;
    struct pb_directory *outer = reader->directory;
    struct pb_directory *made = fd < 0 ? NULL : pb_directory_new(fd, &number);

    if (made != NULL) {
        made->outer = outer;
        made->path_bytes = reader->path.size_bytes;
        reader->directory = made;
    }
    if (number == 0)
        return;
    reader->has_failed |= number == ENOMEM;
    begin_item(reader, reader->path.size_bytes, reader->path.size_bytes == 0 ? "/" : "",
               PB_SLICE_ABSENT, false);
    pb_fault_set(&reader->fault, "unreadable-directory", "the directory could not be listed: %s",
                 pb_errno_text(number, text));
    end_item(reader, PB_ENTRY_UNREADABLE);
}

/* Whether an absolute path is in a PATH that was given: by its name, or by what that leads to. */
static bool is_given(struct pb_evidence_reader *reader, struct pb_slice path)
{
    for (size_t i = 0; i < 2 * reader->sources.count; i++) {
        struct source *source = &PB_VECTOR_AT(struct source, &reader->sources, i / 2);
        if (source->root == NULL && source->is_path)
            source->root = realpath(source->name.data, NULL);
        struct pb_slice root = i % 2 == 0 ? source->name : pb_slice_from_string(source->root);
        while (pb_slice_ends_with(root, PB_SLICE("/")))
            root.size_bytes--;
        if (source->root != NULL && pb_slice_starts_with(path, root) &&
            (path.size_bytes == root.size_bytes || path.data[root.size_bytes] == '/'))
            return true;
    }
    return false;
}

/* What a link leads to is read by itself where it is in a PATH that was given, and else not at all,
 * which is a fault: a collector may have copied the link alone. Its text says where, up to another
 * link: to look up what is outside may reach a host, where a network is mounted on demand. */
static void check_link(struct pb_evidence_reader *reader)
{
    char text[PATH_MAX] = "";
    struct pb_buffer target = {0};
    struct stat found = {0};
    size_t folder_bytes = reader->directory->path_bytes;
    bool is_missing = false;

    pb_buffer_append_byte(&reader->path, '\0');
    ssize_t size = reader->path.has_failed ? 0 : readlink(reader->path.data, text, sizeof text);
    reader->path.size_bytes--;
    pb_buffer_append(&target, pb_slice_first(pb_buffer_slice(&reader->path), folder_bytes));
    pb_buffer_append(&target, (struct pb_slice){"/.", 3}); /* with its NUL */
    char *folder = target.has_failed ? NULL : realpath(target.data, NULL);
    reader->has_failed |= folder == NULL && errno == ENOMEM;
    pb_buffer_clear(&target);
    if (text[0] != '/')
        pb_buffer_append_string(&target, folder);
    struct pb_slice part, rest = {text, size > 0 ? (size_t)size : 0};
    for (; rest.size_bytes > 0; rest = pb_slice_from(rest, part.size_bytes + 1)) {
        part = pb_slice_first(rest, pb_slice_find(rest, PB_SLICE("/"), 0));
        if (pb_slice_equals(part, PB_SLICE("..")))
            while (target.size_bytes > 0 && target.data[--target.size_bytes] != '/')
                ;
        else if (part.size_bytes > 0 && !pb_slice_equals(part, PB_SLICE("."))) {
            pb_buffer_append_format(&target, "/%.*s", (int)part.size_bytes, part.data);
            is_missing =
                is_given(reader, pb_buffer_slice(&target)) && lstat(target.data, &found) != 0;
            if (is_missing || S_ISLNK(found.st_mode))
                break;
        }
    }
    if (is_missing || !is_given(reader, pb_buffer_slice(&target)))
        pb_fault_set(&reader->fault, "link-not-followed", "symbolic link, not followed: %s",
                     is_missing ? PB_SAY_LINK_TO_NOWHERE : PB_SAY_LINK_TO_OTHERS);
    reader->has_failed |= target.has_failed;
    free(folder);
    pb_buffer_release(&target);
}

static void next_in_directory(struct pb_evidence_reader *reader)
{
    struct pb_directory *directory = reader->directory;
    const char *reason = NULL;
    bool is_directory, is_link = false;

    if (directory->next == directory->names.count) {
        reader->directory = pb_directory_close(directory);
        return;
    }
    int fd = pb_directory_next(directory, &reader->path, &is_directory, &is_link, &reason);
    *reader->item = (struct pb_item){0};
    if (is_link)
        check_link(reader);
    if (reason != NULL)
        ignore_item(reader, reader->fault.code == NULL ? reason : "");
    else if (is_directory)
        open_directory(reader, fd);
    else
        open_descriptor(reader, fd, true);
}

/* What precedes a zip's first member, as a list put before a zip does, and its comment become its
 * item's content. */
static void read_around(struct pb_evidence_reader *reader, struct pb_archive *archive)
{
    const struct pb_input *bytes = &archive->bytes;
    uint64_t front = archive->front_bytes, comment = archive->comment_bytes;
    struct pb_buffer *contents = reader->contents;

    if (!has_room(reader, front + comment, &archive->fault))
        return;
    char *room = pb_buffer_reserve(contents, front + comment);
    reader->has_failed |= room == NULL;
    if (room != NULL && pb_input_read(bytes, 0, room, front, &archive->fault) == front &&
        pb_input_read(bytes, bytes->size_bytes - comment, room + front, comment, &archive->fault) ==
            comment)
        contents->size_bytes += front + comment;
    reader->item->content = collected(reader);
    if (pb_slice_find(pb_slice_first(collected(reader), front), PB_SLICE("PK\3\4"), 0) != SIZE_MAX)
        pb_fault_set(&archive->fault, "zip-hidden-bytes", PB_SAY_ZIP_FIRST_MEMBER);
}

/* Makes the item of the innermost archive, after its last member, and closes it. One that has no
 * members is as an empty file. */
static void end_archive(struct pb_evidence_reader *reader)
{
    struct pb_archive *archive = reader->archive;
    const struct pb_fault *second = &archive->directory_fault;
    bool has_members = archive->content.next != NULL;
    bool has_more = archive->front_bytes + archive->comment_bytes > 0;

    begin_item(reader, archive->path_bytes, "", PB_SLICE_ABSENT,
               archive->is_named && !(has_members && has_more));
    reader->item->container_bytes = archive->outer != NULL ? archive->outer->path_bytes : 0;
    if (!reader->is_over) {
        pb_archive_finish(archive);
        if (has_more || !(has_members || archive->fault.code != NULL || second->code != NULL))
            read_around(reader, archive);
    }
    bool has_fault = archive->fault.code != NULL;
    reader->fault = has_fault ? archive->fault : *second;
    if (!reader->is_over)
        measure(reader, archive->input->item);
    end_item(reader, has_members ? PB_ENTRY_CONTAINER : PB_ENTRY_USED);
    if (has_fault && second->code != NULL)
        pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_ERROR, second->code, "%s",
                           second->text);
    reader->archive = pb_archive_close(archive);
}

static void next_in_archive(struct pb_evidence_reader *reader)
{
    struct pb_archive *archive = reader->archive;

    if (reader->budget.is_exhausted)
        pb_archive_stop_at(archive, PB_CEILING_TOTAL_BYTES);
    if (reader->is_over || !pb_archive_next(archive, &reader->detail)) {
        end_archive(reader);
        return;
    }
    begin_item(reader, archive->path_bytes, "!/", archive->name, false);
    reader->item->container_bytes = archive->path_bytes;
    if (archive->name.data == NULL) {
        pb_buffer_append_format(&reader->path, "(member %llu)",
                                (unsigned long long)archive->member_count);
        pb_diagnostics_add(reader->diagnostics, PB_SEVERITY_WARNING, "unnamed-member",
                           PB_SAY_MEMBER_NAMELESS);
    }
    reader->item->size_bytes = archive->member_bytes;
    if (reader->detail.size_bytes > 0)
        end_item(reader, PB_ENTRY_IGNORED);
    else
        open_item(reader, &archive->content);
}

/* "-" is standard input, which cannot be read in place. */
static void open_source(struct pb_evidence_reader *reader, const struct source *source)
{
    const char *path = source->name.data;
    bool is_file = strcmp(path, "-") != 0;
    struct stat found;
    int fd;

    begin_item(reader, 0, "", source->name, true);
    if (!source->is_path) {
        reader->item->size_bytes = source->input.size_bytes;
        open_input(reader, source->input);
    } else if (is_file && stat(path, &found) == 0 && S_ISDIR(found.st_mode)) {
        while (reader->path.size_bytes > 0 && path[reader->path.size_bytes - 1] == '/')
            reader->path.size_bytes--;
        open_directory(reader, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    } else {
        do {
            fd = is_file ? open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC) : dup(STDIN_FILENO);
        } while (fd < 0 && errno == EINTR);
        open_descriptor(reader, fd, is_file);
    }
}

/* The item that reaches the ceiling of items or of their entries gets its fault, as all archives
 * that are open. One that has used its part of the bytes ends; what follows is read. */
static void count_item(struct pb_evidence_reader *reader)
{
    struct pb_budget *budget = &reader->budget;
    struct pb_item *item = reader->item;

    budget->entry_bytes += ENTRY_BYTES + reader->path.size_bytes + reader->detail.size_bytes;
    enum pb_ceiling ceiling =
        budget->items++ < budget->limits.items ? PB_CEILING_ENTRIES : PB_CEILING_ITEMS;
    reader->is_over = ceiling == PB_CEILING_ITEMS || budget->entry_bytes > budget->most_entry_bytes;
    for (struct pb_archive *archive = reader->archive; archive != NULL; archive = archive->outer)
        if (reader->is_over || budget->entry_bytes > archive->most_entry_bytes)
            pb_archive_stop_at(archive, ceiling);
    if (!reader->is_over)
        return;
    item->content = PB_SLICE_ABSENT;
    item->has_sha256 = item->is_damaged = false;
    pb_buffer_clear(&reader->detail);
    reader->fault = (struct pb_fault){0};
    pb_budget_set_fault(budget, ceiling, &reader->fault);
    end_item(reader, PB_ENTRY_SKIPPED);
}

/* False past the last item. */
static bool step(struct pb_evidence_reader *reader)
{
    if (reader->archive != NULL)
        next_in_archive(reader);
    else if (reader->directory != NULL && !reader->is_over)
        next_in_directory(reader);
    else if (reader->next_source < reader->sources.count && !reader->is_over)
        open_source(reader, &PB_VECTOR_AT(struct source, &reader->sources, reader->next_source++));
    else
        return false;
    return true;
}

enum pb_status pb_evidence_next(struct pb_evidence_reader *reader,
                                struct pb_diagnostics *diagnostics, struct pb_buffer *contents,
                                struct pb_item *item, bool *has_item)
{
    locale_t before = uselocale(reader->utf8);

    reader->item = item;
    reader->diagnostics = diagnostics;
    reader->contents = contents;
    reader->content_from_bytes = contents->size_bytes;
    reader->has_item = false;
    reader->fault = (struct pb_fault){0};
    pb_buffer_clear(&reader->detail);
    while (!reader->has_failed && !reader->has_item && step(reader))
        ;
    if (reader->has_item && !reader->is_over)
        count_item(reader);
    uselocale(before);
    item->path = pb_buffer_slice(&reader->path);
    if (reader->detail.size_bytes > 0)
        item->detail = pb_buffer_slice(&reader->detail);
    reader->has_failed |=
        diagnostics->has_failed || reader->path.has_failed || reader->detail.has_failed;
    *has_item = !reader->has_failed && reader->has_item;
    return reader->has_failed ? PB_FAILED_MEMORY : PB_OK;
}
