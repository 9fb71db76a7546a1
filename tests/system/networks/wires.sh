# shellcheck shell=bash disable=SC2034,SC2153,SC2154,SC2317  # the script's variables; it calls what stands here by name
# SPDX-License-Identifier: MIT
#
# More networks of tests/system/networks.sh: those in which the wires differ, or the programs around.

# can_link TYPE [OPTION...]: does the kernel have such interfaces?
can_link() {
	# shellcheck disable=SC2016  # for the shell inside
	unshare --net /bin/sh -c 'ip link add t0 type veth peer name t1 && ip link add link t0 name t2 type "$@"' sh "$@" 2>/dev/null && return
	TAP_MISSING="this kernel has no interfaces of type $1"
	return 1
}

# bridge_in NAMESPACE BRIDGE PORT...
bridge_in() {
	local port

	ip -n "$LAB_ID-$1" link add "$2" type bridge && ip -n "$LAB_ID-$1" link set "$2" up || return
	for port in "${@:3}"; do
		ip -n "$LAB_ID-$1" link set "$port" master "$2" up || return
	done
}

# --- the client is behind a bridge of the gateway's ---

client_behind_a_bridge() {
	LAB_LAN=$1
	lab_lan() { lab_link client eth0 gateway port1 && bridge_in gateway "$LAB_LAN" port1; }
}

needs_bridge() { can_link bridge; }
lab_bridge() { client_behind_a_bridge br-lan; }

# A container on the gateway is such a client, too; bridges call iptables there, and the rules are a container engine's.
needs_container() { can_link bridge; }
lab_container() { client_behind_a_bridge docker0; }
before_container() {
	# Not on a machine that is in use: its bridges would call iptables, too.
	[ -z "${NETWORKS_MODULES:-}" ] || modprobe br_netfilter
	lab_set gateway net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1 || true
	lab_gateway nft delete table ip lab-nat &&
		lab_gateway iptables -w -t nat -A POSTROUTING -s 192.0.2.0/24 ! -o "$LAB_LAN" -j MASQUERADE &&
		both_iptables -A FORWARD -o "$LAB_LAN" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT &&
		both_iptables -A FORWARD -i "$LAB_LAN" ! -o "$LAB_LAN" -j ACCEPT
}
also_container() { joined_datagrams; }
at_last_container() {
	joined_records
	[ -z "${NETWORKS_MODULES:-}" ] || modprobe -r br_netfilter
}

# --- the LAN is a VLAN of a trunk ---

needs_vlan() { can_link vlan id 7; }
lab_vlan() {
	LAB_LAN=lan0.7
	lab_lan() {
		lab_link client trunk gateway lan0 && ip -n "$LAB_ID-client" link set trunk up && ip -n "$LAB_ID-gateway" link set lan0 up &&
			ip -n "$LAB_ID-client" link add link trunk name eth0 type vlan id 7 &&
			ip -n "$LAB_ID-gateway" link add link lan0 name "$LAB_LAN" type vlan id 7
	}
}

# --- a table of its own leads some clients out by another box of the LAN ---

before_policy_routing() {
	ip -n "$LAB_ID-gateway" route add default via 192.0.2.9 dev "$LAB_LAN" table 100 &&
		ip -n "$LAB_ID-gateway" rule add from 192.0.2.200 lookup 100 &&
		ip -n "$LAB_ID-gateway" -6 route add default via 2001:db8:1::9 dev "$LAB_LAN" table 100 &&
		ip -n "$LAB_ID-gateway" -6 rule add from 2001:db8:1::200 lookup 100
}

# --- the gateway has one interface, where its clients are and the way out is ---

needs_one_armed() { can_link bridge; }
lab_one_armed() {
	lab_lan() { lab_link client eth0 internet port1 && lab_link gateway "$LAB_LAN" internet port2 && bridge_in internet switch port1 port2; }
}
before_one_armed() {
	ip -n "$LAB_ID-gateway" link del "$LAB_WAN" &&
		lab_address internet lo "$LAB_DNS4/32" "$LAB_DNS6/128" &&
		lab_address internet switch 192.0.2.254/24 2001:db8:1::fe/64 && lab_wait "IPv6 addresses" lab_no_tentative &&
		ip -n "$LAB_ID-gateway" route add default via 192.0.2.254 &&
		ip -n "$LAB_ID-gateway" -6 route add default via 2001:db8:1::fe &&
		lab_set gateway net.ipv4.conf.all.send_redirects=0 "net.ipv4.conf.$LAB_LAN.send_redirects=0" &&
		lab_set client net.ipv6.conf.all.accept_redirects=0 net.ipv6.conf.eth0.accept_redirects=0 || return
	lab_gateway nft -f - <<-END
		add rule inet lab-firewall forward iifname "$LAB_LAN" oifname "$LAB_LAN" accept
		add rule ip lab-nat postrouting oifname "$LAB_LAN" ip daddr != 192.0.2.0/24 masquerade
		table ip6 lab-nat {
			chain postrouting {
				type nat hook postrouting priority srcnat; policy accept;
				oifname "$LAB_LAN" ip6 daddr != { 2001:db8:1::/64, fe80::/10, ff00::/8 } masquerade
			}
		}
	END
}

# --- the gateway sees what clients send, and not what they get ---

lab_asymmetric() {
	LAB_VARIANT=plain
	QUEUED_MAX=32           # no acknowledgement ends it; a bound has to
}
unlike_asymmetric() { [[ $1 == *", an alias"* || $1 == "an HTTPS record"* ]] && [[ $1 != *"of the gateway"* ]]; }
before_asymmetric() {
	lab_link client eth1 internet eth1 && lab_address client eth1 198.18.9.1/30 2001:db8:9::1/64 &&
		lab_address internet eth1 198.18.9.2/30 2001:db8:9::2/64 && lab_wait "IPv6 addresses" lab_no_tentative &&
		ip -n "$LAB_ID-internet" route add "$LAB_CLIENT4/32" via 198.18.9.1 &&
		ip -n "$LAB_ID-internet" -6 route add "$LAB_CLIENT6/128" via 2001:db8:9::1
}
also_asymmetric() {
	tap_like "$title: doctor says so" "$(lab_gateway "$DAEMON_BUILD/filterd/filterctl" doctor -c "$DAEMON_CONF" | grep -v '^ok')" "repl(y|ies)"
}

# --- a gateway that keeps no connections of what it forwards ---

lab_notrack() {
	LAB_VARIANT=plain
	QUEUED_MAX=32
}
unlike_notrack() { unlike_asymmetric "$1"; }
before_notrack() {
	lab_gateway nft -f - <<-END
		table inet lab-raw {
			chain prerouting {
				type filter hook prerouting priority raw; policy accept;
				fib daddr type != local notrack
			}
		}
	END
}

also_notrack() { also_asymmetric; }

# --- a kernel without IPv6: nor does what asks it for rules work ---

lab_no_ipv6() { FAMILIES=(4); }
before_no_ipv6() {
	local program

	lab_set gateway net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 && mkdir "$LAB_DIR/stubs" || return
	for program in ip6tables ip6tables-save ip6tables-restore; do
		printf '%s\n' '#!/bin/sh' "echo \"$program: can't initialize: Address family not supported by protocol\" >&2" 'exit 3' \
			>"$LAB_DIR/stubs/$program"
		chmod +x "$LAB_DIR/stubs/$program"
	done
	PATH=$LAB_DIR/stubs:$PATH
}

# --- the forwarder is a BIND, and so is whom it asks: both know the cookies of RFC 7873 ---

BIND_UPSTREAM=198.51.100.54

# bind_start NAMESPACE NAME ADDRESSES OPTIONS [MORE]: addresses to listen on, in BIND's own words.
bind_start() {
	local folder=$LAB_DIR/$2

	mkdir -p "$folder" || return
	cat >"$folder/named.conf" <<-END
		options {
			directory "$folder"; pid-file "$folder/pid"; session-keyfile "$folder/key";
			$3 $4 allow-query { any; }; dnssec-validation no; empty-zones-enable no;
		};
		controls { };
		${5:-}
	END
	lab_start "$1" "$folder/log" named -g -u root -c "$folder/named.conf"
}
bind_forwards() {
	# It gives up after ten seconds, which an emulator may take.
	bind_start "$1" "$2" "$3" "recursion yes; allow-recursion { any; }; forward only; forwarders { $BIND_UPSTREAM; };
		resolver-query-timeout 30000;"
}

# All that the lab's other name server knows, as the root zone.
bind_zone() {
	local name

	printf '%s\n' "\$TTL 60" ". SOA ns. h. 1 60 60 60 60" ". NS ns." "ns. A $BIND_UPSTREAM"
	for name in "${LAB_BLOCKED_NAMES[@]}" "${LAB_LOGGED_NAMES[@]}" "site.$ZONE"; do
		printf '%s\n' "$name. A $LAB_LISTED4" "$name. AAAA $LAB_LISTED6"
	done
	for name in "${LAB_OTHER_NAMES[@]}"; do
		printf '%s\n' "$name. A $LAB_OTHER4" "$name. AAAA $LAB_OTHER6"
	done
	for name in alias4 alias6 ownalias4 ownalias6; do
		echo "$name.example.org. CNAME $name.$ZONE."
	done
	for name in https4 https6 ownhttps4 ownhttps6; do
		echo "$name.example.org. HTTPS 1 $name.$ZONE."
	done
}

needs_bind() { tap_has named; }
lab_bind() {
	lab_forwarder() {
		lab_address internet eth0 "$BIND_UPSTREAM/24" && mkdir "$LAB_DIR/upstream" && bind_zone >"$LAB_DIR/upstream/root" &&
			bind_start internet upstream "listen-on { $BIND_UPSTREAM; }; listen-on-v6 { none; };" "recursion no;" \
				'zone "." { type master; file "root"; };' &&
			bind_forwards gateway forwarder "listen-on { $LAB_GATEWAY4; }; listen-on-v6 { $LAB_GATEWAY6; };"
	}
}

# A resolver of the LAN's own, which filterd knows as a client: it takes no answer that lacks the cookie of a server it knows.
also_bind() {
	bind_forwards client site "listen-on { 127.0.0.1; }; listen-on-v6 { none; };"
	lab_wait "the site's resolver" has_answer www.example.org 127.0.0.1
	tap_like "$title: a resolver of the LAN's own takes the refusal" "$(answer "site.$ZONE" A 127.0.0.1)" "^NXDOMAIN"
}
has_answer() { [ "$(answer "$1" A "$2" +time=2)" = NOERROR ]; }
at_last_bind() {
	tap_is "$title: which is on record once" "$(of_type block "site.$ZONE")" "block the client $LAB_LAN"
}
