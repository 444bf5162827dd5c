# SPDX-License-Identifier: MIT
"""Odd certificates in odd documents, any number of them and the same bytes every time: parts of the
certificates in testdata/ put together anew and damaged, in every spelling of JSON, PEM and text that
the fast path must tell apart.
"""
import base64
import io
import json
import pathlib
import random
import tarfile

CERTIFICATES = pathlib.Path(__file__).resolve().parent.parent / "testdata/certificates"


def take(der, at):
    """The end of the element that begins at an offset, and where its contents begin."""
    size, begin = der[at + 1], at + 2
    if size >= 0x80:
        begin += size - 0x80
        size = int.from_bytes(der[at + 2 : begin], "big")
    return begin, begin + size


def elements(der, at, end):
    while at < end:
        _, after = take(der, at)
        yield der[at:after]
        at = after


def sequence(contents):
    size = len(contents)
    if size < 0x80:
        return b"\x30" + bytes([size]) + contents
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return b"\x30" + bytes([0x80 + len(length)]) + length + contents


def split(der):
    """The parts of a certificate in order: those of the signed part as a list, and the other two."""
    body, algorithm, signature = elements(der, take(der, 0)[0], len(der))
    return list(elements(body, take(body, 0)[0], len(body))), algorithm, signature


def read_pem(path):
    lines = path.read_text().split("-----BEGIN CERTIFICATE-----")[1].split("-----END")[0]
    return base64.b64decode(lines)


def sources():
    """Those of today's form: version, serial, algorithm, issuer, dates, subject, key, extensions."""
    parts = [split(read_pem(path)) for path in sorted(CERTIFICATES.glob("*.pem"))]
    return [one for one in parts if len(one[0]) == 8]


def put_together(generator, pool):
    """Each part is another certificate's one time in four."""
    first = generator.choice(pool)
    body = list(first[0])
    for place in range(1, 8):
        if generator.randrange(4) == 0:
            body[place] = generator.choice(pool)[0][place]
    algorithm = body[2] if generator.randrange(8) else first[1]
    return sequence(sequence(b"".join(body)) + algorithm + first[2])


def damage(generator, der):
    der = bytearray(der)
    for _ in range(generator.randrange(1, 4)):
        at = generator.randrange(len(der))
        der[at] = generator.choice((der[at] ^ 1 << generator.randrange(8), 0, 0x80, 0xFF, 0x30, 0x16))
    how = generator.randrange(8)
    return bytes(der[: generator.randrange(len(der))] if how == 0 else der + b"\0" if how == 1 else der)


def odd_der(generator, pool):
    der = put_together(generator, pool)
    return damage(generator, der) if generator.randrange(3) == 0 else der


def odd_pem(generator, der):
    """PEM text (RFC 7468) with what people and programs do to it."""
    label = generator.choice(["CERTIFICATE"] * 12 + ["X509 CERTIFICATE", "TRUSTED CERTIFICATE", "CERTIFICATE REQUEST"])
    width = generator.choice([64] * 8 + [76, 60, 10000])
    end = generator.choice(["\n"] * 6 + ["\r\n", "\r", " \n"])
    code = base64.b64encode(der).decode()
    if generator.randrange(12) == 0:
        at = generator.randrange(len(code))
        code = code[:at] + generator.choice(("=", "*", " ", "-", "\t", "AA=", "é")) + code[at:]
    lines = [code[i : i + width] for i in range(0, len(code), width)]
    text = end.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
    return text[: generator.randrange(len(text))] if generator.randrange(25) == 0 else text


def odd_object(generator, pool, number):
    account = f"{generator.randrange(10):012d}"
    name = generator.choice((f"name-{number}", "naïve", "with \"quotes\"", "tab\there", f"same-{number % 7}"))
    metadata = {
        "Path": "/",
        "ServerCertificateName": name,
        "ServerCertificateId": f"ASCA{number:017d}",
        "Arn": f"arn:aws:iam::{account}:server-certificate/{name}",
        "UploadDate": generator.choice(("2013-05-02T10:00:00Z", "2015-01-01T00:00:00+00:00", 1388534400, None, "soon")),
        "Expiration": generator.choice(("2016-05-02T10:00:00Z", None)),
    }
    chain = [odd_pem(generator, odd_der(generator, pool)) for _ in range(generator.choice((0, 0, 1, 2)))]
    answer = {
        "ServerCertificateMetadata": metadata,
        "CertificateBody": odd_pem(generator, odd_der(generator, pool)),
        "CertificateChain": "".join(chain),
    }
    kind = generator.randrange(10)
    if kind == 0:
        return {"ServerCertificateMetadataList": [metadata], "IsTruncated": generator.random() < 0.2}
    if kind == 1:
        return {"Things": [answer["CertificateBody"], metadata["Path"]]}
    return {"ServerCertificate": answer}


def escape_some(generator, text):
    """JSON's other spellings of the same characters (RFC 8259, section 7)."""
    for character, spellings in (("/", ("\\/", "\\u002f")), ("+", ("\\u002b", "\\u002B")), ("=", ("\\u003d",))):
        if generator.randrange(3) == 0:
            text = text.replace(character, generator.choice(spellings))
    if generator.randrange(4) == 0:
        text = text.replace("Certificate", "\\u0043ertificate")
    if generator.randrange(6) == 0:
        text = text.replace("\\n", "\n", generator.randrange(1, 30))  # a raw control character
    if generator.randrange(12) == 0:
        text = text.replace('"/"', '"\\ud800"', 1)
    return text


def odd_document(generator, pool, number):
    value = odd_object(generator, pool, number)
    indent = generator.choice((None, 2, 4, "\t"))
    text = json.dumps(value, indent=indent, ensure_ascii=generator.random() < 0.5)
    if generator.randrange(3) == 0:
        text = escape_some(generator, text)
    if generator.randrange(10) == 0:
        text += "\n" + json.dumps(odd_object(generator, pool, 10**6 + number))
    if generator.randrange(25) == 0:
        text = text[: generator.randrange(1, len(text))]
    encoding = generator.choice(["utf-8"] * 16 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    content = text.encode(encoding)
    return content + generator.choice([b"\n"] * 10 + [b"", b"\0\0", b"\xff", b"}"])


def write_bundle(path, count):
    generator, pool = random.Random(36), sources()
    with tarfile.open(path, "w") as archive:
        for number in range(count):
            place = generator.choice(("describe", "get-server-certificate", "notes"))
            info = tarfile.TarInfo(f"dump/{number % 50:02d}/{place}/{number:05d}.json")
            content = odd_document(generator, pool, number)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
