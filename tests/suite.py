# SPDX-License-Identifier: MIT
"""What the Python suites share: running the program for a json report, and counting."""
import json
import pathlib
import subprocess
import sys

import validate_reports

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "src/report/prebleed-report-1.schema.json"
AS_OF = ("--as-of", "2026-11-23")
# Exit statuses of an audit that did its work.
STATUSES = (0, 1, 3)
_validator = validate_reports.validator_of(SCHEMA)


def run(program, *arguments, folder=None, as_of=AS_OF):
    """The bytes of the json report, and the exit status."""
    command = [program, *as_of, "-q", "-o", "json", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
    return done.stdout, done.returncode


def report_of(program, *arguments, **options):
    """The json report and the exit status. Raises AssertionError where it is not as its schema says."""
    output, status = run(program, *arguments, **options)
    assert status in STATUSES, f"exit status {status}"
    report = json.loads(output, object_pairs_hook=validate_reports.unique_members)
    problems = validate_reports.problems(_validator, report)
    assert not problems, problems[0]
    assert report["summary"]["exit_status"] == status, "the report gives another exit status"
    return report, status


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, is_right, sentence):
        self.passed += bool(is_right)
        self.failed += not is_right
        if not is_right:
            print(f"FAIL {sentence}")

    def is_equal(self, found, expected, sentence):
        self.check(found == expected, f"{sentence}: found {found!r}, expected {expected!r}")

    def attempt(self, problem_of, sentence):
        """One check: problem_of() returns what is wrong, None for nothing, or raises it."""
        try:
            problem = problem_of()
        except (AssertionError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
            problem = f"{type(error).__name__}: {error}"
        self.check(problem is None, f"{sentence}: {problem}")

    def skip(self, sentence):
        self.skipped += 1
        print(f"SKIP {sentence}")

    def close(self, skipped=0):
        """Prints the closing line and ends the suite."""
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped + skipped} skipped")
        sys.exit(self.failed > 0 or self.passed + self.skipped + skipped == 0)
