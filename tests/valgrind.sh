#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: valgrind.sh PREBLEED UNIT_TEST...
# Runs PREBLEED under valgrind's memcheck over archives, every folder of captures and cheap bad input,
# and each unit test: no error, no leak. Needs some ten minutes; the last line is "N passed, N failed[, N skipped]".
set -u
program=$(realpath "$1") || exit 2
shift
unit_tests=$(realpath "$@") || exit 2
cd "$(dirname "$0")/.." || exit 2
command -v valgrind >/dev/null || { echo "SKIP valgrind is not installed"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
if nm -D "$program" 2>/dev/null | grep -q __asan_init; then
    echo "SKIP valgrind cannot run what has sanitizers"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0

# watch STATUS COMMAND...: the command ends with this status, and valgrind has nothing to say.
watch() {
    expected=$1
    shift
    valgrind -q --leak-check=full --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible --error-exitcode=99 --log-file="$scratch/log" \
        "$@" >"$scratch/output" 2>&1
    status=$?
    if [ "$status" -eq "$expected" ] && [ ! -s "$scratch/log" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $*: exit status $status, expected $expected"
        head -n 40 "$scratch/log" "$scratch/output"
    fi
}

# check STATUS ARGUMENT...: the same of the program.
check() {
    expected=$1
    shift
    watch "$expected" "$program" --no-sandbox --as-of 2026-11-23 -q -o json="$scratch/report.json" \
        -o text="$scratch/report.txt" -o html="$scratch/report.html" "$@"
}

# Whatever the status is without valgrind is right: the other tests hold it.
check_as_without() {
    "$program" --as-of 2026-11-23 -q -o json="$scratch/report.json" "$@" >/dev/null 2>&1
    check $? "$@"
}

samples=testdata/samples
for path in "$samples"/archives/*.tgz "$samples"/archives/*.zip "$samples"/damaged/archives/* \
    "$samples"/captures/*/ testdata/demo/bundle.tar.gz testdata/certificates tests/cli/evidence; do
    check_as_without "$path"
done

bundle=testdata/demo/bundle.tar.gz
size=$(wc -c <"$bundle")
for part in 1 2 3 4 5 6 7 8 9; do
    head -c $((size * part / 10)) "$bundle" >"$scratch/cut-$part.tar.gz"
    gzip -dc "$bundle" | head -c $((part * 5000)) >"$scratch/cut-$part.tar"
    head -c $((part * 900)) "$samples/archives/small-bsdtar.zip" >"$scratch/cut-$part.zip"
done
mkdir "$scratch/cut" && mv "$scratch"/cut-* "$scratch/cut/"
check_as_without "$scratch/cut"
check 1 - <"$bundle"

mkdir "$scratch/bad"
list='{"ServerCertificateMetadataList": [{"ServerCertificateName": "a", "UploadDate": '
printf '%s' "$list" >"$scratch/bad/server-certificates-cut.json"
printf '%s5}]}' "$list" >"$scratch/bad/number.json"
printf '%s1e400}]}' "$list" >"$scratch/bad/infinite.json"
printf '%s"\\ud800"}]}' "$list" >"$scratch/bad/surrogate.json"
printf '%s"2019-01-01T00:00:00Z", "UploadDate": 1}]}' "$list" >"$scratch/bad/twice.json"
printf '%s"\377"}]}' "$list" >"$scratch/bad/utf-8.json"
printf '\377\376{' >"$scratch/bad/servercert-utf-16.json"
printf '{"ServerCertificateMetadataList": {}}' >"$scratch/bad/object.json"
: >"$scratch/bad/server-certificates.json"
head -c 100000 /dev/zero | tr '\0' '[' >"$scratch/bad/server-certificates-deep.json"
printf 'Rar!\032\007\001\000' >"$scratch/bad/x.rar"
for path in "$scratch"/bad/*; do
    check_as_without "$path"
done
check 3 --max-items 3 "$scratch/bad"
check 3 --max-values 3 "$scratch/bad"
check 2 "$scratch/bad" "$scratch/missing"
check 2 --cutoff never "$scratch/bad"

for test in $unit_tests; do
    watch 0 "$test"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
