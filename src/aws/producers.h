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

/* boto2.c */
enum pb_claim pb_boto2_claim(const struct pb_node *node);
enum pb_status pb_boto2_read(struct pb_reading *reading, const struct pb_node *node,
                             const char *name);

/* placebo.c */
enum pb_claim pb_placebo_claim(const struct pb_node *node);
enum pb_status pb_placebo_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name);

/* aws_list_all.c */
enum pb_claim pb_aws_list_all_claim(const struct pb_node *node);
enum pb_status pb_aws_list_all_read(struct pb_reading *reading, const struct pb_node *node,
                                    const char *name);

/* aws_recon.c */
enum pb_claim pb_aws_recon_claim(const struct pb_node *node);
enum pb_status pb_aws_recon_read(struct pb_reading *reading, const struct pb_node *node,
                                 const char *name);

/* custodian.c */
enum pb_claim pb_custodian_claim(const struct pb_node *node);
enum pb_status pb_custodian_read(struct pb_reading *reading, const struct pb_node *node,
                                 const char *name);

/* steampipe.c */
enum pb_claim pb_steampipe_claim(const struct pb_node *node);
enum pb_status pb_steampipe_read(struct pb_reading *reading, const struct pb_node *node,
                                 const char *name);

/* cloudquery.c */
enum pb_claim pb_cloudquery_claim(const struct pb_node *node);
enum pb_status pb_cloudquery_read(struct pb_reading *reading, const struct pb_node *node,
                                  const char *name);

/* terraform.c */
enum pb_claim pb_terraform_claim(const struct pb_node *node);
enum pb_status pb_terraform_read(struct pb_reading *reading, const struct pb_node *node,
                                 const char *name);

/* ansible.c */
enum pb_claim pb_ansible_claim(const struct pb_node *node);
enum pb_status pb_ansible_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name);

/* config.c */
enum pb_claim pb_config_claim(const struct pb_node *node);
enum pb_status pb_config_read(struct pb_reading *reading, const struct pb_node *node,
                              const char *name);

/* cloudtrail.c */
enum pb_claim pb_cloudtrail_claim(const struct pb_node *node);
enum pb_status pb_cloudtrail_read(struct pb_reading *reading, const struct pb_node *node,
                                  const char *name);

/* ocsf.c */
enum pb_claim pb_ocsf_claim(const struct pb_node *node);
enum pb_status pb_ocsf_read(struct pb_reading *reading, const struct pb_node *node,
                            const char *name);

/* tag_list.c */
enum pb_claim pb_tag_list_claim(const struct pb_node *node);
enum pb_status pb_tag_list_read(struct pb_reading *reading, const struct pb_node *node,
                                const char *name);

/* acm.c */
enum pb_claim pb_acm_claim(const struct pb_node *node);
enum pb_status pb_acm_read(struct pb_reading *reading, const struct pb_node *node,
                           const char *name);
enum pb_claim pb_acm_get_claim(const struct pb_node *node);
enum pb_status pb_acm_get_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name);

/* elb.c */
enum pb_claim pb_elb_claim(const struct pb_node *node);
enum pb_status pb_elb_read(struct pb_reading *reading, const struct pb_node *node,
                           const char *name);

/* elbv2.c */
enum pb_claim pb_elbv2_claim(const struct pb_node *node);
enum pb_status pb_elbv2_read(struct pb_reading *reading, const struct pb_node *node,
                             const char *name);

/* cloudfront.c */
enum pb_claim pb_cloudfront_claim(const struct pb_node *node);
enum pb_status pb_cloudfront_read(struct pb_reading *reading, const struct pb_node *node,
                                  const char *name);

#endif
