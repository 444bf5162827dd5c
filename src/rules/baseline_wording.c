/* SPDX-License-Identifier: MIT */
#include "rules/baseline_wording.h"

#include <stdint.h>

#include "base/message.h"

static const struct pb_slice carried = {": not covered by this evidence: ", 32};
static const struct pb_slice before = {"; it was: ", 10};
static const struct pb_slice not_known = {"not known", 9};

static struct pb_slice or_not_known(struct pb_slice text)
{
    return text.size_bytes > 0 ? text : not_known;
}

bool pb_baseline_subject(struct pb_arena *arena, const struct pb_former_finding *former,
                         struct pb_slice *subject)
{
    const struct pb_former_certificate *one = former->certificate;

    if (one != NULL)
        return pb_message_format(
            arena, subject, "%.*s (id %.*s, ARN %.*s, account %.*s)",
            PB_SLICE_ARGS(pb_former_name(one)), PB_SLICE_ARGS(or_not_known(one->id)),
            PB_SLICE_ARGS(or_not_known(one->arn)), PB_SLICE_ARGS(or_not_known(former->account)));
    if (former->account.size_bytes > 0)
        return pb_message_format(arena, subject, "account %.*s", PB_SLICE_ARGS(former->account));
    *subject = PB_SLICE("the evidence");
    return true;
}

bool pb_baseline_carry_message(struct pb_arena *arena, const struct pb_former_finding *former,
                               struct pb_slice why, struct pb_slice *message)
{
    struct pb_slice subject;

    return pb_baseline_subject(arena, former, &subject) &&
           pb_message_format(arena, message, "%.*s%.*s%.*s%.*s%.*s", PB_SLICE_ARGS(subject),
                             PB_SLICE_ARGS(carried), PB_SLICE_ARGS(why), PB_SLICE_ARGS(before),
                             PB_SLICE_ARGS(former->message));
}

/* What stands between the marks, from the offset on; absent where they or anything known do not. */
static struct pb_slice between(struct pb_slice text, struct pb_slice from, struct pb_slice to)
{
    size_t start = pb_slice_find(text, from, 0);

    if (start == SIZE_MAX)
        return PB_SLICE_ABSENT;
    start += from.size_bytes;
    size_t end = pb_slice_find(text, to, start);
    if (end == SIZE_MAX)
        return PB_SLICE_ABSENT;
    struct pb_slice found = pb_slice_first(pb_slice_from(text, start), end - start);
    return pb_slice_equals(found, not_known) ? PB_SLICE_ABSENT : found;
}

static void read_subject(struct pb_slice subject, struct pb_former_certificate *certificate,
                         bool *has_certificate)
{
    size_t names = pb_slice_find(subject, PB_SLICE(" (id "), 0);

    *has_certificate = names != SIZE_MAX && pb_slice_ends_with(subject, PB_SLICE(")"));
    if (!*has_certificate)
        return;
    struct pb_slice rest = pb_slice_from(subject, names);
    *certificate = (struct pb_former_certificate){
        .name = pb_slice_first(subject, names),
        .id = between(rest, PB_SLICE(" (id "), PB_SLICE(", ARN ")),
        .arn = between(rest, PB_SLICE(", ARN "), PB_SLICE(", account ")),
    };
    certificate->is_of_iam = pb_slice_find(certificate->arn, PB_SLICE(":acm:"), 0) == SIZE_MAX;
}

bool pb_baseline_unwrap(struct pb_slice *message, struct pb_former_certificate *certificate,
                        bool *has_certificate)
{
    size_t mark = pb_slice_find(*message, carried, 0);
    size_t old = mark == SIZE_MAX ? SIZE_MAX : pb_slice_find(*message, before, mark);

    *has_certificate = false;
    if (old == SIZE_MAX)
        return false;
    read_subject(pb_slice_first(*message, mark), certificate, has_certificate);
    *message = pb_slice_from(*message, old + before.size_bytes);
    return true;
}

bool pb_baseline_gist(struct pb_arena *arena, struct pb_slice message, struct pb_slice place,
                      struct pb_slice *gist)
{
    size_t start = place.size_bytes > 0 ? pb_slice_find(message, place, 0) : SIZE_MAX;
    size_t kept = 0;

    *gist = message;
    if (start == SIZE_MAX)
        return true;
    char *text = pb_arena_allocate(arena, message.size_bytes);
    if (text == NULL)
        return false;
    for (size_t i = 0; i < message.size_bytes; i++) {
        if (i == start)
            i += place.size_bytes;
        if (i < message.size_bytes && (message.data[i] < '0' || message.data[i] > '9'))
            text[kept++] = message.data[i];
    }
    *gist = (struct pb_slice){text, kept};
    return true;
}
