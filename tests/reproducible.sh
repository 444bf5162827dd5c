#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the committed tree twice, in folders, locales, time zones and with umasks that differ, and
# compares the program, the static program, the libraries, the source archive and the packages.
# Usage: reproducible.sh
set -u
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
targets='all dist'
[ -e /usr/lib/"$(${CC:-cc} -print-multiarch)"/libzstd.a ] && targets="$targets static" || skipped=$((skipped + 1))
command -v dh >/dev/null && targets="$targets deb" || skipped=$((skipped + 1))
[ "$skipped" -eq 0 ] || echo "SKIP what is not built here: this compares only $targets"

build() ( # folder, umask, VARIABLE=VALUE...
    mask=$2
    git clone -q . "$1" && cd "$1" && umask "$mask" || exit 1
    shift 2
    # shellcheck disable=SC2086
    env -u MAKEFLAGS -u MAKELEVEL -u SOURCE_DATE_EPOCH CCACHE_DISABLE=1 "$@" make -s $targets >"$work/log" 2>&1 || tail -n 20 "$work/log"
)
build "$work/one" 022 LC_ALL=C TZ=UTC
build "$work/another folder/with a longer name" 077 LC_ALL=C.UTF-8 TZ=Pacific/Kiritimati HOME=/nonexistent USER=other
cd "$work/one/build" || exit 2
for file in prebleed prebleed-static libprebleed.a libprebleed.so.0 prebleed-*.tar.gz deb/*.deb; do
    [ -e "$file" ] || continue
    if cmp "$file" "$work/another folder/with a longer name/build/$file"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        ! command -v diffoscope >/dev/null || timeout 300 diffoscope "$file" "$work/another folder/with a longer name/build/$file" | head -n 40
    fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
