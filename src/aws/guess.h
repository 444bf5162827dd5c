/* SPDX-License-Identifier: MIT */
/* What a text is by its look alone, where no key says it. */
#ifndef PB_AWS_GUESS_H
#define PB_AWS_GUESS_H

#include <stdbool.h>

#include "base/slice.h"

enum pb_guess {
    PB_GUESS_NOTHING,
    PB_GUESS_NAME, /* [\w+=,.@-]{1,128}, as the API reference has it */
    PB_GUESS_ID,   /* ASCA and 12 or more capitals and digits: a name too */
    PB_GUESS_PATH, /* begins and ends with '/' */
    PB_GUESS_ARN,  /* of an IAM server certificate */
    PB_GUESS_DATE,
    PB_GUESS_PEM, /* begins with a PEM certificate */
};

/* White space around the text does not count. */
enum pb_guess pb_guess_text(struct pb_slice text);

bool pb_guess_is_name(struct pb_slice text);

/* True where the id begins with ASCA, as all ids of server certificates do. */
bool pb_guess_has_id_prefix(struct pb_slice id);

#endif
