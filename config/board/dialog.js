// SPDX-License-Identifier: MIT
//
// A question with a form, above the page. It closes when its command has succeeded; if that fails, what it said stands in the dialog,
// and what was typed stays.

import { make, putLines } from "./text.js";

// say - shows what went wrong, with the words of the program.
export function say(box, what, error) {
	const head = make("p", "", `${what} ${error.stderr ? "filterctl says:" : error.message}`);

	box.replaceChildren(head, ...(error.stderr ? [putLines(make("pre"), error.stderr)] : []));
	box.hidden = false;
}

const NOT_TOLD = 69;            // filterctl: it is written, but filterd could not be reached

// dialog - run(form data) does it, and what it gives goes to done(). failed: "The note was not saved."
export function dialog(id, failed) {
	const element = document.getElementById(id), form = element.querySelector("form"), error = element.querySelector(".error");
	let run = null, done = null, busy = false;

	form.addEventListener("submit", async event => {
		event.preventDefault();
		if (busy)
			return;
		busy = true;
		form.setAttribute("aria-busy", "true");
		error.hidden = true;
		try {
			const said = await run(new FormData(form));

			element.close();
			done(said);
		} catch (problem) {
			say(error, problem.status === NOT_TOLD ? "It is written, but not in force yet." : failed, problem);
		}
		busy = false;
		form.removeAttribute("aria-busy");
	});
	element.querySelector("[data-cancel]").addEventListener("click", () => element.close());
	return {
		form,
		open(how, then) {
			run = how;
			done = then;
			error.hidden = true;
			element.showModal();
		},
	};
}
