/* SPDX-License-Identifier: MIT */
#include "report/place.h"

#include "base/escape.h"

struct pb_place pb_place_of_diagnostic(const struct pb_diagnostic *diagnostic)
{
    return (struct pb_place){
        .entry = diagnostic->entry,
        .line = diagnostic->line,
        .column = diagnostic->column,
        .pointer = diagnostic->pointer,
    };
}

struct pb_place pb_place_of_observation(const struct pb_observation *observation)
{
    return (struct pb_place){
        .entry = observation->entry,
        .line = observation->line,
        .pointer = observation->pointer,
    };
}

void pb_place_append_inside(struct pb_buffer *buffer, struct pb_place place)
{
    if (place.line > 0) {
        pb_buffer_append_number(buffer, place.line);
        if (place.column > 0) {
            pb_buffer_append_byte(buffer, ':');
            pb_buffer_append_number(buffer, place.column);
        }
    } else if (!pb_slice_is_absent(place.pointer)) {
        pb_buffer_append_byte(buffer, '#');
        pb_escape_append(buffer, place.pointer, PB_ESCAPE_REVERSIBLE);
    }
}

void pb_place_append(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                     struct pb_place place)
{
    if (place.entry == PB_NO_ENTRY)
        return;
    pb_escape_append(buffer, pb_inventory_path(inventory, place.entry), PB_ESCAPE_REVERSIBLE);
    if (place.line > 0)
        pb_buffer_append_byte(buffer, ':');
    pb_place_append_inside(buffer, place);
}
