/* SPDX-License-Identifier: MIT */
/* The json report's certificates, one a line. */
#include "report/json_report.h"

#include "inventory/types.h"
#include "report/names.h"
#include "rules/revocation.h"
#include "rules/verdict.h"

static void write_text(struct json_report *report, const char *key, struct pb_slice text)
{
    pb_json_write_key(&report->writer, key);
    pb_json_write_string(&report->writer, text);
}

static void write_name(struct json_report *report, const char *key, const char *name)
{
    pb_json_write_key(&report->writer, key);
    json_report_write_name(report, name);
}

static void write_null(struct json_report *report, const char *key)
{
    pb_json_write_key(&report->writer, key);
    pb_json_write_null(&report->writer);
}

static void write_date(struct json_report *report, const char *key, const struct pb_date *date)
{
    if (date->state == PB_DATE_ABSENT || date->state == PB_DATE_UNPARSEABLE) {
        write_null(report, key);
        return;
    }
    pb_json_write_key(&report->writer, key);
    json_report_write_instant(report, date->instant);
}

static void write_instant(struct json_report *report, const char *key, struct pb_instant instant)
{
    pb_json_write_key(&report->writer, key);
    json_report_write_instant(report, instant);
}

static void write_digest(struct json_report *report, const char *key, const unsigned char *digest,
                         size_t size_bytes)
{
    pb_json_write_key(&report->writer, key);
    pb_json_write_hex(&report->writer, digest, size_bytes);
}

/* Null where no document showed any: most outputs have no tags at all, even where there are. */
static void write_tags(struct json_report *report, const struct pb_certificate *certificate)
{
    const struct pb_extras *extras = pb_certificate_extras(certificate);

    pb_json_write_key(&report->writer, "tags");
    if (extras->tag_count == 0) {
        pb_json_write_null(&report->writer);
        return;
    }
    pb_json_write_begin_array(&report->writer);
    for (size_t i = 0; i < extras->tag_count; i++) {
        pb_json_write_begin_object(&report->writer);
        write_text(report, "key", extras->tags[i].key);
        write_text(report, "value", extras->tags[i].value);
        pb_json_write_end_object(&report->writer);
    }
    pb_json_write_end_array(&report->writer);
}

static void write_key_facts(struct json_report *report, const struct pb_key_facts *key)
{
    pb_json_write_key(&report->writer, "key");
    pb_json_write_begin_object(&report->writer);
    write_text(report, "algorithm", key->algorithm);
    pb_json_write_key(&report->writer, "bits");
    if (key->bits > 0)
        pb_json_write_integer(&report->writer, key->bits);
    else
        pb_json_write_null(&report->writer);
    write_text(report, "curve", key->curve);
    pb_json_write_key(&report->writer, "exponent");
    pb_json_write_digits(&report->writer, key->exponent);
    write_digest(report, "spki_sha256", key->spki_sha256, sizeof key->spki_sha256);
    pb_json_write_end_object(&report->writer);
}

static void write_alternative_names(struct json_report *report, const struct pb_x509_facts *facts)
{
    pb_json_write_key(&report->writer, "subject_alternative_names");
    pb_json_write_begin_array(&report->writer);
    for (size_t i = 0; i < facts->alternative_name_count; i++)
        pb_json_write_string(&report->writer, facts->alternative_names[i]);
    pb_json_write_end_array(&report->writer);
}

void json_report_write_x509(struct json_report *report, const struct pb_x509_facts *facts)
{
    struct pb_json_writer *writer = &report->writer;

    if (facts == NULL) {
        pb_json_write_null(writer);
        return;
    }
    pb_json_write_begin_object(writer);
    write_text(report, "subject", facts->subject);
    write_text(report, "issuer", facts->issuer);
    write_text(report, "serial", facts->serial);
    write_instant(report, "not_before", facts->not_before);
    write_instant(report, "not_after", facts->not_after);
    write_key_facts(report, &facts->key);
    write_text(report, "signature_algorithm", facts->signature_algorithm);
    write_digest(report, "sha256", facts->sha256, sizeof facts->sha256);
    write_digest(report, "sha1", facts->sha1, sizeof facts->sha1);
    write_alternative_names(report, facts);
    pb_json_write_key(writer, "is_ca");
    pb_json_write_boolean(writer, facts->is_ca);
    pb_json_write_key(writer, "is_self_signed");
    pb_json_write_boolean(writer, facts->is_self_signed);
    pb_json_write_end_object(writer);
}

static void write_bodies(struct json_report *report, const struct pb_certificate *certificate)
{
    pb_json_write_key(&report->writer, "x509");
    json_report_write_x509(report, certificate->body);
    pb_json_write_key(&report->writer, "chain");
    pb_json_write_begin_array(&report->writer);
    for (size_t i = 0; i < certificate->chain_count; i++)
        json_report_write_x509(report, certificate->chain[i]);
    pb_json_write_end_array(&report->writer);
}

static void write_revocation(struct json_report *report, const struct pb_revocation *revocation)
{
    pb_json_write_key(&report->writer, "revocation");
    if (revocation == NULL) {
        pb_json_write_null(&report->writer);
        return;
    }
    pb_json_write_begin_object(&report->writer);
    write_name(report, "status", pb_revocation_name(revocation->status));
    if (revocation->has_date)
        write_instant(report, "date", revocation->date);
    else
        write_null(report, "date");
    write_name(report, "reason", revocation->reason);
    write_text(report, "crl", revocation->crl);
    write_text(report, "detail", revocation->detail);
    pb_json_write_end_object(&report->writer);
}

static void write_observation(struct json_report *report, const struct pb_observation *observation)
{
    char room[PB_INSTANT_BYTES];
    struct pb_json_writer *writer = &report->writer;

    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "evidence");
    pb_json_write_integer(writer, observation->entry);
    pb_json_write_key(writer, "document");
    pb_json_write_integer(writer, observation->document);
    write_name(report, "shape", observation->shape);
    write_text(report, "pointer", observation->pointer);
    pb_json_write_key(writer, "line");
    if (observation->line > 0)
        pb_json_write_integer(writer, observation->line);
    else
        pb_json_write_null(writer);
    write_text(report, "upload_date", pb_date_text(&observation->upload_date, room));
    pb_json_write_end_object(writer);
}

static void write_observations(struct json_report *report, const struct pb_certificate *certificate)
{
    const struct pb_inventory *inventory = report->result->inventory;

    pb_json_write_key(&report->writer, "observations");
    pb_json_write_begin_array(&report->writer);
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        uint32_t index = certificate->first_observation + i;
        write_observation(report, pb_inventory_observation(inventory, index));
        json_report_end_record(report);
    }
    pb_json_write_end_array(&report->writer);
}

static void write_certificate(struct json_report *report, const void *subject, size_t index)
{
    const struct pb_inventory *inventory = report->result->inventory;
    const struct pb_certificate *certificate = pb_inventory_certificate(inventory, index);
    const struct pb_extras *extras = pb_certificate_extras(certificate);
    struct pb_json_writer *writer = &report->writer;

    (void)subject;
    pb_json_write_begin_object(writer);
    pb_json_write_key(writer, "account");
    json_report_write_account_id(report, certificate->account);
    write_text(report, "partition",
               pb_inventory_account(inventory, certificate->account)->partition);
    write_text(report, "name", certificate->name);
    write_name(report, "name_from", pb_report_name_from(certificate));
    write_text(report, "path", certificate->path);
    write_text(report, "id", certificate->id);
    write_text(report, "arn", certificate->arn);
    write_tags(report, certificate);
    write_name(report, "origin", pb_report_origin_name(certificate->origin));
    write_name(report, "presence", pb_report_presence_name(certificate->presence));
    write_date(report, "upload_date", &certificate->upload_date);
    write_date(report, "imported_at", &extras->imported_at);
    write_date(report, "expiration", &certificate->expiration);
    write_name(report, "verdict", pb_verdict_name(certificate->verdict));
    write_name(report, "basis", pb_basis_name(certificate->basis));
    write_name(report, "reason", certificate->reason);
    write_bodies(report, certificate);
    write_revocation(report, certificate->revocation);
    pb_json_write_key(writer, "in_use_by");
    pb_json_write_begin_array(writer);
    for (size_t i = 0; i < extras->in_use_by_count; i++)
        pb_json_write_string(writer, extras->in_use_by[i]);
    pb_json_write_end_array(writer);
    write_observations(report, certificate);
    pb_json_write_end_object(writer);
}

void json_report_write_certificates(struct json_report *report)
{
    json_report_write_records(report, report->result->inventory->certificates.count,
                              write_certificate, NULL);
}
