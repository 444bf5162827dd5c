#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds the story of tests/story to its script, and the plans of -v to a shell: story.py PREBLEED.

The script must make the committed files again, byte for byte. The commands of a plan are run by sh
with an aws that only notes its arguments, for the story and for names that were made to break out.
The last line is "N passed, N failed".
"""
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

import suite

HERE = pathlib.Path(__file__).resolve().parent
STORY = HERE / "story"
# Each would leave a file behind if a shell read it.
HOSTILE = ["it's", "$(touch broken)", "`touch broken`", "a;touch broken", "a\ntouch broken", "a b",
           "--debug", "'; touch broken; '", "\u202eabc", "a\\", "!!", "*", "x" * 129, ""]
FAKE_AWS = '#!/bin/sh\n{ for word; do printf "%s\\0" "$word"; done; printf "\\n"; } >> calls\n'


def check_bytes(tally):
    spec = importlib.util.spec_from_file_location("make_story", STORY / "make_story.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = script.tell()
    for file, content in made.items():
        tally.check((STORY / file).read_bytes() == content, f"{file} is not what the script makes")
    kept = {path.name for path in STORY.iterdir() if path.is_file()}
    tally.check(kept == {*made, "make_story.py", "README.md"}, f"tests/story has {sorted(kept)}")


def plan_of(program, *arguments):
    """The lines of the plan's commands."""
    done = subprocess.run([program, "-v", "--as-of", "2016-10-01", *arguments], timeout=60,
                          capture_output=True, check=False)
    report = done.stdout.decode()
    plan = report[report.index("\nhow to replace"):]
    return [line for line in plan.splitlines() if line.startswith("    ")]


def run_plan(lines, folder):
    """[[argument, ...] of each call of aws], and what else the shell left behind."""
    (folder / "tools").mkdir()
    fake = folder / "tools" / "aws"
    fake.write_text(FAKE_AWS)
    fake.chmod(0o755)
    done = subprocess.run(["/bin/sh", "-eu"], input="\n".join(lines).encode() + b"\n", cwd=folder,
                          env={"PATH": f"{folder}/tools:/usr/bin:/bin"}, timeout=60,
                          capture_output=True, check=False)
    calls = (folder / "calls").read_bytes().decode().split("\0\n")[:-1]
    left = {path.name for path in folder.iterdir()} - {"tools", "calls"}
    return [call.split("\0") for call in calls], left or done.stderr


def value_of(call, option):
    for index, word in enumerate(call):
        if word == option:
            return call[index + 1]
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return None


def names_of(calls, action):
    return [value_of(call, "--server-certificate-name") for call in calls if call[1] == action]


def check_story(tally, program):
    with tempfile.TemporaryDirectory() as folder:
        calls, left = run_plan(plan_of(program, STORY / "before.tar"), pathlib.Path(folder))
    old = ["FrontendSSL", "LegacyAPI", "PaymentsSSL", "cdn-assets", "media-wildcard", "intranet",
           "vpn"]
    tally.check(not left, f"the story's plan leaves {left}")
    tally.check(names_of(calls, "delete-server-certificate") == old, "in use first, then the rest")
    tally.check(names_of(calls, "upload-server-certificate") == [f"{name}-new" for name in old],
                "each gets a new name")
    moves = [call for call in calls if call[0] in ("elb", "cloudfront")]
    tally.check([value_of(call, "--load-balancer-name") or value_of(call, "--id")
                 for call in moves] == ["prod-web", "api-legacy", "pay", "E2EXAMPLECDN00",
                                        "E2EXAMPLECDN00"], f"deployments: {moves}")


def listing(names):
    account = "arn:aws:iam::111122223333:server-certificate"
    return {"ServerCertificateMetadataList": [
        {"ServerCertificateName": name, "ServerCertificateId": f"ASCAEXAMPLE{index:010}",
         "Path": f"/{name}/", "Arn": f"{account}/{name}/{name}",
         "UploadDate": "2013-05-02T10:00:00Z", "Expiration": "2016-05-02T10:00:00Z"}
        for index, name in enumerate(names)]}


def balancers(names):
    return {"LoadBalancerDescriptions": [
        {"LoadBalancerName": name, "ListenerDescriptions": [{"Listener": {
            "LoadBalancerPort": 443, "SSLCertificateId":
            "arn:aws:iam::111122223333:server-certificate/good/good"}}]} for name in names]}


def check_hostile(tally, program):
    with tempfile.TemporaryDirectory() as folder:
        evidence = pathlib.Path(folder, "evidence")
        evidence.mkdir()
        (evidence / "list.json").write_text(json.dumps(listing(["good", *HOSTILE])))
        (evidence / "elb.json").write_text(json.dumps(balancers(["web", *filter(None, HOSTILE)])))
        lines = plan_of(program, evidence)
        shell = pathlib.Path(folder, "shell")
        shell.mkdir()
        calls, left = run_plan(lines, shell)
    tally.check(not left, f"a hostile plan leaves {left}")
    tally.check(names_of(calls, "delete-server-certificate") == ["good", "--debug"],
                f"names: {names_of(calls, 'delete-server-certificate')}")
    tally.check([value_of(call, "--load-balancer-name") for call in calls
                 if call[0] == "elb"] == ["web"], "one balancer has a name that AWS allows")
    # Some interactive shells run comments too.
    comments = "\n".join(line for line in lines if line.lstrip().startswith("#"))
    tally.check("touch" not in comments, f"comments with hostile names:\n{comments}")


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    program = pathlib.Path(arguments[0]).resolve()
    tally = suite.Tally()
    check_bytes(tally)
    check_story(tally, program)
    check_hostile(tally, program)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
