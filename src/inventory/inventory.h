/* SPDX-License-Identifier: MIT */
/* All evidence of a run, put together: accounts, certificates, coverage. */
#ifndef PB_INVENTORY_INVENTORY_H
#define PB_INVENTORY_INVENTORY_H

#include "base/arena.h"
#include "base/status.h"
#include "base/vector.h"
#include "inventory/batch.h"
#include "inventory/observation.h"
#include "inventory/revocation.h"

#define PB_NO_INDEX UINT32_MAX

enum pb_id_from { PB_ID_UNKNOWN, PB_ID_FROM_ARN, PB_ID_FROM_DOCUMENT, PB_ID_FROM_CALLER_IDENTITY };

enum pb_coverage { PB_COVERAGE_UNKNOWN, PB_COVERAGE_COMPLETE, PB_COVERAGE_INCOMPLETE };

/* A named gap: what is missing, and the evidence for it. */
struct pb_gap {
    uint32_t account;        /* index */
    uint32_t certificate;    /* index of the certificate known only by name; PB_NO_INDEX for none */
    uint32_t entry;          /* index of the evidence that shows the gap; PB_NO_INDEX for none */
    struct pb_slice missing; /* ARN, id or name of what is missing; absent where not known */
    struct pb_slice message; /* one sentence */
};

struct pb_account {
    struct pb_slice id;        /* absent: unknown, and then folder tells the groups apart */
    struct pb_slice partition; /* absent: unknown */
    struct pb_slice folder;    /* evidence folder, "" for none; only where id is absent */
    enum pb_id_from id_from;
    enum pb_coverage coverage;
    uint32_t certificate_count;     /* of origin iam, deleted ones included */
    uint32_t first_certificate;     /* certificates of one account stand together */
    uint32_t all_certificate_count; /* of any origin */
    bool has_list;                  /* one that shows no sign of more to come */
    const struct pb_slice *reasons; /* sentences for the coverage, at least one */
    uint32_t reason_count;
};

enum pb_presence { PB_PRESENCE_UNKNOWN, PB_PRESENCE_PRESENT, PB_PRESENCE_DELETED };

enum pb_verdict {
    PB_VERDICT_NONE, /* not judged */
    PB_VERDICT_VULNERABLE,
    PB_VERDICT_CLEAR,
    PB_VERDICT_UNDETERMINED,
};

enum pb_basis { PB_BASIS_NONE, PB_BASIS_UPLOAD_DATE, PB_BASIS_VALIDITY };

/* One deployment of a certificate. */
struct pb_use {
    struct pb_slice label;    /* as in in_use_by */
    struct pb_slice listener; /* its ARN; absent where not known */
    bool is_further;          /* beside the listener's default certificate, chosen by SNI */
};

/* What few certificates have: kept apart, because lists of millions do not. */
struct pb_extras {
    struct pb_date imported_at; /* into ACM; the earliest observed */
    const struct pb_tag *tags;
    size_t tag_count;
    const struct pb_slice *in_use_by; /* "elb/NAME:PORT", ...: sorted, without repetitions */
    size_t in_use_by_count;
    const struct pb_use
        *uses; /* the same, sorted; several where several listeners have the label */
    size_t use_count;
};

/* Observations that are one thing. Slices and extras are borrowed from the inventory. */
struct pb_certificate {
    uint32_t account;           /* index */
    uint32_t first_observation; /* observations of one certificate stand together, in the order of
                                   their evidence */
    uint32_t observation_count;
    enum pb_origin origin;
    enum pb_presence presence;
    bool is_name_from_file;
    bool is_names_only; /* nothing but its name in a names list is known */
    struct pb_slice name, path, id, arn;
    struct pb_date upload_date;       /* the earliest observed; of equal ones the most precise */
    struct pb_date expiration;        /* likewise */
    struct pb_extras *extras;         /* NULL for most: pb_certificate_extras reads it */
    const struct pb_x509_facts *body; /* of the first observation that has one */
    const struct pb_x509_facts *const *chain;
    size_t chain_count;

    /* Filled in by the rules' verdict stage. */
    enum pb_verdict verdict;
    enum pb_basis basis;
    const char *reason; /* "no-upload-date", ...: a string literal, NULL for none */
    bool is_exposed;    /* vulnerable, or would be if it were judged: deleted, but uploaded before
                           the cutoff */

    /* Filled in by the rules' revocation stage; NULL where no CRL of its issuer is given. */
    const struct pb_revocation *revocation;
};

struct pb_inventory {
    struct pb_batch evidence;      /* ledger sorted by path; everything renumbered to that order */
    struct pb_vector accounts;     /* of struct pb_account, unknown first, then by id */
    struct pb_vector certificates; /* of struct pb_certificate: account, name, id, first seen */
    struct pb_vector gaps;         /* of struct pb_gap, by account, then certificate */
    uint32_t
        list_evidence_count; /* records and observations that are server-certificate evidence */
};

/* Makes the inventory of everything in batch and takes it: batch is empty afterwards. The result
 * does not depend on the order in which the batch was filled. Release the inventory in any case.
 * Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_inventory_build(struct pb_inventory *inventory, struct pb_batch *batch);
void pb_inventory_release(struct pb_inventory *inventory);

static inline const struct pb_certificate *
pb_inventory_certificate(const struct pb_inventory *inventory, size_t index)
{
    return &PB_VECTOR_AT(const struct pb_certificate, &inventory->certificates, index);
}

/* The certificate's extras, or ones that say nothing. */
static inline const struct pb_extras *
pb_certificate_extras(const struct pb_certificate *certificate)
{
    static const struct pb_extras none = {0};

    return certificate->extras == NULL ? &none : certificate->extras;
}

/* When it came to the service: UploadDate for IAM, ImportedAt for ACM. */
static inline const struct pb_date *pb_certificate_arrival(const struct pb_certificate *certificate)
{
    return certificate->origin == PB_ORIGIN_ACM ? &pb_certificate_extras(certificate)->imported_at
                                                : &certificate->upload_date;
}

static inline const struct pb_account *pb_inventory_account(const struct pb_inventory *inventory,
                                                            size_t index)
{
    return &PB_VECTOR_AT(const struct pb_account, &inventory->accounts, index);
}

static inline const struct pb_observation *
pb_inventory_observation(const struct pb_inventory *inventory, size_t index)
{
    return &PB_VECTOR_AT(const struct pb_observation, &inventory->evidence.observations, index);
}

static inline struct pb_entry pb_inventory_entry(const struct pb_inventory *inventory, size_t index)
{
    return pb_ledger_entry(&inventory->evidence.ledger, index);
}

static inline struct pb_path pb_inventory_path(const struct pb_inventory *inventory, size_t index)
{
    return pb_ledger_path(&inventory->evidence.ledger, index);
}

/* Whether the observation came with the service's own list or get answer, which shows that the
 * certificate was there. */
static inline bool pb_inventory_is_answer(const struct pb_inventory *inventory,
                                          const struct pb_observation *observation)
{
    if (observation->record == PB_NO_RECORD)
        return false;
    enum pb_record_kind kind =
        PB_VECTOR_AT(const struct pb_record, &inventory->evidence.records, observation->record)
            .kind;
    return kind == PB_RECORD_LIST || kind == PB_RECORD_GET;
}

#endif
