/* SPDX-License-Identifier: MIT */
/* private-key-in-evidence: a PEM private key stands in the evidence; where, never its bytes. */
#include "rules/key_groups.h"
#include "rules/rule.h"

static enum pb_status add(const struct pb_check *check, const struct pb_record *record,
                          uint32_t owner)
{
    const struct pb_inventory *inventory = check->inventory;
    bool has_owner = owner != PB_NO_INDEX;
    struct pb_statement statement = {.key = record->target};

    if (!pb_message_format(&check->findings->arena, &statement.message,
                           "a PEM private key stands at %.*s:%u%s: take it as stolen, replace its "
                           "certificates, and keep this evidence secret",
                           PB_SLICE_ARGS(pb_inventory_path(inventory, record->entry)),
                           (unsigned)record->line,
                           has_owner ? ", and it is the key of this certificate" : ""))
        return PB_FAILED_MEMORY;
    return pb_findings_add_stated(
        check,
        (struct pb_finding){.account = has_owner
                                           ? pb_inventory_certificate(inventory, owner)->account
                                           : PB_NO_INDEX,
                            .certificate = owner,
                            .entry = record->entry},
        statement);
}

static enum pb_status check_all(const struct pb_check *check)
{
    const struct pb_vector *records = &check->inventory->evidence.records;
    enum pb_status status = PB_OK;

    for (size_t i = 0; i < records->count && status == PB_OK; i++) {
        const struct pb_record *record = &PB_VECTOR_AT(const struct pb_record, records, i);
        if (record->kind != PB_RECORD_PRIVATE_KEY)
            continue;
        const unsigned char *digest = (const unsigned char *)record->target.data;
        uint32_t owner = record->target.size_bytes == 32
                             ? pb_key_groups_find_owner(check->key_groups, digest)
                             : PB_NO_INDEX;
        status = add(check, record, owner);
    }
    return status;
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
    .check = check_all,
};
