#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A router without a clock: filterd starts in 1970, the clock is set, set back, and set far ahead. What is blocked, and
# what the log says of it.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=ds.kaspersky.com
floor=$LAB_DIR/keys/clock.floor
day=86400

to_1970() { echo $((10 - $(date +%s))); }

# In all files of the log: another day begins another file.
num_logged() { cat "$LAB_DIR"/log/audit*.jsonl | jq -c "select($1)" | wc -l; }

# shellcheck disable=SC2317  # lab_wait calls it
logged() { [ "$(num_logged "$1")" -gt 0 ]; }

in_1970() {
	daemon_start_shifted "$(to_1970)" || tap_bail "filterd did not start"
	tap_is "in 1970 a prohibited name is blocked, as its date had come" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "the record has the time that the clock showed" \
		"$(daemon_record "$listed" '.filterd.type + " " + .timestamp[:10]')" "block 1970-01-01"
	tap_is "the start says that the clock is not believed, and that the policy is enforced" \
		"$(daemon_count '.filterd.type == "start" and .filterd.clock == "untrusted" and .filterd.state == "enforcing"')" 1
	tap_ok "and so does the operator's message, with a way out" daemon_says "clock: older than .* remove $floor"
	tap_is "a free name is answered" "$(answer www.example.org A "$LAB_DNS4")" NOERROR
}

set_to_today() {
	daemon_shift 0
	tap_ok "the clock is set to today: a record says so" lab_wait "the record" logged \
		'.filterd.type == "state" and (.filterd.reason | test("^set forward by [0-9]+ d .*; believed again$"))'
	tap_ok "and a heartbeat behind it" lab_wait "the heartbeat" logged \
		'.filterd.type == "heartbeat" and .filterd.clock != "untrusted"'
	tap_is "the name is still blocked" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "by a record of today" "$(daemon_record "$listed" '.timestamp[:10]')" "$(date -u +%F)"
	tap_like "the review knows that it was set once" "$("$DAEMON_BUILD/filterd/filterctl" audit verify --json \
		"$LAB_DIR/log" | jq -c '.coverage.clock_steps')" '^1$'
}

set_back() {
	daemon_shift "-$((1000 * day))"
	tap_ok "set back by 1000 days it is believed no longer" lab_wait "the record" logged \
		'.filterd.type == "state" and .filterd.clock == "untrusted" and (.filterd.reason | test("^set back by 1000 d "))'
	tap_is "and the name is blocked without a pause" "$(answer "$listed" AAAA "$LAB_DNS4")" NXDOMAIN+15
	tap_is "nothing was let through because of the clock" "$(num_logged '.filterd.type == "would_block"')" 0
	daemon_shift 0
	tap_ok "until it is put right" lab_wait "the record" logged '.filterd.type == "state" and .filterd.reason == "set forward by 1000 d 00:00:00; believed again"'
	tap_ok "filterd ends cleanly" daemon_end
}

# Somebody's clock ran far ahead for long.
ahead_for_long() {
	echo 2099-01-01T00:00:00Z >"$floor" && chown nobody "$floor"
	: >"$DAEMON_AUDIT"
	daemon_start || tap_bail "filterd did not start"
	tap_is "a floor in 2099: today's clock is not believed, and the policy enforced" \
		"$(daemon_count '.filterd.type == "start" and .filterd.clock == "untrusted" and .filterd.state == "enforcing"') $(
			answer "$listed" A "$LAB_DNS4")" "1 NXDOMAIN+15"
	tap_ok "filterd ends cleanly" daemon_end
	tap_is "and has left the floor where it was" "$(cat "$floor")" 2099-01-01T00:00:00Z
	rm "$floor"
	: >"$DAEMON_AUDIT"
	daemon_start || tap_bail "filterd did not start"
	tap_is "once it is removed the clock is believed" \
		"$(daemon_count '.filterd.type == "start" and .filterd.clock != "untrusted"')" 1
	tap_ok "filterd ends cleanly" daemon_end
}

believed() {
	daemon_set clock believe
	: >"$DAEMON_AUDIT"
	daemon_start_shifted "$(to_1970)" || tap_bail "filterd did not start"
	tap_is "clock = believe: in 1970 the name is answered, its date has not come" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	tap_is "and the record says that it would have been blocked" "$(daemon_record "$listed" .filterd.type)" would_block
	tap_ok "filterd ends cleanly" daemon_end
}

tap_need faketime
system_begin
# What moves filterd's clock reads a file of its own.
daemon_set confinement rights
daemon_rules install || tap_bail "the rules could not be installed"
in_1970
set_to_today
set_back
ahead_for_long
believed
tap_done
