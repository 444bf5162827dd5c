/* SPDX-License-Identifier: MIT */
#include "rules/baseline_fate.h"

#include <stdarg.h>
#include <stdint.h>

#include "base/message.h"
#include "rules/baseline_wording.h"
#include "rules/rule.h"

/* One finding of the baseline before its judge. */
struct trial {
    const struct pb_baseline_match *match;
    const struct pb_parameters *parameters;
    const struct pb_former_finding *former;
    const struct pb_account *account; /* in this evidence; NULL: not there */
    struct pb_arena *arena;
    struct pb_finding *finding;
    struct pb_statement *statement; /* the finding's */
};

static enum pb_status carry(struct trial *trial, const char *why)
{
    trial->finding->state = PB_STATE_UNCHANGED;
    trial->finding->certificate =
        pb_baseline_match_heirs(trial->match, trial->former->certificate)->same;
    return pb_baseline_carry_message(trial->arena, trial->former, pb_slice_from_string(why),
                                     &trial->statement->message)
               ? PB_OK
               : PB_FAILED_MEMORY;
}

/* What is gone from the account is trusted all the same until it is revoked or expires; "" where no
 * CRL says anything. */
static bool tell_revocation(const struct trial *trial, struct pb_slice *words)
{
    const struct pb_former_certificate *then = trial->former->certificate;
    const struct pb_revocation *revocation = then == NULL ? NULL : then->revocation;

    *words = PB_SLICE("");
    if (revocation == NULL || trial->former->rule != &pb_rule_iam_033)
        return true;
    const char *proviso = pb_slice_is_absent(revocation->detail) ? "" : ", but ";
    switch (revocation->status) {
    case PB_REVOCATION_REVOKED:
        return pb_message_format(
            trial->arena, words, "; revoked%s%s%s%s, as the CRL %.*s says%s%.*s",
            revocation->has_date ? " " : "",
            revocation->has_date ? pb_instant_text(revocation->date).text : "",
            revocation->reason != NULL ? ", " : "",
            revocation->reason != NULL ? revocation->reason : "", PB_SLICE_ARGS(revocation->crl),
            proviso, PB_SLICE_ARGS(revocation->detail));
    case PB_REVOCATION_NOT_REVOKED:
        return pb_message_format(
            trial->arena, words,
            "; NOT revoked: the CRL %.*s of %s does not list its serial %.*s, so whoever has its "
            "key can pass for it until %s%s%.*s",
            PB_SLICE_ARGS(revocation->crl), pb_instant_text(revocation->this_update).text,
            PB_SLICE_ARGS(pb_slice_first(then->body->serial, 64)),
            pb_instant_text(then->body->not_after).text, proviso,
            PB_SLICE_ARGS(revocation->detail));
    case PB_REVOCATION_UNKNOWN: break;
    }
    return pb_message_format(trial->arena, words,
                             "; whether it was revoked is not known by the CRL %.*s: %.*s",
                             PB_SLICE_ARGS(revocation->crl), PB_SLICE_ARGS(revocation->detail));
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static enum pb_status
resolve(struct trial *trial, const char *format, ...)
{
    struct pb_slice subject, how, revocation;
    va_list arguments;

    trial->finding->state = PB_STATE_RESOLVED;
    va_start(arguments, format);
    bool is_told = pb_message_format_list(trial->arena, &how, format, arguments);
    va_end(arguments);
    return is_told && pb_baseline_subject(trial->arena, trial->former, &subject) &&
                   tell_revocation(trial, &revocation) &&
                   pb_message_format(trial->arena, &trial->statement->message,
                                     "%.*s: %.*s%.*s; it was: %.*s", PB_SLICE_ARGS(subject),
                                     PB_SLICE_ARGS(how), PB_SLICE_ARGS(revocation),
                                     PB_SLICE_ARGS(trial->former->message))
               ? PB_OK
               : PB_FAILED_MEMORY;
}

/* A deletion before the certificate was uploaded is of another one of its name. */
static bool is_deleted(const struct trial *trial, const struct pb_certificate *now)
{
    const struct pb_former_certificate *then = trial->former->certificate;
    bool is_dated = false;

    if (now->presence != PB_PRESENCE_DELETED)
        return false;
    for (uint32_t i = 0; then->has_upload_date && i < now->observation_count; i++) {
        const struct pb_particulars *particulars =
            pb_inventory_observation(trial->match->inventory, now->first_observation + i)
                ->particulars;
        if (particulars == NULL || particulars->event != PB_EVENT_DELETE ||
            particulars->event_time.state != PB_DATE_EXACT)
            continue;
        is_dated = true;
        if (pb_instant_compare(particulars->event_time.instant, then->upload_date) >= 0)
            return true;
    }
    return !is_dated;
}

/* NULL where the evidence shows what the rule needs to find nothing. */
static const char *find_shortage(const struct pb_rule *rule, const struct pb_certificate *now)
{
    struct pb_instant end;

    if (rule->need == PB_NEEDS_VERDICT && now->verdict != PB_VERDICT_VULNERABLE &&
        now->verdict != PB_VERDICT_CLEAR)
        return "it does not show when this certificate was uploaded";
    if (rule->need == PB_NEEDS_BODY && now->body == NULL)
        return "it does not have this certificate's body";
    if (rule->need == PB_NEEDS_VALIDITY && !pb_certificate_find_end(now, &end))
        return "it does not show when this certificate expires";
    return NULL;
}

/* The certificate is there, and the rule finds nothing in it any more. */
static enum pb_status judge_same(struct trial *trial, const struct pb_certificate *now)
{
    const char *shortage = find_shortage(trial->former->rule, now);

    if (is_deleted(trial, now))
        return resolve(trial, "deleted, as an event in the evidence says");
    if (now->presence == PB_PRESENCE_DELETED)
        return carry(trial, "it shows a deletion from before this certificate was uploaded");
    if (shortage != NULL)
        return carry(trial, shortage);
    if (trial->former->rule == &pb_rule_iam_033)
        return resolve(trial,
                       "no longer vulnerable, because it is judged clear (%s) against the "
                       "cutoff %s",
                       now->basis == PB_BASIS_UPLOAD_DATE ? pb_arrival_text(now).text
                                                          : "by its validity",
                       pb_instant_text(trial->parameters->cutoff).text);
    return resolve(trial, "no longer so: the rule finds nothing in this certificate any more");
}

static enum pb_status judge_replaced(struct trial *trial, const struct pb_certificate *now)
{
    const struct pb_former_certificate *then = trial->former->certificate;
    const char *key = "and whether its key is new is not known without both bodies";

    if (then->has_body && now->body != NULL)
        key = memcmp(then->spki_sha256, now->body->key.spki_sha256, sizeof then->spki_sha256) == 0
                  ? "with the SAME key: the replacement changed nothing"
                  : "with a new key";
    return resolve(trial, "replaced under the same name by %.*s (%s), %s",
                   PB_SLICE_ARGS(now->id.size_bytes > 0 ? now->id : pb_certificate_name(now)),
                   pb_arrival_text(now).text, key);
}

/* The certificate is not there: only a complete account proves that it is gone. */
static enum pb_status judge_missing(struct trial *trial)
{
    if (!trial->former->certificate->is_of_iam)
        return carry(trial, "it does not show this certificate, and proves no deletion in ACM");
    if (trial->account == NULL)
        return carry(trial, "it shows nothing of this certificate's account");
    switch (trial->account->coverage) {
    case PB_COVERAGE_COMPLETE:
        return resolve(trial, "deleted: the coverage of its account is complete without it");
    case PB_COVERAGE_INCOMPLETE:
        return carry(trial, "the coverage of its account is incomplete, so it may still be there");
    case PB_COVERAGE_UNKNOWN: break;
    }
    return carry(trial, "the coverage of its account is unknown, so it may still be there; "
                        "get-account-summary would settle it");
}

static enum pb_status judge_revocation(struct trial *trial, uint32_t same)
{
    const struct pb_former_certificate *then = trial->former->certificate;
    const struct pb_revocation *revocation = then->revocation;
    struct pb_instant as_of = trial->parameters->as_of;

    if (same != PB_NO_INDEX && (revocation == NULL || revocation->status == PB_REVOCATION_UNKNOWN))
        revocation = pb_inventory_certificate(trial->match->inventory, same)->revocation;

    if (revocation != NULL && revocation->status == PB_REVOCATION_REVOKED)
        return resolve(trial, "revoked, as the CRL %.*s says", PB_SLICE_ARGS(revocation->crl));
    if (then->body != NULL && pb_instant_compare(then->body->not_after, as_of) < 0)
        return resolve(trial, "expired %s: nobody need trust it any more",
                       pb_instant_text(then->body->not_after).text);
    return carry(trial, "it does not show that this certificate was revoked since");
}

static enum pb_status judge_certificate(struct trial *trial)
{
    const struct pb_inventory *inventory = trial->match->inventory;
    const struct pb_heirs *heirs =
        pb_baseline_match_heirs(trial->match, trial->former->certificate);

    if (trial->former->rule->need == PB_NEEDS_REVOCATION)
        return judge_revocation(trial, heirs->same);
    if (heirs->same != PB_NO_INDEX)
        return judge_same(trial, pb_inventory_certificate(inventory, heirs->same));
    if (heirs->successor != PB_NO_INDEX)
        return judge_replaced(trial, pb_inventory_certificate(inventory, heirs->successor));
    return judge_missing(trial);
}

/* "elb/shop:443 uses ARN, which is not in the evidence": the ARN; absent for other gaps. */
static struct pb_slice missing_of(struct pb_slice message)
{
    const struct pb_slice verb = PB_SLICE(" uses "),
                          end = PB_SLICE(", which is not in the evidence");
    size_t start = pb_slice_find(message, verb, 0);

    if (start == SIZE_MAX || !pb_slice_ends_with(message, end))
        return PB_SLICE_ABSENT;
    start += verb.size_bytes;
    return pb_slice_first(pb_slice_from(message, start),
                          message.size_bytes - end.size_bytes - start);
}

/* "the account summary in PATH counts 3 server certificates, but the evidence shows only 1" */
static bool is_of_summary(struct pb_slice message)
{
    return pb_slice_starts_with(message, PB_SLICE("the account summary in ")) &&
           pb_slice_find(message, PB_SLICE(", but the evidence shows only "), 0) != SIZE_MAX;
}

static enum pb_status judge_gap(struct trial *trial)
{
    struct pb_slice missing = missing_of(trial->former->message);

    if (trial->account == NULL)
        return carry(trial, "it shows nothing of this account");
    if (missing.data != NULL && pb_baseline_match_shows(trial->match, missing))
        return resolve(trial, "what was missing is in the evidence now");
    if (trial->account->coverage == PB_COVERAGE_COMPLETE)
        return resolve(trial, "the coverage of the account is complete now");
    if (is_of_summary(trial->former->message))
        return carry(trial, "it has no account summary that agrees with what it shows");
    if (missing.data == NULL && trial->account->has_list)
        return resolve(trial, "the account's list shows no such gap any more");
    return carry(trial, "nothing in it shows what was missing");
}

/* The account with that id; the only unknown one for an absent id. PB_NO_INDEX: none. */
static uint32_t find_account(const struct pb_inventory *inventory, struct pb_slice id)
{
    size_t low = 0, high = inventory->accounts.count;

    /* Unknown ones come first, then the known by id. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pb_slice_compare(pb_inventory_account(inventory, middle)->id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == inventory->accounts.count ||
        !pb_slice_equals(pb_inventory_account(inventory, low)->id, id))
        return PB_NO_INDEX;
    if (id.data == NULL && low + 1 < inventory->accounts.count &&
        pb_inventory_account(inventory, low + 1)->id.data == NULL)
        return PB_NO_INDEX;
    return (uint32_t)low;
}

enum pb_status pb_baseline_fate(const struct pb_baseline_match *match,
                                const struct pb_parameters *parameters,
                                const struct pb_former_finding *former, struct pb_arena *arena,
                                struct pb_finding *finding)
{
    bool is_of_account = former->certificate != NULL || former->rule == &pb_rule_coverage_gap;
    uint32_t account =
        is_of_account ? find_account(match->inventory, former->account) : PB_NO_INDEX;
    struct trial trial = {
        .match = match,
        .parameters = parameters,
        .former = former,
        .account = account == PB_NO_INDEX ? NULL : pb_inventory_account(match->inventory, account),
        .arena = arena,
        .finding = finding,
        .statement = pb_arena_allocate(arena, sizeof(struct pb_statement)),
    };

    if (trial.statement == NULL)
        return PB_FAILED_MEMORY;
    trial.statement->former = former;
    *finding = (struct pb_finding){
        .rule = former->rule,
        .account = account,
        .certificate = PB_NO_INDEX,
        .entry = PB_NO_INDEX,
        .statement = trial.statement,
    };
    if (former->certificate != NULL)
        return judge_certificate(&trial);
    if (former->rule == &pb_rule_coverage_gap)
        return judge_gap(&trial);
    return resolve(&trial, "nothing in this evidence shows it any more");
}
