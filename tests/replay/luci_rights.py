#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The page in LuCI: may it run what it runs, and nothing else?

    luci_rights.py SOURCE       TAP; needs busybox

Two are asked about each command: the package's rights, compared as rpcd compares them (the whole command line, and fnmatch() without
flags that would keep * within a word: session.c, file.c), and then filterd-board itself, over a filterctl that says what it was given.
"""

import fnmatch
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

BOARD = "/usr/libexec/filterd-board"

# What the page runs, and who may: all, or those with the right to write.
RUNS = [
    ("read", ["board", "--json"]),
    ("read", ["check", "--", "dnl-01.geo.kaspersky.com"]),
    ("read", ["check", "--", "-c"]),
    ("read", ["check", "--", "https://example.com/a b?c"]),
    ("write", ["note", "--", "3c:52:82:11:22:33", "the old laptop; 'ask' \"Ann\" $(reboot)"]),
    ("write", ["note", "--", "192.168.1.20", ""]),
    ("write", ["note", "--", "192.168.1.20", "-c /etc/shadow"]),
    ("write", ["waive", "--for", "1h", "--", "3c:52:82:11:22:33", "a licence\nis moved"]),
    ("write", ["waive", "--until", "2026-12-31", "--", "2001:db8::20", "-"]),
    ("write", ["waive", "--end", "until-2026-12-31"]),
    ("write", ["mode", "observe"]),
    ("write", ["mode", "enforce"]),
    ("write", ["mode", "--", "observe", "the printer needs it"]),
    ("write", ["mode", "--", "enforce", "-"]),
]

# What has no right, whoever asks.
NO_RIGHT = [
    [], [""], ["--help"], ["board"], ["board", "--json", ""], ["board", "--json", "-c", "/etc/shadow"],
    ["check"], ["check", "--"], ["check", "example.com"], ["check", "-c", "/etc/shadow", "--", "example.com"],
    ["note", "device", "text"], ["note", "-c", "/tmp/x", "--", "device"], ["waive", "--list"], ["waive", "--end"],
    ["mode"], ["mode", "off"], ["mode", "observe", "reason"], ["mode", "--", "observe"], ["mode", "--", "off", "reason"],
    ["mode", "-c", "/tmp/x", "observe"], ["reload"], ["pause", "--for", "1h"], ["rules", "remove"], ["settings"], ["probe"],
    ["audit", "report", "-o", "/etc/passwd"],
]

# What rpcd lets through, because * is any number of words to it, and the line the same however it was cut.
MISCOUNTED = [
    ["board --json"], ["check", "--", "example.com", "-c", "/etc/shadow"], ["check", "-- example.com"], ["check -- example.com"],
    ["check --", "example.com"], ["note", "--", "device"], ["note", "--", "device", "text", "more"], ["note", "--", "device", "text", "-c"],
    ["waive", "--for", "1h", "device", "reason"], ["waive", "--for", "1h", "--", "device"], ["waive", "--until", "--", "--", "device", "reason"],
    ["waive", "--for", "1h", "-c", "/etc/luci-uploads/x", "--", "device"], ["waive", "--for", "-c/tmp/x", "--", "device", "reason"],
    ["waive", "--for", "1h", "--", "device", "reason", "--"], ["waive", "--end", "-c/tmp/x"], ["waive", "--end", "--list"],
    ["waive", "--end", "name", "-c", "/tmp/x"], ["mode", "--", "observe", "reason", "-c"], ["mode observe"],
]


class Cases:
    def __init__(self):
        self.num, self.failed = 0, 0

    def say(self, what, good, *why):
        self.num += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.num} - {what}")
        if not good:
            print(*(f"# {line}" for line in why), sep="\n")


def loaded(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Rights:
    """Of who has the group for reading alone, and of who has it for writing, too."""

    def __init__(self, group):
        self.read, self.write = group["read"]["file"], {**group["read"]["file"], **group["write"]["file"]}

    def used_by(self, who, words):
        line = " ".join([BOARD, *words])
        rights = self.read if who == "read" else self.write
        return {right for right, what in rights.items() if fnmatch.fnmatchcase(line, right) and "exec" in what}


class Router:
    """filterd-board, over a filterctl that prints its umask and its arguments, and ends with status 3."""

    def __init__(self, script, folder):
        self.script, self.folder = script, folder
        stand_in = os.path.join(folder, "filterctl")
        with open(stand_in, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\nprintf "%s\\0" "$(umask)" "$@"\necho "it says" >&2\nexit 3\n')
        os.chmod(stand_in, 0o755)

    def run(self, words):
        done = subprocess.run([shutil.which("busybox"), "ash", self.script, *words], capture_output=True, check=False,
                              umask=0o077, env={"PATH": self.folder + ":/usr/bin:/bin"}, text=True, encoding="utf-8")
        return done.stdout.split("\0")[:-1], done.stderr, done.returncode


def commands(cases, rights, router):
    for who, words in RUNS:
        used = rights.used_by(who, words)
        cases.say(f"{who}: {words} has a right", used)
        if who == "write":
            cases.say(f"read: {words} has none", not rights.used_by("read", words), *rights.used_by("read", words))
        got, said, status = router.run(words)
        cases.say(f"{words} reaches filterctl as it is, with the umask of a login", got == ["0022", *words], f"got {got}, {said}")
        cases.say(f"{words} ends as filterctl did, and says so last", (said, status) == ("it says\nexit status 3\n", 3), said, str(status))
    for words in NO_RIGHT:
        used = rights.used_by("write", words)
        cases.say(f"no right: {words}", not used, *used)
    for words in MISCOUNTED:
        cases.say(f"rpcd would run {words}", rights.used_by("write", words))
    for words in NO_RIGHT + MISCOUNTED:
        got, said, status = router.run(words)
        refused = not got and status == 64 and said.endswith("\nexit status 64\n")
        cases.say(f"not run: {words}", refused, f"filterctl got {got}, {said}")
    used = {right for who, words in RUNS for right in rights.used_by(who, words)}
    cases.say("each right is used", used == set(rights.write), *(set(rights.write) - used))


def manifest(cases, package):
    groups = loaded(package / "root/usr/share/rpcd/acl.d/luci-app-filterd.json")
    group = groups["luci-app-filterd"]
    cases.say("one group, of the package's name, has rights to run what is named whole, and no other", set(groups) == {"luci-app-filterd"}
              and set(group) == {"description", "read", "write"} and set(group["read"]) == {"file", "ubus"} and set(group["write"]) == {"file"}
              and group["read"]["ubus"] == {"file": ["exec"]}
              and all(what == ["exec"] for part in ("read", "write") for what in group[part]["file"].values()))
    cases.say("nobody gets filterctl itself", all(right.startswith(BOARD + " ") for right in Rights(group).write))
    cases.say("filterd-board is in the package", os.access(package / ("root" + BOARD), os.X_OK))
    menu = loaded(package / "root/usr/share/luci/menu.d/luci-app-filterd.json")
    (entry,) = menu.values()
    view = package / "htdocs/luci-static/resources/view" / (entry["action"]["path"] + ".js")
    cases.say("the menu leads to the view", entry["action"]["type"] == "view" and view.is_file())
    cases.say("who has no right does not see it", entry["depends"]["acl"] == ["luci-app-filterd"])
    cases.say("the view runs filterd-board", f'"{BOARD}"' in view.read_text(encoding="utf-8"))
    return Rights(group)


def main():
    source = pathlib.Path(sys.argv[1])
    package = source / "config/openwrt/luci-app-filterd"
    if not shutil.which("busybox"):
        print("1..0 # SKIP busybox is missing; run as root: scripts/install check")
        return 0
    cases = Cases()
    rights = manifest(cases, package)
    with tempfile.TemporaryDirectory() as folder:
        commands(cases, rights, Router(package / ("root" + BOARD), folder))
    print(f"1..{cases.num}")
    return 1 if cases.failed else 0


sys.exit(main())
