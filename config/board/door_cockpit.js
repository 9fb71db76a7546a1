// SPDX-License-Identifier: MIT
//
// The door of Cockpit: cockpit.spawn, with the rights that the person has there. Cockpit's own script is not a module, so it is
// loaded as any page of Cockpit does, and this one waits for it.

const loaded = new Promise((resolve, reject) => {
	const script = document.createElement("script");

	script.src = "../base1/cockpit.js";
	script.addEventListener("load", () => resolve(window.cockpit));
	script.addEventListener("error", () => reject(new Error("Cockpit's own script cannot be loaded.")));
	document.head.append(script);
});
loaded.catch(() => {});         // told by whoever asks next

// What Cockpit calls a problem, in words.
const PROBLEMS = {
	"not-found": "filterctl is not installed on this machine, or cannot be found.",
	"access-denied": "This account may not run filterctl. Turn on administrative access in Cockpit.",
	"not-authorized": "This account may not run filterctl. Turn on administrative access in Cockpit.",
	"disconnected": "The connection to the machine is lost.",
	"terminated": "filterctl was ended before it could answer.",
};

// Where a program wrote nothing to its standard error, Cockpit makes up a message.
const MADE_UP = /^\S+ (exited with code|killed with signal) \S+$/;

function failed(exception, stdout) {
	const stderr = exception.problem || MADE_UP.test(exception.message) ? "" : exception.message ?? "";
	const error = new Error(PROBLEMS[exception.problem] || stderr || exception.message || "filterctl failed, and says no more.");

	error.stderr = stderr;
	error.stdout = stdout ?? "";
	error.status = exception.exit_status ?? null;
	return error;
}

export async function run(argv) {
	const cockpit = await loaded;

	return new Promise((resolve, reject) => {
		cockpit.spawn(argv, { superuser: "try", err: "message" })
			.done(resolve)
			.fail((exception, stdout) => reject(failed(exception, stdout)));
	});
}

export function hidden() {
	return window.cockpit !== undefined && window.cockpit.hidden === true;
}
