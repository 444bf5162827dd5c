/* SPDX-License-Identifier: MIT */
/* The commands that give a load balancer's listener or a distribution another certificate. */
#include "report/remedy_lines.h"

#include "base/escape.h"
#include "inventory/arn.h"
#include "report/phrases.h"
#include "report/shell_quote.h"

/* So many deployments get their commands. */
#define MOST_MOVES 100

/* One deployment: "elb/NAME:PORT" taken apart. */
struct target {
    struct pb_slice name, port; /* the port is absent where the label has none */
    struct pb_slice listener;   /* its ARN, absent where not known or not fit for a command */
    struct pb_slice region;     /* of the listener, likewise */
    bool is_further;            /* not the listener's default certificate */
};

static bool is_number(struct pb_slice text)
{
    for (size_t i = 0; i < text.size_bytes; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.size_bytes > 0;
}

static struct target take_apart(const struct pb_use *use, size_t kind_bytes)
{
    struct target target = {.name = pb_slice_from(use->label, kind_bytes),
                            .is_further = use->is_further};
    size_t colon = pb_slice_find_last(target.name, ':');
    struct pb_arn arn;

    if (colon != SIZE_MAX && is_number(pb_slice_from(target.name, colon + 1))) {
        target.port = pb_slice_from(target.name, colon + 1);
        target.name = pb_slice_first(target.name, colon);
    }
    if (pb_arn_parse(use->listener, &arn) && pb_shell_is_plain(arn.region) &&
        pb_shell_is_arn(use->listener)) {
        target.listener = use->listener;
        target.region = arn.region;
    }
    return target;
}

/* In quotes that the shell leaves to the AWS CLI, if it is given any. */
static void append_arn_within(struct pb_buffer *buffer, const char *quote,
                              const struct pb_replacement *replacement)
{
    if (pb_slice_is_absent(replacement->account))
        pb_buffer_append_string(buffer, "NEW-ARN");
    else
        pb_buffer_append_format(
            buffer, "'%sarn:%.*s:iam::%.*s:server-certificate%.*s%.*s%s'", quote,
            PB_SLICE_ARGS(replacement->partition), PB_SLICE_ARGS(replacement->account),
            PB_SLICE_ARGS(replacement->path), PB_SLICE_ARGS(replacement->name), quote);
}

static bool has_shorthand_mark(struct pb_slice text)
{
    return pb_slice_find(text, PB_SLICE(","), 0) != SIZE_MAX ||
           pb_slice_find(text, PB_SLICE("]"), 0) != SIZE_MAX ||
           pb_slice_find(text, PB_SLICE("}"), 0) != SIZE_MAX;
}

/* AWS CLI User Guide, "Using shorthand syntax": a comma begins another value, but not in quotes. */
static void append_new_certificate(struct pb_buffer *buffer,
                                   const struct pb_replacement *replacement)
{
    bool is_quoted = has_shorthand_mark(replacement->path) || has_shorthand_mark(replacement->name);

    pb_buffer_append_string(buffer, PB_REMEDY_INDENT "--certificates CertificateArn=");
    append_arn_within(buffer, is_quoted ? "\"" : "", replacement);
    pb_buffer_append_byte(buffer, '\n');
}

static void append_old_certificate(struct pb_buffer *buffer, struct pb_slice arn)
{
    const char *quote = has_shorthand_mark(arn) ? "\"" : "";

    pb_buffer_append_string(buffer, PB_REMEDY_INDENT "--certificates CertificateArn=");
    if (pb_slice_is_absent(arn))
        pb_buffer_append_string(buffer, "OLD-ARN\n");
    else
        pb_buffer_append_format(buffer, "'%s%.*s%s'\n", quote, PB_SLICE_ARGS(arn), quote);
}

/* An option whose value is quoted. */
static void append_option(struct pb_buffer *buffer, const char *option, struct pb_slice value)
{
    pb_buffer_append_format(buffer, PB_REMEDY_INDENT "%s ", option);
    pb_shell_quote_append(buffer, value);
}

/* The same, and others follow. */
static void append_option_before(struct pb_buffer *buffer, const char *option,
                                 struct pb_slice value)
{
    append_option(buffer, option, value);
    pb_buffer_append_string(buffer, " \\\n");
}

static void move_classic(struct pb_buffer *buffer, const struct target *target,
                         const struct pb_replacement *replacement)
{
    pb_buffer_append_string(buffer, "aws elb set-load-balancer-listener-ssl-certificate \\\n");
    append_option_before(buffer, "--load-balancer-name", target->name);
    append_option_before(buffer, "--load-balancer-port",
                         pb_slice_is_absent(target->port) ? PB_SLICE("443") : target->port);
    pb_buffer_append_string(buffer, PB_REMEDY_INDENT "--ssl-certificate-id ");
    append_arn_within(buffer, "", replacement);
    pb_buffer_append_byte(buffer, '\n');
}

/* The option that names the listener, with its region. */
static void append_listener(struct pb_buffer *buffer, const struct target *target)
{
    if (pb_slice_is_absent(target->listener)) {
        pb_buffer_append_string(buffer, PB_REMEDY_INDENT "--listener-arn LISTENER-ARN \\\n");
        return;
    }
    append_option_before(buffer, "--region", target->region);
    append_option_before(buffer, "--listener-arn", target->listener);
}

/* modify-listener would take the place of another certificate: the listener's default one. */
static void move_further(struct pb_buffer *buffer, const struct target *target,
                         const struct pb_replacement *replacement)
{
    pb_buffer_append_string(buffer, "# It is a further certificate of this listener (SNI).\n"
                                    "aws elbv2 add-listener-certificates \\\n");
    append_listener(buffer, target);
    append_new_certificate(buffer, replacement);
    pb_buffer_append_string(buffer, "aws elbv2 remove-listener-certificates \\\n");
    append_listener(buffer, target);
    append_old_certificate(buffer, replacement->old_arn);
}

static void move_listener(struct pb_buffer *buffer, const struct target *target,
                          const struct pb_replacement *replacement)
{
    if (pb_slice_is_absent(target->listener))
        pb_buffer_append_string(
            buffer, "# aws elbv2 describe-listeners tells LISTENER-ARN, the evidence not.\n");
    if (target->is_further) {
        move_further(buffer, target, replacement);
        return;
    }
    pb_buffer_append_string(buffer, "aws elbv2 modify-listener \\\n");
    append_listener(buffer, target);
    append_new_certificate(buffer, replacement);
}

/* CloudFront takes its whole configuration back, and knows a certificate of IAM by its id. */
static void move_distribution(struct pb_buffer *buffer, const struct target *target,
                              const struct pb_replacement *replacement)
{
    (void)replacement;
    pb_buffer_append_string(buffer, "aws cloudfront get-distribution-config \\\n");
    append_option(buffer, "--id", target->name);
    pb_buffer_append_string(buffer, "\n# Save its DistributionConfig as CONFIG.json, with the new "
                                    "id as IAMCertificateId; then:\n"
                                    "aws cloudfront update-distribution \\\n");
    append_option_before(buffer, "--id", target->name);
    pb_buffer_append_string(buffer, PB_REMEDY_INDENT
                            "--if-match ETAG --distribution-config file://CONFIG.json\n");
}

static void append_move(struct pb_buffer *buffer, const struct pb_use *use,
                        const struct pb_replacement *replacement)
{
    static const struct {
        struct pb_slice kind;
        void (*append)(struct pb_buffer *buffer, const struct target *target,
                       const struct pb_replacement *replacement);
    } kinds[] = {
        {{"elb/", 4}, move_classic},
        {{"elbv2/", 6}, move_listener},
        {{"cloudfront/", 11}, move_distribution},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!pb_slice_starts_with(use->label, kinds[i].kind))
            continue;
        struct target target = take_apart(use, kinds[i].kind.size_bytes);
        if (!pb_shell_is_plain(target.name)) {
            pb_buffer_append_string(buffer, "# No command for a deployment whose name AWS does not "
                                            "allow: see \"in use\" above.\n");
            continue;
        }
        pb_buffer_append_string(buffer, "# Move ");
        pb_escape_append(buffer, use->label, PB_ESCAPE_CONTROLS);
        pb_buffer_append_string(buffer, ":\n");
        kinds[i].append(buffer, &target, replacement);
    }
}

void pb_remedy_append_moves(struct pb_buffer *buffer, const struct pb_certificate *certificate,
                            const struct pb_replacement *replacement)
{
    const struct pb_extras *extras = pb_certificate_extras(certificate);

    for (size_t i = 0; i < extras->use_count && i < MOST_MOVES; i++)
        append_move(buffer, &extras->uses[i], replacement);
    if (extras->use_count <= MOST_MOVES)
        return;
    pb_buffer_append_string(buffer, "# Likewise ");
    pb_phrase_append_count(buffer, extras->use_count - MOST_MOVES, "more deployment");
    pb_buffer_append_string(buffer, ", which the json report lists.\n");
}
