#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The maps of config/siem over logs: is what comes out what each format takes, and does it say what the records say?

    siem.py SOURCE LOG...    TAP; the lines of all LOGs that are records
"""

import json
import pathlib
import re
import subprocess
import sys

RESULTS = {"block": "blocked", "would_block": "observed", "waived": "waived", "log": "watched"}
HOSTNAME = re.compile(r"(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])")
MAC = re.compile(r"([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}")
HOSTILE = "x\nx act=allowed\r\\ |\u001b[2J \u2028 é=日本"

# What OCSF 1.4.0 says of the attributes that we write: a type, a pattern, the values of an enumeration or an object; "!" is required. In
# the profile security_control, action_id is.
ENDPOINT = {"ip": str, "port": int, "mac": MAC, "hostname": HOSTNAME, "name": str}
OCSF = {
    "time!": int, "category_uid!": {4}, "class_uid!": {4001, 4002, 4003}, "activity_id!": int, "activity_name": str, "type_uid!": int,
    "severity_id!": {0, 1, 2, 3, 4, 5, 6, 99}, "action_id!": {0, 1, 2, 99}, "disposition_id": {*range(28), 99}, "message": str,
    "metadata!": {"version!": {"1.4.0"}, "profiles": list, "sequence": int, "log_provider": str,
                  "product!": {"name": str, "vendor_name!": str, "version": str}},
    "src_endpoint": ENDPOINT, "dst_endpoint": ENDPOINT,
    "connection_info": {"direction_id!": {0, 1, 2, 3, 99}, "protocol_num": int, "protocol_name": str, "protocol_ver_id": {0, 4, 6, 99},
                        "community_uid": str},
    "firewall_rule": {"name!": str, "category": str}, "count": int, "start_time": int, "end_time": int, "unmapped": object,
}
METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE"}
CLASSES = {
    4001: OCSF | {"activity_id!": {*range(8), 99}},
    4002: OCSF | {"activity_id!": {*range(9), 99},
                  "http_request!": {"http_method": METHODS, "user_agent": str, "url": {"hostname": str, "path!": str}}},
    4003: OCSF | {"activity_id!": {0, 1, 2, 6, 99}, "query": {"hostname!": str, "type": str}},
}


def wrong(value, schema, path):
    """What is wrong with a value, by a schema as above; nothing if all is well."""
    if schema is object or isinstance(schema, type) and type(value) is schema:
        return []
    if isinstance(schema, re.Pattern):
        return [] if schema.fullmatch(value) else [f"{path} is {value!r}"]
    if isinstance(schema, set):
        return [] if value in schema else [f"{path} is {value!r}"]
    if not isinstance(schema, dict) or not isinstance(value, dict):
        return [f"{path} is {value!r}"]
    members = {name.rstrip("!"): of for name, of in schema.items()}
    return [f"{path}.{name[:-1]} is missing" for name in schema if name[-1] == "!" and name[:-1] not in value] + \
        [f"{path}.{name} is no attribute" for name in value if name not in members] + \
        [what for name in value if name in members for what in wrong(value[name], members[name], f"{path}.{name}")]


def is_of_destination(record):
    return record["app_proto"] not in ("dns", "socks") and record.get("http", {}).get("http_method") != "CONNECT"


def ocsf(event, record):
    what = wrong(event, CLASSES.get(event["class_uid"], OCSF), "ocsf")
    if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
        what.append("type_uid does not fit")
    if event["class_uid"] == 4003 and event["query"]["hostname"] != record["dns"]["rrname"]:
        what.append("not the name that was asked for")
    if (event["action_id"] == 2) != (record["filterd"]["type"] == "block"):
        what.append(f"action {event['action_id']} of {record['filterd']['type']}")
    host = {event["dst_endpoint"].get(name) for name in ("hostname", "name")} - {None}
    if host != ({record["filterd"]["host"]} - {""} if is_of_destination(record) else set()):
        what.append(f"the destination is called {host} for {record['app_proto']}")
    return what


def ecs(event, record):
    what = []
    is_dns = record["app_proto"] == "dns"
    if event["event"]["type"] != ["denied" if record["filterd"]["type"] == "block" else "allowed"]:
        what.append(f"{event['event']['type']} for {record['filterd']['type']}")
    if event["event"]["action"] != RESULTS[record["filterd"]["type"]]:
        what.append(event["event"]["action"])
    if is_dns and event["dns"]["question"]["name"] != record["dns"]["rrname"]:
        what.append("not the name that was asked for")
    if event["destination"].get("domain", "") != (record["filterd"]["host"] if is_of_destination(record) else ""):
        what.append(f"the destination is called {event['destination'].get('domain')} for {record['app_proto']}")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", event["@timestamp"]):
        what.append(event["@timestamp"])
    if event["filterd"]["count"] != record["filterd"]["count"] or event["source"].get("domain", "") != record["filterd"]["name"]:
        what.append("not what the record says")
    return what


def unescaped(text, known):
    """What a CEF reader makes of a part; None if something is escaped that should not be, or the other way round."""
    if not re.fullmatch(rf"([^\\{known[0]}]|\\[{re.escape(known)}])*", text):
        return None
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), text)


def cef(line, record):
    parts = re.split(r"(?<!\\)(?:\\\\)*\|", line, maxsplit=7)
    if len(parts) != 8 or parts[0] != "CEF:0" or any(unescaped(part, "|\\") is None for part in parts[:7]):
        return [f"no header: {line}"]
    begins = [m.start(1) for m in re.finditer(r"(?:^| )([A-Za-z0-9]+)=", parts[7])]
    fields = dict(parts[7][begin:end].rstrip(" ").split("=", 1) for begin, end in zip(begins, begins[1:] + [None]))
    values = {name: unescaped(value, "=\\nr") for name, value in fields.items()}
    shown = re.sub(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]", " ", record["filterd"]["name"]).rstrip(" ")
    what = [f"{name} is {fields[name]!r}" for name, value in values.items() if value is None]
    if values.get("shost", "") != shown or values["act"] != record["alert"]["action"]:
        what.append(f"shost {values.get('shost')!r} act {values['act']} for {record['filterd']['name']!r}")
    if values.get("dhost" if is_of_destination(record) else "cs4", "") != record["filterd"]["host"] or ("dhost" in values and "cs4" in values):
        what.append(f"dhost {values.get('dhost')} cs4 {values.get('cs4')} for {record['app_proto']}")
    if (parts[6] == "6") != (record["filterd"]["type"] == "block"):
        what.append(f"severity {parts[6]}")
    return what


def hostile(records):
    """Records that no story has: other layers and methods, and names with all that a format escapes."""
    http = next(r for r in records if r.get("http") and r["filterd"]["type"] in RESULTS)
    yield http | {"http": http["http"] | {"http_method": "CONNECT"}}
    yield http | {"http": http["http"] | {"http_method": "PROPFIND", "url": HOSTILE, "http_user_agent": HOSTILE}}
    yield http | {"http": {}}
    bare = {name: value for name, value in http.items() if name not in ("http", "ether", "community_id", "in_iface")}
    for layer in ("socks", "failed"):
        yield bare | {"app_proto": layer, "filterd": http["filterd"] | {"name": HOSTILE}}
    for name in RESULTS:
        yield bare | {"app_proto": "tls", "filterd": http["filterd"] | {"type": name, "name": HOSTILE}}
    yield bare | {"app_proto": "tls", "alert": http["alert"] | {"category": HOSTILE}}
    yield bare | {"app_proto": "tls", "src_ip": "2001:db8::1", "dest_ip": "2001:db8::2", "ip_v": 6}


def main():
    source = pathlib.Path(sys.argv[1])
    lines = [line for log in sys.argv[2:] for line in pathlib.Path(log).read_text(encoding="utf-8").splitlines() if line[:1] == "{"]
    lines += [json.dumps(record) for record in hostile([json.loads(line) for line in lines])]
    records = [record for record in map(json.loads, lines) if record["filterd"]["type"] in RESULTS]
    number = 0
    for name, check in (("cef", cef), ("ecs", ecs), ("ocsf", ocsf)):
        out = subprocess.run(["jq", "-rcf", source / f"config/siem/{name}.jq"], input="\n".join(lines), capture_output=True, text=True)
        got = out.stdout.split("\n")[:-1]
        what = [out.stderr] if out.returncode != 0 else []
        if len(got) != len(records):
            what.append(f"{len(got)} lines of {len(records)} attempts")
        for line, record in zip(got, records):
            what += check(line if name == "cef" else json.loads(line), record)
        number += 1
        print("ok" if not what else "not ok", number, f"- {name}: {len(records)} attempts")
        for each in sorted(set(what))[:20]:
            print("#", each)
    print(f"1..{number}")
    return 0


sys.exit(main())
