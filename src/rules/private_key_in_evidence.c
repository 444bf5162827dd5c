/* SPDX-License-Identifier: MIT */
/* private-key-in-evidence: a PEM private key stands in the evidence; where, never its bytes. */
#include "rules/rule.h"

#include "base/message.h"
#include "inventory/lineage.h"

/* The certificate that the key belongs to, PB_NO_INDEX where none is known. */
static uint32_t find_owner(const struct pb_vector *kin, const struct pb_record *record)
{
    size_t count = 0;

    if (record->target.size_bytes != 32)
        return PB_NO_INDEX;
    const struct pb_kin *found =
        pb_lineage_find(kin, (const unsigned char *)record->target.data, &count);
    return count > 0 ? found->certificate : PB_NO_INDEX;
}

static enum pb_status say(const struct pb_rule *rule, const struct pb_inventory *inventory,
                          const struct pb_record *record, uint32_t owner,
                          struct pb_findings *findings)
{
    struct pb_statement *statement = pb_arena_allocate(&findings->arena, sizeof *statement);
    struct pb_finding *finding = statement == NULL ? NULL : pb_vector_push(&findings->items);

    if (finding == NULL)
        return PB_FAILED_MEMORY;
    *finding = (struct pb_finding){
        .rule = rule,
        .account = owner == PB_NO_INDEX ? PB_NO_INDEX
                                        : pb_inventory_certificate(inventory, owner)->account,
        .certificate = owner,
        .entry = record->entry,
        .statement = statement,
    };
    statement->key = record->target;
    return pb_message_format(
               &findings->arena, &statement->message,
               "a PEM private key stands at %.*s%.*s:%u%s: take it as stolen, replace its "
               "certificates, and keep this evidence secret",
               PB_PATH_ARGS(pb_inventory_path(inventory, record->entry)), (unsigned)record->line,
               owner == PB_NO_INDEX ? "" : ", and it is the key of this certificate")
               ? PB_OK
               : PB_FAILED_MEMORY;
}

static enum pb_status check(const struct pb_rule *rule, const struct pb_rule_input *input,
                            struct pb_findings *findings)
{
    const struct pb_inventory *inventory = input->inventory;
    const struct pb_vector *records = &inventory->evidence.records;
    struct pb_vector kin;
    enum pb_status status = pb_lineage_make(inventory, &kin);

    for (size_t i = 0; i < records->count && status == PB_OK; i++) {
        const struct pb_record *record = &PB_VECTOR_AT(const struct pb_record, records, i);
        if (record->kind == PB_RECORD_PRIVATE_KEY)
            status = say(rule, inventory, record, find_owner(&kin, record), findings);
    }
    pb_vector_release(&kin);
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
    .check = check,
};
