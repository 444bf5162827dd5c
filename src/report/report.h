/* SPDX-License-Identifier: MIT */
/* Reports: what they are about, the table of their formats, and where their bytes go; then what the
 * files of this room share: the report that is being written, the renderer of a page, words, text
 * in columns, commands that replace a certificate, and JSON. */
#ifndef PB_REPORT_REPORT_H
#define PB_REPORT_REPORT_H

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
    struct pb_slice hidden_folder;     /* left out where html has a path that begins with it */
};

/* Takes a part of a report; false if it cannot. */
typedef bool pb_write(void *context, const char *bytes, size_t size_bytes);

struct pb_report;

struct pb_report_format {
    const char *name;       /* "json" */
    const char *media_type; /* "application/json" */
    const char *title;      /* what it is for, one line */
    void (*write)(struct pb_report *report);
    bool is_for_people; /* heeds all options, not only sandbox and working_folder */
};

/* The table of formats; so many of them are to be listed. */
#define PB_LISTED_FORMATS 8
extern const struct pb_report_format pb_report_formats[];
/* By its exact name, listed or not; NULL if there is none. */
const struct pb_report_format *pb_report_format_find(const char *name);
/* Gives the report to write, in parts, until that returns false: PB_FAILED_OUTPUT. The only other
 * failure is PB_FAILED_MEMORY. Everything is borrowed for the call. */
enum pb_status pb_report_write(const struct pb_report_format *format,
                               const struct pb_result *result,
                               const struct prebleed_report_options *options, pb_write *write,
                               void *context);

/* A place in the evidence: an item, and what is known of where in it. */
struct pb_place {
    uint32_t entry;          /* index; PB_NO_ENTRY for none */
    uint32_t line, column;   /* from 1, 0 where not known */
    struct pb_slice pointer; /* absent where not known; "" is the whole document */
};
static inline struct pb_place pb_place_of_diagnostic(const struct pb_diagnostic *one)
{
    return (struct pb_place){one->entry, one->line, one->column, one->pointer};
}
static inline struct pb_place pb_place_of_observation(const struct pb_observation *one)
{
    return (struct pb_place){one->entry, one->line, one->column, one->pointer};
}
/* The evidence path, escaped so that it can be undone (PB_ESCAPE_REVERSIBLE), then ":line:column"
 * or ":line" where known, else "#pointer" where known. Nothing for PB_NO_ENTRY. */
void pb_place_append(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                     struct pb_place place);

/* What the findings about a certificate say together, those that are not shown included. */
struct pb_standing {
    unsigned char worst;      /* 1 + the level of the worst that counts, or 0 */
    bool has_compromised_key; /* one that counts is of key-reuse (the key is a vulnerable
                                 certificate's) or of private-key-in-evidence */
    bool is_waived; /* a waiver covers that of its verdict, and none of level high counts */
};

/* A report that is being written, by one thread. */
struct pb_report {
    const struct pb_renderer *renderer; /* NULL in formats without pb_walk_page */
    void *context;                      /* private to the writer */
    size_t indent;                      /* of a text: the column in which fields begin */
    const struct pb_result *result;
    const struct pb_inventory *inventory; /* the result's, as findings are */
    const struct pb_findings *findings;
    struct prebleed_report_options options;
    struct pb_buffer out; /* text that is not given to write yet */
    pb_write *write;      /* not called again after the first failure */
    void *write_context;
    bool has_failed;        /* write returned false, or memory is missing */
    struct pb_buffer value; /* see pb_begin_value */
    /* What the value names and can be a link to: 'a' an account, 'c' a certificate, 'e' an item of
     * evidence, 'k' a key group, each by its index; '\0' for none of these. */
    char link_letter;
    uint32_t link_index;

    bool is_brief; /* certificates and keys are in the overview only; of others the first few */
    struct pb_standing *standings; /* by certificate */

    /* Of a report in JSON: how many containers are open, and whether the innermost has no member
     * yet. Members at a depth greater than inline_depth stay on the line. */
    struct {
        unsigned depth, inline_depth;
        bool is_empty;
    } json;
};

/* Gives what was collected to write if that is enough for a call: call it after every record, so
 * that memory stays bounded. */
void pb_report_flush(struct pb_report *report);
/* Memory other than out's is missing, so the report cannot be completed. */
static inline void pb_report_fail(struct pb_report *report)
{
    report->out.has_failed = true;
    report->has_failed = true;
}
/* Appends words of prebleed, or markup, to out. */
static inline void pb_put(struct pb_report *report, const char *text)
{
    pb_buffer_append_string(&report->out, text);
}

/* What is said first of a certificate, and how urgent it is: the lowest rank comes first. */
struct pb_badge {
    const char *words; /* "vulnerable, waived", "clear by date, key compromised", "not judged" */
    unsigned rank;     /* below PB_RANK_CLEAR: it is to be acted on */
};
enum { PB_RANK_CLEAR = 8, PB_RANK_NOT_JUDGED = 10 };
const struct pb_badge *pb_badge_of(const struct pb_report *report, uint32_t certificate);

/* Whether its severity is at least options.severity. */
static inline bool pb_is_severe_enough(const struct pb_report *report,
                                       const struct pb_finding *finding)
{
    return finding->rule->level >= (enum pb_level)report->options.severity;
}
/* The first finding of at least options.severity about the certificate; if that is PB_NO_INDEX,
 * about the account; if both are, about neither. NULL for none. */
const struct pb_finding *pb_first_finding(const struct pb_report *report, uint32_t certificate,
                                          uint32_t account);
/* The next one of the same subject. */
const struct pb_finding *pb_next_finding(const struct pb_report *report,
                                         const struct pb_finding *finding);
/* The name of the level of the certificate's worst finding that counts; NULL for none. */
const char *pb_worst_severity(const struct pb_report *report, uint32_t certificate);
/* The place of its item, where it has one; else, of one about a certificate, the certificate's. */
struct pb_place pb_finding_place(const struct pb_report *report, const struct pb_finding *finding);

/* Empties the value and its link, and returns the buffer to append to: &report->value. */
static inline struct pb_buffer *pb_begin_value(struct pb_report *report)
{
    pb_buffer_clear(&report->value);
    report->link_letter = '\0';
    return &report->value;
}
/* What was appended since, borrowed until the value changes; without memory the report fails. */
static inline struct pb_slice pb_take_value(struct pb_report *report)
{
    if (report->value.has_failed)
        pb_report_fail(report);
    return pb_buffer_slice(&report->value);
}

/* The page: what the text and html reports show, in the order in which people act on it. */
struct pb_section {
    const char *id;          /* for links to it */
    const char *title;       /* a phrase */
    const char *explanation; /* one sentence or NULL; the text report leaves it out */
};

struct pb_list {
    const char *label; /* NULL: a chain, one element a line, "-> " before all but the first */
    size_t shown, shown_verbose; /* at most, without and with -v; the rest is counted or folded */
    const char *singular, *rest; /* of those that are not shown: "and 3 " singular "s" rest */
    /* Appends the element of items to the report's value; called in order, at most once each. */
    void (*append)(struct pb_report *report, const void *items, size_t index);
    const char *lead; /* a word before the elements, or NULL */
};
/* The append of a list whose items are struct pb_slice. */
void pb_append_string(struct pb_report *report, const void *items, size_t index);

struct pb_renderer {
    /* The page's parts: each ends where the next one begins that is not inside it. */
    void (*begin_account)(struct pb_report *report, uint32_t index);
    void (*begin_certificate)(struct pb_report *report, uint32_t index);
    /* Facts of the certificate follow. NULL: most facts, diagnostics that are notes, and clear or
     * unjudged certificates without a finding are emitted with -v alone. */
    void (*begin_details)(struct pb_report *report, uint32_t index);
    void (*begin_section)(struct pb_report *report, const struct pb_section *section);

    /* What is inside accounts, certificates and sections. list and finding are given what they
     * show; the others show the report's value, which is printable (PB_ESCAPE_CONTROLS). A field
     * without a value and a list without items are not shown. */
    void (*field)(struct pb_report *report, const char *label);
    void (*list)(struct pb_report *report, const struct pb_list *list, const void *items,
                 size_t count);
    void (*finding)(struct pb_report *report, const struct pb_finding *finding);
    void (*heading)(struct pb_report *report, const char *label); /* NULL: with -v or folds */
    void (*line)(struct pb_report *report, size_t depth);         /* 0: of no section */
};

/* The certificates to act on, the worst first: those that are vulnerable, have a compromised key or
 * are undetermined, then waived ones; of each kind first what is in use, then by upload. Fills in
 * at most so many indices, and returns how many there are; without memory the report fails. */
size_t pb_find_worst(struct pb_report *report, uint32_t *indices, size_t most);
/* Emits fields that count what was read, judged and found, and the parameters. */
void pb_emit_figures(struct pb_report *report);
/* Sets what the value names, once it was begun. */
static inline void pb_link_to(struct pb_report *report, char letter, uint32_t index)
{
    report->link_letter = letter;
    report->link_index = index;
}
/* Emits as a line how many are left out, and what shows them; nothing for none. */
void pb_emit_more(struct pb_report *report, size_t depth, size_t more, const char *singular);
void pb_walk_certificate(struct pb_report *report, uint32_t index);

/* Emits the page behind what the format begins with: accounts, keys, findings, evidence. */
void pb_walk_page(struct pb_report *report);
/* Appends images of all uploads over time to an html report, and how many fall into each period. */
void pb_html_append_timeline(struct pb_report *report);
/* Words, which are the same in every form. Everything that is appended is printable: the evidence's
 * own bytes are escaped as PB_ESCAPE_CONTROLS says. */
static inline void pb_words_text(struct pb_buffer *buffer, struct pb_slice text)
{
    pb_escape_append(buffer, text, PB_ESCAPE_CONTROLS);
}
/* Emits the text as a field. */
static inline void pb_emit_text(struct pb_report *report, const char *label, struct pb_slice text)
{
    pb_words_text(pb_begin_value(report), text);
    report->renderer->field(report, label);
}
/* before, but not of a stand-in, then "111122223333", "111122223333 in aws-cn", or "unknown in
 * FOLDER", which tells unknown accounts apart. */
void pb_words_account(struct pb_buffer *buffer, const char *before,
                      const struct pb_account *account);
/* "5 certificates and 1 in ACM" */
void pb_words_certificates(struct pb_buffer *buffer, const struct pb_account *account);
/* "elb/web:443 and 2 more": the first of the items and how many others there are. */
void pb_words_first(struct pb_buffer *buffer, const struct pb_slice *items, size_t count);
/* Its name, else the end of its ARN, else its id, else "(no name)". Returns where that is from: a
 * literal such as " (from its ARN)", or "". */
const char *pb_words_short_name(struct pb_buffer *buffer, const struct pb_certificate *certificate);
/* The same, then where it is from. */
static inline void pb_words_name(struct pb_buffer *buffer, const struct pb_certificate *certificate)
{
    pb_buffer_append_string(buffer, pb_words_short_name(buffer, certificate));
}
/* Another name that the evidence has for the certificate, borrowed from the inventory; absent for
 * none. *is_former: an event shows that it was renamed; else the order of the names is unknown. */
struct pb_slice pb_other_name(const struct pb_certificate *certificate, bool *is_former);
/* Whether it is vulnerable or has a compromised key, and is not deleted. */
bool pb_is_to_replace(const struct pb_report *report, uint32_t certificate);
/* The names of the rules with findings about it, each once: all; all, with "(waived)" or "(new)"
 * after the name; only those with a waived finding, or with a new one. */
enum pb_rules_of { PB_RULES_ALL, PB_RULES_MARKED, PB_RULES_WAIVED, PB_RULES_NEW };
void pb_words_rules(const struct pb_report *report, struct pb_buffer *buffer, uint32_t certificate,
                    enum pb_rules_of of);
/* The item's detail, else its first error, else absent. Borrowed. */
struct pb_slice pb_find_reason(const struct pb_report *report, uint32_t index);
/* "uploaded", or "imported" for one of ACM. */
static inline const char *pb_words_upload_label(const struct pb_certificate *certificate)
{
    return certificate->origin == PB_ORIGIN_ACM ? "imported" : "uploaded";
}
/* When it came to the service and how far that is from the cutoff, or why that is not known. */
void pb_words_upload(struct pb_buffer *value, const struct pb_certificate *certificate,
                     struct pb_instant cutoff);
/* "RSA 2048", "EC P-256" */
void pb_words_key(struct pb_buffer *buffer, const struct pb_key_facts *key);
/* "FrontendSSL (account 111122223333, uploaded 2013-05-02, vulnerable)"; says also if it was
 * renamed or deleted, or is in ACM, in use, or known from the baseline alone. */
void pb_words_member(struct pb_buffer *buffer, const struct pb_inventory *inventory,
                     const struct pb_key_member *member);
void pb_words_message(struct pb_buffer *buffer, const struct pb_result *result,
                      const struct pb_finding *finding);
/* The same behind its account and certificate, which that of a former certificate names itself. */
void pb_words_finding(struct pb_buffer *buffer, const struct pb_result *result,
                      const struct pb_finding *finding);
/* "waived by OWNER until DATE: REASON" */
void pb_words_waiver(struct pb_buffer *buffer, const struct pb_waiver *waiver);
/* Where in its item: "12:3", "12", "#/a/b", or nothing. */
void pb_words_inside(struct pb_buffer *buffer, struct pb_place place);
/* "PASS", ... */
extern const char *const pb_conclusion_words[];
/* "PASS", or "FAIL (not counted: ...)" where a conclusion does not show in the exit status. */
void pb_words_outcome(struct pb_buffer *buffer, const struct pb_result *result);
/* "1 new, 2 unchanged, 0 resolved" */
void pb_words_baseline(struct pb_buffer *buffer, const struct pb_summary *summary);
/* "2 of 5 certificates were uploaded before the cutoff: ...": the one sentence to act on, with a
 * capital where it begins a line; then "Also: ..." if something is inconclusive besides a FAIL.
 * where says by what the findings are named: "above", "by -v" or "in this report". */
void pb_words_conclusion(struct pb_buffer *buffer, const struct pb_result *result,
                         const char *where);

/* Text in columns. It is printable and valid UTF-8. A code point counts one column, the usual East
 * Asian wide ranges and emoji two, the first two combining marks of the Latin and Cyrillic kind
 * none; other scripts' marks count one, so that a line may look shorter than it is counted, never
 * longer. */
size_t pb_text_width(struct pb_slice text);
/* Appends text that starts in column (from 0) of the current line, and goes on in column indent of
 * the next ones. Lines break at blanks, and pass columns only for a longer word, as a path is: it
 * can be copied. */
void pb_text_wrap(struct pb_buffer *buffer, struct pb_slice text, size_t column, size_t indent,
                  size_t columns);
/* Appends text; where it is wider than width (at least 5), three eighths of it from the start, an
 * ellipsis, and its end, which tells paths apart. */
void pb_text_shorten(struct pb_buffer *buffer, struct pb_slice text, size_t width);

/* Whether it has expired and nothing uses it: it needs no replacement. */
bool pb_remedy_is_deletion(const struct pb_certificate *certificate, struct pb_instant as_of);
/* Appends the commands that replace the certificate, or that delete an expired one that nothing
 * uses, or a comment that says why there are none: lines of printable text for a POSIX shell, each
 * ended by a line feed, to be copied as they are, however wide. */
void pb_remedy_append(struct pb_buffer *buffer, const struct pb_result *result,
                      const struct pb_certificate *certificate);

/* Write JSON. Names are our own, without characters that need an escape; NULL inside an array.
 * brackets: "[{" begins an array and an object in it, "}]" ends both. */
void pb_json_begin(struct pb_report *report, const char *name, const char *brackets);
void pb_json_end(struct pb_report *report, const char *brackets);
/* A string; null if text is absent or word is NULL. */
void pb_json_text(struct pb_report *report, const char *name, struct pb_slice text);
static inline void pb_json_word(struct pb_report *report, const char *name, const char *word)
{
    pb_json_text(report, name, pb_slice_from_string(word));
}
void pb_json_number(struct pb_report *report, const char *name, uint64_t number);
/* literal is JSON, appended as it is. */
void pb_json_literal(struct pb_report *report, const char *name, const char *literal);

typedef void pb_report_writer(struct pb_report *report);
pb_report_writer pb_report_write_text, pb_report_write_json, pb_report_write_ndjson,
    pb_report_write_csv, pb_report_write_junit, pb_report_write_sarif, pb_report_write_markdown,
    pb_report_write_html, pb_report_write_map, pb_report_write_waivers;

#endif
