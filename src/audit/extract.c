/* SPDX-License-Identifier: MIT */
#include "audit/extract.h"

#include <stdint.h>

#include "audit/baseline_file.h"
#include "audit/private_keys.h"
#include "aws/read.h"
#include "evidence/text.h"
#include "json/document.h"
#include "json/plain.h"

enum pb_status pb_extractor_init(struct pb_extractor *extractor,
                                 const struct pb_extraction *extraction)
{
    *extractor = (struct pb_extractor){.extraction = extraction};
    pb_buffer_init(&extractor->text, SIZE_MAX);
    enum pb_status status =
        pb_body_reader_init(&extractor->bodies, extraction->crls, extraction->checks_chains);
    return status == PB_OK ? pb_digest_new(&extractor->digest) : status;
}

void pb_extractor_release(struct pb_extractor *extractor)
{
    pb_body_reader_release(&extractor->bodies);
    pb_digest_free(extractor->digest);
    pb_buffer_release(&extractor->text);
}

/* One item on its way through the step. */
struct passage {
    struct pb_extractor *extractor;
    const struct pb_item *item;
    struct pb_batch *batch;
    struct pb_entry entry; /* added to the ledger at the end */
    unsigned char sha256[32];
    size_t first_diagnostic; /* of this item's documents */
    size_t last_diagnostic;  /* of the document that is being read */
    struct pb_slice text;
    const char *shape;
    bool is_recognised; /* some document was */
    bool is_refused;    /* some document, or the item itself, was to be evidence and is none */
    bool is_skipped;    /* a ceiling was reached */
    bool has_private_key;
    bool is_own;     /* some document is a report of ours, and no evidence */
    bool is_foreign; /* nothing vouches for the text, and no word in it does */
};

/* Whether silence about the item would be wrong: it was given by name, its path says what it
 * should hold, or its bytes do. */
static bool is_suspicious(const struct passage *passage)
{
    bool is_lost = passage->is_refused || passage->is_skipped;

    return passage->item->is_named || pb_aws_is_expected_path(passage->item->path) ||
           (!passage->is_foreign && pb_aws_has_field_names(passage->text)) ||
           (is_lost && pb_aws_names_certificates(passage->text));
}

static void begin_entry(struct passage *passage)
{
    const struct pb_item *item = passage->item;

    pb_batch_begin_entry(passage->batch);
    passage->entry = (struct pb_entry){
        .path = pb_path_split(item->path),
        .detail = item->detail,
        .size_bytes = item->size_bytes,
        .sha256 = item->has_sha256 ? item->sha256 : NULL,
        .status = item->status,
        .is_named = item->is_named,
    };
    if (item->is_digest_of_content) {
        pb_digest_update(passage->extractor->digest, item->content);
        pb_digest_finish(passage->extractor->digest, passage->sha256);
        passage->entry.sha256 = passage->sha256;
    }
}

/* What is unreadable must not be confused with what was never ours: the complaints about an
 * unrelated file are dropped, and the ledger counts it as ignored. */
static void forget_complaints(struct passage *passage)
{
    pb_diagnostics_take_back(&passage->batch->diagnostics, passage->first_diagnostic);
}

static enum pb_status refuse(struct passage *passage, const char *code, const char *sentence)
{
    passage->is_refused = true;
    return pb_diagnostics_add(&passage->batch->diagnostics, PB_SEVERITY_ERROR, code, NULL, "%s",
                              sentence);
}

/* What a report says of certificates was in evidence once; here it would count twice. */
static enum pb_status pass_over_own(struct passage *passage)
{
    passage->is_own = true;
    return pb_diagnostics_add(&passage->batch->diagnostics, PB_SEVERITY_NOTE, "own-report", NULL,
                              "this is a report or waiver file of prebleed, and no evidence");
}

static enum pb_status read_document(struct passage *passage,
                                    const struct pb_json_document *document)
{
    const struct pb_aws_context context = {passage->item->path, passage->item->is_named,
                                           passage->extractor->extraction->limits};
    if (pb_is_own_document(document->root))
        return pass_over_own(passage);
    size_t first_observation = passage->batch->observations.count;
    enum pb_aws_outcome outcome;
    const char *shape = NULL;
    enum pb_status status = pb_aws_read(document, &context, passage->batch, &outcome, &shape);

    if (status != PB_OK)
        return status;
    passage->is_recognised |= outcome == PB_AWS_RECOGNISED;
    passage->is_refused |= outcome == PB_AWS_REFUSED;
    if (passage->shape == NULL && outcome == PB_AWS_RECOGNISED)
        passage->shape = shape;
    return pb_bodies_read(&passage->extractor->bodies, passage->batch, first_observation);
}

static enum pb_status read_documents(struct passage *passage, bool *is_foreign)
{
    struct pb_json_reader reader = {.text = passage->text,
                                    .limits = passage->extractor->extraction->limits,
                                    .offset_bytes = pb_aws_prologue_size(passage->text)};
    bool is_first = true;

    for (;; is_first = false) {
        struct pb_json_document document = {0};
        enum pb_json_outcome outcome;
        passage->last_diagnostic = passage->batch->diagnostics.items.count;
        enum pb_status status =
            pb_json_next(&reader, &passage->batch->diagnostics, &outcome, &document);
        if (status != PB_OK)
            return status;
        *is_foreign = is_first && outcome == PB_JSON_INVALID;
        passage->is_refused |= outcome == PB_JSON_INVALID;
        passage->is_skipped |= outcome == PB_JSON_TOO_LARGE;
        if (outcome != PB_JSON_DOCUMENT)
            return PB_OK;
        status = read_document(passage, &document);
        pb_json_document_release(&document);
        if (status != PB_OK)
            return status;
    }
}

/* Where a parser stumbled helps nobody who saved a table: what the text is can be said better. */
static enum pb_status explain_foreign_text(struct passage *passage)
{
    const char *code;
    const char *sentence = pb_aws_explain_text(passage->text, &code);

    if (sentence == NULL && !passage->has_private_key)
        return PB_OK;
    forget_complaints(passage);
    passage->is_refused = false;
    if (sentence == NULL)
        return PB_OK;
    return refuse(passage, code, sentence);
}

static enum pb_status read_text(struct passage *passage)
{
    bool is_foreign;

    if (pb_slice_trim(passage->text).size_bytes == 0)
        return refuse(passage, "empty-file",
                      "the file is empty, which is no empty list: the AWS CLI prints its errors to "
                      "standard error, so the export may have failed");
    enum pb_status status = read_documents(passage, &is_foreign);
    return status == PB_OK && is_foreign ? explain_foreign_text(passage) : status;
}

static bool is_foreign_text(const struct passage *passage)
{
    const struct pb_item *item = passage->item;
    const struct pb_extraction *extraction = passage->extractor->extraction;

    if (extraction->reads_everything || item->is_named ||
        pb_slice_contains_ignoring_case(item->path, PB_SLICE("cert")) ||
        pb_aws_is_expected_path(item->path))
        return false;
    return !pb_aws_may_be_evidence(passage->text) ||
           (!pb_aws_may_be_more_than_actions(passage->text) &&
            pb_json_is_plain(passage->text, extraction->limits));
}

static enum pb_status read_decoded(struct passage *passage)
{
    passage->is_foreign = is_foreign_text(passage);
    if (passage->is_foreign)
        return PB_OK;
    enum pb_status status = PB_OK;
    if (pb_private_keys_may_stand_in(passage->text))
        status = pb_private_keys_find(passage->text, passage->batch, &passage->has_private_key);
    if (status == PB_OK && passage->has_private_key)
        status = pb_private_keys_cover(&passage->text, &passage->extractor->text);
    return status == PB_OK ? read_text(passage) : status;
}

static enum pb_status read_content(struct passage *passage)
{
    enum pb_text_outcome outcome;
    enum pb_status status =
        pb_text_decode(passage->item->content, &passage->extractor->text, &outcome, &passage->text);

    if (status != PB_OK)
        return status;
    if (outcome == PB_TEXT_DECODED)
        return read_decoded(passage);
    passage->text = passage->item->content;
    return outcome == PB_TEXT_BINARY
               ? refuse(passage, "binary-file", "the file is no text: expected JSON")
               : refuse(passage, "invalid-utf16",
                        "the file begins as UTF-16 text and is damaged: "
                        "expected pairs of bytes and whole surrogates");
}

static enum pb_entry_status settled_status(const struct passage *passage, bool is_ours)
{
    if (passage->item->status != PB_ENTRY_USED)
        return passage->item->status; /* damaged: what was read of it counts, and it stays so */
    if (passage->is_skipped && is_ours)
        return PB_ENTRY_SKIPPED;
    if (passage->is_refused && is_ours)
        return PB_ENTRY_UNREADABLE;
    return passage->is_recognised || passage->has_private_key ? PB_ENTRY_USED : PB_ENTRY_IGNORED;
}

static void settle_entry(struct passage *passage)
{
    bool is_ours = passage->is_recognised || passage->is_own || is_suspicious(passage);
    bool is_cut = passage->item->status != PB_ENTRY_USED && passage->is_refused;

    passage->entry.shape = passage->shape;
    passage->entry.status = settled_status(passage, is_ours);
    if (!is_ours)
        forget_complaints(passage);
    else if (is_cut && passage->last_diagnostic > 0)
        pb_diagnostics_take_back(&passage->batch->diagnostics, passage->last_diagnostic);
}

/* Where the path says that a list should stand, its absence is a gap in the account's coverage. */
static enum pb_status end_entry(struct passage *passage)
{
    struct pb_entry *entry = &passage->entry;
    bool is_unread = entry->status == PB_ENTRY_UNREADABLE || entry->status == PB_ENTRY_SKIPPED;

    entry->is_list_missed = is_unread && pb_aws_is_expected_path(passage->item->path);
    enum pb_status status = pb_ledger_add(&passage->batch->ledger, entry);
    return status == PB_OK ? pb_diagnostics_end_entry(&passage->batch->diagnostics) : status;
}

enum pb_status pb_extract(struct pb_extractor *extractor, const struct pb_item *item,
                          struct pb_batch *batch)
{
    struct passage passage = {.extractor = extractor,
                              .item = item,
                              .batch = batch,
                              .first_diagnostic = batch->diagnostics.items.count};
    enum pb_status status = PB_OK;

    begin_entry(&passage);
    if (item->content.data != NULL) {
        status = read_content(&passage);
        if (status == PB_OK)
            settle_entry(&passage);
    }
    return status == PB_OK ? end_entry(&passage) : status;
}
