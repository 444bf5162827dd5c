#!/bin/sh
# SPDX-License-Identifier: MIT
# A client of the library: tests/example.c against the shared and the static library, on the
# demonstration's bundle and on a path that does not exist. Usage: library.sh BUILD CC
set -u
build=$1 cc=$2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

cat >"$work/expected" <<'LINES'
FrontendSSLCertificate uploaded at 1396222200 in account 444455556666
cdn-assets uploaded at 1384978820 in account 444455556666
cdn-video uploaded at 1396267200 in account 444455556666
LINES

check() { # what, status, expected status, whether the rest is right
    if [ "$2" -eq "$3" ] && [ "$4" -eq 0 ]; then
        passed=$((passed + 1))
    else
        echo "FAIL $1: exit status $2, expected $3"
        failed=$((failed + 1))
    fi
}

# shellcheck disable=SC2046
$cc -std=c11 -Iinclude -pthread ${SANITIZE:-} -o "$work/static" tests/example.c "$build/libprebleed.a" \
    $(pkg-config --libs jansson libcrypto libarchive zlib) || exit 2
for client in "$build/tests/example" "$work/static"; do
    "$client" testdata/demo/bundle.tar.gz >"$work/output" 2>&1
    status=$?
    cmp "$work/output" "$work/expected"
    check "$(basename "$client") judges the bundle" "$status" 1 $?
    "$client" no/such/path >"$work/output" 2>&1
    status=$?
    grep -q 'no/such/path' "$work/output"
    check "$(basename "$client") says what is missing" "$status" 2 $?
done
$cc -std=c11 -Iinclude ${SANITIZE:-} -o "$work/misuse" tests/misuse.c -L"$build" -lprebleed \
    -Wl,-rpath,"$(cd "$build" && pwd)" || exit 2
"$work/misuse"
check "refuses what its header does not allow" $? 0 0
{
    printf '%s\n' '#include <prebleed.h>' '#include <stdio.h>' 'static int64_t read(void *file, void *to, size_t size)' \
        '{ return (int64_t)fread(to, 1, size, file); }' 'static bool write(void *file, const char *bytes, size_t size)' \
        '{ return fwrite(bytes, 1, size, file) == size; }' 'enum prebleed_status use(struct prebleed_audit *audit,' \
        'FILE *file, const void *bytes, size_t size_bytes, bool is_date, bool is_clean) {' \
        'struct prebleed_parameters parameters; struct prebleed_error error; struct prebleed_summary summary;' \
        'struct prebleed_diagnostic diagnostic; struct prebleed_table_row row; enum prebleed_status status;'
    sed -n 's|^ \*     ||p' include/prebleed.h | sed 's| *\*/$||'
    echo 'return is_date && is_clean ? status : PREBLEED_OK; }'
} >"$work/examples.c"
[ "$(grep -c 'prebleed_[a-z_]*(' "$work/examples.c")" -ge 9 ] && $cc -std=c11 -Iinclude -Wall -Werror -fsyntax-only "$work/examples.c"
check "the examples of the header compile" $? 0 0
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
