# SPDX-License-Identifier: MIT
"""A client's QUIC connection, as far as the server's Finished: which of its hellos does the server go on with?

The keys of the handshake follow from every byte of the hello that the server has read (RFC 9001, section 5.2): whose keys open
what the server says, that hello it took. The packets in clear and the Initials are those of tests/replay/make_stories.py.
"""
import hashlib
import hmac
import os
import random
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "replay"))
import make_stories as wire  # noqa: E402
import tls  # noqa: E402

PARAMETERS, PARAMETERS_DRAFT = 0x39, 0xffa5
NEGOTIATION = 0


def varint(data, at):
    length = 1 << (data[at] >> 6)
    return int.from_bytes(data[at:at + length], "big") & (1 << length * 8 - 2) - 1, at + length


class Keys:
    """Of one side, at one level."""

    def __init__(self, secret, version):
        word = wire.word_of(version)
        key, self.iv, hp = (wire.expand(secret, word + what, n) for what, n in ((b"key", 16), (b"iv", 12), (b"hp", 16)))
        self.aead, self.hp = AESGCM(key), Cipher(algorithms.AES(hp), modes.ECB())

    def mask(self, sample):
        return self.hp.encryptor().update(sample)

    def nonce(self, number):
        return (int.from_bytes(self.iv, "big") ^ number).to_bytes(12, "big")

    def open(self, packet, at):
        """The frames; at: of the packet's number, which is its whole one, as servers send few."""
        mask = self.mask(packet[at + 4:at + 20])
        first = packet[0] ^ mask[0] & 15
        length = (first & 3) + 1
        number = bytes(a ^ b for a, b in zip(packet[at:at + length], mask[1:]))
        return self.aead.decrypt(self.nonce(int.from_bytes(number, "big")), packet[at + length:], bytes([first]) + packet[1:at] + number)

    def seal(self, header, number, frames):
        """header: up to its length."""
        header += wire.varint(2 + len(frames) + 16) + struct.pack("!H", number)
        sealed = self.aead.encrypt(self.nonce(number), frames, header)
        mask = self.mask(sealed[2:18])
        return bytes([header[0] ^ mask[0] & 15]) + header[1:-2] + bytes(a ^ b for a, b in zip(header[-2:], mask[1:3])) + sealed


def crypto_frames(frames):
    """The pieces of the handshake in an opened packet of a server."""
    at = 0
    while at < len(frames):
        kind, at = varint(frames, at)
        if kind in (2, 3):
            _, at = varint(frames, at)
            _, at = varint(frames, at)
            ranges, at = varint(frames, at)
            for _ in range(1 + 2 * ranges + (3 if kind == 3 else 0)):
                _, at = varint(frames, at)
        elif kind == 6:
            offset, at = varint(frames, at)
            length, at = varint(frames, at)
            yield offset, frames[at:at + length]
            at += length
        elif kind > 1:
            return


class Stream:
    """A handshake in pieces."""

    def __init__(self):
        self.pieces, self.at = {}, 0

    def add(self, offset, data):
        self.pieces[offset] = max(self.pieces.get(offset, b""), data, key=len)

    def messages(self):
        whole = b""
        for offset in sorted(self.pieces):
            if offset > len(whole):
                break
            whole += self.pieces[offset][len(whole) - offset:]
        while len(whole) >= self.at + 4 and len(whole) >= (end := self.at + 4 + int.from_bytes(whole[self.at + 1:self.at + 4], "big")):
            yield whole[self.at:end]
            self.at = end


class Tls(tls.TlsClient):
    """One of the hellos that the server may have read."""

    def __init__(self, names, hello, message):
        super().__init__(names[0], random.Random(0))
        self.names, self.hello, self.transcript, self.level = names, hello, message, None
        self.second_layout = lambda second, first: second

    def finish(self):
        digest = hashlib.sha256(self.transcript).digest()
        key = tls.expand(self.mine.secret, b"finished", b"")
        self.application = True
        return bytes([tls.FINISHED]) + tls.block24(hmac.new(key, digest, hashlib.sha256).digest())


class Connection:
    """hellos: what the server may read, each as (names in it, tls.Hello, bytes); the first one is the true one."""

    def __init__(self, version, dcid, scid, offered=()):
        self.version, self.scid, self.offered = version, scid, offered
        self.token, self.server_id = b"", None
        self.keeps_id = False                   # though the server has chosen another one
        self.is_retried = self.is_refused = self.is_answered = False
        self.hellos, self.taken = [], set()     # the names of those that the server went on with
        self.number = 0
        self.second = None                      # the hello that the server asked for
        self.renew(dcid)

    def renew(self, dcid):
        self.dcid = dcid
        self.derive()
        self.initials, self.handshakes, self.num_handshakes = Stream(), Stream(), 0

    def derive(self):
        secret = hmac.new(bytes.fromhex(wire.SALTS[self.version]), self.dcid, hashlib.sha256).digest()
        self.server_keys = Keys(wire.expand(secret, b"server in", 32), self.version)

    def may_take(self, names, hello, message):
        self.hellos.append(Tls(names, hello, message))

    def initial(self, frames, number=None, dcid=None, fill=1162):
        if number is None:
            number, self.number = self.number, self.number + 1
        return wire.initial(frames, number, self.version, self.dcid if dcid is None else dcid, self.dcid, self.token, fill, self.scid)

    def receive(self, datagram):
        """What the client answers: a list of datagrams."""
        out, at = [], 0
        while at < len(datagram) and datagram[at] & 0x80:
            try:
                length, said = self.packet(datagram[at:])
            except (IndexError, struct.error):
                break
            out += said
            at += length
        return out

    def packet(self, data):
        version = struct.unpack_from("!I", data, 1)[0]
        dcid, at = data[6:6 + data[5]], 6 + data[5]
        scid, at = data[at + 1:at + 1 + data[at]], at + 1 + data[at]
        if dcid == self.scid and version in self.offered and version != self.version:
            self.version = version
            self.derive()
        if dcid != self.scid or version not in (NEGOTIATION, self.version):
            return len(data), []
        if version == NEGOTIATION:
            self.is_refused = True
            return len(data), []
        kind = (data[0] >> 4) - wire.is_second(version) & 3
        if kind == wire.RETRY:
            if not self.is_retried:
                self.is_retried, self.token = True, data[at:-16]
                self.renew(scid)
            return len(data), []
        if kind == wire.INITIAL:
            length, at = varint(data, at)
            at += length
        length, at = varint(data, at)
        packet = data[:at + length]
        self.server_id = scid
        said = self.read_initial(packet, at) if kind == wire.INITIAL else self.read_handshake(packet, at) if kind == wire.HANDSHAKE else []
        return len(packet), said

    def read_initial(self, packet, at):
        try:
            frames = self.server_keys.open(packet, at)
        except InvalidTag:
            return []
        self.is_answered = True
        for offset, data in crypto_frames(frames):
            self.initials.add(offset, data)
        out = []
        for message in self.initials.messages():
            if message[0] == tls.SERVER_HELLO:
                out += self.read_hello(message)
        return out

    def read_hello(self, message):
        begin = len(self.hellos[0].transcript) if self.hellos else 0
        for hello in self.hellos:
            try:
                again = hello.read_message(message)
            except Exception:           # a server may say anything
                continue
            if hello.keys:
                hello.level = Keys(hello.keys.secret, self.version)
            elif again and self.second is None:
                self.second = again
        if self.second and not self.hellos[0].keys:
            dcid = None if self.keeps_id else self.server_id
            return [self.initial(wire.crypto(bytes(begin) + self.second, at, at + 1000), dcid=dcid)
                    for at in range(begin, begin + len(self.second), 1000)]
        return []

    def read_handshake(self, packet, at):
        for hello in self.hellos:
            if not hello.level:
                continue
            try:
                frames = hello.level.open(packet, at)
            except InvalidTag:
                continue
            self.taken |= set(hello.names)
            for offset, data in crypto_frames(frames):
                self.handshakes.add(offset, data)
            for message in self.handshakes.messages():
                try:
                    said = hello.read_message(message)
                except Exception:
                    continue
                if said:
                    return [self.finished(hello, said)]
        return []

    def finished(self, hello, message):
        """With what acknowledges the server's first packets."""
        header = wire.long_header(wire.HANDSHAKE, self.version, self.server_id, self.scid)
        acknowledged = b"\2\0\0\0\0"
        return (self.initial(acknowledged, dcid=self.server_id, fill=4) +
                Keys(hello.mine.secret, self.version).seal(header, 0, acknowledged + wire.crypto(message) + bytes(1100)))


def parameters(scid, version, offered=()):
    """RFC 9000, section 18.2: what servers want, and room for their streams; the versions offered as in RFC 9368, section 3, and its drafts."""
    kind = PARAMETERS_DRAFT if version in (wire.DRAFT29, wire.DRAFT32) else PARAMETERS
    return kind, (b"\x0f" + bytes([len(scid)]) + scid + b"\1\2\x67\x10\4\4\x80\1\0\0\5\4\x80\1\0\0\6\4\x80\1\0\0\7\4\x80\1\0\0" +
                  b"\x08\2\x40\x10\x09\2\x40\x10" + b"".join(
                      name + wire.varint(4 * len(offered) + 4) + struct.pack("!%dI" % (len(offered) + 1), version, *offered)
                      for name in (b"\x11", b"\x80\xff\x73\xdb") if offered))
