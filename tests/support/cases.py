# SPDX-License-Identifier: MIT
"""How a test in Python says its cases: TAP, a line each."""

NUM = [0]                               # of the last one


def case(good, what, *notes):
    NUM[0] += 1
    print(f"{'ok' if good else 'not ok'} {NUM[0]} - {what}", flush=True)
    for note in notes if not good else ():
        print(f"# {note}", flush=True)


def equal(what, got, wanted):
    case(got == wanted, what, f"wanted {wanted!r}", f"got    {got!r}")
