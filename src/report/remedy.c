/* SPDX-License-Identifier: MIT */
/* The commands that replace a vulnerable certificate or delete an expired one, for a POSIX shell:
 * the text report prints them with -v, the html report has them folded. Text of the evidence is
 * checked before it stands between single quotes (POSIX.1-2008, XCU 2.2.2). */
#include "report/report.h"

#include <stdio.h>

#include "inventory/sentences.inc"
#include "report/lines.inc"

#define LONGEST_NAME 128 /* of a server certificate, a load balancer or a distribution */
#define LONGEST_PATH 512
#define LONGEST_ARN 2048
#define MOST_MOVES 100

#define ALPHANUMERIC PB_DIGITS PB_LETTERS
/* Printable ASCII without quotes and backslash, and without what the AWS CLI's shorthand syntax
 * (User Guide, "Using shorthand syntax") wants in double quotes. */
#define UNQUOTED ALPHANUMERIC "!#$%&()*+-./:;<=>?@[^_`{|~"
#define QUOTABLE UNQUOTED ",]}"

struct replacement {
    struct pb_slice old_arn;         /* absent where not known, or not safe to quote */
    struct pb_slice name, path, arn; /* of what takes its place; the ARN is absent if not known */
    char name_text[LONGEST_NAME + 1];
    char arn_text[LONGEST_PATH + 2 * LONGEST_NAME + 64];
};

/* Whether text has 1 to most bytes, all of them in bytes. */
static bool consists_of(struct pb_slice text, const char *bytes, size_t most)
{
    return text.size_bytes > 0 && text.size_bytes <= most &&
           pb_skip(text, 0, bytes) == text.size_bytes;
}

/* Whether it can be a load balancer's name, a distribution's id, a region or a partition. */
static bool is_plain(struct pb_slice text)
{
    return consists_of(text, ALPHANUMERIC "-", LONGEST_NAME) && text.data[0] != '-';
}

static bool is_account(struct pb_slice account)
{
    return account.size_bytes == 12 && consists_of(account, PB_DIGITS, 12);
}

/* A name that starts with '-' would be taken for another option, but not after '='. */
static void append_name(struct pb_buffer *buffer, const char *command, struct pb_slice name)
{
    pb_buffer_append_format(buffer, "aws iam %s \\\n    --server-certificate-name%c'%.*s'", command,
                            name.data[0] == '-' ? '=' : ' ', PB_SLICE_ARGS(name));
}

/* Ends the line. */
static void append_arn(struct pb_buffer *buffer, struct pb_slice arn, const char *placeholder,
                       bool is_shorthand)
{
    const char *quote = is_shorthand && !consists_of(arn, UNQUOTED, SIZE_MAX) ? "\"" : "";
    if (pb_slice_is_absent(arn))
        pb_buffer_append_string(buffer, placeholder);
    else
        pb_buffer_append_format(buffer, "'%s%.*s%s'", quote, PB_SLICE_ARGS(arn), quote);
    pb_buffer_append_byte(buffer, '\n');
}

static void append_upload(struct pb_buffer *buffer, const struct replacement *new)
{
    append_name(buffer, "upload-server-certificate", new->name);
    pb_buffer_append_string(buffer, " \\\n");
    if (new->path.size_bytes > 1) {
        pb_buffer_append_string(buffer, "    --path '");
        for (size_t i = 0; i < new->path.size_bytes; i++) {
            pb_buffer_append_string(buffer, new->path.data[i] == '\'' ? "'\\'" : "");
            pb_buffer_append_byte(buffer, new->path.data[i]);
        }
        pb_buffer_append_string(buffer, "' \\\n");
    }
    pb_buffer_append_string(buffer, PB_LINES_UPLOAD_FILES);
}

static void find_replacement(const struct pb_inventory *inventory,
                             const struct pb_certificate *certificate, struct replacement *new)
{
    const struct pb_account *account = pb_inventory_account(inventory, certificate->account);
    struct pb_slice old_name = certificate->name, path = certificate->path;
    struct pb_certificate_arn arn;

    *new = (struct replacement){.path = PB_SLICE("/"), .name = PB_SLICE("NEW-NAME")};
    if (consists_of(certificate->arn, QUOTABLE, SIZE_MAX) &&
        pb_certificate_arn_parse(certificate->arn, &arn))
        new->old_arn = certificate->arn;
    /* API reference, UploadServerCertificate, Path: "/", or '/' U+0021 to U+007E '/'. */
    if (consists_of(path, QUOTABLE "'\"\\", LONGEST_PATH) && path.size_bytes > 1 &&
        path.data[0] == '/' && path.data[path.size_bytes - 1] == '/')
        new->path = path;
    if (old_name.size_bytes + strlen("-new") > LONGEST_NAME)
        return;
    snprintf(new->name_text, sizeof new->name_text, "%.*s-new", PB_SLICE_ARGS(old_name));
    struct pb_slice name = pb_slice_from_string(new->name_text);
    size_t place = pb_inventory_find_named(inventory, certificate->account, name);
    const struct pb_certificate *found = pb_inventory_certificate(inventory, place);
    if (place < inventory->certificates.count && found->account == certificate->account &&
        pb_slice_equals(found->name, name))
        return; /* IAM refuses a name that is taken */
    new->name = name;
    if (!pb_slice_starts_with(account->partition, PB_SLICE("aws")) ||
        !is_plain(account->partition) || !is_account(account->id) ||
        !consists_of(new->path, QUOTABLE, LONGEST_PATH))
        return;
    snprintf(new->arn_text, sizeof new->arn_text, "arn:%.*s:iam::%.*s:server-certificate%.*s%.*s",
             PB_SLICE_ARGS(account->partition), PB_SLICE_ARGS(account->id),
             PB_SLICE_ARGS(new->path), PB_SLICE_ARGS(name));
    new->arn = pb_slice_from_string(new->arn_text);
}

/* region and listener are absent where they are not known. */
static void append_listener(struct pb_buffer *buffer, const char *command, struct pb_slice region,
                            struct pb_slice listener, struct pb_slice arn, const char *placeholder)
{
    pb_buffer_append_format(buffer, "aws elbv2 %s \\\n", command);
    if (pb_slice_is_absent(listener))
        pb_buffer_append_string(buffer, "    --listener-arn LISTENER-ARN \\\n");
    else
        pb_buffer_append_format(buffer, "    --region '%.*s' \\\n    --listener-arn '%.*s' \\\n",
                                PB_SLICE_ARGS(region), PB_SLICE_ARGS(listener));
    pb_buffer_append_string(buffer, "    --certificates CertificateArn=");
    append_arn(buffer, arn, placeholder, true);
}

/* A further certificate is added and removed: modify-listener would replace the default one. */
static void append_listener_move(struct pb_buffer *buffer, const struct pb_use *use,
                                 const struct replacement *new)
{
    struct pb_slice listener = use->listener;
    struct pb_arn arn = {0};

    if (!pb_arn_parse(listener, &arn) || !is_plain(arn.region) ||
        !consists_of(listener, ALPHANUMERIC ":/-_.", LONGEST_ARN)) {
        listener = PB_SLICE_ABSENT;
        pb_buffer_append_string(buffer, PB_SAY_NO_LISTENER "\n");
    }
    if (use->is_further)
        pb_buffer_append_string(buffer, "# It is a further certificate of this listener (SNI).\n");
    append_listener(buffer, use->is_further ? "add-listener-certificates" : "modify-listener",
                    arn.region, listener, new->arn, "NEW-ARN");
    if (use->is_further)
        append_listener(buffer, "remove-listener-certificates", arn.region, listener, new->old_arn,
                        "OLD-ARN");
}

static void append_move(struct pb_buffer *buffer, const struct pb_use *use,
                        const struct replacement *new)
{
    size_t slash = pb_slice_find(use->label, PB_SLICE("/"), 0);
    struct pb_slice service = pb_slice_first(use->label, slash), port = PB_SLICE("443");
    struct pb_slice target = pb_slice_from(use->label, slash + 1);
    size_t colon = pb_slice_find_last(target, ':');

    if (!pb_is_any(service, "elb|elbv2|cloudfront")) /* a stand-in */
        return;
    if (colon != SIZE_MAX && consists_of(pb_slice_from(target, colon + 1), PB_DIGITS, SIZE_MAX)) {
        port = pb_slice_from(target, colon + 1);
        target = pb_slice_first(target, colon);
    }
    if (!is_plain(target)) {
        pb_buffer_append_string(buffer, PB_SAY_NO_TARGET "\n");
        return;
    }
    pb_buffer_append_format(buffer, "# Move %.*s:\n", PB_SLICE_ARGS(use->label));
    if (pb_is_any(service, "elb")) {
        pb_buffer_append_format(buffer, PB_LINES_MOVE_ELB "    --ssl-certificate-id ",
                                PB_SLICE_ARGS(target), PB_SLICE_ARGS(port));
        append_arn(buffer, new->arn, "NEW-ARN", false);
    } else if (pb_is_any(service, "elbv2")) {
        append_listener_move(buffer, use, new);
    } else { /* update-distribution needs all of the configuration, which has the id */
        pb_buffer_append_format(buffer, PB_LINES_MOVE_CLOUDFRONT, PB_SLICE_ARGS(target),
                                PB_SLICE_ARGS(target));
    }
}

bool pb_remedy_is_deletion(const struct pb_certificate *certificate, struct pb_instant as_of)
{
    struct pb_instant end;
    return certificate->use_count == 0 && certificate->in_use_by_count == 0 &&
           pb_certificate_find_end(certificate, &end) && pb_instant_compare(end, as_of) < 0;
}

void pb_remedy_append(struct pb_buffer *buffer, const struct pb_result *result,
                      const struct pb_certificate *certificate)
{
    const struct pb_inventory *inventory = result->inventory;
    struct pb_slice account = pb_inventory_account(inventory, certificate->account)->id;
    struct replacement new;
    const char *refusal =
        certificate->origin == PB_ORIGIN_ACM    ? PB_SAY_REMEDY_IN_ACM "\n"
        : pb_slice_is_absent(certificate->name) ? PB_SAY_REMEDY_WITHOUT_NAME "\n"
        : !consists_of(certificate->name, ALPHANUMERIC "_+=,.@-", LONGEST_NAME) /* the API's */
            ? PB_SAY_REMEDY_OF_BAD_NAME "\n"
            : NULL;

    if (refusal != NULL) {
        pb_buffer_append_string(buffer, refusal);
        return;
    }
    if (is_account(account))
        pb_buffer_append_format(buffer, "# In account %.*s:\n", PB_SLICE_ARGS(account));
    if (certificate->is_name_from_file)
        pb_buffer_append_string(buffer, PB_SAY_NAME_FROM_FILE "\n");
    if (pb_remedy_is_deletion(certificate, result->parameters->as_of)) {
        pb_buffer_append_string(buffer, PB_SAY_EXPIRED_UNUSED "\n" PB_SAY_DELETE_EXPIRED "\n");
    } else {
        find_replacement(inventory, certificate, &new);
        append_upload(buffer, &new);
        for (size_t i = 0; i < certificate->use_count && i < MOST_MOVES; i++)
            append_move(buffer, &certificate->uses[i], &new);
        if (certificate->use_count > MOST_MOVES)
            pb_buffer_append_format(
                buffer, PB_LINES_MORE_MOVES,
                pb_count_text(certificate->use_count - MOST_MOVES, "more deployment").text);
        pb_buffer_append_string(buffer, certificate->use_count > 0 ? PB_SAY_WHEN_UNUSED "\n"
                                                                   : PB_SAY_IF_UNUSED "\n");
    }
    append_name(buffer, "delete-server-certificate", certificate->name);
    pb_buffer_append_byte(buffer, '\n');
}
