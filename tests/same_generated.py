#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The same bytes with one thread, two and eight over generated evidence: the benchmark's archives at
a small scale, and 5,000 odd certificates in odd documents. FOLDER keeps what was generated. The unit
test named by --both-ways reads two of the archives with and without the prefilter. The last line is
"N passed, N failed, N skipped".
"""
import argparse
import json
import pathlib
import subprocess
import sys

import odd

HERE = pathlib.Path(__file__).resolve().parent
ODD_DOCUMENTS = 5000
FORMATS = ("json", "text")


def generate(folder, scale):
    script = HERE / "bench/generate.py"
    done = subprocess.run([sys.executable, script, folder, scale], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"FAIL the evidence could not be generated: {done.stderr.strip()}\n0 passed, 1 failed, 0 skipped")
    odd.write_bundle(folder / "odd.tar", ODD_DOCUMENTS)
    return [folder / name for name in ("w1.tar.gz", "w2.tar.gz", "w2.tar.zst", "w3.tar.gz", "w6", "odd.tar")]


def report(program, path, jobs, form):
    command = [program, "--as-of", "2026-11-23", "--jobs", str(jobs), "-o", form, path]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"FAIL {path.name}, --jobs {jobs}: exit status {done.returncode}: {done.stderr.decode()}")
    return done.stdout, done.returncode


def is_worth_comparing(path, text):
    """Odd evidence proves something only while much of it is read, and much is complained about."""
    if path.name != "odd.tar":
        return True
    found = json.loads(text)
    read = sum(certificate["x509"] is not None for certificate in found["certificates"])
    codes = {diagnostic["code"] for diagnostic in found["diagnostics"]}
    unread = found["summary"]["evidence"]["unreadable"]
    is_mixed = read > ODD_DOCUMENTS // 3 and unread > ODD_DOCUMENTS // 50 and len(codes) > 10
    if not is_mixed:
        print(f"FAIL odd.tar: {read} certificates read, {unread} files not, {len(codes)} kinds of complaints")
    return is_mixed


def compare(program, path, form):
    """How many of the runs with several threads say what the one with one thread says."""
    expected = report(program, path, 1, form)
    passed = failed = 0
    if form == "json":
        failed += not is_worth_comparing(path, expected[0])
    for jobs in (2, 8):
        if report(program, path, jobs, form) == expected:
            passed += 1
        else:
            print(f"FAIL {path.name}, {form}, --jobs {jobs}: another report than with one thread")
            failed += 1
    return passed, failed


def is_alike_both_ways(unit_test, paths):
    done = subprocess.run([unit_test, *paths], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"FAIL with and without the prefilter: {done.stdout}{done.stderr}")
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--scale", default="0.005")
    parser.add_argument("--both-ways", metavar="UNIT-TEST", type=pathlib.Path)
    options = parser.parse_args()
    program, folder = options.program.resolve(), options.folder / options.scale
    folder.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    for path in generate(folder, options.scale):
        for form in FORMATS:
            good, bad = compare(program, path, form)
            passed, failed = passed + good, failed + bad
    if options.both_ways:
        is_alike = is_alike_both_ways(options.both_ways.resolve(), [folder / "odd.tar", folder / "w2.tar.gz"])
        passed, failed = passed + is_alike, failed + (not is_alike)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(failed > 0)


main()
