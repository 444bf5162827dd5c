/* SPDX-License-Identifier: MIT */
/* What reports for people say in the same words, whatever their form. */
#ifndef PB_REPORT_PHRASES_H
#define PB_REPORT_PHRASES_H

#include "base/buffer.h"
#include "inventory/types.h"
#include "rules/rule.h"
#include "rules/waiver.h"

/* Everything that is appended is printable text: the evidence's own bytes are escaped as
 * PB_ESCAPE_CONTROLS says. */

/* "1 item", "2 items": plural is the singular with an s. */
void pb_phrase_append_count(struct pb_buffer *buffer, size_t count, const char *singular);
/* "2014-03-24 21:11:59Z" */
void pb_phrase_append_instant(struct pb_buffer *buffer, struct pb_instant instant);

/* "account 111122223333", "account 111122223333 in aws-cn", "account unknown" */
void pb_phrase_append_account(struct pb_buffer *buffer, const struct pb_account *account);
/* Its name, else what else it can be called by, and where that is from. */
void pb_phrase_append_name(struct pb_buffer *buffer, const struct pb_certificate *certificate);
/* "uploaded", or "imported" for one of ACM. */
const char *pb_phrase_upload_label(const struct pb_certificate *certificate);
/* When that was and how far that is from the cutoff, or why that is not known. */
void pb_phrase_append_upload(struct pb_buffer *buffer, const struct pb_certificate *certificate,
                             struct pb_instant cutoff);
/* From when to when; nothing where neither is known. */
void pb_phrase_append_validity(struct pb_buffer *buffer, const struct pb_certificate *certificate,
                               struct pb_instant as_of);
/* For how long the key of a vulnerable one can have been exposed; nothing for any other, whose
 * findings say it where a rule doubts its key. */
void pb_phrase_append_exposure(struct pb_buffer *buffer, const struct pb_certificate *certificate);
/* "RSA 2048", "EC P-256" */
void pb_phrase_append_key(struct pb_buffer *buffer, const struct pb_key_facts *key);
/* What the CRL says, which one, and from when. */
void pb_phrase_append_revocation(struct pb_buffer *buffer, const struct pb_revocation *revocation);
/* Whether it is deleted or in ACM; nothing for one that is simply there. */
void pb_phrase_append_state(struct pb_buffer *buffer, const struct pb_certificate *certificate);
/* "waived by OWNER until DATE: REASON" */
void pb_phrase_append_waiver(struct pb_buffer *buffer, const struct pb_waiver *waiver);

#endif
