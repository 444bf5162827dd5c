/* SPDX-License-Identifier: MIT */
/* How findings of the baseline are called, and how their messages are compared. */
#ifndef PB_RULES_BASELINE_WORDING_H
#define PB_RULES_BASELINE_WORDING_H

#include "rules/baseline.h"

/* "NAME (id ID, ARN ARN, account ACCOUNT)", "account ACCOUNT", or "the evidence"; formatted into
 * the arena. False without memory. */
bool pb_baseline_subject(struct pb_arena *arena, const struct pb_former_finding *former,
                         struct pb_slice *subject);

/* "SUBJECT: not covered by this evidence: WHY; it was: MESSAGE" */
bool pb_baseline_carry_message(struct pb_arena *arena, const struct pb_former_finding *former,
                               struct pb_slice why, struct pb_slice *message);

/*
 * The way back, for a baseline that carried a finding over itself: true, and *message is what the
 * finding said at first, where it is such a message. *certificate gets the names in it, borrowed
 * from the message; *has_certificate says whether there are any.
 */
bool pb_baseline_unwrap(struct pb_slice *message, struct pb_former_certificate *certificate,
                        bool *has_certificate);

/*
 * The message without the evidence's own path and, where that stood in it, without digits, which
 * are lines and counts then. place may be absent. False without memory.
 */
bool pb_baseline_gist(struct pb_arena *arena, struct pb_slice message, struct pb_slice place,
                      struct pb_slice *gist);

#endif
