/* SPDX-License-Identifier: MIT */
#include "rules/baseline.h"

#include <stdlib.h>

#include "rules/baseline_wording.h"

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
        if ((one->is_exposed || one->has_exposed_key) && one->has_body &&
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
