#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs prebleed beside its peers on the generated workloads and prints one table (Markdown).

Usage: bench.py [--runs N] [--old PREBLEED] PREBLEED HELPERS FOLDER [OLD|W1|W2|W3|W4|W5|W6 ...]

HELPERS is the folder with the programs measure and links_only, FOLDER that of the workloads.
Every row is two commands run in turn, A B A B ...; times are medians, and a ratio is the median of
the pairs' ratios. Before a peer is timed, its sorted verdict lines and prebleed's must have the
same digest: equal work is proven, not assumed. A peer that is not installed is a line with SKIP.
With --old, an earlier build of prebleed is the peer of the first rows.
"""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
AS_OF = ("--as-of", "2026-11-23")
# The rule that the peers have too; with all rules prebleed does more than they do.
ONE_RULE = ("--rules", "IAM-033")
MIB = 1 << 20


class Bench:
    def __init__(self, options, work):
        self.program = options.program.resolve()
        self.links_only = options.helpers.resolve() / "links_only"
        self.measure = options.helpers.resolve() / "measure"
        self.folder = options.folder
        self.old = options.old and options.old.resolve()
        self.runs = options.runs
        self.work = work

    def ours(self, name, *more):
        return [self.program, *AS_OF, *more, self.folder / name]


def run(bench, command):
    """Wall seconds and peak memory in bytes of one run."""
    words = [str(word) for word in (bench.measure, *command)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    seconds, peak_kib, status = done.stdout.split()
    if status not in (b"0", b"1", b"3"):
        raise SystemExit(f"{command[0]} ended with {status.decode()}")
    return float(seconds), int(peak_kib) * 1024


class Pair:
    """Both commands' medians, the median ratio of ours to theirs, and our greatest peak."""

    def __init__(self, bench, ours, theirs, runs=None):
        runs = runs or bench.runs
        if runs > 1:  # what is on disk is in memory from here on
            run(bench, ours), run(bench, theirs)
        rows = [(run(bench, ours), run(bench, theirs)) for _ in range(runs)]
        self.ours = statistics.median(a[0] for a, _ in rows)
        self.theirs = statistics.median(b[0] for _, b in rows)
        self.ratio = statistics.median(a[0] / b[0] for a, b in rows)
        self.peak = max(a[1] for a, _ in rows)


def verdict(is_reached):
    return "yes" if is_reached else "NO"


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def show(work, other, pair, most=None, least=None):
    """A goal is either the most of the other's time that ours may take, or the least factor by
    which ours must be faster."""
    ratio, goal, reached = f"{1 / pair.ratio:.2f} × faster", "", ""
    if least is not None:
        goal, reached = f"at least {least} ×", verdict(1 / pair.ratio >= least)
    elif most is not None:
        ratio, goal = f"{pair.ratio:.2f} × the time", f"at most {most} ×"
        reached = verdict(pair.ratio <= most)
    ours, theirs = (f"{t:.3f} s" if t >= 0.1 else f"{t * 1000:.2f} ms" for t in (pair.ours, pair.theirs))
    row(work, ours, other, theirs, ratio, goal, reached, f"{pair.peak / MIB:.0f} MiB")


def show_memory(work, figure, goal, is_reached, peak):
    row(work, figure, "", "", "", goal, verdict(is_reached), f"{peak / MIB:.0f} MiB")


def skip(work, reason):
    row(work, "SKIP", reason, "", "", "", "", "")


def digest(lines):
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def our_lines(bench, name):
    """One line a certificate in the order of the archive, which is the order of ids."""
    command = [*bench.ours(name, "-q", "-o", "json")]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    certificates = sorted(json.loads(done.stdout)["certificates"], key=lambda c: c["id"])
    return [
        "\t".join(
            (c["id"], c["verdict"], c["x509"]["issuer"], c["x509"]["not_after"],
             str(c["x509"]["key"]["bits"]), c["x509"]["key"]["spki_sha256"])
        )
        for c in certificates
    ]  # fmt: skip


def expect_equal_work(name, command, lines):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, check=True)
    if digest(done.stdout.decode().splitlines()) != digest(lines):
        raise SystemExit(f"{name}: other verdict lines than prebleed's")


def go_peer(bench):
    if not shutil.which("go"):
        return None
    binary = bench.work / "peer"
    environment = {**os.environ, "GOCACHE": str(bench.work / "go"), "GO111MODULE": "off"}
    subprocess.run(["go", "build", "-o", binary, HERE / "peer.go"], check=True, env=environment)
    return binary


def bench_w1_programs(bench, path):
    lines = our_lines(bench, path.name)
    go, python = go_peer(bench), "/usr/bin/python3"
    peers = [("Python, cryptography", [python, HERE / "peer.py", path], 15)]
    if go is None:
        skip("W1", "go is not installed")
    else:
        peers.insert(0, ("Go, standard library", [go, path], 5.5))
    for name, command, least in peers:
        expect_equal_work(name, command, lines)
        show("W1", name, Pair(bench, bench.ours(path.name), command), least=least)
        show("W1, the peers' rule alone", name,
             Pair(bench, bench.ours(path.name, *ONE_RULE), command), least=least)  # fmt: skip


def bench_w1_shell(bench, path):
    """On the first hundred files, for both: more would take minutes."""
    if not all(shutil.which(name) for name in ("jq", "openssl", "bsdtar")):
        return skip("W1, 100 files of it", "jq, openssl or bsdtar is not installed")
    some = bench.work / "some.tar.gz"
    names = subprocess.run(["bsdtar", "-tf", path], stdout=subprocess.PIPE, check=True).stdout
    (bench.work / "names").write_bytes(b"\n".join(names.splitlines()[:100]) + b"\n")
    with open(bench.work / "names", "rb") as listed:
        members = [line.decode().strip() for line in listed]
    subprocess.run(["bsdtar", "-czf", some, *[f"--include={m}" for m in members], f"@{path}"], check=True)
    command = ["sh", HERE / "peer.sh", some, str(len(members))]
    expect_equal_work("shell", command, our_lines(bench, some))
    ours = [bench.program, *AS_OF, some]
    return show("W1, 100 files of it", "sh, jq and openssl", Pair(bench, ours, command, 1))


def bench_w1(bench):
    path = bench.folder / "w1.tar.gz"
    bench_w1_programs(bench, path)
    bench_w1_shell(bench, path)
    if shutil.which("bsdtar"):
        tar = ["bsdtar", "-xOf", path]
        for what, more, most in (
            ("W1", (), 1.8),
            ("W1, the peers' rule alone", ONE_RULE, 1.8),
            ("W1, --jobs 1", ("--jobs", "1"), 3.5),
            ("W1, --jobs 1, the peers' rule alone", ("--jobs", "1", *ONE_RULE), 3.5),
        ):
            show(what, "bsdtar -xO", Pair(bench, bench.ours(path.name, *more), tar), most=most)
    else:
        skip("W1", "bsdtar is not installed")
    both = Pair(bench, bench.ours(path.name, "-o", "json"), bench.ours(path.name))
    show("W1, -o json", "its own text report", both, most=2)


def bench_w2(bench):
    if not shutil.which("bsdtar"):
        return skip("W2", "bsdtar is not installed")
    for suffix in ("gz", "zst"):
        path = bench.folder / f"w2.tar.{suffix}"
        both = Pair(bench, bench.ours(path.name), ["bsdtar", "-xOf", path])
        show(f"W2, tar.{suffix}", "bsdtar -xO", both, most=1.25)
    return None


def count_certificates(bench, name):
    done = subprocess.run(bench.ours(name, "-q"), stdout=subprocess.PIPE, check=False).stdout
    words = done.decode().replace("\n", " ").split(" certificates were uploaded")[0].split()
    return int(words[-1])


def bench_w3(bench):
    name, tenth = "w3.tar.gz", "w3-tenth.tar.gz"
    count = count_certificates(bench, name)
    both = Pair(bench, bench.ours(name), bench.ours(tenth), max(3, bench.runs // 2))
    show(f"W3, {count:,} certificates", "a tenth of it", both, most=10.5)
    each = max(0, both.peak - 64 * MIB) / count
    show_memory("W3, memory past 64 MiB", f"{each:.0f} bytes a certificate", "at most 700", each <= 700, both.peak)


def bench_w4(bench):
    ours, runs = bench.ours("w4.json"), bench.runs * 20
    linked = Pair(bench, ours, [bench.links_only], runs)
    show("W4", "a program that only links the libraries", linked, most=1.2)
    if shutil.which("jq"):
        show("W4", "jq .", Pair(bench, ours, ["jq", ".", bench.folder / "w4.json"], runs), most=0.5)
    else:
        skip("W4", "jq is not installed")
    show_memory("W4, memory", f"{linked.peak / MIB:.1f} MiB", "at most 12 MiB", linked.peak <= 12 * MIB, linked.peak)


def bench_w5(bench):
    two, one = (bench.ours("w1.tar.gz", "--jobs", jobs) for jobs in "21")
    show("W5: W1, --jobs 2", "--jobs 1", Pair(bench, two, one), least=1.7)


def bench_w6(bench):
    cat = ["sh", "-c", f"find '{bench.folder}/w6' -type f -exec cat {{}} + >/dev/null"]
    show("W6", "find -exec cat {} +", Pair(bench, bench.ours("w6"), cat), most=0.8)


def bench_old(bench):
    """What an earlier build needs for the same, and how much slower this one may be."""
    if bench.old is None:
        return
    for what, most, name, *more in (
        ("W1", 1.1, "w1.tar.gz"),
        ("W1, IAM-033 alone", 1.25, "w1.tar.gz", *ONE_RULE),
        ("W1, -o json", 1.3, "w1.tar.gz", "-o", "json"),
        ("W2, tar.gz", 1.2, "w2.tar.gz"),
        ("W2, tar.zst", 1.2, "w2.tar.zst"),
        ("W3", 1.2, "w3.tar.gz"),
    ):
        ours = bench.ours(name, *more)
        show(what, "prebleed, the earlier build", Pair(bench, ours, [bench.old, *ours[1:]]), most=most)


ROWS = {"OLD": bench_old, "W1": bench_w1, "W2": bench_w2, "W3": bench_w3, "W4": bench_w4, "W5": bench_w5, "W6": bench_w6}


def first_line(command):
    if not shutil.which(command[0]):
        return f"no {command[0]}"
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()[0]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = {line.split(":", 1)[1].strip() for line in file if line.startswith("model name")}
    return ", ".join(sorted(models)) or platform.machine()


def print_machine(bench):
    cryptography = "import cryptography, platform; " \
        "print(f'Python {platform.python_version()}, cryptography {cryptography.__version__}')"
    lines = (
        f"{datetime.date.today()}: {processor()}, {len(os.sched_getaffinity(0))} processors to run on, "
        f"Linux {platform.release()}",
        first_line([str(bench.program), "--version"]) + "; libraries " + first_line([str(bench.links_only)]),
        first_line(["/usr/bin/python3", "-c", cryptography]) + "; " + first_line(["go", "version"]),
        first_line(["bsdtar", "--version"]) + "; " + first_line(["jq", "--version"]),
    )
    print("  \n".join(lines) + f"  \n"
          f"medians of {bench.runs} pairs; {os.getloadavg()[0]:.1f} programs ran on the machine before\n")  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--old", type=pathlib.Path)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("helpers", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=" ".join(ROWS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(options, pathlib.Path(work))
        print_machine(bench)
        row("work", "prebleed", "beside", "its time", "ratio", "goal", "reached", "peak")
        row(*["---"] * 8)
        for name in options.rows or ROWS:
            ROWS[name](bench)


if __name__ == "__main__":
    main()
