#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A report is its own baseline: baselines.py PREBLEED FOLDER.

Every file and folder below FOLDER, and generated evidence with tens of thousands of findings, with
certificates that nothing but a name, a date or a body tells apart, and with waivers of which very
many cover the same, is audited twice, the second time with the first report as its baseline: every
finding must be unchanged, and with --new-only the exit status is 0. The last line is "N passed, N failed".
"""
import concurrent.futures
import json
import os
import pathlib
import sys
import tempfile

import suite

ARN = "arn:aws:iam::111122223333:server-certificate/"
MANY = 40000
SOME = 3000


def problem_of(program, evidence):
    """What is new, resolved or not covered under the evidence's own report; None for nothing."""
    report, status = suite.run(program, evidence)
    if status not in suite.STATUSES:
        return None  # refused: no other suite's evidence
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(report)
        file.flush()
        again, status = suite.run(program, "--baseline", file.name, evidence)
        _, of_new = suite.run(program, "--baseline", file.name, "--new-only", evidence)
    if status not in suite.STATUSES:
        return f"exit status {status}"
    if of_new != 0 and any(c["origin"] == "iam" for c in json.loads(report)["certificates"]):
        return f"exit status {of_new} for what is not new"
    changed = [finding for finding in json.loads(again)["findings"]
               if finding["state"] != "unchanged" or finding["former"] is not None]
    if changed:
        return "{} findings, first {state} {rule}: {message}".format(len(changed), **changed[0])
    found = len(json.loads(report)["findings"])
    kept = len(json.loads(again)["findings"])
    return None if found == kept else f"{found} findings became {kept}"


def listed(count, date, **members):
    """A list answer; values of members are formatted with the certificate's number."""
    return {"ServerCertificateMetadataList": [
        {"Path": "/", "UploadDate": date(i), **{key: value.format(i) for key, value in members.items()}}
        for i in range(count)]}


def day(number):
    return f"2012-01-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"


def same_day(_):
    return "2013-05-02T10:00:00Z"


def generated():
    """(sentence, file name, document)"""
    names = {"ServerCertificateName": "shop-{}"}
    yield "very many findings", "list.json", listed(
        MANY, day, **names, ServerCertificateId="ASCA{:016}", Arn=ARN + "shop-{}")
    yield "many without id and ARN", "list.json", listed(SOME, day, **names)
    yield "many with one id, as mocks have it", "list.json", listed(
        SOME, same_day, **names, ServerCertificateId="ASCA0000000000000001", Arn=ARN + "shop-{}")
    yield "many of one name", "list.json", listed(300, day, ServerCertificateName="shop")
    yield "many of one ARN", "list.json", listed(
        300, day, ServerCertificateName="shop", ServerCertificateId="ASCA{:016}", Arn=ARN + "shop")
    yield "many dates alone", "certificates.json", [day(i) for i in range(300)]
    yield "many equal dates alone", "certificates.json", [day(i % 3) for i in range(SOME)]
    yield "names alone", "names.json", [f"shop-{i}" for i in range(300)]
    yield "a name with odd characters", "list.json", listed(
        2, day, ServerCertificateName="s\\h\u00f6p\u202e\x07 {}")


def write_waivers(path, count):
    subject = {"rule": "IAM-033", "account": "111122223333", "reason": "r", "owner": "o"}
    path.write_text(json.dumps({"schema": "prebleed-waivers/1", "waivers": [
        {**subject, "expires": "2020-01-01" if i + 1 < count else "2099-12-31"}
        for i in range(count)]}))


def problem_with_waivers(program, folder):
    """As many waivers as findings, all of one account, of which the last alone holds."""
    evidence, waivers = folder / "list.json", folder / "waivers.json"
    evidence.write_text(json.dumps(listed(
        MANY, day, ServerCertificateName="shop-{}", Arn=ARN + "shop-{}")))
    write_waivers(waivers, MANY)
    report = json.loads(suite.run(program, "--rules", "IAM-033", "--waivers", waivers, evidence)[0])
    lines = {finding["waiver"] and finding["waiver"]["expires"] for finding in report["findings"]}
    unmatched = [one for one in report["diagnostics"] if one["code"] == "waiver-unmatched"]
    if report["summary"]["waived"] != MANY or lines != {"2099-12-31"} or unmatched:
        return f"{report['summary']['waived']} waived by {lines}, {len(unmatched)} unmatched"
    return None


def problem_of_detour(program, folder):
    """Findings that another run carried over, about certificates that only their dates tell apart."""
    dates, other = folder / "certificates.json", folder / "list.json"
    dates.write_text(json.dumps([day(1), day(2)]))
    other.write_text(json.dumps(listed(0, day)))
    baseline, states = [], []
    for evidence in (dates, other, dates):
        report = suite.run(program, *baseline, evidence)[0]
        (folder / "report").write_bytes(report)
        baseline = ["--baseline", folder / "report"]
        states = [finding["state"] for finding in json.loads(report)["findings"]]
    return None if states == ["unchanged", "unchanged"] else f"became {states}"


def problem_of_redacted(program, folder):
    """Its stand-ins would match nothing, whether the account is known or not."""
    evidence, report = folder / "list.json", folder / "report"
    for members in ({"Arn": ARN + "shop-{}"}, {"ServerCertificateName": "shop-{}"}):
        evidence.write_text(json.dumps(listed(1, day, **members)))
        report.write_bytes(suite.run(program, "--redact", evidence)[0])
        status = suite.run(program, "--baseline", report, evidence)[1]
        if status != 2:
            return f"exit status {status} with {members}"
    return None


def problem_of_exponents(program, folder):
    """A long exponent is a string; in an earlier report it is a number, which a double holds up to 1,024 bits."""
    evidence, report = folder / "get.json", folder / "report"
    evidence.write_text(json.dumps({"ServerCertificate": {
        "ServerCertificateMetadata": listed(1, day, ServerCertificateName="shop")["ServerCertificateMetadataList"][0],
        "CertificateBody": (suite.ROOT / "testdata/certificates/rsa-exponent-long.pem").read_text()}}))
    text = suite.run(program, evidence)[0].decode()
    exponent = json.loads(text)["certificates"][0]["x509"]["key"]["exponent"]
    for number in (exponent, f'"{2 ** 64}"', str(2 ** 64), str(2 ** 1023)):
        report.write_text(text.replace(f'"{exponent}"', number))
        status = suite.run(program, "--baseline", report, "--new-only", evidence)[1]
        if status != 0 or not exponent.isdigit():
            return f"exit status {status} for {number}"
    return None


def changed():
    """(what changed, file name, former text, text of now, exit status for what is new of it)"""
    def row(account="111122223333", date="2013-05-02T10:00:00Z", identifier="ASCA0000000000000001"):
        return json.dumps({"ServerCertificateMetadataList": [{
            "Path": "/", "ServerCertificateName": "shop", "ServerCertificateId": identifier, "UploadDate": date,
            "Arn": f"arn:aws:iam::{account}:server-certificate/shop-{date[:7]}"}]})

    yield "the account of one id", "list.json", row(), row(account="444455556666"), 1
    yield "the date of one id", "list.json", row(), row(date="2013-06-02T10:00:00Z"), 1
    yield "the date of a hidden id", "list.json", row(identifier="***"), row(date="2012-06-02T10:00:00Z", identifier="***"), 1
    yield "nothing", "list.json", row(), row(), 0
    for old, new in ((ARN + "z1", ARN + "z2"), ("ASCA0000000000000001", "ASCA0000000000000002")):
        yield "what is missing", "elb.conf", f"ssl {old}\n", f"ssl {new}\n", 3
        yield "the line that names it", "elb.conf", f"ssl {old}\n", f"# ssl\n\nssl {old}\n", 0


def problem_of_change(program, folder, name, texts, expected):
    evidence, report = folder / "evidence", folder / "report"
    evidence.mkdir()
    (evidence / "clear.json").write_text(json.dumps(listed(1, lambda _: "2015-05-02T10:00:00Z", Arn=ARN + "clear")))
    (evidence / name).write_text(texts[0])
    report.write_bytes(suite.run(program, evidence)[0])
    (evidence / name).write_text(texts[1])
    status = suite.run(program, "--baseline", report, "--new-only", evidence)[1]
    return None if status == expected else f"exit status {status}, expected {expected}"


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    program, top = arguments
    tally = suite.Tally()
    paths = [path for path in sorted(pathlib.Path(top).rglob("*")) if not path.is_symlink()]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {path: pool.submit(problem_of, program, path) for path in paths}
        for path, job in jobs.items():
            tally.attempt(job.result, path)
    for sentence, name, document in generated():
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.write_text(json.dumps(document))
            tally.attempt(lambda path=path: problem_of(program, path), sentence)
    for sentence, name, old, new, status in changed():
        with tempfile.TemporaryDirectory() as folder:
            tally.attempt(lambda case=(name, (old, new), status): problem_of_change(program, pathlib.Path(folder), *case),
                          f"{sentence} changed")
    for problem, sentence in ((problem_with_waivers, "waivers of one account"),
                              (problem_of_detour, "dates alone, over other evidence and back"),
                              (problem_of_exponents, "exponents of any length"),
                              (problem_of_redacted, "a redacted report is refused")):
        with tempfile.TemporaryDirectory() as folder:
            tally.attempt(lambda problem=problem: problem(program, pathlib.Path(folder)), sentence)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
