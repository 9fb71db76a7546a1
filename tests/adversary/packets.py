# SPDX-License-Identifier: MIT
"""IPv4, IPv6 and TCP, written and read: every field can be set, and any of them wrongly."""
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
    if len(src) == 16:
        return struct.pack("!IHBB", 6 << 28 | ident, len(segment), 6, ttl) + src + dst + segment
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), ident, fragment, ttl, 6, 0, src, dst)
    return header[:10] + checksum(header) + header[12:] + segment


def pseudo(src, segment):
    return struct.pack("!HH", 6, len(segment)) if len(src) == 4 else struct.pack("!II", len(segment), 6)


def tcp(src, dst, sport, dport, seq, ack, flags, data=b"", window=64240, options=b"", urgent=0, spoiled=False, **ip_fields):
    options += b"\1" * (-len(options) % 4)
    segment = struct.pack("!HHIIBBHHH", sport, dport, seq % MOD, ack % MOD, 5 + len(options) // 4 << 4, flags,
                          window, 0, urgent) + options + data
    s = checksum(src + dst + pseudo(src, segment) + segment)
    if spoiled:
        s = bytes([s[0] ^ 0x55, s[1]])
    return ip(src, dst, segment[:16] + s + segment[18:], **ip_fields)


class Arrived:
    """A TCP packet that came in."""
    __slots__ = ("src", "dst", "sport", "dport", "seq", "ack", "flags", "window", "tsval", "data", "ident")

    def __init__(self, packet):
        length, end = header_and_end(packet)
        if packet[0] >> 4 == 6:
            self.ident = struct.unpack_from("!I", packet)[0] & 0xfffff
        else:
            self.ident = struct.unpack_from("!H", packet, 4)[0]
        self.src, self.dst = addresses(packet)
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


def addresses(packet):
    return (packet[12:16], packet[16:20]) if packet[0] >> 4 == 4 else (packet[8:24], packet[24:40])


def header_and_end(packet):
    """The lengths of the header and of the packet, which a link may have made longer. What we send alone has more headers (IPv6)."""
    if packet[0] >> 4 == 6:
        return 40, min(len(packet), 40 + struct.unpack_from("!H", packet, 4)[0])
    return (packet[0] & 15) * 4, min(len(packet), struct.unpack_from("!H", packet, 2)[0] or len(packet))


def is_tcp(packet):
    return len(packet) >= 40 and packet[0] >> 4 == 4 and packet[9] == 6 or len(packet) >= 60 and packet[0] >> 4 == 6 and packet[6] == 6


def hops(packet):
    return packet[8] if packet[0] >> 4 == 4 else packet[7]


def distance(a, b):
    """a - b, as sequence numbers."""
    return (a - b + MOD // 2) % MOD - MOD // 2


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


# What can be done to a whole packet: each gives a list of packets.

def fragments(packet, sizes):
    """In the order of their places; sizes in units of 8 bytes, the last one for the rest."""
    length, _ = header_and_end(packet)
    payload, at, out = packet[length:], 0, []
    ident = checksum(packet) + b"\x12\x34"
    for size in [*sizes, 1 << 13]:
        part = payload[at:at + size * 8]
        if not part:
            break
        more = at + len(part) < len(payload)
        if packet[0] >> 4 == 6:
            header = b"\x06\0" + struct.pack("!H", at | more) + ident
            out.append(packet[:4] + struct.pack("!HB", len(part) + 8, 44) + packet[7:40] + header + part)
        else:
            header = packet[:2] + struct.pack("!H", length + len(part)) + ident[:2] + struct.pack("!H", at >> 3 | more << 13) + packet[8:10]
            out.append(header + checksum(header + packet[12:length]) + packet[12:length] + part)
        at += len(part)
    return out


def with_header(packet, kind, body):
    """An extension header of IPv6, or options of IPv4 (kind is of no meaning there)."""
    if packet[0] >> 4 == 6:
        return [packet[:4] + struct.pack("!HB", len(packet) - 40 + len(body) + 2, kind) + packet[7:40] + packet[6:7] + bytes([(len(body) + 2) // 8 - 1]) +
                body + packet[40:]]
    options = b"\1" * 8
    header = bytes([packet[0] + 2]) + packet[1:2] + struct.pack("!H", len(packet) + 8) + packet[4:10]
    return [header + checksum(header + packet[12:20] + options) + packet[12:20] + options + packet[20:]]
