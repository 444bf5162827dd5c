/* SPDX-License-Identifier: MIT */
/* The passes of pb_inventory_build, and what they share. Internal to the inventory. What returns
 * bool and can fail returns false without memory, its only failure. A pass that returns nothing
 * goes on without what it cannot keep, and sets has_failed. */
#ifndef PB_INVENTORY_PASSES_H
#define PB_INVENTORY_PASSES_H

#include "inventory/types.h"

/* A text that counts in an account or a folder, and what has it. Sorted vectors of terms find by
 * text what has it. */
struct pb_term {
    uint32_t account;
    uint32_t number; /* of what has the text */
    struct pb_slice scope, text;
    struct pb_instant since; /* when it begins to have the text; zero where that does not matter */
};

/* By account, scope, text, instant and number. */
int pb_term_compare(const void *left, const void *right);
/* Whether account, scope and text are the same. */
bool pb_term_is_alike(const struct pb_term *a, const struct pb_term *b);
/* The first of sorted terms that is alike, borrowed from them; NULL for none. */
const struct pb_term *pb_terms_find(const struct pb_vector *terms, struct pb_term like);

/* Whether the text is what people put in the place of a name, id or ARN that they hide: "REDACTED",
 * "***", "ASCAXXXXXXXXXXXXXXXX". */
bool pb_is_stand_in(struct pb_slice text);

/* order[i] becomes the index of the element that is to be element i when they are sorted by keys,
 * which are below key_count; equal ones stay in order. False without memory. */
bool pb_order_by_key(const uint32_t *keys, size_t count, size_t key_count, uint32_t *order);
/* Element order[i] becomes element i, for all of them; order is used up. */
void pb_order_apply(uint32_t *order, struct pb_vector *elements);

/* What of the path stands before its last '/'; "" where there is none. */
struct pb_slice pb_path_folder(struct pb_slice path);
/* The folder of an entry: its path up to the last '/', without it. The root of an archive is
 * "bundle.tar.gz!". Borrowed from the batch. */
struct pb_slice pb_batch_folder(const struct pb_batch *batch, uint32_t entry);

/* What paths beneath the folder begin with: its '/' too, which stands behind it in the path that it
 * is borrowed from. */
static inline struct pb_slice pb_folder_prefix(struct pb_slice folder)
{
    folder.size_bytes += folder.size_bytes > 0;
    return folder;
}

/* Finds the account of each observation and record, and fills inventory->accounts but for what is
 * counted later, sorted: unknown ones by folder, then the known by id and partition. */
void pb_accounts_resolve(struct pb_inventory *inventory);
/*
 * Which observations are one certificate, decided in this order: the same ServerCertificateId in
 * one account, which IAM documents as unique and stable; the same ARN, if it has at most one id;
 * the same known account and name. Several names under one id are a rename only if no body and no
 * UploadDate differs and no two of them stand in one item; else they are split (mocks give every
 * certificate one id). A text that hides one (pb_is_stand_in) on several rows of one answer says
 * nothing. A CloudTrail rename or deletion belongs to the certificate that had the name at its
 * time; an ACM body to the ACM description of its folder with the same serial. Evidence without
 * account is compared within its folder only. When in doubt, split: a split costs a row, a merge
 * costs a certificate.
 *
 * Fills group, which has room for one number an observation, with the lowest number of those that
 * are one certificate. Notes ("id-shared") go to the evidence's diagnostics.
 */
void pb_identity_group(struct pb_inventory *inventory, uint32_t *group);

/* After certificates are made: a record follows the certificate that it showed first, which may
 * have joined a known account; accounts that nothing belongs to any more are dropped. */
void pb_accounts_renumber(struct pb_inventory *inventory);

/* Fills inventory->certificates, sorted by account, name, id, then first observation, and puts
 * the observations into that order: those of one certificate stand together in the order of their
 * evidence. Notes on differing names go to the evidence's diagnostics. */
void pb_certificates_make(struct pb_inventory *inventory);
/* The certificate's extras, made where it has none yet, to be filled in; NULL without memory. */
struct pb_extras *pb_certificate_extend(struct pb_inventory *inventory,
                                        struct pb_certificate *certificate);

/* Fills in_use_by and uses of certificates from records of deployments, by ARN or
 * ServerCertificateId, and their tags from tag lists, by account and name. */
void pb_references_resolve(struct pb_inventory *inventory);

/* Fills coverage and reasons of every account, and inventory->gaps. */
void pb_coverage_judge(struct pb_inventory *inventory);

/* A gap of no certificate in the inventory. */
static inline struct pb_gap pb_gap_at(uint32_t account, uint32_t entry, struct pb_slice missing)
{
    return (struct pb_gap){
        .account = account, .certificate = PB_NO_INDEX, .entry = entry, .missing = missing};
}

/* Appends the gap with its sentence, formatted and copied, control bytes escaped; it becomes a
 * reason of the account too, which is incomplete from now on unless the gap is only a reason. */
PB_PRINTF(3, 4)
void pb_gap_add(struct pb_inventory *inventory, struct pb_gap gap, const char *format, ...);

#endif
