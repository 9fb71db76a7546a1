#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The kernel's rules under every combination of the settings that they are made from, held against rules.NAME.txt.

    rules.py PRINT_RULES             TAP
    rules.py PRINT_RULES --accept    writes the files: read them, then commit

A file has each line that any combination has, once, in order; in front of it stands for which settings it is there. A line that
depends on several settings at once has one such condition for each group of them.
"""

import difflib
import itertools
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
KINDS = ["nft", "iptables", "ip6tables"]
SETTINGS = {
    "protect": ["auto", "lan0 lan1"],
    "offload": ["none", "hold", "own"],
    "workers": ["1", "4"],
    "on-failure": ["open", "closed"],
    "on-block": ["reject", "drop"],
}
SECTION = {"on-block": "block"}         # the others are of [queue]


def rules(program, kind, values):
    conf = "".join(f"[{SECTION.get(name, 'queue')}]\n{name} = {value}\n" for name, value in zip(SETTINGS, values))
    said = subprocess.run([program, kind, "wan0", "wan1", "--", "lan0", "lan1", "wan0", "wan1"], input=conf, capture_output=True,
                          text=True, check=True).stdout
    return in_chains(said.splitlines())


def in_chains(lines):
    """Each line with the head of the chain that it is in, so that no closing bracket is taken for another's."""
    chain, out = "", []
    for line in lines:
        chain = line if line.endswith("{") else chain
        out.append((chain, line))
    return out


def merged(lists):
    """All lines of all lists, each in its order: [(chain, line), combinations that have it]."""
    union = []
    for values, lines in lists.items():
        old, new = [line for line, _ in union], []
        for tag, a, b, c, d in difflib.SequenceMatcher(None, old, lines, autojunk=False).get_opcodes():
            if tag == "equal":
                new += [[line, having | {values}] for line, having in union[a:b]]
            else:
                new += union[a:b] + [[line, {values}] for line in lines[c:d]]
        union = new
    return union


def conditions(having, everything):
    """The combinations as few products of values, each "name=value ..."; "" for all of them."""
    left, found = set(having), []
    while left:
        seed = min(left)
        box = [{value} for value in seed]
        for place, values in enumerate(SETTINGS.values()):
            for value in values:
                wider = [part | {value} if place == at else part for at, part in enumerate(box)]
                if set(itertools.product(*wider)) <= having:
                    box = wider
        left -= set(itertools.product(*box))
        found.append(" ".join(f"{name}={'|'.join(v for v in values if v in part)}" for (name, values), part in
                              zip(SETTINGS.items(), box) if len(part) < len(values)))
    return found


def written(program, kind):
    everything = list(itertools.product(*SETTINGS.values()))
    out = []
    for (_, line), having in merged({values: rules(program, kind, values) for values in everything}):
        for condition in conditions(having, everything):
            out.append(f"{'[' + condition + ']' if condition else '':1} {line}".rstrip())
    return "\n".join(out) + "\n"


def main():
    program = sys.argv[1]
    good = True
    for number, kind in enumerate(KINDS, 1):
        file, now = HERE / f"rules.{kind}.txt", written(program, kind)
        if sys.argv[2:] == ["--accept"]:
            file.write_text(now)
            continue
        before = file.read_text()
        good = good and before == now
        print(f"{'ok' if before == now else 'not ok'} {number} - {kind}: rules of all combinations")
        for line in difflib.unified_diff(before.splitlines(), now.splitlines(), "expected", "came", lineterm="", n=1):
            print(f"# {line}")
    print(f"1..{len(KINDS)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
