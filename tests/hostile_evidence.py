# SPDX-License-Identifier: MIT
"""Evidence whose every text means to break the report that shows it, and waivers alike: in names,
paths, tags, dates, subjects, file names, pointers and messages."""
import datetime
import json
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TEXTS = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></style></pre></code><script src=//evil.example/x></script>",
    "<!--", "-->", "]]>", "<![CDATA[", "<?xml?>", "<a href=\"javascript:alert(1)\">x</a>",
    "&amp;&lt;&#60;&#x3c;&nbsp;&", "https://evil.example/", "#c0", "c0",
    "\u202etxt.exe\u2066", "a\u0000b", "\u001b[31mred\u0007", "line\nbreak\r\ttab",
    "zero\u200bwidth\ufeff", "\ufffe\U0010ffff\ufdd0", "\\x3cscript\\x3e", "n" * 500,
    "\u05d0\u05d1\u05d2 \u0627\u0644", "  blanks  inside  ", "%s%n{{7*7}}${7*7}",
]
ACCOUNT = "111122223333"


def metadata(number, text, upload_date="2013-05-02T10:00:00Z", account=ACCOUNT):
    return {"Path": f"/{text}/", "ServerCertificateName": f"{text} {number}",
            "ServerCertificateId": f"ASCA{number}{text}",
            "Arn": f"arn:aws:iam::{account}:server-certificate/{text}{number}",
            "UploadDate": upload_date, "Expiration": "2036-05-02T12:00:00Z"}


def body(text, key):
    """A self-signed certificate whose names hold the text as far as X.509 lets them."""
    short = text[:60].strip() or "x"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, short)])
    ascii_text = text.encode("ascii", "ignore").decode() or "x"
    start = datetime.datetime(2013, 1, 1)
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
                   .public_key(key.public_key()).serial_number(7).not_valid_before(start)
                   .not_valid_after(datetime.datetime(2036, 1, 1))
                   .add_extension(x509.SubjectAlternativeName(
                       [x509.DNSName(ascii_text), x509.UniformResourceIdentifier(ascii_text)]), False)
                   .sign(key, hashes.SHA256()))
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def load_balancers(items):
    return {"LoadBalancerDescriptions": [
        {"LoadBalancerName": text, "ListenerDescriptions": [{"Listener": {
            "LoadBalancerPort": 443, "SSLCertificateId": item["Arn"]}}]} for text, item in items]}


def write_json(path, value):
    path.write_text(json.dumps(value), encoding="utf-8")


def write_bytes(folder, name, content):
    with open(os.path.join(os.fsencode(folder), name), "wb") as file:
        file.write(content)


def write_after(folder):
    items = [(text, metadata(n, text)) for n, text in enumerate(TEXTS)]
    key = ec.generate_private_key(ec.SECP256R1())
    write_json(folder / "list.json", {"ServerCertificateMetadataList": [item for _, item in items],
                                      "IsTruncated": True, "Marker": TEXTS[0]})
    write_json(folder / "elb.json", load_balancers(items + [
        (text, metadata(n, "gone" + text)) for n, text in enumerate(TEXTS)]))
    for number, text in enumerate(TEXTS):
        write_json(folder / f"get-{number}.json", {"ServerCertificate": {
            "ServerCertificateMetadata": metadata(
                100 + number, text, "2015-01-09T08:00:00Z" if number else "2013-05-02T10:00:00Z"),
            "CertificateBody": body(text, key), "Tags": [{"Key": text, "Value": text}]}})
        write_json(folder / f"odd-{number}.json", {"ServerCertificateMetadataList": [
            metadata(200 + number, text, text)]})
        if "/" not in text and "\0" not in text:
            deep = folder / (text[:200] + "&<b>")
            deep.mkdir()
            write_json(deep / f"{text[:200]}\".json", {"ServerCertificateMetadataList": [
                {key: value for key, value in metadata(300 + number, text).items() if key != "Arn"}]})
            (deep / f"{text[:100]}-servercert-cut.json").write_bytes(
                b'{"ServerCertificateMetadataList": [{"ServerCertificateName": "<script>')
    write_bytes(folder, b"caf\xe9 \xff<b>\x1b[0m&\\.json",
                json.dumps({"ServerCertificateMetadataList": [metadata(400, "<i>")]}).encode())
    write_bytes(folder, b"twice\xff.json", b'{"ServerCertificateMetadataList": [{"<b>&\x1b": 1, "<b>&\x1b": 2}]}')
    (folder / "key.json").write_text(json.dumps({"<script>": key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()).decode()}))


def write_before(folder):
    """What is gone since, and what is in an account that is not covered any more."""
    write_json(folder / "list.json", {"ServerCertificateMetadataList": [
        metadata(100 + n, text) for n, text in enumerate(TEXTS)] + [
        metadata(600 + n, text, account="444455556666") for n, text in enumerate(TEXTS)]})


def waivers():
    return {"schema": "prebleed-waivers/1", "waivers": [
        {"rule": "IAM-033", "id": metadata(n, text)["ServerCertificateId"], "owner": text or "x",
         "reason": text, "expires": "2030-01-01"}
        for n, text in enumerate(TEXTS) if n % 2 == 0]}


def write(folder):
    for name in ("before", "after"):
        (folder / name).mkdir(parents=True)
    write_before(folder / "before")
    write_after(folder / "after")
    write_json(folder / "waivers.json", waivers())
