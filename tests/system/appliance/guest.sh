#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs in the emulator, in a machine that is the gateway; the lab's client and internet are network namespaces beside it.
# shellcheck disable=SC2317  # lab_wait and tap_ok call what cannot be seen to be called
set -u

job=$1
source=/src
# shellcheck source=tests/support/gateway.sh
. "$source/tests/support/gateway.sh"

# For whoever looks where the time goes.
at() {
	echo "# $1: $(cut -d' ' -f1 /proc/uptime) s after power on"
}

our_tables() {
	nft list tables | grep -c ' filterd'
}

# Rules of nft's own kind, with its queue.
queues_by_nft() {
	nft list table inet filterd | grep -q 'queue flags bypass to 7100$'
}

judges() {
	tap_is "enforcing, a prohibited name is refused" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "with a record" "$(daemon_record "$listed" '.filterd.type + " " + .filterd.reply')" "block nxdomain"
	tap_is "a prohibited page is reset" "$(page "$listed" "$LAB_LISTED4")" reset
	tap_is "with a record" "$(daemon_record "$listed" '.filterd.type + " " + .app_proto + " " + .filterd.reply')" "block tls reset"
	tap_is "over IPv6, too" "$(page "$listed" "$LAB_LISTED6")" reset
	tap_is "another page comes" "$(page www.example.org "$LAB_OTHER4")" 200
}

restarts() {
	local before pid

	before=$(rules)
	pid=$(main_pid)
	traffic 1 restarted
	systemctl restart filterd
	traffic_judged "a restart under traffic"
	tap_ok "it is another process" came_back "$pid"
	tap_is "the queue goes on where it was" "$(journalctl -q -u filterd -o cat | grep -c 'queue 7100: goes on')" 1
	tap_is "the rules are as they were" "$(diff <(echo "$before") <(rules) | head -n 5)" ""
}

# As OpenWrt's fw4 makes it with flow_offloading: the rule stands before all others, and takes what comes.
vendor_offloads() {
	nft -f - <<-'R'
		table inet fw4 {
			flowtable ft { hook ingress priority filter; devices = { lan0, wan0 }; }
			chain forward {
				type filter hook forward priority filter; policy drop;
				meta l4proto { tcp, udp } flow add @ft
				ct state established,related accept
				iifname lan0 accept
			}
		}
	R
}

# late_begin NAME ADDRESS: a client whose hello comes when the kernel has had its chance to take the flow.
late_begin() {
	rm -f "$LAB_DIR/late" "$LAB_DIR/late.said"
	mkfifo "$LAB_DIR/late"
	: >"$LAB_DIR/late.said"
	lab_client "$source/tests/system/appliance/late.py" "$LAB_CA" "$1" "$2" 443 <"$LAB_DIR/late" >"$LAB_DIR/late.said" 2>&1 &
	late_pid=$!
	exec 8>"$LAB_DIR/late"
	lab_wait "the connection" late_said connected && lab_wait "the queue" queue_is_idle
}

late_said() {
	[ "$(tail -n 1 "$LAB_DIR/late.said")" = "$1" ]
}

# late_says LINE WANTED: the next line of input, and what comes of it.
late_says() {
	echo "$1" >&8
	lab_wait "'$2'" late_said "$2"
	tail -n 1 "$LAB_DIR/late.said"
}

late_end() {
	exec 8>&-
	wait "$late_pid"
}

queue_is_idle() {
	awk '{ exit $3 != 0 }' /proc/net/netfilter/nfnetlink_queue
}

queued() {
	awk '{ print $8 }' /proc/net/netfilter/nfnetlink_queue
}

is_offloaded() {
	conntrack -L -f "${1:-ipv4}" -p tcp --dport 443 2>/dev/null | grep -q OFFLOAD
}

# The sixth question of one socket: with the flow offloaded at its second packet nobody would see it.
sixth_question() {
	for _ in 1 2 3 4 5; do
		answer www.example.org A "$LAB_DNS4" -b "$LAB_CLIENT4#$1" >/dev/null
	done
	answer "$listed" A "$LAB_DNS4" -b "$LAB_CLIENT4#$1"
}

# offloaded REMEDY PORT: what holds with either.
offloaded() {
	local before

	conntrack -F >/dev/null 2>&1
	late_begin "$listed" "$LAB_LISTED4"
	tap_is "$1: a late prohibited hello is reset" "$(late_says hello reset)" reset
	late_end
	tap_is "$1: so is one over IPv6" "$(late_begin "$listed" "$LAB_LISTED6"; late_says hello reset; late_end)" reset
	tap_is "$1: the sixth question of a socket is refused" "$(sixth_question "$2")" NXDOMAIN+15
	late_begin www.example.org "$LAB_OTHER4"
	tap_ok "$1: an undecided flow is not offloaded" not is_offloaded
	tap_is "$1: a permitted hello is answered" "$(late_says hello greeted)" greeted
	tap_ok "$1: and its flow is offloaded" lab_wait "the flow" is_offloaded
	before=$(queued)
	tap_is "$1: 2 MiB come through it" "$(late_says /2mb 2097152)" 2097152
	tap_is "$1: of which none is queued" "$(($(queued) - before))" 0
	late_end
}

not() { ! "$@"; }

offloading_held() {
	vendor_offloads
	tap_like "a flowtable comes: the doctor finds it" "$(filterctl doctor)" "broken *offload"
	tap_ok "and filterd says so" lab_wait "the complaint" says 'flowtable offloads flows'
	systemctl reload filterd-rules
	tap_like "the rules made anew hold" "$(filterctl doctor)" "ok *offload"
	offloaded "hold" 40001
	nft delete table inet fw4
}

says() {
	journalctl -q -u filterd -o cat | grep -q "$1"
}

offloading_of_its_own() {
	sed -i 's/^offload = .*/offload = own/' "$conf"
	systemctl restart filterd
	systemctl reload filterd-rules
	tap_ok "offload = own: the rules have a flowtable" sh -c 'nft list flowtables | grep -q offloaded'
	offloaded "own" 40002
}

removed() {
	dpkg --remove filterd >"$LAB_DIR/dpkg" 2>&1
	tap_case $? "it is removed"
	tap_is "its tables are gone" "$(our_tables)" 0
	tap_is "and nothing of its rules is left" "$(nft list ruleset | grep filterd)" ""
	tap_is "everything passes" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	tap_ok "the log and the configuration stay" test -s "$DAEMON_AUDIT" -a -s "$conf"
}

lab_up || tap_bail "the lab did not come up"
at "lab"
dpkg -i "$job/filterd.deb" >"$LAB_DIR/dpkg" 2>&1
installed $?
sed 's/^/# /' "$LAB_DIR/dpkg" >&2
tap_ok "its rules are nft's, with nft's queue" queues_by_nft
tap_is "its tables are two" "$(our_tables)" 2
at "installed"
# Nobody sets an emulator's clock.
observes clock mode
by_the_readme enforce >/dev/null
lab_wait "the reload" has_reloaded
judges
at "judged"
restarts
at "restarted"
offloading_held
at "held"
offloading_of_its_own
at "offloaded by its own rules"
journalctl -q -o short-precise -u 'filterd*' >"$job/journal"
removed
at "removed"
# All that was ever written is there.
purged /written/upper /run
at "purged"
tap_done
