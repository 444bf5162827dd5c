/* SPDX-License-Identifier: MIT */
/* The table of options, and what a command line asks for. */
#ifndef PB_CLI_OPTIONS_H
#define PB_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "prebleed.h"

enum pb_color { PB_COLOR_AUTO, PB_COLOR_ALWAYS, PB_COLOR_NEVER };

/* What is printed instead of judging evidence. */
enum pb_information {
    PB_INFORMATION_NONE,
    PB_INFORMATION_EXPLANATION,
    PB_INFORMATION_FORMATS,
    PB_INFORMATION_HELP,
    PB_INFORMATION_RULES,
    PB_INFORMATION_SHAPES,
    PB_INFORMATION_VERSION,
};

/* One report. */
struct pb_request {
    const char *format; /* a name of the library's table */
    const char *file;   /* borrowed from the arguments; NULL: standard output */
};

/* Owns its arrays; their strings are borrowed from the arguments or live as long as the process. */
struct pb_options {
    const char **paths;
    size_t path_count;
    struct pb_request *requests;
    size_t request_count;
    const char **crls; /* files */
    size_t crl_count;
    const char *waivers;  /* file; NULL: none */
    const char *baseline; /* file; NULL: none */
    const char **rules;   /* what parameters.rules points to */
    struct prebleed_parameters parameters;
    const char *manifest;        /* the file; NULL: none */
    const char *passphrase_file; /* NULL: none */
    bool has_as_of;
    enum pb_color color;
    bool is_quiet;
    bool is_verbose;
    enum pb_information information;
    const char *explanation; /* the text that --explain asks for */
};

enum pb_option_group {
    PB_GROUP_REPORTS,
    PB_GROUP_JUDGING,
    PB_GROUP_LIMITS,
    PB_GROUP_ABOUT,
    PB_GROUPS,
};

struct pb_option {
    const char *name;     /* without its dashes; the table is sorted by it */
    char letter;          /* '\0': none */
    const char *argument; /* as the help calls the value; NULL: the option takes none */
    enum pb_option_group group;
    bool is_repeatable; /* flags always are */
    const char *help;
    const char *fallback; /* what holds without the option, as the help says it; NULL: nothing */
    size_t offset;        /* of the member of struct pb_options that apply fills in */
    enum pb_information information; /* ends the command line, unless it is NONE */
    /* value is NULL for a flag; borrowed for as long as the options live. */
    enum prebleed_status (*apply)(const struct pb_option *option, const char *value,
                                  struct pb_options *options, struct prebleed_error *error);
};

/* The table; *count is its number of rows, at most 64. */
const struct pb_option *pb_option_table(size_t *count);

#endif
