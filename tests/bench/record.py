#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Puts what it reads between the lines <!-- NAME --> and <!-- end of NAME --> of README.md beside
it, and shows it: record.py NAME. Of what make prints besides, nothing is kept."""
import pathlib
import sys

README = pathlib.Path(__file__).resolve().parent / "README.md"


def main():
    name, lines = sys.argv[1], []
    for line in sys.stdin:
        print(line, end="", flush=True)
        if not line.startswith("  "):  # "  CC    build/..."
            lines.append(line)
    text = README.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    before, rest = text.split(begin)
    _, after = rest.split(end)
    if not any(line.startswith("| ---") for line in lines):
        raise SystemExit(f"{name} printed no table: README.md stays as it is")
    README.write_text(before + begin + "\n" + "".join(lines).strip() + "\n\n" + end + after, encoding="utf-8")


main()
