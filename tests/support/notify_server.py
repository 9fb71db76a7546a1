# SPDX-License-Identifier: MIT
"""
Who is told: a web server over TLS, and a mail server, both on loopback: notify_server.py WORK CERTIFICATE KEY.

Their ports are in WORK/web and WORK/mail; what was told is in WORK/told, as JSON, one message a line. While WORK/fails is there, the web
server answers 500 and the mail server 451; while WORK/hangs is there, both take what comes and never answer; while WORK/redirects is
there, the web server says that it is elsewhere.
"""

import http.server
import json
import os
import socketserver
import ssl
import sys
import threading
import time

work, certificate, key = sys.argv[1:4]


def told(**message):
    """One more message came."""
    with open(os.path.join(work, "told"), "a", encoding="utf-8") as file:
        file.write(json.dumps(message) + "\n")


def fails():
    """Shall this message be lost?"""
    while os.path.exists(os.path.join(work, "hangs")):
        time.sleep(0.05)
    return os.path.exists(os.path.join(work, "fails"))


class Web(http.server.BaseHTTPRequestHandler):
    """Takes what is posted."""

    def do_POST(self):
        """A webhook, or ntfy."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8", "replace")
        status = 500 if fails() else 302 if os.path.exists(os.path.join(work, "redirects")) else 200
        if status == 200:
            told(path=self.path, type=self.headers.get("Content-Type"), title=self.headers.get("Title"), body=body)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Says nothing."""


class Mail(socketserver.StreamRequestHandler):
    """Takes a mail."""

    def say(self, line):
        """One line of an answer."""
        self.wfile.write(line.encode("ascii") + b"\r\n")

    def handle(self):
        """Source: RFC 5321, section 3."""
        sender = recipient = ""
        self.say("220 localhost")
        for line in self.rfile:
            words = line.decode("utf-8", "replace").strip()
            verb = words.upper()
            if verb.startswith("MAIL FROM:"):
                sender = words[10:]
            elif verb.startswith("RCPT TO:"):
                recipient = words[8:]
            elif verb.startswith("QUIT"):
                self.say("221 bye")
                return
            elif verb == "DATA":
                self.say("354 go on")
                lines = []
                for text in self.rfile:
                    if text == b".\r\n":
                        break
                    lines.append(text.decode("utf-8", "replace"))
                if fails():
                    self.say("451 not now")
                    continue
                told(sender=sender, recipient=recipient, body="".join(lines))
            self.say("250 good")


def serve(kind, handler, wrap):
    """On a port of its own."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.socket = wrap(server.socket)
    threading.Thread(target=server.serve_forever).start()
    with open(os.path.join(work, kind + ".new"), "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.rename(os.path.join(work, kind + ".new"), os.path.join(work, kind))


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
serve("mail", Mail, lambda plain: plain)
serve("web", Web, lambda plain: context.wrap_socket(plain, server_side=True))
