/* SPDX-License-Identifier: MIT */
/* The passes of pb_inventory_build, and what they share. Internal to src/inventory. Functions that
 * return bool and can fail return false only for want of memory. A pass that returns nothing sets
 * has_failed then, and goes on without what it could not keep. */
#ifndef PB_INVENTORY_PASSES_H
#define PB_INVENTORY_PASSES_H

#include "inventory/types.h"

/* A text (a name, an id) with an account or a folder in which it is looked up, and the number of
 * the thing that has it. Vectors of terms are sorted and searched. */
struct pb_term {
    uint32_t account;
    uint32_t number; /* index of what has the text: each vector says of what */
    struct pb_slice scope, text;
    struct pb_instant since; /* when it begins to have the text; zero where that does not matter */
};

/* By account, scope, text, instant and number. */
int pb_term_compare(const void *left, const void *right);
/* Whether account, scope and text are the same. */
static inline bool pb_term_is_alike(const struct pb_term *a, const struct pb_term *b)
{
    return a->account == b->account && pb_slice_equals(a->scope, b->scope) &&
           pb_slice_equals(a->text, b->text);
}

/* Appends the term, or sets has_failed. */
static inline void pb_terms_add(struct pb_inventory *inventory, struct pb_vector *terms,
                                struct pb_term term)
{
    inventory->has_failed |= !pb_vector_append(terms, &term, sizeof term);
}

/* The first of sorted terms that is alike, borrowed from them; NULL for none. */
const struct pb_term *pb_terms_find(const struct pb_vector *terms, struct pb_term like);

/* The text hides a name, id or ARN: "REDACTED", "***", "ASCAXXXXXXXXXXXXXXXX". */
bool pb_is_placeholder(struct pb_slice text);

/* Elements from the first one on have a number in a uint32_t at that offset. Replaces it, unless it
 * is UINT32_MAX, by rank[number] + added, or by number + added if rank is NULL. */
void pb_renumber(const struct pb_vector *elements, size_t first, size_t offset,
                 const uint32_t *rank, size_t added);

/* The path up to its last '/', without it; "" where there is none. */
static inline struct pb_slice pb_path_folder(struct pb_slice path)
{
    size_t slash = pb_slice_find_last(path, '/');
    return slash == SIZE_MAX ? PB_SLICE("") : pb_slice_first(path, slash);
}

/* The entry's folder, borrowed from the batch; "bundle.tar.gz!" for the root of an archive. */
static inline struct pb_slice pb_batch_folder(const struct pb_batch *batch, uint32_t entry)
{
    return pb_path_folder(pb_batch_entry(batch, entry)->path);
}

/* False at the top of a path and at the root of an archive, above which another bundle begins. */
static inline bool pb_folder_parent(struct pb_slice folder, struct pb_slice *parent)
{
    if (folder.size_bytes == 0 || folder.data[folder.size_bytes - 1] == '!')
        return false;
    *parent = pb_path_folder(folder);
    return true;
}

/* The folder with its '/', as paths below it begin; it must be borrowed from such a path. */
static inline struct pb_slice pb_folder_prefix(struct pb_slice folder)
{
    folder.size_bytes += folder.size_bytes > 0;
    return folder;
}

/* Says where a new diagnostic was seen. */
static inline void pb_diagnostic_at(struct pb_diagnostic *added, const struct pb_observation *seen)
{
    added->entry = seen->entry;
    added->line = seen->line;
    added->pointer = seen->pointer;
}

/* The observation is a name in a list of names. */
static inline bool pb_inventory_is_name_alone(const struct pb_inventory *inventory,
                                              const struct pb_observation *seen)
{
    return seen->record != PB_NO_RECORD &&
           pb_inventory_record(inventory, seen->record)->kind == PB_RECORD_NAMES;
}

/* Finds the account of each observation and record, and fills inventory->accounts, sorted: unknown
 * ones by folder, then the known by id and partition. Certificates are counted later. */
void pb_accounts_resolve(struct pb_inventory *inventory);
/* Which observations are one certificate, decided in this order: the same ServerCertificateId in
 * one account, which IAM documents as unique and stable; the same ARN, if it has at most one id;
 * the same known account and name. Several names under one id are a rename only if no body and no
 * UploadDate differs and no item has two of them; else they are split (mocks of AWS give every
 * certificate the same id). A placeholder (pb_is_placeholder) on several rows of one answer is
 * ignored. A CloudTrail rename or deletion belongs to the certificate that had the name at its
 * time; an ACM body to the ACM description of its folder with the same serial. Evidence without
 * account is compared within its folder only. Where it is not certain that two are one, they are
 * split: a wrong split adds a row to the report, a wrong merge hides a certificate.
 * Sets each observation's group to the lowest index of those that are the same certificate. Adds
 * notes ("id-shared") to the evidence's diagnostics. */
void pb_identity_group(struct pb_inventory *inventory);

/* After certificates are made: counts each account's, and a record gets the account of the first
 * certificate that it showed, which may have become a known one; accounts without certificates and
 * records are removed. Leaves observations' account_index, which nothing reads from here on. */
void pb_accounts_renumber(struct pb_inventory *inventory);

/* Fills inventory->certificates, sorted by account, name, id, then first observation, and sorts the
 * observations by group. Notes on differing names go to the evidence's diagnostics. */
void pb_certificates_make(struct pb_inventory *inventory);

/* Fills in_use_by and uses of certificates from records of deployments, by ARN or
 * ServerCertificateId, and their tags from tag lists, by account and name. */
void pb_references_resolve(struct pb_inventory *inventory);

/* Fills coverage and reasons of every account, and inventory->gaps. */
void pb_coverage_determine(struct pb_inventory *inventory);

/* A gap of no certificate in the inventory, which the record shows. */
static inline struct pb_gap pb_gap_at(const struct pb_record *record, struct pb_slice missing)
{
    return (struct pb_gap){.account = record->account_index,
                           .certificate = PB_NO_INDEX,
                           .entry = record->entry,
                           .line = record->line,
                           .column = record->column,
                           .missing = missing};
}

/* Adds a sentence (formatted, escaped, copied) to the account's reasons and, unless is_only_reason,
 * the gap to the inventory, which makes the account's coverage incomplete. */
PB_PRINTF(3, 4)
void pb_gap_add(struct pb_inventory *inventory, struct pb_gap gap, const char *format, ...);

#endif
