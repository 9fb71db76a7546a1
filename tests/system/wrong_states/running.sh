# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A filterd that does not run, or does not do what a filterd that runs does.

# passed NAME VERIFY: filterd starts anew, and its log has what came by meanwhile.
passed() {
	ask
	again
	tap_ok "$1: its next start has what passed meanwhile" log_says '.filterd.type == "start" and .filterd.unfiltered > 0'
	tap_like "$1: so does the verification" "$(verified)" "^1 .*$2  .* packets passed unseen"
}

ended() {
	begin
	daemon_end TERM
	row "filterd is stopped" "^filterd does not run.*on-failure = open: packets pass unseen" 3 \
		running "broken: no filterd writes to" 2 - '.filterd.type == "stop" and .filterd.reason == "SIGTERM"' \
		"^1 .*complete up to its stop at"
	around=(setpriv --reuid=65533 --regid=65533 --clear-groups)
	row "filterd is stopped, and a user asks" "^filterd does not run.*rules     unknown; run this as root" 3 \
		running "unknown: needs root" 1 - - -
	around=()
	passed "filterd is stopped" stopped
	begin
	daemon_end KILL
	row "filterd is killed" "^filterd does not run.*on-failure = open: packets pass unseen" 3 \
		running "broken: no filterd writes to" 2 - - "^1 .*its end is open"
	passed "filterd is killed" killed
	begin
	daemon_end TERM
	cp "$DAEMON_BUILD/filterd/filterd" "$LAB_DIR/other"
	sed "s|^file = .*|file = $LAB_DIR/others/audit.jsonl|; s|^keys = .*|keys = $LAB_DIR/others-keys|; s|^control = .*|control =|" \
		"$DAEMON_CONF" >"$LAB_DIR/config/other.conf"
	lab_start gateway "$LAB_DIR/other.log" "$LAB_DIR/other" -c "$LAB_DIR/config/other.conf"
	other=$LAB_PID
	lab_wait "the other program" grep -q ready "$LAB_DIR/other.log"
	again
	row "another program has the queue" "^filterd does not run" 3 queue "broken: another program has queue 710[01]: other, process $other" 2 \
		- - -
	kill "$other"
	wait "$other" 2>/dev/null
}

silent() {
	begin
	kill -STOP "$DAEMON_PID"
	row "filterd stands still" "^filterd runs, but does not answer at .*: (Connection|Operation) timed out" 1 \
		answers "broken: filterd runs but does not answer" 2 - - "^1 .*its end is open"
	kill -CONT "$DAEMON_PID"
	begin
	rm "$LAB_DIR/run/control"
	row "the control socket is gone" "^filterd runs, but does not answer at .*: No such file" 1 \
		answers "attention: unknown: filterd runs but does not answer at .*: No such file" 1 - - -
	begin
	daemon_set control ""
	again
	row "there is to be no control socket" "^filterd runs, but has no control socket: .daemon. control is empty" 1 \
		answers "attention: unknown: filterd has no control socket" 1 - - -
	begin
	chmod 500 "$LAB_DIR/run"
	row "the metrics cannot be written" "the metrics cannot be written: Permission denied" 1 \
		metrics "attention: .*filterd.prom cannot be written: Permission denied" 1 - - -
}
