#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Plays variants of connections to real servers through filterd: what a server takes for a prohibited name, filterd has recorded
# and stopped; and ordinary clients reach permitted names. scripts/adversary goes on from here with other seeds.
#
#   adversary.sh BUILD [nat|plain]          a gateway with NAT and a firewall, or one that only routes
set -u
LAB_VARIANT=${2:-nat}
# shellcheck source=tests/adversary/lab.sh
. "$(dirname "$0")/lab.sh"

# So many variants of one seed, bounded by their number and not by the clock: each run plays the same ones.
NUM_STRICT=2500 NUM_OTHERS=1500 NUM_ORDINARY=300

# Behind NAT a gateway that forgets a connection ends it, with or without filterd: nobody could say who stopped it.
FORGOTTEN=forgotten,forgotten-in-the-handshake,forgotten-all-the-time,port-used-again-after-it-was-forgotten,port-used-again-in-any-order
LEFT_OUT=none
[ "$LAB_VARIANT" != nat ] || LEFT_OUT=$FORGOTTEN

# What first = the first request alone leaves unread, as it says.
LATER=later-request,later-stream,name-from-the-table,upgrade,refused-first

# play WHAT ARGUMENT...
play() {
	local what=$1 status=0

	shift
	adversary_play --quiet --prefix "# " "$@" || status=$?
	tap_case "$status" "$what"
}

servers() {
	local name

	for name in "${SERVERS_ABSENT[@]}"; do
		tap_skip "server ${name%%:*}" "${name#*: }"
	done
}

# shellcheck disable=SC2317  # tap_ok calls it
multipath() {
	/usr/bin/python3 -B "$DAEMON_SOURCE/tests/adversary/multipath.py" "$@"
}
export -f multipath
export DAEMON_SOURCE

# A client with two addresses, whose kernel would send its hello by two paths: a server must find plain TCP.
multipath_is_plain() {
	local said=$LAB_DIR/multipath.said port=4443

	lab_client ip addr add 192.0.2.77/24 dev eth0 && lab_client ip mptcp limits set subflow 2 add_addr_accepted 2 &&
		lab_client ip mptcp endpoint add 192.0.2.77 dev eth0 subflow || return
	lab_start internet "$said" bash -c 'multipath "$@"' bash serve "$LAB_OTHER4" $port
	lab_wait "a server of Multipath TCP" grep -q listening "$said" || return
	lab_client bash -c 'multipath "$@"' bash ask "$LAB_OTHER4" $port www.example.org
	lab_wait "what became of it" grep -q "^plain\\|^multipath" "$said" || return
	lab_client bash -c 'multipath "$@"' bash ask "$LAB_OTHER4" $port "$SERVERS_PROHIBITED"
	sed 's/^/# /' "$said"
	# The permitted hello came whole; of the other one, no more than the half without the name.
	! grep -q "^multipath" "$said" && grep -q "^plain 191$" "$said" && ! grep -q "^plain 202$" "$said"
}

/usr/bin/python3 -c 'import cryptography' 2>/dev/null || tap_skip_all "python3-cryptography is missing; run as root: scripts/install test"
adversary_up strict
servers
play "strict settings, $LAB_VARIANT: what servers take is recorded, and nothing is served" --seed "$LAB_VARIANT" --count $NUM_STRICT --without $LEFT_OUT
if lab_client ip mptcp limits show >/dev/null 2>&1; then
	status=0
	multipath_is_plain || status=$?
	tap_case "$status" "a client of Multipath TCP comes to its server by plain TCP"
else
	tap_skip "Multipath TCP" "neither this kernel nor ip has it"
fi
if [ "$LAB_VARIANT" = nat ]; then
	adversary_settings observe
	play "observed only: what servers take is recorded" --seed observed --count $NUM_OTHERS --settings observe --without $LEFT_OUT
	adversary_settings defaults
	play "shipped settings: what servers take is recorded" --seed shipped --count $NUM_OTHERS --settings defaults --without $LATER,$LEFT_OUT
	adversary_settings strict
	status=0
	adversary_ordinary --number $NUM_ORDINARY --prefix "# " || status=$?
	tap_case "$status" "ordinary clients get every permitted page, and nobody is accused"
fi
tap_ok "filterd ends cleanly" daemon_end
tap_done
