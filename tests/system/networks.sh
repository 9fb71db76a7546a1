#!/bin/bash
# SPDX-License-Identifier: MIT
#
# One table: the networks that people have, by what a client asks there. Each cell is a case: what the client gets and what is
# on record, with the policy enforced and with it only observed, over IPv4 and IPv6.
#
#   tests/system/networks.sh BUILD                  all networks of tests/system/networks/variants.sh, two at a time
#   tests/system/networks.sh BUILD VARIANT...       these
#   tests/system/networks.sh BUILD --emulator [VARIANT...]  with nft's rules, on a stock kernel in an emulator; tests/meson.build
#                                                   names some, as all of them take a quarter of an hour
set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/system.sh
. "$here/../support/system.sh"
# shellcheck source=tests/system/networks/questions.sh
. "$here/networks/questions.sh"
# shellcheck source=tests/system/networks/variants.sh
. "$here/networks/variants.sh"
# shellcheck source=tests/system/networks/wires.sh
. "$here/networks/wires.sh"
# shellcheck source=tests/system/networks/emulator.sh
. "$here/networks/emulator.sh"

BACKEND=${NETWORKS_BACKEND:-iptables}   # whose rules; kernels of our own machines rarely have nft's queue
AT_ONCE=${NETWORKS_AT_ONCE:-2}          # networks side by side

# has STEP: does the variant have one of its own?
has() { declare -F "$1_$variant" >/dev/null; }

# step STEP: what the variant does then, if anything.
step() {
	has "$1" || return 0
	"$1_$variant" || tap_bail "$variant: the step '$1' failed"
}

# The steps of a variant, each a function STEP_VARIANT: needs (can it be made here? if not, $TAP_MISSING says why), lab (before
# anything is there), before (the lab stands, filterd does not yet run), after (it runs), also (further cases, while all is
# enforced), at_last (once all records are read), unlike (has a row no sense there?).
network() {
	variant=$1 title="$BACKEND, ${TITLES[$1]}"
	! has needs || "needs_$variant" || tap_skip_all "$TAP_MISSING"
	step lab
	questions_for "${FAMILIES[@]}"
	system_begin
	daemon_set backend "$BACKEND"
	daemon_set heartbeat 5
	client_mac=$(lab_client cat /sys/class/net/eth0/address)
	quic_servers
	step before
	system_run
	step after
	downloads
	ask_all enforce
	step also
	daemon_set mode observe
	system_reload
	ask_all observe
	tap_ok "$title: filterd ends cleanly" daemon_end
	read_records
	judge
	tap_is "$title: nothing passed unseen" "$(jq -s '[.[].filterd.unfiltered // 0] | add' "$DAEMON_AUDIT")" 0
	step at_last
	tap_done
}

# All in the order of the table, some of them at once.
table() {
	local name next=0 num=$#
	local -a names=("$@") pids=()

	for name; do
		while [ "$next" -lt "$num" ] && [ "$next" -lt $((${#merged[@]} + AT_ONCE)) ]; do
			"$0" "$DAEMON_BUILD" --one "${names[next]}" >"$work/${names[next]}" 2>"$work/${names[next]}.errors" &
			pids[next]=$!
			next=$((next + 1))
		done
		wait "${pids[${#merged[@]}]}"
		sed 's/^/# /' "$work/$name.errors" >>"$work/$name"
		tap_merge "${TITLES[$name]}" "$work/$name"
		merged+=("$name")
	done
}

case ${2:-} in
--one)
	network "$3"
	;;
--emulator)
	shift 2
	[ $# -gt 0 ] || set -- "${NAMES[@]}"
	in_the_emulator "$@"
	;;
*)
	[ "$(id -u)" -eq 0 ] || tap_skip_all "network namespaces need root"
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM HUP
	merged=()
	shift
	[ $# -gt 0 ] || set -- "${NAMES[@]}"
	table "$@"
	tap_done
	;;
esac
