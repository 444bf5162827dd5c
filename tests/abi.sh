#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the library's binary interface: the exported names, and the header's declarations, whose
# order and types are the layout. tests/abi.txt records it. Usage: abi.sh LIBRARY
set -eu
nm -D --defined-only "$1" | awk '{ print $3 }' | LC_ALL=C sort
printf '#include "prebleed.h"\n' | ${CC:-cc} -std=c11 -Iinclude -E -P -x c - | sed -n '/^#pragma/d; /^enum prebleed/,$p' | tr -s ' \n' ' ' |
    sed 's/; /;\n/g; s/__attribute__ *(([^;]*")))* //g'
