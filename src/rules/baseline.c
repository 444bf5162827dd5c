/* SPDX-License-Identifier: MIT */
/* Reads an earlier json report, and finds its certificates in the evidence. */
#include "rules/rules.h"

#include <stdlib.h>

#include "rules/form.h"

/* Certificates of one name are few; of more than these the others are not looked at where what is
 * known of them differs. */
#define MOST_OF_ONE_NAME 16

enum name_kind { NAME_ID, NAME_ARN, NAME_NAME };

/* One certificate of either side under one of its names. Pointers are borrowed. */
struct name {
    enum name_kind kind;
    bool is_of_iam;
    bool is_former;
    uint32_t certificate;
    struct pb_slice account;     /* of NAME_NAME; absent for one without a name that has a body */
    struct pb_slice text;        /* absent for NAME_NAME of a certificate without a name */
    int64_t date;                /* of its upload, 0 for none */
    const unsigned char *sha256; /* of its body, NULL for none */
};

/* A report while it is read. */
struct reading {
    struct pb_form form;
    struct pb_baseline *baseline;
    struct pb_vector mentions; /* of struct mention */
    const struct pb_json *evidence;
};

/* A certificate that the report does not list, and the finding about it. */
struct mention {
    struct pb_former_certificate certificate;
    size_t finding;
};

void pb_baseline_init(struct pb_baseline *baseline)
{
    *baseline = (struct pb_baseline){0};
    pb_vector_init(&baseline->certificates, sizeof(struct pb_former_certificate));
    pb_vector_init(&baseline->findings, sizeof(struct pb_former_finding));
    pb_vector_init(&baseline->names, sizeof(struct name));
}

void pb_baseline_release(struct pb_baseline *baseline)
{
    pb_vector_release(&baseline->certificates);
    pb_vector_release(&baseline->findings);
    pb_vector_release(&baseline->names);
    pb_arena_release(&baseline->arena);
}

/* What certificates of a report and those of its own baseline have. */
static void read_certificate(struct pb_form *form, const struct pb_json *object,
                             struct pb_former_certificate *former)
{
    struct pb_certificate *one = &former->is;
    struct pb_x509_facts *body = NULL;

    former->account = pb_form_text(form, object, "account", true);
    one->name = pb_form_text(form, object, "name", true);
    one->id = pb_form_text(form, object, "id", true);
    one->arn = pb_form_text(form, object, "arn", true);
    if (pb_form_instant(form, object, "upload_date", true, &one->upload_date.instant))
        one->upload_date.state = PB_DATE_EXACT;
    if (!pb_slice_equals(pb_form_text(form, object, "origin", false), PB_SLICE("iam")))
        one->origin = PB_ORIGIN_ACM;
    const struct pb_json *x509 = pb_form_member(form, object, "x509", PB_JSON_OBJECT, true);
    if (x509 != NULL)
        one->body = body = pb_arena_allocate(form->arena, sizeof *body);
    if (body == NULL) {
        form->status = x509 != NULL ? PB_FAILED_MEMORY : form->status;
        return;
    }
    body->unread = PB_X509_NOT_BEFORE;
    pb_form_sha256(form, x509, "sha256", body->sha256);
    if (!pb_form_instant(form, x509, "not_after", true, &body->not_after))
        body->not_after = (struct pb_instant){INT64_C(253402300799), 0}; /* of the year 9999 */
    pb_form_sha256(form, pb_form_member(form, x509, "key", PB_JSON_OBJECT, false), "spki_sha256",
                   body->key.spki_sha256);
}

/* A deleted certificate has no verdict, but its key was exposed all the same. */
static void read_verdict(struct pb_form *form, const struct pb_json *object,
                         struct pb_instant cutoff, struct pb_former_certificate *former)
{
    const struct pb_certificate *one = &former->is;
    struct pb_slice verdict = pb_form_text(form, object, "verdict", true);
    struct pb_slice presence = pb_form_text(form, object, "presence", false);

    former->is_unjudged = pb_slice_is_absent(verdict) && one->origin == PB_ORIGIN_IAM &&
                          pb_slice_equals(presence, PB_SLICE("deleted")) &&
                          pb_date_is_known(&one->upload_date) &&
                          pb_instant_compare(one->upload_date.instant, cutoff) < 0;
    former->is.is_exposed = former->is_unjudged || pb_slice_equals(verdict, PB_SLICE("vulnerable"));
}

static void read_place(struct reading *reading, const struct pb_json *object,
                       struct pb_former_finding *finding)
{
    struct pb_form *form = &reading->form;
    uint32_t index = pb_form_index(form, object, "evidence", pb_json_count(reading->evidence));
    const struct pb_json *entry = pb_json_element(reading->evidence, index);

    if (index == PB_NO_INDEX)
        return;
    finding->place = pb_form_text(form, entry, "path", false);
    finding->is_of_summary = pb_slice_equals(pb_form_text(form, entry, "shape", true),
                                             PB_SLICE("iam.get-account-summary"));
}

/* A finding that the report carried over is the one that its own baseline had. */
static void read_former(struct reading *reading, const struct pb_json *former,
                        struct pb_former_finding *finding)
{
    struct pb_form *form = &reading->form;
    struct mention mention = {.finding = reading->baseline->findings.count};
    const struct pb_json *object =
        pb_form_member(form, former, "certificate", PB_JSON_OBJECT, true);

    finding->message = pb_form_text(form, former, "message", false);
    if (object == NULL || finding->index != PB_NO_INDEX)
        return;
    read_certificate(form, object, &mention.certificate);
    if (!pb_vector_append(&reading->mentions, &mention, 1))
        form->status = PB_FAILED_MEMORY;
}

static void read_finding(struct reading *reading, const struct pb_json *object)
{
    struct pb_form *form = &reading->form;
    struct pb_baseline *baseline = reading->baseline;
    struct pb_slice rule = pb_form_text(form, object, "rule", false);
    struct pb_former_finding finding = {
        .account = pb_form_text(form, object, "account", true),
        .message = pb_form_text(form, object, "message", false),
        .index = pb_form_index(form, object, "certificate", baseline->certificates.count),
    };
    struct pb_slice state = pb_form_text(form, object, "state", true);
    const struct pb_json *former = pb_json_find(object, "former");

    read_place(reading, object, &finding);
    if (form->status != PB_OK || pb_slice_equals(state, PB_SLICE("resolved")))
        return;
    size_t row = pb_rule_find(rule);
    if (row == PB_RULE_COUNT) {
        baseline->unknown_rule_count++;
        return;
    }
    finding.rule = pb_rules[row];
    if (pb_json_type(former) == PB_JSON_OBJECT)
        read_former(reading, former, &finding);
    if (!pb_vector_append(&baseline->findings, &finding, 1))
        form->status = PB_FAILED_MEMORY;
}

static const unsigned char *sha256_of(const struct pb_certificate *certificate)
{
    return certificate->body == NULL ? NULL : certificate->body->sha256;
}

static int compare_bodies(const unsigned char *a, const unsigned char *b)
{
    return a == NULL || b == NULL ? (a != NULL) - (b != NULL) : memcmp(a, b, 32);
}

static int compare_mentions(const void *left, const void *right)
{
    const struct pb_former_certificate *a = &((const struct mention *)left)->certificate;
    const struct pb_former_certificate *b = &((const struct mention *)right)->certificate;
    int order = pb_slice_compare(a->is.id, b->is.id);

    if (order == 0)
        order = pb_slice_compare(a->is.arn, b->is.arn);
    if (order == 0)
        order = pb_slice_compare(a->account, b->account);
    if (order == 0)
        order = pb_slice_compare(a->is.name, b->is.name);
    return order != 0 ? order : compare_bodies(sha256_of(&a->is), sha256_of(&b->is));
}

/* One certificate, however many findings mention it. */
static bool add_mentioned(struct pb_baseline *baseline, struct pb_vector *mentions)
{
    const struct mention *all = mentions->data;

    pb_vector_sort(mentions, compare_mentions);
    for (size_t i = 0; i < mentions->count; i++) {
        bool is_new = i == 0 || compare_mentions(&all[i - 1], &all[i]) != 0;
        if (is_new && !pb_vector_append(&baseline->certificates, &all[i].certificate, 1))
            return false;
        PB_VECTOR_AT(struct pb_former_finding, &baseline->findings, all[i].finding).index =
            (uint32_t)baseline->certificates.count - 1;
    }
    return true;
}

/* Points findings to their certificates, which no longer move, and notes there what a report found
 * out by a baseline of its own: that is not in the certificate's verdict. */
static void point_to_certificates(struct pb_baseline *baseline)
{
    struct pb_former_certificate *certificates = baseline->certificates.data;

    for (size_t i = 0; i < baseline->findings.count; i++) {
        struct pb_former_finding *finding =
            &PB_VECTOR_AT(struct pb_former_finding, &baseline->findings, i);
        if (finding->index == PB_NO_INDEX)
            continue;
        struct pb_former_certificate *certificate = &certificates[finding->index];
        finding->certificate = certificate;
        if (finding->rule == &pb_rule_iam_033) {
            certificate->is.is_exposed = true;
            certificate->is_unjudged = false;
        }
        certificate->has_exposed_key |= finding->rule == &pb_rule_key_reuse;
    }
}

static enum pb_status read_lists(struct reading *reading, const struct pb_json *root)
{
    struct pb_form *form = &reading->form;
    struct pb_baseline *baseline = reading->baseline;
    struct pb_instant cutoff = {0};

    pb_form_instant(form, pb_form_member(form, root, "parameters", PB_JSON_OBJECT, false), "cutoff",
                    false, &cutoff);
    const struct pb_json *certificates =
        pb_form_member(form, root, "certificates", PB_JSON_ARRAY, false);
    const struct pb_json *findings = pb_form_member(form, root, "findings", PB_JSON_ARRAY, false);
    reading->evidence = pb_form_member(form, root, "evidence", PB_JSON_ARRAY, false);
    for (size_t i = 0; i < pb_json_count(certificates) && form->status == PB_OK; i++) {
        const struct pb_json *object = pb_json_element(certificates, i);
        struct pb_former_certificate *one = pb_vector_push(&baseline->certificates);
        if (one == NULL)
            return PB_FAILED_MEMORY;
        read_certificate(form, object, one);
        read_verdict(form, object, cutoff, one);
    }
    for (size_t i = 0; i < pb_json_count(findings) && form->status == PB_OK; i++)
        read_finding(reading, pb_json_element(findings, i));
    return form->status;
}

static void check_schema(struct pb_form *form)
{
    const struct pb_json *root = form->document.root;
    struct pb_slice name = PB_SLICE_ABSENT, schema = PB_SLICE_ABSENT;

    pb_json_string(pb_json_find(pb_json_find(root, "tool"), "name"), &name);
    pb_json_string(pb_json_find(root, "schema"), &schema);
    if (!pb_slice_equals(name, PB_SLICE("prebleed")) ||
        !pb_slice_starts_with(schema, PB_SLICE("prebleed-report/")))
        pb_form_refuse(form, root, NULL, "this is no json report of prebleed");
    else if (!pb_slice_equals(schema, PB_SLICE("prebleed-report/1")))
        pb_form_refuse(form, root, "schema", "the report's schema is not prebleed-report/1");
}

enum pb_status pb_baseline_read(struct pb_baseline *baseline, struct pb_slice text,
                                struct pb_error *error)
{
    struct reading reading = {.baseline = baseline};

    pb_vector_init(&reading.mentions, sizeof(struct mention));
    pb_form_open(&reading.form, text, &baseline->arena, error);
    check_schema(&reading.form);
    enum pb_status status = read_lists(&reading, reading.form.document.root);
    if (status == PB_OK && !add_mentioned(baseline, &reading.mentions))
        status = PB_FAILED_MEMORY;
    if (status == PB_OK)
        point_to_certificates(baseline);
    pb_vector_release(&reading.mentions);
    pb_json_document_release(&reading.form.document);
    return status;
}

static int compare_texts(const struct name *a, const struct name *b)
{
    int order = (a->kind > b->kind) - (a->kind < b->kind);

    if (order == 0)
        order = (a->is_of_iam > b->is_of_iam) - (a->is_of_iam < b->is_of_iam);
    if (order == 0)
        order = pb_slice_compare(a->account, b->account);
    return order != 0 ? order : pb_slice_compare(a->text, b->text);
}

/* By what is known of two certificates of one name. */
static int compare_facts(const struct name *a, const struct name *b)
{
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    return compare_bodies(a->sha256, b->sha256);
}

/* Those of one name stand together, the ones of the evidence first. */
static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = compare_texts(a, b);

    if (order == 0)
        order = (a->is_former > b->is_former) - (a->is_former < b->is_former);
    if (order == 0)
        order = compare_facts(a, b);
    return order != 0 ? order
                      : (a->certificate > b->certificate) - (a->certificate < b->certificate);
}

static bool add_name(struct pb_vector *names, struct name name, enum name_kind kind,
                     struct pb_slice text)
{
    name.kind = kind;
    name.text = text;
    return text.size_bytes == 0 || pb_vector_append(names, &name, 1);
}

/* Of certificates without a name the body is one, else the account and the date. */
static bool add_names(struct pb_vector *names, const struct pb_certificate *one,
                      struct pb_slice account, bool is_former, uint32_t index)
{
    const struct name name = {
        .is_of_iam = one->origin == PB_ORIGIN_IAM,
        .is_former = is_former,
        .certificate = index,
        .date = pb_date_is_known(&one->upload_date) ? one->upload_date.instant.seconds : 0,
        .sha256 = sha256_of(one),
    };
    struct name last = name;

    last.kind = NAME_NAME;
    if (one->name.size_bytes > 0)
        last.text = one->name;
    if (one->name.size_bytes == 0 && name.sha256 != NULL)
        last.date = 0;
    else
        last.account = account;
    return add_name(names, name, NAME_ID, one->id) && add_name(names, name, NAME_ARN, one->arn) &&
           pb_vector_append(names, &last, 1);
}

static bool list_names(struct pb_baseline *baseline, const struct pb_inventory *inventory)
{
    for (uint32_t i = 0; i < baseline->certificates.count; i++) {
        struct pb_former_certificate *former =
            &PB_VECTOR_AT(struct pb_former_certificate, &baseline->certificates, i);
        former->same = former->replacement = PB_NO_INDEX;
        if (!add_names(&baseline->names, &former->is, former->account, true, i))
            return false;
    }
    for (uint32_t i = 0; i < inventory->certificates.count; i++) {
        const struct pb_certificate *one = pb_inventory_certificate(inventory, i);
        struct pb_slice account = pb_inventory_account(inventory, one->account)->id;
        if (!add_names(&baseline->names, one, account, false, i))
            return false;
    }
    pb_vector_sort(&baseline->names, compare_names);
    return true;
}

/* Certificates while they are matched. */
struct matching {
    struct pb_former_certificate *formers;
    const struct pb_inventory *inventory;
    struct {
        bool is_taken;   /* it is the same as a former one */
        bool has_own_id; /* no other one of the evidence has its id */
    } * now;             /* by certificate */
    bool *has_own_id;    /* by former certificate */
};

static void take(struct matching *matching, uint32_t now, uint32_t former)
{
    matching->formers[former].same = now;
    matching->now[now].is_taken = true;
}

static bool are_dated(const struct pb_certificate *a, const struct pb_certificate *b)
{
    return a->upload_date.state == PB_DATE_EXACT && b->upload_date.state == PB_DATE_EXACT;
}

static bool is_another(const struct matching *matching, uint32_t now, uint32_t former)
{
    const struct pb_certificate *then = &matching->formers[former].is;
    const struct pb_certificate *one = pb_inventory_certificate(matching->inventory, now);

    return (matching->has_own_id[former] && matching->now[now].has_own_id) ||
           (are_dated(then, one) && pb_date_differs(&then->upload_date, &one->upload_date)) ||
           (then->body != NULL && one->body != NULL &&
            compare_bodies(then->body->sha256, one->body->sha256) != 0);
}

/* Whether it is a better replacement than the one that there is. Evidence that is older than the
 * baseline shows what was there before, and not what followed. */
static bool is_better(const struct matching *matching, uint32_t now, uint32_t former)
{
    const struct pb_certificate *then = &matching->formers[former].is;
    const struct pb_certificate *one = pb_inventory_certificate(matching->inventory, now);
    uint32_t present = matching->formers[former].replacement;

    if (are_dated(then, one) &&
        pb_instant_compare(one->upload_date.instant, then->upload_date.instant) < 0)
        return false;
    return present == PB_NO_INDEX ||
           (pb_inventory_certificate(matching->inventory, present)->presence ==
                PB_PRESENCE_DELETED &&
            one->presence != PB_PRESENCE_DELETED);
}

/* names: of the evidence, up to middle, then of the baseline. */
static void match_ids(struct matching *matching, const struct name *names, size_t middle,
                      size_t count)
{
    if (middle == 1)
        matching->now[names[0].certificate].has_own_id = true;
    if (count - middle == 1)
        matching->has_own_id[names[middle].certificate] = true;
    if (middle == 1 && count == 2)
        take(matching, names[0].certificate, names[1].certificate);
}

/* Those of which the same is known. */
static void match_twins(struct matching *matching, const struct name *names, size_t middle,
                        size_t count)
{
    for (size_t i = 0, k = middle; i < middle && k < count;) {
        uint32_t now = names[i].certificate, former = names[k].certificate;
        bool is_taken = matching->now[now].is_taken;
        bool is_found = matching->formers[former].same != PB_NO_INDEX;
        int order = compare_facts(&names[i], &names[k]);
        if (order == 0 && !is_taken && !is_found)
            take(matching, now, former);
        i += is_taken || order <= 0;
        k += is_found || order >= 0;
    }
}

static void match_others(struct matching *matching, const struct name *names, size_t middle,
                         size_t count)
{
    size_t most = middle < MOST_OF_ONE_NAME ? middle : MOST_OF_ONE_NAME;

    for (size_t k = middle; k < count; k++) {
        struct pb_former_certificate *then = &matching->formers[names[k].certificate];
        bool is_replaced = then->replacement != PB_NO_INDEX; /* under its ARN */
        for (size_t i = 0; i < most && then->same == PB_NO_INDEX && !is_replaced; i++) {
            uint32_t now = names[i].certificate, former = names[k].certificate;
            if (!is_another(matching, now, former)) {
                if (!matching->now[now].is_taken)
                    take(matching, now, former);
            } else if (is_better(matching, now, former)) {
                then->replacement = now;
            }
        }
    }
}

/* Ids come first, then ARNs, then names. */
static void match_all(struct matching *matching, const struct pb_vector *names)
{
    const struct name *all = names->data;

    for (size_t first = 0, middle, end; first < names->count; first = end) {
        for (end = first; end < names->count && compare_texts(&all[first], &all[end]) == 0; end++) {
        }
        for (middle = first; middle < end && !all[middle].is_former; middle++) {
        }
        if (all[first].kind == NAME_ID) {
            match_ids(matching, all + first, middle - first, end - first);
            continue;
        }
        match_twins(matching, all + first, middle - first, end - first);
        if (all[first].text.size_bytes > 0)
            match_others(matching, all + first, middle - first, end - first);
    }
}

/* Where the evidence has the UploadDate of a deleted certificate, it knows more of its exposure
 * than a report without a verdict. */
static void correct_exposure(struct pb_former_certificate *one,
                             const struct pb_inventory *inventory)
{
    if (!one->is_unjudged || one->same == PB_NO_INDEX)
        return;
    const struct pb_certificate *now = pb_inventory_certificate(inventory, one->same);
    if (pb_date_is_known(&now->upload_date))
        one->is.is_exposed = now->is_exposed;
}

enum pb_status pb_baseline_match(struct pb_baseline *baseline, const struct pb_inventory *inventory)
{
    struct matching matching = {.formers = baseline->certificates.data, .inventory = inventory};
    bool has_memory;

    matching.now = calloc(inventory->certificates.count + 1, sizeof *matching.now);
    matching.has_own_id = calloc(baseline->certificates.count + 1, sizeof *matching.has_own_id);
    has_memory =
        matching.now != NULL && matching.has_own_id != NULL && list_names(baseline, inventory);
    if (has_memory)
        match_all(&matching, &baseline->names);
    for (size_t i = 0; has_memory && i < baseline->certificates.count; i++)
        correct_exposure(&matching.formers[i], inventory);
    free(matching.now);
    free(matching.has_own_id);
    return has_memory ? PB_OK : PB_FAILED_MEMORY;
}

bool pb_baseline_shows(const struct pb_baseline *baseline, struct pb_slice arn_or_id)
{
    const struct name *all = baseline->names.data;

    for (int kind = NAME_ID; kind <= NAME_ARN; kind++) {
        const struct name wanted = {
            .kind = (enum name_kind)kind, .is_of_iam = true, .text = arn_or_id, .date = INT64_MIN};
        size_t place = pb_vector_lower_bound(&baseline->names, &wanted, compare_names);
        if (place < baseline->names.count && !all[place].is_former &&
            compare_texts(&all[place], &wanted) == 0)
            return true;
    }
    return false;
}
