#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""filterctl top on a terminal: its frames fit, it goes on with the log, and the terminal is as it was, however it ends.

    top.py BUILD        TAP
"""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PATIENCE_S = 120
ENTER, LEAVE, HOME, BELOW = "\x1b[?1049h", "\x1b[?25h\x1b[?1049l", "\x1b[H", "\x1b[J"


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, argv, rows=24, columns=80, term="xterm"):
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.said = ""
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env={**os.environ, "TERM": term, "TZ": "UTC", "PS1": "$ "},
                                        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0))

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self):
        while select.select([self.master], [], [], 0.05)[0]:
            try:
                self.said += os.read(self.master, 65536).decode(errors="replace")
            except OSError:
                return

    def wait(self, is_there):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            self.read()
            if is_there(self):
                return True
        return False

    def type(self, keys):
        os.write(self.master, keys.encode())

    def ended(self):
        status = self.process.wait(PATIENCE_S)
        self.read()
        return status

    def is_as_before(self):
        return termios.tcgetattr(self.slave) == self.before

    def frames(self):
        """Whole ones: the last may be on its way."""
        return [frame.split(BELOW)[0] for frame in self.said.split(HOME)[1:]][:-1]

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


def lines(frame):
    return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in re.split(r"\r+\n", frame)]


def has_frame(what):
    return lambda t: any(what in frame for frame in t.frames())


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    cases = []

    def check(what, good, details=""):
        cases.append(good)
        print(f"{'ok' if good else 'not ok'} {len(cases)} - {what}")
        if not good:
            print(f"# {details!r}"[:2000])

    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        begin = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 86400))
        subprocess.run([build / "tests/make_fleet", "--folder", work, "--gateways", "1", "--days", "1", "--devices", "5", "--from", begin],
                       check=True, stdout=subprocess.DEVNULL)
        log = work / "logs/gw0000/audit.jsonl"
        conf = work / "f.conf"
        text = (SOURCE / "config/filterd.conf").read_text()
        text = re.sub(r"^file = .*", f"file = {log}", text, flags=re.MULTILINE)
        conf.write_text(re.sub(r"^control = .*", f"control = {work}/control", text, flags=re.MULTILINE))
        top = [build / "filterd/filterctl", "top", "-c", conf]

        t = Terminal(top)
        check("it draws a frame", t.wait(has_frame("q quits")), t.said)
        check("on a screen of its own, in which keys are not shown", t.said.startswith(ENTER) and not t.is_as_before(), t.said[:40])
        frame = lines(t.frames()[0])
        check("the answer is the first line", frame[0] == "filterd does not run.", frame)
        check("then who asked", any("PC-0-0" in line for line in frame), frame)
        check("no more rows than there are, none too long", len(frame) <= 24 and max(map(len, frame)) <= 80, frame)

        last = json.loads(log.read_text().splitlines()[-1])
        record = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000000+0000", time.gmtime()), "event_type": "alert", "src_ip": "192.0.2.9",
                  "app_proto": "tls", "filterd": {"type": "block", "host": "new\u202e.example", "category": "update",
                  "device": "02:00:00:00:00:09", "name": "NEWCOMER", "count": 1, "seq": last["filterd"]["seq"] + 1, "prev": "ab" * 32}}
        with open(log, "a", encoding="utf-8") as out:
            out.write(json.dumps(record, separators=(",", ":")) + "\n")
        check("what is written to the log appears by itself", t.wait(has_frame("NEWCOMER")), t.said[-3000:])
        check("names from strangers are text", has_frame("new\\u{202e}.")(t) and "\u202e" not in t.said, t.frames()[-1])

        num = len(t.frames())
        t.resize(8, 40)
        t.process.send_signal(signal.SIGWINCH)
        check("a smaller terminal gets a smaller frame", t.wait(lambda t: len(t.frames()) > num and len(lines(t.frames()[-1])) <= 8
              and max(map(len, lines(t.frames()[-1]))) <= 40), t.frames()[-1])
        check("it goes on meanwhile", t.process.poll() is None)
        t.type("x")
        t.type("q")
        check("q ends it: 0", t.ended() == 0, t.said[-200:])
        check("with the screen of before", t.said.endswith(LEAVE), t.said[-40:])
        check("and the terminal as it was", t.is_as_before())
        t.close()

        for what, end in (("^C", lambda t: t.type("\x03")), ("SIGTERM", lambda t: t.process.send_signal(signal.SIGTERM)),
                          ("^D", lambda t: t.type("\x04"))):
            t = Terminal(top)
            t.wait(has_frame("q quits"))
            end(t)
            check(f"{what} ends it: 0", t.ended() == 0, t.said[-200:])
            check("the terminal is as it was", t.said.endswith(LEAVE) and t.is_as_before(), t.said[-40:])
            t.close()

        t = Terminal(["bash", "--norc", "-i"])
        t.wait(lambda t: "$ " in t.said)
        t.type(" ".join(map(str, top)) + "\n")
        t.wait(has_frame("q quits"))
        t.type("\x1a")
        check("^Z gives the terminal back", t.wait(lambda t: LEAVE in t.said and "Stopped" in t.said.split(LEAVE)[-1]), t.said[-300:])
        t.said = ""
        t.type("fg\n")
        check("and it goes on where it was", t.wait(lambda t: ENTER in t.said and has_frame("q quits")(t)), t.said[-300:])
        t.type("q")
        check("to its end", t.wait(lambda t: LEAVE in t.said), t.said[-300:])
        t.close()

        t = Terminal(top, term="dumb")
        check("a terminal that can do nothing: 64, and what to do", t.ended() == 64 and "filterctl board prints it once" in t.said, t.said)
        t.close()
        done = subprocess.run(top, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        check("no terminal: 64, and not a byte", done.returncode == 64 and done.stdout == "", done)
    print(f"1..{len(cases)}")
    return 0 if all(cases) else 1


if __name__ == "__main__":
    sys.exit(main())
