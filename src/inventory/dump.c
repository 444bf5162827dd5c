/* SPDX-License-Identifier: MIT */
#include "inventory/dump.h"

#include <stdlib.h>

#include "inventory/folder.h"

/* One record of a list, where it stands. */
struct page {
    uint32_t account, record, entry;
    struct pb_slice folder;
    enum pb_page mark;
};

struct collector {
    const struct pb_inventory *inventory;
    struct pb_vector pages;
    struct pb_dumps *dumps;
    uint32_t *dump_of_record;
};

static int compare_pages(const void *left, const void *right)
{
    const struct page *a = left, *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    int order = pb_folder_compare(a->folder, b->folder);
    return order != 0 ? order : (a->record > b->record) - (a->record < b->record);
}

static enum pb_status collect_pages(struct collector *collector, const uint32_t *of_record)
{
    const struct pb_vector *records = &collector->inventory->evidence.records;

    for (size_t i = 0; i < records->count; i++) {
        const struct pb_record *record = &PB_VECTOR_AT(const struct pb_record, records, i);
        if (record->kind != PB_RECORD_LIST || of_record[i] == PB_NO_INDEX)
            continue;
        struct page *page = pb_vector_push(&collector->pages);
        if (page == NULL)
            return PB_FAILED_MEMORY;
        struct pb_path path = pb_ledger_path(&collector->inventory->evidence.ledger, record->entry);
        *page = (struct page){
            .account = of_record[i],
            .record = (uint32_t)i,
            .entry = record->entry,
            .folder = pb_path_folder(path),
            .mark = record->page,
        };
    }
    if (collector->pages.count > 0)
        qsort(collector->pages.data, collector->pages.count, collector->pages.element_bytes,
              compare_pages);
    return PB_OK;
}

static bool is_one_folder(const struct page *a, const struct page *b)
{
    return a->account == b->account && pb_slice_equals(a->folder, b->folder);
}

/* Whether the pages of some item in the folder end without a final one, so that the rest of them
 * stands in another. */
static bool spans_items(const struct page *pages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_end = i + 1 == count || pages[i + 1].entry != pages[i].entry ||
                      pages[i + 1].mark == PB_PAGE_UNMARKED;
        if (is_end && (pages[i].mark == PB_PAGE_MORE || pages[i].mark == PB_PAGE_CUT))
            return true;
    }
    return false;
}

static bool has_page(const struct page *pages, size_t count, enum pb_page mark)
{
    for (size_t i = 0; i < count; i++)
        if (pages[i].mark == mark)
            return true;
    return false;
}

/* A list without marks is a dump of its own; of paged ones a chain is, which ends with its final
 * page, or all in the folder where a chain runs through several items. What follows a cut list
 * under --starting-token bears no mark, so beside one nothing is known to be whole. */
static enum pb_status add_folder(struct collector *collector, const struct page *pages,
                                 size_t count)
{
    bool is_set = spans_items(pages, count);
    bool is_cut = has_page(pages, count, PB_PAGE_CUT);
    bool is_open = is_cut || (is_set && !has_page(pages, count, PB_PAGE_LAST));
    uint32_t last = PB_NO_INDEX; /* the dump that the next page goes on with */

    for (size_t i = 0; i < count; i++) {
        bool is_paged = pages[i].mark != PB_PAGE_UNMARKED;
        bool goes_on =
            is_paged && last != PB_NO_INDEX && (is_set || pages[i].entry == pages[i - 1].entry);
        if (!goes_on) {
            struct pb_dump *dump = pb_vector_push(&collector->dumps->all);
            if (dump == NULL)
                return PB_FAILED_MEMORY;
            *dump = (struct pb_dump){
                .account = pages[i].account,
                .record = pages[i].record,
                .folder = pages[i].folder,
                .is_paged = is_paged,
                .is_open = is_paged ? is_open : is_cut,
            };
        }
        uint32_t here = goes_on ? last : (uint32_t)(collector->dumps->all.count - 1);
        collector->dump_of_record[pages[i].record] = here;
        if (is_paged)
            last = pages[i].mark == PB_PAGE_LAST && !is_set ? PB_NO_INDEX : here;
    }
    return PB_OK;
}

/* A final page may be the end of pages in another folder, if some there have no end. */
static void open_final_pages(struct pb_dump *dumps, size_t count)
{
    bool is_any_open = false;

    for (size_t i = 0; i < count; i++)
        is_any_open |= dumps[i].is_paged && dumps[i].is_open;
    for (size_t i = 0; i < count; i++)
        dumps[i].is_open |= dumps[i].is_paged && is_any_open;
}

/* The dumps of one account, to which count pages belong; a single one is nothing to compare. */
static enum pb_status add_account(struct collector *collector, const struct page *pages,
                                  size_t count)
{
    struct pb_vector *all = &collector->dumps->all;
    size_t first_dump = all->count;
    enum pb_status status = PB_OK;

    for (size_t first = 0, end; first < count && status == PB_OK; first = end) {
        for (end = first + 1; end < count && is_one_folder(&pages[first], &pages[end]);)
            end++;
        status = add_folder(collector, pages + first, end - first);
    }
    if (status != PB_OK)
        return status;
    if (all->count - first_dump < 2) {
        for (size_t i = 0; i < count; i++)
            collector->dump_of_record[pages[i].record] = PB_NO_INDEX;
        all->count = first_dump;
        return PB_OK;
    }
    open_final_pages(&PB_VECTOR_AT(struct pb_dump, all, first_dump), all->count - first_dump);
    return PB_OK;
}

static enum pb_status add_accounts(struct collector *collector)
{
    const struct page *pages = collector->pages.data;
    size_t count = collector->pages.count;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < collector->inventory->evidence.records.count; i++)
        collector->dump_of_record[i] = PB_NO_INDEX;
    for (size_t first = 0, end; first < count && status == PB_OK; first = end) {
        for (end = first + 1; end < count && pages[end].account == pages[first].account;)
            end++;
        status = add_account(collector, pages + first, end - first);
    }
    return status;
}

/* Hands each certificate to every dump that shows it, each once: counted if they have no room yet,
 * else put there. last holds one number a dump. */
static size_t deal_out(const struct collector *collector, uint32_t *last, uint32_t *room)
{
    const struct pb_inventory *inventory = collector->inventory;
    struct pb_dump *dumps = collector->dumps->all.data;
    size_t dealt = 0;

    for (uint32_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        for (uint32_t k = 0; k < certificate->observation_count; k++) {
            uint32_t record =
                pb_inventory_observation(inventory, certificate->first_observation + k)->record;
            uint32_t dump =
                record == PB_NO_RECORD ? PB_NO_INDEX : collector->dump_of_record[record];
            if (dump == PB_NO_INDEX || last[dump] == i ||
                dumps[dump].account != certificate->account)
                continue;
            last[dump] = i;
            if (room != NULL)
                room[(dumps[dump].certificates - collector->dumps->certificates) +
                     dumps[dump].certificate_count] = i;
            dumps[dump].certificate_count++;
            dealt++;
        }
    }
    return dealt;
}

static void forget_last(uint32_t *last, size_t count)
{
    for (size_t i = 0; i < count; i++)
        last[i] = PB_NO_INDEX;
}

static enum pb_status add_certificates(struct collector *collector)
{
    struct pb_dumps *dumps = collector->dumps;
    struct pb_dump *all = dumps->all.data;
    uint32_t *last = calloc(dumps->all.count, sizeof *last);

    if (last == NULL)
        return PB_FAILED_MEMORY;
    forget_last(last, dumps->all.count);
    size_t total = deal_out(collector, last, NULL), offset = 0;
    dumps->certificates = calloc(total + 1, sizeof *dumps->certificates);
    if (dumps->certificates == NULL) {
        free(last);
        return PB_FAILED_MEMORY;
    }
    for (size_t i = 0; i < dumps->all.count; i++) {
        all[i].certificates = dumps->certificates + offset;
        offset += all[i].certificate_count;
        all[i].certificate_count = 0;
    }
    forget_last(last, dumps->all.count);
    deal_out(collector, last, dumps->certificates);
    free(last);
    return PB_OK;
}

enum pb_status pb_dumps_collect(const struct pb_inventory *inventory, const uint32_t *of_record,
                                struct pb_dumps *dumps)
{
    struct collector collector = {.inventory = inventory, .dumps = dumps};

    pb_vector_init(&dumps->all, sizeof(struct pb_dump));
    pb_vector_init(&collector.pages, sizeof(struct page));
    collector.dump_of_record =
        calloc(inventory->evidence.records.count + 1, sizeof *collector.dump_of_record);
    enum pb_status status = collector.dump_of_record == NULL ? PB_FAILED_MEMORY : PB_OK;
    if (status == PB_OK)
        status = collect_pages(&collector, of_record);
    if (status == PB_OK)
        status = add_accounts(&collector);
    if (status == PB_OK && dumps->all.count > 0)
        status = add_certificates(&collector);
    pb_vector_release(&collector.pages);
    free(collector.dump_of_record);
    return status;
}

void pb_dumps_release(struct pb_dumps *dumps)
{
    pb_vector_release(&dumps->all);
    free(dumps->certificates);
    *dumps = (struct pb_dumps){0};
}
