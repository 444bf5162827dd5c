/* SPDX-License-Identifier: MIT */
/* The html report's lineage of keys that outlived a vulnerable certificate. */
#include "report/html_report.h"

#include "report/phrases.h"
#include "report/relative.h"

/* So many certificates of one key are seen at once. */
#define SHOWN_RELATIVES 12

void html_write_kinship(struct html_report *report, uint32_t certificate)
{
    uint32_t row = pb_key_groups_find(report->result->key_groups, certificate);

    if (row == PB_NO_INDEX)
        return;
    const struct pb_key_group *family =
        &PB_VECTOR_AT(const struct pb_key_group, &report->result->key_groups->items, row);
    html_begin_field(report, "lineage");
    html_write_link(report, 'k', row);
    pb_buffer_append_format(&report->sink->buffer, "key %" PRIu32 "</a>: ", row + 1);
    html_write_count(report, family->count, "certificate");
    html_write(report, " share it");
    html_end_field(report);
}

static void write_key(struct html_report *report, const struct pb_key_group *family, uint32_t row)
{
    const struct pb_key_facts *key = family->key;

    html_write(report, "<h3");
    html_write_id(report, 'k', row);
    pb_buffer_append_format(&report->sink->buffer, ">Key %" PRIu32 ": ", row + 1);
    pb_phrase_append_key(html_begin_value(report), key);
    html_end_value(report);
    html_write(report, "</h3>\n<p class=\"quiet\">SHA-256 of its public key ");
    html_write_hex(report, key->spki_sha256, sizeof key->spki_sha256);
    html_write(report, "</p>\n");
}

static void write_relative(struct html_report *report, struct html_list *list,
                           const struct pb_key_member *relative)
{
    html_begin_element(report, list);
    html_write(report, "<bdi>");
    pb_relative_append(html_begin_value(report), report->result->inventory, relative);
    html_end_value(report);
    html_write(report, "</bdi>");
    if (relative->certificate != PB_NO_INDEX) {
        html_write(report, " ");
        html_write_link(report, 'c', relative->certificate);
        pb_buffer_append_format(&report->sink->buffer, "c%" PRIu32 "</a>", relative->certificate);
    }
    html_end_element(report);
}

static void write_family(struct html_report *report, uint32_t row)
{
    const struct pb_key_group *family =
        &PB_VECTOR_AT(const struct pb_key_group, &report->result->key_groups->items, row);
    const struct pb_key_member *relatives =
        pb_key_group_members(report->result->key_groups, family);
    struct html_list list;

    write_key(report, family, row);
    html_write(report, "<div class=\"lineage\">\n");
    html_begin_list(report, &list, family->count, SHOWN_RELATIVES);
    for (size_t i = 0; i < family->count && !report->sink->has_failed; i++)
        write_relative(report, &list, &relatives[i]);
    html_end_list(report, &list);
    html_write(report, "\n</div>\n");
}

void html_write_lineage(struct html_report *report)
{
    size_t count = report->result->key_groups->shared_count;

    if (count == 0)
        return;
    html_write(report, "<section id=\"lineage\">\n<h2>Keys that lived on</h2>\n"
                       "<p class=\"quiet\">Each key from its first certificate to its last: a new "
                       "certificate with an exposed key is exposed too.</p>\n");
    for (uint32_t row = 0; row < count && !report->sink->has_failed; row++)
        write_family(report, row);
    html_write(report, "</section>\n");
}
