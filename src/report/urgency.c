/* SPDX-License-Identifier: MIT */
#include "report/urgency.h"

static const struct {
    enum pb_verdict verdict;
    bool is_in_use;
} steps[] = {
    {PB_VERDICT_VULNERABLE, true},   {PB_VERDICT_VULNERABLE, false},
    {PB_VERDICT_UNDETERMINED, true}, {PB_VERDICT_UNDETERMINED, false},
    {PB_VERDICT_CLEAR, true},        {PB_VERDICT_CLEAR, false},
    {PB_VERDICT_NONE, true},         {PB_VERDICT_NONE, false},
};

struct pb_urgency pb_urgency_begin(const struct pb_inventory *inventory,
                                   const struct pb_account *account)
{
    return (struct pb_urgency){.inventory = inventory, .account = account};
}

bool pb_urgency_next(struct pb_urgency *walk, uint32_t *certificate)
{
    for (; walk->step < sizeof steps / sizeof steps[0]; walk->step++, walk->next = 0)
        while (walk->next < walk->account->all_certificate_count) {
            uint32_t index = walk->account->first_certificate + walk->next++;
            const struct pb_certificate *here = pb_inventory_certificate(walk->inventory, index);
            if (here->verdict == steps[walk->step].verdict &&
                (pb_certificate_extras(here)->in_use_by_count > 0) == steps[walk->step].is_in_use) {
                *certificate = index;
                return true;
            }
        }
    return false;
}

bool pb_urgency_is_urgent(const struct pb_certificate *certificate,
                          const struct pb_finding *const *findings, size_t count)
{
    if (certificate->verdict == PB_VERDICT_VULNERABLE ||
        certificate->verdict == PB_VERDICT_UNDETERMINED)
        return true;
    for (size_t i = 0; i < count; i++)
        if (findings[i]->rule->level > PB_LEVEL_LOW)
            return true;
    return false;
}

size_t pb_urgency_count(const struct pb_inventory *inventory, const struct pb_account *account,
                        enum pb_verdict verdict)
{
    size_t count = 0;

    for (uint32_t i = 0; i < account->all_certificate_count; i++)
        count +=
            pb_inventory_certificate(inventory, account->first_certificate + i)->verdict == verdict;
    return count;
}

size_t pb_urgency_count_deleted(const struct pb_inventory *inventory,
                                const struct pb_account *account)
{
    size_t count = 0;

    for (uint32_t i = 0; i < account->all_certificate_count; i++) {
        const struct pb_certificate *certificate =
            pb_inventory_certificate(inventory, account->first_certificate + i);
        count +=
            certificate->origin == PB_ORIGIN_IAM && certificate->presence == PB_PRESENCE_DELETED;
    }
    return count;
}
