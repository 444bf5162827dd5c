/* SPDX-License-Identifier: MIT */
/* The html report's rows of one X.509 certificate. */
#include "report/html_report.h"

#include "report/phrases.h"

#define SHOWN_NAMES 20

static void write_instant_field(struct html_report *report, const char *label,
                                struct pb_instant instant)
{
    html_begin_field(report, label);
    html_write_instant(report, instant);
    html_end_field(report);
}

static void write_digest_field(struct html_report *report, const char *label,
                               const unsigned char *digest, size_t size_bytes)
{
    html_begin_field(report, label);
    html_write_hex(report, digest, size_bytes);
    html_end_field(report);
}

static void write_key(struct html_report *report, const struct pb_key_facts *key)
{
    html_begin_field(report, "key");
    pb_phrase_append_key(html_begin_value(report), key);
    html_end_value(report);
    if (!pb_slice_is_absent(key->exponent)) {
        html_write(report, ", exponent ");
        html_write_text(report, key->exponent);
    }
    html_end_field(report);
    write_digest_field(report, "SHA-256 of the public key", key->spki_sha256,
                       sizeof key->spki_sha256);
}

static void write_names(struct html_report *report, const struct pb_x509_facts *facts)
{
    size_t count = facts->alternative_name_count;
    struct html_list list;

    if (count == 0)
        return;
    html_begin_field(report, "alternative names");
    html_begin_list(report, &list, count, SHOWN_NAMES);
    for (size_t i = 0; i < count && !report->sink->has_failed; i++) {
        html_begin_element(report, &list);
        html_write_text(report, facts->alternative_names[i]);
        html_end_element(report);
    }
    html_end_list(report, &list);
    html_end_field(report);
}

void html_write_x509(struct html_report *report, const struct pb_x509_facts *facts)
{
    html_write(report, "<dl>\n");
    html_write_field(report, "subject", facts->subject);
    html_write_field(report, "issuer", facts->issuer);
    html_write_field_code(report, "serial", facts->serial);
    write_instant_field(report, "not before", facts->not_before);
    write_instant_field(report, "not after", facts->not_after);
    write_key(report, &facts->key);
    html_write_field(report, "signed by", facts->signature_algorithm);
    write_digest_field(report, "SHA-256", facts->sha256, sizeof facts->sha256);
    write_digest_field(report, "SHA-1", facts->sha1, sizeof facts->sha1);
    write_names(report, facts);
    html_begin_field(report, "kind");
    html_write(report, facts->is_ca ? "a certification authority" : "no certification authority");
    html_write(report, facts->is_self_signed ? ", self-signed" : ", not self-signed");
    html_end_field(report);
    html_write(report, "</dl>\n");
}
