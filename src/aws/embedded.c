/* SPDX-License-Identifier: MIT */
#include "aws/embedded.h"

#include "json/tree.h"

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

/* A string being read. */
struct embedded {
    struct pb_json_reader reader;
    struct pb_diagnostics diagnostics; /* with places inside the string: nobody could find them */
    struct pb_arena arena;
};

/* A text of any other kind may begin like JSON, so only names of fields make it our loss. */
static enum pb_status remark_damage(struct pb_reading *reading, const struct embedded *embedded,
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

/* The next document, root NULL after the last one. */
static enum pb_status read_next(struct embedded *embedded, struct pb_reading *reading,
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

static enum pb_status hand_over(struct pb_reading *reading, const struct pb_json *root,
                                pb_embedded_reader *read, void *context)
{
    size_t here = reading->pointer.size_bytes;

    pb_buffer_append_byte(&reading->pointer, '#');
    reading->is_embedded = true;
    enum pb_status status = read(reading, root, context);
    reading->is_embedded = false;
    pb_pointer_cut(&reading->pointer, here);
    return status;
}

enum pb_status pb_embedded_read(struct pb_reading *reading, const struct pb_json *string,
                                size_t most, pb_embedded_reader *read, void *context)
{
    struct embedded embedded = {.reader = {.limits = reading->context->limits}};
    enum pb_status status = PB_OK;

    pb_diagnostics_init(&embedded.diagnostics, &embedded.arena);
    pb_json_string(string, &embedded.reader.text);
    for (size_t i = 0; i < most && status == PB_OK; i++) {
        struct pb_json_document document = {0};
        status = read_next(&embedded, reading, &document);
        if (status != PB_OK || document.root == NULL)
            break;
        status = hand_over(reading, document.root, read, context);
        pb_json_document_release(&document);
    }
    pb_diagnostics_release(&embedded.diagnostics);
    pb_arena_release(&embedded.arena);
    return status;
}
