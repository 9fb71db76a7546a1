#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a client that does not give up costs: bytes of log, memory, time of the processor. Run by hand, alone on the machine:
#
#   tests/bench/hammering.sh BUILD [RATE [SECONDS]]      default: 10000 questions a second for 60 s
#
# Once for one name, once for 10,000 names. Settings as shipped, but for a heartbeat every 5 s.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/support/sums.sh
. "$(dirname "$0")/../support/sums.sh"

rate=${2:-10000}
seconds=${3:-60}
ticks=$(getconf CLK_TCK)

# memory FIELD: kB.
memory() {
	awk -v field="$1:" '$1 == field { print $2 }' "/proc/$DAEMON_PID/status"
}

# Of user and system time, in hundredths of a second; the name in parentheses has no blanks.
# shellcheck disable=SC2016  # fields are awk's
cpu() {
	awk -v ticks="$ticks" '{ printf "%.2f", ($14 + $15) / ticks }' "/proc/$DAEMON_PID/stat"
}

# hammering WHAT NAME [HOSTS]
hammering() {
	local what=$1 idle most before after

	shift
	rm -rf "$LAB_DIR/log" "$LAB_DIR/keys" "$LAB_DIR/run"
	daemon_start || tap_bail "filterd did not start"
	idle=$(memory VmRSS)
	before=$(cpu)
	lab_client "$SUMS_HAMMER" "$LAB_DNS4" "$rate" "$seconds" "$@" >"$LAB_DIR/hammer"
	after=$(cpu)
	most=$(memory VmHWM)
	lab_wait "a heartbeat" sums_has_heartbeats "$(($(sums_heartbeats) + 1))"
	printf '# %s: %s/s for %s s\n' "$what" "$rate" "$seconds"
	printf '#   client        %s\n' "$(cat "$LAB_DIR/hammer")"
	printf '#   log           %s bytes in %s lines at the end of the load\n' "$(cat "$LAB_DIR"/log/audit*.jsonl | wc -c)" \
		"$(sums_records | wc -l)"
	printf '#   memory        %s kB idle, %s kB at most\n' "$idle" "$most"
	printf '#   processor     %s s\n' "$(awk "BEGIN { print $after - $before }")"
	printf '#   heartbeat     %s\n' "$(sums_records | jq -c 'select(.filterd.type == "heartbeat").filterd |
		{attempts, pending, devices, unfiltered, fail_open, queues}' | tail -n 1)"
	daemon_end TERM
	printf '#   after stop    %s bytes in %s lines, %s attempts in them\n' "$(cat "$LAB_DIR"/log/audit*.jsonl | wc -c)" \
		"$(sums_records | wc -l)" "$(sums_attempts 0)"
	tap_is "$what: what was sent is in the log, or has passed and is said to have" \
		"$(($(sums_attempts 0) + $(sums_passed)))" "$(sums_figure sent)"
	tap_is "$what: every record agrees with the lines before it" "$(sums_disagreeing)" ""
}

# Questions that passed unseen: of each, the answer passed as well.
sums_passed() {
	sums_records | jq -s '(map(.filterd.fail_open // 0) | max) / 2'
}

system_begin
daemon_set repeat-window 60
daemon_set heartbeat 5
daemon_rules install || tap_bail "the rules could not be installed"
hammering "one name" dnl-01.geo.kaspersky.com
hammering "10,000 names" upd.kaspersky.com 10000
tap_done
