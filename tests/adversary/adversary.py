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

import stories
from conntrack import Conntrack
from judge import PROHIBITED_SUFFIX, Judge, Table, settled
from minimise import Causes
from packets import ACK, FIN, PSH, RST, SYN, URG, Arrived, distance, hops, is_tcp
from player import Link, Player
from variants import PLACES, Variant

BATCH = 500


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--servers", required=True, help="a file: which there are, and where")
    p.add_argument("--took", required=True, help="the folder of what they say")
    p.add_argument("--audit", required=True, help="filterd's log")
    p.add_argument("--gateway", required=True, help="its hardware address")
    p.add_argument("--serial", required=True, help="a file: the number of the next connection")
    p.add_argument("--interface", default="eth0")
    p.add_argument("--namespace", required=True, help="the gateway's, as a path")
    p.add_argument("--network", default="198.18.0.0")
    p.add_argument("--network6", default="2001:db8:18::")
    p.add_argument("--replay", default="", help="a command that judges a capture")
    p.add_argument("--stories", help="a folder for captures of what was found")
    p.add_argument("--seed", default="1")
    p.add_argument("--first", type=int, default=0, help="index of the first variant")
    p.add_argument("--count", type=int, default=400, help="how many")
    p.add_argument("--minutes", type=float, help="but not after so long")
    p.add_argument("--at-once", type=int, default=100)
    p.add_argument("--operators", help="these alone, separated by commas, in every variant")
    p.add_argument("--server", help="this one alone")
    p.add_argument("--without", default="", help="leave out variants with these operators, separated by commas")
    p.add_argument("--settings", choices=("strict", "defaults", "observe"), default="strict", help="what filterd runs with")
    p.add_argument("--lab", choices=("nat", "plain"), default="nat", help="the gateway")
    p.add_argument("--verbose", action="store_true", help="a line for each variant; else for faults")
    p.add_argument("--trace", action="store_true", help="with all packets")
    p.add_argument("--quiet", action="store_true", help="no line for faults")
    p.add_argument("--prefix", default="", help="of all lines")
    return p.parse_args()


def trace(play, prefix):
    """The packets of a play, for a person."""
    first = play.packets[0][0]
    for when, packet in sorted([*play.packets, *((when, None) for when in play.forgotten)], key=lambda pair: pair[0]):
        if packet is None:
            print(prefix + "    %.3f   the gateway forgets it" % (when - first))
            continue
        if not is_tcp(packet):
            print(prefix + "    %.3f   a part: %r" % (when - first, packet[:80]))
            continue
        p = Arrived(packet)
        outgoing = p.src == play.client
        letters = "".join(c for bit, c in zip((SYN, FIN, RST, PSH, ACK, URG), "SFRPAU") if p.flags & bit)
        print(prefix + "    %.3f %s %-5s seq %d ack %d window %d ttl %d: %d bytes %r" % (
            when - first, ">" if outgoing else "<", letters, distance(p.seq, play.isn + 1) if outgoing else p.seq,
            p.ack if outgoing else distance(p.ack, play.isn + 1), p.window, hops(packet), len(p.data), p.data[:60]))


class Search:
    def __init__(self, a):
        with open(a.servers) as f:
            self.servers = json.load(f)
        self.a = a
        self.player = Player(Link(a.interface, a.gateway), Conntrack(a.namespace), ipaddress.ip_address(a.network).packed[:2],
                             ipaddress.ip_address(a.network6).packed[:14], a.at_once)
        self.judge = Judge(a.audit, a.took, a.settings)
        self.forced = None if a.operators is None else [o for o in a.operators.split(",") if o]
        self.without = set(a.without.split(","))
        self.table, self.causes, self.unplayed, self.num_faults = Table(), Causes(), Counter(), 0
        self.serial = self.begin_serial()

    def begin_serial(self):
        """Where the last run in this lab ended: its connections are still known to the gateway and the servers."""
        try:
            with open(self.a.serial, encoding="ascii") as f:
                return int(f.read())
        except FileNotFoundError:
            return 0

    def keep_serial(self):
        with open(self.a.serial, "w", encoding="ascii") as f:
            f.write(str(self.serial))

    def play(self, variants):
        """All of them; (play, outcome, is_fault) for each that can be played, in their order."""
        variants = list(variants)
        plays = {id(p.script.variant): p for p in self.player.play((v.script() for v in variants), self.serial)}
        self.serial += len(variants)
        out = settled(lambda: self.judge_all(plays[id(v)] for v in variants))
        self.judge.forget()
        return out

    def judge_all(self, plays):
        self.judge.read()
        return [(p, *self.judge.judge(p)) for p in plays]

    def try_all(self, variants):
        out = []
        for at in range(0, len(variants), BATCH):
            out += [(play, is_fault) for play, _, is_fault in self.play(variants[at:at + BATCH])]
        return out

    def lost_servers(self):
        """Those that no longer serve what is permitted: nothing that they did not take counts."""
        canaries = [Variant("canary", i, self.servers, (), place=place, harmless=True) for i, place in enumerate(PLACES)]
        return [play.script.variant for play, outcome, _ in self.play(c for c in canaries if c.is_playable) if outcome == "not served"]

    def slow(self, faults):
        """Of the permitted ones that got no page those that get it another time: the machine was busy."""
        unserved = [f for f in faults if f.fault == "not served"]
        for _ in range(2):
            if unserved:
                again = self.play(f.script.variant for f in unserved)
                unserved = [f for f, (_, outcome, _) in zip(unserved, again) if outcome == "not served"]
        return [f for f in faults if f.fault == "not served" and f not in unserved]

    def run(self):
        a, begun = self.a, time.monotonic()
        index, end, faults, played = a.first, a.first + a.count, [], 0
        while index < end and (a.minutes is None or time.monotonic() - begun < a.minutes * 60):
            variants = [Variant(a.seed, i, self.servers, self.forced, a.server, is_nat=a.lab == "nat") for i in range(index, min(end, index + BATCH))]
            index += len(variants)
            variants = [v for v in variants if not self.without & set(v.operators)]
            self.unplayed.update(v.server + " " + v.port for v in variants if not v.is_playable)
            played += len(variants)
            for play, outcome, is_fault in self.play(v for v in variants if v.is_playable):
                self.table.add(play, outcome, is_fault)
                if is_fault:
                    play.fault = outcome
                    faults.append(play)
                if a.verbose or is_fault and not a.quiet:
                    print("%s%s  [%s; %s]" % (a.prefix, play.script.variant, outcome, play.outcome), flush=True)
                    if a.trace:
                        trace(play, a.prefix)
        seconds = time.monotonic() - begun
        lost = self.lost_servers()
        slow = self.slow(faults)
        self.num_slow = len(slow)
        self.num_faults = len(faults) - len(slow) + len(lost)
        self.causes.find([f for f in faults if f not in slow], self.try_all)
        told = stories.write_all(a.stories, self.causes.first, a.replay.split(), PROHIBITED_SUFFIX) if a.stories else {}
        self.tell(played, seconds, lost, told)

    def tell(self, count, seconds, lost, told):
        a = self.a
        self.table.print(a.prefix)
        self.causes.print(told, a.prefix)
        for outcome, num in sorted(self.table.outcomes.items()):
            print("%s%6d %s" % (a.prefix, num, outcome))
        for place, num in sorted(self.unplayed.items()):
            print("%s%6d not played: there is no %s" % (a.prefix, num, place))
        if self.num_slow:
            print("%s%6d of those not served were served another time: no fault" % (a.prefix, self.num_slow))
        for v in lost:
            print("%sno longer serves what is permitted: %s %s" % (a.prefix, v.server, v.port))
        print("%sseed %s: %d variants in %.0f seconds, %.0f a second; %d faults" % (a.prefix, a.seed, count, seconds, count / seconds,
                                                                                   self.num_faults))


def main():
    search = Search(arguments())
    try:
        search.run()
    finally:
        search.keep_serial()
    return 1 if search.num_faults else 0


if __name__ == "__main__":
    sys.exit(main())
