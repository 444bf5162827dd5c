/* SPDX-License-Identifier: MIT */
/* One document being read: where the reader stands, and what it adds to the batch. */
#ifndef PB_AWS_READING_H
#define PB_AWS_READING_H

#include "aws/field.h"
#include "aws/read.h"
#include "aws/remark.h"
#include "base/buffer.h"

struct pb_node;

/* An observation on its way into the batch. Zero-initialise; names and PEM texts may stand in the
 * document, and all other texts are the batch's. What the two parts say becomes the observation's
 * particulars and bodies. */
struct pb_draft {
    struct pb_observation seen;
    struct pb_particulars particulars;
    struct pb_bodies bodies;
    bool is_skeleton; /* its values are the field names: nobody's certificate */
};

struct pb_reading {
    const struct pb_json_document *document; /* borrowed, like context and batch */
    const struct pb_aws_context *context;
    struct pb_batch *batch;
    struct pb_buffer pointer; /* of the value being read */
    struct pb_remarks remarks;
    const char *shape;  /* of the first row that added something, NULL so far */
    bool is_expected;   /* the caller or the path says that this is about certificates */
    bool is_refused;    /* a diagnostic of severity error says why */
    bool is_recognised; /* a shape was met that shows nothing, and that is no problem */
    bool is_claimed;    /* a shape was met, be there anything to show or not */
    bool is_embedded;   /* the value stands in a document inside a string */
    bool is_overfull;   /* the document shows more certificates than are taken from one */
    /* private: what the batch held before */
    size_t first_observation, first_record, first_diagnostic;
};

void pb_reading_init(struct pb_reading *reading, const struct pb_json_document *document,
                     const struct pb_aws_context *context, struct pb_batch *batch);
void pb_reading_release(struct pb_reading *reading);

/* All functions below fail only with PB_FAILED_MEMORY. */

/* A record at the current pointer; *index is its number in the batch. */
enum pb_status pb_reading_add_record(struct pb_reading *reading, enum pb_record_kind kind,
                                     const char *shape, uint32_t *index);

/* The record with that number; valid until the next one is added. */
struct pb_record *pb_reading_record(const struct pb_reading *reading, uint32_t index);

/* Takes back the record added last, which has no observations. */
void pb_reading_drop_record(struct pb_reading *reading);
/* The same where it has none. */
void pb_reading_drop_if_empty(struct pb_reading *reading, uint32_t index);

/* A document of 2,000,000 values, the default ceiling, lists fewer unless their fields are cut. */
#define PB_MOST_CERTIFICATES_A_DOCUMENT 200000
/* Of arrays whose elements are a text or two: a few bytes must not buy a certificate's memory. */
#define PB_MOST_BARE_ELEMENTS 100000

/* Adds the draft as a certificate at the current pointer that came with the record, which may be
 * PB_NO_RECORD if the draft says its shape. Beyond the ceiling the document becomes overfull
 * instead. */
enum pb_status pb_reading_add_observation(struct pb_reading *reading, uint32_t record,
                                          const struct pb_draft *draft);

/* A diagnostic about the value at the current pointer. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
enum pb_status
pb_reading_remark(struct pb_reading *reading, enum pb_remark kind, const char *format, ...);

/* A diagnostic of severity error, at the current pointer, that refuses what stands there. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
enum pb_status
pb_reading_refuse(struct pb_reading *reading, const char *code, const char *format, ...);

/* Makes the document overfull, with the error that says so, once. */
enum pb_status pb_reading_refuse_more(struct pb_reading *reading, size_t ceiling);

/* Sums up the remarks and finds the lines of all that was added, in few passes over the text. */
enum pb_status pb_reading_close(struct pb_reading *reading);

/* What IsTruncated, Marker and NextToken beside the node, and a NextToken farther out, say of
 * paging. */
enum pb_status pb_reading_page(struct pb_reading *reading, const struct pb_node *node,
                               enum pb_page *page);

#endif
