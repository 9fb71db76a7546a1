#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Completeness is arithmetic: whatever happens to filterd, the rules or the queue under traffic, the counts in the log add
# up, and what passed unseen is said, to the packet. The witness is not of this project: iptables on the server counts the
# questions that reach it, and the client the answers that are the server's own. All questions are for prohibited names, so
# each of these packets has passed unseen.
# shellcheck disable=SC2317  # fault and lab_wait call what they are given
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/support/sums.sh
. "$(dirname "$0")/../support/sums.sh"

suffix=upd.kaspersky.com
PATIENT=1000            # seconds after which the client ends by itself; it is told to end before

# Of sums_records since $1: the sum of packets that passed unseen, or "unknown" if one of them does not say.
said_unseen() {
	sums_records "$1" | jq -rs '[.[].filterd | select(.type == "start" or .type == "heartbeat") | .unfiltered] |
		if any(. == null) then "unknown" else add // 0 end'
}

# Questions that reached the server, by its own count.
# shellcheck disable=SC2016  # $1 is awk's
served() {
	lab_internet iptables -nvxL INPUT | awk '/dpt:53/ && !/DROP/ { print $1 }'
}

# fault NAME COMMAND...: the command comes while questions come and are blocked, and they go on after it; then filterd starts
# anew, unless it runs, ends in order, and starts again, so that all it knows is in the log. Sets sent, recorded, passed,
# unseen, said.
fault() {
	local name=$1 since served_before

	shift
	since=$(sums_next_seq)
	served_before=$(served)
	lab_start client "$LAB_DIR/hammer" "$SUMS_HAMMER" "$LAB_DNS4" 400 $PATIENT "$suffix" 300
	hammer_pid=$LAB_PID
	lab_wait "attempts" sums_has_attempts "$since" 60
	"$@"
	sums_asked_more 300
	kill -TERM "$hammer_pid"
	wait "$hammer_pid"
	[ -n "$DAEMON_PID" ] || daemon_start || tap_bail "filterd did not start again"
	daemon_end TERM
	daemon_start || tap_bail "filterd did not start again"
	sent=$(sums_figure sent)
	recorded=$(sums_attempts "$since")
	passed=$(($(served) - served_before))
	unseen=$((passed + $(sums_figure passed)))
	said=$(said_unseen "$since")
	printf '# %-34s %6s %9s %7s %7s %8s\n' "$name" "$sent" "$recorded" "$passed" "$unseen" "$said"
}

heading() {
	printf '# %-34s %6s %9s %7s %7s %8s\n' "fault" "sent" "recorded" "passed" "unseen" "log says"
}

# What is permitted goes through with filterd's verdict, and nothing of it counts as unseen.
permitted() {
	local since

	since=$(sums_next_seq)
	lab_client "$SUMS_HAMMER" "$LAB_DNS4" 400 1 free.example.org 50 >"$LAB_DIR/hammer"
	tap_is "permitted names are answered" "$(sums_figure passed)" 400
	tap_is "permitted pages are served" "$(page www.example.org "$LAB_OTHER4") $(page www.example.org "$LAB_OTHER6")" "200 200"
	daemon_end TERM
	daemon_start || tap_bail "filterd did not start again"
	tap_is "and nothing of that has passed unseen" "$(said_unseen "$since")" 0
}

nothing() {
	:
}

kill_it() {
	daemon_end KILL
	tap_ok "it was killed under traffic" kill -0 "$hammer_pid"
}

kill_and_start() {
	daemon_end KILL
	lab_wait "questions to pass" passes_some
	daemon_start
}

restart() {
	daemon_end TERM
	lab_wait "questions to pass" passes_some
	daemon_start
}

# Since the fault began.
passes_some() {
	[ "$(served)" -gt $((served_at_fault + 100)) ]
}

# The queue holds 64; what comes meanwhile passes.
stand_still() {
	kill -STOP "$DAEMON_PID"
	lab_wait "questions to pass" passes_some
	kill -CONT "$DAEMON_PID"
}

stumble() {
	local _

	for _ in {1..5}; do
		served_at_fault=$(($(served) - 80))
		kill -STOP "$DAEMON_PID"
		lab_wait "questions to pass" passes_some
		kill -CONT "$DAEMON_PID"
		lab_wait "the queue to empty" queue_is_empty
	done
}

# shellcheck disable=SC2016  # $3 is awk's
queue_is_empty() {
	[ "$(lab_gateway awk '{ sum += $3 } END { print sum + 0 }' /proc/net/netfilter/nfnetlink_queue)" -eq 0 ]
}

flush_nft() {
	lab_gateway nft flush ruleset && lab_firewall gateway "$LAB_LAN" "$LAB_WAN"     # as Debian's nftables.service
	rules_come_back
}

flush_iptables() {
	lab_gateway iptables -t mangle -F
	rules_come_back
}

rules_come_back() {
	lab_wait "filterd to notice" daemon_says "no rules in the kernel"
	lab_wait "questions to pass" passes_some
	daemon_rules install
	lab_wait "filterd to notice" daemon_says "in place again"
}

install_again() {
	kill -STOP "$DAEMON_PID"
	lab_wait "questions to pass" passes_some
	daemon_rules install
	kill -CONT "$DAEMON_PID"
}

faults_open() {
	permitted
	fault "none" nothing
	tap_is "without a fault every question is an attempt in the log" "$recorded $passed $said" "$sent 0 0"
	check "kill -9" kill_it
	server_falls_silent
	check "kill -9, started under traffic" kill_and_start
	tap_ok "after kill -9 no question that was answered lacks a record" [ "$recorded" -ge "$(sums_figure blocked)" ]
	check "stopped and started" restart
	all_accounted
	check "stands still, the queue is full" stand_still
	all_accounted
	check "five times so" stumble
	all_accounted
	check "rules installed again meanwhile" install_again
	all_accounted
}

# check NAME COMMAND...: a fault in which something passes, and the log says how much.
check() {
	served_at_fault=$(served)
	fault "$@"
	tap_ok "$1: something passed unseen" [ "$unseen" -gt 0 ]
	tap_is "$1: the log says exactly how much" "$said" "$unseen"
}

# Each question is in the log or has reached the server, and none is lost.
all_accounted() {
	tap_is "and every question is accounted for" $((recorded + passed)) "$sent"
}

# Where filterd comes and goes, it may judge the answer to a question that passed unseen: then the sum of what passed is not
# that of what was unseen.
server_falls_silent() {
	lab_internet iptables -A INPUT -p udp --dport 53 -j DROP
}

faults_of_rules() {
	local what

	# Longer than this takes: what is said is said because rules come and go.
	daemon_set heartbeat 3600
	daemon_end TERM
	daemon_start || tap_bail "filterd did not start again"
	for what in "nft flush ruleset" "iptables -F"; do
		served_at_fault=$(served)
		case $what in
		nft*) fault "$what" flush_nft ;;
		*)    fault "$what" flush_iptables ;;
		esac
		tap_ok "$what: something passed unseen" [ "$unseen" -gt 0 ]
		tap_is "$what: the log does not claim to know how much" "$said" unknown
		tap_is "$what: and says that rules were missing" "$(sums_records "$((last_seq))" |
			jq -s 'any(.[].filterd; .hooks == "missing")')" true
		last_seq=$(sums_next_seq)
	done
}

faults_closed() {
	local what

	daemon_set on-failure closed
	daemon_set heartbeat 5
	daemon_end TERM
	daemon_rules install
	daemon_start || tap_bail "filterd did not start again"
	fault "closed: kill -9" kill_it
	tap_is "closed: kill -9: nothing passes, and the log says so" "$unseen $said" "0 0"
	fault "closed: stands still" hold
	tap_is "closed: a full queue: nothing passes, and the log says so" "$unseen $said" "0 0"
	what=$(sums_records | jq -s '[.[] | select(.filterd.type == "heartbeat") | .stats.capture.kernel_drops] | max')
	tap_ok "but says that the kernel dropped some" [ "$what" -gt 0 ]
	printf '# dropped by the kernel from a full queue: %s\n' "$what"
}

# Until the queue is full, and for as long as it takes until a heartbeat is due.
hold() {
	kill -STOP "$DAEMON_PID"
	sums_asked_more 300
	kill -CONT "$DAEMON_PID"
	lab_wait "a heartbeat" sums_has_heartbeats "$(($(sums_heartbeats) + 1))"
}

# One name, again and again: all but the first wait in the window when the kill comes.
repeats() {
	local since

	daemon_set repeat-window 60
	daemon_end TERM
	daemon_start || tap_bail "filterd did not start again"
	since=$(sums_next_seq)
	lab_client "$SUMS_HAMMER" "$LAB_DNS4" 400 1 "again.$suffix" >"$LAB_DIR/hammer"
	tap_is "one name 400 times: each is blocked" "$(sums_figure blocked)" 400
	tap_is "and one line stands in the log" "$(sums_attempts "$since")" 1
	daemon_end KILL
	daemon_start || tap_bail "filterd did not start again"
	tap_is "kill -9: the next start has the others" "$(sums_records "$since" | jq 'select(.filterd.type == "start").filterd.carried')" 399
	tap_is "and their lines" "$(sums_attempts "$since")" 400
	daemon_end TERM
}

# Rules of the older iptables are read back in another way.
older_iptables() {
	local name

	if ! type iptables-legacy ip6tables-legacy >/dev/null 2>&1 || ! lab_client iptables-legacy -t mangle -L >/dev/null 2>&1; then
		tap_skip "rules of the older iptables" "there is no iptables-legacy here"
		return
	fi
	daemon_rules remove
	mkdir "$LAB_DIR/older"
	for name in iptables ip6tables iptables-restore ip6tables-restore; do
		ln -s "$(command -v "${name/tables/tables-legacy}")" "$LAB_DIR/older/$name"
	done
	PATH=$LAB_DIR/older:$PATH daemon_rules install || tap_bail "the rules could not be installed"
	daemon_start || tap_bail "filterd did not start"
	tap_is "rules of iptables-legacy are found" "$(last_hooks)" ok
	lab_gateway ip6tables-legacy -t mangle -F filterd-send
	lab_wait "filterd to notice" daemon_says "no rules in the kernel"
	tap_is "and missed when one of IPv6 is gone" "$(last_hooks)" missing
	PATH=$LAB_DIR/older:$PATH daemon_rules install
	lab_wait "filterd to notice" daemon_says "in place again"
	lab_gateway iptables-legacy -t filter -D FORWARD -j filterd-verdict
	lab_wait "filterd to notice" lost_twice
	tap_is "and when a jump to a chain of ours is" "$(last_hooks)" missing
	daemon_end TERM
}

lost_twice() {
	[ "$(daemon_count_said "no rules in the kernel")" -eq 2 ]
}

last_hooks() {
	sums_records | jq -r '.filterd.hooks // empty' | tail -n 1
}

system_begin
lab_internet iptables -A INPUT -p udp --dport 53
daemon_set heartbeat 5
daemon_set length 64
system_run
heading
faults_open
last_seq=$(sums_next_seq)
faults_of_rules
faults_closed
repeats
older_iptables
tap_ok "there were heartbeats" [ "$(sums_heartbeats)" -gt 5 ]
tap_is "every heartbeat and every stop agrees with the lines before it" "$(sums_disagreeing)" ""
tap_done
