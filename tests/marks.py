#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Nothing is silent: marks.py PREBLEED [DOCUMENTS [SEED]].

DOCUMENTS generated items hide a certificate of 2013 each, at random depth, under random keys, in
strings, beside and inside recognised shapes, and in text that is no JSON. Each must be judged (and
never be clear), be named by a gap, or stand in an item that says that it was not read. Beside a
clean list as many items of an account that show no certificate must change nothing.
"""
import json
import pathlib
import random
import re
import sys
import tempfile
import urllib.parse

import suite

BATCH = 250
OLD = ("2013-06-12T16:46:59Z", "2012-02-03 04:05:06+00:00", 1371055619)
WORDS = ("prod", "edge", "shop", "data", "node", "attrs", "extra", "detail", "view", "item", "blob", "x-ray", "listen")
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
NAMES = ("ServerCertificateName", "ServerCertificateId", "Arn", "UploadDate", "Path")


class Certificate:
    def __init__(self, generator, number):
        self.name = f"hidden-{number}"
        self.id = f"ASCA{generator.getrandbits(40):013X}{number % 1000:03d}"
        self.arn = f"arn:aws:iam::{210000000000 + number}:server-certificate/{self.name}"
        self.date = generator.choice(OLD)

    def row(self):
        return dict(zip(NAMES, (self.name, self.id, self.arn, self.date, "/")))


def cased(generator, key):
    words = "".join(("_" + c.lower()) if c.isupper() else c for c in key).strip("_").split("_")
    return generator.choice((key, key[0].lower() + key[1:], "_".join(words), "-".join(words), key.upper()))


def metadata(generator, certificate):
    """The row with some of its fields, one of them a mark, under spellings of the service's names."""
    row = certificate.row()
    kept = {generator.choice(("ServerCertificateId", "Arn")), *generator.sample(NAMES, generator.randrange(len(NAMES)))}
    return {cased(generator, key): row[key] for key in row if key in kept}


def listing(generator, certificate):
    return json.dumps({"ServerCertificateMetadataList": [certificate.row()]}, indent=generator.choice((None, 1, 4)))


def with_lines(generator, certificate):
    return generator.choice(("warning: x\nnext\n", "2024-01-01T00:00:00Z INFO answer: ", "")) + listing(generator, certificate)


def key_of(generator):
    return f"{generator.choice(WORDS)}{generator.randrange(100)}"


MARKED = (
    metadata,
    metadata,
    with_lines,
    lambda g, c: with_lines(g, c).split("\n"),
    lambda g, c: {"ServerCertificate": {"ServerCertificateMetadata": c.row(), "CertificateBody": PEM}},
    lambda g, c: {"ServerCertificateMetadataList": {"member": [c.row()]}},
    lambda g, c: {key_of(g): g.choice((c.arn, c.id)), f"b-{key_of(g)}": c.date},
    lambda g, c: {key_of(g): g.choice((c.arn, c.id)), f"b-{key_of(g)}": PEM},
    lambda g, c: g.choice((c.arn, c.id)),
    lambda g, c: {g.choice((c.arn, c.id)): g.choice((c.date, {}, {"uploaded": c.date}, [c.name], "x"))},
    lambda g, c: f"the certificate {g.choice((c.arn, c.id))} is in use.",
    lambda g, c: f"{c.name},{c.arn},{c.date}",
    lambda g, c: urllib.parse.quote(c.arn, safe=""),
    lambda g, c: [g.choice((c.arn, c.id)), c.date, c.name],
    lambda g, c: [{"Key": "certificate", "Value": c.arn}],
    lambda g, c: json.dumps({"inner": c.row()}),
    lambda g, c: json.dumps({"inner": json.dumps(c.row())}),
)


def buried(generator, value):
    """The value at random depth under keys that say nothing, with other things beside it."""
    for _ in range(generator.randrange(5)):
        others = [generator.choice((None, True, 5, "text", {}, [1], {"Version": "2012-10-17"})) for _ in range(2)]
        if generator.random() < 0.5:
            value = [others[0], value, others[1]]
        else:
            value = {key_of(generator): others[0], f"k-{key_of(generator)}": value, f"z-{key_of(generator)}": others[1]}
    return value


def clean(number):
    arn = f"arn:aws:iam::{210000000000 + number}:server-certificate/clean-{number}"
    row = dict(zip(NAMES, (f"clean-{number}", f"ASCACLEAN{number:012d}", arn, "2019-04-22T21:13:44Z", "/")))
    return {**row, "Expiration": "2030-01-01T00:00:00Z"}


def beside(generator, value, number):
    """The value within, or beside, what some shape recognises."""
    row = clean(number)
    shapes = (
        lambda: value,
        lambda: {"ServerCertificateMetadataList": [{**row, key_of(generator): value}]},
        lambda: {"ServerCertificateMetadataList": [row], key_of(generator): value},
        lambda: {"ServerCertificate": {"ServerCertificateMetadata": {**row, "more": value}}, "note": 1},
        lambda: {"ServerCertificate": {"ServerCertificateMetadata": row}, "note": value},
        lambda: [row, {"Other": value}],
        lambda: [row, value],
        lambda: {"Details": {"rows": [row]}, "more": [value]},
        lambda: {"ServerCertificateMetadataList": json.dumps([row]), "more": value},
        lambda: {"configurationItems": [{"resourceType": "AWS::IAM::ServerCertificate", "resourceId": row["ServerCertificateId"],
                                         "configuration": {"arn": row["Arn"]}, "relationships": [value]}]},
        lambda: {"resources": [{"type": "aws_lb", "instances": [{"attributes": {"a": value}}]}]},
        lambda: {"SummaryMap": {"ServerCertificates": 0, "ServerCertificatesQuota": 20}, "more": value},
        lambda: {"Records": [{"eventName": "SetLoadBalancerListenerSSLCertificate", "eventTime": "2019-01-01T00:00:00Z",
                              "eventSource": "elasticloadbalancing.amazonaws.com", "requestParameters": {"x": value}}]},
    )  # fmt: skip
    return generator.choice(shapes)()


def table(rows):
    return "".join(f"|  {key:24}|  {value}  |\n" for key, value in rows.items())


TEXTS = (
    ("csv", lambda g, c: "name,arn,uploaded\n" + f"{c.name},{c.arn},{c.date}\n"),
    ("csv", lambda g, c: "ServerCertificateName,UploadDate\n" + f"{c.name},{c.date}\n"),
    ("tsv", lambda g, c: f"{c.arn}\t2016-06-01T23:59:59Z\t/\t{c.id}\t{c.name}\t{c.date}\n"),
    ("yaml", lambda g, c: "".join(f"{key}: {value}\n" for key, value in c.row().items())),
    ("hcl", lambda g, c: "certs = [{\n" + "".join(f'  "{cased(g, k)}" = "{v}"\n' for k, v in c.row().items()) + "}]\n"),
    ("xml", lambda g, c: "<member>" + "".join(f"<{k}>{v}</{k}>\n" for k, v in c.row().items()) + "</member>"),
    ("out", lambda g, c: "+----+\n" + table(c.row())),
    ("out", lambda g, c: f"[{{Arn:{c.arn} UploadDate:2013-06-12 16:46:59 +0000 UTC Path:/}}]\n"),
    ("log", lambda g, c: f"2024-05-06 07:08:09 INFO found {g.choice((c.arn, c.id))}.\nnext\n"),
    ("md", lambda g, c: f"# Certificates\n\nThe listener uses `{g.choice((c.arn, c.id))}`, see below.\n"),
)


def item_of(generator, number):
    """The certificate, and the file's suffix and text."""
    certificate = Certificate(generator, number)
    if generator.random() < 0.25:
        suffix, write = generator.choice(TEXTS)
        return certificate, suffix, write(generator, certificate)
    value = buried(generator, generator.choice(MARKED)(generator, certificate))
    return certificate, "json", json.dumps(beside(generator, value, number), indent=generator.choice((None, 2)))


def is_told(report, certificate, path):
    seen = [
        shown for shown in report["certificates"]
        if certificate.name == shown["name"] or certificate.id == shown["id"] or certificate.arn == shown["arn"]
    ]  # fmt: skip
    if any(shown["verdict"] == "clear" for shown in seen):
        return False
    gaps = [finding["message"] for finding in report["findings"] if finding["rule"] == "coverage-gap"]
    states = {entry["path"].removeprefix("./"): entry["status"] for entry in report["evidence"]}
    told = any(certificate.id in gap or f"{certificate.arn}," in f"{gap}," for gap in gaps)
    return bool(seen) or told or states[path] in ("unreadable", "skipped")


def check_batch(program, generator, first, count, tally):
    with tempfile.TemporaryDirectory() as work:
        hidden = {}
        for number in range(first, first + count):
            certificate, suffix, text = item_of(generator, number)
            path = f"d{number}/item.{suffix}"
            hidden[path] = certificate, text
            (pathlib.Path(work) / f"d{number}").mkdir()
            (pathlib.Path(work) / path).write_text(text, encoding="utf-8")
        report, _ = suite.report_of(program, ".", folder=work)
    for path, (certificate, text) in hidden.items():
        tally.check(is_told(report, certificate, path), f"{path}: nothing tells of {certificate.arn}: {text[:2000]}")


POLICY = {"Effect": "Allow", "Action": ["iam:GetServerCertificate"]}
UNRELATED = (
    ("json", lambda g, c: {"Statement": [{**POLICY, "Resource": g.choice((c.arn, "*", "arn:aws:iam::*:server-certificate/*"))}]}),
    ("json", lambda g, c: {"PolicyDocument": json.dumps({"Statement": [{**POLICY, "Resource": c.arn}]})}),
    ("json", lambda g, c: {"EvaluationResults": [{"EvalActionName": "iam:GetServerCertificate", "EvalResourceName": c.arn,
                                                  "EvalDecision": "allowed"}]}),
    ("json", lambda g, c: {"Records": [{"eventName": g.choice(("GetServerCertificate", "ListServerCertificates")),
                                        "eventSource": "iam.amazonaws.com", "eventTime": "2013-06-12T16:46:59Z",
                                        "requestParameters": {"serverCertificateName": c.name, "arn": c.arn},
                                        "responseElements": None}]}),
    ("json", lambda g, c: {"Findings": [{"Id": "x", "CreatedAt": "2013-01-02T03:04:05Z", "Title": "S3 bucket is public",
                                         "Resources": [{"Id": "arn:aws:s3:::b"}]}]}),
    ("json", lambda g, c: {"Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "mysql"}}}}),
    ("json", lambda g, c: {"Certificates": [{"CertificateIdentifier": "rds-ca-2019", "ValidFrom": "2013-01-01T00:00:00Z"}]}),
    ("json", lambda g, c: {"findings": [{"resource": "KNOWN", "createdAt": "2024-01-02T03:04:05Z"}]}),
    ("yaml", lambda g, c: f"Statement:\n  - Effect: Allow\n    Action: iam:GetServerCertificate\n    Resource: {c.arn}\n"),
    ("tf", lambda g, c: f'statement {{\n  effect = "Allow"\n  actions = ["iam:*"]\n  resources = ["{c.arn}"]\n}}\n'),
    ("md", lambda g, c: "# Heartbleed\n\nCertificates with an UploadDate before 2014-04-01 are to be replaced; the field\n"
                        "`ServerCertificateName` has their names, `iam:ListServerCertificates` lists them.\n"),
    ("md", lambda g, c: "An ARN looks like arn:aws:iam::123456789012:server-certificate/ProdServerCert.\n"),
    ("json", lambda g, c: {"flaggedResources": [{"status": "ok", "metadata": ["clean-7", "KNOWN", "2030-01-01"]}]}),
    ("json", lambda g, c: {"ResourceTagMappingList": [{"ResourceARN": "KNOWN", "Tags": [{"Key": "of", "Value": "2013-04-05"}]}]}),
    ("json", lambda g, c: {"ConfigurationSettings": [{"DateCreated": "2013-04-05T00:00:00Z", "OptionSettings": [
        {"Namespace": "aws:elb:listener:443", "OptionName": "SSLCertificateId", "Value": "KNOWN"}]}]}),
    ("txt", lambda g, c: "In 2013 we moved the shop to KNOWN, which is in use today.\n"),
    ("txt", lambda g, c: "Since 2013-05-06 the old load balancer of the shop has KNOWN.\n"),
    ("py", lambda g, c: "for c in answer['ServerCertificateMetadataList']:\n    print(c['ServerCertificateName'])\n"),
)  # fmt: skip


def check_unrelated(program, generator, count, tally):
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        known = clean(7)
        (folder / "list.json").write_text(json.dumps({"ServerCertificateMetadataList": [known], "IsTruncated": False}))
        for number in range(count):
            suffix, write = generator.choice(UNRELATED)
            text = write(generator, Certificate(generator, number))
            text = text if isinstance(text, str) else json.dumps(text)
            (folder / f"{number}.{suffix}").write_text(text.replace("KNOWN", known["Arn"]), encoding="utf-8")
        report, status = suite.report_of(program, ".", folder=work)
        for entry in report["evidence"]:
            is_quiet = entry["status"] in ("ignored", "used")
            tally.check(is_quiet, f"unrelated {entry['path']} is {entry['status']}: {(folder / entry['path']).read_text()}")
    tally.is_equal((status, len(report["certificates"]), report["findings"]), (0, 1, []), "unrelated items beside a list")


KEYS = ("ServerCertificateMetadataList", "ServerCertificateMetadata", "ServerCertificate", "ServerCertificateName",
        "ServerCertificateId", "Arn", "UploadDate", "Expiration", "Path", "CertificateBody")  # fmt: skip


def spelt(key):
    return re.compile('"(' + "[_-]?".join(re.findall("[A-Z][a-z]*", key)) + ')"(?=\\s*:)', re.IGNORECASE)


def check_renamed(program, every, tally):
    """Every fixture that shows a vulnerable certificate, with one recognised key renamed, beside a clean list: no run is a
    clean one, for the certificate is judged, named as a gap, or its mark is unread."""
    seen = 0
    for path in sorted((suite.ROOT / "testdata/shapes").rglob("*.json")):
        text = path.read_bytes().decode("utf-8", "replace")
        for key in KEYS:
            renamed, count = spelt(key).subn('"renamed"', text)
            seen += count > 0
            if count == 0 or seen % every > 0:
                continue
            with tempfile.TemporaryDirectory() as work:
                folder = pathlib.Path(work)
                (folder / "good").mkdir()
                (folder / "other").mkdir()
                (folder / "good/list.json").write_text(json.dumps({"ServerCertificateMetadataList": [clean(7)]}))
                item = folder / "other/item.json"
                item.write_text(text, encoding="utf-8")
                before, _ = suite.report_of(program, ".", folder=work)
                if before["summary"]["vulnerable"] == 0:
                    continue
                item.write_text(renamed, encoding="utf-8")
                _, status = suite.report_of(program, ".", folder=work)
            tally.check(status != 0, f"{path.name} without its {key}: the run is a clean one")


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    documents = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    generator = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    tally = suite.Tally()
    for first in range(0, documents, BATCH):
        check_batch(program, generator, first, min(BATCH, documents - first), tally)
    check_unrelated(program, generator, documents, tally)
    check_renamed(program, 1 if documents > 1000 else 10, tally)
    tally.close()


if __name__ == "__main__":
    main()
