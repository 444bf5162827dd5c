/* SPDX-License-Identifier: MIT */
#include "x509/lean.h"

#include "x509/hash.h"
#include "x509/layout.h"
#include "x509/plain_extension.h"
#include "x509/plain_key.h"
#include "x509/plain_name.h"

/* What PB_SLICE cannot be: the initialiser of a static slice. */
/* clang-format off */
#define BYTES(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */

/* Whole AlgorithmIdentifiers (RFC 4055, section 5; RFC 5758, section 3.2) under OpenSSL's long
 * names. */
static const struct {
    struct pb_slice algorithm;
    struct pb_slice name;
} signature_algorithms[] = {
    {BYTES("\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x05\x00"),
     BYTES("sha256WithRSAEncryption")},
    {BYTES("\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05\x05\x00"),
     BYTES("sha1WithRSAEncryption")},
    {BYTES("\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0C\x05\x00"),
     BYTES("sha384WithRSAEncryption")},
    {BYTES("\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0D\x05\x00"),
     BYTES("sha512WithRSAEncryption")},
    {BYTES("\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x04\x05\x00"),
     BYTES("md5WithRSAEncryption")},
    {BYTES("\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02"), BYTES("ecdsa-with-SHA256")},
    {BYTES("\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x03"), BYTES("ecdsa-with-SHA384")},
    {BYTES("\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x04"), BYTES("ecdsa-with-SHA512")},
};

/* One certificate on its way; a step that finds something unusual clears is_ordinary. */
struct reading {
    struct pb_lean *lean;
    struct pb_arena *arena;
    struct pb_slice der;
    const unsigned char *sha256;
    bool is_ordinary;
    struct pb_x509_layout layout;
    struct pb_x509_facts facts;
};

void pb_lean_release(struct pb_lean *lean)
{
    pb_curves_release(&lean->curves);
}

/* Whether a certificate is signed with its own key takes the key: only the full decoder has it. */
static enum pb_status read_layout(struct reading *reading)
{
    struct pb_x509_layout *layout = &reading->layout;

    reading->is_ordinary = pb_x509_layout_read(reading->der, layout) &&
                           !pb_slice_equals(layout->issuer, layout->subject);
    reading->facts.not_before = layout->not_before;
    reading->facts.not_after = layout->not_after;
    return PB_OK;
}

static enum pb_status read_signature_algorithm(struct reading *reading)
{
    reading->is_ordinary = false;
    for (size_t i = 0; i < sizeof signature_algorithms / sizeof signature_algorithms[0]; i++) {
        if (pb_slice_equals(reading->layout.signature_algorithm,
                            signature_algorithms[i].algorithm)) {
            reading->facts.signature_algorithm = signature_algorithms[i].name;
            reading->is_ordinary = true;
            break;
        }
    }
    return PB_OK;
}

static enum pb_status read_key(struct reading *reading)
{
    return pb_plain_key_read(&reading->lean->curves, reading->layout.public_key, reading->arena,
                             &reading->facts.key, &reading->is_ordinary);
}

static enum pb_status read_extensions(struct reading *reading)
{
    struct pb_x509_facts *facts = &reading->facts;

    reading->is_ordinary =
        pb_plain_constraints_read(reading->layout.basic_constraints, &facts->is_ca);
    if (!reading->is_ordinary)
        return PB_OK;
    return pb_plain_alternative_names_read(reading->layout.alternative_names, reading->arena,
                                           &facts->alternative_names,
                                           &facts->alternative_name_count, &reading->is_ordinary);
}

static enum pb_status read_names(struct reading *reading)
{
    struct pb_x509_facts *facts = &reading->facts;
    enum pb_status status =
        pb_plain_name_text(reading->layout.subject, reading->arena, &facts->subject);

    if (status == PB_OK)
        status = pb_plain_name_text(reading->layout.issuer, reading->arena, &facts->issuer);
    reading->is_ordinary =
        !pb_slice_is_absent(facts->subject) && !pb_slice_is_absent(facts->issuer);
    return status;
}

static enum pb_status read_serial(struct reading *reading)
{
    static const char digits[] = "0123456789ABCDEF";
    struct pb_slice serial = reading->layout.serial;
    char *text = pb_arena_allocate_array(reading->arena, serial.size_bytes, 2);

    if (text == NULL)
        return PB_FAILED_MEMORY;
    for (size_t i = 0; i < serial.size_bytes; i++) {
        unsigned char byte = (unsigned char)serial.data[i];
        text[2 * i] = digits[byte >> 4];
        text[2 * i + 1] = digits[byte & 15];
    }
    reading->facts.serial = (struct pb_slice){text, 2 * serial.size_bytes};
    return PB_OK;
}

static enum pb_status read_digests(struct reading *reading)
{
    struct pb_x509_facts *facts = &reading->facts;

    memcpy(facts->sha256, reading->sha256, sizeof facts->sha256);
    pb_hash_sha1(reading->der, facts->sha1);
    pb_hash_sha256(reading->layout.public_key, facts->key.spki_sha256);
    return PB_OK;
}

/* What refuses most often and takes no memory comes first. */
enum pb_status pb_lean_read(struct pb_lean *lean, struct pb_slice der,
                            const unsigned char sha256[32], struct pb_arena *arena,
                            const struct pb_x509_facts **facts)
{
    static enum pb_status (*const steps[])(struct reading *) = {
        read_layout,  read_signature_algorithm, read_key, read_names, read_extensions, read_serial,
        read_digests,
    };
    struct reading reading = {.lean = lean, .arena = arena, .der = der, .sha256 = sha256};

    *facts = NULL;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        enum pb_status status = steps[i](&reading);
        if (status != PB_OK || !reading.is_ordinary)
            return status;
    }
    struct pb_x509_facts *kept = pb_arena_allocate(arena, sizeof *kept);
    if (kept == NULL)
        return PB_FAILED_MEMORY;
    *kept = reading.facts;
    *facts = kept;
    return PB_OK;
}
