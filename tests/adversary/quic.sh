#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Sends variants of QUIC connections to real servers, once beside filterd and once through it: what a server takes for a prohibited
# name is recorded, and the server does not go on with it; ordinary clients get every permitted page.
#
#   quic.sh BUILD                    the fixed run
#   quic.sh BUILD OPTION...          those of quic.py instead: --seed SEED --minutes N --stories FOLDER ...; --settings as lab.sh has it
set -u
# shellcheck source=tests/adversary/lab.sh
. "$(dirname "$0")/lab.sh"
# shellcheck source=tests/adversary/servers_quic.sh
. "$DAEMON_SOURCE/tests/adversary/servers_quic.sh"
shift

NUM_VARIANTS=400 NUM_PAGES=5

# Each variant comes from an address of its own.
clients() {
	ip -n "$LAB_ID-client" route add local 198.18.0.0/16 dev lo && ip -n "$LAB_ID-client" -6 route add local 2001:db8:18::/64 dev lo &&
		ip -n "$LAB_ID-internet" route add local 198.19.0.0/16 dev lo && ip -n "$LAB_ID-internet" -6 route add local 2001:db8:19::/64 dev lo &&
		ip -n "$LAB_ID-gateway" route add "$ADVERSARY_NETWORK" via "$LAB_CLIENT4" dev "$LAB_LAN" &&
		ip -n "$LAB_ID-gateway" route add "$ADVERSARY_NETWORK6" via "$LAB_CLIENT6" dev "$LAB_LAN" || return
	# A silence of seconds has to be enough for the gateway to forget.
	lab_set gateway net.netfilter.nf_conntrack_udp_timeout=2 net.netfilter.nf_conntrack_udp_timeout_stream=2 || return
	lab_internet iptables -A INPUT -m ttl --ttl-lt 2 -j DROP
	lab_internet ip6tables -A INPUT -m hl --hl-lt 2 -p udp -j DROP
}

quic_py() {
	/usr/bin/python3 -B "$DAEMON_SOURCE/tests/adversary/quic.py" --servers "$SERVERS_QUIC" --addresses "$LAB_LISTED4,$LAB_LISTED6" \
		--beside "/run/netns/$LAB_ID-internet" --through "/run/netns/$LAB_ID-client" --audit "$DAEMON_AUDIT" \
		--replay "$DAEMON_BUILD/filterd/filterctl replay -c $DAEMON_CONF" "$@"
}

# Those of each client and each server that are here: no page is lost, and nobody is accused.
ordinary() {
	local before client name port

	before=$(daemon_count 'true')
	quic_go_program client "$DAEMON_SOURCE/tests/adversary/clients/quic.go" || tap_skip "quic-go as a client" "it does not compile"
	while read -r name port; do
		for client in gtlsclient quic-go; do
			[ $client != quic-go ] || [ -x "$LAB_DIR/quic-client" ] || continue
			tap_is "$client gets every page of $name" "$(quic_page $client "$port" $NUM_PAGES)" $NUM_PAGES
		done
	done <"$SERVERS_QUIC"
	if command -v chromium >/dev/null; then
		tap_is "Chromium gets a page of quic-go" "$(quic_page chromium 4443 1)" 1
	fi
	tap_is "nobody is accused" $(($(daemon_count 'true') - before)) 0
}

/usr/bin/python3 -c 'import cryptography' 2>/dev/null || tap_skip_all "python3-cryptography is missing; run as root: scripts/install test"
settings=strict arguments=("$@")
while [ $# -gt 0 ]; do
	[ "$1" != --settings ] || settings=${2:?}
	shift
done
system_begin
if ! adversary_configure || ! adversary_settings "$settings" || ! clients; then
	tap_bail "the lab could not be set up"
fi
servers_quic_up || tap_bail "no server of QUIC is here: ${SERVERS_QUIC_ABSENT[*]}"
system_run
if [ ${#arguments[@]} -gt 0 ]; then
	quic_py "${arguments[@]}"
	exit
fi
for absent in "${SERVERS_QUIC_ABSENT[@]}"; do
	tap_skip "server ${absent%%:*}" "${absent#*: }"
done
status=0
quic_py --quiet --prefix "# " --count $NUM_VARIANTS || status=$?
tap_case "$status" "what servers take is recorded, and they do not go on with it; permitted names are served"
ordinary
tap_ok "filterd ends cleanly" daemon_end
tap_done
