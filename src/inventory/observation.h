/* SPDX-License-Identifier: MIT */
/* What one document says, before anything is compared: the currency between the stages. */
#ifndef PB_INVENTORY_OBSERVATION_H
#define PB_INVENTORY_OBSERVATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/slice.h"
#include "x509/chain.h"
#include "x509/facts.h"

enum pb_date_state {
    PB_DATE_ABSENT,       /* no such member, or null */
    PB_DATE_EXACT,        /* an instant in UTC */
    PB_DATE_WITHOUT_ZONE, /* date and time, taken as UTC, but the text names no zone */
    PB_DATE_WITHOUT_TIME, /* a date alone, taken as midnight UTC */
    PB_DATE_UNPARSEABLE,  /* there is something, and it is no date */
};

/* Its text as it stood is what pb_date_text returns (inventory/date.h): most texts are the instant
 * in its canonical spelling, and are not kept. */
struct pb_date {
    struct pb_instant instant; /* valid unless absent or unparseable */
    const char *spelling; /* any other text, a number in its JSON spelling: borrowed, else NULL */
    uint32_t spelling_bytes;
    enum pb_date_state state : 8;
    uint8_t fraction_digits; /* of a second, as spelt: 0 to 9 */
};

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

/* What few documents say of a certificate: kept apart, because lists of millions do not. */
struct pb_particulars {
    struct pb_slice account; /* an account field of the document, not the ARN's */
    const struct pb_tag *tags;
    size_t tag_count;
    const char *undated_because; /* why this shape never has an UploadDate, a verdict's reason such
                                    as "config-has-no-upload-date"; NULL where it may have one */
    enum pb_event event;
    struct pb_date event_time;          /* CloudTrail's eventTime */
    struct pb_slice new_name, new_path; /* of a rename; absent where it stays */
    struct pb_date imported_at;         /* ACM's ImportedAt */
    struct pb_slice serial;             /* ACM's Serial in lower-case hexadecimal without colons */
};

/* What came with a body. */
struct pb_bodies {
    struct pb_slice body_pem, chain_pem; /* as they stood, borrowed from the document: read and
                                            cleared by the audit stage before that is released */
    bool is_body_unproven; /* the service need not have held this body: a bare PEM, an argument */
    enum pb_chain chain_check;                /* whether the chain below signs the body */
    const struct pb_x509_facts *const *chain; /* the body's further ones, then the chain's */
    size_t chain_count;
};

#define PB_NO_RECORD UINT32_MAX

/*
 * One certificate as one document shows it. All slices are borrowed from the batch that holds the
 * observation, and absent where the document says nothing.
 */
struct pb_observation {
    uint32_t entry;          /* index of the evidence entry */
    uint32_t document;       /* ordinal of the document in its item, from 0 */
    uint32_t line;           /* of the value at pointer in the item's text, from 1; 0 unknown */
    uint32_t record;         /* index of the record (below) that it came with, or PB_NO_RECORD */
    const char *shape;       /* name of the shape's table row: a string literal */
    struct pb_slice pointer; /* RFC 6901, of the value that is the certificate */
    enum pb_origin origin;
    bool is_name_from_file; /* name was taken from the item's file name */

    struct pb_slice name, path, id, arn; /* trimmed of outer white space; the name may be the end
                                            of the ARN's bytes */
    struct pb_date upload_date, expiration;
    const struct pb_particulars *particulars; /* the batch's; NULL for most: see below */
    struct pb_bodies *bodies;                 /* the batch's; NULL without PEM text: see below */
    const struct pb_x509_facts *body; /* the body's first certificate; NULL: none or unread */
};

/* The observation's particulars, or ones that say nothing. */
static inline const struct pb_particulars *
pb_observation_particulars(const struct pb_observation *observation)
{
    static const struct pb_particulars none = {0};

    return observation->particulars == NULL ? &none : observation->particulars;
}

/* The same of what came with its body. */
static inline const struct pb_bodies *
pb_observation_bodies(const struct pb_observation *observation)
{
    static const struct pb_bodies none = {0};

    return observation->bodies == NULL ? &none : observation->bodies;
}

/* What kind of statement about an account a document makes, besides its certificates. */
enum pb_record_kind {
    PB_RECORD_LIST,            /* a ListServerCertificates answer, whole or one page */
    PB_RECORD_GET,             /* a GetServerCertificate answer */
    PB_RECORD_UPLOAD,          /* an UploadServerCertificate answer: it may be gone since */
    PB_RECORD_PROJECTION,      /* a --query result or filtered export: proves no completeness */
    PB_RECORD_NAMES,           /* a --query result that is only names */
    PB_RECORD_ACCOUNT_SUMMARY, /* get-account-summary: count */
    PB_RECORD_CALLER_IDENTITY, /* get-caller-identity: account and partition */
    PB_RECORD_INVENTORY,       /* an inventory or filtered export of another tool: its certificates
                                  are there, and it proves no completeness */
    PB_RECORD_EVENT,           /* a CloudTrail record of one certificate */
    PB_RECORD_REFERENCE,       /* a deployment that names a certificate: label, target, listener */
    PB_RECORD_TAGS,            /* tags of one certificate that only the file name tells: tags */
    PB_RECORD_PRIVATE_KEY,     /* a PEM private key: target is the SHA-256 of its public key */
    PB_RECORD_UNREADABLE,      /* nothing could be read where a list was to be expected */
};

enum pb_page {
    PB_PAGE_UNMARKED, /* no sign of paging: merged by the client, or the last part of a list */
    PB_PAGE_LAST,     /* IsTruncated is false */
    PB_PAGE_MORE,     /* IsTruncated is true */
    PB_PAGE_CUT,      /* NextToken: the client stopped at --max-items */
};

/* Slices are borrowed from the batch. */
struct pb_record {
    enum pb_record_kind kind;
    enum pb_page page; /* of a list or a projection that kept the flag */
    uint32_t entry;
    uint32_t document;
    uint32_t line;
    const char *shape;
    struct pb_slice pointer;
    struct pb_slice account;    /* caller identity's; absent otherwise unless the document says */
    struct pb_slice partition;  /* from the caller identity's ARN */
    uint64_t count;             /* SummaryMap.ServerCertificates */
    uint32_t observation_count; /* certificates that came with it */
    struct pb_slice label;      /* reference: "elb/NAME:PORT", "elbv2/NAME:PORT", "cloudfront/ID" */
    struct pb_slice target;     /* reference: the certificate's ARN, or its ServerCertificateId;
                                   private key: 32 bytes, absent where it could not be read */
    struct pb_slice listener;   /* reference: the ARN of the listener; absent where not known */
    bool is_further;            /* reference: not the listener's default certificate */
    struct pb_slice name;       /* tags: the certificate's name, from the file name */
    const struct pb_tag *tags;
    size_t tag_count;
};

#endif
