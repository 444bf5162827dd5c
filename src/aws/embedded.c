/* SPDX-License-Identifier: MIT */
#include "aws/embedded.h"

static struct pb_slice skip_blanks(struct pb_slice text)
{
    size_t blanks = 0;

    while (blanks < text.size_bytes && text.data[blanks] != '\0' &&
           strchr(" \t\r\n", text.data[blanks]) != NULL)
        blanks++;
    return pb_slice_from(text, blanks);
}

/* Templates begin with a brace too, but no key follows it. */
bool pb_embedded_is_likely(const struct pb_json *value)
{
    struct pb_slice text;

    if (!pb_json_string(value, &text))
        return false;
    text = skip_blanks(text);
    if (text.size_bytes < 2 || (text.data[0] != '{' && text.data[0] != '['))
        return false;
    const char *openings = text.data[0] == '{' ? "\"" : "{[\"";
    text = skip_blanks(pb_slice_from(text, 1));
    return text.size_bytes > 0 && text.data[0] != '\0' && strchr(openings, text.data[0]) != NULL;
}

void pb_embedded_open(struct pb_embedded *embedded, const struct pb_json *string,
                      const struct pb_limits *limits)
{
    *embedded = (struct pb_embedded){.reader = {.limits = limits}};
    pb_diagnostics_init(&embedded->diagnostics, &embedded->arena);
    pb_json_string(string, &embedded->reader.text);
}

void pb_embedded_close(struct pb_embedded *embedded)
{
    pb_diagnostics_release(&embedded->diagnostics);
    pb_arena_release(&embedded->arena);
}

/* A text of any other kind may begin like JSON, so only names of fields make it our loss. */
static enum pb_status remark_damage(struct pb_reading *reading, const struct pb_embedded *embedded,
                                    enum pb_json_outcome outcome)
{
    if (outcome == PB_JSON_TOO_LARGE)
        return pb_reading_remark(reading, PB_REMARK_EMBEDDED_TOO_LARGE,
                                 "this string holds JSON of more than %llu values",
                                 (unsigned long long)embedded->reader.limits->values);
    if (outcome != PB_JSON_INVALID || !pb_aws_has_field_names(embedded->reader.text))
        return PB_OK;
    return pb_reading_remark(reading, PB_REMARK_EMBEDDED_DAMAGED,
                             "this string speaks of server certificates and begins like JSON, but "
                             "is damaged or cut");
}

enum pb_status pb_embedded_next(struct pb_embedded *embedded, struct pb_reading *reading,
                                struct pb_json_document *document)
{
    enum pb_json_outcome outcome;
    enum pb_status status =
        pb_json_next(&embedded->reader, &embedded->diagnostics, &outcome, document);

    if (status != PB_OK)
        return status;
    if (outcome != PB_JSON_DOCUMENT)
        return remark_damage(reading, embedded, outcome);
    if (!document->is_repaired)
        return PB_OK;
    status = pb_reading_remark(reading, PB_REMARK_EMBEDDED_REPAIRED,
                               "the JSON inside this string was repaired to be read");
    if (status != PB_OK)
        pb_json_document_release(document);
    return status;
}
