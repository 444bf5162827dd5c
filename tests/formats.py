#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the reports for other programs to their forms and to the json report of the same run, over
the demonstration, a story with waivers and a baseline, and names that try to break out of each
form: formats.py PREBLEED [--validators]. With --validators, xmllint and sqlite3 read them too, and
Microsoft's SARIF validator where tests/report/node_modules has it."""
import csv
import datetime
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from suite import AS_OF, ROOT, STATUSES, Tally, report_of

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
HAS_VALIDATORS = "--validators" in sys.argv
TALLY = Tally()
SKIPPED = 0

HOSTILE = ["=HYPERLINK(\"x\")", "+1", "-1+1", "@SUM(A1)", "\uff1d1", "a,b;c\td", "\"quoted\"", "'", "|pipe|", "`code`",
           "``two``", "<script>alert(1)</script>", "]]>", "&amp;", "a\nb", "a\r\nb", "\x1b[31mred", "\x7f", "\u009b1m",
           "\u202eevil", "\u200bzero", "\U000e0041tag", "\ufffe", "[a](javascript:1)", "# heading", "| --- |", "\\", "%0A",
           "::error::x", "a" * 3000, "漢字", "1" + "\u0301" * 30000, "é", "..", "--", " "]


DATES = ("2020-05-02T10:00:00Z", "2013-05-02T10:00:00Z", "2014-04-01T12:00:00Z", "2014-03-31T12:00:00Z",
         "2014-03-30T00:00:00.5Z")
STATUSES_UNREAD = ("unreadable", "skipped")


def run(output, arguments, folder):
    done = subprocess.run([PROGRAM, *AS_OF, "-q", "-o", output, *arguments], cwd=folder, capture_output=True,
                          check=False, timeout=120)
    assert done.returncode in STATUSES, f"exit status {done.returncode}: {done.stderr}"
    return done.stdout


def hostile_evidence(folder):
    rows = [{"Path": "/", "ServerCertificateName": name, "ServerCertificateId": f"ASCA{number:017d}",
             "Arn": f"arn:aws:iam::111122223333:server-certificate/{name}",
             "UploadDate": DATES[number % len(DATES)],
             "Expiration": "2027-05-02T10:00:00Z"} for number, name in enumerate(HOSTILE)]
    (folder / "list.json").write_text(json.dumps({"ServerCertificateMetadataList": rows}))
    (folder / "servercert|`x`\u202e.json").write_text("{")


def plain(text):
    """The text without what a terminal obeys or that hides text."""
    return not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
                         "\U000e0000-\U000e007f]", text)


def check_ndjson(text, report):
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    assert text.endswith("\n"), "no line feed at its end"
    for member, kind in (("accounts", "account"), ("certificates", "certificate"), ("findings", "finding"),
                         ("evidence", "evidence"), ("diagnostics", "diagnostic")):
        found = [{key: value for key, value in line.items() if key != "type"} for line in lines if line["type"] == kind]
        assert found == report[member], f"{member} differ from json"
    for member in ("tool", "parameters", "summary"):
        assert [line for line in lines if line["type"] == member] == [{"type": member, **report[member]}], member
    assert lines[0] == {"type": "report", "schema": report["schema"]}, "the first line is not the report's"


def days_before(cutoff, date):
    """Whole days between the two, with a sign where the date is after the cutoff; "" without a date."""
    if not date:
        return ""
    left = [datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (cutoff, date)]
    return ("-" if left[1] > left[0] else "") + str(abs(left[0] - left[1]).days)


def expected_row(report, number):
    certificate = report["certificates"][number]
    body = certificate["x509"] or {"key": {}}
    rules = []
    for finding in report["findings"]:
        if finding["certificate"] == number and finding["state"] != "resolved" and finding["rule"] not in rules:
            rules.append(finding["rule"])
    of = [f for f in report["findings"] if f["certificate"] == number and f["state"] != "resolved"]
    return {"waived_rules": " ".join(dict.fromkeys(f["rule"] for f in of if f["waiver"])),
            "new_rules": " ".join(dict.fromkeys(f["rule"] for f in of if f["state"] == "new")),
            "verdict": certificate["verdict"] or "", "severity": certificate["worst_severity"] or "",
            "rules": " ".join(rules), "upload_date": certificate["upload_date"] or "",
            "days_before_cutoff": days_before(report["parameters"]["cutoff"], certificate["upload_date"]),
            "expiration": certificate["expiration"] or body.get("not_after") or "",
            "sha256": body.get("sha256") or "", "spki_sha256": body["key"].get("spki_sha256") or "",
            "id": certificate["id"] or "", "imported_at": certificate["imported_at"] or ""}


def check_csv(text, report):
    assert text.count("\r\n") == text.count("\n") == len(report["certificates"]) + 1, "lines do not end in CR LF"
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert len(rows) == len(report["certificates"]), "another number of rows"
    for number, row in enumerate(rows):
        for column, value in expected_row(report, number).items():
            found = sorted(row[column].split()) if column.endswith("rules") else row[column]
            value = sorted(value.split()) if column.endswith("rules") else value
            assert found == value, f"row {number}, {column}: {found!r}, expected {value!r}"
        for column, value in row.items():
            assert column == "days_before_cutoff" or value[:1] not in tuple("=+-@＝＋－＠"), f"a formula: {value!r}"


def check_junit(text, report):
    root = ElementTree.fromstring(text.encode())
    suites = root.findall("testsuite")
    assert len(suites) == len(report["accounts"]) + 1, "not a suite an account"
    for element, inside in [(root, root.iter("testcase")), *((suite, suite.findall("testcase")) for suite in suites)]:
        cases = list(inside)
        assert int(element.get("tests")) == len(cases), "tests"
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            found = sum(case.find(tag) is not None for case in cases)
            assert int(element.get(attribute)) == found, f"{attribute}: {element.get(attribute)}, found {found}"
    fails = {(f["certificate"], f["account"], f["rule"]) for f in report["findings"]
             if f["severity"] == "high" and f["waiver"] is None and f["state"] != "resolved"}
    assert int(root.get("failures")) == len(fails), "failures are not the findings that count"
    for error in suites[-1].iter("error"):
        assert error.get("message") not in STATUSES_UNREAD, "an item that could not be read, and not why"


def check_sarif(text, report):
    sarif = json.loads(text)
    run_ = sarif["runs"][0]
    rules = run_["tool"]["driver"]["rules"]
    assert sarif["version"] == "2.1.0" and len(run_["artifacts"]) == len(report["evidence"]), "artifacts"
    assert len(run_["results"]) == len(report["findings"]), "results"
    levels = {"high": "error", "medium": "warning", "low": "note"}
    for result, finding in zip(run_["results"], report["findings"]):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding["rule"], "rule"
        assert result["level"] == levels[finding["severity"]], "level"
        assert bool(result["suppressions"]) == (finding["waiver"] is not None), "suppressions"
        for location in result["locations"]:
            place = location["physicalLocation"]["artifactLocation"]
            assert run_["artifacts"][place["index"]]["location"] == place, "index of an artifact"
            assert report["evidence"][place["index"]]["path"] == finding["path"], "path"
            assert re.fullmatch(r"[A-Za-z0-9._~/%:-]*", place["uri"]), "no URI: " + place["uri"]
    found = [result["partialFingerprints"]["prebleedFinding/v1"] for result in run_["results"]
             if result["ruleId"] == "IAM-033"]
    assert len(set(found)) == len(found), "fingerprints of two certificates are the same"
    for artifact, entry in zip(run_["artifacts"], report["evidence"]):
        assert ("parentIndex" in artifact) == ("!/" in entry["path"]), "parentIndex"
    notifications = run_["invocations"][0]["toolExecutionNotifications"]
    assert len(notifications) == len(report["diagnostics"]), "notifications"


def check_markdown(text, report):
    assert len(text.encode()) < 60000, "60 KB or more"
    bars = 0
    for line in text.split("\n"):
        count = len(re.findall(r"(?<!\\)\|", line))
        bars = bars if bars and line.startswith("|") else count
        assert count == bars, "another number of cells: " + line
    unread = text.partition("### Evidence that could not be read")[2]
    assert not re.search(r"\|  \|$", unread, re.M), "an item that could not be read, and not why"
    listed = re.findall(r"^\| vulnerable", text, re.M)
    more = re.search(r"^(\d+) more certificates? (is|are) not shown", text, re.M)
    assert len(listed) + (int(more.group(1)) if more else 0) >= report["summary"]["vulnerable"], "certificates are missing"


CHECKS = {"ndjson": check_ndjson, "csv": check_csv, "junit": check_junit, "sarif": check_sarif, "markdown": check_markdown}


def validate(name, text, folder):
    """What other programs say of the report; None for nothing."""
    path = folder / {"junit": "report.xml", "csv": "report.csv", "sarif": "report.sarif"}[name]
    path.write_text(text, newline="")
    if name == "junit":
        command = ["xmllint", "--noout", path]
    elif name == "csv":
        rows = len(list(csv.reader(io.StringIO(text, newline="")))) - 1
        command = ["sqlite3", ":memory:", ".mode csv", f".import {path} c", f"select 1/(count(*)={rows}) from c"]
    else:
        command = [ROOT / "tests/report/node_modules/.bin/sarif-multitool", "validate", path]
    if shutil.which(command[0]) is None:
        return "SKIP"
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    said = (done.stdout + done.stderr)[:2000]
    return said if done.returncode != 0 or (name == "sarif" and " error " in said) or (name == "csv" and said != "1\n") else None


def check_all(label, arguments, folder):
    global SKIPPED
    report, _ = report_of(PROGRAM, *arguments, folder=folder)
    for name, check in CHECKS.items():
        text = run(name, arguments, folder).decode()
        TALLY.attempt(lambda: check(text, report), f"{label}: {name}")
        TALLY.check(plain(text), f"{label}: {name} has characters that a terminal obeys")
        if HAS_VALIDATORS and name in ("junit", "csv", "sarif"):
            with tempfile.TemporaryDirectory() as scratch:
                problem = validate(name, text, pathlib.Path(scratch))
            SKIPPED += problem == "SKIP"
            TALLY.check(problem in (None, "SKIP"), f"{label}: {name}: {problem}")


with tempfile.TemporaryDirectory() as scratch:
    hostile = pathlib.Path(scratch)
    hostile_evidence(hostile)
    story = ROOT / "tests/story"
    check_all("demonstration", ["testdata/demo/bundle.tar.gz"], ROOT)
    check_all("hostile names", ["."], hostile)
    check_all("shapes", ["testdata/shapes"], ROOT)
    earlier = hostile / "earlier"
    earlier.mkdir()
    (earlier / "before.json").write_bytes(run("json", [str(story / "before.tar")], ROOT))
    check_all("story", ["--baseline", str(earlier / "before.json"), "--waivers", "waivers.json", "--crl", "issuer.der",
                        "after.tar"], story)
    many = [{"ServerCertificateName": f"name-{number}", "ServerCertificateId": f"ASCA{number:017d}",
             "Arn": f"arn:aws:iam::{111122223333 + number % 700}:server-certificate/name-{number}",
             "UploadDate": "2013-05-02T10:00:00Z"} for number in range(2000)]
    (earlier / "many.json").write_text(json.dumps({"ServerCertificateMetadataList": many}))
    check_all("two thousand", ["many.json"], earlier)
if SKIPPED:
    print("SKIP validators that are not installed: xmllint, sqlite3 or tests/report/node_modules")
TALLY.close(SKIPPED)
