# SPDX-License-Identifier: MIT
"""The property, asked of each play: did a server take the prohibited name, is there a record of it, was a page served?"""
import glob
import json
import os
import re
import time
from collections import Counter

PROHIBITED_SUFFIX = "blocked.example.com"
WRITTEN_S, LATEST_S = 0.7, 10           # when a record stands in the log, as a rule and at the latest


def plain(name):
    """A name as a server has it, without white space around it and without case; servers write odd bytes of it as \\xHH."""
    if isinstance(name, bytes):
        name = name.decode("latin-1")
    return re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), name).replace("\\t", "\t").strip(" \t").lower()


class Tail:
    """What is added to a file."""

    def __init__(self, path):
        self.path, self.at, self.rest = path, 0, b""

    def lines(self):
        try:
            with open(self.path, "rb") as f:
                f.seek(self.at)
                data = f.read()
        except FileNotFoundError:
            return []
        self.at += len(data)
        *lines, self.rest = (self.rest + data).split(b"\n")
        return lines


class Judge:
    """What must be, by the settings: under `strict` ones a record, and no page; under `defaults` a record, and no page if it has the
    name; under `observe` a record."""

    def __init__(self, audit, took, settings):
        self.audit = Tail(audit)
        self.audit_folder = took
        self.took_tails = {}
        self.settings = settings
        self.named, self.nameless, self.taken = {}, {}, {}
        self.read()
        self.forget()

    def forget(self):
        """Ports are used again."""
        for known in (self.named, self.nameless, self.taken):
            known.clear()

    def read(self):
        for path in glob.glob(os.path.join(self.audit_folder, "*.log")):
            tail = self.took_tails.setdefault(path, Tail(path))
            server = os.path.basename(path)[:-4]
            for line in tail.lines():
                words = line.decode("latin-1").split(None, 2)
                if len(words) >= 2 and words[0].isdigit():
                    self.taken.setdefault((server, int(words[0])), set()).add((words[1], plain(words[2]) if len(words) == 3 else ""))
        for line in self.audit.lines():
            if b'"event_type":"alert"' not in line:
                continue
            record = json.loads(line)
            port = record["src_port"] if record.get("direction") != "to_client" else record["dest_port"]
            host = record["filterd"].get("host", "")
            where = self.named if host.rstrip(".").lower().endswith(PROHIBITED_SUFFIX) else self.nameless
            where.setdefault(port, []).append((record["filterd"]["type"], "%s %s" % (host, record["filterd"].get("rule", ""))))

    def judge(self, play):
        """One word of what became of it, and whether that is a fault."""
        variant = play.script.variant
        app = play.script.app
        said = self.taken.get((variant.server, play.port), set())
        # A name that is written oddly is taken by who sees it as it was written: the host may be the only one there.
        is_taken = app.took() == "prohibited" or any(kind == "prohibited" or app.odd and name == plain(app.odd) for kind, name in said)
        named, nameless = self.named.get(play.port, []), self.nameless.get(play.port, [])
        if variant.is_harmless:
            if named or nameless:
                return "accused by " + ", ".join(sorted({"%s, %s" % pair for pair in named + nameless})), True
            return ("served", False) if app.page == "permitted" else ("not served", True)
        if not is_taken:
            return ("recorded" if named or nameless else "nothing"), False
        if not named and not nameless:
            return "missed", True
        if app.page and (self.settings == "strict" or self.settings == "defaults" and any(kind == "block" for kind, _ in named)):
            return "served", True
        return "taken, recorded" if named else "taken, recorded without its name", False


class Table:
    """Counts by operator and by server."""
    COLUMNS = ("played", "taken", "missed", "served", "stopped without need")

    def __init__(self):
        self.rows = {}
        self.outcomes = Counter()

    def add(self, play, outcome, is_fault):
        v = play.script.variant
        self.outcomes[("permitted: " if v.is_harmless else "") + outcome] += 1
        took = outcome in ("missed", "served", "taken, recorded", "taken, recorded without its name") and not v.is_harmless
        for key in ["all", "server " + v.server + " " + v.port, *sorted({"operator " + o for o in v.operators})]:
            row = self.rows.setdefault(key, Counter())
            row["played"] += 1
            row["taken"] += took
            row["missed"] += outcome == "missed"
            row["served"] += took and outcome == "served"
            row["stopped without need"] += v.is_harmless and is_fault

    def print(self, prefix=""):
        width = max(len(k) for k in self.rows) + 2 if self.rows else 10
        print(prefix + " " * width + "".join("%10s" % c for c in ("played", "taken", "missed", "served", "false")))
        for key in sorted(self.rows):
            row = self.rows[key]
            print(prefix + key.ljust(width) + "".join("%10d" % row[c] for c in self.COLUMNS))


def settled(judge_all):
    """All outcomes, (play, outcome, is_fault), once logs are written: on a busy machine a record that is missed yet may be on its way."""
    end = time.monotonic() + LATEST_S
    time.sleep(WRITTEN_S)
    while True:
        out = judge_all()
        if time.monotonic() > end or not any(outcome == "missed" for _, outcome, _ in out):
            return out
        time.sleep(WRITTEN_S)
