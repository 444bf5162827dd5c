/* SPDX-License-Identifier: MIT */
#include "cli/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/complain.h"
#include "cli/nearest.h"

enum prebleed_status pb_name_explanation(const struct pb_option *option, const char *value,
                                         struct pb_options *options, struct prebleed_error *error)
{
    (void)option;
    options->explanation = prebleed_rule_explanation(value);
    if (!options->explanation)
        return pb_refuse_unknown(error, "rule", "", value, pb_nearest_in_table("rules", value));
    return PREBLEED_OK;
}

/* The row of a table whose name is the size bytes at text. */
static bool find_row(const char *table, const char *text, size_t size,
                     struct prebleed_table_row *row)
{
    for (size_t i = 0; prebleed_table_row(table, i, row); i++)
        if (strlen(row->name) == size && memcmp(row->name, text, size) == 0)
            return true;
    return false;
}

static enum prebleed_status refuse_rule(const struct pb_option *option, const char *text,
                                        size_t size, struct prebleed_error *error)
{
    char name[64];

    if (size == 0)
        return pb_refuse(error, PREBLEED_FAILED_USAGE,
                         "--%s: a rule name is empty; see prebleed --list-rules", option->name);
    snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), text);
    return pb_refuse_unknown(error, "rule", "", name, pb_nearest_in_table("rules", name));
}

enum prebleed_status pb_name_rules(const struct pb_option *option, const char *value,
                                   struct pb_options *options, struct prebleed_error *error)
{
    struct prebleed_table_row row;
    size_t commas = 0;
    size_t count = 0;

    for (const char *text = value; *text != '\0'; text++)
        commas += *text == ',';
    options->rules = calloc(commas + 1, sizeof *options->rules);
    if (!options->rules)
        return pb_refuse(error, PREBLEED_FAILED_MEMORY, "out of memory");
    for (const char *text = value;; text++) {
        size_t size = strcspn(text, ",");
        if (!find_row("rules", text, size, &row))
            return refuse_rule(option, text, size, error);
        options->rules[count++] = row.name;
        text += size;
        if (*text == '\0')
            break;
    }
    options->parameters.rules = options->rules;
    options->parameters.rule_count = count;
    return PREBLEED_OK;
}

static enum prebleed_status refuse_format(const char *value, size_t size,
                                          struct prebleed_error *error)
{
    struct prebleed_table_row row;
    char known[256] = "";
    size_t used = 0;

    if (size == 0)
        size = strlen(value);
    for (size_t i = 0; prebleed_table_row("formats", i, &row); i++) {
        int added =
            snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "", row.name);
        used += added > 0 ? (size_t)added : 0;
        if (used >= sizeof known)
            break;
    }
    return pb_refuse(error, PREBLEED_FAILED_USAGE, "unknown report format '%.*s'; known are %s",
                     (int)(size < 100 ? size : 100), value, known);
}

static bool is_standard_output(const char *file)
{
    return strcmp(file, "-") == 0 || strcmp(file, "/dev/stdout") == 0;
}

/* options->requests has room: the parser makes as many as there are arguments. */
enum prebleed_status pb_name_report(const struct pb_option *option, const char *value,
                                    struct pb_options *options, struct prebleed_error *error)
{
    struct prebleed_table_row row;
    size_t size = strcspn(value, "=");
    const char *file = value[size] == '=' ? value + size + 1 : "-";

    if (!find_row("formats", value, size, &row))
        return refuse_format(value, size, error);
    if (*file == '\0')
        return pb_refuse(error, PREBLEED_FAILED_USAGE, "--%s: no FILE after '%s'", option->name,
                         value);
    if (is_standard_output(file))
        file = NULL;
    for (size_t i = 0; i < options->request_count; i++) {
        const char *other = options->requests[i].file;
        if (!file && !other)
            return pb_refuse(error, PREBLEED_FAILED_USAGE,
                             "--%s: only one report can go to standard output", option->name);
        if (file && other && strcmp(file, other) == 0)
            return pb_refuse(error, PREBLEED_FAILED_USAGE,
                             "--%s: two reports cannot go to one file '%.200s'", option->name,
                             file);
    }
    options->requests[options->request_count++] =
        (struct pb_request){.format = row.name, .file = file};
    return PREBLEED_OK;
}
