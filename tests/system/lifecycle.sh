#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The daemon's life: its configuration, its rights, reloads and ends under traffic, and what a kill leaves behind.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=dnl-01.geo.kaspersky.com
free=www.example.org
filterd=$DAEMON_BUILD/filterd/filterd

# checked FILE: exit status and all that was said, in one line.
checked() {
	local said status=0

	said=$("$filterd" --check -c "$1" 2>&1) || status=$?
	echo "$status $said"
}

# broken WHAT SED_EXPRESSION REGEX: a copy of the good configuration with one thing wrong is refused.
broken() {
	sed "$2" "$DAEMON_CONF" >"$LAB_DIR/config/bad.conf"
	tap_like "$1" "$(checked "$LAB_DIR/config/bad.conf")" "^78 .*$3"
}

configuration() {
	broken "an unknown setting is refused, with file and line" 's/^workers = /wokers = /' \
		"bad.conf: line [0-9]+: .*wokers"
	broken "a bad value is refused, with what was expected" 's/^on-block = .*/on-block = maybe/' \
		"line [0-9]+: .*reject or drop"
	broken "an unknown section is refused" 's/^\[flow\]/[flaw]/' "line [0-9]+: .*flaw"
	broken "a policy that is missing is refused by its name" 's/^files = .*/files = none.policy/' "none.policy"
	tap_like "a configuration that is missing is refused" "$(checked "$LAB_DIR/none.conf")" "^78 .*none.conf"
	tap_like "the shipped configuration is good" "$(checked "$DAEMON_CONF")" "^0 .*good"
}

# task_status FIELD: of all threads of filterd, the distinct values.
task_status() {
	cat "/proc/$DAEMON_PID"/task/*/status | awk -v field="$1:" '$1 == field { print $2 }' | sort -u
}

rights() {
	tap_is "it runs as nobody" "$(task_status Uid)" "$(id -u nobody)"
	tap_is "with CAP_NET_ADMIN and nothing else" "$(task_status CapEff)" 0000000000001000
	tap_is "with no way to get more" "$(task_status CapBnd) $(task_status NoNewPrivs)" "0000000000000000 1"
}

# A policy that takes a while: the reload comes while it is loaded.
early_reload() {
	local list=$LAB_DIR/config/policy/kaspersky-us/update.list

	daemon_set max-shrink 100       # it goes again, and is meant to
	cp "$list" "$LAB_DIR/update.list"
	seq -f 'n%.0f.example.net' 400000 >>"$list"
	lab_start "$LAB_GATEWAY" "$DAEMON_LOG" "$filterd" -c "$DAEMON_CONF"
	DAEMON_PID=$LAB_PID
	while kill -0 "$DAEMON_PID" && ! daemon_says ready && [ "$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$DAEMON_PID/status")" -lt 15000 ]; do :; done
	kill -HUP "$DAEMON_PID"
	tap_ok "a reload while filterd starts is no end" lab_wait "filterd" daemon_says "ready"
	tap_ok "and is done once it has" lab_wait "the reload" daemon_says "reloaded"
	cp "$LAB_DIR/update.list" "$list"
	tap_ok "it ends cleanly" daemon_end
}

second_instance() {
	local said status=0

	said=$(lab_gateway timeout 300 "$filterd" -c "$DAEMON_CONF" 2>&1) || status=$?
	tap_is "a second filterd ends with status 1" "$status" 1
	tap_like "and says that the audit log is another's" "$said" "audit.jsonl.*another filterd"
	sed "s|^file = .*|file = $LAB_DIR/second/audit.jsonl|; s|^keys = .*|keys = $LAB_DIR/second-keys|" "$DAEMON_CONF" >"$LAB_DIR/config/second.conf"
	status=0
	said=$(lab_gateway timeout 300 "$filterd" -c "$LAB_DIR/config/second.conf" 2>&1) || status=$?
	tap_is "one with an audit log of its own ends with status 1" "$status" 1
	tap_like "and says that the queue is another's" "$said" "queue 7100: another program has it"
	tap_is "the first is not disturbed" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
}

# traffic COUNT [SECONDS]: the client asks one question after another, free and prohibited names by turns, each name new.
# traffic_end waits for the last answer; what the client learnt is in $LAB_DIR/learnt, a line a question:
# NAME STATUS[+EDE].
traffic() {
	local i

	for ((i = 0; i < $1; i++)); do
		printf '%s\n' "n$i.example.net A" "n$i.upd.kaspersky.com A"
	done >"$LAB_DIR/questions"
	lab_start client "$LAB_DIR/learnt.raw" dig +tries=1 +time="${2:-$LAB_ANSWER_S}" @"$LAB_DNS4" -f "$LAB_DIR/questions"
	traffic_pid=$LAB_PID
	lab_wait "traffic" grep -q "^;n5.example" "$LAB_DIR/learnt.raw"
}

traffic_end() {
	wait "$traffic_pid"
	awk '/status:/   { sub(",", "", $6); status = $6 }
	     /EDE: /     { status = status "+" $3 }
	     /IN\tA$/    { sub("^;", "", $1); print $1, status; status = "" }
	     /timed out/ { print "? timeout" }' "$LAB_DIR/learnt.raw" >"$LAB_DIR/learnt"
}

# learnt PATTERN: how many lines of what the client learnt are like it.
learnt() {
	grep -cE "$1" "$LAB_DIR/learnt"
}

reloads() {
	local i

	traffic 500
	for i in {1..10}; do
		system_reload
	done
	traffic_end
	tap_is "ten reloads under traffic: no question is lost" "$(learnt .) $(learnt timeout)" "1000 0"
	tap_is "every prohibited name is refused" "$(learnt 'kaspersky.* NXDOMAIN\+15$')" 500
	tap_is "every free one is left to the resolver" "$(learnt 'example.* NXDOMAIN$')" 500
}

bad_reload() {
	echo "this is no policy" >>"$LAB_DIR/config/policy/kaspersky-us.policy"
	system_reload
	tap_like "a bad policy is refused, with file and line" "$(cat "$DAEMON_LOG")" \
		"kaspersky-us.policy: line [0-9]+.*keeping"
	tap_is "the old one stays in force" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	sed -i '$d' "$LAB_DIR/config/policy/kaspersky-us.policy"
	system_reload
	tap_is "mended, it is taken" "$(tail -n 1 "$DAEMON_LOG" | grep -c reloaded)" 1
}

orderly_end() {
	traffic 500
	daemon_end TERM
	tap_is "SIGTERM under traffic: status 0" $? 0
	traffic_end
	tap_is "and no question is lost" "$(learnt .) $(learnt timeout)" "1000 0"
	tap_is "without filterd, on-failure = open lets everything pass" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
}

# Do so many packets wait in the queue, by the kernel's count?
# shellcheck disable=SC2016,SC2317  # $3 is awk's; lab_wait calls it
holds() {
	[ "$(lab_gateway awk '{ sum += $3 } END { print sum + 0 }' /proc/net/netfilter/nfnetlink_queue)" -ge "$1" ]
}

# Packets that wait when the end comes are judged all the same: filterd stands still while they gather.
held_packets() {
	local i clients=()

	daemon_start || tap_bail "filterd did not start again"
	kill -STOP "$DAEMON_PID"
	for i in {1..20}; do
		lab_start client "$LAB_DIR/held.$i" dig +tries=1 +time="$LAB_ANSWER_S" @"$LAB_DNS4" "h$i.upd.kaspersky.com" A
		clients+=("$LAB_PID")
	done
	lab_wait "held packets" holds 20
	kill -TERM "$DAEMON_PID"
	daemon_end CONT
	tap_is "SIGTERM with packets waiting: status 0" $? 0
	wait "${clients[@]}"
	tap_is "each of them got its verdict and its answer" "$(cat "$LAB_DIR"/held.* | grep -c 'EDE: 15')" 20
	tap_is "and its record" "$(daemon_count '(.filterd.host // "") | startswith("h")')" 20
}

# Names that the client saw blocked and that have no record.
unrecorded() {
	comm -23 <(awk '/kaspersky.*\+15$/ { sub("\\.$", "", $1); print $1 }' "$LAB_DIR/learnt" | sort) \
		<(jq -r '.filterd.host // empty' "$DAEMON_AUDIT" | sort)
}

killed() {
	: >"$DAEMON_AUDIT"
	daemon_start || tap_bail "filterd did not start again"
	traffic 500 2
	daemon_end KILL
	traffic_end
	tap_ok "kill -9 came while names were being blocked" [ "$(learnt '\+15$')" -gt 3 ]
	tap_ok "and before all were" [ "$(learnt '\+15$')" -lt 500 ]
	tap_is "every block that the client saw has its record" "$(unrecorded)" ""
	tap_ok "every line of the audit log is whole" jq -e . "$DAEMON_AUDIT"
}

closed() {
	daemon_set on-failure closed
	daemon_rules install
	tap_is "on-failure = closed: without filterd nothing passes" "$(answer "$free" A "$LAB_DNS4" +time=1)" timeout
	daemon_rules remove
	tap_is "rules removed: everything does" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
}

system_begin
configuration
early_reload
system_run
rights
second_instance
reloads
bad_reload
orderly_end
held_packets
killed
closed
tap_done
