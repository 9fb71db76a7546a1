// SPDX-License-Identifier: MIT
//
// The devices that asked in the last 24 hours, and what can be done about each: a note, or letting it pass for a time.

import { counted, make, number, put, putAttribute, putName, putSentence } from "./text.js";
import { moment, shortly, day } from "./time.js";
import { dialog } from "./dialog.js";
import { renew } from "./list.js";
import { became, layerTitle, sure } from "./words.js";

const table = document.getElementById("devices-table"), none = document.getElementById("devices-none"), more = document.getElementById("devices-more");
const note = dialog("note-dialog", "The note was not saved."), waive = dialog("waive-dialog", "The device does not pass.");
const HEADS = ["Device", "Network", "Last asked for", "How sure", "Attempts", ""];

let host = null;

export function begin(given) {
	const form = waive.form;

	host = given;
	form.day.addEventListener("input", () => { form.time.value = "day"; });
	form.addEventListener("change", () => { form.day.required = form.time.value === "day"; });
}

export function nameOf(device) {
	return device.name || device.device || device.address || "a device without a name";
}

function openNote(device) {
	putSentence(document.getElementById("note-head"), ["Note on ", [nameOf(device)]]);
	note.form.text.value = device.note?.text ?? "";
	note.open(data => host.act(["filterctl", "note", "--", device.device, data.get("text").replace(/\s+/g, " ").trim()]),
		() => host.announce(`The note on ${nameOf(device)} is saved.`));
}

function tomorrow() {
	const today = day(host.board().now);
	const next = new Date(`${today}T12:00:00Z`);

	if (today === null)
		return "";
	next.setUTCDate(next.getUTCDate() + 1);
	return next.toISOString().slice(0, 10);
}

function openWaive(device) {
	const form = waive.form;

	putSentence(document.getElementById("waive-head"), ["Let ", [nameOf(device)], " pass"]);
	form.reset();
	form.day.required = false;
	form.day.min = tomorrow();
	waive.open(data => {
		const time = data.get("time") === "day" ? ["--until", data.get("day")] : ["--for", "1h"];

		return host.act(["filterctl", "waive", ...time, "--", device.device, data.get("reason").replace(/\s+/g, " ").trim()]);
	}, () => host.announce(`${nameOf(device)} passes for now.`));
}

async function endWaiver(device, button, error) {
	if (button.getAttribute("aria-busy") === "true")
		return;
	button.setAttribute("aria-busy", "true");
	error.hidden = true;
	try {
		await host.act(["filterctl", "waive", "--end", device.waiver.id]);
		host.announce(`${nameOf(device)} is blocked again.`);
	} catch (problem) {
		put(error, `This has not ended: ${problem.message}`);
		error.hidden = false;
	}
	button.removeAttribute("aria-busy");
}

function button(text, press) {
	const element = make("button", "", text);

	element.type = "button";
	element.addEventListener("click", press);
	return element;
}

function cell(i, className) {
	const element = make(i === 0 ? "th" : "td", className);

	if (i === 0)
		element.scope = "row";
	element.setAttribute("role", i === 0 ? "rowheader" : "cell");
	element.dataset.label = HEADS[i];
	return element;
}

// Each device is a group of rows of its own: one of figures, and one of its note and waiver.
function beginDevice() {
	const group = make("tbody"), row = make("tr"), about = make("tr", "about"), all = make("td");
	const cells = HEADS.map((head, i) => cell(i, i === 4 ? "n" : i === 5 ? "acts" : ""));
	const parts = { cells, about, name: make("strong"), tags: make("span"), key: make("span", "under"), host: make("span"), when: make("span", "under"),
		sure: make("span"), why: make("span", "under"), attempts: make("span"), blocked: make("span", "under"),
		note: make("p"), waiver: make("p"), waiver_text: make("span"), error: make("p", "error") };

	group.setAttribute("role", "rowgroup");
	row.setAttribute("role", "row");
	about.setAttribute("role", "row");
	all.setAttribute("role", "cell");
	all.colSpan = HEADS.length;
	parts.note_button = button("Note", () => openNote(group.device));
	parts.waive_button = button("Let pass", () => openWaive(group.device));
	parts.end_button = button("Block again", () => endWaiver(group.device, parts.end_button, parts.error));
	cells[0].append(parts.name, " ", parts.tags, parts.key);
	cells[2].append(parts.host, parts.when);
	cells[3].append(parts.sure, parts.why);
	cells[4].append(parts.attempts, parts.blocked);
	cells[5].append(parts.note_button, " ", parts.waive_button);
	parts.waiver.append(parts.waiver_text, " ", parts.end_button);
	parts.error.setAttribute("role", "alert");
	parts.error.hidden = true;
	all.append(parts.note, parts.waiver, parts.error);
	row.append(...cells);
	about.append(all);
	group.append(row, about);
	group.parts = parts;
	return group;
}

function putTags(element, device) {
	const tags = [device.is_new ? "new" : "", device.still ? "still asking" : ""].filter(Boolean);

	if (element.textContent === tags.join(""))
		return;
	element.replaceChildren(...tags.map(text => make("span", text === "new" ? "tag tag-new" : "tag", text)));
}

function noteText(n, now) {
	const time = n.time ? shortly(n.time, now) : "";

	return ["Note", (n.by || time) && " (", n.by && [n.by], n.by && time && ", ", time, (n.by || time) && ")", ": ", [n.text ?? ""],
		n.returned && ". It has asked again since."];
}

// One that filterd has not loaded, or refused, stands in the file alone.
function waiverText(w) {
	return [`${w.in_force === false ? "Not in force yet, because filterd has not loaded it: passes" : "Passes"} until ${moment(w.until)?.slice(0, 16) ?? "a time that is not known"}, because: `, w.reason ? [w.reason] : "not known"];
}

function fillDevice(group, device) {
	const p = group.parts, now = host.board().now, blocked = device.blocked;

	group.device = device;
	putName(p.name, nameOf(device));
	putTags(p.tags, device);
	putName(p.key, [device.device, device.vendor, device.address].filter((one, i, all) => one && one !== nameOf(device) && all.indexOf(one) === i).join(" "));
	putName(p.cells[1], device.network ?? "not known");
	putName(p.host, device.last_host ?? "not known");
	put(p.when, [shortly(device.last, now), layerTitle(device.last_layer), became(device.last_result)].filter(Boolean).join(", "));
	const [word, why] = sure(device.last_layer, device.asked);
	put(p.sure, word);
	put(p.why, why);
	put(p.attempts, number(device.attempts));
	put(p.blocked, blocked === null || blocked === undefined ? "blocked: not known" : blocked === device.attempts ? "all blocked"
		: blocked === 0 ? "none blocked" : `${number(blocked)} blocked`);
	putAttribute(p.note_button, "aria-label", `Note on ${nameOf(device)}`);
	putAttribute(p.waive_button, "aria-label", `Let pass ${nameOf(device)}`);
	putAttribute(p.end_button, "aria-label", `Block again ${nameOf(device)}`);
	p.note.hidden = !device.note;
	putSentence(p.note, device.note ? noteText(device.note, now) : []);
	p.waiver.hidden = !device.waiver;
	putSentence(p.waiver_text, device.waiver ? waiverText(device.waiver) : []);
	p.about.hidden = !device.note && !device.waiver && p.error.hidden;
}

export function show(board) {
	const devices = board.devices ?? null;

	none.hidden = devices !== null && devices.length > 0;
	put(none, devices === null ? "Not known." : "No device asked for a prohibited host in the last 24 hours, as far as the log tells.");
	table.hidden = !none.hidden;
	renew(table, devices ?? [], d => d.device, beginDevice, fillDevice);
	more.hidden = !(board.devices_more > 0);
	put(more, `And ${counted(board.devices_more ?? 0, "more device, which has", "more devices, which have")} no room here.`);
}

export function fail(error, has_old) {
	if (!has_old)
		put(none, "Not known.");
}
