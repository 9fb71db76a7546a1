// SPDX-License-Identifier: MIT
//
// The last attempts. They come anew every few seconds, and are read aloud only by who goes there.

import { make, number, put, putName } from "./text.js";
import { shortly } from "./time.js";
import { renew } from "./list.js";
import { became, layerTitle, sure, wasBlocked } from "./words.js";

const table = document.getElementById("attempts-table"), none = document.getElementById("attempts-none"), body = document.getElementById("attempts");
const HEADS = ["Time", "Device", "Host", "Seen in", "What became of it"];

let has_shown = false;

function beginAttempt() {
	const row = make("tr", has_shown ? "fresh" : "");

	row.setAttribute("role", "row");
	row.append(...HEADS.map(head => {
		const cell = make("td");

		cell.setAttribute("role", "cell");
		cell.dataset.label = head;
		return cell;
	}));
	return row;
}

function fillAttempt(row, a, now) {
	const [time, device, host, layer, result] = row.children;

	put(time, shortly(a.time, now, true));
	putName(device, a.name || a.address || a.device || "not known");
	putName(host, a.host ?? "not known");
	put(layer, [layerTitle(a.layer), a.category].filter(Boolean).join(", "));
	put(result, became(a.result) + (a.count > 1 ? `, ${number(a.count)} times` : "") + (sure(a.layer, a.asked)[0] === "doubtful" ? ", doubtful" : ""));
	result.classList.toggle("passed", !wasBlocked(a.result));
}

export function show(board) {
	const attempts = board.attempts ?? null;

	none.hidden = attempts !== null && attempts.length > 0;
	put(none, attempts === null ? "Not known." : "None in that part of the log that was read.");
	table.hidden = !none.hidden;
	renew(body, attempts ?? [], a => a.seq, beginAttempt, (row, a) => fillAttempt(row, a, board.now));
	has_shown = true;
}

export function fail(error, has_old) {
	if (!has_old)
		put(none, "Not known.");
}
