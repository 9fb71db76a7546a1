# SPDX-License-Identifier: MIT
"""The board's page under test, and how its cases are said: of tests/system/board.py, which is run with BUILD WORK PORT SHOTS."""

import json
import os
import sys

from cases import NUM, case, equal

build, work, port, shots = sys.argv[1:]
STATE = os.path.join(work, "state")
PAGE = f"http://127.0.0.1:{port}/cockpit/@localhost/filterd/board.html"
LAPTOP, IMAGE = "[data-key='3c:52:82:11:22:33']", "[data-key='08:00:27:12:34:56']"
ACCOUNTING = "[data-key='f4:8e:38:10:20:30']"


def say(name, what):
    path = os.path.join(STATE, name)
    if what is None:
        if os.path.exists(path):
            os.remove(path)
        return
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(what, file)
    os.replace(path + ".new", path)


def ran():
    """The calls but for those of `board`."""
    with open(os.path.join(STATE, "argv.jsonl"), encoding="utf-8") as file:
        return [call for call in map(json.loads, file) if call[0] != "board"]


def asked():
    with open(os.path.join(STATE, "argv.jsonl"), encoding="utf-8") as file:
        return sum(1 for line in file if json.loads(line)[0] == "board")


def forget():
    open(os.path.join(STATE, "argv.jsonl"), "w", encoding="utf-8").close()


def text(page, selector):
    return page.eval(f"document.querySelector({json.dumps(selector)}).innerText")



# Faster than people wait, and each time that a timer ends is counted.
FAST = """{ const slow = window.setTimeout; window.ended = 0;
	window.setTimeout = (f, ms, ...more) => slow(() => { window.ended++; f(...more); }, ms / (ms > 5000 ? 3 : 10)); }"""
# All that is read out by itself.
HEARD = """{ window.heard = []; const of = document.getElementById("news");
	new MutationObserver(() => heard.push(of.textContent)).observe(of, { childList: true, characterData: true, subtree: true }); }"""


def begin(browser, board, what="the page shows an answer"):
    say("board.json", board)
    page = browser.open("about:blank")
    page.size(1280, 900)
    page.call("Page.addScriptToEvaluateOnNewDocument", source=FAST)
    page.call("Page.navigate", url=PAGE)
    case(page.wait("document.getElementById('as-of').textContent.startsWith('As of')"), what, text(page, "body"))
    page.eval(f"(() => {HEARD})()")
    return page


def takes(page, board):
    """The page has shown this board: its clock stands on the page."""
    takes.second = (takes.second + 1) % 60
    board["now"] = f"2026-11-30T17:21:{takes.second:02}.000000Z"
    say("board.json", board)
    return page.wait(f"document.getElementById('as-of').textContent.startsWith('As of 2026-11-30 12:21:{takes.second:02}')")


takes.second = 0


def called(page, what, wanted, done="!document.querySelector('dialog[open]')"):
    page.wait(done)
    equal(what, ran()[-1:], [wanted])


def snap(page, name):
    if not shots:
        return
    for width, height in ((390, 844), (1280, 900)):
        for dark in (False, True):
            page.size(width, height, dark)
            page.wait("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))")
            page.shot(os.path.join(shots, f"{name}_{width}_{'dark' if dark else 'light'}.png"))
    page.size(1280, 900)


def skip(what, why):
    NUM[0] += 1
    print(f"ok {NUM[0]} - {what} # SKIP {why}", flush=True)


MEASURE = """(() => {
	const light = c => { const p = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
		return .2126 * p[0] + .7152 * p[1] + .0722 * p[2]; };
	const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c)) return c; } return "rgb(255,255,255)"; };
	let pale = [];
	for (const e of document.querySelectorAll("body *")) {
		if (!e.checkVisibility() || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.closest("script,title,desc,.unseen")) continue;
		const s = getComputedStyle(e), a = light(e.closest("svg") ? s.fill : s.color), b = light(ground(e.closest("svg") ?? e));
		if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) pale.push(e.outerHTML.slice(0, 60));
	}
	const out = [...document.querySelectorAll("main *, dialog[open] *")].filter(e => e.checkVisibility() && !e.closest(".unseen, thead") && e.getBoundingClientRect().right > innerWidth + 1);
	return [document.documentElement.scrollWidth <= innerWidth, out.map(e => e.outerHTML.slice(0, 60)), pale];
})()"""


def fits(page, what):
    for width, dark in ((320, False), (390, False), (390, True), (768, False), (880, False), (1280, False), (1280, True)):
        page.size(width, 844, dark)
        page.wait("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))")
        equal(f"{what}, {width} wide{' in the dark' if dark else ''}: all can be read and nothing sticks out", page.eval(MEASURE), [True, [], []])
    page.size(1280, 900)
