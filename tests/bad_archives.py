# SPDX-License-Identifier: MIT
"""Damaged, odd, huge and nested archives, every format through every filter.
"""
import bz2
import contextlib
import gzip
import io
import lzma
import os
import shutil
import struct
import subprocess
import tarfile
import zlib

import evidence_writer as writer
from acceptance import CLEAR, Skip, VULNERABLE, cases, folder_of, is_equal, prebleed, test
from evidence_writer import certificate, listing

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
    packed = writer.archive("raw", [(b"x", listing(certificate("one", "2013-05-02T10:00:00Z")))], name)
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


@cases(*((f"{kind}, header {number}", kind, number)
         for kind in ("cpio", "newc") for number in (0, 1, 2)))
def a_cpio_member_whose_header_is_damaged_is_told(kind, number):
    names = ["one", "two", "three"]
    content = bytearray(writer.archive(kind, [
        (f"{name}.json".encode(), listing(certificate(name, "2013-05-02T10:00:00Z"))) for name in names]))
    header = content.index(names[number].encode() + b".json") - (76 if kind == "cpio" else 110)
    content[header + 2] ^= 1
    # With no first header it is no archive that can be known.
    codes = ["archive-damaged"] if number > 0 else None
    with folder_of({"good/list.json": CLEAR, "bundle": bytes(content)}) as folder:
        run = prebleed(folder, "good", "bundle")
        assert run.codes("bundle"), "no diagnostic"
        assert codes is None or run.codes() == codes, f"{run.codes()}, expected {codes}"


@cases(("a device", 0o060644, ""), ("nothing known", 0o110644, ""), ("a folder", 0o040755, "/"),
       ("a symbolic link", 0o120777, ""))
def a_zip_member_with_data_that_is_called_something_else_is_told(mode, ending):
    info = writer.zipfile.ZipInfo("list.json")
    info.create_system, info.external_attr = 3, mode << 16
    content = writer.zip_of([(info, VULNERABLE)], writer.zipfile.ZIP_STORED)
    with folder_of({"good/list.json": CLEAR, "bundle.zip": content}) as folder:
        run = prebleed(folder, "good", "bundle.zip")
        is_equal(run.codes(), ["archive-member-damaged"], "diagnostics")
        member = run.entry("bundle.zip!/list.json" + ending)
        is_equal(member["status"], "unreadable", "status of the member")
        assert "{" not in member["detail"], "the content is shown as a path"
        is_equal(run.status, 3, "exit status")


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


@test
def a_zip_entry_whose_sizes_lie_hides_nothing():
    hidden = writer.zip_of([("a.json", CLEAR), ("b.json", VULNERABLE)], writer.zipfile.ZIP_STORED)
    start, second = hidden.index(b"PK\1\2"), hidden.index(b"PK\3\4", 4)
    end = hidden.rindex(b"PK\5\6")
    first = bytearray(hidden[start:hidden.index(b"PK\1\2", start + 4)])
    first[20:24] = (len(CLEAR) + start - second).to_bytes(4, "little")
    tail = bytearray(hidden[end:])
    tail[8:12] = b"\1\0\1\0"
    tail[12:16] = len(first).to_bytes(4, "little")
    with folder_of({"b.zip": hidden[:start] + bytes(first) + bytes(tail)}) as folder:
        run = prebleed(folder, "b.zip")
        assert run.status != 0, "a member that one entry claims as its data passed in silence"


@cases(("spreadsheet", ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"]),
       ("sheets alone", ["xl/worksheets/sheet1.xml"]), ("word document", ["word/document.xml"]),
       ("slides", ["[Content_Types].xml", "ppt/presentation.xml"]), ("jar", ["certs.json", "META-INF/MANIFEST.MF"]),
       ("OpenDocument spreadsheet", ["mimetype", "content.xml"]),
       ("folder", ["xl/list.json", "word/list.json", "a/META-INF/MANIFEST.MF", "a/mimetype"]))
def a_zip_that_is_a_document_is_one_item(names):
    content = writer.zip_of([(name, VULNERABLE) for name in names])
    with folder_of({"good/list.json": CLEAR, "dump/certs": content,
                    "b.tar": writer.tar([("certs.gz", gzip.compress(content))])}) as folder:
        run = prebleed(folder, "good", "dump", "b.tar")
        inside = [e["path"] for e in run.report["evidence"] if "certs!/" in e["path"] or "gz!/" in e["path"]]
        if "xl/list.json" in names:
            is_equal(len(inside), 2 * len(names), "members")
            return
        is_equal((inside, run.status), ([], 3), "members and exit status")
        is_equal(run.codes(), ["zip-document", "zip-document"], "diagnostics")
        for path in ("dump/certs", "b.tar!/certs.gz"):
            is_equal(run.entry(path)["status"], "unreadable", "status of " + path)


def with_wrong_checksum(kind, content):
    """A list in an archive that says, correctly but for one bit, what the list's checksum is."""
    if kind == "zip":
        return writer.zip_of([("list.json", content)], writer.zipfile.ZIP_STORED).replace(b"Path", b"Qath", 1)
    if kind == "deflated zip":
        checksum = zlib.crc32(content).to_bytes(4, "little")
        return writer.zip_of([("list.json", content)]).replace(checksum, b"\1\0\0\0")
    packed = gzip.compress(writer.tar([("list.json", content)]) if kind == "tar.gz" else content)
    return packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:]


@cases(("a stored zip", "zip"), ("a deflated zip", "deflated zip"), ("gzip data", "gz"), ("a tar.gz", "tar.gz"))
def nothing_under_a_wrong_checksum_is_clear(kind):
    with folder_of({"clear": with_wrong_checksum(kind, CLEAR), "list.json": CLEAR,
                    "vulnerable": with_wrong_checksum(kind, VULNERABLE)}) as folder:
        run = prebleed(folder, "clear")
        is_equal(({verdict for _, verdict in run.certificates()}, run.status), ({"undetermined"}, 3), "alone")
        run = prebleed(folder, "clear", "list.json")
        is_equal(({verdict for _, verdict in run.certificates()}, run.status), ({"clear"}, 3), "beside a whole one")
        run = prebleed(folder, "vulnerable")
        is_equal(({verdict for _, verdict in run.certificates()}, run.status), ({"vulnerable"}, 1), "vulnerable")


@cases(("its name", lambda start: (start + 46, b"X")), ("its checksum", lambda start: (start + 16, b"\0\0\0\0")),
       ("its size", lambda start: (start + 24, b"\1\0\0\0")))
def a_zip_that_says_two_things_of_a_member_is_told(change):
    content = bytearray(writer.zip_of([("a.json", b"{}"), ("list.json", CLEAR)]))
    place, new = change(content.rindex(b"PK\1\2"))
    content[place:place + len(new)] = new
    with folder_of({"b.zip": bytes(content)}) as folder:
        run = prebleed(folder, "b.zip")
        assert "zip-contradiction" in run.codes(), run.codes()
        is_equal((run.status, run.certificates()), (3, {("good", "undetermined")}), "nothing is clear")


def streamed_zip(content, signature, checksum=None, packed_bytes=None, plain_bytes=None):
    """A zip of one stored member whose descriptor may say something else than its directory."""
    name, size, right = b"list.json", len(content), zlib.crc32(content)
    local = b"PK\3\4" + struct.pack("<HHHHHIIIHH", 20, 8, 0, 0, 33, 0, 0, 0, len(name), 0) + name + content
    descriptor = signature + struct.pack("<III", right if checksum is None else checksum,
                                         size if packed_bytes is None else packed_bytes,
                                         size if plain_bytes is None else plain_bytes)
    directory = (b"PK\1\2" + struct.pack("<HHHHHHIII", 20, 20, 8, 0, 0, 33, right, size, size) +
                 struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name)
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), len(local + descriptor), 0)
    return local + descriptor + directory + b"PK\5\6" + end


@cases(*[(f"{what}, {with_it} a signature", signature, values)
         for with_it, signature in (("with", b"PK\7\10"), ("without", b""))
         for what, values in (("its checksum", {"checksum": 1}), ("its size", {"plain_bytes": 1}),
                              ("its packed size", {"packed_bytes": 1}))])
def a_descriptor_that_says_something_else_is_told(signature, values):
    with folder_of({"whole.zip": streamed_zip(CLEAR, signature), "b.zip": streamed_zip(CLEAR, signature, **values),
                    "v.zip": streamed_zip(VULNERABLE, signature, **values)}) as folder:
        run = prebleed(folder, "whole.zip")
        is_equal((run.status, run.codes()), (0, []), "one that says the same")
        run = prebleed(folder, "b.zip")
        is_equal((run.status, run.codes(), run.certificates()),
                 (3, ["zip-contradiction"], {("good", "undetermined")}), "nothing is clear")
        is_equal(prebleed(folder, "v.zip").status, 1, "what is vulnerable stays so")


@cases(("more", 3), ("fewer", 1), ("none", 0))
def a_zip_that_counts_other_members_than_it_has_is_told(count):
    content = writer.zip_of([("a.json", b"{}"), ("list.json", CLEAR)])
    end = content.rindex(b"PK\5\6") + 8
    with folder_of({"b.zip": content[:end] + 2 * bytes([count, 0]) + content[end + 4:]}) as folder:
        run = prebleed(folder, "b.zip")
        is_equal((run.status, run.codes(), run.certificates()),
                 (3, ["zip-contradiction"], {("good", "undetermined")}), "nothing is clear")


@cases(("a zip", writer.zip_of([])), ("a zip of folders", writer.zip_of([("111122223333/", b"")])),
       ("a 7-Zip", b"7z\xbc\xaf\x27\x1c\0\4" + zlib.crc32(bytes(20)).to_bytes(4, "little") + bytes(20)),
       ("a cpio", b"070701" + b"0" * 88 + b"0000000B" + b"0" * 8 + b"TRAILER!!!\0\0\0\0"))
def an_archive_without_members_is_an_empty_file(content):
    with folder_of({"list.json": CLEAR, "111122223333/server-certificates.zip": content, "notes/x.zip": content}) as folder:
        run = prebleed(folder, "list.json", "111122223333")
        is_equal((run.status, run.codes()), (3, ["empty-file"]), "where a list should be")
        is_equal(prebleed(folder, "list.json", "notes").status, 0, "elsewhere")


@cases(("of a list", "list.json"), ("of nothing", None))
def the_comment_of_a_zip_is_judged(name):
    other = listing(certificate("other", "2019-05-02T10:00:00Z"))
    content = writer.zip_of([(name, other)] if name else [])
    for comment, status in ((VULNERABLE, 1), (b"1d229271928d3f9e2bb0375bd6ce5db6c6d348d9", 0), (b"2013-05-02", 0)):
        packed = content[:-2] + len(comment).to_bytes(2, "little") + comment
        with folder_of({"dump/list.json": other, "dump/b.zip": packed}) as folder:
            is_equal(prebleed(folder, "dump").status, status, f"exit status with {comment[:10]}")


@test
def zips_of_other_writers_say_one_thing_of_a_member():
    for arguments in (["-r"], ["-r", "-fz"], ["-r", "-0"], ["-r", "-"]):
        with folder_of({"dump/list.json": CLEAR, "dump/gr\u00fcn.json": b"{}"}) as folder:
            if shutil.which("zip") is None:
                raise Skip("no zip program")
            name = [] if arguments[-1] == "-" else ["b.zip"]
            done = subprocess.run(["zip", "-q", *arguments, *name, "dump"], cwd=folder, capture_output=True, check=True)
            if not name:
                (folder / "b.zip").write_bytes(done.stdout)
            is_equal(prebleed(folder, "b.zip").codes(), [], " ".join(arguments))


@cases(("a Windows program", b"MZ" + b"\x90\0" * 300), ("a shell script", b"#!/bin/sh\nexec unzip $0\n"))
def a_zip_behind_a_program_is_read(program):
    content = program + writer.zip_of([("list.json", VULNERABLE)])
    with folder_of({"b.exe": content, "b.gz": gzip.compress(content)}) as folder:
        run = prebleed(folder, "b.exe")
        is_equal((run.codes(), run.status), ([], 1), "diagnostics and exit status")
        is_equal(run.entry("b.exe!/list.json")["status"], "used", "status of the member")
        is_equal(prebleed(folder, "b.gz").codes(), ["unsupported-container"], "diagnostics where it is compressed")


@cases(("before it", b"#!/bin/sh\n", b"", 1), ("behind it", b"", b"\nother", 1),
       ("on both sides", b"#!/bin/sh\n", b"\nother", 1), ("60,000 behind it", b"\x7fELF", b"x" * 60000, 3))
def a_zip_is_found_with_other_bytes(before, behind, status):
    content = before + writer.zip_of([("list.json", VULNERABLE)]) + behind
    with folder_of({"d/list.json": listing(certificate("other", "2019-05-02T10:00:00Z")), "d/b": content}) as folder:
        run = prebleed(folder, "d")
        is_equal((run.status, run.codes() != []), (status, behind != b""), "exit status, and whether there are diagnostics")


@cases(("uuencode", b"begin 644 list.json\n#86)C\n`\nend\n", ["unsupported-container"]),
       ("uuencode in Base64", b"begin-base64 644 list.json\nYWJj\n====\n", ["unsupported-container"]),
       ("a cpio whose checksums are not compared", writer.archive("newc", [(b"a.json", CLEAR)]).replace(b"070701", b"070702"),
        ["unsupported-container"]),
       ("a cpio of which the second member is so", writer.archive("newc", [(b"a.json", CLEAR), (b"b.json", VULNERABLE)])
        .replace(b"070701", b"070702").replace(b"070702", b"070701", 1), ["unsupported-container"]),
       ("a script with gzip behind it", b"#!/bin/sh\nexec tail -c +42 $0|gunzip\n" + gzip.compress(VULNERABLE),
        ["unsupported-container"]),
       ("a script with bzip2 behind it", b"#!/bin/sh\n" + bz2.compress(VULNERABLE), ["unsupported-container"]),
       ("a script with xz behind it", b"#!/bin/sh\n" + lzma.compress(VULNERABLE), ["unsupported-container"]),
       ("a script with a tar behind it", b"#!/bin/sh\n" + GOOD_TAR, ["unsupported-container"]),
       ("a shell archive", b"#!/bin/sh\nuudecode << 'END'\nbegin 644 x/list.json\n#86)C\n`\nend\nEND\n",
        ["unsupported-container"]),
       ("a shell archive that is sourced", b"# This is a shell archive.\nbegin\nbegin-base64 644 list.json\nYWJj\n====\n",
        ["unsupported-container"]),
       ("a script", b"#!/bin/sh\n# \xc3\xa9t\xe9 \x1b[1m \a\ncat <<END\nbegin 12 days\nbegin 644\n begin 644 x\nEND\n"
        b"base64 -d <<END | gunzip\nH4sIAAAAAAAAA0vOLMpJTQEAsHrPXQUAAAA=\nEND\n", []),
       ("a text that begins as zlib", b"x^2 + y^2 = z^2 has no\nother\n" * 30, []),
       ("a short text that begins as zlib", b"x^2", []), ("a text that begins so", b"begin with this\n", []), ("numbers", b"begin 644\n", []),
       ("a zip's end in a program", b"\x7fELF" + bytes(100) + b"PK\5\6" + bytes(100), []))
def what_cannot_be_unpacked_is_told(content, codes):
    with folder_of({"good/list.json": CLEAR, "one/b": content, "two/b": gzip.compress(content)}) as folder:
        for name in "one", "two":
            run = prebleed(folder, "good", name)
            is_equal((run.codes(), run.status), (codes, 3 if codes else 0), "diagnostics and exit status")


@cases(("by its fastest level", 1), ("by another", 3), ("by the usual one", 6), ("by its best", 9), ("stored", 0))
def zlib_data_are_read(level):
    packed, many = zlib.compress(VULNERABLE, level), zlib.compress(VULNERABLE * 300, level)
    for content, codes, status in ((packed, [], 1), (many, [], 1), (packed[:-1], ["truncated"], 1),
                                   (packed[:-1] + b"x", ["gzip-crc"], 1), (packed + b"x", ["data-after-stream"], 1)):
        with folder_of({"d/b": content, "d/list.json": listing(certificate("other", "2019-05-02T10:00:00Z"))}) as folder:
            run = prebleed(folder, "d")
            is_equal((run.codes(), run.status), (codes, status), "diagnostics and exit status")


@cases(
    ("a list", VULNERABLE, ([], 1, [("good", "vulnerable")])),
    ("a list in UTF-16", VULNERABLE.decode().encode("utf-16"), ([], 1, [("good", "vulnerable")])),
    ("a list that is cut", VULNERABLE[:150], (["json-truncated"], 3, [])),
    ("a list within a program", b"MZ" + b"\x90\0" * 300 + VULNERABLE, (["binary-file"], 3, [])),
    ("a program", b"\x7fELF" + b"\1\0" * 300, ([], 0, [])),
)
def what_precedes_a_zip_is_judged(front, expected):
    inside = writer.zip_of([("list.json", listing(certificate("other", "2019-05-02T10:00:00Z")))])
    odd = listing(certificate("other", "2019-05-02T10:00:00Z")).replace(b"other", b"oth\ter", 1)
    with folder_of({"server-certificates.zip": front + inside, "odd.json": odd}) as folder:
        for before, codes in ((), []), (["odd.json"], ["odd-name", "json-repaired"]):
            run = prebleed(folder, *before, "server-certificates.zip")
            judged = [one for one in run.certificates() if not one[0].startswith("oth")]
            is_equal((run.codes(), run.status, judged), (codes + expected[0], *expected[1:]),
                     "diagnostics, exit status and certificates")
            is_equal(run.entry("server-certificates.zip")["status"], "container", "status of the zip")


@test
def a_pax_record_that_is_none_is_told():
    info = tarfile.TarInfo("list.json")
    info.size, info.pax_headers = len(CLEAR), {"comment": "x" * 20}
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as file:
        file.addfile(info, io.BytesIO(CLEAR))
    whole = output.getvalue()
    damaged = whole.replace(b"32 comment=", b"31 comment=")
    assert damaged != whole
    with folder_of({"whole.tar": whole, "damaged.tar": damaged}) as folder:
        is_equal(prebleed(folder, "whole.tar").codes(), [], "diagnostics of the whole one")
        run = prebleed(folder, "damaged.tar")
        is_equal((run.codes(), run.status), (["archive-damaged"], 3), "diagnostics and exit status")


def tar_of_mapped_member(content, map_text=None, old_map=None, real_bytes=None, kind=b"0", goes_on=0):
    """A tar of one member whose data are the content, and a sparse map, as pax records or in the header."""
    info = tarfile.TarInfo("dump/list.json")
    info.size, info.type, info.pax_headers = len(content), kind, dict(map_text or {})
    header = bytearray(info.tobuf(tarfile.PAX_FORMAT if map_text else tarfile.GNU_FORMAT))
    if old_map is not None:
        header[386:410] = b"".join(b"%011o\0" % number for number in old_map)
        header[482:495] = b"%c%011o\0" % (goes_on, real_bytes)
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + content + bytes(-len(content) % 512 + 1024)


def with_a_header_within(text):
    """A file of which the second block is, to who reads on behind the first one, an empty member's header."""
    header = bytearray(b"x".ljust(124, b"\0") + b"0" * 11 + bytes(65))
    header[148:156] = b"%06o\0 " % (sum(header) + 8 * ord(" "))
    return text.ljust(512) + bytes(header)


SIZE = len(VULNERABLE)
OTHER = listing(certificate("other", "2019-05-02T10:00:00Z"))


@cases(
    ("in a header of another type", tar_of_mapped_member(VULNERABLE, None, (0, 0), SIZE), 3),
    ("in a record", tar_of_mapped_member(VULNERABLE, {"GNU.sparse.map": "0,0"}), 3),
    ("in records of version 0.0", tar_of_mapped_member(VULNERABLE, {"GNU.sparse.numbytes": "0"}), 3),
    ("that has a part", tar_of_mapped_member(VULNERABLE, {"GNU.sparse.map": "0,10"}), 3),
    ("that ends in the first of two blocks, with a header in the second",
     tar_of_mapped_member(with_a_header_within(VULNERABLE[:400]), None, (0, 200), 200), 3),
    ("that goes on in its data, of a header of another type",
     tar_of_mapped_member(VULNERABLE, None, (0, SIZE), SIZE, goes_on=1), 3),
    ("that goes on in its data, of an unknown type",
     tar_of_mapped_member(VULNERABLE.ljust(1024), None, (0, 9), 0, b"Z", goes_on=1), 3),
    ("that goes on in its data", tar_of_mapped_member(VULNERABLE, None, (0, 0), 0, b"S", goes_on=1), 3),
    ("before which it stands in its block, of version 1.0",
     tar_of_mapped_member((b"1\n0\n9\n" + VULNERABLE).ljust(521), {
         "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "9", "GNU.sparse.name": "x"}), 3),
    ("that is none, in an ACL of Solaris", tar_of_mapped_member(VULNERABLE, kind=b"A"), 3),
    ("that is none, but a smaller size", tar_of_mapped_member(VULNERABLE, {"size": "9"}), 3),
    ("that is none, but a larger size", tar_of_mapped_member(CLEAR, {"size": "1536"}), 3),
    ("that has more, as a record says", tar_of_mapped_member(VULNERABLE[:9], {
        "GNU.sparse.map": f"0,{SIZE}", "GNU.sparse.size": str(SIZE)}), 3),
    ("that has all", tar_of_mapped_member(VULNERABLE, {"GNU.sparse.map": f"0,{SIZE}"}), 1),
    ("that has more", tar_of_mapped_member(VULNERABLE, {"GNU.sparse.map": f"0,{SIZE + 9}"}), 1),
)
def what_the_map_of_a_sparse_member_leaves_out_is_told(content, status):
    with folder_of({"b.tar": content[:-1024] + writer.tar([("list.json", OTHER)])}) as folder:
        run = prebleed(folder, "b.tar")
        is_equal(("tar-hidden-bytes" in run.codes("b.tar"), run.status), (status == 3, status), "told, and exit status")


@cases(("100 bytes", 100), ("511 bytes", 511), ("513 bytes", 513), ("1,000 bytes", 1000))
def headers_of_a_tar_may_stand_in_several_blocks(size):
    """Each frame of lz4 becomes a block of bytes, which libarchive is given as it is."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as file:
        for number in range(3):
            content = listing(certificate(f"n{number}", "2019-05-02T10:00:00Z"))
            info = tarfile.TarInfo(f"{'long/' * 60}{number}.json")
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    whole = output.getvalue()
    hidden = tar_of_mapped_member(VULNERABLE, {"GNU.sparse.map": "0,0"})
    for content, status in (whole, 0), (whole[:-10240 + len(whole) % 10240] + hidden, 3), (hidden, 3):
        frames = b"".join(writer.archive("raw", [(b"a", content[start:start + size])], "lz4")
                          for start in range(0, len(content), size))
        with folder_of({"b.tar.lz4": frames, "list.json": CLEAR}) as folder:
            is_equal(prebleed(folder, "b.tar.lz4", "list.json").status, status, "exit status")


@cases(*((" ".join(arguments), arguments) for arguments in (
    ["--format=gnu", "-S"], ["--format=oldgnu", "-S"], ["--format=ustar"], ["--format=v7"],
    *(["--format=posix", "-S", f"--sparse-version={version}"] for version in ("0.0", "0.1", "1.0")))))
def sparse_members_of_GNU_tar_hide_nothing(arguments):
    if shutil.which("tar") is None:
        raise Skip("no tar program")
    with folder_of({"d/list.json": VULNERABLE, "d/same.json": b""}) as folder:
        os.remove(folder / "d/same.json")
        os.link(folder / "d/list.json", folder / "d/same.json")
        os.symlink("list.json", folder / "d/link.json")
        for name, parts in (("one", 1), ("many", 60)):
            with open(folder / "d" / name, "wb") as file:
                for part in range(parts):
                    file.seek(part * 65536)
                    file.write(b"x" * (1000 + part))
                file.truncate(parts * 65536 + 77)
        subprocess.run(["tar", *arguments, "-cf", "b.tar", "d"], cwd=folder, check=True)
        run = prebleed(folder, "b.tar")
        is_equal((run.codes(), run.status), ([], 1), "diagnostics and exit status")


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
            run = prebleed(folder, "--max-ratio", "1000000", "-", stdin=file)
        assert "limit-item-bytes" in run.codes("-!/huge.bin"), run.codes()
        is_equal(run.certificates(), {("good", "vulnerable")}, "certificates")
        is_equal(run.entry("-!/huge.bin")["status"], "skipped", "status of the member")
        is_equal(run.status, 1, "exit status")


@test
def a_member_of_5_GB_ends_at_the_ratio():
    with folder_of({"good/list.json": CLEAR}) as folder:
        with open(folder / "huge.tar.gz", "wb") as output:
            sparse_tar_gz(output, 5 << 30)
        run = prebleed(folder, "good", "huge.tar.gz", "--max-ratio", "100")
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
        run = prebleed(folder, "good", "server-certificates.json")
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
