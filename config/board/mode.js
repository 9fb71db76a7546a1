// SPDX-License-Identifier: MIT
//
// The switch: what holds now, what the other would mean for the devices that asked lately, and a question before it is done.

import { counted, put } from "./text.js";
import { dialog } from "./dialog.js";

const now = document.getElementById("mode-now"), confirm = dialog("mode-dialog", "Nothing was switched.");
const MODES = ["enforce", "observe"];
const buttons = MODES.map(mode => document.getElementById(`to-${mode}`)), boxes = MODES.map(mode => document.getElementById(`mode-${mode}`));

// Set is one thing, done another.
const BUT = {
	off: " But it does not filter now: see the top of this page.",
	unknown: " Whether it does so now is not known: see the top of this page.",
};

let host = null;

function asked(board) {
	const devices = board?.devices ?? [], sum = what => devices.reduce((n, d) => n + (d[what] ?? 0), 0);

	return { devices: devices.length, attempts: sum("attempts"), blocked: sum("blocked"), least: board?.devices_more > 0 ? "at least " : "" };
}

function consequences(mode, board) {
	const a = asked(board);

	if (mode === "observe") {
		return "Nothing is blocked from then on, for any device, until you switch back. Attempts are still recorded. " + (!board?.devices ? ""
			: a.blocked > 0 ? `In the last 24 hours ${a.least}${counted(a.blocked, "attempt", "attempts")} of ${counted(a.devices, "device", "devices")} would have passed that were blocked.`
				: "In the last 24 hours nothing was blocked.");
	}
	return "What the policy prohibits is blocked from then on, for all devices that have no waiver. Programs that need it get an error at once. " + (!board?.devices ? ""
		: a.devices > 0 ? `${a.least ? "At least " : ""}${counted(a.devices, "device", "devices")} asked in the last 24 hours, ${counted(a.attempts, "time", "times")}: those would have met the filter.`
			: "In the last 24 hours no device asked for a prohibited host.");
}

function open(mode) {
	const board = host.board();

	put(document.getElementById("mode-dialog-head"), mode === "observe" ? "Switch to observe?" : "Switch to enforce?");
	put(document.getElementById("mode-dialog-what"), consequences(mode, board));
	put(document.getElementById("mode-confirm"), mode === "observe" ? "Switch to observe" : "Switch to enforce");
	confirm.form.reset();
	confirm.open(data => {
		const reason = data.get("reason").replace(/\s+/g, " ").trim();

		return host.act(reason ? ["filterctl", "mode", "--", mode, reason] : ["filterctl", "mode", mode]);
	}, said => host.announce(said.trim() || `It is set to ${mode}.`));
}

export function begin(given) {
	host = given;
	MODES.forEach((mode, i) => buttons[i].addEventListener("click", () => open(mode)));
}

export function show(board) {
	const mode = board.status?.mode ?? null;

	put(now, mode === null ? "Which of the two holds is not known: filterd does not say." : `It is set to ${mode}.` + (BUT[board.status.level] ?? ""));
	MODES.forEach((one, i) => {
		boxes[i].classList.toggle("holds", one === mode);
		if (one === mode)
			boxes[i].setAttribute("aria-current", "true");
		else
			boxes[i].removeAttribute("aria-current");
		moveOn(buttons[i], one === mode);
	});
}

// A button that goes hands the focus to the other one.
function moveOn(button, is_hidden) {
	const had = button === document.activeElement;

	button.hidden = is_hidden;
	if (had && is_hidden) {
		const other = buttons.find(b => b !== button);

		other.hidden = false;
		other.focus();
	}
}

export function fail() {
	put(now, "Which of the two holds is not known: filterctl has not answered.");
	boxes.forEach(box => { box.classList.remove("holds"); box.removeAttribute("aria-current"); });
}
