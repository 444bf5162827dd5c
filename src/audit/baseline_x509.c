/* SPDX-License-Identifier: MIT */
#include "audit/baseline_x509.h"

#include "audit/json_form.h"

static bool read_instant(const struct pb_json *object, const char *key, struct pb_instant *instant)
{
    struct pb_slice text;

    return pb_json_string(pb_json_find(object, key), &text) &&
           pb_instant_parse_rfc3339(text, instant);
}

/* Strings of facts are borrowed from the document. */
static bool read_body(const struct pb_json *body, struct pb_x509_facts *facts)
{
    return pb_json_string(pb_json_find(body, "issuer"), &facts->issuer) &&
           pb_json_string(pb_json_find(body, "serial"), &facts->serial) &&
           pb_json_boolean(pb_json_find(body, "is_ca"), &facts->is_ca) &&
           read_instant(body, "not_before", &facts->not_before) &&
           read_instant(body, "not_after", &facts->not_after);
}

static bool read_link(const struct pb_json *link, struct pb_slice issuer,
                      struct pb_x509_facts *facts)
{
    struct pb_slice digest;

    return pb_json_string(pb_json_find(link, "subject"), &facts->subject) &&
           pb_slice_equals(facts->subject, issuer) &&
           pb_json_string(pb_json_find(pb_json_find(link, "key"), "spki_sha256"), &digest) &&
           pb_form_parse_sha256(digest, facts->key.spki_sha256);
}

static const struct pb_x509_facts *keep(struct pb_arena *arena, const struct pb_x509_facts *facts)
{
    struct pb_x509_facts *kept = pb_arena_allocate(arena, sizeof *kept);

    if (kept == NULL)
        return NULL;
    *kept = *facts;
    return pb_arena_copy(arena, facts->subject, &kept->subject) &&
                   pb_arena_copy(arena, facts->issuer, &kept->issuer) &&
                   pb_arena_copy(arena, facts->serial, &kept->serial)
               ? kept
               : NULL;
}

static enum pb_status read_chain(struct pb_arena *arena, const struct pb_json *chain,
                                 struct pb_former_certificate *certificate)
{
    size_t count = pb_json_count(chain);
    const struct pb_x509_facts **links = pb_arena_allocate_array(arena, count, sizeof(void *));

    if (links == NULL)
        return PB_FAILED_MEMORY;
    certificate->chain = links;
    for (size_t i = 0; i < count; i++) {
        struct pb_x509_facts facts = {0};
        if (!read_link(pb_json_element(chain, i), certificate->body->issuer, &facts))
            continue;
        links[certificate->chain_count] = keep(arena, &facts);
        if (links[certificate->chain_count++] == NULL)
            return PB_FAILED_MEMORY;
    }
    return PB_OK;
}

enum pb_status pb_baseline_read_x509(struct pb_arena *arena, const struct pb_json *value,
                                     struct pb_former_certificate *certificate)
{
    struct pb_x509_facts facts = {0};

    if (!certificate->has_body || !read_body(pb_json_find(value, "x509"), &facts))
        return PB_OK;
    certificate->body = keep(arena, &facts);
    return certificate->body == NULL ? PB_FAILED_MEMORY
                                     : read_chain(arena, pb_json_find(value, "chain"), certificate);
}
