#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs fuzz targets one after the other, each from its seeds and what earlier runs kept, and prints
# what each did. Usage: fuzz.sh BUILD SECONDS TARGET...
set -u
build=$1 seconds=$2
shift 2
failed=0
mkdir -p "$build/found" "$build/logs"
for target in "$@"; do
    mkdir -p "$build/corpus/$target"
    log=$build/logs/$target
    "$build/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=65536 \
        -print_final_stats=1 -dict=tests/fuzz/dictionary.txt -artifact_prefix="$build/found/$target-" \
        "$build/corpus/$target" "$build/seeds/$target" >"$log" 2>&1
    status=$?
    [ "$status" -eq 0 ] || { failed=1 && tail -n 40 "$log"; }
    echo "$target: exit $status, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs," \
        "$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 edges, \2 features/p' "$log" | tail -n 1)"
done
exit "$failed"
