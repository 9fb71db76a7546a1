// SPDX-License-Identifier: MIT
//
// Would this host be blocked? What `filterctl check` says: its answer first, then why.

import { make, putName } from "./text.js";
import { moment } from "./time.js";
import { say } from "./dialog.js";

const form = document.getElementById("check"), answer = document.getElementById("check-answer"), failure = document.getElementById("check-error");

const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;        // filterctl has it in UTC

let busy = false;

function said(text) {
	return putName(make("span"), text.replace(INSTANT, time => moment(time) ?? time));
}

// "  pattern    .geo.kaspersky.com" is a term and what is said of it, "             ..." goes on with it.
function reasons(lines) {
	const list = make("dl", "reasons");
	let text = null;

	for (const line of lines) {
		const [, term, rest] = /^ {2}(\S.{0,9}?) {2,}(.*)$/.exec(line) ?? [];

		if (term !== undefined) {
			const row = make("div");

			text = make("dd");
			row.append(make("dt", "", term), text);
			list.append(row);
			text.append(said(rest));
		} else if (text !== null && line.trim() !== "") {
			text.append(make("br"), said(line.trim()));
		}
	}
	return list;
}

function show(output) {
	const lines = output.replace(/\n$/, "").split("\n"), first = lines.findIndex(line => line.startsWith("  "));
	const heads = first < 0 ? lines : lines.slice(0, first), last = heads.at(-1) ?? "";
	const verdict = / BLOCKED$/.test(last) ? "blocked" : / recorded/.test(last) ? "passed" : "";

	answer.replaceChildren(...heads.map((line, i) => i < heads.length - 1 ? make("p", "soft", line) : putName(make("p", `verdict ${verdict}`), line)));
	if (first >= 0)
		answer.append(reasons(lines.slice(first)));
}

export function begin(host) {
	form.addEventListener("submit", async event => {
		event.preventDefault();
		if (busy)
			return;
		busy = true;
		form.setAttribute("aria-busy", "true");
		failure.hidden = true;
		answer.replaceChildren(make("p", "soft", "Asking ..."));
		try {
			show(await host.run(["filterctl", "check", "--", form.host.value.trim()]));
		} catch (problem) {
			if (problem.status === 1 && problem.stdout) {
				show(problem.stdout);           // blocked
			} else {
				answer.replaceChildren();
				say(failure, "That is not known.", problem);
			}
		}
		busy = false;
		form.removeAttribute("aria-busy");
	});
}
