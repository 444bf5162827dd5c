/* SPDX-License-Identifier: MIT */
/* private-key-in-evidence: a PEM private key stands in the evidence; where, never its bytes. */
#include "rules/key_groups.h"
#include "rules/rule.h"

static void add(const struct pb_check *check, const struct pb_record *record)
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

static void check_all(const struct pb_check *check)
{
    const struct pb_vector *records = &check->inventory->evidence.records;

    for (size_t i = 0; i < records->count; i++)
        if (pb_inventory_record(check->inventory, i)->kind == PB_RECORD_PRIVATE_KEY)
            add(check, pb_inventory_record(check->inventory, i));
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
    .check_all = check_all,
};
