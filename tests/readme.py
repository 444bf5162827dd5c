#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds README.md to the program: readme.py PREBLEED [--golden].

Every command of a console block is run in a copy of what it needs, and the lines that follow it must
be what it prints; --golden writes them. Every make target, option, rule, shape, format and file that
the README names must exist, and every option of --help must stand in the manual.
"""
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import suite
from suite import ROOT, STATUSES

README = ROOT / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][a-z-]*")
# Options of aws, jq and the like, which the README shows but does not own.
FOREIGN_OPTIONS = {"--query", "--server-certificate-name", "--path-prefix", "--starting-token",
                   "--output", "--libs", "--cflags", "-dc", "-q", "-", "--"}


def blocks(text, language):
    return [match for match in BLOCK.finditer(text) if match[1] == language]


def commands_of(block):
    """[command, its output lines], for each "$ " line of a console block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        else:
            found[-1][1].append(line)
    return found


def scratch_copy(folder, program):
    """The parts of the repository that commands read, and the program where the README has it."""
    for name in ("testdata/demo", "tests/cli/evidence"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "README.md", folder)
    (folder / "build").mkdir()
    shutil.copy(program, folder / "build/prebleed")


def run(command, folder):
    return subprocess.run(["/bin/sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"},
                          capture_output=True, check=False, timeout=60)


def check_commands(tally, text, folder, is_golden):
    """Runs them all; returns the text with what they print now, where output is shown."""
    for block in reversed(blocks(text, "console")):
        lines = []
        commands = commands_of(block[2])
        for command, shown in commands:
            done = run(command, folder)
            printed = done.stdout.decode().splitlines()
            tally.check(done.returncode in STATUSES,
                        f"$ {command}: exit status {done.returncode}: {done.stderr.decode()}")
            # A command that stands alone in its block shows its output.
            is_shown = bool(shown) or len(commands) == 1
            if is_shown:
                tally.check(is_golden or printed == shown, f"$ {command}: prints {len(printed)} lines that are not "
                            f"those of the README{difference(printed, shown)}")
            lines += [f"$ {command}"] + (printed if is_shown else [])
        text = text[:block.start(2)] + "\n".join(lines) + "\n" + text[block.end(2):]
    return text


def difference(printed, shown):
    for number, (a, b) in enumerate(zip(printed, shown), 1):
        if a != b:
            return f", first line {number}: {a!r}"
    return f" (it has {len(shown)})"


def check_make_targets(tally, text):
    inline = re.findall(r"`(make [^`]+)`", text)
    shown = [line for block in blocks(text, "sh") for line in block[2].splitlines()]
    for line in inline + shown:
        if not line.startswith("make "):
            continue
        words = shlex.split(line.partition("#")[0])
        done = subprocess.run(["make", "-n", *words[1:]], cwd=ROOT, capture_output=True, check=False,
                              text=True)
        tally.check(done.returncode == 0, f"{line}: {done.stderr.strip()}")


def options_of(text):
    return {option for option in OPTION.findall(text) if not option.startswith("--no-")}


def check_options(tally, text, program):
    usage = subprocess.run([program, "--help"], capture_output=True, check=True, text=True).stdout
    listed = [line for line in usage.splitlines() if re.match(r" {2,6}-", line)]
    existing = {option for line in listed for option in OPTION.findall(line.split("  ", 3)[-1] + line)}
    named = set()
    for block in blocks(text, "console"):
        for command, _ in commands_of(block[2]):
            named |= options_of(command.split("prebleed", 1)[-1].split("|")[0])
    prose = BLOCK.sub("", text)
    named |= {word for span in re.findall(r"`([^`\n]+)`", prose) for word in options_of(span)} - FOREIGN_OPTIONS
    for option in sorted(named):
        tally.check(option in existing, f"{option} of the README does not stand in --help")
    manual = (ROOT / "src/cli/prebleed.1").read_text(encoding="utf-8").replace("\\-", "-")
    for line in listed:
        option = re.search(r"--[a-z-]+", line)[0]
        tally.check(option in manual, f"{option} of --help does not stand in the manual")


def check_names(tally, text, program):
    """Formats of -o, rules of --explain and --rules, exit statuses."""
    for listing, pattern in (("--list-rules", r"--(?:explain|rules)[ =]([A-Za-z0-9,-]+)"),
                             ("--list-formats", r"(?:-o|--output)[ =]([a-z]+)")):
        printed = subprocess.run([program, listing], capture_output=True, check=True, text=True).stdout
        existing = {line.split()[0] for line in printed.splitlines() if line[:1].strip()}
        for names in re.findall(pattern, text):
            for name in names.split(","):
                is_placeholder = name.isupper() and name.isalpha()
                is_foreign = name == "json" or name == "text"
                tally.check(is_placeholder or is_foreign or name in existing,
                            f"{name} is named in the README and not by {listing}")
    shapes = subprocess.run([program, "--list-shapes"], capture_output=True, check=True, text=True).stdout
    existing = {line.split()[0] for line in shapes.splitlines() if line[:1].strip()}
    for name in re.findall(r"`((?:iam|sts|query)\.[a-z-]+)`", text):
        tally.check(name in existing, f"the shape {name} does not exist")


def check_files(tally, text):
    """What looks like a path of the repository is one."""
    prose = BLOCK.sub("", text)
    for name in sorted(set(re.findall(r"`((?:src|tests|testdata|include)/[\w./-]+)`", prose))):
        tally.check((ROOT / name).exists(), f"{name} does not exist")
    match = re.search(r"`(tests/[\w.]+)` is a client in (\d+) lines", prose)
    if match:
        lines = (ROOT / match[1]).read_text(encoding="utf-8").count("\n")
        tally.check(lines == int(match[2]), f"{match[1]} has {lines} lines")


def main():
    arguments = [word for word in sys.argv[1:] if word != "--golden"]
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    program = pathlib.Path(arguments[0]).resolve()
    text, tally = README.read_text(encoding="utf-8"), suite.Tally()
    with tempfile.TemporaryDirectory(prefix="prebleed-readme-") as name:
        folder = pathlib.Path(name)
        scratch_copy(folder, program)
        renewed = check_commands(tally, text, folder, "--golden" in sys.argv)
    if "--golden" in sys.argv:
        README.write_text(renewed, encoding="utf-8")
    check_make_targets(tally, text)
    check_options(tally, text, program)
    check_names(tally, text, program)
    check_files(tally, text)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
