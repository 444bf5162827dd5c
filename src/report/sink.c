/* SPDX-License-Identifier: MIT */
/* Where a report's bytes go. */
#include "report/report.h"

/* Small enough to stay in the cache, large enough that system calls cost nothing. */
#define WORTH_A_CALL_BYTES 65536

void pb_sink_init(struct pb_sink *sink,
                  bool (*write)(void *context, const char *bytes, size_t size_bytes), void *context)
{
    *sink = (struct pb_sink){.write = write, .context = context};
    pb_buffer_init(&sink->buffer, SIZE_MAX);
}

void pb_sink_release(struct pb_sink *sink)
{
    pb_buffer_release(&sink->buffer);
}

/* A buffer that has failed stays as it is: what stands in it is incomplete, and its failure is
 * what pb_sink_finish reports. */
static void hand_on(struct pb_sink *sink)
{
    struct pb_slice text = pb_buffer_slice(&sink->buffer);

    if (sink->buffer.has_failed) {
        sink->has_failed = true;
        return;
    }
    if (!sink->has_failed && text.size_bytes > 0)
        sink->has_failed = !sink->write(sink->context, text.data, text.size_bytes);
    pb_buffer_clear(&sink->buffer);
}

void pb_sink_pass_on(struct pb_sink *sink)
{
    if (sink->has_failed || sink->buffer.has_failed ||
        sink->buffer.size_bytes >= WORTH_A_CALL_BYTES)
        hand_on(sink);
}

void pb_sink_fail_memory(struct pb_sink *sink)
{
    sink->buffer.has_failed = true;
    sink->has_failed = true;
}

enum pb_status pb_sink_finish(struct pb_sink *sink)
{
    hand_on(sink);
    if (sink->buffer.has_failed)
        return PB_FAILED_MEMORY;
    return sink->has_failed ? PB_FAILED_OUTPUT : PB_OK;
}
