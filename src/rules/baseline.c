/* SPDX-License-Identifier: MIT */
#include "rules/baseline.h"

#include <stdlib.h>

#include "rules/baseline_wording.h"

/* Past so many that are the certificate itself the next one is taken for another. */
#define MOST_SELVES 16

void pb_baseline_init(struct pb_baseline *baseline)
{
    *baseline = (struct pb_baseline){0};
    pb_vector_init(&baseline->findings, sizeof(struct pb_former_finding));
    pb_vector_init(&baseline->exposed, sizeof(const struct pb_former_certificate *));
}

void pb_baseline_release(struct pb_baseline *baseline)
{
    pb_vector_release(&baseline->findings);
    pb_vector_release(&baseline->exposed);
    pb_arena_release(&baseline->arena);
}

struct pb_slice pb_former_name(const struct pb_former_certificate *former)
{
    if (former->name.size_bytes > 0)
        return former->name;
    if (former->arn.size_bytes > 0)
        return former->arn;
    return former->id.size_bytes > 0 ? former->id : PB_SLICE("a certificate without a name");
}

/* By key, exposed ones before heirs, then by upload (an unknown one last), then in the report's
 * order. */
static int compare_exposed(const void *left, const void *right)
{
    const struct pb_former_certificate *a = *(const struct pb_former_certificate *const *)left;
    const struct pb_former_certificate *b = *(const struct pb_former_certificate *const *)right;
    int order = memcmp(a->spki_sha256, b->spki_sha256, sizeof a->spki_sha256);

    if (order == 0 && a->is_exposed != b->is_exposed)
        order = a->is_exposed ? -1 : 1;
    if (order == 0 && a->has_upload_date != b->has_upload_date)
        order = a->has_upload_date ? -1 : 1;
    if (order == 0 && a->has_upload_date)
        order = pb_instant_compare(a->upload_date, b->upload_date);
    /* Elements of one array, so that their addresses have an order too. */
    return order != 0 ? order : (a > b) - (a < b);
}

static enum pb_status list_exposed(struct pb_baseline *baseline)
{
    struct pb_vector *exposed = &baseline->exposed;

    for (size_t i = 0; i < baseline->certificate_count; i++) {
        const struct pb_former_certificate *one = &baseline->certificates[i];
        if ((one->is_exposed || one->is_heir) && one->has_body &&
            !pb_vector_append(exposed, &one, 1))
            return PB_FAILED_MEMORY;
    }
    if (exposed->count > 0)
        qsort(exposed->data, exposed->count, exposed->element_bytes, compare_exposed);
    return PB_OK;
}

/* A certificate that stands in a finding's message only. */
struct mention {
    struct pb_former_certificate certificate;
    size_t finding;
};

static int compare_mentions(const void *left, const void *right)
{
    const struct pb_former_certificate *a = &((const struct mention *)left)->certificate;
    const struct pb_former_certificate *b = &((const struct mention *)right)->certificate;
    int order = pb_slice_compare(a->id, b->id);

    if (order == 0)
        order = pb_slice_compare(a->arn, b->arn);
    if (order == 0)
        order = pb_slice_compare(a->account, b->account);
    return order != 0 ? order : pb_slice_compare(a->name, b->name);
}

static enum pb_status find_mentions(struct pb_baseline *baseline, struct pb_vector *mentions)
{
    for (size_t i = 0; i < baseline->findings.count; i++) {
        struct pb_former_finding *finding =
            &PB_VECTOR_AT(struct pb_former_finding, &baseline->findings, i);
        struct mention mention = {.finding = i};
        bool has_certificate;
        if (!pb_baseline_unwrap(&finding->message, &mention.certificate, &has_certificate) ||
            !has_certificate || finding->certificate != NULL)
            continue;
        mention.certificate.account = finding->account;
        if (!pb_vector_append(mentions, &mention, 1))
            return PB_FAILED_MEMORY;
    }
    return PB_OK;
}

/* One certificate, however many findings mention it. */
static enum pb_status restore_mentioned(struct pb_baseline *baseline)
{
    struct pb_vector mentions;

    pb_vector_init(&mentions, sizeof(struct mention));
    enum pb_status status = find_mentions(baseline, &mentions);
    const struct mention *all = mentions.data;
    if (status == PB_OK && mentions.count > 0)
        qsort(mentions.data, mentions.count, mentions.element_bytes, compare_mentions);
    for (size_t i = 0; status == PB_OK && i < mentions.count; i++) {
        if (i == 0 || compare_mentions(&all[i - 1], &all[i]) != 0)
            baseline->certificates[baseline->certificate_count++] = all[i].certificate;
        PB_VECTOR_AT(struct pb_former_finding, &baseline->findings, all[i].finding).certificate =
            &baseline->certificates[baseline->certificate_count - 1];
    }
    pb_vector_release(&mentions);
    return status;
}

enum pb_status pb_baseline_index(struct pb_baseline *baseline)
{
    enum pb_status status = restore_mentioned(baseline);

    return status == PB_OK ? list_exposed(baseline) : status;
}

/* One that was vulnerable and is judged otherwise now is no ancestor of itself. */
static bool is_itself(const struct pb_former_certificate *former,
                      const struct pb_certificate *certificate)
{
    if (!former->is_exposed)
        return false;
    if (memcmp(former->sha256, certificate->body->sha256, sizeof former->sha256) != 0)
        return false;
    if (former->id.size_bytes > 0 && certificate->id.size_bytes > 0)
        return pb_slice_equals(former->id, certificate->id);
    return pb_slice_equals(former->arn, certificate->arn) &&
           pb_slice_equals(former->name, certificate->name);
}

const struct pb_former_certificate *
pb_baseline_find_ancestor(const struct pb_baseline *baseline,
                          const struct pb_certificate *certificate)
{
    const struct pb_former_certificate *const *all = baseline->exposed.data;
    const unsigned char *key = certificate->body->key.spki_sha256;
    size_t low = 0, high = baseline->exposed.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(all[middle]->spki_sha256, key, sizeof all[middle]->spki_sha256) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    /* A certificate is itself but once, unless a report was made by hand. */
    for (size_t i = low; i < baseline->exposed.count &&
                         memcmp(all[i]->spki_sha256, key, sizeof all[i]->spki_sha256) == 0;
         i++)
        if (i - low == MOST_SELVES || !is_itself(all[i], certificate))
            return all[i];
    return NULL;
}
