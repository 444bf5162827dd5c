/* SPDX-License-Identifier: MIT */
/* What became of one evidence item: the word that the ledger gives it. */
#ifndef PB_BASE_ENTRY_STATUS_H
#define PB_BASE_ENTRY_STATUS_H

enum pb_entry_status {
    PB_ENTRY_USED,       /* something in it was recognised */
    PB_ENTRY_IGNORED,    /* read, and nothing of ours in it; or a link, a device */
    PB_ENTRY_UNREADABLE, /* could not be read in whole or in part */
    PB_ENTRY_SKIPPED,    /* passed over because a ceiling was reached */
    PB_ENTRY_CONTAINER,  /* an archive that was read to its end */
};

/* "used", "ignored", "unreadable", "skipped" or "container". */
const char *pb_entry_status_name(enum pb_entry_status status);

#endif
