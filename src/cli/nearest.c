/* SPDX-License-Identifier: MIT */
#include "cli/nearest.h"

#include <string.h>

#include "prebleed.h"

/* Longer words are no slip of the hand, and the table of distances stays small. */
enum { LONGEST_WORD = 40 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* Insertions, deletions, replacements and swaps of neighbours (optimal string alignment) that make
 * b of a, whatever the case; both are at most LONGEST_WORD long. */
static size_t measure(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t cost[LONGEST_WORD + 1][LONGEST_WORD + 1];

    for (size_t i = 0; i <= a_size; i++)
        cost[i][0] = i;
    for (size_t k = 0; k <= b_size; k++)
        cost[0][k] = k;
    for (size_t i = 1; i <= a_size; i++) {
        for (size_t k = 1; k <= b_size; k++) {
            size_t replaced = lower(a[i - 1]) != lower(b[k - 1]);
            cost[i][k] =
                smaller(cost[i - 1][k - 1] + replaced, smaller(cost[i - 1][k], cost[i][k - 1]) + 1);
            if (i > 1 && k > 1 && lower(a[i - 1]) == lower(b[k - 2]) &&
                lower(a[i - 2]) == lower(b[k - 1]))
                cost[i][k] = smaller(cost[i][k], cost[i - 2][k - 2] + 1);
        }
    }
    return cost[a_size][b_size];
}

void pb_nearest_init(struct pb_nearest *nearest, const char *wanted)
{
    *nearest = (struct pb_nearest){.wanted = wanted, .distance = SIZE_MAX};
}

void pb_nearest_offer(struct pb_nearest *nearest, const char *candidate)
{
    size_t wanted_size = strlen(nearest->wanted);
    size_t size = strlen(candidate);

    if (wanted_size == 0 || wanted_size > LONGEST_WORD || size > LONGEST_WORD)
        return;
    size_t distance = measure(nearest->wanted, wanted_size, candidate, size);
    /* An abbreviation is far by letters and near by intention. */
    if (wanted_size > 1 && strncmp(nearest->wanted, candidate, wanted_size) == 0)
        distance = smaller(distance, 1);
    if (distance * 3 <= (size > wanted_size ? size : wanted_size) && distance < nearest->distance) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}

const char *pb_nearest_in_table(const char *table, const char *wanted)
{
    struct pb_nearest nearest;
    struct prebleed_table_row row;

    pb_nearest_init(&nearest, wanted);
    for (size_t i = 0; prebleed_table_row(table, i, &row); i++)
        pb_nearest_offer(&nearest, row.name);
    return nearest.best;
}
