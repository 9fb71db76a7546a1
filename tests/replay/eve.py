#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Are our records what readers of Suricata's EVE log expect?

    eve.py EVERY_RECORD FOLDER       TAP; the program beside this file, and a folder of stories (*.audit)

Suricata publishes a schema of its EVE records (etc/schema.json in its sources) that knows no further members
("additionalProperties": false). The table below is the part of it that we use, in our words: whatever is not in it would be
a member that no reader knows. Ours is the object `filterd` alone, always the last.
"""

import json
import pathlib
import re
import subprocess
import sys

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+0000")
ADDRESS = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|[0-9a-f:]*:[0-9a-f:.]+")
MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}")
REJECTS = {"tcp-reset", "icmp-prohib"}

# Member: what it is (a type, a pattern, a set of values, members of an object, or one element of an array).
QUESTION = {"rrname": str, "rrtype": str}
EVE = {
    "timestamp": TIME,                      # first, and in this form: Splunk looks for it there
    "flow_id": int,
    "in_iface": str,
    "event_type": {"alert", "engine", "stats"},     # types that exist: no pipeline meets a new one
    "src_ip": ADDRESS,
    "src_port": int,
    "dest_ip": ADDRESS,
    "dest_port": int,
    "proto": {"TCP", "UDP"},
    "ip_v": {4, 6},
    "ether": {"src_mac": MAC},
    "community_id": re.compile(r"1:[A-Za-z0-9+/]{27}="),
    "alert": {
        "action": {"allowed", "blocked"},
        "gid": int,
        "signature_id": int,
        "rev": int,
        "signature": str,                   # the rule, for people
        "category": str,                    # a phrase: Elastic makes it the message
        "severity": int,
    },
    "app_proto": {"dns", "tls", "quic", "http", "socks", "failed"},     # "failed": Suricata's word for none known
    "direction": {"to_server", "to_client"},
    "verdict": {
        "action": {"alert", "drop"},
        "reject_target": {"to_client", "to_server", "both"},
        "reject": [REJECTS],
    },
    "dns": {
        "version": {3},                     # `queries` is version 3, but most dashboards read `rrname`
        "type": {"request", "response"},
        "id": int,
        **QUESTION,
        "queries": [QUESTION],
    },
    "tls": {"sni": str},
    "quic": {"version": str, "sni": str},
    "http": {
        "hostname": str,
        "url": str,
        "http_user_agent": str,
        "http_method": str,
        "protocol": str,
    },
    "log_level": str,
    "engine": {"message": str, "module": str},
    "host": str,                            # the sensor's name
    "stats": {
        "uptime": int,
        "capture": {"kernel_packets": int, "kernel_drops": int},
        "ips": {"accepted": int, "blocked": int},
    },
}

# What a reader fails without, by event type. EveBox asks for these of an alert.
NEEDED = {
    "alert": {"timestamp", "event_type", "flow_id", "src_ip", "dest_ip", "proto", "alert", "host"},
    "engine": {"timestamp", "event_type", "engine", "host"},
    "stats": {"timestamp", "event_type", "stats", "host"},
}
NEEDED_IN = {
    "alert": {"action", "gid", "signature_id", "rev", "signature", "category", "severity"},
    "dns": {"version", "type", "rrname", "rrtype", "queries"},
}


def fits(value, wanted):
    """Is this value what the table wants? Objects and arrays are looked into elsewhere."""
    if isinstance(wanted, re.Pattern):
        return isinstance(value, str) and wanted.fullmatch(value) is not None
    if isinstance(wanted, set):
        return type(value) in (str, int) and value in wanted
    return type(value) is wanted            # True is an int to isinstance()


def problems_in(value, wanted, where):
    if isinstance(wanted, dict):
        if not isinstance(value, dict):
            yield f"{where}: not an object"
            return
        for name in NEEDED_IN.get(where, set()) - value.keys():
            yield f"{where}: no {name}"
        for name, member in value.items():
            inner = f"{where}.{name}" if where else name
            if name not in wanted:
                yield f"{inner}: no member that readers know"
            else:
                yield from problems_in(member, wanted[name], inner)
    elif isinstance(wanted, list):
        if not isinstance(value, list) or not value:
            yield f"{where}: not an array with an element"
            return
        for element in value:
            yield from problems_in(element, wanted[0], where + "[]")
    elif not fits(value, wanted):
        yield f"{where}: {value!r}"


def once(pairs):
    """An object's members: none of them twice, or two readers read two things."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("a member twice")
    return dict(pairs)


def problems_of(line):
    """All that is wrong with a line."""
    try:
        record = json.loads(line, object_pairs_hook=once)
    except ValueError as error:
        return [str(error)]
    if not isinstance(record, dict) or list(record)[-1:] != ["filterd"] or not isinstance(record["filterd"], dict):
        return ["the last member is not the object filterd"]
    ours = record.pop("filterd")
    found = list(problems_in(record, EVE, ""))
    kind = record.get("event_type")
    found += [f"no {name}" for name in NEEDED.get(kind if isinstance(kind, str) else "", set()) - record.keys()]
    if not line.startswith('{"timestamp":"') or not line.isprintable():
        found.append("timestamp is not first, or the line has what nobody sees")
    if kind == "alert" and not found:
        # Beyond these, Security Onion links to the rules of others; JavaScript loses digits of larger numbers.
        if not 1_000_000 <= record["alert"]["signature_id"] <= 1_999_999:
            found.append("alert.signature_id: in another's range")
        if record["flow_id"] >= 1 << 51:
            found.append("flow_id: more than 51 bits")
        if ours.get("type") != "probe" and (ours.get("type") == "block") != (record["alert"]["action"] == "blocked"):
            found.append("alert.action: not what became of the attempt")
    return found


# A line, a change to it, and what must be said of that: a check that cannot fail checks nothing.
SPOILED = [
    ("a member that nobody knows",           '"host":"gw1"', '"host":"gw1","sensor":"gw1"', "sensor: no member"),
    ("one inside alert",                     '"gid":1', '"gid":1,"rule":"x"', "alert.rule: no member"),
    ("one inside dns.queries",               '[{"rrname"', '[{"ttl":1,"rrname"', "dns.queries[].ttl: no member"),
    ("a number as text",                     '"src_port":51788', '"src_port":"51788"', "src_port: '51788'"),
    ("a number that is a word",              '"src_port":51788', '"src_port":true', "src_port: True"),
    ("a word that is none of its words",     '"direction":"to_server"', '"direction":"out"', "direction: 'out'"),
    ("no src_ip",                            '"src_ip":"192.168.1.50",', "", "no src_ip"),
    ("no alert.signature_id",                '"signature_id":1791001,', "", "alert: no signature_id"),
    ("a signature that is somebody else's",  '"signature_id":1791001', '"signature_id":2791001', "another's range"),
    ("a flow_id that JavaScript cannot say", '"flow_id":', '"flow_id":9', "more than 51 bits"),
    ("a time zone with a colon",             '+0000","flow_id"', '+00:00","flow_id"', "timestamp: "),
    ("blocked, but it was not",              '"type":"block"', '"type":"log"', "alert.action: not what"),
    ("a member twice",                       '"gid":1', '"gid":1,"gid":2', "a member twice"),
    ("something behind filterd",             '"}}', '"},"a":1}', "not the object filterd"),
    ("cut short",                            '"}}', '"}', "Expecting"),
]


def records_of(story):
    """Without what filterctl says besides."""
    return [line for line in story.read_text(encoding="utf-8").splitlines() if not line.startswith("filterctl: ")]


def main():
    every, files = sys.argv[1], sorted(pathlib.Path(sys.argv[2]).glob("*.audit"))
    lines = subprocess.run([every], check=True, capture_output=True, text=True, encoding="utf-8").stdout.splitlines()
    dns = next(line for line in lines if '"app_proto":"dns"' in line and '"type":"block"' in line)
    cases = [(f"refused: {what}", dns.count(old) > 0 and any(wanted in p for p in problems_of(dns.replace(old, new, 1))))
             for what, old, new, wanted in SPOILED]
    types = {"start", "heartbeat", "policy", "state", "gap", "segment", "prune", "access", "stop", "block", "would_block", "waived", "log", "probe"}
    cases.append(("there are stories", len(files) > 0))
    cases.append(("every type of record is there", {json.loads(line)["filterd"]["type"] for line in lines} == types))

    groups = [("records of every type", lines)]
    groups += [(file.stem, records_of(file)) for file in files]
    print(f"1..{len(cases) + len(groups)}")
    failed = 0
    for number, (what, good) in enumerate(cases, 1):
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
    for number, (what, group) in enumerate(groups, 1 + len(cases)):
        problems = {problem for line in group for problem in problems_of(line)}
        failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} - EVE's readers know all of {what}")
        for problem in sorted(problems):
            print(f"# {problem}")
    return 1 if failed else 0


sys.exit(main())
