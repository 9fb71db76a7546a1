# SPDX-License-Identifier: MIT
"""The gateway's table of connections (ctnetlink), out of which single ones are taken, as `conntrack -D` does it but within microseconds."""
import ctypes
import os
import socket
import struct

NETLINK_NETFILTER, CLONE_NEWNET = 12, 0x40000000
REQUEST, ACK, NESTED = 1, 4, 0x8000
DELETE = 1 << 8 | 2                     # NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE
TUPLE_ORIG, TUPLE_IP, TUPLE_PROTO = 1, 1, 2


def attribute(kind, data):
    return struct.pack("=HH", len(data) + 4, kind) + data + bytes(-len(data) % 4)


class Conntrack:
    def __init__(self, namespace):
        """namespace: a path, as /run/netns/NAME"""
        libc = ctypes.CDLL(None, use_errno=True)
        own, there = os.open("/proc/self/ns/net", os.O_RDONLY), os.open(namespace, os.O_RDONLY)
        if libc.setns(there, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), namespace)
        try:
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        finally:
            libc.setns(own, CLONE_NEWNET)
            os.close(own)
            os.close(there)

    def forget(self, src, dst, sport, dport):
        """The TCP connection between these ends, whoever of the two the kernel takes for the client."""
        self.delete(src, dst, sport, dport)
        self.delete(dst, src, dport, sport)

    def delete(self, src, dst, sport, dport):
        first, family = (1, socket.AF_INET) if len(src) == 4 else (3, socket.AF_INET6)
        addresses = attribute(first, src) + attribute(first + 1, dst)
        ports = attribute(1, bytes([socket.IPPROTO_TCP])) + attribute(2, struct.pack("!H", sport)) + attribute(3, struct.pack("!H", dport))
        body = struct.pack("=BBH", family, 0, 0) + attribute(
            TUPLE_ORIG | NESTED, attribute(TUPLE_IP | NESTED, addresses) + attribute(TUPLE_PROTO | NESTED, ports))
        self.socket.send(struct.pack("=IHHII", 16 + len(body), DELETE, REQUEST | ACK, 0, 0) + body)
        self.socket.recv(4096)          # there may be none
