#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What filterctl replay says besides records: what it could not judge, and of which captures; and that --all hides nothing.

    captures.py BUILD       TAP
"""

import glob
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

try:
    import make_stories as wire
except ImportError as missing:
    print(f"1..0 # SKIP {missing}; run as root: scripts/install test")
    sys.exit(0)

HERE = os.path.dirname(os.path.abspath(__file__))
QUERY, PARTS = wire.udp(wire.query()), wire.udp(wire.query())[20:]
PIECE = [wire.ip(wire.CLIENT, wire.SERVER, 17, PARTS[a:b], fragment=f, ident=7) for a, b, f in ((0, 32, 0x2000), (32, None, 4))]
LOST = wire.block(5, struct.pack("<III", 0, 0, 0) + wire.option(5, struct.pack("<Q", 5)) + wire.option(7, struct.pack("<Q", 2)))
ARP = b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\x06" + bytes(28)
DECOYED = [wire.tcp(1000, wire.SYN, ack=0), wire.tcp(1001, wire.PSH, wire.DECOY)] + wire.REAL


def frames(*packets, link=wire.RAW):
    return wire.section() + wire.interface(link) + b"".join(wire.captured(0, wire.MICROS + i, p) for i, p in enumerate(packets))


def short(packet, length):
    """As the snap length leaves it."""
    return wire.section() + wire.interface(wire.RAW) + wire.block(
        6, struct.pack("<IIIII", 0, wire.MICROS >> 32, wire.MICROS & 0xFFFFFFFF, length, len(packet)) + packet[:length])


# What is in a capture, and the counts below the table: words, how many.
COUNTED = [
    ("a question", frames(QUERY), []),
    ("no packet", frames(), []),
    ("a link type that is not read", frames(QUERY, QUERY, link=147), [("packets of an unsupported link type", 2)]),
    ("a link header that is cut", frames(b"\2\0\0\0\0", link=wire.ETHERNET), [("packets with headers", 1)]),
    ("an IP header that lies", frames(b"\x44" + QUERY[1:]), [("packets with headers", 1)]),
    ("ARP", frames(ARP, link=wire.ETHERNET), [("frames that hold no IP", 1)]),
    ("ICMP", frames(wire.ip(wire.CLIENT, wire.SERVER, 1, bytes(8))), [("IP packets that are neither", 1)]),
    ("a packet that is cut", short(QUERY, 40), [("packets cut by the snap length", 1)]),
    ("a checksum that does not hold", frames(QUERY[:-1] + b"\1", QUERY), [("packets with a wrong checksum", 1)]),
    ("checksums that a card is to fill in", frames(wire.unsummed(QUERY, 1, 1)), []),
    ("a whole packet in fragments", frames(*PIECE), []),
    ("fragments without the last", frames(PIECE[0], QUERY, PIECE[0]), [("fragments of incomplete", 2)]),
    ("fragments of two packets, of which one came", frames(*PIECE, PIECE[1]), [("fragments of incomplete", 1)]),
    ("a packet without a time", wire.section() + wire.interface(wire.RAW) + wire.simple(QUERY), [("packets without a time", 1)]),
    ("an impossible time", wire.section() + wire.interface(wire.RAW) + wire.captured(0, 2**63, QUERY), [("packets without a time", 1)]),
    ("a connection without its beginning", frames(*wire.SEGMENTS[1:]), [("connections that began before", 1)]),
    ("one with it", frames(*wire.SEGMENTS), []),
    ("one in which nothing is said", frames(*[wire.tcp(n, wire.ACK) for n in range(3)]), []),
    ("QUIC without its beginning", frames(*wire.datagrams(b"\x41" + bytes(40), b"\x42" + bytes(40))), [("connections that began before", 1)]),
    ("QUIC with it", frames(*wire.datagrams(wire.initial(wire.crypto(wire.HELLO)), b"\x41" + bytes(40))), []),
    ("a decoy", frames(*DECOYED), [("segments that no server", 1)]),
    ("bytes that are written anew", frames(wire.tcp(1000, wire.SYN, ack=0), wire.tcp(1001, wire.PSH | wire.ACK, wire.DECOY), *wire.REAL),
     [("segments and datagrams that rewrite", 1)]),
    ("packets that the capture lost", frames(QUERY) + LOST, [("packets that the capture", 7)]),
]


class Filterctl:
    def __init__(self, build, folder):
        self.command = [os.path.join(build, "filterd", "filterctl"), "replay", "-c", os.path.join(HERE, "replay.conf")]
        self.capture = os.path.join(folder, "capture")

    def replay(self, *arguments, blocks=None, file=None):
        """Exit status, what was printed, and what was complained of."""
        if blocks is not None:
            with open(self.capture, "wb") as f:
                f.write(blocks)
        done = subprocess.run([*self.command, *arguments, file or self.capture], capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def counted(self, blocks):
        """The lines below the table: words and how many."""
        said = self.replay("--summary", blocks=blocks)[1]
        return [(words, int(number)) for number, words in re.findall(r"^ {4,}(\d+)  (.*)", said, re.MULTILINE)]

    def num_events(self, story, *arguments):
        """Attempts that did not pass, by their kind."""
        kinds = [json.loads(line)["filterd"]["type"] for line in self.replay(*arguments, file=story)[1].splitlines()]
        return {kind: kinds.count(kind) for kind in set(kinds) - {"pass"}}


def ends_of(blocks):
    """Where each block ends; the order of a length that makes sense is the right one."""
    ends, at = set(), 0
    while at < len(blocks):
        at += min(struct.unpack(order + "I", blocks[at + 4:at + 8])[0] for order in "<>")
        ends.add(at)
    return ends


def cuts(filterctl):
    """Wherever a file is cut, it is said, unless it is between two blocks."""
    whole = wire.BLOCKS["pcapng_sections_of_both_byte_orders"]
    ends, wrong = ends_of(whole), []
    for length in range(1, len(whole) + 1, 3):
        status, _, said = filterctl.replay(blocks=whole[:length])
        if (status, bool(re.search(r"expected .*the file ends after|truncated", said))) != ((0, False) if length in ends else (1, True)):
            wrong.append(f"{length}: {status} {said}")
    return wrong


def main():
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        filterctl = Filterctl(sys.argv[1], folder)
        for what, blocks, wanted in COUNTED:
            got = filterctl.counted(blocks)
            good = len(got) == len(wanted) and all(
                words.startswith(begin) and number == num for (words, number), (begin, num) in zip(got, wanted))
            cases.append((f"counted: {what}", good, f"got {got}"))
        said = filterctl.replay("--summary", blocks=frames(QUERY))[1]
        cases.append(("where nothing is to be counted, that is said", said.endswith("\n  all 1 packets were judged\n"), said))
        status, said, _ = filterctl.replay("--summary", blocks=frames(QUERY)[:-3])
        cases.append(("a table of a damaged file says so", status == 1 and said.endswith("nothing after packet 0 was read\n"), said))
        status, _, said = filterctl.replay(blocks=frames(QUERY, link=147) + frames(QUERY, QUERY, link=148))
        cases.append(("each link type that is not read is named once", (status, re.findall(r"type (\d+)", said)) == (1, ["147", "148"]), said))
        wrong = cuts(filterctl)
        cases.append(("a pcapng file that is cut anywhere is said to be", not wrong, "\n# ".join(wrong)))
        stories = sorted(glob.glob(os.path.join(HERE, "*.pcap")) + glob.glob(os.path.join(HERE, "*.pcapng")))
        hidden = [story for story in stories if filterctl.num_events(story) != filterctl.num_events(story, "--all")]
        cases.append((f"--all hides no attempt of {len(stories)} stories", stories and not hidden, " ".join(hidden)))
    for number, (what, good, details) in enumerate(cases, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
        if not good:
            print(f"# {details}")
    print(f"1..{len(cases)}")
    return 0 if all(good for _, good, _ in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
