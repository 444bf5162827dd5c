#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Counts prebleed's instructions under callgrind and prints them by room of src/ (Markdown).

Usage: rooms.py PREBLEED W1.TAR.GZ [COUNT]. COUNT files of the archive (2,000) are read by one
thread. What a room has libraries do is counted as the room's, whatever they call in turn; what they
call back is not. valgrind shows programs no SHA instructions, so that digests count more here than
they take.
"""
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

FUNCTIONS = 20
CALLGRIND = ("valgrind", "--tool=callgrind", "--compress-strings=no", "--compress-pos=no")


def write_slice(source, path, count):
    with tarfile.open(source, "r|gz") as archive, tarfile.open(path, "w:gz", compresslevel=6) as part:
        for _, member in zip(range(count), archive):
            part.addfile(member, archive.extractfile(member))


class Profile:
    """Sums of a file in callgrind's format: own costs by function, and costs by call."""

    def __init__(self, path):
        self.own = collections.Counter()  # by (object, file, function)
        self.calls = collections.Counter()  # by caller's and callee's (object, file, function)
        self.object = self.file = ""
        self.caller = self.callee = None
        self.is_call = False
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                self.read(line.rstrip("\n"))

    def read(self, line):
        key, is_assignment, value = line.partition("=")
        if is_assignment and key in READERS:
            READERS[key](self, value)
        elif line[:1].isdigit() and self.caller:
            cost = int(line.split()[1])
            if self.is_call:
                self.calls[self.caller, tuple(self.callee)] += cost
                self.callee = [self.caller[0], self.caller[1], ""]
                self.is_call = False
            else:
                self.own[self.caller] += cost

    def set_object(self, value):
        self.object = value

    def set_file(self, value):
        self.file = value

    def set_function(self, value):
        self.caller = (self.object, self.file, value)
        self.callee = [self.object, self.file, ""]

    def set_callee(self, place, value):
        self.callee[place] = value

    def begin_call(self, _):
        self.is_call = True


READERS = {
    "ob": Profile.set_object,
    "fl": Profile.set_file,
    "fi": Profile.set_file,
    "fe": Profile.set_file,
    "fn": Profile.set_function,
    "cob": lambda profile, value: profile.set_callee(0, value),
    "cfi": lambda profile, value: profile.set_callee(1, value),
    "cfl": lambda profile, value: profile.set_callee(1, value),
    "cfn": lambda profile, value: profile.set_callee(2, value),
    "calls": Profile.begin_call,
}


def room_of(function):
    """"x509", "main.c" for what stands in no room, or None for what is not ours."""
    found = re.search(r"\bsrc/([a-z0-9]+)(/|\.c$)", function[1])
    return found and (found[1] if found[2] == "/" else found[1] + ".c")


def library_of(function):
    """A function of ours whose first line is inlined from a system header is called "inlined"."""
    if os.path.basename(function[0]) == "prebleed":
        return "inlined"
    return os.path.basename(function[0]).split(".so")[0].removesuffix("-linux-x86-64") or "?"


def sum_rooms(profile):
    """Own instructions by room, and by room and library."""
    own, lent = collections.Counter(), collections.Counter()
    for function, cost in profile.own.items():
        if room_of(function):
            own[room_of(function)] += cost
    for (caller, callee), cost in profile.calls.items():
        if room_of(caller) and not room_of(callee):
            lent[room_of(caller), library_of(callee)] += cost
        elif room_of(callee) and not room_of(caller) and callee[2] != "main":
            lent[room_of(callee), library_of(caller)] -= cost
    return own, lent


def print_rooms(profile, count):
    own, lent = sum_rooms(profile)
    total = sum(profile.own.values())
    rooms = {room: own[room] + sum(c for (r, _), c in lent.items() if r == room) for room in own}
    rest = total - sum(rooms.values())
    print("| room | instructions an item | share | its own | in libraries |")
    print("| --- | --: | --: | --: | --- |")
    for room, cost in sorted(rooms.items(), key=lambda pair: -pair[1]):
        parts = sorted(((c, l) for (r, l), c in lent.items() if r == room and c > total / 1000), reverse=True)
        libraries = ", ".join(f"{library} {cost // count:,}" for cost, library in parts)
        print(f"| {room} | {cost // count:,} | {cost / total:.1%} | {own[room] // count:,} | {libraries} |")
    print(f"| start and end of the program | {rest // count:,} | {rest / total:.1%} | | |")
    print(f"| all | {total // count:,} | | | |\n")


def print_functions(profile, count):
    total = sum(profile.own.values())
    print("| function | instructions an item | share |")
    print("| --- | --: | --: |")
    for function, cost in profile.own.most_common(FUNCTIONS):
        place = re.sub(r".*\bsrc/", "src/", function[1]) if room_of(function) else library_of(function)
        print(f"| `{function[2]}`, {place} | {cost // count:,} | {cost / total:.1%} |")


def main():
    program, source = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    if not shutil.which("valgrind"):
        return print("SKIP: valgrind is not installed")
    with tempfile.TemporaryDirectory() as work:
        part, profile = os.path.join(work, "part.tar.gz"), os.path.join(work, "profile")
        write_slice(source, part, count)
        command = [*CALLGRIND, f"--callgrind-out-file={profile}", program, "--jobs", "1", "-q",
                   "--as-of", "2026-11-23", part]  # fmt: skip
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if done.returncode not in (0, 1, 3):
            raise SystemExit(f"prebleed under valgrind ended with {done.returncode}")
        sums = Profile(profile)
    print_rooms(sums, count)
    return print_functions(sums, count)


if __name__ == "__main__":
    main()
