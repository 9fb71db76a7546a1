# SPDX-License-Identifier: MIT
"""A stand-in of LuCI, uhttpd and rpcd, for the page of luci-app-filterd.

    with Luci(package, programs) as luci:       the package's files; a folder with a filterctl
        luci.url                                a page with a menu, as LuCI has, and the package's view below it
        luci.writes = False                     who is logged in may only read
        luci.fails = 7                          rpcd answers with this status, whatever it is asked; or LuCI with an error of this name

The view gets what LuCI's JavaScript API documents of `view`, `fs`, `E` and `L`, as far as a view may need it here. fs.exec() gives
{code, stdout, stderr}, a member being absent if there was no output, or an Error by the name that the status has. Behind it the
command line is compared with the package's rights as rpcd does it, and the program is that of the package.
"""

import fnmatch
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading

LINE_MAX = 1023         # bytes of a command line that is compared
DENIED, UNSUPPORTED = 6, 8
OUTPUT_MAX = 4096 * 64  # bytes of each stream
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>LuCI</title>
<style>
body { margin: 0; font: 14px sans-serif; background: #fff; color: #222 } button, input, table { all: unset; color: #f0f !important }
header { padding: 12px; background: #eee } #view { padding: 12px }
body.dark { background: #222; color: #eee } .dark header { background: #333 }
</style></head>
<body><header>OpenWrt | Status | Services</header><div id="view"></div>
<script>
const names = [null, "InvalidCommandError", "InvalidArgumentError", "MethodNotFoundError", "NotFoundError", "NoDataError", "PermissionError",
	"TimeoutError", "UnsupportedError"];
const L = { resource: path => `/luci-static/resources/${path}` };
const view = { extend: members => members };
const fs = { exec: async (command, params) => {
	const reply = await fetch("/exec", { method: "POST", body: JSON.stringify({ command, params }) });
	const { status, answer } = await reply.json();

	if (status !== 0)
		throw Object.assign(new Error("it is said so\\n  at rpc.js:82:7"), { name: names[status] ?? status });
	return answer;
} };

function E(name, attributes) {
	const element = document.createElement(name);

	for (const [key, value] of Object.entries(attributes))
		element.setAttribute(key, value);
	return element;
}

fetch(L.resource("view/filterd/board.js")).then(reply => reply.text()).then(code => {
	const needs = [...code.matchAll(/^'require (\\w+)';$/gm)].map(match => match[1]);

	if (needs.join() !== "view,fs")
		throw new Error(`the view asks for ${needs}`);
	document.getElementById("view").append(new Function("view", "fs", "E", "L", "_", code)(view, fs, E, L, text => text).render());
});
</script></body></html>
"""


class Luci:
    def __init__(self, package, programs):
        self.package, self.programs = pathlib.Path(package), programs
        self.writes, self.fails, self.missing = True, 0, []
        with open(self.package / "usr/share/rpcd/acl.d/luci-app-filterd.json", encoding="utf-8") as file:
            self.group = json.load(file)["luci-app-filterd"]
        view = (self.package / "www/luci-static/resources/view/filterd/board.js").read_text(encoding="utf-8")
        self.board = "luci-static/resources/" + re.search(r'"(filterd/[^"]*)"', view)[1]
        handler = type("Handler", (Handler,), {"luci": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()

    def may(self, line):
        parts = [self.group[name]["file"] for name in (("read", "write") if self.writes else ("read",))]
        return len(line.encode()) <= LINE_MAX and any(fnmatch.fnmatchcase(line, right) for part in parts for right in part)

    def run(self, command, words):
        if self.fails:
            return self.fails, None
        if not self.may(" ".join([command, *words])):
            return DENIED, None
        done = subprocess.run([shutil.which("busybox"), "ash", str(self.package) + command, *words], capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, env={**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}"})
        if max(len(done.stdout), len(done.stderr)) >= OUTPUT_MAX:
            return UNSUPPORTED, None
        answer = {"code": max(0, done.returncode), "stdout": done.stdout.decode(), "stderr": done.stderr.decode()}
        return 0, {name: value for name, value in answer.items() if value != ""}


class Handler(http.server.BaseHTTPRequestHandler):
    def give(self, kind, data):
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        path = self.path.split("?")[0]
        file = self.luci.package / "www" / path.lstrip("/")
        if path in ("/", "/favicon.ico"):
            self.give("text/html", PAGE.encode())
        elif ".." not in path and file.is_file():
            self.give(TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes())
        else:
            self.luci.missing.append(path)
            self.send_error(404)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, answer = self.luci.run(asked["command"], asked["params"])
        self.give("application/json", json.dumps({"status": status, "answer": answer}).encode())

    def log_message(self, *_):
        pass
