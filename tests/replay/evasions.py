#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The table of README.md beside, what gets past other filters, held against the stories, the live cases and the unit tests: each
test that it names is there, and none of those is left out.

    evasions.py         TAP
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADING = "## The table"
# Stories that are no techniques: of dates, of captures and their links, of what is permitted, of pages for the benchmark, of the name for tests.
OTHERS = re.compile(r"(cutoff|pcapng|link|page|sums|test_name)_?|header_sum_|.*_permitted$")


def rows():
    """Technique and tests of each row."""
    section = (ROOT / "tests/replay/README.md").read_text().split(HEADING + "\n", 1)[1].split("\n## ", 1)[0]
    table = [re.split(r" *(?<!\\)\| *", line.strip("| ")) for line in section.splitlines() if line.startswith("|")]
    return [(row[0], row[-1]) for row in table[2:]]


def matching(pattern, names):
    return {name for name in names if re.fullmatch(pattern.replace("*", ".*"), name)}


def numbered(first, last, stories):
    """T02-T07: the stories of each number; None where one has none."""
    found = [{story for story in stories if story.startswith(f"{first[0]}{number:02}_")}
             for number in range(int(first[1:]), int(last[1:]) + 1)]
    return set().union(*found) if found and all(found) else None


def unit_tests(path):
    file = ROOT / path
    return set(re.findall(r"^START_TEST\((\w+)\)", file.read_text(), re.MULTILINE)) if file.is_file() else set()


def read(tests, stories, tricks):
    """The stories and live cases that a cell names; and what it names that is not there."""
    before, _, live = tests.partition("live:")
    named, missing = set(), []
    for pattern, path in re.findall(r"`([\w*]+)` in `([\w/.]+)`", before):
        if not matching(pattern, unit_tests(path)):
            missing.append(f"{pattern} in {path}")
    before = re.sub(r"`[\w*]+` in `[\w/.]+`", "", before)
    for name in re.findall(r"`([^`]+)`", before):
        found = matching(name, stories)
        named |= found
        if not found and not ("/" in name and (ROOT / name).is_file()):
            missing.append(name)
    for first, last in re.findall(r"\b([DHQT]\d\d)(?:-([DHQT]\d\d))?\b", re.sub(r"`[^`]+`", "", before)):
        found = numbered(first, last or first, stories)
        named |= found or set()
        if found is None:
            missing.append(f"{first}-{last}" if last else first)
    lived = set(re.findall(r"`([^`]+)`", live))
    words = re.sub(r"`[^`]*`|[DHQT]\d\d(-[DHQT]\d\d)?|[, ]", "", before + live)
    return named, lived, missing + [f"live: {name}" for name in sorted(lived - tricks)] + ([f"'{words}'?"] if words else [])


def live_cases():
    """Those that evasion.sh plays, and those that evader.py knows."""
    script = (ROOT / "tests/system/evasion.sh").read_text()
    known = set(re.findall(r'^    "([\w-]+)": ', (ROOT / "tests/system/evader.py").read_text(), re.MULTILINE))
    return {name for name in known if re.search(rf"[ \t]{name}[ ;\n]", script)}, known


def main():
    stories = {file.name.split(".")[0] for file in (ROOT / "tests/replay").glob("*.pcap*")}
    played, known = live_cases()
    table = rows()
    cases = [("the table has its rows", len(table) > 20, str(len(table))),
             ("each live case that there is is played", known == played, " ".join(known - played))]
    named, lived = set(), set()
    for technique, tests in table:
        of_row, of_live, missing = read(tests, stories, played)
        named |= of_row
        lived |= of_live
        cases.append((f"{technique}: its tests are there", bool(of_row or of_live or "`" in tests) and not missing, " ".join(missing)))
    silent = {story for story in named if re.match(r"[DHQT]\d\d_", story) and
              '"event_type"' not in (ROOT / f"tests/replay/{story}.audit").read_text()}
    cases.append(("each numbered story ends in a record", not silent, " ".join(sorted(silent))))
    left_out = {story for story in stories - named if not OTHERS.match(story)}
    cases.append(("no story of a technique is left out", not left_out, " ".join(sorted(left_out))))
    cases.append(("no live case is", played == lived, " ".join(sorted(played - lived))))
    for number, (what, good, details) in enumerate(cases, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {what.replace('#', '')}")
        if not good:
            print(f"# {details}")
    print(f"1..{len(cases)}")
    return 0 if all(good for _, good, _ in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
