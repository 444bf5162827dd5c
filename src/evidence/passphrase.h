/* SPDX-License-Identifier: MIT */
/* A secret that is lent to libarchive, and leaves no copy behind. */
#ifndef PB_EVIDENCE_PASSPHRASE_H
#define PB_EVIDENCE_PASSPHRASE_H

/* Overwrites the NUL-terminated passphrase, which may be NULL, and frees it. */
void pb_passphrase_free(char *passphrase);

#endif
