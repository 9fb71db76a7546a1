// SPDX-License-Identifier: MIT
//
// The door: the only way to the host. run(argv) resolves with what the program wrote to its standard output, if its exit status is 0.
// Otherwise it rejects with an Error: message for people, stderr and stdout as written, status (null: it did not run at all).
//
// Where the page was loaded from says who keeps the door: Cockpit serves all that it has below /cockpit/.

const door = await import(/\/cockpit\//.test(location.pathname) ? "./door_cockpit.js" : "./door_luci.js");

export const run = door.run;

// Whether nobody sees the page, beside what the document itself knows: a host may keep it in a frame that is not shown.
export const hidden = door.hidden ?? (() => false);
