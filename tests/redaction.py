#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Searches every format and standard error of redacted runs for every original that the plain json
report of the same evidence has, in each spelling that a format can give it: redaction.py PREBLEED"""
import csv
import html
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

from suite import AS_OF, ROOT, STATUSES, Tally, report_of

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
TALLY = Tally()
FORMATS = ("text", "json", "ndjson", "csv", "junit", "sarif", "markdown", "html")
KEY = b"a key for tests, of 32 characters"

HOSTILE = ["=HYPERLINK(\"x\")", "a,b;c\td", "\"quoted\"", "it's", "|pipe|", "`code`", "<script>alert(1)</script>", "]]>x",
           "amp&amp;", "line\nfeed", "\x1b[31mred", "\x7fdelete", "\u202eevil", "\u200bzero", "nul\0byte", "back\\slash",
           "%0Acert", "漢字", "café", "x" * 600, "prod \"inner\" name", "arn:aws:iam::999988887777:server-certificate/odd"]


def run(output, *arguments, folder=None):
    done = subprocess.run([PROGRAM, *AS_OF, "-v", "-o", output, *arguments], cwd=folder, capture_output=True, check=False,
                          timeout=120)
    assert done.returncode in STATUSES, f"exit status {done.returncode}: {done.stderr}"
    return (done.stdout + b"\n" + done.stderr).decode("utf-8", "surrogateescape")


def inner(label):
    """What of "elb/NAME:PORT" and "DNS:NAME" is a name."""
    return re.sub(r":\d+$", "", re.sub(r"^[a-z]+/|^[A-Za-z]+:", "", label))


def bodies_of(report):
    for certificate in report["certificates"]:
        yield from ([certificate["x509"]] if certificate["x509"] else []) + certificate["chain"]


def originals_of(report):
    found = {account["id"] for account in report["accounts"]} | {entry["path"] for entry in report["evidence"]}
    bodies = list(bodies_of(report))
    authorities = {body["issuer"] for body in bodies if body["issuer"] != body["subject"]}
    for certificate in report["certificates"]:
        found |= {certificate[member] for member in ("name", "id", "arn")}
        found |= {text for tag in certificate["tags"] or [] for text in (tag["key"], tag["value"])}
        found |= {inner(label) for label in certificate["in_use_by"]}
    for body in bodies:
        found |= {body["subject"]} - authorities
        found |= {inner(name) for name in body["subject_alternative_names"] or []}
        found |= {body["sha256"], body["sha1"], body["key"]["spki_sha256"]}
        if len(body["serial"] or "") >= 8:
            found.add(body["serial"])
    for finding in report["findings"]:
        if finding["waiver"]:
            found |= {finding["waiver"][member] for member in ("owner", "reason")}
        former = (finding.get("former") or {}).get("certificate") or {}
        found |= {former.get(member) for member in ("account", "name", "id", "arn")}
    return {text for text in found if text and not re.fullmatch(r"[0-9/.]{1,11}", text)}


def spellings_of(text):
    escaped = re.sub("[\x00-\x1f\x7f\u200b\u202e]",
                     lambda hit: "".join(f"\\x{byte:02X}" for byte in hit[0].encode()), text)
    quoted = json.dumps(text, ensure_ascii=False)[1:-1]
    return {text, html.escape(text), html.escape(text, quote=False), quoted, urllib.parse.quote(text), escaped,
            text.replace("\\", "\\\\"), text.replace('"', '""'), re.sub(r"([\\`*_{}\[\]<>()#+.!|-])", r"\\\1", text)}


def pattern_of(originals):
    spellings = {spelling for text in originals for spelling in spellings_of(text) if spelling}
    return re.compile("|".join(rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])"
                               for one in sorted(spellings, key=len, reverse=True)))


# Names and tags of fixtures that are words of the reports too.
WORDS = {"a", "x", "aws", "list", "account", "accounts", "certificate", "server-certificate", "name", "Name", "value",
         "key", "test", "json", "path", "Environment", "id", "arn", "prebleed", "evidence", "b", "c", "iam", "expired", "Owner",
         "owner", "vulnerable", "window", "old", "new", "renewed", "replaced", "-", "clear", "none", "null", "reason", "yes", "n1"}


def check_silent(sentence, arguments, folder=None):
    report, status = report_of(PROGRAM, *arguments, folder=folder)
    pattern = pattern_of(originals_of(report) - WORDS)
    leaks = []
    for form in FORMATS:
        output = run(form, "--redact", *arguments, folder=folder)
        leaks += [(form, output[max(0, hit.start() - 60):hit.end() + 30]) for hit in pattern.finditer(output)]
    TALLY.check(not leaks, f"{sentence}: {len(leaks)} left over, such as {leaks[:3]}")
    redacted, other_status = report_of(PROGRAM, "--redact", *arguments, folder=folder)
    TALLY.is_equal(other_status, status, f"{sentence}: the exit status")
    TALLY.is_equal(redacted["summary"], report["summary"], f"{sentence}: the summary")
    for member in ("verdict", "basis", "reason", "upload_date", "expiration", "worst_severity"):
        TALLY.is_equal([one[member] for one in redacted["certificates"]], [one[member] for one in report["certificates"]],
                       f"{sentence}: {member} stays")
    TALLY.is_equal([one["sha256"] for one in redacted["evidence"]], [one["sha256"] for one in report["evidence"]],
                   f"{sentence}: digests of evidence stay")
    found, expected = (json.JSONDecoder().raw_decode(run("sarif", *extra, *arguments, folder=folder))[0]["runs"][0]["artifacts"]
                       for extra in (("--redact",), ()))
    TALLY.is_equal([one.get("parentIndex") for one in found], [one.get("parentIndex") for one in expected],
                   f"{sentence}: members keep their archives")
    TALLY.is_equal([(one["rule"], one["certificate"], one["line"]) for one in redacted["findings"]],
                   [(one["rule"], one["certificate"], one["line"]) for one in report["findings"]],
                   f"{sentence}: findings stay")


def write_hostile(folder):
    rows = [{"Path": f"/p{number}é/", "ServerCertificateName": name, "ServerCertificateId": f"ASCA{number:017d}",
             "Arn": f"arn:aws:iam::111122223333:server-certificate/p{number}é/{name}",
             "UploadDate": "2013-05-02T10:00:00Z" if number % 2 else "the day of " + name,
             "Expiration": "2027-05-02T10:00:00Z"} for number, name in enumerate(HOSTILE)]
    (folder / "secret-list.json").write_text(json.dumps({"ServerCertificateMetadataList": rows}))
    (folder / "servercert|`x`\u202e.json").write_text("{")
    (folder / "servercerts-failed.json").write_text('{"Error": {"Code": "No access for Eve", "Message": ""}}')
    (folder / "servercert-cut.json").write_text('[{"ServerCertificateName": baresecretword}]')
    (folder / "servercerts.csv").write_text(
        "Name,Arn,UploadDate\nx,arn:aws:iam::111122223333:server-certificate/p/named-in-csv,2013-05-02T10:00:00Z\n")
    (folder / "elb.json").write_text(json.dumps({"LoadBalancerDescriptions": [
        {"LoadBalancerName": "secretlb", "ListenerDescriptions": [{"Listener": {
            "LoadBalancerPort": 443, "SSLCertificateId": "arn:aws:iam::111122223333:server-certificate/of-elb"}}]}]}))
    (folder / "cloudfront.json").write_text(json.dumps({"DistributionList": {"Items": [
        {"Id": "E1SECRETDIST", "ViewerCertificate": {"IAMCertificateId": "ASCA99999999999999999"}}]}}))
    (folder / "servercert-twice.json").write_text('{"ServerCertificateName": "twice-one", "serverCertificateName": "twice-two"}')
    (folder / "long.json").write_text(json.dumps({"ServerCertificateMetadataList": [
        {"ServerCertificateName": letter * size, "AccountId": " 5555-6666-7777", "Arn": "arn:aws:iam::111122223333:server-certificate/z" + letter * size}
        for letter, size in (("m", 1100), ("w", 660))]}))
    (folder / "keyed.json").write_text(json.dumps({"by-customer.example": {"ServerCertificateMetadata": dict(
        rows[0], ServerCertificateName="keyed-name", Path="odd-path/", ServerCertificateId="not-an-id", Arn="arn:none")}}))


def check_hostile():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_hostile(folder)
        check_silent("hostile names", ["."], folder)
        said = [one["message"] for one in report_of(PROGRAM, "--redact", ".", folder=folder)[0]["diagnostics"]]
        TALLY.check(any(re.fullmatch('the same field has two values: "[a-z]+-[0-9]+", but "[a-z]+-[0-9]+" before', one)
                        for one in said), "of a repeated field both values have a stand-in")
        for form in FORMATS:
            output = run(form, "--redact", ".", folder=folder)
            for part in ("secret-list", "keyed", "by-customer", "dd-path", "not-an-id", "111122223333", "999988887777", "5555-6666", "for Eve",
                         "xxxxxx", "baresecret", "named-in-csv", "secretlb", "E1SECRETDIST", "of-elb", "mmmmmm", "wwwwww", "the day of line", "漢", "back\\slash", "p3é"):
                TALLY.check(part not in output, f"hostile names, {form}: '{part}' is not there")


def check_words():
    """Names that are words of the sentences about them: a stand-in takes the place of the name alone."""
    row = {"Path": "/", "ServerCertificateId": "ASCAEXAMPLE0000000031", "UploadDate": "2013-05-02T10:00:00Z"}
    body = next((ROOT / "testdata/certificates").glob("*.pem")).read_text()
    names = ("key", "as", "same", "of", "in")
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for number, name in enumerate(names):
            (folder / f"{number}.json").write_text(json.dumps({"ServerCertificate": {"CertificateBody": body, "ServerCertificateMetadata": dict(
                row, ServerCertificateName=name, ServerCertificateId=f"ASCAEXAMPLE000000003{number}",
                UploadDate="2020-05-02T10:00:00Z" if number else row["UploadDate"],
                Arn=f"arn:aws:iam::111122223333:server-certificate/{name}")}}))
        (folder / "names.json").write_text('["stands", "names"]')
        plain, redacted = (report_of(PROGRAM, *extra, "0.json", "1.json", "2.json", "3.json", "4.json", "names.json", folder=folder)[0]
                           for extra in ((), ("--redact",)))
    for one, other in zip(plain["findings"], redacted["findings"]):
        words = r"[0-9]{12}|[\w./:-]+\.json\S*|(?<=\")[^\"]+(?=\")|(account|item|certificate)-[0-9]+\S*"
        TALLY.is_equal(re.sub(words, "*", other["message"]), re.sub(words, "*", one["message"]), "words stay that are names too")
        quoted = re.findall('"([^"]+)"', other["message"])
        TALLY.check(all(re.fullmatch("certificate-[0-9]+", text) for text in quoted), f"quoted names are stand-ins: {quoted}")
    TALLY.check(any("same public key as" in one["message"] for one in plain["findings"]), "a reused key is found")


def check_keys():
    """With a key the stand-ins are the same in every run, and other keys give others."""
    demo = str(ROOT / "testdata/demo/bundle.tar.gz")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for number in range(2):
            (folder / f"key{number}").write_bytes(KEY + bytes([number]))
        whole, _ = report_of(PROGRAM, "--redact-key", "key0", demo, folder=folder)
        again, _ = report_of(PROGRAM, "--redact-key", "key0", demo, str(ROOT / "tests/cli/rotation"), folder=folder)
        other, _ = report_of(PROGRAM, "--redact-key", "key1", demo, folder=folder)
        ids = [{one["id"] for one in report["certificates"]} for report in (whole, again, other)]
        TALLY.check(ids[0] < ids[1], "stand-ins are the same in another run with the key")
        TALLY.check(not ids[0] & ids[2], "another key makes other stand-ins")
        done = subprocess.run([PROGRAM, "--redact-key", "/dev/null", demo], capture_output=True, check=False, timeout=60)
        TALLY.is_equal((done.returncode, done.stderr.splitlines()[-2:]),
                       (2, [b"prebleed: --redact-key /dev/null: a key has 16 bytes to 4,096, this has 0",
                            b"Try 'prebleed --help'."]), "an empty key is refused")


def check_map():
    demo = str(ROOT / "testdata/demo/bundle.tar.gz")
    plain, _ = report_of(PROGRAM, demo)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        redacted, _ = report_of(PROGRAM, "--redact-map", "map.csv", demo, folder=folder)
        rows = list(csv.DictReader(io.StringIO((folder / "map.csv").read_text(), newline="")))
        TALLY.is_equal((folder / "map.csv").stat().st_mode & 0o077, 0, "others cannot read the map")
    back = {row["stand_in"]: row["original"] for row in rows}
    for member in ("name", "id", "arn"):
        TALLY.is_equal([back[one[member]] for one in redacted["certificates"]], [one[member] for one in plain["certificates"]],
                       f"the map gives each {member} back")
    kept, _ = report_of(PROGRAM, "--redact-keep-digests", demo)
    TALLY.is_equal([one["x509"] and (one["x509"]["sha256"], one["x509"]["serial"]) for one in kept["certificates"]],
                   [one["x509"] and (one["x509"]["sha256"], one["x509"]["serial"]) for one in plain["certificates"]],
                   "digests stay where that is asked for")


check_hostile()
check_words()
check_keys()
check_map()
check_silent("the demonstration", ["testdata/demo/bundle.tar.gz"], ROOT)
for form in ("text", "html", "junit"):
    TALLY.is_equal(len(re.findall("(?m)(?:^|<h2>|name=\")account account-", run(form, "--redact", "testdata/demo/bundle.tar.gz", folder=ROOT))), 0,
                   f"{form}: a heading says once that it is about an account")
for shape in sorted((ROOT / "testdata/shapes").iterdir()):
    if shape.suffix != ".md" and shape.name not in ("expected.json",):
        check_silent(shape.name, [f"testdata/shapes/{shape.name}"], ROOT)
with tempfile.TemporaryDirectory() as scratch:
    (pathlib.Path(scratch) / "before.json").write_bytes(subprocess.run(
        [PROGRAM, *AS_OF, "-q", "-o", "json", "tests/cli/rotation/before"], cwd=ROOT, capture_output=True, check=False,
        timeout=60).stdout)
    check_silent("a baseline and waivers",
                 ["--baseline", f"{scratch}/before.json", "--waivers", "tests/cli/rotation/waivers.json",
                  "tests/cli/rotation/after"], ROOT)
check_silent("revocation lists", ["--crl", "testdata/chains/crl-full.pem", "testdata/chains"], ROOT)
TALLY.close()
