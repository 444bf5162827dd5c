/* SPDX-License-Identifier: MIT */
/* expired: its validity ended before the instant of the audit. */
#include <stdio.h>

#include "rules/rule.h"

static bool say(const struct pb_certificate *certificate, const struct pb_parameters *parameters,
                char *room)
{
    struct pb_instant end, as_of = parameters->as_of;

    if (!pb_certificate_find_end(certificate, &end) || pb_instant_compare(end, as_of) >= 0)
        return false;
    if (room != NULL)
        snprintf(room, PB_SENTENCE_BYTES, "expired %s, %s before %s", pb_instant_text(end).text,
                 pb_duration_text(end, as_of).text, pb_instant_text(as_of).text);
    return true;
}

const struct pb_rule pb_rule_expired = {
    .name = "expired",
    .level = PB_LEVEL_LOW,
    .title = "its validity ended before the instant of the audit (--as-of)",
    .explanation = "NotAfter of the body, or Expiration where no body is in the evidence, is\n"
                   "before --as-of. An expired certificate is no danger by itself, but browsers\n"
                   "refuse it, and one that stands in IAM can still be picked for a listener.\n"
                   "If it is vulnerable too, delete it; its key must not be used again.\n"
                   "\n"
                   "How to fix it:\n"
                   "  aws iam delete-server-certificate --server-certificate-name 'NAME'\n"
                   "\n"
                   "Source: CIS Amazon Web Services Foundations Benchmark, recommendation 1.19:\n"
                   "ensure that all expired SSL/TLS certificates stored in IAM are removed.\n",
    .need = PB_NEEDS_VALIDITY,
    .say = say,
};
