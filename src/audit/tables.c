/* SPDX-License-Identifier: MIT */
/* The library's public functions that hand out its tables: rules, shapes, formats. */
#include "prebleed.h"

#include <string.h>

#include "aws/shape.h"
#include "report/report.h"
#include "rules/rule.h"

static bool rule_row(size_t index, struct prebleed_table_row *row)
{
    size_t count;
    const struct pb_rule *const *rules = pb_rules(&count);

    if (index >= count)
        return false;
    *row = (struct prebleed_table_row){rules[index]->name, pb_level_name(rules[index]->level),
                                       rules[index]->title};
    return true;
}

static bool shape_row(size_t index, struct prebleed_table_row *row)
{
    size_t count;
    const struct pb_shape *shapes = pb_shapes(&count);

    if (index >= count)
        return false;
    *row = (struct prebleed_table_row){shapes[index].name, shapes[index].producer,
                                       shapes[index].proves};
    return true;
}

static bool format_row(size_t index, struct prebleed_table_row *row)
{
    size_t count;
    const struct pb_report_format *formats = pb_report_formats(&count);

    if (index >= count)
        return false;
    *row = (struct prebleed_table_row){formats[index].name, formats[index].media_type,
                                       formats[index].title};
    return true;
}

bool prebleed_table_row(const char *table, size_t index, struct prebleed_table_row *row)
{
    static const struct {
        const char *name;
        bool (*find)(size_t index, struct prebleed_table_row *row);
    } tables[] = {{"rules", rule_row}, {"shapes", shape_row}, {"formats", format_row}};

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (strcmp(tables[i].name, table) == 0)
            return tables[i].find(index, row);
    return false;
}

const char *prebleed_rule_explanation(const char *rule)
{
    size_t index;
    const struct pb_rule *found = pb_rule_find(pb_slice_from_string(rule), &index);

    return found == NULL ? NULL : found->explanation;
}
