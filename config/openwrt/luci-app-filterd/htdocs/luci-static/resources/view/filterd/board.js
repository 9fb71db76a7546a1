'use strict';
'require view';
'require fs';

// SPDX-License-Identifier: MIT
//
// The owner's page in LuCI. It has a frame of its own, where LuCI's theme changes none of its buttons and tables. Its door_luci.js
// calls what is left here for it on the window.

const PROGRAM = "/usr/libexec/filterd-board";
const LEAST_HEIGHT = 480;       // pixels; on a phone that lies on its side the first part is still whole

// As high as the window has room: one thing scrolls, and the page's dialogs are in the middle of what is seen.
function fit(frame) {
	const top = frame.getBoundingClientRect().top + window.scrollY;

	frame.style.height = `${Math.max(LEAST_HEIGHT, window.innerHeight - top)}px`;
}

// Dark or light as LuCI's theme is, which may be set to one of them: what the page in the frame prefers follows the frame.
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
