# SPDX-License-Identifier: MIT
"""What can be done to HTTP/2 in the clear."""
from http2 import PING, PRIORITY, SETTINGS, WINDOW_UPDATE, frame, headers
from operators import operator
from script import MESSAGE

H2 = ("h2",)
PERMITTED = b"www.example.org"


@operator(MESSAGE, H2)
def host_for_authority(script, rng):
    app = script.app
    app.make = lambda: headers(rng, app.name, 1, by_host=True)


@operator(MESSAGE, H2)
def host_beside_authority(script, rng):
    """Which of the two a server takes is its choice."""
    from http2 import field
    app = script.app
    pair = [app.name, PERMITTED]
    rng.shuffle(pair)
    app.make = lambda: headers(rng, pair[0], 1, more=[field(rng, 38, b"host", pair[1])])


@operator(MESSAGE, H2, harmless=True)
def frames_in_front(script, rng):
    script.app.before += b"".join(rng.choice([frame(PING, 0, 0, bytes(8)), frame(WINDOW_UPDATE, 0, 0, b"\0\1\0\0"), frame(PRIORITY, 0, 5, b"\0\0\0\0\x10"),
                                              frame(SETTINGS, 0, 0, b"\0\3\0\0\0\x64"), frame(0x4a, 0, 0, b"grease")])
                                  for _ in range(rng.choice([1, 3, 9])))


@operator(MESSAGE, H2)
def later_stream(script, rng):
    """A permitted name first; then, in another stream, the one that it is about. Its name may stand in the table since before."""
    app = script.app
    app.make = lambda: headers(rng, PERMITTED, 1)
    app.want = 2
    second = headers(rng, app.name, 3)
    if rng.random() < 0.5:
        make = app.make
        app.make = lambda: make() + second
    else:
        app.later = [second]


@operator(MESSAGE, H2)
def name_from_the_table(script, rng):
    """The first request puts the name into the dynamic table, as a field of no meaning; the second names it by index alone."""
    from http2 import END_HEADERS, END_STREAM, HEADERS, integer, string
    app = script.app
    first = b"\x82\x86\x84" + b"\x41" + string(PERMITTED, True)
    second = b"\x82\x86\x84" + b"\x41" + string(app.name, rng.random() < 0.5)
    third = b"\x82\x86\x84" + integer(62, 7, 0x80)
    app.want = 3
    out = b""
    for i, data in enumerate(rng.choice([[first, second, third], [second, third, first]])):
        out += frame(HEADERS, END_HEADERS | END_STREAM, 1 + 2 * i, data)
    app.make = lambda: out
