/* SPDX-License-Identifier: MIT */
#include "rules/wording.h"

#include <inttypes.h>
#include <stdio.h>

#include "inventory/types.h"

struct pb_slice pb_wording_name(const struct pb_certificate *certificate)
{
    if (certificate->name.size_bytes > 0)
        return certificate->name;
    if (certificate->arn.size_bytes > 0)
        return certificate->arn;
    return certificate->id.size_bytes > 0 ? certificate->id
                                          : PB_SLICE("a certificate without a name");
}

struct pb_text pb_wording_upload(const struct pb_certificate *certificate)
{
    bool is_acm = certificate->origin == PB_ORIGIN_ACM;
    const struct pb_date *date = pb_certificate_arrival(certificate);
    struct pb_text text;

    if (pb_date_is_known(date))
        snprintf(text.text, sizeof text.text, "%s %.30s", is_acm ? "imported into ACM" : "uploaded",
                 pb_instant_text(date->instant).text);
    else
        snprintf(
            text.text, sizeof text.text, "%s%s%.30s", is_acm ? "in ACM" : "upload date not known",
            certificate->body == NULL ? "" : ", issued ",
            certificate->body == NULL ? "" : pb_instant_text(certificate->body->not_before).text);
    return text;
}

static bool shows_date(const struct pb_observation *observation,
                       const struct pb_certificate *certificate)
{
    const struct pb_date *kept = pb_certificate_arrival(certificate),
                         *date = &observation->upload_date;

    if (certificate->origin == PB_ORIGIN_ACM)
        date = &pb_observation_particulars(observation)->imported_at;
    return pb_date_is_known(kept) && pb_date_is_known(date) &&
           pb_instant_compare(kept->instant, date->instant) == 0;
}

struct pb_text pb_wording_line(const struct pb_observation *observation)
{
    struct pb_text text = {""};

    if (observation->line > 0)
        snprintf(text.text, sizeof text.text, ":%" PRIu32, observation->line);
    return text;
}

const struct pb_observation *pb_wording_witness(const struct pb_inventory *inventory,
                                                const struct pb_certificate *certificate)
{
    const struct pb_observation *first =
        pb_inventory_observation(inventory, certificate->first_observation);
    const struct pb_observation *with_body = NULL;

    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        if (shows_date(&first[i], certificate))
            return &first[i];
        if (with_body == NULL && first[i].body != NULL)
            with_body = &first[i];
    }
    return with_body != NULL ? with_body : first;
}
