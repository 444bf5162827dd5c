/* SPDX-License-Identifier: MIT */
/* What bytes are, told by how they begin; names and extensions say nothing. */
#ifndef PB_EVIDENCE_SNIFF_H
#define PB_EVIDENCE_SNIFF_H

#include "base/slice.h"

enum pb_kind {
    PB_KIND_PLAIN, /* nothing known: an item */
    PB_KIND_GZIP,
    PB_KIND_BZIP2,
    PB_KIND_XZ,
    PB_KIND_ZSTD,
    PB_KIND_LZ4,
    PB_KIND_TAR,
    PB_KIND_CPIO,
    PB_KIND_ZIP,
    PB_KIND_SEVEN_ZIP,
    PB_KIND_UNSUPPORTED, /* a container or a cipher that is not read */
};

struct pb_recognition {
    enum pb_kind kind;
    const char *name; /* as people write it: "gzip", "RAR"; "plain" */
};

/* As many bytes as any of the signatures needs, the farthest being ISO 9660's. */
#define PB_SNIFF_BYTES 32774

/* prefix: the first PB_SNIFF_BYTES, or all there are. */
struct pb_recognition pb_sniff(struct pb_slice prefix);

#endif
