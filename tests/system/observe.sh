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

across_cutoff() {
	: >"$DAEMON_AUDIT"
	system_run_at '2024-09-29 03:59:54'
	tap_is "a few seconds before the cutoff a prohibited name is answered" \
		"$(answer "$listed" A "$LAB_DNS4")" NOERROR
	tap_ok "a little later it is not, without a restart" lab_wait "the cutoff" is_blocked
	tap_is "no record of a block is older than the cutoff" \
		"$(daemon_count ".filterd.type == \"block\" and .timestamp < \"$cutoff\"")" 0
	tap_is "no prohibited attempt passed from the cutoff on" \
		"$(daemon_count ".filterd.type == \"would_block\" and .timestamp >= \"$cutoff\"")" 0
	daemon_end TERM
}

# A download that is under way when the date comes; its record says when it ended.
across_cutoff_connected() {
	: >"$DAEMON_AUDIT"
	system_run_at '2024-09-29 03:59:56'
	# With the buffers that a kernel takes by itself all of it would be there before the cutoff.
	lab_client sysctl -qw net.ipv4.tcp_rmem="4096 16384 65536"
	tap_like "a download that began before the cutoff is cut off" "$(lab_client curl -sS --max-time 30 --limit-rate 20k \
		--cacert "$LAB_CA" --resolve "$listed:443:$LAB_LISTED4" "https://$listed/2mb" 2>&1 >"$LAB_DIR/cut")" \
		"[Rr]eset by peer|Connection reset|reset"
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
before_cutoff
across_cutoff
across_cutoff_connected
observe_mode
log_only
tap_done
