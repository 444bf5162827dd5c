/* SPDX-License-Identifier: MIT */
/* The commands that give a load balancer's listener or a distribution another certificate. */
#include "report/text_plan.h"

#include "inventory/arn.h"
#include "report/shell_quote.h"

/* So many deployments get their commands. */
#define MOST_MOVES 100

/* One deployment: "elb/NAME:PORT" taken apart. */
struct target {
    struct pb_slice name, port; /* the port is absent where the label has none */
    struct pb_slice listener;   /* its ARN, absent where not known or not fit for a command */
    struct pb_slice region;     /* of the listener, likewise */
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
    struct target target = {.name = pb_slice_from(use->label, kind_bytes)};
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

static void append_new_arn(struct text_report *report, const struct text_replacement *replacement)
{
    if (pb_slice_is_absent(replacement->account))
        text_append_words(report, "NEW-ARN");
    else
        pb_buffer_append_format(&report->value, "'arn:%.*s:iam::%.*s:server-certificate%.*s%.*s'",
                                PB_SLICE_ARGS(replacement->partition),
                                PB_SLICE_ARGS(replacement->account),
                                PB_SLICE_ARGS(replacement->path), PB_SLICE_ARGS(replacement->name));
}

/* An option whose value is quoted, and that others follow. */
static void write_option(struct text_report *report, const char *option, struct pb_slice value)
{
    text_begin(report);
    text_append_words(report, option);
    text_append_words(report, " ");
    pb_shell_quote_append(&report->value, value);
    text_append_words(report, " \\");
    text_end_verbatim(report, TEXT_CONTINUATION);
}

static void write_new_arn(struct text_report *report, const char *option,
                          const struct text_replacement *replacement)
{
    text_begin(report);
    text_append_words(report, option);
    append_new_arn(report, replacement);
    text_end_verbatim(report, TEXT_CONTINUATION);
}

static void move_classic(struct text_report *report, const struct target *target,
                         const struct text_replacement *replacement)
{
    text_write_command(report, "aws elb set-load-balancer-listener-ssl-certificate \\");
    write_option(report, "--load-balancer-name", target->name);
    write_option(report, "--load-balancer-port",
                 pb_slice_is_absent(target->port) ? PB_SLICE("443") : target->port);
    write_new_arn(report, "--ssl-certificate-id ", replacement);
}

static void move_listener(struct text_report *report, const struct target *target,
                          const struct text_replacement *replacement)
{
    bool is_known = !pb_slice_is_absent(target->listener);

    if (!is_known)
        text_write_command(report,
                           "# aws elbv2 describe-listeners tells LISTENER-ARN, the evidence not.");
    text_write_command(report, "aws elbv2 modify-listener \\");
    if (is_known) {
        write_option(report, "--region", target->region);
        write_option(report, "--listener-arn", target->listener);
    } else {
        text_write_continuation(report, "--listener-arn LISTENER-ARN \\");
    }
    write_new_arn(report, "--certificates CertificateArn=", replacement);
}

/* CloudFront takes its whole configuration back, and knows a certificate of IAM by its id. */
static void move_distribution(struct text_report *report, const struct target *target,
                              const struct text_replacement *replacement)
{
    (void)replacement;
    text_write_command(report, "aws cloudfront get-distribution-config \\");
    text_begin(report);
    text_append_words(report, "--id ");
    pb_shell_quote_append(&report->value, target->name);
    text_end_verbatim(report, TEXT_CONTINUATION);
    text_write_command(report, "# Save its DistributionConfig as CONFIG.json, with the new id as "
                               "IAMCertificateId; then:");
    text_write_command(report, "aws cloudfront update-distribution \\");
    write_option(report, "--id", target->name);
    text_write_continuation(report, "--if-match ETAG --distribution-config file://CONFIG.json");
}

static void write_move(struct text_report *report, const struct pb_use *use,
                       const struct text_replacement *replacement)
{
    static const struct {
        struct pb_slice kind;
        void (*write)(struct text_report *report, const struct target *target,
                      const struct text_replacement *replacement);
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
            text_write_command(report, "# No command for a deployment whose name AWS does not "
                                       "allow: see \"in use\" above.");
            continue;
        }
        text_begin(report);
        text_append_words(report, "# Move ");
        text_append(report, use->label);
        text_append_words(report, ":");
        text_end_verbatim(report, TEXT_COMMAND);
        kinds[i].write(report, &target, replacement);
    }
}

void text_write_moves(struct text_report *report, const struct pb_certificate *certificate,
                      const struct text_replacement *replacement)
{
    for (size_t i = 0; i < certificate->use_count && i < MOST_MOVES; i++)
        write_move(report, &certificate->uses[i], replacement);
    if (certificate->use_count <= MOST_MOVES)
        return;
    text_begin(report);
    text_append_words(report, "# Likewise ");
    text_append_count(report, certificate->use_count - MOST_MOVES, "more deployment");
    text_append_words(report, ", which the json report lists.");
    text_end_verbatim(report, TEXT_COMMAND);
}
