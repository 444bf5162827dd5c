/* SPDX-License-Identifier: MIT */
/* The commands that replace one vulnerable certificate, for a POSIX shell. */
#include "report/text_plan.h"

#include "inventory/certificate.h"
#include "report/shell_quote.h"

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
static void append_name_option(struct text_report *report, struct pb_slice name)
{
    pb_buffer_append_string(&report->value, "--server-certificate-name");
    pb_buffer_append_byte(&report->value, name.data[0] == '-' ? '=' : ' ');
    pb_shell_quote_append(&report->value, name);
}

/* A name that the account has already would be refused. */
static bool is_name_free(const struct text_report *report, const struct pb_certificate *certificate,
                         struct pb_slice name)
{
    const struct pb_inventory *inventory = report->result->inventory;
    size_t place = pb_certificates_first_named(inventory, certificate->account, name);

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

static void find_replacement(const struct text_report *report,
                             const struct pb_certificate *certificate,
                             struct text_replacement *replacement)
{
    const struct pb_account *account =
        pb_inventory_account(report->result->inventory, certificate->account);
    size_t size_bytes = certificate->name.size_bytes;

    *replacement = (struct text_replacement){.path = PB_SLICE("/"), .name = PB_SLICE("NEW-NAME")};
    if (is_path(certificate->path))
        replacement->path = certificate->path;
    if (size_bytes + sizeof new_suffix - 1 > TEXT_LONGEST_NAME)
        return;
    memcpy(replacement->storage, certificate->name.data, size_bytes);
    memcpy(replacement->storage + size_bytes, new_suffix, sizeof new_suffix - 1);
    struct pb_slice name = {replacement->storage, size_bytes + sizeof new_suffix - 1};
    if (!is_name_free(report, certificate, name))
        return;
    replacement->name = name;
    if (!is_partition(account->partition) || !is_account(account->id) ||
        pb_slice_find(replacement->path, PB_SLICE("'"), 0) != SIZE_MAX)
        return;
    replacement->partition = account->partition;
    replacement->account = account->id;
}

static void write_upload(struct text_report *report, const struct text_replacement *replacement)
{
    text_write_command(report, "aws iam upload-server-certificate \\");
    text_begin(report);
    append_name_option(report, replacement->name);
    text_append_words(report, " \\");
    text_end_verbatim(report, TEXT_CONTINUATION);
    if (replacement->path.size_bytes > 1) {
        text_begin(report);
        text_append_words(report, "--path ");
        pb_shell_quote_append(&report->value, replacement->path);
        text_append_words(report, " \\");
        text_end_verbatim(report, TEXT_CONTINUATION);
    }
    text_write_continuation(report, "--certificate-body file://NEW-CERTIFICATE.pem \\");
    text_write_continuation(report, "--certificate-chain file://NEW-CHAIN.pem \\");
    text_write_continuation(report, "--private-key file://NEW-KEY.pem");
}

static void write_delete(struct text_report *report, const struct pb_certificate *certificate)
{
    text_write_command(report, certificate->use_count > 0
                                   ? "# When nothing uses the old one any more:"
                                   : "# The evidence shows nothing that uses the old one. If that "
                                     "is so:");
    text_write_command(report, "aws iam delete-server-certificate \\");
    text_begin(report);
    append_name_option(report, certificate->name);
    text_end_verbatim(report, TEXT_CONTINUATION);
}

static void write_commands(struct text_report *report, const struct pb_certificate *certificate)
{
    const struct pb_account *account =
        pb_inventory_account(report->result->inventory, certificate->account);
    struct text_replacement replacement;

    if (is_account(account->id)) {
        text_begin(report);
        text_append_words(report, "# In account ");
        text_append(report, account->id);
        text_append_words(report, ":");
        text_end_verbatim(report, TEXT_COMMAND);
    }
    if (certificate->is_name_from_file)
        text_write_command(report, "# The name was taken from a file's name: make sure of it.");
    find_replacement(report, certificate, &replacement);
    write_upload(report, &replacement);
    text_write_moves(report, certificate, &replacement);
    write_delete(report, certificate);
}

void text_write_remedy(struct text_report *report, const struct pb_certificate *certificate)
{
    if (pb_slice_is_absent(certificate->name))
        text_write_command(report, "# No command: the evidence does not give its name.");
    else if (!pb_shell_is_certificate_name(certificate->name))
        text_write_command(report, "# No command: IAM allows no such name.");
    else
        write_commands(report, certificate);
}
