/* SPDX-License-Identifier: MIT */
/* expires-soon: its validity ends within 45 days of the instant of the audit. */
#include "rules/rule.h"

#define SOON_SECONDS (45 * 86400)

static struct pb_slice say(const struct pb_certificate *certificate,
                           const struct pb_parameters *parameters, char room[PB_SENTENCE_BYTES])
{
    struct pb_instant end = {0};

    pb_certificate_find_end(certificate, &end);
    return pb_sentence_format(room, "expires %s, %s after %s", pb_instant_text(end).text,
                              pb_duration_text(end, parameters->as_of).text,
                              pb_instant_text(parameters->as_of).text);
}

static bool applies(const struct pb_certificate *certificate,
                    const struct pb_parameters *parameters)
{
    struct pb_instant end, soon = parameters->as_of;

    soon.seconds += SOON_SECONDS;
    return pb_certificate_find_end(certificate, &end) &&
           pb_instant_compare(end, parameters->as_of) >= 0 && pb_instant_compare(end, soon) <= 0;
}

const struct pb_rule pb_rule_expires_soon = {
    .name = "expires-soon",
    .level = PB_LEVEL_LOW,
    .title = "its validity ends within 45 days of the audit (--as-of)",
    .explanation =
        "NotAfter of the body, or Expiration where no body is in the evidence, is at\n"
        "most 45 days after --as-of. IAM does not renew certificates.\n"
        "\n"
        "How to fix it: have it reissued, with a new key, and upload it, or move to AWS\n"
        "Certificate Manager (ACM), which renews the certificates it issues.\n",
    .need = PB_NEEDS_VALIDITY,
    .applies = applies,
    .say = say,
};
