/* SPDX-License-Identifier: MIT */
/* undetermined: a certificate without a verdict, and what would settle it. */
#include <stdio.h>

#include "rules/rule.h"

#include "rules/verdict.h"

static bool say(const struct pb_certificate *certificate, const struct pb_parameters *parameters,
                char *room)
{
    const struct pb_verdict_reason *reason = pb_verdict_reason_find(certificate->reason);

    (void)parameters;
    if (certificate->verdict != PB_VERDICT_UNDETERMINED)
        return false;
    if (room != NULL)
        snprintf(room, PB_SENTENCE_BYTES, "%s; to settle it, %s", reason->meaning, reason->remedy);
    return true;
}

const struct pb_rule pb_rule_undetermined = {
    .name = "undetermined",
    .level = PB_LEVEL_MEDIUM,
    .title = "a certificate without a verdict: why, and what would settle it",
    .explanation = "The evidence names a certificate and does not prove on which side of the\n"
                   "cutoff it was uploaded. The report gives the reason:\n"
                   "  names-only         only its name is known (a --query for names)\n"
                   "  no-upload-date     no UploadDate, and a validity that spans the cutoff or\n"
                   "                     is not known\n"
                   "  unparseable-date   the UploadDate is no date\n"
                   "  date-without-zone  no time zone, and within 14 hours of the cutoff\n"
                   "  date-without-time  a day without a time, too near the cutoff\n"
                   "  conflicting-dates  dates on both sides of the cutoff\n"
                   "  damaged-evidence   what shows it as clear does not fit its checksum\n"
                   "  config-has-no-upload-date  AWS Config knows neither date nor body\n"
                   "Missing data is never taken for \"ok\": the exit status is 3.\n"
                   "\n"
                   "How to fix it: export again with\n"
                   "  aws iam list-server-certificates --output json\n"
                   "or, for one certificate,\n"
                   "  aws iam get-server-certificate --server-certificate-name 'NAME'\n",
    .say = say,
};
