#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Four honest clients beside one that floods the queue, with each kind of packet that means to be expensive: theirs is blocked, recorded
# and answered throughout; what the flood lost, and whose it was, is in the log. What it takes is bounded by counts, not by speed.
#
#   tests/system/flood.sh BUILD [SECONDS [KIND...]]     SECONDS: each kind floods so long at least; default 3
#
# FLOOD_LIMIT=0 shows what the limit is for; it and FLOOD_RATE are in packets a second.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/support/sums.sh
. "$(dirname "$0")/../support/sums.sh"

seconds=${2:-3}
kinds=("${@:3}")
[ $# -gt 2 ] || mapfile -t kinds < <("$DAEMON_BUILD/tests/flood" kinds)
listed=ds.kaspersky.com
honest=(client honest2 honest3 honest4)
declare -A address=([client]=$LAB_CLIENT4 [honest2]=192.0.2.12 [honest3]=192.0.2.13 [honest4]=192.0.2.14 [attacker]=192.0.2.66)
LAB_NAMESPACES=(client gateway internet honest2 honest3 honest4 attacker)
RATE=${FLOOD_RATE:-20000}       # packets a second that the attacker sends if it can

# One network behind the gateway's lan0: a bridge.
# shellcheck disable=SC2317  # lab_up's
lab_lan() {
	local where

	ip -n "$LAB_ID-gateway" link add "$LAB_LAN" type bridge || return
	for where in "${honest[@]}" attacker; do
		lab_link "$where" eth0 gateway "to-$where" && ip -n "$LAB_ID-gateway" link set "to-$where" master "$LAB_LAN" up || return
		[ "$where" = client ] || lab_address "$where" eth0 "${address[$where]}/24" || return
	done
}

# shellcheck disable=SC2317  # tap_ok's
others_have_ways() {
	local where

	for where in honest2 honest3 honest4 attacker; do
		lab_default "$where" "$LAB_GATEWAY4" || return
	done
	# What it sends has no socket: its host must not end that.
	lab_in attacker iptables -A INPUT -i eth0 -p tcp -j DROP
}

# honest WHERE: goes on until the flood is over, a line a round.
honest() {
	LAB_CLIENT=$1
	while [ -e "$LAB_DIR/flooding" ]; do
		echo "$(answer "$listed" A "$LAB_DNS4") $(page "$listed" "$LAB_LISTED4") $(answer www.example.org A "$LAB_DNS4")" \
			"$(page www.example.org "$LAB_OTHER4")"
	done >"$LAB_DIR/rounds-$1"
}

# shellcheck disable=SC2317  # lab_wait's
all_went_round() {
	local where

	for where in "${honest[@]}"; do
		[ "$(wc -l <"$LAB_DIR/rounds-$where")" -ge 2 ] || return
	done
}

# over_rate SEQ: packets dropped since that record, as heartbeats say; sources SEQ: whose.
over_rate() { sums_records "$1" | jq -s 'map(.filterd.over_rate // 0) | add'; }
sources() { sums_records "$1" | jq -r '.filterd.sources // [] | .[] | .ip, .mac | strings' | sort -u; }

# shellcheck disable=SC2317  # lab_wait's
log_says_whose() { [ "$(over_rate "$1")" -gt 0 ] && { [ "$2" = nobody ] || sources "$1" | grep -qxF "$2"; }; }

# flood KIND
flood() {
	local kind=$1 since where rounds blocked pids=() source begin=$SECONDS

	source=$(lab_in attacker cat /sys/class/net/eth0/address)
	[ "$kind" != made-up ] || source=nobody         # it has as many as it sends
	since=$(sums_next_seq)
	: >"$LAB_DIR/flooding"
	lab_start attacker "$LAB_DIR/flood.log" "$DAEMON_BUILD/tests/flood" "$kind" "$RATE" 300 "${address[attacker]}" "$LAB_LISTED4" \
		"$(ip -n "$LAB_ID-gateway" -br link show "$LAB_LAN" | awk '{ print $3 }')"
	for where in "${honest[@]}"; do
		honest "$where" &
		pids+=($!)
	done
	tap_ok "$kind: the log says that packets were dropped, and whose" lab_wait "the record" log_says_whose "$since" "$source"
	lab_wait "two rounds of each" all_went_round
	while [ $((SECONDS - begin)) -lt "$seconds" ]; do sleep 0.2; done
	tap_ok "$kind: it floods still" kill "$LAB_PID"
	wait "$LAB_PID"
	rm "$LAB_DIR/flooding"
	wait "${pids[@]}"
	for where in "${honest[@]}"; do
		rounds=$(wc -l <"$LAB_DIR/rounds-$where")
		tap_is "$kind: $where is blocked and answered throughout" "$(sort -u "$LAB_DIR/rounds-$where")" "NXDOMAIN+15 reset NOERROR 200"
		blocked=$(sums_records "$since" | jq -c "select(.filterd.type == \"block\" and .src_ip == \"${address[$where]}\")" | wc -l)
		tap_below "$kind: each of its attempts is recorded" $((2 * rounds - 1)) "$blocked"
		tap_ok "$kind: it is not named" not_named "$since" "$where"
	done
	lab_wait "a heartbeat about the end" sums_has_heartbeats $(($(sums_heartbeats) + 1))
	tap_is "$kind: nothing passed unseen" "$(sums_records "$since" | jq -s 'map(.filterd.unfiltered // 0) | add')" 0
	echo "# $kind: $(cat "$LAB_DIR/flood.log"), $(over_rate "$since") dropped: $(sources "$since" | paste -sd' ')"
}

# shellcheck disable=SC2317  # tap_ok's
not_named() {
	! sources "$1" | grep -qxF "$(lab_in "$2" cat /sys/class/net/eth0/address)"
}

system_begin
tap_ok "five clients of one network" others_have_ways || tap_bail "no way"
daemon_set source-rate "${FLOOD_LIMIT:-500}"
daemon_set heartbeat 5
system_run
for kind in "${kinds[@]}"; do
	flood "$kind"
done
tap_like "status says so" "$(lab_gateway "$DAEMON_BUILD/filterd/filterctl" status -c "$DAEMON_CONF")" "beyond that dropped"
tap_ok "so does a message" daemon_says "packets were dropped since the last heartbeat, beyond source-rate"
tap_ok "filterd ends cleanly" daemon_end
tap_like "the log verifies" "$("$DAEMON_BUILD/filterd/filterctl" audit verify --key "$LAB_DIR/keys/audit.vkey" "$LAB_DIR/log" | tail -n 1)" \
	"^result +complete up to its stop at [-0-9 :]+; nothing vouches that nothing came after$"
tap_done
