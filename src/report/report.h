/* SPDX-License-Identifier: MIT */
/* Reports: what they are about, the table of their formats, and where their bytes go. */
#ifndef PB_REPORT_REPORT_H
#define PB_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"
#include "prebleed.h"
#include "rules/rules.h"

/* What a redacted report shows instead of a text that tells whose evidence it is. */
struct pb_stand_in {
    struct pb_slice original, text; /* text: the stand-in */
    unsigned kind;                  /* private to the redaction, as number is */
    size_t number;
};

/* Everything a report may say; borrowed while it is written. */
struct pb_result {
    const struct pb_inventory *inventory;
    const struct pb_parameters *parameters;
    const struct pb_findings *findings;
    const struct pb_key_groups *key_groups;
    const struct pb_summary *summary;
    const struct pb_vector *stand_ins; /* of struct pb_stand_in; empty unless it is redacted */
    const char *version;               /* of the tool */
};

/* Where a report goes: text is collected in buffer, which pb_sink_pass_on and pb_sink_finish give
 * to write. After the first failure write is not called again. context is borrowed. */
struct pb_sink {
    struct pb_buffer buffer;
    bool (*write)(void *context, const char *bytes, size_t size_bytes);
    void *context;
    bool has_failed; /* write returned false, or memory is missing */
};

void pb_sink_init(struct pb_sink *sink,
                  bool (*write)(void *context, const char *bytes, size_t size_bytes),
                  void *context);
void pb_sink_release(struct pb_sink *sink);
/* Gives what was collected to write if that is enough for a call: call it after every record, so
 * that memory stays bounded. */
void pb_sink_pass_on(struct pb_sink *sink);
/* For writers: memory other than the buffer's is missing, so the report cannot be completed. */
void pb_sink_fail_memory(struct pb_sink *sink);
/* Gives the rest to write. PB_FAILED_MEMORY or PB_FAILED_OUTPUT if anything has failed so far. */
enum pb_status pb_sink_finish(struct pb_sink *sink);

struct pb_report;

struct pb_report_format {
    const char *name;       /* "json" */
    const char *media_type; /* "application/json" */
    const char *title;      /* what it is for, one line */
    void (*write)(struct pb_report *report);
    enum {
        PB_BY_SEVERITY, /* has findings in the order of the result */
        PB_BY_SUBJECT,  /* calls pb_report_findings */
        PB_FOR_PEOPLE,  /* likewise, and heeds the options */
    } use;
};

/* The formats to be listed, *count of them. */
const struct pb_report_format *pb_report_formats(size_t *count);
/* By its exact name, listed or not; NULL if there is none. */
const struct pb_report_format *pb_report_format_find(const char *name);
/* Everything is borrowed for the call; failures stay in the sink. */
void pb_report_write(const struct pb_report_format *format, const struct pb_result *result,
                     const struct prebleed_report_options *options, struct pb_sink *sink);

/* A place in the evidence: an item, and what is known of where in it. */
struct pb_place {
    uint32_t entry;          /* index; PB_NO_ENTRY for none */
    uint32_t line, column;   /* from 1, 0 where not known */
    struct pb_slice pointer; /* absent where not known; "" is the whole document */
};

struct pb_place pb_place_of_diagnostic(const struct pb_diagnostic *diagnostic);

/* The evidence path, escaped so that it can be undone (PB_ESCAPE_REVERSIBLE), then ":line:column"
 * or ":line" where known, else "#pointer" where known. Nothing for PB_NO_ENTRY. */
void pb_place_append(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                     struct pb_place place);

#endif
