#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What board.sh asks of the page: board.py BUILD WORK PORT SHOTS. TAP."""

import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import board_sample as samples                                  # noqa: E402
from board_page import (ACCOUNTING, IMAGE, LAPTOP, NUM, STATE, asked, begin, build, called, case, equal, fits, forget, port, ran,      # noqa: E402
                        say, shots, skip, snap, takes, text, work)
from browser import Browser, Broken, LIMIT_S                    # noqa: E402


def shows(page):
    equal("the sentence, word for word", text(page, "#sentence"), "filterd blocks what its policy says, but needs attention:")
    equal("and its colour has a word", text(page, "#level"), "Yes, but:")
    equal("what needs a look", page.eval("document.querySelectorAll('#troubles li').length"), 2)
    equal("each device is there", page.eval("document.querySelectorAll('#devices-table tbody').length"), 5)
    equal("markup in a name is text", page.eval(f"document.querySelector(\"{IMAGE} strong\").textContent"), samples.IMAGE)
    equal("and no element", page.eval("[document.images.length, document.title]"), [0, "Filter board"])
    equal("what turns letters around is spelled out", page.eval("document.querySelector(\"[data-key='08:00:27:12:34:58'] strong\").textContent"),
          "ok \\u{202e}elohw si gol\\u{07}")
    case("Not in force yet, because filterd has not loaded it: passes until 2026-12-04 00:00, because: the removal tool" in text(page, ACCOUNTING),
         "a waiver that stands in the file alone says so", text(page, ACCOUNTING))
    equal("20 attempts, the newest first", page.eval("[...document.querySelectorAll('#attempts tr')].map(r => +r.dataset.key)"), list(range(5992, 5972, -1)))
    equal("times are the machine's", text(page, "#attempts tr td"), "12:19:40")
    equal("days that are not known are hatched", page.eval("document.querySelectorAll('#days-drawing rect.missing').length"), 8)
    equal("and why", text(page, "#days-why").replace("\u00a0", " ").split(". ")[1:],
          ["6 days are not known: before the log began", "2 days are not known: records are missing."])
    page.click("summary")
    page.wait("document.querySelectorAll('#days tr').length === 30")
    equal("a day that is not known is no zero", text(page, "#days tr:last-child td"), "not known: before the log began")
    page.click("summary")
    equal("no command was run but the one that asks", ran(), [])


def lives(page):
    board = samples.sample()
    page.eval(f"document.querySelector(\"{LAPTOP} button\").focus()")
    board["devices"] = [board["devices"][i] for i in (2, 4, 1, 0)]
    board["attempts"] = [dict(board["attempts"][3], seq=6000, host="new.geo.kaspersky.com")] + board["attempts"][:19]
    case(takes(page, board), "what is new comes by itself", text(page, "#as-of"))
    equal("in the order of now", page.eval("[...document.querySelectorAll('#devices-table tbody')].map(e => e.dataset.key)"), [d["device"] for d in board["devices"]])
    equal("the focus stays where it was", page.eval("document.activeElement.getAttribute('aria-label')"), "Note on LAPTOP-7")
    equal("the new attempt is on top", text(page, "#attempts tr td:nth-child(3)"), "new.geo.kaspersky.com")
    del board["devices"][2]
    takes(page, board)
    equal("nor does a device go that somebody is at", page.eval("document.activeElement.getAttribute('aria-label')"), "Note on LAPTOP-7")
    equal("nothing of this is read out", page.eval("window.heard"), [])
    board = samples.good()
    takes(page, board)
    equal("but a turn is", page.eval("window.heard"), ["Yes. filterd blocks what its policy says, and nothing needs attention."])
    takes(page, samples.sample())


def asks_once(page):
    say("wait", True)
    page.wait("window.ended > 0")
    before = asked()
    end = time.monotonic() + LIMIT_S
    while asked() == before and time.monotonic() < end:         # the one that has no answer
        time.sleep(0.02)
    page.click("#hold")
    page.click("#hold")
    case(page.wait("document.getElementById('sentence').textContent.includes('has not answered')"), "an answer that does not come is said to be none", text(page, "#sentence"))
    equal("the figures of before say of when they are", text(page, "#as-of")[:20], "As of 2026-11-30 12:")
    equal("it is not asked twice at once", asked(), before + 1)
    say("wait", None)
    case(page.wait("document.getElementById('answer').className.includes('attention')"), "and it goes on when there is one")
    page.eval("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    ended = page.eval("window.ended")
    page.wait(f"window.ended > {ended} + 2")
    before, ended = asked(), page.eval("window.ended")
    page.wait(f"window.ended > {ended} + 3")
    equal("while nobody sees it, nothing is asked", asked(), before)
    page.eval("delete document.hidden, document.dispatchEvent(new Event('visibilitychange'))")
    case(takes(page, samples.sample()), "and at once when somebody does")
    page.click("#hold")
    before, ended = asked(), page.eval("window.ended")
    page.wait(f"window.ended > {ended} + 3")
    case(asked() <= before + 1, "nor while it is held still")
    page.click("#hold")
    case(takes(page, samples.sample()), "until it is let go on")


def clicks(page):
    page.click(f"{LAPTOP} .acts button")
    equal("the note that there is stands in the form", page.eval("document.getElementById('note-text').value"), "Reinstalled, the product is gone")
    equal("the focus is there", page.eval("document.activeElement.id"), "note-text")
    page.eval("document.getElementById('note-text').select()")
    page.type("--not an option\n<b>cleaned</b>")
    page.click("#note-dialog .first")
    called(page, "a note", ["note", "--", "3c:52:82:11:22:33", "--not an option <b>cleaned</b>"])
    case(page.wait(f"document.querySelector(\"{LAPTOP}\").textContent.includes('--not an option <b>cleaned</b>')"), "stands with the device", text(page, LAPTOP))
    equal("the focus is back", page.eval("document.activeElement.getAttribute('aria-label')"), "Note on LAPTOP-7")
    equal("and it is said", page.eval("window.heard.at(-1)"), "The note on LAPTOP-7 is saved.")

    calls = len(ran())
    page.click(f"{LAPTOP} .acts button:last-child")
    page.click("#waive-dialog .first")
    equal("nothing passes without a reason", [page.eval("document.getElementById('waive-dialog').open"), len(ran())], [True, calls])
    page.click("#waive-reason")
    page.type("removal tool")
    snap(page, "waive")
    page.click("#waive-dialog .first")
    called(page, "to pass for an hour", ["waive", "--for", "1h", "--", "3c:52:82:11:22:33", "removal tool"])
    case(page.wait(f"document.querySelector(\"{LAPTOP}\").textContent.includes('Passes until 2026-11-30 13:20, because: removal tool')"), "stands with the device", text(page, LAPTOP))
    page.click(f"{LAPTOP} .about button")
    called(page, "and its end", ["waive", "--end", "until-1"], f"document.querySelector(\"{LAPTOP} .about button\").offsetParent === null")
    page.click(f"{LAPTOP} .acts button:last-child")
    page.eval("(f => { f.day.value = '2026-12-24'; f.day.dispatchEvent(new Event('input', { bubbles: true })); f.reason.value = 'x'; })(document.querySelector('#waive-dialog form'))")
    page.click("#waive-dialog .first")
    called(page, "to pass until a day", ["waive", "--until", "2026-12-24", "--", "3c:52:82:11:22:33", "x"])

    page.click("#to-observe")
    case("312" not in text(page, "#mode-dialog-what") and "362 attempts" in text(page, "#mode-dialog-what").replace("\u00a0", " "), "what observing would mean", text(page, "#mode-dialog-what"))
    snap(page, "mode")
    calls = len(ran())
    page.click("#mode-dialog [data-cancel]")
    equal("it can be left", [page.eval("document.querySelector('dialog[open]')"), len(ran())], [None, calls])
    page.click("#to-observe")
    page.click("#mode-confirm")
    called(page, "to observe", ["mode", "observe"])
    case(page.wait("document.getElementById('mode-now').textContent === 'It is set to observe.'"), "is said to hold", text(page, "#mode-now"))
    case("filterd is set to observe now." in page.eval("window.heard"), "what the command said is read out", page.eval("window.heard"))
    case(page.wait("document.getElementById('level').textContent === 'It observes, but:'"), "and no 'yes' stands on top", text(page, "#level"))
    page.click("#to-enforce")
    page.click("#mode-reason")
    page.type("a day was enough")
    page.click("#mode-confirm")
    called(page, "to enforce, with a reason", ["mode", "--", "enforce", "a day was enough"])
    page.wait("document.getElementById('mode-now').textContent === 'It is set to enforce.'")

    page.click("#check-host")
    page.type("http://dnl-01.geo.kaspersky.com/x")
    page.key("Enter")
    case(page.wait("(document.querySelector('#check-answer .verdict')?.textContent ?? '').endsWith(': BLOCKED')"), "a host that would be blocked", text(page, "#check-answer"))
    equal("was asked for as it was typed", ran()[-1], ["check", "--", "http://dnl-01.geo.kaspersky.com/x"])
    snap(page, "check")
    page.eval("document.getElementById('check-host').value = '-x.example.com'")
    page.click("#check button")
    case(page.wait("(document.querySelector('#check-answer .verdict')?.textContent ?? '') === '-x.example.com: passes, no pattern matches it'"), "one that would not", text(page, "#check-answer"))
    equal("no complaint of the browser", page.complaints(), [])


def opens_report(browser, page):
    page.click("#report-now")
    case(page.wait("document.querySelector('#report-done a') !== null"), "the report, with the status of a log that has gaps", text(page, "#report-error"))
    equal("is asked for by its month", ran()[-1], ["audit", "report", "--html", "--month", "2026-11"])
    end, tabs = time.monotonic() + LIMIT_S, []
    while not tabs and time.monotonic() < end:
        tabs = [t for t in browser.targets() if t["url"].startswith("blob:")]
    equal("it opens in a tab of its own", len(tabs), 1)
    if tabs:
        tab = browser.attach(tabs[0]["targetId"])
        case(tab.wait("document.title === 'Filter report, November 2026'"), "which is the report", tab.eval("document.title"))
        case(tab.wait("getComputedStyle(document.querySelector('main')).maxWidth === '992px'"), "in its own looks")
        browser.call("Target.closeTarget", targetId=tab.target)
    browser.call("Target.activateTarget", targetId=page.target)


def reach(page, wanted, shift=False):
    """Tab, until the focus is there."""
    for _ in range(90):
        page.key("Tab", shift)
        if page.eval(f"document.activeElement.matches({json.dumps(wanted)})"):
            return True
    return False


def keyboard(page):
    page.eval("document.activeElement.blur()")
    page.eval("getSelection().removeAllRanges(), window.scrollTo(0, 0)")
    case(reach(page, f"{LAPTOP} .acts button"), "keyboard: a device's button is reached")
    case(page.eval("getComputedStyle(document.activeElement).outlineStyle") == "solid", "and is seen to have the focus")
    page.key("Enter")
    page.wait("document.getElementById('note-dialog').open")
    page.eval("document.getElementById('note-text').select()")
    page.type("by keys")
    case(reach(page, "#note-dialog .first"), "the dialog's button is reached")
    page.key("Enter")
    called(page, "a note by keys", ["note", "--", "3c:52:82:11:22:33", "by keys"])
    page.key(" ")
    page.wait("document.getElementById('note-dialog').open")
    page.key("Escape")
    case(page.wait("!document.getElementById('note-dialog').open"), "Escape leaves it")
    equal("and the focus is back", page.eval("document.activeElement.getAttribute('aria-label')"), "Note on LAPTOP-7")
    case(reach(page, f"{LAPTOP} .acts button:last-child"), "the next one")
    page.key("Enter")
    page.wait("document.getElementById('waive-dialog').open")
    page.key("ArrowDown")
    equal("an arrow chooses a day", page.eval("document.querySelector('#waive-dialog form').time.value"), "day")
    page.key("ArrowUp")
    case(reach(page, "#waive-reason"), "its reason is reached")
    page.type("keys")
    page.key("Enter")
    called(page, "and Enter lets it pass", ["waive", "--for", "1h", "--", "3c:52:82:11:22:33", "keys"])
    case(reach(page, "#to-observe"), "the switch is reached")
    page.key("Enter")
    page.wait("document.getElementById('mode-dialog').open")
    calls = len(ran())
    page.key("Enter")
    equal("a second Enter by chance is no confirmation", [page.eval("document.querySelector('dialog[open]')"), len(ran())], [None, calls])
    page.key("Enter")
    page.wait("document.getElementById('mode-dialog').open")
    case(reach(page, "#mode-confirm", True), "but a button is")
    page.key("Enter")
    called(page, "which switches", ["mode", "observe"])


def names_of(page):
    """What a screen reader calls that which can have the focus."""
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    shown = [n for n in nodes if not n.get("ignored")]
    without = [n["role"]["value"] for n in shown if any(p["name"] == "focusable" and p["value"]["value"] for p in n.get("properties", []))
               and n["role"]["value"] != "RootWebArea" and not n.get("name", {}).get("value")]
    levels = [p["value"]["value"] for n in shown if n["role"]["value"] == "heading" for p in n["properties"] if p["name"] == "level"]
    return without, levels


def fails(page):
    words = {"note": "filterctl: no room is left in /var/log/filterd\nremove something, or see keep in filterd.conf(5)\n",
             "waive": "filterctl: <b>the policy must be signed</b>\n", "mode": "filterctl: /etc/filterd/filterd.conf: line 3: no setting \u202e'mod'\n",
             "check": "filterctl: the policy cannot be read\n", "audit": "filterctl audit report: no log\n"}
    say("refuse.json", words)
    page.click(f"{LAPTOP} .acts button")
    page.click("#note-dialog .first")
    case(page.wait("!document.querySelector('#note-dialog .error').hidden"), "a note that is refused")
    equal("says so where it was asked, in filterctl's words", text(page, "#note-dialog .error pre"), words["note"].strip())
    snap(page, "refused")
    equal("and what was typed is there", page.eval("document.getElementById('note-text').value !== ''"), True)
    page.key("Escape")
    page.click(f"{ACCOUNTING} .about button")
    case(page.wait(f"document.querySelector(\"{ACCOUNTING} .about .error\").textContent.includes('<b>the policy must be signed</b>')"), "so does a waiver that does not end", text(page, ACCOUNTING))
    page.click("#to-observe")
    page.click("#mode-confirm")
    case(page.wait("document.querySelector('#mode-dialog .error pre')?.textContent.includes(\"\\\\u{202e}'mod'\")"), "a switch, with what turns letters spelled out", text(page, "#mode-dialog"))
    page.key("Escape")
    page.click("#check button")
    case(page.wait("document.getElementById('check-error').textContent.includes('the policy cannot be read')"), "a check", text(page, "#check-error"))
    page.click("#report-before")
    case(page.wait("document.getElementById('report-error').textContent.includes('no log')"), "a report", text(page, "#report-error"))
    equal("which was of the month before", ran()[-1], ["audit", "report", "--html", "--month", "2026-10"])
    equal("all that can have the focus has a name, and headings have an order", names_of(page), ([], [1] + [2] * 7))
    say("refuse.json", {"board": "filterctl: the log cannot be read: permission denied\n"})
    case(page.wait("document.getElementById('answer-error').textContent.includes('permission denied')"), "a board that fails", text(page, "#answer"))
    equal("makes nothing look good", page.eval("document.getElementById('answer').className"), "answer level-unknown")
    case(text(page, "#as-of").startswith("What stands below is as of 2026-11-30 12:21:"), "what is old says so", text(page, "#as-of"))
    case(page.eval("document.getElementById('mode-now').textContent.startsWith('Which of the two holds is not known')"), "nor is a mode said to hold", text(page, "#mode-now"))
    snap(page, "failed")
    os.rename(os.path.join(work, "bin", "filterctl"), os.path.join(work, "bin", "away"))
    case(page.wait("document.getElementById('sentence').textContent.includes('not installed') || document.getElementById('answer-error').textContent !== ''"), "no filterctl")
    os.rename(os.path.join(work, "bin", "away"), os.path.join(work, "bin", "filterctl"))
    say("refuse.json", None)
    for wrong, what in (("{", "cut short"), ('{"board": 2}', "of another version")):
        with open(os.path.join(STATE, "board.json"), "w", encoding="utf-8") as file:
            file.write(wrong)
        case(page.wait("document.getElementById('sentence').textContent.includes('version')"), f"an answer {what} is none", text(page, "#sentence"))
        takes(page, samples.sample())


def empties(page):
    takes(page, samples.empty())
    equal("filterd that does not run is no good sign", [text(page, "#level"), text(page, "#sentence")], ["No.", "filterd does not run: packets pass, and nothing is recorded."])
    equal("no device, said as such", text(page, "#devices-none"), "No device asked for a prohibited host in the last 24 hours, as far as the log tells.")
    equal("no zero where nothing is known", text(page, "#days-why").replace("\u00a0", " "), "Nothing is known of these 30 days: not in the log here.")
    case("filterctl audit report" in text(page, "#report-about"), "no report here, and where there is one", text(page, "#report-about"))
    fits(page, "nothing there")
    snap(page, "empty")
    bare = {"board": 1, "now": "2026-11-30T17:20:00Z"}
    say("board.json", bare)
    case(page.wait("document.getElementById('as-of').textContent === 'As of 2026-11-30 17:20:00, UTC time.'"), "an answer that says next to nothing", text(page, "#as-of"))
    equal("leaves everything unknown", [text(page, s) for s in ("#level", "#devices-none", "#attempts-none", "#days-none", "#mode-now")],
          ["Not known.", "Not known.", "Not known.", "Not known.", "Which of the two holds is not known: filterd does not say."])
    equal("without a complaint", [c for c in page.complaints() if "404" not in c], [])


def in_shell(browser):
    if not os.path.exists("/usr/share/cockpit/shell"):
        skip("in Cockpit's own frame", "cockpit-system is missing; run as root: scripts/install test")
        return
    say("board.json", samples.sample())
    page = browser.open(f"http://127.0.0.1:{port}/filterd/board")
    page.size(1280, 900)
    case(page.wait("[...document.querySelectorAll('a')].some(a => a.textContent.trim() === 'Filter')"), "Cockpit's menu leads to it")
    inside = "[...document.querySelectorAll('iframe')].find(f => f.src.includes('/filterd/board.html')).contentWindow"
    case(page.wait(f"{inside}.document.getElementById('as-of').textContent.startsWith('As of')"), "and shows it in its frame")
    equal("the page itself has nothing to complain of there", [c for c in page.complaints() if "/filterd/" in c], [])
    if shots:
        for width, height in ((390, 844), (1280, 900)):
            for dark in (False, True):
                page.size(width, height, dark)
                page.wait("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))")
                page.shot(os.path.join(shots, f"cockpit_{width}_{'dark' if dark else 'light'}.png"), whole=False)
    browser.call("Target.closeTarget", targetId=page.target)


def has_verb(verb):
    """Its usage, and not that of filterctl as a whole."""
    tried = subprocess.run([f"{build}/filterd/filterctl", *verb, "--help"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return tried.returncode == 0


def real(page):
    """With the program of the build, for what it can without a filterd: it writes, says so, and says that nobody has loaded it."""
    verbs = [verb for verb in ("board", "check", "audit", "note", "waive", "mode") if has_verb([verb])]
    say("real.json", {"filterctl": f"{build}/filterd/filterctl", "conf": f"{work}/settings/filterd.conf", "verbs": verbs})
    page.eval("document.getElementById('check-host').value = 'HTTPS://Dnl-01.Geo.Kaspersky.com:443/x'")
    page.click("#check button")
    case(page.wait("(document.querySelector('#check-answer .verdict')?.textContent ?? '') === 'dnl-01.geo.kaspersky.com: BLOCKED'"), "filterctl check of the build: the answer", text(page, "#check"))
    case(page.wait("[...document.querySelectorAll('#check-answer dt')].some(e => e.textContent === 'authority')"), "and its reasons", text(page, "#check-answer"))
    case("since 2024-09-29 0" in text(page, "#check-answer"), "with times of the machine's zone", text(page, "#check-answer"))
    if "board" not in verbs:
        skip("filterctl board of the build", "it has none")
        return
    case(page.wait("document.getElementById('sentence').textContent !== 'filterd blocks what its policy says, but needs attention:'"), "filterctl board of the build: an answer of its own")
    case(text(page, "#level") in ("No.", "Not known."), "which is not good, as no filterd runs", text(page, "#answer"))
    equal("the last attempts of its log", page.eval("document.querySelectorAll('#attempts tr').length"), 20)
    case(page.eval("document.querySelectorAll('#days-drawing rect.missing').length") < 8, "and its days", text(page, "#days-why"))
    case(page.eval("document.querySelectorAll('#devices-table tbody').length") > 0, "and its devices", text(page, "#devices"))
    equal("without a complaint", page.complaints(), [])
    snap(page, "real")
    if "note" in verbs:
        page.click("#devices-table .acts button")
        page.type("--seen & <b>noted</b>")
        page.click("#note-dialog .first")
        case(page.wait("document.querySelector('#devices-table .about').textContent.includes('): --seen & <b>noted</b>')"), "filterctl note of the build: a note, and the board has it",
             text(page, "#devices"), text(page, "#note-dialog"))
    else:
        skip("filterctl note of the build", "it has none")
    for verb, button, dialog in (("waive", "#devices-table .acts button:last-child", "#waive-dialog"), ("mode", "#to-observe", "#mode-dialog")):
        if verb not in verbs:
            skip(f"filterctl {verb} of the build", "it has none")
            continue
        page.click(button)
        page.click(f"{dialog} [name=reason]")
        page.type("a -- reason")
        page.click(f"{dialog} .first")
        case(page.wait(f"document.querySelector('{dialog} .error').textContent.startsWith('It is written, but not in force yet.')"),
             f"filterctl {verb} of the build: written, and no filterd has loaded it", text(page, dialog))
        page.key("Escape")


def main():
    forget()
    if shots:
        os.makedirs(shots, exist_ok=True)
    with Browser(work) as browser:
        page = begin(browser, samples.sample())
        shows(page)
        fits(page, "the sample")
        snap(page, "sample")
        takes(page, samples.names())
        fits(page, "the longest names")
        snap(page, "names")
        takes(page, samples.sample())
        page.eval("window.heard.length = 0")
        lives(page)
        asks_once(page)
        clicks(page)
        opens_report(browser, page)
        keyboard(page)
        page.eval("document.querySelector('dialog[open]')?.close()")
        takes(page, samples.sample())
        fails(page)
        empties(page)
        takes(page, samples.good())
        snap(page, "good")
        takes(page, samples.sample())
        real(page)
        browser.call("Target.closeTarget", targetId=page.target)
        say("real.json", None)
        in_shell(browser)
    print(f"1..{NUM[0]}")


try:
    main()
except Broken as problem:
    case(False, f"it broke off: {problem}")
    print(f"1..{NUM[0]}")
