/* SPDX-License-Identifier: MIT */
/* ACM: certificates that were imported there may carry an old key on. They are never judged. */
#include "aws/certificate.h"
#include "aws/guess.h"
#include "aws/producers.h"
#include "inventory/arn.h"
#include "json/tree.h"

/* ARNs of the load balancers' and RDS's elements look alike: the service in it must be ACM. */
static bool is_described(const struct pb_json *value)
{
    struct pb_slice text;
    struct pb_arn arn;

    return pb_json_string(pb_json_find(value, "CertificateArn"), &text) &&
           pb_arn_parse(pb_slice_trim(text), &arn) &&
           pb_slice_equals(arn.service, PB_SLICE("acm")) &&
           pb_json_type(pb_json_find(value, "DomainName")) == PB_JSON_STRING;
}

/* describe-certificate's object, and list-certificates' array. */
enum pb_claim pb_acm_claim(const struct pb_node *node)
{
    if (pb_slice_equals(node->key_text, PB_SLICE("Certificate")))
        return is_described(node->value) ? PB_CLAIM_ENVELOPE : PB_CLAIM_NONE;
    if (pb_slice_equals(node->key_text, PB_SLICE("CertificateSummaryList")))
        return is_described(pb_json_element(node->value, 0)) ? PB_CLAIM_ENVELOPE : PB_CLAIM_NONE;
    return PB_CLAIM_NONE;
}

static bool is_hexadecimal(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
}

/* "0A:1b:C2" as "a1bc2"; absent where it is no hexadecimal number. */
static bool normalise_serial(struct pb_arena *arena, struct pb_slice text, struct pb_slice *serial)
{
    char *digits = pb_arena_allocate(arena, text.size_bytes);
    size_t size = 0;
    bool is_number = false;

    *serial = PB_SLICE_ABSENT;
    if (digits == NULL)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++) {
        char byte = text.data[i];
        if (byte == ':')
            continue;
        if (byte >= 'A' && byte <= 'F')
            byte = (char)(byte - 'A' + 'a');
        if (!is_hexadecimal(byte))
            return true;
        is_number = true;
        if (size > 0 || byte != '0')
            digits[size++] = byte;
    }
    if (is_number && size == 0)
        digits[size++] = '0';
    if (is_number)
        *serial = (struct pb_slice){digits, size};
    return true;
}

static enum pb_status read_serial(struct pb_reading *reading, const struct pb_json *value,
                                  struct pb_slice *serial)
{
    struct pb_slice text = PB_SLICE_ABSENT;
    enum pb_status status = pb_certificate_read_text(reading, value, &text);

    if (status != PB_OK || pb_slice_is_absent(text))
        return status;
    return normalise_serial(&reading->batch->arena, text, serial) ? PB_OK : PB_FAILED_MEMORY;
}

static enum pb_status read_member(struct pb_reading *reading, const struct pb_json_member *member,
                                  struct pb_draft *draft)
{
    const struct pb_json *value = member->value;

    if (pb_slice_equals(member->key, PB_SLICE("CertificateArn")))
        return pb_certificate_read_text(reading, value, &draft->seen.arn);
    if (pb_slice_equals(member->key, PB_SLICE("DomainName")))
        return pb_certificate_read_text(reading, value, &draft->seen.name);
    if (pb_slice_equals(member->key, PB_SLICE("NotAfter")))
        return pb_certificate_read_date(reading, value, &draft->seen.expiration);
    if (pb_slice_equals(member->key, PB_SLICE("ImportedAt")))
        return pb_certificate_read_date(reading, value, &draft->particulars.imported_at);
    if (pb_slice_equals(member->key, PB_SLICE("Serial")))
        return read_serial(reading, value, &draft->particulars.serial);
    return PB_OK;
}

/* No record: what ACM holds says nothing of how complete the view of IAM is. */
static enum pb_status add_described(struct pb_reading *reading, const struct pb_json *object,
                                    const char *name)
{
    struct pb_draft draft = {.seen = {.shape = name, .origin = PB_ORIGIN_ACM}};
    struct pb_json_member member = {0};
    enum pb_status status = PB_OK;

    while (status == PB_OK && pb_json_next_member(object, &member)) {
        size_t here = pb_pointer_push_key(&reading->pointer, member.key);
        status = read_member(reading, &member, &draft);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status == PB_OK ? pb_reading_add_observation(reading, PB_NO_RECORD, &draft) : status;
}

enum pb_status pb_acm_read(struct pb_reading *reading, const struct pb_node *node, const char *name)
{
    size_t count = pb_json_count(node->value);
    enum pb_status status = PB_OK;

    if (node->type == PB_JSON_OBJECT)
        return add_described(reading, node->value, name);
    for (size_t i = 0; i < count && status == PB_OK; i++) {
        const struct pb_json *element = pb_json_element(node->value, i);
        if (!is_described(element))
            continue;
        size_t here = pb_pointer_push_index(&reading->pointer, i);
        status = add_described(reading, element, name);
        pb_pointer_cut(&reading->pointer, here);
    }
    return status;
}

static bool is_pem(const struct pb_json *value)
{
    struct pb_slice text;

    return pb_json_string(value, &text) && pb_guess_text(text) == PB_GUESS_PEM;
}

enum pb_claim pb_acm_get_claim(const struct pb_node *node)
{
    return is_pem(pb_json_find(node->value, "Certificate")) &&
                   (is_pem(pb_json_find(node->value, "CertificateChain")) || node->is_suggested)
               ? PB_CLAIM_PEM
               : PB_CLAIM_NONE;
}

/* A private authority's answers have the same members, and only the path tells them apart. */
static bool is_private_authority(struct pb_slice path)
{
    static const char *const words[] = {"acm-pca", "acm_pca", "acmpca", "authority"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (pb_slice_contains_ignoring_case(path, pb_slice_from_string(words[i])))
            return true;
    return false;
}

enum pb_status pb_acm_get_read(struct pb_reading *reading, const struct pb_node *node,
                               const char *name)
{
    struct pb_draft draft = {.seen = {.shape = name, .origin = PB_ORIGIN_ACM}};

    if (is_private_authority(reading->context->path))
        return PB_OK;
    enum pb_status status = pb_certificate_read_pem(
        reading, pb_json_find(node->value, "Certificate"), &draft.bodies.body_pem);
    if (status == PB_OK)
        status = pb_certificate_read_pem(reading, pb_json_find(node->value, "CertificateChain"),
                                         &draft.bodies.chain_pem);
    return status == PB_OK ? pb_reading_add_observation(reading, PB_NO_RECORD, &draft) : status;
}
