# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2154
# SPDX-License-Identifier: MIT
#
# Part of guest.sh: flow offloading, without a remedy and with each of the two, over both families, and with two workers.
# A flow that the kernel has taken passes no hook, so nobody can judge it.

# As OpenWrt's fw4 makes it with flow_offloading: the rule stands before all others, and takes what comes.
vendor_offloads() {
	gateway nft -f - <<'R'
table inet fw4 {
	flowtable ft { hook ingress priority filter; devices = { lan, wan }; }
	chain forward {
		type filter hook forward priority filter; policy drop;
		meta l4proto { tcp, udp } flow add @ft
		ct state established,related accept
		iifname lan tcp dport 81 reject with tcp reset
		iifname lan accept
	}
}
R
}

# over 4 or 6: from here on clients use that family.
over() {
	family=ipv$1
	case $1 in
	4) CLIENT=192.0.2.2     DNS=198.51.100.53   SERVER=203.0.113.80 ;;
	6) CLIENT=2001:db8:1::2 DNS=2001:db8:2::53  SERVER=2001:db8:3::80 ;;
	esac
}

# install_with offload = VALUE, and any other settings KEY=VALUE.
install_with() {
	sed "s/^offload = .*/offload = $1/" $CONF >/filterd/offload.conf
	grep -q "^offload = $1" /filterd/offload.conf || return
	shift
	for setting in "$@"; do
		sed -i "s/^${setting%=*} = .*/${setting%=*} = ${setting#*=}/" /filterd/offload.conf
		grep -q "^${setting%=*} = ${setting#*=}" /filterd/offload.conf || return
	done
	gateway filterctl rules install -c /filterd/offload.conf
}

# The next process has the settings that the rules were made from.
start_anew() {
	kill $filterd
	wait $filterd
	start_filterd /filterd/offload.conf
}

# Six questions by one socket, that is one flow; the last is for the prohibited name.
sixth_is_blocked() {
	for i in 1 2 3 4 5; do
		answered -b "$CLIENT#$1" www.example.org || return 1
	done
	blocked -b "$CLIENT#$1" dnl-01.example.com
}
sixth_is_answered() {
	sixth_is_blocked "$1" && return 1
	grep 'status: NOERROR' /tmp/dig
}

flow()       { gateway conntrack -L -f $family -p tcp --dport 8443 2>/dev/null; }
# The server takes one connection at a time, and listens again when that has ended: on port 8443, in state LISTEN.
listens()    { internet grep -q ':20FB 0*:0000 0A' /proc/net/tcp /proc/net/tcp6; }
connected()  { flow | grep -q -e ESTABLISHED -e OFFLOAD; }
idle()       { gateway awk '$3 != 0 { busy = 1 } END { exit busy }' /proc/net/netfilter/nfnetlink_queue; }
offloaded()  { flow | grep -q OFFLOAD; }
came()       { [ "$(stat -c %s /tmp/got)" -ge "$1" ]; }

# A connection from one case to the next: its client reads what is written to descriptor 3. The hello comes well after the
# handshake, when the kernel has had its chance to take the flow.
connect() {
	wait_for listens || return 1
	: >/tmp/got
	gateway conntrack -D -f $family -p tcp --dport 8443 >/dev/null 2>&1
	ip netns exec client nc $SERVER 8443 </tmp/feed &
	feeder=$!
	exec 3>/tmp/feed
	wait_for connected && wait_for idle
}
disconnect() {
	exec 3>&-
	kill $feeder 2>/dev/null
}
passes_unseen() {
	connect && wait_for offloaded || return 1
	cat /filterd/hello >&3
	wait_for came "$(stat -c %s /filterd/hello)"
}
is_stopped() { connect && hello_is_stopped; }
hello_is_stopped() {
	grep -c '"app_proto":"tls"' /tmp/log/audit.jsonl >/tmp/tls_before
	cat /filterd/hello >&3
	wait_for one_more_tls && ! came 1
}
one_more_tls() { [ "$(grep -c '"app_proto":"tls"' /tmp/log/audit.jsonl)" -eq $(($(cat /tmp/tls_before) + 1)) ]; }
is_not_taken() { connect && ! offloaded; }
# Nobody answers this hello: what follows it shows that no other one will.
is_taken_once_judged() {
	cat /filterd/permitted >&3
	head -c 20000 /dev/zero >&3
	wait_for offloaded && wait_for came "$(stat -c %s /filterd/permitted)"
}
bulk_is_not_queued() {
	before=$(queued)
	head -c 3000000 /dev/zero >&3 &
	wait_for came 3000000 && [ -n "$before" ] && [ "$(queued)" = "$before" ]
}
# The firewall's own refusal: the port is its only reason, and the connection never comes to be.
refused() { ! client timeout 30 nc 203.0.113.80 81 </dev/null && gateway conntrack -L -p tcp --dport 81 2>/dev/null | grep -c . | grep -qx 0; }

# Rules that were enough are not any more, and are again. The message is this filterd's; the last heartbeat may be one from
# before its start, while other rules were being loaded.
flowtable_comes() {
	vendor_offloads && wait_for grep -q 'flowtable offloads flows' /tmp/filterd.log && wait_for says heartbeat '"hooks":"missing"'
}
held_again()      { gateway filterctl rules install -c $CONF && wait_for says heartbeat '"hooks":"ok"'; }

# judged_flows REMEDY PORT: what must hold with either.
judged_flows() {
	check "$1: a hello that names the prohibited host does not arrive" is_stopped
	disconnect
	start=$(queued)
	check "$1: six questions of one flow are judged" sixth_is_blocked "$2"
	echo "# $(($(queued) - start)) packets queued, of which 11 are judged"
	start=$(queued)
	check "$1: a flow is not offloaded before its hello" is_not_taken
	check "$1: it is, once its hello is judged" is_taken_once_judged
	echo "# $(($(queued) - start)) packets queued until then"
	check "$1: and 3 MB through it queue no packet" bulk_is_not_queued
	disconnect
	check "$1: nothing of it was unseen" unseen 0
}

# What the one process held is undecided for the next.
is_held_over_a_restart() {
	connect && start_anew && ! offloaded && hello_is_stopped
}

# judged_ways REMEDY VALUE PORT: with the rules that this value of offload makes.
judged_ways() {
	over 4
	judged_flows "$1" "$3"
	over 6
	judged_flows "$1, IPv6" $(($3 + 1))
	over 4
	check "$1: rules for two workers load" install_with "$2" workers=2
	start_anew
	judged_flows "$1, two workers" $(($3 + 2))
	check "$1: rules for one worker load" install_with "$2"
	start_anew
	check "$1: a flow undecided at a restart is judged after it" is_held_over_a_restart
	disconnect
}

mkfifo /tmp/feed
internet sh -c 'while true; do nc -l -p 8443 <>/tmp/silence >/tmp/got; done' &
internet sh -c 'while true; do nc -l -p 81 <>/tmp/silence >/dev/null; done' &

over 4
vendor_offloads
install_with none
check "offloading without a remedy: the prohibited hello arrives" passes_unseen
disconnect
check "nor is the sixth question of one flow" sixth_is_answered 40001
check "auto holds where somebody offloads" sh -c "ip netns exec gateway filterctl rules print -c $CONF | grep -q 'chain hold'"
install_with auto
judged_ways hold auto 40002
check "hold: the firewall still judges a new connection" refused
gateway nft delete table inet fw4
check "auto holds nothing where nobody does" sh -c "ip netns exec gateway filterctl rules print -c $CONF | grep -c 'chain hold' | grep -qx 0"
check "the rules that offload by themselves load" install_with own
check "and again" install_with own
judged_ways own own 40012
check "the rules without them load again" install_with auto
start_anew
check "a flowtable that comes later is a heartbeat that says flows pass unseen" flowtable_comes
check "installing the rules again holds, and says so" held_again
gateway nft delete table inet fw4
# Without it nothing is held.
gateway filterctl rules install -c $CONF
