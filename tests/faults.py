#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs prebleed on a machine that fails: faults.py PREBLEED.

strace makes system calls fail as the tests say, or delays them while the evidence changes. What is
lost of the evidence is said (exit status 3), a report that could not be written is exit status 2, and
what stood in its place before stays, with nothing beside it. The last line is "N passed, ...".
"""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import suite
from evidence_writer import certificate, listing

tally = suite.Tally()
OLD = b"an older report\n"


class Scene:
    """A folder with evidence of two lists and an older report."""

    def __init__(self, program):
        self.program = program

    def __enter__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="prebleed-faults-")
        self.folder = pathlib.Path(self.scratch.name)
        (self.folder / "ev").mkdir()
        (self.folder / "out").mkdir()
        for number, date in ((0, "2019-05-02T10:00:00Z"), (1, "2013-05-02T10:00:00Z")):
            names = [f"n{number}-{i}" for i in range(100)]
            (self.folder / f"ev/list{number}.json").write_bytes(listing(*(certificate(name, date) for name in names)))
        (self.folder / "out/report").write_bytes(OLD)
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def run(self, arguments, inject=(), path=None, **options):
        trace = [word for rule in inject for word in ("-e", f"inject={rule}")]
        trace += ["-P", str(path)] if path else []
        command = ["strace", "-f", "-o", "/dev/null", *trace, self.program] if inject else [self.program]
        leaks = {"ASAN_OPTIONS": "detect_leaks=0"} if inject else {}  # which needs to trace, as strace does
        return subprocess.run([*command, *suite.AS_OF, "--jobs", "1", *arguments], cwd=self.folder, env={**os.environ, **leaks},
                              check=False, timeout=60, **{"capture_output": True, **options})


def errors_of(done):
    return [diagnostic["code"] for diagnostic in json.loads(done.stdout)["diagnostics"]
            if diagnostic["severity"] == "error"]


def reading(program, sentence, rule, expected, code, path="ev/list1.json"):
    """A fault while evidence is read: the exit status, and the codes of errors."""
    with Scene(program) as scene:
        done = scene.run(["-o", "json", "ev"], [rule], scene.folder / path)
        tally.is_equal((done.returncode, errors_of(done)), (expected, code), sentence)


def changing(program, sentence, change, expected, code, rule="pread64:delay_enter=1500000:when=1", path="ev/list1.json"):
    """Evidence that changes between the first look at it and the reading."""
    with Scene(program) as scene:
        changer = threading.Thread(target=lambda: (time.sleep(0.5), change(scene.folder / "ev/list1.json")))
        changer.start()
        done = scene.run(["-o", "json", "ev"], [rule], scene.folder / path)
        changer.join()
        tally.is_equal((done.returncode, errors_of(done)), (expected, code), sentence)


def writing(program, sentence, arguments, rules=(), expected=2, is_new=False, **options):
    """A fault while a report is written over an older one."""
    with Scene(program) as scene:
        done = scene.run([*arguments, "ev"], rules, **options)
        report = (scene.folder / "out/report").read_bytes()
        said = len(done.stderr.splitlines()) if done.stderr is not None else 1
        tally.is_equal((done.returncode, report != OLD, os.listdir(scene.folder / "out")),
                       (expected, is_new, ["report"]), sentence)
        tally.check(expected != 2 or said == 1, f"{sentence}: {done.stderr!r} is not one message")


def closing(program):
    """The descriptor of the report fails when it is closed, as a file system over a network may."""
    with Scene(program) as scene:
        trace = scene.folder / "trace"
        subprocess.run(["strace", "-f", "-y", "-o", trace, "-e", "trace=close", program, *suite.AS_OF, "--jobs", "1", "-q",
                        "-o", "json=out/report", "ev"], cwd=scene.folder, check=False, timeout=60)
        closed = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    numbers = [number for number, line in enumerate(closed, 1) if "/out/" in line]
    tally.check(numbers, "the report is closed")
    for number in numbers[:1]:
        writing(program, "a report that cannot be closed", ["-q", "-o", "json=out/report"],
                [f"close:error=EIO:when={number}"])


def signalled(program, number):
    """A signal while a report is written: the older one stays whole, and what can be removed is."""
    with Scene(program) as scene:
        command = ["strace", "-f", "-o", "/dev/null", "-e", "inject=write:delay_enter=3000000:when=1", program, *suite.AS_OF,
                   "--jobs", "1", "-q", "-o", "json=out/report", "ev"]
        with subprocess.Popen(command, cwd=scene.folder, stderr=subprocess.PIPE, start_new_session=True) as process:
            for _ in range(100):
                time.sleep(0.05)
                if len(os.listdir(scene.folder / "out")) > 1:
                    break
            os.killpg(process.pid, number)
            said = process.communicate(timeout=60)[1]
        report, names = (scene.folder / "out/report").read_bytes(), os.listdir(scene.folder / "out")
    is_killed = number == signal.SIGKILL
    tally.check(report == OLD and (is_killed or (names == ["report"] and said)),
                f"{number.name} while a report is written: {names}, {said!r}")


def read_bit_by_bit(program):
    """A pipe whose writer hands over a few bytes at a time."""
    with Scene(program) as scene:
        content = (scene.folder / "ev/list1.json").read_bytes()
        whole = scene.run(["-o", "json", "ev/list1.json"]).stdout
        (scene.folder / "ev/list1.json").unlink()
        os.mkfifo(scene.folder / "ev/list1.json")

        def hand_over():
            with (scene.folder / "ev/list1.json").open("wb", buffering=0) as pipe:
                for at in range(0, len(content), 97):
                    pipe.write(content[at:at + 97])

        writer = threading.Thread(target=hand_over)
        writer.start()
        read = scene.run(["-o", "json", "ev/list1.json"]).stdout
        writer.join()
        tally.check(read == whole, "a pipe that is read bit by bit gives another report")


def closed_pipe():
    reader, pipe = os.pipe()
    os.close(reader)
    return pipe


def run_all(program):
    writing(program, "a report replaces an older one", ["-q", "-o", "json=out/report"], expected=1, is_new=True)
    for rule, expected, codes, sentence in (
            ("pread64:error=EIO", 3, ["unreadable"], "a file that cannot be read"),
            ("pread64:error=EINTR:when=1", 1, [], "an interrupted read")):
        reading(program, sentence, rule, expected, codes)
    reading(program, "a folder that cannot be listed", "getdents64:error=EIO", 3, ["unreadable-directory"], "ev")
    changing(program, "a file that is emptied while it is read", lambda path: path.write_bytes(b""), 3, ["file-shrank"])
    changing(program, "a file that is cut while it is read", lambda path: os.truncate(path, 5000), 1, ["file-shrank"])
    changing(program, "a file that grows while it is read",
             lambda path: path.open("ab").write(listing(certificate("new", "2019-01-01T00:00:00Z"))), 1, [])
    changing(program, "a file that vanishes after the folder was listed", lambda path: path.unlink(), 3, ["unreadable"],
             "getdents64:delay_exit=1500000:when=1", "ev")
    with Scene(program) as scene:
        done = scene.run(["-v", "-o", "json", "ev"], ["openat:error=EMFILE:when=1"], "ev")
        tally.is_equal((done.returncode, b"files not restricted" in done.stderr), (1, True), "no descriptor for the sandbox")
    report = ["-q", "-o", "json=out/report"]
    for rule, expected, sentence in (
            ("write:error=ENOSPC", 2, "a full disk"), ("write:error=ENOSPC:when=2+", 2, "a disk that fills"),
            ("write:error=EINTR:when=1..3", 1, "interrupted writes"), ("fsync:error=ENOSPC", 2, "a full disk at the end"),
            ("fsync:error=EIO", 2, "a disk that fails at the end"), ("rename:error=EACCES", 2, "a report that cannot be put in place")):
        writing(program, sentence, report, [rule], expected, expected == 1, stderr=subprocess.PIPE if "write" not in rule
                else None, stdout=None, capture_output=False)
    writing(program, "a file that may not grow", report,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)))
    pipe = closed_pipe()
    writing(program, "a reader who went away", ["-q", "-o", "json"], stdout=pipe, stderr=subprocess.PIPE, capture_output=False)
    os.close(pipe)
    closing(program)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGQUIT, signal.SIGALRM,
                   signal.SIGUSR1, signal.SIGXCPU, signal.SIGPROF, signal.SIGRTMAX):
        signalled(program, number)
    read_bit_by_bit(program)
    with open("/dev/full", "wb") as full:
        writing(program, "standard output that is full", ["-q"], stdout=full, stderr=subprocess.PIPE, capture_output=False)


def main():
    if len(sys.argv) != 2 or shutil.which(sys.argv[1]) is None:
        print(__doc__, file=sys.stderr)
        return 2
    if subprocess.run(["strace", "-o", "/dev/null", "true"], check=False, capture_output=True).returncode != 0:
        tally.skip("strace cannot trace here")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    run_all(str(pathlib.Path(sys.argv[1]).resolve()))
    tally.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
