/* SPDX-License-Identifier: MIT */
#include "workload.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "evidence/reader.h"
#include "evidence/stream.h"
#include "json/document.h"
#include "x509/pem.h"

void expect(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "floor: %s failed\n", what);
    exit(2);
}

struct pb_slice workload_read_file(struct pb_arena *arena, const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY);

    expect(fd >= 0 && fstat(fd, &status) == 0, path);
    size_t size = (size_t)status.st_size, done = 0;
    char *bytes = pb_arena_allocate(arena, size);
    expect(bytes != NULL, "memory");
    while (done < size) {
        ssize_t count = read(fd, bytes + done, size - done);
        expect(count > 0, "read");
        done += (size_t)count;
    }
    close(fd);
    return (struct pb_slice){bytes, size};
}

static void expand(struct workload *workload)
{
    struct pb_stream *memory, *gzip;
    struct pb_buffer tar;
    struct pb_checksums checksums;
    struct pb_budget budget;
    struct pb_slice block;

    pb_budget_init(&budget, &workload->limits);
    pb_checksums_init(&checksums);
    pb_buffer_init(&tar, SIZE_MAX);
    expect(pb_memory_stream_new(workload->archive, &memory) == PB_OK, "memory");
    expect(pb_gzip_stream_new(memory, &budget, &checksums, &gzip) == PB_OK, "gzip");
    while (expect(pb_stream_next(gzip, &block) == PB_OK, "gzip"), block.size_bytes > 0)
        pb_buffer_append(&tar, block);
    expect(!pb_fault_is_set(&gzip->fault) && !tar.has_failed, "gzip");
    expect(pb_arena_copy(&workload->arena, pb_buffer_slice(&tar), &workload->tar), "memory");
    pb_buffer_release(&tar);
    pb_stream_free(gzip);
    pb_checksums_release(&checksums);
}

static void keep(struct workload *workload, struct pb_vector *vector, struct pb_slice bytes)
{
    struct pb_slice *kept = pb_vector_push(vector);

    expect(kept != NULL && pb_arena_copy(&workload->arena, bytes, kept), "memory");
}

static void keep_text(struct workload *workload, struct pb_vector *texts, struct pb_vector *ders,
                      const struct pb_json *value)
{
    struct pb_arena scratch = {NULL};
    struct pb_pem_reader reader = {.offset_bytes = 0};
    enum pb_pem_outcome outcome;
    struct pb_pem_block block;

    expect(pb_json_string(value, &reader.text), "a certificate in every file");
    keep(workload, texts, reader.text);
    expect(pb_pem_next(&reader, &scratch, &outcome, &block) == PB_OK && outcome == PB_PEM_BLOCK,
           "PEM");
    keep(workload, ders, block.der);
    pb_arena_release(&scratch);
}

static void keep_certificate(struct workload *workload, struct pb_slice content)
{
    struct pb_json_reader reader = {.text = content, .limits = &workload->limits};
    struct pb_arena scratch = {NULL};
    struct pb_diagnostics diagnostics = {.entry = 0};
    struct pb_json_document document;
    enum pb_json_outcome outcome;

    pb_diagnostics_init(&diagnostics, &scratch);
    expect(pb_json_next(&reader, &diagnostics, &outcome, &document) == PB_OK &&
               outcome == PB_JSON_DOCUMENT,
           "JSON");
    const struct pb_json *answer = pb_json_find(document.root, "ServerCertificate");
    keep_text(workload, &workload->bodies, &workload->leaves,
              pb_json_find(answer, "CertificateBody"));
    keep_text(workload, &workload->chains, &workload->issuers,
              pb_json_find(answer, "CertificateChain"));
    pb_json_document_release(&document);
    pb_diagnostics_release(&diagnostics);
    pb_arena_release(&scratch);
}

static void keep_items(struct workload *workload)
{
    struct pb_arena scratch = {NULL};
    struct pb_diagnostics diagnostics = {.entry = 0};
    struct pb_evidence_reader *reader;
    struct pb_error error;
    struct pb_item item;
    bool has_item;

    pb_diagnostics_init(&diagnostics, &scratch);
    expect(pb_evidence_reader_new(&workload->limits, &reader) == PB_OK, "memory");
    expect(pb_evidence_add_path(reader, workload->path, &error) == PB_OK, "path");
    while (expect(pb_evidence_next(reader, &diagnostics, &item, &has_item) == PB_OK, "memory"),
           has_item) {
        if (item.status != PB_ENTRY_USED)
            continue;
        keep(workload, &workload->items, item.content);
        keep(workload, &workload->paths, item.path);
        keep_certificate(workload, item.content);
    }
    pb_evidence_reader_free(reader);
    pb_diagnostics_release(&diagnostics);
    pb_arena_release(&scratch);
}

void workload_load(struct workload *workload, const char *path)
{
    struct pb_vector *vectors[] = {&workload->items,  &workload->paths,  &workload->bodies,
                                   &workload->chains, &workload->leaves, &workload->issuers};

    *workload = (struct workload){.path = path, .limits = PB_LIMITS_DEFAULT};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        pb_vector_init(vectors[i], sizeof(struct pb_slice));
    workload->archive = workload_read_file(&workload->arena, path);
    expand(workload);
    keep_items(workload);
}
