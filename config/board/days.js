// SPDX-License-Identifier: MIT
//
// Thirty days as bars. A day of which nothing is known is hatched, and never looks like one on which nobody asked.

import { counted, make, number, put } from "./text.js";

const figure = document.getElementById("days-figure"), drawing = document.getElementById("days-drawing"), none = document.getElementById("days-none");
const why = document.getElementById("days-why"), details = document.getElementById("days-details"), body = document.getElementById("days");
const HEIGHT = 190, LEFT = 44, TOP = 14, BOTTOM = HEIGHT - 26, SVG = "http://www.w3.org/2000/svg";

let days = [], drawn = "";

function shape(tag, attributes, ...children) {
	const element = document.createElementNS(SVG, tag);

	for (const [name, value] of Object.entries(attributes))
		element.setAttribute(name, typeof value === "number" ? value.toFixed(1) : value);
	element.append(...children);
	return element;
}

function label(x, y, text, className) {
	return put(shape("text", { x, y, class: className }), text);
}

// The next round number: 2, 4, 6, 10, 20 times a power of ten.
function niceAbove(value) {
	let unit = 1;

	while (value / unit >= 10)
		unit *= 10;
	return Math.max(2, [2, 4, 6, 10, 20].map(step => step * unit).find(step => step >= value));
}

function isKnown(d) {
	return typeof d.attempts === "number";
}

function tell(d) {
	return isKnown(d) ? `${d.day}: ${counted(d.attempts, "attempt", "attempts")}, ${d.blocked === null ? "blocked: not known" : `${number(d.blocked)} blocked`}`
		: `${d.day}: not known, ${d.why ?? "and not why"}`;
}

function bar(d, x, width, top) {
	const scale = (BOTTOM - TOP) / top, group = shape("g", {}, put(shape("title", {}), tell(d)));
	const rect = (className, from, height) => group.append(shape("rect", { class: className, x, y: from - height, width, height }));

	if (!isKnown(d)) {
		rect("missing", BOTTOM, BOTTOM - TOP);
		return group;
	}
	const blocked = Math.min(d.blocked ?? 0, d.attempts) * scale, all = d.attempts * scale;

	if (d.attempts > 0)
		rect("bar", BOTTOM, Math.max(blocked, blocked > 0 ? 1.5 : 0));
	if (all > blocked)
		rect("bar-passed", BOTTOM - blocked, Math.max(all - blocked, 1.5));
	rect("touch", BOTTOM, BOTTOM - TOP);            // where a pointer finds a low bar
	return group;
}

function hatch() {
	return shape("defs", {}, shape("pattern", { id: "hatch", width: "4", height: "4", patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
		shape("rect", { class: "ground", width: "4", height: "4" }), shape("line", { class: "hatch", x1: "0", y1: "0", x2: "0", y2: "4" })));
}

function draw() {
	const width = Math.max(280, Math.floor(drawing.clientWidth)), step = (width - LEFT - 4) / Math.max(days.length, 1);
	const top = niceAbove(Math.max(0, ...days.filter(isKnown).map(d => d.attempts)));
	const key = JSON.stringify([width, days]);

	if (figure.hidden || drawing.clientWidth === 0 || key === drawn)
		return;
	drawn = key;
	const svg = shape("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-labelledby": "days-title" }, hatch(),
		put(shape("title", { id: "days-title" }), summary()));
	for (const value of [0, top / 2, top]) {
		const y = BOTTOM - (BOTTOM - TOP) * value / top;

		svg.append(shape("line", { class: value === 0 ? "axis" : "grid", x1: LEFT, x2: width - 4, y1: y, y2: y }), label(LEFT - 6, y + 4, number(value), "end"));
	}
	days.forEach((d, i) => svg.append(bar(d, LEFT + i * step + step * 0.1, step * 0.8, top)));
	svg.append(label(LEFT, HEIGHT - 8, days[0].day, ""), label(width - 4, HEIGHT - 8, days.at(-1).day, "end"));
	drawing.replaceChildren(svg);
}

function summary() {
	const known = days.filter(isKnown), sum = what => known.reduce((n, d) => n + (d[what] ?? 0), 0);

	return known.length === 0 ? `Nothing is known of these ${counted(days.length, "day", "days")}.`
		: `${counted(sum("attempts"), "attempt", "attempts")} on ${counted(known.length, "day", "days")} of which there are records, ${number(sum("blocked"))} of them blocked.`;
}

function reasons(is_partial) {
	const groups = new Map();

	for (const d of days.filter(d => !isKnown(d)))
		groups.set(d.why ?? "the reason is not known", (groups.get(d.why ?? "the reason is not known") ?? 0) + 1);
	const said = [...groups].map(([reason, n]) => `${counted(n, "day is", "days are")} not known: ${reason}.`);

	if (groups.size === 1 && groups.values().next().value === days.length)
		return `Nothing is known of these ${counted(days.length, "day", "days")}: ${[...groups.keys()][0]}.`;

	if (is_partial)
		said.push("The log is too long to read all of it for this page; the report does.");
	return [summary(), ...said].join(" ");
}

function fillTable() {
	body.replaceChildren(...[...days].reverse().map(d => {
		const row = make("tr"), cells = [make("th", "", d.day), make("td", "n", isKnown(d) ? number(d.attempts) : `not known: ${d.why ?? "the reason neither"}`),
			make("td", "n", isKnown(d) ? number(d.blocked) : "not known")];

		row.setAttribute("role", "row");
		cells[0].scope = "row";
		cells.forEach((cell, i) => {
			cell.setAttribute("role", i === 0 ? "rowheader" : "cell");
			cell.dataset.label = ["Day", "Attempts", "Blocked"][i];
		});
		row.append(...cells);
		return row;
	}));
}

export function begin() {
	new ResizeObserver(draw).observe(drawing);
	details.addEventListener("toggle", () => details.open && fillTable());
}

export function show(board) {
	days = board.days ?? [];
	const is_known = days.length > 0;

	none.hidden = is_known;
	figure.hidden = why.hidden = details.hidden = !is_known;
	if (!is_known) {
		put(none, "Not known.");
		return;
	}
	put(why, reasons(board.days_partial === true));
	draw();
	if (details.open)
		fillTable();
}

export function fail(error, has_old) {
	if (!has_old)
		put(none, "Not known.");
}
