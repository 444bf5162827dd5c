#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs prebleed beside its peers on the generated workloads and prints one table.

Usage: bench.py PREBLEED FOLDER [RUNS]. Every row is a pair of commands run in turn, A B A B ...;
the figures are medians, and the ratio is the median of the pairs' ratios. Before a peer is timed,
the sorted verdict lines of both must have the same digest: equal work is proven, not assumed.
"""
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
AS_OF = ["--as-of", "2026-11-23"]


def run(command, output=subprocess.DEVNULL):
    """Wall seconds and peak memory in KiB of one run."""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=output, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 3):
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return time.monotonic() - begin, usage.ru_maxrss


def pair(ours, theirs, runs):
    """Medians of both, the median ratio ours/theirs, and our median peak."""
    run(ours), run(theirs)
    rows = [(run(ours), run(theirs)) for _ in range(runs)]
    return (
        statistics.median(a[0] for a, _ in rows),
        statistics.median(b[0] for _, b in rows),
        statistics.median(a[0] / b[0] for a, b in rows),
        statistics.median(a[1] for a, _ in rows),
    )


def digest(lines):
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def our_lines(program, path, count=None):
    done = subprocess.run([program, *AS_OF, "-q", "-o", "json", path], stdout=subprocess.PIPE, check=False)
    certificates = json.loads(done.stdout)["certificates"]
    lines = [
        "\t".join(
            (c["id"], c["verdict"], c["x509"]["issuer"], c["x509"]["not_after"],
             str(c["x509"]["key"]["bits"]), c["x509"]["key"]["spki_sha256"])
        )
        for c in certificates
    ]
    return sorted(lines)[:count]


def their_lines(command):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()


def show(name, ours, theirs, ratio, peak, goal):
    print(f"| {name} | {ours:.3f} | {theirs:.3f} | {ratio:.2f} | {goal} | {peak / 1024:.0f} |", flush=True)


def peers_of_w1(program, path, work):
    yield "bsdtar -xO", ["bsdtar", "-xOf", path], "at most 1.8", None
    yield "Python, cryptography", ["/usr/bin/python3", HERE / "peer.py", path], "at most 0.067", None
    if shutil.which("go"):
        binary = work / "peer"
        subprocess.run(["go", "build", "-o", binary, HERE / "peer.go"], check=True)
        yield "Go, standard library", [binary, path], "at most 0.18", None
    else:
        print("SKIP the Go peer: go is not installed", file=sys.stderr)
    if shutil.which("jq"):
        yield "jq and openssl, first 100", ["sh", HERE / "peer.sh", path, "100"], "-", 100


def bench_w1(program, folder, runs, work):
    path = folder / "w1.tar.gz"
    ours = our_lines(program, path)
    for name, command, goal, count in peers_of_w1(program, path, work):
        if not name.startswith("bsdtar"):
            expected = ours if count is None else sorted(ours)[:count]
            if digest(their_lines(command)) != digest(expected):
                raise SystemExit(f"{name}: other verdict lines than prebleed's")
        show(f"W1 against {name}", *pair([program, *AS_OF, path], command, 1 if count else runs), goal)
    text, tar = [program, *AS_OF, path], ["bsdtar", "-xOf", path]
    show("W1 --jobs 1 against bsdtar -xO", *pair([*text, "--jobs", "1"], tar, runs), "at most 3.5")
    show("W1 -o json against its text", *pair([*text, "-o", "json"], text, runs), "at most 2")
    show("W5 --jobs 2 against --jobs 1", *pair([*text, "--jobs", "2"], [*text, "--jobs", "1"], runs), "at most 0.59")


def bench_w2(program, folder, runs, _work):
    for suffix in ("gz", "zst"):
        path = folder / f"w2.tar.{suffix}"
        show(f"W2 {suffix} against bsdtar -xO",
             *pair([program, *AS_OF, path], ["bsdtar", "-xOf", path], runs), "at most 1.25")


def bench_w3(program, folder, runs, _work):
    ours = [program, *AS_OF]
    show("W3 against a tenth of it",
         *pair([*ours, folder / "w3.tar.gz"], [*ours, folder / "w3-tenth.tar.gz"], runs), "at most 10.5")


def bench_w4(program, folder, runs, _work):
    path = folder / "w4.json"
    ours = [program, *AS_OF, path]
    show("W4 against its own --version", *pair(ours, [program, "--version"], runs * 10), "at most 1.2")
    if shutil.which("jq"):
        show("W4 against jq .", *pair(ours, ["jq", ".", path], runs * 10), "at most 0.5")


def bench_w6(program, folder, runs, _work):
    cat = ["sh", "-c", f"find {folder}/w6 -type f -exec cat {{}} + >/dev/null"]
    show("W6 against find -exec cat", *pair([program, *AS_OF, folder / "w6"], cat, runs), "at most 0.8")


def main():
    program, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    print("| work | prebleed, s | the other, s | ratio | goal | prebleed's peak, MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as work:
        for bench in (bench_w1, bench_w2, bench_w3, bench_w4, bench_w6):
            bench(program, folder, runs, pathlib.Path(work))


if __name__ == "__main__":
    main()
