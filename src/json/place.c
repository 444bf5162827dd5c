/* SPDX-License-Identifier: MIT */
/* All pointers are sought at once: sorted, those below any value of the document stand together,
 * so that each open array or object needs no more than the two ends of its share. */
#include "json/place.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/vector.h"
#include "json/decode.h"
#include "json/pointer.h"
#include "json/scan.h"

/* The pointers that begin with the path of one open array or object. */
struct level {
    size_t first, end; /* of the share, in seeker.sorted */
    size_t path_bytes; /* of each pointer in it, that lead to the array or object */
    size_t next_index; /* of an array's elements */
    bool is_array;
};

struct seeker {
    struct pb_json_scanner scanner;
    struct pb_json_token token;
    struct pb_json_place **sorted;
    size_t unanswered;
    struct pb_vector levels; /* of struct level: no more than the longest pointer has parts */
    struct pb_buffer key;    /* as its document means it */
    struct pb_buffer part;   /* the same as a pointer spells it */
};

/* In RFC 6901 '/' parts a pointer, so it sorts before every other byte: "/a/b" before "/a-b". */
static int part_rank(char byte)
{
    return byte == '/' ? -1 : (unsigned char)byte;
}

static int compare_pointers(struct pb_slice a, struct pb_slice b)
{
    size_t common = a.size_bytes < b.size_bytes ? a.size_bytes : b.size_bytes;

    for (size_t i = 0; i < common; i++)
        if (a.data[i] != b.data[i])
            return part_rank(a.data[i]) - part_rank(b.data[i]);
    return (a.size_bytes > b.size_bytes) - (a.size_bytes < b.size_bytes);
}

static int compare_places(const void *a, const void *b)
{
    const struct pb_json_place *const *one = a;
    const struct pb_json_place *const *other = b;

    return compare_pointers((*one)->pointer, (*other)->pointer);
}

/* The part of the pointer behind path_bytes, without its '/'. */
static struct pb_slice pointer_part(struct pb_slice pointer, size_t path_bytes)
{
    struct pb_slice part = pb_slice_from(pointer, path_bytes + 1);
    const char *end = part.size_bytes > 0 ? memchr(part.data, '/', part.size_bytes) : NULL;

    return end ? pb_slice_first(part, (size_t)(end - part.data)) : part;
}

/* The first pointer of the level whose next part is not below the one given (or, past_equal, above
 * it). Pointers that end at the level itself come before all others. */
static size_t find_bound(const struct seeker *seeker, const struct level *level,
                         struct pb_slice part, bool past_equal)
{
    size_t low = level->first, high = level->end;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct pb_slice pointer = seeker->sorted[middle]->pointer;
        int order = -1;
        if (pointer.size_bytes > level->path_bytes)
            order = compare_pointers(pointer_part(pointer, level->path_bytes), part);
        if (order < 0 || (past_equal && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The current token, a key, as a pointer spells it. */
static struct pb_slice spell_key(struct seeker *seeker)
{
    struct pb_slice key = seeker->token.text;

    if (seeker->token.has_escapes) {
        pb_buffer_clear(&seeker->key);
        pb_json_decode_string(key, &seeker->key);
        key = pb_buffer_slice(&seeker->key);
    }
    pb_buffer_clear(&seeker->part);
    pb_pointer_append_part(&seeker->part, key);
    return pb_buffer_slice(&seeker->part);
}

/* Tells the pointers of the level that end at it the place of the value that begins there. */
static void answer(struct seeker *seeker, struct level *level)
{
    const struct pb_json_position position = seeker->token.position;

    while (level->first < level->end) {
        struct pb_json_place *place = seeker->sorted[level->first];
        if (place->pointer.size_bytes > level->path_bytes)
            break;
        place->offset_bytes = position.offset_bytes;
        place->line = position.line;
        place->column = pb_json_column(position);
        level->first++;
        seeker->unanswered--;
    }
}

static bool is_opening(enum pb_json_token_kind kind)
{
    return kind == PB_JSON_TOKEN_BEGIN_OBJECT || kind == PB_JSON_TOKEN_BEGIN_ARRAY;
}

static bool is_closing(enum pb_json_token_kind kind)
{
    return kind == PB_JSON_TOKEN_END_OBJECT || kind == PB_JSON_TOKEN_END_ARRAY;
}

static bool is_over(enum pb_json_token_kind kind)
{
    return kind == PB_JSON_TOKEN_END || kind == PB_JSON_TOKEN_FAULT;
}

/* Passes over the rest of the array or object whose opening is the current token. */
static bool skip_container(struct seeker *seeker)
{
    for (size_t depth = 1; depth > 0;) {
        pb_json_scan(&seeker->scanner, &seeker->token);
        if (is_over(seeker->token.kind))
            return false;
        depth += is_opening(seeker->token.kind);
        depth -= is_closing(seeker->token.kind);
    }
    return true;
}

/* Goes on behind the current token, which begins a value that the level's pointers lead to; false
 * where the search ends, with the last answer or for want of memory. */
static bool enter_value(struct seeker *seeker, struct level level)
{
    answer(seeker, &level);
    if (seeker->unanswered == 0)
        return false;
    if (!is_opening(seeker->token.kind))
        return true;
    if (level.first == level.end)
        return skip_container(seeker);
    level.is_array = seeker->token.kind == PB_JSON_TOKEN_BEGIN_ARRAY;
    return pb_vector_append(&seeker->levels, &level, 1);
}

/* A level's share of those pointers of its container that have this part next. */
static bool enter_member(struct seeker *seeker, const struct level *container, struct pb_slice part)
{
    struct level level = {
        .first = find_bound(seeker, container, part, false),
        .end = find_bound(seeker, container, part, true),
        .path_bytes = container->path_bytes + 1 + part.size_bytes,
    };

    return enter_value(seeker, level);
}

static bool enter_keyed(struct seeker *seeker, const struct level *container)
{
    struct pb_slice part = spell_key(seeker);

    if (seeker->key.has_failed || seeker->part.has_failed)
        return false;
    pb_json_scan(&seeker->scanner, &seeker->token);
    if (seeker->token.kind != PB_JSON_TOKEN_COLON)
        return false;
    pb_json_scan(&seeker->scanner, &seeker->token);
    return !is_over(seeker->token.kind) && enter_member(seeker, container, part);
}

static bool enter_indexed(struct seeker *seeker, struct level *container)
{
    char digits[24];
    size_t start = sizeof digits;

    for (size_t rest = container->next_index; rest > 0 || start == sizeof digits; rest /= 10)
        digits[--start] = (char)('0' + rest % 10);
    container->next_index++;
    return enter_member(seeker, container,
                        (struct pb_slice){digits + start, sizeof digits - start});
}

/* Takes the next member, comma or end of the innermost level; false where the search ends. */
static bool advance(struct seeker *seeker)
{
    struct level *level = &PB_VECTOR_AT(struct level, &seeker->levels, seeker->levels.count - 1);

    pb_json_scan(&seeker->scanner, &seeker->token);
    if (is_over(seeker->token.kind))
        return false;
    if (is_closing(seeker->token.kind)) {
        seeker->levels.count--;
        return true;
    }
    if (seeker->token.kind == PB_JSON_TOKEN_COMMA)
        return true;
    return level->is_array ? enter_indexed(seeker, level) : enter_keyed(seeker, level);
}

static void seek(struct seeker *seeker, size_t count)
{
    seeker->unanswered = count;
    qsort(seeker->sorted, count, sizeof *seeker->sorted, compare_places);
    pb_json_scan(&seeker->scanner, &seeker->token);
    if (is_over(seeker->token.kind) ||
        !enter_value(seeker, (struct level){.first = 0, .end = count}))
        return;
    while (seeker->levels.count > 0 && advance(seeker))
        ;
}

void pb_json_find_places(struct pb_slice text, struct pb_json_place *places, size_t count)
{
    struct seeker seeker = {.scanner = {.text = text}};
    size_t sought = 0;

    for (size_t i = 0; i < count; i++) {
        places[i].offset_bytes = SIZE_MAX;
        places[i].line = places[i].column = 0;
    }
    if (count == 0 || count > SIZE_MAX / sizeof(struct pb_json_place *))
        return;
    seeker.sorted = malloc(count * sizeof(struct pb_json_place *));
    if (seeker.sorted == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        if (places[i].pointer.size_bytes == 0 || places[i].pointer.data[0] == '/')
            seeker.sorted[sought++] = &places[i];
    pb_vector_init(&seeker.levels, sizeof(struct level));
    pb_buffer_init(&seeker.key, SIZE_MAX);
    pb_buffer_init(&seeker.part, SIZE_MAX);
    seek(&seeker, sought);
    pb_vector_release(&seeker.levels);
    pb_buffer_release(&seeker.key);
    pb_buffer_release(&seeker.part);
    free(seeker.sorted);
}
