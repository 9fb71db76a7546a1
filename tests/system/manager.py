#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A service manager as small as can be, that speaks systemd's protocol: it starts the program of its arguments, keeps the
descriptors that this hands over, and gives them to the next process. SIGUSR2 restarts it, SIGTERM ends it for good.

It says on standard output what happened, a line each: ready PID, kept NAME, alive, stopping, ended STATUS.
"""

import os
import selectors
import signal
import socket
import sys
import tempfile


class Manager:
    def __init__(self, command):
        self.command = command
        self.folder = tempfile.mkdtemp(prefix="manager-")
        self.path = os.path.join(self.folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        os.chmod(self.folder, 0o755)
        os.chmod(self.path, 0o666)
        self.kept = {}
        self.child = 0
        self.wanted = None

    def start(self):
        names = list(self.kept)
        pid = os.fork()
        if pid != 0:
            self.child = pid
            return
        # In two steps, as a descriptor may stand where another has to go.
        high = [os.dup2(self.kept[name], 100 + i) for i, name in enumerate(names)]
        for i, fd in enumerate(high):
            os.dup2(fd, 3 + i, inheritable=True)
            os.close(fd)
        for fd in range(3 + len(high), 100):
            try:
                os.close(fd)
            except OSError:
                pass
        signal.pthread_sigmask(signal.SIG_SETMASK, set())
        os.environ.update(NOTIFY_SOCKET=self.path, WATCHDOG_USEC="5000000", LISTEN_PID=str(os.getpid()),
                          LISTEN_FDS=str(len(high)), LISTEN_FDNAMES=":".join(names))
        os.execv(self.command[0], self.command)

    def hear(self):
        data, fds, _, _ = socket.recv_fds(self.socket, 4096, 8)
        said = dict(line.split("=", 1) for line in data.decode().split("\n") if "=" in line)
        if said.get("FDSTORE") == "1":
            for fd in fds:
                if said["FDNAME"] in self.kept:
                    os.close(self.kept[said["FDNAME"]])
                self.kept[said["FDNAME"]] = fd
                print("kept", said["FDNAME"], flush=True)
        for word, what in (("READY", f"ready {self.child}"), ("STOPPING", "stopping"), ("WATCHDOG", "alive")):
            if said.get(word) == "1":
                print(what, flush=True)

    def run(self):
        # The socket wakes select() when a signal comes, too.
        wake, waker = socket.socketpair()
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno())
        for number in (signal.SIGUSR2, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, self.take_signal)
        self.start()
        selector = selectors.DefaultSelector()
        selector.register(self.socket, selectors.EVENT_READ)
        selector.register(wake, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is wake:
                    wake.recv(64)
                else:
                    self.hear()
            if self.child != 0:
                pid, status = os.waitpid(self.child, os.WNOHANG)
                if pid != 0:
                    self.child = 0
                    print("ended", os.waitstatus_to_exitcode(status), flush=True)
            if self.child == 0:
                if self.wanted == "stop":
                    return
                self.wanted = None
                self.start()

    def take_signal(self, number, _frame):
        if number == signal.SIGCHLD:
            return
        self.wanted = "stop" if number == signal.SIGTERM else "restart"
        if self.child != 0:
            os.kill(self.child, signal.SIGTERM)


manager = Manager(sys.argv[1:])
try:
    manager.run()
finally:
    os.unlink(manager.path)
    os.rmdir(manager.folder)
