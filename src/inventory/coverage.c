/* SPDX-License-Identifier: MIT */
#include "inventory/coverage.h"

#include <inttypes.h>
#include <stdlib.h>

#include "inventory/coverage_reason.h"
#include "inventory/summary_count.h"

/* What was met of one account. */
struct sighting {
    bool has_whole_list; /* a list without a sign of paging */
    bool has_last_page;  /* a chain of pages that ends with IsTruncated false */
    bool has_open_pages; /* a chain of pages that ends with IsTruncated true */
    bool has_get;
    bool has_projection;
    bool has_inventory;      /* an inventory or filtered export of another tool */
    uint32_t open_entry;     /* where such a chain ends */
    uint32_t chain_entry;    /* the item whose pages are being followed */
    enum pb_page chain_page; /* the last one of them so far */
    bool is_in_chain;
};

struct judge {
    struct pb_inventory *inventory;
    struct sighting *sightings; /* one an account */
    struct pb_coverage_reasons *reasons;
};

static struct pb_slice path_of(const struct judge *judge, uint32_t entry)
{
    return pb_inventory_path(judge->inventory, entry);
}

static struct pb_gap gap_at(uint32_t account, uint32_t entry)
{
    return (struct pb_gap){.account = account, .certificate = PB_NO_INDEX, .entry = entry};
}

/* A page names only the next one's Marker, so what counts is how a chain ends. */
static void end_chain(struct sighting *sighting)
{
    if (!sighting->is_in_chain)
        return;
    sighting->is_in_chain = false;
    switch (sighting->chain_page) {
    case PB_PAGE_UNMARKED: sighting->has_whole_list = true; break;
    case PB_PAGE_LAST: sighting->has_last_page = true; break;
    case PB_PAGE_MORE:
        sighting->has_open_pages = true;
        sighting->open_entry = sighting->chain_entry;
        break;
    case PB_PAGE_CUT: break;
    }
}

static void follow_pages(struct sighting *sighting, const struct pb_record *record)
{
    bool is_other_item = sighting->is_in_chain && sighting->chain_entry != record->entry;
    /* A list without a sign of paging is no page: it does not end the ones before it. */
    bool is_other_list = sighting->is_in_chain && record->page == PB_PAGE_UNMARKED;

    if (is_other_item || is_other_list)
        end_chain(sighting);
    sighting->is_in_chain = true;
    sighting->chain_entry = record->entry;
    sighting->chain_page = record->page;
}

static void meet_kind(struct sighting *sighting, enum pb_record_kind kind)
{
    sighting->has_get |= kind == PB_RECORD_GET || kind == PB_RECORD_UPLOAD;
    sighting->has_projection |= kind == PB_RECORD_PROJECTION || kind == PB_RECORD_NAMES;
    sighting->has_inventory |= kind == PB_RECORD_INVENTORY || kind == PB_RECORD_EVENT;
}

static enum pb_status meet_record(struct judge *judge, const struct pb_record *record,
                                  uint32_t account)
{
    struct sighting *sighting = &judge->sightings[account];
    bool is_projection = record->kind == PB_RECORD_PROJECTION || record->kind == PB_RECORD_NAMES;

    if (record->kind == PB_RECORD_UNREADABLE)
        return pb_coverage_gap_add(
            judge->reasons, gap_at(account, record->entry),
            "%.*s could not be read, and a list of server certificates was to "
            "be expected there",
            PB_SLICE_ARGS(path_of(judge, record->entry)));
    meet_kind(sighting, record->kind);
    if (record->kind == PB_RECORD_LIST || (is_projection && record->page != PB_PAGE_UNMARKED))
        follow_pages(sighting, record);
    if (record->page != PB_PAGE_CUT)
        return PB_OK;
    return pb_coverage_gap_add(
        judge->reasons, gap_at(account, record->entry),
        "the list in %.*s was cut by --max-items: it ends with a NextToken, and "
        "what follows is not shown",
        PB_SLICE_ARGS(path_of(judge, record->entry)));
}

/* One document may show certificates of several accounts. */
static void meet_certificates(struct judge *judge)
{
    const struct pb_inventory *inventory = judge->inventory;

    for (size_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        for (uint32_t k = 0; k < certificate->observation_count; k++) {
            uint32_t record =
                pb_inventory_observation(inventory, certificate->first_observation + k)->record;
            if (record != PB_NO_RECORD)
                meet_kind(&judge->sightings[certificate->account],
                          PB_VECTOR_AT(const struct pb_record, &inventory->evidence.records, record)
                              .kind);
        }
    }
}

static enum pb_status meet_records(struct judge *judge)
{
    const struct pb_vector *records = &judge->inventory->evidence.records;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < records->count && status == PB_OK; i++)
        if (PB_VECTOR_AT(const struct pb_record, records, i).account_index != PB_NO_INDEX)
            status = meet_record(judge, &PB_VECTOR_AT(const struct pb_record, records, i),
                                 PB_VECTOR_AT(const struct pb_record, records, i).account_index);
    return status;
}

/* Whose lists they would have been was not looked at: each account may miss them. */
static enum pb_status meet_left_out_lists(struct judge *judge)
{
    size_t count = judge->inventory->evidence.left_out_lists;
    enum pb_status status = PB_OK;

    for (size_t i = 0; count > 0 && i < judge->inventory->accounts.count && status == PB_OK; i++)
        status = pb_coverage_gap_add(
            judge->reasons, gap_at((uint32_t)i, PB_NO_INDEX),
            "%zu more items could not be read where lists of server certificates were "
            "to be expected, and each may be of this account",
            count);
    return status;
}

static enum pb_status find_open_pages(struct judge *judge)
{
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < judge->inventory->accounts.count && status == PB_OK; i++) {
        struct sighting *sighting = &judge->sightings[i];
        end_chain(sighting);
        PB_VECTOR_AT(struct pb_account, &judge->inventory->accounts, i).has_list =
            sighting->has_whole_list || sighting->has_last_page;
        if (sighting->has_open_pages && !sighting->has_last_page)
            status =
                pb_coverage_gap_add(judge->reasons, gap_at((uint32_t)i, sighting->open_entry),
                                    "the list in %.*s says IsTruncated, and no final page is in "
                                    "the evidence",
                                    PB_SLICE_ARGS(path_of(judge, sighting->open_entry)));
    }
    return status;
}

static enum pb_status find_unmatched_names(struct judge *judge)
{
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < judge->inventory->certificates.count && status == PB_OK; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(judge->inventory, i);
        if (!certificate->is_names_only)
            continue;
        struct pb_gap about = {
            .account = certificate->account,
            .certificate = (uint32_t)i,
            .entry =
                pb_inventory_observation(judge->inventory, certificate->first_observation)->entry,
            .missing = certificate->name,
        };
        status = pb_coverage_gap_add(judge->reasons, about,
                                     "%.*s stands in a list of names, and nothing else in the "
                                     "evidence shows this certificate",
                                     PB_SLICE_ARGS(certificate->name));
    }
    return status;
}

static enum pb_status note_surplus(struct judge *judge, const struct pb_summary_count *summary)
{
    struct pb_diagnostics *diagnostics = &judge->inventory->evidence.diagnostics;

    diagnostics->entry = summary->entry;
    return pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "more-than-summary", NULL,
                              "the account summary counts %" PRIu64 " server certificate%s, but "
                              "%" PRIu64
                              " were seen: the evidence is of different days or accounts",
                              summary->count, summary->count == 1 ? "" : "s", summary->seen);
}

/* What the account summaries prove; *is_complete only where all of them agree with what was seen.
 */
static enum pb_status compare_summaries(struct judge *judge, uint32_t account,
                                        const struct pb_summary_count *summaries, size_t count,
                                        bool *is_complete)
{
    enum pb_status status = PB_OK;
    const char *in = count > 1 ? " in " : ""; /* several are told apart */

    *is_complete = count > 0;
    for (size_t i = 0; i < count && status == PB_OK; i++) {
        const struct pb_summary_count *summary = &summaries[i];
        struct pb_slice path = count > 1 ? path_of(judge, summary->entry) : PB_SLICE("");
        if (summary->count <= summary->seen && summary->count >= summary->seen - summary->gone) {
            status = pb_coverage_reason_add(judge->reasons, account,
                                            "the account summary%s%.*s counts %" PRIu64
                                            " server certificate%s, and as many were seen",
                                            in, PB_SLICE_ARGS(path), summary->count,
                                            summary->count == 1 ? "" : "s");
            continue;
        }
        *is_complete = false;
        /* Only the figures may differ from run to run, for a baseline's gaps are told by the rest.
         */
        if (summary->seen < summary->count)
            status = pb_coverage_gap_add(
                judge->reasons, gap_at(account, summary->entry),
                "the account summary in %.*s counts %" PRIu64
                " server certificates, but the evidence shows only %" PRIu64,
                PB_SLICE_ARGS(path_of(judge, summary->entry)), summary->count, summary->seen);
        else {
            status = pb_coverage_reason_add(judge->reasons, account,
                                            "the account summary%s%.*s counts %" PRIu64
                                            " server certificate%s, and more were seen: %" PRIu64,
                                            in, PB_SLICE_ARGS(path), summary->count,
                                            summary->count == 1 ? "" : "s", summary->seen);
            if (status == PB_OK)
                status = note_surplus(judge, summary);
        }
    }
    return status;
}

static enum pb_status explain_unknown(struct judge *judge, uint32_t account)
{
    const struct sighting *sighting = &judge->sightings[account];
    const char *why = "no list of server certificates is in the evidence";

    if (sighting->has_open_pages)
        why = "pages of the list stand in separate files with a final one among them, but a page "
              "does not say which ones came before it";
    else if (sighting->has_whole_list || sighting->has_last_page)
        why = "a list shows no sign of truncation, but --path-prefix and --starting-token leave "
              "none; get-account-summary would settle it";
    else if (sighting->has_projection)
        why = "--query results, from which the AWS CLI drops NextToken and IsTruncated";
    else if (sighting->has_inventory)
        why = "exports of other tools, which may be filtered, and events, which show what changed";
    else if (sighting->has_get)
        why = "get- and upload-server-certificate answers say nothing of other certificates";
    return pb_coverage_reason_add(judge->reasons, account, "%s", why);
}

static enum pb_status judge_accounts(struct judge *judge, const struct pb_vector *summaries)
{
    const struct pb_summary_count *next = summaries->data;
    const struct pb_summary_count *end = next == NULL ? NULL : next + summaries->count;
    enum pb_status status = PB_OK;

    for (uint32_t i = 0; i < judge->inventory->accounts.count && status == PB_OK; i++) {
        struct pb_account *account =
            &PB_VECTOR_AT(struct pb_account, &judge->inventory->accounts, i);
        const struct pb_summary_count *first = next;
        bool is_complete = false;
        while (next < end && next->account == i)
            next++;
        status = compare_summaries(judge, i, first, (size_t)(next - first), &is_complete);
        if (status != PB_OK || account->coverage == PB_COVERAGE_INCOMPLETE)
            continue;
        account->coverage = is_complete ? PB_COVERAGE_COMPLETE : PB_COVERAGE_UNKNOWN;
        if (first == next)
            status = explain_unknown(judge, i);
    }
    return status;
}

enum pb_status pb_coverage_judge(struct pb_inventory *inventory)
{
    struct pb_coverage_reasons reasons;
    struct pb_vector summaries;
    struct judge judge = {.inventory = inventory, .reasons = &reasons};
    enum pb_status status = PB_FAILED_MEMORY;

    pb_coverage_reasons_init(&reasons, inventory);
    pb_vector_init(&summaries, sizeof(struct pb_summary_count));
    judge.sightings = calloc(inventory->accounts.count + 1, sizeof *judge.sightings);
    if (judge.sightings == NULL)
        goto out;
    status = pb_summary_counts_make(inventory, &summaries);
    if (status == PB_OK)
        status = pb_coverage_gaps_adopt(&reasons);
    if (status == PB_OK)
        status = meet_records(&judge);
    if (status == PB_OK)
        status = meet_left_out_lists(&judge);
    if (status == PB_OK)
        meet_certificates(&judge);
    if (status == PB_OK)
        status = find_open_pages(&judge);
    if (status == PB_OK)
        status = find_unmatched_names(&judge);
    if (status == PB_OK)
        status = judge_accounts(&judge, &summaries);
    if (status == PB_OK)
        status = pb_coverage_reasons_deal_out(&reasons);
out:
    free(judge.sightings);
    pb_coverage_reasons_release(&reasons);
    pb_vector_release(&summaries);
    return status;
}
