#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds what prebleed says of chains and revocation lists against openssl's command line.

usage: chains.py PROGRAM FOLDER

For each FOLDER/chain-*.pem: the finding that the chain does not sign the body stands where
`openssl verify -partial_chain` finds no issuer. For each FOLDER/crl-* and each of the bodies:
revoked, date, reason and signature are what `openssl crl` prints.
"""
import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import suite

PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)
ENTRY = re.compile(r"Serial Number: (-?[0-9A-F]+)\n +Revocation Date: ([^\n]+)\n"
                   r"((?:(?! *Serial| *Signature) [^\n]*\n)*)")
REASONS = {"Key Compromise": "keyCompromise", "Certificate Hold": "certificateHold",
           "Superseded": "superseded"}
REFUSED = {"crl-delta.der": "delta CRL", "crl-indirect.der": "indirect CRL",
           "crl-authorities.der": "CA certificates alone", "crl-some.der": "some reasons alone",
           "crl-unknown.der": "critical extension"}
tally = suite.Tally()


def check(sentence, found, expected):
    tally.is_equal(found, expected, sentence)


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, **options)


def time_of(text):
    time = datetime.datetime.strptime(text, "%b %d %H:%M:%S %Y GMT")
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Body:
    """One chain-*.pem, put into the evidence as a certificate of that name."""

    def __init__(self, path):
        self.name = path.stem.removeprefix("chain-")
        self.body, *self.chain = PEM.findall(path.read_text())
        fields = openssl("x509", "-noout", "-serial", "-dates", "-issuer", "-subject",
                         "-nameopt", "RFC2253",
                         input=self.body).stdout.splitlines()
        self.fields = dict(line.split("=", 1) for line in fields)
        self.end = time_of(self.fields["notAfter"])
        self.begin = time_of(self.fields["notBefore"])
        self.serial = self.fields["serial"]
        self.issuer = self.fields["issuer"]
        # openssl would trust a leaf that is not its own issuer for standing among the trusted ones
        # itself; and it says nothing of its issuer.
        self.others = [part for part in self.chain
                       if part != self.body or self.issuer == self.fields["subject"]]
        self.has_issuer = any(
            openssl("x509", "-noout", "-subject", "-nameopt", "RFC2253", input=part)
            .stdout.lower().split() == f"subject={self.issuer}".lower().split() for part in self.chain)

    def document(self, number):
        year = max(int(self.begin[:4]), 2013 if self.end > "2015" else 2012)
        return {"ServerCertificate": {
            "ServerCertificateMetadata": {
                "ServerCertificateName": self.name, "Path": "/",
                "ServerCertificateId": f"ASCAEXAMPLE{number:010}",
                "Arn": f"arn:aws:iam::111122223333:server-certificate/{self.name}",
                "UploadDate": f"{year}-06-12T16:46:59Z", "Expiration": self.end},
            "CertificateBody": self.body, "CertificateChain": "".join(self.chain)}}

    def is_signed(self, folder):
        """Whether openssl finds an issuer, trust, time and strength aside."""
        (folder / "leaf.pem").write_text(self.body)
        (folder / "issuers.pem").write_text("".join(self.others))
        return openssl("verify", "-partial_chain", "-no_check_time", "-auth_level", "0",
                       "-no-CAfile", "-no-CApath", "-no-CAstore", "-trusted",
                       folder / "issuers.pem", folder / "leaf.pem").returncode == 0


def run(program, evidence, *options):
    return subprocess.run(
        [program, "--as-of", "2020-01-01", "-q", "-o", "json", *options, evidence],
        capture_output=True, text=True)


def check_chains(bodies, report, folder):
    strange = {report["certificates"][finding["certificate"]]["name"]
               for finding in report["findings"]
               if finding["rule"] == "conflicting-evidence"
               and "does not sign the body" in finding["message"]}
    for body in bodies:
        # openssl trusts nothing where nothing is given; an empty chain is no conflict.
        is_signed = not body.others or body.is_signed(folder)
        check(f"chain {body.name}", body.name not in strange, is_signed)
    check("a strange chain is found", {"impostor", "root-alone"} <= strange, True)


class List:
    def __init__(self, path):
        self.path = path
        form = "DER" if path.suffix == ".der" else "PEM"
        text = openssl("crl", "-in", path, "-inform", form, "-noout", "-text", "-nameopt",
                       "RFC2253").stdout
        self.entries = {}
        for serial, date, extensions in ENTRY.findall(text):
            code = re.search(r"Reason Code: *\n +([^\n]+)", extensions)
            self.entries[serial] = (time_of(date), REASONS[code[1]] if code else None)
        self.this_update = time_of(re.search("Last Update: (.*)", text)[1])
        self.issuer = re.search("Issuer: (.*)", text)[1].strip()
        self.is_partial = "http://crl.example.com" in text
        self.form, self.verified = form, {}

    def is_verified_by(self, issuer, folder):
        if issuer not in self.verified:
            (folder / "issuer.pem").write_text(issuer)
            result = openssl("crl", "-in", self.path, "-inform", self.form, "-noout", "-verify",
                             "-CAfile", folder / "issuer.pem")
            self.verified[issuer] = "verify OK" in result.stderr
        return self.verified[issuer]

    def is_verified(self, issuers, folder):
        return any(self.is_verified_by(issuer, folder) for issuer in issuers)

    def expected(self, body, is_verified):
        if not is_verified:
            return "unknown", None, None
        if body.serial in self.entries:
            return ("revoked", *self.entries[body.serial])
        if self.is_partial or not body.begin <= self.this_update <= body.end:
            return "unknown", None, None
        return "not-revoked", None, None


def check_list(crl, bodies, program, evidence, folder):
    result = run(program, evidence, "--crl", crl.path)
    name = crl.path.name
    if name in REFUSED:
        check(f"{name} is refused", (result.returncode, result.stdout), (2, ""))
        check(f"{name} is refused in words",
              name in result.stderr and REFUSED[name] in result.stderr, True)
        return
    report = json.loads(result.stdout)
    found = {one["name"]: one for one in report["certificates"]}
    codes = {one["code"] for one in report["diagnostics"]}
    all_issuers = [part for body in bodies if body.issuer == crl.issuer for part in body.chain]
    check(f"{name}: signature", "crl-signature" not in codes,
          not all_issuers or crl.is_verified(all_issuers, folder))
    for body in bodies:
        revocation = found[body.name]["revocation"]
        if body.issuer != crl.issuer:
            check(f"{name}: {body.name} is of another issuer", revocation, None)
            continue
        issuers = body.chain if body.has_issuer else all_issuers
        expected = crl.expected(body, crl.is_verified(issuers, folder))
        check(f"{name}: {body.name}",
              (revocation["status"], revocation["date"], revocation["reason"]), expected)


def main(program, samples):
    samples = pathlib.Path(samples)
    bodies = [Body(path) for path in sorted(samples.glob("chain-*.pem"))]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        evidence = folder / "evidence"
        evidence.mkdir()
        for number, body in enumerate(bodies):
            (evidence / f"{body.name}.json").write_text(json.dumps(body.document(number)))
        check_chains(bodies, json.loads(run(program, evidence).stdout), folder)
        for path in sorted(samples.glob("crl-*")):
            if path.name != "crl-several.pem":  # openssl crl prints the first one alone
                check_list(List(path), bodies, program, evidence, folder)
    tally.close()


main(*sys.argv[1:])
