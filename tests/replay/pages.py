#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""README.md, the pages beside what they describe, and the manual pages, held against each other and against the programs: each link
leads somewhere, no sentence stands on two of them, and what README.md shows in a terminal is what the programs say.

    pages.py BUILD        TAP
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORDS_MOST = 1300       # of README.md, as wc -w counts them
SENTENCE_LEAST = 7      # words: a shorter one may well stand twice


def pages():
    return sorted(page for page in ROOT.rglob("*.md") if not page.relative_to(ROOT).parts[0].startswith(("build", ".")))


def manuals():
    return sorted(page for folder in ("filterd", "config") for page in (ROOT / folder).rglob("*.[578]"))


def called(manual):
    return f"{manual.stem}({manual.suffix[1:]})"


def anchors(page):
    """Of the headings, as code hosts make them."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def links(page):
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("http")]


def led_to(page, link):
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target, anchor


def is_wrong(page, link):
    target, anchor = led_to(page, link)
    return not target.exists() or (anchor and anchor not in anchors(target))


def reached():
    """The pages that links lead to, from README.md on, and those whose folder such a page names."""
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in seen and page.suffix == ".md":
            seen.add(page)
            ahead += [led_to(page, link)[0] for link in links(page)]
            ahead += [other for other in pages() if f"`{other.parent.relative_to(ROOT)}/`" in page.read_text()]
    return seen


def sentences(page):
    """Of its text, without code, tables and headings; of a manual page, without roff."""
    text = page.read_text()
    if page.suffix == ".md":
        text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        text = re.sub(r"^(    |#|<!--).*$", "\n", text, flags=re.MULTILINE)
        text = re.sub(r"^\|(.*)$", lambda row: ".\n\n" + row.group(1).replace("|", ".\n\n"), text, flags=re.MULTILINE)
    else:
        text = re.sub(r'^\.\\".*$', "", text, flags=re.MULTILINE)
        text = re.sub(r"^\.(Bl|El|It|Sh|Ss|Pp|Bd|Ed|Dl).*$", ".\n\n", text, flags=re.MULTILINE)
        text = re.sub(r"^\.[A-Z][a-z] ", "", text, flags=re.MULTILINE)
    for part in re.split(r"(?<=[.:?!])\s+|\n\s*\n|\n- ", text):
        words = re.findall(r"[\w'/.-]*\w", part)
        if len(words) >= SENTENCE_LEAST:
            yield " ".join(words).lower()


def twice():
    places = {}
    for page in pages() + manuals():
        for sentence in sentences(page):
            places.setdefault(sentence, set()).add(str(page.relative_to(ROOT)))
    return [f"{', '.join(sorted(where))}: {sentence}" for sentence, where in places.items() if len(where) > 1]


def session():
    """What README.md shows of each command."""
    block = re.search(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL).group(1)
    shown = {}
    for line in block.splitlines():
        prompt = re.match(r"\w+\$ (.*)", line)
        if prompt:
            lines = shown.setdefault(prompt.group(1), [])
        elif line:
            lines.append(line)
    return shown


def lacking(lines, said):
    return [line for line in lines if line not in said]


def shown_is_said(build):
    shown = session()
    config = ROOT / "config"
    check = next(command for command in shown if command.startswith("filterctl check "))
    said = subprocess.run([build / "filterd/filterctl", *check.split()[1:], "-c", config / "filterd.conf"], capture_output=True,
                          text=True).stdout.replace(f"{config}/", "/etc/filterd/").splitlines()
    yield "what README.md shows of a name is what filterctl says of it", lacking(shown[check], said)
    verify = next(command for command in shown if " verify " in command)
    yield "of the log, what verify says of the month", lacking(shown[verify], (ROOT / "filterd/ctl/audit/README.md").read_text().splitlines())
    status = "".join(source.read_text() for source in (ROOT / "filterd/status").glob("*.c"))
    yield "of status, its first line", [line for line in shown["filterctl status"] if f'"{line}' not in status]


def main():
    build = pathlib.Path(sys.argv[1])
    cases = []
    words = len((ROOT / "README.md").read_text().split())
    cases.append((f"README.md has no more than {WORDS_MOST} words", [str(words)] if words > WORDS_MOST else []))
    for page in pages():
        name = page.relative_to(ROOT)
        cases.append((f"{name}: each link leads somewhere", [link for link in links(page) if is_wrong(page, link)]))
    cases.append(("links lead to each page from README.md on", [str(page) for page in set(pages()) - reached()]))
    cases.append(("no sentence stands on two pages", twice()))
    programs = re.findall(r"(?<!\./)\bscripts/[a-z]+\b", "".join(page.read_text() for page in pages()))
    cases.append(("each script that a page names is there", [name for name in set(programs) if not (ROOT / name).is_file()]))
    cases += list(shown_is_said(build))
    guide = (ROOT / "filterd/filterd.7").read_text()
    rows = {f"{name}({section})" for name, section in re.findall(r"^\.Xr (\S+) (\d)", guide, re.MULTILINE)}
    cases.append(("filterd(7) names each manual page", sorted({called(page) for page in manuals()} - rows - {"filterd(7)"})))
    known = {called(page) for page in manuals()}
    for page in manuals():
        named = {f"{name}({section})" for name, section in re.findall(r"^\.Xr (filter\S+) (\d)", page.read_text(), re.MULTILINE)}
        cases.append((f"{called(page)} names only pages that there are", sorted(named - known)))
        if page.suffix != ".7":
            cases.append((f"{called(page)} has examples", [] if ".Sh EXAMPLES" in page.read_text() else ["none"]))
    findings = re.findall(r'\{ "([A-Z]+)", (?:true|false) \}', (ROOT / "filterd/review/findings.c").read_text())
    manual = (ROOT / "filterd/ctl/audit/filterctl-audit.8").read_text().split(".Sh FINDINGS")[-1].split(".Sh ")[0]
    cases.append(("filterctl-audit(8) says of each finding what to do",
                  sorted(set(findings) ^ set(re.findall(r"^\.It ([A-Z]+)$", manual, re.MULTILINE)))))
    for number, (what, wrong) in enumerate(cases, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        for line in wrong:
            print(f"# {line}")
    print(f"1..{len(cases)}")
    return 0


sys.exit(main())
