# SPDX-License-Identifier: MIT
"""What acceptance tests of bad evidence share: scratch folders, runs of the program that are held to
everything that is true of every run, and the list of tests.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import traceback

import validate_reports
from evidence_writer import certificate, listing

ROOT = pathlib.Path(__file__).resolve().parent.parent
VALIDATOR = validate_reports.validator_of(ROOT / "src/report/prebleed-report-1.schema.json")
VULNERABLE = listing(certificate("good", "2013-05-02T10:00:00Z"))
CLEAR = listing(certificate("good", "2019-05-02T10:00:00Z"))
SLACK = float(os.environ.get("PREBLEED_TEST_SLACK", "1"))  # sanitizers are slow and hungry
SECONDS = int(300 * SLACK)  # by then it hangs
MEBIBYTES = 256 * SLACK
NOBODY = 65534
TESTS = []


class Skip(Exception):
    pass


def test(function):
    TESTS.append((function.__name__.replace("_", " "), function))
    return function


def cases(*rows):
    """One test for each row; its first element is the sentence that says what holds."""
    def add(function):
        for sentence, *arguments in rows:
            TESTS.append((sentence, lambda function=function, arguments=arguments: function(*arguments)))
        return function
    return add


def reachable_copy(folder):
    """The program in a folder that every user may enter: the repository may stand below a closed one."""
    return shutil.copy(program, folder / "program-of-another-user")


class Run:
    def __init__(self, arguments, folder, environment, stdin=subprocess.DEVNULL, user=None):
        self.folder = folder
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            executable = program if user is None else reachable_copy(folder)
            process = subprocess.Popen(
                [executable, "--as-of", "2026-11-23", *arguments], cwd=folder, stdin=stdin,
                stdout=output, stderr=errors, env=environment, user=user,
                extra_groups=None if user is None else [])
            signal.signal(signal.SIGALRM, lambda *_: process.kill())
            signal.alarm(SECONDS)
            _, status, usage = os.wait4(process.pid, 0)
            signal.alarm(0)
            process.returncode = self.status = os.waitstatus_to_exitcode(status)
            self.mebibytes = usage.ru_maxrss / 1024
            output.seek(0)
            errors.seek(0)
            self.output = output.read()
            # What is said of the sandbox is the machine's, not the program's.
            self.errors = "".join(line for line in errors.read().decode().splitlines(True)
                                  if not line.startswith("prebleed: sandbox: "))

    @property
    def report(self):
        return json.loads(self.output, object_pairs_hook=validate_reports.unique_members)

    def certificates(self):
        return {(c["name"], c["verdict"]) for c in self.report["certificates"]}

    def codes(self, path=None):
        """Codes of errors and warnings, those about one evidence path if it is given."""
        found = [d for d in self.report["diagnostics"] if d["severity"] != "note"]
        if path is not None:
            found = [d for d in found if (d["where"] or "").startswith(path)]
        return [d["code"] for d in found]

    def entry(self, path):
        return next(e for e in self.report["evidence"] if e["path"] == path)


program = None  # the path of the program under test, set by whoever runs the tests


def listing_of(folder):
    return sorted((str(path.relative_to(folder)), path.lstat().st_mtime_ns, path.lstat().st_size)
                  for path in pathlib.Path(folder).rglob("*"))


def prebleed(folder, *arguments, environment=None, stdin=subprocess.DEVNULL, user=None,
             mebibytes=None, is_watched=True):
    """Runs it for a json report, and holds it to everything that is true of every run."""
    before = listing_of(folder) if is_watched else None
    run = Run(["-o", "json", *arguments], folder,
              environment or {"LC_ALL": "C", "TMPDIR": str(folder), "PATH": "/usr/bin:/bin",
                              "ASAN_OPTIONS": "allocator_may_return_null=1"}, stdin, user)
    assert run.status in (0, 1, 3), f"exit status {run.status}: {run.errors}"
    problems = validate_reports.problems(VALIDATOR, run.report)
    assert not problems, problems[0]
    assert run.report["summary"]["exit_status"] == run.status, "the report gives another status"
    assert run.mebibytes < (mebibytes or MEBIBYTES), f"{run.mebibytes:.0f} MiB"
    assert not is_watched or listing_of(folder) == before, "something was written"
    for diagnostic in run.report["diagnostics"]:
        message = diagnostic["message"]
        assert message and "\n" not in message and "(null)" not in message, message
    return run


@contextlib.contextmanager
def folder_of(files):
    """A scratch folder with these files; a relative path may name folders."""
    with tempfile.TemporaryDirectory(prefix="prebleed-bad-") as name:
        folder = pathlib.Path(name)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        yield folder


def is_equal(found, expected, what):
    assert found == expected, f"{what}: {found!r}, expected {expected!r}"


def run_all():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for sentence, function in TESTS:
        try:
            function()
            counts["passed"] += 1
        except Skip as reason:
            counts["skipped"] += 1
            print(f"SKIP {sentence}: {reason}")
        except AssertionError as problem:
            counts["failed"] += 1
            print(f"FAIL {sentence}: {str(problem)[:600]}")
        except Exception:  # whatever breaks one test must not hide the others
            counts["failed"] += 1
            print(f"FAIL {sentence}: {traceback.format_exc(limit=-3)}")
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if counts["failed"] else 0
