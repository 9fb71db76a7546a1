#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real sockets of Multipath TCP: what becomes of them on their way?

    multipath.py serve ADDRESS PORT             says "plain" or "multipath", and the bytes that came, of each connection
    multipath.py ask ADDRESS PORT NAME          sends a hello with this name, the two halves apart, when another path had time to join
"""
import random
import socket
import sys
import time

from tls import TlsClient

IPPROTO_MPTCP, SOL_MPTCP, MPTCP_INFO = 262, 284, 1


def is_multipath(sock):
    try:
        info = sock.getsockopt(SOL_MPTCP, MPTCP_INFO, 100)
    except OSError:
        return False                    # it fell back to TCP
    return not int.from_bytes(info[8:12], sys.byteorder) & 1


def serve(address, port):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen()
    print("listening", flush=True)
    while True:
        client, _ = listener.accept()
        client.settimeout(2)
        got = b""
        try:
            while part := client.recv(65536):
                got += part
        except OSError:
            pass
        print("multipath" if is_multipath(client) else "plain", len(got), flush=True)
        client.close()


def ask(address, port, name):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
    sock.settimeout(5)
    sock.connect((address, port))
    hello = TlsClient(name.encode(), random.Random(1)).first()
    try:
        for part in hello[:90], hello[90:]:
            sock.sendall(part)
            time.sleep(0.3)
        sock.shutdown(socket.SHUT_WR)
        sock.recv(1)
    except OSError as problem:
        print("# " + problem.strerror)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], int(sys.argv[3]))
    else:
        ask(sys.argv[2], int(sys.argv[3]), sys.argv[4])
