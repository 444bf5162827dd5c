/* SPDX-License-Identifier: MIT */
/* The types and functions that the files of this room share: fields, dates, the writer of batches,
 * values in their context, certificates, rows of shapes. Texts are borrowed from the document. */
#ifndef PB_AWS_CONTEXT_H
#define PB_AWS_CONTEXT_H

#include "aws/read.h"
#include "base/bytes.h"
#include "inventory/types.h"

/* Fields: fields.c */

/* Named after botocore's model of IAM 2010-05-08 where the field is the service's. */
enum pb_field {
    PB_FIELD_NONE,
    PB_FIELD_LIST,        /* ServerCertificateMetadataList */
    PB_FIELD_METADATA,    /* ServerCertificateMetadata */
    PB_FIELD_CERTIFICATE, /* ServerCertificate */
    PB_FIELD_NAME,        /* ServerCertificateName */
    PB_FIELD_ID,          /* ServerCertificateId */
    PB_FIELD_ARN,
    PB_FIELD_PATH,
    PB_FIELD_UPLOAD_DATE,
    PB_FIELD_EXPIRATION,
    PB_FIELD_BODY,  /* CertificateBody */
    PB_FIELD_CHAIN, /* CertificateChain */
    PB_FIELD_TAGS,
    PB_FIELD_ACCOUNT, /* Account, AccountId */
    PB_FIELD_IS_TRUNCATED,
    PB_FIELD_MARKER,
    PB_FIELD_NEXT_TOKEN,
    PB_FIELD_COUNT_OF_CERTIFICATES, /* SummaryMap's ServerCertificates */
    PB_FIELD_QUOTA_OF_CERTIFICATES, /* SummaryMap's ServerCertificatesQuota */
    PB_FIELD_USER_ID,
    PB_FIELD_RESOURCE_TYPE, /* AWS Config's, like the next five */
    PB_FIELD_RESOURCE_ID,
    PB_FIELD_RESOURCE_NAME,
    PB_FIELD_CONFIGURATION,
    PB_FIELD_ITEM_STATUS,  /* configurationItemStatus */
    PB_FIELD_CAPTURE_TIME, /* configurationItemCaptureTime */
    PB_FIELD_EVENT_NAME,   /* CloudTrail's, like the next eight */
    PB_FIELD_EVENT_SOURCE,
    PB_FIELD_EVENT_TIME,
    PB_FIELD_ERROR_CODE,
    PB_FIELD_REQUEST,   /* requestParameters */
    PB_FIELD_RESPONSE,  /* responseElements */
    PB_FIELD_RECIPIENT, /* recipientAccountId */
    PB_FIELD_USER_IDENTITY,
    PB_FIELD_CLOUDTRAIL_EVENT, /* the record as a string, in lookup-events */
    PB_FIELD_UID,              /* OCSF: a resource's ARN */
    PB_FIELD_COUNT,            /* of the values above */
};

/* The field that a key names, whatever its case and with or without '_' or '-' between its words:
 * UploadDate, uploadDate, upload_date, UPLOAD_DATE. */
enum pb_field pb_field_of(struct pb_slice key);

/* The field that a text looks like but for outer blanks: a PEM certificate (PB_FIELD_BODY), a
 * server certificate's ARN, a date (PB_FIELD_UPLOAD_DATE), a path, an id or a name. */
enum pb_field pb_field_of_text(struct pb_slice text);

static inline bool pb_is_account(struct pb_slice text)
{
    return text.size_bytes == PB_ACCOUNT_BYTES && pb_skip(text, 0, PB_DIGITS) == PB_ACCOUNT_BYTES;
}

#define PB_LONGEST_NAME_BYTES 128
#define PB_SHORTEST_ID_BYTES 16
#define PB_LONGEST_ID_BYTES 34
/* [\w+=,.@-]{1,128}, as the API reference has it. */
bool pb_is_certificate_name(struct pb_slice text);
/* A word in the place of a name in code and documentation. */
bool pb_is_stand_in(struct pb_slice name);
/* All ids of server certificates begin so. */
#define PB_ID_PREFIX "ASCA"

/* An object's members by field, borrowed from it; of two spellings the first that is not null. */
struct pb_fields {
    const struct pb_json *values[PB_FIELD_COUNT];
};

/* Leaves all fields absent for anything but an object. */
void pb_fields_read(const struct pb_json *object, struct pb_fields *fields);
/* The object has the field, which may be null. */
static inline bool pb_fields_has(const struct pb_fields *fields, enum pb_field field)
{
    return fields->values[field] != NULL;
}

/* The value's string, a field's, or the one that pb_json_find finds; absent where it is none. */
static inline struct pb_slice pb_text_of(const struct pb_json *value)
{
    struct pb_slice text = PB_SLICE_ABSENT;
    pb_json_string(value, &text);
    return text;
}

/* pb_field_of_text for a value: PB_FIELD_NONE unless it is a string. */
static inline enum pb_field pb_field_of_value(const struct pb_json *value)
{
    return pb_field_of_text(pb_text_of(value));
}

static inline struct pb_slice pb_fields_text(const struct pb_fields *fields, enum pb_field field)
{
    return pb_text_of(fields->values[field]);
}

static inline struct pb_slice pb_find_text(const struct pb_json *object, const char *keys)
{
    return pb_text_of(pb_json_find(object, keys));
}

/* The value is an intrinsic function of CloudFormation, {"Ref": ...} or {"Fn::Sub": ...}. */
bool pb_is_function(const struct pb_json *value);

/* The object has a server certificate's name, id or ARN among its own members. */
bool pb_fields_are_metadata(const struct pb_fields *fields);
/* The object is an item of AWS Config about a server certificate. */
bool pb_is_config_item(const struct pb_json *object, const struct pb_fields *fields);
/* Name, id or date of upload: a field that only server certificates have. */
static inline bool pb_is_own_field(enum pb_field field)
{
    return field == PB_FIELD_NAME || field == PB_FIELD_ID || field == PB_FIELD_UPLOAD_DATE;
}

/* Comparisons with literals, whose length is a constant inline: every row compares keys of every
 * value. The key is the word; the text has it, begins or ends with it, or is it in any case. */
static inline bool pb_is_key(struct pb_slice key, const char *word)
{
    return pb_slice_equals(key, pb_slice_from_string(word));
}

static inline bool pb_text_has(struct pb_slice text, const char *word)
{
    return pb_slice_find(text, pb_slice_from_string(word), 0) != SIZE_MAX;
}

/* Finds the word from *at on: *at becomes its offset, SIZE_MAX where there is none. */
static inline bool pb_find_next(struct pb_slice text, const char *word, size_t *at)
{
    *at = pb_slice_find(text, pb_slice_from_string(word), *at);
    return *at != SIZE_MAX;
}

static inline bool pb_begins(struct pb_slice text, const char *word)
{
    return pb_slice_starts_with(text, pb_slice_from_string(word));
}

static inline bool pb_ends(struct pb_slice text, const char *word)
{
    return pb_slice_ends_with(text, pb_slice_from_string(word));
}

static inline bool pb_is_word(struct pb_slice text, const char *word)
{
    return pb_slice_equals_ignoring_case(text, pb_slice_from_string(word));
}

#define PB_WORD_BYTES PB_LETTERS PB_DIGITS "_-"
/* The offset of the first byte, from `at` on, that is one of these; the size where none is. */
static inline size_t pb_find_any(struct pb_slice text, size_t at, const char *bytes)
{
    while (at < text.size_bytes && (text.data[at] == '\0' || strchr(bytes, text.data[at]) == NULL))
        at++;
    return at;
}

/* Takes the next word between separators off the text; empty where none is left. */
static inline struct pb_slice pb_take_part(struct pb_slice *text, const char *separators)
{
    size_t begin = pb_skip(*text, 0, separators), end = pb_find_any(*text, begin, separators);
    struct pb_slice part = pb_slice_from(pb_slice_first(*text, end), begin);
    *text = pb_slice_from(*text, end);
    return part;
}

/* Dates: dates.c */

/* Reads a date's text, with white space around it: RFC 3339, also with a blank for the T, without a
 * colon in the offset, without a zone or a time, with " UTC"; the words of a date in English in any
 * order, as RFC 1123, Java, Gson and CloudTrail print them; and .NET's "/Date(1367488800000)/". An
 * empty text and .NET's 0001-01-01T00:00:00 are absent. A spelling is borrowed from the text. */
struct pb_date pb_date_from_text(struct pb_slice text);
/* The first second of 2006, when AWS began: smaller numbers are rates and sizes. */
#define PB_EARLIEST_SECOND 1136073600
/* Reads a JSON value: a text as above; a number of seconds since 1970, or of milliseconds from 1e11
 * on; PowerShell's {"value": "/Date(...)/"}; placebo's {"__class__": "datetime", ...}. Numbers
 * outside of 2006 to 9999 and other types are unparseable, the latter without a spelling; other
 * spellings are copied into the arena. False without memory. */
bool pb_date_from_json(const struct pb_json *value, struct pb_arena *arena, struct pb_date *date);
/* Longer strings beside a mark are not taken for dates. */
#define PB_LONGEST_DATE_BYTES 48
/* The text has a date from 2006 to the end of last_year in it, in any notation. */
bool pb_text_has_date(struct pb_slice text, int last_year);
/* The value is a short text with such a date, or a number that can be one. */
bool pb_json_has_date(const struct pb_json *value, int last_year);

/* A value and its surroundings. Pointers are valid while it is visited. */
struct pb_node {
    const struct pb_json *value;
    enum pb_json_type type;
    const struct pb_fields *fields;    /* the value's own, all absent unless it is an object */
    struct pb_slice key_text;          /* its key in the parent; absent in arrays */
    enum pb_field key;                 /* the field that the key names */
    const struct pb_json *certificate; /* the value if it is one, an array's first; NULL for none */
    const struct pb_json *parent;      /* NULL at the root */
    const struct pb_fields *parent_fields; /* all absent unless the parent is an object */
    size_t depth;                          /* 0 at the root */
    bool is_suggested; /* the caller's or the path's word is that this is about certificates */
    bool is_cut;       /* an object farther out than the parent has a NextToken */
};

/* Writer of batches: batch_writer.c */

/* An observation before pb_writer_add copies it into the batch. Zero-initialise. PEM texts may be
 * borrowed from the document; all other texts are in the batch's arena. */
struct pb_draft {
    struct pb_observation seen;
    struct pb_particulars particulars;
    struct pb_bodies bodies;
};

struct pb_place {
    struct pb_slice pointer; /* in the batch's arena */
    uint32_t line, column;   /* the column is 0 where it is not known */
    size_t offset_bytes;
};

/* One document being read: the current place, and what was added to the batch. Like a pb_buffer it
 * remembers a failure: after one, has_failed stays set and nothing more is added. */
struct pb_writer {
    const struct pb_json_document *document; /* borrowed, like context and batch; NULL: in a text */
    const struct pb_aws_context *context;
    struct pb_batch *batch;
    struct pb_vector path;   /* of struct pb_json_member: from the root to the value being read */
    uint32_t line;           /* the current one, without a document; 0 for none */
    struct pb_slice account; /* named by the nearest container of the document; absent for none */
    const char *shape;       /* the name of the row that reads it */
    uint32_t record;         /* that observations are added to; PB_NO_RECORD for none */
    struct pb_record spare;  /* stands for one that memory is missing for */
    const char *recognised;  /* the first shape that added something, NULL for none */
    bool has_failed;
    bool is_expected;    /* the caller or the path says that this is about certificates */
    bool is_refused;     /* a diagnostic of severity error says why */
    bool is_cut_inside;  /* and it is about JSON in a string, which is damaged or cut */
    bool is_recognised;  /* a shape was found that has nothing to add and needs no error */
    bool is_claimed;     /* a row claimed a value, whether it added something or not */
    bool is_embedded;    /* the value stands in a document inside a string */
    bool is_overfull;    /* the document has more certificates than a ceiling allows */
    bool is_lookalike;   /* something looks like certificates, and nothing says that it is */
    bool is_missed;      /* an error, or nothing, is in the place of an answer */
    size_t failed_calls; /* how many records of these */
    size_t first_observation, first_record; /* what the batch held before */
    struct pb_json_place place;             /* of what was added last, */
    struct pb_buffer pointer;               /* and its pointer */
    struct pb_vector remarks;               /* of struct remark: how many of each code */
    struct pb_vector taken; /* of const struct pb_json *, retained: values that a reader used */
    struct pb_left_over {
        size_t count;
        bool is_reported; /* diagnostics are at the first of them from now on */
        struct pb_place first;
    } left_over;        /* marks that no reader used */
    const char *excuse; /* why marks of this document prove nothing; NULL for none */
    size_t references;  /* records of these from marks */
    /* read.c's, for marks.c at the current place: show reads a node by the row that claims it, and
     * returns whether one does; open reads the documents of a text. */
    bool (*show)(struct pb_writer *out, const struct pb_node *node);
    void (*open)(struct pb_writer *out, struct pb_slice text);
};

/* Appends to the remarks how many were only counted, and frees what the writer owns. Fails, with
 * PB_FAILED_MEMORY, where something before did. */
enum pb_status pb_writer_close(struct pb_writer *out);
/* Retains the value: a reader used it, so that no mark of its own is left over. NULL is ignored. */
static inline void pb_writer_take(struct pb_writer *out, const struct pb_json *value)
{
    if (value != NULL && pb_vector_append(&out->taken, &value, sizeof value))
        pb_json_retain(value);
    else
        out->has_failed |= value != NULL;
}

/* Releases those with an index of at least first in taken. */
void pb_writer_forget_taken(struct pb_writer *out, size_t first);
/* Something was added, or is_recognised is set. */
static inline bool pb_writer_has_added(const struct pb_writer *out)
{
    return out->is_recognised || out->batch->observations.count > out->first_observation ||
           out->batch->records.count > out->first_record + out->failed_calls;
}

/* A copy in the batch's arena; absent for what is absent and without memory. */
static inline struct pb_slice pb_writer_copy(struct pb_writer *out, struct pb_slice text)
{
    return pb_arena_copy(&out->batch->arena, text);
}

static inline void pb_writer_enter(struct pb_writer *out, const struct pb_json_member *member)
{
    out->has_failed |= !pb_vector_append(&out->path, member, sizeof *member);
}

struct pb_place pb_writer_place(struct pb_writer *out);
/* Adds a record at the current place, of the row's shape; observations belong to it from now on.
 * Never NULL; valid until the next one is added. */
struct pb_record *pb_writer_add_record(struct pb_writer *out, enum pb_record_kind kind);
/* Adds a PB_RECORD_REFERENCE; observations do not belong to it. */
struct pb_record *pb_writer_add_reference(struct pb_writer *out, struct pb_slice target);

/* A record with the page that IsTruncated, Marker and any NextToken around the node make it. */
struct pb_record *pb_writer_add_page(struct pb_writer *out, enum pb_record_kind kind,
                                     const struct pb_node *node);
/* No record is current. If it is the last, and has no observations, which its kind should have, it
 * is taken back. */
void pb_writer_end_record(struct pb_writer *out);
/* Adds the draft as an observation at the current place. A skeleton is refused instead; beyond the
 * ceiling the document becomes overfull. */
void pb_writer_add(struct pb_writer *out, const struct pb_draft *draft);
/* A diagnostic at the current place; only counted after the 20th of its code in the document. */
PB_PRINTF(4, 5)
void pb_writer_remark(struct pb_writer *out, enum pb_severity severity, const char *code,
                      const char *format, ...);
/* The same for a value that is of another type than expected, "a string". */
static inline void pb_writer_remark_type(struct pb_writer *out, const struct pb_json *value,
                                         const char *wanted)
{
    pb_writer_remark(out, PB_SEVERITY_ERROR, "wrong-type", "this is %s; expected %s",
                     pb_json_type_name(pb_json_type(value)), wanted);
}

/* A diagnostic of severity error at the current place, always added; sets is_refused. */
PB_PRINTF(3, 4)
void pb_writer_refuse(struct pb_writer *out, const char *code, const char *format, ...);

/* Iterates over the elements of an array or members of an object, in the document's order, with the
 * writer's place at each:
 *     for (struct pb_child child = pb_children(out, value); pb_next_child(&child);) ...
 * Do not leave the loop by break or return: the end of it restores the place. Ends early where the
 * writer has failed, and in arrays where the document is overfull. */
struct pb_child {
    struct pb_slice key; /* absent in arrays */
    enum pb_field field; /* that the key names */
    const struct pb_json *value;
    struct pb_json_member member; /* of the container */
    size_t most; /* elements; beyond them the document becomes overfull. SIZE_MAX at first */
    struct pb_writer *out; /* private from here on */
    bool is_alone;
    const struct pb_json *container;
    size_t depth; /* of the container: in the writer's path */
};
struct pb_child pb_children(struct pb_writer *out, const struct pb_json *container);
/* The same for the elements of an array; any other value is iterated over itself, once. */
static inline struct pb_child pb_rows(struct pb_writer *out, const struct pb_json *value)
{
    struct pb_child rows = pb_children(out, value);
    rows.is_alone = pb_json_type(value) != PB_JSON_ARRAY;
    return rows;
}

bool pb_next_child(struct pb_child *child);

/* Values in their context: read.c */

/* The account that the object's key (twelve digits) or its fields name, else the known one. */
struct pb_slice pb_account_at(struct pb_slice key, const struct pb_fields *fields,
                              struct pb_slice known);
static inline bool pb_is_container(const struct pb_json *value)
{
    return pb_json_type(value) >= PB_JSON_ARRAY;
}

static inline bool pb_is_empty(const struct pb_json *value)
{
    bool may_be = pb_json_type(value) == PB_JSON_NULL || pb_json_type(value) >= PB_JSON_STRING;
    return may_be && pb_json_count(value) + pb_slice_trim(pb_text_of(value)).size_bytes == 0;
}

/* Documents inside a JSON string, as AWS Config and lookup-events print them. */

/* Reads an object; while it is one inside a string the pointer has '#' after the string's. */
typedef void pb_embedded_reader(struct pb_writer *out, const struct pb_json *root,
                                struct pb_draft *draft);
/* Calls the reader with the object, or with the first document of a string that begins like JSON.
 * Returns false for other values, and for strings of a document that is inside a string itself. */
bool pb_read_inside(struct pb_writer *out, const struct pb_json *value, pb_embedded_reader *read,
                    struct pb_draft *draft);

/* Certificates: certificate.c */

/* Reads {ServerCertificateMetadata: {...}, CertificateBody: ...} or a flat object into the draft,
 * in any letter case and by the row's keys, with remarks on odd values. */
void pb_certificate_read(struct pb_writer *out, const struct pb_json *object,
                         struct pb_draft *draft);
static inline void pb_certificate_add(struct pb_writer *out, const struct pb_json *object)
{
    struct pb_draft draft = {0};
    pb_certificate_read(out, object, &draft);
    pb_writer_add(out, &draft);
}

/* Adds each element of an array, in the envelope ServerCertificate or without. is_list: it holds
 * nothing but certificates, so another element gets an error; else a note, if it is something. */
void pb_certificates_add(struct pb_writer *out, const struct pb_json *array, bool is_list);
/* The object names a user as its owner, as SSH and signing keys do, which have some fields too. */
static inline bool pb_certificate_is_owned(const struct pb_json *object)
{
    return pb_json_find(object, "UserName|userName|user_name") != NULL;
}

/* Single values. Each ignores an absent or null value, and remarks on a wrong type. */
void pb_read_text(struct pb_writer *out, const struct pb_json *value, struct pb_slice *text);
void pb_read_name(struct pb_writer *out, const struct pb_json *value, struct pb_slice *name);
void pb_read_date(struct pb_writer *out, const struct pb_json *value, struct pb_date *date);
/* Reads [{Key, Value}] or {key: value}, unless *tags has some already. With a prefix only members
 * whose keys begin with it are tags, without it, but not it and "%". No tags change nothing. */
void pb_read_tags(struct pb_writer *out, const struct pb_json *value, struct pb_slice prefix,
                  const struct pb_tag **tags, size_t *count);
/* Reads the value into the draft if the field is one of a certificate's. */
void pb_read_field(struct pb_writer *out, enum pb_field field, const struct pb_json *value,
                   struct pb_draft *draft);

/* Marks of server certificates in texts: prefilter.c */

/* A server certificate's id, or its ARN with a name and no wildcard, perhaps quoted as in a URL. */
struct pb_mark {
    struct pb_slice text; /* decoded: in room, or in the text */
    size_t begin, end;    /* in the text */
    bool is_id;
    char room[800];
};
/* Finds the text's next mark, ARNs before ids; at first *mark is zero-initialised. Returns false
 * after the last. */
bool pb_mark_next(struct pb_slice text, struct pb_mark *mark);
/* The byte at *at of a text that may be quoted as in a URL (RFC 3986 section 2.1), JSON, HTML or
 * mail, which is not its end; *at moves past it. NUL for a break in a word, of several bytes. */
char pb_unquote_byte(struct pb_slice text, size_t *at);
/* The bytes that a quoted byte or the end of a line begins with. */
extern const char pb_escape_bytes[];
/* The text has actions and, as a key in any notation, "Effect" with "Allow" or "Deny" after it, or
 * they are of IAM and quoted, as programs and HCL have them without it. */
bool pb_is_policy(struct pb_slice text);
/* A word of the text is "cert" or "certificate...", not "concerts", "certification", "certbot". */
bool pb_says_certificate(struct pb_slice text);
/* The path does, and neither the file's name nor its folder's names another service or kind. */
bool pb_is_path_about(struct pb_slice path);
/* The key is the name of another service with certificates. */
bool pb_is_other_service(struct pb_slice key);

/* Text that is no JSON: text_marks.c, not_json.c */

/* The line is a sentence: it has five words in lower case, and no commas between cells. */
bool pb_is_prose(struct pb_slice line);
/* A command is behind a prompt: "bob@host:~$ aws iam ...", "Run aws iam ...". */
bool pb_is_command(struct pb_slice line);
bool pb_is_example(struct pb_slice mark);
bool pb_text_is_listing(struct pb_slice text, int cutoff_year);
/* The line of a policy's text is of its resources: it has the key, or is an element below it.
 * Lines are given in order; *is_below is false before the first. */
static inline bool pb_is_of_policy(struct pb_slice line, bool *is_below)
{
    line = pb_slice_trim(line);
    if (!pb_begins(pb_slice_from(line, pb_skip(line, 0, "- \"'")), "arn"))
        *is_below = pb_contains_any(line, "resource");
    return *is_below;
}

bool pb_may_tell_failure(struct pb_slice text);
/* Every cell of the line that is not empty looks like a field's value, or is a field's name. */
bool pb_is_row(struct pb_slice line, char separator);

/* Errors and other documents in the place of an answer: failed_calls.c */

/* After pb_marks_account: refuses what should be evidence and is none, and marks left over. */
void pb_marks_refuse(struct pb_writer *out);

/* An error in an answer's place, or around one. Texts are borrowed. */
struct pb_failed_call {
    struct pb_slice code, operation;
    struct pb_slice account; /* that the error's ARN names; absent if it has none */
    size_t end;              /* in a text: from there on it may have others */
};

/* The value is the error of a failed call about server certificates. With an absent key only a
 * string that names the call is; otherwise the key says what was called for. */
bool pb_failed_call_read(struct pb_slice key, const struct pb_json *value,
                         struct pb_failed_call *call);
/* A member says that a call failed or was not whole, and no text names another operation. */
bool pb_failure_find(const struct pb_json *object, struct pb_failed_call *call);
/* The code, or a text in the object, names another operation, and no text in it names ours. */
bool pb_is_of_other_call(const struct pb_json *object, struct pb_slice code);
/* The text under the key is a command, or the name of an operation, that is ours. */
bool pb_names_call(struct pb_slice key, struct pb_slice text);
/* The object's first member that names an account or profile; without a value if none does.
 * is_alone: it must have no containers but empty ones, and no name of another operation. */
struct pb_json_member pb_profile_find(const struct pb_json *object, bool is_alone);
/* How many certificates there are in all, as the object around a list says; 0 if it does not. */
size_t pb_count_find(const struct pb_json *object);
/* The only container in the object but errors and what is said of the response, else NULL. */
const struct pb_json *pb_only_container(const struct pb_json *object);
/* Words of error codes that say that the certificate exists: it is in use, or has the name. */
extern const char pb_proving_codes[];
/* Adds a PB_RECORD_FAILED_CALL at the current place, and an error diagnostic; without a code a
 * PB_RECORD_ACCOUNT. account: the place's, for errors that name none; may be absent. */
void pb_failed_call_add(struct pb_writer *out, struct pb_failed_call call, struct pb_slice account);

/* Marks that no reader used: marks.c */

extern const char pb_reference_shape[];

/* Accounts for the marks of a document at the current place: each was taken, or is read now, or
 * becomes a reference, or is excused, or is left over. Time is linear in the document's size. */
void pb_marks_account(struct pb_writer *out, const struct pb_json *root);

/* How strong a match is, ascending. The strongest row reads the value, of equal ones the first. */
enum pb_claim {
    PB_CLAIM_LOOK,      /* values that look right, where path or caller say what they are */
    PB_CLAIM_PEM,       /* a PEM text under another service's key */
    PB_CLAIM_VALUES,    /* the user's own keys in a --query, with values of certificates */
    PB_CLAIM_FIELDS,    /* the service's own names of fields */
    PB_CLAIM_RESOURCE,  /* a server certificate's ARN under another tool's key */
    PB_CLAIM_MARKED,    /* the service's names beside a member that only one tool adds */
    PB_CLAIM_COMPANION, /* the service's names of another operation's answer */
    PB_CLAIM_TYPED,     /* an object whose type is that of a server certificate */
    PB_CLAIM_EVENT,     /* the record of an API call */
    PB_CLAIM_METADATA,  /* an object that holds ServerCertificateMetadata */
    PB_CLAIM_LIST,      /* the value of ServerCertificateMetadataList */
    PB_CLAIM_ENVELOPE,  /* the value of a key that only one producer has around answers */
};

/* A row of the table of document shapes, recognised by content and never by order. */
struct pb_shape {
    const char *name; /* "iam.list-server-certificates", as in shapes.txt */
    enum pb_claim claim;
    const char *keys;    /* the value is under one of these ("primary|deposed"); NULL for any */
    const char *members; /* the node's certificate has one of these; NULL: it need not */
    const char *beside;  /* its parent has one of these, too; NULL: it need not */
    bool (*matches)(const struct pb_node *node); /* pure and cheap; NULL: all do */
    /* Adds what the value shows; the writer's place is the value's. */
    void (*read)(struct pb_writer *out, const struct pb_node *node);
    /* The values inside are visited too; else read takes all of them. */
    bool visits_inside;
    /* What other rows read inside the value has this row's name as its shape. */
    bool is_envelope;
};

/* Rows of shapes by producers. The last of each table has a NULL name. */
extern const struct pb_shape pb_iam_shapes[], pb_query_shapes[], pb_tool_shapes[],
    pb_history_shapes[], pb_service_shapes[];
/* The node may be what --query printed: the root, or the only container among the few members of
 * the root, {List: [...], IsTruncated: true}. */
bool pb_is_query_result(const struct pb_node *node);
enum pb_topic { PB_TOPIC_OTHER, PB_TOPIC_UNKNOWN, PB_TOPIC_TYPED, PB_TOPIC_LIKELY, PB_TOPIC_IAM };
/* The container looks like people's own list of certificates with dates up to the year: nothing but
 * names with a date, or a map from names to dates; of server certificates any date, or names in an
 * array or in an object that is an array's element. */
bool pb_looks_like_certificates(const struct pb_json *container, enum pb_topic topic,
                                bool is_element, int last_year);
#define PB_LONGEST_PLAIN_KEY_BYTES 40
/* The key in lower case without '_', '-' and blanks, in the room; empty where it is longer. */
struct pb_slice pb_plain_key(struct pb_slice key, char room[PB_LONGEST_PLAIN_KEY_BYTES]);
/* Keys of dates that are no uploads': words for pb_contains_any. */
extern const char pb_other_dates[];
/* A key of other things with a name or date of upload (SSH keys, files, functions), or of things
 * that refer to a certificate (listeners, tagged resources). */
bool pb_is_foreign_key(struct pb_slice key);
/* The object is a domain's of API Gateway, which has a date of its certificate's upload. */
static inline bool pb_is_of_domain(const struct pb_json *object)
{
    return pb_json_find(object, "domainName|DomainName|domain_name|ApiGatewayDomainName") != NULL &&
           pb_json_find(object, "certificateUploadDate|CertificateUploadDate|"
                                "certificate_upload_date") != NULL;
}

/* The last component of an evidence path without a compression's and a text's suffix. */
struct pb_slice pb_stem_of(struct pb_slice path);

#endif
