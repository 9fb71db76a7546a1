#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A restart under traffic, with a service manager that keeps the queues: no packet is lost, none passes unseen.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

told=$LAB_DIR/manager.out

# Who begins late finds packets waiting; for at most two seconds, should none come.
# shellcheck disable=SC2016  # $3 is awk's, the others the inner shell's
late='tries=0
while [ "$LISTEN_FDS" -gt 0 ] && [ "$tries" -lt 200 ] && ! awk "\$3 > 0 { found = 1 } END { exit !found }" /proc/net/netfilter/nfnetlink_queue; do
	tries=$((tries + 1)); sleep 0.01
done
exec "$@"'

# shellcheck disable=SC2317  # lab_wait calls it
told_times() {
	[ "$(grep -c "^$1" "$told")" -ge "$2" ]
}

traffic() {
	local i

	for ((i = 0; i < $1; i++)); do
		printf '%s\n' "n$i.example.net A" "n$i.upd.kaspersky.com A"
	done >"$LAB_DIR/questions"
	lab_start client "$LAB_DIR/learnt" dig +tries="${2:-1}" +time=$((LAB_ANSWER_S / ${2:-1})) @"$LAB_DNS4" -f "$LAB_DIR/questions"
	traffic_pid=$LAB_PID
	lab_wait "traffic" grep -q "^;n5.example" "$LAB_DIR/learnt"
}

learnt() {
	grep -c "$1" "$LAB_DIR/learnt"
}

begin() {
	daemon_set on-failure "$1"
	daemon_rules install || tap_bail "the rules could not be installed"
	lab_start gateway "$told" "$DAEMON_SOURCE/tests/system/manager.py" /bin/sh -c "$late" late "$DAEMON_BUILD/filterd/filterd" -c "$DAEMON_CONF"
	manager=$LAB_PID
	lab_wait "filterd" told_times ready 1 || tap_bail "filterd did not start"
}

restarts() {
	local i starts

	begin "$1"
	starts=$(daemon_count '.filterd.type == "start"')
	traffic 500
	for i in {2..6}; do
		kill -USR2 "$manager"
		lab_wait "the restart" told_times ready "$i"
	done
	wait "$traffic_pid"
	tap_is "$1: five restarts under traffic, each with a start record" "$(($(daemon_count '.filterd.type == "start"') - starts))" 5
	tap_is "$1: no question is lost" "$(learnt 'timed out')" 0
	tap_is "$1: every prohibited name is refused" "$(learnt 'EDE: 15')" 500
	tap_is "$1: none passes unseen" "$(jq -s '[.[].filterd.unfiltered // 0] | add' "$DAEMON_AUDIT")" 0
	tap_is "$1: with packets waiting each start succeeds at once" "$(grep -c '^ended [^0]' "$told")" 0
	tap_ok "$1: the queue goes on where it was" grep -q "queue 7100: goes on" "$DAEMON_LOG"
}

killed() {
	local pid

	pid=$(awk '$1 == "ready" { pid = $2 } END { print pid }' "$told")
	# Who was killed between a verdict and its answer leaves a client waiting, which asks again.
	traffic 500 3
	kill -KILL "$pid"
	lab_wait "the start after kill -9" told_times ready 7
	wait "$traffic_pid"
	tap_is "kill -9: what waited in the queue is judged by the next process" "$(learnt 'EDE: 15')" 500
	tap_is "kill -9: none passes unseen" "$(jq -s '[.[].filterd.unfiltered // 0] | add' "$DAEMON_AUDIT")" 0
}

# A worker that hangs is one that gives no sign of life, and then its process gives none.
watchdog() {
	local pid before

	pid=$(awk '$1 == "ready" { pid = $2 } END { print pid }' "$told")
	lab_wait "a sign of life" told_times alive 2
	tap_ok "the manager hears that every worker is alive" told_times alive 2
	kill -STOP "$pid"
	before=$(grep -c "^alive" "$told")
	kill -CONT "$pid"
	lab_wait "the next sign of life" told_times alive $((before + 2))
	tap_ok "and hears it again after a stand-still" told_times alive $((before + 2))
}

ends() {
	kill -TERM "$manager"
	wait "$manager"
	tap_is "stopped for good: the queue is nobody's" "$(lab_gateway cat /proc/net/netfilter/nfnetlink_queue)" ""
}

system_begin
DAEMON_LOG=$told
restarts open
killed
watchdog
ends
: >"$told"
daemon_rules remove
restarts closed
ends
tap_done
