# SPDX-License-Identifier: MIT
"""A script: what is sent on a connection, step by step, and what operators change of it.

It is laid in stages. The application's first message is made; it becomes a stream of bytes; the stream is cut into pieces; the
pieces become steps; other steps come between them. An operator works in one stage and sees what the earlier ones have made.
"""
from packets import ACK, PSH, SYN, URG

MESSAGE, RECORDS, STREAM, CUT, COPIES, ORDER, BETWEEN, AROUND, REUSE = range(9)        # the stages
MSS_OPTION = b"\2\4\5\xb4"


class Packet:
    """A step: one packet goes out. `at` is its place in the stream, whose first byte is 0; the SYN stands at -1."""
    is_wait = False

    def __init__(self, at, data=b"", flags=PSH | ACK, stream=False, ttl=64, ack="now", raw_ack=0, options=b"", ts="now",
                 ts_on_syn=False, window=64240, urgent=0, spoiled=False, server=False, peer_ack=None, wrap=None):
        self.at, self.data, self.flags, self.stream = at, data, flags, stream
        self.ttl, self.ack, self.raw_ack, self.options, self.ts = ttl, ack, raw_ack, options, ts
        self.ts_on_syn, self.window, self.urgent, self.spoiled = ts_on_syn, window, urgent, spoiled
        self.server = server
        self.peer_ack = peer_ack or (lambda play: play.sent)
        self.wrap = wrap                # what becomes of the packet: a list of packets


class Wait:
    """A step: nothing goes out until something has happened, or for so many seconds.

    open    the server has answered the SYN     acked   it has taken `upto` bytes of the stream
    reply   any packet of it                    time    nothing; the seconds alone count
    answer  the application has its answer
    talk    the server has answered `upto` parts of the talk
    ready   it has said that what follows may come
    """
    is_wait = True
    forgets = False

    def __init__(self, kind, limit=0.15, upto=0):
        self.kind, self.limit, self.upto = kind, limit, upto


class Forget(Wait):
    """A step: the gateway's kernel forgets the connection; then perhaps a wait."""
    forgets = True

    def __init__(self, kind="time", limit=0.0):
        super().__init__(kind, limit)


class Act:
    """One connection of a script."""

    def __init__(self, app):
        self.app = app
        self.steps, self.stream, self.urgent = [], b"", set()
        self.timestamps = False
        self.deaf = False               # to resets
        self.syn_acked = set()          # other bytes that the SYN+ACK may acknowledge: what went along with the SYN
        self.isn_step = 0               # how far this connection's first number is from the last one's
        self.ending, self.pause = [], 0.05
        self.outcome = None


class Script:
    def __init__(self, variant, server, app, address, port):
        self.variant, self.server, self.app, self.address, self.port = variant, server, app, address, port
        self.prelude = None             # an act that comes first, on the same port
        self.act = Act(app)
        self.stream, self.urgent, self.cuts = b"", set(), set()
        self.front = b""                # bytes before the application's
        self.talk_size = 1400           # of its segments
        self.is_early = False           # the talk begins before the server has greeted
        self.talking = []               # steps that carry the talk before it
        self.pieces = []                # steps that carry the stream
        self.before, self.after_syn, self.opened = [], [], [Packet(0, flags=ACK)]
        self.syn = Packet(-1, flags=SYN, options=MSS_OPTION)
        self.behind = []                # after the stream
        self.window = 64240             # the client's, on all that carries the stream

    # The stages between which operators stand.

    def make_stream(self):
        self.talk = self.front + b"".join(self.app.talk)
        self.begin = len(self.talk) if self.app.talk else 0     # where the stream begins that operators work on
        self.stream = self.talk + self.app.first()
        self.decoy = self.app.decoy(self.stream)

    def make_cuts(self):
        """A place behind each urgent byte."""
        self.cuts |= {p + 1 for p in self.urgent}

    def make_pieces(self):
        """And not more in each than a segment holds."""
        if self.variant.is_harmless:            # servers take no PROXY line that is cut
            self.cuts = {c for c in self.cuts if c >= len(self.front)}
        self.make_talk()
        places = sorted({self.begin, len(self.stream), *(c for c in self.cuts if self.begin < c < len(self.stream))})
        for begin, end in zip(places, places[1:]):
            for at in range(begin, end, 1400):
                self.pieces.append(self.piece(at, min(end, at + 1400)))

    def make_talk(self):
        at = len(self.front)
        if self.app.talk and self.front:
            self.talking.append(self.piece(0, at))
        for i, part in enumerate(self.app.talk):
            answers = i + self.app.greets
            if answers and (i or not self.is_early):
                self.talking.append(Wait("talk", 0.3, answers))
            for begin in range(at, at + len(part), self.talk_size):
                self.talking.append(self.piece(begin, min(begin + self.talk_size, at + len(part))))
            at += len(part)
        if self.app.talk:
            self.talking.append(Wait("ready", 0.6))

    def pipeline(self):
        self.pieces = [p for p in self.talking if not p.is_wait] + self.pieces
        self.talking = []

    def piece(self, begin, end, **fields):
        urgent = [p for p in self.urgent if begin <= p < end]
        pointer = urgent[-1] - begin + 1 if urgent else 0
        return Packet(begin, bytes(self.stream[begin:end]), flags=PSH | ACK | (URG if urgent else 0), urgent=pointer, stream=True,
                      window=self.window, **fields)

    def acts(self):
        if self.prelude:
            yield self.prelude
        act = self.act
        act.stream, act.urgent = self.stream, self.urgent
        act.steps = [*self.before, self.syn, *self.after_syn, Wait("open", 1.0), *self.opened, *self.talking, *self.pieces, *self.behind]
        yield act


def plain_act(app, syn=None):
    """A connection as everyone's."""
    act = Act(app)
    act.steps = [syn or Packet(-1, flags=SYN, options=MSS_OPTION), Wait("open", 1.0), Packet(0, flags=ACK)]
    for i, part in enumerate([*app.talk, app.first()]):
        if i < len(app.talk) and i + app.greets:
            act.steps.append(Wait("talk", 0.3, i + app.greets))
        elif i == len(app.talk) and i:
            act.steps.append(Wait("ready", 0.6))
        at, act.stream = len(act.stream), act.stream + part
        act.steps += [Packet(begin, act.stream[begin:begin + 1400], stream=True) for begin in range(at, len(act.stream), 1400)]
    return act
