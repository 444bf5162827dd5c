/* SPDX-License-Identifier: MIT */
/* ACM: certificates that were imported there may carry an old key on. They are never judged, and
 * have no record, for they say nothing of how complete the view of IAM is. */
#include "aws/context.h"

/* ARNs of the load balancers' and RDS's elements look alike: the service in it must be ACM. */
static bool is_described(const struct pb_json *value)
{
    struct pb_arn arn;

    return pb_arn_parse(pb_slice_trim(pb_find_text(value, "CertificateArn")), &arn) &&
           pb_is_key(arn.service, "acm") &&
           pb_json_type(pb_json_find(value, "DomainName")) == PB_JSON_STRING;
}

/* describe-certificate's object, and list-certificates' array. */
static bool matches_acm(const struct pb_node *node)
{
    return (pb_is_key(node->key_text, "Certificate") && is_described(node->value)) ||
           (pb_is_key(node->key_text, "CertificateSummaryList") &&
            is_described(pb_json_element(node->value, 0)));
}

/* "0A:1b:C2" as "A1BC2"; absent where it is no hexadecimal number. */
static struct pb_slice normalise_serial(struct pb_writer *out, struct pb_slice text)
{
    char *digits = pb_arena_allocate(&out->batch->arena, text.size_bytes);
    size_t size = 0;
    bool is_number = false;

    out->has_failed |= digits == NULL;
    for (size_t i = 0; digits != NULL && i < text.size_bytes; i++) {
        int value = pb_hex_value(text.data[i]);
        if (value < 0 && text.data[i] != ':')
            return PB_SLICE_ABSENT;
        is_number |= value >= 0;
        if (value > 0 || (value == 0 && size > 0))
            digits[size++] = "0123456789ABCDEF"[value];
    }
    if (is_number && size == 0)
        digits[size++] = '0';
    return is_number ? (struct pb_slice){digits, size} : PB_SLICE_ABSENT;
}

static void read_acm(struct pb_writer *out, const struct pb_node *node)
{
    for (struct pb_child row = pb_rows(out, node->value); pb_next_child(&row);) {
        struct pb_draft draft = {.seen = {.origin = PB_ORIGIN_ACM}};
        struct pb_slice serial = PB_SLICE_ABSENT;
        if (!is_described(row.value))
            continue;
        for (struct pb_child member = pb_children(out, row.value); pb_next_child(&member);)
            if (pb_is_key(member.key, "CertificateArn"))
                pb_read_field(out, PB_FIELD_ARN, member.value, &draft);
            else if (pb_is_key(member.key, "DomainName"))
                pb_read_text(out, member.value, &draft.seen.name);
            else if (pb_is_key(member.key, "NotAfter"))
                pb_read_field(out, PB_FIELD_EXPIRATION, member.value, &draft);
            else if (pb_is_key(member.key, "ImportedAt"))
                pb_read_date(out, member.value, &draft.particulars.imported_at);
            else if (pb_is_key(member.key, "Serial"))
                pb_read_text(out, member.value, &serial);
        draft.particulars.serial = normalise_serial(out, serial);
        pb_writer_add(out, &draft);
    }
}

static bool holds_pem(const struct pb_json *object, const char *key)
{
    return pb_field_of_value(pb_json_find(object, key)) == PB_FIELD_BODY;
}

static bool matches_acm_get(const struct pb_node *node)
{
    return holds_pem(node->value, "Certificate") &&
           (node->is_suggested || holds_pem(node->value, "CertificateChain"));
}

static void read_acm_get(struct pb_writer *out, const struct pb_node *node)
{
    struct pb_draft draft = {.seen = {.origin = PB_ORIGIN_ACM}};

    /* A private authority's answers have the same members, and only the path tells them apart. */
    if (pb_contains_any(out->context->path, "acm-pca|acm_pca|acmpca|authority"))
        return;
    pb_read_field(out, PB_FIELD_BODY, pb_json_find(node->value, "Certificate"), &draft);
    pb_read_field(out, PB_FIELD_CHAIN, pb_json_find(node->value, "CertificateChain"), &draft);
    pb_writer_add(out, &draft);
}

const struct pb_shape pb_acm_shapes[] = {
    {"acm.certificate", "aws acm describe-certificate, list-certificates",
     "a certificate in ACM: never judged, but its key may be an old one", PB_CLAIM_ENVELOPE,
     .matches = matches_acm, .read = read_acm},
    {"acm.get-certificate", "aws acm get-certificate", "body and chain of a certificate in ACM",
     PB_CLAIM_PEM, .matches = matches_acm_get, .read = read_acm_get},
    {.name = NULL},
};
