#!/bin/sh
# SPDX-License-Identifier: MIT
# COMMAND, another build of PREBLEED, prints its reports to the byte, with its exit status: in every
# format, over the repository's evidence. Usage: same_reports.sh PREBLEED COMMAND...
set -u
native=$1
shift
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
for evidence in testdata/demo testdata/samples/* testdata/shapes testdata/chains testdata/cases/*; do
    for format in text json html csv ndjson junit sarif markdown; do
        "$native" -v --no-sandbox --as-of 2026-11-23 -o $format "$evidence" >"$work/expected" 2>/dev/null
        expected=$?
        "$@" -v --no-sandbox --as-of 2026-11-23 -o $format "$evidence" >"$work/found" 2>/dev/null
        if [ $? -eq $expected ] && cmp "$work/expected" "$work/found"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1)) && echo "FAIL $format of $evidence differs by $*"
        fi
    done
done
echo "$passed reports are the same, $failed differ"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
