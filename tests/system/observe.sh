#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Before the cutoff, across it, in observe mode, and hosts that are only logged: what passes, and what the
# records say.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=ds.kaspersky.com
logged=touch.kaspersky.com
cutoff=2024-09-29T04:00:00

before_cutoff() {
	system_run_at '2024-09-29 03:00:00'
	tap_is "an hour before the cutoff a prohibited name is answered" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	tap_is "and its record says it would have been blocked" "$(daemon_record "$listed" .filterd.type)" would_block
	tap_is "and that it was allowed" "$(daemon_record "$listed" .alert.action)" allowed
	tap_is "a prohibited host is served" "$(page "$listed" "$LAB_LISTED4")" 200
	tap_is "and recorded" "$(daemon_record "$listed" .app_proto)" tls
	tap_is "a free name leaves no record" "$(answer www.example.org A "$LAB_DNS4") $(daemon_num_records)" "NOERROR 2"
	tap_ok "filterd ends cleanly" daemon_end
}

# shellcheck disable=SC2317  # lab_wait calls it
is_blocked() {
	[ "$(answer "$listed" A "$LAB_DNS4")" = NXDOMAIN+15 ]
}

# The clock comes to the cutoff in two seconds, and goes on.
to_the_cutoff() {
	daemon_shift $(($(date -ud "$cutoff" +%s) - 2 - $(date +%s)))
}

# Some minutes before it, for as long as it takes.
start_before_cutoff() {
	daemon_rules install || tap_bail "the rules could not be installed"
	daemon_start_shifted $(($(date -ud "$cutoff" +%s) - 1000 - $(date +%s))) || tap_bail "filterd did not start"
}

across_cutoff() {
	: >"$DAEMON_AUDIT"
	start_before_cutoff
	tap_is "before the cutoff a prohibited name is answered" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	to_the_cutoff
	tap_ok "a little later it is not, without a restart" lab_wait "the cutoff" is_blocked
	tap_is "no record of a block is older than the cutoff" \
		"$(daemon_count ".filterd.type == \"block\" and .timestamp < \"$cutoff\"")" 0
	tap_is "no prohibited attempt passed from the cutoff on" \
		"$(daemon_count ".filterd.type == \"would_block\" and .timestamp >= \"$cutoff\"")" 0
	daemon_end TERM
}

# A download that is under way when the date comes; its record says when it ended.
across_cutoff_connected() {
	local client

	: >"$DAEMON_AUDIT"
	start_before_cutoff
	# With the buffers that a kernel takes by itself all of it would be there before the cutoff.
	lab_set client net.ipv4.tcp_rmem="4096 16384 65536"
	lab_start client "$LAB_DIR/download" curl -sS --max-time 600 --limit-rate 10k --cacert "$LAB_CA" -o "$LAB_DIR/cut" \
		--resolve "$listed:443:$LAB_LISTED4" "https://$listed/2mb"
	client=$LAB_PID
	lab_wait "the download" test -s "$LAB_DIR/cut"
	to_the_cutoff
	wait "$client"
	tap_like "a download that began before the cutoff is cut off" "$(cat "$LAB_DIR/download")" "reset"
	tap_below "it got less than the whole" "$(wc -c <"$LAB_DIR/cut")" 2097152
	tap_is "its end is a record of a block" "$(daemon_record "$listed" .filterd.type)" block
	tap_is "made from the cutoff on" \
		"$(daemon_count ".filterd.type == \"block\" and .timestamp >= \"$cutoff\"")" 1
	daemon_end TERM
}

observe_mode() {
	daemon_set mode observe
	: >"$DAEMON_AUDIT"
	system_run
	tap_is "mode = observe: a prohibited host is served after the cutoff" "$(page "$listed" "$LAB_LISTED6")" 200
	tap_is "and recorded" "$(daemon_record "$listed" .filterd.type)" would_block
	daemon_set mode enforce
	system_reload
	tap_is "mode = enforce, by reload: it is reset" "$(page "$listed" "$LAB_LISTED6")" reset
}

log_only() {
	tap_is "a host that is only logged is served" "$(page "$logged" "$LAB_LISTED4")" 200
	tap_is "its record says so" "$(daemon_record "$logged" .filterd.type)" log
	tap_is "and names the category" "$(daemon_record "$logged" .filterd.category)" aux
	tap_ok "filterd ends cleanly" daemon_end
}

system_begin
daemon_set clock believe          # these are days of 2024
daemon_set confinement rights     # what moves filterd's clock reads a file of its own
if tap_can "before the cutoff, and across it" faketime; then
	before_cutoff
	across_cutoff
	across_cutoff_connected
fi
daemon_set confinement full
observe_mode
log_only
tap_done
