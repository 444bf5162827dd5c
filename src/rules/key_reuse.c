/* SPDX-License-Identifier: MIT */
/* key-reuse: not vulnerable by itself, but with the key of a certificate that is. */
#include "rules/rule.h"

#include <inttypes.h>
#include <stdio.h>

#include "inventory/types.h"
#include "inventory/lineage.h"
#include "rules/baseline.h"

static bool shows_date(const struct pb_observation *observation,
                       const struct pb_certificate *certificate)
{
    const struct pb_date *kept = pb_certificate_arrival(certificate),
                         *date = &observation->upload_date;

    if (certificate->origin == PB_ORIGIN_ACM)
        date = &pb_observation_particulars(observation)->imported_at;
    return pb_date_is_known(kept) && pb_date_is_known(date) &&
           pb_instant_compare(kept->instant, date->instant) == 0;
}

/* The observation that shows the certificate's date, else its body, else the first. */
static const struct pb_observation *find_witness(const struct pb_inventory *inventory,
                                                 const struct pb_certificate *certificate)
{
    const struct pb_observation *first =
        pb_inventory_observation(inventory, certificate->first_observation);
    const struct pb_observation *with_body = NULL;

    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        if (shows_date(&first[i], certificate))
            return &first[i];
        if (with_body == NULL && first[i].body != NULL)
            with_body = &first[i];
    }
    return with_body != NULL ? with_body : first;
}

/* ":12", or nothing where the line is not known. */
static struct pb_text line_text(const struct pb_observation *observation)
{
    struct pb_text text = {""};

    if (observation->line > 0)
        snprintf(text.text, sizeof text.text, ":%" PRIu32, observation->line);
    return text;
}

/* The ancestor that was uploaded first, PB_NO_INDEX where the key has none. */
static uint32_t find_ancestor(const struct pb_inventory *inventory, const struct pb_kin *kin,
                              size_t count)
{
    uint32_t first = PB_NO_INDEX;

    for (size_t i = 0; i < count; i++) {
        const struct pb_certificate *here = pb_inventory_certificate(inventory, kin[i].certificate);
        if (!here->is_exposed)
            continue;
        if (first == PB_NO_INDEX ||
            pb_instant_compare(here->upload_date.instant,
                               pb_inventory_certificate(inventory, first)->upload_date.instant) < 0)
            first = kin[i].certificate;
    }
    return first;
}

/* All certificates of one key, and what is said of it. */
struct descent {
    const struct pb_rule *rule;
    const struct pb_inventory *inventory;
    const struct pb_baseline *baseline; /* NULL for none */
    struct pb_findings *findings;
    const struct pb_kin *kin;
    size_t count;
    const struct pb_certificate *ancestor; /* NULL: the evidence has none */
    const struct pb_observation *witness;  /* of the ancestor */
};

static struct pb_path path_of(const struct descent *descent,
                              const struct pb_observation *observation)
{
    return pb_inventory_path(descent->inventory, observation->entry);
}

static struct pb_slice known_account(struct pb_slice account)
{
    return pb_slice_is_absent(account) ? PB_SLICE("unknown") : account;
}

static enum pb_status name_heir(const struct descent *descent, uint32_t heir)
{
    const struct pb_certificate *old = descent->ancestor;
    const struct pb_certificate *new = pb_inventory_certificate(descent->inventory, heir);
    const struct pb_observation *witness = find_witness(descent->inventory, new);
    struct pb_slice account =
        known_account(pb_inventory_account(descent->inventory, old->account)->id);

    return pb_findings_add(
        descent->findings, descent->rule, descent->inventory, heir,
        "%s (%.*s%.*s%s) with the same public key as %.*s of account %.*s (%s, "
        "%.*s%.*s%s), which is "
        "vulnerable: replacing the certificate did not replace the key",
        pb_arrival_text(new).text, PB_PATH_ARGS(path_of(descent, witness)), line_text(witness).text,
        PB_SLICE_ARGS(pb_certificate_name(old)), PB_SLICE_ARGS(account), pb_arrival_text(old).text,
        PB_PATH_ARGS(path_of(descent, descent->witness)), line_text(descent->witness).text);
}

/* One that only the baseline knows: deleting the old certificate does not change its key. */
static enum pb_status name_heir_of_former(const struct descent *descent, uint32_t heir)
{
    const struct pb_certificate *new = pb_inventory_certificate(descent->inventory, heir);
    const struct pb_former_certificate *old = pb_baseline_find_ancestor(descent->baseline, new);
    const struct pb_observation *witness = find_witness(descent->inventory, new);

    if (old == NULL)
        return PB_OK;
    return pb_findings_add(
        descent->findings, descent->rule, descent->inventory, heir,
        "%s (%.*s%.*s%s) with the same public key as %.*s of account %.*s (%s%s, in the baseline), "
        "%s: replacing the certificate did not replace the key",
        pb_arrival_text(new).text, PB_PATH_ARGS(path_of(descent, witness)), line_text(witness).text,
        PB_SLICE_ARGS(pb_former_name(old)), PB_SLICE_ARGS(known_account(old->account)),
        old->has_upload_date ? "uploaded " : "upload date not known",
        old->has_upload_date ? pb_instant_text(old->upload_date).text : "",
        old->is_exposed ? "which is vulnerable" : "which has a vulnerable certificate's key");
}

static enum pb_status name_heirs(struct descent *descent)
{
    uint32_t ancestor = find_ancestor(descent->inventory, descent->kin, descent->count);
    enum pb_status status = PB_OK;

    descent->ancestor = NULL;
    if (ancestor != PB_NO_INDEX) {
        descent->ancestor = pb_inventory_certificate(descent->inventory, ancestor);
        descent->witness = find_witness(descent->inventory, descent->ancestor);
    }
    for (size_t i = 0; i < descent->count && status == PB_OK; i++) {
        uint32_t heir = descent->kin[i].certificate;
        if (pb_inventory_certificate(descent->inventory, heir)->is_exposed)
            continue;
        if (descent->ancestor != NULL)
            status = name_heir(descent, heir);
        else if (descent->baseline != NULL)
            status = name_heir_of_former(descent, heir);
    }
    return status;
}

static enum pb_status check(const struct pb_rule *rule, const struct pb_rule_input *input,
                            struct pb_findings *findings)
{
    const struct pb_inventory *inventory = input->inventory;
    struct descent descent = {.rule = rule,
                              .inventory = inventory,
                              .baseline = input->parameters->baseline,
                              .findings = findings};
    struct pb_vector kin;
    enum pb_status status = pb_lineage_make(inventory, &kin);

    for (size_t first = 0; first < kin.count && status == PB_OK; first += descent.count) {
        descent.kin = &PB_VECTOR_AT(struct pb_kin, &kin, first);
        descent.count = pb_lineage_run(&kin, first);
        status = name_heirs(&descent);
    }
    pb_vector_release(&kin);
    return status;
}

const struct pb_rule pb_rule_key_reuse = {
    .name = "key-reuse",
    .level = PB_LEVEL_HIGH,
    .title = "the same public key as a vulnerable certificate",
    .explanation =
        "The certificate is not vulnerable by its own UploadDate, but its public key is\n"
        "that of a certificate that was uploaded before the cutoff, in any account of\n"
        "the evidence, ACM imports and deleted certificates included, or in the report\n"
        "that --baseline names. Whoever read the old private key has the new one: the\n"
        "reissue changed nothing. Keys are compared by the SHA-256 of\n"
        "SubjectPublicKeyInfo, so names, issuers, dates do not count.\n"
        "\n"
        "By 9 May 2014, over 30,000 certificates had been revoked and reissued with an\n"
        "unchanged key (Netcraft).\n"
        "\n"
        "How to fix it: have the certificate reissued for a NEW key pair, put it into\n"
        "service, delete this one, and have both old certificates revoked.\n"
        "\n"
        "Sources: Netcraft, 9 May 2014; Zhang et al., \"Analysis of SSL certificate\n"
        "reissues and revocations in the wake of Heartbleed\", IMC 2014.\n",
    .need = PB_NEEDS_BODY,
    .check = check,
};
