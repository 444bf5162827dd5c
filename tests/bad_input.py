#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds prebleed to what it says of bad evidence: bad_input.py PREBLEED.

Every kind of damage lies beside good evidence: it gets the diagnostics named here and no other, the
good certificate is judged all the same, the exit status is right, nothing is written, and neither
time nor memory runs away. The last line is "N passed, N failed, N skipped".
"""
import contextlib
import gzip
import json
import lzma
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import traceback
import zlib

import evidence_writer as writer
import validate_reports
from evidence_writer import certificate, listing

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "testdata/samples/captures"
VALIDATOR = validate_reports.validator_of(ROOT / "src/report/prebleed-report-1.schema.json")
VULNERABLE = listing(certificate("good", "2013-05-02T10:00:00Z"))
CLEAR = listing(certificate("good", "2019-05-02T10:00:00Z"))
EXPECTED_NAME = "bad/list-server-certificates.json"
SLACK = float(os.environ.get("PREBLEED_TEST_SLACK", "1"))  # sanitizers are slow and hungry
SECONDS = 10 * SLACK
MEBIBYTES = 256 * SLACK
NOBODY = 65534
TESTS = []


class Skip(Exception):
    pass


def test(function):
    TESTS.append((function.__name__.replace("_", " "), function))
    return function


def cases(*rows):
    """One test for each row; its first element is the sentence that says what holds."""
    def add(function):
        for sentence, *arguments in rows:
            TESTS.append((sentence, lambda function=function, arguments=arguments: function(*arguments)))
        return function
    return add


class Run:
    def __init__(self, program, arguments, folder, environment, stdin, user):
        self.folder = folder
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            start = time.monotonic()
            process = subprocess.Popen(
                [program, "--as-of", "2026-11-23", *arguments], cwd=folder, stdin=stdin,
                stdout=output, stderr=errors, env=environment, user=user,
                extra_groups=None if user is None else [])
            timer = signal.alarm(int(60 * SLACK))
            _, status, usage = os.wait4(process.pid, 0)
            signal.alarm(timer)
            process.returncode = self.status = os.waitstatus_to_exitcode(status)
            self.seconds, self.mebibytes = time.monotonic() - start, usage.ru_maxrss / 1024
            output.seek(0)
            errors.seek(0)
            self.output, self.errors = output.read(), errors.read().decode()

    @property
    def report(self):
        return json.loads(self.output, object_pairs_hook=validate_reports.unique_members)

    def certificates(self):
        return {(c["name"], c["verdict"]) for c in self.report["certificates"]}

    def codes(self, path=None):
        """Codes of errors and warnings, those about one evidence path if it is given."""
        found = [d for d in self.report["diagnostics"] if d["severity"] != "note"]
        if path is not None:
            found = [d for d in found if (d["where"] or "").startswith(path)]
        return [d["code"] for d in found]

    def entry(self, path):
        return next(e for e in self.report["evidence"] if e["path"] == path)


PROGRAM = None


def listing_of(folder):
    return sorted((str(path.relative_to(folder)), path.lstat().st_mtime_ns, path.lstat().st_size)
                  for path in pathlib.Path(folder).rglob("*"))


def prebleed(folder, *arguments, environment=None, stdin=subprocess.DEVNULL, user=None,
             seconds=None, mebibytes=None, is_watched=True):
    """Runs it for a json report, and holds it to everything that is true of every run."""
    before = listing_of(folder) if is_watched else None
    run = Run(PROGRAM, ["-o", "json", *arguments], folder,
              environment or {"LC_ALL": "C", "TMPDIR": str(folder), "PATH": "/usr/bin:/bin",
                              "ASAN_OPTIONS": "allocator_may_return_null=1"}, stdin, user)
    assert run.status in (0, 1, 3), f"exit status {run.status}: {run.errors}"
    problems = validate_reports.problems(VALIDATOR, run.report)
    assert not problems, problems[0]
    assert run.report["summary"]["exit_status"] == run.status, "the report gives another status"
    assert run.seconds < (seconds or SECONDS), f"{run.seconds:.1f} s"
    assert run.mebibytes < (mebibytes or MEBIBYTES), f"{run.mebibytes:.0f} MiB"
    assert not is_watched or listing_of(folder) == before, "something was written"
    for diagnostic in run.report["diagnostics"]:
        message = diagnostic["message"]
        assert message and "\n" not in message and "(null)" not in message, message
    return run


@contextlib.contextmanager
def folder_of(files):
    """A scratch folder with these files; a relative path may name folders."""
    with tempfile.TemporaryDirectory(prefix="prebleed-bad-") as name:
        folder = pathlib.Path(name)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        yield folder


def is_equal(found, expected, what):
    assert found == expected, f"{what}: {found!r}, expected {expected!r}"


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
    ("invalid UTF-8", one(b'"2019-01-01T00:00:00Z\xff"'), ["invalid-utf8"]),
    ("overlong UTF-8", one(b'"2019-01-01\xc0\x80"'), ["invalid-utf8"]),
    ("a surrogate in UTF-8", one(b'"2019-01-01\xed\xa0\x80"'), ["invalid-utf8"]),
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
    ("UTF-16 cut within a unit", VULNERABLE.decode().encode("utf-16")[:-1], ["invalid-utf16"]),
    ("UTF-16 with half a pair", "\ufeff".encode("utf-16-le") + b"\x00\xd8" + b"a\0", ["invalid-utf16"]),
    ("a get skeleton", b'{"ServerCertificateName": ""}', ["skeleton-input"]),
    ("a list skeleton", b'{"PathPrefix": "", "Marker": "", "MaxItems": 0}', ["skeleton-input"]),
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


def refused_samples():
    document = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
    kinds = {"empty/list.text.txt": "empty-file", ".text.pem": "pem-file", ".table": "table-output",
             ".text": "text-output", ".yaml": "yaml-output"}
    for entry in document["inputs"]:
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


@cases(
    ("a zero-byte file named on the command line", "x", ["x"], "unreadable", 3),
    ("a zero-byte file in a folder", "f/x", ["f"], "ignored", 0),
    ("a zero-byte file in a folder of certificates", "f/server-certificate/x", ["f"], "unreadable", 3),
    ("a zero-byte Server_Certificates file", "f/Server_Certificates", ["f"], "unreadable", 3),
    ("an unrelated binary file in a folder", "f/photo", ["f"], "ignored", 0),
    ("an unrelated binary file named on the command line", "photo", ["photo"], "unreadable", 3),
    ("an unrelated cut JSON in a folder", "f/cut", ["f"], "ignored", 0),
)
def files_without_content_are_weighed_by_their_path(path, arguments, status, exit_status):
    content = {"photo": b"\x89PNG\r\n\x1a\n\0\0\0", "cut": b'{"a": [1, 2'}.get(path.split("/")[-1], b"")
    with folder_of({"good/list.json": CLEAR, path: content}) as folder:
        run = prebleed(folder, "good", *arguments)
        is_equal(run.entry(path)["status"], status, "status of the item")
        is_equal(run.status, exit_status, "exit status")
        is_equal(len(run.codes()), 0 if status == "ignored" else 1, "number of diagnostics")


GOOD_TAR = writer.tar([(f"dump/{name}/list.json", listing(certificate(name, "2013-05-02T10:00:00Z")))
                       for name in ("one", "two", "three", "four")])


def archive_beside_good(content, codes, minimum=0, status="unreadable"):
    """Damage to a bundle: found, said once, with what precedes it judged."""
    with folder_of({"good/list.json": CLEAR, "bundle": content}) as folder:
        run = prebleed(folder, "good", "bundle")
        assert ("good", "clear") in run.certificates(), "the good certificate is lost"
        judged = len(run.certificates()) - 1
        assert judged >= minimum, f"{judged} certificates judged of the bundle, expected {minimum}"
        is_equal(run.status, 1 if judged else 3, "exit status")
        is_equal(run.entry("bundle")["status"], status, "status of the bundle")
        assert codes is None or run.codes() == codes, f"{run.codes()}, expected {codes}"
        return run


@test
def a_tar_gz_cut_anywhere_is_never_whole():
    packed = gzip.compress(GOOD_TAR, 9, mtime=0)
    for size in sorted({*range(1, 40), *range(40, len(packed), 37), *range(len(packed) - 12, len(packed))}):
        run = archive_beside_good(packed[:size], None)
        codes = run.codes("bundle")
        assert codes, f"no diagnostic when cut at {size}"


@test
def a_tar_gz_cut_in_half_keeps_what_precedes_the_cut():
    padding = ("noise", os.urandom(40000))
    members = [("one.json", listing(certificate("one", "2013-05-02T10:00:00Z"))), padding,
               ("two.json", listing(certificate("two", "2013-05-02T10:00:00Z")))]
    packed = gzip.compress(writer.tar(members), 9, mtime=0)
    archive_beside_good(packed[:len(packed) // 2], None, 1)


@test
def a_tar_cut_anywhere_is_never_whole():
    for size in range(512, GOOD_TAR.rindex(b"dump/four") + 1500, 256):
        run = archive_beside_good(GOOD_TAR[:size], None)
        assert run.codes("bundle"), f"no diagnostic when cut at {size}"


@test
def a_tar_without_its_end_blocks_is_told():
    size = GOOD_TAR.rindex(b"dump/four") + 1024
    archive_beside_good(GOOD_TAR[:size], ["tar-end-missing"], 4)


def with_gzip_trailer(crc, length):
    packed = gzip.compress(GOOD_TAR, 9, mtime=0)
    return packed[:-8] + crc.to_bytes(4, "little") + length.to_bytes(4, "little")


CRC = zlib.crc32(GOOD_TAR)


@cases(
    ("a gzip with a wrong CRC", with_gzip_trailer(CRC ^ 1, len(GOOD_TAR)), "gzip-crc"),
    ("a gzip with a wrong length", with_gzip_trailer(CRC, len(GOOD_TAR) + 1), "gzip-length"),
    ("a gzip without its trailer", gzip.compress(GOOD_TAR, mtime=0)[:-8], None),
    ("a gzip with half of its trailer", gzip.compress(GOOD_TAR, mtime=0)[:-4], None),
    ("bytes after a gzip", gzip.compress(GOOD_TAR, mtime=0) + b"junk junk", None),
)
def damage_at_the_end_of_a_gzip_costs_no_member(content, code):
    archive_beside_good(content, code and [code], 4)


@cases(*((f"a single JSON through {name}, damaged", name) for name in writer.FILTERS[1:]))
def damaged_single_files_are_unreadable(name):
    packed = writer.archive("raw", [(b"x", VULNERABLE)], name)
    for content in (packed[:len(packed) // 2], packed[:-1],
                    packed[:-12] + bytes([packed[-12] ^ 0x41]) + packed[-11:]):
        run = archive_beside_good(content, None)
        is_equal(len(run.codes("bundle")), 1, "number of diagnostics")


@test
def a_single_gzip_with_a_wrong_CRC_is_judged_and_unreadable():
    packed = gzip.compress(listing(certificate("one", "2013-05-02T10:00:00Z")), mtime=0)
    archive_beside_good(packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:], ["gzip-crc"], 1)


@test
def a_zip_with_a_bad_CRC_costs_that_member():
    members = [(f"{name}.json", listing(certificate(name, "2013-05-02T10:00:00Z"))) for name in "abc"]
    content = bytearray(writer.zip_of(members, writer.zipfile.ZIP_STORED))
    content[content.index(b"/b\"")] ^= 1  # the ARN in b.json
    with folder_of({"good/list.json": CLEAR, "bundle.zip": bytes(content)}) as folder:
        run = prebleed(folder, "good", "bundle.zip")
        is_equal(run.codes(), ["archive-member-damaged"], "diagnostics")
        assert {("a", "vulnerable"), ("c", "vulnerable")} <= run.certificates(), "others are lost"
        is_equal(run.entry("bundle.zip!/b.json")["status"], "unreadable", "status of the member")
        is_equal(run.status, 1, "exit status")


@test
def a_zip_member_that_the_directory_omits_is_told():
    members = [("a.json", CLEAR), ("hidden.json", VULNERABLE), ("c.json", b"{}")]
    hidden = writer.zip_without_entry(members, "hidden.json")
    for arguments, stdin in ((["b.zip"], None), (["-"], "b.zip")):
        with folder_of({"b.zip": hidden}) as folder, \
                (open(folder / stdin, "rb") if stdin else contextlib.nullcontext(subprocess.DEVNULL)) as file:
            run = prebleed(folder, *arguments, stdin=file)
            is_equal(run.codes(), ["zip-hidden-bytes"], "diagnostics")
            is_equal(run.status, 3, "exit status")


@cases(*((f"{kind} through {name}", kind, name)
         for kind in writer.FORMATS for name in writer.FILTERS))
def every_format_is_read_through_every_filter(kind, name):
    members = [("dump/gr\u00fcn/list.json".encode(), VULNERABLE), ("dump/empty".encode(), b"")]
    try:
        content = writer.archive(kind, members[:1] if kind == "raw" else members, name)
    except (writer.WriterError, OSError) as error:
        raise Skip(f"libarchive cannot write it: {error}") from error
    reports = []
    for arguments, stdin in ((["no-extension"], None), (["-"], "no-extension")):
        with folder_of({"no-extension": content}) as folder, \
                (open(folder / stdin, "rb") if stdin else contextlib.nullcontext(subprocess.DEVNULL)) as file:
            run = prebleed(folder, *arguments, stdin=file)
            is_equal(run.codes(), [], "diagnostics")
            is_equal(run.certificates(), {("good", "vulnerable")}, "certificates")
            paths = [e["path"] for e in run.report["evidence"]]
            path = arguments[0] if kind == "raw" else arguments[0] + "!/dump/gr\u00fcn/list.json"
            assert path in paths, f"{path} is not in {paths}"
            reports.append(run.output.replace(arguments[0].encode(), b"PATH"))
    with folder_of({"no-extension": content[:len(content) * 2 // 3]}) as folder:
        assert prebleed(folder, "no-extension").codes(), "cut, and not a word"


@cases(*((f"{outer} in {inner} in tar", outer, inner) for outer in ("zip", "7zip", "newc", "ustar")
         for inner in ("zip", "7zip", "newc", "ustar")))
def archives_in_archives_are_read(outer, inner):
    content = writer.archive(inner, [(b"x.json", VULNERABLE)])
    content = writer.archive(outer, [(b"inner", content), (b"after.json", CLEAR)], "gzip")
    with folder_of({"b": writer.tar([("outer", content)])}) as folder:
        run = prebleed(folder, "b")
        is_equal(run.codes(), [], "diagnostics")
        paths = {e["path"] for e in run.report["evidence"] if e["status"] == "used"}
        is_equal(paths, {"b!/outer!/inner!/x.json", "b!/outer!/after.json"}, "used")


@test
def archives_too_deep_are_skipped():
    content = VULNERABLE
    for level in range(6):
        content = writer.tar([(f"{level}", content)])
    with folder_of({"good/list.json": CLEAR, "b": content}) as folder:
        run = prebleed(folder, "good", "b")
        is_equal(run.codes(), ["limit-depth"], "diagnostics")
        is_equal(run.status, 3, "exit status")
        is_equal(prebleed(folder, "--max-depth", "6", "b").status, 1, "exit status with a deeper limit")


def sparse_tar_gz(output, size):
    """A tar.gz of one huge member of zeros and a good list, made without holding either."""
    info = tarfile.TarInfo("huge.bin")
    info.size = size
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    output.write(packer.compress(info.tobuf(tarfile.USTAR_FORMAT)))
    output.write(packer.flush(zlib.Z_FULL_FLUSH))
    # A full flush ends at a byte and forgets what was before: what follows can be repeated.
    chunk = bytes(1 << 24)
    part = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(size // len(chunk)):
        output.write(part)
    output.write(packer.compress(writer.tar([("list.json", VULNERABLE)])))
    # The CRC is that of what the packer saw and cannot be right: leave the trailer away.
    output.write(packer.flush()[:-8])


@test
def a_member_of_5_GB_is_skipped_and_what_follows_is_judged():
    size = 5 << 30
    with folder_of({}) as folder:
        with open(folder / "huge.tar.gz", "wb") as output:
            sparse_tar_gz(output, size)
        with open(folder / "huge.tar.gz", "rb") as file:
            run = prebleed(folder, "--max-ratio", "1000000", "-", stdin=file, seconds=30 * SLACK)
        assert "limit-item-bytes" in run.codes("-!/huge.bin"), run.codes()
        is_equal(run.certificates(), {("good", "vulnerable")}, "certificates")
        is_equal(run.entry("-!/huge.bin")["status"], "skipped", "status of the member")
        is_equal(run.status, 1, "exit status")


@test
def a_member_of_5_GB_ends_at_the_ratio():
    with folder_of({"good/list.json": CLEAR}) as folder:
        with open(folder / "huge.tar.gz", "wb") as output:
            sparse_tar_gz(output, 5 << 30)
        run = prebleed(folder, "good", "huge.tar.gz", "--max-ratio", "100", seconds=5 * SLACK)
        assert "limit-ratio" in run.codes(), run.codes()
        is_equal(run.status, 3, "exit status")


@test
def a_tar_that_promises_5_GB_and_ends_is_cut():
    info = tarfile.TarInfo("huge.bin")
    info.size = 5 << 30
    archive_beside_good(info.tobuf(tarfile.USTAR_FORMAT) + bytes(4096), None)


def write_repeated(path, head, part, count, tail):
    with open(path, "wb") as output:
        output.write(head)
        for _ in range(count):
            output.write(part)
        output.write(tail)


@cases(
    ("an array of 64 MiB of ones", b"[", b"1," * 16384, 2047, b"1]"),
    ("an array of 64 MiB of empty arrays", b"[", b"[]," * 16384, 1365, b"[]]"),
    ("64 MiB of ones under a field name", b'{"ServerCertificateMetadataList": [', b"1," * 16384, 2046, b"1]}"),
    ("8 MiB of documents", b"", b"1 " * 16384, 255, b"1"),
    ("8 MiB of empty documents", b"", b"{}" * 16384, 255, b""),
)
def floods_of_values_stay_small(head, part, count, tail):
    with folder_of({"good/list.json": CLEAR}) as folder:
        write_repeated(folder / "server-certificates.json", head, part, count, tail)
        run = prebleed(folder, "good", "server-certificates.json", seconds=20 * SLACK)
        assert ("good", "clear") in run.certificates(), "the good certificate is lost"
        is_equal(run.status, 3, "exit status")
        assert run.codes("server-certificates.json"), "no diagnostic"


@cases(
    ("a file larger than an item may be", ["--max-item-bytes", "1000"], "limit-item-bytes"),
    ("more bytes than all items may have", ["--max-total-bytes", "1500"], "limit-total-bytes"),
    ("more items than there may be", ["--max-items", "1"], "limit-items"),
    ("more values than a document may have", ["--max-values", "20"], "limit-values"),
)
def every_ceiling_is_told_and_inconclusive(arguments, code):
    large = listing(*(certificate(f"c{i}", "2019-05-02T10:00:00Z") for i in range(20)))
    with folder_of({"a.json": CLEAR, "b.json": large}) as folder:
        run = prebleed(folder, *arguments, "a.json", "b.json")
        is_equal(run.codes(), [code], "diagnostics")
        is_equal(run.status, 3, "exit status")
        assert ("good", "clear") in run.certificates(), "the good certificate is lost"
        is_equal(run.report["summary"]["evidence"]["skipped"], 1, "skipped items")


@test
def a_folder_without_permission_is_told():
    if os.geteuid() != 0:
        user = None
    else:
        user = NOBODY
    with folder_of({"good/list.json": CLEAR, "dump/closed/list.json": VULNERABLE,
                    "dump/file.json": VULNERABLE}) as folder:
        folder.chmod(0o755)
        try:
            (folder / "dump/closed").chmod(0)
            (folder / "dump/file.json").chmod(0)
            run = prebleed(folder, "good", "dump", user=user, is_watched=False)
            is_equal(run.codes("dump/file.json"), ["unreadable"], "diagnostics of the file")
            is_equal(len(run.codes("dump/closed")), 1, "diagnostics of the folder")
            is_equal(run.certificates(), {("good", "clear")}, "certificates")
            is_equal(run.status, 3, "exit status")
        finally:
            (folder / "dump/closed").chmod(0o755)


@cases(
    ("a path that does not exist", "missing.json"),
    ("a path through a file", "good.json/x"),
    ("a dangling link", "dangling"),
    ("a device", "/dev/null"),
    ("a device that never ends", "/dev/zero"),
    ("an empty path", ""),
)
def the_work_cannot_begin_with(path):
    with folder_of({"good.json": VULNERABLE}) as folder:
        (folder / "dangling").symlink_to("nowhere")
        run = Run(PROGRAM, ["-o", "json", "good.json", path], folder, {"LC_ALL": "C"},
                  subprocess.DEVNULL, None)
        is_equal(run.status, 2, "exit status")
        is_equal(run.output, b"", "standard output")
        is_equal(run.errors.count("\n"), 1, f"lines of standard error in {run.errors!r}")


@test
def a_FIFO_is_read_like_standard_input():
    with folder_of({"good/list.json": CLEAR}) as folder:
        os.mkfifo(folder / "pipe")
        feeder = subprocess.Popen(["/bin/sh", "-c", 'printf %s "$1" > pipe', "sh", VULNERABLE], cwd=folder)
        run = prebleed(folder, "pipe", is_watched=False)
        feeder.wait()
        is_equal(run.certificates(), {("good", "vulnerable")}, "certificates")
        is_equal(run.codes(), [], "diagnostics")


@test
def a_FIFO_or_socket_in_a_folder_is_listed_and_not_waited_for():
    with folder_of({"good/list.json": CLEAR}) as folder:
        os.mkfifo(folder / "good/pipe")
        run = prebleed(folder, "good")
        is_equal(run.entry("good/pipe")["status"], "ignored", "status of the FIFO")
        is_equal(run.status, 0, "exit status")


@test
def the_same_file_twice_is_read_once():
    with folder_of({"good/list.json": VULNERABLE}) as folder:
        os.link(folder / "good/list.json", folder / "good/other.json")
        (folder / "link").symlink_to("good")
        for arguments in (["good", "good"], ["good/list.json", "./good/list.json"], ["good", "link"], ["good"]):
            run = prebleed(folder, *arguments)
            summary = run.report["summary"]
            is_equal(summary["evidence"]["used"], 1, f"used items of {arguments}")
            assert any("the same file" in (e["detail"] or "") for e in run.report["evidence"])
            is_equal(len(run.report["certificates"][0]["observations"]), 1, "observations")


@test
def links_in_folders_are_listed_and_not_followed():
    with folder_of({"good/list.json": CLEAR, "outside/list.json": VULNERABLE}) as folder:
        (folder / "good/file").symlink_to("../outside/list.json")
        (folder / "good/folder").symlink_to("../outside")
        (folder / "good/loop").symlink_to(".")
        (folder / "good/dangling").symlink_to("nowhere")
        run = prebleed(folder, "good")
        is_equal(run.certificates(), {("good", "clear")}, "certificates")
        is_equal([e["status"] for e in run.report["evidence"]], ["ignored", "ignored", "ignored", "used", "ignored"], "items")
        assert all("symbolic link" in e["detail"] for e in run.report["evidence"][:3]), "details"


@test
def links_in_archives_are_listed_and_not_followed():
    content = writer.tar([("dump/list.json", CLEAR), writer.tar_link("dump/passwd", "/etc/passwd"),
                          writer.tar_link("dump/hard", "dump/list.json", tarfile.LNKTYPE),
                          writer.tar_link("dump/null", "", tarfile.CHRTYPE),
                          ("../../escape.json", VULNERABLE), ("/tmp/absolute.json", b"{}")])
    with folder_of({"f/b.tar": content}) as folder:
        run = prebleed(folder, "f")
        for name in ("passwd", "hard", "null"):
            is_equal(run.entry(f"f/b.tar!/dump/{name}")["status"], "ignored", name)
        is_equal(run.entry("f/b.tar!/../../escape.json")["status"], "used", "an odd member name")


@test
def macOS_junk_is_ignored_and_counted():
    junk = b"\0\x05\x16\x07\0\x02\0\0Mac OS X        " + bytes(82)
    names = ("__MACOSX/dump/._list.json", "dump/._list-server-certificates.json", "dump/.DS_Store")
    files = {name: junk for name in names}
    with folder_of({"f/dump/list.json": CLEAR, **{f"f/{name}": junk for name in files},
                    "b.zip": writer.zip_of([("dump/list.json", CLEAR), *files.items()])}) as folder:
        for argument, separator in (("f", "/"), ("b.zip", "!/")):
            run = prebleed(folder, argument)
            is_equal(run.status, 0, "exit status")
            is_equal(run.report["summary"]["evidence"]["ignored"], 3, "ignored items")
            for name in names:
                is_equal(run.entry(argument + separator + name)["detail"], "macOS metadata", name)


def nasty_bundle():
    files = {}
    for number, account in enumerate(("111122223333", "444455556666", "777788889999")):
        names = [f"{letter}{number}" for letter in "abcdef"]
        files[f"d/{account}/list.json"] = listing(
            *(certificate(name, f"201{2 + i}-04-01T00:00:00Z", account) for i, name in enumerate(names)))
        files[f"d/{account}/again.json"] = listing(certificate("a0", "2018-01-01T00:00:00Z", account))
        files[f"d/nobody-{number}/list.json"] = json.dumps(
            [{"ServerCertificateName": "a0", "UploadDate": f"201{number}-01-01T00:00:00Z"}]).encode()
    files["d/cut/server-certificates.json"] = CLEAR[:-30]
    files["d/t.tar"] = GOOD_TAR
    return files


@test
def locale_zone_and_user_leave_the_report_alone():
    with folder_of(nasty_bundle()) as folder:
        first = prebleed(folder, "d").output
        for variables in ({"LC_ALL": "C.UTF-8"}, {"LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "de_DE.UTF-8"},
                          {"TZ": "Asia/Kathmandu"}, {"TZ": "America/St_Johns"}, {"HOME": "/nowhere"},
                          {"COLUMNS": "20", "TERM": "dumb"}, {"MALLOC_PERTURB_": "165"}, {}):
            is_equal(prebleed(folder, "d", environment=variables).output, first, str(variables))


@test
def order_of_arguments_and_creation_leave_the_report_alone():
    files = nasty_bundle()
    outputs = set()
    for order in (list(files), list(reversed(files)), sorted(files, key=lambda name: name[::-1])):
        with folder_of({name: files[name] for name in order}) as folder:
            outputs.add(prebleed(folder, "d").output)
            parts = sorted({str(pathlib.Path(name).parts[1]) for name in files})
            arguments = [f"d/{part}" for part in parts]
            outputs.add(prebleed(folder, *arguments).output)
            outputs.add(prebleed(folder, *reversed(arguments)).output)
    is_equal(len(outputs), 1, "number of different reports")


@test
def text_is_the_same_every_time_and_clean():
    files = nasty_bundle()
    files["d/evil\x1b[31m\n\u202e.json"] = listing(certificate(
        "evil", "2013-01-01T00:00:00Z", Path="/\x1b]0;title\x07\x7f\u009b/", Tags=[{"Key": "\x1b[2J", "Value": "\r"}]))
    with folder_of(files) as folder:
        outputs = {Run(PROGRAM, ["-v", "--color", "never", "d"], folder, {"TZ": zone},
                       subprocess.DEVNULL, None).output for zone in ("UTC", "Asia/Kathmandu")}
        is_equal(len(outputs), 1, "number of different reports")
        text = outputs.pop().decode("utf-8")
        odd = {hex(ord(letter)) for letter in text
               if (ord(letter) < 32 and letter != "\n") or 127 <= ord(letter) < 160 or letter == "\u202e"}
        is_equal(odd, set(), "control characters")


def run_all():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for sentence, function in TESTS:
        try:
            function()
            counts["passed"] += 1
        except Skip as reason:
            counts["skipped"] += 1
            print(f"SKIP {sentence}: {reason}")
        except AssertionError as problem:
            counts["failed"] += 1
            print(f"FAIL {sentence}: {str(problem)[:600]}")
        except Exception:  # whatever breaks one test must not hide the others
            counts["failed"] += 1
            print(f"FAIL {sentence}: {traceback.format_exc(limit=-3)}")
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if counts["failed"] else 0


def main():
    global PROGRAM
    if len(sys.argv) != 2 or shutil.which(sys.argv[1]) is None:
        print(__doc__, file=sys.stderr)
        return 2
    PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
    return run_all()


if __name__ == "__main__":
    sys.exit(main())
