#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the program for arm64 on another machine and runs it under qemu: the command-line cases, and
# the same reports as those of the native program. Usage: arm64.sh PREBLEED BUILD
set -u
native=$(realpath "$1") build=$2 triplet=aarch64-linux-gnu
passed=0 failed=0
if ! command -v $triplet-gcc qemu-aarch64-static >/dev/null || [ ! -e /usr/lib/$triplet/libarchive.so ]; then
    echo "SKIP the cross compiler, qemu or the libraries for arm64 are not installed (make deps-arm64)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
unset LDFLAGS
PKG_CONFIG_LIBDIR=/usr/lib/$triplet/pkgconfig make -s BUILD="$build" CC=$triplet-gcc LD=$triplet-ld AR=$triplet-ar \
    OBJCOPY=$triplet-objcopy "$build/prebleed" >"$build.log" 2>&1 || {
    tail -n 20 "$build.log"
    exit 2
}
program=$(realpath "$build/prebleed")-qemu
printf '#!/bin/sh\nexec qemu-aarch64-static "%s" "$@"\n' "${program%-qemu}" >"$program"
chmod +x "$program"
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
for evidence in testdata/demo testdata/samples/* testdata/shapes testdata/chains testdata/cases/*; do
    for format in text json html; do
        "$native" -v --as-of 2026-11-23 -o $format "$evidence" >"$work/expected" 2>/dev/null
        expected=$?
        "$program" -v --as-of 2026-11-23 -o $format "$evidence" >"$work/found" 2>/dev/null
        if [ $? -eq $expected ] && cmp "$work/expected" "$work/found"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1)) && echo "FAIL $format of $evidence differs on arm64"
        fi
    done
done
if ${PYTHON:-python3} tests/cli/run.py --program "$program" >"$work/log"; then
    passed=$((passed + 1))
else
    failed=$((failed + 1)) && cat "$work/log"
fi
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
