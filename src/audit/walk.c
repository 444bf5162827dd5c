/* SPDX-License-Identifier: MIT */
/* The library's public functions that hand out results. */
#include "prebleed.h"

#include "audit/handle.h"
#include "base/escape.h"
#include "report/place.h"
#include "rules/revocation.h"

/* NUL-terminated printable text in the audit's strings; NULL for an absent slice, and where memory
 * is missing. */
static const char *hand_out(struct prebleed_audit *audit, struct pb_slice text)
{
    struct pb_buffer escaped;
    struct pb_slice copy = PB_SLICE_ABSENT;

    if (text.data == NULL)
        return NULL;
    pb_buffer_init(&escaped, SIZE_MAX);
    pb_escape_append(&escaped, text, PB_ESCAPE_CONTROLS);
    pb_buffer_append_byte(&escaped, '\0');
    if (!escaped.has_failed)
        pb_arena_copy(&audit->strings, pb_buffer_slice(&escaped), &copy);
    pb_buffer_release(&escaped);
    return copy.data;
}

static struct prebleed_instant public_instant(struct pb_instant instant)
{
    return (struct prebleed_instant){instant.seconds, instant.nanoseconds};
}

static size_t public_index(uint32_t index)
{
    return index == PB_NO_INDEX ? PREBLEED_NO_INDEX : index;
}

static void count_entries(const struct pb_summary *from, struct prebleed_summary *summary)
{
    summary->used = from->entry_status[PB_ENTRY_USED];
    summary->ignored = from->entry_status[PB_ENTRY_IGNORED];
    summary->unreadable = from->entry_status[PB_ENTRY_UNREADABLE];
    summary->skipped = from->entry_status[PB_ENTRY_SKIPPED];
    summary->containers = from->entry_status[PB_ENTRY_CONTAINER];
    summary->items = from->entries - summary->containers;
}

void prebleed_audit_summary(const struct prebleed_audit *audit, struct prebleed_summary *summary)
{
    const struct pb_summary *from = &audit->outcome.summary;
    static const enum prebleed_conclusion conclusions[] = {
        [PB_CONCLUSION_PASS] = PREBLEED_PASS,
        [PB_CONCLUSION_FAIL] = PREBLEED_FAIL,
        [PB_CONCLUSION_INCONCLUSIVE] = PREBLEED_INCONCLUSIVE,
    };

    *summary = (struct prebleed_summary){
        .conclusion = conclusions[from->conclusion],
        .exit_status = from->exit_status,
        .accounts = from->accounts,
        .certificates = from->certificates,
        .vulnerable = from->vulnerable,
        .clear = from->clear,
        .undetermined = from->undetermined,
        .not_judged = from->not_judged,
        .findings = audit->outcome.findings.items.count + audit->outcome.findings.resolved.count,
        .waived = from->waived,
        .resolved = from->resolved_findings,
        .high = from->findings[PB_LEVEL_HIGH],
        .medium = from->findings[PB_LEVEL_MEDIUM],
        .low = from->findings[PB_LEVEL_LOW],
        .diagnostics = audit->outcome.inventory.evidence.diagnostics.items.count,
    };
    count_entries(from, summary);
}

bool prebleed_audit_account(struct prebleed_audit *audit, size_t index,
                            struct prebleed_account *out)
{
    static const char *const coverage[] = {
        [PB_COVERAGE_UNKNOWN] = "unknown",
        [PB_COVERAGE_COMPLETE] = "complete",
        [PB_COVERAGE_INCOMPLETE] = "incomplete",
    };

    pb_arena_release(&audit->strings);
    if (index >= audit->outcome.inventory.accounts.count)
        return false;
    const struct pb_account *account = pb_inventory_account(&audit->outcome.inventory, index);
    *out = (struct prebleed_account){
        .id = hand_out(audit, account->id),
        .partition = hand_out(audit, account->partition),
        .coverage = coverage[account->coverage],
        .certificates = account->certificate_count,
    };
    return true;
}

static void hand_out_facts(struct prebleed_audit *audit, const struct pb_x509_facts *facts,
                           struct prebleed_certificate *out)
{
    out->has_x509 = true;
    out->issuer = hand_out(audit, facts->issuer);
    out->subject = hand_out(audit, facts->subject);
    out->key_algorithm = hand_out(audit, facts->key.algorithm);
    out->key_bits = facts->key.bits;
    out->not_before = public_instant(facts->not_before);
    out->not_after = public_instant(facts->not_after);
    memcpy(out->spki_sha256, facts->key.spki_sha256, sizeof out->spki_sha256);
}

bool prebleed_audit_certificate(struct prebleed_audit *audit, size_t index,
                                struct prebleed_certificate *out)
{
    static const enum prebleed_verdict verdicts[] = {
        [PB_VERDICT_NONE] = PREBLEED_VERDICT_NONE,
        [PB_VERDICT_VULNERABLE] = PREBLEED_VERDICT_VULNERABLE,
        [PB_VERDICT_CLEAR] = PREBLEED_VERDICT_CLEAR,
        [PB_VERDICT_UNDETERMINED] = PREBLEED_VERDICT_UNDETERMINED,
    };

    pb_arena_release(&audit->strings);
    if (index >= audit->outcome.inventory.certificates.count)
        return false;
    const struct pb_certificate *certificate =
        pb_inventory_certificate(&audit->outcome.inventory, index);
    *out = (struct prebleed_certificate){
        .account = certificate->account,
        .name = hand_out(audit, certificate->name),
        .path = hand_out(audit, certificate->path),
        .id = hand_out(audit, certificate->id),
        .arn = hand_out(audit, certificate->arn),
        .verdict = verdicts[certificate->verdict],
        .reason = certificate->reason,
        .has_upload_date = certificate->upload_date.state != PB_DATE_ABSENT &&
                           certificate->upload_date.state != PB_DATE_UNPARSEABLE,
        .upload_date = public_instant(certificate->upload_date.instant),
    };
    if (certificate->body != NULL)
        hand_out_facts(audit, certificate->body, out);
    if (certificate->revocation != NULL)
        out->revocation = pb_revocation_name(certificate->revocation->status);
    return true;
}

/* Resolved ones stand last. */
static const struct pb_finding *find_finding(const struct pb_findings *findings, size_t index)
{
    if (index < findings->items.count)
        return &PB_VECTOR_AT(const struct pb_finding, &findings->items, index);
    index -= findings->items.count;
    return index < findings->resolved.count
               ? &PB_VECTOR_AT(const struct pb_finding, &findings->resolved, index)
               : NULL;
}

bool prebleed_audit_finding(struct prebleed_audit *audit, size_t index,
                            struct prebleed_finding *out)
{
    static const enum prebleed_severity severities[] = {
        [PB_LEVEL_LOW] = PREBLEED_SEVERITY_LOW,
        [PB_LEVEL_MEDIUM] = PREBLEED_SEVERITY_MEDIUM,
        [PB_LEVEL_HIGH] = PREBLEED_SEVERITY_HIGH,
    };

    char room[PB_SENTENCE_BYTES];

    pb_arena_release(&audit->strings);
    const struct pb_finding *finding = find_finding(&audit->outcome.findings, index);
    if (finding == NULL)
        return false;
    *out = (struct prebleed_finding){
        .rule = finding->rule->name,
        .severity = severities[finding->rule->level],
        .account = public_index(finding->account),
        .certificate = public_index(finding->certificate),
        .message = hand_out(audit, pb_finding_message(finding, &audit->outcome.inventory,
                                                      &audit->parameters, room)),
        .state = pb_finding_state_name(finding->state),
        .waiver_owner = finding->waiver == NULL ? NULL : hand_out(audit, finding->waiver->owner),
    };
    return true;
}

bool prebleed_audit_diagnostic(struct prebleed_audit *audit, size_t index,
                               struct prebleed_diagnostic *out)
{
    const struct pb_batch *evidence = &audit->outcome.inventory.evidence;
    struct pb_buffer where;

    pb_arena_release(&audit->strings);
    if (index >= evidence->diagnostics.items.count)
        return false;
    const struct pb_diagnostic *diagnostic =
        &PB_VECTOR_AT(const struct pb_diagnostic, &evidence->diagnostics.items, index);
    pb_buffer_init(&where, SIZE_MAX);
    pb_place_append(&where, &audit->outcome.inventory, pb_place_of_diagnostic(diagnostic));
    *out = (struct prebleed_diagnostic){
        .severity = pb_severity_name(diagnostic->severity),
        .code = diagnostic->code,
        .where = diagnostic->entry != PB_NO_ENTRY ? hand_out(audit, pb_buffer_slice(&where)) : NULL,
        .message = hand_out(audit, diagnostic->message),
    };
    pb_buffer_release(&where);
    return true;
}
