/* SPDX-License-Identifier: MIT */
/* One item's way: bytes -> text -> JSON documents -> observations -> X.509 facts. Before it,
 * evidence/ finds the item and reads its bytes; after it, inventory/ merges what all items say. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "audit/pipeline.h"
#include "aws/read.h"
#include "evidence/digest.h"
#include "evidence/encoding.h"
#include "json/document.h"
#include "x509/pem.h"

/* Lines of a text that is no JSON at which a document is looked for. */
#define MOST_BEGINNINGS 16

enum pb_status pb_item_reader_init(struct pb_item_reader *reader,
                                   const struct pb_item_settings *settings)
{
    *reader = (struct pb_item_reader){.settings = settings};
    pb_buffer_init(&reader->text, SIZE_MAX);
    return pb_x509_cache_new(&reader->cache);
}

void pb_item_reader_release(struct pb_item_reader *reader)
{
    pb_x509_cache_free(reader->cache);
    pb_buffer_release(&reader->text);
}

static const char body_member[] = "CertificateBody";

/* The certificates of one observation. */
struct bodies {
    struct pb_item_reader *reader;
    struct pb_batch *batch;
    struct pb_arena der; /* the certificates' bytes, needed until all are read */
    const struct pb_observation *observation;
    const char *member;     /* body_member or "CertificateChain" */
    struct pb_vector links; /* of struct pb_chain_link: the certificates so far */
    bool has_warned;        /* something in body or chain cannot be read */
};

/* "CertificateBody: WHAT: DETAIL", the latter unless it is absent. */
static enum pb_status add_diagnostic(struct bodies *bodies, enum pb_severity severity,
                                     const char *code, const char *what, struct pb_slice detail)
{
    struct pb_diagnostic *added;
    enum pb_status status = pb_diagnostics_add(
        &bodies->batch->diagnostics, severity, code, &added, "%s: %s%s%.*s", bodies->member, what,
        detail.data != NULL ? ": " : "", PB_SLICE_ARGS(detail));

    bodies->has_warned |= severity != PB_SEVERITY_NOTE;
    if (status == PB_OK) {
        added->line = bodies->observation->line;
        added->pointer = bodies->observation->pointer;
    }
    return status;
}

/* What cannot be read is an error where it would be the body itself: its key, or another's behind
 * it, was compared with nothing. */
static enum pb_severity severity_here(const struct bodies *bodies)
{
    bool is_body = bodies->links.count == 0 && bodies->member == body_member;

    return is_body ? PB_SEVERITY_ERROR : PB_SEVERITY_WARNING;
}

/* The key of a CRL's issuer; some are collected more than once. */
static enum pb_status collect_issuer_key(struct bodies *bodies, struct pb_slice der,
                                         const struct pb_x509_facts *facts)
{
    if (!pb_crls_has_issuer(bodies->reader->settings->crls, facts->subject))
        return PB_OK;
    struct pb_issuer_key *key = pb_vector_push(&bodies->batch->issuer_keys);
    if (key == NULL ||
        !pb_arena_copy(&bodies->batch->bodies, pb_x509_public_key(der), &key->public_key))
        return PB_FAILED_MEMORY;
    key->name = facts->subject;
    key->spki_sha256 = facts->key.spki_sha256;
    return PB_OK;
}

/* A certificate that would be refused, or of which something is not known. */
static enum pb_status report_flaws(struct bodies *bodies, const struct pb_x509_facts *facts,
                                   struct pb_slice reason)
{
    enum pb_status status = PB_OK;
    struct pb_slice fields;

    if (!pb_slice_is_absent(reason))
        status = add_diagnostic(bodies, severity_here(bodies), "certificate-unreadable",
                                "a certificate that cannot be parsed", reason);
    if (status != PB_OK || facts == NULL || facts->unread == 0)
        return status;
    status = pb_x509_unread_text(facts, &bodies->der, &fields);
    return status != PB_OK
               ? status
               : add_diagnostic(bodies, PB_SEVERITY_WARNING, "certificate-fields",
                                "what of the certificate cannot be read, or stands twice", fields);
}

static enum pb_status read_certificate(struct bodies *bodies, struct pb_slice der)
{
    struct pb_chain_link link = {.der = der};
    struct pb_slice reason;
    enum pb_status status = pb_x509_facts_read(bodies->reader->cache, der, &bodies->batch->bodies,
                                               &link.facts, &reason);

    if (status == PB_OK &&
        (link.facts == NULL || link.facts->unread != 0 || !pb_slice_is_absent(reason)))
        status = report_flaws(bodies, link.facts, reason);
    if (status != PB_OK || link.facts == NULL)
        return status;
    if (!pb_vector_append(&bodies->links, &link, 1))
        return PB_FAILED_MEMORY;
    return collect_issuer_key(bodies, der, link.facts);
}

static enum pb_status read_pem(struct bodies *bodies, struct pb_slice text)
{
    struct pb_pem_reader pem = {.text = text};
    /* DER in base64 without the lines around it is a body; other words stand for none. */
    bool is_der = pb_slice_starts_with(pb_slice_trim(text), PB_SLICE("MII"));
    enum pb_severity severity = is_der ? severity_here(bodies) : PB_SEVERITY_WARNING;

    for (bool is_first = true; text.size_bytes > 0; is_first = false) {
        enum pb_pem_outcome outcome;
        struct pb_pem_block block;
        enum pb_status status = pb_pem_next(&pem, &bodies->der, &outcome, &block);
        if (status != PB_OK)
            return status;
        if (outcome == PB_PEM_END)
            return !is_first ? PB_OK
                             : add_diagnostic(bodies, severity, "no-pem",
                                              "expected PEM text, found none", PB_SLICE_ABSENT);
        if (outcome == PB_PEM_DAMAGED)
            status = add_diagnostic(bodies, severity_here(bodies), "pem-damaged",
                                    "a damaged PEM block", pb_slice_from_string(block.reason));
        else if (!pb_pem_is_certificate(block.label))
            status = add_diagnostic(bodies, severity_here(bodies), "pem-unexpected",
                                    "a PEM block that is no certificate", block.label);
        else
            status = read_certificate(bodies, block.der);
        if (status != PB_OK)
            return status;
    }
    return PB_OK;
}

/* The same few chains come again and again: their issuers' keys are collected by then. One with a
 * warning is read again, for it warns again. */
static enum pb_status read_chain(struct bodies *bodies, struct pb_slice text)
{
    struct pb_x509_cache *cache = bodies->reader->cache;
    size_t first = bodies->links.count, count;
    const struct pb_chain_link *known = pb_x509_cache_find_chain(cache, text, &count);

    if (known != NULL)
        return pb_vector_append(&bodies->links, known, count) ? PB_OK : PB_FAILED_MEMORY;
    enum pb_status status = read_pem(bodies, text);
    count = bodies->links.count - first;
    if (status != PB_OK || bodies->has_warned || count == 0)
        return status;
    return pb_x509_cache_keep_chain(
        cache, text, &PB_VECTOR_AT(struct pb_chain_link, &bodies->links, first), count);
}

static enum pb_status keep_chain(const struct bodies *bodies, const struct pb_chain_link *links,
                                 size_t count, struct pb_bodies *kept)
{
    const struct pb_x509_facts **chain =
        pb_arena_allocate_array(&bodies->batch->bodies, count, sizeof *chain);

    if (chain == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < count; i++)
        chain[i] = links[i].facts;
    kept->chain = chain;
    kept->chain_count = count;
    return PB_OK;
}

static enum pb_status check_chain(struct bodies *bodies, struct pb_bodies *kept)
{
    const struct pb_chain_link *links = bodies->links.data;
    enum pb_status status = pb_chain_check(bodies->reader->cache, links, links + 1,
                                           bodies->links.count - 1, &kept->chain_check);

    if (kept->chain_check == PB_CHAIN_UNRELATED && bodies->has_warned)
        kept->chain_check = PB_CHAIN_UNDECIDED; /* what cannot be read may be the issuer */
    if (status != PB_OK || kept->chain_check != PB_CHAIN_UNDECIDED)
        return status;
    return add_diagnostic(bodies, PB_SEVERITY_NOTE, "chain-not-verified",
                          "whether it signs the body cannot be verified", PB_SLICE_ABSENT);
}

/* The body's first certificate is the body; its further ones come before the chain's. */
static enum pb_status read_observation(struct bodies *bodies, struct pb_observation *observation)
{
    struct pb_bodies *kept = observation->bodies;

    bodies->observation = observation;
    bodies->member = body_member;
    bodies->links.count = 0;
    bodies->has_warned = false;
    enum pb_status status = read_pem(bodies, kept->body_pem);
    bool has_body = bodies->links.count > 0;
    bodies->member = "CertificateChain";
    if (status == PB_OK)
        status = read_chain(bodies, kept->chain_pem);
    kept->body_pem = kept->chain_pem = PB_SLICE_ABSENT;
    const struct pb_chain_link *links = bodies->links.data;
    if (status == PB_OK && has_body) {
        observation->body = links->facts;
        if (bodies->reader->settings->checks_chains)
            status = check_chain(bodies, kept);
    }
    if (status == PB_OK)
        status = keep_chain(bodies, links + has_body, bodies->links.count - has_body, kept);
    pb_arena_release(&bodies->der);
    return status;
}

/* Fills in body and chain of the observations from the given one on, and clears their PEM texts.
 * What cannot be read is a diagnostic and changes nothing else: the verdict by UploadDate stands.
 */
static enum pb_status read_bodies(struct pb_item_reader *reader, struct pb_batch *batch,
                                  size_t first_observation)
{
    struct bodies bodies = {.reader = reader, .batch = batch};
    enum pb_status status = PB_OK;

    pb_vector_init(&bodies.links, sizeof(struct pb_chain_link));
    for (size_t i = first_observation; i < batch->observations.count && status == PB_OK; i++) {
        struct pb_observation *observation =
            &PB_VECTOR_AT(struct pb_observation, &batch->observations, i);
        if (observation->bodies != NULL)
            status = read_observation(&bodies, observation);
    }
    pb_vector_release(&bodies.links);
    return status;
}

/* One item while it is read. */
struct state {
    struct pb_item_reader *reader;
    const struct pb_item *item;
    struct pb_batch *batch;
    struct pb_entry entry; /* added to the ledger at the end */
    unsigned char sha256[32];
    size_t first_record, first_observation;
    size_t first_diagnostic; /* of this item's documents */
    size_t last_diagnostic;  /* of the document that is being read */
    struct pb_slice text;
    char quoted[PB_LONGEST_BARE_DATE + 2]; /* the text where it is a bare date */
    const char *shape;
    const char *excuse;  /* why what names certificates in it proves nothing; NULL */
    bool is_recognised;  /* some document is evidence */
    bool is_candidate;   /* some document is evidence if the item's folder says so */
    bool is_refused;     /* some document, or the item itself, should be evidence and is none */
    bool is_skipped;     /* a ceiling was reached */
    bool is_missed;      /* nothing, or an error, stands where the path says that a list should */
    bool has_document;   /* the text is JSON, and be it only its first document */
    bool is_own;         /* some document is a report of ours, and no evidence */
    bool is_passed_over; /* the prefilter found nothing, so the text was not parsed */
    bool is_text;        /* no JSON, be it damaged or cut, but text of another kind */
    bool is_listing;     /* such text that lists server certificates */
    bool has_private_key;
};

static void begin_entry(struct state *state)
{
    const struct pb_item *item = state->item;

    pb_batch_begin_entry(state->batch);
    state->entry = (struct pb_entry){
        .path = item->path,
        .detail = item->detail,
        .size_bytes = item->size_bytes,
        .sha256 = item->has_sha256 ? item->sha256 : NULL,
        .status = item->status,
        .is_named = item->is_named,
        .is_damaged = item->is_damaged,
    };
    if (item->is_digest_of_content) {
        pb_digest_of(item->content, state->sha256);
        state->entry.sha256 = state->sha256;
    }
}

static enum pb_status refuse(struct state *state, const char *code, const char *sentence)
{
    state->is_refused = true;
    return pb_diagnostics_add(&state->batch->diagnostics, PB_SEVERITY_ERROR, code, NULL, "%s",
                              sentence);
}

static void drop_diagnostics(struct state *state)
{
    pb_diagnostics_take_back(&state->batch->diagnostics, state->first_diagnostic);
}

/* A report or a waiver file of prebleed, of whatever version. */
static bool is_own_document(const struct pb_json *root)
{
    struct pb_slice schema;

    return pb_json_string(pb_json_find(root, "schema"), &schema) &&
           (pb_slice_starts_with(schema, PB_SLICE("prebleed-report/")) ||
            pb_slice_starts_with(schema, PB_SLICE("prebleed-waivers/")));
}

/* Whether there are records from the given one on, and all of them are candidates. */
static bool adds_candidates(const struct pb_batch *batch, size_t first_record)
{
    for (size_t i = first_record; i < batch->records.count; i++)
        if (!PB_VECTOR_AT(const struct pb_record, &batch->records, i).is_candidate)
            return false;
    return batch->records.count > first_record;
}

static enum pb_status read_document(struct state *state, const struct pb_json_document *document)
{
    const struct pb_aws_context context = {state->item->path, state->item->is_named,
                                           state->reader->settings->limits};
    size_t first_observation = state->batch->observations.count;
    size_t first_record = state->batch->records.count;
    enum pb_aws_outcome outcome;
    const char *shape = NULL, *excuse = NULL;

    state->has_document = true;

    /* What a report says of certificates was in evidence once; here it would count twice. */
    if (is_own_document(document->root)) {
        state->is_own = true;
        return pb_diagnostics_add(&state->batch->diagnostics, PB_SEVERITY_NOTE, "own-report", NULL,
                                  "this is a report or waiver file of prebleed, and no evidence");
    }
    enum pb_status status =
        pb_aws_read(document, &context, state->batch, &outcome, &shape, &excuse);
    if (status != PB_OK)
        return status;
    state->excuse = excuse != NULL ? excuse : state->excuse;
    bool is_candidate = outcome == PB_AWS_RECOGNISED && adds_candidates(state->batch, first_record);
    bool is_left_over = outcome == PB_AWS_LEFT_OVER;
    state->is_candidate |= is_candidate;
    state->is_recognised |= (outcome == PB_AWS_RECOGNISED && !is_candidate) || is_left_over;
    state->is_refused |= outcome == PB_AWS_REFUSED || outcome == PB_AWS_MISSED || is_left_over;
    state->is_missed |= outcome == PB_AWS_MISSED;
    if (state->shape == NULL && !is_candidate)
        state->shape = shape;
    return read_bodies(state->reader, state->batch, first_observation);
}

/* *is_json: not even the first document is invalid. */
static enum pb_status read_documents(struct state *state, bool *is_json)
{
    struct pb_json_reader reader = {.text = state->text,
                                    .limits = state->reader->settings->limits,
                                    .offset_bytes = pb_aws_prologue_size(state->text)};

    for (bool is_first = true;; is_first = false) {
        struct pb_json_document document = {0};
        enum pb_json_outcome outcome;
        state->last_diagnostic = state->batch->diagnostics.items.count;
        enum pb_status status =
            pb_json_next(&reader, &state->batch->diagnostics, &outcome, &document);
        if (status != PB_OK)
            return status;
        *is_json = !is_first || outcome != PB_JSON_INVALID;
        state->is_refused |= outcome == PB_JSON_INVALID || outcome == PB_JSON_CUT;
        state->is_skipped |= outcome == PB_JSON_TOO_LARGE;
        /* Rows of a list, one a line, of which the last ones are cut. */
        state->is_missed |= outcome == PB_JSON_INVALID && state->is_recognised;
        if (outcome != PB_JSON_DOCUMENT && outcome != PB_JSON_CUT)
            return PB_OK;
        size_t first_new = state->batch->diagnostics.items.count;
        status = read_document(state, &document);
        if (outcome == PB_JSON_CUT && state->is_recognised) {
            state->is_missed = true;
            if (state->batch->diagnostics.items.count > first_new)
                state->last_diagnostic = 0; /* all that was said of the document stays */
        }
        pb_json_document_release(&document);
        if (status != PB_OK || outcome == PB_JSON_CUT)
            return status;
    }
}

/* A record says which call failed, and for which account. */
static bool has_failed_call(const struct state *state)
{
    const struct pb_vector *records = &state->batch->records;

    for (size_t i = state->first_record; i < records->count; i++)
        if (PB_VECTOR_AT(const struct pb_record, records, i).kind == PB_RECORD_FAILED_CALL)
            return true;
    return false;
}

/* A document that is only cut or damaged is no other kind of text. */
static enum pb_status read_marks(struct state *state, bool *has_references)
{
    enum pb_aws_outcome outcome = PB_AWS_UNRELATED;

    state->is_text = !pb_begins_like_json(state->text);
    enum pb_status status = state->is_text
                                ? pb_aws_read_text(state->text, state->item->path, state->batch,
                                                   &outcome, &state->excuse)
                                : PB_OK;
    state->is_listing = outcome == PB_AWS_LEFT_OVER;
    *has_references = outcome == PB_AWS_RECOGNISED;
    state->is_recognised |= *has_references;
    if (*has_references)
        state->shape = pb_reference_shape;
    return status;
}

/* Where the parser stopped helps nobody who saved a table: what the text is can be said better. */
static enum pb_status explain_text(struct state *state)
{
    const char *code;
    const char *sentence = pb_aws_explain_text(state->text, &code);
    bool has_references = false;
    enum pb_status status = pb_aws_read_failed_calls(state->text, state->batch);

    if (status == PB_OK)
        status = read_marks(state, &has_references);
    if (status != PB_OK)
        return status;
    /* Text about other things that names a certificate is no failed export. */
    bool is_used = has_references && !state->item->is_named && !has_failed_call(state) &&
                   !pb_aws_is_expected_path(state->item->path);
    static const char *const no_answers[] = {"cli-error", "html-page", "none-output"};
    bool is_no_answer = false;
    for (size_t i = 0; sentence != NULL && i < sizeof no_answers / sizeof no_answers[0]; i++)
        is_no_answer |= strcmp(code, no_answers[i]) == 0;
    state->is_missed |= is_no_answer && pb_aws_is_telling_path(state->item->path);
    state->is_text &= !is_no_answer;
    if (state->has_private_key && sentence != NULL && strcmp(code, "pem-file") == 0)
        sentence = NULL; /* a certificate and its key: the key is a finding */
    if (has_failed_call(state)) {
        code = "error-response";
        sentence = "a call about server certificates failed, and its error stands here in the "
                   "answer's place: allow what was refused, or run it again";
    }
    if (state->is_listing && sentence == NULL) {
        code = "unread-mark";
        sentence = "this lists server certificates and is no JSON: export with aws iam "
                   "list-server-certificates --output json";
    }
    if (sentence == NULL && !state->has_private_key && !is_used)
        return PB_OK;
    drop_diagnostics(state);
    state->is_refused = false;
    return sentence == NULL || is_used ? PB_OK : refuse(state, code, sentence);
}

/* The next line after the offset that begins like a JSON document. */
static size_t find_beginning(struct pb_slice text, size_t offset)
{
    for (size_t at = pb_slice_find(text, PB_SLICE("\n"), offset); at != SIZE_MAX;
         at = pb_slice_find(text, PB_SLICE("\n"), at + 1))
        if (at + 1 < text.size_bytes && (text.data[at + 1] == '{' || text.data[at + 1] == '['))
            return at + 1;
    return SIZE_MAX;
}

/* In logs, transcripts and Markdown documents begin lines of their own. Only those are read that
 * have field names of the service, and few beginnings are tried, so that time stays linear. */
static enum pb_status read_inner_documents(struct state *state, bool *is_found)
{
    struct pb_json_reader reader = {.text = state->text, .limits = state->reader->settings->limits};
    struct pb_diagnostics *diagnostics = &state->batch->diagnostics;
    size_t at = find_beginning(state->text, 0);
    enum pb_status status = PB_OK;

    for (int i = 0; i < MOST_BEGINNINGS && at != SIZE_MAX && status == PB_OK; i++) {
        struct pb_json_document document = {0};
        enum pb_json_outcome outcome;
        size_t told = diagnostics->items.count;
        reader.offset_bytes = at;
        status = pb_json_next(&reader, diagnostics, &outcome, &document);
        bool is_whole = status == PB_OK && outcome == PB_JSON_DOCUMENT;
        if (is_whole && pb_aws_has_field_names(document.text)) {
            status = read_document(state, &document);
            *is_found |= state->is_recognised;
        } else {
            pb_diagnostics_take_back(diagnostics, told);
        }
        at = find_beginning(state->text, is_whole ? reader.offset_bytes : at);
        pb_json_document_release(&document);
    }
    return status;
}

static enum pb_status read_text(struct state *state)
{
    bool is_json;

    if (pb_slice_trim(state->text).size_bytes == 0) {
        state->is_missed = pb_aws_is_telling_path(state->item->path);
        return refuse(state, "empty-file",
                      "the file is empty, which is no empty list: the AWS CLI prints its errors to "
                      "standard error, so the export may have failed");
    }
    if (pb_aws_is_bare_date(state->text)) {
        struct pb_slice date = pb_slice_trim(state->text);
        int size = snprintf(state->quoted, sizeof state->quoted, "\"%.*s\"", PB_SLICE_ARGS(date));
        state->text = (struct pb_slice){state->quoted, (size_t)size};
    }
    enum pb_status status = read_documents(state, &is_json);
    bool is_found = false;
    if (status == PB_OK && !is_json)
        status = read_inner_documents(state, &is_found);
    if (is_found && status == PB_OK)
        return refuse(state, "text-around",
                      "other text stands around the JSON, of which only documents in lines of "
                      "their own were read: cut the JSON out of the text around it");
    return status == PB_OK && !is_json ? explain_text(state) : status;
}

/* Whether the text need not be parsed: neither the item's path nor a word in it is about server
 * certificates. */
static bool may_pass_over(const struct state *state)
{
    const struct pb_item *item = state->item;
    const struct pb_item_settings *settings = state->reader->settings;

    if (settings->reads_everything || item->is_named ||
        pb_slice_contains_ignoring_case(item->path, PB_SLICE("cert")) ||
        pb_aws_is_expected_path(item->path))
        return false;
    return !pb_aws_may_be_evidence(state->text) && !pb_aws_may_be_candidate(state->text);
}

/* Takes out what sets a terminal's colours, as jq -C prints it: ESC [ digits and ';' m. */
static enum pb_status drop_colours(struct state *state)
{
    const struct pb_slice start = PB_SLICE("\x1b[");
    struct pb_slice rest = state->text;
    size_t at = pb_slice_find(rest, start, 0);
    struct pb_buffer plain;

    if (at == SIZE_MAX)
        return PB_OK;
    pb_buffer_init(&plain, SIZE_MAX);
    for (; at != SIZE_MAX; at = pb_slice_find(rest, start, 0)) {
        size_t end = at + start.size_bytes;
        while (end < rest.size_bytes && rest.data[end] != '\0' &&
               strchr("0123456789;", rest.data[end]) != NULL)
            end++;
        bool is_colour = end < rest.size_bytes && rest.data[end] == 'm';
        end += is_colour;
        pb_buffer_append(&plain, pb_slice_first(rest, is_colour ? at : end));
        rest = pb_slice_from(rest, end);
    }
    pb_buffer_append(&plain, rest);
    pb_buffer_release(&state->reader->text);
    state->reader->text = plain;
    state->text = pb_buffer_slice(&state->reader->text);
    return plain.has_failed ? PB_FAILED_MEMORY : PB_OK;
}

static enum pb_status read_decoded(struct state *state)
{
    state->is_passed_over = may_pass_over(state);
    if (state->is_passed_over)
        return PB_OK;
    enum pb_status status = drop_colours(state);
    if (status == PB_OK)
        status = pb_private_keys_take(&state->text, &state->reader->text, state->batch,
                                      &state->has_private_key);
    return status == PB_OK ? read_text(state) : status;
}

static enum pb_status read_content(struct state *state)
{
    enum pb_text_outcome outcome;
    enum pb_status status =
        pb_text_decode(state->item->content, &state->reader->text, &outcome, &state->text);

    if (status != PB_OK)
        return status;
    if (outcome == PB_TEXT_BINARY) {
        state->text = state->item->content;
        return refuse(state, "binary-file", "not a text file: expected JSON");
    }
    status = read_decoded(state);
    if (status != PB_OK || outcome == PB_TEXT_DECODED || state->is_refused)
        return status;
    return refuse(
        state, "invalid-utf16",
        "the file begins as UTF-16 text and is damaged: expected pairs of bytes and whole "
        "surrogates");
}

/* Whether silence about the item would be wrong: it is evidence or ours, it was given by name, its
 * path says what it should hold, or its bytes do. */
static bool must_be_reported(const struct state *state)
{
    bool is_lost = state->is_refused || state->is_skipped;

    return state->is_recognised || state->is_own || state->is_missed || state->item->is_named ||
           has_failed_call(state) || pb_aws_is_expected_path(state->item->path) ||
           state->is_listing ||
           (!state->is_passed_over && !state->is_text && pb_aws_has_field_names(state->text)) ||
           (is_lost && (state->has_document || pb_begins_like_json(state->text)) &&
            pb_aws_names_certificates(state->text));
}

/* What looks like evidence and is damaged is no candidate any more. */
static void keep_candidates(struct state *state)
{
    if (state->is_refused && !state->has_private_key) {
        state->batch->observations.count = state->first_observation;
        state->batch->records.count = state->first_record;
        return;
    }
    state->entry.detail = PB_SLICE("this looks like names, dates or bodies of certificates, of "
                                   "which its folder says nothing or the same");
}

/* Sets the entry's status. An unreadable file that nobody took for evidence counts as ignored,
 * without diagnostics. */
static void set_status(struct state *state)
{
    bool is_damaged = state->item->status != PB_ENTRY_USED, is_reported = must_be_reported(state);
    struct pb_entry *entry = &state->entry;

    entry->shape = state->shape;
    if (is_damaged) /* what was read of it counts, and the status stays */
        entry->status = state->item->status;
    else if (state->is_skipped && is_reported)
        entry->status = PB_ENTRY_SKIPPED;
    else if (state->is_refused && is_reported)
        entry->status = PB_ENTRY_UNREADABLE;
    else
        entry->status =
            state->is_recognised || state->has_private_key ? PB_ENTRY_USED : PB_ENTRY_IGNORED;
    if (!is_reported && state->is_candidate)
        keep_candidates(state);
    if (entry->status == PB_ENTRY_IGNORED && entry->detail.data == NULL && state->excuse != NULL)
        entry->detail = pb_slice_from_string(state->excuse);
    if (!is_reported)
        drop_diagnostics(state);
    else if (is_damaged && state->is_refused && state->last_diagnostic > 0)
        pb_diagnostics_take_back(&state->batch->diagnostics, state->last_diagnostic);
}

enum pb_status pb_item_read(struct pb_item_reader *reader, const struct pb_item *item,
                            struct pb_batch *batch)
{
    struct state state = {.reader = reader,
                          .item = item,
                          .batch = batch,
                          .first_record = batch->records.count,
                          .first_observation = batch->observations.count,
                          .first_diagnostic = batch->diagnostics.items.count};
    struct pb_entry *entry = &state.entry;

    begin_entry(&state);
    if (item->content.data != NULL) {
        enum pb_status status = read_content(&state);
        if (status != PB_OK)
            return status;
        set_status(&state);
    }
    /* Where the path says that a list should stand, its absence is a gap in the account's coverage.
     */
    bool is_unread = entry->status == PB_ENTRY_UNREADABLE || entry->status == PB_ENTRY_SKIPPED;
    entry->is_list_missed = is_unread && !has_failed_call(&state) &&
                            (state.is_missed || pb_aws_is_expected_path(item->path));
    enum pb_status status = pb_batch_add_entry(batch, entry);
    return status == PB_OK ? pb_diagnostics_end_entry(&batch->diagnostics) : status;
}
