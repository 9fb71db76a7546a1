#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the captures of the stories, byte by byte, with the standard library; QUIC is sealed by python3-cryptography.

    tests/replay/make_stories.py        writes <story>.pcap or <story>.pcapng beside itself

A story is named for what happens in it; its <story>.audit, the exact lines that replaying it must give, is
written by run.sh --accept and then read by a person.
"""
import hashlib
import hmac
import os
import socket
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HERE = os.path.dirname(os.path.abspath(__file__))
CUTOFF = 1727582400          # 2024-09-29T04:00:00Z
AFTER = CUTOFF + 86400
CLIENT, SERVER = "192.0.2.2", "203.0.113.5"
CLIENT6, SERVER6 = "2001:db8:1::2", "2001:db8:3::5"
HOST = b"www.blocked.example.com"
ETHERNET, NULL, RAW, SLL, SLL2, C_HDLC = 1, 0, 101, 113, 276, 104
SYN, ACK, PSH, RST, FIN, URG = 2, 16, 8, 4, 1, 32


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def with_sum(src, dst, proto, segment, at):
    pseudo = address(src) + address(dst) + struct.pack("!II", len(segment), proto)
    total = checksum(pseudo + segment)
    return segment[:at] + struct.pack("!H", total) + segment[at + 2:]


def ip(src, dst, proto, payload, options=b"", fragment=0, ident=1, extensions=b"", first_next=None, ttl=64):
    if ":" in src:
        header = struct.pack("!IHBB", 6 << 28, len(extensions) + len(payload),
                             proto if first_next is None else first_next, ttl)
        return header + address(src) + address(dst) + extensions + payload
    header = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0, 20 + len(options) + len(payload), ident,
                         fragment, ttl, proto, 0) + address(src) + address(dst) + options
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def udp(payload, src=CLIENT, dst=SERVER, sport=40000, dport=53, **ip_options):
    segment = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload
    return ip(src, dst, 17, with_sum(src, dst, 17, segment, 6), **ip_options)


def tcp(seq, flags, payload=b"", src=CLIENT, dst=SERVER, sport=40000, dport=443, ack=1, tcp_options=b"", urgent=0, **ip_options):
    segment = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack, 5 + len(tcp_options) // 4 << 4, flags,
                          64240, 0, urgent) + tcp_options + payload
    return ip(src, dst, 6, with_sum(src, dst, 6, segment, 16), **ip_options)


def ethernet(packet, tags=b"", mac=b"\x02\0\0\0\0\x01"):
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\0"
    return b"\x02\0\0\0\0\x02" + mac + tags + kind + packet


def dns_name(name):
    return b"".join(bytes([len(label)]) + label for label in name.split(b".") if label) + b"\0"


def query(name=HOST, kind=1, ident=0x1234, edns=True):
    return (struct.pack("!6H", ident, 0x100, 1, 0, 0, int(edns)) + dns_name(name) + struct.pack("!2H", kind, 1) +
            (b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0) if edns else b""))


def response(name, records, kind=1, ident=0x1234):
    return (struct.pack("!6H", ident, 0x8180, 1, len(records), 0, 0) + dns_name(name) + struct.pack("!2H", kind, 1) +
            b"".join(b"\xc0\x0c" + struct.pack("!HHIH", t, 1, 60, len(d)) + d for t, d in records))


def hello(name=HOST, padding=64, ech=b""):
    extensions = ech
    if padding:
        extensions += struct.pack("!HH", 51, padding) + bytes(padding)
    if name:
        extensions += struct.pack("!HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    extensions += struct.pack("!HHBH", 43, 3, 2, 0x0304)
    body = (struct.pack("!H", 0x0303) + bytes(range(32)) + b"\0" + struct.pack("!HH", 2, 0x1301) + b"\1\0" +
            struct.pack("!H", len(extensions)) + extensions)
    return b"\1" + struct.pack("!I", len(body))[1:] + body


def records(message, cuts=()):
    out, begin = b"", 0
    for end in list(cuts) + [len(message)]:
        out += b"\x16\3\1" + struct.pack("!H", end - begin) + message[begin:end]
        begin = end
    return out


def connection(segments, isn=1000, dport=443, then=(), **options):
    """A SYN, what is said to come then, and (offset, bytes) each as a segment."""
    return [tcp(isn, SYN, dport=dport, ack=0, **options)] + list(then) + [
        tcp(isn + 1 + offset, PSH | ACK, data, dport=dport, **options) for offset, data in segments]


def cut(stream, *places):
    begins = [0] + list(places)
    return [(b, stream[b:e]) for b, e in zip(begins, list(places) + [len(stream)])]


def prefixed(*messages):
    return b"".join(struct.pack("!H", len(m)) + m for m in messages)


# QUIC: RFC 9001 and RFC 9369, written from them once more.
V1, V2, V2_DRAFT, DRAFT29, DRAFT32 = 1, 0x6b3343cf, 0x709a50c4, 0xff00001d, 0xff000020
SALTS = {V1: "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", V2: "0dede3def700a6db819381be6e269dcbf9bd2ed9",
         V2_DRAFT: "a707c203a59b47184a1d62ca570406ea7ae3e5d3",
         DRAFT29: "afbfec289993d24c9e9786f19c6111e04390a899", DRAFT32: "afbfec289993d24c9e9786f19c6111e04390a899"}
INITIAL, ZERO_RTT, HANDSHAKE, RETRY = range(4)
DCID = bytes.fromhex("8394c8f03e515708")


def expand(secret, label, length):
    info = struct.pack("!HB", length, len(label) + 6) + b"tls13 " + label + b"\0\1"
    return hmac.new(secret, info, hashlib.sha256).digest()[:length]


def varint(value):
    return struct.pack("!H", value | 0x4000) if value < 0x4000 else struct.pack("!I", value | 0x80000000)


def is_second(version):
    return version in (V2, V2_DRAFT)


def word_of(version):
    """What the labels of its keys begin with."""
    return b"quicv2 " if is_second(version) else b"quic "


def long_header(kind, version, dcid, scid=b""):
    bits = (kind + 1) % 4 if is_second(version) else kind
    return (bytes([0xc0 | bits << 4 | 1]) + struct.pack("!IB", version, len(dcid)) + dcid + bytes([len(scid)]) + scid)


def initial(frames, number=0, version=V1, dcid=DCID, keys_of=None, token=b"", fill=1162, scid=b""):
    """keys_of: the connection id that the keys follow from, where that is another one."""
    frames += bytes(max(0, fill - len(frames)))
    secret = hmac.new(bytes.fromhex(SALTS[version]), dcid if keys_of is None else keys_of, hashlib.sha256).digest()
    secret = expand(secret, b"client in", 32)
    word = word_of(version)
    key, iv, hp = (expand(secret, word + what, n) for what, n in ((b"key", 16), (b"iv", 12), (b"hp", 16)))
    header = (long_header(INITIAL, version, dcid, scid) + varint(len(token)) + token + varint(2 + len(frames) + 16) +
              struct.pack("!H", number))
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    sealed = AESGCM(key).encrypt(nonce, frames, header)
    box = Cipher(algorithms.AES(hp), modes.ECB()).encryptor()
    mask = box.update(sealed[2:18])
    first = bytes([header[0] ^ mask[0] & 15])
    return first + header[1:-2] + bytes(a ^ b for a, b in zip(header[-2:], mask[1:3])) + sealed


def crypto(message, begin=0, end=None):
    data = message[begin:end]
    return b"\6" + varint(begin) + varint(len(data)) + data


def datagrams(*payloads, dport=443, **options):
    return [udp(p, dport=dport, **options) for p in payloads]


STREAM = records(hello())
NAME_AT = STREAM.index(HOST)
PQ = records(hello(padding=1700))
STORIES = {}


def story(name, packets, link=ETHERNET, start=AFTER, wrap=ethernet, step=0.001):
    STORIES[name] = (link, [(start + i * step, wrap(p) if wrap else p) for i, p in enumerate(packets)])


# DNS; the numbers are those of the catalogue of techniques.
story("D01_udp", [udp(query())])
story("D02_0x20", [udp(query(b"wWw.BLockeD.exAMPle.COM"))])
story("D03_tcp", connection([(0, prefixed(query()))], dport=53))
story("D04_tcp_length_split", connection(cut(prefixed(query()), 1), dport=53))
story("D05_tcp_split_in_the_middle", connection(cut(prefixed(query()), 20), dport=53))
story("D06_tcp_second_query_of_a_stream",
      connection([(0, prefixed(query(b"www.example.org"), query(ident=2)))], dport=53))
story("D07_udp_other_port", [udp(query(edns=False), dport=5353)])
WATCHED = query(b"watched.example.com")
story("dns_retransmission_is_one_attempt", [udp(WATCHED)] * 4, step=14)
story("dns_asked_again_behind_its_answer", [udp(WATCHED), udp(WATCHED), udp(response(b"watched.example.com", []), SERVER, CLIENT, 53, 40000),
                                            udp(WATCHED), udp(query()), udp(query())])
story("dns_any_resolver", [udp(query(b"p%d.blocked.example.com" % i), dst=dst, sport=41000 + i) for i, dst in enumerate(
    ["8.8.8.8", "1.1.1.1", "223.6.6.6", "9.9.9.9", "185.228.168.168", "192.0.2.53"])])
story("dns_two_questions", [udp(struct.pack("!6H", 7, 0x100, 2, 0, 0, 0) + dns_name(b"ok.example.org") +
                                struct.pack("!2H", 1, 1) + dns_name(HOST) + struct.pack("!2H", 1, 1))])
ALIAS = response(b"www.example.org", [(5, dns_name(HOST))])
story("dns_alias_in_the_answer", [udp(query(b"www.example.org")), udp(ALIAS, SERVER, CLIENT, 53, 40000)])
story("dns_service_in_the_answer", [udp(query(b"www.example.org", 65)), udp(
    response(b"www.example.org", [(65, struct.pack("!H", 1) + dns_name(b"svc.blocked.example.com"))], 65),
    SERVER, CLIENT, 53, 40000)])
story("dns_permitted", [udp(query(b"www.example.org")), udp(query(b"notblocked.example.com", ident=2)),
                        udp(query(b"blocked.example.com.evil.net", ident=3))])
PROBE = b"5f3a.blocked.filterd.test"
story("test_name", [udp(query(PROBE)), udp(query(b"5f3a.passes.filterd.test", ident=2)),
                    udp(query(b"blocked.filterd.test.example.org", ident=3))] +
      connection([(0, records(hello(PROBE)))], sport=40001) +
      connection([(0, b"GET / HTTP/1.1\r\nHost: blocked.Filterd.TEST\r\n\r\n")], dport=80, sport=40002) +
      datagrams(initial(crypto(hello(PROBE))), sport=40003), start=CUTOFF - 86400)
story("dns_watched", [udp(query(b"watched.example.com"))])
story("dns_pointer_loop", [udp(struct.pack("!6H", 1, 0x100, 1, 0, 0, 0) + b"\xc0\x0c\0\1\0\1")])
QUESTION = struct.pack("!2H", 1, 1)
story("dns_pointer_forwards", [udp(struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + b"\3www\xc0\x16" + QUESTION + dns_name(HOST))])
story("dns_pointer_into_the_header", [udp(struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + dns_name(HOST)[:-1] + b"\xc0\x0a" + QUESTION)])
# What resolvers answer all the same.
story("dns_other_port_as_resolvers_take_it",
      [udp(struct.pack("!6H", i, flags, 1, 0, 0, additional) + dns_name(b"p%d." % i + HOST) + QUESTION + behind,
           sport=41000 + i, dport=5353) for i, (flags, additional, behind) in enumerate([
               (0x100, 0, b"x"), (0x7F5, 0, b""), (0x7900, 0, b""), (0x100, 1, b""), (0x100, 1, b"\x80")])])
LONG = query(edns=False) + bytes(2000)
story("dns_other_port_tcp_longer_than_udp", connection(cut(prefixed(LONG), 1448), dport=5353))
story("dns_tcp_behind_what_is_too_short", connection([(0, prefixed(b"hello", query()))], dport=53) +
      connection([(0, prefixed(b"hello", query(edns=False)))], dport=5353, isn=5000))
# 233 questions for one name of 127 labels, as fit into a datagram.
story("dns_more_names_than_are_read", [udp(struct.pack("!6H", 7, 0x100, 233, 0, 0, 0) + dns_name(b"a." * 127) + QUESTION +
                                           (b"\xc0\x0c" + QUESTION) * 200)])
story("dns_not_to_be_read", [udp(b"no message of DNS, nor of anything else"), udp(b"nor is this"), udp(query())])
story("dns_alias_judged_more_strictly", [udp(query(b"watched.example.com")), udp(
    response(b"watched.example.com", [(5, dns_name(HOST))]), SERVER, CLIENT, 53, 40000)])
# The instant.
story("cutoff_one_microsecond_before", [udp(query())], start=CUTOFF - 0.000001)
story("cutoff_at_the_instant", [udp(query())], start=CUTOFF)
# TLS
story("cutoff_ends_a_connection_under_way",
      connection([(0, records(hello())), (len(records(hello())), b"x" * 40), (len(records(hello())) + 40, b"y" * 40)]),
      start=CUTOFF - 0.0025)
story("T01_single", connection([(0, STREAM)]))
story("T02_post_quantum_name_in_the_second_segment", connection(cut(PQ, 1400)))
story("T03_split_in_the_name", connection(cut(STREAM, NAME_AT + 5)))
story("T04_two_segments_out_of_order", connection(cut(STREAM, 100)[::-1]))
story("T05_first_byte_alone", connection(cut(STREAM, 1)))
story("T06_first_three_bytes_alone", connection(cut(STREAM, 3)))
story("T07_segments_of_one_byte", connection(cut(STREAM, *range(1, len(STREAM)))))
story("T08_first_record_of_one_byte", connection([(0, records(hello(), [1]))]))
story("T09_records_cut_in_the_name", connection([(0, records(hello(), [NAME_AT]))]))
TWO = records(hello(), [NAME_AT])
story("T10_records_and_segments_cut_in_the_name", connection(cut(TWO, NAME_AT + 7)))
story("T11_sixteen_records", connection([(0, records(hello(), range(8, 128, 8)))]))
story("T12_records_cut_in_the_name_out_of_order", connection(cut(TWO, NAME_AT + 7)[::-1]))
story("T13_overlap_left_of_the_beginning", connection([(-10, b"0123456789" + STREAM)]))
story("T14_overlap_of_segments_out_of_order", connection([(60, STREAM[60:]), (0, STREAM[:100])]))
story("T23_no_syn", connection([(0, STREAM)])[1:])
story("T24_mixed_case", connection([(0, records(hello(b"wWW.bloCKed.example.COM")))]))
story("T25_trailing_dot", connection([(0, records(hello(HOST + b".")))]))
story("T31_other_port", connection([(0, STREAM)], dport=8443))
story("tls_permitted", connection([(0, records(hello(b"www.example.org")))]))
story("tls_without_a_name", connection([(0, records(hello(b"")))]))
story("tls_16_kib", connection(cut(records(hello(padding=16000), [9000]), *range(1400, 16000, 1400))))
story("tls_conflicting_copy_is_dropped",
      connection([(0, records(hello(b"www.permitted.example.org"))[:90]), (0, STREAM), (90, STREAM[90:])]))
story("tls_segments_repeated", connection([s for s in cut(STREAM, 50, 100) for _ in range(2)]))
REAL = connection([(0, STREAM)])[1:]
DECOY = records(hello(b"www.allowed.example.com"))
assert len(DECOY) == len(STREAM)


def decoyed(*decoys):
    """The opening of a connection, decoys, then the real hello."""
    return connection([])[:1] + list(decoys) + REAL


MD5 = b"\x13\x12" + bytes(16) + b"\1\1"
story("T15_decoy_with_a_bad_checksum", decoyed(tcp(1001, PSH | ACK, DECOY)[:-1] + b"\xff"))
story("T16_decoy_in_the_same_place_with_a_low_ttl", decoyed(tcp(1001, PSH | ACK, DECOY, ttl=3)))
story("T17_decoy_with_a_signature", decoyed(tcp(1001, PSH | ACK, DECOY, tcp_options=MD5)))
story("T18_decoy_with_a_wrong_sequence_number", decoyed(tcp(1001 - 10000, PSH | ACK, DECOY)))
story("T19_decoy_without_acknowledgement", decoyed(tcp(1001, PSH, DECOY)))
story("T20_reset_with_a_wrong_sequence_number", decoyed(tcp(9999999, RST)))
story("T21_reset_with_a_low_ttl", decoyed(tcp(1001, RST | ACK, ttl=3)))
story("T22_decoy_in_the_syn", [tcp(1000, SYN, DECOY, ack=0)] + REAL)
story("fin_before_the_hello", decoyed(tcp(1001, FIN | ACK, ttl=3)))
story("decoy_that_covers_a_part", decoyed(tcp(1001 + NAME_AT, PSH | ACK, b"www.allowed.example.com")))
story("permitted_behind_a_decoy", connection([])[:1] + [tcp(1001, PSH | ACK, STREAM[:50]), tcp(1001, PSH | ACK, DECOY)])
ECH = struct.pack("!HH", 0xfe0d, 10) + b"\0\0\1\0\1\x2a\0\0\0\0"
story("T30_encrypted_hello_shows_the_name_of_a_provider", connection([(0, records(hello(b"cloudflare-ech.com", ech=ECH)))]))
story("tls_dummy_of_an_encrypted_hello", connection([(0, records(hello(b"www.example.org", ech=ECH)))]))
story("tls_over_the_limit", connection(cut(records(hello(padding=30000), [15000]), *range(1400, 30000, 1400))))
story("tls_more_records_than_are_read", connection(cut(records(hello(padding=4000), range(1, 4000)), *range(1400, 24000, 1400))))
# What the server takes: its answers say so.


def answer(seq, ack, flags=ACK, payload=b"", dport=443, **options):
    return tcp(seq, flags, payload, SERVER, CLIENT, dport, 40000, ack, **options)


def answered(*packets, isn=1000, dport=443):
    """A handshake, then these; the client's first byte is 1001, the server's 5001."""
    return [tcp(isn, SYN, ack=0, dport=dport), answer(5000, isn + 1, SYN | ACK, dport=dport),
            tcp(isn + 1, ACK, ack=5001, dport=dport)] + list(packets)


def said(offset, data, **options):
    return tcp(1001 + offset, PSH | ACK, data, ack=5001, **options)


PARTS = said(0, STREAM[:60]), said(60, STREAM[60:])
story("urgent_byte_in_the_name", answered(said(0, STREAM[:NAME_AT + 5]), tcp(
    1001 + NAME_AT + 5, PSH | ACK | URG, b"X", ack=5001, urgent=1), said(NAME_AT + 6, STREAM[NAME_AT + 5:])))
story("syn_within_a_connection", answered(PARTS[0], tcp(2060, SYN, ack=0, ttl=3), PARTS[1]))
story("syn_and_reset_within_a_connection", answered(PARTS[0], tcp(1061, RST, ack=0, ttl=3), tcp(1060, SYN, ack=0, ttl=3), PARTS[1]))
story("syn_of_another_number_before_the_answer", [tcp(1000, SYN, ack=0), tcp(940, SYN, ack=0, ttl=3)] +
      answered(tcp(941, PSH | ACK, DECOY[:60], ack=5001, ttl=3), said(0, STREAM))[1:])
story("syn_ack_of_the_client", [tcp(940, SYN | ACK, ttl=3)] + answered(said(0, STREAM)))
story("syn_with_data_that_the_server_did_not_take", [tcp(1000, SYN, DECOY, ack=0)] + answered(said(0, STREAM))[1:])
story("keep_alive_byte_of_windows", answered(PARTS[0], answer(5001, 1061), tcp(1060, ACK, b"\0", ack=5001), PARTS[1]))
RETRY_RANDOM = hashlib.sha256(b"HelloRetryRequest").digest()
RETRY_HELLO = b"\x16\3\3\0\x2c\2\0\0\x28\3\3" + RETRY_RANDOM + b"\0\x13\1\0\0\0"
story("tls_second_hello_has_another_name", answered(said(0, DECOY), answer(5001, 1001 + len(DECOY), PSH | ACK, RETRY_HELLO),
                                                    said(len(DECOY), b"\x14\3\3\0\1\1" + STREAM)))
# What servers read over, and what they take for a name.
for what, front in (("an_empty_record", b"\x16\3\1\0\0"), ("a_warning", b"\x15\3\1\0\2\1\x5a"),
                    ("a_change_of_cipher", b"\x14\3\3\0\1\1")):
    story("tls_behind_" + what, connection([(0, front + STREAM)]))
story("tls_name_with_a_port", connection([(0, records(hello(HOST + b":443")))]))
story("tls_name_in_full_width_letters", connection([(0, records(hello(
    "".join(chr(ord(c) + 0xfee0) if c.isalpha() else c for c in HOST.decode()).encode())))]))
story("tls_hello_of_17_kib", connection(cut(records(hello(padding=17000), [9000]), *range(1400, 17000, 1400))))
# What stands in front.
for what, port, lines in (("smtp", 25, [b"EHLO me\r\n", b"STARTTLS\r\n"]), ("imap", 143, [b"a STARTTLS\r\n"]),
                          ("postgresql", 5432, [b"\0\0\0\x08\x04\xd2\x16\x2f"]),
                          ("ldap", 389, [b"\x30\x1d\2\1\1\x77\x18\x80\x161.3.6.1.4.1.1466.20037"])):
    at = 0
    segments = []
    for line in lines + [STREAM]:
        segments.append((at, line))
        at += len(line)
    story("starttls_of_" + what, connection(segments, dport=port))
story("starttls_permitted", connection([(0, b"EHLO me\r\nSTARTTLS\r\n"), (19, DECOY)], dport=25))
story("proxy_protocol_1", connection([(0, b"PROXY TCP4 192.0.2.1 192.0.2.9 1 443\r\n" + STREAM)]))
story("proxy_protocol_2", connection([(0, b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12) + STREAM)]))
# HTTP
REQUEST = b"GET /index/u1313g.xml?x=1 HTTP/1.1\r\nHost: %s\r\nUser-Agent: AVPUpdate/21.3\r\n\r\n" % HOST
story("H01_host", connection([(0, REQUEST)], dport=80))
# What reaches for a prohibited host is an attempt, whatever stands beside that.
story("test_name_beside_a_prohibited_one", connection([(0, REQUEST.replace(b"Host: ", b"Host: " + PROBE + b"\r\nHost: "))], dport=80))
story("http_method_of_33_letters", connection([(0, REQUEST.replace(b"GET", b"G" * 33))], dport=80))
story("http_host_folded_twice", connection([(0, REQUEST.replace(b"Host: ", b"Host:\r\n \r\n\t"))], dport=80))
story("http_host_that_is_no_name", connection([(0, REQUEST.replace(HOST, b"www..example"))], dport=80))
PROXIED = b"GET http://%s/ HTTP/1.1\r\nHost: %s\r\n\r\n"
FIRST = PROXIED % (b"www.example.org", b"www.example.org")
story("http_next_request_to_a_proxy", answered(said(0, FIRST, dport=3128), answer(5001, 1001 + len(FIRST), PSH | ACK, b"HTTP/1.1 200 \r\n", 3128),
                                               said(len(FIRST), PROXIED % (HOST, HOST), dport=3128), dport=3128))


def frame(kind, flags, stream, payload):
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


HTTP2 = (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"") +
         frame(1, 5, 1, b"\x82\x86\x84\x41" + bytes([len(HOST)]) + HOST))
story("http2_in_the_clear", connection([(0, HTTP2)], dport=80))
UPGRADE = b"GET / HTTP/1.1\r\nHost: www.example.org\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
story("http2_behind_an_upgrade", connection([(0, UPGRADE), (len(UPGRADE), HTTP2)], dport=80))
story("H02_split_in_the_host", connection(cut(REQUEST, REQUEST.index(HOST) + 4), dport=80))
story("H03_mixed_case_and_no_space", connection([(0, REQUEST.replace(b"Host: ", b"hoSt:"))], dport=8080))
story("H04_empty_line_first", connection([(0, b"\r\n\n" + REQUEST.replace(b"\r\n", b"\n"))], dport=80))
story("H05_absolute_form_and_host_differ", connection([(0, REQUEST.replace(b"GET ", b"GET http://" + HOST).replace(
    b"Host: " + HOST, b"Host: www.example.org"))], dport=80))
story("http_host_differs_from_absolute_form",
      connection([(0, REQUEST.replace(b"GET ", b"GET http://www.example.org"))], dport=3128))
story("http_over_the_limit", connection(cut(b"GET / HTTP/1.1\r\nX: " + b"x" * 22000, *range(1400, 22000, 1400)), dport=80))
story("http_permitted", connection([(0, REQUEST.replace(HOST, b"www.example.org"))], dport=80))
story("http_segments_of_one_byte_reversed", connection(cut(REQUEST, *range(1, len(REQUEST)))[::-1], dport=80))
story("http_decoy_in_the_same_place", connection([(0, REQUEST.replace(b"blocked", b"allowed")), (0, REQUEST)], dport=80))
PROXY = b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n"
story("connect_names_the_host", connection([(0, PROXY % (HOST, HOST))], dport=3128))
TUNNEL = PROXY % (b"www.example.org", b"www.example.org")
story("connect_with_a_hello_inside", connection([(0, TUNNEL), (len(TUNNEL), STREAM)], dport=3128))
GREETING, ASK = b"\5\1\0", b"\5\1\0\3%c%s\1\xbb"
story("socks_names_the_host", connection([(0, GREETING), (3, ASK % (len(HOST), HOST))], dport=1080))
BY_ADDRESS = GREETING + b"\5\1\0\1\xcb\0\x71\5\1\xbb"
story("socks_with_a_hello_inside",
      connection([(0, GREETING), (3, BY_ADDRESS[3:]), (len(BY_ADDRESS), STREAM)], dport=1080))
story("hello_on_port_53", connection(cut(STREAM, 40), dport=53))
# QUIC
HELLO = hello()
story("Q01_v1", datagrams(initial(crypto(HELLO))))
PIECES = [crypto(HELLO, b, b + 25) for b in range(0, len(HELLO), 25)]
story("Q02_shuffled_in_one_datagram", datagrams(initial(b"\1\0\0".join(PIECES[::-1]))))
BIG = hello(padding=1700)
HALVES = [initial(crypto(BIG, 0, 1000), 0), initial(crypto(BIG, 1000), 1)]
story("Q03_two_datagrams", datagrams(*HALVES))
story("Q04_two_datagrams_reversed", datagrams(*HALVES[::-1]))
story("Q05_two_datagrams_interleaved", datagrams(
    *[initial(b"".join(crypto(BIG, b, b + 100) for b in range(n * 100, len(BIG), 200)), n) for n in (0, 1)]))
story("Q06_v2", datagrams(initial(crypto(HELLO), version=V2)))
story("Q07_junk_first", datagrams(bytes(range(7, 107)), initial(crypto(HELLO))))
story("Q08_overlap_that_agrees", datagrams(initial(crypto(HELLO, 0, 80) + crypto(HELLO, 40))))
story("Q09_unknown_version_first",
      datagrams(long_header(INITIAL, 0x1a2a3a4a, DCID) + bytes(1200), initial(crypto(HELLO))))
OTHER = hello(b"www.allowed.example.com")
story("Q10_decoy_with_another_connection_id_first", datagrams(initial(crypto(OTHER), dcid=b"decoy123"), initial(crypto(HELLO))))
story("Q11_zero_rtt_shares_the_datagram",
      datagrams(long_header(ZERO_RTT, V1, DCID) + varint(100) + bytes(100) + initial(crypto(HELLO), fill=1000)))
story("Q12_port_8443", datagrams(initial(crypto(HELLO)), dport=8443))
story("Q13_acknowledgement_first", datagrams(initial(b"\2\5\0\0\5\1\x1c\0\0\0" + crypto(HELLO))))
story("Q14_three_datagrams", datagrams(*[initial(crypto(BIG, b, b + 700), b // 700) for b in (1400, 0, 700)]))
story("quic_draft_29", datagrams(initial(crypto(HELLO), version=DRAFT29)))
story("quic_after_a_retry", datagrams(initial(crypto(BIG, 0, 900)), initial(crypto(HELLO), 1, dcid=b"fromretry", token=b"token")))
story("quic_connection_id_of_the_server",
      datagrams(initial(crypto(BIG, 0, 900)), initial(crypto(BIG, 900), 1, dcid=b"server", keys_of=DCID)))
story("quic_handshake_behind_the_initial",
      datagrams(initial(crypto(HELLO), fill=900) + long_header(HANDSHAKE, V1, DCID) + varint(30) + bytes(30) + b"\x41" + bytes(60)))
story("quic_on_port_53", datagrams(initial(crypto(HELLO)), dport=53))
story("quic_behind_dns_on_its_port", datagrams(query(b"www.example.org", edns=False), initial(crypto(HELLO)), dport=853))
story("quic_ipv6", datagrams(initial(crypto(HELLO)), src=CLIENT6, dst=SERVER6))
story("quic_permitted", datagrams(initial(crypto(hello(b"www.example.org")))))
story("quic_unknown_version_alone", datagrams(*[long_header(INITIAL, 0x51303530, DCID) + bytes(1200)] * 3))
story("quic_hello_never_whole", datagrams(*[initial(crypto(BIG, 0, 900), n) for n in range(20)]))
story("quic_key_of_nobody", datagrams(initial(crypto(HELLO), keys_of=b"else")))


def of_nobody(num, fill, dcid=DCID):
    return [initial(b"", n, dcid=dcid, keys_of=b"else", fill=fill) for n in range(num)]


def in_thousands(message):
    return datagrams(*[initial(crypto(message, b, b + 1000), b // 1000) for b in range(0, len(message), 1000)])


story("quic_version_2_of_a_draft", datagrams(initial(crypto(HELLO), version=V2_DRAFT)))
story("quic_draft_32", datagrams(initial(crypto(HELLO), version=DRAFT32)))
story("quic_from_port_53", datagrams(initial(crypto(BIG, 0, 900)), initial(crypto(BIG, 900), 1), sport=53))
story("quic_ninth_initial_of_its_datagram",
      datagrams(b"".join(initial(b"\1", n, fill=20) for n in range(8)) + initial(crypto(HELLO), 8, fill=900)))
story("quic_behind_initials_of_nobody_in_its_datagram", datagrams(b"".join(of_nobody(24, 4)) + initial(crypto(HELLO), fill=300)))
story("quic_behind_more_initials_than_are_tried", datagrams(b"".join(of_nobody(64, 4)) + initial(crypto(HELLO), fill=300)))
story("quic_behind_eight_datagrams_of_junk", datagrams(*[b"junk"] * 8, initial(crypto(HELLO))))
story("quic_behind_twenty_initials_of_nobody", datagrams(
    *[initial(b"", dcid=b"nobody%02d" % n, keys_of=b"else") for n in range(20)], initial(crypto(HELLO))))
story("quic_second_connection_of_a_socket", datagrams(
    initial(crypto(hello(b"www.example.org")), dcid=b"first"), *[b"\x41" + bytes(1000)] * 20,
    initial(crypto(BIG, 0, 900)), initial(crypto(BIG, 900), 1)))
story("quic_hello_from_two_ports",
      datagrams(initial(crypto(BIG, 0, 900))) + datagrams(initial(crypto(BIG, 900), 1), sport=40001))
story("quic_hello_from_two_ports_with_the_id_of_the_server",
      datagrams(initial(crypto(BIG, 0, 900))) +
      [udp(long_header(INITIAL, V1, b"", b"of server") + b"\0\x40\x20" + bytes(32), SERVER, CLIENT, 443, 40000)] +
      datagrams(initial(crypto(BIG, 900), 1, dcid=b"of server", keys_of=DCID), sport=40001))
story("quic_handshake_without_a_whole_hello", datagrams(
    initial(crypto(BIG, 0, 900)), long_header(HANDSHAKE, V1, b"of server") + varint(30) + bytes(30)))
story("quic_second_hello", datagrams(
    initial(crypto(hello(b"www.example.org"))), initial(crypto(hello(b"www.example.org") + HELLO, len(hello(b"www.example.org"))), 1)))
story("quic_hello_that_contradicts_the_one_before", datagrams(initial(crypto(OTHER)), initial(crypto(HELLO), 1)))
story("quic_pieces_that_contradict_those_before", datagrams(
    initial(crypto(OTHER)), *[initial(crypto(HELLO, b, e), n + 1) for n, (b, e) in enumerate([(0, 130), (130, None)])]))
story("quic_hello_of_17_kib", in_thousands(hello(padding=17 << 10)))
story("quic_hello_longer_than_the_room_for_it", in_thousands(hello(padding=24 << 10)))
# IP
PARTS = tcp(1001, PSH | ACK, STREAM)[20:]
story("T26_ipv4_fragments", [tcp(1000, SYN, ack=0)] + [
    ip(CLIENT, SERVER, 6, PARTS[at:at + 64], fragment=at // 8 | (0x2000 if at + 64 < len(PARTS) else 0), ident=7)
    for at in range(0, len(PARTS), 64)])
SIX = dict(src=CLIENT6, dst=SERVER6)
story("T27_ipv6_hop_by_hop", connection([(0, STREAM)], extensions=b"\6\0\1\4\0\0\0\0", first_next=0, **SIX))
story("T28_ipv6_destination_options", connection([(0, STREAM)], extensions=b"\6\0\1\4\0\0\0\0", first_next=60, **SIX))
story("T29_ipv6", connection([(0, STREAM)], **SIX))
story("ipv4_options", connection([(0, STREAM)], options=b"\x94\4\0\0"))
story("bad_checksum_is_left_out", [udp(query())[:-1] + b"\1"])


def unsummed(packet, field, length=0, header=b"\0\0"):
    """As a host's own capture shows it, whose network card sums: of the pseudo header alone, with a length or without."""
    proto, at = packet[9], 20 + (16 if packet[9] == 6 else 6)
    pseudo = field and ~checksum(packet[12:20] + struct.pack("!II", length and len(packet) - 20, proto)) & 0xFFFF
    return packet[:10] + (header or packet[10:12]) + packet[12:at] + struct.pack("!H", pseudo) + packet[at + 2:]


# A day and more: one asks in the open for what it shows, one for all else, as with a name that a VPN borrows, one in secret.
ASKS, BORROWS, HIDES, FREE = "192.0.2.11", "192.0.2.12", "192.0.2.13", query(b"www.example.org")


def shown(client, name=HOST):
    return tcp(1001, PSH | ACK, records(hello(name)), src=client)


story("who_asked_for_the_name_it_shows", [
    udp(FREE, BORROWS), udp(FREE, ASKS), shown(HIDES, b"dns.example.org"), udp(FREE, HIDES), udp(query(), ASKS),
    udp(FREE, BORROWS, sport=40001), shown(BORROWS), shown(ASKS), shown(HIDES)], link=RAW, wrap=bytes, step=6 * 3600)
LARGE = unsummed(tcp(1001, PSH | ACK, PQ, sport=40003), 1)
story("sums_that_a_card_is_to_fill_in", [
    unsummed(udp(query()), 0), unsummed(udp(query(ident=2), sport=40001), 1, 1, b""),
    tcp(1000, SYN, ack=0, sport=40002), unsummed(tcp(1001, PSH | ACK, STREAM, sport=40002), 1, 1),
    tcp(1000, SYN, ack=0, sport=40003), LARGE[:2] + b"\0\0" + LARGE[4:]])
story("header_sum_that_a_card_is_to_fill_in", [p[:10] + b"\0\0" + p[12:] for p in connection([(0, STREAM)])])
# What a page asks of its network: addresses of a name, and connections as browsers open them. The benchmark plays these.
PAGE, PAGE4, PAGE6 = b"www.example.org", address("203.0.113.80"), address("2001:db8:3::80")
PAGE_STREAM, PAGE_HELLO = records(hello(PAGE, padding=430)), hello(PAGE, padding=1700)
PAGE_PIECES = [[crypto(PAGE_HELLO, b, b + 200) for b in range(begin, len(PAGE_HELLO), 400)] for begin in (0, 200)]
story("page_a", [udp(query(PAGE)), udp(response(PAGE, [(1, PAGE4), (1, PAGE4)]), SERVER, CLIENT, 53, 40000)])
story("page_aaaa", [udp(query(PAGE, 28)), udp(response(PAGE, [(28, PAGE6)], 28), SERVER, CLIENT, 53, 40000)])
story("page_tls", connection([(0, PAGE_STREAM)], then=[tcp(1001, ACK)]))
story("page_tls_ipv6", connection([(0, PAGE_STREAM)], then=[tcp(1001, ACK, **SIX)], **SIX))
story("page_tls_post_quantum", connection(cut(records(PAGE_HELLO), 1400), then=[tcp(1001, ACK)]))
story("page_quic", datagrams(*[initial(b"\1\0\0".join(pieces[::-1]), n) for n, pieces in enumerate(PAGE_PIECES)]))
# Link types
VLAN, QINQ = b"\x81\0\0\5", b"\x88\xa8\0\7\x81\0\0\5"
story("link_vlan", [udp(query())], wrap=lambda p: ethernet(p, VLAN))
story("link_qinq", [udp(query())], wrap=lambda p: ethernet(p, QINQ))
story("link_pppoe", [udp(query())], wrap=lambda p: b"\2\0\0\0\0\2\2\0\0\0\0\1\x88\x64\x11\0\0\1" +
      struct.pack("!H", len(p) + 2) + b"\0\x21" + p)
story("link_cooked", [udp(query())], SLL, wrap=lambda p: struct.pack("!HHH8sH", 0, 1, 6, b"\2\0\0\0\0\1", 0x800) + p)
story("link_cooked_2", [udp(query())], SLL2,
      wrap=lambda p: struct.pack("!HHIHBB8s", 0x800, 0, 1, 1, 0, 6, b"\2\0\0\0\0\1") + p)
story("link_loopback", [udp(query())], NULL, wrap=lambda p: b"\2\0\0\0" + p)
story("link_cisco_hdlc", [udp(query())], C_HDLC, wrap=lambda p: b"\x0f\0\x08\0" + p)
story("link_raw", [udp(query())], RAW, wrap=None)


# Blocks of pcapng: draft-ietf-opsawg-pcapng, section 4. The order of the bytes is a section's own.
BLOCKS = {}


def padded(data):
    return data + bytes(-len(data) % 4)


def block(kind, body, order="<", length=None):
    length = len(padded(body)) + 12 if length is None else length
    return struct.pack(order + "II", kind, length) + padded(body) + struct.pack(order + "I", length)


def option(code, value, order="<"):
    return struct.pack(order + "HH", code, len(value)) + padded(value)


def section(order="<"):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link, snaplen=262144, options=b"", order="<"):
    return block(1, struct.pack(order + "HHI", link, 0, snaplen) + options, order)


def captured(number, stamp, frame, order="<", length=None):
    return block(6, struct.pack(order + "IIIII", number, stamp >> 32, stamp & 0xFFFFFFFF, len(frame) if length is None else
                                length, len(frame)) + frame, order)


def simple(frame):
    return block(3, struct.pack("<I", len(frame)) + frame)


def cooked(packet):
    return struct.pack("!HHIHBB8s", 0x800, 0, 1, 1, 0, 6, b"\2\0\0\0\0\1") + packet


MICROS, SEGMENTS = AFTER * 1000000, connection(cut(STREAM, 50, 100))
BLOCKS["pcapng_interfaces_of_several_link_types"] = (
    section() + interface(ETHERNET, 65535) + captured(0, MICROS, ethernet(SEGMENTS[0])) +
    interface(RAW, 0, option(9, b"\x09") + option(2, b"tun0") + option(0, b"")) +
    interface(SLL2, 1024, option(9, b"\x94") + option(14, struct.pack("<q", AFTER))) +
    captured(1, AFTER * 10**9 + 1000500, SEGMENTS[1]) + captured(2, 3 << 20, cooked(SEGMENTS[2])) +
    block(5, struct.pack("<III", 0, 0, 0)) + captured(0, MICROS + 3500000, ethernet(SEGMENTS[3])))
BLOCKS["pcapng_sections_of_both_byte_orders"] = (
    section(">") + interface(RAW, order=">", options=option(9, b"\x00", ">")) + captured(0, AFTER, SEGMENTS[0], ">") +
    captured(0, AFTER, SEGMENTS[1], ">") + section() + interface(ETHERNET) +
    block(2, struct.pack("<HHIIII", 0, 0, MICROS >> 32, MICROS & 0xFFFFFFFF, len(SEGMENTS[2]) + 14, 1500) + ethernet(SEGMENTS[2])) +
    section(">") + interface(NULL, order=">") + captured(0, MICROS, b"\2\0\0\0" + SEGMENTS[3], ">"))
BLOCKS["pcapng_packets_without_a_time"] = section() + interface(ETHERNET, 96) + simple(ethernet(udp(query())))
BLOCKS["pcapng_time_of_packets_before_for_one_without"] = (
    section() + interface(ETHERNET) + captured(0, MICROS, ethernet(udp(query(b"www.example.org")))) +
    simple(ethernet(udp(query(ident=2)))))
GOOD = section() + interface(ETHERNET) + captured(0, MICROS, ethernet(udp(query())))
NEXT = ethernet(udp(query(ident=2), sport=40001))
BLOCKS["pcapng_time_stamp_of_64_bits"] = GOOD + captured(0, 2**64 - 1, NEXT) + captured(0, MICROS, NEXT)
BLOCKS["pcapng_cut_within_a_block"] = (GOOD + captured(0, MICROS, NEXT))[:-7]
BLOCKS["pcapng_packet_longer_than_its_block"] = GOOD + captured(0, MICROS, NEXT, length=1000)
BLOCKS["pcapng_interface_of_nobody"] = GOOD + captured(1, MICROS, NEXT)
BLOCKS["pcapng_block_with_another_length_at_its_end"] = GOOD + captured(0, MICROS, NEXT)[:-4] + b"\0\1\0\0"
BLOCKS["pcapng_block_longer_than_any"] = GOOD + block(6, NEXT, length=0xFFFFFFF0)
BLOCKS["pcapng_unknown_link_type_beside_one_that_is_read"] = (
    section() + interface(147) + interface(ETHERNET) + captured(0, MICROS, NEXT) + captured(1, MICROS, NEXT))


def main():
    for name, (link, packets) in STORIES.items():
        write(name, link, packets)
    for name, blocks in BLOCKS.items():
        with open(os.path.join(HERE, name + ".pcapng"), "wb") as f:
            f.write(blocks)


def write(name, link, packets):
    with open(os.path.join(HERE, name + ".pcap"), "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link))
        for when, frame in packets:
            micros = round(when * 1000000)
            f.write(struct.pack("<IIII", micros // 1000000, micros % 1000000, len(frame), len(frame)) + frame)


if __name__ == "__main__":
    main()
