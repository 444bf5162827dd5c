#!/bin/sh
# SPDX-License-Identifier: MIT
# The rules of the house that a machine can check: every header compiles alone, the libraries show
# prebleed_* and nothing else, a third-party library is visible in one room, data goes one way.
set -u
build=$1 cc=$2
passed=0 failed=0

check() { # sentence, then what was found: nothing is right
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s:\n%s\n' "$1" "$2"
    fi
}

for header in include/*.h src/*/*.h; do
    check "$header compiles alone" "$($cc -std=c11 -D_XOPEN_SOURCE=700 -Iinclude -Isrc -fsyntax-only -x c "$header" 2>&1)"
done
check "the shared library exports only prebleed_*" \
    "$(nm -D --defined-only "$build"/libprebleed.so | awk '{ print $3 }' | grep -v '^prebleed_')"
check "the static library exports only prebleed_*" \
    "$(nm -g --defined-only "$build"/libprebleed.a | awk 'NF == 3 { print $3 }' | grep -v '^prebleed_')"

# What each room may include, besides itself: the order in which data flows.
allowed() {
    case $1 in
    base) echo "" ;;
    evidence | json | x509) echo "base" ;;
    inventory) echo "base x509" ;;
    aws) echo "base json x509 inventory" ;;
    rules) echo "base json inventory x509" ;; # waivers and baselines are read where they are indexed
    report) echo "base json inventory rules x509" ;;
    audit) echo "base evidence json x509 aws inventory rules report" ;;
    cli) echo "" ;;
    esac
}
for room in base evidence json x509 aws inventory rules report audit cli; do
    others=$(cat src/$room/*.[ch] | sed -n 's|^#include "\([a-z0-9]*\)/.*|\1|p' | sort -u | grep -vx "$room" |
        grep -vxF "$(allowed $room | tr ' ' '\n' | grep . || echo none)")
    check "src/$room includes only what is above it" "$others"
done
check "src/main.c includes only cli/ and prebleed.h" \
    "$(sed -n 's|^#include "\(.*\)"|\1|p' src/main.c | grep -v -e '^cli/' -e '^prebleed\.h$')"
only_in() { # header pattern, room
    check "$1 is included in src/$2 alone" "$(grep -lE "#include <$1" -r src | grep -v "^src/$2/")"
}
only_in 'jansson' json
only_in '(archive|archive_entry|zlib|lzma|zstd)\.h' evidence
only_in 'openssl/(x509|pem|asn1|ec|rsa|dsa)' x509
check "no line is longer than 100 columns" "$(grep -nE '^.{101,}' -r src include --include='*.[ch]')"
sources=$(find src include tests -name '*.[ch]' -o -name '*.py' -o -name '*.sh' -o -name '*.go')
# shellcheck disable=SC2086
check "every source says its licence" "$(grep -L 'SPDX-License-Identifier: MIT' $sources)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
