/* SPDX-License-Identifier: MIT */
/* Our own, and not getopt_long, so that permutation, suggestions and messages are the same
 * everywhere and come from one table. */
#include "cli/arguments.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/complain.h"
#include "cli/environment.h"
#include "cli/nearest.h"

/* One walk over the arguments. */
struct walk {
    char **argv;
    int argc;
    int next;      /* index of the first argument that was not looked at */
    uint64_t seen; /* bit i: row i of the table was given */
    struct pb_options *options;
    struct prebleed_error *error;
};

static const struct pb_option *find_name(const char *name, size_t size)
{
    size_t count = 0;
    const struct pb_option *table = pb_option_table(&count);

    for (size_t i = 0; i < count; i++)
        if (strlen(table[i].name) == size && memcmp(table[i].name, name, size) == 0)
            return &table[i];
    return NULL;
}

static const struct pb_option *find_letter(char letter)
{
    size_t count = 0;
    const struct pb_option *table = pb_option_table(&count);

    for (size_t i = 0; i < count; i++)
        if (table[i].letter != '\0' && table[i].letter == letter)
            return &table[i];
    return NULL;
}

static enum prebleed_status refuse_name(struct walk *walk, const char *name, size_t size)
{
    size_t count = 0;
    const struct pb_option *table = pb_option_table(&count);
    struct pb_nearest nearest;
    char wanted[64] = "";

    memcpy(wanted, name, size < sizeof wanted ? size : sizeof wanted - 1);
    pb_nearest_init(&nearest, wanted);
    for (size_t i = 0; i < count; i++)
        pb_nearest_offer(&nearest, table[i].name);
    return pb_refuse_unknown(walk->error, "option", "--", wanted, nearest.best);
}

static const char *take_next(struct walk *walk)
{
    return walk->next < walk->argc ? walk->argv[walk->next++] : NULL;
}

/* value: what is attached to the option, NULL where nothing is. */
static enum prebleed_status apply(struct walk *walk, const struct pb_option *option,
                                  const char *value)
{
    size_t count = 0;
    uint64_t bit = UINT64_C(1) << (option - pb_option_table(&count));

    if (option->argument && !value)
        value = take_next(walk);
    if (option->argument && !value)
        return pb_refuse(walk->error, PREBLEED_FAILED_USAGE, "--%s needs a value: --%s %s",
                         option->name, option->name, option->argument);
    if (option->argument && !option->is_repeatable && (walk->seen & bit))
        return pb_refuse(walk->error, PREBLEED_FAILED_USAGE, "--%s is given twice", option->name);
    walk->seen |= bit;
    walk->options->information = option->information;
    return option->apply(option, value, walk->options, walk->error);
}

/* text: "name" or "name=value". */
static enum prebleed_status take_long(struct walk *walk, const char *text)
{
    size_t size = strcspn(text, "=");
    const char *value = text[size] == '=' ? text + size + 1 : NULL;
    const struct pb_option *option = find_name(text, size);

    if (!option)
        return refuse_name(walk, text, size);
    if (!option->argument && value)
        return pb_refuse(walk->error, PREBLEED_FAILED_USAGE, "--%s takes no value", option->name);
    return apply(walk, option, value);
}

/* letters: any number of flags, the last of which may be an option with its value behind it. */
static enum prebleed_status take_short(struct walk *walk, const char *letters)
{
    enum prebleed_status status = PREBLEED_OK;

    for (; status == PREBLEED_OK && *letters != '\0'; letters++) {
        const struct pb_option *option = find_letter(*letters);
        if (!option)
            return pb_refuse(walk->error, PREBLEED_FAILED_USAGE, "unknown option '-%c'", *letters);
        if (option->argument)
            return apply(walk, option, letters[1] != '\0' ? letters + 1 : NULL);
        status = apply(walk, option, NULL);
        if (walk->options->information != PB_INFORMATION_NONE)
            break;
    }
    return status;
}

static enum prebleed_status take_all(struct walk *walk)
{
    struct pb_options *options = walk->options;
    enum prebleed_status status = PREBLEED_OK;
    bool has_ended = false;

    while (status == PREBLEED_OK && options->information == PB_INFORMATION_NONE) {
        const char *argument = take_next(walk);
        if (!argument)
            break;
        if (has_ended || argument[0] != '-' || argument[1] == '\0')
            options->paths[options->path_count++] = argument;
        else if (strcmp(argument, "--") == 0)
            has_ended = true;
        else if (argument[1] == '-')
            status = take_long(walk, argument + 2);
        else
            status = take_short(walk, argument + 1);
    }
    return status;
}

/* What holds where the arguments say nothing, and what they have to say. */
static enum prebleed_status complete(struct pb_options *options, struct prebleed_error *error)
{
    if (options->information != PB_INFORMATION_NONE)
        return PREBLEED_OK;
    if (options->path_count == 0)
        return pb_refuse(error, PREBLEED_FAILED_USAGE,
                         "no PATH is given; usage: prebleed [OPTIONS] PATH...");
    if (options->parameters.is_new_only && !options->baseline)
        return pb_refuse(error, PREBLEED_FAILED_USAGE,
                         "--new-only needs --baseline FILE, which says what is not new");
    if (options->request_count == 0)
        options->requests[options->request_count++] = (struct pb_request){.format = "text"};
    if (options->parameters.jobs == 0)
        options->parameters.jobs = pb_environment_processors();
    if (!options->has_as_of)
        return pb_environment_as_of(&options->parameters.as_of, error);
    return PREBLEED_OK;
}

enum prebleed_status pb_arguments_parse(int argc, char **argv, struct pb_options *options,
                                        struct prebleed_error *error)
{
    struct walk walk = {.argv = argv, .argc = argc, .next = 1, .options = options, .error = error};
    size_t room = (size_t)(argc > 0 ? argc : 0) + 1;

    *options = (struct pb_options){0};
    prebleed_parameters_init(&options->parameters);
    options->parameters.jobs = 0; /* until the command line or the machine says how many */
    options->paths = calloc(room, sizeof *options->paths);
    options->requests = calloc(room, sizeof *options->requests);
    options->crls = calloc(room, sizeof *options->crls);
    if (!options->paths || !options->requests || !options->crls)
        return pb_refuse(error, PREBLEED_FAILED_MEMORY, "out of memory");
    enum prebleed_status status = take_all(&walk);
    return status == PREBLEED_OK ? complete(options, error) : status;
}

void pb_options_release(struct pb_options *options)
{
    free(options->paths);
    free(options->requests);
    free(options->crls);
    free(options->rules);
    *options = (struct pb_options){0};
}
