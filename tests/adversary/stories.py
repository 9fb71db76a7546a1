# SPDX-License-Identifier: MIT
"""A play as a story for tests/replay: its packets, as the gateway saw them on the client's link, and what a replay makes of them."""
import json
import os
import re
import struct
import subprocess

from packets import addresses, checksum, header_and_end, is_tcp, pseudo

BEGIN = 1727582400 + 86400      # as the other stories: a day after the policy of tests/replay comes into force
ETHERNET = 1


def summed(packet):
    """With the sums that a network card would have put in."""
    length, end = header_and_end(packet)
    segment = packet[length:end]
    segment = segment[:16] + b"\0\0" + segment[18:]
    src, dst = addresses(packet)
    return packet[:length] + segment[:16] + checksum(src + dst + pseudo(src, segment) + segment) + segment[18:]


def frames(play):
    first = play.packets[0][0]
    client, gateway = b"\2\0" + play.client[-4:], b"\2\0\0\0\0\1"
    kind = b"\x08\0" if len(play.client) == 4 else b"\x86\xdd"
    for when, packet in play.packets:
        if addresses(packet)[0] == play.client:
            yield BEGIN + when - first, gateway + client + kind + packet
        else:
            yield BEGIN + when - first, client + gateway + kind + (summed(packet) if is_tcp(packet) else packet)


def write(path, play):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, ETHERNET))
        for when, frame in frames(play):
            micros = round(when * 1000000)
            f.write(struct.pack("<IIII", micros // 1000000, micros % 1000000, len(frame), len(frame)) + frame)


def name(port, operators):
    """As tests/replay names its stories."""
    return re.sub(r"[^a-z0-9]+", "_", "adversary %s %s" % (port, " and ".join(operators) or "plain")).strip("_")


def replayed(command, path, suffix):
    """What filterctl replay says of a capture: recorded, recorded without its name, or missed."""
    said = subprocess.run([*command, path], capture_output=True, text=True, check=False)
    records = [json.loads(line) for line in said.stdout.splitlines() if '"event_type":"alert"' in line]
    if any(r["filterd"].get("host", "").rstrip(".").endswith(suffix) for r in records):
        return "recorded"
    return "recorded without its name" if records else "missed"


def write_all(folder, causes, command, suffix):
    """One story for each cause; gives what a replay makes of each."""
    os.makedirs(folder, exist_ok=True)
    out = {}
    for cause, play in causes.items():
        path = os.path.join(folder, name(*cause) + ".pcap")
        write(path, play)
        out[cause] = (path, replayed(command, path, suffix) if command else "not replayed")
    return out
