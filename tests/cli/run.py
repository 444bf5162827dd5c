#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the command-line cases of cases/*.case and compares every byte.

A case is, in this order:
    # one sentence that says what holds         (begins the case; may go on over several lines)
    needs WORD...                               (optional, skipped without them: see NEEDS)
    $ a line of shell; several are one script   (evidence/ is a fresh copy, `prebleed` is the
                                                program, $SOURCE the repository)
    1> a line of standard output                (or `1= FILE`: the bytes of golden/FILE)
    2> a line of standard error
    ? exit status                               (left out where it is 0)
A line that does not end in a newline is marked by `1\\` or `2\\` instead of `1>` or `2>`.

No case names a device as the file of a report unless it `needs not-root`: run by root, a program
that is broken would replace the machine's /dev/null by a regular file.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
import validate_reports  # noqa: E402

VALIDATOR = validate_reports.validator_of(SOURCE / "src/report/prebleed-report-1.schema.json")


def has_terminals():
    try:
        for descriptor in os.openpty():
            os.close(descriptor)
    except OSError:
        return False
    return True


NEEDS = {
    "not-root": lambda: os.geteuid() != 0,
    "full": lambda: os.path.exists("/dev/full"),
    "script": lambda: shutil.which("script") is not None and has_terminals(),
}
TIMEOUT_SECONDS = 60


class Case:
    def __init__(self, path):
        self.path, self.head, self.commands, self.needs = path, [], [], []
        self.streams, self.golden, self.status = {"1": b"", "2": b""}, None, 0

    @property
    def name(self):
        return f"{self.path.stem}: {self.head[0][2:]}"

    def add(self, line):
        mark, _, rest = line.partition(" ")
        if mark == "#":
            self.head.append(line)
        elif mark == "needs" and all(word in NEEDS for word in rest.split()):
            self.needs = rest.split()
        elif mark == "$":
            self.commands.append(rest)
        elif mark in ("1>", "2>", "1\\", "2\\"):
            self.streams[mark[0]] += os.fsencode(rest + ("\n" if mark[1] == ">" else ""))
        elif mark == "1=":
            self.golden = HERE / "golden" / rest
            if self.golden.exists():
                self.streams["1"] = self.golden.read_bytes()
        elif mark == "?":
            self.status = int(rest)
        else:
            raise SystemExit(f"{self.path}: what is this line? {line!r}")

    def lines(self):
        """The case as it should stand in its file."""
        yield from self.head
        if self.needs:
            yield f"needs {' '.join(self.needs)}"
        yield from (f"$ {command}" for command in self.commands)
        if self.golden:
            yield f"1= {self.golden.name}"
        for stream, content in self.streams.items():
            if stream == "1" and self.golden:
                continue
            for line in os.fsdecode(content).split("\n")[:-1]:
                yield f"{stream}> {line}".rstrip(" ") if not line else f"{stream}> {line}"
            last = os.fsdecode(content).rpartition("\n")[2]
            if last:
                yield f"{stream}\\ {last}"
        if self.status != 0:
            yield f"? {self.status}"


def read_cases(path):
    cases, is_inside = [], False
    for line in os.fsdecode(path.read_bytes()).split("\n"):
        if not line:
            is_inside = False
        elif not is_inside and line.startswith("#"):
            cases.append(Case(path))
            is_inside = True
        if line:
            cases[-1].add(line)
    return cases


def report_problems(output, work):
    """What is wrong with the JSON reports that a case printed or left behind."""
    contents = {"standard output": output}
    contents.update((path.name, path.read_bytes()) for path in work.rglob("*.json") if path.is_file())
    for name, content in sorted(contents.items()):
        if b'"schema": "prebleed-report/' not in content[:100] or content.startswith(b'{"type"'):
            continue  # ndjson is held to json in tests/formats.py
        try:
            report = json.loads(content, object_pairs_hook=validate_reports.unique_members)
        except ValueError as error:
            yield f"{name}: {error}"
            continue
        yield from (f"{name}: {problem}" for problem in validate_reports.problems(VALIDATOR, report))


def run(case, program):
    """Returns the streams and the exit status that the case's script really has, and what is wrong
    with its reports."""
    with tempfile.TemporaryDirectory(prefix="prebleed-cli-") as folder:
        work = pathlib.Path(folder, "work")
        tools = pathlib.Path(folder, "tools")
        work.mkdir()
        tools.mkdir()
        shutil.copytree(HERE / "evidence", work / "evidence")
        (tools / "prebleed").symlink_to(program)
        # Cases need not quote its path, whatever folder the repository stands in.
        source = pathlib.Path(folder, "source")
        source.symlink_to(SOURCE)
        environment = {
            "PATH": f"{tools}:/usr/bin:/bin",
            "SOURCE": str(source),
            "TZ": "Asia/Kathmandu",
            "LC_ALL": "C",
            "ASAN_OPTIONS": "allocator_may_return_null=1",
        }
        process = subprocess.Popen(["/bin/sh", "-c", "\n".join(case.commands)], cwd=work,
                                   env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   start_new_session=True)
        try:
            output, errors = process.communicate(timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
        # What is said of the sandbox is the machine's, not the program's.
        output, errors = (b"".join(line for line in stream.splitlines(True)
                                   if not line.startswith(b"prebleed: sandbox: ")) for stream in (output, errors))
        output = re.sub(rb'"sandbox": "files [^"]*"', b'"sandbox": "files by Landlock, system calls by seccomp"', output)
        problems = list(report_problems(output, work))
    return {"1": output, "2": errors}, process.returncode, problems


def show_difference(case, streams, status, problems):
    print(f"FAILED {case.name}")
    for problem in problems:
        print(f"    {problem}")
    for command in case.commands:
        print(f"    $ {command}")
    for stream, name in (("1", "stdout"), ("2", "stderr")):
        if streams[stream] != case.streams[stream]:
            for what, content in (("expected", case.streams[stream]), ("is", streams[stream])):
                print(f"    {name} {what}:")
                for line in content.decode(errors="backslashreplace").splitlines()[:40]:
                    print(f"      {line}")
    if status != case.status:
        print(f"    exit status expected {case.status}, is {status}")


def rewrite(path, cases):
    text = "\n".join("\n".join(case.lines()) + "\n" for case in cases)
    path.write_bytes(os.fsencode(text))


def main():
    parser = argparse.ArgumentParser(description="run the command-line cases")
    parser.add_argument("--golden", action="store_true", help="rewrite what the cases expect")
    parser.add_argument("--program", type=pathlib.Path, default=SOURCE / "build" / "prebleed")
    parser.add_argument("files", nargs="*", help="names of case files, such as usage; default all")
    arguments = parser.parse_args()
    program = arguments.program.resolve(strict=True)

    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sorted((HERE / "cases").glob("*.case")):
        if arguments.files and path.stem not in arguments.files:
            continue
        cases = read_cases(path)
        for case in cases:
            missing = [word for word in case.needs if not NEEDS[word]()]
            if missing:
                print(f"SKIP {case.name} (needs {', '.join(missing)})")
                counts["skipped"] += 1
                continue
            streams, status, problems = run(case, program)
            if streams == case.streams and status == case.status and not problems:
                counts["passed"] += 1
                continue
            if arguments.golden and not problems:
                print(f"REWRITTEN {case.name}")
                case.streams, case.status = streams, status
                if case.golden:
                    case.golden.parent.mkdir(exist_ok=True)
                    case.golden.write_bytes(streams["1"])
                continue
            show_difference(case, streams, status, problems)
            counts["failed"] += 1
        if arguments.golden:
            rewrite(path, cases)
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
