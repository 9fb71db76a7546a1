#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Clients that people have ask real servers for a permitted name: every page must come, and no record accuse anyone.

    ordinary.py --servers FILE --certificate FILE --audit FILE --go CLIENT --number CONNECTIONS

Says what came of each client; exit status 1 if a page did not come, or a record did.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "www.example.org"
FEW = "nginx"
PATIENCE = 240          # seconds for one client at one server
REQUEST = "GET / HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n" % NAME
LOOP = 'i=0; while [ $i -lt %d ]; do %s; i=$((i + 1)); done'


class Client:
    """How a client is called: `call` gives the words of its command for a URL, an address, a port and a number of connections. `few` are slow to
    start, and ask one server alone."""

    def __init__(self, name, program, call, share=1, pages=1, plain=True, secure=True, most=None, few=False):
        self.name, self.program, self.call, self.share = name, program, call, share
        self.pages, self.plain, self.secure, self.most, self.few = pages, plain, secure, most, few


def clients(a):
    def curl(*more, requests=""):
        return lambda url, port, n: ["curl", "-sS", "--noproxy", "*", "--cacert", a.certificate, *more, url + "?[1-%d]" % (n * int(requests or 1))]

    def shell(command):
        return lambda url, port, n: ["sh", "-c", LOOP % (n, command.format(url=url, port=port, name=NAME, request=REQUEST, ca=a.certificate))]

    close = ["-H", "Connection: close"]
    return [
        Client("curl, 20 at once", "curl", curl("-Z", "--parallel-max", "20", *close), share=24),
        Client("curl, one by one", "curl", curl(*close), share=8),
        Client("curl, TLS 1.2", "curl", curl("--tls-max", "1.2", *close), share=4, plain=False),
        Client("curl, HTTP/1.0", "curl", curl("--http1.0", *close), share=2, secure=False),
        Client("curl, connections used again", "curl", lambda url, port, n: ["sh", "-c", LOOP % (n, "curl -sS --noproxy '*' --cacert %s '%s?[1-4]'" % (
            a.certificate, url))], share=1, pages=4),
        Client("wget", "wget", shell("wget -qO- --no-proxy --ca-certificate={ca} {url}"), share=2),
        Client("openssl s_client", "openssl", shell("printf '{request}' | openssl s_client -quiet -connect {name}:{port} -servername {name} 2>/dev/null"),
               share=2, plain=False),
        Client("gnutls-cli", "gnutls-cli", shell("(printf '{request}'; sleep 0.3) | gnutls-cli --insecure -p {port} {name} 2>/dev/null"), share=1, plain=False),
        Client("Node", "node", lambda url, port, n: ["node", os.path.join(HERE, "clients", "client.js"), url, str(n)], share=4),
        Client("Python", "python3", lambda url, port, n: ["/usr/bin/python3", "-c", "import ssl, urllib.request as u\nfor i in range(%d): print(u.urlopen('%s',"
                                                          "context=ssl._create_unverified_context()).read().decode())" % (n, url)], share=4),
        Client("Java", "java", lambda url, port, n: ["java", "-Xmx128m", os.path.join(HERE, "clients", "Client.java"), url, str(n)], share=4, few=True),
        Client("Go", a.go, lambda url, port, n: [a.go, url, str(n)], share=4),
        Client("Chromium", "chromium", lambda url, port, n: ["sh", "-c", LOOP % (
            n, "chromium --headless --no-sandbox --disable-gpu --no-proxy-server --ignore-certificate-errors --user-data-dir=$(mktemp -d) "
               "--dump-dom '%s' 2>/dev/null" % url)], share=1, most=1, few=True),
    ]


def pages(client, address, port, is_secure, number):
    """Of how many pages how many came."""
    url = "%s://%s:%d/" % ("https" if is_secure else "http", NAME, port)
    with tempfile.TemporaryDirectory() as folder:
        hosts = os.path.join(folder, "hosts")
        with open(hosts, "w", encoding="ascii") as f:
            f.write("127.0.0.1 localhost\n%s %s\n" % (address, NAME))
        # With a file of hosts of its own, so that the name leads to this server.
        try:
            said = subprocess.run(["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts, *client.call(url, port, number)],
                                  capture_output=True, timeout=PATIENCE, check=False, env={**os.environ, "HOME": folder, "TMPDIR": folder}).stdout
        except subprocess.TimeoutExpired as late:
            said = late.stdout or b""
    return said.count(b"page of permitted"), number * client.pages, said


def records(audit):
    try:
        with open(audit, encoding="utf-8") as f:
            return [line for line in f if '"event_type":"alert"' in line]
    except FileNotFoundError:
        return []


def main():
    p = argparse.ArgumentParser(description=__doc__)
    for option in ("--servers", "--certificate", "--audit", "--go"):
        p.add_argument(option, required=True)
    p.add_argument("--number", type=int, default=600)
    p.add_argument("--prefix", default="")
    a = p.parse_args()
    with open(a.servers, encoding="ascii") as f:
        servers = json.load(f)
    known = len(records(a.audit))
    ports = [(name, s["address"], s[kind], kind == "tls") for name, s in sorted(servers.items()) for kind in ("tls", "http") if kind in s]
    here = [c for c in clients(a) if shutil.which(c.program)]
    absent = [c.name for c in clients(a) if not shutil.which(c.program)]
    share = a.number / sum(c.share for c in here) / len(ports)
    came_in_all = wanted_in_all = 0
    for client in here:
        begun, came_of, wanted_of = time.monotonic(), 0, 0
        for name, address, port, is_secure in ports:
            if not (client.secure if is_secure else client.plain) or client.few and name != FEW:
                continue
            number = max(1, round(share * client.share))
            came, wanted, said = pages(client, address, port, is_secure, min(number, client.most or number))
            came_of, wanted_of = came_of + came, wanted_of + wanted
            if came != wanted:
                print("%s%s at %s, port %d: %d pages of %d; %r" % (a.prefix, client.name, name, port, came, wanted, said[-200:]))
        print("%s%-30s %5d pages of %5d, in %.0f seconds" % (a.prefix, client.name, came_of, wanted_of, time.monotonic() - begun), flush=True)
        came_in_all, wanted_in_all = came_in_all + came_of, wanted_in_all + wanted_of
    for name in absent:
        print("%s%s: not here" % (a.prefix, name))
    time.sleep(0.5)
    accused = records(a.audit)[known:]
    for line in accused[:20]:
        print(a.prefix + "accused: " + line[:400].strip())
    print("%s%d pages of %d came; %d records" % (a.prefix, came_in_all, wanted_in_all, len(accused)))
    return 0 if came_in_all == wanted_in_all and not accused else 1


if __name__ == "__main__":
    sys.exit(main())
