# SPDX-License-Identifier: MIT
"""IPv4 and TCP, written and read: every field can be set, and any of them wrongly."""
import socket
import struct
from array import array

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
MOD = 1 << 32


def total(data):
    """The sum of 16-bit words, folded; its complement is the checksum of RFC 1071."""
    if len(data) & 1:
        data += b"\0"
    s = sum(array("H", data))
    while s >> 16:
        s = (s & 0xFFFF) + (s >> 16)
    return s


def checksum(data):
    return struct.pack("=H", ~total(data) & 0xFFFF)


def ip(src, dst, segment, ttl=64, ident=0, fragment=0x4000):
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), ident, fragment, ttl, 6, 0, src, dst)
    return header[:10] + checksum(header) + header[12:] + segment


def tcp(src, dst, sport, dport, seq, ack, flags, data=b"", window=64240, options=b"", urgent=0, spoiled=False, **ip_fields):
    options += b"\1" * (-len(options) % 4)
    segment = struct.pack("!HHIIBBHHH", sport, dport, seq % MOD, ack % MOD, 5 + len(options) // 4 << 4, flags,
                          window, 0, urgent) + options + data
    s = checksum(src + dst + struct.pack("!HH", 6, len(segment)) + segment)
    if spoiled:
        s = bytes([s[0] ^ 0x55, s[1]])
    return ip(src, dst, segment[:16] + s + segment[18:], **ip_fields)


class Arrived:
    """A TCP packet that came in."""
    __slots__ = ("src", "dst", "sport", "dport", "seq", "ack", "flags", "window", "tsval", "data", "ident")

    def __init__(self, packet):
        length = (packet[0] & 15) * 4
        end = min(len(packet), struct.unpack_from("!H", packet, 2)[0] or len(packet))
        self.ident = struct.unpack_from("!H", packet, 4)[0]
        self.src, self.dst = packet[12:16], packet[16:20]
        self.sport, self.dport, self.seq, self.ack, offset, self.flags, self.window = struct.unpack_from("!HHIIBBH", packet, length)
        begin = length + (offset >> 4) * 4
        self.data = packet[begin:end]
        self.tsval = Arrived.timestamp(packet[length + 20:begin])

    @staticmethod
    def timestamp(options):
        at = 0
        while at < len(options):
            kind = options[at]
            if kind == 0:
                break
            if kind == 1:
                at += 1
                continue
            if at + 1 >= len(options) or options[at + 1] < 2:
                break
            if kind == 8 and at + 10 <= len(options):
                return struct.unpack_from("!I", options, at + 2)[0]
            at += options[at + 1]
        return None


def is_tcp(packet):
    return len(packet) >= 40 and packet[0] >> 4 == 4 and packet[9] == 6


def distance(a, b):
    """a - b, as sequence numbers."""
    return (a - b + MOD // 2) % MOD - MOD // 2


def address(text):
    return socket.inet_aton(text)
