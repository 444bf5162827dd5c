# SPDX-License-Identifier: MIT
"""Bad JSON, bad text and bad values beside good certificates.
"""
import json
import lzma
import pathlib

from acceptance import CLEAR, VULNERABLE, cases, folder_of, is_equal, prebleed, test
from evidence_writer import certificate, listing

EXPECTED_NAME = "bad/list-server-certificates.json"
SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "testdata/samples/captures"


def beside_good(path, content, codes, status, alone, others=frozenset()):
    """The content beside a vulnerable certificate, and beside a clear one: the same diagnostics, and
    exit status 1 and alone."""
    for good, verdict, exit_status in ((VULNERABLE, "vulnerable", 1), (CLEAR, "clear", alone)):
        with folder_of({"good/list.json": good, path: content}) as folder:
            run = prebleed(folder, "good", path.split("/")[0])
            is_equal(run.codes(), list(codes), "diagnostics")
            is_equal(run.certificates(), {("good", verdict)} | set(others), "certificates")
            is_equal(run.status, exit_status, "exit status")
            is_equal(run.entry(path)["status"], status, "status of the item")
            assert all(d["where"].startswith(path) for d in run.report["diagnostics"]
                       if d["severity"] != "note"), "a diagnostic is about another item"


def one(upload_date, **others):
    """A list of one certificate as text, its UploadDate given as JSON."""
    return listing(certificate("odd", "@", **others)).replace(b'"@"', upload_date)


GOOD_CERTIFICATE = json.dumps(certificate("odd", "2019-05-02T10:00:00Z")).encode()
ODD_CLEAR = {("odd", "clear")}
ODD_UNDETERMINED = {("odd", "undetermined")}


@cases(
    ("JSON cut off", VULNERABLE[:-40], ["json-truncated"]),
    ("JSON cut off after a key", VULNERABLE[:40], ["json-truncated"]),
    ("JSON cut off inside a string", b'{"ServerCertificateMetadataList": [{"ServerCertificateName": "s',
     ["json-truncated"]),
    ("100,000 arrays", b"[" * 100000 + b"]" * 100000, ["json-too-deep"]),
    ("100,000 objects", b'{"a":' * 100000 + b"1" + b"}" * 100000, ["json-too-deep"]),
    ("100,000 arrays under a field name",
     b'{"ServerCertificateMetadataList":' + b"[" * 100000 + b"]" * 100000 + b"}", ["json-too-deep"]),
    ("a duplicate key", b'{"ServerCertificateMetadataList": [], "ServerCertificateMetadataList": []}',
     ["json-duplicate-key"]),
    ("a duplicate UploadDate", one(b'"2019-01-01T00:00:00Z", "UploadDate": "2013-01-01T00:00:00Z"'),
     ["json-duplicate-key"]),
    ("a duplicate key that is written otherwise",
     one(b'"2019-01-01T00:00:00Z", "Uploa\\u0064Date": "2013-01-01T00:00:00Z"'), ["json-duplicate-key"]),
    ("invalid UTF-8 in a key", one(b'"2019-01-01T00:00:00Z", "\xff": 1'), ["invalid-utf8"]),
    ("text after the document", listing() + b" x", ["json-invalid"]),
    ("a list that is an object", b'{"ServerCertificateMetadataList": {"a": 1}}', ["wrong-type"]),
    ("a list that is null", b'{"ServerCertificateMetadataList": null}', ["unrecognised"]),
    ("a list that is a string", b'{"ServerCertificateMetadataList": "none"}', ["wrong-type"]),
    ("an empty object", b"{}", ["empty-document"]),
    ("an empty array", b"[]", ["empty-document"]),
    ("null", b"null", ["empty-document"]),
    ("an empty string", b'""', ["empty-document"]),
    ("a zero-byte file whose path promises a list", b"", ["empty-file"]),
    ("a file of blanks", b" \r\n\t\n", ["empty-file"]),
    ("a file of a byte order mark alone", b"\xef\xbb\xbf", ["empty-file"]),
    ("a file of NULs", b"\0" * 512, None),
    ("UTF-16 with half a pair", "\ufeff".encode("utf-16-le") + b"\x00\xd8" + b"a\0", ["invalid-utf8"]),
    ("a get skeleton", b'{"ServerCertificateName": ""}', ["skeleton-input"]),
    ("a list skeleton", b'{"PathPrefix": "", "Marker": "", "MaxItems": 0}', None),
    ("a rar", b"Rar!\x1a\x07\x01\x00" + bytes(600), ["unsupported-container"]),
    ("an old rar", b"Rar!\x1a\x07\x00" + bytes(600), ["unsupported-container"]),
    ("compress", b"\x1f\x9d\x90" + bytes(60), ["unsupported-container"]),
    ("cab", b"MSCF\0\0\0\0" + bytes(60), ["unsupported-container"]),
    (".lzma", lzma.compress(VULNERABLE, lzma.FORMAT_ALONE), ["unsupported-container"]),
    ("ISO 9660", bytes(32768) + b"\x01CD001\x01" + bytes(2041), ["unsupported-container"]),
    ("armoured OpenPGP", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n",
     ["unsupported-container"]),
    ("binary OpenPGP", b"\x85\x01\x0c\x03" + bytes(range(8)) + b"\x01" * 260, ["unsupported-container"]),
)
def nothing_is_taken_from(content, codes):
    if codes is None:
        with folder_of({EXPECTED_NAME: content}) as folder:
            is_equal(prebleed(folder, EXPECTED_NAME).status, 3, "exit status")
            return
    beside_good(EXPECTED_NAME, content, codes, "unreadable", 3)


@cases(
    ("a raw line break in a string", one(b'"2019-01-01T00:00:00Z"', Note="@@").replace(b"@@", b"a\nb"),
     ["json-repaired"], 0, ODD_CLEAR),
    ("a raw line break in a certificate's name is no other certificate",
     one(b'"2019-01-01T00:00:00Z"', Path="/a@/").replace(b"@", b"\n"), ["json-repaired"], 0, ODD_CLEAR),
    ("a lone surrogate beside a good certificate",
     one(b'"2019-01-01T00:00:00Z"', Note="#").replace(b"#", b"\\ud800"), ["json-repaired"], 0, ODD_CLEAR),
    ("a lone low surrogate", one(b'"2019-01-01T00:00:00Z"', Note="#").replace(b"#", b"\\udc00x"),
     ["json-repaired"], 0, ODD_CLEAR),
    ("1e400 beside a good certificate", one(b'"2019-01-01T00:00:00Z"', Note=7).replace(b" 7", b" 1e400"),
     ["json-repaired"], 0, ODD_CLEAR),
    ("a number beyond 64 bits beside a good certificate",
     one(b'"2019-01-01T00:00:00Z"', Note=7).replace(b" 7", b" 123456789012345678901234567890"),
     ["json-repaired"], 0, ODD_CLEAR),
    ("a negative number beyond 64 bits",
     one(b'"2019-01-01T00:00:00Z"', Note=7).replace(b" 7", b" -9223372036854775809"),
     ["json-repaired"], 0, ODD_CLEAR),
    ("the least number of 64 bits needs no repair",
     one(b'"2019-01-01T00:00:00Z"', Note=7).replace(b" 7", b" -9223372036854775808"), [], 0, ODD_CLEAR),
    ("an UploadDate of 1e400", one(b"1e400"), ["json-repaired"], 3, ODD_UNDETERMINED),
    ("an UploadDate beyond 64 bits", one(b"99999999999999999999"), ["json-repaired"], 3,
     ODD_UNDETERMINED),
    ("an UploadDate with a lone surrogate", one(b'"2019-01-01T00:00:00Z\\ud800"'), ["json-repaired"], 3,
     ODD_UNDETERMINED),
    ("UploadDate: 5", one(b"5"), None, 3, ODD_UNDETERMINED),
    ("UploadDate: true", one(b"true"), ["wrong-type"], 3, ODD_UNDETERMINED),
    ("UploadDate: []", one(b"[]"), ["wrong-type"], 3, ODD_UNDETERMINED),
    ("UploadDate: {}", one(b"{}"), ["wrong-type"], 3, ODD_UNDETERMINED),
    ("UploadDate: -1", one(b"-1"), None, 3, ODD_UNDETERMINED),
    ("UploadDate: null is none", one(b"null"), [], 3, ODD_UNDETERMINED),
    ("an empty UploadDate is none", one(b'""'), [], 3, ODD_UNDETERMINED),
    ("31 February", one(b'"2019-02-31T00:00:00Z"'), ["unparseable-date"], 3, ODD_UNDETERMINED),
    ("hour 25", one(b'"2019-02-01T25:00:00Z"'), ["unparseable-date"], 3, ODD_UNDETERMINED),
    ("29 February 2100", one(b'"2100-02-29T00:00:00Z"'), ["unparseable-date"], 3, ODD_UNDETERMINED),
    ("year 0", one(b'"0000-01-01T00:00:00Z"'), ["unparseable-date"], 3, ODD_UNDETERMINED),
    ("a date with a NUL", one(b'"2019-01-01T00:00:00Z\\u0000"'), None, 3, ODD_UNDETERMINED),
    ("a body that is no PEM", one(b'"2019-01-01T00:00:00Z"'), [], 0, ODD_CLEAR),
)
def the_certificate_is_kept(content, codes, alone, certificates):
    with folder_of({"good/list.json": CLEAR, EXPECTED_NAME: content}) as folder:
        run = prebleed(folder, "good", "bad")
        is_equal(run.status, alone, "exit status")
        is_equal(run.certificates(), certificates | {("good", "clear")}, "certificates")
        is_equal(run.entry(EXPECTED_NAME)["status"], "used", "status of the item")
        if codes is None:
            is_equal(len(run.codes(EXPECTED_NAME)), 1, "number of diagnostics")
        else:
            is_equal(run.codes(), codes, "diagnostics")


@cases(
    ("a get answer that is null", b'{"ServerCertificate": null}'),
    ("a get answer without anything", b'{"ServerCertificate": {}}'),
    ("a get answer that is a list", b'{"ServerCertificate": []}'),
    ("a get answer with a body that is none", b'{"ServerCertificate": {"CertificateBody": "x"}}'),
    ("a page that is null among pages",
     b'[{"ServerCertificateMetadataList": []}, {"ServerCertificateMetadataList": null}]'),
    ("a get answer that is null among others", b'[{"ServerCertificateMetadataList": []}, {"ServerCertificate": null}]'),
    ("a NextToken that is a number", b'{"ServerCertificateMetadataList": [], "NextToken": 5}'),
    ("a Marker that is a list", b'{"ServerCertificateMetadataList": [], "Marker": ["x"]}'),
    ("an IsTruncated that is a number", b'{"ServerCertificateMetadataList": [], "IsTruncated": 1}'),
    ("a NextToken beside the list's object", b'{"Response": {"ServerCertificateMetadataList": []}, "NextToken": "x"}'),
    ("one date under its own key", b'{"UploadDate": "2013-05-02T10:00:00Z"}'),
    ("a date without a name among certificates",
     b'[{"ServerCertificateName": "a", "UploadDate": "2019-05-02T10:00:00Z"},'
     b' {"UploadDate": "2013-05-02T10:00:00Z"}]'),
    ("dates under the certificates' names",
     b'{"ServerCertificates": {"a": {"UploadDate": "2013-05-02T10:00:00Z"}}}'),
    ("an upload and a get answer in one object",
     b'{"ServerCertificate": {"ServerCertificateMetadata": {"ServerCertificateName": "x", "UploadDate":'
     b' "2013-05-02T10:00:00Z"}}, "ServerCertificateMetadata": {"ServerCertificateName": "y", "UploadDate":'
     b' "2019-05-02T10:00:00Z"}}'),
    ("a summary that was cut down to its count", b'{"SummaryMap": {"ServerCertificates": 7}}'),
    ("a summary whose count is a text", b'{"SummaryMap": {"ServerCertificates": "7", "ServerCertificatesQuota": 20}}'),
    ("a summary whose count is negative", b'{"SummaryMap": {"ServerCertificates": -1, "ServerCertificatesQuota": 20}}'),
)
def nothing_that_speaks_of_certificates_passes_in_silence(content):
    with folder_of({"good/list.json": CLEAR, EXPECTED_NAME: content}) as folder:
        run = prebleed(folder, "good", EXPECTED_NAME)
        assert run.status != 0, "exit status 0, as if there had been nothing"


@test
def an_upload_answer_proves_no_presence():
    files = {"d/list.json": CLEAR, "d/summary.json": b'{"SummaryMap": {"ServerCertificates": 2, "ServerCertificatesQuota": 20}}',
             "d/upload.json": json.dumps({"ServerCertificateMetadata": certificate("gone", "2019-01-01T00:00:00Z")}).encode()}
    with folder_of(files) as folder:
        run = prebleed(folder, "d")
        assert run.report["accounts"][0]["coverage"] != "complete", "complete by a certificate that no list shows"


@test
def a_NUL_in_a_name_ends_no_name():
    content = listing(certificate("a", "2013-01-01T00:00:00Z", ServerCertificateName="shop\0x"))
    with folder_of({EXPECTED_NAME: content}) as folder:
        run = prebleed(folder, EXPECTED_NAME)
        is_equal(run.status, 1, "exit status")
        assert ("shop", "vulnerable") not in run.certificates(), "the name was cut at the NUL"
        found = [d["message"] for d in run.report["diagnostics"] if d["code"] == "odd-name"]
        is_equal(len(found), 1, "diagnostics about the name")
        assert "\\x00x" in found[0], f"the message cuts the name at its NUL: {found[0]}"
        assert b"\0" not in run.output, "the NUL came through"


@test
def a_wrong_element_costs_no_other():
    content = b'{"ServerCertificateMetadataList": [1, null, "x", [], {}, ' + GOOD_CERTIFICATE + b"]}"
    with folder_of({EXPECTED_NAME: content}) as folder:
        run = prebleed(folder, EXPECTED_NAME)
        assert ("odd", "clear") in run.certificates(), "the good one is lost"
        is_equal(run.status, 3, "exit status")
        assert run.codes(), "no diagnostic"


@test
def a_document_after_which_another_is_cut_is_judged():
    with folder_of({EXPECTED_NAME: VULNERABLE + b"\n" + CLEAR[:-50]}) as folder:
        run = prebleed(folder, EXPECTED_NAME)
        is_equal(run.codes(), ["json-truncated"], "diagnostics")
        is_equal(run.certificates(), {("good", "vulnerable")}, "certificates")
        is_equal(run.status, 1, "exit status")


@cases(
    ("documents one after the other", b"", 0),
    ("documents one a line", b"\n", 0),
    ("documents between blank lines", b"\r\n\r\n", 0),
)
def several_documents_are_read(between, status):
    documents = [listing(certificate(name, "2019-05-02T10:00:00Z")) for name in "abc"]
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        with folder_of({"x.json": between.join(documents).decode().encode(encoding)}) as folder:
            run = prebleed(folder, "x.json")
            is_equal(run.certificates(), {(name, "clear") for name in "abc"}, encoding)
            is_equal(run.status, status, "exit status")


@cases(
    ("UTF-8 with byte order mark", "utf-8-sig"),
    ("UTF-16, little end first", "utf-16"),
    ("UTF-16, big end first", "utf-16-be"),
)
def encodings_are_read(encoding):
    text = listing(certificate("good", "2013-05-02T10:00:00Z", Tag="sch\u00f6n \U0001f600")).decode()
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    with folder_of({"x.json": (mark + text.replace(",", ",\r\n")).encode(encoding)}) as folder:
        is_equal(prebleed(folder, "x.json").certificates(), {("good", "vulnerable")}, "certificates")


@test
def UTF_16_that_is_cut_within_a_unit_counts_as_far_as_it_goes():
    with folder_of({"x.json": VULNERABLE.decode().encode("utf-16")[:-1]}) as folder:
        run = prebleed(folder, "x.json")
        is_equal(run.certificates(), {("good", "vulnerable")}, "certificates")
        is_equal(run.codes(), ["json-truncated"], "diagnostics")
        is_equal(run.entry("x.json")["status"], "unreadable", "status")


def refused_samples():
    document = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
    kinds = {"empty/list.text.txt": "empty-file", ".text.pem": "pem-file", ".table": "table-output",
             ".text": "text-output", ".yaml": "yaml-output"}
    for entry in document["inputs"]:
        if "query-uploaddate.text" in entry["path"]:
            continue  # a date alone is read, with or without the quotes of JSON
        code = next((kinds[kind] for kind in kinds if kind in entry["path"]), None)
        if code is not None or "/faults/" in entry["path"]:
            yield f"refused: {entry['path']}", entry, code


@cases(*refused_samples())
def foreign_output_is_refused(entry, code):
    content = (SAMPLES / entry["path"]).read_bytes()
    with folder_of({"good/list.json": CLEAR, "bad/x": content}) as folder:
        run = prebleed(folder, "good", "bad/x")
        if run.entry("bad/x")["status"] == "used":
            assert code is None, "a refusal was expected"
            return
        is_equal(run.status, 3, "exit status")
        is_equal(run.certificates(), {("good", "clear")}, "certificates")
        is_equal(len(run.codes()), 1, "number of diagnostics")
        assert code is None or code in run.codes(), f"{run.codes()}, expected {code}"
