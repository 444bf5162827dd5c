#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs prebleed under strace over archives and folders: not one call of the network family, and
# nothing opened outside the evidence, the program's own libraries and /dev/urandom.
set -u
program=$1
command -v strace >/dev/null || { echo "SKIP no network: strace is not installed"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
trace=$(mktemp) || exit 2
trap 'rm -f "$trace"' EXIT

strace -f -o "$trace" -e trace=%network "$program" -o json testdata/samples >/dev/null 2>&1
status=$?
grep -q '+++ exited with' "$trace" || { echo "SKIP no network: strace cannot trace here"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
passed=0 failed=0
if grep -v -e '+++' -e '---' "$trace" | grep .; then failed=1; else passed=1; fi
# The run itself must have worked, or its silence proves nothing.
if [ "$status" -eq 1 ]; then passed=$((passed + 1)); else echo "exit status $status"; failed=$((failed + 1)); fi

strace -f -o "$trace" -e trace=openat,open,creat "$program" -o json testdata/samples >/dev/null 2>&1
if grep -E 'O_(WRONLY|RDWR|CREAT)|creat\(' "$trace" | grep .; then failed=$((failed + 1)); else passed=$((passed + 1)); fi
if grep -E 'openssl\.cnf|resolv\.conf|/etc/ssl' "$trace" | grep .; then failed=$((failed + 1)); else passed=$((passed + 1)); fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
