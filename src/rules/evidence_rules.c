/* SPDX-License-Identifier: MIT */
/* The rules that look at the evidence itself: conflicting-evidence, coverage-gap and
 * private-key-in-evidence. */
#include <stdarg.h>
#include <stdio.h>

#include "rules/rules.h"

/* What the observations of one certificate say. */
struct claims {
    const struct pb_check *check;
    uint32_t certificate;
    struct pb_date_range uploads, expirations;
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

/* The observation that has the date; those of the validity are the body's. */
static const struct pb_observation *find_source(const struct claims *claims,
                                                const struct pb_date *date)
{
    const struct pb_inventory *inventory = claims->check->inventory;
    const struct pb_certificate *certificate =
        pb_inventory_certificate(inventory, claims->certificate);

    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *here =
            pb_inventory_observation(inventory, certificate->first_observation + i);
        if (date == &here->upload_date || date == &here->expiration)
            return here;
    }
    return claims->body;
}

/* The words, and between them the dates as they stood. */
static void add_dates(const struct claims *claims, const char *before, const struct pb_date *first,
                      const char *between, const struct pb_date *second, const char *after)
{
    char first_room[PB_INSTANT_BYTES], second_room[PB_INSTANT_BYTES];
    struct pb_slice first_text = pb_date_text(first, first_room);
    struct pb_slice second_text = pb_date_text(second, second_room);

    add(claims, find_source(claims, first), find_source(claims, second), "%s %.*s%s %.*s%s", before,
        PB_SLICE_ARGS(first_text), between, PB_SLICE_ARGS(second_text), after);
}

static void collect(struct claims *claims, const struct pb_observation *here)
{
    if (pb_date_is_known(&here->upload_date))
        pb_date_range_add(&claims->uploads, &here->upload_date);
    if (pb_date_is_known(&here->expiration))
        pb_date_range_add(&claims->expirations, &here->expiration);
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

static bool differ(const struct pb_date *a, const struct pb_date *b)
{
    return a != NULL && b != NULL && pb_date_differs(a, b);
}

static bool is_after(const struct pb_date *late, const struct pb_date *early)
{
    return differ(late, early) && pb_instant_compare(late->instant, early->instant) > 0;
}

static void compare_dates(const struct claims *claims, const char *before,
                          struct pb_date_range range)
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
static void compare_with_body(const struct claims *claims)
{
    if (claims->body == NULL)
        return;
    const struct pb_x509_facts *body = claims->body->body;
    const struct pb_date begin = {.state = PB_DATE_EXACT, .instant = body->not_before};
    const struct pb_date end = {.state = PB_DATE_EXACT, .instant = body->not_after};
    bool has_begin = (body->unread & PB_X509_NOT_BEFORE) == 0;
    bool has_end = (body->unread & PB_X509_NOT_AFTER) == 0;
    const struct pb_date_range *uploads = &claims->uploads, *expirations = &claims->expirations;
    bool is_early = is_after(&begin, uploads->first), is_late = is_after(uploads->last, &end);
    bool does_first_differ = differ(expirations->first, &end);
    char between[120];

    if (has_begin && has_end && (is_early || is_late)) {
        snprintf(between, sizeof between, " lies outside the body's validity, %s to",
                 pb_instant_text(body->not_before).text);
        add_dates(claims, "UploadDate", is_early ? uploads->first : uploads->last, between, &end,
                  ", where IAM refuses uploads");
    }
    if (has_end && (does_first_differ || differ(expirations->last, &end)))
        add_dates(claims, "Expiration", does_first_differ ? expirations->first : expirations->last,
                  " is not the body's NotAfter", &end, "");
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
    .check = check_observations,
};

static void check_gaps(const struct pb_check *check)
{
    const struct pb_vector *gaps = &check->inventory->gaps;

    for (size_t i = 0; i < gaps->count; i++) {
        const struct pb_gap *gap = &PB_VECTOR_AT(const struct pb_gap, gaps, i);
        struct pb_statement statement = {.message = gap->message};
        if (gap->certificate == PB_NO_INDEX)
            statement.missing = gap->missing;
        pb_findings_add_stated(check,
                               (struct pb_finding){.account = gap->account,
                                                   .certificate = gap->certificate,
                                                   .entry = gap->entry},
                               statement);
    }
}

const struct pb_rule pb_rule_coverage_gap = {
    .name = "coverage-gap",
    .level = PB_LEVEL_MEDIUM,
    .title = "a named gap in what the evidence shows of an account",
    .explanation =
        "The evidence itself shows that it lacks certificates of an account: a list cut\n"
        "by --max-items (NextToken), pages whose last one is missing (IsTruncated),\n"
        "fewer certificates than get-account-summary counts, a name in a names list\n"
        "that nothing else shows, a file that could not be read where a list was to be\n"
        "expected, a call that failed, or an account of which only its identity is\n"
        "known. Certificates that are not in the evidence were not judged.\n"
        "\n"
        "Coverage is \"complete\" only where SummaryMap.ServerCertificates of\n"
        "get-account-summary equals the certificates seen; a list alone proves nothing,\n"
        "because --path-prefix and --starting-token leave no trace in it. That is\n"
        "\"unknown\", which is no gap; --require-complete makes it inconclusive.\n"
        "\n"
        "How to fix it: export, without --max-items and --no-paginate,\n"
        "  aws iam list-server-certificates\n"
        "  aws iam get-account-summary\n"
        "  aws sts get-caller-identity\n"
        "into one folder an account.\n"
        "\n"
        "Source: AWS CLI user guide, pagination; IAM API reference,\n"
        "ListServerCertificates and GetAccountSummary.\n",
    .check_all = check_gaps,
};

static void add_private_key(const struct pb_check *check, const struct pb_record *record)
{
    const struct pb_inventory *inventory = check->inventory;
    const unsigned char *digest = (const unsigned char *)record->target.data;
    struct pb_finding finding = {
        .account = PB_NO_INDEX, .certificate = PB_NO_INDEX, .entry = record->entry};
    struct pb_statement statement = {.key = record->target};

    if (record->target.size_bytes == 32)
        finding.certificate = pb_key_groups_find_owner(check->key_groups, digest);
    bool has_owner = finding.certificate != PB_NO_INDEX;
    if (has_owner)
        finding.account = pb_inventory_certificate(inventory, finding.certificate)->account;
    check->findings->has_failed |= !pb_message_format(
        &check->findings->arena, &statement.message,
        "a PEM private key stands at %.*s:%u%s: take it as stolen, replace its certificates, and "
        "keep this evidence secret",
        PB_SLICE_ARGS(pb_inventory_path(inventory, record->entry)), (unsigned)record->line,
        has_owner ? ", and it is the key of this certificate" : "");
    pb_findings_add_stated(check, finding, statement);
}

static void check_private_keys(const struct pb_check *check)
{
    const struct pb_vector *records = &check->inventory->evidence.records;

    for (size_t i = 0; i < records->count; i++)
        if (pb_inventory_record(check->inventory, i)->kind == PB_RECORD_PRIVATE_KEY)
            add_private_key(check, pb_inventory_record(check->inventory, i));
}

const struct pb_rule pb_rule_private_key_in_evidence = {
    .name = "private-key-in-evidence",
    .level = PB_LEVEL_HIGH,
    .title = "a PEM private key stands in the evidence",
    .explanation =
        "A PEM block whose label ends with PRIVATE KEY stands in a file of the evidence:\n"
        "Terraform keeps the private_key of aws_iam_server_certificate in its state in\n"
        "clear text, and keys find their way into logs. Whoever has the evidence has\n"
        "the key. The report says where it stands and, where its public half belongs to\n"
        "a certificate of the evidence, which; it never holds a byte of the key.\n"
        "\n"
        "How to fix it: take the key as stolen. Have every certificate with it reissued\n"
        "for a new key and the old ones revoked, remove the key from where it was\n"
        "found (Terraform: keep the state encrypted, or import certificates into ACM\n"
        "outside it), and treat copies of this evidence as secret until then.\n"
        "\n"
        "Sources: Terraform AWS provider documentation, aws_iam_server_certificate:\n"
        "all arguments including the private key are stored in the raw state as plain\n"
        "text; RFC 7468, sections 10 and 11.\n",
    .check_all = check_private_keys,
};
