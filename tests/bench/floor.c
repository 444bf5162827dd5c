/* SPDX-License-Identifier: MIT */
/* The cost of each stage alone, on the files of W1: floor W1.TAR.GZ prints one table (Markdown).
 * A row is the best of three rounds on one thread; everything is in memory before a round. */
#include <stdio.h>
#include <time.h>

#include <prebleed.h>

#include "json/document.h"
#include "stages.h"
#include "x509/facts.h"

#define ROUNDS 3

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void print_row(const char *name, struct amount amount, double seconds)
{
    printf("| %s | %zu | %.3f | %.2f | %.0f |\n", name, amount.items, seconds,
           seconds * 1e6 / (double)amount.items, (double)amount.bytes / 1e6 / seconds);
    fflush(stdout);
}

static void measure(const struct stage *stage, const struct workload *workload)
{
    struct amount amount = {0, 0};
    double best = 1e9;

    for (int round = 0; round < ROUNDS; round++) {
        double begin = now();
        amount = stage->run(workload);
        double seconds = now() - begin;
        best = seconds < best ? seconds : best;
    }
    print_row(stage->name, amount, best);
}

static bool count_bytes(void *context, const char *bytes, size_t size_bytes)
{
    (void)bytes;
    *(uint64_t *)context += size_bytes;
    return true;
}

static void measure_reports(const struct prebleed_audit *audit, size_t items)
{
    struct prebleed_table_row format;

    for (size_t i = 0; prebleed_table_row("formats", i, &format); i++) {
        struct amount amount = {items, 0};
        char name[64];
        double begin = now();
        expect(prebleed_audit_write_report(audit, format.name, NULL, count_bytes, &amount.bytes,
                                           NULL) == PREBLEED_OK,
               format.name);
        double seconds = now() - begin;
        snprintf(name, sizeof name, "write the report, %s", format.name);
        print_row(name, amount, seconds);
    }
}

/* One thread, through the library's front door. */
static void measure_run(const struct workload *workload, const char *name, const char *const *rules)
{
    struct amount amount = {workload->items.count, workload->tar.size_bytes};
    struct prebleed_parameters parameters;
    struct prebleed_audit *audit;

    prebleed_parameters_init(&parameters);
    prebleed_instant_parse("2026-11-23", &parameters.as_of);
    parameters.rules = rules;
    parameters.rule_count = rules != NULL;
    expect(prebleed_audit_new(&parameters, &audit, NULL) == PREBLEED_OK, "new");
    expect(prebleed_audit_add_path(audit, workload->path, NULL) == PREBLEED_OK, "add");
    double begin = now();
    expect(prebleed_audit_run(audit, NULL) == PREBLEED_OK, "run");
    print_row(name, amount, now() - begin);
    if (rules == NULL)
        measure_reports(audit, amount.items);
    prebleed_audit_free(audit);
}

int main(int count, char **arguments)
{
    static const char *const one_rule[] = {"IAM-033"};
    static struct workload workload;

    expect(count == 2, "floor W1.TAR.GZ: its one argument");
    pb_json_prepare();
    expect(pb_x509_prepare() == PB_OK, "OpenSSL");
    workload_load(&workload, arguments[1]);
    printf("| stage, alone on one thread | items | s | µs an item | MB/s |\n"
           "| --- | --: | --: | --: | --: |\n");
    for (size_t i = 0; i < stage_count; i++)
        measure(&stages[i], &workload);
    measure_run(&workload, "read and judge, IAM-033 alone", one_rule);
    measure_run(&workload, "read and judge, all rules", NULL);
    return 0;
}
