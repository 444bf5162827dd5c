#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs PREBLEED over files that others collected: corpora.py PREBLEED FOLDER...

Whatever a file of the folders holds, the run ends as an audit does, in a second of processor time, and
says a sentence of each item that it could not read. Each certificate of a PEM file that openssl x509
reads has the same digest, serial number, dates and key in the report. Folders that do not exist are
skipped: /usr/share/ca-certificates is Debian's ca-certificates, and the tests of libraries come by
apt-get source openssl gnutls28 libarchive. The last line is "N passed, N failed[, N skipped]".
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

import suite
import x509_fields

MOST_BYTES = 16 << 20
# openssl encodes a key anew for its digest, which is held by tests/x509_fields.py.
KEY_MEMBERS = ("algorithm", "bits", "curve", "exponent")


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def problem_of_file(program, path):
    before = cpu_seconds()
    output, status = suite.run(program, "--", path.name, folder=path.parent)
    seconds = cpu_seconds() - before
    if status not in suite.STATUSES:
        return f"exit status {status}"
    report = json.loads(output)
    told = "\n".join(diagnostic["where"] or "" for diagnostic in report["diagnostics"])
    silent = [entry["path"] for entry in report["evidence"]
              if entry["status"] in ("unreadable", "skipped") and entry["path"] not in told and not entry["detail"]]
    if silent:
        return f"no sentence says why {silent[0]} was not read"
    return f"{seconds:.1f} s of processor time" if seconds > 1 else None


def problem_of_certificate(program, pem, folder):
    theirs = x509_fields.openssl_facts(pem)
    ours = x509_fields.report_of(program, [pem], folder)["x509"]
    for member in ("sha256", "serial", "not_before", "not_after"):
        if ours[member] != theirs[member] and ours[member] is not None:
            return f"{member}: {ours[member]}, and openssl has {theirs[member]}"
    if any(ours["key"][member] != theirs["key"][member] for member in KEY_MEMBERS):
        return f"key: {ours['key']}, and openssl has {theirs['key']}"
    return None


def certificates_of(path):
    """Those that openssl x509 takes."""
    for pem in x509_fields.PEM.findall(path.read_bytes().decode("latin-1")):
        if subprocess.run(["openssl", "x509", "-noout"], input=pem.encode("latin-1"), capture_output=True,
                          check=False).returncode == 0:
            yield pem


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, tally = os.path.abspath(sys.argv[1]), suite.Tally()
    with tempfile.TemporaryDirectory() as folder:
        for corpus in map(pathlib.Path, sys.argv[2:]):
            if not corpus.is_dir():
                tally.skip(f"there is no {corpus}")
            for path in sorted(corpus.rglob("*")):
                if not path.is_file() or path.is_symlink() or path.stat().st_size > MOST_BYTES:
                    continue
                tally.attempt(lambda path=path: problem_of_file(program, path), path)
                for number, pem in enumerate(certificates_of(path)):
                    tally.attempt(lambda pem=pem: problem_of_certificate(program, pem, folder), f"{path}[{number}]")
    tally.close()


if __name__ == "__main__":
    main()
