#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The same bytes with one thread, two and eight over generated evidence: same_generated.py PREBLEED
FOLDER [SCALE]. The benchmark's archives at that scale (0.005), and 5,000 odd certificates in odd
documents. FOLDER keeps what was generated. The last line is "N passed, N failed, N skipped".
"""
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
    subprocess.run([sys.executable, script, folder, scale], check=True, stderr=subprocess.DEVNULL)
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


def main():
    program, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    scale = sys.argv[3] if len(sys.argv) > 3 else "0.005"
    folder = folder / scale
    folder.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    for path in generate(folder, scale):
        for form in FORMATS:
            good, bad = compare(program, path, form)
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(failed > 0)


main()
