#!/bin/sh
# SPDX-License-Identifier: MIT
# The same bytes out for the same bytes in: any thread count, locale, time zone, and order of the
# arguments, over every fixture of testdata/.
set -u
program=$(realpath "$1") || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

report() { # name, then what stands before the program, options
    name=$1
    shift
    env -i "$@" >"$work/$name.json" 2>/dev/null
}

same() {
    if [ -s "$work/sequential.json" ] && cmp -s "$work/sequential.json" "$work/$1.json"; then
        passed=$((passed + 1))
    else
        echo "FAIL $1: another report than with one thread"
        failed=$((failed + 1))
    fi
}

set -- --as-of 2026-11-23 -o json
report sequential "$program" "$@" --jobs 1 testdata/samples testdata/demo
for jobs in 2 3 8 64; do
    report "jobs-$jobs" "$program" "$@" --jobs "$jobs" testdata/samples testdata/demo
    same "jobs-$jobs"
done
for form in "text -v" html; do # share by share, as json
    format=${form%% *}
    env -i "$program" --as-of 2026-11-23 -o $form --jobs 1 testdata/samples testdata/demo >"$work/alone.$format" 2>/dev/null
    env -i "$program" --as-of 2026-11-23 -o $form --jobs 3 testdata/samples testdata/demo >"$work/shared.$format" 2>/dev/null
    if [ -s "$work/alone.$format" ] && cmp -s "$work/alone.$format" "$work/shared.$format"; then
        passed=$((passed + 1))
    else
        echo "FAIL $format: another report than with one thread"
        failed=$((failed + 1))
    fi
done
report order "$program" "$@" --jobs 2 testdata/demo testdata/samples
same order
report locale LC_ALL=tr_TR.UTF-8 LANG=de_DE TZ=Asia/Kathmandu "$program" "$@" testdata/samples testdata/demo
same locale
cp -R testdata "$work/testdata" # another order of folder entries, other times and inodes
(cd "$work" && env -i "$program" "$@" testdata/samples testdata/demo >"$work/copy.json" 2>/dev/null)
same copy
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
