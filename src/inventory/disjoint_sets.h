/* SPDX-License-Identifier: MIT */
/* Disjoint sets over numbers: parent[i] leads to the lowest member of i's set. */
#ifndef PB_INVENTORY_DISJOINT_SETS_H
#define PB_INVENTORY_DISJOINT_SETS_H

#include <stdint.h>

static inline uint32_t pb_set_find(uint32_t *parent, uint32_t member)
{
    while (parent[member] != member) {
        parent[member] = parent[parent[member]];
        member = parent[member];
    }
    return member;
}

static inline void pb_set_unite(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = pb_set_find(parent, a);
    b = pb_set_find(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

#endif
