#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a Python program would be that does prebleed's work on a tar.gz of get-server-certificate
answers: judge, parse leaf and chain, print issuer, expiry and key. One line a certificate."""
import json
import sys
import tarfile
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hashlib import sha256

warnings.simplefilter("ignore")
CUTOFF = "2014-04-01T00:00:00Z"


def chain_of(text):
    return text.split("-----BEGIN CERTIFICATE-----")[1:]


def read_certificate(pem):
    certificate = x509.load_pem_x509_certificate(pem.encode())
    spki = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return certificate, sha256(spki).hexdigest()


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
            leaf, spki = read_certificate(answer["CertificateBody"])
            for pem in chain_of(answer.get("CertificateChain", "")):
                if pem not in known:
                    known[pem] = read_certificate("-----BEGIN CERTIFICATE-----" + pem)
            verdict = "vulnerable" if metadata["UploadDate"] < CUTOFF else "clear"
            print(
                metadata["ServerCertificateId"],
                verdict,
                leaf.issuer.rfc4514_string(),
                leaf.not_valid_after.strftime("%Y-%m-%dT%H:%M:%SZ"),
                leaf.public_key().key_size,
                spki,
                sep="\t",
            )


main()
