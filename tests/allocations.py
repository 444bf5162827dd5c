#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Has one allocation of a run fail after the other: allocations.py PREBLEED FAILING_MALLOC [STEP].

The evidence is a folder with a document of every shape and an archive of every kind, of which each
STEP-th allocation is tried; then, at least five apart, so that all further allocations fail too, and
with all options that read a file and two threads. Then comes a folder that shows no account. Whichever allocation
fails, the run ends with exit status 2, one message, no report, and nothing that was not freed; or as
if nothing had failed. Only what is larger than 16 MiB may be what an archive declares (--max-memory):
the archive is unreadable then. The last line is "N passed, N failed".
"""
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import evidence_writer as writer
import suite
from evidence_writer import certificate, listing

FORMATS = ["text", "json", "ndjson", "csv", "junit", "sarif", "markdown", "html"]
ARCHIVES = [("ustar", "none"), ("paxr", "gzip"), ("gnutar", "bzip2"), ("newc", "xz"), ("zip", "none"), ("7zip", "none"),
            ("ustar", "zstd"), ("raw", "lz4")]


def write_evidence(folder):
    shapes = suite.ROOT / "testdata/shapes"
    for path in sorted(shapes.rglob("*")):
        if path.is_file() and path.stat().st_size < 6000:
            (folder / path.relative_to(shapes)).parent.mkdir(parents=True, exist_ok=True)
            (folder / path.relative_to(shapes)).write_bytes(path.read_bytes())
    for kind, compression in ARCHIVES:
        content = listing(certificate(f"{kind}-{compression}", "2013-05-02T10:00:00Z"))
        (folder / f"bundle.{kind}.{compression}").write_bytes(writer.archive(kind, [(b"list.json", content)], compression))
    for name in ("revoked.pem", "rsa-pss.pem", "ec-P-384.pem", "Ed25519.pem", "dsa-2048.pem"):
        path = suite.ROOT / "testdata/certificates" / name
        if path.exists():
            (folder / f"certificate-{name}").write_bytes(path.read_bytes())


def run_bounded(command, **options):
    """A run that hangs ends with SIGALRM's status."""
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30, **options)
    except subprocess.TimeoutExpired as problem:
        return subprocess.CompletedProcess(command, -14, b"", problem.stderr or b"")


class Sweep:
    def __init__(self, program, shim, folder, evidence, formats, *options, fails_on=False):
        self.program, self.shim, self.folder, self.evidence, self.formats = program, shim, folder, evidence, formats
        self.options, self.fails_on = options or ("--jobs", "1"), fails_on

    def __str__(self):
        return " ".join([self.evidence, *self.options, *(["and all further ones"] if self.fails_on else [])])

    def run(self, number):
        """The exit status, messages, reports, and what FAILING_MALLOC tells."""
        with tempfile.TemporaryDirectory(prefix="reports-", dir=self.folder) as out:
            outputs = [argument for name in self.formats for argument in ("-o", f"{name}={out}/{name}")]
            reader, pipe = os.pipe()
            environment = {"LD_PRELOAD": str(self.shim), "FAIL_AT": str(number), "PATH": "/usr/bin:/bin"}
            environment.update({"FAIL_ON": "1"} if self.fails_on else {})
            with os.fdopen(reader) as told:
                done = run_bounded([self.program, *suite.AS_OF, "--no-sandbox", "--crl", "crl.pem", "--waivers", "waivers.json",
                                    *self.options, *outputs, self.evidence],
                                   cwd=self.folder, env=environment, close_fds=False,
                                   # Where another thread has just closed 3, the pipe is 3 already, and not yet to be inherited.
                                   preexec_fn=lambda: os.set_inheritable(os.dup2(pipe, 3), True))
                os.close(pipe)
                told = told.read().split()
            reports = {path.name: path.read_bytes() for path in sorted(pathlib.Path(out).iterdir())}
            return done.returncode, done.stderr.decode(), reports, told


UNPACKING = {"libarchive", "liblzma", "libbz2", "libzstd", "liblz4", "libz", "libc"}
LARGEST_RELIED_ON = 16 << 20  # src/cli/sandbox.c


def most_kept(status, library):
    """libarchive keeps blocks of what it gives up, OpenSSL some of the tables that it cannot fill, and all of
    them where its end gets no memory."""
    return 200 if library in UNPACKING else 30 if status == 2 else 5000 if library == "libcrypto" else 0


def is_told(good, reports):
    """Whether the json report has archives, and nothing else, as unreadable that are not without the failure."""
    def unreadable(report):
        return {(entry["path"], entry["detail"]) for entry in json.loads(report)["evidence"] if entry["status"] == "unreadable"}
    told = unreadable(reports["json"]) - unreadable(good)
    return told and all("it takes more memory" in detail for _, detail in told)


def problem_of(good, run, fails_on):
    status, messages, reports, told = run
    if not told:
        return f"nothing is told of the failure, status {status}, {messages}"
    library = os.path.basename(told[0]).split(".")[0]
    new = [line for line in messages.splitlines() if line not in good[1].splitlines()]
    what = f"{library}, {told[1]} bytes, status {status}, {new}"
    has_ended = len(told) == 4
    if has_ended and not fails_on and int(told[-1]) > int(good[3][-1]) + most_kept(status, library):
        return f"{told[-1]} blocks were not freed, {good[3][-1]} else: {what}"
    if status == good[0] and int(told[1]) > LARGEST_RELIED_ON and not fails_on and "json" in reports and is_told(
            good[2]["json"], reports):
        return None
    for name, report in reports.items():
        if report != good[2].get(name):
            return f"another {name} report: {what}"
    if status != 2:
        return None if (status, messages) == good[:2] else what
    is_each_said = fails_on and new and all("memory" in line for line in new)  # of each report that is not written
    return None if len(new) == 1 or is_each_said else what


def try_all(sweep, step, tally):
    good = sweep.run(0)
    if "ASan runtime" in good[1]:
        tally.skip("an allocator of a sanitizer cannot be replaced")
        return
    assert good[0] in (1, 3) and len(good[2]) == len(sweep.formats), good[:2]
    problems = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        numbers = range(1, int(good[3][0]) + 1, step)
        for number, run in zip(numbers, pool.map(sweep.run, numbers)):
            problem = problem_of(good, run, sweep.fails_on)
            tally.passed += problem is None
            tally.failed += problem is not None
            problems[problem] += 1
            if problem is not None and problems[problem] < 3:
                print(f"{sweep}, allocation {number} of {good[3][0]}: {problem}")


def main():
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    step = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    tally = suite.Tally()
    with tempfile.TemporaryDirectory(prefix="prebleed-allocations-") as name:
        folder = pathlib.Path(name)
        (folder / "evidence").mkdir()
        write_evidence(folder / "evidence")
        (folder / "unreadable").mkdir()
        (folder / "unreadable/dump.rar").write_bytes(b"Rar!\x1a\x07\0" + bytes(32))
        (folder / "waivers.json").write_bytes((suite.ROOT / "tests/story/waivers.json").read_bytes())
        (folder / "crl.pem").write_bytes((suite.ROOT / "tests/story/issuer.der").read_bytes())
        shim = shutil.copy(sys.argv[2], folder)  # LD_PRELOAD takes no path with a blank
        program = os.path.abspath(sys.argv[1])
        evidence = [path for path in sorted((folder / "evidence").rglob("*")) if path.is_file()]
        (folder / "manifest").write_text("".join(
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in evidence))
        (folder / "key").write_bytes(b"a key of 16 bytes")
        (folder / "baseline.json").write_bytes(subprocess.run(
            [program, *suite.AS_OF, "--no-sandbox", "-o", "json", "evidence"], cwd=folder, capture_output=True, check=False).stdout)
        try_all(Sweep(program, shim, folder, "evidence", FORMATS), step, tally)
        try_all(Sweep(program, shim, folder, "evidence", FORMATS, fails_on=True), max(step, 5), tally)
        try_all(Sweep(program, shim, folder, "evidence", FORMATS, "--jobs", "2", "--baseline", "baseline.json", "--manifest",
                      "manifest", "--redact", "--redact-key", "key"), max(step, 5), tally)
        try_all(Sweep(program, shim, folder, "unreadable", ["json", "junit"]), step, tally)
    tally.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
