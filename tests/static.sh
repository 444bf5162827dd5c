#!/bin/sh
# SPDX-License-Identifier: MIT
# The static program: nothing is loaded, it stays small, and it passes the command-line cases. Alone in
# a chroot it reports the bytes that the dynamic one does, and so it does in the systems of other
# releases, if their roots (as debootstrap makes them) are given. Usage: static.sh BUILD [ROOT...]
set -u
build=$1
shift
[ -e /usr/lib/"$(${CC:-cc} -print-multiarch)"/libzstd.a ] || {
    echo "SKIP the static libraries are not installed (make deps-static)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
make -s BUILD="$build" static >"$build/static.log" 2>&1 || {
    tail -n 20 "$build/static.log"
    exit 2
}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
check() { # what, whether it failed
    if [ "$2" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $1"; fi
}

LC_ALL=C readelf -ld "$build/prebleed-static" | grep -qE 'INTERP|NEEDED'
check 'it loads a library or an interpreter' $((!$?))
[ "$(stat -c %s "$build/prebleed-static")" -lt 8000000 ]
check 'it has eight million bytes or more' $?

for root in "$work" "$@"; do
    enter="chroot $root"
    [ "$(id -u)" = 0 ] || enter="unshare --map-root-user chroot $root"
    cp "$build/prebleed-static" "$root/prebleed"
    if ! $enter /prebleed --version >"$work/version" 2>&1; then
        echo "SKIP chroot $root: $(cat "$work/version")" && skipped=$((skipped + 1))
        continue
    fi
    cp -r testdata "$root/"
    # shellcheck disable=SC2086
    tests/same_reports.sh "$build/prebleed" $enter /prebleed
    check "the reports in $root" $?
    rm -rf "$root/prebleed" "$root/testdata"
done
${PYTHON:-python3} tests/cli/run.py --program "$build/prebleed-static" >"$work/log"
check "the command-line cases: $(tail -n 20 "$work/log")" $?
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
