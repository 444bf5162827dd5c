#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Hold json reports against the schema: validate_reports.py SCHEMA REPORT...

Besides the schema's own rules: indices point into the report, counts agree with what is listed,
and no member stands twice in an object. The last line is "N passed, N failed".
"""
import json
import sys

import jsonschema


def unique_members(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice: " + ", ".join(key for key, _ in pairs))
    return members


def read(path):
    with open(path, "rb") as file:
        return json.loads(file.read().decode("utf-8"), object_pairs_hook=unique_members)


def count(records, member, value):
    return sum(1 for record in records if record[member] == value)


def counted(report):
    """What the report counts, what it lists, and the name of the figure."""
    summary, certificates, evidence = report["summary"], report["certificates"], report["evidence"]
    yield summary["accounts"], len(report["accounts"]), "accounts"
    yield summary["certificates"], len(certificates), "certificates"
    for verdict in ("vulnerable", "clear", "undetermined"):
        yield summary[verdict], count(certificates, "verdict", verdict), verdict
    yield summary["not_judged"], count(certificates, "verdict", None), "not_judged"
    for reason, figure in summary["undetermined_reasons"].items():
        yield figure, sum(1 for c in certificates if c["verdict"] == "undetermined"
                          and c["reason"] == reason), reason
    for severity, figure in summary["findings"].items():
        yield figure, sum(1 for f in report["findings"] if f["severity"] == severity
                          and f["state"] != "resolved" and f["waiver"] is None), severity + " findings"
    yield summary["waived"], sum(1 for f in report["findings"] if f["waiver"] is not None), "waived"
    for status in ("used", "ignored", "unreadable", "skipped"):
        yield summary["evidence"][status], count(evidence, "status", status), status
    containers = count(evidence, "status", "container")
    yield summary["evidence"]["containers"], containers, "containers"
    yield summary["evidence"]["items"], len(evidence) - containers, "items"


def indices(report):
    """Every index, the length of what it points into, and where it stands."""
    for number, certificate in enumerate(report["certificates"]):
        for observation in certificate["observations"]:
            yield observation["evidence"], len(report["evidence"]), f"certificates[{number}]"
    for number, finding in enumerate(report["findings"]):
        yield finding["certificate"], len(report["certificates"]), f"findings[{number}]"
        yield finding["evidence"], len(report["evidence"]), f"findings[{number}]"


def validator_of(schema_path):
    schema = read(schema_path)
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    return validator_class(schema)


def form_problems(validator, document):
    """The same for what the schema alone says of a report or of waivers."""
    return [f"{error.json_path}: {error.message[:200]}"
            for error in sorted(validator.iter_errors(document), key=lambda e: e.json_path)]


def problems(validator, report):
    """Sentences, one for each thing that is wrong with the report."""
    found = form_problems(validator, report)
    if found:
        return found
    for figure, listed, name in counted(report):
        if figure != listed:
            found.append(f"summary says {figure} {name}, the report lists {listed}")
    for index, length, place in indices(report):
        if index is not None and index >= length:
            found.append(f"{place}: index {index} points past the end ({length})")
    return found


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    validator = validator_of(arguments[0])
    failed = 0
    for path in arguments[1:]:
        try:
            found = problems(validator, read(path))
        except (OSError, ValueError) as error:
            found = [str(error)]
        for problem in found:
            print(f"{path}: {problem}")
        failed += bool(found)
    print(f"{len(arguments) - 1 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
