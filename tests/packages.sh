#!/bin/sh
# SPDX-License-Identifier: MIT
# What is delivered: an installation that a foreign program finds by pkg-config alone, from C11 and
# C++17, that goes again whole; and the Debian packages, by lintian. Usage: packages.sh BUILD
set -u
build=$1 cc=${CC:-cc} cxx=${CXX:-c++}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
check() { # what, whether it failed
    if [ "$2" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $1"; fi
}
skip() {
    skipped=$((skipped + 1)) && echo "SKIP $1"
}

if nm -D "$build/prebleed" 2>/dev/null | grep -q __asan_init; then
    skip "nobody is given a program with sanitizers"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
make -s BUILD="$work/build" PREFIX="$work/usr" install >"$work/log" 2>&1 || {
    tail -n 20 "$work/log"
    exit 2
}
export PKG_CONFIG_PATH="$work/usr/lib/pkgconfig"
flags=$(pkg-config --cflags --libs prebleed)
# shellcheck disable=SC2086
$cc -std=c11 -Wall -Wextra -Wpedantic -Werror -o "$work/client" tests/example.c $flags
check 'a C11 client builds with pkg-config' $?
LD_LIBRARY_PATH="$work/usr/lib" "$work/client" testdata/demo/bundle.tar.gz >"$work/output"
[ $? -eq 1 ] && grep -q '^cdn-video uploaded at 1396267200 in account 444455556666$' "$work/output"
check 'the client runs with the installed library' $?
if command -v "$cxx" >/dev/null; then
    printf '#include <prebleed.h>\nint main() { return prebleed_version()[0] == 0; }\n' >"$work/client.cpp"
    # shellcheck disable=SC2086
    $cxx -std=c++17 -Wall -Wextra -Wpedantic -Werror -o "$work/client++" "$work/client.cpp" $flags
    check 'a C++17 client builds with pkg-config' $?
else
    skip 'C++17: there is no C++ compiler'
fi
nm -D --defined-only "$work/usr/lib/libprebleed.so" | awk '{ print $3 }' | grep -vq '^prebleed_'
check 'the shared library exports other names than prebleed_*' $((!$?))
tests/abi.sh "$work/usr/lib/libprebleed.so" >"$work/abi.txt" && diff tests/abi.txt "$work/abi.txt"
check 'the interface is not the recorded one (make golden records it)' $?
make -s BUILD="$work/build" PREFIX="$work/usr" uninstall >"$work/log" 2>&1
[ -z "$(find "$work/usr" -mindepth 1)" ]
check 'make uninstall leaves files or folders behind' $?

if command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null && command -v lintian >/dev/null; then
    make -s BUILD="$build" deb >"$work/log" 2>&1 || tail -n 20 "$work/log"
    found=$(lintian --fail-on warning "$build"/deb/*.changes 2>&1 | grep -v 'running with root privileges')
    [ -z "$found" ]
    check "lintian: $found" $?
    for package in prebleed libprebleed0 libprebleed-dev; do
        dpkg-deb -x "$build"/deb/${package}_*.deb "$work/deb"
    done
    library=$(dirname "$(find "$work/deb" -name libprebleed.so.0)")
    LD_LIBRARY_PATH=$library "$work/deb/usr/bin/prebleed" -q testdata/demo/bundle.tar.gz >/dev/null
    [ $? -eq 1 ]
    check 'the packaged program audits the demonstration' $?
else
    skip 'packages: make deps-deb installs what builds them'
fi
if command -v mandoc >/dev/null; then
    found=$(mandoc -T lint src/cli/*.[1-8])
    [ -z "$found" ]
    check "the manual: $found" $?
else
    skip 'manual: mandoc is not installed'
fi
if [ -e tests/report/node_modules/@cyclonedx ]; then
    make -s BUILD="$build" sbom && node tests/report/sbom.mjs "$build/prebleed.cdx.json"
    check 'the bill of materials is not as CycloneDX wants it' $?
else
    skip 'bill of materials: npm ci in tests/report installs what validates it'
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
