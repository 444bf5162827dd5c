#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a Python program would be that does prebleed's work on a tar.gz of get-server-certificate
answers: judge, parse leaf and chain, print issuer, expiry and key. One line a certificate."""
import json
import sys
import tarfile
import warnings

from cryptography import x509
from hashlib import sha256

warnings.simplefilter("ignore")
CUTOFF = "2014-04-01T00:00:00Z"


def chain_of(text):
    return text.split("-----BEGIN CERTIFICATE-----")[1:]


def skip_header(der, at):
    """Where an element's contents begin and end."""
    size, begin = der[at + 1], at + 2
    if size & 0x80:
        begin += size & 0x7F
        size = int.from_bytes(der[at + 2 : begin], "big")
    return begin, begin + size


def find_public_key(der):
    """The key's bytes as they stand: encoding it anew takes longer than all the rest."""
    at, _ = skip_header(der, 0)
    for _ in range(6):  # version, serial, algorithm, issuer, validity, subject
        _, at = skip_header(der, at)
    return der[at : skip_header(der, at)[1]]


def read_certificate(pem):
    certificate = x509.load_pem_x509_certificate(pem.encode())
    key_bytes = find_public_key(certificate.tbs_certificate_bytes)
    return certificate, certificate.public_key(), sha256(key_bytes).hexdigest()


def main():
    known = {}
    with tarfile.open(sys.argv[1], "r|*") as archive:
        for member in archive:
            if not member.isfile():
                continue
            content = archive.extractfile(member).read()
            sha256(content).digest()
            answer = json.loads(content).get("ServerCertificate")
            if answer is None:
                continue
            metadata = answer["ServerCertificateMetadata"]
            leaf, key, spki = read_certificate(answer["CertificateBody"])
            for pem in chain_of(answer.get("CertificateChain", "")):
                if pem not in known:
                    known[pem] = read_certificate("-----BEGIN CERTIFICATE-----" + pem)
            verdict = "vulnerable" if metadata["UploadDate"] < CUTOFF else "clear"
            print(
                metadata["ServerCertificateId"],
                verdict,
                leaf.issuer.rfc4514_string(),
                leaf.not_valid_after.strftime("%Y-%m-%dT%H:%M:%SZ"),
                key.key_size,
                spki,
                sep="\t",
            )


main()
