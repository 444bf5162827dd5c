/* SPDX-License-Identifier: MIT */
/* From a certificate's DER to its facts, field by field: names and keys of the ordinary kind
 * without OpenSSL's decoders, which would take ten times as long as all the rest. */
#include "x509/der.h"

#include <openssl/crypto.h>
#include <openssl/rsa.h>

/* One certificate on its way from bytes to facts. */
struct reading {
    struct pb_x509_cache *cache;
    struct pb_arena *arena;
    struct pb_slice der;
    struct pb_certificate_parts parts;
    struct pb_x509_facts *facts;
    const char *flaw; /* the first reason to refuse the certificate; NULL: none */
    bool is_unusual;  /* OpenSSL has to say whether the parts that no fact comes from are right */
};

/* Reads no openssl.cnf, so that evidence is judged the same on every machine. Asks for the default
 * context, because OpenSSL 3.0 follows a null pointer later where it could not allocate that. */
enum pb_status pb_x509_prepare(void)
{
    bool is_started = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 &&
                      OSSL_LIB_CTX_get0_global_default() != NULL;
    return is_started ? PB_OK : PB_FAILED_MEMORY;
}

void pb_x509_prepare_threads(void)
{
    static const unsigned char rsa_pss[] = "\x30\x18\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01"
                                           "\x01\x0A\x03\x09\x00\x30\x06\x02\x01\x21\x02\x01\x03";
    EVP_PKEY_free(d2i_PUBKEY(NULL, &(const unsigned char *){rsa_pss}, sizeof rsa_pss - 1));
    pb_openssl_take_errors(NULL);
}

static void refuse(struct reading *reading, unsigned unread, const char *flaw)
{
    reading->facts->unread |= unread;
    if (reading->flaw == NULL)
        reading->flaw = flaw;
}

static void refuse_undecoded(struct reading *reading, unsigned unread)
{
    refuse(reading, unread, "not a certificate");
    pb_openssl_take_errors(&reading->arena->has_failed);
}

static void split(struct reading *reading)
{
    struct pb_certificate_parts *parts = &reading->parts;
    struct pb_slice rest = reading->der, contents, bits;

    bool is_too_large = rest.size_bytes > PB_MOST_CERTIFICATE_BYTES;
    if (is_too_large || !pb_certificate_split(&rest, parts)) {
        reading->flaw =
            is_too_large ? "larger than 1 MiB (IAM accepts 16 KiB)" : "not a certificate";
        reading->facts = NULL;
        return;
    }
    pb_sha256(parts->whole, reading->facts->sha256);
    pb_sha1(parts->whole, reading->facts->sha1);
    if (rest.size_bytes > 0)
        refuse(reading, 0, "bytes follow the certificate");
    bits = parts->outer.bits;
    reading->is_unusual = (!pb_slice_is_absent(parts->version) &&
                           !pb_slice_equals(parts->version, PB_SLICE("\xA0\x03\x02\x01\x02"))) ||
                          !pb_der_take(&bits, V_ASN1_BIT_STRING, &contents) ||
                          contents.size_bytes < 1 || contents.data[0] != 0;
}

/* RFC 4055, section 3.1: the digest of RSA-PSS is SHA-1 where the parameters name none. */
static struct pb_slice read_pss_digest(const ASN1_STRING *parameters, bool *has_failed)
{
    RSA_PSS_PARAMS *decoded = ASN1_item_unpack(parameters, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
    const ASN1_OBJECT *object;
    int nid = NID_sha1;

    if (decoded == NULL) {
        pb_openssl_take_errors(has_failed);
        return PB_SLICE_ABSENT;
    }
    if (decoded->hashAlgorithm != NULL) {
        X509_ALGOR_get0(&object, NULL, NULL, decoded->hashAlgorithm);
        nid = OBJ_obj2nid(object);
    }
    RSA_PSS_PARAMS_free(decoded);
    return nid == NID_undef ? PB_SLICE_ABSENT : pb_slice_from_string(OBJ_nid2sn(nid));
}

static void read_algorithm(struct reading *reading)
{
    const struct pb_signed *outer = &reading->parts.outer;
    struct pb_x509_facts *facts = reading->facts;
    const ASN1_OBJECT *object;
    const void *parameters;
    int type;

    X509_ALGOR *algorithm = pb_der_decode(outer->algorithm, ASN1_ITEM_rptr(X509_ALGOR));
    reading->is_unusual |= !pb_slice_equals(outer->algorithm, outer->inner_algorithm);
    if (algorithm == NULL) {
        refuse_undecoded(reading, PB_X509_SIGNATURE_ALGORITHM);
        return;
    }
    X509_ALGOR_get0(&object, &type, &parameters, algorithm);
    facts->signature_algorithm = pb_object_text(object, false, reading->arena);
    if (OBJ_obj2nid(object) == NID_rsassaPss && type == V_ASN1_SEQUENCE)
        facts->signature_digest = read_pss_digest(parameters, &reading->arena->has_failed);
    X509_ALGOR_free(algorithm);
}

static void read_key(struct reading *reading)
{
    struct pb_key_facts *key = &reading->facts->key;
    if (!pb_key_facts_read(reading->cache, reading->parts.public_key, reading->arena, key))
        refuse_undecoded(reading, PB_X509_KEY);
    else if (key->bits == 0 && pb_is_any(key->algorithm, "RSA|RSA-PSS|EC|DSA"))
        reading->facts->unread |= PB_X509_KEY;
}

static void read_names(struct reading *reading)
{
    struct pb_x509_facts *facts = reading->facts;
    facts->subject = pb_name_read(reading->parts.subject, reading->arena);
    facts->issuer = pb_name_read(reading->parts.issuer, reading->arena);
    if (pb_slice_is_absent(facts->subject))
        refuse(reading, PB_X509_SUBJECT, "the subject cannot be read");
    if (pb_slice_is_absent(facts->issuer))
        refuse(reading, PB_X509_ISSUER, "the issuer cannot be read");
}

static void read_serial(struct reading *reading)
{
    ASN1_INTEGER *serial = pb_der_decode(reading->parts.serial, ASN1_ITEM_rptr(ASN1_INTEGER));

    if (serial == NULL) {
        refuse_undecoded(reading, PB_X509_SERIAL);
        return;
    }
    size_t size = (size_t)ASN1_STRING_length(serial);
    bool is_negative = (ASN1_STRING_type(serial) & V_ASN1_NEG) != 0;
    char *text = pb_arena_allocate(reading->arena, size * 2 + 2);
    if (text != NULL) {
        text[0] = '-';
        OPENSSL_buf2hexstr_ex(text + is_negative, size * 2 + 1, NULL, ASN1_STRING_get0_data(serial),
                              size, '\0');
        reading->facts->serial = (struct pb_slice){text, is_negative + size * 2};
    }
    ASN1_INTEGER_free(serial);
}

/* RFC 5280, section 4.1.2.5. A time that is not known excludes nothing. */
static void read_validity(struct reading *reading)
{
    struct pb_x509_facts *facts = reading->facts;
    X509_VAL *validity = pb_der_decode(reading->parts.validity, ASN1_ITEM_rptr(X509_VAL));

    facts->not_before = (struct pb_instant){INT64_C(-62135596800), 0};
    facts->not_after = (struct pb_instant){INT64_C(253402300799), 0};
    if (validity == NULL) {
        refuse_undecoded(reading, PB_X509_NOT_BEFORE | PB_X509_NOT_AFTER);
        return;
    }
    if (!pb_asn1_time_read(validity->notBefore, &facts->not_before))
        refuse(reading, PB_X509_NOT_BEFORE, "notBefore is not a time");
    if (!pb_asn1_time_read(validity->notAfter, &facts->not_after))
        refuse(reading, PB_X509_NOT_AFTER, "notAfter is not a time");
    X509_VAL_free(validity);
}

static const struct {
    struct pb_slice object;
    int nid;
    enum pb_x509_field field;
    ASN1_ITEM_EXP *item;
} wanted[] = {
    {PB_BYTES("\x55\x1D\x13"), NID_basic_constraints, PB_X509_CONSTRAINTS,
     ASN1_ITEM_ref(BASIC_CONSTRAINTS)},
    {PB_BYTES("\x55\x1D\x11"), NID_subject_alt_name, PB_X509_ALTERNATIVE_NAMES,
     ASN1_ITEM_ref(GENERAL_NAMES)},
};
enum { WANTED = sizeof wanted / sizeof wanted[0] };

/* X.690, section 8.19.2: no subidentifier begins with 0x80, and the last one ends. */
static bool is_object(struct pb_slice contents)
{
    bool is_start = true;

    for (size_t i = 0; i < contents.size_bytes; i++) {
        unsigned char byte = (unsigned char)contents.data[i];
        if (is_start && byte == 0x80)
            return false;
        is_start = byte < 0x80;
    }
    return contents.size_bytes > 0 && is_start;
}

/* X.690, section 11.5: FALSE, which is the default, is left out; section 11.1: TRUE is 0xFF. */
static bool take_extension(struct pb_slice *list, struct pb_slice *object, struct pb_slice *value)
{
    struct pb_slice extension, critical = PB_SLICE("\xFF");
    return pb_der_take(list, PB_DER_SEQUENCE, &extension) &&
           pb_der_take(&extension, V_ASN1_OBJECT, object) && is_object(*object) &&
           (pb_der_next_tag(extension) != V_ASN1_BOOLEAN ||
            pb_der_take(&extension, V_ASN1_BOOLEAN, &critical)) &&
           pb_slice_equals(critical, PB_SLICE("\xFF")) &&
           pb_der_take(&extension, V_ASN1_OCTET_STRING, value) && extension.size_bytes == 0;
}

/* values: of the wanted ones, absent before and for those that are not there. False where they are
 * not strict DER, or one of the wanted stands twice (RFC 5280, section 4.2). */
static bool find_extensions(struct pb_slice rest, struct pb_slice values[WANTED])
{
    struct pb_slice explicit, list, object, value;

    if (rest.size_bytes == 0)
        return true;
    if (!pb_der_take(&rest, 0xA3, &explicit) || rest.size_bytes > 0 || /* [3] */
        !pb_der_take(&explicit, PB_DER_SEQUENCE, &list) || explicit.size_bytes > 0)
        return false;
    while (list.size_bytes > 0) {
        if (!take_extension(&list, &object, &value))
            return false;
        for (size_t i = 0; i < WANTED; i++) {
            if (!pb_slice_equals(object, wanted[i].object))
                continue;
            if (!pb_slice_is_absent(values[i]))
                return false;
            values[i] = value;
        }
    }
    return true;
}

/* NULL where there is no such extension, or one that cannot be read. */
static void decode_extensions(struct reading *reading, void *decoded[WANTED])
{
    struct pb_slice values[WANTED] = {PB_SLICE_ABSENT, PB_SLICE_ABSENT};
    bool is_strict = !reading->is_unusual && find_extensions(reading->parts.rest, values);
    X509 *whole = NULL;

    if (!is_strict && !pb_key_may_be_slow(reading->parts.public_key) &&
        pb_computation_allow(reading->cache, PB_COST_OF_RARE_KEY))
        whole = pb_der_decode(reading->parts.whole, ASN1_ITEM_rptr(X509));
    if (!is_strict && whole == NULL) {
        refuse_undecoded(reading, PB_X509_ALTERNATIVE_NAMES | PB_X509_CONSTRAINTS);
        return;
    }
    pb_openssl_take_errors(NULL); /* of a key that it could not decode */
    for (size_t i = 0; i < WANTED; i++) {
        int found = pb_slice_is_absent(values[i]) ? -1 : 1; /* as OpenSSL has it: -1 for none */
        decoded[i] = is_strict ? pb_der_decode(values[i], ASN1_ITEM_ptr(wanted[i].item))
                               : X509_get_ext_d2i(whole, wanted[i].nid, &found, NULL);
        if (decoded[i] == NULL && found != -1)
            reading->facts->unread |= wanted[i].field;
    }
    X509_free(whole);
    pb_openssl_take_errors(&reading->arena->has_failed);
}

static void read_extensions(struct reading *reading)
{
    struct pb_x509_facts *facts = reading->facts;
    void *decoded[WANTED] = {NULL, NULL};

    decode_extensions(reading, decoded);
    BASIC_CONSTRAINTS *constraints = decoded[0];
    facts->is_ca = constraints != NULL && constraints->ca != 0;
    facts->alternative_names =
        pb_alternative_names_text(decoded[1], reading->arena, &facts->alternative_name_count);
    GENERAL_NAMES_free(decoded[1]);
    BASIC_CONSTRAINTS_free(constraints);
}

static void read_self_signed(struct reading *reading)
{
    const struct pb_certificate_parts *parts = &reading->parts;
    struct pb_x509_facts *facts = reading->facts;
    const struct pb_chain_link itself = {parts->whole, facts};

    if (!pb_slice_equals(parts->subject, parts->issuer) &&
        !pb_x509_is_same_name(facts->subject, facts->issuer))
        return;
    enum pb_signature outcome = pb_signature_verify_with(reading->cache, &parts->outer, &itself);
    reading->arena->has_failed |= reading->cache->has_failed;
    facts->is_self_signed = outcome == PB_SIGNATURE_VALID;
    facts->unread |= outcome == PB_SIGNATURE_NOT_TRIED ? PB_X509_OWN_SIGNATURE : 0;
}

/* OpenSSL does not report every lack of memory: steps where it may not come before others. */
static void read_facts(struct reading *reading)
{
    static void (*const steps[])(struct reading *) = {
        split,       read_key,      read_names,     read_self_signed,
        read_serial, read_validity, read_algorithm, read_extensions,
    };

    reading->facts = pb_arena_allocate(reading->arena, sizeof *reading->facts);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && reading->facts != NULL; i++) {
        steps[i](reading);
        if (reading->arena->has_failed)
            reading->facts = NULL;
    }
}

/* OpenSSL's reason to refuse the whole certificate, else the flaw that was found. */
static struct pb_slice find_reason(const struct reading *reading)
{
    struct pb_slice der = reading->der;
    const char *flaw = reading->flaw;

    bool is_bounded = der.size_bytes > 0 && der.size_bytes <= PB_MOST_CERTIFICATE_BYTES &&
                      !pb_has_explicit_curve(der) &&
                      pb_computation_allow(reading->cache, PB_COST_OF_RARE_KEY);
    X509 *whole = is_bounded ? pb_der_decode(der, ASN1_ITEM_rptr(X509)) : NULL;
    if (whole == NULL && is_bounded) {
        flaw = pb_openssl_take_errors(&reading->arena->has_failed);
        flaw = flaw != NULL ? flaw : "not a certificate";
    }
    X509_free(whole);
    pb_openssl_take_errors(NULL);
    return pb_arena_copy(reading->arena, pb_slice_from_string(flaw));
}

enum pb_status pb_x509_facts_read(struct pb_x509_cache *cache, struct pb_slice der,
                                  struct pb_arena *arena, const struct pb_x509_facts **facts,
                                  struct pb_slice *reason)
{
    struct reading reading = {.cache = cache, .der = der, .arena = arena};
    pb_openssl_take_errors(NULL);
    read_facts(&reading);
    *facts = reading.facts;
    *reason = reading.flaw != NULL ? find_reason(&reading) : PB_SLICE_ABSENT;
    return arena->has_failed ? PB_FAILED_MEMORY : PB_OK;
}

struct pb_slice pb_x509_unread_text(const struct pb_x509_facts *facts, struct pb_arena *arena)
{
    struct pb_slice names =
        PB_SLICE("subject\nissuer\nserial number\nnotBefore\nnotAfter\nkey\nsignature algorithm\n"
                 "alternative names (subjectAltName)\nbasicConstraints\nown signature");
    struct pb_slice name, text = PB_SLICE("");

    for (unsigned field = 1; pb_next_line(&names, &name); field <<= 1)
        if ((facts->unread & field) != 0)
            text = pb_message_format(arena, "%.*s%s%.*s", PB_SLICE_ARGS(text),
                                     text.size_bytes > 0 ? ", " : "", PB_SLICE_ARGS(name));
    return text;
}
