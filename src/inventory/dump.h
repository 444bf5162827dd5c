/* SPDX-License-Identifier: MIT */
/* Dumps of one account: the whole lists of its certificates, to be held against each other. */
#ifndef PB_INVENTORY_DUMP_H
#define PB_INVENTORY_DUMP_H

#include "inventory/types.h"

/* A list without a sign of more to come: one document, a chain of pages in one item, or the pages
 * that stand in the files of one folder. */
struct pb_dump {
    uint32_t account;
    uint32_t record; /* the first of its records */
    struct pb_slice folder;
    bool is_paged; /* its pages say whether they are the last; else the client merged them */
    bool is_open;  /* it is cut, or no final page is there: it proves no certificate's absence */
    const uint32_t *certificates; /* of the account, ascending, each once; borrowed */
    uint32_t certificate_count;
    uint32_t copy_count; /* of other dumps with the same certificates; set while comparing */
};

/* The dumps and the memory that they borrow from. Zero-initialise; release in any case. */
struct pb_dumps {
    struct pb_vector all; /* of struct pb_dump, by account, then in the order of the evidence */
    uint32_t *certificates;
};

/* Takes in the whole lists of accounts that have more than one. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_dumps_collect(const struct pb_inventory *inventory, const uint32_t *of_record,
                                struct pb_dumps *dumps);
void pb_dumps_release(struct pb_dumps *dumps);

/* That one dump was made before another, and why. */
struct pb_dump_order {
    const struct pb_dump *earlier, *later;
    const struct pb_certificate *gone; /* the earlier one shows it; it was gone before the later */
    const struct pb_certificate *last; /* the newest that the later one shows */
    struct pb_instant gone_at;         /* when it was deleted or, unless is_deletion, uploaded */
    bool is_deletion;
};

/* False where dates in the evidence prove no order. A certificate that a dump shows is older than
 * the dump; one that it shows and that was deleted dates it before the deletion; one that a
 * complete dump lacks and that is older than another which it shows was deleted before it. */
bool pb_dumps_find_order(const struct pb_inventory *inventory, const struct pb_dump *a,
                         const struct pb_dump *b, const struct pb_vector *summaries,
                         struct pb_dump_order *order);

/* The certificate that was uploaded last of those that the dump shows, which the dump is no older
 * than; NULL where no date is exact. */
const struct pb_certificate *pb_dump_find_newest(const struct pb_inventory *inventory,
                                                 const struct pb_dump *dump);

/*
 * Where the dumps of an account differ, a note at each that says what it alone shows, what it does
 * not show, and no more of the order in time than dates in the evidence prove. summaries are those
 * of pb_summary_counts_make. Fails only with PB_FAILED_MEMORY.
 */
enum pb_status pb_dumps_compare(struct pb_inventory *inventory, const uint32_t *of_record,
                                const struct pb_vector *summaries);

#endif
