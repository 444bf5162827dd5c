/* SPDX-License-Identifier: MIT */
/* The timeline of an html report: all uploads against the cutoff, disclosure and AWS's patching,
 * and reused keys as lines between their certificates. However many there are, it has so many bars
 * and lines at most. */
#include "report/html.h"

#define WIDTH 720
#define BARS 100            /* the height of the highest bar */
#define BASE 150            /* where bars stand, from the top */
#define BINS 120            /* bars side by side */
#define LANE 16             /* the height of one key's line */
#define MOST_KEYS 10        /* with a line */
#define MOST_DOTS 60        /* on one line */
#define MARGIN (15 * 86400) /* before the first and after the last */

/* Days of disclosure and patching count to their ends, as the rules have it. */
enum event { CUTOFF, DISCLOSED, PATCHED, EVENT_COUNT };

/* Seconds since 1970. */
struct timeline {
    int64_t from, to; /* what stands from 0 to WIDTH */
    int64_t events[EVENT_COUNT];
};

static int find_x(const struct timeline *timeline, int64_t seconds)
{
    return (int)((seconds - timeline->from) * WIDTH / (timeline->to - timeline->from));
}

static bool find_arrival(const struct pb_report *report, uint32_t index, int64_t *seconds)
{
    const struct pb_date *date =
        pb_certificate_arrival(pb_inventory_certificate(report->inventory, index));

    *seconds = date->instant.seconds;
    return pb_date_is_known(date);
}

static void include(struct timeline *timeline, int64_t seconds)
{
    timeline->from = seconds < timeline->from ? seconds : timeline->from;
    timeline->to = seconds > timeline->to ? seconds : timeline->to;
}

static void write_bars(struct pb_report *report, const struct timeline *timeline)
{
    static const struct {
        enum pb_verdict verdict;
        const char *class;
    } kinds[] = {
        /* from the bottom up */
        {PB_VERDICT_VULNERABLE, "vulnerable"},
        {PB_VERDICT_UNDETERMINED, "undetermined"},
        {PB_VERDICT_CLEAR, "other"},
        {PB_VERDICT_NONE, "other"},
    };
    size_t counts[BINS][4] = {0}, all[BINS] = {0}, most = 1;
    int64_t seconds;

    for (uint32_t i = 0; i < report->inventory->certificates.count; i++)
        if (find_arrival(report, i, &seconds) && seconds >= timeline->from &&
            seconds < timeline->to) {
            int bin = find_x(timeline, seconds) * BINS / WIDTH;
            counts[bin][pb_inventory_certificate(report->inventory, i)->verdict]++;
            most = ++all[bin] > most ? all[bin] : most;
        }
    for (int bin = 0; bin < BINS; bin++)
        for (int i = 0, y = BASE; i < 4; i++) {
            size_t count = counts[bin][kinds[i].verdict];
            int height = (int)(count * BARS / most);
            if (count == 0)
                continue;
            height = height < 3 ? 3 : height; /* to be seen */
            y -= height;
            pb_buffer_append_format(
                &report->sink->buffer,
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"5\" height=\"%d\"/>\n",
                kinds[i].class, bin * WIDTH / BINS, y, height);
        }
    pb_buffer_append_format(&report->sink->buffer,
                            "<text x=\"%d\" y=\"%d\" class=\"end\">highest bar: %zu</text>\n",
                            WIDTH, 12, most);
}

/* Labels stand one below the other, for the days are close together. */
static void write_axis(struct pb_report *report, const struct timeline *timeline, int height)
{
    static const char *const labels[] = {"cutoff, ", "Heartbleed disclosed, 7 April 2014",
                                         "AWS patched, 8 April 2014"};
    struct pb_buffer *out = &report->sink->buffer;

    pb_buffer_append_format(out, "<path class=\"axis\" d=\"M0 %dH%d\"/>\n", BASE, WIDTH);
    for (int i = 0; i < EVENT_COUNT; i++) {
        int x = find_x(timeline, timeline->events[i]);
        bool is_left = x > WIDTH * 2 / 3;
        pb_buffer_append_format(
            out, "<path class=\"event\" d=\"M%d %dV%d\"/>\n<text x=\"%d\" y=\"%d\"%s>%s", x,
            2 + 14 * i, height, is_left ? x - 4 : x + 4, 12 + 14 * i,
            is_left ? " class=\"end\"" : "", labels[i]);
        if (i == CUTOFF)
            pb_instant_append_date(out, report->result->parameters->cutoff);
        pb_buffer_append_string(out, "</text>\n");
    }
    for (int i = 0; i <= 4; i++) {
        struct pb_instant tick = {.seconds =
                                      timeline->from + (timeline->to - timeline->from) / 4 * i};
        pb_buffer_append_format(out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", WIDTH / 4 * i,
                                BASE + 14,
                                i == 0  ? "tick"
                                : i < 4 ? "middle"
                                        : "end");
        pb_instant_append_date(out, tick);
        pb_buffer_append_string(out, "</text>\n");
    }
}

/* A line from the first upload of a key to its last, with a dot for each. */
static void write_key(struct pb_report *report, const struct timeline *timeline, size_t row)
{
    const struct pb_key_groups *groups = report->result->key_groups;
    const struct pb_key_group *group =
        &PB_VECTOR_AT(const struct pb_key_group, &groups->items, row);
    const struct pb_key_member *members = pb_key_group_members(groups, group);
    struct pb_buffer *out = &report->sink->buffer;
    int y = BASE + 34 + LANE * (int)row, first = -1, last = 0;

    for (size_t i = 0; i < group->count; i++) {
        int64_t seconds = members[i].date.seconds;
        if (!members[i].has_date || seconds < timeline->from || seconds > timeline->to)
            continue;
        int x = find_x(timeline, seconds);
        first = first < 0 ? x : first;
        last = x;
        if (i < MOST_DOTS)
            pb_buffer_append_format(out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"5\"/>\n",
                                    members[i].is_exposed ? "vulnerable" : "reused", x, y);
    }
    if (first >= 0)
        pb_buffer_append_format(out,
                                "<path class=\"key\" d=\"M%d %dH%d\"/>\n<text x=\"%d\" y=\"%d\"%s>"
                                "key %zu</text>\n",
                                first, y, last, last > WIDTH - 60 ? first - 8 : last + 8, y + 4,
                                last > WIDTH - 60 ? " class=\"end\"" : "", row + 1);
}

static void write_panel(struct pb_report *report, struct timeline timeline, size_t keys,
                        const char *label)
{
    int height = BASE + 20 + (keys > 0 ? 8 + LANE * (int)keys : 0);

    timeline.from -= MARGIN;
    timeline.to += MARGIN;
    pb_buffer_append_format(&report->sink->buffer,
                            "<h3>%s</h3>\n<div class=\"wide\" role=\"region\" tabindex=\"0\" "
                            "aria-label=\"Timeline: %s\">\n<svg viewBox=\"-36 0 792 %d\" "
                            "role=\"img\" aria-label=\"%s. The text below says the same.\">\n",
                            label, label, height, label);
    write_bars(report, &timeline);
    write_axis(report, &timeline, height);
    for (size_t row = 0; row < keys; row++)
        write_key(report, &timeline, row);
    pb_html_write(report, "</svg>\n</div>\n");
}

/* How many arrived before each of the days, after them, and nobody knows when. */
static void write_periods(struct pb_report *report, const struct timeline *timeline)
{
    static const char *const periods[] = {
        "before the cutoff", "from the cutoff to the day of disclosure",
        "on the day of AWS's patching", "after it", "at a time that the evidence does not tell"};
    size_t counts[EVENT_COUNT + 2] = {0};
    int64_t seconds;

    for (uint32_t i = 0; i < report->inventory->certificates.count; i++) {
        size_t period = 0;
        if (!find_arrival(report, i, &seconds))
            period = EVENT_COUNT + 1;
        while (period < EVENT_COUNT && seconds >= timeline->events[period])
            period++;
        counts[period]++;
    }
    pb_html_write(report, "<p>Uploads to IAM and imports into ACM: ");
    for (size_t i = 0; i < EVENT_COUNT + 2; i++)
        pb_buffer_append_format(&report->sink->buffer, "%s%zu %s", i > 0 ? ", " : "", counts[i],
                                periods[i]);
    pb_html_write(report, ".</p>\n");
}

void pb_html_write_timeline(struct pb_report *report)
{
    size_t keys = report->result->key_groups->items.count;
    struct timeline whole = {
        .from = INT64_MAX,
        .to = INT64_MIN,
        .events = {report->result->parameters->cutoff.seconds, 1396915200, 1397001600},
    };
    int64_t seconds;

    for (int i = 0; i < EVENT_COUNT; i++)
        include(&whole, whole.events[i]);
    struct timeline near = whole;
    bool has_near = false;
    for (uint32_t i = 0; i < report->inventory->certificates.count; i++)
        if (find_arrival(report, i, &seconds)) {
            include(&whole, seconds);
            has_near |= seconds >= near.from - MARGIN && seconds < near.to + MARGIN;
        }
    pb_html_write(report, "<section id=\"timeline\">\n<h2>Timeline</h2>\n"
                          "<p class=\"legend\"><span class=\"vulnerable\">vulnerable</span> "
                          "<span class=\"undetermined\">undetermined</span> "
                          "<span class=\"other\">clear by date or not judged</span></p>\n");
    write_panel(report, whole, keys < MOST_KEYS ? keys : MOST_KEYS,
                keys > 0 ? "All uploads, and keys that were used again" : "All uploads");
    if (has_near)
        write_panel(report, near, 0, "The days around disclosure");
    write_periods(report, &whole);
    pb_html_write(report, "</section>\n");
}
