# shellcheck shell=bash disable=SC2034,SC2154  # the script's variables
# SPDX-License-Identifier: MIT
#
# The networks of tests/system/networks.sh. Each is the lab as it is, behind NAT and a stateful firewall, but for what its own
# steps change: functions STEP_NAME.

# NAME|what a case calls it
VARIANTS=(
	"nat|NAT"
	"plain|no NAT, no firewall"
	"nat6|NAT for IPv6 too"
	"redirect|forced DNS"
	"two_uplinks|two uplinks"
	"two_uplinks_nft|two uplinks by nft"
	"save_restore|whole marks saved and restored"
	"save_restore_late|whole marks saved and restored, behind filterd's rules"
	"wg_before|wg-quick before filterd"
	"wg_after|wg-quick after filterd"
	"set_whole|a connection's mark set whole, on its way out"
	"udp_gro|joined datagrams"
	"container|a container's client"
	"bridge|a bridge"
	"vlan|a VLAN"
	"policy_routing|policy routing"
	"one_armed|one-armed"
	"asymmetric|replies that come another way"
	"notrack|connections that are not tracked"
	"no_ipv6|no IPv6"
	"bind|BIND as the forwarder"
)

declare -A TITLES
NAMES=()
for entry in "${VARIANTS[@]}"; do
	NAMES+=("${entry%%|*}")
	TITLES[${entry%%|*}]=${entry##*|}
done

# both_iptables RULE...: for IPv4 and IPv6.
both_iptables() { lab_gateway iptables -w "$@" && lab_gateway ip6tables -w "$@"; }

counted() { lab_gateway nft list counter inet lab-count "$1" | grep -oE 'packets [0-9]+' | cut -d' ' -f2; }

# --- no NAT ---

lab_plain() { LAB_VARIANT=plain; }

# --- providers with one IPv6 address for all ---

before_nat6() {
	lab_gateway nft -f - <<-END
		table ip6 lab-nat {
			chain postrouting {
				type nat hook postrouting priority srcnat; policy accept;
				oifname "$LAB_WAN" masquerade
			}
		}
	END
}

# --- every question of the network's own is answered by the gateway's forwarder ---

before_redirect() {
	lab_gateway nft -f - <<-END
		table ip lab-redirect {
			chain prerouting {
				type nat hook prerouting priority dstnat; policy accept;
				iifname "$LAB_LAN" meta l4proto { tcp, udp } th dport 53 redirect
			}
		}
		table ip6 lab-redirect {
			chain prerouting {
				type nat hook prerouting priority dstnat; policy accept;
				iifname "$LAB_LAN" meta l4proto { tcp, udp } th dport 53 dnat to $LAB_GATEWAY6
			}
		}
	END
}

# Two servers, and one for both: the kernel gives one of the conversations another port, as else their answers would look alike.
also_redirect() {
	local f
	local -A servers=([4]="$LAB_DNS4 $LAB_GATEWAY4" [6]="$LAB_DNS6 $LAB_GATEWAY6")

	for f in "${FAMILIES[@]}"; do
		# shellcheck disable=SC2086  # words
		tap_is "$title: a question to two servers by one socket, IPv$f: both refuse it" \
			"$(lab_client /usr/bin/python3 "$here/asker.py" several "socket$f.example.org" ${servers[$f]})" "3 3"
	done
}
at_last_redirect() {
	local f

	for f in "${FAMILIES[@]}"; do
		tap_is "$title: a question to two servers by one socket, IPv$f, is on record, twice at most, with whose it is" \
			"$(of_type block "socket$f.$ZONE" | tr ',' '\n' | sed 's/^ //' | sort -u)" "block the client $LAB_LAN"
	done
}

# --- two uplinks: a mark chooses the second one ---

# What the two ways of marking have in common: wan1, and counters of what goes where, and with which mark.
second_uplink() {
	lab_link gateway wan1 internet eth1 && lab_address gateway wan1 198.18.9.1/30 2001:db8:9::1/64 &&
		lab_address internet eth1 198.18.9.2/30 2001:db8:9::2/64 && lab_wait "IPv6 addresses" lab_no_tentative &&
		ip -n "$LAB_ID-gateway" route add default via 198.18.9.2 dev wan1 table 200 &&
		ip -n "$LAB_ID-gateway" -6 route add default via 2001:db8:9::2 dev wan1 table 200 &&
		ip -n "$LAB_ID-gateway" rule add fwmark 0x100/0x3f00 lookup 200 pref 2001 &&
		ip -n "$LAB_ID-gateway" -6 rule add fwmark 0x100/0x3f00 lookup 200 pref 2001 &&
		ip -n "$LAB_ID-internet" -6 route add 2001:db8:1::/64 via 2001:db8:9::1 || return
	lab_gateway nft -f - <<-END
		add rule ip lab-nat postrouting oifname "wan1" masquerade
		add rule inet lab-firewall forward iifname "$LAB_LAN" oifname "wan1" accept
		table inet lab-count {
			counter wan0 { }
			counter wan1 { }
			counter unmarked { }
			chain forward {
				type filter hook forward priority filter + 10; policy accept;
				iifname "$LAB_LAN" oifname "wan0" counter name "wan0"
				iifname "$LAB_LAN" oifname "wan1" counter name "wan1"
				iifname "$LAB_LAN" meta mark & 0x3f00 != 0x100 counter name "unmarked"
			}
		}
	END
}

by_the_second_uplink() {
	tap_is "$title: no packet of a client leaves by the first" "$(counted wan0)" 0
	tap_is "$title: none has lost its mark" "$(counted unmarked)" 0
	tap_like "$title: they leave by the second" "$(counted wan1)" "^[1-9]"
}

before_two_uplinks() {
	second_uplink && both_iptables -t mangle -A PREROUTING -i "$LAB_LAN" -m mark --mark 0/0x3f00 \
		-j CONNMARK --restore-mark --nfmask 0x3f00 --ctmask 0x3f00 &&
		both_iptables -t mangle -A PREROUTING -i "$LAB_LAN" -m mark --mark 0/0x3f00 -j MARK --set-xmark 0x100/0x3f00 &&
		both_iptables -t mangle -A PREROUTING -i "$LAB_LAN" -j CONNMARK --save-mark --nfmask 0x3f00 --ctmask 0x3f00
}
also_two_uplinks() { by_the_second_uplink; }

before_two_uplinks_nft() {
	second_uplink && lab_gateway nft -f - <<-END
		table inet lab-uplinks {
			chain prerouting {
				type filter hook prerouting priority mangle; policy accept;
				iifname "$LAB_LAN" meta mark set meta mark & 0xffffc0ff | 0x100 ct mark set ct mark & 0xffffc0ff | 0x100
			}
		}
	END
}
also_two_uplinks_nft() { by_the_second_uplink; }

# --- programs that copy the whole mark between packet and connection ---

saves_and_restores() {
	both_iptables -t mangle -A PREROUTING -j CONNMARK --restore-mark &&
		both_iptables -t mangle -A PREROUTING -m mark ! --mark 0 -j ACCEPT &&
		both_iptables -t mangle -A PREROUTING -i "$LAB_LAN" -j MARK --set-mark 1 &&
		both_iptables -t mangle -A PREROUTING -j CONNMARK --save-mark &&
		both_iptables -t mangle -A POSTROUTING -j CONNMARK --save-mark
}

before_save_restore() { saves_and_restores; }
after_save_restore_late() { saves_and_restores; }

# As wg-quick does for a full tunnel, with every datagram.
wg_quick() {
	local family

	for family in ip ip6; do
		lab_gateway nft -f - <<-END || return
			table $family lab-wg {
				chain premangle {
					type filter hook prerouting priority mangle; policy accept;
					meta l4proto udp meta mark set ct mark
				}
				chain postmangle {
					type filter hook postrouting priority mangle; policy accept;
					meta l4proto udp meta mark 0xca6c ct mark set meta mark
				}
			}
		END
	done
}
before_wg_before() { wg_quick; }
after_wg_after() { wg_quick; }

# --- a program that knows of no marks but its own ---

before_set_whole() {
	lab_gateway nft -f - <<-END
		table inet lab-set {
			chain postmangle {
				type filter hook postrouting priority mangle; policy accept;
				ct mark set 0x5
			}
		}
	END
}

# --- several datagrams in one packet of the kernel's ---

joins_datagrams() {
	lab_gateway ethtool -K "$LAB_LAN" rx-udp-gro-forwarding on && lab_gateway ethtool -K "$LAB_WAN" rx-udp-gro-forwarding on
}

# The names of half of the questions are prohibited: those are refused and on record, one by one.
JOINED=100
joined_datagrams() {
	local f server

	for f in "${FAMILIES[@]}"; do
		server=$LAB_DNS4
		[ "$f" = 4 ] || server=$LAB_DNS6
		tap_is "$title: of $((2 * JOINED)) questions in joined datagrams, IPv$f, the prohibited are refused" \
			"$(lab_client /usr/bin/python3 "$here/networks/joined.py" "$server" $JOINED "j$f" "$LAB_ANSWER_S" 2>&1)" \
			"$JOINED refused, $JOINED answered"
	done
}
joined_records() {
	local f i host recorded

	for f in "${FAMILIES[@]}"; do
		recorded=0
		for ((i = 0; i < JOINED; i++)); do
			printf -v host 'j%s-%03d.%s' "$f" "$i" "$ZONE"
			[ "${records[$host]:-}" != "block the client $LAB_LAN" ] || recorded=$((recorded + 1))
		done
		tap_is "$title: each of the $JOINED, IPv$f, is on record once" "$recorded" $JOINED
	done
}

needs_udp_gro() { tap_has ethtool; }
before_udp_gro() { joins_datagrams; }
also_udp_gro() { joined_datagrams; }
at_last_udp_gro() { joined_records; }
