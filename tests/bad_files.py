# SPDX-License-Identifier: MIT
"""Files, folders, links and devices; and what must not change a report by one byte.
"""
import json
import os
import pathlib
import re
import subprocess
import tarfile

import evidence_writer as writer
from acceptance import CLEAR, NOBODY, Run, Skip, VULNERABLE, cases, folder_of, is_equal, prebleed, test
from bad_archives import GOOD_TAR
from evidence_writer import certificate, listing

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


@cases(
    ("alone", b""),
    ("behind a gzip's magic", b"\x1f\x8b\x08\0"),
    ("behind a zip's magic", b"PK\3\4"),
    ("behind a tar's header", tarfile.TarInfo("a").tobuf()),
)
def two_terabytes_of_holes_are_skipped_by_their_size(start):
    with folder_of({"good/list.json": CLEAR, "dump/holes": start}) as folder:
        os.truncate(folder / "dump/holes", 2 << 40)
        run = prebleed(folder, "good", "dump")
        entry = run.entry("dump/holes")
        is_equal((run.codes(), run.status), (["limit-total-bytes"], 3), "diagnostics and exit status")
        is_equal((entry["status"], entry["bytes"], entry["sha256"]), ("skipped", 2 << 40, None), "entry")


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
        run = Run(["-o", "json", "good.json", path], folder, {"LC_ALL": "C"})
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


@cases(("a link to a file", "links/file"), ("a link to a folder", "links/folder"), ("a link through another", "links/folder/again"),
       ("a link to a link", "links/twice"))
def a_link_that_is_given_is_followed(path):
    """Its text is relative to its own folder, and what is met inside may lead back to what was given by another name."""
    with folder_of({"real/list.json": VULNERABLE, "dump/notes.txt": b"none"}) as folder:
        (folder / "real/again").symlink_to("list.json")
        (folder / "links").mkdir()
        (folder / "links/file").symlink_to("../real/list.json")
        (folder / "links/folder").symlink_to("../real")
        (folder / "links/twice").symlink_to("file")
        (folder / "dump/inside").symlink_to("../real/list.json")
        run = prebleed(folder, "dump", path)
        is_equal((run.status, run.codes(), run.certificates()), (1, [], {("good", "vulnerable")}), "what is said")
        is_equal(run.entry("dump/inside")["status"], "ignored", "a link to what was given")


@test
def links_in_folders_are_listed_and_not_followed():
    with folder_of({"good/list.json": CLEAR, "outside/list.json": VULNERABLE}) as folder:
        (folder / "good/file").symlink_to("../outside/list.json")
        (folder / "good/folder").symlink_to("../outside")
        (folder / "good/loop").symlink_to(".")
        (folder / "good/dangling").symlink_to("nowhere")
        run = prebleed(folder, "good")
        is_equal(run.certificates(), {("good", "clear")}, "certificates")
        is_equal([e["status"] for e in run.report["evidence"]], ["unreadable"] * 3 + ["used", "ignored"], "items")
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
        outputs = {Run(["-v", "--color", "never", "d"], folder, {"TZ": zone}).output for zone in ("UTC", "Asia/Kathmandu")}
        is_equal(len(outputs), 1, "number of different reports")
        text = outputs.pop().decode("utf-8")
        odd = {hex(ord(letter)) for letter in text
               if (ord(letter) < 32 and letter != "\n") or 127 <= ord(letter) < 160 or letter == "\u202e"}
        is_equal(odd, set(), "control characters")


@test
def text_holds_no_command_of_a_build_server():
    """GitHub's runner reads lines that begin with two colons, Azure's agent brackets behind two number signs."""
    name = "::error::a ##[b]" + " ::set-env name=x::y" * 30
    with folder_of({"::d/::f.json": listing(certificate(name, "2013-01-01T00:00:00Z")), "##vso[x].json": b"{"}) as folder:
        run = Run(["-v", "--color", "never", "./::d", "##vso[x].json"], folder, {})
        printed = run.output.decode("utf-8") + run.errors
        is_equal(re.findall("^ *::.*|##.", printed, re.M), [], "commands")


@test
def a_folder_of_files_without_end_is_read():
    """pagemap has no size and hundreds of gigabytes."""
    if not os.access("/proc/self/pagemap", os.R_OK):
        raise Skip("no /proc/self/pagemap")
    with folder_of({}) as folder:
        found = prebleed(folder, "/proc/self/task").report["evidence"]
        is_equal({e["sha256"] for e in found if e["path"].endswith("/pagemap")}, {None}, "digests of pagemap")
