/* SPDX-License-Identifier: MIT */
/* The one reader of a certificate object, in any casing and with or without its wrappers. */
#ifndef PB_AWS_CERTIFICATE_H
#define PB_AWS_CERTIFICATE_H

#include "aws/reading.h"

/*
 * Reads {ServerCertificateMetadata: {...}, CertificateBody: ...} and flat objects alike, with
 * remarks about odd values; the object stands at the reading's pointer. Fails only with
 * PB_FAILED_MEMORY.
 */
enum pb_status pb_certificate_read(struct pb_reading *reading, const struct pb_json *object,
                                   struct pb_draft *draft);

/* A producer's own key for a field: Terraform's "id" is the ServerCertificateId. Tables of them end
 * with a key that is NULL. */
struct pb_alias {
    const char *key;
    enum pb_field field; /* PB_FIELD_NONE: the key says nothing here */
};

/* The same where the producer has keys of its own, which go before the fields' names. */
enum pb_status pb_certificate_read_as(struct pb_reading *reading, const struct pb_json *object,
                                      const struct pb_alias *aliases, struct pb_draft *draft);

/* Adds what was read to the batch under the record; a skeleton is refused instead. */
enum pb_status pb_certificate_keep(struct pb_reading *reading, const struct pb_draft *draft,
                                   uint32_t record);

/* Both: reads, and adds. */
enum pb_status pb_certificate_add(struct pb_reading *reading, const struct pb_json *object,
                                  uint32_t record);
enum pb_status pb_certificate_add_as(struct pb_reading *reading, const struct pb_json *object,
                                     const struct pb_alias *aliases, uint32_t record);

/* What to make of elements that are no certificates. */
enum pb_strictness {
    PB_EXPECT_ONLY_CERTIFICATES,    /* each is an error */
    PB_EXPECT_OTHER_THINGS_AS_WELL, /* a note for what says that it is another thing */
};

/* Adds each element of an array, in the envelope ServerCertificate or without. Fails only with
 * PB_FAILED_MEMORY. */
enum pb_status pb_certificates_add(struct pb_reading *reading, const struct pb_json *array,
                                   enum pb_strictness strictness, uint32_t record);

/* The pieces that other shapes need as well. Each leaves an absent or null value alone, remarks on
 * a wrong type, and fails only with PB_FAILED_MEMORY. */
enum pb_status pb_certificate_read_text(struct pb_reading *reading, const struct pb_json *value,
                                        struct pb_slice *text);
/* The same for a draft's name, which may stand in the document. */
enum pb_status pb_certificate_read_name(struct pb_reading *reading, const struct pb_json *value,
                                        struct pb_slice *name);
enum pb_status pb_certificate_read_id(struct pb_reading *reading, const struct pb_json *value,
                                      struct pb_slice *id);
enum pb_status pb_certificate_read_date(struct pb_reading *reading, const struct pb_json *value,
                                        struct pb_date *date);
enum pb_status pb_certificate_read_pem(struct pb_reading *reading, const struct pb_json *value,
                                       struct pb_slice *pem);
enum pb_status pb_certificate_read_account(struct pb_reading *reading, const struct pb_json *value,
                                           struct pb_slice *account);

/* Notes where the ARN's path or name is another than the fields'. */
enum pb_status pb_certificate_compare_arn(struct pb_reading *reading,
                                          const struct pb_observation *seen);

/* The object is flat metadata: it has a server certificate's name or id, or its ARN. */
bool pb_fields_are_metadata(const struct pb_fields *fields);

/* The object names the user that it belongs to, as SSH and signing keys do: they have fields of
 * certificates too. */
bool pb_certificate_is_owned(const struct pb_json *object);

/* The object is an item of AWS Config about a server certificate. */
bool pb_fields_are_config_item(const struct pb_fields *fields);

#endif
