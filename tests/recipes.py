#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs what the README offers to CI and analysts, as it stands there: recipes.py PREBLEED.

A repository with fixtures gets a baseline; each recipe then passes, fails once a certificate from
before the cutoff is added, says which, and passes again when the template of waivers, filled in, is given. The queries over
ndjson find the one key that two accounts share. The recipes to collect evidence, of the README and
of prebleed-collect(7), run with the AWS CLI against a stub of IAM on the loopback.
"""
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import suite
from suite import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
EVIDENCE = ROOT / "tests/cli/evidence"
REPORT_TOOLS = ROOT / "tests/report"
CAPTURES = ROOT / "testdata/samples/captures/aws-cli-v2/media-cdn"


def block(language, word):
    """The one fenced block of that language that has the word."""
    found = [text for text in re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
             if word in text]
    assert len(found) == 1, f"{len(found)} blocks of {language} in the README have {word!r}"
    return found[0]


def commands_of_yaml(text):
    """The shell of a "run: |" or of the list behind "script:"."""
    lines, script = text.splitlines(), []
    start = next(i for i, line in enumerate(lines) if re.search(r"(run: \||script:)$", line))
    indent = re.match(r"[ -]*", lines[start + 1])[0]
    for line in lines[start + 1:]:
        if not line.startswith(indent):
            break
        script.append(line[len(indent):])
    return "\n".join(script)


class Sandbox:
    """A scratch folder whose PATH begins with the program."""

    def __init__(self, folder, program):
        self.folder = folder
        (folder / "bin").mkdir()
        shutil.copy(program, folder / "bin/prebleed")
        self.environment = {"PATH": f"{folder}/bin:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8",
                            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "SOURCE_DATE_EPOCH": "1795000000"}

    def run(self, command, place=""):
        return subprocess.run(["/bin/sh", "-c", command], cwd=self.folder / place, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120)


def check_ci(tally, program, folder):
    box = Sandbox(folder, program)
    (folder / "fixtures").mkdir()
    (folder / "summary.md").touch()
    shutil.copy(EVIDENCE / "clear.json", folder / "fixtures/list-server-certificates.json")
    baseline = re.search(r"`(prebleed [^`]*--fail-on never[^`]*)`", README)[1].replace("\n", " ")
    done = box.run(f"git init -q . && {baseline}")
    tally.check((folder / "prebleed-baseline.json").exists(), f"{baseline}: {done.stderr}")

    hook, makefile = block("sh", "git write-tree"), block("make", "prebleed")
    (folder / ".git/hooks/pre-commit").write_text(hook, encoding="utf-8")
    (folder / ".git/hooks/pre-commit").chmod(0o755)
    (folder / "Makefile").write_text(makefile, encoding="utf-8")
    identity = "-c user.name=auditor -c user.email=auditor@example.com"
    recipes = {
        "GitHub": (commands_of_yaml(block("yaml", "GITHUB_STEP_SUMMARY")), ("prebleed.sarif", "summary.md")),
        "GitLab": (commands_of_yaml(block("yaml", "junit")), ("prebleed.xml",)),
        "hook": (f"git add fixtures && git {identity} commit -qm 'Change the fixtures' --allow-empty", ()),
        "make": ("make -s check-certificates", ()),
    }

    def check_all(when, is_failure, name=None):
        for recipe, (command, reports) in recipes.items():
            done = box.run(command)
            tally.check((done.returncode != 0) == is_failure,
                        f"{recipe}, {when}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
            for report in reports:
                text = (folder / report).read_text(encoding="utf-8")
                tally.check(name is None or name in text, f"{recipe}, {when}: {report} does not name {name}")

    check_all("nothing new", False)
    vulnerable = json.loads((EVIDENCE / "vulnerable.json").read_text(encoding="utf-8"))
    (folder / "fixtures/vulnerable.json").write_text(json.dumps(vulnerable), encoding="utf-8")
    row = vulnerable["ServerCertificateMetadataList"][0]
    check_all("a vulnerable certificate more", True, row["ServerCertificateName"])
    box.run("prebleed -q --write-waivers prebleed-waivers.json -o csv fixtures/")
    waivers = (folder / "prebleed-waivers.json").read_text(encoding="utf-8")
    for member, text in (("reason", "a fixture"), ("owner", "tests"), ("expires", "2099-12-31")):
        waivers = waivers.replace(f'"{member}": ""', f'"{member}": "{text}"')
    (folder / "prebleed-waivers.json").write_text(waivers, encoding="utf-8")
    done = box.run(makefile.split("\t")[1].replace("prebleed ", "prebleed --waivers prebleed-waivers.json ", 1))
    tally.check(done.returncode == 0, f"the certificate waived: {done.stdout}{done.stderr}")


def check_queries(tally, program, folder):
    box = Sandbox(folder, program)
    (folder / "bundles").mkdir()
    body = json.loads(next((CAPTURES / "get-server-certificate").iterdir()).read_text(encoding="utf-8"))
    for account in ("111122223333", "444455556666"):
        body["ServerCertificate"]["ServerCertificateMetadata"] |= {
            "Arn": f"arn:aws:iam::{account}:server-certificate/shared", "ServerCertificateName": "shared",
            "ServerCertificateId": f"ASCA{account}AAAAA"}
        (folder / f"bundles/{account}.json").write_text(json.dumps(body), encoding="utf-8")
    shutil.copy(ROOT / "testdata/demo/bundle.tar.gz", folder / "bundles/demo.tar.gz")
    load, shards = block("sh", "DROP TABLE"), block("sh", "parallel")
    if shutil.which("sqlite3"):
        done = box.run(block("sh", "--csv"))
        tally.check(re.fullmatch(r"[0-9a-f]{64}\|3\|(bundles/\S+,){2}bundles/\S+\n", done.stdout),
                    f"SQLite, csv: {done.stdout}{done.stderr}")
    for tool, prepare in (("one run", ""), ("parallel", shards)):
        missing = [name for name in ("sqlite3", tool) if " " not in name and not shutil.which(name)]
        if missing:
            tally.skip(f"queries over ndjson, {tool}: {' and '.join(missing)} not installed")
            continue
        (folder / "all.db").unlink(missing_ok=True)
        script = load if not prepare else prepare + load.partition("\n")[2]
        done = box.run(script)
        rows = [line for line in done.stdout.splitlines() if re.match(r"[0-9a-f]{64}\t", line)]
        tally.check(len(rows) == 1 and {"111122223333", "444455556666"} <= set(re.split(r"[\t,]", rows[0])),
                    f"SQLite, {tool}: {done.stdout}{done.stderr}")
        if not prepare:
            done = box.run(block("sh", "WITH evidence"))
            tally.check(re.fullmatch(r"[0-9a-f]{64}\|(bundles/\S+,){2}bundles/\S+\n", done.stdout),
                        f"SQLite, bundles of a key: {done.stdout}{done.stderr}")
    if not (REPORT_TOOLS / "node_modules/@duckdb").exists():
        tally.skip("queries over ndjson, DuckDB: not installed (npm ci in tests/report)")
        return
    box.run(load.partition("\n")[0])
    done = subprocess.run(["node", REPORT_TOOLS / "duckdb.mjs"], cwd=folder, input=block("sql", "DuckDB"), text=True,
                          capture_output=True, check=False, timeout=60)
    tally.check(re.fullmatch(r"[0-9a-f]{64}\t3\t(111122223333\t444455556666|444455556666\t111122223333)\n", done.stdout),
                f"DuckDB: {done.stdout}{done.stderr}")


class Stub(http.server.BaseHTTPRequestHandler):
    """IAM and STS of one account, as their Query APIs answer; lists come in pages of two."""
    actions = set()
    certificates = []

    def do_POST(self):  # noqa: N802
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        action = form["Action"]
        self.actions.add(action)
        answer = getattr(self, action)(form)
        text = (f'<{action}Response xmlns="urn:x"><{action}Result>{answer}</{action}Result>'
                f"<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{action}Response>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass

    @staticmethod
    def metadata(certificate):
        return "".join(f"<{key}>{value}</{key}>" for key, value in certificate["ServerCertificateMetadata"].items())

    def GetCallerIdentity(self, _):  # noqa: N802
        return "<Account>444455556666</Account><UserId>A</UserId><Arn>arn:aws:iam::444455556666:user/audit</Arn>"

    def GetAccountSummary(self, _):  # noqa: N802
        return (f"<SummaryMap><entry><key>ServerCertificates</key><value>{len(self.certificates)}</value></entry>"
                "</SummaryMap>")

    def ListServerCertificates(self, form):  # noqa: N802
        start = int(form.get("Marker", 0))
        rows = "".join(f"<member>{self.metadata(one)}</member>" for one in self.certificates[start:start + 2])
        is_cut = start + 2 < len(self.certificates)
        marker = f"<Marker>{start + 2}</Marker>" if is_cut else ""
        return (f"<IsTruncated>{str(is_cut).lower()}</IsTruncated>{marker}"
                f"<ServerCertificateMetadataList>{rows}</ServerCertificateMetadataList>")

    def GetServerCertificate(self, form):  # noqa: N802
        one = next(c for c in self.certificates
                   if c["ServerCertificateMetadata"]["ServerCertificateName"] == form["ServerCertificateName"])
        return (f"<ServerCertificate><ServerCertificateMetadata>{self.metadata(one)}</ServerCertificateMetadata>"
                f"<CertificateBody>{one['CertificateBody']}</CertificateBody></ServerCertificate>")


def check_collecting(tally, program, folder):
    if not os.access("/usr/bin/aws", os.X_OK):
        tally.skip("collecting evidence: the AWS CLI is not installed")
        return
    box = Sandbox(folder, program)
    Stub.certificates = [json.loads(path.read_text(encoding="utf-8"))["ServerCertificate"]
                         for path in sorted((CAPTURES / "get-server-certificate").iterdir())]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wrapper = folder / "bin/aws"
    wrapper.write_text(f'#!/bin/sh\nexec /usr/bin/aws --endpoint-url http://127.0.0.1:{server.server_port} "$@"\n',
                       encoding="utf-8")
    wrapper.chmod(0o755)
    box.environment |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1",
                        "AWS_EC2_METADATA_DISABLED": "true"}
    manual = (ROOT / "src/cli/prebleed-collect.7").read_text(encoding="utf-8")
    examples = [re.sub(r"\\(.)", lambda m: {"e": "\\", "-": "-", "&": ""}[m[1]], text).replace("\\(aq", "'")
                for text in re.findall(r"^\.EX\n(.*?)^\.EE$", manual.replace("\\(aq", "'"), re.MULTILINE | re.DOTALL)]
    script = block("sh", "list-server-certificates")
    tally.check(re.sub(r" +#.*", "", script) == examples[0], f"the manual collects otherwise:\n{examples[0]}")
    done = box.run(script)
    tally.check(done.returncode == 0, f"collecting: {done.stderr}")
    report = json.loads(box.run("prebleed -q --require-complete -o json dump").stdout)
    accounts = [(account["id"], account["coverage"], account["certificates"]) for account in report["accounts"]]
    tally.check(accounts == [("444455556666", "complete", len(Stub.certificates))], f"what was collected: {accounts}")
    tally.check(all(one["x509"] for one in report["certificates"]), "a certificate was collected without its body")
    allowed = {action.partition(":")[2] for statement in json.loads(examples[1])["Statement"]
               for action in statement["Action"]}
    tally.check(Stub.actions - {"GetCallerIdentity"} <= allowed, f"the policy lacks {Stub.actions - allowed}")
    server.shutdown()


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    program, tally = pathlib.Path(sys.argv[1]).resolve(), suite.Tally()
    for check in (check_ci, check_queries, check_collecting):
        with tempfile.TemporaryDirectory(prefix="prebleed-recipes-") as folder:
            check(tally, program, pathlib.Path(folder))
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
