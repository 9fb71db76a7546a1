// SPDX-License-Identifier: MIT
//
// The board: asks `filterctl board --json` every few seconds, and has each part of the page show its piece of the answer. Never asks
// twice at once, nor while nobody sees the page. An old answer stays on the page when no new one comes, and is said to be old.

import * as door from "./door.js";
import { put } from "./text.js";
import { moment, takeZone, zoneText } from "./time.js";
import * as answer from "./answer.js";
import * as attempts from "./attempts.js";
import * as check from "./check.js";
import * as days from "./days.js";
import * as devices from "./devices.js";
import * as mode from "./mode.js";
import * as report from "./report.js";

const ASK_EVERY_MS = 5000, SLOW_MS = 30000, FORM = 1;
const parts = [answer, devices, attempts, days, mode, report];

const asOf = document.getElementById("as-of"), news = document.getElementById("news"), hold = document.getElementById("hold");

let asking = false, again = false, timer = null, asked_ms = 0;
let board = null;               // the last answer that was one

// announce - what a screen reader says at the next pause. Only what a person has done, and what turns; not each attempt.
function announce(text) {
	put(news, text);
}

function held() {
	return hold.getAttribute("aria-pressed") === "true";
}

function read(text) {
	let answered;

	try {
		answered = JSON.parse(text);
	} catch {
		throw new Error("What filterctl answered cannot be read. Does it belong to this version of the page?");
	}
	if (answered === null || typeof answered !== "object" || answered.board !== FORM)
		throw new Error("filterctl answers in a form that this page does not know. Install both from one version.");
	return answered;
}

function show(answered) {
	const before = board;

	board = answered;
	takeZone(answered.zone, answered.offset_s);
	put(document.getElementById("gateway"), answered.gateway || "This machine");
	put(asOf, `As of ${moment(answered.now) ?? "a time that is not known"}, ${zoneText()} time.`);
	for (const part of parts)
		part.show(answered, before);
}

function fail(error) {
	put(asOf, board === null ? "There is no answer yet."
		: `What stands below is as of ${moment(board.now) ?? "a time that is not known"}, ${zoneText()} time; nothing newer is known.`);
	for (const part of parts)
		part.fail?.(error, board !== null);
}

async function ask() {
	if (asking) {
		again = true;
		return;
	}
	clearTimeout(timer);
	asking = true;
	asked_ms = Date.now();
	const slow = setTimeout(() => answer.wait(board !== null), SLOW_MS);
	try {
		show(read(await door.run(["filterctl", "board", "--json"])));
	} catch (error) {
		fail(error);
	}
	clearTimeout(slow);
	asking = false;
	if (again) {
		again = false;
		ask();
	} else {
		timer = setTimeout(tick, ASK_EVERY_MS);
	}
}

function tick() {
	if (document.hidden || door.hidden() || held())
		timer = setTimeout(tick, ASK_EVERY_MS);
	else
		ask();
}

// What is behind a button: runs the command, and then asks anew, as it has changed something.
async function act(argv) {
	try {
		return await door.run(argv);
	} finally {
		ask();                  // what has failed may have done a part
	}
}

document.addEventListener("visibilitychange", () => {
	if (!document.hidden && !held() && !asking && Date.now() - asked_ms >= ASK_EVERY_MS)
		ask();
});
hold.addEventListener("click", () => {
	hold.setAttribute("aria-pressed", String(!held()));
	put(hold, held() ? "Go on" : "Hold still");
	put(document.getElementById("live"), held() ? "Held still: nothing new is asked for."
		: "The newest 20. This page asks again every 5 seconds.");
	if (!held())
		ask();
});

const host = { act, run: door.run, announce, board: () => board };

for (const part of [...parts, check])
	part.begin?.(host);
ask();
