# SPDX-License-Identifier: MIT
"""Clients that talk with a server or a proxy before their hello or request: STARTTLS, CONNECT, SOCKS.

`talk` is what they say before, in parts; each waits for the answer to the one before it, and what follows waits until the server
has said that it is ready. Inside TLS the certificate tells which name was taken; a proxy leads to servers that tell by their
address for which name it was asked.
"""
from tls import TlsClient, server_name
from web import HttpClient

PERMITTED = b"www.example.org"


class Talk:
    """In front of an application: what the server says until it is ready is not the application's."""
    greets = False                      # the server speaks first
    ready = b""                         # what it says when it is

    def begin(self):
        self.heard, self.is_ready = b"", False

    def num_answers(self):
        """To how many parts of the talk the server has answered; its greeting is one."""
        return self.heard.count(b"\n")

    def end_of_talk(self):
        """Where what it says of the talk ends; -1 if it goes on."""
        at = self.heard.find(self.ready)
        return self.heard.find(b"\n", at) + 1 or -1 if at >= 0 else -1

    def receive(self, data):
        if self.is_ready:
            return super().receive(data)
        self.heard += data
        end = self.end_of_talk()
        if end < 0:
            return b""
        self.is_ready = True
        return super().receive(self.heard[end:])


class StartTls(Talk, TlsClient):
    protocols = ("tls", "talk", "starttls")
    greets = True
    tag, noop, start, hello_line = b"", b"NOOP", b"STARTTLS", b""

    def __init__(self, name, rng, is_harmless=False):
        super().__init__(name, rng, is_harmless)
        self.request = self.tag + self.noop + b"\r\n"
        self.talk = ([self.hello_line] if self.hello_line else []) + [self.tag + self.start + b"\r\n"]
        self.begin()

    def read_page(self, data):
        """Any answer inside TLS is one: the certificate says of whom."""
        self.page = self.certificate
        self.is_done = True
        return b""


class Smtp(StartTls):
    ready, hello_line = b"220 2.0.0 Ready", b"EHLO client.example.org\r\n"

    def num_answers(self):
        return sum(line[3:4] == b" " for line in self.heard.split(b"\n")[:-1])


class Imap(StartTls):
    tag, ready = b"a ", b"Begin TLS"

    def num_answers(self):
        return sum(not line.startswith(b"* ") or line.startswith(b"* OK") for line in self.heard.split(b"\n")[:-1])


class Pop3(StartTls):
    ready, start, noop = b"Begin TLS", b"STLS", b"CAPA"         # NOOP is for those who have logged in

    def num_answers(self):
        return sum(line[:3] == b"+OK" or line[:4] == b"-ERR" for line in self.heard.split(b"\n")[:-1])


class Tunnel(Talk):
    """Through a proxy. The name that it is about may stand in what the proxy is asked for, inside, or in both places."""

    def dig(self, rng, is_harmless):
        how = "both" if is_harmless else rng.choice(["both", "outside", "inside"])
        if how == "outside":
            self.name_inside(PERMITTED)
        self.outside = PERMITTED if how == "inside" else self.name
        self.talk = self.words(self.outside, rng)
        self.begin()


class TunnelTls(Tunnel, TlsClient):
    protocols = ("tls", "talk", "tunnel")
    port = 443

    def __init__(self, name, rng, is_harmless=False):
        super().__init__(name, rng, is_harmless)
        self.dig(rng, is_harmless)

    def name_inside(self, name):
        self.hello.name_extensions = [server_name(name)]


class TunnelHttp(Tunnel, HttpClient):
    protocols = ("http", "talk", "tunnel")
    port = 80

    def __init__(self, name, rng, is_harmless=False):
        super().__init__(name, rng, is_harmless)
        self.dig(rng, is_harmless)

    def name_inside(self, name):
        self.request.host_lines = [b"Host: " + name]


class Connect:
    """Through a proxy of HTTP."""
    ready = b" 200 "

    def words(self, name, rng):
        authority = b"%s:%d" % (name, self.port)
        return [b"CONNECT " + authority + b" HTTP/1.1\r\nHost: " + rng.choice([authority, authority, name]) + b"\r\n\r\n"]

    def num_answers(self):
        return self.heard.count(b"HTTP/1.")

    def end_of_talk(self):
        at = self.heard.find(self.ready)
        return self.heard.find(b"\r\n\r\n", at) + 4 if at >= 0 and b"\r\n\r\n" in self.heard[at:] else -1


class ConnectTls(Connect, TunnelTls):
    pass


class ConnectHttp(Connect, TunnelHttp):
    pass


class Socks5:
    def words(self, name, rng):
        methods = rng.choice([b"\0", b"\0\2", b"\0\1\2"])
        return [b"\5" + bytes([len(methods)]) + methods, b"\5\1\0\3" + bytes([len(name)]) + name + self.port.to_bytes(2, "big")]

    def num_answers(self):
        return (len(self.heard) >= 2) + (len(self.heard) >= 12)

    def end_of_talk(self):
        return 12 if self.heard[:4] == b"\5\0\5\0" and len(self.heard) >= 12 else -1


class Socks4:
    def words(self, name, rng):
        return [b"\4\1" + self.port.to_bytes(2, "big") + b"\0\0\0\1" + rng.choice([b"", b"user"]) + b"\0" + name + b"\0"]

    def num_answers(self):
        return len(self.heard) // 8

    def end_of_talk(self):
        return 8 if self.heard[:2] == b"\0\x5a" and len(self.heard) >= 8 else -1


class Socks5Tls(Socks5, TunnelTls):
    pass


class Socks5Http(Socks5, TunnelHttp):
    pass


class Socks4Tls(Socks4, TunnelTls):
    pass


class Socks4Http(Socks4, TunnelHttp):
    pass


class Proxied(HttpClient):
    """Requests to a proxy, each with the whole address of what it wants."""
    protocols = ("http", "proxied")

    def __init__(self, name, rng, is_harmless=False):
        super().__init__(name, rng, is_harmless)
        self.request.target = b"http://" + name + b"/"
