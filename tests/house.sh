#!/bin/sh
# SPDX-License-Identifier: MIT
# The rules of the house that a machine can check: how large it is, that every header compiles alone,
# that the libraries show prebleed_* and nothing else, that a third-party library is visible in one
# room, that data goes one way, and that a file is a subject: no two files use each other, and none
# is there for one other file alone. Usage: house.sh BUILD CC
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

# How large the house may be: 29,000 lines in 150 files is where it shall end.
sources=$(find src include -name '*.[ch]' | sort)
at_most() { # what, number, bound
    check "$1: at most $3" "$([ "$2" -le "$3" ] || echo "$2")"
}
# shellcheck disable=SC2086
at_most "lines of source" "$(cat $sources | wc -l)" 29000
at_most "files of source" "$(echo "$sources" | wc -l)" 90
at_most "lines of tests in C" "$(find tests -name '*.[ch]' -exec cat {} + | wc -l)" 14000
check "no base name stands twice" "$(find src -name '*.c' -exec basename {} \; | sort | uniq -d)"

# Which object uses a symbol of which other one of its room: "room user definer kind symbol".
uses=$(mktemp) || exit 2
trap 'rm -f "$uses"' EXIT
nm -A $(echo "$sources" | sed -n "s|\(.*\)\.c$|$build/\1.o|p") | sed "s|^$build/src/||" | awk '
    $1 ~ /:$/ && $2 == "U" { wanted[$1 " " $3] = 1 }
    $2 ~ /^[TDRB]$/ { split($1, part, ":"); definer[$3] = part[1]; kind[$3] = $2 }
    END {
        for (pair in wanted) {
            split(pair, half, " ")
            user = half[1]; sub(/:$/, "", user)
            if (half[2] in definer) {
                split(user, from, "/"); split(definer[half[2]], to, "/")
                print from[1], user, definer[half[2]], kind[half[2]], half[2], (from[1] == to[1] ? "inside" : "outside")
            }
        }
    }' | sort >"$uses"
for room in base evidence json x509 aws inventory rules report audit cli; do
    check "no two files of src/$room use each other" \
        "$(awk -v room=$room '$6 == "inside" && $1 == room && $4 == "T" { print $2, $3 }' "$uses" | sort -u | tsort 2>&1 >/dev/null)"
done
# Excepted are the rows of a table (constants), a subject of 150 lines or more, and a file that would
# make its only user longer than 600 lines.
check "no file is there for one other file of its room alone" "$(awk '
    !(($3, $2) in seen) { seen[$3, $2] = 1; users[$3]++; user[$3] = $2 }
    $4 == "T" && $2 != "report/formats.o" { calls[$3] = 1 }
    $6 == "outside" { outside[$3] = 1 }
    END {
        for (file in users)
            if (users[file] == 1 && calls[file] && !outside[file])
                print file, user[file]
    }' "$uses" | sort | while read -r file user; do
    [ "$(wc -l <"src/${file%.o}.c")" -ge 150 ] ||
        [ "$(cat "src/${file%.o}.c" "src/${user%.o}.c" | wc -l)" -gt 600 ] || echo "src/${file%.o}.c for src/${user%.o}.c"
done)"
check "no line is longer than 100 columns" "$(grep -nE '^.{101,}' -r src include --include='*.[ch]')"
sources=$(find src include tests -name node_modules -prune -o -name '*.[ch]' -print -o -name '*.py' -print -o -name '*.sh' -print -o -name '*.go' -print -o -name '*.mjs' -print)
# shellcheck disable=SC2086
check "every source says its licence" "$(grep -L 'SPDX-License-Identifier: MIT' $sources)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
