/* SPDX-License-Identifier: MIT */
/* The html report's fold under a certificate: everything known of it, and where each was seen. */
#include "report/html_report.h"

#include "inventory/types.h"
#include "report/names.h"
#include "rules/verdict.h"

static void write_tags(struct html_report *report, const struct pb_certificate *certificate)
{
    const struct pb_extras *extras = pb_certificate_extras(certificate);

    if (extras->tag_count == 0)
        return;
    html_begin_field(report, "tags");
    for (size_t i = 0; i < extras->tag_count; i++) {
        html_write(report, i > 0 ? "<br>\n<bdi>" : "<bdi>");
        html_write_text(report, extras->tags[i].key);
        html_write(report, "=");
        html_write_text(report, extras->tags[i].value);
        html_write(report, "</bdi>");
    }
    html_end_field(report);
}

static void write_date_field(struct html_report *report, const char *label,
                             const struct pb_date *date)
{
    if (!pb_date_is_known(date))
        return;
    html_begin_field(report, label);
    html_write_instant(report, date->instant);
    html_end_field(report);
}

static void write_identity(struct html_report *report, const struct pb_certificate *certificate)
{
    const char *basis = pb_basis_name(certificate->basis);

    html_write(report, "<dl>\n");
    html_write_field_code(report, "ARN", certificate->arn);
    html_write_field_code(report, "id", certificate->id);
    html_write_field_code(report, "path", certificate->path);
    html_write_field(report, "origin",
                     pb_slice_from_string(pb_report_origin_name(certificate->origin)));
    html_write_field(report, "presence",
                     pb_slice_from_string(pb_report_presence_name(certificate->presence)));
    html_write_field(report, "judged by", pb_slice_from_string(basis));
    html_write_field(report, "reason", pb_slice_from_string(certificate->reason));
    write_date_field(report, "imported", &pb_certificate_extras(certificate)->imported_at);
    write_date_field(report, "Expiration", &certificate->expiration);
    write_tags(report, certificate);
    html_write(report, "</dl>\n");
}

static void write_bodies(struct html_report *report, const struct pb_certificate *certificate)
{
    if (certificate->body != NULL) {
        html_write(report, "<p class=\"part\">X.509 certificate</p>\n");
        html_write_x509(report, certificate->body);
    }
    for (size_t i = 0; i < certificate->chain_count && !report->sink->has_failed; i++) {
        pb_buffer_append_format(&report->sink->buffer,
                                "<p class=\"part\">Chain, certificate %zu of %zu</p>\n", i + 1,
                                certificate->chain_count);
        html_write_x509(report, certificate->chain[i]);
    }
}

static void write_observation(struct html_report *report, const struct pb_observation *observation)
{
    char room[PB_INSTANT_BYTES];

    html_write(report, "<tr><td>");
    html_write_place(report, pb_place_of_observation(observation));
    html_write(report, "</td>");
    html_write_cell(report, pb_slice_from_string(observation->shape));
    pb_buffer_append_format(&report->sink->buffer, "<td class=\"number\">%" PRIu32 "</td>",
                            observation->document);
    html_write_cell(report, observation->pointer);
    html_write_cell(report, pb_date_text(&observation->upload_date, room));
    html_write(report, "</tr>\n");
    html_end_record(report);
}

static void write_observations(struct html_report *report, const struct pb_certificate *certificate)
{
    const struct pb_inventory *inventory = report->result->inventory;

    html_write(report,
               "<p class=\"part\">Observations</p>\n<div class=\"wide\">\n<table>\n<thead><tr>"
               "<th scope=\"col\">Place</th><th scope=\"col\">Shape</th>"
               "<th scope=\"col\" class=\"number\">Document</th><th scope=\"col\">Pointer</th>"
               "<th scope=\"col\">UploadDate as it stood</th></tr></thead>\n<tbody>\n");
    for (uint32_t i = 0; i < certificate->observation_count && !report->sink->has_failed; i++)
        write_observation(report,
                          pb_inventory_observation(inventory, certificate->first_observation + i));
    html_write(report, "</tbody>\n</table>\n</div>\n");
}

void html_write_facts(struct html_report *report, const struct pb_certificate *certificate)
{
    html_write(report, "<details>\n<summary>All facts and observations</summary>\n");
    write_identity(report, certificate);
    write_bodies(report, certificate);
    write_observations(report, certificate);
    html_write(report, "</details>\n");
}
