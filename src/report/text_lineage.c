/* SPDX-License-Identifier: MIT */
/* The text report's lineage of keys that outlived a vulnerable certificate. */
#include "report/text_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "report/phrases.h"
#include "report/relative.h"

/* So many certificates of one key are printed; -v prints more. */
#define MOST_RELATIVES 12
#define MOST_RELATIVES_VERBOSE 100

void text_write_kinship(struct text_report *report, uint32_t certificate)
{
    uint32_t row = pb_key_groups_find(report->result->key_groups, certificate);

    if (row == PB_NO_INDEX)
        return;
    const struct pb_key_group *family =
        &PB_VECTOR_AT(const struct pb_key_group, &report->result->key_groups->items, row);
    struct pb_buffer *value = text_begin(report);
    pb_buffer_append_format(value, "key %" PRIu32 " below: ", row + 1);
    text_append_count(report, family->count, "certificate");
    text_append_words(report, " share it");
    text_end_field(report, TEXT_DETAIL, "lineage");
}

static void write_key(struct text_report *report, const struct pb_key_group *family, size_t number)
{
    const struct pb_key_facts *key = family->key;
    struct pb_buffer *value;
    char label[32];

    snprintf(label, sizeof label, "key %zu", number);
    pb_buffer_append_repeated(&report->sink->buffer, ' ', TEXT_INDENT);
    text_write_styled(report, TEXT_PLAIN, label, TEXT_SEVERITY);
    value = text_begin(report);
    pb_phrase_append_key(value, key);
    text_append_words(report, ", SHA-256 of its public key ");
    for (size_t i = 0; i < sizeof key->spki_sha256; i++)
        pb_buffer_append_format(value, "%02x", key->spki_sha256[i]);
    text_end_after(report, TEXT_DETAIL, TEXT_DETAIL);
}

static void write_rest(struct text_report *report, const struct pb_key_member *rest, size_t count)
{
    size_t exposed = 0;

    for (size_t i = 0; i < count; i++)
        exposed += rest[i].is_exposed;
    text_begin(report);
    text_append_words(report, "-> and ");
    text_append_count(report, count, "more certificate");
    if (exposed > 0)
        pb_buffer_append_format(&report->value, ", %zu of them vulnerable", exposed);
    text_end_line(report, TEXT_DETAIL, TEXT_PLAIN);
}

static void write_family(struct text_report *report, const struct pb_key_group *family,
                         size_t number)
{
    const struct pb_key_member *relatives =
        pb_key_group_members(report->result->key_groups, family);
    size_t most = report->options.is_verbose ? MOST_RELATIVES_VERBOSE : MOST_RELATIVES;

    text_write_blank_line(report);
    write_key(report, family, number);
    for (size_t i = 0; i < family->count && i < most; i++) {
        text_begin(report);
        if (i > 0)
            text_append_words(report, "-> ");
        pb_relative_append(&report->value, report->result->inventory, &relatives[i]);
        text_end_line(report, TEXT_DETAIL, TEXT_PLAIN);
    }
    if (family->count > most)
        write_rest(report, relatives + most, family->count - most);
}

void text_write_lineage(struct text_report *report)
{
    const struct pb_key_groups *groups = report->result->key_groups;

    if (groups->shared_count == 0)
        return;
    text_write_blank_line(report);
    text_begin(report);
    text_append_words(report, "keys that lived on, each from its first certificate to its last");
    text_end_line(report, 0, TEXT_STRONG);
    for (size_t i = 0; i < groups->shared_count && !report->sink->has_failed; i++)
        write_family(report, &PB_VECTOR_AT(const struct pb_key_group, &groups->items, i), i + 1);
}
