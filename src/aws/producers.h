/* SPDX-License-Identifier: MIT */
/* What each producer's file gives to the table of shapes: a claim and a reader a form. */
#ifndef PB_AWS_PRODUCERS_H
#define PB_AWS_PRODUCERS_H

#include "aws/reading.h"
#include "aws/shape.h"
#include "aws/walk.h"

/* list.c */
enum pb_claim pb_list_claim(const struct pb_node *node);
enum pb_status pb_list_read(struct pb_reading *reading, const struct pb_node *node,
                            const char *name);

/* get.c: read serves both */
enum pb_claim pb_get_claim(const struct pb_node *node);
enum pb_claim pb_upload_claim(const struct pb_node *node);
enum pb_status pb_get_read(struct pb_reading *reading, const struct pb_node *node,
                           const char *name);

/* metadata.c: an object, and an array of them */
enum pb_claim pb_metadata_claim(const struct pb_node *node);
enum pb_status pb_metadata_read(struct pb_reading *reading, const struct pb_node *node,
                                const char *name);
enum pb_claim pb_metadata_array_claim(const struct pb_node *node);
enum pb_status pb_metadata_array_read(struct pb_reading *reading, const struct pb_node *node,
                                      const char *name);

/* query_renamed.c */
enum pb_claim pb_renamed_claim(const struct pb_node *node);
enum pb_status pb_renamed_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name);

/* query_rows.c */
enum pb_claim pb_rows_claim(const struct pb_node *node);
enum pb_status pb_rows_read(struct pb_reading *reading, const struct pb_node *node,
                            const char *name);

/* query_texts.c: read serves the three */
enum pb_claim pb_names_claim(const struct pb_node *node);
enum pb_claim pb_dates_claim(const struct pb_node *node);
enum pb_claim pb_bodies_claim(const struct pb_node *node);
enum pb_status pb_texts_read(struct pb_reading *reading, const struct pb_node *node,
                             const char *name);

/* companion.c */
enum pb_claim pb_summary_claim(const struct pb_node *node);
enum pb_status pb_summary_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name);
enum pb_claim pb_identity_claim(const struct pb_node *node);
enum pb_status pb_identity_read(struct pb_reading *reading, const struct pb_node *node,
                                const char *name);

#endif
