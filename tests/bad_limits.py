# SPDX-License-Identifier: MIT
"""Ceilings of what the evidence may cost, just below and just above.
"""
import json
import lzma
import subprocess

import acceptance
from acceptance import SLACK, Skip, VULNERABLE, cases, folder_of, is_equal, prebleed, test
from evidence_writer import certificate, tar, zip_of

CONFIGURATION = b"""[ca]
default_ca = authority
[authority]
database = index.txt
default_md = sha256
default_crl_days = 36500
[req]
distinguished_name = name
[name]
"""


def signed_with_exponent(folder, bits):
    """A certificate of a key with a public exponent of so many bits, and a CRL that it signs."""
    def openssl(*arguments):
        done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
        if done.returncode != 0:
            raise Skip(f"openssl {arguments[0]}: {done.stderr.decode()[:200]}")
    # An odd number that is prime to most others.
    exponent = next(n for n in range(1 << bits - 1 | 1, 1 << bits, 2) if pow(3, n - 1, n) == 1)
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt",
            f"rsa_keygen_pubexp:{exponent}", "-out", "key")
    openssl("req", "-x509", "-new", "-sha1", "-key", "key", "-subj", "/CN=issuer", "-days", "36500", "-config", "cnf",
            "-out", "body")
    openssl("ca", "-gencrl", "-keyfile", "key", "-cert", "body", "-config", "cnf", "-out", "crl")


@cases(("a CRL whose key's exponent has 256 bits", 256, []),
       ("a CRL whose key's exponent has 257 bits", 257, ["crl-not-verified", "certificate-fields"]))
def exponents_have_a_ceiling(bits, codes):
    """Past it nobody can tell whether the certificate is a root, whose own SHA-1 signature is no weakness."""
    with folder_of({"cnf": CONFIGURATION, "index.txt": b""}) as folder:
        signed_with_exponent(folder, bits)
        answer = {"ServerCertificate": {"ServerCertificateMetadata": certificate("good", "2019-05-02T10:00:00Z"),
                                        "CertificateBody": (folder / "body").read_text()}}
        (folder / "get.json").write_text(json.dumps(answer))
        run = prebleed(folder, "--crl", "crl", "get.json")
        is_equal(run.codes(), codes, "diagnostics")
        is_equal([f for f in run.report["findings"] if f["rule"] == "weak-signature"], [], "weak signatures")


@cases(("99,990 signatures in an item", "P-256", 9997, []), ("100,000 signatures in an item", "P-256", 9998, []),
       ("100,010 signatures in an item", "P-256", 9999, ["limit-signatures"]),
       ("99,950 of signatures and keys on a binary curve in an item", "sect163k1", 474, []),
       ("100,160 of signatures and keys on a binary curve in an item", "sect163k1", 475, ["limit-signatures"]))
def signatures_of_an_item_have_a_ceiling(curve, links, codes):
    """Of the body, of each link, and of the body by the chain: one on P-256 counts as ten, on a binary curve as 200, and its
    key, which is none that is read without OpenSSL, as ten wherever it stands."""
    with folder_of({}) as folder:
        done = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-nodes",
                               "-keyout", "key", "-subj", "/CN=a", "-days", "36500", "-out", "body"],
                              cwd=folder, capture_output=True, check=False)
        if done.returncode != 0:
            raise Skip(f"openssl req: {done.stderr.decode()[:200]}")
        body = (folder / "body").read_text()
        answer = {"ServerCertificate": {"ServerCertificateMetadata": certificate("good", "2019-05-02T10:00:00Z"),
                                        "CertificateBody": body, "CertificateChain": body * links}}
        (folder / "get.json").write_text(json.dumps(answer))
        run = prebleed(folder, "get.json")
        is_equal((run.codes(), run.status), (codes, 3 if codes else 0), "diagnostics and exit status")


@cases(("24,972,500 signatures in a run", 250, 0, True), ("25,072,390 signatures in a run", 251, 0, False),
       ("275 private keys that make 25,000,000 signatures in a run", 250, 275, True),
       ("276 private keys that make 25,000,100 signatures in a run", 250, 276, False))
def signatures_of_a_run_have_a_ceiling(items, keys, is_judged):
    """A chain whose text was seen before counts again what it took: 66 links on a binary curve, seven times an item. A
    private key counts as 100."""
    with folder_of({}) as folder:
        done = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:sect163k1", "-nodes",
                               "-keyout", "key", "-subj", "/CN=a", "-days", "36500", "-out", "body"],
                              cwd=folder, capture_output=True, check=False)
        if done.returncode != 0:
            raise Skip(f"openssl req: {done.stderr.decode()[:200]}")
        body = (folder / "body").read_text()
        item = b"".join(json.dumps({"ServerCertificate": {
            "ServerCertificateMetadata": certificate(f"n{number}", "2019-05-02T10:00:00Z"),
            "CertificateBody": body, "CertificateChain": body * 66}}).encode() for number in range(7))
        key = (folder / "key").read_bytes()
        (folder / "b.tar").write_bytes(tar([*((f"{number}.json", item) for number in range(items)), *(
            (f"{first}.pem", key * min(100, keys - first)) for first in range(0, keys, 100))]))
        if is_judged:
            run = prebleed(folder, "b.tar")
            is_equal((run.codes(), run.status, len(run.certificates())), ([], 1 if keys else 0, 7),
                     "diagnostics, status and certificates")
        else:
            done = subprocess.run([acceptance.program, "b.tar"], cwd=folder, capture_output=True, check=False, timeout=60)
            is_equal((done.returncode, done.stdout), (2, b""), "exit status and report")
            assert b"too many signatures" in done.stderr, done.stderr


@cases(("the issuer is the sixteenth of its name", 15, []),
       ("the issuer is the seventeenth of its name", 16, ["chain-not-verified"]))
def issuers_of_one_name_have_a_ceiling(others, codes):
    """The chain has other certificates with the issuer's name, whose keys are tried before its own."""
    with folder_of({"cnf": CONFIGURATION}) as folder:
        new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "36500", "-config", "cnf"]
        for name, *arguments in (("issuer", "-subj", "/CN=ca"), *((f"other-{i}", "-subj", "/CN=ca") for i in range(others)),
                                 ("leaf", "-subj", "/CN=a", "-CA", "issuer", "-CAkey", "issuer-key")):
            done = subprocess.run(["openssl", *new, *arguments, "-out", name, "-keyout", f"{name}-key"],
                                  cwd=folder, capture_output=True, check=False)
            if done.returncode != 0:
                raise Skip(f"openssl req: {done.stderr.decode()[:200]}")
        chain = [(folder / name).read_text() for name in (*(f"other-{i}" for i in range(others)), "issuer")]
        answer = {"ServerCertificate": {"ServerCertificateMetadata": certificate("good", "2019-05-02T10:00:00Z"),
                                        "CertificateBody": (folder / "leaf").read_text(),
                                        "CertificateChain": "".join(chain)}}
        (folder / "get.json").write_text(json.dumps(answer))
        found = prebleed(folder, "get.json").report["diagnostics"]
        is_equal([diagnostic["code"] for diagnostic in found], codes, "diagnostics")


@cases(("100 private keys in an item", 100, []), ("101 private keys in an item", 101, ["limit-private-keys"]))
def private_keys_of_an_item_have_a_ceiling(count, codes):
    with folder_of({}) as folder:
        done = subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
                              cwd=folder, capture_output=True, check=False)
        if done.returncode != 0:
            raise Skip(f"openssl genpkey: {done.stderr.decode()[:200]}")
        (folder / "keys.pem").write_bytes(done.stdout * count)
        run = prebleed(folder, ".")
        is_equal((run.codes(), run.status), (codes, 1), "diagnostics and exit status")


@cases(("a blank line before a key's END", b"\n", [], 1), ("a private key of 65,536 bytes", 65536, [], 1),
       ("a private key of 65,537 bytes", 65537, ["private-key-unread"], 0),
       ("an encrypted private key", None, ["private-key-unread"], 0))
def private_keys_are_compared_or_it_is_said(blank, codes, owners):
    """The certificate was uploaded before the cutoff, and the finding about the key names it."""
    with folder_of({"cnf": CONFIGURATION}) as folder:
        for arguments in (["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "cnf",
                           "-subj", "/CN=a", "-days", "36500", "-keyout", "key.pem", "-out", "body"],
                          ["pkcs8", "-topk8", "-in", "key.pem", "-out", "encrypted.pem", "-passout", "pass:secret"]):
            done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
            if done.returncode != 0:
                raise Skip(f"openssl {arguments[0]}: {done.stderr.decode()[:200]}")
        key = (folder / "key.pem").read_bytes().strip()
        if isinstance(blank, int):
            blank = b"\n" * (blank - len(key))
        if blank is not None:
            (folder / "key.pem").write_bytes(key.replace(b"-----END", blank + b"-----END"))
        answer = {"ServerCertificate": {"ServerCertificateMetadata": certificate("good", "2013-05-02T10:00:00Z"),
                                        "CertificateBody": (folder / "body").read_text()}}
        (folder / "get.json").write_text(json.dumps(answer))
        run = prebleed(folder, "get.json", "encrypted.pem" if blank is None else "key.pem")
        found = [f["certificate"] for f in run.report["findings"] if f["rule"] == "private-key-in-evidence"]
        is_equal((run.codes(), found), (codes, [0] if owners else [None]), "diagnostics and the key's certificate")


@cases(("members that expand to 64 MB", 8, False), ("members that expand to 160 MB", 20, True))
def the_ratio_holds_for_all_members_together(count, is_over):
    """Zeros, of which xz makes a seven thousandth."""
    bomb = lzma.compress(bytes(8000000))
    with folder_of({"b.tar": tar([(f"{number}.xz", bomb) for number in range(count)]), "c.json": VULNERABLE}) as folder:
        run = prebleed(folder, "b.tar", "c.json")
        is_equal("limit-ratio" in run.codes(), is_over, "a member is over the ratio")
        is_equal(run.certificates(), {("good", "vulnerable")}, "certificates")


@cases(("a pointer as long as there may be", 1024, "/" + "k" * 1024), ("a pointer that is longer", 1025, ""))
def pointers_end_at_what_is_around(size, pointer):
    """Each certificate of a list has one, so that one long key would take its bytes as often."""
    with folder_of({"list.json": b'{"%s": %s}' % (b"k" * size, VULNERABLE)}) as folder:
        run = prebleed(folder, "list.json")
        is_equal((run.status, run.report["certificates"][0]["observations"][0]["pointer"]), (1, pointer), "status and pointer")


@cases(("a member's path of 2,048 bytes", 2048, []), ("a member's path of 2,049 bytes", 2049, ["unnamed-member"]))
def paths_of_members_have_a_ceiling(size, codes):
    """Reports have the path with each certificate, so that a long name would take its bytes as often."""
    with folder_of({"z.zip": zip_of([("n" * (size - len("z.zip")), VULNERABLE)])}) as folder:
        run = prebleed(folder, "z.zip")
        is_equal((run.status, run.codes()), (1, codes), "status and diagnostics")


EMPTY_LIST = b'{"ServerCertificateMetadataList": []}'


@test
def a_document_takes_no_memory_for_the_path_above_it():
    """Each number of a path is an account's place, once for a file and not for each of its documents."""
    path = "/".join(f"{number:012}" for number in range(150)) + "/list.json"
    with folder_of({"b.zip": zip_of([(path, EMPTY_LIST * 60000)])}) as folder:
        is_equal(prebleed(folder, "b.zip", mebibytes=300 * SLACK).status, 0, "status")


@cases(
    ("bytes of an item", "item-bytes", len(EMPTY_LIST), {"list.json": EMPTY_LIST}),
    ("bytes of a member", "item-bytes", len(EMPTY_LIST), {"b.tar": tar([("list.json", EMPTY_LIST)])}),
    ("bytes of all items", "total-bytes", 2 * len(EMPTY_LIST), {"a.json": EMPTY_LIST, "b.json": EMPTY_LIST}),
    ("items", "items", 2, {"a.json": EMPTY_LIST, "b.json": EMPTY_LIST}),
    ("items of an archive and itself", "items", 2, {"b.tar": tar([("list.json", EMPTY_LIST)])}),
    ("archives in archives", "depth", 2, {"b.tar": tar([("b.zip", zip_of([("list.json", EMPTY_LIST)]))])}),
    ("values of a document", "values", 8, {"list.json": EMPTY_LIST}),
)
def what_is_at_a_ceiling_is_read_and_what_is_above_it_told(name, most, files):
    with folder_of(files) as folder:
        for ceiling, codes in (most, []), (most - 1, [f"limit-{name}"]):
            run = prebleed(folder, f"--max-{name}", str(ceiling), *files)
            is_equal((sorted(set(run.codes())), run.status), (codes, 3 if codes else 0), f"codes and status at {ceiling}")


@cases(("paths of 2,000 bytes together", 1000, 0), ("paths of 2,100 bytes together", 1050, 1))
def paths_in_nested_archives_have_the_same_ceiling(size, unnamed):
    """Else four archives of 20 KB with names of 8,000 bytes made 6 GB of a report."""
    with folder_of({"b": zip_of([("m" * size, zip_of([("n" * size, VULNERABLE)]))])}) as folder:
        run = prebleed(folder, "b")
        is_equal((run.status, run.codes()), (1, ["unnamed-member"] * unnamed), "status and codes")
