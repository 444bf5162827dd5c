#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the reports for other programs to their forms and to the json report of the same run, over
the demonstration, a story with waivers and a baseline, and names that try to break out of each
form: formats.py PREBLEED [--validators]. With --validators, xmllint and junitparser (a library of programs that merge and
show results) read junit too, sqlite3 the cells of csv, and what tests/report/node_modules has: Ajv holds json to its
schema, Microsoft's validator sarif."""
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

from suite import AS_OF, ROOT, SCHEMA, STATUSES, Tally, report_of

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
    """Whole days between the two, less than 0 where the date is after the cutoff; "" without a date."""
    if not date:
        return ""
    left = [datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (cutoff, date)]
    return str(abs(left[0] - left[1]).days * (-1 if left[1] > left[0] else 1))


def place_of(report, observation):
    return (report["evidence"][observation["evidence"]]["path"], observation["line"])


def as_before(cell):
    """What a reader makes of a cell: without the apostrophe that was put before it."""
    return cell[1:] if cell.startswith("'") else cell


def unescaped(text):
    """The text where no form escapes it; None for any."""
    return (text or "") if plain(text or "") and "\n" not in (text or "") else None


def expected_row(report, number):
    certificate = report["certificates"][number]
    body = certificate["x509"] or {"key": {}}
    rules = []
    for finding in report["findings"]:
        if finding["certificate"] == number and finding["state"] != "resolved" and finding["rule"] not in rules:
            rules.append(finding["rule"])
    of = [f for f in report["findings"] if f["certificate"] == number and f["state"] != "resolved"]
    account = next(a for a in report["accounts"]
                   if (a["id"], a["partition"]) == (certificate["account"], certificate["partition"]))
    return {"account": certificate["account"] or "", "coverage": account["coverage"] if account["id"] else None,
            "arn": unescaped(certificate["arn"]), "name": unescaped(certificate["name"]), "waived_rules": " ".join(dict.fromkeys(f["rule"] for f in of if f["waiver"])),
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
            found = sorted(row[column].split()) if column.endswith("rules") else as_before(row[column])
            value = sorted(value.split()) if column.endswith("rules") else found if value is None else value
            assert found == value, f"row {number}, {column}: {found!r}, expected {value!r}"
        path, line = row["first_evidence"].partition(":")[0], re.findall(r":(\d+)", row["first_evidence"])
        places = [place_of(report, seen) for seen in report["certificates"][number]["observations"]]
        assert (path, int(line[0]) if line else None) in places or not line, f"no place of it: {path}:{line}"
        for column, value in row.items():
            assert column == "days_before_cutoff" or value[:1] not in tuple("=+-@＝＋－＠"), f"a formula: {value!r}"


def check_junit(text, report):
    root = ElementTree.fromstring(text.encode())
    suites = root.findall("testsuite")
    evidence = [suite for suite in suites if suite.get("name") == "evidence"]
    assert len(suites) == len(report["accounts"]) + len(evidence), "not a suite an account"
    assert all(suite.find("testcase") is not None for suite in evidence), "a suite of nothing"
    for element, inside in [(root, root.iter("testcase")), *((suite, suite.findall("testcase")) for suite in suites)]:
        cases = list(inside)
        assert int(element.get("tests")) == len(cases), "tests"
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            found = sum(case.find(tag) is not None for case in cases)
            assert int(element.get(attribute)) == found, f"{attribute}: {element.get(attribute)}, found {found}"
    fails = {(f["certificate"], f["account"], f["rule"]) for f in report["findings"]
             if f["severity"] == "high" and f["waiver"] is None and f["state"] != "resolved"}
    assert int(root.get("failures")) == len(fails), "failures are not the findings that count"
    for suite in suites:
        assert suite.get("name") and not (suite.text or "").strip(), "a suite without a name, or with text"
    seen = set()
    for case in root.iter("testcase"):
        name = (case.get("classname"), case.get("name"))
        assert all(name) and name not in seen, f"two cases are called {name}"
        seen.add(name)
        assert set(case.keys()) == {"classname", "name"} and len(case) <= 1, f"{name}: what servers do not read"
        for outcome in case:
            assert outcome.tag in ("skipped", "error", "failure", "system-out") and len(outcome) == 0, outcome.tag
            assert outcome.tag == "system-out" or outcome.get("message"), f"{name}: {outcome.tag} without a message"
    bodies = {c["name"] for c in report["certificates"] if c["x509"]}
    for case in root.iter("testcase"):
        said = case.find("skipped")
        if said is not None and case.get("name").endswith(": not-revoked") and report["certificates"]:
            has_body = case.get("name")[:-len(": not-revoked")].partition(" ")[0] in bodies
            assert has_body or "body" in said.get("message"), f"{case.get('name')}: {said.get('message')}"
    for error in (error for suite in evidence for error in suite.iter("error")):
        assert error.get("message") not in STATUSES_UNREAD, "an item that could not be read, and not why"


def fingerprints(sarif):
    """Of the results, in their order."""
    found = [result["partialFingerprints"] for result in sarif["runs"][0]["results"]]
    assert all(len(set(prints.values())) == 1 and "primaryLocationLineHash" in prints for prints in found), "names"
    return [prints["primaryLocationLineHash"] for prints in found]


def check_for_upload(sarif):
    """What GitHub documents of files that code scanning takes: "SARIF support for code scanning", and the table of "SARIF
    results exceed limits". The number of results is the evidence's."""
    assert len(sarif["runs"]) == 1 and sarif["$schema"], "runs"
    driver = sarif["runs"][0]["tool"]["driver"]
    assert driver["name"] and driver["semanticVersion"], "tool"
    for rule in driver["rules"]:
        texts = [rule[name]["text"] for name in ("shortDescription", "fullDescription")]
        properties = rule["properties"]
        assert len(rule["id"]) <= 255 and all(0 < len(text) <= 1024 for text in texts) and rule["help"]["text"], "a rule's texts"
        assert len(set(properties["tags"])) == len(properties["tags"]) <= 10 and "security" in properties["tags"], "tags"
        assert 0 < float(properties["security-severity"]) <= 10 and properties["precision"] == "high", "severity"
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note"), "level"
    for result in sarif["runs"][0]["results"]:
        assert result["message"]["text"] and len(result["locations"] + result.get("relatedLocations", [])) <= 100, "result"
        assert not result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("/"), "no relative URI"


def check_sarif(text, report):
    sarif = json.loads(text)
    check_for_upload(sarif)
    run_ = sarif["runs"][0]
    rules = run_["tool"]["driver"]["rules"]
    assert sarif["version"] == "2.1.0" and len(run_["artifacts"]) == len(report["evidence"]), "artifacts"
    findings = [finding for finding in report["findings"] if finding["state"] != "resolved"]
    assert len(run_["results"]) == len(findings), "results"
    assert run_["columnKind"] == "unicodeCodePoints", "columns of no kind"
    levels = {"high": "error", "medium": "warning", "low": "note"}
    for result, finding in zip(run_["results"], findings):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding["rule"], "rule"
        assert result["level"] == levels[finding["severity"]], "level"
        assert bool(result["suppressions"]) == (finding["waiver"] is not None), "suppressions"
        assert len(result["locations"]) == 1, "code scanning refuses results without a location"
        file = result["locations"][0]["physicalLocation"]
        assert "uriBaseId" in file["artifactLocation"], "a location that is no file of the repository"
        location = result.get("relatedLocations", result["locations"])[0]["physicalLocation"]
        place = location["artifactLocation"]
        assert location == file or ("uriBaseId" not in place and "region" not in file), "a location beside the file"
        for artifact in (place, file["artifactLocation"]):
            assert run_["artifacts"][artifact["index"]]["location"] == artifact, "index of an artifact"
        assert finding["path"] in (None, report["evidence"][place["index"]]["path"]), "path"
        region = {"startLine": finding["line"], "startColumn": finding["column"]}
        assert location.get("region", {}) == {name: value for name, value in region.items() if value}, "region"
    for artifact in run_["artifacts"]:
        place = artifact["location"]
        assert re.fullmatch(r"[A-Za-z0-9._~%-][A-Za-z0-9._~/%-]*", place["uri"]), "no relative URI: " + place["uri"]
        assert not place["uri"].startswith("./"), "code scanning compares URIs as they stand: " + place["uri"]
        assert ("uriBaseId" in place) != ("parentIndex" in artifact), "a base of what is in no archive"
        assert place.get("uriBaseId", "ROOT") in run_["originalUriBaseIds"], "an unknown base"
    found = fingerprints(sarif)
    assert len(set(found)) == len(found), "fingerprints of two findings are the same"
    for artifact, entry in zip(run_["artifacts"], report["evidence"]):
        assert ("parentIndex" in artifact) == ("!/" in entry["path"]), "parentIndex"
    notifications = run_["invocations"][0]["toolExecutionNotifications"]
    why = [one["message"]["text"] for one in notifications if one["descriptor"]["id"] == "inconclusive"]
    assert bool(why) == (run_["invocations"][0]["exitCode"] == 3) and all(why), "why it is inconclusive"
    assert len(notifications) - len(why) == len(report["diagnostics"]), "notifications"


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
    path = folder / {"junit": "report.xml", "csv": "report.csv", "sarif": "report.sarif", "json": "report.json"}[name]
    path.write_text(text, newline="")
    tools = ROOT / "tests/report/node_modules"
    command = {"junit": ["xmllint", "--noout", path],
               "csv": ["sqlite3", ":memory:", ".mode csv", f".import {path} c", ".mode json", "select * from c"],
               "json": ["node", ROOT / "tests/report/schema.mjs", SCHEMA, path],
               "sarif": [tools / ".bin/sarif-multitool", "validate", path]}[name]
    if shutil.which(command[0]) is None or (name == "json" and not (tools / "ajv").exists()):
        return "SKIP"
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if name == "csv" and done.returncode == 0 and not done.stderr:
        loaded, rows = json.loads(done.stdout or "[]"), list(csv.DictReader(io.StringIO(text, newline="")))
        return None if loaded == rows else "SQLite has other cells: " + repr([
            (number, *cell) for number, pair in enumerate(zip(loaded, rows)) for cell in set(pair[0].items()) ^ set(pair[1].items())
        ][:4]) + f", {len(loaded)} rows of {len(rows)}"
    said = (done.stdout + done.stderr)[:2000]
    return said if done.returncode != 0 or (name == "sarif" and " error " in said) else None


def check_by_consumer(label, text):
    """Every case and its outcome, as a program that reads junit has them."""
    global SKIPPED
    try:
        import junitparser
    except ImportError:
        SKIPPED += 1
        return
    read = junitparser.JUnitXml.fromstring(text.encode())
    found = [(suite.name, case.classname, case.name, [(type(one).__name__.lower(), one.message) for one in case.result])
             for suite in read for case in suite]
    outcomes = ("failure", "error", "skipped")
    expected = [(suite.get("name"), case.get("classname"), case.get("name"),
                 [(one.tag, one.get("message")) for one in case if one.tag in outcomes])
                for suite in ElementTree.fromstring(text.encode()) for case in suite]
    TALLY.check(found == expected, f"{label}: junitparser has other cases or outcomes")
    said = (read.tests, read.failures, read.errors, read.skipped)
    read.update_statistics()
    counted = (read.tests, read.failures, read.errors, read.skipped)
    TALLY.check(said == counted, f"{label}: junitparser counts {counted}, the report says {said}")


def check_by_validator(label, name, text):
    global SKIPPED
    if not HAS_VALIDATORS or name not in ("junit", "csv", "sarif", "json"):
        return
    with tempfile.TemporaryDirectory() as scratch:
        problem = validate(name, text, pathlib.Path(scratch))
    if name == "junit":
        check_by_consumer(label, text)
    SKIPPED += problem == "SKIP"
    TALLY.check(problem in (None, "SKIP"), f"{label}: {name}: {problem}")


def check_all(label, arguments, folder):
    report, status = report_of(PROGRAM, *arguments, folder=folder)
    for name, check in CHECKS.items():
        text = run(name, arguments, folder).decode()
        TALLY.attempt(lambda: check(text, report), f"{label}: {name}")
        if name == "junit":
            bad = re.search(r'failures="(\d+)" errors="(\d+)"', text).groups()
            TALLY.check((bad == ("0", "0")) == (status == 0), f"{label}: junit has {bad} where the exit status is {status}")
        TALLY.check(plain(text), f"{label}: {name} has characters that a terminal obeys")
        check_by_validator(label, name, text)
    check_by_validator(label, "json", json.dumps(report))


def check_places(folder):
    """Each finding that an item has a place for says its line and column: there begins a value, or a key."""
    report, _ = report_of(PROGRAM, ".", folder=folder)
    rules = {finding["rule"] for finding in report["findings"]}
    assert rules >= {"IAM-033", "conflicting-evidence", "coverage-gap", "private-key-in-evidence"}, rules
    for finding in report["findings"]:
        path, line, column = finding["path"], finding["line"], finding["column"]
        if path == "./certs.txt": # was rewritten as JSON, line by line
            assert line and column is None, f"{path}:{line}:{column}"
            continue
        assert path and line and column, f"{finding['rule']}: no place: {path}:{line}:{column}"
        there = (folder / path).read_text("utf-8-sig").split("\n")[line - 1][column - 1:]
        assert there[:1] in ("{", "[") or there.startswith("-----BEGIN"), f"{path}:{line}:{column}: {there[:20]}"


def named_prints(arguments, folder):
    """The fingerprints by what a reader knows the finding by."""
    sarif = json.loads(run("sarif", arguments, folder))
    found = {}
    for result, mark in zip(sarif["runs"][0]["results"], fingerprints(sarif)):
        assert result.get("baselineState") != "absent", "code scanning would show it as open"
        text = result["message"]["text"].rpartition("; it was: ")[2]
        identifiers = re.findall("ASCA[A-Z0-9]+", result["message"]["text"])
        about = result["properties"].get("id") or (identifiers or [None])[0] or re.sub("\\d+", "", text)
        found.setdefault((result["ruleId"], result["properties"].get("account"), about), set()).add(mark)
    return found


def check_stable(before, after):
    """Findings that both reports have have the same fingerprints there."""
    both = set(before) & set(after)
    assert both, "no finding stands in both"
    for one in both:
        assert before[one] <= after[one], f"{one}: {before[one]} and {after[one]}"
    return None


def check_many(folder):
    """More results than the writer counts equal fingerprints of: names that two certificates have each, without an id."""
    rows = [json.dumps({"ServerCertificateName": f"n{i // 2}", "UploadDate": f"2013-05-0{1 + i % 2}T10:00:00Z"})
            for i in range(140000)]
    (folder / "many.json").write_text('{"ServerCertificateMetadataList": [' + ",\n".join(rows) + "]}")
    found = re.findall('"prebleedFinding/v1": "([0-9a-f]{16}:[0-9]+)"', run("sarif", ["."], folder).decode())
    assert len(found) == len(set(found)) >= len(rows), f"{len(found)} fingerprints, {len(set(found))} different ones"
    assert sum(mark.endswith(":2") for mark in found) == 65535, "how many are told apart by their number"


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
    then = named_prints(["before.tar"], story)
    now = named_prints(["--baseline", str(earlier / "before.json"), "after.tar"], story)
    TALLY.attempt(lambda: check_stable(then, now), "story: fingerprints of the run before")
    TALLY.check(not set(then) <= set(now), "story: what is resolved is closed by code scanning")
    many = earlier / "many"
    many.mkdir()
    TALLY.attempt(lambda: check_many(many), "fingerprints of many")
    conflict = earlier / "conflict"
    conflict.mkdir()
    row = {"ServerCertificateName": "w", "ServerCertificateId": "ASCAEXAMPLE0000000020", "UploadDate": "2013-05-02T10:00:00Z",
           "Arn": "arn:aws:iam::111122223333:server-certificate/w", "Expiration": "2027-05-02T10:00:00Z"}
    (conflict / "a.json").write_text(json.dumps({"ServerCertificateMetadataList": [row]}))
    (conflict / "b.json").write_text(json.dumps({"ServerCertificateMetadataList": [{**row, "UploadDate": "2015-05-02T10:00:00Z"}]}))
    few = named_prints(["."], conflict)
    (conflict / "c.json").write_text("\n" + json.dumps({"ServerCertificateMetadataList": [
        {**row, "Expiration": "2012-05-02T10:00:00Z"}, {**row, "ServerCertificateId": "ASCAEXAMPLE0000000010"}]}))
    check_all("conflict", ["."], conflict)
    check_all("absolute", [str(conflict)], conflict)
    TALLY.attempt(lambda: check_stable(few, named_prints(["."], conflict)), "conflict: fingerprints of fewer files")
    TALLY.attempt(lambda: check_stable(few, named_prints([conflict.name], earlier)), "conflict: fingerprints under another folder")
    (conflict / "pk.json").write_text('{"a": [\n{"é漢": 1, "key": "-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----"}]}')
    (conflict / "cut.json").write_text('\ufeff{"ServerCertificateMetadataList": [\n\n  {"Path": "/é/"}, ' + json.dumps(row) + '], "NextToken": "x"}')
    (conflict / "certs.txt").write_text("old\t2013-01-01T00:00:00Z\n\nolder\t2012-01-01T00:00:00Z\n")
    TALLY.attempt(lambda: check_places(conflict), "places")
    fine = earlier / "fine"
    fine.mkdir()
    (fine / "list.json").write_text(json.dumps({"ServerCertificateMetadataList": [{**row, "UploadDate": "2020-05-02T10:00:00Z"}]}))
    check_all("not proven complete", ["--require-complete", "./list.json"], fine)
    (fine / "readme.txt").write_text("hello")
    check_all("no evidence", ["readme.txt"], fine)
    (fine / "get.json").write_text(json.dumps({"ServerCertificate": {
        "ServerCertificateMetadata": {**row, "UploadDate": "2020-05-02T10:00:00Z"}, "CertificateBody": "-----BEGIN CERTIFICATE-----"}}))
    check_all("a body that is cut", ["get.json"], fine)
    (fine / "servercert-cut.json").write_text('{"ServerCertificateMetadataList": [')
    (earlier / "fine.json").write_bytes(run("json", ["list.json", "servercert-cut.json"], fine))
    check_all("not new", ["--baseline", str(earlier / "fine.json"), "--new-only", "list.json", "servercert-cut.json"], fine)
    many = [{"ServerCertificateName": f"name-{number}", "ServerCertificateId": f"ASCA{number:017d}",
             "Arn": f"arn:aws:iam::{111122223333 + number % 700}:server-certificate/name-{number}",
             "UploadDate": "2013-05-02T10:00:00Z"} for number in range(2000)]
    (earlier / "many.json").write_text(json.dumps({"ServerCertificateMetadataList": many}))
    check_all("two thousand", ["many.json"], earlier)
    (earlier / "uses.json").write_text(json.dumps({"LoadBalancerDescriptions": [
        {"LoadBalancerName": f"lb-{number}", "ListenerDescriptions": [{"Listener": {"LoadBalancerPort": 443,
         "SSLCertificateId": f"arn:aws:iam::111122223333:server-certificate/gone-{number}"}}]} for number in range(2000)]}))
    gaps = ["many.json", "uses.json"]
    (earlier / "gaps.json").write_bytes(run("json", gaps, earlier))
    (earlier / "one.json").write_text(json.dumps({"ServerCertificateMetadataList": [
        {**row, "ServerCertificateName": "one-more", "UploadDate": "2014-03-31T10:00:00Z"}]}))
    summary = run("markdown", ["--baseline", "gaps.json", *gaps, "one.json"], earlier).decode()
    TALLY.check("one-more" in summary, "markdown names what is new among two thousand")
    for known in ([], ["--baseline", "gaps.json"]):
        lines = run("text", [*known, *gaps], earlier).count(b"\n")
        TALLY.check(lines < 200, f"text of two thousand certificates and gaps {known}: {lines} lines")
if SKIPPED:
    print("SKIP validators that are not installed: xmllint, junitparser, sqlite3 or tests/report/node_modules")
TALLY.close(SKIPPED)
