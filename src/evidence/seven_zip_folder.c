/* SPDX-License-Identifier: MIT */
/* A folder of a 7-Zip (7zFormat.txt, "Folder"): the coders that a decoder is made of, and what
 * their properties make it take of memory. */
#include "evidence/seven_zip_walk.h"

#include "evidence/little_endian.h"

/* More coders libarchive does not take, and no archiver writes more streams than BCJ2 has with its
 * three partners: 7; what it does with them grows with their square. */
#define MOST_CODERS 4
#define MOST_STREAMS 32
/* No method that libarchive knows has more than five. */
#define MOST_PROPERTIES 255

/* 7-Zip's DOC, Methods.txt. */
#define METHOD_COPY 0
#define METHOD_LZMA2 0x21
#define METHOD_LZMA 0x030101
#define METHOD_PPMD 0x030401
#define METHOD_BCJ2 0x0303011B

/* libarchive 3.6's struct for a coder; what malloc adds to a block. */
#define CODER_BYTES 40
#define BLOCK_BYTES 32

struct coder {
    uint64_t method;
    uint64_t inputs, outputs;
    unsigned properties;
    char first[5]; /* of the properties */
};

static void keep_largest(uint64_t *largest, uint64_t value)
{
    if (value > *largest)
        *largest = value;
}

/* The LZMA2 dictionary, as xz's file format 5.3.1 codes it: 2 or 3, times a power of two. */
static uint64_t lzma2_dictionary(unsigned char code)
{
    return code >= 40 ? UINT32_MAX : (UINT64_C(2) | (code & 1)) << (code / 2 + 11);
}

/* How much data there are is no bound: what a folder's size does not include is decoded too. */
static void count_decoder(struct pb_seven_zip_walk *walk, struct pb_seven_zip_folder *folder,
                          const struct coder *coder)
{
    bool has_number = coder->properties >= sizeof coder->first;
    uint64_t number = has_number ? pb_read_u32le(coder->first + 1) : 0;

    switch (coder->method) {
    case METHOD_COPY: walk->has_copy = true; break;
    case METHOD_LZMA: keep_largest(&walk->lzma_bytes, number); break;
    case METHOD_LZMA2:
        if (coder->properties > 0)
            keep_largest(&walk->lzma_bytes, lzma2_dictionary((unsigned char)coder->first[0]));
        break;
    case METHOD_PPMD: keep_largest(&walk->ppmd_bytes, number); break;
    case METHOD_BCJ2: folder->has_bcj2 = true; break;
    default: break;
    }
}

static bool take_properties(struct pb_seven_zip_walk *walk, struct coder *coder)
{
    uint64_t size;
    unsigned byte;

    if (!pb_seven_zip_take_number(walk, &size))
        return false;
    if (size > MOST_PROPERTIES)
        return pb_seven_zip_refuse(walk);
    coder->properties = (unsigned)size;
    for (unsigned i = 0; i < coder->properties; i++) {
        if (!pb_seven_zip_take_byte(walk, &byte))
            return false;
        if (i < sizeof coder->first)
            coder->first[i] = (char)byte;
    }
    return pb_seven_zip_add(walk, 1, BLOCK_BYTES + size);
}

static bool take_coder(struct pb_seven_zip_walk *walk, struct coder *coder)
{
    unsigned flags, byte;

    *coder = (struct coder){.inputs = 1, .outputs = 1};
    if (!pb_seven_zip_take_byte(walk, &flags) || (flags & 0x80) != 0)
        return false;
    for (unsigned i = 0; i < (flags & 0xF); i++) {
        if (!pb_seven_zip_take_byte(walk, &byte))
            return false;
        coder->method = coder->method << 8 | byte;
    }
    bool is_complex = (flags & 0x10) != 0;
    if (is_complex && (!pb_seven_zip_take_number(walk, &coder->inputs) ||
                       !pb_seven_zip_take_number(walk, &coder->outputs)))
        return false;
    return (flags & 0x20) == 0 || take_properties(walk, coder);
}

static bool take_coders(struct pb_seven_zip_walk *walk, struct pb_seven_zip_folder *folder,
                        uint64_t *inputs)
{
    uint64_t count, outputs = 0;

    *inputs = 0;
    if (!pb_seven_zip_take_number(walk, &count) || count > MOST_CODERS)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        struct coder coder;
        if (!take_coder(walk, &coder))
            return false;
        if (coder.inputs > MOST_STREAMS || coder.outputs > MOST_STREAMS)
            return pb_seven_zip_refuse(walk);
        *inputs += coder.inputs;
        outputs += coder.outputs;
        count_decoder(walk, folder, &coder);
    }
    if (*inputs > MOST_STREAMS || outputs > MOST_STREAMS)
        return pb_seven_zip_refuse(walk);
    folder->outputs = (unsigned)outputs;
    return outputs > 0 && *inputs >= outputs - 1 &&
           pb_seven_zip_add(walk, 1, 4 * BLOCK_BYTES + count * CODER_BYTES);
}

bool pb_seven_zip_walk_folder(struct pb_seven_zip_walk *walk)
{
    struct pb_seven_zip_folder folder = {.streams = 1};
    uint64_t inputs, index;

    if (!take_coders(walk, &folder, &inputs))
        return false;
    for (unsigned i = 0; i + 1 < folder.outputs; i++) {
        if (!pb_seven_zip_take_number(walk, &index) || !pb_seven_zip_take_number(walk, &index))
            return false;
        if (index < folder.outputs)
            folder.bound_outputs |= UINT32_C(1) << index;
    }
    uint64_t packed = inputs - (folder.outputs - 1);
    for (uint64_t i = 0; packed > 1 && i < packed; i++)
        if (!pb_seven_zip_take_number(walk, &index))
            return false;
    /* Pairs of numbers for what is bound, one for what is packed, and one size for each output. */
    if (!pb_seven_zip_add(walk, 2 * (uint64_t)folder.outputs + packed + folder.outputs, 8))
        return false;
    if (!pb_vector_append(&walk->folders, &folder, 1))
        walk->status = PB_FAILED_MEMORY;
    return walk->status == PB_OK;
}
