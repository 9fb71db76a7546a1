# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the audit log adds up to, and a client that hammers at a server. The caller has sourced tests/support/system.sh.

# shellcheck disable=SC2034  # what scripts that source this read
SUMS_HAMMER=$DAEMON_BUILD/tests/hammer

# All records, over all files of the log; since the record with the number $1, if one is given.
sums_records() {
	cat "$LAB_DIR"/log/audit*.jsonl | jq -c "select(.filterd.seq >= ${1:-0})"
}

sums_attempts() {
	sums_records "$1" | jq -s 'map(select(.event_type == "alert").filterd.count) | add // 0'
}

sums_next_seq() {
	sums_records | tail -n 1 | jq '.filterd.seq + 1'
}

# sums_has_attempts SEQ NUMBER
sums_has_attempts() {
	[ "$(sums_attempts "$1")" -ge "$2" ]
}

# Controls whose count is not the sum of the lines since the start, with what is pending. AUDIT: every one agrees.
sums_disagreeing() {
	sums_records | jq -s -r 'sort_by(.filterd.seq) | foreach .[] as $r ({ sum: 0 };
		.bad = null |
		if $r.filterd.type == "start" then .sum = 0
		elif $r.event_type == "alert" then .sum += $r.filterd.count
		elif $r.filterd.type == "gap" then .sum += ([$r.filterd.counts[]] | add // 0)
		elif ($r.filterd.type == "heartbeat" or $r.filterd.type == "stop")
			and $r.filterd.attempts != .sum + ($r.filterd.pending // 0) then .bad = $r.filterd.seq
		else . end; .bad // empty)'
}

# sums_asked: packets that the client has sent, most of which are questions. sums_asked_more NUMBER: waits until it has sent so many more.
sums_asked() {
	lab_client cat /sys/class/net/eth0/statistics/tx_packets
}

sums_asked_more() {
	local before

	before=$(sums_asked)
	lab_wait "more questions" sums_has_asked $((before + $1))
}

sums_has_asked() {
	[ "$(sums_asked)" -gt "$1" ]
}

sums_heartbeats() {
	sums_records 0 | grep -c '"type":"heartbeat"'
}

sums_has_heartbeats() {
	[ "$(sums_heartbeats)" -ge "$1" ]
}

# sums_figure WORD: a number of what the hammer said at its end, in $LAB_DIR/hammer.
sums_figure() {
	sed -n "s/.*$1 \([0-9]*\).*/\1/p" "$LAB_DIR/hammer"
}
