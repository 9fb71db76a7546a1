#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A client that asks much.

asker.py again SERVER HOST NUM             so many times with one port and id, each behind its answer; prints how many were NXDOMAIN
asker.py several HOST SERVER...            all of them by one socket, as musl's resolver does; prints each one's rcode, or "none"
asker.py made-up SERVER HOST NUM GATEWAY   once as each of so many devices, which it makes up, with an address of its own; GATEWAY: its MAC
"""
import os
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "replay"))
import make_stories as wire  # noqa: E402


def again(server, host, num):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((server, 53))
    s.settimeout(30)
    num_refused = 0
    for _ in range(int(num)):
        s.send(wire.query(host.encode()))
        num_refused += s.recv(512)[3] & 15 == 3
    print(num_refused)


def several(host, *servers):
    s = socket.socket(socket.AF_INET6 if ":" in servers[0] else socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(5)
    said = dict.fromkeys(servers, "none")
    for server in servers:
        s.sendto(wire.query(host.encode()), (server, 53))
    try:
        while "none" in said.values():
            answer, sender = s.recvfrom(512)
            if sender[0] in said:
                said[sender[0]] = answer[3] & 15
    except TimeoutError:
        pass
    print(*said.values())


def made_up(server, host, num, gateway):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind(("eth0", 0))
    for i in range(int(num)):
        packet = wire.udp(wire.query(host.encode()), dst=server, sport=1024 + i)        # from wire.CLIENT, the lab's
        s.send(bytes.fromhex(gateway.replace(":", "")) + bytes([2, 0, 0, 1, i >> 8, i & 255]) + b"\x08\0" + packet)
        time.sleep(.001)        # so that the queue is not full


{"again": again, "several": several, "made-up": made_up}[sys.argv[1]](*sys.argv[2:])
