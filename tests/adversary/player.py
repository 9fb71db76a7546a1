# SPDX-License-Identifier: MIT
"""Plays scripts (script.py) with raw packets, many at once.

Each has an address and a port that the kernel of this namespace does not own: the gateway sends packets for them to this
namespace, the kernel drops them unheard, and every number of every connection is ours. What a script does not say is done as an
ordinary client does it: what arrives is acknowledged, what is lost is sent again.
"""
import errno
import heapq
import random
import select
import socket
import struct
import time

from packets import ACK, FIN, MOD, PSH, RST, SYN, URG, Arrived, distance, is_tcp, tcp

PACKET_IGNORE_OUTGOING = 23     # linux/if_packet.h
ETH_P_ALL = 3
AGAIN = (0.25, 0.5)             # seconds until what was not acknowledged is sent again
PATIENCE = 0.9                  # seconds without anything new, after which a connection is over
LIFE = 6.0                      # seconds that any connection lasts at most
FORGED = 0xFADE                 # the IP identification of what we forge in the server's name
MOST = 4000                     # packets of a play: two ends may answer each other for ever
MSS = 1400


class Link:
    """The client's interface."""

    def __init__(self, interface, gateway_mac):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(263, PACKET_IGNORE_OUTGOING, 1)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self.socket.setsockopt(socket.SOL_SOCKET, option + 25 if option == socket.SO_RCVBUF else option, 16 << 20)
        self.socket.bind((interface, 0))
        self.socket.setblocking(False)
        self.gateway = bytes.fromhex(gateway_mac.replace(":", ""))

    def send(self, client, packet):
        # A device of its own: no two clients share an address on the link.
        frame = self.gateway + b"\2\0" + client[-4:] + (b"\x08\0" if len(client) == 4 else b"\x86\xdd") + packet
        while True:
            try:
                self.socket.send(frame)
                return
            except BlockingIOError:
                select.select([], [self.socket], [], 0.1)
            except OSError as e:
                if e.errno != errno.EMSGSIZE:           # with all its options it is longer than the link takes
                    raise
                return

    def receive(self):
        try:
            frame = self.socket.recv(70000)
        except BlockingIOError:
            return None
        return frame[14:]


class Play:
    """One script on its way: the state of a connection, and the step that comes next."""

    def __init__(self, player, script, client, port):
        self.player, self.script = player, script
        self.client, self.port = client, port
        self.server = script.address
        self.begun = time.monotonic()
        self.packets = []                       # what went out and came in, for a capture
        self.forgotten = []                     # when the gateway forgot it
        self.outcome = None
        self.acts = list(script.acts())
        self.timer = 0
        self.isn = random.Random(script.variant.seed_of("isn")).randrange(1 << 31)
        self.next_act()

    # What happens on the wire.

    def next_act(self):
        self.act = self.acts.pop(0)
        self.app = self.act.app
        self.isn = (self.isn + self.act.isn_step) % MOD
        self.steps = list(self.act.steps)
        self.stream = bytearray(self.act.stream)
        self.urgent = set(self.act.urgent)
        self.acked = 0                          # bytes of the stream that the server has
        self.sent = 0                           # and that it was sent
        self.their_isn = None                   # the next byte that we expect
        self.expected = 0
        self.their_ts = 0
        self.early = {}
        self.replies = 0
        self.is_ending = self.is_closed = False
        self.fin = 0                            # 1 once our FIN is part of the numbers
        self.attempt = 0
        self.progress = time.monotonic()
        self.wait = None
        self.advance()

    def transmit(self, packet, forged=False):
        now = time.time()
        self.packets.append((now, packet))
        self.player.link.send(self.client, packet)

    def ts_option(self, how):
        if not self.act.timestamps or how == "none":
            return b""
        now = int(time.monotonic() * 1000) + 0x10000000
        value = {"now": now, "old": now - 500000, "older": now - (1 << 31) + 1000, "future": now + 10000000}[how]
        return struct.pack("!BBBBII", 1, 1, 8, 10, value % MOD, self.their_ts)

    def emit(self, p):
        """A step that is a packet; one without a place stands behind all that was sent."""
        at = self.sent + self.fin if p.at is None else p.at
        if p.at is None and p.flags & FIN and p.ttl == 64:
            self.fin = 1
        if p.stream:
            self.sent = max(self.sent, p.at + len(p.data))
            self.progress = time.monotonic()
        their = self.expected
        ack = {"now": their, "old": their - 1, "older": their - 100000, "oldest": their - (1 << 30), "future": their + 100000,
               "zero": 0}[p.ack] if p.flags & ACK or p.ack == "zero" else p.raw_ack
        options = p.options + (b"" if p.flags & SYN and not p.ts_on_syn else self.ts_option(p.ts))
        if p.server:
            # In the server's name, from the client's own link.
            packet = tcp(self.server, self.client, self.script.port, self.port, their + at, self.isn + 1 + p.peer_ack(self), p.flags,
                         p.data, p.window, b"", ttl=p.ttl, ident=FORGED)
        else:
            packet = tcp(self.client, self.server, self.port, self.script.port, self.isn + 1 + at, ack, p.flags, p.data, p.window,
                         options, p.urgent, p.spoiled, ttl=p.ttl)
        for part in p.wrap(packet) if p.wrap else [packet]:
            self.transmit(part)

    def advance(self):
        """All steps up to the next wait."""
        while self.steps and self.outcome is None:
            step = self.steps[0]
            if step.is_wait:
                if self.wait is None:
                    if step.forgets:
                        self.player.forget(self)
                    self.wait = time.monotonic() + step.limit
                    self.replies_before = self.replies
                if not self.is_over(step) and time.monotonic() < self.wait:
                    self.player.call(self, self.wait)
                    return
                if step.kind == "open" and self.their_isn is None:
                    self.finish("timeout")
                    return
                self.wait = None
                self.steps.pop(0)
                continue
            self.steps.pop(0)
            self.emit(step)
        if self.outcome is None and self.is_ending:
            self.is_closed = True
            self.player.call(self, time.monotonic() + self.act.pause)
        elif self.outcome is None:
            self.progress = time.monotonic()
            if self.sent < len(self.stream) and self.their_isn is not None:
                self.send_stream(self.sent, len(self.stream))           # said meanwhile by the application
            self.player.call(self, time.monotonic() + AGAIN[min(self.attempt, len(AGAIN) - 1)])

    def is_over(self, step):
        if step.kind == "open":
            return self.their_isn is not None
        if step.kind == "acked":
            return self.acked >= step.upto
        if step.kind == "reply":
            return self.replies > self.replies_before
        if step.kind == "talk":
            return self.app.num_answers() >= step.upto or self.app.is_ready
        if step.kind == "ready":
            return self.app.is_ready
        if step.kind == "answer":
            return self.app.is_done
        return False

    def wake(self):
        """The timer."""
        now = time.monotonic()
        if self.outcome is not None:
            return
        if now - self.begun > LIFE:
            self.finish("timeout")
        elif self.steps:
            self.advance()
        elif self.is_closed and self.acts:
            self.next_act()
        elif now - self.progress > PATIENCE:
            self.over("timeout")
        else:
            if self.acked < len(self.stream) and self.attempt < len(AGAIN) and self.their_isn is not None:
                self.again()
                self.attempt += 1
            self.player.call(self, now + AGAIN[min(self.attempt, len(AGAIN) - 1)])

    def again(self):
        """What the server has not acknowledged, as a kernel would send it once more."""
        self.send_stream(self.acked, len(self.stream))

    def send_stream(self, begin, end):
        at = begin
        while at < end:
            stop = min(end, at + MSS)
            places = sorted(p for p in self.urgent if at <= p < stop)
            urgent = 0
            if places:
                stop = places[0] + 1
                urgent = stop - at
            self.transmit(tcp(self.client, self.server, self.port, self.script.port, self.isn + 1 + at, self.expected,
                              PSH | ACK | (URG if urgent else 0), bytes(self.stream[at:stop]), urgent=urgent,
                              options=self.ts_option("now")))
            at = stop
        self.sent = max(self.sent, end)

    def say(self, data):
        """More of the stream, after the script's part of it."""
        if data:
            begin = len(self.stream)
            self.stream += data
            if not self.steps:
                self.send_stream(begin, len(self.stream))
                self.attempt = 0

    def acknowledge(self, flags=ACK):
        self.transmit(tcp(self.client, self.server, self.port, self.script.port, self.isn + 1 + self.sent + self.fin, self.expected, flags,
                          options=self.ts_option("now")))

    def arrive(self, p, packet):
        if self.outcome is not None or self.is_closed:
            return
        self.packets.append((time.time(), packet))
        if len(self.packets) > MOST:
            self.finish("timeout")
            return
        if p.tsval is not None:
            self.their_ts = p.tsval
        if p.flags & RST:
            # One for an older connection on this port says nothing of this one.
            if p.flags & ACK and self.acked == 0 and not -70000 < distance(p.ack, self.isn + 1) < 200000:
                return
            if not self.act.deaf:
                self.over("reset")
            return
        self.replies += 1
        if p.flags & SYN:
            if self.their_isn is None and p.flags & ACK:
                if distance(p.ack, self.isn + 1) not in (0, *self.act.syn_acked):
                    return
                self.their_isn = p.seq
                self.expected = (p.seq + 1) % MOD
                self.progress = time.monotonic()
                if self.steps and self.steps[0].is_wait:
                    self.advance()
            return
        if self.their_isn is None:
            return
        if p.flags & ACK:
            acked = distance(p.ack, self.isn + 1)
            if self.acked < acked <= len(self.stream) + 2:
                self.acked = min(acked, len(self.stream))
                self.progress = time.monotonic()
        self.take(p)
        if self.outcome is None and self.steps and self.steps[0].is_wait:
            self.advance()

    def take(self, p):
        ahead = distance(p.seq, self.expected)
        if p.data and ahead > 0:
            self.early[p.seq] = p
            self.acknowledge()
            return
        if not p.data and not p.flags & FIN:
            if ahead == -1:
                self.acknowledge()      # a keep-alive
            return
        fresh = p.data[-ahead:] if ahead < 0 else p.data
        said = b""
        is_end = False
        while True:
            if fresh:
                self.expected = (self.expected + len(fresh)) % MOD
                self.progress = time.monotonic()
                said += self.app.receive(fresh)
            if p.flags & FIN and distance(p.seq + len(p.data), self.expected) == 0:
                is_end = True
                self.expected = (self.expected + 1) % MOD
            following = self.early.pop(self.expected, None)
            if following is None:
                break
            p, fresh = following, following.data
        if not said or self.steps:
            self.acknowledge()
        self.say(said)
        if self.app.is_done:
            self.over("page")
        elif is_end:
            self.over("end")

    def over(self, outcome):
        """An act is over; the next one may use the same port."""
        if self.is_ending:
            return
        self.act.outcome = outcome
        if not self.acts:
            self.finish(outcome)
            return
        self.is_ending, self.wait, self.steps = True, None, list(self.act.ending)
        self.advance()

    def finish(self, outcome):
        if self.outcome is None:
            self.outcome = outcome
            if outcome != "reset" and self.their_isn is not None:       # servers need not wait for it
                self.player.link.send(self.client, tcp(self.client, self.server, self.port, self.script.port,
                                                       self.isn + 1 + max(self.acked, 0), self.expected, RST | ACK,
                                                       options=self.ts_option("now")))
            self.player.done(self)


class Player:
    """Plays any number of scripts, some at once."""

    def __init__(self, link, conntrack, network, network6, at_once=100):
        self.link, self.conntrack, self.at_once = link, conntrack, at_once
        self.network, self.network6 = bytes(network), bytes(network6)   # the first 2 and 14 bytes of all addresses
        self.plays = {}
        self.heap = []
        self.number = 0
        self.finished = []

    def call(self, play, when):
        self.number += 1
        play.timer = self.number
        heapq.heappush(self.heap, (when, self.number, play))

    def done(self, play):
        self.plays.pop((play.client, play.port), None)
        self.finished.append(play)

    def forget(self, play):
        play.forgotten.append(time.time())
        self.conntrack.forget(play.client, play.server, play.port, play.script.port)

    def begin(self, script, serial):
        client = (self.network if len(script.address) == 4 else self.network6) + bytes([serial // 250 % 250, 1 + serial % 250])
        port = 2000 + serial % 60000
        play = Play(self, script, client, port)
        if play.outcome is None:
            self.plays[client, port] = play

    def poll(self, patience):
        now = time.monotonic()
        if self.heap:
            patience = min(patience, max(0, self.heap[0][0] - now))
        select.select([self.link.socket], [], [], patience)
        for _ in range(200):
            packet = self.link.receive()
            if packet is None:
                break
            if is_tcp(packet):
                p = Arrived(packet)
                play = self.plays.get((p.dst, p.dport))
                if play is not None and p.sport == play.script.port and p.src == play.server and p.ident != FORGED:
                    play.arrive(p, packet)
        now = time.monotonic()
        while self.heap and self.heap[0][0] <= now:
            _, number, play = heapq.heappop(self.heap)
            if play.timer == number:
                play.wake()

    def play(self, scripts, serial):
        """Generates the plays of all scripts, each as it is over; the first has this serial number."""
        scripts = iter(scripts)
        more = True
        while more or self.plays or self.finished:
            while more and len(self.plays) < self.at_once:
                script = next(scripts, None)
                if script is None:
                    more = False
                    break
                self.begin(script, serial)
                serial += 1
                if serial % 8 == 0:
                    self.poll(0)
            if self.plays:
                self.poll(0.5)
            while self.finished:
                yield self.finished.pop()
