# SPDX-License-Identifier: MIT
"""The operators of QUIC: each changes a client's hello, how it is cut and packed, or what is sent around it.

What one of them does need not be taken by any server: each variant is sent to a server by itself first.
"""
import copy
import random
import struct

import tls
from quic_client import Connection, parameters, wire

ALL = {}
GREASE = 0x1a2a3a4a
FULL = 1200                     # bytes of a client's first datagrams (RFC 9000, section 14.1)
HEADER = 29                     # bytes of an Initial beside its ids, token and frames


def operator(function):
    ALL[function.__name__.replace("_", "-")] = function
    return function


class Initial:
    """A packet: what is in it; its number and id are the connection's if not said."""

    def __init__(self, frames, number=None):
        self.frames, self.number = frames, number


class Datagram:
    """Initials, and packets that are functions of the connection in front of them and behind them."""

    def __init__(self, initials, socket=0, size=FULL):
        self.initials, self.front, self.behind = initials, [], []
        self.socket, self.size, self.pause, self.junk = socket, size, 0, []
        self.to_server_id = False

    def bytes(self, c):
        around = [b"".join(make(c) for make in part) for part in (self.front, self.behind)]
        dcid = c.server_id if self.to_server_id and c.server_id is not None else None
        packets = [c.initial(b"".join(i.frames), i.number, dcid, 4) for i in self.initials[:-1]]
        rest = sum(map(len, (*around, *packets, dcid or c.dcid, c.scid, c.token))) + HEADER
        packets += [c.initial(b"".join(i.frames), i.number, dcid, max(4, self.size - rest)) for i in self.initials[-1:]]
        return around[0] + b"".join(packets) + around[1]


class Script:
    """The true connection, and what is around it. It is laid in stages: message, pieces, packets, datagrams; operators come between."""

    def __init__(self, name, rng):
        self.name, self.rng = name, rng         # rng: for ids
        self.hello = tls.Hello(name, rng)
        self.hello.session, self.hello.alpn = b"", [b"h3"]
        self.second_name = None                 # in the hello after a HelloRetryRequest
        self.version, self.dcid, self.scid = wire.V1, rng.randbytes(8), rng.randbytes(8)
        self.offered = []                       # versions to which the server may change
        self.keeps_id = False                   # of the first hello, in the one that a server asks for
        self.token, self.first_number = b"", 0
        self.cuts, self.pieces, self.packets, self.datagrams = set(), [], [], []
        self.has_other_bytes = False            # there are pieces of a hello for another host
        self.port = 0                           # of the client
        self.ports = 1
        self.before = []                        # other steps
        self.others = []                        # other connections of the client

    # The steps: ("send", socket, connection -> bytes, hops), ("pause", seconds), ("answer", connection, seconds).

    def make_message(self):
        self.hello.behind.append(parameters(self.scid, self.version, self.offered))
        self.message = self.hello.message()
        self.other = self.message.replace(self.name, b"x" * (len(self.name) - 12) + b".example.org")
        self.name_at = self.message.find(self.name)

    def make_pieces(self):
        places = sorted({0, len(self.message), *self.cuts})
        self.pieces = list(zip(places, places[1:]))
        self.frames = [wire.crypto(self.message, b, e) for b, e in self.pieces]

    def make_packets(self):
        """As few as hold them: some 1,100 bytes in each."""
        self.packets = [Initial([])]
        for frame in self.frames:
            for part in [frame] if len(frame) < 1100 else self.cut_frame(frame):
                if sum(map(len, self.packets[-1].frames)) + len(part) > 1110:
                    self.packets.append(Initial([]))
                self.packets[-1].frames.append(part)

    @staticmethod
    def cut_frame(frame):
        begin, at = struct.unpack_from("!H", frame, 1)[0] & 0x3fff, 3
        if frame[1] & 0x80:
            begin, at = struct.unpack_from("!I", frame, 1)[0] & 0x3fffffff, 5
        data = frame[at + (4 if frame[at] & 0x80 else 2):]
        return [wire.crypto(bytes(begin) + data, at, at + 1000) for at in range(begin, begin + len(data), 1000)]

    def make_datagrams(self):
        self.datagrams = [Datagram([p]) for p in self.packets]

    def connection(self):
        c = Connection(self.version, self.dcid, self.scid, self.offered)
        c.token, c.number, c.keeps_id = self.token, self.first_number, self.keeps_id
        c.may_take([self.name], self.hello, self.message)
        if self.has_other_bytes:
            mixed = {self.other}
            for cut in self.cuts:
                mixed |= {self.message[:cut] + self.other[cut:], self.other[:cut] + self.message[cut:]}
            for message in sorted(mixed - {self.message}):
                c.may_take([message[self.name_at:self.name_at + len(self.name)]], self.hello, message)
        if self.second_name:
            second = copy.copy(self.hello)
            second.name_extensions = [tls.server_name(self.second_name)]
            c.hellos[0].second = second
            c.hellos[0].names.append(self.second_name)
        return c

    def sending(self, c):
        """Of the true connection; once more after a Retry."""
        for d in self.datagrams:
            if d.pause:
                yield ("pause", d.pause)
            if d.to_server_id:
                yield ("answer", c, 0.3)
            for junk in d.junk:
                yield ("send", d.socket, lambda junk=junk: junk, None)
            yield ("send", d.socket, lambda d=d: d.bytes(c), None)


def another(s, name=b"www.example.org", cuts=(), dcid=None):
    """A connection of its own, for a host that may be asked for; gives it and its datagrams."""
    other = Script(name, s.rng)
    other.dcid = dcid or other.dcid
    other.cuts = set(cuts)
    other.make_message()
    other.make_pieces()
    other.make_packets()
    other.make_datagrams()
    c = other.connection()
    s.others.append(c)
    return c, [("send", 0, lambda d=d: d.bytes(c), None) for d in other.datagrams]


def at_random(s, rng, num):
    return {rng.randrange(1, len(s.message)) for _ in range(num)}


# The message.

@operator
def long_hello(s, rng):
    size = rng.choice([800, 2000, 6000, 12000, 15500, 17 << 10, 30000])
    rng.choice([s.hello.front, s.hello.behind]).append((tls.PADDING, bytes(size)))


@operator
def second_hello(s, rng):
    """The server asks for another hello, as it has no key of the first one; the name in that may be another one."""
    s.hello.groups, s.hello.shares = [tls.X25519], []
    if not s.is_permitted and rng.random() < 0.7:
        s.second_name, other = s.name, b"www.example.org"
        if rng.random() < 0.3:
            s.second_name, other = other, s.name
        s.name, s.hello.name_extensions = other, [tls.server_name(other)]
    s.keeps_id = rng.random() < 0.3


@operator
def version(s, rng):
    s.version = rng.choice([wire.V2_DRAFT, wire.V2_DRAFT, wire.V2, wire.DRAFT29, wire.DRAFT32])


@operator
def another_version_offered(s, rng):
    s.offered = rng.choice([[wire.V2_DRAFT, wire.V2, wire.V1], [wire.V1, wire.V2_DRAFT]])


@operator
def id_length(s, rng):
    s.dcid = s.rng.randbytes(rng.choice([8, 9, 18, 20, 20, 4, 0]))


@operator
def own_id_length(s, rng):
    s.scid = s.rng.randbytes(rng.choice([0, 0, 1, 4, 20, 20]))


@operator
def token_of_nobody(s, rng):
    s.token = rng.randbytes(rng.choice([1, 40, 63, 300]))


@operator
def first_number(s, rng):
    s.first_number = rng.choice([1, 255, 256, 20000, 65000])


# Its pieces.

@operator
def cut_in_the_name(s, rng):
    s.cuts |= {s.name_at + rng.randrange(1, len(s.name)) for _ in range(rng.choice([1, 2, 5]))}


@operator
def cut(s, rng):
    s.cuts |= at_random(s, rng, rng.choice([1, 2, 8, 40]))


@operator
def cut_into_bytes(s, rng):
    begin = max(1, s.name_at - 20)
    s.cuts |= set(range(begin, min(len(s.message), begin + rng.choice([20, 60, 120]))))


@operator
def shuffled(s, rng):
    rng.shuffle(s.frames)


@operator
def reversed_pieces(s, rng):
    s.frames.reverse()


@operator
def overlap(s, rng):
    s.frames = [wire.crypto(s.message, max(0, b - rng.choice([0, 1, 30, 400])), e + rng.choice([0, 1, 30])) for b, e in s.pieces]


@operator
def repeated(s, rng):
    for _ in range(rng.choice([1, 3])):
        s.frames.insert(rng.randrange(len(s.frames) + 1), rng.choice(s.frames))


@operator
def repeated_with_other_bytes(s, rng):
    """Pieces of a hello for another host, in the same places: the first one or the last one may count."""
    s.has_other_bytes = True
    pieces = [(b, e) for b, e in s.pieces if b < s.name_at + len(s.name) and e > s.name_at]
    for b, e in pieces if rng.random() < 0.7 else pieces[:1]:
        s.frames.insert(rng.choice([0, len(s.frames), rng.randrange(len(s.frames) + 1)]), wire.crypto(s.other, b, e))


@operator
def empty_pieces(s, rng):
    for _ in range(rng.choice([1, 3, 40])):
        at = rng.choice([0, 5, len(s.message), 4000, 20000])
        s.frames.insert(rng.randrange(len(s.frames) + 1), b"\6" + wire.varint(at) + wire.varint(0))


@operator
def piece_far_away(s, rng):
    at = len(s.message) + rng.choice([0, 1, 100, 5000, 15000, 60000])
    s.frames.insert(rng.randrange(len(s.frames) + 1), b"\6" + wire.varint(at) + wire.varint(4) + rng.randbytes(4))


# What is in a packet beside them.

@operator
def frames_between(s, rng):
    for p in s.packets:
        for _ in range(rng.choice([1, 2, 10])):
            p.frames.insert(rng.randrange(len(p.frames) + 1), rng.choice([b"\0", bytes(9), b"\1", b"\1\0\1"]))


@operator
def acknowledgements_between(s, rng):
    for p in s.packets:
        p.frames.insert(rng.randrange(len(p.frames) + 1), rng.choice([b"\2\0\0\0\0", b"\3\0\0\0\0\0\0\0", b"\2\x0a\0\2\1\1\1\1\1"]))


@operator
def frame_that_is_not_allowed(s, rng):
    rng.choice(s.packets).frames.append(rng.choice([b"\x08\0abc", b"\x1d\0\0", b"\x07\1a", b"\x1c\0\0\0", b"\x40\x06\0\0", b"\xff" * 8]))


@operator
def frame_cut_short(s, rng):
    """At the end of its packet: without padding behind it its length is more than there is."""
    p = rng.choice(s.packets)
    p.frames.append(b"\6\0\x50\0")


@operator
def a_packet_for_each_piece(s, rng):
    s.packets = [Initial([f]) for p in s.packets for f in p.frames][:200]


@operator
def number_again(s, rng):
    """With the number of the packet before: servers take one of the two."""
    for at in range(1, len(s.packets)):
        s.packets[at].number = s.first_number


@operator
def numbers_backwards(s, rng):
    for at, p in enumerate(s.packets):
        p.number = s.first_number + len(s.packets) - at


# Datagrams.

@operator
def all_in_one_datagram(s, rng):
    """Which the kernel sends in fragments if it is long."""
    s.datagrams = [Datagram(s.packets)]


@operator
def some_in_a_datagram(s, rng):
    size = rng.choice([2, 3, 9])
    s.datagrams = [Datagram(s.packets[at:at + size]) for at in range(0, len(s.packets), size)]


@operator
def datagrams_shuffled(s, rng):
    rng.shuffle(s.datagrams)


@operator
def datagram_again(s, rng):
    s.datagrams.insert(rng.randrange(len(s.datagrams) + 1), rng.choice(s.datagrams))


@operator
def small_datagrams(s, rng):
    for d in s.datagrams[1:]:
        d.size = rng.choice([30, 300, 1199])


@operator
def behind_others_in_the_datagram(s, rng):
    """Packets that no server opens, in front of the true ones."""
    d, num, kind = rng.choice(s.datagrams), rng.choice([1, 1, 2, 7, 8, 9, 24, 39, 40, 45]), rng.randrange(5)
    junk = s.rng.randbytes(8)

    def broken(c):
        return wire.initial(b"\1", 1, c.version, c.dcid, b"else", c.token if kind == 4 else b"", 4, c.scid)

    def of_another(c):
        return wire.initial(b"\1", 1, c.version, junk, None, b"", 4, c.scid)

    def early(c):
        return wire.long_header(wire.ZERO_RTT, c.version, c.dcid, c.scid) + wire.varint(40) + bytes(40)

    def handshake(c):
        return wire.long_header(wire.HANDSHAKE, c.version, c.dcid, c.scid) + wire.varint(40) + bytes(40)
    d.front += [(broken, of_another, early, handshake, broken)[kind]] * num


@operator
def in_front_of_others_in_the_datagram(s, rng):
    d, kind = rng.choice(s.datagrams), rng.randrange(4)
    bits = rng.randbytes(50)
    d.behind.append([lambda c: wire.long_header(wire.ZERO_RTT, c.version, c.dcid, c.scid) + wire.varint(50) + bits,
                     lambda c: wire.long_header(wire.HANDSHAKE, c.version, c.dcid, c.scid) + wire.varint(50) + bits,
                     lambda c: b"\x40" + bits,
                     lambda c: wire.long_header(wire.INITIAL, GREASE, c.dcid, c.scid) + bits][kind])


@operator
def junk_between(s, rng):
    rng.choice(s.datagrams).junk = [rng.choice([rng.randbytes(30), b"\x40" + bytes(60), bytes(1200)]) for _ in range(rng.choice([1, 10, 60]))]


@operator
def silence_between(s, rng):
    rng.choice(s.datagrams).pause = rng.choice([0.1, 0.5, 2.5])


@operator
def to_the_id_of_the_server(s, rng):
    """What follows the server's first answer has the id that it chose."""
    for d in s.datagrams[1:]:
        d.to_server_id = True


@operator
def from_two_ports(s, rng):
    s.ports = 2
    for at, d in enumerate(s.datagrams):
        d.socket = at % 2


@operator
def the_rest_from_another_port(s, rng):
    s.ports = 2
    for d in s.datagrams[1:]:
        d.socket = 1


# Around it.

@operator
def source_port(s, rng):
    s.port = rng.choice([53, 53, 443, 123, 1, 1023])


@operator
def junk_before(s, rng):
    kinds = [rng.randbytes(30), b"\x40" + bytes(60), b"\x80\x60" + rng.randbytes(160), rng.randbytes(1200), bytes(1200),
             b"\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\3org\0\0\1\0\1", b"\xc0\0\0\0\1"]
    for _ in range(rng.choice([1, 1, 3, 9, 12])):
        junk = rng.choice(kinds)
        s.before.append(("send", 0, lambda junk=junk: junk, None))
    s.before.append(("pause", rng.choice([0, 0.1])))


@operator
def version_of_nobody_before(s, rng):
    number = rng.choice([GREASE, 0x51303530, 0xff000015])
    s.before.append(("send", 0, lambda: wire.long_header(wire.INITIAL, number, s.dcid, s.scid) + bytes(1200), None))


@operator
def initials_of_nobody_before(s, rng):
    for _ in range(rng.choice([1, 8, 20, 30])):
        dcid = s.rng.randbytes(8)
        s.before.append(("send", 0, lambda dcid=dcid: wire.initial(b"\1", 0, wire.V1, dcid, b"else"), None))


@operator
def another_before(s, rng):
    """A connection that may be made, as some libraries have many on one socket."""
    c, steps = another(s)
    s.before += [*steps, ("answer", c, 0.4), ("pause", rng.choice([0, 0.3]))]


@operator
def another_begun_before(s, rng):
    """But not its whole hello."""
    _, steps = another(s, cuts=(100,))
    s.before += steps[:1]


@operator
def decoy_that_dies_on_its_way(s, rng):
    """A hello for a host that may be asked for, on the same connection; the server has nothing of it."""
    _, steps = another(s, dcid=s.dcid if rng.random() < 0.7 else None)
    s.before += [(*step[:3], 1) for step in steps]


# In this order, whatever was drawn: a stage's behind that of the one before.
MESSAGE = ["long-hello", "second-hello", "version", "another-version-offered", "id-length", "own-id-length", "token-of-nobody", "first-number"]
CUTS = ["cut-in-the-name", "cut", "cut-into-bytes"]
PIECES = ["overlap", "reversed-pieces", "shuffled", "repeated", "repeated-with-other-bytes", "empty-pieces", "piece-far-away"]
PACKETS = ["a-packet-for-each-piece", "frames-between", "acknowledgements-between", "frame-that-is-not-allowed", "frame-cut-short", "number-again",
           "numbers-backwards"]
DATAGRAMS = ["all-in-one-datagram", "some-in-a-datagram", "small-datagrams", "datagram-again", "datagrams-shuffled", "behind-others-in-the-datagram",
             "in-front-of-others-in-the-datagram", "junk-between", "silence-between", "to-the-id-of-the-server", "from-two-ports", "the-rest-from-another-port"]
AROUND = ["source-port", "junk-before", "version-of-nobody-before", "initials-of-nobody-before", "another-before", "another-begun-before",
          "decoy-that-dies-on-its-way"]
ORDER = MESSAGE + CUTS + PIECES + PACKETS + DATAGRAMS + AROUND

# What no honest client does, and filterd may stop where what cannot be read is to be blocked.
UNREADABLE = {"long-hello", "cut-into-bytes", "repeated-with-other-bytes", "piece-far-away", "frame-that-is-not-allowed", "frame-cut-short", "number-again",
              "behind-others-in-the-datagram", "in-front-of-others-in-the-datagram", "version", "version-of-nobody-before", "initials-of-nobody-before",
              "another-begun-before", "decoy-that-dies-on-its-way", "a-packet-for-each-piece", "empty-pieces"}


class Variant:
    """A seed and an index make one, always the same; an operator's dice do not depend on the other operators."""
    NAMES = b"dnl-01.blocked.example.com", b"www.example.org"
    # Whether they are here or not.
    SERVERS = "ngtcp2", "ngtcp2-retry", "quic-go", "quic-go-retry", "ngtcp2-newer", "nginx", "nginx-retry", "haproxy"
    STAGES = (MESSAGE, "make_message"), (CUTS, "make_pieces"), (PIECES, "make_packets"), (PACKETS, "make_datagrams"), (DATAGRAMS + AROUND, None)
    port = "quic"

    def __init__(self, seed, index, forced=None, only=None):
        rng = random.Random("%s/%s" % (seed, index))
        self.seed, self.index = seed, index
        self.server = rng.choice(self.SERVERS)
        self.server = only or self.server
        self.is_harmless, self.is_ipv6 = rng.random() < 0.2, rng.random() < 0.2
        chosen = {rng.choice(ORDER) for _ in range(rng.choice([0, 1, 1, 2, 2, 2, 3, 3, 4]))} if forced is None else set(forced)
        # What cuts nothing makes one datagram, at which most operators have nothing to do.
        if chosen & set(PIECES + PACKETS + DATAGRAMS) and forced is None:
            chosen |= {rng.choice([*CUTS, "long-hello"])} | ({"a-packet-for-each-piece"} if rng.random() < 0.5 else set())
        self.operators = sorted(chosen, key=ORDER.index)

    @property
    def chosen(self):
        return self.operators

    def without(self, place):
        """The same variant without one of its operators."""
        other = object.__new__(Variant)
        other.__dict__.update(self.__dict__)
        other.operators = self.operators[:place] + self.operators[place + 1:]
        return other

    def __str__(self):
        return "%s/%d: %s%s: %s" % (self.seed, self.index, self.server, (" over IPv6" if self.is_ipv6 else "") + (", permitted" if self.is_harmless else ""),
                                    " + ".join(self.operators) or "nothing")

    def script(self, serial):
        """Each has ids of its own: servers know a connection by them."""
        s = Script(self.NAMES[self.is_harmless], random.Random("%s/%s/%s" % (self.seed, self.index, serial)))
        s.variant, s.is_permitted = self, self.is_harmless
        for names, then in self.STAGES:
            for name in self.operators:
                if name in names:
                    ALL[name](s, random.Random("%s/%s/%s" % (self.seed, self.index, name)))
            if then:
                getattr(s, then)()
        return s
