/* SPDX-License-Identifier: MIT */
#include "x509/crl_extension.h"

#include "x509/strict_der.h"

/* RFC 5280, sections 5.2 and 5.3: id-ce and one more arc. */
#define REASON_CODE PB_SLICE("\x55\x1D\x15")
#define CERTIFICATE_ISSUER PB_SLICE("\x55\x1D\x1D")
#define DELTA_CRL_INDICATOR PB_SLICE("\x55\x1D\x1B")
#define ISSUING_DISTRIBUTION_POINT PB_SLICE("\x55\x1D\x1C")
#define CRL_NUMBER PB_SLICE("\x55\x1D\x14")
#define AUTHORITY_KEY_IDENTIFIER PB_SLICE("\x55\x1D\x23")

#define ENUMERATED 0x0A
#define REMOVE_FROM_CRL 8

#define INDIRECT                                                                                   \
    "it is an indirect CRL, which lists certificates of other issuers (RFC 5280, section 5.2.5)"
#define DAMAGED "an extension cannot be read (RFC 5280, section 5.2)"

struct extension {
    struct pb_slice object, value;
    bool is_critical;
};

/* A FALSE that need not be there does no harm. */
static bool take_extension(struct pb_slice *rest, struct extension *extension)
{
    struct pb_slice inside, critical = PB_SLICE_ABSENT;

    if (!pb_der_take(rest, PB_DER_SEQUENCE, &inside) ||
        !pb_der_take_object(&inside, &extension->object))
        return false;
    if (pb_der_next_tag(inside) == PB_DER_BOOLEAN &&
        !pb_der_take(&inside, PB_DER_BOOLEAN, &critical))
        return false;
    extension->is_critical = critical.size_bytes > 0 && critical.data[0] != 0;
    return pb_der_take(&inside, PB_DER_OCTET_STRING, &extension->value) && inside.size_bytes == 0;
}

/* RFC 5280, section 5.2.5, whose fields have the tags [0] to [5]. */
static const char *read_distribution_point(struct pb_slice value, struct pb_crl *crl)
{
    static const char *const refusals[] = {
        [0] = NULL,
        [1] = NULL,
        [2] = "it lists CA certificates alone (RFC 5280, section 5.2.5)",
        [3] = "it lists revocations for some reasons alone (RFC 5280, section 5.2.5)",
        [4] = INDIRECT,
        [5] = "it lists attribute certificates alone (RFC 5280, section 5.2.5)",
    };
    struct pb_slice fields, field;

    if (!pb_der_take(&value, PB_DER_SEQUENCE, &fields) || value.size_bytes > 0)
        return DAMAGED;
    while (fields.size_bytes > 0) {
        unsigned char tag = pb_der_next_tag(fields);
        size_t number = tag & 0x1FU;
        if ((tag & 0xC0) != 0x80 || number >= sizeof refusals / sizeof refusals[0] ||
            !pb_der_take(&fields, tag, &field))
            return DAMAGED;
        bool is_true = number == 0 || number == 3 || (field.size_bytes > 0 && field.data[0] != 0);
        if (is_true && refusals[number] != NULL)
            return refusals[number];
        crl->is_partial |= number == 0;
        crl->has_no_cas |= number == 1 && is_true;
    }
    return NULL;
}

const char *pb_crl_read_extensions(struct pb_slice extensions, struct pb_crl *crl)
{
    struct extension extension;
    const char *reason = NULL;

    while (extensions.size_bytes > 0 && reason == NULL) {
        if (!take_extension(&extensions, &extension))
            return DAMAGED;
        if (pb_slice_equals(extension.object, DELTA_CRL_INDICATOR))
            reason = "it is a delta CRL, which lists changes alone (RFC 5280, section 5.2.4)";
        else if (pb_slice_equals(extension.object, ISSUING_DISTRIBUTION_POINT))
            reason = read_distribution_point(extension.value, crl);
        else if (extension.is_critical && !pb_slice_equals(extension.object, CRL_NUMBER) &&
                 !pb_slice_equals(extension.object, AUTHORITY_KEY_IDENTIFIER))
            reason = "it has a critical extension that is not known here (RFC 5280, section 5.2)";
    }
    return reason;
}

/* -1 where it is none. */
static int read_reason(struct pb_slice value)
{
    struct pb_slice code;

    if (!pb_der_take(&value, ENUMERATED, &code) || code.size_bytes != 1)
        return -1;
    return (unsigned char)code.data[0];
}

const char *pb_crl_check_entry_extensions(struct pb_slice extensions)
{
    struct extension extension;

    while (extensions.size_bytes > 0) {
        if (!take_extension(&extensions, &extension))
            return DAMAGED;
        if (pb_slice_equals(extension.object, CERTIFICATE_ISSUER))
            return INDIRECT;
        if (pb_slice_equals(extension.object, REASON_CODE)) {
            if (read_reason(extension.value) == REMOVE_FROM_CRL)
                return "an entry is removed again, as in delta CRLs alone (RFC 5280, section "
                       "5.3.1)";
        } else if (extension.is_critical) {
            return "an entry has a critical extension that is not known here (RFC 5280, section "
                   "5.3)";
        }
    }
    return NULL;
}

const char *pb_crl_find_reason(struct pb_slice extensions)
{
    static const char *const names[] = {
        "unspecified",
        "keyCompromise",
        "cACompromise",
        "affiliationChanged",
        "superseded",
        "cessationOfOperation",
        "certificateHold",
        NULL,
        NULL /* removeFromCRL */,
        "privilegeWithdrawn",
        "aACompromise",
    };
    struct extension extension;

    while (extensions.size_bytes > 0 && take_extension(&extensions, &extension)) {
        if (!pb_slice_equals(extension.object, REASON_CODE))
            continue;
        int code = read_reason(extension.value);
        bool is_known = code >= 0 && (size_t)code < sizeof names / sizeof names[0];
        return is_known ? names[code] : NULL;
    }
    return NULL;
}
