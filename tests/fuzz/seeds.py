#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the seeds of the fuzz targets: seeds.py FOLDER makes FOLDER/TARGET/ for each.

They are the files of testdata/ by what they are, members of its archives too, and the texts below.
Files over 16 KiB are left out where a target is to be fast.
"""
import base64
import binascii
import contextlib
import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CORPUS = [rb'{"ServerCertificateMetadataList": [{"Path": "/", "n": 1}, {}]}', b'{"k":1}{"l":2}', b'"one" "two"',
          b'[1, -2.5e+3, 0, -0, 1E5, true, false, null, "x"]', b' \r\n\t[ \n [ ] , [ 1 ] ] ', b"12 \n13",
          b'{"a": {"b": [[], {}, [0, {"c": "d"}]]}, "e": ""}', b'{"a":[{"a":[{"a":1}]}],"a-b":2,"a.b":3,"b":4}',
          b'{"": 1, "~": 2, "/": 3, "~1": {"/~": [4]}, "a/b": 5}', b"[9223372036854775807, 92233720368547758.07, 1e308]",
          rb'["\u00e9\ud83d\ude00\n\\\"\/", {"\u0061": "' + "\u00e9\u20ac".encode() + b'"}]',
          b'\t\xef\xbb\xbf0\t{"k":1}\n\xef\xbb\xbf{"l":2}']
DATES = """2013-05-02T10:00:00Z|2013-05-02 10:00:00.123456789+02:00|2013-05-02|20130502T100000Z|2013-05-02T10:00:00
Thu, 02 May 2013 10:00:00 GMT|Thu May 02 10:00:00 UTC 2013|May 2, 2013 10:00:00 AM|5/2/2013 10:00:00 PM|02-May-2013 10:00
/Date(1367488800000)/|0001-01-01T00:00:00|0001-01-01T00:00:00-02:00|0001-01-01 00:00:00Z|0001-01-01t00:00:00-02:00|9999-12-31T23:59:59Z|2013-05-02 10:00:00 UTC|Thursday, May 2, 2013 10:00:00 AM
May 02, 2013, 10:00:00 AM|2012-02-29T23:59:60Z|2013-05-02T10:00:00.000+0000""".replace("\n", "|").encode().split(b"|")
BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(?:\\n|\s)(.*?)-----END \1-----", re.DOTALL)


def bodies(texts, label):
    """The DER of the blocks with that label, those in JSON strings too."""
    for text in texts:
        for found in BLOCK.finditer(text):
            if found[1] == label and len(found[2]) < 8000:
                with contextlib.suppress(binascii.Error):
                    yield base64.b64decode(re.sub(rb"\\n|[^A-Za-z0-9+/=]", b"", found[2]))


def select(files, pattern, most=16384):
    return [content for path, content in files if re.search(pattern, path) and len(content) <= most]


def seeds():
    files = [(str(path.relative_to(ROOT)), path.read_bytes())
             for folder in ("testdata", "tests/cli/evidence", "tests/cli/golden", "tests/story")
             for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    json = select(files, r"\.(json|ndjson|txt|tf|yaml|csv|tfstate)$")
    small = sorted(json, key=len)
    pem = select(files, r"\.(pem|crt|crl)$")
    certificates = [*bodies(json + pem, b"CERTIFICATE"), *select(files, r"(leaf|root)[^/]*\.der$")]
    archives = select(files, r"\.(tar|gz|tgz|zip|7z|zst|xz|bz2|lz4|cpio)$", 1 << 16)
    yield "documents", CORPUS + small[:60]
    yield "text", [text.encode("utf-16" + order) for order in ("", "-le", "-be")
                   for text in ('{"a": "\u00e9\U0001f600"}', "2013", "")] + [b"\xef\xbb\xbf" + '{"2'.encode("utf-16-le")] + small[:9]
    yield "dates", DATES
    yield "pem", [text for text in pem if len(text) < 4096] + select(files, r"private|pem.*json$")[:20]
    yield "certificates", certificates
    yield "revocations", [*bodies(pem + json, b"X509 CRL"), *select(files, r"(crl|issuer)[^/]*\.(der|crl)$"), *certificates[:2]]
    yield "archives", archives + CORPUS[:2]
    yield "items", small[::2] + [b'null\n"C "', b"ASCC0SHOPOLDQQQQQQQ",
                                   b'[{"n": "ASCA' + b"X" * 99 + b'", "rn": "arn:aws:iam::210987654321:serve"}]']
    yield "reports", small[::20] + archives[::3]
    yield "accepted", select(files, r"waiver.*json$") + sorted(select(files, r"(report|golden/.*)\.json$", 65536), key=len)[:9] \
        + [hashlib.sha256(b"").hexdigest().encode() + b"  list.json\n", b"SHA256 (list.json) = " + b"0" * 64 + b"\n"]


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    for target, contents in seeds():
        folder = pathlib.Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for content in contents:
            (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
