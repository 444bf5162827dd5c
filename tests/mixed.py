#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Evidence of many producers at once: mixed.py PREBLEED FOLDER [--golden].

All of FOLDER (testdata/shapes) nested in a zip in a tar.zst must show the certificates of
FOLDER/mixed.json, which --golden rewrites; one certificate through five producers is one
certificate; and the order of the inputs changes no byte.
"""
import itertools
import json
import pathlib
import sys
import tempfile

import evidence_writer
import shapes
import suite

ARN = "arn:aws:iam::111122223333:server-certificate/shop"
ID = "ASCAEXAMPLE0000000001"


def mixed_bundle(folder):
    members = [
        (f"dump/{path.relative_to(folder)}", path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("expected.json", "mixed.json", "README.md")
    ]
    inner = evidence_writer.zip_of(members)
    return evidence_writer.archive("ustar", [("evidence/dumps.zip", inner)], "zstd")


def certificates_of(report):
    rows = [list(shapes.key_of(certificate)) for certificate in report["certificates"]]
    return sorted(rows, key=str)


def check_mixed(program, folder, work, is_golden):
    (work / "bundle.tar.zst").write_bytes(mixed_bundle(folder))
    report, _ = suite.report_of(program, "bundle.tar.zst", folder=work)
    found = certificates_of(report)
    expectations = folder / "mixed.json"
    if is_golden:
        lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in found)
        expectations.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    expected = json.loads(expectations.read_text(encoding="utf-8"))
    if len(found) < 10:
        return f"only {len(found)} certificates"
    return None if found == expected else "other certificates than mixed.json's"


def five_producers(work):
    """One drops the fraction of a second, one the id."""
    metadata = {
        "Path": "/", "ServerCertificateName": "shop", "ServerCertificateId": ID, "Arn": ARN,
        "UploadDate": "2013-05-02T10:00:00.123Z", "Expiration": "2016-05-02T12:00:00Z",
    }
    boto = dict(metadata, UploadDate="2013-05-02 10:00:00.123000+00:00")
    recon = {
        "account": "111122223333", "service": "IAM", "region": "global",
        "resource": {
            "type": "server_certificate", "server_certificate_name": "shop", "server_certificate_id": ID,
            "arn": ARN, "path": "/", "upload_date": "2013-05-02 10:00:00 UTC",
        },
    }
    steampipe = {
        "columns": [{"name": "name", "data_type": "text"}],
        "rows": [{
            "name": "shop", "arn": ARN, "server_certificate_id": ID, "path": "/",
            "upload_date": "2013-05-02T10:00:00.123Z", "expiration": "2016-05-02T12:00:00Z",
            "certificate_body": None, "certificate_chain": None, "tags_src": None, "account_id": "111122223333",
        }],
    }
    documents = {
        "cli.json": {"ServerCertificateMetadataList": [metadata]},
        "boto3.json": {"ServerCertificateMetadataList": [boto], "IsTruncated": False, "ResponseMetadata": {}},
        "recon.json": [recon],
        "steampipe.json": steampipe,
        "query.json": [{"Arn": ARN, "UploadDate": "2013-05-02T10:00:00.123Z"}],
    }
    for name, document in documents.items():
        (work / name).write_text(json.dumps(document), encoding="utf-8")
    return list(documents)


def check_five_producers(program, work):
    report, _ = suite.report_of(program, *five_producers(work), folder=work)
    certificates = report["certificates"]
    if len(certificates) != 1 or len(certificates[0]["observations"]) != 5:
        return f"{len(certificates)} certificates"
    if certificates[0]["upload_date"] != "2013-05-02T10:00:00.123Z":
        return f"upload date {certificates[0]['upload_date']}"
    rules = {finding["rule"] for finding in report["findings"]}
    return "a conflict" if "conflicting-evidence" in rules else None


def check_order(program, work):
    outputs = {suite.run(program, *order, folder=work)[0] for order in itertools.permutations(five_producers(work))}
    return None if len(outputs) == 1 else f"{len(outputs)} different reports"


def main():
    program, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    tally = suite.Tally()
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        tally.attempt(lambda: check_mixed(program, folder, work, "--golden" in sys.argv),
                      "every shape in a zip in a tar.zst")
        tally.attempt(lambda: check_five_producers(program, work), "one certificate through five producers")
        tally.attempt(lambda: check_order(program, work), "the order of 120 permutations")
    tally.close()


if __name__ == "__main__":
    main()
