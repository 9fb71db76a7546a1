# SPDX-License-Identifier: MIT
"""Variants: a seed and an index make one, always the same; an operator's dice do not depend on the other operators."""
import random

import operators
import operators_http
import operators_http2  # noqa: F401
import operators_talk   # noqa: F401
import operators_tcp    # noqa: F401
import operators_tls    # noqa: F401
import script as scripts
import talk
from http2 import Http2
from packets import address
from tls import TlsClient
from web import HttpClient

PROHIBITED, PERMITTED = b"dnl-01.blocked.example.com", b"www.example.org"
# A kind of port, and what a client speaks there.
CLIENTS = {"tls": TlsClient, "http": HttpClient, "h2": Http2, "proxy-tls": TlsClient, "proxy-http": HttpClient, "http-unsafe": HttpClient,
           "smtp": talk.Smtp, "imap": talk.Imap, "pop3": talk.Pop3, "connect-tls": talk.ConnectTls, "connect-http": talk.ConnectHttp,
           "socks5-tls": talk.Socks5Tls, "socks5-http": talk.Socks5Http, "socks4-tls": talk.Socks4Tls, "socks4-http": talk.Socks4Http,
           "proxied": talk.Proxied}
TUNNELS = ("connect-tls", "connect-http")
# All servers that variants are made for, whether they are here or not: a seed means the same everywhere.
SERVERS = {"openssl": ("tls",), "gnutls": ("tls",), "nginx": ("tls", "http", "h2", "proxy-http", "proxy-tls"),
           "haproxy": ("tls", "http", "h2", "proxy-http", "proxy-tls"), "apache": ("tls", "http", "h2", "http-unsafe"),
           "lighttpd": ("tls", "http", "h2"), "node": ("tls", "http", "h2", "http-unsafe"), "java": ("tls", "http"), "go": ("tls", "http"),
           "postfix": ("smtp",), "dovecot": ("imap", "pop3"), "apache-proxy": (*TUNNELS, "proxied"), "tinyproxy": (*TUNNELS, "proxied"),
           "microsocks": ("socks5-tls", "socks5-http"), "dante": ("socks5-tls", "socks5-http"),
           "openssh": ("socks5-tls", "socks5-http", "socks4-tls", "socks4-http")}
SERVERS6 = ("openssl", "gnutls", "nginx", "haproxy", "apache", "node", "postfix", "dovecot")         # those that are reached by IPv6 as well
# Harmless, but not taken: microsocks wants each message in a segment of its own.
REFUSED = {("gnutls", "records-cut"), ("microsocks", "talk-in-pieces")}
# Nothing leads a server's packet back to a client whom a gateway with NAT has forgotten.
HARMLESS_WITHOUT_NAT = {"forgotten", "forgotten-in-the-handshake"}
PLACES = [(server, port) for server, ports in SERVERS.items() for port in ports]


class Variant:
    def __init__(self, seed, index, servers, forced=None, only=None, place=None, harmless=None, is_nat=True):
        """servers: those that are here, as name -> {"address": ..., "tls": port, "http": port}"""
        self.seed, self.index = seed, index
        rng = random.Random(self.seed_of("variant"))
        self.server, self.port = rng.choice([place for place in PLACES if only is None or place[0] == only])
        self.server, self.port = place or (self.server, self.port)
        self.protocols = set(CLIENTS[self.port].protocols)
        self.is_harmless = rng.random() < 0.15
        if harmless is not None:
            self.is_harmless = harmless
        known = [o for o in operators.ALL if self.protocols & set(o.protocols) and (
            o.harmless and (self.server, o.name) not in REFUSED and not (is_nat and o.name in HARMLESS_WITHOUT_NAT) or not self.is_harmless)]
        chosen = [rng.choice(known) for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 4]))]
        if forced is not None:
            chosen = [o for o in map(operators.named, forced) if self.protocols & set(o.protocols)]
        self.chosen = sorted(enumerate(chosen), key=lambda pair: (pair[1].stage, pair[0]))
        self.name = PERMITTED if self.is_harmless else PROHIBITED
        self.host = servers.get(self.server, {})
        self.is_ipv6 = rng.random() < 0.25 and self.server in SERVERS6
        self.is_playable = self.port in self.host

    def seed_of(self, what):
        return "%s/%s/%s" % (self.seed, self.index, what)

    @property
    def operators(self):
        return [o.name for _, o in self.chosen]

    def without(self, place):
        """The same variant without one of its operators."""
        other = object.__new__(Variant)
        other.__dict__.update(self.__dict__)
        other.chosen = self.chosen[:place] + self.chosen[place + 1:]
        return other

    def __str__(self):
        return "%s/%d: %s %s%s: %s" % (self.seed, self.index, self.server, self.port, (" over IPv6" if self.is_ipv6 else "") + (", permitted" if self.is_harmless else ""),
                                     " + ".join(self.operators) or "nothing")

    def script(self):
        app = CLIENTS[self.port](self.name, random.Random(self.seed_of("app")), self.is_harmless)
        script = scripts.Script(self, self.server, app, address(self.host["address6" if self.is_ipv6 else "address"]), self.host[self.port])
        if self.port.startswith("proxy-"):
            script.front = operators_http.proxy_line(random.Random(self.seed_of("front")), self.is_harmless)
        todo = list(self.chosen)
        for bound, then in ((scripts.STREAM, script.make_stream), (scripts.CUT, script.make_cuts), (scripts.COPIES, script.make_pieces),
                            (scripts.REUSE + 1, None)):
            while todo and todo[0][1].stage < bound:
                place, operator = todo.pop(0)
                operator.function(script, random.Random(self.seed_of("operator %d" % place)))
            if then:
                then()
        return script
