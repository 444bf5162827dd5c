/* SPDX-License-Identifier: MIT */
/* The timeline of an html report: all uploads beside the cutoff, disclosure and AWS's patching, and
 * reused keys as lines between their certificates. The numbers of bars and lines are bounded,
 * however many certificates there are. */
#include "report/report.h"

#include "report/lines.inc"

#define WIDTH 720
#define BARS 100             /* the height of the highest bar */
#define BASE 150             /* of the lower end of bars, from the top */
#define BINS 120             /* bars side by side */
#define KEY_HEIGHT 16        /* of one key's line */
#define MOST_KEYS 10         /* with a line */
#define MOST_DOTS 60         /* on one line */
#define LATE (WIDTH * 2 / 3) /* behind it a label ends at its x */
#define MARGIN (15 * 86400)  /* before the first and after the last date */

/* Begins a text at x; one of class "end" ends there. */
#define TEXT "<text x=\"%d\" y=\"%d\" class=\"%s\">"

#define EVENT_COUNT 3 /* the cutoff first */

struct timeline {
    int64_t from, to; /* what is shown from 0 to WIDTH */
    int64_t events[EVENT_COUNT];
};

static int find_x(const struct timeline *timeline, int64_t seconds)
{
    return (int)((seconds - timeline->from) * WIDTH / (timeline->to - timeline->from));
}

static void append_bars(struct pb_report *report, const struct timeline *timeline)
{
    static const char *const classes[] = {"vulnerable", "undetermined", "other"}; /* upwards */
    static const int kinds[] = {2, 0, 2, 1}; /* by enum pb_verdict: rows of classes */
    size_t counts[BINS][3] = {0}, all[BINS] = {0}, most = 1;

    for (uint32_t i = 0; i < report->inventory->certificates.count; i++) {
        const struct pb_certificate *one = pb_inventory_certificate(report->inventory, i);
        const struct pb_date *date = pb_certificate_arrival(one);
        int64_t seconds = date->instant.seconds;
        if (!pb_date_is_known(date) || seconds < timeline->from || seconds >= timeline->to)
            continue;
        int bin = find_x(timeline, seconds) * BINS / WIDTH;
        counts[bin][report->standings[i].has_compromised_key ? 0 : kinds[one->verdict]]++;
        most = ++all[bin] > most ? all[bin] : most;
    }
    for (int bin = 0; bin < BINS; bin++)
        for (int i = 0, y = BASE; i < 3; i++) {
            int exact = (int)(counts[bin][i] * BARS / most), height = exact < 3 ? 3 : exact;
            if (counts[bin][i] == 0)
                continue;
            y -= height; /* at least 3, to be seen */
            pb_buffer_append_format(&report->out, PB_LINES_SVG_BAR, classes[i], bin * WIDTH / BINS,
                                    y, height);
        }
    bool is_left = find_x(timeline, timeline->events[0]) > LATE; /* the label is on the right */
    pb_buffer_append_format(&report->out, TEXT "highest bar: %zu</text>\n", is_left ? 0 : WIDTH, 12,
                            is_left ? "start" : "end", most);
}

/* Labels are one below the other, because the days are close together. */
static void append_axis(struct pb_report *report, const struct timeline *timeline, int height)
{
    static const char *const labels[] = {"cutoff, ", "Heartbleed disclosed, 7 April 2014",
                                         "AWS patched, 8 April 2014"};
    struct pb_text cutoff = pb_instant_text(report->result->parameters->cutoff);

    pb_buffer_append_format(&report->out, "<path class=\"axis\" d=\"M0 %dH%d\"/>\n", BASE, WIDTH);
    for (int i = 0; i < EVENT_COUNT; i++) {
        int x = find_x(timeline, timeline->events[i]);
        bool is_left = x > LATE;
        pb_buffer_append_format(&report->out, PB_LINES_SVG_EVENT, x, 2 + 14 * i, height);
        pb_buffer_append_format(&report->out, TEXT "%s%.10s</text>\n", is_left ? x - 4 : x + 4,
                                12 + 14 * i, is_left ? "end" : "start", labels[i],
                                i == 0 ? cutoff.text : "");
    }
    for (int i = 0; i <= 4; i++) {
        int64_t seconds = timeline->from + (timeline->to - timeline->from) / 4 * i;
        pb_buffer_append_format(&report->out, TEXT "%.10s</text>\n", WIDTH / 4 * i, BASE + 14,
                                "middle",
                                pb_instant_text((struct pb_instant){.seconds = seconds}).text);
    }
}

/* Appends a line from the first upload of a key to its last, with a dot for each. */
static void append_key(struct pb_report *report, const struct timeline *timeline, size_t row)
{
    const struct pb_key_group *group =
        &PB_VECTOR_AT(const struct pb_key_group, &report->result->key_groups->items, row);
    int y = BASE + 34 + KEY_HEIGHT * (int)row, first = -1, last = 0;

    for (size_t i = 0; i < group->count; i++) {
        int64_t seconds = group->members[i].date.seconds;
        if (!group->members[i].has_date || seconds < timeline->from || seconds > timeline->to)
            continue;
        last = find_x(timeline, seconds);
        first = first < 0 ? last : first;
        if (i < MOST_DOTS)
            pb_buffer_append_format(&report->out, PB_LINES_SVG_DOT,
                                    group->members[i].is_exposed ? "vulnerable" : "reused", last,
                                    y);
    }
    if (first < 0)
        return;
    bool is_left = last > WIDTH - 60;
    pb_buffer_append_format(&report->out, PB_LINES_SVG_KEY, first, y, last);
    pb_buffer_append_format(&report->out, TEXT "key %zu</text>\n", is_left ? first - 8 : last + 8,
                            y + 4, is_left ? "end" : "start", row + 1);
}

static void append_panel(struct pb_report *report, const struct timeline *timeline, size_t keys,
                         const char *label)
{
    int height = BASE + 20 + (keys > 0 ? 8 + KEY_HEIGHT * (int)keys : 0);

    pb_buffer_append_format(&report->out, PB_LINES_HTML_PANEL, label, label, height, label);
    append_bars(report, timeline);
    append_axis(report, timeline, height);
    for (size_t row = 0; row < keys; row++)
        append_key(report, timeline, row);
    pb_put(report, "</svg>\n</div>\n");
}

void pb_html_append_timeline(struct pb_report *report)
{
    static const char *const periods[] = {
        "before the cutoff", "from the cutoff to the day of disclosure",
        "on the day of AWS's patching", "after it", "at a time that the evidence does not tell"};
    size_t counts[EVENT_COUNT + 2] = {0}, keys = report->result->key_groups->items.count;
    int64_t cutoff = report->result->parameters->cutoff.seconds;
    int64_t first = cutoff < PB_DISCLOSED_SECONDS ? cutoff : PB_DISCLOSED_SECONDS;
    int64_t last = cutoff > PB_PATCHED_SECONDS ? cutoff : PB_PATCHED_SECONDS;
    const struct timeline near = {
        first - MARGIN, last + MARGIN, {cutoff, PB_DISCLOSED_SECONDS, PB_PATCHED_SECONDS}};
    struct timeline whole = near;
    bool has_near = false;

    for (uint32_t i = 0; i < report->inventory->certificates.count; i++) {
        const struct pb_date *date =
            pb_certificate_arrival(pb_inventory_certificate(report->inventory, i));
        int64_t seconds = date->instant.seconds;
        size_t period = pb_date_is_known(date) ? 0 : EVENT_COUNT + 1;
        while (period < EVENT_COUNT && seconds >= whole.events[period])
            period++;
        counts[period]++;
        if (period > EVENT_COUNT)
            continue;
        whole.from = seconds - MARGIN < whole.from ? seconds - MARGIN : whole.from;
        whole.to = seconds + MARGIN > whole.to ? seconds + MARGIN : whole.to;
        has_near |= seconds >= near.from && seconds < near.to;
    }
    pb_put(report, PB_LINES_HTML_LEGEND);
    append_panel(report, &whole, keys < MOST_KEYS ? keys : MOST_KEYS,
                 keys > 0 ? "All uploads, and keys that were used again" : "All uploads");
    if (has_near)
        append_panel(report, &near, 0, "The days around disclosure");
    for (size_t i = 0; i < EVENT_COUNT + 2; i++)
        pb_buffer_append_format(
            &report->out, "%s%zu %s",
            i > 0 ? ", " : "<p>Uploads to IAM and imports into ACM: ", counts[i], periods[i]);
    pb_put(report, ".</p>\n");
}
