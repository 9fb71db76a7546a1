#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts variants of DNS questions to real resolvers, and judges filterd by what they answer (dns.sh starts all that).

    dns.py ask     sends them all, and writes which got the address of their name: once beside the resolvers, once through filterd
    dns.py judge   what a resolver takes for a prohibited name has a record, and no answer; a permitted one is answered, without one

Exit status 1 if that does not hold.
"""
import argparse
import json
import socket
import struct
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from operators_dns import UNREADABLE, Variant

FIRST_PORT = 10000              # of the first variant: its records are known by it
ADDRESSES = bytes([203, 0, 113, 5]), bytes([203, 0, 113, 80])     # of the names, as dns.sh has them
PATIENCE_S = 1.0
AT_ONCE = 60


def from_port(kind, port):
    s = socket.socket(socket.AF_INET, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", port))
    s.settimeout(PATIENCE_S)
    return s


def over_udp(variant, address, port):
    m = variant.message
    with from_port(socket.SOCK_DGRAM, FIRST_PORT + variant.index) as s:
        s.connect((address, port))
        for datagram in [*m.datagrams_before, m.wire()]:
            s.send(datagram)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            answer = s.recv(65535)
            if answer[:2] == m.wire()[:2]:
                return answer
    return b""


def over_tcp(variant, address, port):
    m, stream, got = variant.message, variant.message.stream(), b""
    with from_port(socket.SOCK_STREAM, FIRST_PORT + variant.index) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.connect((address, port))
        size = len(stream) // m.pieces + 1
        for at in range(0, len(stream), size):
            s.sendall(stream[at:at + size])
            if m.pieces > 1:
                time.sleep(0.005)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and (part := s.recv(65535)):
            got += part
            left = got
            while len(left) > 2 and len(left) >= 2 + (length := struct.unpack("!H", left[:2])[0]):
                if left[2:4] == m.wire()[:2]:
                    return left[2:2 + length]
                left = left[2 + length:]
    return b""


def has_address(variant, address, port):
    try:
        answer = (over_tcp if variant.message.tcp else over_udp)(variant, address, port)
    except OSError:
        return False
    return len(answer) > 12 and answer[6:8] != b"\0\0" and ADDRESSES[variant.is_permitted] in answer[12:]


def variants(a):
    with open(a.servers) as f:
        servers = dict(line.split() for line in f)
    return servers, [v for v in (Variant(a.seed, i, servers) for i in range(a.count))
                     if v.message.tcp or len(v.message.wire()) <= 1472]


def ask(a):
    servers, todo = variants(a)

    def one(v):
        return v.index, has_address(v, servers[v.server], 53 if a.beside else v.message.port)
    with ThreadPoolExecutor(AT_ONCE) as pool, open(a.out, "w") as f:
        json.dump(dict(pool.map(one, todo)), f)


def read_records(path):
    records = {}
    with open(path) as f:
        for line in f:
            if '"event_type":"alert"' in line:
                r = json.loads(line)
                port = r["dest_port" if r.get("direction") == "to_client" else "src_port"]
                records.setdefault(port - FIRST_PORT, []).append((r["filterd"]["type"], r["filterd"]["host"]))
    return records


def judge(a):
    _, todo = variants(a)
    with open(a.beside) as f:
        taken = json.load(f)
    with open(a.through) as f:
        answered = json.load(f)
    records, counts, by_operator, faults = read_records(a.audit), Counter(), {}, 0
    for v in todo:
        is_taken, is_answered, known = taken[str(v.index)], answered[str(v.index)], records.get(v.index, [])
        fault = ""
        if v.is_permitted and is_taken and not is_answered and not UNREADABLE & set(v.operators):
            fault = "a permitted name was not answered"
        elif v.is_permitted and any(host.endswith("blocked.example.com") for _, host in known):
            fault = "accused of %s" % known
        elif not v.is_permitted and is_answered:
            fault = "a prohibited name was answered"
        elif not v.is_permitted and is_taken and not known:
            fault = "missed"
        for name in v.operators or ["nothing"]:
            row = by_operator.setdefault(name, Counter())
            row.update(played=1, taken=is_taken, faults=bool(fault))
        counts.update(played=1, taken=is_taken, named=any(h.endswith("blocked.example.com") for _, h in known))
        if fault:
            faults += 1
            print("# %s: %s; %s" % (v, fault, known))
    for name, row in sorted(by_operator.items()):
        print("# %-30s %5d played %5d taken %5d faults" % (name, row["played"], row["taken"], row["faults"]))
    print("# all: %d played, %d taken, %d with their name on record, %d faults" % (counts["played"], counts["taken"], counts["named"], faults))
    return 1 if faults or not counts["taken"] else 0


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("what", choices=("ask", "judge"))
    p.add_argument("--servers", required=True, help="a file: a resolver's name and address in each line")
    p.add_argument("--seed", default="1")
    p.add_argument("--count", type=int, default=1000)
    p.add_argument("--out", help="ask: where to write")
    p.add_argument("--beside", nargs="?", const="yes", help="ask: always on port 53; judge: what was written so")
    p.add_argument("--through", help="judge: what was written through filterd")
    p.add_argument("--audit", help="judge: filterd's log")
    a = p.parse_args()
    sys.exit(ask(a) if a.what == "ask" else judge(a))


if __name__ == "__main__":
    main()
