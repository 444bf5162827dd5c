/* SPDX-License-Identifier: MIT */
/* Determines whether the evidence shows all certificates of each account: the last pass, after
 * references are resolved. Gaps and reasons are sentences; an account with a gap is incomplete. */
#include "inventory/passes.h"
#include "inventory/sentences.inc"

static bool has(uint32_t set, unsigned member)
{
    return (set >> member & 1) != 0;
}

/* The count of one account summary, and how many certificates its folder shows. */
struct summary {
    uint32_t account;
    const struct pb_record *record;
    struct pb_slice folder; /* with its '/': see pb_folder_prefix */
    uint64_t count;         /* SummaryMap.ServerCertificates */
    uint64_t seen; /* IAM certificates of list and get answers that belong to this summary */
    uint64_t gone; /* those of them that an event deleted, maybe before the summary was made */
    const struct pb_certificate *last; /* that was counted; NULL for none */
};

void pb_gap_add(struct pb_inventory *inventory, struct pb_gap gap, const char *format, ...)
{
    struct pb_account *account = (struct pb_account *)inventory->accounts.data + gap.account;
    struct pb_arena *arena = &inventory->evidence.arena;
    va_list arguments;

    va_start(arguments, format);
    gap.message = pb_message_format_list(arena, format, arguments);
    va_end(arguments);
    inventory->has_failed |=
        arena->has_failed || !pb_vector_append(&account->reasons, &gap.message, sizeof gap.message);
    if (gap.is_only_reason)
        return;
    account->coverage = PB_COVERAGE_INCOMPLETE;
    inventory->has_failed |= !pb_vector_append(&inventory->gaps, &gap, sizeof gap);
}

/* A page names only the Marker of the next one, so only the last page of an item says whether more
 * follow: records are read from last to first. A list without a sign of paging is no page. */
static void collect_records(const struct pb_inventory *inventory)
{
    struct pb_account *accounts = inventory->accounts.data;

    for (size_t i = inventory->evidence.records.count; i > 0; i--) {
        const struct pb_record *record = pb_inventory_record(inventory, i - 1);
        bool is_query = record->kind == PB_RECORD_PROJECTION || record->kind == PB_RECORD_NAMES;
        if (record->account_index == PB_NO_INDEX)
            continue;
        struct pb_account *account = &accounts[record->account_index];
        if (record->kind == PB_RECORD_CALLER_IDENTITY || record->kind == PB_RECORD_ACCOUNT)
            account->identity = record;
        if (record->kind != PB_RECORD_LIST && (!is_query || record->page == PB_PAGE_UNMARKED))
            continue;
        if (account->page_behind != record->entry + 1) {
            if (record->page == PB_PAGE_MORE && !has(account->ends, PB_PAGE_MORE))
                account->open = record;
            account->ends |= 1u << record->page;
        }
        account->page_behind = record->page == PB_PAGE_UNMARKED ? 0 : record->entry + 1;
    }
}

/* If a permission was missing, the gap names it. */
static void add_failed_call(struct pb_inventory *inventory, const struct pb_record *record)
{
    bool is_denied = pb_contains_any(record->label, "denied|authorized");
    const char *allow = pb_contains_any(record->target, "sts:") ? "allow " : "allow iam:";
    pb_gap_add(inventory, pb_gap_at(record, PB_SLICE_ABSENT), PB_SAY_GAP_FAILED_CALL,
               PB_SLICE_ARGS(pb_inventory_path(inventory, record->entry)),
               PB_SLICE_ARGS(record->target), PB_SLICE_ARGS(record->label), is_denied ? allow : "",
               PB_SLICE_ARGS(is_denied ? record->target : PB_SLICE("")), is_denied ? " and " : "");
}

static void add_gaps_of_records(struct pb_inventory *inventory)
{
    for (size_t i = 0; i < inventory->evidence.records.count; i++) {
        const struct pb_record *record = pb_inventory_record(inventory, i);
        const struct pb_gap gap = pb_gap_at(record, PB_SLICE_ABSENT);
        struct pb_slice path = pb_inventory_path(inventory, record->entry);
        if (record->kind == PB_RECORD_UNREADABLE)
            pb_gap_add(inventory, gap, PB_SAY_GAP_UNREADABLE, PB_SLICE_ARGS(path));
        else if (record->kind == PB_RECORD_FAILED_CALL)
            add_failed_call(inventory, record);
        else if (record->page == PB_PAGE_CUT && record->account_index != PB_NO_INDEX)
            pb_gap_add(inventory, gap, PB_SAY_GAP_CUT, PB_SLICE_ARGS(path));
    }
}

/* Missed lists without a record may be of any account, so each account gets a gap for them. */
static void add_gaps_of_lists(struct pb_inventory *inventory)
{
    struct pb_account *accounts = inventory->accounts.data;

    for (uint32_t i = 0; i < inventory->accounts.count; i++) {
        const struct pb_gap gap = {.account = i, .certificate = PB_NO_INDEX, .entry = PB_NO_INDEX};
        if (inventory->evidence.left_out_lists > 0)
            pb_gap_add(inventory, gap, PB_SAY_GAP_LEFT_OUT, inventory->evidence.left_out_lists);
        bool has_last_page = has(accounts[i].ends, PB_PAGE_LAST);
        accounts[i].has_list = has_last_page || has(accounts[i].ends, PB_PAGE_UNMARKED);
        if (has(accounts[i].ends, PB_PAGE_MORE) && !has_last_page)
            pb_gap_add(inventory, pb_gap_at(accounts[i].open, PB_SLICE_ABSENT),
                       PB_SAY_GAP_TRUNCATED,
                       PB_SLICE_ARGS(pb_inventory_path(inventory, accounts[i].open->entry)));
    }
}

static void add_gaps_of_names(struct pb_inventory *inventory)
{
    for (uint32_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        const struct pb_observation *seen = certificate->observations;
        struct pb_gap gap = {.account = certificate->account,
                             .certificate = i,
                             .entry = seen->entry,
                             .line = seen->line,
                             .column = seen->column,
                             .missing = certificate->name};
        if (certificate->is_names_only)
            pb_gap_add(inventory, gap, PB_SAY_GAP_NAME, PB_SLICE_ARGS(certificate->name));
    }
}

/* How many leading folders the two have in common. Both end with '/' or are empty. */
static size_t count_common(struct pb_slice a, struct pb_slice b)
{
    size_t count = 0;
    for (size_t i = 0; i < a.size_bytes && i < b.size_bytes && a.data[i] == b.data[i]; i++)
        count += a.data[i] == '/';
    return count;
}

static int compare_summaries(const void *left, const void *right)
{
    const struct summary *a = left, *b = right;
    int order = pb_number_compare(a->account, b->account);
    order = order != 0 ? order : pb_slice_compare(a->folder, b->folder);
    order = order != 0 ? order : pb_number_compare(a->count, b->count);
    return order != 0 ? order : pb_place_compare(a->record, b->record);
}

static bool is_of_same_folder(const struct summary *a, const struct summary *b)
{
    return a->account == b->account && pb_slice_equals(a->folder, b->folder);
}

/* Keeps one of several equal summaries of a folder. */
static void collect_summaries(struct pb_inventory *inventory, struct pb_vector *summaries)
{
    size_t kept = 0;

    for (size_t i = 0; i < inventory->evidence.records.count; i++) {
        const struct pb_record *record = pb_inventory_record(inventory, i);
        const struct summary summary = {
            .account = record->account_index,
            .record = record,
            .folder = pb_folder_prefix(pb_batch_folder(&inventory->evidence, record->entry)),
            .count = record->count,
        };
        if (record->kind == PB_RECORD_ACCOUNT_SUMMARY)
            inventory->has_failed |= !pb_vector_append(summaries, &summary, sizeof summary);
    }
    pb_vector_sort(summaries, compare_summaries);
    struct summary *all = summaries->data;
    for (size_t i = 0; i < summaries->count; i++)
        if (kept == 0 || all[kept - 1].count != all[i].count ||
            !is_of_same_folder(&all[kept - 1], &all[i]))
            all[kept++] = all[i];
    summaries->count = kept;
}

/* The first summary of the folder that has most leading folders in common with the given one: in
 * sorted order, a neighbour of the place where that one would be. */
static struct summary *find_nearest(struct summary *summaries, size_t count, struct pb_slice folder)
{
    struct summary first = {.account = summaries->account, .folder = folder};
    size_t place = pb_lower_bound(&first, summaries, count, sizeof first, compare_summaries);
    if (place == count || (place > 0 && count_common(summaries[place - 1].folder, folder) >
                                            count_common(summaries[place].folder, folder)))
        place--;
    first.folder = summaries[place].folder;
    return &summaries[pb_lower_bound(&first, summaries, count, sizeof first, compare_summaries)];
}

/* Counts the certificate once for each summary to which an answer belongs that shows it; so does an
 * item that has the summary, too, as of some tools. Certificates of one name are neighbours. */
static void count_certificate(const struct pb_inventory *inventory,
                              const struct pb_certificate *certificate, struct summary *summaries,
                              size_t count)
{
    if (certificate->origin != PB_ORIGIN_IAM)
        return;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *seen = &certificate->observations[i];
        struct pb_slice folder = pb_batch_folder(&inventory->evidence, seen->entry);
        struct summary *summary = find_nearest(summaries, count, pb_folder_prefix(folder));
        const struct pb_certificate *last = summary->last;
        if (!pb_inventory_is_answer(inventory, seen) &&
            pb_batch_entry(&inventory->evidence, seen->entry)->summary_of != summaries->account + 1)
            continue;
        /* IAM names are unique in an account: of two in two answers, one is of another day. */
        if (last != NULL &&
            (last == certificate ||
             (last->name.size_bytes > 0 && pb_slice_equals(last->name, certificate->name) &&
              !pb_is_placeholder(last->name) && last->observations->record != seen->record)))
            continue;
        summary->last = certificate;
        summary->seen++;
        summary->gone += certificate->presence == PB_PRESENCE_DELETED;
    }
}

/* Counts the certificates of each summary. An answer belongs to the account's only one, or to that
 * in the nearest folder. Each of several in a folder is compared with all that is the folder's. */
static void count_account(const struct pb_inventory *inventory, uint32_t account,
                          struct summary *summaries, size_t count)
{
    const struct pb_account *counted = pb_inventory_account(inventory, account);
    struct pb_entry *entries = inventory->evidence.entries.data;

    for (size_t i = 0; i < count; i++)
        entries[summaries[i].record->entry].summary_of = account + 1;
    for (uint32_t i = 0; count > 0 && i < counted->all_certificate_count; i++)
        count_certificate(inventory,
                          pb_inventory_certificate(inventory, counted->first_certificate + i),
                          summaries, count);
    for (size_t i = 1; i < count; i++)
        if (is_of_same_folder(&summaries[i], &summaries[i - 1])) {
            summaries[i].seen = summaries[i - 1].seen;
            summaries[i].gone = summaries[i - 1].gone;
        }
}

/* Whether as many were seen. Names the summary's path where the account has several. */
static bool compare_summary(struct pb_inventory *inventory, const struct summary *summary,
                            bool is_only)
{
    struct pb_diagnostics *diagnostics = &inventory->evidence.diagnostics;
    struct pb_slice path = pb_inventory_path(inventory, summary->record->entry);
    struct pb_slice told = is_only ? PB_SLICE("") : path;
    const struct pb_gap reason = {.account = summary->account, .is_only_reason = true};
    const char *in = is_only ? "" : " in ", *plural = summary->count == 1 ? "" : "s";
    bool is_equal = summary->seen - summary->count <= summary->gone; /* unsigned: and not fewer */

    if (is_equal) {
        pb_gap_add(inventory, reason, PB_SAY_COVERAGE_EQUAL, in, PB_SLICE_ARGS(told),
                   (uintmax_t)summary->count, plural);
    } else if (summary->seen < summary->count) {
        /* Only the figures may differ from run to run: a baseline tells gaps by the rest. */
        pb_gap_add(inventory, pb_gap_at(summary->record, PB_SLICE_ABSENT), PB_SAY_GAP_SUMMARY,
                   PB_SLICE_ARGS(path), (uintmax_t)summary->count, (uintmax_t)summary->seen);
    } else {
        pb_gap_add(inventory, reason, PB_SAY_COVERAGE_MORE, in, PB_SLICE_ARGS(told),
                   (uintmax_t)summary->count, plural, (uintmax_t)summary->seen);
        diagnostics->entry = summary->record->entry;
        pb_diagnostics_add(diagnostics, PB_SEVERITY_WARNING, "more-than-summary",
                           PB_SAY_MORE_THAN_SUMMARY, (uintmax_t)summary->count, plural,
                           (uintmax_t)summary->seen);
    }
    return is_equal;
}

/* The reason of an account without a summary; a gap where only its identity is known. */
static void explain_unknown(struct pb_inventory *inventory, struct pb_account *account)
{
    const char *reason = PB_SAY_COVERAGE_NONE;

    if (has(account->ends, PB_PAGE_MORE))
        reason = PB_SAY_COVERAGE_PAGES;
    else if (has(account->ends, PB_PAGE_UNMARKED) || has(account->ends, PB_PAGE_LAST))
        reason = PB_SAY_COVERAGE_LIST;
    else if (has(account->shown_by, PB_RECORD_PROJECTION) ||
             has(account->shown_by, PB_RECORD_NAMES))
        reason = PB_SAY_COVERAGE_QUERY;
    else if (has(account->shown_by, PB_RECORD_INVENTORY) || has(account->shown_by, PB_RECORD_EVENT))
        reason = PB_SAY_COVERAGE_TOOLS;
    else if (has(account->shown_by, PB_RECORD_GET) || has(account->shown_by, PB_RECORD_UPLOAD))
        reason = PB_SAY_COVERAGE_GET;
    else if (account->identity != NULL && account->certificate_count == 0) {
        pb_gap_add(inventory, pb_gap_at(account->identity, PB_SLICE_ABSENT), PB_SAY_GAP_NO_EVIDENCE,
                   PB_SLICE_ARGS(account->id),
                   PB_SLICE_ARGS(pb_inventory_path(inventory, account->identity->entry)));
        return;
    }
    const struct pb_slice sentence = pb_slice_from_string(reason);
    inventory->has_failed |= !pb_vector_append(&account->reasons, &sentence, sizeof sentence);
}

/* Complete only where there is a summary and all of them agree with what was seen. */
static void decide_accounts(struct pb_inventory *inventory, const struct pb_vector *all)
{
    struct pb_account *accounts = inventory->accounts.data;
    struct summary *summaries = all->data;
    size_t left = all->count, count;

    for (uint32_t i = 0; i < inventory->accounts.count; i++, left -= count) {
        for (count = 0; count < left && summaries[count].account == i;)
            count++;
        bool is_complete = count > 0;
        count_account(inventory, i, summaries, count);
        for (size_t k = 0; k < count; k++)
            is_complete &= compare_summary(inventory, summaries++, count == 1);
        if (accounts[i].coverage == PB_COVERAGE_INCOMPLETE)
            continue;
        accounts[i].coverage = is_complete ? PB_COVERAGE_COMPLETE : PB_COVERAGE_UNKNOWN;
        if (count == 0)
            explain_unknown(inventory, &accounts[i]);
    }
}

static int compare_gaps(const void *left, const void *right)
{
    const struct pb_gap *a = left, *b = right;
    int order = pb_number_compare(a->account, b->account);
    order = order != 0 ? order : pb_number_compare(a->certificate, b->certificate);
    order = order != 0 ? order : pb_number_compare(a->entry, b->entry);
    return order != 0 ? order : pb_slice_compare(a->message, b->message);
}

void pb_coverage_determine(struct pb_inventory *inventory)
{
    struct pb_vector summaries = {0}; /* of struct summary, by account, then folder */

    collect_summaries(inventory, &summaries);
    collect_records(inventory);
    add_gaps_of_records(inventory);
    add_gaps_of_lists(inventory);
    add_gaps_of_names(inventory);
    decide_accounts(inventory, &summaries);
    pb_vector_sort(&inventory->gaps, compare_gaps);
    pb_vector_release(&summaries);
}
