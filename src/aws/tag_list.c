/* SPDX-License-Identifier: MIT */
/* list-server-certificate-tags, whose answer names no certificate: the file's name has to. */
#include "aws/guess.h"
#include "aws/query.h"
#include "aws/tags.h"

/* Roles, users and policies have the same answer, so the path must speak of certificates; read
 * asks for more than claim can. */
enum pb_claim pb_tag_list_claim(const struct pb_node *node)
{
    bool is_answer = node->is_suggested && node->depth == 0 && node->type == PB_JSON_OBJECT &&
                     pb_json_type(node->fields->values[PB_FIELD_TAGS]) == PB_JSON_ARRAY &&
                     !pb_fields_has(node->fields, PB_FIELD_ARN) &&
                     !pb_fields_has(node->fields, PB_FIELD_PATH);

    return is_answer ? PB_CLAIM_LOOK : PB_CLAIM_NONE;
}

static int digit_of(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* CloudMapper quotes names as in a URL (RFC 3986 section 2.1). */
static bool unquote(struct pb_arena *arena, struct pb_slice quoted, struct pb_slice *name)
{
    char *text = pb_arena_allocate(arena, quoted.size_bytes);
    size_t size = 0;

    if (text == NULL)
        return false;
    for (size_t i = 0; i < quoted.size_bytes; i++) {
        bool has_digits = quoted.data[i] == '%' && i + 2 < quoted.size_bytes &&
                          digit_of(quoted.data[i + 1]) >= 0 && digit_of(quoted.data[i + 2]) >= 0;
        text[size++] =
            has_digits ? (char)(digit_of(quoted.data[i + 1]) * 16 + digit_of(quoted.data[i + 2]))
                       : quoted.data[i];
        i += has_digits ? 2 : 0;
    }
    *name = (struct pb_slice){text, size};
    return true;
}

static struct pb_slice skip_word(struct pb_slice name, const char *word)
{
    struct pb_slice prefix = pb_slice_from_string(word);

    if (!pb_slice_equals_ignoring_case(pb_slice_first(name, prefix.size_bytes), prefix))
        return name;
    name = pb_slice_from(name, prefix.size_bytes);
    while (name.size_bytes > 0 && strchr("-_.", name.data[0]) != NULL && name.data[0] != '\0')
        name = pb_slice_from(name, 1);
    return name;
}

/* The operation's name, which people put before the certificate's. */
static struct pb_slice skip_operation(struct pb_slice name)
{
    static const char *const operations[] = {
        "list-server-certificate-tags", "list_server_certificate_tags", "ListServerCertificateTags",
        "server-certificate-tags",      "server_certificate_tags",      "tags"};

    name = skip_word(name, "aws-iam");
    name = skip_word(name, "iam");
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        struct pb_slice rest = skip_word(name, operations[i]);
        if (rest.size_bytes != name.size_bytes)
            return rest;
    }
    return name;
}

/* "shop.tags", "shop-tags". */
static void cut_ending(struct pb_slice *name)
{
    const struct pb_slice word = PB_SLICE("tags");
    size_t size = name->size_bytes;

    if (size > word.size_bytes + 1 && pb_slice_ends_with(*name, word) &&
        strchr("-_.", name->data[size - word.size_bytes - 1]) != NULL)
        name->size_bytes -= word.size_bytes + 1;
}

enum pb_status pb_tag_list_read(struct pb_reading *reading, const struct pb_node *node,
                                const char *name)
{
    struct pb_arena *arena = &reading->batch->arena;
    struct pb_slice stem;
    uint32_t index;

    if (!pb_aws_is_expected_path(reading->context->path) ||
        !pb_slice_contains_ignoring_case(reading->context->path, PB_SLICE("tag")))
        return PB_OK;
    stem = skip_operation(pb_query_file_name(reading->context->path));
    cut_ending(&stem);
    enum pb_status status = pb_reading_add_record(reading, PB_RECORD_TAGS, name, &index);
    if (status != PB_OK)
        return status;
    struct pb_record *record = pb_reading_record(reading, index);
    if (!unquote(arena, stem, &stem))
        return PB_FAILED_MEMORY;
    if (pb_guess_is_name(stem))
        record->name = stem;
    return pb_tags_read(reading, node->fields->values[PB_FIELD_TAGS], &record->tags,
                        &record->tag_count);
}
