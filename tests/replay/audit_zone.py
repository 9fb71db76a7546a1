#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The zone of the reader: each time that a verb of filterctl audit prints in it, pasted behind --since, is the same moment.

    audit_zone.py BUILD     TAP

What --since takes a time for is what a report says of its period, in UTC. The log goes over the changes of 2026: in the hour that is there
twice, in Berlin on 25 October and in New York on 1 November, heartbeats come every ten minutes.
"""

import csv
import functools
import html
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1]).resolve()
FILTERCTL = BUILD / "filterd/filterctl"
ZONES = ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "-05:00"]
TIME = re.compile(r"\d{4}-\d\d-\d\d[ \u00a0]\d\d:\d\d(?::\d\d)?(?: ?[+-]\d\d:\d\d|[ \u00a0]UTC)?")
PERIOD = ["--since", "2026-10-24T00:15:00Z", "--until", "2026-11-02T00:15:00Z"]      # midnight nowhere
TWICE = ["--since", "2026-10-25T00:00Z", "--until", "2026-10-25T02:00Z"], ["--since", "2026-11-01T05:00Z", "--until", "2026-11-01T07:00Z"]
cases = 0


def tap(what, good, details=""):
    global cases
    cases += 1
    print("ok" if good else "not ok", cases, "-", what)
    if not good and details:
        print("#", str(details)[:2000].replace("\n", "\n# "))


def run(*words, zone=None, **variables):
    """What it prints; on a machine in UTC unless TZ is given."""
    environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "SOURCE_DATE_EPOCH": "1793750400", **variables}
    words = [FILTERCTL, *words] + (["--tz", zone] if zone else [])
    done = subprocess.run(words, capture_output=True, text=True, env={k: v for k, v in environment.items() if v is not None})
    return done.stdout, done.stderr, done.returncode


def audit(verb, *words, zone=None, **variables):
    return run("audit", verb, *words, str(log), zone=zone, **variables)[0]


@functools.cache
def since(text, zone, **variables):
    """The moment that it means, in UTC."""
    out, said, _ = run("audit", "report", "--csv", "--since", text, "--until", "2036-01-01T00:00:00Z", str(tiny), zone=zone, **variables)
    return next((row["first"] for row in csv.DictReader(out.splitlines()) if row["section"] == "report"), said)


def rfc3339(text):
    """A time that was printed in UTC; one of the law is in the law's own offset, in any zone."""
    if re.search(r"[+-]\d\d:\d\d$", text):
        return since(text, "UTC")
    text = text.replace("\u00a0", " ").removesuffix(" UTC").replace(" ", "T")
    return text + (":00Z" if text.count(":") == 1 else "Z")


def compare(what, printed, in_utc, zone):
    """The same times, in the same places."""
    times, wanted = TIME.findall(printed), TIME.findall(in_utc)
    wrong = [f"{t} is {since(t, zone)}, not {w}" for t, w in zip(times, wanted) if since(t, zone) != rfc3339(w)]
    tap(f"{what}: each time that it prints is the same moment behind --since", times and len(times) == len(wanted) and not wrong,
        "\n".join(wrong) or f"{len(times)} times, {len(wanted)} in UTC")
    tap(f"{what}: and they are the zone's own", not times or times != wanted)


def verbs(zone):
    acks = ["--acks", str(log.parent / "acks")]
    for verb, *words in (["coverage"], ["devices", *acks], ["hosts"], ["categories"], ["ack", *acks, "--list"], ["verify"],
                         ["list", "-a", *TWICE[0]], ["list", "-a", *TWICE[1]], ["report", "--text", *PERIOD, *acks]):
        name = " ".join([verb, *(["text"] if verb == "report" else words[-1:] if verb == "list" else [])])
        compare(f"{zone}: {name}", audit(verb, *words, zone=zone), audit(verb, *words), zone)
    # A timeline has other rows in another zone: its JSON says in UTC which.
    hours = ["timeline", "--by", "hour", "--since", "2026-10-24T12:00Z", "--until", "2026-11-01T18:00Z"]
    compare(f"{zone}: timeline", audit(*hours, zone=zone),
            " ".join(row["hour"].replace("T", " ").replace("Z", " UTC") for row in json.loads(audit(*hours, "--json", zone=zone))["timeline"]), zone)


def page(zone):
    """On the page each time has its moment beside it."""
    out = html.unescape(audit("report", "--html", *PERIOD, zone=zone))
    times = re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', out)
    wrong = []
    for moment, text in times:
        length = 19 if text[11:19].count(":") == 2 else 16      # to the second, or the minute
        if TIME.fullmatch(text) and since(text, zone)[:length] != moment[:length]:
            wrong.append(f"{text} is {since(text, zone)}, not {moment}")
    tap(f"{zone}: page: each time on it is its moment", len(times) > 20 and not wrong, "\n".join(wrong[:9]) or len(times))
    below = re.findall(r'<time datetime="([^"]+)">[^<]+</time><small class="under"><time datetime="([^"]+)">[^<]+\u00a0UTC</time></small>', out)
    tap(f"{zone}: page: UTC is below what is evidence", len(below) > 10 and all(a == b for a, b in below), len(below))
    tap(f"{zone}: page: it says which zone it is of", f"times are those of {zone if zone[0] != '-' else 'UTC' + zone}; UTC is " in out)


def machines(zone):
    """What is for programs stays as it is."""
    for words in (["coverage", "--csv"], ["coverage", "--json"], ["devices", "--json"], ["hosts", "--csv"], ["list", "-a", "-o", "json"],
                  ["list", "-o", "csv"], ["export", "--to", "csv"], ["export", "--to", "postgresql"], ["checkpoint"], ["checkpoint", "--tlog"]):
        out = audit(*words, zone=zone)
        tap(f"{zone}: {' '.join(words)} is that of UTC, to the byte", out and out == audit(*words))


def choice():
    kolkata = audit("list", zone="Asia/Kolkata")
    tap("the default is the zone of TZ", audit("list", TZ="Asia/Kolkata") == kolkata)
    tap("also with its colon", audit("list", TZ=":Asia/Kolkata") == kolkata)
    tap("--tz local is the same", audit("list", zone="local", TZ="Asia/Kolkata") == kolkata)
    tap("--tz is before TZ", audit("list", zone="UTC", TZ="Asia/Kolkata") == audit("list") != kolkata)
    tap("a rule in TZ needs no zone files",
        [line for line in audit("list", TZ="EST5EDT,M3.2.0,M11.1.0", TZDIR="/nonexistent").splitlines() if "times are" not in line] ==
        [line for line in audit("list", zone="America/New_York").splitlines() if "times are" not in line])
    tap("--since before --tz is of that zone, too", since("2026-11-23 14:05", "America/New_York") == "2026-11-23T19:05:00Z")
    tap("an empty TZ is UTC", audit("list", TZ="") == audit("list"))
    for what, words, variables, wanted in (
            ("a zone that nobody knows", ["--tz", "America/Newyork"], {}, "--tz 'America/Newyork': this machine has no such time zone; expected a name "
             "such as America/New_York, UTC, local, or an offset such as -05:00"),
            ("a TZ that nobody knows", [], {"TZ": "Foo/Bar"}, "the variable TZ is 'Foo/Bar': this machine has no such time zone; expected"),
            ("a way out of the folder", ["--tz", "../../etc/passwd"], {}, "has no such time zone"),
            ("a folder", ["--tz", "America"], {}, "has no such time zone"),
            ("a file that is no zone", ["--tz", "zone.tab"], {}, "has no such time zone"),
            ("an offset of nowhere", ["--tz", "+25:00"], {}, "has no such time zone"),
            ("a rule whose sign would mislead", ["--tz", "UTC+5"], {}, "has no such time zone"),
            ("a machine without zone files", ["--tz", "America/New_York"], {"TZDIR": "/nonexistent"},
             "this machine has no zone files (/usr/share/zoneinfo, from the package tzdata), so it knows no names; expected UTC, local, or an offset")):
        for verb in ("verify", "list", "report"):
            out, said, status = run("audit", verb, *words, str(log), **variables)
            tap(f"{what} is refused: {verb}", status == 64 and out == "" and f"filterctl audit {verb}: " in said and wanted in said, said)
    for zone, wanted in (("+5", "09:05"), ("+0500", "09:05"), ("+05:00", "09:05"), ("+05", "09:05"), ("+5:30", "08:35"), ("-0330", "17:35"),
                         ("+00:00", "14:05"), ("utc", "14:05")):
        tap(f"offset {zone}", since("2026-11-23 14:05", zone) == f"2026-11-23T{wanted}:00Z", since("2026-11-23 14:05", zone))
    for zone in ("", "+", "-", "+053", "+05300", "+5:3", "+05:300", "+05:60", "+0530:00", "+15", "5", "+05:00x", ":", "/", "/etc/localtime"):
        tap(f"no offset: '{zone}'", run("audit", "list", str(log), f"--tz={zone}")[2] == 64)


def periods():
    for text, zone, wanted in (("2026-11-01", "America/New_York", "2026-11-01T04:00:00Z"), ("2026-11-02", "America/New_York", "2026-11-02T05:00:00Z"),
                               ("2026-11", "Asia/Kolkata", "2026-10-31T18:30:00Z"), ("2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00Z"),
                               ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"), ("2026-10-25 02:30+01:00", "Europe/Berlin", "2026-10-25T01:30:00Z"),
                               ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:00:00Z")):
        tap(f"{text} in {zone} begins at {wanted}", since(text, zone) == wanted, since(text, zone))
    rows = list(csv.DictReader(audit("report", "--csv", "--month", "2026-10", zone="Europe/Berlin").splitlines()))
    tap("a month is the zone's", [(r["first"], r["last"]) for r in rows if r["section"] == "report"] == [("2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z")])
    attempts = {s: sum(int(r["attempts"] or 0) for r in rows if r["section"] == s) for s in ("device", "host", "day", "hour")}
    tap("devices, hosts, days and hours add up to the same", len(set(attempts.values())) == 1 and attempts["day"] > 0, attempts)
    for zone, day, hours in (("Europe/Berlin", "2026-10-25", 25), ("America/New_York", "2026-11-01", 25), ("Asia/Kolkata", "2026-10-25", 24)):
        out = audit("timeline", "--by", "hour", "--since", day, "--until", f"{day} 23:59:59", zone=zone)
        tap(f"{day} has {hours} hours in {zone}", len(re.findall(f"^{day} ", out, re.MULTILINE)) == hours, out)
    tap("and 24 in UTC, whose table says nothing of zones", "times are" not in audit("timeline") and "time, UTC" in audit("list"))
    last = audit("hosts", zone="America/New_York").splitlines()[-1]
    tap("a table over both offsets has both", last == "times are those of America/New_York; UTC is 5 h or 4 h ahead, by the date", last)


def check():
    """filterctl check --at takes the same times."""
    conf = log.parent / "conf"
    (log.parent / "names").write_text("host.example\n")
    (log.parent / "house.policy").write_text("[policy]\nid = house\n[category one]\naction = block\nnames = names\n")
    conf.write_text("[policy]\nfiles = house.policy\n")
    for words, variables in ((["--at", "2026-11-01 01:30-05:00", "--tz", "America/New_York"], {}), (["--at", "2026-11-01 12:00", "--tz", "+05:30"], {}),
                             (["--at", "2026-11-01 07:30"], {"TZ": "Europe/Berlin"})):
        out, said, _ = run("check", "-c", str(conf), *words, "host.example", **variables)
        tap(f"check {' '.join(words)}", "  at         2026-11-01T06:30:00Z\n" in out, out + said)
    tap("check refuses what nobody knows", run("check", "--at", "today", "--tz", "Foo", "host.example")[2] == 64)


with tempfile.TemporaryDirectory() as folder:
    log, tiny = pathlib.Path(folder) / "log", pathlib.Path(folder) / "tiny.jsonl"
    made = subprocess.run([BUILD / "tests/make_log", "--folder", folder, "--from", "2026-10-24T00:00:00Z", "--days", "9", "--attempts-per-day", "16",
                           "--devices", "6"], capture_output=True, text=True)
    if made.returncode != 0:
        print(f"Bail out! there is no log: {made.stderr}")
        sys.exit(1)
    if not pathlib.Path("/usr/share/zoneinfo/Asia/Kolkata").exists():
        print("1..0 # SKIP zone files are missing; run as root: scripts/install test")
        sys.exit(0)
    tiny.write_text("".join((log / sorted(os.listdir(log))[0]).read_text().splitlines(keepends=True)[:3]))
    device = json.loads(audit("devices", "--json"))["devices"][0]["device"]
    run("audit", "ack", "--acks", str(log.parent / "acks"), device, "cleaned", str(log))
    for zone in ZONES:
        verbs(zone)
        page(zone)
        machines(zone)
    choice()
    periods()
    check()
print(f"1..{cases}")
