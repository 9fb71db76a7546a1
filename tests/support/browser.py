# SPDX-License-Identifier: MIT
"""A headless Chromium, driven by its DevTools over a pair of pipes: Python's own library is enough.

    with Browser(folder) as browser:
        page = browser.open("http://127.0.0.1:9090/")
        page.wait("document.title == 'Board'")
        page.click("#check button")

Nothing waits for a time: wait() asks until what is wanted is so, and gives up after LIMIT_S.
"""

import base64
import json
import os
import select
import subprocess
import time

LIMIT_S = int(os.environ.get("BROWSER_LIMIT_S", "120"))      # that nothing needs, unless it hangs
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-extensions", "--hide-scrollbars",
           "--remote-debugging-pipe"]
# name: (code, key code, text)
KEYS = {"Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), "Escape": ("Escape", 27, ""), " ": ("Space", 32, " "),
        "ArrowDown": ("ArrowDown", 40, ""), "ArrowUp": ("ArrowUp", 38, ""), "ArrowRight": ("ArrowRight", 39, "")}


class Broken(Exception):
    """The browser did not do what it was asked."""


class Browser:
    def __init__(self, folder, *options, environ=None):
        to_browser, from_us = os.pipe()
        from_browser, to_us = os.pipe()
        self.log = open(os.path.join(folder, "browser.log"), "ab")

        def hand_over():
            # The pipes' own numbers may be 3 or 4: aside first.
            one, two = os.dup2(to_browser, 103), os.dup2(to_us, 104)
            os.dup2(one, 3)
            os.dup2(two, 4)

        self.process = subprocess.Popen(["chromium", *OPTIONS, f"--user-data-dir={folder}/profile", *options], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, close_fds=False, preexec_fn=hand_over, env=environ)
        os.close(to_browser)
        os.close(to_us)
        self.out, self.into = from_us, from_browser
        self.room, self.answers, self.events, self.last = b"", {}, [], 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
        except (Broken, OSError):
            pass
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def _read(self, until):
        """Takes messages in until `until()` gives something."""
        end = time.monotonic() + LIMIT_S
        while True:
            found = until()
            if found is not None:
                return found
            ready, _, _ = select.select([self.into], [], [], max(0, end - time.monotonic()))
            piece = os.read(self.into, 1 << 20) if ready else b""
            if not piece:
                raise Broken("the browser ended" if ready else "the browser did not answer in time")
            *lines, self.room = (self.room + piece).split(b"\0")
            for line in lines:
                said = json.loads(line)
                if "id" in said:
                    self.answers[said["id"]] = said
                else:
                    self.events.append(said)

    def call(self, method, session=None, **parameters):
        self.last += 1
        number, message = self.last, {"id": self.last, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        answer = self._read(lambda: self.answers.pop(number, None))
        if "error" in answer:
            raise Broken(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def open(self, url):
        page = Page(self, self.call("Target.createTarget", url="about:blank")["targetId"])
        page.call("Page.navigate", url=url)
        return page

    def targets(self):
        return [t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"]

    def attach(self, target):
        return Page(self, target)


class Page:
    """frame: an expression for the window that is meant, for a page within a frame of the same origin."""

    def __init__(self, browser, target):
        self.browser, self.target, self.window = browser, target, "window"
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def eval(self, expression):
        code = f"(async (window, document) => ({expression}))({self.window}, {self.window}.document)"
        got = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True, userGesture=False)
        if "exceptionDetails" in got:
            raise Broken(f"{expression}: {got['exceptionDetails'].get('exception', {}).get('description', got['exceptionDetails']['text'])}")
        return got["result"].get("value")

    def wait(self, expression):
        """Until the expression gives what is true; False if it never does."""
        end = time.monotonic() + LIMIT_S
        while True:
            try:
                if self.eval(expression):
                    return True
            except Broken:
                pass            # a page that is only being loaded
            if time.monotonic() > end:
                return False
            time.sleep(0.05)

    def complaints(self):
        """What the page has said on the console, and exceptions that nobody caught."""
        said = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            if event["method"] == "Runtime.exceptionThrown":
                details = event["params"]["exceptionDetails"]
                said.append(f"{details.get('url', '')}: {details.get('exception', {}).get('description', details['text'])}")
            elif event["method"] == "Log.entryAdded":
                said.append(event["params"]["entry"]["text"])
            elif event["method"] == "Runtime.consoleAPICalled" and event["params"]["type"] in ("error", "warning", "assert"):
                said.append(" ".join(str(a.get("value", a.get("description", ""))) for a in event["params"]["args"]))
        return said

    def size(self, width, height, dark=False, scale=1):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 500)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def click(self, selector):
        """With the pointer, in the middle of what is there: what lies above it gets the click."""
        where = self.eval(f"(e => {{ e.scrollIntoView({{block: 'center'}}); let r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2; "
                          f"for (let w = window; w !== w.parent; w = w.parent) {{ r = w.frameElement.getBoundingClientRect(); x += r.x; y += r.y; }} "
                          f"return [x, y]; }})(document.querySelector({json.dumps(selector)}))")
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=where[0], y=where[1], button="none" if kind == "mouseMoved" else "left",
                      clickCount=0 if kind == "mouseMoved" else 1)

    def key(self, name, shift=False):
        code, number, text = KEYS[name]
        common = {"key": name, "code": code, "windowsVirtualKeyCode": number, "nativeVirtualKeyCode": number, "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def shot(self, path, whole=True):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
