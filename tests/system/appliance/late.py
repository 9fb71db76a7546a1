#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A TLS client that takes its time, so that between the handshake of TCP and its hello the kernel can take the flow.

usage: late.py AUTHORITY NAME ADDRESS PORT

It says what it has come to, a word a line, and waits for a line of input before each step:
  connected          and then says hello: greeted, or reset, or what else went wrong
  greeted            and then fetches what each line names: how many bytes came
"""
import socket
import ssl
import sys


def fetch(tls, name, path):
    tls.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
    answer = tls.makefile("rb")
    length = 0
    while (line := answer.readline().strip()):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return len(answer.read(length))


def main():
    authority, name, address, port = sys.argv[1:]
    connection = socket.create_connection((address, int(port)))
    print("connected", flush=True)
    sys.stdin.readline()
    context = ssl.create_default_context(cafile=authority)
    context.verify_flags |= ssl.VERIFY_X509_STRICT      # as Python 3.13 has it from the start
    try:
        tls = context.wrap_socket(connection, server_hostname=name)
    except ConnectionResetError:
        print("reset", flush=True)
        return
    except OSError as problem:
        print(problem, flush=True)
        return
    print("greeted", flush=True)
    for path in sys.stdin:
        print(fetch(tls, name, path.strip()), flush=True)


main()
