#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What the log says of the filter itself: under which settings, for whose clients, who asked, and how many of the connections it looked
# at. An auditor can hold each against the gateway.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/support/sums.sh
. "$(dirname "$0")/../support/sums.sh"

filterctl=$DAEMON_BUILD/filterd/filterctl

# record TYPE JQ: of the last record of a type.
record() { sums_records | jq -cs "map(select(.filterd.type == \"$1\")) | last | .filterd | $2"; }

# shellcheck disable=SC2317  # lab_wait calls it
has_records() { [ "$(sums_records | jq -s "map(select(.filterd.type == \"$1\")) | length")" -ge "$2" ]; }

digest() { "$filterctl" settings --sorted -c "$DAEMON_CONF" | sha256sum | cut -c 1-64; }

verify() { "$filterctl" audit verify --key "$LAB_DIR/keys/audit.vkey" "$LAB_DIR/log" | sed -n "/^coverage/p"; }

protects='[{"interface":"lan0","networks":["192.0.2.0/24","2001:db8:1::/64"]}]'
leaves_out='[{"interface":"wan0","networks":["198.51.100.0/24","2001:db8:2::/64"]}]'
login=$(cat /proc/self/loginuid 2>/dev/null || echo unknown)
[ "$login" != 4294967295 ] || login=none

begins() {
	tap_is "a start has the digest of all settings, which anybody can compute" "$(record start .settings)" "\"$(digest)\""
	tap_is "those that say what is looked at" "$(record start '[.mode, .inspect.ech, .inspect["stream-bytes"]]')" '["enforce","log",20480]'
	tap_is "whose clients are filtered" "$(record start .protects)" "$protects"
	tap_is "and whose are left out" "$(record start .leaves_out)" "$leaves_out"
	tap_is "and who asked for it" "$(record start .caller)" "{\"by\":\"start\",\"uid\":\"0\",\"login_uid\":\"$login\"}"
}

reloads() {
	daemon_set ech block
	system_reload
	tap_ok "settings that change are a record, though nothing else does" lab_wait "the record" has_records state 1
	tap_is "with the state that stays" "$(record state '[.from, .to, .reason]')" '["enforcing","enforcing","settings were reloaded"]'
	tap_is "and their digest" "$(record state '[.settings, .inspect.ech]')" "[\"$(digest)\",\"block\"]"
	tap_is "and who asked" "$(record state '[.caller.by, .caller.uid]')" '["SIGHUP","0"]'
	before=$(digest)
	daemon_set ech nonsense
	system_reload
	tap_ok "so is a refusal" lab_wait "the record" has_records policy 1
	tap_is "with the settings that stay" "$(record policy '[.settings, .inspect.ech, .caller.uid]')" "[\"$before\",\"block\",\"0\"]"
	daemon_set ech log
	tap_is "a user who may not, asks in vain" "$(setpriv --reuid 65534 --clear-groups kill -HUP "$DAEMON_PID" 2>/dev/null; record policy .caller.uid)" '"0"'
}

counts() {
	page www.example.org "$LAB_OTHER4" >/dev/null
	page www.example.org "$LAB_OTHER6" >/dev/null
	lab_wait "a heartbeat" sums_has_heartbeats "$(($(sums_heartbeats) + 1))"
	tap_like "verify says of how many connections what was said was seen" "$(verify)" "^coverage  looked at 2 of 2 new connections"
	lab_gateway iptables -t mangle -I PREROUTING -p tcp -j ACCEPT
	page www.example.org "$LAB_OTHER4" >/dev/null
	lab_gateway iptables -t mangle -D PREROUTING -p tcp -j ACCEPT
	lab_wait "a heartbeat" sums_has_heartbeats "$(($(sums_heartbeats) + 1))"
	tap_like "and of how many it was not" "$(verify)" "^coverage  looked at 2 of 3 new connections"
	tap_is "which is a gap" "$("$filterctl" audit coverage --json "$LAB_DIR/log" | jq -c '[.. | objects | select(.gap == "went around").gap][0]')" '"went around"'
	tap_is "so the exit status is 1" "$("$filterctl" audit verify "$LAB_DIR/log" >/dev/null 2>&1; echo $?)" 1
	tap_is "programs get the numbers" "$("$filterctl" audit verify --json "$LAB_DIR/log" | jq -c '.coverage | [.looked_at, .new_connections]')" "[2,3]"
	lab_gateway nft delete table inet filterd-unseen
	lab_wait "heartbeats" sums_has_heartbeats "$(($(sums_heartbeats) + 2))"
	tap_like "where nothing counts any more, that is said" "$(verify)" "^coverage  looked at 2 of 3 new connections; not counted in [1-9]* of [1-9]* heartbeats"
}

ends() {
	daemon_end TERM
	tap_is "a stop says who asked" "$(record stop '[.reason, .caller.by, .caller.uid]')" '["SIGTERM","SIGTERM","0"]'
}

system_begin
daemon_set heartbeat 5
system_run
begins
reloads
counts
ends
tap_done
