/* SPDX-License-Identifier: MIT */
/* What the evidence proves about having seen all certificates of each account: the last pass, after
 * references are resolved. Gaps and reasons are sentences; an account with a gap is incomplete. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/error.h"
#include "inventory/passes.h"

/* What was met of one account. */
struct sighting {
    bool has_whole_list; /* a list without a sign of paging */
    bool has_last_page;  /* a chain of pages that ends with IsTruncated false */
    bool has_open_pages; /* a chain of pages that ends with IsTruncated true */
    bool has_get;
    bool has_projection;
    bool has_inventory; /* an inventory or filtered export of another tool */
    bool has_identity;
    uint32_t identity_entry; /* of the first answer of get-caller-identity */
    uint32_t open_entry;     /* where such a chain ends */
    uint32_t chain_entry;    /* the item whose pages are being followed */
    enum pb_page chain_page; /* the last one of them so far */
    bool is_in_chain;
};

/* The count of one account summary beside what its dump shows. */
struct summary {
    uint32_t account;
    uint32_t entry;
    struct pb_slice folder;
    uint64_t count; /* SummaryMap.ServerCertificates */
    uint64_t seen;  /* IAM certificates of list and get answers that belong to this summary */
    uint64_t gone;  /* those of them that an event deletes, which may be before the summary was */
    uint32_t last;  /* the certificate that was counted last; PB_NO_INDEX for none */
};

struct judge {
    struct pb_inventory *inventory;
    struct sighting *sightings; /* one an account */
    struct pb_vector summaries; /* of struct summary, by account, then folder */
};

static bool add_reason(struct pb_inventory *inventory, uint32_t account, struct pb_slice text)
{
    const struct pb_reason reason = {account, (uint32_t)inventory->reasons.count, text};

    return pb_vector_append(&inventory->reasons, &reason, 1);
}

PB_PRINTF(3, 4)
static enum pb_status explain(struct pb_inventory *inventory, uint32_t account, const char *format,
                              ...)
{
    struct pb_slice text;
    va_list arguments;

    va_start(arguments, format);
    bool is_copied = pb_message_format_list(&inventory->evidence.arena, &text, format, arguments);
    va_end(arguments);
    return is_copied && add_reason(inventory, account, text) ? PB_OK : PB_FAILED_MEMORY;
}

enum pb_status pb_gap_add(struct pb_inventory *inventory, struct pb_gap gap, const char *format,
                          ...)
{
    va_list arguments;

    va_start(arguments, format);
    bool is_copied =
        pb_message_format_list(&inventory->evidence.arena, &gap.message, format, arguments);
    va_end(arguments);
    if (!is_copied || !pb_vector_append(&inventory->gaps, &gap, 1))
        return PB_FAILED_MEMORY;
    PB_VECTOR_AT(struct pb_account, &inventory->accounts, gap.account).coverage =
        PB_COVERAGE_INCOMPLETE;
    return add_reason(inventory, gap.account, gap.message) ? PB_OK : PB_FAILED_MEMORY;
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

/* Ends the chain at another item, and at a list without a sign of paging, which is no page. */
static void follow_pages(struct sighting *sighting, const struct pb_record *record)
{
    if (sighting->chain_entry != record->entry || record->page == PB_PAGE_UNMARKED)
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

static void meet_identity(struct sighting *sighting, const struct pb_record *record)
{
    if (record->kind != PB_RECORD_CALLER_IDENTITY || sighting->has_identity)
        return;
    sighting->has_identity = true;
    sighting->identity_entry = record->entry;
}

/* A call that was refused for want of a permission says which one. */
static enum pb_status add_failed_call(struct judge *judge, const struct pb_record *record)
{
    bool is_denied = pb_slice_contains_ignoring_case(record->label, PB_SLICE("denied")) ||
                     pb_slice_contains_ignoring_case(record->label, PB_SLICE("authorized"));

    return pb_gap_add(
        judge->inventory, gap_at(record->account_index, record->entry),
        "%.*s says that %.*s failed with %.*s, which shows no certificates, and not "
        "that there are none; %s%.*s%sexport again",
        PB_SLICE_ARGS(pb_inventory_path(judge->inventory, record->entry)),
        PB_SLICE_ARGS(record->target), PB_SLICE_ARGS(record->label), is_denied ? "allow iam:" : "",
        PB_SLICE_ARGS(is_denied ? record->target : PB_SLICE_ABSENT), is_denied ? " and " : "");
}

static enum pb_status meet_record(struct judge *judge, const struct pb_record *record)
{
    struct sighting *sighting = &judge->sightings[record->account_index];
    bool is_projection = record->kind == PB_RECORD_PROJECTION || record->kind == PB_RECORD_NAMES;
    struct pb_slice path = pb_inventory_path(judge->inventory, record->entry);

    if (record->kind == PB_RECORD_UNREADABLE)
        return pb_gap_add(judge->inventory, gap_at(record->account_index, record->entry),
                          "%.*s looks like a certificate list but could not be read",
                          PB_SLICE_ARGS(path));
    if (record->kind == PB_RECORD_FAILED_CALL)
        return add_failed_call(judge, record);
    meet_identity(sighting, record);
    meet_kind(sighting, record->kind);
    if (record->kind == PB_RECORD_LIST || (is_projection && record->page != PB_PAGE_UNMARKED))
        follow_pages(sighting, record);
    if (record->page != PB_PAGE_CUT)
        return PB_OK;
    return pb_gap_add(judge->inventory, gap_at(record->account_index, record->entry),
                      "the list in %.*s was cut by --max-items: it ends with a NextToken, and what "
                      "follows is not shown",
                      PB_SLICE_ARGS(path));
}

static enum pb_status meet_records(struct judge *judge)
{
    const struct pb_record *records = judge->inventory->evidence.records.data;
    size_t count = judge->inventory->evidence.records.count;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && status == PB_OK; i++)
        if (records[i].account_index != PB_NO_INDEX)
            status = meet_record(judge, &records[i]);
    return status;
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
                          pb_inventory_record(inventory, record)->kind);
        }
    }
}

/* To which account more missed lists belong was not looked at: each account may miss them. */
static enum pb_status add_left_out_lists(struct judge *judge)
{
    size_t count = judge->inventory->evidence.left_out_lists;
    enum pb_status status = PB_OK;

    for (uint32_t i = 0; count > 0 && i < judge->inventory->accounts.count && status == PB_OK; i++)
        status =
            pb_gap_add(judge->inventory, gap_at(i, PB_NO_INDEX),
                       "%zu more items look like certificate lists but could not be read, and each "
                       "may be of this account",
                       count);
    return status;
}

static enum pb_status find_open_pages(struct judge *judge)
{
    struct pb_account *accounts = judge->inventory->accounts.data;
    enum pb_status status = PB_OK;

    for (uint32_t i = 0; i < judge->inventory->accounts.count && status == PB_OK; i++) {
        struct sighting *sighting = &judge->sightings[i];
        end_chain(sighting);
        accounts[i].has_list = sighting->has_whole_list || sighting->has_last_page;
        if (!sighting->has_open_pages || sighting->has_last_page)
            continue;
        struct pb_slice path = pb_inventory_path(judge->inventory, sighting->open_entry);
        status =
            pb_gap_add(judge->inventory, gap_at(i, sighting->open_entry),
                       "the list in %.*s says IsTruncated, and no final page is in the evidence",
                       PB_SLICE_ARGS(path));
    }
    return status;
}

static enum pb_status find_unmatched_names(struct judge *judge)
{
    struct pb_inventory *inventory = judge->inventory;
    enum pb_status status = PB_OK;

    for (uint32_t i = 0; i < inventory->certificates.count && status == PB_OK; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        const struct pb_gap gap = {
            .account = certificate->account,
            .certificate = i,
            .entry = pb_inventory_observation(inventory, certificate->first_observation)->entry,
            .missing = certificate->name,
        };
        if (certificate->is_names_only)
            status = pb_gap_add(inventory, gap,
                                "%.*s stands in a list of names, and nothing else in the evidence "
                                "shows this certificate",
                                PB_SLICE_ARGS(certificate->name));
    }
    return status;
}

/* Like pb_slice_compare, but '/' is lower than any other byte: a folder stands right before what
 * lies beneath it, and what has most in common with it stands next to it. */
static int compare_folders(struct pb_slice a, struct pb_slice b)
{
    size_t shorter = a.size_bytes < b.size_bytes ? a.size_bytes : b.size_bytes;

    for (size_t i = 0; i < shorter; i++) {
        unsigned char left = (unsigned char)a.data[i], right = (unsigned char)b.data[i];
        if (left != right)
            return left == '/' ? -1 : right == '/' ? 1 : (int)left - (int)right;
    }
    return (a.size_bytes > b.size_bytes) - (a.size_bytes < b.size_bytes);
}

/* How many whole components two folders have in common. */
static size_t count_common(struct pb_slice a, struct pb_slice b)
{
    size_t shorter = a.size_bytes < b.size_bytes ? a.size_bytes : b.size_bytes;
    size_t components = 0, i = 0;

    for (; i < shorter && a.data[i] == b.data[i]; i++)
        components += a.data[i] == '/';
    bool a_ends = i == a.size_bytes || a.data[i] == '/';
    bool b_ends = i == b.size_bytes || b.data[i] == '/';
    return components + (a_ends && b_ends && shorter > 0);
}

static int compare_summaries(const void *left, const void *right)
{
    const struct summary *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    int order = compare_folders(a->folder, b->folder);
    if (order == 0)
        order = (a->count > b->count) - (a->count < b->count);
    return order != 0 ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

static bool is_of_same_folder(const struct summary *a, const struct summary *b)
{
    return a->account == b->account && pb_slice_equals(a->folder, b->folder);
}

/* A summary saved twice in one folder says one thing. */
static enum pb_status collect_summaries(struct judge *judge)
{
    const struct pb_batch *evidence = &judge->inventory->evidence;
    const struct pb_record *records = evidence->records.data;
    size_t kept = 0;

    for (size_t i = 0; i < evidence->records.count; i++) {
        const struct summary summary = {
            .account = records[i].account_index,
            .entry = records[i].entry,
            .folder = pb_batch_folder(evidence, records[i].entry),
            .count = records[i].count,
            .last = PB_NO_INDEX,
        };
        if (records[i].kind == PB_RECORD_ACCOUNT_SUMMARY &&
            !pb_vector_append(&judge->summaries, &summary, 1))
            return PB_FAILED_MEMORY;
    }
    pb_vector_sort(&judge->summaries, compare_summaries);
    struct summary *all = judge->summaries.data;
    for (size_t i = 0; i < judge->summaries.count; i++)
        if (kept == 0 || all[kept - 1].count != all[i].count ||
            !is_of_same_folder(&all[kept - 1], &all[i]))
            all[kept++] = all[i];
    judge->summaries.count = kept;
    return PB_OK;
}

static int compare_folder_to_summary(const void *folder, const void *summary)
{
    return compare_folders(*(const struct pb_slice *)folder,
                           ((const struct summary *)summary)->folder);
}

/* The first summary of the folder that has most in common with the given one; in sorted order that
 * is a neighbour of the place where the folder would stand. */
static struct summary *find_nearest(struct summary *summaries, size_t count, struct pb_slice folder)
{
    size_t size = sizeof *summaries;
    size_t place = pb_lower_bound(&folder, summaries, count, size, compare_folder_to_summary);

    if (place == count || (place > 0 && count_common(summaries[place - 1].folder, folder) >
                                            count_common(summaries[place].folder, folder)))
        place--;
    return &summaries[pb_lower_bound(&summaries[place].folder, summaries, count, size,
                                     compare_folder_to_summary)];
}

/* IAM names are unique in an account: of two certificates with one name, one is of another day. */
static bool is_of_one_name(const struct pb_inventory *inventory, uint32_t a, uint32_t b)
{
    struct pb_slice name = pb_inventory_certificate(inventory, a)->name;

    return name.size_bytes > 0 && !pb_is_stand_in(name) &&
           pb_slice_equals(name, pb_inventory_certificate(inventory, b)->name);
}

/* One of the folder's summaries, of which the first is given, stands in the item: collectors print
 * both in one file. */
static bool is_beside(const struct summary *first, size_t count, uint32_t entry)
{
    for (size_t i = 0; i < count && is_of_same_folder(&first[i], first); i++)
        if (first[i].entry == entry)
            return true;
    return false;
}

/* Counts the certificate once for each summary to which one of its answers belongs. Those of one
 * name are neighbours. */
static void count_certificate(const struct pb_inventory *inventory, uint32_t number,
                              struct summary *summaries, size_t count)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(inventory, number);

    if (certificate->origin != PB_ORIGIN_IAM)
        return;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *seen =
            pb_inventory_observation(inventory, certificate->first_observation + i);
        struct summary *summary =
            find_nearest(summaries, count, pb_batch_folder(&inventory->evidence, seen->entry));
        if (!pb_inventory_is_answer(inventory, seen) &&
            !is_beside(summary, (size_t)(summaries + count - summary), seen->entry))
            continue;
        if (summary->last != PB_NO_INDEX &&
            (summary->last == number || is_of_one_name(inventory, summary->last, number)))
            continue;
        summary->last = number;
        summary->seen++;
        summary->gone += certificate->presence == PB_PRESENCE_DELETED;
    }
}

/*
 * Where an account has one summary, all that was seen of the account belongs to it; where dumps of
 * several days each have theirs, an answer belongs to the summary that stands nearest to it in the
 * folders. Two that differ in one folder are both compared with what the folder shows.
 */
static void count_account(const struct judge *judge, uint32_t account, struct summary *summaries,
                          size_t count)
{
    const struct pb_account *counted = pb_inventory_account(judge->inventory, account);

    for (uint32_t i = 0; count > 0 && i < counted->all_certificate_count; i++)
        count_certificate(judge->inventory, counted->first_certificate + i, summaries, count);
    for (size_t i = 1; i < count; i++)
        if (is_of_same_folder(&summaries[i], &summaries[i - 1])) {
            summaries[i].seen = summaries[i - 1].seen;
            summaries[i].gone = summaries[i - 1].gone;
        }
}

static enum pb_status explain_surplus(struct judge *judge, const struct summary *summary,
                                      struct pb_slice in, struct pb_slice path)
{
    struct pb_diagnostics *diagnostics = &judge->inventory->evidence.diagnostics;
    const char *plural = summary->count == 1 ? "" : "s";
    enum pb_status status =
        explain(judge->inventory, summary->account,
                "the account summary%.*s%.*s counts %" PRIu64
                " server certificate%s, and more were seen: %" PRIu64,
                PB_SLICE_ARGS(in), PB_SLICE_ARGS(path), summary->count, plural, summary->seen);

    diagnostics->entry = summary->entry;
    if (status != PB_OK)
        return status;
    return pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "more-than-summary", NULL,
                              "the account summary counts %" PRIu64
                              " server certificate%s, but %" PRIu64
                              " were seen: the evidence is of different days or accounts",
                              summary->count, plural, summary->seen);
}

/* Several summaries of one account are told apart by their paths. */
static enum pb_status compare_summary(struct judge *judge, const struct summary *summary,
                                      bool is_only, bool *is_equal)
{
    struct pb_slice path = pb_inventory_path(judge->inventory, summary->entry);
    struct pb_slice in = is_only ? PB_SLICE("") : PB_SLICE(" in ");
    struct pb_slice told = is_only ? PB_SLICE("") : path;

    *is_equal = summary->count <= summary->seen && summary->count >= summary->seen - summary->gone;
    if (*is_equal)
        return explain(judge->inventory, summary->account,
                       "the account summary%.*s%.*s counts %" PRIu64
                       " server certificate%s, and as many were seen",
                       PB_SLICE_ARGS(in), PB_SLICE_ARGS(told), summary->count,
                       summary->count == 1 ? "" : "s");
    if (summary->seen >= summary->count)
        return explain_surplus(judge, summary, in, told);
    /* Only the figures may differ from run to run, for a baseline's gaps are told by the rest. */
    return pb_gap_add(judge->inventory, gap_at(summary->account, summary->entry),
                      "the account summary in %.*s counts %" PRIu64
                      " server certificates, but the evidence shows only %" PRIu64,
                      PB_SLICE_ARGS(path), summary->count, summary->seen);
}

static const char *why_unknown(const struct sighting *sighting)
{
    if (sighting->has_open_pages)
        return "pages of the list stand in separate files with a final one among them, but a page "
               "does not say which ones came before it";
    if (sighting->has_whole_list || sighting->has_last_page)
        return "Not proven complete: a list filtered with --path-prefix looks the same. Add the "
               "output of get-account-summary.";
    if (sighting->has_projection)
        return "--query results, from which the AWS CLI drops NextToken and IsTruncated";
    if (sighting->has_inventory)
        return "exports of other tools, which may be filtered, and events, which show what changed";
    if (sighting->has_get)
        return "get- and upload-server-certificate answers say nothing of other certificates";
    return NULL;
}

/* Nothing counts or shows the account's certificates: a gap where the account was to be exported,
 * as get-caller-identity shows. */
static enum pb_status explain_unknown(struct judge *judge, uint32_t index)
{
    const struct sighting *sighting = &judge->sightings[index];
    const char *reason = why_unknown(sighting);

    if (reason != NULL || !sighting->has_identity ||
        pb_inventory_account(judge->inventory, index)->certificate_count > 0)
        return explain(judge->inventory, index, "%s",
                       reason != NULL ? reason
                                      : "no list of server certificates is in the evidence");
    return pb_gap_add(
        judge->inventory, gap_at(index, sighting->identity_entry),
        "nothing in the evidence shows server certificates of account %.*s, which %.*s names; "
        "export aws iam list-server-certificates of it",
        PB_SLICE_ARGS(pb_inventory_account(judge->inventory, index)->id),
        PB_SLICE_ARGS(pb_inventory_path(judge->inventory, sighting->identity_entry)));
}

/* Complete only where there is a summary and all of them agree with what was seen. */
static enum pb_status judge_account(struct judge *judge, uint32_t index, struct summary *summaries,
                                    size_t count)
{
    struct pb_account *account =
        &PB_VECTOR_AT(struct pb_account, &judge->inventory->accounts, index);
    bool is_complete = count > 0, is_equal;
    enum pb_status status = PB_OK;

    count_account(judge, index, summaries, count);
    for (size_t i = 0; i < count && status == PB_OK; i++) {
        status = compare_summary(judge, &summaries[i], count == 1, &is_equal);
        is_complete &= is_equal;
    }
    if (status != PB_OK || account->coverage == PB_COVERAGE_INCOMPLETE)
        return status;
    account->coverage = is_complete ? PB_COVERAGE_COMPLETE : PB_COVERAGE_UNKNOWN;
    return count > 0 ? PB_OK : explain_unknown(judge, index);
}

static enum pb_status judge_accounts(struct judge *judge)
{
    struct summary *all = judge->summaries.data;
    size_t first = 0, end = 0;
    enum pb_status status = PB_OK;

    for (uint32_t i = 0; i < judge->inventory->accounts.count && status == PB_OK; i++) {
        for (first = end; end < judge->summaries.count && all[end].account == i;)
            end++;
        status = judge_account(judge, i, first == end ? NULL : all + first, end - first);
    }
    return status;
}

static int compare_reasons(const void *left, const void *right)
{
    const struct pb_reason *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static int compare_gaps(const void *left, const void *right)
{
    const struct pb_gap *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    if (a->certificate != b->certificate)
        return a->certificate < b->certificate ? -1 : 1;
    if (a->entry != b->entry)
        return a->entry < b->entry ? -1 : 1;
    return pb_slice_compare(a->message, b->message);
}

/* Gives each account its reasons, in the order in which they were added: parts of one array. */
static enum pb_status share_out_reasons(struct pb_inventory *inventory)
{
    size_t count = inventory->reasons.count;
    struct pb_slice *texts =
        pb_arena_allocate_array(&inventory->evidence.arena, count, sizeof *texts);
    struct pb_account *accounts = inventory->accounts.data;
    const struct pb_reason *reasons = inventory->reasons.data;

    if (texts == NULL)
        return PB_FAILED_MEMORY;
    pb_vector_sort(&inventory->reasons, compare_reasons);
    for (size_t i = 0; i < count; i++) {
        struct pb_account *account = &accounts[reasons[i].account];
        texts[i] = reasons[i].text;
        if (account->reason_count++ == 0)
            account->reasons = &texts[i];
    }
    pb_vector_sort(&inventory->gaps, compare_gaps);
    return PB_OK;
}

enum pb_status pb_coverage_judge(struct pb_inventory *inventory)
{
    struct judge judge = {.inventory = inventory,
                          .sightings =
                              calloc(inventory->accounts.count + 1, sizeof(struct sighting))};

    pb_vector_init(&judge.summaries, sizeof(struct summary));
    enum pb_status status = judge.sightings == NULL ? PB_FAILED_MEMORY : collect_summaries(&judge);
    if (status == PB_OK)
        status = meet_records(&judge);
    if (status == PB_OK)
        status = add_left_out_lists(&judge);
    if (status == PB_OK) {
        meet_certificates(&judge);
        status = find_open_pages(&judge);
    }
    if (status == PB_OK)
        status = find_unmatched_names(&judge);
    if (status == PB_OK)
        status = judge_accounts(&judge);
    if (status == PB_OK)
        status = share_out_reasons(inventory);
    free(judge.sightings);
    pb_vector_release(&judge.summaries);
    return status;
}
