# SPDX-License-Identifier: MIT
"""An HTTPS server with one fault: feed_server.py WORK PORT [FAULT [NAME]]; its port is in WORK/port."""

import os
import socket
import ssl
import struct
import sys
import time

work, port, fault, target = (sys.argv + ["", ""])[1:5]


def answer(peer, name):
    """What this name gets, in one of the faults."""
    path = os.path.normpath(os.path.join(work, "www", name))
    if not os.path.isfile(path) or (fault == "missing" and name == target):
        peer.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found")
        return
    with open(path, "rb") as file:
        content = file.read()
    length = b"Content-Length: %d\r\n" % len(content)
    good = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
    if name != target or not fault or fault == "other-certificate":
        peer.sendall(good + length + b"\r\n" + content)
    elif fault == "cut":
        peer.sendall(good + length + b"\r\n" + content[:len(content) // 2])
    elif fault == "cut-silently":
        peer.sendall(good + b"\r\n" + content[:len(content) // 2])
    elif fault == "slow":
        peer.sendall(good + length + b"\r\n")
        for byte in content:
            peer.sendall(bytes([byte]))
            time.sleep(0.2)
    elif fault == "redirect":
        peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: https://localhost:%d/elsewhere\r\nContent-Length: 0\r\n\r\n" % bound)
    elif fault == "page":
        page = b"<html><title>404</title>There is no such page here.</html>\n"
        peer.sendall(good + b"Content-Length: %d\r\n\r\n" % len(page) + page)
    elif fault == "error":
        peer.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
    elif fault == "endless":
        peer.sendall(good + b"\r\n")
        while True:
            peer.sendall(b"endless.example.org\n" * 512)
    elif fault == "reset":
        peer.sendall(good + length + b"\r\n" + content[:10])
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
who = "stranger" if fault == "other-certificate" else "server"
context.load_cert_chain(os.path.join(work, who + ".crt"), os.path.join(work, who + ".key"))
listening = socket.socket()
listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listening.bind(("127.0.0.1", int(port)))
listening.listen(8)
bound = listening.getsockname()[1]
with open(os.path.join(work, "port.new"), "w", encoding="ascii") as file:
    file.write(str(bound))
os.rename(os.path.join(work, "port.new"), os.path.join(work, "port"))
while True:
    plain, _ = listening.accept()
    try:
        with context.wrap_socket(plain, server_side=True) as peer:
            request = b""
            while b"\r\n\r\n" not in request:
                more = peer.recv(4096)
                if not more:
                    break
                request += more
            if request:
                answer(peer, request.split()[1].decode("ascii").lstrip("/"))
    except (OSError, ssl.SSLError):
        pass
