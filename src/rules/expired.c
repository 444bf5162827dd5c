/* SPDX-License-Identifier: MIT */
/* expired: its validity ended before the instant of the audit. */
#include "rules/rule.h"

static struct pb_slice say(const struct pb_certificate *certificate,
                           const struct pb_parameters *parameters, char room[PB_SENTENCE_BYTES])
{
    struct pb_instant end = {0};

    pb_certificate_find_end(certificate, &end);
    return pb_sentence_format(room, "expired %s, %s before %s", pb_instant_text(end).text,
                              pb_duration_text(end, parameters->as_of).text,
                              pb_instant_text(parameters->as_of).text);
}

static bool applies(const struct pb_certificate *certificate,
                    const struct pb_parameters *parameters)
{
    struct pb_instant end;

    return pb_certificate_find_end(certificate, &end) &&
           pb_instant_compare(end, parameters->as_of) < 0;
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
    .applies = applies,
    .say = say,
};
