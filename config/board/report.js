// SPDX-License-Identifier: MIT
//
// The report of a month, in a tab of its own. The tab is opened by the click, as browsers allow it only then, and filled when the
// report is there. Its exit status tells of the log, not of the report: 1 is a log with gaps that it declares, 2 one that is not sound.

import { make, put } from "./text.js";
import { day } from "./time.js";
import { say } from "./dialog.js";

const about = document.getElementById("report-about"), line = document.getElementById("report-buttons");
const done = document.getElementById("report-done"), failure = document.getElementById("report-error");
const buttons = [document.getElementById("report-now"), document.getElementById("report-before")];
const NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

let host = null, busy = false, address = null;

function isReport(text) {
	return /^<!DOCTYPE html>/i.test(text ?? "");
}

async function make_report(month) {
	try {
		const text = await host.run(["filterctl", "audit", "report", "--html", "--month", month]);

		if (!isReport(text))
			throw new Error("filterctl wrote no page.");
		return text;
	} catch (problem) {
		if (isReport(problem.stdout))
			return problem.stdout;
		throw problem;
	}
}

function link(text, month, save) {
	const element = make("a", "", text);

	element.href = address;
	if (save)
		element.download = `filterd-report-${month}.html`;
	else
		element.target = "_blank";
	return element;
}

function finish(tab, text, month) {
	if (address !== null)
		URL.revokeObjectURL(address);
	address = URL.createObjectURL(new Blob([text], { type: "text/html;charset=utf-8" }));
	if (tab !== null && !tab.closed)
		tab.location.replace(address);
	done.replaceChildren("The report is ready. ", link("Open it", month, false), " ", link("Save it", month, true));
}

async function open(button) {
	const month = button.dataset.month;

	if (busy || month === undefined)
		return;
	const tab = window.open("", "_blank");

	busy = true;
	button.setAttribute("aria-busy", "true");
	failure.hidden = true;
	put(done, "The report is being made. On a long log that takes a while.");
	if (tab !== null)
		put(tab.document.body, "The report is being made ...");
	try {
		finish(tab, await make_report(month), month);
	} catch (problem) {
		tab?.close();
		put(done, "");
		say(failure, "There is no report.", problem);
	}
	busy = false;
	button.removeAttribute("aria-busy");
}

export function begin(given) {
	host = given;
	for (const button of buttons)
		button.addEventListener("click", () => open(button));
}

function monthBefore(month) {
	const [year, number] = month.split("-").map(Number);

	return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, "0")}`;
}

function title(month) {
	return `${NAMES[Number(month.slice(5)) - 1]} ${month.slice(0, 4)}`;
}

export function show(board) {
	const month = day(board.now)?.slice(0, 7) ?? null, can = board.report === true && month !== null;

	line.hidden = !can;
	if (!can) {
		put(about, board.report === true ? "Not known: the machine does not say which month it is."
			: "This machine's filterctl makes no report. A machine that collects the log does: filterctl audit report.");
		return;
	}
	put(about, "Is the log whole, was the filter active, who still tries, what changed: one page, to be read, printed and sent on.");
	[month, monthBefore(month)].forEach((m, i) => {
		buttons[i].dataset.month = m;
		put(buttons[i], i === 0 ? `${title(m)} up to now` : title(m));
	});
}

export function fail(error, has_old) {
	if (!has_old)
		put(about, "Not known.");
}
