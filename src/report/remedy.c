/* SPDX-License-Identifier: MIT */
#include "report/remedy.h"

#include "inventory/arn.h"
#include "report/remedy_lines.h"
#include "report/shell_quote.h"

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
