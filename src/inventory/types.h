/* SPDX-License-Identifier: MIT */
/* What documents say (observations and records), the batch that holds it, and the inventory that is
 * made from it: certificates, accounts and gaps. */
#ifndef PB_INVENTORY_TYPES_H
#define PB_INVENTORY_TYPES_H

#include "base/error.h"
#include "base/time.h"
#include "x509/x509.h"

enum pb_date_state {
    PB_DATE_ABSENT,       /* no such member, or null */
    PB_DATE_EXACT,        /* an instant in UTC */
    PB_DATE_WITHOUT_ZONE, /* date and time, taken as UTC, but the text names no zone */
    PB_DATE_WITHOUT_TIME, /* a date alone, taken as midnight UTC */
    PB_DATE_UNPARSEABLE,  /* a value that is not a date */
    PB_DATE_REFUSED,      /* an instant, but of something else: set by the inventory */
};

/* A date of a document, without its text where that is the instant's canonical spelling. */
struct pb_date {
    struct pb_instant instant; /* valid if known */
    const char *spelling;      /* any other text, a number as in the JSON: borrowed, else NULL */
    uint32_t spelling_bytes;
    enum pb_date_state state : 8;
    uint8_t fraction_digits; /* of a second, as spelt: 0 to 9 */
};

/* Whether there is an instant at all. */
static inline bool pb_date_is_known(const struct pb_date *date)
{
    return date->state > PB_DATE_ABSENT && date->state < PB_DATE_UNPARSEABLE;
}

/* The document's text, perhaps in the room; absent where there was none. */
struct pb_slice pb_date_text(const struct pb_date *date, char room[PB_INSTANT_BYTES]);
/* Sets the date's spelling, unless it is the canonical one; cuts what is longer than 4 GiB. Returns
 * whether the text is borrowed from now on. */
bool pb_date_spell(struct pb_date *date, struct pb_slice text);

/* The earliest and latest instant that a known date can mean: 14 hours (the widest offset in use)
 * before and after without a zone, and one day more for the latest without a time. */
struct pb_instant pb_date_earliest(const struct pb_date *date);
struct pb_instant pb_date_latest(const struct pb_date *date);

/* Whether the two differ by more than a second when both are truncated to the digits of a second
 * that both have: some producers drop fractions. Both must be known. */
bool pb_date_differs(const struct pb_date *a, const struct pb_date *b);

#define PB_ACCOUNT_BYTES 12 /* digits */

/* arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, borrowed, perhaps empty, unchecked. */
struct pb_arn {
    struct pb_slice partition, service, region, account, resource;
};

/* False where the text does not begin with "arn:" or has fewer than six parts. */
bool pb_arn_parse(struct pb_slice text, struct pb_arn *arn);

struct pb_certificate_arn {
    struct pb_slice partition;
    struct pb_slice account; /* unchecked: may be redacted */
    struct pb_slice path;    /* "/" or "/cloudfront/prod/" */
    struct pb_slice name;
};

/* False where the text is no ARN of an IAM server certificate. Slices are borrowed from it. */
bool pb_certificate_arn_parse(struct pb_slice text, struct pb_certificate_arn *arn);

enum pb_origin { PB_ORIGIN_IAM, PB_ORIGIN_ACM };

struct pb_tag {
    struct pb_slice key;
    struct pb_slice value; /* may be empty */
};

enum pb_event {
    PB_EVENT_NONE,
    PB_EVENT_UPLOAD, /* CloudTrail UploadServerCertificate */
    PB_EVENT_UPDATE, /* CloudTrail UpdateServerCertificate: a rename or a move */
    PB_EVENT_DELETE, /* CloudTrail DeleteServerCertificate */
};

/* What few documents say of a certificate: not in the observation, to keep that small. */
struct pb_particulars {
    struct pb_slice account; /* an account field of the document, not the ARN's */
    const struct pb_tag *tags;
    size_t tag_count;
    const char *undated_because; /* a verdict's reason, if its shape has no UploadDate; or NULL */
    enum pb_event event;
    struct pb_date event_time;  /* CloudTrail's eventTime */
    struct pb_slice new_name;   /* of a rename; absent where it stays */
    struct pb_date imported_at; /* ACM's ImportedAt */
    struct pb_slice serial;     /* ACM's Serial in upper-case hexadecimal without colons */
};

/* The CertificateBody and CertificateChain of a document. */
struct pb_bodies {
    struct pb_slice body_pem, chain_pem; /* borrowed until src/audit reads and clears them */
    bool is_body_unproven;     /* IAM may never have had it: a PEM alone, an argument of a call */
    enum pb_chain chain_check; /* whether the chain below signs the body */
    const struct pb_x509_facts *const *chain; /* further ones of the body, then the chain's */
    size_t chain_count;
};

#define PB_NO_INDEX UINT32_MAX
#define PB_NO_RECORD PB_NO_INDEX

/* One certificate as one document shows it. All slices are borrowed from the batch that holds
 * the observation, and absent where the document says nothing. */
struct pb_observation {
    uint32_t entry, number; /* index of the evidence entry; private: its number before a sort */
    uint32_t group; /* private to the inventory: one certificate's have one (pb_identity_group) */
    uint32_t document;       /* ordinal of the document in its item, from 0 */
    uint32_t line, column;   /* of pointer's value, from 1, columns in code points; 0 unknown */
    uint32_t record;         /* index of the record (below) that it came with, or PB_NO_RECORD */
    const char *shape;       /* name of the shape's table row: a string literal */
    struct pb_slice pointer; /* RFC 6901, of the value that is the certificate */
    enum pb_origin origin : 8;
    bool is_name_from_file; /* name was taken from the item's file name */
    bool is_date_unnamed;   /* no evidence that upload_date is an UploadDate: it may be refused */
    uint32_t account_index; /* set by the inventory */

    struct pb_slice name, path, id, arn; /* trimmed of outer white space */
    struct pb_date upload_date, expiration;
    const struct pb_particulars *particulars; /* NULL for most: pb_observation_particulars() */
    struct pb_bodies *bodies;                 /* NULL without PEM text: pb_observation_bodies() */
    const struct pb_x509_facts *body; /* the body's first certificate; NULL: none or unread */
};

/* The observation's particulars or bodies, or empty ones. */
static inline const struct pb_particulars *
pb_observation_particulars(const struct pb_observation *observation)
{
    static const struct pb_particulars none = {0};
    return observation->particulars == NULL ? &none : observation->particulars;
}

static inline const struct pb_bodies *
pb_observation_bodies(const struct pb_observation *observation)
{
    static const struct pb_bodies none = {0};
    return observation->bodies == NULL ? &none : observation->bodies;
}

/* What else a document says of an account, besides certificates. */
enum pb_record_kind {
    /* Up to PB_RECORD_EVENT: what shows certificates, or could, as an empty list. Up to
     * PB_RECORD_GET: IAM's own list and get answers. */
    PB_RECORD_LIST,       /* a ListServerCertificates answer, whole or one page */
    PB_RECORD_GET,        /* a GetServerCertificate answer */
    PB_RECORD_UPLOAD,     /* an UploadServerCertificate answer: it may be deleted since */
    PB_RECORD_PROJECTION, /* a --query result or filtered export: proves no completeness */
    PB_RECORD_NAMES,      /* a --query result that is only names */
    PB_RECORD_INVENTORY,  /* another tool's export: its certificates exist, perhaps more do */
    PB_RECORD_EVENT,      /* a CloudTrail record of one certificate */
    /* Up to PB_RECORD_FAILED_CALL: where nothing names their account, these belong to the account
     * of the certificates in their folder. */
    PB_RECORD_ACCOUNT_SUMMARY, /* get-account-summary: count */
    PB_RECORD_REFERENCE,       /* a deployment that names a certificate: label, target, listener */
    PB_RECORD_TAGS,            /* tags of one certificate, which only the file name names: tags */
    PB_RECORD_UNREADABLE,      /* nothing could be read where a list was expected */
    PB_RECORD_FAILED_CALL,     /* an error for an answer: label is its code, target the call */
    PB_RECORD_CALLER_IDENTITY, /* get-caller-identity: account and partition */
    PB_RECORD_ACCOUNT, /* an account that stands, without an answer, beside one that has such */
    /* Of no account: */
    PB_RECORD_PRIVATE_KEY, /* a PEM private key: target is the SHA-256 of its public key */
    PB_RECORD_NONE,        /* set by the inventory: a candidate that was not accepted */
};

enum pb_page {
    PB_PAGE_UNMARKED, /* no sign of paging: merged by the client, or the last part of a list */
    PB_PAGE_LAST,     /* IsTruncated is false */
    PB_PAGE_MORE,     /* IsTruncated is true */
    PB_PAGE_CUT,      /* NextToken: the client stopped at --max-items */
};

/* Slices are borrowed from the batch. */
struct pb_record {
    uint32_t entry, number; /* the latter private to pb_batch_sort; they come first */
    enum pb_record_kind kind;
    enum pb_page page; /* of a list or a projection that kept the flag */
    uint32_t line, column;
    const char *shape;
    struct pb_slice pointer;
    struct pb_slice account;    /* caller identity's; absent otherwise unless the document says */
    struct pb_slice partition;  /* from the caller identity's ARN */
    uint32_t account_index;     /* set by the inventory; PB_NO_INDEX: says nothing of an account */
    uint64_t count;             /* SummaryMap.ServerCertificates */
    uint32_t observation_count; /* certificates that came with it */
    struct pb_slice label;      /* reference: as in struct pb_use; absent: it may not be used */
    struct pb_slice target;     /* reference: the certificate's ARN, id or name; tags: its name,
                                   from the file's; private key: 32 bytes, absent if unread */
    struct pb_slice listener;   /* reference: the ARN of the listener; absent where not known */
    struct pb_slice profile;    /* the name of an account or profile beside an answer, or alone */
    bool is_from_text;          /* reference: the target ends somewhere before its end */
    bool has_later_date;        /* set by the inventory: none of its unnamed dates is an upload */
    bool is_candidate;          /* it counts where its folder has other evidence (see build.c) */
    bool needs_name;            /* a candidate: that evidence must have one of its names */
    bool is_further;            /* reference: one beside the listener's default, chosen by SNI */
    const struct pb_tag *tags;
    size_t tag_count;
};

enum pb_revocation_status {
    PB_REVOCATION_UNKNOWN, /* no CRL of its issuer proves anything: detail says why */
    PB_REVOCATION_REVOKED,
    PB_REVOCATION_NOT_REVOKED, /* at this_update */
};

/* Slices are borrowed from the CRLs, which outlive the inventory. */
struct pb_revocation {
    enum pb_revocation_status status;
    struct pb_crl_entry entry;     /* of a revoked certificate, else zero */
    struct pb_slice crl;           /* the name of the CRL that says so */
    struct pb_instant this_update; /* of that CRL */
    const char *detail;            /* one phrase; NULL where there is nothing to add */
};

/* A key that can have signed a CRL: of a certificate whose subject is the CRL's issuer. */
struct pb_issuer_key {
    struct pb_slice name;             /* the certificate's subject */
    struct pb_slice public_key;       /* its SubjectPublicKeyInfo */
    const unsigned char *spki_sha256; /* 32 bytes */
};

/* One evidence item in the evidence ledger, the report's list of all items. */
struct pb_entry {
    struct pb_slice path;   /* raw bytes as found, "!/" before a member of an archive */
    struct pb_slice detail; /* one phrase that explains the status; absent where there is none */
    const char *shape;      /* name of the first recognised shape, a string literal; or NULL */
    uint64_t size_bytes;    /* in the file or archive, before decompression */
    const unsigned char *sha256; /* 32 bytes, as found; NULL for what was not read to its end */
    uint32_t number;             /* private to pb_batch_sort */
    uint32_t summary_of;         /* private to pb_coverage_determine: 1 + an account; 0 for none */
    uint32_t container; /* struct pb_item's bytes; by pb_batch_sort an index, or PB_NO_ENTRY */
    enum pb_entry_status status : 8;
    bool is_named;       /* given on the command line itself */
    bool is_damaged;     /* its bytes, or its container's, do not fit their checksum */
    bool is_error;       /* by its text alone, nothing, or an error that may be of any call */
    bool is_no_answer;   /* likewise, no answer of any call: few words, or an error */
    bool is_list_missed; /* its path is that of a certificate list, and it could not be read */
};

static inline bool pb_entry_is_unread(const struct pb_entry *entry)
{
    return entry->status == PB_ENTRY_UNREADABLE || entry->status == PB_ENTRY_SKIPPED;
}

/* Zero-initialised: empty. Appended to item by item, by one thread. entry and record numbers in
 * observations, records and diagnostics are indices into this batch until it is merged. */
struct pb_batch {
    struct pb_arena arena;         /* owns what the slices below point to, but for: */
    struct pb_arena bodies;        /* of contents, apart from short texts that sorts compare */
    struct pb_vector entries;      /* of struct pb_entry */
    struct pb_vector observations; /* of struct pb_observation */
    struct pb_vector records;      /* of struct pb_record */
    struct pb_vector issuer_keys;  /* of struct pb_issuer_key, in no order, some more than once */
    struct pb_diagnostics diagnostics;
    size_t left_out_lists; /* entries with is_list_missed beyond the number that become records */
};

void pb_batch_release(struct pb_batch *batch);

/* Appends a copy of the entry of a read item. PB_FAILED_MEMORY, its only failure: nothing. */
enum pb_status pb_batch_add_entry(struct pb_batch *batch, const struct pb_entry *entry);

/* Appends from's contents to the batch, renumbered, and takes its memory; from is empty
 * afterwards and may be used again. On PB_FAILED_MEMORY both are still to be released. */
enum pb_status pb_batch_merge(struct pb_batch *batch, struct pb_batch *from);

/* Sorts the entries by path, then by the other fields that a report shows, and observations and
 * records by their entry, keeping the order within an entry. Adds records for entries with
 * is_list_missed. Fails only with PB_FAILED_MEMORY; the batch must then be released. */
enum pb_status pb_batch_sort(struct pb_batch *batch);

/* The index of the first entry of a sorted batch whose path does not sort before the given one. */
size_t pb_batch_find_entry(const struct pb_batch *batch, struct pb_slice path);

/* Sorts diagnostics by entry, then offset, then code, keeps the first ones, at most so many, and
 * counts the others as left out, since evidence may be wrong in millions of places. The batch must
 * have every entry that a diagnostic is about. Batches that are cut, merged and cut again with the
 * same number keep the same ones, in whatever batch an item was. To be called after the last stage
 * that adds some, too. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_batch_sort_diagnostics(struct pb_batch *batch, size_t most);

static inline const struct pb_entry *pb_batch_entry(const struct pb_batch *batch, size_t index)
{
    return &PB_VECTOR_AT(const struct pb_entry, &batch->entries, index);
}

enum pb_id_from { PB_ID_UNKNOWN, PB_ID_FROM_ARN, PB_ID_FROM_DOCUMENT, PB_ID_FROM_CALLER_IDENTITY };

enum pb_coverage { PB_COVERAGE_UNKNOWN, PB_COVERAGE_COMPLETE, PB_COVERAGE_INCOMPLETE };

/* A named gap: what is missing, and the evidence for it. */
struct pb_gap {
    uint32_t account;        /* index */
    uint32_t certificate;    /* index of the certificate known only by name; PB_NO_INDEX for none */
    uint32_t entry;          /* index of the evidence that shows the gap; PB_NO_INDEX for none */
    uint32_t line, column;   /* in it, 0 where not known */
    struct pb_slice missing; /* ARN, id or name of what is missing; absent where not known */
    struct pb_slice message; /* one sentence */
    bool is_only_reason;     /* for pb_gap_add: a reason of the account, and not kept as a gap */
};

struct pb_account {
    struct pb_slice id;        /* absent: unknown, one account for each folder */
    struct pb_slice partition; /* absent: unknown */
    struct pb_slice folder;    /* evidence folder, "" for none; only where id is absent */
    enum pb_id_from id_from;
    enum pb_coverage coverage;
    uint32_t certificate_count;     /* of origin iam, deleted ones included */
    uint32_t first_certificate;     /* certificates of one account are neighbours */
    uint32_t all_certificate_count; /* of any origin */
    uint32_t verdicts[4];           /* of origin iam, set by the rules; without one: deleted */
    uint32_t shown_by;              /* by records of which kinds: bits 1 << PB_RECORD_... */
    bool has_list;                  /* has a list that does not say that more follows */
    struct pb_vector reasons;       /* of struct pb_slice: sentences for the coverage, >= 1 */

    /* Private to pb_coverage_determine: */
    uint32_t ends;                /* how its lists end: one bit 1 << PB_PAGE_... each */
    uint32_t page_behind;         /* 1 + the entry of the page behind the one that is read; or 0 */
    const struct pb_record *open; /* the last list that ends with PB_PAGE_MORE */
    const struct pb_record *identity; /* the first that names the account alone */
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
    bool is_further;          /* one beside the listener's default, chosen by SNI */
};

struct pb_key_group;

/* Observations that are one certificate. All is borrowed from the inventory. */
struct pb_certificate {
    uint32_t account; /* index */
    uint32_t observation_count;
    const struct pb_observation *observations; /* in their evidence's order */
    enum pb_origin origin : 8;
    enum pb_presence presence : 8;
    bool is_name_from_file;
    bool is_date_unnamed; /* no evidence calls its upload_date an UploadDate */
    bool is_names_only;   /* nothing but its name in a names list is known */
    /* Filled in by the rules' verdict stage, as is reason: */
    bool is_exposed; /* vulnerable; or deleted, so not judged, but uploaded before the cutoff */
    enum pb_verdict verdict : 8;
    enum pb_basis basis : 8;
    const char *reason; /* "no-upload-date", ...: a string literal, NULL for none */
    struct pb_slice name, path, id, arn;
    struct pb_date upload_date;       /* the earliest observed; of equal ones the most precise */
    struct pb_date expiration;        /* likewise */
    struct pb_date imported_at;       /* into ACM; the earliest observed */
    const struct pb_x509_facts *body; /* of the first observation that has one */
    const struct pb_x509_facts *const *chain;
    size_t chain_count;
    const struct pb_tag *tags;
    size_t tag_count;
    const struct pb_slice *in_use_by; /* "elb/NAME:PORT", ...: sorted, without repetitions */
    size_t in_use_by_count;
    const struct pb_use *uses; /* the same, sorted; several where listeners share a label */
    size_t use_count;

    /* Filled in by the rules; NULL without a group, and where no CRL of its issuer is given. */
    const struct pb_key_group *key_group;
    const struct pb_revocation *revocation;
};

struct pb_inventory {
    struct pb_batch evidence;      /* sorted by path */
    struct pb_vector accounts;     /* of struct pb_account, unknown first, then by id */
    struct pb_vector certificates; /* of struct pb_certificate: account, name, id, first seen */
    struct pb_vector gaps;         /* of struct pb_gap, by account, then certificate */
    bool has_list_evidence;        /* any record or observation of server certificates */
    struct pb_instant as_of;       /* private to pb_inventory_build */
    bool has_failed;               /* likewise: something was left out for want of memory */
};

/* Makes the inventory from batch, whose memory it takes, in whatever order that was filled; as_of
 * is the instant of the audit. Release it also on failure, which is only PB_FAILED_MEMORY. */
enum pb_status pb_inventory_build(struct pb_inventory *inventory, struct pb_batch *batch,
                                  struct pb_instant as_of);
void pb_inventory_release(struct pb_inventory *inventory);

/* The index is at most the number of certificates, where nothing may be read. */
static inline const struct pb_certificate *
pb_inventory_certificate(const struct pb_inventory *inventory, size_t index)
{
    return &PB_VECTOR_AT(const struct pb_certificate, &inventory->certificates, index);
}

/* The certificate's index; PB_NO_INDEX for NULL. */
static inline uint32_t pb_inventory_index(const struct pb_inventory *inventory,
                                          const struct pb_certificate *certificate)
{
    const struct pb_certificate *all = inventory->certificates.data;
    return certificate == NULL ? PB_NO_INDEX : (uint32_t)(certificate - all);
}

/* The index of the account's first certificate of that name, or where it would be. */
size_t pb_inventory_find_named(const struct pb_inventory *inventory, uint32_t account,
                               struct pb_slice name);

/* When the service got it: UploadDate for IAM, ImportedAt for ACM. */
static inline const struct pb_date *pb_certificate_arrival(const struct pb_certificate *certificate)
{
    return certificate->origin == PB_ORIGIN_ACM ? &certificate->imported_at
                                                : &certificate->upload_date;
}

/* The index is below the number of accounts. */
static inline const struct pb_account *pb_inventory_account(const struct pb_inventory *inventory,
                                                            size_t index)
{
    return &PB_VECTOR_AT(const struct pb_account, &inventory->accounts, index);
}

static inline struct pb_slice pb_inventory_path(const struct pb_inventory *inventory, size_t index)
{
    return pb_batch_entry(&inventory->evidence, index)->path;
}

static inline const struct pb_record *pb_inventory_record(const struct pb_inventory *inventory,
                                                          size_t index)
{
    return &PB_VECTOR_AT(const struct pb_record, &inventory->evidence.records, index);
}

/* The observation is from IAM's own list or get answer: the certificate existed. */
static inline bool pb_inventory_is_answer(const struct pb_inventory *inventory,
                                          const struct pb_observation *observation)
{
    return observation->record != PB_NO_RECORD &&
           pb_inventory_record(inventory, observation->record)->kind <= PB_RECORD_GET;
}

#endif
