#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the instructions of each stage of a packet's way, and holds them against stages.txt.

stages.py STAGES                TAP: no stage takes more than a fifth above its count in the table
stages.py STAGES --accept       writes the table: read what changed, then commit
stages.py STAGES --rows         a line for each stage, and for a query beside ldns, as scripts/bench prints them

STAGES is the program of stages.c. Only instructions of filterd's own code are counted: which of libc's and libcrypto's variants
run depends on the processor. Counts depend on the compiler, so the table names the build that it is of.
"""

import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stages.txt")
STAGES = ["decode", "flow", "gather", "inspect", "policy", "verdict", "record", "initial"]
MOST = 1.2              # of the table's count
COST = re.compile(r"[-+*\d]\S*(?: (\d+))?$")         # a position, and instructions, if there are any
OBJECT = re.compile(r"(c?)ob=\((\d+)\)(?: (.*))?$")


def count(program, stage):
    """Instructions for each time that the stage does its work: of our own code, and with all libraries."""
    with tempfile.NamedTemporaryFile() as out:
        ran = subprocess.run(["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + out.name,
                              "--toggle-collect=stage_" + stage, program, stage],
                             check=True, capture_output=True, text=True, env=dict(os.environ, LD_BIND_NOW="1"))
        lines = open(out.name, encoding="utf-8").read().splitlines()
    names, costs = {}, collections.Counter()
    of = called = None
    for line in lines:
        found = OBJECT.match(line)
        if found:
            if found[3]:
                names[found[2]] = found[3]
            if not found[1]:
                of = names[found[2]]
        elif line.startswith("calls="):
            called = True                       # the next line is what the callee took, which has lines of its own
        elif cost := COST.match(line):
            if not called:
                costs[of] += int(cost[1] or 0)
            called = False
    times = int(ran.stdout)
    return costs[os.path.realpath(program)] / times, sum(costs.values()) / times


def read_table():
    """Which build it is of, and the count of each stage."""
    with open(TABLE, encoding="utf-8") as file:
        lines = file.read().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return lines[0].removeprefix("# "), {stage: int(number) for stage, number in rows}


def write_table(program, build):
    lines = [f"{stage}\t{count(program, stage)[0]:.0f}\n" for stage in STAGES]
    with open(TABLE, "w", encoding="utf-8") as file:
        file.write(f"# {build}\n# Instructions of filterd's own code, each time. Anew: tests/bench/stages.py STAGES --accept\n")
        file.writelines(lines)


def cannot(build, of):
    """Why nothing can be compared here; None if it can."""
    if shutil.which("valgrind") is None:
        return "valgrind is missing; run as root: scripts/install test"
    if build != of:
        return f"the table is of '{of}', this is '{build}'"
    return None


def tap(program, build):
    of, table = read_table()
    why = cannot(build, of)
    if why:
        print(f"1..0 # SKIP {why}")
        return int(os.environ.get("TAP_SKIP_STATUS", "77"))
    failed = 0
    print(f"1..{len(STAGES)}")
    for number, stage in enumerate(STAGES, 1):
        got, known = count(program, stage)[0], table[stage]
        good = got <= MOST * known
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {stage} takes no more instructions than a fifth above its count")
        print(f"# {got:.0f}, in the table {known}")
    return failed > 0


def rows(program, build):
    of, table = read_table()
    why = cannot(build, of)
    if why:
        print(f"instructions of each stage\t-\t-\t-\t<= {MOST:.2f}\tnot measured: {why}")
        return 0

    def row(what, figure, reference, most=None):
        ratio = figure / reference
        met = "-\t-" if most is None else f"<= {most:.2f}\t{'yes' if ratio <= most else 'no'}"
        print(f"{what}\t{figure:.0f} instructions\t{reference:.0f} instructions\t{ratio:.2f}\t{met}")

    for stage in STAGES:
        row(f"{stage}, one time / stages.txt", count(program, stage)[0], table[stage], MOST)
    for kind in ("query", "query_edns"):
        row(f"DNS {kind.replace('_edns', ' with EDNS')}, packet to verdict / ldns_wire2pkt of its message",
            count(program, kind)[1], count(program, kind + "_ldns")[1])
    return 0


def main(arguments):
    if not arguments or arguments[1:] not in ([], ["--accept"], ["--rows"]):
        print(__doc__.strip(), file=sys.stderr)
        return 64
    program = arguments[0]
    build = subprocess.run([program, "build"], check=True, capture_output=True, text=True).stdout.strip()
    if arguments[1:] == ["--accept"]:
        write_table(program, build)
        return 0
    return rows(program, build) if arguments[1:] else tap(program, build)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
