/* SPDX-License-Identifier: MIT */
/* conflicting-evidence: statements about one certificate that cannot all be true. One finding a
 * kind of contradiction, with both sides and both places. */
#include "rules/rule.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/message.h"
#include "inventory/types.h"

/* One certificate under the eye of the rule. */
struct hearing {
    const struct pb_rule *rule;
    const struct pb_inventory *inventory;
    struct pb_findings *findings;
    uint32_t number;
    /* The observations whose date ends first and begins last: if any two differ, these do. NULL
     * where none has one. */
    const struct pb_observation *first_upload, *last_upload;
    const struct pb_observation *first_expiration, *last_expiration;
    const struct pb_observation *body, *other_body;
    const struct pb_observation *strange_chain; /* the first that does not sign its body */
};

/* The statement, then where its two sides stand; one place where one observation says both. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
static enum pb_status
say(struct hearing *hearing, const struct pb_observation *first,
    const struct pb_observation *second, const char *format, ...)
{
    const struct pb_inventory *inventory = hearing->inventory;
    struct pb_slice statement;
    va_list arguments;

    va_start(arguments, format);
    bool is_made = pb_message_format_list(&hearing->findings->arena, &statement, format, arguments);
    va_end(arguments);
    if (!is_made)
        return PB_FAILED_MEMORY;
    struct pb_slice first_path = pb_inventory_path(inventory, first->entry);
    struct pb_slice second_path = pb_inventory_path(inventory, second->entry);
    if (first == second)
        return pb_findings_add(hearing->findings, hearing->rule, inventory, hearing->number,
                               "%.*s: both at %.*s:%u", PB_SLICE_ARGS(statement),
                               PB_SLICE_ARGS(first_path), (unsigned)first->line);
    return pb_findings_add(hearing->findings, hearing->rule, inventory, hearing->number,
                           "%.*s: the one at %.*s:%u, the other at %.*s:%u",
                           PB_SLICE_ARGS(statement), PB_SLICE_ARGS(first_path),
                           (unsigned)first->line, PB_SLICE_ARGS(second_path),
                           (unsigned)second->line);
}

static const struct pb_date *date_at(const struct pb_observation *observation, size_t offset)
{
    return (const struct pb_date *)(const void *)((const char *)observation + offset);
}

static void hear_date(const struct pb_observation **first, const struct pb_observation **last,
                      const struct pb_observation *here, size_t offset)
{
    const struct pb_date *date = date_at(here, offset);

    if (!pb_date_is_known(date))
        return;
    if (*first == NULL ||
        pb_instant_compare(pb_date_latest(date), pb_date_latest(date_at(*first, offset))) < 0)
        *first = here;
    if (*last == NULL ||
        pb_instant_compare(pb_date_earliest(date), pb_date_earliest(date_at(*last, offset))) > 0)
        *last = here;
}

static void hear(struct hearing *hearing, const struct pb_observation *here)
{
    hear_date(&hearing->first_upload, &hearing->last_upload, here,
              offsetof(struct pb_observation, upload_date));
    hear_date(&hearing->first_expiration, &hearing->last_expiration, here,
              offsetof(struct pb_observation, expiration));
    if (here->body == NULL)
        return;
    if (pb_observation_bodies(here)->chain_check == PB_CHAIN_STRANGE &&
        hearing->strange_chain == NULL)
        hearing->strange_chain = here;
    if (hearing->body == NULL)
        hearing->body = here;
    else if (memcmp(here->body->sha256, hearing->body->body->sha256, sizeof here->body->sha256) !=
             0)
        hearing->other_body = hearing->other_body == NULL ? here : hearing->other_body;
}

static enum pb_status compare_uploads(struct hearing *hearing)
{
    char room[PB_INSTANT_BYTES], last_room[PB_INSTANT_BYTES];
    const struct pb_observation *first = hearing->first_upload, *last = hearing->last_upload;

    if (first == NULL || !pb_date_differs(&first->upload_date, &last->upload_date))
        return PB_OK;
    struct pb_slice first_text = pb_date_text(&first->upload_date, room);
    struct pb_slice last_text = pb_date_text(&last->upload_date, last_room);
    return say(hearing, first, last, "UploadDate is %.*s, and it is %.*s",
               PB_SLICE_ARGS(first_text), PB_SLICE_ARGS(last_text));
}

static enum pb_status compare_expirations(struct hearing *hearing)
{
    char room[PB_INSTANT_BYTES], last_room[PB_INSTANT_BYTES];
    const struct pb_observation *first = hearing->first_expiration;
    const struct pb_observation *last = hearing->last_expiration;

    if (first == NULL || !pb_date_differs(&first->expiration, &last->expiration))
        return PB_OK;
    struct pb_slice first_text = pb_date_text(&first->expiration, room);
    struct pb_slice last_text = pb_date_text(&last->expiration, last_room);
    return say(hearing, first, last, "Expiration is %.*s, and it is %.*s",
               PB_SLICE_ARGS(first_text), PB_SLICE_ARGS(last_text));
}

/* The beginning of its fingerprint, which tells it from any other. */
static struct pb_text fingerprint(const struct pb_x509_facts *body)
{
    struct pb_text text;

    for (size_t i = 0; i < 8; i++)
        snprintf(text.text + 2 * i, sizeof text.text - 2 * i, "%02x", body->sha256[i]);
    return text;
}

static enum pb_status compare_bodies(struct hearing *hearing)
{
    if (hearing->other_body == NULL)
        return PB_OK;
    const struct pb_x509_facts *body = hearing->body->body, *other = hearing->other_body->body;
    if (pb_slice_equals(body->serial, other->serial))
        return say(hearing, hearing->body, hearing->other_body,
                   "two certificate bodies have serial %.*s, one with SHA-256 %s..., one with "
                   "%s...",
                   PB_SLICE_ARGS(body->serial), fingerprint(body).text, fingerprint(other).text);
    return say(hearing, hearing->body, hearing->other_body,
               "the certificate body has serial %.*s, and another has serial %.*s",
               PB_SLICE_ARGS(body->serial), PB_SLICE_ARGS(other->serial));
}

/* The certificate of the chain that has the name of the body's issuer, else the chain's first. */
static const struct pb_x509_facts *find_namesake(const struct pb_observation *observation)
{
    const struct pb_bodies *bodies = pb_observation_bodies(observation);

    for (size_t i = 0; i < bodies->chain_count; i++)
        if (pb_slice_equals(bodies->chain[i]->subject, observation->body->issuer))
            return bodies->chain[i];
    return bodies->chain[0];
}

/* RFC 5280, section 6.1.3 (a): the issuer's key signs, and the issuer's name is the subject's. */
static enum pb_status compare_chain(struct hearing *hearing)
{
    const struct pb_observation *here = hearing->strange_chain;

    if (here == NULL)
        return PB_OK;
    const struct pb_x509_facts *namesake = find_namesake(here);
    if (pb_slice_equals(namesake->subject, here->body->issuer))
        return say(hearing, here, here,
                   "the certificate chain does not sign the body: the body names the issuer %.*s, "
                   "and the signature does not verify with the key that the chain has for it "
                   "(serial %.*s)",
                   PB_SLICE_ARGS(here->body->issuer), PB_SLICE_ARGS(namesake->serial));
    return say(hearing, here, here,
               "the certificate chain does not sign the body: the body names the issuer %.*s, and "
               "the chain is of %.*s",
               PB_SLICE_ARGS(here->body->issuer), PB_SLICE_ARGS(namesake->subject));
}

/* A date of whole seconds, as X.509 has them. */
static struct pb_date whole_seconds(struct pb_instant instant)
{
    return (struct pb_date){.state = PB_DATE_EXACT, .instant = instant};
}

static bool is_after(const struct pb_date *late, const struct pb_date *early)
{
    return pb_date_differs(late, early) && pb_instant_compare(late->instant, early->instant) > 0;
}

/* AWS IAM User Guide, "Managing server certificates in IAM": the upload must lie in the validity.
 */
static enum pb_status compare_upload_with_validity(struct hearing *hearing)
{
    char room[PB_INSTANT_BYTES];
    const struct pb_observation *body = hearing->body;

    if (hearing->first_upload == NULL || body == NULL)
        return PB_OK;
    struct pb_date begin = whole_seconds(body->body->not_before);
    struct pb_date end = whole_seconds(body->body->not_after);
    const struct pb_observation *upload =
        is_after(&begin, &hearing->first_upload->upload_date) ? hearing->first_upload
        : is_after(&hearing->last_upload->upload_date, &end)  ? hearing->last_upload
                                                              : NULL;
    if (upload == NULL)
        return PB_OK;
    struct pb_slice text = pb_date_text(&upload->upload_date, room);
    return say(hearing, upload, body,
               "UploadDate %.*s lies outside the body's validity, %s to %s, where IAM refuses "
               "uploads",
               PB_SLICE_ARGS(text), pb_instant_text(body->body->not_before).text,
               pb_instant_text(body->body->not_after).text);
}

static enum pb_status compare_upload_with_expiration(struct hearing *hearing)
{
    char room[PB_INSTANT_BYTES], end_room[PB_INSTANT_BYTES];
    const struct pb_observation *upload = hearing->last_upload;
    const struct pb_observation *expiration = hearing->first_expiration;

    if (upload == NULL || expiration == NULL ||
        !is_after(&upload->upload_date, &expiration->expiration))
        return PB_OK;
    struct pb_slice text = pb_date_text(&upload->upload_date, room);
    struct pb_slice end_text = pb_date_text(&expiration->expiration, end_room);
    return say(hearing, upload, expiration,
               "UploadDate %.*s is after Expiration %.*s, when IAM refuses uploads",
               PB_SLICE_ARGS(text), PB_SLICE_ARGS(end_text));
}

static enum pb_status compare_expiration_with_body(struct hearing *hearing)
{
    char room[PB_INSTANT_BYTES];
    const struct pb_observation *body = hearing->body;

    if (body == NULL || hearing->first_expiration == NULL)
        return PB_OK;
    struct pb_date end = whole_seconds(body->body->not_after);
    const struct pb_observation *expiration =
        pb_date_differs(&hearing->first_expiration->expiration, &end)  ? hearing->first_expiration
        : pb_date_differs(&hearing->last_expiration->expiration, &end) ? hearing->last_expiration
                                                                       : NULL;
    if (expiration == NULL)
        return PB_OK;
    struct pb_slice text = pb_date_text(&expiration->expiration, room);
    return say(hearing, expiration, body, "Expiration %.*s is not the body's NotAfter %s",
               PB_SLICE_ARGS(text), pb_instant_text(body->body->not_after).text);
}

static enum pb_status compare_statements(struct hearing *hearing)
{
    static enum pb_status (*const comparisons[])(struct hearing *) = {
        compare_uploads,
        compare_expirations,
        compare_bodies,
        compare_chain,
        compare_upload_with_validity,
        compare_upload_with_expiration,
        compare_expiration_with_body,
    };
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0] && status == PB_OK; i++)
        status = comparisons[i](hearing);
    return status;
}

static enum pb_status check(const struct pb_rule *rule, const struct pb_rule_input *input,
                            struct pb_findings *findings)
{
    const struct pb_inventory *inventory = input->inventory;
    enum pb_status status = PB_OK;

    for (uint32_t i = 0; i < inventory->certificates.count && status == PB_OK; i++) {
        const struct pb_certificate *certificate = pb_inventory_certificate(inventory, i);
        struct hearing hearing = {
            .rule = rule, .inventory = inventory, .findings = findings, .number = i};
        for (uint32_t k = 0; k < certificate->observation_count; k++)
            hear(&hearing, pb_inventory_observation(inventory, certificate->first_observation + k));
        status = compare_statements(&hearing);
    }
    return status;
}

const struct pb_rule pb_rule_conflicting_evidence = {
    .name = "conflicting-evidence",
    .level = PB_LEVEL_MEDIUM,
    .title = "statements about one certificate that cannot all be true",
    .explanation =
        "Several places of the evidence speak of one certificate and contradict each\n"
        "other: UploadDate or Expiration differ by more than a second (after dropping\n"
        "the fraction that a producer dropped), UploadDate lies outside the validity or\n"
        "after Expiration, Expiration is not the body's NotAfter, there are two different\n"
        "bodies (compared by their DER bytes, never by PEM text), or a chain none of\n"
        "whose certificates signs the body (the issuer's name and the signature, in any\n"
        "order, weak algorithms and expired certificates included).\n"
        "\n"
        "Such evidence was mixed or edited: IAM does not change an UploadDate, and it\n"
        "refuses an upload before NotBefore or after NotAfter. A disagreement never\n"
        "clears a certificate. Dates on both sides of the cutoff make it undetermined.\n"
        "\n"
        "How to fix it: export the certificate again, and find out where the two\n"
        "statements come from. A differing name, path or ARN is a note only: a\n"
        "certificate can be renamed without a new upload.\n"
        "\n"
        "Source: AWS IAM User Guide, \"Managing server certificates in IAM\"; IAM API\n"
        "reference, ServerCertificateMetadata.\n",
    .asks_chains = true,
    .check = check,
};
