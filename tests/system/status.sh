#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl status and the file of metrics: what they say while filterd blocks, while something is wrong, and when it does not run.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=dnl-01.geo.kaspersky.com
metrics=$LAB_DIR/run/filterd.prom

status() { lab_gateway "$DAEMON_BUILD/filterd/filterctl" status -c "$DAEMON_CONF" "$@"; }

# said: exit status and the first line.
said() {
	local text code=0

	text=$(status 2>&1) || code=$?
	echo "$code ${text%%$'\n'*}"
}

# member JQ_PATH: of the JSON, asked as a user who is nobody in particular.
member() {
	lab_gateway setpriv --reuid=65533 --regid=65533 --clear-groups "$DAEMON_BUILD/filterd/filterctl" status -c "$DAEMON_CONF" --json |
		jq -r "$1"
}

# shellcheck disable=SC2317  # lab_wait calls these
is_member() { [ "$(member "$1")" = "$2" ]; }
# shellcheck disable=SC2317
metrics_say() { grep -qx "$1" "$metrics"; }

not_running() {
	tap_is "without rules and filterd: not running" "$(said)" "3 filterd does not run."
	tap_like "and packets pass" "$(status)" "rules +missing: no packet reaches filterd, all pass unseen"
	daemon_rules install
	tap_like "with rules and on-failure = open they pass too" "$(status)" "on-failure = open: packets pass unseen"
	tap_is "which programs learn as well" "$(status --json | jq -c .)" \
		'{"running":false,"good":false,"attention":["filterd does not run."],"kernel":{"rules":"ok","packets":"pass"}}'
	daemon_set on-failure closed
	tap_is "closed in the settings alone changes nothing" "$(status --json | jq -r .kernel.packets)" pass
	daemon_rules install
	tap_is "closed in the rules: they are dropped" "$(status --json | jq -r .kernel.packets)" dropped
	tap_like "which is said loudly" "$(status)" "new connections are DROPPED until filterd runs"
	daemon_set on-failure open
	tap_is "a word too many is wrong usage" "$(status now >/dev/null 2>&1; echo $?)" 64
}

good() {
	tap_is "while it blocks: status 0, and the first line says so" "$(said)" \
		"0 filterd blocks what its policy says, and nothing needs attention."
	answer "$listed" A "$LAB_DNS4" >/dev/null
	page "$listed" "$LAB_LISTED4" >/dev/null
	tap_ok "what is blocked is counted by category and layer, for any user" lab_wait "the count" is_member \
		'[.attempts.by[] | select(.type == "block") | "\(.category)/\(.layer)/\(.count)"] | sort | join(" ")' \
		"update/dns/1 update/tls/1"
	tap_is "the sum agrees" "$(member .attempts.blocked)" 2
	tap_is "it is the one of this log" "$(member '"\(.log.file) \(.pid)"')" "$DAEMON_AUDIT $DAEMON_PID"
	tap_is "its next record is the log's" "$(member .log.next_seq)" "$(($(tail -n 1 "$DAEMON_AUDIT" | jq .filterd.seq) + 1))"
	tap_is "the policy is the log's" "$(member .policy.sha256)" \
		"$(jq -r 'select(.filterd.type == "start").filterd.policy // empty' "$DAEMON_AUDIT" | head -n 1)"
	tap_is "its queue is there, with its flows" "$(member '"\(.queues[0].queue) \(.queues[0].flows > 0)"')" "7100 true"
	tap_is "the JSON says that all is good" "$(member '"\(.running) \(.good) \(.state) \(.kernel.rules)"')" "true true enforcing ok"
}

# What an owner sees of it.
board() {
	local json

	json=$(lab_gateway "$DAEMON_BUILD/filterd/filterctl" board --json -c "$DAEMON_CONF")
	tap_is "the board has the same answer, and its level" "$(jq -r '.status | "\(.level): \(.answer)"' <<<"$json")" \
		"good: filterd blocks what its policy says, and nothing needs attention."
	tap_is "the device, with what it wanted" \
		"$(jq -r '.devices[] | "\(.device) \(.is_new) \(.still) \(.attempts) \(.blocked) \(.last_host)"' <<<"$json")" \
		"$(lab_client cat /sys/class/net/eth0/address) true true 2 2 $listed"
	tap_is "the policy in force" "$(jq -r '.policies[0] | [.title, .serial, .effective] | join("|")' <<<"$json")" \
		"$(jq -r 'select(.filterd.policies).filterd.policies[0] | [.title, .serial // ""] | join("|")' "$DAEMON_AUDIT" | tail -n 1)|2024-09-29T04:00:00Z"
	tap_is "today, and before that nothing" "$(jq -r '[.days[] | "\(.attempts) \(.why)"] | group_by(.) | map(.[0]) | join(", ")' <<<"$json")" \
		"2 null, null before the log began"
	tap_like "and a line for each of the last attempts" \
		"$(lab_gateway "$DAEMON_BUILD/filterd/filterctl" recent -c "$DAEMON_CONF")" "dns   blocked     $listed.*tls   blocked     $listed"
}

prometheus() {
	tap_ok "the metrics have the blocked attempts" lab_wait "the metrics" metrics_say \
		'filterd_blocked_total{category="update",layer="dns"} 1'
	tap_ok "and the state" metrics_say 'filterd_state{state="enforcing"} 1'
	tap_is "others may read them" "$(stat -c %a "$metrics")" 644
	tap_is "nothing half-written lies beside them" "$(find "$LAB_DIR/run" -name '*.tmp')" ""
	# What the last verification found is there once there was one.
	lab_gateway "$DAEMON_BUILD/filterd/filterctl" audit verify -c "$DAEMON_CONF" >/dev/null
	tap_ok "and what the last verification found" lab_wait "the metrics" metrics_say "filterd_audit_unsound 0"
	# So is what a feed says.
	lab_gateway "$DAEMON_BUILD/filterd/filterctl" feed -c "$DAEMON_CONF" same "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "nothing new" >/dev/null
	tap_ok "and what the feed said" lab_wait "the metrics" metrics_say "filterd_feed_refused 0"
	if tap_can "promtool finds nothing wrong" promtool; then
		tap_is "promtool finds nothing wrong" "$(promtool check metrics <"$metrics" 2>&1; echo $?)" 0
		tap_ok "nor with the alarms" promtool check rules "$DAEMON_SOURCE/config/prometheus/filterd.rules.yml"
		tap_is "which ask for no metric that there is not" "$(comm -23 \
			<(grep -o 'filterd_[a-z_]*' "$DAEMON_SOURCE/config/prometheus/filterd.rules.yml" | sort -u) \
			<(grep -o '^filterd_[a-z_]*' "$metrics" | sort -u))" ""
	fi
}

trouble() {
	lab_gateway ip6tables -t mangle -F filterd-send
	tap_ok "rules that are gone need attention" lab_wait "the answer" is_member .kernel.rules missing
	tap_like "which the first lines say" "$(status)" "^filterd runs, but needs attention:.*run filterctl rules install"
	tap_is "with status 1" "$(status >/dev/null; echo $?)" 1
	daemon_rules install
	daemon_set mode observe
	system_reload
	tap_ok "so does observing" lab_wait "the answer" is_member '"\(.state) \(.good)"' "observing false"
	daemon_set mode enforce
	system_reload
	tap_ok "which ends with it" lab_wait "the answer" is_member .good true
}

# Clients that connect and say nothing, more than are let in.
crowd() {
	local pid

	lab_start gateway "$LAB_DIR/crowd" python3 -c '
import socket, sys, time
held = []
for i in range(40):
    s = socket.socket(socket.AF_UNIX)
    s.setblocking(False)
    try:
        s.connect(sys.argv[1])
    except BlockingIOError:
        pass
    held.append(s)
print("held", flush=True)
time.sleep(1000)
' "$LAB_DIR/run/control"
	pid=$LAB_PID
	lab_wait "the crowd" grep -q held "$LAB_DIR/crowd"
	tap_ok "a crowd of silent clients keeps nobody out" lab_wait "the answer" is_member .good true
	tap_is "and filterd filters on" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	kill "$pid"
}

ends() {
	kill -STOP "$DAEMON_PID"
	tap_like "a filterd that stands still is told from one that does not run" "$(said)" \
		"^1 filterd runs, but does not answer at $LAB_DIR/run/control: (Connection|Operation) timed out\.$"    # glibc, musl
	kill -CONT "$DAEMON_PID"
	daemon_end KILL
	tap_is "killed: not running" "$(said)" "3 filterd does not run."
	daemon_start || tap_bail "filterd did not start again"
	tap_is "started again it answers on the same socket" "$(said)" \
		"0 filterd blocks what its policy says, and nothing needs attention."
	daemon_end TERM
	tap_ok "an orderly end leaves no socket" [ ! -e "$LAB_DIR/run/control" ]
	daemon_set control ""
	daemon_start || tap_bail "filterd did not start without a socket"
	tap_is "without a socket it is seen by its log" "$(said)" "1 filterd runs, but has no control socket: [daemon] control is empty."
	daemon_end TERM
}

system_begin
daemon_set metrics "$metrics"
not_running
system_run
good
board
prometheus
trouble
crowd
ends
tap_done
