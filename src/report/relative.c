/* SPDX-License-Identifier: MIT */
#include "report/relative.h"

#include "base/escape.h"
#include "rules/sentence.h"

static void append_date(struct pb_buffer *buffer, struct pb_instant instant)
{
    pb_buffer_append_byte(buffer, ' ');
    pb_instant_append_date(buffer, instant);
}

static void append_account(struct pb_buffer *buffer, struct pb_slice account)
{
    if (pb_slice_is_absent(account)) {
        pb_buffer_append_string(buffer, " (account unknown");
        return;
    }
    pb_buffer_append_string(buffer, " (account ");
    pb_escape_append(buffer, account, PB_ESCAPE_CONTROLS);
}

static bool is_rename_to(const struct pb_observation *observation, struct pb_slice name)
{
    return observation->particulars != NULL && observation->particulars->event == PB_EVENT_UPDATE &&
           pb_slice_equals(observation->particulars->new_name, name);
}

struct pb_slice pb_relative_other_name(const struct pb_inventory *inventory,
                                       const struct pb_certificate *certificate, bool *is_former)
{
    struct pb_slice other = PB_SLICE_ABSENT;

    *is_former = false;
    for (uint32_t i = 0; i < certificate->observation_count; i++) {
        const struct pb_observation *observation =
            pb_inventory_observation(inventory, certificate->first_observation + i);
        if (other.data == NULL && observation->name.size_bytes > 0 &&
            !observation->is_name_from_file &&
            !pb_slice_equals(observation->name, certificate->name))
            other = observation->name;
        *is_former |= is_rename_to(observation, certificate->name);
    }
    return other;
}

static void append_state(struct pb_buffer *buffer, const struct pb_key_member *relative,
                         const struct pb_certificate *certificate)
{
    if (certificate->is_exposed)
        pb_buffer_append_string(buffer, ", vulnerable");
    else if (relative->is_exposed)
        pb_buffer_append_string(buffer, ", vulnerable in the baseline");
    else if (certificate->verdict == PB_VERDICT_UNDETERMINED)
        pb_buffer_append_string(buffer, ", undetermined");
    if (certificate->presence == PB_PRESENCE_DELETED)
        pb_buffer_append_string(buffer, ", deleted");
    else if (pb_certificate_extras(certificate)->in_use_by_count > 0)
        pb_buffer_append_string(buffer, ", in use");
}

static void append_dates(struct pb_buffer *buffer, const struct pb_key_member *relative,
                         bool is_acm)
{
    if (relative->has_date) {
        pb_buffer_append_string(buffer, is_acm ? ", imported into ACM" : ", uploaded");
        append_date(buffer, relative->date);
        return;
    }
    pb_buffer_append_string(buffer, is_acm ? ", in ACM" : ", upload date not known");
    if (relative->certificate != PB_NO_INDEX) {
        pb_buffer_append_string(buffer, ", issued");
        append_date(buffer, relative->date);
    }
}

static void append_present(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                           const struct pb_key_member *relative)
{
    const struct pb_certificate *certificate =
        pb_inventory_certificate(inventory, relative->certificate);
    bool is_former;
    struct pb_slice other_name = pb_relative_other_name(inventory, certificate, &is_former);

    pb_escape_append(buffer, pb_certificate_name(certificate), PB_ESCAPE_CONTROLS);
    if (!pb_slice_is_absent(other_name)) {
        pb_buffer_append_string(buffer, is_former ? ", formerly " : ", also called ");
        pb_escape_append(buffer, other_name, PB_ESCAPE_CONTROLS);
    }
    append_account(buffer, pb_inventory_account(inventory, certificate->account)->id);
    append_dates(buffer, relative, certificate->origin == PB_ORIGIN_ACM);
    append_state(buffer, relative, certificate);
    pb_buffer_append_byte(buffer, ')');
}

static void append_former(struct pb_buffer *buffer, const struct pb_key_member *relative)
{
    const struct pb_former_certificate *former = relative->former;

    pb_escape_append(buffer, pb_former_name(former), PB_ESCAPE_CONTROLS);
    append_account(buffer, former->account);
    append_dates(buffer, relative, !former->is_of_iam);
    if (former->is_exposed)
        pb_buffer_append_string(buffer, ", vulnerable");
    pb_buffer_append_string(buffer, ", known from the baseline)");
}

void pb_relative_append(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                        const struct pb_key_member *relative)
{
    if (relative->certificate != PB_NO_INDEX)
        append_present(buffer, inventory, relative);
    else
        append_former(buffer, relative);
}
