#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Tricks that need a real kernel on the way: decoys, resets, fragments, disorder. Each must end in a reset (QUIC: in
# an ICMP error) and in one record; the same trick with a permitted name must not.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=ds.kaspersky.com

try() {
	lab_client /usr/bin/python3 "$DAEMON_SOURCE/tests/system/evader.py" "$@"
}

# trick NAME WANTED [SERVER]: what the client sees, and that it is one record more.
trick() {
	local before

	before=$(daemon_count '.filterd.type == "block"')
	tap_is "$1: the client sees $2" "$(try "$1" "${3:-$LAB_LISTED4}" "$listed" 2>&1)" "$2"
	tap_is "$1: one record" $(($(daemon_count '.filterd.type == "block"') - before)) 1
}

# Takes datagrams and says nothing, so that an ICMP error is the filter's and not the server's. Prints a line when ready.
sink() {
	lab_start internet "$LAB_DIR/sink.log" /usr/bin/python3 -uc "
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(('::', 443))
print('ready')
while True:
    s.recv(2048)"
	lab_wait "the sink" grep -q ready "$LAB_DIR/sink.log"
}

# ngtcp2's server, which answers, and so decides flows.
# shellcheck disable=SC2317  # tap_ok calls it
quic_server() {
	lab_start internet "$LAB_DIR/quic.log" gtlsserver -q -d "$LAB_DIR/www" "$LAB_LISTED4" 8443 "$LAB_DIR/server.key" "$LAB_DIR/server.pem"
	lab_wait "the QUIC server" quic_listens
}
# shellcheck disable=SC2317  # lab_wait calls it
quic_listens() { lab_internet ss -Hlun 'sport = 8443' | grep -q .; }

# What was decided of a flow must not hold for a connection that begins later. The one behind Initials that cannot be
# opened has two records: that of the setting is none of a block.
quic_tricks() {
	local name

	tap_has gtlsserver || return 0
	tap_ok "a QUIC server listens" quic_server || return
	for name in quic-another quic-behind-junk quic-behind-initials quic-from-53 quic-from-two-ports; do
		trick "$name" unreachable
	done
	tap_is "quic-behind-junk, with a permitted name: the server answers" \
		"$(try quic-behind-junk "$LAB_LISTED4" www.example.org 2>&1)" answer
}

# One hop more behind the gateway: what arrives with its last life goes no further.
far_away() {
	lab_internet iptables -A INPUT -m ttl --ttl-lt 2 -j DROP
}

tricks() {
	local name

	for name in whitewash low-ttl bad-checksum md5 no-ack wrong-seq reset-low-ttl reset-wrong-seq fin-low-ttl reversed one-byte \
		left-overlap fragments tls-records http-split http-absolute connect socks; do
		trick "$name" reset
	done
	for name in quic quic-reversed quic-v2 quic-forged; do
		trick "$name" unreachable
	done
	trick forged-query nxdomain "$LAB_DNS4"
	quic_tricks
	if /usr/bin/python3 -c 'import scapy' 2>/dev/null; then
		trick quic-behind-options unreachable "$LAB_LISTED6"
	else
		tap_skip "quic-behind-options" "python3-scapy is missing; run as root: scripts/install test"
	fi
}

# A pass is final once the server has acknowledged what was judged, and not before.
download() {
	local before

	before=$(daemon_num_queued)
	tap_is "2 MB of a free host arrive" "$(lab_client curl -sS --max-time 300 --cacert "$LAB_CA" \
		--resolve "www.example.org:443:$LAB_OTHER4" https://www.example.org/2mb | wc -c)" 2097152
	tap_below "six packets of it, at most, went through the queue" $(($(daemon_num_queued) - before)) 7
}

# Where conntrack does not sum packets, nobody does before us.
unsummed() {
	local before

	lab_set gateway net.netfilter.nf_conntrack_checksum=0
	before=$(daemon_count 'true')
	tap_is "spoiled-query, not summed by conntrack: the client sees nothing" "$(try spoiled-query "$LAB_DNS4" "$listed" 2>&1)" nothing
	tap_is "spoiled-query: no record" $(($(daemon_count 'true') - before)) 0
	lab_set gateway net.netfilter.nf_conntrack_checksum=1
}

# Nobody sums what the gateway itself sends, and the kernel does not say so.
own() {
	local before

	before=$(daemon_count 'true')
	tap_is "spoiled-query, by the gateway: it sees nothing" \
		"$(lab_gateway /usr/bin/python3 "$DAEMON_SOURCE/tests/system/evader.py" spoiled-query "$LAB_DNS4" "$listed" 2>&1)" nothing
	tap_is "spoiled-query, by the gateway: no record" $(($(daemon_count 'true') - before)) 0
}

permitted() {
	local name

	for name in reversed one-byte fragments tls-records; do
		tap_is "$name, with a permitted name: the server answers" \
			"$(try "$name" "$LAB_OTHER4" www.example.org 2>&1)" answer
	done
}

# shellcheck disable=SC2317  # tap_ok calls it
flood() {
	lab_client timeout 300 hping3 -q -i u2000 -c 1000 -S -p 443 "$LAB_LISTED4" >/dev/null 2>&1
}

hping() {
	tap_can "a thousand SYNs of one client" hping3 || return
	tap_ok "a thousand SYNs of one client" flood
	tap_is "stops nobody else" "$(page www.example.org "$LAB_OTHER4")" 200
}

/usr/bin/python3 -c 'import cryptography' 2>/dev/null || tap_skip_all "python3-cryptography is missing; run as root: scripts/install test"
system_begin
system_run
sink || tap_bail "no server for datagrams"
far_away || tap_bail "the last hop could not be made"
# Each trick with QUIC ends in one; the kernel would send no more than six to a client, and then one a second.
lab_set gateway net.ipv4.icmp_ratelimit=0 || tap_bail "ICMP errors are limited"
tricks
unsummed
own
permitted
hping
download
tap_ok "filterd ends cleanly" daemon_end
tap_done
