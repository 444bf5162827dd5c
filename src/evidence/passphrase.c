/* SPDX-License-Identifier: MIT */
#include "evidence/passphrase.h"

#include <stdlib.h>

#include "evidence/reader_state.h"

void pb_passphrase_free(char *passphrase)
{
    /* volatile: a store to memory that is about to be freed would be optimised away. */
    for (volatile char *byte = passphrase; byte != NULL && *byte != '\0'; byte++)
        *byte = '\0';
    free(passphrase);
}

enum pb_status pb_evidence_set_passphrase(struct pb_evidence_reader *reader,
                                          struct pb_slice passphrase, struct pb_error *error)
{
    if (passphrase.size_bytes == 0)
        return pb_error_set(error, PB_FAILED_USAGE, "the passphrase is empty");
    if (passphrase.size_bytes > PB_LONGEST_PASSPHRASE_BYTES)
        return pb_error_set(error, PB_FAILED_USAGE, "the passphrase is longer than %d bytes",
                            PB_LONGEST_PASSPHRASE_BYTES);
    if (memchr(passphrase.data, '\0', passphrase.size_bytes) != NULL)
        return pb_error_set(error, PB_FAILED_USAGE, "the passphrase has a NUL byte");
    char *copy = malloc(passphrase.size_bytes + 1);
    if (copy == NULL)
        return pb_error_memory(error);
    memcpy(copy, passphrase.data, passphrase.size_bytes);
    copy[passphrase.size_bytes] = '\0';
    pb_passphrase_free(reader->passphrase);
    reader->passphrase = copy;
    return PB_OK;
}
