#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Whose clients are filtered: what `protect = auto` leaves out under the routes that people have, and what is said of interfaces that
# are not there.
set -u
LAB_VARIANT=plain       # networks come and go here, of which a firewall knows nothing
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=dnl-01.geo.kaspersky.com
gateway() { ip -n "$LAB_ID-gateway" "$@"; }

# asked: what becomes of a listed name, by DNS, and by TLS over IPv4 and IPv6.
asked() { echo "$(answer "$listed" A "$LAB_DNS4") $(page "$listed" "$LAB_LISTED4") $(page "$listed" "$LAB_LISTED6")"; }
filtered="NXDOMAIN+15 reset reset"

# filtered_with WHAT: rules that are made now.
filtered_with() {
	daemon_rules install
	tap_is "$1: clients are filtered" "$(asked)" "$filtered"
}

# left_out: interfaces whose new flows are not queued, by the rules themselves.
left_out() { lab_gateway iptables -t mangle -S filterd-in | sed -n 's/.* -i \([^ ]*\) -j RETURN$/\1/p' | grep -vx lo | sort | paste -sd' '; }

routes() {
	filtered_with "one uplink"
	tap_is "it is left out" "$(left_out)" wan0
	gateway route add default via 192.0.2.9 dev lan0 table 100
	gateway rule add from 192.0.2.200 lookup 100
	filtered_with "some clients go out by another box in the LAN"
	gateway rule del from 192.0.2.200 lookup 100
	gateway route flush table 100
	gateway route add default via 192.0.2.9 dev lan0 metric 700
	gateway -6 route add default via 2001:db8:1::9 dev lan0 metric 2000
	filtered_with "a default route into the LAN that is worse"
	gateway route del default dev lan0
	gateway -6 route del default dev lan0
	gateway route add blackhole default metric 50
	gateway route replace default via 198.51.100.2 dev wan0
	filtered_with "a hole beside the way out"
	gateway route del blackhole default
	tap_is "after all that wan0 is left out, and nothing else" "$(left_out)" wan0
}

# A second uplink, as mwan3 has it.
uplinks() {
	gateway link add wan1 type veth peer name far1
	gateway link set far1 up
	gateway addr add 203.0.113.201/30 dev wan1
	gateway link set wan1 up
	gateway route add default via 203.0.113.202 dev wan1 metric 20
	filtered_with "a second uplink with a worse metric"
	tap_is "which is not left out" "$(left_out)" wan0
	gateway route del default dev wan1
	gateway route replace default nexthop via 198.51.100.2 dev wan0 weight 200 nexthop via 203.0.113.202 dev wan1
	daemon_rules install
	tap_is "two next hops of one route are both left out" "$(left_out)" "wan0 wan1"
	gateway route replace default via 198.51.100.2 dev wan0
	gateway link del wan1
}

# The clients' network alone: its hosts, the router to the Internet among them, are all behind lan0.
one_armed() {
	gateway link set wan0 down
	gateway addr flush dev wan0
	gateway route add default via "$LAB_CLIENT4"
	daemon_rules install
	tap_is "one-armed: nothing is left out" "$(left_out)" ""
	gateway route del default
	lab_address gateway wan0 198.51.100.1/24 2001:db8:2::1/64
	gateway route add default via 198.51.100.2
	gateway -6 route replace default via 2001:db8:2::2
	lab_wait "IPv6 addresses" lab_no_tentative
	filtered_with "two-armed again"
	tap_is "wan0 is left out again" "$(left_out)" wan0
}

# rename FROM TO: the clients' interface.
rename() {
	gateway addr flush dev "$1"
	gateway link set "$1" down
	gateway link set "$1" name "$2"
	lab_address gateway "$2" "$LAB_GATEWAY4/24" "$LAB_GATEWAY6/64"
	lab_wait "IPv6 addresses" lab_no_tentative
}

# Names that no interface has: of each word, what is said, and what becomes of the clients.
named() {
	daemon_set protect lan00
	tap_like "a name that no interface has: the check says so" "$(lab_gateway "$DAEMON_BUILD/filterd/filterd" --check -c "$DAEMON_CONF"; echo "exit $?")" \
		"good, but there is no interface lan00 now: nobody is filtered; [0-9]+ rules.*exit 1$"
	tap_is "so does installing, which is no error: it may come" "$(daemon_rules install 2>&1; echo $?)" \
		$'filterctl rules install: there is no interface lan00 now: nobody is filtered\n0'
	tap_is "and nobody is filtered" "$(asked)" "NOERROR 200 200"
	rename lan0 lan00
	tap_is "until there is one of that name: its clients are filtered at once" "$(asked)" "$filtered"
	rename lan00 lan0
	daemon_set protect "lan0 ppp0"
	tap_is "one of two is missing" "$(daemon_rules install 2>&1; echo $?)" \
		$'filterctl rules install: there is no interface ppp0 now: whoever comes by it later is filtered then\n0'
	tap_is "the other is filtered" "$(asked)" "$filtered"
	daemon_set protect lan0,wan1
	tap_is "a comma is an error, where it stands, and the rules are as they were" "$(daemon_rules install 2>&1; echo $?)" \
		"filterctl: $DAEMON_CONF: line $(grep -n ^protect "$DAEMON_CONF" | cut -d: -f1), column 15: 'protect = lan0,wan1': expected auto, or names of interfaces separated by spaces"$'\nfilterctl rules install: using the copy of the last good configuration\n0'
	daemon_set protect auto
	filtered_with "auto again"
}

# hooks: what the kernel's rules are, as filterd finds them.
# shellcheck disable=SC2317  # lab_wait calls it
hooks() { lab_gateway "$DAEMON_BUILD/filterd/filterctl" status -c "$DAEMON_CONF" --json | jq -r .kernel.rules; }
# shellcheck disable=SC2317  # lab_wait calls it
hooks_are() { [ "$(hooks)" = "$1" ]; }
doctor() { lab_gateway "$DAEMON_BUILD/filterd/filterctl" doctor -c "$DAEMON_CONF" --json | jq -r --arg check "$1" '.checks[] | select(.check == $check) | "\(.health): \(.what)"'; }

# says JQ_PATH: of the JSON of status.
# shellcheck disable=SC2317  # lab_wait calls it
says() { lab_gateway "$DAEMON_BUILD/filterd/filterctl" status -c "$DAEMON_CONF" --json | jq -r "$1"; }
# shellcheck disable=SC2317
says_is() { [ "$(says "$1")" = "$2" ]; }
# shellcheck disable=SC2317
status() { lab_gateway "$DAEMON_BUILD/filterd/filterctl" status -c "$DAEMON_CONF"; }
# shellcheck disable=SC2317
status_says() { status | grep -q "$1"; }
all_networks="lan0 192.0.2.0/24 2001:db8:1::/64; leaves out wan0 198.51.100.0/24 2001:db8:2::/64"
# shellcheck disable=SC2317
protects() { status | grep -qxF "protects  $1"; }
protects_all() { tap_ok "$1" lab_wait "the networks" protects "$all_networks"; }

# What status, the doctor and filterd say of it.
said() {
	protects_all "status names the networks"
	tap_is "and needs nobody" "$(says '"\(.good) \(.protection.current)"')" "true true"
	tap_is "so does the doctor" "$(doctor protect)" "ok: the rules protect $all_networks"
	gateway link add lan1 type veth peer name far1
	gateway addr add 10.7.0.1/24 dev lan1
	tap_ok "a network that comes is protected, and named" lab_wait "it" says_is \
		'.protection.protects | map("\(.interface) \(.networks[0])") | join(", ")' "lan0 192.0.2.0/24, lan1 10.7.0.0/24"
	tap_is "nothing is wrong with that" "$(says .good)" true
	gateway link set lan1 up
	gateway link set far1 up
	gateway route del default dev wan0
	gateway -6 route del default dev wan0
	gateway route add default via 10.7.0.9 dev lan1
	tap_ok "another way out: the rules are not those of now" lab_wait "it" says_is .protection.current false
	tap_ok "which status says" lab_wait "it" status_says "clients of wan0 are not filtered: the rules leave it out, .*; run filterctl rules install"
	tap_like "and the doctor" "$(doctor protect)" "^attention: clients of wan0 are not filtered"
	tap_ok "and filterd itself" lab_wait "its message" daemon_says "warning: clients of wan0 are not filtered"
	daemon_rules install
	tap_ok "new rules are" lab_wait "it" says_is '"\(.good) \(.protection.leaves_out[0].interface)"' "true lan1"
	tap_ok "filterd says that, too" lab_wait "its message" daemon_says "notice: all interfaces to protect exist, and are protected"
	gateway link del lan1
	gateway route replace default via 198.51.100.2
	gateway -6 route replace default via 2001:db8:2::2
	daemon_rules install
	protects_all "as it was"
	daemon_set protect "lan0 ppp0"
	daemon_rules install 2>"$LAB_DIR/said"
	system_reload
	tap_ok "of a name that no interface has" lab_wait "it" says_is '"\(.good) \(.protection.missing[0])"' "false ppp0"
	tap_ok "status says so" lab_wait "it" status_says "there is no interface ppp0, which the rules are to protect; look at protect"
	tap_is "the doctor, too" "$(doctor protect)" "attention: there is no interface ppp0, which the rules are to protect"
	tap_ok "and filterd" lab_wait "its message" daemon_says "warning: there is no interface ppp0, which"
	daemon_set protect lan00
	daemon_rules install 2>"$LAB_DIR/said"
	system_reload
	tap_ok "of nobody" lab_wait "it" says_is .attention[0] "nobody is filtered: there is no interface lan00; look at protect in [queue]"
	tap_like "which is broken" "$(doctor protect)" "^broken: nobody is filtered: there is no interface lan00"
	daemon_set protect auto
	system_reload
	tap_ok "settings of now and rules of before" lab_wait "it" says_is .protection.current false
	daemon_rules install
	protects_all "until the rules are installed"
}

# A second network, with private addresses and one host.
second_network() {
	lab_link client eth1 gateway lan1
	lab_address client eth1 10.7.0.2/24
	lab_address gateway lan1 10.7.0.1/24
	lab_client ping -c 1 -W 5 10.7.0.1 >/dev/null 2>&1 || lab_client dig +tries=1 +time=1 @10.7.0.1 a.com >/dev/null 2>&1
	daemon_rules install
	tap_ok "a network with private addresses is protected" lab_wait "it" says_is '"\(.good) \(.protection.protects[1].interface)"' "true lan1"
	daemon_set protect lan0
	daemon_rules install
	system_reload
	tap_ok "left out, with a host in it, it needs attention" lab_wait "it" says_is '"\(.good) \(.attention[0])"' \
		"false lan1 is left out, but has hosts with private addresses that are not routers: perhaps clients; name the interfaces of clients in protect in [queue]"
	tap_like "as the doctor finds, too" "$(doctor protect)" "^attention: lan1 is left out, but has hosts with private addresses"
	gateway route add default via 10.7.0.2 table 77
	tap_ok "a router is no client" lab_wait "it" says_is .good true
	gateway link del lan1
	daemon_set protect auto
	daemon_rules install
	system_reload
	protects_all "without it all is as it was"
}

# The older iptables, if this kernel has it: its tables are read otherwise.
older() {
	local name

	if ! lab_gateway iptables-legacy -t mangle -S >/dev/null 2>&1; then
		tap_skip "rules of iptables-legacy" "this kernel has none"
		return
	fi
	daemon_end TERM
	daemon_rules remove
	mkdir "$LAB_DIR/older"
	for name in iptables iptables-restore iptables-save ip6tables ip6tables-restore ip6tables-save; do
		ln -s "$(command -v "${name/tables/tables-legacy}")" "$LAB_DIR/older/$name"
	done
	daemon_set backend iptables
	PATH=$LAB_DIR/older:$PATH daemon_rules install
	daemon_start || tap_bail "filterd did not start"
	protects_all "rules of iptables-legacy: status names the networks"
	daemon_set protect "lan0 wan0"
	PATH=$LAB_DIR/older:$PATH daemon_rules install
	system_reload
	tap_ok "and those that are protected by name" lab_wait "it" protects \
		"lan0 192.0.2.0/24 2001:db8:1::/64, wan0 198.51.100.0/24 2001:db8:2::/64; leaves out nothing"
	PATH=$LAB_DIR/older:$PATH daemon_rules remove
}

# A host without IPv6, and without ip6tables.
without_ipv6() {
	local name

	mkdir "$LAB_DIR/stub"
	for name in ip6tables ip6tables-restore ip6tables-save; do
		printf '#!/bin/sh\necho no IPv6 here >&2\nexit 3\n' >"$LAB_DIR/stub/$name"
		chmod +x "$LAB_DIR/stub/$name"
	done
	daemon_set backend iptables
	daemon_rules remove
	lab_set gateway net.ipv6.conf.all.disable_ipv6=1
	PATH=$LAB_DIR/stub:$PATH daemon_rules install 2>"$LAB_DIR/said"
	tap_is "without IPv6 the rules of IPv4 are installed" "$? $(cat "$LAB_DIR/said")" \
		"0 filterctl rules install: IPv6 is not filtered: this host has no IPv6 address (ip6tables-restore ended with 3: no IPv6 here)"
	tap_ok "filterd finds them in place" lab_wait "the rules" hooks_are ok
	tap_like "and the doctor" "$(doctor rules) $(PATH=$LAB_DIR/stub:$PATH doctor ipv6)" "^ok: .* ok: IPv6 has no rules, and no interface has an IPv6 address"
	tap_is "clients are filtered" "$(answer "$listed" A "$LAB_DNS4") $(page "$listed" "$LAB_LISTED4")" "NXDOMAIN+15 reset"
	lab_set gateway net.ipv6.conf.all.disable_ipv6=0
	lab_address gateway lan0 "$LAB_GATEWAY6/64"
	tap_ok "an address of IPv6 comes: rules are missing" lab_wait "the rules" hooks_are missing
	PATH=$LAB_DIR/stub:$PATH daemon_rules install 2>"$LAB_DIR/said"
	tap_is "and cannot be had without ip6tables" "$? $(cat "$LAB_DIR/said")" \
		"1 filterctl rules install: ip6tables-restore ended with 3: no IPv6 here"
	lab_address gateway wan0 2001:db8:2::1/64
	gateway -6 route replace default via 2001:db8:2::2
	lab_wait "IPv6 addresses" lab_no_tentative
	filtered_with "IPv6 and ip6tables are back"
	tap_ok "filterd finds all rules" lab_wait "the rules" hooks_are ok
	daemon_set backend auto
}

system_begin
system_run
routes
uplinks
one_armed
named
said
second_network
without_ipv6
older
tap_done
