'use strict';
'require view';
'require fs';

// SPDX-License-Identifier: MIT
//
// The owner's page in LuCI. It is in a frame, so that LuCI's theme does not change its buttons and tables. Its door_luci.js calls
// the function that this view puts on the window.

const PROGRAM = "/usr/libexec/filterd-board";
const LEAST_HEIGHT = 480;       // pixels; in landscape on a phone the first part is still complete

// Fills the window, so that only the page scrolls, and its dialogs are in the middle of the screen.
function fit(frame) {
	const top = frame.getBoundingClientRect().top + window.scrollY;

	frame.style.height = `${Math.max(LEAST_HEIGHT, window.innerHeight - top)}px`;
}

// Dark or light like LuCI's theme, which may be fixed: the page follows the colour scheme of its frame.
function tint(frame) {
	const [red, green, blue, opaque] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number);

	if (opaque !== 0)
		frame.style.colorScheme = red + green + blue < 3 * 128 ? "dark" : "light";
}

function settle(frame) {
	fit(frame);
	tint(frame);
}

return view.extend({
	handleSave: null,
	handleSaveApply: null,
	handleReset: null,

	render: function() {
		const frame = E("iframe", {
			"src": L.resource("filterd/board.html"),
			"title": "filterd",
			"style": "display: block; width: 100%; border: 0"
		});

		window.filterdExec = (words) => fs.exec(PROGRAM, words);
		window.addEventListener("resize", () => settle(frame));
		window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => settle(frame));
		frame.addEventListener("load", () => settle(frame));
		return frame;
	}
});
