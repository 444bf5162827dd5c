#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds prebleed to testdata/shapes: one fixture and one expectation for every form of evidence.

Usage: shapes.py PREBLEED FOLDER. Compares the exact multiset of (account, name, id, upload date,
verdict, origin), what else an expectation says, the exit status, and every report against its
schema. testdata/shapes/README.md explains expected.json.
"""
import json
import pathlib
import sys

import suite

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
    if status != entry["exit_status"]:
        return f"exit status {status}, expected {entry['exit_status']}"
    if "coverage" in entry and coverage != {entry["coverage"]}:
        return f"coverage {sorted(coverage)}, expected {entry['coverage']}"
    if "used" in entry and report["summary"]["evidence"]["used"] != entry["used"]:
        return f"{report['summary']['evidence']['used']} items used, expected {entry['used']}"
    return problem_with_words(entry, report) or problem_with_certificates(
        entry["certificates"], report["certificates"]
    )


def main():
    program, folder, tally = sys.argv[1], pathlib.Path(sys.argv[2]), suite.Tally()
    for entry in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["inputs"]:
        path = folder / entry["path"]
        tally.attempt(lambda: problem_with(entry, *suite.report_of(program, path)), entry["path"])
    tally.close()


if __name__ == "__main__":
    main()
