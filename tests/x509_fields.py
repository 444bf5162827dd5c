#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds the x509 members of prebleed's JSON report against two other readers of certificates.

usage: x509_fields.py PROGRAM FOLDER

Each FOLDER/*.pem (the first certificate is the body, the others are the chain) goes through
PROGRAM as the output of `aws iam get-server-certificate`; every member of x509, and of the chain's
elements, must be what `openssl x509` prints and what python's cryptography says. What one of the
two cannot read is printed as SKIP with the reason.
"""

import base64
import datetime
import hashlib
import ipaddress
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import suite
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import (
    dsa, ec, ed448, ed25519, padding, rsa, x448, x25519)

PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)
ABSENT = object()  # a reader says nothing about the member

# OpenSSL's short attribute names, as far as the certificates here use them.
ATTRIBUTES = {
    "C": "2.5.4.6", "CN": "2.5.4.3", "L": "2.5.4.7", "O": "2.5.4.10", "OU": "2.5.4.11",
    "ST": "2.5.4.8", "serialNumber": "2.5.4.5", "DC": "0.9.2342.19200300.100.1.25",
    "UID": "0.9.2342.19200300.100.1.1", "emailAddress": "1.2.840.113549.1.9.1",
    "businessCategory": "2.5.4.15"}
ALGORITHMS = {
    "rsaEncryption": "RSA", "rsa": "RSA", "rsassaPss": "RSA-PSS", "id-ecPublicKey": "EC",
    "dsaEncryption": "DSA", "ED25519": "Ed25519", "ED448": "Ed448"}
CURVES = {
    "secp192r1": "P-192", "secp224r1": "P-224", "secp256r1": "P-256", "secp384r1": "P-384",
    "secp521r1": "P-521", "sect233k1": "K-233"}
# OpenSSL counts the bits of the group's order, cryptography those of the field.
ORDER_BITS = {"sect233k1": 232}
# cryptography's names of signature algorithms where they are not OpenSSL's.
SIGNATURES = {
    "1.2.840.113549.1.1.10": "rsassaPss", "1.3.101.112": "ED25519", "1.3.101.113": "ED448",
    "2.16.840.1.101.3.4.3.2": "dsa_with_SHA256"}
KEYS = {
    rsa.RSAPublicKey: "RSA", ec.EllipticCurvePublicKey: "EC", dsa.DSAPublicKey: "DSA",
    ed25519.Ed25519PublicKey: "Ed25519", ed448.Ed448PublicKey: "Ed448",
    x25519.X25519PublicKey: "X25519", x448.X448PublicKey: "X448"}


# --- RFC 4514 text and escaped alternative names, read back ---

def unescape_name(text):
    """RFC 4514, section 2.4: a backslash before two hexadecimal digits or a character."""
    out = bytearray()
    for match in re.finditer(r"\\([0-9A-Fa-f]{2})|\\(.)|([^\\])", text, re.DOTALL):
        pair, special, plain = match.groups()
        out += bytes.fromhex(pair) if pair else (special or plain).encode()
    return out.decode()


def split_unescaped(text, separator):
    parts, part = [], ""
    for piece in re.findall(r"\\.|[^\\]", text, re.DOTALL):
        if piece == separator:
            parts.append(part)
            part = ""
        else:
            part += piece
    return parts + [part] if text else []


def parse_name(text):
    """Sets of (dotted OID, value) in the certificate's order."""
    name = []
    for rdn in reversed(split_unescaped(text, ",")):
        pairs = [pair.split("=", 1) for pair in split_unescaped(rdn, "+")]
        name.append({(ATTRIBUTES.get(key, key), parse_value(value)) for key, value in pairs})
    return name


def parse_value(value):
    """#hex is a short DER string (RFC 4514, section 2.4)."""
    return bytes.fromhex(value[5:]).decode() if value.startswith("#") else unescape_name(value)


def unescape_alternative(text):
    out = bytearray()
    for match in re.finditer(r"\\x([0-9a-f]{2})|\\(\\)|([^\\])", text, re.DOTALL):
        byte, backslash, plain = match.groups()
        out += bytes.fromhex(byte) if byte else (backslash or plain).encode()
    return out.decode("latin-1" if any(b > 127 for b in out) else "ascii")


# --- what openssl x509 prints ---

def openssl(pem, *arguments):
    done = subprocess.run(["openssl", *arguments], input=pem.encode(), capture_output=True,
                          check=False, env={"OPENSSL_CONF": "/dev/null", "PATH": "/usr/bin:/bin"})
    return done.stdout.decode(errors="replace")


def find(pattern, text):
    match = re.search(pattern, text, re.MULTILINE)
    return match.group(1) if match else None


def exponent_of(number):
    """A string where it has more than 15 digits, of which readers of JSON lose some."""
    return number if number < 10 ** 15 else str(number)


def openssl_exponent(text):
    short = find(r"^\s+Exponent: (\d+)", text)
    if short is not None:
        return exponent_of(int(short))
    long = find(r"^\s+Exponent:\n((?:\s+(?:[0-9a-f]{2}:?)+\n)+)", text)
    return exponent_of(int(re.sub(r"[\s:]", "", long), 16)) if long else None


def openssl_key(pem, text):
    algorithm = find(r"Public Key Algorithm: (.*)", text)
    bits = find(r"Public-Key: \((\d+) bit\)", text)
    is_named = find(r"ASN1 OID: (.*)", text)
    spki = "".join(openssl(pem, "x509", "-noout", "-pubkey").split("\n")[1:-2])
    return {
        "algorithm": ALGORITHMS.get(algorithm, algorithm),
        "bits": int(bits) if bits else None,
        "curve": (find(r"NIST CURVE: (.*)", text) or is_named),
        "exponent": openssl_exponent(text),
        "spki_sha256": hashlib.sha256(base64.b64decode(spki)).hexdigest()}


def openssl_is_self_signed(pem, subject, issuer):
    if subject != issuer:
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(pem)
        file.flush()
        return ": OK" in openssl("", "verify", "-check_ss_sig", "-partial_chain", "-auth_level",
                                 "0", "-no_check_time", "-trusted", file.name, file.name)


def openssl_facts(pem):
    plain = openssl(pem, "x509", "-noout", "-subject", "-issuer", "-nameopt",
                    "RFC2253,utf8,-esc_msb", "-serial", "-dates", "-dateopt", "iso_8601")
    text = openssl(pem, "x509", "-noout", "-text")
    subject, issuer = find(r"^subject=(.*)", plain), find(r"^issuer=(.*)", plain)
    facts = {
        "subject": subject, "issuer": issuer,
        "serial": find(r"^serial=((?:.|\\\n)*?)$(?<!\\)", plain).replace("\\\n", ""),
        "not_before": find(r"^notBefore=(.*)", plain).replace(" ", "T"),
        "not_after": find(r"^notAfter=(.*)", plain).replace(" ", "T"),
        "key": openssl_key(pem, text),
        "signature_algorithm": find(r"Signature Algorithm: (\S+)", text),
        "subject_alternative_names": find(
            r"Alternative Name:.*\n\s+(.*)", openssl(pem, "x509", "-noout", "-ext",
                                                     "subjectAltName")),
        "is_ca": "CA:TRUE" in text,
        "is_self_signed": openssl_is_self_signed(pem, subject, issuer)}
    for digest in ("sha256", "sha1"):
        fingerprint = openssl(pem, "x509", "-noout", "-fingerprint", "-" + digest)
        facts[digest] = fingerprint.split("=")[1].strip().replace(":", "").lower()
    return facts


def as_openssl_prints(name):
    """One of our alternative names in OpenSSL's spelling, which does not tell names apart."""
    kind, value = name.split(":", 1)
    if kind in ("DNS", "email", "URI"):
        return kind + ":" + unescape_alternative(value)
    if kind == "dirName":
        rdns = reversed(split_unescaped(value, ","))
        return "DirName:" + "".join("/" + unescape_name(rdn) for rdn in rdns)
    if kind == "othername":
        oid, other = value.split(";", 1)
        is_user = oid == "1.3.6.1.4.1.311.20.2.3" and other.startswith("UTF8:")
        return f"othername: UPN::{other[5:]}" if is_user else f"othername: {oid}::<unsupported>"
    return {"IP": "IP Address:", "RID": "Registered ID:"}[kind] + value


def openssl_view(facts):
    """Our facts in the form in which openssl_facts has them."""
    names = ", ".join(as_openssl_prints(name) for name in facts["subject_alternative_names"])
    return {**facts, "subject_alternative_names": names or None}


# --- what cryptography says ---

def attempt(reader, skipped, member):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return reader()
    except (ValueError, UnsupportedAlgorithm, TypeError) as error:
        skipped.append(f"{member}: {str(error).splitlines()[0]}")
        return ABSENT


def der_elements(der):
    """The elements of a DER sequence's contents, each as it stands."""
    while der:
        size, header = der[1], 2
        if size & 0x80:
            header += size & 0x7F
            size = int.from_bytes(der[2:header], "big")
        yield der[:header + size], der[header:header + size]
        der = der[header + size:]


def raw_public_key(certificate):
    """cryptography encodes keys anew, and RSA-PSS ones as RSA: RFC 5280, section 4.1, field 7."""
    ((_, tbs),) = der_elements(certificate.tbs_certificate_bytes)
    elements = [whole for whole, _ in der_elements(tbs)]
    return elements[6 if elements[0][0] == 0xA0 else 5]


def cryptography_key(certificate):
    key = certificate.public_key()
    algorithm = next(name for kind, name in KEYS.items() if isinstance(key, kind))
    curve = key.curve.name if algorithm == "EC" else None
    return {
        "algorithm": algorithm,
        "bits": ORDER_BITS.get(curve, getattr(key, "key_size", None)),
        "curve": CURVES.get(curve, curve),
        "exponent": exponent_of(key.public_numbers().e) if algorithm == "RSA" else None,
        "spki_sha256": hashlib.sha256(raw_public_key(certificate)).hexdigest()}


def cryptography_alternative_name(name):
    if isinstance(name, x509.DirectoryName):
        return "dirName", [{(a.oid.dotted_string, a.value) for a in rdn} for rdn in name.value.rdns]
    if isinstance(name, x509.RegisteredID):
        return "RID", name.value.dotted_string
    if isinstance(name, x509.OtherName):
        return "othername", (name.type_id.dotted_string, name.value)
    if isinstance(name, x509.IPAddress):
        return "IP", name.value
    kind = {x509.DNSName: "DNS", x509.RFC822Name: "email",
            x509.UniformResourceIdentifier: "URI"}[type(name)]
    return kind, name.value


def extension(certificate, kind):
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def is_signed_by(certificate, key):
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    digest = certificate.signature_hash_algorithm
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(digest))
        elif isinstance(key, dsa.DSAPublicKey):
            key.verify(signature, signed, digest)
        else:
            key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def cryptography_is_self_signed(certificate):
    if certificate.subject.public_bytes() != certificate.issuer.public_bytes():
        return False
    if certificate.signature_algorithm_oid.dotted_string == "1.2.840.113549.1.1.10":
        raise ValueError("RSASSA-PSS parameters are not shown by this version")
    return is_signed_by(certificate, certificate.public_key())


def cryptography_name(name):
    return [{(a.oid.dotted_string, a.value) for a in rdn} for rdn in name.rdns]


def cryptography_serial(certificate):
    digits = f"{abs(certificate.serial_number):X}"
    sign = "-" if certificate.serial_number < 0 else ""
    return sign + digits.zfill(len(digits) + len(digits) % 2)


def cryptography_facts(pem, skipped):
    certificate = attempt(lambda: x509.load_pem_x509_certificate(pem.encode()), skipped, "all")
    if certificate is ABSENT:
        return {}
    oid = certificate.signature_algorithm_oid
    readers = {
        "subject": lambda: cryptography_name(certificate.subject),
        "issuer": lambda: cryptography_name(certificate.issuer),
        "serial": lambda: cryptography_serial(certificate),
        "not_before": lambda: certificate.not_valid_before,
        "not_after": lambda: certificate.not_valid_after,
        "key": lambda: cryptography_key(certificate),
        "signature_algorithm": lambda: SIGNATURES.get(oid.dotted_string, oid._name),
        "sha256": lambda: certificate.fingerprint(hashes.SHA256()).hex(),
        "sha1": lambda: certificate.fingerprint(hashes.SHA1()).hex(),
        "subject_alternative_names": lambda: [
            cryptography_alternative_name(name)
            for name in extension(certificate, x509.SubjectAlternativeName) or []],
        "is_ca": lambda: bool(getattr(extension(certificate, x509.BasicConstraints), "ca", False)),
        "is_self_signed": lambda: cryptography_is_self_signed(certificate)}
    return {member: attempt(reader, skipped, member) for member, reader in readers.items()}


def parse_alternative_name(name):
    """One of our alternative names in the form that cryptography_alternative_name gives."""
    kind, value = name.split(":", 1)
    if kind == "dirName":
        return kind, parse_name(value)
    if kind == "IP":
        return kind, ipaddress.ip_address(value)
    if kind == "othername":
        oid, other = value.split(";", 1)
        text = other[5:].encode()
        der = bytes([12, len(text)]) + text if other[:5] == "UTF8:" else bytes.fromhex(other[1:])
        return kind, (oid, der)
    return kind, value if kind == "RID" else unescape_alternative(value)


def cryptography_view(facts):
    """Our facts in the form in which cryptography_facts has them."""
    names = facts["subject_alternative_names"]
    key = facts["key"]
    instants = {
        member: datetime.datetime.strptime(facts[member], "%Y-%m-%dT%H:%M:%SZ")
        for member in ("not_before", "not_after")}
    return {
        **facts, **instants,
        "subject": parse_name(facts["subject"]), "issuer": parse_name(facts["issuer"]),
        # cryptography takes an RSA-PSS key for an RSA key
        "key": {**key, "algorithm": key["algorithm"].replace("RSA-PSS", "RSA")},
        "subject_alternative_names": [parse_alternative_name(name) for name in names]}


# --- the comparison ---

def report_of(program, pems, folder):
    metadata = {
        "Path": "/", "ServerCertificateName": "test", "ServerCertificateId": "ASCAEXAMPLE0000000001",
        "Arn": "arn:aws:iam::111122223333:server-certificate/test",
        "UploadDate": "2014-01-01T00:00:00Z"}
    document = {"ServerCertificate": {
        "ServerCertificateMetadata": metadata, "CertificateBody": pems[0]}}
    if len(pems) > 1:
        document["ServerCertificate"]["CertificateChain"] = "".join(pems[1:])
    path = pathlib.Path(folder, "get-server-certificate.json")
    path.write_text(json.dumps(document), encoding="utf-8")
    report, _ = suite.report_of(program, path)
    return report["certificates"][0]


def compare(score, where, facts, pem):
    skipped = []
    theirs = openssl_facts(pem)
    score.is_equal(sorted(facts), sorted(theirs), f"{where} members")
    ours = openssl_view(facts)
    for member, value in theirs.items():
        score.is_equal(ours[member], value, f"{where} {member} (openssl)")
    ours = cryptography_view(facts)
    for member, value in cryptography_facts(pem, skipped).items():
        if value is not ABSENT:
            score.is_equal(ours[member], value, f"{where} {member} (cryptography)")
    for what in skipped:
        print(f"SKIP {where} with cryptography, {what}")


def compare_file(score, program, path):
    pems = PEM.findall(path.read_text(encoding="ascii"))
    with tempfile.TemporaryDirectory() as folder:
        certificate = report_of(program, pems, folder)
    found = [certificate["x509"], *certificate["chain"]]
    score.is_equal(len(found), len(pems), f"{path.name} certificates")
    for i, (facts, pem) in enumerate(zip(found, pems)):
        compare(score, f"{path.name}[{i}]", facts, pem)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    score = suite.Tally()
    paths = sorted(pathlib.Path(sys.argv[2]).glob("*.pem"))
    score.check(paths, "there are certificates to compare")
    for path in paths:
        try:
            compare_file(score, sys.argv[1], path)
        except Exception as error:  # one bad answer must not hide the others
            score.check(False, f"{path.name}: {type(error).__name__}: {error}")
    score.close()


if __name__ == "__main__":
    main()
