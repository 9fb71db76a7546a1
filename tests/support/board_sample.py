# SPDX-License-Identifier: MIT
"""Answers of `filterctl board --json`, made up: an ordinary one, with what is hard to show, and the empty ones."""

IMAGE = "<img src=x onerror=document.title='caught'>"
TURNED = "ok \u202eelohw si gol\u0007"


def device(key, name, **more):
    one = {"device": key, "name": name, "address": "192.168.1.20", "network": "br-lan", "vendor": None, "first": "2026-10-01T08:00:00Z",
           "last": "2026-11-30T17:02:11Z", "is_new": False, "still": True, "attempts": 12, "blocked": 12,
           "last_host": "dnl-01.geo.kaspersky.com", "last_layer": "dns", "last_result": "blocked", "asked": True, "note": None, "waiver": None}
    one.update(more)
    return one


def sample():
    devices = [
        device("08:00:27:12:34:56", IMAGE, is_new=True, address="192.168.1.55", last="2026-11-30T17:19:40Z", attempts=1, blocked=1,
               last_layer="tls", last_host="ksn-a-stat-geo.kaspersky-labs.com", asked=None),
        device("3c:52:82:11:22:33", "LAPTOP-7", vendor="HP", address="192.168.1.50", attempts=312, blocked=312,
               note={"text": "Reinstalled, the product is gone", "by": "jb", "time": "2026-11-20T09:14:00Z", "returned": True}),
        device("f4:8e:38:10:20:30", "accounting-2", vendor="Dell", address="192.168.1.53", attempts=40, blocked=37, last_layer="http",
               last_result="waived", waiver={"id": "accounting-2-1", "until": "2026-12-04T05:00:00Z", "reason": "the removal tool has to be fetched",
                                             "in_force": False}),
        device("08:00:27:12:34:58", TURNED, still=False, address="192.168.1.57", network=None, last="2026-11-30T03:30:00Z", asked=False,
               last_layer="tls", last_host="activation-v2.kaspersky.com"),
        device("192.168.7.9", None, still=False, address="192.168.7.9", network="wg0", last="2026-11-29T19:55:02Z", attempts=2, blocked=0,
               last_result="would_block", last_layer="quic", last_host="a-host-name-with-hyphens-in-it-that-is-as-long-as-a-label-can-b.geo.kaspersky.com"),
    ]
    layers = ["tls", "dns", "http", "tls", "quic"]
    attempts = [{"seq": 5992 - i, "time": f"2026-11-30T{17 - (i * 7 + 40) // 60:02}:{59 - (i * 7 + 40) % 60:02}:{(40 + 3 * i) % 60:02}Z",
                 "device": devices[i % 5]["device"], "name": devices[i % 5]["name"], "address": devices[i % 5]["address"], "network": devices[i % 5]["network"],
                 "host": devices[i % 5]["last_host"], "layer": layers[i % 5], "category": ["update", "ksn", "license"][i % 3],
                 "result": devices[i % 5]["last_result"], "count": 3 if i == 4 else 1, "asked": devices[i % 5]["asked"]} for i in range(20)]
    days = []
    for i in range(30):
        known = i >= 6 and i not in (17, 18)
        attempts_of = [62, 55, 71, 40, 38, 66, 59, 44, 0, 31, 52][i % 11] if i < 29 else 35
        days.append({"day": f"2026-11-{i + 1:02}", "attempts": attempts_of if known else None, "blocked": max(0, attempts_of - (9 if i < 12 else i % 3)) if known else None,
                     "why": None if known else "before the log began" if i < 6 else "records are missing"})
    return {
        "board": 1, "now": "2026-11-30T17:20:00.000000Z", "gateway": "gw1.example.net", "zone": "America/New_York", "offset_s": -18000,
        "status": {"answer": "filterd blocks what its policy says, but needs attention:", "level": "attention", "mode": "enforce", "paused_until": None,
                   "paused_because": None, "since": "2026-11-12T06:00:00Z",
                   "troubles": ["12 packets have passed unseen since the start: the queue was full; see queue-length in filterd.conf(5)",
                                "the log's key has not been kept elsewhere: filterctl key show"]},
        "policies": [{"title": "Kaspersky in the United States", "authority": "15 CFR 7.21; 89 FR 52434", "serial": 3, "effective": "2024-09-29T04:00:00Z"}],
        "feed": {"result": "same", "time": "2026-11-30T05:12:00Z", "text": "the newest policy is the one in force"},
        "report": True, "devices": devices, "devices_more": 4, "attempts": attempts, "days": days, "days_partial": False,
    }


def good():
    board = sample()
    board["status"].update(answer="filterd blocks what its policy says, and nothing needs attention.", level="good", troubles=[])
    return board


def names():
    """The names that are hardest to show."""
    board, label = sample(), "a-host-name-with-hyphens-in-it-that-is-as-long-as-a-label-can-b"
    host = ".".join((label, "abcdefghijklmnopqrstuvwxyz" * 2, label, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq-geo", "kaspersky.com"))[:253]
    many = ["漢字の長い名前の電子計算機漢字の長い名前の電子計算機", "مكتب الاستقبال-7", "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 2, "🚀 rocket 💻", "a b " * 16]
    board["devices"] = [device(f"02:00:00:00:00:0{i}", name, last_host=host, network="a-very-long-netwk",
                               note={"text": name * 3, "by": name, "time": board["now"], "returned": True},
                               waiver={"id": "x", "until": board["now"], "reason": host, "in_force": True}) for i, name in enumerate(many)]
    board["attempts"] = [dict(a, name=many[i % 5], host=host) for i, a in enumerate(board["attempts"])]
    board["gateway"] = host
    board["status"]["troubles"] = [host, many[0] * 3]
    return board


def empty():
    """A new gateway: nobody has asked, and filterd does not run."""
    board = sample()
    board["status"] = {"answer": "filterd does not run: packets pass, and nothing is recorded.", "level": "off", "mode": None, "paused_until": None,
                       "paused_because": None, "since": None, "troubles": ["start it: systemctl start filterd"]}
    board.update(policies=[], feed=None, report=False, devices=[], devices_more=0, attempts=[],
                 days=[dict(day, attempts=None, blocked=None, why="not in the log here") for day in board["days"]])
    return board
