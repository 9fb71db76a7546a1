#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Plays variants of connections through a running filterd, and judges them by what real servers took (lab.sh starts all that).

Exit status 1 if any server took a prohibited name without a record, or served it, or a permitted name was stopped.
"""
import argparse
import ipaddress
import json
import sys
import time
from collections import Counter

from judge import Judge, Table, settle
from packets import ACK, FIN, PSH, RST, SYN, URG, Arrived, distance
from player import Link, Player
from variants import Variant

BATCH = 400


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--servers", required=True)
    p.add_argument("--took", required=True)
    p.add_argument("--audit", required=True)
    p.add_argument("--gateway", required=True)
    p.add_argument("--interface", default="eth0")
    p.add_argument("--network", default="198.18.0.0")
    p.add_argument("--seed", default="1")
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--count", type=int, default=400)
    p.add_argument("--minutes", type=float)
    p.add_argument("--at-once", type=int, default=100)
    p.add_argument("--operators", help="these alone, parted by commas, in every variant")
    p.add_argument("--server", help="this one alone")
    p.add_argument("--observe", action="store_true")
    p.add_argument("--trace", action="store_true", help="with all its packets")
    p.add_argument("--verbose", action="store_true")
    return p.parse_args()


def trace(play):
    """The packets of a play, for a person."""
    first = play.packets[0][0]
    for when, packet in play.packets:
        p = Arrived(packet)
        outgoing = p.src == play.client
        letters = "".join(c for bit, c in zip((SYN, FIN, RST, PSH, ACK, URG), "SFRPAU") if p.flags & bit)
        print("    %.3f %s %-5s seq %d ack %d window %d ttl %d: %d bytes %r" % (
            when - first, ">" if outgoing else "<", letters, distance(p.seq, play.isn + 1) if outgoing else p.seq,
            p.ack if outgoing else distance(p.ack, play.isn + 1), p.window, packet[8], len(p.data), p.data[:40]))


def main():
    a = arguments()
    with open(a.servers) as f:
        servers = json.load(f)
    link = Link(a.interface, a.gateway)
    player = Player(link, ipaddress.ip_address(a.network).packed[:2], a.at_once)
    judge = Judge(a.audit, a.took, not a.observe)
    table, faults, unplayed, serial = Table(), [], Counter(), a.first
    forced = None if a.operators is None else [o for o in a.operators.split(",") if o]
    begun = time.monotonic()
    index, end = a.first, a.first + a.count
    while index < end and (a.minutes is None or time.monotonic() - begun < a.minutes * 60):
        batch = range(index, min(end, index + BATCH))
        variants = [Variant(a.seed, i, servers, forced, a.server) for i in batch]
        unplayed.update(v.server + " " + v.port for v in variants if not v.is_playable)
        plays = list(player.play((v.script() for v in variants if v.is_playable), serial))
        serial += len(batch)
        index = batch.stop
        settle()
        judge.read()
        for play in sorted(plays, key=lambda p: p.script.variant.index):
            outcome, is_fault = judge.judge(play)
            table.add(play, outcome, is_fault)
            if is_fault or a.verbose:
                print("%s  [%s; %s]" % (play.script.variant, outcome, play.outcome))
                if a.trace:
                    trace(play)
                if a.verbose:
                    print("    ", vars(play.script.app).get("said"), play.script.app.page, play.script.app.took())
                sys.stdout.flush()
            if is_fault:
                faults.append(play)
        judge.named.clear(), judge.nameless.clear(), judge.taken.clear()
    seconds = time.monotonic() - begun
    table.print()
    for outcome, count in sorted(table.outcomes.items()):
        print("%6d %s" % (count, outcome))
    for place, count in sorted(unplayed.items()):
        print("%6d not played: there is no %s" % (count, place))
    print("seed %s: %d variants in %.0f seconds, %.0f a second; %d faults" % (a.seed, index - a.first, seconds, (index - a.first) / seconds,
                                                                             len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
