// SPDX-License-Identifier: MIT
//
// Times, in the zone of the machine, whatever that of the browser is. A browser that does not know the zone goes by the offset that
// the machine has now.

let offset_s = 0, formats = null;
let zone_said = "UTC";

function format(zone) {
	return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit",
		hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

export function takeZone(zone, offset) {
	offset_s = Number.isFinite(offset) ? offset : 0;
	zone_said = zone ?? "UTC" + (offset_s === 0 ? "" : offsetText(offset_s));
	try {
		formats = zone === null || zone === undefined ? null : format(zone);
	} catch {
		formats = null;
	}
}

function offsetText(s) {
	const minutes = Math.abs(Math.round(s / 60));

	return (s < 0 ? "-" : "+") + String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");
}

export function zoneText() {
	return zone_said;
}

// "2026-11-30 12:20:00", or null of what is no time.
export function moment(time) {
	const ms = Date.parse(time ?? "");

	if (Number.isNaN(ms))
		return null;
	if (formats !== null)
		return formats.format(ms).replace(",", "");
	return new Date(ms + offset_s * 1000).toISOString().slice(0, 19).replace("T", " ");
}

// The same, as short as can be: today without the day; seconds only if asked for.
export function shortly(time, now, seconds) {
	const text = moment(time), today = moment(now);

	if (text === null)
		return "time not known";
	const cut = seconds ? text : text.slice(0, 16);
	return today !== null && cut.slice(0, 10) === today.slice(0, 10) ? cut.slice(11) : cut;
}

export function day(time) {
	return moment(time)?.slice(0, 10) ?? null;
}
