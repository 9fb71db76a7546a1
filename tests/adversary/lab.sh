# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The adversary's lab: that of the system tests, with servers of its own, clients that no kernel knows, and a hop more behind
# the gateway. The test was called with the build folder.

# shellcheck source=tests/support/system.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/system.sh"
# shellcheck source=tests/adversary/servers.sh
. "$DAEMON_SOURCE/tests/adversary/servers.sh"

# These take the ports that the lab's own would have.
lab_web_server() { :; }
lab_serves() { :; }

LAB_PATIENCE_S=60                       # a server that takes longer is not there
ADVERSARY_NETWORK=198.18.0.0/16         # of the players' addresses: kept for benchmarks (RFC 2544)
ADVERSARY_NETWORK6=2001:db8:18::/64

# adversary_configure: the shipped policy, and that of the stories (tests/replay), among which what is found here belongs. Room
# for all: a thousand clients a minute leave their connections open, and this is not about whom filterd forgets, nor about how much
# one may send.
adversary_configure() {
	cp "$DAEMON_SOURCE"/tests/replay/{story.policy,*.list} "$DAEMON_DIR/config/policy/" &&
		daemon_set files "policy/kaspersky-us.policy policy/story.policy" &&
		daemon_set hellos 16384 && daemon_set flows 262144 && daemon_set segment 1024 && daemon_set source-rate 0 &&
		chmod -R a+rX "$DAEMON_DIR/config"
}

# adversary_settings strict|defaults|observe: what filterd runs with; it takes them at once if it runs.
adversary_settings() {
	local setting action=block

	[ "$1" != defaults ] || action=log
	for setting in over-limit ech quic-unreadable unreadable; do
		! grep -q "^$setting *=" "$DAEMON_CONF" || daemon_set $setting $action
	done
	daemon_set http-requests "$([ "$1" = defaults ] && echo first || echo all)"
	daemon_set mode "$([ "$1" = observe ] && echo observe || echo enforce)"
	[ -z "$DAEMON_PID" ] || system_reload
}

# adversary_up SETTINGS: servers, clients, filterd. ADVERSARY_BARE=yes leaves filterd out: what do servers take?
adversary_up() {
	system_begin
	if ! adversary_configure || ! adversary_settings "$1"; then
		tap_bail "the settings could not be made"
	fi
	if ! servers_up || ! adversary_clients; then
		tap_bail "the servers did not start"
	fi
	[ "${ADVERSARY_BARE:-no}" = yes ] || system_run
}

# The gateway sends what is for them to the client's namespace, whose kernel does not know them and says nothing.
adversary_clients() {
	ip -n "$LAB_ID-gateway" route add "$ADVERSARY_NETWORK" via "$LAB_CLIENT4" dev "$LAB_LAN" &&
		ip -n "$LAB_ID-gateway" route add "$ADVERSARY_NETWORK6" via "$LAB_CLIENT6" dev "$LAB_LAN" || return
	# Many connections are never ended: their ports must be free when all others were used.
	lab_set client net.ipv4.ip_forward=0 && lab_set gateway net.netfilter.nf_conntrack_tcp_timeout_established=60 || return
	# One hop more: what arrives with its last life goes no further.
	lab_internet iptables -A INPUT -m ttl --ttl-lt 2 -j DROP
	lab_internet ip6tables -A INPUT -m hl --hl-lt 2 -p tcp -j DROP
	# Servers that ask whether a silent client is still there do it soon.
	lab_set internet net.ipv4.tcp_keepalive_time=1 net.ipv4.tcp_keepalive_intvl=1 || return
	ADVERSARY_MAC=$(ip -n "$LAB_ID-gateway" -br link show "$LAB_LAN" | awk '{ print $3 }')
}

# adversary_play ARGUMENT...: filterd runs meanwhile.
adversary_play() {
	lab_client /usr/bin/python3 -B "$DAEMON_SOURCE/tests/adversary/adversary.py" --servers "$SERVERS_JSON" --took "$LAB_DIR/took" \
		--audit "$DAEMON_AUDIT" --gateway "$ADVERSARY_MAC" --namespace "/run/netns/$LAB_ID-gateway" --serial "$LAB_DIR/serial" --lab "$LAB_VARIANT" --replay "$DAEMON_BUILD/filterd/filterctl replay -c $DAEMON_CONF" "$@"
}

# adversary_ordinary ARGUMENT...
adversary_ordinary() {
	[ -e "$LAB_DIR/go-client" ] || servers_go_program client "$DAEMON_SOURCE/tests/adversary/clients/client.go" || true
	lab_client /usr/bin/python3 -B "$DAEMON_SOURCE/tests/adversary/ordinary.py" --servers "$SERVERS_JSON" --audit "$DAEMON_AUDIT" \
		--certificate "$LAB_DIR/certificates/permitted.crt" --go "$LAB_DIR/go-client" "$@"
}
