#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds prebleed to testdata/shapes: one fixture and one expectation for every form of evidence.

Usage: shapes.py PREBLEED FOLDER. Compares the exact multiset of (account, name, id, upload date,
verdict, origin), what else an expectation says, the exit status, and every report against its
schema. testdata/shapes/README.md explains expected.json.
"""
import json
import pathlib
import subprocess
import sys

import samples
import validate_reports

KEY = ("account", "name", "id", "upload_date", "verdict", "origin")
FURTHER = {
    "reason": lambda certificate: certificate["reason"],
    "presence": lambda certificate: certificate["presence"],
    "imported_at": lambda certificate: certificate["imported_at"],
    "in_use_by": lambda certificate: certificate["in_use_by"],
    "tags": lambda certificate: len(certificate["tags"] or []),
}


def key_of(certificate):
    shown = dict(certificate)
    if certificate.get("name_from") == "file":
        shown["name"] = None
    return tuple(shown[field] for field in KEY)


def problem_with_certificates(expected, reported):
    """Both are sorted by what is compared, so that equal lists are equal place by place."""
    expected = sorted(expected, key=lambda certificate: str(key_of(certificate)))
    reported = sorted(reported, key=lambda certificate: str(key_of(certificate)))
    wanted, found = [[key_of(certificate) for certificate in side] for side in (expected, reported)]
    if wanted != found:
        return f"expected {wanted}, found {found}"
    for certificate, shown in zip(expected, reported):
        for field, read in FURTHER.items():
            if field in certificate and read(shown) != certificate[field]:
                return f"{field} is {read(shown)!r}, expected {certificate[field]!r}"
    return None


def problem_with_words(entry, report):
    """Diagnostics and findings that must be there, or must not."""
    codes = {diagnostic["code"] for diagnostic in report["diagnostics"]}
    rules = {finding["rule"] for finding in report["findings"]}
    for kind, names in (("diagnostics", codes), ("findings", rules)):
        missing = set(entry.get(kind, [])) - names
        surplus = set(entry.get("absent_" + kind, [])) & names
        if missing or surplus:
            return f"{kind}: missing {sorted(missing)}, not expected {sorted(surplus)}"
    return None


def problem_with(entry, report, status):
    """None if the run was right, else what was wrong with it."""
    coverage = {account["coverage"] for account in report["accounts"]}
    if status != entry["exit_status"] or status != report["summary"]["exit_status"]:
        return f"exit status {status}, expected {entry['exit_status']}"
    if "coverage" in entry and coverage != {entry["coverage"]}:
        return f"coverage {sorted(coverage)}, expected {entry['coverage']}"
    if "used" in entry and report["summary"]["evidence"]["used"] != entry["used"]:
        return f"{report['summary']['evidence']['used']} items used, expected {entry['used']}"
    return problem_with_words(entry, report) or problem_with_certificates(
        entry["certificates"], report["certificates"]
    )


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    validator = validate_reports.validator_of(samples.SCHEMA)
    passed = failed = 0
    for entry in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["inputs"]:
        try:
            report, status = samples.run(program, folder / entry["path"])
            problem = problem_with(entry, report, status)
            problem = problem or next(iter(validate_reports.problems(validator, report)), None)
        except (ValueError, KeyError, subprocess.TimeoutExpired) as error:
            problem = f"no usable report: {error!r}"
        if problem is None:
            passed += 1
        else:
            failed += 1
            print(f"FAIL {entry['path']}: {problem}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
