# SPDX-License-Identifier: MIT
"""What can be done to a TLS hello and its records."""
import copy
import struct

from operators import operator
from script import MESSAGE, RECORDS
from tls import ALPN, P256, PADDING, X25519, block8, block16, server_name

TLS = ("tls",)
PERMITTED = b"www.example.org"
GREASE = 0x2a2a


def fullwidth(name):
    return "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in name.decode()).encode()


# The name.

@operator(MESSAGE, TLS, harmless=True)
def upper_case(script, rng):
    name = bytes(rng.choice([c, ord(chr(c).upper())]) for c in script.app.name)
    script.app.hello.name_extensions = [server_name(name)]


@operator(MESSAGE, TLS)
def odd_spelling(script, rng):
    """No host name, but a way to write one; servers serve what they have for no name."""
    name = script.app.name
    meant = [name + b".", name + b":443", name + b":8443", name + b".:443", name + b" ", b" " + name, name + b":", name + b"\t", name + b"\0", name + b"..",
             fullwidth(name), name.replace(b".", "。".encode())]
    other = [b"https://" + name, name + b"/", b"[" + name + b"]", b"." + name, b"user@" + name, name + b"\r\n", name + b"," + PERMITTED]
    name = rng.choice(meant + other)
    script.app.hello.name_extensions = [server_name(name)]
    script.app.odd = name if name in meant else None


@operator(MESSAGE, TLS)
def two_names_in_the_list(script, rng):
    names = [script.app.name, PERMITTED]
    rng.shuffle(names)
    script.app.hello.name_extensions = [server_name(*names)]


@operator(MESSAGE, TLS)
def other_kind_in_the_list(script, rng):
    """An entry of a kind that is not known, before the host's or behind it."""
    entries = [server_name(script.app.name)[2:], bytes([rng.choice([1, 2, 255])]) + block16(rng.choice([PERMITTED, b"", b"x" * 300]))]
    rng.shuffle(entries)
    script.app.hello.name_extensions = [block16(b"".join(entries))]


@operator(MESSAGE, TLS)
def doubled_name_extension(script, rng):
    bodies = [server_name(script.app.name), rng.choice([server_name(PERMITTED), server_name(PERMITTED), b"", server_name()])]
    rng.shuffle(bodies)
    script.app.hello.name_extensions = bodies


@operator(MESSAGE, TLS)
def bytes_behind_the_list(script, rng):
    """Lengths of the list, the extension and the hello that do not agree."""
    body = server_name(script.app.name)
    script.app.hello.name_extensions = [rng.choice([body + b"\0", body + b"x" * 9, block16(body[2:] + b"\0"), body[2:], body[:-1]])]


# The other parts.

@operator(MESSAGE, TLS)
def doubled_extension(script, rng):
    hello = script.app.hello
    kind = rng.choice([ALPN, PADDING, 23, 35, GREASE])
    for place in (rng.choice([hello.front, hello.behind]), hello.behind):
        place.append((kind, b"" if kind != ALPN else block16(block8(b"http/1.1"))))


@operator(MESSAGE, TLS)
def long_hello(script, rng):
    """From 1 KB to more than any server takes, in front of the name or behind it."""
    size = rng.choice([600, 1500, 4000, 9000, 14000, 16100, 16250, 16384, 16500, 17000, 18500, 20000, 20300, 20500, 24000, 40000, 60000])
    size = max(10, size - rng.randrange(200))
    place = rng.choice([script.app.hello.front, script.app.hello.behind])
    kind = rng.choice([PADDING, GREASE, 35])
    while size > 0:
        part = min(size, rng.choice([size, 5000, 65000, 300]) if size < 60000 else 20000)
        place.append((kind, bytes(part)))
        size -= part + 4
        kind = rng.choice([k for k in range(0x4000, 0x4400)])


@operator(MESSAGE, TLS, harmless=True)
def many_extensions(script, rng):
    hello = script.app.hello
    first = 0x5000 + len(hello.front) + len(hello.behind)           # none twice, as Go takes no such hello
    for i in range(min(rng.choice([5, 40, 150]), 200 - len(hello.front) - len(hello.behind))):        # filterd reads 256, browsers send 20
        rng.choice([hello.front, hello.behind]).append((first + i, rng.randbytes(rng.randrange(4))))


@operator(MESSAGE, TLS, harmless=True)
def application_protocols(script, rng):
    script.app.hello.alpn = rng.choice([[b"http/1.1"], [b"\x2a\x2a", b"http/1.1"], [b"http/1.1", b"http/1.0", b"x" * 200]])


@operator(MESSAGE, TLS)
def odd_versions(script, rng):
    hello = script.app.hello
    hello.version = rng.choice([0x0303, 0x0301, 0x0300, 0x0304, 0x0000, 0x0305, 0xffff, 0x0200, 0x7f1c])
    hello.versions = rng.choice([[0x0304], [GREASE, 0x0304], [0x7f1c, 0x0304], [0x0304, 0x0303, 0x0302, 0x0301], []])
    if not hello.versions:
        hello.suites = [0xc02b, 0xc02f, 0xc023, 0xc00a]


@operator(MESSAGE, TLS, harmless=True)
def many_suites(script, rng):
    hello = script.app.hello
    hello.suites = [GREASE, 0x1301, *rng.sample([0x00ff, 0x5600, 0x0a0a, *range(0xc100, 0xc180)], rng.choice([3, 60]))]
    hello.session = rng.choice([b"", hello.session])


@operator(MESSAGE, TLS)
def odd_session(script, rng):
    hello = script.app.hello
    hello.session = rng.choice([b"", b"x", bytes(31), bytes(33), bytes(200)])
    hello.compression = rng.choice([b"\0", b"\1\0", b"\0\1", b""])


@operator(MESSAGE, TLS)
def unknown_ticket(script, rng):
    """A session that the server does not know: it goes on as without one. With early data, that it passes over."""
    hello = script.app.hello
    if rng.random() < 0.5:
        hello.behind.append((42, b""))
    hello.behind.append((41, block16(block16(rng.randbytes(rng.choice([32, 200]))) + bytes(4)) + block16(block8(rng.randbytes(32)))))


@operator(MESSAGE, TLS)
def dummy_of_an_encrypted_hello(script, rng):
    script.app.hello.behind.insert(0, (0xfe0d, b"\0\0\1\0\1" + rng.randbytes(1) + block16(rng.randbytes(32)) + block16(rng.randbytes(144))))


# HelloRetryRequest.

def without_a_share(hello, rng):
    hello.shares = rng.choice([[], [GREASE]])
    hello.groups = [*hello.shares, *rng.choice([[X25519], [X25519, P256], [P256]])]


@operator(MESSAGE, TLS, harmless=True)
def retry(script, rng):
    """No key share that the server has: it asks for another hello."""
    without_a_share(script.app.hello, rng)


@operator(MESSAGE, TLS)
def retry_with_another_name(script, rng):
    app = script.app
    if app.second:
        return                          # or neither hello has the name
    second = copy.copy(app.hello)
    how = rng.choice(["permitted first", "permitted first", "none first", "doubled second"])
    app.hello.name_extensions = [] if how == "none first" else [server_name(PERMITTED)]
    if how == "doubled second":
        second.name_extensions = [server_name(PERMITTED), server_name(app.name)]
    without_a_share(app.hello, rng)
    second.groups = app.hello.groups
    app.second = second


@operator(RECORDS, TLS)
def cut_second_hello(script, rng):
    """The records of the hello after a HelloRetryRequest, cut; with an alert or an empty record in front."""
    without_a_share(script.app.hello, rng)
    front = rng.choice([b"", b"\x14\3\3\0\1\1", b"\x16\3\3\0\0", b"\x15\3\3\0\2\1\x5a"])
    n = rng.choice([1, 4, 60])
    script.app.second_layout = lambda message, first: front + b"\x16\3\3" + block16(message[:n]) + b"\x16\3\3" + block16(message[n:])


# Records.

def cut_records(message, places, version=b"\3\1"):
    places = [0, *sorted({p for p in places if 0 < p < len(message)}), len(message)]
    out = []
    for begin, end in zip(places, places[1:]):
        for at in range(begin, end, 16384):
            out.append(b"\x16" + version + block16(message[at:min(end, at + 16384)]))
    return out




def layout(script):
    """The records of the first hello, as a list that operators may change."""
    if not hasattr(script, "record_changes"):
        script.record_changes = []
        script.record_places = set()

        def lay(message, first=True):
            script.hello_length = len(message)
            records = cut_records(message, script.record_places)
            for change in script.record_changes:
                records = change(records)
            return b"".join(records)
        script.app.layout = lay
    return script


@operator(RECORDS, TLS, harmless=True)
def records_cut(script, rng):
    """Behind the random number: GnuTLS takes no hello whose header is cut."""
    layout(script).record_places |= {rng.choice([rng.randrange(50, 250), rng.randrange(50, 65000)]) for _ in range(rng.choice([1, 1, 3, 20]))}


@operator(RECORDS, TLS)
def records_cut_early(script, rng):
    layout(script).record_places |= {rng.choice([rng.randrange(1, 12), rng.randrange(1, 50)]) for _ in range(rng.choice([1, 1, 3]))}


@operator(RECORDS, TLS)
def records_of_few_bytes(script, rng):
    layout(script).record_places |= set(range(0, 3000, rng.choice([1, 2, 5, 16])))


def inserted(what, place):
    return lambda records: records[:min(place, len(records))] + [what] + records[min(place, len(records)):]


@operator(RECORDS, TLS)
def empty_record(script, rng):
    for _ in range(rng.choice([1, 1, 2, 31, 33])):
        layout(script).record_changes.append(inserted(bytes([rng.choice([22, 22, 22, 21, 23, 20])]) + b"\3" + rng.choice([b"\1", b"\3"]) + b"\0\0",
                                                      rng.choice([0, 0, 1, 2])))


@operator(RECORDS, TLS)
def alert_in_front(script, rng):
    alert = bytes([rng.choice([1, 1, 1, 2]), rng.choice([0, 90, 100, 41, 10, 112])])
    layout(script).record_changes.append(inserted(b"\x15\3" + rng.choice([b"\1", b"\3"]) + block16(alert * rng.choice([1, 1, 2])), rng.choice([0, 0, 1])))


@operator(RECORDS, TLS)
def change_cipher_spec_in_front(script, rng):
    record = b"\x14\3" + rng.choice([b"\1", b"\3"]) + rng.choice([b"\0\1\1", b"\0\1\1", b"\0\2\1\1", b"\0\1\0"])
    for _ in range(rng.choice([1, 1, 2, 40])):
        layout(script).record_changes.append(inserted(record, rng.choice([0, 0, 1])))


@operator(RECORDS, TLS)
def other_type_in_front(script, rng):
    kind = rng.choice([23, 24, 25, 26, 99, 0, 255])
    layout(script).record_changes.append(inserted(bytes([kind]) + b"\3\3" + block16(rng.randbytes(rng.choice([1, 3, 50]))), rng.choice([0, 1])))


@operator(RECORDS, TLS)
def hello_request_in_front(script, rng):
    """Handshake messages that a client does not say, before its hello or in one record with it."""
    message = rng.choice([b"\0\0\0\0", b"\x18\0\0\1\0", b"\4\0\0\0", b"\x0b\0\0\3\0\0\0"])
    if rng.random() < 0.5:
        layout(script).record_changes.append(inserted(b"\x16\3\1" + block16(message), 0))
    else:
        layout(script).record_changes.append(lambda r: [r[0][:3] + block16(message + r[0][5:])] + r[1:])


@operator(RECORDS, TLS)
def odd_record_version(script, rng):
    """A version for each record, mostly one that nobody has."""
    versions = [rng.choice([0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x0305, 0x03ff, 0x0200, 0x0400, 0x0000, 0xfefd, 0x7f00])
                for _ in range(rng.choice([1, 1, 3]))]
    layout(script).record_changes.append(lambda records: [r[:1] + struct.pack("!H", versions[i % len(versions)]) + r[3:]
                                                          for i, r in enumerate(records)])


@operator(RECORDS, TLS)
def record_over_the_limit(script, rng):
    """A record longer than 16 KB, with the hello and what comes behind it."""
    n = rng.choice([16385, 16640, 18432, 18433, 20000])
    layout(script).record_changes.append(lambda records: [b"\x16\3\1" + block16((records[0][5:] + bytes(n))[:n])] + records[1:])


@operator(RECORDS, TLS)
def bytes_behind_the_hello(script, rng):
    what = rng.choice([b"\x14\3\3\0\1\1", b"\x17\3\3\0\x20" + rng.randbytes(32), b"\x16\3\3\0\0", b"junk", b"\x15\3\3\0\2\1\x5a",
                       b"\x17\3\3\0\x05early"])
    layout(script).record_changes.append(lambda records: [*records, what])
