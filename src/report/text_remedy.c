/* SPDX-License-Identifier: MIT */
/* The commands that replace a vulnerable certificate, for a POSIX shell. They are printed as they
 * are to be copied: whole, however wide. */
#include "report/text_report.h"

#include "report/shell_quote.h"

static const char new_suffix[] = "-new";

/* The columns of the commands and of their continuations. */
enum { COMMAND = TEXT_DETAIL + 2, CONTINUATION = COMMAND + 4 };

#define LONGEST_NAME 128
#define LONGEST_PATH 512

static void write_line(struct text_report *report, size_t indent, const char *words)
{
    text_begin(report);
    text_append_words(report, words);
    text_end_verbatim(report, indent);
}

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
static void append_name_option(struct text_report *report, struct pb_slice name, const char *suffix)
{
    struct pb_buffer *value = &report->value;
    char whole[LONGEST_NAME + sizeof new_suffix];
    size_t suffix_bytes = strlen(suffix);

    memcpy(whole, name.data, name.size_bytes);
    memcpy(whole + name.size_bytes, suffix, suffix_bytes);
    pb_buffer_append_string(value, "--server-certificate-name");
    pb_buffer_append_byte(value, name.data[0] == '-' ? '=' : ' ');
    pb_shell_quote_append(value, (struct pb_slice){whole, name.size_bytes + suffix_bytes});
}

static void write_upload(struct text_report *report, const struct pb_certificate *certificate)
{
    bool has_room = certificate->name.size_bytes + sizeof new_suffix - 1 <= LONGEST_NAME;

    write_line(report, COMMAND, "aws iam upload-server-certificate \\");
    text_begin(report);
    append_name_option(report, has_room ? certificate->name : PB_SLICE("NEW-NAME"),
                       has_room ? new_suffix : "");
    text_append_words(report, " \\");
    text_end_verbatim(report, CONTINUATION);
    if (is_path(certificate->path)) {
        text_begin(report);
        text_append_words(report, "--path ");
        pb_shell_quote_append(&report->value, certificate->path);
        text_append_words(report, " \\");
        text_end_verbatim(report, CONTINUATION);
    }
    write_line(report, CONTINUATION, "--certificate-body file://NEW-CERTIFICATE.pem \\");
    write_line(report, CONTINUATION, "--certificate-chain file://NEW-CHAIN.pem \\");
    write_line(report, CONTINUATION, "--private-key file://NEW-KEY.pem");
}

static void write_move(struct text_report *report)
{
    static const char *const lines[] = {
        "# Give it to every listener and distribution, for instance:",
        "aws elb set-load-balancer-listener-ssl-certificate \\",
        "    --load-balancer-name NAME --load-balancer-port 443 \\",
        "    --ssl-certificate-id NEW-ARN",
        "aws elbv2 modify-listener --listener-arn LISTENER-ARN \\",
        "    --certificates CertificateArn=NEW-ARN",
        "# Then delete the old one, and have its issuer revoke it:",
    };

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        write_line(report, COMMAND, lines[i]);
}

static void write_commands(struct text_report *report, const struct pb_certificate *certificate)
{
    const struct pb_account *account =
        pb_inventory_account(report->result->inventory, certificate->account);

    if (!pb_slice_is_absent(account->id)) {
        text_begin(report);
        text_append_words(report, "# In account ");
        text_append(report, account->id);
        text_append_words(report, ":");
        text_end_verbatim(report, COMMAND);
    }
    if (certificate->is_name_from_file)
        write_line(report, COMMAND, "# The name was taken from a file's name: make sure of it.");
    write_upload(report, certificate);
    write_move(report);
    write_line(report, COMMAND, "aws iam delete-server-certificate \\");
    text_begin(report);
    append_name_option(report, certificate->name, "");
    text_end_verbatim(report, CONTINUATION);
}

void text_write_remedy(struct text_report *report, const struct pb_certificate *certificate)
{
    if (certificate->verdict != PB_VERDICT_VULNERABLE)
        return;
    text_begin(report);
    text_append_words(report, "replace it with a new key under a new name. An upload under the "
                              "same name hides the history: later evidence shows only the new "
                              "date, even where the old key was uploaded again.");
    text_end_field(report, TEXT_DETAIL, "fix");
    if (pb_slice_is_absent(certificate->name))
        write_line(report, COMMAND, "# No command: the evidence does not give its name.");
    else if (!pb_shell_is_certificate_name(certificate->name))
        write_line(report, COMMAND, "# No command: IAM allows no such name.");
    else
        write_commands(report, certificate);
}
