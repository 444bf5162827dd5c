#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Generates the workloads of the benchmark; README.md beside this file says what they are.

Usage: generate.py FOLDER [SCALE [W1|W2|W3|W4|W6 ...]]. SCALE 1 (the default) is the full size, 0.01
a hundredth of it. The same bytes every time: seeds are fixed. What is there already and was made
by these scripts at this scale is left alone.
"""
import datetime
import hashlib
import io
import json
import multiprocessing
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile

import authority
import look_alikes

HERE = pathlib.Path(__file__).resolve().parent
SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)
PAGE = 10  # certificates on one page of a list


def account_of(number):
    return f"{100000000000 + number:012d}"


def spell(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def dates(number):
    """NotBefore, UploadDate and NotAfter: uploads from 2012 to 2015, two in five before the cutoff."""
    uploaded = datetime.datetime(2012, 12, 1) + 37 * 60 * SECOND * (number * 7919 % 37000)
    begin = (uploaded - DAY * (1 + number % 40)).replace(hour=0, minute=0, second=0)
    return begin, uploaded, begin + DAY * 365 * (1 + number % 3) - SECOND


def metadata(number, account):
    name = f"www-{number:07d}.example.com"
    _, uploaded, end = dates(number)
    return {
        "Path": "/",
        "ServerCertificateName": name,
        "ServerCertificateId": f"ASCA{number:017d}",
        "Arn": f"arn:aws:iam::{account}:server-certificate/{name}",
        "UploadDate": spell(uploaded),
        "Expiration": spell(end),
    }


def get_file(number):
    """One answer of get-server-certificate, twenty to an account, each leaf different."""
    account, issuer = account_of(number // 20), 1 + number % authority.INTERMEDIATES
    begin, _, end = dates(number)
    generator = random.Random(f"leaf {number}")
    answer = {
        "ServerCertificate": {
            "ServerCertificateMetadata": metadata(number, account),
            "CertificateBody": authority.leaf_pem(generator, f"h{number:07d}.example.com", issuer, begin, end),
            "CertificateChain": authority.chain_pem(issuer),
        }
    }
    content = json.dumps(answer, indent=4).encode() + b"\n"
    return f"dump/{account}/iam/get-server-certificate/{number:07d}.json", content


def get_files(numbers):
    """Signing takes nearly all of the time, so every processor signs."""
    authority.prepare()
    with multiprocessing.Pool() as pool:
        yield from pool.imap(get_file, numbers, chunksize=64)


class Archive:
    """A tar whose bytes go through a compressing program, one for each file."""

    def __init__(self, *commands):
        self.outputs = [(open(path, "wb"), command) for path, command in commands]
        for _, command in commands:
            if shutil.which(command[0]) is None:
                raise SystemExit(f"{command[0]} is not installed")
        self.programs = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output) for output, command in self.outputs
        ]
        self.tar = tarfile.open(fileobj=self, mode="w|", bufsize=1 << 20)

    def write(self, block):
        for program in self.programs:
            program.stdin.write(block)
        return len(block)

    def add(self, name, content):
        info = tarfile.TarInfo(name)
        info.size = len(content)
        info.mtime = 1409961600
        self.tar.addfile(info, io.BytesIO(content))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tar.close()
        for program, (output, command) in zip(self.programs, self.outputs):
            program.stdin.close()
            if program.wait() != 0:
                raise SystemExit(f"{command[0]} failed")
            output.close()


def gzip(path):
    return path, ["gzip", "-6nc"]


def zstd(path):
    return path, ["zstd", "-q", "-3", "-c"]


def write_w1(folder, scale):
    count = int(40000 * scale)
    with Archive(gzip(folder / "w1.tar.gz")) as archive:
        for name, content in get_files(range(count)):
            archive.add(name, content)


def varied(generator, template):
    """Another document of the same length: its account and some of its digits are others."""
    number = b"%012d" % generator.randrange(10**12)
    return template.replace(look_alikes.ACCOUNT.encode(), number)


def write_w2(folder, scale):
    generator = random.Random(2)
    pool = [
        look_alikes.document(generator, kind, generator.choice((8_000, 40_000, 120_000, 300_000)))
        for kind in range(400)
    ]
    total, needles = int(2_000_000_000 * scale), list(get_files(range(10**6, 10**6 + 200)))
    written = hidden = number = 0
    with Archive(gzip(folder / "w2.tar.gz"), zstd(folder / "w2.tar.zst")) as archive:
        while written < total or hidden < len(needles):
            name, template = generator.choice(pool)
            archive.add(f"dump/{account_of(number % 977)}/{name}-{number:06d}.json", varied(generator, template))
            written += len(template)
            number += 1
            while hidden < len(needles) and hidden * total <= written * len(needles):
                archive.add(*needles[hidden])
                hidden += 1


def write_lists(path, accounts):
    """Two pages an account, each in a file of its own as loops over Marker save them."""
    with Archive(gzip(path)) as archive:
        for number in range(accounts):
            account = account_of(number)
            for page in (0, 1):
                first = (2 * number + page) * PAGE
                answer = {
                    "ServerCertificateMetadataList": [metadata(i, account) for i in range(first, first + PAGE)],
                    "IsTruncated": page == 0,
                }
                if page == 0:
                    answer["Marker"] = f"{number:040x}"
                content = json.dumps(answer, indent=4).encode() + b"\n"
                archive.add(f"dump/{account}/iam/list-server-certificates-{page}.json", content)


def write_w3(folder, scale):
    accounts = max(10, int(50000 * scale))
    write_lists(folder / "w3.tar.gz", accounts)
    write_lists(folder / "w3-tenth.tar.gz", accounts // 10)


def write_w4(folder, _scale):
    (folder / "w4.json").write_bytes(get_file(4)[1])


def write_w6(folder, scale):
    generator = random.Random(6)
    pool = [look_alikes.document(generator, kind, 1) for kind in range(400)]
    shutil.rmtree(folder / "w6", ignore_errors=True)
    for number in range(int(200000 * scale)):
        name, content = pool[number % len(pool)]
        if number % 1000 == 999:
            name, content = "iam/get-server-certificate", get_file(2 * 10**6 + number)[1]
        place = folder / "w6" / account_of(number // 1000) / name
        if number % 1000 < 4 or number % 1000 == 999:
            place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:06d}.json").write_bytes(content)


WORKLOADS = {"W1": write_w1, "W2": write_w2, "W3": write_w3, "W4": write_w4, "W6": write_w6}


def stamp_of(scale):
    digest = hashlib.sha256(repr(scale).encode())
    for script in ("generate.py", "authority.py", "look_alikes.py"):
        digest.update((HERE / script).read_bytes())
    return digest.hexdigest() + "\n"


def main():
    folder = pathlib.Path(sys.argv[1])
    scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[3:] or WORKLOADS:
        stamp = folder / f"{name.lower()}.stamp"
        if stamp.exists() and stamp.read_text() == stamp_of(scale):
            continue
        print(f"generating {name} at scale {scale:g} in {folder}", file=sys.stderr, flush=True)
        stamp.unlink(missing_ok=True)
        WORKLOADS[name](folder, scale)
        stamp.write_text(stamp_of(scale))


if __name__ == "__main__":
    main()
