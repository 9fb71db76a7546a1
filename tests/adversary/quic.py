#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sends variants of QUIC connections to real servers, beside filterd and through it, and judges filterd by what they took (quic.sh starts all that).

Each variant has a client's address of its own, by which its records are known. Exit status 1 if a server took a prohibited name without a
record, or went on with it through filterd, or a permitted name was stopped or accused.
"""
import argparse
import ctypes
import json
import os
import select
import socket
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import packets
import stories
from judge import PROHIBITED_SUFFIX, Table, Tail, settled
from minimise import Causes
from operators_quic import UNREADABLE, Variant, wire

AT_ONCE = 60
BATCH = 500
PATIENCE_S = 0.8                # for a server's handshake, once all was sent
RETRY_S = 0.4                   # for a Retry
CLONE_NEWNET, IPV6_FREEBIND = 0x40000000, 78
LIBC = ctypes.CDLL(None, use_errno=True)
PROHIBITED = b"." + PROHIBITED_SUFFIX.encode()        # xblocked.example.com is another one


class Network:
    """A namespace, whose kernel takes these addresses for its own; threads enter it to open a socket."""

    def __init__(self, path, prefix, prefix6):
        self.fd, self.prefixes = os.open(path, os.O_RDONLY), (prefix, prefix6)

    def address(self, serial, is_ipv6):
        tail = struct.pack("!H", 256 + serial % 65000)
        return socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, self.prefixes[1])[:14] + tail) if is_ipv6 else \
            socket.inet_ntoa(socket.inet_aton(self.prefixes[0])[:2] + tail)

    def socket(self, address, port, peer):
        if LIBC.setns(self.fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)         # beside, a server may have this port
        if ":" in address:
            s.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
        s.bind((address, port))
        s.connect(peer)
        s.setblocking(False)
        return s


class Play:
    """One variant, sent once."""

    def __init__(self, variant, network, serial, addresses, port, is_beside):
        self.script = variant.script(serial)
        self.address = network.address(serial, variant.is_ipv6)
        self.client = packets.address(self.address)
        self.server = addresses[variant.is_ipv6]
        self.network, self.port, self.is_beside = network, port, is_beside
        self.datagrams = []             # (when, is the server's, port, content)

    def run(self):
        s = self.script
        self.sockets = [self.network.socket(self.address, s.port if n == 0 else 0, (self.server, self.port)) for n in range(s.ports)]
        self.true = s.connection()
        self.connections = [self.true, *s.others]
        for step in s.before:
            self.do(step)
        for _ in range(2):              # once more after a Retry
            was_retried = self.true.is_retried
            for step in s.sending(self.true):
                self.do(step)
                if self.true.is_retried and not was_retried:
                    break
            self.until(lambda: self.true.taken or self.true.is_retried and not was_retried, PATIENCE_S)
            if self.true.taken or self.true.is_retried == was_retried:
                break
        self.until(lambda: False, 0.02)
        for one in self.sockets:
            one.close()
        self.taken = {name for c in self.connections for name in c.taken}

    @property
    def was_asked(self):
        """Did it say the prohibited name? One that stands in the second hello, if the server wanted that."""
        return not self.script.second_name or self.script.name.endswith(PROHIBITED) or self.true.second is not None

    def do(self, step):
        kind = step[0]
        if kind == "send":
            self.send(step[1], step[2](), step[3])
            self.until(lambda: False, 0.001)
        elif kind == "pause":
            self.until(lambda: False, step[1])
        elif kind == "answer":
            c = step[1]
            self.until(lambda: c.taken or c.is_retried or not c.hellos or c.is_answered and c is self.true, step[2])

    def send(self, which, datagram, hops):
        if hops and self.is_beside:
            return                      # it never arrives
        s = self.sockets[which % len(self.sockets)]
        level, option = (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if ":" in self.address else (socket.IPPROTO_IP, socket.IP_TTL)
        self.datagrams.append((time.time(), False, s.getsockname()[1], datagram, hops or 64))
        try:
            s.setsockopt(level, option, hops or 64)
            s.send(datagram)
        except OSError:
            pass                        # it was refused: an ICMP error
        finally:
            s.setsockopt(level, option, 64)

    def until(self, is_enough, seconds):
        end = time.monotonic() + seconds
        while not is_enough() and (left := end - time.monotonic()) > 0:
            for s in select.select(self.sockets, [], [], left)[0]:
                try:
                    datagram = s.recv(65535)
                except OSError:
                    continue
                self.datagrams.append((time.time(), True, s.getsockname()[1], datagram, 64))
                for c in self.connections:
                    for answer in c.receive(datagram):
                        self.send(self.sockets.index(s), answer, None)

    @property
    def packets(self):
        return list(self.on_the_way())

    def on_the_way(self):
        """As the gateway sees them (stories.py)."""
        for when, is_server, port, content, hops in self.datagrams:
            ends = dict(src=self.address, dst=self.server, sport=port, dport=self.port)
            if is_server:
                ends = dict(src=self.server, dst=self.address, sport=self.port, dport=port)
            yield when, wire.udp(content, ttl=hops, **ends)


class Search:
    def __init__(self, a):
        with open(a.servers) as f:
            self.ports = {name: int(port) for name, port in (line.split() for line in f)}
        self.a, self.audit, self.records = a, Tail(a.audit), {}
        self.beside = Network(a.beside, "198.19.0.0", "2001:db8:19::")
        self.through = Network(a.through, "198.18.0.0", "2001:db8:18::")
        self.serial, self.table, self.causes, self.num_faults = 0, Table(), Causes(), 0
        self.audit.lines()

    def read_records(self):
        for line in self.audit.lines():
            if b'"event_type":"alert"' in line:
                r = json.loads(line)
                client = r["dest_ip" if r.get("direction") == "to_client" else "src_ip"]
                self.records.setdefault(socket.getaddrinfo(client, 0)[0][4][0], []).append((r["filterd"]["type"], r["filterd"].get("host", "")))

    def send_all(self, variants, network, is_beside):
        plays = []
        for v in variants:
            plays.append(Play(v, network, self.serial, self.a.addresses, self.ports[v.server], is_beside))
            self.serial += 1
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(Play.run, plays):
                pass
        return plays

    def play(self, variants):
        """(play, outcome, is_fault) for each."""
        beside = self.send_all(variants, self.beside, True)
        self.records.clear()
        through = self.send_all(variants, self.through, False)
        return settled(lambda: self.judge_all(beside, through))

    def judge_all(self, beside, through):
        self.read_records()
        return [(p, *self.judge(p, b)) for b, p in zip(beside, through)]

    def judge(self, play, beside):
        v = play.script.variant
        known = self.records.get(play.address, [])
        named = [r for r in known if r[1].rstrip(".").endswith(PROHIBITED_SUFFIX)]
        if v.is_harmless:
            if named or known and not UNREADABLE & set(v.operators):
                return "accused by %s" % sorted(set(known)), True
            if not beside.true.taken:
                return "nothing", False
            return ("served", False) if play.true.taken else ("not served", not UNREADABLE & set(v.operators))
        is_taken, is_served = (any(name.endswith(PROHIBITED) for name in p.taken) for p in (beside, play))
        if not is_taken and not is_served:
            return "recorded" if known else "nothing", False
        if not known and play.was_asked:
            return "missed", True
        if not known:
            return "nothing", False
        if is_served and (self.a.settings == "strict" or self.a.settings == "defaults" and any(kind == "block" for kind, _ in named)):
            return "served", True
        return "taken, recorded" if named else "taken, recorded without its name", False

    def try_all(self, variants):
        out = []
        for at in range(0, len(variants), BATCH):
            out += [(play, is_fault) for play, _, is_fault in self.play(variants[at:at + BATCH])]
        return out

    def run(self):
        a, begun = self.a, time.monotonic()
        forced = None if a.operators is None else [o for o in a.operators.split(",") if o]
        index, end, faults, played = a.first, a.first + a.count, [], 0
        while index < end and (a.minutes is None or time.monotonic() - begun < a.minutes * 60):
            variants = [Variant(a.seed, i, forced, a.server) for i in range(index, min(end, index + BATCH))]
            index += len(variants)
            for play, outcome, is_fault in self.play([v for v in variants if v.server in self.ports]):
                played += 1
                self.table.add(play, outcome, is_fault)
                if is_fault:
                    faults.append(play)
                if a.verbose or is_fault and not a.quiet:
                    print("%s%s  [%s; %s]" % (a.prefix, play.script.variant, outcome, self.records.get(play.address, "no record")), flush=True)
        seconds = time.monotonic() - begun
        self.causes.find(faults, self.try_all)
        # Of the permitted ones that got no answer those that get it another time: the machine was busy.
        self.num_faults = sum(num for cause, num in self.causes.count.items() if self.causes.again[cause] or "permitted" not in cause[0])
        told = stories.write_all(a.stories, self.causes.first, a.replay.split(), PROHIBITED_SUFFIX) if a.stories else {}
        self.table.print(a.prefix)
        self.causes.print(told, a.prefix)
        for outcome, num in sorted(self.table.outcomes.items()):
            print("%s%6d %s" % (a.prefix, num, outcome))
        print("%sseed %s: %d variants in %.0f seconds; %d faults" % (a.prefix, a.seed, played, seconds, self.num_faults))
        return 1 if self.num_faults or not any(row["taken"] for row in self.table.rows.values()) else 0


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--servers", required=True, help="a file: a server's name and port in each line")
    p.add_argument("--addresses", required=True, type=lambda text: text.split(","), help="theirs, of IPv4 and of IPv6")
    p.add_argument("--beside", required=True, help="the servers' namespace, as a path")
    p.add_argument("--through", required=True, help="the client's")
    p.add_argument("--audit", required=True, help="filterd's log")
    p.add_argument("--replay", default="", help="a command that judges a capture")
    p.add_argument("--stories", help="a folder for captures of what was found")
    p.add_argument("--seed", default="1")
    p.add_argument("--first", type=int, default=0, help="index of the first variant")
    p.add_argument("--count", type=int, default=400)
    p.add_argument("--minutes", type=float, help="but not after so long")
    p.add_argument("--operators", help="these alone, separated by commas, in every variant")
    p.add_argument("--server", help="this one alone")
    p.add_argument("--settings", choices=("strict", "defaults", "observe"), default="strict", help="what filterd runs with")
    p.add_argument("--verbose", action="store_true", help="a line for each variant; else for faults")
    p.add_argument("--quiet", action="store_true", help="no line for faults")
    p.add_argument("--prefix", default="", help="of all lines")
    return Search(p.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
