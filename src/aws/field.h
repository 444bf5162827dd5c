/* SPDX-License-Identifier: MIT */
/* The names of the fields that speak of server certificates and of what surrounds them, in any
 * casing. */
#ifndef PB_AWS_FIELD_H
#define PB_AWS_FIELD_H

#include <stdbool.h>

#include "base/slice.h"
#include "json/tree.h"

/* Named after botocore's model of IAM 2010-05-08 where the field is the service's. */
enum pb_field {
    PB_FIELD_NONE,
    PB_FIELD_LIST,        /* ServerCertificateMetadataList */
    PB_FIELD_METADATA,    /* ServerCertificateMetadata */
    PB_FIELD_CERTIFICATE, /* ServerCertificate */
    PB_FIELD_NAME,        /* ServerCertificateName */
    PB_FIELD_ID,          /* ServerCertificateId */
    PB_FIELD_ARN,
    PB_FIELD_PATH,
    PB_FIELD_UPLOAD_DATE,
    PB_FIELD_EXPIRATION,
    PB_FIELD_BODY,  /* CertificateBody */
    PB_FIELD_CHAIN, /* CertificateChain */
    PB_FIELD_TAGS,
    PB_FIELD_ACCOUNT, /* Account, AccountId */
    PB_FIELD_IS_TRUNCATED,
    PB_FIELD_MARKER,
    PB_FIELD_NEXT_TOKEN,
    PB_FIELD_COUNT_OF_CERTIFICATES, /* SummaryMap's ServerCertificates */
    PB_FIELD_QUOTA_OF_CERTIFICATES, /* SummaryMap's ServerCertificatesQuota */
    PB_FIELD_USER_ID,
    PB_FIELD_MAX_ITEMS,
    PB_FIELD_PATH_PREFIX,
    PB_FIELD_RESOURCE_TYPE, /* AWS Config's, like the next three */
    PB_FIELD_RESOURCE_ID,
    PB_FIELD_RESOURCE_NAME,
    PB_FIELD_CONFIGURATION,
    PB_FIELD_EVENT_NAME, /* CloudTrail's, like the next eight */
    PB_FIELD_EVENT_SOURCE,
    PB_FIELD_EVENT_TIME,
    PB_FIELD_ERROR_CODE,
    PB_FIELD_REQUEST,   /* requestParameters */
    PB_FIELD_RESPONSE,  /* responseElements */
    PB_FIELD_RECIPIENT, /* recipientAccountId */
    PB_FIELD_USER_IDENTITY,
    PB_FIELD_CLOUDTRAIL_EVENT, /* the record as a string, in lookup-events */
    PB_FIELD_CERTIFICATE_ARN,  /* ACM's and the load balancers' */
    PB_FIELD_UID,              /* of OCSF: a resource's ARN */
    PB_FIELD_COUNT,            /* of the values above */
};

/* The field that a key names, whatever its case and with or without '_' or '-' between its words:
 * UploadDate, uploadDate, upload_date, UPLOAD_DATE. */
enum pb_field pb_field_of(struct pb_slice key);

/* An object's members by field, borrowed from it. Of two spellings of one field the first counts
 * that is not null. */
struct pb_fields {
    const struct pb_json *values[PB_FIELD_COUNT];
};

/* Leaves all fields absent for anything but an object. */
void pb_fields_read(const struct pb_json *object, struct pb_fields *fields);

/* The field is there with a text that is not empty. */
bool pb_fields_has_text(const struct pb_fields *fields, enum pb_field field);

/* The field is there, be it null. */
bool pb_fields_has(const struct pb_fields *fields, enum pb_field field);

#endif
