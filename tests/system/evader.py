#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A client that tries to get a name past the filter: evader.py TRICK SERVER HOST

The handshake is the kernel's; what follows goes out as raw packets, because no kernel sends such things.
Prints what the client sees: reset, unreachable, answer, or nothing (for half a minute; where nothing is what should come, two seconds).
"""
import os
import random
import select
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "replay"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "adversary"))
import make_stories as wire  # noqa: E402
import tls  # noqa: E402

WAIT = 30       # seconds, for what must come
SILENCE = 2     # seconds, where nothing may come
DECIDED = 0.3   # seconds, for a decision to be saved; were it too short, the trick would be weaker, not the test wrong


class Connection:
    """A TCP connection whose numbers are known, so that raw segments can join it."""

    def __init__(self, server, port):
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self.socket = socket.create_connection((server, port), timeout=WAIT)
        self.local, self.peer = self.socket.getsockname(), self.socket.getpeername()
        tap.settimeout(WAIT)
        while True:
            packet = tap.recv(2048)
            length = (packet[0] & 15) * 4
            sport, dport, seq, ack = struct.unpack("!HHII", packet[length:length + 12])
            if packet[9] == 6 and (sport, dport) == (port, self.local[1]) and packet[length + 13] == wire.SYN | wire.ACK:
                break
        self.tap = tap
        self.seq, self.ack = ack, seq + 1

    def segment(self, offset, data, flags=wire.PSH | wire.ACK, **options):
        return wire.tcp(self.seq + offset, flags, data, src=self.local[0], dst=self.peer[0], sport=self.local[1],
                        dport=self.peer[1], ack=self.ack, **options)

    def is_answer(self, packet):
        """Data from the server. The kernel leaves it unread where it answers what the kernel did not send."""
        length = (packet[0] & 15) * 4
        sport, dport = struct.unpack("!HH", packet[length:length + 4])
        data = struct.unpack("!H", packet[2:4])[0] - length - (packet[length + 12] >> 4) * 4
        return packet[9] == 6 and (sport, dport) == (self.peer[1], self.local[1]) and data > 0

    def sees(self):
        try:
            while True:
                ready = select.select([self.socket, self.tap], [], [], WAIT)[0]
                if not ready:
                    return "nothing"
                if self.socket in ready:
                    return "answer" if self.socket.recv(1) else "end"
                if self.is_answer(self.tap.recv(65536)):
                    return "answer"
        except ConnectionResetError:
            return "reset"


def send_raw(*packets):
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for packet in packets:
        raw.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))
    raw.close()


def send_in_the_servers_name(server, port, client):
    """To the gateway, as a datagram that the server sends to the client: the kernel would keep what is for itself."""
    link = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    with open("/proc/net/arp", encoding="ascii") as table:
        entries = [line.split() for line in table][1:]
    gateway, device = next((e[3], e[5]) for e in entries if e[2] == "0x2")
    packet = wire.udp(b"who asks?", src=server, dst=client[0], sport=port, dport=client[1])
    link.sendto(packet, (device, 0x0800, 0, 0, bytes.fromhex(gateway.replace(":", ""))))
    link.close()


def decoyed(make):
    """A decoy hello for a permitted name, then the real one from the kernel."""
    def run(server, host):
        c = Connection(server, 443)
        decoy = wire.records(wire.hello(b"x" * (len(host) - 4) + b".org"))
        send_raw(*make(c, decoy))
        c.socket.sendall(wire.records(wire.hello(host)))
        return c.sees()
    return run


def segmented(order):
    def run(server, host):
        c = Connection(server, 443)
        stream = wire.records(wire.hello(host))
        send_raw(*[c.segment(at, stream[at:end]) for at, end in order(len(stream))])
        return c.sees()
    return run


def fragments(server, host):
    c = Connection(server, 443)
    packet = c.segment(0, wire.records(wire.hello(host)))
    header, content = packet[:20], packet[20:]
    send_raw(*[wire.ip(c.local[0], c.peer[0], 6, content[at:at + 64], ident=77,
                       fragment=at // 8 | (0x2000 if at + 64 < len(content) else 0))
               for at in range(0, len(content), 64)][::-1])
    return c.sees()


def stream(port, make):
    def run(server, host):
        c = Connection(server, port)
        c.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in make(host):
            c.socket.sendall(piece)
        return c.sees()
    return run


def quic(*numbers, first="the client", **options):
    def run(server, host):
        hello = wire.hello(host, padding=1700)
        pieces = [wire.initial(wire.crypto(hello, b, b + 1000), b // 1000, **options) for b in (0, 1000)]
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.connect((server, 443))
        s.settimeout(WAIT)
        if first == "the server":
            send_in_the_servers_name(server, 443, s.getsockname())
        try:
            s.send(b"junk that no server answers")
            for number in numbers:
                s.send(pieces[number])
            s.recv(1)
            return "answer"
        except ConnectionRefusedError:
            return "unreachable"
        except (TimeoutError, socket.timeout):
            return "nothing"
    return run


QUIC_PORT = 8443        # ngtcp2's server
QUIC_PARAMETERS = 0x39


def quic_socket(server, port=0):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", port))
    s.connect((server, QUIC_PORT))
    s.settimeout(WAIT)
    return s


def quic_hello(host, scid):
    """One that servers answer: RFC 9000, section 18.2."""
    hello = tls.Hello(host, random.Random(0))
    hello.session, hello.alpn = b"", [b"h3"]
    hello.behind.append((QUIC_PARAMETERS, b"\x0f" + bytes([len(scid)]) + scid + b"\4\2\x7f\xff\7\2\x7f\xff\x09\1\3"))
    return hello.message()


def quic_initials(host, places=(), scid=b"", **options):
    """The datagrams of a connection of its own, whose hello is cut at these places."""
    hello, dcid = quic_hello(host, scid), os.urandom(8)
    pieces = zip((0, *places), (*places, None))
    return [wire.initial(wire.crypto(hello, b, e), n, dcid=dcid, scid=scid, fill=1200, **options) for n, (b, e) in enumerate(pieces)]


def quic_sees(s, scid=b""):
    """What comes of the connection with this id. A server acknowledges a part of a hello, too: an answer has to be the last word."""
    seen = "nothing"
    try:
        while True:
            datagram = s.recv(2048)
            if datagram[0] & 0x80 and datagram[6:6 + datagram[5]] == scid:
                seen = "answer"
                s.settimeout(SILENCE)
    except ConnectionRefusedError:
        return "unreachable"
    except (TimeoutError, socket.timeout):
        return seen


def quic_from(port=0, before=(), places=()):
    def run(server, host):
        s = quic_socket(server, port)
        for datagram in before:
            s.send(datagram)
        time.sleep(DECIDED if before else 0)
        for datagram in quic_initials(host, places):
            s.send(datagram)
        return quic_sees(s)
    return run


def quic_another(server, host):
    """On the socket of a connection that passed; what went on before it has come to an end."""
    s = quic_socket(server)
    s.send(quic_initials(b"www.example.org", scid=b"first")[0])
    if quic_sees(s, b"first") != "answer":
        return "no answer to the first"
    s.settimeout(WAIT)
    time.sleep(DECIDED)
    for datagram in quic_initials(host, (100,), scid=b"second"):
        s.send(datagram)
    return quic_sees(s, b"second")


def quic_from_two_ports(server, host):
    first, second = quic_socket(server), quic_socket(server)
    for s, datagram in zip((first, second), quic_initials(host, (100,))):
        s.send(datagram)
        time.sleep(0.1)
    return quic_sees(second)


def spoiled_query(server, host):
    """A question that no resolver takes, as its checksum does not hold."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((server, 53))
    s.settimeout(SILENCE)
    local = s.getsockname()
    packet = bytearray(wire.udp(wire.query(host), src=local[0], dst=server, sport=local[1]))
    packet[26] ^= 0x55
    send_raw(packet)
    try:
        s.recv(1)
        return "answer"
    except (TimeoutError, socket.timeout):
        return "nothing"


def forged_query(server, host):
    """A question whose answer seems to come before it."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((server, 53))
    s.settimeout(WAIT)
    send_in_the_servers_name(server, 53, s.getsockname())
    s.send(wire.query(host))
    try:
        return "nxdomain" if s.recv(512)[3] & 15 == 3 else "answer"
    except (TimeoutError, socket.timeout):
        return "nothing"


def whitewash(server, host):
    """A beginning that the server acknowledges, then a decoy that dies on its way, then the real hello."""
    c = Connection(server, 443)
    real = wire.records(wire.hello(host))
    fake = wire.records(wire.hello(b"x" * (len(host) - 4) + b".org"))
    c.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in range(3):
        c.socket.sendall(real[byte:byte + 1])
        while struct.unpack("B", c.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 28)[24:25])[0]:
            select.select([], [], [], 0.01)         # tcpi_unacked: until the server has it
    send_raw(c.segment(3, fake[3:], ttl=2))
    time.sleep(0.3)         # for the decision to be saved; were it too short, the trick would be weaker, not the test wrong
    c.socket.sendall(real[3:])
    return c.sees()


def quic_behind_options(server, host):
    """Over IPv6, behind a header of destination options: made by scapy, which knows nothing of ours."""
    from scapy.all import IPv6, IPv6ExtHdrDestOpt, PadN, Raw, UDP, send

    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.connect((server, 443))
    s.settimeout(WAIT)
    send(IPv6(dst=server) / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"12")]) /
         UDP(sport=s.getsockname()[1], dport=443) / Raw(wire.initial(wire.crypto(wire.hello(host)))), verbose=False)
    try:
        s.recv(1)
        return "answer"
    except ConnectionRefusedError:
        return "unreachable"
    except (TimeoutError, socket.timeout):
        return "nothing"


TRICKS = {
    "low-ttl": decoyed(lambda c, decoy: [c.segment(0, decoy, ttl=2)]),
    "bad-checksum": decoyed(lambda c, decoy: [c.segment(0, decoy)[:-1] + b"\xff"]),
    "md5": decoyed(lambda c, decoy: [c.segment(0, decoy, tcp_options=wire.MD5)]),
    "no-ack": decoyed(lambda c, decoy: [c.segment(0, decoy, flags=wire.PSH)]),
    "wrong-seq": decoyed(lambda c, decoy: [c.segment(-10000, decoy)]),
    "reset-low-ttl": decoyed(lambda c, decoy: [c.segment(0, b"", flags=wire.RST, ttl=2)]),
    "reset-wrong-seq": decoyed(lambda c, decoy: [c.segment(5000000, b"", flags=wire.RST)]),
    "fin-low-ttl": decoyed(lambda c, decoy: [c.segment(0, b"", flags=wire.FIN | wire.ACK, ttl=2)]),
    "reversed": segmented(lambda n: [(at, min(at + 20, n)) for at in range(0, n, 20)][::-1]),
    "one-byte": segmented(lambda n: [(at, at + 1) for at in range(n)]),
    "left-overlap": segmented(lambda n: [(60, n), (0, 100)]),
    "fragments": fragments,
    "spoiled-query": spoiled_query,
    "whitewash": whitewash,
    "tls-records": stream(443, lambda h: [wire.records(wire.hello(h), range(1, 60))]),
    "http-split": stream(80, lambda h: [b"\r\nGET / HTTP/1.1\nhoSt:", h[:5], h[5:] + b"\n\n"]),
    "http-absolute": stream(80, lambda h: [b"GET http://" + h + b"/ HTTP/1.1\r\nHost: www.example.org\r\n\r\n"]),
    "connect": stream(80, lambda h: [b"CONNECT " + h + b":443 HTTP/1.1\r\n\r\n"]),
    "socks": stream(80, lambda h: [b"\5\1\0\5\1\0\3" + bytes([len(h)]) + h + b"\1\xbb"]),
    "quic-behind-options": quic_behind_options,
    "quic-another": quic_another,
    "quic-behind-junk": quic_from(before=[b"junk"] * 9),
    "quic-behind-initials": quic_from(before=[wire.initial(b"", dcid=b"nobody%02d" % n, keys_of=b"else", fill=1200) for n in range(20)]),
    "quic-from-53": quic_from(53, places=(100,)),
    "quic-from-two-ports": quic_from_two_ports,
    "quic": quic(0, 1),
    "quic-reversed": quic(1, 0),
    "quic-forged": quic(0, 1, first="the server"),
    "forged-query": forged_query,
    "quic-v2": quic(1, 0, version=wire.V2),
}

if __name__ == "__main__":
    print(TRICKS[sys.argv[1]](sys.argv[2], sys.argv[3].encode()))
