#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds html reports to their form and to the json report: html_reports.py PREBLEED [--tidy | --browser].

The form: every tag balances and is one of ours, identifiers are made from indices and links lead to
them, the policy allows the one style sheet and the one script by their hashes, nothing comes from
elsewhere, text shows no control character and no folder above what was given, and colours have
contrast. The content: whatever the json report of the same run
says of a certificate, a finding, an item or a diagnostic stands in its place on the page, hostile or
not. With --tidy, HTML Tidy has neither an error nor a warning to say of any of them instead; with --browser,
tests/report/browser.mjs looks at all of them in Chromium.
The last line is "N passed, N failed[, N skipped]".
"""
import base64
import hashlib
import html.parser
import json
import os.path
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import hostile_evidence
import suite

ROOT = pathlib.Path(__file__).resolve().parent.parent
VOID = {"meta", "br"}
# What each element may have besides id and class; nothing else may stand in a report.
ELEMENTS = {
    "html": {"lang"}, "head": set(), "meta": {"charset", "http-equiv", "content", "name"},
    "title": set(), "style": set(), "script": set(), "body": set(), "header": set(), "main": set(), "footer": set(),
    "nav": {"aria-label"}, "section": set(), "details": {"open", "data-verdict", "data-severity"},
    "summary": set(), "h1": set(), "h2": set(), "h3": set(), "p": set(), "br": set(),
    "a": {"href"}, "span": set(), "strong": set(), "bdi": set(), "code": set(), "pre": set(),
    "time": set(), "dl": set(), "dt": set(), "dd": set(), "ul": set(), "li": set(),
    "div": {"role", "tabindex", "aria-label"}, "table": set(), "caption": set(), "thead": set(), "tbody": set(), "tr": set(),
    "th": {"scope"}, "td": set(), "svg": {"viewbox", "role", "aria-label"}, "rect": {"x", "y", "width", "height"},
    "path": {"d"}, "circle": {"cx", "cy", "r"}, "text": {"x", "y"},
}
SECTIONS = {"conclusion", "matter", "timeline", "figures", "accounts", "lineage", "evidence", "findings", "unchanged", "resolved",
            "unread", "odd", "rules"}
# C0 but for the line feed, DEL, C1, and what reorders or hides text.
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e"
                       "\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
NONCHARACTER = re.compile("[\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | 0xfffe) + chr(plane << 16 | 0xffff) for plane in range(17)) + "]")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# Said in other words, or where they are nothing special, or of no use to people.
OTHER_WORDS = {"partition", "id_from", "name_from", "origin", "presence", "basis", "worst_severity",
               "status", "shape", "pointer"}
# Labels that say nothing to who does not know the json report.
INTERNALS = {"known from", "presence", "basis", "origin", "name from", "shape", "document"}


class Page(html.parser.HTMLParser):
    """The elements and the text of a report, and what is wrong with its form."""

    def __init__(self, content):
        super().__init__(convert_charrefs=True)
        self.problems, self.stack, self.text, self.size = [], [], [], 0
        self.spans, self.links, self.classes, self.headings = {}, [], set(), []
        self.metas, self.style, self.script = [], "", ""
        self.feed(content)
        self.close()
        if self.stack:
            self.problems.append(f"never ended: {self.stack}")
        self.text = "".join(self.text)

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if tag not in ELEMENTS or len(set(names)) != len(names):
            self.problems.append(f"<{tag} {names}> is none of ours")
        for name, value in attributes:
            if name not in ELEMENTS.get(tag, set()) | {"id", "class"}:
                self.problems.append(f"<{tag}> has {name}={value!r}")
        values = dict(attributes)
        self.classes.update((values.get("class") or "").split())
        if tag == "a":
            self.links.append(values.get("href"))
        if tag == "th" and values.get("scope") not in ("row", "col"):
            self.problems.append("a heading of a table without a scope")
        if tag == "meta":
            self.metas.append(values)
        if re.fullmatch("h[1-3]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.stack.append((tag, values.get("id")))
        if "id" in values:
            self.begin(values["id"])

    def begin(self, identifier):
        if identifier in self.spans:
            self.problems.append(f"id {identifier} stands twice")
        if identifier not in SECTIONS and not re.fullmatch(r"[acek](0|[1-9]\d*)", identifier):
            self.problems.append(f"id {identifier} is not made from an index")
        self.spans[identifier] = [self.size, None]

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1][0] != tag:
            self.problems.append(f"</{tag}> in {self.stack[-3:]}")
            return
        identifier = self.stack.pop()[1]
        if identifier is not None:
            self.spans[identifier][1] = self.size

    def handle_data(self, data):
        if self.stack and self.stack[-1][0] == "style":
            self.style += data
            return
        if self.stack and self.stack[-1][0] == "script":
            self.script += data
            return
        self.text.append(data)
        self.size += len(data)

    def handle_comment(self, data):
        self.problems.append(f"a comment: {data!r}")

    def handle_decl(self, decl):
        if decl != "DOCTYPE html" or self.stack or self.text:
            self.problems.append(f"<!{decl}>")

    def handle_pi(self, data):
        self.problems.append(f"<?{data}>")

    def unknown_decl(self, data):
        self.problems.append(f"<![{data}")

    def part(self, identifier):
        start, end = self.spans.get(identifier, (0, 0))
        return self.text[start:end]


def luminance(color):
    parts = [int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def style_problems(style):
    for word in ("url(", "@import", "expression", "<", "http:", "https:", "//"):
        if word in style:
            yield f"the style has {word}"
    schemes = [dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", block))
               for block in re.findall(r":root\{([^}]*)\}", style)]
    if len(schemes) != 2 or schemes[0].keys() != schemes[1].keys():
        yield "the style has not the same colours for light and dark"
        return
    for colors in schemes:
        pairs = [(ink, ground) for ink in ("ink", "quiet", "link", "bad", "doubtful", "good")
                 for ground in ("page", "paper")]
        pairs += [(kind, f"{kind}-ground") for kind in ("bad", "doubtful", "good")]
        pairs += [("quiet", "plain-ground"), ("ink", "plain-ground")]
        for ink, ground in pairs:
            if contrast(colors[ink], colors[ground]) < 4.5:
                yield f"{ink} {colors[ink]} on {ground} {colors[ground]} has too little contrast"


def form_problems(content, page):
    yield from page.problems
    if not content.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'):
        yield "its start is another"
    style, script = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
                     for text in (page.style, page.script))
    policy = (f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; "
              "base-uri 'none'; form-action 'none'")
    if [m["content"] for m in page.metas if "http-equiv" in m] != [policy]:
        yield f"its policy is not {policy}"
    for link in page.links:
        if link is None or not link.startswith("#") or link[1:] not in page.spans:
            yield f"a link leads to {link!r}"
    for name in page.classes:
        if f".{name}" not in page.style:
            yield f"no style is for class {name}"
    if any(after > before + 1 for before, after in zip([0] + page.headings, page.headings)):
        yield "a heading is two levels below the one before"
    for word in re.findall("<dt>([^<]*)", content):
        if "_" in word or word in INTERNALS:
            yield f"a label is {word!r}"
    for match in re.finditer(f"{FORBIDDEN.pattern}|{NONCHARACTER.pattern}", page.text):
        yield f"text holds {match[0]!r}: {page.text[max(0, match.start() - 30):match.end() + 30]!r}"


def visible(text):
    """As every report for people shows the evidence's own text."""
    return re.sub(f"{FORBIDDEN.pattern}|{NONCHARACTER.pattern}|\n",
                  lambda match: "".join(f"\\x{byte:02x}" for byte in match[0].encode()), text)


def strings(value, name=None):
    """Every text that a value of the json report holds."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from strings(member, key)
    elif isinstance(value, list):
        for element in value:
            yield from strings(element, name)
    elif isinstance(value, str) and name not in OTHER_WORDS:
        yield value[:10] if INSTANT.fullmatch(value) else visible(value)


def statements(report):
    """(where on the page, a value of the json report that must stand there)"""
    for number, account in enumerate(report["accounts"]):
        yield f"a{number}", account
    for number, certificate in enumerate(report["certificates"]):
        yield f"c{number}", {k: v for k, v in certificate.items() if k != "account"}
    for finding in report["findings"]:
        where = None if finding["certificate"] is None else f"c{finding['certificate']}"
        yield where, [finding["rule"], finding["severity"], finding["message"], finding["state"]]
        if finding["waiver"] is not None:
            yield where, {k: finding["waiver"][k] for k in ("reason", "owner", "expires")}
    for number, entry in enumerate(report["evidence"]):
        yield f"e{number}", [entry["path"], entry["sha256"], entry["status"], entry["shape"],
                             entry["detail"]]
    for diagnostic in report["diagnostics"]:
        yield None, [diagnostic[name] for name in ("severity", "code", "message")]


def content_problems(report, page, folder):
    for where, value in statements(report):
        part = page.text if where is None else page.part(where)
        for text in strings(value):
            if text.replace(folder, "") not in part:
                yield f"{where or 'the page'} does not say {text!r}"
    if folder in page.text:
        yield f"the page says {folder}"
    summary = page.part("conclusion").upper()
    if report["summary"]["conclusion"].upper() not in summary:
        yield "the conclusion is another"


def make_fixtures(program, folder):
    """(name, arguments): each run's json report is known to be right by other tests."""
    hostile_evidence.write(folder / "hostile")
    hostile, rotation, story = folder / "hostile", ROOT / "tests/cli/rotation", ROOT / "tests/story"

    def baseline(name, evidence):
        report = folder / f"{name}-before.json"
        subprocess.run([program, "-q", "--as-of", "2015-01-01", "-o", f"json={report}", evidence],
                       check=False)
        return ["--baseline", report]

    def without_dates(options):
        report = json.loads(options[1].read_text(encoding="utf-8"))
        for certificate in report["certificates"]:
            if certificate["x509"]:
                certificate["upload_date"] = None
                certificate["x509"]["not_before"] = "0001-01-01T00:00:00Z"
        path = folder / "without-dates.json"
        path.write_text(json.dumps(report), encoding="utf-8")
        return ["--baseline", path]

    empty = folder / "empty"
    empty.mkdir()
    return [
        ("nothing at all", [empty]),
        ("the demonstration", [ROOT / "testdata/demo"]),
        ("small evidence", [ROOT / "tests/cli/evidence"]),
        ("nothing after the cutoff", [story / "before.tar"]),
        ("a rotation", [*baseline("rotation", rotation / "before"), "--waivers",
                        rotation / "waivers.json", rotation / "after"]),
        ("the story", [*baseline("story", story / "before.tar"), "--waivers", story / "waivers.json",
                       "--crl", story / "issuer.der", story / "after.tar"]),
        ("a baseline without dates", [*without_dates(baseline("story", story / "before.tar")),
                                      story / "after.tar"]),
        ("without rules that matter", ["--rules", "expired", ROOT / "tests/cli/evidence"]),
        ("every sample", [ROOT / "testdata/samples", ROOT / "testdata/shapes"]),
        ("chains", [ROOT / "testdata/chains"]),
        ("hostile evidence", [*baseline("hostile", hostile / "before"), "--waivers",
                              hostile / "waivers.json", hostile / "after"]),
    ]


def run(program, arguments, folder):
    """The html and the json report of one run, and the folder that html does not show."""
    paths = [str(argument.parent) for before, argument in zip([None, *arguments], arguments)
             if isinstance(argument, pathlib.Path) and not str(before).startswith("--")]
    page, report = folder / "report.html", folder / "report.json"
    for file in (page, report):
        file.unlink(missing_ok=True)  # a program that crashes may not pass by the files of an earlier run
    done = subprocess.run([program, "-q", "--as-of", "2017-01-01", "-o", f"html={page}", "-o",
                           f"json={report}", *arguments], check=False)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"exit status {done.returncode}: {arguments}")
    return (page.read_bytes(), json.loads(report.read_text(encoding="utf-8")),
            os.path.commonpath(paths) + "/")


def problems(page_bytes, report, folder):
    content = page_bytes.decode("utf-8")
    page = Page(content)
    yield from form_problems(content, page)
    yield from style_problems(page.style)
    yield from content_problems(report, page, folder)


def tidy_problems(page_bytes, _report, _folder):
    result = subprocess.run(["tidy", "-e", "-q", "-utf8"], input=page_bytes, capture_output=True, check=False)
    yield from (line for line in result.stderr.decode("utf-8", "replace").splitlines()
                if "trimming empty <tbody>" not in line)  # a table of nothing is one


def write_six(folder):
    """A list of six certificates, which shall be printed on at most six pages."""
    certificates = [{"ServerCertificateName": f"shop-{year}", "Path": "/", "UploadDate": f"{year}-03-04T05:06:07Z",
                     "ServerCertificateId": f"ASCAEXAMPLE000000{year}", "Expiration": f"{year + 3}-03-04T05:06:07Z",
                     "Arn": f"arn:aws:iam::111122223333:server-certificate/shop-{year}"} for year in range(2011, 2017)]
    folder.mkdir()
    (folder / "list.json").write_text(json.dumps({"ServerCertificateMetadataList": certificates}), encoding="utf-8")
    return folder


def test_in_browser(fixtures, program, folder):
    chromium, node = shutil.which("chromium"), shutil.which("node")
    if chromium is None or node is None or not (ROOT / "tests/report/node_modules/playwright-core").exists():
        print("SKIP browser: chromium, node or what npm ci installs in tests/report is missing\n"
              "0 passed, 0 failed, 1 skipped")
        return 0
    pages = folder / "pages"
    pages.mkdir()
    for sentence, options in [*fixtures, ("six", [write_six(folder / "six")])]:
        page, report, _ = run(program, options, folder)
        (pages / f"{sentence.replace(' ', '-')}.html").write_bytes(page)
        (pages / f"{sentence.replace(' ', '-')}.json").write_text(json.dumps(report), encoding="utf-8")
    return subprocess.run([node, ROOT / "tests/report/browser.mjs", chromium, pages], check=False).returncode


def main():
    arguments = [word for word in sys.argv[1:] if word not in ("--tidy", "--browser")]
    if len(arguments) != 1 or shutil.which(arguments[0]) is None:
        print(__doc__, file=sys.stderr)
        return 2
    find_problems = problems
    if "--tidy" in sys.argv:
        if shutil.which("tidy") is None:
            print("SKIP tidy is not installed\n0 passed, 0 failed, 1 skipped")
            return 0
        find_problems = tidy_problems
    program, tally = str(pathlib.Path(arguments[0]).resolve()), suite.Tally()
    with tempfile.TemporaryDirectory(prefix="prebleed-html-") as name:
        fixtures = make_fixtures(program, pathlib.Path(name))
        if "--browser" in sys.argv:
            return test_in_browser(fixtures, program, pathlib.Path(name))
        for sentence, options in fixtures:
            found = list(find_problems(*run(program, options, pathlib.Path(name))))
            tally.check(not found, sentence + "".join(f"\n    {problem}" for problem in found[:20]))
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
