/* SPDX-License-Identifier: MIT */
/* The commands that replace a vulnerable certificate, for a POSIX shell: what the text report
 * prints with -v and the html report folds. */
#include "report/model.h"

#include "base/escape.h"
#include "inventory/arn.h"

#define PB_REMEDY_LONGEST_NAME 128 /* of a server certificate */
/* Before the further lines of a command. */
#define PB_REMEDY_INDENT "    "

/* The certificate that takes the old one's place. Its ARN can be told where the account is known.
 */
struct pb_replacement {
    struct pb_slice name;                 /* may stand in a command */
    struct pb_slice path;                 /* "/" where the old one's is not known */
    struct pb_slice partition, account;   /* absent where the ARN cannot be told */
    struct pb_slice old_arn;              /* absent where not known or not fit for a command */
    char storage[PB_REMEDY_LONGEST_NAME]; /* private: of the name */
};

#define LONGEST_NAME 128
#define LONGEST_ARN 2048

static void pb_shell_quote_append(struct pb_buffer *buffer, struct pb_slice text)
{
    pb_buffer_append_byte(buffer, '\'');
    for (size_t i = 0; i < text.size_bytes; i++) {
        if (text.data[i] == '\'')
            pb_buffer_append_string(buffer, "'\\''");
        else
            pb_buffer_append_byte(buffer, text.data[i]);
    }
    pb_buffer_append_byte(buffer, '\'');
}

/* Whether there are 1 to most bytes, each an ASCII letter, a digit or one of the marks. */
static bool consists_of(struct pb_slice text, const char *marks, size_t most)
{
    if (text.size_bytes == 0 || text.size_bytes > most)
        return false;
    for (size_t i = 0; i < text.size_bytes; i++) {
        char byte = text.data[i];
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        bool is_digit = byte >= '0' && byte <= '9';
        if (!is_letter && !is_digit && (byte == '\0' || strchr(marks, byte) == NULL))
            return false;
    }
    return true;
}

static bool pb_shell_is_certificate_name(struct pb_slice name)
{
    return consists_of(name, "_+=,.@-", LONGEST_NAME);
}

static bool pb_shell_is_plain(struct pb_slice text)
{
    return consists_of(text, "-", LONGEST_NAME) && text.data[0] != '-';
}

static bool pb_shell_is_arn(struct pb_slice text)
{
    return consists_of(text, ":/-_.", LONGEST_ARN) && pb_slice_starts_with(text, PB_SLICE("arn:"));
}

const char pb_remedy_advice[] =
    "Each needs a new key, and should get a new name: an upload under the same name hides the "
    "history, for later evidence shows only the new date, even where the old key was uploaded "
    "again. Have the old one revoked by its issuer at the end.";

static const char new_suffix[] = "-new";

#define LONGEST_PATH 512

/* API reference, UploadServerCertificate, Path: "/", or '/' U+0021 to U+007E '/'. */
static bool is_path(struct pb_slice path)
{
    if (path.size_bytes < 2 || path.size_bytes > LONGEST_PATH || path.data[0] != '/' ||
        path.data[path.size_bytes - 1] != '/')
        return false;
    for (size_t i = 0; i < path.size_bytes; i++)
        if (path.data[i] < 0x21 || path.data[i] > 0x7E)
            return false;
    return true;
}

/* A name that starts with '-' would be taken for an option, but not behind '='. */
static void append_name_option(struct pb_buffer *buffer, struct pb_slice name)
{
    pb_buffer_append_string(buffer, PB_REMEDY_INDENT "--server-certificate-name");
    pb_buffer_append_byte(buffer, name.data[0] == '-' ? '=' : ' ');
    pb_shell_quote_append(buffer, name);
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

static bool is_partition(struct pb_slice partition)
{
    return pb_slice_starts_with(partition, PB_SLICE("aws")) && pb_shell_is_plain(partition);
}

static bool is_account(struct pb_slice account)
{
    for (size_t i = 0; i < account.size_bytes; i++)
        if (account.data[i] < '0' || account.data[i] > '9')
            return false;
    return account.size_bytes == 12;
}

/* Of the shell, or of the AWS CLI's shorthand. */
static bool has_quote(struct pb_slice text)
{
    return pb_slice_find(text, PB_SLICE("'"), 0) != SIZE_MAX ||
           pb_slice_find(text, PB_SLICE("\""), 0) != SIZE_MAX ||
           pb_slice_find(text, PB_SLICE("\\"), 0) != SIZE_MAX;
}

static bool is_arn(struct pb_slice text)
{
    struct pb_certificate_arn arn;

    for (size_t i = 0; i < text.size_bytes; i++)
        if (text.data[i] < 0x21 || text.data[i] > 0x7E)
            return false;
    return pb_certificate_arn_parse(text, &arn) && !has_quote(text);
}

static void find_replacement(const struct pb_inventory *inventory,
                             const struct pb_certificate *certificate,
                             struct pb_replacement *replacement)
{
    const struct pb_account *account = pb_inventory_account(inventory, certificate->account);
    size_t size_bytes = certificate->name.size_bytes;

    *replacement = (struct pb_replacement){.path = PB_SLICE("/"), .name = PB_SLICE("NEW-NAME")};
    if (is_arn(certificate->arn))
        replacement->old_arn = certificate->arn;
    if (is_path(certificate->path))
        replacement->path = certificate->path;
    if (size_bytes + sizeof new_suffix - 1 > PB_REMEDY_LONGEST_NAME)
        return;
    memcpy(replacement->storage, certificate->name.data, size_bytes);
    memcpy(replacement->storage + size_bytes, new_suffix, sizeof new_suffix - 1);
    struct pb_slice name = {replacement->storage, size_bytes + sizeof new_suffix - 1};
    if (!is_name_free(inventory, certificate, name))
        return;
    replacement->name = name;
    if (!is_partition(account->partition) || !is_account(account->id) ||
        has_quote(replacement->path))
        return;
    replacement->partition = account->partition;
    replacement->account = account->id;
}

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

static void pb_remedy_append_moves(struct pb_buffer *buffer,
                                   const struct pb_certificate *certificate,
                                   const struct pb_replacement *replacement)
{
    const struct pb_extras *extras = pb_certificate_extras(certificate);

    for (size_t i = 0; i < extras->use_count && i < MOST_MOVES; i++)
        append_move(buffer, &extras->uses[i], replacement);
    if (extras->use_count <= MOST_MOVES)
        return;
    pb_buffer_append_string(buffer, "# Likewise ");
    pb_words_count(buffer, extras->use_count - MOST_MOVES, "more deployment");
    pb_buffer_append_string(buffer, ", which the json report lists.\n");
}
static void append_upload(struct pb_buffer *buffer, const struct pb_replacement *replacement)
{
    pb_buffer_append_string(buffer, "aws iam upload-server-certificate \\\n");
    append_name_option(buffer, replacement->name);
    pb_buffer_append_string(buffer, " \\\n");
    if (replacement->path.size_bytes > 1) {
        pb_buffer_append_string(buffer, PB_REMEDY_INDENT "--path ");
        pb_shell_quote_append(buffer, replacement->path);
        pb_buffer_append_string(buffer, " \\\n");
    }
    pb_buffer_append_string(buffer, PB_REMEDY_INDENT
                            "--certificate-body file://NEW-CERTIFICATE.pem \\\n" PB_REMEDY_INDENT
                            "--certificate-chain file://NEW-CHAIN.pem \\\n" PB_REMEDY_INDENT
                            "--private-key file://NEW-KEY.pem\n");
}

static void append_delete(struct pb_buffer *buffer, const struct pb_certificate *certificate)
{
    pb_buffer_append_string(buffer,
                            pb_certificate_extras(certificate)->use_count > 0
                                ? "# When nothing uses the old one any more:\n"
                                : "# The evidence shows nothing that uses the old one. If that is "
                                  "so:\n");
    pb_buffer_append_string(buffer, "aws iam delete-server-certificate \\\n");
    append_name_option(buffer, certificate->name);
    pb_buffer_append_byte(buffer, '\n');
}

static void append_commands(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                            const struct pb_certificate *certificate)
{
    const struct pb_account *account = pb_inventory_account(inventory, certificate->account);
    struct pb_replacement replacement;

    if (is_account(account->id))
        pb_buffer_append_format(buffer, "# In account %.*s:\n", PB_SLICE_ARGS(account->id));
    if (certificate->is_name_from_file)
        pb_buffer_append_string(buffer,
                                "# The name was taken from a file's name: make sure of it.\n");
    find_replacement(inventory, certificate, &replacement);
    append_upload(buffer, &replacement);
    pb_remedy_append_moves(buffer, certificate, &replacement);
    append_delete(buffer, certificate);
}

void pb_remedy_append(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                      const struct pb_certificate *certificate)
{
    if (pb_slice_is_absent(certificate->name))
        pb_buffer_append_string(buffer, "# No command: the evidence does not give its name.\n");
    else if (!pb_shell_is_certificate_name(certificate->name))
        pb_buffer_append_string(buffer, "# No command: IAM allows no such name.\n");
    else
        append_commands(buffer, inventory, certificate);
}
