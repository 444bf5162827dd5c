/* SPDX-License-Identifier: MIT */
/* This room's interface: finds the shape of a document and what it shows of server certificates,
 * and tests raw text and paths for whether they may be evidence. */
#ifndef PB_AWS_READ_H
#define PB_AWS_READ_H

#include "inventory/types.h"
#include "json/document.h"

/* What is known of the item besides its bytes. */
struct pb_aws_context {
    struct pb_slice path;           /* evidence path, raw bytes; borrowed during the call */
    bool is_named;                  /* given on the command line itself */
    bool is_rewritten;              /* lines are those of the item, columns are not */
    const struct pb_limits *limits; /* for documents inside strings; borrowed during the call */
    int cutoff_year;                /* later dates beside a mark make nothing vulnerable */
};

/* What a document, or text that is no JSON, says of server certificates; nothing: unrelated. */
struct pb_aws_reading {
    const char *shape;  /* the first that was recognised, a string literal; else NULL */
    const char *excuse; /* why its marks prove nothing, a literal too; NULL for none */
    bool is_recognised; /* something was added, or a note says why a known shape shows none */
    bool is_refused; /* it, or a part of it, looks like evidence, or should be evidence, and proves
                        nothing: a diagnostic of severity error says why and what would help */
    bool is_missed;  /* likewise: an error, or nothing, is where by the path an answer should be */
};

/* Adds to the batch what the document shows: observations (body and chain still as PEM text),
 * records, and diagnostics about odd values. Everything that survives is copied into the batch's
 * arena. Pointers are RFC 6901; lines are counted in the item's text. A document inside a JSON
 * string is read too, one level deep: its values' pointers are the string's, '#', and the pointer
 * inside the string, "/Events/0/CloudTrailEvent#/responseElements", and their line is the string's.
 * Fails only with PB_FAILED_MEMORY. Pure: the same document and context give the same additions. */
enum pb_status pb_aws_read(const struct pb_json_document *document,
                           const struct pb_aws_context *context, struct pb_batch *batch,
                           struct pb_aws_reading *reading);

/* The index-th name of a shape in shapes.txt, who prints it, and what it proves; NULL after the
 * last one. --list-shapes prints them in this order. */
const char *const *pb_shape_at(size_t index);
/* Explains text that is saved in the place of JSON: --output text, table, yaml, yaml-stream, CSV,
 * Python's repr, console.log output, plain PEM, and the AWS CLI's own error messages. Returns NULL
 * for any other text, else the sentence that helps, and *code, such as "text-output": literals. */
const char *pb_aws_explain_text(struct pb_slice text, const char **code);
/* It begins as an object or array of JSON does, and as no template. */
bool pb_begins_like_json(struct pb_slice text);
/* Adds a PB_RECORD_REFERENCE for each ARN or id of a server certificate in text that is no JSON: it
 * is recognised if there are any. Refused, without a diagnostic, is text that lists certificates,
 * which nobody reads (rows of a name and a date do so where the path has "cert"). Marks in policies
 * and AWS's own examples count as nothing. Fails only with PB_FAILED_MEMORY. */
enum pb_status pb_aws_read_text(struct pb_slice text, const struct pb_aws_context *context,
                                struct pb_batch *batch, struct pb_aws_reading *reading);
/* The text describes an interface in YAML, or has ids, and all its marks are the examples of AWS's
 * documentation. Unless has_rows, it must not have more rows with a date than half its marks. */
bool pb_aws_is_documentation(struct pb_slice text, bool has_rows);
/* Adds a PB_RECORD_FAILED_CALL for each error about server certificates in text that is no JSON,
 * and for an error that does not say of what a candidate: it counts beside an empty list. */
enum pb_status pb_aws_read_failed_calls(struct pb_slice text, struct pb_batch *batch);
/* The text of an error names another operation or service. */
bool pb_aws_is_other_error(struct pb_slice text);
/* Sets the entry's is_error and is_no_answer. */
void pb_aws_test_answer(struct pb_slice text, struct pb_entry *entry);
/* The size of the JavaScript before a report's JSON: ScoutSuite's begins with "scoutsuite_results
 * =" and a line's end. 0 for any other text. */
size_t pb_aws_prologue_size(struct pb_slice text);
/* True where the text holds one of the field names of a server certificate in any of the
 * spellings that producers use (ServerCertificateName, server_certificate_name, ...). */
bool pb_aws_has_field_names(struct pb_slice text);
/* The same for quoted words that begin with ServerCertificateName, -Id or -Metadata, which leaves
 * out the actions that policies name (iam:GetServerCertificate) and the variables of templates. */
bool pb_aws_has_metadata_names(struct pb_slice text);
/* True where the text holds "ServerCertificate" or "server-certificate" in base64. */
bool pb_aws_has_encoded_names(struct pb_slice text);
/* True where the text holds a server certificate's ARN or id: a damaged or refused document may be
 * a --query result under the user's own keys, or refer to a certificate. */
bool pb_aws_names_certificates(struct pb_slice text);
/* False only where pb_aws_read would find every document of the text unrelated that is neither
 * named nor at an expected path, and where nothing in it is PEM. Faster than parsing by far. */
bool pb_aws_may_be_evidence(struct pb_slice text);
/* Rewrites names, dates and paths in rows, as --output text and yaml print them for a --query, as
 * --output json does, with a line for a line: one text, an array of texts, or of rows; and the
 * text of get-caller-identity. False, with anything in *json, for any other text, and, unless the
 * context says that it is about certificates, for what looks like logs or lists of days. json:
 * empty, and released by the caller. */
bool pb_aws_rewrite_rows(struct pb_slice text, const struct pb_aws_context *context,
                         struct pb_buffer *json);
/* True where the text may be a string, an array of strings or of rows, rows alone, base64, a
 * process's exit status, or a client's error, or begins with an object that has a date up to
 * last_year. These hold no word of a certificate's; their folder may say that they are evidence. */
bool pb_aws_may_be_candidate(struct pb_slice text, int last_year);
/* The evidence path contains "servercert", ignoring case, '-' and '_'. */
bool pb_aws_is_expected_path(struct pb_slice path);
/* The name of the item, or of the folder right above it, says certificate and not ACM, and its
 * suffix is not that of a log or a key: an export may have been meant to stand there. */
bool pb_aws_is_certificate_path(struct pb_slice path);

#endif
