/* SPDX-License-Identifier: MIT */
/* The commands that replace a vulnerable certificate or delete an expired one, for a POSIX shell:
 * the text report prints them with -v, the html report has them folded. */
#include "report/model.h"

#include "base/utf8.h"
#include "inventory/arn.h"

#define LONGEST_NAME 128 /* of a server certificate, a load balancer or a distribution */
#define LONGEST_PATH 512
#define LONGEST_ARN 2048
/* At most so many deployments get commands. */
#define MOST_MOVES 100

const char pb_remedy_advice[] =
    "Each certificate in use needs a new key and a new name: an upload under the same name hides "
    "the history, because later evidence shows only the new date, even if the old key was uploaded "
    "again. At the end, have the issuer revoke the old certificate.";

/* The commands, in the order of their use. expand() says what stands for the letters behind '%'. */

static const char upload[] = "aws iam upload-server-certificate \\\n"
                             "    --server-certificate-name%N \\\n"
                             "%P"
                             "    --certificate-body file://NEW-CERTIFICATE.pem \\\n"
                             "    --certificate-chain file://NEW-CHAIN.pem \\\n"
                             "    --private-key file://NEW-KEY.pem\n";

static const char move_classic[] = "aws elb set-load-balancer-listener-ssl-certificate \\\n"
                                   "    --load-balancer-name %n \\\n"
                                   "    --load-balancer-port %p \\\n"
                                   "    --ssl-certificate-id %A\n";

static const char move_listener[] = "aws elbv2 modify-listener \\\n"
                                    "%L"
                                    "    --certificates CertificateArn=%C\n";

/* modify-listener would take the place of another certificate: the listener's default one. */
static const char move_further[] = "# It is a further certificate of this listener (SNI).\n"
                                   "aws elbv2 add-listener-certificates \\\n"
                                   "%L"
                                   "    --certificates CertificateArn=%C\n"
                                   "aws elbv2 remove-listener-certificates \\\n"
                                   "%L"
                                   "    --certificates CertificateArn=%D\n";

/* update-distribution replaces the whole configuration, which has a certificate of IAM by its id.
 */
static const char move_distribution[] =
    "aws cloudfront get-distribution-config \\\n"
    "    --id %n\n"
    "# Save its DistributionConfig as CONFIG.json, with the new id as IAMCertificateId; then:\n"
    "aws cloudfront update-distribution \\\n"
    "    --id %n \\\n"
    "    --if-match ETAG --distribution-config file://CONFIG.json\n";

static const char delete[] = "aws iam delete-server-certificate \\\n"
                             "    --server-certificate-name%O\n";

/* What is put into the commands. Text of the evidence is checked before it is stored here. */
struct replacement {
    struct pb_slice old_name, old_arn; /* the ARN is absent where not known, or not safe to quote */
    struct pb_slice name, path;        /* of the certificate that takes its place */
    struct pb_slice partition, account; /* absent where the new ARN cannot be predicted */
    char storage[LONGEST_NAME];         /* of the name */
    struct pb_slice target, port;       /* a deployment; the port is absent where not known */
    struct pb_slice listener, region;   /* its ARN and where that is; absent likewise */
};

#define DIGITS "0123456789"
#define ALPHANUMERIC DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
/* Of the shell, or of the AWS CLI's shorthand. */
#define QUOTES "'\"\\"

/* Whether there are 1 to most bytes, each one of the given. */
static bool consists_of(struct pb_slice text, const char *bytes, size_t most)
{
    for (size_t i = 0; i < text.size_bytes; i++)
        if (text.data[i] == '\0' || strchr(bytes, text.data[i]) == NULL)
            return false;
    return text.size_bytes > 0 && text.size_bytes <= most;
}

/* Names of load balancers, ids of distributions, regions, partitions. */
static bool is_plain(struct pb_slice text)
{
    return consists_of(text, ALPHANUMERIC "-", LONGEST_NAME) && text.data[0] != '-';
}

static bool has_any(struct pb_slice text, const char *bytes)
{
    for (size_t i = 0; i < text.size_bytes; i++)
        if (text.data[i] != '\0' && strchr(bytes, text.data[i]) != NULL)
            return true;
    return false;
}

static bool is_printable(struct pb_slice text)
{
    for (size_t i = 0; i < text.size_bytes; i++)
        if (text.data[i] < 0x21 || text.data[i] > 0x7E)
            return false;
    return true;
}

/* API reference, UploadServerCertificate, Path: "/", or '/' U+0021 to U+007E '/'. */
static bool is_path(struct pb_slice path)
{
    return path.size_bytes >= 2 && path.size_bytes <= LONGEST_PATH && path.data[0] == '/' &&
           path.data[path.size_bytes - 1] == '/' && is_printable(path);
}

/* POSIX.1-2008, XCU 2.2.2. The text holds no NUL, which no shell word can. */
static void append_quoted(struct pb_buffer *buffer, struct pb_slice text)
{
    pb_buffer_append_byte(buffer, '\'');
    for (size_t i = 0; i < text.size_bytes; i++) {
        if (text.data[i] == '\'')
            pb_buffer_append_string(buffer, "'\\'");
        pb_buffer_append_byte(buffer, text.data[i]);
    }
    pb_buffer_append_byte(buffer, '\'');
}

/* A name that starts with '-' would be taken for an option, but not behind '='. */
static void append_name(struct pb_buffer *buffer, struct pb_slice name)
{
    pb_buffer_append_byte(buffer, name.data[0] == '-' ? '=' : ' ');
    append_quoted(buffer, name);
}

/* AWS CLI User Guide, "Using shorthand syntax": a comma begins another value, but not in quotes. */
static const char *shorthand_quote(struct pb_slice text)
{
    return has_any(text, ",]}") ? "\"" : "";
}

static void append_new_arn(struct pb_buffer *buffer, const struct replacement *new,
                           const char *quote)
{
    if (pb_slice_is_absent(new->account))
        pb_buffer_append_string(buffer, "NEW-ARN");
    else
        pb_buffer_append_format(buffer, "'%sarn:%.*s:iam::%.*s:server-certificate%.*s%.*s%s'",
                                quote, PB_SLICE_ARGS(new->partition), PB_SLICE_ARGS(new->account),
                                PB_SLICE_ARGS(new->path), PB_SLICE_ARGS(new->name), quote);
}

static void append_old_arn(struct pb_buffer *buffer, struct pb_slice arn)
{
    const char *quote = shorthand_quote(arn);

    if (pb_slice_is_absent(arn))
        pb_buffer_append_string(buffer, "OLD-ARN");
    else
        pb_buffer_append_format(buffer, "'%s%.*s%s'", quote, PB_SLICE_ARGS(arn), quote);
}

/* The options that name the listener and its region. */
static void append_listener(struct pb_buffer *buffer, const struct replacement *new)
{
    if (pb_slice_is_absent(new->listener))
        pb_buffer_append_string(buffer, "    --listener-arn LISTENER-ARN \\\n");
    else
        pb_buffer_append_format(buffer, "    --region '%.*s' \\\n    --listener-arn '%.*s' \\\n",
                                PB_SLICE_ARGS(new->region), PB_SLICE_ARGS(new->listener));
}

static void append_path(struct pb_buffer *buffer, struct pb_slice path)
{
    if (path.size_bytes <= 1)
        return;
    pb_buffer_append_string(buffer, "    --path ");
    append_quoted(buffer, path);
    pb_buffer_append_string(buffer, " \\\n");
}

static void expand(struct pb_buffer *buffer, const char *commands, const struct replacement *new)
{
    const char *quote = shorthand_quote(new->path)[0] != '\0' ? "\"" : shorthand_quote(new->name);

    for (const char *at = commands; *at != '\0'; at++) {
        if (*at != '%') {
            pb_buffer_append_byte(buffer, *at);
            continue;
        }
        switch (*++at) {
        case 'N': append_name(buffer, new->name); break;
        case 'O': append_name(buffer, new->old_name); break;
        case 'P': append_path(buffer, new->path); break;
        case 'n': append_quoted(buffer, new->target); break;
        case 'p':
            append_quoted(buffer, pb_slice_is_absent(new->port) ? PB_SLICE("443") : new->port);
            break;
        case 'A': append_new_arn(buffer, new, ""); break;
        case 'C': append_new_arn(buffer, new, quote); break;
        case 'D': append_old_arn(buffer, new->old_arn); break;
        case 'L': append_listener(buffer, new); break;
        }
    }
}

/* A name that the account has already would be refused. */
static bool is_name_free(const struct pb_inventory *inventory,
                         const struct pb_certificate *certificate, struct pb_slice name)
{
    size_t place = pb_inventory_find_named(inventory, certificate->account, name);

    if (place >= inventory->certificates.count)
        return true;
    const struct pb_certificate *found = pb_inventory_certificate(inventory, place);
    return found->account != certificate->account || !pb_slice_equals(found->name, name);
}

static bool is_account(struct pb_slice account)
{
    return account.size_bytes == 12 && consists_of(account, DIGITS, 12);
}

static void find_replacement(const struct pb_inventory *inventory,
                             const struct pb_certificate *certificate, struct replacement *new)
{
    static const struct pb_slice suffix = {"-new", 4};
    const struct pb_account *account = pb_inventory_account(inventory, certificate->account);
    struct pb_slice old_name = certificate->name;
    struct pb_certificate_arn arn;

    *new = (struct replacement){
        .old_name = old_name, .path = PB_SLICE("/"), .name = PB_SLICE("NEW-NAME")};
    if (is_printable(certificate->arn) && !has_any(certificate->arn, QUOTES) &&
        pb_certificate_arn_parse(certificate->arn, &arn))
        new->old_arn = certificate->arn;
    if (is_path(certificate->path))
        new->path = certificate->path;
    if (old_name.size_bytes + suffix.size_bytes > LONGEST_NAME)
        return;
    memcpy(new->storage, old_name.data, old_name.size_bytes);
    memcpy(new->storage + old_name.size_bytes, suffix.data, suffix.size_bytes);
    struct pb_slice name = {new->storage, old_name.size_bytes + suffix.size_bytes};
    if (!is_name_free(inventory, certificate, name))
        return;
    new->name = name;
    if (!pb_slice_starts_with(account->partition, PB_SLICE("aws")) ||
        !is_plain(account->partition) || !is_account(account->id) || has_any(new->path, QUOTES))
        return;
    new->partition = account->partition;
    new->account = account->id;
}

/* Splits "elb/NAME:PORT". */
static void find_target(const struct pb_use *use, size_t kind_bytes, struct replacement *new)
{
    struct pb_slice target = pb_slice_from(use->label, kind_bytes);
    size_t colon = pb_slice_find_last(target, ':');
    struct pb_arn arn;

    new->port = new->listener = new->region = PB_SLICE_ABSENT;
    if (colon != SIZE_MAX && consists_of(pb_slice_from(target, colon + 1), DIGITS, SIZE_MAX)) {
        new->port = pb_slice_from(target, colon + 1);
        target = pb_slice_first(target, colon);
    }
    new->target = target;
    if (!pb_arn_parse(use->listener, &arn) || !is_plain(arn.region) ||
        !consists_of(use->listener, ALPHANUMERIC ":/-_.", LONGEST_ARN))
        return;
    new->listener = use->listener;
    new->region = arn.region;
}

/* The commands that move one deployment to the new certificate. */
static void append_move(struct pb_buffer *buffer, const struct pb_use *use, struct replacement *new)
{
    static const struct {
        struct pb_slice kind;
        const char *commands, *commands_of_further;
    } kinds[] = {
        {{"elb/", 4}, move_classic, move_classic},
        {{"elbv2/", 6}, move_listener, move_further},
        {{"cloudfront/", 11}, move_distribution, move_distribution},
    };
    size_t i = 0;

    while (i < 3 && !pb_slice_starts_with(use->label, kinds[i].kind))
        i++;
    if (i == 3)
        return;
    find_target(use, kinds[i].kind.size_bytes, new);
    if (!is_plain(new->target)) {
        pb_buffer_append_string(buffer, "# No command for a deployment whose name AWS does not "
                                        "allow: see \"in use\" above.\n");
        return;
    }
    pb_buffer_append_string(buffer, "# Move ");
    pb_words_text(buffer, use->label);
    pb_buffer_append_string(buffer, ":\n");
    if (kinds[i].commands == move_listener && pb_slice_is_absent(new->listener))
        pb_buffer_append_string(buffer, "# The evidence does not show LISTENER-ARN: run aws elbv2 "
                                        "describe-listeners.\n");
    expand(buffer, use->is_further ? kinds[i].commands_of_further : kinds[i].commands, new);
}

static void append_commands(struct pb_buffer *buffer, const struct pb_result *result,
                            const struct pb_certificate *certificate)
{
    const struct pb_inventory *inventory = result->inventory;
    struct pb_slice account = pb_inventory_account(inventory, certificate->account)->id;
    const struct pb_extras *extras = pb_certificate_extras(certificate);
    struct replacement new;
    struct pb_instant end;
    bool is_over = extras->use_count == 0 && extras->in_use_by_count == 0 &&
                   pb_certificate_find_end(certificate, &end) &&
                   pb_instant_compare(end, result->parameters->as_of) < 0;

    if (is_account(account))
        pb_buffer_append_format(buffer, "# In account %.*s:\n", PB_SLICE_ARGS(account));
    if (certificate->is_name_from_file)
        pb_buffer_append_string(buffer, "# The name comes from a file's name: check it.\n");
    find_replacement(inventory, certificate, &new);
    if (is_over) {
        pb_buffer_append_string(
            buffer, "# It has expired, and the evidence shows nothing that uses it. Do not use\n"
                    "# its key again, have it revoked if its CA still can, and delete it:\n");
        expand(buffer, delete, &new);
        return;
    }
    expand(buffer, upload, &new);
    for (size_t i = 0; i < extras->use_count && i < MOST_MOVES; i++)
        append_move(buffer, &extras->uses[i], &new);
    if (extras->use_count > MOST_MOVES) {
        pb_buffer_append_string(buffer, "# Likewise ");
        pb_words_count(buffer, extras->use_count - MOST_MOVES, "more deployment");
        pb_buffer_append_string(buffer, ": the json report lists them.\n");
    }
    pb_buffer_append_string(
        buffer, extras->use_count > 0
                    ? "# When nothing uses the old certificate:\n"
                    : "# The evidence shows nothing that uses the old certificate. If so:\n");
    expand(buffer, delete, &new);
}

void pb_remedy_append(struct pb_buffer *buffer, const struct pb_result *result,
                      const struct pb_certificate *certificate)
{
    if (certificate->origin == PB_ORIGIN_ACM)
        pb_buffer_append_string(buffer, "# In ACM: request a certificate, or import one with a new "
                                        "key; then delete this one.\n");
    else if (pb_slice_is_absent(certificate->name))
        pb_buffer_append_string(buffer, "# No command: the evidence does not give its name.\n");
    else if (!consists_of(certificate->name, ALPHANUMERIC "_+=,.@-",
                          LONGEST_NAME)) /* as the API allows */
        pb_buffer_append_string(buffer, "# No command: IAM allows no such name.\n");
    else
        append_commands(buffer, result, certificate);
}
