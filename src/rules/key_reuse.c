/* SPDX-License-Identifier: MIT */
/* key-reuse: not vulnerable by itself, but with the key of a certificate that is. */
#include "rules/catalogue.h"

#include "inventory/lineage.h"
#include "rules/baseline.h"
#include "rules/span.h"
#include "rules/wording.h"

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

static enum pb_status name_heir(const struct pb_rule *rule, const struct pb_inventory *inventory,
                                uint32_t heir, uint32_t ancestor, struct pb_findings *findings)
{
    const struct pb_certificate *old = pb_inventory_certificate(inventory, ancestor);
    struct pb_slice account = pb_inventory_account(inventory, old->account)->id;
    struct pb_slice place = pb_wording_place(inventory, old);

    return pb_findings_add(
        findings, rule, inventory, heir,
        "the same public key as %.*s of account %.*s (%s, %.*s:%u), which is vulnerable: replacing "
        "the certificate did not replace the key",
        PB_SLICE_ARGS(pb_wording_name(old)),
        PB_SLICE_ARGS(account.data == NULL ? PB_SLICE("unknown") : account),
        pb_wording_upload(old).text, PB_SLICE_ARGS(place), pb_wording_line(inventory, old));
}

/* One that only the baseline knows: deleting the old certificate does not change its key. */
static enum pb_status name_heir_of_former(const struct pb_rule *rule,
                                          const struct pb_inventory *inventory,
                                          const struct pb_baseline *baseline, uint32_t heir,
                                          struct pb_findings *findings)
{
    const struct pb_former_certificate *old =
        pb_baseline_find_ancestor(baseline, pb_inventory_certificate(inventory, heir));

    if (old == NULL)
        return PB_OK;
    return pb_findings_add(
        findings, rule, inventory, heir,
        "the same public key as %.*s of account %.*s (%s%s, in the baseline), %s: replacing the "
        "certificate did not replace the key",
        PB_SLICE_ARGS(pb_former_name(old)),
        PB_SLICE_ARGS(old->account.data == NULL ? PB_SLICE("unknown") : old->account),
        old->has_upload_date ? "uploaded " : "upload date not known",
        old->has_upload_date ? pb_instant_text(old->upload_date).text : "",
        old->is_exposed ? "which is vulnerable" : "which has a vulnerable certificate's key");
}

static enum pb_status name_heirs(const struct pb_rule *rule, const struct pb_inventory *inventory,
                                 const struct pb_baseline *baseline, const struct pb_kin *kin,
                                 size_t count, struct pb_findings *findings)
{
    uint32_t ancestor = find_ancestor(inventory, kin, count);
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < count && status == PB_OK; i++) {
        uint32_t heir = kin[i].certificate;
        if (pb_inventory_certificate(inventory, heir)->is_exposed)
            continue;
        if (ancestor != PB_NO_INDEX)
            status = name_heir(rule, inventory, heir, ancestor, findings);
        else if (baseline != NULL)
            status = name_heir_of_former(rule, inventory, baseline, heir, findings);
    }
    return status;
}

static enum pb_status check(const struct pb_rule *rule, const struct pb_inventory *inventory,
                            const struct pb_parameters *parameters, struct pb_findings *findings)
{
    struct pb_vector kin;
    enum pb_status status = pb_lineage_make(inventory, &kin);

    for (size_t first = 0, count = 0; first < kin.count && status == PB_OK; first += count) {
        const struct pb_kin *family =
            pb_lineage_find(&kin, PB_VECTOR_AT(struct pb_kin, &kin, first).spki_sha256, &count);
        status = name_heirs(rule, inventory, parameters->baseline, family, count, findings);
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
