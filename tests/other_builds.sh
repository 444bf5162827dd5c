#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the program by another compiler, clang or a cross compiler for arm64 (run under qemu): its
# reports are the same bytes, and the command-line cases pass. Usage: other_builds.sh PREBLEED BUILD clang|arm64
set -u
native=$(realpath "$1") build=$2 kind=$3 triplet=aarch64-linux-gnu
passed=0 failed=0
skip() {
    echo "SKIP $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
unset LDFLAGS
if [ "$kind" = arm64 ]; then
    command -v $triplet-gcc qemu-aarch64-static >/dev/null && [ -e /usr/lib/$triplet/libarchive.so ] ||
        skip 'the cross compiler, qemu or the libraries for arm64 are not installed (make deps-arm64)'
    export PKG_CONFIG_LIBDIR=/usr/lib/$triplet/pkgconfig
    set -- CC=$triplet-gcc LD=$triplet-ld AR=$triplet-ar OBJCOPY=$triplet-objcopy
else
    command -v clang >/dev/null || skip 'clang is not installed'
    set -- CC=clang
fi
make -s BUILD="$build" "$@" "$build/prebleed" >"$build.log" 2>&1 || {
    tail -n 20 "$build.log"
    exit 2
}
program=$(realpath "$build/prebleed")
if [ "$kind" = arm64 ]; then
    printf '#!/bin/sh\nexec qemu-aarch64-static "%s" "$@"\n' "$program" >"$program-qemu"
    program=$program-qemu
    chmod +x "$program"
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
if tests/same_reports.sh "$native" "$program"; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
fi
if ${PYTHON:-python3} tests/cli/run.py --program "$program" >"$work/log"; then
    passed=$((passed + 1))
else
    failed=$((failed + 1)) && cat "$work/log"
fi
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
