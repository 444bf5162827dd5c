/* SPDX-License-Identifier: MIT */
#include "rules/validity.h"

#include "inventory/types.h"

bool pb_validity_find_end(const struct pb_certificate *certificate, struct pb_instant *end)
{
    bool has_expiration = pb_date_is_known(&certificate->expiration);

    if (certificate->presence == PB_PRESENCE_DELETED ||
        (certificate->body == NULL && !has_expiration))
        return false;
    *end =
        certificate->body != NULL ? certificate->body->not_after : certificate->expiration.instant;
    return true;
}
