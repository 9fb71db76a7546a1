# SPDX-License-Identifier: MIT
"""What can be done to the talk in front of a hello or a request, and to requests to a proxy."""
from operators import operator
from script import COPIES, MESSAGE
from tls import Hello

PERMITTED = b"www.example.org"
STARTTLS, TALK, PROXIED = ("starttls",), ("talk",), ("proxied",)


def in_front(script, lines):
    """Before the command that changes over."""
    script.app.talk[-1:-1] = lines


def permitted_hello(rng):
    from tls import TlsClient
    return TlsClient.plain_layout(Hello(PERMITTED, rng).message())


@operator(COPIES, TALK)
def pipelined(script, rng):
    """Nothing waits for an answer, and all of it is one stream to the operators that come behind."""
    script.pipeline()


@operator(MESSAGE, TALK)
def talk_in_one_segment(script, rng):
    """Its parts are said at once; what follows waits for the server."""
    script.app.talk = [b"".join(script.app.talk)]


@operator(MESSAGE, TALK, harmless=True)
def talk_in_pieces(script, rng):
    """Cut into segments, some of a byte."""
    script.talk_size = rng.choice([1, 2, 7])


@operator(MESSAGE, STARTTLS, harmless=True)
def commands_in_front(script, rng):
    """Any number of commands that change nothing."""
    in_front(script, [script.app.tag + script.app.noop + b"\r\n"] * (rng.choice([1, 3, 10]) if script.variant.is_harmless else rng.choice([1, 10, 45, 90])))


@operator(MESSAGE, STARTTLS)
def junk_in_front(script, rng):
    """Lines that are no command."""
    junk = rng.choice([b"junk", b"\x16\3\1", b"\x16\3\1\2\0\1\0\1\xfc\3\3", b"GET / HTTP/1.1", b"\x80\0\xff", b"x" * 400, b"", b"\5\1\0", b"PROXY UNKNOWN"])
    in_front(script, [junk + rng.choice([b"\r\n", b"\r\n", b"\n"])] * rng.choice([1, 1, 2, 5, 9, 19]))


@operator(MESSAGE, STARTTLS)
def hello_in_front(script, rng):
    """A whole hello with a permitted name, as a line that is no command; or its beginning alone."""
    hello = permitted_hello(rng)
    in_front(script, [hello[:rng.choice([len(hello), len(hello), 5, 9, 50])] + rng.choice([b"\r\n", b"\n", b"\r\nNOOP\r\n"])])


@operator(MESSAGE, STARTTLS)
def before_the_greeting(script, rng):
    """The first bytes come before the server speaks, as those of a client of another protocol, and are a line or two that is no command."""
    hello = permitted_hello(rng)
    question = b"\0\x19\0\1\1\0\0\1\0\0\0\0\0\0\3www\3org\0\0\1\0\1"
    script.app.talk.insert(0, rng.choice([
        hello + b"\r\n", hello[:11] + b"\r\n", hello[:60] + b"\r\n", b"\x16\3\1\x40\0\1\0\x3f\xfc\3\3\r\n", b"\5\1\0\3\xff\r\n", b"\4\1\1\xbb\0\0\0\1\r\n",
        b"FOO / HTTP/1.1\r\nHost: www.example.org\r\n\r\n", b"FOO http://www.example.org/ HTTP/1.1\r\nContent-Length: 99999\r\n\r\n",
        b"FOO http://www.example.org/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n", b"FOO / HTTP/1.1\r\n", b"PROXY UNKNOWN x", b"PROXY UNKNOWN\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x40\0\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\x40\0\4\0\0\0\0\0\r\n", question + b"\r\n", question + b"\xff\xff\r\n",
        question + b"\2\0\r\n", b"\x80\x7f\1\3\1\0\x57\0\0\0\x20\r\n", b"NOOP\r\n"]))
    script.is_early = True


@operator(MESSAGE, STARTTLS)
def odd_command(script, rng):
    """The command that changes over, as some write it."""
    app = script.app
    word = rng.choice([app.start.lower(), app.start + b" ", app.start + b"\t", b" " + app.start, app.start])
    app.talk[-1] = app.tag + word + rng.choice([b"\r\n", b"\n", b"\r\r\n"])


@operator(MESSAGE, STARTTLS)
def asked_for_twice(script, rng):
    script.app.talk.append(script.app.talk[-1])


@operator(MESSAGE, TALK)
def hello_behind_the_talk(script, rng):
    """Before the real one, a whole permitted hello that the server's answer finds too early: it is thrown away, or taken."""
    hello = permitted_hello(rng)
    place = rng.randrange(len(script.app.talk))
    script.app.talk[place] += hello[:rng.choice([len(hello), 5, 60])]


@operator(MESSAGE, TALK)
def junk_behind_the_talk(script, rng):
    """Lines, requests, messages of others, that the server's answer finds too early: they are thrown away, or taken."""
    junk = rng.choice([b"x\r\n", b"x\n", b"abc GET ", b"x", b"\0" * 9, b"GET / HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 9999\r\n\r\n",
                       b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n", b"PROXY TCP4 ", b"\4\1\0\x50\0\0\0\1\0", b"\x17\3\3\0\5abcde",
                       b"\0\x13\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1", permitted_hello(rng), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
    script.app.talk[rng.randrange(len(script.app.talk))] += junk * rng.choice([1, 1, 2, 25])


# Through a proxy.

@operator(MESSAGE, ("tunnel",))
def refused_tunnel_in_front(script, rng):
    """Another one first, that the proxy refuses."""
    if script.app.talk[0].startswith(b"CONNECT"):
        name = rng.choice([PERMITTED, b"nowhere.invalid"])
        script.app.talk.insert(0, b"CONNECT " + name + rng.choice([b":25", b":1", b""]) + b" HTTP/1.1\r\nHost: " + name + b"\r\n\r\n")


@operator(MESSAGE, ("tunnel",))
def odd_tunnel_name(script, rng):
    app = script.app
    name = app.outside
    app.talk = app.words(rng.choice([name.upper(), name + b".", name + b"..", name + b" ", b" " + name, name + b"\0", name + b"\0x", b"[" + name + b"]",
                                     b"http://" + name, b"user@" + name, name + b":80", b"." + name, name + b"\t", name + b"/"]), rng)


@operator(MESSAGE, PROXIED)
def permitted_ones_first(script, rng):
    """On the same connection, whose page is awaited before the next request or not."""
    app = script.app
    n = rng.choice([1, 1, 2, 4])
    first = (b"GET http://" + PERMITTED + b"/ HTTP/1.1\r\nHost: " + PERMITTED + b"\r\n" + rng.choice([b"", b"Proxy-Connection: keep-alive\r\n"]) + b"\r\n")
    last = app.request.write()
    app.want = n + 1
    if rng.random() < 0.5:
        app.first = lambda: first * n + last
    else:
        app.first = lambda: first
        app.later = [first] * (n - 1) + [last]


@operator(MESSAGE, PROXIED)
def refused_first(script, rng):
    """A request that the proxy answers by itself, with an error: then the one that it is about."""
    app = script.app
    first = rng.choice([b"GET / HTTP/1.1\r\nHost: " + PERMITTED + b"\r\n\r\n", b"GET http://nowhere.invalid/ HTTP/1.1\r\nHost: nowhere.invalid\r\n\r\n",
                        b"OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n", b"GET ftp://" + PERMITTED + b"/ HTTP/1.1\r\nHost: " + PERMITTED + b"\r\n\r\n"])
    last = app.request.write()
    app.first = lambda: first + last
