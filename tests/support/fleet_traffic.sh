# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the clients of a fleet ask, what becomes of it, and where it has a record. The caller has sourced tests/support/fleet.sh, and says with `wrong`
# what is not as it should be.

RATE=20                 # questions a second of each client, every second one prohibited
declare -A hammers
declare -A asked=([1]=0 [2]=0 [3]=0) refused=([1]=0 [2]=0 [3]=0)         # besides the hammers'
SUMS=()                 # a row a gateway, of `sums`

traffic_begin() {
	local n

	for n in "${FLEET[@]}"; do
		lab_start "client$n" "$LAB_DIR/hammer$n" "$DAEMON_BUILD/tests/hammer" "$LAB_DNS4" $RATE 3600 upd.kaspersky.com 50 example.org
		hammers[$n]=$LAB_PID
	done
}

traffic_end() {
	kill "${hammers[@]}" && wait "${hammers[@]}"
}

# figure N WORD: of what a client said at its end.
figure() { sed -n "s/^sent .*$2 \([0-9]*\).*/\1/p; s/^$2 \([0-9]*\) .*/\1/p" "$LAB_DIR/hammer$1"; }

# One page that is prohibited and one that is not, at each gateway.
pages() {
	local n

	for n in "${FLEET[@]}"; do
		fleet_at "$n"
		asked[$n]=$((asked[$n] + 1))
		if [ "$(page ds.kaspersky.com "$LAB_LISTED4")" = reset ]; then
			refused[$n]=$((refused[$n] + 1))
		else
			wrong "gw$n: a prohibited page was not reset"
		fi
		[ "$(page www.example.org "$LAB_OTHER4")" = 200 ] || wrong "gw$n: a permitted page did not come"
	done
}

# is_refused N NAME: a question, and if it is refused an attempt.
is_refused() {
	fleet_at "$1"
	[ "$(answer "$2" A "$LAB_DNS4")" = NXDOMAIN+15 ] || return
	asked[$1]=$((asked[$1] + 1))
	refused[$1]=$((refused[$1] + 1))
}

# unseen N: packets that passed while nobody judged, as the log says.
unseen() { cat "$LAB_DIR/gw$1/log/"audit*.jsonl | jq -s '[.[].filterd.unfiltered // 0] | add'; }

attempts() { cat "$@" | jq -s 'map(select(.event_type == "alert").filterd.count) | add // 0'; }

# sums N: a row; what a client learnt, and what has a record, where.
sums() {
	local n=$1 sent stopped passed silent records gateway copies live store in_store

	sent=$(($(figure "$n" sent) / 2 + $(figure "$n" sent) % 2 + asked[$n]))
	stopped=$(($(figure "$n" blocked) + refused[$n]))
	passed=$(figure "$n" passed)
	silent=$((sent - stopped - passed))
	gateway=$(cat "$LAB_DIR/gw$n/log/"audit*.jsonl | wc -l)
	records=$(attempts "$LAB_DIR/gw$n/log/"audit*.jsonl)
	copies=$(cat "$FLEET_COPIES/pulled/gw$n/"audit*.jsonl | wc -l)
	live=$(sort -u "$FLEET_COPIES/live/gw$n.example.net.jsonl" | wc -l)
	in_store=$(fleet_ask "SELECT coalesce(sum(count), 0) FROM filterd.attempts WHERE gateway = 'gw$n.example.net'")
	store=$(fleet_ask "SELECT count(*) FROM filterd.records WHERE gateway = 'gw$n.example.net'")
	SUMS+=("gw$n|$sent|$stopped|$passed|$silent|$records|$in_store|$gateway|$copies|$live|$store")
	if [ "$records" -lt "$stopped" ] || [ "$records" -gt $((stopped + silent)) ]; then
		wrong "gw$n: $stopped attempts refused, $silent without an answer, but $records recorded"
	fi
	[ "$records" = "$in_store" ] || wrong "gw$n: $records attempts in its log, $in_store in PostgreSQL"
	[ "$gateway $gateway" = "$copies $store" ] || wrong "gw$n: $gateway records, $copies of them fetched, $store in PostgreSQL"
	[ "$n" -eq 1 ] || [ "$passed $silent $(unseen "$n")" = "0 0 0" ] || wrong "gw$n: $passed passed, $silent without an answer"
	[ "$n" -ne 1 ] || [ "$passed" -le "$(unseen 1)" ] || wrong "gw1: $passed passed, but its log says $(unseen 1) packets"
}
