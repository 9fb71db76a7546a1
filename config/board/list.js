// SPDX-License-Identifier: MIT
//
// A list that comes anew every few seconds. What has the same key stays the same element, and the one that somebody is in never moves
// nor goes: its neighbours move around it, so that the focus stays where it is.

// renew - shows `items`. begin(item) makes an element, fill(element, item, is_new) tells it what it shows.
export function renew(parent, items, keyOf, begin, fill) {
	const known = new Map([...parent.children].filter(e => e.dataset.key !== undefined).map(e => [e.dataset.key, e]));
	const wanted = [];

	for (const item of items) {
		const key = String(keyOf(item));
		let element = known.get(key);
		const is_new = element === undefined;

		if (is_new) {
			element = begin(item);
			element.dataset.key = key;
		}
		known.delete(key);
		fill(element, item, is_new);
		wanted.push(element);
	}
	for (const element of known.values()) {
		if (element.contains(document.activeElement))
			wanted.push(element);           // until it is left
		else
			element.remove();
	}
	arrange(parent, wanted);
}

function arrange(parent, wanted) {
	const held = wanted.find(e => e.contains(document.activeElement));
	let next = null;

	for (const element of wanted.reverse()) {
		if (element !== held && (element.parentNode !== parent || element.nextElementSibling !== next))
			parent.insertBefore(element, next);
		next = element;
	}
}
