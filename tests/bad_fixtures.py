# SPDX-License-Identifier: MIT
"""The files of testdata/hostile: what each must end with, and what must be said of it.
"""
import base64
import json
import re

from acceptance import ROOT, Run, cases, folder_of, is_equal, prebleed

HOSTILE = ROOT / "testdata/hostile"
# What moves, hides or reorders text where it is shown: C0 but line feeds, C1, bidirectional, zero-width
# and tag characters.
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")


@cases(
    ("a DSA key whose public half would take a minute", 1, ["private-key-unread"], ["dsa-65536-bits.pem"]),
    ("400 points on curves with slow square roots", 3, ["certificate-fields"] * 400, ["slow-curves.json.gz"]),
    ("a 7-Zip with a damaged start header beside an empty list", 3, ["archive-damaged"],
     ["start-header.7z", "empty-list.json"]),
    ("a key that was carried on", 1, [], ["--waivers", "waivers.json", "replaced.json", "same-key.json"]),
    ("a key that was carried on, in a cut body", 3, ["pem-damaged"],
     ["--waivers", "waivers.json", "replaced.json", "cut-body.json"]),
    ("strings of brackets and words that take no time squared", 3, ["error-response"], ["repeated.json.gz"]),
    ("names of control characters", 3, ["odd-name", "unparseable-date", "unparseable-date"], ["controls.json"]),
    ("four bytes behind lz4 data", 3, ["data-after-stream"], ["four-bytes.json.lz4"]),
    ("a pax record that is none", 3, ["archive-damaged"], ["pax.tar.gz"]),
    ("a zip whose two names of a member differ", 3, ["zip-contradiction"], ["local-name.zip"]),
)
def hostile_files_are_told(status, codes, arguments):
    run = prebleed(HOSTILE, *arguments)
    is_equal((run.status, run.codes()), (status, codes), "exit status and diagnostics")


@cases(
    ("other dashes", lambda pem: pem.replace("-", "\u2010"), 3),
    ("entities of HTML", lambda pem: pem.replace("-", "&#45;"), 3),
    ("hexadecimal digits", lambda pem: base64.b64decode("".join(pem.split("-----")[2].split())).hex(), 3),
    ("base64 of PEM", lambda pem: base64.b64encode(pem.encode()).decode(), 3),
    ("a stand-in", lambda pem: "<redacted>", 0),
)
def a_body_that_is_no_pem_is_not_clean(spell, status):
    text = (HOSTILE / "same-key.json").read_text(encoding="utf-8")
    pem = re.search(r'"CertificateBody": ("[^"]*")', text)[1]
    with folder_of({"new.json": text.replace(pem, json.dumps(spell(json.loads(pem)))).encode(),
                    **{name: (HOSTILE / name).read_bytes() for name in ("waivers.json", "replaced.json")}}) as folder:
        run = prebleed(folder, "--waivers", "waivers.json", "replaced.json", "new.json")
        is_equal((run.status, run.codes()), (status, ["no-pem"]), "exit status and diagnostics")


@cases(*((f"a {name} report shows no control characters", name)
         for name in "text json ndjson csv junit sarif markdown html".split()))
def reports_have_no_characters_that_cannot_be_seen(name):
    run = Run(["-o", name, "controls.json"], HOSTILE, {"PATH": "/usr/bin:/bin"})
    is_equal(run.status, 3, "exit status")
    found = UNSEEN.search(run.output.decode().replace("\r\n", "\n"))
    assert found is None, f"{found.group()!r} at {found.start()}"
