#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What luci.sh asks of the page in LuCI: luci.py WORK SHOTS. TAP."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import board_sample as samples                                  # noqa: E402
from browser import Browser, Broken                             # noqa: E402
from cases import NUM, case, equal                              # noqa: E402
from luci import Luci                                           # noqa: E402

work, shots = sys.argv[1:]
STATE = os.path.join(work, "state")
LAPTOP = "[data-key='3c:52:82:11:22:33']"
DENIED = "This account may look at filterd, but not do this."


def store(name, what):
    path = os.path.join(STATE, name)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(what, file)
    os.replace(path + ".new", path)


def ran():
    """What filterctl was run with since the last call, but for `board`."""
    path = os.path.join(STATE, "argv.jsonl")
    with open(path, encoding="utf-8") as file:
        calls = [call for call in map(json.loads, file) if call[0] != "board"]
    os.truncate(path, 0)
    return calls


def text(page, selector):
    return page.eval(f"document.querySelector({json.dumps(selector)}).innerText")


def begin(browser, luci):
    page = browser.open(luci.url)
    page.size(1280, 900)
    page.window = "window.frames[0]"
    case(page.wait("document.getElementById('as-of').textContent.startsWith('As of')"), "the page in the frame shows an answer")
    return page


def press(page, selector, inside):
    """A button of the device's, and its dialog."""
    page.click(f"{LAPTOP} .acts button:nth-of-type({inside[0]})")
    page.wait(f"document.getElementById('{inside[1]}').open")
    page.eval(f"document.querySelector('{selector}').focus()")


NOTE, WAIVE = (1, "note-dialog"), (2, "waive-dialog")


def write_note(page, what):
    press(page, "#note-text", NOTE)
    page.eval("document.getElementById('note-text').value = ''")
    page.type(what)
    page.click("#note-dialog button[type=submit]")


def close(page, dialog):
    page.click(f"#{dialog} [data-cancel]")
    page.wait(f"!document.getElementById('{dialog}').open")


def in_luci(page):
    case(page.eval("document.querySelectorAll('tbody[data-key]').length === 5"), "the devices are there")
    case(page.eval("getComputedStyle(document.querySelector('button')).color") != "rgb(255, 0, 255)", "LuCI's theme changes nothing in it")
    case(page.eval("window.frameElement.title === 'filterd' && window.innerHeight > 700"), "its frame has a name, and the window's height")
    page.size(390, 400)
    case(page.wait("window.innerHeight === 480"), "or what the first part needs")
    page.size(1280, 900)
    page.call("Emulation.setEmulatedMedia", features=[])
    for theme, wanted in (("dark", "true"), ("", "false")):
        page.window = "window"
        page.eval(f"(document.body.className = '{theme}', window.dispatchEvent(new Event('resize')))")
        page.window = "window.frames[0]"
        case(page.wait(f"String(window.matchMedia('(prefers-color-scheme: dark)').matches) === '{wanted}'"), f"it is {theme or 'light'} as LuCI's theme is")


def clicks(page):
    ran()
    write_note(page, "the old laptop; -c /etc/shadow $(reboot) 'x' \"y\"")
    case(page.wait("!document.getElementById('note-dialog').open"), "a note is saved")
    press(page, "#waive-reason", WAIVE)
    page.type("the removal tool has to be fetched")
    page.click("#waive-dialog button[type=submit]")
    case(page.wait("!document.getElementById('waive-dialog').open"), "a device passes for an hour")
    page.wait(f"[...document.querySelectorAll(\"{LAPTOP} button\")].some(b => b.textContent === 'Block again' && b.offsetParent)")
    page.eval(f"[...document.querySelectorAll(\"{LAPTOP} button\")].find(b => b.textContent === 'Block again').click()")
    case(page.wait(f"![...document.querySelectorAll(\"{LAPTOP} button\")].some(b => b.textContent === 'Block again' && b.offsetParent)"), "or not any more")
    page.click("#to-observe")
    page.wait("document.getElementById('mode-dialog').open")
    page.eval("document.getElementById('mode-reason').focus()")
    page.type("the printer needs it")
    page.click("#mode-confirm")
    case(page.wait("document.getElementById('mode-now').textContent.startsWith('It is set to observe')"), "observe is switched on")
    page.eval("document.getElementById('check-host').focus()")
    page.type("dnl-01.geo.kaspersky.com")
    page.key("Enter")
    case(page.wait("document.getElementById('check-answer').innerText.includes('BLOCKED')"), "a host that is blocked is said to be", text(page, "#check-answer"))
    key = "3c:52:82:11:22:33"
    equal("filterctl was run with just that", ran(), [
        ["note", "--", key, "the old laptop; -c /etc/shadow $(reboot) 'x' \"y\""],
        ["waive", "--for", "1h", "--", key, "the removal tool has to be fetched"], ["waive", "--end", "until-1"],
        ["mode", "--", "observe", "the printer needs it"], ["check", "--", "dnl-01.geo.kaspersky.com"]])


def refusals(page, luci):
    error = "#note-dialog .error"
    shown = "!document.querySelector('#note-dialog .error').hidden"
    ran()
    luci.writes = False
    write_note(page, "not mine to write")
    case(page.wait(shown) and DENIED in text(page, error), "who may only read is told so", text(page, error))
    luci.writes = True
    close(page, "note-dialog")
    page.eval("document.getElementById('check-host').focus()")
    page.eval("document.getElementById('check-host').value = ''")
    page.type("ä" * 600)
    page.key("Enter")
    case(page.wait("!document.getElementById('check-error').hidden") and "too long for the router" in text(page, "#check-error"),
         "a text that rpcd would refuse is said to be too long", text(page, "#check-error"))
    equal("filterctl was not run for these", ran(), [])
    store("refuse.json", {"note": "filterctl note: the file cannot be written\n"})
    write_note(page, "x")
    case(page.wait(shown) and "cannot be written" in text(page, error) and "exit status" not in text(page, error),
         "what filterctl says of its failure is shown, and nothing else", text(page, error))
    close(page, "note-dialog")
    store("refuse.json", {})
    for status, said in ((7, "did not answer in time"), (8, "more than the router can pass on"), (4, "Install luci-app-filterd again"),
                         ("SessionError", "Log in again"),
                         ("RPCError", "The router does not answer: it is said so")):
        luci.fails = status
        write_note(page, "x")
        case(page.wait(shown) and said in text(page, error) and "rpc.js" not in text(page, error), f"{status} of rpcd: {said}", text(page, error))
        close(page, "note-dialog")
    luci.fails = 0


def killed(page, luci):
    """Two ways to have no answer: rpcd says code 0 for a program that was killed, and so would we without the last line."""
    as_it_is = luci.run
    for stderr in ({}, {"stderr": "Killed\n"}):
        luci.run = lambda *_, stderr=stderr: (0, {"code": 0, **stderr})
        write_note(page, "x")
        case(page.wait("!document.querySelector('#note-dialog .error').hidden"), f"a filterctl that was killed has not saved it {stderr}")
        close(page, "note-dialog")
    luci.run = as_it_is


def elsewhere(browser, luci):
    """The page's files are for anybody to read."""
    page = browser.open(luci.url + luci.board)
    case(page.wait("document.getElementById('sentence').textContent.includes('open Services, filterd')"), "outside of LuCI it says where to go", text(page, "#answer"))


def main():
    store("board.json", dict(samples.sample(), report=False))
    open(os.path.join(STATE, "argv.jsonl"), "w", encoding="utf-8").close()
    os.environ["BOARD_STATE"] = STATE
    with Luci(os.path.join(work, "package"), os.path.join(work, "bin")) as luci, Browser(work) as browser:
        page = begin(browser, luci)
        equal("the browser has nothing to complain of", page.complaints(), [])
        equal("no file of the page is missing", luci.missing, [])
        in_luci(page)
        if shots:
            for width, height, dark in ((1280, 900, False), (390, 844, True)):
                page.size(width, height, dark)
                page.wait("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))")
                page.shot(os.path.join(shots, f"luci_{width}.png"), False)
            page.size(1280, 900)
        clicks(page)
        refusals(page, luci)
        killed(page, luci)
        elsewhere(browser, luci)
    print(f"1..{NUM[0]}")


try:
    main()
except Broken as problem:
    case(False, f"it broke off: {problem}")
    print(f"1..{NUM[0]}")
