#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the test suites named as arguments, "NAME=COMMAND" each, and adds up what they count: cmocka
# programs by their own closing lines, all others by a last line "N passed, N failed[, N skipped]".
# Prints the output of what failed or skipped, and the sum as its last line.
set -u

output=$(mktemp) || exit 2
trap 'rm -f "$output"' EXIT
passed=0 failed=0 skipped=0

# cmocka: "[  PASSED  ] 5 test(s)."
count_cmocka() {
    sed -n "s/^\[  $1 *\] \([0-9][0-9]*\) test(s).*/\1/p" "$output" | awk '{ sum += $1 } END { print sum + 0 }'
}

for suite in "$@"; do
    name=${suite%%=*}
    sh -c "${suite#*=}" >"$output" 2>&1
    status=$?
    if grep -q '^\[==========\]' "$output"; then
        p=$(count_cmocka PASSED) f=$(count_cmocka FAILED) s=$(count_cmocka SKIPPED)
    else
        p=$(tail -n 1 "$output" | sed -n 's/.*\b\([0-9][0-9]*\) passed.*/\1/p')
        f=$(tail -n 1 "$output" | sed -n 's/.*\b\([0-9][0-9]*\) failed.*/\1/p')
        s=$(tail -n 1 "$output" | sed -n 's/.*\b\([0-9][0-9]*\) skipped.*/\1/p')
    fi
    # A suite that failed without counting a failure died; one that counted nothing ran nothing.
    [ "$status" -ne 0 ] && [ "${f:-0}" -eq 0 ] && f=1
    [ "$((${p:-0} + ${f:-0} + ${s:-0}))" -eq 0 ] && f=1
    [ "${f:-0}" -gt 0 ] && cat "$output"
    [ "${f:-0}" -eq 0 ] && [ "${s:-0}" -gt 0 ] && grep -i 'skip' "$output"
    echo "$name: ${p:-0} passed, ${f:-0} failed, ${s:-0} skipped"
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
