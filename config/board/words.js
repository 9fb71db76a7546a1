// SPDX-License-Identifier: MIT
//
// What the records say by a word of theirs, as a person would.

const LAYERS = { dns: "DNS question", tls: "TLS", quic: "QUIC", http: "HTTP", socks: "SOCKS" };

export function layerTitle(layer) {
	return LAYERS[layer] ?? layer ?? "";
}

const RESULTS = {
	blocked: "blocked", block: "blocked",
	would_block: "passed, only observed", observed: "passed, only observed",
	waived: "passed by a waiver",
	passed: "passed", pass: "passed",
	log: "passed, only recorded", logged: "passed, only recorded",
	dropped: "dropped",
};

export function became(result) {
	return RESULTS[result] ?? result ?? "not known";
}

export function wasBlocked(result) {
	return result === "blocked" || result === "block" || result === "dropped";
}

// How sure it is that the device means the host, and why: as filterctl audit devices has it.
export function sure(layer, asked) {
	if (asked === true)
		return ["sure", "asked for the name, and used it"];
	if (layer === "dns")
		return ["likely", "asked for the name"];
	if (asked === false)
		return ["doubtful", "showed the name, but never asked for it: VPN programs borrow names"];
	return ["unsure", "showed the name; whether it asked is not known"];
}
