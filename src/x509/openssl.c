/* SPDX-License-Identifier: MIT */
#include "x509/openssl.h"

#include <openssl/err.h>
#include <openssl/objects.h>

enum pb_status pb_openssl_take_errors(const char **reason)
{
    enum pb_status status = PB_OK;
    const char *earliest = NULL;
    unsigned long code;

    while ((code = ERR_get_error()) != 0) {
        if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
            status = PB_FAILED_MEMORY;
        if (earliest == NULL)
            earliest = ERR_reason_error_string(code);
    }
    if (reason != NULL)
        *reason = earliest;
    return status;
}

static enum pb_status spell(const ASN1_OBJECT *object, int only_digits, struct pb_arena *arena,
                            struct pb_slice *text)
{
    char buffer[128];
    int size = OBJ_obj2txt(buffer, sizeof buffer, object, only_digits);

    if (size <= 0) {
        *text = PB_SLICE("<INVALID>");
        return pb_openssl_take_errors(NULL);
    }
    if ((size_t)size < sizeof buffer) {
        bool is_copied = pb_arena_copy(arena, (struct pb_slice){buffer, (size_t)size}, text);
        return is_copied ? PB_OK : PB_FAILED_MEMORY;
    }
    char *longer = pb_arena_allocate(arena, (size_t)size + 1);
    if (longer == NULL || OBJ_obj2txt(longer, size + 1, object, only_digits) != size)
        return PB_FAILED_MEMORY;
    *text = (struct pb_slice){longer, (size_t)size};
    return PB_OK;
}

enum pb_status pb_openssl_object_name(const ASN1_OBJECT *object, struct pb_arena *arena,
                                      struct pb_slice *name)
{
    return spell(object, 0, arena, name);
}

enum pb_status pb_openssl_object_digits(const ASN1_OBJECT *object, struct pb_arena *arena,
                                        struct pb_slice *digits)
{
    return spell(object, 1, arena, digits);
}
