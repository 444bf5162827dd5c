/* SPDX-License-Identifier: MIT */
/* Tags; what load balancers and distributions use; and ACM, where an imported certificate may have
 * an old key. ACM's are never judged, and have no record: they say nothing of coverage in IAM. */
#include "aws/context.h"

/* Roles, users and policies have the same answer as list-server-certificate-tags, so the path must
 * name certificates; read_tags tests the rest of the path. */
static bool matches_tags(const struct pb_node *node)
{
    return node->is_suggested && node->depth == 0 && node->type == PB_JSON_OBJECT &&
           pb_json_type(node->fields->values[PB_FIELD_TAGS]) == PB_JSON_ARRAY &&
           !pb_fields_has(node->fields, PB_FIELD_ARN) &&
           !pb_fields_has(node->fields, PB_FIELD_PATH);
}

/* The certificate's name in the file's: behind "certificate-tags", or before "tags" at the end. */
static struct pb_slice name_of_tagged(struct pb_slice name)
{
    const struct pb_slice word = PB_SLICE("ags"); /* of Tags or tags */
    size_t rest = name.size_bytes - word.size_bytes - 2, at = pb_slice_find(name, word, 0);
    if (pb_aws_is_expected_path(pb_slice_first(name, at)) && at != SIZE_MAX)
        return pb_slice_from(name, at + word.size_bytes + 1);
    bool is_ending = pb_slice_ends_with(name, word) && rest < name.size_bytes && rest > 0 &&
                     !pb_is_alphanumeric(name.data[rest]);
    return is_ending ? pb_slice_first(name, rest) : name;
}

static void read_tags(struct pb_writer *out, const struct pb_node *node)
{
    struct pb_slice path = out->context->path;

    if (!pb_aws_is_expected_path(path) || !pb_contains_any(path, "tag"))
        return;
    struct pb_record *record = pb_writer_add_record(out, PB_RECORD_TAGS);
    /* CloudMapper quotes names as in a URL. */
    struct pb_slice quoted = name_of_tagged(pb_stem_of(path));
    char *text = pb_arena_allocate(&out->batch->arena, quoted.size_bytes);
    struct pb_slice name = {text, 0};
    out->has_failed |= text == NULL;
    for (size_t at = 0; text != NULL && at < quoted.size_bytes;)
        text[name.size_bytes++] = pb_unquote_byte(quoted, &at);
    if (pb_is_certificate_name(name))
        record->target = name;
    pb_read_tags(out, node->fields->values[PB_FIELD_TAGS], PB_SLICE(""), &record->tags,
                 &record->tag_count);
}

/* Elements of load balancers and RDS have the same members: the ARN must be of ACM. */
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
    return is_described(node->type == PB_JSON_ARRAY ? pb_json_element(node->value, 0)
                                                    : node->value);
}

/* "0A:1b:C2" becomes "0A1BC2"; absent if it is no hexadecimal number. */
static struct pb_slice normalise_serial(struct pb_writer *out, struct pb_slice text)
{
    char *digits = pb_arena_allocate(&out->batch->arena, text.size_bytes);
    size_t size = 0;

    out->has_failed |= digits == NULL;
    for (size_t i = 0; digits != NULL && i < text.size_bytes; i++) {
        int value = pb_hex_value(text.data[i]);
        if (value >= 0)
            digits[size++] = "0123456789ABCDEF"[value];
        else if (text.data[i] != ':')
            return PB_SLICE_ABSENT;
    }
    return size > 0 ? (struct pb_slice){digits, size} : PB_SLICE_ABSENT;
}

static void read_acm(struct pb_writer *out, const struct pb_node *node)
{
    for (struct pb_child row = pb_rows(out, node->value); pb_next_child(&row);) {
        struct pb_draft draft = {.seen = {.origin = PB_ORIGIN_ACM}};
        struct pb_slice serial = PB_SLICE_ABSENT;
        if (!is_described(row.value))
            continue;
        pb_read_text(out, pb_json_find(row.value, "CertificateArn"), &draft.seen.arn);
        pb_read_text(out, pb_json_find(row.value, "DomainName"), &draft.seen.name);
        pb_read_text(out, pb_json_find(row.value, "Serial"), &serial);
        pb_read_date(out, pb_json_find(row.value, "NotAfter"), &draft.seen.expiration);
        pb_read_date(out, pb_json_find(row.value, "ImportedAt"), &draft.particulars.imported_at);
        draft.particulars.serial = normalise_serial(out, serial);
        pb_writer_add(out, &draft);
    }
}

/* Self-signed certificates have no chain: then nothing else may be in the document. */
static bool matches_acm_get(const struct pb_node *node)
{
    const struct pb_json *chain = pb_json_find(node->value, "CertificateChain");
    const struct pb_json *metadata = pb_json_find(node->value, "ResponseMetadata|$metadata");
    return pb_field_of_text(pb_find_text(node->value, "Certificate")) == PB_FIELD_BODY &&
           (node->is_suggested || pb_field_of_value(chain) == PB_FIELD_BODY ||
            (node->depth == 0 &&
             pb_json_count(node->value) - (chain != NULL) - (metadata != NULL) == 1));
}

static void read_acm_get(struct pb_writer *out, const struct pb_node *node)
{
    struct pb_draft draft = {.seen = {.origin = PB_ORIGIN_ACM}};
    /* AWS Private CA's answers have the same members; only the path is different. */
    if (pb_contains_any(out->context->path, "acm-pca|acm_pca|acmpca|authority"))
        return;
    pb_read_field(out, PB_FIELD_BODY, pb_json_find(node->value, "Certificate"), &draft);
    pb_read_field(out, PB_FIELD_CHAIN, pb_json_find(node->value, "CertificateChain"), &draft);
    pb_writer_add(out, &draft);
}

/* The value's text, if it is the ARN of a server certificate or of a certificate in ACM. */
static struct pb_slice find_arn(const struct pb_json *value)
{
    struct pb_certificate_arn iam;
    struct pb_arn parts;
    struct pb_slice arn = pb_slice_trim(pb_text_of(value));
    bool is_certificate = pb_certificate_arn_parse(arn, &iam) ||
                          (pb_arn_parse(arn, &parts) && pb_is_key(parts.service, "acm") &&
                           pb_begins(parts.resource, "certificate/"));
    return is_certificate ? arn : PB_SLICE_ABSENT;
}

/* Adds a reference to the target, labelled KIND/NAME:PORT. An empty name is replaced by the file's,
 * a port of 0 left out, and a name cut as messages are. */
static struct pb_record *add_reference(struct pb_writer *out, struct pb_slice target,
                                       const char *kind, struct pb_slice name, int64_t port)
{
    struct pb_record *record = pb_writer_add_reference(out, target);

    name = pb_slice_first(name.size_bytes > 0 ? name : pb_stem_of(out->context->path), 1024);
    record->label = pb_message_format(&out->batch->arena, "%s/%.*s%s%.0lld", kind,
                                      PB_SLICE_ARGS(name), port > 0 ? ":" : "", (long long)port);
    return record;
}

/* The certificate's ARN: in the Listener of a classic load balancer's element, or in the element of
 * a newer listener's Certificates. RDS and IAM have other lists of that name, without an ARN. */
static const struct pb_json *certificate_of(const struct pb_json *element)
{
    const struct pb_json *listener = pb_json_find(element, "Listener");
    return pb_json_find(listener != NULL ? listener : element, "SSLCertificateId|CertificateArn");
}

static bool matches_listeners(const struct pb_node *node)
{
    struct pb_json_member element = {0};
    while (pb_json_next_member(node->value, &element))
        if (find_arn(certificate_of(element.value)).data != NULL)
            return true;
    return false;
}

/* NAME of "loadbalancer/app/NAME/ID", else of "listener/app/NAME/ID/ID"; absent where neither ARN
 * is there, as in describe-listener-certificates. */
static struct pb_slice balancer_of(const struct pb_json *listener)
{
    struct pb_arn arn;
    if (!pb_arn_parse(pb_find_text(listener, "LoadBalancerArn|ListenerArn"), &arn))
        return PB_SLICE_ABSENT;
    for (int i = 0; i < 2; i++) /* plus 1 is 0 where there is none */
        arn.resource =
            pb_slice_from(arn.resource, pb_slice_find(arn.resource, PB_SLICE("/"), 0) + 1);
    return pb_slice_first(arn.resource, pb_slice_find(arn.resource, PB_SLICE("/"), 0));
}

/* The port is beside the certificate, or beside the list of them. */
static void read_listeners(struct pb_writer *out, const struct pb_node *node)
{
    bool is_classic = pb_is_key(node->key_text, "ListenerDescriptions");
    struct pb_slice name =
        is_classic ? pb_find_text(node->parent, "LoadBalancerName") : balancer_of(node->parent);
    struct pb_slice listener = pb_writer_copy(out, pb_find_text(node->parent, "ListenerArn"));
    int64_t port = 0;

    pb_json_integer(pb_json_find(node->parent, "Port"), &port);
    for (struct pb_child child = pb_children(out, node->value); pb_next_child(&child);) {
        const struct pb_json *certificate = certificate_of(child.value);
        struct pb_slice arn = find_arn(certificate);
        bool is_default = true;
        pb_json_integer(pb_json_find(pb_json_find(child.value, "Listener"), "LoadBalancerPort"),
                        &port);
        pb_json_boolean(pb_json_find(child.value, "IsDefault"), &is_default);
        pb_writer_take(out, certificate);
        if (arn.data == NULL)
            continue;
        struct pb_record *added = add_reference(out, arn, is_classic ? "elb" : "elbv2", name, port);
        added->is_further = !is_default;
        added->listener = listener;
    }
}

/* The id, hidden or not, or the ARN of a distribution's certificate, which has several keys. Its
 * object lies below the value in get-distribution, which has the id beside DistributionConfig, and
 * in Security Hub's findings, where it is beside Details. */
static const struct pb_json *find_target(const struct pb_node *node)
{
    const struct pb_json *around = pb_json_find(node->value, "AwsCloudFrontDistribution");
    const struct pb_json *certificate =
        pb_is_any(node->key_text, "ViewerCertificate|viewer_certificate")
            ? node->value
            : pb_json_find(around != NULL ? around : node->value, "ViewerCertificate");
    const struct pb_json *id = pb_json_find(certificate, "IAMCertificateId|IamCertificateId");
    struct pb_json_member member = {0};

    if (pb_slice_trim(pb_text_of(id)).size_bytes > 0)
        return id;
    while (pb_json_next_member(certificate, &member))
        if (pb_field_of_value(member.value) == PB_FIELD_ID || find_arn(member.value).data != NULL)
            return member.value;
    return NULL;
}

static bool matches_cloudfront(const struct pb_node *node)
{
    return find_target(node) != NULL;
}

/* Security Hub gives the distribution's ARN, which ends with the id. */
static void read_cloudfront(struct pb_writer *out, const struct pb_node *node)
{
    const struct pb_json *target = find_target(node);
    struct pb_slice id = pb_find_text(node->parent, "Id|id");
    id = pb_slice_from(id, pb_slice_find_last(id, '/') + 1); /* 0 where there is none */
    add_reference(out, pb_slice_trim(pb_text_of(target)), "cloudfront", id, 0);
    pb_writer_take(out, target);
}

const struct pb_shape pb_service_shapes[] = {
    {"iam.list-server-certificate-tags", PB_CLAIM_LOOK, .matches = matches_tags, .read = read_tags},
    {"acm.certificate", PB_CLAIM_ENVELOPE, .keys = "Certificate|CertificateSummaryList",
     .matches = matches_acm, .read = read_acm},
    {"acm.get-certificate", PB_CLAIM_PEM, .matches = matches_acm_get, .read = read_acm_get},
    {"elb.load-balancers", PB_CLAIM_ENVELOPE, .keys = "ListenerDescriptions",
     .matches = matches_listeners, .read = read_listeners},
    {"elbv2.listeners", PB_CLAIM_ENVELOPE, .keys = "Certificates", .matches = matches_listeners,
     .read = read_listeners},
    {"cloudfront.distributions", PB_CLAIM_ENVELOPE,
     .keys = "ViewerCertificate|viewer_certificate|DistributionConfig|Details",
     .matches = matches_cloudfront, .read = read_cloudfront},
    {.name = NULL},
};
