/* SPDX-License-Identifier: MIT */
/* Records of a report, written share by share by several threads, in their order. */
#ifndef PB_REPORT_SHARES_H
#define PB_REPORT_SHARES_H

#include "report/report.h"

struct pb_shares {
    size_t count; /* of records */
    size_t each;  /* records a share, so many that a lock costs nothing beside them */
    unsigned jobs;
    /* Writes the records from first to the one before end, and ends early where the sink has
     * failed. Called by several threads at once, each with a sink of its own: report must not be
     * written to. */
    void (*write)(const void *report, size_t first, size_t end, struct pb_sink *sink);
    const void *report;
};

/*
 * Writes all records to the sink, with the bytes that one call of write would give. With one job,
 * or with no more than one share, that is what it does. What has not been handed on is bounded, a
 * megabyte a thread and what write appends before it passes on. Failures stay in the sink.
 */
void pb_shares_write(const struct pb_shares *shares, struct pb_sink *sink);

#endif
