/* SPDX-License-Identifier: MIT */
/* Not jansson's writer: it takes eight times as long for a certificate, built and dumped alone, has
 * no integers beyond 64 bits for exponents, and refuses text that is not UTF-8, while a report must
 * come out whatever the evidence held. */
#include "json/writer.h"

#include "base/utf8.h"

void pb_json_writer_init(struct pb_json_writer *writer, struct pb_buffer *buffer,
                         unsigned inline_depth)
{
    *writer = (struct pb_json_writer){.buffer = buffer, .inline_depth = inline_depth};
}

static void begin_line(struct pb_json_writer *writer, unsigned depth)
{
    pb_buffer_append_byte(writer->buffer, '\n');
    pb_buffer_append_repeated(writer->buffer, ' ', (size_t)depth * 2);
}

/* What stands before a key or a value: a comma, a new line, or nothing right after a key. */
static void begin_member(struct pb_json_writer *writer)
{
    if (writer->is_after_key || writer->depth == 0) {
        writer->is_after_key = false;
        return;
    }
    bool is_inline = writer->depth > writer->inline_depth;
    bool *has_members = &writer->has_members[writer->depth - 1];
    if (*has_members)
        pb_buffer_append_string(writer->buffer, is_inline ? ", " : ",");
    *has_members = true;
    if (!is_inline)
        begin_line(writer, writer->depth);
}

static void begin_container(struct pb_json_writer *writer, char bracket)
{
    begin_member(writer);
    /* A report has a fixed shape, so a deeper one is a mistake that no byte may hide. */
    if (writer->depth == PB_JSON_DEEPEST) {
        writer->buffer->has_failed = true;
        return;
    }
    pb_buffer_append_byte(writer->buffer, bracket);
    writer->has_members[writer->depth++] = false;
}

static void end_container(struct pb_json_writer *writer, char bracket)
{
    if (writer->depth == 0) {
        writer->buffer->has_failed = true;
        return;
    }
    writer->depth--;
    if (writer->has_members[writer->depth] && writer->depth < writer->inline_depth)
        begin_line(writer, writer->depth);
    pb_buffer_append_byte(writer->buffer, bracket);
}

void pb_json_write_begin_object(struct pb_json_writer *writer)
{
    begin_container(writer, '{');
}

void pb_json_write_end_object(struct pb_json_writer *writer)
{
    end_container(writer, '}');
}

void pb_json_write_begin_array(struct pb_json_writer *writer)
{
    begin_container(writer, '[');
}

void pb_json_write_end_array(struct pb_json_writer *writer)
{
    end_container(writer, ']');
}

/* RFC 8259 section 7: the quote, the backslash and U+0000 to U+001F must be escaped. */
static void append_escape(struct pb_buffer *buffer, unsigned char byte)
{
    static const char letters[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n',  ['\f'] = 'f',
        ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\',
    };
    char letter = byte < sizeof letters ? letters[byte] : '\0';

    if (byte >= 0x80) {
        pb_buffer_append_string(buffer, "\xEF\xBF\xBD");
    } else if (letter != '\0') {
        pb_buffer_append_byte(buffer, '\\');
        pb_buffer_append_byte(buffer, letter);
    } else {
        pb_buffer_append_string(buffer, "\\u00");
        pb_buffer_append_hex(buffer, &byte, 1);
    }
}

/* The size of the character at the start if it may stand as it is, otherwise 0. */
static size_t plain_size(struct pb_slice text)
{
    unsigned char byte = (unsigned char)text.data[0];

    if (byte < 0x20 || byte == '"' || byte == '\\')
        return 0;
    return byte < 0x80 ? 1 : pb_utf8_sequence_size(text);
}

static void append_string(struct pb_buffer *buffer, struct pb_slice text)
{
    size_t plain = 0; /* bytes from here to i go out as they are */

    pb_buffer_append_byte(buffer, '"');
    for (size_t i = 0; i < text.size_bytes;) {
        size_t size = plain_size(pb_slice_from(text, i));
        if (size == 0) {
            pb_buffer_append(buffer, pb_slice_first(pb_slice_from(text, plain), i - plain));
            append_escape(buffer, (unsigned char)text.data[i++]);
            plain = i;
        }
        i += size;
    }
    pb_buffer_append(buffer, pb_slice_from(text, plain));
    pb_buffer_append_byte(buffer, '"');
}

void pb_json_write_key(struct pb_json_writer *writer, const char *key)
{
    begin_member(writer);
    append_string(writer->buffer, pb_slice_from_string(key));
    pb_buffer_append_string(writer->buffer, ": ");
    writer->is_after_key = true;
}

void pb_json_write_string(struct pb_json_writer *writer, struct pb_slice text)
{
    if (pb_slice_is_absent(text)) {
        pb_json_write_null(writer);
        return;
    }
    begin_member(writer);
    append_string(writer->buffer, text);
}

void pb_json_write_number(struct pb_json_writer *writer, uint64_t value)
{
    begin_member(writer);
    pb_buffer_append_number(writer->buffer, value);
}

void pb_json_write_digits(struct pb_json_writer *writer, struct pb_slice digits)
{
    if (digits.size_bytes == 0) {
        pb_json_write_null(writer);
        return;
    }
    begin_member(writer);
    pb_buffer_append(writer->buffer, digits);
}

void pb_json_write_boolean(struct pb_json_writer *writer, bool value)
{
    begin_member(writer);
    pb_buffer_append_string(writer->buffer, value ? "true" : "false");
}

void pb_json_write_null(struct pb_json_writer *writer)
{
    begin_member(writer);
    pb_buffer_append_string(writer->buffer, "null");
}

void pb_json_write_hex(struct pb_json_writer *writer, const unsigned char *bytes, size_t size_bytes)
{
    begin_member(writer);
    pb_buffer_append_byte(writer->buffer, '"');
    pb_buffer_append_hex(writer->buffer, bytes, size_bytes);
    pb_buffer_append_byte(writer->buffer, '"');
}
