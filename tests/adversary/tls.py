# SPDX-License-Identifier: MIT
"""A TLS 1.3 client (RFC 8446) that says any hello it is told to, and reads which certificate it gets and which page.

One cipher suite, TLS_AES_128_GCM_SHA256. No certificate is checked: each says for which kind of name it was made.
"""
import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SERVER_NAME, GROUPS, ALGORITHMS, ALPN, PADDING, VERSIONS, COOKIE, KEY_SHARE, MODES = 0, 10, 13, 16, 21, 43, 44, 51, 45
X25519, P256, P384 = 29, 23, 24
HELLO, SERVER_HELLO, ENCRYPTED, CERTIFICATE, FINISHED = 1, 2, 8, 11, 20
RETRY = hashlib.sha256(b"HelloRetryRequest").digest()
KINDS = ("prohibited", "permitted", "default")


def block8(data):
    return struct.pack("!B", len(data)) + data


def block16(data):
    return struct.pack("!H", len(data)) + data


def block24(data):
    return struct.pack("!I", len(data))[1:] + data


def server_name(*names, kind=0):
    return block16(b"".join(struct.pack("!B", kind) + block16(n) for n in names))


def within(extensions, room):
    """The same ones, the longest cut so that all fit."""
    over = sum(len(body) + 4 for _, body in extensions) - room
    while over > 0:
        at = max(range(len(extensions)), key=lambda i: len(extensions[i][1]))
        kind, body = extensions[at]
        cut = min(over, len(body))
        extensions[at] = kind, body[:len(body) - cut]
        over -= cut
    return extensions


class Hello:
    """What a ClientHello is made from; operators change it before it is written."""

    def __init__(self, name, rng):
        self.random, self.session = rng.randbytes(32), rng.randbytes(32)
        self.version = 0x0303
        self.suites = [0x1301]
        self.compression = b"\0"
        self.groups, self.shares = [X25519], [X25519]
        self.name_extensions = [server_name(name)]
        self.front, self.behind = [], []        # other extensions
        self.alpn = []
        self.versions = [0x0304]
        self.no_extensions = False
        self.x25519 = x25519.X25519PrivateKey.generate()
        self.p256 = ec.generate_private_key(ec.SECP256R1()) if False else None

    def share(self, group):
        if group == X25519:
            return self.x25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        if group == P256:
            self.p256 = self.p256 or ec.generate_private_key(ec.SECP256R1())
            return self.p256.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return self.random * 2          # of no meaning

    def secret(self, group, theirs):
        if group == X25519:
            return self.x25519.exchange(x25519.X25519PublicKey.from_public_bytes(theirs))
        return self.p256.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))

    def extensions(self, cookie=b""):
        yield from self.front
        for body in self.name_extensions:
            yield SERVER_NAME, body
        yield GROUPS, block16(b"".join(struct.pack("!H", g) for g in self.groups))
        yield ALGORITHMS, block16(bytes.fromhex("0403080404010503080508060601"))
        if self.alpn:
            yield ALPN, block16(b"".join(block8(a) for a in self.alpn))
        if self.versions:
            yield VERSIONS, block8(b"".join(struct.pack("!H", v) for v in self.versions))
        yield MODES, b"\1\1"
        yield KEY_SHARE, block16(b"".join(struct.pack("!H", g) + block16(self.share(g)) for g in self.shares))
        if cookie:
            yield COOKIE, block16(cookie)
        yield from self.behind

    def message(self, cookie=b""):
        extensions = b"".join(struct.pack("!H", kind) + block16(body) for kind, body in within(list(self.extensions(cookie)), 0xffff))
        body = (struct.pack("!H", self.version) + self.random + block8(self.session) +
                block16(b"".join(struct.pack("!H", s) for s in self.suites)) + block8(self.compression))
        return bytes([HELLO]) + block24(body + block16(extensions))


def expand(secret, label, context, length=32):
    info = struct.pack("!HB", length, len(label) + 6) + b"tls13 " + label + block8(context)
    return hmac.new(secret, info + b"\1", hashlib.sha256).digest()[:length]


def extract(salt, secret):
    return hmac.new(salt, secret, hashlib.sha256).digest()


class Keys:
    def __init__(self, secret):
        self.secret = secret
        self.aead, self.iv, self.number = AESGCM(expand(secret, b"key", b"", 16)), expand(secret, b"iv", b"", 12), 0

    def nonce(self):
        self.number += 1
        return (int.from_bytes(self.iv, "big") ^ (self.number - 1)).to_bytes(12, "big")

    def seal(self, kind, data):
        header = b"\x17\3\3" + struct.pack("!H", len(data) + 17)
        return header + self.aead.encrypt(self.nonce(), data + bytes([kind]), header)

    def open(self, record):
        inner = self.aead.decrypt(self.nonce(), record[5:], record[:5]).rstrip(b"\0")
        return inner[-1], inner[:-1]


class TlsClient:
    """The application of a script: first() is what it says, receive() what it answers."""
    odd = None                                  # the name as it is written, if that is odd
    protocols = ("tls",)
    talk = ()                                   # what is said before it (talk.py)

    def __init__(self, name, rng, is_harmless=False):
        self.name = name                        # the one it is about
        # The request inside names no prohibited host: nobody on the way can see it, and what servers make of it is not asked.
        self.request = b"GET / HTTP/1.1\r\nHost: " + name + b"\r\nConnection: close\r\n\r\n" if is_harmless else b"GET / HTTP/1.0\r\n\r\n"
        self.hello = Hello(name, rng)
        self.second = None                      # the hello after a HelloRetryRequest; the same if None
        self.layout = self.plain_layout         # a handshake message as records
        self.second_layout = self.plain_layout
        self.certificate = None                 # the kind of the certificate that came
        self.page = None
        self.is_done = False
        self.said = b""                         # what the server said in the clear that ends it
        self.buffer, self.messages, self.plain = b"", b"", b""
        self.keys = None
        self.transcript = b""
        self.is_retried = False

    @staticmethod
    def plain_layout(message, first=True):
        return b"\x16\3\1" + block16(message) if len(message) <= 16384 else b"".join(
            b"\x16\3\1" + block16(message[at:at + 16384]) for at in range(0, len(message), 16384))

    def first(self):
        message = self.hello.message()
        self.transcript = message
        return self.layout(message)

    def decoy(self, stream):
        """A stream of the same length that names a permitted host."""
        other = b"x" * (len(self.name) - 12) + b".example.org"
        return stream.replace(self.name, other) if self.name in stream else bytes(len(stream))

    def receive(self, data):
        self.buffer += data
        out = b""
        while not self.is_done and len(self.buffer) >= 5:
            length = 5 + struct.unpack_from("!H", self.buffer, 3)[0]
            if len(self.buffer) < length:
                break
            record, self.buffer = self.buffer[:length], self.buffer[length:]
            try:
                out += self.read_record(record)
            except Exception as problem:        # a server may say anything
                self.said = repr(problem).encode()
                self.is_done = True
        return out

    def read_record(self, record):
        kind, body = record[0], record[5:]
        if kind == 23 and self.keys:
            kind, body = self.keys.open(record)
        if kind == 21:
            self.said = body
            self.is_done = True
            return b""
        if kind == 23:
            return self.read_page(body)
        if kind != 22:
            return b""
        self.messages += body
        out = b""
        while len(self.messages) >= 4:
            end = 4 + int.from_bytes(self.messages[1:4], "big")
            if len(self.messages) < end:
                break
            message, self.messages = self.messages[:end], self.messages[end:]
            out += self.read_message(message)
        return out

    def read_message(self, message):
        if message[0] == SERVER_HELLO:
            return self.read_hello(message)
        if message[0] == CERTIFICATE:
            for kind in KINDS:
                if b"adversary " + kind.encode() in message:
                    self.certificate = kind
        if message[0] == 14:            # ServerHelloDone of TLS 1.2: the certificate is all that we wanted
            self.said = b"tls 1.2"
            self.is_done = True
        if message[0] == 4:             # NewSessionTicket
            return b""
        self.transcript += message
        if message[0] == FINISHED and self.keys and not self.application:
            return self.finish()
        return b""

    def read_hello(self, message):
        random = message[6:38]
        at = 39 + message[38] + 3
        extensions, share, cookie = message[at + 2:], None, b""
        group = None
        while len(extensions) >= 4:
            kind, length = struct.unpack_from("!HH", extensions)
            body, extensions = extensions[4:4 + length], extensions[4 + length:]
            if kind == KEY_SHARE:
                group = struct.unpack_from("!H", body)[0]
                share = body[4:]
            elif kind == COOKIE:
                cookie = body[2:]
        if random == RETRY and not self.is_retried:
            self.is_retried = True
            hello = self.second or self.hello
            hello.random, hello.session = self.hello.random, self.hello.session
            hello.shares = [group] if group else hello.shares
            self.hello = hello
            second = hello.message(cookie)
            self.transcript = b"\xfe\0\0\x20" + hashlib.sha256(self.transcript).digest() + message + second
            return self.second_layout(second, False)
        self.transcript += message
        if share is None:
            return b""                          # TLS 1.2
        secret = extract(expand(extract(bytes(32), bytes(32)), b"derived", hashlib.sha256().digest()), self.hello.secret(group, share))
        digest = hashlib.sha256(self.transcript).digest()
        self.mine, self.keys = Keys(expand(secret, b"c hs traffic", digest)), Keys(expand(secret, b"s hs traffic", digest))
        self.master = extract(expand(secret, b"derived", hashlib.sha256().digest()), bytes(32))
        self.application = False
        return b""

    def finish(self):
        digest = hashlib.sha256(self.transcript).digest()
        key = expand(self.mine.secret, b"finished", b"")
        out = b"\x14\3\3\0\1\1" + self.mine.seal(22, bytes([FINISHED]) + block24(hmac.new(key, digest, hashlib.sha256).digest()))
        self.mine = Keys(expand(self.master, b"c ap traffic", digest))
        self.keys = Keys(expand(self.master, b"s ap traffic", digest))
        self.application = True
        return out + self.mine.seal(23, self.request)

    def read_page(self, data):
        self.plain += data
        words = self.plain.partition(b"page of ")[2].split()
        if words:
            self.page = words[0].decode("latin-1")
        elif self.plain.startswith(b"HTTP/1.1 4") and b"\r\n\r\n" in self.plain:
            self.page = "refused"               # Apache: no request without a host, if the hello had one
        self.is_done = self.page is not None
        return b""

    def took(self):
        """The kind of the name that the server accepted, as far as the client can tell."""
        return self.certificate
