/* SPDX-License-Identifier: MIT */
/* Reads revocation lists and looks certificates up in them. */
#include "x509/der.h"

#include "base/sentences.inc"

static void keep_first(struct pb_crls *crls, size_t count)
{
    while (crls->items.count > count)
        X509_CRL_free(PB_VECTOR_AT(struct pb_crl, &crls->items, --crls->items.count).decoded);
}

void pb_crls_release(struct pb_crls *crls)
{
    keep_first(crls, 0);
    pb_vector_release(&crls->items);
    pb_arena_release(&crls->arena);
}

/* RFC 5280, section 5.2.5: why the extension makes the CRL unusable; NULL: it does not. */
static const char *read_distribution_point(X509_EXTENSION *extension, struct pb_crl *crl)
{
    ISSUING_DIST_POINT *point = X509V3_EXT_d2i(extension);

    if (point == NULL)
        return "an extension cannot be read (RFC 5280, section 5.2)";
    const char *flaw = NULL;
    if (point->onlyCA > 0)
        flaw = "it lists CA certificates alone (RFC 5280, section 5.2.5)";
    else if (point->onlysomereasons != NULL)
        flaw = "it lists revocations for some reasons alone (RFC 5280, section 5.2.5)";
    else if (point->indirectCRL > 0)
        flaw = PB_SAY_INDIRECT_CRL;
    else if (point->onlyattr > 0)
        flaw = "it lists attribute certificates alone (RFC 5280, section 5.2.5)";
    crl->is_partial |= point->distpoint != NULL;
    crl->contains_only_users |= point->onlyuser > 0;
    ISSUING_DIST_POINT_free(point);
    return flaw;
}

/* RFC 5280, section 5.2: why an extension makes the CRL unusable; NULL: none does. */
static const char *read_extensions(struct pb_crl *crl)
{
    const char *flaw = NULL;

    for (int i = 0; i < X509_CRL_get_ext_count(crl->decoded) && flaw == NULL; i++) {
        X509_EXTENSION *extension = X509_CRL_get_ext(crl->decoded, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
        if (nid == NID_delta_crl)
            flaw = "it is a delta CRL, which lists changes alone (RFC 5280, section 5.2.4)";
        else if (nid == NID_issuing_distribution_point)
            flaw = read_distribution_point(extension, crl);
        else if (X509_EXTENSION_get_critical(extension) && nid != NID_crl_number &&
                 nid != NID_authority_key_identifier)
            flaw = "it has a critical extension that is not known here (RFC 5280, section 5.2)";
    }
    return flaw;
}

/* The entry's reasonCode (RFC 5280, section 5.3.1); -1 where there is none. */
static long read_reason(const X509_REVOKED *entry)
{
    ASN1_ENUMERATED *decoded = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    long reason = decoded != NULL ? ASN1_ENUMERATED_get(decoded) : -1;
    ASN1_ENUMERATED_free(decoded);
    return reason;
}

/* RFC 5280, section 5.3: why the entry makes the CRL unusable; NULL: it does not. */
static const char *check_entry(const X509_REVOKED *entry)
{
    for (int i = 0; i < X509_REVOKED_get_ext_count(entry); i++) {
        X509_EXTENSION *extension = X509_REVOKED_get_ext(entry, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
        if (nid == NID_certificate_issuer)
            return PB_SAY_INDIRECT_CRL;
        if (nid == NID_crl_reason && read_reason(entry) == CRL_REASON_REMOVE_FROM_CRL)
            return "an entry is removed again, as in delta CRLs alone (RFC 5280, section 5.3.1)";
        if (nid != NID_crl_reason && X509_EXTENSION_get_critical(extension))
            return PB_SAY_UNKNOWN_CRL_ENTRY;
    }
    return NULL;
}

/* Why the CRL is unusable; NULL: it is not. OpenSSL gives version 1 as 0, and version 2 as 1. */
static const char *read_fields(struct pb_crl *crl, struct pb_arena *arena)
{
    const ASN1_TIME *next_update = X509_CRL_get0_nextUpdate(crl->decoded);
    STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl->decoded);
    long version = X509_CRL_get_version(crl->decoded);
    const char *flaw = NULL;

    crl->issuer = pb_name_text(X509_CRL_get_issuer(crl->decoded), arena);
    if (pb_slice_is_absent(crl->issuer))
        return "its issuer cannot be read";
    if (version != 0 && version != 1)
        return PB_SAY_NO_WHOLE_CRL;
    if (!pb_asn1_time_read(X509_CRL_get0_lastUpdate(crl->decoded), &crl->this_update))
        return "its thisUpdate is no time";
    crl->has_next_update = next_update != NULL;
    if (next_update != NULL && !pb_asn1_time_read(next_update, &crl->next_update))
        return "its nextUpdate is no time";
    for (int i = 0; i < sk_X509_REVOKED_num(entries) && flaw == NULL; i++)
        flaw = check_entry(sk_X509_REVOKED_value(entries, i));
    return flaw != NULL ? flaw : read_extensions(crl);
}

static enum pb_status refuse(struct prebleed_error *error, const char *reason)
{
    return pb_error_set(error, PB_FAILED_INPUT, "no CRL that can be used: %s", reason);
}

/* der is in the arena of crls. */
static enum pb_status add_der(struct pb_crls *crls, struct pb_slice name, struct pb_slice der,
                              struct prebleed_error *error)
{
    struct pb_crl *crl = pb_vector_push(&crls->items, sizeof *crl);
    struct pb_signed parts;

    if (crl == NULL)
        return PB_FAILED_MEMORY;
    crl->name = name;
    crl->der = der;
    pb_openssl_take_errors(NULL);
    if (pb_signed_split(der, &parts))
        crl->decoded = pb_der_decode(der, ASN1_ITEM_rptr(X509_CRL));
    const char *flaw = crl->decoded == NULL ? PB_SAY_NO_WHOLE_CRL : read_fields(crl, &crls->arena);
    pb_openssl_take_errors(&crls->arena.has_failed);
    return crls->arena.has_failed ? PB_FAILED_MEMORY : flaw != NULL ? refuse(error, flaw) : PB_OK;
}

static enum pb_status add_pem(struct pb_crls *crls, struct pb_slice name, struct pb_slice text,
                              struct prebleed_error *error)
{
    struct pb_pem_reader reader = {.text = text};
    struct pb_pem_block block;
    size_t count = crls->items.count;
    enum pb_status status = PB_OK;

    while (status == PB_OK && pb_pem_next(&reader, &crls->arena, &block)) {
        if (block.reason != NULL)
            status = refuse(error, block.reason);
        else if (!pb_slice_equals(block.label, PB_SLICE("X509 CRL")))
            status = refuse(error, "expected PEM blocks 'X509 CRL' and no others");
        else
            status = add_der(crls, name, block.der, error);
    }
    if (crls->arena.has_failed)
        return PB_FAILED_MEMORY;
    bool is_empty = status == PB_OK && crls->items.count == count;
    return is_empty ? refuse(error, "expected DER or PEM") : status;
}

enum pb_status pb_crls_add(struct pb_crls *crls, struct pb_slice name, struct pb_slice bytes,
                           struct prebleed_error *error)
{
    size_t count = crls->items.count;
    struct pb_buffer escaped = {0};
    struct pb_signed parts;

    if (bytes.size_bytes == 0)
        return refuse(error, "it is empty");
    bool is_pem = !pb_signed_split(bytes, &parts) &&
                  pb_slice_find(bytes, PB_SLICE("-----BEGIN "), 0) != SIZE_MAX;
    pb_escape_append(&escaped, name, PB_ESCAPE_REVERSIBLE);
    name = pb_arena_copy_buffer(&crls->arena, &escaped);
    pb_buffer_release(&escaped);
    enum pb_status status = is_pem ? add_pem(crls, name, bytes, error)
                                   : add_der(crls, name, pb_arena_copy(&crls->arena, bytes), error);
    if (status != PB_OK)
        keep_first(crls, count);
    return status;
}

bool pb_crls_has_issuer(const struct pb_crls *crls, struct pb_slice issuer)
{
    for (size_t i = 0; i < crls->items.count; i++)
        if (pb_x509_is_same_name(PB_VECTOR_AT(const struct pb_crl, &crls->items, i).issuer, issuer))
            return true;
    return false;
}

enum pb_signature pb_crl_verify(const struct pb_crl *crl, struct pb_slice public_key,
                                bool *has_failed)
{
    struct pb_signed parts;
    struct pb_kept_key kept = {.key = NULL};
    enum pb_signature outcome = PB_SIGNATURE_UNDECIDED;

    pb_kept_key_decode(&kept, public_key);
    if (pb_signed_split(crl->der, &parts))
        outcome = pb_signature_verify(&parts, &kept);
    *has_failed |= kept.has_failed;
    pb_kept_key_release(&kept);
    return outcome;
}

static void read_entry(const X509_REVOKED *revoked, struct pb_crl_entry *entry)
{
    static const char *const names[] = {
        [CRL_REASON_UNSPECIFIED] = "unspecified",
        [CRL_REASON_KEY_COMPROMISE] = "keyCompromise",
        [CRL_REASON_CA_COMPROMISE] = "cACompromise",
        [CRL_REASON_AFFILIATION_CHANGED] = "affiliationChanged",
        [CRL_REASON_SUPERSEDED] = "superseded",
        [CRL_REASON_CESSATION_OF_OPERATION] = "cessationOfOperation",
        [CRL_REASON_CERTIFICATE_HOLD] = "certificateHold",
        [CRL_REASON_PRIVILEGE_WITHDRAWN] = "privilegeWithdrawn",
        [CRL_REASON_AA_COMPROMISE] = "aACompromise",
    };
    long reason = read_reason(revoked);
    bool is_known = reason >= 0 && (size_t)reason < sizeof names / sizeof names[0];

    *entry = (struct pb_crl_entry){.reason = is_known ? names[reason] : NULL};
    entry->has_date = pb_asn1_time_read(X509_REVOKED_get0_revocationDate(revoked), &entry->date);
}

bool pb_crl_find(const struct pb_crl *crl, struct pb_slice serial, struct pb_crl_entry *entry,
                 bool *has_failed)
{
    X509_REVOKED *revoked = NULL;
    struct pb_buffer text = {0};

    pb_buffer_append_string(&text, pb_take_byte(&serial, "-") ? "-0x" : "0x");
    pb_buffer_append(&text, serial);
    pb_buffer_append_byte(&text, '\0');
    ASN1_INTEGER *integer = text.has_failed ? NULL : s2i_ASN1_INTEGER(NULL, text.data);
    bool is_listed =
        integer != NULL && X509_CRL_get0_by_serial(crl->decoded, &revoked, integer) != 0;
    if (is_listed)
        read_entry(revoked, entry);
    pb_openssl_take_errors(&text.has_failed);
    *has_failed |= text.has_failed;
    ASN1_INTEGER_free(integer);
    pb_buffer_release(&text);
    return is_listed;
}
