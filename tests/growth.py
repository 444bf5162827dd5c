#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds the work for many things of a kind to their number: growth.py PREBLEED [SIZE].

Each kind of evidence is made with SIZE things and with four times as many, and the instructions of both
runs are counted by valgrind: four times the things may take at most six times the work.
The last line is "N passed, N failed[, N skipped]".
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import suite
from evidence_writer import certificate, listing, tar, zip_of

OLD = "2013-05-02T10:00:00Z"
tally = suite.Tally()


def date(number):
    return f"{2009 + number // 86400}-05-02T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"


def rows(size, **others):
    return [certificate(f"n{i}", OLD, **others) for i in range(size)]


def write(folder, content):
    (folder / "evidence").write_bytes(content if isinstance(content, bytes) else content.encode())


def list_of_certificates(folder, size):
    write(folder, listing(*rows(size)))


def keys_of_one_object(folder, size):
    write(folder, '{"ServerCertificateNames": {%s}}' % ",".join(f'"{i:x}":0' for i in range(size)))


def equal_keys_of_one_object(folder, size):
    write(folder, '{"ServerCertificateMetadataList": [], %s}' % ",".join(['"a":0'] * size))


def documents_of_one_file(folder, size):
    write(folder, '{"ServerCertificateMetadataList": []}\n' * size)


def dates_of_one_certificate(folder, size):
    write(folder, b"\n".join(listing(certificate("n", date(i))) for i in range(size)))


def certificates_of_one_arn(folder, size):
    one = certificate("n", OLD)
    write(folder, listing(*[{**one, "ServerCertificateName": f"n{i}", "ServerCertificateId": f"ASCAEXAMPLE{i:09}"}
                            for i in range(size)]))


def one_name_of_many_bytes(folder, size):
    write(folder, listing({**certificate("n", OLD), "ServerCertificateName": "n" * 100 * size}))


def accounts(folder, size):
    write(folder, b"\n".join(listing(certificate("n", OLD, account=f"{i:012}")) for i in range(size)))


def folders_of_an_archive(folder, size):
    write(folder, tar([(f"{i}/certificates.json", listing(certificate(f"n{i}", OLD))) for i in range(size)]))


def names_deep_below_folders_of_other_accounts(folder, size):
    """Each identity is looked for in the thousand folders above the names, and each name has all of them above it."""
    above = "a/" * 1000
    identities = [(f"{above}{i}/get-caller-identity.json", json.dumps(
        {"UserId": "AIDAEXAMPLE", "Account": f"{i:012}", "Arn": f"arn:aws:iam::{i:012}:user/a"}).encode()) for i in range(size // 10)]
    write(folder, zip_of([(f"{above}names/server-certificates.json", json.dumps([f"n{i}" for i in range(size)]).encode()), *identities]))


def dumps_of_one_account(folder, size):
    write(folder, tar([(f"{i}/certificates.json", listing(*rows(2))) for i in range(size)]))


def empty_members(folder, size):
    write(folder, tar([(f"iam-server-certificates-{i}.json", b"") for i in range(size)]))


def marks_that_nothing_reads(folder, size):
    write(folder, json.dumps({"x": [{"y": f"arn:aws:iam::111122223333:server-certificate/n{i}"} for i in range(size)]}))


def references(folder, size):
    write(folder, listing(certificate("n", OLD)) + b"\n" + json.dumps({"LoadBalancerDescriptions": [
        {"LoadBalancerName": f"lb{i}", "ListenerDescriptions": [{"Listener": {
            "LoadBalancerPort": 443, "SSLCertificateId": certificate(f"n{i}", OLD)["Arn"]}}]}
        for i in range(size)]}).encode())


def bodies_of_one_certificate(folder, size):
    """A chain in which each certificate may have signed each other one: subject and issuer are the same."""
    body = (suite.ROOT / "testdata/chains/chain-P-256.pem").read_text(encoding="ascii")
    write(folder, json.dumps({"ServerCertificate": {
        "ServerCertificateMetadata": certificate("n", OLD), "CertificateBody": body.split("-----END CERTIFICATE-----")[0]
        + "-----END CERTIFICATE-----\n", "CertificateChain": body * (size // 20)}}))


def certificates_of_one_listener(folder, size):
    arn = "arn:aws:iam::111122223333:server-certificate/n"
    write(folder, json.dumps({"ListenerArn": f"arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/{'x' * 200 * size}/1/2",
                              "Certificates": [{"CertificateArn": f"{arn}{i}"} for i in range(size)]}))


def dashes_of_one_body(folder, size):
    write(folder, json.dumps({"CertificateBody": "-" * 20 * size}))


def fields_of_one_line(folder, size):
    write(folder, "<ServerCertificateName>" * size * 4)


def keys_of_stack_resources_in_one_line(folder, size):
    write(folder, "<PhysicalResourceId>n</PhysicalResourceId><ResourceType>AWS::IAM::ServerCertificate</ResourceType>" * size)


def cells_beside_the_type_of_a_stack_resource(folder, size):
    write(folder, "cell\t" * size * 4 + "AWS::IAM::ServerCertificate")


def lists_in_one_line(folder, size):
    write(folder, '"ServerCertificateMetadataList": [x ' * size)


def answers_named_in_one_line(folder, size):
    write(folder, "the ServerCertificate, " * size * 8)


def names_of_config(folder, size):
    write(folder, json.dumps([{"resourceType": "AWS::IAM::ServerCertificate", "resourceName": f"n{i}"} for i in range(size)]))


def paragraphs(folder, size):
    write(folder, "upload certificate\n" + "a\n\n" * 4 * size)


def dates_of_one_row(folder, size):
    write(folder, ";".join(["2013-05-02"] * size))


def waivers(folder, size):
    write(folder, listing(*rows(100)))
    (folder / "waivers.json").write_text(json.dumps({"schema": "prebleed-waivers/1", "waivers": [
        {"rule": "IAM-033", "arn": f"arn:aws:iam::111122223333:server-certificate/n{i}", "reason": "r", "owner": "o",
         "expires": "2030-01-01"} for i in range(size)]}), encoding="ascii")
    return ["--waivers", "waivers.json"]


def findings_of_a_baseline(folder, size):
    write(folder, listing(*rows(size)))
    subprocess.run([PROGRAM, *suite.AS_OF, "-q", "-o", "json=before.json", "evidence"], cwd=folder, check=False, timeout=60)
    return ["--baseline", "before.json"]


def lines_of_a_manifest(folder, size):
    write(folder, tar([(f"{i}.json", b"{}") for i in range(size)]))
    digest = hashlib.sha256(b"{}").hexdigest()
    (folder / "SHA256SUMS").write_text("".join(f"{digest}  {i}.json\n" for i in range(size)), encoding="ascii")
    return ["--manifest", "SHA256SUMS"]


def lines_and_members_of_one_name(folder, size):
    write(folder, tar([("a.json", b"{}")] * size))
    digest = hashlib.sha256(b"{}").hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  a.json\n{'0' * 64}  a.json\n" * (size // 2), encoding="ascii")
    return ["--manifest", "SHA256SUMS"]


KINDS = [list_of_certificates, keys_of_one_object, equal_keys_of_one_object, documents_of_one_file,
         dates_of_one_certificate, certificates_of_one_arn, one_name_of_many_bytes, accounts, folders_of_an_archive,
         names_deep_below_folders_of_other_accounts, dumps_of_one_account, empty_members, marks_that_nothing_reads, references, bodies_of_one_certificate,
         certificates_of_one_listener, dashes_of_one_body, fields_of_one_line, keys_of_stack_resources_in_one_line,
         cells_beside_the_type_of_a_stack_resource, lists_in_one_line, answers_named_in_one_line, names_of_config, paragraphs,
         dates_of_one_row, waivers, findings_of_a_baseline, lines_of_a_manifest, lines_and_members_of_one_name]


def instructions(kind, size):
    with tempfile.TemporaryDirectory(prefix="prebleed-growth-") as name:
        options = kind(pathlib.Path(name), size) or []
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", PROGRAM, *suite.AS_OF, "-q",
                               "--no-sandbox", "--jobs", "1", "-o", "json=/dev/null", *options, "evidence"],
                              cwd=name, capture_output=True, check=False, timeout=600)
    assert done.returncode in suite.STATUSES, f"exit status {done.returncode}: {done.stderr[-300:]}"
    return int(re.search(rb"refs: +([\d,]+)", done.stderr)[1].replace(b",", b""))


def problem_of(kind, size, start):
    few, many = instructions(kind, size) - start, instructions(kind, 4 * size) - start
    print(f"{kind.__name__}: {few / size:,.0f} and {many / size / 4:,.0f} instructions each")
    return None if many <= 6 * few else f"{many / few:.1f} times the work for four times as many"


def main():
    if not shutil.which("valgrind"):
        tally.skip("valgrind is not installed")
        tally.close()
    start = instructions(list_of_certificates, 0)
    for kind in KINDS:
        tally.attempt(lambda kind=kind: problem_of(kind, SIZE, start), kind.__name__)
    tally.close()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    PROGRAM, SIZE = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 2000
    main()
