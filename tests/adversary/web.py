# SPDX-License-Identifier: MIT
"""An HTTP client that says any request it is told to, and reads whose page it gets."""


class Request:
    """What a request is made from; operators change it before it is written."""

    def __init__(self, name):
        self.name = name
        self.front = b""                        # bytes before the request
        self.method, self.target, self.version = b"GET", b"/", b" HTTP/1.1"
        self.host_lines = [b"Host: " + name]
        self.lines = [b"User-Agent: adversary"]  # those behind Host
        self.lines_before = []
        self.body = b""
        self.end = b"\r\n"
        self.behind = b""                       # more requests

    def write(self):
        lines = [self.method + b" " + self.target + self.version, *self.lines_before, *self.host_lines, *self.lines]
        return self.front + b"".join(line + self.end for line in lines) + self.end + self.body + self.behind


class HttpClient:
    odd = None                                  # the name as it is written, if that is odd
    protocols = ("http",)
    talk = ()                                   # what is said before it (talk.py)

    def __init__(self, name, rng, is_harmless=False):
        self.name = name
        self.request = Request(name)
        self.later = []                         # bytes said once a page has come, each
        self.want = None                        # pages that must come before it is done
        self.pages = []
        self.buffer = b""
        self.is_done = False
        self.seen = 0

    def first(self):
        return self.request.write()

    def decoy(self, stream):
        other = b"x" * (len(self.name) - 12) + b".example.org"
        return stream.replace(self.name, other) if self.name in stream else b"x" * len(stream)

    def receive(self, data):
        self.buffer += data
        pages = self.buffer.count(b"page of ")
        self.pages = [p.split()[0].decode("latin-1") for p in self.buffer.split(b"page of ")[1:] if p.split()]
        out = b""
        while self.seen < pages:
            self.seen += 1
            if self.later:
                out += self.later.pop(0)
            elif self.want is None or self.seen >= self.want:
                self.is_done = True
        return out

    @property
    def page(self):
        return "prohibited" if "prohibited" in self.pages else self.pages[0] if self.pages else None

    def took(self):
        return self.page
