#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds the waivers' schema and the program to each other: waivers.py PREBLEED SCHEMA.

Every document must be accepted by both or refused by both; the rules that the schema names must be
those of the program. The last line is "N passed, N failed".
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import suite
import validate_reports

CLI = pathlib.Path(__file__).resolve().parent / "cli"
GOOD = {"rule": "IAM-033", "id": "ASCAEXAMPLE", "reason": "r", "owner": "o", "expires": "2027-03-31"}
KEY = "0123456789abcdef" * 4


def waivers(*items, schema="prebleed-waivers/1", **others):
    return {"schema": schema, "waivers": list(items), **others}


def without(member):
    return {key: value for key, value in GOOD.items() if key != member}


def documents():
    """(sentence, document, whether it is as the schema says)"""
    yield "no waiver", waivers(), True
    for member, value in (("id", "x"), ("arn", "x"), ("key_sha256", KEY), ("account", "1"), ("folder", "dump/a")):
        yield member, waivers({**without("id"), member: value}), True
        yield f"an empty {member}", waivers({**without("id"), member: ""}), False
        yield f"{member} is a number", waivers({**without("id"), member: 1}), False
    for member in GOOD:
        yield f"no {member}", waivers(without(member)), False
        yield f"{member} is null", waivers({**GOOD, member: None}), False
    for member in ("reason", "owner"):
        yield f"a blank {member}", waivers({**GOOD, member: " \t"}), False
    for day in ("2027-3-31", "31.03.2027", "2027-03-31T00:00:00Z", ""):
        yield f"expires {day!r}", waivers({**GOOD, "expires": day}), False
    yield "a short key", waivers({**without("id"), "key_sha256": KEY[1:]}), False
    yield "a key in capitals", waivers({**without("id"), "key_sha256": KEY.upper()}), False
    yield "two subjects", waivers({**GOOD, "arn": "x"}), False
    yield "an unknown rule", waivers({**GOOD, "rule": "iam-033"}), False
    yield "an unknown member", waivers({**GOOD, "until": "x"}), False
    yield "another unknown member", waivers(GOOD, until="x"), False
    yield "another schema", waivers(GOOD, schema="prebleed-waivers/2"), False
    yield "an array", [], False
    yield "no list", {"schema": "prebleed-waivers/1"}, False
    yield "a waiver that is none", waivers(7), False
    yield "the file of the tests", json.loads((CLI / "rotation/waivers.json").read_text()), True


def is_accepted(program, document):
    """None where the program did neither."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(document, file)
        file.flush()
        done = subprocess.run([program, "-q", "--waivers", file.name, CLI / "evidence/clear.json"],
                              capture_output=True, check=False, timeout=60)
    if done.returncode == 2:
        place = rb"(line \d+, column \d+|schema|waivers(\[\d+\](\.\w+)?)?): \w|there is no member |here stands "
        return False if re.match(rb"prebleed: --waivers \S+: (?:" + place + rb")", done.stderr) else None
    return True if done.returncode in (0, 1, 3) else None


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    program, schema = arguments
    validator = validate_reports.validator_of(schema)
    tally = suite.Tally()
    for sentence, document, is_right in documents():
        by_schema = not validate_reports.form_problems(validator, document)
        by_program = is_accepted(program, document)
        tally.check(by_schema == by_program == is_right,
                    f"{sentence}: by schema {by_schema}, by program {by_program}")
    listed = subprocess.run([program, "--list-rules"], capture_output=True, check=True, text=True)
    known = [line.split()[0] for line in listed.stdout.splitlines() if line[:1].strip()]
    named = validator.schema["properties"]["waivers"]["items"]["properties"]["rule"]["enum"]
    tally.is_equal(sorted(named), sorted(known), "the rules of both sides")
    return tally.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
