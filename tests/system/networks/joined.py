#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks for listed and free names by turns, several datagrams at a time: joined.py SERVER NUMBER WORD SECONDS

The kernel is handed one buffer and told where to cut it (UDP_SEGMENT), as QUIC libraries do; it cuts when it must, and a gateway
sees one packet. NUMBER names of each kind, WORD at the beginning of each. SECONDS are for all answers that do not come. Says how many
were refused by policy, and how many answered.
"""
import socket
import struct
import sys
import time

UDP_SEGMENT = 103
TOGETHER = 10
LEAST_S = 0.05
TEXT = b"blocked by policy"


def question(name, number):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return (struct.pack("!6H", number, 0x100, 1, 0, 0, 1) + labels + b"\0" + struct.pack("!2H", 1, 1) +
            b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0))


server, number, word, patience_s = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
names = [name for i in range(number) for name in
         ("%s-%03d.abcde.example.org" % (word, i), "%s-%03d.upd.kaspersky.com" % (word, i))]
questions = [question(name, i) for i, name in enumerate(names)]
s = socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM)
s.connect((server, 53))
answers = {}
for begin in range(0, len(names), TOGETHER):
    group = questions[begin:begin + TOGETHER]
    s.sendmsg([b"".join(group)], [(socket.SOL_UDP, UDP_SEGMENT, struct.pack("=H", len(group[0])))])
    wanted = len(answers) + len(group)
    begin_s = time.monotonic()
    while len(answers) < wanted:
        s.settimeout(max(LEAST_S, begin_s + patience_s - time.monotonic()))
        try:
            answer = s.recv(4096)
        except socket.timeout:
            patience_s = LEAST_S
            break
        answers[struct.unpack("!H", answer[:2])[0]] = TEXT in answer
refused = sum(answers.values())
words = ["%d refused" % refused, "%d answered" % (len(answers) - refused)]
if len(answers) < len(names):
    words.append("%d without an answer" % (len(names) - len(answers)))
wrong = sum(is_refused != (i % 2 == 1) for i, is_refused in answers.items())
if wrong:
    words.append("%d of them wrong" % wrong)
print(", ".join(words))
