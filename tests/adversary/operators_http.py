# SPDX-License-Identifier: MIT
"""What can be done to an HTTP request, and to those that follow it."""
import base64

from http2 import Http2, frame, headers
from operators import operator
from script import MESSAGE
from tls import block16

HTTP = ("http",)
PERMITTED = b"www.example.org"


# The request line.

@operator(MESSAGE, HTTP)
def odd_method(script, rng):
    script.app.request.method = rng.choice([b"HEAD", b"POST", b"OPTIONS", b"get", b"M-SEARCH", b"A" * 32, b"A" * 33, b"X" * 64, b"Q" * 200, b"A.B",
                                            b"GET!", b"!", b"A'B", b"GET_IT", b"PROPFIND", b"BREW", b"PRI", b"1", b"CONNECT", b"GE\tT", b"",
                                            b"A|B~", b"QUERY", b"PURGE", b"\xc3\xa9"])
    if rng.random() < 0.3:
        script.app.request.lines.append(b"Content-Length: 0")


@operator(MESSAGE, HTTP)
def other_target(script, rng):
    """The target as a URL, an authority or a star; the Host field agrees, differs or is not there."""
    r, name = script.app.request, script.app.name
    r.target = rng.choice([b"http://" + name + b"/", b"HTTP://" + name.upper() + b"/", b"http://" + name, b"http://" + name + b":80/x", b"https://" + name + b"/",
                           b"http://user:word@" + name + b"/", b"//" + name + b"/", name + b":80", b"*", b"http:///" + name, b"/http://" + name + b"/",
                           b"http://" + name + b"?x", b"http://" + name + b"./", b"ftp://" + name + b"/", b"x:/", b"http://" + PERMITTED + b"/", b"?", b"x",
                           b"/%00", b"/" + b"a" * 3000, b"http:\\\\" + name + b"\\", b"http://" + name + b"#f"])
    r.host_lines = rng.choice([r.host_lines, r.host_lines, [b"Host: " + PERMITTED], [], [b"Host:"], [b"Host: x"]])


@operator(MESSAGE, HTTP)
def odd_version(script, rng):
    script.app.request.version = rng.choice([b" HTTP/1.0", b" HTTP/1.1 ", b"  HTTP/1.1", b"\tHTTP/1.1", b" http/1.1", b" HTTP/1.2", b" HTTP/2.0", b" HTTP/3.7",
                                             b" HTTP/01.01", b" HTTP/1", b" HTTP/0.9", b" HTTP/1.10", b" HTP/1.1", b" HTTPS/1.1", b"", b" ", b" ICE/1.0"])


@operator(MESSAGE, HTTP)
def no_version(script, rng):
    """A request of HTTP/0.9: nothing but a line."""
    r = script.app.request
    r.version = rng.choice([b"", b" "])
    r.target = rng.choice([b"/", b"http://" + r.name + b"/", b"http://" + r.name, b"//" + r.name])
    if rng.random() < 0.5:
        r.host_lines, r.lines = [], []


@operator(MESSAGE, HTTP)
def something_in_front(script, rng):
    script.app.request.front += rng.choice([b"\r\n", b"\n", b"\r\n" * 20, b"\r", b" ", b"\0", b"\r\n\r\n\n", b"\t", b"\xef\xbb\xbf", b"\r\n" * 3000])


@operator(MESSAGE, HTTP)
def line_ends(script, rng):
    script.app.request.end = rng.choice([b"\n", b"\r\r\n", b"\r", b"\n\r", b" \r\n", b"\0\r\n"])


# The Host field.

@operator(MESSAGE, HTTP, harmless=True)
def case_and_space(script, rng):
    name = rng.choice([script.app.name, script.app.name.upper()])
    script.app.request.host_lines = [rng.choice([b"Host", b"HOST", b"hOsT", b"host"]) + b":" + rng.choice([b"", b" ", b"    "]) + name +
                                     rng.choice([b"", b" "])]


@operator(MESSAGE, HTTP)
def odd_host(script, rng):
    name = script.app.name
    meant = [name + b"\t", b"\t" + name, name + b":80", name + b":", name + b".", name + b".:80", name + b":443", name + b"..", name + b":99999", name + b": 80",
             b"user@" + name]
    other = [name + b":abc", name + b":80:80", name + b"/", name + b"/x", b"http://" + name, name + b"\x0b", name + b"\0", b"\0" + name, name + b"\0x", name + b" x",
             b"x " + name, name + b"," + PERMITTED, PERMITTED + b"," + name, b"[" + name + b"]", b'"' + name + b'"', name + b"#", name + b"?", name + b";",
             b"%64" + name[1:], name.replace(b".", b"%2e"), b"." + name, name + b"\\"]
    host = rng.choice(meant + other)
    script.app.request.host_lines = [b"Host: " + host]
    script.app.odd = host if host in meant else None


@operator(MESSAGE, HTTP)
def folded_host(script, rng):
    name = script.app.name
    script.app.request.host_lines = [rng.choice([b"Host:\r\n " + name, b"Host:\r\n\t" + name, b"Host: \r\n \r\n " + name, b"Host:\n " + name, b"Host: " + name + b"\r\n ",
                                                 b"Host: " + name + b"\r\n x", b"Host: " + name[:9] + b"\r\n " + name[9:], b"Host\r\n : " + name,
                                                 b"X: y\r\n Host: " + PERMITTED + b"\r\nHost: " + name, b"X:\r\n Host: " + name])]


@operator(MESSAGE, HTTP)
def doubled_host(script, rng):
    lines = [b"Host: " + script.app.name, rng.choice([b"Host: " + PERMITTED, b"Host: " + PERMITTED, b"Host:", b"host: x", b"Host: " + script.app.name])]
    rng.shuffle(lines)
    script.app.request.host_lines = lines
    if rng.random() < 0.3:
        script.app.request.host_lines.insert(1, b"X: " + b"x" * rng.choice([1, 5000]))


@operator(MESSAGE, HTTP)
def space_around_the_name_of_the_field(script, rng):
    name = script.app.name
    script.app.request.host_lines = [rng.choice([b"Host : " + name, b"Host\t: " + name, b" Host: " + name, b"\tHost: " + name, b"Host \t : " + name,
                                                 b"Host\0: " + name, b"\0Host: " + name, b"Host;: " + name, b"X-Host: x\rHost: " + name, b"X: y\nHost: " + name,
                                                 b": x\r\nHost: " + name, b"Ho\0st: " + name, b"Host\x0b: " + name, b"Host= " + name, b"Host " + name])]


@operator(MESSAGE, HTTP)
def other_field(script, rng):
    """The name in fields that some servers and proxies prefer."""
    field = rng.choice([b"X-Forwarded-Host", b"Forwarded", b"X-Host", b":authority", b"Proxy-Host", b"X-Original-Host"])
    script.app.request.host_lines = [b"Host: " + PERMITTED, field + b": " + script.app.name]


# Its length.

@operator(MESSAGE, HTTP)
def long_headers(script, rng):
    size = rng.choice([500, 2000, 4000, 7900, 8300, 12000, 16500, 20000, 21000, 24000, 31000])
    r = script.app.request
    place = rng.choice([r.lines_before, r.lines_before, r.lines])
    width = rng.choice([40, 1000, 4000, 7000])
    while size > 0:
        place.append(b"X-%d: " % len(place) + b"x" * min(size, width))
        size -= width


@operator(MESSAGE, HTTP)
def many_headers(script, rng):
    r = script.app.request
    rng.choice([r.lines_before, r.lines]).extend([b"a: b"] * rng.choice([20, 90, 110, 900]))


@operator(MESSAGE, HTTP)
def odd_lines(script, rng):
    r = script.app.request
    rng.choice([r.lines_before, r.lines]).append(rng.choice([b"no colon", b":", b"\x80: x", b"X: \x01", b"X: \0", b"(x): y", b"X Y: z", b"", b" ", b"X:\r\n folded", b"X"]))


# What follows it.

def body(rng):
    """Fields and body of a request that has one."""
    content = rng.choice([b"", b"x", b"GET / HTTP/1.1\r\nHost: " + PERMITTED + b"\r\n\r\n", b"y" * 3000])
    how = rng.choice(["length", "length", "chunked", "chunked", "none", "both", "expect", "odd-chunks", "odd-length"])
    chunk = b"%x\r\n%s\r\n" % (len(content), content) if content else b""
    if how == "length":
        return [b"Content-Length: %d" % len(content)], content
    if how == "chunked":
        return [b"Transfer-Encoding: chunked"], chunk + b"0\r\n\r\n"
    if how == "both":
        return [b"Content-Length: %d" % rng.choice([len(content), 3]), b"Transfer-Encoding: chunked"], chunk + b"0\r\n\r\n"
    if how == "expect":
        return [b"Content-Length: %d" % len(content), b"Expect: 100-continue"], content
    if how == "odd-chunks":
        return [rng.choice([b"Transfer-Encoding: Chunked", b"Transfer-Encoding:\tchunked", b"transfer-encoding: identity, chunked", b"Transfer-Encoding : chunked"])], (
            b"%X;x=y\r\n%s\r\n" % (len(content), content) if content else b"") + rng.choice([b"0\r\nTrailer: x\r\n\r\n", b"000\r\n\r\n", b"0;x\r\n\r\n"])
    if how == "odd-length":
        return [rng.choice([b"Content-Length: +%d", b"Content-Length:%d", b"content-length: 0%d", b"Content-Length: %d, %d" if False else b"Content-Length:  %d "]) %
                len(content)], content
    return [], b""


@operator(MESSAGE, HTTP)
def later_request(script, rng):
    """Ordinary requests for a permitted name first, with a body or none; then, on the same connection, the one that it is about."""
    app = script.app
    first = b""
    n = rng.choice([1, 1, 2, 5])
    for _ in range(n):
        lines, content = body(rng)
        method = b"POST" if content or lines else rng.choice([b"GET", b"GET", b"OPTIONS"])
        target = rng.choice([b"/", b"/", b"http://" + PERMITTED + b"/"])
        first += b"\r\n".join([method + b" " + target + b" HTTP/1.1", b"Host: " + PERMITTED, *lines, b"", b""]) + content
    last = app.request.write()
    app.want = 1 if rng.random() < 0.1 else n + 1
    if rng.random() < 0.5:
        app.first = lambda: first + last
    else:
        app.first = lambda: first
        app.later = [b""] * (n - 1) + [last]


@operator(MESSAGE, HTTP)
def body_behind(script, rng):
    lines, content = body(rng)
    r = script.app.request
    if lines:
        r.method = b"POST"
    r.lines += lines
    r.body = content


@operator(MESSAGE, HTTP)
def upgrade(script, rng):
    """To HTTP/2 in the clear, or to something else; then a request for the name, in frames or as before."""
    app = script.app
    what = rng.choice([b"h2c", b"h2c", b"h2c", b"websocket", b"TLS/1.0"])
    settings = base64.urlsafe_b64encode(b"\0\3\0\0\0\x64").rstrip(b"=")
    first_name = rng.choice([app.name, PERMITTED, PERMITTED])
    app.request.host_lines = [b"Host: " + first_name]
    app.request.lines += [b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: " + what, b"HTTP2-Settings: " + settings]
    if first_name != app.name:
        app.want = 2
        app.later = [Http2.PREFACE + frame(4, 0, 0, b"") + headers(rng, app.name, 3) if what == b"h2c" else
                     b"GET / HTTP/1.1\r\nHost: " + app.name + b"\r\n\r\n"]
        if rng.random() < 0.5:
            late = app.later.pop()
            write = app.request.write
            app.first = lambda: write() + late


# In front of all.

def proxy_line(rng, is_plain=False):
    """What a load balancer says first: version 1 or 2 of the PROXY protocol; with addresses, if plain, and without."""
    v2 = b"\r\n\r\n\0\r\nQUIT\n"
    addresses = bytes([198, 18, 9, 9, 198, 18, 9, 8]) + b"\x30\x39\0\x50"
    if is_plain:
        return rng.choice([b"PROXY TCP4 198.18.9.9 198.18.9.8 12345 80\r\n", v2 + b"\x21\x11" + block16(addresses)])
    return rng.choice([
        b"PROXY TCP4 198.18.9.9 198.18.9.8 12345 80\r\n", b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n",
        b"PROXY TCP6 2001:db8::1 2001:db8::2 12345 80\r\n",
        v2 + b"\x21\x11" + block16(addresses), v2 + b"\x20\0" + block16(b""), v2 + b"\x20\x11" + block16(addresses),
        v2 + b"\x21\x11" + block16(addresses + b"\2" + block16(PERMITTED)), v2 + b"\x21\x11" + block16(addresses + b"\4" + block16(bytes(500))),
        v2 + b"\x21\x21" + block16(bytes(36))])


@operator(MESSAGE, ("http", "tls", "h2"))
def proxy_line_in_front(script, rng):
    """To a server that expects none."""
    script.front = proxy_line(rng)
