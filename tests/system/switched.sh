#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A gateway that switches: a transparent bridge, tagged frames over it, and a VLAN that is routed. What config/debian/README.md says
# to set is set, one by one.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=dnl-01.geo.kaspersky.com
# Where frames go from client to internet without being routed (RFC 2544), untagged and in VLAN 7.
declare -A net=([eth1]=198.18.0 [eth1.7]=198.18.7)

bridge_setting() {
	lab_set gateway "net.bridge.bridge-nf-$1"
}

build_bridge() {
	local port

	ip -n "$LAB_ID-gateway" link add br9 type bridge 2>/dev/null || tap_skip_all "this kernel has no bridges"
	[ -e /proc/sys/net/bridge ] || modprobe br_netfilter 2>/dev/null || tap_skip_all "this kernel has no br_netfilter"
	lab_link client eth1 gateway port1
	lab_link internet eth1 gateway port2
	for port in port1 port2; do
		ip -n "$LAB_ID-gateway" link set "$port" master br9 up
	done
	ip -n "$LAB_ID-gateway" link set br9 up
	# What is switched meets the firewall, too, once bridges call it.
	lab_gateway nft add rule inet lab-firewall forward iifname br9 oifname br9 accept
	lab_address client eth1 "${net[eth1]}.1/24" && lab_address internet eth1 "${net[eth1]}.2/24"
}

build_vlan() {
	local where

	for where in client internet; do
		ip -n "$LAB_ID-$where" link add link eth1 name eth1.7 type vlan id 7 2>/dev/null || return
	done
	lab_address client eth1.7 "${net[eth1.7]}.1/24" && lab_address internet eth1.7 "${net[eth1.7]}.2/24"
}

# by INTERFACE: from now on the client reaches the servers that way.
by() {
	ip -n "$LAB_ID-client" route replace "$LAB_DNS4/32" via "${net[$1]}.2"
	ip -n "$LAB_ID-client" route replace "$LAB_LISTED4/32" via "${net[$1]}.2"
}

# asks [DIG OPTION...]
asks() {
	answer "$listed" A "$LAB_DNS4" "$@"
}

in_vain() { asks +time=2; }

bridge() {
	by eth1
	bridge_setting call-iptables=0
	tap_is "a bridge without br_netfilter: nothing is seen" "$(asks)" NOERROR
	bridge_setting call-iptables=1
	bridge_setting call-ip6tables=1
	tap_is "with it a connection is reset" "$(page "$listed" "$LAB_LISTED4")" reset
	tap_is "a question is stopped, but a gateway with no address there cannot answer it" "$(in_vain)" timeout
	lab_address gateway br9 "${net[eth1]}.9/24"
	tap_is "with one it can" "$(asks)" NXDOMAIN+15
	tap_is "the record has the client's address, and the bridge" \
		"$(daemon_record "$listed" '.src_ip + " " + .in_iface')" "${net[eth1]}.1 br9"
}

tagged() {
	if ! build_vlan; then
		tap_skip "tagged frames" "this kernel has no VLANs"
		return
	fi
	by eth1.7
	bridge_setting filter-vlan-tagged=0
	tap_is "tagged frames are not seen" "$(asks)" NOERROR
	bridge_setting filter-vlan-tagged=1
	tap_is "unless that is set, too" "$(in_vain)" timeout
}

system_begin
build_bridge
system_run
bridge
tagged
tap_done
