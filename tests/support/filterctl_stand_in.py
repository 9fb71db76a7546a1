#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Stands in for filterctl in the tests of the board's page: notes what it was run with, and answers as the real one would, from a folder.

BOARD_STATE/board.json   what `board --json` prints; note, waive and mode change it, as the real ones would
BOARD_STATE/argv.jsonl   every call, one a line
BOARD_STATE/refuse.json  {"note": "words"}: verbs that fail, with these words
BOARD_STATE/real.json    {"filterctl": path, "conf": path, "verbs": [...]}: verbs that the real one is run for
BOARD_STATE/wait         while it is there, `board` does not answer
BOARD_STATE/report.html  what `audit report` prints, with status 1, as of a log with gaps
"""

import json
import os
import sys
import time

STATE = os.environ["BOARD_STATE"]


def place(name):
    return os.path.join(STATE, name)


def load(name, otherwise=None):
    try:
        with open(place(name), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return otherwise


def store(board):
    with open(place("board.new"), "w", encoding="utf-8") as file:
        json.dump(board, file)
    os.replace(place("board.new"), place("board.json"))


def words_of(arguments):
    """What is no option: behind `--`, or all."""
    return arguments[arguments.index("--") + 1:] if "--" in arguments else arguments


def device_of(board, key):
    for device in board["devices"]:
        if device["device"] == key:
            return device
    sys.exit(f"filterctl: no device is '{key}'")


def note(board, arguments):
    key, text = words_of(arguments)
    device_of(board, key)["note"] = {"text": text, "by": "root", "time": board["now"], "returned": False} if text else None
    store(board)


def waive(board, arguments):
    if arguments[0] == "--end":
        for device in board["devices"]:
            if device["waiver"] and device["waiver"]["id"] == arguments[1]:
                device["waiver"] = None
    else:
        key, reason = words_of(arguments)
        until = arguments[1] + "T05:00:00Z" if arguments[0] == "--until" else "2026-11-30T18:20:00Z"
        device_of(board, key)["waiver"] = {"id": "until-1", "until": until, "reason": reason, "in_force": True}
    store(board)


def mode(board, arguments):
    wanted = words_of(arguments)[0]
    board["status"]["mode"] = wanted
    store(board)
    print(f"filterd is set to {wanted} now.")


def check(_, arguments):
    host = words_of(arguments)[0]
    if "kaspersky" in host:
        print(f"{host}: BLOCKED\n  at         2026-11-30T17:20:00.000000Z\n  pattern    .kaspersky.com")
        sys.exit(1)
    print(f"{host}: passes, no pattern matches it\n  at         2026-11-30T17:20:00.000000Z")


def audit(*_):
    with open(place("report.html"), encoding="utf-8") as file:
        sys.stdout.write(file.read())
    sys.exit(1)


def main(arguments):
    with open(place("argv.jsonl"), "a", encoding="utf-8") as file:
        file.write(json.dumps(arguments) + "\n")
    verb = arguments[0]
    refused = load("refuse.json", {})
    if verb in refused:
        sys.stderr.write(refused[verb])
        sys.exit(1)
    real = load("real.json")
    if real is not None and verb in real["verbs"]:
        begin = 2 if verb == "audit" else 1
        os.execv(real["filterctl"], ["filterctl", *arguments[:begin], "-c", real["conf"], *arguments[begin:]])
    if verb == "board":
        while os.path.exists(place("wait")):
            time.sleep(0.02)
        with open(place("board.json"), encoding="utf-8") as file:
            sys.stdout.write(file.read())
        return
    {"note": note, "waive": waive, "mode": mode, "check": check, "audit": audit}[verb](load("board.json"), arguments[1:])


main(sys.argv[1:])
