/* SPDX-License-Identifier: MIT */
/* The command line: options, the files that they name, reports and messages. The program is a
 * client of its own library and includes nothing of it but prebleed.h. */
#ifndef PB_CLI_CLI_H
#define PB_CLI_CLI_H

#include "prebleed.h"

enum { PB_COULD_NOT_DO_ITS_WORK = 2 }; /* exit status */

enum pb_when { PB_WHEN_AUTO, PB_WHEN_ALWAYS, PB_WHEN_NEVER };

/* What options say. Owns requests and inputs; all else is borrowed from the arguments or lives as
 * long as the process. */
struct pb_options {
    char **paths;
    size_t path_count;
    struct pb_request {     /* a report */
        const char *format; /* a name of the library's table */
        const char *file;   /* NULL: standard output */
    } * requests;
    size_t request_count;
    bool has_template; /* one of them is a template of waivers */
    bool has_report;   /* one of them is asked for by -o, or takes standard output */
    struct pb_input {  /* a file besides evidence; in the order of the arguments */
        const struct pb_option *option;
        const char *file;
    } * inputs;
    size_t input_count;
    bool prints_text; /* on standard output */
    uint64_t given;   /* bit i: row i of the table was given */
    struct prebleed_parameters parameters;
    struct prebleed_report_options report; /* what options set of it */
    uint64_t max_memory_bytes;             /* of the process; 0: as much as there is */
    unsigned color, progress;              /* enum pb_when */
    bool has_no_sandbox;
    bool is_quiet;
    const char *information; /* name of the option that has something printed and nothing judged, */
    const char *explanation; /* such as --explain, and what that prints; NULL: none was given */
};

/* A kind of value, with at most one of set, apply, choices, format, input and maximum. Values are
 * borrowed for as long as the options live. */
struct pb_value {
    const char *name; /* as the help calls it: "FILE"; NULL: none is given, and set gets the name of
                         the option, which may be repeated */
    bool is_repeatable;
    bool (*set)(void *member, const char *value); /* false: it is not what is expected */
    const char *const *choices; /* names, then NULL; the member becomes the index of one */
    const char *expected;
    enum prebleed_status (*apply)(const char *value, struct pb_options *options,
                                  struct prebleed_error *error);
    const char *formats;       /* of the reports that it changes, "text and html"; NULL: all */
    const char *format;        /* of the report that goes to the file */
    enum prebleed_input input; /* what the file is to the audit; 0: not */
    uint64_t maximum; /* of a number from 1 on; above UINT32_MAX the member has 64 bits, else 32 */
    bool is_size;     /* the number may have a unit */
    bool may_be_none; /* the number may be 0 */
};

/* One row of the table that drives parsing, help, completions and the test of the manual page. */
struct pb_option {
    const char *name; /* without its dashes */
    char letter;      /* '\0': none */
    const struct pb_value *value;
    size_t offset; /* of the member of pb_options to fill in, for a file with true; 0: none */
    const char *fallback; /* what holds without the option, as the help says it; NULL: nothing */
};

/* options.c: the table, whose help is in options.txt: so many rows at most, then a nameless one. */
#define PB_MOST_OPTIONS 64
extern const struct pb_option pb_option_table[];

/* Options may stand among the paths; "--" ends them; one that asks for information ends everything.
 * argv is borrowed for as long as *options lives, and its paths move to its front. *options is to
 * be released also on failure, which is PREBLEED_FAILED_USAGE or PREBLEED_FAILED_MEMORY. */
enum prebleed_status pb_arguments_parse(int argc, char **argv, struct pb_options *options,
                                        struct prebleed_error *error);
void pb_options_release(struct pb_options *options);

/* Reads the files that options name besides evidence, and gives them to the audit. The error names
 * option and file; PREBLEED_FAILED_INPUT where one cannot be read or is larger than 64 MiB. */
enum prebleed_status pb_inputs_add(const struct pb_options *options, struct prebleed_audit *audit,
                                   struct prebleed_error *error);

/* outputs.c, before anything is opened: opens those of descriptors 0 to 2 that are closed, so that
 * no file becomes standard output by accident; has writing fail instead of SIGPIPE and SIGXFSZ; and
 * has signals that end the program remove the temporary file and say how far it got. */
void pb_outputs_prepare(void);

struct pb_display {
    const struct pb_options *options;
    double begin, next; /* monotonic seconds: of the begin, and before which nothing is shown */
    double total_bytes; /* of all PATHs; 0 where it is not known */
    bool is_shown;      /* a line was printed */
};

/* Has the run of an audit with the options' parameters shown on standard error as the options say;
 * *display must outlive the run. */
void pb_display_begin(struct pb_display *display, struct pb_options *options);
/* After the run: clears the line. */
void pb_display_end(const struct pb_display *display);

/* Whether the reports can be written, asked before hours of reading. PREBLEED_FAILED_USAGE where
 * two would go to one file, PREBLEED_FAILED_OUTPUT where one would replace evidence or another
 * input, or its folder cannot be written. */
enum prebleed_status pb_outputs_check(const struct pb_options *options,
                                      struct prebleed_error *error);

/* Prints the audit's diagnostics on standard error, and writes all reports. One that fails is named
 * at once and keeps no other from being written; the status is that of the first. A file appears
 * when its report is whole, else what was there before stays. */
enum prebleed_status pb_outputs_write(const struct pb_options *options,
                                      struct prebleed_audit *audit);

/* messages.c: fills *error, and returns status. */
__attribute__((format(printf, 3, 4))) enum prebleed_status
pb_refuse(struct prebleed_error *error, enum prebleed_status status, const char *format, ...);

/* "unknown WHAT 'PREFIXWANTED'", and the nearest known name unless that is NULL. */
enum prebleed_status pb_refuse_unknown(struct prebleed_error *error, const char *what,
                                       const char *prefix, const char *wanted, const char *nearest);

/* The candidate if it is nearer to what was wanted than the best so far, which may be NULL, and
 * near enough to be a typing error; else the best. */
const char *pb_nearer(const char *wanted, const char *best, const char *candidate);

/* "prebleed: WHERE: MESSAGE [CODE]" on standard error; where and code may be NULL. Control
 * characters and bytes that are not UTF-8 are printed as \xNN. */
void pb_message_print(const char *where, const char *message, const char *code);

/* Prints what options->information asks for; PREBLEED_FAILED_OUTPUT if that cannot be written. */
enum prebleed_status pb_information_print(const struct pb_options *options,
                                          struct prebleed_error *error);

/* sandbox.c: gives up what the program does not need, before any evidence is read and any thread
 * is started: afterwards it reads what the options name, writes their reports, and does nothing
 * else with files, networks and processes. message says what took effect. False where the kernel
 * lacks a part. */
#define PB_SANDBOX_BYTES 128
bool pb_sandbox_enter(const struct pb_options *options, char message[PB_SANDBOX_BYTES]);
/* What the sandbox can be made of, with the version of its library. */
void pb_sandbox_describe(char text[PB_SANDBOX_BYTES]);

/* sandbox.c too. Forbids core dumps, which would hold the evidence and a passphrase. What is read
 * can declare that it takes more memory than there is: that ends in a failed allocation, not in a
 * machine that swaps. */
void pb_process_limit(const struct pb_options *options);
/* Whether any allocation but a large one has failed: the libraries go on after some, with other
 * results or an invalid pointer. */
bool pb_memory_has_failed(void);

#endif
