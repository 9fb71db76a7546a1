// SPDX-License-Identifier: MIT
//
// Is it on? One sentence with a colour and a word for it; what needs a look; and what it goes by.

import { make, number, put, putLines } from "./text.js";
import { day, moment } from "./time.js";

const LEVELS = {
	good: "Yes.",
	attention: "Yes, but:",
	off: "No.",
	unknown: "Not known.",
};

const OBSERVES = { good: "It observes.", attention: "It observes, but:" };       // as it was set to

const box = document.getElementById("answer"), level = document.getElementById("level"), sentence = document.getElementById("sentence");
const troubles = document.getElementById("troubles"), facts = document.getElementById("facts"), failure = document.getElementById("answer-error");

let announce = () => {}, last = null;

export function begin(host) {
	announce = host.announce;
}

function set(name, text, mode) {
	const known = LEVELS[name] ? name : "unknown", word = (mode === "observe" && OBSERVES[known]) || LEVELS[known];

	if (box.className !== `answer level-${known}`)
		box.className = `answer level-${known}`;
	put(level, word);
	put(sentence, text);
	if (last !== null && last !== word)
		announce(`${word} ${text}`);
	last = word;
}

// putPieces - an element for each.
function putPieces(parent, pieces, tag = "span") {
	while (parent.childElementCount > pieces.length)
		parent.lastElementChild.remove();
	while (parent.childElementCount < pieces.length)
		parent.append(make(tag));
	pieces.forEach((text, i) => put(parent.children[i], text));
}

function putTroubles(list) {
	troubles.hidden = list.length === 0;
	putPieces(troubles, list, "li");
}

function factsOf(board) {
	const s = board.status ?? {}, said = [];

	if (s.paused_until)
		said.push(["Paused", [`until ${moment(s.paused_until) ?? "a time that is not known"}`, s.paused_because ? `because: ${s.paused_because}` : ""]]);
	said.push(["Set to", [s.mode === "enforce" ? "enforce, to block what the policy prohibits"
		: s.mode === "observe" ? "observe, to block nothing and record all" : "not known"]]);
	for (const p of board.policies ?? []) {
		said.push(["Policy", [p.title || "without a title", p.authority, p.serial ? `serial ${number(p.serial)}` : "",
			p.effective ? `applies from ${day(p.effective) ?? p.effective}` : ""]]);
	}
	if (board.feed)
		said.push(["Policy's updates", [board.feed.text || board.feed.result, board.feed.time ? `looked ${moment(board.feed.time)}` : ""]]);
	said.push(["At work since", [s.since ? moment(s.since) : "not known"]]);
	return said;
}

function putFacts(list) {
	facts.hidden = false;
	while (facts.childElementCount > list.length)
		facts.lastElementChild.remove();
	list.forEach(([term, all], i) => {
		const pieces = all.filter(Boolean);
		let row = facts.children[i];

		if (row === undefined) {
			row = make("div");
			row.append(make("dt"), make("dd"));
			facts.append(row);
		}
		put(row.children[0], term);
		putPieces(row.children[1], pieces.map((piece, at) => at < pieces.length - 1 ? `${piece}; ` : piece));
	});
}

export function show(board) {
	const s = board.status ?? {};

	failure.hidden = true;
	set(s.level, s.answer || "filterctl does not say how filterd is doing.", s.mode);
	putTroubles(s.troubles ?? []);
	putFacts(factsOf(board));
}

// Nothing came back: whatever was known of the filter is not known now.
export function fail(error) {
	set("unknown", error.stderr ? "filterctl was asked, and failed:" : error.message);
	putTroubles([]);
	facts.hidden = true;
	failure.hidden = !error.stderr;
	putLines(failure, error.stderr ?? "");
}

export function wait() {
	set("unknown", "filterctl has been asked, and has not answered for 30 seconds.");
	putTroubles([]);
	facts.hidden = true;
	failure.hidden = true;
}
