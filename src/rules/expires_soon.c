/* SPDX-License-Identifier: MIT */
/* expires-soon: its validity ends within 45 days of the instant of the audit. */
#include <stdio.h>

#include "rules/rule.h"

#define SOON_SECONDS (45 * 86400)

static bool say(const struct pb_certificate *certificate, const struct pb_parameters *parameters,
                char *room)
{
    struct pb_instant end, as_of = parameters->as_of;
    struct pb_instant soon = {as_of.seconds + SOON_SECONDS, as_of.nanoseconds};

    if (!pb_certificate_find_end(certificate, &end) || pb_instant_compare(end, as_of) < 0 ||
        pb_instant_compare(end, soon) > 0)
        return false;
    if (room != NULL)
        snprintf(room, PB_SENTENCE_BYTES, "expires %s, %s after %s", pb_instant_text(end).text,
                 pb_duration_text(end, as_of).text, pb_instant_text(as_of).text);
    return true;
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
    .say = say,
};
