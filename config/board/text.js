// SPDX-License-Identifier: MIT
//
// Text: put() is the only way by which any text comes into the page, ours and a stranger's alike. It is text there, never markup, and
// what nobody would see (control characters, changes of direction, letters without width) is spelled out, as in the report.

// As filterd/base/plain.c has them, and halves of a pair that stand alone.
const UNSEEN = new RegExp("[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f" +
	"\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ud800-\\udfff\\ue000-\\uf8ff\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff" +
	"\\u{e0000}-\\u{10ffff}]", "gu");

export function plain(text) {
	return String(text).replace(UNSEEN, c => `\\u{${c.codePointAt(0).toString(16).padStart(2, "0")}}`);
}

// put - makes `text` all that is in the element. Nothing is touched if it is there already: what somebody has selected stays, and a
// screen reader has nothing new to say.
export function put(element, text) {
	const wanted = plain(text);

	if (element.textContent !== wanted || element.childElementCount > 0)
		element.textContent = wanted;
	return element;
}

// A sentence of ours with words of strangers in it: [words] stands in an isolation of its own, as a name does.
export function putSentence(element, pieces) {
	const wanted = pieces.filter(Boolean).map(piece => Array.isArray(piece) ? make("bdi", "words", piece[0]) : plain(piece));

	if (element.textContent !== wanted.map(piece => piece.textContent ?? piece).join(""))
		element.replaceChildren(...wanted);
	return element;
}

// Lines as a program wrote them: the newlines stay lines.
export function putLines(element, text) {
	const wanted = String(text).replace(/\n$/, "").split("\n").map(plain).join("\n");

	if (element.textContent !== wanted)
		element.textContent = wanted;
	return element;
}

// An attribute that is read aloud or shown.
export function putAttribute(element, name, text) {
	const wanted = plain(text);

	if (element.getAttribute(name) !== wanted)
		element.setAttribute(name, wanted);
	return element;
}

export function make(tag, className, text) {
	const element = document.createElement(tag);

	if (className)
		element.className = className;
	return text === undefined ? element : put(element, text);
}

// A name of a stranger: in an isolation of its own, so that one written from right to left does not turn its neighbours around. A line
// ends behind a blank; in a long word before a dot of it; a part that is longer than a narrow screen, every few letters; never at a hyphen, where nobody could tell
// afterwards whether the hyphen is the name's.
const WHOLE_MAX = 16, PART_MAX = 24, PIECE = 8;          // columns; an address of IPv4 stays whole

function columns(letters) {
	return letters.reduce((sum, c) => sum + (c.codePointAt(0) >= 0x800 ? 2 : 1), 0);
}

export function putName(element, text) {
	const wanted = plain(text), name = document.createElement("bdi");

	if (element.textContent === wanted && element.firstElementChild?.localName === "bdi")
		return element;
	for (const part of wanted.split(/(?<= )/).flatMap(word => columns([...word]) > WHOLE_MAX ? word.split(/(?=[./])/) : [word])) {
		const letters = [...part], is_long = columns(letters) > PART_MAX;
		let from = 0;

		for (let i = 0; i <= letters.length; i++) {
			const may_break = is_long && columns(letters.slice(from, i)) >= PIECE && letters[i - 1] !== "-" && !/^[\p{M}-]/u.test(letters[i] ?? "");

			if (!may_break && i < letters.length)
				continue;
			if (name.firstChild)
				name.append(document.createElement("wbr"));
			name.append(letters.slice(from, i).join(""));
			from = i;
		}
	}
	element.replaceChildren(name);
	return element;
}

// Figures as the report has them: "2 188 412".
export function number(n) {
	return n === null || n === undefined ? "not known" : String(n).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
}

export function counted(n, one, many) {
	return `${number(n)}\u00a0${n === 1 ? one : many}`;
}
