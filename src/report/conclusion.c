/* SPDX-License-Identifier: MIT */
#include "report/conclusion.h"

#include <string.h>

#include "report/phrases.h"

const char *pb_conclusion_word(enum pb_conclusion conclusion)
{
    static const char *const words[] = {
        [PB_CONCLUSION_PASS] = "PASS",
        [PB_CONCLUSION_FAIL] = "FAIL",
        [PB_CONCLUSION_INCONCLUSIVE] = "INCONCLUSIVE",
    };

    return words[conclusion];
}

bool pb_conclusion_has_rule(const struct pb_result *result, const char *rule)
{
    size_t index;

    return pb_rule_find(pb_slice_from_string(rule), &index) != NULL &&
           (result->parameters->rules >> index & 1) != 0;
}

/* "2 of 5 certificates were", "1 of 1 certificate was", "none of 5 certificates was" */
static void append_vulnerable(struct pb_buffer *buffer, const struct pb_summary *summary)
{
    if (summary->vulnerable == 0)
        pb_buffer_append_string(buffer, "none");
    else
        pb_buffer_append_format(buffer, "%zu", summary->vulnerable);
    pb_buffer_append_string(buffer, " of ");
    pb_phrase_append_count(buffer, summary->certificates, "certificate");
    pb_buffer_append_string(buffer, summary->vulnerable > 1 ? " were" : " was");
    pb_buffer_append_string(buffer, " uploaded before the cutoff");
}

static size_t count_unproven_accounts(const struct pb_inventory *inventory)
{
    size_t count = 0;

    for (size_t i = 0; i < inventory->accounts.count; i++)
        count += pb_inventory_account(inventory, i)->coverage != PB_COVERAGE_COMPLETE;
    return count;
}

static void append_pass(struct pb_buffer *buffer, const struct pb_result *result,
                        const char *direction)
{
    const struct pb_summary *summary = result->summary;
    size_t unproven = count_unproven_accounts(result->inventory);

    (void)direction;
    if (summary->certificates == 0)
        pb_buffer_append_string(buffer, "the evidence shows no server certificate");
    else
        append_vulnerable(buffer, summary);
    if (summary->vulnerable > 0)
        pb_buffer_append_string(buffer, pb_conclusion_has_rule(result, "IAM-033")
                                            ? ", as waivers accept"
                                            : ", and rule IAM-033 is off");
    if (unproven == 0)
        return;
    pb_buffer_append_format(buffer, "; %zu of ", unproven);
    pb_phrase_append_count(buffer, summary->accounts, "account");
    pb_buffer_append_string(buffer, " may have more than the evidence shows");
}

/* Vulnerable certificates of this evidence that nobody has accepted. */
static size_t count_open_uploads(const struct pb_vector *findings)
{
    size_t count = 0;

    for (size_t i = 0; i < findings->count; i++) {
        const struct pb_finding *finding = &PB_VECTOR_AT(const struct pb_finding, findings, i);
        count += strcmp(finding->rule->name, "IAM-033") == 0 && pb_finding_counts(finding) &&
                 pb_finding_former(finding) == NULL;
    }
    return count;
}

static void append_uploads(struct pb_buffer *buffer, const struct pb_summary *summary,
                           size_t uploads)
{
    size_t waived = summary->vulnerable - uploads;

    append_vulnerable(buffer, summary);
    if (waived > 0)
        pb_buffer_append_format(buffer, ", %zu of them waived", waived);
    pb_buffer_append_string(buffer, uploads == 1
                                        ? ": replace it, with a new key, and have it revoked"
                                        : ": replace them, with new keys, and have them revoked");
}

static void append_fail(struct pb_buffer *buffer, const struct pb_result *result,
                        const char *direction)
{
    size_t uploads = count_open_uploads(&result->findings->items);
    size_t others = result->summary->findings[PB_LEVEL_HIGH] - uploads;

    if (uploads == 0) {
        pb_phrase_append_count(buffer, others, "high finding");
        pb_buffer_append_format(buffer, ", each named %s with what to do", direction);
        return;
    }
    append_uploads(buffer, result->summary, uploads);
    if (others == 0)
        return;
    pb_buffer_append_string(buffer, "; and ");
    pb_phrase_append_count(buffer, others, "other high finding");
    pb_buffer_append_format(buffer, " %s", direction);
}

static void append_inconclusive(struct pb_buffer *buffer, const struct pb_result *result,
                                const char *direction)
{
    const struct pb_summary *summary = result->summary;
    bool is_contrary = summary->certificates > 0 && summary->vulnerable == 0;

    (void)direction;
    if (summary->certificates == 0)
        pb_buffer_append_string(buffer, "nothing was judged");
    else if (summary->vulnerable == 0)
        pb_buffer_append_string(buffer, "no certificate is known to be uploaded before the cutoff");
    else
        append_vulnerable(buffer, summary);
    if (summary->inconclusive_because == NULL)
        return;
    pb_buffer_append_string(buffer, is_contrary ? ", but " : "; ");
    pb_buffer_append_string(buffer, summary->inconclusive_because);
}

void pb_conclusion_append(struct pb_buffer *buffer, const struct pb_result *result,
                          const char *direction)
{
    static void (*const append[])(struct pb_buffer *, const struct pb_result *, const char *) = {
        [PB_CONCLUSION_PASS] = append_pass,
        [PB_CONCLUSION_FAIL] = append_fail,
        [PB_CONCLUSION_INCONCLUSIVE] = append_inconclusive,
    };

    append[result->summary->conclusion](buffer, result, direction);
    pb_buffer_append_byte(buffer, '.');
}
