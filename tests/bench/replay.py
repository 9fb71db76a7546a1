#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures filterctl replay on large captures beside tcpdump -r FILE -w /dev/null on the same.

replay.py BUILD [MIB]           a line for each capture, as scripts/bench prints them; default 300 MiB each

Both are measured in processor time, in turns, so that what else the machine does is no part of it. The budget is twice
tcpdump's time, and 1 GB or 2 million packets in a second of one processor. The captures are made for it, and removed.
"""

import glob
import os
import re
import statistics
import subprocess
import sys
import tempfile

TURNS = 7
MOST = 2.0
BYTES_LEAST = 1e9
PACKETS_LEAST = 2e6
TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def cpu_s(command):
    """Processor time of a command that has nothing to say."""
    silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=silent)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"replay.py: failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime


def num_packets(capture):
    said = subprocess.run(["tcpdump", "-r", capture, "--count"], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"(\d+) packets?", said)[1])


def measure(kind, capture, filterctl):
    replay = [filterctl, "replay", "-c", os.path.join(TESTS, "replay", "replay.conf"), capture]
    tcpdump = ["tcpdump", "-r", capture, "-w", os.devnull]
    turns = [(cpu_s(replay), cpu_s(tcpdump)) for _ in range(TURNS)]
    ours, theirs = (statistics.median(side) for side in zip(*turns))
    ratio = statistics.median(a / b for a, b in turns)
    bytes_s, packets_s = os.path.getsize(capture) / ours, num_packets(capture) / ours
    good = ratio <= MOST and (bytes_s >= BYTES_LEAST or packets_s >= PACKETS_LEAST)
    print(f"replay of {kind}: {bytes_s / 1e9:.2f} GB/s, {packets_s / 1e6:.2f} million packets/s / tcpdump\t"
          f"{ours:.3f} s\t{theirs:.3f} s\t{ratio:.2f}\t<= {MOST:.2f}\t{'yes' if good else 'no'}", flush=True)


def main(arguments):
    if len(arguments) not in (1, 2):
        print(__doc__.strip(), file=sys.stderr)
        return 64
    build, mib = arguments[0], arguments[1] if len(arguments) == 2 else "300"
    kinds = {"bulk": "downloads", "small": "small packets", "mix": "a mix with all stories"}
    stories = sorted(glob.glob(os.path.join(TESTS, "replay", "*.pcap")))
    for kind, words in kinds.items():
        with tempfile.NamedTemporaryFile(suffix=".pcap") as capture:
            subprocess.run([os.path.join(build, "tests", "make_capture"), kind, mib] + (stories if kind == "mix" else []),
                           check=True, stdout=capture)
            measure(words, capture.name, os.path.join(build, "filterd", "filterctl"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
