#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the instructions of packets that are meant to take long, and holds them against worst.txt.

worst.py WORST                TAP: none takes more than the budget; of those that are open, none more than it did
worst.py WORST --accept       writes the table: read what changed, then commit
worst.py WORST --rows         a line for each row, as scripts/bench prints them

WORST is the program of worst.c. Libraries are counted, too, but not the keys of QUIC: what libcrypto does to derive and to use
them is bounded by numbers of their own. Counts depend on the compiler, so the table names the build that it is of.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worst.txt")
BUDGET = 50000          # instructions of a packet
KEYS, TRIES = 8, 40     # of a row: derivations, and Initials that are tried with keys
ROOM = 1.1              # of an open row's count: it goes with the compiler's mood
ROWS = 25               # at least
COST = re.compile(r"[-+*\d]\S*(?: (\d+))?$")         # a position, and instructions, if there are any
CALLED = re.compile(r"cfn=(\(\d+\))(?: (.*))?$")
NAMED = re.compile(r"c?fn=(\(\d+\)) (.*)$")
OF_KEYS = ("quic_keys_derive", "quic_header_mask", "quic_keys_open")


class Row:
    def __init__(self, said, path, names):
        """From what WORST says and callgrind's dump. names: of functions, as each stands in the first dump alone that has it."""
        self.name, (num, self.keys, self.tries) = said[0], map(int, said[1:])
        cost, callee, is_called = 0, None, False
        with open(path, encoding="utf-8") as file:
            for line in map(str.rstrip, file):
                named = NAMED.match(line)
                if named:
                    names[named[1]] = named[2].split("'")[0]
                if found := CALLED.match(line):
                    callee = names[found[1]]
                elif line.startswith("calls="):
                    is_called = True
                elif found := COST.match(line):
                    if not is_called:
                        cost += int(found[1] or 0)
                    elif callee in OF_KEYS:
                        cost -= int(found[1] or 0)
                    is_called = False
        self.count = cost / num


def measure(program):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        ran = subprocess.run(["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + out, "--compress-strings=yes",
                              "--toggle-collect=worst_packet", "--dump-after=worst_row", program],
                             check=True, capture_output=True, text=True, env=dict(os.environ, LD_BIND_NOW="1"))
        names = {}
        return [Row(line.split("\t"), f"{out}.{number}", names) for number, line in enumerate(ran.stdout.splitlines(), 1)]


def read_table():
    """Which build it is of, and the count of each row, and whether it is open."""
    with open(TABLE, encoding="utf-8") as file:
        lines = file.read().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return lines[0].removeprefix("# "), {row[0]: (int(row[1]), row[4:] == ["open"]) for row in rows}


def write_table(rows, build):
    with open(TABLE, "w", encoding="utf-8") as file:
        file.write(f"# {build}\n"
                   "# A packet, instructions without the keys of QUIC, derivations of these, tries with them. open: beyond the budget,\n"
                   "# and may become less alone. Anew: tests/bench/worst.py WORST --accept\n")
        for row in rows:
            file.write(f"{row.name}\t{row.count:.0f}\t{row.keys}\t{row.tries}{chr(9) + 'open' if row.count > BUDGET else ''}\n")


def cannot(build, of):
    """Why nothing can be compared here; None if it can."""
    if shutil.which("valgrind") is None:
        return "valgrind is missing; run as root: scripts/install test"
    if build != of:
        return f"the table is of '{of}', this is '{build}'"
    return None


def limit_of(row, table):
    count, is_open = table.get(row.name, (0, False))
    return count * ROOM if is_open else BUDGET


def tap(program, build):
    of, table = read_table()
    why = cannot(build, of)
    if why:
        print(f"1..0 # SKIP {why}")
        return int(os.environ.get("TAP_SKIP_STATUS", "77"))
    rows = measure(program)
    failed = 0
    print(f"1..{len(rows) + 1}")
    for number, row in enumerate(rows, 1):
        good = row.count <= limit_of(row, table) and row.keys <= KEYS and row.tries <= TRIES
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {row.name}")
        print(f"# {row.count:.0f} of {limit_of(row, table):.0f}; keys {row.keys} of {KEYS}, tries {row.tries} of {TRIES}")
    same = [row.name for row in rows] == list(table) and len(rows) >= ROWS
    print(f"{'ok' if same else 'not ok'} {len(rows) + 1} - the table has these rows, and as many as it must")
    return failed > 0 or not same


def rows(program, build):
    of, table = read_table()
    why = cannot(build, of)
    if why:
        print(f"worst packets\t-\t-\t-\t<= 1.00\tnot measured: {why}")
        return 0
    for row in measure(program):
        ratio = row.count / BUDGET
        print(f"worst packet, {row.name}\t{row.count:.0f} instructions\t{BUDGET} instructions\t{ratio:.2f}\t<= 1.00\t"
              f"{'yes' if ratio <= 1 else 'no'}")
    return 0


def main(arguments):
    if not arguments or arguments[1:] not in ([], ["--accept"], ["--rows"]):
        print(__doc__.strip(), file=sys.stderr)
        return 64
    program = arguments[0]
    build = subprocess.run([program, "build"], check=True, capture_output=True, text=True).stdout.strip()
    if arguments[1:] == ["--accept"]:
        write_table(measure(program), build)
        return 0
    return rows(program, build) if arguments[1:] else tap(program, build)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
