/* SPDX-License-Identifier: MIT */
/* The same ServerCertificateId, and the same ARN. */
#include "inventory/identity_key.h"

#include <stdlib.h>

#include "inventory/types.h"

/* What tells apart two certificates to which one id was given. */
static struct pb_slice label_of(const struct pb_observation *observation)
{
    return pb_identity_name(observation);
}

static int compare_labels(const void *left, const void *right)
{
    const struct pb_identity_key *a = left, *b = right;
    int order = pb_slice_compare(label_of(a->observation), label_of(b->observation));

    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static bool is_body_different(const struct pb_observation *a, const struct pb_observation *b)
{
    return a->body != NULL && b->body != NULL &&
           memcmp(a->body->sha256, b->body->sha256, sizeof a->body->sha256) != 0;
}

/* Whether one certificate can have had both labels, one after the other. run is sorted by label;
 * each observation is held against the first with a body and the first with a date. */
static bool is_rename(struct pb_identity_key *run, size_t count)
{
    const struct pb_observation *body = NULL, *upload = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct pb_observation *here = run[i].observation;
        body = body == NULL && here->body != NULL ? here : body;
        upload = upload == NULL && pb_date_is_known(&here->upload_date) ? here : upload;
        if ((body != NULL && is_body_different(body, here)) ||
            (upload != NULL && pb_identity_is_upload_different(upload, here)))
            return false;
    }
    return true;
}

static int compare_entries(const void *left, const void *right)
{
    const struct pb_identity_key *a = left, *b = right;

    if (a->observation->entry != b->observation->entry)
        return a->observation->entry < b->observation->entry ? -1 : 1;
    return compare_labels(left, right);
}

/* Whether two labels stand in one item; leaves run run by entry. */
static bool is_side_by_side(struct pb_identity_key *run, size_t count)
{
    qsort(run, count, sizeof *run, compare_entries);
    for (size_t i = 1; i < count; i++)
        if (run[i].observation->entry == run[i - 1].observation->entry &&
            label_of(run[i - 1].observation).size_bytes > 0 &&
            !pb_slice_equals(label_of(run[i].observation), label_of(run[i - 1].observation)))
            return true;
    return false;
}

static enum pb_status note_shared_id(struct pb_identity_grouping *grouping,
                                     const struct pb_identity_key *first)
{
    struct pb_diagnostics *diagnostics = &grouping->evidence->diagnostics;
    struct pb_diagnostic *added;

    diagnostics->entry = first->observation->entry;
    enum pb_status status = pb_diagnostics_add(
        diagnostics, PB_SEVERITY_NOTE, "id-shared", &added,
        "certificates with different names have the one ServerCertificateId %.*s, as mocks of AWS "
        "print it; they are judged apart, where IAM would give each an id of its own",
        PB_SLICE_ARGS(first->text));
    if (status == PB_OK) {
        added->line = first->observation->line;
        added->pointer = first->observation->pointer;
    }
    return status;
}

static enum pb_status unite_same_id(struct pb_identity_grouping *grouping,
                                    struct pb_identity_key *run, size_t count)
{
    qsort(run, count, sizeof *run, compare_labels);
    bool is_one_label =
        pb_slice_equals(label_of(run[0].observation), label_of(run[count - 1].observation));
    size_t unlabelled = 0;
    while (unlabelled < count && label_of(run[unlabelled].observation).size_bytes == 0)
        unlabelled++;
    is_one_label |= unlabelled == count || pb_slice_equals(label_of(run[unlabelled].observation),
                                                           label_of(run[count - 1].observation));
    bool is_one = is_one_label || (is_rename(run, count) && !is_side_by_side(run, count));
    if (!is_one)
        qsort(run, count, sizeof *run, compare_labels);
    for (size_t i = 1; i < count; i++)
        if (is_one ||
            pb_slice_equals(label_of(run[i].observation), label_of(run[i - 1].observation)))
            pb_identity_unite(grouping, run[i].number, run[i - 1].number);
    return is_one ? PB_OK : note_shared_id(grouping, &run[unlabelled < count ? unlabelled : 0]);
}

static enum pb_status unite_same_arn(struct pb_identity_grouping *grouping,
                                     struct pb_identity_key *run, size_t count)
{
    const struct pb_identity_key *identified = NULL;
    bool is_one = true;

    for (size_t i = 0; i < count; i++) {
        if (!pb_identity_has_id(run[i].observation))
            continue;
        is_one &= identified == NULL ||
                  pb_identity_is_united(grouping, identified->number, run[i].number);
        identified = identified == NULL ? &run[i] : identified;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_one)
            pb_identity_unite(grouping, run[i].number, run[0].number);
        else if (!pb_identity_has_id(run[i].observation))
            pb_identity_unite_by_upload(grouping, &run[i], run, count);
    }
    return PB_OK;
}

/* An IAM id or ARN is never that of an ACM certificate. */
static struct pb_slice scope_of(const struct pb_observation *observation)
{
    return observation->origin == PB_ORIGIN_ACM ? PB_SLICE("acm") : PB_SLICE_ABSENT;
}

static enum pb_status group_by_text(struct pb_identity_grouping *grouping,
                                    struct pb_slice (*text)(const struct pb_observation *),
                                    pb_identity_unite_run *unite_run)
{
    for (size_t i = 0; i < grouping->evidence->observations.count; i++) {
        const struct pb_observation *observation = pb_identity_observation(grouping, i);
        pb_identity_add_key(grouping, (uint32_t)i,
                            pb_identity_observation(grouping, i)->account_index,
                            scope_of(observation), text(observation));
    }
    return pb_identity_for_each_run(grouping, unite_run);
}

static struct pb_slice id_of(const struct pb_observation *observation)
{
    return observation->id;
}

static struct pb_slice arn_of(const struct pb_observation *observation)
{
    return observation->arn;
}

enum pb_status pb_identity_group_by_id(struct pb_identity_grouping *grouping)
{
    return group_by_text(grouping, id_of, unite_same_id);
}

enum pb_status pb_identity_group_by_arn(struct pb_identity_grouping *grouping)
{
    return group_by_text(grouping, arn_of, unite_same_arn);
}
