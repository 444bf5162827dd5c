/* SPDX-License-Identifier: MIT */
#include "rules/wording.h"

#include <stdio.h>

#include "inventory/date.h"

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
    struct pb_text text = {"upload date not known"};

    if (pb_date_is_known(&certificate->upload_date))
        snprintf(text.text, sizeof text.text, "uploaded %.36s",
                 pb_instant_text(certificate->upload_date.instant).text);
    return text;
}

struct pb_slice pb_wording_place(const struct pb_inventory *inventory,
                                 const struct pb_certificate *certificate)
{
    return pb_inventory_entry(
               inventory,
               pb_inventory_observation(inventory, certificate->first_observation)->entry)
        ->path;
}

unsigned pb_wording_line(const struct pb_inventory *inventory,
                         const struct pb_certificate *certificate)
{
    return pb_inventory_observation(inventory, certificate->first_observation)->line;
}
