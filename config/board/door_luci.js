// SPDX-License-Identifier: MIT
//
// The door of a router: LuCI's view, in whose frame the page is, has rpcd run filterd-board, which runs filterctl. rpcd answers
// {code, stdout, stderr}, and without an exit status if it ran nothing, or gave up.

const PROGRAM = "/usr/libexec/filterd-board";

// Bytes of a command line that rpcd compares with its rights: RPC_CMDLINE_MAX_SIZE in its file.c, less the zero at the end. A longer
// one is refused as if there were no right to it.
const LINE_MAX = 1023;

// What LuCI's fs.exec() rejects with, by name, in words. Of another, LuCI's own words are the first line; the lines below are a trace.
const PROBLEMS = {
	"PermissionError": "This account may look at filterd, but not do this. If luci-app-filterd was installed just now, log in again.",
	"NotFoundError": `${PROGRAM} is not on the router. Install luci-app-filterd again.`,
	"SessionError": "You are not logged in any more. Log in again.",
	"TimeoutError": "filterctl did not answer in time, and was ended.",
	"UnsupportedError": "filterctl said more than the router can pass on.",
};

function failed(message, stderr, stdout, status) {
	return Object.assign(new Error(message), { stderr, stdout, status });
}

function refused(reason) {
	const words = String(reason.message).split("\n")[0];
	const error = failed(PROBLEMS[reason.name] ?? `The router does not answer: ${words}`, "", "", null);

	error.denied = reason.name === "PermissionError";
	return error;
}

// The last line of stderr is filterctl's exit status. The router's own word for that, code, is 0 for a program that was killed, too.
function read({ stdout = "", stderr = "" }) {
	const [whole, said, digits] = /^([^]*?)exit status (\d+)\n$/.exec(stderr) ?? [null, stderr, ""];

	if (whole === null)
		throw failed(said.trim() || "filterctl was ended before it could answer.", said, stdout, null);
	if (Number(digits) !== 0)
		throw failed(said.trim() || "filterctl failed, and says no more.", said, stdout, Number(digits));
	return stdout;
}

export async function run(argv) {
	const words = argv.slice(1).map(String);                // the first is filterctl
	const line = [PROGRAM, ...words].join(" ");
	let answer;

	if (new TextEncoder().encode(line).length > LINE_MAX)
		throw failed("That is too long for the router. Shorten it.", "", "", null);
	if (window.parent === window)
		throw failed("This page is shown by LuCI: log in there, and open Services, filterd.", "", "", null);
	try {
		answer = await window.parent.filterdExec(words);
	} catch (reason) {
		throw refused(reason);
	}
	return read(answer);
}
