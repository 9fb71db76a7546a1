# SPDX-License-Identifier: MIT
"""HTTP/2 without TLS (RFC 9113), from the first byte on: enough of a client to name a host in many ways and to see a page."""
import struct

DATA, HEADERS, PRIORITY, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 2, 4, 6, 8, 9
END_STREAM, END_HEADERS, PADDED, WITH_PRIORITY = 1, 4, 8, 32
# RFC 7541, appendix B, of what host names are made of: code and its length.
HUFFMAN = {"-": (0x16, 6), ".": (0x17, 6), "/": (0x18, 6), "0": (0, 5), "1": (1, 5), "2": (2, 5), ":": (0x5c, 7), "a": (3, 5), "b": (0x23, 6),
           "c": (4, 5), "d": (0x24, 6), "e": (5, 5), "f": (0x25, 6), "g": (0x26, 6), "h": (0x27, 6), "i": (6, 5), "j": (0x74, 7), "k": (0x75, 7),
           "l": (0x28, 6), "m": (0x29, 6), "n": (0x2a, 6), "o": (7, 5), "p": (0x2b, 6), "q": (0x76, 7), "r": (0x2c, 6), "s": (8, 5), "t": (9, 5),
           "u": (0x2d, 6), "v": (0x77, 7), "w": (0x78, 7), "x": (0x79, 7), "y": (0x7a, 7), "z": (0x7b, 7)}
HUFFMAN.update({str(d): (0x19 + d - 3, 6) for d in range(3, 10)})


def frame(kind, flags, stream, payload):
    return struct.pack("!I", len(payload))[1:] + bytes([kind, flags]) + struct.pack("!I", stream) + payload


def integer(value, bits, first):
    limit = (1 << bits) - 1
    if value < limit:
        return bytes([first | value])
    out, value = bytes([first | limit]), value - limit
    while value >= 128:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def string(text, huffman):
    if huffman and all(chr(c) in HUFFMAN for c in text):
        bits = "".join(format(HUFFMAN[chr(c)][0], "0%db" % HUFFMAN[chr(c)][1]) for c in text)
        bits += "1" * (-len(bits) % 8)
        packed = int(bits, 2).to_bytes(len(bits) // 8, "big") if bits else b""
        return integer(len(packed), 7, 0x80) + packed
    return integer(len(text), 7, 0) + text


def field(rng, index, name, value):
    """A literal field: with an index for its name or without, in the table, not in it, or never."""
    first, bits = rng.choice([(0x40, 6), (0x00, 4), (0x10, 4)])
    head = integer(index, bits, first) if index and rng.random() < 0.7 else bytes([first]) + string(name, False)
    return head + string(value, rng.random() < 0.5)


def block(rng, host, target=b"/", by_host=False, more=()):
    fields = [b"\x82", b"\x86", b"\x84" if target == b"/" else field(rng, 4, b":path", target)]
    if not by_host:
        fields.append(field(rng, 1, b":authority", host))
    rng.shuffle(fields)
    if by_host:
        fields.append(field(rng, 38, b"host", host))
    return b"".join(fields) + b"".join(more)


def headers(rng, host, stream, **options):
    """A HEADERS frame for a host, perhaps with CONTINUATION, padding and priority."""
    data = block(rng, host, **options)
    flags, front, behind = END_STREAM, b"", b""
    if rng.random() < 0.2:
        n = rng.choice([0, 1, 200])
        flags, front, behind = flags | PADDED, bytes([n]), bytes(n)
    if rng.random() < 0.2:
        flags, front = flags | WITH_PRIORITY, front + b"\0\0\0\0\x10"
    if rng.random() < 0.3:
        places = sorted({0, *(rng.randrange(len(data)) for _ in range(rng.choice([1, 2, 5]))), len(data)})
        parts = [data[a:b] for a, b in zip(places, places[1:])]
        out = frame(HEADERS, flags, stream, front + parts[0] + behind)
        for i, part in enumerate(parts[1:]):
            out += frame(CONTINUATION, END_HEADERS if i == len(parts) - 2 else 0, stream, part)
        return out if len(parts) > 1 else frame(HEADERS, flags | END_HEADERS, stream, front + data + behind)
    return frame(HEADERS, flags | END_HEADERS, stream, front + data + behind)


class Http2:
    """The application of a script."""
    protocols = ("h2",)
    talk = ()                                   # what is said before it (talk.py)
    PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    odd = None

    def __init__(self, name, rng, is_harmless=False):
        self.name, self.rng = name, rng
        self.settings = frame(SETTINGS, 0, 0, b"")
        self.before, self.later = b"", []       # frames before the request; bytes said once a page has come
        self.make = lambda: headers(rng, name, 1)
        self.want = 1
        self.pages, self.buffer, self.seen, self.is_done = [], b"", 0, False
        self.answered = False

    def first(self):
        return self.PREFACE + self.settings + self.before + self.make()

    def decoy(self, stream):
        other = b"x" * (len(self.name) - 12) + b".example.org"
        return stream.replace(self.name, other) if self.name in stream else self.PREFACE + bytes(len(stream) - len(self.PREFACE))

    def receive(self, data):
        self.buffer += data
        out = b""
        if not self.answered:
            self.answered = True
            out += frame(SETTINGS, 1, 0, b"")
        self.pages = [p.split()[0].decode("latin-1") for p in self.buffer.split(b"page of ")[1:] if p.split()]
        while self.seen < len(self.pages):
            self.seen += 1
            if self.later:
                out += self.later.pop(0)
            elif self.seen >= self.want:
                self.is_done = True
        return out

    @property
    def page(self):
        return "prohibited" if "prohibited" in self.pages else self.pages[0] if self.pages else None

    def took(self):
        return self.page
