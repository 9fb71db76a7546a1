# SPDX-License-Identifier: MIT
"""The operators of DNS: each changes a message, or how it is sent.

What one of them does need not be taken by any resolver: each variant is put to a resolver by itself first.
"""
import random
import struct

ALL = {}
QUESTION_TAIL = 4               # type and class


def operator(function):
    ALL[function.__name__.replace("_", "-")] = function
    return function


def labels(name):
    return b"".join(bytes([len(label)]) + label for label in name.split(b"."))


def pointer(to):
    return struct.pack("!H", 0xC000 | to)


class Message:
    """One question, and what is around it. `name` is its wire form up to the end, `behind` follows the question."""

    def __init__(self, name, ident):
        self.ident, self.flags = ident, 0x100
        self.plain = name
        self.name = labels(name) + b"\0"
        self.kind, self.group = 1, 1
        self.counts = [1, 0, 0, 0]
        self.in_front, self.behind = b"", b""           # questions; records and bytes
        self.tcp, self.port, self.pieces = False, 53, 1
        self.streams_before, self.declared = [], None   # TCP: messages in front; a length that is not its own
        self.datagrams_before = []

    def wire(self):
        return (struct.pack("!6H", self.ident, self.flags, *self.counts) + self.in_front + self.name +
                struct.pack("!2H", self.kind, self.group) + self.behind)

    def question_end(self, name_len):
        return 12 + len(self.in_front) + name_len + QUESTION_TAIL

    def stream(self):
        message = self.wire()
        length = len(message) if self.declared is None else self.declared
        return b"".join(struct.pack("!H", len(m)) + m for m in self.streams_before) + struct.pack("!H", length) + message


def split(m, rng, behind):
    """A part of the name stays, the rest stands in `behind`, which is a function of it."""
    parts = m.plain.split(b".")
    stay = rng.randrange(len(parts))
    kept, rest = b"".join(labels(p) for p in parts[:stay]), labels(b".".join(parts[stay:])) + b"\0"
    offset, m.behind = behind(m.question_end(len(kept) + 2) + len(m.behind), rest)
    m.name = kept + pointer(offset)


@operator
def pointer_to_behind(m, rng):
    if b"\xc0" in m.name:
        return
    before = m.behind
    split(m, rng, lambda at, rest: (at, before + rest))


@operator
def pointer_into_a_record(m, rng):
    if b"\xc0" in m.name:
        return
    before, kind = m.behind, rng.choice([1, 16, 65000])
    m.counts[3] += 1
    split(m, rng, lambda at, rest: (at + 11, before + b"\0" + struct.pack("!HHIH", kind, 1, 0, len(rest)) + rest))


@operator
def pointer_into_the_header(m, rng):
    if m.name.endswith(b"\0") and m.counts[1:] == [0, 0, 0]:
        m.name = m.name[:-1] + pointer(rng.choice([6, 7, 8, 9, 10, 11]))


@operator
def chain_of_pointers(m, rng):
    if b"\xc0" in m.name:
        return
    num, name, at = rng.choice([2, 10, 100, 250, 254, 255, 256, 400]), m.name, m.question_end(2) + len(m.behind)
    m.behind += b"".join(pointer(at + 2 * (i + 1)) for i in range(num)) + name
    m.name = pointer(at)


@operator
def flags(m, rng):
    m.flags ^= rng.choice([0x400, 0x200, 0x80, 0x40, 0x20, 0x10, 0x100, 0x6F0])


@operator
def rcode(m, rng):
    m.flags |= rng.randrange(1, 16)


@operator
def opcode(m, rng):
    m.flags |= rng.randrange(1, 16) << 11


@operator
def group(m, rng):
    m.group = rng.choice([0, 2, 3, 4, 254, 255, 0x8001])


@operator
def bytes_behind(m, rng):
    m.behind += rng.randbytes(rng.choice([1, 2, 30, 400]))


@operator
def records_that_are_missing(m, rng):
    m.counts[rng.choice([1, 2, 3, 3, 3])] += rng.choice([1, 200])


@operator
def record_that_is_broken(m, rng):
    m.counts[3] += 1
    m.behind += rng.choice([b"\x80" * 20, b"\0\0\x29\4\xd0\0\0\0\0\0\x20", b"\0\0\x29\4\xd0\0\0\0\0\0\4\0\3\0\x20"])


@operator
def records(m, rng):
    m.counts[rng.choice([1, 2, 3])] += 1
    m.behind = b"\0" + struct.pack("!HHIH", rng.choice([1, 16, 65000]), 1, 60, 4) + b"\3abc" + m.behind


@operator
def padding(m, rng):
    size = rng.choice([16, 400, 900, 1300] if not m.tcp else [16, 900, 1300, 5000, 18000, 60000])
    m.counts[3] += 1
    m.behind += b"\0" + struct.pack("!HHIH", 41, 1232, 0, size + 4) + struct.pack("!HH", 12, size) + bytes(size)


@operator
def mixed_case(m, rng):
    m.name = bytes(c ^ 0x20 if chr(c).isalpha() and c < 0x80 and rng.random() < 0.5 else c for c in m.name)


@operator
def question_in_front(m, rng):
    m.counts[0] += 1
    m.in_front += labels(b"www.example.org") + b"\0" + struct.pack("!2H", 1, 1)


@operator
def questions_behind(m, rng):
    num = rng.choice([1, 30, 199])
    m.counts[0] += num
    m.behind = (pointer(12 + len(m.in_front)) + struct.pack("!2H", 1, 1)) * num + m.behind


@operator
def no_question_counted(m, rng):
    m.counts[0] = 0


@operator
def other_port(m, rng):
    m.port = 5300


@operator
def by_tcp(m, rng):
    m.tcp = True


@operator
def in_pieces(m, rng):
    m.tcp, m.pieces = True, rng.choice([2, 3, 20])


@operator
def behind_what_is_too_short(m, rng):
    m.tcp = True
    m.streams_before.append(rng.randbytes(rng.choice([1, 5, 11])))


@operator
def behind_a_permitted_question(m, rng):
    m.tcp = True
    m.streams_before.append(Message(b"www.example.org", m.ident ^ 1).wire() + rng.choice([b"", b"xyz"]))


@operator
def behind_one_that_is_broken(m, rng):
    m.tcp = True
    m.streams_before.append(struct.pack("!6H", m.ident ^ 1, 0x100, 1, 0, 0, 0) + b"\x80\x80\x80\x80")


@operator
def length_that_lies(m, rng):
    m.tcp = True
    m.declared = max(0, len(m.wire()) + rng.choice([-17, -1, 1, 5, 40]))


@operator
def datagram_in_front(m, rng):
    # on its port: on others the first datagram of a flow says what it is
    if m.port == 53:
        m.datagrams_before.append(rng.choice([b"x", b"\0" * 12, rng.randbytes(40)]))


# In this order, whatever was drawn: what sends comes first, and what stands at a place behind what moves it.
ORDER = ["by-tcp", "in-pieces", "other-port", "mixed-case", "question-in-front", "records", "questions-behind", "pointer-into-the-header",
         "pointer-into-a-record", "pointer-to-behind", "chain-of-pointers", "record-that-is-broken", "padding", "bytes-behind",
         "records-that-are-missing", "flags", "rcode", "opcode", "group", "no-question-counted", "datagram-in-front", "behind-what-is-too-short",
         "behind-a-permitted-question", "behind-one-that-is-broken", "length-that-lies"]


# What no honest client does, and resolvers may read otherwise: where that is to be blocked, a permitted name may be stopped.
UNREADABLE = {"behind-one-that-is-broken", "behind-what-is-too-short", "datagram-in-front", "length-that-lies", "questions-behind"}


class Variant:
    """A seed and an index make one, always the same."""
    NAMES = b"dnl-01.blocked.example.com", b"www.example.org"

    def __init__(self, seed, index, servers):
        rng = random.Random("%s/%s" % (seed, index))
        self.index, self.server = index, rng.choice(sorted(servers))
        self.is_permitted = rng.random() < 0.2
        self.operators = sorted({rng.choice(ORDER) for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3, 4]))}, key=ORDER.index)
        self.message = Message(self.NAMES[self.is_permitted], 1 + index % 65535)
        for name in self.operators:
            ALL[name](self.message, random.Random("%s/%s/%s" % (seed, index, name)))

    def __str__(self):
        return "%d: %s%s: %s" % (self.index, self.server, ", permitted" if self.is_permitted else "", " + ".join(self.operators) or "nothing")
