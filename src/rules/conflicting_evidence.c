/* SPDX-License-Identifier: MIT */
/* conflicting-evidence: statements about one certificate that cannot all be true. One finding a
 * kind of contradiction, with both sides and both places. */
#include <stdarg.h>
#include <stdio.h>

#include "rules/rule.h"

/* A date, and the observation that has it; NULL where none has one. */
struct claim {
    const struct pb_observation *observation;
    const struct pb_date *date;
};

/* The dates that end first and begin last: if any two differ, these do. */
struct range {
    struct claim first, last;
};

/* What the observations of one certificate say. */
struct claims {
    const struct pb_check *check;
    uint32_t certificate;
    struct range uploads, expirations;
    const struct pb_observation *body, *other_body;
    const struct pb_observation *strange_chain; /* the first whose chain does not sign its body */
};

/* The statement, then where its two sides stand; one place where one observation says both. */
PB_PRINTF(4, 5)
static void add(const struct claims *claims, const struct pb_observation *first,
                const struct pb_observation *second, const char *format, ...)
{
    const struct pb_inventory *inventory = claims->check->inventory;
    struct pb_slice first_path = pb_inventory_path(inventory, first->entry);
    struct pb_slice second_path = pb_inventory_path(inventory, second->entry);
    char statement[PB_SENTENCE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(statement, sizeof statement, format, arguments);
    va_end(arguments);
    if (first == second)
        pb_findings_add(claims->check, claims->certificate, "%s: both at %.*s:%u", statement,
                        PB_SLICE_ARGS(first_path), (unsigned)first->line);
    else
        pb_findings_add(claims->check, claims->certificate,
                        "%s: the one at %.*s:%u, the other at %.*s:%u", statement,
                        PB_SLICE_ARGS(first_path), (unsigned)first->line,
                        PB_SLICE_ARGS(second_path), (unsigned)second->line);
}

/* The words, and between them the dates as they stood. */
static void add_dates(const struct claims *claims, const char *before, struct claim first,
                      const char *between, struct claim second, const char *after)
{
    char first_room[PB_INSTANT_BYTES], second_room[PB_INSTANT_BYTES];
    struct pb_slice first_text = pb_date_text(first.date, first_room);
    struct pb_slice second_text = pb_date_text(second.date, second_room);

    add(claims, first.observation, second.observation, "%s %.*s%s %.*s%s", before,
        PB_SLICE_ARGS(first_text), between, PB_SLICE_ARGS(second_text), after);
}

static void collect_date(struct range *range, const struct pb_observation *observation,
                         const struct pb_date *date)
{
    const struct claim claim = {observation, date};

    if (!pb_date_is_known(date))
        return;
    if (range->first.date == NULL ||
        pb_instant_compare(pb_date_latest(date), pb_date_latest(range->first.date)) < 0)
        range->first = claim;
    if (range->last.date == NULL ||
        pb_instant_compare(pb_date_earliest(date), pb_date_earliest(range->last.date)) > 0)
        range->last = claim;
}

static void collect(struct claims *claims, const struct pb_observation *here)
{
    collect_date(&claims->uploads, here, &here->upload_date);
    collect_date(&claims->expirations, here, &here->expiration);
    if (here->body == NULL)
        return;
    if (claims->strange_chain == NULL &&
        pb_observation_bodies(here)->chain_check == PB_CHAIN_UNRELATED)
        claims->strange_chain = here;
    if (claims->body == NULL)
        claims->body = here;
    else if (claims->other_body == NULL &&
             memcmp(here->body->sha256, claims->body->body->sha256, sizeof here->body->sha256) != 0)
        claims->other_body = here;
}

static bool differ(struct claim a, struct claim b)
{
    return a.date != NULL && b.date != NULL && pb_date_differs(a.date, b.date);
}

static bool is_after(struct claim late, struct claim early)
{
    return differ(late, early) && pb_instant_compare(late.date->instant, early.date->instant) > 0;
}

static void compare_dates(const struct claims *claims, const char *before, struct range range)
{
    if (differ(range.first, range.last))
        add_dates(claims, before, range.first, ", and it is", range.last, "");
}

/* The beginning of its fingerprint, which tells it from any other. */
static struct pb_text fingerprint(const struct pb_x509_facts *body)
{
    struct pb_text text;

    for (size_t i = 0; i < 8; i++)
        snprintf(text.text + 2 * i, sizeof text.text - 2 * i, "%02x", body->sha256[i]);
    return text;
}

static void compare_bodies(const struct claims *claims)
{
    if (claims->other_body == NULL)
        return;
    const struct pb_x509_facts *body = claims->body->body, *other = claims->other_body->body;
    if (pb_slice_equals(body->serial, other->serial))
        add(claims, claims->body, claims->other_body,
            "two certificate bodies have serial %.*s, one with SHA-256 %s..., one with %s...",
            PB_SLICE_ARGS(body->serial), fingerprint(body).text, fingerprint(other).text);
    else
        add(claims, claims->body, claims->other_body,
            "the certificate body has serial %.*s, and another has serial %.*s",
            PB_SLICE_ARGS(body->serial), PB_SLICE_ARGS(other->serial));
}

/* RFC 5280, section 6.1.3 (a): the issuer's key signs, and the issuer's name is the subject's. */
static void compare_chain(const struct claims *claims)
{
    const struct pb_observation *here = claims->strange_chain;
    size_t link = 0, other = 0;

    if (here == NULL)
        return;
    const struct pb_bodies *bodies = pb_observation_bodies(here);
    struct pb_slice issuer = here->body->issuer;
    while (link < bodies->chain_count &&
           !pb_x509_is_same_name(bodies->chain[link]->subject, issuer))
        link++;
    while (other + 1 < bodies->chain_count && /* the body once more is no chain */
           memcmp(bodies->chain[other]->sha256, here->body->sha256, sizeof here->body->sha256) == 0)
        other++;
    if (link < bodies->chain_count)
        add(claims, here, here,
            "the certificate chain does not sign the body: the body names the issuer %.*s, and the "
            "signature does not verify with the key that the chain has for it (serial %.*s)",
            PB_SLICE_ARGS(issuer), PB_SLICE_ARGS(bodies->chain[link]->serial));
    else
        add(claims, here, here,
            "the certificate chain does not sign the body: the body names the issuer %.*s, and "
            "the chain is of %.*s",
            PB_SLICE_ARGS(issuer), PB_SLICE_ARGS(bodies->chain[other]->subject));
}

/* AWS IAM User Guide, "Managing server certificates in IAM": uploads lie in the validity. */
static void compare_with_validity(const struct claims *claims, struct claim begin, struct claim end)
{
    const struct range *uploads = &claims->uploads, *expirations = &claims->expirations;
    bool is_early = is_after(begin, uploads->first), is_late = is_after(uploads->last, end);
    char between[120];

    if (begin.date != NULL && end.date != NULL && (is_early || is_late)) {
        snprintf(between, sizeof between, " lies outside the body's validity, %s to",
                 pb_instant_text(begin.date->instant).text);
        add_dates(claims, "UploadDate", is_early ? uploads->first : uploads->last, between, end,
                  ", where IAM refuses uploads");
    }
    bool does_first_differ = differ(expirations->first, end);
    if (does_first_differ || differ(expirations->last, end))
        add_dates(claims, "Expiration", does_first_differ ? expirations->first : expirations->last,
                  " is not the body's NotAfter", end, "");
}

static void compare_with_body(const struct claims *claims)
{
    if (claims->body == NULL)
        return;
    const struct pb_x509_facts *body = claims->body->body;
    const struct pb_date dates[] = {{.state = PB_DATE_EXACT, .instant = body->not_before},
                                    {.state = PB_DATE_EXACT, .instant = body->not_after}};
    bool has_begin = (body->unread & PB_X509_NOT_BEFORE) == 0;
    bool has_end = (body->unread & PB_X509_NOT_AFTER) == 0;
    compare_with_validity(claims, (struct claim){claims->body, has_begin ? &dates[0] : NULL},
                          (struct claim){claims->body, has_end ? &dates[1] : NULL});
}

static void check_observations(const struct pb_check *check, uint32_t number)
{
    const struct pb_certificate *certificate = pb_inventory_certificate(check->inventory, number);
    struct claims claims = {.check = check, .certificate = number};

    for (uint32_t i = 0; i < certificate->observation_count; i++)
        collect(&claims,
                pb_inventory_observation(check->inventory, certificate->first_observation + i));
    compare_dates(&claims, "UploadDate is", claims.uploads);
    compare_dates(&claims, "Expiration is", claims.expirations);
    compare_bodies(&claims);
    compare_chain(&claims);
    compare_with_body(&claims);
    if (is_after(claims.uploads.last, claims.expirations.first))
        add_dates(&claims, "UploadDate", claims.uploads.last, " is after Expiration",
                  claims.expirations.first, ", when IAM refuses uploads");
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
    .check = check_observations,
};
