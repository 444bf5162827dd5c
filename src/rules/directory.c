/* SPDX-License-Identifier: MIT */
#include "rules/directory.h"

#include <stdlib.h>

static int compare_names(const struct pb_handle *a, const struct pb_handle *b)
{
    int order = pb_slice_compare(a->first, b->first);

    return order != 0 ? order : pb_slice_compare(a->second, b->second);
}

static int compare_handles(const void *left, const void *right)
{
    const struct pb_handle *a = left, *b = right;
    int order = compare_names(a, b);

    return order != 0 ? order
                      : (a->certificate > b->certificate) - (a->certificate < b->certificate);
}

bool pb_directory_init(struct pb_directory *directory, size_t most)
{
    *directory = (struct pb_directory){.handles = calloc(most + 1, sizeof *directory->handles)};
    return directory->handles != NULL;
}

void pb_directory_add(struct pb_directory *directory, struct pb_slice first, struct pb_slice second,
                      uint32_t certificate)
{
    if (second.size_bytes > 0)
        directory->handles[directory->count++] = (struct pb_handle){first, second, certificate};
}

void pb_directory_sort(struct pb_directory *directory)
{
    qsort(directory->handles, directory->count, sizeof *directory->handles, compare_handles);
}

const struct pb_handle *pb_directory_find(const struct pb_directory *directory,
                                          struct pb_slice first, struct pb_slice second,
                                          size_t *count)
{
    const struct pb_handle wanted = {.first = first, .second = second};
    size_t low = 0, high = directory->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_names(&directory->handles[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (second.size_bytes > 0 && low + *count < directory->count && *count < PB_MOST_HANDLES &&
           compare_names(&directory->handles[low + *count], &wanted) == 0)
        ++*count;
    return directory->handles + low;
}

void pb_directory_release(struct pb_directory *directory)
{
    free(directory->handles);
    *directory = (struct pb_directory){0};
}
