#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A log in memory with a copy on flash: what is there after the memory was lost, and what the log says is not.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

flash=$LAB_DIR/flash
hosts=(ds.kaspersky.com activation-v2.kaspersky.com dnl-01.geo.kaspersky.com)

# shellcheck disable=SC2317  # lab_wait calls it
is_flushed() { grep -q "\"$1\"" "$flash"/audit*.jsonl; }

# Everything but the flash: the log and the counts of repeats.
lose_memory() { rm -rf "$LAB_DIR/log" "$LAB_DIR/run"; }

# verify: its exit status, and whether signatures and chain hold.
verify() {
	local said status=0

	said=$("$DAEMON_BUILD/filterd/filterctl" audit verify --color never --key "$LAB_DIR/keys/audit.vkey" "$LAB_DIR/log" 2>&1) || status=$?
	echo "$said" >"$LAB_DIR/verify"
	echo "$status $(grep '^chain' "$LAB_DIR/verify")"
}

flushed() {
	daemon_start || tap_bail "filterd did not start"
	tap_is "an attempt is blocked" "$(answer "${hosts[0]}" A "$LAB_DNS4")" NXDOMAIN+15
	tap_ok "at the interval its record is on flash" lab_wait "the flush" is_flushed "${hosts[0]}"
	tap_ok "and behind it a heartbeat's signature" lab_wait "the heartbeat" is_flushed heartbeat
	tap_is "another attempt" "$(answer "${hosts[1]}" A "$LAB_DNS4")" NXDOMAIN+15
	kill -USR1 "$DAEMON_PID"
	tap_ok "SIGUSR1 brings it there at once" lab_wait "the flush" is_flushed "${hosts[1]}"
}

power_cut() {
	daemon_end KILL
	lose_memory
	daemon_start || tap_bail "filterd did not start"
	tap_is "after a power cut both records are in the log again" \
		"$(cat "$LAB_DIR"/log/audit*.jsonl | jq -r 'select(.event_type == "alert") | .filterd.host' | sort | uniq -c | wc -l)" 2
	tap_like "and the start says that there was no stop" "$(jq -r 'select(.filterd.type == "start") | .filterd.previous' \
		"$LAB_DIR"/log/audit*.jsonl | tail -n 1)" '^(unclean|short)$'
	tap_like "the log is sound, with the gap that it declares" "$(verify)" '^1 chain +unbroken$'
}

stopped() {
	tap_is "an attempt just before a stop" "$(answer "${hosts[2]}" A "$LAB_DNS4")" NXDOMAIN+15
	tap_ok "filterd ends cleanly" daemon_end
	lose_memory
	daemon_start || tap_bail "filterd did not start"
	tap_is "after a stop and a reboot nothing is missing" "$(jq -r 'select(.filterd.type == "start") | .filterd.previous' \
		"$LAB_DIR"/log/audit*.jsonl | tail -n 1)" clean
	tap_is "that record is there, too" "$(daemon_record "${hosts[2]}" .filterd.type)" block
	tap_ok "filterd ends cleanly" daemon_end
}

system_begin
daemon_set flush-to "$flash"
daemon_set flush-every 5
daemon_set heartbeat 3600
daemon_rules install || tap_bail "the rules could not be installed"
flushed
power_cut
stopped
tap_done
