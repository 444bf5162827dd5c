#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Evidence on which a program says the wrong thing easily: cases.py PREBLEED FOLDER...

Each FOLDER has a cases.json, a list of {"path", "why", "options" (more arguments), "any_of": [outcome,
...]}; a case holds if one of its outcomes does. An outcome:
  exit          allowed exit statuses
  verdicts      {name: verdict}; of several certificates of the name one must have it
  forbidden     verdicts that no certificate may have
  count         number of certificates
  facts         names of certificates that must have X.509 facts
  findings      rules that must have a finding
  no_findings   rules that must have none
  revocation    the status that some certificate must have
  says          regular expression, searched in the text report (-v) and in standard error
  silent_about  regular expression that must not be found there
A case with "open": true is known not to hold: it counts as skipped, and fails once it holds.
"""
import json
import pathlib
import re
import subprocess
import sys

import suite


def words_of(program, folder, path, options):
    """The text report and standard error in one line, the path out of the way."""
    done = subprocess.run([program, *suite.AS_OF, "-v", *options, path], cwd=folder, capture_output=True,
                          check=False, timeout=60)
    said = (done.stdout + b" " + done.stderr).decode("utf-8", "replace")
    return re.sub(r"\s+", " ", re.sub(re.escape(path).replace("/", r"/\s*"), "PATH", said))


def problem_with(outcome, report, status, said):
    certificates = report["certificates"]
    named = {c["name"]: [o["verdict"] for o in certificates if o["name"] == c["name"]] for c in certificates}
    rules = {finding["rule"] for finding in report["findings"]}
    with_facts = {c["name"] for c in certificates if c["x509"]}
    revocations = {(c["revocation"] or {}).get("status") for c in certificates}
    checks = {
        "exit": lambda wanted: status in wanted,
        "verdicts": lambda wanted: all(v in named.get(name, []) for name, v in wanted.items()),
        "forbidden": lambda wanted: not any(c["verdict"] in wanted for c in certificates),
        "count": lambda wanted: len(certificates) == wanted,
        "facts": lambda wanted: set(wanted) <= with_facts,
        "findings": lambda wanted: set(wanted) <= rules,
        "no_findings": lambda wanted: not set(wanted) & rules,
        "revocation": lambda wanted: wanted in revocations,
        "says": lambda wanted: re.search(wanted, said, re.IGNORECASE),
        "silent_about": lambda wanted: not re.search(wanted, said, re.IGNORECASE),
    }
    wrong = [f"{name} {wanted}" for name, wanted in outcome.items() if not checks[name](wanted)]
    return ", ".join(wrong) and f"not {', '.join(wrong)}: exit {status}, {named}"


def problem_of(program, folder, case):
    options = case.get("options", [])
    report, status = suite.report_of(program, *options, case["path"], folder=folder)
    said = words_of(program, folder, case["path"], options)
    problems = [problem_with(outcome, report, status, said) for outcome in case["any_of"]]
    return None if "" in problems else f"{' | '.join(problems)} ({case['why']})"


def main():
    program, tally, skipped = pathlib.Path(sys.argv[1]).resolve(), suite.Tally(), 0
    for folder in map(pathlib.Path, sys.argv[2:]):
        for case in json.loads((folder / "cases.json").read_text(encoding="utf-8")):
            sentence, problem = f"{folder.name}/{case['path']}", lambda: problem_of(program, folder, case)
            if not case.get("open"):
                tally.attempt(problem, sentence)
            elif problem() is not None:
                skipped += 1
            else:
                tally.check(False, f"{sentence}: it holds now, so it is open no longer")
    if skipped:
        print(f"SKIP {skipped} cases that are known not to hold")
    tally.close(skipped)


main()
