#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Generates the workloads of the benchmark: generate.py FOLDER SCALE [W1 ...]

The same bytes every time: seeds are fixed. Leaves are copies of one certificate of
testdata/certificates with another serial, name, modulus and signature each, which every parser
takes for different certificates; no signature of theirs verifies, and none needs to.
SCALE 1 is the full size, 0.01 a hundredth of it.
"""
import base64
import datetime
import io
import json
import pathlib
import random
import re
import subprocess
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
CERTIFICATES = HERE.parent.parent / "testdata/samples/captures/aws-cli-v1/prod-legacy/get-server-certificate"


def pem(der):
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[i : i + 64] for i in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


def template():
    """A leaf's DER, and where its serial, name, modulus and signature stand in it."""
    body = json.loads((CERTIFICATES / "FrontendSSLCertificate.json").read_text())
    text = body["ServerCertificate"]["CertificateBody"]
    der = base64.b64decode("".join(text.split("\n")[1:-2] if text.endswith("\n") else text.split("\n")[1:-1]))
    name = der.rindex(b"www.example.com", 0, 400)
    modulus = der.index(b"\x02\x82\x01\x01\x00") + 5
    serial = der.index(b"\x02\x14") + 2
    return der, serial, name, modulus


class Leaves:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.der, self.serial, self.name, self.modulus = template()

    def next(self, number):
        der = bytearray(self.der)
        der[self.serial + 1 : self.serial + 20] = self.random.randbytes(19)
        der[self.name : self.name + 15] = b"%07d.example" % number
        modulus = bytearray(self.random.randbytes(256))
        modulus[0] |= 0x80
        modulus[-1] |= 1
        der[self.modulus : self.modulus + 256] = modulus
        der[-256:] = self.random.randbytes(256)
        return bytes(der)


def intermediates(count):
    """Six certificates that differ: the chain of a capture, altered like leaves."""
    body = json.loads((CERTIFICATES / "FrontendSSLCertificate.json").read_text())
    chain = re.findall("-----BEGIN.*?-----END CERTIFICATE-----\n?", body["ServerCertificate"]["CertificateChain"], re.S)
    der = base64.b64decode("".join(chain[0].split("\n")[1:-2]))
    generator = random.Random(6)
    for _ in range(count):
        altered = bytearray(der)
        altered[-256:] = generator.randbytes(256)
        yield pem(bytes(altered))


def account_of(number):
    return f"{100000000000 + number:012d}"


def metadata(number, account, path="/"):
    name = f"www-{number:07d}.example.com"
    uploaded = datetime.datetime(2013, 6, 1) + datetime.timedelta(minutes=number * 37 % 1100000)
    return {
        "Path": path,
        "ServerCertificateName": name,
        "ServerCertificateId": f"ASCA{number:017d}",
        "Arn": f"arn:aws:iam::{account}:server-certificate{path}{name}",
        "UploadDate": uploaded.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Expiration": "2016-06-01T23:59:59Z",
    }


def add(archive, name, content):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mtime = 1409961600
    archive.addfile(info, io.BytesIO(content))


def get_files(count, seed=1):
    leaves, chains = Leaves(seed), list(intermediates(6))
    for i in range(count):
        account = account_of(i // 20)
        answer = {
            "ServerCertificate": {
                "ServerCertificateMetadata": metadata(i, account),
                "CertificateBody": pem(leaves.next(i)),
                "CertificateChain": chains[i % 6],
            }
        }
        yield f"dump/{account}/iam/get-server-certificate/{i:07d}.json", json.dumps(answer, indent=4).encode() + b"\n"


def unrelated(generator, size):
    """Account JSON that has nothing to do with certificates, with look-alikes among it."""
    services = ("ec2", "s3", "iam", "cloudtrail", "lambda", "rds")
    items, total = [], 0
    while total < size:
        service = generator.choice(services)
        item = {
            "Service": service,
            "ResourceId": f"{service}-{generator.getrandbits(68):017x}",
            "Arn": f"arn:aws:{service}:us-east-1:111122223333:thing/{generator.getrandbits(64):016x}",
            "CreateDate": f"20{generator.randrange(10, 24)}-0{generator.randrange(1, 9)}-1{generator.randrange(9)}T00:00:00Z",
            "Tags": [{"Key": "Name", "Value": f"node-{generator.getrandbits(30)}"}],
            "Certificate": None,
            "Status": "available",
        }
        items.append(item)
        total += 330
    return json.dumps({"Things": items}, indent=2).encode() + b"\n"


def write_w1(folder, scale):
    with tarfile.open(folder / "w1.tar.gz", "w:gz", compresslevel=6) as archive:
        for name, content in get_files(int(40000 * scale)):
            add(archive, name, content)


def write_w2(folder, scale):
    generator = random.Random(2)
    documents = [unrelated(generator, 100_000) for _ in range(200)]
    needles = list(get_files(200, seed=22))
    total, number = int(2_000_000_000 * scale), 0
    with tarfile.open(folder / "w2.tar", "w") as archive:
        written = 0
        while written < total:
            document = bytearray(generator.choice(documents))
            document[20:36] = b"%016x" % generator.getrandbits(64)
            add(archive, f"dump/{number % 977:03d}/describe-{number:06d}.json", bytes(document))
            written += len(document)
            number += 1
            if needles and written * 200 >= total * (200 - len(needles)):
                add(archive, *needles.pop())
        for needle in needles:
            add(archive, *needle)
    subprocess.run(["gzip", "-6", "-k", "-f", folder / "w2.tar"], check=True)
    subprocess.run(["zstd", "-q", "-3", "-f", folder / "w2.tar"], check=True)
    (folder / "w2.tar").unlink()


def write_lists(path, accounts):
    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        for number in range(accounts):
            account = account_of(number)
            certificates = [metadata(number * 20 + i, account) for i in range(20)]
            content = json.dumps({"ServerCertificateMetadataList": certificates}, indent=4).encode()
            add(archive, f"dump/{account}/list-server-certificates.json", content)


def write_w3(folder, scale):
    write_lists(folder / "w3.tar.gz", int(50000 * scale))
    write_lists(folder / "w3-tenth.tar.gz", int(5000 * scale))


def write_w4(folder, _scale):
    name, content = next(get_files(1, seed=4))
    (folder / "w4.json").write_bytes(content)


def write_w6(folder, scale):
    generator = random.Random(6)
    small = [unrelated(generator, 600) for _ in range(100)]
    for number in range(int(200000 * scale)):
        place = folder / "w6" / f"{number // 1000:03d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:06d}.json").write_bytes(small[number % 100])


WORKLOADS = {"W1": write_w1, "W2": write_w2, "W3": write_w3, "W4": write_w4, "W6": write_w6}


def main():
    folder, scale = pathlib.Path(sys.argv[1]), float(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[3:] or WORKLOADS:
        WORKLOADS[name](folder, scale)


if __name__ == "__main__":
    main()
