#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts test cases in meson's logs: every TAP line is one, a program that says none is one as a whole.

count.py [--skipped REASON]... TESTLOG.json...
Prints what failed, with all that its program said, and what was skipped, with the reason; then one line of counts.
Exit status 1 if anything failed, or nothing ran.
"""

import json
import re
import sys

CASE = re.compile(r"^(not )?ok\b\s*\d*\s*(?:- )?(.*)$")
SKIP = re.compile(r"#\s*skip\S*\s*(.*)$", re.IGNORECASE)
NO_PLAN = re.compile(r"^1\.\.0\b\s*(?:#\s*skip\S*\s*(.*))?$", re.IGNORECASE)
SKIPPED = 77            # exit status of a program that cannot run here; meson's TAP reader knows only the plan
SHOWN_LINES = 60        # of a failed program's output


def cases(run):
    """One test program of the log: yields (outcome, name or reason)."""
    found = broken = False
    for line in run.get("stdout", "").splitlines():
        case, empty = CASE.match(line), NO_PLAN.match(line)
        if empty:
            found = True
            yield "skipped", empty.group(1) or "no reason given"
        elif case:
            found = True
            skip = SKIP.search(case.group(2))
            if skip:
                yield "skipped", skip.group(1) or case.group(2)
            elif case.group(1):
                broken = True
                yield "failed", case.group(2)
            else:
                yield "passed", case.group(2)
    good = run["result"] in ("OK", "SKIP", "EXPECTEDFAIL") or run.get("returncode") == SKIPPED
    if not good and not broken:
        yield "failed", "the test program ended as " + run["result"]
    elif good and not found:
        yield ("skipped" if run["result"] == "SKIP" else "passed"), run["name"]


def show_failure(run, names):
    print(f"\nFAILED: {run['name']}")
    for name in names:
        print(f"  {name}")
    said = (run.get("stdout", "") + run.get("stderr", "")).splitlines()
    said = [line for line in said if not line.startswith("ok ")]
    for line in said[-SHOWN_LINES:]:
        print(f"  | {line}")


def main(arguments):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    reasons = []
    while arguments[:1] == ["--skipped"]:
        reasons.append(arguments[1])
        counts["skipped"] += 1
        arguments = arguments[2:]
    for path in arguments:
        with open(path, encoding="utf-8") as log:
            for run in map(json.loads, log):
                found = list(cases(run))
                for outcome, _ in found:
                    counts[outcome] += 1
                failed = [name for outcome, name in found if outcome == "failed"]
                if failed:
                    show_failure(run, failed)
                reasons += [f"{run['name']}: {why}" for outcome, why in found if outcome == "skipped"]
    for reason in reasons:
        print(f"skipped: {reason}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
