# SPDX-License-Identifier: MIT
"""What can be done to a TCP connection."""
import struct

from operators import operator
from packets import ACK, FIN, PSH, RST, SYN, URG, fragments, with_header
from script import AROUND, BETWEEN, COPIES, CUT, MSS_OPTION, ORDER, REUSE, STREAM, Forget, Packet, Wait, plain_act

MD5 = b"\x13\x12" + bytes(16)
LOW = 2         # lives: enough for the gateway, not for the server


def name_places(script):
    """Where cutting is worth most: in the name, and at the beginning."""
    at = script.stream.find(script.app.name, script.begin)
    return (at, at + len(script.app.name)) if at >= 0 else (script.begin, len(script.stream))


def some_place(script, rng):
    begin, end = name_places(script)
    return rng.choice([rng.randrange(script.begin + 1, max(script.begin + 2, len(script.stream))), rng.randrange(begin, max(begin + 1, end)),
                       script.begin + rng.randrange(1, 12)])


# The stream.

@operator(STREAM)
def urgent_byte(script, rng):
    """One byte with MSG_OOB, anywhere; Linux takes it out of the stream."""
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        at = rng.choice([script.begin, script.begin + 1, some_place(script, rng), len(script.stream)])
        at = min(at, len(script.stream))
        byte = rng.choice([b"x", b"\0", b"\x16", b".", b"\n"])
        script.urgent = {p + (p >= at) for p in script.urgent} | {at}
        script.stream = script.stream[:at] + byte + script.stream[at:]
        script.decoy = script.decoy[:at] + byte + script.decoy[at:]


@operator(STREAM)
def urgent_pointer(script, rng):
    """The pointer alone, at a byte of the message: a server loses that byte, or takes it where it did not come to be urgent."""
    script.urgent.add(rng.randrange(script.begin, len(script.stream)))


# How it is cut.

@operator(CUT, harmless=True)
def cut(script, rng):
    for _ in range(rng.choice([1, 1, 2, 3, 8])):
        script.cuts.add(some_place(script, rng))


@operator(CUT, harmless=True)
def cut_everywhere(script, rng):
    size = rng.choice([1, 2, 7, 40, 100])
    size = max(size, len(script.stream) // 300)
    script.cuts |= set(range(0, len(script.stream), size))


@operator(CUT)
def small_window(script, rng):
    """The client's window, zero or small, on all that carries the stream."""
    script.window = rng.choice([0, 0, 1, 500])


# Copies.

@operator(COPIES, harmless=True)
def repeat(script, rng):
    for _ in range(rng.choice([1, 1, 2, 5])):
        place = rng.randrange(len(script.pieces))
        script.pieces.insert(place, script.pieces[place])


@operator(COPIES, harmless=True)
def overlap_that_agrees(script, rng):
    for _ in range(rng.choice([1, 2, 4])):
        begin = rng.randrange(script.begin, len(script.stream))
        end = min(len(script.stream), begin + rng.randrange(1, 200))
        if not any(begin <= p < end for p in script.urgent):
            script.pieces.insert(rng.randrange(len(script.pieces) + 1), script.piece(begin, end))


@operator(COPIES)
def overlap_that_contradicts(script, rng):
    """Other bytes for the same place, by a segment that the server takes: which of the two counts is its choice."""
    begin = rng.choice([script.begin, some_place(script, rng)])
    begin = min(begin, len(script.stream) - 1)
    end = min(len(script.stream), begin + rng.choice([1, 10, 30, 1400]))
    script.pieces.insert(rng.randrange(len(script.pieces) + 1), Packet(begin, bytes(script.decoy[begin:end]), stream=True))


@operator(COPIES)
def left_of_the_beginning(script, rng):
    """A segment that begins before the stream does."""
    n = rng.choice([1, 4, 100])
    place = next(i for i, p in enumerate(script.pieces) if not p.is_wait)
    first = script.pieces[place]
    script.pieces[place] = Packet(first.at - n, (b"\x16" * n + first.data)[:1400], stream=True)


# Order.

@operator(ORDER, harmless=True)
def reverse(script, rng):
    script.pieces.reverse()


@operator(ORDER, harmless=True)
def shuffle(script, rng):
    rng.shuffle(script.pieces)


@operator(ORDER, harmless=True)
def one_by_one(script, rng):
    """The server has each piece before the next is sent."""
    out = []
    for piece in script.pieces[:6]:
        out.append(piece)
        if not piece.is_wait:
            out.append(Wait("acked", 0.08, piece.at + len(piece.data)))
    script.pieces = out + script.pieces[6:]


@operator(ORDER, harmless=True)
def pause(script, rng):
    script.pieces.insert(rng.randrange(len(script.pieces) + 1), Wait("time", rng.choice([0.05, 0.2, 0.4])))


# What is around TCP.

@operator(ORDER, harmless=True)
def in_fragments(script, rng):
    """Segments in pieces that hosts and stateful gateways put together."""
    sizes = [rng.choice([1, 2, 3, 5, 20, 40, 100]) for _ in range(rng.choice([1, 1, 2, 5]))]
    is_reversed = rng.random() < 0.5
    for p in script.pieces:
        if not p.is_wait and rng.random() < 0.7:
            p.wrap = lambda packet: fragments(packet, sizes)[::-1 if is_reversed else 1]


@operator(ORDER, harmless=True)
def more_headers(script, rng):
    """Headers between IPv6 and TCP, options of IPv4; on the SYN as well, or not."""
    kind = rng.choice([0, 60, 60])                                      # hop-by-hop options, destination options
    size = rng.choice([4, 12, 28])                                      # with the 4 in front of it units of 8 bytes
    body = bytes([1 if size == 4 else 0x1e, size]) + bytes(size)        # padding; an option that who does not know it passes over
    for p in [*script.pieces, *([script.syn] if rng.random() < 0.5 else [])]:
        if not p.is_wait and p.wrap is None:
            p.wrap = lambda packet: with_header(packet, kind, body)


# What the server never takes, and what makes it reply.

SHIELDS = ("low-ttl", "bad-checksum", "md5", "no-ack", "old-ack", "older-ack", "future-ack", "old-timestamp", "left", "far", "no-flags",
           "future-seq", "small-header-ttl1")


def shielded(script, rng, at, data, flags=PSH | ACK):
    """A packet that the gateway sees and the server does not take."""
    how = rng.choice(SHIELDS)
    p = Packet(at, data, flags=flags)
    if how == "low-ttl":
        p.ttl = LOW
    elif how == "bad-checksum":
        p.spoiled = True
    elif how == "md5":
        p.options = MD5
    elif how == "no-ack":
        p.flags &= ~ACK
    elif how == "old-ack":
        p.ack = "older"
    elif how == "older-ack":
        p.ack = "oldest"
    elif how == "future-ack":
        p.ack = "future"
    elif how == "old-timestamp":
        script.act.timestamps = True
        p.ts = rng.choice(["old", "older"])
    elif how == "left":
        p.at -= rng.choice([10000, 100000])
    elif how == "far":
        p.at += rng.choice([1 << 20, 1 << 30])
    elif how == "no-flags":
        p.flags = 0
    elif how == "future-seq":
        p.at += 70000
    else:
        p.ttl = 1
    return p


def place_of(script, rng):
    """Before a piece, or behind all of them; most often near the beginning."""
    return rng.choice([0, 0, min(1, len(script.pieces)), rng.randrange(len(script.pieces) + 1)])


def reached(script, place):
    """How much of the stream was sent before this place."""
    return max([p.at + len(p.data) for p in script.pieces[:place] if not p.is_wait] or [script.begin])


def keep_alive(rng, at):
    """As Windows and others send it: the byte before the next, or none."""
    return Packet(at - 1, rng.choice([b"\0", b"x", b""]), flags=ACK)


def pokes(script, rng, at):
    """What makes a server reply, and a wait for that."""
    kind = rng.choice(["keep-alive", "keep-alive", "repeat", "old-timestamp", "far", "syn", "none"])
    if kind == "keep-alive":
        p = keep_alive(rng, at)
    elif kind == "repeat":
        p = Packet(max(0, at - 3), bytes(script.stream[max(0, at - 3):at]))
    elif kind == "old-timestamp":
        script.act.timestamps = True
        p = Packet(at, b"x", ts="old")
    elif kind == "far":
        p = Packet(at + 200000, b"x")
    elif kind == "syn":
        p = Packet(at + rng.choice([-1, 1000, 100000000]), flags=SYN)
    else:
        return [Wait("time", 0.05)]
    return [p, Wait("reply", 0.1)]


@operator(BETWEEN)
def decoy(script, rng):
    """Another name in the same place, that only the gateway sees; then, perhaps, replies that seem to acknowledge it."""
    place = place_of(script, rng)
    at = reached(script, place)
    begin = rng.choice([script.begin, at, at])
    out = []
    if rng.random() < 0.4 and place:
        out.append(Wait("acked", 0.08, at))
    data = bytes(script.decoy[begin:begin + 1400]) or b"x"
    for _ in range(rng.choice([1, 1, 2])):
        out.append(shielded(script, rng, begin, data))
    for _ in range(rng.choice([0, 1, 2, 3])):
        out += pokes(script, rng, at)
    script.pieces[place:place] = out


@operator(BETWEEN)
def whitewash(script, rng):
    """A beginning that the server acknowledges; a decoy of the rest that dies on its way; replies; then the real rest."""
    n = rng.choice([1, 2, 3, 5, 43, max(1, name_places(script)[0] - script.begin)])
    begin = script.begin
    n = begin + min(n, len(script.stream) - begin - 1, 1400)
    first = [script.piece(i, i + 1) for i in range(begin, n)] if n <= begin + 3 else [script.piece(begin, n)]
    for p in list(first):
        first.insert(first.index(p) + 1, Wait("acked", 0.08, p.at + len(p.data)))
    rest = bytes(script.decoy[n:n + 1400])
    first.append(shielded(script, rng, n, rest))
    for _ in range(rng.choice([0, 1, 2, 3])):
        first += pokes(script, rng, n)
    script.pieces = first + [p for p in script.pieces if p.is_wait or p.at + len(p.data) > n]


@operator(BETWEEN)
def poke(script, rng):
    place = place_of(script, rng)
    at = reached(script, place)
    script.pieces[place:place] = pokes(script, rng, at)


@operator(BETWEEN)
def windows_keep_alive(script, rng):
    place = place_of(script, rng)
    at = reached(script, place)
    script.pieces.insert(place, keep_alive(rng, at))


@operator(BETWEEN)
def syn_in_between(script, rng):
    """A SYN, or SYN+ACK and others, within the open connection; servers answer with a challenge and go on (RFC 5961)."""
    place = place_of(script, rng)
    flags = rng.choice([SYN, SYN, SYN, SYN | ACK, SYN | FIN, SYN | PSH | ACK, SYN | URG])
    at = rng.choice([-1, 0, 1, 1000, 1 << 20, 1 << 28, -5000, -(1 << 28)])
    p = Packet(at, rng.choice([b"", b"", b"", bytes(script.decoy[:200])]), flags=flags, ttl=rng.choice([64, 64, LOW]),
               options=rng.choice([b"", MSS_OPTION]))
    out = [p]
    if rng.random() < 0.5:
        out.append(Wait(rng.choice(["reply", "time"]), 0.08))
    if rng.random() < 0.3:
        out.append(Packet(at + 1, bytes(script.decoy[:1400]), ttl=LOW))
    script.pieces[place:place] = out


@operator(BETWEEN)
def reset_in_between(script, rng):
    """A reset that does not reach the server, or that it does not take."""
    place = place_of(script, rng)
    at = reached(script, place)
    how = rng.choice(["low", "out", "in-window", "spoiled", "md5"])
    p = Packet(at, flags=rng.choice([RST, RST | ACK]))
    if how == "low":
        p.ttl = LOW
    elif how == "out":
        p.at += rng.choice([-1000, 100000, 1 << 28])
    elif how == "in-window":
        p.at += rng.choice([1, 10, 3000])       # RFC 5961: a challenge
    elif how == "spoiled":
        p.spoiled = True
    else:
        p.options = MD5
    script.pieces[place:place] = [p, *([Wait("time", 0.05)] if rng.random() < 0.5 else [])]


@operator(BETWEEN)
def fin_in_between(script, rng):
    place = place_of(script, rng)
    at = reached(script, place)
    how = rng.choice(["low", "early", "out", "spoiled"])
    p = Packet(at, flags=FIN | ACK)
    if how == "low":
        p.ttl = LOW
    elif how == "early":
        p.at = len(script.stream)               # where it belongs, but before what comes before it
    elif how == "out":
        p.at += rng.choice([-1000, 100000])
    else:
        p.spoiled = True
    script.pieces.insert(place, p)


def forgetting(script, rng, at):
    """The gateway's kernel forgets the connection: at once, while a reply is on its way, or until the server speaks by itself."""
    how = rng.choice(["at once", "at once", "reply", "reply", "keep-alive"])
    if how == "at once":
        return [Forget()]
    if how == "reply":                  # the answer to this, or the client's next segment: which comes first is luck
        p = keep_alive(rng, at)
        if p.data:                      # honest clients send another byte only in the place of one that has arrived
            p.data = bytes(script.stream[at - 1:at])
        return [p, Forget("reply", 0.05)]
    return [Forget("reply", 1.3)]       # servers send keep-alives after a second (servers.sh)


@operator(BETWEEN, harmless=True)
def forgotten(script, rng):
    """As `conntrack -D`, a full table or a gateway that was restarted: what comes next seems to begin a connection, whoever sends it."""
    for _ in range(rng.choice([1, 1, 2])):
        place = place_of(script, rng)
        at = reached(script, place)
        script.pieces[place:place] = forgetting(script, rng, at)


@operator(BETWEEN)
def forgotten_all_the_time(script, rng):
    """Before every segment."""
    kind, limit = rng.choice([("time", 0.0), ("reply", 0.03)])
    script.pieces = [step for p in script.pieces for step in (Forget(kind, limit), p)]
    script.behind.append(Forget())


@operator(BETWEEN)
def fin_behind(script, rng):
    """The client says that it is done; servers still answer."""
    script.behind.append(Packet(len(script.stream), flags=FIN | ACK))


@operator(BETWEEN)
def forged_reply(script, rng):
    """Packets in the server's name from the client's own link: acknowledgements of what it never got, resets, other SYN+ACKs."""
    place = place_of(script, rng)
    n = len(script.stream)
    what = rng.choice(["ack-all", "ack-all", "data", "rst", "synack", "fin"])
    flags = {"ack-all": ACK, "data": PSH | ACK, "rst": RST | ACK, "synack": SYN | ACK, "fin": FIN | ACK}[what]
    forged = Packet(-1 if what == "synack" else 0, b"\x15\3\3\0\2\1\0" if what == "data" else b"", flags=flags, server=True,
                    peer_ack=lambda play: n)
    out = []
    if rng.random() < 0.7:
        out += [shielded(script, rng, 0, bytes(script.decoy[:1400]))]
    out += [forged] * rng.choice([1, 2, 3]) + [Wait("time", 0.05)]
    script.pieces[place:place] = out


# Around the handshake.

@operator(AROUND)
def before_the_syn(script, rng):
    """From the client, before it has begun: what seems to be the server's part, or the end of all."""
    n = rng.choice([1, 1, 2])
    for _ in range(n):
        flags = rng.choice([SYN | ACK, SYN | ACK, ACK, RST, RST | ACK, FIN | ACK, PSH | ACK])
        data = bytes(script.decoy[:500]) if flags & PSH else b""
        script.before.append(Packet(rng.choice([-1, 0, 5000, -100000]), data, flags=flags, ttl=rng.choice([64, LOW, LOW])))
    if rng.random() < 0.5:
        script.before.append(Wait("time", 0.05))


@operator(AROUND)
def forged_before_the_syn(script, rng):
    """In the server's name from the client's own link, as if the server had opened the connection, or it went on from before."""
    flags = rng.choice([ACK, PSH | ACK, SYN, SYN | ACK, FIN | ACK])
    data = b"\x15\3\3\0\2\1\0" if flags & PSH else b""
    script.before += [Packet(rng.choice([0, 5000]), data, flags=flags, server=True, peer_ack=lambda play: rng.choice([-1, 0, 500]))] * rng.choice([1, 3])
    script.before.append(Wait("time", 0.05))


@operator(AROUND, harmless=True)
def forgotten_in_the_handshake(script, rng):
    rng.choice([script.after_syn, script.opened]).append(Forget())


@operator(AROUND)
def data_in_the_syn(script, rng):
    """Servers without TCP Fast Open leave it unread; what comes then stands in the same place."""
    script.syn.data = rng.choice([bytes(script.decoy[:500]), bytes(script.stream[:100]), b"x"])


@operator(AROUND)
def two_syns(script, rng):
    """Another SYN before the server's answer: the same one again, or one with other numbers that does not arrive."""
    p = Packet(rng.choice([-1, 99, -1001, 1 << 28]), flags=SYN, options=MSS_OPTION)
    if p.at != -1:
        how = rng.choice(["low", "spoiled", "both"])
        p.ttl = LOW if how != "spoiled" else 64
        p.spoiled = how != "low"
    rng.choice([script.before, script.after_syn]).append(p)


@operator(AROUND)
def before_the_answer(script, rng):
    """Data, resets or ends before the server's SYN+ACK came."""
    flags = rng.choice([PSH | ACK, RST, FIN | ACK, PSH, ACK])
    data = bytes(script.decoy[:1400]) if flags & PSH else b""
    script.after_syn.append(Packet(0, data, flags=flags, ttl=LOW))


@operator(AROUND, harmless=True)
def no_bare_acknowledgement(script, rng):
    """The third packet of the handshake already carries data."""
    script.opened.clear()


@operator(AROUND, harmless=True)
def timestamps(script, rng):
    script.act.timestamps = True


@operator(AROUND)
def multipath(script, rng):
    """MP_CAPABLE (RFC 8684), without the rest of it."""
    script.syn.options += struct.pack("!BBBB", 30, 4, 1, 0x81)
    if rng.random() < 0.5:
        script.syn.options += b"\1\1"


@operator(AROUND)
def odd_options(script, rng):
    script.syn.options += rng.choice([b"\x22\2", b"\x22\x0a" + b"cookie12", b"\xfd\4\xf9\x89", b"\3\3\7", b"\3\3\16", b"\x1c\4\0\1", b"\0"])
    if script.pieces:
        first = next(p for p in script.pieces if not p.is_wait)
        first.options = rng.choice([b"", b"\xfd\4\xf9\x89", b"\5\x0a" + bytes(8), b"\x1e\3\0"])


@operator(AROUND)
def deaf_to_resets(script, rng):
    script.act.deaf = True


# Ports that are used again.

def other_app(script, rng):
    app = type(script.app)(b"www.example.org", rng, True)
    return app


@operator(REUSE)
def port_used_again_in_any_order(script, rng):
    """The end of the first connection in several packets, that arrive or do not, in any order; then the same port."""
    act = plain_act(other_app(script, rng))
    ends = []
    for _ in range(rng.choice([1, 2, 3, 4])):
        kind = rng.choice(["flags", "flags", "low", "out", "forget"])
        p = Packet(None, flags=rng.choice([FIN | ACK, FIN | ACK, RST | ACK, RST, ACK, SYN]))
        if kind == "low":
            p.ttl = LOW
        elif kind == "out":
            p.at = rng.choice([-70000, 0, 1 << 20])
        ends.append(Forget() if kind == "forget" else p)
    # The server must give it up at some time, or no other begins.
    ends.insert(rng.randrange(len(ends) + 1), Packet(None, flags=RST | ACK))
    act.ending, act.pause = ends, rng.choice([0.01, 0.1, 0.3])
    if rng.random() < 0.5:
        script.before += [rng.choice([Forget(), Packet(-1, flags=rng.choice([SYN, FIN | ACK, RST, ACK]), ttl=LOW)])]
    script.prelude = act
    script.act.isn_step = rng.choice([100000, 1000000, 1 << 28, 3000, 0])


@operator(REUSE)
def port_used_again_after_it_was_forgotten(script, rng):
    """The server is the first whom the gateway sees again; then an end, by both sides or one, and the same port."""
    act = plain_act(other_app(script, rng))
    again = Forget("reply", 1.3)
    act.ending = rng.choice([[again, Packet(None, flags=FIN | ACK), Wait("time", 0.1), Packet(None, flags=ACK)],
                             [again, Packet(None, flags=FIN | ACK), Wait("time", 0.1), Packet(None, flags=RST)],
                             [Packet(None, flags=FIN | ACK), Forget("reply", 0.3), Packet(None, flags=ACK), Packet(None, flags=RST | ACK)],
                             [again, Packet(None, flags=RST | ACK)],
                             [again, Packet(None, flags=SYN), Wait("time", 0.05), Packet(None, flags=RST)]])
    act.pause = rng.choice([0.01, 0.1])
    script.prelude = act
    script.act.isn_step = rng.choice([100000, 1000000])


@operator(REUSE)
def port_used_again(script, rng):
    """An ordinary connection to a permitted name, ended in some way; then this one from the same port."""
    act = plain_act(other_app(script, rng))
    how = rng.choice(["reset", "reset-low", "reset-out", "fin", "none", "syn"])
    if how.startswith("reset"):
        p = Packet(None, flags=RST | ACK)
        if how == "reset-low":
            p.ttl = LOW
        act.ending = [p]
        if how == "reset-low":
            # The server must give it up all the same.
            act.ending.append(Packet(None, flags=RST | ACK))
    elif how == "fin":
        act.ending = [Packet(None, flags=FIN | ACK)]
    act.pause = rng.choice([0.01, 0.1, 0.3])
    script.prelude = act
    script.act.isn_step = rng.choice([100000, 1000000, 1 << 28, 3000])
    script.act.timestamps = script.act.timestamps or rng.random() < 0.3
    act.timestamps = script.act.timestamps
    if script.act.timestamps:
        script.syn.ts_on_syn = True

