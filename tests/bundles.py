#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds prebleed to what it promises of bundles: bundles.py PREBLEED.

Archives in archives up to each ceiling, bombs with their time and memory, names, links, the ledger,
encryption and manifests. The last line is "N passed, N failed, N skipped".
"""
import gzip
import hashlib
import io
import json
import lzma
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib

import acceptance
import evidence_writer as writer
from acceptance import CLEAR, SLACK, Skip, VULNERABLE, cases, folder_of, is_equal, prebleed, test
from evidence_writer import certificate, listing

BOMB_MEBIBYTES = 256 * SLACK


# What evidence_writer has no use for.

def zeros_gz(output, size, end=b""):
    """A gzip of size zeros and then end, made without packing more than 16 MiB: a full flush ends at a
    byte and forgets what was before, so that what follows can be repeated."""
    chunk = bytes(1 << 24)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    part = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    output.write(b"\x1f\x8b\x08\0\0\0\0\0\0\xff")
    for _ in range(size // len(chunk)):
        output.write(part)
    output.write(packer.compress(end) + packer.flush())
    sum_of_zeros = crc_of_zeros(size // len(chunk) * len(chunk))
    output.write(struct.pack("<II", zlib.crc32(end, sum_of_zeros),
                             (size // len(chunk) * len(chunk) + len(end)) & 0xFFFFFFFF))


def crc_of_zeros(size):
    """By squaring: feeding zeros to a CRC is a linear step, and steps can be put together."""
    def apply(matrix, value):
        result = 0
        for bit in range(32):
            if value >> bit & 1:
                result ^= matrix[bit]
        return result
    # One zero byte, without the inversion before and after.
    step = [zlib.crc32(b"\0", 0xFFFFFFFF ^ (1 << bit)) ^ 0xFFFFFFFF for bit in range(32)]
    state = 0xFFFFFFFF
    while size:
        if size & 1:
            state = apply(step, state)
        step = [apply(step, column) for column in step]
        size >>= 1
    return state ^ 0xFFFFFFFF


def empty_members(output, count):
    """A tar.gz of count empty files of different names, and then a good list."""
    with gzip.GzipFile(fileobj=output, mode="wb", compresslevel=1, mtime=0) as packed:
        header = bytearray(tarfile.TarInfo("00000000").tobuf(tarfile.USTAR_FORMAT))
        fixed = sum(header[8:148]) + sum(header[156:]) + 8 * 32
        for start in range(0, count, 5000):
            block = bytearray()
            for number in range(start, min(start + 5000, count)):
                name = b"%08d" % number
                header[0:8] = name
                header[148:156] = b"%06o\0 " % (fixed + sum(name))
                block += header
            packed.write(block)
        packed.write(writer.tar([("list.json", VULNERABLE)]))


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def sums(files):
    return "".join(f"{sha256(content)}  {name}\n" for name, content in files.items()).encode()


def measured(folder, *arguments):
    """A run whose report is too long to be held against the schema in a reasonable time."""
    environment = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    run = acceptance.Run(["-o", "json", *arguments], folder, environment)
    assert run.status in (0, 1, 3), f"exit status {run.status}: {run.errors}"
    assert run.mebibytes < BOMB_MEBIBYTES, f"{run.mebibytes:.0f} MiB"
    return run


def is_skipped(run, path, code):
    is_equal(run.entry(path)["status"], "skipped", f"status of {path}")
    assert code in run.codes(path), f"{run.codes(path)} of {path}, expected {code}"


# Archives in archives

def nest(levels, content=VULNERABLE):
    for level in range(levels):
        content = (writer.tar if level % 2 else writer.zip_of)([(f"{level}", content)])
    return content


@test
def archives_are_read_to_the_ceiling_and_no_deeper():
    with folder_of({"four": nest(4), "five": nest(5)}) as folder:
        is_equal(prebleed(folder, "four").codes(), [], "diagnostics of four levels")
        run = prebleed(folder, "four", "five")
        is_equal(run.codes("four"), [], "diagnostics of four levels beside five")
        is_skipped(run, "five!/4!/3!/2!/1", "limit-depth")
        is_equal(run.certificates(), {("good", "vulnerable")}, "certificates")
        is_equal(prebleed(folder, "--max-depth", "5", "five").codes(), [], "with a deeper ceiling")
        is_equal(prebleed(folder, "--max-depth", "1", "four").codes(), ["limit-depth"], "with one level")


@cases(
    ("item bytes within an archive", "--max-item-bytes", "2000", "limit-item-bytes"),
    ("total bytes within an archive", "--max-total-bytes", "2500", "limit-total-bytes"),
    ("items within an archive", "--max-items", "1", "limit-items"),
    ("values within an archive", "--max-values", "50", "limit-values"),
)
def each_ceiling_holds_within_archives(option, value, code):
    large = listing(*(certificate(f"c{i}", "2019-05-02T10:00:00Z") for i in range(20)))
    bundle = writer.tar([("inner.zip", writer.zip_of([("a.json", CLEAR), ("b.json", large)]))])
    with folder_of({"b": bundle}) as folder:
        is_equal(prebleed(folder, "b").codes(), [], "diagnostics without the option")
        run = prebleed(folder, option, value, "b")
        assert code in run.codes(), run.codes()
        assert set(run.codes()) == {code}, run.codes()
        is_equal(run.certificates(), {("good", "clear")}, "certificates")
        is_equal(run.status, 3, "exit status")


def write_account(output, count):
    """A tar with a tar.gz of count MiB that do not shrink and a good list, never held in memory: what
    a run is measured at begins with the memory of this process. The inner archive's digest."""
    filler = bytes(range(256)) * 4096
    info = tarfile.TarInfo("account.tar.gz")
    output.write(info.tobuf(tarfile.USTAR_FORMAT))
    with gzip.GzipFile(fileobj=output, mode="wb", compresslevel=0, mtime=0) as packed:
        for number in range(count):
            other = tarfile.TarInfo(f"other/{number}.bin")
            other.size = len(filler)
            packed.write(other.tobuf(tarfile.USTAR_FORMAT))
            packed.write(filler)
        packed.write(writer.tar([("list.json", VULNERABLE)]))
    info.size = output.tell() - 512
    output.write(bytes(-info.size % 512) + bytes(1024))
    output.seek(0)
    output.write(info.tobuf(tarfile.USTAR_FORMAT))
    digest, rest = hashlib.sha256(), info.size
    while rest > 0:
        block = output.read(min(rest, 1 << 20))
        digest.update(block)
        rest -= len(block)
    return info.size, digest.hexdigest()


@test
def an_account_of_200_MB_inside_a_bundle_is_streamed():
    with folder_of({}) as folder:
        with open(folder / "bundle.tar", "w+b") as output:
            size, digest = write_account(output, 200)
        assert size > 200_000_000, size
        run = prebleed(folder, "bundle.tar", mebibytes=64 * SLACK)
        is_equal(run.codes(), [], "diagnostics")
        is_equal(run.certificates(), {("good", "vulnerable")}, "certificates")
        is_equal(run.entry("bundle.tar!/account.tar.gz")["sha256"], digest, "its digest")
        is_equal(run.report["summary"]["evidence"]["containers"], 2, "containers")


# Bombs

def bomb(folder):
    """The bomb in b, before and behind good evidence, both of which are judged."""
    run = measured(folder, "a.json", "b", "c.json")
    assert {("first", "vulnerable"), ("last", "vulnerable")} <= run.certificates(), "the rest is lost"
    return run


AROUND = {"a.json": listing(certificate("first", "2013-05-02T10:00:00Z")),
          "c.json": listing(certificate("last", "2013-05-02T10:00:00Z"))}


@test
def a_10_MB_gzip_of_10_GB_of_zeros_is_skipped():
    with folder_of(AROUND) as folder:
        with open(folder / "b", "wb") as output:
            zeros_gz(output, 10 << 30)
        assert (folder / "b").stat().st_size < 11_000_000
        is_skipped(bomb(folder), "b", "limit-ratio")


@test
def a_tar_of_zeros_in_a_gzip_in_a_gzip_is_skipped():
    with folder_of(AROUND) as folder:
        inner = io.BytesIO()
        zeros_gz(inner, 1 << 30)
        once = gzip.compress(inner.getvalue(), 9, mtime=0)
        twice = gzip.compress(once, 9, mtime=0)
        (folder / "b").write_bytes(writer.tar([("bomb.gz", twice), ("list.json", VULNERABLE)]))
        run = bomb(folder)
        is_equal(run.entry("b!/bomb.gz")["status"], "skipped", "status")
        assert ("good", "vulnerable") in run.certificates(), "the rest of the bundle is lost"


@test
def nested_zips_that_multiply_are_bounded():
    """42.zip in small: 16 copies a level, 20 MiB of zeros at the bottom: 16**3 times that in all."""
    content = writer.zip_of([("zeros", bytes(20 << 20))])
    for _ in range(3):
        content = writer.zip_of([(f"{number}.zip", content) for number in range(16)])
    content = writer.zip_of([("bomb.zip", content), ("list.json", VULNERABLE)])
    with folder_of({**AROUND, "b": content}) as folder:
        run = prebleed(folder, "a.json", "b", "--max-total-bytes", "128MiB", "--max-depth", "6",
                       "--max-ratio", "1000000", mebibytes=BOMB_MEBIBYTES)
        assert "limit-total-bytes" in run.codes(), sorted(set(run.codes()))
        assert ("first", "vulnerable") in run.certificates()
        run = bomb(folder)
        assert "limit-depth" in run.codes(), sorted(set(run.codes()))
        assert ("good", "vulnerable") in run.certificates(), "the rest of the bundle is lost"


def overlapping_zip(count, size):
    """As in zbsm.zip: each entry's data are the next one's header, quoted, and that one's data."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(bytes(size)) + packer.flush()
    text, zeros, directory = b"", bytes(size), []
    for number in range(count):
        crc = zlib.crc32(zeros, zlib.crc32(text))
        fixed = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, crc, len(data), len(text) + size, 2, 0)
        head = b"PK\x03\x04" + fixed + b"%02d" % number
        directory.append((len(data) + len(head), fixed, b"%02d" % number))
        # RFC 1951, 3.2.4: a stored block that is not the last one.
        data = head + data if number == count - 1 else \
            struct.pack("<BHH", 0, len(head), len(head) ^ 0xFFFF) + head + data
        text = head + text
    entries = b"".join(
        b"PK\x01\x02" + struct.pack("<H", 20) + fixed + struct.pack("<HHHII", 0, 0, 0, 0, len(data) - end)
        + name for end, fixed, name in directory)
    return data + entries + b"PK\x05\x06" + struct.pack(
        "<HHHHIIH", 0, 0, count, count, len(entries), len(data), 0)


@test
def a_zip_whose_members_overlap_is_not_unpacked():
    with folder_of({**AROUND, "b": overlapping_zip(40, 8 << 20)}) as folder:
        run = bomb(folder)
        is_equal(len(run.report["evidence"]), 3, "items")
        is_equal(run.codes("b"), ["zip-overlap"], "diagnostics")


@test
def a_seven_zip_with_a_damaged_start_header_is_said():
    archive = bytearray(seven_zip(b"\x01\0"))
    archive[12:32] = bytes(20)  # an empty archive, but for the checksum of that
    with folder_of({**AROUND, "b": bytes(archive)}) as folder:
        run = bomb(folder)
        assert run.codes("b"), "nothing is said"


@cases(
    ("100,000 arrays in each other", b"[" * 100_000 + b"]" * 100_000),
    ("100,000 objects in each other", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    ("100,000 arrays that never end", b"[" * 100_000),
    ("a list under 100,000 arrays", b"[" * 100_000 + VULNERABLE + b"]" * 100_000),
)
def deep_JSON_is_refused(content):
    with folder_of({**AROUND, "b": content}) as folder:
        run = bomb(folder)
        assert run.entry("b")["status"] in ("unreadable", "skipped"), run.entry("b")
        is_equal(len(run.codes("b")), 1, "number of diagnostics")


@test
def many_empty_members_are_bounded():
    with folder_of(AROUND) as folder:
        with open(folder / "b", "wb") as output:
            empty_members(output, 200_000)
        run = bomb(folder)
        is_equal(run.codes(), [], "diagnostics")
        is_equal(run.report["summary"]["evidence"]["ignored"], 200_000, "ignored items")
        assert ("good", "vulnerable") in run.certificates(), "what follows is lost"
        run = measured(folder, "b", "--max-items", "1000")
        assert "limit-items" in run.codes(), run.codes()
        assert len(run.report["evidence"]) < 1010, len(run.report["evidence"])
        is_equal(run.status, 3, "exit status")


def long_names(output, count):
    """A tar.gz of count empty files whose names, in pax headers, have 2,008 bytes each."""
    with gzip.GzipFile(fileobj=output, mode="wb", compresslevel=1, mtime=0) as packed:
        plain = tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT)
        extended = tarfile.TarInfo("pax")
        extended.type, extended.size = tarfile.XHDTYPE, 2019
        header = extended.tobuf(tarfile.USTAR_FORMAT)
        for number in range(count):
            record = b"2019 path=%08d%s\n" % (number, b"n" * 2000)
            packed.write(header + record + bytes(-len(record) % 512) + plain)
        packed.write(bytes(1024))


@test
def names_of_2_KB_are_bounded_and_the_rest_is_read():
    with folder_of(AROUND) as folder:
        with open(folder / "b", "wb") as output:
            long_names(output, 40_000)
        arguments = ["--max-items", "200000", "a.json", "b", "c.json"]
        peak = peak_of(folder, *arguments)
        assert peak < BOMB_MEBIBYTES * 2 ** 20, f"{peak / 2 ** 20:.0f} MiB"
        # The json report names them all, and would fill this process.
        run = acceptance.Run(arguments, folder, {"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
        assert b"error, limit-ledger: " in run.output, run.output
        assert b", 1 skipped" in run.output, run.output
        assert b"2 of 2 certificates were uploaded before the cutoff" in run.output, run.output
        is_equal(run.status, 1, "exit status")


def seven_zip_number(value):
    """7zFormat.txt, "UINT64"."""
    for more in range(8):
        if value < 1 << 7 * (more + 1):
            return bytes([0xFF << (8 - more) & 0xFF | value >> 8 * more]) + \
                (value & (1 << 8 * more) - 1).to_bytes(more, "little")
    return b"\xff" + value.to_bytes(8, "little")


def lzma_streams(packed, size, dictionary, rest=b""):
    number = seven_zip_number
    return b"\x06\0\x01\x09" + number(len(packed)) + b"\0\x07\x0b\x01\0\x01\x23\x03\x01\x01\x05\x5d" + \
        struct.pack("<I", dictionary) + b"\x0c" + number(size) + b"\0" + rest + b"\0"


def lzma_of(head, zeros, noise=0):
    """head and mebibytes of zeros, each of which begins with noise bytes that do not shrink."""
    packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}])
    parts = [packer.compress(head)]
    for number in range(zeros):
        block = random.Random(number).randbytes(noise)
        parts.append(packer.compress(block + bytes((1 << 20) - noise)))
    return b"".join(parts) + packer.flush(), len(head) + (zeros << 20)


def seven_zip(header, packed=b""):
    fixed = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(fixed)) + fixed + packed + header


def packed_header(head, zeros):
    packed, size = lzma_of(head, zeros)
    return seven_zip(b"\x17" + lzma_streams(packed, size, 1 << 16), packed)


def one_member(zeros, noise, dictionary, attributes=b""):
    packed, size = lzma_of(b"", zeros, noise)
    return seven_zip(b"\x01\x04" + lzma_streams(packed, size, dictionary, b"\x08\0") +
                     b"\x05\x01\x11\x05\0h\0\0\0" + attributes + b"\0\0", packed)


@cases(
    ("10,000,000 members", packed_header(
        b"\x01\x05" + seven_zip_number(10_000_000) + b"\x0e\x01" + b"\xff" * 1_250_000 + b"\x15\x01\x01\0", 39)),
    ("30,000,000 pack streams", packed_header(b"\x01\x04\x06\0" + seven_zip_number(30_000_000) + b"\x09", 29)),
    ("a property of 400 MiB", packed_header(b"\x01\x05\x01\x19" + seven_zip_number(400 << 20), 400)),
    ("a link to 400 MiB", one_member(400, 0, 1 << 16, b"\x15\x06\x01\0\0\x80\xff\xa1")),
    ("a dictionary of 4 GiB for what expands by less than the ratio", one_member(400, 1200, 0xFFFFFFFF)),
)
def a_7zip_that_asks_for_memory_is_bounded(content):
    if SLACK > 1:
        raise Skip("blocks that grow bit by bit are copied each time under sanitizers")
    with folder_of({**AROUND, "b": content}) as folder:
        run = prebleed(folder, "a.json", "b", "c.json", mebibytes=1024 * SLACK)
        is_equal(run.certificates(), {("first", "vulnerable"), ("last", "vulnerable")}, "certificates")
        peak = peak_of(folder, "a.json", "b", "c.json")
        assert peak < 1024 * SLACK * 2 ** 20, f"{peak / 2 ** 20:.0f} MiB"


@cases(
    ("a 7-Zip of ten million members takes more memory than there is", packed_header(
        b"\x01\x05" + seven_zip_number(10_000_000) + b"\x0e\x01" + b"\xff" * 1_250_000 + b"\x15\x01\x01\0", 39)),
    # RFC 8878, 3.1.1.1: a window of 128 MiB, and one raw block.
    ("a zstd window takes more memory than there is", b"\x28\xb5\x2f\xfd\x00\x88\x11\0\0{}"),
)
def what_takes_more_memory_than_the_process_may_have_is_unreadable(content):
    if SLACK > 1:
        raise Skip("sanitizers map memory of their own")
    with folder_of({**AROUND, "b": content}) as folder:
        run = prebleed(folder, "--max-memory", "64MiB", "a.json", "b", "c.json")
        is_equal((set(run.codes()), run.entry("b")["detail"]),
                 ({"archive-memory"}, "it takes more memory to read it than there is (--max-memory)"), "what is said")
        is_equal(run.entry("b")["status"], "unreadable", "status")
        is_equal(run.certificates(), {("first", "vulnerable"), ("last", "vulnerable")}, "certificates")


@test
def a_7zip_of_5_000_members_is_read():
    content = writer.archive("7zip", [(b"folder/%06d.json" % number, b"{}") for number in range(5_000)])
    with folder_of({**AROUND, "b": content}) as folder:
        run = bomb(folder)
        is_equal(run.codes(), [], "diagnostics")
        is_equal(len(run.report["evidence"]), 5_003, "items")


def xz(content, dictionary):
    """Whose block asks for a dictionary of that property; the encoder would take ten times as much."""
    stream = bytearray(lzma.compress(content, preset=0))
    end = 12 + 4 * (stream[12] + 1) - 4
    stream[stream.index(b"\x21\x01", 12) + 2] = dictionary
    stream[end:end + 4] = struct.pack("<I", zlib.crc32(bytes(stream[12:end])))
    return bytes(stream)


@cases(
    ("in the only block", xz(b"[]", 0x1D)),
    ("around an archive", xz(writer.tar([("list.json", b"[]")]), 0x24)),
)
def an_xz_that_asks_for_a_large_dictionary_is_skipped(content):
    with folder_of({**AROUND, "b": content}) as folder:
        is_skipped(bomb(folder), "b", "limit-dictionary")


@test
def an_xz_of_the_highest_preset_is_read():
    tar = writer.tar([(f"{number}.json", b"{}") for number in range(100)])
    with folder_of({**AROUND, "b": lzma.compress(tar, preset=9 | lzma.PRESET_EXTREME)}) as folder:
        run = bomb(folder)
        is_equal(run.codes(), [], "diagnostics")
        is_equal(len(run.report["evidence"]), 103, "items")


def peak_of(folder, *arguments):
    """The peak in bytes, measured from a small process: it begins with that of its parent's."""
    script = ("import os, sys\n"
              "null = os.open('/dev/null', os.O_WRONLY)\n"
              "pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions="
              "[(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)])\n"
              "print(os.wait4(pid, 0)[2].ru_maxrss * 1024)")
    return int(subprocess.check_output([sys.executable, "-S", "-c", script, acceptance.program, "-o", "json",
                                        *arguments], cwd=folder))


@test
def the_process_has_no_more_memory_with_many_threads():
    if SLACK > 1:
        raise Skip("sanitizers map memory of their own")
    with folder_of({"b": gzip.compress(bytes([32]) * 60_000_000)}) as folder:
        peak = peak_of(folder, "--max-memory", "16MiB", "--jobs", "4", "b")
        assert peak < 60 * 2 ** 20, f"{peak / 2 ** 20:.0f} MiB"


@test
def an_empty_member_costs_its_name_and_a_few_bytes():
    if SLACK > 1:
        raise Skip("sanitizers keep what is freed")
    with folder_of({}) as folder:
        peaks = []
        for count in (1_000, 301_000):
            with open(folder / str(count), "wb") as output:
                empty_members(output, count)
            peaks.append([peak_of(folder, "--jobs", jobs, str(count)) for jobs in ("1", "2")])
        for few, many in zip(*peaks):
            assert (many - few) / 300_000 < 200, f"{(many - few) / 300_000:.0f} bytes"


@test
def problems_of_very_many_members_are_bounded_and_counted():
    """Which ones are listed depends on their paths, not on who reads them."""
    bundle = writer.tar([(f"d/server-certificates-{i * 7919 % 15_000:05}.json", b"{") for i in range(15_000)])
    with folder_of({"b": bundle}) as folder:
        outputs = set()
        for jobs in ("1", "2", "3"):
            run = measured(folder, "--jobs", jobs, "b")
            outputs.add(run.output)
        is_equal(len(outputs), 1, "number of different reports")
        report = run.report
        diagnostics = report["diagnostics"]
        is_equal(report["summary"]["evidence"]["unreadable"], 15_000, "unreadable items")
        is_equal(len(diagnostics), 10_001, "diagnostics")
        is_equal([(d["severity"], d["code"], d["where"]) for d in diagnostics if d["code"] == "and-more"],
                 [("error", "and-more", None)], "the last one")
        assert any("5000 errors" in d["message"] for d in diagnostics), diagnostics[0]
        listed = {d["where"].split(":")[0] for d in diagnostics if d["where"]}
        is_equal(listed, {f"b!/d/server-certificates-{i:05}.json" for i in range(10_000)}, "those listed")
        is_equal(len(report["accounts"][0]["reasons"]), 1_001, "gaps")
        is_equal(run.status, 3, "exit status")


# Damage: what is read before it counts

PARTS = {name: listing(certificate(name, "2013-05-02T10:00:00Z")) for name in ("one", "two", "three")}
TAR = writer.tar([(f"{name}.json", content) for name, content in PARTS.items()])
ALL_THREE = {(name, "vulnerable") for name in PARTS}


def changed(content, offset, value):
    return content[:offset] + value + content[offset:][len(value):]


PACKED = gzip.compress(TAR, mtime=0)


@cases(
    ("a wrong gzip CRC", changed(PACKED, len(PACKED) - 8, b"\0\0\0\0"), ALL_THREE, "unreadable"),
    ("a wrong gzip length", changed(PACKED, len(PACKED) - 4, b"\0\0\0\0"), ALL_THREE, "unreadable"),
    ("a tar that is cut", TAR[:2500], {("one", "vulnerable")}, "unreadable"),
    ("words behind a tar", TAR + b"and more words " * 99, ALL_THREE, "unreadable"),
    ("a tar behind a tar", writer.tar([("one.json", PARTS["one"])]) + writer.tar(
        [("two.json", PARTS["two"]), ("three.json", PARTS["three"])]), ALL_THREE, "container"),
    ("a zip entry outside the directory",
     writer.zip_without_entry([("one.json", PARTS["one"]), ("two.json", PARTS["two"])], "two.json"),
     {("one", "vulnerable")}, "unreadable"),
)
def damage_is_told(content, certificates, status):
    with folder_of({"b": content}) as folder:
        run = prebleed(folder, "--fail-on", "never", "b")
        assert run.certificates() >= certificates, run.certificates()
        is_equal(run.entry("b")["status"], status, "status")
        is_equal(run.status, 0 if status == "container" else 3, "exit status")
        is_equal(bool(run.codes("b")), status != "container", "has diagnostics")
        is_equal(run.entry("b")["sha256"], sha256(content), "digest")


@test
def sparse_members_are_read_with_their_holes():
    """GNU's old sparse format: 4,096 blanks of which only the ends are stored."""
    head, tail = VULNERABLE[:-1], b"}"
    info = tarfile.TarInfo("sparse.json")
    info.type = tarfile.GNUTYPE_SPARSE
    head += b" " * (-len(head) % 512)
    info.size = len(head)
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0" % 0 + b"%011o\0" % len(head)
    header[483:495] = b"%011o\0" % len(head)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    content = bytes(header) + head
    del tail
    bundle = content + writer.tar([("two.json", PARTS["two"])])
    with folder_of({"b": bundle}) as folder:
        run = prebleed(folder, "--fail-on", "never", "b")
        is_equal(run.entry("b!/sparse.json")["sha256"], sha256(head), "digest")
        assert ("two", "vulnerable") in run.certificates(), run.certificates()


@test
def duplicate_members_are_both_evidence():
    bundle = writer.tar([("x.json", PARTS["one"]), ("x.json", PARTS["two"])])
    with folder_of({"b": bundle}) as folder:
        run = prebleed(folder, "b")
        is_equal(run.certificates(), {("one", "vulnerable"), ("two", "vulnerable")}, "certificates")
        is_equal([e["sha256"] for e in run.report["evidence"][1:]],
                 sorted(sha256(PARTS[name]) for name in ("one", "two")), "digests")


# Names, links, the ledger

# 7-Zip's names are UTF-16, and libarchive takes a zip's backslash for a separator, as Windows does.
NOT_WRITTEN = {("7zip", "not UTF-8"), ("zip", "with a backslash")}


@cases(
    ("a name above its folder", "above its folder", b"../../etc/x.json", "../../etc/x.json"),
    ("a name absolute", "absolute", b"/etc/x.json", "/etc/x.json"),
    ("a name not UTF-8", "not UTF-8", b"gr\xfcn/x.json", "gr\\xfcn/x.json"),
    ("a name 2 KB long", "2 KB long", b"d/" * 1000 + b"x.json", "d/" * 1000 + "x.json"),
    ("a name with control bytes", "with control bytes", b"\x1b[31m\n\r\x07\x7fx.json", "\\x1b[31m\\x0a\\x0d\\x07\\x7fx.json"),
    ("a name with a backslash", "with a backslash", b"a\\x0A.json", "a\\\\x0A.json"),
    ("a name that hides what follows", "that hides what follows", "\u202enosj.x".encode(), "\\xe2\\x80\\xaenosj.x"),
)
def entry_names_are_shown_escaped_and_never_used(what, name, shown):
    for kind in ("paxr", "gnutar", "newc", "zip", "7zip"):
        if kind == "zip":  # libarchive and Python would mark as UTF-8 what is not
            other = "Q" * len(name)
            bundle = writer.zip_of([(other, VULNERABLE), ("after.json", PARTS["two"])])
            bundle = bundle.replace(other.encode(), name)
        else:
            bundle = writer.archive(kind, [(name, VULNERABLE), (b"after.json", PARTS["two"])])
        with folder_of({"b": bundle}) as folder:
            run = prebleed(folder, "b")
            assert {("good", "vulnerable"), ("two", "vulnerable")} == run.certificates(), kind
            paths = {e["path"] for e in run.report["evidence"]}
            if "b!/" + shown not in paths and (kind, what) in NOT_WRITTEN:
                continue
            assert "b!/" + shown in paths, f"{kind}: {paths}"
            assert not any(letter in path for path in paths for letter in "\x1b\n\r\x07\x7f\u202e")


@test
def links_and_devices_in_archives_are_listed():
    device, fifo = tarfile.TarInfo("null"), tarfile.TarInfo("fifo")
    device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 3
    fifo.type = tarfile.FIFOTYPE
    bundle = writer.tar([("list.json", CLEAR), writer.tar_link("soft", "/etc/passwd"),
                         writer.tar_link("hard", "list.json", tarfile.LNKTYPE), device, fifo])
    with folder_of({"b": bundle}) as folder:
        run = prebleed(folder, "b")
        is_equal(run.codes(), [], "diagnostics")
        for name, detail in (("soft", "symbolic link to /etc/passwd, not followed"),
                             ("hard", "hard link to list.json, which has the data"),
                             ("null", "device, FIFO or socket"), ("fifo", "device, FIFO or socket")):
            entry = run.entry("b!/" + name)
            is_equal((entry["status"], entry["detail"], entry["sha256"]), ("ignored", detail, None), name)


@test
def the_ledger_names_every_item_and_archive():
    members = {"list.json": VULNERABLE, "other.json": b'{"a": 1}', "empty": b"", "notes.txt": b"words\n",
               "cut-server-certificates.json": VULNERABLE[:-9]}
    inner = writer.zip_of(members.items())
    packed = gzip.compress(CLEAR, mtime=0)
    tar = writer.tar([("inner.zip", inner), ("packed.json.gz", packed)])
    outer = gzip.compress(tar, mtime=0)
    expected = {"d/b.tgz": outer, "d/b.tgz!/inner.zip": inner, "d/b.tgz!/packed.json.gz": packed,
                "d/list.json": PARTS["one"]}
    expected.update({"d/b.tgz!/inner.zip!/" + name: content for name, content in members.items()})
    statuses = {"d/b.tgz": "container", "d/b.tgz!/inner.zip": "container", "d/list.json": "used",
                "d/b.tgz!/packed.json.gz": "used", "d/b.tgz!/inner.zip!/list.json": "used",
                "d/b.tgz!/inner.zip!/cut-server-certificates.json": "unreadable"}
    with folder_of({"d/b.tgz": outer, "d/list.json": PARTS["one"]}) as folder:
        run = prebleed(folder, "d")
        is_equal([e["path"] for e in run.report["evidence"]], sorted(expected), "paths")
        for entry in run.report["evidence"]:
            content, path = expected[entry["path"]], entry["path"]
            is_equal((entry["sha256"], entry["bytes"]), (sha256(content), len(content)), path)
            is_equal(entry["status"], statuses.get(path, "ignored"), path)
            is_equal(entry["shape"], "iam.list-server-certificates" if entry["status"] in ("used", "unreadable")
                     else None,
                     f"shape of {path}")


@test
def ten_thousand_unrelated_files_are_ignored():
    files = {f"dump/{i % 100}/{i}.json": json.dumps(
        {"Reservations": [{"Instances": [{"InstanceId": f"i-{i:08x}", "Tags": []}]}], "n": i}).encode()
        for i in range(10_000)}
    files["dump/3/list.json"], files["dump/7/again.json"] = PARTS["one"], PARTS["two"]
    with folder_of(files) as folder:
        run = measured(folder, "dump")
        evidence = run.report["summary"]["evidence"]
        is_equal({word: evidence[word] for word in ("used", "ignored", "unreadable", "skipped")},
                 {"used": 2, "ignored": 10_000, "unreadable": 0, "skipped": 0}, "evidence")
        is_equal(run.codes(), [], "diagnostics")


# Encryption

@cases(
    ("ZipCrypto", "zipcrypt"),
    ("AES-256", "aes256"),
)
def encrypted_zips_are_read_with_their_passphrase(encryption):
    try:
        content = writer.archive("zip", [(b"list.json", VULNERABLE)], encryption=(encryption, b"open \xc3\xa9"))
    except writer.WriterError as error:
        raise Skip(f"libarchive cannot write it: {error}") from error
    with folder_of({"b": writer.tar([("b.zip", content)]), "right": "open \u00e9\r\n".encode(),
                    "wrong": b"open says me"}) as folder:
        path = "b!/b.zip!/list.json"
        for arguments, code in (([], "encrypted"), (["--passphrase-file", "wrong"], "encrypted")):
            run = prebleed(folder, "b", *arguments)
            is_equal(run.status, 3, "exit status")
            is_equal(run.entry(path)["status"], "unreadable", "status")
            assert run.codes(path)[0].startswith(code), run.codes()
            assert "--passphrase-file" in run.entry(path)["detail"], run.entry(path)
            assert b"says me" not in run.output and "says me" not in run.errors, "the passphrase is shown"
        run = prebleed(folder, "b", "-v", "--passphrase-file", "right")
        is_equal(run.codes(), [], "diagnostics")
        is_equal(run.certificates(), {("good", "vulnerable")}, "certificates")
        is_equal(run.entry(path)["sha256"], sha256(VULNERABLE), "digest")
        assert "open \u00e9".encode() not in run.output and "open" not in run.errors, "shown"


# Manifests

def held_against(files, manifest, *arguments):
    with folder_of(files) as folder:
        (folder / "SUMS").write_bytes(manifest)
        run = prebleed(folder, "--manifest", "SUMS", *arguments)
        return run, run.codes()


INNER = writer.tar([("dump/x.json", CLEAR)])
EVIDENCE = {"d/b.tar": INNER, "d/list.json": CLEAR}


@cases(
    ("a manifest of all", sums(EVIDENCE), [], 0),
    ("a manifest made inside the folder", sums({"./list.json": CLEAR, "./b.tar": INNER}), [], 0),
    ("a manifest of members", sums({"b.tar": INNER, "dump/x.json": CLEAR, "list.json": CLEAR}), [], 0),
    ("a manifest with another digest", sums({**EVIDENCE, "d/list.json": b""}), ["manifest-mismatch"], 3),
    ("a manifest with another digest of a member", sums({**EVIDENCE, "dump/x.json": b""}),
     ["manifest-mismatch"], 3),
    ("a manifest of more", sums({**EVIDENCE, "d/more.json": b""}), ["manifest-missing"], 3),
    ("a manifest of less", sums({"d/b.tar": INNER}), ["manifest-unlisted"], 0),
)
def manifests_are_held_against_the_evidence(manifest, codes, status):
    run, found = held_against(EVIDENCE, manifest, "d")
    is_equal(found, codes, "diagnostics")
    is_equal(run.status, status, "exit status")


@test
def a_manifest_verifies_nothing_that_was_not_read():
    encrypted = writer.archive("zip", [(b"list.json", VULNERABLE)], encryption=("zipcrypt", b"x"))
    run, codes = held_against({"b": encrypted}, sums({"b": encrypted, "list.json": VULNERABLE}), "b")
    is_equal(codes, ["encrypted", "manifest-unverified"], "diagnostics")
    is_equal(run.status, 3, "exit status")


@test
def a_manifest_changes_with_no_number_of_threads():
    files = {f"d/{i}.json": CLEAR if i % 2 else VULNERABLE for i in range(300)}
    manifest = sums({**files, "d/7.json": b"", "d/missing": b""})
    outputs = {held_against(files, manifest, "--jobs", jobs, "d")[0].output for jobs in ("1", "2", "8")}
    is_equal(len(outputs), 1, "number of different reports")


@test
def a_large_manifest_costs_little():
    files = {f"d/{i % 100}/{i}.txt": b"%d" % i for i in range(5_000)}
    manifest = sums(files) + b"".join(b"%064x  nowhere/%d\n" % (i, i) for i in range(100_000))
    with folder_of(files) as folder:
        (folder / "SUMS").write_bytes(manifest)
        run = measured(folder, "--manifest", "SUMS", "d")
        codes = run.codes()
        assert codes.count("manifest-missing") >= 1000, codes.count("manifest-missing")
        assert set(codes) <= {"manifest-missing", "and-more"}, set(codes)
        is_equal(run.status, 3, "exit status")


def main():
    if len(sys.argv) != 2 or shutil.which(sys.argv[1]) is None:
        print(__doc__, file=sys.stderr)
        return 2
    acceptance.program = str(pathlib.Path(sys.argv[1]).resolve())
    return acceptance.run_all()


if __name__ == "__main__":
    sys.exit(main())
