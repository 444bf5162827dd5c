#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds prebleed to every entry of every expected.json under testdata/samples.

Usage: samples.py PREBLEED FOLDER. Compares the exact multiset of (account, name, id, upload date,
verdict) and the exit status, as testdata/samples/README.md explains them, and every report against
its schema.
"""
import collections
import json
import pathlib
import sys

import suite


def account_of(certificate):
    """The account that the input shows: its own field, else the one in the ARN."""
    arn = certificate["arn"]
    return certificate["account"] or (arn.split(":")[4] if arn else None)


def expected_keys(certificate):
    """One key for each verdict that is right."""
    verdicts = certificate.get("verdict_allowed") or [certificate["verdict"]]
    if "verdict_by_validity" in certificate:
        verdicts = verdicts + [certificate["verdict_by_validity"]]
    return {
        (account_of(certificate), certificate["name"], certificate["id"], certificate["upload_date"], verdict)
        for verdict in verdicts
    }


def reported_key(certificate):
    name = certificate["name"] if certificate["name_from"] == "evidence" else None
    return (
        certificate["account"],
        name,
        certificate["id"],
        certificate["upload_date"],
        certificate["verdict"],
    )


def unmatched(expected, reported):
    """The expected certificates and the reported keys that have no partner."""
    rest = collections.Counter(reported)
    missing = []
    for certificate in expected:
        key = next((key for key in sorted(expected_keys(certificate), key=str) if rest[key] > 0), None)
        if key is None:
            missing.append(certificate)
        else:
            rest[key] -= 1
    return missing, list(rest.elements())


def right_exits(entry, report):
    verdicts = {certificate["verdict"] for certificate in report["certificates"]}
    if "vulnerable" in verdicts:
        return {1}
    states = entry.get("state_allowed") or [entry["state"]]
    return {
        3 if state in ("truncated", "unreadable", "no_evidence") or "undetermined" in verdicts else 0
        for state in states
    }


def problem_with(entry, certificates, report, status):
    """None if the run was right, else what was wrong with it."""
    reported = [reported_key(certificate) for certificate in report["certificates"]]
    missing, surplus = unmatched(certificates, reported)
    if entry.get("optional") and not reported and status == 3:
        return None
    if surplus:
        return f"{len(surplus)} not expected, such as {surplus[0]}"
    if missing and not entry.get("subset_allowed"):
        return f"{len(missing)} missing, such as {sorted(expected_keys(missing[0]), key=str)[0]}"
    if status not in right_exits(entry, report):
        return f"exit status {status}, expected {sorted(right_exits(entry, report))}"
    return None


def main():
    program, folder, tally = sys.argv[1], pathlib.Path(sys.argv[2]), suite.Tally()
    for expectations in sorted(folder.glob("**/expected.json")):
        document = json.loads(expectations.read_text(encoding="utf-8"))
        for entry in document["inputs"]:
            certificates = document["certificate_sets"][entry["certificate_set"]]
            path = expectations.parent / entry["path"]
            tally.attempt(lambda: problem_with(entry, certificates, *suite.report_of(program, path)), path)
        print(f"{expectations}: {len(document['inputs'])} entries")
    tally.close()


if __name__ == "__main__":
    main()
