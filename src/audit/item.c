/* SPDX-License-Identifier: MIT */
/* One item's way: bytes -> text -> JSON documents -> observations -> X.509 facts. Before it,
 * evidence/ finds the item and reads its bytes; after it, inventory/ merges what all items say. */
#include "audit/pipeline.h"
#include "aws/read.h"
#include "inventory/sentences.inc"
#include "inventory/words.inc"

enum pb_status pb_item_reader_init(struct pb_item_reader *reader,
                                   const struct prebleed_audit *audit)
{
    *reader = (struct pb_item_reader){.audit = audit};
    return pb_x509_cache_new(&reader->cache);
}

void pb_item_reader_release(struct pb_item_reader *reader)
{
    pb_x509_cache_free(reader->cache);
    pb_buffer_release(&reader->text);
}

/* One item while it is read. */
struct state {
    struct pb_item_reader *reader;
    const struct pb_item *item;
    struct pb_batch *batch;
    struct pb_aws_context context;
    struct pb_entry entry; /* added to the batch at the end */
    unsigned char sha256[32];
    size_t first_record, first_observation;
    size_t first_diagnostic;    /* of those that may be dropped */
    size_t document_diagnostic; /* the first one of the last document; SIZE_MAX: all are kept */
    struct pb_slice text;
    const char *ignored_because; /* why nothing in it counts; NULL for no special reason */
    bool is_expected;            /* by its path it is evidence, and no archive of it */
    bool is_recognised;          /* some document is evidence */
    bool is_candidate;           /* some document is evidence if the item's folder says so */
    bool is_refused;   /* some document, or the item itself, should be evidence and is none */
    bool is_skipped;   /* a ceiling was reached */
    bool lacks_answer; /* nothing, or an error, stands where the path says that a list should */
    bool has_document; /* at least the first document of the text is JSON */
    bool is_own;       /* some document is a report of ours, and no evidence */
    bool is_binary;    /* the content is no text */
    bool is_text;      /* text that is not even damaged or cut JSON */
    bool is_listing;   /* such text that lists server certificates */
    bool has_private_key;
    bool has_failed; /* memory is missing */
};

static void refuse(struct state *state, const char *code, const char *sentence)
{
    state->is_refused = true;
    pb_diagnostics_add(&state->batch->diagnostics, PB_SEVERITY_ERROR, code, "%s", sentence);
}

/* Whether it is a report or a waiver file of prebleed, of any version: their members, no others. */
static bool is_own_document(const struct pb_json *root)
{
    struct pb_json_member member = {0};
    struct pb_slice schema;
    if (!pb_json_string(pb_json_find(root, "schema"), &schema) ||
        (!pb_slice_starts_with(schema, PB_SLICE("prebleed-report/")) &&
         !pb_slice_starts_with(schema, PB_SLICE("prebleed-waivers/"))))
        return false;
    while (pb_json_next_member(root, &member))
        if (!pb_is_any(member.key, PB_WORDS_OWN_MEMBERS))
            return false;
    return true;
}

static void read_document(struct state *state, const struct pb_json_document *document)
{
    const struct pb_vector *records = &state->batch->records;
    size_t first_observation = state->batch->observations.count, first_record = records->count;
    struct pb_aws_reading reading = {0};

    state->has_document = true;
    /* The evidence of a report may be here too, and its certificates would count twice. */
    if (is_own_document(document->root)) {
        state->is_own = true;
        pb_diagnostics_add(&state->batch->diagnostics, PB_SEVERITY_NOTE, "own-report",
                           "this is " PB_SAY_EXCUSE_OWN);
        return;
    }
    state->has_failed |= pb_aws_read(document, &state->context, state->batch, &reading) != PB_OK;
    if (reading.excuse != NULL)
        state->ignored_because = reading.excuse;
    bool is_candidate =
        reading.is_recognised && !reading.is_refused && records->count > first_record;
    for (size_t i = first_record; i < records->count; i++)
        is_candidate &= PB_VECTOR_AT(const struct pb_record, records, i).is_candidate;
    state->is_candidate |= is_candidate;
    state->is_recognised |= reading.is_recognised && !is_candidate;
    state->is_refused |= reading.is_refused;
    state->lacks_answer |= reading.is_missed;
    if (state->entry.shape == NULL && !is_candidate)
        state->entry.shape = reading.shape;
    state->has_failed |= pb_bodies_read(state->reader, state->batch, first_observation) != PB_OK;
}

/* Reads the text's JSON documents up to one that is invalid. False where there is such a one and
 * none before it is evidence: then it is a text, as "[444455556666] failed" is. */
static bool read_documents(struct state *state)
{
    struct pb_json_reader reader = {.text = state->text,
                                    .most_values = state->reader->audit->limits.values,
                                    .offset_bytes = pb_aws_prologue_size(state->text)};

    for (;;) {
        struct pb_json_document document = {0};
        struct pb_slice rest = pb_slice_from(state->text, reader.offset_bytes);
        state->document_diagnostic = state->batch->diagnostics.items.count;
        enum pb_json_outcome outcome = pb_json_next(&reader, &state->batch->diagnostics, &document);
        state->has_failed |= outcome == PB_JSON_FAILED;
        state->is_refused |= outcome == PB_JSON_INVALID || outcome == PB_JSON_CUT;
        state->is_skipped |= outcome == PB_JSON_TOO_LARGE;
        /* A list with a row a line has lost its last rows, or another account's error is behind. */
        if (outcome == PB_JSON_INVALID && state->is_recognised) {
            state->lacks_answer = true;
            state->has_failed |= pb_aws_read_failed_calls(rest, state->batch) != PB_OK;
        }
        if (outcome != PB_JSON_DOCUMENT && outcome != PB_JSON_CUT)
            return outcome != PB_JSON_INVALID || state->is_recognised;
        size_t first_new = state->batch->diagnostics.items.count;
        read_document(state, &document);
        if (outcome == PB_JSON_CUT && state->is_recognised) {
            state->lacks_answer = true;
            if (state->batch->diagnostics.items.count > first_new)
                state->document_diagnostic = SIZE_MAX; /* all that was said stays */
        }
        pb_json_document_release(&document);
        if (state->has_failed || outcome == PB_JSON_CUT)
            return true;
    }
}

static bool has_failed_call(const struct state *state)
{
    const struct pb_record *records = state->batch->records.data;
    for (size_t i = state->first_record; i < state->batch->records.count; i++)
        if (records[i].kind == PB_RECORD_FAILED_CALL && !records[i].is_candidate)
            return true;
    return false;
}

/* Refuses text that is no JSON, with the number of certificates that its lines name. */
static void refuse_text(struct state *state, const char *code, const char *sentence)
{
    const struct pb_vector *records = &state->batch->records;
    struct pb_slice first = PB_SLICE_ABSENT;
    size_t named = 0;
    uint32_t line = 0;

    for (size_t i = state->first_record; i < records->count; i++) {
        const struct pb_record *record = &PB_VECTOR_AT(struct pb_record, records, i);
        if (record->kind != PB_RECORD_REFERENCE || record->line == line)
            continue;
        line = record->line;
        if (named++ == 0)
            first = pb_slice_first(record->target, pb_slice_find(record->target, PB_SLICE(","), 0));
    }
    if (named == 0) {
        refuse(state, code, sentence);
        return;
    }
    state->is_refused = true;
    pb_diagnostics_add(&state->batch->diagnostics, PB_SEVERITY_ERROR, code,
                       "%s. It names %zu certificate%s: %.*s%s", sentence, named,
                       named == 1 ? "" : "s", PB_SLICE_ARGS(first), named == 1 ? "" : ", ...");
}

/* Of text that is no JSON the diagnostic says what it is instead, such as a table or YAML. */
static void explain_text(struct state *state)
{
    const char *code = "";
    const char *sentence = pb_aws_explain_text(state->text, &code);
    struct pb_aws_reading reading = {.shape = state->entry.shape, .excuse = state->ignored_because};

    state->has_failed |= pb_aws_read_failed_calls(state->text, state->batch) != PB_OK;
    /* Else it is only cut or damaged. */
    state->is_text = sentence != NULL || !pb_begins_like_json(state->text);
    if (state->is_text)
        state->has_failed |=
            pb_aws_read_text(state->text, &state->context, state->batch, &reading) != PB_OK;
    state->is_listing = reading.is_refused;
    state->is_recognised |= reading.is_recognised;
    state->entry.shape = reading.shape;
    if (reading.excuse != NULL)
        state->ignored_because = reading.excuse;
    state->is_expected &= reading.excuse == NULL;
    /* Text about other things that names a certificate is no failed export. */
    bool is_used = reading.is_recognised && !state->item->is_named && !has_failed_call(state) &&
                   !state->is_expected;
    bool is_no_answer = pb_is_any(pb_slice_from_string(code), PB_WORDS_NO_ANSWER);
    bool is_awaited = is_no_answer || (reading.excuse == NULL &&
                                       pb_slice_ends_with(state->item->path, PB_SLICE(".json")));
    bool is_other = strcmp(code, "cli-error") == 0 && pb_aws_is_other_error(state->text);
    state->lacks_answer |= is_awaited && !is_other && pb_aws_is_certificate_path(state->item->path);
    state->is_text &= !is_no_answer || strcmp(code, "html-page") == 0;
    if (state->has_private_key && strcmp(code, "pem-file") == 0)
        sentence = NULL; /* a certificate and its key: the key is a finding */
    if (has_failed_call(state)) {
        code = "error-response";
        sentence = PB_SAY_ERROR_IN_PLACE;
    }
    if (state->is_listing && sentence == NULL) {
        code = "unread-mark";
        sentence = PB_SAY_LISTING;
    }
    if (sentence == NULL && !state->has_private_key && !is_used && state->ignored_because == NULL)
        return;
    pb_diagnostics_keep_first(&state->batch->diagnostics, state->first_diagnostic);
    state->is_refused = false;
    if (sentence != NULL && !is_used)
        refuse_text(state, code, sentence);
}

/* In logs, transcripts and Markdown, a JSON document begins on a line of its own. Only documents
 * with field names of the service are read, and few lines are tried, so that time stays linear.
 * Returns whether some are evidence. */
static bool read_inner_documents(struct state *state, struct pb_slice text)
{
    struct pb_json_reader reader = {.text = text,
                                    .most_values = state->reader->audit->limits.values};
    struct pb_diagnostics *diagnostics = &state->batch->diagnostics;
    struct pb_slice rest = text, line;
    bool is_found = false;

    if (text.data == state->text.data)
        pb_next_line(&rest, &line); /* which was read */
    for (int tried = 0; tried < PB_MOST_BEGINNINGS && !state->has_failed;) {
        struct pb_json_document document = {0};
        size_t first_new = diagnostics->items.count;
        if (!pb_next_line(&rest, &line))
            break;
        if (line.size_bytes == 0 || (line.data[0] != '{' && line.data[0] != '['))
            continue;
        tried++;
        reader.offset_bytes = (size_t)(line.data - text.data);
        enum pb_json_outcome outcome = pb_json_next(&reader, diagnostics, &document);
        bool is_whole = outcome == PB_JSON_DOCUMENT;
        state->has_failed |= outcome == PB_JSON_FAILED;
        if (is_whole && pb_aws_has_field_names(document.text)) {
            read_document(state, &document);
            is_found |= state->is_recognised;
        } else {
            pb_diagnostics_keep_first(diagnostics, first_new);
        }
        if (is_whole) { /* what stands behind it in its line is passed over */
            rest = pb_slice_from(text, reader.offset_bytes);
            pb_next_line(&rest, &line);
        }
        pb_json_document_release(&document);
    }
    return is_found;
}

/* Logs, quotations and listings put as much before each line as before a certificate's name: reads
 * the lines without it. Returns whether some documents are evidence. */
static bool read_documents_behind_prefixes(struct state *state)
{
    const struct pb_slice field = PB_SLICE("\"ServerCertificateName\":");
    struct pb_slice rest = state->text, line;
    struct pb_slice before = pb_slice_first(rest, pb_slice_find(rest, field, 0) + 1);
    struct pb_buffer plain = {0};

    while (before.size_bytes > 0 && strchr(" \t[{\"", before.data[before.size_bytes - 1]) != NULL)
        before.size_bytes--;
    size_t prefix = before.size_bytes - (pb_slice_find_last(before, '\n') + 1);
    state->context.is_rewritten |= prefix > 0;
    while (prefix > 0 && pb_next_line(&rest, &line)) {
        pb_buffer_append(&plain, pb_slice_trim(pb_slice_from(line, prefix)));
        pb_buffer_append_byte(&plain, '\n');
    }
    bool is_found = read_inner_documents(state, pb_buffer_slice(&plain));
    state->has_failed |= plain.has_failed;
    pb_buffer_release(&plain);
    return is_found;
}

/* The buffer's text, which is taken, becomes the item's. */
static void replace_text(struct state *state, struct pb_buffer *text)
{
    pb_buffer_release(&state->reader->text);
    state->reader->text = *text;
    state->text = pb_buffer_slice(text);
    state->context.is_rewritten = true;
    state->has_failed |= text->has_failed;
}

/* --output text prints a CertificateBody as it is: a text that is PEM alone becomes the JSON of
 * that string. One that begins with a CA's certificate is a chain or a trust store. */
static void rewrite_body(struct state *state)
{
    struct pb_pem_reader pem = {.text = pb_slice_trim(state->text)};
    const struct pb_x509_facts *facts = NULL;
    struct pb_arena arena = {0};
    struct pb_buffer json = {0};
    struct pb_pem_block block;
    struct pb_slice reason;

    if (!pb_slice_starts_with(pem.text, PB_SLICE("-----BEGIN CERTIFICATE-----")))
        return;
    state->has_failed |=
        !pb_pem_next(&pem, &arena, &block) ||
        pb_x509_facts_read(state->reader->cache, block.der, &arena, &facts, &reason) != PB_OK;
    if (facts != NULL && facts->is_ca) {
        state->ignored_because = PB_SAY_EXCUSE_CHAIN;
    } else {
        pb_buffer_append_byte(&json, '"');
        pb_escape_append(&json, pem.text, PB_ESCAPE_JSON);
        pb_buffer_append_byte(&json, '"');
        replace_text(state, &json);
    }
    pb_arena_release(&arena);
}

static void read_text(struct state *state)
{
    struct pb_buffer rows = {0};

    if (pb_slice_trim(state->text).size_bytes == 0) {
        state->lacks_answer = pb_aws_is_certificate_path(state->item->path);
        refuse(state, "empty-file", PB_SAY_EMPTY_FILE);
        return;
    }
    if (!state->item->is_named && !state->is_expected)
        rewrite_body(state);
    if (pb_aws_rewrite_rows(state->text, &state->context, &rows) || rows.has_failed)
        replace_text(state, &rows);
    else
        pb_buffer_release(&rows);
    if (read_documents(state))
        return;
    if (!state->item->is_named && pb_aws_is_documentation(state->text, false)) {
        pb_diagnostics_keep_first(&state->batch->diagnostics, state->first_diagnostic);
        state->is_refused = false;
        state->is_text = true;
        state->ignored_because = PB_SAY_EXCUSE_DOCUMENTATION;
    } else if (read_inner_documents(state, state->text) || read_documents_behind_prefixes(state)) {
        refuse(state, "text-around", PB_SAY_TEXT_AROUND);
    } else {
        explain_text(state);
    }
}

/* Removes what sets a terminal's colours, ESC [ digits and ';' m or K: of jq -C and grep. */
static void drop_colours(struct state *state)
{
    const struct pb_slice start = PB_SLICE("\x1b[");
    struct pb_slice rest = state->text;
    struct pb_buffer plain = {0};
    size_t begin;
    if (pb_slice_find(rest, start, 0) == SIZE_MAX)
        return;
    while ((begin = pb_slice_find(rest, start, 0)) != SIZE_MAX) {
        size_t end = pb_skip(rest, begin + start.size_bytes, "0123456789;");
        bool is_colour = end < rest.size_bytes && (rest.data[end] == 'm' || rest.data[end] == 'K');
        pb_buffer_append(&plain, pb_slice_first(rest, is_colour ? begin : end));
        rest = pb_slice_from(rest, end + is_colour);
    }
    pb_buffer_append(&plain, rest);
    replace_text(state, &plain);
}

/* Passes over text where neither its path nor a word in it is about server certificates. */
static void read_decoded(struct state *state)
{
    const struct pb_item *item = state->item;

    drop_colours(state);
    if (!state->reader->audit->reads_everything && !item->is_named && !state->is_expected &&
        !pb_contains_any(item->path, "cert") && !pb_aws_may_be_evidence(state->text) &&
        !pb_aws_may_be_candidate(state->text, state->context.cutoff_year)) {
        state->ignored_because = "no word in it is of server certificates";
        state->text = PB_SLICE_ABSENT; /* it is not searched again */
        return;
    }
    state->has_failed |= pb_private_keys_take(&state->text, &state->reader->text, state->batch,
                                              &state->has_private_key) != PB_OK;
    state->reader->signatures +=
        PB_COST_OF_PRIVATE_KEY * (state->batch->records.count - state->first_record);
    state->first_diagnostic = state->batch->diagnostics.items.count; /* those about keys stay */
    pb_x509_cache_begin_item(state->reader->cache, state->context.limits->signatures);
    if (!state->has_failed)
        read_text(state);
    state->reader->signatures += pb_x509_cache_computed(state->reader->cache);
    if (pb_x509_cache_computed(state->reader->cache) > state->context.limits->signatures)
        pb_diagnostics_add(&state->batch->diagnostics, PB_SEVERITY_ERROR, "limit-signatures",
                           PB_SAY_LIMIT_SIGNATURES, (uintmax_t)state->context.limits->signatures);
}

static void read_content(struct state *state)
{
    struct pb_buffer *text = &state->reader->text;
    enum pb_text_outcome outcome = pb_text_decode(state->item->content, text, &state->text);

    state->has_failed = text->has_failed;
    pb_aws_test_answer(state->text, &state->entry);
    if (outcome == PB_TEXT_EBCDIC) {
        state->is_listing = true;
        refuse(state, "ebcdic-file", PB_SAY_EBCDIC_FILE);
        return;
    }
    if (outcome == PB_TEXT_BINARY) {
        /* Without NULs, UTF-16 and UTF-32 text between other bytes shows its field names. */
        struct pb_slice content = state->item->content;
        pb_buffer_clear(text);
        char *room = pb_buffer_reserve(text, content.size_bytes);
        state->has_failed = room == NULL;
        for (size_t i = 0; room != NULL && i < content.size_bytes; i++) {
            room[text->size_bytes] = content.data[i];
            text->size_bytes += content.data[i] != '\0';
        }
        state->text = pb_buffer_slice(text);
        state->is_binary = true;
        refuse(state, "binary-file", "not a text file: expected JSON");
        return;
    }
    read_decoded(state);
    if (outcome == PB_TEXT_DAMAGED && !state->is_refused)
        refuse(state, "invalid-utf16", PB_SAY_INVALID_UTF16);
}

/* Whether the item's diagnostics are kept, as of evidence and what names server certificates. */
static bool must_be_reported(const struct state *state)
{
    bool is_lost = state->is_refused || state->is_skipped;
    return state->is_recognised || state->is_own || state->lacks_answer || state->item->is_named ||
           has_failed_call(state) || state->is_expected || state->is_listing ||
           (!state->is_text && pb_aws_has_field_names(state->text)) ||
           (is_lost &&
            (state->has_document || state->is_binary || pb_begins_like_json(state->text)) &&
            pb_aws_names_certificates(state->text));
}

/* An unreadable file that nobody took for evidence counts as ignored, without diagnostics. */
static void set_status(struct state *state)
{
    bool is_final = state->item->status != PB_ENTRY_USED, is_reported = must_be_reported(state);
    struct pb_entry *entry = &state->entry;

    if (is_final) /* what was read of it counts, and the status stays */
        entry->status = state->item->status;
    else if (state->is_skipped && is_reported)
        entry->status = PB_ENTRY_SKIPPED;
    else if (state->is_refused && is_reported)
        entry->status = PB_ENTRY_UNREADABLE;
    else
        entry->status =
            state->is_recognised || state->has_private_key ? PB_ENTRY_USED : PB_ENTRY_IGNORED;
    if (!is_reported && state->is_candidate && !state->has_private_key &&
        (state->is_refused || state->item->status == PB_ENTRY_CONTAINER)) {
        /* A damaged item that only looks like evidence does not count, nor does a zip's comment. */
        state->batch->observations.count = state->first_observation;
        state->batch->records.count = state->first_record;
    } else if (!is_reported && state->is_candidate) {
        entry->detail = PB_SLICE(PB_SAY_LOOKS_LIKE_NAMES);
    }
    if (entry->status == PB_ENTRY_IGNORED && entry->detail.data == NULL)
        entry->detail = pb_slice_from_string(
            state->ignored_because != NULL ? state->ignored_because
            : state->is_own                ? PB_SAY_EXCUSE_OWN
            : state->has_document          ? "JSON that shows no server certificates"
            : state->text.data == NULL     ? "no content"
                                       : "no JSON, and nothing in it names a server certificate");
    if (!is_reported)
        pb_diagnostics_keep_first(&state->batch->diagnostics, state->first_diagnostic);
    else if (state->item->status == PB_ENTRY_UNREADABLE && state->is_refused &&
             state->document_diagnostic != SIZE_MAX)
        pb_diagnostics_keep_first(&state->batch->diagnostics, state->document_diagnostic);
}

enum pb_status pb_item_read(struct pb_item_reader *reader, const struct pb_item *item,
                            struct pb_batch *batch)
{
    struct state state = {.reader = reader,
                          .item = item,
                          .batch = batch,
                          .context = {.path = item->path,
                                      .is_named = item->is_named,
                                      .limits = &reader->audit->limits,
                                      .cutoff_year = reader->audit->cutoff_year},
                          .entry = {.path = item->path,
                                    .detail = item->detail,
                                    .size_bytes = item->size_bytes,
                                    .sha256 = item->has_sha256 ? item->sha256 : NULL,
                                    .container = (uint32_t)item->container_bytes,
                                    .status = item->status,
                                    .is_named = item->is_named,
                                    .is_damaged = item->is_damaged},
                          .first_record = batch->records.count,
                          .is_expected = item->status != PB_ENTRY_CONTAINER &&
                                         pb_aws_is_expected_path(item->path),
                          .first_observation = batch->observations.count,
                          .first_diagnostic = batch->diagnostics.items.count,
                          .document_diagnostic = SIZE_MAX};
    struct pb_entry *entry = &state.entry;

    pb_diagnostics_begin_entry(&batch->diagnostics, (uint32_t)batch->entries.count);
    if (item->status == PB_ENTRY_USED && !item->has_sha256) {
        pb_sha256(item->content, state.sha256);
        entry->sha256 = state.sha256;
    }
    if (item->content.data != NULL) {
        read_content(&state);
        set_status(&state);
    } else if (entry->status == PB_ENTRY_IGNORED && state.is_expected &&
               !pb_slice_starts_with(item->detail, PB_SLICE(PB_SAME_FILE)) &&
               !pb_slice_starts_with(item->detail, PB_SLICE("macOS"))) {
        entry->status = PB_ENTRY_UNREADABLE; /* a link, or no regular file */
    }
    /* A list that is unread where the path says that one stands is a gap in the coverage. */
    entry->is_list_missed = pb_entry_is_unread(entry) && !has_failed_call(&state) &&
                            (state.lacks_answer || state.is_expected);
    pb_diagnostics_end_entry(&batch->diagnostics);
    return state.has_failed || batch->diagnostics.has_failed ? PB_FAILED_MEMORY
                                                             : pb_batch_add_entry(batch, entry);
}
